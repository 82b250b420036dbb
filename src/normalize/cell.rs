//! One cell to one value of a contract column.

mod figure;
mod time;

use super::cell_code::Meanings;
use super::{Context, personal};
use crate::config::{Column, ColumnType, Locale, Pii};
use crate::domain::number::Style;
use crate::domain::period::{Grain, Period};
use crate::domain::personal::{held_by_number, shown as personal_shown};
use crate::domain::unit::Ratio;
use crate::domain::{date, nik, text};
use crate::finding::Finding;
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
            Cell::Literal(text) if self.column.kind.is_measure() => Cell::Literal(figure::unpadded(text)),
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

/// A fraction in percent. Floats carry 15 digits: what multiplying adds behind them is not kept.
fn hundredfold(fraction: f64) -> f64 {
    (fraction * 1e12).round() / 1e10
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
