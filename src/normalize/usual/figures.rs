//! Plain figures, and what they say about the style in which a column writes its numbers.

use super::Draft;
use crate::config::ColumnType;
use crate::domain::number::{Proof, Style, plain};
use crate::normalize::cell::{ColumnReader, Value};
use crate::normalize::columns::{Filled, Values};
use crate::normalize::lane::Lane;
use crate::read::Cell;

impl Lane<'_> {
    pub(super) fn fill_figures(&mut self, draft: &mut Draft<'_>, index: usize, source: usize) {
        let reader = &self.readers[index];
        let style = self.styles.by_column[index];
        let has_markers = !reader.missing.is_empty();
        let mut column = std::mem::replace(&mut draft.columns[index], Filled::same(Value::Null));
        let mut proofs = vec![Proof::None; draft.doubt.len()];
        for row in draft.rows() {
            if draft.doubt[row] {
                continue;
            }
            let cell = draft.cell(row, source);
            if let Cell::Text(written) = cell
                && !(has_markers && reader.is_missing(cell))
                && let Some(proof) = figure(reader, style, written, &mut column.values, row)
            {
                proofs[row] = proof;
                column.valid[row] = true;
                continue;
            }
            // Written figures of another shape leave evidence of their own; numbers and gaps do not.
            let is_gap = reader.is_missing(cell);
            if !is_gap && matches!(cell, Cell::Text(_)) {
                draft.doubt[row] = true;
                continue;
            }
            if !is_gap {
                match reader.read(cell, style, 0, self.context.as_of, self.context) {
                    Ok(value) => column.set(row, &value, &mut draft.own),
                    Err(_) => draft.doubt[row] = true,
                }
            }
        }
        draft.columns[index] = column;
        draft.proofs[index] = proofs;
    }

    /// Takes what the figures of rows that were read say about their style.
    pub(super) fn take_evidence(&mut self, draft: &Draft<'_>) {
        for (index, proofs) in draft.proofs.iter().enumerate() {
            for (row, proof) in proofs.iter().enumerate() {
                if *proof != Proof::None && !draft.doubt[row] {
                    self.witness.add(index, *proof);
                }
            }
        }
    }
}

/// Reads a plain figure into its column. None: not plain, out of range, or more precise than the column.
fn figure(reader: &ColumnReader, style: Style, written: &str, values: &mut Values, row: usize) -> Option<Proof> {
    let found = plain(written, style)?;
    match values {
        Values::Scaled(numbers) => {
            let is_money = reader.column.kind == ColumnType::Money;
            let proof = match found.proof {
                // `140,000` in a column with a decimal comma: the careful way refuses it.
                Proof::Ambiguous if is_money && found.decimals > 0 => return None,
                Proof::Ambiguous if is_money => Proof::Thousands(style),
                proof => proof,
            };
            let factor = 10_i128.checked_pow(reader.scale.checked_sub(found.decimals)?)?;
            let scaled = i128::from(found.digits).checked_mul(factor)?;
            if found.digits >= LEAST_NIK
                || scaled >= MOST_SCALED
                || !reader.is_in_range(scaled as f64 / 10_f64.powi(reader.scale as i32))
            {
                return None;
            }
            numbers[row] = scaled;
            Some(proof)
        }
        Values::Integer(numbers) => {
            if found.decimals > 0 || found.digits >= LEAST_PHONE || !reader.is_in_range(found.digits as f64) {
                return None;
            }
            numbers[row] = found.digits as i64;
            // A count has no decimals, so its one kind of mark sets thousands apart.
            Some(if found.proof == Proof::None {
                Proof::None
            } else {
                Proof::Only(style)
            })
        }
        Values::Float(numbers) => {
            // Both are exact below these bounds, so the quotient is the nearest float.
            let is_exact = found.digits < LEAST_NIK && found.decimals <= 22;
            let value = found.digits as f64 / 10_f64.powi(found.decimals as i32);
            if !is_exact || !reader.is_in_range(value) {
                return None;
            }
            numbers[row] = value;
            Some(found.proof)
        }
        _ => None,
    }
}

/// Counts from here on may be telephone numbers, and figures population numbers: the careful way tells. Both are far below
/// 2^53, so smaller floats are exact.
const LEAST_PHONE: u64 = 8_000_000_000;
const LEAST_NIK: u64 = 1_000_000_000_000_000;

/// First scaled value that has more digits than a column holds.
const MOST_SCALED: i128 = 10_i128.pow(crate::table::schema::PRECISION as u32);
