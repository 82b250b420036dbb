//! Promise I5: the same input, configuration and as-of date give the same bytes.

use super::population;
use crate::support::{Installation, files_below};
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
