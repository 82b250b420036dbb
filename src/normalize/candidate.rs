//! What a table may be of: for each contract, where the header is and how the columns map.

use super::cell::ColumnReader;
use super::crosstab::{self, Doubt};
use super::form::{self, Form};
use super::headers::{self, ColumnMap, Supplied, Vocabulary, YearFrom};
use super::labels;
use super::layout::{self, Header};
use super::lines;
use super::question::names_one_of;
use super::route::Layout;
use super::tables::Area;
use super::{Context, title};
use crate::config::{Column, ColumnType, Contract};
use crate::domain::period::{Grain, Period};
use crate::domain::{axis, text};
use crate::finding::Finding;
use crate::read::{Block, Cell};
use std::borrow::Cow;
use std::sync::Arc;

/// A contract that a table may fit.
pub(super) struct Candidate {
    pub contract: Arc<Contract>,
    pub layout: Layout,
    /// Records without any field: an answer without rows fits by itself.
    pub is_empty: bool,
    /// Headers of a crosstab that are written as days but are none.
    pub no_days: Vec<String>,
    /// What its sender must settle before it can be read as a crosstab.
    pub doubt: Option<Box<Finding>>,
    /// What stands above the header.
    pub titles: Vec<String>,
    /// Where the header of a table that is read as it stands was found.
    header: Header,
}

impl Candidate {
    /// Whether the table can be read by the contract where titles or its sender say what it does not.
    pub fn fits_but_for_titles(&self) -> bool {
        let is_said = |name: &String| {
            let column = self.contract.columns.get(name);
            self.contract.period.as_ref() == Some(name)
                || column.is_some_and(|column| column.kind == ColumnType::Region)
        };
        self.layout.columns.matched > 1 && self.layout.columns.missing.iter().all(is_said)
    }

    /// Whether the table can be read by the contract.
    pub fn fits(&self) -> bool {
        self.layout.columns.fits() || self.is_empty
    }

    /// Whether it could not without a header that was taken for another one.
    pub fn needs_inexact(&self) -> bool {
        self.layout.columns.needs_inexact(&self.contract)
    }

    /// Figures that stand twice may be those of two values.
    fn fits_exactly(&self) -> bool {
        self.fits() && !self.needs_inexact() && self.layout.columns.doubled.is_empty()
    }
}

/// Whether a header is that of means: `Harga Rata-rata`.
fn says_mean(header: &str) -> bool {
    let normal = text::normal(header);
    ["rata rata", "rata2", "rerata", "average"]
        .iter()
        .any(|word| normal.contains(word))
}

/// Fewest headers with names of parts that make a table one of parts.
const FEWEST_NAMES: usize = 2;

impl Candidate {
    /// Whether a mean is read as the figure of the whole, and headers that are not read name the parts that it is of:
    /// `Pasar Gede | Pasar Delanggu | Rata-rata` below `Harga`.
    fn leaves_names(&self) -> bool {
        let columns = &self.layout.columns;
        let figures = self.layout.figures(&self.contract);
        let mut headers = figures.iter().filter_map(|&column| self.layout.headers.get(column));
        if !headers.any(|header| says_mean(header)) {
            return false;
        }
        let keys = self.contract.columns.iter().zip(&columns.supplied);
        let mut whole = keys.filter(|((name, column), supplied)| {
            let is_name = column.kind == ColumnType::Text && self.contract.key.contains(*name);
            is_name && matches!(supplied, Some(Supplied::Default(_)))
        });
        let names = |column: &Column| {
            let unknown = columns.unknown.iter();
            unknown
                .filter(|header| names_one_of(column, &text::normal(header)))
                .count()
        };
        whole.any(|((_, column), _)| names(column) >= FEWEST_NAMES)
    }
}

/// What the connector says about where a contract's table stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pin {
    /// Nothing.
    None,
    /// On another sheet.
    Elsewhere,
    /// First and last sheet row of its header.
    Header(u32, u32),
}

