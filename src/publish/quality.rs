//! What was expected and what came: `quality/coverage.parquet` and `quality/timeliness.parquet`; and how good it was,
//! by region: `quality/quality.parquet`, which is counted with the facts.
//!
//! A report is a region and a period of a dataset's declared coverage. It has come when the model holds at least one
//! row of the region inside the period; its date of receipt is that of the earliest submission that still holds such
//! a row. The indicators of reporting count the same way.

use super::layout::Building;
use super::tables::{COVERAGE, QUALITY, TIMELINESS, file_metadata};
use super::{Publication, PublishError, figures};
use crate::table::reference::days;
use arrow::array::{ArrayRef, Date32Array, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Schema of `coverage`: how many reports were expected, have come, and came in time, by dataset, period and level
/// of region. Levels are never added up.
pub fn coverage_schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    let count = |name: &str| Field::new(name, DataType::Int64, false);
    Arc::new(Schema::new(vec![
        text("dataset"),
        text("period"),
        text("level"),
        count("expected"),
        count("reported"),
        count("on_time"),
    ]))
}

/// Schema of `timeliness`: every expected report. `status` is `on_time`, `late`, `missing` (due and not there) or
/// `not_due` (not there, and due after the as-of date); `days_late` is 0 for one in time and none for one not there.
pub fn timeliness_schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    Arc::new(Schema::new(vec![
        text("dataset"),
        text("region_code"),
        text("period"),
        Field::new("due_on", DataType::Date32, false),
        Field::new("received_on", DataType::Date32, true),
        Field::new("days_late", DataType::Int32, true),
        text("status"),
    ]))
}

/// Judges every expected report and writes the tables.
pub fn write(building: &mut Building, publication: &Publication<'_>) -> Result<(), PublishError> {
    let facts = publication.facts;
    let timeliness = judge(&facts.expected, days(publication.as_of))?;
    let level_of = |region: &str| {
        publication
            .configuration
            .regions
            .get(region)
            .map_or("", |region| region.level.as_str())
    };
    let coverage = count(&timeliness, level_of)?;
    for (table, batch) in [(COVERAGE, coverage), (TIMELINESS, timeliness)] {
        let metadata = file_metadata(&table, facts);
        building.table(table.path, (table.schema)(), &metadata, &[batch])?;
    }
    let metadata = file_metadata(&QUALITY, facts);
    building.table(QUALITY.path, (QUALITY.schema)(), &metadata, &facts.quality)
}

/// One row an expected report, in the order of `expected`.
fn judge(expected: &RecordBatch, today: i32) -> Result<RecordBatch, PublishError> {
    let text = |name: &str| figures::column::<StringArray>(expected, name);
    let [datasets, regions, periods] = [text("dataset")?, text("region_code")?, text("period")?];
    let due = figures::column::<Date32Array>(expected, "due_on")?;
    let received = figures::column::<Date32Array>(expected, "received_on")?;
    let (mut days_late, mut statuses) = (Vec::new(), Vec::new());
    for (due_on, date) in due.values().iter().copied().zip(received) {
        days_late.push(date.map(|date| (date - due_on).max(0)));
        statuses.push(match date {
            Some(date) if date <= due_on => "on_time",
            Some(_) => "late",
            None if due_on <= today => "missing",
            None => "not_due",
        });
    }
    let columns: Vec<ArrayRef> = vec![
        Arc::new(datasets.clone()),
        Arc::new(regions.clone()),
        Arc::new(periods.clone()),
        Arc::new(due.clone()),
        Arc::new(received.clone()),
        Arc::new(Int32Array::from(days_late)),
        Arc::new(StringArray::from(statuses)),
    ];
    // Columns stand in the schema's order and have one length: built from the same rows.
    Ok(RecordBatch::try_new(timeliness_schema(), columns).expect("columns follow timeliness_schema"))
}

