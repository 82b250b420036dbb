//! Landing: bytes are kept before anything looks inside.
//!
//! A delivery's parts are already hashed and durable in the spool. Landing moves them into
//! `raw/<aa>/<sha256>` (append-only: bytes that are there already are not written again; `….sealed` where they are
//! encrypted), makes the move
//! durable, and registers the submission in the catalog. Only then does the source count as heard. A dropped
//! file goes to `processed/` once its submission has a number.

mod layout;
mod retention;

pub use layout::DataDirectory;
pub use retention::end_retention;

use crate::catalog::{Catalog, CatalogError, Landed, Landing, PartRow, Submission};
use crate::config::{Connector, Contract};
use crate::connector::{Delivery, SpooledPart};
use crate::format::sealed;
use crate::observe::fail_point;
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why landing failed: always the disk or the catalog, never the content.
#[derive(Debug, thiserror::Error)]
pub enum LandError {
    #[error("{path}: {source}")]
    Io { path: String, source: io::Error },
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> LandError + '_ {
    move |source| LandError::Io {
        path: path.display().to_string(),
        source,
    }
}

/// Keeps the bytes of deliveries of one connector and registers them. They become durable together, before the catalog
/// knows of any: each alone would wait for the disk by itself.
pub fn land(
    data: &DataDirectory,
    catalog: &Catalog,
    connector: &Connector,
    contracts: &[Arc<Contract>],
    as_of: NaiveDate,
    deliveries: Vec<Delivery>,
) -> Result<Vec<Landed>, LandError> {
    for part in deliveries.iter().flat_map(|delivery| &delivery.parts) {
        keep(data, part)?;
    }
    data.sync().map_err(io_error(data.root()))?;
    let landings: Vec<Landing> = deliveries
        .iter()
        .map(|delivery| landing(connector, contracts, as_of, delivery))
        .collect();
    fail_point("land.register.before");
    let landed = catalog.land(&landings)?;
    fail_point("land.register.after");
    Ok(landed)
}

fn landing(connector: &Connector, contracts: &[Arc<Contract>], as_of: NaiveDate, delivery: &Delivery) -> Landing {
    let notes: Vec<_> = delivery.notes.iter().map(crate::finding::Stored::from).collect();
    Landing {
        connector: connector.name.clone(),
        region: delivery.region.clone().unwrap_or_default(),
        window: delivery.window.clone(),
        versions: versions(contracts),
        parts_hash: parts_hash(&delivery.parts, connector),
        file: delivery.origin.as_ref().map(|origin| origin.name.clone()),
        origin: delivery
            .origin
            .as_ref()
            .map(|origin| origin.path.to_string_lossy().into_owned()),
        modified: delivery.origin.as_ref().map_or(0, |origin| origin.modified),
        received_on: as_of,
        cursor: delivery.cursor,
        illustrative: connector.is_illustrative(),
        notes: serde_json::to_string(&notes).unwrap_or_else(|_| "[]".to_string()),
        parts: delivery.parts.iter().map(part_row).collect(),
    }
}

/// `dataset@version`, comma separated: a new version makes the same bytes count anew.
fn versions(contracts: &[Arc<Contract>]) -> String {
    let each: Vec<String> = contracts
        .iter()
        .map(|contract| format!("{}@{}", contract.name, contract.version))
        .collect();
    each.join(",")
}

fn part_row(part: &SpooledPart) -> PartRow {
    PartRow {
        sha256: part.sha256.clone(),
        name: part.name.clone(),
        size: part.size,
        request: part.request.clone(),
    }
}

