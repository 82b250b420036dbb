//! Sheets of one dataset to accepted batches and refused rows.

use super::Context;
use super::cell::Value;
use super::headers::{ColumnMap, Supplied, Vocabulary};
use super::lane::{Harvest, Lane};
use super::lanes::{Ended, in_order};
use super::plan::SheetPlan;
use super::route::{Layout, RoutedSheet};
use super::sheet_rows::SheetRows;
use super::style::{Styles, Witness};
use super::totals::Tally;
use crate::config::{ColumnType, Contract, Pii};
use crate::domain::number::Style;
use crate::finding::{Finding, Place};
use crate::read::{Block, Document, ReadError};
use arrow::array::RecordBatch;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// Most threads that one submission is read with.
const MOST_LANES: usize = 8;

/// A row that does not enter the model, and why.
#[derive(Debug, Clone)]
pub struct RefusedRow {
    pub place: Place,
    /// The errors, and what else was odd about the row.
    pub findings: Vec<Finding>,
    /// Contract columns and values as written, personal values masked: a [`Rendering`].
    pub values: String,
}

/// A row that did not simply become one of the batch.
#[derive(Debug)]
pub enum Event {
    Refused(RefusedRow),
    /// A finding that refuses no row.
    Note(Finding),
}

/// Finds out what can be found out about a block's rows, and what was said of others, by themselves.
pub type LookAt<S> = Arc<dyn Fn(Option<RecordBatch>, Vec<Event>) -> S + Send + Sync>;

/// Takes what normalizing gives. The check stage is one.
pub trait RowSink {
    type Error;
    /// What the sink finds out about a block by itself, on whatever thread read it.
    type Seen: Send;
    /// Finds it out; shared by all threads.
    fn look(&self) -> LookAt<Self::Seen>;
    /// Takes the blocks one after the other, in the order of the rows.
    fn accept(&mut self, seen: Self::Seen) -> Result<(), Self::Error>;
    /// A finding that came with no block.
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

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, more: Counts) {
        self.read += more.read;
        self.accepted += more.accepted;
        self.refused += more.refused;
        self.not_observed += more.not_observed;
        self.ignored += more.ignored;
    }
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
    context: &'c Context,
    contract: Arc<Contract>,
    /// One a thread. The first also plans.
    lanes: Vec<Lane<'c>>,
    counts: Counts,
    key_missing_said: bool,
}

/// Blocks of a sheet with the plan that they are read by.
type Work<'s> = (Arc<SheetPlan<'s>>, Block, usize);

impl<'c> Normalizer<'c> {
    pub fn new(contract: Arc<Contract>, context: &'c Context, styles: &Styles) -> Normalizer<'c> {
        let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get().min(MOST_LANES));
        Normalizer {
            lanes: (0..threads)
                .map(|_| Lane::new(&contract, context, styles.clone()))
                .collect(),
            context,
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
    ) -> Result<(), NormalizeError<S::Error>>
    where
        S::Error: Send,
    {
        let planner = Planner {
            lane: Lane::new(&self.contract, self.context, self.lanes[0].styles.clone()),
            request,
        };
        let refused = |finding| ReadError(Box::new(finding));
        let mut plan = Arc::new(planner.plan(sheet, &sheet.layout).map_err(refused)?);
        self.say_missing_key(&plan, sink).map_err(NormalizeError::Sink)?;
        let mut blocks = document.blocks(sheet.sheet)?;
        self.counts.ignored += plan.layout.skip_rows as u64;
        let mut rows = SheetRows::new(&plan.layout);
        let source = || -> Result<Option<Work<'_>>, ReadError> {
            let Some(block) = blocks.next_block()? else {
                return Ok(None);
            };
            // Records showed fields that the first block did not have: the columns are mapped again.
            if plan.layout.header_row.is_none() && blocks.fields().len() > plan.layout.headers.len() {
                plan = Arc::new(planner.widen(&plan, blocks.fields()).map_err(refused)?);
            }
            let (block, from) = rows.next(block, &plan, &planner.lane).map_err(refused)?;
            Ok(Some((plan.clone(), block, from)))
        };
        let look = sink.look();
        let work = |lane: &mut Lane<'c>, (plan, block, from): Work<'_>| {
            let mut harvest = lane.block(&plan, &block, from);
            let seen = look(harvest.rows.take(), std::mem::take(&mut harvest.events));
            (harvest, seen)
        };
        let mut tally = Tally::new(&self.contract);
        let counts = &mut self.counts;
        let take = |(harvest, seen): (Harvest, S::Seen)| take(harvest, seen, counts, &mut tally, sink);
        let ended = in_order(&mut self.lanes, source, work, take);
        self.counts.ignored += rows.left();
        ended.map_err(|ended| match ended {
            Ended::Source(error) => NormalizeError::Read(error),
            Ended::Sink(error) => NormalizeError::Sink(error),
        })?;
        for finding in tally.findings().into_iter().chain(rows.notes(&plan)) {
            sink.note(finding).map_err(NormalizeError::Sink)?;
        }
        Ok(())
    }

