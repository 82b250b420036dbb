//! Sheets of one dataset to accepted batches and refused rows.

use super::Context;
use super::batch::BatchBuilder;
use super::cell::{ColumnReader, Value};
use super::headers::{ColumnMap, Supplied};
use super::places::is_blank;
use super::route::{Layout, RoutedSheet};
use super::rows::{RowKind, classify};
use super::style::{Styles, Witness};
use super::totals::Totals;
use crate::config::{ColumnType, Contract, Pii};
use crate::domain::number::Style;
use crate::finding::{Finding, Place};
use crate::read::{Block, Cell, Document, ReadError};
use arrow::array::RecordBatch;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of a batch.
const BATCH_ROWS: usize = 8_192;

/// A row that does not enter the model, and why.
#[derive(Debug, Clone)]
pub struct RefusedRow {
    pub place: Place,
    /// The errors, and what else was odd about the row.
    pub findings: Vec<Finding>,
    /// Contract column and value as written, personal values masked.
    pub values: Vec<(String, String)>,
}

/// Takes what normalizing gives. The check stage is one.
pub trait RowSink {
    type Error;
    fn accept(&mut self, rows: RecordBatch) -> Result<(), Self::Error>;
    fn refuse(&mut self, row: RefusedRow) -> Result<(), Self::Error>;
    /// A finding that refuses no row.
    fn note(&mut self, finding: Finding) -> Result<(), Self::Error>;
}

/// Rows by what became of them here. `read` leaves `ignored` out (promise I2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub read: u64,
    pub accepted: u64,
    pub refused: u64,
    pub not_observed: u64,
    pub ignored: u64,
}

/// Why a sheet could not be normalized to its end.
#[derive(Debug, thiserror::Error)]
pub enum NormalizeError<E> {
    /// The bytes: the submission is refused with this finding.
    #[error("{0}")]
    Read(#[from] ReadError),
    /// The sink: disk or engine.
    #[error("{0}")]
    Sink(E),
}

/// Reads the sheets of one dataset of one submission.
pub struct Normalizer<'c> {
    pub(super) context: &'c Context,
    pub(super) contract: Arc<Contract>,
    pub(super) names: Vec<String>,
    pub(super) readers: Vec<ColumnReader>,
    /// Contract column index of the period or date, and of the region.
    pub(super) period: Option<usize>,
    pub(super) region: Option<usize>,
    styles: Styles,
    witness: Witness,
    builder: BatchBuilder,
    counts: Counts,
    key_missing_said: bool,
}

/// What one row of a sheet is read with.
pub(super) struct SheetPlan<'s> {
    pub(super) sheet: &'s RoutedSheet,
    pub(super) layout: Layout,
    used: Vec<usize>,
    /// Values for columns that the sheet does not have.
    constants: Vec<Option<Value<'static>>>,
}

impl SheetPlan<'_> {
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

