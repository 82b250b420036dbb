//! What became of a submission, recorded.

use super::{Catalog, CatalogError, OutcomeRow, PlaceRow};
use rusqlite::{OptionalExtension, Transaction, params};

/// What became of a submission, to be recorded.
#[derive(Debug)]
pub struct Record {
    pub id: i64,
    pub sequence: i64,
    /// The worst of the datasets'.
    pub status: String,
    pub outcomes: Vec<OutcomeRow>,
    pub places: Vec<PlaceRow>,
    /// By dataset, the digests of the rows that entered quarantine with it.
    pub digests: Vec<(String, Vec<[u8; 16]>)>,
    /// Datasets whose digests are replaced.
    pub judged: Vec<String>,
    /// Its files were staged beside those in place, and are to be put there.
    pub restaged: bool,
}

impl Catalog {
    /// Records what became of a submission, its places and its newly quarantined rows, and moves its cursor
    /// (promise I6), all in one transaction.
    pub fn record_outcome(&self, one: &Record) -> Result<(), CatalogError> {
        self.record_outcomes(std::slice::from_ref(one))
    }

    /// As [`Catalog::record_outcome`], of several submissions at once.
    pub fn record_outcomes(&self, all: &[Record]) -> Result<(), CatalogError> {
        self.transaction(|transaction| all.iter().try_for_each(|one| record(transaction, one)))
    }
}

/// Records one submission inside a transaction.
pub(super) fn record(transaction: &Transaction<'_>, one: &Record) -> rusqlite::Result<()> {
    let is_again = transaction.execute("DELETE FROM outcomes WHERE sequence = ?1", [one.sequence])? > 0;
    transaction.execute("DELETE FROM places WHERE sequence = ?1", [one.sequence])?;
    for outcome in &one.outcomes {
        insert_outcome(transaction, one.sequence, outcome)?;
    }
    for (ordinal, place) in one.places.iter().enumerate() {
        transaction.execute(
            "INSERT INTO places (sequence, ordinal, part, sheet) VALUES (?1, ?2, ?3, ?4)",
            params![one.sequence, ordinal as i64, place.part, place.sheet],
        )?;
    }
    for dataset in one.judged.iter().filter(|_| is_again) {
        transaction.execute(
            "DELETE FROM quarantined WHERE dataset = ?1 AND sequence = ?2",
            params![dataset, one.sequence],
        )?;
    }
    let mut enter = transaction
        .prepare_cached("INSERT OR IGNORE INTO quarantined (dataset, digest, sequence) VALUES (?1, ?2, ?3)")?;
    for (dataset, digests) in &one.digests {
        // In their order: a tree that grows at one end is written once.
        let mut sorted: Vec<&[u8; 16]> = digests.iter().collect();
        sorted.sort_unstable();
        for digest in sorted {
            enter.execute(params![dataset, &digest[..], one.sequence])?;
        }
    }
    let merging = one.outcomes.iter().any(|outcome| !outcome.merged);
    transaction.execute(
        "UPDATE submissions SET state = ?2, status = ?3 WHERE id = ?1",
        params![one.id, if merging { "staged" } else { "done" }, one.status],
    )?;
    if one.restaged {
        transaction.execute("INSERT OR IGNORE INTO restaged (sequence) VALUES (?1)", [one.sequence])?;
    }
    move_cursor(transaction, one)
}

/// The cursor of a source moves with every outcome but a refusal.
fn move_cursor(transaction: &Transaction<'_>, one: &Record) -> rusqlite::Result<()> {
    // A duplicate says what its original said: of a refused one the cursor stays.
    let original: Option<String> = transaction
        .query_row(
            "SELECT earlier.status FROM submissions earlier JOIN submissions mine ON mine.id = ?1 \
             WHERE earlier.connector = mine.connector AND earlier.region = mine.region \
             AND earlier.window = mine.window AND earlier.sequence <= mine.sequence \
             AND earlier.status <> 'duplicate' ORDER BY earlier.sequence DESC LIMIT 1",
            [one.id],
            |row| row.get(0),
        )
        .optional()?;
    if one.status != "refused" && original.as_deref() != Some("refused") {
        transaction.execute(
            "INSERT INTO cursors (connector, region, window_end) \
             SELECT connector, region, cursor FROM submissions WHERE id = ?1 AND cursor IS NOT NULL \
             ON CONFLICT (connector, region) DO UPDATE SET window_end = excluded.window_end \
             WHERE excluded.window_end > cursors.window_end",
            [one.id],
        )?;
    }
    Ok(())
}

fn insert_outcome(
    transaction: &rusqlite::Transaction<'_>,
    sequence: i64,
    outcome: &OutcomeRow,
) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO outcomes (sequence, dataset, status, read, accepted, quarantined, repeated, not_observed, \
         ignored, findings, merged, complete, decision, waits) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        params![
            sequence,
            outcome.dataset,
            outcome.status,
            outcome.read as i64,
            outcome.accepted as i64,
            outcome.quarantined as i64,
            outcome.repeated as i64,
            outcome.not_observed as i64,
            outcome.ignored as i64,
            outcome.findings as i64,
            outcome.merged,
            outcome.complete,
            outcome.decision,
            outcome.waits
        ],
    )?;
    Ok(())
}
