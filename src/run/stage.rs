//! Staging and merging the submissions of a run.

use super::judge::{self, Case, PartInput};
use super::quality::Qualities;
use super::{Run, RunError, again, receipts};
use crate::catalog::{CatalogError, OutcomeRow, Record, State, Submission};
use crate::check::{CheckError, Digest};
use crate::config::{Connector, Contract};
use crate::finding::Finding;
use crate::finding::receipt::{Receipt, Status, Titles};
use crate::format::sealed;
use crate::merge::{self, MergeError, Role, Staged, Target};
use crate::observe::fail_point;
use crate::observe::{DatasetReport, MergeReport, Stage, SubmissionReport, SubmissionSeconds};
use rayon::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Submissions that are made durable and recorded together.
const TOGETHER: usize = 64;

/// What became of a submission, not yet recorded.
struct Judged {
    receipt: Receipt,
    record: Record,
    seconds: f64,
    read_seconds: f64,
}

/// Groups of at most [`TOGETHER`] submissions. A sender's own come one after the other, in different groups: what the
/// first left in quarantine must be known to the next.
fn groups(waiting: Vec<Submission>) -> Vec<Vec<Submission>> {
    let mut turns: Vec<Vec<Submission>> = Vec::new();
    let mut sent: BTreeMap<(String, String), usize> = BTreeMap::new();
    for submission in waiting {
        let turn = sent
            .entry((submission.connector.clone(), submission.region.clone()))
            .or_default();
        if turns.len() == *turn {
            turns.push(Vec::new());
        }
        turns[*turn].push(submission);
        *turn += 1;
    }
    let mut groups = Vec::new();
    for turn in turns {
        let mut rest = turn.into_iter().peekable();
        while rest.peek().is_some() {
            groups.push(rest.by_ref().take(TOGETHER).collect());
        }
    }
    groups
}

impl Run {
    /// Judges every numbered submission. Gives also the connectors that are gone while submissions wait.
    ///
    /// Many at a time: judged on all cores, made durable by one wait for the disk, recorded in one transaction. Killed in
    /// between, they are judged again and the same is said.
    pub(super) fn stage_all(
        &self,
        land_seconds: &BTreeMap<(String, String), f64>,
    ) -> Result<(Vec<SubmissionReport>, BTreeSet<String>), RunError> {
        let waiting = self.catalog.in_state(State::Numbered)?;
        let bar = self.progress.stage(Stage::Check, waiting.len() as u64);
        let titles = receipts::titles(&self.configuration);
        let qualities = if waiting.is_empty() {
            Qualities::default()
        } else {
            self.qualities()?
        };
        let mut reports = Vec::new();
        let mut gone = BTreeSet::new();
        for group in groups(waiting) {
            let judged: Vec<Option<Judged>> = group
                .par_iter()
                .map(|submission| {
                    bar.item(submission.file.as_deref().unwrap_or(&submission.connector));
                    let judged = self.stage_one(submission, &titles, &qualities);
                    bar.advance(1);
                    judged
                })
                .collect::<Result<_, RunError>>()?;
            let mut records = Vec::new();
            for (submission, judged) in group.iter().zip(judged) {
                let Some(judged) = judged else {
                    // Removed after its submission landed: the submission waits until the file is back.
                    gone.insert(submission.connector.clone());
                    continue;
                };
                let file = submission.file.clone().unwrap_or_default();
                let land = land_seconds.get(&(submission.connector.clone(), file));
                let seconds = SubmissionSeconds {
                    land: land.copied().unwrap_or_default(),
                    read: judged.read_seconds,
                    stage: judged.seconds,
                };
                reports.push(report(submission, &judged.receipt, seconds));
                records.push(judged.record);
            }
            self.sync()?;
            fail_point("stage.outcome.before");
            self.catalog.record_outcomes(&records)?;
            fail_point("stage.outcome.after");
            for record in records {
                tracing::info!(sequence = record.sequence, status = record.status, "submission judged");
            }
        }
        bar.finish();
        reports.sort_by_key(|report| report.submission);
        Ok((reports, gone))
    }

