//! Reading a configuration directory.

use super::{Connector, Contract, Installation, validate};
use crate::domain::code::CodeTable;
use crate::domain::region::Registry;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everything the configuration directory says.
#[derive(Debug, Clone)]
pub struct Configuration {
    pub directory: PathBuf,
    pub installation: Arc<Installation>,
    /// By name, which is the order of a run.
    pub connectors: BTreeMap<String, Arc<Connector>>,
    pub contracts: BTreeMap<String, Arc<Contract>>,
    pub regions: Arc<Registry>,
    /// Reference tables that `code` columns name, and a few more that SQL sees.
    pub codes: Arc<BTreeMap<String, CodeTable>>,
}

impl Configuration {
    /// The contracts a connector delivers, in the order it names them.
    pub fn contracts_of(&self, connector: &Connector) -> Vec<Arc<Contract>> {
        connector
            .dataset_names()
            .iter()
            .filter_map(|name| self.contracts.get(*name).cloned())
            .collect()
    }

    pub fn indicator_directory(&self) -> PathBuf {
        self.directory.join("pipelines/indicators")
    }
}

impl Connector {
    /// Names of the datasets delivered, from `dataset` or `datasets`.
    pub fn dataset_names(&self) -> Vec<&str> {
        self.dataset
            .iter()
            .map(String::as_str)
            .chain(self.datasets.iter().map(String::as_str))
            .collect()
    }

    /// Whether what comes from this source is illustrative. `illustrative` was checked when it was loaded; an
    /// unset variable counts as real data.
    pub fn is_illustrative(&self) -> bool {
        self.illustrative
            .as_deref()
            .is_some_and(|text| super::expand(text).is_ok_and(|value| value == "true"))
    }
}

