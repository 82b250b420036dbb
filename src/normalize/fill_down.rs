//! Blank cells that mean "as above": what merged cells become where a sheet is saved as text, or where each name is
//! written once, above the rows that it is for.

use super::places::is_blank;
use super::rows::{RowKind, classify, foot};
use crate::config::Contract;
use crate::read::{Block, RawCell};

/// Blanks are read as what stands above them where at least this share of a column's rows is blank: a single one in a
/// long table is an omission, which only its sender can mend.
const LEAST_PERCENT: usize = 25;

/// Fills such blanks of a block's rows from `from` on. `source` are the sheet columns by contract column. Gives the columns,
/// each with the row of the first cell that was filled, and how many were.
pub(super) fn fill_down(
    block: &mut Block,
    from: usize,
    contract: &Contract,
    source: &[Option<usize>],
) -> Vec<(usize, usize, usize)> {
    let mut used: Vec<usize> = source.iter().flatten().copied().collect();
    used.sort_unstable();
    let until = foot(block, from, used.len());
    let columns = || contract.columns.iter().zip(source);
    let names = columns().filter(|((_, column), _)| !column.kind.is_measure());
    // What a row must say, and where nothing stands for a blank.
    let mut leads: Vec<usize> = names
        .clone()
        .filter(|((name, column), _)| (column.required || contract.key.contains(name)) && column.default.is_none())
        .filter_map(|(_, source)| *source)
        .collect();
    // Nearly every block of nearly every file: nothing to fill, and nothing else to find out.
    let has_blank = |column: &usize| (from..until).any(|row| is_blank(block.cell(row, *column)));
    leads.retain(has_blank);
    if leads.is_empty() {
        return Vec::new();
    }
    let figures: Vec<usize> = columns()
        .filter(|((_, column), _)| column.kind.is_measure())
        .filter_map(|(_, source)| *source)
        .collect();
    let has_figure = |block: &Block, row: usize| figures.iter().any(|&column| !is_blank(block.cell(row, column)));
    let rows: Vec<usize> = (from..until)
        .filter(|&row| has_figure(block, row) && classify(block, row, &used) == RowKind::Data)
        .collect();
    let is_sparse = |&column: &usize| {
        let blanks = rows.iter().filter(|&&row| is_blank(block.cell(row, column))).count();
        blanks < rows.len() && blanks > 0 && blanks * 100 >= rows.len() * LEAST_PERCENT
    };
    let mut sparse: Vec<usize> = names.filter_map(|(_, source)| *source).filter(is_sparse).collect();
    sparse.sort_unstable();
    leads.retain(|column| sparse.contains(column));
    let mut filled: Vec<(usize, usize, usize)> = Vec::new();
    let mut changes: Vec<(usize, usize, RawCell)> = Vec::new();
    let mut above: Vec<RawCell> = vec![RawCell::Empty; sparse.len()];
    for row in from..until {
        let is_data = rows.binary_search(&row).is_ok();
        if !is_data {
            let kind = classify(block, row, &used);
            match kind {
                // Below a total begins something new; a name alone is that of the rows below it.
                RowKind::Total => above.fill(RawCell::Empty),
                RowKind::Data => note_names(block, row, &sparse, &mut above),
                RowKind::Blank | RowKind::Footnote | RowKind::Numbering => {}
            }
            continue;
        }
        let continues = leads.iter().any(|&column| is_blank(block.cell(row, column)));
        let mut begins = false;
        for (above, &column) in above.iter_mut().zip(&sparse) {
            if !is_blank(block.cell(row, column)) {
                *above = block.row(row)[column];
                begins = true;
                continue;
            }
            let is_lead = leads.contains(&column);
            // A name on its left begins something new, of which nothing is said here.
            if begins && !is_lead {
                *above = RawCell::Empty;
            }
            if !continues || matches!(above, RawCell::Empty) {
                continue;
            }
            changes.push((row, column, *above));
            match filled.iter_mut().find(|(known, ..)| *known == column) {
                Some((_, _, count)) => *count += 1,
                None => filled.push((column, row, 1)),
            }
        }
    }
    set(block, &changes);
    filled
}

