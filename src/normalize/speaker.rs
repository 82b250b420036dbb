//! Who may report for whom (design §4).

use crate::domain::region::Registry;

/// Whom a submission's sender may speak for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// Every region.
    Everyone,
    /// One region and its predecessors; a province also its regencies where `with_regencies`.
    Region { code: String, with_regencies: bool },
}

impl Speaker {
    /// The region a row without a region column is about.
    pub fn own_region(&self) -> Option<&str> {
        match self {
            Speaker::Everyone => None,
            Speaker::Region { code, .. } => Some(code),
        }
    }

    /// Whether a row about `region` is the sender's to report.
    pub fn may_report(&self, region: &str, regions: &Registry) -> bool {
        match self {
            Speaker::Everyone => true,
            Speaker::Region { code, with_regencies } => {
                region == code
                    || regions
                        .predecessors(code)
                        .iter()
                        .any(|predecessor| predecessor == region)
                    || (*with_regencies && regions.is_regency_of(code, region))
            }
        }
    }
}
