//! Blocks of a sheet as the rows of its table: what lies outside is cut off, blanks that mean "as above" are filled, the
//! totals of crosstabs are compared and their rows turned.

use super::crosstab::{Crosstab, CrosstabSums};
use super::lane::Lane;
use super::layout;
use super::lines::UnderLines;
use super::places::is_blank;
use super::plan::SheetPlan;
use super::route::Layout;
use super::tables::is_title;
use crate::config::Contract;
use crate::domain::text::is_missing;
use crate::finding::{Finding, Place};
use crate::read::{Block, Cell, RawCell};

/// The rows of a table, as its layout says.
pub struct TableRows {
    /// Rows that come before the data, not yet seen.
    skip: usize,
    /// Rows of a crosstab that were no data.
    left: u64,
}

impl TableRows {
    pub fn new(layout: &Layout) -> TableRows {
        TableRows {
            skip: layout.skip_rows,
            left: 0,
        }
    }

    /// What of the sheet's next block is the table's, and the first row that is data.
    fn inside(&mut self, block: Block, layout: &Layout) -> (Block, usize) {
        let block = match &layout.form {
            Some(form) => form.turn(&block),
            None => layout.area.of(block),
        };
        let from = self.skip.min(block.rows());
        self.skip -= from;
        (block, from)
    }

    /// The rows of a crosstab turned.
    fn turned(&mut self, block: Block, from: usize, layout: &Layout) -> (Block, usize) {
        let Some(crosstab) = &layout.crosstab else {
            return (block, from);
        };
        let (block, left) = crosstab.turn(&block, from);
        self.left += left;
        (block, 0)
    }

    /// The table's rows of the sheet's next block, and the first that is data.
    pub fn next(&mut self, block: Block, layout: &Layout) -> (Block, usize) {
        let (block, from) = self.inside(block, layout);
        self.turned(block, from, layout)
    }
}

/// The rows of a table on their way into the model.
pub(super) struct SheetRows {
    rows: TableRows,
    sums: CrosstabSums,
    /// The row before is a title, or a blank below one.
    below_title: bool,
    lines: UnderLines,
    /// What was found by the way.
    notes: Vec<Finding>,
}

impl SheetRows {
    pub fn new(layout: &Layout) -> SheetRows {
        SheetRows {
            rows: TableRows::new(layout),
            sums: CrosstabSums::default(),
            below_title: false,
            lines: UnderLines::default(),
            notes: Vec::new(),
        }
    }

    /// Rows of a crosstab that were no data.
    pub fn left(&self) -> u64 {
        self.rows.left
    }

    /// What was found by the way.
    pub fn notes(mut self, plan: &SheetPlan<'_>) -> Vec<Finding> {
        self.notes.extend(self.lines.notes(plan));
        self.notes
    }

    /// The table's rows of the sheet's next block, and the first that is data. `lane` reads figures.
    ///
    /// # Errors
    /// Where a table of its own begins below: its rows would be taken for those of this one. Where a line between the rows
    /// says something of those below it that cannot be read.
    pub fn next(&mut self, block: Block, plan: &SheetPlan<'_>, lane: &Lane<'_>) -> Result<(Block, usize), Finding> {
        let (mut block, from) = self.rows.inside(block, &plan.layout);
        if plan.layout.header_row.is_none() {
            return Ok((block, from));
        }
        if plan.layout.form.is_none() {
            let repeated = self.repeated_headers(&block, from, plan, &lane.contract)?;
            if !repeated.is_empty() {
                block = without(&block, &repeated);
            }
        }
        if plan.layout.crosstab.is_none() && plan.layout.form.is_none() {
            no_cut_thousands(&block, from, plan, lane)?;
        }
        block = self.lines.next(block, from, plan, lane)?;
        match &plan.layout.crosstab {
            None => self.notes.extend(plan.fill_down(&mut block, from, &lane.contract)),
            Some(crosstab) => self.compare(crosstab, &block, from, plan, lane),
        }
        Ok(self.rows.turned(block, from, &plan.layout))
    }

