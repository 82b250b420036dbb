//! Workbooks that are parsed whole (XLS, XLSB, ODS): in a process of their own, with limits of memory and time. What
//! crashes a parser, or has it ask for all memory there is, ends that process and not the run.
//!
//! The process is this program again, called `lumbung read-workbook MEGABYTES`; `child` is its side, `worker` and `document`
//! the other. It is asked for one workbook after the other: kind (a colon and the key of an
//! encrypted file), a blank, the path, a zero byte. It answers in lines of
//! JSON: the first says which sheets there are, then comes every row that is not blank, and the last says that this was
//! all.

mod child;
mod document;
mod worker;

pub use child::read_workbooks;
pub(super) use document::ApartDocument;

use super::Format;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One line of what the process says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Sheets(Vec<SheetLine>),
    Row(RowLine),
    /// The file cannot be read, in the library's words.
    Damaged(String),
    /// It is locked with a password.
    Protected,
    /// This was all of a workbook. `again`: another may be asked for; otherwise the process ends.
    End {
        again: bool,
    },
}

#[derive(Debug, Serialize, Deserialize)]
struct SheetLine {
    name: String,
    hidden: bool,
}

/// Cells of a row up to its last filled one: null, a text, a number, true or false; `["date", "2024-08-12"]`,
/// `["error", "#REF!"]`.
#[derive(Debug, Serialize, Deserialize)]
struct RowLine {
    /// Position of the sheet in the first line.
    sheet: usize,
    /// From 1.
    row: u32,
    cells: Vec<Value>,
}

/// Marks of cells that are no JSON value by themselves.
const DATE: &str = "date";
const ERROR: &str = "error";

/// What a kind is called on the command line.
fn word(kind: Format) -> &'static str {
    match kind {
        Format::Xls => "xls",
        Format::Xlsb => "xlsb",
        _ => "ods",
    }
}
