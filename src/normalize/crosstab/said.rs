//! What the rows of a header say together of one sheet column: `2025` above `Januari`, a day below `Tanggal` whose month a
//! title names.

use super::find::Look;
use crate::config::ColumnType;
use crate::domain::axis::{self, Unit};
use crate::domain::date;
use crate::domain::number::Style;
use crate::domain::period::{Grain, Period};
use crate::finding::Finding;
use crate::normalize::cell::{ColumnReader, Value};
use crate::normalize::{labels, title};
use crate::read::Cell;
use chrono::NaiveDate;

/// The time that is said above a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Time {
    pub year: Option<i32>,
    pub month: Option<Period>,
}

impl Time {
    /// What the titles and labels say.
    pub fn of(look: &Look<'_>) -> Time {
        let year = title::year(look.titles);
        let month = labels::month(look.labels, look.titles).or_else(|| title::month(look.titles, year));
        Time { year, month }
    }
}

/// A value that a header names.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// As it is read.
    pub value: String,
    /// What the header says besides, row by row.
    pub rest: Vec<String>,
    /// The title's year was needed.
    pub by_year: bool,
    /// It is a day that its month does not have, or a time that the contract does not take: one that is still to come.
    pub is_no_day: bool,
}

/// Fewest days in a row that are told from other numbers without a word above them: there are fewer weeks, months and
/// columns of most tables.
const FEWEST_DAYS: u32 = 13;

/// Whether headers without a word for it count the days of a month: 1, 2, 3 … one beside the other.
pub(super) fn count_days(paths: &[Vec<String>]) -> bool {
    let mut next = 1;
    for path in paths {
        let last = path.iter().rev().find(|text| !text.is_empty());
        match last.and_then(|text| axis::numbered(text)) {
            Some((None, number)) if number == next => next += 1,
            _ if next == 1 => {}
            _ => break,
        }
    }
    next > FEWEST_DAYS
}

/// Whether a header names a week: `Minggu I`, `Minggu` above `1`.
pub(super) fn is_week(path: &[String]) -> bool {
    let numbered = || path.iter().filter_map(|text| axis::numbered(text));
    let has_word = path.iter().any(|text| axis::unit(text) == Some(Unit::Week));
    numbered().any(|(unit, _)| unit == Some(Unit::Week)) || (has_word && numbered().count() > 0)
}

/// The value of a column of codes, regions or periods that a header names; none where it names none, an error where its rows
/// contradict each other. `by_days` says that bare numbers are days.
pub(super) fn said(
    look: &Look<'_>,
    path: &[String],
    reader: &ColumnReader,
    time: Time,
    by_days: bool,
) -> Result<Option<Said>, Box<Finding>> {
    // What names a value is short; a cell may hold a whole page.
    const LONGEST: usize = 300;
    if path.iter().any(|text| text.len() > LONGEST) {
        return Ok(None);
    }
    // A merged cell stands in all the rows that it spans.
    let mut texts: Vec<&str> = path
        .iter()
        .map(String::as_str)
        .filter(|text| !text.is_empty())
        .collect();
    texts.dedup();
    if !matches!(reader.column.kind, ColumnType::Period | ColumnType::Date) {
        return Ok(phrase(look, &texts, reader, None, false));
    }
    if is_week(path) {
        return Ok(None);
    }
    let found = match numbered(&texts, time, by_days) {
        Some((Unit::Day, said)) => Some(said),
        Some((_, said)) => Some(said).filter(|said| names(look, reader, &said.value)),
        None => phrase(look, &texts, reader, time.year, true),
    };
    let found = found.map(|said| Said {
        is_no_day: !reads(look, reader, &said.value),
        ..said
    });
    found.map(|said| without_time(look, reader, said)).transpose()
}

/// A part of the calendar that is written as a number: `1` below `Tanggal`, `II` below `Triwulan`.
fn numbered(texts: &[&str], time: Time, by_days: bool) -> Option<(Unit, Said)> {
    let mut numbers = texts
        .iter()
        .enumerate()
        .filter_map(|(index, text)| axis::numbered(text).map(|found| (index, found)));
    let (index, (own, number)) = numbers.next().filter(|_| numbers.next().is_none())?;
    let others = || {
        texts
            .iter()
            .enumerate()
            .filter(move |(other, _)| *other != index)
            .map(|(_, text)| *text)
    };
    let year = others().find_map(axis::year);
    let month = others().find_map(|text| axis::month(text, year.or(time.year)));
    let named = own.or_else(|| others().find_map(axis::unit));
    let is_below_month = others().any(axis::is_month) || by_days;
    let unit = named.or(is_below_month.then_some(Unit::Day))?;
    let rest = others().map(str::to_string).collect();
    match unit.word() {
        Some(word) => {
            let written = match own {
                Some(_) => texts[index].to_string(),
                None => format!("{word} {number}"),
            };
            let said = Said {
                value: format!("{written} {}", year.or(time.year)?),
                rest,
                by_year: year.is_none(),
                is_no_day: false,
            };
            Some((unit, said))
        }
        None if unit == Unit::Day => {
            let first = month.or(time.month)?.start();
            let said = Said {
                value: format!("{}-{number:02}", first.format("%Y-%m")),
                rest,
                ..Said::default()
            };
            // More than any month has is no day at all.
            (1..=31).contains(&number).then_some((unit, said))
        }
        None => None,
    }
}

