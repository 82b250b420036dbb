//! Targets: the parsers of `domain`.

use super::{Target, fuzz};
use crate::support::root;
use chrono::NaiveDate;
use lumbung::config::{self, Configuration};
use lumbung::domain::number::{self, Evidence, Style};
use lumbung::domain::period::{Grain, Period};
use lumbung::domain::region::{CodeSystem, RegionError};
use lumbung::domain::{code, date, money, nik, text};
use std::sync::OnceLock;

fn configuration() -> &'static Configuration {
    static CONFIGURATION: OnceLock<Configuration> = OnceLock::new();
    CONFIGURATION.get_or_init(|| config::load(&root()).expect("the repository's own configuration"))
}

const fn parser(name: &'static str, words: &'static [&'static str], inputs: usize, run: fn(&[u8])) -> Target {
    Target {
        name,
        by_line: true,
        fixtures: &[],
        words,
        inputs,
        change: None,
        run,
    }
}

/// A scaled value as a person writes it in a style.
fn written(value: i128, scale: u32, style: Style) -> String {
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale as usize + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
    let (group, decimal) = if style == Style::Id { ('.', ',') } else { (',', '.') };
    let mut text = String::from(if value < 0 { "-" } else { "" });
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    if scale > 0 {
        text.push(decimal);
        text.push_str(fraction);
    }
    text
}

/// What is written here is the same number when it is read again, and one way of reading never contradicts another.
fn a_number(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for style in [Style::Id, Style::En] {
        let mut evidence = Evidence::default();
        evidence.observe(&text);
        evidence.decide(style);
        for scale in [0, 2, 6] {
            let Ok(value) = number::parse_scaled(&text, style, scale) else {
                continue;
            };
            let anew = written(value, scale, style);
            assert_eq!(
                number::parse_scaled(&anew, style, scale),
                Ok(value),
                "{text:?} → {anew}"
            );
            // Leading zeros by the hundred are no figure that anybody keeps.
            match number::parse_f64(&text, style) {
                Ok(float) => {
                    let exact = value as f64 / 10_f64.powi(scale as i32);
                    assert!(
                        (float - exact).abs() <= exact.abs() * 1e-12 + 1e-9,
                        "{text:?}: {float} and {exact}"
                    );
                }
                Err(error) => assert!(text.len() > 60, "{text:?} is a number, but no float: {error}"),
            }
            // Every digit that was written is in the figure, in its order.
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
            let (all, kept) = (digits(&text), digits(&anew));
            let (all, kept) = (all.trim_matches('0'), kept.trim_matches('0'));
            assert_eq!(all, kept, "{text:?} was read as {anew}");
        }
        if let Ok(count) = number::parse_count(&text, style) {
            assert_eq!(number::parse_scaled(&text, style, 0), Ok(i128::from(count)), "{text:?}");
        }
    }
    if let Ok(value) = number::parse_literal(&text, 4) {
        let float: f64 = text.parse().expect("JSON's numbers are Rust's");
        assert!(
            (float - value as f64 / 1e4).abs() <= float.abs() * 1e-9 + 1e-4,
            "{text:?}: {value}"
        );
        assert!(serde_json::from_str::<serde_json::Number>(&text).is_ok(), "{text:?}");
    }
    if let Ok(float) = text.trim().parse::<f64>() {
        let scaled = number::scaled_from_f64(float, 2);
        assert!(scaled.is_err() || float.is_finite(), "{float}");
        if let Ok(count) = number::count_from_f64(float) {
            // But for the noise of calculating in binary.
            assert!(
                (count as f64 - float).abs() <= float.abs() * 1e-13,
                "{float} is no {count}"
            );
        }
    }
}

fn a_header(bytes: &[u8]) {
    let written = String::from_utf8_lossy(bytes);
    if let Some(scale) = money::header_scale(&written) {
        assert!([0, 3, 6, 9, 12].contains(&scale.power), "{written:?}: {scale:?}");
        assert_eq!(scale.factor(), 10_i64.pow(scale.power));
        assert_eq!(
            money::header_scale(&written.to_ascii_uppercase()),
            Some(scale),
            "{written:?}"
        );
    }
}

fn a_date(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim();
    let read = date::parse_date(text);
    if let Ok(day) = read {
        assert_eq!(date::parse_date(&day.to_string()), Ok(day), "{text:?}");
        assert_eq!(
            date::parse_date(&day.format("%d/%m/%Y").to_string()),
            Ok(day),
            "{text:?}"
        );
    }
    // Where another reader sees one plain date, so does this one.
    for form in ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"] {
        if let Ok(day) = NaiveDate::parse_from_str(text, form)
            && day.format(form).to_string() == text
            && (1900..=2100).contains(&chrono::Datelike::year(&day))
        {
            assert_eq!(read, Ok(day), "{text:?}");
        }
    }
    let Some(head) = bytes.first_chunk::<8>() else { return };
    for serial in [
        f64::from_le_bytes(*head),
        f64::from(u16::from_le_bytes([head[0], head[1]])),
    ] {
        for epoch_1904 in [false, true] {
            if let Ok(day) = date::from_serial(serial, epoch_1904) {
                assert_eq!(date::from_serial(serial.floor(), epoch_1904), Ok(day), "{serial}");
            }
        }
    }
}

