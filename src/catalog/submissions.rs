//! Landing, numbering and outcomes of submissions.

use super::{Catalog, CatalogError, now};
use chrono::NaiveDate;
use rusqlite::{OptionalExtension, Row, params};
use std::collections::BTreeMap;

/// How far a submission has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its bytes are kept; it has no number yet.
    Landed,
    /// It has its number; nothing has looked inside.
    Numbered,
    /// Read and checked; its outcome is recorded, merging is due.
    Staged,
    /// Nothing more will happen to it by itself.
    Done,
}

impl State {
    fn parse(text: &str) -> State {
        match text {
            "landed" => State::Landed,
            "numbered" => State::Numbered,
            "staged" => State::Staged,
            // The table's CHECK admits nothing else.
            _ => State::Done,
        }
    }
}

/// What is registered when bytes have landed.
#[derive(Debug, Clone)]
pub struct Landing {
    pub connector: String,
    pub region: String,
    pub window: String,
    pub versions: String,
    pub parts_hash: String,
    pub file: Option<String>,
    pub origin: Option<String>,
    pub modified: i64,
    pub received_on: NaiveDate,
    pub cursor: Option<NaiveDate>,
    pub illustrative: bool,
    /// Findings made while fetching, JSON.
    pub notes: String,
    pub parts: Vec<PartRow>,
}

/// A landed part, as its retention is judged.
#[derive(Debug, Clone)]
pub struct LandedBytes {
    pub sha256: String,
    pub connector: String,
    pub received_on: String,
    /// Judged, merged, and not held.
    pub is_settled: bool,
}

/// One part as registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRow {
    pub sha256: String,
    pub name: String,
    pub size: u64,
    pub request: BTreeMap<String, String>,
}

/// A registered submission.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Submission {
    #[serde(skip)]
    pub id: i64,
    pub sequence: Option<i64>,
    pub connector: String,
    pub region: String,
    pub window: String,
    pub file: Option<String>,
    #[serde(skip)]
    pub origin: Option<String>,
    pub received_at: String,
    pub received_on: String,
    pub illustrative: bool,
    #[serde(skip)]
    pub notes: String,
    #[serde(skip)]
    pub state: State,
    pub status: Option<String>,
}

/// Answer of [`Catalog::land`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landed {
    New,
    /// The same file in the same place is already waiting for its number.
    Waiting,
}

/// What became of a submission in one dataset.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OutcomeRow {
    pub dataset: String,
    pub status: String,
    pub read: u64,
    pub accepted: u64,
    pub quarantined: u64,
    pub repeated: u64,
    pub not_observed: u64,
    pub ignored: u64,
    pub findings: u64,
    #[serde(skip)]
    pub merged: bool,
    /// All of it was read and accepted: only then may it end rows (`replace`).
    #[serde(skip)]
    pub complete: bool,
    /// What a person decided on it: `accepted` or `refused` while it was held, or `withdrawn`.
    #[serde(skip)]
    pub decision: Option<String>,
    /// Held until its dataset's model is rebuilt.
    #[serde(skip)]
    pub waits: bool,
}

/// One entry of a submission's list of places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceRow {
    pub part: i32,
    pub sheet: Option<String>,
}

const COLUMNS: &str = "id, sequence, connector, region, window, file, origin, received_at, received_on, \
                       illustrative, notes, state, status";

fn submission(row: &Row<'_>) -> rusqlite::Result<Submission> {
    Ok(Submission {
        id: row.get(0)?,
        sequence: row.get(1)?,
        connector: row.get(2)?,
        region: row.get(3)?,
        window: row.get(4)?,
        file: row.get(5)?,
        origin: row.get(6)?,
        received_at: row.get(7)?,
        received_on: row.get(8)?,
        illustrative: row.get(9)?,
        notes: row.get(10)?,
        state: State::parse(&row.get::<_, String>(11)?),
        status: row.get(12)?,
    })
}

