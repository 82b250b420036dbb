//! Which reports the declared coverage asks for.

use super::Model;
use super::reports::Receipts;
use super::schemas::expected_schema;
use crate::config::{Configuration, Contract, Coverage, CoverageRegions};
use crate::domain::period::{Grain, Period};
use crate::domain::region::{Level, Region};
use crate::publish::PublishError;
use crate::table::reader;
use crate::table::reference::{date_of, days};
use arrow::array::{Array, ArrayRef, AsArray, Date32Array, RecordBatch, StringArray};
use arrow::datatypes::Date32Type;
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The dataset that says who committed.
const COMMITMENT: &str = "commitment";

/// First day on which a region had signed a commitment, by region code.
pub type Signatures = BTreeMap<String, NaiveDate>;

/// Reads who committed, and since when. A commitment that is not signed yet binds nobody.
pub fn signatures(models: &[Model]) -> Result<Signatures, PublishError> {
    let mut signatures = Signatures::new();
    let files = models
        .iter()
        .filter(|model| model.contract.name == COMMITMENT)
        .flat_map(|model| &model.files);
    for file in files {
        for batch in reader::batches(&file.path)? {
            note_signatures(&batch?, &mut signatures);
        }
    }
    Ok(signatures)
}

fn note_signatures(batch: &RecordBatch, signatures: &mut Signatures) {
    let regions = batch
        .column_by_name("region_code")
        .and_then(|column| column.as_string_opt::<i32>());
    let dates = batch
        .column_by_name("signed_on")
        .and_then(|column| column.as_primitive_opt::<Date32Type>());
    // A contract without these columns knows no commitments.
    let (Some(regions), Some(dates)) = (regions, dates) else {
        return;
    };
    for row in (0..batch.num_rows()).filter(|row| dates.is_valid(*row)) {
        let signed_on = date_of(dates.value(row));
        let first = signatures.entry(regions.value(row).to_string()).or_insert(signed_on);
        *first = signed_on.min(*first);
    }
}

/// Every report that is expected by the as-of date, and when it came; sorted by dataset, region and period. A period is
/// expected once its last day has come.
pub fn reports(
    configuration: &Configuration,
    signatures: &Signatures,
    receipts: &Receipts,
    as_of: NaiveDate,
) -> Result<RecordBatch, PublishError> {
    let mut regions: Vec<&Region> = configuration.regions.autonomous().collect();
    regions.sort_by(|left, right| left.code.cmp(&right.code));
    let mut reports = Vec::new();
    for contract in configuration.contracts.values() {
        let Some(coverage) = &contract.coverage else { continue };
        let periods = periods(contract, coverage, as_of)?;
        let received = receipts.get(&contract.name);
        for region in &regions {
            let expected = periods
                .iter()
                .filter(|period| is_expected(region, coverage.regions, signatures, period));
            reports.extend(expected.map(|period| {
                Report {
                    dataset: &contract.name,
                    region: &region.code,
                    period: *period,
                    due_on: period
                        .end()
                        .checked_add_days(Days::new(coverage.due_days.into()))
                        .unwrap_or(NaiveDate::MAX),
                    received_on: received
                        .and_then(|reports| reports.get(&(region.code.clone(), period.to_string())))
                        .copied(),
                }
            }));
        }
    }
    Ok(batch(&reports))
}

/// One expected report.
struct Report<'r> {
    dataset: &'r str,
    region: &'r str,
    period: Period,
    due_on: NaiveDate,
    /// Days since 1970.
    received_on: Option<i32>,
}

/// The periods of a coverage that have ended by the as-of date.
fn periods(contract: &Contract, coverage: &Coverage, as_of: NaiveDate) -> Result<Vec<Period>, PublishError> {
    let grain: Grain = coverage.grain.into();
    let first = Period::parse(&coverage.from, &[grain]).map_err(|error| PublishError::Content {
        path: format!("pipelines/datasets/{}.toml", contract.name),
        reason: format!("coverage from \"{}\": {error}", coverage.from),
    })?;
    let following = std::iter::successors(Some(first), |period| Some(period.next()));
    Ok(following.take_while(|period| period.end() <= as_of).collect())
}

/// Whether a region owes a report for a period: it existed by the period's end, and is one of those asked.
fn is_expected(region: &Region, asked: CoverageRegions, signatures: &Signatures, period: &Period) -> bool {
    let exists = region.valid_from.is_none_or(|from| from <= period.end());
    exists
        && match asked {
            CoverageRegions::Autonomous => true,
            CoverageRegions::Provinces => region.level == Level::Province,
            CoverageRegions::Regencies => region.level != Level::Province,
            CoverageRegions::Committed => signatures
                .get(&region.code)
                .is_some_and(|signed| *signed <= period.end()),
        }
}

fn batch(reports: &[Report<'_>]) -> RecordBatch {
    let text = |get: &dyn Fn(&Report<'_>) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(reports.iter().map(get)))
    };
    let date = |get: &dyn Fn(&Report<'_>) -> NaiveDate| -> ArrayRef {
        Arc::new(Date32Array::from_iter_values(
            reports.iter().map(|report| days(get(report))),
        ))
    };
    let columns = vec![
        text(&|report| report.dataset.to_string()),
        text(&|report| report.region.to_string()),
        text(&|report| report.period.to_string()),
        date(&|report| report.period.start()),
        date(&|report| report.period.end()),
        date(&|report| report.due_on),
        Arc::new(Date32Array::from_iter(reports.iter().map(|report| report.received_on))),
    ];
    // Columns stand in the schema's order and have one length: built from the same list.
    RecordBatch::try_new(expected_schema(), columns).expect("columns follow expected_schema")
}
