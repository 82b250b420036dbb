//! Receipts of submissions: `receipts/<sequence>.json`, and a copy with its page beside a dropped file.

use super::RunError;
use super::judge::Verdict;
use crate::catalog::Submission;
use crate::config::Configuration;
use crate::finding::receipt::{FindingTally, Receipt, ReceiptFinding, Rows, Status, Subject, Titles};
use crate::land::DataDirectory;
use std::path::{Path, PathBuf};

/// Names that readable receipts use.
pub fn titles(configuration: &Configuration) -> Titles {
    Titles {
        regions: configuration
            .regions
            .all()
            .iter()
            .map(|region| (region.code.clone(), region.name.clone()))
            .collect(),
        connectors: configuration
            .connectors
            .iter()
            .map(|(name, connector)| (name.clone(), connector.title.clone()))
            .collect(),
        datasets: configuration
            .contracts
            .iter()
            .map(|(name, contract)| (name.clone(), contract.title.clone()))
            .collect(),
    }
}

fn subject(submission: &Submission, dataset: &str) -> Subject {
    Subject {
        submission: submission.sequence,
        file: submission.file.clone(),
        connector: (!submission.connector.is_empty()).then(|| submission.connector.clone()),
        dataset: (!dataset.is_empty()).then(|| dataset.to_string()),
        region: (!submission.region.is_empty()).then(|| submission.region.clone()),
        received_at: (!submission.received_at.is_empty()).then(|| submission.received_at.clone()),
    }
}

/// The receipt of a verdict. Counts that do not add up are a fault of this program and stop the run (I2).
pub fn of_verdict(submission: &Submission, verdict: Verdict) -> Result<Receipt, RunError> {
    let mut receipts = Vec::new();
    for outcome in verdict.outcomes {
        let subject = subject(submission, &outcome.dataset);
        receipts.push(Receipt::new(subject, outcome.status, outcome.rows, outcome.findings)?);
    }
    // A verdict has at least one outcome.
    Receipt::of_datasets(receipts).ok_or_else(|| RunError::Internal("a verdict without a dataset".to_string()))
}

/// The receipt of a submission that equals the latest one.
pub fn of_duplicate(submission: &Submission, dataset: &str) -> Result<Receipt, RunError> {
    Ok(Receipt::new(
        subject(submission, dataset),
        Status::Duplicate,
        Rows::default(),
        FindingTally::default(),
    )?)
}

/// Writes a receipt to its places; each file appears whole, and is durable.
pub fn write(
    data: &DataDirectory,
    configuration: &Configuration,
    submission: &Submission,
    receipt: &Receipt,
) -> Result<(), RunError> {
    put(data, &titles(configuration), submission, receipt)?;
    data.sync().map_err(|source| RunError::Io {
        path: data.root().display().to_string(),
        source,
    })
}

/// Writes a receipt to its places; each file appears whole. The caller makes many of them durable at once.
pub(super) fn put(
    data: &DataDirectory,
    titles: &Titles,
    submission: &Submission,
    receipt: &Receipt,
) -> Result<(), RunError> {
    let Some(sequence) = submission.sequence else {
        return Ok(());
    };
    write_whole(&data.receipt(sequence), receipt.to_json().as_bytes())?;
    // `receipts/` has the receipt; a folder that cannot take the copy stops nothing.
    if let Some(beside) = beside(data, submission)
        && let Err(error) = write_beside(&beside, titles, receipt)
    {
        tracing::warn!(sequence, %error, "the receipt cannot be put beside its file");
    }
    Ok(())
}

fn write_beside(beside: &Path, titles: &Titles, receipt: &Receipt) -> Result<(), RunError> {
    let folder = beside.parent().unwrap_or(Path::new("."));
    crate::land::own_folder(folder).map_err(|source| RunError::Io {
        path: folder.display().to_string(),
        source,
    })?;
    write_whole(&with_ending(beside, "receipt.json"), receipt.to_json().as_bytes())?;
    let page = receipt.to_html(titles);
    write_whole(&with_ending(beside, "receipt.html"), page.as_bytes())
}

