//! What a night leaves behind: releases that never change, one run at a time, a configuration left alone.

use super::{finding, population, prices, rows};
use crate::released::parquet_rows;
use crate::support::{AS_OF, Installation, cells, files_below, read_text, workbook};
use lumbung::catalog::Catalog;
use serde_json::json;
use std::fs;
use std::os::unix::fs::MetadataExt;

/// Promise I3.
#[test]
fn a_release_never_changes_and_the_next_shares_what_is_equal() {
    let installation = Installation::with_own(&["dukcapil-file", "harga-pasar"]);
    installation.drop("32", "dukcapil-file", "penduduk.csv", population(600));
    installation.night(0);
    let first = installation.current();
    let bytes = |folder: &std::path::Path| -> Vec<(String, Vec<u8>)> {
        let read = |name: String| (name.clone(), fs::read(folder.join(name)).expect("readable"));
        files_below(folder).into_iter().map(read).collect()
    };
    let before = bytes(&first);

    installation.drop("32.73", "harga-pasar", "harga.csv", prices(&["15000", "15100"]));
    let report = installation.night(0);
    assert_eq!(
        (&report["release"]["id"], &report["release"]["unchanged"]),
        (&json!("2025-11-30-002"), &json!(false))
    );
    let changed: Vec<&str> = report["release"]["changed"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|name| name.as_str())
        .collect();
    assert!(
        changed.contains(&"datasets/commodity_price/2025-09.parquet"),
        "{changed:?}"
    );
    assert!(!changed.iter().any(|name| name.contains("population")), "{changed:?}");
    let second = installation.current();
    assert!(second.ends_with("2025-11-30-002"));
    assert!(bytes(&first) == before, "the first release is as it was");

    let inode = |folder: &std::path::Path, name: &str| fs::metadata(folder.join(name)).expect("a file").ino();
    for name in ["datasets/population/2024.parquet", "regions.parquet"] {
        assert_eq!(inode(&first, name), inode(&second, name), "{name} is the same file");
    }
    assert_ne!(
        inode(&first, "indicators/indicators.parquet"),
        inode(&second, "indicators/indicators.parquet")
    );
    let told = read_text(&second.join("CHANGES.md"));
    assert!(told.contains("commodity_price"), "{told}");
    for id in ["2025-11-30-001", "2025-11-30-002"] {
        installation.lumbung(&["release", "verify", id]).expect(0);
    }
    // An older release can still be asked.
    let count = |release: &str| {
        let arguments = [
            "query",
            "--json",
            "--release",
            release,
            "SELECT count(*) AS n FROM commodity_price",
        ];
        installation.lumbung(&arguments).expect(0).json()[0]["n"].clone()
    };
    assert_eq!((count("2025-11-30-001"), count("2025-11-30-002")), (json!(0), json!(2)));
}

#[test]
fn what_was_merged_without_a_release_comes_with_the_next() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.drop("32", "dukcapil-file", "penduduk.csv", population(600));
    let report = installation.merge_only(0);
    assert_eq!(
        report["release"],
        json!({"id": null, "unchanged": false, "changed": []})
    );
    assert!(!installation.data().join("published/current").exists());
    installation.night(0);
    assert_eq!(
        installation.query("SELECT count(*) AS n FROM population"),
        json!([{"n": 2}])
    );
}

#[test]
fn one_run_at_a_time() {
    let installation = Installation::with_own(&["harga-pasar"]);
    installation.merge_only(0);
    let catalog = Catalog::open(&installation.data()).expect("a catalog");
    // This process lives, so its lease stands.
    catalog.take_lease(lumbung::run::LEASE).expect("a lease");
    let said = installation.lumbung(&["run", "--as-of", AS_OF]).expect(1);
    let pid = std::process::id().to_string();
    assert!(
        said.stderr.contains(&pid) && said.stderr.contains("hint:"),
        "{}",
        said.stderr
    );
    assert_eq!(said.stdout, "");
    catalog.release_lease(lumbung::run::LEASE).expect("released");
    installation.merge_only(0);
}

