//! What checking found: counts, status, summary.

use crate::finding::receipt::{FindingTally, Rows, Status};
use serde::Serialize;

/// What a refused row is known by: half of a SHA-256 over sender, codes and rendering.
pub type Digest = [u8; 16];

/// What became of a submission in one dataset.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub dataset: String,
    pub status: Status,
    pub rows: Rows,
    pub findings: FindingTally,
    /// All of it was read and accepted, with figures: only then may it end rows (`replace`).
    pub complete: bool,
    /// Digests of the rows that enter quarantine for the first time.
    pub digests: Vec<Digest>,
}

/// `summary.json` of a staged submission: the layout that was taken, so that a replay reads alike.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    pub dataset: String,
    pub version: u32,
    pub status: &'static str,
    pub rows: Rows,
    pub places: Vec<SummaryPlace>,
}

/// How one sheet or response body was read.
#[derive(Debug, Clone, Serialize)]
pub struct SummaryPlace {
    pub part: i32,
    pub sheet: Option<String>,
    pub header_row: Option<u32>,
    /// Contract column → header or field.
    pub columns: indexmap::IndexMap<String, String>,
}
