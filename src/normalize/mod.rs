//! Normalizing: cells to typed rows, by a contract.
//!
//! [`route`] finds the header of every sheet and the contract it fits; [`Normalizer`] turns the sheet's cells
//! into Arrow batches of the contract's schema and hands them, with every refused row and its findings, to a
//! [`RowSink`] (the check stage). Only text cells are read in a locale, and which one is settled by the evidence
//! of a whole column: [`Normalizer::finish`] tells the styles that the submission proves, and the caller reads it
//! again when they differ from those it began with.
//!
//! Personal data end here: a `pii` column is dropped or pseudonymised before a batch is built, columns that no
//! contract names are never carried (those that look personal are told), and the rendering of a refused row is masked.
//!
//! - `route`: which sheet is which dataset; `tables`: several on one sheet; `candidate`: what a table may be; `headers`:
//!   header texts to columns; `inexact`: mistyped ones; `title`, `labels`: what stands above
//! - `rows`: blank, total, footnote and numbering rows
//! - `fill_down`: blank cells that mean "as above"
//! - `lines`: what stands between rows and is said of those below it
//! - `cell`: one cell to one value, `cell_code` and `cell_region` those of lists; `style`: number styles; `units`: figures
//!   brought to one unit
//! - `personal`: pseudonyms and masks; `undeclared`: columns that look personal and that no contract names
//! - `demands`, `speaker`: what every row must meet, and who may report for whom
//! - `places`: where a cell is, for people; `totals`: total rows as a check
//! - `plan`: what a sheet's rows are read with; `lanes`: blocks spread over threads; `lane`: one thread's way; `usual`: its fast way; `known`: what it remembers;
//!   `columns`: values to arrays

mod candidate;
mod cell;
mod cell_code;
mod cell_region;
mod columns;
mod crosstab;
mod demands;
mod fill_down;
mod form;
mod headers;
mod inexact;
mod known;
mod labels;
mod lane;
mod lanes;
mod layout;
mod lines;
mod marks;
mod normalizer;
mod personal;
mod places;
mod plan;
mod question;
mod route;
mod rows;
mod sheet_rows;
mod speaker;
mod style;
mod tables;
mod title;
mod totals;
mod undeclared;
mod units;
mod usual;

pub use candidate::{RunnerUp, runner_up};
pub use cell::shown;
pub use crosstab::Crosstab;
pub use headers::{ColumnMap, Supplied, YearFrom};
pub use inexact::Inexact;
pub use lines::Lines;
pub use normalizer::{Counts, Event, LookAt, NormalizeError, Normalizer, RefusedRow, RowSink};
pub use personal::PseudonymKey;
pub use places::Rendering;
pub use route::{Layout, LeftOut, RoutedSheet, Routing, route};
pub use sheet_rows::TableRows;
pub use speaker::Speaker;
pub use style::Styles;
pub use undeclared::in_sheet;

use crate::config::{Column, Connector, Contract, OtherTitles};
use crate::domain::abbreviation::Abbreviations;
use crate::domain::code::CodeTable;
use crate::domain::region::Registry;
use crate::finding::Bilingual;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a submission is read with.
#[derive(Clone)]
pub struct Context {
    /// The contracts its sheets may fit.
    pub contracts: Vec<Arc<Contract>>,
    /// The connector, for its mappings; none in `check FILE --dataset`.
    pub connector: Option<Arc<Connector>>,
    pub regions: Arc<Registry>,
    pub codes: Arc<BTreeMap<String, CodeTable>>,
    pub abbreviations: Arc<Abbreviations>,
    pub title_words: Arc<Vec<OtherTitles>>,
    pub speaker: Speaker,
    pub as_of: NaiveDate,
    /// Key of pseudonyms, where the installation has one.
    pub pseudonym_key: Option<PseudonymKey>,
    /// Number of the submission, written into every row.
    pub sequence: i64,
}

impl Context {
    /// Name of the sender's own region.
    pub(crate) fn own_name(&self) -> Option<&str> {
        let region = self.regions.get(self.speaker.own_region()?)?;
        Some(&region.name)
    }

    /// A value of a column as people say it; see [`Column::said`].
    pub(crate) fn said(&self, column: &Column, text: &str) -> Bilingual {
        column.said(text, &self.codes, &self.regions)
    }
}