/// A value that one row of a header names, or two together. Of times the longest is taken: `2026` above `Semester I` is no
/// year.
fn phrase(look: &Look<'_>, texts: &[&str], reader: &ColumnReader, year: Option<i32>, is_time: bool) -> Option<Said> {
    let all = 0..texts.len();
    let pairs = all.clone().flat_map(|one| all.clone().map(move |other| (one, other)));
    let pairs: Vec<(usize, usize)> = pairs.filter(|(one, other)| one != other).collect();
    let said = |used: &[usize], value: String, by_year: bool| {
        let rest = texts.iter().enumerate().filter(|(index, _)| !used.contains(index));
        names(look, reader, &value).then(|| Said {
            value,
            rest: rest.map(|(_, text)| (*text).to_string()).collect(),
            by_year,
            is_no_day: false,
        })
    };
    // Numbers that no word explains count nothing: `2026` above `1`, `2`, `3` may be quarters.
    let is_number = |index: usize| texts[index].bytes().all(|byte| byte.is_ascii_digit());
    let pair = |&(one, other): &(usize, usize)| {
        let is_explained = !is_number(one) || !is_number(other);
        let both = || format!("{} {}", texts[one], texts[other]);
        is_explained.then(|| said(&[one, other], both(), false)).flatten()
    };
    let single = |index: usize| said(&[index], texts[index].to_string(), false);
    if !is_time {
        let of = |index: usize| {
            let own = pairs.iter().filter(move |(one, _)| *one == index);
            single(index).or_else(|| own.into_iter().find_map(pair))
        };
        return all.clone().find_map(of);
    }
    // `Bulan 2026` and `Tahun 2026` would be the year.
    let is_word = |index: usize| axis::unit(texts[index]).is_some() || axis::is_year_word(texts[index]);
    let dated = |index: usize| {
        let dated = format!("{} {}", texts[index], year?);
        let is_open = !is_word(index) && !is_number(index);
        is_open.then(|| said(&[index], dated, true)).flatten()
    };
    pairs
        .iter()
        .find_map(pair)
        .or_else(|| all.clone().rev().find_map(single))
        .or_else(|| all.clone().rev().find_map(dated))
}

fn value_of<'t>(look: &Look<'_>, reader: &ColumnReader, text: &'t str) -> Option<Value<'t>> {
    // Most headers are no times, and to say why costs more than to see it.
    let is_none = match reader.column.kind {
        ColumnType::Period => reader.period_of(Cell::Text(text)).is_none(),
        ColumnType::Date => date::parse_date(text).is_err(),
        _ => false,
    };
    if is_none {
        return None;
    }
    let read = reader.read(Cell::Text(text), Style::Id, 0, look.context.as_of, look.context);
    read.ok().filter(|value| *value != Value::Null)
}

/// Whether a text is a value, or a time that will be one once it has begun.
fn names(look: &Look<'_>, reader: &ColumnReader, text: &str) -> bool {
    let is_to_come = |start: NaiveDate| start > look.context.as_of;
    match reader.column.kind {
        ColumnType::Period
            if reader
                .period_of(Cell::Text(text))
                .is_some_and(|period| is_to_come(period.start())) =>
        {
            true
        }
        ColumnType::Date if date::parse_date(text).is_ok_and(is_to_come) => true,
        _ => reads(look, reader, text),
    }
}

fn reads(look: &Look<'_>, reader: &ColumnReader, text: &str) -> bool {
    // Most headers are no codes: what they may mean otherwise is not asked.
    match reader.column.kind {
        ColumnType::Code => reader.exact_code(Cell::Text(text), look.context).is_some(),
        _ => value_of(look, reader, text).is_some(),
    }
}

/// The value without the words for its time in other rows of the header, with which it must agree.
fn without_time(look: &Look<'_>, reader: &ColumnReader, mut said: Said) -> Result<Said, Box<Finding>> {
    let range = match value_of(look, reader, &said.value) {
        Some(Value::Period(period)) => Some((period.start(), period.end())),
        Some(Value::Date(day)) => Some((day, day)),
        _ => None,
    };
    let mut other = None;
    said.rest.retain(|text| {
        let outer = match axis::year(text) {
            Some(year) => NaiveDate::from_ymd_opt(year, 1, 1).map(|day| Period::containing(Grain::Year, day)),
            None => axis::month(text, None),
        };
        if let (Some(outer), Some((start, end))) = (outer, range)
            && !(outer.contains(start) && outer.contains(end))
        {
            other = Some(text.clone());
        }
        outer.is_none() && axis::unit(text).is_none() && !axis::is_month(text)
    });
    match other {
        Some(other) => Err(Box::new(
            Finding::of("header-times-differ")
                .with("above", other)
                .value(said.value),
        )),
        None => Ok(said),
    }
}
