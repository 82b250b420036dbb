//! Promise I4: killed at any moment, the next run goes on and ends in the content of an undisturbed run.
//!
//! - `points`: killed at every named moment; `random`: killed at random moments, over and over
//! - `receipts`: what a kill between the catalog and a receipt leaves; `leases`: two at once, and dead ones
//!
//! All compare with a run that was never killed, by what [`Ground::content`] sees: the release in force, receipts and
//! their copies, model, staged files, raw bytes and the catalog. One difference is no fault: a run that goes on asks
//! the sources again, so a pull that was already numbered comes a second time as a `duplicate`, with its receipt.

mod leases;
mod points;
mod random;
mod receipts;

use crate::simulated::Simulated;
use crate::support::{Cell, Installation, Said, cells, files_below, read_json, read_text, workbook};
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// The night before that of the tests.
const EARLIER: &str = "2025-11-29";
/// What the program dies of.
const SIGKILL: i32 = 9;

/// A configuration with mixed sources, and the service that one of them asks.
pub struct Site {
    config: PathBuf,
    _home: TempDir,
    _server: Simulated,
}

impl Site {
    /// A site whose service waits in the middle of every page.
    pub fn new(pause: Duration) -> Site {
        let server = Simulated::slowly(pause, pages);
        let drop = |dataset: &str, scope: &str| {
            format!(
                "title = {{ id = \"a\", en = \"a\" }}\nkind = \"drop\"\ndataset = \"{dataset}\"\nscope = \"{scope}\"\n"
            )
        };
        let api = format!(
            "title = {{ id = \"a\", en = \"a\" }}\nkind = \"http\"\ndataset = \"population\"\nscope = \"all\"\n\
             regions = {{ system = \"kemendagri\" }}\n[http]\nurl = \"http://{}/penduduk\"\nrecords = \"/rows\"\n\
             retries = 0\n[http.paging]\nkind = \"page\"\nparam = \"page\"\ntotal_pages = \"/pages\"\n",
            server.address()
        );
        let home = tempfile::tempdir().expect("a folder");
        let connectors = [
            ("dukcapil-api", api.as_str()),
            ("dukcapil-file", &drop("population", "province")),
            ("harga-pasar", &drop("commodity_price", "own")),
            (
                "laporan-daerah",
                &format!("{}[drop]\ndone_marker = true\n", drop("innovation_report", "own")),
            ),
        ];
        let installation = Installation::at(home.path(), &connectors);
        installation.settings(SETTINGS);
        installation.own_pipelines();
        // What is not sent here only costs time.
        let pipelines = installation.config().join("pipelines");
        keep_only(&pipelines.join("indicators"), &["sex_ratio.sql", "price_level.sql"]);
        keep_only(
            &pipelines.join("datasets"),
            &["population.toml", "commodity_price.toml", "innovation_report.toml"],
        );
        Site {
            config: installation.config(),
            _home: home,
            _server: server,
        }
    }

