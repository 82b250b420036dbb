//! Crosstabs: tables in whose header stand the values of one of the contract's columns (months, years, commodities), a
//! sheet column or a group of them each. Every row of the sheet becomes a row for each value.

mod figures;
mod find;
mod said;
mod sums;

use figures::Sum;
pub(super) use figures::is_share;
pub(super) use find::{Doubt, Look, find};
pub use sums::CrosstabSums;

use super::headers::{ColumnMap, YearFrom};
use super::rows::{RowKind, classify, foot};
use crate::domain::period::{Grain, Period};
use crate::domain::text;
use crate::read::{Block, Cell, RawCell};
use chrono::{Datelike, NaiveDate};

/// A value that stands in the header.
#[derive(Debug, Clone, PartialEq)]
struct Value {
    /// As it is read.
    text: String,
    /// Sheet columns of its figures, in the order of the crosstab's measures.
    cells: Vec<Option<usize>>,
    /// A day that its month does not have, or a time that is still to come: it may stand in a form, but without figures.
    is_no_day: bool,
}

impl Value {
    fn first_column(&self) -> Option<usize> {
        self.cells.iter().flatten().next().copied()
    }
}

/// How a crosstab is turned.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Crosstab {
    /// Contract column whose values stand in the header.
    pub along: usize,
    /// The values, in the order of the header.
    values: Vec<Value>,
    /// Contract columns of the figures.
    measures: Vec<usize>,
    /// No header names what some of them are: the contract leaves but one.
    pub is_unnamed: bool,
    /// Sheet columns that stand at the beginning of a turned row. The value follows, and then the figures.
    own: Vec<usize>,
    /// Number of the sheet's columns.
    width: usize,
    /// Sheet columns of totals, which are sums of their rows, and what each is called.
    totals: Vec<(usize, String)>,
    /// Figures whose parts stand beside them.
    sums: Vec<Sum>,
}

