//! Periods: a day, a month, a quarter, a semester or a year, and how they are written.

#[cfg(test)]
mod tests;

use super::date::{DateError, calendar, parse_date};
use super::text;
use super::token::{Token, Tokens, is_one_of, month, year};
use chrono::{Datelike, Days, Months, NaiveDate};
use std::fmt;
use std::str::FromStr;

/// Length of a period, from fine to coarse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grain {
    Day,
    Month,
    Quarter,
    Semester,
    Year,
}

impl Grain {
    /// All grains, from fine to coarse.
    pub const ALL: [Grain; 5] = [Grain::Day, Grain::Month, Grain::Quarter, Grain::Semester, Grain::Year];

    /// `day`, `month`, `quarter`, `semester`, `year`.
    pub fn as_str(self) -> &'static str {
        match self {
            Grain::Day => "day",
            Grain::Month => "month",
            Grain::Quarter => "quarter",
            Grain::Semester => "semester",
            Grain::Year => "year",
        }
    }

    /// Months that a period of this grain takes; none for a day.
    fn months(self) -> Option<u32> {
        match self {
            Grain::Day => None,
            Grain::Month => Some(1),
            Grain::Quarter => Some(3),
            Grain::Semester => Some(6),
            Grain::Year => Some(12),
        }
    }
}

impl fmt::Display for Grain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Grain {
    type Err = String;

    fn from_str(text: &str) -> Result<Grain, String> {
        let found = Grain::ALL.into_iter().find(|grain| grain.as_str() == text);
        found.ok_or_else(|| format!("\"{text}\" is not a grain: day, month, quarter, semester or year"))
    }
}

/// Why a text or a number is no period of the grains asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    #[error("nothing is written")]
    Empty,
    #[error("not a period")]
    NotAPeriod,
    /// It is a period of a length that is not asked for.
    #[error("a {0}, which is not asked for")]
    WrongGrain(Grain),
    /// It is written as a date and that date is wrong.
    #[error(transparent)]
    Date(DateError),
}

/// A stretch of the calendar. Periods order by their first day, then from fine to coarse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    start: NaiveDate,
    grain: Grain,
}

impl Period {
    /// The period of a grain in which a day lies.
    pub fn containing(grain: Grain, date: NaiveDate) -> Period {
        let start = match grain.months() {
            None => date,
            // Every month has a first day, so `date` itself is never taken.
            Some(months) => {
                let first = date.month0() / months * months;
                NaiveDate::from_ymd_opt(date.year(), first + 1, 1).unwrap_or(date)
            }
        };
        Period { start, grain }
    }

    /// The period of the finest of `grains` in which a day lies; none without a grain.
    pub fn from_date(date: NaiveDate, grains: &[Grain]) -> Option<Period> {
        let finest = grains.iter().min()?;
        Some(Period::containing(*finest, date))
    }

    /// Reads a period of one of `grains`.
    ///
    /// Canonical forms (`2024`, `2024-S2`, `2024-Q1`, `2024-08`, `2024-08-12`) and what officers write: `Tahun 2024`,
    /// `Semester II 2024`, `Sem. 1/2024`, `TW I 2024`, `Triwulan 3 2024`, `Agustus 2024`, `Agt-24`, `08/2024`,
    /// `202408`; of schools `Semester Ganjil 2026/2027`. A full date means the period of the finest grain that contains it: `31 Desember 2024` in a column of
    /// semesters and years is `2024-S2`. Two-digit years stand only behind a word. Allocates nothing.
    pub fn parse(text: &str, grains: &[Grain]) -> Result<Period, PeriodError> {
        let text = text::trim(text);
        if text.is_empty() {
            return Err(PeriodError::Empty);
        }
        let tokens = Tokens::of(text).map(|tokens| tokens.without(is_filling));
        if let Some(period) = tokens.as_ref().and_then(from_tokens) {
            let period = period.map_err(PeriodError::Date)?;
            return if grains.contains(&period.grain) {
                Ok(period)
            } else {
                Err(PeriodError::WrongGrain(period.grain))
            };
        }
        match parse_date(text) {
            Ok(date) => Period::from_date(date, grains).ok_or(PeriodError::NotAPeriod),
            Err(DateError::NotADate | DateError::Empty) => Err(PeriodError::NotAPeriod),
            Err(error) => Err(PeriodError::Date(error)),
        }
    }

