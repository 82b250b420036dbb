//! Checks of what a contract says about units.

use super::{Column, ColumnType, Contract};
use crate::domain::code::CodeTable;
use crate::domain::unit::{self, FACTOR, MEASURE, Ratio};
use std::collections::BTreeMap;

/// Says what is wrong with a column's `converts`, and with the tables that it draws on.
pub(super) fn check(
    contract: &Contract,
    name: &str,
    column: &Column,
    codes: &BTreeMap<String, CodeTable>,
    say: &mut impl FnMut(&str, String, &str),
) {
    let Some(converts) = &column.converts else { return };
    let mark = format!("[columns.{name}]");
    let mut say = |message: String, hint: &str| say(&mark, message, hint);
    if !column.kind.is_measure() {
        say(format!("`{name}` converts but is not a figure"), "take converts out");
    }
    let table = |column: &str| {
        let column = contract
            .columns
            .get(column)
            .filter(|column| column.kind == ColumnType::Code)?;
        column.codes.as_ref().and_then(|name| Some((name, codes.get(name)?)))
    };
    let Some((file, units)) = table(&converts.by) else {
        let message = format!("`{name}` converts by `{}`, which is not a code column", converts.by);
        return say(message, "name the column of the rows' units");
    };
    for entry in units.entries() {
        let (measure, factor) = (unit::extra(entry, MEASURE), unit::extra(entry, FACTOR));
        if measure.is_empty() != factor.is_empty() || !factor.is_empty() && Ratio::parse(factor).is_none() {
            let message = format!("unit `{}` of {file} has the factor \"{factor}\"", entry.code);
            say(message, "write measure and a decimal such as 0.001, or neither");
        }
    }
    if converts.to.is_empty() {
        say(format!("`{name}` converts to no unit"), "for example to = [\"kg\"]");
    }
    for to in &converts.to {
        if units.get(to).is_none_or(|entry| unit::extra(entry, MEASURE).is_empty()) {
            say(format!("unit `{to}` is not in {file}, or has no measure there"), "");
        }
    }
    let Some(of) = &converts.of else { return };
    let Some((file, things)) = table(of) else {
        return say(format!("`{name}` converts of `{of}`, which is not a code column"), "");
    };
    for entry in things.entries() {
        let unknown = |contents: Vec<(&str, Ratio, &str)>| {
            let mut named = contents.into_iter().flat_map(|(unit, _, other)| [unit, other]);
            named
                .find(|unit| units.get(unit).is_none())
                .map(|unit| format!("unit `{unit}` is not known"))
        };
        if let Some(message) = unit::contents(entry).map_or_else(Some, unknown) {
            say(format!("`{}` of {file}: contains: {message}", entry.code), "");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_units_is_said() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let configuration = crate::config::load(root).unwrap();
        let said = |change: &dyn Fn(&mut Contract)| {
            let mut contract = (*configuration.contracts["commodity_price"]).clone();
            change(&mut contract);
            let mut said = Vec::new();
            let column = contract.columns["price"].clone();
            check(
                &contract,
                "price",
                &column,
                &configuration.codes,
                &mut |_: &str, message, _: &str| said.push(message),
            );
            said
        };
        let converts = |contract: &mut Contract| contract.columns["price"].converts.clone().unwrap();
        assert_eq!(said(&|_| ()), Vec::<String>::new());
        let with = |change: &dyn Fn(&mut crate::config::Converts)| {
            said(&|contract| {
                let mut new = converts(contract);
                change(&mut new);
                contract.columns["price"].converts = Some(new);
            })
        };
        assert!(with(&|new| new.by = "market".to_string())[0].contains("not a code column"));
        assert!(with(&|new| new.to = Vec::new())[0].contains("no unit"));
        assert!(with(&|new| new.to = vec!["bunch".to_string()])[0].contains("`bunch`"));
        assert!(with(&|new| new.of = Some("date".to_string()))[0].contains("`date`"));
        let of_text = said(&|contract| contract.columns["price"].kind = ColumnType::Text);
        assert!(of_text[0].contains("not a figure"));
    }
}
