//! Staging and merging the submissions of a run.

use super::judge::{self, Case, PartInput};
use super::{Run, RunError, receipts};
use crate::catalog::{OutcomeRow, PlaceRow, State, Submission};
use crate::check::CheckError;
use crate::config::Contract;
use crate::finding::Finding;
use crate::finding::receipt::{Receipt, Status};
use crate::merge::{self, MergeError, Staged, Target};
use crate::observe::fail_point;
use crate::observe::{DatasetReport, MergeReport, Stage, SubmissionReport, SubmissionSeconds};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Instant;

impl Run {
    /// Judges every numbered submission, in order. Gives also the connectors that are gone while submissions wait.
    pub(super) fn stage_all(
        &self,
        land_seconds: &BTreeMap<(String, String), f64>,
    ) -> Result<(Vec<SubmissionReport>, BTreeSet<String>), RunError> {
        let waiting = self.catalog.in_state(State::Numbered)?;
        let bar = self.progress.stage(Stage::Check, waiting.len() as u64);
        let mut reports = Vec::new();
        let mut gone = BTreeSet::new();
        for submission in waiting {
            bar.item(submission.file.as_deref().unwrap_or(&submission.connector));
            let start = Instant::now();
            let Some(receipt) = self.stage_one(&submission)? else {
                // Removed after its submission landed: the submission waits until the file is back.
                gone.insert(submission.connector.clone());
                bar.advance(1);
                continue;
            };
            let key = (
                submission.connector.clone(),
                submission.file.clone().unwrap_or_default(),
            );
            let seconds = SubmissionSeconds {
                land: land_seconds.get(&key).copied().unwrap_or_default(),
                stage: start.elapsed().as_secs_f64(),
            };
            reports.push(report(&submission, &receipt, seconds));
            bar.advance(1);
        }
        bar.finish();
        Ok((reports, gone))
    }

