//! A pull parser for XML over a byte stream, in bounded memory: elements by local name, attributes, trimmed text.
//!
//! A document type declaration is refused, and with it every entity but the five of XML itself: data need none,
//! and attacks live there. Encodings other than UTF-8 are read as the declaration or byte order mark says.

use super::{FormatResult, Utf8Reader};
use crate::finding::{Finding, Place};
use encoding_rs::Encoding;
use memchr::memchr_iter;
use quick_xml::XmlVersion;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;
use std::io::{self, BufRead, Cursor, Read};

/// Deepest nesting that is read.
pub const DEPTH_LIMIT: usize = 128;

/// Bytes read at a time.
const BUFFER_BYTES: usize = 64 << 10;

/// Bytes in which an XML declaration must end.
const DECLARATION_BYTES: usize = 256;

/// One step through a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XmlEvent<'a> {
    /// Local name of an element that starts; see [`XmlReader::attributes`].
    Start(&'a str),
    /// Text of the open element, without blanks at its ends; comments do not divide it, child elements do.
    Text(&'a str),
    /// The open element ends.
    ElementEnd,
    /// The input has ended, completely.
    End,
}

/// What the parser saw and has not handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pending {
    Start,
    /// An element without content: its end comes next.
    EmptyStart,
    ElementEnd,
    End,
}

/// The head that was read to learn the encoding, the rest of the input, decoded and counted.
type Source<R> = Metered<Utf8Reader<io::Chain<Cursor<Vec<u8>>, R>>>;

/// Reads a document event by event.
pub struct XmlReader<R: Read> {
    reader: Reader<Source<R>>,
    buffer: Vec<u8>,
    pending: Option<Pending>,
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    depth: usize,
    roots: usize,
    text_limit: usize,
}

impl<R: Read> XmlReader<R> {
    /// A text or a piece of markup longer than `text_limit` bytes is refused.
    pub fn new(mut input: R, text_limit: usize) -> FormatResult<XmlReader<R>> {
        let mut head = vec![0; DECLARATION_BYTES];
        let mut length = 0;
        while length < head.len() {
            let count = super::read_some(&mut input, &mut head[length..])?;
            if count == 0 {
                break;
            }
            length += count;
        }
        head.truncate(length);
        let (encoding, mark) = declared_encoding(&head)?;
        head.drain(..mark);
        let utf8 = Utf8Reader::new(Cursor::new(head).chain(input), encoding);
        let mut reader = Reader::from_reader(Metered::new(utf8, text_limit));
        reader.config_mut().check_comments = true;
        Ok(XmlReader {
            reader,
            buffer: Vec::new(),
            pending: None,
            name: String::new(),
            attributes: Vec::new(),
            text: String::new(),
            depth: 0,
            roots: 0,
            text_limit,
        })
    }

    /// Attributes of the element that started last, by local name, without namespace declarations.
    pub fn attributes(&self) -> &[(String, String)] {
        &self.attributes
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Physical line, from 1.
    pub fn line(&self) -> u64 {
        self.reader.get_ref().line
    }

    /// The next event. After an error the reader is of no further use.
    pub fn next_event(&mut self) -> FormatResult<XmlEvent<'_>> {
        if self.pending.is_none() {
            self.text.clear();
            let pending = self.advance()?;
            self.pending = Some(pending);
            if !self.text.trim_ascii().is_empty() {
                if self.depth == 0 {
                    return Err(self.here(Finding::of("xml-invalid").with("reason", "text outside the root element")));
                }
                return Ok(XmlEvent::Text(self.text.trim_ascii()));
            }
        }
        self.hand_out()
    }

