//! `run.json`: which run made the release, from what, when.
//!
//! The file is an OpenLineage run event (`COMPLETE`), with the run's `START` event and our own words under `lumbung`.
//! It alone holds clock times, so it is not in CHECKSUMS.

use super::layout::Building;
use super::tables::dataset_of;
use super::{PROGRAM, Publication, PublishError, Release, checksums, datapackage};
use crate::table::writer;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Runs looked through for the one that publishes: it is among the latest.
const LATEST_RUNS: usize = 100;
const SCHEMA: &str = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
const NAMESPACE: &str = "lumbung";

/// Writes the event.
pub fn write(building: &Building, publication: &Publication<'_>, release: &Release<'_>) -> Result<(), PublishError> {
    let now = crate::catalog::now();
    let runs = publication.catalog.runs(LATEST_RUNS)?;
    let started = runs
        .into_iter()
        .find(|run| run.id == publication.run)
        .map_or_else(|| now.clone(), |run| run.started_at);
    let times = Times {
        started: &started,
        ended: &now,
    };
    let outputs = outputs(building.entries().keys().map(String::as_str));
    let inputs: Vec<String> = publication
        .facts
        .connectors
        .iter()
        .map(|connector| format!("connectors/{connector}"))
        .collect();
    let mut event = completed(publication.run, release, &times, &inputs, &outputs);
    event["lumbung"]["as_of"] = json!(publication.as_of.to_string());
    event["lumbung"]["illustrative_datasets"] = json!(publication.facts.illustrative);
    building.unlisted(checksums::RUN, &datapackage::pretty(&event))
}

struct Times<'t> {
    started: &'t str,
    ended: &'t str,
}

/// Tables of the release by name; the files of a dataset are one.
fn outputs<'p>(paths: impl Iterator<Item = &'p str>) -> BTreeSet<String> {
    let name = |path: &str| match dataset_of(path) {
        Some((dataset, _)) => Some(format!("datasets/{dataset}")),
        None => path.strip_suffix(".parquet").map(str::to_string),
    };
    paths.filter_map(name).collect()
}

fn completed(
    run: i64,
    release: &Release<'_>,
    times: &Times<'_>,
    inputs: &[String],
    outputs: &BTreeSet<String>,
) -> Value {
    let producer = format!("urn:lumbung:{PROGRAM}");
    let id = run_id(run, release.id, times.started);
    let event = |kind: &str, time: &str| {
        json!({
            "eventType": kind,
            "eventTime": time,
            "producer": producer,
            "schemaURL": SCHEMA,
            "run": { "runId": id },
            "job": { "namespace": NAMESPACE, "name": "run" },
            "inputs": inputs.iter().map(|name| table(name)).collect::<Vec<_>>(),
        })
    };
    let start = event("START", times.started);
    let mut event = event("COMPLETE", times.ended);
    event["outputs"] = outputs.iter().map(|name| table(name)).collect();
    event["lumbung"] = json!({
        "release": release.id,
        "previous_release": release.previous,
        "run": run,
        "program": { "name": "lumbung", "version": PROGRAM },
        "start_event": start,
    });
    event
}

fn table(name: &str) -> Value {
    json!({ "namespace": NAMESPACE, "name": name })
}

/// A UUID of the run (version 8: made from a hash): the numbers of two installations are the same, these are not.
fn run_id(run: i64, release: &str, started: &str) -> String {
    let digest = Sha256::digest(format!("{run}\n{release}\n{started}").as_bytes());
    let hex = writer::hex(&digest[..16]);
    format!(
        "{}-{}-8{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_ids_are_uuids_of_version_eight() {
        let id = run_id(7, "2025-11-30-001", "2025-12-01T00:00:00Z");
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!((&id[14..15], &id[19..20]), ("8", "a"));
        assert_ne!(id, run_id(8, "2025-11-30-001", "2025-12-01T00:00:00Z"));
    }

    #[test]
    fn the_files_of_a_dataset_are_one_output() {
        let paths = [
            "datasets/labour/2024.parquet",
            "datasets/labour/2025.parquet",
            "regions.parquet",
            "index.html",
        ];
        let names: Vec<String> = outputs(paths.into_iter()).into_iter().collect();
        assert_eq!(names, ["datasets/labour", "regions"]);
    }

    #[test]
    fn start_and_end_speak_of_one_run() {
        let release = Release {
            id: "2025-11-30-002",
            previous: Some("2025-11-30-001"),
        };
        let times = Times {
            started: "2025-12-01T00:00:00Z",
            ended: "2025-12-01T00:05:00Z",
        };
        let inputs = ["connectors/panel-harga".to_string()];
        let outputs = BTreeSet::from(["regions".to_string()]);
        let event = completed(7, &release, &times, &inputs, &outputs);
        let start = &event["lumbung"]["start_event"];
        assert_eq!(event["run"], start["run"]);
        assert_eq!(
            (&event["eventType"], &start["eventType"]),
            (&json!("COMPLETE"), &json!("START"))
        );
        assert_eq!(event["outputs"], json!([{ "namespace": "lumbung", "name": "regions" }]));
        assert_eq!(start.get("outputs"), None);
    }
}
