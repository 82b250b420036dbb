//! Whether anything that a release is made from has changed: a night in which nothing came costs what it takes to ask
//! the sources.
//!
//! A release follows from the model, what the catalog says about submissions, the configuration, the as-of date and the
//! program. Their hash is kept with the release in force; while it stays the same, neither indicators nor tables are
//! made, for they would be equal byte for byte (promise I5).

use super::again::io;
use super::{Run, RunError};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// What of the configuration directory decides what is published.
const CONFIGURATION: [&str; 3] = ["lumbung.toml", "connectors", "pipelines"];

impl Run {
    /// Hash of everything that a release would be made from now.
    pub(super) fn inputs(&self) -> Result<String, RunError> {
        let mut hash = Sha256::new();
        hash.update(format!("{}\n{}\n", crate::publish::PROGRAM, self.as_of));
        hash.update(self.catalog.facts_hash()?);
        let root = &self.configuration.directory;
        for name in CONFIGURATION {
            for path in files(&root.join(name))? {
                let bytes = std::fs::read(&path).map_err(io(&path))?;
                let name = path.strip_prefix(root).unwrap_or(&path);
                hash.update(format!("{} {}\n", name.display(), bytes.len()));
                hash.update(bytes);
            }
        }
        Ok(crate::table::writer::hex(&hash.finalize()))
    }

    /// The release in force, if it was made from just these inputs.
    pub(super) fn release_of(&self, inputs: &str) -> Result<Option<String>, RunError> {
        let Some((id, _)) = crate::publish::current(&self.data) else {
            return Ok(None);
        };
        Ok((self.catalog.inputs_of(&id)?.as_deref() == Some(inputs)).then_some(id))
    }
}

/// A file, or the files below a folder, in order of name. Nothing where there is neither.
fn files(path: &Path) -> Result<Vec<PathBuf>, RunError> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(path).map_err(io(path))?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(io(path))?;
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        found.extend(files(&path)?);
    }
    Ok(found)
}
