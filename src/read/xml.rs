//! XML records: the elements under one path.
//!
//! A child of the record is the column of its local name, a child of that `child.grandchild`, an attribute
//! `@name`. A child that comes again is `name.2`, `name.3`, ….

use super::fields::{Fields, record_too_long};
use super::{Block, Blocks, Document, Format, RawCell, ReadError, Sheet, SheetKind};
use crate::config::Limits;
use crate::finding::Finding;
use crate::format::xml::{XmlEvent, XmlReader};
use crate::format::{Opened, open_file, pointer_segments, xml_records};
use std::path::{Path, PathBuf};

/// An XML part.
pub(super) struct XmlDocument {
    path: PathBuf,
    /// Local names from the root to the record element.
    segments: Vec<String>,
    sheets: [Sheet; 1],
    limits: Limits,
}

impl XmlDocument {
    /// `records` is the path of the record element; without it the repeated element is looked for.
    pub fn open(path: &Path, records: Option<&str>, limits: &Limits) -> Result<XmlDocument, ReadError> {
        let segments = match records.map(pointer_segments) {
            Some(segments) if !segments.is_empty() => segments,
            _ => xml_records(path)?,
        };
        let sheet = Sheet {
            name: None,
            kind: SheetKind::Records,
            hidden: false,
        };
        Ok(XmlDocument {
            path: path.to_path_buf(),
            segments,
            sheets: [sheet],
            limits: limits.clone(),
        })
    }
}

impl Document for XmlDocument {
    fn format(&self) -> Format {
        Format::Xml
    }

    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn notes(&self) -> &[Finding] {
        &[]
    }

    fn blocks(&mut self, _sheet: usize) -> Result<Box<dyn Blocks + '_>, ReadError> {
        let reader = XmlReader::new(open_file(&self.path)?, self.limits.line_bytes)?;
        Ok(Box::new(XmlBlocks {
            reader,
            segments: &self.segments,
            matched: 0,
            deepest: 0,
            record: 0,
            ended: false,
            fields: Fields::new(self.limits.columns),
            record_limit: self.limits.line_bytes,
        }))
    }
}

struct XmlBlocks<'a> {
    reader: XmlReader<Opened>,
    segments: &'a [String],
    /// How many of the open elements, from the root, are those of the path.
    matched: usize,
    /// The most that ever matched.
    deepest: usize,
    /// Number of the record read last.
    record: u32,
    ended: bool,
    fields: Fields,
    record_limit: usize,
}

impl Blocks for XmlBlocks<'_> {
    fn next_block(&mut self) -> Result<Option<Block>, ReadError> {
        let mut block = Block::default();
        while !self.ended && !block.is_full() {
            if self.go_to_record()? {
                self.record += 1;
                self.read_record(&mut block)?;
                block.end_row(self.record);
                self.matched -= 1;
            } else {
                self.ended = true;
                // A list that is there and empty is no error; a path that leads nowhere is.
                if self.deepest + 1 < self.segments.len() {
                    let path = format!("/{}", self.segments.join("/"));
                    return Err(Finding::of("records-path-missing").value(path).into());
                }
            }
        }
        Ok((block.rows() > 0).then_some(block))
    }

    fn fields(&self) -> &[String] {
        self.fields.names()
    }
}

/// An element inside a record.
struct Element {
    /// Length of its column name.
    length: usize,
    has_children: bool,
    text: String,
}

impl XmlBlocks<'_> {
    /// Goes behind the start of the next record element; `false` at the end of the document.
    fn go_to_record(&mut self) -> Result<bool, ReadError> {
        loop {
            match self.reader.next_event()? {
                XmlEvent::Start(name) => {
                    let expected = self.segments.get(self.matched).is_some_and(|segment| segment == name);
                    if expected && self.reader.depth() == self.matched + 1 {
                        self.matched += 1;
                        self.deepest = self.deepest.max(self.matched);
                        if self.matched == self.segments.len() {
                            return Ok(true);
                        }
                    }
                }
                XmlEvent::ElementEnd => self.matched = self.matched.min(self.reader.depth()),
                XmlEvent::Text(_) => {}
                XmlEvent::End => return Ok(false),
            }
        }
    }

    /// Reads a record up to its end.
    fn read_record(&mut self, block: &mut Block) -> Result<(), ReadError> {
        let text_before = block.text.len();
        let mut name = String::new();
        let mut open = vec![Element {
            length: 0,
            has_children: false,
            text: String::new(),
        }];
        self.set_attributes(block, &mut name)?;
        while let Some(element) = open.last_mut() {
            if block.text.len() + element.text.len() - text_before > self.record_limit {
                return Err(record_too_long(self.record, self.record_limit));
            }
            match self.reader.next_event()? {
                XmlEvent::Text(text) => {
                    if !element.text.is_empty() {
                        element.text.push(' ');
                    }
                    element.text.push_str(text);
                }
                XmlEvent::Start(local) => {
                    element.has_children = true;
                    if !name.is_empty() {
                        name.push('.');
                    }
                    name.push_str(local);
                    self.claim(&mut name)?;
                    open.push(Element {
                        length: name.len(),
                        has_children: false,
                        text: String::new(),
                    });
                    self.set_attributes(block, &mut name)?;
                }
                XmlEvent::ElementEnd => {
                    if !(element.text.is_empty() && (element.has_children || name.is_empty())) {
                        self.set_text(block, &name, &element.text)?;
                    }
                    open.pop();
                    name.truncate(open.last().map_or(0, |element| element.length));
                }
                // The parser ends only outside the root element.
                XmlEvent::End => break,
            }
        }
        Ok(())
    }

    /// Makes a name unique within the record.
    fn claim(&mut self, name: &mut String) -> Result<(), ReadError> {
        let length = name.len();
        let mut number = 2;
        while !self.fields.claim(name, self.record)? {
            name.truncate(length);
            name.push_str(&format!(".{number}"));
            number += 1;
        }
        Ok(())
    }

    /// The text of an element; a record's own text, without a child around it, is the column `text`.
    fn set_text(&mut self, block: &mut Block, name: &str, text: &str) -> Result<(), ReadError> {
        let cell = if text.is_empty() {
            RawCell::Empty
        } else {
            RawCell::Text(block.push_text(text))
        };
        if !name.is_empty() {
            return self.fields.set(block, name, cell, self.record);
        }
        let mut own = "text".to_string();
        self.claim(&mut own)?;
        self.fields.set(block, &own, cell, self.record)
    }

    /// Sets the attributes of the element that started last.
    fn set_attributes(&mut self, block: &mut Block, name: &mut String) -> Result<(), ReadError> {
        let length = name.len();
        for (attribute, value) in self.reader.attributes() {
            if length > 0 {
                name.push('.');
            }
            name.push('@');
            name.push_str(attribute);
            // Two attributes whose names differ only in their namespace: the first counts.
            if self.fields.claim(name, self.record)? {
                let cell = RawCell::Text(block.push_text(value));
                self.fields.set(block, name, cell, self.record)?;
            }
            name.truncate(length);
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "xml_tests.rs"]
mod tests;
