//! Formats of answers: streaming pull parsers for JSON and XML that know nothing of cells or of what a record
//! means.
//!
//! [`json::JsonReader`] and [`xml::XmlReader`] walk a byte stream in bounded memory and refuse what the standards
//! refuse. `read` makes cells of what they give; a connector only takes a [`peek`]: it looks for paging, error
//! marks and the number of records.
//!
//! Reads `finding` and nothing else of the crate.

mod decode;
pub mod json;
mod locate;
mod peek;
pub mod sealed;
pub mod xml;

pub use decode::Utf8Reader;
pub use locate::{json_records, pointer_segments, xml_records};
pub use peek::{FormatKind, Peek, peek};

use crate::finding::Finding;
pub use sealed::Opened;
use std::io::{self, Read};
use std::path::Path;

/// A result whose error is a finding with its place; boxed because findings are large and rare.
pub type FormatResult<T> = Result<T, Box<Finding>>;

/// Longest string, number or piece of markup, in bytes, where nobody sets another limit.
pub const TEXT_LIMIT: usize = 8 << 20;

/// Opens a file for reading, encrypted or not. Every reading of landed bytes begins here.
pub fn open_file(path: &Path) -> FormatResult<Opened> {
    sealed::open(path).map_err(|error| unreadable(&error))
}

/// A read that is repeated when a signal interrupts it; 0 at the end.
pub fn read_some(input: &mut impl Read, out: &mut [u8]) -> FormatResult<usize> {
    loop {
        match input.read(out) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(&error)),
            Ok(count) => return Ok(count),
        }
    }
}

/// The finding for a failed read: bytes that do not fit their encoding, or the disk.
pub fn unreadable(error: &io::Error) -> Box<Finding> {
    if error.kind() == io::ErrorKind::InvalidData {
        return Box::new(Finding::of("text-encoding-invalid"));
    }
    Box::new(Finding::of("file-unreadable").with("reason", error.to_string()))
}