/// Takes the names that a row without figures says.
fn note_names(block: &Block, row: usize, sparse: &[usize], above: &mut [RawCell]) {
    for (above, &column) in above.iter_mut().zip(sparse) {
        if !is_blank(block.cell(row, column)) {
            *above = block.row(row)[column];
        }
    }
}

/// Sets cells, given in the order of rows.
fn set(block: &mut Block, changes: &[(usize, usize, RawCell)]) {
    let Some(&(first, ..)) = changes.first() else { return };
    let start = if first == 0 {
        0
    } else {
        block.row_ends[first - 1] as usize
    };
    let old = block.cells.split_off(start);
    let mut changes = changes.iter().peekable();
    let mut at = start;
    for row in first..block.rows() {
        let end = block.row_ends[row] as usize;
        let mut cells = old[at - start..end - start].to_vec();
        at = end;
        while let Some((_, column, cell)) = changes.next_if(|(changed, ..)| *changed == row) {
            if *column >= cells.len() {
                cells.resize(column + 1, RawCell::Empty);
            }
            cells[*column] = *cell;
        }
        block.cells.extend(cells);
        block.row_ends[row] = block.cells.len() as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Cell;

    fn stock() -> Contract {
        let configuration = crate::config::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        Contract::clone(&configuration.contracts["commodity_stock"])
    }

    /// Rows of warehouse, its kind, commodity, stock, unit and date, after filling.
    fn filled(rows: &[&[&str]]) -> (Vec<Vec<String>>, usize) {
        let contract = stock();
        let titles = ["location", "location_kind", "commodity_code", "stock", "unit", "date"];
        let source: Vec<Option<usize>> = contract
            .columns
            .keys()
            .map(|name| titles.iter().position(|title| title == name))
            .collect();
        let mut block = Block::of_rows(1, rows);
        let changed = fill_down(&mut block, 0, &contract, &source);
        let text = |row, column| match block.cell(row, column) {
            Cell::Text(text) => text.to_string(),
            _ => String::new(),
        };
        let texts = (0..block.rows()).map(|row| [0, 1, 5].map(|column| text(row, column)).to_vec());
        (texts.collect(), changed.iter().map(|(_, _, count)| count).sum())
    }

    #[test]
    fn blanks_below_a_name_are_that_name() {
        let (rows, count) = filled(&[
            &["Gedebage", "Bulog", "Beras", "12", "ton", "17/11/2026"],
            &["", "", "Gula", "80", "ton"],
            &["Cibiru", "", "Beras", "12500", "kg", ""],
            &["", "", "Jagung", "3200", "kg", ""],
        ]);
        let day = "17/11/2026";
        // Nothing says what kind of place Cibiru is.
        let expected = [
            ["Gedebage", "Bulog", day],
            ["Gedebage", "Bulog", day],
            ["Cibiru", "", day],
            ["Cibiru", "", day],
        ];
        assert_eq!(rows, expected);
        assert_eq!(count, 6);
    }

    #[test]
    fn a_name_alone_or_a_total_ends_the_group_above() {
        let (rows, _) = filled(&[
            &["Gedebage", "Bulog", "Beras", "12", "ton", "17/11/2026"],
            &["", "", "Gula", "80", "ton"],
            &["Cibiru", "", "", "", "", ""],
            &["", "", "Beras", "12500", "kg", ""],
            &["Jumlah", "", "", "12592", "", ""],
            &["", "", "Jagung", "3200", "kg", ""],
        ]);
        assert_eq!(rows[3][0], "Cibiru");
        assert_eq!(rows[5], ["", "", ""], "nothing says whose it is");
    }

    #[test]
    fn a_single_gap_is_an_omission() {
        let row: &[&str] = &["Gedebage", "Bulog", "Beras", "12", "ton", "17/11/2026"];
        let gap: &[&str] = &["Gedebage", "Bulog", "Gula", "12", "ton", ""];
        assert_eq!(filled(&[row, row, row, gap, row, row]).1, 0);
        // Where every row has its day, a blank warehouse stays the region as a whole.
        let whole: &[&str] = &["", "", "Gula", "12", "ton", "17/11/2026"];
        assert_eq!(filled(&[row, whole, whole]).1, 0);
    }
}
