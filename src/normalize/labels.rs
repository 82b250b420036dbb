//! Labels above a table: `Bulan : Oktober`, `Kecamatan | Andir`. What they say is said of every row.

use super::Context;
use super::cell::ColumnReader;
use super::headers::{ColumnMap, Supplied, Vocabulary};
use super::{layout, title};
use crate::config::{ColumnType, Contract};
use crate::domain::axis;
use crate::domain::date;
use crate::domain::period::{Grain, Period};
use crate::domain::text;
use crate::read::Block;

/// The labels of the rows above a header, each with its value.
pub(super) fn labels(block: &Block, header: usize) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for row in 0..header.min(block.rows()) {
        let texts = layout::texts(block, row);
        let filled: Vec<&str> = texts
            .iter()
            .map(|text| text.trim())
            .filter(|text| !text.is_empty() && *text != ":")
            .collect();
        let pair = match filled[..] {
            [one] => one.split_once(':'),
            [label, value] => Some((label, value)),
            _ => None,
        };
        if let Some((label, value)) = pair {
            let value = value.trim().trim_start_matches(':').trim();
            let label = label.trim().trim_end_matches(':').trim();
            if !label.is_empty() && !value.is_empty() {
                found.push((label.to_string(), value.to_string()));
            }
        }
    }
    found
}

/// Words that label the year of a period which another label names in part.
const YEARS: [&str; 3] = ["tahun", "thn", "year"];

/// Lets labels supply columns that the sheet does not have, where they read as values of these.
pub(super) fn apply(
    contract: &Contract,
    context: &Context,
    vocabulary: &Vocabulary,
    labels: &[(String, String)],
    titles: &[String],
    map: &mut ColumnMap,
) {
    let year = year(labels, titles);
    for (label, value) in labels {
        let Some(index) = vocabulary.column(label).filter(|&index| map.source[index].is_none()) else {
            continue;
        };
        if matches!(map.supplied[index], Some(Supplied::Constant(_) | Supplied::Request(_))) {
            continue;
        }
        let (name, column) = (&contract.columns.keys()[index], &contract.columns[index]);
        let supplied = match column.kind {
            ColumnType::Period => period(value, year.as_deref(), contract).map(Supplied::Title),
            ColumnType::Date if contract.period.as_ref() == Some(name) => {
                let day = date::parse_date(value).ok();
                day.map(|day| Supplied::Title(Period::containing(Grain::Day, day)))
            }
            ColumnType::Text | ColumnType::Code | ColumnType::Region if contract.key.contains(name) => {
                let grains = contract.grains.iter().map(|grain| (*grain).into()).collect();
                let reader = ColumnReader::new(index, name, column, true, grains, context);
                let read = reader.read_constant(value, context.as_of, context);
                read.is_ok().then(|| Supplied::Label(value.clone()))
            }
            _ => None,
        };
        if supplied.is_some() {
            map.supplied[index] = supplied;
            map.missing.retain(|missing| missing != name);
        }
    }
}

/// The year that a label says, else the titles.
fn year(labels: &[(String, String)], titles: &[String]) -> Option<String> {
    let mut years = labels
        .iter()
        .filter(|(label, _)| YEARS.contains(&text::normal(label).as_str()));
    let year = years.next().map(|(_, year)| year.clone());
    year.or_else(|| title::year(titles).map(|year| year.to_string()))
}

/// The month that a label says: `Bulan : November 2026`, or `November` where the year stands elsewhere.
pub(super) fn month(labels: &[(String, String)], titles: &[String]) -> Option<Period> {
    let year = year(labels, titles).and_then(|year| year.trim().parse().ok());
    let mut months = labels
        .iter()
        .filter(|(label, _)| axis::unit(label) == Some(axis::Unit::Month))
        .map(|(_, value)| axis::month(value, year));
    months.next().flatten().filter(|_| months.next().is_none())
}

fn period(value: &str, year: Option<&str>, contract: &Contract) -> Option<Period> {
    let grains: Vec<Grain> = contract.grains.iter().map(|grain| (*grain).into()).collect();
    let dated = year.map(|year| format!("{value} {year}"));
    let texts = std::iter::once(value).chain(dated.as_deref());
    texts.filter_map(|text| Period::parse(text, &grains).ok()).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_stands_beside_its_value_or_in_one_cell_with_it() {
        let rows: &[&[&str]] = &[
            &["LAPORAN", "", ""],
            &["Bulan", ":", "Oktober"],
            &["Tahun : 2026", "", ""],
            &["Kecamatan", "", "Andir"],
            &["a", "b", "c"],
            &["Pasar", "Baru"],
        ];
        let pair = |label: &str, value: &str| (label.to_string(), value.to_string());
        let expected = [
            pair("Bulan", "Oktober"),
            pair("Tahun", "2026"),
            pair("Kecamatan", "Andir"),
        ];
        assert_eq!(labels(&Block::of_rows(1, rows), 5), expected);
    }
}