impl Catalog {
    /// Registers deliveries whose bytes are already durable, in one transaction.
    pub fn land(&self, landings: &[Landing]) -> Result<Vec<Landed>, CatalogError> {
        self.transaction(|transaction| landings.iter().map(|landing| land(transaction, landing)).collect())
    }

    /// Numbers everything that landed: by connector, region, window, and for files modification time, then
    /// name. Marks duplicates of the latest submission of the same slice; of a withdrawn one there is none. Gives how
    /// many were numbered.
    pub fn number(&self) -> Result<usize, CatalogError> {
        self.transaction(|transaction| {
            let ids: Vec<i64> = {
                let mut statement = transaction.prepare(
                    "SELECT id FROM submissions WHERE state = 'landed' \
                     ORDER BY connector, region, window, modified, file, id",
                )?;
                let rows = statement.query_map([], |row| row.get(0))?;
                rows.collect::<rusqlite::Result<_>>()?
            };
            let first: i64 =
                transaction.query_row("SELECT coalesce(max(sequence), 0) + 1 FROM submissions", [], |row| row.get(0))?;
            for (id, sequence) in ids.iter().zip(first..) {
                transaction.execute(
                    "UPDATE submissions SET sequence = ?2, state = 'numbered', status = CASE WHEN parts_hash || '|' || versions = ( \
                       SELECT CASE WHEN latest.status IS NOT 'withdrawn' THEN latest.parts_hash || '|' || latest.versions END \
                       FROM submissions latest \
                       WHERE latest.connector = submissions.connector AND latest.region = submissions.region \
                       AND latest.window = submissions.window AND latest.sequence IS NOT NULL \
                       AND latest.status IS NOT 'duplicate' \
                       ORDER BY latest.sequence DESC LIMIT 1) THEN 'duplicate' END \
                     WHERE id = ?1",
                    params![id, sequence],
                )?;
            }
            Ok(ids.len())
        })
    }

    /// Submissions in a state, by number.
    pub fn in_state(&self, state: State) -> Result<Vec<Submission>, CatalogError> {
        let name = match state {
            State::Landed => "landed",
            State::Numbered => "numbered",
            State::Staged => "staged",
            State::Done => "done",
        };
        self.rows(
            &format!("SELECT {COLUMNS} FROM submissions WHERE state = ?1 ORDER BY sequence"),
            [name],
            submission,
        )
    }

    /// All numbered submissions, latest first, at most `limit`.
    pub fn submissions(&self, limit: usize) -> Result<Vec<Submission>, CatalogError> {
        let sql =
            format!("SELECT {COLUMNS} FROM submissions WHERE sequence IS NOT NULL ORDER BY sequence DESC LIMIT ?1");
        self.rows(&sql, [limit as i64], submission)
    }

    /// Submissions that wait for a person's decision, by number.
    pub fn held(&self) -> Result<Vec<Submission>, CatalogError> {
        let sql = format!("SELECT {COLUMNS} FROM submissions WHERE status = 'held' ORDER BY sequence");
        self.rows(&sql, [], submission)
    }

    /// Numbers of the submissions that were withdrawn.
    pub fn withdrawn(&self) -> Result<Vec<i64>, CatalogError> {
        let sql =
            "SELECT sequence FROM submissions WHERE status = 'withdrawn' AND sequence IS NOT NULL ORDER BY sequence";
        self.rows(sql, [], |row| row.get(0))
    }

    pub fn submission(&self, sequence: i64) -> Result<Option<Submission>, CatalogError> {
        let sql = format!("SELECT {COLUMNS} FROM submissions WHERE sequence = ?1");
        Ok(self.rows(&sql, [sequence], submission)?.pop())
    }

