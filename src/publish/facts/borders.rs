//! Regions through time, and the datasets in other borders than those of their own time.

use super::{Facts, Model, register_model, sql};
use crate::config::Configuration;
use crate::domain::region::Registry;
use crate::publish::PublishError;
use crate::table::borders::{self, Borders};
use crate::table::{Session, SqlError};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of regions through time.
#[derive(Debug)]
pub struct RegionTables {
    /// Rows of [`borders::codes_schema`].
    pub codes: RecordBatch,
    /// Rows of [`borders::schema`].
    pub borders: RecordBatch,
    /// Rows of [`borders::changes_schema`].
    pub changes: RecordBatch,
    /// Rows of [`borders::ids_schema`].
    pub ids: RecordBatch,
    /// The last day on which a code or a border changed.
    last_change: Option<NaiveDate>,
}

impl RegionTables {
    pub fn of(registry: &Registry) -> RegionTables {
        RegionTables {
            codes: borders::codes(registry),
            borders: borders::borders(registry),
            changes: borders::changes(registry),
            ids: borders::ids(registry),
            last_change: borders::last_change(registry),
        }
    }

    /// Each table with its name in SQL.
    pub(super) fn tables(&self) -> [(&'static str, &RecordBatch); 4] {
        [
            ("region_codes", &self.codes),
            (borders::TABLE, &self.borders),
            ("region_changes", &self.changes),
            ("region_ids", &self.ids),
        ]
    }

    /// Makes them tables of a session.
    pub fn register(&self, session: &Session) -> Result<(), SqlError> {
        for (name, batch) in self.tables() {
            session.register_batches(name, batch.schema(), vec![batch.clone()])?;
        }
        Ok(())
    }
}

impl Facts {
    /// As [`Facts::register`], but datasets stand in today's borders, under their own names. Gives the names of those in
    /// which that makes a difference.
    pub async fn register_today(&self, session: &Session) -> Result<BTreeSet<String>, SqlError> {
        self.register(session).await?;
        let mut moved = BTreeSet::new();
        for model in &self.models {
            if self.register_model_today(session, model).await? {
                moved.insert(model.contract.name.clone());
            }
        }
        Ok(moved)
    }

    async fn register_model_today(&self, session: &Session, model: &Model) -> Result<bool, SqlError> {
        let (contract, name) = (&model.contract, &model.contract.name);
        let Some(last_change) = self.registry.last_change else {
            return Ok(false);
        };
        let question = borders::has_moved(contract, name, last_change).filter(|_| !model.files.is_empty());
        let Some(question) = question else {
            return Ok(false);
        };
        if session
            .sql(&question, &[])
            .await?
            .iter()
            .all(|batch| batch.num_rows() == 0)
        {
            return Ok(false);
        }
        let own = format!("{name}_of_its_time");
        let select = borders::in_borders(contract, &model.schema, &own, Borders::Today, Some(last_change));
        let Some(select) = select else {
            return Ok(false);
        };
        session.deregister(name)?;
        register_model(session, model, &own).await?;
        session.register_view(name, &select).await?;
        Ok(true)
    }
}

/// Makes each dataset of a release a table in today's borders (`<dataset>_today`) and in the widest (`<dataset>_common`).
/// `schemas` has what the release's tables hold.
pub(super) async fn register_views(
    session: &Session,
    configuration: &Configuration,
    schemas: &BTreeMap<String, SchemaRef>,
) -> Result<(), PublishError> {
    let last_change = borders::last_change(&configuration.regions);
    for contract in configuration.contracts.values() {
        let name = &contract.name;
        let (Some(schema), true) = (schemas.get(name), schemas.contains_key(borders::TABLE)) else {
            continue;
        };
        for in_whose in Borders::ALL {
            let view = format!("{name}_{}", in_whose.word());
            if let Some(select) = borders::in_borders(contract, schema, name, in_whose, last_change)
                && !schemas.contains_key(&view)
            {
                session.register_view(&view, &select).await.map_err(sql(&view))?;
            }
        }
    }
    Ok(())
}
