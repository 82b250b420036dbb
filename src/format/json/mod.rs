//! A strict pull parser for JSON (RFC 8259) over a byte stream, in bounded memory.
//!
//! Several documents one after the other, each on a line of its own (newline-delimited JSON), can be read too:
//! see [`JsonReader::lines`].

mod scalars;

use super::FormatResult;
use crate::finding::{Finding, Place};
use std::io::Read;

/// Deepest nesting that is read.
pub const DEPTH_LIMIT: usize = 128;

/// Bytes read at a time.
const BUFFER_BYTES: usize = 64 << 10;

/// One step through a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonEvent<'a> {
    ObjectStart,
    ObjectEnd,
    ArrayStart,
    ArrayEnd,
    /// Name of the member whose value comes next.
    Key(&'a str),
    Text(&'a str),
    /// A number as it is written.
    Number(&'a str),
    Bool(bool),
    Null,
    /// The input has ended, completely.
    End,
}

/// What a JSON pointer leads to; see [`JsonReader::seek`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// An array: its elements come next.
    Array,
    /// An object: its members come next.
    Object,
    Null,
    Scalar,
    Missing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    Object,
    Array,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    ElementOrEnd,
    KeyOrEnd,
    AfterValue,
    /// A document has ended; more may follow where lines are read.
    NextDocument,
    Nothing,
}

/// Reads a document event by event.
pub struct JsonReader<R> {
    input: R,
    buffer: Vec<u8>,
    position: usize,
    /// Input offset of `buffer[0]`.
    offset: u64,
    input_ended: bool,
    line: u64,
    /// Input offset at which the line starts.
    line_offset: u64,
    stack: Vec<Container>,
    expect: Expect,
    lines: bool,
    text: Vec<u8>,
    text_limit: usize,
}

impl<R: Read> JsonReader<R> {
    /// Reads one document; a string or number longer than `text_limit` bytes is refused.
    pub fn new(input: R, text_limit: usize) -> JsonReader<R> {
        JsonReader {
            input,
            buffer: Vec::new(),
            position: 0,
            offset: 0,
            input_ended: false,
            line: 1,
            line_offset: 0,
            stack: Vec::new(),
            expect: Expect::Value,
            lines: false,
            text: Vec::new(),
            text_limit,
        }
    }

    /// As [`JsonReader::new`], but further documents may follow on lines of their own.
    pub fn lines(input: R, text_limit: usize) -> JsonReader<R> {
        JsonReader {
            lines: true,
            ..JsonReader::new(input, text_limit)
        }
    }

    /// How many containers are open.
    pub fn depth(&self) -> usize {
        self.stack.len()
    }

    /// Physical line, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The next event. After an error the reader is of no further use.
    pub fn next_event(&mut self) -> FormatResult<JsonEvent<'_>> {
        if self.offset == 0 && self.buffer.is_empty() {
            self.skip_byte_order_mark()?;
        }
        let line_before = self.line;
        let byte = self.skip_blanks()?;
        match (self.expect, byte) {
            (Expect::Nothing, None) | (Expect::NextDocument, None) => Ok(JsonEvent::End),
            (Expect::NextDocument, Some(byte)) => {
                if self.line == line_before {
                    return Err(self.unexpected(byte));
                }
                self.value(byte)
            }
            (Expect::Nothing, Some(byte)) => Err(self.unexpected(byte)),
            (_, None) => Err(self.cut_off()),
            (Expect::Value, Some(byte)) => self.value(byte),
            (Expect::ElementOrEnd, Some(b']')) => Ok(self.close(JsonEvent::ArrayEnd)),
            (Expect::ElementOrEnd, Some(byte)) => self.value(byte),
            (Expect::KeyOrEnd, Some(b'}')) => Ok(self.close(JsonEvent::ObjectEnd)),
            (Expect::KeyOrEnd, Some(byte)) => self.key(byte),
            (Expect::AfterValue, Some(byte)) => self.after_value(byte),
        }
    }

    /// Skips the value that comes next, whole.
    pub fn skip_value(&mut self) -> FormatResult<()> {
        let depth = self.depth();
        loop {
            self.next_event()?;
            if self.depth() <= depth {
                return Ok(());
            }
        }
    }

    /// Reads to the end of the input, so that a document that is cut off or followed by rubbish is noticed.
    pub fn finish(&mut self) -> FormatResult<()> {
        while self.next_event()? != JsonEvent::End {}
        Ok(())
    }

    /// Goes to where a JSON pointer's segments lead, from the start of the document. The first member of a name
    /// is taken.
    pub fn seek(&mut self, segments: &[String]) -> FormatResult<Found> {
        let mut found = found(self.next_event()?);
        for segment in segments {
            found = match found {
                Found::Array => self.seek_element(segment)?,
                Found::Object => self.seek_member(segment)?,
                _ => Found::Missing,
            };
        }
        Ok(found)
    }

    fn seek_element(&mut self, segment: &str) -> FormatResult<Found> {
        let Ok(index) = segment.parse::<u64>() else {
            return Ok(Found::Missing);
        };
        let depth = self.depth();
        let mut remaining = index;
        loop {
            let found = found(self.next_event()?);
            if remaining == 0 || found == Found::Missing {
                return Ok(found);
            }
            while self.depth() > depth {
                self.next_event()?;
            }
            remaining -= 1;
        }
    }

    fn seek_member(&mut self, segment: &str) -> FormatResult<Found> {
        loop {
            match self.next_event()? {
                JsonEvent::Key(name) if name == segment => return Ok(found(self.next_event()?)),
                JsonEvent::Key(_) => self.skip_value()?,
                _ => return Ok(Found::Missing),
            }
        }
    }

    fn value(&mut self, first: u8) -> FormatResult<JsonEvent<'_>> {
        match first {
            b'{' => self.open(Container::Object, Expect::KeyOrEnd, JsonEvent::ObjectStart),
            b'[' => self.open(Container::Array, Expect::ElementOrEnd, JsonEvent::ArrayStart),
            b'"' => {
                self.string()?;
                self.value_ended();
                Ok(JsonEvent::Text(self.text()?))
            }
            b'-' | b'0'..=b'9' => {
                self.number()?;
                self.value_ended();
                Ok(JsonEvent::Number(self.text()?))
            }
            b't' => self.literal(b"true", JsonEvent::Bool(true)),
            b'f' => self.literal(b"false", JsonEvent::Bool(false)),
            b'n' => self.literal(b"null", JsonEvent::Null),
            other => Err(self.unexpected(other)),
        }
    }

    fn open(
        &mut self,
        container: Container,
        expect: Expect,
        event: JsonEvent<'static>,
    ) -> FormatResult<JsonEvent<'static>> {
        if self.stack.len() == DEPTH_LIMIT {
            return Err(self.here(Finding::of("json-too-deep").with("limit", DEPTH_LIMIT.to_string())));
        }
        self.position += 1;
        self.stack.push(container);
        self.expect = expect;
        Ok(event)
    }

    fn close(&mut self, event: JsonEvent<'static>) -> JsonEvent<'static> {
        self.position += 1;
        self.stack.pop();
        self.value_ended();
        event
    }

    fn value_ended(&mut self) {
        self.expect = match (self.stack.is_empty(), self.lines) {
            (false, _) => Expect::AfterValue,
            (true, true) => Expect::NextDocument,
            (true, false) => Expect::Nothing,
        };
    }

    fn key(&mut self, first: u8) -> FormatResult<JsonEvent<'_>> {
        if first != b'"' {
            return Err(self.unexpected(first));
        }
        self.string()?;
        match self.skip_blanks()? {
            Some(b':') => self.position += 1,
            Some(other) => return Err(self.unexpected(other)),
            None => return Err(self.cut_off()),
        }
        self.expect = Expect::Value;
        Ok(JsonEvent::Key(self.text()?))
    }

    fn after_value(&mut self, byte: u8) -> FormatResult<JsonEvent<'_>> {
        match (byte, self.stack.last()) {
            (b']', Some(Container::Array)) => Ok(self.close(JsonEvent::ArrayEnd)),
            (b'}', Some(Container::Object)) => Ok(self.close(JsonEvent::ObjectEnd)),
            (b',', Some(container)) => {
                let container = *container;
                self.position += 1;
                let Some(next) = self.skip_blanks()? else {
                    return Err(self.cut_off());
                };
                if container == Container::Object {
                    self.key(next)
                } else {
                    self.value(next)
                }
            }
            _ => Err(self.unexpected(byte)),
        }
    }

    fn skip_byte_order_mark(&mut self) -> FormatResult<()> {
        self.byte()?;
        while self.buffer.len() < 3 && !self.input_ended {
            self.read_more()?;
        }
        if self.buffer.starts_with(b"\xEF\xBB\xBF") {
            self.position = 3;
        }
        Ok(())
    }

    /// The next byte that is not a blank; it is not consumed.
    fn skip_blanks(&mut self) -> FormatResult<Option<u8>> {
        loop {
            match self.byte()? {
                Some(b' ' | b'\t' | b'\r') => self.position += 1,
                Some(b'\n') => {
                    self.position += 1;
                    self.line += 1;
                    self.line_offset = self.offset + self.position as u64;
                }
                other => return Ok(other),
            }
        }
    }

    /// The next byte; it is not consumed.
    fn byte(&mut self) -> FormatResult<Option<u8>> {
        if self.position == self.buffer.len() {
            self.offset += self.position as u64;
            self.position = 0;
            self.buffer.clear();
            if !self.input_ended {
                self.read_more()?;
            }
        }
        Ok(self.buffer.get(self.position).copied())
    }

    fn read_more(&mut self) -> FormatResult<()> {
        let length = self.buffer.len();
        self.buffer.resize(length + BUFFER_BYTES, 0);
        let count = super::read_some(&mut self.input, &mut self.buffer[length..])?;
        self.buffer.truncate(length + count);
        self.input_ended = count == 0;
        Ok(())
    }

    fn here(&self, finding: Finding) -> Box<Finding> {
        let position = self.offset + self.position as u64 - self.line_offset + 1;
        let place = Place {
            line: u32::try_from(self.line).ok(),
            ..Place::default()
        };
        Box::new(
            finding
                .with("line", self.line.to_string())
                .with("position", position.to_string())
                .at(place),
        )
    }

    fn unexpected(&self, byte: u8) -> Box<Finding> {
        let seen = if byte.is_ascii_graphic() {
            (byte as char).to_string()
        } else {
            format!("0x{byte:02X}")
        };
        self.here(Finding::of("json-invalid").value(seen))
    }

    fn cut_off(&self) -> Box<Finding> {
        self.here(Finding::of("json-cut-off"))
    }
}

/// What the first event of a value says about it.
fn found(event: JsonEvent<'_>) -> Found {
    match event {
        JsonEvent::ArrayStart => Found::Array,
        JsonEvent::ObjectStart => Found::Object,
        JsonEvent::Null => Found::Null,
        JsonEvent::Text(_) | JsonEvent::Number(_) | JsonEvent::Bool(_) => Found::Scalar,
        JsonEvent::ArrayEnd | JsonEvent::ObjectEnd | JsonEvent::Key(_) | JsonEvent::End => Found::Missing,
    }
}

#[cfg(test)]
mod tests;
