//! What was received is removed when its time is over. What was made of it stays.

use super::{DataDirectory, LandError, io_error, processed_name};
use crate::catalog::Catalog;
use crate::config::Configuration;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// Removes files in `processed/` and bytes in `raw/` whose retention has ended by `as_of`. Killed in the middle, the
/// next call goes on.
pub fn end_retention(
    data: &DataDirectory,
    catalog: &Catalog,
    configuration: &Configuration,
    as_of: NaiveDate,
) -> Result<(), LandError> {
    if let Some(days) = configuration.installation.retention.processed_days {
        for file in processed_files(data)? {
            if is_over(catalog, &file, days, as_of)? {
                remove(&file)?;
            }
        }
    }
    let mut over: BTreeMap<String, bool> = BTreeMap::new();
    if contracts_end(configuration) {
        for landed in catalog.landed_bytes()? {
            let days = raw_days(configuration, &landed.connector);
            let is_over = landed.is_settled && days.is_some_and(|days| is_past(&landed.received_on, days, as_of));
            // The same bytes may have come twice: the longest time counts.
            *over.entry(landed.sha256).or_insert(true) &= is_over;
        }
    }
    for (sha256, _) in over.into_iter().filter(|(_, is_over)| *is_over) {
        remove(&data.raw(&sha256))?;
    }
    Ok(())
}

/// Whether any landed bytes have an end.
fn contracts_end(configuration: &Configuration) -> bool {
    let mut contracts = configuration.contracts.values();
    configuration.installation.retention.raw_days.is_some() || contracts.any(|contract| contract.raw_days.is_some())
}

/// Days that a connector's bytes are kept: the longest of its datasets. None: for good.
fn raw_days(configuration: &Configuration, connector: &str) -> Option<u32> {
    let connector = configuration.connectors.get(connector)?;
    let contracts = configuration.contracts_of(connector);
    let days = |contract: &std::sync::Arc<crate::config::Contract>| {
        contract.raw_days.or(configuration.installation.retention.raw_days)
    };
    let all: Option<Vec<u32>> = contracts.iter().map(days).collect();
    all?.into_iter().max()
}

fn is_past(received_on: &str, days: u32, as_of: NaiveDate) -> bool {
    let received: Option<NaiveDate> = received_on.parse().ok();
    received.is_some_and(|received| (as_of - received).num_days() >= i64::from(days))
}

/// Whether a file in `processed/` is one that was moved there, of a submission that came so long ago.
fn is_over(catalog: &Catalog, file: &Path, days: u32, as_of: NaiveDate) -> Result<bool, LandError> {
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else {
        return Ok(false);
    };
    let sequence = name.split_once('_').and_then(|(number, _)| number.parse().ok());
    let Some(submission) = sequence
        .map(|sequence| catalog.submission(sequence))
        .transpose()?
        .flatten()
    else {
        return Ok(false);
    };
    let moved = submission.sequence.zip(submission.file.as_ref());
    let is_it = moved.is_some_and(|(sequence, file)| processed_name(sequence, file) == name);
    Ok(is_it && is_past(&submission.received_on, days, as_of))
}

/// Every file in `drop/<region>/<connector>/processed/`. Links are not followed.
fn processed_files(data: &DataDirectory) -> Result<Vec<PathBuf>, LandError> {
    let mut files = Vec::new();
    for region in entries(&data.drop())? {
        for connector in entries(&region)? {
            files.extend(entries(&connector.join("processed"))?);
        }
    }
    Ok(files)
}

/// What is in a folder; nothing where it is none.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, LandError> {
    let is_folder = std::fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir());
    if !is_folder {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(folder).map_err(io_error(folder))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(io_error(folder))?.path());
    }
    Ok(paths)
}

fn remove(file: &Path) -> Result<(), LandError> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(file)(error)),
        _ => Ok(()),
    }
}
