//! `lumbung check FILE`: a sender's rehearsal, which keeps nothing.

use crate::support::{AS_OF, Installation, Said, own_connector};
use serde_json::{Value, json};
use std::path::PathBuf;

const GOOD: &str = "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n32.73;2024-S2;600;500;1100\n";
const BAD: &str =
    "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n32.73;2024-S2;600;500;1101\n32.04;2024-S2;900;1000;1900\n";

fn file(installation: &Installation, name: &str, text: &str) -> String {
    let path: PathBuf = installation.home().join(name);
    std::fs::write(&path, text).expect("written");
    path.to_str().expect("UTF-8").to_owned()
}

/// Checks a file, with the as-of date of all tests.
fn check(installation: &Installation, file: &str, arguments: &[&str]) -> Said {
    let mut all = vec!["check", file, "--as-of", AS_OF];
    all.extend(arguments);
    installation.lumbung(&all)
}

#[test]
fn a_right_file_is_told_so_and_nothing_is_written() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let path = file(&installation, "penduduk.csv", GOOD);
    let said = check(&installation, &path, &["--dataset", "population", "--region", "32"]).expect(0);
    assert!(said.stdout.contains("Diterima seluruhnya"), "{}", said.stdout);
    assert!(
        said.stdout.contains("lebih ketat"),
        "a connector may be stricter: {}",
        said.stdout
    );
    assert!(!installation.data().exists(), "the data directory does not appear");
    let english = check(
        &installation,
        &path,
        &["--dataset", "population", "--region", "32", "--lang", "en"],
    )
    .expect(0);
    assert!(english.stdout.contains("Accepted in full"), "{}", english.stdout);
    assert!(english.stdout.contains("stricter"), "{}", english.stdout);
}

#[test]
fn a_connector_judges_as_it_would_at_night() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let path = file(&installation, "penduduk.csv", GOOD);
    let said = check(
        &installation,
        &path,
        &["--connector", "dukcapil-file", "--region", "32.73"],
    )
    .expect(0);
    assert!(!said.stdout.contains("lebih ketat"), "{}", said.stdout);
    let other = check(
        &installation,
        &path,
        &["--connector", "dukcapil-file", "--region", "33"],
    )
    .expect(3);
    assert!(other.stdout.contains("Ditolak"), "{}", other.stdout);
}

#[test]
fn an_error_ends_with_three_and_names_the_cell() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let path = file(&installation, "penduduk.csv", BAD);
    let said = check(&installation, &path, &["--dataset", "population", "--region", "32"]).expect(3);
    assert!(
        said.stdout.contains("Diterima sebagian") && said.stdout.contains("E2"),
        "{}",
        said.stdout
    );
    assert!(
        said.stdout.contains("tidak sama dengan jumlah penduduk"),
        "{}",
        said.stdout
    );
    let empty = file(&installation, "kosong.csv", "");
    check(&installation, &empty, &["--dataset", "population", "--region", "32"]).expect(3);
}

#[test]
fn a_warning_alone_passes() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let lopsided = "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n32.73;2024-S2;6000;600;6600\n";
    let path = file(&installation, "timpang.csv", lopsided);
    let said = check(
        &installation,
        &path,
        &["--dataset", "population", "--region", "32.73", "--json"],
    )
    .expect(0);
    assert_eq!(said.json()["findings"][0]["code"], "sex-ratio-unusual");
}

