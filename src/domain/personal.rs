//! Values that name or reach a person: population numbers, mobile telephone numbers, e-mail addresses; and the headers
//! and shapes of names and addresses.
//!
//! Nothing here keeps or prints a value.

use super::{nik, text};
use std::borrow::Cow;

/// What stands for a personal value wherever it would be shown.
pub const MASK: &str = "***";

/// What a value was recognised as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A valid population number.
    Nik,
    /// An Indonesian mobile number.
    Phone,
    Email,
}

/// Digits of a population number, and fewest and most of a mobile number written from its 0.
const NIK_DIGITS: usize = 16;
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 10..=13;

/// What a text holds, whatever stands around it. The most telling kind where it holds several.
pub fn held(value: &str) -> Option<Kind> {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let has_at = value.contains('@');
    if digits < *PHONE_DIGITS.start() && !has_at {
        return None;
    }
    let in_digits = pieces(value).into_iter().filter_map(|(piece, digits)| {
        if nik::looks_like_nik(&digits) {
            Some(Kind::Nik)
        } else {
            (is_phone(&digits) && !begins_with_date(&piece)).then_some(Kind::Phone)
        }
    });
    in_digits
        .min()
        .or_else(|| (has_at && email(value).is_some()).then_some(Kind::Email))
}

/// What a number is that a spreadsheet holds as a number: leading zeros are gone.
pub fn held_by_number(value: i64) -> Option<Kind> {
    let digits = value.to_string();
    if nik::check(&digits).is_ok() {
        Some(Kind::Nik)
    } else {
        is_phone(&format!("0{digits}")).then_some(Kind::Phone)
    }
}

/// A value as it may be shown: nothing of one that holds something personal, for what stands beside it may be a name;
/// else what [`masked`] leaves.
pub fn shown(value: &str) -> Cow<'_, str> {
    match held(value) {
        Some(_) => Cow::Borrowed(MASK),
        None => masked(value),
    }
}

/// A text of which parts may be shown: e-mail addresses, and runs of digits that may be population or telephone numbers, are
/// masked wherever they stand, also where single marks part their digits.
pub fn masked(value: &str) -> Cow<'_, str> {
    let value = without_emails(value);
    // Most values have too few digits for either number, and need no closer look.
    if value.bytes().filter(u8::is_ascii_digit).count() < *PHONE_DIGITS.start() {
        return value;
    }
    let mut shown = String::with_capacity(value.len());
    for (piece, digits) in pieces(&value) {
        let is_personal = digits.len() >= NIK_DIGITS || (is_phone(&digits) && !begins_with_date(&piece));
        shown.push_str(if is_personal { MASK } else { &piece });
    }
    Cow::Owned(shown)
}

fn without_emails(value: &str) -> Cow<'_, str> {
    if !value.contains('@') {
        return Cow::Borrowed(value);
    }
    let mut shown = String::new();
    let mut rest = value;
    while let Some((start, end)) = email(rest) {
        shown.push_str(&rest[..start]);
        shown.push_str(MASK);
        rest = &rest[end..];
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// Start and end of the first e-mail address in a text.
fn email(value: &str) -> Option<(usize, usize)> {
    let in_name = |letter: char| letter.is_alphanumeric() || "._%+-".contains(letter);
    let in_host = |letter: char| letter.is_alphanumeric() || ".-".contains(letter);
    value.match_indices('@').find_map(|(at, _)| {
        let name = &value[..at];
        let start = name.trim_end_matches(in_name).len();
        let host = &value[at + 1..];
        let length = host.find(|letter| !in_host(letter)).unwrap_or(host.len());
        let host = host[..length].trim_end_matches(['.', '-']);
        let is_host = host
            .rsplit_once('.')
            .is_some_and(|(first, last)| !first.is_empty() && last.len() >= 2 && last.chars().all(char::is_alphabetic));
        (start < at && is_host).then_some((start, at + 1 + host.len()))
    })
}

/// A text cut into runs of digits and single other characters, each with its digits alone.
fn pieces(value: &str) -> Vec<(String, String)> {
    let characters: Vec<char> = value.chars().collect();
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        let end = run_end(&characters, at).max(at + 1);
        let piece: String = characters[at..end].iter().collect();
        let digits = piece.chars().filter(char::is_ascii_digit).collect();
        pieces.push((piece, digits));
        at = end;
    }
    pieces
}

