//! Targets: what reads files, from bytes to cells and on to the receipt.

use super::mutate::{Random, change_once};
use super::{Target, fuzz};
use crate::support::{AS_OF, root};
use lumbung::config::{self, Configuration, Limits};
use lumbung::finding::receipt::{Language, Titles};
use lumbung::format::json::{JsonEvent, JsonReader};
use lumbung::format::xml::{XmlEvent, XmlReader};
use lumbung::land::DataDirectory;
use lumbung::read::{self, Document, ReadOptions};
use lumbung::run::dry_run::{As, dry_run};
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::sync::OnceLock;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Limits that inputs of this size can reach.
fn limits() -> Limits {
    Limits {
        unpacked_bytes: 4 << 20,
        line_bytes: 6 << 10,
        columns: 300,
        ..Limits::default()
    }
}

fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(bytes).expect("written");
    file
}

/// The rows of a sheet as text, and how it ended.
fn rows(document: &mut dyn Document, sheet: usize) -> Result<Vec<String>, String> {
    let mut rows = Vec::new();
    let mut blocks = document.blocks(sheet).map_err(|error| error.0.code)?;
    while let Some(block) = blocks.next_block().map_err(|error| error.0.code)? {
        assert_eq!(block.row_numbers.len(), block.rows(), "every row has its number");
        for row in 0..block.rows() {
            let cells: Vec<String> = block
                .row(row)
                .iter()
                .map(|&raw| format!("{:?}", block.view(raw)))
                .collect();
            rows.push(format!("{} {}", block.row_numbers[row], cells.join("|")));
        }
    }
    rows.push(blocks.fields().join("|"));
    Ok(rows)
}

/// A whole file as text.
fn content(path: &Path) -> Result<Vec<String>, String> {
    let options = ReadOptions {
        records: None,
        limits: limits(),
    };
    let mut document = read::open(path, "masukan", &options).map_err(|error| error.0.code)?;
    let mut all = Vec::new();
    for sheet in 0..document.sheets().len() {
        let first = rows(document.as_mut(), sheet);
        assert_eq!(
            first,
            rows(document.as_mut(), sheet),
            "a sheet reads the same a second time"
        );
        all.extend(first?);
    }
    Ok(all)
}

fn any_file(bytes: &[u8]) {
    let file = file(bytes);
    let first = content(file.path());
    assert_eq!(
        first,
        content(file.path()),
        "a file reads the same when it is opened again"
    );
}

/// Text in another encoding is the same text, wherever the pieces fall that it is decoded in.
fn a_csv(bytes: &[u8]) {
    any_file(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if text.contains('\0') || text.starts_with('\u{feff}') {
        return;
    }
    let units = [0xFEFF].into_iter().chain(text.encode_utf16());
    let wide: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
    let marked = [b"\xEF\xBB\xBF", bytes].concat();
    let (wide, marked) = (content(file(&wide).path()), content(file(&marked).path()));
    assert_eq!(wide, marked, "UTF-16 and UTF-8 hold the same cells");
}

/// Gives few bytes at a time.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(self.0.len()).min(out.len());
        out[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        self.1 = self.1 % 7 + 1;
        Ok(count)
    }
}

fn json_events(input: impl Read) -> Result<Vec<String>, String> {
    let mut reader = JsonReader::new(input, 4 << 10);
    let mut events = Vec::new();
    loop {
        match reader.next_event().map_err(|finding| format!("{finding:?}"))? {
            JsonEvent::End => return Ok(events),
            event => events.push(format!("{event:?}")),
        }
    }
}

fn a_json(bytes: &[u8]) {
    any_file(bytes);
    assert_eq!(json_events(bytes), json_events(Trickle(bytes, 1)), "JSON in pieces");
}

fn xml_events(input: impl Read) -> Result<Vec<String>, String> {
    let mut reader = XmlReader::new(input, 4 << 10).map_err(|finding| finding.code.clone())?;
    let mut events = Vec::new();
    loop {
        let shown = match reader.next_event().map_err(|finding| finding.code.clone())? {
            XmlEvent::End => return Ok(events),
            event => format!("{event:?}"),
        };
        events.push(format!("{shown} {:?}", reader.attributes()));
    }
}

fn an_xml(bytes: &[u8]) {
    any_file(bytes);
    let (whole, pieces) = (xml_events(bytes), xml_events(Trickle(bytes, 1)));
    // Where two faults meet, such as a DOCTYPE that is too long, the pieces may decide which is told.
    assert_eq!(whole.ok(), pieces.ok(), "XML in pieces");
}

