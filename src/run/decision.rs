//! What people decide on submissions: the catalog first, then the receipt from it.

use super::disk_full::{Doing, during};
use super::{LEASE, RunError, receipts};
use crate::catalog::{Catalog, OutcomeRow, Submission};
use crate::config::Configuration;
use crate::finding::receipt::Status;
use crate::land::DataDirectory;
use crate::observe::fail_point;

/// Accepts or refuses a held submission and amends its receipt. False where it is not held.
pub fn decide(
    data: &DataDirectory,
    catalog: &Catalog,
    configuration: &Configuration,
    submission: &Submission,
    accept: bool,
    reason: &str,
) -> Result<bool, RunError> {
    let Some(sequence) = submission.sequence else {
        return Ok(false);
    };
    let outcomes = catalog.outcomes(sequence)?;
    if let Some(waiting) = outcomes.iter().find(|outcome| accept && outcome.waits) {
        return Err(RunError::WaitsForRebuild {
            submission: sequence,
            dataset: waiting.dataset.clone(),
        });
    }
    // An open question has no rows to let in: only the sender can answer it.
    let is_held = submission.status.as_deref() == Some(Status::Held.as_str());
    let has_rows = |outcome: &OutcomeRow| outcome.status == "held" && outcome.accepted > 0;
    if accept && is_held && !outcomes.iter().any(has_rows) {
        return Err(RunError::NothingToAccept(sequence));
    }
    under_lease(data, catalog, configuration, sequence, || {
        fail_point("decide.before");
        let decided = catalog.decide(sequence, accept, reason)?;
        fail_point("decide.after");
        Ok(decided)
    })
}

/// What became of a wish to withdraw a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withdrawal {
    /// It is withdrawn; where rows of it are in the model, the next run takes them out.
    Done { in_model: bool },
    /// It was withdrawn before.
    Already,
    /// Nothing of it counts or may come to count.
    Nothing,
    /// It says what this one says, and has no rows of its own.
    DuplicateOf(i64),
    /// No run has judged it yet.
    NotJudged,
}

/// Withdraws a submission and amends its receipt. Its bytes, findings and receipt stay.
pub fn withdraw(
    data: &DataDirectory,
    catalog: &Catalog,
    configuration: &Configuration,
    sequence: i64,
    reason: &str,
) -> Result<Withdrawal, RunError> {
    let withdrawn = under_lease(data, catalog, configuration, sequence, || {
        fail_point("withdraw.before");
        let withdrawn = catalog.withdraw(sequence, reason)?;
        fail_point("withdraw.after");
        Ok(withdrawn)
    })?;
    let submission = catalog.submission(sequence)?.ok_or(RunError::NoSubmission(sequence))?;
    let in_model = catalog.outcomes(sequence)?.iter().any(|outcome| !outcome.merged);
    Ok(match submission.status.as_deref().and_then(Status::from_word) {
        _ if withdrawn => Withdrawal::Done { in_model },
        Some(Status::Withdrawn) => Withdrawal::Already,
        Some(Status::Duplicate) => match catalog.original_of(sequence)? {
            Some(original) => Withdrawal::DuplicateOf(original),
            None => Withdrawal::Nothing,
        },
        Some(_) => Withdrawal::Nothing,
        None => Withdrawal::NotJudged,
    })
}

/// Changes the catalog and writes the receipt from it. Killed in between, the next run writes the receipt.
fn under_lease(
    data: &DataDirectory,
    catalog: &Catalog,
    configuration: &Configuration,
    sequence: i64,
    change: impl FnOnce() -> Result<bool, RunError>,
) -> Result<bool, RunError> {
    catalog.take_lease(LEASE)?;
    let work = || -> Result<bool, RunError> {
        receipts::due(data, &[sequence])?;
        let changed = change()?;
        receipts::settle(data, catalog, configuration)?;
        Ok(changed)
    };
    let changed = work();
    let released = catalog.release_lease(LEASE);
    let changed = changed.map_err(during(Doing::Deciding, data.root()))?;
    released?;
    Ok(changed)
}
