//! Where the header of a table is, and over how many rows it goes: cells in, a description out. What a header may be
//! called is asked of the caller; no format and no dataset is known here.

mod axis;

pub(super) use axis::serials_of;

use crate::domain::text;
use crate::read::{Block, Cell, RawCell};
use std::cmp::Reverse;

/// Rows from the top among which a header is looked for.
pub(super) const LOOKED_AT: usize = 60;

/// Most rows of one header.
pub(super) const DEEPEST: usize = 3;

/// A header as it was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Header {
    /// Row of the block where it begins.
    pub first: usize,
    /// Number of its rows; 0 in a block without rows.
    pub depth: usize,
    /// How many of them name its columns; below stand units and column numbers.
    pub named: usize,
    /// Row below the titles: above it where cells of its first row are merged with those of rows above.
    pub top: usize,
    /// Its texts by sheet column, those of several rows joined.
    pub texts: Vec<String>,
    /// The same not joined: for each sheet column the text of each row, a merged one in all columns that it spans.
    pub paths: Vec<Vec<String>>,
}

/// Finds the header: the row, or the rows below each other, with most texts that are known. Of two that are equal, the
/// one of fewer rows, then the one that begins earlier. `score` says how many of a row's texts are known, `knows` whether one is.
pub(super) fn header(block: &Block, score: impl Fn(&[String]) -> usize, knows: impl Fn(&str) -> bool) -> Header {
    let rows: Vec<Vec<String>> = (0..block.rows().min(LOOKED_AT)).map(|row| texts(block, row)).collect();
    let mut best = Header {
        texts: rows.first().cloned().unwrap_or_default(),
        depth: usize::from(!rows.is_empty()),
        ..Header::default()
    };
    // One text alone is no header where rows of several are: `SATUAN : Rp/Kg` above the table.
    let filled = |row: &Vec<String>| row.iter().filter(|text| !text.trim().is_empty()).count();
    let is_wide = rows.iter().any(|row| filled(row) > 1);
    let mut most = (0, Reverse(DEEPEST));
    for first in 0..rows.len() {
        let mut joined = rows[first].clone();
        for depth in 1..=DEEPEST {
            if depth > 1 {
                let below = first + depth - 1;
                if below >= rows.len() || !is_lower_row(block, below) || !has_gap(&rows[below - 1], &rows[below]) {
                    break;
                }
                joined = join(&joined, &rows[below], &knows);
            }
            let is_lone = depth == 1 && is_wide && filled(&joined) == 1;
            let found = (score(&joined), Reverse(depth));
            if !is_lone && found.0 > 0 && found > most {
                most = found;
                best = Header {
                    first,
                    depth,
                    texts: joined.clone(),
                    ..Header::default()
                };
            }
        }
    }
    while best.depth > 0 && best.depth < DEEPEST && most.0 > 0 && continues(block, &rows, best.first + best.depth - 1) {
        best.texts = join(&best.texts, &rows[best.first + best.depth], &knows);
        best.depth += 1;
    }
    best.named = best.depth;
    best.paths = paths(
        &rows[best.first..(best.first + best.depth).min(rows.len())],
        best.texts.len(),
    );
    best.top = best.first;
    while best.top > 0 && is_merged_with(block, best.top) {
        best.top -= 1;
    }
    if most.0 > 0 { with_rows_below(block, best) } else { best }
}

/// Whether a cell of a row is merged with that above it.
fn is_merged_with(block: &Block, row: usize) -> bool {
    (0..block.row(row).len()).any(|column| is_merged(block, row, column))
}

/// The rows of a merged cell have one text.
fn is_merged(block: &Block, row: usize, column: usize) -> bool {
    let span = |row: usize| match block.row(row).get(column) {
        Some(RawCell::Text(span)) if span.length > 0 => Some((span.start, span.length)),
        _ => None,
    };
    span(row).is_some_and(|lower| span(row - 1) == Some(lower))
}

/// The texts of rows above a header that are merged with it, without those that stand in it too.
pub(super) fn groups_above(block: &Block, header: &Header) -> Vec<String> {
    let of_row = |row: usize| {
        let texts = (0..block.row(row).len()).filter(move |&column| !is_merged(block, row + 1, column));
        texts.filter_map(move |column| match block.cell(row, column) {
            Cell::Text(text) => Some(text.trim().to_string()),
            _ => None,
        })
    };
    (header.top..header.first).flat_map(of_row).collect()
}

