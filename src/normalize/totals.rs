//! Total rows as a check: what a sender adds up must agree with the rows that were read.

use super::cell::Value;
use crate::config::{ColumnType, Contract};
use crate::domain::region::{Level, Registry};
use crate::finding::{Finding, Place};

/// Sums of one column, by what a total row may have added: everything, or one level of regions only (a table
/// that lists a province and its regencies adds up the regencies).
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    all: f64,
    provinces: f64,
    regencies: f64,
}

/// Sums of the accepted rows of one sheet.
pub(super) struct Totals {
    /// Columns that add up: counts and money.
    columns: Vec<usize>,
    sums: Vec<Sums>,
    rows: u64,
    /// A refused row makes every sum wrong: then totals say nothing.
    broken: bool,
}

impl Totals {
    pub(super) fn new(contract: &Contract) -> Totals {
        let adds_up = |kind: ColumnType| kind == ColumnType::Count;
        let columns: Vec<usize> = contract
            .columns
            .values()
            .enumerate()
            .filter(|(_, column)| adds_up(column.kind))
            .map(|(index, _)| index)
            .collect();
        let sums = vec![Sums::default(); columns.len()];
        Totals {
            columns,
            sums,
            rows: 0,
            broken: false,
        }
    }

    pub(super) fn add(&mut self, values: &[Value<'_>], region: Option<usize>, regions: &Registry) {
        self.rows += 1;
        let level = region.and_then(|index| match &values[index] {
            Value::Text(code) => regions.get(code).map(|region| region.level),
            _ => None,
        });
        for (position, &column) in self.columns.iter().enumerate() {
            let Value::Integer(number) = values[column] else {
                continue;
            };
            let sums = &mut self.sums[position];
            sums.all += number as f64;
            match level {
                Some(Level::Province) => sums.provinces += number as f64,
                _ => sums.regencies += number as f64,
            }
        }
    }

    pub(super) fn refuse(&mut self) {
        self.broken = true;
    }

    /// Compares a total row, whose numbers are given by contract column, with the rows above it.
    pub(super) fn compare(&self, values: &[Option<i64>], place: impl Fn(usize) -> Place) -> Vec<Finding> {
        if self.broken || self.rows == 0 {
            return Vec::new();
        }
        let mut findings = Vec::new();
        for (position, &column) in self.columns.iter().enumerate() {
            let Some(stated) = values[column] else { continue };
            let sums = &self.sums[position];
            let agrees = [sums.all, sums.provinces, sums.regencies].contains(&(stated as f64));
            if !agrees {
                let counted = if sums.regencies > 0.0 { sums.regencies } else { sums.all };
                let counted = super::cell::plain(counted);
                findings.push(
                    Finding::of("total-differs")
                        .with("sum", counted)
                        .value(stated.to_string())
                        .at(place(column)),
                );
            }
        }
        findings
    }
}
