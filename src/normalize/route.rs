//! Which sheet of which part is which dataset, and where its table begins.

mod told;

use super::candidate::{self, Candidate, Pin};
use super::crosstab::Crosstab;
use super::form::Form;
use super::headers::{ColumnMap, Forms, Vocabulary};
use super::lines::Lines;
use super::style::Witness;
use super::tables::{self, Area};
use super::undeclared;
use super::{Context, question, title};
use crate::config::{Column, Contract};
use crate::domain::period::Period;
use crate::domain::personal::masked;
use crate::finding::{Bilingual, Finding, Place, said};
use crate::read::{Block, Document, ReadError, SheetKind};
use std::rc::Rc;
use std::sync::Arc;

/// Two fitting contracts are a near tie when the second matches this share of the first's columns.
const NEAR_TIE_PERCENT: usize = 90;

/// Where a table is on its sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// Rows read from the sheet's first block that come before the data: titles and header. 0 for records.
    pub skip_rows: usize,
    /// Sheet row of the header, from 1; none for records.
    pub header_row: Option<u32>,
    pub columns: ColumnMap,
    /// The part of the sheet that it takes up.
    pub area: Area,
    /// Where its labels and values are, if it is a form.
    pub form: Option<Form>,
    /// How its rows are turned, if its header holds values.
    pub crosstab: Option<Crosstab>,
    /// Header texts by sheet column, for places and renderings; those of columns that lines supply come last.
    pub headers: Vec<String>,
    /// The rows of a header that has several, or that holds values, as they stand; none of records and forms.
    pub header_rows: Vec<Vec<String>>,
    /// What is read of lines between its rows; none for records and forms.
    pub lines: Option<Lines>,
}

impl Layout {
    /// The sheet column behind a column of the rows as they are read; none where it is another from row to row.
    pub fn sheet_column(&self, column: usize) -> Option<usize> {
        let own = match (&self.crosstab, &self.form) {
            (Some(crosstab), _) => crosstab.own(column),
            (None, Some(form)) => form.columns.first().copied().filter(|_| !form.is_table()),
            (None, None) => Some(column),
        };
        own.filter(|&column| self.width().is_none_or(|width| column < width))
    }

    /// Number of the sheet column, from 1, in which a turned row stands that is of this value of a crosstab's header, or
    /// this record of a table on its side. Of several figures of a value it is the first one's.
    pub(super) fn turned_column(&self, ordinal: u32) -> Option<i32> {
        let column = match (&self.crosstab, &self.form) {
            (Some(crosstab), _) => crosstab.first_column(ordinal as usize),
            (None, Some(form)) => form.columns.get(ordinal as usize).copied(),
            (None, None) => None,
        };
        i32::try_from(column? + 1).ok()
    }

    /// Whether lines between the rows supply this column of the rows as they are read.
    pub(super) fn is_said(&self, column: usize) -> bool {
        self.form.is_none() && self.sheet_column(column).is_none() && {
            let turned = self.crosstab.as_ref();
            turned.is_none_or(|crosstab| crosstab.own(column).is_some())
        }
    }

    /// Number of the sheet's own columns, where lines may supply others.
    fn width(&self) -> Option<usize> {
        self.lines.as_ref().map(|lines| lines.width)
    }

    /// Sheet column of each contract column that the sheet has; of what the header of a crosstab holds, no column there is.
    pub(super) fn sheet_sources(&self) -> Vec<Option<usize>> {
        let sheet = |source: &Option<usize>| {
            let source = (*source)?;
            match (&self.crosstab, self.sheet_column(source)) {
                (Some(crosstab), None) if crosstab.own(source).is_none() => Some(usize::MAX),
                (_, column) => column,
            }
        };
        self.columns.source.iter().map(sheet).collect()
    }

    /// Sheet columns of figures.
    pub(super) fn figures(&self, contract: &Contract) -> Vec<usize> {
        if let Some(crosstab) = &self.crosstab {
            return crosstab.figure_columns();
        }
        let columns = contract.columns.values().zip(&self.columns.source);
        let figures = columns.filter(|(column, _)| column.kind.is_measure());
        figures.filter_map(|(_, source)| *source).collect()
    }

    /// The sheet column that numbers the rows, where nothing else is read from it.
    pub(super) fn numbering(&self) -> Option<usize> {
        let column = self.headers.iter().position(|header| numbers_rows(header))?;
        (!self.columns.source.contains(&Some(column))).then_some(column)
    }

