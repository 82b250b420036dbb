//! The demonstration's input is complete, deterministic and wrong only where it is meant to be.

use super::*;
use crate::facts::tests::facts;
use std::collections::{BTreeMap, HashSet};

/// All files below a folder with their bytes.
fn contents(folder: &Path, root: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            contents(&path, root, found);
        } else {
            let name = path.strip_prefix(root).expect("below the root").display().to_string();
            found.insert(name, fs::read(&path).expect("bytes"));
        }
    }
}

fn generated(seed: u64) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    generate(&facts(), folder.path(), seed).expect("the demonstration's input");
    let mut found = BTreeMap::new();
    contents(folder.path(), folder.path(), &mut found);
    found
}

#[test]
fn equal_seeds_give_equal_bytes() {
    let first = generated(2018);
    assert!(first == generated(2018));
    let other = generated(2019);
    assert_ne!(
        first["simulated/puja-indah-komitmen.jsonl"],
        other["simulated/puja-indah-komitmen.jsonl"]
    );
    assert_eq!(first["simulated/dukcapil.jsonl"], other["simulated/dukcapil.jsonl"]);
}

#[test]
fn every_province_sends_its_population() {
    let files = generated(2018);
    let sent: Vec<&String> = files.keys().filter(|name| name.contains("/dukcapil-file/")).collect();
    assert_eq!(sent.len(), 38);
    assert_eq!(sent.iter().filter(|name| name.ends_with(".csv")).count(), 3);
    let text =
        String::from_utf8(files["drop/34/dukcapil-file/penduduk-2024-s2-daerah-istimewa-yogyakarta.csv"].clone())
            .expect("UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("DINAS KEPENDUDUKAN") && lines[1].starts_with("Semester II 2024;"));
    assert_eq!(
        lines[2],
        "Kode Wilayah;Kabupaten/Kota;Periode;Laki-laki;Perempuan;Jumlah"
    );
    assert_eq!(lines.len(), 3 + 1 + 5 + 1);
    let wrong = lines.iter().filter(|line| !adds_up(line)).count();
    assert_eq!(wrong, 1, "{text}");
}

fn adds_up(line: &str) -> bool {
    let number = |text: &str| text.replace('.', "").parse::<i64>().ok();
    let fields: Vec<&str> = line.split(';').collect();
    match (number(fields[3]), number(fields[4]), number(fields[5])) {
        (Some(male), Some(female), Some(total)) => male + female == total,
        _ => true,
    }
}

#[test]
fn prices_are_sent_as_they_are() {
    let files = generated(2018);
    let text = String::from_utf8(files["drop/32.73/harga-pasar/harga-pangan-bandung-2025.csv"].clone()).expect("UTF-8");
    assert_eq!(text.lines().count(), 1_626);
    assert!(text.contains("\n2025-09-13,27,Beras Premium,Rp./Kg,16000,15500,12-9-2025\n"));
    let correction = String::from_utf8(files["drop/32.73/harga-pasar/koreksi-harga-november.csv"].clone());
    let correction = correction.expect("UTF-8");
    assert!(
        correction.contains(";12.50\r\n") && correction.contains(";31/02/2025;") && correction.contains("\n32.77;")
    );
    assert!(String::from_utf8(files["drop/35.78/laporan-daerah/inovasi-surabaya.csv"].clone()).is_err());
}

#[test]
fn fifty_regions_committed_themselves() {
    let systems = systems::Systems::draw(&facts(), 2018).expect("records");
    let text = |record: &serde_json::Value, field: &str| record[field].as_str().unwrap_or_default().to_owned();
    let committed: HashSet<String> = systems
        .commitments
        .iter()
        .map(|record| text(record, "kode_daerah"))
        .collect();
    assert_eq!(committed.len(), 50);
    assert!(committed.contains("32.73") && committed.contains("33.74"));
    let promised: HashSet<(String, String)> = systems
        .commitments
        .iter()
        .map(|record| (text(record, "kode_daerah"), text(record, "layanan")))
        .collect();
    let live: HashSet<(String, String)> = systems
        .activity
        .iter()
        .map(|record| (text(record, "kode_daerah"), text(record, "layanan")))
        .collect();
    assert!(
        live.is_subset(&promised) && live.len() * 10 < promised.len() * 9,
        "some never go live"
    );
    let days: HashSet<(String, String, String)> = systems
        .activity
        .iter()
        .map(|record| {
            (
                text(record, "kode_daerah"),
                text(record, "layanan"),
                text(record, "tanggal"),
            )
        })
        .collect();
    assert_eq!(days.len(), systems.activity.len(), "a day is entered once");
    assert!(systems.activity.len() > 10_000, "several pages");
    assert_eq!(systems.labour.len(), 2 * 546);
    assert_eq!(systems.population.len(), 514);
    assert_eq!(systems.prices.len(), 1_625);
    assert!(systems.innovations.len() > 500);
}

#[test]
fn files_have_settled_in_a_fixed_order() {
    let folder = tempfile::tempdir().expect("a folder");
    generate(&facts(), folder.path(), 1).expect("input");
    let modified = |name: &str| {
        let metadata = fs::metadata(folder.path().join("drop").join(name)).expect("a file");
        metadata.modified().expect("a time")
    };
    let first = modified("11/dukcapil-file/penduduk-2024-s2-aceh.xlsx");
    let prices = modified("32.73/harga-pasar/harga-pangan-bandung-2025.csv");
    assert_eq!(prices.duration_since(first).expect("later").as_secs(), 38);
    assert!(SystemTime::now().duration_since(prices).expect("past").as_secs() > 3_000);
}