    /// A pseudonym needs a key; said once.
    fn say_missing_key<S: RowSink>(&mut self, plan: &SheetPlan<'_>, sink: &mut S) -> Result<(), S::Error> {
        if self.context.pseudonym_key.is_some() || self.key_missing_said {
            return Ok(());
        }
        for (index, (name, column)) in self.contract.columns.iter().enumerate() {
            if column.pii == Some(Pii::Pseudonym) && plan.layout.columns.source[index].is_some() {
                self.key_missing_said = true;
                let place = Place {
                    column: Some(name.clone()),
                    ..Place::default()
                };
                let header = plan.layout.columns.source[index].and_then(|source| plan.layout.headers.get(source));
                let label = header.map_or(column.title.id.as_str(), |header| header.trim());
                return sink.note(Finding::of("pseudonym-key-missing").with("column", label).at(place));
            }
        }
        Ok(())
    }

    /// Gives the counts and, where the submission's evidence proves other number styles than those it was read with,
    /// these: then it must be read again.
    pub fn finish<S: RowSink>(self, sink: &mut S) -> Result<(Counts, Option<Styles>), S::Error> {
        let declared = Styles::declared(&self.contract);
        let mut witness = Witness::new(self.contract.columns.len());
        for lane in &self.lanes {
            witness.merge(&lane.witness);
        }
        let (proven, ambiguous) = witness.decide(&declared);
        if proven != self.lanes[0].styles {
            return Ok((self.counts, Some(proven)));
        }
        for index in ambiguous {
            let (decimal, grouping) = if proven.by_column[index] == Style::Id {
                (",", ".")
            } else {
                (".", ",")
            };
            let place = Place {
                column: Some(self.lanes[0].names[index].clone()),
                ..Place::default()
            };
            let note = Finding::of("number-style-assumed")
                .with_both("column", &self.lanes[0].readers[index].column.title)
                .with("decimal", decimal)
                .with("grouping", grouping);
            sink.note(note.at(place))?;
        }
        Ok((self.counts, None))
    }
}

/// Hands one block's results over.
fn take<S: RowSink>(
    harvest: Harvest,
    seen: S::Seen,
    counts: &mut Counts,
    tally: &mut Tally,
    sink: &mut S,
) -> Result<(), S::Error> {
    *counts += harvest.counts;
    sink.accept(seen)?;
    tally.append(harvest.tally);
    Ok(())
}

/// Makes the plans of one sheet.
struct Planner<'p, 'c> {
    lane: Lane<'c>,
    request: &'p BTreeMap<String, String>,
}

impl Planner<'_, '_> {
    fn plan<'s>(&self, sheet: &'s RoutedSheet, layout: &Layout) -> Result<SheetPlan<'s>, Finding> {
        let constants = self.constants(&layout.columns)?;
        let sources = layout.columns.source.iter().flatten().copied();
        // What lines say is no cell of the row.
        let mut used: Vec<usize> = sources.filter(|&source| !layout.is_said(source)).collect();
        used.sort_unstable();
        Ok(SheetPlan {
            sheet,
            layout: layout.clone(),
            used,
            constants,
        })
    }

    /// Records showed fields that the first block did not have: maps the columns again.
    fn widen<'s>(&self, plan: &SheetPlan<'s>, fields: &[String]) -> Result<SheetPlan<'s>, Finding> {
        let lane = &self.lane;
        let vocabulary = Vocabulary::new(&lane.contract, lane.context, Rc::default());
        let columns = super::headers::map(&lane.contract, lane.context, &vocabulary, fields, &[], false);
        let layout = Layout {
            columns,
            headers: fields.to_vec(),
            ..plan.layout.clone()
        };
        self.plan(plan.sheet, &layout)
    }

    fn constants(&self, map: &ColumnMap) -> Result<Vec<Option<Value<'static>>>, Finding> {
        let mut constants = Vec::with_capacity(self.lane.readers.len());
        for (reader, supplied) in self.lane.readers.iter().zip(&map.supplied) {
            let text = match supplied {
                None => {
                    constants.push(None);
                    continue;
                }
                Some(Supplied::Title(period)) => {
                    constants.push(Some(match reader.column.kind {
                        ColumnType::Date => Value::Date(period.start()),
                        _ => Value::Period(*period),
                    }));
                    continue;
                }
                Some(Supplied::Sender(code)) => {
                    constants.push(Some(Value::Text(code.clone().into())));
                    continue;
                }
                Some(
                    Supplied::Constant(text) | Supplied::Header(text) | Supplied::Default(text) | Supplied::Label(text),
                ) => text.as_str(),
                Some(Supplied::Request(parameter)) => match self.request.get(parameter) {
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
            let value = reader.read_constant(text, self.lane.context.as_of, self.lane.context);
            constants.push(Some(value.map_err(|finding| finding.at(place))?));
        }
        Ok(constants)
    }
}