/// End of the run of digits, with a mark or two between them, that begins at `at`; `at` where none does.
fn run_end(characters: &[char], at: usize) -> usize {
    let is_digit = |index: usize| characters.get(index).is_some_and(char::is_ascii_digit);
    let is_mark = |index: usize| matches!(characters.get(index), Some('.' | '-' | ' ' | '(' | ')' | '\u{a0}'));
    let mut end = at;
    loop {
        if is_digit(end) {
            end += 1;
        } else if end > at && is_mark(end) && is_digit(end + 1) {
            end += 2;
        } else if end > at && is_mark(end) && is_mark(end + 1) && is_digit(end + 2) {
            end += 3;
        } else {
            return end;
        }
    }
}

/// Whether digits are a mobile number: 08 or 628, then an operator's digit (1, 2, 3, 5, 7, 8 or 9).
fn is_phone(digits: &str) -> bool {
    let national = match digits.strip_prefix("62") {
        Some(rest) if rest.starts_with('8') => rest,
        _ => match digits.strip_prefix('0') {
            Some(rest) => rest,
            None => return false,
        },
    };
    let operator = national.as_bytes().get(1);
    national.starts_with('8')
        && PHONE_DIGITS.contains(&(national.len() + 1))
        && matches!(operator, Some(b'1' | b'2' | b'3' | b'5' | b'7' | b'8' | b'9'))
}

/// `08-12-2025 10`: a day and an hour.
fn begins_with_date(piece: &str) -> bool {
    let day: Vec<&str> = piece.split(' ').next().unwrap_or_default().split(['-', '.']).collect();
    day.iter().map(|part| part.len()).eq([2, 2, 4])
}

/// Whether a text may be a person's name: two to six words of letters alone, each with a capital first.
pub fn may_be_name(value: &str) -> bool {
    let words: Vec<&str> = value.split_whitespace().collect();
    let is_word = |word: &&str| {
        word.starts_with(char::is_uppercase)
            && word
                .chars()
                .all(|letter| letter.is_alphabetic() || ".,'’-".contains(letter))
    };
    (2..=6).contains(&words.len()) && words.iter().all(is_word)
}

/// Headers of names and addresses of persons, in normal form …
const OF_PERSONS: [&str; 20] = [
    "nama",
    "nama lengkap",
    "name",
    "full name",
    "alamat",
    "alamat lengkap",
    "alamat rumah",
    "alamat ktp",
    "alamat domisili",
    "address",
    "inovator",
    "pemohon",
    "pelapor",
    "pemilik",
    "penerima",
    "penanggung jawab",
    "tanggal lahir",
    "tgl lahir",
    "tempat tanggal lahir",
    "tempat lahir",
];

/// … and what follows `nama` or `alamat` in others.
const PERSONS: [&str; 28] = [
    "anak",
    "anggota",
    "ayah",
    "bapak",
    "ibu",
    "inovator",
    "istri",
    "kepala",
    "ktp",
    "orang",
    "pasien",
    "pegawai",
    "pekerja",
    "pelapor",
    "pemilik",
    "pemohon",
    "penanggung",
    "penduduk",
    "penerima",
    "pengurus",
    "pengusul",
    "peserta",
    "petugas",
    "siswa",
    "suami",
    "wali",
    "warga",
    "korban",
];

/// Whether a header is that of a column with names, addresses or birthdays of persons. Such a column is personal where
/// numbers of persons stand beside it; alone it may be of markets or schools.
pub fn is_of_persons(header: &str) -> bool {
    let normal = text::header(header);
    let mut words = normal.split(' ');
    OF_PERSONS.contains(&normal.as_str())
        || (matches!(words.next(), Some("nama" | "alamat" | "name" | "address"))
            && words.next().is_some_and(|word| PERSONS.contains(&word)))
}

