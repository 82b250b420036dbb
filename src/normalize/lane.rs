//! One thread's way from blocks to typed rows.
//!
//! A block goes the fast way first (`usual`); its rows in doubt are read here, cell by cell, with a finding for
//! everything that is wrong. Both fill the same columns.

mod value;

pub(super) use value::Given;

use super::Context;
use super::cell::{ColumnReader, Value};
use super::columns::{Assembler, Rows};
use super::known::Known;
use super::places::is_blank;
use super::plan::SheetPlan;
use super::question::headers_of;
use super::rows::{RowKind, Whole, classify, leads_no_text_column, summed, whole};
use super::style::{Styles, Witness};
use super::totals::Tally;
use super::units::Conversion;
use super::usual::Draft;
use super::{Counts, Event, RefusedRow};
use crate::config::{ColumnType, Contract};
use crate::domain::region::Level;
use crate::domain::text;
use crate::domain::unit::Ratio;
use crate::finding::{Finding, Severity};
use crate::read::{Block, Cell};
use arrow::array::RecordBatch;
use chrono::NaiveDate;
use std::sync::Arc;

/// What one thread needs, and what it learns on its way.
pub(super) struct Lane<'c> {
    pub(super) context: &'c Context,
    pub(super) contract: Arc<Contract>,
    pub(super) names: Vec<String>,
    pub(super) readers: Vec<ColumnReader>,
    /// Contract column index of the period or date, and of the region.
    pub(super) period: Option<usize>,
    pub(super) region: Option<usize>,
    pub(super) styles: Styles,
    pub(super) witness: Witness,
    pub(super) known: Known,
    pub(super) conversions: Arc<[Conversion]>,
    assembler: Assembler,
}

/// What became of a block.
#[derive(Default)]
pub(super) struct Harvest {
    pub rows: Option<RecordBatch>,
    pub events: Vec<Event>,
    pub counts: Counts,
    /// Sums of the block's rows, and what its total rows state.
    pub tally: Tally,
}

/// What became of a row that was read carefully.
enum Fate<'b> {
    Accepted(Vec<Value<'b>>),
    Gone,
}

impl<'c> Lane<'c> {
    pub(super) fn new(contract: &Arc<Contract>, context: &'c Context, styles: Styles) -> Lane<'c> {
        let grains: Vec<_> = contract.grains.iter().map(|grain| (*grain).into()).collect();
        let readers: Vec<ColumnReader> = contract
            .columns
            .iter()
            .enumerate()
            .map(|(index, (name, column))| {
                let is_key = contract.key.contains(name);
                ColumnReader::new(index, name, column, is_key, grains.clone(), context)
            })
            .collect();
        let period = contract
            .period
            .as_ref()
            .and_then(|name| contract.columns.get_index_of(name));
        let region = contract
            .columns
            .values()
            .position(|column| column.kind == ColumnType::Region);
        Lane {
            context,
            names: contract.columns.keys().cloned().collect(),
            witness: Witness::new(contract.columns.len()),
            conversions: Conversion::all(contract).into(),
            known: Known::new(context, contract.columns.len()),
            assembler: Assembler::new(contract, context.sequence),
            readers,
            period,
            region,
            styles,
            contract: contract.clone(),
        }
    }

    /// Reads the rows of a block from the row `from` on.
    pub(super) fn block(&mut self, plan: &SheetPlan<'_>, block: &Block, from: usize) -> Harvest {
        let draft = self.draft(plan, block, from);
        self.harvest(plan, draft)
    }

    /// Reads the rows in doubt, and puts all together.
    pub(super) fn harvest(&mut self, plan: &SheetPlan<'_>, mut draft: Draft<'_>) -> Harvest {
        let block = draft.block;
        let mut harvest = Harvest {
            tally: Tally::new(&self.contract),
            ..Harvest::default()
        };
        let mut keep = vec![true; block.rows()];
        keep[..draft.from].fill(false);
        keep[draft.until..].fill(false);
        harvest.counts.ignored += (block.rows() - draft.until) as u64;
        // Rows whose sums are taken already: a total row speaks about those above it.
        let mut summed = draft.from;
        for row in draft.rows() {
            if !draft.doubt[row] {
                continue;
            }
            self.sum(&draft, &keep, summed..row, &mut harvest.tally);
            summed = row;
            match self.row(plan, block, row, &mut harvest) {
                Fate::Accepted(values) => self.enter(&mut draft, row, &values),
                Fate::Gone => keep[row] = false,
            }
        }
        self.sum(&draft, &keep, summed..draft.until, &mut harvest.tally);
        let plain = draft.doubt[draft.rows()].iter().filter(|doubt| !**doubt).count() as u64;
        harvest.counts.read += plain;
        harvest.counts.accepted += plain;
        let turned: Vec<Option<i32>> = block.turned.iter().map(|&one| plan.layout.turned_column(one)).collect();
        let rows = Rows {
            columns: &draft.columns,
            own: &draft.own,
            text: &block.text,
            keep: &keep,
            part: plan.sheet.place,
            numbers: &block.row_numbers,
            turned: &turned,
        };
        harvest.rows = self.assembler.batch(&rows, &self.known);
        harvest
    }

    fn enter(&self, draft: &mut Draft<'_>, row: usize, values: &[Value<'_>]) {
        for (index, value) in values.iter().enumerate() {
            draft.columns[index].set(row, value, &mut draft.own);
        }
        if let Some(Value::Text(code)) = self.region.map(|index| &values[index]) {
            let region = self.context.regions.get(code);
            draft.levels[row] = region.map_or(Level::Regency, |region| region.level);
        }
    }

