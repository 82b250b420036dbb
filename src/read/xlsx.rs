//! XLSX workbooks: cells as their sheets hold them, typed.

use super::{Block, Blocks, Document, Epoch, Format, RawCell, ReadError, Sheet, SheetKind};
use crate::config::Limits;
use crate::finding::{Finding, Place};
use crate::format::open_file;
use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use zip::ZipArchive;

/// Most bytes that one byte of deflated data can become.
const DEFLATE_RATIO: u64 = 1_032;

/// Whole numbers below this are exact in a `f64`.
const EXACT_INTEGERS: f64 = 9_007_199_254_740_992.0;

type Source = BufReader<File>;

/// An XLSX part.
pub(super) struct XlsxDocument {
    workbook: Xlsx<Source>,
    name: String,
    sheets: Vec<Sheet>,
    epoch: Epoch,
    limits: Limits,
}

impl XlsxDocument {
    /// Opens a ZIP archive with `xl/` in it. `name` is for messages.
    pub fn open(path: &Path, name: &str, limits: &Limits) -> Result<XlsxDocument, ReadError> {
        check_size(path, name, limits.unpacked_bytes)?;
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
        &[]
    }

    fn blocks(&mut self, sheet: usize) -> Result<Box<dyn Blocks + '_>, ReadError> {
        let sheet_name = self.sheets[sheet].name.clone().unwrap_or_default();
        let (workbook, name) = (&mut self.workbook, self.name.as_str());
        let cells = guarded(name, || {
            workbook
                .worksheet_cells_reader(&sheet_name)
                .map_err(|error| on_sheet(damaged(name, &error), &sheet_name))
        })?;
        Ok(Box::new(XlsxBlocks {
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

/// Refuses an archive that would unpack to more than `limit` bytes, whatever sizes it declares.
fn check_size(path: &Path, name: &str, limit: u64) -> Result<(), ReadError> {
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
        return Ok(());
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
    Ok(())
}

/// Runs the workbook library. A panic in it, which a damaged file may cause, refuses the file like an error.
fn guarded<T>(name: &str, work: impl FnOnce() -> Result<T, ReadError>) -> Result<T, ReadError> {
    // After a panic nothing that the work touched is used again: opening fails, or the sheet has ended.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
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
    file: &'a str,
    sheet: String,
    epoch: Epoch,
    column_limit: usize,
    /// Sheet row (from 0) that is being filled, or was filled last.
    row: Option<u32>,
    /// The first cell of the next row.
    pending: Option<((u32, u32), DataRef<'a>)>,
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
        let mut block = Block::default();
        if let Some(((row, column), value)) = self.pending.take() {
            self.row = Some(row);
            self.push(&mut block, row, column, &value)?;
        }
        loop {
            let Some(cell) = self.cells.next_cell().map_err(|error| damaged(self.file, &error))? else {
                self.ended = true;
                break;
            };
            let (row, column) = cell.get_position();
            if is_empty(cell.get_value()) {
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
                block.end_row(self.row.unwrap_or(0) + 1);
                if block.is_full() {
                    self.pending = Some(((row, column), cell.get_value().clone()));
                    return Ok(Some(block));
                }
            }
            self.row = Some(row);
            self.push(&mut block, row, column, cell.get_value())?;
        }
        if block.cells.len() > block.open_row_start() {
            block.end_row(self.row.unwrap_or(0) + 1);
        }
        Ok((block.rows() > 0).then_some(block))
    }

    fn push(&self, block: &mut Block, row: u32, column: u32, value: &DataRef<'_>) -> Result<(), ReadError> {
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
            DataRef::Int(value) => RawCell::Integer(*value),
            DataRef::Float(value) => number(block, *value),
            DataRef::Bool(value) => RawCell::Bool(*value),
            DataRef::String(text) => RawCell::Text(block.push_text(text)),
            DataRef::SharedString(text) => RawCell::Text(block.push_text(text)),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => RawCell::Text(block.push_text(text)),
            DataRef::DateTime(date) if date.is_datetime() => RawCell::Date {
                serial: date.as_f64(),
                epoch: self.epoch,
            },
            DataRef::DateTime(duration) => number(block, duration.as_f64()),
            DataRef::Error(error) => RawCell::Error(block.push_text(&error.to_string())),
            DataRef::Empty => RawCell::Empty,
        };
        block.set_cell(column as usize, cell);
        Ok(())
    }
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

fn number(block: &mut Block, value: f64) -> RawCell {
    if !value.is_finite() {
        return RawCell::Error(block.push_text("#NUM!"));
    }
    if value.fract() == 0.0 && value.abs() < EXACT_INTEGERS {
        return RawCell::Integer(value as i64);
    }
    RawCell::Float(value)
}

#[cfg(test)]
#[path = "xlsx_tests.rs"]
mod tests;
