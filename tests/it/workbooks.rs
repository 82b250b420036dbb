//! Workbooks of every kind, those of other projects above all: read, or refused in words; never a panic, and never longer
//! than ten seconds.

use crate::bad_input::fixtures;
use crate::support::{AS_OF, Installation, lumbung, python, read_text, root};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Folders of the fixtures, and what their tables end in.
const FOLDERS: [&str; 5] = ["calamine", "poi", "frictionless", "csvkit", "csv-spectrum"];
const ENDINGS: [&str; 8] = ["xlsx", "xlsm", "xls", "xlsb", "ods", "csv", "tsv", "xlam"];

/// The table of results, which this test writes where `LUMBUNG_WRITE_DOCS` is set.
const TABLE: &str = "docs/spreadsheets.md";

/// Files of which other readers see another thing, how many cells they are, and why ours are right.
const DIFFERENCES: &str = "tests/it/differences.txt";

/// Most memory that reading a file may take, in MB.
const MEMORY: u64 = 512;

const HEAD: &str = "\
# Spreadsheets of other projects

Written by `LUMBUNG_WRITE_DOCS=1 cargo nextest run every_table_of_other_projects`; not edited by hand. Each file is what a \
project keeps to test its own reader with: many are damaged on purpose. *Result* names the sheets that have rows, or says \
why the file is refused. *Cells* counts those that were compared, one by one, with what another reader sees (openpyxl, \
xlrd, pyxlsb, odfpy, Python's csv); where some differ, `tests/it/differences.txt` says why. Every file is read or refused \
within 10 seconds and 512 MB.

| file | format | result | cells |
|---|---|---|---|
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

/// What comparing each file with another reader came to, by file.
fn compared(names: &[&str], folder: &Path) -> Value {
    let output = Command::new(python())
        .args(["-I", "tests/it/compare.py", env!("CARGO_BIN_EXE_lumbung")])
        .arg(folder)
        .args(names)
        .current_dir(root())
        .output()
        .expect("Python runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Number (or `refused`) and reason by file.
fn differences() -> BTreeMap<String, (String, String)> {
    let text = read_text(&root().join(DIFFERENCES));
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let parts = lines.map(|line| {
        let mut parts = line.splitn(3, ' ').map(str::to_string);
        let mut part = || parts.next().unwrap_or_else(|| panic!("{line}"));
        (part(), (part(), part()))
    });
    parts.collect()
}

/// The last column of the table; what is not justified goes to `wrong`.
fn cells_of(name: &str, compared: &Value, justified: Option<&(String, String)>, wrong: &mut Vec<String>) -> String {
    if let Some(megabytes) = compared["megabytes"].as_u64().filter(|megabytes| *megabytes > MEMORY) {
        wrong.push(format!("{name} takes {megabytes} MB"));
    }
    if compared["seconds"].as_f64().is_none_or(|seconds| seconds > 10.0) {
        wrong.push(format!("{name} takes {} s", compared["seconds"]));
    }
    let count = match (&compared["refused"], compared["cells"].as_u64()) {
        (_, None) => None,
        (Value::String(_), Some(0)) => None,
        (Value::String(_), Some(_)) => Some("refused".to_string()),
        (_, Some(_)) => compared["different"]
            .as_u64()
            .filter(|count| *count > 0)
            .map(|count| count.to_string()),
    };
    if count.as_ref() != justified.map(|(count, _)| count) {
        let told = format!("{count:?}, not {justified:?}: {:#}", compared["differences"]);
        wrong.push(format!("{name}: {told}"));
    }
    match (compared["cells"].as_u64(), count) {
        (None, _) => "not read by others".to_string(),
        (Some(_), Some(count)) if count == "refused" => "read by others".to_string(),
        (Some(_), None) if !compared["refused"].is_null() => "–".to_string(),
        (Some(cells), None) => cells.to_string(),
        (Some(cells), Some(count)) => format!("{cells}; {count} differ"),
    }
}

/// One line of the table.
fn line(name: &str, preview: &Value, cells: &str) -> String {
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
        "| `{name}` | {} | {result} | {cells} |\n",
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
    let folder = fixtures("calamine").and_then(|path| path.parent().map(Path::to_path_buf));
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let compared = compared(&names, &folder.expect("a folder"));
    let mut justified = differences();
    let mut wrong = Vec::new();
    let mut cells = |name: &str| cells_of(name, &compared[name], justified.remove(name).as_ref(), &mut wrong);
    let cells: Vec<String> = names.iter().map(|name| cells(name)).collect();
    wrong.extend(
        justified
            .into_keys()
            .map(|name| format!("{name} is justified and not there")),
    );
    let (next, lines) = (AtomicUsize::new(0), Mutex::new(vec![String::new(); files.len()]));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let position = next.fetch_add(1, Ordering::Relaxed);
                    let Some((name, path)) = files.get(position) else { break };
                    let told = line(name, &preview(path, &root()), &cells[position]);
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
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
    ods_of(&table)
}

/// An OpenDocument spreadsheet of these rows.
fn ods_of(table: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:calcext=\"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0\" \
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

/// The cells that are read in a file, by row.
fn read_cells(path: &Path) -> Vec<Value> {
    let said = lumbung(&["cells", path.to_str().expect("UTF-8")], &[], &root()).expect(0);
    let lines = said
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines
        .filter_map(|line| line.get("row").map(|row| row["cells"].clone()))
        .collect()
}

/// Replaces the one place where these bytes stand.
fn patch(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let places: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(from)).collect();
    assert_eq!(places.len(), 1, "{from:x?}");
    bytes[places[0]..places[0] + to.len()].copy_from_slice(to);
}

/// No program here writes XLSB, so one that Excel wrote is changed: its days become percentages, a number the error of a
/// formula, two cells below each other one, and a row is hidden.
#[test]
fn what_cells_of_an_xlsb_look_like_is_seen() {
    let Some(folder) = fixtures("calamine") else { return };
    let mut archive =
        ZipArchive::new(fs::File::open(folder.join("date.xlsb")).expect("a workbook")).expect("an archive");
    let mut changed = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).expect("an entry");
        let name = entry.name().expect("UTF-8").to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("read");
        match name.as_str() {
            "xl/styles.bin" => patch(
                &mut bytes,
                b"\x00\x00\xA4\x00\0\0\0\0\0\0\0\0\x10\x10\x25\0",
                b"\x00\x00\x0A\x00",
            ),
            "xl/worksheets/sheet1.bin" => {
                patch(
                    &mut bytes,
                    b"\x05\x10\0\0\0\0\x03\0\0\0\xC2",
                    b"\x0B\x10\0\0\0\0\x03\0\0\0\x07",
                );
                patch(
                    &mut bytes,
                    b"\x01\0\0\0\0\0\0\0\x08\x01\0\0",
                    b"\x01\0\0\0\0\0\0\0\x08\x01\0\x10",
                );
                bytes.extend(b"\xB0\x01\x10\0\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0");
            }
            _ => {}
        }
        changed.start_file(name, SimpleFileOptions::default()).expect("begun");
        changed.write_all(&bytes).expect("written");
    }
    let temporary = tempfile::tempdir().expect("a folder");
    let path = temporary.path().join("a.xlsb");
    fs::write(&path, changed.finish().expect("finished").into_inner()).expect("written");
    let expected = [
        json!([["percent", 44197.0], ["spread", "15"]]),
        json!([["percent", 44198.0], 16]),
        json!([["error", "#DIV/0!"], 17]),
    ];
    assert_eq!(read_cells(&path), expected);
    let mut reader = Command::new(env!("CARGO_BIN_EXE_lumbung"))
        .args(["read-workbook", "512"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let question = format!("xlsb {}\0", path.display());
    let mut questions = reader.stdin.take().expect("piped");
    questions.write_all(question.as_bytes()).expect("written");
    drop(questions);
    let said = String::from_utf8(reader.wait_with_output().expect("ended").stdout).expect("UTF-8");
    let hidden: Vec<&str> = said.lines().filter(|line| line.contains("\"hidden\":true")).collect();
    assert!(hidden.len() == 1 && hidden[0].contains("\"row\":2,"), "{hidden:?}");
}

#[test]
fn what_cells_of_an_open_document_look_like_is_seen_and_its_formatted_emptiness_is_nothing() {
    let cell = |attributes: &str, text: &str| {
        format!("<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>")
    };
    let error =
        "table:formula=\"of:=1/0\" office:value-type=\"string\" office:string-value=\"\" calcext:value-type=\"error\"";
    let row = [
        cell(
            "office:value-type=\"percentage\" office:value=\"0.035\" table:number-columns-repeated=\"2\"",
            "3,5 %",
        ),
        cell(error, "#DIV/0!"),
        cell("office:value-type=\"float\" office:value=\"32.1\"", "32,10"),
        cell("office:value-type=\"float\" office:value=\"1500.5\"", "1.500,50"),
        "<table:table-cell table:formula=\"of:=[.A1]\"/>".to_string(),
    ];
    let rows = format!(
        "<table:table-row table:number-rows-repeated=\"2\">{}</table:table-row>",
        row.concat()
    );
    let rest = "<table:table-row table:number-rows-repeated=\"1048574\"><table:table-cell table:style-name=\"ce1\" \
                table:number-columns-repeated=\"16384\"/></table:table-row>";
    let temporary = tempfile::tempdir().expect("a folder");
    let path = temporary.path().join("a.ods");
    fs::write(&path, ods_of(&(rows + rest))).expect("written");
    let expected = json!([
        ["percent", 0.035],
        ["percent", 0.035],
        ["error", "#DIV/0!"],
        ["shown", "32.10"],
        1500.5,
        ["uncalculated"]
    ]);
    assert_eq!(read_cells(&path), [expected.clone(), expected]);
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
