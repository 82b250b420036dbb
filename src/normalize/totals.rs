//! Total rows as a check: what a sender adds up must agree with the rows that were read.
//!
//! Where a total row stands says little of what it adds up: it may be the sum of the rows above it since the last total row,
//! since an earlier one, or of all; of the rows below it, if it stands on top; of one level of regions only; or of the totals
//! above it. It differs only where it is none of these.

use super::cell::{ColumnReader, plain};
use super::columns::Values;
use super::lane::Lane;
use super::plan::SheetPlan;
use super::usual::Draft;
use crate::config::{Column, ColumnType, Contract};
use crate::domain::number::parse_count;
use crate::domain::region::Level;
use crate::finding::{Finding, Place};
use crate::read::{Block, Cell};
use crate::table::schema::DEFAULT_SCALE;

/// Most total rows of a sheet that are compared.
const MOST_ROWS: usize = 1_000;

/// Sums of one column by what a total row may have added: everything, or some levels of regions only (a table that lists a
/// province and its regencies adds up the regencies).
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    all: f64,
    provinces: f64,
    regencies: f64,
    cities: f64,
}

impl Sums {
    fn add(&mut self, more: &Sums) {
        self.all += more.all;
        self.provinces += more.provinces;
        self.regencies += more.regencies;
        self.cities += more.cities;
    }

    /// What a total of such rows may be, the likeliest first. A level without rows has none.
    fn candidates(&self) -> Vec<f64> {
        let levels = [
            self.regencies + self.cities,
            self.provinces,
            self.regencies,
            self.cities,
        ];
        let levels = levels.into_iter().filter(|sum| *sum != 0.0);
        std::iter::once(self.all).chain(levels).collect()
    }
}

/// Accepted rows between two total rows.
#[derive(Debug, Clone)]
struct Stretch {
    /// By column that adds up.
    sums: Vec<Sums>,
    rows: u64,
    /// A refused row makes every sum wrong: then totals say nothing.
    broken: bool,
}

/// What a total row states of a column, as its sender knows it.
#[derive(Debug)]
pub(super) struct Stated {
    column: usize,
    label: String,
    number: f64,
    /// How it may be rounded; none of counts.
    rounding: Option<Rounding>,
    place: Place,
}

/// How a figure that is written to some decimals may be rounded.
#[derive(Debug, Clone, Copy)]
struct Rounding {
    /// Half of what its last digit stands for.
    half: f64,
    /// It has decimals: then each of its parts may be rounded so too.
    is_of_parts: bool,
}

impl Stated {
    /// Whether it is this sum of rows.
    fn is(&self, sum: f64, rows: u64) -> bool {
        let Some(rounding) = self.rounding else {
            return sum == self.number;
        };
        let rounded = if rounding.is_of_parts { rows as f64 + 1.0 } else { 1.0 };
        (sum - self.number).abs() <= rounding.half * rounded + NOISE * self.number.abs()
    }
}

/// Binary fractions are not exact to this share of themselves.
const NOISE: f64 = 1e-12;

/// Sums of accepted rows, and what the total rows among them state.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Columns that add up, and what their values are divided by.
    columns: Vec<(usize, f64)>,
    /// The rows before the first total row, between it and the second, and so on: one more than there are total rows.
    stretches: Vec<Stretch>,
    totals: Vec<Vec<Stated>>,
}

impl Tally {
    pub(super) fn new(contract: &Contract) -> Tally {
        let columns = contract.columns.values().enumerate();
        let adding = columns.filter(|(_, column)| column.adds_up());
        let unit = |column: &Column| 10_f64.powi(i32::from(column.scale.unwrap_or(DEFAULT_SCALE)));
        let mut tally = Tally {
            columns: adding.map(|(index, column)| (index, unit(column))).collect(),
            ..Tally::default()
        };
        tally.stretches.push(tally.none());
        tally
    }

    fn none(&self) -> Stretch {
        Stretch {
            sums: vec![Sums::default(); self.columns.len()],
            rows: 0,
            broken: false,
        }
    }

    /// Adds a row of a block.
    pub(super) fn add(&mut self, draft: &Draft<'_>, row: usize) {
        let Some(open) = self.stretches.last_mut() else { return };
        open.rows += 1;
        for (sums, &(column, unit)) in open.sums.iter_mut().zip(&self.columns) {
            let filled = &draft.columns[column];
            let number = match &filled.values {
                Values::Integer(numbers) if filled.valid[row] => numbers[row] as f64,
                Values::Scaled(numbers) if filled.valid[row] => numbers[row] as f64 / unit,
                _ => continue,
            };
            sums.all += number;
            match draft.levels[row] {
                Level::Province => sums.provinces += number,
                Level::Regency => sums.regencies += number,
                Level::City => sums.cities += number,
            }
        }
    }

    /// A row was refused.
    pub(super) fn refuse(&mut self) {
        if let Some(open) = self.stretches.last_mut() {
            open.broken = true;
        }
    }

    /// A total row follows.
    pub(super) fn end(&mut self, stated: Vec<Stated>) {
        if self.totals.len() < MOST_ROWS {
            self.totals.push(stated);
            self.stretches.push(self.none());
        }
    }

    /// Adds the rows of the next block.
    pub(super) fn append(&mut self, more: Tally) {
        let mut stretches = more.stretches.into_iter();
        if let Some(first) = stretches.next() {
            self.absorb(&first);
        }
        for (stated, stretch) in more.totals.into_iter().zip(stretches) {
            self.end(stated);
            self.absorb(&stretch);
        }
    }

