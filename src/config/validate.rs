//! What the types cannot say: references between files, and rules of design §4 and §7.

use super::*;
use crate::domain::code::CodeTable;
use crate::domain::region::Registry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Finds the line of a key in its file, for messages.
pub(super) struct Sources {
    directory: PathBuf,
}

impl Sources {
    pub(super) fn new(directory: &Path) -> Sources {
        Sources {
            directory: directory.to_path_buf(),
        }
    }

    /// A problem at the first line of `file` that contains `mark`.
    fn at(&self, file: &str, mark: &str, message: String, hint: &str) -> Problem {
        let text = std::fs::read_to_string(self.directory.join(file)).unwrap_or_default();
        let line = text
            .lines()
            .position(|line| !mark.is_empty() && line.contains(mark))
            .map_or(0, |index| index + 1);
        let hint = (!hint.is_empty()).then(|| hint.to_string());
        Problem {
            file: file.to_string(),
            line,
            message,
            hint,
        }
    }
}

pub(super) fn installation(installation: &Installation, sources: &Sources) -> Vec<Problem> {
    let mut problems = Vec::new();
    let file = "lumbung.toml";
    if installation.zone.parse::<chrono_tz::Tz>().is_err() {
        let message = format!("zone \"{}\" is not an IANA time zone", installation.zone);
        problems.push(sources.at(
            file,
            "zone",
            message,
            "for example Asia/Jakarta, Asia/Makassar or Asia/Jayapura",
        ));
    }
    if let Err(message) = cron(&installation.nightly) {
        problems.push(sources.at(file, "nightly", message, "for example `0 1 * * *`: every night at one"));
    }
    if let Err(message) = duration(&installation.settle) {
        problems.push(sources.at(file, "settle", message, ""));
    }
    problems
}

