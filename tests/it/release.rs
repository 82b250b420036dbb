//! A release of a whole run, read as others read it: by sha256sum, frictionless, DuckDB, openpyxl and the schema of
//! OpenLineage.

use crate::released::{parquet_rows, text};
use lumbung::publish;
use lumbung::table::{reader, schema};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn release() -> PathBuf {
    crate::support::demo_release()
        .canonicalize()
        .expect("a released directory")
}

fn json(path: &Path) -> Value {
    let text = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Runs one check of `frictionless.py`.
fn check(name: &str) {
    let script = root().join("tests/it/frictionless.py");
    // Isolated: the script bears the name of a package that it imports.
    let output = Command::new(crate::support::python())
        .arg("-I")
        .arg(script)
        .arg(name)
        .arg(release())
        .output()
        .expect("Python runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {said}");
}

#[test]
fn the_description_is_a_valid_data_package() {
    check("package");
}

#[test]
fn duckdb_reads_every_table() {
    check("tables");
}

#[test]
fn openpyxl_reads_the_figures_of_the_workbook() {
    check("workbook");
}

#[test]
fn sha256sum_finds_every_file_whole() {
    let release = release();
    let output = Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", "CHECKSUMS"])
        .current_dir(&release)
        .output()
        .expect("sha256sum runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let verified = publish::verify(&release).expect("a whole release");
    let list = std::fs::read_to_string(release.join("CHECKSUMS")).expect("CHECKSUMS");
    assert_eq!(list.lines().count(), verified.files);
    let paths: Vec<&str> = list.lines().map(|line| &line[66..]).collect();
    assert!(paths.is_sorted(), "sorted by path");
    assert!(!paths.contains(&"run.json") && !paths.contains(&"CHECKSUMS"));
    for path in [
        "datapackage.json",
        "CHANGES.md",
        "index.html",
        "assets/app.js",
        "indicators.xlsx",
    ] {
        assert!(paths.contains(&path), "{path}");
    }
}

#[test]
fn every_dataset_file_has_the_schema_of_its_contract() {
    let release = release();
    let configuration = lumbung::config::load(&root()).expect("the repository's configuration");
    let mut seen = BTreeSet::new();
    for (name, contract) in &configuration.contracts {
        let expected = schema::model_schema(contract);
        let folder = release.join("datasets").join(name);
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry").path();
            let (found, _) = reader::describe(&path).expect("a table");
            let types = |schema: &arrow::datatypes::Schema| -> Vec<_> {
                let field = |field: &std::sync::Arc<arrow::datatypes::Field>| {
                    (field.name().clone(), field.data_type().clone(), field.is_nullable())
                };
                schema.fields().iter().map(field).collect()
            };
            assert_eq!(types(&found), types(&expected), "{}", path.display());
            seen.insert(name.as_str());
        }
    }
    let contracts: BTreeSet<&str> = configuration.contracts.keys().map(String::as_str).collect();
    assert_eq!(seen, contracts);
}

#[test]
fn the_run_is_told_as_open_lineage() {
    let event = json(&release().join("run.json"));
    let start = &event["lumbung"]["start_event"];
    assert_eq!(
        (&event["eventType"], &start["eventType"]),
        (&"COMPLETE".into(), &"START".into())
    );
    assert_eq!(event["run"]["runId"], start["run"]["runId"]);
    let package = json(&release().join("datapackage.json"));
    assert_eq!(event["lumbung"]["release"], package["lumbung:release"]);
    assert_eq!(event["lumbung"]["as_of"], package["lumbung:as_of"]);
    let inputs = event["inputs"].as_array().expect("inputs");
    assert_eq!(inputs.len(), package["sources"].as_array().expect("sources").len());
    assert!(!inputs.is_empty());

    let fixtures = std::env::var_os("LUMBUNG_FIXTURES").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    let path = fixtures.join("schemas/openlineage/OpenLineage.json");
    if !path.exists() && std::env::var_os("LUMBUNG_REQUIRE_FIXTURES").is_none() {
        eprintln!("skipped: {} is not there; set LUMBUNG_FIXTURES", path.display());
        return;
    }
    let schema = json(&path);
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for event in [&event, start] {
        let wrong: Vec<String> = validator.iter_errors(event).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
    let mut about_nothing = event.clone();
    for key in ["run", "job"] {
        about_nothing.as_object_mut().expect("an object").remove(key);
    }
    assert!(
        !validator.is_valid(&about_nothing),
        "the schema refuses an event of neither run, job nor dataset"
    );
}

#[test]
fn what_is_illustrative_is_marked_everywhere() {
    let release = release();
    let package = json(&release.join("datapackage.json"));
    let illustrative = package["lumbung:illustrative_datasets"].as_array().expect("a list");
    assert!(!illustrative.is_empty(), "the samples hold illustrative figures");
    assert_eq!(package["lumbung:illustrative"], true);
    let names: Vec<&str> = illustrative.iter().filter_map(Value::as_str).collect();
    assert!(names.contains(&"labour"), "labour is not");
    assert!(!names.contains(&"population"), "the population is real");
    for resource in package["resources"].as_array().expect("resources") {
        if let Some(dataset) = resource["path"]
            .as_str()
            .and_then(|path| path.strip_prefix("datasets/"))
        {
            let dataset = dataset.split('/').next().unwrap_or_default();
            assert_eq!(resource["lumbung:illustrative"], names.contains(&dataset), "{dataset}");
        }
    }
    for row in parquet_rows(&release.join("indicators/metadata.parquet")) {
        let uses = text(&row, "datasets")
            .split(", ")
            // `expected` stands for every dataset that declares coverage, labour among them.
            .any(|dataset| dataset == "expected" || names.contains(&dataset));
        assert_eq!(
            row["illustrative"],
            parquet::record::Field::Bool(uses),
            "{}",
            text(&row, "indicator_id")
        );
    }
    let changes = std::fs::read_to_string(release.join("CHANGES.md")).expect("CHANGES.md");
    for name in &names {
        assert!(changes.contains(name), "CHANGES.md marks {name}");
    }
}

#[test]
fn a_damaged_release_is_found_out() {
    let copy = tempfile::tempdir().expect("a folder");
    let status = Command::new("cp")
        .arg("-a")
        .arg(release())
        .arg(copy.path())
        .status()
        .expect("cp runs");
    assert!(status.success());
    let name = release().file_name().expect("an id").to_owned();
    let copied = copy.path().join(name);
    publish::verify(&copied).expect("a copy is whole");
    // A new file: the copy's own, whatever it was linked to.
    let damaged = copied.join("CHANGES.md");
    std::fs::remove_file(&damaged).expect("removed");
    std::fs::write(&damaged, "nothing moved").expect("written");
    std::fs::write(copied.join("notes.txt"), "").expect("written");
    let told = publish::verify(&copied).expect_err("it is damaged").join("\n");
    assert!(
        told.contains("CHANGES.md: its content is not what was published"),
        "{told}"
    );
    assert!(told.contains("notes.txt: not part of the release"), "{told}");
}
