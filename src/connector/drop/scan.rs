//! Which files in the drop folders count.

use super::done_marker;
use crate::connector::SliceFailure;
use crate::finding::Finding;
use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where to look, and when a file counts.
pub(super) struct Scan {
    pub drop: PathBuf,
    pub connector: String,
    pub settle: Duration,
    pub needs_marker: bool,
}

/// A settled file.
#[derive(Debug)]
pub(super) struct Candidate {
    /// Kemendagri code, the name of the region's folder.
    pub region: String,
    pub path: PathBuf,
    pub name: String,
    /// Nanoseconds since 1970.
    pub modified: i64,
    /// What the file was when it was looked at; a copy of anything else does not count.
    pub metadata: Metadata,
}

/// Looks through the folders of all regions. Candidates come in the order region, modification time, name.
pub(super) fn scan(look: &Scan, is_region: impl Fn(&str) -> bool) -> (Vec<Candidate>, Vec<SliceFailure>) {
    let mut candidates = Vec::new();
    let mut failures = Vec::new();
    for region in folders(&look.drop, None, &mut failures) {
        let name = region.file_name().to_string_lossy().into_owned();
        let folder = region.path().join(&look.connector);
        if !is_folder(&folder) {
            continue;
        }
        // A folder of no region is no source's failure: it is told once, with all that nobody reads.
        if !is_region(&name) {
            continue;
        }
        files(look, &name, &folder, &mut candidates, &mut failures);
    }
    // Nanoseconds, then the name, so that the order is total whatever the file system lists first.
    candidates.sort_by(|left, right| {
        let key = |candidate: &Candidate| candidate.metadata.modified().unwrap_or(UNIX_EPOCH);
        (&left.region, key(left), &left.name).cmp(&(&right.region, key(right), &right.name))
    });
    (candidates, failures)
}

/// The folders in `parent`; none where it does not exist.
fn folders(parent: &Path, region: Option<&str>, failures: &mut Vec<SliceFailure>) -> Vec<DirEntry> {
    entries(parent, region, failures)
        .into_iter()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
        .collect()
}

fn entries(folder: &Path, region: Option<&str>, failures: &mut Vec<SliceFailure>) -> Vec<DirEntry> {
    let listed = fs::read_dir(folder).and_then(|entries| entries.collect::<io::Result<Vec<DirEntry>>>());
    match listed {
        Ok(mut entries) => {
            entries.sort_by_key(DirEntry::file_name);
            entries
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            let finding = Finding::of("drop-folder-unreadable")
                .with("folder", shown(folder))
                .with("reason", error.kind().to_string());
            failures.push(failure(region, finding));
            Vec::new()
        }
    }
}

fn files(look: &Scan, region: &str, folder: &Path, candidates: &mut Vec<Candidate>, failures: &mut Vec<SliceFailure>) {
    let now = SystemTime::now();
    for entry in entries(folder, Some(region), failures) {
        let name = match entry.file_name().into_string() {
            Ok(name) => name,
            Err(raw) => {
                let shown = raw.to_string_lossy().into_owned();
                failures.push(failure(Some(region), Finding::of("drop-file-name").with("file", shown)));
                continue;
            }
        };
        if is_ignored(&name) {
            continue;
        }
        // Does not follow links: the metadata of a link is that of a link, and no file.
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                failures.push(failure(Some(region), unreadable(&name, &error)));
                continue;
            }
        };
        if metadata.is_symlink() {
            tracing::warn!(path = %entry.path().display(), "links in drop folders are not followed");
            continue;
        }
        if !metadata.is_file() {
            continue;
        }
        let is_settled = if look.needs_marker {
            is_file(&done_marker(&entry.path()))
        } else {
            has_settled(&metadata, look.settle, now)
        };
        if !is_settled {
            tracing::debug!(path = %entry.path().display(), "file has not settled yet");
            continue;
        }
        let modified = modified_nanos(&metadata);
        candidates.push(Candidate {
            region: region.to_string(),
            path: entry.path(),
            name,
            modified,
            metadata,
        });
    }
}

/// Names of files that are still being written, of programs' own files, and of what stands beside a file.
pub fn is_ignored(name: &str) -> bool {
    let lower = name.to_lowercase();
    name.starts_with('.')
        || name.starts_with("~$")
        || [".part", ".tmp", ".filepart", ".done", ".receipt.json", ".receipt.html"]
            .iter()
            .any(|end| lower.ends_with(end))
        || lower == "processed"
}

/// Unchanged for as long as `settle`. A modification time that lies in the future says nothing, so the time of the
/// last change of any kind, which a sender cannot set, takes its place.
pub fn has_settled(metadata: &Metadata, settle: Duration, now: SystemTime) -> bool {
    let Ok(modified) = metadata.modified() else { return true };
    match now.duration_since(modified) {
        Ok(age) => age >= settle,
        Err(_) => now.duration_since(changed(metadata)).is_ok_and(|age| age >= settle),
    }
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> SystemTime {
    use std::os::unix::fs::MetadataExt;
    UNIX_EPOCH + Duration::from_secs(u64::try_from(metadata.ctime()).unwrap_or_default())
}

#[cfg(not(unix))]
fn changed(metadata: &Metadata) -> SystemTime {
    metadata.created().unwrap_or(UNIX_EPOCH)
}

fn modified_nanos(metadata: &Metadata) -> i64 {
    let since = metadata
        .modified()
        .ok()
        .and_then(|modified| modified.duration_since(UNIX_EPOCH).ok());
    // Files from before 1970 are all equally old.
    since
        .and_then(|since| i64::try_from(since.as_nanos()).ok())
        .unwrap_or_default()
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// A file that cannot be read. The path is the sender's own; the rest of it is nobody's business.
pub(super) fn unreadable(name: &str, error: &io::Error) -> Finding {
    Finding::of("drop-file-unreadable")
        .with("file", name)
        .with("reason", error.kind().to_string())
}

/// The last two names of a path.
fn shown(folder: &Path) -> String {
    let names: Vec<String> = folder.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    names[names.len().saturating_sub(2)..].join("/")
}

fn failure(region: Option<&str>, finding: Finding) -> SliceFailure {
    SliceFailure {
        region: region.map(str::to_string),
        window: String::new(),
        finding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignores_what_is_no_delivery() {
        for name in [
            ".a.csv",
            "~$a.xlsx",
            "a.csv.part",
            "A.TMP",
            "a.filepart",
            "a.csv.done",
            "a.csv.receipt.json",
            "a.csv.receipt.html",
            "processed",
        ] {
            assert!(is_ignored(name), "{name}");
        }
        for name in ["a.csv", "apart", "receipt.json", "done", "a.done.csv"] {
            assert!(!is_ignored(name), "{name}");
        }
    }
}
