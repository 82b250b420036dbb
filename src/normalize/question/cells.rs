//! Doubts about the rows of a sheet: what its cells say of them, or leave open.

use super::Table;
use crate::config::{Column, ColumnType};
use crate::domain::date::{self, Order};
use crate::finding::Finding;
use crate::normalize::cell::plain;
use crate::normalize::lines::is_section_mark;
use crate::normalize::places::is_blank;
use crate::normalize::rows::{RowKind, classify, is_all, whole};
use crate::read::{Cell, Epoch};
use chrono::Datelike;

/// Fewest figures with decimals that make a column of counts doubtful.
const FRACTIONS: usize = 3;

impl Table<'_> {
    /// First row that is data.
    fn from(&self) -> usize {
        self.layout.skip_rows
    }

    /// The columns of names that tell rows apart, with the sheet column of each.
    fn names(&self) -> impl Iterator<Item = (usize, &Column)> {
        let is_name = |column: &Column| column.kind == ColumnType::Text;
        let keys = self
            .columns()
            .filter(move |(_, name, column)| is_name(column) && self.contract.key.contains(*name));
        keys.filter_map(|(index, _, column)| Some((self.layout.columns.source[index]?, column)))
    }

    /// Those that may be left blank for the whole.
    fn names_of_parts(&self) -> impl Iterator<Item = (usize, &Column)> {
        self.names().filter(|(_, column)| column.default.is_some())
    }

    /// Whether a row is one of data that has any figure.
    fn counts(&self) -> impl Fn(usize) -> bool {
        let figures = self.layout.figures(self.contract);
        let used = self.layout.sheet_columns();
        move |row| {
            let has_figure = figures.iter().any(|&column| !is_blank(self.top.cell(row, column)));
            has_figure
                && classify(self.top, row, &used) == RowKind::Data
                && self.layout.repeated_header_row(&used, self.top, row).is_none()
        }
    }

    /// `Semua Pasar` among markets: the region as a whole, which is written otherwise.
    pub(super) fn names_of_all(&self) -> Option<Finding> {
        self.names_of_parts().find_map(|(source, column)| {
            let text = self.cells(source).find_map(|cell| match cell {
                Cell::Text(text) if is_all(text) => Some(text.trim().to_string()),
                _ => None,
            })?;
            Some(
                Finding::of("name-of-all")
                    .with_both("column", &column.title)
                    .value(text),
            )
        })
    }

    /// Groups that are numbered by letters above parts that are numbered by figures, and have figures themselves: the sum of
    /// their parts, which would count beside them.
    pub(super) fn groups_with_figures(&self) -> Option<Finding> {
        self.names().next()?;
        let texts = |column: usize| {
            self.cells(column).map(|cell| match cell {
                Cell::Text(text) => text.trim().to_string(),
                Cell::Integer(number) => number.to_string(),
                Cell::Float(number) => plain(number),
                _ => String::new(),
            })
        };
        let is_figure = |text: &str| {
            let digits = text.trim_end_matches('.');
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        // Small letters number the parts of what figures number.
        let is_letter = |text: &str| is_section_mark(text) && !text.starts_with(|first: char| first.is_lowercase());
        let numbers = self
            .layout
            .numbering()
            .filter(|&column| texts(column).filter(|text| is_figure(text)).count() > 1)?;
        let counts = self.counts();
        let mut rows = (self.from()..self.top.rows()).zip(texts(numbers));
        let (row, text) = rows.find(|(row, text)| is_letter(text) && counts(*row))?;
        let row = self.top.row_numbers[row].to_string();
        Some(
            Finding::of("groups-with-figures")
                .with("row", row)
                .value(text.trim_end_matches('.')),
        )
    }

    /// Numbers of rows where the dataset asks for the number that a thing keeps: the next file's `1` would be another.
    pub(super) fn row_numbers_as_key(&self) -> Option<Finding> {
        let key = || self.columns().filter(|(_, name, _)| self.contract.key.contains(*name));
        if key().any(|(_, _, column)| matches!(column.kind, ColumnType::Period | ColumnType::Date)) {
            return None;
        }
        let (index, _, column) =
            key().find(|(_, _, column)| column.kind == ColumnType::Text && column.default.is_none())?;
        let source = self.layout.columns.source[index]?;
        let mut rows = 0;
        for cell in self.cells(source).filter(|cell| !is_blank(*cell)) {
            let is_next = match cell {
                Cell::Text(text) => text.trim().parse() == Ok(rows + 1),
                Cell::Integer(number) => number == rows + 1,
                Cell::Float(number) => number == (rows + 1) as f64,
                _ => false,
            };
            match (is_next, rows) {
                (true, _) => rows += 1,
                // What stands below the rows.
                (false, 3..) => break,
                (false, _) => return None,
            }
        }
        let finding = Finding::of("row-numbers-as-key").with_both("column", &column.title);
        (rows >= 3).then(|| finding.value("1, 2, 3"))
    }

    /// Rows without the name of a part, which others have: that of the row above, or the region as a whole.
    pub(super) fn blank_names(&self) -> Option<Finding> {
        let is_empty = |row: usize, column: usize| is_blank(self.top.cell(row, column));
        let counts = self.counts();
        // Where one of these is blank too, the row continues the one above.
        let leads = self
            .columns()
            .filter(|(_, name, column)| self.contract.key.contains(*name) && column.default.is_none());
        let leads: Vec<usize> = leads
            .filter_map(|(index, ..)| self.layout.columns.source[index])
            .collect();
        let own = self.context.own_name();
        let says_whole = |row: usize| {
            let mut texts = self.top.row(row).iter().map(|&raw| self.top.view(raw));
            texts.any(|cell| matches!(cell, Cell::Text(text) if is_all(text) || whole(text, own).is_some()))
        };
        let is_row = |&row: &usize| {
            let is_whole = !says_whole(row) && leads.iter().all(|&column| !is_empty(row, column));
            is_whole && counts(row)
        };
        let rows: Vec<usize> = (self.from()..self.top.rows()).filter(is_row).collect();
        for (source, column) in self.names_of_parts() {
            let mut blank = rows.iter().filter(|&&row| is_empty(row, source));
            let Some(&first) = blank.next() else { continue };
            let blanks = blank.count() + 1;
            if blanks < rows.len() {
                let finding = Finding::of("name-left-blank").with_both("column", &column.title);
                let finding = finding.with("rows", blanks.to_string());
                return Some(finding.with("row", self.top.row_numbers[first].to_string()));
            }
        }
        None
    }

    pub(super) fn cells(&self, column: usize) -> impl Iterator<Item = Cell<'_>> {
        (self.from()..self.top.rows()).map(move |row| self.top.cell(row, column))
    }

    /// Days of which a spreadsheet in another language made dates with month and day exchanged, where it could: the others
    /// stayed texts (`13/11/2026`).
    pub(super) fn swapped_dates(&self) -> Option<Finding> {
        for (index, _, column) in self.columns().filter(|(_, _, column)| column.kind == ColumnType::Date) {
            let Some(source) = self.layout.columns.source[index] else {
                continue;
            };
            let (mut texts, mut dates) = (0, 0);
            let mut first = None;
            for cell in self.cells(source) {
                match cell {
                    Cell::Text(text) => match date::order(text) {
                        Some(Order::DayFirst) => texts += 1,
                        Some(_) => return None,
                        None => {}
                    },
                    Cell::Date { serial, epoch } => {
                        let day = date::from_serial(serial, epoch == Epoch::Year1904).ok()?;
                        if day.day() > 12 || day.day() == day.month() {
                            return None;
                        }
                        dates += 1;
                        first = first.or(Some(day));
                    }
                    _ => {}
                }
            }
            if let Some(day) = first.filter(|_| texts > 0 && dates > 1) {
                let finding = Finding::of("dates-may-be-swapped").with_both("column", &column.title);
                return Some(finding.with_day("value", day.to_string()).value(day.to_string()));
            }
        }
        None
    }

    /// Counts most of which have decimals: thousands whose separator a spreadsheet in another language took for a point.
    pub(super) fn lost_thousands(&self) -> Option<Finding> {
        for (index, _, column) in self.columns().filter(|(_, _, column)| column.kind == ColumnType::Count) {
            let Some(source) = self.layout.columns.source[index].filter(|_| self.layout.columns.power[index] == 0)
            else {
                continue;
            };
            let mut first = None;
            let (mut fractions, mut whole) = (0, 0);
            for cell in self.cells(source) {
                match cell {
                    Cell::Float(value) if value.fract() != 0.0 => {
                        fractions += 1;
                        first = first.or(Some(value));
                    }
                    Cell::Integer(_) | Cell::Float(_) => whole += 1,
                    _ => {}
                }
            }
            if let Some(value) = first.filter(|_| fractions >= FRACTIONS && fractions > whole) {
                let finding = Finding::of("counts-with-decimals").with_both("column", &column.title);
                let plain = plain(value);
                return Some(finding.with_figure("value", &plain).value(plain));
            }
        }
        None
    }
}
