//! Where a cell is and what it says, for people: places, labels, renderings.

use super::cell::ColumnReader;
use super::lane::Lane;
use super::personal;
use super::plan::SheetPlan;
use crate::config::ColumnType;
use crate::domain::code::Near;
use crate::domain::personal::{masked, may_be_name};
use crate::finding::{Finding, Place};
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
    /// What a row says, with what is or may be personal masked.
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
            if self.may_name(plan, reader, cell) && self.fits(plan, reader, cell).is_err() {
                values.push(&reader.name, personal::MASK);
            } else {
                values.push(&reader.name, &reader.shown(cell));
            }
        }
        values.finish()
    }

    /// Whether a cell of a sheet with personal data may be the name of a person that slipped into another column. Texts
    /// of text columns cannot be told from names, and are shown; so are texts that come near a code of their column's list.
    pub(super) fn may_name(&self, plan: &SheetPlan<'_>, reader: &ColumnReader, cell: Cell<'_>) -> bool {
        plan.sheet.holds_personal
            && reader.column.kind != ColumnType::Text
            && matches!(cell, Cell::Text(text) if may_be_name(text) && !self.is_near_code(reader, text))
    }

    fn is_near_code(&self, reader: &ColumnReader, text: &str) -> bool {
        let list = reader
            .column
            .codes
            .as_ref()
            .and_then(|name| self.context.codes.get(name));
        list.is_some_and(|list| match list.near(text) {
            Near::Slips(entries) | Near::Others(entries) => !entries.is_empty(),
        })
    }

    fn fits(&self, plan: &SheetPlan<'_>, reader: &ColumnReader, cell: Cell<'_>) -> Result<(), Finding> {
        let (style, power) = (
            self.styles.by_column[reader.index],
            plan.layout.columns.power[reader.index],
        );
        let read = reader.read(cell, style, power, self.context.as_of, self.context);
        read.map(|_| ())
    }

    /// A column as its sender knows it: the header as written, or the contract's title.
    pub(super) fn label(&self, plan: &SheetPlan<'_>, index: usize) -> String {
        let header = plan.layout.columns.source[index].and_then(|source| plan.layout.headers.get(source));
        match header.map(|header| header.trim()).filter(|header| !header.is_empty()) {
            Some(header) => header.to_string(),
            None => self.readers[index].column.title.id.clone(),
        }
    }

    /// Place of a row, about a contract column or all of them.
    pub(super) fn place(&self, plan: &SheetPlan<'_>, block: &Block, row: usize, column: Option<usize>) -> Place {
        Place {
            turned: block.turned.get(row).and_then(|&one| plan.layout.turned_column(one)),
            column: column.map(|index| self.names[index].clone()),
            ..plan.place(block, row)
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
            let record = block.turned.get(row).map_or(0, |&record| record as usize);
            place.column_index = form.columns.get(record).map(|&column| column as u32);
            return place;
        }
        // Records have no cells: a field's name is its place. What a line says has none in the row.
        let is_said = plan.layout.lines.as_ref().is_some_and(|lines| lines.is_said(source));
        let behind = plan.layout.lines.as_ref().map_or(0, |lines| lines.behind(source));
        let has_cell = plan.layout.header_row.is_some() && !is_said;
        place.column_index = has_cell.then(|| (source - behind) as u32);
        if place.column.is_none() {
            let header = plan.layout.headers.get(source);
            place.column = header.map(|header| masked(header).into_owned());
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
