//! Numbers as officers, spreadsheets and programs write them.
//!
//! Two styles stand against each other: Indonesian `1.234,56` and English `1,234.56` (to which a plain `1234.56`
//! belongs). Which one a column uses is decided by the evidence of the whole column ([`Evidence`]), never cell by
//! cell; a cell that does not fit the column's style is refused. In a column of Indonesian numbers `12.50` is not
//! 1250, it is an error.
//!
//! Results are exact decimals: `value × 10^scale` as `i128`, at most 38 digits. A header such as `Rp juta` scales by
//! a power of ten: parse with `scale + power`, and the figure is already multiplied.

mod evidence;
mod float;
mod literal;
mod plain;
#[cfg(test)]
mod tests;

pub use evidence::{Certainty, Evidence};
pub use float::{count_from_f64, scaled_from_f64};
pub use literal::{count_literal, parse_literal};
pub use plain::{Plain, Proof, plain};

use super::text;

/// Most digits that a scaled number may have; what Decimal128 holds.
const MAX_DIGITS: usize = 38;

/// `10^0` to `10^38`.
const POWERS: [i128; MAX_DIGITS + 1] = {
    let mut powers = [1; MAX_DIGITS + 1];
    let mut index = 1;
    while index <= MAX_DIGITS {
        powers[index] = powers[index - 1] * 10;
        index += 1;
    }
    powers
};

/// How thousands and decimals are set apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// `1.234,56`
    Id,
    /// `1,234.56` or `1234.56`
    En,
}

impl Style {
    fn group(self) -> u8 {
        match self {
            Style::Id => b'.',
            Style::En => b',',
        }
    }

    pub fn decimal(self) -> u8 {
        self.other().group()
    }

    fn other(self) -> Style {
        match self {
            Style::Id => Style::En,
            Style::En => Style::Id,
        }
    }
}

/// Why a text or number is not the figure that a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    #[error("nothing is written")]
    Empty,
    #[error("not a number")]
    NotANumber,
    /// It is a number in the other style: `12.50` where the column writes `12,50`.
    #[error("separators of the other style")]
    WrongStyle,
    /// More decimals than the column keeps.
    #[error("more decimals than are kept")]
    TooPrecise,
    /// A count with a fraction.
    #[error("not a whole number")]
    NotWhole,
    /// Too large to be held, or a float beyond 2^53, where whole numbers are no longer exact.
    #[error("too large")]
    Overflow,
}

/// A decimal number exactly: `Rp 12.500,00`, `IDR 12,500`, `Rp 12.500,-`, `(1.234)` for a negative, `5 %`.
///
/// Gives `value × 10^scale`. A percent sign is allowed and changes nothing: `5 %` is 5 (see [`is_percent`]).
/// Thousands may also be set apart by spaces. Refused: exponents, `nan`, `inf`, apostrophes,
/// digits of other scripts, groups that are not of three digits, more decimals than `scale` unless they are zeros.
pub fn parse_scaled(text: &str, style: Style, scale: u32) -> Result<i128, NumberError> {
    if let Some(value) = plain_integer(text.as_bytes()) {
        return raise(value, scale);
    }
    let written = strip(text)?;
    let point = written.point(style).map_err(|error| written.explain(error, style))?;
    let body = written.body.as_bytes();
    let fraction = body.get(point + 1..).unwrap_or(&[]);
    let kept = &fraction[..fraction.len().min(scale as usize)];
    if fraction[kept.len()..].iter().any(|&byte| byte != b'0') {
        return Err(NumberError::TooPrecise);
    }
    let value = digits(body[..point].iter().chain(kept))?;
    // `kept` is no longer than `scale`, so the difference fits.
    let value = raise(value, scale - kept.len() as u32)?;
    Ok(if written.negative { -value } else { value })
}

/// A whole number of things. `1.234` (Id), `1,234` (En) and `12,00` (Id) are whole; a percentage is not a count.
pub fn parse_count(text: &str, style: Style) -> Result<i64, NumberError> {
    if let Some(value) = plain_integer(text.as_bytes()) {
        return i64::try_from(value).map_err(|_| NumberError::Overflow);
    }
    if is_percent(text) {
        return Err(NumberError::NotANumber);
    }
    whole(parse_amount(text, style, 0))
}

