//! A model replayed from raw.

use super::{figures, population, prices};
use crate::support::{Installation, files_below};
use lumbung::catalog::Catalog;
use serde_json::json;
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Every file of the models, with its bytes.
fn models(installation: &Installation) -> BTreeMap<String, Vec<u8>> {
    let folder = installation.data().join("model");
    let names = files_below(&folder).into_iter();
    names
        .map(|name| (name.clone(), std::fs::read(folder.join(name)).expect("readable")))
        .collect()
}

/// Merges what was dropped, as of a day of November 2025.
#[track_caller]
fn merge(installation: &Installation, day: u32, code: i32) {
    let as_of = format!("2025-11-{day}");
    installation
        .lumbung(&["run", "--as-of", &as_of, "--no-publish"])
        .expect(code);
}

fn remove_staged_rows(installation: &Installation) {
    let staged = installation.data().join("staged");
    for name in files_below(&staged) {
        if name.ends_with("rows.parquet") {
            std::fs::remove_file(staged.join(name)).expect("removed");
        }
    }
}

/// Three datasets over some nights: corrections that return, two sources of one dataset, lists that replace and lists
/// with a refused row, duplicates, and a price list that was held and let in after a later one had said the same.
fn eventful() -> Installation {
    let population_connector =
        "title = { id = \"a\", en = \"a\" }\nkind = \"drop\"\ndataset = \"population\"\nscope = \"province\"\n";
    let laporan = crate::support::own_connector("laporan-daerah");
    let harga = crate::support::own_connector("harga-pasar");
    let installation = Installation::with(&[
        ("petugas", population_connector),
        ("register", population_connector),
        ("laporan-daerah", &laporan),
        ("harga-pasar", &harga),
    ]);
    let authority = "authority = [\"dukcapil-file\", \"dukcapil-api\"]";
    installation.change_contract("population", authority, "authority = [\"petugas\", \"register\"]");
    let list = |rows: &[(&str, &str)]| {
        let lines = rows
            .iter()
            .map(|(id, count)| format!("{id};Judul {id};Uji coba;{count}\n"));
        format!("Kode Inovasi;Judul;Tahapan;Jumlah Bukti\n{}", lines.collect::<String>())
    };
    let innovations = |rows: &[(&str, &str)]| {
        installation.drop("32.73", "laporan-daerah", "inovasi.csv", list(rows));
    };
    let days = |bad: usize| -> Vec<&str> { [vec!["abc"; bad], vec!["15000"; 40 - bad]].concat() };

    installation.drop("32", "petugas", "a.csv", population(600));
    installation.drop(
        "32",
        "register",
        "a.csv",
        population(700) + "32.01;2023-S2;800;700;1500\n",
    );
    innovations(&[("A", "1"), ("B", "1"), ("C", "1")]);
    merge(&installation, 26, 0);
    installation.drop("32", "petugas", "b.csv", population(650));
    innovations(&[("A", "2"), ("D", "lima")]);
    // 12 of 40 are no numbers: held.
    installation.drop("32.73", "harga-pasar", "harga.csv", prices(&days(12)));
    merge(&installation, 27, 3);
    installation.drop("32", "petugas", "c.csv", population(600));
    installation.drop("32", "petugas", "d.csv", population(600));
    innovations(&[("A", "2"), ("B", "1")]);
    installation.drop(
        "32.73",
        "harga-pasar",
        "harga.csv",
        prices(&[vec!["15000"; 14], vec!["15500"]].concat()),
    );
    merge(&installation, 28, 3);
    let held = installation
        .lumbung(&["submission", "list", "--status", "held", "--json"])
        .expect(0)
        .json();
    let number = held[0]["sequence"].to_string();
    installation
        .lumbung(&["submission", "accept", &number, "--reason", "surat 12/2025"])
        .expect(0);
    merge(&installation, 29, 0);
    installation
}

#[test]
fn a_rebuild_leaves_the_bytes_that_the_nights_left() {
    let installation = eventful();
    let before = models(&installation);
    assert_eq!(before.len(), 5, "two years, one list, two months: {:?}", before.keys());
    let receipts =
        |numbers: std::ops::RangeInclusive<i64>| numbers.map(|one| installation.receipt(one)).collect::<Vec<_>>();
    let told = receipts(1..=9);
    // The rows that were staged are removable: raw is enough.
    remove_staged_rows(&installation);
    for dataset in ["population", "innovation_report", "commodity_price"] {
        let rebuilt = installation.lumbung(&["rebuild", dataset, "--json"]).expect(0).json();
        assert_eq!(
            (&rebuilt["unchanged"], &rebuilt["reissued"], &rebuilt["version"]),
            (&json!(true), &json!([]), &json!(1)),
            "{rebuilt:#}"
        );
    }
    assert_eq!(models(&installation), before);
    assert_eq!(receipts(1..=9), told);
    assert!(!installation.data().join("again").exists());
    let said = installation.lumbung(&["rebuild", "population"]).expect(0).stdout;
    assert!(said.contains("lumbung run"), "says what comes next: {said}");
    installation.lumbung(&["rebuild", "penduduk"]).expect(2);
}