impl Crosstab {
    /// The values that stand in the header, as they are read.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        let values = self.values.iter().filter(|value| !value.is_no_day);
        values.map(|value| value.text.as_str())
    }

    /// Those that are still to come.
    pub fn to_come(&self, as_of: NaiveDate) -> impl Iterator<Item = &str> {
        let is_to_come = move |text: &&str| Period::parse(text, &Grain::ALL).is_ok_and(|time| time.start() > as_of);
        let values = self.values.iter().filter(|value| value.is_no_day);
        values.map(|value| value.text.as_str()).filter(is_to_come)
    }

    /// Whether no two of the values are times of different years.
    fn is_of_one_year(&self) -> bool {
        let times = self
            .values
            .iter()
            .filter_map(|value| Period::parse(&value.text, &Grain::ALL).ok());
        let mut years = times.map(|time| time.start().year());
        let first = years.next();
        years.all(|year| Some(year) == first)
    }

    /// Each figure: the first sheet column of its value, its contract column, and its sheet column.
    pub fn figures(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        self.values.iter().flat_map(|value| {
            let cells = self.measures.iter().zip(&value.cells);
            cells.filter_map(|(&measure, cell)| Some((value.first_column()?, measure, (*cell)?)))
        })
    }

    /// Makes turned rows begin with just the sheet columns that are read, and gives their headers.
    fn narrow(&mut self, columns: &mut ColumnMap, texts: &[String]) -> Vec<String> {
        let mut own: Vec<usize> = columns.source.iter().flatten().copied().collect();
        own.extend(&columns.also_regions);
        if let Some(YearFrom::Column(year)) = columns.year {
            own.push(year);
        }
        own.sort_unstable();
        own.dedup();
        let place = |column: usize| own.binary_search(&column).unwrap_or_default();
        for source in columns.source.iter_mut().flatten() {
            *source = place(*source);
        }
        for column in &mut columns.also_regions {
            *column = place(*column);
        }
        if let Some(YearFrom::Column(year)) = &mut columns.year {
            *year = place(*year);
        }
        let headers = own.iter().map(|&column| texts[column].clone()).collect();
        self.own = own;
        headers
    }

    /// Sheet columns of figures.
    pub(super) fn figure_columns(&self) -> Vec<usize> {
        self.figures().map(|(.., column)| column).collect()
    }

    /// Sheet column of a turned row's column that is the same for all values.
    pub(super) fn own(&self, column: usize) -> Option<usize> {
        self.own.get(column).copied()
    }

    /// Sheet column of the first figure of the value `value`.
    pub(super) fn first_column(&self, value: usize) -> Option<usize> {
        self.values.get(value)?.first_column()
    }

    /// Sheet column of the cell that stands in `column` of a turned row of the value `value`.
    pub(super) fn origin(&self, value: usize, column: usize) -> usize {
        if let Some(&own) = self.own.get(column) {
            return own;
        }
        let cells = self
            .values
            .get(value)
            .map(|value| value.cells.as_slice())
            .unwrap_or_default();
        let position = column - self.own.len();
        match position.checked_sub(1) {
            // Beyond the figures stand the cells that no header is above.
            Some(figure) if figure >= cells.len() => self.width + figure - cells.len(),
            Some(figure) if cells[figure].is_some() => cells[figure].unwrap_or_default(),
            _ => self.first_column(value).unwrap_or_default(),
        }
    }

    /// Turns a block's rows from `from` on. Totals, remarks and blank rows are left out; their number comes second.
    pub fn turn(&self, block: &Block, from: usize) -> (Block, u64) {
        let mut used: Vec<usize> = self.own.iter().copied().chain(self.figure_columns()).collect();
        used.sort_unstable();
        let until = foot(block, from, used.len());
        let mut turned = Block {
            text: block.text.clone(),
            numbers_are_lines: block.numbers_are_lines,
            epoch: block.epoch,
            ..Block::default()
        };
        let values: Vec<RawCell> = self
            .values
            .iter()
            .map(|value| RawCell::Text(turned.push_text(&value.text)))
            .collect();
        let mut left = (block.rows() - until) as u64;
        for row in from..until {
            if classify(block, row, &used) != RowKind::Data {
                left += 1;
                continue;
            }
            let cells = block.row(row);
            let cell = |column: usize| cells.get(column).copied().unwrap_or(RawCell::Empty);
            let beyond = cells.get(self.width..).unwrap_or_default();
            for (position, value) in self.values.iter().enumerate() {
                let figures = &value.cells;
                let says_none = |&column: &usize| !says_something(block.cell(row, column));
                if value.is_no_day && figures.iter().flatten().all(says_none) {
                    continue;
                }
                turned.cells.extend(self.own.iter().map(|&column| cell(column)));
                turned.cells.push(values[position]);
                turned
                    .cells
                    .extend(figures.iter().map(|figure| figure.map_or(RawCell::Empty, cell)));
                turned.cells.extend(beyond);
                turned.turned.push(position as u32);
                turned.end_row(block.row_numbers[row]);
            }
        }
        (turned, left)
    }
}

