//! How the cells of an OpenDocument spreadsheet look: percentages, shown zeros, errors, ranges over several rows.

use super::looks::{Look, SheetLooks};
use crate::format::sealed;
use crate::read::Epoch;
use crate::read::shown::Shows;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::io::BufReader;
use std::path::Path;
use zip::ZipArchive;

/// Rows and columns of the largest sheet.
const MOST: (u32, u32) = (1_048_576, 16_384);

/// The looks of each named sheet, in the order of the workbook. What cannot be read looks like nothing.
pub(super) fn looks(path: &Path) -> Option<Vec<SheetLooks>> {
    let mut archive = ZipArchive::new(BufReader::new(sealed::open(path).ok()?)).ok()?;
    let content = archive.by_name("content.xml").ok()?;
    let mut reader = Reader::from_reader(BufReader::new(content));
    let mut scan = Scan::default();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) => return Some(scan.ended()),
            Ok(event) => scan.take(&event),
            Err(_) => return None,
        }
    }
}

/// A cell that is being read.
#[derive(Default)]
struct OpenCell {
    value_type: String,
    value: Option<f64>,
    is_error: bool,
    has_formula: bool,
    has_value: bool,
    text: String,
    columns: u32,
    /// Rows and columns that it spans.
    spanned: (u32, u32),
}

#[derive(Default)]
struct Scan {
    sheets: Vec<SheetLooks>,
    is_named: bool,
    row: u32,
    rows: u32,
    column: u32,
    cell: Option<OpenCell>,
    in_text: bool,
    /// The day from which numbers count, where the workbook says one.
    null_date: Option<String>,
}

impl Scan {
    fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(element) => self.start(element, false),
            Event::Empty(element) => self.start(element, true),
            Event::Text(text) if self.in_text => {
                if let Some(cell) = &mut self.cell {
                    cell.text.push_str(&text.xml10_content());
                }
            }
            Event::End(element) => match element.name().as_ref() {
                "text:p" => self.in_text = false,
                "table:table-cell" | "table:covered-table-cell" => self.end_cell(),
                "table:table-row" => self.row = self.row.saturating_add(self.rows).min(MOST.0),
                _ => {}
            },
            _ => {}
        }
    }

    fn ended(self) -> Vec<SheetLooks> {
        // OpenDocument counts from 30 December 1899 where nothing is said.
        let epoch = match self.null_date.as_deref() {
            None | Some("1899-12-30") => Some(Epoch::Year1900),
            Some("1904-01-01") => Some(Epoch::Year1904),
            Some(_) => None,
        };
        let sheets = self.sheets.into_iter();
        sheets.map(|sheet| sheet.counted_from(epoch)).collect()
    }

    fn start(&mut self, element: &BytesStart<'_>, is_whole: bool) {
        match element.name().as_ref() {
            "table:null-date" => each_attribute(element, |name, value| {
                if name == "table:date-value" {
                    self.null_date = Some(value.to_string());
                }
            }),
            "table:table" => {
                self.is_named = false;
                each_attribute(element, |name, _| self.is_named |= name == "table:name");
                if self.is_named {
                    self.sheets.push(SheetLooks::default());
                }
                self.row = 0;
            }
            "table:table-row" => {
                (self.rows, self.column) = (1, 0);
                let mut is_hidden = false;
                each_attribute(element, |name, value| match name {
                    "table:number-rows-repeated" => self.rows = value.parse().unwrap_or(1),
                    "table:visibility" => is_hidden = value != "visible",
                    _ => {}
                });
                if let Some(sheet) = self.sheets.last_mut().filter(|_| is_hidden && self.is_named) {
                    sheet.hide(self.row, self.row.saturating_add(self.rows.max(1) - 1));
                }
                if is_whole {
                    self.row = self.row.saturating_add(self.rows).min(MOST.0);
                }
            }
            "table:table-cell" | "table:covered-table-cell" => {
                self.cell = Some(open(element));
                self.in_text = false;
                if is_whole {
                    self.end_cell();
                }
            }
            // The first paragraph only: a code has no second.
            "text:p" => self.in_text = !is_whole && self.cell.as_ref().is_some_and(|cell| cell.text.is_empty()),
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        let first = (self.row, self.column);
        self.column = self.column.saturating_add(cell.columns).min(MOST.1);
        let Some(sheet) = self.sheets.last_mut().filter(|_| self.is_named) else {
            return;
        };
        if cell.spanned.0 > 1 {
            let (rows, columns) = cell.spanned;
            let last = (
                first.0.saturating_add(rows - 1),
                first.1.saturating_add(columns.max(1) - 1),
            );
            sheet.merge([first.0, first.1, last.0, last.1]);
        }
        if let Some(look) = look(cell)
            && self.column > first.1
        {
            let last = (first.0.saturating_add(self.rows.max(1) - 1), self.column - 1);
            sheet.note(first, last, look);
        }
    }
}

fn open(element: &BytesStart<'_>) -> OpenCell {
    let mut cell = OpenCell {
        columns: 1,
        ..OpenCell::default()
    };
    each_attribute(element, |name, value| match name {
        "table:number-columns-repeated" => cell.columns = value.parse().unwrap_or(1),
        "table:number-rows-spanned" => cell.spanned.0 = value.parse().unwrap_or(1),
        "table:number-columns-spanned" => cell.spanned.1 = value.parse().unwrap_or(1),
        "office:value-type" => cell.value_type = value.to_string(),
        "office:value" => {
            cell.value = value.parse().ok();
            cell.has_value = true;
        }
        "table:formula" => cell.has_formula = true,
        "calcext:value-type" => cell.is_error = value == "error",
        name => cell.has_value |= name.starts_with("office:") && name.ends_with("-value"),
    });
    cell
}

fn look(cell: OpenCell) -> Option<Look> {
    let text = cell.text.trim();
    match cell.value_type.as_str() {
        _ if cell.is_error => Some(Look::Error(text.to_string())),
        "percentage" => Some(Look::Shows(Shows::Percent)),
        "float" => code(text, cell.value?).map(Look::Code),
        "" if cell.has_formula && !cell.has_value && text.is_empty() => Some(Look::Uncalculated),
        _ => None,
    }
}

/// What a number shows, where it is its digits with the zeros of a code.
fn code(shown: &str, value: f64) -> Option<String> {
    let written = shown.replace(',', ".");
    if written.parse::<f64>().ok()? != value {
        return None;
    }
    let shows = match written.len() {
        digits if written.starts_with('0') && digits < u8::MAX as usize => Shows::Digits(digits as u8),
        5 => Shows::Hundredths,
        _ => return None,
    };
    shows.text(value).filter(|text| *text == written)
}

fn each_attribute(element: &BytesStart<'_>, mut take: impl FnMut(&str, &str)) {
    for attribute in element.attributes().with_checks(false).filter_map(Result::ok) {
        if let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) {
            take(attribute.key.as_ref(), &value);
        }
    }
}
