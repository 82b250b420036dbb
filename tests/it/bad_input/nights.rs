//! A night full of bad files: it goes on, loses nothing, and ends with exit code 3.

use super::*;
use crate::support::files_below;
use serde_json::{Value, json};

const NIK: &str = "3273015505800001";

#[test]
fn a_night_of_bad_files_loses_none_and_publishes_what_is_right() {
    let installation = installation();
    let good = format!("{PEOPLE}32.73;2024-S2;600;500;1100\n32.04;2024-S2;900;1000;1900\n");
    let files: Vec<(&str, Vec<u8>, &str)> = vec![
        ("a-kosong.csv", Vec::new(), "refused"),
        ("b-gambar.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "refused"),
        ("c-terpotong.xlsx", b"PK\x03\x04\x14\0\0\0".to_vec(), "refused"),
        (
            "d-lain.csv",
            format!("{PRICES}1/11/2025;Beras Premium;kg;15000\n").into_bytes(),
            "refused",
        ),
        (
            "e-ganda.csv",
            good.replace("Laki-laki;", "Laki-laki;Laki-laki;")
                .replace(";600", ";600;600")
                .into_bytes(),
            "held",
        ),
        (
            "f-sebagian.csv",
            good.replace(";900", ";sembilan").into_bytes(),
            "accepted_in_part",
        ),
        (
            "g-entitas.xml",
            b"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>".to_vec(),
            "refused",
        ),
        ("h-dalam.json", b"[".repeat(100_000), "refused"),
        ("i-baik.csv", good.into_bytes(), "accepted"),
    ];
    for (name, bytes, _) in &files {
        installation.drop("32", DUKCAPIL.0, name, bytes);
    }
    // Nobody's folder: told, and left alone.
    let lost = installation.drop("77.77", DUKCAPIL.0, "tersesat.csv", "apa saja");
    let report = installation.night(3);
    let statuses: Vec<&Value> = report["submissions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["status"])
        .collect();
    let expected: Vec<Value> = files.iter().map(|(_, _, status)| json!(status)).collect();
    assert_eq!(statuses, expected.iter().collect::<Vec<_>>());
    let failures = report["sources"]
        .as_array()
        .expect("a list")
        .iter()
        .flat_map(|source| source["failures"].as_array().cloned().unwrap_or_default());
    let codes: Vec<Value> = failures.map(|failure| failure["code"].clone()).collect();
    assert_eq!(codes, [Value::Null; 0], "a folder of no region is no source's failure");
    assert_eq!(report["strays"][0]["code"], "unknown-region-folder");
    assert!(lost.exists());
    assert_eq!(report["release"]["id"], "2025-11-30-001", "what is right is published");
    assert_eq!(
        installation.model_lines("population", &["region_code", "_submission"]),
        ["32.04 9", "32.73 6"]
    );

    // Nothing is lost: every byte is under its hash and beside its receipts, whatever became of it.
    let raw: Vec<Vec<u8>> = files_below(&installation.data().join("raw"))
        .iter()
        .map(|name| std::fs::read(installation.data().join("raw").join(name)).expect("readable"))
        .collect();
    let processed = installation.folder("32", DUKCAPIL.0).join("processed");
    for (index, (name, bytes, status)) in files.iter().enumerate() {
        let sequence = index + 1;
        assert!(raw.contains(bytes), "{name} is in raw");
        let beside = std::fs::read(processed.join(format!("{sequence}_{name}"))).expect("moved");
        assert_eq!(&beside, bytes, "{name}");
        let receipt = installation.receipt(sequence as i64);
        assert_eq!((&receipt["file"], &receipt["status"]), (&json!(name), &json!(status)));
        let receipt = Receipt::from_json(&receipt.to_string()).expect("a receipt");
        receipt.rows.check().expect("rows add up");
    }
}

/// Promise I8, for a column that no contract names and a text that hides a number.
#[test]
fn a_population_number_that_nobody_declared_is_nowhere() {
    let installation = installation();
    let text = format!(
        "Kode Inovasi;Judul;Tahapan;Jumlah Bukti;Nomor Induk Warga;{NIK}\n\
         I-1;Antrean daring;Penerapan;3;{NIK};x\n\
         I-2;Peta usaha {NIK};Penerapan;2;{NIK};x\n\
         I-3;Pasar;Penerapan;{NIK};{NIK};x\n\
         {NIK};Bank sampah;Penerapan;4;{NIK};x\n\
         I-5;Bank darah;{NIK};4;{NIK};x;{NIK}\n"
    );
    installation.drop("32.73", REPORT.0, "inovasi.csv", &text);
    let no_header = format!("{NIK};Budi;{NIK}\n{NIK};Siti;{NIK}\n");
    installation.drop("32.73", REPORT.0, "tanpa-judul.csv", no_header);
    let json = format!(r#"[{{"innovation_id":"I-9","title":"a","stage":"{NIK}","{NIK}":1,"evidence_count":{NIK}}}]"#);
    installation.drop("32.73", REPORT.0, "inovasi.json", json);
    let night = installation
        .lumbung(&["-vv", "run", "--as-of", AS_OF, "--json"])
        .expect(3);
    let receipt = Receipt::from_json(&installation.receipt(1).to_string()).expect("a receipt");
    assert_eq!(counts(&receipt), [5, 1, 4, 0, 0], "{:?}", told(&receipt));
    let mut said = vec![night];
    for verb in [
        &["status"][..],
        &["quarantine", "list"],
        &["quarantine", "show", "1", "3"],
        &["submission", "show", "1"],
    ] {
        said.push(installation.lumbung(verb).expect(0));
    }
    for said in said {
        assert!(
            !said.stdout.contains(NIK) && !said.stderr.contains(NIK),
            "{}{}",
            said.stdout,
            said.stderr
        );
    }
    for name in files_below(&installation.data()) {
        let is_receipt = name.ends_with(".receipt.json") || name.ends_with(".receipt.html");
        if name.starts_with("raw/") || (name.contains("/processed/") && !is_receipt) {
            continue;
        }
        let bytes = std::fs::read(installation.data().join(&name)).expect("readable");
        assert!(
            memchr::memmem::find(&bytes, NIK.as_bytes()).is_none(),
            "a population number is in {name}"
        );
    }
}
