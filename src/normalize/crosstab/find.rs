//! Reads a header as that of a crosstab, or says what its sender must settle before it can be read.

use super::figures::{Figure, Figures};
use super::said::{Time, is_week};
use super::{Crosstab, Value};
use crate::config::{ColumnType, Contract};
use crate::domain::date::{self, DateError};
use crate::domain::money;
use crate::domain::period::{Grain, Period};
use crate::finding::{Finding, Place};
use crate::normalize::Context;
use crate::normalize::headers::{self, ColumnMap, Supplied, Vocabulary, YearFrom};
use crate::normalize::labels;
use crate::normalize::layout::Header;
use crate::normalize::lines::{self, Lines};
use crate::normalize::rows::{is_total, summed};
use crate::normalize::title;
use crate::normalize::units;
use crate::read::{Block, Epoch};
use chrono::Datelike;

/// A header read as that of a crosstab.
pub(in crate::normalize) struct Turned {
    pub crosstab: Crosstab,
    pub columns: ColumnMap,
    /// Texts by column of the turned rows.
    pub headers: Vec<String>,
    /// Headers that are written as days but are none: their figures would be lost.
    pub no_days: Vec<String>,
    /// What is read of lines between the rows.
    pub lines: Lines,
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
    /// The first rows.
    pub top: &'l Block,
    /// The day that the sheet's numbers count from where they stand for days.
    pub epoch: Option<Epoch>,
}

