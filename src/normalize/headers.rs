//! Header texts to contract columns.

use super::Context;
use crate::config::{Column, ColumnType, Contract};
use crate::domain::period::{Grain, Period};
use crate::domain::text;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// Where a column's value comes from when the sheet has no column for it.
#[derive(Debug, Clone, PartialEq)]
pub enum Supplied {
    /// The connector's `[constants]`.
    Constant(String),
    /// A query parameter of the request (`[from_request]`).
    Request(String),
    /// The period that the title rows name.
    Title(Period),
    /// The sender's own region.
    Sender(String),
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
    /// The power that a title gives to columns of money.
    pub power_by_title: Option<u32>,
    /// Required columns that nothing gives, by name.
    pub missing: Vec<String>,
    /// Contract columns claimed by two sheet columns with the same header.
    pub doubled: Vec<String>,
    /// Headers that no column of the contract claims.
    pub unknown: Vec<String>,
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
}

/// The headers by which a contract's columns are known: normal form → (column index, rank). A lower rank is a
/// better claim: a declared mapping, then the column's name and titles, then its synonyms in order.
pub(super) struct Vocabulary {
    names: BTreeMap<String, (usize, usize)>,
    /// Whether a column, by its index, may hold percentages.
    percent: Vec<bool>,
    forms: Rc<Forms>,
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
}

impl Forms {
    fn of(&self, text: &str) -> Form {
        if let Some(known) = self.0.borrow().get(text) {
            return known.clone();
        }
        let form = Form {
            exact: form(text),
            plain: text::header(text),
            says_percent: text::says_percent(text),
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
        let is_percent = |column: &Column| match &column.unit {
            Some(unit) => unit == PERCENT,
            None => column.kind == ColumnType::Measure || !column.kind.is_measure(),
        };
        Vocabulary {
            names,
            percent: contract.columns.values().map(is_percent).collect(),
            forms,
        }
    }

    /// Column and rank. A percentage is no count, money or tonne: such a header is not known. Nor is a long text, whose
    /// normal form would cost much.
    fn lookup(&self, header: &str) -> Option<(usize, usize)> {
        if header.len() > LONGEST_HEADER {
            return None;
        }
        let form = self.forms.of(header);
        let exact = self.names.get(&form.exact);
        let found = exact.or_else(|| self.names.get(&form.plain)).copied();
        found.filter(|(index, rank)| *rank == 0 || self.percent[*index] || !form.says_percent)
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

/// Maps one header row. `headers` are the texts by sheet column; `titles` those above.
pub(super) fn map(
    contract: &Contract,
    context: &Context,
    vocabulary: &Vocabulary,
    headers: &[String],
    titles: &[String],
) -> ColumnMap {
    let columns = contract.columns.len();
    let mut best: Vec<Option<(usize, usize)>> = vec![None; columns];
    let mut doubled = Vec::new();
    let mut unknown = Vec::new();
    let mut also_regions = Vec::new();
    let period = contract
        .period
        .as_ref()
        .and_then(|name| contract.columns.get_index_of(name));
    let period = period.filter(|&index| contract.columns[index].kind == ColumnType::Period);
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
            unknown.push(header.trim().to_string());
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
                unknown.push(header.trim().to_string());
            }
            continue;
        }
        match best[index] {
            Some((other, _)) if text::header(&headers[other]) == text::header(header) => {
                doubled.push(contract.columns.keys().nth(index).cloned().unwrap_or_default());
            }
            Some((_, known)) if known <= rank => unknown.push(header.trim().to_string()),
            Some((other, _)) => {
                unknown.push(headers[other].trim().to_string());
                best[index] = Some((position, rank));
            }
            None => best[index] = Some((position, rank)),
        }
    }
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
        power_by_title: None,
        missing: Vec::new(),
        doubled,
        unknown,
        matched,
        year: parts.map(|(_, year)| YearFrom::Column(year)),
        also_regions,
    };
    if map.year.is_none()
        && let Some(source) = period.and_then(|index| map.source[index])
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
    supply(contract, context, titles, &mut map);
    map
}

/// Headers of columns that have a part of a year only, and of those that have the year, in normal form.
const PARTS: [&str; 8] = ["bulan", "bln", "month", "triwulan", "tw", "quarter", "semester", "smt"];
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
fn supply(contract: &Contract, context: &Context, titles: &[String], map: &mut ColumnMap) {
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
        map.supplied[index] = match column.kind {
            ColumnType::Period => super::title::period(titles, contract).map(Supplied::Title),
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
