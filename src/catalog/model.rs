//! Which file holds which partition of the model.

use super::{Catalog, CatalogError};
use rusqlite::{Transaction, params};

/// One file of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionFile {
    pub partition: String,
    /// Name below `model/<dataset>/<partition>/`.
    pub file: String,
    pub rows: u64,
    pub sha256: String,
}

/// What one merge changes.
#[derive(Debug, Default)]
pub struct MergeCommit {
    /// New or rewritten partitions.
    pub written: Vec<PartitionFile>,
    /// Partitions that lost their last row.
    pub emptied: Vec<String>,
    /// Numbers of the submissions that are now in the model.
    pub sequences: Vec<i64>,
}

impl Catalog {
    /// The model's files of a dataset, by partition.
    pub fn partitions(&self, dataset: &str) -> Result<Vec<PartitionFile>, CatalogError> {
        let sql = "SELECT partition, file, rows, sha256 FROM partitions WHERE dataset = ?1 ORDER BY partition";
        self.rows(sql, [dataset], |row| {
            Ok(PartitionFile {
                partition: row.get(0)?,
                file: row.get(1)?,
                rows: row.get::<_, i64>(2)? as u64,
                sha256: row.get(3)?,
            })
        })
    }

    /// Numbers of the submissions whose rows of a dataset wait to be merged, or to leave the model.
    pub fn unmerged(&self, dataset: &str) -> Result<Vec<i64>, CatalogError> {
        let sql = "SELECT outcomes.sequence FROM outcomes JOIN submissions USING (sequence) \
                   WHERE dataset = ?1 AND merged = 0 AND submissions.state = 'staged' ORDER BY outcomes.sequence";
        self.rows(sql, [dataset], |row| row.get(0))
    }

    /// Numbers of the submissions of a dataset that were merged before, but come after `sequence`: where an older
    /// one is let in late, they must have the last word again.
    pub fn merged_after(&self, dataset: &str, sequence: i64) -> Result<Vec<i64>, CatalogError> {
        let sql = "SELECT sequence FROM outcomes WHERE dataset = ?1 AND sequence > ?2 AND merged = 1 AND accepted > 0 \
                   AND status IN ('accepted', 'accepted_in_part') ORDER BY sequence";
        self.rows(sql, params![dataset, sequence], |row| row.get(0))
    }

    /// Whether a submission was withdrawn whose rows of a dataset have not left the model yet.
    pub fn has_withdrawn(&self, dataset: &str) -> Result<bool, CatalogError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM outcomes WHERE dataset = ?1 AND status = 'withdrawn' AND merged = 0)";
        Ok(self.rows(sql, [dataset], |row| row.get(0))?.pop().unwrap_or(false))
    }

    /// Makes a merge true: the files it wrote become the model, its submissions are done.
    pub fn commit_merge(&self, dataset: &str, commit: &MergeCommit) -> Result<(), CatalogError> {
        self.transaction(|transaction| {
            for file in &commit.written {
                transaction.execute(
                    "INSERT INTO partitions (dataset, partition, file, rows, sha256) VALUES (?1, ?2, ?3, ?4, ?5) \
                     ON CONFLICT (dataset, partition) DO UPDATE SET file = excluded.file, rows = excluded.rows, \
                     sha256 = excluded.sha256",
                    params![dataset, file.partition, file.file, file.rows as i64, file.sha256],
                )?;
            }
            for partition in &commit.emptied {
                transaction.execute(
                    "DELETE FROM partitions WHERE dataset = ?1 AND partition = ?2",
                    [dataset, partition],
                )?;
            }
            for sequence in &commit.sequences {
                merged(transaction, dataset, *sequence)?;
            }
            Ok(())
        })
    }
}

/// Notes that a submission's rows of a dataset are in the model, or that it has none.
pub(super) fn merged(transaction: &Transaction<'_>, dataset: &str, sequence: i64) -> rusqlite::Result<()> {
    transaction.execute(
        "UPDATE outcomes SET merged = 1 WHERE sequence = ?1 AND dataset = ?2",
        params![sequence, dataset],
    )?;
    transaction.execute(
        "UPDATE submissions SET state = 'done' WHERE sequence = ?1 AND state = 'staged' AND NOT EXISTS \
         (SELECT 1 FROM outcomes WHERE outcomes.sequence = ?1 AND merged = 0)",
        params![sequence],
    )?;
    Ok(())
}
