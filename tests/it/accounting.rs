//! Row accounting (promise I2) over generated dirty tables in every format: what becomes of each row is worked out
//! again here by a few plain rules, and compared row by row with receipts, quarantine and model.
//!
//! - `table`: what a table may hold, and the rules; `write`: the same table in ten forms

mod table;
mod write;

use crate::released::{parquet_rows, text};
use crate::support::{AS_OF, Installation};
use lumbung::domain::region::Registry;
use parquet::record::Field;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use table::{Table, Verdict};
use write::FORMS;

const CONNECTOR: &str =
    "title = { id = \"a\", en = \"a\" }\nkind = \"drop\"\ndataset = \"service_activity\"\nscope = \"own\"\n";

/// Tables of one night; each is sent in every form, by a region of its own for each.
const TABLES: usize = 8;

/// A file that was sent.
struct Sent {
    name: String,
    table: usize,
    verdict: Verdict,
}

/// What the same content became, whoever sent it: counts, and accepted rows without their region.
type Content = ([u64; 5], Vec<String>);

#[test]
fn every_row_of_every_format_is_where_plain_rules_put_it() {
    let registry = Registry::load(&crate::support::root().join("pipelines/reference")).expect("the registry");
    let config = Config {
        cases: 2,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..Config::default()
    };
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, b"lumbung: every row in one place.");
    let mut runner = TestRunner::new_with_rng(config, random);
    let tables = prop::collection::vec(table::any_table(), TABLES);
    runner
        .run(&tables, |tables| {
            a_night_of(&tables, &registry);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

fn a_night_of(tables: &[Table], registry: &Registry) {
    let installation = Installation::with(&[("kiriman", CONNECTOR)]);
    let mut senders = registry
        .autonomous()
        .filter(|region| region.code.len() == 5 && region.valid_from.is_none());
    let mut sent: BTreeMap<String, Sent> = BTreeMap::new();
    for (index, table) in tables.iter().enumerate() {
        for (form, (name, write)) in FORMS.iter().enumerate() {
            let sender = senders.next().expect("enough regions");
            let written = write(table, sender);
            let name = format!("tabel-{index}-{form}.{name}");
            installation.drop(&sender.code, "kiriman", &name, &written.bytes);
            let verdict = table.judge(&sender.code, &written);
            let one = Sent {
                name,
                table: index,
                verdict,
            };
            sent.insert(sender.code.clone(), one);
        }
    }
    let run = ["run", "--as-of", AS_OF, "--no-publish", "--json"];
    let report = installation.lumbung(&run);
    let is_clean = sent.values().all(|one| !one.verdict.needs_a_look());
    let report = report.expect(if is_clean { 0 } else { 3 }).json();

    let mut model: BTreeMap<i64, BTreeMap<i64, String>> = BTreeMap::new();
    for row in installation.model("service_activity") {
        let number = |name: &str| row.text(name).parse::<i64>().expect("a number");
        let line = row.line(&["region_code", "service", "date", "transactions", "operators"]);
        let place = model
            .entry(number("_submission"))
            .or_default()
            .insert(number("_row"), line);
        assert_eq!(place, None, "one row a place");
    }
    let mut contents: BTreeMap<usize, (String, Content)> = BTreeMap::new();
    let submissions = report["submissions"].as_array().expect("submissions");
    assert_eq!(submissions.len(), sent.len());
    for told in submissions {
        let sequence = told["submission"].as_i64().expect("a number");
        let receipt = installation.receipt(sequence);
        let region = receipt["region"].as_str().expect("a region");
        let one = &sent[region];
        let context = format!(
            "{} from {region}: {:#?}\n{:#?}",
            one.name, tables[one.table], one.verdict
        );
        assert_receipt(&receipt, told, &one.verdict, &context);
        assert_quarantine(&installation.data(), sequence, &one.verdict, &context);
        let rows = model.remove(&sequence).unwrap_or_default();
        let expected = if one.verdict.enters_the_model() {
            one.verdict.accepted.clone()
        } else {
            BTreeMap::new()
        };
        assert_eq!(rows, expected, "{context}");

        let lines = rows.into_values().map(|line| line.replacen(region, "", 1)).collect();
        let content: Content = (counts(&receipt), lines);
        let (first, known) = contents
            .entry(one.table)
            .or_insert_with(|| (one.name.clone(), content.clone()));
        assert_eq!(*known, content, "{first} and {} hold the same", one.name);
    }
    assert!(model.is_empty(), "rows of nobody: {model:?}");
}

/// Read, accepted, quarantined, repeated, not observed.
fn counts(receipt: &Value) -> [u64; 5] {
    let names = ["read", "accepted", "quarantined", "repeated", "not_observed"];
    names.map(|name| receipt["rows"][name].as_u64().expect("a count"))
}

fn assert_receipt(receipt: &Value, told: &Value, verdict: &Verdict, context: &str) {
    let rows = counts(receipt);
    assert_eq!(rows[0], rows[1..].iter().sum::<u64>(), "rows add up: {context}");
    assert_eq!(rows, verdict.rows, "{receipt:#}\n{context}");
    assert_eq!(receipt["rows"]["ignored"], verdict.ignored, "{receipt:#}\n{context}");
    assert_eq!(receipt["status"], verdict.status, "{context}");
    if let Some(dataset) = told["datasets"].get(0) {
        assert_eq!(
            dataset["rows"], receipt["rows"],
            "the run report says the same: {context}"
        );
    }
}

/// Every refused row stands in quarantine with its place and its reasons, and no other.
fn assert_quarantine(data: &Path, sequence: i64, verdict: &Verdict, context: &str) {
    let file = data.join(format!("staged/{sequence}/service_activity/quarantine.parquet"));
    let mut found: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    let rows = if file.exists() { parquet_rows(&file) } else { Vec::new() };
    for row in rows {
        let Field::Int(number) = row["_row"] else {
            panic!("a row without its place: {row:?}")
        };
        let codes = text(&row, "codes")
            .split(',')
            .map(|code| code.trim().to_string())
            .collect();
        assert!(
            !text(&row, "reasons_id").is_empty() && !text(&row, "values").is_empty(),
            "{row:?}"
        );
        assert_eq!(found.insert(i64::from(number), codes), None, "once: {context}");
    }
    assert_eq!(found, verdict.refused, "{context}");
}