/// A header with the rows below it that say units or count its columns.
fn with_rows_below(block: &Block, mut header: Header) -> Header {
    loop {
        let row = header.first + header.depth;
        if row >= block.rows() || row >= LOOKED_AT || axis::is_axis(block, row) {
            return header;
        }
        // A header merged over both rows stands in both.
        let upper = |column: usize| header.texts.get(column).map_or("", |upper| upper.trim());
        let mut below = texts(block, row);
        for (column, text) in below.iter_mut().enumerate() {
            if text.trim() == upper(column) {
                text.clear();
            }
        }
        if is_unit_row(&below) {
            header.texts = with_units(&header.texts, &below);
        } else if !is_numbering(&below) {
            return header;
        }
        header.depth += 1;
    }
}

/// The same header with rows below or above that may belong to it: for a crosstab, whose upper or lower row no contract
/// knows.
pub(super) fn deeper(block: &Block, header: &Header) -> Vec<Header> {
    let end = header.first + header.named;
    let most = DEEPEST.saturating_sub(header.named);
    let is_header = |row: usize| row < block.rows() && is_lower_row(block, row);
    let below = (1..=most)
        .take_while(|more| is_header(end + more - 1))
        .map(|more| header.first..end + more);
    let above = (1..=most.min(header.first)).take_while(|more| is_header(header.first - more));
    below
        .chain(above.map(|more| header.first - more..end))
        .map(|rows| with_rows_below(block, of_rows(block, rows, |_| false)))
        .collect()
}

/// Whether the row below a header has texts in two or more of these columns, and no figures.
pub(super) fn goes_on(block: &Block, header: &Header, columns: impl Iterator<Item = usize>) -> bool {
    let below = header.first + header.depth;
    if below >= block.rows() || !is_header_row(block, below) {
        return false;
    }
    let texts = texts(block, below);
    let says = |column: &usize| texts.get(*column).is_some_and(|text| !text::is_missing(text, &[]));
    columns.filter(says).take(2).count() == 2
}

/// The header that stands in these sheet rows, from 1; one without rows where the block has none of them.
pub(super) fn at(block: &Block, first: u32, last: u32, knows: impl Fn(&str) -> bool) -> Header {
    let inside = |row: &usize| (first..=last).contains(&block.row_numbers[*row]);
    let rows: Vec<usize> = (0..block.rows()).filter(inside).collect();
    match (rows.first(), rows.last()) {
        (Some(&first), Some(&last)) => with_rows_below(block, of_rows(block, first..last + 1, knows)),
        _ => Header::default(),
    }
}

/// A header of just these rows.
fn of_rows(block: &Block, range: std::ops::Range<usize>, knows: impl Fn(&str) -> bool) -> Header {
    let rows: Vec<Vec<String>> = range.clone().map(|row| texts(block, row)).collect();
    let texts = rows
        .iter()
        .skip(1)
        .fold(rows[0].clone(), |joined, below| join(&joined, below, &knows));
    Header {
        first: range.start,
        depth: range.len(),
        named: range.len(),
        top: range.start,
        paths: paths(&rows, texts.len()),
        texts,
    }
}

fn paths(rows: &[Vec<String>], width: usize) -> Vec<Vec<String>> {
    let text = |row: usize, column: usize| rows[row].get(column).map_or("", |text| text.trim());
    let below = |row: usize, column: usize| (row + 1..rows.len()).any(|lower| !text(lower, column).is_empty());
    let mut paths = vec![Vec::with_capacity(rows.len()); width];
    for row in 0..rows.len() {
        let mut group = "";
        for (column, path) in paths.iter_mut().enumerate() {
            match text(row, column) {
                "" if below(row, column) => {}
                written => group = written,
            }
            path.push(group.to_string());
        }
    }
    paths
}

/// The rows of a header as they stand.
pub(super) fn rows_of(block: &Block, header: &Header) -> Vec<Vec<String>> {
    let rows = header.first..(header.first + header.depth).min(block.rows());
    rows.map(|row| texts(block, row)).collect()
}

/// Texts of a row by sheet column.
pub(super) fn texts(block: &Block, row: usize) -> Vec<String> {
    let text = |&raw: &_| match block.view(raw) {
        Cell::Text(text) | Cell::Spread(text) => text.to_string(),
        Cell::Integer(number) => number.to_string(),
        Cell::Date { .. } => super::cell::shown(block.view(raw)).into_owned(),
        _ => String::new(),
    };
    block.row(row).iter().map(text).collect()
}