/// Equal for deliveries that say the same: their bytes, and the request parameters that rows are read from.
fn parts_hash(parts: &[SpooledPart], connector: &Connector) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.sha256.as_bytes());
        hash.update(b"\n");
        for parameter in connector.from_request.values() {
            let value = part.request.get(parameter).map_or("", String::as_str);
            hash.update(format!("{parameter}={value}\n").as_bytes());
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Moves one part into the raw store.
fn keep(data: &DataDirectory, part: &SpooledPart) -> Result<(), LandError> {
    let target = data.raw_named(&part.sha256, sealed::is_sealed(&part.path));
    if target.exists() || data.raw(&part.sha256).exists() {
        return std::fs::remove_file(&part.path).map_err(io_error(&part.path));
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(io_error(folder))?;
    fail_point("land.raw.before");
    std::fs::rename(&part.path, &target).map_err(io_error(&target))?;
    fail_point("land.raw.after");
    Ok(())
}

/// Moves the files of numbered submissions into `processed/<number>_<name>`. A file that is gone was moved
/// before a kill, or taken back by its sender; its bytes are kept either way. A file that was written anew
/// since it landed stays: it is the next submission.
///
/// A file that cannot be moved stops nothing: it is given back with its reason, and tried again the next time.
pub fn move_processed(data: &DataDirectory, catalog: &Catalog) -> Result<Vec<(Submission, LandError)>, LandError> {
    let mut failed = Vec::new();
    let mut settled = Vec::new();
    for submission in catalog.unmoved()? {
        match move_one(catalog, &submission) {
            // Settled for good: a later file of the same name is another submission's.
            Ok(()) => settled.push(submission.id),
            Err(LandError::Catalog(error)) => return Err(error.into()),
            Err(error) => failed.push((submission, error)),
        }
    }
    if !settled.is_empty() {
        data.sync().map_err(io_error(data.root()))?;
        catalog.moved(&settled)?;
        fail_point("land.processed.after");
    }
    Ok(failed)
}

fn move_one(catalog: &Catalog, submission: &Submission) -> Result<(), LandError> {
    let (Some(origin), Some(target)) = (&submission.origin, processed_path(submission)) else {
        return Ok(());
    };
    let origin = Path::new(origin);
    if !is_landed_version(catalog, submission, origin)? {
        return Ok(());
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    own_folder(folder).map_err(io_error(folder))?;
    fail_point("land.processed.before");
    std::fs::rename(origin, &target).map_err(io_error(&target))?;
    fail_point("land.processed.half");
    let marker = crate::connector::drop::done_marker(origin);
    match std::fs::remove_file(&marker) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(path = %marker.display(), %error, "the marker beside a file cannot be removed");
        }
        _ => {}
    }
    Ok(())
}

/// Makes a folder inside a drop folder, and refuses a link: it could point into another region's.
pub fn own_folder(folder: &Path) -> io::Result<()> {
    match std::fs::symlink_metadata(folder) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(io::Error::other("is not a folder of its own")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => std::fs::create_dir_all(folder),
        Err(error) => Err(error),
    }
}

/// Longest name of a processed file, in bytes: file systems take 255, and receipts add an ending.
const NAME_BYTES: usize = 200;

/// `<number>_<name>`, cut where it would be too long for a file system.
pub fn processed_name(sequence: i64, file: &str) -> String {
    let mut name = format!("{sequence}_{file}");
    if name.len() > NAME_BYTES {
        let mut end = NAME_BYTES;
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        name.truncate(end);
    }
    name
}

/// Where a dropped file of a numbered submission goes. None for other submissions.
pub fn processed_path(submission: &Submission) -> Option<PathBuf> {
    let origin = Path::new(submission.origin.as_ref()?);
    let name = processed_name(submission.sequence?, submission.file.as_ref()?);
    Some(origin.parent()?.join("processed").join(name))
}

fn is_landed_version(catalog: &Catalog, submission: &Submission, origin: &Path) -> Result<bool, LandError> {
    if !origin.exists() {
        return Ok(false);
    }
    let mut hash = Sha256::new();
    let mut file = std::fs::File::open(origin).map_err(io_error(origin))?;
    io::copy(&mut file, &mut hash).map_err(io_error(origin))?;
    let found: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(catalog
        .parts(submission.id)?
        .first()
        .is_some_and(|part| part.sha256 == found))
}

/// Empties the spool: what is there belongs to a run that ended before it was landed.
pub fn sweep_spool(data: &DataDirectory) -> Result<(), LandError> {
    let spool = data.spool();
    std::fs::create_dir_all(&spool).map_err(io_error(&spool))?;
    for entry in std::fs::read_dir(&spool).map_err(io_error(&spool))? {
        let path = entry.map_err(io_error(&spool))?.path();
        std::fs::remove_file(&path).map_err(io_error(&path))?;
    }
    Ok(())
}