/// As [`parse_scaled`], of things that are not counted in thousandths: `140,000` under a decimal comma was written with the
/// other style's thousands, and is refused.
pub fn parse_amount(text: &str, style: Style, scale: u32) -> Result<i128, NumberError> {
    let body = strip(text)?.body;
    if let Some((whole, rest)) = body.split_once(style.decimal() as char)
        && rest.len() == 3
        && (1..=3).contains(&whole.len())
        && [whole, rest].concat().bytes().all(|byte| byte.is_ascii_digit())
        && !whole.starts_with('0')
    {
        return Err(NumberError::WrongStyle);
    }
    parse_scaled(text, style, scale)
}

/// A rate or an area as the nearest float; notation as for [`parse_scaled`].
pub fn parse_f64(text: &str, style: Style) -> Result<f64, NumberError> {
    let written = strip(text)?;
    let point = written.point(style).map_err(|error| written.explain(error, style))?;
    let mut buffer = [0_u8; 64];
    let mut length = 0;
    for (index, &byte) in written.body.as_bytes().iter().enumerate() {
        let byte = if index == point { b'.' } else { byte };
        if byte.is_ascii_digit() || index == point {
            *buffer.get_mut(length).ok_or(NumberError::Overflow)? = byte;
            length += 1;
        }
    }
    let digits = std::str::from_utf8(&buffer[..length]).map_err(|_| NumberError::NotANumber)?;
    let value: f64 = digits.parse().map_err(|_| NumberError::NotANumber)?;
    Ok(if written.negative { -value } else { value })
}

/// Whether the text writes its number as a percentage.
pub fn is_percent(text: &str) -> bool {
    text::trim(text).ends_with('%')
}

/// The fractional part is what makes a count wrong, whatever the parser called it.
fn whole(value: Result<i128, NumberError>) -> Result<i64, NumberError> {
    match value {
        Ok(value) => i64::try_from(value).map_err(|_| NumberError::Overflow),
        Err(NumberError::TooPrecise) => Err(NumberError::NotWhole),
        Err(error) => Err(error),
    }
}

/// The shape of most cells: digits alone, few enough for 64 bits.
fn plain_integer(bytes: &[u8]) -> Option<i128> {
    if bytes.is_empty() || bytes.len() > 18 {
        return None;
    }
    let mut value = 0_u64;
    for &byte in bytes {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + u64::from(byte - b'0');
    }
    Some(i128::from(value))
}

/// `value × 10^power` within 38 digits.
fn raise(value: i128, power: u32) -> Result<i128, NumberError> {
    let factor = POWERS.get(power as usize).ok_or(NumberError::Overflow)?;
    let raised = value.checked_mul(*factor).ok_or(NumberError::Overflow)?;
    if raised.unsigned_abs() < POWERS[MAX_DIGITS].unsigned_abs() {
        Ok(raised)
    } else {
        Err(NumberError::Overflow)
    }
}

/// The number that the digits among `bytes` write; separators are passed over.
fn digits<'a>(bytes: impl Iterator<Item = &'a u8>) -> Result<i128, NumberError> {
    let mut value = 0_i128;
    let mut count = 0;
    for &byte in bytes.filter(|byte| byte.is_ascii_digit()) {
        count += usize::from(count > 0 || byte != b'0');
        if count > MAX_DIGITS {
            return Err(NumberError::Overflow);
        }
        // 38 digits stay below 2^127.
        value = value * 10 + i128::from(byte - b'0');
    }
    Ok(value)
}

/// A number without what stands around it.
struct Written<'a> {
    negative: bool,
    /// `,-` behind it: no cents, so no decimals may follow the digits.
    without_cents: bool,
    /// Digits and separators.
    body: &'a str,
}