    /// Judges one submission and writes its receipt. None where its connector is gone.
    fn stage_one(
        &self,
        submission: &Submission,
        titles: &Titles,
        qualities: &Qualities,
    ) -> Result<Option<Judged>, RunError> {
        let start = Instant::now();
        let sequence = submission.sequence.unwrap_or_default();
        let Some(connector) = self.configuration.connectors.get(&submission.connector) else {
            return Ok(None);
        };
        let datasets = connector.dataset_names();
        let mut read_seconds = 0.0;
        let (mut receipt, record) = if submission.status.as_deref() == Some(Status::Duplicate.as_str()) {
            let dataset = if let [only] = datasets.as_slice() { only } else { "" };
            let record = again::recorded(submission, "duplicate", Vec::new(), Vec::new());
            (receipts::of_duplicate(submission, dataset)?, record)
        } else {
            let mut verdict = self.judge(
                submission,
                connector,
                &|dataset| self.data.staged(sequence, dataset),
                &|dataset| self.history(dataset),
            )?;
            read_seconds = verdict.read_seconds;
            let outcomes = self.outcome_rows(sequence, &mut verdict)?;
            let digests = again::digests(&mut verdict);
            let judged = outcomes.iter().map(|outcome| outcome.dataset.clone()).collect();
            let places = again::places(&verdict);
            let receipt = receipts::of_verdict(submission, verdict)?;
            let record = Record {
                digests,
                judged,
                ..again::recorded(submission, receipt.status.as_str(), outcomes, places)
            };
            (receipt, record)
        };
        qualities.tell(&mut receipt);
        receipts::put(&self.data, titles, submission, &receipt)?;
        Ok(Some(Judged {
            receipt,
            record,
            seconds: start.elapsed().as_secs_f64(),
            read_seconds,
        }))
    }

    /// Judges a submission of a connector that is there, from its landed bytes.
    pub(super) fn judge(
        &self,
        submission: &Submission,
        connector: &Arc<Connector>,
        staged: &dyn Fn(&str) -> PathBuf,
        history: &dyn Fn(&str) -> Result<Vec<PathBuf>, CheckError>,
    ) -> Result<judge::Verdict, RunError> {
        let sequence = submission.sequence.unwrap_or_default();
        let stored: Vec<crate::finding::Stored> = serde_json::from_str(&submission.notes).unwrap_or_default();
        // The as-of date of the night in which it landed, so that a continued run judges alike.
        let received_on = submission.received_on.parse().unwrap_or(self.as_of);
        let limits = &self.configuration.installation.limits;
        let parts = self.catalog.parts(submission.id)?;
        for part in &parts {
            self.check_opens(sequence, &part.sha256)?;
        }
        // Mostly nothing is in quarantine yet, and then nothing is looked up.
        let others: RefCell<BTreeMap<String, bool>> = RefCell::default();
        let is_known = |dataset: &str, digest: &Digest| {
            let failed = |error: CatalogError| CheckError::Lookup(error.to_string());
            let known = others.borrow().get(dataset).copied();
            let has_any = match known {
                Some(has_any) => has_any,
                None => {
                    let has_any = self.catalog.has_quarantined(dataset).map_err(failed)?;
                    others.borrow_mut().insert(dataset.to_string(), has_any);
                    has_any
                }
            };
            if !has_any {
                return Ok(false);
            }
            let found = self.catalog.quarantined_by(dataset, digest).map_err(failed)?;
            Ok(found.is_some_and(|first| first != sequence))
        };
        let case = Case {
            context: judge::context(
                &self.configuration,
                connector,
                &submission.region,
                received_on,
                sequence,
            ),
            parts: parts
                .into_iter()
                .map(|part| PartInput {
                    path: self.data.raw(&part.sha256),
                    name: part.name,
                    request: part.request,
                })
                .collect(),
            options: judge::options(Some(connector), limits),
            notes: stored.into_iter().map(Finding::from).collect(),
            is_file: judge::is_file(connector),
            staged,
            history,
            published: self.catalog.published_before(received_on)?,
            is_known: &is_known,
            looks: &self.looks,
            slice: format!("{}/{}", submission.connector, submission.region),
            memory_mb: limits.query_memory_mb,
        };
        Ok(judge::judge(&case)?)
    }

    /// Encrypted bytes whose key is missing say nothing about what their sender sent.
    fn check_opens(&self, submission: i64, sha256: &str) -> Result<(), RunError> {
        let path = self.data.raw(sha256);
        match sealed::open(&path) {
            Err(error) if sealed::is_sealed(&path) => Err(RunError::RawLocked {
                submission,
                sha256: sha256.to_string(),
                reason: error.to_string(),
            }),
            _ => Ok(()),
        }
    }

    /// The model's files, for rules that look back. None while the model waits for a rebuild: its rows are of
    /// another contract.
    pub(super) fn history(&self, dataset: &str) -> Result<Vec<PathBuf>, CheckError> {
        if self.waiting.contains_key(dataset) {
            return Ok(Vec::new());
        }
        let files = self
            .catalog
            .partitions(dataset)
            .map_err(|error| CheckError::Lookup(error.to_string()))?;
        let folder = self.data.model(dataset);
        Ok(files
            .into_iter()
            .map(|file| folder.join(file.partition).join(file.file))
            .collect())
    }

