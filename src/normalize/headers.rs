//! Header texts to contract columns.

use super::Context;
use super::inexact::{self, Inexact};
use crate::config::{Column, ColumnType, Contract};
use crate::domain::abbreviation::Abbreviations;
use crate::domain::period::{Grain, Period};
use crate::domain::{near, text};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

/// Where a column's value comes from when the sheet has no column for it.
#[derive(Debug, Clone, PartialEq)]
pub enum Supplied {
    /// The connector's `[constants]`.
    Constant(String),
    /// A query parameter of the request (`[from_request]`).
    Request(String),
    /// The period that the title rows name.
    Title(Period),
    /// A label above the table, with its value.
    Label(String),
    /// The sender's own region.
    Sender(String),
    /// The unit in the header of a figure.
    Header(String),
    /// The contract's `default`.
    Default(String),
}

/// Where a year stands that a period's own column does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YearFrom {
    /// A sheet column, from 0.
    Column(usize),
    /// The one year that the title rows name.
    Title(i32),
}

/// How the columns of one sheet map to a contract's.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnMap {
    /// For each contract column, in its order: the sheet column, from 0.
    pub source: Vec<Option<usize>>,
    /// For each contract column without a sheet column: what supplies it.
    pub supplied: Vec<Option<Supplied>>,
    /// Power of ten that the header gives (`ribu`: 3), by contract column.
    pub power: Vec<u32>,
    /// The unit that the header of a converted figure names, with the contract column that units stand in.
    pub unit_by_header: Option<(usize, String)>,
    /// The power that a title gives to columns of money.
    pub power_by_title: Option<u32>,
    /// Required columns that nothing gives, by name.
    pub missing: Vec<String>,
    /// Contract columns claimed by two sheet columns with the same header.
    pub doubled: Vec<String>,
    /// Headers that no column of the contract claims.
    pub unknown: Vec<String>,
    /// Mistyped headers that were taken for those of columns.
    pub inexact: Vec<Inexact>,
    /// Number of sheet columns that are used.
    pub matched: usize,
    /// Where the year of the period stands, if its column has only a part of one (`Bulan`).
    pub year: Option<YearFrom>,
    /// Sheet columns that name the row's region too and are not read: a name beside its code, its province.
    pub also_regions: Vec<usize>,
}

impl ColumnMap {
    /// Whether a sheet with these columns can be read by the contract.
    pub fn fits(&self) -> bool {
        self.missing.is_empty() && self.matched > 0
    }

    /// Whether it could not without a header that was taken for another one.
    pub(super) fn needs_inexact(&self, contract: &Contract) -> bool {
        let mut columns = self.inexact.iter().map(|one| &contract.columns[one.column]);
        columns.any(|column| column.required && column.default.is_none())
    }
}

/// The headers by which a contract's columns are known: normal form → (column index, rank). A lower rank is a
/// better claim: a declared mapping, then the column's name and titles, then its synonyms in order.
pub(super) struct Vocabulary {
    names: BTreeMap<String, (usize, usize)>,
    /// Whether a column, by its index, may hold percentages.
    percent: Vec<bool>,
    forms: Rc<Forms>,
    abbreviations: Arc<Abbreviations>,
    /// What texts are near to: the same ones are asked for again and again.
    nearest: RefCell<HashMap<String, BTreeMap<usize, usize>>>,
    /// The columns that texts were found to be headers of.
    looked_up: RefCell<HashMap<String, Option<(usize, usize)>>>,
}

/// Normal forms of texts that were looked up: the same rows are held against every contract.
#[derive(Default)]
pub(super) struct Forms(RefCell<HashMap<String, Form>>);

/// A text as a header is looked up.
#[derive(Clone)]
struct Form {
    /// With percentages apart.
    exact: String,
    plain: String,
    says_percent: bool,
    /// Both with their abbreviations written out.
    written_out: [Option<String>; 2],
}

