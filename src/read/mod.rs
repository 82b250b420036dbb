//! Reading: bytes to blocks of cells. Knows formats, not meanings.
//!
//! [`open`] looks at a part's bytes (never at its name's extension alone), decides the format and gives a
//! [`Document`]: a list of sheets, each of which can be read as often as needed, block by block, in bounded
//! memory. A text format's cells are slices of the block's text; nothing is allocated per cell. A place is
//! implicit (sheet, row number, column index); an address such as `Sheet1!C14` is computed for a finding only.
//!
//! Reads `finding`, `format`, `config` (limits), `domain` (days) and nothing else of the crate; called by `normalize` and the
//! command line.

mod apart;
mod besides;
mod csv;
mod dump;
mod fields;
mod json;
mod merged;
mod open;
mod shown;
mod timed;
mod xlsx;
mod xml;

pub use apart::read_workbooks;
pub use dump::write_cells;
pub use open::open;
pub use timed::ReadClock;

use crate::finding::Finding;

/// A range of a block's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub start: u32,
    pub length: u32,
}

/// The day a spreadsheet counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Epoch {
    /// Serial 1 is 1 January 1900, with the leap day that 1900 never had.
    Year1900,
    /// Serial 0 is 1 January 1904.
    Year1904,
}

/// A cell as stored in a block: sixteen bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RawCell {
    Empty,
    /// Text as the sender wrote it; numbers and dates in it are read in the column's locale.
    Text(Span),
    /// A number in machine form that the format itself declares to be a number: never read in a locale. Kept as text
    /// because no number type holds it (`-12.50`, `1e5` in JSON), or because its sheet shows zeros that may belong to a
    /// code (`02021920`, `32.10`).
    Literal(Span),
    Integer(i64),
    Float(f64),
    /// A number that its sheet shows as a percentage: 0.85 for 85 %.
    Percent(f64),
    Bool(bool),
    Date {
        serial: f64,
        epoch: Epoch,
    },
    /// A spreadsheet error such as `#REF!`.
    Error(Span),
    /// A formula whose value no program has stored.
    Uncalculated,
    /// A figure of a cell that is merged over several rows, in each of them: whose it is, nobody can say. A number
    /// in machine form, or the text as written.
    Spread(Span),
}

/// A cell as seen by a consumer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    Empty,
    Text(&'a str),
    Literal(&'a str),
    Integer(i64),
    Float(f64),
    Percent(f64),
    Bool(bool),
    Date { serial: f64, epoch: Epoch },
    Error(&'a str),
    Uncalculated,
    Spread(&'a str),
}

/// Some consecutive rows of one sheet. Rows may be ragged.
#[derive(Debug, Default, Clone)]
pub struct Block {
    /// The text that `Text`, `Literal`, `Error` and `Spread` cells point into.
    pub text: String,
    /// The cells of all rows, one row behind the other.
    pub cells: Vec<RawCell>,
    /// End of each row in `cells`.
    pub row_ends: Vec<u32>,
    /// Number of each row, from 1: sheet row, or record number. In CSV: the physical line the record starts on.
    pub row_numbers: Vec<u32>,
    /// True where `row_numbers` are physical lines of a text file.
    pub numbers_are_lines: bool,
    /// The day that the sheet's numbers count from where they stand for days.
    pub epoch: Option<Epoch>,
    /// Of rows that a crosstab was turned into: the ordinal of the header's value that each is of. Else empty.
    pub turned: Vec<u32>,
}

impl Block {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.row_ends.len()
    }

    /// The cells of a row.
    pub fn row(&self, row: usize) -> &[RawCell] {
        let start = if row == 0 { 0 } else { self.row_ends[row - 1] as usize };
        &self.cells[start..self.row_ends[row] as usize]
    }

    /// The cell at a row and column; `Empty` past the end of a short row.
    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        self.row(row).get(column).map_or(Cell::Empty, |&raw| self.view(raw))
    }

    /// A cell of this block with its text.
    pub fn view(&self, raw: RawCell) -> Cell<'_> {
        let slice = |span: Span| &self.text[span.start as usize..(span.start + span.length) as usize];
        match raw {
            RawCell::Empty => Cell::Empty,
            RawCell::Text(span) => Cell::Text(slice(span)),
            RawCell::Literal(span) => Cell::Literal(slice(span)),
            RawCell::Error(span) => Cell::Error(slice(span)),
            RawCell::Uncalculated => Cell::Uncalculated,
            RawCell::Spread(span) => Cell::Spread(slice(span)),
            RawCell::Integer(value) => Cell::Integer(value),
            RawCell::Float(value) => Cell::Float(value),
            RawCell::Percent(value) => Cell::Percent(value),
            RawCell::Bool(value) => Cell::Bool(value),
            RawCell::Date { serial, epoch } => Cell::Date { serial, epoch },
        }
    }

    /// Appends text and gives its span. Blocks stay far below 4 GiB, see [`BLOCK_TEXT_BYTES`].
    pub fn push_text(&mut self, text: &str) -> Span {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        Span {
            start,
            length: text.len() as u32,
        }
    }

    /// Whether a reader should hand the block out.
    pub fn is_full(&self) -> bool {
        self.rows() >= BLOCK_ROWS || self.text.len() >= BLOCK_TEXT_BYTES || self.cells.len() >= BLOCK_CELLS
    }

    /// Where the cells of the row that is being filled start.
    pub fn open_row_start(&self) -> usize {
        self.row_ends.last().map_or(0, |&end| end as usize)
    }

    /// Sets a cell of the row that is being filled; columns that it skips are `Empty`.
    pub fn set_cell(&mut self, column: usize, cell: RawCell) {
        let at = self.open_row_start() + column;
        if at >= self.cells.len() {
            self.cells.resize(at, RawCell::Empty);
            self.cells.push(cell);
        } else {
            self.cells[at] = cell;
        }
    }

    /// Ends the current row.
    pub fn end_row(&mut self, number: u32) {
        self.row_ends.push(self.cells.len() as u32);
        self.row_numbers.push(number);
    }
}