#[test]
fn the_configuration_is_only_read() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.own_pipelines();
    let before = files_below(&installation.config());
    installation.drop("32", "dukcapil-file", "penduduk.csv", population(600));
    installation.night(0);
    installation.lumbung(&["check"]).expect(0);
    assert_eq!(files_below(&installation.config()), before);
}

#[test]
fn a_receipt_lists_a_thousand_findings_and_counts_all() {
    let installation = Installation::with_own(&["laporan-daerah"]);
    let mut text = String::from("Kode Inovasi;Judul;Tahapan;Jumlah Bukti\nA;Baik;Uji coba;1\n");
    for number in 0..1_200 {
        text.push_str(&format!("B{number};Judul {number};Uji coba;banyak\n"));
    }
    installation.drop("32.73", "laporan-daerah", "inovasi.csv", text);
    installation.merge_only(3);
    let receipt = installation.receipt(1);
    assert_eq!(
        (&receipt["status"], rows(&receipt)),
        (&json!("held"), [1_201, 1, 1_200, 0, 0, 1])
    );
    assert_eq!(receipt["findings"].as_array().unwrap().len(), 1_000);
    let total = receipt["findings_total"].as_u64().unwrap();
    assert!(total > 1_200, "1,200 rows, and that it is held: {total}");
    let kept = installation.data().join("staged/1/innovation_report/findings.parquet");
    assert_eq!(parquet_rows(&kept).len() as u64, total, "all are kept in a file");
    let quarantine = parquet_rows(
        &installation
            .data()
            .join("staged/1/innovation_report/quarantine.parquet"),
    );
    assert_eq!(quarantine.len(), 1_200);
    let listed = installation
        .lumbung(&["quarantine", "list", "--limit", "7", "--json"])
        .expect(0)
        .json();
    assert_eq!(listed.as_array().unwrap().len(), 7);
}

#[test]
fn a_dataset_that_is_held_does_not_hold_the_others_of_its_workbook() {
    let installation = Installation::with_own(&["laporan-daerah"]);
    let mut activity = vec![cells!["Layanan", "Tanggal", "Transaksi", "Operator"]];
    for day in 1..=30_i64 {
        let date = format!("{day:02}/11/2025");
        let count = if day <= 12 { "banyak" } else { "40" };
        activity.push(cells!["Perizinan", date.as_str(), count, 2]);
    }
    let labour = vec![
        cells!["Periode", "Usia Kerja", "Angkatan Kerja", "Bekerja", "Pengangguran"],
        cells!["2025-08", 150_000, 100_000, 90_000, 10_000],
    ];
    let book = workbook(&[("Layanan", activity), ("Kerja", labour)]);
    installation.drop("32.73", "laporan-daerah", "laporan.xlsx", book);
    installation.merge_only(3);
    let receipt = installation.receipt(1);
    let statuses: Vec<&str> = receipt["datasets"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|part| part["status"].as_str())
        .collect();
    assert_eq!(
        (&receipt["status"], statuses),
        (&json!("held"), vec!["accepted", "held"])
    );
    assert_eq!(
        (
            installation.model("labour").len(),
            installation.model("service_activity").len()
        ),
        (1, 0)
    );
    installation
        .lumbung(&["submission", "accept", "1", "--reason", "dikonfirmasi"])
        .expect(0);
    installation.merge_only(0);
    assert_eq!(
        (
            installation.model("labour").len(),
            installation.model("service_activity").len()
        ),
        (1, 18)
    );
    assert_eq!(installation.receipt(1)["status"], "accepted_in_part");
}

#[test]
fn a_sheet_that_fits_two_datasets_is_asked_and_not_guessed() {
    let installation = Installation::with_own(&["laporan-daerah"]);
    let text = "Layanan;Tanggal;Transaksi;Operator;Tanggal TTD;Tanggal Target;Target\n\
                Perizinan;2025-11-03;40;2;2018-12-07;2025-12-31;500\n";
    installation.drop("32.73", "laporan-daerah", "laporan.csv", text);
    installation.merge_only(3);
    let receipt = installation.receipt(1);
    assert_eq!(receipt["status"], "held");
    let asked = finding(&receipt, "sheet-fits-two");
    let said = asked["message"]["id"].as_str().unwrap();
    assert!(
        said.contains("Aktivitas layanan Puja Indah") && said.contains("Komitmen layanan Puja Indah"),
        "{said}"
    );
    assert_eq!(
        (
            installation.model("service_activity").len(),
            installation.model("commitment").len()
        ),
        (0, 0)
    );
}

