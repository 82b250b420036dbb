//! The directory of a release while it is built.

use super::{PublishError, checksums, io_error};
use crate::land::DataDirectory;
use crate::table::{TableWriter, WrittenFile, reader, writer};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Prefix of the directory while it is built; what a kill left of it is swept.
pub const BUILDING: &str = ".building-";

/// One file of the release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Lower-case hex.
    pub sha256: String,
    pub bytes: u64,
    /// Of a table.
    pub rows: Option<u64>,
}

/// A release that is being built beside the others. Dropped before [`Building::seal`], it leaves nothing.
pub struct Building {
    root: PathBuf,
    previous: Option<Previous>,
    /// By path in the release, `/` between folders.
    entries: BTreeMap<String, Entry>,
    is_sealed: bool,
}

/// The release in force, whose files are linked to where they are equal.
struct Previous {
    root: PathBuf,
    checksums: BTreeMap<String, String>,
    package: serde_json::Value,
}

impl Building {
    pub fn create(data: &DataDirectory, previous: Option<&Path>) -> Result<Building, PublishError> {
        let root = data.releases().join(format!("{BUILDING}{}", std::process::id()));
        make_folder(&root)?;
        let previous = previous.map(Previous::open).transpose()?;
        Ok(Building {
            root,
            previous,
            entries: BTreeMap::new(),
            is_sealed: false,
        })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Files so far, by path.
    pub fn entries(&self) -> &BTreeMap<String, Entry> {
        &self.entries
    }

    /// Directory of the release in force.
    pub fn previous_root(&self) -> Option<&Path> {
        self.previous.as_ref().map(|previous| previous.root.as_path())
    }

    /// `datapackage.json` of the release in force.
    pub fn previous_package(&self) -> Option<&serde_json::Value> {
        self.previous.as_ref().map(|previous| &previous.package)
    }

    /// Hashes of the release in force, by path.
    pub fn previous_checksums(&self) -> Option<&BTreeMap<String, String>> {
        self.previous.as_ref().map(|previous| &previous.checksums)
    }

    /// Version of the program that made the release in force.
    pub fn previous_program(&self) -> Option<&str> {
        self.previous_package()?.get("lumbung:program")?.as_str()
    }

    /// Tables that are new, differ from the release in force or are gone, sorted by path.
    pub fn changed_tables(&self) -> Vec<String> {
        let empty = BTreeMap::new();
        let before = self.previous_checksums().unwrap_or(&empty);
        let is_table = |path: &&String| path.ends_with(".parquet");
        let differs = |path: &&String| before.get(*path) != self.entries.get(*path).map(|entry| &entry.sha256);
        let mut changed: Vec<String> = self
            .entries
            .keys()
            .chain(before.keys())
            .filter(is_table)
            .filter(differs)
            .cloned()
            .collect();
        changed.sort();
        changed.dedup();
        changed
    }

    /// Writes a table.
    pub fn table(
        &mut self,
        path: &str,
        schema: SchemaRef,
        metadata: &[(String, String)],
        batches: &[RecordBatch],
    ) -> Result<(), PublishError> {
        let target = self.place(path)?;
        let mut writer = TableWriter::create(&target, schema, metadata)?;
        for batch in batches {
            writer.write(batch.clone())?;
        }
        let written = writer.finish()?;
        let entry = Entry {
            sha256: written.sha256,
            bytes: written.bytes,
            rows: Some(written.rows),
        };
        crate::observe::fail_point("publish.tables.half");
        self.link_to_equal(path, &target, &entry)?;
        self.entries.insert(path.to_string(), entry);
        Ok(())
    }

    /// Takes a table in that is durable elsewhere, by a hard link.
    pub fn adopt(&mut self, path: &str, source: &WrittenFile) -> Result<(), PublishError> {
        let target = self.place(path)?;
        let entry = Entry {
            sha256: source.sha256.clone(),
            bytes: source.bytes,
            rows: Some(source.rows),
        };
        match self.equal(path, &entry.sha256) {
            Some(equal) => link(&equal, &target)?,
            None => link(&source.path, &target)?,
        }
        self.entries.insert(path.to_string(), entry);
        Ok(())
    }

    /// Writes a file that is not a table.
    pub fn file(&mut self, path: &str, content: &[u8]) -> Result<(), PublishError> {
        let target = self.place(path)?;
        let sha256 = writer::hex(&Sha256::digest(content));
        match self.equal(path, &sha256) {
            Some(equal) => link(&equal, &target)?,
            None => write_durably(&target, content)?,
        }
        self.entries.insert(
            path.to_string(),
            Entry {
                sha256,
                bytes: content.len() as u64,
                rows: None,
            },
        );
        Ok(())
    }

    /// Writes a file that is not listed: the checksums themselves, and what speaks about the run.
    pub fn unlisted(&self, path: &str, content: &[u8]) -> Result<(), PublishError> {
        write_durably(&self.place(path)?, content)
    }

    /// Makes every folder durable and gives the directory its name.
    pub fn seal(mut self, target: &Path) -> Result<PathBuf, PublishError> {
        sync_folders(&self.root)?;
        crate::observe::fail_point("publish.seal.before");
        std::fs::rename(&self.root, target).map_err(io_error(target))?;
        self.is_sealed = true;
        writer::sync_folder(target)?;
        Ok(target.to_path_buf())
    }

    /// Where a file of the release is, with its folders made.
    fn place(&self, path: &str) -> Result<PathBuf, PublishError> {
        let mut folder = self.root.clone();
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        for part in folders.split('/').filter(|part| !part.is_empty()) {
            folder.push(part);
            if !folder.is_dir() {
                make_folder(&folder)?;
            }
        }
        Ok(folder.join(name))
    }

    /// The same path of the release in force, where its content is the same.
    fn equal(&self, path: &str, sha256: &str) -> Option<PathBuf> {
        let previous = self.previous.as_ref()?;
        let is_equal = previous.checksums.get(path).is_some_and(|found| found == sha256);
        let file = previous.root.join(path);
        (is_equal && file.is_file()).then_some(file)
    }

    /// Replaces a file just written by a link to its equal in the release in force.
    fn link_to_equal(&self, path: &str, target: &Path, entry: &Entry) -> Result<(), PublishError> {
        let Some(equal) = self.equal(path, &entry.sha256) else {
            return Ok(());
        };
        std::fs::remove_file(target).map_err(io_error(target))?;
        link(&equal, target)
    }
}

impl Drop for Building {
    fn drop(&mut self) {
        if !self.is_sealed
            && let Err(error) = std::fs::remove_dir_all(&self.root)
        {
            tracing::warn!(path = %self.root.display(), %error, "unfinished release not removed; the next run will");
        }
    }
}

impl Previous {
    fn open(root: &Path) -> Result<Previous, PublishError> {
        let path = root.join("datapackage.json");
        let text = std::fs::read(&path).map_err(io_error(&path))?;
        let package = serde_json::from_slice(&text).map_err(|error| PublishError::Content {
            path: path.display().to_string(),
            reason: error.to_string(),
        })?;
        let checksums = checksums::read(root).map_err(|reason| PublishError::Content {
            path: root.join(checksums::NAME).display().to_string(),
            reason,
        })?;
        Ok(Previous {
            root: root.to_path_buf(),
            checksums,
            package,
        })
    }
}

/// A table that is there already, as [`Building::adopt`] takes it.
pub fn existing(path: &Path, rows: u64, sha256: &str) -> Result<WrittenFile, PublishError> {
    let bytes = std::fs::metadata(path).map_err(io_error(path))?.len();
    Ok(WrittenFile {
        path: path.to_path_buf(),
        rows,
        bytes,
        sha256: sha256.to_string(),
    })
}

/// All rows of a table of a release, none where the release has no such table.
pub fn rows_of(root: &Path, path: &str) -> Result<Option<reader::Batches>, PublishError> {
    let file = root.join(path);
    if file.is_file() {
        Ok(Some(reader::batches(&file)?))
    } else {
        Ok(None)
    }
}

fn make_folder(folder: &Path) -> Result<(), PublishError> {
    std::fs::create_dir(folder).map_err(io_error(folder))?;
    // Whatever the umask: analysts must be able to read what is published.
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).map_err(io_error(folder))
}

fn write_durably(path: &Path, content: &[u8]) -> Result<(), PublishError> {
    let write = || -> std::io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(content)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o644))?;
        file.sync_all()
    };
    write().map_err(io_error(path))
}

/// Links, or copies where the file system cannot link (another device, too many links, none at all).
fn link(source: &Path, target: &Path) -> Result<(), PublishError> {
    if std::fs::hard_link(source, target).is_ok() {
        return Ok(());
    }
    std::fs::copy(source, target).map_err(io_error(source))?;
    let open = || -> std::io::Result<()> {
        let file = File::open(target)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o644))?;
        file.sync_all()
    };
    open().map_err(io_error(target))
}

/// Makes the entries of a folder and of every folder in it durable.
fn sync_folders(folder: &Path) -> Result<(), PublishError> {
    for entry in std::fs::read_dir(folder).map_err(io_error(folder))? {
        let path = entry.map_err(io_error(folder))?.path();
        if path.is_dir() {
            sync_folders(&path)?;
        }
    }
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(io_error(folder))
}
