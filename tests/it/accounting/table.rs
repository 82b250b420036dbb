//! What a generated table may hold, and the few rules that say what becomes of its rows.

use super::write::Written;
use chrono::NaiveDate;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Whom a row is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Who {
    Sender,
    SenderByName,
    Other,
    Nobody,
    Blank,
}

/// A figure, or what stands in its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figure {
    Number(i64),
    Missing(&'static str),
    /// A text, and the code of the finding it gives.
    Bad(&'static str, &'static str),
}

/// The day of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Day {
    /// A day of November 2025, and how it is written.
    Right(u32, u8),
    Blank,
    Bad(&'static str, &'static str),
}

#[derive(Debug, Clone)]
pub struct Row {
    pub who: Who,
    /// As written, and its code; none for a service that does not exist; an empty text is a blank.
    pub service: (&'static str, Option<&'static str>),
    pub day: Day,
    pub transactions: Figure,
    pub operators: Figure,
}

/// A line of a table.
#[derive(Debug, Clone)]
pub enum Line {
    Data(Row),
    Blank,
    Total,
    Footnote,
}

#[derive(Debug, Clone)]
pub struct Table {
    /// Without one, all rows are about the sender.
    pub has_region: bool,
    /// Titles above the header.
    pub titles: usize,
    pub lines: Vec<Line>,
}

const SERVICES: [(&str, Option<&str>); 7] = [
    ("Perizinan", Some("licensing")),
    ("PTSP", Some("licensing")),
    ("KESEHATAN", Some("health")),
    ("education", Some("education")),
    ("Pengaduan masyarakat", Some("aspiration")),
    ("Pertamanan", None),
    ("", None),
];

fn any_figure(most: i64) -> impl Strategy<Value = Figure> {
    let bad = [
        ("abc", "number-invalid"),
        ("nan", "number-invalid"),
        ("1e5", "number-invalid"),
        ("1.2.3", "number-invalid"),
        ("１２", "number-invalid"),
        ("-5", "out-of-range"),
        ("20000000", "out-of-range"),
        ("#REF!", "cell-error"),
    ];
    prop_oneof![
        // Few values, so that rows with the same key are equal as often as they differ.
        30 => (0..4_i64).prop_map(Figure::Number),
        10 => (0..=most).prop_map(Figure::Number),
        6 => prop::sample::select(vec!["", "-", "n/a", "tad", "  "]).prop_map(Figure::Missing),
        2 => prop::sample::select(bad.to_vec()).prop_map(|(text, code)| Figure::Bad(text, code)),
    ]
}

fn any_day() -> impl Strategy<Value = Day> {
    let bad = [
        ("31/02/2025", "date-invalid"),
        ("besok", "date-invalid"),
        ("2025-12-01", "date-out-of-range"),
        ("2025-25-08", "date-invalid"),
    ];
    prop_oneof![
        40 => (1..9_u32, 0..4_u8).prop_map(|(day, style)| Day::Right(day, style)),
        1 => Just(Day::Blank),
        2 => prop::sample::select(bad.to_vec()).prop_map(|(text, code)| Day::Bad(text, code)),
    ]
}

fn any_row() -> impl Strategy<Value = Row> {
    let who = prop_oneof![
        20 => Just(Who::Sender),
        10 => Just(Who::SenderByName),
        2 => Just(Who::Other),
        1 => Just(Who::Nobody),
        1 => Just(Who::Blank),
    ];
    let service = prop_oneof![20 => prop::sample::select(SERVICES[..5].to_vec()), 1 => prop::sample::select(SERVICES[5..].to_vec())];
    let figures = prop_oneof![
        8 => (any_figure(900_000), any_figure(9_000)).boxed(),
        1 => (Just(Figure::Missing("")), Just(Figure::Missing("-"))).boxed(),
    ];
    (who, service, any_day(), figures).prop_map(|(who, service, day, (transactions, operators))| {
        // A row without anything in it is a blank line, which is made as such.
        let day = if day == Day::Blank && service.0.is_empty() {
            Day::Right(1, 0)
        } else {
            day
        };
        Row {
            who,
            service,
            day,
            transactions,
            operators,
        }
    })
}

pub fn any_table() -> impl Strategy<Value = Table> {
    let line = prop_oneof![
        40 => any_row().prop_map(Line::Data),
        1 => Just(Line::Blank),
        1 => Just(Line::Total),
        1 => Just(Line::Footnote),
    ];
    // Two data rows at least: a document with a single record does not say by itself what in it is a record.
    let lines = prop::collection::vec(line, 0..50);
    let sure = prop::collection::vec(any_row().prop_map(Line::Data), 2);
    (any::<bool>(), 0..3_usize, sure, lines).prop_map(|(has_region, titles, sure, lines)| Table {
        has_region,
        titles,
        lines: sure.into_iter().chain(lines).collect(),
    })
}

