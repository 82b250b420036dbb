//! Questions to a release in SQL: its Parquet files as tables.

use super::RunError;
use crate::config::Configuration;
use crate::finding::Place;
use crate::publish;
use crate::table::{Session, SqlError, reader, writer};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use std::path::Path;
use std::sync::Arc;

/// Answers one read-only statement over a release. A statement that fails names the tables there are.
pub async fn ask(
    configuration: &Configuration,
    release: &Path,
    statement: &str,
) -> Result<(SchemaRef, Vec<RecordBatch>), AskError> {
    let session = Session::new(configuration.installation.limits.query_memory_mb)?;
    publish::register_release(&session, release, configuration).await?;
    let answer = session.sql_with_schema(statement, &[]).await;
    answer.map_err(|source| AskError::Statement {
        source,
        tables: session.tables(),
    })
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error("{source}")]
    Statement { source: SqlError, tables: Vec<String> },
    #[error(transparent)]
    Sql(#[from] SqlError),
    #[error(transparent)]
    Release(#[from] publish::PublishError),
}

/// A form in which an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// For the eye
    Table,
    Csv,
    /// An array of objects
    Json,
    /// A file, with --out
    Parquet,
}

/// An answer as text; for Parquet use [`write_parquet`].
pub fn text(schema: &SchemaRef, batches: &[RecordBatch], form: Form) -> Result<String, RunError> {
    let wrong = |error: arrow::error::ArrowError| RunError::Sql(SqlError(error.to_string()));
    match form {
        Form::Csv => {
            let mut bytes = Vec::new();
            let mut writer = arrow::csv::Writer::new(&mut bytes);
            if batches.is_empty() {
                writer.write(&RecordBatch::new_empty(schema.clone())).map_err(wrong)?;
            }
            for batch in batches {
                writer.write(batch).map_err(wrong)?;
            }
            drop(writer);
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
        Form::Json => {
            let mut writer = arrow::json::WriterBuilder::new()
                .with_explicit_nulls(true)
                .build::<_, arrow::json::writer::JsonArray>(Vec::new());
            for batch in batches {
                writer.write(batch).map_err(wrong)?;
            }
            writer.finish().map_err(wrong)?;
            let text = String::from_utf8_lossy(&writer.into_inner()).into_owned();
            Ok(if text.is_empty() {
                "[]\n".to_string()
            } else {
                text + "\n"
            })
        }
        Form::Table | Form::Parquet => {
            let empty = [RecordBatch::new_empty(schema.clone())];
            let whole = if batches.is_empty() { &empty[..] } else { batches };
            let shown: Vec<RecordBatch> = whole.iter().map(shortened).collect::<Result<_, _>>().map_err(wrong)?;
            let table = arrow::util::pretty::pretty_format_batches(&shown).map_err(wrong)?;
            Ok(format!("{table}\n"))
        }
    }
}

/// Longest text of a table's cell, in characters.
const CELL_LENGTH: usize = 60;

/// A batch whose texts are cut to what a table can show.
fn shortened(batch: &RecordBatch) -> Result<RecordBatch, arrow::error::ArrowError> {
    use arrow::array::{ArrayRef, AsArray, StringArray};
    let cut = |text: &str| match text.char_indices().nth(CELL_LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    };
    let columns = batch
        .columns()
        .iter()
        .map(|column| match column.as_string_opt::<i32>() {
            Some(texts) => Arc::new(StringArray::from_iter(texts.iter().map(|text| text.map(cut)))) as ArrayRef,
            None => column.clone(),
        });
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(batch.schema(), columns.collect(), &options)
}

/// Writes an answer as a Parquet file.
pub fn write_parquet(path: &Path, schema: &SchemaRef, batches: &[RecordBatch]) -> Result<(), RunError> {
    writer::write_all(path, schema.clone(), &[], batches)
        .map(|_| ())
        .map_err(|error| RunError::Internal(error.to_string()))
}

/// The first `limit` refused rows of a staged submission in a dataset, in the order of its places. `keep` says which
/// count.
pub fn quarantined(
    data: &super::DataDirectory,
    sequence: i64,
    dataset: &str,
    limit: usize,
    keep: impl Fn(&Refused) -> bool,
) -> Result<Vec<Refused>, RunError> {
    use arrow::array::{Array, AsArray};
    use arrow::datatypes::Int32Type;
    let path = data.staged(sequence, dataset).join("quarantine.parquet");
    if !path.exists() {
        return Ok(Vec::new());
    }
    let wrong = |error: crate::table::TableError| RunError::Internal(error.to_string());
    let mut rows = Vec::new();
    for batch in reader::batches(&path).map_err(wrong)? {
        let batch = batch.map_err(wrong)?;
        let text = |name: &str, row: usize| {
            batch
                .column_by_name(name)
                .map(|column| column.as_string::<i32>().value(row).to_string())
                .unwrap_or_default()
        };
        let number = |name: &str, row: usize| {
            let column = batch.column_by_name(name)?.as_primitive::<Int32Type>();
            column.is_valid(row).then(|| column.value(row))
        };
        let is_known = |row: usize| {
            let column = batch.column_by_name("known").and_then(|column| column.as_boolean_opt());
            column.is_some_and(|column| column.value(row))
        };
        for row in 0..batch.num_rows() {
            let refused = Refused {
                submission: sequence,
                dataset: dataset.to_string(),
                part: number("_part", row).unwrap_or_default(),
                row: number("_row", row),
                column: number("_column", row),
                cell: cell(number("_row", row), number("_column", row)),
                codes: text("codes", row).split(',').map(str::to_string).collect(),
                reason: crate::finding::Bilingual {
                    id: text("reasons_id", row),
                    en: text("reasons_en", row),
                },
                values: serde_json::from_str(&text("values", row)).unwrap_or_default(),
                known: is_known(row),
            };
            if keep(&refused) {
                rows.push(refused);
            }
            if rows.len() >= limit {
                return Ok(rows);
            }
        }
    }
    Ok(rows)
}

/// Address of the cell that a row was made from.
pub(super) fn cell(row: Option<i32>, turned: Option<i32>) -> Option<String> {
    let place = Place {
        row: row.and_then(|row| u32::try_from(row).ok()),
        turned,
        ..Place::default()
    };
    place.cell()
}

/// A refused row; personal values are masked.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Refused {
    pub submission: i64,
    pub dataset: String,
    pub part: i32,
    pub row: Option<i32>,
    /// Column of the sheet, from 1, and address of the cell, where the row was made from one of several columns.
    pub column: Option<i32>,
    pub cell: Option<String>,
    pub codes: Vec<String>,
    pub reason: crate::finding::Bilingual,
    /// The row as it was sent, by column.
    pub values: serde_json::Value,
    /// The same row was in quarantine before, with an earlier submission.
    pub known: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Int64Array, StringArray};
    use arrow::datatypes::{DataType, Field, Schema};

    fn answer(text: Option<&str>) -> (SchemaRef, RecordBatch) {
        let fields = vec![
            Field::new("n", DataType::Int64, false),
            Field::new("reason", DataType::Utf8, true),
        ];
        let schema: SchemaRef = Arc::new(Schema::new(fields));
        let columns: [arrow::array::ArrayRef; 2] = [
            Arc::new(Int64Array::from(vec![7])),
            Arc::new(StringArray::from(vec![text])),
        ];
        let batch = RecordBatch::try_new(schema.clone(), columns.to_vec()).unwrap();
        (schema, batch)
    }

    #[test]
    fn a_table_cuts_long_texts_and_files_do_not() {
        let long = "é".repeat(100);
        let (schema, batch) = answer(Some(&long));
        let table = text(&schema, std::slice::from_ref(&batch), Form::Table).unwrap();
        assert!(table.contains(&format!("{}…", "é".repeat(CELL_LENGTH))), "{table}");
        assert!(!table.contains(&long));
        for form in [Form::Csv, Form::Json] {
            assert!(
                text(&schema, std::slice::from_ref(&batch), form)
                    .unwrap()
                    .contains(&long)
            );
        }
    }

    #[test]
    fn an_answer_without_rows_has_its_headings() {
        let (schema, batch) = answer(None);
        assert!(text(&schema, &[], Form::Table).unwrap().contains("reason"));
        assert_eq!(text(&schema, &[], Form::Csv).unwrap(), "n,reason\n");
        assert_eq!(text(&schema, &[], Form::Json).unwrap(), "[]\n");
        assert_eq!(
            text(&schema, &[batch], Form::Json).unwrap(),
            "[{\"n\":7,\"reason\":null}]\n"
        );
    }
}
