//! Personal data end where cells become rows (promise I8).

use crate::support::Installation;
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
    assert_eq!(pseudonym.len(), 64, "{pseudonym}");
    assert!(pseudonym.chars().all(|digit| digit.is_ascii_hexdigit()));
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
    installation.night(0);
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