/// Whether a row may be the lower row of a header: an axis, or texts.
fn is_lower_row(block: &Block, row: usize) -> bool {
    axis::is_axis(block, row) || is_header_row(block, row)
}

/// Whether a row has texts or years, and no figures.
pub(super) fn is_header_row(block: &Block, row: usize) -> bool {
    let mut has_text = false;
    for &raw in block.row(row) {
        match block.view(raw) {
            Cell::Empty => {}
            Cell::Text(text) if text.trim().is_empty() => {}
            Cell::Text(text) if text::is_year(text.trim()) || !text.bytes().any(|byte| byte.is_ascii_digit()) => {
                has_text = true
            }
            Cell::Text(text) if text.chars().any(char::is_alphabetic) => has_text = true,
            Cell::Integer(number) if text::is_year(&number.to_string()) => has_text = true,
            Cell::Spread(text) if text::is_year(text) => has_text = true,
            _ => return false,
        }
    }
    has_text
}

/// Whether the row below the header's last one parts its groups (`L`, `P` below a merged `Lahir`), whether or not these texts
/// are known: it has texts below each group, and below every other header none, or the same.
fn continues(block: &Block, rows: &[Vec<String>], last: usize) -> bool {
    let below = last + 1;
    if below >= rows.len() || !is_lower_row(block, below) {
        return false;
    }
    let text = |row: usize, column: usize| rows[row].get(column).map_or("", |text| text.trim());
    let width = rows[last].len().max(rows[below].len());
    let mut has_group = false;
    let mut in_group = false;
    for column in 0..width {
        let (upper, lower) = (text(last, column), text(below, column));
        if upper.is_empty() {
            if !lower.is_empty() && !in_group {
                return false;
            }
            in_group &= !lower.is_empty();
            continue;
        }
        in_group = !lower.is_empty() && text(last, column + 1).is_empty() && !text(below, column + 1).is_empty();
        has_group |= in_group;
        if !in_group && !lower.is_empty() && lower != upper {
            return false;
        }
    }
    has_group
}

/// Whether the lower row has a text below a blank of the upper: without, it is a row of data.
fn has_gap(upper: &[String], lower: &[String]) -> bool {
    let is_blank = |column: usize| upper.get(column).is_none_or(|text| text.trim().is_empty());
    lower
        .iter()
        .enumerate()
        .any(|(column, text)| !text.trim().is_empty() && is_blank(column))
}

/// One header of two rows. A text of the upper row goes for the blank cells right of it too, as far as the lower row has
/// texts there: so a merged cell is written. Of upper and lower text together and the lower alone, the first that is known
/// is taken; the upper alone only where the lower says that it is the sum.
fn join(upper: &[String], lower: &[String], knows: &impl Fn(&str) -> bool) -> Vec<String> {
    let blank = String::new();
    let width = upper.len().max(lower.len());
    let above = |column: usize| upper.get(column).unwrap_or(&blank);
    let below = |column: usize| lower.get(column).unwrap_or(&blank);
    let mut group = &blank;
    let groups: Vec<&String> = (0..width)
        .map(|column| {
            group = match (above(column).trim().is_empty(), below(column).trim().is_empty()) {
                (false, false) => above(column),
                (true, false) => group,
                _ => &blank,
            };
            group
        })
        .collect();
    let monthly: Vec<&String> = (0..width)
        .filter(|&column| is_this_month(below(column)))
        .map(|column| groups[column])
        .collect();
    let joined = |column: usize| {
        let (group, below) = (groups[column], below(column));
        if below.trim().is_empty() {
            return above(column).clone();
        }
        if group.trim() == below.trim() {
            return below.clone();
        }
        let both = format!("{} {}", group.trim(), below.trim()).trim().to_string();
        let is_monthly = monthly.contains(&group);
        // Of the parts of a group, its sum alone is what the group says; of its months, that of the report.
        let is_whole = if is_monthly {
            is_this_month(below)
        } else {
            super::rows::is_total(below)
        };
        let whole = is_whole.then_some(group);
        // `L` below `Penduduk` is no other group's.
        let is_of_other = || {
            let others = (0..width).filter(|&other| {
                groups[other] != group && lower.get(other).is_some_and(|text| text.trim() == below.trim())
            });
            others.into_iter().any(|other| {
                !groups[other].trim().is_empty() && knows(format!("{} {}", groups[other].trim(), below.trim()).trim())
            })
        };
        let known = match whole {
            _ if knows(&both) => &both,
            Some(whole) if knows(whole) => whole,
            _ if !is_monthly && knows(below) && !is_of_other() => below,
            _ => &both,
        };
        // A unit of the group is that of each of its columns.
        match text::unit_of(group) {
            Some(unit) if text::bracket(known).is_none() => format!("{known} ({unit})"),
            _ => known.clone(),
        }
    };
    (0..width).map(joined).collect()
}

