//! What is said when the program itself fails: where, and never with what value.

use std::any::Any;
use std::panic::{Location, PanicHookInfo};

/// Has panics told without the values that they may carry: the text of a cell that broke a rule of the program is
/// somebody's data.
pub fn keep_quiet_about_values() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        eprintln!("{}", said(info.payload(), info.location()));
    }));
}

/// A literal of the source says what was wrong; a text that was put together may hold data.
fn said(payload: &dyn Any, location: Option<&Location<'_>>) -> String {
    let place = location.map_or("an unknown place".to_string(), |location| {
        format!("{}:{}", location.file(), location.line())
    });
    match payload.downcast_ref::<&'static str>() {
        Some(literal) => format!("internal error at {place}: {literal}"),
        None => format!("internal error at {place}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_says_where_and_no_value() {
        let here = Location::caller();
        let line = here.line();
        let place = format!("internal error at src/observe/crash.rs:{line}");
        let cell = "é 3273015505800001".to_string();
        assert_eq!(said(&cell, Some(here)), place);
        assert_eq!(said(&"no such state", Some(here)), format!("{place}: no such state"));
        assert_eq!(said(&"x", None), "internal error at an unknown place: x");
    }
}
