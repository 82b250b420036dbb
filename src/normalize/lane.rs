//! One thread's way from blocks to typed rows.
//!
//! A block goes the fast way first (`usual`); its rows in doubt are read here, cell by cell, with a finding for
//! everything that is wrong. Both fill the same columns.

use super::Context;
use super::cell::{ColumnReader, Multiple, Value, plain_text};
use super::cell_region;
use super::columns::{Assembler, Rows};
use super::fill_down::fill_down;
use super::headers::YearFrom;
use super::known::Known;
use super::marks::{RowUnit, is_shortened};
use super::places::is_blank;
use super::route::{Layout, RoutedSheet};
use super::rows::{RowKind, Whole, classify, whole};
use super::style::{Styles, Witness};
use super::totals::Tally;
use super::units::Conversion;
use super::usual::Draft;
use super::{Counts, Event, RefusedRow};
use crate::config::{ColumnType, Contract};
use crate::domain::date::{self, Order};
use crate::domain::period::Period;
use crate::domain::personal::MASK;
use crate::domain::region::Level;
use crate::domain::text;
use crate::domain::unit::Ratio;
use crate::finding::{Finding, Place, Severity};
use crate::read::{Block, Cell, Epoch};
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
    /// Name of the sender's own region.
    pub(super) own_name: Option<String>,
    assembler: Assembler,
}

/// What one row of a sheet is read with.
pub(super) struct SheetPlan<'s> {
    pub(super) sheet: &'s RoutedSheet,
    pub(super) layout: Layout,
    /// Sheet columns that the contract reads.
    pub(super) used: Vec<usize>,
    /// Values for columns that the sheet does not have.
    pub(super) constants: Vec<Option<Value<'static>>>,
}

impl SheetPlan<'_> {
    /// Fills blanks that mean "as above", and says so for each column.
    pub(super) fn fill_down(&self, block: &mut Block, from: usize, contract: &Contract) -> Vec<Finding> {
        let source = self.layout.columns.source.iter();
        let source: Vec<Option<usize>> = source
            .map(|source| source.filter(|&source| !self.layout.is_said(source)))
            .collect();
        let filled = fill_down(block, from, contract, &source);
        let note = |(column, row, count): (usize, usize, usize)| {
            let header = self.layout.headers.get(column).map_or("", |header| header.trim());
            let place = Place {
                part: self.sheet.place,
                sheet: self.sheet.name.clone(),
                row: Some(block.row_numbers[row]),
                column_index: Some(column as u32),
                line: block.numbers_are_lines.then_some(block.row_numbers[row]),
                column: Some(header.to_string()),
            };
            let finding = Finding::of("blank-as-above").with("column", header);
            finding.with_figure("cells", count.to_string()).at(place)
        };
        filled.into_iter().map(note).collect()
    }

    /// The value, as text, of a column that the sheet does not have.
    pub(super) fn supplied(&self, index: usize) -> Option<String> {
        match self.constants[index].as_ref()? {
            Value::Text(text) => Some(text.to_string()),
            Value::Date(date) => Some(date.to_string()),
            Value::Period(period) => Some(period.to_string()),
            Value::Integer(_) | Value::Float(_) | Value::Scaled(_) | Value::Null => None,
        }
    }
}

/// What a row says by which its other cells are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'g> {
    /// The day whose registry counts.
    pub on: NaiveDate,
    /// What a figure is multiplied by for its unit.
    pub ratio: Ratio,
    /// The unit itself, as the row has it.
    pub unit: Option<RowUnit<'g>>,
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

/// Whether a row is the header once more, as at the top of a second page.
pub(super) fn repeats_header(plan: &SheetPlan<'_>, block: &Block, row: usize) -> bool {
    plan.used.len() > 1
        && plan.used.iter().all(|&column| {
            matches!(block.cell(row, column), Cell::Text(text) if text.trim() == plan.layout.headers[column].trim())
        })
}

/// What stands for "as above", in lower case.
const DITTO: [&str; 8] = ["\"", "''", "″", "〃", "sda", "s.d.a", "s.d.a.", "idem"];

/// How far up ditto marks are followed.
const DITTO_ROWS: usize = 500;

