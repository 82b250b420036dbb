//! What stands above a header: titles that say the period of a whole sheet.

use crate::config::Contract;
use crate::domain::period::{Grain, Period};
use crate::domain::{axis, date, money, text};
use crate::finding::Bilingual;
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
fn is_span(title: &str) -> bool {
    let padded = format!(" {} ", text::normal(title));
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

/// Words that number a law, a decree or a letter.
const NUMBERS: [&str; 3] = ["nomor", "no", "number"];

/// The words of a title, without what says where a law, a decree or a letter is to be found: `Perda Nomor 3 Tahun 2021`,
/// `Surat Nomor 500/123/2026 tanggal 5 November 2026`.
fn words(title: &str) -> Vec<&str> {
    let all: Vec<&str> = title
        .split(|letter: char| letter.is_whitespace() || letter == ',')
        .filter(|word| !word.is_empty())
        .collect();
    let normal: Vec<String> = all.iter().map(|word| text::normal(word)).collect();
    let mut kept = Vec::new();
    let mut at = 0;
    while at < all.len() {
        // `No.11` is written as one word too.
        let joined = normal[at].strip_prefix("no ").or(normal[at].strip_prefix("nomor "));
        let is_joined = joined.is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()));
        if !is_joined && !NUMBERS.contains(&normal[at].as_str()) {
            kept.push(all[at]);
            at += 1;
            continue;
        }
        // Behind the number stands its year, or the day of a letter.
        let behind = |word: &str| match word {
            "tahun" | "thn" => Some(1),
            "tanggal" | "tgl" => Some(3),
            _ => None,
        };
        let mut near = at + 1..all.len().min(at + 5);
        at = near
            .find_map(|next| Some(next + 1 + behind(&normal[next])?))
            .unwrap_or(at + 2 - usize::from(is_joined));
    }
    kept
}

/// Words before the time that a title's figures are of, where it names others too: `PENDATAAN 2026 KONDISI TAHUN 2025`.
const STATE: [&str; 6] = ["kondisi", "keadaan", "posisi", "per", "cutoff", "of"];

/// Longest text that is looked at for a time, in bytes.
const LONGEST: usize = 400;

/// What a title says of the time of its rows.
struct Named {
    /// The times, each as long as it is written.
    all: Vec<Period>,
    /// That which is said to be theirs.
    state: Option<Period>,
    /// A month, quarter or semester is named apart from the year: `SEPTEMBER DAN OKTOBER 2026`.
    loose: bool,
}

impl Named {
    fn of(title: &str) -> Named {
        let mut named = Named {
            all: Vec::new(),
            state: None,
            loose: false,
        };
        // Without a year it names none; prose is no title.
        if title.len() > LONGEST || !title.bytes().any(|byte| byte.is_ascii_digit()) {
            return named;
        }
        let words: Vec<&str> = words(title)
            .into_iter()
            .filter(|word| !word.eq_ignore_ascii_case("anggaran"))
            .collect();
        let parsed = |from: usize, length: usize| {
            let phrase = words[from..from + length].join(" ");
            let phrase = phrase.trim_matches(['(', ')', '.', ':', ' ']);
            let has_digit = phrase.bytes().any(|byte| byte.is_ascii_digit());
            has_digit.then(|| Period::parse(phrase, &Grain::ALL).ok()).flatten()
        };
        // A part of a year, were a year behind it.
        let is_part = |from: usize, length: usize| {
            let phrase = words[from..from + length].join(" ");
            let phrase = phrase.trim_matches(['(', ')', '.', ':', '-', ' ']);
            let is_word = phrase.starts_with(char::is_alphabetic);
            let period = Period::parse(&format!("{phrase} 2000"), &Grain::ALL);
            is_word && period.is_ok_and(|period| period.grain() != Grain::Year)
        };
        let mut at = 0;
        while at < words.len() {
            let lengths = (1..=WINDOW.min(words.len() - at)).rev();
            if let Some((length, period)) = lengths.clone().find_map(|length| Some((length, parsed(at, length)?))) {
                named.all.push(period);
                let is_state = |word: &str| STATE.contains(&text::normal(word).as_str());
                if is_state(words[at]) || (at > 0 && is_state(words[at - 1])) {
                    named.state = Some(period);
                }
                at += length;
                continue;
            }
            named.loose |= is_part(at, 1) || (at + 1 < words.len() && is_part(at, 2));
            at += 1;
        }
        named
    }
}

/// A time as a period of a contract's grains, as [`Period::parse`] reads a day. One of quarters, semesters and years must be
/// the last of it, where no word says that it is that of the figures: else it is that of a letter.
fn fitting(period: Period, grains: &[Grain]) -> Option<Period> {
    if grains.contains(&period.grain()) {
        return Some(period);
    }
    if period.grain() != Grain::Day {
        return None;
    }
    let fits = containing(period, grains)?;
    (fits.grain() <= Grain::Month || fits.end() == period.start()).then_some(fits)
}

/// A time as a period of a contract's grains; a day as the period that it lies in.
fn containing(period: Period, grains: &[Grain]) -> Option<Period> {
    match period.grain() {
        grain if grains.contains(&grain) => Some(period),
        Grain::Day => Period::from_date(period.start(), grains),
        _ => None,
    }
}

