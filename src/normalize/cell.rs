//! One cell to one value of a contract column.

use super::cell_code::Meanings;
use super::headers::PERCENT;
use super::{Context, personal};
use crate::config::{Column, ColumnType, Locale, Pii};
use crate::domain::number::Style;
use crate::domain::period::{Grain, Period};
use crate::domain::personal::{held_by_number, shown as personal_shown};
use crate::domain::unit::Ratio;
use crate::domain::{date, nik, number, text};
use crate::finding::{Finding, said};
use crate::read::{Cell, Epoch};
use chrono::NaiveDate;
use std::borrow::Cow;

/// A value on its way into an Arrow array.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Text(Cow<'a, str>),
    Integer(i64),
    Float(f64),
    /// A decimal in units of 10^-scale of its column.
    Scaled(i128),
    Date(NaiveDate),
    Period(Period),
}

/// What is needed to read the cells of one contract column.
pub(super) struct ColumnReader {
    pub name: String,
    pub column: Column,
    pub index: usize,
    pub is_key: bool,
    /// Missing markers of contract and connector, as text …
    pub missing: Vec<String>,
    /// … and those of them that are numbers.
    missing_numbers: Vec<f64>,
    grains: Vec<Grain>,
    /// Digits after the point, for money and decimals.
    pub scale: u32,
    as_of: NaiveDate,
    earliest: Option<NaiveDate>,
    latest: Option<NaiveDate>,
    pub(super) meanings: Meanings,
}

/// What a figure is multiplied by: the power of ten of its header, and what its unit is in the one in which it is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Multiple {
    pub power: u32,
    pub ratio: Ratio,
}

impl From<u32> for Multiple {
    fn from(power: u32) -> Multiple {
        let ratio = Ratio::ONE;
        Multiple { power, ratio }
    }
}

/// Longest text unless the contract says otherwise, in characters.
const TEXT_LIMIT: usize = 500;

impl ColumnReader {
    pub(super) fn new(
        index: usize,
        name: &str,
        column: &Column,
        is_key: bool,
        grains: Vec<Grain>,
        context: &Context,
    ) -> ColumnReader {
        let mut missing = column.missing.clone();
        if let Some(more) = context
            .connector
            .as_ref()
            .and_then(|connector| connector.missing.get(name))
        {
            missing.extend(more.iter().cloned());
        }
        let missing_numbers = missing.iter().filter_map(|marker| marker.parse().ok()).collect();
        let limit = |text: &String| {
            if text == "as-of" {
                Some(context.as_of)
            } else {
                text.parse().ok()
            }
        };
        ColumnReader {
            name: name.to_string(),
            column: column.clone(),
            index,
            is_key,
            missing,
            missing_numbers,
            grains,
            scale: column.scale.unwrap_or(crate::table::schema::DEFAULT_SCALE) as u32,
            as_of: context.as_of,
            earliest: column.between.as_ref().and_then(|(from, _)| limit(from)),
            latest: column.between.as_ref().and_then(|(_, to)| limit(to)),
            meanings: Meanings::default(),
        }
    }

    /// Whether a cell says "nothing reported".
    pub(super) fn is_missing(&self, cell: Cell<'_>) -> bool {
        match cell {
            Cell::Empty => true,
            Cell::Text(text) => text::is_missing(text, &self.missing),
            Cell::Integer(value) => self.missing_numbers.contains(&(value as f64)),
            Cell::Float(value) => self.missing_numbers.contains(&value),
            Cell::Literal(text) => text.parse().is_ok_and(|value| self.missing_numbers.contains(&value)),
            Cell::Percent(_)
            | Cell::Bool(_)
            | Cell::Date { .. }
            | Cell::Error(_)
            | Cell::Uncalculated
            | Cell::Spread(_) => false,
        }
    }