pub(super) fn contract(contract: &Contract, codes: &BTreeMap<String, CodeTable>, sources: &Sources) -> Vec<Problem> {
    let file = format!("pipelines/datasets/{}.toml", contract.name);
    let mut problems = Vec::new();
    let mut say = |mark: &str, message: String, hint: &str| problems.push(sources.at(&file, mark, message, hint));
    if contract.key.is_empty() {
        say(
            "key",
            "key is empty".to_string(),
            "name the columns that identify a row",
        );
    }
    for name in &contract.key {
        match contract.columns.get(name) {
            None => say("key", format!("key column `{name}` is not a column"), ""),
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
        check_column(name, column, codes, &mut say);
    }
    check_example(contract, &mut say);
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
        (Some(name), None) => say("period", format!("period column `{name}` is not a column"), ""),
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
                "",
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
pub(super) fn systems(contract: &Contract, regions: &Registry, sources: &Sources) -> Vec<Problem> {
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

/// What a code system can be.
const SYSTEM_HINT: &str = "use kemendagri, bps, or the name of a file in pipelines/reference/region_maps/";

pub(super) fn connector(
    connector: &Connector,
    contracts: &BTreeMap<String, Contract>,
    regions: &Registry,
    sources: &Sources,
) -> Vec<Problem> {
    let file = format!("connectors/{}.toml", connector.name);
    let mut problems = Vec::new();
    let mut say = |mark: &str, message: String, hint: &str| problems.push(sources.at(&file, mark, message, hint));
    check_datasets(connector, contracts, &mut say);
    check_speaker(connector, regions, &mut say);
    match connector.kind {
        Kind::Http if connector.http.is_none() => say("kind", "kind http needs a table [http]".to_string(), ""),
        Kind::Http if connector.drop.is_some() => {
            say("[drop]", "[drop] has no effect on kind http".to_string(), "remove it")
        }
        Kind::Drop if connector.http.is_some() => {
            say("[http]", "[http] has no effect on kind drop".to_string(), "remove it")
        }
        Kind::Drop if !connector.from_request.is_empty() => {
            say(
                "[from_request]",
                "[from_request] has no effect on kind drop".to_string(),
                "remove it",
            );
        }
        _ => {}
    }
    if let Some(line) = &connector.schedule
        && let Err(message) = cron(line)
    {
        say("schedule", message, "for example `15 1 * * *`");
    }
    if let Some(zone) = connector
        .zone
        .as_ref()
        .filter(|zone| zone.parse::<chrono_tz::Tz>().is_err())
    {
        say(
            "zone",
            format!("zone \"{zone}\" is not an IANA time zone"),
            "for example Asia/Jayapura",
        );
    }
    if let Some(text) = &connector.illustrative {
        let value = expand(text).unwrap_or_else(|_| "false".to_string());
        if value != "true" && value != "false" {
            say(
                "illustrative",
                format!("illustrative is \"{value}\", not true or false"),
                "",
            );
        }
    }
    if let Some(http) = &connector.http {
        check_http(connector, http, &mut say);
    }
    if let Some(settle) = connector.drop.as_ref().and_then(|drop| drop.settle.as_ref())
        && let Err(message) = duration(settle)
    {
        say("settle", message, "");
    }
    problems
}

fn check_datasets(
    connector: &Connector,
    contracts: &BTreeMap<String, Contract>,
    say: &mut impl FnMut(&str, String, &str),
) {
    let names = connector.dataset_names();
    if names.is_empty() {
        say("dataset", "names no dataset".to_string(), "add dataset = \"…\"");
    }
    if connector.kind != Kind::Drop && names.len() > 1 {
        say(
            "datasets",
            "only drop connectors may name several datasets".to_string(),
            "use one connector for each",
        );
    }
    for name in &names {
        if !contracts.contains_key(*name) {
            say(
                name,
                format!("dataset `{name}` has no contract pipelines/datasets/{name}.toml"),
                "",
            );
        }
    }
    for layout in &connector.layouts {
        if !names.contains(&layout.dataset.as_str()) {
            say(
                "layouts",
                format!("`{}` is not a dataset of this connector", layout.dataset),
                "",
            );
        }
        if layout.sheet.is_none() && layout.header_rows.is_none() {
            say(
                "layouts",
                format!("the layout of {} says nothing", layout.dataset),
                "give sheet, header_rows or both",
            );
        }
        if layout
            .header_rows
            .is_some_and(|(first, last)| first == 0 || last < first || last - first >= MOST_HEADER_ROWS)
        {
            say(
                "layouts",
                "header_rows are the first and the last sheet row of the header, from 1".to_string(),
                "write for instance [5, 6]; a header has at most 5 rows",
            );
        }
    }
    let known = |column: &String| {
        names
            .iter()
            .any(|name| contracts.get(*name).is_some_and(|c| c.columns.contains_key(column)))
    };
    let mapped = connector.columns.keys().chain(connector.constants.keys());
    for column in mapped
        .chain(connector.from_request.keys())
        .chain(connector.missing.keys())
    {
        if !known(column) {
            say(
                column,
                format!("`{column}` is not a column of {}", names.join(", ")),
                "",
            );
        }
    }
}

/// Most rows of a header that is pinned.
const MOST_HEADER_ROWS: u32 = 5;

/// Who a source may speak for must be said, design §4.
fn check_speaker(connector: &Connector, regions: &Registry, say: &mut impl FnMut(&str, String, &str)) {
    let is_drop = connector.kind == Kind::Drop;
    match (connector.scope, &connector.region) {
        (None, None) if !is_drop => say(
            "kind",
            "does not say whom it speaks for".to_string(),
            "add scope = \"all\", or region = \"…\" with the one region's code",
        ),
        (Some(Scope::Own | Scope::Province), _) if !is_drop => {
            say(
                "scope",
                "scope own and province belong to drop folders".to_string(),
                "use scope = \"all\" or region = \"…\"",
            );
        }
        (Some(_), Some(_)) => say("region", "has both scope and region".to_string(), "keep one"),
        (_, Some(code)) if regions.get(code).is_none() => {
            say(
                "region",
                format!("region \"{code}\" is not in the registry"),
                "write a Kemendagri code such as 32.73",
            );
        }
        _ => {}
    }
    for layout in &connector.layouts {
        if let Some(code) = layout.region.as_ref().filter(|code| regions.get(code).is_none()) {
            say(
                "layouts",
                format!("region \"{code}\" is not in the registry"),
                "write a Kemendagri code such as 32.73",
            );
        }
    }
    if let Some(naming) = connector
        .regions
        .as_ref()
        .filter(|naming| regions.system(&naming.system).is_none())
    {
        say(
            "regions",
            format!("code system \"{}\" is not known", naming.system),
            SYSTEM_HINT,
        );
    }
}

fn check_http(connector: &Connector, http: &Http, say: &mut impl FnMut(&str, String, &str)) {
    if let Some(Err(message)) = http.timeout.as_ref().map(|text| duration(text)) {
        say("timeout", message, "");
    }
    for (parameter, values) in &http.each {
        if values != "regions" {
            say(
                "each",
                format!("each.{parameter} is \"{values}\""),
                "only \"regions\" is known",
            );
        }
    }
    let known = |name: &str| matches!(name, "as_of" | "from" | "to") || http.each.contains_key(name);
    for text in http.query.values().chain([&http.url]) {
        for name in placeholders(text).into_iter().filter(|name| !known(name)) {
            say(
                &format!("{{{name}}}"),
                format!("{{{name}}} is filled by nothing"),
                "use {as_of}, {from}, {to} or a parameter of [http.each]",
            );
        }
    }
    let has_scheme = ["http://", "https://", "${"]
        .iter()
        .any(|start| http.url.starts_with(start));
    if !has_scheme {
        say(
            "url",
            format!("url \"{}\" has no scheme", http.url),
            "begin it with https://",
        );
    }
    if !http.each.is_empty() && connector.regions.is_none() {
        say(
            "each",
            "each = regions needs regions = { system = … }".to_string(),
            "name the map of this source's ids",
        );
    }
    if let Some(auth) = &http.auth {
        if auth.header.is_some() == auth.query.is_some() {
            say(
                "[http.auth]",
                "a token goes either into a header or into a query parameter".to_string(),
                "set one of them",
            );
        }
        if auth.token_env.is_some() == auth.token_file.is_some() {
            say(
                "[http.auth]",
                "a token comes either from token_env or from token_file".to_string(),
                "set one of them",
            );
        }
    }
    if let Some(cursor) = &http.cursor
        && cursor.start.parse::<chrono::NaiveDate>().is_err()
    {
        say(
            "start",
            format!("cursor start \"{}\" is not a date", cursor.start),
            "for example 2025-01-01",
        );
    }
}

/// Names in `{…}` of a text, those of `${…}` left out.
fn placeholders(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let Some(length) = rest[start..].find('}') else { break };
        if !rest[..start].ends_with('$') {
            names.push(rest[start + 1..start + length].to_string());
        }
        rest = &rest[start + length + 1..];
    }
    names
}
