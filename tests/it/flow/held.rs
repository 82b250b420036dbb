//! Submissions that do not simply pass: over a gate, nothing to read, nobody's file.

use super::{codes, finding, population, prices, rows};
use crate::support::Installation;
use serde_json::json;

/// Forty days of prices, of which `bad` are no numbers.
fn list(bad: usize) -> String {
    let good = vec!["15000"; 40 - bad];
    let all: Vec<&str> = good.into_iter().chain(vec!["abc"; bad]).collect();
    prices(&all)
}

#[test]
fn over_the_gate_a_submission_waits_for_a_decision() {
    let installation = Installation::with_own(&["harga-pasar"]);
    installation.drop("32.73", "harga-pasar", "harga.csv", list(12));
    let report = installation.night(3);
    assert_eq!(report["exit_code"], 3);
    let receipt = installation.receipt(1);
    // 12 of 40 are 30 %; `accepted` are the rows that would enter.
    assert_eq!(
        (&receipt["status"], rows(&receipt)),
        (&json!("held"), [40, 28, 12, 0, 0, 1])
    );
    assert!(codes(&receipt).contains(&"gate-refused-share"));
    assert_eq!(installation.model("commodity_price").len(), 0);
    let waiting = installation
        .lumbung(&["submission", "list", "--status", "held", "--json"])
        .expect(0)
        .json();
    assert_eq!(waiting[0]["sequence"], 1);
    assert!(
        installation
            .lumbung(&["status"])
            .expect(0)
            .stdout
            .contains("harga-pasar")
    );

    // Nobody has decided: the next night merges nothing and says so again, and a decision needs a reason.
    let report = installation.merge_only(3);
    assert_eq!(report["submissions"], json!([]));
    assert_eq!(
        report["undecided"],
        json!([{ "submission": 1, "connector": "harga-pasar", "region": "32.73", "file": "harga.csv",
                 "since": crate::support::AS_OF, "acceptable": true }])
    );
    let status = installation.lumbung(&["status"]).expect(0).stdout;
    assert!(
        status.contains("Menunggu keputusan sejak 2025-11-30: kiriman 1 (harga-pasar, 32.73")
            && status.contains("lumbung submission accept|refuse 1 --reason")
            && !status.contains("tidak ada yang perlu"),
        "{status}"
    );
    let well = || installation.lumbung(&["status", "--json"]).expect(0).json()["well"].clone();
    assert_eq!(well(), false);
    assert_eq!(installation.model("commodity_price").len(), 0);
    installation.lumbung(&["submission", "accept", "1"]).expect(2);

    installation
        .lumbung(&["submission", "accept", "1", "--reason", "surat 12/2025"])
        .expect(0);
    assert_eq!(installation.receipt(1)["status"], "accepted_in_part");
    assert_eq!(installation.model("commodity_price").len(), 0, "the next run merges it");
    let report = installation.night(0);
    assert_eq!((&report["undecided"], well()), (&json!([]), json!(true)));
    assert_eq!(installation.model("commodity_price").len(), 28);
    assert_eq!(report["release"]["id"], "2025-11-30-002");
    let twice = installation
        .lumbung(&["submission", "accept", "1", "--reason", "lagi", "--lang", "en"])
        .expect(1);
    assert!(
        twice.stderr.contains("not held") && twice.stderr.contains("hint:"),
        "{}",
        twice.stderr
    );
}

#[test]
fn a_held_submission_can_be_refused() {
    let installation = Installation::with_own(&["harga-pasar"]);
    installation.drop("32.73", "harga-pasar", "harga.csv", list(12));
    installation.merge_only(3);
    installation
        .lumbung(&["submission", "refuse", "1", "--reason", "tahun keliru"])
        .expect(0);
    assert_eq!(installation.receipt(1)["status"], "refused");
    installation.merge_only(0);
    assert_eq!(installation.model("commodity_price").len(), 0);
    let beside = installation
        .folder("32.73", "harga-pasar")
        .join("processed/1_harga.csv.receipt.json");
    assert_eq!(
        crate::support::read_json(&beside),
        installation.receipt(1),
        "the copy says the same"
    );
}