impl Forms {
    fn of(&self, text: &str, abbreviations: &Abbreviations) -> Form {
        if let Some(known) = self.0.borrow().get(text) {
            return known.clone();
        }
        let (exact, plain) = (form(text), text::header(text));
        let form = Form {
            says_percent: text::says_percent(text),
            written_out: [&exact, &plain].map(|form| abbreviations.written_out(form)),
            exact,
            plain,
        };
        self.0.borrow_mut().insert(text.to_string(), form.clone());
        form
    }
}

impl Vocabulary {
    pub(super) fn new(contract: &Contract, context: &Context, forms: Rc<Forms>) -> Vocabulary {
        let connector = context.connector.as_ref();
        let declared = |name: &String| connector.and_then(|connector| connector.columns.get(name));
        let mut names = BTreeMap::new();
        for exact in [true, false] {
            for (index, (name, column)) in contract.columns.iter().enumerate() {
                // A declared header replaces the synonyms: this source's column is this one and no other.
                if declared(name).is_some() {
                    continue;
                }
                let titles = [name, &column.title.id, &column.title.en];
                for (rank, header) in titles.into_iter().chain(&column.synonyms).enumerate() {
                    // `Realisasi (%)` is another column's than `Realisasi (Rp)`; it is that of a bare `Realisasi` only
                    // where no other is.
                    let form = if exact { form(header) } else { text::header(header) };
                    names.entry(form).or_insert((index, rank + 1));
                }
            }
        }
        // A declared header wins over another column's synonym.
        for (index, name) in contract.columns.keys().enumerate() {
            if let Some(header) = declared(name) {
                names.insert(form(header), (index, 0));
                names.insert(text::header(header), (index, 0));
            }
        }
        let written_out = written_out(&names, &context.abbreviations);
        names.extend(written_out);
        let is_percent = |column: &Column| match &column.unit {
            Some(unit) => unit == PERCENT,
            None => column.kind == ColumnType::Measure || !column.kind.is_measure(),
        };
        Vocabulary {
            names,
            percent: contract.columns.values().map(is_percent).collect(),
            forms,
            abbreviations: context.abbreviations.clone(),
            nearest: RefCell::default(),
            looked_up: RefCell::default(),
        }
    }

    fn form(&self, header: &str) -> Option<Form> {
        (header.len() <= LONGEST_HEADER).then(|| self.forms.of(header, &self.abbreviations))
    }

    /// Whether a column may have a header of this form. A percentage is no count, money or tonne.
    fn may_be(&self, index: usize, form: &Form) -> bool {
        self.percent[index] || !form.says_percent
    }

    /// The columns of which a header is that of one, but for typing errors, with how many.
    pub(super) fn near(&self, header: &str) -> BTreeMap<usize, usize> {
        if let Some(known) = self.nearest.borrow().get(header) {
            return known.clone();
        }
        let found = self.near_anew(header);
        self.nearest.borrow_mut().insert(header.to_string(), found.clone());
        found
    }

    fn near_anew(&self, header: &str) -> BTreeMap<usize, usize> {
        let mut found = BTreeMap::new();
        let Some(form) = self.form(header) else { return found };
        let forms = [&form.exact, &form.plain]
            .into_iter()
            .chain(form.written_out.iter().flatten());
        for written in forms {
            let Some(first) = written.chars().next() else { continue };
            let names = self.names.range(first.to_string()..);
            for (name, (index, _)) in names.take_while(|(name, _)| name.starts_with(first)) {
                if let Some(slips) = near::slips(written, name).filter(|_| self.may_be(*index, &form)) {
                    let least = found.entry(*index).or_insert(slips);
                    *least = slips.min(*least);
                }
            }
        }
        found
    }

    /// Column and rank. A long text, whose normal form would cost much, is not known. A unit behind a name that is known is
    /// none of it: `Harga Rp/kg`.
    fn lookup(&self, header: &str) -> Option<(usize, usize)> {
        if header.len() > LONGEST_HEADER {
            return None;
        }
        if let Some(known) = self.looked_up.borrow().get(header) {
            return *known;
        }
        let found = self
            .lookup_exact(header)
            .or_else(|| self.lookup_exact(text::unit_behind(header)?.0));
        self.looked_up.borrow_mut().insert(header.to_string(), found);
        found
    }