    /// Rows that are the header once more.
    ///
    /// # Errors
    /// Where a table of its own begins below.
    fn repeated_headers(
        &mut self,
        block: &Block,
        from: usize,
        plan: &SheetPlan<'_>,
        contract: &Contract,
    ) -> Result<Vec<usize>, Finding> {
        let is_blank = |row: usize| block.row(row).iter().all(|&raw| is_blank(block.view(raw)));
        let is_below_title = |row: usize, first: bool| match (from..row).rev().find(|&above| !is_blank(above)) {
            Some(above) => is_title(block, above),
            None => first,
        };
        // Figures below values are told from words by the values.
        let header = plan.layout.crosstab.is_none().then(|| OtherHeader::new(plan, contract));
        let mut repeated = Vec::new();
        for row in from..block.rows() {
            let header_row = plan.layout.repeated_header_row(&plan.used, block, row);
            let is_below = || is_below_title(row, self.below_title);
            let is_gap = || row > from && is_blank(row - 1);
            let is_other = match header_row {
                // Its lower rows stand below the first.
                Some(position) => position == 0 && is_below(),
                None => {
                    let is_apart = || is_gap() || is_below();
                    header.as_ref().is_some_and(|header| header.is(block, row, is_apart))
                }
            };
            if is_other {
                return Err(Finding::of("table-below-table").at(plan.place(block, row)));
            }
            repeated.extend(header_row.map(|_| row));
        }
        self.below_title = is_below_title(block.rows(), self.below_title);
        Ok(repeated)
    }

    fn compare(&mut self, crosstab: &Crosstab, block: &Block, from: usize, plan: &SheetPlan<'_>, lane: &Lane<'_>) {
        let figure = |measure: usize, cell: Cell<'_>| lane.figure(measure, cell);
        for (row, finding) in self.sums.check(crosstab, block, from, figure) {
            let place = Place {
                column_index: finding.place.column_index,
                column: finding.place.column.clone(),
                ..plan.place(block, row)
            };
            self.notes.push(finding.at(place));
        }
    }
}

impl Layout {
    /// Which row of the header a row is once more, as at the top of a second page. `used` are the sheet columns that are read.
    pub(super) fn repeated_header_row(&self, used: &[usize], block: &Block, row: usize) -> Option<usize> {
        let is_same = |&column: &usize| says(block.cell(row, column), &self.headers[column]);
        if self.crosstab.is_none() && used.len() > 1 && used.iter().all(is_same) {
            return Some(0);
        }
        let is = |row: usize, header: &[String]| {
            let width = block.row(row).len().max(header.len());
            let text = |column: usize| header.get(column).map_or("", String::as_str);
            (0..width).all(|column| says(block.cell(row, column), text(column)))
        };
        // One of several stands beside the next, unless the block ends between them.
        let is_beside = |other: Option<usize>, position: usize| match other {
            Some(other) if other < block.rows() => {
                let header = self.header_rows.get(position);
                header.is_none_or(|header| is(other, header))
            }
            _ => true,
        };
        (0..self.header_rows.len()).find(|&position| {
            is(row, &self.header_rows[position])
                && match position {
                    0 => is_beside(Some(row + 1), 1),
                    // Column numbers may stand alone on the next page.
                    _ => {
                        layout::is_numbering(&self.header_rows[position]) || is_beside(row.checked_sub(1), position - 1)
                    }
                }
        })
    }
}

/// Whether a cell says a header's text.
fn says(cell: Cell<'_>, header: &str) -> bool {
    match cell {
        Cell::Empty => header.trim().is_empty(),
        Cell::Text(text) | Cell::Spread(text) => text.trim() == header.trim(),
        Cell::Integer(number) => header.trim().parse() == Ok(number),
        Cell::Date { .. } => super::cell::shown(cell).trim() == header.trim(),
        _ => false,
    }
}

/// The block with some of its rows, given in their order, blank.
fn without(block: &Block, rows: &[usize]) -> Block {
    let mut kept = Block {
        text: block.text.clone(),
        numbers_are_lines: block.numbers_are_lines,
        epoch: block.epoch,
        ..Block::default()
    };
    for row in 0..block.rows() {
        if rows.binary_search(&row).is_err() {
            kept.cells.extend(block.row(row));
        }
        kept.end_row(block.row_numbers[row]);
    }
    kept
}

/// Refuses rows whose figures were cut at the comma of their thousands, where the file parts cells by commas: `140,000` makes
/// two cells, of which the second has three digits wherever it has anything.
fn no_cut_thousands(block: &Block, from: usize, plan: &SheetPlan<'_>, lane: &Lane<'_>) -> Result<(), Finding> {
    let columns = lane.readers.iter().filter(|reader| {
        let next = plan.layout.columns.source[reader.index].map(|source| source + 1);
        reader.column.kind.is_measure() && next.is_some_and(|next| !plan.used.contains(&next))
    });
    for reader in columns {
        let Some(source) = plan.layout.columns.source[reader.index] else {
            continue;
        };
        let header = |column: usize| match plan.layout.headers.get(column).map(|header| header.trim()) {
            Some(header) if !header.is_empty() => header.to_string(),
            _ => (column + 1).to_string(),
        };
        let mut first = None;
        let mut is_cut = true;
        for row in from..block.rows() {
            match (block.cell(row, source), block.cell(row, source + 1)) {
                (Cell::Empty, _) | (_, Cell::Empty) => {}
                (Cell::Text(figure), Cell::Text(rest)) if stands_cut(block, row, source) && rest.len() == 3 => {
                    first = first.or_else(|| Some((row, format!("{figure},{rest}"))));
                }
                _ => is_cut = false,
            }
        }
        if let Some((row, written)) = first.filter(|_| is_cut) {
            let place = Place {
                column_index: Some(source as u32),
                column: Some(reader.name.clone()),
                ..plan.place(block, row)
            };
            let finding = Finding::of("thousands-unquoted").with("column", header(source));
            return Err(finding.with("next", header(source + 1)).value(written).at(place));
        }
    }
    Ok(())
}

