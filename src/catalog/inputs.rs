//! What a release is made from, as far as the catalog knows it.

use super::{Catalog, CatalogError};
use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

/// Everything but the clock, runs, leases and what is only on its way.
const FACTS: [&str; 5] = [
    "SELECT dataset, partition, file FROM partitions ORDER BY dataset, partition",
    "SELECT sequence, connector, region, window, file, received_on, illustrative, status FROM submissions \
     WHERE sequence IS NOT NULL ORDER BY sequence",
    "SELECT * FROM outcomes ORDER BY sequence, dataset",
    "SELECT * FROM places ORDER BY sequence, ordinal",
    "SELECT dataset, version, shape, waiting FROM contracts ORDER BY dataset",
];

impl Catalog {
    /// Hash of the model's files, and of what is recorded about submissions.
    pub fn facts_hash(&self) -> Result<[u8; 32], CatalogError> {
        let connection = self.lock();
        let mut hash = Sha256::new();
        for sql in FACTS {
            let add = |hash: &mut Sha256| -> rusqlite::Result<()> {
                let mut statement = connection.prepare_cached(sql)?;
                let columns = statement.column_count();
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    for column in 0..columns {
                        match row.get_ref(column)? {
                            ValueRef::Null => hash.update([0]),
                            ValueRef::Integer(number) => hash.update(number.to_le_bytes()),
                            ValueRef::Real(number) => hash.update(number.to_le_bytes()),
                            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                                hash.update((bytes.len() as u64).to_le_bytes());
                                hash.update(bytes);
                            }
                        }
                    }
                }
                Ok(())
            };
            add(&mut hash).map_err(|error| self.wrap(error))?;
        }
        Ok(hash.finalize().into())
    }

    /// Notes what the release in force is made from.
    pub fn record_inputs(&self, release: &str, inputs: &str) -> Result<(), CatalogError> {
        self.execute(
            "UPDATE releases SET inputs = ?2 WHERE id = ?1",
            params![release, inputs],
        )
        .map(|_| ())
    }

    /// What a release was made from; none where that is not known.
    pub fn inputs_of(&self, release: &str) -> Result<Option<String>, CatalogError> {
        let connection = self.lock();
        let found = connection
            .query_row("SELECT inputs FROM releases WHERE id = ?1", [release], |row| row.get(0))
            .optional();
        found.map(Option::flatten).map_err(|error| self.wrap(error))
    }
}
