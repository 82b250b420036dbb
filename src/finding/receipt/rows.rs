//! Where every row of a submission went.

use super::Status;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where every row of a submission went.
///
/// `read = accepted + quarantined + repeated + not_observed`. The figures say what the checks found whatever the
/// status: in a `held` receipt `accepted` are the rows that would enter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    /// Data rows; a row of a crosstab counts once for each long row it becomes.
    pub read: u64,
    /// Rows that count, or would in a receipt that is held, or did in one that is withdrawn.
    pub accepted: u64,
    /// Rows refused, each with a finding.
    pub quarantined: u64,
    /// Same key and same values as another row of the submission.
    pub repeated: u64,
    /// Right, but without a single figure: kept as "not reported", never as zero.
    pub not_observed: u64,
    /// Title, header, blank, total and footnote rows, and sheets that fit no dataset. Outside `read`.
    pub ignored: u64,
}

impl Rows {
    /// Checks that every row read is in exactly one place.
    pub fn check(&self) -> Result<(), UnbalancedRows> {
        let parts = [self.accepted, self.quarantined, self.repeated, self.not_observed];
        let sum = parts.iter().try_fold(0_u64, |sum, &part| sum.checked_add(part));
        if sum == Some(self.read) {
            Ok(())
        } else {
            Err(UnbalancedRows(*self))
        }
    }

    /// The status that these counts mean for rows that could be read; `held` says that a gate was crossed or a
    /// question is open. Where no row passed and one was refused there is nothing to hold: that is a refusal.
    pub fn status(&self, held: bool) -> Status {
        if self.quarantined > 0 && self.accepted == 0 {
            Status::Refused
        } else if held {
            Status::Held
        } else if self.quarantined > 0 {
            Status::AcceptedInPart
        } else {
            Status::Accepted
        }
    }
}

impl std::ops::AddAssign for Rows {
    fn add_assign(&mut self, other: Rows) {
        self.read += other.read;
        self.accepted += other.accepted;
        self.quarantined += other.quarantined;
        self.repeated += other.repeated;
        self.not_observed += other.not_observed;
        self.ignored += other.ignored;
    }
}

/// Rows were counted twice or lost: a fault of this program, never of a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} rows were read, but {} accepted, {} quarantined, {} repeated and {} not observed do not add up to that",
    .0.read, .0.accepted, .0.quarantined, .0.repeated, .0.not_observed
)]
pub struct UnbalancedRows(pub Rows);
