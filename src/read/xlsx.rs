//! XLSX workbooks: cells as their sheets hold them, typed.

use super::besides::{self, Besides, Position};
use super::merged::Merged;
use super::shown::Shows;
use super::{Block, Blocks, Document, Epoch, Format, RawCell, ReadError, Sheet, SheetKind, number, rows_hidden};
use crate::config::Limits;
use crate::domain::date;
use crate::finding::{Finding, Place};
use crate::format::{Opened, open_file};
use calamine::{DataRef, Reader, SheetType, SheetVisible, Style, Xlsx, XlsxCellReader, XlsxError};
use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Once;
use zip::ZipArchive;

/// Most bytes that one byte of deflated data can become.
const DEFLATE_RATIO: u64 = 1_032;

type Source = BufReader<Opened>;

/// An XLSX part.
pub(super) struct XlsxDocument {
    workbook: Xlsx<Source>,
    name: String,
    sheets: Vec<Sheet>,
    epoch: Epoch,
    notes: Vec<Finding>,
    path: PathBuf,
    /// What sheets say besides their cells, by sheet.
    besides: HashMap<usize, Besides>,
    limits: Limits,
}

impl XlsxDocument {
    /// Opens a ZIP archive with `xl/` in it. `name` is for messages.
    pub fn open(path: &Path, name: &str, limits: &Limits) -> Result<XlsxDocument, ReadError> {
        let notes = check_size(path, name, limits.unpacked_bytes)?;
        let source = BufReader::new(open_file(path)?);
        let workbook: Xlsx<Source> = guarded(name, || Xlsx::new(source).map_err(|error| damaged(name, &error)))?;
        let sheets = workbook
            .sheets_metadata()
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet)
            .map(|sheet| Sheet {
                name: Some(sheet.name.clone()),
                kind: SheetKind::Grid,
                hidden: sheet.visible != SheetVisible::Visible,
            })
            .collect();
        let epoch = if workbook.has_1904_epoch() {
            Epoch::Year1904
        } else {
            Epoch::Year1900
        };
        Ok(XlsxDocument {
            workbook,
            name: name.to_string(),
            sheets,
            epoch,
            notes,
            path: path.to_path_buf(),
            besides: HashMap::new(),
            limits: limits.clone(),
        })
    }
}

impl Document for XlsxDocument {
    fn format(&self) -> Format {
        Format::Xlsx
    }

    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn notes(&self) -> &[Finding] {
        &self.notes
    }

    fn sheet_notes(&self, sheet: usize, header: u32) -> Vec<Finding> {
        let hidden = self.besides.get(&sheet).map_or(&[][..], |besides| &besides.hidden);
        rows_hidden(hidden, header)
    }

    fn blocks(&mut self, sheet: usize) -> Result<Box<dyn Blocks + '_>, ReadError> {
        let sheet_name = self.sheets[sheet].name.clone().unwrap_or_default();
        let besides = self.besides.entry(sheet);
        let besides = besides
            .or_insert_with(|| besides::of_sheet(&self.path, &sheet_name))
            .clone();
        let (workbook, name) = (&mut self.workbook, self.name.as_str());
        let cells = guarded(name, || {
            workbook
                .worksheet_cells_reader(&sheet_name)
                .map_err(|error| on_sheet(damaged(name, &error), &sheet_name))
        })?;
        Ok(Box::new(XlsxBlocks {
            merged: Merged::new(besides.merged.into_iter()),
            uncalculated: besides.uncalculated,
            shows: cells.styles().iter().map(shows).collect(),
            cells,
            file: name,
            sheet: sheet_name,
            epoch: self.epoch,
            column_limit: self.limits.columns,
            row: None,
            pending: None,
            ended: false,
        }))
    }
}

