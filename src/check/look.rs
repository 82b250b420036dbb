//! What can be found out about a batch on its own: the rows that break a rule, and a hash of each key. It needs no
//! order and changes nothing, so it is done on whatever thread made the batch.

use super::CheckError;
use super::rules::{self, CompiledRule};
use super::uniqueness::KeyHasher;
use crate::config::{Contract, RowRule};
use crate::finding::Severity;
use crate::table::TableError;
use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::SchemaRef;
use std::collections::BTreeMap;
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

/// A batch that was looked at.
pub struct Seen {
    /// All its rows, as they came.
    pub(super) batch: RecordBatch,
    /// Row → the rules that it breaks, by position.
    pub(super) broken: BTreeMap<usize, Vec<usize>>,
    /// Rules that did not run on these rows, and why.
    pub(super) failed: Vec<(String, String)>,
    /// The rows that break no rule of severity error, and the hashes of their keys.
    pub(super) kept: RecordBatch,
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

    /// A rule, and the column that its findings point at.
    pub(super) fn rule(&self, position: usize) -> (&RowRule, Option<&str>) {
        let rule = &self.rules[position];
        (&rule.rule, rule.column.as_deref())
    }

    pub(super) fn at(&self, batch: RecordBatch) -> Result<Seen, CheckError> {
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
        let kept = self.without_refused(&batch, &broken)?;
        let hashes = self.keys.keys(&kept)?;
        Ok(Seen {
            batch,
            broken,
            failed,
            kept,
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
        let mut keep = vec![true; batch.num_rows()];
        refused.into_iter().for_each(|row| keep[row] = false);
        let filtered = filter_record_batch(batch, &BooleanArray::from(keep));
        filtered.map_err(|source| {
            CheckError::Table(TableError::Arrow {
                path: "rows".to_string(),
                source,
            })
        })
    }
}
