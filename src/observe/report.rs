//! The run report: what one run did, as the catalog keeps it (JSON) and `status` shows it.
//!
//! It names connectors, regions, files and counts, never a value that was sent, so nothing personal is in it.

mod text;

use crate::finding::Bilingual;
use crate::finding::receipt::{Rows, Status, Titles, UnbalancedRows};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::finding::receipt::Language;

/// What one run did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunReport {
    /// Number of the run in the catalog.
    pub run: i64,
    /// The date the run speaks about.
    #[schemars(with = "String")]
    pub as_of: NaiveDate,
    /// When it started, RFC 3339 with offset.
    pub started_at: String,
    /// How long it took.
    pub seconds: f64,
    /// What came, by connector.
    pub sources: Vec<SourceReport>,
    /// Every submission that this run read or decided on, in order of sequence.
    pub submissions: Vec<SubmissionReport>,
    /// Datasets whose model changed.
    pub merged: Vec<MergeReport>,
    /// Datasets whose model stays as it is until it is rebuilt for the contract in force.
    #[serde(default)]
    pub waiting: Vec<String>,
    /// Submissions of earlier runs that still wait for a person's decision, in order of sequence.
    #[serde(default)]
    pub undecided: Vec<UndecidedReport>,
    /// Datasets of which this run accepted rows while no key of pseudonyms was set: their columns of pseudonyms are blank
    /// until a key is set and the dataset rebuilt.
    #[serde(default)]
    pub without_pseudonyms: Vec<String>,
    /// Files below `drop/` that no connector reads, and where they stand.
    #[serde(default)]
    pub strays: Vec<FailureReport>,
    /// Files in drop folders that are still being written, or whose `.done` marker is missing: a later run takes them.
    #[serde(default)]
    pub unsettled: u64,
    pub indicators: IndicatorsReport,
    pub release: ReleaseReport,
    /// 0 done; 1 failed, nothing published; 2 configuration; 3 done, and somebody must look.
    pub exit_code: i32,
}

/// What one connector delivered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceReport {
    pub connector: String,
    /// Submissions that are new.
    pub deliveries: u64,
    /// Submissions that equal the latest of their region and window; they are not read again.
    pub duplicates: u64,
    /// Files or response bodies.
    pub parts: u64,
    pub bytes: u64,
    pub seconds: f64,
    /// Whom to tell of what this source sends wrongly; null where its connector names nobody.
    #[serde(default)]
    pub contact: Option<String>,
    /// What this source did not deliver, and why. The others went on.
    pub failures: Vec<FailureReport>,
}

/// A slice (region × window) of a source that could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FailureReport {
    /// Kemendagri code; null where the source speaks for many, or failed as a whole.
    pub region: Option<String>,
    /// What was asked for, such as `2025-11-23..2025-11-30`; null where the source has no windows.
    pub window: Option<String>,
    /// Finding code.
    pub code: String,
    pub message: Bilingual,
    pub hint: Option<Bilingual>,
}

/// What became of one submission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionReport {
    /// Sequence number.
    pub submission: i64,
    pub connector: String,
    /// Kemendagri code; null where the source speaks for many.
    pub region: Option<String>,
    /// Name as it was sent; null for a pull.
    pub file: Option<String>,
    pub status: Status,
    /// By dataset, in the order of the receipt; empty where nothing could be read.
    pub datasets: Vec<DatasetReport>,
    /// Findings of every severity.
    pub findings: u64,
    pub seconds: SubmissionSeconds,
}

/// A submission that waits for a person's decision since an earlier run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UndecidedReport {
    /// Sequence number.
    pub submission: i64,
    pub connector: String,
    /// Kemendagri code; null where the source speaks for many.
    pub region: Option<String>,
    /// Name as it was sent; null for a pull.
    pub file: Option<String>,
    /// As-of date of the run that received it.
    pub since: String,
    /// Rows of it could be let in; else a question about it is open, which only its sender can answer.
    pub acceptable: bool,
}

/// What became of one dataset of a submission; the same figures as in its receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatasetReport {
    pub dataset: String,
    pub status: Status,
    pub rows: Rows,
}

