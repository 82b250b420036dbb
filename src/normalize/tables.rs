//! Several tables on one sheet, below each other or side by side: cells in, areas out. Whether a part of a sheet is a table
//! of something is asked of the caller; no format and no dataset is known here.

use super::layout::{self, LOOKED_AT};
use super::places::is_blank;
use super::rows::is_remark;
use crate::domain::text;
use crate::read::{Block, Cell, RawCell};
use std::ops::Range;

/// Most tables of one sheet.
const MOST_TABLES: usize = 40;

/// Most tables side by side: each reads the sheet once.
const MOST_BESIDE: usize = 12;

/// Most filled cells of a title above a table.
const TITLE_CELLS: usize = 2;

/// The part of a sheet that a table takes up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Sheet rows, from 1.
    rows: Range<u32>,
    /// Sheet columns, from 0.
    columns: Range<usize>,
}

impl Default for Area {
    /// The whole sheet.
    fn default() -> Area {
        Area {
            rows: 0..u32::MAX,
            columns: 0..usize::MAX,
        }
    }
}

impl Area {
    /// Rows of the block that are the titles on top of the area's rows, in all columns.
    pub(super) fn titles(&self, block: &Block) -> Range<usize> {
        let inside = |row: &usize| self.rows.contains(&block.row_numbers[*row]);
        let first = (0..block.rows()).find(inside).unwrap_or_default();
        let end = (first..block.rows()).find(|&row| !inside(&row) || !is_title(block, row));
        first..end.unwrap_or(block.rows())
    }

    /// Those of them that are said of the sheet and not of the area's own table: all but the last.
    pub(super) fn sheet_titles(&self, block: &Block) -> Range<usize> {
        let titles = self.titles(block);
        let last = titles.clone().rev().find(|&row| filled(block, row) > 0);
        titles.start..last.unwrap_or(titles.start)
    }

    fn is_whole(&self) -> bool {
        *self == Area::default()
    }

    /// The block's rows inside, with blanks for the cells outside: every cell keeps its column.
    fn cut(&self, block: &Block) -> Block {
        let mut cut = Block {
            text: block.text.clone(),
            numbers_are_lines: block.numbers_are_lines,
            epoch: block.epoch,
            ..Block::default()
        };
        for row in 0..block.rows() {
            if !self.rows.contains(&block.row_numbers[row]) {
                continue;
            }
            let cells = block.row(row);
            let kept = &cells[..cells.len().min(self.columns.end)];
            let outside = self.columns.start.min(kept.len());
            cut.cells.extend(std::iter::repeat_n(RawCell::Empty, outside));
            cut.cells.extend(&kept[outside..]);
            cut.end_row(block.row_numbers[row]);
        }
        cut
    }

    /// What of a block is inside.
    pub(super) fn of(&self, block: Block) -> Block {
        match self.is_whole() {
            true => block,
            false => self.cut(&block),
        }
    }
}

/// The tables of a sheet whose first block is `top`. `knows` says whether texts may be those of a header, `fits` whether a
/// block, from its first row on, is a table of something. One area, the whole sheet, where there are not several.
pub(super) fn areas(top: &Block, knows: impl Fn(&[String]) -> bool, fits: impl Fn(Block) -> bool) -> Vec<Area> {
    let bands: Vec<Area> = bands(top, knows, &fits);
    let areas = bands.into_iter().flat_map(|band| side_by_side(top, &band, &fits));
    areas.collect()
}

/// Tables below each other: each begins with the titles above its header.
fn bands(top: &Block, knows: impl Fn(&[String]) -> bool, fits: &impl Fn(Block) -> bool) -> Vec<Area> {
    let mut starts: Vec<(usize, usize)> = Vec::new();
    for row in 0..top.rows() {
        if filled(top, row) < 2 || !layout::is_header_row(top, row) || !stands_apart(top, row) {
            continue;
        }
        let rows = row..(row + layout::DEEPEST).min(top.rows());
        let texts: Vec<String> = rows.flat_map(|row| layout::texts(top, row)).collect();
        if !knows(&texts) {
            continue;
        }
        let begin = starts.last().map_or(0, |_| titles_from(top, row));
        // What looked like a header was a label above this one.
        if let Some(last) = starts.last_mut()
            && row == last.1 + 1
            && is_title(top, last.1)
            && filled(top, row) > filled(top, last.1)
        {
            last.1 = row;
            continue;
        }
        if let Some(&(_, header)) = starts.last() {
            // Below a header of one row stands data; and at the top of a page the same header again.
            let is_page = is_same_row(top, header, row) && !has_title(top, begin, row);
            if row < header + 2 || is_page {
                continue;
            }
        }
        starts.push((begin, row));
        if starts.len() == MOST_TABLES {
            break;
        }
    }
    if starts.len() > 1 {
        starts.retain(|&(_, row)| fits(below(top, row, &Area::default())));
    }
    if starts.len() < 2 {
        return vec![Area::default()];
    }
    let begins: Vec<u32> = starts.iter().map(|&(begin, _)| top.row_numbers[begin]).collect();
    let ends = begins[1..].iter().copied().chain(std::iter::once(u32::MAX));
    let rows = begins.iter().enumerate().zip(ends);
    rows.map(|((index, &begin), end)| Area {
        rows: if index == 0 { 0..end } else { begin..end },
        ..Area::default()
    })
    .collect()
}

