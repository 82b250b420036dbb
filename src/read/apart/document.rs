//! What the process said, as a document.

use super::worker::Worker;
use super::{DATE, ERROR, Line, PERCENT, RowLine, SHOWN, UNCALCULATED};
use crate::config::Limits;
use crate::domain::date;
use crate::finding::{Finding, Place};
use crate::read::merged::Merged;
use crate::read::{Block, Blocks, Document, Epoch, Format, RawCell, ReadError, Sheet, SheetKind, number, rows_hidden};
use serde_json::Value;
use std::io::BufRead;
use std::path::Path;
use std::time::Duration;

/// A workbook that another process has parsed.
pub struct ApartDocument {
    format: Format,
    sheets: Vec<Sheet>,
    /// By sheet.
    blocks: Vec<Vec<Block>>,
    epochs: Vec<Option<Epoch>>,
    /// Numbers of the hidden rows, by sheet.
    hidden: Vec<Vec<u32>>,
}

impl ApartDocument {
    /// Has a process of this program read a workbook. `name` is for messages.
    pub fn open(path: &Path, name: &str, format: Format, limits: &Limits) -> Result<ApartDocument, ReadError> {
        let cannot = |reason: String| -> ReadError {
            let finding = Finding::of("workbook-reader-stopped").with("file", name);
            finding.with("reason", reason).into()
        };
        loop {
            let mut worker = Worker::take(limits.workbook_memory_mb).map_err(|error| cannot(error.to_string()))?;
            let mut reading = Reading::new(name, format, limits.columns);
            let time = Duration::from_secs(limits.workbook_seconds);
            let (read, is_late) = worker.ask(format, path, time, |answers| reading.lines(answers));
            if is_late {
                let finding = Finding::of("workbook-takes-too-long").with("file", name);
                return Err(finding.with("seconds", limits.workbook_seconds.to_string()).into());
            }
            read?;
            match reading.ended {
                Some(again) => {
                    if again {
                        worker.keep();
                    }
                    return reading.refused.map_or(Ok(reading.document), Err);
                }
                // It may have waited too long, or lacked the memory that earlier workbooks have kept.
                None if worker.is_used => {}
                None => return Err(cannot(format!("{} MB", limits.workbook_memory_mb))),
            }
        }
    }
}

/// Lines on their way into a document.
struct Reading<'n> {
    document: ApartDocument,
    name: &'n str,
    /// By sheet.
    merged: Vec<Merged>,
    column_limit: usize,
    /// Why the workbook cannot be read, in the process' words.
    refused: Option<ReadError>,
    /// Set by the last line: whether the process may be asked again.
    ended: Option<bool>,
}

