//! What stands above a header: titles that say the period of a whole sheet.

mod named;

use self::named::{LONGEST, Named, words};
use crate::config::Contract;
use crate::domain::period::{Grain, Period};
use crate::domain::{axis, date, money, text};
use crate::finding::Bilingual;
use crate::read::{Block, Cell};
use chrono::NaiveDate;

/// The texts of the rows above the header.
pub(super) fn titles(block: &Block, header_row: usize) -> Vec<String> {
    texts(block, 0..header_row)
}

/// The texts of these rows.
pub(super) fn texts(block: &Block, rows: std::ops::Range<usize>) -> Vec<String> {
    let mut found = Vec::new();
    for row in rows {
        for &raw in block.row(row) {
            if let Cell::Text(text) = block.view(raw) {
                found.push(text.trim().to_string());
            }
        }
    }
    found
}

/// Words between the first and the last month of a title that names several.
const UNTIL: [&str; 5] = ["s d", "sampai", "hingga", "until", "to"];

/// Words before a date that says when a sheet was made, not what it is about.
const MADE: [&str; 13] = [
    "dicetak",
    "diunduh",
    "dibuat",
    "cetak",
    "printed",
    "downloaded",
    "diperbarui",
    "pembaruan",
    "update",
    "updated",
    "diterima",
    "received",
    "disalin",
];

/// Whether a title is about the sheet's making.
pub(super) fn is_about_making(title: &str) -> bool {
    let normal = text::normal(title);
    normal.split(' ').any(|word| MADE.contains(&word))
}

/// The one year that the titles name.
pub(super) fn year(titles: &[String]) -> Option<i32> {
    let titles = titles.iter().filter(|title| !is_about_making(title));
    let texts: Vec<String> = titles.map(|title| words(title).join(" ")).collect();
    let mut years: Vec<i32> = texts
        .iter()
        .flat_map(|title| title.split(|letter: char| !letter.is_ascii_digit()))
        .filter(|digits| text::is_year(digits))
        .filter_map(|digits| digits.parse().ok())
        .collect();
    years.sort_unstable();
    years.dedup();
    match years[..] {
        [year] => Some(year),
        _ => None,
    }
}

/// Whether a title names a first and a last day or month: `10 - 12 November 2026`, `Januari s.d. Oktober`.
pub(super) fn is_span(title: &str) -> bool {
    let words: Vec<&str> = title.split_whitespace().collect();
    let is_day = |word: &str| word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_dash = |word: &str| matches!(word, "-" | "–" | "—" | "dan" | "DAN" | "Dan" | "&");
    let days = words
        .windows(3)
        .any(|three| is_day(three[0]) && is_dash(three[1]) && is_day(three[2]));
    let joined = words.iter().any(|word| {
        let parts = word.split_once(['-', '–']);
        parts.is_some_and(|(first, last)| is_day(first) && is_day(last) && !first.is_empty() && !last.is_empty())
    });
    days || joined || says_until(title)
}

/// Whether a text names the end of a time: `s.d. Oktober`, `Januari sampai Oktober`.
pub(super) fn says_until(title: &str) -> bool {
    let padded = format!(" {} ", text::normal(title));
    UNTIL.iter().any(|word| padded.contains(&format!(" {word} ")))
}

/// Whether a title says that its figures are those at the end of a time: `PER BULAN` may also mean those of each month.
fn says_state(title: &str) -> bool {
    let normal = text::normal(title);
    normal
        .split(' ')
        .any(|word| matches!(word, "keadaan" | "kondisi" | "posisi"))
}

/// Whether a title names a time before that of its table: `DIBANDINGKAN BULAN LALU`.
fn says_earlier(title: &str) -> bool {
    let normal = text::normal(title);
    normal.split(' ').any(|word| matches!(word, "lalu" | "sebelumnya"))
}

/// Whether a title is that of a table beside the present one: last year's, or the sum of the year so far.
pub(super) fn is_of_another_time(title: &str) -> bool {
    let normal = text::normal(title);
    let mut words = normal.split(' ');
    says_earlier(title) || words.any(|word| matches!(word, "kumulatif" | "berjalan"))
}

/// The one day that the titles name, for tables about a single day.
pub(super) fn day(titles: &[String]) -> Option<NaiveDate> {
    let mut days: Vec<NaiveDate> = titles
        .iter()
        .filter(|title| !is_about_making(title))
        .filter(|title| !is_span(title))
        .filter_map(|title| {
            let words = words(title);
            let mut phrases = (1..=3).rev().flat_map(|length| words.windows(length));
            phrases.find_map(|phrase| date::parse_date(phrase.join(" ").trim_matches(['(', ')', '.', ':', ','])).ok())
        })
        .collect();
    days.dedup();
    match days[..] {
        [day] => Some(day),
        _ => None,
    }
}

