//! What people decide on submissions.

use super::{Catalog, CatalogError, now};
use rusqlite::{Transaction, params};

impl Catalog {
    /// Decides on a held submission: `accepted` sends it to merging, `refused` ends it. Gives false where the
    /// submission is not held.
    pub fn decide(&self, sequence: i64, accept: bool, reason: &str) -> Result<bool, CatalogError> {
        self.transaction(|transaction| {
            let status = if accept { "accepted" } else { "refused" };
            let changed = transaction.execute(
                "UPDATE submissions SET status = ?2 WHERE sequence = ?1 AND status = 'held'",
                params![sequence, status],
            )?;
            if changed == 0 {
                return Ok(false);
            }
            transaction.execute(
                "UPDATE outcomes SET merged = CASE WHEN ?2 AND accepted > 0 THEN 0 ELSE 1 END, waits = 0, \
                 decision = CASE WHEN ?2 THEN 'accepted' ELSE 'refused' END, \
                 status = CASE WHEN NOT ?2 THEN 'refused' WHEN quarantined > 0 THEN 'accepted_in_part' \
                 ELSE 'accepted' END WHERE sequence = ?1 AND status = 'held'",
                params![sequence, accept],
            )?;
            transaction.execute(
                "UPDATE submissions SET state = CASE WHEN EXISTS (SELECT 1 FROM outcomes WHERE \
                 outcomes.sequence = ?1 AND merged = 0) THEN 'staged' ELSE 'done' END, \
                 status = CASE WHEN ?2 AND EXISTS (SELECT 1 FROM outcomes WHERE outcomes.sequence = ?1 \
                 AND outcomes.status <> 'accepted') THEN 'accepted_in_part' ELSE status END WHERE sequence = ?1",
                params![sequence, accept],
            )?;
            let action = if accept {
                "submission accept"
            } else {
                "submission refuse"
            };
            audit(transaction, action, sequence, reason)?;
            Ok(true)
        })
    }

    /// Withdraws submissions, all in one transaction: what of them is in the model waits to leave it, and the rows that
    /// they brought into quarantine are forgotten, so that they enter again with whoever sends them again. Gives those
    /// that were withdrawn now; of the others nothing counts or may come to count.
    pub fn withdraw(&self, sequences: &[i64], reason: &str) -> Result<Vec<i64>, CatalogError> {
        self.transaction(|transaction| {
            let mut withdrawn = Vec::new();
            for sequence in sequences {
                if withdraw(transaction, *sequence, reason)? {
                    withdrawn.push(*sequence);
                }
            }
            Ok(withdrawn)
        })
    }

    /// Why a person decided as they did on a submission, the last time; none where nobody has.
    pub fn reason_of(&self, sequence: i64) -> Result<Option<String>, CatalogError> {
        let sql = "SELECT reason FROM audit WHERE target = ?1 AND action IN \
                   ('submission accept', 'submission refuse', 'submission withdraw') ORDER BY rowid DESC LIMIT 1";
        Ok(self.rows(sql, [sequence.to_string()], |row| row.get(0))?.pop())
    }

    /// The submission that a duplicate repeats: the latest of its slice before it that is none.
    pub fn original_of(&self, sequence: i64) -> Result<Option<i64>, CatalogError> {
        let sql = "SELECT earlier.sequence FROM submissions earlier JOIN submissions mine ON mine.sequence = ?1 \
                   WHERE earlier.connector = mine.connector AND earlier.region = mine.region \
                   AND earlier.window = mine.window AND earlier.sequence < mine.sequence \
                   AND earlier.status IS NOT 'duplicate' ORDER BY earlier.sequence DESC LIMIT 1";
        Ok(self.rows(sql, [sequence], |row| row.get(0))?.pop())
    }
}

fn withdraw(transaction: &Transaction<'_>, sequence: i64, reason: &str) -> rusqlite::Result<bool> {
    let counts: bool = transaction.query_row(
        "SELECT EXISTS (SELECT 1 FROM outcomes JOIN submissions USING (sequence) WHERE sequence = ?1 \
         AND outcomes.status IN ('accepted', 'accepted_in_part', 'held') AND state IN ('staged', 'done'))",
        [sequence],
        |row| row.get(0),
    )?;
    if !counts {
        return Ok(false);
    }
    transaction.execute(
        "UPDATE outcomes SET merged = status NOT IN ('accepted', 'accepted_in_part') OR accepted = 0, \
         waits = 0, decision = 'withdrawn', status = 'withdrawn' WHERE sequence = ?1",
        [sequence],
    )?;
    transaction.execute(
        "UPDATE submissions SET status = 'withdrawn', state = CASE WHEN EXISTS (SELECT 1 FROM outcomes WHERE \
         outcomes.sequence = ?1 AND merged = 0) THEN 'staged' ELSE 'done' END WHERE sequence = ?1",
        [sequence],
    )?;
    transaction.execute("DELETE FROM quarantined WHERE sequence = ?1", [sequence])?;
    audit(transaction, "submission withdraw", sequence, reason)?;
    Ok(true)
}

fn audit(transaction: &Transaction<'_>, action: &str, sequence: i64, reason: &str) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO audit (at, action, target, reason) VALUES (?1, ?2, ?3, ?4)",
        params![now(), action, sequence.to_string(), reason],
    )?;
    Ok(())
}
