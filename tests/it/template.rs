//! Templates: filled in as an officer does, each is read as it is, without a finding.

use crate::support::{AS_OF, Cell, Installation, lumbung, root};
use chrono::NaiveDate;
use lumbung::config::{Column, ColumnType, Contract};
use std::fs;
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The example of each contract as cells, by dataset, in the order of the template's columns.
fn examples() -> Vec<(String, Vec<Cell>)> {
    let configuration = lumbung::config::load(&root()).expect("a configuration");
    let row = |contract: &Contract| {
        let cell = |(name, column): (&String, &Column)| match (contract.example.get(name), column.kind) {
            (None, _) => Cell::Blank,
            (Some(day), ColumnType::Date) => Cell::Day(day.parse().expect("a date")),
            (Some(figure), kind) if kind.is_measure() => Cell::Number(figure.parse().expect("a figure")),
            (Some(text), _) => Cell::Text(text.clone()),
        };
        contract.asked().map(cell).collect()
    };
    let contracts = configuration.contracts.iter();
    contracts
        .map(|(name, contract)| (name.clone(), row(contract)))
        .collect()
}

/// Writes one row below the header, each cell in the format of its column, as a spreadsheet does.
fn fill(template: &[u8], row: &[Cell]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(template)).expect("a workbook");
    let mut filled = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).expect("an entry");
        let name = entry.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("read");
        if name == "xl/worksheets/sheet1.xml" {
            bytes = with_row(&String::from_utf8(bytes).expect("UTF-8"), row).into_bytes();
        }
        filled.start_file(name, SimpleFileOptions::default()).expect("begun");
        filled.write_all(&bytes).expect("written");
    }
    filled.finish().expect("finished").into_inner()
}

fn with_row(sheet: &str, row: &[Cell]) -> String {
    let last = sheet.rsplit("<row r=\"").next().expect("a header");
    let header: u32 = last
        .split('"')
        .next()
        .and_then(|number| number.parse().ok())
        .expect("a row number");
    let number = header + 1;
    let mut written = format!("<row r=\"{number}\">");
    for (index, cell) in row.iter().enumerate() {
        let style = style(sheet, index as u32 + 1);
        let letter = char::from(b'A' + index as u8);
        let address = format!("<c r=\"{letter}{number}\" s=\"{style}\"");
        written.push_str(&match cell {
            Cell::Blank => String::new(),
            Cell::Text(text) => format!("{address} t=\"inlineStr\"><is><t>{text}</t></is></c>"),
            Cell::Number(number) => format!("{address}><v>{number}</v></c>"),
            Cell::Day(day) => format!("{address}><v>{}</v></c>", serial(*day)),
        });
    }
    sheet.replace("</sheetData>", &format!("{written}</row></sheetData>"))
}

/// The format of a column, from 1: neighbours of one format are written as one range.
fn style(sheet: &str, column: u32) -> u32 {
    let number = |range: &str, name: &str| -> u32 {
        let (_, rest) = range.split_once(&format!(" {name}=\"")).expect("an attribute");
        let digits = rest.split('"').next().expect("a value");
        digits.parse().expect("a number")
    };
    let mut ranges = sheet.split("<col").skip(1).filter(|range| range.starts_with(" min="));
    let range = ranges.find(|range| (number(range, "min")..=number(range, "max")).contains(&column));
    number(range.expect("a format for every column"), "style")
}

/// Days as spreadsheets count them.
fn serial(day: NaiveDate) -> i64 {
    let first = NaiveDate::from_ymd_opt(1899, 12, 30).expect("a date");
    (day - first).num_days()
}

#[test]
fn a_filled_template_is_accepted_without_a_finding() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = root();
    let config = config.to_str().expect("UTF-8");
    for (dataset, row) in examples() {
        assert!(
            row.iter().filter(|cell| !matches!(cell, Cell::Blank)).count() > 4,
            "{dataset}: {row:?}"
        );
        let made = lumbung(&["--config", config, "template", &dataset], &[], folder.path()).expect(0);
        let name = made.stdout.trim();
        assert_eq!(name, format!("{dataset}.xlsx"));
        let path = folder.path().join(name);
        let filled = fill(&fs::read(&path).expect("a file"), &row);
        fs::write(&path, filled).expect("written");
        let judge = [
            "--config",
            config,
            "check",
            name,
            "--dataset",
            &dataset,
            "--region",
            "32.73",
            "--as-of",
            AS_OF,
        ];
        let arguments: Vec<&str> = judge.into_iter().chain(["--json"]).collect();
        let receipt = lumbung(
            &arguments,
            &[("LUMBUNG_PSEUDONYM_KEY", "kunci-uji-coba")],
            folder.path(),
        )
        .expect(0)
        .json();
        assert_eq!(receipt["status"], "accepted", "{dataset}: {receipt}");
        // The example above the header is the same row: read as data, it would count as repeated.
        assert_eq!(receipt["rows"]["read"], 1, "{dataset}: {receipt}");
        assert_eq!(receipt["rows"]["accepted"], 1, "{dataset}: {receipt}");
        assert_eq!(receipt["findings_total"], 0, "{dataset}: {receipt}");
    }
}

