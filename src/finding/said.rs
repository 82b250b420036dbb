//! Figures, days, periods and moments as people write them: `1.234,5`, `12 November 2026` in Bahasa Indonesia,
//! `1,234.5`, `12 November 2026` in English. What machines read keeps its own forms.

use super::Bilingual;
use crate::domain::period::{Grain, Period};
use chrono::{DateTime, Datelike, NaiveDate, Offset, Timelike};
use chrono_tz::Tz;

/// A language of what people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Bahasa Indonesia.
    Id,
    /// English.
    En,
}

impl Language {
    /// The sentence in this language.
    pub fn of(self, sentence: &Bilingual) -> &str {
        match self {
            Language::Id => &sentence.id,
            Language::En => &sentence.en,
        }
    }

    /// The text in this language.
    pub fn pick<'t>(self, id: &'t str, en: &'t str) -> &'t str {
        match self {
            Language::Id => id,
            Language::En => en,
        }
    }
}

fn both(say: impl Fn(Language) -> String) -> Bilingual {
    Bilingual {
        id: say(Language::Id),
        en: say(Language::En),
    }
}

/// A whole number with the language's grouping: `1.625` or `1,625`.
pub fn number(value: u64, language: Language) -> String {
    grouped(&value.to_string(), language)
}

fn grouped(digits: &str, language: Language) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push_str(language.pick(".", ","));
        }
        grouped.push(digit);
    }
    grouped
}

/// A number and its noun; only English has a plural.
pub fn count(value: u64, id: &str, [one, many]: [&str; 2], language: Language) -> String {
    let noun = language.pick(id, if value == 1 { one } else { many });
    format!("{} {noun}", number(value, language))
}

/// A number written plainly (`-1234.5`), as each language writes it; any other text as it is.
pub fn figure(plain: &str) -> Bilingual {
    let (sign, rest) = plain.strip_prefix('-').map_or(("", plain), |rest| ("-", rest));
    let (whole, decimals) = rest
        .split_once('.')
        .map_or((rest, None), |(whole, rest)| (whole, Some(rest)));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !decimals.is_none_or(is_digits) {
        return both(|_| plain.to_string());
    }
    both(|language| {
        let decimals = decimals.map(|decimals| format!("{}{decimals}", language.pick(",", ".")));
        format!("{sign}{}{}", grouped(whole, language), decimals.unwrap_or_default())
    })
}

/// Units that contracts name, with what they are called in each language; any other unit as it is.
pub fn unit(unit: &str) -> Bilingual {
    const UNITS: [[&str; 3]; 19] = [
        ["IDR", "Rp", "IDR"],
        [
            "IDR per head and month",
            "Rp per orang per bulan",
            "IDR per head and month",
        ],
        ["beds", "tempat tidur", "beds"],
        ["days", "hari", "days"],
        ["documents", "dokumen", "documents"],
        ["families", "KK", "families"],
        ["groups", "rombongan", "groups"],
        ["in the row's unit", "satuan barisnya", "the row's unit"],
        ["incidents", "kejadian", "incidents"],
        ["people", "orang", "people"],
        ["percent", "persen", "percent"],
        ["recipients", "penerima", "recipients"],
        ["reports", "laporan", "reports"],
        ["rooms", "kamar", "rooms"],
        ["transactions", "transaksi", "transactions"],
        ["transactions a month", "transaksi per bulan", "transactions a month"],
        ["vehicles", "kendaraan", "vehicles"],
        ["visits", "kunjungan", "visits"],
        ["working days", "hari kerja", "working days"],
    ];
    let known = UNITS.iter().find(|[name, ..]| *name == unit);
    let [_, id, en] = known.copied().unwrap_or([unit; 3]);
    Bilingual {
        id: id.to_string(),
        en: en.to_string(),
    }
}

/// Several names, one behind the other.
pub fn list(names: impl IntoIterator<Item = Bilingual>) -> Bilingual {
    let mut all = Bilingual::default();
    for name in names {
        for (all, name) in [(&mut all.id, &name.id), (&mut all.en, &name.en)] {
            if !all.is_empty() {
                all.push_str(", ");
            }
            all.push_str(name);
        }
    }
    all
}

const MONTHS: [[&str; 2]; 12] = [
    ["Januari", "January"],
    ["Februari", "February"],
    ["Maret", "March"],
    ["April", "April"],
    ["Mei", "May"],
    ["Juni", "June"],
    ["Juli", "July"],
    ["Agustus", "August"],
    ["September", "September"],
    ["Oktober", "October"],
    ["November", "November"],
    ["Desember", "December"],
];

fn month(date: NaiveDate, language: Language) -> &'static str {
    let [id, en] = MONTHS[date.month0() as usize];
    language.pick(id, en)
}

fn day_in(date: NaiveDate, language: Language) -> String {
    format!("{} {} {}", date.day(), month(date, language), date.year())
}

/// `12 November 2026`
pub fn day(date: NaiveDate) -> Bilingual {
    both(|language| day_in(date, language))
}

