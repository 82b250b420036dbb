//! The files beside a submission's staged rows: `quarantine` and `findings`.

use super::CheckError;
use crate::finding::{Finding, Sentence};
use crate::normalize::RefusedRow;
use crate::table::{Passing, TableError, TableWriter};
use arrow::array::{ArrayRef, BooleanArray, Int32Builder, Int64Array, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// Schema of `quarantine.parquet`: place, codes, reasons in both languages, the row as JSON with personal values
/// masked, and whether the same row was in quarantine before.
pub fn quarantine_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("_submission", DataType::Int64, false),
        Field::new("_part", DataType::Int32, false),
        Field::new("_row", DataType::Int32, true),
        Field::new("_column", DataType::Int32, true),
        Field::new("codes", DataType::Utf8, false),
        Field::new("reasons_id", DataType::Utf8, false),
        Field::new("reasons_en", DataType::Utf8, false),
        Field::new("values", DataType::Utf8, false),
        Field::new("known", DataType::Boolean, false),
    ]))
}

/// Schema of `findings.parquet`; `known` where the finding is about a row that was in quarantine before.
pub fn findings_schema() -> SchemaRef {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    Arc::new(Schema::new(vec![
        Field::new("_submission", DataType::Int64, false),
        Field::new("_part", DataType::Int32, false),
        Field::new("_row", DataType::Int32, true),
        Field::new("_column", DataType::Int32, true),
        text("code", false),
        text("severity", false),
        text("sheet", true),
        text("cell", true),
        Field::new("line", DataType::Int32, true),
        text("column", true),
        text("value", true),
        text("message_id", false),
        text("message_en", false),
        text("hint_id", true),
        text("hint_en", true),
        Field::new("known", DataType::Boolean, false),
    ]))
}

/// Creates `quarantine.parquet`.
pub(super) fn quarantine_writer(folder: &Path) -> Result<TableWriter, TableError> {
    let passing = Passing {
        distinct: &["reasons_id", "reasons_en", "values"],
        ..Passing::default()
    };
    TableWriter::create_passing(&folder.join("quarantine.parquet"), quarantine_schema(), &passing)
}

/// Creates `findings.parquet`.
pub(super) fn findings_writer(folder: &Path) -> Result<TableWriter, TableError> {
    let passing = Passing {
        distinct: &["cell", "value", "message_id", "message_en"],
        ..Passing::default()
    };
    TableWriter::create_passing(&folder.join("findings.parquet"), findings_schema(), &passing)
}

fn batch(schema: SchemaRef, columns: Vec<ArrayRef>) -> Result<RecordBatch, TableError> {
    RecordBatch::try_new(schema, columns).map_err(|source| TableError::Arrow {
        path: "staged".to_string(),
        source,
    })
}

fn number(value: Option<u32>) -> Option<i32> {
    value.map(|value| i32::try_from(value).unwrap_or(i32::MAX))
}

/// Ends a text that was written into a builder piece by piece.
fn end(builder: &mut StringBuilder) {
    builder.append_value("");
}

/// Rows of `quarantine.parquet` on their way.
#[derive(Default)]
pub(super) struct QuarantineColumns {
    /// `_part`, `_row`, `_column`.
    places: [Int32Builder; 3],
    /// `codes`, `reasons_id`, `reasons_en`, `values`.
    texts: [StringBuilder; 4],
}

impl QuarantineColumns {
    /// Enters a row.
    pub(super) fn push(&mut self, row: &RefusedRow, codes: &str) {
        let [parts, rows, columns] = &mut self.places;
        parts.append_value(row.place.part);
        rows.append_option(number(row.place.row));
        columns.append_option(row.place.turned);
        let [all_codes, reasons_id, reasons_en, values] = &mut self.texts;
        all_codes.append_value(codes);
        for (reasons, sentence) in [(reasons_id, Sentence::MessageId), (reasons_en, Sentence::MessageEn)] {
            for (index, finding) in row.findings.iter().enumerate() {
                let blank = if index > 0 { " " } else { "" };
                // A builder takes whatever is written to it.
                let _ = reasons.write_str(blank).and_then(|()| finding.say(sentence, reasons));
            }
            end(reasons);
        }
        values.append_value(&row.values);
    }

