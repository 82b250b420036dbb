//! The times that one title names, without those of laws, decrees and letters.

use crate::domain::period::{Grain, Period};
use crate::domain::text;

/// Most words of a title that together may name a period (`Triwulan III Tahun 2024`).
const WINDOW: usize = 4;

/// Words that number a law, a decree or a letter.
const NUMBERS: [&str; 3] = ["nomor", "no", "number"];

/// The words of a title, without what says where a law, a decree or a letter is to be found: `Perda Nomor 3 Tahun 2021`,
/// `Surat Nomor 500/123/2026 tanggal 5 November 2026`.
pub(super) fn words(title: &str) -> Vec<&str> {
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
pub(super) const LONGEST: usize = 400;

/// What a title says of the time of its rows.
pub(super) struct Named {
    /// The times, each as long as it is written.
    pub(super) all: Vec<Period>,
    /// That which is said to be theirs.
    pub(super) state: Option<Period>,
    /// A month, quarter or semester is named apart from the year: `SEPTEMBER DAN OKTOBER 2026`.
    pub(super) loose: bool,
}

impl Named {
    pub(super) fn of(title: &str) -> Named {
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
