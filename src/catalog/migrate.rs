//! Bringing an older catalog forward, one version after the other, in one transaction.

use super::{CatalogError, VERSION};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::path::Path;

/// Brings a catalog to [`VERSION`]; refuses a newer one.
pub(super) fn forward(connection: &mut Connection, path: &Path) -> Result<(), CatalogError> {
    let wrap = |source| CatalogError::Sqlite {
        path: path.display().to_string(),
        source,
    };
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(wrap)?;
    let found: i64 = transaction
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(wrap)?;
    if found > VERSION {
        return Err(CatalogError::Newer {
            path: path.display().to_string(),
            found,
        });
    }
    if found < 1 {
        transaction.execute_batch(include_str!("schema.sql")).map_err(wrap)?;
    }
    if found < 2 {
        transaction.execute_batch(include_str!("schema2.sql")).map_err(wrap)?;
        versions_of_models(&transaction).map_err(wrap)?;
    }
    if found < VERSION {
        transaction.pragma_update(None, "user_version", VERSION).map_err(wrap)?;
    }
    transaction.commit().map_err(wrap)
}

/// A version 1 catalog knows a model's contract version by the submissions that were merged into it.
fn versions_of_models(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let datasets: Vec<String> = {
        let mut statement = transaction.prepare("SELECT DISTINCT dataset FROM partitions")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    for dataset in datasets {
        let versions: Option<String> = transaction
            .query_row(
                "SELECT versions FROM submissions JOIN outcomes USING (sequence) WHERE dataset = ?1 AND merged = 1 \
                 AND accepted > 0 AND outcomes.status IN ('accepted', 'accepted_in_part') \
                 ORDER BY sequence DESC LIMIT 1",
                [&dataset],
                |row| row.get(0),
            )
            .optional()?;
        let version = versions.as_deref().and_then(|versions| version_of(&dataset, versions));
        if let Some(version) = version {
            transaction.execute(
                "INSERT INTO contracts (dataset, version, shape) VALUES (?1, ?2, '')",
                params![dataset, version],
            )?;
        }
    }
    Ok(())
}

/// The version of a dataset in `dataset@version, …`.
fn version_of(dataset: &str, versions: &str) -> Option<i64> {
    let of = |one: &str| one.strip_prefix(dataset)?.strip_prefix('@')?.parse().ok();
    versions.split(',').find_map(of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Catalog, OutcomeRow};

    const OLD: &str = "
        INSERT INTO submissions (sequence, connector, region, window, versions, parts_hash, modified, received_at,
            received_on, illustrative, notes, state, status)
        VALUES (1, 'a', '32', '', 'labour@9,population@3', 'x', 0, '', '2025-11-29', 0, '[]', 'done', 'accepted'),
               (2, 'a', '32', '', 'population@4', 'y', 0, '', '2025-11-30', 0, '[]', 'done', 'refused'),
               (3, 'a', '32', '', 'population@3', 'z', 0, '', '2025-11-30', 0, '[]', 'done', 'accepted');
        INSERT INTO outcomes VALUES (1, 'population', 'accepted', 5, 5, 0, 0, 0, 0, 0, 1, 1),
                                    (2, 'population', 'refused', 5, 4, 1, 0, 0, 0, 1, 1, 0),
                                    (3, 'population', 'accepted', 5, 5, 0, 0, 0, 0, 0, 1, 1);
        INSERT INTO partitions VALUES ('population', '2024', 'a.parquet', 5, 'h');
        INSERT INTO audit VALUES ('', 'submission refuse', '2', 'no'), ('', 'submission accept', '3', 'yes');";

    #[test]
    fn a_version_1_catalog_keeps_what_it_knows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalog.db");
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch(include_str!("schema.sql")).unwrap();
        connection.execute_batch(OLD).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        drop(connection);

        let catalog = Catalog::open(folder.path()).unwrap();
        let built = catalog.built_with("population").unwrap().unwrap();
        assert_eq!((built.version, built.shape.as_str(), built.waiting), (3, "", false));
        let one = |sequence| -> OutcomeRow { catalog.outcomes(sequence).unwrap().remove(0) };
        assert_eq!((one(1).read, one(1).decision, one(1).waits), (5, None, false));
        assert_eq!(one(2).decision.as_deref(), Some("refused"));
        assert_eq!(one(3).decision.as_deref(), Some("accepted"));
        assert_eq!(catalog.partitions("population").unwrap().len(), 1);
        drop(catalog);
        // The second opening finds nothing to do.
        assert_eq!(
            Catalog::open(folder.path()).unwrap().built_with("labour").unwrap(),
            None
        );
    }
}
