//! Text as officers write it: normal forms for comparing, and the markers that stand for "no figure".

mod units;

pub use units::{is_unit, unit_behind, unit_of};

/// Characters that print nothing: zero-width spaces and joiners, byte order mark, soft hyphen.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{00ad}'
    )
}

/// `text` without white space (also non-breaking) and invisible characters around it.
pub fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim_matches(|character: char| character.is_whitespace() || is_invisible(character)),
    }
}

/// The form in which names, headers and codes are compared: lower case, one space for every run of punctuation,
/// underscores or white space, none at the ends. Accents are kept; a letter followed by a combining accent is the
/// same as the accented letter. `Kab._Bandung ` and `KAB BANDUNG` have one normal form.
pub fn normal(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut gap = false;
    for character in text.chars().flat_map(char::to_lowercase) {
        match character {
            '²' => push_after_gap(&mut result, &mut gap, '2'),
            '³' => push_after_gap(&mut result, &mut gap, '3'),
            '\u{0300}'..='\u{036f}' => {
                if !gap {
                    push_accent(&mut result, character);
                }
            }
            _ if character.is_alphanumeric() => push_after_gap(&mut result, &mut gap, character),
            _ if is_invisible(character) => {}
            _ => gap = true,
        }
    }
    result
}

fn push_after_gap(result: &mut String, gap: &mut bool, character: char) {
    if *gap && !result.is_empty() {
        result.push(' ');
    }
    *gap = false;
    result.push(character);
}

/// Joins a combining accent with the letter before it, where the joined letter is one that occurs in names.
fn push_accent(result: &mut String, accent: char) {
    const LETTERS: &str = "aeioun";
    let joined = match accent {
        '\u{0300}' => "àèìòùǹ",
        '\u{0301}' => "áéíóúń",
        '\u{0302}' => "âêîôû",
        '\u{0303}' => "ãẽĩõũñ",
        '\u{0308}' => "äëïöü",
        _ => "",
    };
    let Some(letter) = result.chars().next_back() else {
        return;
    };
    let position = LETTERS.chars().position(|candidate| candidate == letter);
    match position.and_then(|position| joined.chars().nth(position)) {
        Some(composed) => {
            result.pop();
            result.push(composed);
        }
        None => result.push(accent),
    }
}

/// The normal form of a column header: units in brackets are left out (`Harga (Rp/kg)` → `harga`), other brackets
/// stay (`Penduduk (Laki-laki)` → `penduduk laki laki`), for they may tell two columns apart. Date patterns such as
/// `(dd/mm/yyyy)` count as units.
pub fn header(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside, after)) = bracket(rest) {
        kept.push_str(before);
        kept.push(' ');
        if !is_unit(inside) {
            kept.push_str(inside);
            kept.push(' ');
        }
        rest = after;
    }
    kept.push_str(rest);
    normal(&kept)
}

/// Whether a header says that its figures are percentages: `TPT (%)`, `Persentase Penduduk Miskin`.
pub fn says_percent(header: &str) -> bool {
    let is_word = |word: &str| matches!(word, "persen" | "persentase" | "prosentase" | "percent" | "percentage");
    header.contains('%') || normal(header).split(' ').any(is_word)
}

/// The first bracketed part of `text`: what stands before, in and after it.
pub fn bracket(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.find(['(', '['])?;
    let close = if text[open..].starts_with('(') { ')' } else { ']' };
    let length = text[open + 1..].find(close)?;
    Some((
        &text[..open],
        &text[open + 1..open + 1 + length],
        &text[open + length + 2..],
    ))
}

/// Whether a text is a year of the last century or this one: `2026`.
pub fn is_year(text: &str) -> bool {
    text.len() == 4
        && (text.starts_with("19") || text.starts_with("20"))
        && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is a figure: digits without a letter, and too few for the number of a person.
pub fn is_figure(text: &str) -> bool {
    // A civil servant has 18 digits, a person 16.
    const OF_A_PERSON: usize = 15;
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits > 0 && digits < OF_A_PERSON && !text.chars().any(char::is_alphabetic)
}

/// A figure and one of these words written behind it: `25 orang`. None where there is no figure or no such word.
pub fn worded_figure<'t>(text: &'t str, words: &[&str]) -> Option<(&'t str, &'t str)> {
    let text = trim(text);
    let end = text.rfind(|letter: char| letter.is_ascii_digit())? + 1;
    let (figure, word) = text.split_at(end);
    let word = word.trim();
    words
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
        .then_some((figure, word))
}

/// Words in brackets behind a figure that say something of it and change nothing.
const REMARKS: [&str; 9] = [
    "naik",
    "turun",
    "tetap",
    "stabil",
    "normal",
    "sementara",
    "angka sementara",
    "revisi",
    "direvisi",
];