impl Pin {
    /// Of a contract's table on a sheet.
    pub fn of(contract: &Contract, context: &Context, sheet: Option<&str>) -> Pin {
        let layout = context.connector.as_ref().and_then(|connector| {
            let region = context.speaker.own_region();
            connector.layout(&contract.name, region)
        });
        let Some(layout) = layout else { return Pin::None };
        let is_other = |name: &String| text::normal(name) != text::normal(sheet.unwrap_or_default());
        match layout.header_rows {
            _ if layout.sheet.as_ref().is_some_and(is_other) => Pin::Elsewhere,
            Some((first, last)) => Pin::Header(first, last),
            None => Pin::None,
        }
    }
}

/// What a table of cells may be, by contract: as it stands, else as a crosstab. `above` is said of the table elsewhere: in
/// titles on top of the sheet, in the sheet's name.
pub(super) fn of_grid(
    context: &Context,
    vocabularies: &[Vocabulary],
    pins: &[Pin],
    top: &Block,
    above: &[Vec<String>],
) -> Vec<Candidate> {
    let contracts = context.contracts.iter().zip(vocabularies).zip(pins);
    let plain: Vec<Candidate> = contracts
        .map(|((contract, vocabulary), pin)| grid_candidate(contract, context, vocabulary, *pin, top, above))
        .collect();
    if plain
        .iter()
        .any(|candidate| candidate.fits_exactly() && !candidate.leaves_names())
    {
        return plain;
    }
    let turned = turned(plain, context, vocabularies, pins, top, above);
    match form::find(top) {
        Some((form, labels)) if !turned.iter().any(Candidate::fits) && pins.iter().all(|pin| *pin == Pin::None) => {
            of_form(turned, context, vocabularies, top, &form, &labels)
        }
        _ => turned,
    }
}

/// What stands in the corner of a table and names its labels, in normal form.
const CORNERS: [&str; 7] = [
    "uraian",
    "indikator",
    "keterangan",
    "variabel",
    "rincian",
    "komponen",
    "jenis data",
];

/// Most labels that may be known of a table that does not lie on its side.
const FEWEST_LABELS: usize = 2;

/// The candidates of a sheet that is a form, or lies on its side: its labels are the headers.
fn of_form(
    candidates: Vec<Candidate>,
    context: &Context,
    vocabularies: &[Vocabulary],
    top: &Block,
    form: &Form,
    labels: &[String],
) -> Vec<Candidate> {
    let is_title = |row: &usize| !form.rows.contains(&top.row_numbers[*row]);
    let titles: Vec<String> = (0..top.rows())
        .filter(is_title)
        .flat_map(|row| layout::texts(top, row))
        .collect();
    let as_form = |(candidate, vocabulary): (Candidate, &Vocabulary)| {
        let labels = named_by_times(&candidate.contract, context, vocabulary, top, form, labels);
        let labels = labels.as_ref();
        let columns = headers::map(&candidate.contract, context, vocabulary, labels, &titles, true);
        // Labels that are the headers of a table on its side are more of them than any row has.
        // What names the records of a table on its side must be known: `Uraian | Jumlah | %` has one record, and a share.
        let is_named = labels.first().is_some_and(|label| vocabulary.knows(label));
        let is_sure = !form.is_table() || (is_named && columns.matched * 2 > labels.len());
        if !columns.fits() || columns.matched < 2 || !is_sure {
            let is_side = form.is_table() && columns.matched > FEWEST_LABELS.max(candidate.layout.columns.matched);
            let mut missing = candidate.contract.titles(&columns.missing);
            if let (true, Some(label)) = (columns.missing.is_empty(), labels.first()) {
                missing.id = format!("nama baris yang membedakan setiap data, di tempat \"{}\"", label.trim());
                missing.en = format!(
                    "a name for the row that tells the records apart, where \"{}\" stands",
                    label.trim()
                );
            }
            let doubt = Finding::of("table-on-its-side").with_both("missing", &missing);
            return Candidate {
                doubt: candidate.doubt.or_else(|| is_side.then(|| Box::new(doubt))),
                ..candidate
            };
        }
        Candidate {
            layout: Layout {
                skip_rows: 0,
                header_row: form.rows.first().copied(),
                columns,
                form: Some(form.clone()),
                headers: labels.to_vec(),
                header_rows: Vec::new(),
                lines: None,
                ..candidate.layout
            },
            doubt: None,
            ..candidate
        }
    };
    candidates.into_iter().zip(vocabularies).map(as_form).collect()
}

