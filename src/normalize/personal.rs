//! Personal values: pseudonyms and masks.

use hmac::{Hmac, Mac};
use sha2::Sha256;

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

/// A value as it may be shown: runs of sixteen digits, which may be population numbers, are masked wherever
/// they stand.
pub(super) fn masked(value: &str) -> String {
    const NIK_DIGITS: usize = 16;
    let mut shown = String::with_capacity(value.len());
    let mut digits = String::new();
    for character in value.chars().chain(std::iter::once('\0')) {
        if character.is_ascii_digit() {
            digits.push(character);
            continue;
        }
        shown.push_str(if digits.len() >= NIK_DIGITS { MASK } else { &digits });
        digits.clear();
        if character != '\0' {
            shown.push(character);
        }
    }
    shown
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
    }
}
