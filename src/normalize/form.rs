//! Forms: labels below each other, the value of each beside it; of a table that lies on its side, the values. Cells in, a description out; no format and no dataset is
//! known here.

use super::layout::LOOKED_AT;
use super::tables::is_filled;
use crate::read::{Block, Cell, RawCell};

/// Fewest lines of a form.
const FEWEST: usize = 3;

/// Most records of a table that lies on its side.
const MOST_RECORDS: usize = 1_000;

/// Where the values of a form stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Sheet row of each label, from 1.
    pub rows: Vec<u32>,
    /// Sheet columns of the values, from 0: one, or in a table that lies on its side one for each record.
    pub columns: Vec<usize>,
}

/// The form that a sheet is, with its labels: every row has a text and values beside it, or a text alone. None where the
/// sheet is none, or is too long for one.
pub(super) fn find(top: &Block) -> Option<(Form, Vec<String>)> {
    if top.rows() > LOOKED_AT {
        return None;
    }
    let mut form = Form {
        rows: Vec::new(),
        columns: Vec::new(),
    };
    let mut labels = Vec::new();
    // Sheet column of each label, and how many rows have a value in each column.
    let mut label_columns = Vec::new();
    let mut filled_rows: Vec<usize> = Vec::new();
    for row in 0..top.rows() {
        let mut filled = (0..top.row(row).len()).filter(|&column| is_filled(top.cell(row, column)));
        let Some(first) = filled.next() else { continue };
        let values: Vec<usize> = filled.collect();
        if values.is_empty() {
            continue;
        }
        let Cell::Text(label) = top.cell(row, first) else {
            return None;
        };
        label_columns.push(first);
        for column in values {
            filled_rows.resize(filled_rows.len().max(column + 1), 0);
            filled_rows[column] += 1;
        }
        form.rows.push(top.row_numbers[row]);
        labels.push(label.trim().trim_end_matches(':').trim_end().to_string());
    }
    form.columns = (0..filled_rows.len())
        .filter(|&column| filled_rows[column] > 0)
        .collect();
    let is_even = label_columns.iter().all(|column| *column == label_columns[0])
        && form
            .columns
            .iter()
            .all(|&column| filled_rows[column] * 2 >= labels.len());
    let is_form = labels.len() >= FEWEST && form.columns.len() <= MOST_RECORDS && (form.columns.len() == 1 || is_even);
    is_form.then_some((form, labels))
}

impl Form {
    /// Whether it is a table on its side: a record in each column.
    pub(super) fn is_table(&self) -> bool {
        self.columns.len() > 1
    }

    /// The records as rows, numbered as the first line.
    pub(super) fn turn(&self, block: &Block) -> Block {
        let mut turned = Block {
            text: block.text.clone(),
            numbers_are_lines: block.numbers_are_lines,
            epoch: block.epoch,
            ..Block::default()
        };
        let position = |number: &u32| block.row_numbers.iter().position(|known| known == number);
        for (record, &column) in self.columns.iter().enumerate() {
            let cell = |row: usize| block.row(row).get(column).copied();
            let cells = self
                .rows
                .iter()
                .map(|number| position(number).and_then(cell).unwrap_or(RawCell::Empty));
            turned.cells.extend(cells);
            turned.turned.push(record as u32);
            turned.end_row(self.rows.first().copied().unwrap_or(1));
        }
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
        assert_eq!(
            (form.columns.as_slice(), form.rows.as_slice()),
            (&[2][..], &[2, 3, 4][..])
        );
        let turned = form.turn(&block);
        assert_eq!(turned.row_numbers, [2]);
        let cells = [0, 1, 2].map(|column| turned.cell(0, column));
        assert_eq!(cells, [Cell::Text("Mei 2026"), Cell::Integer(189), Cell::Integer(188)]);
    }

    #[test]
    fn a_table_on_its_side_is_a_row_for_each_column() {
        let rows: &[&[&str]] = &[
            &["DATA KTP"],
            &["Kecamatan", "Andir", "Coblong"],
            &["Wajib KTP", "189", "200"],
            &["Sudah Rekam", "188", ""],
        ];
        let block = Block::of_rows(1, rows);
        let (form, labels) = find(&block).unwrap();
        assert_eq!(labels, ["Kecamatan", "Wajib KTP", "Sudah Rekam"]);
        assert!(form.is_table());
        let turned = form.turn(&block);
        assert_eq!(turned.rows(), 2);
        let cells = [0, 1, 2].map(|column| turned.cell(1, column));
        assert_eq!(cells, [Cell::Text("Coblong"), Cell::Integer(200), Cell::Empty]);
    }

    #[test]
    fn other_shapes_are_no_form() {
        let numbered: &[&[&str]] = &[&["1", "Sleman", "5"], &["2", "Bantul", "7"], &["3", "Kota", "7"]];
        assert_eq!(find(&Block::of_rows(1, numbered)), None);
        let short: &[&[&str]] = &[&["Bulan", "Mei 2026"], &["Jumlah", "5"]];
        assert_eq!(find(&Block::of_rows(1, short)), None);
        let shifted: &[&[&str]] = &[&["Bulan", "Mei 2026"], &["Jumlah", "", "5"], &["Lahir", "5"]];
        assert_eq!(find(&Block::of_rows(1, shifted)), None);
    }
}
