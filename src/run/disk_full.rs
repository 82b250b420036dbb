//! A full disk, told apart from every other failure: it is mended by the operator, and the next run goes on.

use super::RunError;
use std::error::Error;
use std::path::Path;

/// What a run was doing when the disk was full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    Catalog,
    Landing,
    Judging,
    Merging,
    Publishing,
    /// The work is done; only its report is missing.
    Recording,
    Deciding,
}

impl std::fmt::Display for Doing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Doing::Catalog => "writing to the catalog",
            Doing::Landing => "landing what came",
            Doing::Judging => "judging submissions",
            Doing::Merging => "merging",
            Doing::Publishing => "publishing",
            Doing::Recording => "recording what the run did",
            Doing::Deciding => "recording the decision",
        })
    }
}

/// Gives an error its own name where a full disk is behind it.
pub(super) fn during(doing: Doing, data: &Path) -> impl FnOnce(RunError) -> RunError + '_ {
    move |error| match error {
        RunError::DiskFull { .. } => error,
        error if is_full(&error) => RunError::DiskFull {
            doing,
            reason: error.to_string(),
            folder: data.display().to_string(),
        },
        error => error,
    }
}

/// Whether an error comes from a full disk or a quota that is used up.
pub(super) fn is_full(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.downcast_ref::<rusqlite::Error>().is_some_and(is_full_catalog) || says_full(&error.to_string()) {
            return true;
        }
        next = error.source();
    }
    false
}

/// Engines hand on what the system said in words only.
fn says_full(text: &str) -> bool {
    [
        "No space left on device",
        "Disk quota exceeded",
        "os error 28)",
        "os error 122)",
    ]
    .iter()
    .any(|words| text.contains(words))
}

/// SQLite says so of a write, and "I/O error" of the index that its readers share.
fn is_full_catalog(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
        || code == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::CatalogError;
    use crate::table::TableError;
    use std::io;

    fn named(error: RunError) -> String {
        during(Doing::Merging, Path::new("/srv/lumbung"))(error).to_string()
    }

    #[test]
    fn a_full_disk_is_known_whoever_says_it() {
        let full = || io::Error::from_raw_os_error(28);
        let parquet = parquet::errors::ParquetError::External(Box::new(full()));
        let sqlite = |code| rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
        let catalog = |code| {
            RunError::Catalog(CatalogError::Sqlite {
                path: "catalog.db".to_string(),
                source: sqlite(code),
            })
        };
        let errors = [
            RunError::Io {
                path: "raw/.spool".to_string(),
                source: full(),
            },
            RunError::Merge(TableError::parquet(Path::new("a.parquet"), parquet).into()),
            catalog(rusqlite::ffi::SQLITE_FULL),
            catalog(rusqlite::ffi::SQLITE_IOERR_SHMSIZE),
        ];
        for error in errors {
            let text = named(error);
            assert!(text.starts_with("the disk is full while merging: "), "{text}");
        }
        let other = named(catalog(rusqlite::ffi::SQLITE_BUSY));
        assert!(!other.contains("disk is full"), "{other}");
    }

    #[test]
    fn the_stage_that_met_it_first_is_named() {
        let full = RunError::Io {
            path: "a".to_string(),
            source: io::Error::from_raw_os_error(28),
        };
        let data = Path::new("d");
        let text = during(Doing::Catalog, data)(during(Doing::Landing, data)(full)).to_string();
        assert!(text.contains("while landing what came: a: "), "{text}");
    }
}
