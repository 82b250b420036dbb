//! Which closed periods a release revises: submissions that say something new of them, as the findings tell, and that
//! the release before did not count yet.

use super::layout::{Building, rows_of};
use super::tables::{FINDINGS, SUBMISSIONS};
use super::{Publication, PublishError, figures};
use crate::table::reader;
use arrow::array::{Array, Int64Array, RecordBatch, StringArray};
use std::collections::{BTreeMap, BTreeSet};

/// Code of the finding that names the periods, in its value.
const CODE: &str = "closed-period-revised";

/// Periods revised, by dataset and submission.
pub(super) type Revisions = BTreeMap<(String, i64), String>;

/// What this release revises and the one before did not.
pub(super) fn since(building: &Building, publication: &Publication<'_>) -> Result<Revisions, PublishError> {
    let facts = publication.facts;
    let mut revisions = counted(
        reader::batches(&facts.findings.path)?.map(|batch| batch.map_err(PublishError::from)),
        reader::batches(&facts.submissions.path)?.map(|batch| batch.map_err(PublishError::from)),
    )?;
    let Some(root) = building.previous_root() else {
        return Ok(revisions);
    };
    let (findings, submissions) = (rows_of(root, FINDINGS.path)?, rows_of(root, SUBMISSIONS.path)?);
    if let (Some(findings), Some(submissions)) = (findings, submissions) {
        let before = counted(
            findings.map(|batch| batch.map_err(PublishError::from)),
            submissions.map(|batch| batch.map_err(PublishError::from)),
        )?;
        revisions.retain(|key, _| !before.contains_key(key));
    }
    Ok(revisions)
}

/// The revisions of submissions that count.
fn counted(
    findings: impl Iterator<Item = Result<RecordBatch, PublishError>>,
    submissions: impl Iterator<Item = Result<RecordBatch, PublishError>>,
) -> Result<Revisions, PublishError> {
    let mut revisions = Revisions::new();
    for batch in findings {
        let batch = batch?;
        let numbers = figures::column::<Int64Array>(&batch, "submission")?;
        let text = |name: &str| figures::column::<StringArray>(&batch, name);
        let [datasets, codes, values] = [text("dataset")?, text("code")?, text("value")?];
        for row in (0..batch.num_rows()).filter(|row| codes.value(*row) == CODE && values.is_valid(*row)) {
            let key = (datasets.value(row).to_string(), numbers.value(row));
            revisions.insert(key, values.value(row).to_string());
        }
    }
    let mut let_in = BTreeSet::new();
    for batch in submissions {
        let batch = batch?;
        let numbers = figures::column::<Int64Array>(&batch, "submission")?;
        let text = |name: &str| figures::column::<StringArray>(&batch, name);
        let [datasets, statuses] = [text("dataset")?, text("status")?];
        for row in (0..batch.num_rows()).filter(|row| statuses.value(*row).starts_with("accepted")) {
            let_in.insert((datasets.value(row).to_string(), numbers.value(row)));
        }
    }
    revisions.retain(|key, _| let_in.contains(key));
    Ok(revisions)
}
