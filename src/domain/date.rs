//! Dates as officers write them. The day comes before the month; no clock is read, no time zone applied.

#[cfg(test)]
mod tests;

use super::text;
use super::token::{Token, Tokens, is_one_of, month, year};
use chrono::{Days, NaiveDate};

/// Years that a date may have. Outside lie typing errors and the zero dates of databases.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// Why a text or a number is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    #[error("nothing is written")]
    Empty,
    #[error("not a date")]
    NotADate,
    /// `08/25/2024`: it fits only if the month stands first.
    #[error("the month stands before the day")]
    MonthFirst,
    /// `31/02/2024`, and the day 29 February 1900 that spreadsheets know and the calendar does not.
    #[error("no such day")]
    NoSuchDay,
    #[error("year {0} lies outside 1900 to 2100")]
    YearOutOfRange(i32),
}

/// Reads a date: `2024-08-12`, `12/08/2024`, `12-8-2024`, `12.08.24`, `12 Agustus 2024`, `12-Agt-24`,
/// `Senin, 12 Agustus 2024`, `Aug 12, 2024`, `20240812`; a time behind it is checked and left out (`07:30`, `07.30`,
/// `T00:00:00Z`, `pukul 07.30 WIB`), the date stays as it is written. Two-digit years: 00 to 69 are 2000 to 2069.
/// Allocates nothing.
pub fn parse_date(text: &str) -> Result<NaiveDate, DateError> {
    let text = text::trim(text);
    if let Some(result) = common_form(text.as_bytes()) {
        return result;
    }
    if text.is_empty() {
        return Err(DateError::Empty);
    }
    let date = without_time(text)?;
    let tokens = Tokens::of(date).ok_or(DateError::NotADate)?;
    from_tokens(&tokens.without(is_filling))
}

/// The serial of a day, counted as a workbook that begins with 1900 does: days from 1 March 1900 on.
pub fn to_serial(date: NaiveDate) -> f64 {
    // 30 December 1899, since such workbooks hold 1900 for a leap year.
    let origin = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default();
    let days = date.signed_duration_since(origin).num_days();
    // Day 60 is the leap day.
    (if days <= 60 { days - 1 } else { days }) as f64
}

/// The day that a spreadsheet's serial number stands for; a fraction is the time of day and is left out.
///
/// With `epoch_1904` day 0 is 1 January 1904 (old Macintosh workbooks), otherwise day 1 is 1 January 1900 and day 60
/// does not exist.
pub fn from_serial(serial: f64, epoch_1904: bool) -> Result<NaiveDate, DateError> {
    // The last day of 2100 has a serial below 100,000; this also turns NaN away.
    if !(0.0..100_000.0).contains(&serial) {
        return Err(DateError::NotADate);
    }
    let day = serial as u64;
    let (year, month, start) = match (epoch_1904, day) {
        (true, _) => (1904, 1, 1),
        (false, 0) => return Err(DateError::NotADate),
        (false, 60) => return Err(DateError::NoSuchDay),
        (false, 1..60) => (1899, 12, 31),
        (false, _) => (1899, 12, 30),
    };
    let origin = NaiveDate::from_ymd_opt(year, month, start).ok_or(DateError::NoSuchDay)?;
    let date = origin.checked_add_days(Days::new(day)).ok_or(DateError::NoSuchDay)?;
    in_range(date)
}

/// The date of a year, a month and a day, if there is such a day and the year is plausible.
pub(super) fn calendar(year: i32, month: u32, day: u32) -> Result<NaiveDate, DateError> {
    if !YEARS.contains(&year) {
        return Err(DateError::YearOutOfRange(year));
    }
    NaiveDate::from_ymd_opt(year, month, day).ok_or(DateError::NoSuchDay)
}

fn in_range(date: NaiveDate) -> Result<NaiveDate, DateError> {
    let year = chrono::Datelike::year(&date);
    if YEARS.contains(&year) {
        Ok(date)
    } else {
        Err(DateError::YearOutOfRange(year))
    }
}

fn day_first(day: u32, month: u32, year: i32) -> Result<NaiveDate, DateError> {
    if month > 12 && (1..=12).contains(&day) {
        Err(DateError::MonthFirst)
    } else {
        calendar(year, month, day)
    }
}

/// `2024-08-12` and `12/08/2024`, which nearly every cell is.
/// Which number of a date is the day, as far as the date itself shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `25/08/2024`
    DayFirst,
    /// `08/25/2024`
    MonthFirst,
    /// `03/11/2024` is another day in each order.
    Either,
}

/// What a date of three numbers with the year at its end shows about its order; none for other texts, and for `05/05/2024`.
pub fn order(text: &str) -> Option<Order> {
    let mut parts = text::trim(text)
        .split(['/', '-', '.'])
        .map(|part| part.trim().parse::<u32>().ok());
    let (Some(Some(first)), Some(Some(second)), Some(Some(_)), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    match (first, second) {
        (13..=31, 1..=12) => Some(Order::DayFirst),
        (1..=12, 13..=31) => Some(Order::MonthFirst),
        (1..=12, 1..=12) if first != second => Some(Order::Either),
        _ => None,
    }
}

fn common_form(bytes: &[u8]) -> Option<Result<NaiveDate, DateError>> {
    let &[a, b, c, d, e, f, g, h, i, j] = bytes else {
        return None;
    };
    let number = |digits: &[u8]| {
        let all = digits.iter().all(u8::is_ascii_digit);
        all.then(|| {
            digits
                .iter()
                .fold(0, |value, digit| value * 10 + u32::from(digit - b'0'))
        })
    };
    match (c, e, f, h) {
        (_, b'-', _, b'-') => {
            let (year, month, day) = (number(&[a, b, c, d])?, number(&[f, g])?, number(&[i, j])?);
            Some(calendar(year as i32, month, day))
        }
        (b'/' | b'-' | b'.', _, separator, _) if separator == c => {
            let (day, month, year) = (number(&[a, b])?, number(&[d, e])?, number(&[g, h, i, j])?);
            Some(day_first(day, month, year as i32))
        }
        _ => None,
    }
}

fn is_filling(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "senin",
        "selasa",
        "rabu",
        "kamis",
        "jumat",
        "jum",
        "at",
        "sabtu",
        "minggu",
        "ahad",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "tanggal",
        "tgl",
        "per",
    ];
    is_one_of(word, WORDS)
}

