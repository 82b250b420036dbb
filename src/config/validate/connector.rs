//! What a connector says about itself, about datasets and about whom it speaks for.

use super::{SYSTEM_HINT, Sources};
use crate::config::mistake::did_you_mean;
use crate::config::{Connector, Contract, Http, Kind, Problem, Scope, cron, duration, expand};
use crate::domain::region::Registry;
use std::collections::BTreeMap;

pub(in crate::config) fn connector(
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
                &did_you_mean(name, contracts.keys().map(String::as_str)),
            );
        }
    }
    for layout in &connector.layouts {
        if !names.contains(&layout.dataset.as_str()) {
            say(
                "layouts",
                format!("`{}` is not a dataset of this connector", layout.dataset),
                &did_you_mean(&layout.dataset, names.iter().copied()),
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
            let columns = names.iter().filter_map(|name| contracts.get(*name));
            let columns = columns.flat_map(|contract| contract.columns.keys().map(String::as_str));
            say(
                column,
                format!("`{column}` is not a column of {}", names.join(", ")),
                &did_you_mean(column, columns),
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
