//! The findings of a submission, as many as a receipt can list.

use super::{LISTED_FINDINGS, ReceiptFinding};
use crate::finding::{Finding, Severity};

/// Takes findings as they come and keeps what a receipt can list: memory is bounded whatever the input.
///
/// Of each severity the first [`LISTED_FINDINGS`] are kept, so that a thousand notes never hide an error.
#[derive(Debug, Clone, Default)]
pub struct FindingTally {
    errors: Counted,
    warnings: Counted,
    notes: Counted,
}

#[derive(Debug, Clone)]
struct Counted {
    kept: Vec<ReceiptFinding>,
    total: u64,
    /// Most that are kept.
    room: usize,
}

impl Default for Counted {
    fn default() -> Counted {
        Counted {
            kept: Vec::new(),
            total: 0,
            room: LISTED_FINDINGS,
        }
    }
}

/// How many findings of each severity a tally has room for yet.
pub type Room = [usize; 3];

impl FindingTally {
    /// Counts a finding, and keeps it while there is room. Findings are expected in order of place.
    pub fn push(&mut self, finding: &Finding) {
        let counted = match finding.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Note => &mut self.notes,
        };
        counted.total += 1;
        if counted.kept.len() < counted.room {
            counted.kept.push(ReceiptFinding::from(finding));
        }
    }

    /// A tally of a part of the findings, of which no more are kept than the whole has room for.
    pub fn of_part(room: Room) -> FindingTally {
        let [errors, warnings, notes] = room.map(|room| Counted {
            room,
            ..Counted::default()
        });
        FindingTally {
            errors,
            warnings,
            notes,
        }
    }

    /// What there is room for yet.
    pub fn room(&self) -> Room {
        [&self.errors, &self.warnings, &self.notes].map(|counted| counted.room - counted.kept.len())
    }

    /// Takes the findings of a part, which come after those seen so far.
    pub fn merge(&mut self, part: FindingTally) {
        let pairs = [
            (&mut self.errors, part.errors),
            (&mut self.warnings, part.warnings),
            (&mut self.notes, part.notes),
        ];
        for (counted, more) in pairs {
            counted.total += more.total;
            counted.kept.extend(more.kept);
            counted.kept.truncate(counted.room);
        }
    }

    /// All findings seen.
    pub fn total(&self) -> u64 {
        self.errors.total + self.warnings.total + self.notes.total
    }

    /// Error findings seen: with any, `check FILE` ends with exit code 3.
    pub fn errors(&self) -> u64 {
        self.errors.total
    }

    /// The findings to list: errors, warnings, notes, each in order of place, at most [`LISTED_FINDINGS`] in all.
    pub(super) fn listed(self) -> Vec<ReceiptFinding> {
        let mut listed = Vec::new();
        for mut counted in [self.errors, self.warnings, self.notes] {
            // What is said of a whole sheet has no row, and comes before its rows. The columns of a row come as they were
            // read.
            counted.kept.sort_by_key(|finding| (finding.part, finding.row));
            listed.append(&mut counted.kept);
        }
        listed.truncate(LISTED_FINDINGS);
        listed
    }
}

impl<'a> Extend<&'a Finding> for FindingTally {
    fn extend<I: IntoIterator<Item = &'a Finding>>(&mut self, findings: I) {
        for finding in findings {
            self.push(finding);
        }
    }
}

impl<'a> FromIterator<&'a Finding> for FindingTally {
    fn from_iter<I: IntoIterator<Item = &'a Finding>>(findings: I) -> FindingTally {
        let mut tally = FindingTally::default();
        tally.extend(findings);
        tally
    }
}
