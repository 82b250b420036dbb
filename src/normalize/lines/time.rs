//! Times that lines name: `Tanggal 11 November 2026`, `TW II`, `Minggu I`.

use super::{Line, LineReader, Said, Saying, Value, within};
use crate::config::ColumnType;
use crate::domain::axis;
use crate::domain::period::{Grain, Period};
use crate::domain::text;
use crate::normalize::title;

/// Most words of a line that says a time.
const MOST_WORDS: usize = 8;

/// Words before a time that say nothing of it, in normal form.
const LEADS: [&str; 27] = [
    "hari",
    "tanggal",
    "tgl",
    "bulan",
    "bln",
    "tahun",
    "thn",
    "periode",
    "per",
    "pada",
    "keadaan",
    "kondisi",
    "posisi",
    "data",
    "laporan",
    "anggaran",
    "ta",
    "harga",
    "stok",
    "pantauan",
    "pemantauan",
    "rekap",
    "rekapitulasi",
    "realisasi",
    "capaian",
    "hasil",
    "untuk",
];

/// Words with which a time begins, in normal form: what follows one and cannot be read is not passed over.
const TIMES: [&str; 17] = [
    "tanggal",
    "tgl",
    "bulan",
    "bln",
    "minggu",
    "pekan",
    "week",
    "triwulan",
    "tw",
    "kuartal",
    "semester",
    "smt",
    "tahun",
    "thn",
    "periode",
    "dasarian",
    "caturwulan",
];

const WEEKDAYS: [&str; 7] = ["senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "ahad"];

/// Words for weeks, which no dataset has as periods; the first is a day too.
const WEEKS: [&str; 3] = ["minggu", "pekan", "week"];

/// A time that a line names, or seems to.
pub(super) enum Time {
    Named(Period),
    /// Without the year, or in a way that is not read.
    Unclear,
}

impl LineReader<'_> {
    /// What a time says of the contract column of periods or dates.
    pub(super) fn about_time(&self, index: usize, time: &Time) -> Saying {
        let Time::Named(period) = *time else {
            return Saying::Unclear(index);
        };
        // A year above months that are those of the title only repeats it.
        let is_around = self.lines.own.is_some_and(|own| own != period && within(&own, &period));
        let is_value = match self.contract.columns[index].kind {
            ColumnType::Date => period.grain() == Grain::Day,
            _ => self
                .contract
                .grains
                .iter()
                .any(|grain| Grain::from(*grain) == period.grain()),
        };
        let value = |said: Said| {
            Saying::Value(Value {
                said,
                text: period.to_string(),
                meaning: period.to_string(),
            })
        };
        match period.grain() {
            Grain::Year if self.is_year(time) => value(Said::Year),
            _ if is_around || !is_value => Saying::Time(period),
            _ => value(Said::Column(index)),
        }
    }

    /// Whether a time is the year of rows that have a part of one.
    pub(super) fn is_year(&self, time: &Time) -> bool {
        self.lines.takes_year && matches!(time, Time::Named(period) if period.grain() == Grain::Year)
    }

    /// The time that a line names. Where other words stand before it than announce a time, it is not taken for certain.
    pub(super) fn time(&self, line: &Line) -> Option<Time> {
        let spaced = line.text.replace(':', " ");
        let bare = text::without_list_mark(&spaced).unwrap_or(&spaced);
        let words: Vec<&str> = bare.split_whitespace().collect();
        let first = text::normal(words.first()?);
        if words.len() <= MOST_WORDS && is_of_several(bare) {
            return Some(Time::Unclear);
        }
        let is_about_time = |word: &str| LEADS.contains(&word) || TIMES.contains(&word);
        let is_pair = line.columns.len() > 1;
        if words.len() > MOST_WORDS || (is_pair && !first.split(' ').all(is_about_time)) {
            return None;
        }
        // `Pekan Raya` is the name of a place.
        let counts = |word: &str| {
            let word = word.trim_matches(['.', ',', ':', '-', '(', ')']);
            let is_number = word.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
            let is_roman = !word.is_empty() && word.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X'));
            let is_month = Period::parse(&format!("{word} 2000"), &[Grain::Month]).is_ok();
            is_number || is_roman || is_month || BESIDE.contains(&text::normal(word).as_str())
        };
        let is_named = || !self.may_be_name(line) || words[1..].iter().any(|word| counts(word));
        let is_week = WEEKS.contains(&first.as_str()) && words.len() > 1 && !words[0].ends_with(',') && is_named();
        let is_weekday = WEEKDAYS.contains(&first.as_str()) && words.len() == 1;
        if is_week || is_weekday {
            return Some(Time::Unclear);
        }
        let lead = words.iter().take_while(|word| is_lead(word)).count();
        let mut is_partial = false;
        for start in 0..=lead.min(words.len() - 1) {
            match self.phrase(&words[start..], start > 0) {
                Some(Time::Named(period)) => return Some(Time::Named(period)),
                Some(Time::Unclear) => is_partial = true,
                None => {}
            }
        }
        let is_unread = TIMES.contains(&first.as_str()) && words.len() > 1 && is_named();
        let has_time = || !self.may_be_name(line) && title::names_time(bare);
        (is_partial || is_unread || has_time()).then_some(Time::Unclear)
    }

    /// The time that words name, with the year or month of the titles where they leave it out. `is_led` says that a word
    /// before them announces a time.
    fn phrase(&self, words: &[&str], is_led: bool) -> Option<Time> {
        let phrase = words.join(" ");
        let phrase = phrase.trim_matches(['(', ')', '.', ',', '-', ' ']);
        let has_letter = phrase.contains(char::is_alphabetic);
        let digits = phrase.bytes().filter(u8::is_ascii_digit).count();
        // Few figures alone are no time unless a word says so.
        if !has_letter && !is_led && digits < 4 {
            return None;
        }
        let named = |text: &str| Period::parse(text, &Grain::ALL).ok().map(Time::Named);
        if let Some(time) = named(phrase) {
            return Some(time);
        }
        // `Tanggal 11` names no month.
        let mut core = words.iter().skip_while(|word| is_lead(word));
        let is_part = core.any(|word| word.contains(char::is_alphabetic));
        let is_day = is_led && digits == phrase.len() && digits <= 2;
        match (self.lines.month, self.lines.year) {
            (Some(month), _) if is_day => named(&day_of(month, phrase)).or(Some(Time::Unclear)),
            (_, Some(year)) if is_part => named(&format!("{phrase} {year}")),
            _ if is_day => Some(Time::Unclear),
            _ => (is_part && named(&format!("{phrase} 2000")).is_some()).then_some(Time::Unclear),
        }
    }
}

/// Words that name a time by the present one, in normal form.
const BESIDE: [&str; 5] = ["lalu", "ini", "sebelumnya", "ke", "depan"];

/// Whether a text names a first and a last time, or a sum up to one: `Januari - Oktober`, `Kumulatif s.d. Oktober`.
fn is_of_several(text: &str) -> bool {
    let months = axis::months_named(text);
    let is_sum = || text::normal(text).split(' ').any(|word| word == "kumulatif");
    months > 1 || ((months == 1 || title::names_time(text)) && (title::is_span(text) || is_sum()))
}

fn is_lead(word: &str) -> bool {
    let normal = text::normal(word);
    !normal.is_empty() && normal.split(' ').all(|word| LEADS.contains(&word))
}

/// The day of a month, as a date is written.
fn day_of(month: Period, day: &str) -> String {
    format!("{}-{day:0>2}", month.start().format("%Y-%m"))
}
