//! JSON records: an array of objects inside a document, or one object a line.
//!
//! A member of an object inside a record becomes the column `object.member`; an array inside a record becomes a
//! text cell with its JSON. A whole number that fits 64 bits is an integer cell, any other number a literal one,
//! so that no digit is lost.

use super::fields::{Fields, record_too_long};
use super::{Block, Blocks, Document, Format, RawCell, ReadError, Sheet, SheetKind};
use crate::config::Limits;
use crate::finding::{Finding, Place};
use crate::format::json::{Found, JsonEvent, JsonReader};
use crate::format::{Opened, json_records, open_file, pointer_segments};
use std::io::Read;
use std::path::{Path, PathBuf};

/// A JSON part.
pub(super) struct JsonDocument {
    path: PathBuf,
    layout: Layout,
    sheets: [Sheet; 1],
    limits: Limits,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Layout {
    /// An array, under a pointer's segments.
    Array(Vec<String>),
    /// Each document is a record: newline-delimited JSON, or a single object that was declared to be the record.
    Documents,
}

impl JsonDocument {
    /// `records` is the pointer to the array; without it the array is looked for. Under the empty pointer a
    /// document that is an object is one record.
    pub fn open(path: &Path, records: Option<&str>, limits: &Limits) -> Result<JsonDocument, ReadError> {
        let declared = records.map(pointer_segments);
        let layout = match declared {
            Some(segments) if !segments.is_empty() => Layout::Array(segments),
            Some(_) if starts_with_object(path)? => Layout::Documents,
            Some(segments) => Layout::Array(segments),
            None if is_line_delimited(path, limits)? => Layout::Documents,
            None => Layout::Array(json_records(path)?),
        };
        let sheet = Sheet {
            name: None,
            kind: SheetKind::Records,
            hidden: false,
        };
        Ok(JsonDocument {
            path: path.to_path_buf(),
            layout,
            sheets: [sheet],
            limits: limits.clone(),
        })
    }
}

impl Document for JsonDocument {
    fn format(&self) -> Format {
        Format::Json
    }

    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn notes(&self) -> &[Finding] {
        &[]
    }

    fn blocks(&mut self, _sheet: usize) -> Result<Box<dyn Blocks + '_>, ReadError> {
        let file = open_file(&self.path)?;
        let text_limit = self.limits.line_bytes;
        let (reader, ended) = match &self.layout {
            Layout::Documents => (JsonReader::lines(file, text_limit), false),
            Layout::Array(segments) => {
                let mut reader = JsonReader::new(file, text_limit);
                let ended = go_to_array(&mut reader, segments)?;
                (reader, ended)
            }
        };
        Ok(Box::new(JsonBlocks {
            reader,
            record: 0,
            ended,
            fields: Fields::new(self.limits.columns),
            path: FieldPath::default(),
            record_limit: self.limits.line_bytes,
        }))
    }
}

/// Goes to the array of records; `true` where there is `null` instead, which says that there are none.
fn go_to_array(reader: &mut JsonReader<Opened>, segments: &[String]) -> Result<bool, ReadError> {
    let pointer = format!("/{}", segments.join("/"));
    match reader.seek(segments)? {
        Found::Array => Ok(false),
        Found::Null => {
            reader.finish()?;
            Ok(true)
        }
        Found::Missing => Err(Finding::of("records-path-missing").value(pointer).into()),
        Found::Object | Found::Scalar => Err(Finding::of("records-not-a-list").value(pointer).into()),
    }
}

fn starts_with_object(path: &Path) -> Result<bool, ReadError> {
    let mut reader = JsonReader::new(open_file(path)?, 1 << 10);
    Ok(reader.next_event()? == JsonEvent::ObjectStart)
}

/// Whether the first line is a whole object and another object follows; or nothing follows and it holds plain values
/// only: then it is the one record of its file.
fn is_line_delimited(path: &Path, limits: &Limits) -> Result<bool, ReadError> {
    let file = open_file(path)?;
    // A first line longer than a record may be is not a record.
    let head = file.take(limits.line_bytes as u64 + 1);
    let mut reader = JsonReader::lines(head, limits.line_bytes);
    // A mistake is no answer here: whoever reads the records names it.
    if !matches!(reader.next_event(), Ok(JsonEvent::ObjectStart)) {
        return Ok(false);
    }
    let mut is_flat = true;
    while reader.depth() > 0 {
        if reader.next_event().is_err() {
            return Ok(false);
        }
        is_flat &= reader.depth() < 2;
    }
    Ok(match reader.next_event() {
        Ok(JsonEvent::ObjectStart) => true,
        Ok(JsonEvent::End) => is_flat,
        _ => false,
    })
}

struct JsonBlocks {
    reader: JsonReader<Opened>,
    /// Number of the record read last.
    record: u32,
    ended: bool,
    fields: Fields,
    path: FieldPath,
    record_limit: usize,
}

impl Blocks for JsonBlocks {
    fn next_block(&mut self) -> Result<Option<Block>, ReadError> {
        let mut block = Block::default();
        while !self.ended && !block.is_full() {
            match self.reader.next_event()? {
                JsonEvent::ObjectStart => {
                    self.record += 1;
                    self.read_record(&mut block)?;
                    block.end_row(self.record);
                }
                JsonEvent::ArrayEnd => {
                    self.ended = true;
                    self.reader.finish()?;
                }
                JsonEvent::End => self.ended = true,
                _ => {
                    let row = self.record + 1;
                    let place = Place {
                        row: Some(row),
                        line: u32::try_from(self.reader.line()).ok(),
                        ..Place::default()
                    };
                    return Err(Finding::of("record-not-object")
                        .with("row", row.to_string())
                        .at(place)
                        .into());
                }
            }
        }
        Ok((block.rows() > 0).then_some(block))
    }

