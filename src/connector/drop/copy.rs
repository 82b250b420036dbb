//! From a drop folder into the spool.

use super::scan::{Candidate, unreadable};
use crate::connector::{PartWriter, SpooledPart};
use crate::finding::Finding;
use std::collections::BTreeMap;
use std::fs::{File, Metadata, symlink_metadata};
use std::io::{self, Read};
use std::path::Path;

/// Bytes copied at a time.
const CHUNK_BYTES: usize = 256 << 10;

/// What came of a copy.
pub(super) enum Copied {
    Whole(SpooledPart),
    /// The file is no longer what was looked at.
    Changed,
    /// The file cannot be taken.
    Refused(Box<Finding>),
}

/// Copies a file of at most `limit` bytes. An error comes from the spool, never from the file.
pub(super) fn copy(candidate: &Candidate, spool: &Path, limit: u64) -> io::Result<Copied> {
    if candidate.metadata.len() > limit {
        return Ok(Copied::Refused(Box::new(too_large(candidate, limit))));
    }
    let mut file = match File::open(&candidate.path) {
        Ok(file) => file,
        Err(error) => return Ok(not_readable(candidate, &error)),
    };
    if !file
        .metadata()
        .is_ok_and(|opened| is_same(&opened, &candidate.metadata))
    {
        return Ok(Copied::Changed);
    }
    let mut writer = PartWriter::create(spool, limit)?;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk) {
            Ok(0) => break,
            // Grown beyond the limit since it was looked at, so it has changed.
            Ok(count) if !writer.write(&chunk[..count])? => return Ok(Copied::Changed),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Ok(not_readable(candidate, &error)),
        }
    }
    let is_unchanged = symlink_metadata(&candidate.path).is_ok_and(|now| is_same(&now, &candidate.metadata));
    if !is_unchanged || writer.size() != candidate.metadata.len() {
        return Ok(Copied::Changed);
    }
    Ok(Copied::Whole(writer.finish(candidate.name.clone(), BTreeMap::new())?))
}

/// A file that vanished has changed; anything else is for its sender to mend.
fn not_readable(candidate: &Candidate, error: &io::Error) -> Copied {
    match error.kind() {
        io::ErrorKind::NotFound => Copied::Changed,
        _ => Copied::Refused(Box::new(unreadable(&candidate.name, error))),
    }
}

fn too_large(candidate: &Candidate, limit: u64) -> Finding {
    Finding::of("drop-file-too-large")
        .with("file", &candidate.name)
        .with("size", crate::finding::size(candidate.metadata.len()))
        .with("limit", crate::finding::size(limit))
}

/// The same file, unchanged. Where the system numbers its files, a link or another file put in its place is told
/// from it.
fn is_same(now: &Metadata, before: &Metadata) -> bool {
    now.is_file()
        && now.len() == before.len()
        && now.modified().ok() == before.modified().ok()
        && is_same_file(now, before)
}

#[cfg(unix)]
fn is_same_file(now: &Metadata, before: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (now.dev(), now.ino()) == (before.dev(), before.ino())
}

#[cfg(not(unix))]
fn is_same_file(_now: &Metadata, _before: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn candidate(path: &Path) -> Candidate {
        let metadata = symlink_metadata(path).unwrap();
        Candidate {
            region: "32.73".to_string(),
            path: path.to_path_buf(),
            name: "a.csv".to_string(),
            modified: 0,
            metadata,
        }
    }

    #[test]
    fn a_file_that_is_not_what_was_looked_at_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let spool = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let copied = |candidate: &Candidate, limit| copy(candidate, spool.path(), limit).unwrap();

        fs::write(&path, "abc").unwrap();
        let seen = candidate(&path);
        fs::write(&path, "abcd").unwrap();
        assert!(matches!(copied(&seen, 100), Copied::Changed));

        let seen = candidate(&path);
        fs::remove_file(&path).unwrap();
        assert!(matches!(copied(&seen, 100), Copied::Changed));

        fs::write(&path, "abcd").unwrap();
        let seen = candidate(&path);
        assert!(matches!(copied(&seen, 3), Copied::Refused(finding) if finding.code == "drop-file-too-large"));
        assert_eq!(fs::read_dir(spool.path()).unwrap().count(), 0);
        assert!(matches!(copied(&seen, 4), Copied::Whole(part) if part.size == 4));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_put_in_place_of_a_file_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let spool = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("a.csv"), folder.path().join("secret.csv"));
        fs::write(&path, "abc").unwrap();
        let seen = candidate(&path);
        let time = seen.metadata.modified().unwrap();
        fs::write(&other, "xyz").unwrap();
        File::options()
            .write(true)
            .open(&other)
            .unwrap()
            .set_modified(time)
            .unwrap();
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        assert!(matches!(copy(&seen, spool.path(), 100).unwrap(), Copied::Changed));
    }
}
