//! Files as officers really send them: a workbook with three tables and some wrong cells, and a CSV saved by a
//! spreadsheet in Windows-1252.

use super::Folders;
use super::systems::{Systems, indonesian};
use crate::facts::{Facts, Region};
use crate::model;
use crate::random::Random;
use crate::set::Dataset;
use crate::write::{Rows, Value, Workbook};
use chrono::NaiveDate;
use std::fs;
use std::io;

const CITY: &str = "33.74";
const NEIGHBOUR: &str = "33.72";

/// Writes the messy files; the error says which could not be written.
pub fn write(facts: &Facts, systems: &Systems, folders: &mut Folders) -> Result<(), String> {
    let failed = |error: io::Error| format!("cannot write a messy file: {error}");
    write_workbook(facts.region(CITY)?, systems, folders).map_err(failed)?;
    write_windows_text(facts.region("35.78")?, folders).map_err(failed)
}

/// One workbook, three datasets, each in its sheet.
fn write_workbook(city: &Region, systems: &Systems, folders: &mut Folders) -> io::Result<()> {
    let path = folders.file(CITY, "laporan-daerah", "laporan-november.xlsx")?;
    let mut workbook = Workbook::create(&path, &[])?;
    write_labour(&mut workbook, systems)?;
    write_activity(&mut workbook, systems)?;
    write_innovations(&mut workbook, city)?;
    Box::new(workbook).finish()
}

/// The city's own figures, and a row of the neighbour that the city may not report.
fn write_labour(workbook: &mut Workbook, systems: &Systems) -> io::Result<()> {
    workbook.begin_sheet(
        "Tenaga Kerja",
        &["LAPORAN KETENAGAKERJAAN KOTA SEMARANG"],
        Dataset::Labour.headers(),
    )?;
    for record in &systems.labour {
        let code = record["kode"].as_str().unwrap_or_default();
        let period = record["periode"].as_str().unwrap_or_default();
        if code != CITY && !(code == NEIGHBOUR && period == "2025") {
            continue;
        }
        let number = |field: &str| Value::Integer(record[field].as_i64().unwrap_or_default());
        workbook.row(&[
            Value::text(code),
            Value::text(period),
            number("usia_kerja"),
            number("angkatan_kerja"),
            number("bekerja"),
            number("pengangguran"),
        ])?;
    }
    Ok(())
}

/// November as the city's own books have it: equal to what was entered in the system but for one day that is
/// corrected, with a date that does not exist, a number in words, and a total.
fn write_activity(workbook: &mut Workbook, systems: &Systems) -> io::Result<()> {
    let titles = ["AKTIVITAS LAYANAN PUJA INDAH", "Kota Semarang, November 2025"];
    workbook.begin_sheet("Aktivitas Layanan", &titles, Dataset::ServiceActivity.headers())?;
    let mut total = 0;
    let november = systems.activity.iter().filter(|record| {
        record["kode_daerah"] == CITY && record["tanggal"].as_str().is_some_and(|day| day.starts_with("2025-11"))
    });
    for (position, record) in november.enumerate() {
        let date: Option<NaiveDate> = record["tanggal"].as_str().and_then(|day| day.parse().ok());
        let transactions = record["transaksi"].as_i64().unwrap_or_default();
        total += transactions;
        workbook.row(&[
            Value::text(CITY),
            Value::text(record["layanan"].as_str().unwrap_or_default()),
            match position {
                11 => Value::text("31/02/2025"),
                _ => date.map_or(Value::Empty, Value::Date),
            },
            match position {
                5 => Value::text("sekitar empat puluh"),
                20 => Value::Integer(transactions + 7),
                _ => Value::Integer(transactions),
            },
            Value::Integer(record["operator"].as_i64().unwrap_or_default()),
        ])?;
    }
    workbook
        .row(&[Value::text("Jumlah"), Value::Empty, Value::Empty, Value::Integer(total)])
        .map(|_| ())
}

/// The region by its name, a date in words, and a stage that no one knows.
fn write_innovations(workbook: &mut Workbook, city: &Region) -> io::Result<()> {
    workbook.begin_sheet(
        "Inovasi",
        &["DAFTAR INOVASI DAERAH"],
        Dataset::InnovationReport.headers(),
    )?;
    let mut random = Random::of(2025, CITY);
    let stages = ["Penerapan", "Uji Coba", "entah", "Inisiatif"];
    for (position, stage) in stages.into_iter().enumerate() {
        let started = NaiveDate::from_ymd_opt(2024, 3 + position as u32, 12).unwrap_or_default();
        workbook.row(&[
            Value::text(city.name.clone()),
            Value::text(format!("SMG-{:02}", position + 1)),
            Value::text(model::innovation_title(&mut random, city)),
            Value::text(stage),
            Value::text(model::SERVICES[position]),
            Value::text(indonesian(started)),
            Value::Integer(random.between(0, 5)),
        ])?;
    }
    Ok(())
}

/// Right in every cell, but not UTF-8: dashes and quotation marks as Windows writes them.
fn write_windows_text(city: &Region, folders: &mut Folders) -> io::Result<()> {
    const TITLES: [&str; 4] = [
        "Kafé Inovasi – Temu Warga dan Perangkat Daerah",
        "“Satu Pintu” Perizinan Usaha Mikro",
        "Taman Baca – Sekolah Bersih",
        "Lapor’o: Pengaduan Warga",
    ];
    let path = folders.file(&city.code, "laporan-daerah", "inovasi-surabaya.csv")?;
    let mut text = format!("{}\r\n", Dataset::InnovationReport.headers().join(";"));
    for (position, title) in TITLES.into_iter().enumerate() {
        let stage = model::STAGES[position % 3];
        let service = model::SERVICES[position];
        let code = &city.code;
        text.push_str(&format!(
            "{code};SBY-{position:02};{title};{stage};{service};0{}/05/2025;{position}\r\n",
            position + 1
        ));
    }
    fs::write(path, windows_1252(&text))
}

/// The bytes of the few letters that the titles need.
fn windows_1252(text: &str) -> Vec<u8> {
    text.chars()
        .map(|letter| match letter {
            '–' => 0x96,
            '“' => 0x93,
            '”' => 0x94,
            '’' => 0x92,
            other => u8::try_from(u32::from(other)).unwrap_or(b'?'),
        })
        .collect()
}