    /// The rows; `known` says of each whether it was in quarantine before.
    pub(super) fn finish(mut self, submission: i64, known: Vec<bool>) -> Result<RecordBatch, TableError> {
        let mut columns: Vec<ArrayRef> = vec![Arc::new(Int64Array::from_value(submission, known.len()))];
        columns.extend(
            self.places
                .iter_mut()
                .map(|builder| Arc::new(builder.finish()) as ArrayRef),
        );
        columns.extend(
            self.texts
                .iter_mut()
                .map(|builder| Arc::new(builder.finish()) as ArrayRef),
        );
        columns.push(Arc::new(BooleanArray::from(known)));
        batch(quarantine_schema(), columns)
    }
}

/// Rows of `findings.parquet` on their way.
#[derive(Default)]
pub(super) struct FindingColumns {
    /// `_part`, `_row`, `_column`, `line`.
    numbers: [Int32Builder; 4],
    /// The texts, in the order of the schema.
    texts: [StringBuilder; 10],
}

impl FindingColumns {
    pub(super) fn push(&mut self, finding: &Finding) {
        let place = &finding.place;
        let [parts, rows, columns, lines] = &mut self.numbers;
        parts.append_value(place.part);
        rows.append_option(number(place.row));
        columns.append_option(place.turned);
        lines.append_option(number(place.line));
        let [code, severity, sheet, cell, column, value, sentences @ ..] = &mut self.texts;
        code.append_value(&finding.code);
        severity.append_value(finding.severity.as_str());
        sheet.append_option(place.sheet.as_deref());
        cell.append_option(place.cell());
        column.append_option(place.column.as_deref());
        value.append_option(finding.value.as_deref());
        let order = [
            Sentence::MessageId,
            Sentence::MessageEn,
            Sentence::HintId,
            Sentence::HintEn,
        ];
        for (builder, sentence) in sentences.iter_mut().zip(order) {
            match finding.say(sentence, builder) {
                Ok(false) => builder.append_null(),
                Ok(true) | Err(_) => end(builder),
            }
        }
    }

    /// The findings; `known` says of each whether its row was in quarantine before.
    pub(super) fn finish(mut self, submission: i64, known: Vec<bool>) -> Result<RecordBatch, TableError> {
        let [parts, rows, columns, lines] = self
            .numbers
            .each_mut()
            .map(|builder| Arc::new(builder.finish()) as ArrayRef);
        let mut texts = self
            .texts
            .iter_mut()
            .map(|builder| Arc::new(builder.finish()) as ArrayRef);
        let submissions = Int64Array::from_value(submission, known.len());
        let mut columns: Vec<ArrayRef> = vec![Arc::new(submissions), parts, rows, columns];
        // `code`, `severity`, `sheet` and `cell` stand before `line`, the others behind it.
        columns.extend(texts.by_ref().take(4));
        columns.push(lines);
        columns.extend(texts);
        columns.push(Arc::new(BooleanArray::from(known)));
        batch(findings_schema(), columns)
    }
}

/// Findings that are about no refused row, as a batch.
pub(super) fn findings_batch(submission: i64, findings: &[Finding]) -> Result<RecordBatch, TableError> {
    let mut columns = FindingColumns::default();
    findings.iter().for_each(|finding| columns.push(finding));
    columns.finish(submission, vec![false; findings.len()])
}

/// Stages a submission of which nothing could be read: its findings, and no rows.
pub fn stage_findings(folder: &Path, submission: i64, findings: &[Finding]) -> Result<(), CheckError> {
    std::fs::create_dir_all(folder).map_err(|source| CheckError::Io {
        path: folder.display().to_string(),
        source,
    })?;
    let mut writer = findings_writer(folder)?;
    writer.write(findings_batch(submission, findings)?)?;
    writer.finish_unsynced()?;
    Ok(())
}
