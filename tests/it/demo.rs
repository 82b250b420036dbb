//! A small release made from the samples' facts, for tests that read a release as others do.
//!
//! Population (three provinces) and prices (Kota Bandung) are real; what the monthly workbooks say is made up here
//! and marked illustrative.

use crate::support::{Cell, Installation, cells, own_connector, read_text, root, workbook};
use chrono::{Days, NaiveDate};
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Regions with a monthly workbook: population figures stand in the facts.
const REPORTING: [&str; 6] = ["32", "32.04", "32.73", "33.74", "34", "34.71"];
/// Code and name of services, as officers write them.
const SERVICES: [&str; 7] = [
    "Perizinan",
    "Kesehatan",
    "Pendidikan",
    "Tenaga kerja",
    "Komoditas",
    "Aspirasi",
    "Update data kependudukan",
];
const STAGES: [&str; 3] = ["Inisiatif", "Uji coba", "Penerapan"];

/// The directory of a released version. Tests of one build share it: it is made once, under a lock.
pub fn demo_release() -> PathBuf {
    static RELEASE: OnceLock<PathBuf> = OnceLock::new();
    RELEASE.get_or_init(shared).clone()
}

fn shared() -> PathBuf {
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo");
    fs::create_dir_all(&parent).expect("a folder");
    let lock = File::create(parent.join("lock")).expect("a lock file");
    lock.lock().expect("a lock");
    let home = parent.join(format!("{:016x}", fingerprint()));
    let current = home.join("data/published/current");
    if !home.join("made").exists() {
        for entry in fs::read_dir(&parent).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                fs::remove_dir_all(path).expect("removed");
            }
        }
        make(&home);
        File::create(home.join("made")).expect("a mark");
    }
    current.canonicalize().expect("a release")
}

/// Differs where the program, the configuration or the facts do.
fn fingerprint() -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut open = vec![PathBuf::from(env!("CARGO_BIN_EXE_lumbung"))];
    open.extend(["pipelines", "connectors", "samples/facts", "tests/it/demo.rs"].map(|name| root().join(name)));
    while let Some(path) = open.pop() {
        let metadata = fs::metadata(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        if metadata.is_dir() {
            open.extend(
                fs::read_dir(&path)
                    .expect("a folder")
                    .map(|entry| entry.expect("an entry").path()),
            );
        } else {
            // In any order of reading the same sum.
            let mut one = DefaultHasher::new();
            (path, metadata.len(), metadata.modified().expect("a time")).hash(&mut one);
            hasher.write_u64(one.finish());
        }
    }
    hasher.finish()
}

fn make(home: &Path) {
    let connectors = ["dukcapil-file", "harga-pasar", "laporan-daerah"].map(|name| (name, own_connector(name)));
    let named: Vec<(&str, &str)> = connectors.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let installation = Installation::at(home, &named).environment("LUMBUNG_ILLUSTRATIVE", "true");
    let installation = installation.environment("LUMBUNG_PSEUDONYM_KEY", "kunci-contoh-untuk-pengujian-2025");
    for province in ["32", "33", "34"] {
        installation.drop(province, "dukcapil-file", "penduduk.xlsx", population(province));
    }
    installation.drop("32.73", "harga-pasar", "harga.csv", prices());
    for (index, region) in REPORTING.iter().enumerate() {
        installation.drop(region, "laporan-daerah", "laporan.xlsx", report(region, index as i64));
    }
    installation.night(0);
}

/// Rows of a facts file, comments and header left out.
fn facts(name: &str) -> Vec<Vec<String>> {
    let text = read_text(&root().join("samples/facts").join(name));
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// The workbook of a province's civil registration office, with a title that names the semester.
fn population(province: &str) -> Vec<u8> {
    let mut rows = vec![
        cells!["Jumlah penduduk menurut jenis kelamin"],
        cells!["Semester II Tahun 2024"],
        cells![""],
        cells!["Kode Wilayah", "Laki-laki", "Perempuan", "Jumlah"],
    ];
    let is_inside = |code: &str| code == province || code.starts_with(&format!("{province}."));
    for fact in facts("population-2024-12.csv")
        .iter()
        .filter(|fact| is_inside(&fact[0]))
    {
        let mut row = vec![Cell::from(fact[0].as_str())];
        row.extend(
            fact[1..]
                .iter()
                .map(|figure| Cell::Number(figure.parse().expect("a figure"))),
        );
        rows.push(row);
    }
    workbook(&[("Data", rows)])
}

/// The price list as a trade office would send it.
fn prices() -> String {
    let mut text = String::from("Tanggal;Komoditas;Satuan;Harga\n");
    for fact in facts("prices-kota-bandung-2025.csv") {
        text.push_str(&format!("{};{};{};{}\n", fact[0], fact[2], fact[3], fact[4]));
    }
    text
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// The monthly workbook of a region: all its sheets.
fn report(region: &str, index: i64) -> Vec<u8> {
    let services = &SERVICES[..3 + (index as usize % 4)];
    let mut labour = vec![cells![
        "Kode Wilayah",
        "Periode",
        "Usia Kerja",
        "Angkatan Kerja",
        "Bekerja",
        "Pengangguran"
    ]];
    let force = 1_000_000 + index * 10_000;
    labour.push(cells![region, "2025-08", force * 3 / 2, force, force - 50_000, 50_000]);

    let mut commitments = vec![cells![
        "Kode Wilayah",
        "Layanan",
        "Tanggal Tanda Tangan",
        "Tanggal Target",
        "Target"
    ]];
    for (service, name) in services.iter().enumerate() {
        let target = if service % 2 == 0 {
            day("2025-06-30")
        } else {
            day("2026-06-30")
        };
        commitments.push(cells![region, *name, day("2018-12-07"), target, 500 + index]);
    }

    let mut activity = vec![cells!["Kode Wilayah", "Layanan", "Tanggal", "Transaksi", "Operator"]];
    // The last of the services was never used, so that no region is complete.
    for name in &services[..services.len() - 1] {
        for back in 0..10_u64 {
            let date = day("2025-11-28") - Days::new(back * 7 + index as u64);
            activity.push(cells![region, *name, date, 40 + index * 3 + back as i64, 2 + index % 3]);
        }
    }

    let mut innovations = vec![cells![
        "Kode Wilayah",
        "Kode Inovasi",
        "Judul",
        "Tahapan",
        "Layanan",
        "Mulai",
        "Jumlah Bukti"
    ]];
    for number in 0..=index + 2 {
        let title = format!("Inovasi {number} dari {region}");
        let stage = STAGES[number as usize % 3];
        innovations.push(cells![
            region,
            format!("INV-{number}").as_str(),
            title.as_str(),
            stage,
            services[0],
            day("2024-03-01"),
            number % 4
        ]);
    }
    workbook(&[
        ("Ketenagakerjaan", labour),
        ("Komitmen", commitments),
        ("Aktivitas", activity),
        ("Inovasi", innovations),
    ])
}