#[test]
fn lists_of_codes_are_published_with_their_further_columns() {
    let installation = Installation::with_own(&["harga-pasar"]);
    installation.drop("32.73", "harga-pasar", "harga.csv", prices(&["15000"]));
    installation.night(0);
    // As the files in pipelines/reference/ say.
    for sql in [
        "SELECT name_en, unit, category FROM commodities WHERE code = 'rice-premium'",
        "SELECT name_en, unit, category FROM codes WHERE list = 'commodities' AND code = 'rice-premium'",
    ] {
        let told = installation.query(sql);
        assert_eq!(
            told,
            json!([{ "name_en": "Premium rice", "unit": "kg", "category": "rice" }]),
            "{sql}"
        );
    }
    let joined = "SELECT c.name_id FROM commodity_price p \
                  JOIN codes c ON c.list = 'commodities' AND c.code = p.commodity_code";
    let told = installation.query(joined);
    assert_eq!(told, json!([{ "name_id": "Beras Premium" }]));
    let stage = installation.query("SELECT count(*) AS n, count(unit) AS units FROM codes WHERE list = 'stages'");
    assert_eq!(
        stage,
        json!([{ "n": 3, "units": 0 }]),
        "what a list does not have is missing"
    );
    let package = crate::support::read_json(&installation.current().join("datapackage.json"));
    let resources = package["resources"].as_array().expect("a list");
    let codes = resources
        .iter()
        .find(|one| one["path"] == "reference/codes.parquet")
        .expect("described");
    let fields = codes["schema"]["fields"].as_array().expect("fields");
    assert!(fields.iter().any(|field| field["name"] == "category"), "{fields:?}");
    assert_eq!(codes["schema"]["primaryKey"], json!(["list", "code"]));
    // The description alone leads from a column of a dataset to the names of its codes.
    let prices = resources
        .iter()
        .find(|one| one["lumbung:table"] == "commodity_price")
        .expect("described");
    let fields = prices["schema"]["fields"].as_array().expect("fields");
    let column = fields
        .iter()
        .find(|field| field["name"] == "commodity_code")
        .expect("a column");
    let told = &column["lumbung:codes"];
    assert_eq!(told["path"], codes["path"]);
    assert_eq!(told["resource"], codes["name"]);
    assert_eq!(told["title"], "Komoditas pangan / Food commodities");
    let list = told["where"]["list"].as_str().expect("a list");
    let joined = format!(
        "SELECT c.name_en, c.list_title_id, c.list_title_en FROM commodity_price p \
         JOIN codes c ON c.list = '{list}' AND c.code = p.commodity_code"
    );
    assert_eq!(
        installation.query(&joined),
        json!([{
            "name_en": "Premium rice",
            "list_title_id": "Komoditas pangan",
            "list_title_en": "Food commodities",
        }])
    );
}

#[test]
fn counts_of_a_submission_of_many_sheets_are_summed_once() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let sheet = |code: &str, men: i64| {
        vec![
            cells!["Kode Wilayah", "Periode", "Laki-laki", "Perempuan", "Jumlah"],
            cells![code, "2024-S2", men, 500, men + 500],
        ]
    };
    let book = workbook(&[("A", sheet("32.73", 600)), ("B", sheet("32.04", 900))]);
    installation.drop("32", "dukcapil-file", "penduduk.xlsx", book);
    installation.night(0);
    let sum = "SELECT count(*) AS places, sum(rows_read) AS read, sum(rows_accepted) AS accepted FROM submissions";
    assert_eq!(
        installation.query(sum),
        json!([{ "places": 2, "read": 2, "accepted": 2 }])
    );
    // A submission that was withdrawn is listed still, for the releases that hold rows of it.
    installation
        .lumbung(&["submission", "withdraw", "1", "--reason", "keliru"])
        .expect(0);
    installation.night(0);
    let state = "SELECT DISTINCT submission, status FROM submissions";
    assert_eq!(
        installation.query(state),
        json!([{ "submission": 1, "status": "withdrawn" }])
    );
}