/// What must become of a file.
#[derive(Debug)]
pub struct Verdict {
    /// Read, accepted, quarantined, repeated, not observed.
    pub rows: [u64; 5],
    pub ignored: u64,
    /// Row number → the row as the model holds it.
    pub accepted: BTreeMap<i64, String>,
    /// Row number → codes.
    pub refused: BTreeMap<i64, BTreeSet<String>>,
    pub status: &'static str,
}

impl Verdict {
    /// Whether the night's exit code says that a person must look.
    pub fn needs_a_look(&self) -> bool {
        matches!(self.status, "held" | "refused")
    }

    pub fn enters_the_model(&self) -> bool {
        !self.needs_a_look()
    }
}

/// One row on its own.
enum Fate {
    Refused(BTreeSet<String>),
    NotObserved,
    /// Key and values.
    Right(String, String),
}

impl Row {
    fn judge(&self, has_region: bool, sender: &str) -> Fate {
        let mut codes = BTreeSet::new();
        let region = match self.who {
            _ if !has_region => Some(sender),
            Who::Sender | Who::SenderByName => Some(sender),
            Who::Other => Some(OTHER.0),
            Who::Blank => None,
            Who::Nobody => {
                codes.insert("region-unknown");
                None
            }
        };
        if let ("Pertamanan", None) = self.service {
            codes.insert("code-unknown");
        }
        if let Day::Bad(_, code) = self.day {
            codes.insert(code);
        }
        for figure in [self.transactions, self.operators] {
            if let Figure::Bad(_, code) = figure {
                codes.insert(code);
            }
        }
        let figure = |figure| match figure {
            Figure::Number(number) => Some(number),
            _ => None,
        };
        let day = match self.day {
            Day::Right(day, _) => NaiveDate::from_ymd_opt(2025, 11, day),
            _ => None,
        };
        let (transactions, operators) = (figure(self.transactions), figure(self.operators));
        let key = region.zip(self.service.1).zip(day);
        if codes.is_empty() && key.is_some() && transactions.is_none() && operators.is_none() {
            return Fate::NotObserved;
        }
        if codes.is_empty() {
            if key.is_none() || transactions.is_none() || operators.is_none() {
                codes.insert("value-missing");
            }
            if region.is_some_and(|region| region != sender) {
                codes.insert("region-not-yours");
            }
        }
        match (key, transactions.zip(operators)) {
            (Some(((region, service), day)), Some((transactions, operators))) if codes.is_empty() => Fate::Right(
                format!("{region} {service} {day}"),
                format!("{region} {service} {day} {transactions} {operators}"),
            ),
            _ => Fate::Refused(codes.into_iter().map(str::to_string).collect()),
        }
    }
}

/// A region that is nobody's sender here: code and name.
pub const OTHER: (&str, &str) = ("96.71", "Kota Sorong");

impl Table {
    pub fn data(&self) -> impl Iterator<Item = &Row> {
        self.lines.iter().filter_map(|line| match line {
            Line::Data(row) => Some(row),
            _ => None,
        })
    }

    /// What becomes of this table when `sender` sends it as it was written.
    pub fn judge(&self, sender: &str, written: &Written) -> Verdict {
        let mut refused = BTreeMap::new();
        let mut by_key: BTreeMap<String, Vec<(i64, String)>> = BTreeMap::new();
        let mut not_observed = 0;
        for (row, &number) in self.data().zip(&written.numbers) {
            match row.judge(self.has_region, sender) {
                Fate::Refused(codes) => {
                    refused.insert(number, codes);
                }
                Fate::NotObserved => not_observed += 1,
                Fate::Right(key, values) => by_key.entry(key).or_default().push((number, values)),
            }
        }
        let mut accepted = BTreeMap::new();
        let mut repeated = 0;
        for rows in by_key.into_values() {
            let (first, values) = rows[0].clone();
            if rows.iter().all(|(_, other)| *other == values) {
                accepted.insert(first, values);
                repeated += rows.len() as u64 - 1;
            } else {
                let conflict = || BTreeSet::from(["key-conflict".to_string()]);
                refused.extend(rows.into_iter().map(|(number, _)| (number, conflict())));
            }
        }
        let read = written.numbers.len() as u64;
        let out = refused.len() as u64;
        let status = match (read, accepted.len(), out) {
            (0, _, _) => "refused",
            (_, 0, 1..) => "refused",
            (_, _, 10..) if out * 4 > read => "held",
            (_, _, 1..) => "accepted_in_part",
            _ => "accepted",
        };
        Verdict {
            rows: [read, accepted.len() as u64, out, repeated, not_observed],
            ignored: written.ignored,
            accepted,
            refused,
            status,
        }
    }
}