/// A figure and a remark in brackets behind it: `13.500 (naik)`. None where the brackets may hold a unit, or anything else.
pub fn remarked_figure(text: &str) -> Option<(&str, &str)> {
    let (figure, inside, rest) = bracket(trim(text))?;
    let is_remark = rest.is_empty() && REMARKS.contains(&normal(inside).as_str());
    let figure = figure.trim_end();
    let mark = trim(text).get(figure.len()..)?.trim_start();
    (is_remark && figure.ends_with(|letter: char| letter.is_ascii_digit() || letter == '-')).then_some((figure, mark))
}

/// Whether a text is a number as spreadsheets shorten it: `7,65432E+06`.
pub fn has_exponent(text: &str) -> bool {
    let Some((number, exponent)) = trim(text).split_once(['E', 'e']) else {
        return false;
    };
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, decimals) = number.split_once([',', '.']).unwrap_or((number, "0"));
    whole.len() == 1 && are_digits(whole) && are_digits(decimals) && exponent.strip_prefix('+').is_some_and(are_digits)
}

/// A figure and the mark of a note behind it, as statistical tables write them: `12.345*)`, `12.345 r)`, `7,2 **`,
/// `15¹`. None where there is no figure or no mark.
pub fn noted_figure(text: &str) -> Option<(&str, &str)> {
    let text = trim(text);
    let end = text.rfind(|letter: char| letter.is_ascii_digit())? + 1;
    let (figure, mark) = text.split_at(end);
    let words = mark.trim();
    let bare = words.strip_suffix(')').unwrap_or(words);
    let is_mark = match bare.chars().next() {
        Some('*') => bare.chars().all(|letter| letter == '*'),
        Some('¹' | '²' | '³' | '⁴' | '⁵' | '⁶' | '⁷' | '⁸' | '⁹') => bare.chars().count() == 1,
        // revised, provisional, estimated, as offices of statistics mark them; a bare letter could be a unit
        Some('r' | 'p' | 'e' | 'x' | 'a' | 'b' | 'c') => bare.len() == 1 && words.ends_with(')'),
        _ => false,
    };
    is_mark.then_some((figure, words))
}

/// A name without the mark of a list before it (`a. Hotel`, `2) Hotel`) or of a note behind it (`Sleman 1)`, `Sleman*`).
/// None where it has neither.
pub fn without_list_mark(text: &str) -> Option<&str> {
    let text = trim(text);
    let is_mark =
        |mark: &str| matches!(mark.as_bytes(), [first] | [b'0'..=b'9', first] if first.is_ascii_alphanumeric());
    let before = text.split_once([' ', '\u{a0}']).and_then(|(mark, rest)| {
        let mark = mark.strip_suffix(['.', ')'])?;
        is_mark(mark).then(|| trim(rest))
    });
    let behind = text
        .strip_suffix(')')
        .and_then(|body| body.rsplit_once([' ', '\u{a0}']));
    let behind = behind
        .filter(|(name, mark)| is_mark(mark) && !name.contains('('))
        .map(|(name, _)| trim(name));
    let starred = text
        .strip_suffix([')', '*'])
        .map(|name| trim(name.trim_end_matches(['*', ' '])));
    let starred = starred.filter(|_| text.trim_end_matches(')').ends_with('*'));
    before.or(behind).or(starred).filter(|name| !name.is_empty())
}

/// Markers that say "no figure" in every column. `x` and `nihil` are not among them: the one is a tick mark as
/// often as a gap, the other means zero.
const MISSING: &[&str] = &[
    "-",
    "--",
    "---",
    "–",
    "—",
    "−",
    "…",
    "...",
    "..",
    ".",
    "n/a",
    "na",
    "n.a.",
    "n.a",
    "null",
    "nil",
    "none",
    "(null)",
    "tad",
    "t.a.d.",
    "t.a.d",
    "tidak ada",
    "tidak ada data",
    "tdk ada",
    "tdk ada data",
    "tidak tersedia",
    "data tidak tersedia",
    "belum ada",
    "belum ada data",
    "belum tersedia",
    "kosong",
    "no data",
    "not available",
];

/// Longest marker in [`MISSING`], in bytes.
const LONGEST_MARKER: usize = 19;