/// How long a submission took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionSeconds {
    /// Hash, copy, sync, register.
    pub land: f64,
    /// The part of `stage` that went into opening and reading, on whichever thread.
    #[serde(default)]
    pub read: f64,
    /// Read, normalize, check, write.
    pub stage: f64,
}

/// What was merged into the model of one dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeReport {
    pub dataset: String,
    /// Submissions that were merged.
    pub submissions: u64,
    /// Submissions that were taken out, for they were withdrawn.
    #[serde(default)]
    pub withdrawn: u64,
    /// Partitions that were written anew.
    pub partitions: u64,
    pub seconds: f64,
}

/// What was computed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndicatorsReport {
    /// All whose figures are there.
    pub computed: u64,
    /// Of these, those whose figures had not to be computed anew, since nothing they follow from has changed.
    #[serde(default)]
    pub unchanged: u64,
    pub failed: Vec<IndicatorFailure>,
}

/// An indicator that could not be computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndicatorFailure {
    pub indicator: String,
    /// What the SQL engine says.
    pub message: String,
}

/// What was published.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseReport {
    /// The release that is current after this run, made by it unless `unchanged`; null where there is none, and
    /// in a run that was told not to publish.
    pub id: Option<String>,
    /// Nothing differs from the release before, so none was made.
    pub unchanged: bool,
    /// Datasets and tables that differ from the release before.
    pub changed: Vec<String>,
}

/// Sums over a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Totals {
    pub accepted: u64,
    pub accepted_in_part: u64,
    pub held: u64,
    pub refused: u64,
    /// Equal to an earlier submission, as the sources count them.
    pub duplicates: u64,
    pub rows: Rows,
    pub findings: u64,
    /// Slices of sources that failed.
    pub failures: u64,
}

impl RunReport {
    /// The sums: submissions by status, rows, findings, failures.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for source in &self.sources {
            totals.duplicates += source.duplicates;
            totals.failures += source.failures.len() as u64;
        }
        for submission in &self.submissions {
            match submission.status {
                Status::Accepted => totals.accepted += 1,
                Status::AcceptedInPart => totals.accepted_in_part += 1,
                Status::Held => totals.held += 1,
                Status::Refused => totals.refused += 1,
                // Counted with its source; and what a night delivers is withdrawn only after it.
                Status::Duplicate | Status::Withdrawn => {}
            }
            totals.findings += submission.findings;
            totals.rows += submission.rows();
        }
        totals
    }

    /// Checks that in every dataset of every submission each row read is in exactly one place.
    pub fn check(&self) -> Result<(), UnbalancedRows> {
        self.submissions
            .iter()
            .flat_map(|submission| &submission.datasets)
            .try_for_each(|part| part.rows.check())
    }

    /// True where the ministry must look: something failed, is held or was refused.
    pub fn needs_a_person(&self) -> bool {
        let totals = self.totals();
        totals.held + totals.refused + totals.failures > 0
            || !self.waiting.is_empty()
            || !self.undecided.is_empty()
            || !self.strays.is_empty()
            || !self.without_pseudonyms.is_empty()
            || !self.indicators.failed.is_empty()
    }

    /// The morning report for a terminal, in one language, without colours: what came, how long it took, and what
    /// a person has to do now. Ends with a line break. `titles` gives names to region codes.
    pub fn to_text(&self, language: Language, titles: &Titles) -> String {
        text::page(self, language, titles)
    }

    /// The JSON form that the catalog keeps.
    pub fn to_json(&self) -> String {
        // Strings, numbers and lists only, and no map: nothing in a report can fail to serialise.
        serde_json::to_string(self).expect("a run report has no value that JSON lacks")
    }

    /// Reads the JSON form back; the error says what is unknown or missing.
    pub fn from_json(json: &str) -> Result<RunReport, String> {
        serde_json::from_str(json).map_err(|error| format!("not a run report: {error}"))
    }
}

impl SubmissionReport {
    /// Rows of all its datasets.
    pub fn rows(&self) -> Rows {
        let mut rows = Rows::default();
        for part in &self.datasets {
            rows += part.rows;
        }
        rows
    }
}

#[cfg(test)]
mod tests;
