//! Which keys the kept data were made with.

use super::{DataDirectory, RunError, again, judge};
use crate::catalog::Catalog;
use crate::config::{Configuration, Contract, Pii};
use crate::finding::Bilingual;
use crate::format::sealed::{self, RawKey, RawKeys};
use crate::table::{reader, schema};
use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Has this process encrypt what lands, and open what is encrypted, with the installation's keys. An error where a key
/// is named and not set: bytes must not land unencrypted by oversight.
pub fn use_raw_key(configuration: &Configuration) -> Result<(), RunError> {
    let keys = &configuration.installation.keys;
    let set = |name: &String| match secret(name) {
        Some(secret) => Ok(RawKey::new(secret.as_bytes())),
        None => Err(RunError::RawKeyUnset(name.clone())),
    };
    sealed::use_keys(RawKeys {
        current: keys.raw.as_ref().map(set).transpose()?,
        previous: keys.raw_previous.iter().map(set).collect::<Result<_, _>>()?,
    });
    Ok(())
}

/// The value of a variable that holds a key; none where it is unset or empty.
pub fn secret(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|secret| !secret.is_empty())
}

/// How a key stands that the installation names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTrouble {
    /// Of `[keys]`, such as `pseudonym`.
    pub setting: &'static str,
    pub variable: String,
    /// None: the variable is not set. Else why its key is weak.
    pub weakness: Option<Weakness>,
}

/// Why a key can be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// So many characters.
    Short(usize),
    /// The same few characters over and over, or one after the other.
    Regular,
}

/// Characters that a key has at least: 128 bits where they are hexadecimal digits.
pub const KEY_LENGTH: usize = 32;

impl KeyTrouble {
    /// What is wrong, as a sentence.
    pub fn message(&self) -> Bilingual {
        let (setting, variable) = (format!("keys.{}", self.setting), &self.variable);
        let (id, en) = match self.weakness {
            None => ("variabelnya belum diisi".to_string(), "is not set".to_string()),
            Some(Weakness::Short(length)) => (
                format!("kuncinya hanya {length} huruf, sedikitnya {KEY_LENGTH}: mudah ditebak"),
                format!("holds a key of {length} characters, less than {KEY_LENGTH}: it can be guessed"),
            ),
            Some(Weakness::Regular) => (
                "kuncinya berpola: mudah ditebak".to_string(),
                "holds a key with a pattern: it can be guessed".to_string(),
            ),
        };
        Bilingual {
            id: format!("{setting} ({variable}): {id}"),
            en: format!("{setting}: the variable {variable} {en}"),
        }
    }

    /// How it is mended.
    pub fn hint(&self) -> Bilingual {
        let (id, en) = match (self.weakness, self.setting) {
            (None, _) => ("isi dengan", "set it to what this gives"),
            (Some(_), "pseudonym") => (
                "buat kunci baru, lalu lumbung rebuild untuk data yang disebut lumbung doctor",
                "make a new key, then `lumbung rebuild` what `lumbung doctor` names",
            ),
            (Some(_), _) => (
                "buat kunci baru; kunci lama disebut di keys.raw_previous",
                "make a new key, and name the old one in keys.raw_previous",
            ),
        };
        Bilingual {
            id: format!("{id}: openssl rand -hex 32"),
            en: format!("{en}: openssl rand -hex 32"),
        }
    }
}

/// What is wrong with the keys that the installation names. Earlier keys need only be there.
pub fn key_troubles(configuration: &Configuration) -> Vec<KeyTrouble> {
    let keys = &configuration.installation.keys;
    let current = [("raw", &keys.raw), ("pseudonym", &keys.pseudonym)];
    let current = current
        .into_iter()
        .filter_map(|(setting, name)| Some((setting, name.as_ref()?)));
    let previous = keys.raw_previous.iter().map(|name| ("raw_previous", name));
    let mut troubles = Vec::new();
    for (setting, variable) in current.chain(previous) {
        let secret = secret(variable);
        let weakness = secret
            .as_deref()
            .filter(|_| setting != "raw_previous")
            .and_then(weakness);
        if secret.is_none() || weakness.is_some() {
            troubles.push(KeyTrouble {
                setting,
                variable: variable.clone(),
                weakness,
            });
        }
    }
    troubles
}

/// Why a key can be guessed; none where it looks as if drawn by lot.
fn weakness(secret: &str) -> Option<Weakness> {
    let secret = secret.trim();
    if secret.chars().count() < KEY_LENGTH {
        return Some(Weakness::Short(secret.chars().count()));
    }
    let is_hex = secret.len().is_multiple_of(2) && secret.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes: Vec<u8> = match is_hex {
        // Digits only: checked above.
        true => (0..secret.len() / 2)
            .filter_map(|index| u8::from_str_radix(&secret[index * 2..index * 2 + 2], 16).ok())
            .collect(),
        false => secret.bytes().collect(),
    };
    let distinct = bytes.iter().collect::<std::collections::BTreeSet<_>>().len();
    let step = |pair: &[u8]| pair[1].wrapping_sub(pair[0]);
    let steps = bytes
        .windows(2)
        .map(step)
        .collect::<std::collections::BTreeSet<_>>()
        .len();
    // Sixteen bytes that were drawn by lot practically never repeat each other so often.
    (distinct < 8 || steps < 6).then_some(Weakness::Regular)
}

