//! Names of rows that are no parts of a table: the whole, another time, and what the table is held against.

use crate::domain::{axis, text};

/// What a row is of that names no part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::normalize) enum Whole {
    Sum,
    Mean,
    /// The table at another time, or what it is held against; what it adds up is not known.
    Beside,
}

/// Whether a name is that of all parts: `Semua`, `Seluruh Pasar`.
pub(in crate::normalize) fn is_all(name: &str) -> bool {
    let mut words = name.split_whitespace();
    let first = words.next().map(str::to_lowercase);
    first.is_some_and(|word| word == "semua" || word == "seluruh") && words.nth(1).is_none()
}

/// What a name in a column of parts is that names none of them: the sender's own region, `Jumlah`, `Rata-rata Kota`, `Bulan
/// lalu`, `Target 2026`. `own` is the region's name.
pub(in crate::normalize) fn whole(name: &str, own: Option<&str>) -> Option<Whole> {
    let name = name.trim();
    let is = |word: &&str| name.eq_ignore_ascii_case(word);
    // `Total Kab. Ngawi`, but `Total Persada` is a name; so is `Kota`, of a district or a market.
    let is_own = |name: &str| own.is_some_and(|own| name.eq_ignore_ascii_case(own) || is_short_for(name, own));
    let is_class = |name: &str| {
        let class = own.and_then(|own| own.split(' ').next());
        class.is_some_and(|class| name.eq_ignore_ascii_case(class))
    };
    let is_own_sum = || summed(name).is_some_and(|rest| is_own(rest.trim()) || is_class(rest.trim()));
    let is_regency = || is(&"kabupaten") && is_class(name);
    if ["jumlah", "total", "grand total"].iter().any(is) || is_own(name) || is_own_sum() || is_regency() {
        return Some(Whole::Sum);
    }
    let is_extreme = || ["tertinggi", "terendah"].iter().any(is);
    if ["rata-rata", "rata rata", "rata2", "rerata"]
        .iter()
        .any(|word| begins_as_word(name, word))
        || is_extreme()
    {
        return Some(Whole::Mean);
    }
    let is_beside = BESIDE.iter().any(|word| begins_as_word(name, word));
    (is_beside || is_of_time_passed(name) || stands_beside(name)).then_some(Whole::Beside)
}

/// Whether a name begins with a word and goes on with another, if at all: `HET (Rp)`, but `HPP-01` is a number of something.
fn begins_as_word(name: &str, word: &str) -> bool {
    begins(name, word) && {
        let rest = &name[word.len()..];
        let is_open = word.ends_with(['.', '/']);
        is_open || rest.is_empty() || rest.starts_with([' ', '(', ':', '\u{a0}'])
    }
}

/// Whether a name begins with a word in small letters. Most do not by their first letter: every name is asked.
fn begins(name: &str, word: &str) -> bool {
    let first = |text: &str| text.bytes().next().map(|letter| letter.to_ascii_lowercase());
    let head = || name.get(..word.len());
    first(name) == first(word) && head().is_some_and(|head| head.eq_ignore_ascii_case(word))
}

/// What a name says to be added up: `Stok` of `Total Stok`, which may be a name too.
pub(in crate::normalize) fn summed(name: &str) -> Option<&str> {
    let (first, rest) = name.trim().split_once(' ')?;
    ["jumlah", "total", "jml"]
        .iter()
        .any(|word| first.eq_ignore_ascii_case(word))
        .then_some(rest)
}

/// Whether a name is that of a region with its class shortened: `Kab. Ngawi`.
fn is_short_for(name: &str, own: &str) -> bool {
    let (Some((class, rest)), Some((whole, own))) = (name.split_once([' ', '.']), own.split_once(' ')) else {
        return false;
    };
    let begins = |head: &str| head.eq_ignore_ascii_case(class);
    let rest = rest.trim_start_matches(['.', ' ']);
    rest.eq_ignore_ascii_case(own) && class.len() > 2 && whole.get(..class.len()).is_some_and(begins)
}

/// Whether a name ends with a time as seen from the table's: `Stok bulan lalu`, `Kunjungan s.d. bulan ini`.
fn is_of_time_passed(name: &str) -> bool {
    const LONGEST: usize = 60;
    let mut words = name.split_whitespace().rev();
    let last = words.next().unwrap_or_default();
    name.len() <= LONGEST
        && PASSED.iter().any(|word| last.eq_ignore_ascii_case(word))
        && words.next().is_some_and(|time| {
            ["bulan", "bln", "tahun", "thn", "minggu", "periode"]
                .iter()
                .any(|word| time.eq_ignore_ascii_case(word))
        })
}

/// First words of rows that are of another time, are carried from one page to the next, or give prices that were set.
const BESIDE: [&str; 16] = [
    "kumulatif s.d.",
    "kumulatif s/d",
    "kumulatif sampai",
    "s.d.",
    "s/d",
    "pindahan",
    "kemarin",
    "het",
    "hap",
    "hpp",
    "harga acuan",
    "harga eceran",
    "harga tertinggi",
    "harga terendah",
    "provinsi",
    "prov.",
];

/// First words of rows below a table that are held against it, and are no part of it.
const COMPARED: [&str; 19] = [
    "target",
    "kebutuhan",
    "sisa",
    "selisih",
    "pertumbuhan",
    "persentase",
    "prosentase",
    "persen",
    "realisasi",
    "capaian",
    "kenaikan",
    "penurunan",
    "naik",
    "perubahan",
    "deviasi",
    "yoy",
    "mtm",
    "ytd",
    "growth",
];

