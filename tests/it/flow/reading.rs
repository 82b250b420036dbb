//! How a sender's file is understood: separators, encodings, titles, totals, what is missing.

use super::{codes, figures, finding, population, rows};
use crate::support::{Installation, cells, workbook};
use serde_json::json;

#[test]
fn any_of_four_separators() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    for (index, separator) in [";", ",", "\t", "|"].into_iter().enumerate() {
        let men = 600 + index as u32;
        installation.drop(
            "32",
            "dukcapil-file",
            "penduduk.csv",
            population(men).replace(';', separator),
        );
        installation.merge_only(0);
        let receipt = installation.receipt(index as i64 + 1);
        assert_eq!(
            (&receipt["status"], rows(&receipt)),
            (&json!("accepted"), [2, 2, 0, 0, 0, 1]),
            "{separator:?}"
        );
        assert!(
            figures(&installation)[1].starts_with(&format!("32.73 {men} ")),
            "{separator:?}"
        );
    }
}

#[test]
fn encodings_are_recognised_and_a_guess_is_told() {
    let installation = Installation::with_own(&["laporan-daerah"]);
    let text = "Kode Inovasi;Judul;Tahapan;Jumlah Bukti\nA;Kafé Déwi – “jujur”;Uji coba;2\n";
    let title = "Kafé Déwi – “jujur”";
    let windows: Vec<u8> = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let with_mark: Vec<u8> = [0xef, 0xbb, 0xbf].into_iter().chain(text.bytes()).collect();
    for (index, (bytes, is_guessed)) in [(windows, true), (utf16, false), (with_mark, false)]
        .into_iter()
        .enumerate()
    {
        installation.drop("32.73", "laporan-daerah", "inovasi.csv", bytes);
        installation.merge_only(0);
        assert_eq!(installation.model_lines("innovation_report", &["title"]), [title]);
        let receipt = installation.receipt(index as i64 + 1);
        assert_eq!(receipt["status"], "accepted");
        assert_eq!(
            codes(&receipt).contains(&"text-encoding-guessed"),
            is_guessed,
            "{receipt:#}"
        );
    }
    assert_eq!(
        finding(&installation.receipt(1), "text-encoding-guessed")["severity"],
        "note"
    );
}

#[test]
fn a_title_above_the_header_gives_the_period() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let book = workbook(&[(
        "Sheet1",
        vec![
            cells!["PEMERINTAH PROVINSI JAWA BARAT"],
            cells!["Jumlah Penduduk Semester II Tahun 2024"],
            cells![""],
            cells!["No", "Kabupaten/Kota", "Laki-laki", "Perempuan", "Jumlah"],
            cells![1, "Kota Bandung", "1.298.551", "1.293.212", "2.591.763"],
            cells![2, "Kabupaten Bandung", 1_953_971, 1_885_750, 3_839_721],
            cells!["", "Jumlah", 3_252_522, 3_178_962, 6_431_484],
            cells!["Sumber: Disdukcapil"],
        ],
    )]);
    installation.drop("32", "dukcapil-file", "penduduk.xlsx", book);
    installation.merge_only(0);
    let receipt = installation.receipt(1);
    // Two titles, the header, the total and the footnote. A blank row within the used range is one more.
    assert_eq!(
        (&receipt["status"], &rows(&receipt)[..5]),
        (&json!("accepted"), &[2, 2, 0, 0, 0][..])
    );
    assert!((5..=6).contains(&rows(&receipt)[5]), "{receipt:#}");
    let supplied = finding(&receipt, "supplied-by-title");
    assert!(
        supplied["message"]["id"].as_str().unwrap().contains("2024"),
        "{supplied}"
    );
    assert!(!codes(&receipt).contains(&"total-differs"), "{receipt:#}");
    let model = installation.model_lines(
        "population",
        &["region_code", "period", "period_end", "male", "total", "_row"],
    );
    assert_eq!(
        model,
        [
            "32.04 2024-S2 2024-12-31 1953971 3839721 6",
            "32.73 2024-S2 2024-12-31 1298551 2591763 5"
        ]
    );
}