/// Reads a header as that of a crosstab: where two or more headers name values of a column that the contract asks for and
/// the sheet does not have, or that stands above them, or that something beside the table would supply. `plain` is how the
/// columns map without.
pub(in crate::normalize) fn find(look: &Look<'_>, plain: &ColumnMap) -> Result<Turned, Doubt> {
    let contract = look.contract;
    let is_value = |kind: ColumnType| matches!(kind, ColumnType::Period | ColumnType::Date | ColumnType::Code);
    let columns = contract.columns.iter().enumerate();
    let missing = columns
        .clone()
        .filter(|(_, (name, column))| plain.missing.contains(name) && is_value(column.kind));
    let above = columns.clone().filter(|(index, (name, column))| {
        contract.key.contains(name)
            && matches!(column.kind, ColumnType::Code | ColumnType::Text)
            && look.named_above(*index)
    });
    // What a title, the sender or a default would say of all rows, the headers may say of each column.
    let supplied = columns.filter(|(index, (name, _))| {
        let is_general = matches!(
            plain.supplied[*index],
            Some(Supplied::Title(_) | Supplied::Sender(_) | Supplied::Default(_))
        );
        contract.key.contains(name) && plain.source[*index].is_none() && is_general
    });
    let mut doubt = look.weeks(plain);
    let mut columns = missing.chain(above).chain(supplied).peekable();
    if columns.peek().is_none() {
        return Err(doubt);
    }
    let time = Time::of(look);
    for (along, _) in columns {
        match look.along(along, time) {
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
    pub(super) fn below(&self, path: &[String], index: usize) -> Option<String> {
        let (position, _) = path
            .iter()
            .enumerate()
            .find(|(_, text)| self.vocabulary.column(text) == Some(index))?;
        let below: Vec<&str> = path[position + 1..].iter().map(String::as_str).collect();
        let below = below.join(" ").trim().to_string();
        (!below.is_empty() && self.vocabulary.column(&below).is_none()).then_some(below)
    }

    /// Weeks in the headers of a table of days: no calendar says of which day their figures are.
    fn weeks(&self, plain: &ColumnMap) -> Doubt {
        let columns = &self.contract.columns;
        let is_time = |kind: ColumnType| matches!(kind, ColumnType::Date | ColumnType::Period);
        let of = |name: &String| columns.get(name).map(|column| column.kind);
        let mut missing = plain.missing.iter().filter_map(of);
        let is_else_whole = plain.matched > 0 && missing.all(|kind| is_time(kind) || kind.is_measure());
        let time = plain.missing.iter().find(|name| of(name).is_some_and(is_time));
        match time {
            Some(name) if is_else_whole && self.header.paths.iter().filter(|path| is_week(path)).count() > 1 => {
                let finding = Finding::of("weeks-not-dated").with_both("column", &columns[name].title);
                Doubt::Asked(Box::new(finding))
            }
            _ => Doubt::None,
        }
    }

    /// Reads the header as one in which values of the column `along` stand.
    fn along(&self, along: usize, time: Time) -> Result<Turned, Doubt> {
        let (name, column) = self.contract.columns.get_index(along).ok_or(Doubt::None)?;
        let found = self.turned(along, time);
        if !matches!(found, Err(Doubt::None)) || !matches!(column.kind, ColumnType::Period | ColumnType::Date) {
            return found;
        }
        // Months without a year, or days without a month: with any they would be read.
        let year = Some(time.year.unwrap_or(self.context.as_of.year()));
        let month = time
            .month
            .or(Some(Period::containing(Grain::Month, self.context.as_of)));
        let any = [(Time { year, ..time }, "year"), (Time { year, month }, "month")];
        let reads = |(any, _): &(Time, &str)| *any != time && !matches!(self.turned(along, *any), Err(Doubt::None));
        let finding = match any.into_iter().find(reads) {
            Some((_, "year")) => Finding::of("year-not-named"),
            Some(_) => Finding::of("month-not-named"),
            None => return Err(Doubt::None),
        };
        let title = &self.contract.columns[name].title;
        Err(Doubt::Asked(Box::new(finding.with_both("column", title))))
    }

    fn turned(&self, along: usize, time: Time) -> Result<Turned, Doubt> {
        let (contract, header) = (self.contract, self.header);
        let Figures { figures, sums, by_year } = self.figures(along, time)?;
        if figures.len() < 2 {
            return Err(Doubt::None);
        }
        // The other columns are read as ever; but beside values alone, a total is the sum of its row.
        let mut texts = header.texts.clone();
        let mut totals = Vec::new();
        if figures.iter().any(|figure| figure.measure.is_none()) {
            // `Jumlah Siswa` also says what the figures are.
            let names_sum = |text: &str| summed(text).is_some() && self.vocabulary.measure(text, contract).is_some();
            let is_figure = |column: usize| figures.iter().any(|figure| figure.column == column);
            let is_sum =
                |&column: &usize| is_total(&texts[column]) || (names_sum(&texts[column]) && !is_figure(column));
            totals.extend((0..texts.len()).filter(is_sum));
        }
        let parts = sums.iter().flat_map(|sum| &sum.parts);
        let read = figures.iter().map(|figure| figure.column).chain(parts.copied());
        for column in read.chain(totals.iter().copied()) {
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
        let table = lines::Table {
            contract,
            context: self.context,
            vocabulary: self.vocabulary,
            titles: self.titles,
            top: self.top,
            from: header.first + header.depth,
            figures: &figures.iter().map(|figure| figure.column).collect::<Vec<_>>(),
        };
        // What the header says no line does.
        columns.source[along] = Some(usize::MAX);
        let lines = table.apply(&mut texts, &mut columns);
        columns.source[along] = None;
        let alone = self.alone(along, &figures, &columns)?;
        let mut crosstab = crosstab(along, &figures, alone).ok_or(Doubt::None)?;
        crosstab.sums = sums;
        crosstab.is_unnamed = alone.is_some();
        let mut found = vec![along];
        found.extend(&crosstab.measures);
        let is_found = |name: &String| {
            let index = contract.columns.get_index_of(name);
            index.is_some_and(|index| found.contains(&index))
        };
        if !columns.missing.iter().all(is_found) {
            return Err(Doubt::None);
        }
        self.beside(&found, crosstab.is_of_one_year(), &mut columns)?;
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
        self.unit(&crosstab, &mut columns);
        columns.missing.clear();
        columns.matched += found.len();
        if by_year && contract.columns[along].kind == ColumnType::Period {
            columns.year = time.year.map(YearFrom::Title);
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
            lines,
        })
    }

    /// A figure that stands once beside the values belongs to none of them, and is asked about, unless its contract says that
    /// it is the same for all; of times, for all of one year. A total that nobody asks for is left out. `found` is what the
    /// header holds, the column of the values first.
    fn beside(&self, found: &[usize], of_one_year: bool, columns: &mut ColumnMap) -> Result<(), Doubt> {
        let along = found[0];
        let (name, values) = self.contract.columns.get_index(along).ok_or(Doubt::None)?;
        for (index, column) in self.contract.columns.values().enumerate() {
            let Some(source) = columns.source[index] else { continue };
            let is_same = !column.kind.is_measure() || (of_one_year && column.repeats.contains(name));
            let Some(header) = self
                .header
                .texts
                .get(source)
                .filter(|_| !is_same && !found.contains(&index))
            else {
                continue;
            };
            if is_total(header) && !column.required {
                columns.source[index] = None;
                columns.matched -= 1;
                columns.unknown.push(header.trim().to_string());
                continue;
            }
            let place = Place {
                column_index: u32::try_from(source).ok(),
                column: Some(header.trim().to_string()),
                ..Place::default()
            };
            let finding = Finding::of("figure-beside-values").with("header", header.trim());
            return Err(Doubt::Asked(Box::new(
                finding.with_both("column", &values.title).at(place),
            )));
        }
        Ok(())
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
            let column = crosstab.values.iter().find_map(|value| value.cells[position]);
            let power = headers::header_power(column.map(|column| self.header.texts[column].as_str()));
            let says_none = column.is_some_and(|column| money::header_scale(&self.header.texts[column]).is_none());
            let by_title = title::money_power(self.titles)
                .filter(|_| says_none && self.contract.columns[index].kind == ColumnType::Money);
            columns.power[index] = by_title.unwrap_or(power);
            columns.power_by_title = columns.power_by_title.or(by_title);
        }
    }

    /// The unit that the headers of the figures name.
    fn unit(&self, crosstab: &Crosstab, columns: &mut ColumnMap) {
        let header_of = |index: usize| {
            let position = crosstab.measures.iter().position(|measure| *measure == index)?;
            let column = crosstab.values.iter().find_map(|value| value.cells[position])?;
            Some(self.header.texts[column].as_str())
        };
        let Some((by, unit)) = units::by_header(self.contract, self.context, header_of) else {
            return units::by_title(self.contract, self.context, self.titles, columns);
        };
        if columns.source[by].is_none() && matches!(columns.supplied[by], None | Some(Supplied::Default(_))) {
            columns.supplied[by] = Some(Supplied::Header(unit.clone()));
        }
        columns.unit_by_header = Some((by, unit));
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
    let mut values: Vec<Value> = Vec::new();
    for figure in figures {
        let position = values.iter().position(|value| value.text == figure.value);
        let position = position.unwrap_or_else(|| {
            values.push(Value {
                text: figure.value.clone(),
                cells: vec![None; measures.len()],
                is_no_day: figure.is_no_day,
            });
            values.len() - 1
        });
        let measure = measures
            .iter()
            .position(|measure| Some(*measure) == figure.measure.or(alone))?;
        if values[position].cells[measure].replace(figure.column).is_some() {
            return None;
        }
    }
    (values.len() > 1).then_some(Crosstab {
        along,
        values,
        measures,
        ..Crosstab::default()
    })
}