    /// A cell as findings may show it: nothing of a personal column.
    pub(super) fn shown<'a>(&self, cell: Cell<'a>) -> Cow<'a, str> {
        // Money may be as high as a telephone number; whatever else is not.
        let is_amount = self.column.kind.is_measure() && self.column.kind != ColumnType::Count;
        let is_number = |value| !is_amount && held_by_number(value).is_some();
        match cell {
            _ if self.column.pii.is_some() => Cow::Borrowed(personal::MASK),
            Cell::Integer(value) if is_number(value) => Cow::Borrowed(personal::MASK),
            _ => shown(cell),
        }
    }

    /// Reads a cell that is not missing. `multiple` is the header's power of ten (`ribu`: 3) and the unit's ratio; `on` the
    /// day whose registry counts for region codes.
    pub(super) fn read<'a>(
        &self,
        cell: Cell<'a>,
        style: Style,
        multiple: impl Into<Multiple>,
        on: NaiveDate,
        context: &Context,
    ) -> Result<Value<'a>, Finding> {
        let multiple = multiple.into();
        if self.column.pii == Some(Pii::Drop) {
            return Ok(Value::Null);
        }
        let cell = match cell {
            Cell::Error(text) => return Err(Finding::of("cell-error").value(text)),
            Cell::Uncalculated => return Err(Finding::of("formula-not-calculated")),
            Cell::Spread(text) if !self.column.kind.is_measure() => unspread(text),
            Cell::Spread(_) => return Err(Finding::of("figure-for-several-rows").value(self.shown(cell))),
            Cell::Literal(text) if self.column.kind.is_measure() => Cell::Literal(unpadded(text)),
            Cell::Text(text) if is_error(text) => return Err(Finding::of("cell-error").value(text.trim())),
            Cell::Text(text) if self.column.kind.is_measure() && text.trim().eq_ignore_ascii_case(NOTHING) => {
                Cell::Integer(0)
            }
            _ if self.column.kind.is_measure() => self.percentage(cell)?,
            _ => cell,
        };
        let value = match self.column.kind {
            ColumnType::Money | ColumnType::Decimal => self.decimal(cell, style, multiple)?,
            ColumnType::Count => self.count(cell, style, multiple)?,
            ColumnType::Measure => self.measure(cell, style, multiple)?,
            ColumnType::Date => Value::Date(self.date(cell)?),
            ColumnType::Period => Value::Period(self.period(cell)?),
            ColumnType::Region => Value::Text(Cow::Owned(super::cell_region::region(cell, &self.column, on, context)?)),
            ColumnType::Code => Value::Text(Cow::Owned(self.code_of(cell, context)?)),
            ColumnType::Text => self.text(cell)?,
            ColumnType::Nik => self.nik(cell)?,
        };
        match (self.column.pii, value) {
            (Some(Pii::Pseudonym), Value::Text(value)) => {
                Ok(context.pseudonym_key.as_ref().map_or(Value::Null, |key| {
                    Value::Text(Cow::Owned(key.pseudonym(&self.name, &value)))
                }))
            }
            (_, value) => Ok(value),
        }
    }

    /// A percentage as the number that its column holds: 85 where the contract counts percent, 0.85 where it names no unit.
    /// Elsewhere it is no figure of the column, and is refused.
    fn percentage<'a>(&self, cell: Cell<'a>) -> Result<Cell<'a>, Finding> {
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
    fn decimal<'a>(&self, cell: Cell<'a>, style: Style, multiple: Multiple) -> Result<Value<'a>, Finding> {
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

    pub(super) fn scaled(&self, cell: Cell<'_>, style: Style, scale: u32) -> Result<i128, Finding> {
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
    fn count<'a>(&self, cell: Cell<'a>, style: Style, multiple: Multiple) -> Result<Value<'a>, Finding> {
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

    fn measure<'a>(&self, cell: Cell<'a>, style: Style, multiple: Multiple) -> Result<Value<'a>, Finding> {
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

    pub(super) fn is_in_range(&self, value: f64) -> bool {
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

    pub(super) fn date(&self, cell: Cell<'_>) -> Result<NaiveDate, Finding> {
        let parsed = match cell {
            Cell::Date { serial, epoch } => date::from_serial(serial, epoch == Epoch::Year1904),
            Cell::Text(text) | Cell::Literal(text) => date::parse_date(text),
            Cell::Integer(value) => date::parse_date(&value.to_string()),
            _ => return Err(Finding::of("date-invalid").value(self.shown(cell))),
        };
        let value = parsed.map_err(|error| match error {
            date::DateError::MonthFirst => Finding::of("date-month-first").value(self.shown(cell)),
            _ => Finding::of("date-invalid").value(self.shown(cell)),
        })?;
        if self.earliest.is_some_and(|earliest| value < earliest) || self.latest.is_some_and(|latest| value > latest) {
            let name = |date: Option<NaiveDate>| date.map_or("…".to_string(), |date| date.to_string());
            return Err(Finding::of("date-out-of-range")
                .with_day("earliest", name(self.earliest))
                .with_day("latest", name(self.latest))
                .with_day("value", value.to_string())
                .value(self.shown(cell)));
        }
        Ok(value)
    }

    /// The period that a cell names, in one of the contract's grains.
    pub(super) fn period_of(&self, cell: Cell<'_>) -> Option<Period> {
        match cell {
            Cell::Date { serial, epoch } => date::from_serial(serial, epoch == Epoch::Year1904)
                .ok()
                .and_then(|date| Period::from_date(date, &self.grains)),
            Cell::Text(text) => Period::parse(text, &self.grains).ok(),
            Cell::Spread(text) => self.period_of(unspread(text)),
            Cell::Integer(value) => Period::parse(&value.to_string(), &self.grains).ok(),
            Cell::Float(value) if value.fract() == 0.0 => Period::parse(&plain(value), &self.grains).ok(),
            _ => None,
        }
    }

    fn period(&self, cell: Cell<'_>) -> Result<Period, Finding> {
        let period = self.period_of(cell).ok_or_else(|| {
            let examples = self.grains.iter().map(|grain| said::canonical(example(*grain)));
            Finding::of("period-invalid")
                .with_both("examples", &said::list(examples))
                .value(self.shown(cell))
        })?;
        self.begun(period)
    }

    /// Refuses a period that has not begun: nothing can be reported of it.
    pub(super) fn begun(&self, period: Period) -> Result<Period, Finding> {
        if period.start() > self.as_of {
            let finding = Finding::of("period-in-future").with_day("as_of", self.as_of.to_string());
            return Err(finding.with_day("value", period.to_string()).value(period.to_string()));
        }
        Ok(period)
    }

    /// What a missing marker in this column means: a key column's `default`.
    pub(super) fn key_default(&self, context: &Context) -> Option<String> {
        let default = self.column.default.as_ref().filter(|_| self.is_key)?;
        match self.read_constant(default, context.as_of, context) {
            Ok(Value::Text(text)) => Some(text.into_owned()),
            _ => None,
        }
    }

    pub(super) fn text_limit(&self) -> usize {
        self.column.max_length.unwrap_or(TEXT_LIMIT)
    }

    fn text<'a>(&self, cell: Cell<'a>) -> Result<Value<'a>, Finding> {
        let written = match cell {
            // A name that is wrapped in its cell is the same name.
            Cell::Text(text) if text.trim().contains(['\n', '\r', '\t']) => {
                Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
            }
            Cell::Text(text) => Cow::Borrowed(text.trim()),
            _ => Cow::Owned(plain_text(cell).ok_or_else(|| Finding::of("text-invalid").value(self.shown(cell)))?),
        };
        let limit = self.text_limit();
        if written.len() > limit && written.chars().count() > limit {
            return Err(Finding::of("text-too-long")
                .with("limit", limit.to_string())
                .value(self.shown(cell)));
        }
        if written
            .chars()
            .any(|letter| letter.is_control() && !letter.is_whitespace())
        {
            return Err(Finding::of("text-control-characters").value(self.shown(cell)));
        }
        if self.column.pii.is_none()
            && let Some(finding) = personal::in_text(&written, cell, &self.column, self.is_key)
        {
            return Err(finding);
        }
        Ok(Value::Text(written))
    }

    fn nik<'a>(&self, cell: Cell<'a>) -> Result<Value<'a>, Finding> {
        match cell {
            Cell::Text(text) => match nik::check(text) {
                Ok(digits) => Ok(Value::Text(Cow::Borrowed(digits))),
                Err(nik::NikError::LostDigit) => Err(Finding::of("nik-lost-digit").value(personal::MASK)),
                Err(_) => Err(Finding::of("nik-invalid").value(personal::MASK)),
            },
            _ => Err(Finding::of("nik-lost-digit").value(personal::MASK)),
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

    /// Reads a value that configuration gives: a constant, a default, a request parameter.
    pub(super) fn read_constant(
        &self,
        text: &str,
        on: NaiveDate,
        context: &Context,
    ) -> Result<Value<'static>, Finding> {
        let style = if self.column.locale == Locale::En {
            Style::En
        } else {
            Style::Id
        };
        Ok(match self.read(Cell::Text(text), style, 0, on, context)? {
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Null => Value::Null,
            Value::Integer(value) => Value::Integer(value),
            Value::Float(value) => Value::Float(value),
            Value::Scaled(value) => Value::Scaled(value),
            Value::Date(value) => Value::Date(value),
            Value::Period(value) => Value::Period(value),
        })
    }
}