fn a_period(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let sets: [&[Grain]; 4] = [
        &Grain::ALL,
        &[Grain::Semester, Grain::Year],
        &[Grain::Day],
        &[Grain::Month, Grain::Quarter],
    ];
    for grains in sets {
        let Ok(period) = Period::parse(&text, grains) else {
            continue;
        };
        assert!(grains.contains(&period.grain()), "{text:?}");
        assert_eq!(
            Period::parse(&period.to_string(), grains),
            Ok(period),
            "{text:?} → {period}"
        );
        assert!(period.start() <= period.end() && period.contains(period.start()) && period.contains(period.end()));
        assert_eq!(
            (period.next().previous(), period.previous().next()),
            (period, period),
            "{period}"
        );
        assert_eq!(period.previous().end().succ_opt(), Some(period.start()), "{period}");
    }
    if let Ok(number) = text.trim().parse::<f64>()
        && let Ok(period) = Period::from_number(number, &Grain::ALL)
    {
        assert_eq!(Period::parse(&period.to_string(), &Grain::ALL), Ok(period), "{number}");
    }
}

/// Dates and periods are cut into the same pieces: a text that is a day to both is the same day.
fn pieces(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let (Ok(day), Ok(period)) = (date::parse_date(&text), Period::parse(&text, &[Grain::Day])) {
        assert_eq!((period.start(), period.end()), (day, day), "{text:?}");
    }
    let spaced = format!("  {text}\u{a0}");
    assert_eq!(date::parse_date(&spaced), date::parse_date(&text), "{text:?}");
    assert_eq!(
        Period::parse(&spaced, &Grain::ALL),
        Period::parse(&text, &Grain::ALL),
        "{text:?}"
    );
}

fn a_region(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let regions = &configuration().regions;
    let systems = [
        None,
        Some(CodeSystem::Kemendagri),
        regions.system("bps"),
        regions.system("panel-harga"),
    ];
    let days = [
        None,
        NaiveDate::from_ymd_opt(2010, 1, 1),
        NaiveDate::from_ymd_opt(2025, 11, 30),
    ];
    for system in &systems {
        for on in days {
            match regions.resolve(&text, system.as_ref(), on) {
                Ok(code) => {
                    let region = regions
                        .get(code)
                        .unwrap_or_else(|| panic!("{text:?} gives {code}, which is no region"));
                    assert_eq!(region.code, code);
                    // A province's code has no dot, so its system must be known.
                    let itself = regions.resolve(code, Some(&CodeSystem::Kemendagri), on);
                    assert_eq!(itself, Ok(code), "{text:?}");
                }
                Err(RegionError::Ambiguous(codes)) => {
                    assert!(
                        codes.len() > 1 && codes.iter().all(|code| regions.get(code).is_some()),
                        "{text:?}: {codes:?}"
                    );
                }
                Err(_) => {}
            }
        }
        if let Ok(number) = text.trim().parse::<f64>()
            && let Ok(code) = regions.resolve_number(number, system.as_ref(), None)
        {
            assert!(regions.get(code).is_some(), "{number} gives {code}");
        }
    }
}

fn a_code(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for (name, table) in configuration().codes.iter() {
        match table.resolve(&text) {
            Ok(found) => assert!(
                table.get(found).is_some(),
                "{text:?} gives {found}, which is not in {name}"
            ),
            Err(code::CodeError::Ambiguous(codes)) => assert!(codes.len() > 1, "{text:?}: {codes:?}"),
            Err(code::CodeError::Unknown) => assert!(table.get(&text).is_none(), "{text:?} is in {name}"),
        }
    }
}

fn a_nik(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(digits) = nik::check(&text) {
        assert!(
            digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_digit()),
            "{text:?}"
        );
        assert!(
            nik::looks_like_nik(digits) && nik::looks_like_nik(&format!("NIK: {digits}.")),
            "{text:?}"
        );
    }
    nik::looks_like_nik(&text);
}

