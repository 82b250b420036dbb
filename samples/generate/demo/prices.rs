//! The real food prices of Kota Bandung as the city would send them: all of them in the form of their source, and a
//! short correction, typed by hand, in which some cells are wrong.

use super::Folders;
use crate::facts::{Facts, Price};
use crate::write::{Delimited, Rows, Style, Value};
use chrono::Datelike;
use std::fs;
use std::io;

const CITY: &str = "32.73";
/// Rows of the last days that the correction repeats.
const CORRECTED: usize = 14;

/// Writes both files.
pub fn write(facts: &Facts, folders: &mut Folders) -> io::Result<()> {
    write_all(&facts.prices, folders)?;
    write_correction(&facts.prices, folders)
}

fn write_all(prices: &[Price], folders: &mut Folders) -> io::Result<()> {
    let path = folders.file(CITY, "harga-pasar", "harga-pangan-bandung-2025.csv")?;
    let headers = [
        "Timestamp",
        "ID",
        "Komoditas",
        "Satuan",
        "Harga",
        "Harga Kemarin",
        "Tanggal Kemarin",
    ];
    let mut rows = Delimited::create(&path, &headers, b',', Style::Plain)?;
    for price in prices {
        let previous = price.previous_on;
        rows.row(&[
            Value::Date(price.date),
            Value::text(&price.source_id),
            Value::text(&price.commodity),
            Value::text(&price.unit),
            Value::Integer(price.rupiah),
            Value::Integer(price.previous),
            Value::text(format!("{}-{}-{}", previous.day(), previous.month(), previous.year())),
        ])?;
    }
    Box::new(rows).finish()
}

/// Every right cell repeats what the other file says, so the correction changes nothing but the list of findings.
fn write_correction(prices: &[Price], folders: &mut Folders) -> io::Result<()> {
    let path = folders.file(CITY, "harga-pasar", "koreksi-harga-november.csv")?;
    let mut text = String::from("Kode Wilayah;Tanggal;Komoditas;Satuan;Harga\r\n");
    let reported = prices.iter().rev().filter(|price| price.rupiah > 0).take(CORRECTED);
    for (position, price) in reported.enumerate() {
        let code = if position == 3 { "32.77" } else { CITY };
        let day = match position {
            6 => "31/02/2025".to_owned(),
            _ => format!(
                "{:02}/{:02}/{}",
                price.date.day(),
                price.date.month(),
                price.date.year()
            ),
        };
        let rupiah = match position {
            9 => "12.50".to_owned(),
            _ => format!("Rp {}.{:03},-", price.rupiah / 1_000, price.rupiah % 1_000),
        };
        text.push_str(&format!("{code};{day};{};{};{rupiah}\r\n", price.commodity, price.unit));
    }
    fs::write(path, text)
}
