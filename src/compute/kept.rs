//! Answers that outlive the night: a figure of a month that has ended does not change because a day has passed.
//!
//! What a SELECT answers follows from its text, the program and the tables that it reads; and from the as-of date, unless
//! that only says up to which date rows count and there are none later. Such answers are kept, one file an indicator,
//! under a hash of all that; while it stays the same, the SELECT is not asked. Everything here can be made anew: a file
//! that is missing, of another hash or damaged is passed over.

use super::indicator::Indicator;
use crate::table::reference::days;
use crate::table::{Session, SqlError, TableError, reader, writer};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, SchemaRef};
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Key of a file's metadata: the hash of what its rows follow from.
const INPUTS: &str = "lumbung.inputs";

/// The kept answers, and what tables hold now. By default nothing is kept.
#[derive(Debug, Default)]
pub struct Kept {
    folder: PathBuf,
    contents: BTreeMap<String, String>,
}

impl Kept {
    /// `contents` has a hash of the rows of every table that an indicator may read, by name.
    pub fn new(folder: &Path, contents: BTreeMap<String, String>) -> Kept {
        Kept {
            folder: folder.to_path_buf(),
            contents,
        }
    }

    /// What an indicator's answer follows from; none where it would not outlive the night.
    pub(super) async fn inputs(
        &self,
        session: &Session,
        indicator: &Indicator,
        as_of: NaiveDate,
    ) -> Result<Option<String>, SqlError> {
        let Some(bounded) = session.bounded(&indicator.sql).await? else {
            return Ok(None);
        };
        for (table, columns) in &bounded {
            for column in columns {
                if !ends_by(session, table, column, as_of).await? {
                    return Ok(None);
                }
            }
        }
        let mut hash = Sha256::new();
        hash.update(format!("{}\n{}\n", env!("CARGO_PKG_VERSION"), indicator.sql_sha256));
        for read in &indicator.reads {
            let Some(content) = self.contents.get(&read.table) else {
                return Ok(None);
            };
            hash.update(format!("{} {content}\n", read.table));
        }
        Ok(Some(writer::hex(&hash.finalize())))
    }

    /// The answer that was kept for these inputs.
    pub(super) fn take(&self, id: &str, inputs: &str) -> Option<Vec<RecordBatch>> {
        let path = self.path(id);
        if !path.exists() {
            return None;
        }
        let read = || -> Result<Option<Vec<RecordBatch>>, TableError> {
            let (found, _) = reader::annotation(&path, INPUTS)?;
            match found.as_deref() == Some(inputs) {
                true => reader::read_all(&path).map(Some),
                false => Ok(None),
            }
        };
        read().unwrap_or_else(|error| {
            tracing::warn!(%error, "a kept answer cannot be read; the indicator is computed anew");
            None
        })
    }

    /// Keeps an answer. Where that fails, only the next night does the work once more.
    pub(super) fn put(&self, id: &str, inputs: &str, schema: &SchemaRef, batches: &[RecordBatch]) {
        let schema = batches.first().map_or(schema.clone(), RecordBatch::schema);
        let metadata = [(INPUTS.to_string(), inputs.to_string())];
        if let Err(error) = writer::write_all(&self.path(id), schema, &metadata, batches) {
            tracing::warn!(%error, "the answer of an indicator cannot be kept");
        }
    }

    /// Removes answers of indicators that are no more, and what a kill left.
    pub(super) fn sweep(&self, indicators: &[Indicator]) {
        let known: BTreeSet<PathBuf> = indicators.iter().map(|indicator| self.path(&indicator.id)).collect();
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if !known.contains(&entry.path())
                && let Err(error) = std::fs::remove_file(entry.path())
            {
                tracing::warn!(%error, file = %entry.path().display(), "cannot be removed");
            }
        }
    }

    fn path(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.parquet"))
    }
}

/// Whether no row of a table has a date after this one. A column that holds no dates does not.
async fn ends_by(session: &Session, table: &str, column: &str, date: NaiveDate) -> Result<bool, SqlError> {
    let question = format!("SELECT max(\"{column}\") AS last FROM \"{table}\"");
    let answer = session.sql(&question, &[]).await?;
    let dates = answer
        .first()
        .and_then(|batch| batch.column(0).as_primitive_opt::<Date32Type>());
    Ok(dates.is_some_and(|dates| dates.is_null(0) || dates.value(0) <= days(date)))
}