/// How landed files stand.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct RawState {
    /// The first that cannot be opened, and why.
    pub trouble: Option<String>,
    /// Files that only an earlier key opens.
    pub by_previous: u64,
}

/// Looks at landed files: at most `most`, and at all where there are earlier keys.
pub fn raw_state(configuration: &Configuration, data: &DataDirectory, most: usize) -> Result<RawState, RunError> {
    let has_previous = !configuration.installation.keys.raw_previous.is_empty();
    let most = if has_previous { usize::MAX } else { most };
    let folders = entries(&data.raw_folder())?;
    let mut files = Vec::new();
    for folder in folders.into_iter().filter(|folder| *folder != data.spool()) {
        files.extend(entries(&folder)?);
        if files.len() >= most {
            break;
        }
    }
    let mut state = RawState::default();
    for file in files.into_iter().take(most) {
        if let Err(error) = sealed::open(&file) {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            state.trouble = state.trouble.or(Some(format!("{name}: {error}")));
        } else if has_previous && !sealed::is_by_current(&file).map_err(again::io(&file))? {
            state.by_previous += 1;
        }
    }
    Ok(state)
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

/// Rows of a model whose pseudonyms a rebuild would make otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    pub dataset: String,
    /// Rows with a pseudonym of another key than the installation's.
    pub rows: u64,
    /// Rows without one, of submissions that were read without a key.
    pub blank: u64,
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
        let names = pseudonyms(contract);
        if names.is_empty() {
            continue;
        }
        let mut rows = 0;
        let mut blank: BTreeMap<i64, u64> = BTreeMap::new();
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
                let numbers = batch.column_by_name(schema::SUBMISSION);
                let Some(numbers) = numbers.and_then(|column| column.as_primitive_opt::<Int64Type>()) else {
                    continue;
                };
                let is_blank = |row: &usize| arrays.iter().any(|array| array.is_null(*row));
                for row in (0..batch.num_rows()).filter(is_blank) {
                    *blank.entry(numbers.value(row)).or_default() += 1;
                }
            }
        }
        let mut without_key = 0;
        for (sequence, rows) in blank {
            if was_without_key(data, sequence, &contract.name)? {
                without_key += rows;
            }
        }
        if rows + without_key > 0 {
            all.push(Stale {
                dataset: contract.name.clone(),
                rows,
                blank: without_key,
            });
        }
    }
    Ok(all)
}

/// Columns of a contract that hold pseudonyms.
pub fn pseudonyms(contract: &Contract) -> Vec<&String> {
    let columns = contract.columns.iter();
    let pseudonyms = columns.filter(|(_, column)| column.pii == Some(Pii::Pseudonym));
    pseudonyms.map(|(name, _)| name).collect()
}

/// Whether a submission was read while no key was set: it was told so.
fn was_without_key(data: &DataDirectory, sequence: i64, dataset: &str) -> Result<bool, RunError> {
    let path = data.staged(sequence, dataset).join("findings.parquet");
    if !path.exists() {
        return Ok(false);
    }
    for batch in reader::batches(&path).map_err(again::table)? {
        let batch = batch.map_err(again::table)?;
        let codes = batch
            .column_by_name("code")
            .and_then(|column| column.as_string_opt::<i32>());
        if codes.is_some_and(|codes| codes.iter().any(|code| code == Some("pseudonym-key-missing"))) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_can_be_guessed_is_seen() {
        let hex = |bytes: &dyn Fn(u8) -> u8| (0..32).map(|index| format!("{:02x}", bytes(index))).collect::<String>();
        assert_eq!(weakness("rahasia"), Some(Weakness::Short(7)));
        assert_eq!(weakness(&hex(&|_| 0)), Some(Weakness::Regular));
        assert_eq!(weakness(&hex(&|index| index)), Some(Weakness::Regular), "ascending");
        assert_eq!(
            weakness(&hex(&|index| 255 - index)),
            Some(Weakness::Regular),
            "descending"
        );
        assert_eq!(weakness(&"abc".repeat(20)), Some(Weakness::Regular));
        assert_eq!(weakness("0123456789abcdef0123456789abcdef"), Some(Weakness::Regular));
        // Of `openssl rand -hex 32`, `-hex 16` and `-base64 32`.
        for good in [
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "5d41402abc4b2a76b9719d911017c592",
            "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
        ] {
            assert_eq!(weakness(good), None, "{good}");
        }
    }
}
