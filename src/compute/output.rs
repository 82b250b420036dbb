//! The published tables: `indicators.parquet` and `metadata.parquet`.

use super::indicator::{Indicator, Word};
use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Rows of one batch.
const BATCH_ROWS: usize = 65_536;

/// How far a figure can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Ok,
    /// The period has not ended.
    Provisional,
    /// Older than it should be.
    Stale,
    /// Part of the figures behind it is not there.
    Incomplete,
    /// Not shown, so that nobody can be recognised.
    Withheld,
    /// There should be a value and there is none.
    Missing,
}

impl Word for Status {
    const WORDS: &'static [(&'static str, Status)] = &[
        ("ok", Status::Ok),
        ("provisional", Status::Provisional),
        ("stale", Status::Stale),
        ("incomplete", Status::Incomplete),
        ("withheld", Status::Withheld),
        ("missing", Status::Missing),
    ];
}

/// One figure. Indicator and unit follow from where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub region_code: String,
    pub period: String,
    pub value: Option<f64>,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    /// Source rows behind the figure.
    pub n_rows: Option<i64>,
    pub status: Status,
}

/// Schema of the figures.
pub fn rows_schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    let number = |name: &str| Field::new(name, DataType::Float64, true);
    Arc::new(Schema::new(vec![
        text("indicator_id"),
        text("region_code"),
        text("period"),
        number("value"),
        text("unit"),
        number("numerator"),
        number("denominator"),
        Field::new("n_rows", DataType::Int64, true),
        text("status"),
    ]))
}

/// One indicator's rows, in the order given, as batches of [`rows_schema`].
pub fn rows(indicator: &Indicator, rows: &[Row]) -> Vec<RecordBatch> {
    rows.chunks(BATCH_ROWS)
        .map(|chunk| rows_batch(indicator, chunk))
        .collect()
}

fn rows_batch(indicator: &Indicator, rows: &[Row]) -> RecordBatch {
    let same =
        |text: &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, rows.len()))) };
    let number = |get: fn(&Row) -> Option<f64>| -> ArrayRef { Arc::new(Float64Array::from_iter(rows.iter().map(get))) };
    let columns: Vec<ArrayRef> = vec![
        same(&indicator.id),
        Arc::new(StringArray::from_iter_values(
            rows.iter().map(|row| row.region_code.as_str()),
        )),
        Arc::new(StringArray::from_iter_values(
            rows.iter().map(|row| row.period.as_str()),
        )),
        number(|row| row.value),
        same(&indicator.unit),
        number(|row| row.numerator),
        number(|row| row.denominator),
        Arc::new(Int64Array::from_iter(rows.iter().map(|row| row.n_rows))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.status.word()))),
    ];
    // Columns stand in the schema's order and have one length: built from the same rows.
    RecordBatch::try_new(rows_schema(), columns).expect("columns follow rows_schema")
}

/// Schema of what is known about the indicators.
pub fn metadata_schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    Arc::new(Schema::new(vec![
        text("indicator_id"),
        text("title_id"),
        text("title_en"),
        text("theme"),
        text("unit"),
        text("better"),
        text("grain"),
        text("universe"),
        text("method_id"),
        text("method_en"),
        text("source"),
        text("datasets"),
        text("reads"),
        text("owner"),
        text("sql_sha256"),
        Field::new("illustrative", DataType::Boolean, false),
        Field::new("decimals", DataType::Int32, false),
    ]))
}

/// One row an indicator, in the order given. `illustrative` names the datasets that hold illustrative figures;
/// an indicator that uses one of them is illustrative itself.
pub fn metadata(indicators: &[Indicator], illustrative: &BTreeSet<String>) -> RecordBatch {
    let text = |get: &dyn Fn(&Indicator) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(indicators.iter().map(get)))
    };
    let invented = |one: &Indicator| Some(one.datasets.iter().any(|dataset| illustrative.contains(dataset)));
    let columns: Vec<ArrayRef> = vec![
        text(&|one| one.id.clone()),
        text(&|one| one.title.id.clone()),
        text(&|one| one.title.en.clone()),
        text(&|one| one.theme.word().to_string()),
        text(&|one| one.unit.clone()),
        text(&|one| one.better.word().to_string()),
        text(&|one| one.grain.text()),
        text(&|one| one.universe.word().to_string()),
        text(&|one| one.method.id.clone()),
        text(&|one| one.method.en.clone()),
        text(&|one| one.source.clone()),
        text(&|one| one.datasets.join(", ")),
        text(&|one| one.reads_text()),
        text(&|one| one.owner.clone()),
        text(&|one| one.sql_sha256.clone()),
        Arc::new(BooleanArray::from_iter(indicators.iter().map(invented))),
        Arc::new(Int32Array::from_iter_values(
            indicators.iter().map(|one| i32::from(one.decimals)),
        )),
    ];
    // Columns stand in the schema's order and have one length: built from the same list.
    RecordBatch::try_new(metadata_schema(), columns).expect("columns follow metadata_schema")
}
