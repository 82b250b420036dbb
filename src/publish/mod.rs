//! Publishing: a new release beside the old, and one step that makes it the one in force.
//!
//! ```text
//!                 write, hash, fsync        verify, fsync, rename          rename of a link
//!   (nothing) ──► releases/.building-<pid> ──► releases/<id> ──► current -> releases/<id>
//!                     │ no table differs             │ killed here: the next run switches
//!                     ▼ from the release in force    ▼
//!                   removed                       never written to again
//! ```
//!
//! Whoever resolves `published/current` once reads one release and never a mix (promise I3). A file that is
//! equal to its predecessor is a hard link to it, and the model's files are hard links to the model, so a release
//! costs what changed. A release is made only when a Parquet table or the program's version differs; workbook,
//! change list, data package, checksums and page follow from those.
//!
//! - [`facts`]: what a release is made of, and the schemas of the tables that are not datasets
//! - `layout`: the directory while it is built; `tables`, `quality`: its Parquet files
//! - `workbook`, `datapackage`, `changes`, `page`, `lineage`: what follows from them
//! - `checksums`, [`mod@verify`]: whether a release is whole; `switch`: ids, the step, and what a kill left

mod changes;
mod checksums;
mod columns;
mod datapackage;
pub mod facts;
mod figures;
mod layout;
mod lineage;
mod page;
mod quality;
mod revisions;
mod switch;
mod tables;
mod verify;
mod workbook;

pub use facts::{Facts, quality_schema, register_release};
pub use quality::{coverage_schema, timeliness_schema};
pub use switch::{Listed, current, list};
pub use verify::{Verified, verify};

use crate::catalog::{Catalog, CatalogError};
use crate::compute::Indicators;
use crate::config::Configuration;
use crate::land::DataDirectory;
use crate::observe::fail_point;
use crate::table::{SqlError, TableError};
use chrono::NaiveDate;
use layout::Building;
use std::path::{Path, PathBuf};

/// Version of the program, part of what a release is compared by.
pub(crate) const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// Why nothing was published. The release in force is as it was.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("{path}: {source}")]
    Io { path: String, source: std::io::Error },
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error("{what}: {source}")]
    Sql { what: String, source: SqlError },
    #[error("indicators.xlsx: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    #[error("{path}: {reason}")]
    Content { path: String, reason: String },
    /// What was built is not whole; each line names a file.
    #[error("the new release is not whole: {}", .0.join("; "))]
    NotWhole(Vec<String>),
}

pub(crate) fn io_error(path: &Path) -> impl FnOnce(std::io::Error) -> PublishError + '_ {
    move |source| PublishError::Io {
        path: path.display().to_string(),
        source,
    }
}

/// Everything that a release is made from.
pub struct Publication<'p> {
    pub data: &'p DataDirectory,
    pub catalog: &'p Catalog,
    pub configuration: &'p Configuration,
    pub as_of: NaiveDate,
    /// Number of the run in the catalog.
    pub run: i64,
    pub facts: &'p Facts,
    pub indicators: &'p Indicators,
}

/// What publishing did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Of the release in force now.
    pub id: Option<String>,
    /// No table differs from the release in force: none was made.
    pub unchanged: bool,
    /// Parquet files that are new, differ or are gone, by path in the release, sorted.
    pub changed_tables: Vec<String>,
    /// Directory of the release in force now.
    pub path: PathBuf,
}

/// Makes a release and switches to it, or finds that there is nothing new.
///
/// Blocks on the disk. One run at a time may publish; the lease of the run sees to that.
pub fn publish(publication: &Publication<'_>) -> Result<Published, PublishError> {
    let Publication { data, catalog, .. } = publication;
    switch::recover(data, catalog)?;
    let previous = switch::current(data);
    let mut building = Building::create(data, previous.as_ref().map(|(_, path)| path.as_path()))?;
    tables::write(&mut building, publication)?;
    quality::write(&mut building, publication)?;
    fail_point("publish.tables.after");
    let changed_tables = building.changed_tables();
    if let Some((id, path)) = &previous
        && changed_tables.is_empty()
        && building.previous_program() == Some(PROGRAM)
    {
        return Ok(Published {
            id: Some(id.clone()),
            unchanged: true,
            changed_tables,
            path: path.clone(),
        });
    }
    let id = switch::next_id(data, catalog, publication.as_of)?;
    let release = Release {
        id: &id,
        previous: previous.as_ref().map(|(id, _)| id.as_str()),
    };
    complete(&mut building, publication, &release)?;
    fail_point("publish.verify.after");
    let path = building.seal(&data.releases().join(&id))?;
    fail_point("publish.seal.after");
    switch::switch(data, &id)?;
    fail_point("publish.switch.after");
    // In force is in force: what is not recorded now, the next run's recovery records.
    if let Err(error) = catalog.record_release(&id, publication.as_of) {
        tracing::warn!(release = id, %error, "the release in force is not recorded yet");
    }
    fail_point("publish.record.after");
    Ok(Published {
        id: Some(id),
        unchanged: false,
        changed_tables,
        path,
    })
}

/// Names of the release that is being made.
pub(crate) struct Release<'r> {
    pub id: &'r str,
    pub previous: Option<&'r str>,
}

/// Adds what follows from the tables, and proves the whole.
fn complete(building: &mut Building, publication: &Publication<'_>, release: &Release<'_>) -> Result<(), PublishError> {
    workbook::write(building, publication)?;
    page::write(building)?;
    changes::write(building, publication, release)?;
    datapackage::write(building, publication, release)?;
    checksums::write(building)?;
    lineage::write(building, publication, release)?;
    verify::structure(building.root()).map_err(PublishError::NotWhole)
}

#[cfg(test)]
mod tests;
