//! Where a cell is and what it says, for people: places, labels, renderings.

use super::cell::shown;
use super::lane::{Lane, SheetPlan};
use super::personal;
use crate::finding::Place;
use crate::read::{Block, Cell};

/// A row as a JSON object of texts, columns in contract order.
#[derive(Debug, Default)]
pub struct Rendering(Vec<u8>);

impl Rendering {
    /// Adds a column, whose name needs no escaping, and its value.
    pub fn push(&mut self, name: &str, value: &str) {
        self.0.push(if self.0.is_empty() { b'{' } else { b',' });
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
        // Memory takes whatever is written to it, and every text is JSON.
        let written = serde_json::to_writer(&mut self.0, value);
        debug_assert!(written.is_ok(), "a text can be written");
    }

    pub fn finish(mut self) -> String {
        if self.0.is_empty() {
            self.0.push(b'{');
        }
        self.0.push(b'}');
        // Texts between ASCII marks are UTF-8.
        String::from_utf8(self.0).unwrap_or_default()
    }
}

impl Lane<'_> {
    /// What a row says, with personal columns and long digit runs masked.
    pub(super) fn rendering(&self, plan: &SheetPlan<'_>, block: &Block, row: usize) -> String {
        let mut values = Rendering::default();
        for reader in &self.readers {
            let Some(source) = plan.layout.columns.source[reader.index] else {
                // What the sheet does not say but the row is about: the day of the request, the sender.
                if self.contract.key.contains(&reader.name)
                    && let Some(text) = plan.supplied(reader.index)
                {
                    values.push(&reader.name, &text);
                }
                continue;
            };
            let cell = block.cell(row, source);
            if is_blank(cell) {
                continue;
            }
            if reader.column.pii.is_some() {
                values.push(&reader.name, personal::MASK);
            } else {
                values.push(&reader.name, &shown(cell));
            }
        }
        values.finish()
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
        let source = match (&plan.layout.crosstab, block.turned.get(row)) {
            (Some(crosstab), Some(&value)) => crosstab.origin(value as usize, source),
            _ => source,
        };
        if let Some(form) = &plan.layout.form {
            place.row = form.rows.get(source).copied();
            place.line = place.line.and(place.row);
            place.column_index = Some(form.column as u32);
            return place;
        }
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