#[test]
fn a_total_row_is_no_data_and_is_compared_with_the_rows_above() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.drop(
        "32",
        "dukcapil-file",
        "benar.csv",
        format!("{}Jumlah;;1500;1500;3000\n", population(600)),
    );
    installation.drop(
        "32",
        "dukcapil-file",
        "salah.csv",
        format!("{}TOTAL;;1500;1500;3100\n", population(600)),
    );
    installation.merge_only(0);
    let (right, wrong) = (installation.receipt(1), installation.receipt(2));
    assert_eq!(rows(&right), [2, 2, 0, 0, 0, 2]);
    assert_eq!(codes(&right), Vec::<&str>::new());
    assert_eq!(
        (&wrong["status"], rows(&wrong)),
        (&json!("accepted"), [2, 2, 0, 0, 0, 2])
    );
    assert_eq!(codes(&wrong), ["total-differs"]);
    let differs = finding(&wrong, "total-differs");
    assert_eq!(
        (&differs["severity"], &differs["line"], &differs["value"]),
        (&json!("warning"), &json!(4), &json!("3100"))
    );
    assert!(
        differs["message"]["id"].as_str().unwrap().contains("3.000"),
        "{differs}"
    );
}

#[test]
fn what_is_missing_is_never_zero() {
    let installation = Installation::with_own(&["harga-pasar", "laporan-daerah"]);
    let text = "Tanggal;Komoditas;Harga\n\
                2025-11-03;Beras Premium;15.000\n\
                2025-11-04;Beras Premium;0\n\
                2025-11-05;Beras Premium;-\n\
                2025-11-06;Beras Premium;Rp 15.250,-\n";
    installation.drop("32.73", "harga-pasar", "harga.csv", text);
    // Here nobody said that 0 means "not reported": no transactions is a figure, a blank is none.
    let activity = "Layanan;Tanggal;Transaksi;Operator\nPerizinan;2025-11-03;0;1\nKesehatan;2025-11-03;;\n";
    installation.drop("32.73", "laporan-daerah", "layanan.csv", activity);
    installation.merge_only(0);
    assert_eq!(rows(&installation.receipt(1)), [4, 2, 0, 0, 2, 1]);
    let prices = installation.model_lines("commodity_price", &["date", "price"]);
    assert_eq!(prices, ["2025-11-03 15000.00", "2025-11-06 15250.00"]);
    assert_eq!(rows(&installation.receipt(2)), [2, 1, 0, 0, 1, 1]);
    let services = installation.model_lines("service_activity", &["service", "transactions"]);
    assert_eq!(services, ["licensing 0"]);
}

#[test]
fn numbers_are_read_by_the_style_of_their_column() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let send = |name: &str, prices: &[&str]| {
        installation.drop("32.73", "harga-pasar", name, super::prices(prices).replace(';', "|"));
        installation.merge_only(0);
        let lines = installation.model_lines("commodity_price", &["price"]);
        lines.into_iter().take(prices.len()).collect::<Vec<String>>()
    };
    assert_eq!(send("id.csv", &["12.500,50", "13.000"]), ["12500.50", "13000.00"]);
    assert_eq!(send("en.csv", &["12,500.25", "14,000"]), ["12500.25", "14000.00"]);
    assert_eq!(send("plain.csv", &["12500.75", "15000"]), ["12500.75", "15000.00"]);
    // Only points: thousands, by the contract's locale, and the receipt says so.
    assert_eq!(send("either.csv", &["12.501", "13.001"]), ["12501.00", "13001.00"]);
    assert!(codes(&installation.receipt(4)).contains(&"number-style-assumed"));
    assert!(!codes(&installation.receipt(1)).contains(&"number-style-assumed"));
}

#[test]
fn a_code_without_its_point_is_taken_only_where_the_system_is_declared() {
    let undeclared =
        "title = { id = \"a\", en = \"a\" }\nkind = \"drop\"\ndataset = \"population\"\nscope = \"province\"\n";
    let installation = Installation::with(&[("tanpa", undeclared)]);
    installation.connector("dukcapil-file", &crate::support::own_connector("dukcapil-file"));
    let text = "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n3273;2024-S2;600;500;1100\n";
    installation.drop("32", "dukcapil-file", "a.csv", text);
    installation.drop("32", "tanpa", "a.csv", text);
    installation.merge_only(3);
    assert_eq!(installation.receipt(1)["status"], "accepted");
    let receipt = installation.receipt(2);
    assert_eq!(receipt["status"], "refused");
    let told = finding(&receipt, "region-code-undeclared");
    assert_eq!((&told["cell"], &told["value"]), (&json!("A2"), &json!("3273")));
}

