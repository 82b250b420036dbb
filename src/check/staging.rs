//! The files of a staged submission: `rows`, `quarantine`, `findings`.

use super::CheckError;
use crate::finding::Finding;
use crate::normalize::RefusedRow;
use crate::table::{TableError, TableWriter};
use arrow::array::{ArrayRef, BooleanBuilder, Int32Builder, Int64Array, Int64Builder, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::borrow::Cow;
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

    /// Enters a row; `values` is its [`rendering`].
    pub(super) fn push(&mut self, row: &RefusedRow, codes: &str, values: &str, known: bool) -> Result<(), CheckError> {
        let number = row.place.row.map(|row| i32::try_from(row).unwrap_or(i32::MAX));
        self.numbers.push((row.place.part, number, known));
        let join = |pick: fn(&Finding) -> &str| match row.findings.as_slice() {
            [only] => Cow::Borrowed(pick(only)),
            several => Cow::Owned(several.iter().map(pick).collect::<Vec<_>>().join(" ")),
        };
        self.texts[0].append_value(codes);
        self.texts[1].append_value(join(|finding| &finding.message.id));
        self.texts[2].append_value(join(|finding| &finding.message.en));
        self.texts[3].append_value(values);
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
        self.writer.finish_unsynced()?;
        Ok(())
    }
}

/// A row as a JSON object of texts, columns in contract order.
pub(super) fn rendering(values: &[(String, String)]) -> Result<String, serde_json::Error> {
    let mut bytes = Vec::with_capacity(values.len() * 32);
    let mut serializer = serde_json::Serializer::new(&mut bytes);
    let pairs = values.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    serde::Serializer::collect_map(&mut serializer, pairs)?;
    // What serde_json writes is UTF-8.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes `findings.parquet`.
pub(super) struct FindingsWriter {
    writer: TableWriter,
    submission: i64,
    rows: usize,
    /// `_part`, `_row`, `line`.
    numbers: [Int32Builder; 3],
    known: BooleanBuilder,
    /// The texts, in the order of the schema.
    texts: [StringBuilder; 10],
}

impl FindingsWriter {
    pub(super) fn create(folder: &Path, submission: i64) -> Result<FindingsWriter, CheckError> {
        let writer = TableWriter::create(&folder.join("findings.parquet"), findings_schema(), &[])?;
        Ok(FindingsWriter {
            writer,
            submission,
            rows: 0,
            numbers: Default::default(),
            known: BooleanBuilder::new(),
            texts: Default::default(),
        })
    }

    /// Takes over findings that are staged already.
    pub(super) fn copy(&mut self, findings: RecordBatch) -> Result<(), CheckError> {
        Ok(self.writer.write(findings)?)
    }

    pub(super) fn push(&mut self, finding: &Finding, known: bool) -> Result<(), CheckError> {
        let number = |value: Option<u32>| value.map(|value| i32::try_from(value).unwrap_or(i32::MAX));
        let place = &finding.place;
        let [parts, rows, lines] = &mut self.numbers;
        parts.append_value(place.part);
        rows.append_option(number(place.row));
        lines.append_option(number(place.line));
        self.known.append_value(known);
        let cell = place.cell();
        let texts = [
            Some(finding.code.as_str()),
            Some(finding.severity.as_str()),
            place.sheet.as_deref(),
            cell.as_deref(),
            place.column.as_deref(),
            finding.value.as_deref(),
            Some(finding.message.id.as_str()),
            Some(finding.message.en.as_str()),
            finding.hint.as_ref().map(|hint| hint.id.as_str()),
            finding.hint.as_ref().map(|hint| hint.en.as_str()),
        ];
        for (builder, text) in self.texts.iter_mut().zip(texts) {
            builder.append_option(text);
        }
        self.rows += 1;
        if self.rows >= BATCH_ROWS { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), CheckError> {
        let submissions = Int64Array::from_value(self.submission, std::mem::take(&mut self.rows));
        let [parts, rows, lines] = self
            .numbers
            .each_mut()
            .map(|builder| Arc::new(builder.finish()) as ArrayRef);
        let mut texts = self
            .texts
            .iter_mut()
            .map(|builder| Arc::new(builder.finish()) as ArrayRef);
        let mut columns: Vec<ArrayRef> = vec![Arc::new(submissions), parts, rows];
        // `code`, `severity`, `sheet` and `cell` stand before `line`, the others behind it.
        columns.extend(texts.by_ref().take(4));
        columns.push(lines);
        columns.extend(texts);
        columns.push(Arc::new(self.known.finish()));
        self.writer.write(batch(findings_schema(), columns)?)?;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), CheckError> {
        self.flush()?;
        self.writer.finish_unsynced()?;
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
