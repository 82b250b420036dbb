//! Known values in every column and format, everything run on them, failures and kills included, and every byte looked
//! at afterwards.

use super::search::Search;
use crate::support::{AS_OF, Cell, Installation, workbook};
use crate::workbooks::ods;
use crate::xls::{Value, xls};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const NIK: &str = "3273015505800001";
const PHONE: &str = "081234567890";
const EMAIL: &str = "sri.wahyuni@contoh.go.id";
const NAME: &str = "Sri Wahyuni Kusumawardhani";
const ADDRESS: &str = "Jalan Kenanga 17";

/// What of these may stand nowhere, also where a 0 is gone or marks are.
const NEEDLES: [&str; 7] = [
    NIK,
    "1234567890",
    "812-3456-7890",
    "sri.wahyuni",
    "@contoh.go.id",
    "kusumawardhani",
    "kenanga",
];

/// Headers of the contract's columns, then of others.
const HEADERS: [&str; 14] = [
    "Kode Wilayah",
    "Kode Inovasi",
    "Judul",
    "Tahapan",
    "Layanan",
    "Mulai",
    "Jumlah Bukti",
    "Inovator",
    "NIK Inovator",
    "No HP",
    "Nama Pemohon",
    "Alamat",
    "Kontak",
    "Catatan",
];
/// Columns of the contract that are not personal, and those of text among them: a name there is a title.
const DECLARED: usize = 7;
const TEXTS: [usize; 2] = [1, 2];

fn row(number: usize) -> Vec<String> {
    let code = format!("INV-{number}");
    [
        "32.73",
        &code,
        "Antrean daring",
        "Penerapan",
        "",
        "2025-03-01",
        "3",
        NAME,
        NIK,
        PHONE,
        NAME,
        ADDRESS,
        EMAIL,
        NIK,
    ]
    .map(str::to_string)
    .to_vec()
}

/// Rows that are right but for one value in a column where it has no business, and two with one key.
fn spoiled() -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for column in 0..DECLARED {
        for value in [NIK, "3273.0155.0580.0001", PHONE, "+62 812-3456-7890", EMAIL, NAME] {
            if value == NAME && TEXTS.contains(&column) {
                continue;
            }
            let mut row = row(100 + rows.len());
            row[column] = value.to_string();
            rows.push(row);
        }
    }
    let mut twice = [row(7), row(7)];
    twice[1][2] = format!("Judul lain {PHONE}");
    rows.extend(twice);
    let mut twice = [row(8), row(8)];
    twice[1][6] = "4".to_string();
    rows.extend(twice);
    let mut long = row(9);
    long.push(NIK.to_string());
    rows.push(long);
    rows
}

fn clean(count: usize) -> Vec<Vec<String>> {
    (0..count).map(row).collect()
}

fn joined(rows: &[Vec<String>], delimiter: &str) -> String {
    let mut text = HEADERS.join(delimiter) + "\n";
    for row in rows {
        text += &(row.join(delimiter) + "\n");
    }
    text
}

fn csv(rows: &[Vec<String>]) -> Vec<u8> {
    joined(rows, ";").into_bytes()
}

/// Below a title; `numbers`: digits as numbers.
fn book(sheet: &str, rows: &[Vec<String>], numbers: bool) -> Vec<u8> {
    let cell = |text: &String| match text.parse::<f64>() {
        Ok(number) if numbers && !text.contains('.') => Cell::Number(number),
        _ => Cell::from(text.as_str()),
    };
    let title = format!("Disusun oleh {NAME} (NIK {NIK}, HP {PHONE})");
    let mut all = vec![vec![Cell::from(title.as_str())], Vec::new()];
    all.push(HEADERS.map(Cell::from).to_vec());
    all.extend(rows.iter().map(|row| row.iter().map(cell).collect()));
    all.push(vec![Cell::Blank, Cell::Blank, Cell::from("Bandung, 3 November 2025")]);
    all.push(vec![Cell::Blank, Cell::Blank, Cell::from(NAME)]);
    let other = vec![
        ["Nama", "NIK", "Telepon", "Surel"].map(Cell::from).to_vec(),
        [NAME, NIK, PHONE, EMAIL].map(Cell::from).to_vec(),
    ];
    workbook(&[(sheet, all), ("Daftar hadir", other)])
}

/// As Excel 97 writes it: the figures and some of the personal numbers are numbers.
fn old_book(rows: &[Vec<String>]) -> Vec<u8> {
    let numbers = |column: usize| column == 6 || column > 8;
    let mut all = vec![HEADERS.map(Value::Text).into_iter().collect::<Vec<_>>()];
    all.extend(rows.iter().map(|row| {
        let cells = row.iter().enumerate();
        cells
            .map(|(column, text)| match text.parse::<f64>() {
                Ok(number) if numbers(column) => Value::Number(number),
                _ => Value::Text(text),
            })
            .collect()
    }));
    xls("Inovasi", &all)
}

