//! What a row must meet whatever its contract: a key, its required values, a sender who may report it.

use super::cell::Value;
use super::lane::{Lane, SheetPlan};
use crate::config::Pii;
use crate::domain::region::RegionError;
use crate::finding::Finding;
use crate::read::Block;
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
