//! The places of the submissions that rows, refused rows and findings refer to.

use super::Sources;
use super::schemas::{file_metadata, submissions_schema};
use crate::catalog::{OutcomeRow, PartRow, PlaceRow, Submission};
use crate::publish::PublishError;
use crate::table::reference::days;
use crate::table::{TableError, TableWriter, WrittenFile};
use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Int32Builder, Int64Array, Int64Builder, RecordBatch, StringBuilder,
};
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Rows collected before they are handed to the writer.
const BATCH_ROWS: usize = 4_096;

/// One row of the table.
struct PlaceFacts {
    submission: i64,
    part: i32,
    dataset: String,
    connector: String,
    region: Option<String>,
    window: String,
    file: String,
    sheet: Option<String>,
    page: i32,
    sha256: String,
    received_on: NaiveDate,
    status: String,
    illustrative: bool,
    /// At the first place of the dataset only.
    rows: Option<[u64; 3]>,
}

/// Writes the places of the submissions in `referred`, sorted by submission, place and dataset, and gives their
/// connectors.
pub fn write(
    sources: &Sources<'_>,
    path: &Path,
    illustrative: bool,
    referred: &BTreeSet<i64>,
) -> Result<(WrittenFile, BTreeSet<String>), PublishError> {
    let mut writer = TableWriter::create(path, submissions_schema(), &file_metadata("submissions", illustrative))?;
    let mut connectors = BTreeSet::new();
    let mut waiting = Vec::new();
    for sequence in referred {
        let Some(submission) = sources.catalog.submission(*sequence)? else {
            continue;
        };
        waiting.extend(places(sources, *sequence, &submission)?);
        connectors.insert(submission.connector);
        if waiting.len() >= BATCH_ROWS {
            writer.write(batch(&waiting)?)?;
            waiting.clear();
        }
    }
    if !waiting.is_empty() {
        writer.write(batch(&waiting)?)?;
    }
    Ok((writer.finish()?, connectors))
}

fn places(sources: &Sources<'_>, sequence: i64, submission: &Submission) -> Result<Vec<PlaceFacts>, PublishError> {
    let parts = sources.catalog.parts(submission.id)?;
    let mut places = sources.catalog.places(sequence)?;
    if places.is_empty() {
        // Nothing inside was reached: each file or answer is one place.
        places = (0_i32..)
            .zip(&parts)
            .map(|(part, _)| PlaceRow { part, sheet: None })
            .collect();
    }
    let received_on = submission.received_on.parse().map_err(|_| PublishError::Content {
        path: format!("submission {sequence}"),
        reason: format!("\"{}\" is not a date of receipt", submission.received_on),
    })?;
    let outcomes = sources.catalog.outcomes(sequence)?;
    let routes = Routes::read(sources, sequence, &outcomes);
    let mut found: Vec<PlaceFacts> = Vec::new();
    for (part, place) in (0_i32..).zip(&places) {
        let raw = usize::try_from(place.part).ok().and_then(|index| parts.get(index));
        let led: Vec<&OutcomeRow> = outcomes
            .iter()
            .filter(|outcome| routes.lead(part, &outcome.dataset))
            .collect();
        // A sheet that went nowhere is still a place that findings name.
        let led = if led.is_empty() { outcomes.iter().collect() } else { led };
        for outcome in led {
            let is_first = found.iter().all(|other| other.dataset != outcome.dataset);
            let rows = is_first.then_some([outcome.read, outcome.accepted, outcome.quarantined]);
            found.push(PlaceFacts {
                rows,
                ..facts(submission, sequence, received_on, (part, place), raw, outcome)
            });
        }
    }
    Ok(found)
}

