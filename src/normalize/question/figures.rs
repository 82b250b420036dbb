//! Doubts about what the figures of a sheet are: its titles may say that they are others than the headers let think.

use super::{TITLE_CELLS, Table, headers_of, said};
use crate::config::{Column, OtherTitles};
use crate::domain::text;
use crate::finding::Finding;
use crate::normalize::crosstab::is_share;
use crate::normalize::places::is_blank;
use crate::read::Cell;

/// Fewest letters of a header that is looked for in titles.
const SHORTEST: usize = 5;

impl Table<'_> {
    /// A title by which the figures are others than the dataset's: a plan, a sum since January, one sex alone. What a header
    /// says too is told apart there.
    pub(super) fn other_figures(&self) -> Option<Finding> {
        let padded = |text: &str| format!(" {} ", text::normal(text));
        let layout = self.layout;
        let headers = layout.headers.iter().chain(&layout.columns.unknown);
        let mut known: Vec<String> = headers.map(|header| padded(header)).collect();
        known.push(padded(&self.contract.title.id));
        // However its header is written: `L` and `P` below `PENDUDUK LAKI-LAKI DAN PEREMPUAN`.
        let read = self
            .columns()
            .filter(|(index, ..)| layout.columns.source[*index].is_some());
        known.extend(read.flat_map(|(_, _, column)| headers_of(column).map(|header| format!(" {header} "))));
        let is_known = |word: &str| known.iter().any(|text| text.contains(&format!(" {word} ")));
        let found = |title: &String, one: &OtherTitles| {
            let normal = text::normal(said(title)?);
            let word = one.in_title(&normal, is_known).filter(|_| self.stands_alone(title))?;
            let finding = Finding::of("title-of-other-figures").with_both("meaning", &one.meaning);
            let finding = finding.with_both("dataset", &self.contract.title).with("word", word);
            Some(finding.value(title.trim()))
        };
        let of = |titles: &[String], words: &[OtherTitles]| {
            let mut titles = titles.iter();
            titles.find_map(|title| words.iter().find_map(|one| found(title, one)))
        };
        // A sheet's name is often that of the place where its rows come from, such as `Rombel`.
        of(self.titles, &self.context.title_words).or_else(|| of(self.above, &self.contract.other_titles))
    }

    /// A title that names another figure of the dataset than the one that is read, where no header names that:
    /// `NILAI BANTUAN` above months.
    pub(super) fn other_measure(&self) -> Option<Finding> {
        let layout = self.layout;
        let is_unnamed = match &layout.crosstab {
            Some(crosstab) => crosstab.is_unnamed,
            None => {
                let figures = layout.figures(self.contract);
                let is_share = |&column: &usize| layout.headers.get(column).is_some_and(|header| is_share(header));
                !figures.is_empty() && figures.iter().all(is_share)
            }
        };
        let mut titles = self.above.iter().filter(|title| is_unnamed && self.stands_alone(title));
        titles.find_map(|title| {
            let padded = format!(" {} ", text::normal(said(title)?));
            let named = |read: bool| {
                let measures = self.columns().filter(move |(index, _, column)| {
                    column.kind.is_measure() && layout.columns.source[*index].is_some() == read
                });
                let named = measures.filter_map(|(_, _, column)| Some((named_in(column, &padded)?, column)));
                named.max_by_key(|(header, _)| header.len())
            };
            let (header, column) = named(false).filter(|(_, column)| column.repeats.is_empty())?;
            let known = named(true).map_or(0, |(header, _)| header.len());
            let finding = Finding::of("title-of-other-figures").with_both("meaning", &column.title);
            let finding = finding.with_both("dataset", &self.contract.title);
            (header.len() > known).then(|| finding.with("word", header).value(title.trim()))
        })
    }

    /// Whether a title is a line of its own, or the sheet's name: a row of several cells above the header that is read is
    /// an example, or another header.
    fn stands_alone(&self, title: &str) -> bool {
        let of_row = |row: usize| self.top.row(row).iter().map(|&raw| self.top.view(raw));
        let has = |row: &usize| of_row(*row).any(|cell| matches!(cell, Cell::Text(text) if text.trim() == title));
        let is_alone = |row: usize| of_row(row).filter(|cell| !is_blank(*cell)).count() <= TITLE_CELLS;
        let mut rows = (0..self.top.rows()).filter(has).peekable();
        rows.peek().is_none() || rows.any(is_alone)
    }
}

/// The longest header of a column that stands in a title in normal form, with a blank on either side.
fn named_in(column: &Column, padded: &str) -> Option<String> {
    let found = headers_of(column).filter(|header| header.len() >= SHORTEST && padded.contains(&format!(" {header} ")));
    found.max_by_key(String::len)
}