/// Something wrong in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// Path below the configuration directory.
    pub file: String,
    /// From 1; 0 where the problem has no line.
    pub line: usize,
    pub message: String,
    pub hint: Option<String>,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(formatter, "{}: {}", self.file, self.message)?,
            line => write!(formatter, "{}:{line}: {}", self.file, self.message)?,
        }
        if let Some(hint) = &self.hint {
            write!(formatter, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

/// Loads and cross-checks a configuration directory, or gives every problem in it.
pub fn load(directory: &Path) -> Result<Configuration, Vec<Problem>> {
    let mut loader = Loader {
        directory: directory.to_path_buf(),
        problems: Vec::new(),
    };
    let installation = loader.installation();
    let contracts: BTreeMap<String, Contract> = loader.folder("pipelines/datasets", |contract: &mut Contract, name| {
        contract.name = name
    });
    let connectors: BTreeMap<String, Connector> =
        loader.folder("connectors", |connector: &mut Connector, name| connector.name = name);
    let regions = loader.regions();
    let codes = loader.codes();
    let mut problems = loader.problems;
    let regions = match regions {
        Some(regions) if problems.is_empty() => regions,
        _ => return Err(problems),
    };
    let sources = validate::Sources::new(directory);
    problems.extend(validate::installation(&installation, &sources));
    for contract in contracts.values() {
        problems.extend(validate::contract(contract, &codes, &sources));
        problems.extend(validate::systems(contract, &regions, &sources));
    }
    for connector in connectors.values() {
        problems.extend(validate::connector(connector, &contracts, &regions, &sources));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Configuration {
        directory: directory.to_path_buf(),
        installation: Arc::new(installation),
        connectors: connectors
            .into_iter()
            .map(|(name, connector)| (name, Arc::new(connector)))
            .collect(),
        contracts: contracts
            .into_iter()
            .map(|(name, contract)| (name, Arc::new(contract)))
            .collect(),
        regions: Arc::new(regions),
        codes: Arc::new(codes),
    })
}

struct Loader {
    directory: PathBuf,
    problems: Vec<Problem>,
}

impl Loader {
    fn problem(&mut self, file: &str, line: usize, message: String, hint: Option<String>) {
        self.problems.push(Problem {
            file: file.to_string(),
            line,
            message,
            hint,
        });
    }

    fn parse<T: serde::de::DeserializeOwned>(&mut self, file: &str) -> Option<T> {
        let text = match std::fs::read_to_string(self.directory.join(file)) {
            Ok(text) => text,
            Err(error) => {
                self.problem(file, 0, format!("cannot be read: {error}"), None);
                return None;
            }
        };
        match toml::from_str(&text) {
            Ok(value) => Some(value),
            Err(error) => {
                let line = error
                    .span()
                    .map_or(0, |span| text[..span.start].matches('\n').count() + 1);
                let (message, hint) = split_expected(error.message());
                self.problem(file, line, message, hint);
                None
            }
        }
    }

    fn installation(&mut self) -> Installation {
        if self.directory.join("lumbung.toml").exists() {
            return self.parse("lumbung.toml").unwrap_or_default();
        }
        let hint = "run `lumbung init DIR` to make a configuration directory, or give one with --config".to_string();
        self.problem("lumbung.toml", 0, "not found".to_string(), Some(hint));
        Installation::default()
    }

    /// Every `<name>.toml` of a folder, by name.
    fn folder<T: serde::de::DeserializeOwned>(
        &mut self,
        folder: &str,
        set_name: impl Fn(&mut T, String),
    ) -> BTreeMap<String, T> {
        let mut all = BTreeMap::new();
        for name in file_names(&self.directory.join(folder), "toml") {
            if let Some(mut value) = self.parse::<T>(&format!("{folder}/{name}.toml")) {
                set_name(&mut value, name.clone());
                all.insert(name, value);
            }
        }
        all
    }

    fn regions(&mut self) -> Option<Registry> {
        match Registry::load(&self.directory.join("pipelines/reference")) {
            Ok(registry) => Some(registry),
            Err(message) => {
                self.problem("pipelines/reference/regions.csv", 0, message.to_string(), None);
                None
            }
        }
    }

    /// The reference tables with a `code` column first: all CSV files but those of the registry.
    fn codes(&mut self) -> BTreeMap<String, CodeTable> {
        let folder = self.directory.join("pipelines/reference");
        let mut all = BTreeMap::new();
        for name in file_names(&folder, "csv")
            .into_iter()
            .filter(|name| !REGISTRY.contains(&name.as_str()))
        {
            match CodeTable::load(&folder.join(format!("{name}.csv"))) {
                Ok(table) => {
                    all.insert(name, table);
                }
                Err(message) => self.problem(&format!("pipelines/reference/{name}.csv"), 0, message.to_string(), None),
            }
        }
        all
    }
}

/// Tables of `pipelines/reference` that make the registry of regions.
const REGISTRY: [&str; 3] = ["regions", "region_names", "region_changes"];

/// Stems of the files with an extension, sorted; hidden files left out.
fn file_names(folder: &Path, extension: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

/// "unknown field `x`, expected one of `a`, `b`" to message and hint; the nearest name is offered first.
fn split_expected(message: &str) -> (String, Option<String>) {
    let Some((what, expected)) = message.split_once(", expected ") else {
        return (message.to_string(), None);
    };
    let wrong = what.split('`').nth(1).unwrap_or_default();
    let names: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let nearest = names.iter().min_by_key(|name| edit_distance(wrong, name));
    let hint = match nearest.filter(|name| edit_distance(wrong, name) <= 2) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("expected {expected}"),
    };
    (what.to_string(), Some(hint))
}

/// Levenshtein distance in characters.
fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (row, left_char) in left.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, right_char) in right.iter().enumerate() {
            let change = previous[column] + usize::from(left_char != *right_char);
            current.push(change.min(previous[column + 1] + 1).min(current[column] + 1));
        }
        previous = current;
    }
    previous[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_met_with_the_nearest_known_one() {
        let (message, hint) = split_expected("unknown field `shedule`, expected one of `schedule`, `zone`");
        assert_eq!(message, "unknown field `shedule`");
        assert_eq!(hint.as_deref(), Some("did you mean `schedule`?"));
        let (_, hint) = split_expected("unknown field `xyz`, expected `schedule` or `zone`");
        assert_eq!(hint.as_deref(), Some("expected `schedule` or `zone`"));
    }

    #[test]
    fn distances() {
        assert_eq!(edit_distance("kota", "kota"), 0);
        assert_eq!(edit_distance("kata", "kota"), 1);
        assert_eq!(edit_distance("", "abc"), 3);
    }
}