/// Whether a cell holds more than a mark for what is missing, or the zero that a form shows there: `0,00`, `Rp -`.
pub(super) fn says_something(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Empty | Cell::Integer(0) => false,
        Cell::Float(value) | Cell::Percent(value) => value != 0.0,
        Cell::Text(text) | Cell::Literal(text) => {
            let text = text.trim();
            let bare = text
                .strip_prefix("Rp")
                .map_or(text, |bare| bare.trim_start_matches(['.', ' ', '\u{a0}']));
            !bare.chars().all(|letter| "0.,-–".contains(letter)) && !text::is_missing(text, &[])
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::figures::Figure;
    use super::find::crosstab;
    use super::*;

    fn figure(column: usize, value: &str, measure: Option<usize>) -> Figure {
        Figure {
            column,
            value: value.to_string(),
            measure,
            is_no_day: false,
        }
    }

    #[test]
    fn figures_of_one_value_stand_together() {
        let figures = [
            figure(1, "2024", Some(7)),
            figure(2, "2025", Some(7)),
            figure(3, "2024", Some(8)),
            figure(4, "2025", Some(8)),
        ];
        let found = crosstab(0, &figures, None).unwrap();
        assert_eq!(found.measures, [7, 8]);
        let expected = [("2024", [Some(1), Some(3)]), ("2025", [Some(2), Some(4)])];
        let expected = expected.map(|(text, cells)| Value {
            text: text.to_string(),
            cells: cells.to_vec(),
            is_no_day: false,
        });
        assert_eq!(found.values, expected);
        let cells: Vec<_> = found.figures().collect();
        assert_eq!(cells, [(1, 7, 1), (1, 8, 3), (2, 7, 2), (2, 8, 4)]);
        // A column of the sheet, the value, its two figures, and what stands beyond.
        let found = Crosstab {
            own: vec![0],
            width: 5,
            ..found
        };
        assert_eq!([0, 1, 2, 3, 4].map(|column| found.origin(1, column)), [0, 2, 2, 4, 5]);
        assert_eq!(
            [0, 1, 2].map(|value| found.first_column(value)),
            [Some(1), Some(2), None]
        );
    }

    #[test]
    fn a_doubt_is_no_crosstab() {
        // Nothing says what stands below; one value alone; one figure of a value twice.
        assert_eq!(crosstab(0, &[figure(1, "a", None), figure(2, "b", None)], None), None);
        assert_eq!(crosstab(0, &[figure(1, "a", None)], Some(7)), None);
        let twice = [figure(1, "a", None), figure(2, "b", None), figure(3, "a", None)];
        assert_eq!(crosstab(0, &twice, Some(7)), None);
    }

    #[test]
    fn a_day_that_no_month_has_may_stand_there_without_figures() {
        let block = Block::of_rows(4, &[&["Beras", "5", "-"], &["Gula", "6", "7"]]);
        let mut figures = [figure(1, "2026-11-30", None), figure(2, "2026-11-31", None)];
        figures[1].is_no_day = true;
        let crosstab = Crosstab {
            own: vec![0],
            width: 3,
            ..crosstab(1, &figures, Some(2)).unwrap()
        };
        let (turned, _) = crosstab.turn(&block, 0);
        assert_eq!((turned.row_numbers, turned.turned), (vec![4, 5, 5], vec![0, 0, 1]));
        assert_eq!(crosstab.values().collect::<Vec<_>>(), ["2026-11-30"]);
    }

    #[test]
    fn a_form_says_nothing_where_it_shows_zeros() {
        for text in ["", " ", "0", "0,00", "Rp -", "Rp. 0", "-", "Rp0,00", "n/a"] {
            assert!(!says_something(Cell::Text(text)), "{text}");
        }
        assert!(!says_something(Cell::Literal("0")) && says_something(Cell::Literal("5")));
        for text in ["0,5", "Rp 10", "tutup", "1.000"] {
            assert!(says_something(Cell::Text(text)), "{text}");
        }
    }

    #[test]
    fn a_row_becomes_a_row_for_each_value() {
        let rows: [&[&str]; 3] = [
            &["Coblong", "5", "6"],
            &["Jumlah", "5", "6"],
            &["Sumber: dinas", "", ""],
        ];
        let block = Block::of_rows(4, &rows);
        let figures = [figure(1, "2024", None), figure(2, "2025", None)];
        let crosstab = Crosstab {
            own: vec![0],
            width: 3,
            ..crosstab(1, &figures, Some(2)).unwrap()
        };
        let (turned, left) = crosstab.turn(&block, 0);
        assert_eq!((turned.rows(), left), (2, 2));
        let cells: Vec<_> = (0..2)
            .map(|row| [0, 1, 2].map(|column| turned.cell(row, column)))
            .collect();
        let name = Cell::Text("Coblong");
        assert_eq!(cells[0], [name, Cell::Text("2024"), Cell::Integer(5)]);
        assert_eq!(cells[1], [name, Cell::Text("2025"), Cell::Integer(6)]);
        assert_eq!((turned.row_numbers, turned.turned), (vec![4, 4], vec![0, 1]));
    }
}
