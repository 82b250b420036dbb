//! Checking: what of the normalized rows may enter the model.
//!
//! [`Checker`] takes batches and refused rows from `normalize`, in this order: row rules on every batch; accepted
//! rows into `rows.parquet`; at the end uniqueness over the whole submission, table rules against the current
//! model, and the gate. It writes the four files of a staged submission and gives the [`Outcome`]. Every row is
//! counted in exactly one place (promise I2), and the receipt cannot be made otherwise.
//!
//! - `look`: what each block shows by itself; `teller`: what is said of its rows; `rules`: row rules; `uniqueness`:
//!   repeated and conflicting keys; `table_rules`: queries; `late`: rows of closed periods
//! - `amend`: what merging finds later; `staging`: the files; `outcome`: counts, status, summary

mod amend;
mod checker;
mod late;
mod look;
mod outcome;
mod rules;
mod staging;
mod table_rules;
mod teller;
mod uniqueness;

pub use amend::{amend, amended};
pub use checker::{Checker, Past, PlaceInfo};
pub use look::Looks;
pub use outcome::{Digest, Outcome, Summary, SummaryPlace};
pub use staging::{findings_schema, quarantine_schema, stage_findings};

use crate::table::{SqlError, TableError};

/// Why checking stopped: never the rows, always disk, memory or a rule that does not run.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("{what}: {source}")]
    Sql { what: String, source: SqlError },
    #[error("{path}: {source}")]
    Io { path: String, source: std::io::Error },
    #[error(transparent)]
    Unbalanced(#[from] crate::finding::receipt::UnbalancedRows),
    #[error("{0}")]
    Lookup(String),
}