/// `2026`, `Semester II 2026`, `Triwulan I 2026`, `Agustus 2026`, `12 Agustus 2026`
pub fn period(period: Period) -> Bilingual {
    const ROMAN: [&str; 4] = ["I", "II", "III", "IV"];
    let (start, year) = (period.start(), period.start().year());
    let part = |months: usize| start.month0() as usize / months;
    match period.grain() {
        Grain::Day => day(start),
        Grain::Month => both(|language| format!("{} {year}", month(start, language))),
        Grain::Quarter => Bilingual {
            id: format!("Triwulan {} {year}", ROMAN[part(3)]),
            en: format!("quarter {} of {year}", part(3) + 1),
        },
        Grain::Semester => Bilingual {
            id: format!("Semester {} {year}", ROMAN[part(6)]),
            en: format!("semester {} of {year}", part(6) + 1),
        },
        Grain::Year => both(|_| year.to_string()),
    }
}

/// A day or a period in its canonical form (`2026-11-12`, `2026-S2`), as people write it; any other text as it is. Nothing is
/// read into it: what is no day or period of the calendar stays.
pub fn canonical(text: &str) -> Bilingual {
    let parsed = Period::parse(text, &Grain::ALL)
        .ok()
        .filter(|period| period.to_string() == text);
    parsed.map_or_else(|| both(|_| text.to_string()), self::period)
}

/// A moment, `30 November 2025, 01.15 WIB`, by the clocks of a zone; text that is no RFC 3339 time as it is.
pub fn moment(text: &str, zone: Tz, language: Language) -> String {
    let Ok(moment) = DateTime::parse_from_rfc3339(text) else {
        return text.to_string();
    };
    let moment = moment.with_timezone(&zone);
    let offset = moment.offset().fix();
    let zone = match offset.local_minus_utc() {
        25_200 => "WIB".to_string(),
        28_800 => "WITA".to_string(),
        32_400 => "WIT".to_string(),
        0 => "UTC".to_string(),
        _ => format!("UTC{offset}"),
    };
    let (hour, minute) = (moment.hour(), moment.minute());
    let day = day_in(moment.date_naive(), language);
    format!("{day}, {hour:02}{}{minute:02} {zone}", language.pick(".", ":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(both: Bilingual) -> [String; 2] {
        [both.id, both.en]
    }

    #[test]
    fn figures_have_the_marks_of_their_language() {
        for (plain, id, en) in [
            ("1234567.5", "1.234.567,5", "1,234,567.5"),
            ("-1234", "-1.234", "-1,234"),
            ("100", "100", "100"),
            ("0.25", "0,25", "0.25"),
            ("12 ekor", "12 ekor", "12 ekor"),
            ("1e30", "1e30", "1e30"),
            ("", "", ""),
        ] {
            assert_eq!(said(figure(plain)), [id, en], "{plain}");
        }
        assert_eq!(number(1_625, Language::Id), "1.625");
        assert_eq!(count(1, "baris", ["row", "rows"], Language::En), "1 row");
        assert_eq!(count(1_000, "baris", ["row", "rows"], Language::En), "1,000 rows");
        assert_eq!(count(1, "baris", ["row", "rows"], Language::Id), "1 baris");
    }

    #[test]
    fn days_and_periods_are_told_by_name() {
        for (text, id, en) in [
            ("2026-11-02", "2 November 2026", "2 November 2026"),
            ("2026-08", "Agustus 2026", "August 2026"),
            ("2026-Q3", "Triwulan III 2026", "quarter 3 of 2026"),
            ("2026-S2", "Semester II 2026", "semester 2 of 2026"),
            ("2026", "2026", "2026"),
            ("2026-02-30", "2026-02-30", "2026-02-30"),
            ("08/2026", "08/2026", "08/2026"),
            ("Pasar Baru", "Pasar Baru", "Pasar Baru"),
        ] {
            assert_eq!(said(canonical(text)), [id, en], "{text}");
        }
    }

    #[test]
    fn moments_are_told_by_the_clocks_of_the_zone() {
        let utc = "2026-11-28T16:05:09Z";
        for (zone, id) in [
            (chrono_tz::Asia::Jakarta, "28 November 2026, 23.05 WIB"),
            (chrono_tz::Asia::Makassar, "29 November 2026, 00.05 WITA"),
            (chrono_tz::Asia::Jayapura, "29 November 2026, 01.05 WIT"),
            (chrono_tz::UTC, "28 November 2026, 16.05 UTC"),
            (chrono_tz::Asia::Kathmandu, "28 November 2026, 21.50 UTC+05:45"),
        ] {
            assert_eq!(moment(utc, zone, Language::Id), id);
        }
        let english = moment("2026-11-28T23:05:09+07:00", chrono_tz::Asia::Jakarta, Language::En);
        assert_eq!(english, "28 November 2026, 23:05 WIB");
        assert_eq!(moment("kemarin", chrono_tz::UTC, Language::Id), "kemarin");
    }
}
