//! The fast way of a block: column by column, for cells of the usual shape.
//!
//! Nearly every cell of nearly every file is a plain number, date, code or name. Those are read here in tight loops,
//! without an allocation for a cell. A row with any other cell is *in doubt*: `Lane` reads it by the careful way, which
//! alone says what is wrong. Where this module reads a value, the careful way reads the same (tested on both ways over
//! the same rows), so which way a row went shows in nothing but time.

mod figures;

use super::cell::{ColumnReader, Value};
use super::columns::{Filled, TextRef, Values};
use super::known::{KnownRegion, is_plain_text};
use super::lane::Lane;
use super::plan::SheetPlan;
use super::rows::{RowKind, classify, foot, summed, whole};
use crate::config::{ColumnType, Pii};
use crate::domain::date::{self, Order};
use crate::domain::number::Proof;
use crate::domain::region::Level;
use crate::domain::text;
use crate::read::{Block, Cell, RawCell};
use crate::table::reference::{date_of, days};
use chrono::NaiveDate;

/// One block on its way.
pub(super) struct Draft<'b> {
    pub block: &'b Block,
    /// First row that is data; titles and header stand before it.
    pub from: usize,
    /// First row of the foot, which is no data.
    pub until: usize,
    /// Where each row's cells begin in `block.cells`, and at the end their number.
    starts: Vec<u32>,
    /// Rows that the careful way must read.
    pub doubt: Vec<bool>,
    pub columns: Vec<Filled>,
    /// Texts of values that the careful way read.
    pub own: Vec<String>,
    /// What each cell of a column of figures says about its style; empty for other columns.
    proofs: Vec<Vec<Proof>>,
    /// What kind of region the row is about, for sums by level.
    pub levels: Vec<Level>,
}

impl<'b> Draft<'b> {
    /// The rows that are data, or may be.
    pub(super) fn rows(&self) -> std::ops::Range<usize> {
        self.from..self.until
    }

    fn cell(&self, row: usize, column: usize) -> Cell<'b> {
        let at = self.starts[row] as usize + column;
        if at < self.starts[row + 1] as usize {
            self.block.view(self.block.cells[at])
        } else {
            Cell::Empty
        }
    }

    fn raw(&self, row: usize, column: usize) -> RawCell {
        let at = self.starts[row] as usize + column;
        if at < self.starts[row + 1] as usize {
            self.block.cells[at]
        } else {
            RawCell::Empty
        }
    }
}

