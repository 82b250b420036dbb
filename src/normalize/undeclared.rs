//! Sheet columns that no contract reads and that look personal: told to the sender, for they ought not to be sent.

use super::personal;
use super::route::Layout;
use crate::config::Contract;
use crate::domain::personal::{Kind, held, held_by_number, is_of_numbers, is_of_persons};
use crate::finding::{Bilingual, Finding, Place, column_letters};
use crate::read::{Block, Cell};

/// A column is one of numbers of persons where one in so many of its values is.
const ONE_IN: usize = 5;

/// Rows at the top of a sheet without a known header in which its headers are looked for.
const HEADER_ROWS: usize = 10;

/// A column that looks personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Undeclared {
    /// Sheet column, from 0.
    pub column: usize,
    /// Its header as it may be shown.
    pub header: String,
    /// Sheet row of the header; none for records, whose columns have no letters.
    header_row: Option<u32>,
    /// None: names, addresses or birthdays beside such a column.
    kind: Option<Kind>,
}

impl Undeclared {
    /// What its sender is told.
    pub(super) fn said(&self, place: &Place) -> Finding {
        let letters = column_letters(self.column as u32);
        let column = match (self.header_row, self.header.as_str()) {
            (None, header) => header.to_string(),
            (Some(_), "") => letters,
            (Some(_), header) => format!("{letters} \"{header}\""),
        };
        let both = |id: &str, en: &str| Bilingual {
            id: id.to_string(),
            en: en.to_string(),
        };
        let kind = match self.kind {
            Some(Kind::Nik) => both("nomor induk kependudukan", "population numbers"),
            Some(Kind::Phone) => both("nomor telepon", "telephone numbers"),
            Some(Kind::Email) => both("alamat surel", "e-mail addresses"),
            None => both("nama, alamat atau tanggal lahir", "names, addresses or birthdays"),
        };
        let place = Place {
            row: self.header_row,
            column_index: self.header_row.map(|_| self.column as u32),
            column: Some(self.header.clone()),
            ..place.clone()
        };
        let finding = Finding::of("undeclared-personal").with("column", column);
        finding.with_both("kind", &kind).at(place)
    }
}

/// The columns of a sheet's first block that its contract does not read and that look personal.
pub(super) fn columns(top: &Block, layout: &Layout, contract: &Contract) -> Vec<Undeclared> {
    let sources = layout.columns.source.iter().flatten();
    let read: Vec<usize> = match &layout.form {
        Some(form) => form.columns.clone(),
        None => sources.filter_map(|&source| layout.sheet_column(source)).collect(),
    };
    let mut declared = contract.columns.values().zip(&layout.columns.source);
    let has_declared = declared.any(|(column, source)| column.pii.is_some() && source.is_some());
    // The headers of a crosstab and of a form are those of their turned rows.
    let above = |column: usize| -> String {
        let rows = 0..layout.skip_rows.min(top.rows());
        rows.rev().find_map(|row| written(top, row, column)).unwrap_or_default()
    };
    let headers: Vec<String> = match layout.crosstab.is_some() || layout.form.is_some() {
        true => (0..width(top)).map(above).collect(),
        false => layout.headers.clone(),
    };
    let found = kinds(top, layout.skip_rows, &headers, &read, has_declared);
    found
        .into_iter()
        .map(|(column, kind)| Undeclared {
            column,
            header: headers
                .get(column)
                .map(|text| personal::header(text))
                .unwrap_or_default(),
            header_row: layout.header_row,
            kind,
        })
        .collect()
}

/// Columns that look personal in a sheet that fits no contract.
pub fn in_sheet(top: &Block) -> Vec<usize> {
    let header = |column: usize| -> String {
        let texts = (0..top.rows().min(HEADER_ROWS)).filter_map(|row| written(top, row, column));
        let mut headers = texts.filter(|text| is_of_persons(text) || is_of_numbers(text));
        headers.next().unwrap_or_default()
    };
    let headers: Vec<String> = (0..width(top)).map(header).collect();
    let found = kinds(top, 0, &headers, &[], false);
    found.into_iter().map(|(column, _)| column).collect()
}