impl<'n> Reading<'n> {
    fn new(name: &'n str, format: Format, column_limit: usize) -> Reading<'n> {
        Reading {
            document: ApartDocument {
                format,
                sheets: Vec::new(),
                blocks: Vec::new(),
                epochs: Vec::new(),
                hidden: Vec::new(),
            },
            name,
            merged: Vec::new(),
            column_limit,
            refused: None,
            ended: None,
        }
    }

    /// Takes lines until the last; a process that ends before leaves `ended` unset.
    fn lines(&mut self, answers: &mut impl BufRead) -> Result<(), ReadError> {
        for line in answers.lines() {
            // Cut off in the middle of a line: as if it had ended before.
            let Ok(Ok(line)) = line.map(|line| serde_json::from_str::<Line>(&line)) else {
                return Ok(());
            };
            match line {
                Line::Sheets(sheets) => {
                    self.document.blocks = sheets.iter().map(|_| Vec::new()).collect();
                    self.document.hidden = vec![Vec::new(); sheets.len()];
                    let ranges = |sheet: &super::SheetLine| {
                        let corners = |range: &[u32; 4]| ((range[0], range[1]), (range[2], range[3]));
                        Merged::new(sheet.merged.iter().map(corners))
                    };
                    self.merged = sheets.iter().map(ranges).collect();
                    self.document.epochs = sheets.iter().map(|sheet| sheet.epoch).collect();
                    let sheet = |sheet: super::SheetLine| Sheet {
                        name: Some(sheet.name),
                        kind: SheetKind::Grid,
                        hidden: sheet.hidden,
                    };
                    self.document.sheets = sheets.into_iter().map(sheet).collect();
                }
                Line::Row(row) => self.row(row)?,
                Line::Damaged(reason) => {
                    let finding = Finding::of("workbook-damaged").with("file", self.name);
                    self.refused = Some(finding.with("reason", reason).into());
                }
                Line::Protected => {
                    self.refused = Some(Finding::of("workbook-protected").with("file", self.name).into());
                }
                Line::End { again } => {
                    self.ended = Some(again);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn row(&mut self, line: RowLine) -> Result<(), ReadError> {
        if line.cells.len() > self.column_limit {
            let sheet = self.document.sheets.get(line.sheet);
            let place = Place {
                sheet: sheet.and_then(|sheet| sheet.name.clone()),
                row: Some(line.row),
                column_index: Some(self.column_limit as u32),
                ..Place::default()
            };
            let finding = Finding::of("too-many-columns").with("limit", self.column_limit.to_string());
            return Err(finding.at(place).into());
        }
        let (Some(blocks), Some(merged)) = (
            self.document.blocks.get_mut(line.sheet),
            self.merged.get_mut(line.sheet),
        ) else {
            return Ok(());
        };
        if line.hidden {
            self.document.hidden[line.sheet].push(line.row);
        }
        let row = line.row.saturating_sub(1);
        if blocks.last().is_none_or(Block::is_full) {
            blocks.push(Block {
                epoch: self.document.epochs[line.sheet],
                ..Block::default()
            });
        }
        if let Some(block) = blocks.last_mut() {
            for (column, value) in line.cells.iter().enumerate() {
                let cell = cell(block, value);
                block.set_cell(column, cell);
                merged.note(row, column as u32, block, cell);
            }
            merged.fill(row, block);
            block.end_row(line.row);
        }
        Ok(())
    }
}

fn cell(block: &mut Block, value: &Value) -> RawCell {
    match value {
        Value::Null | Value::Object(_) => RawCell::Empty,
        Value::Bool(value) => RawCell::Bool(*value),
        Value::Number(value) => match (value.as_i64(), value.as_f64()) {
            (Some(whole), _) => RawCell::Integer(whole),
            (None, Some(value)) => number(block, value),
            (None, None) => RawCell::Empty,
        },
        Value::String(text) => RawCell::Text(block.push_text(text)),
        Value::Array(pair) => match (
            pair.first().and_then(Value::as_str),
            pair.get(1).and_then(Value::as_str),
        ) {
            (Some(DATE), Some(text)) => match date::parse_date(text) {
                Ok(day) => RawCell::Date {
                    serial: date::to_serial(day),
                    epoch: Epoch::Year1900,
                },
                Err(_) => RawCell::Text(block.push_text(text)),
            },
            (Some(ERROR), Some(text)) => RawCell::Error(block.push_text(text)),
            (Some(SHOWN), Some(text)) => RawCell::Literal(block.push_text(text)),
            (Some(UNCALCULATED), None) => RawCell::Uncalculated,
            (Some(PERCENT), None) => pair
                .get(1)
                .and_then(Value::as_f64)
                .map_or(RawCell::Empty, RawCell::Percent),
            _ => RawCell::Empty,
        },
    }
}

impl Document for ApartDocument {
    fn format(&self) -> Format {
        self.format
    }

    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn notes(&self) -> &[Finding] {
        &[]
    }

    fn sheet_notes(&self, sheet: usize, header: u32) -> Vec<Finding> {
        rows_hidden(&self.hidden[sheet], header)
    }

    fn blocks(&mut self, sheet: usize) -> Result<Box<dyn Blocks + '_>, ReadError> {
        Ok(Box::new(Kept {
            blocks: self.blocks[sheet].iter(),
        }))
    }
}

struct Kept<'d> {
    blocks: std::slice::Iter<'d, Block>,
}

impl Blocks for Kept<'_> {
    fn next_block(&mut self) -> Result<Option<Block>, ReadError> {
        Ok(self.blocks.next().cloned())
    }
}
