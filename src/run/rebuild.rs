//! `lumbung rebuild DATASET`: every submission replayed from raw, in order, with the contract in force.
//!
//! The new model grows in `again/model/` while the old one stays true. Night by night, as they once came: each
//! submission is judged as of its own date, looking back at the model of the nights before, and what was let in is
//! folded. A submission whose rows fare as before keeps the status that it has, so that an unchanged contract leaves
//! an unchanged model, byte for byte; one whose rows fare otherwise is judged anew, but what a person decided stands.
//! One catalog transaction then switches. Killed before it, the rebuild begins again when it is called again.

use super::again::{Fate, UNKNOWN, decide, digests, io, places, recorded, remove, same_bytes};
use super::versions::{self, Standing};
use super::{LEASE, Place, Run, RunError, receipts};
use crate::catalog::{Catalog, OutcomeRow, PartitionFile, Rebuilt, Record, Submission};
use crate::check::{CheckError, Outcome};
use crate::config::{Contract, Shape};
use crate::finding::Finding;
use crate::finding::receipt::{FindingTally, Receipt, Rows, Status};
use crate::land::DataDirectory;
use crate::merge::{self, Files, MergeError, Merged, Staged};
use crate::observe::{Progress, Stage};
use crate::run::judge::Verdict;
use crate::table::writer;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// What a rebuild did.
#[derive(Debug, Serialize)]
pub struct Report {
    pub dataset: String,
    /// Version of the contract that the model has now.
    pub version: u32,
    /// Submissions that were replayed.
    pub submissions: u64,
    /// Numbers of those whose rows fared otherwise than before; their receipts were issued again.
    pub reissued: Vec<i64>,
    /// Numbers of those of them that are held now and were not.
    pub held: Vec<i64>,
    /// Submissions that were held for the rebuild: the next run reads them.
    pub waiting: u64,
    pub rows: u64,
    pub partitions: u64,
    /// The model has the same files as before.
    pub unchanged: bool,
}

/// Rebuilds the model of a dataset. It does not publish.
pub async fn rebuild(place: &Place, dataset: &str, progress: &Progress) -> Result<Report, RunError> {
    let configuration = crate::config::load(&place.config).map_err(RunError::Configuration)?;
    let Some(contract) = configuration.contracts.get(dataset).cloned() else {
        return Err(RunError::NoDataset(dataset.to_string()));
    };
    let data = DataDirectory::new(&place.data);
    let catalog = Catalog::open(data.root())?;
    if let Standing::Changed { what } = versions::standing(&catalog, &contract)? {
        return Err(RunError::NotRaised {
            dataset: dataset.to_string(),
            what: what.join(", "),
        });
    }
    let as_of = super::today(&configuration);
    catalog.take_lease(LEASE)?;
    let (working, progress) = (catalog.clone(), progress.clone());
    let result = super::blocking(move || {
        let run = Run::new(configuration, data, working, as_of, progress)?;
        run.rebuild(&contract)
    })
    .await;
    catalog.release_lease(LEASE)?;
    result
}

/// One submission judged anew for one dataset.
struct Replay {
    submission: Submission,
    /// What stands of all its datasets.
    before: Vec<OutcomeRow>,
    now: Outcome,
    /// Places and digests of the new judgment.
    record: Record,
    is_same: bool,
    /// Its staged files differ from those in place.
    is_restaged: bool,
}

impl Replay {
    fn sequence(&self) -> i64 {
        self.submission.sequence.unwrap_or_default()
    }

    /// The dataset's outcome as it stands.
    fn stands(&self) -> Option<&OutcomeRow> {
        self.before.iter().find(|outcome| outcome.dataset == self.now.dataset)
    }

    fn is_let_in(&self) -> bool {
        matches!(self.now.status, Status::Accepted | Status::AcceptedInPart) && self.now.rows.accepted > 0
    }

    /// Fares otherwise than before.
    fn is_anew(&self) -> bool {
        !self.is_same
            || self
                .stands()
                .is_none_or(|stands| stands.status != self.now.status.as_str())
    }
}

