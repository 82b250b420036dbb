//! The population number (NIK): 16 digits that hold a district, a birth date and a sequence.
//!
//! It is personal. Nothing here keeps, prints or puts it into an error.

use super::text;
use chrono::NaiveDate;

/// Digits of a NIK.
const LENGTH: usize = 16;

/// Why a text is no NIK. Carries nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NikError {
    #[error("nothing is written")]
    Empty,
    #[error("not 16 digits")]
    Length,
    #[error("something that is no digit")]
    NotDigits,
    /// The first six digits are no province, regency and district.
    #[error("no such region")]
    Region,
    /// Digits 7 to 12 are no date (a woman's day is raised by 40).
    #[error("no such birth date")]
    BirthDate,
    /// The last four digits are 0000.
    #[error("no sequence")]
    Sequence,
    /// A spreadsheet turned it into a number: of 16 digits it keeps 15. Also the answer for every number cell.
    #[error("the last digit is lost")]
    LostDigit,
}

/// Checks a NIK. Gives its 16 digits, without blanks around them or the apostrophe by which spreadsheets mark text.
pub fn check(text: &str) -> Result<&str, NikError> {
    let text = text::trim(text);
    let text = text.strip_prefix(['\'', '’']).unwrap_or(text);
    if text.is_empty() {
        return Err(NikError::Empty);
    }
    if is_exponent(text) {
        return Err(NikError::LostDigit);
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NikError::NotDigits);
    }
    if text.len() != LENGTH {
        return Err(NikError::Length);
    }
    let pair = |index: usize| {
        let bytes = &text.as_bytes()[index..index + 2];
        u32::from(bytes[0] - b'0') * 10 + u32::from(bytes[1] - b'0')
    };
    // Provinces are numbered from 11; regencies and districts from 01.
    if pair(0) < 11 || pair(2) == 0 || pair(4) == 0 {
        return Err(NikError::Region);
    }
    let day = if pair(6) > 40 { pair(6) - 40 } else { pair(6) };
    // The year has no century: a 29 February counts when it exists in either.
    let exists = |century: i32| NaiveDate::from_ymd_opt(century + pair(10) as i32, pair(8), day).is_some();
    if !exists(1900) && !exists(2000) {
        return Err(NikError::BirthDate);
    }
    // A number that lost its last digit ends in 0, but 0000 is what no NIK ends in.
    if text.ends_with("0000") {
        Err(NikError::Sequence)
    } else {
        Ok(text)
    }
}

/// Whether a text is a NIK or has one in it, so that it must be masked where nobody declared it.
pub fn looks_like_nik(text: &str) -> bool {
    let mut runs = text.split(|character: char| !character.is_ascii_digit());
    text.len() >= LENGTH && runs.any(|run| run.len() == LENGTH && check(run).is_ok())
}

/// `3,27301E+15`: a long number as a spreadsheet shows it.
fn is_exponent(text: &str) -> bool {
    let Some((digits, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b','));
    is_number(digits) && is_number(exponent.strip_prefix('+').unwrap_or(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn men_and_women() {
        assert_eq!(check("3273010101800001"), Ok("3273010101800001"));
        assert_eq!(check(" '3273014101800001 "), Ok("3273014101800001"));
        assert_eq!(check("3273017112990007"), Ok("3273017112990007"));
        assert_eq!(check("9671022902000001"), Ok("9671022902000001"));
    }

    #[test]
    fn what_is_no_nik() {
        for (text, error) in [
            ("", NikError::Empty),
            ("327301010180001", NikError::Length),
            ("32730101018000011", NikError::Length),
            ("3273-01-010180-0001", NikError::NotDigits),
            ("３273010101800001", NikError::NotDigits),
            ("3,27301E+15", NikError::LostDigit),
            ("3.27301e15", NikError::LostDigit),
            ("0973010101800001", NikError::Region),
            ("3200010101800001", NikError::Region),
            ("3273000101800001", NikError::Region),
            ("3273013213800001", NikError::BirthDate),
            ("3273010001800001", NikError::BirthDate),
            ("3273014001800001", NikError::BirthDate),
            ("3273017202800001", NikError::BirthDate),
            ("3273012902810001", NikError::BirthDate),
            ("3273013002800001", NikError::BirthDate),
            ("3273010113800001", NikError::BirthDate),
            ("3273010101800000", NikError::Sequence),
        ] {
            assert_eq!(check(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_nik_is_seen_in_a_text() {
        assert!(looks_like_nik("3273010101800001"));
        assert!(looks_like_nik("NIK: 3273010101800001 (Budi)"));
        for text in ["32730101018000011", "1234567890123456", "327301 0101800001", "Budi", ""] {
            assert!(!looks_like_nik(text), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_judged(text in ".{0,24}", digits in "[0-9]{16}") {
            let _ = check(&text);
            proptest::prop_assert_eq!(looks_like_nik(&digits), check(&digits).is_ok());
        }
    }
}