    /// Numbered submissions whose file still stands in its drop folder.
    pub fn unmoved(&self) -> Result<Vec<Submission>, CatalogError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM submissions WHERE origin IS NOT NULL AND sequence IS NOT NULL ORDER BY sequence"
        );
        self.rows(&sql, [], submission)
    }

    /// Notes that dropped files are in `processed/`.
    pub fn moved(&self, ids: &[i64]) -> Result<(), CatalogError> {
        self.transaction(|transaction| {
            let mut settle = transaction.prepare("UPDATE submissions SET origin = NULL WHERE id = ?1")?;
            ids.iter().try_for_each(|id| settle.execute([id]).map(|_| ()))
        })
    }

    pub fn parts(&self, id: i64) -> Result<Vec<PartRow>, CatalogError> {
        let sql = "SELECT sha256, name, size, request FROM parts WHERE submission = ?1 ORDER BY ordinal";
        self.rows(sql, [id], |row| {
            let request: String = row.get(3)?;
            Ok(PartRow {
                sha256: row.get(0)?,
                name: row.get(1)?,
                size: row.get::<_, i64>(2)? as u64,
                request: serde_json::from_str(&request).unwrap_or_default(),
            })
        })
    }

    /// All landed parts, with whose they are and whether anything waits for them.
    pub fn landed_bytes(&self) -> Result<Vec<LandedBytes>, CatalogError> {
        let sql = "SELECT sha256, connector, received_on, state = 'done' AND coalesce(status, '') <> 'held' \
                   FROM parts JOIN submissions ON submissions.id = parts.submission";
        self.rows(sql, [], |row| {
            Ok(LandedBytes {
                sha256: row.get(0)?,
                connector: row.get(1)?,
                received_on: row.get(2)?,
                is_settled: row.get(3)?,
            })
        })
    }

    /// End of the last recorded window of each slice of a connector.
    pub fn cursors(&self, connector: &str) -> Result<BTreeMap<String, NaiveDate>, CatalogError> {
        let rows = self.rows(
            "SELECT region, window_end FROM cursors WHERE connector = ?1",
            [connector],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
        )?;
        let mut cursors = BTreeMap::new();
        for (region, end) in rows {
            let date = end
                .parse()
                .map_err(|_| CatalogError::Value(format!("cursor {end} of {connector}")))?;
            cursors.insert(region, date);
        }
        Ok(cursors)
    }

    /// What became of a submission, by dataset.
    pub fn outcomes(&self, sequence: i64) -> Result<Vec<OutcomeRow>, CatalogError> {
        let sql = "SELECT dataset, status, read, accepted, quarantined, repeated, not_observed, ignored, findings, \
                   merged, complete, decision, waits FROM outcomes WHERE sequence = ?1 ORDER BY dataset";
        self.rows(sql, [sequence], |row| {
            Ok(OutcomeRow {
                dataset: row.get(0)?,
                status: row.get(1)?,
                read: row.get::<_, i64>(2)? as u64,
                accepted: row.get::<_, i64>(3)? as u64,
                quarantined: row.get::<_, i64>(4)? as u64,
                repeated: row.get::<_, i64>(5)? as u64,
                not_observed: row.get::<_, i64>(6)? as u64,
                ignored: row.get::<_, i64>(7)? as u64,
                findings: row.get::<_, i64>(8)? as u64,
                merged: row.get(9)?,
                complete: row.get(10)?,
                decision: row.get(11)?,
                waits: row.get(12)?,
            })
        })
    }

    pub fn places(&self, sequence: i64) -> Result<Vec<PlaceRow>, CatalogError> {
        self.rows(
            "SELECT part, sheet FROM places WHERE sequence = ?1 ORDER BY ordinal",
            [sequence],
            |row| {
                Ok(PlaceRow {
                    part: row.get(0)?,
                    sheet: row.get(1)?,
                })
            },
        )
    }

    /// Which submission a refused row entered quarantine with; none for a row never seen.
    pub fn quarantined_by(&self, dataset: &str, digest: &[u8]) -> Result<Option<i64>, CatalogError> {
        let sql = "SELECT sequence FROM quarantined WHERE dataset = ?1 AND digest = ?2";
        Ok(self.rows(sql, params![dataset, digest], |row| row.get(0))?.pop())
    }

    /// Whether any row of a dataset is in quarantine.
    pub fn has_quarantined(&self, dataset: &str) -> Result<bool, CatalogError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM quarantined WHERE dataset = ?1)";
        Ok(self.rows(sql, [dataset], |row| row.get(0))?.pop().unwrap_or(false))
    }

    /// Holds staged submissions of a dataset after all, for their merge crosses a limit. All or none: the rest of
    /// them alone might not cross it.
    pub fn hold(&self, sequences: &[i64], dataset: &str) -> Result<(), CatalogError> {
        self.transaction(|transaction| {
            for sequence in sequences {
                transaction.execute(
                    "UPDATE outcomes SET status = 'held', merged = 1 WHERE sequence = ?1 AND dataset = ?2",
                    params![sequence, dataset],
                )?;
                transaction.execute(
                    "UPDATE submissions SET status = 'held', state = CASE WHEN EXISTS (SELECT 1 FROM outcomes WHERE \
                     outcomes.sequence = ?1 AND merged = 0) THEN 'staged' ELSE 'done' END WHERE sequence = ?1",
                    params![sequence],
                )?;
            }
            Ok(())
        })
    }

    /// Notes how many findings a submission has in a dataset, those of its merge included.
    pub fn count_findings(&self, sequence: i64, dataset: &str, findings: u64) -> Result<(), CatalogError> {
        self.execute(
            "UPDATE outcomes SET findings = ?3 WHERE sequence = ?1 AND dataset = ?2",
            params![sequence, dataset, findings as i64],
        )
        .map(|_| ())
    }
}