/// The labels of a form. In the corner of a table on its side stands what all the labels are (`Uraian`) where its records are
/// times: then it is read as the name of these.
fn named_by_times<'l>(
    contract: &Contract,
    context: &Context,
    vocabulary: &Vocabulary,
    top: &Block,
    form: &Form,
    labels: &'l [String],
) -> Cow<'l, [String]> {
    let is_corner = |label: &String| CORNERS.contains(&text::header(label).as_str()) && !vocabulary.knows(label);
    let period = contract
        .period
        .as_ref()
        .and_then(|name| contract.columns.get_full(name));
    let (true, Some((index, name, period))) = (form.is_table() && labels.first().is_some_and(is_corner), period) else {
        return Cow::Borrowed(labels);
    };
    let grains: Vec<Grain> = contract.grains.iter().map(|grain| (*grain).into()).collect();
    let has_months = grains.contains(&Grain::Month);
    let reader = ColumnReader::new(index, name, period, true, grains, context);
    let is_time = |cell: Cell<'_>| {
        let is_month = matches!(cell, Cell::Text(text) if has_months && axis::is_month(text));
        is_month || reader.period_of(cell).is_some()
    };
    let first = form
        .rows
        .first()
        .and_then(|row| top.row_numbers.iter().position(|number| number == row));
    let is_named = first.is_some_and(|row| form.columns.iter().all(|&column| is_time(top.cell(row, column))));
    let mut named = Cow::Borrowed(labels);
    if is_named {
        named.to_mut()[0].clone_from(&period.title.id);
    }
    named
}

/// The rows near the top that hold most of the contract's headers.
fn grid_candidate(
    contract: &Arc<Contract>,
    context: &Context,
    vocabulary: &Vocabulary,
    pin: Pin,
    top: &Block,
    above: &[Vec<String>],
) -> Candidate {
    let header = match pin {
        Pin::None => {
            let score = |texts: &[String]| vocabulary.score(texts.iter().map(String::as_str));
            layout::header(top, score, |text| vocabulary.knows(text))
        }
        Pin::Header(first, last) => layout::at(top, first, last, |text| vocabulary.knows(text)),
        Pin::Elsewhere => Header::default(),
    };
    let titles = titles(contract, &header, top, above);
    let mut columns = headers::map(contract, context, vocabulary, &header.texts, &titles, true);
    if !columns.doubled.is_empty()
        && let Some(texts) = std::iter::once(header.clone())
            .chain(layout::deeper(top, &header))
            .find_map(|deeper| one_group(vocabulary, &deeper.paths, &header.texts))
    {
        columns = headers::map(contract, context, vocabulary, &texts, &titles, true);
        let other = header.texts.iter().zip(&texts).filter(|(_, kept)| kept.is_empty());
        columns.unknown.extend(
            other
                .map(|(text, _)| text.trim().to_string())
                .filter(|text| !text.is_empty()),
        );
    }
    labels::apply(
        contract,
        context,
        vocabulary,
        &labels::labels(top, header.first),
        &titles,
        &mut columns,
    );
    if matches!(columns.year, Some(YearFrom::Title(_)))
        && !lack_years(top, header.first + header.depth, &columns, contract)
    {
        columns.year = None;
    }
    let mut layout = Layout {
        skip_rows: header.first + header.depth,
        header_row: top.row_numbers.get(header.first).copied(),
        columns,
        crosstab: None,
        area: Area::default(),
        form: None,
        // A header of one row is known by its columns.
        header_rows: match header.depth {
            0 | 1 => Vec::new(),
            _ => layout::rows_of(top, &header),
        },
        headers: header.texts.clone(),
        lines: None,
    };
    if layout.columns.matched > 1 {
        let table = lines::Table {
            contract,
            context,
            vocabulary,
            titles: &titles,
            top,
            from: layout.skip_rows,
            figures: &layout.figures(contract),
        };
        layout.lines = Some(table.apply(&mut layout.headers, &mut layout.columns));
    }
    Candidate {
        contract: contract.clone(),
        layout,
        is_empty: false,
        no_days: Vec::new(),
        doubt: None,
        titles,
        header,
    }
}