    fn hand_out(&mut self) -> FormatResult<XmlEvent<'_>> {
        match self.pending.take() {
            Some(pending @ (Pending::Start | Pending::EmptyStart)) => {
                self.roots += usize::from(self.depth == 0);
                if self.roots > 1 {
                    return Err(self.here(Finding::of("xml-invalid").with("reason", "more than one root element")));
                }
                if self.depth == DEPTH_LIMIT {
                    return Err(self.here(Finding::of("xml-too-deep").with("limit", DEPTH_LIMIT.to_string())));
                }
                self.depth += 1;
                if pending == Pending::EmptyStart {
                    self.text.clear();
                    self.pending = Some(Pending::ElementEnd);
                }
                Ok(XmlEvent::Start(&self.name))
            }
            Some(Pending::ElementEnd) => {
                self.depth -= 1;
                Ok(XmlEvent::ElementEnd)
            }
            Some(Pending::End) | None => {
                self.pending = Some(Pending::End);
                if self.depth > 0 || self.roots == 0 {
                    return Err(self.here(Finding::of("xml-cut-off")));
                }
                Ok(XmlEvent::End)
            }
        }
    }

    /// Collects text until markup that ends it.
    fn advance(&mut self) -> FormatResult<Pending> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().left = self.text_limit;
            let mut buffer = std::mem::take(&mut self.buffer);
            let step = match self.reader.read_event_into(&mut buffer) {
                Ok(event) => self.step(&event),
                Err(error) => Err(self.refuse(error)),
            };
            self.buffer = buffer;
            if self.text.len() > self.text_limit {
                return Err(self.too_long());
            }
            if let Some(pending) = step? {
                return Ok(pending);
            }
        }
    }

    fn step(&mut self, event: &Event<'_>) -> FormatResult<Option<Pending>> {
        match event {
            Event::Text(text) => self.text.push_str(&text.xml10_content()),
            Event::CData(data) => self.text.push_str(&data.xml10_content()),
            Event::GeneralRef(reference) => {
                let character = self.resolve(reference)?;
                self.text.push(character);
            }
            Event::Start(start) => {
                self.take_element(start)?;
                return Ok(Some(Pending::Start));
            }
            Event::Empty(start) => {
                self.take_element(start)?;
                return Ok(Some(Pending::EmptyStart));
            }
            Event::End(_) => return Ok(Some(Pending::ElementEnd)),
            Event::DocType(_) => return Err(self.here(Finding::of("xml-declares-entities"))),
            Event::Eof => return Ok(Some(Pending::End)),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
        }
        Ok(None)
    }

    fn take_element(&mut self, start: &BytesStart<'_>) -> FormatResult<()> {
        self.name.clear();
        self.name.push_str(start.local_name().as_ref());
        self.attributes.clear();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| self.refuse(Error::InvalidAttr(error)))?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|_| self.here(Finding::of("xml-entity-unknown").value(&*attribute.value)))?;
            self.attributes
                .push((attribute.key.local_name().as_ref().to_string(), value.into_owned()));
        }
        Ok(())
    }

    fn resolve(&self, reference: &BytesRef<'_>) -> FormatResult<char> {
        let known = match reference.as_ref() {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => reference.resolve_char_ref().ok().flatten(),
        };
        known.ok_or_else(|| self.here(Finding::of("xml-entity-unknown").value(format!("&{};", reference.as_ref()))))
    }

    fn refuse(&self, error: Error) -> Box<Finding> {
        match error {
            Error::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => self.too_long(),
            Error::Io(error) => super::unreadable(&error),
            Error::Encoding(_) => Box::new(Finding::of("text-encoding-invalid")),
            Error::Syntax(_) | Error::IllFormed(IllFormedError::MissingEndTag(_)) => {
                self.here(Finding::of("xml-cut-off"))
            }
            other => self.here(Finding::of("xml-invalid").with("reason", other.to_string())),
        }
    }

    fn too_long(&self) -> Box<Finding> {
        self.here(Finding::of("xml-value-too-long").with("limit", crate::finding::size(self.text_limit as u64)))
    }

    fn here(&self, finding: Finding) -> Box<Finding> {
        let place = Place {
            line: u32::try_from(self.line()).ok(),
            ..Place::default()
        };
        Box::new(finding.with("line", self.line().to_string()).at(place))
    }
}

/// The encoding that a byte order mark or the declaration names (none for UTF-8), and the length of the mark.
fn declared_encoding(head: &[u8]) -> FormatResult<(Option<&'static Encoding>, usize)> {
    if let Some((encoding, mark)) = Encoding::for_bom(head) {
        return Ok(((encoding != encoding_rs::UTF_8).then_some(encoding), mark));
    }
    if head.starts_with(b"<\0?\0") {
        return Ok((Some(encoding_rs::UTF_16LE), 0));
    }
    if head.starts_with(b"\0<\0?") {
        return Ok((Some(encoding_rs::UTF_16BE), 0));
    }
    let Some(label) = encoding_label(head) else {
        return Ok((None, 0));
    };
    match Encoding::for_label(label) {
        Some(encoding) if encoding == encoding_rs::UTF_8 => Ok((None, 0)),
        // The declaration could be read byte by byte: what it names cannot be UTF-16.
        Some(encoding) if encoding.is_ascii_compatible() => Ok((Some(encoding), 0)),
        Some(_) => Ok((None, 0)),
        None => Err(Box::new(
            Finding::of("xml-encoding-unknown").value(String::from_utf8_lossy(label)),
        )),
    }
}

/// The `encoding="…"` of an XML declaration.
fn encoding_label(head: &[u8]) -> Option<&[u8]> {
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = memchr::memmem::find(declaration, b"?>")?;
    let declaration = &declaration[..end];
    let at = memchr::memmem::find(declaration, b"encoding")?;
    let rest = declaration[at + b"encoding".len()..].trim_ascii_start();
    let rest = rest.strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = rest.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    let end = memchr::memchr(*quote, value)?;
    Some(&value[..end])
}

/// A buffer that counts lines and lets through only so many bytes until `left` is set anew: the parser under it
/// would take a piece of markup of any length into memory.
struct Metered<R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    line: u64,
    left: usize,
}

impl<R> Metered<R> {
    fn new(input: R, left: usize) -> Metered<R> {
        Metered {
            input,
            buffer: Vec::new(),
            start: 0,
            line: 1,
            left,
        }
    }
}

impl<R: Read> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if self.start == self.buffer.len() {
            self.buffer.resize(BUFFER_BYTES, 0);
            self.start = 0;
            let count = self.input.read(&mut self.buffer);
            self.buffer.truncate(*count.as_ref().unwrap_or(&0));
            count?;
        }
        Ok(&self.buffer[self.start..])
    }

    fn consume(&mut self, amount: usize) {
        let consumed = &self.buffer[self.start..][..amount];
        self.line += memchr_iter(b'\n', consumed).count() as u64;
        self.left = self.left.saturating_sub(amount);
        self.start += amount;
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(out.len());
        out[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
#[path = "xml_tests.rs"]
mod tests;
