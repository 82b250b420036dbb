//! The ways in which a row is spoilt. Each spoils one cell so that this row and no other must be refused.

use super::Dataset;
use crate::write::{Format, Style, Value};

/// One way to spoil a row.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Which column is spoilt, counted from 0.
    pub column: usize,
    /// What kind of finding must follow: `region`, `period`, `date`, `number`, `code`,
    /// `range`, `rule` or `required`.
    pub family: &'static str,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    /// The cell becomes this text.
    Text(&'static str),
    /// The number becomes its negative, or -1.
    Negative,
    /// The number grows by a tenth and one, so that it no longer agrees with its neighbours.
    Disagree,
    Nothing,
}

impl Fault {
    fn text(column: usize, family: &'static str, text: &'static str) -> Fault {
        Fault {
            column,
            family,
            change: Change::Text(text),
        }
    }

    fn negative(column: usize) -> Fault {
        Fault {
            column,
            family: "range",
            change: Change::Negative,
        }
    }

    fn disagree(column: usize) -> Fault {
        Fault {
            column,
            family: "rule",
            change: Change::Disagree,
        }
    }

    fn empty_key(column: usize) -> Fault {
        Fault {
            column,
            family: "required",
            change: Change::Nothing,
        }
    }

    /// The value that stands in the place of the right one.
    pub fn spoil<'a>(&self, value: &Value<'a>) -> Value<'a> {
        let number = |change: fn(i64) -> i64| match value {
            Value::Integer(number) => Value::Integer(change(*number)),
            Value::Decimal(hundredths) => Value::Decimal(change(*hundredths)),
            _ => Value::text("#REF!"),
        };
        match self.change {
            Change::Text(text) => Value::text(text),
            Change::Negative => number(|number| -number.max(1)),
            Change::Disagree => number(|number| number + number / 10 + 1),
            Change::Nothing => Value::Empty,
        }
    }
}

/// The faults of a dataset. A number in the wrong notation is one only where numbers are text in the Indonesian
/// notation.
pub fn of(dataset: Dataset, format: Format, style: Style) -> Vec<Fault> {
    const NO_NUMBER: &str = "dua belas";
    const NO_DATE: &str = "31/02/2025";
    const WRONG_NOTATION: &str = "12.50";
    let mut faults = vec![Fault::text(0, "region", "99.99")];
    let numbers: &[usize] = match dataset {
        Dataset::Population => {
            faults.extend([Fault::text(2, "period", "Semester III 2024"), Fault::disagree(5)]);
            faults.extend([Fault::empty_key(2), Fault::negative(3)]);
            &[3, 4, 5]
        }
        Dataset::Labour => {
            faults.extend([
                Fault::text(1, "period", "TW V 2024"),
                Fault::disagree(5),
                Fault::negative(4),
            ]);
            &[2, 3, 4, 5]
        }
        Dataset::CommodityPrice => {
            faults.extend([Fault::text(1, "date", NO_DATE), Fault::text(2, "code", "Beras Ajaib")]);
            faults.extend([Fault::empty_key(1), Fault::negative(4)]);
            &[4]
        }
        Dataset::Commitment => {
            faults.extend([
                Fault::text(1, "code", "layanan lain-lain"),
                Fault::text(3, "date", NO_DATE),
            ]);
            faults.push(Fault::negative(4));
            &[4]
        }
        Dataset::ServiceActivity => {
            faults.extend([
                Fault::text(1, "code", "layanan lain-lain"),
                Fault::text(2, "date", NO_DATE),
            ]);
            faults.extend([Fault::empty_key(2), Fault::negative(3)]);
            &[3, 4]
        }
        Dataset::InnovationReport => {
            faults.extend([
                Fault::text(3, "code", "entah"),
                Fault::text(5, "date", NO_DATE),
                Fault::empty_key(1),
            ]);
            faults.push(Fault::negative(6));
            &[6]
        }
    };
    faults.extend(numbers.iter().map(|column| Fault::text(*column, "number", NO_NUMBER)));
    if format == Format::Csv && style == Style::Id {
        faults.extend(
            numbers
                .iter()
                .map(|column| Fault::text(*column, "number", WRONG_NOTATION)),
        );
    }
    faults
}
