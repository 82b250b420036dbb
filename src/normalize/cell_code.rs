//! Cells of code columns: the code that a text stands for, and what it may mean where it stands for none.

use super::Context;
use super::cell::{ColumnReader, plain_text};
use crate::domain::code::{CodeEntry, CodeError, CodeTable, Near};
use crate::domain::unit::{MEASURE, extra};
use crate::finding::{Bilingual, Finding};
use crate::read::Cell;
use ahash::AHashMap;
use std::sync::{Mutex, PoisonError};

/// What texts that are in no list may mean: the same few come again and again.
#[derive(Debug, Default)]
pub(super) struct Meanings(Mutex<AHashMap<Box<str>, Meaning>>);

/// Most texts that are remembered.
const LIMIT: usize = 1_000;

/// What a text may mean that is in no list.
#[derive(Debug, Clone)]
struct Meaning {
    /// The one code that it is but for typing errors, and its names.
    slip: Option<(String, Bilingual)>,
    /// A sentence with the names that come near, or with the whole list; ends with a blank unless it is empty.
    advice: Bilingual,
}

/// Most entries of a list that is told whole, and most names that are told otherwise.
const SHORT: usize = 12;
const SOME: usize = 5;

impl ColumnReader {
    /// The code of the column's reference table that a cell stands for.
    pub(super) fn code_of(&self, cell: Cell<'_>, context: &Context) -> Result<String, Finding> {
        let unknown = || {
            let finding = Finding::of("code-unknown").with_both("title", &self.column.title);
            finding.value(self.shown(cell))
        };
        let unlisted = || unknown().with("known", "");
        let written = plain_text(cell).ok_or_else(unlisted)?;
        // `validate` made sure that a code column names a table that exists.
        let table = self.list(context).ok_or_else(unlisted)?;
        table
            .resolve(&written)
            .map(str::to_string)
            .map_err(|error| match error {
                CodeError::Unknown => {
                    let advice = self.meaning(&written, table, |meaning| meaning.advice.clone());
                    unknown().with_both("known", &advice)
                }
                CodeError::Ambiguous(candidates) => {
                    let entries: Vec<&CodeEntry> = candidates.iter().filter_map(|code| table.get(code)).collect();
                    Finding::of("code-ambiguous")
                        .with_both("candidates", &names(&entries, [", ", ", "]))
                        .with_both("title", &self.column.title)
                        .with_both("known", &whole(table))
                        .value(self.shown(cell))
                }
            })
    }

    /// Whether a cell stands for a code, without what it may mean otherwise.
    pub(super) fn exact_code(&self, cell: Cell<'_>, context: &Context) -> Option<String> {
        self.list(context)?.resolve(&plain_text(cell)?).ok().map(str::to_string)
    }

    /// The code that a cell is but for typing errors, and what its sender is told. Never in a key, where a wrong code is
    /// another row's.
    pub(super) fn mistyped_code(&self, cell: Cell<'_>, context: &Context) -> Option<(String, Finding)> {
        if self.is_key || self.column.pii.is_some() {
            return None;
        }
        let (written, table) = (plain_text(cell)?, self.list(context)?);
        if table.resolve(&written) != Err(CodeError::Unknown) {
            return None;
        }
        let (code, name) = self.meaning(&written, table, |meaning| meaning.slip.clone())?;
        let finding = Finding::of("code-inexact").with_both("read", &name);
        Some((code, finding.value(self.shown(cell))))
    }

    fn list<'c>(&self, context: &'c Context) -> Option<&'c CodeTable> {
        self.column.codes.as_ref().and_then(|name| context.codes.get(name))
    }

    fn meaning<T>(&self, written: &str, table: &CodeTable, take: impl Fn(&Meaning) -> T) -> T {
        // A lane has its own reader: nobody waits here, and a panic leaves whole entries.
        let mut all = self.meanings.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(written) {
            return take(known);
        }
        let meaning = Meaning::of(written, table);
        let taken = take(&meaning);
        if all.len() < LIMIT {
            all.insert(written.into(), meaning);
        }
        taken
    }
}

impl Meaning {
    fn of(written: &str, table: &CodeTable) -> Meaning {
        let (near, slip) = match table.near(written) {
            Near::Slips(entries) => {
                let slip = match entries[..] {
                    [one] => Some((one.code.clone(), names(&[one], ["", ""]))),
                    _ => None,
                };
                (entries, slip)
            }
            Near::Others(entries) => (entries, None),
        };
        let measured: Vec<&CodeEntry> = table
            .entries()
            .iter()
            .filter(|entry| !extra(entry, MEASURE).is_empty())
            .collect();
        let guess = match near.is_empty() {
            true => Bilingual::default(),
            false => said(["Maksud Anda", "Do you mean"], &names(&near, [" atau ", " or "]), "?"),
        };
        let list = match (table.entries().len(), near.is_empty()) {
            (..=SHORT, _) => whole(table),
            (_, true) if !measured.is_empty() => said(
                ["Satuan yang dapat dihitung:", "Units that can be converted:"],
                &names(&measured, [", ", ", "]),
                ".",
            ),
            _ => Bilingual::default(),
        };
        let advice = Bilingual {
            id: guess.id + &list.id,
            en: guess.en + &list.en,
        };
        Meaning { slip, advice }
    }
}

/// A sentence with all names of a list, where it is short; ends with a blank unless it is empty.
fn whole(table: &CodeTable) -> Bilingual {
    let all: Vec<&CodeEntry> = table.entries().iter().collect();
    match all.len() {
        ..=SHORT => said(
            ["Yang ada dalam daftar:", "The list has:"],
            &names(&all, [", ", ", "]),
            ".",
        ),
        _ => Bilingual::default(),
    }
}

fn said(before: [&str; 2], names: &Bilingual, end: &str) -> Bilingual {
    Bilingual {
        id: format!("{} {}{end} ", before[0], names.id),
        en: format!("{} {}{end} ", before[1], names.en),
    }
}

/// Names of entries; of many the first few, where they are told as guesses.
fn names(entries: &[&CodeEntry], between: [&str; 2]) -> Bilingual {
    let is_guess = between[0] != ", ";
    let told = if is_guess && entries.len() > SOME {
        SOME
    } else {
        entries.len()
    };
    let more = if told < entries.len() { " …" } else { "" };
    let join = |name: fn(&CodeEntry) -> &String, between: &str| {
        let names: Vec<&str> = entries[..told].iter().map(|entry| name(entry).as_str()).collect();
        names.join(between) + more
    };
    Bilingual {
        id: join(|entry| &entry.name_id, between[0]),
        en: join(|entry| &entry.name_en, between[1]),
    }
}