/// Columns, other than those that are read, with what they look like. Names and addresses look personal where numbers
/// of persons stand beside them.
fn kinds(
    top: &Block,
    from: usize,
    headers: &[String],
    read: &[usize],
    has_declared: bool,
) -> Vec<(usize, Option<Kind>)> {
    let header = |column: usize| headers.get(column).map_or("", String::as_str);
    let others: Vec<usize> = (0..width(top)).filter(|column| !read.contains(column)).collect();
    let mut found: Vec<(usize, Option<Kind>)> = others
        .iter()
        .filter_map(|&column| Some((column, Some(numbers(top, from, column, is_of_numbers(header(column)))?))))
        .collect();
    if has_declared || !found.is_empty() {
        let is_new = |column: &&usize| found.iter().all(|(other, _)| other != *column);
        let persons = others
            .iter()
            .filter(is_new)
            .filter(|&&column| is_of_persons(header(column)));
        let persons: Vec<_> = persons.map(|&column| (column, None)).collect();
        found.extend(persons);
        found.sort_unstable_by_key(|(column, _)| *column);
    }
    found
}

/// The kind of numbers of persons that a column holds. Where its header says so, one is enough.
fn numbers(top: &Block, from: usize, column: usize, is_said: bool) -> Option<Kind> {
    let mut filled = 0;
    let mut hits = Vec::new();
    for row in from..top.rows() {
        let kind = match top.cell(row, column) {
            Cell::Empty => continue,
            Cell::Text(text) if text.trim().is_empty() => continue,
            Cell::Text(text) => held(text),
            // A figure of 11 digits may be money.
            Cell::Integer(value) => held_by_number(value).filter(|kind| *kind == Kind::Nik || is_said),
            _ => None,
        };
        filled += 1;
        hits.extend(kind);
    }
    let is_enough = is_said || hits.len() * ONE_IN >= filled;
    hits.into_iter().min().filter(|_| is_enough)
}

fn width(top: &Block) -> usize {
    (0..top.rows()).map(|row| top.row(row).len()).max().unwrap_or_default()
}

/// A cell's text; none where it holds none.
fn written(top: &Block, row: usize, column: usize) -> Option<String> {
    match top.cell(row, column) {
        Cell::Text(text) if !text.trim().is_empty() => Some(text.trim().to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_persons_are_found_by_their_values_and_their_neighbours() {
        let nik = "3273015505800001";
        let top = Block::of_rows(
            1,
            &[
                &["Nama", "No KTP", "Kontak", "HP", "Nama Pasar", "Jumlah", "Catatan"],
                &["Sri", nik, "a@b.id", "81234567890", "Baru", "81234567890", "satu"],
                &["Budi", "?", "0812-3456-7890", "", "Lama", "5", "dua"],
                &["Ani", "-", "", "", "Cikini", "5", "hubungi 081234567890"],
                &["Ani", "-", "", "", "Cikini", "5", "-"],
                &["Ani", "-", "", "", "Cikini", "5", "-"],
                &["Ani", "-", "", "", "Cikini", "5", "-"],
            ],
        );
        assert_eq!(in_sheet(&top), [0, 1, 2, 3]);
        let headers: Vec<String> = (0..7).map(|column| written(&top, 0, column).unwrap()).collect();
        let found = kinds(&top, 1, &headers, &[1], false);
        assert_eq!(found, [(0, None), (2, Some(Kind::Phone)), (3, Some(Kind::Phone))]);
        // A name alone may be of a market.
        assert_eq!(kinds(&top, 1, &headers, &[1, 2, 3], false), []);
        assert_eq!(kinds(&top, 1, &headers, &[1, 2, 3], true), [(0, None)]);
    }
}
