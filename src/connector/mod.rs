//! Sources: how bytes come in.
//!
//! A kind of source is a folder here and one line in [`open`]. A source looks into an answer only for paging,
//! error marks and cursor; what the rows mean is none of its business. It hands over **deliveries**: all parts
//! of one slice (region × window), each already hashed and on disk. A slice that fails is delivered as a
//! failure with its reason, and the next slice is tried: one bad answer never stops the others. A half-received
//! slice is never delivered.
//!
//! `land` decides what becomes of a delivery, and makes it durable; the promise here is that a delivered part's bytes
//! are complete and equal to what the source sent (after content decoding).

pub mod drop;
pub mod http;
mod spool;
#[cfg(test)]
mod testing;

pub use spool::{PartWriter, SpooledPart};

use crate::config::{Connector, Installation, duration, expand};
use crate::domain::region::Registry;
use crate::finding::Finding;
use chrono::NaiveDate;
use futures::future::BoxFuture;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What a source is asked for.
#[derive(Clone)]
pub struct FetchRequest {
    pub as_of: NaiveDate,
    /// End of the last recorded window of each slice (`region` or empty), from the catalog.
    pub cursors: BTreeMap<String, NaiveDate>,
    /// Folder for bytes in flight; swept at the start of a run.
    pub spool: PathBuf,
    /// The drop folder `drop/`.
    pub drop: PathBuf,
    pub installation: Arc<Installation>,
    pub regions: Arc<Registry>,
}

/// One delivery: everything one slice gave.
#[derive(Debug)]
pub struct Delivery {
    /// The region that is asked or that sends, as Kemendagri code; none where the source speaks for many.
    pub region: Option<String>,
    /// What part of time was asked for, such as `2025-11-01..2025-11-30`; empty where the source has no windows.
    pub window: String,
    pub parts: Vec<SpooledPart>,
    /// For dropped files: where the file stands and when it was last modified (nanoseconds since 1970).
    pub origin: Option<Origin>,
    /// The window's end, recorded as cursor with the submission's outcome.
    pub cursor: Option<NaiveDate>,
    /// Oddities that the receipt should carry (pages that changed size, …).
    pub notes: Vec<Finding>,
}

/// A dropped file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub path: PathBuf,
    pub name: String,
    pub modified: i64,
}

/// A slice that gave nothing, and why. `finding` names no secret.
#[derive(Debug)]
pub struct SliceFailure {
    pub region: Option<String>,
    pub window: String,
    pub finding: Finding,
}

/// What a source hands over, slice by slice.
pub type Handover<'a> = &'a mut (dyn FnMut(Result<Delivery, SliceFailure>) -> std::io::Result<()> + Send);

/// A source system.
pub trait Source: Send + Sync {
    /// Fetches every slice and hands each over as soon as it is complete. An `Err` comes only from the disk
    /// (`handover`, or a spool that cannot be written); everything the source does wrong is a [`SliceFailure`].
    fn fetch<'a>(&'a self, request: &'a FetchRequest, handover: Handover<'a>) -> BoxFuture<'a, std::io::Result<()>>;
}

/// Makes the source that a connector describes. An error says what is unset or wrong.
pub fn open(connector: &Connector) -> Result<Box<dyn Source>, Finding> {
    match connector.kind {
        crate::config::Kind::Drop => Ok(Box::new(drop::DropFolders::new(connector)?)),
        crate::config::Kind::Http => Ok(Box::new(http::HttpSource::new(connector)?)),
    }
}

/// Fills `${NAME}` in a value of a connector file. An error names the variable that is unset.
fn filled(text: &str) -> Result<String, Finding> {
    expand(text).map_err(|name| Finding::of("variable-unset").with("name", name))
}

/// Reads a duration such as `30s`, the value of the setting `name`.
fn time(name: &str, text: &str) -> Result<Duration, Finding> {
    duration(&filled(text)?).map_err(|_| Finding::of("duration-invalid").with("name", name).value(text))
}
