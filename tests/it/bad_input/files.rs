//! Files that are no table, or no table of this dataset.

use super::*;
use crate::support::{cells, workbook};
use std::io::Write;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A ZIP archive of these entries.
fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .expect("an entry");
        writer.write_all(bytes).expect("written");
    }
    writer.finish().expect("an archive").into_inner()
}

/// A compound file as Excel writes it around an encrypted workbook.
fn locked() -> Vec<u8> {
    let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    bytes.resize(512, 0);
    for name in ["Root Entry", "EncryptionInfo", "EncryptedPackage"] {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.extend(&wide);
        bytes.resize(bytes.len().next_multiple_of(128), 0);
    }
    bytes
}

fn people_book() -> Vec<u8> {
    let rows: Vec<Vec<crate::support::Cell>> = (0..400).map(|_| cells!["32.73", "2024-S2", 600, 500, 1100]).collect();
    let header = vec![cells!["Kode Wilayah", "Periode", "Laki-laki", "Perempuan", "Jumlah"]];
    workbook(&[("Sheet1", [header, rows].concat())])
}

/// A sheet of spaces that is a thousand times larger than its file.
fn bomb() -> Vec<u8> {
    let book = people_book();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).expect("an archive");
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).expect("an entry");
        let name = entry.name().expect("a name").to_string();
        writer
            .start_file(&name, SimpleFileOptions::default())
            .expect("an entry");
        std::io::copy(&mut entry, &mut writer).expect("copied");
        if name.ends_with("sheet1.xml") {
            let blanks = vec![b' '; 1 << 20];
            for _ in 0..24 {
                writer.write_all(&blanks).expect("written");
            }
        }
    }
    writer.finish().expect("an archive").into_inner()
}

#[test]
fn what_is_no_table_is_named_with_what_to_do() {
    let installation = installation();
    installation.settings("settle = \"0s\"\n[limits]\nunpacked_bytes = 16777216\n");
    let book = people_book();
    let good = format!("{PEOPLE}32.73;2024-S2;600;500;1100\n");
    let wide: String = (0..10_000).map(|index| format!(";k{index}")).collect();
    let nul = good.replace("600", "6\u{0}0");
    // Far from the head by which formats are told apart.
    let late_nul = format!("{}{}", good.repeat(1_000), nul);
    let mut docx = archive(&[("[Content_Types].xml", b"<a/>"), ("word/document.xml", b"<a/>")]);
    docx.extend([0; 4]);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("kosong.csv", Vec::new(), "file-empty"),
        ("spasi.csv", b"\xEF\xBB\xBF \r\n\r\n\t".to_vec(), "file-empty"),
        ("kosong.xlsx", workbook(&[("Sheet1", vec![])]), "no-rows"),
        ("terkunci.xlsx", locked(), "workbook-protected"),
        ("terpotong.xlsx", book[..book.len() / 2].to_vec(), "workbook-damaged"),
        ("bom.xlsx", bomb(), "archive-too-large"),
        (
            "arsip.xlsx",
            archive(&[("penduduk.csv", good.as_bytes())]),
            "archive-not-workbook",
        ),
        ("surat.xlsx", docx, "file-not-data"),
        (
            "gambar.csv",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0".to_vec(),
            "file-not-data",
        ),
        ("foto.csv", b"\xFF\xD8\xFF\xE0\0\x10JFIF\0".to_vec(), "file-not-data"),
        (
            "laporan.csv",
            b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec(),
            "file-not-data",
        ),
        ("unduhan.xls", b"<html><table><tr><td>32.73".to_vec(), "file-is-html"),
        ("nol.csv", nul.into_bytes(), "file-has-nul 2"),
        ("nol-jauh.csv", late_nul.into_bytes(), "file-has-nul 2002"),
        (
            "lebar.csv",
            good.replacen('\n', &format!("{wide}\n"), 1).into_bytes(),
            "too-many-columns 1",
        ),
        (
            "kutip.csv",
            good.replace("600", "\"600").into_bytes(),
            "csv-quote-unclosed 2",
        ),
    ];
    let mut said = String::new();
    for (name, bytes, expected) in cases {
        let receipt = check(&installation, name, bytes, DUKCAPIL);
        assert_eq!(told(&receipt), [expected], "{name}");
        assert_eq!((receipt.status, counts(&receipt)), (Status::Refused, [0; 5]), "{name}");
        said.push_str(&sentences(name, &receipt));
    }
    insta::assert_snapshot!("files_that_are_no_table", said);
}

#[test]
fn a_table_of_something_else_is_refused_with_what_is_missing() {
    let installation = installation();
    let row = "32.73;2024-S2;600;500;1100\n";
    let cases = [
        ("hanya-judul.csv", PEOPLE.to_string(), "no-rows", Status::Refused),
        (
            "kumpulan-lain.csv",
            format!("{PRICES}1/11/2025;Beras Premium;kg;15000\n"),
            "header-not-known",
            Status::Refused,
        ),
        (
            "kolom-hilang.csv",
            "Kode Wilayah;Periode;Laki-laki;Jumlah\n32.73;2024-S2;600;1100\n".into(),
            "columns-missing",
            Status::Refused,
        ),
        (
            "kolom-berganti.csv",
            format!("{PEOPLE}{row}").replace("Perempuan", "Putri"),
            "columns-missing",
            Status::Refused,
        ),
        (
            "kolom-ganda.csv",
            "Kode Wilayah;Periode;Laki-laki;Laki-laki;Perempuan;Jumlah\n32.73;2024-S2;600;601;500;1100\n".into(),
            "column-doubled 1",
            Status::Held,
        ),
    ];
    let mut said = String::new();
    for (name, text, expected, status) in cases {
        let receipt = check(&installation, name, text, DUKCAPIL);
        assert_eq!(
            (told(&receipt), receipt.status),
            (vec![expected.to_string()], status),
            "{name}"
        );
        assert_eq!(counts(&receipt), [0; 5], "{name}");
        said.push_str(&sentences(name, &receipt));
    }
    insta::assert_snapshot!("tables_of_something_else", said);
}

#[test]
fn a_line_of_a_hundred_megabytes_is_refused_in_bounded_memory() {
    let installation = installation();
    let mut bytes = format!("{PEOPLE}32.73;2024-S2;600;500;1100\n").into_bytes();
    bytes.resize(bytes.len() + 100_000_000, b'7');
    let receipt = check(&installation, "satu-baris.csv", bytes, DUKCAPIL);
    assert_eq!(told(&receipt), ["record-too-long 3"]);
    let said = &receipt.findings[0].message.id;
    assert_eq!(said, "Satu baris data lebih panjang dari 8 MB.");
}

/// Workbooks that other projects keep as attacks or as locked: refused or read, never a crash.
#[test]
fn hostile_workbooks_of_other_projects_end_in_a_receipt() {
    let Some(folder) = fixtures("poi") else { return };
    let installation = installation();
    let expected = [
        ("protected_passtika.xlsx", "workbook-protected"),
        ("poc-xmlbomb.xlsx", ""),
        ("poc-shared-strings.xlsx", ""),
        ("protected_passtika.xlsb", "workbook-protected"),
        ("clusterfuzz-testcase-minimized-POIXSSFFuzzer-5185049589579776.xlsx", ""),
    ];
    for (name, code) in expected {
        let bytes = std::fs::read(folder.join(name)).expect("readable");
        let receipt = check(&installation, name, bytes, DUKCAPIL);
        assert_eq!(receipt.status, Status::Refused, "{name}");
        let told = told(&receipt);
        assert!(!told.is_empty() && told[0].starts_with(code), "{name}: {told:?}");
    }
}
