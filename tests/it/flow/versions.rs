//! Contracts that change while a model stands.

use super::{codes, figures, finding, population};
use crate::support::Installation;
use serde_json::json;

const NOTE: &str =
    "[columns.note]\ntype = \"text\"\ntitle = { id = \"Keterangan\", en = \"Note\" }\n\n[columns.female]";

/// As [`population`], with a column more, and a row of another year.
fn with_note(men: u32) -> String {
    format!(
        "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah;Keterangan\n\
         32.73;2024-S2;{men};500;{};sensus\n\
         32.73;2025-S1;700;600;1300;sensus\n",
        men + 500
    )
}

#[test]
fn an_optional_column_more_reads_as_null_in_older_rows() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let both = format!("{}32.73;2023-S2;590;500;1090\n", population(600));
    installation.drop("32", "dukcapil-file", "a.csv", both);
    installation.night(0);

    installation.change_contract("population", "[columns.female]", NOTE);
    installation.change_contract(
        "population",
        "synonyms = [\n  \"L\",",
        "synonyms = [\n  \"cowok\", \"L\",",
    );
    let checked = installation.lumbung(&["check", "--json"]).expect(0).json();
    assert_eq!((&checked["problems"], &checked["rebuild"]), (&json!([]), &json!([])));
    installation.drop("32", "dukcapil-file", "b.csv", with_note(650));
    let report = installation.night(0);
    assert_eq!(report["indicators"]["failed"], json!([]));
    assert_eq!(report["waiting"], json!([]));

    // The partition of 2024 has rows of both forms, that of 2023 is as it was, that of 2025 is new.
    let answer =
        installation.query("SELECT region_code, period, male, note FROM population ORDER BY period, region_code");
    assert_eq!(
        answer,
        json!([
            { "region_code": "32.73", "period": "2023-S2", "male": 590, "note": null },
            { "region_code": "32.04", "period": "2024-S2", "male": 900, "note": null },
            { "region_code": "32.73", "period": "2024-S2", "male": 650, "note": "sensus" },
            { "region_code": "32.73", "period": "2025-S1", "male": 700, "note": "sensus" },
        ])
    );
    // A later night that touches the oldest partition finds the column there too; and one whose rows are all older
    // than the column, read again after a late decision, needs it as well.
    let late = "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n32.04;2023-S2;880;990;1870\n";
    installation.drop("32", "dukcapil-file", "c.csv", late);
    installation.merge_only(0);
    assert_eq!(
        installation.model_lines("population", &["region_code", "period", "note"])[..2],
        ["32.04 2023-S2 ", "32.73 2023-S2 "]
    );
}

#[test]
fn a_new_version_holds_what_comes_until_the_model_is_rebuilt() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.drop("32", "dukcapil-file", "a.csv", population(600));
    installation.night(0);

    // Fewer than 700 men are no longer believed: Kota Bandung's row of submission 1 does not satisfy that.
    installation.change_contract("population", "version = 1", "version = 2");
    let men = |least: u32| format!("range = [{least}, 40_000_000]\ntitle = {{ id = \"Laki-laki\"");
    installation.change_contract("population", &men(500), &men(700));
    let checked = installation.lumbung(&["check", "--json"]).expect(0).json();
    assert_eq!(checked["rebuild"], json!(["population"]));
    installation.drop("32", "dukcapil-file", "b.csv", population(800));
    let report = installation.night(3);
    assert_eq!(report["waiting"], json!(["population"]));
    let receipt = installation.receipt(2);
    assert_eq!(receipt["status"], "held");
    let said = finding(&receipt, "contract-not-rebuilt");
    assert!(
        said["hint"]["id"]
            .as_str()
            .unwrap()
            .contains("lumbung rebuild population")
    );
    let old = ["32.04 900 1000 1900 1", "32.73 600 500 1100 1"];
    assert_eq!(figures(&installation), old);
    let counted = installation.query("SELECT count(*) AS n FROM population");
    assert_eq!(counted[0]["n"], 2, "the old model is published");
    // A person cannot push it into a model of another form, and a night without news says it again.
    let pushed = installation
        .lumbung(&["submission", "accept", "2", "--reason", "surat"])
        .expect(1);
    assert!(
        pushed.stderr.contains("lumbung rebuild population"),
        "{}",
        pushed.stderr
    );
    installation.night(3);

    let rebuilt = installation
        .lumbung(&["rebuild", "population", "--json"])
        .expect(0)
        .json();
    assert_eq!(
        (
            &rebuilt["submissions"],
            &rebuilt["reissued"],
            &rebuilt["waiting"],
            &rebuilt["unchanged"]
        ),
        (&json!(1), &json!([1]), &json!(1), &json!(false))
    );
    assert_eq!(figures(&installation), ["32.04 900 1000 1900 1"]);
    let receipt = installation.receipt(1);
    assert_eq!(receipt["status"], "accepted_in_part");
    assert!(
        receipt["reissued_at"].is_string() && codes(&receipt).contains(&"out-of-range"),
        "{receipt:#}"
    );

    let report = installation.night(0);
    assert_eq!(report["submissions"][0]["status"], "accepted");
    assert_eq!(
        figures(&installation),
        ["32.04 900 1000 1900 1", "32.73 800 500 1300 2"]
    );
}

#[test]
fn a_contract_that_changed_without_a_new_version_is_found_and_harms_nothing() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.drop("32", "dukcapil-file", "a.csv", population(600));
    installation.merge_only(0);
    let files = || crate::support::files_below(&installation.data().join("model"));
    let before = files();

    let (key, broken) = ("partition = \"year\"", "partition = \"all\"");
    installation.change_contract("population", key, broken);
    let checked = installation.lumbung(&["check"]).expect(2);
    assert!(
        checked.stderr.contains("partition") && checked.stderr.contains("lumbung rebuild population"),
        "{}",
        checked.stderr
    );
    let refused = installation.lumbung(&["rebuild", "population"]).expect(2);
    assert!(refused.stderr.contains("version"), "{}", refused.stderr);
    installation.drop("32", "dukcapil-file", "b.csv", population(650));
    installation.merge_only(3);
    let receipt = installation.receipt(2);
    assert_eq!(receipt["status"], "held");
    assert!(
        finding(&receipt, "contract-changed")["message"]["en"]
            .as_str()
            .unwrap()
            .contains("partition")
    );
    assert_eq!(files(), before);

    // Taken back, what waited is read as if nothing had been.
    installation.change_contract("population", broken, key);
    installation.merge_only(0);
    assert_eq!(
        figures(&installation),
        ["32.04 900 1000 1900 1", "32.73 650 500 1150 2"]
    );
    assert_eq!(codes(&installation.receipt(2)), Vec::<&str>::new());
}
