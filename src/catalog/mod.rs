//! The catalog: what landed, what became of it, where the model's files are (SQLite, WAL, `synchronous=FULL`).
//!
//! Every change of state is one transaction here; files on disk become true only when the catalog says so, and
//! what the catalog does not know is swept. It migrates itself forward and refuses a newer one.
//!
//! - `submissions`, `record`: landing, numbering, outcomes
//! - `decisions`: what people decide on submissions
//! - `model`: partitions and merges
//! - `contracts`: the contract that each model was built with
//! - `inputs`: what a release is made from
//! - `operations`: runs, releases, leases, due times, audit

mod contracts;
mod decisions;
mod inputs;
mod migrate;
mod model;
mod operations;
mod record;
mod submissions;

pub use contracts::{Built, Rebuilt};
pub use model::{MergeCommit, PartitionFile};
pub use operations::{LeaseError, ReleaseRow, RunRow};
pub use record::Record;
pub use submissions::{Landed, Landing, OutcomeRow, PartRow, PlaceRow, State, Submission};

use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

/// Version of the schema that this program writes.
const VERSION: i64 = 2;

/// Why the catalog refused.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    #[error("{path}: {source}")]
    Sqlite { path: String, source: rusqlite::Error },
    #[error(
        "{path} was written by a newer program (catalog version {found}, this one knows {VERSION}): update lumbung"
    )]
    Newer { path: String, found: i64 },
    #[error("{path}: {source}")]
    Io { path: String, source: std::io::Error },
    #[error("the catalog holds a value that this program does not understand: {0}")]
    Value(String),
}

/// An open catalog. Clones share one connection.
#[derive(Clone)]
pub struct Catalog {
    connection: Arc<Mutex<Connection>>,
    path: Arc<PathBuf>,
}

impl Catalog {
    /// Opens or makes `catalog.db` in the data directory.
    pub fn open(data: &Path) -> Result<Catalog, CatalogError> {
        std::fs::create_dir_all(data).map_err(|source| CatalogError::Io {
            path: data.display().to_string(),
            source,
        })?;
        let path = data.join("catalog.db");
        let wrap = |source| CatalogError::Sqlite {
            path: path.display().to_string(),
            source,
        };
        let mut connection = Connection::open(&path).map_err(wrap)?;
        connection
            .busy_timeout(std::time::Duration::from_secs(30))
            .map_err(wrap)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(wrap)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(wrap)?;
        connection.pragma_update(None, "foreign_keys", true).map_err(wrap)?;
        migrate::forward(&mut connection, &path)?;
        Ok(Catalog {
            connection: Arc::new(Mutex::new(connection)),
            path: Arc::new(path),
        })
    }

    /// The connection. A panic while it was held rolled its transaction back, so the state is whole.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn wrap(&self, source: rusqlite::Error) -> CatalogError {
        CatalogError::Sqlite {
            path: self.path.display().to_string(),
            source,
        }
    }

    /// Runs `work` in one immediate transaction.
    fn transaction<T>(
        &self,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, CatalogError> {
        let mut connection = self.lock();
        let transaction = connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .map_err(|error| self.wrap(error))?;
        let result = work(&transaction).map_err(|error| self.wrap(error))?;
        transaction.commit().map_err(|error| self.wrap(error))?;
        Ok(result)
    }

    /// Rows of a query.
    fn rows<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        map: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, CatalogError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(sql).map_err(|error| self.wrap(error))?;
        let rows = statement.query_map(parameters, map).map_err(|error| self.wrap(error))?;
        rows.collect::<rusqlite::Result<Vec<T>>>()
            .map_err(|error| self.wrap(error))
    }

    /// Runs one statement.
    fn execute(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<usize, CatalogError> {
        self.lock().execute(sql, parameters).map_err(|error| self.wrap(error))
    }
}

/// Now, in UTC, to the second.
pub fn now() -> String {
    chrono::Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_twice_and_refuses_a_newer_one() {
        let folder = tempfile::tempdir().unwrap();
        drop(Catalog::open(folder.path()).unwrap());
        let catalog = Catalog::open(folder.path()).unwrap();
        catalog.lock().pragma_update(None, "user_version", VERSION + 1).unwrap();
        drop(catalog);
        let refused = Catalog::open(folder.path()).err().unwrap().to_string();
        assert!(refused.contains("newer program"), "{refused}");
    }
}