/// Registers one delivery.
fn land(transaction: &rusqlite::Transaction<'_>, landing: &Landing) -> rusqlite::Result<Landed> {
    if let Some(origin) = &landing.origin {
        let waiting: Option<i64> = transaction
            .query_row(
                "SELECT id FROM submissions WHERE origin = ?1 AND state = 'landed' AND parts_hash = ?2",
                params![origin, landing.parts_hash],
                |row| row.get(0),
            )
            .optional()?;
        if waiting.is_some() {
            return Ok(Landed::Waiting);
        }
        // An earlier version of the same file that never got a number is overtaken by this one.
        transaction.execute(
            "DELETE FROM parts WHERE submission IN (SELECT id FROM submissions WHERE origin = ?1 AND state = 'landed')",
            params![origin],
        )?;
        transaction.execute(
            "DELETE FROM submissions WHERE origin = ?1 AND state = 'landed'",
            params![origin],
        )?;
    } else {
        // A pull of this day that was cut short before numbering is pulled again whole. One of another
        // day stays: a source that only knows the present will not give it again.
        const SAME: &str = "connector = ?1 AND region = ?2 AND window = ?3 AND received_on = ?4 \
                            AND state = 'landed' AND origin IS NULL";
        let slice = params![
            landing.connector,
            landing.region,
            landing.window,
            landing.received_on.to_string()
        ];
        let parts = format!("DELETE FROM parts WHERE submission IN (SELECT id FROM submissions WHERE {SAME})");
        transaction.execute(&parts, slice)?;
        transaction.execute(&format!("DELETE FROM submissions WHERE {SAME}"), slice)?;
    }
    transaction.execute(
        "INSERT INTO submissions (connector, region, window, versions, parts_hash, file, origin, modified, \
         received_at, received_on, cursor, illustrative, notes, state) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 'landed')",
        params![
            landing.connector,
            landing.region,
            landing.window,
            landing.versions,
            landing.parts_hash,
            landing.file,
            landing.origin,
            landing.modified,
            now(),
            landing.received_on.to_string(),
            landing.cursor.map(|date| date.to_string()),
            landing.illustrative,
            landing.notes,
        ],
    )?;
    let id = transaction.last_insert_rowid();
    for (ordinal, part) in landing.parts.iter().enumerate() {
        let request = serde_json::to_string(&part.request).unwrap_or_else(|_| "{}".to_string());
        transaction.execute(
            "INSERT INTO parts (submission, ordinal, sha256, name, size, request) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![id, ordinal as i64, part.sha256, part.name, part.size as i64, request],
        )?;
    }
    Ok(Landed::New)
}
