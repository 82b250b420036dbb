//! Figures, keys and regions that are wrong: refused cell by cell, never misread, never one at random.

use super::*;
use crate::support::{Cell, cells, workbook};

/// The peers read `12.50` as 1250 and `1.2.3` as 123.
#[test]
fn a_cell_that_is_no_number_of_its_column_is_never_another_number() {
    let installation = installation();
    let bad = [
        "12.50",
        "1.2.3",
        "nan",
        "NaN",
        "inf",
        "-inf",
        "Infinity",
        "1e5",
        "１２.５００",
        "٣٤٥",
        "0x1F",
        "12 50",
        "1'000",
        "12,5,0",
    ];
    let good = ["12.500,50", "13.000", "Rp 14.000,-", "15000"];
    let prices: Vec<&str> = good.into_iter().chain(bad).collect();
    let rows: String = prices
        .iter()
        .enumerate()
        .map(|(index, price)| format!("{}/11/2025;Beras Premium;kg;{price}\n", index + 1))
        .collect();
    let receipt = check(&installation, "harga.csv", format!("{PRICES}{rows}"), TRADE);
    let mut expected = vec!["number-other-style D6".to_string()];
    expected.extend((7..20).map(|line| format!("number-invalid D{line}")));
    expected.push("gate-refused-share".to_string());
    assert_eq!(told(&receipt), expected);
    assert_eq!(counts(&receipt), [18, 4, 14, 0, 0]);
    let values: Vec<&str> = receipt.findings[..14]
        .iter()
        .filter_map(|finding| finding.value.as_deref())
        .collect();
    assert_eq!(values, bad, "each as it was written");

    let counted = "Layanan;Tanggal;Transaksi;Operator\nPerizinan;1/11/2025;1.234;1\nPerizinan;2/11/2025;12.50;1\n\
                   Perizinan;3/11/2025;1.2.3;1\nPerizinan;4/11/2025;7,5;1\n";
    let receipt = check(&installation, "layanan.csv", counted, REPORT);
    assert_eq!(
        told(&receipt),
        ["number-other-style C3", "number-invalid C4", "number-not-whole C5"]
    );
    assert_eq!(counts(&receipt), [4, 1, 3, 0, 0]);
}

fn people(rows: &[&str]) -> String {
    rows.iter()
        .fold(PEOPLE.to_string(), |text, row| format!("{text}{row}\n"))
}

#[test]
fn a_fifth_of_the_rows_or_all_of_them_may_be_wrong() {
    let installation = installation();
    let prices = |is_bad: fn(usize) -> bool| {
        (1..=25).fold(PRICES.to_string(), |text, day| {
            let price = if is_bad(day) { "mahal" } else { "15.000" };
            format!("{text}{day}/11/2025;Beras Premium;kg;{price}\n")
        })
    };
    let fifth = check(&installation, "seperlima.csv", prices(|day| day % 5 == 0), TRADE);
    let expected = [6, 11, 16, 21, 26].map(|line| format!("number-invalid D{line}"));
    assert_eq!(
        (told(&fifth), fifth.status),
        (expected.to_vec(), Status::AcceptedInPart)
    );
    assert_eq!(counts(&fifth), [25, 20, 5, 0, 0]);
    let all = check(&installation, "semua.csv", prices(|_| true), TRADE);
    assert_eq!((told(&all).len(), all.status), (25, Status::Refused));
    assert_eq!(counts(&all), [25, 0, 25, 0, 0]);
}

#[test]
fn a_key_with_two_values_is_kept_out_whole() {
    let installation = installation();
    let text = people(&[
        "32.73;2024-S2;600;500;1100",
        "32.04;2024-S2;900;1000;1900",
        "Kota Bandung;Semester II 2024;700;500;1200",
        "32.17;2024-S2;700;800;1500",
        "32.17;2024-S2;700;800;1500",
        "32.73;2024-S2;600;500;1100",
    ]);
    let receipt = check(&installation, "ganda.csv", text, DUKCAPIL);
    assert_eq!(
        told(&receipt),
        ["key-conflict B2", "key-conflict B4", "key-conflict B7"]
    );
    // 32.04, and 32.17 once.
    assert_eq!(counts(&receipt), [6, 2, 3, 1, 0]);
    insta::assert_snapshot!("a_key_with_two_values", sentences("ganda.csv", &receipt));
}

