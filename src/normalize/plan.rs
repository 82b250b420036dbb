//! How the rows of a sheet are read, and where they stand.

use super::cell::Value;
use super::fill_down;
use super::route::{Layout, RoutedSheet};
use crate::config::Contract;
use crate::finding::{Finding, Place};
use crate::read::Block;

/// What one row of a sheet is read with.
pub(super) struct SheetPlan<'s> {
    pub(super) sheet: &'s RoutedSheet,
    pub(super) layout: Layout,
    /// Sheet columns that the contract reads.
    pub(super) used: Vec<usize>,
    /// Values for columns that the sheet does not have.
    pub(super) constants: Vec<Option<Value<'static>>>,
}

impl SheetPlan<'_> {
    /// Fills blanks that mean "as above", and says so for each column.
    pub(super) fn fill_down(&self, block: &mut Block, from: usize, contract: &Contract) -> Vec<Finding> {
        let source = self.layout.columns.source.iter();
        let source: Vec<Option<usize>> = source
            .map(|source| source.filter(|&source| !self.layout.is_said(source)))
            .collect();
        let filled = fill_down::fill_down(block, from, contract, &source);
        let note = |(column, row, count): (usize, usize, usize)| {
            let header = self.layout.headers.get(column).map_or("", |header| header.trim());
            let place = Place {
                column_index: Some(column as u32),
                column: Some(header.to_string()),
                ..self.place(block, row)
            };
            let finding = Finding::of("blank-as-above").with("column", header);
            finding.with_figure("cells", count.to_string()).at(place)
        };
        filled.into_iter().map(note).collect()
    }

    /// The value, as text, of a column that the sheet does not have.
    pub(super) fn supplied(&self, index: usize) -> Option<String> {
        match self.constants[index].as_ref()? {
            Value::Text(text) => Some(text.to_string()),
            Value::Date(date) => Some(date.to_string()),
            Value::Period(period) => Some(period.to_string()),
            Value::Integer(_) | Value::Float(_) | Value::Scaled(_) | Value::Null => None,
        }
    }

    /// Place of a row in its sheet.
    pub(super) fn place(&self, block: &Block, row: usize) -> Place {
        let number = block.row_numbers[row];
        Place {
            part: self.sheet.place,
            sheet: self.sheet.name.clone(),
            row: Some(number),
            line: block.numbers_are_lines.then_some(number),
            ..Place::default()
        }
    }
}