/// Those of them that may have what they count behind them, with its year: `Target Kunjungan 2026`.
const DATED: [&str; 4] = ["target", "realisasi", "capaian", "pertumbuhan"];

/// Words for times as seen from that of the table, in normal form.
const PASSED: [&str; 3] = ["ini", "lalu", "sebelumnya"];

/// Most words of a name that says what the table is held against, and with which year: `Target Kunjungan Wisatawan 2026`.
const COMPARED_WORDS: usize = 5;

/// Whether a name in a column of parts says what the row compares the table with, or another time: `Target 2026`,
/// `Selisih`, `% Capaian`, `Pertumbuhan (%)`, `Okt 2025`. A name with any other word and no year is that of a part.
fn stands_beside(name: &str) -> bool {
    // A few words at most; most names are told from these by their first one.
    const LONGEST: usize = 60;
    let name = name.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    let is_time =
        |word: &str| axis::is_month(word) || ["tahun", "thn", "bulan", "bln", "tanggal", "tgl"].contains(&word);
    let mut words = name.split_whitespace();
    let first = words.next().unwrap_or_default();
    let last = words.next_back().unwrap_or_default();
    let has_digit = name.bytes().any(|byte| byte.is_ascii_digit());
    let may_be_time = has_digit || PASSED.iter().any(|word| last.eq_ignore_ascii_case(word));
    let is_compared = COMPARED.iter().any(|word| begins(name, word));
    if name.len() > LONGEST || !(is_compared || (may_be_time && is_time(&first.to_lowercase()))) {
        return false;
    }
    let normal = text::normal(name);
    let is_of_time = |word: &str| is_time(word) || text::is_year(word) || PASSED.contains(&word);
    let is_link =
        |word: &str| ["s", "d", "sd", "dan", "dari", "terhadap", "rp", "turun", "per", "hari"].contains(&word);
    let is_day = |word: &str| word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_other = |word: &str| !is_of_time(word) && !is_day(word) && !is_link(word) && !COMPARED.contains(&word);
    // A month or the word `Tahun` alone may be a name.
    let names_day = ["tgl ", "tanggal "].iter().any(|word| normal.starts_with(word)) && normal.split(' ').any(is_day);
    let is_whole_time = names_day || normal.split(' ').any(|word| is_of_time(word) && !is_time(word));
    let is_dated = DATED.contains(&normal.split(' ').next().unwrap_or_default())
        && normal.split(' ').any(text::is_year)
        && normal.split(' ').count() <= COMPARED_WORDS;
    is_dated || (!normal.split(' ').any(is_other) && (is_compared || is_whole_time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_whole_are_no_parts() {
        let of = |name| whole(name, Some("Kota Bandung"));
        assert_eq!(of("KOTA BANDUNG"), Some(Whole::Sum));
        assert_eq!(of(" Total "), Some(Whole::Sum));
        assert_eq!(of("Rata-rata Kota"), Some(Whole::Mean));
        assert_eq!(of("Tertinggi"), Some(Whole::Mean));
        assert_eq!(of("Jumlah Kota Bandung"), Some(Whole::Sum));
        assert_eq!(whole("Total Kab. Ngawi", Some("Kabupaten Ngawi")), Some(Whole::Sum));
        assert_eq!(whole("Total Kab. Ngawi", Some("Kota Ngawi")), None);
        assert_eq!(of("Jumlah Kota"), Some(Whole::Sum));
        assert_eq!(whole("Kabupaten", Some("Kabupaten Ngawi")), Some(Whole::Sum));
        assert_eq!(whole("Provinsi Banten", Some("Provinsi Banten")), Some(Whole::Sum));
        assert_eq!(summed("Total Stok"), Some("Stok"));
        for name in [
            "Kota",
            "Kota Bandung Barat",
            "Total Persada",
            "Pasar Jumlah",
            "Rata",
            "",
            "Ratarata",
        ] {
            assert_eq!(of(name), None, "{name}");
        }
    }

    #[test]
    fn what_is_held_against_a_table_is_no_part_of_it() {
        for name in [
            "Target 2026",
            "Selisih",
            "Pertumbuhan (%)",
            "Persentase",
            "Realisasi 2025",
            "Okt 2025",
            "Tahun 2025",
            "Capaian Target (%)",
            "Realisasi s.d. Okt 2025",
            "naik/turun",
            "Target Kunjungan 2026",
            "Sisa Target",
            "% Capaian",
            "YoY (%)",
            "Bulan lalu",
            "Stok bulan lalu",
            "Kunjungan s.d. bulan lalu",
            "Kebutuhan per hari",
            "Pindahan",
            "HET",
            "Tgl 11 November",
            "Provinsi Jawa Tengah",
            "Harga tertinggi",
            "Minggu lalu",
        ] {
            assert_eq!(whole(name, None), Some(Whole::Beside), "{name}");
        }
        for name in [
            "Target Indah",
            "Pantai Selisih",
            "Oktober",
            "Mei",
            "Tahun Baru",
            "Bulan",
            "Taman 2025",
            "2025",
            "Targetan",
            "Kec. Realisasi",
            "Target Kunjungan",
            "Sisaan 2026",
            "Perubahan 0413/PBG/2026",
            "PERUBAHAN-2026-014",
            "Perubahan Art Space 2020",
            "HPP-01",
            "",
        ] {
            assert_eq!(whole(name, None), None, "{name}");
        }
    }
}
