//! Total rows as a check: what a sender adds up must agree with the rows that were read.

use super::columns::Values;
use super::lane::{Lane, SheetPlan};
use super::usual::Draft;
use crate::config::{ColumnType, Contract};
use crate::domain::number::parse_count;
use crate::finding::{Finding, Place};
use crate::read::{Block, Cell};

/// Sums of one column, by what a total row may have added: everything, or one level of regions only (a table
/// that lists a province and its regencies adds up the regencies).
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    all: f64,
    provinces: f64,
    regencies: f64,
}

/// Sums of accepted rows.
#[derive(Debug, Clone, Default)]
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

    /// Adds a row of a block.
    pub(super) fn add(&mut self, draft: &Draft<'_>, row: usize) {
        self.rows += 1;
        for (position, &column) in self.columns.iter().enumerate() {
            let filled = &draft.columns[column];
            let number = match &filled.values {
                Values::Integer(numbers) if filled.valid[row] => numbers[row] as f64,
                _ => continue,
            };
            let sums = &mut self.sums[position];
            sums.all += number;
            if draft.provinces[row] {
                sums.provinces += number;
            } else {
                sums.regencies += number;
            }
        }
    }

    /// Adds the rows that follow.
    pub(super) fn merge(&mut self, more: &Totals) {
        self.rows += more.rows;
        self.broken |= more.broken;
        for (sums, more) in self.sums.iter_mut().zip(&more.sums) {
            sums.all += more.all;
            sums.provinces += more.provinces;
            sums.regencies += more.regencies;
        }
    }

    /// The same columns, and nothing added up.
    pub(super) fn none(&self) -> Totals {
        Totals {
            columns: self.columns.clone(),
            sums: vec![Sums::default(); self.sums.len()],
            rows: 0,
            broken: false,
        }
    }

    pub(super) fn refuse(&mut self) {
        self.broken = true;
    }
}

/// What a total row states of a column, as its sender knows it.
pub(super) struct Stated {
    column: usize,
    label: String,
    number: i64,
    place: Place,
}

/// A total row: the sums of the block's rows above it, and per count column what it states and where.
pub(super) struct TotalRow {
    pub above: Totals,
    pub stated: Vec<Stated>,
}

impl TotalRow {
    /// Whether no row stands above it. `before` are the sums of the blocks before its own.
    pub(super) fn is_on_top(&self, before: &Totals) -> bool {
        self.above.rows + before.rows == 0 && !self.above.broken && !before.broken
    }

    /// Compares what the row states with all rows above it, or with those since the total row before it. `before` are the
    /// sums of the blocks before its own, `last` those above the total row before.
    pub(super) fn compare(mut self, before: &Totals, last: &mut Totals) -> Vec<Finding> {
        self.above.merge(before);
        let since = std::mem::replace(last, self.above.clone());
        let Totals {
            columns,
            sums,
            rows,
            broken,
        } = self.above;
        if broken || rows == 0 {
            return Vec::new();
        }
        let mut findings = Vec::new();
        for stated in self.stated {
            let Some(position) = columns.iter().position(|candidate| *candidate == stated.column) else {
                continue;
            };
            let sums = &sums[position];
            let group = sums.all - since.sums[position].all;
            let agrees = [sums.all, sums.provinces, sums.regencies, group].contains(&(stated.number as f64));
            if !agrees {
                // Of a later subtotal, its own rows; else of the whole, the level that is added up.
                let counted = match since.rows {
                    0 if sums.regencies > 0.0 => sums.regencies,
                    earlier if earlier > 0 && earlier < rows => group,
                    _ => sums.all,
                };
                let counted = super::cell::plain(counted);
                findings.push(
                    Finding::of("total-differs")
                        .with("sum", counted)
                        .with("column", stated.label)
                        .value(stated.number.to_string())
                        .at(stated.place),
                );
            }
        }
        findings
    }
}

impl Lane<'_> {
    /// What a total row states of columns of counts, with the sums of the rows above.
    pub(super) fn total_row(&self, plan: &SheetPlan<'_>, block: &Block, row: usize, above: &Totals) -> TotalRow {
        let mut stated = Vec::new();
        for reader in &self.readers {
            let Some(source) = plan.layout.columns.source[reader.index] else {
                continue;
            };
            let cell = block.cell(row, source);
            let is_converted = reader.column.converts.is_some();
            if reader.column.kind != ColumnType::Count || is_converted || reader.is_missing(cell) {
                continue;
            }
            let power = plan.layout.columns.power[reader.index];
            let style = self.styles.by_column[reader.index];
            let number = match cell {
                _ if power > 0 => reader
                    .scaled(cell, style, power)
                    .ok()
                    .and_then(|number| i64::try_from(number).ok()),
                Cell::Integer(value) => Some(value),
                Cell::Float(value) => Some(value as i64),
                Cell::Text(text) => parse_count(text, style).ok(),
                _ => None,
            };
            if let Some(number) = number {
                stated.push(Stated {
                    column: reader.index,
                    label: self.label(plan, reader.index),
                    number,
                    place: self.place_of(plan, block, row, reader.index),
                });
            }
        }
        TotalRow {
            above: above.clone(),
            stated,
        }
    }
}
