//! Contract → Arrow schema. Arrow types follow from the contract alone, and only here.

use crate::config::{Column, ColumnType, Contract, Pii};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::collections::HashMap;
use std::sync::Arc;

/// Sequence of the submission that a row came from (Int64).
pub const SUBMISSION: &str = "_submission";
/// Ordinal in the submission's list of places (Int32), see `submissions.parquet`.
pub const PART: &str = "_part";
/// Sheet row, physical line or record (Int32, from 1).
pub const ROW: &str = "_row";
/// Of a row that was turned out of a crosstab or a table on its side: the number of the sheet's column that it stands in
/// (Int32, from 1); null in all others.
pub const COLUMN: &str = "_column";

/// Where a row came from: no value of it.
pub const PROVENANCE: [&str; 4] = [SUBMISSION, PART, ROW, COLUMN];

/// Digits after the point of money and decimals unless the contract says otherwise.
pub const DEFAULT_SCALE: i8 = 2;
/// Digits of money and decimals in all.
pub const PRECISION: u8 = 18;

/// Arrow type of a contract column.
pub fn arrow_type(column: &Column) -> DataType {
    if column.pii == Some(Pii::Pseudonym) {
        return DataType::Utf8;
    }
    match column.kind {
        ColumnType::Money | ColumnType::Decimal => {
            DataType::Decimal128(PRECISION, column.scale.unwrap_or(DEFAULT_SCALE))
        }
        ColumnType::Count => DataType::Int64,
        ColumnType::Measure => DataType::Float64,
        ColumnType::Date => DataType::Date32,
        ColumnType::Region | ColumnType::Period | ColumnType::Code | ColumnType::Text | ColumnType::Nik => {
            DataType::Utf8
        }
    }
}

/// Columns that are written: all but those whose personal content is dropped.
pub fn written_columns(contract: &Contract) -> impl Iterator<Item = (&String, &Column)> {
    contract
        .columns
        .iter()
        .filter(|(_, column)| column.pii != Some(Pii::Drop))
}

/// Schema of the staged and model rows of a dataset: the contract's columns in order, after a `period` column
/// its `period_start` and `period_end` (both days included), and at the end where the row came from.
pub fn model_schema(contract: &Contract) -> SchemaRef {
    let mut fields = Vec::new();
    for (name, column) in written_columns(contract) {
        let nullable = !contract.key.contains(name);
        fields.push(Field::new(name, arrow_type(column), nullable).with_metadata(describe(column)));
        if column.kind == ColumnType::Period {
            fields.push(Field::new("period_start", DataType::Date32, nullable));
            fields.push(Field::new("period_end", DataType::Date32, nullable));
        }
    }
    fields.push(Field::new(SUBMISSION, DataType::Int64, false));
    fields.push(Field::new(PART, DataType::Int32, false));
    fields.push(Field::new(ROW, DataType::Int32, false));
    fields.push(Field::new(COLUMN, DataType::Int32, true));
    Arc::new(Schema::new(fields))
}

/// Title, description and unit, carried in the file so that an analyst finds them.
fn describe(column: &Column) -> HashMap<String, String> {
    let mut texts = HashMap::from([
        ("title.id".to_string(), column.title.id.clone()),
        ("title.en".to_string(), column.title.en.clone()),
    ]);
    if let Some(unit) = &column.unit {
        texts.insert("unit".to_string(), unit.clone());
    }
    if let Some(description) = &column.description {
        texts.insert("description.id".to_string(), description.id.clone());
        texts.insert("description.en".to_string(), description.en.clone());
    }
    texts
}

/// Name of the date column by which a dataset is cut, if it is: a period's start, or the date itself.
pub fn partition_date(contract: &Contract) -> Option<&str> {
    let name = contract.period.as_deref()?;
    match contract.columns.get(name)?.kind {
        ColumnType::Period => Some("period_start"),
        _ => Some(name),
    }
}
