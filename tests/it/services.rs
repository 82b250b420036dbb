//! Files as the service offices send them (`samples/services/`), judged as their connectors do: what becomes of every
//! row was worked out by hand and stands beside each file.

use crate::support::{findings_by_code, lumbung, read_json, root};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The samples' expectations, sorted.
fn expectations() -> Vec<PathBuf> {
    let folder = root().join("samples/services");
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("samples")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().ends_with(".expected.json"))
        .collect();
    paths.sort();
    paths
}

/// The receipt of a sample, in the form of its expectation.
fn judged(expected: &Value, folder: &Path) -> Value {
    let text = |key: &str| expected[key].as_str().unwrap_or_else(|| panic!("{key} of {expected}"));
    let dataset = text("dataset");
    let samples = root().join("samples/services");
    let file = samples.join(format!("{dataset}.csv"));
    let config = root();
    let arguments = [
        "--config",
        config.to_str().expect("UTF-8"),
        "check",
        file.to_str().expect("UTF-8"),
        "--connector",
        text("connector"),
        "--region",
        text("region"),
        "--as-of",
        text("as_of"),
        "--json",
    ];
    let said = lumbung(&arguments, &[("LUMBUNG_PSEUDONYM_KEY", "kunci-uji-coba")], folder);
    let receipt = said.json();
    let mut judged = expected.clone();
    judged["status"] = receipt["status"].clone();
    for key in ["read", "accepted", "quarantined", "repeated", "not_observed"] {
        judged[key] = receipt["rows"][key].clone();
    }
    judged["findings"] = findings_by_code(&receipt);
    judged
}

#[test]
fn every_sample_fares_as_was_worked_out_by_hand() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut datasets = BTreeSet::new();
    let mut wrong = Vec::new();
    for path in expectations() {
        let mut expected = read_json(&path);
        expected.as_object_mut().expect("an object").remove("note");
        let found = judged(&expected, folder.path());
        if found != expected {
            wrong.push(format!("{}\n  found    {found}\n  expected {expected}", path.display()));
        }
        datasets.insert(expected["dataset"].as_str().expect("a name").to_string());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(datasets.len(), 22);
}
