//! An installation of its own for each test, used as people use it: through drop folders and the command line.

pub use crate::demo::demo_release;

use crate::released::{Row, parquet_rows};
use chrono::NaiveDate;
use lumbung::catalog::Catalog;
use parquet::record::Field;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};
use serde_json::Value;
use std::cell::Cell as Counter;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// The day that tests speak about.
pub const AS_OF: &str = "2025-11-30";

/// The repository, which is also a configuration directory.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The text of one of the repository's own connectors.
pub fn own_connector(name: &str) -> String {
    read_text(&root().join("connectors").join(format!("{name}.toml")))
}

/// A file's text.
pub fn read_text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A file's JSON.
pub fn read_json(path: &Path) -> Value {
    serde_json::from_str(&read_text(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What a command said, and its exit code.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Said {
    /// Itself, when it ended with this code.
    #[track_caller]
    pub fn expect(self, code: i32) -> Said {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// The one JSON document on standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {}{}", self.stdout, self.stderr))
    }
}

/// Runs the program with nothing in its environment but `environment`.
pub fn lumbung(arguments: &[&str], environment: &[(&str, &str)], folder: &Path) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_lumbung"))
        .args(arguments)
        .env_clear()
        .envs(environment.iter().copied())
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    Said {
        code: output.status.code().expect("an exit code"),
        stdout: String::from_utf8(output.stdout).expect("UTF-8 on standard output"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8 on standard error"),
    }
}

/// A configuration and a data directory. They go with it.
pub struct Installation {
    home: Home,
    environment: Vec<(String, String)>,
    /// Files dropped so far: each is a second newer than the one before.
    dropped: Counter<u64>,
}

enum Home {
    Own(TempDir),
    Given(PathBuf),
}

impl Installation {
    /// The repository's pipelines and these connectors: name and text of the file.
    pub fn with(connectors: &[(&str, &str)]) -> Installation {
        let folder = tempfile::tempdir().expect("a folder");
        let installation = Installation::build(Home::Own(folder), connectors);
        // A fixed key, so that pseudonyms can be compared.
        installation.environment("LUMBUNG_PSEUDONYM_KEY", "kunci-uji-coba")
    }

    /// The repository's pipelines and these of its own connectors.
    pub fn with_own(names: &[&str]) -> Installation {
        let texts: Vec<(&str, String)> = names.iter().map(|name| (*name, own_connector(name))).collect();
        let connectors: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
        Installation::with(&connectors)
    }

    /// An installation in a folder that stays.
    pub fn at(folder: &Path, connectors: &[(&str, &str)]) -> Installation {
        Installation::build(Home::Given(folder.to_path_buf()), connectors)
    }

    fn build(home: Home, connectors: &[(&str, &str)]) -> Installation {
        let installation = Installation {
            home,
            environment: Vec::new(),
            dropped: Counter::new(0),
        };
        let config = installation.config();
        fs::create_dir_all(config.join("connectors")).expect("a folder");
        std::os::unix::fs::symlink(root().join("pipelines"), config.join("pipelines")).expect("a link");
        installation.settings("settle = \"0s\"\n[keys]\npseudonym = \"LUMBUNG_PSEUDONYM_KEY\"\n");
        for (name, text) in connectors {
            installation.connector(name, text);
        }
        installation
    }

    /// Sets a variable for every command.
    pub fn environment(mut self, name: &str, value: &str) -> Installation {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn home(&self) -> &Path {
        match &self.home {
            Home::Own(folder) => folder.path(),
            Home::Given(folder) => folder,
        }
    }

    pub fn config(&self) -> PathBuf {
        self.home().join("config")
    }

    pub fn data(&self) -> PathBuf {
        self.home().join("data")
    }

    /// Writes `lumbung.toml`.
    pub fn settings(&self, text: &str) {
        fs::write(self.config().join("lumbung.toml"), text).expect("written");
    }

    /// Writes a connector file.
    pub fn connector(&self, name: &str, text: &str) {
        let path = self.config().join("connectors").join(format!("{name}.toml"));
        fs::write(path, text).expect("written");
    }

    /// Gives the installation a copy of the repository's pipelines, which a test may change.
    pub fn own_pipelines(&self) {
        let link = self.config().join("pipelines");
        if link.is_symlink() {
            fs::remove_file(&link).expect("removed");
            copy_folder(&root().join("pipelines"), &link);
        }
    }

    /// Replaces a piece of text in a contract of this installation.
    pub fn change_contract(&self, dataset: &str, from: &str, to: &str) {
        self.own_pipelines();
        let path = self.config().join("pipelines/datasets").join(format!("{dataset}.toml"));
        let text = read_text(&path);
        assert!(text.contains(from), "the contract of {dataset} has {from}");
        fs::write(&path, text.replace(from, to)).expect("written");
    }

    /// Puts a file that has settled into a drop folder.
    pub fn drop(&self, region: &str, connector: &str, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let folder = self.folder(region, connector);
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(name);
        fs::write(&path, bytes).expect("written");
        let earlier = self.dropped.replace(self.dropped.get() + 1);
        let time = SystemTime::now() - Duration::from_secs(3600) + Duration::from_secs(earlier);
        let file = fs::File::options().write(true).open(&path).expect("opened");
        file.set_modified(time).expect("a time");
        path
    }

    /// A connector's folder of a region.
    pub fn folder(&self, region: &str, connector: &str) -> PathBuf {
        self.data().join("drop").join(region).join(connector)
    }

    /// Runs the program on this installation.
    pub fn lumbung(&self, arguments: &[&str]) -> Said {
        let (config, data) = (self.config(), self.data());
        let mut all = vec!["--config", config.to_str().expect("UTF-8"), "--data"];
        all.push(data.to_str().expect("UTF-8"));
        all.extend(arguments);
        let environment: Vec<(&str, &str)> = self
            .environment
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        lumbung(&all, &environment, self.home())
    }

    /// The nightly job of [`AS_OF`]; its report.
    #[track_caller]
    pub fn night(&self, code: i32) -> Value {
        self.night_of(AS_OF, code)
    }

    /// The nightly job of a day; its report.
    #[track_caller]
    pub fn night_of(&self, as_of: &str, code: i32) -> Value {
        self.lumbung(&["run", "--as-of", as_of, "--json"]).expect(code).json()
    }

    /// The nightly job without its release, which most promises do not need; its report.
    #[track_caller]
    pub fn merge_only(&self, code: i32) -> Value {
        self.lumbung(&["run", "--as-of", AS_OF, "--no-publish", "--json"])
            .expect(code)
            .json()
    }

    /// The receipt of a submission.
    pub fn receipt(&self, sequence: i64) -> Value {
        read_json(&self.data().join("receipts").join(format!("{sequence}.json")))
    }

    /// The rows of a dataset's model in the order in which they are stored, as text; an empty text is a null.
    pub fn model(&self, dataset: &str) -> Vec<ModelRow> {
        let catalog = Catalog::open(&self.data()).expect("a catalog");
        let mut files = catalog.partitions(dataset).expect("partitions");
        files.sort_by(|left, right| left.partition.cmp(&right.partition));
        let folder = self.data().join("model").join(dataset);
        let paths = files
            .into_iter()
            .map(|file| folder.join(file.partition).join(file.file));
        paths.flat_map(|path| parquet_rows(&path)).map(ModelRow).collect()
    }

    /// Some columns of the model's rows, joined by blanks.
    pub fn model_lines(&self, dataset: &str, columns: &[&str]) -> Vec<String> {
        self.model(dataset).iter().map(|row| row.line(columns)).collect()
    }

    /// An answer of `lumbung query` over the release in force.
    #[track_caller]
    pub fn query(&self, sql: &str) -> Value {
        self.lumbung(&["query", "--format", "json", sql]).expect(0).json()
    }

    /// The folder of the release in force.
    pub fn current(&self) -> PathBuf {
        self.data().join("published/current").canonicalize().expect("a release")
    }
}

/// One row of a model.
#[derive(Debug)]
pub struct ModelRow(pub Row);

impl ModelRow {
    /// A value as text; empty for a null.
    pub fn text(&self, column: &str) -> String {
        match &self.0[column] {
            Field::Null => String::new(),
            Field::Str(text) => text.clone(),
            other => other.to_string(),
        }
    }

    /// Some columns, joined by blanks.
    pub fn line(&self, columns: &[&str]) -> String {
        let texts: Vec<String> = columns.iter().map(|column| self.text(column)).collect();
        texts.join(" ")
    }
}

/// How often each code stands in a receipt, its datasets included.
pub fn findings_by_code(receipt: &Value) -> Value {
    let parts = receipt["datasets"].as_array().into_iter().flatten();
    let lists = [receipt]
        .into_iter()
        .chain(parts)
        .filter_map(|part| part["findings"].as_array());
    let mut counts = serde_json::Map::new();
    for finding in lists.flatten() {
        let code = finding["code"].as_str().expect("a code");
        let count = counts.get(code).and_then(Value::as_u64).unwrap_or(0);
        counts.insert(code.to_string(), (count + 1).into());
    }
    Value::Object(counts)
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// Names of the plain files below a folder, sorted, with `/`.
pub fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display())) {
            let path = entry.expect("an entry").path();
            if path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else {
                let below = path.strip_prefix(folder).expect("a path below");
                found.push(below.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

/// A cell of a workbook.
#[derive(Debug, Clone)]
pub enum Cell {
    Blank,
    Text(String),
    Number(f64),
    Day(NaiveDate),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        if text.is_empty() {
            Cell::Blank
        } else {
            Cell::Text(text.to_owned())
        }
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Cell {
        Cell::Number(number as f64)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Cell {
        Cell::Number(number)
    }
}

impl From<NaiveDate> for Cell {
    fn from(day: NaiveDate) -> Cell {
        Cell::Day(day)
    }
}

/// A row of cells.
macro_rules! cells {
    ($($cell:expr),* $(,)?) => { vec![$($crate::support::Cell::from($cell)),*] };
}
pub(crate) use cells;

/// The bytes of a workbook: sheets by name with their rows from the first on. Equal rows give equal bytes.
pub fn workbook(sheets: &[(&str, Vec<Vec<Cell>>)]) -> Vec<u8> {
    let mut book = Workbook::new();
    let created = ExcelDateTime::from_ymd(2025, 11, 1).expect("a date");
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let day_format = Format::new().set_num_format("dd/mm/yyyy");
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).expect("a name");
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let (row, column) = (row as u32, column as u16);
                match cell {
                    Cell::Blank => Ok(&mut *sheet),
                    Cell::Text(text) => sheet.write_string(row, column, text),
                    Cell::Number(number) => sheet.write_number(row, column, *number),
                    Cell::Day(day) => {
                        let day = ExcelDateTime::parse_from_str(&day.to_string()).expect("a date");
                        sheet.write_datetime_with_format(row, column, &day, &day_format)
                    }
                }
                .expect("a cell");
            }
        }
    }
    book.save_to_buffer().expect("a workbook")
}

/// Python with the packages of `scripts/requirements-test.txt`.
pub fn python() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let tools = std::env::var_os("LUMBUNG_TOOLS").map_or_else(|| target.join("tools"), PathBuf::from);
    let python = root().join(tools).join("venv/bin/python");
    assert!(
        python.exists(),
        "{} is not there: run scripts/install-test-tools.sh, which `make test` does",
        python.display()
    );
    python
}
