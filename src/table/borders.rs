//! Regions through time as SQL sees them: every code there ever was, the ids of other systems, and which codes make up
//! which borders; and datasets in other borders than those of their own time.
//!
//! A figure is never divided. In other borders a row is either the row of the same ground under another code, with all
//! its columns, or the sum of rows that together make up the ground: then only columns that the contract declares
//! `additive` have a value, and there is no row at all where one of the parts has none.

use super::reference::days;
use crate::config::{ColumnType, Contract};
use crate::domain::region::{Change, Pieces, Region, Registry};
use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use chrono::NaiveDate;
use std::fmt::Write;
use std::sync::Arc;

/// Table of which codes make up which borders.
pub const TABLE: &str = "region_borders";

/// Stands for "since ever" and "still", so that a period can be compared without regard to nulls.
const EVER: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a date");
const STILL: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a date");

/// In whose borders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Borders {
    /// Each region as it is today.
    Today,
    /// The widest that regions shared: the only ones that never changed.
    Common,
}

impl Borders {
    pub const ALL: [Borders; 2] = [Borders::Today, Borders::Common];

    /// `today`, `common`: the word in tables, and what a dataset's view ends with.
    pub fn word(self) -> &'static str {
        match self {
            Borders::Today => "today",
            Borders::Common => "common",
        }
    }
}

/// Schema of `region_codes`.
pub fn codes_schema() -> SchemaRef {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    Arc::new(Schema::new(vec![
        text("region_code", false),
        text("bps_code", true),
        text("name", false),
        text("level", false),
        text("province_code", false),
        text("province_name", false),
        Field::new("valid_from", DataType::Date32, true),
        Field::new("valid_to", DataType::Date32, true),
        text("region_today", false),
    ]))
}

/// Every code of today and of the past, sorted: name, level and province of its time, the code that BPS gave the region
/// then, from which day and until before which day it was valid, and the code that the region has today.
pub fn codes(registry: &Registry) -> RecordBatch {
    let mut all: Vec<&Region> = registry.all().iter().chain(registry.retired()).collect();
    all.sort_by(|left, right| left.code.cmp(&right.code));
    let today = |region: &Region| registry.today_of(&region.code).map_or("", |today| today.code.as_str());
    let text = |get: &dyn Fn(&Region) -> Option<String>| -> ArrayRef {
        Arc::new(StringArray::from_iter(all.iter().map(|region| get(region))))
    };
    let date = |get: fn(&Region) -> Option<NaiveDate>| -> ArrayRef {
        Arc::new(Date32Array::from_iter(all.iter().map(|region| get(region).map(days))))
    };
    let columns = vec![
        text(&|region| Some(region.code.clone())),
        text(&|region| registry.bps_of(&region.code).map(str::to_string)),
        text(&|region| Some(region.name.clone())),
        text(&|region| Some(region.level.as_str().to_string())),
        text(&|region| Some(region.province_code.clone())),
        text(&|region| Some(region.province_name.clone())),
        date(|region| region.valid_from),
        date(|region| region.valid_to),
        text(&|region| Some(today(region).to_string())),
    ];
    // Columns stand in the schema's order and have one length: built from the same list.
    RecordBatch::try_new(codes_schema(), columns).expect("columns follow codes_schema")
}

/// Schema of `region_changes`.
pub fn changes_schema() -> SchemaRef {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    Arc::new(Schema::new(vec![
        text("change_kind", false),
        text("old_code", false),
        text("new_code", false),
        text("old_name", true),
        text("new_name", false),
        text("effective_date", false),
        text("basis", false),
    ]))
}

/// Every split, merge, recode and rename that is known, in the order of `region_changes.csv`, with where its date comes
/// from. The date is a day, or only a year for some renames.
pub fn changes(registry: &Registry) -> RecordBatch {
    let all = registry.changes();
    let text = |get: fn(&Change) -> &str| -> ArrayRef {
        Arc::new(StringArray::from_iter(
            all.iter()
                .map(|change| Some(get(change)).filter(|text| !text.is_empty())),
        ))
    };
    let columns = vec![
        text(|change| change.kind.as_str()),
        text(|change| &change.old_code),
        text(|change| &change.new_code),
        text(|change| &change.old_name),
        text(|change| &change.new_name),
        text(|change| &change.effective_date),
        text(|change| &change.basis),
    ];
    // Columns stand in the schema's order and have one length: built from the same list.
    RecordBatch::try_new(changes_schema(), columns).expect("columns follow changes_schema")
}

