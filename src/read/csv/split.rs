//! Bytes to fields: the inner loop.

use super::super::{BLOCK_CELLS, BLOCK_ROWS, BLOCK_TEXT_BYTES, Block, RawCell, ReadError, Span};
use crate::config::Limits;
use crate::finding::{Finding, Place};
use memchr::{memchr, memchr2_iter};

/// Splits pieces of text into records and fields.
#[derive(Debug, Clone)]
pub(super) struct Splitter {
    delimiter: u8,
    columns: usize,
    line_bytes: usize,
}

/// What [`Splitter::split`] did.
pub(super) struct Split {
    /// Bytes of the complete records.
    pub consumed: usize,
    /// Physical line behind them.
    pub line: u32,
    /// Fields that are not slices of the bytes; their cells point behind `consumed`.
    pub rewritten: Vec<u8>,
    /// Why no further record was taken.
    pub stop: Stop,
}

/// Why splitting stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The block is full, or all bytes are taken.
    Done,
    /// The last record goes on behind the bytes.
    Incomplete,
    /// As `Incomplete`, inside a quoted field that opens on this line.
    InQuotes(u32),
}

/// How a record ended.
enum Record {
    /// Bytes up to and with its line end, and the lines in it.
    Complete {
        end: usize,
        lines: u32,
    },
    Unfinished(Stop),
}

/// How a field ended.
enum Field {
    Delimited(usize),
    EndsRecord(usize),
    Unfinished(Stop),
}

impl Splitter {
    pub fn new(delimiter: u8, limits: &Limits) -> Splitter {
        Splitter {
            delimiter,
            columns: limits.columns,
            line_bytes: limits.line_bytes,
        }
    }

    /// Splits complete records off the front of `bytes` until the block is full. `at_end`: no bytes follow.
    /// `line` is the physical line of the first byte. Fills everything of `block` but its text.
    pub fn split(&self, bytes: &[u8], at_end: bool, line: u32, block: &mut Block) -> Result<Split, ReadError> {
        let mut marks = Marks::new(bytes, self.delimiter);
        let mut split = Split {
            consumed: 0,
            line,
            rewritten: Vec::new(),
            stop: Stop::Done,
        };
        // Cells of `rewritten` fields, whose start is known only when `consumed` is.
        let mut moved: Vec<usize> = Vec::new();
        while split.consumed < bytes.len()
            && block.rows() < BLOCK_ROWS
            && split.consumed < BLOCK_TEXT_BYTES
            && block.cells.len() < BLOCK_CELLS
        {
            let before = (block.cells.len(), split.rewritten.len(), moved.len());
            let mut record = RecordParts {
                cells: &mut block.cells,
                rewritten: &mut split.rewritten,
                moved: &mut moved,
            };
            let record = self.record(&mut marks, split.consumed, at_end, split.line, &mut record);
            let record =
                record.and_then(|record| self.check(record, split.consumed, block.cells.len() - before.0, split.line));
            match record {
                Ok(Record::Complete { end, lines }) => {
                    block.end_row(split.line);
                    split.consumed = end;
                    split.line += lines;
                    continue;
                }
                Ok(Record::Unfinished(stop)) => split.stop = stop,
                // The rows before it are handed out first; the record comes again, as the first of its block.
                Err(_) if block.rows() > 0 => {}
                Err(error) => return Err(error),
            }
            block.cells.truncate(before.0);
            split.rewritten.truncate(before.1);
            moved.truncate(before.2);
            break;
        }
        for index in moved {
            if let RawCell::Text(span) = &mut block.cells[index] {
                span.start += split.consumed as u32;
            }
        }
        Ok(split)
    }

    /// The finding for a record that is longer than the limit.
    pub fn too_long(&self, stop: Stop, line: u32) -> ReadError {
        if let Stop::InQuotes(opened) = stop {
            return unclosed(opened);
        }
        let place = Place {
            row: Some(line),
            line: Some(line),
            ..Place::default()
        };
        Finding::of("record-too-long")
            .with("limit", crate::finding::size(self.line_bytes as u64))
            .at(place)
            .into()
    }

