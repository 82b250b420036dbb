//! What is wrong or odd, said so that a person can mend it.
//!
//! A finding has a stable code, a severity, a place, the value seen and a sentence with a hint in Bahasa
//! Indonesia and English. The sentences live in `messages/*.toml`, one table a code; `{name}` in a sentence is
//! filled from [`Finding::with`]. Every stage makes findings; `receipt` turns them into what a sender reads.

mod catalogue;
pub mod receipt;
pub mod said;
mod words;

pub use catalogue::{Entry, entries};
pub use words::{Sentence, Sentences};

use crate::domain::personal;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;
use words::{Fill, Words};

/// The same sentence in both languages. Shown to regions, so Bahasa Indonesia comes first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    pub id: String,
    pub en: String,
}

/// How grave a finding is: an `Error` keeps a row (or a submission) out, the others do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Note,
    Warning,
    Error,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// Where in a submission. Everything is optional: a file that cannot be opened has no row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Ordinal in the submission's list of places (a response body, or a sheet of a file).
    pub part: i32,
    /// Sheet name, for workbooks.
    pub sheet: Option<String>,
    /// Sheet row, CSV physical line of the record's start, or record number; from 1.
    pub row: Option<u32>,
    /// Column of the sheet, from 1, that the row stands in where it was turned; see [`crate::table::schema::COLUMN`].
    pub turned: Option<i32>,
    /// Column of the sheet, from 0.
    pub column_index: Option<u32>,
    /// Physical line of a text file, from 1.
    pub line: Option<u32>,
    /// The contract column, or the header or field name where no contract column is known.
    pub column: Option<String>,
}

impl Place {
    /// Spreadsheet address such as `C14`; none without a row and a column. Of a turned row of which no column is named it
    /// is that of the row's own cell.
    pub fn cell(&self) -> Option<String> {
        let row = self.line.or(self.row)?;
        let own = || u32::try_from(self.turned? - 1).ok();
        Some(format!("{}{row}", column_letters(self.column_index.or_else(own)?)))
    }
}

/// `0` → `A`, `25` → `Z`, `26` → `AA`.
pub fn column_letters(index: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = index + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().map(|&byte| byte as char).collect()
}

/// One thing wrong or odd. Its sentences: [`Finding::message`] and [`Finding::hint`].
#[derive(Debug, Clone)]
pub struct Finding {
    pub code: String,
    pub severity: Severity,
    pub place: Place,
    /// The value as the sender wrote it, at most 200 characters; masked where it may be personal.
    pub value: Option<String>,
    words: Words,
    fills: Vec<(&'static str, Fill)>,
}

/// Findings that say the same of the same place are the same.
impl PartialEq for Finding {
    fn eq(&self, other: &Finding) -> bool {
        let parts = |finding: &Finding| (finding.severity, finding.message(), finding.hint());
        self.code == other.code && self.place == other.place && self.value == other.value && parts(self) == parts(other)
    }
}

impl Eq for Finding {}

/// A number of bytes as sentences say it: `8 MB`, `4 GB`, `1500 B`.
pub fn size(bytes: u64) -> String {
    if bytes >= 1 << 30 && bytes.is_multiple_of(1 << 30) {
        format!("{} GB", bytes >> 30)
    } else if bytes >= 1 << 20 && bytes.is_multiple_of(1 << 20) {
        format!("{} MB", bytes >> 20)
    } else if bytes >= 10_000_000 {
        format!("{} MB", bytes / 1_000_000)
    } else {
        format!("{bytes} B")
    }
}

/// A text without what may be personal in it.
fn masked(text: String) -> String {
    match personal::masked(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(masked) => masked,
    }
}

/// Longest value a finding repeats, in characters.
const VALUE_LIMIT: usize = 200;

/// Most bytes of a header row that a finding repeats, and what parts its headers.
const HEADERS_LIMIT: usize = 2_000;
const BETWEEN_HEADERS: &str = " | ";

/// The headers in the value of a finding made with [`Finding::of_headers`].
pub fn headers(value: &str) -> impl Iterator<Item = &str> {
    value.split(BETWEEN_HEADERS)
}

impl Finding {
    fn new(code: &str, severity: Severity, words: Words) -> Finding {
        Finding {
            code: code.to_string(),
            severity,
            place: Place::default(),
            value: None,
            words,
            fills: Vec::new(),
        }
    }

    /// A finding whose sentences stand in `messages/*.toml` under `code`.
    pub fn of(code: &'static str) -> Finding {
        let entry = catalogue::entry(code);
        Finding::new(code, entry.severity, Words::Catalogue(entry))
    }

