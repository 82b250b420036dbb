//! The tables that are neither datasets nor figures.

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// Key-value pairs of a published file. No date among them: equal rows are equal bytes.
pub fn file_metadata(table: &str, illustrative: bool) -> Vec<(String, String)> {
    vec![
        ("lumbung.table".to_string(), table.to_string()),
        ("lumbung.illustrative".to_string(), illustrative.to_string()),
    ]
}

fn text(name: &str, nullable: bool) -> Field {
    Field::new(name, DataType::Utf8, nullable)
}

/// Schema of `submissions`: a row for each place of a submission, and for each dataset that rows of the place went
/// to. `submission` and `part` are what rows carry as `_submission` and `_part`; `page` counts the files or response
/// bodies of the submission from 1; `sha256` is that of the raw bytes. The counts of rows are the submission's in
/// the dataset; they stand at the first of its places and are null at the others, so that a sum counts every row once.
/// A submission that was withdrawn is listed too: an earlier release may have rows of it.
pub fn submissions_schema() -> SchemaRef {
    let count = |name: &str| Field::new(name, DataType::Int64, false);
    Arc::new(Schema::new(vec![
        count("submission"),
        Field::new("part", DataType::Int32, false),
        text("dataset", false),
        text("connector", false),
        text("region_code", true),
        text("time_window", false),
        text("file", false),
        text("sheet", true),
        Field::new("page", DataType::Int32, false),
        text("sha256", false),
        Field::new("received_on", DataType::Date32, false),
        text("status", false),
        Field::new("illustrative", DataType::Boolean, false),
        Field::new("rows_read", DataType::Int64, true),
        Field::new("rows_accepted", DataType::Int64, true),
        Field::new("rows_quarantined", DataType::Int64, true),
    ]))
}

/// Schema of `findings`: what was wrong or odd in the submissions, as their receipts say it. `region_code` is the
/// sender's, none where the source speaks for many. `submission`, `part`, `row` and `column_number` are what the row
/// that is spoken about carries as `_submission`, `_part`, `_row` and `_column`.
pub fn findings_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("submission", DataType::Int64, false),
        text("dataset", false),
        Field::new("part", DataType::Int32, false),
        Field::new("row", DataType::Int32, true),
        Field::new("column_number", DataType::Int32, true),
        text("code", false),
        text("severity", false),
        text("sheet", true),
        text("cell", true),
        Field::new("line", DataType::Int32, true),
        text("column_name", true),
        text("value", true),
        text("message_id", false),
        text("message_en", false),
        text("hint_id", true),
        text("hint_en", true),
        text("region_code", true),
    ]))
}

/// Schema of `expected`: a row for each report that the declared coverage asks for. Both days of the period belong
/// to it; `due_on` is the last day on which the report is in time, and `received_on` the day of the earliest submission
/// that still holds a row of the region inside the period, if one has come.
pub fn expected_schema() -> SchemaRef {
    let date = |name: &str| Field::new(name, DataType::Date32, false);
    Arc::new(Schema::new(vec![
        text("dataset", false),
        text("region_code", false),
        text("period", false),
        date("period_start"),
        date("period_end"),
        date("due_on"),
        Field::new("received_on", DataType::Date32, true),
    ]))
}