/// The candidates of a sheet that none fits, each as a crosstab where that makes it fit.
fn turned(
    candidates: Vec<Candidate>,
    context: &Context,
    vocabularies: &[Vocabulary],
    pins: &[Pin],
    top: &Block,
    above: &[Vec<String>],
) -> Vec<Candidate> {
    let as_crosstab = |((candidate, vocabulary), pin): ((Candidate, &Vocabulary), &Pin)| {
        let contract = candidate.contract.clone();
        let header = candidate.header.clone();
        let plain = &candidate.layout.columns;
        let first = header.first;
        let mut headers = vec![header.clone()];
        if *pin == Pin::None {
            headers.extend(layout::deeper(top, &header));
        }
        let mut found = None;
        let mut doubt = None;
        for header in headers {
            // Of one with rows above more is header, and less title.
            let titles = match header.first == first {
                true => candidate.titles.clone(),
                false => titles(&contract, &header, top, above),
            };
            let look = crosstab::Look {
                contract: &contract,
                context,
                vocabulary,
                header: &header,
                titles: &titles,
                labels: &labels::labels(top, header.first),
                top,
                epoch: top.epoch,
            };
            match crosstab::find(&look, plain) {
                // Its figures are parted further.
                Ok(turned) if layout::goes_on(top, &header, turned.crosstab.figures().map(|(.., column)| column)) => {}
                Ok(turned) => {
                    found = Some((header, titles, turned));
                    break;
                }
                Err(Doubt::Asked(finding)) => doubt = doubt.or(Some(finding)),
                Err(Doubt::None) => {}
            }
        }
        let Some((header, titles, turned)) = found else {
            return Candidate { doubt, ..candidate };
        };
        Candidate {
            no_days: turned.no_days,
            doubt: None,
            layout: Layout {
                skip_rows: header.first + header.depth,
                header_row: candidate.layout.header_row,
                columns: turned.columns,
                crosstab: Some(turned.crosstab),
                area: Area::default(),
                form: None,
                headers: turned.headers,
                header_rows: layout::rows_of(top, &header),
                lines: Some(turned.lines),
            },
            titles,
            ..candidate
        }
    };
    candidates
        .into_iter()
        .zip(vocabularies)
        .zip(pins)
        .map(as_crosstab)
        .collect()
}

/// What stands above a header. Where no title names a period, what is said elsewhere may: `above`, the nearest first.
fn titles(contract: &Contract, header: &Header, top: &Block, above: &[Vec<String>]) -> Vec<String> {
    let mut titles = title::titles(top, header.top);
    titles.extend(layout::groups_above(top, header));
    for more in above {
        let says_time = title::period(&titles, contract, false).is_some() || title::day(&titles).is_some();
        if says_time {
            break;
        }
        titles.extend(more.iter().cloned());
    }
    titles
}