    fn lookup_exact(&self, header: &str) -> Option<(usize, usize)> {
        let form = self.form(header)?;
        let forms = [&form.exact, &form.plain]
            .into_iter()
            .chain(form.written_out.iter().flatten());
        let found = forms.filter_map(|form| self.names.get(form)).next().copied();
        found
            .filter(|(index, rank)| *rank == 0 || self.may_be(*index, &form))
            .or_else(|| self.twice(header))
    }

    /// The column of a header in two languages, of which each part is a header of it: `Perempuan / Female`.
    fn twice(&self, header: &str) -> Option<(usize, usize)> {
        let (first, second) = header.trim().split_once(['\n', '/'])?;
        let (first, second) = (self.lookup_exact(first)?, self.lookup_exact(second)?);
        (first.0 == second.0).then_some((first.0, first.1.max(second.1)))
    }

    /// The column of figures that a text is a header of.
    pub(super) fn measure(&self, header: &str, contract: &Contract) -> Option<usize> {
        let (index, _) = self.lookup(header)?;
        contract.columns[index].kind.is_measure().then_some(index)
    }

    /// The column that a text is a header of.
    pub(super) fn column(&self, header: &str) -> Option<usize> {
        self.lookup(header).map(|(index, _)| index)
    }

    /// Whether a text is a header of the contract.
    pub(super) fn knows(&self, header: &str) -> bool {
        self.lookup(header).is_some()
    }

    /// How many of these texts are headers of the contract.
    pub(super) fn score<'t>(&self, texts: impl Iterator<Item = &'t str>) -> usize {
        let mut columns: Vec<usize> = texts
            .filter_map(|text| self.lookup(text))
            .map(|(index, _)| index)
            .collect();
        columns.sort_unstable();
        columns.dedup();
        columns.len()
    }
}

/// The names that have abbreviations, with these written out; left out where that would fit two columns.
fn written_out(
    names: &BTreeMap<String, (usize, usize)>,
    abbreviations: &Abbreviations,
) -> BTreeMap<String, (usize, usize)> {
    let mut all: BTreeMap<String, Option<(usize, usize)>> = BTreeMap::new();
    for (name, &(index, rank)) in names {
        let Some(long) = abbreviations.written_out(name).filter(|long| !names.contains_key(long)) else {
            continue;
        };
        let claim = all.entry(long).or_insert(Some((index, rank)));
        *claim = claim
            .filter(|(other, _)| *other == index)
            .map(|(_, other)| (index, rank.min(other)));
    }
    all.into_iter()
        .filter_map(|(name, claim)| Some((name, claim?)))
        .collect()
}

/// Longest text that may be a header, in bytes.
const LONGEST_HEADER: usize = 300;

/// Unit of columns that hold percentages.
pub(super) const PERCENT: &str = "percent";

/// The normal form of a header, in which percentages stand apart from what they are of.
fn form(header: &str) -> String {
    let form = text::header(header);
    if text::says_percent(header) {
        format!("{form} %")
    } else {
        form
    }
}