    /// Sheet columns that are read, in their order.
    pub(super) fn sheet_columns(&self) -> Vec<usize> {
        let own = self
            .sheet_sources()
            .into_iter()
            .flatten()
            .filter(|column| *column < usize::MAX);
        let mut columns: Vec<usize> = own.collect();
        columns.extend(self.crosstab.iter().flat_map(Crosstab::figure_columns));
        columns.sort_unstable();
        columns
    }
}

/// Whether a header is that of a column that numbers the rows.
fn numbers_rows(header: &str) -> bool {
    matches!(
        crate::domain::text::header(header).as_str(),
        "no" | "nomor" | "no urut" | "nomor urut"
    )
}

/// A sheet and the contract it fits.
#[derive(Debug, Clone)]
pub struct RoutedSheet {
    /// Index of the part in the submission, and of the sheet in the part.
    pub part: usize,
    pub sheet: usize,
    /// Ordinal in the submission's list of places: `_part` of its rows.
    pub place: i32,
    pub name: Option<String>,
    pub contract: Arc<Contract>,
    pub layout: Layout,
    /// It has columns with personal data, declared or not.
    pub holds_personal: bool,
    /// What the first block's figures say about their style.
    pub(super) witness: Witness,
}

/// A sheet that no contract fits.
#[derive(Debug, Clone)]
pub struct LeftOut {
    pub part: usize,
    pub sheet: usize,
    pub place: i32,
    pub name: Option<String>,
    /// Texts of the row that looked most like a header.
    pub headers: Vec<String>,
    /// Number of columns that the nearest contract did find.
    pub matched: usize,
    /// Required columns that the nearest contract did not find.
    pub missing: Vec<String>,
    /// Name of the nearest contract.
    pub nearest: String,
    /// It fits, but is hidden beside sheets that can be seen.
    pub is_hidden: bool,
    /// It fits, but has no figures yet: it is for this time, which has not begun.
    pub to_come: Option<Period>,
    /// Columns of it look personal.
    pub is_personal: bool,
}

impl LeftOut {
    /// Whether it is nearly a table of the nearest contract.
    pub fn is_near(&self) -> bool {
        self.matched >= 2 && self.missing.len() <= self.matched
    }
}

/// All sheets of a submission.
#[derive(Debug, Clone, Default)]
pub struct Routing {
    pub routed: Vec<RoutedSheet>,
    pub left_out: Vec<LeftOut>,
    /// Every place in order: part index and sheet name.
    pub places: Vec<(usize, Option<String>)>,
    /// Findings about sheets as wholes.
    pub findings: Vec<Finding>,
    /// A sheet fits two contracts about equally well: a person must say which.
    pub asked: bool,
}

impl Routing {
    /// Whether every sheet is read that has anything to read.
    pub fn is_whole(&self) -> bool {
        self.left_out.iter().all(|sheet| sheet.to_come.is_some())
    }
}

/// Looks at every sheet's top and finds the contract it fits.
pub fn route(documents: &mut [Box<dyn Document>], context: &Context) -> Result<Routing, ReadError> {
    let mut routing = Routing::default();
    let forms = Rc::new(Forms::default());
    let vocabularies: Vec<Vocabulary> = context
        .contracts
        .iter()
        .map(|contract| Vocabulary::new(contract, context, forms.clone()))
        .collect();
    for (part, document) in documents.iter_mut().enumerate() {
        for sheet in 0..document.sheets().len() {
            let mut info = document.sheets()[sheet].clone();
            info.name = info.name.map(|name| masked(&name).into_owned());
            let place = routing.places.len() as i32;
            routing.places.push((part, info.name.clone()));
            let (top, fields) = first_block(document.as_mut(), sheet)?;
            let spot = Spot {
                part,
                sheet,
                place,
                name: info.name,
            };
            match info.kind {
                SheetKind::Records => {
                    let contracts = context.contracts.iter().zip(&vocabularies);
                    let candidates = contracts
                        .map(|(contract, vocabulary)| candidate::records(contract, context, vocabulary, &fields))
                        .collect();
                    choose(spot, candidates, &top, context, &mut routing);
                }
                SheetKind::Grid => tables_of(&spot, top, context, &vocabularies, &mut routing),
            }
        }
    }
    leave_hidden(documents, &mut routing);
    Ok(routing)
}

