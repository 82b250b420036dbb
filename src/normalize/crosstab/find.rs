//! Reads a header as that of a crosstab, or says what its sender must settle before it can be read.

use super::Crosstab;
use crate::config::{ColumnType, Contract};
use crate::domain::date::{self, DateError};
use crate::domain::money;
use crate::domain::number::Style;
use crate::finding::Finding;
use crate::normalize::Context;
use crate::normalize::cell::{ColumnReader, Value};
use crate::normalize::headers::{self, ColumnMap, Vocabulary, YearFrom};
use crate::normalize::labels;
use crate::normalize::layout::Header;
use crate::normalize::rows::is_total;
use crate::normalize::title;
use crate::read::Cell;
use chrono::Datelike;

/// A header read as that of a crosstab.
pub(in crate::normalize) struct Turned {
    pub crosstab: Crosstab,
    pub columns: ColumnMap,
    /// Texts by column of the turned rows.
    pub headers: Vec<String>,
    /// Headers that are written as days but are none: their figures would be lost.
    pub no_days: Vec<String>,
}

/// Why a header is not read as that of a crosstab.
#[derive(Debug)]
pub(in crate::normalize) enum Doubt {
    /// It is none.
    None,
    /// It is one, but can be read in more than one way.
    Asked(Box<Finding>),
}

/// What a table's header is looked at with.
pub(in crate::normalize) struct Look<'l> {
    pub contract: &'l Contract,
    pub context: &'l Context,
    pub vocabulary: &'l Vocabulary,
    pub header: &'l Header,
    pub titles: &'l [String],
    /// Labels above the table, each with its value.
    pub labels: &'l [(String, String)],
}

/// The contract column that a sheet column has figures of, with the value that its header names.
pub(super) struct Figure {
    pub column: usize,
    pub value: String,
    /// None where the header names nothing but the value.
    pub measure: Option<usize>,
}

/// Reads a header as that of a crosstab: where two or more headers name values of a column that the contract asks for and
/// the sheet does not have, or that stands above them. `plain` is how the columns map without.
pub(in crate::normalize) fn find(look: &Look<'_>, plain: &ColumnMap) -> Result<Turned, Doubt> {
    let contract = look.contract;
    let is_value = |kind: ColumnType| matches!(kind, ColumnType::Period | ColumnType::Date | ColumnType::Code);
    let columns = contract.columns.iter().enumerate();
    let missing = columns
        .clone()
        .filter(|(_, (name, column))| plain.missing.contains(name) && is_value(column.kind));
    let above = columns.filter(|(index, (name, column))| {
        contract.key.contains(name)
            && matches!(column.kind, ColumnType::Code | ColumnType::Text)
            && look.named_above(*index)
    });
    let mut doubt = Doubt::None;
    for (along, _) in missing.chain(above) {
        match look.along(along, title::year(look.titles)) {
            Ok(turned) => return Ok(turned),
            Err(Doubt::None) => {}
            Err(asked) => doubt = asked,
        }
    }
    Err(doubt)
}