#[test]
fn the_example_left_in_place_is_not_in_the_model() {
    let installation = Installation::with_own(&["sakernas-file"]);
    let made = lumbung(
        &[
            "--config",
            root().to_str().expect("UTF-8"),
            "template",
            "labour",
            "--out",
            "template.xlsx",
        ],
        &[],
        installation.home(),
    );
    made.expect(0);
    let template = fs::read(installation.home().join("template.xlsx")).expect("a file");
    let row = [
        Cell::Text("32.73".to_owned()),
        Cell::Text("2023".to_owned()),
        Cell::Number(1_950_000.0),
        Cell::Number(1_250_000.0),
        Cell::Number(1_140_000.0),
        Cell::Number(110_000.0),
    ];
    installation.drop("32.73", "sakernas-file", "template.xlsx", fill(&template, &row));
    // Saved as CSV, hidden rows and the example among its lines.
    let csv = "Ketenagakerjaan / Labour;;;;;\nContoh isian. Tulis data Anda di bawah judul kolom.;;;;;\n\
               32.73;2024;2000000;1300000;1200000;100000\n\
               Kode wilayah;Periode;Penduduk usia kerja;Angkatan kerja;Bekerja;Pengangguran\n\
               32.73;2022;1900000;1200000;1080000;120000\n";
    installation.drop("32.73", "sakernas-file", "template.csv", csv.as_bytes());
    let report = installation.merge_only(0);
    for submission in report["submissions"].as_array().expect("submissions") {
        assert_eq!(submission["status"], "accepted", "{report}");
        assert_eq!(submission["datasets"][0]["rows"]["read"], 1, "{report}");
    }
    let lines = installation.model_lines("labour", &["period", "unemployed"]);
    assert_eq!(lines, ["2022 120000", "2023 110000"]);
}

#[test]
fn an_empty_template_says_that_it_has_no_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = root();
    let config = config.to_str().expect("UTF-8");
    lumbung(&["--config", config, "template", "labour"], &[], folder.path()).expect(0);
    let judge = [
        "--config",
        config,
        "check",
        "labour.xlsx",
        "--dataset",
        "labour",
        "--region",
        "32.73",
        "--json",
    ];
    let receipt = lumbung(&judge, &[], folder.path()).expect(3).json();
    assert_eq!(receipt["findings"][0]["code"], "no-rows", "{receipt}");
}

#[test]
fn a_template_overwrites_nothing_and_knows_its_datasets() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = root();
    let config = config.to_str().expect("UTF-8");
    fs::write(folder.path().join("labour.xlsx"), "filled in").expect("written");
    let refused = lumbung(&["--config", config, "template", "labour"], &[], folder.path()).expect(2);
    assert!(
        refused.stderr.contains("hint: name another file with --out"),
        "{}",
        refused.stderr
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("labour.xlsx")).expect("a file"),
        "filled in"
    );
    let unknown = lumbung(&["--config", config, "template", "labor"], &[], folder.path()).expect(2);
    assert!(unknown.stderr.contains("labour"), "{}", unknown.stderr);
}

#[test]
fn an_example_that_cannot_be_shown_is_a_configuration_error() {
    for (from, to, hint) in [
        (
            "[example]",
            "[example]\nages = \"7\"",
            "name a column of the contract that is not dropped",
        ),
        (
            "employed = \"1200000\"",
            "employed = \"1,2 juta\"",
            "write a figure such as 1234.5",
        ),
    ] {
        let installation = Installation::with_own(&["sakernas-file"]);
        installation.change_contract("labour", from, to);
        let said = installation.lumbung(&["check"]).expect(2);
        assert!(said.stderr.contains(hint), "{}", said.stderr);
    }
}
