//! Header texts to contract columns.

use super::Context;
use crate::config::{ColumnType, Contract};
use crate::domain::period::Period;
use crate::domain::text;
use std::collections::BTreeMap;

/// Where a column's value comes from when the sheet has no column for it.
#[derive(Debug, Clone, PartialEq)]
pub enum Supplied {
    /// The connector's `[constants]`.
    Constant(String),
    /// A query parameter of the request (`[from_request]`).
    Request(String),
    /// The period that the title rows name.
    Title(Period),
    /// The sender's own region.
    Sender(String),
    /// The contract's `default`.
    Default(String),
}

/// How the columns of one sheet map to a contract's.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnMap {
    /// For each contract column, in its order: the sheet column, from 0.
    pub source: Vec<Option<usize>>,
    /// For each contract column without a sheet column: what supplies it.
    pub supplied: Vec<Option<Supplied>>,
    /// Power of ten that the header gives (`ribu`: 3), by contract column.
    pub power: Vec<u32>,
    /// Required columns that nothing gives, by name.
    pub missing: Vec<String>,
    /// Contract columns claimed by two sheet columns with the same header.
    pub doubled: Vec<String>,
    /// Headers that no column of the contract claims.
    pub unknown: Vec<String>,
    /// Number of sheet columns that are used.
    pub matched: usize,
    /// Sheet columns that name the row's region too and are not read: a name beside its code, its province.
    pub also_regions: Vec<usize>,
}

impl ColumnMap {
    /// Whether a sheet with these columns can be read by the contract.
    pub fn fits(&self) -> bool {
        self.missing.is_empty() && self.matched > 0
    }
}

/// The headers by which a contract's columns are known: normal form → (column index, rank). A lower rank is a
/// better claim: a declared mapping, then the column's name and titles, then its synonyms in order.
pub(super) struct Vocabulary {
    names: BTreeMap<String, (usize, usize)>,
}

impl Vocabulary {
    pub(super) fn new(contract: &Contract, context: &Context) -> Vocabulary {
        let mut names = BTreeMap::new();
        for (index, (name, column)) in contract.columns.iter().enumerate() {
            let declared = context
                .connector
                .as_ref()
                .and_then(|connector| connector.columns.get(name));
            if let Some(header) = declared {
                // A declared header replaces the synonyms: this source's column is this one and no other.
                names.insert(text::header(header), (index, 0));
                continue;
            }
            let titles = [name, &column.title.id, &column.title.en];
            for (rank, header) in titles.into_iter().chain(&column.synonyms).enumerate() {
                names.entry(text::header(header)).or_insert((index, rank + 1));
            }
        }
        // A declared header wins over another column's synonym.
        for (index, name) in contract.columns.keys().enumerate() {
            if let Some(header) = context
                .connector
                .as_ref()
                .and_then(|connector| connector.columns.get(name))
            {
                names.insert(text::header(header), (index, 0));
            }
        }
        Vocabulary { names }
    }

    fn lookup(&self, header: &str) -> Option<(usize, usize)> {
        self.names.get(&text::header(header)).copied()
    }

    /// How many of these texts are headers of the contract.
    pub(super) fn score<'t>(&self, texts: impl Iterator<Item = &'t str>) -> usize {
        let mut columns: Vec<usize> = texts
            .filter_map(|text| self.lookup(text))
            .map(|(index, _)| index)
            .collect();
        columns.sort_unstable();
        columns.dedup();
        columns.len()
    }
}

/// Maps one header row. `headers` are the texts by sheet column; `titles` those above.
pub(super) fn map(
    contract: &Contract,
    context: &Context,
    vocabulary: &Vocabulary,
    headers: &[String],
    titles: &[String],
) -> ColumnMap {
    let columns = contract.columns.len();
    let mut best: Vec<Option<(usize, usize)>> = vec![None; columns];
    let mut doubled = Vec::new();
    let mut unknown = Vec::new();
    let mut also_regions = Vec::new();
    for (position, header) in headers.iter().enumerate() {
        if header.trim().is_empty() {
            continue;
        }
        let Some((index, rank)) = vocabulary.lookup(header) else {
            unknown.push(header.trim().to_string());
            continue;
        };
        if contract.columns[index].kind == ColumnType::Region {
            also_regions.push(position);
        }
        match best[index] {
            Some((other, _)) if text::header(&headers[other]) == text::header(header) => {
                doubled.push(contract.columns.keys().nth(index).cloned().unwrap_or_default());
            }
            Some((_, known)) if known <= rank => unknown.push(header.trim().to_string()),
            Some((other, _)) => {
                unknown.push(headers[other].trim().to_string());
                best[index] = Some((position, rank));
            }
            None => best[index] = Some((position, rank)),
        }
    }
    let source: Vec<Option<usize>> = best.iter().map(|claim| claim.map(|(position, _)| position)).collect();
    let power = source
        .iter()
        .map(|position| header_power(position.map(|position| headers[position].as_str())))
        .collect();
    let matched = source.iter().flatten().count();
    also_regions.retain(|position| !source.contains(&Some(*position)));
    let mut map = ColumnMap {
        source,
        supplied: vec![None; columns],
        power,
        missing: Vec::new(),
        doubled,
        unknown,
        matched,
        also_regions,
    };
    supply(contract, context, titles, &mut map);
    map
}

fn header_power(header: Option<&str>) -> u32 {
    header
        .and_then(crate::domain::money::header_scale)
        .map_or(0, |scale| scale.power)
}

/// Fills what the sheet does not have: constant, request, title, sender, default, in that order. A constant
/// also replaces a sheet column of the same name: the connector said so.
fn supply(contract: &Contract, context: &Context, titles: &[String], map: &mut ColumnMap) {
    for (index, (name, column)) in contract.columns.iter().enumerate() {
        let connector = context.connector.as_ref();
        if let Some(value) = connector.and_then(|connector| connector.constants.get(name)) {
            map.source[index] = None;
            map.supplied[index] = Some(Supplied::Constant(value.clone()));
            continue;
        }
        if let Some(parameter) = connector.and_then(|connector| connector.from_request.get(name)) {
            map.source[index] = None;
            map.supplied[index] = Some(Supplied::Request(parameter.clone()));
            continue;
        }
        if map.source[index].is_some() {
            continue;
        }
        map.supplied[index] = match column.kind {
            ColumnType::Period => super::title::period(titles, contract).map(Supplied::Title),
            ColumnType::Region => context
                .speaker
                .own_region()
                .map(|code| Supplied::Sender(code.to_string())),
            _ => None,
        }
        .or_else(|| column.default.clone().map(Supplied::Default));
        if map.supplied[index].is_none() && column.required {
            map.missing.push(name.clone());
        }
    }
}