#[test]
fn the_json_is_a_receipt_of_version_one() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let path = file(&installation, "penduduk.csv", BAD);
    let receipt = check(
        &installation,
        &path,
        &["--dataset", "population", "--region", "32", "--json"],
    )
    .expect(3)
    .json();
    let keys: Vec<&str> = receipt
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        keys,
        [
            "receipt",
            "submission",
            "file",
            "connector",
            "dataset",
            "region",
            "received_at",
            "status",
            "rows",
            "findings",
            "findings_total"
        ]
    );
    let heads = [
        "receipt",
        "submission",
        "file",
        "connector",
        "dataset",
        "region",
        "received_at",
        "status",
    ];
    assert_eq!(
        heads.map(|key| receipt[key].clone()),
        [
            json!(1),
            Value::Null,
            json!("penduduk.csv"),
            Value::Null,
            json!("population"),
            json!("32"),
            Value::Null,
            json!("accepted_in_part")
        ]
    );
    assert_eq!(
        receipt["rows"],
        json!({"read": 2, "accepted": 1, "quarantined": 1, "repeated": 0, "not_observed": 0, "ignored": 1})
    );
    let finding = receipt["findings"][0].as_object().expect("a finding");
    let keys: Vec<&str> = finding.keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "code", "severity", "sheet", "cell", "row", "line", "column", "value", "message", "hint"
        ]
    );
    assert_eq!(finding["code"], "population-total-differs");
    assert_eq!(
        (&finding["cell"], &finding["row"], &finding["line"]),
        (&json!("E2"), &json!(2), &json!(2))
    );
    assert!(finding["message"]["id"].is_string() && finding["message"]["en"].is_string());
    let schema = crate::support::root().join("docs/reference/receipt.schema.json");
    let schema = crate::support::read_json(&schema);
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let wrong: Vec<String> = validator.iter_errors(&receipt).map(|error| error.to_string()).collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_current_model_is_read_as_history_and_left_as_it_is() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.drop("32", "dukcapil-file", "penduduk.csv", GOOD);
    installation.merge_only(0);
    let before = crate::support::files_below(&installation.data());
    let doubled = "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n32.73;2025-S1;1200;1000;2200\n";
    let path = file(&installation, "baru.csv", doubled);
    let said = check(
        &installation,
        &path,
        &["--dataset", "population", "--region", "32", "--json"],
    )
    .expect(0);
    assert_eq!(said.json()["findings"][0]["code"], "population-jump");
    let after: Vec<String> = crate::support::files_below(&installation.data())
        .into_iter()
        .filter(|name| !name.starts_with("catalog.db-"))
        .collect();
    let before: Vec<String> = before
        .into_iter()
        .filter(|name| !name.starts_with("catalog.db-"))
        .collect();
    assert_eq!(after, before);
}

#[test]
fn wrong_names_are_usage_errors_with_a_hint() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let path = file(&installation, "penduduk.csv", GOOD);
    let usages: [&[&str]; 6] = [
        &["--dataset", "penduduk", "--region", "32"],
        &["--connector", "dukcapil", "--region", "32"],
        &["--dataset", "population", "--region", "99.99"],
        &["--dataset", "population"],
        &["--region", "32"],
        &[
            "--dataset",
            "population",
            "--connector",
            "dukcapil-file",
            "--region",
            "32",
        ],
    ];
    for arguments in usages {
        let said = check(&installation, &path, arguments).expect(2);
        assert!(
            said.stdout.is_empty() && said.stderr.contains("error:"),
            "{arguments:?}: {}",
            said.stderr
        );
    }
    let said = check(&installation, &path, &["--dataset", "penduduk", "--region", "32"]).expect(2);
    assert!(
        said.stderr.contains("hint:") && said.stderr.contains("population"),
        "{}",
        said.stderr
    );
    check(
        &installation,
        "/tidak/ada.csv",
        &["--dataset", "population", "--region", "32"],
    )
    .expect(2);
}

#[test]
fn a_file_needs_none_of_the_variables_that_pulls_need() {
    let installation = Installation::with_own(&["dukcapil-file", "puja-indah-aktivitas"]);
    let path = file(&installation, "penduduk.csv", GOOD);
    check(
        &installation,
        &path,
        &["--connector", "dukcapil-file", "--region", "32"],
    )
    .expect(0);
    // The configuration as a whole is not ready: the address and the token are unset.
    let said = installation.lumbung(&["check"]).expect(2);
    for name in [
        "PUJA_INDAH_URL",
        "PUJA_INDAH_TOKEN",
        "connectors/puja-indah-aktivitas.toml:",
    ] {
        assert!(said.stderr.contains(name), "{name}: {}", said.stderr);
    }
    let ready = installation
        .environment("PUJA_INDAH_URL", "http://127.0.0.1:9")
        .environment("PUJA_INDAH_TOKEN", "x");
    ready.lumbung(&["check"]).expect(0);
}

#[test]
fn a_configuration_with_mistakes_is_refused_with_places_and_hints() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.connector("salah", &own_connector("harga-pasar").replace("scope", "skope"));
    let said = installation.lumbung(&["check"]).expect(2);
    assert!(
        said.stderr.contains("connectors/salah.toml:") && said.stderr.contains("skope"),
        "{}",
        said.stderr
    );
    assert!(said.stderr.contains("did you mean `scope`?"), "{}", said.stderr);
    installation.lumbung(&["run", "--as-of", AS_OF]).expect(2);
    assert!(!installation.data().join("published").exists());
}
