//! One table in ten forms: CSV in four dialects and encodings, a workbook, JSON and XML in the shapes that sources
//! send.

use super::table::{Day, Figure, Line, OTHER, Row, Table, Who};
use crate::support::{Cell, workbook};
use chrono::NaiveDate;
use lumbung::domain::region::Region;
use serde_json::{Map, Value, json};

/// A table as bytes, the number of each data row, and how many rows are no data.
pub struct Written {
    pub bytes: Vec<u8>,
    pub numbers: Vec<i64>,
    pub ignored: u64,
}

type Write = fn(&Table, &Region) -> Written;

/// File name extension and writer of each form.
pub const FORMS: [(&str, Write); 10] = [
    ("csv", |table, sender| {
        csv(table, sender, ';', "\n", |text| text.as_bytes().to_vec())
    }),
    ("csv", |table, sender| {
        csv(table, sender, ',', "\r\n", |text| {
            [b"\xEF\xBB\xBF", text.as_bytes()].concat()
        })
    }),
    ("txt", |table, sender| csv(table, sender, '\t', "\n", utf16)),
    ("csv", |table, sender| csv(table, sender, '|', "\n", windows_1252)),
    ("xlsx", xlsx),
    ("json", |table, sender| json_list(table, sender, false)),
    ("json", |table, sender| json_list(table, sender, true)),
    ("jsonl", json_lines),
    ("xml", |table, sender| xml(table, sender, false)),
    ("xml", |table, sender| xml(table, sender, true)),
];

const HEADERS: [&str; 5] = ["Kode Wilayah", "Layanan", "Tanggal", "Transaksi", "Operator"];
const FIELDS: [&str; 5] = ["region_code", "service", "date", "transactions", "operators"];
const TITLES: [&str; 2] = ["PEMERINTAH DAERAH – Café Layanan", "Laporan layanan harian"];

fn utf16(text: &str) -> Vec<u8> {
    let units = [0xFEFF].into_iter().chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

fn windows_1252(text: &str) -> Vec<u8> {
    // What this encoding lacks is written as the sender's own program would: with a question mark.
    text.chars()
        .flat_map(
            |letter| match encoding_rs::WINDOWS_1252.encode(letter.encode_utf8(&mut [0; 4])) {
                (bytes, _, false) => bytes.into_owned(),
                (_, _, true) => b"?".to_vec(),
            },
        )
        .collect()
}

fn region(row: &Row, sender: &Region) -> String {
    match row.who {
        Who::Sender => sender.code.clone(),
        Who::SenderByName => sender.name.to_uppercase(),
        Who::Other => OTHER.1.to_string(),
        Who::Nobody => "Kota Atlantis".to_string(),
        Who::Blank => String::new(),
    }
}

/// A figure as an officer types it: every second one with thousands set apart.
fn figure(figure: Figure) -> String {
    match figure {
        Figure::Number(number) if number >= 1_000 && number % 2 == 0 && number < 1_000_000 => {
            format!("{}.{:03}", number / 1_000, number % 1_000)
        }
        Figure::Number(number) => number.to_string(),
        Figure::Missing(text) | Figure::Bad(text, _) => text.to_string(),
    }
}

fn date(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 11, day).expect("a day of November")
}

fn day(day: Day) -> String {
    match day {
        Day::Right(number, 0) => date(number).to_string(),
        Day::Right(number, 1) => format!("{number} November 2025"),
        Day::Right(number, 2) => date(number).format("%d/%m/%Y").to_string(),
        Day::Right(number, _) => format!("{number}-Nov-2025"),
        Day::Blank => String::new(),
        Day::Bad(text, _) => text.to_string(),
    }
}

/// The cells of a row as texts, the region left out where the table has no such column.
fn texts(table: &Table, row: &Row, sender: &Region) -> Vec<String> {
    let all = [
        region(row, sender),
        row.service.0.to_string(),
        day(row.day),
        figure(row.transactions),
        figure(row.operators),
    ];
    all.into_iter().skip(skipped(table)).collect()
}

fn skipped(table: &Table) -> usize {
    usize::from(!table.has_region)
}

/// A line that is no data.
fn noise(table: &Table, line: &Line) -> Vec<String> {
    let width = HEADERS.len() - skipped(table);
    let mut cells = vec![String::new(); width];
    match line {
        Line::Total => {
            cells[0] = "Jumlah".to_string();
            cells[width - 1] = "7".to_string();
        }
        Line::Footnote => cells[0] = "Sumber: laporan dinas".to_string(),
        Line::Blank | Line::Data(_) => {}
    }
    cells
}