/// What a rebuild has so far.
struct Building {
    contract: Arc<Contract>,
    /// `again/model/<dataset>`.
    folder: PathBuf,
    files: Files,
    sequences: Vec<i64>,
    records: Vec<Record>,
    report: Report,
}

impl Run {
    fn rebuild(&self, contract: &Arc<Contract>) -> Result<Report, RunError> {
        let dataset = contract.name.as_str();
        let mut building = Building {
            contract: contract.clone(),
            folder: self.data.again_model(dataset),
            files: Files::new(),
            sequences: Vec::new(),
            records: Vec::new(),
            report: Report {
                dataset: dataset.to_string(),
                version: contract.version,
                submissions: 0,
                reissued: Vec::new(),
                held: Vec::new(),
                waiting: self.catalog.waiting_for(dataset)?,
                rows: 0,
                partitions: 0,
                unchanged: false,
            },
        };
        let submissions = self.to_replay(dataset)?;
        let bar = self.progress.stage(Stage::Check, submissions.len() as u64);
        for night in submissions.chunk_by(|one, next| one.received_on == next.received_on) {
            let mut replays = Vec::new();
            for submission in night {
                bar.item(submission.file.as_deref().unwrap_or(&submission.connector));
                replays.push(self.replay_for(&building, submission)?);
                bar.advance(1);
            }
            self.fold_night(&mut building, replays)?;
        }
        bar.finish();
        self.switch(building)
    }

    /// The judged submissions of a dataset, in order; not those that the next run judges.
    fn to_replay(&self, dataset: &str) -> Result<Vec<Submission>, RunError> {
        let mut submissions = Vec::new();
        for sequence in self.catalog.judged(Some(dataset))? {
            let outcomes = self.catalog.outcomes(sequence)?;
            let is_replayed = |outcome: &OutcomeRow| outcome.dataset == dataset && !outcome.waits;
            if outcomes.iter().any(is_replayed) {
                submissions.extend(self.catalog.submission(sequence)?);
            }
        }
        Ok(submissions)
    }

    /// Judges one submission anew, looking back at the model that is being built.
    fn replay_for(&self, building: &Building, submission: &Submission) -> Result<Replay, RunError> {
        let dataset = building.contract.name.as_str();
        let sequence = submission.sequence.unwrap_or_default();
        let history = |asked: &str| -> Result<Vec<PathBuf>, CheckError> {
            if asked != dataset {
                return self.history(asked);
            }
            let files = building.files.values();
            Ok(files
                .map(|file| building.folder.join(&file.partition).join(&file.file))
                .collect())
        };
        let mut verdict = self.judge_beside(submission, &history)?;
        let before = self.catalog.outcomes(sequence)?;
        let places = places(&verdict);
        let mut digests = digests(&mut verdict);
        digests.retain(|(of, _)| of == dataset);
        let mut now = self.of_dataset(sequence, dataset, &mut verdict)?;
        self.keep_only(sequence, dataset)?;
        let stands = before.iter().find(|outcome| outcome.dataset == dataset);
        let is_same = match stands {
            Some(stands) => self.fate(sequence, stands, &now)? == Fate::Same,
            None => false,
        };
        match stands {
            Some(stands) if is_same => now.status = Status::from_word(&stands.status).unwrap_or(now.status),
            Some(stands) => decide(&mut now, stands.decision.as_deref()),
            None => {}
        }
        let is_restaged = !is_same || !self.has_equal_rows(sequence, dataset)?;
        Ok(Replay {
            submission: submission.clone(),
            before,
            now,
            record: Record {
                digests,
                judged: vec![dataset.to_string()],
                ..recorded(submission, "", Vec::new(), places)
            },
            is_same,
            is_restaged,
        })
    }

