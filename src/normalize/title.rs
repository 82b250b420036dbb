//! What stands above a header: titles that say the period of a whole sheet.

use crate::config::Contract;
use crate::domain::period::{Grain, Period};
use crate::domain::{date, money, text};
use crate::read::{Block, Cell};
use chrono::NaiveDate;

/// Most words of a title that together may name a period (`Triwulan III Tahun 2024`).
const WINDOW: usize = 4;

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
const MADE: [&str; 6] = ["dicetak", "diunduh", "dibuat", "cetak", "printed", "downloaded"];

/// Whether a title is about the sheet's making.
fn is_about_making(title: &str) -> bool {
    let normal = text::normal(title);
    normal.split(' ').any(|word| MADE.contains(&word))
}

/// The one year that the titles name.
pub(super) fn year(titles: &[String]) -> Option<i32> {
    let titles = titles.iter().filter(|title| !is_about_making(title));
    let mut years: Vec<i32> = titles
        .flat_map(|title| title.split(|letter: char| !letter.is_ascii_digit()))
        .filter(|digits| digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20")))
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
fn is_span(title: &str) -> bool {
    let padded = format!(" {} ", text::normal(title));
    let words: Vec<&str> = title.split_whitespace().collect();
    let is_day = |word: &str| word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_dash = |word: &str| matches!(word, "-" | "–" | "—");
    let days = words
        .windows(3)
        .any(|three| is_day(three[0]) && is_dash(three[1]) && is_day(three[2]));
    let joined = words.iter().any(|word| {
        let parts = word.split_once(['-', '–']);
        parts.is_some_and(|(first, last)| is_day(first) && is_day(last) && !first.is_empty() && !last.is_empty())
    });
    days || joined || UNTIL.iter().any(|word| padded.contains(&format!(" {word} ")))
}

/// Whether a title is that of a table beside the present one: last year's, or the sum of the year so far.
pub(super) fn is_of_another_time(title: &str) -> bool {
    let normal = text::normal(title);
    let mut words = normal.split(' ');
    words.any(|word| matches!(word, "lalu" | "sebelumnya" | "kumulatif" | "berjalan"))
}

/// The one day that the titles name, for tables about a single day.
pub(super) fn day(titles: &[String]) -> Option<NaiveDate> {
    let mut days: Vec<NaiveDate> = titles
        .iter()
        .filter(|title| !is_about_making(title))
        .filter(|title| !is_span(title))
        .filter_map(|title| {
            let words: Vec<&str> = title.split_whitespace().collect();
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
        let words = ["dalam ", "dlm ", "satuan"];
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

/// The one period that the titles name, in one of the contract's grains. Two different ones, or several months
/// (`Januari s.d. Oktober 2026`), give none: then the title does not say it.
pub(super) fn period(titles: &[String], contract: &Contract) -> Option<Period> {
    let grains: Vec<Grain> = contract.grains.iter().map(|grain| (*grain).into()).collect();
    let mut finest: Option<Period> = None;
    for title in titles.iter().filter(|title| !is_about_making(title)) {
        let Some(found) = period_in(title, &grains) else {
            continue;
        };
        if is_span(title) {
            return None;
        }
        match &finest {
            Some(known) if *known != found => return None,
            _ => finest = Some(found),
        }
    }
    finest
}

/// The period that the longest run of words names.
fn period_in(title: &str, grains: &[Grain]) -> Option<Period> {
    let words: Vec<&str> = title
        .split(|character: char| character.is_whitespace() || character == ',')
        .collect();
    for length in (1..=WINDOW.min(words.len())).rev() {
        for start in 0..=words.len() - length {
            let phrase = words[start..start + length].join(" ");
            if phrase.bytes().any(|byte| byte.is_ascii_digit())
                && let Ok(period) = Period::parse(phrase.trim_matches(['(', ')', '.', ':', ' ']), grains)
            {
                return Some(period);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_string()).collect()
    }

    #[test]
    fn a_year_is_that_of_the_titles_if_there_is_one() {
        assert_eq!(year(&titles(&["LAPORAN TAHUN 2026", "Kota Bandung 2026"])), Some(2026));
        assert_eq!(
            year(&titles(&["LAPORAN TAHUN 2026", "dicetak 3 Januari 2027"])),
            Some(2026)
        );
        assert_eq!(year(&titles(&["LAPORAN 2025/2026"])), None);
        assert_eq!(year(&titles(&["Perda 1234"])), None);
    }

    #[test]
    fn a_day_and_a_unit_may_stand_in_a_title() {
        let of = |texts: &[&str]| day(&titles(texts)).map(|day| day.to_string());
        assert_eq!(
            of(&["Hari/Tanggal: Selasa, 10 November 2026"]).as_deref(),
            Some("2026-11-10")
        );
        assert_eq!(
            of(&["10 November 2026", "dicetak 11 November 2026"]).as_deref(),
            Some("2026-11-10")
        );
        assert_eq!(of(&["10 November 2026", "11 November 2026"]), None);
        assert_eq!(of(&["November 2026"]), None);
        assert_eq!(of(&["TANGGAL 10 - 12 NOVEMBER 2026"]), None);
        assert_eq!(of(&["10-12 November 2026"]), None);
        let power = |text: &str| money_power(&titles(&[text]));
        assert_eq!(power("(dalam jutaan rupiah)"), Some(6));
        assert_eq!(power("Satuan: Rp ribu"), Some(3));
        assert_eq!(power("REALISASI PAJAK 2026 (juta rupiah)"), Some(6));
        let both = ["(dalam rupiah)", "(dalam juta rupiah)"];
        assert_eq!(money_power(&titles(&both)), None, "the nearest title decides");
        for text in [
            "KUNJUNGAN (ribu orang) DAN PENDAPATAN (rupiah)",
            "Bantuan Rp 5 juta",
            "dalam rupiah",
            "dalam ribuan jiwa",
        ] {
            assert_eq!(power(text), None, "{text}");
        }
    }

    #[test]
    fn a_title_of_several_months_names_none() {
        let contract = crate::config::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR")))
            .map(|configuration| configuration.contracts["civil_registration"].clone())
            .unwrap();
        let of = |texts: &[&str]| period(&titles(texts), &contract).map(|period| period.to_string());
        assert_eq!(of(&["LAPORAN BULAN OKTOBER 2026"]).as_deref(), Some("2026-10"));
        assert_eq!(of(&["SISWA SD OKTOBER 2026"]).as_deref(), Some("2026-10"));
        assert_eq!(
            of(&["BULAN OKTOBER 2026", "Dicetak 10 November 2026"]).as_deref(),
            Some("2026-10")
        );
        for title in [
            "LAPORAN JANUARI S.D. OKTOBER 2026",
            "Januari s/d Oktober 2026",
            "Januari sampai Maret 2026",
        ] {
            assert_eq!(of(&[title]), None, "{title}");
        }
    }
}