    /// Reads a number that a spreadsheet or a program holds: the year `2024`, the month `202408` or the day
    /// `20240812`. A date serial is not among them; its cell says that it is a date.
    pub fn from_number(number: f64, grains: &[Grain]) -> Result<Period, PeriodError> {
        if number.fract() != 0.0 || !(1000.0..100_000_000.0).contains(&number) {
            return Err(PeriodError::NotAPeriod);
        }
        let mut digits = [b'0'; 8];
        let mut rest = number as u32;
        let mut start = digits.len();
        while rest > 0 {
            start -= 1;
            digits[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        let text = std::str::from_utf8(&digits[start..]).map_err(|_| PeriodError::NotAPeriod)?;
        Period::parse(text, grains)
    }

    /// The year of a month, where it is this one of the year (1 to 12).
    pub fn year_of(&self, month: u32) -> Option<Period> {
        let is_it = self.grain == Grain::Month && self.start.month() == month;
        is_it.then(|| Period::containing(Grain::Year, self.start))
    }

    /// Its length.
    pub fn grain(&self) -> Grain {
        self.grain
    }

    /// Its first day.
    pub fn start(&self) -> NaiveDate {
        self.start
    }

    /// Its last day.
    pub fn end(&self) -> NaiveDate {
        // The calendar reaches far beyond the years that dates may have.
        self.next().start.pred_opt().unwrap_or(self.start)
    }

    /// Whether a day lies in it.
    pub fn contains(&self, date: NaiveDate) -> bool {
        self.start <= date && date <= self.end()
    }

    /// The period of the same grain that follows.
    pub fn next(&self) -> Period {
        let start = match self.grain.months() {
            None => self.start.checked_add_days(Days::new(1)),
            Some(months) => self.start.checked_add_months(Months::new(months)),
        };
        // As in `end`.
        Period {
            start: start.unwrap_or(self.start),
            grain: self.grain,
        }
    }

    /// The period of the same grain before it.
    pub fn previous(&self) -> Period {
        let start = match self.grain.months() {
            None => self.start.checked_sub_days(Days::new(1)),
            Some(months) => self.start.checked_sub_months(Months::new(months)),
        };
        // As in `end`.
        Period {
            start: start.unwrap_or(self.start),
            grain: self.grain,
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.start.year(), self.start.month());
        match self.grain {
            Grain::Year => write!(formatter, "{year:04}"),
            Grain::Semester => write!(formatter, "{year:04}-S{}", month / 6 + 1),
            Grain::Quarter => write!(formatter, "{year:04}-Q{}", month / 3 + 1),
            Grain::Month => write!(formatter, "{year:04}-{month:02}"),
            Grain::Day => write!(formatter, "{year:04}-{month:02}-{:02}", self.start.day()),
        }
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    /// Reads the canonical form and no other.
    fn from_str(text: &str) -> Result<Period, PeriodError> {
        let period = Period::parse(text, &Grain::ALL)?;
        if period.to_string() == text {
            Ok(period)
        } else {
            Err(PeriodError::NotAPeriod)
        }
    }
}

fn is_filling(word: &str) -> bool {
    is_one_of(word, &["tahun", "thn", "th", "bulan", "bln", "periode", "per", "ke"])
}

/// The period that the pieces write; none where they may still be a full date.
fn from_tokens(tokens: &Tokens) -> Option<Result<Period, DateError>> {
    use Token::{Number, Word};
    let short = |name, value, width| Some((month(name)?, year(value, width)?));
    if let Some(half) = school_half(tokens) {
        return Some(half);
    }
    let (grain, year, ordinal) = match *tokens.list() {
        [Number(value, 4)] => (Grain::Year, value as i32, 1),
        [Number(value, 6)] => (Grain::Month, (value / 100) as i32, value % 100),
        [Number(value, 4), Number(month, 1 | 2)] if matches!(tokens.before(1), b'-' | b'/' | b' ') => {
            (Grain::Month, value as i32, month)
        }
        [Number(month, 1 | 2), Number(value, 4)] if matches!(tokens.before(1), b'-' | b'/' | b'.' | b' ') => {
            (Grain::Month, value as i32, month)
        }
        [Word(name), Number(value, width @ (2 | 4))] if month(name).is_some() => {
            let (month, year) = short(name, value, width)?;
            (Grain::Month, year, month)
        }
        [Number(value, 4), Word(name)] if month(name).is_some() => (Grain::Month, value as i32, month(name)?),
        [Word(unit), part, Number(value, width @ (2 | 4))] => (grain_of(unit)?, year(value, width)?, ordinal(part)?),
        [Number(value, 4), Word(unit), part] => (grain_of(unit)?, value as i32, ordinal(part)?),
        [Word(joined), Number(value, width @ (2 | 4))] => {
            let (grain, part) = joined_quarter(joined)?;
            (grain, year(value, width)?, part)
        }
        _ => return None,
    };
    Some(part_of_year(grain, year, ordinal))
}

/// The half of a school year: `Semester Ganjil 2026/2027` runs from July to December 2026, `Genap 2026/2027` is the first
/// half of 2027.
fn school_half(tokens: &Tokens) -> Option<Result<Period, DateError>> {
    let (mut years, mut half) = ([0; 2], None);
    let mut known = 0;
    for (index, token) in tokens.list().iter().enumerate() {
        match *token {
            Token::Number(value, 4) if known < 2 && (known == 0 || matches!(tokens.before(index), b'/' | b'-')) => {
                years[known] = i32::try_from(value).ok()?;
                known += 1;
            }
            Token::Word(word) if is_one_of(word, &["ganjil", "gasal"]) && half.is_none() => half = Some((0, 2)),
            Token::Word(word) if is_one_of(word, &["genap"]) && half.is_none() => half = Some((1, 1)),
            Token::Word(word) if grain_of(word) == Some(Grain::Semester) => {}
            Token::Word(word) if is_one_of(word, &["ajaran", "pelajaran", "ta", "tp"]) => {}
            _ => return None,
        }
    }
    let (year, ordinal) = half?;
    let follow = known == 2 && years[1] == years[0] + 1;
    follow.then(|| part_of_year(Grain::Semester, years[year], ordinal))
}

fn part_of_year(grain: Grain, year: i32, ordinal: u32) -> Result<Period, DateError> {
    let months = grain.months().unwrap_or(12);
    if ordinal == 0 || ordinal > 12 / months {
        return Err(DateError::NoSuchDay);
    }
    let start = calendar(year, (ordinal - 1) * months + 1, 1)?;
    Ok(Period { start, grain })
}

/// Whether a word means a quarter or a semester.
fn grain_of(word: &str) -> Option<Grain> {
    if is_one_of(
        word,
        &["tw", "triwulan", "triw", "trw", "kuartal", "kwartal", "q", "quarter"],
    ) {
        Some(Grain::Quarter)
    } else if is_one_of(word, &["semester", "sem", "smt", "sm", "smstr", "s"]) {
        Some(Grain::Semester)
    } else {
        None
    }
}

/// `II`, `2`: which part of the year.
fn ordinal(token: Token) -> Option<u32> {
    match token {
        Token::Number(value, 1) => Some(value),
        Token::Word(word) => roman(word),
        Token::Number(..) => None,
    }
}

fn roman(word: &str) -> Option<u32> {
    let position = ["I", "II", "III", "IV"]
        .iter()
        .position(|roman| roman.eq_ignore_ascii_case(word))?;
    u32::try_from(position + 1).ok()
}

/// `TWIII`, written without a space.
fn joined_quarter(word: &str) -> Option<(Grain, u32)> {
    let head = word.get(..2)?;
    let part = roman(&word[2..])?;
    head.eq_ignore_ascii_case("tw").then_some((Grain::Quarter, part))
}