    /// The outcome of one dataset; a refusal where the contract fits nothing of the submission any more.
    fn of_dataset(&self, sequence: i64, dataset: &str, verdict: &mut Verdict) -> Result<Outcome, RunError> {
        if let Some(index) = verdict.outcomes.iter().position(|outcome| outcome.dataset == dataset) {
            return Ok(verdict.outcomes.swap_remove(index));
        }
        let folder = self.data.again_of(sequence);
        let target = folder.join(dataset);
        match verdict.outcomes.iter().position(|outcome| outcome.dataset.is_empty()) {
            Some(index) => {
                let unknown = folder.join(UNKNOWN);
                std::fs::rename(&unknown, &target).map_err(io(&target))?;
                let outcome = verdict.outcomes.swap_remove(index);
                Ok(Outcome {
                    dataset: dataset.to_string(),
                    ..outcome
                })
            }
            None => {
                let finding = Finding::of("dataset-not-found").with("dataset", dataset);
                crate::check::stage_findings(&target, sequence, std::slice::from_ref(&finding))?;
                Ok(Outcome {
                    dataset: dataset.to_string(),
                    status: Status::Refused,
                    rows: Rows::default(),
                    findings: FindingTally::from_iter([&finding]),
                    complete: false,
                    digests: Vec::new(),
                })
            }
        }
    }

    /// Removes what was staged anew of the submission's other datasets.
    fn keep_only(&self, sequence: i64, dataset: &str) -> Result<(), RunError> {
        let folder = self.data.again_of(sequence);
        for entry in std::fs::read_dir(&folder).map_err(io(&folder))? {
            let path = entry.map_err(io(&folder))?.path();
            if path.file_name().is_none_or(|name| name != dataset) {
                remove(&path)?;
            }
        }
        Ok(())
    }

    /// Whether the staged rows in place, unless they were removed, are those of the new judgment.
    fn has_equal_rows(&self, sequence: i64, dataset: &str) -> Result<bool, RunError> {
        let old = self.data.staged(sequence, dataset).join("rows.parquet");
        let new = self.data.again_of(sequence).join(dataset).join("rows.parquet");
        if !old.exists() || !new.exists() {
            return Ok(true);
        }
        same_bytes(&old, &new).map_err(io(&old))
    }

    /// Folds what was let in of one night, and keeps what became of its submissions.
    fn fold_night(&self, building: &mut Building, mut replays: Vec<Replay>) -> Result<(), RunError> {
        let merged = self.fold_fitting(building, &mut replays)?;
        for mut replay in replays {
            let sequence = replay.sequence();
            building.report.submissions += 1;
            building.sequences.push(sequence);
            if let Some(rows) = merged.disagreements.get(&sequence) {
                let finding = Finding::of("sources-disagree").with_figure("rows", rows.to_string());
                replay.now.findings.push(&finding);
            }
            if replay.is_anew() {
                building.report.reissued.push(sequence);
                let was_held = replay.stands().is_some_and(|stands| stands.status == "held");
                if replay.now.status == Status::Held && !was_held {
                    building.report.held.push(sequence);
                }
                building.records.push(self.record_anew(replay)?);
            } else if replay.is_restaged {
                // It fares as before and its receipt stands; only its rows have another form.
                building.records.push(Record {
                    restaged: true,
                    outcomes: replay.before.clone(),
                    digests: Vec::new(),
                    judged: Vec::new(),
                    status: replay.submission.status.clone().unwrap_or_default(),
                    ..replay.record
                });
            } else {
                remove(&self.data.again_of(sequence))?;
            }
        }
        Ok(())
    }

