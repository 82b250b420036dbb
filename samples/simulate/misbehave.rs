//! How a system misbehaves: ordered for a system at the start, or for one request by `?_misbehave=KIND[:N]`.

use crate::http::Request;
use crate::systems::System;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// A way to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Answers after so many seconds.
    Slow(u32),
    /// 429 with `Retry-After: 1`.
    TooMany,
    /// 500.
    Broken,
    /// Announces the whole body and sends half of it.
    Cut,
    /// An error message with status 200.
    ErrorAs200,
    /// A challenge page where data were expected.
    Html,
    /// Sends to another host.
    Redirect,
    /// Pages after the first are half as long.
    PageSize,
    /// A row moves to the front while pages are read: one comes twice and one not at all.
    Moving,
    /// Every page is the first one.
    Repeat,
    /// There is always a next page.
    Endless,
}

/// A kind, and how often it happens (`None`: always).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Order {
    kind: Kind,
    times: Option<u32>,
}

impl Order {
    fn parse(text: &str) -> Result<Order, String> {
        let (name, number) = match text.split_once(':') {
            Some((name, number)) => {
                let number = number
                    .parse::<u32>()
                    .map_err(|_| format!("{number} is not a number in {text}"))?;
                (name, Some(number))
            }
            None => (text, None),
        };
        let times = Some(number.unwrap_or(1));
        let (kind, times) = match name {
            "slow" => (Kind::Slow(number.unwrap_or(3)), None),
            "429" => (Kind::TooMany, times),
            "500" => (Kind::Broken, times),
            "cut" => (Kind::Cut, times),
            "error200" => (Kind::ErrorAs200, times),
            "html" => (Kind::Html, times),
            "redirect" => (Kind::Redirect, None),
            "pagesize" => (Kind::PageSize, None),
            "moving" => (Kind::Moving, None),
            "repeat" => (Kind::Repeat, None),
            "endless" => (Kind::Endless, None),
            _ => return Err(format!("unknown kind of misbehaviour {name}")),
        };
        Ok(Order { kind, times })
    }
}

/// All orders, and how often each was followed.
#[derive(Debug, Default)]
pub struct Orders {
    orders: Vec<(System, Order)>,
    followed: Mutex<HashMap<String, u32>>,
}

impl Orders {
    /// Adds `SYSTEM=KIND[:N]`; the error says what is not understood.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let (system, order) = text
            .split_once('=')
            .ok_or_else(|| format!("{text} is not SYSTEM=KIND[:N]"))?;
        let system = System::ALL
            .into_iter()
            .find(|known| known.name() == system)
            .ok_or_else(|| format!("unknown system {system}"))?;
        self.orders.push((system, Order::parse(order)?));
        Ok(())
    }

    /// How to misbehave on this request, if at all. Counts what it orders. An order in the request that is not
    /// understood is none.
    pub fn next(&self, system: System, request: &Request) -> Option<Kind> {
        if let Some(text) = request.query("_misbehave") {
            let order = Order::parse(text).ok()?;
            return self.follow(&request.target, order);
        }
        let own = self
            .orders
            .iter()
            .enumerate()
            .filter(|(_, (ordered, _))| *ordered == system);
        own.map(|(position, (_, order))| self.follow(&format!("order {position}"), *order))
            .find(Option::is_some)?
    }

    fn follow(&self, key: &str, order: Order) -> Option<Kind> {
        let Some(times) = order.times else {
            return Some(order.kind);
        };
        // A thread that panicked while counting leaves a count that is still right.
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        let count = followed.entry(key.to_owned()).or_default();
        if *count >= times {
            return None;
        }
        *count += 1;
        Some(order.kind)
    }
}
