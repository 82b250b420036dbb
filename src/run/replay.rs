//! `lumbung quarantine replay`: refused rows read again from raw, after a contract, a synonym or a code was mended.
//!
//! What passes now counts under its old number, so that a newer submission's row for the same key keeps the last
//! word: the next run folds it in, and what came later once more. A replay only ever adds. Where it would take back a
//! row that counts, the submission stays as it is, and a rebuild is the way.

use super::again::{Fate, UNKNOWN, decide, digests, places, recorded, remove};
use super::{LEASE, Place, Run, RunError, receipts};
use crate::catalog::{Catalog, OutcomeRow, Record, Submission};
use crate::check::Outcome;
use crate::finding::receipt::Status;
use crate::land::DataDirectory;
use crate::observe::{Progress, Stage};
use crate::run::judge::Verdict;
use serde::Serialize;

/// What is replayed; everything that was refused unless something is said.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub dataset: Option<String>,
    pub submission: Option<i64>,
}

/// What a replay did.
#[derive(Debug, Default, Serialize)]
pub struct Replayed {
    /// Submissions with refused rows, in order.
    pub submissions: Vec<One>,
}

/// What a replay did with one submission.
#[derive(Debug, Serialize)]
pub struct One {
    pub submission: i64,
    pub connector: String,
    pub region: String,
    pub file: Option<String>,
    /// Its status after the replay.
    pub status: String,
    /// It counts anew, and its receipt was issued again.
    pub reissued: bool,
    /// Why it stays as it was.
    pub reason: Option<Reason>,
    /// By dataset; empty where it stays as it was.
    pub datasets: Vec<Passes>,
}

/// How many rows of a dataset pass now.
#[derive(Debug, Serialize)]
pub struct Passes {
    pub dataset: String,
    pub passes: u64,
    /// Still refused.
    pub quarantined: u64,
}

/// Why a submission stays as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nothing that was refused passes now.
    Unchanged,
    /// A row that counts would not count any more.
    TakesBack,
    /// It would have to be held.
    Held,
    /// A person refused or withdrew it.
    Decided,
    /// Its dataset waits for a rebuild, which replays it too.
    Waits,
    /// Its connector is gone.
    ConnectorGone,
}

/// Reads refused rows again. The next run merges what passes.
pub async fn replay(place: &Place, wanted: &Wanted, progress: &Progress) -> Result<Replayed, RunError> {
    let configuration = crate::config::load(&place.config).map_err(RunError::Configuration)?;
    if let Some(dataset) = wanted
        .dataset
        .as_ref()
        .filter(|name| !configuration.contracts.contains_key(*name))
    {
        return Err(RunError::NoDataset(dataset.clone()));
    }
    let data = DataDirectory::new(&place.data);
    let catalog = Catalog::open(data.root())?;
    let as_of = super::today(&configuration);
    catalog.take_lease(LEASE)?;
    let (working, wanted, progress) = (catalog.clone(), wanted.clone(), progress.clone());
    let result = super::blocking(move || {
        let run = Run::new(configuration, data, working, as_of, progress)?;
        run.replay_all(&wanted)
    })
    .await;
    catalog.release_lease(LEASE)?;
    result
}

impl Run {
    fn replay_all(&self, wanted: &Wanted) -> Result<Replayed, RunError> {
        let sequences = match wanted.submission {
            Some(sequence) => vec![sequence],
            None => self.catalog.judged(wanted.dataset.as_deref())?,
        };
        let bar = self.progress.stage(Stage::Check, sequences.len() as u64);
        let mut replayed = Replayed::default();
        for sequence in sequences {
            let submission = self.catalog.submission(sequence)?;
            let submission = submission.ok_or(RunError::NoSubmission(sequence))?;
            let outcomes = self.catalog.outcomes(sequence)?;
            let is_of_dataset = |outcome: &OutcomeRow| {
                let of = wanted.dataset.as_ref();
                of.is_none_or(|dataset| outcome.dataset == *dataset || outcome.dataset.is_empty())
            };
            let is_open = |outcome: &OutcomeRow| {
                let let_in = matches!(outcome.status.as_str(), "accepted" | "accepted_in_part");
                outcome.quarantined > 0 || !let_in
            };
            if outcomes
                .iter()
                .any(|outcome| is_of_dataset(outcome) && is_open(outcome))
            {
                bar.item(submission.file.as_deref().unwrap_or(&submission.connector));
                replayed.submissions.push(self.replay_one(&submission)?);
            }
            bar.advance(1);
        }
        bar.finish();
        Ok(replayed)
    }

    /// Judges one submission anew; it counts where rows pass that did not.
    pub(super) fn replay_one(&self, submission: &Submission) -> Result<One, RunError> {
        let sequence = submission.sequence.unwrap_or_default();
        let before = self.catalog.outcomes(sequence)?;
        let mut verdict = match self.judge_beside(submission, &|dataset| self.history(dataset)) {
            Ok(verdict) => verdict,
            Err(RunError::ConnectorGone { .. }) => return Ok(stays(submission, Reason::ConnectorGone)),
            Err(error) => return Err(error),
        };
        let ended = match self.passes(sequence, &before, &mut verdict)? {
            Ok(passes) => {
                let status = self.count_anew(submission, before, verdict)?;
                One {
                    status: status.as_str().to_string(),
                    reissued: true,
                    reason: None,
                    datasets: passes,
                    ..stays(submission, Reason::Unchanged)
                }
            }
            Err(reason) => stays(submission, reason),
        };
        remove(&self.data.again_of(sequence))?;
        Ok(ended)
    }

