//! Cells of figures: money, decimals, counts and rates.

use super::{ColumnReader, Multiple, Value, hundredfold, plain};
use crate::config::ColumnType;
use crate::domain::number::{self, Style};
use crate::finding::{Finding, said};
use crate::normalize::headers::PERCENT;
use crate::normalize::personal;
use crate::read::Cell;

impl ColumnReader {
    /// A percentage as the number that its column holds: 85 where the contract counts percent, 0.85 where it names no unit.
    /// Elsewhere it is no figure of the column, and is refused.
    pub(super) fn percentage<'a>(&self, cell: Cell<'a>) -> Result<Cell<'a>, Finding> {
        let is_percent = match cell {
            Cell::Percent(_) => true,
            Cell::Text(text) => text.trim_end().ends_with('%'),
            _ => false,
        };
        match (self.column.unit.as_deref(), cell) {
            _ if !is_percent => Ok(cell),
            (Some(PERCENT), Cell::Percent(fraction)) => Ok(Cell::Float(hundredfold(fraction))),
            (None, Cell::Percent(fraction)) if self.column.kind == ColumnType::Measure => Ok(Cell::Float(fraction)),
            (Some(PERCENT) | None, Cell::Text(_)) => Ok(cell),
            (unit, _) => Err(Finding::of("percent-in-other-unit")
                .with_both("unit", &said::unit(unit.unwrap_or("…")))
                .value(self.shown(cell))),
        }
    }

    /// Parsing at the column's scale plus the header's power gives the scaled value itself: nothing is rounded.
    pub(super) fn decimal<'a>(&self, cell: Cell<'a>, style: Style, multiple: Multiple) -> Result<Value<'a>, Finding> {
        let scaled = match cell {
            // Thousands of rupiah may be written to a thousandth, rupiah are not.
            Cell::Text(text) if self.column.kind == ColumnType::Money && multiple.power == 0 => {
                number::parse_amount(text, style, self.scale).map_err(|error| self.number_error(error, cell, style))?
            }
            _ => self.scaled(cell, style, self.scale + multiple.power)?,
        };
        let too_large = || self.number_error(number::NumberError::Overflow, cell, style);
        let scaled = multiple.ratio.of(scaled).ok_or_else(too_large)?;
        if scaled.unsigned_abs() >= 10u128.pow(u32::from(crate::table::schema::PRECISION)) {
            return Err(too_large());
        }
        self.is_of_things(&Value::Scaled(scaled), multiple.power)?;
        self.in_range(scaled as f64 / 10f64.powi(self.scale as i32), cell)?;
        Ok(Value::Scaled(scaled))
    }

    pub(in crate::normalize) fn scaled(&self, cell: Cell<'_>, style: Style, scale: u32) -> Result<i128, Finding> {
        let parsed = match cell {
            Cell::Integer(value) => i128::from(value)
                .checked_mul(10i128.pow(scale))
                .ok_or(number::NumberError::Overflow),
            Cell::Float(value) => number::scaled_from_f64(value, scale),
            Cell::Literal(text) => number::parse_literal(text, scale),
            Cell::Text(text) => number::parse_scaled(text, style, scale),
            _ => return Err(self.not_a_number(cell)),
        };
        parsed.map_err(|error| self.number_error(error, cell, style))
    }

    /// A count in thousands may have decimals: `12,5` thousand people are 12,500.
    pub(super) fn count<'a>(&self, cell: Cell<'a>, style: Style, multiple: Multiple) -> Result<Value<'a>, Finding> {
        let parsed = match cell {
            _ if multiple.power > 0 => {
                i64::try_from(self.scaled(cell, style, multiple.power)?).map_err(|_| number::NumberError::Overflow)
            }
            Cell::Integer(value) => Ok(value),
            Cell::Float(value) => number::count_from_f64(value),
            Cell::Literal(text) => number::count_literal(text),
            Cell::Text(text) => number::parse_count(text, style),
            _ => return Err(self.not_a_number(cell)),
        };
        let converted = |value: i64| {
            let value = multiple.ratio.of(i128::from(value));
            let value = value.and_then(|value| i64::try_from(value).ok());
            value.ok_or(number::NumberError::Overflow)
        };
        let value = parsed.and_then(converted);
        let value = value.map_err(|error| self.number_error(error, cell, style))?;
        self.is_of_things(&Value::Integer(value), multiple.power)?;
        self.in_range(value as f64, cell)?;
        Ok(Value::Integer(value))
    }

    pub(super) fn measure<'a>(&self, cell: Cell<'a>, style: Style, multiple: Multiple) -> Result<Value<'a>, Finding> {
        let parsed = match cell {
            Cell::Integer(value) => Ok(value as f64),
            Cell::Float(value) => Ok(value),
            Cell::Literal(text) => text.parse().map_err(|_| number::NumberError::NotANumber),
            Cell::Text(text) => number::parse_f64(text, style),
            _ => return Err(self.not_a_number(cell)),
        };
        let value = parsed.map_err(|error| self.number_error(error, cell, style))? * 10f64.powi(multiple.power as i32);
        let value = multiple.ratio.of_float(value);
        if !value.is_finite() {
            return Err(self.not_a_number(cell));
        }
        self.is_of_things(&Value::Float(value), multiple.power)?;
        self.in_range(value, cell)?;
        Ok(Value::Float(value))
    }

    /// Refuses the number of a person.
    fn is_of_things(&self, value: &Value<'_>, power: u32) -> Result<(), Finding> {
        personal::in_figure(self.column.kind, value, self.scale, power).map_or(Ok(()), Err)
    }

    pub(in crate::normalize) fn is_in_range(&self, value: f64) -> bool {
        self.column
            .range
            .is_none_or(|(least, most)| value >= least && value <= most)
    }

    fn in_range(&self, value: f64, cell: Cell<'_>) -> Result<(), Finding> {
        match self.column.range {
            Some((least, most)) if !self.is_in_range(value) => Err(Finding::of("out-of-range")
                .with_figure("least", plain(least))
                .with_figure("most", plain(most))
                .with_figure("read", plain(value))
                .value(self.shown(cell))),
            _ => Ok(()),
        }
    }

    fn not_a_number(&self, cell: Cell<'_>) -> Finding {
        Finding::of("number-invalid").value(self.shown(cell))
    }

    fn number_error(&self, error: number::NumberError, cell: Cell<'_>, style: Style) -> Finding {
        use number::NumberError;
        let written = self.shown(cell);
        match error {
            NumberError::NotWhole => Finding::of("number-not-whole").value(written),
            NumberError::TooPrecise => Finding::of("number-too-precise")
                .with("digits", self.scale.to_string())
                .value(written),
            NumberError::Overflow => Finding::of("number-too-large").value(written),
            NumberError::WrongStyle => {
                let (decimal, grouping) = if style == Style::Id { (",", ".") } else { (".", ",") };
                Finding::of("number-other-style")
                    .with("decimal", decimal)
                    .with("grouping", grouping)
                    .value(written)
            }
            _ => Finding::of("number-invalid").value(written),
        }
    }
}

/// A number without the zeros that its sheet shows before it.
pub(super) fn unpadded(text: &str) -> &str {
    let is_padded = |text: &str| matches!(text.as_bytes(), [b'0', digit, ..] if digit.is_ascii_digit());
    let mut rest = text;
    while is_padded(rest) {
        rest = &rest[1..];
    }
    rest
}
