//! What the XML of an XLSX sheet says besides the values of its cells: merged ranges, hidden rows, and formulas that no
//! program has calculated. One pass over the sheet.

use crate::format::{Opened, sealed};
use quick_xml::errors::Error;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use zip::ZipArchive;

/// Row and column of a cell, from 0.
pub(super) type Position = (u32, u32);

/// What is found.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Besides {
    /// First and last cell of each merged range.
    pub merged: Vec<(Position, Position)>,
    /// Numbers of the rows that are hidden and hold something, from 1.
    pub hidden: Vec<u32>,
    /// Cells with a formula and without its value, sorted.
    pub uncalculated: Vec<Position>,
}

/// A workbook that is an archive.
pub(super) type Archive = ZipArchive<BufReader<Opened>>;

/// Largest workbook of which every element is looked at without a look at its bytes first.
const SMALL: u64 = 4 << 20;

/// Looks into a sheet, by its name. What cannot be found is not there: whether a workbook can be read, others decide.
pub(super) fn of_sheet(path: &Path, sheet: &str) -> Besides {
    let mut besides = look(path, sheet).unwrap_or_default();
    // As they stand, unless cells are out of their order.
    besides.uncalculated.sort_unstable();
    besides
}

fn look(path: &Path, sheet: &str) -> Option<Besides> {
    let mut archive = ZipArchive::new(BufReader::new(sealed::open(path).ok()?)).ok()?;
    let book = relations(&mut archive, "", "_rels/.rels")
        .into_values()
        .find(|(kind, _)| kind.ends_with("/officeDocument"))
        .map_or_else(|| "xl/workbook.xml".to_string(), |(_, target)| target);
    let (folder, file) = book.rsplit_once('/').unwrap_or(("", &book));
    let parts = relations(&mut archive, folder, &format!("{folder}/_rels/{file}.rels"));
    let mut id = None;
    elements(&mut archive, &book, |element| {
        if element.local_name().as_ref() == "sheet" && attribute(element, "name").as_deref() == Some(sheet) {
            id = id.take().or(attribute(element, "id"));
        }
    })?;
    let (_, part) = parts.get(&id?)?;
    let is_large = path.metadata().is_ok_and(|file| file.len() > SMALL);
    if is_large && !says_more(self::part(&mut archive, part)?) {
        return None;
    }
    let mut scan = Scan::default();
    let mut reader = xml(&mut archive, part)?;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) => return Some(scan.found),
            Ok(event) => scan.take(&event),
            Err(_) => return None,
        }
    }
}

/// Whether a sheet may say anything besides its cells' values: what programs write by the hundred thousand rows mostly
/// does not, and to see that costs little more than to unpack it.
fn says_more(mut part: impl Read) -> bool {
    const MARKS: [&str; 6] = ["mergeCell", "hidden=", "<f>", "<f ", ":f>", ":f "];
    const LONGEST: usize = 9;
    let finders = MARKS.map(memchr::memmem::Finder::new);
    let mut bytes = vec![0; 1 << 16];
    // What stood at the end of the piece before stands at the begin of this one: a mark may lie over both.
    let mut kept = 0;
    loop {
        let count = match part.read(&mut bytes[kept..]) {
            Ok(0) => return false,
            Ok(count) => count,
            // To be met by who reads it.
            Err(_) => return true,
        };
        let end = kept + count;
        if finders.iter().any(|finder| finder.find(&bytes[..end]).is_some()) {
            return true;
        }
        kept = end.min(LONGEST - 1);
        bytes.copy_within(end - kept..end, 0);
    }
}

fn xml<'a>(archive: &'a mut Archive, name: &str) -> Option<Reader<impl BufRead + 'a>> {
    Some(Reader::from_reader(BufReader::new(part(archive, name)?)))
}

/// A part of the archive, in whatever case its name is written.
pub(super) fn part<'a>(archive: &'a mut Archive, part: &str) -> Option<impl Read + 'a> {
    let name = archive
        .file_names()
        .filter_map(Result::ok)
        .find(|name| {
            name.trim_start_matches('/')
                .replace('\\', "/")
                .eq_ignore_ascii_case(part)
        })?
        .to_string();
    archive.by_name(&name).ok()
}

/// Shows every element of a part that starts.
fn elements(archive: &mut Archive, part: &str, mut take: impl FnMut(&BytesStart<'_>)) -> Option<()> {
    let mut reader = xml(archive, part)?;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element) | Event::Empty(element)) => take(&element),
            Ok(Event::Eof) => return Some(()),
            Ok(_) => {}
            Err(Error::IllFormed(_)) => {}
            Err(_) => return None,
        }
    }
}

/// Kind and part of each relation, by its id. `folder` is where the parts are, `part` tells the relations.
pub(super) fn relations(archive: &mut Archive, folder: &str, part: &str) -> HashMap<String, (String, String)> {
    let mut found = HashMap::new();
    elements(archive, part.trim_start_matches('/'), |element| {
        let values = ["Id", "Type", "Target"].map(|name| attribute(element, name));
        if let [Some(id), Some(kind), Some(target)] = values {
            let target = match target.strip_prefix('/') {
                Some(whole) => whole.to_string(),
                None if folder.is_empty() => target,
                None => format!("{folder}/{target}"),
            };
            found.insert(id, (kind, target));
        }
    });
    found
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let found = attributes
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    let value = found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?;
    Some(value.into_owned())
}

