//! Cells of days and periods.

use super::{ColumnReader, plain, unspread};
use crate::domain::date;
use crate::domain::period::{Grain, Period};
use crate::finding::{Finding, said};
use crate::read::{Cell, Epoch};
use chrono::NaiveDate;

impl ColumnReader {
    pub(in crate::normalize) fn date(&self, cell: Cell<'_>) -> Result<NaiveDate, Finding> {
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

    /// The period that a cell names, in one of the contract's grains, or by the month of which a year's figures are.
    pub(in crate::normalize) fn period_of(&self, cell: Cell<'_>) -> Option<Period> {
        let named = |text: &str| {
            let month = || Period::parse(text, &[Grain::Month]).ok();
            let own = Period::parse(text, &self.grains).ok();
            own.or_else(|| month()?.year_of(self.column.reference_month?))
        };
        match cell {
            Cell::Date { serial, epoch } => date::from_serial(serial, epoch == Epoch::Year1904)
                .ok()
                .and_then(|date| Period::from_date(date, &self.grains)),
            Cell::Text(text) => named(text),
            Cell::Spread(text) => self.period_of(unspread(text)),
            Cell::Integer(value) => named(&value.to_string()),
            Cell::Float(value) if value.fract() == 0.0 => named(&plain(value)),
            _ => None,
        }
    }

    pub(super) fn period(&self, cell: Cell<'_>) -> Result<Period, Finding> {
        let period = self.period_of(cell).ok_or_else(|| {
            let examples = self.grains.iter().map(|grain| said::canonical(example(*grain)));
            Finding::of("period-invalid")
                .with_both("examples", &said::list(examples))
                .value(self.shown(cell))
        })?;
        self.begun(period)
    }

    /// Refuses a period that has not begun: nothing can be reported of it.
    pub(in crate::normalize) fn begun(&self, period: Period) -> Result<Period, Finding> {
        if period.start() > self.as_of {
            let finding = Finding::of("period-in-future").with_day("as_of", self.as_of.to_string());
            return Err(finding.with_day("value", period.to_string()).value(period.to_string()));
        }
        Ok(period)
    }
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