    /// A finding whose sentences a contract gives (rules).
    pub fn declared(code: &str, severity: Severity, sentences: &Arc<Sentences>) -> Finding {
        Finding::new(code, severity, Words::Declared(sentences.clone()))
    }

    /// A finding of which only what it said is known.
    pub fn said(code: &str, severity: Severity, message: Bilingual, hint: Option<Bilingual>) -> Finding {
        Finding::new(code, severity, Words::Said(Sentences::shared(message, hint)))
    }

    /// Fills `{name}` in the sentences. What may be personal is masked.
    pub fn with(mut self, name: &'static str, text: impl Into<String>) -> Finding {
        self.fills.push((name, Fill::Same(masked(text.into()))));
        self
    }

    /// Fills `{name}` with a text of each language.
    pub fn with_both(mut self, name: &'static str, text: &Bilingual) -> Finding {
        self.fills.push((name, Fill::Both(text.clone())));
        self
    }

    /// Fills `{name}` with a number written plainly (`1234.5`), as each language writes it. What may be personal is masked.
    pub fn with_figure(mut self, name: &'static str, plain: impl Into<String>) -> Finding {
        self.fills.push((name, Fill::Figure(masked(plain.into()))));
        self
    }

    /// Fills `{name}` with a day or a period in its canonical form (`2026-11-12`, `2026-S2`), as each language writes it.
    pub fn with_day(mut self, name: &'static str, canonical: impl Into<String>) -> Finding {
        self.fills.push((name, Fill::Day(canonical.into())));
        self
    }

    /// Sets the value seen, and fills `{value}`. What may be personal is masked.
    pub fn value(mut self, value: impl AsRef<str>) -> Finding {
        let value = personal::shown(value.as_ref());
        let mut short: String = match value.len() > VALUE_LIMIT {
            true => value.chars().take(VALUE_LIMIT).collect(),
            false => value.to_string(),
        };
        if short.len() < value.len() {
            short.push('…');
        }
        self.value = Some(short);
        self
    }

    /// Sets the value seen to headers as they may be shown; [`headers`] reads them back.
    pub fn of_headers<'h>(mut self, headers: impl IntoIterator<Item = &'h String>) -> Finding {
        let mut seen = String::new();
        for header in headers {
            if seen.len() + header.len() > HEADERS_LIMIT {
                break;
            }
            if !seen.is_empty() {
                seen.push_str(BETWEEN_HEADERS);
            }
            seen.push_str(&masked(header.clone()));
        }
        self.value = Some(seen);
        self
    }

    /// Sets the place, and fills `{column}`. What may be personal in names of sheets and columns is masked.
    pub fn at(mut self, place: Place) -> Finding {
        self.place = Place {
            sheet: place.sheet.map(masked),
            column: place.column.map(masked),
            ..place
        };
        self
    }

    pub fn severity(mut self, severity: Severity) -> Finding {
        self.severity = severity;
        self
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.say(Sentence::MessageEn, formatter)?;
        if let Some(hint) = self.hint() {
            write!(formatter, " {}", hint.en)?;
        }
        Ok(())
    }
}

/// A finding as kept between stages (catalog notes, `findings.parquet`).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stored {
    pub code: String,
    pub severity: Severity,
    pub part: i32,
    pub sheet: Option<String>,
    pub row: Option<u32>,
    pub column_index: Option<u32>,
    pub line: Option<u32>,
    pub column: Option<String>,
    pub value: Option<String>,
    pub message: Bilingual,
    pub hint: Option<Bilingual>,
}

impl From<&Finding> for Stored {
    fn from(finding: &Finding) -> Stored {
        let Place {
            part,
            sheet,
            row,
            column_index,
            line,
            column,
            // Findings that are kept so are about no turned row: they were made before anything was read.
            turned: _,
        } = finding.place.clone();
        Stored {
            code: finding.code.clone(),
            severity: finding.severity,
            part,
            sheet,
            row,
            column_index,
            line,
            column,
            value: finding.value.clone(),
            message: finding.message(),
            hint: finding.hint(),
        }
    }
}

impl From<Stored> for Finding {
    fn from(stored: Stored) -> Finding {
        let place = Place {
            part: stored.part,
            sheet: stored.sheet,
            row: stored.row,
            column_index: stored.column_index,
            line: stored.line,
            column: stored.column,
            ..Place::default()
        };
        Finding {
            value: stored.value,
            ..Finding::said(&stored.code, stored.severity, stored.message, stored.hint).at(place)
        }
    }
}