/// Maps one header row. `headers` are the texts by sheet column; `titles` those above. `by_hand` says that a person typed
/// them, and may have mistyped some.
pub(super) fn map(
    contract: &Contract,
    context: &Context,
    vocabulary: &Vocabulary,
    headers: &[String],
    titles: &[String],
    by_hand: bool,
) -> ColumnMap {
    let columns = contract.columns.len();
    let mut best: Vec<Option<(usize, usize)>> = vec![None; columns];
    let mut doubled = Vec::new();
    // Positions of headers that are not used, and those among them that no column claims.
    let (mut unused, mut strangers) = (Vec::new(), Vec::new());
    let mut also_regions = Vec::new();
    let period = period_column(contract);
    let parts = period.and_then(|index| month_and_year(vocabulary, headers, index));
    for (position, header) in headers.iter().enumerate() {
        if header.trim().is_empty() {
            continue;
        }
        let is_part = parts.is_some_and(|(part, year)| position == part || position == year);
        let claim = match (is_part, period) {
            (true, Some(index)) => Some((index, 0)),
            _ => vocabulary.lookup(header),
        };
        let Some((index, rank)) = claim else {
            unused.push(position);
            strangers.push(position);
            continue;
        };
        if contract.columns[index].kind == ColumnType::Region {
            also_regions.push(position);
        }
        if let Some((part, _)) = parts
            && Some(index) == period
        {
            best[index] = Some((part, rank));
            if !is_part {
                unused.push(position);
            }
            continue;
        }
        match best[index] {
            Some((other, _)) if text::header(&headers[other]) == text::header(header) => {
                doubled.push(contract.columns.keys().nth(index).cloned().unwrap_or_default());
            }
            Some((_, known)) if known <= rank => unused.push(position),
            Some((other, _)) => {
                unused.push(other);
                best[index] = Some((position, rank));
            }
            None => best[index] = Some((position, rank)),
        }
    }
    let inexact = match by_hand {
        true => inexact::claims(contract, context, vocabulary, headers, &strangers),
        false => Vec::new(),
    };
    let is_free = |one: &Inexact| best[one.column].is_none();
    let inexact: Vec<Inexact> = inexact.into_iter().filter(is_free).collect();
    for one in &inexact {
        best[one.column] = Some((one.position, INEXACT));
    }
    unused.retain(|position| inexact.iter().all(|one| one.position != *position));
    let source: Vec<Option<usize>> = best.iter().map(|claim| claim.map(|(position, _)| position)).collect();
    let power = source
        .iter()
        .map(|position| header_power(position.map(|position| headers[position].as_str())))
        .collect();
    let matched = source.iter().flatten().count();
    also_regions.retain(|position| !source.contains(&Some(*position)));
    let mut map = ColumnMap {
        source,
        supplied: vec![None; columns],
        power,
        unit_by_header: None,
        power_by_title: None,
        missing: Vec::new(),
        doubled,
        unknown: unused
            .iter()
            .map(|&position| headers[position].trim().to_string())
            .collect(),
        inexact,
        matched,
        year: parts.map(|(_, year)| YearFrom::Column(year)),
        also_regions,
    };
    by_titles(contract, headers, titles, &mut map);
    let header_of = |index: usize| map.source[index].map(|position| headers[position].as_str());
    map.unit_by_header = super::units::by_header(contract, context, header_of);
    let tells_apart = tells_apart(contract, headers, &map);
    supply(contract, context, titles, tells_apart, &mut map);
    super::units::by_title(contract, context, titles, &mut map);
    // A constant replaces a column of the sheet, however its header is written.
    let source = &map.source;
    map.inexact.retain(|one| source[one.column] == Some(one.position));
    map
}

/// What the titles say of the columns: the year of a period's part, and the power of ten of money.
fn by_titles(contract: &Contract, headers: &[String], titles: &[String], map: &mut ColumnMap) {
    if map.year.is_none()
        && let Some(source) = period_column(contract).and_then(|index| map.source[index])
        && PARTS.contains(&text::header(&headers[source]).as_str())
    {
        map.year = super::title::year(titles).map(YearFrom::Title);
    }
    if let Some(power) = super::title::money_power(titles) {
        for (index, column) in contract.columns.values().enumerate() {
            let says_none = |position: usize| crate::domain::money::header_scale(&headers[position]).is_none();
            if column.kind == ColumnType::Money && map.source[index].is_some_and(says_none) {
                map.power[index] = power;
                map.power_by_title = Some(power);
            }
        }
    }
}

