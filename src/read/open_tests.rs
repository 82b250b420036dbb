use super::*;
use crate::config::Limits;
use proptest::prelude::*;
use std::io::Write;
use std::path::PathBuf;

/// A folder of the fixtures; none, said aloud, where they are absent and not required.
pub(in crate::read) fn fixtures(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("LUMBUNG_FIXTURES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let folder = root.join("fixtures").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        std::env::var_os("LUMBUNG_REQUIRE_FIXTURES").is_none(),
        "{} is missing",
        folder.display()
    );
    eprintln!(
        "SKIPPED: {} is missing; LUMBUNG_FIXTURES says where the fixtures are",
        folder.display()
    );
    None
}

pub(in crate::read) fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn refused_as(bytes: &[u8]) -> String {
    let file = file(bytes);
    let error = open(file.path(), "data.csv", &ReadOptions::default())
        .err()
        .expect("refused");
    error.0.code
}

fn format_of(bytes: &[u8]) -> super::super::Format {
    let file = file(bytes);
    open(file.path(), "data.bin", &ReadOptions::default()).unwrap().format()
}

#[test]
fn formats_are_told_by_their_bytes() {
    use super::super::Format;
    assert_eq!(format_of(b"a;b\n1;2\n"), Format::Csv);
    assert_eq!(format_of(b"\xEF\xBB\xBFa;b\n"), Format::Csv);
    assert_eq!(format_of(b"\xFF\xFEa\0;\0b\0\n\0"), Format::Csv);
    assert_eq!(format_of(b"[Data];x\n1;2\n"), Format::Csv);
    assert_eq!(format_of(b"PAR1;PAR2\n1;2\n"), Format::Csv);
    assert_eq!(format_of(b"{rahasia};x\n"), Format::Csv);
    assert_eq!(format_of(b" [ {\"a\": 1} ]"), Format::Json);
    assert_eq!(format_of(b"\xEF\xBB\xBF{\"data\": []}"), Format::Json);
    assert_eq!(format_of(b"{\"a\":1}\n{\"a\":2}\n"), Format::Json);
    assert_eq!(format_of(b"\n<r><x><a>1</a></x></r>"), Format::Xml);
}

#[test]
fn what_is_no_data_is_named() {
    assert_eq!(refused_as(b""), "file-empty");
    assert_eq!(refused_as(b"\xEF\xBB\xBF \r\n\n"), "file-empty");
    assert_eq!(refused_as(b"%PDF-1.7\n..."), "file-not-data");
    assert_eq!(refused_as(b"\x89PNG\r\n\x1a\n"), "file-not-data");
    assert_eq!(refused_as(b"\xFF\xD8\xFF\xE0\0\x10JFIF"), "file-not-data");
    assert_eq!(refused_as(b"{\\rtf1\\ansi}"), "file-not-data");
    assert_eq!(refused_as(b"\x1F\x8B\x08\0"), "archive-not-workbook");
    assert_eq!(refused_as(b"<!DOCTYPE html><html><body><table>"), "file-is-html");
    assert_eq!(
        refused_as(b"  <TABLE border=1><tr><td>1</td></tr></TABLE>"),
        "file-is-html"
    );
    assert_eq!(
        refused_as(b"<?xml version='1.0'?><!DOCTYPE html PUBLIC \"x\"><html>"),
        "file-is-html"
    );
    assert_eq!(refused_as(b"a;b\n1;\0\n"), "file-has-nul");
    let mut state = 7u32;
    let random: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(4_000)
    .collect();
    assert_eq!(refused_as(&random), "file-unrecognised");
    assert_eq!(refused_as(b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">"), "spreadsheet-format-unsupported");
    assert_eq!(refused_as(b"PK\x03\x04 and then nothing"), "workbook-damaged");
    let options = ReadOptions {
        records: Some("/data".to_string()),
        limits: Limits::default(),
    };
    let text = file(b"Service Unavailable");
    assert_eq!(
        open(text.path(), "x", &options).err().unwrap().0.code,
        "records-expected"
    );
    assert_eq!(
        open(Path::new("/nonexistent"), "x", &options).err().unwrap().0.code,
        "file-unreadable"
    );
}

#[test]
fn other_archives_are_no_workbooks() {
    let zip = |entries: &[(&str, &str)]| {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, content) in entries {
            writer
                .start_file(*name, zip::write::SimpleFileOptions::default())
                .unwrap();
            writer.write_all(content.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    assert_eq!(refused_as(&zip(&[("data.csv", "a;b")])), "archive-not-workbook");
    assert_eq!(refused_as(&zip(&[("word/document.xml", "")])), "file-not-data");
    assert_eq!(refused_as(&zip(&[("xl/nothing.xml", "")])), "workbook-damaged");
}

#[test]
fn locked_workbooks_are_named() {
    let Some(folder) = fixtures("calamine") else { return };
    let code = |name: &str| {
        open(&folder.join(name), name, &ReadOptions::default())
            .err()
            .map(|error| error.0.code)
            .unwrap_or_default()
    };
    assert_eq!(code("pass_protected.xlsx"), "workbook-protected");
    assert_eq!(code("pass_protected.xlsb"), "workbook-protected");
    assert_eq!(code("any_sheets.xlsx"), "");
}

proptest! {
    #[test]
    fn any_bytes_are_opened_or_refused(
        start in proptest::sample::select(vec![
            b"".as_slice(), b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"<", b"[", b"{\"a\":", b"\xFF\xFE", b"\xFE\xFF",
        ]),
        rest in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let file = file(&[start, &rest].concat());
        if let Ok(mut document) = open(file.path(), "x", &ReadOptions::default()) {
            for sheet in 0..document.sheets().len() {
                if let Ok(mut blocks) = document.blocks(sheet) {
                    while let Ok(Some(block)) = blocks.next_block() {
                        prop_assert!(block.rows() > 0);
                    }
                }
            }
        }
    }
}
