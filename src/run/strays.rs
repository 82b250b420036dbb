//! What stands below `drop/` and would be taken by nobody.

use super::{RunError, outlook};
use crate::config::{Configuration, Kind};
use crate::connector::drop::is_ignored;
use crate::finding::{Bilingual, Finding};
use crate::land::DataDirectory;
use std::path::Path;

/// Folders whose names are the program's own.
const PROCESSED: &str = "processed";

/// A file or a folder that belongs to no connector.
#[derive(Debug)]
pub struct Stray {
    /// Kemendagri code, where it stands in the folder of a region.
    pub region: Option<String>,
    pub finding: Finding,
    /// Files that nobody reads for it; none where an empty folder only waits for the first one.
    pub files: u64,
}

/// Everything below `drop/` that no connector looks into, by place; and how many folders are known. Links are not
/// followed, and names that no connector would take are passed over.
pub fn strays(configuration: &Configuration, data: &DataDirectory) -> Result<(Vec<Stray>, u64), RunError> {
    let mut found = Found {
        configuration,
        strays: Vec::new(),
        known: 0,
    };
    for name in visible(&data.drop())? {
        let path = data.drop().join(&name);
        match kind(&path) {
            Some(Entry::File) => found.file(None, &format!("drop/{name}")),
            Some(Entry::Folder) => found.region(&name, &path)?,
            None => {}
        }
    }
    Ok((found.strays, found.known))
}

struct Found<'c> {
    configuration: &'c Configuration,
    strays: Vec<Stray>,
    known: u64,
}

impl Found<'_> {
    fn is_connector(&self, name: &str) -> bool {
        let connector = self.configuration.connectors.get(name);
        connector.is_some_and(|connector| connector.kind == Kind::Drop)
    }

    fn region(&mut self, region: &str, folder: &Path) -> Result<(), RunError> {
        if self.configuration.regions.get(region).is_none() {
            let files = files_below(folder)?;
            let finding = Finding::of("unknown-region-folder")
                .value(format!("drop/{region}"))
                .with("files", files.to_string())
                .with_both("likely", &self.renamed(region));
            self.add(None, finding, files);
            return Ok(());
        }
        for name in visible(folder)? {
            let path = folder.join(&name);
            match kind(&path) {
                Some(Entry::File) => self.file(Some(region), &format!("drop/{region}/{name}")),
                Some(Entry::Folder) if self.is_connector(&name) => {
                    self.known += 1;
                    self.nested(region, &name, &path)?;
                }
                Some(Entry::Folder) => {
                    let files = files_below(&path)?;
                    let connectors = self.configuration.connectors.values();
                    let drops = connectors.filter(|connector| connector.kind == Kind::Drop);
                    let names: Vec<&str> = drops.map(|connector| connector.name.as_str()).collect();
                    let finding = Finding::of("unknown-connector-folder")
                        .with("folder", format!("drop/{region}/{name}"))
                        .with("files", files.to_string())
                        .with("connectors", names.join(", "));
                    self.add(Some(region), finding, files);
                }
                None => {}
            }
        }
        Ok(())
    }

    /// What a folder of no region is probably to be called; ends with a blank unless it is empty.
    fn renamed(&self, folder: &str) -> Bilingual {
        let meant = self.configuration.regions.meant(folder);
        let names: Vec<String> = meant
            .iter()
            .map(|region| format!("drop/{} ({})", region.code, region.name))
            .collect();
        match names.is_empty() {
            true => Bilingual::default(),
            false => Bilingual {
                id: format!("Ganti namanya menjadi {}. ", names.join(" atau ")),
                en: format!("Rename it to {}. ", names.join(" or ")),
            },
        }
    }

    /// Folders in the folder of a connector, which looks at the files beside them only.
    fn nested(&mut self, region: &str, connector: &str, folder: &Path) -> Result<(), RunError> {
        for name in visible(folder)?.into_iter().filter(|name| name != PROCESSED) {
            let path = folder.join(&name);
            if !matches!(kind(&path), Some(Entry::Folder)) {
                continue;
            }
            let files = files_below(&path)?;
            let finding = Finding::of("drop-folder-nested")
                .with("folder", format!("drop/{region}/{connector}/{name}"))
                .with("parent", format!("drop/{region}/{connector}"))
                .with("files", files.to_string());
            self.add(Some(region), finding, files);
        }
        Ok(())
    }

    fn file(&mut self, region: Option<&str>, place: &str) {
        self.add(region, Finding::of("drop-file-astray").with("file", place), 1);
    }

    fn add(&mut self, region: Option<&str>, finding: Finding, files: u64) {
        self.strays.push(Stray {
            region: region.map(str::to_string),
            finding,
            files,
        });
    }
}

enum Entry {
    File,
    Folder,
}

/// None for links and what else stands there.
fn kind(path: &Path) -> Option<Entry> {
    let metadata = path.symlink_metadata().ok()?;
    match () {
        () if metadata.is_file() => Some(Entry::File),
        () if metadata.is_dir() => Some(Entry::Folder),
        () => None,
    }
}

fn visible(folder: &Path) -> Result<Vec<String>, RunError> {
    let is_visible = |name: &String| !is_ignored(name) || name == PROCESSED;
    Ok(outlook::names(folder)?.into_iter().filter(is_visible).collect())
}

/// Files below a folder that were not taken by an earlier run.
fn files_below(folder: &Path) -> Result<u64, RunError> {
    let (mut files, mut open) = (0, vec![folder.to_path_buf()]);
    while let Some(next) = open.pop() {
        for name in visible(&next)?.into_iter().filter(|name| name != PROCESSED) {
            let path = next.join(name);
            match kind(&path) {
                Some(Entry::File) => files += 1,
                Some(Entry::Folder) => open.push(path),
                None => {}
            }
        }
    }
    Ok(files)
}
