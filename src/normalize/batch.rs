//! Values to Arrow arrays, row by row.

use super::cell::Value;
use crate::config::{ColumnType, Contract};
use crate::table::reference::days;
use crate::table::schema::{self, DEFAULT_SCALE, PRECISION};
use arrow::array::{
    ArrayRef, Date32Builder, Decimal128Builder, Float64Builder, Int32Builder, Int64Builder, RecordBatch, StringBuilder,
};
use arrow::datatypes::SchemaRef;
use std::sync::Arc;

enum Builder {
    Text(StringBuilder),
    Integer(Int64Builder),
    Float(Float64Builder),
    Decimal(Decimal128Builder),
    Date(Date32Builder),
    Period(Box<PeriodBuilder>),
}

/// A period and its first and last day.
#[derive(Default)]
struct PeriodBuilder {
    name: StringBuilder,
    start: Date32Builder,
    end: Date32Builder,
}

/// Collects accepted rows of a contract and gives them as batches of its schema.
pub(super) struct BatchBuilder {
    schema: SchemaRef,
    /// Contract column index and builder of every written column.
    builders: Vec<(usize, Builder)>,
    submission: i64,
    parts: Int32Builder,
    rows: Int32Builder,
    length: usize,
}

impl BatchBuilder {
    pub(super) fn new(contract: &Contract, submission: i64) -> BatchBuilder {
        let written: Vec<&String> = schema::written_columns(contract).map(|(name, _)| name).collect();
        let mut builders = Vec::new();
        for (index, (name, column)) in contract.columns.iter().enumerate() {
            if !written.contains(&name) {
                continue;
            }
            let builder = match column.kind {
                _ if column.pii.is_some() => Builder::Text(StringBuilder::new()),
                ColumnType::Money | ColumnType::Decimal => {
                    let scale = column.scale.unwrap_or(DEFAULT_SCALE);
                    let kind = arrow::datatypes::DataType::Decimal128(PRECISION, scale);
                    Builder::Decimal(Decimal128Builder::new().with_data_type(kind))
                }
                ColumnType::Count => Builder::Integer(Int64Builder::new()),
                ColumnType::Measure => Builder::Float(Float64Builder::new()),
                ColumnType::Date => Builder::Date(Date32Builder::new()),
                ColumnType::Period => Builder::Period(Box::default()),
                ColumnType::Region | ColumnType::Code | ColumnType::Text | ColumnType::Nik => {
                    Builder::Text(StringBuilder::new())
                }
            };
            builders.push((index, builder));
        }
        BatchBuilder {
            schema: schema::model_schema(contract),
            builders,
            submission,
            parts: Int32Builder::new(),
            rows: Int32Builder::new(),
            length: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Appends a row whose values stand in contract order.
    pub(super) fn push(&mut self, values: &[Value<'_>], part: i32, row: u32) {
        for (index, builder) in &mut self.builders {
            append(builder, &values[*index]);
        }
        self.parts.append_value(part);
        self.rows.append_value(i32::try_from(row).unwrap_or(i32::MAX));
        self.length += 1;
    }

    /// The rows so far; begins anew.
    pub(super) fn take(&mut self) -> RecordBatch {
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.schema.fields().len());
        for (_, builder) in &mut self.builders {
            match builder {
                Builder::Text(builder) => arrays.push(Arc::new(builder.finish())),
                Builder::Integer(builder) => arrays.push(Arc::new(builder.finish())),
                Builder::Float(builder) => arrays.push(Arc::new(builder.finish())),
                Builder::Decimal(builder) => arrays.push(Arc::new(builder.finish())),
                Builder::Date(builder) => arrays.push(Arc::new(builder.finish())),
                Builder::Period(period) => {
                    arrays.push(Arc::new(period.name.finish()));
                    arrays.push(Arc::new(period.start.finish()));
                    arrays.push(Arc::new(period.end.finish()));
                }
            }
        }
        let submissions = arrow::array::Int64Array::from_value(self.submission, self.length);
        arrays.push(Arc::new(submissions));
        arrays.push(Arc::new(self.parts.finish()));
        arrays.push(Arc::new(self.rows.finish()));
        self.length = 0;
        // Builders were made from the schema, keys are never null: `Normalizer` quarantines such rows.
        RecordBatch::try_new(self.schema.clone(), arrays).expect("builders follow model_schema")
    }
}

/// Appends one value. `ColumnReader::read` gives the kind of value that its column's builder takes; anything else
/// is a null.
fn append(builder: &mut Builder, value: &Value<'_>) {
    match (builder, value) {
        (Builder::Text(builder), Value::Text(text)) => builder.append_value(text),
        (Builder::Integer(builder), Value::Integer(number)) => builder.append_value(*number),
        (Builder::Float(builder), Value::Float(number)) => builder.append_value(*number),
        (Builder::Decimal(builder), Value::Scaled(number)) => builder.append_value(*number),
        (Builder::Date(builder), Value::Date(date)) => builder.append_value(days(*date)),
        (Builder::Period(builder), Value::Period(period)) => {
            builder.name.append_value(period.to_string());
            builder.start.append_value(days(period.start()));
            builder.end.append_value(days(period.end()));
        }
        (Builder::Text(builder), _) => builder.append_null(),
        (Builder::Integer(builder), _) => builder.append_null(),
        (Builder::Float(builder), _) => builder.append_null(),
        (Builder::Decimal(builder), _) => builder.append_null(),
        (Builder::Date(builder), _) => builder.append_null(),
        (Builder::Period(builder), _) => {
            builder.name.append_null();
            builder.start.append_null();
            builder.end.append_null();
        }
    }
}