/// `Bulan Ini` between `Bulan Lalu` and `Jumlah`, which then is the sum of the months.
fn is_this_month(text: &str) -> bool {
    const LONGEST: usize = 30;
    text.len() <= LONGEST && matches!(text::normal(text).as_str(), "bulan ini" | "bln ini")
}

/// A row below the header that says units and nothing else: `(jiwa)`, `ribu orang`, `%`.
fn is_unit_row(texts: &[String]) -> bool {
    let mut filled = texts
        .iter()
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
        .peekable();
    filled.peek().is_some() && filled.all(text::is_unit)
}

/// A row below the header that counts the columns: `1`, `2`, `3`; `(1)`, `(2)`, `(3)`; `4 = 3/2`.
pub(super) fn is_numbering(texts: &[String]) -> bool {
    let filled = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
    let numbers: Option<Vec<usize>> = filled.map(column_number).collect();
    numbers.is_some_and(|numbers| numbers.len() > 2 && numbers.iter().copied().eq(1..=numbers.len()))
}

/// The number of a column, also with how it is computed from others: `(6) = (4) + (5)`.
fn column_number(text: &str) -> Option<usize> {
    let text = text.trim_start_matches('(');
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let behind = text[digits..].trim_start_matches(')').trim_start();
    let number = text[..digits].parse().ok()?;
    (behind.is_empty() || behind.starts_with('=')).then_some(number)
}