/// A hidden sheet beside one that can be seen is a draft or an older state: left out, with a note.
fn leave_hidden(documents: &[Box<dyn Document>], routing: &mut Routing) {
    let is_hidden = |sheet: &RoutedSheet| documents[sheet.part].sheets()[sheet.sheet].hidden;
    if routing.routed.iter().all(is_hidden) {
        return;
    }
    let routed = std::mem::take(&mut routing.routed);
    let (hidden, seen) = routed.into_iter().partition(is_hidden);
    routing.routed = seen;
    routing
        .left_out
        .extend(Vec::into_iter(hidden).map(|sheet: RoutedSheet| LeftOut {
            part: sheet.part,
            sheet: sheet.sheet,
            place: sheet.place,
            name: sheet.name,
            headers: Vec::new(),
            matched: sheet.layout.columns.matched,
            missing: Vec::new(),
            nearest: sheet.contract.name.clone(),
            is_hidden: true,
            to_come: None,
            is_personal: false,
        }));
}

/// Chooses for each table of a sheet.
fn tables_of(spot: &Spot, top: Block, context: &Context, vocabularies: &[Vocabulary], routing: &mut Routing) {
    if top.rows() == 0 {
        return;
    }
    let name = [spot.name.clone().into_iter().collect::<Vec<String>>()];
    let contracts = context.contracts.iter();
    let pins: Vec<Pin> = contracts
        .map(|contract| Pin::of(contract, context, spot.name.as_deref()))
        .collect();
    let fits = |block: Block| {
        let first = block.row_numbers.first().copied();
        let candidates = candidate::of_grid(context, vocabularies, &pins, &block, &name);
        candidates
            .iter()
            .any(|candidate| candidate.layout.header_row == first && candidate.fits_but_for_titles())
    };
    // One known text is a word; two may be a header.
    let knows = |texts: &[String]| {
        let mut scores = vocabularies
            .iter()
            .map(|vocabulary| vocabulary.score(texts.iter().map(String::as_str)));
        scores.any(|known| known > 1)
    };
    let is_pinned = pins.iter().any(|pin| matches!(pin, Pin::Header(..)));
    let areas = match is_pinned {
        true => vec![Area::default()],
        false => tables::areas(&top, knows, fits),
    };
    let left_before = routing.left_out.len();
    for (index, area) in areas.iter().enumerate() {
        let mut above = Vec::new();
        let mut spot = spot.clone();
        if index > 0 {
            // What stands above tables side by side is said of each of them; what a sheet says on top, of all its tables,
            // unless a table says that it is of another time.
            let own = title::texts(&top, area.titles(&top));
            let is_other = own.iter().any(|title| title::is_of_another_time(title));
            let sheet = match own.is_empty() {
                true => areas[0].titles(&top),
                false => areas[0].sheet_titles(&top),
            };
            above.push(own);
            if !is_other {
                above.push(title::texts(&top, sheet));
            }
            spot.place = routing.places.len() as i32;
            routing.places.push((spot.part, spot.name.clone()));
        }
        above.extend(name.iter().cloned());
        let part = area.of(top.clone());
        let mut candidates = candidate::of_grid(context, vocabularies, &pins, &part, &above);
        for candidate in &mut candidates {
            candidate.layout.area = area.clone();
        }
        choose(spot, candidates, &part, context, routing);
    }
    // Of several tables each is read, or none counts: the sender would not miss the other.
    if areas.len() > 1
        && let Some(table) = routing.left_out[left_before..]
            .iter()
            .find(|table| table.to_come.is_none())
    {
        routing.asked = true;
        let place = Place {
            part: spot.place,
            sheet: table.name.clone(),
            ..Place::default()
        };
        let title = match context.contracts.iter().find(|contract| contract.name == table.nearest) {
            Some(contract) => contract.titles(&table.missing),
            None => Bilingual::default(),
        };
        let finding = Finding::of("table-not-read").with_both("missing", &title);
        routing.findings.push(finding.at(place));
    }
}

#[derive(Clone)]
struct Spot {
    part: usize,
    sheet: usize,
    place: i32,
    name: Option<String>,
}

impl Spot {
    /// It as left out, with the contract that is nearest to it.
    fn left_out(self, nearest: &Candidate) -> LeftOut {
        LeftOut {
            part: self.part,
            sheet: self.sheet,
            place: self.place,
            name: self.name,
            headers: Vec::new(),
            matched: nearest.layout.columns.matched,
            missing: nearest.layout.columns.missing.clone(),
            nearest: nearest.contract.name.clone(),
            is_hidden: false,
            to_come: None,
            is_personal: false,
        }
    }
}