    /// Holds a complete record against the limits.
    fn check(&self, record: Record, start: usize, cells: usize, line: u32) -> Result<Record, ReadError> {
        let Record::Complete { end, .. } = record else {
            return Ok(record);
        };
        if end - start > self.line_bytes {
            return Err(self.too_long(Stop::Done, line));
        }
        if cells > self.columns {
            let place = Place {
                row: Some(line),
                line: Some(line),
                ..Place::default()
            };
            return Err(Finding::of("too-many-columns")
                .with("limit", self.columns.to_string())
                .at(place)
                .into());
        }
        Ok(record)
    }

    fn record(
        &self,
        marks: &mut Marks<'_>,
        start: usize,
        at_end: bool,
        line: u32,
        parts: &mut RecordParts<'_>,
    ) -> Result<Record, ReadError> {
        let bytes = marks.bytes;
        let mut field_start = start;
        let mut lines = 1;
        loop {
            let field = if bytes.get(field_start) == Some(&b'"') {
                match quoted_end(bytes, field_start, at_end) {
                    Some((close, doubled)) => {
                        lines += count_line_ends(&bytes[field_start..close]);
                        marks.seek(close + 1);
                        let field = field_end(marks, at_end);
                        if let Field::Delimited(end) | Field::EndsRecord(end) = field {
                            parts.push_quoted(bytes, field_start + 1..close, doubled, close + 1..end);
                        }
                        field
                    }
                    None if at_end => return Err(unclosed(line + lines - 1)),
                    None => Field::Unfinished(Stop::InQuotes(line + lines - 1)),
                }
            } else {
                let field = field_end(marks, at_end);
                match field {
                    // A line without a byte in it is a record without cells.
                    Field::EndsRecord(end) if end == start => {}
                    Field::Delimited(end) | Field::EndsRecord(end) => parts.push_plain(bytes, field_start, end),
                    Field::Unfinished(_) => {}
                }
                field
            };
            match field {
                Field::Delimited(end) => field_start = end + 1,
                Field::EndsRecord(end) => {
                    let end = end + line_end_length(&bytes[end..]);
                    marks.seek(end);
                    return Ok(Record::Complete { end, lines });
                }
                Field::Unfinished(stop) => return Ok(Record::Unfinished(stop)),
            }
        }
    }
}

/// Where the parts of a record go.
struct RecordParts<'a> {
    cells: &'a mut Vec<RawCell>,
    rewritten: &'a mut Vec<u8>,
    moved: &'a mut Vec<usize>,
}

impl RecordParts<'_> {
    #[inline]
    fn push_plain(&mut self, bytes: &[u8], start: usize, end: usize) {
        let (start, end) = unguarded(bytes, start, end);
        self.cells.push(if start == end {
            RawCell::Empty
        } else {
            RawCell::Text(span(start, end))
        });
    }

    /// `inside` is between the quotation marks, `behind` what follows the closing one.
    fn push_quoted(
        &mut self,
        bytes: &[u8],
        inside: std::ops::Range<usize>,
        doubled: bool,
        behind: std::ops::Range<usize>,
    ) {
        if !doubled && behind.is_empty() {
            self.cells.push(RawCell::Text(span(inside.start, inside.end)));
            return;
        }
        let start = self.rewritten.len();
        let mut rest = &bytes[inside];
        while let Some(at) = memchr(b'"', rest) {
            // Inside a quoted field every quotation mark is one of a pair.
            self.rewritten.extend_from_slice(&rest[..=at]);
            rest = &rest[at + 2..];
        }
        self.rewritten.extend_from_slice(rest);
        self.rewritten.extend_from_slice(&bytes[behind]);
        let (start, end) = unguarded(self.rewritten, start, self.rewritten.len());
        self.moved.push(self.cells.len());
        self.cells.push(RawCell::Text(span(start, end)));
    }
}

/// A field without the formula that keeps spreadsheets from making a number of it: `="20328801"`.
#[inline]
fn unguarded(bytes: &[u8], start: usize, end: usize) -> (usize, usize) {
    match &bytes[start..end] {
        [b'=', b'"', inside @ .., b'"'] if memchr(b'"', inside).is_none() => (start + 2, end - 1),
        _ => (start, end),
    }
}

fn span(start: usize, end: usize) -> Span {
    Span {
        start: start as u32,
        length: (end - start) as u32,
    }
}

fn unclosed(line: u32) -> ReadError {
    let place = Place {
        row: Some(line),
        line: Some(line),
        ..Place::default()
    };
    Finding::of("csv-quote-unclosed")
        .with("line", line.to_string())
        .at(place)
        .into()
}

