//! Personal data end where cells become rows (promise I8).
//!
//! - `planted`: known values in every column and format, after kills and failures; `search`: looks for them

mod planted;
mod search;

use crate::support::Installation;
use serde_json::{Value, json};
use std::path::Path;

const NAME: &str = "Sri Wahyuni Kusumawardhani";
const NIK: &str = "3273015505800001";
const PHONE: &str = "0812-3456-7890";

/// Two innovations, one of them with an error, and columns that no contract asks for.
fn innovations() -> String {
    format!(
        "Kode Wilayah;Kode Inovasi;Judul;Tahapan;Jumlah Bukti;Inovator;NIK Inovator;Telepon\n\
         32.73;I-1;Antrean daring;Penerapan;3;{NAME};{NIK};{PHONE}\n\
         32.73;I-2;Peta usaha;entah;2;{NAME};{NIK};{PHONE}\n"
    )
}

/// Files below a folder that hold a text, raw bytes and the processed file excepted.
fn holding(folder: &Path, text: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_symlink() || name == "raw" || name == "1_inovasi.csv" {
            continue;
        }
        if path.is_dir() {
            holding(&path, text, found);
        } else if std::fs::read(&path)
            .unwrap()
            .windows(text.len())
            .any(|window| window == text.as_bytes())
        {
            found.push(path.display().to_string());
        }
    }
}

fn pseudonyms(installation: &Installation) -> String {
    let answer = installation
        .lumbung(&["query", "SELECT inventor_nik FROM innovation_report", "--format", "csv"])
        .expect(0);
    answer.stdout.lines().nth(1).unwrap_or_default().to_string()
}

#[test]
fn names_numbers_and_phones_are_nowhere_and_a_number_becomes_a_keyed_pseudonym() {
    let installation = Installation::with_own(&["laporan-daerah"]).environment("LUMBUNG_PSEUDONYM_KEY", "rahasia-uji");
    installation.settings("settle = \"0s\"\n[keys]\npseudonym = \"LUMBUNG_PSEUDONYM_KEY\"\n");
    installation.drop("32.73", "laporan-daerah", "inovasi.csv", innovations());
    let report = installation.night(0);
    assert_eq!(report["submissions"][0]["status"], "accepted_in_part");
    let pseudonym = pseudonyms(&installation);
    let (mark, digits) = pseudonym.split_once(':').expect("the mark of its key");
    assert_eq!((mark.len(), digits.len()), (8, 64), "{pseudonym}");
    assert!(
        (mark.to_owned() + digits)
            .chars()
            .all(|digit| digit.is_ascii_hexdigit())
    );
    for text in [NAME, NIK, PHONE] {
        let mut found = Vec::new();
        holding(&installation.data(), text, &mut found);
        assert!(found.is_empty(), "{text} stands in {found:?}");
    }

    let other = Installation::with_own(&["laporan-daerah"]).environment("LUMBUNG_PSEUDONYM_KEY", "kunci-lain");
    other.settings("settle = \"0s\"\n[keys]\npseudonym = \"LUMBUNG_PSEUDONYM_KEY\"\n");
    other.drop("32.73", "laporan-daerah", "inovasi.csv", innovations());
    other.night(0);
    assert_ne!(pseudonyms(&other), pseudonym, "another key gives another pseudonym");
}