/// Takes sign, brackets, currency, percent sign and `,-` away.
fn strip(text: &str) -> Result<Written<'_>, NumberError> {
    let mut body = text::trim(text);
    if body.is_empty() {
        return Err(NumberError::Empty);
    }
    let (mut negative, mut signed, mut currency) = (false, false, false);
    loop {
        let rest = match body.as_bytes().first() {
            Some(b'(') if !signed => {
                (negative, signed) = (true, true);
                body[1..].strip_suffix(')').ok_or(NumberError::NotANumber)?
            }
            Some(b'-' | b'+' | 0xe2) if !signed => {
                let Some(sign) = body.chars().next().filter(|sign| matches!(sign, '-' | '+' | '−' | '–')) else {
                    break;
                };
                (negative, signed) = (sign != '+', true);
                &body[sign.len_utf8()..]
            }
            Some(b'R' | b'r' | b'I' | b'i') if !currency => {
                currency = true;
                without_currency(body).ok_or(NumberError::NotANumber)?
            }
            _ => break,
        };
        body = text::trim(rest);
    }
    if let Some(rest) = body.strip_suffix('%') {
        body = text::trim(rest);
    }
    let rest = [",-", ",--", ".-", ".--"]
        .into_iter()
        .find_map(|dash| body.strip_suffix(dash));
    Ok(Written {
        negative,
        without_cents: rest.is_some(),
        body: rest.unwrap_or(body),
    })
}

fn without_currency(text: &str) -> Option<&str> {
    let after = |word: &str| {
        let head = text.get(..word.len())?;
        head.eq_ignore_ascii_case(word).then(|| &text[word.len()..])
    };
    let rest = after("Rp").or_else(|| after("IDR"))?;
    Some(rest.strip_prefix('.').unwrap_or(rest))
}

impl Written<'_> {
    /// Checks the digits and separators against a style. Gives where the decimal separator stands, or the length.
    fn point(&self, style: Style) -> Result<usize, NumberError> {
        let body = self.body.as_bytes();
        let mut index = 0;
        let mut in_group = 0;
        let mut separator = None;
        while let Some(&byte) = body.get(index) {
            if byte.is_ascii_digit() {
                in_group += 1;
                index += 1;
                continue;
            }
            if byte == style.decimal() {
                break;
            }
            let width = group_width(&body[index..], style).ok_or(NumberError::NotANumber)?;
            let found = &body[index..index + width];
            // The first group has one to three digits and no leading zero (`0.125` is a fraction, not 125);
            // every other has three; one kind of separator serves the whole number.
            let fits = match separator {
                None => (1..=3).contains(&in_group) && body[0] != b'0',
                Some(first) => in_group == 3 && first == found,
            };
            if !fits {
                return Err(NumberError::NotANumber);
            }
            separator = Some(found);
            in_group = 0;
            index += width;
        }
        let fraction = body.get(index + 1..).unwrap_or(&[]);
        let has_point = index < body.len();
        let integer_fits = if separator.is_some() {
            in_group == 3
        } else {
            in_group > 0 || !fraction.is_empty()
        };
        let fraction_fits = if has_point {
            !fraction.is_empty() && !self.without_cents
        } else {
            true
        };
        if integer_fits && fraction_fits && fraction.iter().all(u8::is_ascii_digit) {
            Ok(index)
        } else {
            Err(NumberError::NotANumber)
        }
    }

    /// Says of a text that is no number in `style` whether it is one in the other.
    fn explain(&self, error: NumberError, style: Style) -> NumberError {
        match self.point(style.other()) {
            Ok(_) => NumberError::WrongStyle,
            Err(_) => error,
        }
    }
}

/// Bytes of the thousands separator at the start of `bytes`: the style's own, a space, a non-breaking space (U+00A0,
/// U+202F), a figure space (U+2007) or a thin space (U+2009).
fn group_width(bytes: &[u8], style: Style) -> Option<usize> {
    match bytes {
        [first, ..] if *first == style.group() => Some(1),
        [b' ', ..] => Some(1),
        [0xc2, 0xa0, ..] => Some(2),
        [0xe2, 0x80, 0x87 | 0x89 | 0xaf, ..] => Some(3),
        _ => None,
    }
}
