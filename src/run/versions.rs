//! Contracts and the models that were built with them.
//!
//! The catalog keeps, by dataset, the version and the shape of the contract that its model was built with. A looser
//! contract goes on with the same model. Otherwise the model stays as it is, and what is sent for it is held, until
//! `lumbung rebuild` has replayed raw.

use super::RunError;
use crate::catalog::{Catalog, CatalogError};
use crate::config::{Configuration, Contract, Problem, Shape};
use crate::finding::Finding;
use std::collections::BTreeMap;

/// How a contract stands to the model of its dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The model satisfies it, or there is none yet.
    Current,
    /// Its version is another than the model's: a rebuild is due.
    Raised { built: u32 },
    /// It changed in what older rows may not satisfy, and its version did not.
    Changed { what: Vec<String> },
}

/// How a contract stands to the model of its dataset.
pub fn standing(catalog: &Catalog, contract: &Contract) -> Result<Standing, CatalogError> {
    let Some(built) = catalog.built_with(&contract.name)? else {
        return Ok(Standing::Current);
    };
    if !catalog.has_rows_of(&contract.name)? {
        return Ok(Standing::Current);
    }
    if built.version != contract.version {
        return Ok(Standing::Raised { built: built.version });
    }
    // Of a model built before shapes were kept the version is all that is known.
    let what = Shape::from_json(&built.shape).map(|shape| shape.broken_by(&Shape::of(contract)));
    Ok(match what {
        Some(what) if !what.is_empty() => Standing::Changed { what },
        _ => Standing::Current,
    })
}

/// Keeps the contracts that models are built with from now on, and gives the datasets that wait for a rebuild, with
/// what their senders are told. What waited for a dataset that need not wait any more is judged again.
pub(super) fn settle(
    catalog: &Catalog,
    configuration: &Configuration,
) -> Result<BTreeMap<String, Finding>, CatalogError> {
    let mut waiting = BTreeMap::new();
    for (name, contract) in &configuration.contracts {
        let finding = match standing(catalog, contract)? {
            Standing::Current => {
                keep(catalog, contract)?;
                continue;
            }
            Standing::Raised { built } => Finding::of("contract-not-rebuilt")
                .with_both("title", &contract.title)
                .with("dataset", name)
                .with("version", contract.version.to_string())
                .with("built", built.to_string()),
            Standing::Changed { what } => Finding::of("contract-changed")
                .with_both("title", &contract.title)
                .with("dataset", name)
                .with("what", what.join(", ")),
        };
        tracing::warn!(dataset = name, reason = finding.message().en, "waits for a rebuild");
        catalog.wait_for_rebuild(name)?;
        waiting.insert(name.clone(), finding);
    }
    Ok(waiting)
}

fn keep(catalog: &Catalog, contract: &Contract) -> Result<(), CatalogError> {
    let shape = Shape::of(contract).to_json();
    let built = catalog.built_with(&contract.name)?;
    let is_kept =
        built.is_some_and(|built| built.version == contract.version && built.shape == shape && !built.waiting);
    if !is_kept {
        catalog.build_with(&contract.name, contract.version, &shape)?;
    }
    let again = catalog.judge_again(&contract.name)?;
    if again > 0 {
        tracing::info!(dataset = contract.name, submissions = again, "judged again");
    }
    Ok(())
}

/// What `check` says about contracts and their models.
#[derive(Debug, Default)]
pub struct Contracts {
    /// Contracts that changed without a new version.
    pub problems: Vec<Problem>,
    /// Datasets that wait for a rebuild.
    pub rebuild: Vec<String>,
}

/// Compares every contract with its model.
pub fn compare(catalog: &Catalog, configuration: &Configuration) -> Result<Contracts, RunError> {
    let mut found = Contracts::default();
    for (name, contract) in &configuration.contracts {
        match standing(catalog, contract)? {
            Standing::Current => {}
            Standing::Raised { .. } => found.rebuild.push(name.clone()),
            Standing::Changed { what } => found.problems.push(Problem {
                file: format!("pipelines/datasets/{name}.toml"),
                line: 0,
                message: format!(
                    "what older rows may not satisfy has changed ({}), and `version` is still {}",
                    what.join(", "),
                    contract.version
                ),
                hint: Some(format!(
                    "raise `version` and call `lumbung rebuild {name}`, or take the change back"
                )),
            }),
        }
    }
    Ok(found)
}
