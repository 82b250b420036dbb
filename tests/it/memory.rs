//! Memory is bounded by settings, not by input (promise I10): three times the rows need about the memory of one.

use crate::support::{AS_OF, Installation};
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const CONNECTOR: &str =
    "title = { id = \"Uji\", en = \"Trial\" }\nkind = \"drop\"\ndataset = \"commodity_price\"\nscope = \"all\"\n";

/// Rows of the smaller file, more than the first block of any reader.
const ROWS: usize = 60_000;

/// All the program's memory on the smaller file in MiB, code included (the unoptimised program alone has some 200).
const MOST: u64 = 320;

/// How much more memory of its own, in MiB, three times the rows may need: they need some 20, for row groups and hashes of
/// keys. To keep the rows as cells of text would take twice that on top.
const MOST_MORE: u64 = 32;

/// Price rows with distinct keys, in the notation of regions.
fn prices(rows: usize) -> String {
    const COMMODITIES: [&str; 8] = [
        "Beras Premium",
        "Beras Medium",
        "Bawang Merah",
        "Cabai Merah Keriting",
        "Daging Sapi Murni",
        "Daging Ayam Ras",
        "Telur Ayam Ras",
        "Gula Konsumsi",
    ];
    let mut text = String::from("Kode Wilayah;Tanggal;Komoditas;Satuan;Harga\n");
    for row in 0..rows {
        let (commodity, region, day) = (row % 8, row / 8 % 20, row / 160);
        let (date, month, year) = (1 + day % 28, 1 + day / 28 % 12, 2022 + day / 336);
        let price = 10_000 + row * 7 % 20_000;
        writeln!(
            text,
            "32.{:02};{date:02}/{month:02}/{year};{};kg;{}.{:03},50",
            region % 18 + 1 + 70 * usize::from(region >= 18),
            COMMODITIES[commodity],
            price / 1_000,
            price % 1_000
        )
        .expect("a string grows");
    }
    text
}

/// What a process took at most, in MiB: memory of its own, and all with the pages of its program.
#[derive(Debug, Default, Clone, Copy)]
struct Peak {
    own: u64,
    all: u64,
}

/// Watches a process until it ends.
fn watch(child: &mut Child) -> Peak {
    let mut peak = Peak::default();
    let status = format!("/proc/{}/status", child.id());
    while child.try_wait().expect("a child to wait for").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let field = |name: &str| -> u64 {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            let words = line.map(|line| line.split_whitespace().next().unwrap_or("0"));
            words.map_or(0, |kilobytes| kilobytes.parse::<u64>().expect("a number") / 1024)
        };
        peak.own = peak.own.max(field("RssAnon:"));
        peak.all = peak.all.max(field("VmHWM:"));
        std::thread::sleep(Duration::from_millis(3));
    }
    peak
}

/// Reads and stages a file of this many rows, and says what that took.
fn peak(rows: usize) -> Peak {
    let installation = Installation::with(&[("uji", CONNECTOR)]);
    // Staged in full and then held: a partition is merged in memory, and its limit is another promise.
    installation.settings("settle = \"0s\"\n[limits]\npartition_rows = 1\n");
    installation.drop("32", "uji", "harga.csv", prices(rows));
    let report = installation.home().join("report.json");
    let mut child = Command::new(env!("CARGO_BIN_EXE_lumbung"))
        .arg("--config")
        .arg(installation.config())
        .arg("--data")
        .arg(installation.data())
        .args(["--json", "run", "--as-of", AS_OF, "--no-publish"])
        .env_clear()
        .stdout(fs::File::create(&report).expect("a file"))
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let peak = watch(&mut child);
    let text = fs::read_to_string(&report).expect("a report");
    let report: Value = serde_json::from_str(&text).expect("JSON");
    let submission = &report["submissions"][0];
    assert_eq!(submission["status"], "held", "{report}");
    let counted = &submission["datasets"][0]["rows"];
    assert_eq!(counted["read"], rows, "{report}");
    assert_eq!(counted["accepted"], rows, "{report}");
    peak
}

#[test]
#[cfg(target_os = "linux")]
fn three_times_the_rows_need_about_the_memory_of_one() {
    let (few, many) = (peak(ROWS), peak(3 * ROWS));
    assert!(few.own > 0 && few.all > few.own, "{few:?}");
    assert!(few.all <= MOST, "{few:?} for {ROWS} rows, at most {MOST} MiB");
    assert!(
        many.own <= few.own + MOST_MORE,
        "{few:?} for {ROWS} rows, {many:?} for three times as many: more than {MOST_MORE} MiB more"
    );
}
