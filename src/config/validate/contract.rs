//! What a contract says about itself and about reference tables.

use super::{SYSTEM_HINT, Sources};
use crate::config::mistake::did_you_mean;
use crate::config::{Column, ColumnType, Contract, Grain, Partition, Pii, Problem};
use crate::domain::code::CodeTable;
use crate::domain::region::Registry;
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::config) fn contract(
    contract: &Contract,
    codes: &BTreeMap<String, CodeTable>,
    sources: &Sources,
) -> Vec<Problem> {
    let file = format!("pipelines/datasets/{}.toml", contract.name);
    let mut problems = Vec::new();
    let mut say = |mark: &str, message: String, hint: &str| problems.push(sources.at(&file, mark, message, hint));
    let near = |name: &str| did_you_mean(name, contract.columns.keys().map(String::as_str));
    if contract.key.is_empty() {
        say(
            "key",
            "key is empty".to_string(),
            "name the columns that identify a row",
        );
    }
    for name in &contract.key {
        match contract.columns.get(name) {
            None => say("key", format!("key column `{name}` is not a column"), &near(name)),
            Some(column) if !column.required && column.default.is_none() => {
                let hint = "no part of a key may be null";
                say(
                    &format!("[columns.{name}]"),
                    format!("key column `{name}` is neither required nor has a default"),
                    hint,
                );
            }
            Some(column) if column.pii == Some(Pii::Drop) => {
                say(
                    &format!("[columns.{name}]"),
                    format!("key column `{name}` is dropped"),
                    "use pii = \"pseudonym\"",
                );
            }
            Some(_) => {}
        }
    }
    check_period(contract, &mut say);
    for (name, column) in &contract.columns {
        for other in column.repeats.iter().filter(|other| !contract.key.contains(other)) {
            say(
                &format!("[columns.{name}]"),
                format!("`{name}` repeats over `{other}`, which is no column of the key"),
                "name columns of the key whose values may stand in headers, such as the period",
            );
        }
        if let Some(month) = column.reference_month
            && !((1..=12).contains(&month) && column.kind == ColumnType::Period && contract.grains == [Grain::Year])
        {
            say(
                &format!("[columns.{name}]"),
                format!("`{name}` has the reference_month {month}"),
                "only the period of a dataset by year has one, from 1 to 12",
            );
        }
        check_column(name, column, codes, &mut say);
        crate::config::units::check(contract, name, column, codes, &mut say);
    }
    check_example(contract, &mut say);
    for titles in &contract.other_titles {
        if !titles.has_meaning() {
            say(
                "[[other_titles]]",
                "other_titles does not say what its words mean".to_string(),
                "write the meaning in both languages: the sender is told it",
            );
        }
        if !titles.has_words() {
            let hint = "name the words of titles, such as words = [\"rencana\", \"target\"]";
            say(
                "[[other_titles]]",
                "other_titles has no words, or an empty one".to_string(),
                hint,
            );
        }
    }
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for (name, column) in &contract.columns {
        let titles = [name.clone(), column.title.id.clone(), column.title.en.clone()];
        for header in titles.iter().chain(&column.synonyms) {
            let normal = crate::domain::text::header(header);
            if let Some(other) = owners.insert(normal, name).filter(|other| other != name) {
                say(
                    &format!("[columns.{name}]"),
                    format!("header \"{header}\" stands for both `{other}` and `{name}`"),
                    "keep it in one of them",
                );
            }
        }
    }
    let pointed = contract.rules.iter().map(|rule| (&rule.code, &rule.column));
    let pointed = pointed.chain(contract.table_rules.iter().map(|rule| (&rule.code, &rule.column)));
    for (code, column) in pointed {
        if let Some(column) = column.as_ref().filter(|name| !contract.columns.contains_key(*name)) {
            say(
                &format!("\"{code}\""),
                format!("rule `{code}` points at `{column}`, which is not a column"),
                &near(column),
            );
        }
    }
    let mut rule_codes = BTreeSet::new();
    for code in contract
        .rules
        .iter()
        .map(|rule| &rule.code)
        .chain(contract.table_rules.iter().map(|rule| &rule.code))
    {
        if !rule_codes.insert(code) {
            say(code, format!("two rules have the code `{code}`"), "");
        }
    }
    problems
}

