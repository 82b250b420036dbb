//! Numbers as JSON writes them: `-12.50`, `1e5`. No style is in doubt, so no evidence is asked for.

use super::float::scaled_from_f64;
use super::{MAX_DIGITS, NumberError, POWERS, whole};

/// Binary noise has this many digits at least (`0.30000000000000004`); a decimal that a person wrote has fewer.
const NOISE_DIGITS: usize = 16;

/// A JSON number exactly, as `value × 10^scale`; an exponent is allowed.
///
/// More decimals than `scale` are `TooPrecise`, unless they are zeros or the noise of a program that prints binary
/// floats (16 digits or more and within [`scaled_from_f64`]'s tolerance).
pub fn parse_literal(text: &str, scale: u32) -> Result<i128, NumberError> {
    let decimal = Decimal::parse(text)?;
    match decimal.scaled(scale) {
        Err(NumberError::TooPrecise) if decimal.count >= NOISE_DIGITS => {
            let value: f64 = text.parse().map_err(|_| NumberError::NotANumber)?;
            scaled_from_f64(value, scale)
        }
        result => result,
    }
}

/// A JSON number that must be whole: `12`, `12.0`, `1e3`.
pub fn count_literal(text: &str) -> Result<i64, NumberError> {
    whole(parse_literal(text, 0))
}

/// `±digits × 10^exponent`, without trailing zeros in `digits`.
pub(super) struct Decimal {
    negative: bool,
    digits: i128,
    /// Significant digits.
    count: usize,
    exponent: i64,
}

impl Decimal {
    /// Reads JSON's number grammar and nothing more: no `+5`, `05`, `.5`, `5.`, `nan`.
    pub fn parse(text: &str) -> Result<Decimal, NumberError> {
        let bytes = text.as_bytes();
        let negative = bytes.first() == Some(&b'-');
        let bytes = &bytes[usize::from(negative)..];
        let (integer, rest) = leading_digits(bytes);
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => leading_digits(rest),
            _ => (&[][..], rest),
        };
        let has_point = bytes.get(integer.len()) == Some(&b'.');
        let padded = integer.len() > 1 && integer[0] == b'0';
        if integer.is_empty() || padded || (has_point && fraction.is_empty()) {
            return Err(NumberError::NotANumber);
        }
        let exponent = exponent(rest)?;
        let mut decimal = Decimal {
            negative,
            digits: 0,
            count: 0,
            exponent,
        };
        decimal.take(integer, fraction)?;
        Ok(decimal)
    }

    fn take(&mut self, integer: &[u8], fraction: &[u8]) -> Result<(), NumberError> {
        // Zeros wait: only a digit after them makes them significant.
        let mut waiting = 0;
        for (index, &byte) in integer.iter().chain(fraction).enumerate() {
            if byte == b'0' {
                waiting += usize::from(self.count > 0);
                continue;
            }
            let added = waiting + 1;
            if self.count + added > MAX_DIGITS {
                let in_fraction = index >= integer.len();
                return Err(if in_fraction {
                    NumberError::TooPrecise
                } else {
                    NumberError::Overflow
                });
            }
            self.digits = self.digits * POWERS[added] + i128::from(byte - b'0');
            self.count += added;
            waiting = 0;
        }
        // Lengths of a text fit in 63 bits.
        self.exponent += waiting as i64 - fraction.len() as i64;
        Ok(())
    }

    /// `value × 10^scale`.
    pub fn scaled(&self, scale: u32) -> Result<i128, NumberError> {
        if self.digits == 0 {
            return Ok(0);
        }
        let Ok(power) = usize::try_from(self.exponent + i64::from(scale)) else {
            return Err(NumberError::TooPrecise);
        };
        if self.count + power > MAX_DIGITS {
            return Err(NumberError::Overflow);
        }
        let value = self.digits * POWERS[power];
        Ok(if self.negative { -value } else { value })
    }
}

fn leading_digits(bytes: &[u8]) -> (&[u8], &[u8]) {
    let length = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    bytes.split_at(length)
}

/// The exponent behind the digits; far beyond any figure it stays at a bound, which is refused later.
fn exponent(bytes: &[u8]) -> Result<i64, NumberError> {
    const BOUND: i64 = 100_000;
    let (negative, digits) = match bytes {
        [] => return Ok(0),
        [b'e' | b'E', b'-', digits @ ..] => (true, digits),
        [b'e' | b'E', b'+', digits @ ..] => (false, digits),
        [b'e' | b'E', digits @ ..] => (false, digits),
        _ => return Err(NumberError::NotANumber),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(NumberError::NotANumber);
    }
    let size = digits
        .iter()
        .fold(0, |size: i64, byte| (size * 10 + i64::from(byte - b'0')).min(BOUND));
    Ok(if negative { -size } else { size })
}
