//! One cell of a row to its value: as it is written, or as officers are known to mean it.

use super::Lane;
use crate::config::ColumnType;
use crate::domain::date::{self, Order};
use crate::domain::number::Style;
use crate::domain::personal::MASK;
use crate::domain::text;
use crate::domain::unit::Ratio;
use crate::finding::Finding;
use crate::normalize::cell::{ColumnReader, Multiple, Value, plain_text};
use crate::normalize::cell_region;
use crate::normalize::headers::YearFrom;
use crate::normalize::marks::{RowUnit, is_shortened};
use crate::normalize::plan::SheetPlan;
use crate::read::{Block, Cell, Epoch};
use chrono::NaiveDate;

/// What a row says by which its other cells are read.
#[derive(Debug, Clone, Copy)]
pub(in crate::normalize) struct Given<'g> {
    /// The day whose registry counts.
    pub on: NaiveDate,
    /// What a figure is multiplied by for its unit.
    pub ratio: Ratio,
    /// The unit itself, as the row has it.
    pub unit: Option<RowUnit<'g>>,
}

/// A cell on its way.
struct Reading<'r, 'b> {
    plan: &'r SheetPlan<'r>,
    block: &'b Block,
    row: usize,
    reader: &'r ColumnReader,
    /// Sheet column.
    source: usize,
    cell: Cell<'b>,
    style: Style,
    multiple: Multiple,
    given: Given<'r>,
}

impl<'b> Reading<'_, 'b> {
    /// Reads another cell in place of its own.
    fn read(&self, lane: &Lane<'_>, cell: Cell<'b>) -> Result<Value<'b>, Finding> {
        self.reader
            .read(cell, self.style, self.multiple, self.given.on, lane.context)
    }

    fn finding(&self, finding: Finding) -> Finding {
        finding.value(self.reader.shown(self.cell))
    }
}

/// A value, and what its sender is told of it.
type Read<'b> = Result<(Value<'b>, Option<Finding>), Finding>;

/// A way to read cells; none for those that it is not for.
type Way = for<'b> fn(&Lane<'_>, &Reading<'_, 'b>) -> Option<Read<'b>>;

/// Ways that go before the usual one, the first of them alone.
const BEFORE: [Way; 3] = [in_doubtful_order, with_its_year, shortened];

/// Ways that are tried one after the other where the usual one fails.
const OTHERWISE: [Way; 4] = [without_mark, as_own_successor, without_list_mark, mistyped];

impl Lane<'_> {
    /// Reads the cell of a contract column; what is wrong goes to `findings` and leaves a null.
    pub(in crate::normalize) fn value<'b>(
        &mut self,
        plan: &SheetPlan<'_>,
        block: &'b Block,
        row: usize,
        index: usize,
        given: Given<'_>,
        findings: &mut Vec<Finding>,
    ) -> Value<'b> {
        let Some(source) = plan.layout.columns.source[index] else {
            let constant = plan.constants[index].clone().unwrap_or(Value::Null);
            return match (&constant, Some(index) == self.region) {
                (Value::Text(code), true) => self.supplied_region(plan, block, row, code, given.on, findings),
                _ => constant,
            };
        };
        let reader = &self.readers[index];
        let cell = match (above_ditto(block, row, source), block.epoch) {
            (cell, Some(epoch)) if reader.column.kind == ColumnType::Date => as_day(cell, epoch),
            (cell, _) => cell,
        };
        if reader.is_missing(cell) {
            let default = reader.column.default.as_ref().filter(|_| reader.is_key);
            let default = default.and_then(|default| reader.read_constant(default, given.on, self.context).ok());
            return default.unwrap_or(Value::Null);
        }
        let power = plan.layout.columns.power[index];
        if let Cell::Text(text) = cell {
            match reader.column.kind {
                ColumnType::Date => self.witness.observe_date(index, text),
                kind if kind.is_measure() => self.witness.observe(index, kind, power, text),
                _ => {}
            }
        }
        let reading = Reading {
            plan,
            block,
            row,
            reader: &self.readers[index],
            source,
            cell,
            style: self.styles.by_column[index],
            multiple: Multiple {
                power,
                ratio: given.ratio,
            },
            given,
        };
        let (value, told) = match self.read(&reading) {
            Ok(read) => read,
            Err(finding) => {
                let is_personal = reading.reader.shown(cell) == MASK || self.may_name(plan, reading.reader, cell);
                let finding = match is_personal && finding.value.is_some() {
                    true => finding.value(MASK),
                    false => finding,
                };
                (Value::Null, Some(finding))
            }
        };
        findings.extend(told.map(|told| {
            let place = self.place_of_column(plan, block, row, source, Some(index));
            told.with("column", self.label(plan, index)).at(place)
        }));
        value
    }

    fn read<'b>(&self, reading: &Reading<'_, 'b>) -> Read<'b> {
        if let Some(read) = BEFORE.iter().find_map(|way| way(self, reading)) {
            return read;
        }
        let mut read = reading.read(self, reading.cell).map(|value| (value, None));
        for way in OTHERWISE {
            if read.is_ok() {
                break;
            }
            read = way(self, reading).unwrap_or(read);
        }
        read
    }
}

