//! Parts of the calendar as the headers of tables name them: `Tanggal` above `1`, `Triwulan II`, `Minggu ke-3`.

use super::period::{Grain, Period};
use super::text;
use super::token;

/// Longest text that is looked at, in bytes: a cell may hold a whole page.
const LONGEST: usize = 100;

/// What a number in a header counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Day,
    Week,
    Month,
    Quarter,
    Semester,
}

impl Unit {
    /// The word by which [`Period::parse`] knows it; none for days and weeks.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Unit::Day | Unit::Week => None,
            Unit::Month => Some("Bulan"),
            Unit::Quarter => Some("Triwulan"),
            Unit::Semester => Some("Semester"),
        }
    }

    fn of(word: &str) -> Option<Unit> {
        Some(match word {
            "tanggal" | "tgl" | "hari" | "date" | "day" => Unit::Day,
            "minggu" | "mgg" | "mg" | "pekan" | "week" => Unit::Week,
            "bulan" | "bln" | "month" => Unit::Month,
            "triwulan" | "triw" | "trw" | "tw" | "kuartal" | "kwartal" | "quarter" => Unit::Quarter,
            "semester" | "sem" | "smt" | "smstr" => Unit::Semester,
            _ => return None,
        })
    }
}

/// The unit that a text names, and nothing else: `Tanggal`, `Hari/Tanggal`, `Minggu ke-`.
pub fn unit(header: &str) -> Option<Unit> {
    if header.len() > LONGEST {
        return None;
    }
    let normal = text::header(header);
    let mut units = normal.split(' ').filter(|word| *word != "ke").map(Unit::of);
    let first = units.next()??;
    units.all(|unit| unit == Some(first)).then_some(first)
}

/// The number that a header consists of, with the unit that it names itself: `1`, `IV`, `Tgl 5`, `Triwulan II`, `M1`,
/// `Minggu ke-3`.
pub fn numbered(header: &str) -> Option<(Option<Unit>, u32)> {
    if header.len() > LONGEST {
        return None;
    }
    let normal = text::normal(header);
    let words: Vec<&str> = normal.split(' ').filter(|word| *word != "ke").collect();
    match words[..] {
        [word] => match number(word) {
            Some(number) => Some((None, number)),
            None => {
                let at = word.find(|letter: char| letter.is_ascii_digit())?;
                let (unit, digits) = word.split_at(at);
                Some((Some(unit_of_number(unit)?), number(digits)?))
            }
        },
        [unit, word] => Some((Some(unit_of_number(unit)?), number(word)?)),
        _ => None,
    }
}

/// Beside a number a letter is enough.
fn unit_of_number(word: &str) -> Option<Unit> {
    match word {
        "m" | "w" => Some(Unit::Week),
        "q" => Some(Unit::Quarter),
        "s" => Some(Unit::Semester),
        _ => Unit::of(word),
    }
}

/// `7`, `07`, `VII`.
fn number(word: &str) -> Option<u32> {
    const ROMAN: [&str; 12] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];
    if word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit()) {
        return word.parse().ok();
    }
    let position = ROMAN.iter().position(|roman| *roman == word)?;
    u32::try_from(position + 1).ok()
}

/// Words that label a year, in normal form.
const YEARS: [&str; 4] = ["tahun", "thn", "th", "year"];

/// Whether a text is a word for years, and nothing else.
pub fn is_year_word(header: &str) -> bool {
    header.len() <= LONGEST && YEARS.contains(&text::normal(header).as_str())
}

/// The year that a text names, and nothing else: `2026`, `Tahun 2026`.
pub fn year(header: &str) -> Option<i32> {
    if header.len() > LONGEST {
        return None;
    }
    let normal = text::normal(header);
    let mut words = normal.split(' ').filter(|word| !YEARS.contains(word));
    let year = words.next().filter(|word| text::is_year(word))?;
    words.next().is_none().then(|| year.parse().ok())?
}

/// The month that a text names, and nothing else: `November 2026`, `Bulan Nov 2026`; `November` in the year given.
pub fn month(header: &str, year: Option<i32>) -> Option<Period> {
    if header.len() > LONGEST {
        return None;
    }
    if let Ok(period) = Period::parse(header, &[Grain::Day, Grain::Month]) {
        return (period.grain() == Grain::Month).then_some(period);
    }
    let normal = text::normal(header);
    let mut words = normal
        .split(' ')
        .filter(|word| !matches!(*word, "bulan" | "bln" | "month"));
    let name = words.next().filter(|word| token::month(word).is_some())?;
    match words.next() {
        Some(_) => None,
        None => Period::parse(&format!("{name} {}", year?), &[Grain::Month]).ok(),
    }
}

/// Whether a text names a month, with a year or without.
pub fn is_month(header: &str) -> bool {
    const ANY: i32 = 2000;
    month(header, Some(ANY)).is_some()
}

/// How many different months the words of a text name.
pub fn months_named(title: &str) -> usize {
    let normal = text::normal(title);
    let mut months: Vec<u32> = normal.split(' ').filter_map(token::month).collect();
    months.sort_unstable();
    months.dedup();
    months.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_stand_alone() {
        for (text, expected) in [
            ("Tanggal", Some(Unit::Day)),
            ("Hari / Tanggal", Some(Unit::Day)),
            ("Tgl.", Some(Unit::Day)),
            ("MINGGU KE-", Some(Unit::Week)),
            ("Bulan", Some(Unit::Month)),
            ("Tanggal Lahir", None),
            ("Tanggal/Bulan", None),
            ("M", None),
            ("", None),
        ] {
            assert_eq!(unit(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_with_or_without_their_unit() {
        for (text, expected) in [
            ("1", Some((None, 1))),
            ("07", Some((None, 7))),
            ("IV", Some((None, 4))),
            ("XII", Some((None, 12))),
            ("Tgl 5", Some((Some(Unit::Day), 5))),
            ("Minggu ke-3", Some((Some(Unit::Week), 3))),
            ("Minggu II", Some((Some(Unit::Week), 2))),
            ("M1", Some((Some(Unit::Week), 1))),
            ("TW II", Some((Some(Unit::Quarter), 2))),
            ("TW-1", Some((Some(Unit::Quarter), 1))),
            ("2026", None),
            ("1/2", None),
            ("L", None),
            ("Pasar 1", None),
            ("", None),
        ] {
            assert_eq!(numbered(text), expected, "{text}");
        }
    }

    #[test]
    fn months_and_years() {
        let of = |text: &str, year| month(text, year).map(|month| month.to_string());
        assert_eq!(of("November 2026", None).as_deref(), Some("2026-11"));
        assert_eq!(of("BULAN NOPEMBER 2026", None).as_deref(), Some("2026-11"));
        assert_eq!(of("Nov", Some(2026)).as_deref(), Some("2026-11"));
        assert_eq!(of("Nov", None), None);
        assert_eq!(of("2 November 2026", Some(2026)), None);
        assert_eq!(of("Pasar Mei Raya", Some(2026)), None);
        assert_eq!(
            (year("Tahun 2026"), year("2026"), year("Perda 2026")),
            (Some(2026), Some(2026), None)
        );
        assert_eq!(months_named("1 S.D. 30 NOVEMBER 2026"), 1);
        assert_eq!(months_named("Januari s.d. Oktober 2026"), 2);
    }
}
