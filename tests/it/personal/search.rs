//! Known values looked for in every byte of a folder, also inside what is compressed.

use crate::released::parquet_rows;
use std::collections::BTreeSet;
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

/// What of the planted values must stand nowhere, in lower case.
pub struct Search<'a> {
    pub needles: &'a [&'a str],
    /// Contents of files that senders dropped: these are as they were sent.
    pub sent: &'a BTreeSet<Vec<u8>>,
}

impl Search<'_> {
    /// The needles in some bytes.
    pub fn found_in(&self, bytes: &[u8]) -> Vec<&str> {
        let lower = bytes.to_ascii_lowercase();
        let holds = |needle: &&&str| memchr::memmem::find(&lower, needle.as_bytes()).is_some();
        self.needles.iter().filter(holds).copied().collect()
    }

    /// Files below a folder that hold a needle, and which; landed bytes, and files as they were sent, excepted.
    pub fn found_below(&self, folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_symlink() || path.ends_with("raw") {
                continue;
            }
            if path.is_dir() {
                self.found_below(&path, found);
                continue;
            }
            let bytes = fs::read(&path).expect("bytes");
            if self.sent.contains(&bytes) {
                continue;
            }
            let holds: BTreeSet<&str> = opened(&path, &bytes)
                .iter()
                .flat_map(|bytes| self.found_in(bytes))
                .collect();
            if !holds.is_empty() {
                found.push(format!("{}: {holds:?}", path.display()));
            }
        }
    }
}

/// A file's bytes, and what is compressed in them.
fn opened(path: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![bytes.to_vec()];
    if bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1") {
        let rows = parquet_rows(path);
        all.extend(rows.iter().map(|row| format!("{row:?}").into_bytes()));
    } else if bytes.starts_with(b"PK") {
        // One that was sent cut off cannot be opened.
        let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else {
            return all;
        };
        for index in 0..archive.len() {
            let mut content = Vec::new();
            let mut entry = archive.by_index(index).expect("an entry");
            entry.read_to_end(&mut content).expect("content");
            all.push(content);
        }
    }
    all
}
