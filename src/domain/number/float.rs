//! Numbers that a spreadsheet holds as binary floats.

use super::literal::Decimal;
use super::{NumberError, POWERS, raise, whole};
use std::fmt::Write;

/// Up to here every whole number has a float of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The decimal that a spreadsheet's float stands for, as `value × 10^scale`.
///
/// A spreadsheet keeps 15 significant digits and calculates in binary, so `0.1 + 0.2` is held as
/// 0.30000000000000004 and shown as 0.3. What is taken is the number with 15 significant digits; if that has more
/// decimals than `scale` it is `TooPrecise`, never rounded. Beyond 2^53 a float no longer holds every whole number:
/// `Overflow`.
pub fn scaled_from_f64(value: f64, scale: u32) -> Result<i128, NumberError> {
    if !value.is_finite() {
        return Err(NumberError::NotANumber);
    }
    if value.abs() > EXACT {
        return Err(NumberError::Overflow);
    }
    if value.fract() == 0.0 {
        return raise(value as i128, scale);
    }
    let power = *POWERS.get(scale as usize).ok_or(NumberError::Overflow)?;
    let rounded = (value * power as f64).round();
    // Division is rounded to the nearest float: if it gives the value back, the value is this decimal's float.
    if rounded.abs() < EXACT && rounded / power as f64 == value {
        return Ok(rounded as i128);
    }
    let mut shown = Shown {
        bytes: [0; 32],
        length: 0,
    };
    write!(shown, "{value:.14e}").map_err(|_| NumberError::NotANumber)?;
    Decimal::parse(shown.text())?.scaled(scale)
}

/// A whole number that a spreadsheet holds as float.
pub fn count_from_f64(value: f64) -> Result<i64, NumberError> {
    whole(scaled_from_f64(value, 0))
}

/// Room for one float with 15 digits, so that a cell costs no allocation.
struct Shown {
    bytes: [u8; 32],
    length: usize,
}

impl Shown {
    fn text(&self) -> &str {
        // Only whole pieces of text are written to it.
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or("")
    }
}

impl Write for Shown {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.length + text.len();
        let room = self.bytes.get_mut(self.length..end).ok_or(std::fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}
