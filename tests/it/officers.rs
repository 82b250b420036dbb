//! Files as officers send them (`samples/officers/`): what must become of each was worked out by hand and stands beside it.
//!
//! A file whose expectation has the key `open` is not read so yet. It is tried all the same: once it is, the key must go.

use crate::support::{Installation, findings_by_code, read_json, root};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

const AS_OF: &str = "2026-11-25";

/// Paths of all expectations, sorted.
fn expectations() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("samples/officers")).expect("samples");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().ends_with(".expected.json"))
        .collect();
    paths.sort();
    paths
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} of {value}"))
}

/// The rows that one dataset's model holds, as the expectation writes them.
fn rows(installation: &Installation, dataset: &str, columns: &Value) -> Value {
    let columns: Vec<&str> = columns
        .as_array()
        .expect("columns")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let mut rows: Vec<Vec<String>> = installation
        .model(dataset)
        .iter()
        .map(|row| columns.iter().map(|column| row.text(column)).collect())
        .collect();
    rows.sort();
    json!(rows)
}

/// What became of a file, in the form of its expectation.
fn judged(expected: &Value) -> Value {
    let (connector, file) = (text(expected, "connector"), text(expected, "file"));
    let installation = Installation::with_own(&[connector]);
    let bytes = fs::read(root().join("samples/officers").join(file)).expect("a sample");
    installation.drop(text(expected, "region"), connector, file, bytes);
    installation.lumbung(&["run", "--as-of", AS_OF, "--no-publish", "--json"]);
    let receipt = installation.receipt(1);
    let mut judged = expected.clone();
    judged["status"] = receipt["status"].clone();
    for key in ["read", "accepted", "quarantined", "repeated", "not_observed"] {
        judged[key] = receipt["rows"][key].clone();
    }
    judged["findings"] = findings_by_code(&receipt);
    if let Some(columns) = expected.get("columns") {
        judged["rows"] = rows(&installation, text(expected, "dataset"), columns);
    }
    for (dataset, table) in expected.get("tables").and_then(Value::as_object).into_iter().flatten() {
        judged["tables"][dataset]["rows"] = rows(&installation, dataset, &table["columns"]);
    }
    judged
}

/// What differs, key by key; nothing where the file is read as it should be.
fn difference(path: &Path) -> (Value, String) {
    let mut expected = read_json(path);
    let open = expected.as_object_mut().expect("an object").remove("open");
    let found = judged(&expected);
    let keys = expected.as_object().expect("an object").keys();
    let differing = keys.filter(|key| expected[*key] != found[*key]);
    let told: Vec<String> = differing
        .map(|key| format!("  {key}: expected {}\n  {key}: found    {}", expected[key], found[key]))
        .collect();
    (open.unwrap_or(Value::Null), told.join("\n"))
}

#[test]
fn every_officer_file_is_read_as_a_careful_colleague_would() {
    let paths = expectations();
    assert!(paths.len() >= 60, "{}", paths.len());
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (open, told) = difference(path);
                    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                    if std::env::var_os("LUMBUNG_SHOW_OPEN").is_some() && !open.is_null() {
                        println!("{name}: {open}\n{told}");
                    }
                    let complaint = match (open.is_null(), told.is_empty()) {
                        (true, false) => format!("{name}:\n{told}"),
                        (false, true) => format!("{name} is read as it should be: take `open` out"),
                        _ => continue,
                    };
                    wrong.lock().expect("no panic").push(complaint);
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().expect("no panic");
    wrong.sort();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