impl<'c> Normalizer<'c> {
    pub fn new(contract: Arc<Contract>, context: &'c Context, styles: Styles) -> Normalizer<'c> {
        let grains: Vec<_> = contract.grains.iter().map(|grain| (*grain).into()).collect();
        let readers: Vec<ColumnReader> = contract
            .columns
            .iter()
            .enumerate()
            .map(|(index, (name, column))| ColumnReader::new(index, name, column, grains.clone(), context))
            .collect();
        let period = contract
            .period
            .as_ref()
            .and_then(|name| contract.columns.get_index_of(name));
        let region = contract
            .columns
            .values()
            .position(|column| column.kind == ColumnType::Region);
        Normalizer {
            context,
            names: contract.columns.keys().cloned().collect(),
            witness: Witness::new(contract.columns.len()),
            builder: BatchBuilder::new(&contract, context.sequence),
            readers,
            period,
            region,
            styles,
            contract,
            counts: Counts::default(),
            key_missing_said: false,
        }
    }

    /// Reads one sheet to its end.
    pub fn sheet<S: RowSink>(
        &mut self,
        sheet: &RoutedSheet,
        document: &mut dyn Document,
        request: &BTreeMap<String, String>,
        sink: &mut S,
    ) -> Result<(), NormalizeError<S::Error>> {
        let mut plan = match self.plan(sheet, &sheet.layout, request) {
            Ok(plan) => plan,
            Err(finding) => return Err(NormalizeError::Read(ReadError(Box::new(finding)))),
        };
        let mut totals = Totals::new(&self.contract);
        let mut blocks = document.blocks(sheet.sheet)?;
        let mut skip = plan.layout.skip_rows;
        self.counts.ignored += skip as u64;
        while let Some(block) = blocks.next_block()? {
            if plan.layout.header_row.is_none() && blocks.fields().len() > plan.layout.headers.len() {
                plan = self
                    .widen(plan, blocks.fields(), request)
                    .map_err(|finding| ReadError(Box::new(finding)))?;
            }
            for row in 0..block.rows() {
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                self.row(&plan, &block, row, &mut totals, sink)
                    .map_err(NormalizeError::Sink)?;
                if self.builder.len() >= BATCH_ROWS {
                    sink.accept(self.builder.take()).map_err(NormalizeError::Sink)?;
                }
            }
        }
        Ok(())
    }

    /// Hands over the last rows. Gives the counts and, where the submission's evidence proves other number
    /// styles than those it was read with, these: then it must be read again.
    pub fn finish<S: RowSink>(mut self, sink: &mut S) -> Result<(Counts, Option<Styles>), S::Error> {
        if self.builder.len() > 0 {
            sink.accept(self.builder.take())?;
        }
        let declared = Styles::declared(&self.contract);
        let (proven, ambiguous) = self.witness.decide(&declared);
        if proven != self.styles {
            return Ok((self.counts, Some(proven)));
        }
        for index in ambiguous {
            let (decimal, grouping) = if proven.by_column[index] == Style::Id {
                (",", ".")
            } else {
                (".", ",")
            };
            let place = Place {
                column: Some(self.names[index].clone()),
                ..Place::default()
            };
            let note = Finding::of("number-style-assumed")
                .with_both("column", &self.readers[index].column.title)
                .with("decimal", decimal)
                .with("grouping", grouping);
            sink.note(note.at(place))?;
        }
        Ok((self.counts, None))
    }

    fn plan<'s>(
        &self,
        sheet: &'s RoutedSheet,
        layout: &Layout,
        request: &BTreeMap<String, String>,
    ) -> Result<SheetPlan<'s>, Finding> {
        let constants = self.constants(&layout.columns, request)?;
        let mut used: Vec<usize> = layout.columns.source.iter().flatten().copied().collect();
        used.sort_unstable();
        Ok(SheetPlan {
            sheet,
            layout: layout.clone(),
            used,
            constants,
        })
    }

    /// Records showed fields that the first block did not have: maps the columns again.
    fn widen<'s>(
        &self,
        plan: SheetPlan<'s>,
        fields: &[String],
        request: &BTreeMap<String, String>,
    ) -> Result<SheetPlan<'s>, Finding> {
        let vocabulary = super::headers::Vocabulary::new(&self.contract, self.context);
        let columns = super::headers::map(&self.contract, self.context, &vocabulary, fields, &[]);
        let layout = Layout {
            columns,
            headers: fields.to_vec(),
            ..plan.layout
        };
        self.plan(plan.sheet, &layout, request)
    }

    fn constants(
        &self,
        map: &ColumnMap,
        request: &BTreeMap<String, String>,
    ) -> Result<Vec<Option<Value<'static>>>, Finding> {
        let mut constants = Vec::with_capacity(self.readers.len());
        for (reader, supplied) in self.readers.iter().zip(&map.supplied) {
            let text = match supplied {
                None => {
                    constants.push(None);
                    continue;
                }
                Some(Supplied::Title(period)) => {
                    constants.push(Some(Value::Period(*period)));
                    continue;
                }
                Some(Supplied::Sender(code)) => {
                    constants.push(Some(Value::Text(code.clone().into())));
                    continue;
                }
                Some(Supplied::Constant(text)) | Some(Supplied::Default(text)) => text.as_str(),
                Some(Supplied::Request(parameter)) => match request.get(parameter) {
                    Some(text) => text.as_str(),
                    None => {
                        constants.push(Some(Value::Null));
                        continue;
                    }
                },
            };
            let place = Place {
                column: Some(reader.name.clone()),
                ..Place::default()
            };
            let value = reader.read_constant(text, self.context.as_of, self.context);
            constants.push(Some(value.map_err(|finding| finding.at(place))?));
        }
        Ok(constants)
    }

    fn row<S: RowSink>(
        &mut self,
        plan: &SheetPlan<'_>,
        block: &Block,
        row: usize,
        totals: &mut Totals,
        sink: &mut S,
    ) -> Result<(), S::Error> {
        if plan.layout.header_row.is_some() {
            match classify(block, row, &plan.used) {
                RowKind::Data => {}
                RowKind::Total => {
                    self.counts.ignored += 1;
                    return self.total_row(plan, block, row, totals, sink);
                }
                RowKind::Blank | RowKind::Footnote | RowKind::Numbering => {
                    self.counts.ignored += 1;
                    return Ok(());
                }
            }
        }
        self.counts.read += 1;
        let mut findings = Vec::new();
        let values = self.values(plan, block, row, &mut findings);
        let refuses = |finding: &Finding| finding.severity == crate::finding::Severity::Error;
        if !findings.iter().any(refuses) && self.is_not_observed(&values) {
            self.counts.not_observed += 1;
            return Ok(());
        }
        if !findings.iter().any(refuses) {
            self.check_required(plan, block, row, &values, &mut findings);
            self.check_speaker(plan, block, row, &values, &mut findings);
            self.check_region_names(plan, block, row, &values, &mut findings);
        }
        if findings.iter().any(refuses) {
            self.counts.refused += 1;
            totals.refuse();
            let values = self.rendering(plan, block, row);
            return sink.refuse(RefusedRow {
                place: self.place(plan, block, row, None),
                findings,
                values,
            });
        }
        for finding in findings {
            sink.note(finding)?;
        }
        self.counts.accepted += 1;
        totals.add(&values, self.region, &self.context.regions);
        self.builder.push(&values, plan.sheet.place, block.row_numbers[row]);
        Ok(())
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
        if let Some(period) = self.period {
            values[period] = self.value(plan, block, row, period, on, findings);
            on = match &values[period] {
                Value::Period(period) => period.end(),
                Value::Date(date) => *date,
                _ => on,
            };
        }
        for (index, value) in values.iter_mut().enumerate() {
            if Some(index) != self.period {
                *value = self.value(plan, block, row, index, on, findings);
            }
        }
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

    fn value<'b>(
        &mut self,
        plan: &SheetPlan<'_>,
        block: &'b Block,
        row: usize,
        index: usize,
        on: NaiveDate,
        findings: &mut Vec<Finding>,
    ) -> Value<'b> {
        let reader = &self.readers[index];
        let Some(source) = plan.layout.columns.source[index] else {
            let constant = plan.constants[index].clone().unwrap_or(Value::Null);
            return match (&constant, Some(index) == self.region) {
                (Value::Text(code), true) => self.supplied_region(plan, block, row, code, on, findings),
                _ => constant,
            };
        };
        let cell = block.cell(row, source);
        if reader.is_missing(cell) {
            return match &reader.column.default {
                Some(default) if self.contract.key.contains(&self.names[index]) => {
                    reader.read_constant(default, on, self.context).unwrap_or(Value::Null)
                }
                _ => Value::Null,
            };
        }
        if let Cell::Text(text) = cell
            && reader.column.kind.is_measure()
        {
            match (reader.column.kind, text.contains('.'), text.contains(',')) {
                // A count has no decimals, so its one kind of mark sets thousands apart.
                (ColumnType::Count, true, false) => self.witness.observe(index, &format!("{},0", text.trim())),
                (ColumnType::Count, false, true) => self.witness.observe(index, &format!("{}.0", text.trim())),
                _ => self.witness.observe(index, text),
            }
        }
        if reader.column.pii == Some(Pii::Pseudonym) && self.context.pseudonym_key.is_none() && !self.key_missing_said {
            self.key_missing_said = true;
            let place = Place {
                column: Some(self.names[index].clone()),
                ..Place::default()
            };
            let label = self.label(plan, index);
            findings.push(Finding::of("pseudonym-key-missing").with("column", label).at(place));
        }
        let reader = &self.readers[index];
        let power = plan.layout.columns.power[index];
        match reader.read(cell, self.styles.by_column[index], power, on, self.context) {
            Ok(value) => value,
            Err(finding) => {
                let place = self.place_of_column(plan, block, row, source, Some(index));
                findings.push(finding.with("column", self.label(plan, index)).at(place));
                Value::Null
            }
        }
    }

    fn total_row<S: RowSink>(
        &self,
        plan: &SheetPlan<'_>,
        block: &Block,
        row: usize,
        totals: &Totals,
        sink: &mut S,
    ) -> Result<(), S::Error> {
        let mut stated = vec![None; self.readers.len()];
        for reader in &self.readers {
            let Some(source) = plan.layout.columns.source[reader.index] else {
                continue;
            };
            let cell = block.cell(row, source);
            if reader.column.kind != ColumnType::Count || reader.is_missing(cell) {
                continue;
            }
            stated[reader.index] = match cell {
                Cell::Integer(value) => Some(value),
                Cell::Float(value) => Some(value as i64),
                Cell::Text(text) => crate::domain::number::parse_count(text, self.styles.by_column[reader.index]).ok(),
                _ => None,
            };
        }
        let place = |index: usize| self.place_of(plan, block, row, index);
        for finding in totals.compare(&stated, place) {
            sink.note(finding)?;
        }
        Ok(())
    }
}
