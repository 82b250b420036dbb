//! Faults that were found in use, each with the case that showed it.

use crate::support::{Installation, workbook};
use serde_json::Value;

const PRICES: &str = "Tanggal;Komoditas;Satuan;Harga\n";

fn codes(receipt: &Value) -> Vec<&str> {
    let parts = receipt["datasets"].as_array().cloned().unwrap_or_default();
    let all = if parts.is_empty() { vec![receipt.clone()] } else { parts };
    let findings: Vec<Value> = all
        .iter()
        .flat_map(|part| part["findings"].as_array().cloned().unwrap_or_default())
        .collect();
    let codes: Vec<String> = findings
        .iter()
        .filter_map(|one| one["code"].as_str().map(str::to_string))
        .collect();
    codes.into_iter().map(|code| &*code.leak()).collect()
}

fn lines(installation: &Installation, sql: &str) -> Vec<String> {
    let answer = installation.lumbung(&["query", sql, "--format", "csv"]).expect(0);
    answer.stdout.lines().skip(1).map(str::to_string).collect()
}

#[test]
fn a_held_submission_that_is_accepted_late_does_not_overwrite_a_newer_one() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let mut bad = format!("{PRICES}1/11/2025;Beras Premium;kg;15000\n2/11/2025;Beras Premium;kg;15100\n");
    for day in 1..=12 {
        bad.push_str(&format!("{day}/11/2025;tidak ada;kg;1000\n"));
    }
    installation.drop("32.73", "harga-pasar", "a.csv", &bad);
    assert_eq!(installation.night(3)["submissions"][0]["status"], "held");
    installation.drop(
        "32.73",
        "harga-pasar",
        "b.csv",
        format!("{PRICES}1/11/2025;Beras Premium;kg;17777\n"),
    );
    installation.night(3);
    installation
        .lumbung(&["submission", "accept", "1", "--reason", "checked"])
        .expect(0);
    installation.night(0);
    let rows = lines(
        &installation,
        "SELECT date, CAST(price AS INT), _submission FROM commodity_price ORDER BY date",
    );
    assert_eq!(rows, ["2025-11-01,17777,2", "2025-11-02,15100,1"]);
}

#[test]
fn a_sheet_that_is_left_out_ends_no_rows_and_an_innovation_without_evidence_is_kept() {
    let installation = Installation::with_own(&["laporan-daerah"]);
    let header = "Kode Inovasi;Judul;Tahapan;Jumlah Bukti\n";
    installation.drop(
        "33.74",
        "laporan-daerah",
        "1.csv",
        format!("{header}A;Satu;inisiatif;1\nB;Dua;inisiatif;\nC;Tiga;uji coba;3\n"),
    );
    installation.night(0);
    let all = "SELECT innovation_id, evidence_count FROM innovation_report ORDER BY innovation_id";
    assert_eq!(lines(&installation, all), ["A,1", "B,", "C,3"]);

    let text = |cells: &[&str]| cells.iter().map(|cell| (*cell).into()).collect::<Vec<_>>();
    let full = vec![
        text(&["Kode Inovasi", "Judul", "Tahapan", "Jumlah Bukti"]),
        text(&["A", "Satu", "inisiatif", "1"]),
    ];
    let other = vec![
        text(&["Kode Inovasi", "Keterangan Lain", "Tahapan", "Jumlah Bukti"]),
        text(&["B", "Dua", "inisiatif", "2"]),
    ];
    installation.drop(
        "33.74",
        "laporan-daerah",
        "2.xlsx",
        workbook(&[("Satu", full), ("Dua", other)]),
    );
    installation.night(0);
    assert_eq!(
        lines(&installation, "SELECT count(*) FROM innovation_report"),
        ["3"],
        "nothing vanishes"
    );
    let receipt = installation.receipt(2);
    assert!(
        codes(&receipt).contains(&"sheet-left-out") && codes(&receipt).contains(&"replace-incomplete"),
        "{receipt:#}"
    );
}

#[test]
fn an_open_question_cannot_be_accepted() {
    let installation = Installation::with_own(&["harga-pasar"]);
    installation.drop(
        "32.73",
        "harga-pasar",
        "a.csv",
        "Tanggal;Komoditas;Harga;Harga\n1/11/2025;Beras Premium;1;2\n",
    );
    assert_eq!(installation.night(3)["submissions"][0]["status"], "held");
    let said = installation
        .lumbung(&["submission", "accept", "1", "--reason", "x", "--lang", "en"])
        .expect(1);
    assert!(said.stderr.contains("question"), "{}", said.stderr);
    assert_eq!(installation.receipt(1)["status"], "held");
}