/// Whether the headers tell the figures of a period from those since its year began: `Bulan ini` beside `s.d. bulan ini`.
fn tells_apart(contract: &Contract, headers: &[String], map: &ColumnMap) -> bool {
    let is_sum = |header: &String| {
        super::title::says_until(header) || text::normal(header).split(' ').any(|word| word == "kumulatif")
    };
    let figures = contract.columns.values().zip(&map.source);
    let figures = figures.filter_map(|(column, source)| Some((column, headers.get((*source)?)?)));
    let (sums, others): (Vec<_>, Vec<_>) = figures
        .filter(|(column, _)| column.kind.is_measure())
        .partition(|(_, header)| is_sum(header));
    let is_of_period = |(column, _): &(&Column, &String)| column.required && column.repeats.is_empty();
    sums.iter().any(|sum| !is_of_period(sum)) && !sums.iter().any(is_of_period) && others.iter().any(is_of_period)
}

/// Index of the column of periods.
fn period_column(contract: &Contract) -> Option<usize> {
    let index = contract
        .period
        .as_ref()
        .and_then(|name| contract.columns.get_index_of(name))?;
    (contract.columns[index].kind == ColumnType::Period).then_some(index)
}

/// Rank of a mistyped header: the worst claim.
const INEXACT: usize = usize::MAX;

/// Headers of columns that have a part of a year only, and of those that have the year, in normal form.
pub(super) const PARTS: [&str; 8] = ["bulan", "bln", "month", "triwulan", "tw", "quarter", "semester", "smt"];
const YEARS: [&str; 4] = ["tahun", "thn", "tahun data", "year"];

/// The two columns that write a period together, `Bulan` and `Tahun`, where the period's headers are one of each.
fn month_and_year(vocabulary: &Vocabulary, headers: &[String], period: usize) -> Option<(usize, usize)> {
    let one = |words: &[&str]| {
        let mut found = headers.iter().enumerate().filter(|(_, header)| {
            words.contains(&text::header(header).as_str())
                && vocabulary.lookup(header).is_none_or(|(index, _)| index == period)
        });
        let first = found.next().map(|(position, _)| position);
        first.filter(|_| found.next().is_none())
    };
    Some((one(&PARTS)?, one(&YEARS)?))
}

pub(super) fn header_power(header: Option<&str>) -> u32 {
    header
        .and_then(crate::domain::money::header_scale)
        .map_or(0, |scale| scale.power)
}

/// Fills what the sheet does not have: constant, request, title, sender, default, in that order. A constant
/// also replaces a sheet column of the same name: the connector said so.
fn supply(contract: &Contract, context: &Context, titles: &[String], tells_apart: bool, map: &mut ColumnMap) {
    for (index, (name, column)) in contract.columns.iter().enumerate() {
        let connector = context.connector.as_ref();
        if let Some(value) = connector.and_then(|connector| connector.constants.get(name)) {
            map.source[index] = None;
            map.supplied[index] = Some(Supplied::Constant(value.clone()));
            continue;
        }
        if let Some(parameter) = connector.and_then(|connector| connector.from_request.get(name)) {
            map.source[index] = None;
            map.supplied[index] = Some(Supplied::Request(parameter.clone()));
            continue;
        }
        if map.source[index].is_some() {
            continue;
        }
        let by_header = map.unit_by_header.as_ref().filter(|(by, _)| *by == index);
        map.supplied[index] = match column.kind {
            ColumnType::Code if by_header.is_some() => by_header.map(|(_, unit)| Supplied::Header(unit.clone())),
            ColumnType::Period => super::title::period(titles, contract, tells_apart).map(Supplied::Title),
            ColumnType::Date if contract.period.as_ref() == Some(name) => {
                super::title::day(titles).map(|day| Supplied::Title(Period::containing(Grain::Day, day)))
            }
            ColumnType::Region => context
                .speaker
                .own_region()
                .map(|code| Supplied::Sender(code.to_string())),
            _ => None,
        }
        .or_else(|| column.default.clone().map(Supplied::Default));
        if map.supplied[index].is_none() && column.required {
            map.missing.push(name.clone());
        }
    }
}
