//! Questions to a release in SQL: its Parquet files as tables.

use super::RunError;
use crate::config::Configuration;
use crate::publish;
use crate::table::{Session, SqlError, reader, writer};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use std::path::Path;

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
            let shown = if batches.is_empty() { &empty[..] } else { batches };
            let table = arrow::util::pretty::pretty_format_batches(shown).map_err(wrong)?;
            Ok(format!("{table}\n"))
        }
    }
}

/// Writes an answer as a Parquet file; gives the number of rows.
pub fn write_parquet(path: &Path, schema: &SchemaRef, batches: &[RecordBatch]) -> Result<u64, RunError> {
    let written =
        writer::write_all(path, schema.clone(), &[], batches).map_err(|error| RunError::Internal(error.to_string()))?;
    Ok(written.rows)
}

/// The refused rows of staged submissions as text columns, for `quarantine`.
pub fn quarantined(data: &super::DataDirectory, sequence: i64, dataset: &str) -> Result<Vec<Refused>, RunError> {
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
        for row in 0..batch.num_rows() {
            rows.push(Refused {
                submission: sequence,
                dataset: dataset.to_string(),
                part: number("_part", row).unwrap_or_default(),
                row: number("_row", row),
                codes: text("codes", row).split(',').map(str::to_string).collect(),
                reason: crate::finding::Bilingual {
                    id: text("reasons_id", row),
                    en: text("reasons_en", row),
                },
                values: serde_json::from_str(&text("values", row)).unwrap_or_default(),
            });
        }
    }
    Ok(rows)
}

/// A refused row; personal values are masked.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Refused {
    pub submission: i64,
    pub dataset: String,
    pub part: i32,
    pub row: Option<i32>,
    pub codes: Vec<String>,
    pub reason: crate::finding::Bilingual,
    pub values: serde_json::Value,
}