    /// Merges what waits, dataset by dataset.
    pub(super) fn merge_all(&self) -> Result<MergedAll, RunError> {
        let bar = self
            .progress
            .stage(Stage::Merge, self.configuration.contracts.len() as u64);
        let mut all = MergedAll::default();
        for contract in self.configuration.contracts.values() {
            bar.item(&contract.name);
            // The model stays as it is until it is rebuilt.
            if !self.waiting.contains_key(&contract.name)
                && let Some(report) = self.merge_dataset(contract, &mut all)?
            {
                all.reports.push(report);
            }
            bar.advance(1);
        }
        bar.finish();
        Ok(all)
    }

    fn merge_dataset(&self, contract: &Contract, all: &mut MergedAll) -> Result<Option<MergeReport>, RunError> {
        let start = Instant::now();
        let Some(mut staged) = self.staged(contract)? else {
            all.stuck.push(contract.name.clone());
            return Ok(None);
        };
        let waiting = staged.iter().filter(|one| one.role == Role::New).count() as u64;
        let folder = self.data.model(&contract.name);
        let (connector_of, is_illustrative) = (self.connector_of(), self.is_illustrative());
        let target = self.target(contract, &folder, &connector_of, &is_illustrative);
        let prepared = loop {
            if staged.is_empty() {
                // What a night left that was killed in its merge, and partitions written before one was too large.
                merge::sweep(&self.catalog, &target)?;
                return Ok(None);
            }
            match merge::prepare(&self.catalog, &target, &staged) {
                Ok(prepared) => break prepared,
                Err(error @ MergeError::TooLarge { .. }) => {
                    staged = self.hold_crossing(contract, &staged, error, &mut all.held)?;
                }
                Err(error) => return Err(error.into()),
            }
        };
        // Where all is folded again, what was told of earlier ones stands: only some of their partitions were seen.
        let is_withdrawal = staged.iter().any(|one| one.role == Role::Withdrawn);
        let is_new = |sequence: i64| {
            staged
                .iter()
                .any(|one| one.sequence == sequence && one.role == Role::New)
        };
        let told = prepared.merged.disagreements.iter();
        let disagreements = told.filter(|(sequence, _)| !is_withdrawal || is_new(**sequence));
        let disagreements = disagreements.map(|(sequence, rows)| {
            let finding = Finding::of("sources-disagree").with_figure("rows", rows.to_string());
            (*sequence, finding)
        });
        self.tell(contract, disagreements.collect())?;
        let merged = prepared.commit(&self.catalog, &target)?;
        receipts::settle(&self.data, &self.catalog, &self.configuration)?;
        Ok(Some(MergeReport {
            dataset: contract.name.clone(),
            submissions: waiting,
            withdrawn: staged.iter().filter(|one| one.role == Role::Withdrawn).count() as u64,
            partitions: merged.partitions.len() as u64,
            seconds: start.elapsed().as_secs_f64(),
        }))
    }

