//! The registry and the reference tables as SQL sees them and as they are published.

use crate::domain::code::CodeTable;
use crate::domain::region::Registry;
use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use chrono::NaiveDate;
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

/// Schema of a reference table: `code`, `name_id`, `name_en`.
pub fn codes_schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    Arc::new(Schema::new(vec![text("code"), text("name_id"), text("name_en")]))
}

/// A reference table in its file's order.
pub fn codes(table: &CodeTable) -> RecordBatch {
    let entries: Vec<_> = table.entries().iter().collect();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(
            entries.iter().map(|entry| entry.code.as_str()),
        )),
        Arc::new(StringArray::from_iter_values(
            entries.iter().map(|entry| entry.name_id.as_str()),
        )),
        Arc::new(StringArray::from_iter_values(
            entries.iter().map(|entry| entry.name_en.as_str()),
        )),
    ];
    RecordBatch::try_new(codes_schema(), columns).expect("columns follow codes_schema")
}
