//! Delimited text: CSV as people and programs write it.
//!
//! One pass over the bytes in pieces, without an allocation for a cell: a cell is a slice of its block's text,
//! and only a field with doubled quotation marks, or with text behind its closing one, is written anew behind
//! the block's text. Nothing is trimmed.

mod dialect;
mod split;

use super::{Block, Blocks, Document, Format, ReadError, Sheet, SheetKind};
use crate::config::Limits;
use crate::finding::{Finding, Place};
use crate::format::{Opened, Utf8Reader, open_file, read_some, unreadable};
use dialect::Dialect;
use split::Splitter;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Bytes read at a time.
const CHUNK_BYTES: usize = 1 << 20;

/// A delimited text part.
pub(super) struct CsvDocument {
    path: PathBuf,
    dialect: Dialect,
    sheets: [Sheet; 1],
    notes: Vec<Finding>,
    limits: Limits,
    chunk: usize,
}

impl CsvDocument {
    /// Looks through the file once for its encoding, and at its first lines for its delimiter.
    pub fn open(path: &Path, limits: &Limits) -> Result<CsvDocument, ReadError> {
        let (dialect, notes) = dialect::detect(path)?;
        let sheet = Sheet {
            name: None,
            kind: SheetKind::Grid,
            hidden: false,
        };
        let path = path.to_path_buf();
        Ok(CsvDocument {
            path,
            dialect,
            sheets: [sheet],
            notes,
            limits: limits.clone(),
            chunk: CHUNK_BYTES,
        })
    }
}

impl Document for CsvDocument {
    fn format(&self) -> Format {
        Format::Csv
    }

    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn notes(&self) -> &[Finding] {
        &self.notes
    }

    fn blocks(&mut self, _sheet: usize) -> Result<Box<dyn Blocks + '_>, ReadError> {
        let mut input = self
            .dialect
            .decode(open_file(&self.path)?)
            .map_err(|error| unreadable(&error))?;
        let first = self.dialect.first_line_bytes;
        io::copy(&mut input.by_ref().take(first), &mut io::sink()).map_err(|error| unreadable(&error))?;
        Ok(Box::new(CsvBlocks {
            input,
            buffer: Vec::new(),
            start: 0,
            input_ended: false,
            line: if first == 0 { 1 } else { 2 },
            splitter: Splitter::new(self.dialect.delimiter, &self.limits),
            line_limit: self.limits.line_bytes,
            chunk: self.chunk,
        }))
    }
}

struct CsvBlocks {
    input: Utf8Reader<Opened>,
    /// Bytes read and, from `start`, not yet handed out.
    buffer: Vec<u8>,
    start: usize,
    input_ended: bool,
    /// Physical line on which the next record starts.
    line: u32,
    splitter: Splitter,
    line_limit: usize,
    chunk: usize,
}

impl Blocks for CsvBlocks {
    fn next_block(&mut self) -> Result<Option<Block>, ReadError> {
        loop {
            let mut block = Block {
                numbers_are_lines: true,
                ..Block::default()
            };
            let bytes = &self.buffer[self.start..];
            let split = self.splitter.split(bytes, self.input_ended, self.line, &mut block)?;
            if block.rows() > 0 {
                block.text = self.text(&bytes[..split.consumed], &split.rewritten, &block)?;
                self.line = split.line;
                self.start += split.consumed;
                return Ok(Some(block));
            }
            if self.input_ended {
                return Ok(None);
            }
            if bytes.len() > self.line_limit {
                return Err(self.splitter.too_long(split.stop, self.line));
            }
            self.read_more()?;
        }
    }
}

impl CsvBlocks {
    /// The text of a block: the bytes of its records, then the fields that were written anew.
    fn text(&self, records: &[u8], rewritten: &[u8], block: &Block) -> Result<String, ReadError> {
        if let Some(at) = memchr::memchr(0, records) {
            let line = self.line + split::count_line_ends(&records[..at]);
            let place = Place {
                line: Some(line),
                row: Some(line),
                ..Place::default()
            };
            return Err(Finding::of("file-has-nul")
                .with("line", line.to_string())
                .at(place)
                .into());
        }
        let mut bytes = Vec::with_capacity(records.len() + rewritten.len());
        bytes.extend_from_slice(records);
        bytes.extend_from_slice(rewritten);
        String::from_utf8(bytes).map_err(|_| {
            // The file was looked through before: it has changed, or a byte order mark promised too much.
            let place = Place {
                line: block.row_numbers.first().copied(),
                ..Place::default()
            };
            Finding::of("text-encoding-invalid").at(place).into()
        })
    }

    /// Moves what is left to the front and reads as much again, so that a long record is not moved too often.
    fn read_more(&mut self) -> Result<(), ReadError> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let kept = self.buffer.len();
        let wanted = kept + self.chunk.max(kept);
        self.buffer.resize(wanted, 0);
        let mut length = kept;
        while length < wanted && !self.input_ended {
            let count = read_some(&mut self.input, &mut self.buffer[length..])?;
            length += count;
            self.input_ended = count == 0;
        }
        self.buffer.truncate(length);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