/// The power of ten that a title gives to all amounts of money below it: `(dalam jutaan rupiah)`, `(Rp juta)`. The first
/// title that says a unit of money says it, also where that is rupiah as such.
pub(super) fn money_power(titles: &[String]) -> Option<u32> {
    let scales = titles
        .iter()
        .flat_map(|title| units(title))
        .filter_map(money::header_scale);
    let first = scales.filter(|scale| scale.rupiah).map(|scale| scale.power).next();
    first.filter(|power| *power > 0)
}

/// The units that a title says: those in brackets, or what stands behind `dalam` and `satuan`.
pub(super) fn units(title: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = title;
    while let Some((_, inside, after)) = text::bracket(rest) {
        if text::is_unit(inside) {
            found.push(inside);
        }
        rest = after;
    }
    if found.is_empty() {
        let lower = title.to_ascii_lowercase();
        let words = ["dalam ", "dlm ", "satuan", " x rp", " x 1"];
        found.extend(
            words
                .iter()
                .filter_map(|word| lower.find(word))
                .min()
                .map(|at| &title[at..]),
        );
    }
    found
}

/// The times that a contract's rows may be of.
struct Times {
    grains: Vec<Grain>,
    /// The month of which the figures of a year are.
    month: Option<u32>,
}

impl Times {
    fn of(contract: &Contract) -> Times {
        let period = contract.period.as_ref().and_then(|name| contract.columns.get(name));
        Times {
            grains: contract.grains.iter().map(|grain| (*grain).into()).collect(),
            month: period.and_then(|column| column.reference_month),
        }
    }

    /// A time as one of these, as [`Period::parse`] reads a day. One of quarters, semesters and years must be the last of it,
    /// where no word says that it is that of the figures: else it is that of a letter.
    fn fitting(&self, period: Period) -> Option<Period> {
        let fits = self.containing(period)?;
        let is_whole = period.grain() != Grain::Day || fits.grain() <= Grain::Month;
        (is_whole || fits.end() == period.start()).then_some(fits)
    }

    /// A time as one of these; a day as the one that it lies in.
    fn containing(&self, period: Period) -> Option<Period> {
        match period.grain() {
            grain if self.grains.contains(&grain) => Some(period),
            Grain::Day => Period::from_date(period.start(), &self.grains),
            _ => period.year_of(self.month?),
        }
    }

    /// The time at whose end a month is: `KEADAAN DESEMBER 2025` is that of the year, where the contract does not say of which
    /// month a year's figures are.
    fn ending(&self, month: Period) -> Option<Period> {
        if month.grain() != Grain::Month || self.month.is_some() {
            return None;
        }
        let longer = self.grains.iter().filter(|grain| **grain > month.grain());
        let mut ending = longer.map(|&grain| Period::containing(grain, month.start()));
        ending.find(|period| period.end() == month.end())
    }
}

/// The one period that the titles name, in one of the contract's grains. Two different ones, several months
/// (`Januari s.d. Oktober 2026`), or one that is shorter than the contract's (`Triwulan III 2026` of a dataset by year)
/// give none: then the title does not say it.
///
/// `tells_apart` says that the table's headers tell the figures of the period from those since the year began: then a title
/// may say how far both go (`S.D. OKTOBER 2026`).
pub(super) fn period(titles: &[String], contract: &Contract, tells_apart: bool) -> Option<Period> {
    let times = Times::of(contract);
    let grains = &times.grains;
    let mut found: Option<Period> = None;
    let mut parts = Vec::new();
    for title in titles.iter().filter(|title| !is_about_making(title)) {
        let named = Named::of(title);
        let exact = named
            .all
            .iter()
            .copied()
            .filter(|period| grains.contains(&period.grain()));
        let exact: Vec<Period> = exact.collect();
        let state = named.state.filter(|state| exact.is_empty() || exact.contains(state));
        let of_month = |period| says_state(title).then(|| times.ending(period)).flatten();
        let by_state = state.and_then(|period| times.containing(period).or_else(|| of_month(period)));
        let of_title = match by_state {
            Some(state) => vec![state],
            // A month that is named goes before one in which a day lies.
            None if !exact.is_empty() => exact,
            None => named.all.iter().filter_map(|&period| times.fitting(period)).collect(),
        };
        let is_state = |period: &Period| by_state.is_some() && named.state == Some(*period);
        parts.extend(named.all.into_iter().filter(|period| {
            let is_part = !matches!(period.grain(), Grain::Day | Grain::Year) && times.fitting(*period).is_none();
            is_part && !is_state(period)
        }));
        let is_doubtful = || named.loose || is_span(title) || is_of_another_time(title);
        let says_end = || tells_apart && of_title.len() == 1 && says_until(title) && !says_earlier(title);
        if !of_title.is_empty() && is_doubtful() && !says_end() {
            return None;
        }
        for period in of_title {
            found = match found {
                None => Some(period),
                Some(known) if known.contains(period.start()) && known.contains(period.end()) => Some(period),
                Some(known) if period.contains(known.start()) && period.contains(known.end()) => Some(known),
                Some(_) => return None,
            };
        }
    }
    let found = found.or_else(|| month_by_year(titles).filter(|month| grains.contains(&month.grain())));
    found.filter(|found| {
        parts
            .iter()
            .all(|part| part.grain() > found.grain() || !found.contains(part.start()))
    })
}