fn records(rows: &[Vec<String>]) -> Vec<serde_json::Value> {
    let record = |row: &Vec<String>| {
        let fields = HEADERS.iter().zip(row);
        fields
            .map(|(header, value)| (header.to_string(), value.as_str().into()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    rows.iter().map(record).collect()
}

fn xml(rows: &[Vec<String>], end: &str) -> Vec<u8> {
    let mut text = "<data>".to_string();
    for row in rows {
        text += "<baris>";
        for (header, value) in HEADERS.iter().zip(row) {
            let name = header.replace(' ', "_");
            text += &format!("<{name}>{value}</{name}>");
        }
        text += "</baris>";
    }
    (text + end).into_bytes()
}

/// Every file that is sent, with its name: right, in part, held, refused, broken.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let bad = spoiled();
    let some = [clean(200), bad.clone()].concat();
    let lines: Vec<String> = records(&some).iter().map(|record| record.to_string()).collect();
    let open: Vec<Vec<&str>> = std::iter::once(HEADERS.to_vec())
        .chain(some.iter().map(|row| row.iter().take(14).map(String::as_str).collect()))
        .collect();
    let open: Vec<&[&str]> = open.iter().map(Vec::as_slice).collect();
    let whole = book("Inovasi", &some, false);
    let misfit = format!("Nama;NIK;No HP;Alamat\n{NAME};{NIK};{PHONE};{ADDRESS}\n");
    let headers = joined(&clean(2), ";").replacen("Catatan", &format!("{NIK} {EMAIL} {PHONE}"), 1);
    let headless: String = joined(&clean(3), ";")
        .lines()
        .skip(1)
        .map(|line| format!("{line}\n"))
        .collect();
    let mut encoding = csv(&clean(3));
    encoding.extend(format!("32.73;X;\u{0}{NIK}\n").bytes());
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(joined(&some, ";").encode_utf16().flat_map(u16::to_le_bytes))
        .chain([0x41])
        .collect();
    vec![
        ("01-baik.csv", csv(&clean(3))),
        ("02-sebagian.csv", csv(&some)),
        ("03-ditahan.csv", csv(&bad)),
        ("04-buku.xlsx", whole.clone()),
        ("05-angka.xlsx", book(&format!("Warga {NIK}"), &some, true)),
        ("06-potong.xlsx", whole[..whole.len() / 2].to_vec()),
        ("07-terbuka.ods", ods(&open)),
        ("08-larik.json", serde_json::to_vec(&records(&some)).expect("JSON")),
        ("09-baris.json", lines.join("\n").into_bytes()),
        (
            "10-potong.json",
            serde_json::to_vec(&records(&some)).expect("JSON")[..9_000].to_vec(),
        ),
        ("11-data.xml", xml(&some, "</data>")),
        ("12-potong.xml", xml(&some, &format!("<baris>&{NIK};</baris></data>"))),
        ("13-lain.csv", misfit.into_bytes()),
        ("14-judul.csv", headers.into_bytes()),
        ("15-tanpa-judul.csv", headless.into_bytes()),
        ("16-nul.csv", encoding),
        ("17-lebar.csv", utf16),
        (
            "18-petik.csv",
            format!("{}32.73;\"{NIK};{NAME}", joined(&clean(2), ";")).into_bytes(),
        ),
        (
            "19-pesan.html",
            format!("<html><body>{NAME} {NIK}</body></html>").into_bytes(),
        ),
        ("20-lama.xls", old_book(&some)),
    ]
}

/// A place where a night is killed; it goes on from there.
const KILLS: [&str; 12] = [
    "spool.write.half",
    "land.raw.after",
    "land.processed.half",
    "stage.rows.before",
    "stage.findings.after",
    "receipt.copy.half",
    "stage.outcome.before",
    "table.sync.before:9",
    "merge.scratch.after",
    "merge.commit.before",
    "publish.tables.half",
    "publish.seal.before",
];

struct Ground {
    installation: Installation,
    sent: BTreeSet<Vec<u8>>,
}

impl Ground {
    /// What a command says, on both ways, with everything logged.
    fn said(&self, arguments: &[&str], kill: &str) -> Vec<u8> {
        let home = self.installation.home();
        let temporary = home.join("tmp");
        fs::create_dir_all(&temporary).expect("a folder");
        let output = Command::new(env!("CARGO_BIN_EXE_lumbung"))
            .arg("--config")
            .arg(self.installation.config())
            .arg("--data")
            .arg(self.installation.data())
            .args(arguments)
            .env_clear()
            .env("LUMBUNG_LOG", "trace")
            .env("LUMBUNG_PSEUDONYM_KEY", "rahasia-uji")
            .env("TMPDIR", &temporary)
            .envs((!kill.is_empty()).then_some(("LUMBUNG_FAIL_AT", kill)))
            .stdin(Stdio::null())
            .output()
            .expect("the program starts");
        if kill.is_empty() {
            assert!(output.status.signal().is_none(), "{arguments:?} died");
            assert!(
                !String::from_utf8_lossy(&output.stderr).contains("panicked"),
                "{arguments:?}"
            );
        } else {
            assert_eq!(
                output.status.signal(),
                Some(9),
                "{kill}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        [output.stdout, output.stderr].concat()
    }

    /// Nothing of the planted values is in what was said, below the data directory or in temporary files.
    #[track_caller]
    fn is_clean(&self, said: &[u8], after: &str) {
        self.is_said_clean(said, after);
        let mut found = Vec::new();
        let search = self.search();
        search.found_below(&self.installation.data(), &mut found);
        search.found_below(&self.installation.home().join("tmp"), &mut found);
        found.truncate(20);
        assert!(found.is_empty(), "after {after}:\n{}", found.join("\n"));
    }

    #[track_caller]
    fn is_said_clean(&self, said: &[u8], after: &str) {
        let (search, mut found) = (self.search(), Vec::new());
        for line in said.split(|byte| *byte == b'\n') {
            let holds = search.found_in(line);
            if !holds.is_empty() {
                found.push(format!("{holds:?} in {}", String::from_utf8_lossy(line)));
            }
        }
        found.truncate(20);
        assert!(found.is_empty(), "{after} says:\n{}", found.join("\n"));
    }

    fn search(&self) -> Search<'_> {
        Search {
            needles: &NEEDLES,
            sent: &self.sent,
        }
    }

    /// A question that keeps nothing.
    fn ask(&self, arguments: &[&str]) {
        let said = self.said(arguments, "");
        self.is_said_clean(&said, &arguments.join(" "));
    }

    fn tell(&self, arguments: &[&str]) {
        let said = self.said(arguments, "");
        self.is_clean(&said, &arguments.join(" "));
    }
}

fn ground() -> (Ground, Vec<PathBuf>) {
    let installation = Installation::with_own(&["laporan-daerah"]);
    let files = files();
    let sent = files.iter().map(|(_, bytes)| bytes.clone()).collect();
    let outside = installation.home().join("kiriman");
    fs::create_dir_all(&outside).expect("a folder");
    let mut paths = Vec::new();
    for (name, bytes) in files {
        installation.drop("32.73", "laporan-daerah", name, &bytes);
        let path = outside.join(name);
        fs::write(&path, bytes).expect("written");
        paths.push(path);
    }
    (Ground { installation, sent }, paths)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[test]
fn no_planted_value_is_anywhere_after_kills_failures_and_every_question() {
    let (ground, paths) = ground();
    for kill in KILLS {
        let said = ground.said(&["run", "--as-of", AS_OF], kill);
        ground.is_clean(&said, kill);
    }
    ground.tell(&["run", "--as-of", AS_OF]);
    let report = ground.said(&["--json", "submission", "list"], "");
    let listed = String::from_utf8_lossy(&report);
    for status in ["accepted_in_part", "held", "refused"] {
        assert!(listed.contains(status), "{status} is among {listed}");
    }
    assert_eq!(
        ground.installation.receipt(20)["status"],
        "accepted_in_part",
        "the old workbook is read, its spoiled rows are not"
    );
    for (index, path) in paths.iter().enumerate() {
        let number = (index + 1).to_string();
        ground.ask(&["preview", text(path)]);
        ground.ask(&["--json", "preview", text(path)]);
        ground.ask(&[
            "check",
            text(path),
            "--connector",
            "laporan-daerah",
            "--region",
            "32.73",
        ]);
        ground.ask(&["submission", "show", &number]);
        ground.ask(&["--json", "quarantine", "show", &number]);
    }
    // What the questions about files and receipts left behind, in temporary folders above all.
    ground.tell(&["status"]);
    for question in [
        &["quarantine", "list"][..],
        &["quarantine", "replay"],
        &["submission", "accept", "3", "--reason", "diperiksa"],
        &["rebuild", "innovation_report"],
        &["submission", "withdraw", "2", "--reason", "salah kirim"],
        &["run", "--as-of", "2025-12-01"],
        &["query", "SELECT * FROM innovation_report"],
        &["query", "SELECT * FROM findings"],
        &["query", "SELECT * FROM submissions"],
        &["--lang", "en", "status"],
        &["doctor"],
        &["plan"],
    ] {
        ground.tell(question);
    }
}

/// The search itself finds what is there: in plain bytes, in Parquet and in archives.
#[test]
fn the_search_finds_what_is_planted() {
    let (ground, _) = ground();
    ground.said(&["run", "--as-of", AS_OF], "");
    let nothing_sent = BTreeSet::new();
    let search = Search {
        needles: &[NIK, "antrean daring"],
        sent: &nothing_sent,
    };
    let mut found = Vec::new();
    search.found_below(&ground.installation.data(), &mut found);
    let holds = |part: &str, needle: &str| found.iter().any(|line| line.contains(part) && line.contains(needle));
    assert!(holds("processed/", NIK), "{found:?}");
    assert!(holds("04-buku.xlsx", NIK), "{found:?}");
    assert!(holds("model/innovation_report", "antrean daring"), "{found:?}");
}
