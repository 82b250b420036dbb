//! Cells that are merged over rows: each of the rows means what stands in the first. A figure is marked in each of them:
//! where it is counted, nobody can say whose it is.

use super::{Block, Cell, Epoch, RawCell};
use std::collections::HashMap;

/// What is repeated.
enum Value {
    Text(String),
    Date(f64, Epoch),
    Figure(String),
}

impl Value {
    fn cell(&self, block: &mut Block) -> RawCell {
        match self {
            Value::Text(text) => RawCell::Text(block.push_text(text)),
            Value::Figure(text) => RawCell::Spread(block.push_text(text)),
            Value::Date(serial, epoch) => RawCell::Date {
                serial: *serial,
                epoch: *epoch,
            },
        }
    }
}

/// The merged ranges of a sheet, while it is read from top to bottom. Positions are (row, column), from 0.
#[derive(Default)]
pub(super) struct Merged {
    /// Last row of each range, by its first cell, until that has come.
    waiting: HashMap<(u32, u32), u32>,
    /// The ranges that go on.
    open: Vec<Open>,
}

/// A range that goes on.
struct Open {
    column: u32,
    last: u32,
    value: Value,
    /// The row in which its text was put into a block last, and the cell that points there: each block has it once.
    put: (u32, RawCell),
}

impl Merged {
    /// `ranges` are first and last cell. Those of one row are not kept: a header tells by itself over how many columns it
    /// goes.
    pub fn new(ranges: impl Iterator<Item = ((u32, u32), (u32, u32))>) -> Merged {
        let kept = ranges.filter(|(first, last)| first.0 < last.0);
        Merged {
            waiting: kept.map(|(first, last)| (first, last.0)).collect(),
            open: Vec::new(),
        }
    }

    /// Notes a cell of the row that is being filled, which may be a range's first: a figure is marked.
    pub fn note(&mut self, row: u32, column: u32, block: &mut Block, cell: RawCell) {
        let Some(last) = self.waiting.remove(&(row, column)) else {
            return;
        };
        let value = match block.view(cell) {
            Cell::Text(text) if !is_figure(text) => Value::Text(text.to_string()),
            Cell::Date { serial, epoch } => Value::Date(serial, epoch),
            Cell::Text(text) | Cell::Literal(text) => Value::Figure(text.to_string()),
            Cell::Integer(number) => Value::Figure(number.to_string()),
            Cell::Float(number) | Cell::Percent(number) => Value::Figure(number.to_string()),
            _ => return,
        };
        let mut first = cell;
        if matches!(value, Value::Figure(_)) {
            first = value.cell(block);
            block.set_cell(column as usize, first);
        }
        self.open.push(Open {
            column,
            last,
            value,
            put: (row, first),
        });
    }

    /// Fills the row that is about to end where a range goes on through an empty cell of it.
    pub fn fill(&mut self, row: u32, block: &mut Block) {
        self.open.retain(|open| open.last >= row);
        // Rows are numbered from 1; of a block that has none yet this is the first.
        let begin = block.row_numbers.first().map_or(row, |number| number.saturating_sub(1));
        for open in &mut self.open {
            let at = block.open_row_start() + open.column as usize;
            if !matches!(block.cells.get(at), None | Some(RawCell::Empty)) {
                continue;
            }
            if open.put.0 < begin {
                open.put = (row, open.value.cell(block));
            }
            block.set_cell(open.column as usize, open.put.1);
        }
    }
}

/// Whether a text may be a figure: digits, and fewer than a day or a number of a register has. What is none after all, such as
/// a year or the code of a region, its column reads all the same.
fn is_figure(text: &str) -> bool {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.eq_ignore_ascii_case("nihil") || (1..8).contains(&digits) && !text.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_days_are_repeated_and_figures_marked() {
        let ranges = [((0, 0), (2, 0)), ((0, 1), (1, 1)), ((0, 2), (1, 2)), ((1, 3), (1, 4))];
        let mut merged = Merged::new(ranges.into_iter());
        let mut block = Block::default();
        let name = RawCell::Text(block.push_text("Gudang"));
        let day = RawCell::Date {
            serial: 46_000.0,
            epoch: Epoch::Year1900,
        };
        for (column, cell) in [name, day, RawCell::Integer(5)].into_iter().enumerate() {
            block.set_cell(column, cell);
            merged.note(0, column as u32, &mut block, cell);
        }
        for row in 0..4 {
            if row > 0 {
                block.set_cell(3, RawCell::Integer(i64::from(row)));
            }
            merged.fill(row, &mut block);
            block.end_row(row + 1);
        }
        let column = |column: usize| (0..4).map(|row| block.cell(row, column)).collect::<Vec<_>>();
        let name = Cell::Text("Gudang");
        assert_eq!(column(0), [name, name, name, Cell::Empty]);
        let day = Cell::Date {
            serial: 46_000.0,
            epoch: Epoch::Year1900,
        };
        assert_eq!(column(1), [day, day, Cell::Empty, Cell::Empty]);
        assert_eq!(
            column(2),
            [Cell::Spread("5"), Cell::Spread("5"), Cell::Empty, Cell::Empty]
        );
        assert_eq!(block.text, "Gudang5", "each text once, however many rows it goes over");
    }

    #[test]
    fn a_range_goes_on_in_the_next_block() {
        let mut merged = Merged::new([((0, 0), (5, 0))].into_iter());
        let mut blocks = Vec::new();
        for first in [0, 3] {
            let mut block = Block::default();
            for row in first..first + 3 {
                if row == 0 {
                    let cell = RawCell::Text(block.push_text("Gudang"));
                    block.set_cell(0, cell);
                    merged.note(0, 0, &mut block, cell);
                }
                merged.fill(row, &mut block);
                block.end_row(row + 1);
            }
            blocks.push(block);
        }
        for block in &blocks {
            assert_eq!(block.text, "Gudang");
            assert!((0..3).all(|row| block.cell(row, 0) == Cell::Text("Gudang")));
        }
    }
}