/// A header's texts without those of other groups, where columns stand twice and the upper row names the one that the
/// contract knows: `L` and `P` under `Kunjungan`, and not those under `Pasien`.
fn one_group(vocabulary: &Vocabulary, paths: &[Vec<String>], texts: &[String]) -> Option<Vec<String>> {
    let group = |column: usize| {
        let path = paths.get(column)?;
        let upper = path.first().filter(|text| !text.is_empty())?;
        let is_grouped = path.last().is_some_and(|lower| lower != upper && !lower.is_empty());
        is_grouped.then_some(upper)
    };
    let mut groups: Vec<&String> = (0..texts.len()).filter_map(group).collect();
    groups.dedup();
    let knows = |name: &str| {
        let mut columns = (0..texts.len()).filter(|&column| group(column).is_some_and(|group| group == name));
        let is_known = |column: usize| {
            let lower = paths[column].last().map_or("", String::as_str);
            vocabulary.knows(&format!("{name} {lower}"))
        };
        vocabulary.knows(name) || columns.any(is_known)
    };
    let mut known = groups.iter().filter(|name| knows(name));
    let only = known.next().filter(|_| groups.len() > 1 && known.next().is_none())?;
    let kept = |(column, text): (usize, &String)| match group(column) {
        Some(name) if name != *only => String::new(),
        _ => text.clone(),
    };
    Some(texts.iter().enumerate().map(kept).collect())
}

/// Whether a cell of the period's column has no year.
fn lack_years(top: &Block, from: usize, columns: &ColumnMap, contract: &Contract) -> bool {
    let period = contract
        .period
        .as_ref()
        .and_then(|name| contract.columns.get_index_of(name));
    let Some(source) = period.and_then(|index| columns.source[index]) else {
        return false;
    };
    let has_year = |text: &str| {
        text.split(|letter: char| !letter.is_ascii_digit())
            .any(|digits| digits.len() >= 4)
    };
    (from..top.rows()).any(|row| match top.cell(row, source) {
        Cell::Text(text) => !text.trim().is_empty() && !has_year(text) && Period::parse(text, &Grain::ALL).is_err(),
        Cell::Integer(number) => number < 1_000,
        _ => false,
    })
}

/// What the header of a sheet was chosen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct RunnerUp {
    /// How many texts of the header are known.
    pub known: usize,
    /// Sheet row of the next best header, from 1, and how many of its texts are known.
    pub next_row: u32,
    pub next_known: usize,
}

/// The row that would have been the header if the one that was taken were not there; none where no other row has a text
/// that the contract knows.
pub fn runner_up(top: &Block, layout: &Layout, contract: &Contract, context: &Context) -> Option<RunnerUp> {
    let vocabulary = Vocabulary::new(contract, context, Default::default());
    let score = |texts: &[String]| vocabulary.score(texts.iter().map(String::as_str));
    let header_row = layout.header_row?;
    let is_other = |row: &usize| top.row_numbers[*row] < header_row || *row >= layout.skip_rows;
    let rows = (0..top.rows().min(layout::LOOKED_AT)).filter(is_other);
    let scored = rows.map(|row| (score(&layout::texts(top, row)), top.row_numbers[row]));
    let (next_known, next_row) = scored.reduce(|best, other| if other.0 > best.0 { other } else { best })?;
    (next_known > 0).then(|| RunnerUp {
        known: score(&layout.headers),
        next_row,
        next_known,
    })
}

pub(super) fn records(
    contract: &Arc<Contract>,
    context: &Context,
    vocabulary: &Vocabulary,
    fields: &[String],
) -> Candidate {
    let columns = headers::map(contract, context, vocabulary, fields, &[], false);
    let layout = Layout {
        skip_rows: 0,
        header_row: None,
        columns,
        crosstab: None,
        area: Area::default(),
        form: None,
        headers: fields.to_vec(),
        header_rows: Vec::new(),
        lines: None,
    };
    Candidate {
        contract: contract.clone(),
        layout,
        is_empty: fields.is_empty(),
        no_days: Vec::new(),
        doubt: None,
        titles: Vec::new(),
        header: Header::default(),
    }
}
