//! The files of a staged submission: `rows`, `quarantine`, `findings`.

use super::CheckError;
use crate::finding::Finding;
use crate::normalize::RefusedRow;
use crate::table::{TableError, TableWriter};
use arrow::array::{BooleanBuilder, Int32Builder, Int64Builder, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::path::Path;
use std::sync::Arc;

/// Rows collected before they are handed to the writer.
const BATCH_ROWS: usize = 4_096;

/// Schema of `quarantine.parquet`: place, codes, reasons in both languages, the row as JSON with personal values
/// masked, and whether the same row was in quarantine before.
pub fn quarantine_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("_submission", DataType::Int64, false),
        Field::new("_part", DataType::Int32, false),
        Field::new("_row", DataType::Int32, true),
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

fn batch(schema: SchemaRef, columns: Vec<arrow::array::ArrayRef>) -> Result<RecordBatch, TableError> {
    RecordBatch::try_new(schema, columns).map_err(|source| TableError::Arrow {
        path: "staged".to_string(),
        source,
    })
}

/// Writes `quarantine.parquet`.
pub(super) struct QuarantineWriter {
    writer: TableWriter,
    submission: i64,
    numbers: Vec<(i32, Option<i32>, bool)>,
    texts: [StringBuilder; 4],
}

impl QuarantineWriter {
    pub(super) fn create(folder: &Path, submission: i64) -> Result<QuarantineWriter, CheckError> {
        let writer = TableWriter::create(&folder.join("quarantine.parquet"), quarantine_schema(), &[])?;
        Ok(QuarantineWriter {
            writer,
            submission,
            numbers: Vec::new(),
            texts: Default::default(),
        })
    }

    pub(super) fn push(&mut self, row: &RefusedRow, known: bool) -> Result<(), CheckError> {
        let number = row.place.row.map(|row| i32::try_from(row).unwrap_or(i32::MAX));
        self.numbers.push((row.place.part, number, known));
        let join = |pick: &dyn Fn(&Finding) -> String, separator: &str| {
            row.findings.iter().map(pick).collect::<Vec<_>>().join(separator)
        };
        self.texts[0].append_value(join(&|finding| finding.code.clone(), ","));
        self.texts[1].append_value(join(&|finding| finding.message.id.clone(), " "));
        self.texts[2].append_value(join(&|finding| finding.message.en.clone(), " "));
        self.texts[3].append_value(rendering(&row.values));
        if self.numbers.len() >= BATCH_ROWS {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<(), CheckError> {
        let mut submissions = Int64Builder::new();
        let mut parts = Int32Builder::new();
        let mut rows = Int32Builder::new();
        let mut known = BooleanBuilder::new();
        for (part, row, is_known) in self.numbers.drain(..) {
            submissions.append_value(self.submission);
            parts.append_value(part);
            rows.append_option(row);
            known.append_value(is_known);
        }
        let [codes, reasons_id, reasons_en, values] = &mut self.texts;
        let columns: Vec<arrow::array::ArrayRef> = vec![
            Arc::new(submissions.finish()),
            Arc::new(parts.finish()),
            Arc::new(rows.finish()),
            Arc::new(codes.finish()),
            Arc::new(reasons_id.finish()),
            Arc::new(reasons_en.finish()),
            Arc::new(values.finish()),
            Arc::new(known.finish()),
        ];
        self.writer.write(batch(quarantine_schema(), columns)?)?;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), CheckError> {
        self.flush()?;
        self.writer.finish()?;
        Ok(())
    }
}

/// A row as JSON, columns in contract order.
pub(super) fn rendering(values: &[(String, String)]) -> String {
    let object: serde_json::Map<String, serde_json::Value> = values
        .iter()
        .map(|(name, value)| (name.clone(), serde_json::Value::String(value.clone())))
        .collect();
    serde_json::Value::Object(object).to_string()
}

/// Writes `findings.parquet`.
pub(super) struct FindingsWriter {
    writer: TableWriter,
    submission: i64,
    waiting: Vec<(Finding, bool)>,
}

impl FindingsWriter {
    pub(super) fn create(folder: &Path, submission: i64) -> Result<FindingsWriter, CheckError> {
        let writer = TableWriter::create(&folder.join("findings.parquet"), findings_schema(), &[])?;
        Ok(FindingsWriter {
            writer,
            submission,
            waiting: Vec::new(),
        })
    }

    /// Takes over findings that are staged already.
    pub(super) fn copy(&mut self, findings: RecordBatch) -> Result<(), CheckError> {
        Ok(self.writer.write(findings)?)
    }

    pub(super) fn push(&mut self, finding: &Finding, known: bool) -> Result<(), CheckError> {
        self.waiting.push((finding.clone(), known));
        if self.waiting.len() >= BATCH_ROWS {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<(), CheckError> {
        let waiting = std::mem::take(&mut self.waiting);
        let number = |value: Option<u32>| value.map(|value| i32::try_from(value).unwrap_or(i32::MAX));
        let mut submissions = Int64Builder::new();
        let [mut parts, mut rows, mut lines] = [Int32Builder::new(), Int32Builder::new(), Int32Builder::new()];
        let mut known = BooleanBuilder::new();
        let mut texts: [StringBuilder; 10] = Default::default();
        for (finding, is_known) in &waiting {
            submissions.append_value(self.submission);
            parts.append_value(finding.place.part);
            rows.append_option(number(finding.place.row));
            lines.append_option(number(finding.place.line));
            known.append_value(*is_known);
            let cell = finding.place.cell();
            let values = [
                Some(finding.code.as_str()),
                Some(finding.severity.as_str()),
                finding.place.sheet.as_deref(),
                cell.as_deref(),
                finding.place.column.as_deref(),
                finding.value.as_deref(),
                Some(finding.message.id.as_str()),
                Some(finding.message.en.as_str()),
                finding.hint.as_ref().map(|hint| hint.id.as_str()),
                finding.hint.as_ref().map(|hint| hint.en.as_str()),
            ];
            for (builder, value) in texts.iter_mut().zip(values) {
                builder.append_option(value);
            }
        }
        let [
            code,
            severity,
            sheet,
            cell,
            column,
            value,
            message_id,
            message_en,
            hint_id,
            hint_en,
        ] = &mut texts;
        let columns: Vec<arrow::array::ArrayRef> = vec![
            Arc::new(submissions.finish()),
            Arc::new(parts.finish()),
            Arc::new(rows.finish()),
            Arc::new(code.finish()),
            Arc::new(severity.finish()),
            Arc::new(sheet.finish()),
            Arc::new(cell.finish()),
            Arc::new(lines.finish()),
            Arc::new(column.finish()),
            Arc::new(value.finish()),
            Arc::new(message_id.finish()),
            Arc::new(message_en.finish()),
            Arc::new(hint_id.finish()),
            Arc::new(hint_en.finish()),
            Arc::new(known.finish()),
        ];
        self.writer.write(batch(findings_schema(), columns)?)?;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), CheckError> {
        self.flush()?;
        self.writer.finish()?;
        Ok(())
    }
}

/// Stages a submission of which nothing could be read: its findings, and no rows.
pub fn stage_findings(folder: &Path, submission: i64, findings: &[Finding]) -> Result<(), CheckError> {
    std::fs::create_dir_all(folder).map_err(|source| CheckError::Io {
        path: folder.display().to_string(),
        source,
    })?;
    let mut writer = FindingsWriter::create(folder, submission)?;
    for finding in findings {
        writer.push(finding, false)?;
    }
    writer.finish()
}
