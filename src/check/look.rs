//! What can be found out about a block on its own: the rows that break a rule, what is said of bad ones, and a hash of
//! each key. It needs no order and changes nothing, so it is done on whatever thread read the block.

use super::CheckError;
use super::rules::{self, CompiledRule};
use super::teller::{Teller, Told};
use super::uniqueness::KeyHasher;
use crate::config::Contract;
use crate::finding::{Finding, Severity};
use crate::normalize::Event;
use crate::table::TableError;
use crate::table::excluded::without;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// A contract's row rules and key, ready to be applied.
pub struct Look {
    rules: Vec<CompiledRule>,
    /// Rules that do not compile, and why.
    pub(super) unusable: Vec<(String, String)>,
    pub(super) keys: KeyHasher,
}

/// The looks of all contracts, each made ready once: compiling its rules takes longer than a small file.
#[derive(Default)]
pub struct Looks(Mutex<BTreeMap<String, Arc<Look>>>);

impl Looks {
    pub(super) fn of(&self, contract: &Contract, model: &SchemaRef) -> Arc<Look> {
        // Making one changes nothing else: what a panic left is whole.
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let name = format!("{}@{}", contract.name, contract.version);
        let make = || Arc::new(Look::new(contract, model));
        looks.entry(name).or_insert_with(make).clone()
    }
}

/// A block's rows that were looked at.
pub struct Seen {
    /// What is said of its rows.
    pub(super) told: Told,
    /// Rules that did not run on these rows, and why.
    pub(super) failed: Vec<(String, String)>,
    /// The rows that break no rule of severity error, and the hashes of their keys.
    pub(super) kept: Option<RecordBatch>,
    pub(super) hashes: Vec<u64>,
}

impl Look {
    pub(super) fn new(contract: &Contract, model: &SchemaRef) -> Look {
        let (rules, unusable) = rules::compile(contract, model);
        Look {
            rules,
            unusable,
            keys: KeyHasher::new(contract, model),
        }
    }

    /// What is said of a row that breaks a rule, and the column that it points at.
    pub(super) fn said(&self, position: usize) -> (Finding, Option<&str>) {
        let rule = &self.rules[position];
        let finding = Finding::declared(&rule.rule.code, rule.rule.severity, &rule.sentences);
        (finding, rule.column.as_deref())
    }

    /// Looks at what became of a block: the rows that can be read, and what is said of the others.
    pub(super) fn at(
        &self,
        teller: &Teller,
        batch: Option<RecordBatch>,
        events: Vec<Event>,
    ) -> Result<Seen, CheckError> {
        let mut told = teller.begin();
        for event in &events {
            match event {
                Event::Refused(row) => teller.refuse(&mut told, row),
                Event::Note(finding) => told.note(finding),
            }
        }
        let Some(batch) = batch else {
            return Ok(Seen {
                told,
                failed: Vec::new(),
                kept: None,
                hashes: Vec::new(),
            });
        };
        let mut broken: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut failed = Vec::new();
        for (position, rule) in self.rules.iter().enumerate() {
            match rule.broken(&batch) {
                Ok(rows) => rows
                    .into_iter()
                    .for_each(|row| broken.entry(row).or_default().push(position)),
                Err(error) => failed.push((rule.rule.code.clone(), error.to_string())),
            }
        }
        teller.tell_broken(&mut told, self, &batch, &broken);
        let kept = self.without_refused(&batch, &broken)?;
        let hashes = self.keys.keys(&kept)?;
        Ok(Seen {
            told,
            failed,
            kept: Some(kept),
            hashes,
        })
    }

    /// Whether a row that breaks these rules is refused.
    pub(super) fn refuses(&self, rules: &[usize]) -> bool {
        rules
            .iter()
            .any(|&rule| self.rules[rule].rule.severity == Severity::Error)
    }

    fn without_refused(
        &self,
        batch: &RecordBatch,
        broken: &BTreeMap<usize, Vec<usize>>,
    ) -> Result<RecordBatch, CheckError> {
        let refused: Vec<usize> = broken
            .iter()
            .filter(|(_, rules)| self.refuses(rules))
            .map(|(row, _)| *row)
            .collect();
        if refused.is_empty() {
            return Ok(batch.clone());
        }
        let kept = without(batch, refused.into_iter());
        Ok(kept.map_err(|source| TableError::arrow(Path::new("rows"), source))?)
    }
}
