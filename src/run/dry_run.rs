//! `check FILE`: one file judged as a night would judge it, keeping nothing.

use super::judge::{self, Case, PartInput};
use super::versions::{self, Standing};
use super::{RunError, receipts};
use crate::catalog::{Catalog, State, Submission};
use crate::check::Looks;
use crate::config::{Configuration, Connector};
use crate::finding::receipt::Receipt;
use crate::land::DataDirectory;
use crate::normalize::{Context, Speaker};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How a file is judged.
pub enum As {
    /// As this connector does.
    Connector(Arc<Connector>),
    /// As this dataset, by a sender who may report for its regencies: a connector may be stricter.
    Dataset(String),
}

/// Judges a file sent by `region`. Reads the current model where there is one, writes nothing to the data
/// directory.
pub fn dry_run(
    configuration: &Configuration,
    data: &DataDirectory,
    file: &Path,
    region: &str,
    as_whom: &As,
    as_of: NaiveDate,
) -> Result<Receipt, RunError> {
    let scratch = tempfile::tempdir().map_err(|source| RunError::Io {
        path: std::env::temp_dir().display().to_string(),
        source,
    })?;
    let catalog = data
        .root()
        .join("catalog.db")
        .exists()
        .then(|| Catalog::open(data.root()))
        .transpose()?;
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let (connector, context) = context(configuration, region, as_whom, as_of);
    let limits = &configuration.installation.limits;
    let history = |dataset: &str| -> Result<Vec<PathBuf>, crate::check::CheckError> {
        let Some(catalog) = &catalog else { return Ok(Vec::new()) };
        let lookup = |error: crate::catalog::CatalogError| crate::check::CheckError::Lookup(error.to_string());
        // A model that waits for a rebuild is of another contract: as in a run, nothing is looked back at.
        if let Some(contract) = configuration.contracts.get(dataset)
            && versions::standing(catalog, contract).map_err(lookup)? != Standing::Current
        {
            return Ok(Vec::new());
        }
        let files = catalog.partitions(dataset).map_err(lookup)?;
        let folder = data.model(dataset);
        Ok(files
            .into_iter()
            .map(|file| folder.join(file.partition).join(file.file))
            .collect())
    };
    let published = match &catalog {
        Some(catalog) => catalog.published_before(as_of)?,
        None => None,
    };
    let case = Case {
        context,
        parts: vec![PartInput {
            path: file.to_path_buf(),
            name: name.clone(),
            request: BTreeMap::new(),
        }],
        options: judge::options(connector.as_deref(), limits),
        notes: Vec::new(),
        is_file: true,
        staged: &|dataset| scratch.path().join(dataset),
        history: &history,
        published,
        is_known: &|_, _| Ok(false),
        looks: &Looks::default(),
        slice: String::new(),
        memory_mb: limits.query_memory_mb,
    };
    let verdict = judge::judge(&case)?;
    receipts::of_verdict(&nobody(name, connector.as_deref(), region), verdict)
}

fn context(
    configuration: &Configuration,
    region: &str,
    as_whom: &As,
    as_of: NaiveDate,
) -> (Option<Arc<Connector>>, Context) {
    match as_whom {
        As::Connector(connector) => (
            Some(connector.clone()),
            judge::context(configuration, connector, region, as_of, 0),
        ),
        As::Dataset(dataset) => {
            let context = Context {
                contracts: configuration.contracts.get(dataset).cloned().into_iter().collect(),
                speaker: Speaker::Region {
                    code: region.to_string(),
                    with_regencies: true,
                },
                connector: None,
                regions: configuration.regions.clone(),
                codes: configuration.codes.clone(),
                abbreviations: configuration.abbreviations.clone(),
                title_words: configuration.title_words.clone(),
                as_of,
                pseudonym_key: judge::pseudonym_key(configuration),
                sequence: 0,
            };
            (None, context)
        }
    }
}

/// The submission of a dry run: it has no number and was never received.
fn nobody(file: String, connector: Option<&Connector>, region: &str) -> Submission {
    Submission {
        id: 0,
        sequence: None,
        connector: connector.map(|connector| connector.name.clone()).unwrap_or_default(),
        region: region.to_string(),
        window: String::new(),
        file: Some(file),
        origin: None,
        received_at: String::new(),
        received_on: String::new(),
        illustrative: false,
        notes: String::new(),
        state: State::Done,
        status: None,
    }
}