/// Changes one entry of a workbook's archive: changes of the packed bytes hardly get past its checksums.
fn change_entry(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let words: &[&str] = &[
        "<c r=\"A1\" t=\"s\"><v>999999</v></c>",
        "<c r=\"XFD1048576\"><v>1</v></c>",
        "r=\"ZZZZ99999999\"",
        "t=\"inlineStr\"",
        "<is><t>a</t></is>",
        "<row r=\"0\">",
        "<row r=\"4294967297\">",
        "<v>1e999</v>",
        "<v>NaN</v>",
        "<si><t/></si>",
        "count=\"4294967295\"",
        "date1904=\"1\"",
        "s=\"99999\"",
        "numFmtId=\"14\"",
        "<dimension ref=\"A1:XFD1048576\"/>",
        "<mergeCell ref=\"A1:B2\"/>",
        "&amp;",
        "<!DOCTYPE a>",
        "</row>",
        "<f>A1</f>",
        "t=\"e\"",
        "#REF!",
        "-1",
        "Target=\"../../x\"",
        "state=\"hidden\"",
    ];
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else {
        return bytes.to_vec();
    };
    let chosen = random.below(archive.len());
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let Ok(mut entry) = archive.by_index(index) else {
            continue;
        };
        let Ok(name) = entry.name().map(|name| name.to_string()) else {
            continue;
        };
        let mut content = Vec::new();
        if entry.read_to_end(&mut content).is_err() {
            continue;
        }
        if index == chosen {
            let original = content.clone();
            for _ in 0..=random.below(6) {
                change_once(&mut content, &original, words, random);
            }
            // A part that is missing.
            if random.below(40) == 0 {
                continue;
            }
        }
        if writer.start_file(name, SimpleFileOptions::default()).is_ok() {
            writer.write_all(&content).expect("written");
        }
    }
    writer.finish().expect("an archive").into_inner()
}

fn configuration() -> &'static Configuration {
    static CONFIGURATION: OnceLock<Configuration> = OnceLock::new();
    CONFIGURATION.get_or_init(|| {
        let mut configuration = config::load(&root()).expect("the repository's own configuration");
        let mut installation = (*configuration.installation).clone();
        installation.limits = limits();
        configuration.installation = installation.into();
        configuration
    })
}

/// The whole way to the receipt: rows that do not add up are an error of [`dry_run`].
fn a_receipt(bytes: &[u8]) {
    let configuration = configuration();
    let file = file(bytes);
    let data = DataDirectory::new(Path::new("/nowhere"));
    for (connector, region) in [
        ("laporan-daerah", "32.73"),
        ("harga-pasar", "32.73"),
        ("dukcapil-file", "32"),
    ] {
        let whom = As::Connector(configuration.connectors[connector].clone());
        let as_of = AS_OF.parse().expect("a date");
        let receipt = dry_run(configuration, &data, file.path(), region, &whom, as_of).expect("a receipt");
        for language in [Language::Id, Language::En] {
            assert!(!receipt.to_text(language, &Titles::default()).is_empty());
        }
        receipt.to_html(&Titles::default());
    }
}

const SEPARATORS: &[&str] = &[
    ";",
    ",",
    "\t",
    "|",
    "\"",
    "\"\"",
    "\n",
    "\r\n",
    "\r",
    "sep=;\n",
    "\u{feff}",
    "\0",
    "Jumlah",
    "Kode Wilayah",
    "1.234,5",
    "'",
    "\u{a0}",
    ";;;;;;;;",
];
const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\u0000",
    "\\ud800",
    "\\",
    "null",
    "true",
    "1e999",
    "-0",
    "01",
    "[[[[[[[[",
    "{\"a\":",
    "\n",
    "/*",
    "NaN",
    "\u{feff}",
    "9007199254740993",
];
const XML: &[&str] = &[
    "<a>",
    "</a>",
    "<a/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE a [",
    "<!ENTITY x \"y\">",
    "&x;",
    "&#0;",
    "&#x10FFFF;",
    "&amp;",
    "<?xml version=\"1.0\" encoding=\"utf-16\"?>",
    "xmlns:x=\"y\"",
    "x:",
    "\"",
    "'",
    "=",
    ">",
    "<",
];

static CSV: Target = Target {
    name: "csv",
    by_line: false,
    fixtures: &[("csvkit", ".csv"), ("csvkit", ".tsv"), ("csv-spectrum/csvs", ".csv")],
    words: SEPARATORS,
    inputs: 100,
    change: None,
    run: a_csv,
};
static XLSX: Target = Target {
    name: "xlsx",
    by_line: false,
    fixtures: &[("calamine", ".xlsx"), ("csvkit", ".xlsx")],
    words: &["PK\u{3}\u{4}", "PK\u{1}\u{2}", "xl/workbook.xml"],
    inputs: 120,
    change: Some(change_entry),
    run: any_file,
};
static JSON_FILE: Target = Target {
    name: "json",
    by_line: false,
    fixtures: &[("json-test-suite/test_parsing", ".json")],
    words: JSON,
    inputs: 250,
    change: None,
    run: a_json,
};
static XML_FILE: Target = Target {
    name: "xml",
    by_line: false,
    fixtures: &[("defusedxml", ".xml")],
    words: XML,
    inputs: 250,
    change: None,
    run: an_xml,
};
static RECEIPT: Target = Target {
    name: "receipt",
    by_line: false,
    fixtures: &[],
    words: SEPARATORS,
    inputs: 40,
    change: None,
    run: a_receipt,
};

#[test]
fn csv_files() {
    fuzz(&CSV);
}

#[test]
fn xlsx_files() {
    fuzz(&XLSX);
}

#[test]
fn json_files() {
    fuzz(&JSON_FILE);
}

#[test]
fn xml_files() {
    fuzz(&XML_FILE);
}

#[test]
fn files_up_to_their_receipt() {
    fuzz(&RECEIPT);
}