#[test]
fn a_line_break_within_quotes_keeps_lines_and_cells_right() {
    let installation = Installation::with_own(&["laporan-daerah"]);
    let text = "Kode Inovasi;Judul;Tahapan;Jumlah Bukti\n\
                A;\"Antrean\ndaring; cepat\";Uji coba;1\n\
                B;Pasar digital;Uji coba;tiga\n";
    installation.drop("32.73", "laporan-daerah", "inovasi.csv", text);
    installation.merge_only(0);
    assert_eq!(
        installation.model_lines("innovation_report", &["title"]),
        ["Antrean daring; cepat"]
    );
    let receipt = installation.receipt(1);
    let wrong = finding(&receipt, "number-invalid");
    // The fourth physical line, although it is the third record.
    assert_eq!(
        (&wrong["line"], &wrong["cell"], &wrong["value"]),
        (&json!(4), &json!("D4"), &json!("tiga"))
    );
}

#[test]
fn names_and_periods_as_officers_write_them() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let text = "NAMA KABUPATEN/KOTA;TAHUN;LAKI-LAKI;PEREMPUAN;JUMLAH\n\
                KOTA BANDUNG;Semester II 2024;600;500;1100\n\
                Kab. Bandung Barat;2024 Semester 2;700;800;1500\n\
                bandung;2024-S2;900;1000;1900\n\
                Kota Atlantis;2024-S2;900;1000;1900\n\
                Kabupaten Bogor;Triwulan I 2024;900;1000;1900\n";
    installation.drop("32", "dukcapil-file", "penduduk.csv", text);
    installation.merge_only(0);
    let model = installation.model_lines("population", &["region_code", "period", "total"]);
    assert_eq!(model, ["32.17 2024-S2 1500", "32.73 2024-S2 1100"]);
    let receipt = installation.receipt(1);
    assert_eq!(rows(&receipt), [5, 2, 3, 0, 0, 1]);
    let ambiguous = finding(&receipt, "region-ambiguous");
    assert_eq!(ambiguous["cell"], "A4");
    let said = ambiguous["message"]["id"].as_str().unwrap();
    assert!(
        said.contains("Kota Bandung") && said.contains("Kabupaten Bandung"),
        "{said}"
    );
    assert_eq!(finding(&receipt, "region-unknown")["value"], "Kota Atlantis");
    assert_eq!(finding(&receipt, "period-invalid")["cell"], "B6");
}

#[test]
fn a_crosstab_is_read_by_its_own_cells() {
    let installation = Installation::with_own(&["dukcapil-layanan"]);
    let text = "LAPORAN TAHUN 2025;;;\n\
                Kecamatan;Jenis Peristiwa;Januari;Februari\n\
                Coblong;Kelahiran;10;30\n\
                Cicendo;Kelahiran;sda;abc\n\
                Jumlah;;20;30\n\
                ;;Bandung, 3 Maret 2025;\n\
                ;;Drs. Contoh Nama;\n";
    installation.drop("32.73", "dukcapil-layanan", "lahir.csv", text);
    installation.merge_only(0);
    let receipt = installation.receipt(1);
    assert_eq!(rows(&receipt)[..5], [4, 3, 1, 0, 0], "{receipt:#}");
    // The ditto is the cell above in the sheet, and the finding has the cell of the sheet.
    let lines = installation.model_lines("civil_registration", &["district", "period", "reported", "_row"]);
    assert_eq!(
        lines,
        ["Cicendo 2025-01 10 4", "Coblong 2025-01 10 3", "Coblong 2025-02 30 3"]
    );
    let wrong = finding(&receipt, "number-invalid");
    assert_eq!((&wrong["cell"], &wrong["value"]), (&json!("D4"), &json!("abc")));
    assert!(
        !receipt.to_string().contains("Contoh Nama"),
        "who signed is kept nowhere"
    );
}

#[test]
fn a_rule_of_a_crosstab_names_the_cell() {
    let installation = Installation::with_own(&["dukcapil-layanan"]);
    let text = "LAPORAN TAHUN 2025;;;;;\n\
                Kecamatan;Jenis Peristiwa;Januari;;Februari;\n\
                ;;Dilaporkan;Akta Terbit;Dilaporkan;Akta Terbit\n\
                Coblong;Kelahiran;10;99;30;30\n";
    installation.drop("32.73", "dukcapil-layanan", "lahir.csv", text);
    installation.merge_only(0);
    let receipt = installation.receipt(1);
    assert_eq!(rows(&receipt)[..5], [2, 1, 1, 0, 0], "{receipt:#}");
    let wrong = finding(&receipt, "certificates-above-reported");
    assert_eq!((&wrong["cell"], &wrong["row"]), (&json!("D4"), &json!(4)), "{wrong:#}");
}
