//! Workbooks of every kind, those of other projects above all: read, or refused in words; never a panic, and never longer
//! than ten seconds.

use crate::bad_input::fixtures;
use crate::support::{AS_OF, Installation, lumbung, read_text, root};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Folders of the fixtures, and what their tables end in.
const FOLDERS: [&str; 5] = ["calamine", "poi", "frictionless", "csvkit", "csv-spectrum"];
const ENDINGS: [&str; 8] = ["xlsx", "xlsm", "xls", "xlsb", "ods", "csv", "tsv", "xlam"];

/// The table of results, which this test writes where `LUMBUNG_WRITE_DOCS` is set.
const TABLE: &str = "docs/spreadsheets.md";

const HEAD: &str = "\
# Spreadsheets of other projects

Written by `LUMBUNG_WRITE_DOCS=1 cargo nextest run every_table_of_other_projects`; not edited by hand. Each file is what a \
project keeps to test its own reader with: many are damaged on purpose. *Read* names the sheets that have rows; else it \
says why the file is refused.

| file | format | result |
|---|---|---|
";

/// What `lumbung preview` says of a file, as one document.
fn preview(path: &Path, config: &Path) -> Value {
    let arguments = [
        "--config",
        config.to_str().expect("UTF-8"),
        "preview",
        path.to_str().expect("UTF-8"),
        "--rows",
        "200",
        "--json",
    ];
    let begun = Instant::now();
    let said = lumbung(&arguments, &[], config);
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "{} takes too long",
        path.display()
    );
    assert!(!said.stderr.contains("panicked"), "{}: {}", path.display(), said.stderr);
    said.json()
}

/// Every table below a folder, sorted.
fn tables(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(tables(&path));
        } else if ENDINGS
            .iter()
            .any(|ending| path.extension().is_some_and(|found| found == *ending))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// One line of the table.
fn line(name: &str, preview: &Value) -> String {
    let findings = preview["findings"].as_array().expect("findings");
    let sheets = preview["sheets"].as_array().expect("sheets");
    let errors = findings.iter().filter(|finding| finding["severity"] == "error");
    let codes: Vec<&str> = errors.filter_map(|finding| finding["code"].as_str()).collect();
    let result = match (codes.is_empty(), sheets.len()) {
        (true, 1) => "read".to_string(),
        (true, sheets) => format!("read: {sheets} sheets"),
        (false, 0) => format!("refused: `{}`", codes.join("`, `")),
        (false, sheets) => format!("read: {sheets} sheets; `{}`", codes.join("`, `")),
    };
    assert!(
        !sheets.is_empty() || !codes.is_empty(),
        "{name}: neither read nor refused"
    );
    format!(
        "| `{name}` | {} | {result} |\n",
        preview["format"].as_str().unwrap_or("–")
    )
}

#[test]
fn every_table_of_other_projects_is_read_or_refused() {
    let mut files = Vec::new();
    for folder in FOLDERS {
        let Some(path) = fixtures(folder) else { return };
        let parent = path.parent().expect("a parent").to_path_buf();
        let named = |path: PathBuf| {
            let name = path
                .strip_prefix(&parent)
                .expect("below")
                .to_string_lossy()
                .into_owned();
            (name, path)
        };
        files.extend(tables(&path).into_iter().map(named));
    }
    assert!(files.len() > 200, "{}", files.len());
    let (next, lines) = (AtomicUsize::new(0), Mutex::new(vec![String::new(); files.len()]));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((name, path)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let told = line(name, &preview(path, &root()));
                    let position = files.iter().position(|(other, _)| other == name).expect("a position");
                    lines.lock().expect("no panic")[position] = told;
                }
            });
        }
    });
    let mut table = HEAD.to_string();
    for line in lines.into_inner().expect("no panic") {
        write!(table, "{line}").expect("a string");
    }
    let path = root().join(TABLE);
    if std::env::var_os("LUMBUNG_WRITE_DOCS").is_some() {
        fs::write(&path, &table).expect("written");
    }
    assert_eq!(
        read_text(&path),
        table,
        "run with LUMBUNG_WRITE_DOCS=1, then look at what changed"
    );
}

/// The cells of all sheets that have rows.
fn cells(name: &str) -> Vec<Value> {
    let Some(folder) = fixtures("calamine") else {
        return Vec::new();
    };
    let preview = preview(&folder.join(name), &root());
    let sheets = preview["sheets"].as_array().expect("sheets");
    sheets
        .iter()
        .map(|sheet| json!([sheet["name"], sheet["rows"]]))
        .collect()
}

#[test]
fn a_workbook_saved_in_several_formats_has_the_same_cells() {
    for (name, formats) in [
        ("any_sheets", &["xls", "xlsb"][..]),
        ("issue127", &["xls", "xlsb", "ods"]),
    ] {
        let expected = cells(&format!("{name}.xlsx"));
        for format in formats {
            assert_eq!(cells(&format!("{name}.{format}")), expected, "{name}.{format}");
        }
    }
    // Days of both epochs; the third row holds a duration, which formats keep to different digits.
    let days = |name: &str| -> Vec<Value> {
        cells(name)
            .iter()
            .map(|sheet| json!([sheet[1][0], sheet[1][1]]))
            .collect()
    };
    for name in [
        "date.xls",
        "date.xlsb",
        "date_1904.xls",
        "date_1904.xlsb",
        "date_1904.xlsx",
    ] {
        assert_eq!(days(name), days("date.xlsx"), "{name}");
    }
}

#[test]
fn a_locked_workbook_is_refused_as_such() {
    for (folder, name) in [("poi", "password.xls"), ("calamine", "pass_protected.xlsb")] {
        let Some(folder) = fixtures(folder) else { return };
        let preview = preview(&folder.join(name), &root());
        assert_eq!(preview["findings"][0]["code"], "workbook-protected", "{name}");
    }
}