/// A day of a column in which the month stands first, where it cannot be told from the day.
fn in_doubtful_order<'b>(lane: &Lane<'_>, reading: &Reading<'_, 'b>) -> Option<Read<'b>> {
    let Cell::Text(text) = reading.cell else { return None };
    let reader = reading.reader;
    let is_doubtful = reader.column.kind == ColumnType::Date
        && lane.styles.month_first[reader.index]
        && date::order(text) == Some(Order::Either);
    is_doubtful.then(|| Err(reading.finding(Finding::of("date-month-first"))))
}

/// The period that a part of a year (`Maret`, `3`) and a year write together.
fn with_its_year<'b>(lane: &Lane<'_>, reading: &Reading<'_, 'b>) -> Option<Read<'b>> {
    if Some(reading.reader.index) != lane.period {
        return None;
    }
    let cell = |column: usize| plain_text(reading.block.cell(reading.row, column));
    let layout = &reading.plan.layout;
    let year = match layout.columns.year? {
        YearFrom::Column(column) => cell(column)?,
        YearFrom::Title(year) => year.to_string(),
    };
    let part = cell(reading.source)?;
    let header = &layout.headers[reading.source];
    let period = [
        format!("{part} {year}"),
        format!("{part}/{year}"),
        format!("{header} {part} {year}"),
    ]
    .iter()
    .find_map(|text| reading.reader.period_of(Cell::Text(text)))?;
    Some(reading.reader.begun(period).map(|period| (Value::Period(period), None)))
}

/// A number that tells rows apart, of which the spreadsheet has left digits out.
fn shortened<'b>(_: &Lane<'_>, reading: &Reading<'_, 'b>) -> Option<Read<'b>> {
    let is_shortened = reading.reader.is_name_of_row() && is_shortened(reading.cell, reading.block.epoch.is_some());
    is_shortened.then(|| Err(reading.finding(Finding::of("key-shortened"))))
}

/// A figure without what stands beside it in its cell.
fn without_mark<'b>(lane: &Lane<'_>, reading: &Reading<'_, 'b>) -> Option<Read<'b>> {
    let Cell::Text(text) = reading.cell else { return None };
    let reader = reading.reader;
    if !reader.column.kind.is_measure() {
        return None;
    }
    let (figure, mark) = reader.without_mark(text, reading.given.unit)?;
    let value = reading.read(lane, Cell::Text(figure)).ok()?;
    let note = reading.finding(Finding::of("mark-left-out").with("mark", mark));
    Some(Ok((value, Some(note))))
}

/// The sender's region by a code that it has no longer.
fn as_own_successor<'b>(lane: &Lane<'_>, reading: &Reading<'_, 'b>) -> Option<Read<'b>> {
    let column = &reading.reader.column;
    if column.kind != ColumnType::Region {
        return None;
    }
    let (code, told) = cell_region::own_successor(reading.cell, column, reading.given.on, lane.context)?;
    Some(Ok((Value::Text(code.into()), Some(told))))
}

/// A code or region behind the mark of a list: `a. Beras`.
fn without_list_mark<'b>(lane: &Lane<'_>, reading: &Reading<'_, 'b>) -> Option<Read<'b>> {
    let Cell::Text(text) = reading.cell else { return None };
    let is_listed = matches!(reading.reader.column.kind, ColumnType::Region | ColumnType::Code);
    let bare = text::without_list_mark(text).filter(|_| is_listed)?;
    Some(reading.read(lane, Cell::Text(bare)).map(|value| (value, None)))
}

/// A code that is mistyped, and can be no other.
fn mistyped<'b>(lane: &Lane<'_>, reading: &Reading<'_, 'b>) -> Option<Read<'b>> {
    let (code, told) = reading.reader.mistyped_code(reading.cell, lane.context)?;
    Some(Ok((Value::Text(code.into()), Some(told))))
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
