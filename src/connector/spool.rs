//! Bytes in flight: written once, hashed as they stream, encrypted where the installation has a key for that.

use crate::format::sealed::{self, Sealer};
use crate::observe::fail_point;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A complete part in the spool.
#[derive(Debug)]
pub struct SpooledPart {
    /// Where the bytes stand; `land` moves or removes the file.
    pub path: PathBuf,
    /// Lower-case hex.
    pub sha256: String,
    /// In bytes.
    pub size: u64,
    /// File name, or address without secrets.
    pub name: String,
    /// Query parameters of the request that gave it, without secrets.
    pub request: BTreeMap<String, String>,
}

/// Writes one part into the spool. Dropped before [`PartWriter::finish`], it leaves nothing behind.
pub struct PartWriter {
    file: tempfile::NamedTempFile,
    /// Encrypts, where the installation has a key.
    sealer: Option<Sealer>,
    hash: Sha256,
    size: u64,
    limit: u64,
}

impl PartWriter {
    /// Starts a part in the folder `spool`. `limit` is the largest size in bytes; see [`PartWriter::write`].
    pub fn create(spool: &Path, limit: u64) -> io::Result<PartWriter> {
        let key = sealed::key();
        let ending = if key.is_some() { sealed::ENDING } else { "" };
        let mut file = tempfile::Builder::new()
            .prefix("part-")
            .suffix(ending)
            .tempfile_in(spool)?;
        let sealer = key.map(|key| Sealer::begin(&key, &mut file)).transpose()?;
        Ok(PartWriter {
            file,
            sealer,
            hash: Sha256::new(),
            size: 0,
            limit,
        })
    }

    /// Appends bytes. Past the limit nothing is written and the answer is `false`.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<bool> {
        if bytes.len() as u64 > self.limit - self.size {
            return Ok(false);
        }
        self.hash.update(bytes);
        match &mut self.sealer {
            Some(sealer) => sealer.write(bytes, &mut self.file)?,
            None => self.file.write_all(bytes)?,
        }
        self.size += bytes.len() as u64;
        fail_point("spool.write.half");
        Ok(true)
    }

    /// The bytes, which are complete, for a look at paging.
    pub fn complete(&mut self) -> io::Result<&Path> {
        if let Some(sealer) = self.sealer.take() {
            sealer.end(&mut self.file)?;
        }
        Ok(self.file.path())
    }

    /// Bytes so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Ends the part. The file stays in the spool until `land` moves it and makes it durable.
    pub fn finish(mut self, name: String, request: BTreeMap<String, String>) -> io::Result<SpooledPart> {
        self.complete()?;
        fail_point("spool.sync.before");
        let (_, path) = self.file.keep().map_err(|error| error.error)?;
        fail_point("spool.sync.after");
        let sha256 = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(SpooledPart {
            path,
            sha256,
            size: self.size,
            name,
            request,
        })
    }
}

/// The parts of a slice that is still coming in. Unless [`PartsInFlight::complete`] is reached their files are
/// removed, so a slice that breaks off leaves nothing in the spool.
#[derive(Default)]
pub(super) struct PartsInFlight(Vec<SpooledPart>);

impl PartsInFlight {
    /// Adds the next part.
    pub(super) fn push(&mut self, part: SpooledPart) {
        self.0.push(part);
    }

    /// Removes the part that came last, with its file.
    pub(super) fn discard_last(&mut self) {
        if let Some(part) = self.0.pop() {
            remove(&part);
        }
    }

    /// Takes all parts out: the slice is whole.
    pub(super) fn complete(mut self) -> Vec<SpooledPart> {
        std::mem::take(&mut self.0)
    }
}

impl Drop for PartsInFlight {
    fn drop(&mut self) {
        self.0.iter().for_each(remove);
    }
}

/// Best effort: whatever stays is swept at the start of the next run.
fn remove(part: &SpooledPart) {
    if let Err(error) = std::fs::remove_file(&part.path) {
        tracing::warn!(path = %part.path.display(), %error, "cannot remove a part of a broken slice");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_the_hash_of_its_bytes_and_stops_at_its_limit() {
        let spool = tempfile::tempdir().unwrap();
        let mut writer = PartWriter::create(spool.path(), 3).unwrap();
        assert!(writer.write(b"ab").unwrap());
        assert!(!writer.write(b"cd").unwrap());
        assert!(writer.write(b"c").unwrap());
        let part = writer.finish("a.csv".to_string(), BTreeMap::new()).unwrap();
        assert_eq!(
            part.sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!((part.size, std::fs::read(&part.path).unwrap()), (3, b"abc".to_vec()));
    }

    #[test]
    fn a_slice_that_breaks_off_leaves_nothing() {
        let spool = tempfile::tempdir().unwrap();
        let unfinished = PartWriter::create(spool.path(), 3).unwrap();
        let finished = PartWriter::create(spool.path(), 3)
            .unwrap()
            .finish(String::new(), BTreeMap::new())
            .unwrap();
        let mut parts = PartsInFlight::default();
        parts.push(finished);
        drop(unfinished);
        drop(parts);
        assert_eq!(std::fs::read_dir(spool.path()).unwrap().count(), 0);
    }
}
