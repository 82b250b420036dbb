//! Personal values: pseudonyms and masks.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::borrow::Cow;

/// What stands for a personal value in a rendering.
pub(super) const MASK: &str = "***";

/// HMAC-SHA-256 of a value under the installation's key, as lower-case hex. The purpose keeps pseudonyms of
/// different kinds of values apart.
pub(super) fn pseudonym(key: &[u8], purpose: &str, value: &str) -> String {
    // HMAC takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(value.as_bytes());
    crate::table::writer::hex(&mac.finalize().into_bytes())
}

/// Digits of a population number, and fewest of a telephone number.
const NIK_DIGITS: usize = 16;
const PHONE_DIGITS: usize = 10;

/// A value as it may be shown: runs of digits that may be population or telephone numbers are masked wherever they
/// stand, also where single points, dashes or blanks part their digits.
pub(super) fn masked(value: &str) -> Cow<'_, str> {
    // Most values have too few digits for either, and need no closer look.
    if digits_of(value) < PHONE_DIGITS {
        return Cow::Borrowed(value);
    }
    let mut shown = String::with_capacity(value.len());
    for (piece, digits) in pieces(value) {
        let is_personal = digits.len() >= NIK_DIGITS || is_phone(&digits);
        shown.push_str(if is_personal { MASK } else { &piece });
    }
    Cow::Owned(shown)
}

fn digits_of(value: &str) -> usize {
    value.bytes().filter(u8::is_ascii_digit).count()
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

/// End of the run of digits, with single marks between them, that begins at `at`; `at` where none does.
fn run_end(characters: &[char], at: usize) -> usize {
    let is_digit = |index: usize| characters.get(index).is_some_and(char::is_ascii_digit);
    let mut end = at;
    while is_digit(end) || (end > at && matches!(characters.get(end), Some('.' | '-' | ' ')) && is_digit(end + 1)) {
        end += 1;
    }
    end
}

/// Indonesian mobile numbers begin with 08 or 628.
fn is_phone(digits: &str) -> bool {
    digits.len() >= PHONE_DIGITS && (digits.starts_with("08") || digits.starts_with("628"))
}

/// Whether a text holds what is a valid population number.
pub(super) fn holds_nik(value: &str) -> bool {
    digits_of(value) >= NIK_DIGITS
        && pieces(value)
            .iter()
            .any(|(_, digits)| crate::domain::nik::looks_like_nik(digits))
}

/// A header as it may be shown. A file without one has data in its place: texts with long numbers are masked whole.
pub fn header(text: &str) -> String {
    const LONG: usize = 5;
    let longest = text.split(|letter: char| !letter.is_ascii_digit()).map(str::len).max();
    if longest >= Some(LONG) {
        MASK.to_string()
    } else {
        text.trim().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_are_what_another_hmac_gives() {
        // Computed with Python's hmac over b"nik\x00" and the number.
        let expected = "15d0353f43c136d854179f34e89fac4904e7e32492dff676408927482d58055a";
        assert_eq!(pseudonym(b"Jefe", "nik", "3273015505800001"), expected);
        assert_ne!(pseudonym(b"a", "nik", "1"), pseudonym(b"b", "nik", "1"));
        assert_ne!(pseudonym(b"a", "nik", "1"), pseudonym(b"a", "phone", "1"));
    }

    #[test]
    fn sixteen_digits_are_masked_anywhere() {
        assert_eq!(masked("NIK 3273012345678901 Budi"), "NIK *** Budi");
        assert_eq!(masked("12.500"), "12.500");
        assert_eq!(masked("32730123456789012"), "***");
        assert_eq!(masked("3273.0155.0580.0001 HP 081234567890"), "*** HP ***");
        assert_eq!(masked("HP 0812-3456-7890, dua"), "HP ***, dua");
        assert_eq!(masked("1.234.567,50 dan 2025-11-30"), "1.234.567,50 dan 2025-11-30");
        assert!(holds_nik("warga 3273 0155 0580 0001") && !holds_nik("4.000.000 rupiah"));
        assert_eq!(header("3273015505800001"), "***");
        assert_eq!(header(" Tahun 2025 "), "Tahun 2025");
    }
}
