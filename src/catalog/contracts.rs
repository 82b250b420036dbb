//! The contract that each model was built with, and the switch to a model that was rebuilt.

use super::record::record;
use super::{Catalog, CatalogError, PartitionFile, Record, now};
use rusqlite::{Transaction, params};

/// The contract that a model was built with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    pub version: u32,
    /// What matters of it, as JSON; empty where it was built before that was kept.
    pub shape: String,
    /// The contract in force needs a rebuild: until then the model stays as it is.
    pub waiting: bool,
}

/// A model that was rebuilt, and what became of its submissions.
#[derive(Debug)]
pub struct Rebuilt<'r> {
    pub dataset: &'r str,
    pub version: u32,
    pub shape: &'r str,
    /// All files of the model.
    pub files: Vec<PartitionFile>,
    /// Numbers of the submissions that were replayed.
    pub sequences: Vec<i64>,
    /// Those of them that fared otherwise than before.
    pub records: Vec<Record>,
}

impl Catalog {
    /// The contract that a dataset's model was built with; none where nothing is known of it.
    pub fn built_with(&self, dataset: &str) -> Result<Option<Built>, CatalogError> {
        let sql = "SELECT version, shape, waiting FROM contracts WHERE dataset = ?1";
        let found = self.rows(sql, [dataset], |row| {
            Ok(Built {
                version: row.get(0)?,
                shape: row.get(1)?,
                waiting: row.get(2)?,
            })
        })?;
        Ok(found.into_iter().next())
    }

    /// Keeps the contract that a dataset's model is built with.
    pub fn build_with(&self, dataset: &str, version: u32, shape: &str) -> Result<(), CatalogError> {
        self.transaction(|transaction| build_with(transaction, dataset, version, shape))
    }

    /// Notes that a model stays as it is until it is rebuilt for the contract in force.
    pub fn wait_for_rebuild(&self, dataset: &str) -> Result<(), CatalogError> {
        self.execute("UPDATE contracts SET waiting = 1 WHERE dataset = ?1", [dataset])
            .map(|_| ())
    }

    /// Whether anything was ever judged or merged for a dataset.
    pub fn has_rows_of(&self, dataset: &str) -> Result<bool, CatalogError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM partitions WHERE dataset = ?1) \
                   OR EXISTS (SELECT 1 FROM outcomes WHERE dataset = ?1)";
        Ok(self.rows(sql, [dataset], |row| row.get(0))?.pop().unwrap_or(false))
    }

    /// Sends the submissions that waited for a rebuild of this dataset back to be judged. Gives their number.
    pub fn judge_again(&self, dataset: &str) -> Result<usize, CatalogError> {
        self.execute(
            "UPDATE submissions SET state = 'numbered', status = NULL WHERE sequence IN \
             (SELECT sequence FROM outcomes WHERE dataset = ?1 AND waits = 1)",
            [dataset],
        )
    }

    /// How many submissions wait for a rebuild of a dataset.
    pub fn waiting_for(&self, dataset: &str) -> Result<u64, CatalogError> {
        let sql = "SELECT count(*) FROM outcomes WHERE dataset = ?1 AND waits = 1";
        let count = self.rows(sql, [dataset], |row| row.get::<_, i64>(0))?.pop();
        Ok(count.unwrap_or_default() as u64)
    }

    /// Makes a rebuilt model true, in one transaction: its files, its contract, and what became of its submissions.
    pub fn switch_model(&self, rebuilt: &Rebuilt<'_>) -> Result<(), CatalogError> {
        self.transaction(|transaction| {
            let dataset = rebuilt.dataset;
            transaction.execute("DELETE FROM partitions WHERE dataset = ?1", [dataset])?;
            for file in &rebuilt.files {
                transaction.execute(
                    "INSERT INTO partitions (dataset, partition, file, rows, sha256) VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![dataset, file.partition, file.file, file.rows as i64, file.sha256],
                )?;
            }
            for one in &rebuilt.records {
                record(transaction, one)?;
            }
            for sequence in &rebuilt.sequences {
                super::model::merged(transaction, dataset, *sequence)?;
            }
            build_with(transaction, dataset, rebuilt.version, rebuilt.shape)?;
            transaction.execute(
                "INSERT INTO audit (at, action, target, reason) VALUES (?1, 'rebuild', ?2, ?3)",
                params![now(), dataset, format!("version {}", rebuilt.version)],
            )?;
            Ok(())
        })
    }

    /// Submissions whose files of a new judgment are not in place yet.
    pub fn restaged(&self) -> Result<Vec<i64>, CatalogError> {
        self.rows("SELECT sequence FROM restaged ORDER BY sequence", [], |row| row.get(0))
    }

    /// Notes that the files of a new judgment are in place.
    pub fn in_place(&self, sequence: i64) -> Result<(), CatalogError> {
        self.execute("DELETE FROM restaged WHERE sequence = ?1", [sequence])
            .map(|_| ())
    }

    /// Numbers of the judged submissions that a dataset's rows came with, or may have: those that nothing fitted
    /// stand under the empty name. Duplicates say nothing of their own.
    pub fn judged(&self, dataset: Option<&str>) -> Result<Vec<i64>, CatalogError> {
        let sql = "SELECT DISTINCT outcomes.sequence FROM outcomes JOIN submissions USING (sequence) \
                   WHERE submissions.state IN ('staged', 'done') AND (?1 IS NULL OR dataset IN (?1, '')) \
                   ORDER BY outcomes.sequence";
        self.rows(sql, [dataset], |row| row.get(0))
    }
}

fn build_with(transaction: &Transaction<'_>, dataset: &str, version: u32, shape: &str) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO contracts (dataset, version, shape) VALUES (?1, ?2, ?3) ON CONFLICT (dataset) DO UPDATE SET \
         version = excluded.version, shape = excluded.shape, waiting = 0",
        params![dataset, version, shape],
    )?;
    Ok(())
}
