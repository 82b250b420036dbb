//! Words of units in headers.

use super::{bracket, normal, trim};

/// Words that say a unit and nothing else, so that a bracket made of them is no part of a column's name.
const UNIT_WORDS: &[&str] = &[
    "rp",
    "rupiah",
    "idr",
    "ribu",
    "ribuan",
    "rb",
    "juta",
    "jutaan",
    "jt",
    "miliar",
    "milyar",
    "miliaran",
    "milyaran",
    "triliun",
    "trilyun",
    "thousand",
    "thousands",
    "million",
    "millions",
    "billion",
    "trillion",
    "000",
    "jiwa",
    "orang",
    "org",
    "people",
    "persons",
    "kk",
    "rumah",
    "tangga",
    "persen",
    "percent",
    "kg",
    "gram",
    "gr",
    "kuintal",
    "kwintal",
    "ton",
    "liter",
    "litre",
    "ltr",
    "lt",
    "ml",
    "kw",
    "quintal",
    "kilo",
    "kilogram",
    "ons",
    "mg",
    "ikat",
    "lusin",
    "kodi",
    "gros",
    "gross",
    "rim",
    "karung",
    "sak",
    "zak",
    "botol",
    "bungkus",
    "butir",
    "ekor",
    "buah",
    "unit",
    "km",
    "km2",
    "m2",
    "ha",
    "hektar",
    "hari",
    "bulan",
    "dalam",
    "dlm",
    "satuan",
    "per",
    "in",
    "of",
    "transaksi",
    "dokumen",
    "dd",
    "mm",
    "yyyy",
    "yy",
    "hh",
    "bb",
    "tttt",
];

/// Words that say what a figure is counted by, behind a slash: `Rp/kapita/bulan`.
const PER_WORDS: &[&str] = &["kapita", "capita", "tahun", "minggu", "jam", "year", "month", "day"];

/// Whether a text says a unit and nothing else. `%` has no words at all; so has an empty text.
pub fn is_unit(text: &str) -> bool {
    let says = |part: &str, more: &[&str]| {
        let words = normal(part);
        words
            .split(' ')
            .all(|word| word.is_empty() || UNIT_WORDS.contains(&word) || more.contains(&word))
    };
    match text.split_once('/') {
        Some((unit, per)) => says(unit, &[]) && says(per, PER_WORDS),
        None => says(text, &[]),
    }
}

/// Words of money, of powers of ten, and of what is counted, that may stand behind a header's name without brackets. Words
/// that may be a name's own (`Jumlah KK`, `Jumlah unit`) are none.
const MONEY_WORDS: [&str; 3] = ["rp", "rupiah", "idr"];
const SCALE_WORDS: [&str; 12] = [
    "ribu", "ribuan", "rb", "juta", "jutaan", "jt", "miliar", "milyar", "miliaran", "milyaran", "triliun", "000",
];
const SCALED_WORDS: [&str; 16] = [
    "jiwa", "orang", "org", "ton", "kg", "kilo", "kilogram", "kuintal", "ons", "gram", "liter", "ltr", "per", "dalam",
    "dlm", "satuan",
];

/// A header's name and the unit behind it that stands in no brackets: `Harga Rp/kg`, `Jumlah Penduduk ribu jiwa`.
pub fn unit_behind(header: &str) -> Option<(&str, &str)> {
    // A cell may hold a whole page; its every end would be looked at.
    const LONGEST: usize = 100;
    if header.len() > LONGEST || bracket(header).is_some() {
        return None;
    }
    // Most headers end in no such word, and are asked for again and again.
    let last = header.rsplit(char::is_whitespace).find(|word| !word.is_empty())?;
    let last = last.trim_matches(|letter: char| !letter.is_alphanumeric());
    let mut words = MONEY_WORDS.iter().chain(&SCALE_WORDS).chain(&SCALED_WORDS);
    if !header.contains('/') && !words.any(|word| word.eq_ignore_ascii_case(last)) {
        return None;
    }
    let is_money = |word: &str| MONEY_WORDS.contains(&word);
    let says = |unit: &str| {
        let (before, per) = unit
            .split_once('/')
            .map_or((unit, None), |(before, per)| (before, Some(per)));
        let words = normal(before);
        let words = || words.split(' ').filter(|word| !word.is_empty());
        let is_word = |word: &str| is_money(word) || SCALE_WORDS.contains(&word) || SCALED_WORDS.contains(&word);
        let says_unit = words().any(|word| is_money(word) || SCALE_WORDS.contains(&word));
        says_unit && words().all(is_word) && per.is_none_or(|per| !per.trim().is_empty() && is_unit(unit))
    };
    let spaces = header.char_indices().filter(|(_, letter)| letter.is_whitespace());
    let mut parts = spaces.map(|(at, _)| (trim(&header[..at]), trim(&header[at..])));
    parts.find(|(name, unit)| !name.is_empty() && says(unit))
}

/// The unit that a header says, in brackets or behind its name.
pub fn unit_of(header: &str) -> Option<&str> {
    match bracket(header) {
        Some((_, inside, _)) => Some(inside).filter(|inside| is_unit(inside)),
        None => unit_behind(header).map(|(_, unit)| unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_behind_a_name_without_brackets() {
        for (header, name, unit) in [
            ("Harga Rp/kg", "Harga", "Rp/kg"),
            ("Harga Rp / Kg", "Harga", "Rp / Kg"),
            ("Harga Rp per ons", "Harga", "Rp per ons"),
            ("Harga ribu Rp/kg", "Harga", "ribu Rp/kg"),
            ("Jumlah Penduduk ribu jiwa", "Jumlah Penduduk", "ribu jiwa"),
            ("Realisasi juta rupiah", "Realisasi", "juta rupiah"),
            ("Nilai Bantuan dalam Rp", "Nilai Bantuan", "dalam Rp"),
            ("Stok ribu ton", "Stok", "ribu ton"),
        ] {
            assert_eq!(unit_behind(header), Some((name, unit)), "{header}");
            assert_eq!(unit_of(header), Some(unit), "{header}");
        }
        for header in [
            "Jumlah KK",
            "Jumlah unit",
            "Jumlah ribu KK",
            "Penduduk jiwa",
            "Stok ton",
            "KK/Jiwa",
            "L/P",
            "Harga Rp/",
            "Rp",
            "ribu jiwa",
            "Kasus per ribu penduduk",
            "Harga (Rp) per kg",
            "",
        ] {
            assert_eq!(unit_behind(header), None, "{header}");
        }
        assert_eq!(unit_of("Harga (Rp/kg)"), Some("Rp/kg"));
        assert_eq!(unit_of("Penduduk (Laki-laki)"), None);
    }
}