/// Refuses an archive that would unpack to more than `limit` bytes, whatever sizes it declares. Gives notes about what it
/// holds besides cells, which is never run and never followed.
pub(super) fn check_size(path: &Path, name: &str, limit: u64) -> Result<Vec<Finding>, ReadError> {
    let damaged = |reason: String| -> ReadError {
        Finding::of("workbook-damaged")
            .with("file", name)
            .with("reason", reason)
            .into()
    };
    let too_large = || -> ReadError {
        Finding::of("archive-too-large")
            .with("file", name)
            .with("limit", crate::finding::size(limit))
            .into()
    };
    let mut archive = ZipArchive::new(BufReader::new(open_file(path)?)).map_err(|error| damaged(error.to_string()))?;
    let holds = |part: &str| {
        let mut names = archive.file_names();
        names.any(|name| name.is_ok_and(|name| name.to_ascii_lowercase().contains(part)))
    };
    let mut notes = Vec::new();
    if holds("vbaproject.bin") {
        notes.push(Finding::of("macros-not-run").with("file", name));
    }
    if holds("externallinks/externallink") {
        notes.push(Finding::of("links-not-followed").with("file", name));
    }
    let mut declared = 0_u64;
    let mut packed = 0_u64;
    for index in 0..archive.len() {
        let entry = archive
            .by_index_raw(index)
            .map_err(|error| damaged(error.to_string()))?;
        if entry.encrypted() {
            return Err(Finding::of("workbook-protected").with("file", name).into());
        }
        declared = declared.saturating_add(entry.size());
        packed = packed.saturating_add(entry.compressed_size());
    }
    if declared > limit {
        return Err(too_large());
    }
    if packed.saturating_mul(DEFLATE_RATIO) <= limit {
        return Ok(notes);
    }
    // Declared sizes can lie, so what could be too large is unpacked once, into nothing.
    let mut left = limit;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| damaged(error.to_string()))?;
        let unpacked = io::copy(&mut entry.take(left + 1), &mut io::sink());
        left = left
            .checked_sub(unpacked.map_err(|error| damaged(error.to_string()))?)
            .ok_or_else(too_large)?;
    }
    Ok(notes)
}

thread_local! {
    /// Whether this thread is in the workbook library, whose panics are findings.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Keeps panics of the workbook library from being told as crashes.
static QUIET: Once = Once::new();

/// Runs the workbook library. A panic in it, which a damaged file may cause, refuses the file like an error.
fn guarded<T>(name: &str, work: impl FnOnce() -> Result<T, ReadError>) -> Result<T, ReadError> {
    QUIET.call_once(|| {
        let told = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                told(panic);
            }
        }));
    });
    GUARDED.set(true);
    // After a panic nothing that the work touched is used again: opening fails, or the sheet has ended.
    let result = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(false);
    result.unwrap_or_else(|_| {
        Err(Finding::of("workbook-damaged")
            .with("file", name)
            .with("reason", "unexpected structure")
            .into())
    })
}

fn damaged(name: &str, error: &XlsxError) -> ReadError {
    if matches!(error, XlsxError::Password) {
        return Finding::of("workbook-protected").with("file", name).into();
    }
    Finding::of("workbook-damaged")
        .with("file", name)
        .with("reason", error.to_string())
        .into()
}

fn on_sheet(mut error: ReadError, sheet: &str) -> ReadError {
    error.0.place.sheet = Some(sheet.to_string());
    error
}

struct XlsxBlocks<'a> {
    cells: XlsxCellReader<'a, Source>,
    merged: Merged,
    uncalculated: Vec<Position>,
    /// What a style, by its id, shows.
    shows: Vec<Shows>,
    file: &'a str,
    sheet: String,
    epoch: Epoch,
    column_limit: usize,
    /// Sheet row (from 0) that is being filled, or was filled last.
    row: Option<u32>,
    /// The first cell of the next row.
    pending: Option<(Position, DataRef<'a>, Shows)>,
    ended: bool,
}

impl Blocks for XlsxBlocks<'_> {
    fn next_block(&mut self) -> Result<Option<Block>, ReadError> {
        if self.ended {
            return Ok(None);
        }
        let file = self.file;
        let block = guarded(file, || self.fill());
        if block.is_err() {
            self.ended = true;
        }
        block.map_err(|error| on_sheet(error, &self.sheet))
    }
}