/// Words of headers of columns with numbers of persons, in normal form.
const OF_NUMBERS: [&str; 15] = [
    "nik",
    "ktp",
    "kk",
    "hp",
    "handphone",
    "telp",
    "tlp",
    "telepon",
    "telpon",
    "phone",
    "wa",
    "whatsapp",
    "email",
    "surel",
    "ponsel",
];

/// Whether a header is that of a column with population or telephone numbers, or e-mail addresses.
pub fn is_of_numbers(header: &str) -> bool {
    text::header(header).split(' ').any(|word| OF_NUMBERS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_recognised_whatever_stands_around_them() {
        for (value, kind) in [
            ("3273015505800001", Some(Kind::Nik)),
            ("warga 3273 0155 0580 0001", Some(Kind::Nik)),
            ("0812-3456-7890", Some(Kind::Phone)),
            ("HP (0812) 3456 7890", Some(Kind::Phone)),
            ("+62 812-3456-7890", Some(Kind::Phone)),
            ("hubungi budi.s@contoh.go.id.", Some(Kind::Email)),
            // A registration number of 13 digits, money, a date with a time, a landline, an account name.
            ("0220001234567", None),
            ("1.234.567,50 dan 2025-11-30", None),
            ("20250801120000", None),
            ("(022) 4234567", None),
            ("@pemda", None),
            ("a@b", None),
            ("4.000.000 rupiah", None),
            // 16 digits that are no NIK.
            ("1234567890123456", None),
        ] {
            assert_eq!(held(value), kind, "{value}");
        }
        assert_eq!(held_by_number(3_273_015_505_800_001), Some(Kind::Nik));
        assert_eq!(held_by_number(81_234_567_890), Some(Kind::Phone));
        assert_eq!(held_by_number(8_000_000_000), None);
        assert_eq!(held_by_number(12_500), None);
    }

    #[test]
    fn what_may_be_personal_is_masked_anywhere() {
        for (value, left) in [
            ("NIK 3273012345678901 Budi", "NIK *** Budi"),
            ("12.500", "12.500"),
            ("32730123456789012", "***"),
            ("3273.0155.0580.0001 HP 081234567890", "*** HP ***"),
            ("08-12-2025 10:30", "08-12-2025 10:30"),
            ("HP 0812-3456-7890, dua", "HP ***, dua"),
            ("a.b@c.id, d@e.co.id.", "***, ***."),
            ("1.234.567,50 dan 2025-11-30", "1.234.567,50 dan 2025-11-30"),
        ] {
            assert_eq!(masked(value), left, "{value}");
        }
        assert_eq!(shown("3273015505800001 Budi"), MASK);
        assert_eq!(shown("1234567890123456 Budi"), "*** Budi");
        assert_eq!(shown("12.500"), "12.500");
    }

    #[test]
    fn names_and_headers_of_persons() {
        for name in [
            "Sri Wahyuni Kusumawardhani",
            "SRI WAHYUNI",
            "Drs. H. Contoh Nama, M.Pd.",
        ] {
            assert!(may_be_name(name), "{name}");
        }
        for text in ["sudah jalan", "Uji coba", "Tahap 2", "Penerapan", ""] {
            assert!(!may_be_name(text), "{text}");
        }
        for header in ["Nama", "NAMA LENGKAP", "Nama Pemohon", "Alamat", "Tgl. Lahir"] {
            assert!(is_of_persons(header), "{header}");
        }
        for header in ["Nama Pasar", "Nama Kabupaten/Kota", "Nama Inovasi", "Kode"] {
            assert!(!is_of_persons(header), "{header}");
        }
        assert!(is_of_numbers("No. HP") && is_of_numbers("NIK Inovator") && !is_of_numbers("Jumlah"));
    }

    proptest::proptest! {
        #[test]
        fn what_is_held_is_never_shown(before in "[^0-9@]{0,8}", after in "\\PC{0,8}") {
            for value in ["3273015505800001", "081234567890", "budi@contoh.id"] {
                let text = format!("{before} {value} ;{after}");
                proptest::prop_assert!(!masked(&text).contains(value), "{}", text);
            }
        }
    }
}
