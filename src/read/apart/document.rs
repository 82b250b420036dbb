//! What the process said, as a document.

use super::{DATE, ERROR, Line, PERCENT, RowLine, SHOWN, UNCALCULATED, word};
use crate::config::Limits;
use crate::domain::date;
use crate::finding::{Finding, Place};
use crate::read::merged::Merged;
use crate::read::{Block, Blocks, Document, Epoch, Format, RawCell, ReadError, Sheet, SheetKind, number, rows_hidden};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// A workbook that another process has parsed.
pub struct ApartDocument {
    format: Format,
    sheets: Vec<Sheet>,
    /// By sheet.
    blocks: Vec<Vec<Block>>,
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
        let program = std::env::current_exe().map_err(|error| cannot(error.to_string()))?;
        let mut child = Command::new(program)
            .args(["read-workbook", word(format)])
            .arg(path)
            .arg(limits.workbook_memory_mb.to_string())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| cannot(error.to_string()))?;
        // Piped above, and taken only here.
        let output = child.stdout.take().expect("a piped output");
        let mut reading = Reading {
            document: ApartDocument {
                format,
                sheets: Vec::new(),
                blocks: Vec::new(),
                hidden: Vec::new(),
            },
            name,
            merged: Vec::new(),
            column_limit: limits.columns,
            ended: false,
        };
        let (read, is_late) = watched(child, output, Duration::from_secs(limits.workbook_seconds), |output| {
            reading.lines(output)
        });
        if is_late {
            let finding = Finding::of("workbook-takes-too-long").with("file", name);
            return Err(finding.with("seconds", limits.workbook_seconds.to_string()).into());
        }
        read?;
        match reading.ended {
            true => Ok(reading.document),
            false => Err(cannot(format!("{} MB", limits.workbook_memory_mb))),
        }
    }
}

/// Reads what a process writes, and ends it when it has ended, when that fails, or when its time is over: then the second
/// value is true.
fn watched<T>(mut child: Child, output: ChildStdout, time: Duration, read: impl FnOnce(ChildStdout) -> T) -> (T, bool) {
    let (done, ended) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let watch = scope.spawn(move || {
            let is_late = ended.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
            // A process that has ended by itself cannot be ended: both ways it is gone then.
            let killed = child.kill().and_then(|()| child.wait());
            if let Err(error) = killed {
                tracing::warn!(%error, "the reader of a workbook cannot be stopped");
            }
            is_late
        });
        let read = read(output);
        drop(done);
        // The thread above does not panic.
        (read, watch.join().unwrap_or(false))
    })
}

/// Lines on their way into a document.
struct Reading<'n> {
    document: ApartDocument,
    name: &'n str,
    /// By sheet.
    merged: Vec<Merged>,
    column_limit: usize,
    ended: bool,
}

impl Reading<'_> {
    /// Takes lines until the last; a process that ends before leaves `ended` false.
    fn lines(&mut self, output: ChildStdout) -> Result<(), ReadError> {
        for line in BufReader::new(output).lines() {
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
                    return Err(finding.with("reason", reason).into());
                }
                Line::Protected => return Err(Finding::of("workbook-protected").with("file", self.name).into()),
                Line::End => self.ended = true,
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
            blocks.push(Block::default());
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
