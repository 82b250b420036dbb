//! Reading a configuration directory.

use super::{Connector, Contract, Installation, OtherTitles, mistake, title_words, validate};
use crate::domain::abbreviation::Abbreviations;
use crate::domain::code::CodeTable;
use crate::domain::region::Registry;
use std::collections::{BTreeMap, BTreeSet};
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
    /// How headers are abbreviated.
    pub abbreviations: Arc<Abbreviations>,
    /// Words of titles by which figures are none of any dataset's.
    pub title_words: Arc<Vec<OtherTitles>>,
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
    let abbreviations = loader.abbreviations();
    let title_words = loader.title_words();
    let mut problems = loader.problems;
    let Some(regions) = regions else {
        return Err(problems);
    };
    // A file that cannot be read says nothing of what refers to it: only whole ones are held against each other.
    let broken: BTreeSet<String> = problems.iter().map(|problem| problem.file.clone()).collect();
    let is_whole = |file: String| !broken.contains(&file);
    let sources = validate::Sources::new(directory);
    if is_whole("lumbung.toml".to_string()) {
        problems.extend(validate::installation(&installation, &sources));
    }
    for contract in contracts.values() {
        let mut lists = contract.columns.values().filter_map(|column| column.codes.as_ref());
        if lists.all(|list| is_whole(format!("pipelines/reference/{list}.csv"))) {
            problems.extend(validate::contract(contract, &codes, &sources));
        }
        problems.extend(validate::systems(contract, &regions, &sources));
    }
    for connector in connectors.values() {
        let mut datasets = connector.dataset_names().into_iter();
        if datasets.all(|name| is_whole(format!("pipelines/datasets/{name}.toml"))) {
            problems.extend(validate::connector(connector, &contracts, &regions, &sources));
        }
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
        abbreviations: Arc::new(abbreviations),
        title_words: Arc::new(title_words),
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
                let (message, hint) = mistake::said(error.message());
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

    fn abbreviations(&mut self) -> Abbreviations {
        let file = "pipelines/reference/abbreviations.csv";
        Abbreviations::load(&self.directory.join(file)).unwrap_or_else(|message| {
            self.problem(file, 0, message, None);
            Abbreviations::default()
        })
    }

    fn title_words(&mut self) -> Vec<OtherTitles> {
        let file = "pipelines/reference/title_words.csv";
        title_words::load(&self.directory.join(file)).unwrap_or_else(|message| {
            self.problem(file, 0, message, None);
            Vec::new()
        })
    }

    /// The reference tables with a `code` column first: all CSV files but those of [`NO_CODES`].
    fn codes(&mut self) -> BTreeMap<String, CodeTable> {
        let folder = self.directory.join("pipelines/reference");
        let mut all = BTreeMap::new();
        for name in file_names(&folder, "csv")
            .into_iter()
            .filter(|name| !NO_CODES.contains(&name.as_str()))
        {
            match CodeTable::load(&folder.join(format!("{name}.csv"))) {
                Ok(table) => {
                    if table.title_id.is_empty() || table.title_en.is_empty() {
                        let hint = "begin the file with two lines, `# title.id: …` and `# title.en: …`";
                        self.problem(
                            &format!("pipelines/reference/{name}.csv"),
                            1,
                            "does not say in both languages what the list is of".to_string(),
                            Some(hint.to_string()),
                        );
                    }
                    all.insert(name, table);
                }
                Err(message) => self.problem(&format!("pipelines/reference/{name}.csv"), 0, message.to_string(), None),
            }
        }
        all
    }
}

/// Tables of `pipelines/reference` that have no codes: those that make the registry of regions, and words of headers and
/// titles.
const NO_CODES: [&str; 5] = [
    "regions",
    "region_names",
    "region_changes",
    "abbreviations",
    "title_words",
];

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
