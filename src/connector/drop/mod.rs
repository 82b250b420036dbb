//! `kind = "drop"`: files that regions put into `drop/<region>/<connector>/`.
//!
//! Each settled file is a delivery with one part, in the order region, modification time, name. A file that is
//! still being written, or that changes while it is copied, is left for the next run. Only plain files count:
//! links are never followed, since a region could point one at another region's folder. The file itself stays
//! where it is; what becomes of it is for later stages.

mod copy;
mod scan;

pub use scan::{has_settled, is_ignored};

use super::{Delivery, FetchRequest, Handover, Origin, SliceFailure, Source, time};
use crate::config::Connector;
use crate::finding::Finding;
use copy::{Copied, copy};
use futures::future::BoxFuture;
use scan::{Candidate, Scan, scan};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The drop folders of one connector.
pub struct DropFolders {
    connector: String,
    /// None: the installation's.
    settle: Option<Duration>,
    needs_marker: bool,
}

impl DropFolders {
    /// Reads the connector's `[drop]` table. An error says what is wrong.
    pub fn new(connector: &Connector) -> Result<DropFolders, Finding> {
        let drop = connector.drop.clone().unwrap_or_default();
        let settle = drop.settle.as_deref().map(|text| time("settle", text)).transpose()?;
        Ok(DropFolders {
            connector: connector.name.clone(),
            settle,
            needs_marker: drop.done_marker,
        })
    }

    async fn fetch_all(&self, request: &FetchRequest, handover: Handover<'_>) -> io::Result<()> {
        let settle = match self
            .settle
            .map_or_else(|| time("settle", &request.installation.settle), Ok)
        {
            Ok(settle) => settle,
            Err(finding) => {
                return handover(Err(SliceFailure {
                    region: None,
                    window: String::new(),
                    finding,
                }));
            }
        };
        let look = Scan {
            drop: request.drop.clone(),
            connector: self.connector.clone(),
            settle,
            needs_marker: self.needs_marker,
        };
        let regions = std::sync::Arc::clone(&request.regions);
        let scanned = tokio::task::spawn_blocking(move || scan(&look, |code| regions.get(code).is_some()));
        let (candidates, failures) = scanned.await.map_err(io::Error::other)?;
        for failure in failures {
            handover(Err(failure))?;
        }
        for candidate in candidates {
            if let Some(outcome) = deliver(candidate, &request.spool, request.installation.limits.part_bytes).await? {
                handover(outcome)?;
            }
        }
        Ok(())
    }
}

/// Copies one file into the spool. Nothing comes of a file that changed meanwhile.
async fn deliver(candidate: Candidate, spool: &Path, limit: u64) -> io::Result<Option<Result<Delivery, SliceFailure>>> {
    let spool = spool.to_path_buf();
    let copied = tokio::task::spawn_blocking(move || copy(&candidate, &spool, limit).map(|copied| (candidate, copied)));
    let (candidate, copied) = copied.await.map_err(io::Error::other)??;
    let region = Some(candidate.region.clone());
    Ok(match copied {
        Copied::Whole(part) => Some(Ok(Delivery {
            region,
            window: String::new(),
            parts: vec![part],
            origin: Some(Origin {
                path: candidate.path,
                name: candidate.name,
                modified: candidate.modified,
            }),
            cursor: None,
            notes: Vec::new(),
        })),
        Copied::Changed => {
            tracing::info!(path = %candidate.path.display(), "file changed while it was copied, left for the next run");
            None
        }
        Copied::Refused(finding) => Some(Err(SliceFailure {
            region,
            window: String::new(),
            finding: *finding,
        })),
    })
}

/// The marker that says that a file is complete, for connectors with `done_marker`: `<file>.done` beside it.
pub fn done_marker(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_os_string();
    name.push(".done");
    PathBuf::from(name)
}

impl Source for DropFolders {
    fn fetch<'a>(&'a self, request: &'a FetchRequest, handover: Handover<'a>) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(self.fetch_all(request, handover))
    }
}

#[cfg(test)]
mod tests;