/// A small OpenDocument spreadsheet: texts, and numbers as numbers.
pub fn ods(rows: &[&[&str]]) -> Vec<u8> {
    let mut table = String::new();
    for row in rows {
        table.push_str("<table:table-row>");
        for cell in *row {
            match cell.parse::<f64>() {
                Ok(number) => write!(
                    table,
                    "<table:table-cell office:value-type=\"float\" office:value=\"{number}\"><text:p>{number}</text:p></table:table-cell>"
                ),
                Err(_) => write!(
                    table,
                    "<table:table-cell office:value-type=\"string\"><text:p>{cell}</text:p></table:table-cell>"
                ),
            }
            .expect("a string");
        }
        table.push_str("</table:table-row>");
    }
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:spreadsheet>\
         <table:table table:name=\"Penduduk\">{table}</table:table></office:spreadsheet></office:body>\
         </office:document-content>"
    );
    let kind = "application/vnd.oasis.opendocument.spreadsheet";
    let manifest = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><manifest:manifest \
         xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"><manifest:file-entry \
         manifest:full-path=\"/\" manifest:media-type=\"{kind}\"/></manifest:manifest>"
    );
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("mimetype", kind),
        ("content.xml", &content),
        ("META-INF/manifest.xml", &manifest),
    ] {
        archive.start_file(name, SimpleFileOptions::default()).expect("begun");
        archive.write_all(text.as_bytes()).expect("written");
    }
    archive.finish().expect("finished").into_inner()
}

const POPULATION: [&[&str]; 3] = [
    &["Kode", "Periode", "Laki-laki", "Perempuan", "Jumlah"],
    &["32.73", "2024-S2", "600", "500", "1100"],
    &["32.04", "2024-S2", "700", "600", "1301"],
];

#[test]
fn an_open_document_counts_and_its_refused_cell_has_its_address() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.drop("32", "dukcapil-file", "penduduk.ods", ods(&POPULATION));
    installation.merge_only(0);
    let receipt = installation.receipt(1);
    assert_eq!(receipt["rows"]["accepted"], 1, "{receipt:#}");
    let finding = &receipt["findings"][0];
    assert_eq!(
        (&finding["code"], &finding["sheet"], &finding["cell"]),
        (&json!("population-total-differs"), &json!("Penduduk"), &json!("E3"),)
    );
    assert_eq!(
        installation.model_lines("population", &["region_code", "male"]),
        ["32.73 600"]
    );
}

#[test]
fn the_reader_of_whole_workbooks_is_limited_and_its_end_is_a_finding() {
    let long = [&POPULATION[..1], &[POPULATION[1]; 50_000]].concat();
    for (limit, code) in [
        ("workbook_seconds = 0", "workbook-takes-too-long"),
        ("workbook_memory_mb = 8", "workbook-reader-stopped"),
    ] {
        let installation = Installation::with_own(&["dukcapil-file"]);
        installation.settings(&format!("[limits]\n{limit}\n"));
        installation.drop("32", "dukcapil-file", "penduduk.ods", ods(&long));
        let report = installation.merge_only(3);
        assert_eq!(report["submissions"][0]["status"], "refused", "{report:#}");
        assert_eq!(installation.receipt(1)["findings"][0]["code"], code);
    }
}

/// A night over workbooks of one sender, one after the other; its report, and how many processes read them.
fn night_over(memory_mb: u64, workbooks: &[Vec<u8>], code: i32) -> (Value, usize) {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.settings(&format!("[limits]\nworkbook_memory_mb = {memory_mb}\n"));
    for (number, bytes) in workbooks.iter().enumerate() {
        installation.drop("32", "dukcapil-file", &format!("penduduk-{number}.ods"), bytes);
    }
    let said = installation
        .lumbung(&["run", "--as-of", AS_OF, "--no-publish", "--json", "-vv"])
        .expect(code);
    let starts = said.stderr.matches("a reader of workbooks starts").count();
    (said.json(), starts)
}

fn statuses(report: &Value) -> Vec<&str> {
    let submissions = report["submissions"].as_array().expect("submissions").iter();
    submissions
        .map(|submission| submission["status"].as_str().expect("a status"))
        .collect()
}

/// One row, of a year of its own.
fn population_of(year: &str) -> Vec<u8> {
    ods(&[POPULATION[0], &["32.73", year, "600", "500", "1100"]])
}

#[test]
fn one_process_reads_many_small_workbooks() {
    let damaged = b"PK\x03\x04 torn".to_vec();
    let workbooks = [
        population_of("2021"),
        population_of("2022"),
        damaged,
        ods(&[]),
        population_of("2023"),
        population_of("2024"),
    ];
    let (report, starts) = night_over(512, &workbooks, 3);
    assert_eq!(
        statuses(&report),
        ["accepted", "accepted", "refused", "refused", "accepted", "accepted"]
    );
    assert_eq!(starts, 1);
    for submission in report["submissions"].as_array().expect("submissions") {
        let seconds = |of: &str| submission["seconds"][of].as_f64().expect("seconds");
        assert!(
            0.0 < seconds("read") && seconds("read") < seconds("stage"),
            "{submission}"
        );
    }
}

#[test]
fn a_workbook_that_ends_its_process_ends_no_other() {
    let long = ods(&[&POPULATION[..1], &[POPULATION[1]; 50_000]].concat());
    let workbooks = [population_of("2021"), long, population_of("2022")];
    let (report, starts) = night_over(12, &workbooks, 3);
    assert_eq!(statuses(&report), ["accepted", "refused", "accepted"]);
    // The long one is tried in a new process too: it may not have failed for what the process did before.
    assert_eq!(starts, 3);
}