/// The one month that titles name whose year stands in another: `BULAN OKTOBER` above `TAHUN 2026`.
fn month_by_year(titles: &[String]) -> Option<Period> {
    let year = year(titles)?;
    let titles = titles
        .iter()
        .filter(|title| !is_about_making(title) && title.len() <= LONGEST);
    let mut months: Vec<Period> = titles.filter_map(|title| axis::month(title, Some(year))).collect();
    months.dedup();
    match months[..] {
        [month] => Some(month),
        _ => None,
    }
}

/// The one month that the titles name, also as that of several days (`1 s.d. 30 November 2026`). A day of a month names
/// none: it may be that of a signature.
pub(super) fn month(titles: &[String], year: Option<i32>) -> Option<Period> {
    let mut found: Option<Period> = None;
    for title in titles.iter().filter(|title| !is_about_making(title)) {
        let named = axis::month(title, year).or_else(|| {
            let of_days = is_span(title);
            let is_month =
                |period: &Period| period.grain() == Grain::Month || (period.grain() == Grain::Day && of_days);
            let period = Named::of(title).all.into_iter().find(is_month)?;
            (axis::months_named(title) <= 1).then(|| Period::containing(Grain::Month, period.start()))
        });
        let Some(named) = named else {
            // Two months in one title leave it open which one is meant.
            if axis::months_named(title) > 1 {
                return None;
            }
            continue;
        };
        match found {
            Some(known) if known != named => return None,
            _ => found = Some(named),
        }
    }
    found
}

/// The one month that the titles name, or in which the day lies that they name.
pub(super) fn month_or_day(titles: &[String]) -> Option<Period> {
    let mut months: Vec<Period> = titles
        .iter()
        .filter(|title| !is_about_making(title) && !is_span(title))
        .map(|title| Named::of(title.as_str()))
        .filter(|named| !named.loose)
        .flat_map(|named| named.all)
        .filter(|period| period.grain() <= Grain::Month)
        .map(|period| Period::containing(Grain::Month, period.start()))
        .collect();
    months.dedup();
    match months[..] {
        [month] => Some(month),
        _ => None,
    }
}

/// Whether a text names a day, or a part of a year with its year.
pub(super) fn names_time(text: &str) -> bool {
    let named = Named::of(text);
    named.all.iter().any(|period| period.grain() != Grain::Year)
}

/// Why no title says the period of a contract's rows though one names a time: that title, and the reason.
pub(super) fn unused(titles: &[String], contract: &Contract) -> Option<(String, Bilingual)> {
    let mut times = Times::of(contract);
    if times.grains.is_empty() {
        times.grains.push(Grain::Day);
    }
    let timed: Vec<(&String, Named)> = titles
        .iter()
        .filter(|title| !is_about_making(title))
        .map(|title| (title, Named::of(title)))
        .filter(|(_, named)| !named.all.is_empty())
        .collect();
    let fits = |named: &Named| named.all.iter().filter_map(|&period| times.fitting(period)).count();
    let read: Vec<&(&String, Named)> = timed.iter().filter(|(_, named)| fits(named) > 0).collect();
    let (title, named) = read.first().copied().or(timed.first())?;
    let (id, en) = if is_span(title) || named.loose || fits(named) > 1 {
        ("menyebut lebih dari satu waktu", "names more than one time")
    } else if read.len() > 1 {
        (
            "judul lain menyebut waktu yang berbeda",
            "says another time than another title",
        )
    } else {
        (
            "bukan waktu sepanjang yang diminta",
            "is not of the length that is asked for",
        )
    };
    let why = Bilingual {
        id: id.to_string(),
        en: en.to_string(),
    };
    Some(((*title).clone(), why))
}

#[cfg(test)]
mod tests;