/// A cell, or the one above it that its ditto marks stand for.
fn above_ditto(block: &Block, row: usize, column: usize) -> Cell<'_> {
    // Above a cell of a crosstab stands the one of the same value.
    let value = |row: usize| block.turned.get(row);
    let rows = (0..=row)
        .rev()
        .filter(|above| value(*above) == value(row))
        .take(DITTO_ROWS);
    let mut cells = rows.map(|row| block.cell(row, column));
    let is_ditto = |cell: &Cell<'_>| matches!(cell, Cell::Text(text) if text.len() < 12 && DITTO.contains(&text.trim().to_lowercase().as_str()));
    // The first row is the header or the block's first: marks there stand for nothing that is here.
    cells
        .find(|cell| !is_ditto(cell))
        .unwrap_or_else(|| block.cell(row, column))
}

/// Numbers that stand for the days from 1982 to 2064 where no format says so.
const SERIALS: std::ops::RangeInclusive<f64> = 30_000.0..=60_000.0;

/// A number in a column of dates of a spreadsheet, or the text that one became in a column of texts, as the day that it
/// stands for.
fn as_day(cell: Cell<'_>, epoch: Epoch) -> Cell<'_> {
    let serial = match cell {
        Cell::Integer(number) => number as f64,
        Cell::Float(number) => number,
        // Five digits are no date in any notation.
        Cell::Text(text) if text.trim().len() == 5 => text.trim().parse::<u16>().map_or(0.0, f64::from),
        _ => return cell,
    };
    match SERIALS.contains(&serial) {
        true => Cell::Date { serial, epoch },
        false => cell,
    }
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
            own_name: context
                .speaker
                .own_region()
                .and_then(|code| context.regions.get(code))
                .map(|region| region.name.clone()),
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
        let rows = Rows {
            columns: &draft.columns,
            own: &draft.own,
            text: &block.text,
            keep: &keep,
            part: plan.sheet.place,
            numbers: &block.row_numbers,
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
            if repeats_header(plan, block, row) {
                harvest.counts.ignored += 1;
                return Fate::Gone;
            }
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
        if let Some(whole) = self.whole(plan, block, row) {
            harvest.counts.ignored += 1;
            if whole == Whole::Sum {
                harvest.tally.end(self.total_row(plan, block, row));
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

    /// What a row is of that names the whole where its key names a part: `KOTA BANDUNG` among its districts, `Rata-rata`
    /// among markets.
    fn whole(&self, plan: &SheetPlan<'_>, block: &Block, row: usize) -> Option<Whole> {
        plan.layout.header_row?;
        let names = self
            .readers
            .iter()
            .filter(|reader| reader.is_key && reader.column.kind == ColumnType::Text);
        let mut wholes = names.filter_map(
            |reader| match block.cell(row, plan.layout.columns.source[reader.index]?) {
                Cell::Text(text) => whole(text, self.own_name.as_deref()),
                _ => None,
            },
        );
        wholes.next()
    }

    /// Whether a row is the heading of those below it: a name that is no value of its column, and nothing else that is read.
    fn is_heading(&self, plan: &SheetPlan<'_>, block: &Block, row: usize, values: &[Value<'_>]) -> bool {
        let mut filled = self.readers.iter().filter_map(|reader| {
            let source = plan.layout.columns.source[reader.index].filter(|&source| !plan.layout.is_said(source))?;
            (!reader.is_missing(block.cell(row, source))).then_some(reader)
        });
        let is_name = |reader: &ColumnReader| matches!(reader.column.kind, ColumnType::Code | ColumnType::Region);
        let only = filled.next().filter(|_| filled.next().is_none() && plan.used.len() > 2);
        plan.layout.header_row.is_some()
            && only.is_some_and(|reader| is_name(reader) && values[reader.index] == Value::Null)
            && row + 1 < block.rows()
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

    pub(super) fn value<'b>(
        &mut self,
        plan: &SheetPlan<'_>,
        block: &'b Block,
        row: usize,
        index: usize,
        given: Given<'_>,
        findings: &mut Vec<Finding>,
    ) -> Value<'b> {
        let on = given.on;
        let reader = &self.readers[index];
        let Some(source) = plan.layout.columns.source[index] else {
            let constant = plan.constants[index].clone().unwrap_or(Value::Null);
            return match (&constant, Some(index) == self.region) {
                (Value::Text(code), true) => self.supplied_region(plan, block, row, code, on, findings),
                _ => constant,
            };
        };
        let cell = match (above_ditto(block, row, source), block.epoch) {
            (cell, Some(epoch)) if reader.column.kind == ColumnType::Date => as_day(cell, epoch),
            (cell, _) => cell,
        };
        if reader.is_missing(cell) {
            return match &reader.column.default {
                Some(default) if reader.is_key => {
                    reader.read_constant(default, on, self.context).unwrap_or(Value::Null)
                }
                _ => Value::Null,
            };
        }
        let power = plan.layout.columns.power[index];
        let multiple = Multiple {
            power,
            ratio: given.ratio,
        };
        if let Cell::Text(text) = cell
            && reader.column.kind.is_measure()
        {
            self.witness.observe(index, reader.column.kind, power, text);
        }
        if let Cell::Text(text) = cell
            && reader.column.kind == ColumnType::Date
        {
            self.witness.observe_date(index, text);
            if self.styles.month_first[index] && date::order(text) == Some(Order::Either) {
                let place = self.place_of_column(plan, block, row, source, Some(index));
                let finding = Finding::of("date-month-first").value(reader.shown(cell));
                findings.push(finding.with("column", self.label(plan, index)).at(place));
                return Value::Null;
            }
        }
        let joined = match Some(index) == self.period {
            true => self.joined_period(plan, block, row, source, reader),
            false => None,
        };
        let read = match joined {
            Some(period) => reader.begun(period).map(Value::Period),
            None if reader.is_name_of_row() && is_shortened(cell, block.epoch.is_some()) => {
                Err(Finding::of("key-shortened").value(reader.shown(cell)))
            }
            None => reader.read(cell, self.styles.by_column[index], multiple, on, self.context),
        };
        let read = read.or_else(|finding| match cell {
            Cell::Text(text) if reader.column.kind.is_measure() => {
                let (figure, mark) = reader.without_mark(text, given.unit).ok_or_else(|| finding.clone())?;
                let style = self.styles.by_column[index];
                let value = reader
                    .read(Cell::Text(figure), style, multiple, on, self.context)
                    .map_err(|_| finding)?;
                let place = self.place_of_column(plan, block, row, source, Some(index));
                let note = Finding::of("mark-left-out")
                    .with("mark", mark)
                    .value(reader.shown(cell));
                findings.push(note.with("column", self.label(plan, index)).at(place));
                Ok(value)
            }
            _ if finding.code == "region-retired" => {
                let (code, told) = cell_region::own_successor(cell, &reader.column, on, self.context).ok_or(finding)?;
                let place = self.place_of_column(plan, block, row, source, Some(index));
                findings.push(told.with("column", self.label(plan, index)).at(place));
                Ok(Value::Text(code.into()))
            }
            Cell::Text(text) if matches!(reader.column.kind, ColumnType::Region | ColumnType::Code) => {
                let bare = text::without_list_mark(text).ok_or(finding);
                bare.and_then(|bare| {
                    reader.read(
                        Cell::Text(bare),
                        self.styles.by_column[index],
                        multiple,
                        on,
                        self.context,
                    )
                })
            }
            _ => Err(finding),
        });
        let read = read.or_else(|finding| {
            let Some((code, told)) = reader.mistyped_code(cell, self.context) else {
                return Err(finding);
            };
            let place = self.place_of_column(plan, block, row, source, Some(index));
            findings.push(told.with("column", self.label(plan, index)).at(place));
            Ok(Value::Text(code.into()))
        });
        match read {
            Ok(value) => value,
            Err(finding) => {
                let place = self.place_of_column(plan, block, row, source, Some(index));
                let is_personal = reader.shown(cell) == MASK || self.may_name(plan, reader, cell);
                let finding = match is_personal && finding.value.is_some() {
                    true => finding.value(MASK),
                    false => finding,
                };
                findings.push(finding.with("column", self.label(plan, index)).at(place));
                Value::Null
            }
        }
    }

    /// The period that a part of a year (`Maret`, `3`) and a year write together.
    fn joined_period(
        &self,
        plan: &SheetPlan<'_>,
        block: &Block,
        row: usize,
        source: usize,
        reader: &ColumnReader,
    ) -> Option<Period> {
        let year = match plan.layout.columns.year? {
            YearFrom::Column(column) => plain_text(block.cell(row, column))?,
            YearFrom::Title(year) => year.to_string(),
        };
        let part = plain_text(block.cell(row, source))?;
        let header = &plan.layout.headers[source];
        [
            format!("{part} {year}"),
            format!("{part}/{year}"),
            format!("{header} {part} {year}"),
        ]
        .iter()
        .find_map(|text| reader.period_of(Cell::Text(text)))
    }
}
