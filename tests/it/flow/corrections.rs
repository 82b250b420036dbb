//! Corrections that leave something out, or come twice.

use super::{figures, population, prices, rows};
use crate::support::Installation;
use serde_json::json;

#[test]
fn a_resubmission_that_dropped_rows_keeps_them_where_nothing_is_replaced() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.drop("32", "dukcapil-file", "penduduk.csv", population(600));
    installation.merge_only(0);
    // Only Kota Bandung this time: the other region was not taken back, it was not said again.
    let one = "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n32.73;2024-S2;650;500;1150\n";
    installation.drop("32", "dukcapil-file", "penduduk.csv", one);
    installation.merge_only(0);
    assert_eq!(
        figures(&installation),
        ["32.04 900 1000 1900 1", "32.73 650 500 1150 2"]
    );
    // An empty one takes nothing back either, and its sender is told.
    let none = "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n";
    installation.drop("32", "dukcapil-file", "penduduk.csv", none);
    installation.merge_only(3);
    assert_eq!(figures(&installation).len(), 2);
}

#[test]
fn the_same_file_in_two_folders_counts_once() {
    let connector =
        "title = { id = \"a\", en = \"a\" }\nkind = \"drop\"\ndataset = \"commodity_price\"\nscope = \"own\"\n";
    let installation = Installation::with(&[("pasar-a", connector), ("pasar-b", connector)]);
    let list = prices(&["15000", "15100"]);
    installation.drop("32.73", "pasar-a", "harga.csv", &list);
    installation.drop("32.73", "pasar-b", "harga.csv", &list);
    installation.drop("32.04", "pasar-a", "harga.csv", &list);
    installation.merge_only(0);
    // Three senders, three receipts, none a duplicate of another's; the bytes are kept once.
    for sequence in 1..=3 {
        let receipt = installation.receipt(sequence);
        assert_eq!(
            (&receipt["status"], rows(&receipt)),
            (&json!("accepted"), [2, 2, 0, 0, 0, 1])
        );
    }
    assert_eq!(crate::support::files_below(&installation.data().join("raw")).len(), 1);
    // A row that was said already stays the first one's; each region has its own.
    assert_eq!(
        installation.model_lines("commodity_price", &["region_code", "date", "_submission"]),
        [
            "32.04 2025-09-01 1",
            "32.04 2025-09-02 1",
            "32.73 2025-09-01 2",
            "32.73 2025-09-02 2"
        ]
    );
}
