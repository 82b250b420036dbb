//! What was said of a key, and what became of it.

use super::{population, prices};
use crate::support::Installation;
use serde_json::{Value, json};

const KEY: [&str; 4] = ["history", "population", "region_code=32.73", "period=2024-S2"];

/// State, referred submission and number of every entry.
fn states(told: &Value) -> Vec<(i64, String, Option<i64>)> {
    let said = told["said"].as_array().expect("entries").iter();
    said.map(|one| {
        let state = one["state"].as_str().expect("a state").to_string();
        (one["submission"].as_i64().expect("a number"), state, one["by"].as_i64())
    })
    .collect()
}

fn told(installation: &Installation, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.push("--json");
    installation.lumbung(&all).expect(0).json()
}

#[test]
fn every_submission_that_said_something_is_told_in_order() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    for (name, text) in [
        ("a.csv", population(600)),
        ("b.csv", population(650)),
        // The same again in other bytes; a refused row; nothing about the region; and one that is taken back.
        ("c.csv", population(650) + "\n"),
        (
            "d.csv",
            population(650).replace("32.73;2024-S2;650;", "Kota Bandung;2024-S2;x;"),
        ),
        (
            "e.csv",
            "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n32.04;2024-S2;901;1000;1901\n".to_string(),
        ),
        ("f.csv", population(660)),
        ("g.csv", population(700)),
    ] {
        installation.drop("32", "dukcapil-file", name, text);
        installation.merge_only(0);
    }
    installation
        .lumbung(&["submission", "withdraw", "6", "--reason", "keliru"])
        .expect(0);
    installation.merge_only(0);
    let all = told(&installation, &KEY);
    let expected = [
        (1, "superseded", Some(2)),
        (2, "superseded", Some(7)),
        (3, "repeats", Some(2)),
        (4, "quarantined", None),
        (6, "withdrawn", None),
        (7, "holds", None),
    ];
    assert_eq!(
        states(&all),
        expected.map(|(number, state, by)| (number, state.to_string(), by))
    );
    assert_eq!(
        all["holds"],
        json!({"submission": 7, "values": {"male": 700, "female": 500, "total": 1200, "households": null}})
    );
    assert_eq!(all["said"][3]["codes"], json!(["number-invalid"]));
    assert!(all["said"][0]["received_at"].is_string());
    // By name, and for people.
    let mut arguments = KEY.to_vec();
    arguments[2] = "region_code=kota bandung";
    assert_eq!(told(&installation, &arguments), all);
    insta::assert_snapshot!(installation.lumbung(&arguments).expect(0).stdout);
    arguments.extend(["--lang", "en"]);
    insta::assert_snapshot!(installation.lumbung(&arguments).expect(0).stdout);
}

#[test]
fn what_is_held_is_told_and_what_waits() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let bad: Vec<&str> = ["15000"; 28].into_iter().chain(["abc"; 12]).collect();
    installation.drop("32.73", "harga-pasar", "a.csv", prices(&bad));
    installation.merge_only(3);
    // A column with a default is left out.
    let key = |day: &'static str| {
        [
            "history",
            "commodity_price",
            "region_code=32.73",
            "commodity_code=rice-premium",
            day,
        ]
    };
    let held = told(&installation, &key("date=2025-09-01"));
    assert_eq!(states(&held), [(1, "held".to_string(), None)]);
    assert_eq!(held["holds"], Value::Null);
    installation
        .lumbung(&["submission", "accept", "1", "--reason", "surat"])
        .expect(0);
    assert_eq!(states(&told(&installation, &key("date=2025-09-01")))[0].1, "waits");
    installation.merge_only(0);
    assert_eq!(states(&told(&installation, &key("date=2025-09-01")))[0].1, "holds");
    let nothing = installation.lumbung(&key("date=2020-01-01")).expect(0).stdout;
    assert!(nothing.contains("Tidak ada kiriman yang menyebutnya"), "{nothing}");
}

#[test]
fn personal_columns_are_never_shown() {
    let installation = Installation::with_own(&["laporan-daerah"]);
    let text = "Kode Inovasi;Judul;Tahapan;Jumlah Bukti;Inovator;NIK\n\
                INV-1;Antrean daring;Penerapan;3;Siti Rahayu;3273014105800001\n";
    installation.drop("32.73", "laporan-daerah", "inovasi.csv", text);
    installation.merge_only(0);
    let all = told(
        &installation,
        &[
            "history",
            "innovation_report",
            "region_code=32.73",
            "innovation_id=INV-1",
        ],
    );
    let values = all["said"][0]["values"].as_object().expect("values");
    assert_eq!(values["evidence_count"], 3);
    assert!(values.keys().all(|name| !name.starts_with("inventor")), "{values:?}");
}

#[test]
fn a_wrong_key_says_which_columns_there_are() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    for (arguments, sentence) in [
        (vec!["population", "region_code=32.73"], "period is missing"),
        (
            vec!["population", "region_code=32.73", "male=3"],
            "male is not in the key",
        ),
        (vec!["population", "32.73"], "no column=value"),
        (
            vec!["population", "region_code=Bandung Raya", "period=2024"],
            "no region has the code",
        ),
    ] {
        let mut all = vec!["history"];
        all.extend(arguments);
        let said = installation.lumbung(&all).expect(2).stderr;
        assert!(
            said.contains(sentence) && said.contains("the key of population is region_code, period"),
            "{said}"
        );
    }
    let said = installation.lumbung(&["history", "penduduk", "a=b"]).expect(2).stderr;
    assert!(said.contains("tidak ada kumpulan data"), "{said}");
}