/// Tables side by side: columns of the band that a blank column parts, or the same headers once more.
fn side_by_side(top: &Block, band: &Area, fits: &impl Fn(Block) -> bool) -> Vec<Area> {
    let whole = || vec![band.clone()];
    let header = (0..top.rows()).filter(|&row| band.rows.contains(&top.row_numbers[row]));
    let mut header = header.take(LOOKED_AT).filter(|&row| filled(top, row) >= 4);
    let Some(header) = header.find(|&row| layout::is_header_row(top, row)) else {
        return whole();
    };
    let texts: Vec<String> = layout::texts(top, header)
        .iter()
        .map(|text| text::header(text))
        .collect();
    let Some(groups) = repeated(&texts) else { return whole() };
    // Names on the left, whose header stands above, are those of every group: one table.
    let says = |mut rows: std::ops::Range<usize>, column: usize| rows.any(|row| !is_blank(top.cell(row, column)));
    let above = header.saturating_sub(layout::DEEPEST - 1)..header;
    let rows = header + 1..top.rows().min(header + LOOKED_AT);
    let is_shared = |column: usize| says(above.clone(), column) && says(rows.clone(), column);
    if (0..groups[0].start).any(is_shared) {
        return whole();
    }
    let end = |group: usize| groups.get(group + 1).map_or(usize::MAX, |next| next.start);
    let areas: Vec<Area> = (0..groups.len())
        .map(|group| Area {
            rows: band.rows.clone(),
            columns: groups[group].start..end(group),
        })
        .collect();
    let all_fit = areas.iter().all(|area| fits(below(top, header, area)));
    if all_fit { areas } else { whole() }
}

/// The rows that show whether a header is one, from it on, of an area.
fn below(top: &Block, header: usize, area: &Area) -> Block {
    let end = top.row_numbers[(header + LOOKED_AT).min(top.rows() - 1)];
    let rows = Area {
        rows: top.row_numbers[header]..end.saturating_add(1).min(area.rows.end),
        columns: area.columns.clone(),
    };
    rows.cut(top)
}

/// Runs of columns with the same texts, from the first filled one; none where they are not repeated.
fn repeated(texts: &[String]) -> Option<Vec<Range<usize>>> {
    let first = texts.iter().position(|text| !text.is_empty())?;
    let starts: Vec<usize> = (first..texts.len())
        .filter(|&column| texts[column] == texts[first])
        .collect();
    let run = |start: usize| {
        let end = starts.iter().copied().find(|&next| next > start).unwrap_or(texts.len());
        let filled = (start..end).rev().find(|&column| !texts[column].is_empty());
        start..filled.map_or(start, |last| last + 1)
    };
    let runs: Vec<Range<usize>> = starts.iter().map(|&start| run(start)).collect();
    let same = |run: &Range<usize>| texts[run.clone()] == texts[runs[0].clone()];
    (runs.len() > 1 && runs.len() <= MOST_BESIDE && runs[0].len() > 1 && runs.iter().all(same)).then_some(runs)
}

/// Number of a row's filled cells.
fn filled(block: &Block, row: usize) -> usize {
    block.row(row).iter().filter(|&&raw| is_filled(block.view(raw))).count()
}

/// Whether a cell says something; a colon in a cell of its own is punctuation.
pub(super) fn is_filled(cell: Cell<'_>) -> bool {
    !is_blank(cell) && !is_colon(cell)
}

fn is_colon(cell: Cell<'_>) -> bool {
    matches!(cell, Cell::Text(text) if text.trim() == ":")
}

/// Whether a row begins the sheet, or stands below a blank or a title.
fn stands_apart(block: &Block, row: usize) -> bool {
    row == 0 || block.row_numbers[row] > block.row_numbers[row - 1] + 1 || is_title(block, row - 1)
}