/// Where the dropped file of a submission lies once it is processed.
fn beside(data: &DataDirectory, submission: &Submission) -> Option<PathBuf> {
    let name = crate::land::processed_name(submission.sequence?, submission.file.as_ref()?);
    Some(
        data.drop()
            .join(&submission.region)
            .join(&submission.connector)
            .join("processed")
            .join(name),
    )
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}.{ending}", path.display()))
}

pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;
    let io = |source| RunError::Io {
        path: path.display().to_string(),
        source,
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(io)?;
    let mut file = tempfile::Builder::new()
        .prefix(".receipt-")
        .tempfile_in(folder)
        .map_err(io)?;
    file.write_all(bytes).map_err(io)?;
    file.as_file()
        .set_permissions(std::fs::Permissions::from_mode(0o644))
        .map_err(io)?;
    file.persist(path).map_err(|error| io(error.error))?;
    Ok(())
}

/// The stored receipt of a submission; none where it has none yet.
pub fn read(data: &DataDirectory, sequence: i64) -> Result<Option<Receipt>, RunError> {
    let path = data.receipt(sequence);
    match std::fs::read_to_string(&path) {
        Ok(text) => Receipt::from_json(&text).map(Some).map_err(RunError::Internal),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(RunError::Io {
            path: path.display().to_string(),
            source,
        }),
    }
}

/// Turns the stored receipt of a dataset into `held`, with the reason.
pub fn hold(
    data: &DataDirectory,
    configuration: &Configuration,
    submission: &Submission,
    dataset: &str,
    finding: &crate::finding::Finding,
) -> Result<(), RunError> {
    change(data, configuration, submission, |one| {
        if one.dataset.as_deref() == Some(dataset) {
            one.status = Status::Held;
            tell(one, finding);
        }
    })
}

/// Adds a finding of the merge to the stored receipt of a dataset.
pub fn note(
    data: &DataDirectory,
    configuration: &Configuration,
    submission: &Submission,
    dataset: &str,
    finding: &crate::finding::Finding,
) -> Result<(), RunError> {
    change(data, configuration, submission, |one| {
        if one.dataset.as_deref() == Some(dataset) {
            tell(one, finding);
        }
    })
}

/// Writes a decision into a stored receipt: what was held is accepted (in part, where rows were refused) or refused.
pub fn decide(
    data: &DataDirectory,
    configuration: &Configuration,
    submission: &Submission,
    status: Status,
) -> Result<(), RunError> {
    change(data, configuration, submission, |one| {
        if one.status == Status::Held {
            let in_part = status == Status::Accepted && one.rows.quarantined > 0;
            one.status = if in_part { Status::AcceptedInPart } else { status };
        }
    })
}

/// Adds a finding; one of the same code is replaced.
fn tell(receipt: &mut Receipt, finding: &crate::finding::Finding) {
    match receipt.findings.iter().position(|known| known.code == finding.code) {
        Some(index) => receipt.findings[index] = ReceiptFinding::from(finding),
        None => {
            receipt.findings.push(ReceiptFinding::from(finding));
            receipt.findings_total += 1;
        }
    }
}

/// Changes a stored receipt, dataset by dataset, and writes it to its places.
fn change(
    data: &DataDirectory,
    configuration: &Configuration,
    submission: &Submission,
    mut work: impl FnMut(&mut Receipt),
) -> Result<(), RunError> {
    let Some(sequence) = submission.sequence else {
        return Ok(());
    };
    let Some(mut receipt) = read(data, sequence)? else {
        return Ok(());
    };
    match receipt.datasets.take() {
        Some(mut parts) => {
            parts.iter_mut().for_each(work);
            receipt = Receipt::of_datasets(parts)
                .ok_or_else(|| RunError::Internal("a receipt without a dataset".to_string()))?;
        }
        None => work(&mut receipt),
    }
    write(data, configuration, submission, &receipt)
}
