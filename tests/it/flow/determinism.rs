//! Promise I5: the same input, configuration and as-of date give the same bytes.

use super::population;
use crate::support::{Installation, files_below};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Hash of every table, the workbook and the changes of a release.
fn hashes(release: &Path) -> BTreeMap<String, String> {
    let files = files_below(release);
    let compared = files
        .into_iter()
        .filter(|name| !["run.json", "CHECKSUMS", "datapackage.json"].contains(&name.as_str()));
    compared
        .map(|name| {
            let bytes = fs::read(release.join(&name)).expect("readable");
            (
                name,
                Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
            )
        })
        .collect()
}

fn fill(installation: &Installation) {
    installation.drop("32", "dukcapil-file", "penduduk.csv", population(600));
    installation.drop(
        "32.73",
        "harga-pasar",
        "harga.csv",
        super::prices(&["15000", "15100", "abc", "0"]),
    );
    installation.drop(
        "32.73",
        "laporan-daerah",
        "inovasi.csv",
        "Kode Inovasi;Judul;Tahapan;Jumlah Bukti;NIK\nA;Antrean;Uji coba;2;3273014105800001\nB;Pasar;Penerapan;0;\n",
    );
}

#[test]
fn equal_input_gives_equal_bytes() {
    let connectors = ["dukcapil-file", "harga-pasar", "laporan-daerah"];
    let installations = [Installation::with_own(&connectors), Installation::with_own(&connectors)];
    let releases = installations.each_ref().map(|installation| {
        fill(installation);
        installation.night(0);
        hashes(&installation.current())
    });
    assert!(
        releases[0].contains_key("indicators.xlsx") && releases[0].contains_key("datasets/population/2024.parquet")
    );
    assert!(releases[0].keys().filter(|name| name.ends_with(".parquet")).count() >= 12);
    assert_eq!(releases[0], releases[1]);
}

#[test]
fn several_nights_give_the_tables_of_one() {
    let connectors = ["dukcapil-file", "harga-pasar", "laporan-daerah"];
    let (one, several) = (Installation::with_own(&connectors), Installation::with_own(&connectors));
    fill(&one);
    one.night(0);
    fill(&several);
    for connector in connectors {
        several
            .lumbung(&["run", "--as-of", crate::support::AS_OF, "--connector", connector])
            .expect(0);
    }
    let tables = |installation: &Installation| -> BTreeMap<String, String> {
        let all = hashes(&installation.current());
        // Which release it is the second time differs from the first, and so does what changed since.
        all.into_iter().filter(|(name, _)| name.ends_with(".parquet")).collect()
    };
    assert_eq!(tables(&one), tables(&several));
}

/// Answers that were kept give the tables of a night that asks everything.
#[test]
fn the_next_day_asks_only_what_the_date_or_the_rows_move() {
    let connectors = ["dukcapil-file", "harga-pasar", "laporan-daerah"];
    let (keeping, asking) = (Installation::with_own(&connectors), Installation::with_own(&connectors));
    let night = |as_of: &str| {
        let unchanged = [&keeping, &asking].map(|installation| {
            let indicators = installation.night_of(as_of, 0)["indicators"].clone();
            assert_eq!(
                (&indicators["computed"], &indicators["failed"]),
                (&json!(24), &json!([]))
            );
            indicators["unchanged"].as_u64().expect("a count")
        });
        assert_eq!(hashes(&keeping.current()), hashes(&asking.current()), "{as_of}");
        fs::remove_dir_all(asking.data().join("answers")).expect("answers were kept");
        unchanged
    };
    for installation in [&keeping, &asking] {
        fill(installation);
    }
    assert_eq!(night("2025-11-30"), [0, 0]);
    // Labour, population and prices: the day is no part of them.
    assert_eq!(night("2025-12-01"), [9, 0]);
    // The four of prices are asked again.
    for installation in [&keeping, &asking] {
        installation.drop("32.73", "harga-pasar", "harga.csv", super::prices(&["15000", "15900"]));
    }
    assert_eq!(night("2025-12-02"), [5, 0]);
}