/// What officers write where nothing occurred: a zero, and no gap.
const NOTHING: &str = "nihil";

/// Whether a text is the error of a formula, as a workbook saved as text has it.
fn is_error(text: &str) -> bool {
    let text = text.trim();
    let known = ["#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#N/A"];
    known.iter().any(|error| text.eq_ignore_ascii_case(error))
        || text
            .strip_prefix("Err:")
            .is_some_and(|code| code.parse::<u16>().is_ok())
}

/// What a figure that is merged over several rows is where it is no figure: a year, a code.
fn unspread(text: &str) -> Cell<'_> {
    match (text.parse::<i64>(), text.parse::<f64>()) {
        (Ok(whole), _) if whole.to_string() == text => Cell::Integer(whole),
        (_, Ok(value)) if value.to_string() == text => Cell::Float(value),
        _ => Cell::Text(text),
    }
}

/// A number without the zeros that its sheet shows before it.
fn unpadded(text: &str) -> &str {
    let is_padded = |text: &str| matches!(text.as_bytes(), [b'0', digit, ..] if digit.is_ascii_digit());
    let mut rest = text;
    while is_padded(rest) {
        rest = &rest[1..];
    }
    rest
}

/// A fraction in percent. Floats carry 15 digits: what multiplying adds behind them is not kept.
fn hundredfold(fraction: f64) -> f64 {
    (fraction * 1e12).round() / 1e10
}

