//! Forms: labels below each other, the value of each beside it. Cells in, a description out; no format and no dataset is
//! known here.

use super::layout::LOOKED_AT;
use super::tables::is_filled;
use crate::read::{Block, Cell, RawCell};

/// Fewest lines of a form.
const FEWEST: usize = 3;

/// Where the values of a form stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Sheet row of each label, from 1.
    pub rows: Vec<u32>,
    /// Sheet column of the values, from 0.
    pub column: usize,
}

/// The form that a sheet is, with its labels: every row has one text and one value beside it, or a text alone. None where
/// the sheet is none, or is too long for one.
pub(super) fn find(top: &Block) -> Option<(Form, Vec<String>)> {
    if top.rows() > LOOKED_AT {
        return None;
    }
    let mut form = Form {
        rows: Vec::new(),
        column: 0,
    };
    let mut labels = Vec::new();
    for row in 0..top.rows() {
        let mut filled = (0..top.row(row).len()).filter(|&column| is_filled(top.cell(row, column)));
        let (first, value, more) = (filled.next(), filled.next(), filled.next());
        let Some((first, value)) = first.zip(value) else {
            continue;
        };
        let Cell::Text(label) = top.cell(row, first) else {
            return None;
        };
        if more.is_some() || (!form.rows.is_empty() && form.column != value) {
            return None;
        }
        form.column = value;
        form.rows.push(top.row_numbers[row]);
        labels.push(label.trim().trim_end_matches(':').trim_end().to_string());
    }
    (form.rows.len() >= FEWEST).then_some((form, labels))
}

impl Form {
    /// The form as one row, numbered as its first line.
    pub(super) fn turn(&self, block: &Block) -> Block {
        let mut turned = Block {
            text: block.text.clone(),
            numbers_are_lines: block.numbers_are_lines,
            epoch: block.epoch,
            ..Block::default()
        };
        let position = |number: &u32| block.row_numbers.iter().position(|known| known == number);
        let cell = |row: usize| block.row(row).get(self.column).copied();
        let cells = self
            .rows
            .iter()
            .map(|number| position(number).and_then(cell).unwrap_or(RawCell::Empty));
        turned.cells.extend(cells);
        turned.end_row(self.rows.first().copied().unwrap_or(1));
        turned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_with_a_value_beside_each_are_one_row() {
        let rows: &[&[&str]] = &[
            &["FORMULIR"],
            &["Bulan", ":", "Mei 2026"],
            &["Wajib KTP-el :", "", "189"],
            &["Sudah Rekam", ":", "188"],
        ];
        let block = Block::of_rows(1, rows);
        let (form, labels) = find(&block).unwrap();
        assert_eq!(labels, ["Bulan", "Wajib KTP-el", "Sudah Rekam"]);
        assert_eq!((form.column, form.rows.as_slice()), (2, &[2, 3, 4][..]));
        let turned = form.turn(&block);
        assert_eq!(turned.row_numbers, [2]);
        let cells = [0, 1, 2].map(|column| turned.cell(0, column));
        assert_eq!(cells, [Cell::Text("Mei 2026"), Cell::Integer(189), Cell::Integer(188)]);
    }

    #[test]
    fn a_table_is_no_form() {
        let table: &[&[&str]] = &[
            &["Daerah", "Lahir", "Mati"],
            &["Sleman", "5", "7"],
            &["Bantul", "5", "7"],
        ];
        assert_eq!(find(&Block::of_rows(1, table)), None);
        let short: &[&[&str]] = &[&["Bulan", "Mei 2026"], &["Jumlah", "5"]];
        assert_eq!(find(&Block::of_rows(1, short)), None);
        let shifted: &[&[&str]] = &[&["Bulan", "Mei 2026"], &["Jumlah", "", "5"], &["Lahir", "5"]];
        assert_eq!(find(&Block::of_rows(1, shifted)), None);
    }
}
