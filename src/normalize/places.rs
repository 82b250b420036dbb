//! Where a cell is and what it says, for people: places, labels, renderings.

use super::cell::shown;
use super::lane::{Lane, SheetPlan};
use super::personal;
use crate::finding::Place;
use crate::read::{Block, Cell};

impl Lane<'_> {
    /// Contract column and value as written; personal columns and long digit runs masked.
    pub(super) fn rendering(&self, plan: &SheetPlan<'_>, block: &Block, row: usize) -> Vec<(String, String)> {
        let mut values = Vec::new();
        for reader in &self.readers {
            let Some(source) = plan.layout.columns.source[reader.index] else {
                // What the sheet does not say but the row is about: the day of the request, the sender.
                if self.contract.key.contains(&reader.name)
                    && let Some(text) = plan.supplied(reader.index)
                {
                    values.push((reader.name.clone(), text));
                }
                continue;
            };
            let cell = block.cell(row, source);
            if is_blank(cell) {
                continue;
            }
            let value = if reader.column.pii.is_some() {
                personal::MASK.to_string()
            } else {
                shown(cell)
            };
            values.push((reader.name.clone(), value));
        }
        values
    }

    /// A column as its sender knows it: the header as written, or the contract's title.
    pub(super) fn label(&self, plan: &SheetPlan<'_>, index: usize) -> String {
        let header = plan.layout.columns.source[index].and_then(|source| plan.layout.headers.get(source));
        match header.map(|header| header.trim()).filter(|header| !header.is_empty()) {
            Some(header) => header.to_string(),
            None => self.readers[index].column.title.id.clone(),
        }
    }

    pub(super) fn place(&self, plan: &SheetPlan<'_>, block: &Block, row: usize, column: Option<usize>) -> Place {
        let number = block.row_numbers[row];
        Place {
            part: plan.sheet.place,
            sheet: plan.sheet.name.clone(),
            row: Some(number),
            column_index: None,
            line: block.numbers_are_lines.then_some(number),
            column: column.map(|index| self.names[index].clone()),
        }
    }

    pub(super) fn place_of_column(
        &self,
        plan: &SheetPlan<'_>,
        block: &Block,
        row: usize,
        source: usize,
        column: Option<usize>,
    ) -> Place {
        let mut place = self.place(plan, block, row, column);
        // Records have no cells: a field's name is its place.
        place.column_index = plan.layout.header_row.map(|_| source as u32);
        if place.column.is_none() {
            place.column = plan.layout.headers.get(source).cloned();
        }
        place
    }

    /// Place of a contract column's cell; of the row where the sheet has no such column.
    pub(super) fn place_of(&self, plan: &SheetPlan<'_>, block: &Block, row: usize, index: usize) -> Place {
        match plan.layout.columns.source[index] {
            Some(source) => self.place_of_column(plan, block, row, source, Some(index)),
            None => self.place(plan, block, row, Some(index)),
        }
    }
}

pub(super) fn is_blank(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Empty => true,
        Cell::Text(text) => text.trim().is_empty(),
        _ => false,
    }
}