    /// Folds a night; what would make a partition too large is held.
    fn fold_fitting(&self, building: &mut Building, replays: &mut [Replay]) -> Result<Merged, RunError> {
        let contract = building.contract.clone();
        let folder = building.folder.clone();
        let (connector_of, is_illustrative) = (self.connector_of(), self.is_illustrative());
        let target = self.target(&contract, &folder, &connector_of, &is_illustrative);
        loop {
            let let_in = replays.iter().filter(|replay| replay.is_let_in());
            let staged: Vec<Staged> = let_in.map(|replay| self.staged_again(replay)).collect();
            if staged.is_empty() {
                return Ok(Merged::default());
            }
            match merge::fold_onto(&target, &building.files, &staged) {
                Ok((merged, commit)) => {
                    for emptied in &commit.emptied {
                        building.files.remove(emptied);
                    }
                    let written = commit.written.into_iter();
                    building
                        .files
                        .extend(written.map(|file| (file.partition.clone(), file)));
                    return Ok(merged);
                }
                Err(error @ MergeError::TooLarge { .. }) => {
                    let crossing = merge::crossing(&contract, &staged, &error)?;
                    if crossing.is_empty() {
                        return Err(error.into());
                    }
                    let finding = Finding::of("partition-too-large").with("reason", error.to_string());
                    for replay in replays
                        .iter_mut()
                        .filter(|replay| crossing.contains(&replay.sequence()))
                    {
                        replay.now.status = Status::Held;
                        replay.now.findings.push(&finding);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn staged_again(&self, replay: &Replay) -> Staged {
        let folder = self.data.again_of(replay.sequence()).join(&replay.now.dataset);
        Staged {
            sequence: replay.sequence(),
            connector: replay.submission.connector.clone(),
            rows: folder.join("rows.parquet"),
            is_complete: replay.now.complete,
            role: merge::Role::New,
        }
    }

    /// The record and the receipt of a submission that fares otherwise than before.
    fn record_anew(&self, replay: Replay) -> Result<Record, RunError> {
        let dataset = replay.now.dataset.clone();
        let decision = replay.stands().and_then(|stands| stands.decision.clone());
        let mut outcomes = replay.before;
        outcomes.retain(|outcome| outcome.dataset != dataset);
        outcomes.push(OutcomeRow {
            decision,
            merged: true,
            ..super::stage::outcome_row(&replay.now)
        });
        let verdict = Verdict {
            outcomes: vec![replay.now],
            places: Vec::new(),
            read_seconds: 0.0,
        };
        let fresh: Receipt = receipts::of_verdict(&replay.submission, verdict)?;
        let status = self.reissue(&replay.submission, fresh, &|of| of == dataset)?;
        Ok(Record {
            status: status.as_str().to_string(),
            outcomes,
            restaged: true,
            ..replay.record
        })
    }

    /// Makes the new model true: its files beside the old ones, then the catalog, then what is left over goes.
    fn switch(&self, building: Building) -> Result<Report, RunError> {
        let contract = building.contract;
        let dataset = contract.name.as_str();
        let before: BTreeSet<(String, String)> = self
            .catalog
            .partitions(dataset)?
            .into_iter()
            .map(|file| (file.partition, file.file))
            .collect();
        let model = self.data.model(dataset);
        for file in building.files.values() {
            let (source, target) = (place_of(&building.folder, file), place_of(&model, file));
            // Named by content: a file of this name has the same bytes.
            if target.exists() {
                continue;
            }
            let folder = model.join(&file.partition);
            std::fs::create_dir_all(&folder).map_err(io(&folder))?;
            std::fs::rename(&source, &target).map_err(io(&target))?;
            writer::sync_folder(&target).map_err(CheckError::Table)?;
        }
        let files: Vec<PartitionFile> = building.files.into_values().collect();
        let mut report = building.report;
        report.rows = files.iter().map(|file| file.rows).sum();
        report.partitions = files.len() as u64;
        let now: BTreeSet<(String, String)> = files
            .iter()
            .map(|file| (file.partition.clone(), file.file.clone()))
            .collect();
        report.unchanged = before == now;
        self.sync()?;
        self.catalog.switch_model(&Rebuilt {
            dataset,
            version: contract.version,
            shape: &Shape::of(&contract).to_json(),
            files,
            sequences: building.sequences,
            records: building.records,
        })?;
        self.put_in_place()?;
        let (connector_of, is_illustrative) = (self.connector_of(), self.is_illustrative());
        merge::sweep(
            &self.catalog,
            &self.target(&contract, &model, &connector_of, &is_illustrative),
        )?;
        tracing::info!(
            dataset,
            version = contract.version,
            submissions = report.submissions,
            "rebuilt"
        );
        Ok(report)
    }
}

fn place_of(folder: &std::path::Path, file: &PartitionFile) -> PathBuf {
    folder.join(&file.partition).join(&file.file)
}