fn first_block(document: &mut dyn Document, sheet: usize) -> Result<(Block, Vec<String>), ReadError> {
    let mut blocks = document.blocks(sheet)?;
    let block = blocks.next_block()?.unwrap_or_default();
    let fields = blocks.fields().to_vec();
    Ok((block, fields))
}

/// Takes the fitting contract with most matched columns; asks when two are near; leaves the sheet out when none
/// fits.
fn choose(spot: Spot, candidates: Vec<Candidate>, top: &Block, context: &Context, routing: &mut Routing) {
    let place = Place {
        part: spot.place,
        sheet: spot.name.clone(),
        ..Place::default()
    };
    let mut fitting: Vec<&Candidate> = candidates.iter().filter(|candidate| candidate.fits()).collect();
    // What fits as it is written goes before what fits only if a header is mistyped.
    if !fitting.iter().all(|candidate| candidate.needs_inexact()) {
        fitting.retain(|candidate| !candidate.needs_inexact());
    }
    fitting.sort_by_key(|candidate| std::cmp::Reverse(candidate.layout.columns.matched));
    let Some(first) = fitting.first() else {
        let asked = candidates.iter().filter(|candidate| candidate.doubt.is_some());
        if let Some(asked) = asked.max_by_key(|candidate| candidate.layout.columns.matched)
            && let Some(doubt) = &asked.doubt
        {
            routing.asked = true;
            let place = Place {
                row: asked.layout.header_row,
                column: doubt.place.column.clone(),
                column_index: doubt.place.column_index,
                ..place
            };
            routing.findings.push(Finding::clone(doubt).at(place));
            return;
        }
        let nearest = candidates
            .iter()
            .max_by_key(|candidate| candidate.layout.columns.matched);
        if let Some(nearest) = nearest {
            routing.findings.extend(told::title_not_used(nearest, &place));
            routing.left_out.push(LeftOut {
                headers: told::seen_headers(nearest),
                is_personal: !undeclared::in_sheet(top).is_empty(),
                ..spot.left_out(nearest)
            });
        }
        return;
    };
    let is_near = |second: &&&Candidate| {
        second.layout.columns.matched * 100 >= first.layout.columns.matched * NEAR_TIE_PERCENT && !first.is_empty
    };
    if let Some(second) = fitting.get(1).filter(is_near) {
        routing.asked = true;
        let both = said::list([first, second].map(|one| one.contract.title.clone()));
        routing
            .findings
            .push(Finding::of("sheet-fits-two").with_both("datasets", &both).at(place));
        return;
    }
    if let Some(doubled) = first.layout.columns.doubled.first() {
        routing.asked = true;
        let place = Place {
            column: Some(doubled.clone()),
            row: first.layout.header_row,
            ..place
        };
        let title = first.contract.titles(std::slice::from_ref(doubled));
        let finding = Finding::of("column-doubled").with_both("title", &title);
        let finding = finding.with("columns", told::doubled(first, doubled));
        routing.findings.push(finding.at(place));
        return;
    }
    let titles: Vec<String> = first.titles.iter().chain(&spot.name).cloned().collect();
    let table = question::Table {
        contract: &first.contract,
        context,
        layout: &first.layout,
        above: &first.titles,
        titles: &titles,
        no_days: &first.no_days,
        top,
    };
    if let Some(period) = question::to_come(&table) {
        routing.left_out.push(LeftOut {
            to_come: Some(period),
            ..spot.left_out(first)
        });
        return;
    }
    if let Some(finding) = question::of(&table) {
        routing.asked = true;
        let place = Place {
            row: first.layout.header_row,
            ..place
        };
        routing.findings.push(finding.at(place));
        return;
    }
    let undeclared = undeclared::columns(top, &first.layout, &first.contract);
    routing
        .findings
        .extend(undeclared.iter().map(|found| found.said(&place)));
    routing
        .findings
        .extend(told::notes(first, &place, &undeclared, context));
    let is_declared = |(column, source): (&Column, &Option<usize>)| column.pii.is_some() && source.is_some();
    let mut columns = first.contract.columns.values().zip(&first.layout.columns.source);
    let holds_personal = !undeclared.is_empty() || columns.any(is_declared);
    routing.routed.push(RoutedSheet {
        part: spot.part,
        sheet: spot.sheet,
        place: spot.place,
        name: spot.name,
        contract: first.contract.clone(),
        witness: Witness::of(&first.contract, &first.layout, top),
        layout: first.layout.clone(),
        holds_personal,
    });
}
