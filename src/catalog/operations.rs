//! Runs, releases, leases, due times.

use super::{Catalog, CatalogError, now};
use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{OptionalExtension, params};

/// One run as recorded.
#[derive(Debug, Clone, serde::Serialize)]
pub struct RunRow {
    pub id: i64,
    pub started_at: String,
    pub ended_at: Option<String>,
    pub as_of: String,
    pub exit_code: Option<i64>,
    /// The run report, JSON text.
    #[serde(skip)]
    pub report: Option<String>,
}

/// One release as recorded.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReleaseRow {
    pub id: String,
    pub created_at: String,
    pub as_of: String,
    pub program: String,
}

/// Why a lease was not given.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Another process that is alive holds it.
    #[error("process {pid} holds \"{name}\" since {since}")]
    Held { name: String, pid: u32, since: String },
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl Catalog {
    pub fn begin_run(&self, as_of: NaiveDate) -> Result<i64, CatalogError> {
        self.transaction(|transaction| {
            transaction.execute(
                "INSERT INTO runs (started_at, as_of) VALUES (?1, ?2)",
                params![now(), as_of.to_string()],
            )?;
            Ok(transaction.last_insert_rowid())
        })
    }

    pub fn end_run(&self, id: i64, exit_code: i64, report: &str) -> Result<(), CatalogError> {
        self.execute(
            "UPDATE runs SET ended_at = ?2, exit_code = ?3, report = ?4 WHERE id = ?1",
            params![id, now(), exit_code, report],
        )
        .map(|_| ())
    }

    /// Runs, latest first.
    pub fn runs(&self, limit: usize) -> Result<Vec<RunRow>, CatalogError> {
        let sql = "SELECT id, started_at, ended_at, as_of, exit_code, report FROM runs ORDER BY id DESC LIMIT ?1";
        self.rows(sql, [limit as i64], |row| {
            Ok(RunRow {
                id: row.get(0)?,
                started_at: row.get(1)?,
                ended_at: row.get(2)?,
                as_of: row.get(3)?,
                exit_code: row.get(4)?,
                report: row.get(5)?,
            })
        })
    }

    /// The report of the latest run that has one, JSON text: a run that was killed has none.
    pub fn last_report(&self) -> Result<Option<String>, CatalogError> {
        let sql = "SELECT report FROM runs WHERE report IS NOT NULL ORDER BY id DESC LIMIT 1";
        Ok(self.rows(sql, [], |row| row.get(0))?.pop())
    }

    pub fn record_release(&self, id: &str, as_of: NaiveDate) -> Result<(), CatalogError> {
        self.execute(
            "INSERT OR IGNORE INTO releases (id, created_at, as_of, program) VALUES (?1, ?2, ?3, ?4)",
            params![id, now(), as_of.to_string(), env!("CARGO_PKG_VERSION")],
        )
        .map(|_| ())
    }

    /// The latest as-of date of a release before this one. Not of the same day: a night that is run twice is one
    /// night.
    pub fn published_before(&self, day: NaiveDate) -> Result<Option<NaiveDate>, CatalogError> {
        let sql = "SELECT max(as_of) FROM releases WHERE as_of < ?1";
        let found: Option<Option<String>> = self.rows(sql, [day.to_string()], |row| row.get(0))?.pop();
        let parse = |text: String| {
            text.parse()
                .map_err(|_| CatalogError::Value(format!("release of {text}")))
        };
        found.flatten().map(parse).transpose()
    }

    /// Releases, latest first.
    pub fn releases(&self) -> Result<Vec<ReleaseRow>, CatalogError> {
        self.rows(
            "SELECT id, created_at, as_of, program FROM releases ORDER BY created_at DESC, id DESC",
            [],
            |row| {
                Ok(ReleaseRow {
                    id: row.get(0)?,
                    created_at: row.get(1)?,
                    as_of: row.get(2)?,
                    program: row.get(3)?,
                })
            },
        )
    }

    /// Takes a lease for this process. A lease whose process is gone is taken over.
    pub fn take_lease(&self, name: &str) -> Result<(), LeaseError> {
        let mine = holder(std::process::id());
        let found = self.transaction(|transaction| {
            let held: Option<(String, String)> = transaction
                .query_row("SELECT holder, taken_at FROM leases WHERE name = ?1", [name], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?;
            if let Some((other, since)) = held.filter(|(other, _)| *other != mine && is_alive(other)) {
                return Ok(Some((other, since)));
            }
            transaction.execute(
                "INSERT INTO leases (name, holder, taken_at) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, taken_at = excluded.taken_at",
                params![name, mine, now()],
            )?;
            Ok(None)
        })?;
        match found {
            Some((other, since)) => Err(LeaseError::Held {
                name: name.to_string(),
                pid: process_of(&other),
                since,
            }),
            None => Ok(()),
        }
    }

    /// Whether a process that is alive holds a lease.
    pub fn is_lease_held(&self, name: &str) -> Result<bool, CatalogError> {
        let holders: Vec<String> = self.rows("SELECT holder FROM leases WHERE name = ?1", [name], |row| row.get(0))?;
        Ok(holders.iter().any(|holder| is_alive(holder)))
    }

    pub fn release_lease(&self, name: &str) -> Result<(), CatalogError> {
        let mine = holder(std::process::id());
        self.execute(
            "DELETE FROM leases WHERE name = ?1 AND holder = ?2",
            params![name, mine],
        )
        .map(|_| ())
    }

    /// Names of schedules whose moment has come. A schedule seen for the first time, or with another cron
    /// line, gets its next moment after `now` from `next`; a due one stays due until [`Catalog::advance`].
    pub fn due(
        &self,
        schedules: &[(String, String)],
        now: DateTime<Utc>,
        next: impl Fn(&str, DateTime<Utc>) -> DateTime<Utc>,
    ) -> Result<Vec<String>, CatalogError> {
        self.transaction(|transaction| {
            let mut due = Vec::new();
            for (name, line) in schedules {
                let known: Option<(String, String)> = transaction
                    .query_row("SELECT cron, next_at FROM due WHERE name = ?1", [name], |row| {
                        Ok((row.get(0)?, row.get(1)?))
                    })
                    .optional()?;
                match known {
                    Some((cron, next_at)) if cron == *line => {
                        if next_at <= stamp(now) {
                            due.push(name.clone());
                        }
                    }
                    _ => {
                        transaction.execute(
                            "INSERT INTO due (name, cron, next_at) VALUES (?1, ?2, ?3) ON CONFLICT (name) \
                             DO UPDATE SET cron = excluded.cron, next_at = excluded.next_at",
                            params![name, line, stamp(next(name, now))],
                        )?;
                    }
                }
            }
            Ok(due)
        })
    }

    /// Moves a schedule past `now`: however many moments were missed, they are caught up once.
    pub fn advance(&self, name: &str, next_at: DateTime<Utc>) -> Result<(), CatalogError> {
        self.execute(
            "UPDATE due SET next_at = ?2 WHERE name = ?1",
            params![name, stamp(next_at)],
        )
        .map(|_| ())
    }

    /// Next moment of every schedule.
    pub fn due_times(&self) -> Result<Vec<(String, String)>, CatalogError> {
        self.rows("SELECT name, next_at FROM due ORDER BY next_at, name", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }
}

fn stamp(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A process and when it started (clock ticks since boot), so that a reused number is not mistaken for it.
fn holder(process: u32) -> String {
    format!("{process}:{}", started(process).unwrap_or_default())
}

fn started(process: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in brackets, may itself hold blanks: count from the last bracket. Field 22 is the start time.
    stat.rsplit_once(')')?.1.split_whitespace().nth(19).map(str::to_string)
}

fn process_of(holder: &str) -> u32 {
    holder
        .split(':')
        .next()
        .and_then(|process| process.parse().ok())
        .unwrap_or_default()
}

fn is_alive(other: &str) -> bool {
    holder(process_of(other)) == other && started(process_of(other)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_of_a_dead_process_is_taken_over_and_of_a_living_one_refused() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path()).unwrap();
        catalog.take_lease("run").unwrap();
        catalog.take_lease("run").unwrap();
        catalog.execute("UPDATE leases SET holder = '999999999:1'", []).unwrap();
        catalog.take_lease("run").unwrap();
        let parent = std::os::unix::process::parent_id();
        catalog
            .execute("UPDATE leases SET holder = ?1", [holder(parent)])
            .unwrap();
        let refused = catalog.take_lease("run").unwrap_err().to_string();
        assert!(refused.contains(&parent.to_string()), "{refused}");
    }

    #[test]
    fn a_lease_is_held_by_the_living_only() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path()).unwrap();
        assert!(!catalog.is_lease_held("run").unwrap());
        catalog.take_lease("run").unwrap();
        assert!(catalog.is_lease_held("run").unwrap());
        // The number of a process that is alive, which started at another time.
        let reused = format!("{}:1", std::process::id());
        catalog.execute("UPDATE leases SET holder = ?1", [reused]).unwrap();
        assert!(!catalog.is_lease_held("run").unwrap());
        catalog.take_lease("run").unwrap();
        assert!(catalog.is_lease_held("run").unwrap());
    }

    #[test]
    fn a_missed_moment_is_due_once() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path()).unwrap();
        let start: DateTime<Utc> = "2025-11-30T00:00:00Z".parse().unwrap();
        let day = chrono::Duration::days(1);
        let schedules = [("nightly".to_string(), "0 1 * * *".to_string())];
        let next = |_: &str, now: DateTime<Utc>| now + day;
        assert!(catalog.due(&schedules, start, next).unwrap().is_empty());
        let late = start + day * 5;
        assert_eq!(catalog.due(&schedules, late, next).unwrap(), ["nightly"]);
        catalog.advance("nightly", late + day).unwrap();
        assert!(catalog.due(&schedules, late, next).unwrap().is_empty());
    }
}
