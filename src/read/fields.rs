//! Named fields of records, and the columns they get.

use super::{Block, RawCell, ReadError};
use crate::finding::{Finding, Place};
use std::collections::HashMap;

/// Columns in the order in which records first showed them.
#[derive(Debug, Default)]
pub(super) struct Fields {
    names: Vec<String>,
    slots: HashMap<String, Slot>,
    limit: usize,
}

#[derive(Debug)]
struct Slot {
    column: Option<usize>,
    /// Record in which the name was seen last.
    record: u32,
}

impl Fields {
    /// `limit` is the largest number of columns.
    pub fn new(limit: usize) -> Fields {
        Fields {
            limit,
            ..Fields::default()
        }
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Notes that a record has a field or an object of this name; `false` where it had it before.
    pub fn claim(&mut self, name: &str, record: u32) -> Result<bool, ReadError> {
        if let Some(slot) = self.slots.get_mut(name) {
            let first = slot.record != record;
            slot.record = record;
            return Ok(first);
        }
        // Names of objects count too: their number must not grow with the input.
        if self.slots.len() >= self.limit * 2 {
            return Err(self.too_many(record));
        }
        self.slots.insert(name.to_string(), Slot { column: None, record });
        Ok(true)
    }

    /// Puts a cell into the row that is being filled, in the column of a claimed name.
    pub fn set(&mut self, block: &mut Block, name: &str, cell: RawCell, record: u32) -> Result<(), ReadError> {
        let column = match self.slots.get(name).and_then(|slot| slot.column) {
            Some(column) => column,
            None => {
                if self.names.len() >= self.limit {
                    return Err(self.too_many(record));
                }
                self.names.push(name.to_string());
                let column = self.names.len() - 1;
                self.slots.insert(
                    name.to_string(),
                    Slot {
                        column: Some(column),
                        record,
                    },
                );
                column
            }
        };
        block.set_cell(column, cell);
        Ok(())
    }

    fn too_many(&self, record: u32) -> ReadError {
        let place = Place {
            row: Some(record),
            ..Place::default()
        };
        Finding::of("too-many-columns")
            .with("limit", self.limit.to_string())
            .at(place)
            .into()
    }
}

/// The finding for a record that is longer than a limit.
pub(super) fn record_too_long(record: u32, limit: usize) -> ReadError {
    let place = Place {
        row: Some(record),
        ..Place::default()
    };
    Finding::of("record-too-long")
        .with("limit", crate::finding::size(limit as u64))
        .at(place)
        .into()
}