fn facts(
    submission: &Submission,
    sequence: i64,
    received_on: NaiveDate,
    (part, place): (i32, &PlaceRow),
    raw: Option<&PartRow>,
    outcome: &OutcomeRow,
) -> PlaceFacts {
    let raw_name = raw.map(|raw| raw.name.clone()).unwrap_or_default();
    PlaceFacts {
        submission: sequence,
        part,
        dataset: outcome.dataset.clone(),
        connector: submission.connector.clone(),
        region: Some(submission.region.clone()).filter(|region| !region.is_empty()),
        window: submission.window.clone(),
        file: submission.file.clone().unwrap_or(raw_name),
        sheet: place.sheet.clone(),
        page: place.part + 1,
        sha256: raw.map(|raw| raw.sha256.clone()).unwrap_or_default(),
        received_on,
        status: outcome.status.clone(),
        illustrative: submission.illustrative,
        rows: None,
    }
}

/// Which place went to which dataset, as the staged summaries say.
struct Routes {
    /// Dataset and place.
    known: BTreeSet<(String, i32)>,
    /// Datasets whose summary can be read.
    told: BTreeSet<String>,
}

impl Routes {
    fn read(sources: &Sources<'_>, sequence: i64, outcomes: &[OutcomeRow]) -> Routes {
        let mut routes = Routes {
            known: BTreeSet::new(),
            told: BTreeSet::new(),
        };
        for outcome in outcomes {
            let path = sources.data.staged(sequence, &outcome.dataset).join("summary.json");
            let Ok(text) = std::fs::read(path) else { continue };
            let Ok(summary) = serde_json::from_slice::<serde_json::Value>(&text) else {
                continue;
            };
            let Some(places) = summary["places"].as_array() else {
                continue;
            };
            let parts = places
                .iter()
                .filter_map(|place| i32::try_from(place["part"].as_i64()?).ok());
            routes.known.extend(parts.map(|part| (outcome.dataset.clone(), part)));
            if !places.is_empty() {
                routes.told.insert(outcome.dataset.clone());
            }
        }
        routes
    }

    /// Whether rows of a place may have gone to a dataset. Without a summary nothing speaks against it.
    fn lead(&self, part: i32, dataset: &str) -> bool {
        !self.told.contains(dataset) || self.known.contains(&(dataset.to_string(), part))
    }
}

fn batch(places: &[PlaceFacts]) -> Result<RecordBatch, TableError> {
    let text = |get: &dyn Fn(&PlaceFacts) -> Option<&str>| -> ArrayRef {
        let mut builder = StringBuilder::new();
        places.iter().for_each(|place| builder.append_option(get(place)));
        Arc::new(builder.finish())
    };
    let long = |get: &dyn Fn(&PlaceFacts) -> i64| -> ArrayRef {
        let mut builder = Int64Builder::new();
        places.iter().for_each(|place| builder.append_value(get(place)));
        Arc::new(builder.finish())
    };
    let count = |index: usize| -> ArrayRef {
        let counts = places.iter().map(|place| place.rows.map(|rows| rows[index] as i64));
        Arc::new(counts.collect::<Int64Array>())
    };
    let short = |get: &dyn Fn(&PlaceFacts) -> i32| -> ArrayRef {
        let mut builder = Int32Builder::new();
        places.iter().for_each(|place| builder.append_value(get(place)));
        Arc::new(builder.finish())
    };
    let mut dates = Date32Builder::new();
    let mut illustrative = BooleanBuilder::new();
    for place in places {
        dates.append_value(days(place.received_on));
        illustrative.append_value(place.illustrative);
    }
    let columns: Vec<ArrayRef> = vec![
        long(&|place| place.submission),
        short(&|place| place.part),
        text(&|place| Some(&place.dataset)),
        text(&|place| Some(&place.connector)),
        text(&|place| place.region.as_deref()),
        text(&|place| Some(&place.window)),
        text(&|place| Some(&place.file)),
        text(&|place| place.sheet.as_deref()),
        short(&|place| place.page),
        text(&|place| Some(&place.sha256)),
        Arc::new(dates.finish()),
        text(&|place| Some(&place.status)),
        Arc::new(illustrative.finish()),
        count(0),
        count(1),
        count(2),
    ];
    RecordBatch::try_new(submissions_schema(), columns).map_err(|source| TableError::Arrow {
        path: "submissions.parquet".to_string(),
        source,
    })
}
