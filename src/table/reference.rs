//! The registry and the reference tables as SQL sees them and as they are published.

use crate::domain::code::{CodeEntry, CodeTable};
use crate::domain::region::Registry;
use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Days since 1970 of a date, as Date32 stores it.
pub fn days(date: NaiveDate) -> i32 {
    date.signed_duration_since(NaiveDate::default()).num_days() as i32
}

/// The date of a Date32 value.
pub fn date_of(days: i32) -> NaiveDate {
    NaiveDate::default() + chrono::Duration::days(i64::from(days))
}

/// Schema of `regions`.
pub fn regions_schema() -> SchemaRef {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    Arc::new(Schema::new(vec![
        text("region_code", false),
        text("bps_code", true),
        text("name", false),
        text("level", false),
        text("province_code", false),
        text("province_name", false),
        Field::new("population_total", DataType::Int64, true),
        Field::new("area_km2", DataType::Float64, true),
        Field::new("autonomous", DataType::Boolean, false),
        Field::new("valid_from", DataType::Date32, true),
        Field::new("valid_to", DataType::Date32, true),
    ]))
}

/// The 552 regions, sorted by code: `region_code` (Kemendagri, dotted), `bps_code`, `name`, `level` (province,
/// regency, city), `province_code`, `province_name`, `population_total` (people, civil registration of the
/// registry's date), `area_km2`, `autonomous`, `valid_from`, `valid_to`.
pub fn regions(registry: &Registry) -> RecordBatch {
    let mut all: Vec<_> = registry.all().iter().collect();
    all.sort_by(|left, right| left.code.cmp(&right.code));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(
            all.iter().map(|region| region.code.as_str()),
        )),
        Arc::new(StringArray::from_iter(
            all.iter().map(|region| region.bps_code.as_deref()),
        )),
        Arc::new(StringArray::from_iter_values(
            all.iter().map(|region| region.name.as_str()),
        )),
        Arc::new(StringArray::from_iter_values(
            all.iter().map(|region| region.level.as_str()),
        )),
        Arc::new(StringArray::from_iter_values(
            all.iter().map(|region| region.province_code.as_str()),
        )),
        Arc::new(StringArray::from_iter_values(
            all.iter().map(|region| region.province_name.as_str()),
        )),
        Arc::new(Int64Array::from_iter(all.iter().map(|region| region.population_total))),
        Arc::new(Float64Array::from_iter(all.iter().map(|region| region.area_km2))),
        Arc::new(BooleanArray::from_iter(
            all.iter().map(|region| Some(region.autonomous)),
        )),
        Arc::new(Date32Array::from_iter(
            all.iter().map(|region| region.valid_from.map(days)),
        )),
        Arc::new(Date32Array::from_iter(
            all.iter().map(|region| region.valid_to.map(days)),
        )),
    ];
    // Columns stand in the schema's order and have one length: built from the same list.
    RecordBatch::try_new(regions_schema(), columns).expect("columns follow regions_schema")
}

/// Columns of the table of all reference tables that say which of them an entry is of.
const LIST: [&str; 3] = ["list", "list_title_id", "list_title_en"];

/// Columns that every reference table has.
const NAMED: [&str; 3] = ["code", "name_id", "name_en"];

/// A reference table in its file's order: `code`, `name_id`, `name_en`, then the further columns of its file as text,
/// null where nothing stands.
pub fn codes(table: &CodeTable) -> RecordBatch {
    listed(&[(None, table)], &further(&[(None, table)]))
}

/// Schema of the table of all reference tables, without their further columns.
pub fn code_lists_schema() -> SchemaRef {
    lists_schema(true, &[])
}

/// All reference tables in one: `list` is the name of the table, with its title in both languages, and further columns of any of them stand behind.
pub fn code_lists(tables: &BTreeMap<String, CodeTable>) -> RecordBatch {
    let tables: Vec<(Option<&str>, &CodeTable)> = tables
        .iter()
        .map(|(name, table)| (Some(name.as_str()), table))
        .collect();
    listed(&tables, &further(&tables))
}

/// Further columns, each once, in the order in which they are met.
fn further<'t>(tables: &[(Option<&str>, &'t CodeTable)]) -> Vec<&'t str> {
    let mut names: Vec<&str> = Vec::new();
    let entries = tables.iter().filter_map(|(_, table)| table.entries().first());
    for (name, _) in entries.flat_map(|entry| &entry.extra) {
        let name = name.as_str();
        if !name.is_empty() && !LIST.contains(&name) && !NAMED.contains(&name) && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn lists_schema(has_list: bool, further: &[&str]) -> SchemaRef {
    let list = if has_list { &LIST[..] } else { &[] };
    let named = list
        .iter()
        .copied()
        .chain(NAMED)
        .map(|name| Field::new(name, DataType::Utf8, false));
    let further = further.iter().map(|name| Field::new(*name, DataType::Utf8, true));
    Arc::new(Schema::new(named.chain(further).collect::<Vec<_>>()))
}

/// Entries of tables below each other; with the name of each table where it is given.
fn listed(tables: &[(Option<&str>, &CodeTable)], further: &[&str]) -> RecordBatch {
    let all = || {
        tables
            .iter()
            .flat_map(|(name, table)| table.entries().iter().map(move |entry| (*name, *table, entry)))
    };
    let entries: Vec<&CodeEntry> = all().map(|(_, _, entry)| entry).collect();
    let text = |get: &dyn Fn(&CodeEntry) -> Option<&str>| -> ArrayRef {
        Arc::new(StringArray::from_iter(
            entries.iter().map(|entry| get(entry).map(str::to_string)),
        ))
    };
    let has_list = tables.iter().any(|(name, _)| name.is_some());
    let mut columns: Vec<ArrayRef> = Vec::new();
    if has_list {
        columns.push(Arc::new(StringArray::from_iter(all().map(|(name, ..)| name))));
        let titles: Vec<(&str, &str)> = all()
            .map(|(_, table, _)| (table.title_id.as_str(), table.title_en.as_str()))
            .collect();
        columns.push(Arc::new(StringArray::from_iter_values(titles.iter().map(|(id, _)| id))));
        columns.push(Arc::new(StringArray::from_iter_values(titles.iter().map(|(_, en)| en))));
    }
    columns.push(text(&|entry| Some(&entry.code)));
    columns.push(text(&|entry| Some(&entry.name_id)));
    columns.push(text(&|entry| Some(&entry.name_en)));
    for name in further {
        columns.push(text(&|entry| {
            let found = entry.extra.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
        }));
    }
    // Columns stand in the schema's order and have one length: built from the same entries.
    RecordBatch::try_new(lists_schema(has_list, further), columns).expect("columns follow lists_schema")
}
