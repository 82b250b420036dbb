//! Rows that say something about a row of the set: the same again, or the same key with another price.

use crate::random::Random;
use crate::write::Value;
use std::io;

/// What a corrected price differs by: fifty rupiah, in hundredths.
const DIFFERENCE: i64 = 5_000;

/// One row in this many of the latest is corrected, so that corrections spread over weeks.
const ONE_IN: u64 = 7;

/// The row with a higher price.
fn corrected<'a>(values: &[Value<'a>]) -> io::Result<Vec<Value<'a>>> {
    let mut values = values.to_vec();
    match values.last_mut() {
        Some(Value::Decimal(price)) => *price += DIFFERENCE,
        _ => return Err(io::Error::other("only a row that ends with a price can be corrected")),
    }
    Ok(values)
}

/// Chooses which rows of a set are corrected: one in seven, counted back from its end.
pub struct Corrections {
    count: u64,
    left: u64,
}

impl Corrections {
    /// `count` corrections of a set of `rows` rows.
    pub fn new(count: u64, rows: u64) -> Corrections {
        Corrections { count, left: rows }
    }

    /// Takes the next row of the set: its correction, if it gets one.
    pub fn take<'a>(&mut self, values: &[Value<'a>]) -> io::Result<Option<Vec<Value<'a>>>> {
        self.left = self.left.saturating_sub(1);
        if !self.left.is_multiple_of(ONE_IN) || self.left / ONE_IN >= self.count {
            return Ok(None);
        }
        corrected(values).map(Some)
    }
}

/// Chooses which rows come twice, and keeps them for the end.
pub struct Doubles<'a> {
    share: f64,
    chance: Random,
    kept: Vec<Vec<Value<'a>>>,
}

impl<'a> Doubles<'a> {
    /// Doubles a share of the rows that it is shown.
    pub fn new(share: f64, seed: u64) -> Doubles<'a> {
        Doubles {
            share,
            chance: Random::of(seed, "doubles"),
            kept: Vec::new(),
        }
    }

    /// Shows a row.
    pub fn consider(&mut self, values: &[Value<'a>]) {
        if self.share > 0.0 && self.chance.chance(self.share) {
            self.kept.push(values.to_vec());
        }
    }

    /// The second rows: in turns the same as the first, and with another price.
    pub fn rows(self) -> io::Result<Vec<Vec<Value<'a>>>> {
        let second = |(number, row): (usize, Vec<Value<'a>>)| match number % 2 {
            0 => Ok(row),
            _ => corrected(&row),
        };
        self.kept.into_iter().enumerate().map(second).collect()
    }
}