/// Schema of `region_ids`.
pub fn ids_schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    Arc::new(Schema::new(vec![
        text("system"),
        text("source_id"),
        text("region_code"),
    ]))
}

/// The ids by which each code system names regions of today (of a map only the confirmed ones), sorted by system and
/// region.
pub fn ids(registry: &Registry) -> RecordBatch {
    let mut all: Vec<[String; 3]> = Vec::new();
    for name in registry.systems() {
        let entries = registry.system(&name).map(|system| registry.map_entries(&system));
        let rows = entries.into_iter().flatten();
        all.extend(rows.map(|entry| [name.clone(), entry.id, entry.code]));
    }
    all.sort_by(|left, right| (&left[0], &left[2], &left[1]).cmp(&(&right[0], &right[2], &right[1])));
    let column = |index: usize| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(all.iter().map(|row| row[index].as_str())))
    };
    // Columns stand in the schema's order and have one length: built from the same list.
    RecordBatch::try_new(ids_schema(), vec![column(0), column(1), column(2)]).expect("columns follow ids_schema")
}

/// Schema of `region_borders`.
pub fn schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    Arc::new(Schema::new(vec![
        text("borders"),
        text("region_code"),
        Field::new("first_day", DataType::Date32, false),
        Field::new("last_day", DataType::Date32, false),
        text("part_code"),
        Field::new("parts", DataType::Int64, false),
    ]))
}