fn example(grain: Grain) -> &'static str {
    match grain {
        Grain::Year => "2024",
        Grain::Semester => "2024-S2",
        Grain::Quarter => "2024-Q1",
        Grain::Month => "2024-08",
        Grain::Day => "2024-08-12",
    }
}

/// A number without exponent or trailing zeros.
pub(super) fn plain(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        format!("{}", value as i64)
    } else {
        format!("{value}")
    }
}

/// Text of a cell that may stand for a code or a text; none for dates, booleans and errors.
pub(super) fn plain_text(cell: Cell<'_>) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(text.trim().to_string()),
        Cell::Integer(value) => Some(value.to_string()),
        Cell::Float(value) => Some(plain(value)),
        Cell::Literal(text) | Cell::Spread(text) => Some(text.to_string()),
        Cell::Empty | Cell::Percent(_) | Cell::Bool(_) | Cell::Date { .. } | Cell::Error(_) | Cell::Uncalculated => {
            None
        }
    }
}

/// A cell as a person would see it, with what may be personal masked.
pub fn shown(cell: Cell<'_>) -> Cow<'_, str> {
    match cell {
        Cell::Date { serial, epoch } => {
            let date = date::from_serial(serial, epoch == Epoch::Year1904);
            date.map_or_else(|_| plain(serial), |date| date.to_string()).into()
        }
        Cell::Bool(value) => value.to_string().into(),
        Cell::Percent(fraction) => format!("{} %", plain(hundredfold(fraction))).into(),
        Cell::Error(text) => text.into(),
        Cell::Text(text) => personal_shown(text),
        Cell::Empty => Cow::Borrowed(""),
        _ => personal_shown(&plain_text(cell).unwrap_or_default())
            .into_owned()
            .into(),
    }
}
