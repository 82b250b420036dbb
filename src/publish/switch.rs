//! Ids, the one step that puts a release in force, and what a kill left behind.

use super::{PublishError, io_error, layout};
use crate::catalog::{Catalog, ReleaseRow};
use crate::land::DataDirectory;
use crate::table::writer;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Prefix of a link that is not in force yet.
const SWITCHING: &str = ".current-";

/// A release as listed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Listed {
    #[serde(flatten)]
    pub release: ReleaseRow,
    /// In force.
    pub is_current: bool,
    /// Its directory.
    pub path: PathBuf,
}

/// Id and directory of the release in force.
pub fn current(data: &DataDirectory) -> Option<(String, PathBuf)> {
    let target = std::fs::read_link(data.current()).ok()?;
    let id = target.file_name()?.to_str()?.to_string();
    let path = data.releases().join(&id);
    path.is_dir().then_some((id, path))
}

/// Releases that are there, the latest first.
pub fn list(data: &DataDirectory, catalog: &Catalog) -> Result<Vec<Listed>, PublishError> {
    let in_force = current(data).map(|(id, _)| id);
    let listed = catalog.releases()?.into_iter().map(|release| Listed {
        is_current: in_force.as_ref() == Some(&release.id),
        path: data.releases().join(&release.id),
        release,
    });
    Ok(listed.filter(|one| one.path.is_dir()).collect())
}

/// `2025-11-30-002` for the second release of that as-of date.
pub fn next_id(data: &DataDirectory, catalog: &Catalog, as_of: NaiveDate) -> Result<String, PublishError> {
    let mut taken = directories(data)?;
    taken.extend(catalog.releases()?.into_iter().map(|release| release.id));
    let numbers = taken
        .iter()
        .filter_map(|id| parse(id))
        .filter(|(date, _)| *date == as_of)
        .map(|(_, number)| number);
    Ok(format!("{as_of}-{:03}", numbers.max().unwrap_or(0) + 1))
}

/// As-of date and number of an id.
fn parse(id: &str) -> Option<(NaiveDate, u32)> {
    let (date, number) = id.rsplit_once('-')?;
    let is_number = number.len() >= 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    Some((
        date.parse().ok()?,
        number.parse().ok().filter(|_| is_number && date.len() == 10)?,
    ))
}

/// Names of the release directories.
fn directories(data: &DataDirectory) -> Result<BTreeSet<String>, PublishError> {
    let folder = data.releases();
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(&folder).map_err(io_error(&folder))? {
        let entry = entry.map_err(io_error(&folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if parse(&name).is_some() && entry.path().is_dir() {
            names.insert(name);
        }
    }
    Ok(names)
}

/// Puts a release in force: the link is replaced by a rename, so there is no moment without one.
pub fn switch(data: &DataDirectory, id: &str) -> Result<(), PublishError> {
    let link = data.current();
    let next = data.published().join(format!("{SWITCHING}{}", std::process::id()));
    std::os::unix::fs::symlink(Path::new("releases").join(id), &next).map_err(io_error(&next))?;
    crate::observe::fail_point("publish.switch.half");
    std::fs::rename(&next, &link).map_err(io_error(&link))?;
    Ok(writer::sync_folder(&link)?)
}

/// Ends what an earlier run began: unfinished directories go; a release that was whole and not yet in force is put
/// in force; one that was in force and not yet recorded is recorded.
pub fn recover(data: &DataDirectory, catalog: &Catalog) -> Result<(), PublishError> {
    let releases = data.releases();
    std::fs::create_dir_all(&releases).map_err(io_error(&releases))?;
    sweep(&releases, layout::BUILDING)?;
    sweep(&data.published(), SWITCHING)?;
    let recorded: BTreeSet<String> = catalog.releases()?.into_iter().map(|release| release.id).collect();
    let unknown: Vec<String> = directories(data)?
        .into_iter()
        .filter(|id| !recorded.contains(id))
        .collect();
    // A release is recorded right after its switch, so a catalog that knows the release in force does not know one
    // that never was. A catalog that knows nothing is a new one over old releases, which says nothing about them.
    let is_known = |id: &String| recorded.contains(id);
    let was_whole = current(data).map_or(recorded.is_empty(), |(id, _)| is_known(&id));
    if let Some(id) = unknown.iter().max_by_key(|id| parse(id)).filter(|_| was_whole) {
        tracing::info!(release = id, "switching to a release that an earlier run completed");
        switch(data, id)?;
    }
    for (id, as_of) in unknown.iter().filter_map(|id| Some((id, parse(id)?.0))) {
        catalog.record_release(id, as_of)?;
    }
    Ok(())
}

/// Removes the entries of a folder whose names begin so.
fn sweep(folder: &Path, prefix: &str) -> Result<(), PublishError> {
    for entry in std::fs::read_dir(folder).map_err(io_error(folder))? {
        let entry = entry.map_err(io_error(folder))?;
        if !entry.file_name().to_string_lossy().starts_with(prefix) {
            continue;
        }
        let path = entry.path();
        let is_folder = entry.file_type().map_err(io_error(&path))?.is_dir();
        let removed = if is_folder {
            std::fs::remove_dir_all(&path)
        } else {
            std::fs::remove_file(&path)
        };
        removed.map_err(io_error(&path))?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "switch_tests.rs"]
mod tests;