    /// How many rows pass now, by dataset; or why nothing is to be done.
    fn passes(
        &self,
        sequence: i64,
        before: &[OutcomeRow],
        verdict: &mut Verdict,
    ) -> Result<Result<Vec<Passes>, Reason>, RunError> {
        let mut passes = Vec::new();
        for old in before.iter().filter(|old| !self.waiting.contains_key(&old.dataset)) {
            if matches!(old.decision.as_deref(), Some("refused" | "withdrawn")) {
                return Ok(Err(Reason::Decided));
            }
            let Some(now) = verdict.outcomes.iter_mut().find(|now| now.dataset == old.dataset) else {
                // Nothing was read of it, so nothing is lost.
                if old.read == 0 {
                    continue;
                }
                return Ok(Err(Reason::TakesBack));
            };
            decide(now, old.decision.as_deref());
            let fate = match old.read {
                0 if now.rows.accepted > 0 => Fate::More(now.rows.accepted),
                0 => Fate::Same,
                _ => self.fate(sequence, old, now)?,
            };
            let was_let_in = matches!(old.status.as_str(), "accepted" | "accepted_in_part");
            match fate {
                Fate::Same => now.status = Status::from_word(&old.status).unwrap_or(now.status),
                Fate::Otherwise => return Ok(Err(Reason::TakesBack)),
                Fate::More(_) if was_let_in && now.status == Status::Held => return Ok(Err(Reason::Held)),
                Fate::More(rows) => passes.push(told(now, rows)),
            }
        }
        for now in &verdict.outcomes {
            let is_new = before.iter().all(|old| old.dataset != now.dataset);
            if is_new && self.waiting.contains_key(&now.dataset) {
                return Ok(Err(Reason::Waits));
            }
            if is_new && now.rows.accepted > 0 {
                passes.push(told(now, now.rows.accepted));
            }
        }
        if !passes.is_empty() {
            return Ok(Ok(passes));
        }
        let waits = before.iter().any(|old| self.waiting.contains_key(&old.dataset));
        Ok(Err(if waits { Reason::Waits } else { Reason::Unchanged }))
    }

    /// Records the new judgment of all datasets but those that wait for a rebuild, and puts its files in place.
    fn count_anew(
        &self,
        submission: &Submission,
        before: Vec<OutcomeRow>,
        mut verdict: Verdict,
    ) -> Result<Status, RunError> {
        let sequence = submission.sequence.unwrap_or_default();
        let mut rows = Vec::new();
        for now in &verdict.outcomes {
            if self.waiting.contains_key(&now.dataset) {
                remove(&self.data.again_of(sequence).join(&now.dataset))?;
                continue;
            }
            let old = before.iter().find(|old| old.dataset == now.dataset);
            let row = super::stage::outcome_row(now);
            let is_merged =
                old.is_some_and(|old| old.merged && old.quarantined == row.quarantined && old.read == row.read);
            rows.push(OutcomeRow {
                merged: row.merged || is_merged,
                decision: old.and_then(|old| old.decision.clone()),
                ..row
            });
        }
        let judged: Vec<String> = rows.iter().map(|row| row.dataset.clone()).collect();
        if judged.iter().any(String::is_empty) {
            return Err(RunError::Internal(format!("submission {sequence}: rows of {UNKNOWN}")));
        }
        let is_waiting = |old: &OutcomeRow| self.waiting.contains_key(&old.dataset);
        rows.extend(before.into_iter().filter(is_waiting));
        let mut digests = digests(&mut verdict);
        digests.retain(|(dataset, _)| judged.contains(dataset));
        let places = places(&verdict);
        let fresh = receipts::of_verdict(submission, verdict)?;
        let status = self.reissue(submission, fresh, &|dataset| !self.waiting.contains_key(dataset))?;
        self.sync()?;
        self.catalog.record_outcome(&Record {
            digests,
            judged,
            restaged: true,
            ..recorded(submission, status.as_str(), rows, places)
        })?;
        self.put_in_place()?;
        tracing::info!(sequence, status = status.as_str(), "submission replayed");
        Ok(status)
    }
}

fn told(now: &Outcome, passes: u64) -> Passes {
    Passes {
        dataset: now.dataset.clone(),
        passes,
        quarantined: now.rows.quarantined,
    }
}

fn stays(submission: &Submission, reason: Reason) -> One {
    One {
        submission: submission.sequence.unwrap_or_default(),
        connector: submission.connector.clone(),
        region: submission.region.clone(),
        file: submission.file.clone(),
        status: submission.status.clone().unwrap_or_default(),
        reissued: false,
        reason: Some(reason),
        datasets: Vec::new(),
    }
}
