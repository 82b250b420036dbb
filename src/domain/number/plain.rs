//! Numbers of the plainest shape, which nearly every cell has, read in one pass over their bytes.

use super::Style;

/// What a plain number's separators say about its column's style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// It has no separators.
    None,
    /// It is a number in this style only.
    Only(Style),
    /// It is a number in both styles, with different values.
    Ambiguous,
    /// As ambiguous, in a column of amounts: its three digits are thousands in this style.
    Thousands(Style),
}

/// A number as its digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plain {
    /// All digits, without separators.
    pub digits: u64,
    /// How many of them stand behind the decimal sign.
    pub decimals: u32,
    pub proof: Proof,
}

/// Most digits of a plain number: below 2^53, so that dividing by a power of ten gives the nearest float.
const MOST_DIGITS: u32 = 15;

/// Reads digits, groups of three and a decimal sign in `style`, and nothing else: no sign, currency, blank or bracket.
/// None says nothing about the text but that the careful parsers must look at it.
///
/// Where it gives a number, [`super::parse_scaled`] gives the same, and [`super::Evidence`] comes to the same proof.
#[inline]
pub fn plain(text: &str, style: Style) -> Option<Plain> {
    let (group, decimal) = (style.group(), style.decimal());
    let bytes = text.as_bytes();
    let (mut digits, mut count, mut decimals) = (0_u64, 0_u32, 0_u32);
    // Digits since the last separator, and separators so far.
    let (mut run, mut groups, mut has_point) = (0_u32, 0_u32, false);
    for &byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            if count == MOST_DIGITS {
                return None;
            }
            digits = digits * 10 + u64::from(digit);
            count += 1;
            run += 1;
        } else if byte == group && !has_point {
            let fits = if groups == 0 {
                (1..=3).contains(&run) && bytes[0] != b'0'
            } else {
                run == 3
            };
            if !fits {
                return None;
            }
            groups += 1;
            run = 0;
        } else if byte == decimal && !has_point {
            if run == 0 || (groups > 0 && run != 3) {
                return None;
            }
            has_point = true;
            run = 0;
        } else {
            return None;
        }
    }
    if has_point {
        decimals = run;
    }
    if run == 0 || (groups > 0 && !has_point && run != 3) {
        return None;
    }
    let proof = match (groups, has_point) {
        (0, false) => Proof::None,
        (1, false) => Proof::Ambiguous,
        // `12,500` is a group of three in the other style.
        (0, true) if run == 3 && count - run <= 3 && bytes[0] != b'0' => Proof::Ambiguous,
        _ => Proof::Only(style),
    };
    Some(Plain {
        digits,
        decimals,
        proof,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::number::{Evidence, parse_f64, parse_scaled};
    use proptest::prelude::*;

    #[test]
    fn reads_the_usual_shapes() {
        let read = |text| plain(text, Style::Id).map(|found| (found.digits, found.decimals, found.proof));
        assert_eq!(read("12500"), Some((12_500, 0, Proof::None)));
        assert_eq!(read("12.500"), Some((12_500, 0, Proof::Ambiguous)));
        assert_eq!(read("12.500,50"), Some((1_250_050, 2, Proof::Only(Style::Id))));
        assert_eq!(read("1.234.567"), Some((1_234_567, 0, Proof::Only(Style::Id))));
        assert_eq!(read("12,500"), Some((12_500, 3, Proof::Ambiguous)));
        for text in [
            "",
            "12.50",
            "1.2.3",
            "0.125",
            "-5",
            "Rp 5",
            ",5",
            "5,",
            "1.,5",
            "12.500.",
            "999999999999999999",
            "90100,51010500055",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_careful_parsers(text in "[0-9]{0,5}[.,]?[0-9]{0,4}[.,]?[0-9]{0,4}[.,]?[0-9]{0,4}", en: bool) {
            let style = if en { Style::En } else { Style::Id };
            let Some(found) = plain(&text, style) else { return Ok(()) };
            let scaled = i128::from(found.digits) * 10_i128.pow(20 - found.decimals);
            prop_assert_eq!(parse_scaled(&text, style, 20), Ok(scaled));
            let float = found.digits as f64 / 10_f64.powi(found.decimals as i32);
            prop_assert_eq!(parse_f64(&text, style), Ok(float));
            let mut evidence = Evidence::default();
            evidence.observe(&text);
            let mut expected = Evidence::default();
            expected.add(found.proof);
            prop_assert_eq!(evidence, expected);
        }
    }
}