    fn sum(&self, draft: &Draft<'_>, keep: &[bool], rows: std::ops::Range<usize>, tally: &mut Tally) {
        for row in rows.filter(|row| keep[*row]) {
            tally.add(draft, row);
        }
    }

    /// Reads one row cell by cell.
    fn row<'b>(&mut self, plan: &SheetPlan<'_>, block: &'b Block, row: usize, harvest: &mut Harvest) -> Fate<'b> {
        if plan.layout.header_row.is_some() {
            match classify(block, row, &plan.used) {
                RowKind::Data => {}
                RowKind::Total => {
                    harvest.counts.ignored += 1;
                    harvest.tally.end(self.total_row(plan, block, row));
                    return Fate::Gone;
                }
                RowKind::Blank | RowKind::Footnote | RowKind::Numbering => {
                    harvest.counts.ignored += 1;
                    return Fate::Gone;
                }
            }
        }
        if let Some((name, whole)) = self.whole(plan, block, row) {
            harvest.counts.ignored += 1;
            // A crosstab's rows of one row of the sheet come one after the other; its total states a figure for each of them.
            let is_first = row == 0 || block.row_numbers[row - 1] != block.row_numbers[row];
            // One with another name beside it is the sum of some of the rows.
            if whole == Whole::Sum && plan.layout.crosstab.is_none() && self.names_one(plan, block, row) {
                harvest.tally.end(self.total_row(plan, block, row));
            }
            if whole == Whole::Beside && is_first {
                let note = Finding::of("row-beside-table").value(name.trim());
                harvest.events.push(Event::Note(note.at(plan.place(block, row))));
            }
            return Fate::Gone;
        }
        harvest.counts.read += 1;
        let mut findings = Vec::new();
        let values = self.values(plan, block, row, &mut findings);
        let refuses = |finding: &Finding| finding.severity == Severity::Error;
        if !findings.iter().any(refuses) && self.is_not_observed(&values) {
            harvest.counts.not_observed += 1;
            return Fate::Gone;
        }
        if !findings.iter().any(refuses) {
            self.check_required(plan, block, row, &values, &mut findings);
            self.check_speaker(plan, block, row, &values, &mut findings);
            self.check_region_names(plan, block, row, &values, &mut findings);
        }
        if findings.iter().any(refuses) && self.is_heading(plan, block, row, &values) {
            harvest.counts.ignored += 1;
            harvest.counts.read -= 1;
            return Fate::Gone;
        }
        if findings.iter().any(refuses) {
            harvest.counts.refused += 1;
            harvest.tally.refuse();
            harvest.events.push(Event::Refused(RefusedRow {
                place: self.place(plan, block, row, None),
                findings,
                values: self.rendering(plan, block, row),
            }));
            return Fate::Gone;
        }
        harvest.events.extend(findings.into_iter().map(Event::Note));
        harvest.counts.accepted += 1;
        Fate::Accepted(values)
    }