    /// Where a model is built, and whose rows it holds.
    pub(super) fn target<'t>(
        &self,
        contract: &'t Contract,
        folder: &'t Path,
        connector_of: &'t dyn Fn(i64) -> Result<Option<String>, CatalogError>,
        is_illustrative: &'t dyn Fn(i64) -> Result<bool, CatalogError>,
    ) -> Target<'t> {
        Target {
            contract,
            folder,
            partition_rows: self.configuration.installation.limits.partition_rows,
            connector_of,
            is_illustrative,
        }
    }

    /// What waits to be merged, in order; and where an older submission was let in late, every later one again, so
    /// that the later ones keep the last word; where one was withdrawn, all others again. Rows that were removed after
    /// merging are read again from raw; none where they cannot be had as they were.
    fn staged(&self, contract: &Contract) -> Result<Option<Vec<Staged>>, RunError> {
        let waiting = self.catalog.unmerged(&contract.name)?;
        let Some(first) = waiting.first().copied() else {
            return Ok(Some(Vec::new()));
        };
        let from = if self.catalog.has_withdrawn(&contract.name)? {
            0
        } else {
            first
        };
        let mut sequences: Vec<(i64, Role)> = waiting.iter().map(|sequence| (*sequence, Role::New)).collect();
        let later = self.catalog.merged_after(&contract.name, from)?;
        sequences.extend(later.into_iter().map(|sequence| (sequence, Role::Again)));
        sequences.sort_unstable_by_key(|(sequence, _)| *sequence);
        let mut staged = Vec::new();
        for (sequence, role) in sequences {
            let rows = self.data.staged(sequence, &contract.name).join("rows.parquet");
            let outcomes = self.catalog.outcomes(sequence)?;
            let outcome = outcomes.iter().find(|outcome| outcome.dataset == contract.name);
            let is_withdrawn = outcome.is_some_and(|outcome| outcome.status == Status::Withdrawn.as_str());
            let role = if is_withdrawn { Role::Withdrawn } else { role };
            if !is_withdrawn && !rows.exists() {
                return match self.rows_from_raw(sequence, &contract.name)? {
                    true => self.staged(contract),
                    false => Ok(None),
                };
            }
            staged.push(Staged {
                sequence,
                connector: self.connector_of()(sequence)?.unwrap_or_default(),
                rows,
                is_complete: outcome.is_some_and(|outcome| outcome.complete),
                role,
            });
        }
        Ok(Some(staged))
    }

    /// A limit is a finding, not a failure of the night: what newly reaches into the partition that would cross it
    /// is held. Gives the rest.
    fn hold_crossing(
        &self,
        contract: &Contract,
        staged: &[Staged],
        error: MergeError,
        held: &mut Vec<i64>,
    ) -> Result<Vec<Staged>, RunError> {
        tracing::warn!(dataset = contract.name, %error, "submissions held");
        let finding = Finding::of("partition-too-large").with("reason", error.to_string());
        let crossing = merge::crossing(contract, staged, &error)?;
        if crossing.is_empty() {
            return Err(error.into());
        }
        let told = crossing.iter().map(|sequence| (*sequence, finding.clone())).collect();
        self.tell(contract, told)?;
        fail_point("hold.before");
        self.catalog.hold(&crossing, &contract.name)?;
        fail_point("hold.after");
        receipts::settle(&self.data, &self.catalog, &self.configuration)?;
        held.extend(crossing);
        // What came after a submission that is held now need not be folded again.
        Ok(self.staged(contract)?.unwrap_or_default())
    }

    /// Stages what merging found about submissions, before the catalog makes it true.
    fn tell(&self, contract: &Contract, told: Vec<(i64, Finding)>) -> Result<(), RunError> {
        let sequences: Vec<i64> = told.iter().map(|(sequence, _)| *sequence).collect();
        if sequences.is_empty() {
            return Ok(());
        }
        receipts::due(&self.data, &sequences)?;
        fail_point("merge.told.before");
        for (sequence, finding) in told {
            let folder = self.data.staged(sequence, &contract.name);
            crate::check::amend(&folder, sequence, &receipts::OF_MERGE, &[finding])?;
        }
        self.sync()?;
        fail_point("merge.told.after");
        Ok(())
    }

    /// The connector of a submission.
    pub(super) fn connector_of(&self) -> impl Fn(i64) -> Result<Option<String>, CatalogError> + '_ {
        |sequence| {
            let submission = self.catalog.submission(sequence)?;
            Ok(submission.map(|submission| submission.connector))
        }
    }

    /// Whether a submission's rows are illustrative.
    pub(super) fn is_illustrative(&self) -> impl Fn(i64) -> Result<bool, CatalogError> + '_ {
        |sequence| {
            let submission = self.catalog.submission(sequence)?;
            Ok(submission.is_some_and(|submission| submission.illustrative))
        }
    }
}

/// What merging a night did.
#[derive(Debug, Default)]
pub(super) struct MergedAll {
    pub reports: Vec<MergeReport>,
    /// Submissions that had to be held after all.
    pub held: Vec<i64>,
    /// Datasets whose earlier rows can no longer be had as they were: they need a rebuild.
    pub stuck: Vec<String>,
}

/// Merging is due where rows were accepted and nobody has to decide first.
pub(super) fn outcome_row(outcome: &crate::check::Outcome) -> OutcomeRow {
    let waits = matches!(outcome.status, Status::Accepted | Status::AcceptedInPart) && outcome.rows.accepted > 0;
    OutcomeRow {
        dataset: outcome.dataset.clone(),
        status: outcome.status.as_str().to_string(),
        read: outcome.rows.read,
        accepted: outcome.rows.accepted,
        quarantined: outcome.rows.quarantined,
        repeated: outcome.rows.repeated,
        not_observed: outcome.rows.not_observed,
        ignored: outcome.rows.ignored,
        findings: outcome.findings.total(),
        merged: !waits,
        complete: outcome.complete,
        decision: None,
        waits: false,
    }
}

fn report(submission: &Submission, receipt: &Receipt, seconds: SubmissionSeconds) -> SubmissionReport {
    SubmissionReport {
        submission: submission.sequence.unwrap_or_default(),
        connector: submission.connector.clone(),
        region: (!submission.region.is_empty()).then(|| submission.region.clone()),
        file: submission.file.clone(),
        status: receipt.status,
        datasets: receipt
            .parts()
            .iter()
            .filter_map(|part| {
                Some(DatasetReport {
                    dataset: part.dataset.clone()?,
                    status: part.status,
                    rows: part.rows,
                })
            })
            .collect(),
        findings: receipt.findings_total,
        seconds,
    }
}