fn a_text(bytes: &[u8]) {
    let written = String::from_utf8_lossy(bytes);
    let normal = text::normal(&written);
    assert_eq!(text::normal(&normal), normal, "{written:?}");
    assert_eq!(text::normal(&format!(" {written}\u{a0}\n")), normal, "{written:?}");
    assert!(
        !normal.contains("  ") && normal.trim() == normal,
        "{written:?} → {normal:?}"
    );
    let header = text::header(&written);
    assert_eq!(text::normal(&header), header, "{written:?}");
    let trimmed = text::trim(&written);
    assert_eq!(text::trim(trimmed), trimmed, "{written:?}");
    let markers = ["0".to_string(), "belum".to_string()];
    assert_eq!(
        text::is_missing(&written, &markers),
        text::is_missing(trimmed, &markers),
        "{written:?}"
    );
}

const NUMBERS: &[&str] = &[
    "1.234.567,89",
    "1,234,567.89",
    "Rp ",
    "IDR",
    ",-",
    "%",
    "(",
    ")",
    "-",
    "−",
    "+",
    ".",
    ",",
    "000",
    "1e5",
    "nan",
    "inf",
    "\u{a0}",
    "\u{2009}",
    "１",
    "٣",
    "0x",
    "'",
    "_",
    "00",
    "99999999999999999999",
    "5e-324",
    "1e308",
];
const DATES: &[&str] = &[
    "2024",
    "2024-08-12",
    "12/08/2024",
    "Agustus",
    "Agt",
    "Senin, ",
    "TW I",
    "Triwulan",
    "Semester II",
    "Sem.",
    "S2",
    "Q4",
    "Tahun",
    "31",
    "29/02/",
    "00",
    "T00:00:00Z",
    "pukul 07.30 WIB",
    "/",
    "-",
    ".",
    " ",
    "'24",
    "\u{a0}",
    "99999999",
    "IV",
];
const REGIONS: &[&str] = &[
    "32.73",
    "3273",
    "32",
    "96",
    "Kota ",
    "Kab. ",
    "Kabupaten ",
    "Provinsi ",
    "Bandung",
    "Papua Barat Daya",
    ", Jawa Barat",
    "(",
    ")",
    "DKI",
    "Jakarta",
    "'",
    "32.1",
    "Adm.",
    "D.I. ",
    ".",
    " ",
    "1e2",
];
const WORDS: &[&str] = &[
    "beras",
    "premium",
    "izin",
    "PTSP",
    "kg",
    "liter",
    "Harga (Rp ribu/kg)",
    "juta",
    "miliar",
    "triliun",
    "per ribu penduduk",
    "rupiah",
    "(dd/mm/yyyy)",
    "[",
    "]",
    "é",
    "\u{301}",
    "İ",
    "ß",
    "\u{200b}",
    "_",
    "%",
    "²",
    "n/a",
    "tad",
    "…",
    "-",
    "0",
];
const NIKS: &[&str] = &[
    "3273015505800001",
    "0000",
    "3,27301E+15",
    "E+",
    "'",
    "’",
    "71",
    "99",
    "29",
    "02",
    "NIK",
];

static NUMBER: Target = parser("number", NUMBERS, 15_000, a_number);
static MONEY: Target = parser("money", WORDS, 8_000, a_header);
static DATE: Target = parser("date", DATES, 15_000, a_date);
static PERIOD: Target = parser("period", DATES, 15_000, a_period);
static TOKEN: Target = parser("token", DATES, 15_000, pieces);
static REGION: Target = parser("region", REGIONS, 3_000, a_region);
static CODE: Target = parser("code", WORDS, 4_000, a_code);
static NIK: Target = parser("nik", NIKS, 15_000, a_nik);
static TEXT: Target = parser("text", WORDS, 10_000, a_text);

#[test]
fn numbers() {
    fuzz(&NUMBER);
}

#[test]
fn headers_of_money() {
    fuzz(&MONEY);
}

#[test]
fn dates() {
    fuzz(&DATE);
}

#[test]
fn periods() {
    fuzz(&PERIOD);
}

#[test]
fn pieces_of_dates() {
    fuzz(&TOKEN);
}

#[test]
fn regions() {
    fuzz(&REGION);
}

#[test]
fn codes() {
    fuzz(&CODE);
}

#[test]
fn population_numbers() {
    fuzz(&NIK);
}

#[test]
fn texts_in_normal_form() {
    fuzz(&TEXT);
}
