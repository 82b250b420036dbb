//! What cells look like: what the library that reads their values does not tell, for each format found by a pass of its own.

use crate::read::Epoch;
use crate::read::shown::Shows;
use std::collections::BTreeMap;

/// How one cell looks.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Look {
    /// Its number format.
    Shows(Shows),
    /// The zeros of a code, as shown.
    Code(String),
    /// A formula whose result is this error.
    Error(String),
    /// A formula without a stored result.
    Uncalculated,
}

impl Look {
    /// Whether the cell has no value of its own.
    fn is_value(&self) -> bool {
        matches!(self, Look::Error(_) | Look::Uncalculated)
    }
}

/// Looks of the cells of a row, or of equal rows below each other: by first column, with the last.
#[derive(Debug, Default, Clone)]
pub(super) struct RowLooks {
    last: u32,
    cells: BTreeMap<u32, (u32, Look)>,
}

impl RowLooks {
    pub fn at(&self, column: u32) -> Option<&Look> {
        let (_, (last, look)) = self.cells.range(..=column).next_back()?;
        (*last >= column).then_some(look)
    }

    /// Number of columns up to the last cell that has a look instead of a value.
    pub fn width(&self) -> u32 {
        let valued = self.cells.values().rev().find(|(_, look)| look.is_value());
        valued.map_or(0, |(last, _)| last + 1)
    }
}

/// Looks of the cells of a sheet. Rows and columns count from 0.
#[derive(Debug, Default, Clone)]
pub(super) struct SheetLooks {
    rows: BTreeMap<u32, RowLooks>,
    /// First and last row of those that are hidden.
    hidden: BTreeMap<u32, u32>,
    /// Ranges over several rows: first row and column, last row and column.
    pub merged: Vec<[u32; 4]>,
    /// The day from which numbers count where they are days; none where it is not known.
    pub epoch: Option<Epoch>,
}

impl SheetLooks {
    /// With the day from which its workbook counts.
    pub fn counted_from(mut self, epoch: Option<Epoch>) -> SheetLooks {
        self.epoch = epoch;
        self
    }

    /// Notes a look of the cells from `first` to `last` (row, column).
    pub fn note(&mut self, first: (u32, u32), last: (u32, u32), look: Look) {
        if look == Look::Shows(Shows::Number) {
            return;
        }
        let row = self.rows.entry(first.0).or_default();
        row.last = row.last.max(last.0);
        row.cells.insert(first.1, (last.1, look));
    }

    /// Notes that the rows from `first` to `last` are hidden.
    pub fn hide(&mut self, first: u32, last: u32) {
        self.hidden.insert(first, last);
    }

    pub fn is_hidden(&self, row: u32) -> bool {
        let before = self.hidden.range(..=row).next_back();
        before.is_some_and(|(_, last)| *last >= row)
    }

    pub fn merge(&mut self, range: [u32; 4]) {
        if range[0] < range[2] {
            self.merged.push(range);
        }
    }

    pub fn row(&self, row: u32) -> Option<&RowLooks> {
        let (_, looks) = self.rows.range(..=row).next_back()?;
        (looks.last >= row).then_some(looks)
    }

    /// First and last row with a cell that has a look instead of a value.
    pub fn ends(&self) -> Option<(u32, u32)> {
        let mut valued = self.rows.iter().filter(|(_, looks)| looks.width() > 0);
        let (&first, looks) = valued.next()?;
        let last = valued.next_back().map_or(looks.last, |(_, looks)| looks.last);
        Some((first, last))
    }
}
