//! Receipts of submissions: `receipts/<sequence>.json`, and a copy with its page beside a dropped file.

use super::RunError;
use super::again::io;
use super::judge::Verdict;
use crate::catalog::{Catalog, Submission};
use crate::config::{Configuration, Contract};
use crate::finding::Bilingual;
use crate::finding::receipt::{FindingTally, Receipt, Rows, Status, Subject, Titles};
use crate::land::DataDirectory;
use crate::observe::fail_point;
use std::collections::{BTreeMap, BTreeSet};
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
        columns: configuration
            .contracts
            .iter()
            .map(|(name, contract)| (name.clone(), column_titles(contract)))
            .collect(),
        // `config::load` refuses a zone that does not parse.
        zone: configuration.installation.zone.parse().unwrap_or(chrono_tz::UTC),
        contact: configuration.installation.contact.clone(),
    }
}

fn column_titles(contract: &Contract) -> BTreeMap<String, Bilingual> {
    let columns = contract.columns.iter();
    columns
        .map(|(name, column)| (name.clone(), column.title.clone()))
        .collect()
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
    data.sync().map_err(io(data.root()))
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
    fail_point("receipt.write.before");
    write_whole(&data.receipt(sequence), receipt.to_json().as_bytes())?;
    fail_point("receipt.copy.before");
    // `receipts/` has the receipt; a folder that cannot take the copy stops nothing.
    if let Some(beside) = beside(data, submission)
        && let Err(error) = write_beside(&beside, titles, receipt)
    {
        // Unless it is full: then the copy is written by the next run.
        if super::disk_full::is_full(&error) {
            return Err(error);
        }
        tracing::warn!(sequence, %error, "the receipt cannot be put beside its file");
    }
    fail_point("receipt.copy.after");
    Ok(())
}

fn write_beside(beside: &Path, titles: &Titles, receipt: &Receipt) -> Result<(), RunError> {
    let folder = beside.parent().unwrap_or(Path::new("."));
    crate::land::own_folder(folder).map_err(io(folder))?;
    write_whole(&with_ending(beside, "receipt.json"), receipt.to_json().as_bytes())?;
    fail_point("receipt.copy.half");
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

/// Writes a file beside its place and moves it there. The name beside is always the same, so that what a kill left
/// of it goes when the receipt is written again; a link that somebody put there is not followed.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.writing"));
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        match std::fs::remove_file(&beside) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = std::fs::File::create_new(&beside)?;
        file.write_all(bytes)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o644))?;
        std::fs::rename(&beside, path)
    };
    write().map_err(io(path))
}

/// The stored receipt of a submission; none where it has none yet.
pub fn read(data: &DataDirectory, sequence: i64) -> Result<Option<Receipt>, RunError> {
    let path = data.receipt(sequence);
    match std::fs::read_to_string(&path) {
        Ok(text) => Receipt::from_json(&text).map(Some).map_err(RunError::Internal),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(io(&path)(source)),
    }
}

/// Codes of what merging finds: told in the staged findings first, and from there in the receipt.
pub const OF_MERGE: [&str; 2] = ["sources-disagree", "partition-too-large"];

/// Says that the catalog is about to change what these receipts say. Killed from here on, the next run writes them
/// anew from the catalog; see [`settle`].
pub fn due(data: &DataDirectory, sequences: &[i64]) -> Result<(), RunError> {
    let folder = data.receipts_due();
    std::fs::create_dir_all(&folder).map_err(io(&folder))?;
    for sequence in sequences {
        let path = folder.join(sequence.to_string());
        std::fs::File::create(&path).map_err(io(&path))?;
    }
    std::fs::File::open(&folder)
        .and_then(|folder| folder.sync_all())
        .map_err(io(&folder))?;
    fail_point("receipt.due.after");
    Ok(())
}

/// Writes every receipt that is due from what the catalog and the staged findings say. Does the same however often
/// it is tried, and whether or not the change came to pass that made it due.
pub fn settle(data: &DataDirectory, catalog: &Catalog, configuration: &Configuration) -> Result<(), RunError> {
    let folder = data.receipts_due();
    let mut sequences = BTreeSet::new();
    match std::fs::read_dir(&folder) {
        Ok(entries) => {
            for entry in entries {
                let name = entry.map_err(io(&folder))?.file_name();
                sequences.extend(name.to_str().and_then(|name| name.parse::<i64>().ok()));
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(source) => return Err(io(&folder)(source)),
    }
    if !sequences.is_empty() {
        let titles = titles(configuration);
        for sequence in &sequences {
            if let Some(submission) = catalog.submission(*sequence)? {
                renew(data, catalog, &titles, &submission, *sequence)?;
            }
            fail_point("receipt.renewed");
        }
        // One wait for the disk, and none of them is due any more.
        data.sync().map_err(io(data.root()))?;
    }
    for sequence in sequences {
        let path = folder.join(sequence.to_string());
        std::fs::remove_file(&path).map_err(io(&path))?;
    }
    fail_point("receipt.settled");
    Ok(())
}

/// Brings a stored receipt in line with the catalog's outcomes and the staged findings of the merge.
fn renew(
    data: &DataDirectory,
    catalog: &Catalog,
    titles: &Titles,
    submission: &Submission,
    sequence: i64,
) -> Result<(), RunError> {
    let Some(mut receipt) = read(data, sequence)? else {
        return Ok(());
    };
    let outcomes = catalog.outcomes(sequence)?;
    let reason = catalog.reason_of(sequence)?;
    let mut parts = receipt.datasets.take().unwrap_or_else(|| vec![receipt]);
    for part in &mut parts {
        let dataset = part.dataset.clone().unwrap_or_default();
        let Some(outcome) = outcomes.iter().find(|outcome| outcome.dataset == dataset) else {
            continue;
        };
        if let Some(status) = Status::from_word(&outcome.status) {
            part.status = status;
        }
        part.reason = reason.clone().filter(|_| outcome.decision.is_some());
        if dataset.is_empty() {
            continue;
        }
        let folder = data.staged(sequence, &dataset);
        if !outcome.merged {
            // Its merge is still to come, and finds again what is to be found.
            crate::check::amend(&folder, sequence, &OF_MERGE, &[])?;
        }
        let (told, total) = crate::check::amended(&folder, &OF_MERGE)?;
        part.tell(&OF_MERGE, &told, total);
        catalog.count_findings(sequence, &dataset, total)?;
    }
    let receipt =
        Receipt::of_datasets(parts).ok_or_else(|| RunError::Internal("a receipt without a dataset".to_string()))?;
    put(data, titles, submission, &receipt)
}