#[test]
fn below_the_gate_the_good_rows_count() {
    let installation = Installation::with_own(&["harga-pasar"]);
    // Ten of forty are exactly 25 %, which is not above it.
    installation.drop("32.73", "harga-pasar", "harga.csv", list(10));
    installation.merge_only(0);
    assert_eq!(installation.receipt(1)["status"], "accepted_in_part");
    assert_eq!(installation.model("commodity_price").len(), 30);
}

#[test]
fn few_bad_rows_never_hold_a_small_file() {
    let installation = Installation::with_own(&["harga-pasar"]);
    installation.drop("32.73", "harga-pasar", "harga.csv", prices(&["15000", "abc", "abc"]));
    installation.merge_only(0);
    let receipt = installation.receipt(1);
    assert_eq!(
        (&receipt["status"], rows(&receipt)),
        (&json!("accepted_in_part"), [3, 1, 2, 0, 0, 1])
    );
}

#[test]
fn a_file_with_only_a_header_is_refused() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.drop(
        "32",
        "dukcapil-file",
        "kosong.csv",
        "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n",
    );
    let report = installation.merge_only(3);
    assert_eq!(report["submissions"][0]["status"], "refused");
    let receipt = installation.receipt(1);
    assert_eq!(
        (&receipt["status"], &rows(&receipt)[..5]),
        (&json!("refused"), &[0, 0, 0, 0, 0][..])
    );
    assert!(finding(&receipt, "no-rows")["hint"]["id"].is_string());
}

#[test]
fn an_empty_file_and_a_file_of_something_else_are_refused() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.drop("32", "dukcapil-file", "nol.csv", "");
    installation.drop(
        "32",
        "dukcapil-file",
        "surat.csv",
        "Yth. Kepala Dinas;Perihal\nBapak;Undangan\n",
    );
    installation.drop("32", "dukcapil-file", "rusak.xlsx", "PK\u{3}\u{4} but no workbook");
    installation.drop("32", "dukcapil-file", "penduduk.csv", population(600));
    installation.merge_only(3);
    for sequence in 1..=3 {
        let receipt = installation.receipt(sequence);
        assert_eq!(receipt["status"], "refused", "{receipt:#}");
        assert_eq!(receipt["findings"][0]["severity"], "error");
    }
    let receipt = installation.receipt(2);
    let said = finding(&receipt, "header-not-known")["message"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        said.contains("Penduduk menurut jenis kelamin") && said.contains("Laki-laki"),
        "says what can be sent: {said}"
    );
    // Not one header is known: the row may be anybody's data, and is not repeated.
    assert!(!said.contains("Kepala Dinas"), "{said}");
    assert_eq!(
        installation.receipt(4)["status"],
        "accepted",
        "one bad file never stops the others"
    );
    assert_eq!(installation.model("population").len(), 2);
}

#[test]
fn rows_with_one_key_and_different_values_are_all_kept_out() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let text = format!("{}32.73;2024-S2;601;500;1101\n", population(600));
    installation.drop("32", "dukcapil-file", "penduduk.csv", text);
    installation.merge_only(0);
    let receipt = installation.receipt(1);
    assert_eq!(
        (&receipt["status"], rows(&receipt)),
        (&json!("accepted_in_part"), [3, 1, 2, 0, 0, 1])
    );
    let conflicts = codes(&receipt)
        .into_iter()
        .filter(|code| *code == "key-conflict")
        .count();
    assert_eq!(conflicts, 2);
    assert_eq!(super::figures(&installation), ["32.04 900 1000 1900 1"]);
}

#[test]
fn a_refused_row_is_entered_into_quarantine_once() {
    let installation = Installation::with_own(&["harga-pasar"]);
    installation.drop("32.73", "harga-pasar", "a.csv", prices(&["15000", "abc"]));
    installation.drop("32.73", "harga-pasar", "b.csv", prices(&["15100", "abc"]));
    installation.merge_only(0);
    // Each sender is told of it; the ministry sees it once.
    let counts = [1, 2].map(|sequence| rows(&installation.receipt(sequence)));
    assert_eq!(counts, [[2, 1, 1, 0, 0, 1]; 2]);
    let listed = installation.lumbung(&["quarantine", "list", "--json"]).expect(0).json();
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed:#}");
    assert_eq!((&listed[0]["submission"], &listed[0]["row"]), (&json!(1), &json!(3)));
}