/// Counts judged reports by dataset, period and level, sorted so.
fn count<'l>(timeliness: &RecordBatch, level_of: impl Fn(&str) -> &'l str) -> Result<RecordBatch, PublishError> {
    let text = |name: &str| figures::column::<StringArray>(timeliness, name);
    let [datasets, regions, periods, statuses] =
        [text("dataset")?, text("region_code")?, text("period")?, text("status")?];
    let mut counts: BTreeMap<(&str, &str, &str), [i64; 3]> = BTreeMap::new();
    for row in 0..timeliness.num_rows() {
        let key = (datasets.value(row), periods.value(row), level_of(regions.value(row)));
        let [expected, reported, on_time] = counts.entry(key).or_default();
        *expected += 1;
        match statuses.value(row) {
            "on_time" => {
                *reported += 1;
                *on_time += 1;
            }
            "late" => *reported += 1,
            _ => {}
        }
    }
    let number = |index: usize| -> ArrayRef {
        Arc::new(Int64Array::from_iter_values(
            counts.values().map(|counted| counted[index]),
        ))
    };
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(counts.keys().map(|key| key.0))),
        Arc::new(StringArray::from_iter_values(counts.keys().map(|key| key.1))),
        Arc::new(StringArray::from_iter_values(counts.keys().map(|key| key.2))),
        number(0),
        number(1),
        number(2),
    ];
    // Columns stand in the schema's order and have one length: built from the same map.
    Ok(RecordBatch::try_new(coverage_schema(), columns).expect("columns follow coverage_schema"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::facts::expected_schema;

    /// Reports of `labour` for 2025-09, due on day 100, with the day on which they came.
    fn expected(reports: &[(&str, Option<i32>)]) -> RecordBatch {
        let same = |text: &str| -> ArrayRef { Arc::new(StringArray::from(vec![text; reports.len()])) };
        let date = |day: i32| -> ArrayRef { Arc::new(Date32Array::from(vec![day; reports.len()])) };
        let columns = vec![
            same("labour"),
            Arc::new(StringArray::from_iter_values(reports.iter().map(|report| report.0))),
            same("2025-09"),
            date(60),
            date(90),
            date(100),
            Arc::new(Date32Array::from_iter(reports.iter().map(|report| report.1))),
        ];
        RecordBatch::try_new(expected_schema(), columns).unwrap()
    }

    fn statuses(batch: &RecordBatch) -> Vec<&str> {
        figures::column::<StringArray>(batch, "status")
            .unwrap()
            .iter()
            .flatten()
            .collect()
    }

    #[test]
    fn reports_are_judged_by_their_due_date() {
        let expected = expected(&[("32.01", Some(100)), ("32.02", Some(103)), ("32.03", None)]);
        let judged = judge(&expected, 100).unwrap();
        assert_eq!(statuses(&judged), ["on_time", "late", "missing"]);
        let days: Vec<_> = figures::column::<Int32Array>(&judged, "days_late")
            .unwrap()
            .iter()
            .collect();
        assert_eq!(days, [Some(0), Some(3), None]);
        assert_eq!(statuses(&judge(&expected, 99).unwrap())[2], "not_due");
    }

    #[test]
    fn levels_are_counted_apart() {
        let judged = judge(
            &expected(&[("32", Some(1)), ("32.01", None), ("32.71", Some(101))]),
            200,
        )
        .unwrap();
        let level = |region: &str| match region {
            "32" => "province",
            "32.01" => "regency",
            _ => "city",
        };
        let counted = count(&judged, level).unwrap();
        let levels: Vec<_> = figures::column::<StringArray>(&counted, "level")
            .unwrap()
            .iter()
            .flatten()
            .collect();
        assert_eq!(levels, ["city", "province", "regency"]);
        let of = |name: &str| figures::column::<Int64Array>(&counted, name).unwrap().values().to_vec();
        assert_eq!(of("expected"), [1, 1, 1]);
        assert_eq!(of("reported"), [1, 1, 0]);
        assert_eq!(of("on_time"), [0, 1, 0]);
    }
}