    /// Adds rows to those since the last total row.
    fn absorb(&mut self, more: &Stretch) {
        let Some(open) = self.stretches.last_mut() else { return };
        open.rows += more.rows;
        open.broken |= more.broken;
        for (sums, more) in open.sums.iter_mut().zip(&more.sums) {
            sums.add(more);
        }
    }

    /// The totals that are no sum of what they may add up, each with the sum that comes nearest.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (position, stated) in self.totals.iter().enumerate() {
            for stated in stated {
                let Some(nearest) = self.differs(position, stated) else {
                    continue;
                };
                findings.push(
                    Finding::of("total-differs")
                        .with_figure("sum", shown(nearest))
                        .with("column", stated.label.as_str())
                        .with_figure("value", shown(stated.number))
                        .value(shown(stated.number))
                        .at(stated.place.clone()),
                );
            }
        }
        findings
    }

    /// The sum that is nearest to a total which is none; nothing where it is one, or where nobody can say.
    fn differs(&self, position: usize, stated: &Stated) -> Option<f64> {
        let column = self.columns.iter().position(|(column, _)| *column == stated.column)?;
        let number = stated.number;
        let mut nearest: Option<f64> = None;
        // Of two that are equally near, the one that was seen first.
        let mut is_sum = |sum: f64, rows: u64| {
            if nearest.is_none_or(|known| (sum - number).abs() < (known - number).abs()) {
                nearest = Some(sum);
            }
            stated.is(sum, rows)
        };
        let (above, below) = self.stretches.split_at(position + 1);
        // No row stands between it and the total row above, or the header.
        let is_heading = above.last().is_some_and(|stretch| stretch.rows == 0 && !stretch.broken);
        let mut sums = Sums::default();
        let mut rows = 0;
        for stretch in above.iter().rev() {
            if stretch.broken {
                return None;
            }
            rows += stretch.rows;
            sums.add(&stretch.sums[column]);
            if stretch.rows > 0 && sums.candidates().into_iter().any(|sum| is_sum(sum, rows)) {
                return None;
            }
        }
        let is_on_top = rows == 0;
        let mut sums = Sums::default();
        for stretch in below {
            match stretch.broken {
                true if is_heading => return None,
                true => break,
                false => sums.add(&stretch.sums[column]),
            }
            rows += stretch.rows;
            let mut candidates = sums.candidates().into_iter();
            if stretch.rows > 0 && candidates.any(|sum| stated.is(sum, rows) || (is_on_top && is_sum(sum, rows))) {
                return None;
            }
        }
        // A row repeats a total, or adds totals up; rows may be left out of the table.
        let mut totals = 0.0;
        let earlier = self.totals[..position].iter().rev();
        let earlier = earlier.filter_map(|row| row.iter().find(|other| other.column == stated.column));
        for other in earlier {
            totals += other.number;
            if other.number == stated.number || is_sum(totals, rows) {
                return None;
            }
        }
        nearest.filter(|_| rows > 0)
    }
}

/// A figure without what binary fractions add to it.
fn shown(figure: f64) -> String {
    plain((figure * 1e6).round() / 1e6)
}

impl Lane<'_> {
    /// What a total row states of columns that add up.
    pub(super) fn total_row(&self, plan: &SheetPlan<'_>, block: &Block, row: usize) -> Vec<Stated> {
        let stated = |reader: &ColumnReader| {
            let source = plan.layout.columns.source[reader.index]?;
            let cell = block.cell(row, source);
            if !reader.column.adds_up() || reader.is_missing(cell) {
                return None;
            }
            let power = plan.layout.columns.power[reader.index];
            let (number, rounding) = match reader.column.kind {
                ColumnType::Count => (self.counted(reader, cell, power)? as f64, None),
                _ => self.summed(reader, cell, power)?,
            };
            Some(Stated {
                column: reader.index,
                label: self.label(plan, reader.index),
                number,
                rounding,
                place: self.place_of(plan, block, row, reader.index),
            })
        };
        self.readers.iter().filter_map(stated).collect()
    }

    fn counted(&self, reader: &ColumnReader, cell: Cell<'_>, power: u32) -> Option<i64> {
        let style = self.styles.by_column[reader.index];
        match cell {
            _ if power > 0 => i64::try_from(reader.scaled(cell, style, power).ok()?).ok(),
            Cell::Integer(value) => Some(value),
            Cell::Float(value) => Some(value as i64),
            Cell::Text(text) => parse_count(text, style).ok(),
            _ => None,
        }
    }

    /// A figure of money or another decimal, and how it may be rounded.
    fn summed(&self, reader: &ColumnReader, cell: Cell<'_>, power: u32) -> Option<(f64, Option<Rounding>)> {
        let number = self.figure(reader.index, cell).ok()??;
        let decimal = self.styles.by_column[reader.index].decimal() as char;
        let decimals = match cell {
            Cell::Text(text) => {
                let behind = text.rsplit_once(decimal).map_or("", |(_, behind)| behind);
                behind.bytes().take_while(u8::is_ascii_digit).count()
            }
            _ => shown(number).split_once('.').map_or(0, |(_, behind)| behind.len()),
        };
        let unit = 10_f64.powi(power as i32);
        let rounding = Rounding {
            half: unit / 10_f64.powi(decimals as i32) / 2.0,
            // Figures in thousands are rounded as much as their total is.
            is_of_parts: decimals > 0 || power > 0,
        };
        Some((number * unit, Some(rounding)))
    }
}