#[test]
fn a_folder_that_cannot_take_a_file_stops_nothing_and_a_link_is_not_followed() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let row = format!("{PRICES}1/11/2025;Beras Premium;kg;15000\n");
    installation.drop("32.73", "harga-pasar", "a.csv", &row);
    let elsewhere = installation.folder("32.04", "harga-pasar");
    std::fs::create_dir_all(&elsewhere).unwrap();
    std::os::unix::fs::symlink(
        &elsewhere,
        installation.folder("32.73", "harga-pasar").join("processed"),
    )
    .unwrap();
    installation.drop("33.74", "harga-pasar", &format!("{}.csv", "n".repeat(240)), &row);
    let report = installation.night(3);
    assert_eq!(report["sources"][0]["failures"][0]["code"], "processed-not-moved");
    assert_eq!(
        std::fs::read_dir(&elsewhere).unwrap().count(),
        0,
        "nothing crossed into the other region's folder"
    );
    assert_eq!(
        lines(&installation, "SELECT region_code FROM commodity_price ORDER BY 1"),
        ["32.73", "33.74"]
    );
    let moved = std::fs::read_dir(installation.folder("33.74", "harga-pasar").join("processed"))
        .unwrap()
        .count();
    assert_eq!(moved, 3, "the file and its two receipts, under a shorter name");
}

#[test]
fn thousands_of_the_other_style_are_never_read_as_units() {
    let installation = Installation::with_own(&["laporan-daerah"]);
    let header = "Layanan;Tanggal;Transaksi;Operator\n";
    let rows = "kesehatan;1/11/2025;1.234;1\nkesehatan;2/11/2025;2.345;1\nkesehatan;3/11/2025;13,000;1\n";
    installation.drop("33.74", "laporan-daerah", "a.csv", format!("{header}{rows}"));
    installation.drop(
        "32.73",
        "laporan-daerah",
        "b.csv",
        format!("{header}kesehatan;1/11/2025;13,000;1\nkesehatan;2/11/2025;7,000;1\n"),
    );
    installation.night(0);
    let all = "SELECT region_code, transactions FROM service_activity ORDER BY region_code, date";
    assert_eq!(
        lines(&installation, all),
        ["32.73,13000", "32.73,7000", "33.74,1234", "33.74,2345"]
    );
    assert!(codes(&installation.receipt(2)).contains(&"number-other-style"));
}

#[test]
fn a_file_without_a_header_does_not_show_what_is_in_it() {
    let installation = Installation::with_own(&["harga-pasar"]);
    installation.drop(
        "32.73",
        "harga-pasar",
        "a.csv",
        "3273015505800001;Budi Santoso;081234567890\n",
    );
    installation.night(3);
    let receipt = installation.receipt(1).to_string();
    for text in ["3273015505800001", "Budi", "081234567890"] {
        assert!(!receipt.contains(text), "{receipt}");
    }
}

#[test]
fn a_rule_that_does_not_compile_holds_its_dataset_only() {
    let installation = Installation::with_own(&["harga-pasar", "dukcapil-file"]);
    installation.change_contract("commodity_price", "check = \"price > 0\"", "check = \"prise > 0\"");
    installation.drop(
        "32.73",
        "harga-pasar",
        "a.csv",
        format!("{PRICES}1/11/2025;Beras Premium;kg;15000\n"),
    );
    let people = "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n32.73;2024-S2;600;500;1100\n";
    installation.drop("32", "dukcapil-file", "p.csv", people);
    let report = installation.night(3);
    let statuses: Vec<&str> = report["submissions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["status"].as_str())
        .collect();
    assert_eq!(statuses, ["accepted", "held"]);
    assert!(report["release"]["id"].is_string());
}

#[test]
fn what_a_sheet_does_not_say_stands_under_the_code_of_its_time() {
    let installation = Installation::with_own(&["harga-pasar"]);
    // 92.71 became 96.71 when Papua Barat Daya was founded.
    installation.drop(
        "92.71",
        "harga-pasar",
        "a.csv",
        format!("{PRICES}1/11/2025;Beras Premium;kg;15000\n"),
    );
    installation.night(3);
    assert!(codes(&installation.receipt(1)).contains(&"region-retired"));
}
