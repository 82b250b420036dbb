//! `quality/quality.parquet`, by hand.

use super::population;
use crate::support::Installation;
use serde_json::{Value, json};

fn of(installation: &Installation, region: &str) -> Value {
    let sql = format!("SELECT * FROM quality WHERE dataset = 'population' AND region_code = '{region}'");
    installation.query(&sql)[0].clone()
}

fn counts(row: &Value) -> [Option<i64>; 9] {
    [
        "reports_due",
        "reports_received",
        "reports_on_time",
        "rows_read",
        "rows_valid",
        "rows_accepted",
        "rows_unusual",
        "submissions",
        "revisions",
    ]
    .map(|name| row[name].as_i64())
}

fn ratios(row: &Value) -> [Option<f64>; 4] {
    ["completeness", "timeliness", "validity", "consistency"].map(|name| row[name].as_f64())
}

#[test]
fn every_ratio_stands_beside_what_it_was_divided_by() {
    let own = "title = { id = \"a\", en = \"a\" }\nkind = \"drop\"\ndataset = \"population\"\nscope = \"own\"\n";
    let installation = Installation::with(&[("milik", own)]);
    let file = |rows: &str| format!("Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n{rows}");
    // In time (due on 1 March 2025); another region's row is refused.
    installation.drop("32.73", "milik", "a.csv", population(600));
    installation.night_of("2025-02-10", 0);
    // The next half-year is due on 29 August 2025 and comes on 1 September, three times as many people: unusual.
    installation.drop("32.73", "milik", "b.csv", file("32.73;2025-S1;1800;1500;3300\n"));
    installation.drop(
        "32.04",
        "milik",
        "a.csv",
        file("32.04;2024-S2;900;1000;1900\n32.04;2025-S1;900;x;1900\n"),
    );
    installation.night_of("2025-09-01", 0);
    // Two reports are due: both came, one of them in time. Rows: two and one read, one refused; one of two is unusual.
    let bandung = of(&installation, "32.73");
    let numbers = [2, 2, 1, 3, 2, 2, 1, 2, 0].map(Some);
    assert_eq!(counts(&bandung), numbers, "{bandung:#}");
    assert_eq!(ratios(&bandung), [Some(1.0), Some(0.5), Some(2.0 / 3.0), Some(0.5)]);
    // One report of two, and not in time; one row of two. It revises a period closed by the release of February? No:
    // that release speaks about a day before the first was due.
    let regency = of(&installation, "32.04");
    assert_eq!(counts(&regency), [2, 1, 0, 2, 1, 1, 0, 1, 0].map(Some), "{regency:#}");
    assert_eq!(ratios(&regency), [Some(0.5), Some(0.0), Some(0.5), Some(1.0)]);
    // Nothing came, and nothing can be divided by.
    let silent = of(&installation, "32.01");
    assert_eq!(counts(&silent), [2, 0, 0, 0, 0, 0, 0, 0, 0].map(Some), "{silent:#}");
    assert_eq!(ratios(&silent), [Some(0.0), Some(0.0), None, None]);
    assert_eq!(
        of(&installation, "31.71"),
        Value::Null,
        "not autonomous: nothing is due"
    );

    // Its next receipt tells the sender so.
    // A correction of the closed half-year; and one that is taken back counts no more.
    installation.drop("32.73", "milik", "c.csv", file("32.73;2024-S2;610;500;1110\n"));
    installation.drop("32.73", "milik", "d.csv", file("32.73;2024-S2;620;500;x\n"));
    installation.night_of("2025-09-02", 3);
    let told = &installation.receipt(4)["quality"];
    assert_eq!(
        (&told["reports_on_time"], &told["rows_valid"], &told["rows_unusual"]),
        (&json!(1), &json!(2), &json!(1)),
        "{told:#}"
    );
    let text = installation.lumbung(&["submission", "show", "4"]).expect(0).stdout;
    assert!(
        text.contains("Mutu data Anda") && text.contains("1 dari 2 tepat waktu (50 %)"),
        "{text}"
    );
    let bandung = of(&installation, "32.73");
    assert_eq!(
        (&bandung["revisions"], &bandung["rows_read"]),
        (&json!(1), &json!(5)),
        "{bandung:#}"
    );
    installation
        .lumbung(&["submission", "withdraw", "4", "--reason", "keliru"])
        .expect(0);
    installation.night_of("2025-09-02", 0);
    let bandung = of(&installation, "32.73");
    assert_eq!(
        (&bandung["revisions"], &bandung["rows_read"]),
        (&json!(0), &json!(4)),
        "{bandung:#}"
    );
    let package = crate::support::read_json(&installation.current().join("datapackage.json"));
    let resources = package["resources"].as_array().expect("resources");
    let table = resources
        .iter()
        .find(|one| one["path"] == "quality/quality.parquet")
        .expect("described");
    assert!(table.to_string().contains("rows_valid / rows_read"), "{table:#}");
}
