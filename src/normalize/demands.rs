//! What a row must meet whatever its contract: a key, its required values, a sender who may report it.

use super::cell::Value;
use super::lane::Lane;
use super::plan::SheetPlan;
use crate::config::Pii;
use crate::domain::region::RegionError;
use crate::finding::Finding;
use crate::read::{Block, Cell};
use chrono::NaiveDate;
use std::borrow::Cow;

impl Lane<'_> {
    /// The cells that are there are right, and every measure is blank (promise I2). A null key goes first. Where
    /// no measure is required, rows stand for more than their figures (an innovation whose evidence was not
    /// counted is still an innovation), and a blank one is just a blank.
    pub(super) fn is_not_observed(&self, values: &[Value<'_>]) -> bool {
        let has_key = self.contract.key.iter().all(|name| {
            self.contract
                .columns
                .get_index_of(name)
                .is_some_and(|index| values[index] != Value::Null)
        });
        let mut measures = self.readers.iter().filter(|reader| reader.column.kind.is_measure());
        let needs_figures = self
            .readers
            .iter()
            .any(|reader| reader.column.kind.is_measure() && reader.column.required);
        has_key && needs_figures && measures.all(|reader| values[reader.index] == Value::Null)
    }

    pub(super) fn check_required(
        &self,
        plan: &SheetPlan<'_>,
        block: &Block,
        row: usize,
        values: &[Value<'_>],
        findings: &mut Vec<Finding>,
    ) {
        for reader in &self.readers {
            let needed = reader.column.required || reader.is_key;
            if !needed || values[reader.index] != Value::Null || reader.column.pii == Some(Pii::Drop) {
                continue;
            }
            let place = self.place_of(plan, block, row, reader.index);
            findings.push(
                Finding::of("value-missing")
                    .with("column", self.label(plan, reader.index))
                    .at(place),
            );
        }
    }

    pub(super) fn check_speaker(
        &self,
        plan: &SheetPlan<'_>,
        block: &Block,
        row: usize,
        values: &[Value<'_>],
        findings: &mut Vec<Finding>,
    ) {
        let Some(index) = self.region else { return };
        let Value::Text(code) = &values[index] else { return };
        if self.context.speaker.may_report(code, &self.context.regions) {
            return;
        }
        let name = |code: &str| match self.context.regions.get(code) {
            Some(region) => format!("{} ({code})", region.name),
            None => code.to_string(),
        };
        let sender = self.context.speaker.own_region().map(name).unwrap_or_default();
        let place = self.place_of(plan, block, row, index);
        findings.push(
            Finding::of("region-not-yours")
                .with("sender", sender)
                .value(name(code))
                .at(place),
        );
    }

    /// A row whose code and name stand for different regions is read by the column that comes first in the contract,
    /// and its sender is told.
    pub(super) fn check_region_names(
        &self,
        plan: &SheetPlan<'_>,
        block: &Block,
        row: usize,
        values: &[Value<'_>],
        findings: &mut Vec<Finding>,
    ) {
        let Some(index) = self.region else { return };
        let Value::Text(code) = &values[index] else { return };
        let on = self.day(values);
        for &source in &plan.layout.columns.also_regions {
            if let Cell::Text(text) = block.cell(row, source)
                && self.names_another(text, code, on)
            {
                let read = self.context.regions.get(code).map_or("", |region| region.name.as_str());
                let place = self.place_of_column(plan, block, row, source, None);
                let finding = Finding::of("region-name-differs").with("region", format!("{read} ({code})"));
                findings.push(finding.value(super::cell::shown(Cell::Text(text))).at(place));
            }
        }
    }

    /// Whether a text is the name of a region other than `code` and its province.
    pub(super) fn names_another(&self, text: &str, code: &str, on: Option<NaiveDate>) -> bool {
        // Another code may be of another system; a name is a name.
        if !text.contains(char::is_alphabetic) {
            return false;
        }
        let regions = &self.context.regions;
        let is_other = |found: &str| found != code && !regions.is_regency_of(found, code);
        match regions.resolve(text, None, on) {
            Ok(found) => is_other(found),
            Err(RegionError::Ambiguous(candidates)) => candidates.iter().all(|found| is_other(found)),
            Err(_) => false,
        }
    }

    /// The last day that a row is about.
    fn day(&self, values: &[Value<'_>]) -> Option<NaiveDate> {
        match &values[self.period?] {
            Value::Period(period) => Some(period.end()),
            Value::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// A region that the sheet does not name, under the code that was valid in the row's period.
    pub(super) fn supplied_region<'b>(
        &self,
        plan: &SheetPlan<'_>,
        block: &Block,
        row: usize,
        code: &str,
        on: NaiveDate,
        findings: &mut Vec<Finding>,
    ) -> Value<'b> {
        match self.context.regions.resolve(code, None, Some(on)) {
            Ok(code) => Value::Text(Cow::Owned(code.to_string())),
            Err(RegionError::NotYet {
                predecessor: Some(predecessor),
                ..
            }) => Value::Text(Cow::Owned(predecessor)),
            Err(error) => {
                let Some(index) = self.region else { return Value::Null };
                let finding = super::cell_region::said(error, code, self.context);
                let place = self.place(plan, block, row, Some(index));
                findings.push(finding.with("column", self.label(plan, index)).at(place));
                Value::Null
            }
        }
    }
}
