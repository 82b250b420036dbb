//! What can go wrong with a request, sorted by what to do about it.

use crate::finding::Finding;
use chrono::{DateTime, Utc};
use std::io;
use std::time::Duration;

/// The longest wait that a source may ask for with `Retry-After`.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// Why there is no answer.
pub(super) enum Failed {
    /// The source did wrong: the slice fails.
    Source(Trouble),
    /// The spool cannot be written: the whole fetch fails.
    Disk(io::Error),
}

/// What a source did wrong.
pub(super) struct Trouble {
    pub finding: Box<Finding>,
    pub class: Class,
    /// How long the source asks to be left alone.
    pub wait: Option<Duration>,
}

/// What to do about it. Every class but `Final` is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// No connection: refused, unknown host, broken off before the answer.
    Unreachable,
    /// The answer did not come in time.
    Slow,
    /// Status 429 or 5xx.
    Busy,
    /// The answer broke off.
    CutOff,
    /// Asking again would give the same.
    Final,
}

impl Failed {
    /// Makes a failure of a class.
    pub(super) fn of(class: Class, finding: Finding) -> Failed {
        Failed::Source(Trouble {
            finding: Box::new(finding),
            class,
            wait: None,
        })
    }

    /// Makes a failure that asking again would not mend.
    pub(super) fn last(finding: Finding) -> Failed {
        Failed::of(Class::Final, finding)
    }

    /// True where another attempt may help.
    pub(super) fn is_transient(&self) -> bool {
        matches!(self, Failed::Source(trouble) if trouble.class != Class::Final)
    }

    /// How long the source asks to be left alone.
    pub(super) fn wait(&self) -> Option<Duration> {
        match self {
            Failed::Source(trouble) => trouble.wait,
            Failed::Disk(_) => None,
        }
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Failed {
        Failed::Disk(error)
    }
}

/// Reads `Retry-After`: seconds, or an HTTP date relative to `now`; at most five minutes.
pub(super) fn retry_after(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    let wait = match value.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let moment = DateTime::parse_from_rfc2822(value).ok()?.with_timezone(&Utc);
            (moment - now).to_std().unwrap_or_default()
        }
    };
    Some(wait.min(LONGEST_WAIT))
}

/// Failed slices running after which a source that gives no connection is left alone.
const UNREACHABLE_SLICES: u32 = 3;
/// Failed slices running after which a source that never answers in time is left alone.
const SLOW_SLICES: u32 = 10;
/// Failed slices running after which no request is repeated until a slice succeeds.
const IMPATIENT_SLICES: u32 = 3;

/// How the source fared lately: 514 regions must not each wait out all attempts of a source that is down.
#[derive(Default)]
pub(super) struct Health {
    unreachable: u32,
    slow: u32,
    failed: u32,
}

impl Health {
    /// A slice came whole.
    pub(super) fn succeeded(&mut self) {
        *self = Health::default();
    }

    /// A slice failed.
    pub(super) fn failed(&mut self, class: Class) {
        let running = |count: u32, same: bool| if same { count + 1 } else { 0 };
        self.unreachable = running(self.unreachable, class == Class::Unreachable);
        self.slow = running(self.slow, matches!(class, Class::Slow | Class::Unreachable));
        self.failed = running(self.failed, class != Class::Final);
    }

    /// True where the rest of the slices should not be tried.
    pub(super) fn is_down(&self) -> bool {
        self.unreachable >= UNREACHABLE_SLICES || self.slow >= SLOW_SLICES
    }

    /// Attempts after the first that the next request deserves.
    pub(super) fn retries(&self, configured: usize) -> usize {
        if self.failed >= IMPATIENT_SLICES { 0 } else { configured }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn reads_retry_after() {
        let now = Utc.with_ymd_and_hms(2024, 10, 21, 7, 28, 0).unwrap();
        assert_eq!(retry_after("7", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("99999", now), Some(LONGEST_WAIT));
        assert_eq!(
            retry_after("Mon, 21 Oct 2024 07:28:30 GMT", now),
            Some(Duration::from_secs(30))
        );
        assert_eq!(retry_after("Mon, 21 Oct 2024 07:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
    }

    #[test]
    fn gives_up_on_a_source_that_is_down_and_only_then() {
        let mut health = Health::default();
        health.failed(Class::Unreachable);
        health.failed(Class::Unreachable);
        assert!(!health.is_down());
        health.succeeded();
        for _ in 0..2 {
            health.failed(Class::Unreachable);
        }
        assert!(!health.is_down());
        health.failed(Class::Unreachable);
        assert!(health.is_down());

        let mut busy = Health::default();
        for _ in 0..50 {
            busy.failed(Class::Busy);
        }
        assert!(!busy.is_down());
        assert_eq!(busy.retries(4), 0);
        busy.succeeded();
        assert_eq!(busy.retries(4), 4);
    }
}