    /// The program on a data directory, with variables of its own, not started yet.
    pub fn command(&self, data: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lumbung"));
        command
            .arg("--config")
            .arg(&self.config)
            .arg("--data")
            .arg(data)
            .args(arguments)
            .env_clear()
            .env("LUMBUNG_PSEUDONYM_KEY", "kunci-uji-coba")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end, which must be one of its own.
    #[track_caller]
    pub fn lumbung(&self, data: &Path, arguments: &[&str]) -> Said {
        let output = self.command(data, arguments, &[]).output().expect("the program starts");
        Said {
            code: output.status.code().expect("an exit code"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// The nightly job; its report.
    #[track_caller]
    pub fn night(&self, data: &Path, as_of: &str, code: i32) -> Said {
        self.lumbung(data, &["run", "--as-of", as_of, "--json"]).expect(code)
    }

    /// Runs the program; whether it was killed at a fail point, or else its exit code.
    pub fn killed_at(&self, data: &Path, point: &str, arguments: &[&str]) -> Result<(), i32> {
        let output = self
            .command(data, arguments, &[("LUMBUNG_FAIL_AT", point)])
            .output()
            .expect("the program starts");
        match output.status.signal() {
            Some(SIGKILL) => Ok(()),
            Some(other) => panic!("{point}: signal {other}: {}", String::from_utf8_lossy(&output.stderr)),
            None => Err(output.status.code().expect("an exit code")),
        }
    }

    /// A data directory on which one night has passed, and the next one's deliveries.
    pub fn ground(&self) -> Ground {
        let ground = Ground::empty();
        ground.drop(
            "32/dukcapil-file",
            "awal.csv",
            &population(&["32.73;2024-S1;600;500;1100"]),
        );
        ground.drop(
            "32.73/laporan-daerah",
            "awal.csv",
            &innovations(&["A;Antrean;Uji coba;2", "B;Pasar;Penerapan;1"]),
        );
        ground.drop("32.73/harga-pasar", "awal.csv", &prices("2025-10", 3));
        // The service is heard for the first time in the next night.
        let files = ["dukcapil-file", "harga-pasar", "laporan-daerah"].map(|name| ["--connector", name]);
        let mut arguments = vec!["run", "--as-of", EARLIER];
        arguments.extend(files.as_flattened());
        self.lumbung(&ground.data, &arguments).expect(0);
        ground.deliver();
        ground
    }
}

/// Enough for all but one partition of prices.
const SETTINGS: &str =
    "settle = \"0s\"\n[keys]\npseudonym = \"LUMBUNG_PSEUDONYM_KEY\"\n[limits]\npartition_rows = 40\n";

fn keep_only(folder: &Path, names: &[&str]) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let is_kept = names.iter().any(|name| path.ends_with(name));
        if path.is_file() && !is_kept {
            fs::remove_file(path).expect("removed");
        }
    }
}

/// Two pages of the service: one region that the file knows better, one that only the service knows.
fn pages(path: &str) -> (u16, String) {
    let row = |region: &str, men: u32| {
        format!(
            "{{\"kode\":\"{region}\",\"periode\":\"2024-S1\",\"laki\":{men},\"perempuan\":500,\"jumlah\":{}}}",
            men + 500
        )
    };
    let rows = if path.contains("page=2") {
        row("32.05", 700)
    } else {
        row("32.73", 601)
    };
    let named = rows
        .replace("kode", "Kode Wilayah")
        .replace("periode", "Periode")
        .replace("laki", "Laki-laki")
        .replace("perempuan", "Perempuan")
        .replace("jumlah", "Jumlah");
    (200, format!("{{\"pages\": 2, \"rows\": [{named}]}}"))
}

fn population(rows: &[&str]) -> Vec<u8> {
    format!("Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n{}\n", rows.join("\n")).into_bytes()
}

fn innovations(rows: &[&str]) -> Vec<u8> {
    format!("Kode Inovasi;Judul;Tahapan;Jumlah Bukti\n{}\n", rows.join("\n")).into_bytes()
}

fn prices(month: &str, days: u32) -> Vec<u8> {
    let lines = (1..=days).map(|day| format!("{month}-{day:02};Beras Premium;{}\n", 15_000 + day));
    format!("Tanggal;Komoditas;Harga\n{}", lines.collect::<String>()).into_bytes()
}

/// A data directory.
pub struct Ground {
    pub data: PathBuf,
    _home: TempDir,
}

impl Ground {
    pub fn empty() -> Ground {
        let home = tempfile::tempdir().expect("a folder");
        Ground {
            data: home.path().join("data"),
            _home: home,
        }
    }

    /// The same state once more.
    pub fn copy(&self) -> Ground {
        let copy = Ground::empty();
        copy_state(&self.data, &copy.data);
        copy
    }

    /// Puts a file that has settled long ago into a drop folder.
    pub fn drop(&self, folder: &str, name: &str, bytes: &[u8]) {
        let folder = self.data.join("drop").join(folder);
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(name);
        fs::write(&path, bytes).expect("written");
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_764_000_000);
        let file = fs::File::options().write(true).open(&path).expect("opened");
        file.set_modified(time).expect("a time");
        if folder.ends_with("laporan-daerah") {
            fs::write(folder.join(format!("{name}.done")), "").expect("written");
        }
    }

    /// The second night's deliveries: bad rows and a doubled key, a correction as workbook, a report that ends a row,
    /// and two price lists that together cross the limit of a partition.
    pub fn deliver(&self) {
        let rows = [
            "32.73;2024-S2;600;500;1100",
            "32.04;2024-S2;900;seribu;1900",
            "32.05;2024-S2;700;500;1200",
            "32.05;2024-S2;701;500;1201",
        ];
        self.drop("32/dukcapil-file", "a.csv", &population(&rows));
        let header = cells!["Kode Wilayah", "Periode", "Laki-laki", "Perempuan", "Jumlah"];
        let corrected: Vec<Cell> = cells!["32.73", "2024-S2", 610, 500, 1110];
        let book = workbook(&[("Penduduk", vec![header, corrected])]);
        self.drop("32/dukcapil-file", "b.xlsx", &book);
        self.drop(
            "32.73/laporan-daerah",
            "lagi.csv",
            &innovations(&["A;Antrean;Penerapan;3"]),
        );
        self.drop("32.73/harga-pasar", "lagi.csv", &prices("2025-10", 4));
        self.drop("32.04/harga-pasar", "a.csv", &prices("2025-09", 25));
        self.drop("32.05/harga-pasar", "a.csv", &prices("2025-09", 24));
    }

    pub fn catalog(&self) -> Connection {
        Connection::open(self.data.join("catalog.db")).expect("a catalog")
    }

    /// Everything that a kill must not change, by name.
    pub fn content(&self) -> BTreeMap<String, String> {
        let catalog = self.catalog();
        let mut content = BTreeMap::new();
        let skipped = self.repeated_pulls(&catalog);
        let link = fs::read_link(self.data.join("published/current")).expect("a release");
        content.insert("current".to_string(), link.display().to_string());
        let release = self.data.join("published").join(link);
        for name in files_below(&release).into_iter().filter(|name| name != "run.json") {
            content.insert(format!("release {name}"), hash(&release.join(&name)));
        }
        for name in files_below(&self.data) {
            let path = self.data.join(&name);
            let is_compared = !["published/", "catalog.db"].iter().any(|start| name.starts_with(start));
            if !is_compared || skipped.iter().any(|number| name == format!("receipts/{number}.json")) {
                continue;
            }
            let text = match name.rsplit_once('.').map(|(_, ending)| ending) {
                Some("json") if name.contains("receipt") => without_time(&path),
                // The time of receipt stands in it as a person reads it.
                Some("html") => read_text(&path)
                    .chars()
                    .filter(|letter| !letter.is_ascii_digit())
                    .collect(),
                _ => hash(&path),
            };
            content.insert(name, text);
        }
        let tables = [
            "submissions WHERE status <> 'duplicate'|sequence, connector, region, file, status, state, origin",
            "outcomes|*",
            "places|*",
            "quarantined|*",
            "cursors|*",
            "partitions|*",
            "releases|id, as_of",
            "leases|*",
        ];
        for table in tables {
            let (from, columns) = table.split_once('|').expect("two parts");
            content.insert(format!("catalog {from}"), rows(&catalog, from, columns));
        }
        content
    }

    /// Numbers of pulls that came again after a kill and said the same.
    fn repeated_pulls(&self, catalog: &Connection) -> Vec<i64> {
        let mut statement = catalog
            .prepare("SELECT sequence FROM submissions WHERE status = 'duplicate' AND connector = 'dukcapil-api'")
            .expect("a question");
        let numbers = statement.query_map([], |row| row.get(0)).expect("rows");
        numbers.map(|number| number.expect("a number")).collect()
    }

    /// That nothing half done is left: no file in flight, and no receipt due.
    #[track_caller]
    pub fn is_tidy(&self, what: &str) {
        let hidden: Vec<String> = files_below(&self.data)
            .into_iter()
            .filter(|name| name.split('/').any(|part| part.starts_with('.')))
            .collect();
        assert!(hidden.is_empty(), "{what} left {hidden:?}");
        let releases = fs::read_dir(self.data.join("published")).expect("a folder");
        let names: Vec<String> = releases
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .filter(|name| name.starts_with('.'))
            .collect();
        assert!(names.is_empty(), "{what} left {names:?}");
    }
}

/// Copies a data directory, hard links and times included.
pub fn copy_state(from: &Path, to: &Path) {
    let done = Command::new("cp").arg("-a").arg(from).arg(to).status();
    assert!(done.expect("cp runs").success());
}

#[track_caller]
pub fn same(found: &BTreeMap<String, String>, expected: &BTreeMap<String, String>, what: &str) {
    let names: std::collections::BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
    let differing: Vec<String> = names
        .into_iter()
        .filter(|name| found.get(*name) != expected.get(*name))
        .map(|name| {
            format!(
                "{name}:\n  {:?}\n  instead of {:?}",
                found.get(name),
                expected.get(name)
            )
        })
        .collect();
    assert!(differing.is_empty(), "{what}:\n{}", differing.join("\n"));
}

fn hash(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A receipt without the moment of the clock at which its submission landed.
fn without_time(path: &Path) -> String {
    fn strip(value: &mut serde_json::Value) {
        if let Some(object) = value.as_object_mut() {
            object.remove("received_at");
            for part in object
                .get_mut("datasets")
                .and_then(|parts| parts.as_array_mut())
                .into_iter()
                .flatten()
            {
                strip(part);
            }
        }
    }
    let mut receipt = read_json(path);
    strip(&mut receipt);
    receipt.to_string()
}

fn rows(catalog: &Connection, from: &str, columns: &str) -> String {
    let mut statement = catalog
        .prepare(&format!("SELECT {columns} FROM {from}"))
        .expect("a question");
    let width = statement.column_count();
    let lines = statement.query_map([], |row| {
        let values: Vec<String> = (0..width)
            .map(|column| {
                row.get::<_, rusqlite::types::Value>(column)
                    .map(|value| format!("{value:?}"))
            })
            .collect::<Result<_, _>>()?;
        Ok(values.join(" "))
    });
    let mut lines: Vec<String> = lines.expect("rows").map(|line| line.expect("a row")).collect();
    lines.sort();
    lines.join("\n")
}

/// A started program. It is killed when it is dropped.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
