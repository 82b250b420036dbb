//! What is said about the rows of a submission: findings and refused rows, put into columns on whatever thread read the
//! rows, so that the thread that writes the files has nothing to make.

use super::checker::{PlaceInfo, place};
use super::look::Look;
use super::outcome::Digest;
use super::staging::{FindingColumns, QuarantineColumns};
use crate::config::{Contract, Names, Pii};
use crate::finding::receipt::{FindingTally, Room};
use crate::finding::{Bilingual, Finding, Place, said};
use crate::normalize::{RefusedRow, Rendering};
use crate::table::schema;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int32Type;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Knows what a submission's findings need. Shared by the threads that read it.
pub(super) struct Teller {
    contract: Arc<Contract>,
    names: Names,
    /// Tells a sender's rows from another's with the same values.
    slice: String,
    places: BTreeMap<i32, PlaceInfo>,
    /// What the receipt has room for yet. A part that began before it was filled keeps too many, which are left out.
    room: [AtomicUsize; 3],
}

/// Findings and refused rows, in order.
pub(super) struct Told {
    pub findings: FindingColumns,
    pub quarantine: QuarantineColumns,
    /// Of each refused row.
    pub digests: Vec<Digest>,
    /// Of each finding, the refused row that it is about.
    pub about: Vec<Option<u32>>,
    pub tally: FindingTally,
}

impl Told {
    pub(super) fn with_room(room: Room) -> Told {
        Told {
            findings: FindingColumns::default(),
            quarantine: QuarantineColumns::default(),
            digests: Vec::new(),
            about: Vec::new(),
            tally: FindingTally::of_part(room),
        }
    }

    /// Takes a finding that refuses no row.
    pub(super) fn note(&mut self, finding: &Finding) {
        self.about.push(None);
        self.findings.push(finding);
        self.tally.push(finding);
    }
}

impl Teller {
    pub(super) fn new(contract: Arc<Contract>, names: Names, slice: &str, places: BTreeMap<i32, PlaceInfo>) -> Teller {
        Teller {
            contract,
            names,
            slice: slice.to_string(),
            places,
            room: FindingTally::default().room().map(AtomicUsize::new),
        }
    }

    pub(super) fn places(&self) -> &BTreeMap<i32, PlaceInfo> {
        &self.places
    }

    /// Nothing said yet.
    pub(super) fn begin(&self) -> Told {
        Told::with_room(self.room.each_ref().map(|room| room.load(Ordering::Relaxed)))
    }

    /// Says what the receipt has room for now.
    pub(super) fn leave_room(&self, room: Room) {
        for (known, room) in self.room.iter().zip(room) {
            known.store(room, Ordering::Relaxed);
        }
    }

    pub(super) fn refuse(&self, told: &mut Told, row: &RefusedRow) {
        let codes: Vec<&str> = row.findings.iter().map(|finding| finding.code.as_str()).collect();
        let codes = codes.join(",");
        let mut digest = Sha256::new();
        for text in [&self.slice, "\n", &codes, "\n", &row.values] {
            digest.update(text.as_bytes());
        }
        let digest = digest.finalize();
        let about = told.digests.len() as u32;
        // The first 16 of 32 bytes.
        told.digests.push(std::array::from_fn(|index| digest[index]));
        told.quarantine.push(row, &codes);
        for finding in &row.findings {
            told.about.push(Some(about));
            told.findings.push(finding);
            told.tally.push(finding);
        }
    }

    /// Refuses a row that was read, with all its values as they were read.
    pub(super) fn refuse_typed(&self, told: &mut Told, batch: &RecordBatch, row: usize, findings: Vec<Finding>) {
        let mut values = Rendering::default();
        for name in self.contract.columns.keys() {
            if let Some(value) = self.shown(batch, row, name) {
                values.push(name, &value);
            }
        }
        let refused = RefusedRow {
            place: self.place(batch, row, None),
            findings,
            values: values.finish(),
        };
        self.refuse(told, &refused);
    }

    /// Refuses a row whose key has other values elsewhere.
    pub(super) fn refuse_conflicting(&self, told: &mut Told, batch: &RecordBatch, row: usize) {
        let key = &self.contract.key;
        let mut place = self.place(batch, row, key.last().map(String::as_str));
        if place.turned.is_some() {
            // Of what was made from one row of the sheet, the row's own cell says which it is.
            place.column_index = None;
        }
        let shown = key
            .iter()
            .filter_map(|name| Some((name, self.shown(batch, row, name)?)));
        let shown: Vec<(&String, String)> = shown.collect();
        let said = said::list(shown.iter().map(|(name, value)| self.said(name, value)));
        let shown: Vec<String> = shown.into_iter().map(|(_, value)| value).collect();
        let finding = Finding::of("key-conflict").with_both("key", &self.contract.titles(key));
        let finding = finding.with_both("value", &said).value(shown.join(", "));
        self.refuse_typed(told, batch, row, vec![finding.at(place)]);
    }

    /// Tells of the rows that break rules; refuses those that may not enter.
    pub(super) fn tell_broken(
        &self,
        told: &mut Told,
        look: &Look,
        batch: &RecordBatch,
        broken: &BTreeMap<usize, Vec<usize>>,
    ) {
        for (&row, rules) in broken {
            let mut findings = Vec::with_capacity(rules.len());
            for &position in rules {
                let (finding, column) = look.said(position);
                let place = self.place(batch, row, column);
                findings.push(match column.and_then(|column| self.shown(batch, row, column)) {
                    Some(value) => {
                        let said = self.said(column.unwrap_or_default(), &value);
                        finding.with_both("value", &said).value(value).at(place)
                    }
                    None => finding.at(place),
                });
            }
            if look.refuses(rules) {
                self.refuse_typed(told, batch, row, findings);
            } else {
                findings.iter().for_each(|finding| told.note(finding));
            }
        }
    }

    /// Place of a typed row.
    pub(super) fn place(&self, batch: &RecordBatch, row: usize, column: Option<&str>) -> Place {
        let number = |name: &str| {
            let array = batch.column_by_name(name)?.as_primitive_opt::<Int32Type>()?;
            array.is_valid(row).then(|| array.value(row))
        };
        let part = number(schema::PART).unwrap_or_default();
        place(
            &self.places,
            (part, number(schema::ROW), number(schema::COLUMN)),
            column,
        )
    }

    /// A typed value as people say it.
    pub(super) fn said(&self, column: &str, value: &str) -> Bilingual {
        let column = self.contract.columns.get(column);
        column.map_or_else(Bilingual::default, |column| self.names.said(column, value))
    }

    /// A typed value as text; none for nulls and personal columns.
    pub(super) fn shown(&self, batch: &RecordBatch, row: usize, column: &str) -> Option<String> {
        let is_dropped = |column: &crate::config::Column| column.pii == Some(Pii::Drop);
        if self.contract.columns.get(column).is_some_and(is_dropped) {
            return None;
        }
        let array = batch.column_by_name(column)?;
        if array.is_null(row) {
            return None;
        }
        let formatter = ArrayFormatter::try_new(array, &FormatOptions::default()).ok()?;
        Some(formatter.value(row).to_string())
    }
}
