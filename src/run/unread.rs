//! What a run leaves for later, or for a person: files that it did not take, submissions that wait for a decision.

use super::{Run, RunError, fetch, judge, keys, outlook, strays};
use crate::config::Connector;
use crate::observe::{RunReport, UndecidedReport};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Run {
    /// Tells of files that stand in drop folders after fetching: those that no connector reads, and those that have not
    /// settled.
    pub(super) fn left_standing(&self, connectors: &[Arc<Connector>], report: &mut RunReport) -> Result<(), RunError> {
        for connector in connectors {
            let waiting = outlook::waiting_files(&self.configuration, &self.data, connector)?;
            report.unsettled += waiting.iter().filter(|file| !file.ready).count() as u64;
        }
        let (strays, _) = strays::strays(&self.configuration, &self.data)?;
        // An empty folder is for `doctor` to tell: nobody has sent anything yet.
        for stray in strays.into_iter().filter(|stray| stray.files > 0) {
            report.strays.push(fetch::failure(stray.region, None, &stray.finding));
        }
        Ok(())
    }

    /// Submissions that were held before this run and wait for a decision. Those that wait for a rebuild alone are told
    /// with their dataset.
    pub(super) fn undecided(&self, report: &RunReport) -> Result<Vec<UndecidedReport>, RunError> {
        let mut undecided = Vec::new();
        for submission in self.catalog.held()? {
            let sequence = submission.sequence.unwrap_or_default();
            let is_told = report.submissions.iter().any(|told| told.submission == sequence);
            let mut held = self.catalog.outcomes(sequence)?;
            held.retain(|outcome| outcome.status == "held");
            if is_told || (!held.is_empty() && held.iter().all(|outcome| outcome.waits)) {
                continue;
            }
            undecided.push(UndecidedReport {
                submission: sequence,
                acceptable: held.iter().any(|outcome| outcome.accepted > 0),
                connector: submission.connector,
                region: Some(submission.region).filter(|code| !code.is_empty()),
                file: submission.file,
                since: submission.received_on,
            });
        }
        Ok(undecided)
    }

    /// Datasets with pseudonyms of which rows were accepted while there is no key.
    pub(super) fn without_pseudonyms(&self, report: &RunReport) -> Vec<String> {
        if judge::pseudonym_key(&self.configuration).is_some() {
            return Vec::new();
        }
        let parts = report.submissions.iter().flat_map(|submission| &submission.datasets);
        let accepted: BTreeSet<&str> = parts
            .filter(|part| part.rows.accepted > 0)
            .map(|part| part.dataset.as_str())
            .collect();
        let contracts = self.configuration.contracts.values();
        contracts
            .filter(|contract| accepted.contains(contract.name.as_str()) && !keys::pseudonyms(contract).is_empty())
            .map(|contract| contract.name.clone())
            .collect()
    }
}