impl Look<'_> {
    /// Whether a column's own header stands above two or more others.
    fn named_above(&self, index: usize) -> bool {
        let below = self.header.paths.iter().filter_map(|path| self.below(path, index));
        below.take(2).count() == 2
    }

    /// What a header says below the name of a column.
    fn below(&self, path: &[String], index: usize) -> Option<String> {
        let (position, _) = path
            .iter()
            .enumerate()
            .find(|(_, text)| self.vocabulary.column(text) == Some(index))?;
        let below: Vec<&str> = path[position + 1..].iter().map(String::as_str).collect();
        let below = below.join(" ").trim().to_string();
        (!below.is_empty() && self.vocabulary.column(&below).is_none()).then_some(below)
    }

    /// Reads the header as one in which values of the column `along` stand. `year` is that of the titles.
    fn along(&self, along: usize, year: Option<i32>) -> Result<Turned, Doubt> {
        let (name, column) = self.contract.columns.get_index(along).ok_or(Doubt::None)?;
        let is_period = column.kind == ColumnType::Period;
        match self.turned(along, year.filter(|_| is_period)) {
            Err(Doubt::None) if is_period && year.is_none() => {}
            other => return other,
        }
        // Months without a year: with any year it would be read.
        let any = Some(self.context.as_of.year());
        match self.turned(along, any) {
            Ok(_) | Err(Doubt::Asked(_)) => {
                let finding = Finding::of("year-not-named").with_both("column", &self.contract.columns[name].title);
                Err(Doubt::Asked(Box::new(finding)))
            }
            Err(Doubt::None) => Err(Doubt::None),
        }
    }

    fn turned(&self, along: usize, year: Option<i32>) -> Result<Turned, Doubt> {
        let (contract, header) = (self.contract, self.header);
        let (figures, by_title) = self.figures(along, year)?;
        if figures.len() < 2 {
            return Err(Doubt::None);
        }
        // The other columns are read as ever; but beside values alone, a total is the sum of its row.
        let mut texts = header.texts.clone();
        let mut totals = Vec::new();
        if figures.iter().any(|figure| figure.measure.is_none()) {
            totals.extend((0..texts.len()).filter(|&column| is_total(&texts[column])));
        }
        for column in figures.iter().map(|figure| figure.column).chain(totals.iter().copied()) {
            texts[column].clear();
        }
        let mut columns = headers::map(contract, self.context, self.vocabulary, &texts, self.titles, true);
        labels::apply(
            contract,
            self.context,
            self.vocabulary,
            self.labels,
            self.titles,
            &mut columns,
        );
        let alone = self.alone(along, &figures, &columns)?;
        let mut crosstab = crosstab(along, &figures, alone).ok_or(Doubt::None)?;
        let mut found = vec![along];
        found.extend(&crosstab.measures);
        let is_found = |name: &String| {
            let index = contract.columns.get_index_of(name);
            index.is_some_and(|index| found.contains(&index))
        };
        if !columns.missing.iter().all(is_found) {
            return Err(Doubt::None);
        }
        crosstab.width = texts.len();
        let named = |&column: &usize| (column, header.texts[column].trim().to_string());
        crosstab.totals = totals.iter().map(named).collect();
        for column in totals {
            texts[column].clone_from(&header.texts[column]);
            columns.unknown.push(texts[column].trim().to_string());
        }
        let mut texts = crosstab.narrow(&mut columns, &texts);
        for (offset, &index) in found.iter().enumerate() {
            columns.source[index] = Some(crosstab.own.len() + offset);
            columns.supplied[index] = None;
            let title = &contract.columns[index].title.id;
            texts.push(title.clone());
        }
        self.powers(&crosstab, &mut columns);
        columns.missing.clear();
        columns.matched += found.len();
        if by_title {
            columns.year = year.map(YearFrom::Title);
        }
        let is_no_day = |text: &&String| {
            matches!(
                date::parse_date(text),
                Err(DateError::NoSuchDay | DateError::MonthFirst | DateError::YearOutOfRange(_))
            )
        };
        Ok(Turned {
            no_days: columns.unknown.iter().filter(is_no_day).cloned().collect(),
            crosstab,
            columns,
            headers: texts,
        })
    }

    /// The sheet columns that have figures of a value each, and whether the year of the titles was needed.
    fn figures(&self, along: usize, year: Option<i32>) -> Result<(Vec<Figure>, bool), Doubt> {
        let (name, column) = self.contract.columns.get_index(along).ok_or(Doubt::None)?;
        let grains: Vec<_> = self.contract.grains.iter().map(|grain| (*grain).into()).collect();
        let is_key = self.contract.key.contains(name);
        let reader = ColumnReader::new(along, name, column, is_key, grains, self.context);
        let mut by_title = false;
        let mut figures = Vec::new();
        for (position, path) in self.header.paths.iter().enumerate() {
            let found = match column.kind {
                ColumnType::Text => self.below(path, along).map(|value| (value, String::new(), false)),
                _ => value_of(path, &reader, self.context, year),
            };
            let Some((value, rest, needs_year)) = found else {
                continue;
            };
            let measure = match rest.as_str() {
                "" => None,
                rest if self.vocabulary.column(rest) == Some(along) => None,
                rest => match self.vocabulary.measure(rest, self.contract) {
                    Some(measure) => Some(measure),
                    None => continue,
                },
            };
            by_title |= needs_year;
            figures.push(Figure {
                column: position,
                value,
                measure,
            });
        }
        Ok((figures, by_title))
    }

    /// The measure of figures whose headers name none: the one that the contract asks for, or has. A doubt where it may be
    /// one of several.
    fn alone(&self, along: usize, figures: &[Figure], columns: &ColumnMap) -> Result<Option<usize>, Doubt> {
        if figures.iter().all(|figure| figure.measure.is_some()) {
            return Ok(None);
        }
        let contract = self.contract;
        let is_measure = |index: &usize| contract.columns[*index].kind.is_measure();
        let missing: Vec<usize> = columns
            .missing
            .iter()
            .filter_map(|name| contract.columns.get_index_of(name))
            .filter(|index| *index != along)
            .collect();
        match missing[..] {
            [only] if is_measure(&only) => return Ok(Some(only)),
            _ if !missing.iter().all(is_measure) => return Err(Doubt::None),
            _ => {}
        }
        let open: Vec<usize> = (0..contract.columns.len())
            .filter(|index| is_measure(index) && columns.source[*index].is_none())
            .collect();
        match open[..] {
            [] => Err(Doubt::None),
            [only] => Ok(Some(only)),
            // A name beside the figures, for which nothing is asked, is too little to go by.
            _ if columns.matched == 0 => Err(Doubt::None),
            _ => {
                let names: Vec<String> = open
                    .iter()
                    .map(|&index| contract.columns.keys()[index].clone())
                    .collect();
                let finding = Finding::of("measure-not-named").with_both("columns", &contract.titles(&names));
                Err(Doubt::Asked(Box::new(finding)))
            }
        }
    }

    /// Powers of ten by the headers of the figures, or by a title.
    fn powers(&self, crosstab: &Crosstab, columns: &mut ColumnMap) {
        for (position, &index) in crosstab.measures.iter().enumerate() {
            let column = crosstab.values.iter().find_map(|(_, cells)| cells[position]);
            let power = headers::header_power(column.map(|column| self.header.texts[column].as_str()));
            let says_none = column.is_some_and(|column| money::header_scale(&self.header.texts[column]).is_none());
            let by_title = title::money_power(self.titles)
                .filter(|_| says_none && self.contract.columns[index].kind == ColumnType::Money);
            columns.power[index] = by_title.unwrap_or(power);
            columns.power_by_title = columns.power_by_title.or(by_title);
        }
    }
}