#[test]
fn the_first_bad_cell_behind_a_hundred_thousand_rows_costs_its_row_only() {
    let installation = installation();
    let mut text = "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n".to_string();
    for _ in 0..100_000 {
        text.push_str("32.73;2024-S2;600;500;1100\n");
    }
    text.push_str("32.04;2024-S2;banyak;1000;1900\n32.17;2024-S2;700;800;1500\n");
    let receipt = check(&installation, "panjang.csv", text, DUKCAPIL);
    assert_eq!(told(&receipt), ["number-invalid C100002"]);
    assert_eq!(counts(&receipt), [100_002, 2, 1, 99_999, 0]);
}

#[test]
fn a_region_is_never_guessed() {
    let installation = installation();
    let prices = |regions: &[&str]| {
        regions
            .iter()
            .fold("Kode Wilayah;Tanggal;Komoditas;Harga\n".to_string(), |text, region| {
                format!("{text}{region};1/11/2025;Beras Premium;15.000\n")
            })
    };
    // No system is declared here: 3273 may be BPS's or Kemendagri's.
    let written = prices(&[
        "3273",
        "Bandung",
        "Kota Bandng",
        "32.1",
        "32.04",
        "99.99",
        "Kota Bandung",
    ]);
    let receipt = check(&installation, "daerah.csv", written, TRADE);
    assert_eq!(
        told(&receipt),
        [
            "region-code-undeclared A2",
            "region-ambiguous A3",
            "region-unknown A4",
            "region-code-lost-zero A5",
            "region-not-yours A6",
            "region-unknown A7"
        ]
    );
    assert_eq!(counts(&receipt), [7, 1, 6, 0, 0]);
    // A spreadsheet that took codes for numbers.
    let book = workbook(&[(
        "Harga",
        vec![
            cells!["Kode Wilayah", "Tanggal", "Komoditas", "Harga"],
            vec![
                Cell::Number(32.73),
                "1/11/2025".into(),
                "Beras Premium".into(),
                15_000.into(),
            ],
            vec![
                Cell::Number(32.1),
                "2/11/2025".into(),
                "Beras Premium".into(),
                15_000.into(),
            ],
            vec![
                Cell::Number(3273.0),
                "3/11/2025".into(),
                "Beras Premium".into(),
                15_000.into(),
            ],
        ],
    )]);
    let sheet = check(&installation, "daerah.xlsx", book, TRADE);
    assert_eq!(told(&sheet), ["region-code-lost-zero A3", "region-code-undeclared A4"]);
    assert_eq!(counts(&sheet), [3, 1, 2, 0, 0]);
    let said = sentences("daerah.csv", &receipt) + &sentences("daerah.xlsx", &sheet);
    insta::assert_snapshot!("regions_that_are_not_clear", said);
}

#[test]
fn a_code_and_a_name_that_do_not_agree_are_told() {
    let installation = installation();
    let text = "Kode Wilayah;Kabupaten/Kota;Provinsi;Periode;Laki-laki;Perempuan;Jumlah\n\
                32.73;Kabupaten Bogor;Jawa Barat;2024-S2;600;500;1100\n\
                32.04;Kab. Bandung;Jawa Tengah;2024-S2;900;1000;1900\n\
                32.17;Bandung Barat;Jawa Barat;2024-S2;700;800;1500\n\
                32.01;Bogor;JAWA BARAT;2024-S2;800;800;1600\n\
                32.71;;;2024-S2;800;800;1600\n";
    let receipt = check(&installation, "kode-nama.csv", text, DUKCAPIL);
    assert_eq!(told(&receipt), ["region-name-differs B2", "region-name-differs C3"]);
    assert_eq!((receipt.status, counts(&receipt)), (Status::Accepted, [5, 5, 0, 0, 0]));
    insta::assert_snapshot!("code_and_name_differ", sentences("kode-nama.csv", &receipt));
}