/// Which codes make up a region: in `borders` (`today` or `common`), from `first_day` to `last_day` (1900-01-01 and
/// 9999-12-31 where there is no end), `region_code` was `part_code`, one of so many `parts`.
pub fn borders(registry: &Registry) -> RecordBatch {
    let mut rows: Vec<(&str, Pieces<'_>)> = Vec::new();
    for borders in Borders::ALL {
        let pieces = match borders {
            Borders::Today => registry.in_borders_of_today(),
            Borders::Common => registry.in_common_borders(),
        };
        rows.extend(pieces.into_iter().map(|pieces| (borders.word(), pieces)));
    }
    rows.sort_by(|left, right| (left.0, left.1.code, left.1.from).cmp(&(right.0, right.1.code, right.1.from)));
    let pairs = rows
        .iter()
        .flat_map(|(borders, pieces)| pieces.codes.iter().map(move |part| (*borders, pieces, *part)));
    let pairs: Vec<(&str, &Pieces<'_>, &str)> = pairs.collect();
    let last = |to: Option<NaiveDate>| to.and_then(|to| to.pred_opt()).unwrap_or(STILL);
    let text = |get: fn(&(&str, &Pieces<'_>, &str)) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(pairs.iter().map(get)))
    };
    let day = |get: &dyn Fn(&Pieces<'_>) -> NaiveDate| -> ArrayRef {
        Arc::new(Date32Array::from_iter_values(
            pairs.iter().map(|pair| days(get(pair.1))),
        ))
    };
    let parts = pairs.iter().map(|pair| pair.1.codes.len() as i64);
    let columns: Vec<ArrayRef> = vec![
        text(|pair| pair.0.to_string()),
        text(|pair| pair.1.code.to_string()),
        day(&|pieces| pieces.from.unwrap_or(EVER)),
        day(&|pieces| last(pieces.to)),
        text(|pair| pair.2.to_string()),
        Arc::new(Int64Array::from_iter_values(parts)),
    ];
    // Columns stand in the schema's order and have one length: built from the same list.
    RecordBatch::try_new(schema(), columns).expect("columns follow schema")
}

/// The last day on which something changed; rows of later days stand under the codes of today, in the borders of today.
pub fn last_change(registry: &Registry) -> Option<NaiveDate> {
    registry.days_of_change().last().copied()
}

/// A SELECT that gives a dataset's rows in other borders, with the columns that it has. It reads the dataset from the
/// table `table` of this `schema`, and `region_borders`. None for a dataset whose key has no region or no time: such rows
/// have one state, today's.
pub fn in_borders(
    contract: &Contract,
    schema: &Schema,
    table: &str,
    borders: Borders,
    last_change: Option<NaiveDate>,
) -> Option<String> {
    let (region, day) = place_in_time(contract)?;
    let mut needed = contract.key.iter().map(String::as_str).chain([day]);
    if needed.any(|name| schema.index_of(name).is_err()) {
        return None;
    }
    let passed = match (borders, last_change) {
        (Borders::Today, Some(last)) => {
            format!("SELECT * FROM \"{table}\" WHERE \"{day}\" >= DATE '{last}' UNION ALL ")
        }
        _ => String::new(),
    };
    let moved = match (borders, last_change) {
        (Borders::Today, Some(last)) => format!(" AND d.\"{day}\" < DATE '{last}'"),
        _ => String::new(),
    };
    let mut selected = Vec::new();
    let mut grouped = String::from("b.region_code, b.parts");
    for field in schema.fields() {
        let name = field.name();
        let expression = if name == region {
            "b.region_code".to_string()
        } else if is_identity(contract, name) {
            let _ = write!(grouped, ", d.\"{name}\"");
            format!("d.\"{name}\"")
        } else if contract.columns.get(name).is_some_and(|column| column.additive) {
            let sum = format!("CASE WHEN count(d.\"{name}\") = count(*) THEN sum(d.\"{name}\") END");
            format!("CAST({sum} AS {})", sql_type(field.data_type()))
        } else {
            format!("CASE WHEN count(*) = 1 THEN min(d.\"{name}\") END")
        };
        selected.push(format!("{expression} AS \"{name}\""));
    }
    Some(format!(
        "{passed}SELECT {} FROM \"{table}\" d JOIN {TABLE} b ON b.borders = '{}' AND b.part_code = d.\"{region}\" \
         AND d.\"{day}\" BETWEEN b.first_day AND b.last_day{moved} GROUP BY {grouped} HAVING count(*) = b.parts",
        selected.join(", "),
        borders.word(),
    ))
}

/// A question that has an answer where a dataset has rows that stand under another code, or in other borders, than those
/// of today.
pub fn has_moved(contract: &Contract, table: &str, last_change: NaiveDate) -> Option<String> {
    let (region, day) = place_in_time(contract)?;
    Some(format!(
        "SELECT 1 AS moved FROM \"{table}\" d LEFT JOIN {TABLE} b ON b.borders = 'today' AND b.parts = 1 \
         AND b.region_code = d.\"{region}\" AND b.part_code = d.\"{region}\" AND d.\"{day}\" BETWEEN b.first_day AND b.last_day \
         WHERE d.\"{day}\" < DATE '{last_change}' AND b.part_code IS NULL LIMIT 1"
    ))
}

/// The region column of the key, and the column with the last day that a row is about.
fn place_in_time(contract: &Contract) -> Option<(&str, &str)> {
    let region = contract.key_region()?;
    let period = contract
        .period
        .as_ref()
        .filter(|period| contract.key.contains(period))?;
    let day = match contract.columns.get(period)?.kind {
        ColumnType::Period => "period_end",
        _ => period,
    };
    Some((region, day))
}

/// Whether rows differ in this column: a part of the key, or the days of its period.
fn is_identity(contract: &Contract, name: &str) -> bool {
    contract.key.iter().any(|key| key == name) || matches!(name, "period_start" | "period_end")
}

fn sql_type(kind: &DataType) -> String {
    match kind {
        DataType::Decimal128(precision, scale) => format!("DECIMAL({precision}, {scale})"),
        _ => "BIGINT".to_string(),
    }
}

#[cfg(test)]
#[path = "borders_tests.rs"]
mod tests;
