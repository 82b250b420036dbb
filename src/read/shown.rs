//! What a number format shows, where that says more than the number: a percentage, or the zeros of a code.

use super::{Block, RawCell, number};

/// What cells of a number format show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    /// The number, in some dress.
    Number,
    Percent,
    /// So many digits at least: `02021920` for 2021920.
    Digits(u8),
    /// Two decimals: `32.10` for 32.1.
    Hundredths,
}

/// Most digits that a number holds exactly.
const MOST_DIGITS: usize = 15;

/// Formats of just two decimals.
const HUNDREDTHS: [&str; 4] = ["0.00", "00.00", "#0.00", "#,##0.00"];

impl Shows {
    /// Reads a format code, such as `0.00%` or `00000000`.
    pub fn of(code: &str) -> Shows {
        let mut is_quoted = false;
        let mut is_escaped = false;
        let is_percent = code.chars().any(|letter| {
            let found = letter == '%' && !is_quoted && !is_escaped;
            is_escaped = letter == '\\' && !is_escaped;
            is_quoted ^= letter == '"';
            found
        });
        let positive = code.split(';').next().unwrap_or_default();
        match positive.len() {
            _ if is_percent => Shows::Percent,
            digits @ 2..=MOST_DIGITS if positive.bytes().all(|byte| byte == b'0') => Shows::Digits(digits as u8),
            _ if HUNDREDTHS.contains(&positive) => Shows::Hundredths,
            _ => Shows::Number,
        }
    }

    /// The format of a number that workbooks do not spell out.
    pub fn builtin(format: u16) -> Shows {
        match format {
            2 | 4 => Shows::Hundredths,
            9 | 10 => Shows::Percent,
            _ => Shows::Number,
        }
    }

    /// What a number becomes that is shown so: its text only where zeros may belong to a code.
    pub fn text(self, value: f64) -> Option<String> {
        let is_whole = value.fract() == 0.0 && value >= 0.0;
        match self {
            Shows::Digits(digits) if is_whole && value < 10_f64.powi(i32::from(digits) - 1) => {
                Some(format!("{:01$}", value as u64, usize::from(digits)))
            }
            // Codes of regencies: two digits, a point, two digits.
            Shows::Hundredths
                if !is_whole && (10.0..100.0).contains(&value) && (value * 10.0).round() / 10.0 == value =>
            {
                Some(format!("{value:.2}"))
            }
            _ => None,
        }
    }

    /// The cell of a number.
    pub fn cell(self, block: &mut Block, value: f64) -> RawCell {
        match self {
            Shows::Percent if value.is_finite() => RawCell::Percent(value),
            _ => match self.text(value) {
                Some(text) => RawCell::Literal(block.push_text(&text)),
                None => number(block, value),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_say_what_is_shown() {
        for (code, expected) in [
            ("General", Shows::Number),
            ("0", Shows::Number),
            ("#,##0", Shows::Number),
            ("0.000", Shows::Number),
            ("0%", Shows::Percent),
            ("0.00\\ %;-0.00%", Shows::Percent),
            ("0.0\"%\"", Shows::Number),
            ("0\\%", Shows::Number),
            ("00000000", Shows::Digits(8)),
            ("00", Shows::Digits(2)),
            ("00;-00;0", Shows::Digits(2)),
            ("0.00", Shows::Hundredths),
            ("#,##0.00", Shows::Hundredths),
            ("#,##0.00 \"kg\"", Shows::Number),
        ] {
            assert_eq!(Shows::of(code), expected, "{code}");
        }
    }

    #[test]
    fn only_zeros_that_may_belong_to_a_code_are_shown() {
        for (shows, value, expected) in [
            (Shows::Digits(8), 2_021_920.0, Some("02021920")),
            (Shows::Digits(8), 20_219_201.0, None),
            (Shows::Digits(2), 3.0, Some("03")),
            (Shows::Digits(2), 12.0, None),
            (Shows::Digits(2), -3.0, None),
            (Shows::Digits(2), 3.5, None),
            (Shows::Hundredths, 32.1, Some("32.10")),
            (Shows::Hundredths, 32.73, None),
            (Shows::Hundredths, 32.0, None),
            (Shows::Hundredths, 1_500.5, None),
            (Shows::Hundredths, f64::NAN, None),
            (Shows::Number, 32.1, None),
        ] {
            assert_eq!(shows.text(value).as_deref(), expected, "{shows:?} {value}");
        }
    }
}