/// The one period that the titles name, in one of the contract's grains. Two different ones, several months
/// (`Januari s.d. Oktober 2026`), or one that is shorter than the contract's (`Triwulan III 2026` of a dataset by year)
/// give none: then the title does not say it.
pub(super) fn period(titles: &[String], contract: &Contract) -> Option<Period> {
    let grains: Vec<Grain> = contract.grains.iter().map(|grain| (*grain).into()).collect();
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
        let of_title = match state.and_then(|period| containing(period, &grains)) {
            Some(state) => vec![state],
            // A month that is named goes before one in which a day lies.
            None if !exact.is_empty() => exact,
            None => named
                .all
                .iter()
                .filter_map(|&period| fitting(period, &grains))
                .collect(),
        };
        parts.extend(named.all.into_iter().filter(|period| {
            !matches!(period.grain(), Grain::Day | Grain::Year) && fitting(*period, &grains).is_none()
        }));
        if !of_title.is_empty() && (named.loose || is_span(title) || is_of_another_time(title)) {
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
    let grains: Vec<Grain> = match contract.grains.is_empty() {
        true => vec![Grain::Day],
        false => contract.grains.iter().map(|grain| (*grain).into()).collect(),
    };
    let timed: Vec<(&String, Named)> = titles
        .iter()
        .filter(|title| !is_about_making(title))
        .map(|title| (title, Named::of(title)))
        .filter(|(_, named)| !named.all.is_empty())
        .collect();
    let fits = |named: &Named| named.all.iter().filter_map(|&period| fitting(period, &grains)).count();
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
    fn a_month_may_stand_in_a_title_of_days() {
        let of = |texts: &[&str], year| month(&titles(texts), year).map(|month| month.to_string());
        for text in [
            "HARGA HARIAN BULAN NOVEMBER 2026",
            "TANGGAL 1 S.D. 30 NOVEMBER 2026",
            "Tanggal 1 - 30 November 2026",
        ] {
            assert_eq!(of(&[text], None).as_deref(), Some("2026-11"), "{text}");
        }
        assert_eq!(
            of(&["HARGA TAHUN 2026", "November"], Some(2026)).as_deref(),
            Some("2026-11")
        );
        assert_eq!(
            of(&["November 2026", "Bandung, 2 Desember 2026"], None).as_deref(),
            Some("2026-11")
        );
        for texts in [
            &["Bandung, 2 Desember 2026"] as &[&str],
            &["Oktober s.d. November 2026"],
            &["30 Oktober s.d. 5 November 2026"],
            &["Oktober 2026", "November 2026"],
            &["November"],
            &["Tahun 2026"],
        ] {
            assert_eq!(of(texts, None), None, "{texts:?}");
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

    #[test]
    fn a_title_says_the_time_of_its_rows_or_none() {
        let contracts = crate::config::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let of = |dataset: &str, texts: &[&str]| {
            let contract = &contracts.contracts[dataset];
            period(&titles(texts), contract).map(|period| period.to_string())
        };
        // By semester or year.
        for (texts, expected) in [
            (&["SEMESTER II TAHUN 2025"] as &[&str], Some("2025-S2")),
            (&["TAHUN 2025", "SEMESTER II 2025"], Some("2025-S2")),
            (&["KEADAAN 31 OKTOBER 2025"], Some("2025-S2")),
            (&["DATA 31 DESEMBER 2025"], Some("2025-S2")),
            (&["Population as of December 31, 2025"], Some("2025-S2")),
            (&["TAHUN ANGGARAN 2025"], Some("2025")),
            (&["TAHUN 2025", "Semarang, 5 Januari 2026"], Some("2025")),
            (&["PENDATAAN TAHUN 2026 ATAS KONDISI TAHUN 2025"], Some("2025")),
            (&["(Permendagri Nomor 3 Tahun 2021)", "TAHUN 2025"], Some("2025")),
            (&["TRIWULAN III TAHUN 2026"], None),
            (&["BULAN SEPTEMBER 2026"], None),
            (&["TAHUN 2026", "BULAN SEPTEMBER 2026"], None),
            (&["BULAN SEPTEMBER KOTA SEMARANG TAHUN 2026"], None),
            (&["SEMESTER I DAN SEMESTER II TAHUN 2025"], None),
            (&["TAHUN 2024 DAN 2025"], None),
            (&["Perda Nomor 10 Tahun 2023"], None),
            (&["(PP No.11 Tahun 2021)"], None),
        ] {
            assert_eq!(of("population", texts).as_deref(), expected, "{texts:?}");
        }
        // By month.
        for (texts, expected) in [
            (
                &["BULAN OKTOBER 2026", "Perda Nomor 10 Tahun 2023"] as &[&str],
                Some("2026-10"),
            ),
            (&["LAPORAN TAHUN 2026", "BULAN OKTOBER TAHUN 2026"], Some("2026-10")),
            (&["SEPTEMBER DAN OKTOBER 2026"], None),
            (&["SEPTEMBER - OKTOBER 2026"], None),
            (&["Surat Nomor 500/1/2026 tanggal 5 November 2026"], None),
            (
                &["Nomor: 472/1234/2026 tanggal 5 November 2026", "BULAN OKTOBER 2026"],
                Some("2026-10"),
            ),
            (&["BULAN OKTOBER", "TAHUN 2026"], Some("2026-10")),
            (&["Laporan per 5 November 2026 (bulan Oktober 2026)"], Some("2026-10")),
            (&["BULAN OKTOBER 2026", "Diperbarui 5 November 2026"], Some("2026-10")),
            (&["Pelayanan kumulatif Oktober 2026"], None),
        ] {
            assert_eq!(of("civil_registration", texts).as_deref(), expected, "{texts:?}");
        }
        let letter = ["Lampiran Surat Nomor 500.2/123/2026 tanggal 5 November 2026"];
        assert_eq!(day(&titles(&letter)), None);
        assert_eq!(day(&titles(&["Tanggal 10 dan 11 November 2026"])), None);
        assert_eq!(year(&titles(&["Tahun 2026", "(Perwal No. 4 Tahun 2020)"])), Some(2026));
    }
}
