//! Where a table stands may be pinned in a connector, for all its senders or for one region.

use crate::support::{AS_OF, Cell, Installation, cells, own_connector, workbook};
use serde_json::json;

const HEADER: [&str; 5] = ["Kode Wilayah", "Periode", "Laki-laki", "Perempuan", "Jumlah"];

fn row(male: i64) -> Vec<Cell> {
    cells!["32.73", "2024-S2", male, 500, male + 500]
}

/// An installation whose population files come with these pinned layouts.
fn pinned(layouts: &str) -> Installation {
    let text = format!("{}\n{layouts}", own_connector("dukcapil-file"));
    Installation::with(&[("dukcapil-file", &text)])
}

fn males(installation: &Installation) -> Vec<String> {
    installation.model_lines("population", &["region_code", "male"])
}

#[test]
fn a_pinned_sheet_is_read_and_no_other() {
    let header: Vec<Cell> = HEADER.iter().map(|text| Cell::from(*text)).collect();
    let file = workbook(&[
        ("Rekap", vec![header.clone(), row(1)]),
        ("Data Asli", vec![header, row(600)]),
    ]);
    let installation = pinned("[[layouts]]\ndataset = \"population\"\nregion = \"32.73\"\nsheet = \"data asli\"\n");
    installation.drop("32.73", "dukcapil-file", "penduduk.xlsx", &file[..]);
    installation.night(0);
    assert_eq!(males(&installation), ["32.73 600"]);
    let receipt = installation.receipt(1);
    assert_eq!(receipt["status"], "accepted");
    // Another region's files are looked at as ever: two sheets say two things of one key.
    let other = pinned("[[layouts]]\ndataset = \"population\"\nregion = \"32.04\"\nsheet = \"data asli\"\n");
    other.drop("32.73", "dukcapil-file", "penduduk.xlsx", &file[..]);
    other.night(0);
    assert_eq!(other.receipt(1)["status"], json!("accepted_in_part"));
}

#[test]
fn a_pinned_header_is_taken_where_another_row_looks_better() {
    let header: Vec<Cell> = HEADER.iter().map(|text| Cell::from(*text)).collect();
    // Above the table stands what its columns mean, in a row that has more of the names than the header.
    let bare = header.clone();
    let more = header.into_iter().chain(cells!["Jumlah KK"]).collect();
    let rows = vec![
        more,
        cells!["kode", "semester", "jiwa", "jiwa", "jiwa", "keluarga"],
        cells![""],
        bare,
        row(600),
    ];
    let file = workbook(&[("Data", rows)]);
    let plain = pinned("");
    plain.drop("32.73", "dukcapil-file", "penduduk.xlsx", &file[..]);
    plain.lumbung(&["run", "--as-of", AS_OF, "--no-publish"]);
    assert_ne!(plain.receipt(1)["status"], json!("accepted"));
    let installation = pinned("[[layouts]]\ndataset = \"population\"\nheader_rows = [4, 4]\n");
    installation.drop("32.73", "dukcapil-file", "penduduk.xlsx", &file[..]);
    installation.night(0);
    assert_eq!(
        installation.receipt(1)["status"],
        json!("accepted"),
        "{}",
        installation.receipt(1)
    );
    assert_eq!(males(&installation), ["32.73 600"]);
}

#[test]
fn a_layout_that_cannot_be_meant_is_refused_with_the_configuration() {
    for (layout, said) in [
        (
            "dataset = \"labour\"\nsheet = \"Data\"",
            "not a dataset of this connector",
        ),
        ("dataset = \"population\"", "says nothing"),
        ("dataset = \"population\"\nheader_rows = [6, 5]", "first and the last"),
        ("dataset = \"population\"\nheader_rows = [1, 9]", "at most 5 rows"),
        (
            "dataset = \"population\"\nregion = \"99.99\"\nsheet = \"Data\"",
            "not in the registry",
        ),
    ] {
        let installation = pinned(&format!("[[layouts]]\n{layout}\n"));
        let told = installation.lumbung(&["check"]).expect(2);
        assert!(told.stderr.contains(said), "{layout}: {}", told.stderr);
    }
}