/// Whether a text cell says that nothing was reported: blank, one of the usual markers, or one of `extra` (what the
/// contract's `missing` lists). Blanks around and the case of ASCII letters do not count. Allocates nothing.
pub fn is_missing(text: &str, extra: &[String]) -> bool {
    let text = trim(text);
    let Some(&first) = text.as_bytes().first() else {
        return true;
    };
    let is_extra = || extra.iter().any(|marker| trim(marker).eq_ignore_ascii_case(text));
    if text.len() > LONGEST_MARKER || first.is_ascii_digit() {
        return is_extra();
    }
    MISSING.iter().any(|marker| marker.eq_ignore_ascii_case(text)) || is_extra()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn normal_forms() {
        assert_eq!(normal("  KAB._Bandung  Barat "), "kab bandung barat");
        assert_eq!(normal("Jml. Laki-laki"), "jml laki laki");
        assert_eq!(normal("P A P U A"), "p a p u a");
        assert_eq!(normal("Kota\u{a0}Bandung\u{200b}"), "kota bandung");
        assert_eq!(normal("Luas (km²)"), "luas km2");
        assert_eq!(normal("Cafe\u{301}"), "café");
        assert_eq!(normal("\u{301}--"), "");
    }

    #[test]
    fn headers_lose_units_and_keep_what_tells_columns_apart() {
        assert_eq!(header("Harga (Rp/Kg)"), "harga");
        assert_eq!(header("Penduduk (ribu jiwa)"), "penduduk");
        assert_eq!(header("TPT (%)"), "tpt");
        assert_eq!(header("Tanggal [dd/mm/yyyy]"), "tanggal");
        assert_eq!(header("Penduduk (Laki-laki)"), "penduduk laki laki");
        assert_eq!(header("Penduduk (Laki-laki) (jiwa)"), "penduduk laki laki");
        assert_eq!(header("Harga (Rp"), "harga rp");
        assert_eq!(header("Kab/Kota\n"), "kab kota");
    }

    #[test]
    fn notes_behind_figures() {
        for (text, figure, mark) in [
            ("12.345*)", "12.345", "*)"),
            ("12.345 r)", "12.345", "r)"),
            (" 7,2 ** ", "7,2", "**"),
            ("15¹", "15", "¹"),
            ("1.234 e)", "1.234", "e)"),
        ] {
            assert_eq!(noted_figure(text), Some((figure, mark)), "{text}");
        }
        for text in ["12.345", "12 kg", "12)", "*)", "", "12 r", "5%", "12 ab)"] {
            assert_eq!(noted_figure(text), None, "{text}");
        }
    }

    #[test]
    fn remarks_and_words_behind_figures() {
        assert_eq!(remarked_figure("13.500 (naik)"), Some(("13.500", "(naik)")));
        assert_eq!(
            remarked_figure(" Rp 9.000,- ( Turun )"),
            Some(("Rp 9.000,-", "( Turun )"))
        );
        for text in [
            "13.500 (ribu)",
            "13.500 (per ikat)",
            "(naik)",
            "13.500 naik",
            "12 (naik) 13",
            "5 (2)",
            "",
            "1.200 (1.500)",
        ] {
            assert_eq!(remarked_figure(text), None, "{text}");
        }
        assert_eq!(worded_figure("3 HK", &["hk"]), Some(("3", "HK")));
        assert_eq!(worded_figure("7 hari", &["hk"]), None);
    }

    #[test]
    fn numbers_that_a_spreadsheet_shortened() {
        for text in ["7,65432E+06", "2.02611E+14", "1E+05", " 2e+15 "] {
            assert!(has_exponent(text), "{text}");
        }
        for text in [
            "2E05", "E+06", "12,5E+06", "LP-1E+3", "7,65432", "7,E+06", "1E+", "PE+1", "",
        ] {
            assert!(!has_exponent(text), "{text}");
        }
    }

    #[test]
    fn marks_around_names() {
        for (text, name) in [
            ("a. PBJT atas listrik", "PBJT atas listrik"),
            ("2) Hotel", "Hotel"),
            ("12. Hotel", "Hotel"),
            ("Kab. Sleman 1)", "Kab. Sleman"),
            ("Kab. Sleman *)", "Kab. Sleman"),
            ("Kab. Sleman**", "Kab. Sleman"),
        ] {
            assert_eq!(without_list_mark(text), Some(name), "{text}");
        }
        for text in ["Kab. Sleman", "Hotel (bintang 5)", "a.", "PT. Contoh", "", "1)"] {
            assert_eq!(without_list_mark(text), None, "{text}");
        }
    }

    #[test]
    fn missing_markers() {
        for text in [
            "",
            "  ",
            "\u{a0}",
            "-",
            " – ",
            "…",
            "...",
            "N/A",
            "n.a.",
            "TAD",
            "t.a.d.",
            "Tidak ada data",
            "NULL",
            "None",
            "Belum Ada",
            "kosong",
        ] {
            assert!(is_missing(text, &[]), "{text:?}");
        }
        for text in [
            "0",
            "x",
            "#N/A",
            "nihil",
            "nan",
            "-5",
            "12",
            "tidak ada datanya",
            "na na",
        ] {
            assert!(!is_missing(text, &[]), "{text:?}");
        }
        let extra = ["0".to_string(), " BELUM Lapor ".to_string()];
        assert!(is_missing(" 0 ", &extra));
        assert!(is_missing("belum lapor", &extra));
        assert!(!is_missing("00", &extra));
    }

    #[test]
    fn no_marker_is_longer_than_the_limit() {
        assert_eq!(MISSING.iter().map(|marker| marker.len()).max(), Some(LONGEST_MARKER));
    }

    proptest! {
        #[test]
        fn a_normal_form_is_its_own_normal_form(text in ".{0,40}") {
            let once = normal(&text);
            prop_assert_eq!(normal(&once), once.clone());
            prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
        }

        #[test]
        fn any_text_is_judged(text in ".{0,30}") {
            header(&text);
            is_missing(&text, &[]);
        }
    }
}