fn check_period(contract: &Contract, say: &mut impl FnMut(&str, String, &str)) {
    let period = contract.period.as_ref().and_then(|name| contract.columns.get(name));
    match (&contract.period, period) {
        (Some(name), None) => {
            let columns = contract.columns.keys().map(String::as_str);
            let hint = did_you_mean(name, columns);
            say("period", format!("period column `{name}` is not a column"), &hint);
        }
        (Some(name), Some(column)) => match column.kind {
            ColumnType::Period if contract.grains.is_empty() => {
                say(
                    "period",
                    format!("`{name}` is a period, but grains is empty"),
                    "for example grains = [\"month\"]",
                );
            }
            ColumnType::Period | ColumnType::Date => {}
            _ => say("period", format!("`{name}` is neither a period nor a date"), ""),
        },
        (None, _) => {}
    }
    let in_key = contract.period.as_ref().is_some_and(|name| contract.key.contains(name));
    if contract.partition != Partition::All && !in_key {
        say(
            "partition",
            "a dataset cut by year or month needs its period column in the key".to_string(),
            "",
        );
    }
}

/// The example of the template: columns that are asked for, and figures and dates that a spreadsheet takes as such.
fn check_example(contract: &Contract, say: &mut impl FnMut(&str, String, &str)) {
    for (name, value) in &contract.example {
        let column = contract.asked().find(|(asked, _)| *asked == name);
        let hint = match column.map(|(_, column)| column.kind) {
            None => "name a column of the contract that is not dropped",
            Some(kind) if kind.is_measure() && value.parse::<f64>().is_err() => "write a figure such as 1234.5",
            Some(ColumnType::Date) if value.parse::<chrono::NaiveDate>().is_err() => "write a date such as 2025-08-17",
            Some(_) => continue,
        };
        say(
            "[example]",
            format!("the example of `{name}` cannot stand in the template"),
            hint,
        );
    }
}

fn check_column(
    name: &str,
    column: &Column,
    codes: &BTreeMap<String, CodeTable>,
    say: &mut impl FnMut(&str, String, &str),
) {
    let mark = format!("[columns.{name}]");
    if crate::config::is_reserved(name) {
        say(
            &mark,
            format!("`{name}` is a reserved word of SQL: whoever asks for the column must quote it"),
            "give it another name, and raise `version` if there is a model already",
        );
    }
    match (column.kind, &column.codes) {
        (ColumnType::Code, None) => say(
            &mark,
            format!("code column `{name}` names no reference table"),
            "add codes = \"…\"",
        ),
        (ColumnType::Code, Some(table)) if !codes.contains_key(table) => {
            say(
                &mark,
                format!("reference table pipelines/reference/{table}.csv does not exist"),
                &did_you_mean(table, codes.keys().map(String::as_str)),
            );
        }
        (ColumnType::Code, Some(_)) | (_, None) => {}
        (_, Some(_)) => say(&mark, format!("`{name}` has codes but is not of type code"), ""),
    }
    if column.kind == ColumnType::Nik && column.pii.is_none() {
        say(
            &mark,
            format!("`{name}` is a NIK and must say what becomes of it"),
            "add pii = \"pseudonym\" or pii = \"drop\"",
        );
    }
    if column.contacts && (column.kind != ColumnType::Text || column.pii.is_some()) {
        say(
            &mark,
            format!("`{name}` has contacts but is no plain text column"),
            "leave `contacts` out, or make it type = \"text\" without pii",
        );
    }
    if column.kind == ColumnType::Region && column.system.is_none() {
        say(
            &mark,
            format!("region column `{name}` declares no code system"),
            "add system = \"kemendagri\"",
        );
    }
    if column.additive && !column.kind.may_be_additive() {
        say(
            &mark,
            format!("`{name}` is additive but is no count, money or decimal"),
            "rates and texts have no sum",
        );
    }
    if !column.repeats.is_empty() && !column.kind.is_measure() {
        say(
            &mark,
            format!("`{name}` has repeats but is not a number"),
            "leave `repeats` out: names, codes and dates beside values in the headers are read for each of them anyway",
        );
    }
    if column.range.is_some() && !column.kind.is_measure() {
        say(
            &mark,
            format!("`{name}` has a range but is not a number"),
            "use between for dates",
        );
    }
    if column.between.is_some() && column.kind != ColumnType::Date {
        say(
            &mark,
            format!("`{name}` has between but is not a date"),
            "use range for numbers",
        );
    }
}

/// A code system that does not exist would be read as another, which gives wrong regions without a word.
pub(in crate::config) fn systems(contract: &Contract, regions: &Registry, sources: &Sources) -> Vec<Problem> {
    let file = format!("pipelines/datasets/{}.toml", contract.name);
    let unknown = contract.columns.iter().filter_map(|(name, column)| {
        let system = column.system.as_ref()?;
        let message = match (regions.system(system), column.kind) {
            (_, kind) if kind != ColumnType::Region => format!("`{name}` has a code system but is no region"),
            (None, _) => format!("code system \"{system}\" of `{name}` is not known"),
            _ => return None,
        };
        Some(sources.at(&file, &format!("[columns.{name}]"), message, SYSTEM_HINT))
    });
    unknown.collect()
}