fn with_units(headers: &[String], units: &[String]) -> Vec<String> {
    let unit = |column: usize| {
        units
            .get(column)
            .map_or("", |unit| unit.trim().trim_matches(['(', ')', '[', ']']))
    };
    let headers = headers.iter().enumerate();
    headers
        .map(|(column, header)| match unit(column) {
            "" => header.clone(),
            unit => format!("{} ({unit})", header.trim()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rows: &[&[&str]], known: &[&str]) -> Header {
        let known: Vec<String> = known.iter().map(|text| text::header(text)).collect();
        let knows = |candidate: &str| known.contains(&text::header(candidate));
        let score = |texts: &[String]| texts.iter().filter(|text| knows(text)).count();
        header(&Block::of_rows(1, rows), score, knows)
    }

    #[test]
    fn one_row_below_titles() {
        let rows: [&[&str]; 4] = [
            &["DATA 2024"],
            &[""],
            &["No", "Daerah", "Jumlah"],
            &["1", "Bandung", "5"],
        ];
        let header = found(&rows, &["daerah", "jumlah"]);
        assert_eq!((header.first, header.depth), (2, 1));
        assert_eq!(header.texts, ["No", "Daerah", "Jumlah"]);
    }

    #[test]
    fn two_rows_with_a_merged_cell() {
        let rows: [&[&str]; 3] = [
            &["No", "Kecamatan", "Jumlah", "", "Ket"],
            &["", "", "Dilaporkan", "Akta Terbit", ""],
            &["1", "Coblong", "10", "9", ""],
        ];
        let header = found(&rows, &["kecamatan", "jumlah dilaporkan", "akta terbit"]);
        assert_eq!((header.first, header.depth), (0, 2));
        assert_eq!(
            header.texts,
            ["No", "Kecamatan", "Jumlah Dilaporkan", "Akta Terbit", "Ket"]
        );
    }

    #[test]
    fn three_rows() {
        let rows: [&[&str]; 4] = [
            &["Daerah", "Penduduk", "", "", ""],
            &["", "Laki-laki", "", "Perempuan", ""],
            &["", "Lahir", "Mati", "Lahir", "Mati"],
            &["Bandung", "1", "2", "3", "4"],
        ];
        let known = ["daerah", "penduduk laki laki lahir", "penduduk laki laki mati"];
        let header = found(&rows, &known);
        assert_eq!((header.first, header.depth), (0, 3));
        assert_eq!(
            header.texts[1..3],
            ["Penduduk Laki-laki Lahir", "Penduduk Laki-laki Mati"]
        );
    }

    #[test]
    fn a_row_of_units_belongs_to_the_header() {
        let rows: [&[&str]; 3] = [&["Daerah", "Jumlah"], &["", "(ribu jiwa)"], &["Bandung", "5"]];
        let header = found(&rows, &["daerah", "jumlah"]);
        assert_eq!((header.depth, header.texts[1].as_str()), (2, "Jumlah (ribu jiwa)"));
    }

    #[test]
    fn a_row_of_column_numbers_belongs_to_the_header() {
        let rows: [&[&str]; 4] = [
            &["Daerah", "Lahir", "Mati"],
            &["", "(ribu jiwa)", "(jiwa)"],
            &["1", "2", "3"],
            &["Bandung", "5", "7"],
        ];
        let header = found(&rows, &["daerah", "lahir", "mati"]);
        assert_eq!((header.depth, header.texts[1].as_str()), (3, "Lahir (ribu jiwa)"));
    }

    #[test]
    fn a_title_is_no_upper_row() {
        let rows: [&[&str]; 4] = [
            &["DATA PENDUDUK TAHUN 2024"],
            &["Daerah", "Jumlah", ""],
            &["", "Laki-laki", "Perempuan"],
            &["Bandung", "5", "6"],
        ];
        let header = found(&rows, &["daerah", "laki laki", "perempuan"]);
        assert_eq!((header.first, header.depth), (1, 2));
        assert_eq!(header.texts, ["Daerah", "Laki-laki", "Perempuan"]);
    }

    #[test]
    fn numbers_of_columns_are_no_part_of_what_a_header_says() {
        let rows: [&[&str]; 3] = [
            &["Peristiwa", "Lahir", "Mati"],
            &["1", "2", "3"],
            &["Bandung", "5", "7"],
        ];
        let header = found(&rows, &["peristiwa", "lahir"]);
        assert_eq!((header.depth, &header.paths[1]), (2, &vec!["Lahir".to_string()]));
    }

    #[test]
    fn a_unit_of_a_group_is_that_of_its_columns() {
        let rows: [&[&str]; 3] = [
            &["Pajak", "Anggaran (Rp juta)", ""],
            &["", "Target", "Realisasi"],
            &["Hotel", "5", "7"],
        ];
        let header = found(&rows, &["pajak", "target", "realisasi"]);
        assert_eq!(header.texts[1..], ["Target (Rp juta)", "Realisasi (Rp juta)"]);
    }

    #[test]
    fn a_row_that_fills_no_gap_is_data_whatever_it_says() {
        let rows: [&[&str]; 2] = [&["Daerah", "Nama", "Cakupan"], &["Bandung", "Siti", "Kota"]];
        assert_eq!(found(&rows, &["daerah", "nama", "kota"]).depth, 1);
    }

    #[test]
    fn the_parts_of_a_group_are_never_the_group() {
        let rows: [&[&str]; 3] = [
            &["Komoditas", "Harga", "", "Ket"],
            &["", "Kemarin", "Hari Ini", ""],
            &["Bawang", "31000", "32000", "naik"],
        ];
        let header = found(&rows, &["komoditas", "harga"]);
        assert_eq!(header.depth, 2);
        assert_eq!(header.texts, ["Komoditas", "Harga Kemarin", "Harga Hari Ini", "Ket"]);
        let rows: [&[&str]; 3] = [
            &["Program", "Penerima", "", ""],
            &["", "L", "P", "Jumlah"],
            &["PKH", "1", "2", "3"],
        ];
        let header = found(&rows, &["program", "penerima"]);
        assert_eq!(header.texts, ["Program", "Penerima L", "Penerima P", "Penerima"]);
    }

    #[test]
    fn a_label_above_the_table_is_no_header() {
        for label in [
            ["Bulan", "Oktober", ""],
            ["Bulan", "", "Oktober"],
            ["Bulan", ":", "Oktober"],
        ] {
            let rows: [&[&str]; 4] = [
                &["KUNJUNGAN"],
                &label,
                &["No", "Objek", "Wisnus"],
                &["1", "Museum", "200"],
            ];
            let header = found(&rows, &["bulan", "objek", "wisnus"]);
            assert_eq!((header.first, header.depth), (2, 1), "{label:?}");
            assert_eq!(header.texts[0], "No");
        }
    }

    #[test]
    fn a_row_of_data_does_not() {
        let rows: [&[&str]; 2] = [&["Daerah", "Tahap"], &["Bandung", "Uji coba"]];
        assert_eq!(found(&rows, &["daerah", "tahap"]).depth, 1);
        assert_eq!(found(&[], &["daerah"]), Header::default());
    }
}