#[test]
fn without_a_key_the_column_stays_empty_and_the_receipt_says_so() {
    let installation = Installation::with_own(&["laporan-daerah"]);
    installation.settings("settle = \"0s\"\n");
    installation.drop("32.73", "laporan-daerah", "inovasi.csv", innovations());
    installation.night(3);
    assert_eq!(pseudonyms(&installation).trim_matches('"'), "");
    let receipt = installation.receipt(1);
    let codes: Vec<&str> = receipt["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|finding| finding["code"].as_str())
        .collect();
    assert!(codes.contains(&"pseudonym-key-missing"), "{codes:?}");
}

#[test]
fn rows_that_were_read_before_a_key_was_set_are_told_until_they_are_rebuilt() {
    let installation = Installation::with_own(&["laporan-daerah"]).environment("LUMBUNG_PSEUDONYM_KEY", "");
    installation.drop("32.73", "laporan-daerah", "inovasi.csv", innovations());
    let report = installation.night(3);
    assert_eq!(report["without_pseudonyms"], json!(["innovation_report"]));
    let status = installation.lumbung(&["status"]).expect(0).stdout;
    assert!(status.contains("lumbung rebuild innovation_report"), "{status}");
    let said = installation.lumbung(&["check"]).expect(2);
    assert!(
        said.stderr
            .contains("keys.pseudonym: the variable LUMBUNG_PSEUDONYM_KEY is not set"),
        "{}",
        said.stderr
    );

    let doctor = |installation: &Installation| installation.lumbung(&["--lang", "en", "doctor"]).stdout;
    let installation = installation.environment("LUMBUNG_PSEUDONYM_KEY", "rahasia-uji");
    let told = doctor(&installation);
    assert!(told.contains("innovation_report: 1 rows have no pseudonym"), "{told}");
    assert!(told.contains("holds a key of 11 characters"), "{told}");
    let checked = installation.lumbung(&["check", "--lang", "en"]).expect(0).stdout;
    assert!(checked.contains("holds a key of 11 characters"), "{checked}");
    installation.lumbung(&["rebuild", "innovation_report"]).expect(0);
    let told = doctor(&installation);
    assert!(!told.contains("have no pseudonym"), "{told}");
    assert_eq!(installation.night(0)["without_pseudonyms"], json!([]));
    assert!(pseudonyms(&installation).contains(':'));
}

#[test]
fn after_a_change_of_keys_the_doctor_names_what_to_rebuild_and_rebuilding_makes_the_new_pseudonyms() {
    let key = "LUMBUNG_PSEUDONYM_KEY";
    let old = Installation::with_own(&["laporan-daerah"]);
    old.drop("32.73", "laporan-daerah", "inovasi.csv", innovations());
    old.night(0);
    let before = pseudonyms(&old);
    let doctor = |installation: &Installation| installation.lumbung(&["--lang", "en", "doctor"]).stdout;
    assert!(!doctor(&old).contains("another key"), "{}", doctor(&old));

    let new = old.environment(key, "kunci-baru");
    let told = doctor(&new);
    assert!(
        told.contains("innovation_report: 1 rows have pseudonyms of another key"),
        "{told}"
    );
    assert!(told.contains("lumbung rebuild innovation_report"), "{told}");
    new.lumbung(&["rebuild", "innovation_report"]).expect(0);
    new.night_of("2025-12-01", 0);
    assert!(!doctor(&new).contains("another key"), "{}", doctor(&new));
    let after = pseudonyms(&new);
    assert_ne!(after, before);

    let fresh = Installation::with_own(&["laporan-daerah"]).environment(key, "kunci-baru");
    fresh.drop("32.73", "laporan-daerah", "inovasi.csv", innovations());
    fresh.night(0);
    assert_eq!(
        pseudonyms(&fresh),
        after,
        "the same key gives the same pseudonym everywhere"
    );
}

/// Of each finding of a receipt with this code: cell and sentences.
fn told(receipt: &Value, code: &str) -> Vec<[String; 3]> {
    let findings = receipt["findings"].as_array().expect("findings").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    findings
        .filter(|finding| finding["code"] == code)
        .map(|finding| {
            let message = &finding["message"];
            [text(&finding["cell"]), text(&message["id"]), text(&message["en"])]
        })
        .collect()
}

#[test]
fn columns_that_nobody_asked_for_are_told_with_letter_title_and_kind() {
    let installation = Installation::with_own(&["laporan-daerah"]);
    let text = format!(
        "Kode Wilayah;Kode Inovasi;Judul;Tahapan;Kontak;Nama Pemohon;Nama Pasar\n\
         32.73;I-1;Antrean daring;Penerapan;{PHONE};{NAME};Pasar Baru\n"
    );
    installation.drop("32.73", "laporan-daerah", "inovasi.csv", text);
    installation.merge_only(0);
    let receipt = installation.receipt(1);
    assert_eq!(receipt["status"], "accepted", "{receipt:#}");
    let found = told(&receipt, "undeclared-personal");
    let expected = [
        ("E1", "Kolom E \"Kontak\"", "(nomor telepon)", "(telephone numbers)"),
        (
            "F1",
            "Kolom F \"Nama Pemohon\"",
            "(nama, alamat atau tanggal lahir)",
            "(names, addresses or birthdays)",
        ),
    ];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ([cell, id, en], (at, column, kind, kind_en)) in found.iter().zip(expected) {
        assert_eq!(cell, at);
        assert!(
            id.starts_with(column) && id.contains(kind) && en.contains(kind_en),
            "{id} {en}"
        );
    }
    // A market is no person; the column is named among those that are not used.
    let unused = told(&receipt, "columns-not-used");
    assert!(unused[0][1].ends_with("Nama Pasar."), "{unused:?}");
}

#[test]
fn personal_values_in_columns_of_other_things_cost_the_text_or_the_row_and_are_told() {
    let installation = Installation::with_own(&["laporan-daerah"]);
    installation.own_pipelines();
    installation.change_contract(
        "innovation_report",
        "[columns.inventor]\n",
        "[columns.remark]\ntype = \"text\"\ntitle = { id = \"Keterangan\", en = \"Remark\" }\n\n[columns.inventor]\n",
    );
    let text = format!(
        "Kode Wilayah;Kode Inovasi;Judul;Tahapan;Jumlah Bukti;Keterangan\n\
         32.73;I-1;Antrean daring;Penerapan;3;hubungi {PHONE}\n\
         32.73;I-2;Peta usaha {PHONE};Penerapan;3;baik\n\
         32.73;I-3;Pasar malam;Penerapan;{NIK};baik\n\
         32.73;I-4;Pasar pagi;Penerapan;3;warga {NIK}\n\
         32.73;I-5;Pasar siang;Penerapan;3;baik\n"
    );
    installation.drop("32.73", "laporan-daerah", "inovasi.csv", text);
    installation.merge_only(0);
    let receipt = installation.receipt(1);
    let cells = |code: &str| -> Vec<String> { told(&receipt, code).into_iter().map(|[cell, ..]| cell).collect() };
    assert_eq!(cells("contact-left-out"), ["F2"], "{receipt:#}");
    assert_eq!(cells("text-holds-contact"), ["C3"]);
    assert_eq!(cells("figure-is-personal"), ["E4"]);
    assert_eq!(cells("text-holds-nik"), ["F5"]);
    let rows = installation.model_lines("innovation_report", &["innovation_id", "remark"]);
    assert_eq!(rows, ["I-1 ", "I-5 baik"]);
}

#[test]
fn a_contract_may_allow_the_contacts_of_offices_and_a_population_number_is_refused_there_too() {
    let installation = Installation::with_own(&["laporan-daerah"]);
    let title = "title = { id = \"Judul\", en = \"Title\" }";
    installation.change_contract("innovation_report", title, &format!("contacts = true\n{title}"));
    let text = format!(
        "Kode Wilayah;Kode Inovasi;Judul;Tahapan\n\
         32.73;I-1;Hubungi dinas@contoh.go.id;Penerapan\n\
         32.73;I-2;Warga {NIK};Penerapan\n"
    );
    installation.drop("32.73", "laporan-daerah", "inovasi.csv", text);
    installation.merge_only(0);
    let rows = installation.model_lines("innovation_report", &["title"]);
    assert_eq!(rows, ["Hubungi dinas@contoh.go.id"]);
    assert_eq!(told(&installation.receipt(1), "text-holds-nik").len(), 1);

    let title = "title = { id = \"Tahapan\", en = \"Stage\" }";
    installation.change_contract("innovation_report", title, &format!("contacts = true\n{title}"));
    let said = installation.lumbung(&["check"]);
    assert!(
        said.stderr.contains("`stage` has contacts but is no plain text column"),
        "{said:?}"
    );
}
