//! The staged findings as one file, in the order of submissions, datasets and finding.

use super::Sources;
use super::schemas::{file_metadata, findings_schema};
use crate::publish::PublishError;
use crate::table::{TableError, TableWriter, WrittenFile, reader};
use arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray, new_null_array};
use arrow::compute::filter_record_batch;
use arrow::datatypes::DataType;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Marks rows that were in quarantine before; they are not told again.
const KNOWN: &str = "known";

/// Writes every finding that is told for the first time, and adds to `referred` the submissions that findings or
/// newly quarantined rows refer to. One batch is in memory at a time.
pub fn write(
    sources: &Sources<'_>,
    path: &Path,
    illustrative: bool,
    referred: &mut BTreeSet<i64>,
) -> Result<WrittenFile, PublishError> {
    let metadata = file_metadata("quality/findings", illustrative);
    let mut writer = TableWriter::create(path, findings_schema(), &metadata)?;
    let last = sources
        .catalog
        .submissions(1)?
        .first()
        .and_then(|submission| submission.sequence)
        .unwrap_or(0);
    for sequence in 1..=last {
        let outcomes = sources.catalog.outcomes(sequence)?;
        // What was withdrawn counts as if it had not been sent.
        let told = outcomes
            .iter()
            .filter(|outcome| outcome.status != "withdrawn")
            .filter(|outcome| outcome.findings > 0 || outcome.quarantined > 0);
        let mut region = None;
        for outcome in told {
            if region.is_none() {
                region = Some(sender(sources, sequence)?);
            }
            let folder = sources.data.staged(sequence, &outcome.dataset);
            let sender = region.as_ref().and_then(|region| region.as_deref());
            let findings = copy(&folder.join("findings.parquet"), &outcome.dataset, sender, &mut writer)?;
            if findings > 0 || has_new_rows(&folder.join("quarantine.parquet"))? {
                referred.insert(sequence);
            }
        }
    }
    Ok(writer.finish()?)
}

/// The region that a submission speaks for; none where its source speaks for many.
fn sender(sources: &Sources<'_>, sequence: i64) -> Result<Option<String>, PublishError> {
    let submission = sources.catalog.submission(sequence)?;
    Ok(submission
        .map(|submission| submission.region)
        .filter(|region| !region.is_empty()))
}

/// Copies the new findings of a staged file, and gives their number. A file that is not there has none.
fn copy(path: &Path, dataset: &str, region: Option<&str>, writer: &mut TableWriter) -> Result<usize, PublishError> {
    if !path.is_file() {
        return Ok(0);
    }
    let mut copied = 0;
    for batch in reader::batches(path)? {
        let fresh = new_rows(&batch?, path)?;
        copied += fresh.num_rows();
        if fresh.num_rows() > 0 {
            writer.write(published(&fresh, dataset, region, path)?)?;
        }
    }
    Ok(copied)
}

/// Whether a quarantine file holds a row that was not in quarantine before.
fn has_new_rows(path: &Path) -> Result<bool, PublishError> {
    if !path.is_file() {
        return Ok(false);
    }
    for batch in reader::batches(path)? {
        if new_rows(&batch?, path)?.num_rows() > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

fn new_rows(batch: &RecordBatch, path: &Path) -> Result<RecordBatch, PublishError> {
    let known = batch
        .column_by_name(KNOWN)
        .and_then(|column| column.as_boolean_opt())
        .ok_or_else(|| PublishError::Content {
            path: path.display().to_string(),
            reason: format!("has no column {KNOWN}"),
        })?;
    let fresh: BooleanArray = known.iter().map(|known| Some(known != Some(true))).collect();
    Ok(filter_record_batch(batch, &fresh).map_err(|source| arrow(path, source))?)
}

/// Staged columns under their published names, with dataset and sender.
fn published(
    staged: &RecordBatch,
    dataset: &str,
    region: Option<&str>,
    path: &Path,
) -> Result<RecordBatch, PublishError> {
    let rows = staged.num_rows();
    let schema = findings_schema();
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        columns.push(match (field.name().as_str(), region) {
            ("dataset", _) => Arc::new(StringArray::from_iter_values(std::iter::repeat_n(dataset, rows))),
            ("region_code", Some(region)) => Arc::new(StringArray::from_iter_values(std::iter::repeat_n(region, rows))),
            ("region_code", None) => new_null_array(&DataType::Utf8, rows),
            (name, _) => {
                let staged_name = match name {
                    "submission" | "part" | "row" => format!("_{name}"),
                    "column_number" => "_column".to_string(),
                    "column_name" => "column".to_string(),
                    _ => name.to_string(),
                };
                match staged.schema().index_of(&staged_name) {
                    Ok(index) => staged.column(index).clone(),
                    // Added since these findings were staged.
                    Err(_) if field.is_nullable() => new_null_array(field.data_type(), rows),
                    Err(source) => return Err(arrow(path, source).into()),
                }
            }
        });
    }
    Ok(RecordBatch::try_new(schema, columns).map_err(|source| arrow(path, source))?)
}

fn arrow(path: &Path, source: arrow::error::ArrowError) -> TableError {
    TableError::Arrow {
        path: path.display().to_string(),
        source,
    }
}