/// The closing quotation mark of a field that opens at `start`, and whether there are doubled ones inside. None
/// where it is not among the bytes, or where bytes that follow must tell.
fn quoted_end(bytes: &[u8], start: usize, at_end: bool) -> Option<(usize, bool)> {
    let mut doubled = false;
    let mut from = start + 1;
    loop {
        let quote = from + memchr(b'"', &bytes[from..])?;
        match bytes.get(quote + 1) {
            Some(b'"') => doubled = true,
            Some(_) => return Some((quote, doubled)),
            None => return at_end.then_some((quote, doubled)),
        }
        from = quote + 2;
    }
}

/// The end of the field in which `marks` stand.
#[inline]
fn field_end(marks: &mut Marks<'_>, at_end: bool) -> Field {
    while let Some(at) = marks.next() {
        match marks.bytes[at] {
            // A quotation mark that does not open the field is text.
            b'"' => {}
            // Whether `\n` belongs to this line end is not known yet.
            b'\r' if at + 1 == marks.bytes.len() && !at_end => return Field::Unfinished(Stop::Incomplete),
            b'\r' | b'\n' => return Field::EndsRecord(at),
            _ => return Field::Delimited(at),
        }
    }
    if at_end {
        Field::EndsRecord(marks.bytes.len())
    } else {
        Field::Unfinished(Stop::Incomplete)
    }
}

fn line_end_length(rest: &[u8]) -> usize {
    match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// How many of `\n`, `\r\n` and `\r` there are.
pub(super) fn count_line_ends(bytes: &[u8]) -> u32 {
    let mut count = 0;
    for at in memchr2_iter(b'\n', b'\r', bytes) {
        let second_of_pair = bytes[at] == b'\n' && at > 0 && bytes[at - 1] == b'\r';
        count += u32::from(!second_of_pair);
    }
    count
}

/// Positions of delimiters, quotation marks and line ends, found eight bytes at a time.
struct Marks<'a> {
    bytes: &'a [u8],
    delimiter: u64,
    /// First byte behind the word that `found` is about.
    next_word: usize,
    /// Start of that word.
    word: usize,
    /// High bit of each byte of the word that is a mark and was not handed out.
    found: u64,
}

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const LOW_SEVEN: u64 = 0x7F7F_7F7F_7F7F_7F7F;

/// High bit of each byte that is zero, of no other.
#[inline]
fn zero_bytes(word: u64) -> u64 {
    !(((word & LOW_SEVEN) + LOW_SEVEN) | word | LOW_SEVEN)
}

impl<'a> Marks<'a> {
    fn new(bytes: &'a [u8], delimiter: u8) -> Marks<'a> {
        Marks {
            bytes,
            delimiter: u64::from(delimiter) * LOW_BITS,
            next_word: 0,
            word: 0,
            found: 0,
        }
    }

    /// Goes on from a position at or behind the last one handed out.
    #[inline]
    fn seek(&mut self, position: usize) {
        if position < self.next_word {
            let skipped = position - self.word.min(position);
            self.found &= u64::MAX << (skipped * 8);
        } else {
            self.next_word = position;
            self.found = 0;
        }
    }

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.found == 0 {
            if self.next_word >= self.bytes.len() {
                return None;
            }
            self.load();
        }
        let at = self.word + (self.found.trailing_zeros() / 8) as usize;
        self.found &= self.found - 1;
        Some(at)
    }

    #[inline]
    fn load(&mut self) {
        let rest = &self.bytes[self.next_word..];
        let mut raw = [0; 8];
        let length = rest.len().min(8);
        match rest.first_chunk::<8>() {
            Some(whole) => raw = *whole,
            // Zeros are no marks.
            None => raw[..length].copy_from_slice(rest),
        }
        let word = u64::from_le_bytes(raw);
        self.found = zero_bytes(word ^ self.delimiter)
            | zero_bytes(word ^ (u64::from(b'"') * LOW_BITS))
            | zero_bytes(word ^ (u64::from(b'\n') * LOW_BITS))
            | zero_bytes(word ^ (u64::from(b'\r') * LOW_BITS));
        self.word = self.next_word;
        self.next_word += length;
    }
}

/// All marks of some bytes.
#[cfg(test)]
pub(super) fn all_marks(bytes: &[u8], delimiter: u8) -> Vec<usize> {
    let mut marks = Marks::new(bytes, delimiter);
    std::iter::from_fn(|| marks.next()).collect()
}
