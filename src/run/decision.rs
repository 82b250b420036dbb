//! What people decide on submissions: the catalog first, then the receipt from it.

use super::disk_full::{Doing, during};
use super::{LEASE, RunError, receipts};
use crate::catalog::{Catalog, OutcomeRow, PartRow, Submission};
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
    under_lease(data, catalog, configuration, &[sequence], || {
        if accept {
            let mut let_in = outcomes.iter().filter(|outcome| has_rows(outcome));
            let_in.try_for_each(|outcome| {
                can_fold_again(data, catalog, configuration, &outcome.dataset, sequence, &[sequence])
            })?;
        }
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

/// Withdraws submissions and amends their receipts. Their bytes, findings and receipts stay. Gives what became of each.
pub fn withdraw(
    data: &DataDirectory,
    catalog: &Catalog,
    configuration: &Configuration,
    sequences: &[i64],
    reason: &str,
) -> Result<Vec<Withdrawal>, RunError> {
    let withdrawn = under_lease(data, catalog, configuration, sequences, || {
        for sequence in sequences {
            let outcomes = catalog.outcomes(*sequence)?;
            let counts = |outcome: &&OutcomeRow| {
                let status = Status::from_word(&outcome.status);
                matches!(status, Some(Status::Accepted | Status::AcceptedInPart)) && outcome.accepted > 0
            };
            outcomes
                .iter()
                .filter(counts)
                .try_for_each(|outcome| can_fold_again(data, catalog, configuration, &outcome.dataset, 0, sequences))?;
        }
        fail_point("withdraw.before");
        let withdrawn = catalog.withdraw(sequences, reason)?;
        fail_point("withdraw.after");
        Ok(withdrawn)
    })?;
    let each = sequences.iter();
    each.map(|sequence| became(catalog, *sequence, withdrawn.contains(sequence)))
        .collect()
}

fn became(catalog: &Catalog, sequence: i64, is_withdrawn: bool) -> Result<Withdrawal, RunError> {
    let submission = catalog.submission(sequence)?.ok_or(RunError::NoSubmission(sequence))?;
    let in_model = catalog.outcomes(sequence)?.iter().any(|outcome| !outcome.merged);
    Ok(match submission.status.as_deref().and_then(Status::from_word) {
        _ if is_withdrawn => Withdrawal::Done { in_model },
        Some(Status::Withdrawn) => Withdrawal::Already,
        Some(Status::Duplicate) => match catalog.original_of(sequence)? {
            Some(original) => Withdrawal::DuplicateOf(original),
            None => Withdrawal::Nothing,
        },
        Some(_) => Withdrawal::Nothing,
        None => Withdrawal::NotJudged,
    })
}

/// Refuses what no merge could carry out: it folds the dataset's submissions after `from` again, but those in `leave`,
/// each by its staged rows or, where they were removed, by its bytes.
fn can_fold_again(
    data: &DataDirectory,
    catalog: &Catalog,
    configuration: &Configuration,
    dataset: &str,
    from: i64,
    leave: &[i64],
) -> Result<(), RunError> {
    let mut gone = Vec::new();
    for sequence in catalog.merged_after(dataset, from)? {
        let rows = data.staged(sequence, dataset).join("rows.parquet");
        if leave.contains(&sequence) || rows.exists() {
            continue;
        }
        let Some(submission) = catalog.submission(sequence)? else {
            continue;
        };
        let parts = catalog.parts(submission.id)?;
        let opens = |part: &PartRow| crate::format::sealed::open(&data.raw(&part.sha256)).is_ok();
        if !configuration.connectors.contains_key(&submission.connector) || !parts.iter().all(opens) {
            gone.push(sequence);
        }
    }
    match gone.is_empty() {
        true => Ok(()),
        false => Err(RunError::RowsGone {
            dataset: dataset.to_string(),
            submissions: gone,
        }),
    }
}

/// Changes the catalog and writes the receipt from it. Killed in between, the next run writes the receipt.
fn under_lease<T>(
    data: &DataDirectory,
    catalog: &Catalog,
    configuration: &Configuration,
    sequences: &[i64],
    change: impl FnOnce() -> Result<T, RunError>,
) -> Result<T, RunError> {
    catalog.take_lease(LEASE)?;
    let work = || -> Result<T, RunError> {
        receipts::due(data, sequences)?;
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
