//! Which submission's rows stand in the model.

use super::{codes, figures, finding, population};
use crate::support::Installation;
use serde_json::json;

#[test]
fn a_correction_that_returns_to_an_older_version_counts() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    for (men, kept) in [
        (600, "32.73 600 500 1100 1"),
        (650, "32.73 650 500 1150 2"),
        (600, "32.73 600 500 1100 3"),
    ] {
        installation.drop("32", "dukcapil-file", "penduduk.csv", population(men));
        installation.merge_only(0);
        // The other region's row never differed, so it stays the first submission's.
        assert_eq!(figures(&installation), ["32.04 900 1000 1900 1", kept]);
    }
    // The same bytes once more are a duplicate of the latest, and not read again.
    installation.drop("32", "dukcapil-file", "penduduk.csv", population(600));
    let report = installation.merge_only(0);
    assert_eq!(report["sources"][0]["duplicates"], 1);
    let receipt = installation.receipt(4);
    assert_eq!(
        (&receipt["status"], super::rows(&receipt)),
        (&json!("duplicate"), [0; 6])
    );
    assert_eq!(figures(&installation)[1], "32.73 600 500 1100 3");
    assert!(
        installation
            .folder("32", "dukcapil-file")
            .join("processed/4_penduduk.csv")
            .exists()
    );
}

#[test]
fn in_one_night_the_newest_file_wins() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.drop("32", "dukcapil-file", "z.csv", population(600));
    installation.drop("32", "dukcapil-file", "b.csv", population(650));
    installation.drop("32", "dukcapil-file", "a.csv", population(600));
    installation.merge_only(0);
    let files = [1, 2, 3].map(|sequence| installation.receipt(sequence)["file"].clone());
    assert_eq!(
        files,
        [json!("z.csv"), json!("b.csv"), json!("a.csv")],
        "in the order of their times"
    );
    assert_eq!(figures(&installation)[1], "32.73 600 500 1100 3");
}

/// Innovations of Kota Bandung: number and evidence.
fn innovations(of: &[(&str, &str)]) -> String {
    let mut text = String::from("Kode Inovasi;Judul;Tahapan;Jumlah Bukti\n");
    for (number, evidence) in of {
        text.push_str(&format!("{number};Judul {number};Uji coba;{evidence}\n"));
    }
    text
}

fn kept(installation: &Installation) -> Vec<String> {
    installation.model_lines("innovation_report", &["region_code", "innovation_id", "evidence_count"])
}

#[test]
fn a_full_list_replaces_and_a_list_with_errors_only_adds() {
    let installation = Installation::with_own(&["laporan-daerah"]);
    let send = |region: &str, rows: &[(&str, &str)], code: i32| {
        installation.drop(region, "laporan-daerah", "inovasi.csv", innovations(rows));
        installation.merge_only(code);
    };
    send("32.73", &[("A", "1"), ("B", "1"), ("C", "1")], 0);
    send("33.74", &[("A", "9")], 0);
    assert_eq!(
        kept(&installation),
        ["32.73 A 1", "32.73 B 1", "32.73 C 1", "33.74 A 9"]
    );

    // B is not in the new list: it was withdrawn. The other region's list says nothing about this one.
    send("32.73", &[("A", "2"), ("C", "1")], 0);
    assert_eq!(kept(&installation), ["32.73 A 2", "32.73 C 1", "33.74 A 9"]);

    // A row was refused, so what is not named may be what was refused: nothing is removed, and the receipt says so.
    send("32.73", &[("A", "3"), ("D", "lima")], 0);
    assert_eq!(kept(&installation), ["32.73 A 3", "32.73 C 1", "33.74 A 9"]);
    assert_eq!(
        finding(&installation.receipt(4), "replace-incomplete")["severity"],
        "note"
    );

    // An empty list never withdraws everything.
    send("32.73", &[], 3);
    assert_eq!(kept(&installation), ["32.73 A 3", "32.73 C 1", "33.74 A 9"]);
}

#[test]
fn the_more_trusted_source_decides_whatever_the_order() {
    let connector =
        "title = { id = \"a\", en = \"a\" }\nkind = \"drop\"\ndataset = \"population\"\nscope = \"province\"\n";
    let installation = Installation::with(&[("petugas", connector), ("register", connector)]);
    let authority = "authority = [\"dukcapil-file\", \"dukcapil-api\"]";
    installation.change_contract("population", authority, "authority = [\"petugas\", \"register\"]");
    installation.drop("32", "petugas", "a.csv", population(600));
    installation.merge_only(0);

    // The register comes later and differs for Kota Bandung; it alone knows Kabupaten Bogor.
    let register = format!("{}32.01;2024-S2;800;700;1500\n", population(700));
    installation.drop("32", "register", "a.csv", register);
    installation.merge_only(0);
    let kept = ["32.01 800 700 1500 2", "32.04 900 1000 1900 1", "32.73 600 500 1100 1"];
    assert_eq!(figures(&installation), kept);
    let receipt = installation.receipt(2);
    let disagree = finding(&receipt, "sources-disagree");
    assert_eq!(disagree["severity"], "warning");
    assert!(
        disagree["message"]["id"].as_str().unwrap().starts_with("1 nilai"),
        "one row differs: {disagree}"
    );
    assert!(!codes(&installation.receipt(1)).contains(&"sources-disagree"));

    // The more trusted one corrects itself, and is heard over what the register said.
    installation.drop("32", "petugas", "b.csv", population(650));
    installation.merge_only(0);
    assert_eq!(figures(&installation)[2], "32.73 650 500 1150 3");
}

#[test]
fn only_partitions_that_changed_are_written() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let both = format!("{}32.73;2023-S2;590;500;1090\n", population(600));
    installation.drop("32", "dukcapil-file", "a.csv", both);
    installation.merge_only(0);
    let files = || crate::support::files_below(&installation.data().join("model/population"));
    let before = files();
    assert_eq!(before.len(), 2, "one partition a year: {before:?}");
    installation.drop("32", "dukcapil-file", "b.csv", population(610));
    let report = installation.merge_only(0);
    assert_eq!(report["merged"][0]["partitions"], 1);
    let kept: Vec<String> = files().into_iter().filter(|file| file.starts_with("2023/")).collect();
    let earlier: Vec<String> = before.into_iter().filter(|file| file.starts_with("2023/")).collect();
    assert_eq!(kept, earlier);
}