    fn fields(&self) -> &[String] {
        self.fields.names()
    }
}

impl JsonBlocks {
    /// Reads the members of a record, up to its end.
    fn read_record(&mut self, block: &mut Block) -> Result<(), ReadError> {
        let text_before = block.text.len();
        self.path.clear();
        loop {
            if block.text.len() - text_before > self.record_limit {
                return Err(record_too_long(self.record, self.record_limit));
            }
            let cell = match self.reader.next_event()? {
                JsonEvent::ObjectEnd => {
                    if self.path.leave_object() {
                        continue;
                    }
                    return Ok(());
                }
                JsonEvent::Key(name) => {
                    self.path.set_member(name);
                    if !self.fields.claim(self.path.as_str(), self.record)? {
                        return Err(self.field_repeated());
                    }
                    continue;
                }
                JsonEvent::ObjectStart => {
                    self.path.enter_object();
                    continue;
                }
                JsonEvent::ArrayStart => {
                    let start = block.text.len();
                    copy_array(&mut self.reader, &mut block.text, self.record_limit)
                        .map_err(|error| error.unwrap_or_else(|| record_too_long(self.record, self.record_limit)))?;
                    let length = (block.text.len() - start) as u32;
                    RawCell::Text(super::Span {
                        start: start as u32,
                        length,
                    })
                }
                JsonEvent::Text(text) => RawCell::Text(block.push_text(text)),
                JsonEvent::Number(text) => match text.parse() {
                    // `-0` is a number that an integer cannot hold.
                    Ok(value) if text != "-0" => RawCell::Integer(value),
                    _ => RawCell::Literal(block.push_text(text)),
                },
                JsonEvent::Bool(value) => RawCell::Bool(value),
                JsonEvent::Null => RawCell::Empty,
                // The parser closes what it opened and ends only at the outside.
                JsonEvent::ArrayEnd | JsonEvent::End => continue,
            };
            self.fields.set(block, self.path.as_str(), cell, self.record)?;
        }
    }

    fn field_repeated(&self) -> ReadError {
        let place = Place {
            row: Some(self.record),
            line: u32::try_from(self.reader.line()).ok(),
            column: Some(self.path.as_str().to_string()),
            ..Place::default()
        };
        Finding::of("record-field-repeated")
            .with("row", self.record.to_string())
            .at(place)
            .into()
    }
}

/// The dotted name of the current member.
#[derive(Debug, Default)]
struct FieldPath {
    text: String,
    /// Length of the text in front of the member's own name, for each open object.
    starts: Vec<usize>,
}

impl FieldPath {
    fn clear(&mut self) {
        self.text.clear();
        self.starts.clear();
        self.starts.push(0);
    }

    fn as_str(&self) -> &str {
        &self.text
    }

    fn set_member(&mut self, name: &str) {
        self.text.truncate(self.starts.last().copied().unwrap_or(0));
        self.text.push_str(name);
    }

    fn enter_object(&mut self) {
        self.text.push('.');
        self.starts.push(self.text.len());
    }

    /// `false` where the record itself has ended.
    fn leave_object(&mut self) -> bool {
        self.starts.pop();
        !self.starts.is_empty()
    }
}

/// Appends an array whose start was read, as compact JSON. An error without a reason: longer than `limit`.
fn copy_array(reader: &mut JsonReader<Opened>, text: &mut String, limit: usize) -> Result<(), Option<ReadError>> {
    let outside = reader.depth() - 1;
    let start = text.len();
    text.push('[');
    // Whether a comma must come before the next value or key.
    let mut separate = false;
    while reader.depth() > outside {
        if text.len() - start > limit {
            return Err(None);
        }
        let event = reader.next_event().map_err(|finding| Some(finding.into()))?;
        if separate && !matches!(event, JsonEvent::ArrayEnd | JsonEvent::ObjectEnd) {
            text.push(',');
        }
        separate = !matches!(
            event,
            JsonEvent::ArrayStart | JsonEvent::ObjectStart | JsonEvent::Key(_)
        );
        match event {
            JsonEvent::ArrayStart => text.push('['),
            JsonEvent::ArrayEnd => text.push(']'),
            JsonEvent::ObjectStart => text.push('{'),
            JsonEvent::ObjectEnd => text.push('}'),
            JsonEvent::Key(name) => {
                push_quoted(text, name);
                text.push(':');
            }
            JsonEvent::Text(value) => push_quoted(text, value),
            JsonEvent::Number(number) => text.push_str(number),
            JsonEvent::Bool(value) => text.push_str(if value { "true" } else { "false" }),
            JsonEvent::Null => text.push_str("null"),
            JsonEvent::End => break,
        }
    }
    Ok(())
}

/// Appends a JSON string.
fn push_quoted(text: &mut String, value: &str) {
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            control if (control as u32) < 0x20 => text.push_str(&format!("\\u{:04x}", control as u32)),
            other => text.push(other),
        }
    }
    text.push('"');
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