fn csv(table: &Table, sender: &Region, delimiter: char, line_end: &str, encode: fn(&str) -> Vec<u8>) -> Written {
    let mut text = String::new();
    let mut line = 0;
    let mut put = |cells: &[String]| {
        let quoted: Vec<String> = cells
            .iter()
            .map(|cell| match cell.contains([delimiter, '"']) || delimiter == ',' {
                true => format!("\"{}\"", cell.replace('"', "\"\"")),
                false => cell.clone(),
            })
            .collect();
        text.push_str(&quoted.join(&delimiter.to_string()));
        text.push_str(line_end);
        line += 1;
        line
    };
    for title in &TITLES[..table.titles] {
        put(&[title.to_string()]);
    }
    put(&HEADERS[skipped(table)..]
        .iter()
        .map(|header| header.to_string())
        .collect::<Vec<_>>());
    let mut numbers = Vec::new();
    for line in &table.lines {
        match line {
            Line::Data(row) => numbers.push(put(&texts(table, row, sender))),
            line => {
                put(&noise(table, line));
            }
        }
    }
    let ignored = (table.titles + 1 + table.lines.len() - numbers.len()) as u64;
    Written {
        bytes: encode(&text),
        numbers,
        ignored,
    }
}

fn xlsx(table: &Table, sender: &Region) -> Written {
    let typed = |text: String| Cell::from(text.as_str());
    let mut rows: Vec<Vec<Cell>> = TITLES[..table.titles]
        .iter()
        .map(|title| vec![Cell::from(*title)])
        .collect();
    rows.push(
        HEADERS[skipped(table)..]
            .iter()
            .map(|header| Cell::from(*header))
            .collect(),
    );
    let number = |value: Figure| match value {
        Figure::Number(number) => Cell::Number(number as f64),
        other => typed(figure(other)),
    };
    let mut numbers = Vec::new();
    let mut ignored = rows.len() as u64;
    for line in &table.lines {
        let cells = match line {
            Line::Data(row) => {
                numbers.push(rows.len() as i64 + 1);
                let when = match row.day {
                    Day::Right(number, 0 | 1) => Cell::Day(date(number)),
                    other => typed(day(other)),
                };
                let all = [
                    typed(region(row, sender)),
                    Cell::from(row.service.0),
                    when,
                    number(row.transactions),
                    number(row.operators),
                ];
                all.into_iter().skip(skipped(table)).collect()
            }
            line => {
                // A row without any cell is not in the sheet at all.
                ignored += u64::from(!matches!(line, Line::Blank));
                noise(table, line).into_iter().map(typed).collect()
            }
        };
        rows.push(cells);
    }
    Written {
        bytes: workbook(&[("Lembar1", rows)]),
        numbers,
        ignored,
    }
}

/// A record: numbers as numbers or as texts, blanks as null, as an empty text or not at all.
fn record(table: &Table, row: &Row, sender: &Region, ordinal: usize) -> Value {
    let number = |value: Figure| match value {
        Figure::Number(number) if ordinal.is_multiple_of(2) => json!(number),
        other => json!(figure(other)),
    };
    let values = [
        json!(region(row, sender)),
        json!(row.service.0),
        json!(day(row.day)),
        number(row.transactions),
        number(row.operators),
    ];
    let mut record = Map::new();
    for (name, value) in FIELDS.iter().zip(values).skip(skipped(table)) {
        let is_blank = value.as_str().is_some_and(str::is_empty);
        match ordinal % 3 {
            // The first record names every field.
            1 if is_blank && ordinal > 0 => {}
            2 if is_blank => {
                record.insert(name.to_string(), Value::Null);
            }
            _ => {
                record.insert(name.to_string(), value);
            }
        }
    }
    Value::Object(record)
}

fn records(table: &Table, sender: &Region) -> (Vec<Value>, Vec<i64>) {
    let records: Vec<Value> = table
        .data()
        .enumerate()
        .map(|(ordinal, row)| record(table, row, sender, ordinal))
        .collect();
    let numbers = (1..=records.len() as i64).collect();
    (records, numbers)
}

fn json_list(table: &Table, sender: &Region, is_wrapped: bool) -> Written {
    let (records, numbers) = records(table, sender);
    let document = if is_wrapped {
        json!({"status": "ok", "data": records, "jumlah": numbers.len()})
    } else {
        Value::Array(records)
    };
    let bytes = if is_wrapped {
        serde_json::to_vec_pretty(&document).expect("JSON")
    } else {
        serde_json::to_vec(&document).expect("JSON")
    };
    Written {
        bytes,
        numbers,
        ignored: 0,
    }
}

fn json_lines(table: &Table, sender: &Region) -> Written {
    let (records, numbers) = records(table, sender);
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    Written {
        bytes: (lines.join("\n") + "\n").into_bytes(),
        numbers,
        ignored: 0,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
        .replace('#', "&#35;")
}

fn xml(table: &Table, sender: &Region, as_attributes: bool) -> Written {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<data>");
    let mut numbers = Vec::new();
    for row in table.data() {
        let cells = texts(table, row, sender);
        let fields = FIELDS[skipped(table)..].iter().zip(&cells);
        let parts: Vec<String> = fields
            .map(|(name, cell)| match as_attributes {
                true => format!(" {name}=\"{}\"", escaped(cell)),
                false => format!("<{name}>{}</{name}>", escaped(cell)),
            })
            .collect();
        text.push_str(&match as_attributes {
            true => format!("<row{}/>\n", parts.concat()),
            false => format!("<row>{}</row>\n", parts.concat()),
        });
        numbers.push(numbers.len() as i64 + 1);
    }
    text.push_str("</data>");
    Written {
        bytes: text.into_bytes(),
        numbers,
        ignored: 0,
    }
}
