//! Which keys the kept data were made with.

use super::{DataDirectory, RunError, again, judge};
use crate::catalog::Catalog;
use crate::config::{Configuration, Pii};
use crate::format::sealed::{self, RawKey};
use crate::table::reader;
use arrow::array::{Array, AsArray};
use std::path::{Path, PathBuf};

/// Has this process encrypt what lands, and open what is encrypted, with the installation's key. An error where the key
/// is named and not set: bytes must not land unencrypted by oversight.
pub fn use_raw_key(configuration: &Configuration) -> Result<(), RunError> {
    let name = configuration.installation.keys.raw.as_ref();
    let set = |name: &String| match std::env::var(name) {
        Ok(secret) if !secret.is_empty() => Ok(RawKey::new(secret.as_bytes())),
        _ => Err(RunError::RawKeyUnset(name.clone())),
    };
    sealed::use_key(name.map(set).transpose()?);
    Ok(())
}

/// Landed files that cannot be opened, and why; of at most `most` files. None where all can.
pub fn raw_trouble(data: &DataDirectory, most: usize) -> Result<Option<String>, RunError> {
    let folders = entries(&data.raw_folder())?;
    let mut files = Vec::new();
    for folder in folders.into_iter().filter(|folder| *folder != data.spool()) {
        files.extend(entries(&folder)?);
        if files.len() >= most {
            break;
        }
    }
    for file in files.into_iter().take(most) {
        if let Err(error) = sealed::open(&file) {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Ok(Some(format!("{name}: {error}")));
        }
    }
    Ok(None)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, RunError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let found = std::fs::read_dir(folder).map_err(again::io(folder))?;
    let paths = found.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths.collect::<std::io::Result<Vec<_>>>().map_err(again::io(folder))?;
    paths.sort();
    Ok(paths)
}

/// Rows of a model whose pseudonyms another key made than the installation's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    pub dataset: String,
    pub rows: u64,
}

/// The datasets of which a rebuild would make other pseudonyms. None without a key.
pub fn stale_pseudonyms(
    configuration: &Configuration,
    data: &DataDirectory,
    catalog: &Catalog,
) -> Result<Vec<Stale>, RunError> {
    let Some(key) = judge::pseudonym_key(configuration) else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for contract in configuration.contracts.values() {
        let columns = contract.columns.iter();
        let pseudonyms = columns.filter(|(_, column)| column.pii == Some(Pii::Pseudonym));
        let names: Vec<&String> = pseudonyms.map(|(name, _)| name).collect();
        if names.is_empty() {
            continue;
        }
        let mut rows = 0;
        for file in catalog.partitions(&contract.name)? {
            let path = data.model(&contract.name).join(&file.partition).join(&file.file);
            for batch in reader::batches(&path).map_err(again::table)? {
                let batch = batch.map_err(again::table)?;
                let arrays = names
                    .iter()
                    .filter_map(|name| batch.column_by_name(name)?.as_string_opt::<i32>());
                let arrays: Vec<_> = arrays.collect();
                let is_stale = |row: &usize| {
                    let mut cells = arrays.iter().filter(|array| array.is_valid(*row));
                    cells.any(|array| !key.made(array.value(*row)))
                };
                rows += (0..batch.num_rows()).filter(is_stale).count() as u64;
            }
        }
        if rows > 0 {
            all.push(Stale {
                dataset: contract.name.clone(),
                rows,
            });
        }
    }
    Ok(all)
}