#[cfg(test)]
impl Block {
    /// Rows of texts, whole numbers and blanks as they are written, numbered from `first`.
    pub(crate) fn of_rows(first: u32, rows: &[&[&str]]) -> Block {
        let mut block = Block::default();
        for (number, cells) in (first..).zip(rows) {
            for cell in *cells {
                let raw = match cell.parse::<i64>() {
                    _ if cell.is_empty() => RawCell::Empty,
                    Ok(number) => RawCell::Integer(number),
                    Err(_) => RawCell::Text(block.push_text(cell)),
                };
                block.cells.push(raw);
            }
            block.end_row(number);
        }
        block
    }
}

/// A reader ends a block at the first row end after this many rows …
pub const BLOCK_ROWS: usize = 8_192;
/// … or this many bytes of text …
pub const BLOCK_TEXT_BYTES: usize = 1 << 20;
/// … or this many cells, whichever comes first.
pub const BLOCK_CELLS: usize = 1 << 19;

/// How the rows of a sheet are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetKind {
    /// Cells in a grid: the header is among them and must be found.
    Grid,
    /// Named fields: [`Blocks::fields`] names the columns.
    Records,
}

/// One sheet of a workbook, or the only one of another format.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The sheet's name; none for formats without sheets.
    pub name: Option<String>,
    pub kind: SheetKind,
    /// Hidden from who opens the workbook.
    pub hidden: bool,
}

/// What was found in a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Csv,
    Xlsx,
    Xls,
    Xlsb,
    Ods,
    Json,
    Xml,
}

/// An opened part.
pub trait Document: Send {
    /// What the bytes were found to be.
    fn format(&self) -> Format;
    /// The sheets, in the order of the workbook; exactly one for other formats.
    fn sheets(&self) -> &[Sheet];
    /// Notes about the part as a whole (encoding, delimiter), for the receipt.
    fn notes(&self) -> &[Finding];
    /// Notes about the rows of a sheet below its header (a row's number; 0 where there is none), without their place.
    /// Blocks of it were read before.
    fn sheet_notes(&self, _sheet: usize, _header: u32) -> Vec<Finding> {
        Vec::new()
    }
    /// Starts reading a sheet from its beginning; may be called again. `sheet` is an index of [`Document::sheets`].
    fn blocks(&mut self, sheet: usize) -> Result<Box<dyn Blocks + '_>, ReadError>;
}

/// The rows of one sheet.
pub trait Blocks: Send {
    /// The next rows, or none at the end. An error ends the sheet: the submission is refused with it.
    fn next_block(&mut self) -> Result<Option<Block>, ReadError>;
    /// Names of the columns seen so far, for [`SheetKind::Records`]: grows as records show new fields, so a
    /// column keeps its index. Empty for a grid.
    fn fields(&self) -> &[String] {
        &[]
    }
}

/// Whole numbers below this are exact in a `f64`.
const EXACT_INTEGERS: f64 = 9_007_199_254_740_992.0;

/// A number of a spreadsheet, which knows only floats.
fn number(block: &mut Block, value: f64) -> RawCell {
    if !value.is_finite() {
        return RawCell::Error(block.push_text("#NUM!"));
    }
    if value.fract() == 0.0 && value.abs() < EXACT_INTEGERS {
        return RawCell::Integer(value as i64);
    }
    RawCell::Float(value)
}

/// How many hidden rows a note names.
const NAMED_ROWS: usize = 5;

/// The note about hidden rows that hold something, below a header; `hidden` are their numbers.
fn rows_hidden(hidden: &[u32], header: u32) -> Vec<Finding> {
    let hidden: Vec<u32> = hidden.iter().copied().filter(|row| *row > header).collect();
    if hidden.is_empty() {
        return Vec::new();
    }
    let mut named: Vec<String> = hidden.iter().take(NAMED_ROWS).map(u32::to_string).collect();
    if hidden.len() > NAMED_ROWS {
        named.push("…".to_string());
    }
    let note = Finding::of("rows-hidden").with_figure("count", hidden.len().to_string());
    vec![note.with("rows", named.join(", "))]
}

/// A part that cannot be read, said as a finding with its place.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct ReadError(pub Box<Finding>);

impl From<Finding> for ReadError {
    fn from(finding: Finding) -> ReadError {
        ReadError(Box::new(finding))
    }
}

impl From<Box<Finding>> for ReadError {
    fn from(finding: Box<Finding>) -> ReadError {
        ReadError(finding)
    }
}

/// What a connector or contract says about how to read; empty: decide from the bytes.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Path of the records in JSON (`/data/items`) or of the record element in XML (`/response/rows/row`).
    pub records: Option<String>,
    pub limits: crate::config::Limits,
}
