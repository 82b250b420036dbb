//! Workbooks. A set that is longer than a sheet goes on in the next one.

use super::{Place, Rows, Style, Value};
use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatBorder, Workbook as Book, Worksheet, XlsxError};
use std::io;
use std::path::{Path, PathBuf};

/// Data rows a sheet takes under its header (a sheet ends at 1,048,576 rows).
const ROWS_A_SHEET: u32 = 1_000_000;

/// A workbook that is written when it is finished, with sheets `Data 1`, `Data 2`, … or others of any name.
pub struct Workbook {
    path: PathBuf,
    book: Book,
    headers: Vec<String>,
    formats: Formats,
    sheet: Option<Sheet>,
    sheets: usize,
}

/// Formats of cells by what they hold.
#[derive(Default)]
struct Formats {
    day: Format,
    text: Format,
    integer: Format,
    decimal: Format,
}

struct Sheet {
    name: String,
    rows: u32,
    worksheet: Worksheet,
}

/// An error of the workbook library as an error of the file.
fn sheet_error(error: XlsxError) -> io::Error {
    io::Error::other(error)
}

impl Workbook {
    /// An empty workbook whose sheets of data have `headers`. Its creation time is fixed, so that equal rows give
    /// equal bytes.
    pub fn create(path: &Path, headers: &[&str]) -> io::Result<Workbook> {
        let mut book = Book::new();
        let created = ExcelDateTime::from_ymd(2025, 11, 30).map_err(sheet_error)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&created));
        Ok(Workbook {
            path: path.to_owned(),
            book,
            headers: headers.iter().map(|header| (*header).to_owned()).collect(),
            formats: Formats {
                day: Format::new().set_num_format("dd/mm/yyyy"),
                ..Formats::default()
            },
            sheet: None,
            sheets: 0,
        })
    }

    /// Gives every cell a border and a number format, where asked for.
    pub fn with_styles(mut self, asked: bool) -> Workbook {
        if asked {
            let framed = |pattern: &str| Format::new().set_num_format(pattern).set_border(FormatBorder::Thin);
            self.formats = Formats {
                day: framed("dd/mm/yyyy"),
                text: framed("@"),
                integer: framed("#,##0"),
                decimal: framed("#,##0.00"),
            };
        }
        self
    }

    /// Begins a sheet: titles in the first rows, then the header.
    pub fn begin_sheet(&mut self, name: &str, titles: &[&str], headers: &[&str]) -> io::Result<()> {
        self.end_sheet();
        let mut worksheet = Worksheet::new();
        worksheet.set_name(name).map_err(sheet_error)?;
        let bold = Format::new().set_bold();
        for (row, title) in titles.iter().enumerate() {
            worksheet
                .write_string_with_format(row as u32, 0, *title, &bold)
                .map_err(sheet_error)?;
        }
        let header_row = titles.len() as u32;
        for (column, header) in headers.iter().enumerate() {
            worksheet
                .write_string_with_format(header_row, column as u16, *header, &bold)
                .map_err(sheet_error)?;
            worksheet.set_column_width(column as u16, 18).map_err(sheet_error)?;
        }
        self.sheet = Some(Sheet {
            name: name.to_owned(),
            rows: header_row + 1,
            worksheet,
        });
        Ok(())
    }

    fn end_sheet(&mut self) {
        if let Some(sheet) = self.sheet.take() {
            self.book.push_worksheet(sheet.worksheet);
            self.sheets += 1;
        }
    }

    fn begin_next_sheet_of_data(&mut self) -> io::Result<()> {
        self.end_sheet();
        let name = format!("Data {}", self.sheets + 1);
        let headers = self.headers.clone();
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        self.begin_sheet(&name, &[], &headers)
    }
}

impl Rows for Workbook {
    fn row(&mut self, values: &[Value<'_>]) -> io::Result<Place> {
        if self.sheet.as_ref().is_none_or(|sheet| sheet.rows > ROWS_A_SHEET) {
            self.begin_next_sheet_of_data()?;
        }
        let Some(sheet) = self.sheet.as_mut() else {
            return Err(io::Error::other("no sheet was begun"));
        };
        for (column, value) in values.iter().enumerate() {
            write_cell(&mut sheet.worksheet, sheet.rows, column as u16, value, &self.formats).map_err(sheet_error)?;
        }
        sheet.rows += 1;
        Ok(Place {
            sheet: sheet.name.clone(),
            line: Some(u64::from(sheet.rows)),
        })
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        if self.sheet.is_none() && self.sheets == 0 {
            self.begin_next_sheet_of_data()?;
        }
        self.end_sheet();
        self.book.save(&self.path).map_err(sheet_error)
    }
}

fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: &Value<'_>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match value {
        Value::Empty => {}
        Value::Text(text) => {
            sheet.write_string_with_format(row, column, text.as_ref(), &formats.text)?;
        }
        Value::Integer(number) => {
            sheet.write_number_with_format(row, column, *number as f64, &formats.integer)?;
        }
        Value::Decimal(hundredths) => {
            sheet.write_number_with_format(row, column, *hundredths as f64 / 100.0, &formats.decimal)?;
        }
        Value::Date(date) => {
            sheet.write_datetime_with_format(row, column, excel_date(*date)?, &formats.day)?;
        }
        Value::Period(period) => {
            sheet.write_string_with_format(row, column, period.write(Style::Id), &formats.text)?;
        }
    }
    Ok(())
}

fn excel_date(date: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(date.year() as u16, date.month() as u8, date.day() as u8)
}