#[test]
fn rows_that_were_removed_are_read_again_where_a_late_submission_needs_them() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let bad = [vec!["15000"; 28], vec!["abc"; 12]].concat();
    installation.drop("32.73", "harga-pasar", "a.csv", prices(&bad));
    installation.drop("32.73", "harga-pasar", "b.csv", prices(&["15500"]));
    merge(&installation, 27, 3);
    remove_staged_rows(&installation);
    installation
        .lumbung(&["submission", "accept", "1", "--reason", "surat"])
        .expect(0);
    merge(&installation, 28, 0);
    let kept = installation.model_lines("commodity_price", &["date", "price", "_submission"]);
    assert_eq!(kept.len(), 28);
    assert_eq!(kept[..2], ["2025-09-01 15500.00 2", "2025-09-02 15000.00 1"]);
}

/// Killed at any moment, the model is the old one or the new one, and the next call ends it.
#[test]
fn a_killed_rebuild_is_begun_again() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    for men in [600, 800, 650] {
        installation.drop("32", "dukcapil-file", "penduduk.csv", population(men));
        installation.merge_only(0);
    }
    let old = ["32.04 900 1000 1900 1", "32.73 650 500 1150 3"];
    assert_eq!(figures(&installation), old);
    installation.change_contract("population", "version = 1", "version = 2");
    let men = |least: u32| format!("range = [{least}, 40_000_000]\ntitle = {{ id = \"Laki-laki\"");
    installation.change_contract("population", &men(500), &men(700));
    // Only submission 2 has a figure for Kota Bandung that is still believed.
    let new = ["32.04 900 1000 1900 1", "32.73 800 500 1300 2"];
    let mut ended = false;
    for wait in (1..40).map(|step| Duration::from_millis(step * 9)) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lumbung"))
            .args(["--config", installation.config().to_str().unwrap(), "--data"])
            .args([installation.data().to_str().unwrap(), "rebuild", "population"])
            .env_clear()
            .env("LUMBUNG_PSEUDONYM_KEY", "kunci-uji-coba")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(wait);
        child.kill().expect("killed");
        ended = child.wait().expect("ended").success();
        let kept = figures(&installation);
        assert!(kept == old || kept == new, "{kept:?} after {wait:?}");
        if ended {
            break;
        }
    }
    if !ended {
        installation.lumbung(&["rebuild", "population"]).expect(0);
    }
    assert_eq!(figures(&installation), new);
    assert!(!installation.data().join("again").exists());
    assert_eq!(files_below(&installation.data().join("model")).len(), 1);
    let catalog = Catalog::open(&installation.data()).expect("a catalog");
    for sequence in 1..=3 {
        let (receipt, outcome) = (
            installation.receipt(sequence),
            catalog.outcomes(sequence).unwrap().remove(0),
        );
        assert_eq!(receipt["rows"]["quarantined"], outcome.quarantined);
        assert_eq!(receipt["status"], outcome.status.as_str());
    }
    installation.night(0);
}

/// Killed after the switch, the files of the new judgment are put in place by whoever works next.
#[test]
fn what_a_kill_left_beside_is_put_in_place() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.drop("32", "dukcapil-file", "penduduk.csv", population(600));
    installation.merge_only(0);
    let (staged, again) = (
        installation.data().join("staged/1"),
        installation.data().join("again/1"),
    );
    std::fs::create_dir_all(again.parent().unwrap()).unwrap();
    std::fs::create_dir_all(installation.data().join("again/7/population")).unwrap();
    std::fs::rename(&staged, &again).unwrap();
    let receipt = crate::support::read_text(&installation.data().join("receipts/1.json"));
    std::fs::write(again.join("receipt.json"), receipt.replace("penduduk.csv", "lain.csv")).unwrap();
    rusqlite::Connection::open(installation.data().join("catalog.db"))
        .unwrap()
        .execute("INSERT INTO restaged VALUES (1)", [])
        .unwrap();
    installation.merge_only(0);
    assert!(staged.join("population/rows.parquet").exists());
    assert_eq!(installation.receipt(1)["file"], "lain.csv");
    assert!(!installation.data().join("again").exists(), "the leftover of 7 too");
    assert_eq!(
        Catalog::open(&installation.data()).unwrap().restaged().unwrap(),
        Vec::<i64>::new()
    );
}