    /// The name that a row has where its key names a part, and what it is of: `KOTA BANDUNG` among its districts, `Rata-rata`
    /// among markets.
    fn whole<'b>(&self, plan: &SheetPlan<'_>, block: &'b Block, row: usize) -> Option<(&'b str, Whole)> {
        plan.layout.header_row?;
        let names = self
            .readers
            .iter()
            .filter(|reader| reader.is_key && reader.column.kind == ColumnType::Text);
        let mut wholes = names.filter_map(|reader| {
            let Cell::Text(name) = block.cell(row, plan.layout.columns.source[reader.index]?) else {
                return None;
            };
            let of_figures = || summed(name).filter(|figure| self.is_figure(figure)).map(|_| Whole::Sum);
            Some((name, whole(name, self.context.own_name()).or_else(of_figures)?))
        });
        wholes.next()
    }

    /// Whether a text is a header of a column of figures.
    fn is_figure(&self, text: &str) -> bool {
        let normal = text::normal(text);
        let mut figures = self.readers.iter().filter(|reader| reader.column.kind.is_measure());
        figures.any(|reader| headers_of(&reader.column).any(|header| header == normal))
    }

    /// Whether one name at most stands in a row of the sheet.
    fn names_one(&self, plan: &SheetPlan<'_>, block: &Block, row: usize) -> bool {
        let turned = plan.layout.crosstab.as_ref();
        let is_own = |&column: &usize| {
            !plan.layout.is_said(column) && turned.is_none_or(|crosstab| crosstab.own(column).is_some())
        };
        let own: Vec<usize> = plan.used.iter().copied().filter(is_own).collect();
        leads_no_text_column(block, row, &own)
    }

    /// Whether a row is the heading of those below it: a name that is no value of its column, or in a column of names a code
    /// of another (`Negeri` above schools), and nothing else that is read.
    fn is_heading(&self, plan: &SheetPlan<'_>, block: &Block, row: usize, values: &[Value<'_>]) -> bool {
        let mut filled = self.readers.iter().filter_map(|reader| {
            let source = plan.layout.columns.source[reader.index].filter(|&source| !plan.layout.is_said(source))?;
            let cell = block.cell(row, source);
            (!reader.is_missing(cell)).then_some((reader, cell))
        });
        let is_code = |cell: Cell<'_>| {
            let mut codes = self
                .readers
                .iter()
                .filter(|reader| reader.column.kind == ColumnType::Code);
            codes.any(|reader| reader.exact_code(cell, self.context).is_some())
        };
        let is_name = |(reader, cell): (&ColumnReader, Cell<'_>)| match reader.column.kind {
            ColumnType::Code | ColumnType::Region => values[reader.index] == Value::Null,
            ColumnType::Text => is_code(cell),
            _ => false,
        };
        let only = filled.next().filter(|_| filled.next().is_none() && plan.used.len() > 2);
        plan.layout.header_row.is_some() && only.is_some_and(is_name) && row + 1 < block.rows()
    }

    /// Reads all cells of a row; errors go to `findings` and leave a null. The period comes first, since it
    /// decides which registry counts for the region.
    fn values<'b>(
        &mut self,
        plan: &SheetPlan<'_>,
        block: &'b Block,
        row: usize,
        findings: &mut Vec<Finding>,
    ) -> Vec<Value<'b>> {
        let mut values: Vec<Value<'b>> = vec![Value::Null; self.readers.len()];
        let mut on = self.context.as_of;
        let given = |on: NaiveDate| Given {
            on,
            ratio: Ratio::ONE,
            unit: None,
        };
        if let Some(period) = self.period {
            values[period] = self.value(plan, block, row, period, given(on), findings);
            on = match &values[period] {
                Value::Period(period) => period.end(),
                Value::Date(date) => *date,
                _ => on,
            };
        }
        for (index, value) in values.iter_mut().enumerate() {
            let is_converted = self.conversions.iter().any(|conversion| conversion.figure == index);
            if Some(index) != self.period && !is_converted {
                *value = self.value(plan, block, row, index, given(on), findings);
            }
        }
        self.convert(plan, block, row, &mut values, on, findings);
        let extra = plan.layout.headers.len();
        if plan.layout.header_row.is_some() && block.row(row).len() > extra {
            let beyond = block.row(row)[extra..]
                .iter()
                .position(|&raw| !is_blank(block.view(raw)));
            if let Some(position) = beyond {
                let place = self.place_of_column(plan, block, row, extra + position, None);
                findings.push(Finding::of("row-too-long").with("columns", extra.to_string()).at(place));
            }
        }
        values
    }
}