impl Lane<'_> {
    /// Fills all columns, and says which rows are in doubt.
    pub(super) fn draft<'b>(&mut self, plan: &SheetPlan<'_>, block: &'b Block, from: usize) -> Draft<'b> {
        let mut draft = self.doubtful_draft(plan, block, from);
        if self.has_pseudonyms(plan) {
            return draft;
        }
        draft.doubt.fill(false);
        self.doubt_shapes(plan, &mut draft);
        // The period comes first: it decides which registry counts for the region.
        let period = self.period;
        let others = (0..self.readers.len()).filter(|index| Some(*index) != period);
        for index in period.into_iter().chain(others) {
            self.fill(plan, &mut draft, index);
        }
        self.doubt_units(plan, &mut draft);
        self.doubt_names(plan, &mut draft);
        self.doubt_gaps(&mut draft);
        self.take_evidence(&draft);
        draft
    }

    /// Nothing filled in yet, every row in doubt.
    pub(super) fn doubtful_draft<'b>(&self, plan: &SheetPlan<'_>, block: &'b Block, from: usize) -> Draft<'b> {
        let rows = block.rows();
        let from = from.min(rows);
        let until = match plan.layout.header_row {
            Some(_) => foot(block, from, plan.used.len()),
            None => rows,
        };
        let column = |(index, reader): (usize, &ColumnReader)| {
            let is_region = Some(index) == self.region;
            match (plan.layout.columns.source[index], &plan.constants[index]) {
                (None, Some(value)) if !is_region && !self.is_converted(plan, index) => Filled::same(value.clone()),
                (None, None) if !is_region => Filled::same(Value::Null),
                _ => Filled::of(&reader.column, rows),
            }
        };
        Draft {
            block,
            from,
            until,
            starts: std::iter::once(0).chain(block.row_ends.iter().copied()).collect(),
            doubt: vec![true; rows],
            columns: self.readers.iter().enumerate().map(column).collect(),
            own: Vec::new(),
            proofs: vec![Vec::new(); self.readers.len()],
            levels: vec![Level::Regency; rows],
        }
    }

    /// Pseudonyms cost far more than careful reading.
    fn has_pseudonyms(&self, plan: &SheetPlan<'_>) -> bool {
        let sources = &plan.layout.columns.source;
        self.readers
            .iter()
            .any(|reader| reader.column.pii == Some(Pii::Pseudonym) && sources[reader.index].is_some())
    }

    /// Rows that are too long, or may be no data at all.
    fn doubt_shapes(&mut self, plan: &SheetPlan<'_>, draft: &mut Draft<'_>) {
        if plan.layout.header_row.is_none() {
            return;
        }
        let width = plan.layout.headers.len();
        for row in draft.rows() {
            let is_long = (draft.starts[row + 1] - draft.starts[row]) as usize > width;
            let leads_data =
                matches!(draft.cell(row, 0), Cell::Text(lead) if !lead.is_empty() && self.known.leads_data(lead));
            draft.doubt[row] = is_long || (!leads_data && classify(draft.block, row, &plan.used) != RowKind::Data);
        }
    }

    fn fill(&mut self, plan: &SheetPlan<'_>, draft: &mut Draft<'_>, index: usize) {
        let source = plan.layout.columns.source[index];
        if Some(index) == self.region {
            return self.fill_regions(plan, draft, index, source);
        }
        let Some(source) = source else { return };
        // A multiple in the header (`ribu`) is rare: such columns are read one by one.
        let power = plan.layout.columns.power[index];
        match self.readers[index].column.kind {
            _ if self.readers[index].column.pii.is_some() => {}
            kind if kind.is_measure() && power == 0 => self.fill_figures(draft, index, source),
            ColumnType::Date => self.fill_dates(draft, index, source),
            ColumnType::Code => self.fill_codes(draft, index, source),
            ColumnType::Text => self.fill_texts(draft, index, source),
            _ => self.fill_others(draft, index, source, power),
        }
    }

    fn fill_dates(&mut self, draft: &mut Draft<'_>, index: usize, source: usize) {
        let reader = &self.readers[index];
        let Values::Date(mut dates) = std::mem::replace(&mut draft.columns[index].values, Values::Date(Vec::new()))
        else {
            return;
        };
        let mut last: (&str, Option<i32>) = ("", None);
        let month_first = self.styles.month_first[index];
        for row in draft.rows() {
            if draft.doubt[row] {
                continue;
            }
            let cell = draft.cell(row, source);
            let read = match cell {
                Cell::Text(written) if !written.is_empty() && written == last.0 => last.1,
                _ if reader.is_missing(cell) => continue,
                // The careful way says what is wrong.
                Cell::Text(written) if month_first && date::order(written) == Some(Order::Either) => None,
                Cell::Text(written) => {
                    let read = reader.date(cell).ok().map(days);
                    if read.is_some() {
                        self.witness.observe_date(index, written);
                    }
                    read
                }
                _ => reader.date(cell).ok().map(days),
            };
            if let Cell::Text(written) = cell {
                last = (written, read);
            }
            match read {
                Some(day) => {
                    dates[row] = day;
                    draft.columns[index].valid[row] = true;
                }
                None => draft.doubt[row] = true,
            }
        }
        draft.columns[index].values = Values::Date(dates);
    }

    fn fill_codes(&mut self, draft: &mut Draft<'_>, index: usize, source: usize) {
        let (reader, known, context) = (&self.readers[index], &mut self.known, self.context);
        let stand_in = reader.key_default(context).map(|code| known.remember(&code));
        let mut texts = take_texts(&mut draft.columns[index]);
        let mut last: (&str, TextRef) = ("", TextRef::Null);
        for row in draft.rows() {
            if draft.doubt[row] {
                continue;
            }
            let cell = draft.cell(row, source);
            if let Cell::Text(written) = cell
                && !written.is_empty()
                && written == last.0
            {
                texts[row] = last.1;
                continue;
            }
            if reader.is_missing(cell) {
                texts[row] = stand_in.map_or(TextRef::Null, TextRef::Known);
                continue;
            }
            let Cell::Text(written) = cell else {
                draft.doubt[row] = true;
                continue;
            };
            let code = known.code(index, written, || reader.exact_code(cell, context));
            match code {
                Some(code) => {
                    texts[row] = TextRef::Known(code);
                    last = (written, texts[row]);
                }
                None => draft.doubt[row] = true,
            }
        }
        draft.columns[index].values = Values::Text(texts);
    }

    fn fill_texts(&mut self, draft: &mut Draft<'_>, index: usize, source: usize) {
        let reader = &self.readers[index];
        let stand_in = reader.key_default(self.context).map(|text| self.known.remember(&text));
        let limit = reader.text_limit();
        let own = self.context.own_name();
        let is_of_all = |written: &str| whole(written, own).is_some() || summed(written).is_some();
        let is_name = |written: &str| !is_of_all(written) && !text::has_exponent(written);
        let mut texts = take_texts(&mut draft.columns[index]);
        // Names come many times one after the other.
        let mut last = ("", !reader.is_key || is_name(""));
        for row in draft.rows() {
            if draft.doubt[row] {
                continue;
            }
            let cell = draft.cell(row, source);
            if let Cell::Text(written) = cell
                && reader.is_key
                && written != last.0
            {
                last = (written, is_name(written));
            }
            match (draft.raw(row, source), cell) {
                (RawCell::Text(span), Cell::Text(written))
                    if is_plain_text(written, limit, &reader.missing) && last.1 =>
                {
                    texts[row] = TextRef::Block {
                        start: span.start,
                        length: span.length,
                    };
                }
                (_, cell) if reader.is_missing(cell) => texts[row] = stand_in.map_or(TextRef::Null, TextRef::Known),
                _ => draft.doubt[row] = true,
            }
        }
        draft.columns[index].values = Values::Text(texts);
    }

    fn fill_regions(&mut self, plan: &SheetPlan<'_>, draft: &mut Draft<'_>, index: usize, source: Option<usize>) {
        let supplied = match &plan.constants[index] {
            Some(Value::Text(code)) if source.is_none() => Some(code.to_string()),
            _ => None,
        };
        let mut texts = take_texts(&mut draft.columns[index]);
        let mut stretch = self.known.stretch(self.context.as_of);
        let mut last: (&str, usize, Option<KnownRegion>) = ("", stretch, None);
        let mut last_day = None;
        for row in draft.rows() {
            if draft.doubt[row] {
                continue;
            }
            let on = self.day_of(draft, row);
            if last_day != Some(on) {
                stretch = self.known.stretch(on);
                last_day = Some(on);
            }
            let written = match (&supplied, source.map(|source| draft.cell(row, source))) {
                (None, Some(Cell::Text(written))) if !self.readers[index].is_missing(Cell::Text(written)) => written,
                // A supplied region may have stood under another code then.
                _ => {
                    draft.doubt[row] = true;
                    continue;
                }
            };
            if written != last.0 || stretch != last.1 {
                let column = &self.readers[index].column;
                let known = self.known.region(written, column, stretch, on, self.context);
                last = (written, stretch, known);
            }
            match last.2 {
                Some(region) if region.is_allowed => {
                    texts[row] = TextRef::Known(region.code);
                    draft.levels[row] = region.level;
                }
                _ => draft.doubt[row] = true,
            }
        }
        draft.columns[index].values = Values::Text(texts);
    }

    /// Columns without a loop of their own: the careful reader of one cell, without its findings.
    fn fill_others(&mut self, draft: &mut Draft<'_>, index: usize, source: usize, power: u32) {
        let reader = &self.readers[index];
        let style = self.styles.by_column[index];
        let mut column = std::mem::replace(&mut draft.columns[index], Filled::same(Value::Null));
        for row in draft.rows() {
            if draft.doubt[row] {
                continue;
            }
            let cell = draft.cell(row, source);
            if reader.is_missing(cell) {
                continue;
            }
            // Figures leave evidence in the careful way.
            let is_evidence = reader.column.kind.is_measure() && matches!(cell, Cell::Text(_));
            match reader.read(cell, style, power, self.context.as_of, self.context) {
                Ok(value) if !is_evidence => column.set(row, &value, &mut draft.own),
                _ => draft.doubt[row] = true,
            }
        }
        draft.columns[index] = column;
    }

    /// The day whose registry counts for a row.
    fn day_of(&self, draft: &Draft<'_>, row: usize) -> NaiveDate {
        let Some(index) = self.period else {
            return self.context.as_of;
        };
        let filled = &draft.columns[index];
        match &filled.values {
            Values::Date(dates) if filled.valid[row] => date_of(dates[row]),
            Values::Period(periods) if filled.valid[row] => periods[row].end(),
            Values::Same(Value::Date(date)) => *date,
            Values::Same(Value::Period(period)) => period.end(),
            _ => self.context.as_of,
        }
    }

    /// A name beside the code that may be another region's: the careful way tells.
    fn doubt_names(&mut self, plan: &SheetPlan<'_>, draft: &mut Draft<'_>) {
        let Some(Values::Text(codes)) = self.region.map(|index| &draft.columns[index].values) else {
            return;
        };
        for &source in &plan.layout.columns.also_regions {
            let mut last = ("", 0, 0);
            for row in draft.rows() {
                let (Cell::Text(name), TextRef::Known(code)) = (draft.cell(row, source), codes[row]) else {
                    continue;
                };
                let on = self.day_of(draft, row);
                let stretch = self.known.stretch(on);
                if draft.doubt[row] || last == (name, code, stretch) {
                    continue;
                }
                let on = self.period.map(|_| on);
                draft.doubt[row] = match self.known.agreement(name, code, stretch) {
                    Some(agrees) => !agrees,
                    None => {
                        let differs = self.names_another(name, self.known.text(code), on);
                        self.known.note_agreement(name, code, stretch, !differs);
                        differs
                    }
                };
                if !draft.doubt[row] {
                    last = (name, code, stretch);
                }
            }
        }
    }

    /// A row without a value that it must have is refused or not observed: the careful way tells which.
    fn doubt_gaps(&self, draft: &mut Draft<'_>) {
        for reader in &self.readers {
            let is_needed = reader.column.required || reader.is_key;
            if !is_needed || reader.column.pii == Some(Pii::Drop) {
                continue;
            }
            let filled = &draft.columns[reader.index];
            for row in draft.rows() {
                draft.doubt[row] |= filled.is_null(row);
            }
        }
    }
}

fn take_texts(column: &mut Filled) -> Vec<TextRef> {
    match std::mem::replace(&mut column.values, Values::Text(Vec::new())) {
        Values::Text(texts) => texts,
        // Texts, codes and regions are texts: see `Filled::of`.
        _ => Vec::new(),
    }
}

#[cfg(test)]
#[path = "usual_tests.rs"]
mod tests;
