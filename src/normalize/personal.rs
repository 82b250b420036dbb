//! Personal values: pseudonyms, masks, and what is said where they stand in columns of other things.

use super::cell::Value;
use crate::config::{Column, ColumnType};
pub(super) use crate::domain::personal::MASK;
use crate::domain::personal::{self, Kind};
use crate::finding::Finding;
use crate::read::Cell;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The installation's key of pseudonyms.
#[derive(Clone)]
pub struct PseudonymKey {
    secret: Vec<u8>,
    mark: String,
}

/// What marks of keys are made of: no value of a column.
const MARK_PURPOSE: &str = "lumbung key";

/// Characters of a mark.
const MARK_LENGTH: usize = 8;

impl PseudonymKey {
    pub fn new(secret: Vec<u8>) -> PseudonymKey {
        let mut mark = hmac(&secret, MARK_PURPOSE, "");
        mark.truncate(MARK_LENGTH);
        PseudonymKey { secret, mark }
    }

    /// `<mark of the key>:<HMAC-SHA-256 of the value>`, both lower-case hex. The purpose keeps pseudonyms of different
    /// kinds of values apart.
    pub(super) fn pseudonym(&self, purpose: &str, value: &str) -> String {
        format!("{}:{}", self.mark, hmac(&self.secret, purpose, value))
    }

    /// Whether a pseudonym was made with this key.
    pub fn made(&self, pseudonym: &str) -> bool {
        pseudonym.split_once(':').is_some_and(|(mark, _)| mark == self.mark)
    }
}

fn hmac(key: &[u8], purpose: &str, value: &str) -> String {
    // HMAC takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(value.as_bytes());
    crate::table::writer::hex(&mac.finalize().into_bytes())
}

/// Figures below this are no numbers of persons: a mobile number without its 0.
const LEAST_NUMBER: i64 = 8_110_000_000;

/// What is said of a figure that is the number of a person: a population number anywhere, a telephone number where
/// things are counted. `scale` is that of a decimal, `power` the header's.
pub(super) fn in_figure(kind: ColumnType, value: &Value<'_>, scale: u32, power: u32) -> Option<Finding> {
    let whole = match value {
        Value::Integer(value) => *value,
        Value::Scaled(value) if value % 10_i128.pow(scale) == 0 => i64::try_from(value / 10_i128.pow(scale)).ok()?,
        // Far beyond any number of a person.
        Value::Float(value) if value.fract() == 0.0 && *value < 1e18 => *value as i64,
        _ => return None,
    };
    if whole < LEAST_NUMBER {
        return None;
    }
    match personal::held_by_number(whole / 10_i64.pow(power))? {
        Kind::Phone if kind != ColumnType::Count => None,
        _ => Some(Finding::of("figure-is-personal").value(MASK)),
    }
}

/// What is said of a text that holds a number or an e-mail address of a person. A telephone number or e-mail address
/// costs the row only where the column cannot be left empty.
pub(super) fn in_text(written: &str, cell: Cell<'_>, column: &Column, is_key: bool) -> Option<Finding> {
    let kind = match cell {
        Cell::Integer(value) => personal::held_by_number(value),
        _ => personal::held(written),
    };
    let finding = match kind? {
        Kind::Nik => Finding::of("text-holds-nik"),
        Kind::Phone | Kind::Email if column.contacts => return None,
        Kind::Phone | Kind::Email if is_key || column.required => Finding::of("text-holds-contact"),
        Kind::Phone | Kind::Email => Finding::of("contact-left-out"),
    };
    Some(finding.value(MASK))
}

/// A header as it may be shown. A file without one has data in its place: texts with long numbers are masked whole.
pub fn header(text: &str) -> String {
    const LONG: usize = 5;
    let longest = text.split(|letter: char| !letter.is_ascii_digit()).map(str::len).max();
    if longest >= Some(LONG) {
        MASK.to_string()
    } else {
        personal::shown(text.trim()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_are_what_another_hmac_gives() {
        // Computed with Python's hmac over b"nik\x00" and the number.
        let expected = "15d0353f43c136d854179f34e89fac4904e7e32492dff676408927482d58055a";
        assert_eq!(hmac(b"Jefe", "nik", "3273015505800001"), expected);
        let [one, other] = [b"a", b"b"].map(|secret| PseudonymKey::new(secret.to_vec()));
        assert_ne!(one.pseudonym("nik", "1"), other.pseudonym("nik", "1"));
        assert_ne!(one.pseudonym("nik", "1"), one.pseudonym("phone", "1"));
    }

    #[test]
    fn a_pseudonym_says_which_key_made_it() {
        let [one, other] = [b"a", b"b"].map(|secret| PseudonymKey::new(secret.to_vec()));
        let pseudonym = one.pseudonym("nik", "1");
        assert_eq!(pseudonym.len(), 8 + 1 + 64);
        assert!(one.made(&pseudonym) && !other.made(&pseudonym) && !one.made("15d0353f"));
    }

    #[test]
    fn headers_that_may_be_data_are_masked() {
        assert_eq!(header("3273015505800001"), "***");
        assert_eq!(header("budi@contoh.id"), "***");
        assert_eq!(header(" Tahun 2025 "), "Tahun 2025");
    }

    #[test]
    fn figures_that_are_numbers_of_persons_are_told() {
        let is_told = |kind, value, scale, power| in_figure(kind, &value, scale, power).is_some();
        assert!(is_told(ColumnType::Count, Value::Integer(3_273_015_505_800_001), 0, 0));
        assert!(is_told(
            ColumnType::Count,
            Value::Integer(3_273_015_505_800_001_000),
            0,
            3
        ));
        assert!(is_told(ColumnType::Count, Value::Integer(81_234_567_890), 0, 0));
        assert!(is_told(ColumnType::Money, Value::Scaled(327_301_550_580_000_100), 2, 0));
        assert!(is_told(
            ColumnType::Measure,
            Value::Float(3_273_015_505_800_001.0),
            0,
            0
        ));
        // Money may be 81 milliard rupiah; the national budget has 16 digits, and ends in noughts.
        assert!(!is_told(ColumnType::Money, Value::Scaled(8_123_456_789_000), 2, 0));
        assert!(!is_told(
            ColumnType::Money,
            Value::Scaled(362_130_000_000_000_000),
            2,
            0
        ));
        assert!(!is_told(ColumnType::Count, Value::Integer(275_000_000), 0, 0));
    }
}