    /// Judges one submission, writes its receipt, records its outcome. In that order: killed in between, it is
    /// judged again and says the same. None where its connector is gone.
    fn stage_one(&self, submission: &Submission) -> Result<Option<Receipt>, RunError> {
        let sequence = submission.sequence.unwrap_or_default();
        let Some(connector) = self.configuration.connectors.get(&submission.connector) else {
            return Ok(None);
        };
        let datasets = connector.dataset_names();
        if submission.status.as_deref() == Some(Status::Duplicate.as_str()) {
            let dataset = if let [only] = datasets.as_slice() { only } else { "" };
            let receipt = receipts::of_duplicate(submission, dataset)?;
            receipts::write(&self.data, &self.configuration, submission, &receipt)?;
            self.catalog
                .record_outcome(submission.id, sequence, "duplicate", &[], &[], &[])?;
            return Ok(Some(receipt));
        }
        let stored: Vec<crate::finding::Stored> = serde_json::from_str(&submission.notes).unwrap_or_default();
        // The as-of date of the night in which it landed, so that a continued run judges alike.
        let received_on = submission.received_on.parse().unwrap_or(self.as_of);
        let limits = &self.configuration.installation.limits;
        let parts = self.catalog.parts(submission.id)?;
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
            staged: &|dataset| self.data.staged(sequence, dataset),
            history: &|dataset| self.history(dataset),
            is_known: &|dataset, digest| self.is_known(sequence, dataset, digest),
            slice: format!("{}/{}", submission.connector, submission.region),
            memory_mb: limits.query_memory_mb,
        };
        let verdict = judge::judge(&case)?;
        let outcomes: Vec<OutcomeRow> = verdict.outcomes.iter().map(outcome_row).collect();
        let places: Vec<PlaceRow> = verdict
            .places
            .iter()
            .map(|(part, sheet)| PlaceRow {
                part: *part as i32,
                sheet: sheet.clone(),
            })
            .collect();
        let digests: Vec<(String, String)> = verdict
            .outcomes
            .iter()
            .flat_map(|outcome| {
                outcome
                    .digests
                    .iter()
                    .map(|digest| (outcome.dataset.clone(), digest.clone()))
            })
            .collect();
        let receipt = receipts::of_verdict(submission, verdict)?;
        receipts::write(&self.data, &self.configuration, submission, &receipt)?;
        let status = receipt.status.as_str();
        fail_point("stage.outcome.before");
        self.catalog
            .record_outcome(submission.id, sequence, status, &outcomes, &places, &digests)?;
        fail_point("stage.outcome.after");
        tracing::info!(sequence, connector = submission.connector, status, "submission judged");
        Ok(Some(receipt))
    }

    fn history(&self, dataset: &str) -> Result<Vec<PathBuf>, CheckError> {
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

    fn is_known(&self, sequence: i64, dataset: &str, digest: &str) -> Result<bool, CheckError> {
        let found = self
            .catalog
            .quarantined_by(dataset, digest)
            .map_err(|error| CheckError::Lookup(error.to_string()))?;
        Ok(found.is_some_and(|first| first != sequence))
    }

    /// Merges what waits, dataset by dataset. Gives the reports, and the submissions that had to be held after all.
    pub(super) fn merge_all(&self) -> Result<(Vec<MergeReport>, Vec<i64>), RunError> {
        let bar = self
            .progress
            .stage(Stage::Merge, self.configuration.contracts.len() as u64);
        let mut reports = Vec::new();
        let mut held = Vec::new();
        for contract in self.configuration.contracts.values() {
            bar.item(&contract.name);
            if let Some(report) = self.merge_dataset(contract, &mut held)? {
                reports.push(report);
            }
            bar.advance(1);
        }
        bar.finish();
        Ok((reports, held))
    }

    fn merge_dataset(&self, contract: &Contract, held: &mut Vec<i64>) -> Result<Option<MergeReport>, RunError> {
        let start = Instant::now();
        let mut staged = self.staged(contract)?;
        let waiting = staged.len() as u64;
        let folder = self.data.model(&contract.name);
        let target = Target {
            contract,
            folder: &folder,
            partition_rows: self.configuration.installation.limits.partition_rows,
            connector_of: &|sequence| self.connector_of(sequence),
            is_illustrative: &|sequence| {
                Ok(self
                    .catalog
                    .submission(sequence)?
                    .is_some_and(|submission| submission.illustrative))
            },
        };
        let prepared = loop {
            if staged.is_empty() {
                // What a night left that was killed in its merge, and partitions written before one was too large.
                merge::sweep(&self.catalog, &target)?;
                return Ok(None);
            }
            match merge::prepare(&self.catalog, &target, &staged) {
                Ok(prepared) => break prepared,
                Err(error @ MergeError::TooLarge { .. }) => {
                    staged = self.hold_crossing(contract, staged, &error, held)?;
                }
                Err(error) => return Err(error.into()),
            }
        };
        let disagreements = prepared.merged.disagreements.iter().map(|(sequence, rows)| {
            let finding = Finding::of("sources-disagree").with("rows", rows.to_string());
            (*sequence, finding)
        });
        self.tell(contract, disagreements.collect())?;
        let merged = prepared.commit(&self.catalog, &target)?;
        receipts::settle(&self.data, &self.catalog, &self.configuration)?;
        Ok(Some(MergeReport {
            dataset: contract.name.clone(),
            submissions: waiting,
            partitions: merged.partitions.len() as u64,
            seconds: start.elapsed().as_secs_f64(),
        }))
    }

    /// What waits to be merged, in order; and where an older submission was let in late, every later one again, so
    /// that the later ones keep the last word.
    fn staged(&self, contract: &Contract) -> Result<Vec<Staged>, RunError> {
        let mut sequences = self.catalog.unmerged(&contract.name)?;
        if let Some(first) = sequences.first().copied() {
            sequences.extend(self.catalog.merged_after(&contract.name, first)?);
            sequences.sort_unstable();
        }
        let mut staged = Vec::new();
        for sequence in sequences {
            let outcomes = self.catalog.outcomes(sequence)?;
            staged.push(Staged {
                sequence,
                connector: self.connector_of(sequence)?.unwrap_or_default(),
                rows: self.data.staged(sequence, &contract.name).join("rows.parquet"),
                is_complete: outcomes
                    .iter()
                    .any(|outcome| outcome.dataset == contract.name && outcome.complete),
            });
        }
        Ok(staged)
    }

    /// A limit is a finding, not a failure of the night: what reaches into the partition that would cross it is
    /// held. Gives the rest.
    fn hold_crossing(
        &self,
        contract: &Contract,
        staged: Vec<Staged>,
        error: &MergeError,
        held: &mut Vec<i64>,
    ) -> Result<Vec<Staged>, RunError> {
        let MergeError::TooLarge { partition, .. } = error else {
            return Ok(staged);
        };
        tracing::warn!(dataset = contract.name, %error, "submissions held");
        let finding = Finding::of("partition-too-large").with("reason", error.to_string());
        let mut rest = Vec::new();
        let mut crossing = Vec::new();
        for one in staged {
            if merge::reaches(contract, &one, partition)? {
                crossing.push(one.sequence);
            } else {
                rest.push(one);
            }
        }
        let told = crossing.iter().map(|sequence| (*sequence, finding.clone())).collect();
        self.tell(contract, told)?;
        fail_point("hold.before");
        self.catalog.hold(&crossing, &contract.name)?;
        fail_point("hold.after");
        receipts::settle(&self.data, &self.catalog, &self.configuration)?;
        held.extend(crossing);
        Ok(rest)
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
        fail_point("merge.told.after");
        Ok(())
    }

    fn connector_of(&self, sequence: i64) -> Result<Option<String>, crate::catalog::CatalogError> {
        Ok(self
            .catalog
            .submission(sequence)?
            .map(|submission| submission.connector))
    }
}

/// Merging is due where rows were accepted and nobody has to decide first.
fn outcome_row(outcome: &crate::check::Outcome) -> OutcomeRow {
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