/// Whether a cell of one to three digits and the digits beside it stand in the file with a comma between them and no quotes.
fn stands_cut(block: &Block, row: usize, column: usize) -> bool {
    let [RawCell::Text(whole), RawCell::Text(rest)] = block.row(row)[column..column + 2] else {
        return false;
    };
    let written = block
        .text
        .get(whole.start as usize..(rest.start + rest.length) as usize);
    written
        .and_then(|written| written.split_once(','))
        .is_some_and(|(whole, rest)| {
            let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
            (1..=3).contains(&whole.len()) && !whole.starts_with('0') && are_digits(whole) && are_digits(rest)
        })
}

/// How a row is told that is the header of another table, of which the contract may ask nothing: `Komoditas | Satuan | HET`
/// below `Komoditas | Satuan | Harga`.
struct OtherHeader<'p> {
    /// Sheet columns of figures, and the others that are read, with their headers.
    figures: Vec<(usize, &'p str)>,
    names: Vec<(usize, &'p str)>,
}

impl<'p> OtherHeader<'p> {
    fn new(plan: &'p SheetPlan<'_>, contract: &Contract) -> OtherHeader<'p> {
        let figures = plan.layout.figures(contract);
        let names = plan.used.iter().filter(|column| !figures.contains(column));
        let header = |&column: &usize| Some((column, plan.layout.headers.get(column)?.trim()));
        OtherHeader {
            names: names.filter_map(header).collect(),
            figures: figures.iter().filter_map(header).collect(),
        }
    }

    /// Whether all figures of a row are words, and it repeats a header, or stands apart from the rows above it and has another
    /// word in each column. `is_apart` is asked last.
    fn is(&self, block: &Block, row: usize, is_apart: impl Fn() -> bool) -> bool {
        let word = |column: usize| match block.cell(row, column) {
            Cell::Text(text) => Some(text.trim()).filter(|text| is_word(text)),
            _ => None,
        };
        let Some(words) = self
            .figures
            .iter()
            .map(|&(column, _)| word(column))
            .collect::<Option<Vec<&str>>>()
        else {
            return false;
        };
        // One of several rows of the own header, once more on the next page.
        let is_own = self
            .figures
            .iter()
            .zip(&words)
            .any(|((_, header), word)| header.contains(word));
        if words.is_empty() || is_own {
            return false;
        }
        let is_same = |&(column, header): &(usize, &str)| word(column).is_some_and(|text| text == header);
        if self.names.iter().any(is_same) {
            return true;
        }
        let is_other = words
            .iter()
            .enumerate()
            .all(|(index, word)| !words[..index].contains(word));
        words.len() > 1 && is_other && self.names.iter().all(|&(column, _)| word(column).is_some()) && is_apart()
    }
}

/// A text of letters that is no mark for a figure that is missing.
fn is_word(text: &str) -> bool {
    text.chars().filter(|letter| letter.is_alphabetic()).count() > 1
        && !text.chars().any(|letter| letter.is_ascii_digit())
        && !is_missing(text, &[])
}

impl Lane<'_> {
    /// A cell of a measure that adds up, as a number; none where it says none, or where nothing adds up. Powers of ten in
    /// headers are left out: they are those of the total too.
    pub(super) fn figure(&self, measure: usize, cell: Cell<'_>) -> Result<Option<f64>, ()> {
        let reader = &self.readers[measure];
        if !reader.column.adds_up() || reader.is_missing(cell) {
            return Ok(None);
        }
        let written = match cell {
            Cell::Text(text) => crate::domain::text::noted_figure(text).map_or(text, |(figure, _)| figure),
            _ => "",
        };
        let cell = if written.is_empty() { cell } else { Cell::Text(written) };
        let style = self.styles.by_column[measure];
        match reader.scaled(cell, style, FIGURE_SCALE) {
            Ok(scaled) => Ok(Some(scaled as f64 / 10f64.powi(FIGURE_SCALE as i32))),
            Err(_) => Err(()),
        }
    }
}

/// Decimals of figures that are added up.
const FIGURE_SCALE: u32 = 6;