/// Puts the figures of one value together. None with fewer than two values, where a figure stands twice, or where nothing
/// says which figure a column has.
pub(super) fn crosstab(along: usize, figures: &[Figure], alone: Option<usize>) -> Option<Crosstab> {
    let mut measures: Vec<usize> = Vec::new();
    for figure in figures {
        let measure = figure.measure.or(alone)?;
        if !measures.contains(&measure) {
            measures.push(measure);
        }
    }
    let mut values: Vec<(String, Vec<Option<usize>>)> = Vec::new();
    for figure in figures {
        let position = values.iter().position(|(value, _)| *value == figure.value);
        let position = position.unwrap_or_else(|| {
            values.push((figure.value.clone(), vec![None; measures.len()]));
            values.len() - 1
        });
        let measure = measures
            .iter()
            .position(|measure| Some(*measure) == figure.measure.or(alone))?;
        if values[position].1[measure].replace(figure.column).is_some() {
            return None;
        }
    }
    (values.len() > 1).then_some(Crosstab {
        along,
        values,
        measures,
        own: Vec::new(),
        width: 0,
        totals: Vec::new(),
    })
}

/// The value that a header's rows name, what they say besides, and whether the title's year was needed. Two rows may name it
/// together: `2025` above `Januari`.
fn value_of(
    path: &[String],
    reader: &ColumnReader,
    context: &Context,
    year: Option<i32>,
) -> Option<(String, String, bool)> {
    let reads = |text: &str| {
        // Most headers are no codes: what they may mean otherwise is not asked.
        if reader.column.kind == ColumnType::Code {
            return reader.exact_code(Cell::Text(text), context).is_some();
        }
        let read = reader.read(Cell::Text(text), Style::Id, 0, context.as_of, context);
        matches!(read, Ok(value) if value != Value::Null)
    };
    let rest = |used: &[usize]| {
        let others = path
            .iter()
            .enumerate()
            .filter(|(index, text)| !used.contains(index) && !text.is_empty());
        others.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ")
    };
    for (index, text) in path.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        if reads(text) {
            return Some((text.clone(), rest(&[index]), false));
        }
        for (other, more) in path
            .iter()
            .enumerate()
            .filter(|(other, text)| *other != index && !text.is_empty())
        {
            let both = format!("{text} {more}");
            if reads(&both) {
                return Some((both, rest(&[index, other]), false));
            }
        }
        if let Some(year) = year {
            let dated = format!("{text} {year}");
            if reads(&dated) {
                return Some((dated, rest(&[index]), true));
            }
        }
    }
    None
}