/// Where the pass is.
#[derive(Default)]
struct Scan {
    found: Besides,
    row: u32,
    column: u32,
    is_hidden: bool,
    holds: bool,
    /// The open cell's formula, value and whether its value is a text, which may be empty.
    has_formula: bool,
    has_value: bool,
    is_text: bool,
    in_value: bool,
}

impl Scan {
    fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(element) => self.start(element, false),
            Event::Empty(element) => self.start(element, true),
            Event::Text(text) if self.in_value => self.has_value |= !text.trim_ascii().is_empty(),
            Event::CData(_) | Event::GeneralRef(_) if self.in_value => self.has_value = true,
            Event::End(element) => match element.local_name().as_ref() {
                "v" => self.in_value = false,
                "c" => self.end_cell(),
                "row" => self.end_row(),
                _ => {}
            },
            _ => {}
        }
    }

    fn start(&mut self, element: &BytesStart<'_>, is_whole: bool) {
        match element.local_name().as_ref() {
            "row" => {
                self.row = attribute(element, "r")
                    .and_then(|number| number.parse::<u32>().ok())
                    .map_or(self.row, |number| number.saturating_sub(1));
                self.is_hidden = attribute(element, "hidden").is_some_and(|value| value == "1" || value == "true");
                self.column = 0;
                if is_whole {
                    self.end_row();
                }
            }
            "c" => {
                (self.has_formula, self.has_value, self.is_text) = (false, false, false);
                for attribute in element.attributes().with_checks(false).filter_map(Result::ok) {
                    match attribute.key.local_name().as_ref() {
                        "r" => self.column = position(&attribute.value).map_or(self.column, |(_, column)| column),
                        "t" => self.is_text = &*attribute.value == "str",
                        _ => {}
                    }
                }
                if is_whole {
                    self.end_cell();
                }
            }
            "f" => self.has_formula = true,
            "v" => self.in_value = !is_whole,
            "is" => self.has_value = true,
            "mergeCell" => {
                let reference = attribute(element, "ref").unwrap_or_default();
                self.found.merged.extend(
                    reference
                        .split_once(':')
                        .and_then(|(first, last)| Some((position(first)?, position(last)?))),
                );
            }
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        if self.has_formula && !self.has_value && !self.is_text {
            self.found.uncalculated.push((self.row, self.column));
        }
        self.holds |= self.has_formula || self.has_value;
        self.has_formula = false;
        self.column += 1;
    }

    fn end_row(&mut self) {
        if self.is_hidden && self.holds {
            self.found.hidden.push(self.row + 1);
        }
        self.holds = false;
        self.row += 1;
    }
}

/// `C14` → (13, 2).
fn position(reference: &str) -> Option<Position> {
    let digits = reference.find(|letter: char| letter.is_ascii_digit())?;
    let (letters, number) = reference.split_at(digits);
    let mut column = 0_u32;
    for letter in letters.bytes().filter(|letter| *letter != b'$') {
        let letter = letter.to_ascii_uppercase();
        if !letter.is_ascii_uppercase() {
            return None;
        }
        column = column.checked_mul(26)?.checked_add(u32::from(letter - b'A' + 1))?;
    }
    let number = number.trim_start_matches('$').parse::<u32>().ok()?;
    Some((number.checked_sub(1)?, column.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(xml: &str) -> Besides {
        let mut scan = Scan::default();
        let mut reader = Reader::from_reader(xml.as_bytes());
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer).unwrap() {
                Event::Eof => return scan.found,
                event => scan.take(&event),
            }
        }
    }

    #[test]
    fn formulas_hidden_rows_and_merged_ranges_are_found() {
        let found = scan(
            "<x:worksheet><x:sheetData>\
             <x:row r=\"2\" hidden=\"1\"><x:c r=\"B2\"><x:f>1+1</x:f><x:v/></x:c><x:c r=\"C2\"><x:f>1</x:f><x:v>1</x:v></x:c></x:row>\
             <x:row hidden=\"1\"/>\
             <x:row hidden=\"true\"><x:c t=\"str\"><x:f>A1</x:f><x:v></x:v></x:c><x:c><x:f>A1</x:f></x:c></x:row>\
             <x:row hidden=\"1\"><x:c s=\"3\"/></x:row>\
             <x:row><x:c><x:v>5</x:v></x:c></x:row>\
             </x:sheetData><x:mergeCells><x:mergeCell ref=\"A1:$AB$3\"/><x:mergeCell ref=\"?\"/></x:mergeCells></x:worksheet>",
        );
        assert_eq!(found.uncalculated, [(1, 1), (3, 1)]);
        assert_eq!(found.hidden, [2, 4]);
        assert_eq!(found.merged, [((0, 0), (2, 27))]);
    }

    #[test]
    fn a_look_at_the_bytes_finds_what_says_more_wherever_it_stands() {
        assert!(!says_more(&b"<row><c><v>5</v></c></row>"[..]));
        for mark in [
            "<mergeCell ref=\"A1:B2\"/>",
            "<row hidden=\"1\">",
            "<f>A1</f>",
            "<x:f t=\"shared\">",
        ] {
            for before in [0, 7, (1 << 16) - 4, (1 << 16) + 3, 200_000] {
                let text = "x".repeat(before) + mark;
                assert!(says_more(text.as_bytes()), "{mark} after {before}");
            }
        }
    }
}
