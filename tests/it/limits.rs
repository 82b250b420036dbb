//! Limits and faults of one dataset hold its submissions and stop nothing else (promises I7 and I10).

use crate::support::Installation;

fn population(rows: usize) -> String {
    let codes = ["32.01", "32.02", "32.03", "32.04", "32.05"];
    let mut text = "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n".to_string();
    for code in &codes[..rows] {
        text.push_str(&format!("{code};2024-S2;10.000;11.000;21.000\n"));
    }
    text
}

fn codes(receipt: &serde_json::Value) -> Vec<String> {
    let findings = receipt["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["code"].as_str().unwrap().to_string())
        .collect()
}

#[test]
fn a_partition_over_its_limit_is_held_and_can_be_accepted_once_the_limit_is_raised() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.settings("settle = \"0s\"\n[limits]\npartition_rows = 3\n");
    installation.drop("32", "dukcapil-file", "penduduk.csv", population(5));
    let report = installation.night(3);
    assert_eq!(report["submissions"][0]["status"], "held");
    assert!(report["release"]["id"].is_string(), "the night goes on and publishes");
    let receipt = installation.receipt(1);
    assert_eq!(receipt["status"], "held");
    assert!(
        codes(&receipt).contains(&"partition-too-large".to_string()),
        "{receipt}"
    );

    installation.settings("settle = \"0s\"\n");
    installation
        .lumbung(&["submission", "accept", "1", "--reason", "limit raised"])
        .expect(0);
    installation.night(0);
    let answer = installation
        .lumbung(&["query", "SELECT count(*) AS n FROM population", "--format", "json"])
        .expect(0);
    assert_eq!(answer.json()[0]["n"], 5);
    assert_eq!(installation.receipt(1)["status"], "accepted");
}

#[test]
fn a_rule_that_does_not_run_on_some_rows_holds_them_and_is_told() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.own_pipelines();
    installation.change_contract(
        "population",
        "[[table_rules]]\ncode = \"population-jump\"",
        "[[table_rules]]\ncode = \"divides\"\nseverity = \"warning\"\nsql = \"SELECT _part, _row FROM submission WHERE \
         total / (male - 10000) > 1\"\nmessage = { id = \"x\", en = \"x\" }\n\n[[table_rules]]\ncode = \"population-jump\"",
    );
    installation.drop("32", "dukcapil-file", "penduduk.csv", population(2));
    installation.night(3);
    let receipt = installation.receipt(1);
    assert_eq!(receipt["status"], "held");
    assert!(codes(&receipt).contains(&"rule-failed".to_string()), "{receipt}");
}

#[test]
fn a_submission_whose_connector_is_gone_waits_and_stops_nothing() {
    let installation = Installation::with_own(&["dukcapil-file", "harga-pasar"]);
    installation.drop("32", "dukcapil-file", "penduduk.csv", population(2));
    installation.night(0);
    // As a kill after numbering leaves it.
    let catalog = rusqlite::Connection::open(installation.data().join("catalog.db")).unwrap();
    catalog
        .execute("UPDATE submissions SET state = 'numbered', status = NULL", [])
        .unwrap();
    let connector = installation.config().join("connectors/dukcapil-file.toml");
    let text = std::fs::read_to_string(&connector).unwrap();
    std::fs::remove_file(&connector).unwrap();
    assert_eq!(installation.night(3)["submissions"].as_array().unwrap().len(), 0);
    std::fs::write(&connector, text).unwrap();
    assert_eq!(installation.night(0)["submissions"][0]["status"], "accepted");
}

#[test]
fn a_file_that_was_numbered_before_a_kill_does_not_come_in_again() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let dropped = installation.drop("32", "dukcapil-file", "penduduk.csv", population(2));
    installation.night(0);
    // As a kill between numbering and moving leaves it.
    let processed = installation
        .folder("32", "dukcapil-file")
        .join("processed/1_penduduk.csv");
    std::fs::rename(processed, &dropped).unwrap();
    let catalog = rusqlite::Connection::open(installation.data().join("catalog.db")).unwrap();
    let change = "UPDATE submissions SET state = 'numbered', status = NULL, origin = ?1";
    catalog
        .execute(change, [dropped.to_string_lossy().into_owned()])
        .unwrap();
    let report = installation.night(0);
    let numbers: Vec<i64> = report["submissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["submission"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, [1], "one submission, continued");
    assert!(!dropped.exists());
}