/// The date that the pieces write, filling words already taken out.
fn from_tokens(tokens: &Tokens) -> Result<NaiveDate, DateError> {
    use Token::{Number, Word};
    let written = match *tokens.list() {
        [Number(value, 8)] => Some(((value / 10_000) as i32, value / 100 % 100, value % 100)),
        [Number(first, width), Number(second, 1 | 2), Number(third, last)] => {
            if tokens.before(1) != tokens.before(2) || !matches!(tokens.before(1), b'-' | b'/' | b'.' | b' ') {
                return Err(DateError::NotADate);
            }
            match (width, last) {
                (4, 1 | 2) => Some((first as i32, second, third)),
                (1 | 2, 2 | 4) => {
                    let year = year(third, last).ok_or(DateError::NotADate)?;
                    return day_first(first, second, year);
                }
                _ => None,
            }
        }
        [Number(day, 1 | 2), Word(name), Number(value, width)] => month(name)
            .zip(year(value, width))
            .map(|(month, year)| (year, month, day)),
        [Word(name), Number(day, 1 | 2), Number(value, 4)] => month(name).map(|month| (value as i32, month, day)),
        [Number(value, 4), Word(name), Number(day, 1 | 2)] => month(name).map(|month| (value as i32, month, day)),
        _ => None,
    };
    let (year, month, day) = written.ok_or(DateError::NotADate)?;
    calendar(year, month, day)
}

/// The date part of a text that may have a time behind it.
fn without_time(text: &str) -> Result<&str, DateError> {
    let Some(start) = time_start(text) else {
        return Ok(text);
    };
    let (date, time) = text.split_at(start);
    if !is_time(time) {
        return Err(DateError::NotADate);
    }
    let date = date.trim_end();
    let date = ["pukul", "jam"]
        .iter()
        .find_map(|word| strip_word(date, word))
        .unwrap_or(date);
    let before_t = date
        .strip_suffix(['T', 't'])
        .filter(|rest| rest.ends_with(|last: char| last.is_ascii_digit()));
    let date = before_t.unwrap_or(date).trim_end();
    Ok(date.strip_suffix(',').unwrap_or(date))
}

fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let start = text.len().checked_sub(word.len())?;
    let tail = text.get(start..)?;
    tail.eq_ignore_ascii_case(word).then(|| text[..start].trim_end())
}

/// Where a time of day begins: the digits before the first colon, or `07.30` after the last space.
fn time_start(text: &str) -> Option<usize> {
    if let Some(colon) = memchr::memchr(b':', text.as_bytes()) {
        let digits = text.as_bytes()[..colon]
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        return Some(colon - digits);
    }
    let zone = ["WIB", "WITA", "WIT"].iter().find_map(|zone| strip_word(text, zone));
    let written = zone.unwrap_or(text);
    let start = written.rfind(' ')? + 1;
    let mut parts = written[start..].split('.');
    let hour = parts.next()?;
    let rest: &str = parts.next()?;
    let is_clock = hour.len() <= 2 && two_digits(rest).is_some() && parts.all(|part| two_digits(part).is_some());
    (is_clock && hour.bytes().all(|byte| byte.is_ascii_digit()) && !hour.is_empty()).then_some(start)
}

fn two_digits(text: &str) -> Option<u8> {
    let [tens @ b'0'..=b'9', units @ b'0'..=b'9'] = text.as_bytes() else {
        return None;
    };
    Some((tens - b'0') * 10 + (units - b'0'))
}

/// `7:30`, `07.30`, `07:30:59.123`, with AM or PM and a zone behind it.
fn is_time(text: &str) -> bool {
    let end = text
        .find(|character: char| !matches!(character, '0'..='9' | ':' | '.' | ','))
        .unwrap_or(text.len());
    let (clock, zone) = text.split_at(end);
    let mut parts = clock.splitn(3, [':', '.']);
    let hour: Option<u8> = parts.next().and_then(|hour| hour.parse().ok());
    let minute = parts.next().and_then(two_digits);
    let second = parts.next().map_or(Some(0), |second| {
        let (whole, fraction) = second.split_once(['.', ',']).unwrap_or((second, "0"));
        let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
        two_digits(whole).filter(|_| is_fraction)
    });
    let in_day = matches!((hour, minute, second), (Some(0..=24), Some(0..=59), Some(0..=60)));
    in_day && is_zone(zone.trim())
}

fn is_zone(text: &str) -> bool {
    let half = ["AM", "PM"].iter().find_map(|half| {
        let head = text.get(..2)?;
        head.eq_ignore_ascii_case(half).then(|| text[2..].trim_start())
    });
    let zone = half.unwrap_or(text);
    let offset = zone.strip_prefix(['+', '-']).is_some_and(|offset| {
        let digits = offset.bytes().filter(u8::is_ascii_digit).count();
        (digits == 2 || digits == 4)
            && offset.len() - digits <= 1
            && offset.bytes().all(|byte| byte.is_ascii_digit() || byte == b':')
    });
    offset || zone.is_empty() || is_one_of(zone, &["Z", "UTC", "GMT", "WIB", "WITA", "WIT"])
}
