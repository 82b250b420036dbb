//! Totals of a crosstab as a check: a column that adds up each row, rows that add up those above them.

use super::{Crosstab, Sum};
use crate::finding::{Finding, Place};
use crate::normalize::rows::{RowKind, classify, foot};
use crate::read::{Block, Cell};

/// Figures are compared to this share of themselves: binary fractions are not exact.
const TOLERANCE: f64 = 1e-9;

/// Sums of the sheet columns of a crosstab, from its first row on.
#[derive(Debug, Default)]
pub struct CrosstabSums {
    /// By sheet column: of all rows, and of those since the last total row.
    all: Vec<f64>,
    since: Vec<f64>,
    /// Rows with a figure that cannot be read add up to nothing.
    broken: bool,
}

impl CrosstabSums {
    /// Compares a block's totals with its rows. `from` is the first row that is data, `figure` reads a cell of a measure:
    /// nothing where it has none, an error where it cannot be read.
    pub(in crate::normalize) fn check(
        &mut self,
        crosstab: &Crosstab,
        block: &Block,
        from: usize,
        figure: impl Fn(usize, Cell<'_>) -> Result<Option<f64>, ()>,
    ) -> Vec<(usize, Finding)> {
        let columns = crosstab.summed();
        let mut used: Vec<usize> = crosstab
            .own
            .iter()
            .copied()
            .chain(columns.iter().map(|(column, _)| *column))
            .collect();
        used.sort_unstable();
        self.all.resize(crosstab.width, 0.0);
        self.since.resize(crosstab.width, 0.0);
        let mut findings = Vec::new();
        for row in from..foot(block, from, used.len()) {
            let kind = classify(block, row, &used);
            if !matches!(kind, RowKind::Data | RowKind::Total) {
                continue;
            }
            let mut sum = 0.0;
            let mut is_whole = true;
            for &(column, measure) in &columns {
                match figure(measure, block.cell(row, column)) {
                    Err(()) => is_whole = false,
                    Ok(None) => {}
                    Ok(Some(value)) => {
                        sum += value;
                        if kind == RowKind::Data {
                            self.all[column] += value;
                            self.since[column] += value;
                        } else if !self.broken && !self.agrees(column, value) {
                            let sum = self.counted(column);
                            findings.push((row, crosstab.total_differs(column, value, sum)));
                        }
                    }
                }
            }
            // Where a part is wrong, its total row is too.
            if kind == RowKind::Data {
                let told = crosstab.parts_differ(block, row, &columns, &figure);
                findings.extend(told.map(|told| (row, told)));
            }
            self.broken |= !is_whole && kind == RowKind::Data;
            if kind == RowKind::Total {
                self.since.fill(0.0);
            }
            let Some(&(_, measure)) = columns.first().filter(|_| is_whole) else {
                continue;
            };
            // Several totals at the right may each add up something else.
            if let [(total, _)] = crosstab.totals[..]
                && let Ok(Some(stated)) = figure(measure, block.cell(row, total))
                && !is_same(stated, sum)
            {
                findings.push((row, crosstab.total_differs(total, stated, sum)));
            }
        }
        findings
    }

    /// A total adds up all rows, those since the total before, or the parts of a whole that stands among the rows.
    fn agrees(&self, column: usize, stated: f64) -> bool {
        let all = self.all[column];
        [all, self.since[column], all / 2.0]
            .iter()
            .any(|sum| is_same(*sum, stated))
    }

    fn counted(&self, column: usize) -> f64 {
        match self.since[column] {
            0.0 => self.all[column],
            since => since,
        }
    }
}

fn is_same(one: f64, other: f64) -> bool {
    (one - other).abs() <= TOLERANCE * one.abs().max(other.abs())
}

impl Crosstab {
    fn total_differs(&self, column: usize, stated: f64, sum: f64) -> Finding {
        let shown = |value: f64| crate::normalize::cell::plain((value * 1e6).round() / 1e6);
        let value = self
            .values
            .iter()
            .find(|value| value.cells.contains(&Some(column)))
            .map(|value| &value.text);
        let total = self
            .totals
            .iter()
            .find(|(total, _)| *total == column)
            .map(|(_, text)| text);
        let place = Place {
            column_index: Some(column as u32),
            column: value.or(total).cloned(),
            ..Place::default()
        };
        let finding = Finding::of("total-differs")
            .with_figure("sum", shown(sum))
            .with_figure("value", shown(stated));
        let name = value.or(total).map_or("", String::as_str);
        finding.with("column", name).value(shown(stated)).at(place)
    }

    /// Figures of a row that are not the sums of the parts beside them.
    fn parts_differ(
        &self,
        block: &Block,
        row: usize,
        columns: &[(usize, usize)],
        figure: impl Fn(usize, Cell<'_>) -> Result<Option<f64>, ()>,
    ) -> impl Iterator<Item = Finding> {
        let differs = move |sum: &Sum| {
            let (_, measure) = columns.iter().find(|(column, _)| *column == sum.column)?;
            let read = |column: usize| figure(*measure, block.cell(row, column)).ok().flatten();
            let parts: Option<Vec<f64>> = sum.parts.iter().map(|part| read(*part)).collect();
            let (stated, added) = (read(sum.column)?, parts?.iter().sum());
            (!is_same(stated, added)).then(|| self.total_differs(sum.column, stated, added))
        };
        self.sums.iter().filter_map(differs)
    }

    /// Sheet columns of figures with the contract column of each, where one measure stands alone below the values.
    fn summed(&self) -> Vec<(usize, usize)> {
        let of_value = self
            .values
            .iter()
            .flat_map(|value| value.cells.iter().zip(&self.measures));
        of_value
            .filter_map(|(column, &measure)| column.map(|column| (column, measure)))
            .collect()
    }
}