impl XlsxBlocks<'_> {
    fn fill(&mut self) -> Result<Option<Block>, ReadError> {
        let mut block = Block {
            epoch: Some(self.epoch),
            ..Block::default()
        };
        if let Some(((row, column), value, shows)) = self.pending.take() {
            self.row = Some(row);
            self.push(&mut block, row, column, &value, shows)?;
        }
        loop {
            let next = self.cells.next_cell_with_style_id();
            let Some((cell, style)) = next.map_err(|error| damaged(self.file, &error))? else {
                self.ended = true;
                break;
            };
            let (row, column) = cell.get_position();
            if is_empty(cell.get_value()) && self.uncalculated.binary_search(&(row, column)).is_err() {
                continue;
            }
            if self.row.is_some_and(|current| row < current) {
                let finding = Finding::of("workbook-damaged").with("file", self.file);
                return Err(finding
                    .with("reason", format!("row {} after a later one", row + 1))
                    .into());
            }
            let row_open = block.cells.len() > block.open_row_start();
            if self.row != Some(row) && row_open {
                self.end_row(&mut block);
                if block.is_full() {
                    self.pending = Some(((row, column), cell.get_value().clone(), self.shows(style)));
                    return Ok(Some(block));
                }
            }
            self.row = Some(row);
            self.push(&mut block, row, column, cell.get_value(), self.shows(style))?;
        }
        if block.cells.len() > block.open_row_start() {
            self.end_row(&mut block);
        }
        Ok((block.rows() > 0).then_some(block))
    }

    fn end_row(&mut self, block: &mut Block) {
        let row = self.row.unwrap_or(0);
        self.merged.fill(row, block);
        block.end_row(row + 1);
    }

    fn shows(&self, style: usize) -> Shows {
        self.shows.get(style).copied().unwrap_or(Shows::Number)
    }

    fn push(
        &mut self,
        block: &mut Block,
        row: u32,
        column: u32,
        value: &DataRef<'_>,
        shows: Shows,
    ) -> Result<(), ReadError> {
        if column as usize >= self.column_limit {
            let place = Place {
                row: Some(row + 1),
                column_index: Some(column),
                ..Place::default()
            };
            return Err(Finding::of("too-many-columns")
                .with("limit", self.column_limit.to_string())
                .at(place)
                .into());
        }
        let cell = match value {
            DataRef::Int(value) if shows == Shows::Number => RawCell::Integer(*value),
            DataRef::Int(value) => shows.cell(block, *value as f64),
            DataRef::Float(value) => shows.cell(block, *value),
            DataRef::Bool(value) => RawCell::Bool(*value),
            DataRef::String(text) => RawCell::Text(block.push_text(text)),
            DataRef::SharedString(text) => RawCell::Text(block.push_text(text)),
            DataRef::DateTimeIso(text) => day(block, text),
            DataRef::DurationIso(text) => RawCell::Text(block.push_text(text)),
            DataRef::DateTime(date) if date.is_datetime() => RawCell::Date {
                serial: date.as_f64(),
                epoch: self.epoch,
            },
            DataRef::DateTime(duration) => number(block, duration.as_f64()),
            DataRef::Error(error) => RawCell::Error(block.push_text(&error.to_string())),
            // An empty cell comes here only where its formula has no value.
            DataRef::Empty => RawCell::Uncalculated,
        };
        block.set_cell(column as usize, cell);
        self.merged.note(row, column, block, cell);
        Ok(())
    }
}

/// A day that is written as such, with or without a time.
fn day(block: &mut Block, text: &str) -> RawCell {
    match date::parse_date(text.split('T').next().unwrap_or_default()) {
        Ok(day) => RawCell::Date {
            serial: date::to_serial(day),
            epoch: Epoch::Year1900,
        },
        Err(_) => RawCell::Text(block.push_text(text)),
    }
}

/// What cells of a style show.
fn shows(style: &Style) -> Shows {
    let format = style.number_format.as_ref();
    format.map_or(Shows::Number, |format| Shows::of(&format.format_code))
}

/// A formula that gives an empty text counts as empty too.
fn is_empty(value: &DataRef<'_>) -> bool {
    match value {
        DataRef::Empty => true,
        DataRef::String(text) => text.is_empty(),
        DataRef::SharedString(text) => text.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
#[path = "xlsx_tests.rs"]
mod tests;
