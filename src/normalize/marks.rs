//! What stands beside a value in its cell and is no part of it, and values of which a part is lost.

use super::cell::ColumnReader;
use crate::config::ColumnType;
use crate::domain::code::CodeTable;
use crate::domain::text;
use crate::read::Cell;

/// The unit in which a row's figure is, and the table of units.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowUnit<'u> {
    pub code: &'u str,
    pub units: &'u CodeTable,
}

/// Words behind a count that say what is counted, and nothing else.
const COUNTED: [&str; 9] = ["orang", "org", "jiwa", "kk", "kpm", "unit", "buah", "kasus", "kejadian"];

/// Words behind a count of days.
const DAYS: [&str; 5] = ["hk", "hari", "hari kerja", "days", "working days"];

impl ColumnReader {
    /// A figure, and what is left out behind it: the mark of a note (`12.345*)`), a remark in brackets (`13.500 (naik)`), what
    /// the column counts (`25 orang`, `3 HK`), or the unit that the row has too (`Rp. 48.000,-/kg`). None where it is not
    /// sure that the rest is no part of the figure.
    pub(super) fn without_mark<'t>(&self, written: &'t str, unit: Option<RowUnit<'_>>) -> Option<(&'t str, &'t str)> {
        let is_count = self.column.kind == ColumnType::Count;
        let counts_days = is_count && self.column.unit.as_deref().is_some_and(|unit| unit.ends_with("days"));
        let words: &[&str] = match (is_count, counts_days) {
            (_, true) => &DAYS,
            (true, false) => &COUNTED,
            _ => &[],
        };
        text::noted_figure(written)
            .or_else(|| text::worded_figure(written, words))
            .or_else(|| text::remarked_figure(written))
            .or_else(|| self.priced(written, unit?))
    }

    /// Whether the column is a text that tells rows apart: a number of a register, a name.
    pub(super) fn is_name_of_row(&self) -> bool {
        self.is_key && self.column.kind == ColumnType::Text
    }

    /// A price and the unit behind its slash, where that is the row's.
    fn priced<'t>(&self, written: &'t str, unit: RowUnit<'_>) -> Option<(&'t str, &'t str)> {
        let at = written.rfind('/').filter(|_| self.column.kind == ColumnType::Money)?;
        let (figure, per) = written.split_at(at);
        let is_of_row = unit.units.resolve(per[1..].trim()) == Ok(unit.code);
        is_of_row.then_some((figure, per))
    }
}

/// Numbers from here on have more digits than a spreadsheet keeps.
const SPREADSHEET_DIGITS: f64 = 1e15;

/// Whether a spreadsheet made a number of what was written, and lost digits of it: `7,65432E+06`, or more than fifteen digits.
pub(super) fn is_shortened(cell: Cell<'_>, of_spreadsheet: bool) -> bool {
    match cell {
        Cell::Float(number) => number.abs() >= SPREADSHEET_DIGITS,
        Cell::Integer(number) => of_spreadsheet && number.unsigned_abs() as f64 >= SPREADSHEET_DIGITS,
        Cell::Text(text) => text::has_exponent(text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreadsheets_keep_fifteen_digits() {
        for (cell, of_spreadsheet) in [
            (Cell::Text("7,65432E+06"), false),
            (Cell::Float(2e15), false),
            (Cell::Integer(1_234_567_890_123_450), true),
        ] {
            assert!(is_shortened(cell, of_spreadsheet), "{cell:?}");
        }
        for (cell, of_spreadsheet) in [
            (Cell::Text("LPR-26-00121"), true),
            (Cell::Text("1234567890123456"), true),
            (Cell::Integer(999_999_999_999_999), true),
            // JSON holds them all.
            (Cell::Integer(1_234_567_890_123_456), false),
            (Cell::Float(12.5), true),
        ] {
            assert!(!is_shortened(cell, of_spreadsheet), "{cell:?}");
        }
    }
}
