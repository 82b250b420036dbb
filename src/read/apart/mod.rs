//! Workbooks that are parsed whole (XLS, XLSB, ODS): in a process of their own, with limits of memory and time. What
//! crashes a parser, or has it ask for all memory there is, ends that process and not the run.
//!
//! The process is this program again, called `lumbung read-workbook MEGABYTES`; `child` is its side, `worker` and `document`
//! the other. It is asked for one workbook after the other: kind (a colon and the key of an
//! encrypted file), a blank, the path, a zero byte. It answers in lines of
//! JSON: the first says which sheets there are, then comes every row that is not blank, and the last says that this was
//! all.

mod child;
mod compound;
mod document;
mod looks;
mod ods;
mod worker;
mod xls;
mod xlsb;

pub use child::read_workbooks;
pub(super) use document::ApartDocument;

use super::{Cell, Epoch, Format};
use crate::domain::date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// One line of what the process says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
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
pub(super) struct SheetLine {
    pub name: String,
    pub hidden: bool,
    /// Ranges merged over several rows: first row and column, last row and column, from 0.
    pub merged: Vec<[u32; 4]>,
    /// The day from which numbers count where they are days; none where it is not known.
    pub epoch: Option<Epoch>,
}

/// Cells of a row up to its last filled one: null, a text, a number, true or false; `["date", "2024-08-12"]`,
/// `["error", "#REF!"]`, `["percent", 0.85]` for 85 %, `["shown", "02021920"]` for a number with the zeros of a code, and
/// `["uncalculated"]` for a formula without a stored result.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RowLine {
    /// Position of the sheet in the first line.
    pub sheet: usize,
    /// From 1.
    pub row: u32,
    pub cells: Vec<Value>,
    /// Hidden from who opens the workbook.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

/// Marks of cells that are no JSON value by themselves.
const DATE: &str = "date";
const ERROR: &str = "error";
const PERCENT: &str = "percent";
const SHOWN: &str = "shown";
const UNCALCULATED: &str = "uncalculated";
const SPREAD: &str = "spread";

/// A cell as a line holds it. Here also `["spread", "120"]`, for a figure of several rows.
pub(super) fn value(cell: Cell<'_>) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Text(text) => json!(text),
        Cell::Literal(text) => json!([SHOWN, text]),
        Cell::Integer(number) => json!(number),
        Cell::Float(number) => json!(number),
        Cell::Percent(number) => json!([PERCENT, number]),
        Cell::Bool(value) => json!(value),
        Cell::Date { serial, epoch } => match date::from_serial(serial, epoch == Epoch::Year1904) {
            Ok(day) => json!([DATE, day.to_string()]),
            Err(_) => json!(serial),
        },
        Cell::Error(text) => json!([ERROR, text]),
        Cell::Uncalculated => json!([UNCALCULATED]),
        Cell::Spread(text) => json!([SPREAD, text]),
    }
}

/// What a kind is called on the command line.
fn word(kind: Format) -> &'static str {
    match kind {
        Format::Xls => "xls",
        Format::Xlsb => "xlsb",
        _ => "ods",
    }
}
