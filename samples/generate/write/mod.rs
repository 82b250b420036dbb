//! Writing rows as CSV, XLSX, JSON or XML, in the notations that regions use.

mod delimited;
mod records;
mod workbook;

pub use delimited::{Delimited, push_value};
pub use records::{Json, Xml};
pub use workbook::Workbook;

use chrono::NaiveDate;
use std::borrow::Cow;
use std::io;

/// How numbers, dates and periods are written in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Style {
    /// `15.500,50`, `12/08/2024`, `Semester II 2024`.
    Id,
    /// `15,500.50`, `2024-08-12`, `2024-S2`.
    En,
    /// `15500.50`, `2024-08-12`, `2024-S2`.
    Plain,
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    Empty,
    Text(Cow<'a, str>),
    Integer(i64),
    /// Hundredths: 1550050 is 15,500.50.
    Decimal(i64),
    Date(NaiveDate),
    Period(Period),
}

impl<'a> Value<'a> {
    /// Text that may be borrowed.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Value<'a> {
        Value::Text(text.into())
    }
}

/// A year or a part of one; parts count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    Year(i32),
    Semester(i32, u32),
    Quarter(i32, u32),
    Month(i32, u32),
}

impl Period {
    /// The first day after the period.
    pub fn end(self) -> NaiveDate {
        let (year, month) = match self {
            Period::Year(year) => (year, 12),
            Period::Semester(year, part) => (year, part * 6),
            Period::Quarter(year, part) => (year, part * 3),
            Period::Month(year, part) => (year, part),
        };
        let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(NaiveDate::MAX)
    }

    /// How the style writes the period.
    pub fn write(self, style: Style) -> String {
        const ROMAN: [&str; 4] = ["I", "II", "III", "IV"];
        match (self, style) {
            (Period::Year(year), _) => format!("{year}"),
            (Period::Semester(year, part), Style::Id) => format!("Semester {} {year}", ROMAN[part as usize - 1]),
            (Period::Semester(year, part), _) => format!("{year}-S{part}"),
            (Period::Quarter(year, part), Style::Id) => format!("TW {} {year}", ROMAN[part as usize - 1]),
            (Period::Quarter(year, part), _) => format!("{year}-Q{part}"),
            (Period::Month(year, part), Style::Id) => format!("{} {year}", month_name(part)),
            (Period::Month(year, part), _) => format!("{year}-{part:02}"),
        }
    }
}

/// The Indonesian name of a month, counted from 1.
pub fn month_name(month: u32) -> &'static str {
    const NAMES: [&str; 12] = [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ];
    NAMES[month as usize - 1]
}

/// The file formats of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Csv,
    Xlsx,
    Json,
    Xml,
}

/// Where a row of a set came to stand: sheet and line in it, where the format has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    pub sheet: String,
    pub line: Option<u64>,
}

/// Takes rows one by one. The first row written is data: the header is given when the writer is made.
pub trait Rows {
    /// Writes one row and says where it stands.
    fn row(&mut self, values: &[Value<'_>]) -> io::Result<Place>;
    /// Writes what must follow the last row, and everything to the disk.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_written_as_officers_and_as_programs_do() {
        assert_eq!(Period::Semester(2024, 2).write(Style::Id), "Semester II 2024");
        assert_eq!(Period::Quarter(2024, 1).write(Style::Id), "TW I 2024");
        assert_eq!(Period::Month(2024, 8).write(Style::Id), "Agustus 2024");
        assert_eq!(Period::Month(2024, 8).write(Style::Plain), "2024-08");
        assert_eq!(Period::Semester(2024, 2).write(Style::En), "2024-S2");
        assert_eq!(Period::Year(2024).write(Style::Id), "2024");
    }

    #[test]
    fn a_period_ends_where_the_next_begins() {
        assert_eq!(
            Period::Semester(2024, 2).end(),
            NaiveDate::from_ymd_opt(2025, 1, 1).expect("a date")
        );
        assert_eq!(
            Period::Quarter(2024, 1).end(),
            NaiveDate::from_ymd_opt(2024, 4, 1).expect("a date")
        );
    }
}
