//! Tables: the one way Parquet is written, read and asked.
//!
//! - [`borders`]: regions through time, and datasets in other borders than those of their time.
//! - [`schema`]: contract → Arrow schema.
//! - [`writer`]: the one writer of every staged, model and published file. Equal rows give equal bytes.
//! - [`reader`]: Parquet back to batches.
//! - [`excluded`]: rows of a staged file that do not count.
//! - [`session`]: SQL (DataFusion) over files and batches; `bound`: what a parameter does in a statement.
//! - [`reference`]: the registry and the reference tables as batches.
//!
//! Other modules never name a Parquet API.

pub mod borders;
mod bound;
pub mod excluded;
pub mod reader;
pub mod reference;
pub mod schema;
pub mod session;
pub mod writer;

pub use bound::Bounded;
pub use excluded::Excluded;
pub use session::{Session, SqlError};
pub use writer::{Passing, SoFar, TableWriter, WrittenFile};

/// Why a table could not be read or written; names the file.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("{path}: {source}")]
    Io { path: String, source: std::io::Error },
    #[error("{path}: {source}")]
    Parquet {
        path: String,
        source: parquet::errors::ParquetError,
    },
    #[error("{path}: {source}")]
    Arrow {
        path: String,
        source: arrow::error::ArrowError,
    },
    #[error("{path}: {what} cannot be read")]
    Damaged { path: String, what: String },
}

impl TableError {
    pub(crate) fn io(path: &std::path::Path, source: std::io::Error) -> TableError {
        TableError::Io {
            path: path.display().to_string(),
            source,
        }
    }

    pub(crate) fn parquet(path: &std::path::Path, source: parquet::errors::ParquetError) -> TableError {
        TableError::Parquet {
            path: path.display().to_string(),
            source,
        }
    }

    pub(crate) fn arrow(path: &std::path::Path, source: arrow::error::ArrowError) -> TableError {
        TableError::Arrow {
            path: path.display().to_string(),
            source,
        }
    }
}