/// A row of a few texts and no figures, a label with its value behind a colon, or a blank one.
pub(super) fn is_title(block: &Block, row: usize) -> bool {
    let cells = || block.row(row).iter().map(|&raw| block.view(raw));
    let is_text = |cell: Cell<'_>| is_blank(cell) || matches!(cell, Cell::Text(_));
    let is_label = |cell: Cell<'_>| is_colon(cell) || matches!(cell, Cell::Text(text) if text.trim().ends_with(':'));
    let is_remark = |cell: Cell<'_>| matches!(cell, Cell::Text(text) if is_remark(text));
    if filled(block, row) > TITLE_CELLS || cells().any(is_remark) {
        return false;
    }
    cells().all(is_text) || cells().any(is_label)
}

/// First row of the titles above a header: those right above it, or above the blank that is.
fn titles_from(block: &Block, header: usize) -> usize {
    let is_next = |first: usize| block.row_numbers[first] == block.row_numbers[first - 1] + 1;
    let is_written = |row: usize| is_title(block, row) && filled(block, row) > 0;
    let mut first = header;
    if header > 1 && !(is_written(header - 1) && is_next(header)) {
        let above = (0..header).rev().find(|&row| filled(block, row) > 0);
        match above.filter(|&above| is_written(above) && filled(block, above) == 1) {
            Some(above) => first = above,
            None => return header,
        }
    }
    while first > 0 && is_written(first - 1) && is_next(first) {
        first -= 1;
    }
    first
}

fn has_title(block: &Block, begin: usize, header: usize) -> bool {
    (begin..header).any(|row| filled(block, row) > 0)
}

fn is_same_row(block: &Block, one: usize, other: usize) -> bool {
    let texts = |row| {
        let texts = layout::texts(block, row).into_iter().map(|text| text::header(&text));
        texts.filter(|text| !text.is_empty()).collect::<Vec<_>>()
    };
    texts(one) == texts(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Areas of rows where `Daerah` begins a table.
    fn found(rows: &[&[&str]]) -> Vec<(Range<u32>, Range<usize>)> {
        let block = Block::of_rows(1, rows);
        let fits = |block: Block| {
            let texts = if block.rows() > 0 {
                layout::texts(&block, 0)
            } else {
                Vec::new()
            };
            texts.iter().any(|text| text == "Daerah")
        };
        let areas = areas(&block, |_| true, fits).into_iter();
        areas.map(|area| (area.rows, area.columns)).collect()
    }

    const ALL: Range<usize> = 0..usize::MAX;

    #[test]
    fn one_table_is_the_whole_sheet() {
        let whole = vec![(0..u32::MAX, ALL)];
        assert_eq!(found(&[&["DATA"], &["Daerah", "Jumlah"], &["Sleman", "5"]]), whole);
        assert_eq!(found(&[]), whole);
        // The same header at the top of a second page; a header of nothing known below.
        let page: &[&[&str]] = &[
            &["Daerah", "Jumlah"],
            &["Sleman", "5"],
            &[""],
            &["Daerah", "Jumlah"],
            &["Bantul", "7"],
        ];
        assert_eq!(found(page), whole);
        let other: &[&[&str]] = &[&["Daerah", "Jumlah"], &["Sleman", "5"], &[""], &["Nama", "Jabatan"]];
        assert_eq!(found(other), whole);
    }

    #[test]
    fn each_table_begins_with_its_titles() {
        let rows: &[&[&str]] = &[
            &["A. SEPTEMBER 2026"],
            &["Daerah", "Jumlah"],
            &["Sleman", "5"],
            &[""],
            &["B. OKTOBER 2026"],
            &["Daerah", "Jumlah"],
            &["Sleman", "7"],
        ];
        assert_eq!(found(rows), [(0..5, ALL), (5..u32::MAX, ALL)]);
    }

    #[test]
    fn names_on_the_left_are_those_of_every_group() {
        let rows: &[&[&str]] = &[
            &["Nama", "Semester I", "", "Semester II", ""],
            &["", "Daerah", "Jumlah", "Daerah", "Jumlah"],
            &["Coblong", "Sleman", "5", "Bantul", "7"],
        ];
        assert_eq!(found(rows), [(0..u32::MAX, ALL)]);
    }

    #[test]
    fn the_same_headers_once_more_are_a_table_beside() {
        let rows: &[&[&str]] = &[
            &["DATA"],
            &["Daerah", "Jumlah", "", "Daerah", "Jumlah"],
            &["Sleman", "5", "", "Bantul", "7"],
        ];
        assert_eq!(found(rows), [(0..u32::MAX, 0..3), (0..u32::MAX, 3..usize::MAX)]);
        let area = Area {
            rows: 2..3,
            columns: 3..usize::MAX,
        };
        let cut = area.of(Block::of_rows(1, rows));
        assert_eq!(cut.row_numbers, [2]);
        assert_eq!((cut.cell(0, 0), cut.cell(0, 3)), (Cell::Empty, Cell::Text("Daerah")));
    }
}
