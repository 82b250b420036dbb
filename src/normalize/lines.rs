//! Lines between the rows of a table: `Tanggal 11 November 2026`, `Kabupaten Sleman`, `Pasar : Kosambi`. What a line says
//! of a key that the table has no column for is said of the rows below it, until another line says something else.

#[cfg(test)]
mod tests;
mod time;
mod under;

pub(super) use under::UnderLines;

use super::cell::ColumnReader;
use super::headers::{ColumnMap, Supplied, Vocabulary, YearFrom};
use super::places::is_blank;
use super::question::{self, NO_NAMES, PARTS, REGION_WORDS};
use super::{Context, headers, rows, tables, title};
use crate::config::{ColumnType, Contract};
use crate::domain::period::{Grain, Period};
use crate::domain::{date, text};
use crate::read::{Block, Cell, Epoch};

/// What lines between the rows of a sheet are read for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lines {
    /// The columns that they say, which stand behind those of the sheet in this order.
    pub said: Vec<Said>,
    /// Number of the sheet's own columns.
    pub width: usize,
    /// The one year, and the one month, that the titles name.
    pub(super) year: Option<i32>,
    month: Option<Period>,
    /// The period that they give.
    pub(super) own: Option<Period>,
    /// The period's own column has parts of a year only.
    takes_year: bool,
}

/// What a column of lines is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// A contract column.
    Column(usize),
    /// The year of the period, whose own column has a part of one.
    Year,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Saying {
    /// The value of a column.
    Value(Value),
    /// A time that is no value of the dataset's period: a year above months.
    Time(Period),
    /// Something about a column that cannot be read for certain.
    Unclear(usize),
    /// Parts of a region, which nothing in the rows tells apart.
    Parts(String),
    /// A heading that changes nothing.
    Heading,
}

/// A value that a line says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    pub said: Said,
    /// As it is read.
    pub text: String,
    /// The same for all ways to write it.
    pub meaning: String,
}

/// A row with a text alone, or a label with its value.
#[derive(Debug)]
pub(super) struct Line {
    /// As written.
    pub text: String,
    pair: Option<(String, String)>,
    /// Sheet columns that are filled.
    columns: Vec<usize>,
}

/// Longest line, in bytes.
const LONGEST: usize = 120;

/// Numbers that alone are years.
const YEARS: std::ops::RangeInclusive<i64> = 1990..=2100;

/// The row as a line; none where it holds anything else.
pub(super) fn line(block: &Block, row: usize) -> Option<Line> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for (column, &raw) in block.row(row).iter().enumerate() {
        let cell = block.view(raw);
        if !tables::is_filled(cell) {
            continue;
        }
        let text = match cell {
            Cell::Text(text) if text.len() <= LONGEST => text.trim().to_string(),
            Cell::Date { serial, epoch } => date::from_serial(serial, epoch == Epoch::Year1904).ok()?.to_string(),
            // A number is the value of a label, or a year.
            Cell::Integer(number) if !found.is_empty() || YEARS.contains(&number) => number.to_string(),
            _ => return None,
        };
        if found.len() == 2 {
            return None;
        }
        found.push((column, text));
    }
    // `A | Pasar Kosambi`: the mark of a section is no label.
    if found.len() == 2 && is_section_mark(&found[0].1) {
        found.remove(0);
    }
    let columns = found.iter().map(|(column, _)| *column).collect();
    let bare = |text: &str| text.trim().trim_matches(':').trim().to_string();
    let (text, pair) = match &found[..] {
        [(_, one)] => {
            let pair = one.split_once(':').map(|(label, value)| (bare(label), bare(value)));
            (one.clone(), pair)
        }
        [(_, label), (_, value)] => (
            format!("{} {}", bare(label), bare(value)),
            Some((bare(label), bare(value))),
        ),
        _ => return None,
    };
    let pair = pair.filter(|(label, value)| !label.is_empty() && !value.is_empty());
    if title::is_about_making(&text)
        || rows::is_label(found[0].1.trim_start_matches('('))
        || !text.contains(char::is_alphanumeric)
    {
        return None;
    }
    Some(Line { text, pair, columns })
}

/// `A`, `b.`, `II)`: what numbers a section, but no row.
pub(super) fn is_section_mark(text: &str) -> bool {
    let mark = text.trim_end_matches(['.', ')']);
    let is_letter = mark.len() == 1 && mark.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_letter || (!mark.is_empty() && mark.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X')))
}

/// What lines are read with.
pub(super) struct LineReader<'l> {
    pub contract: &'l Contract,
    pub context: &'l Context,
    pub vocabulary: &'l Vocabulary,
    /// The columns of the sheet, by contract column; of a crosstab as it stands, not turned.
    pub source: Vec<Option<usize>>,
    pub supplied: &'l [Option<Supplied>],
    pub lines: &'l Lines,
}

impl LineReader<'_> {
    /// What a line says; none where it is no line about anything here.
    pub fn says(&self, line: &Line) -> Option<Saying> {
        let time = self
            .contract
            .period
            .as_ref()
            .and_then(|name| self.contract.columns.get_index_of(name));
        if let Some(index) = time.filter(|&index| self.is_open(index))
            && let Some(time) = self.time(line)
            && (!self.is_cell_of(index, line) || self.is_year(&time))
        {
            return Some(self.about_time(index, &time));
        }
        if let Some(said) = self.labelled(line).or_else(|| self.region(line)) {
            return Some(said);
        }
        self.name(line)
    }

    /// Whether a text alone is a value of the column in which it stands: a row without figures.
    pub fn is_value(&self, line: &Line) -> bool {
        let mut columns = self.contract.columns.values().zip(&self.source);
        let found = columns.find(|(_, source)| source.is_some_and(|source| line.columns.contains(&source)));
        let Some((column, _)) = found else { return false };
        let grains: Vec<Grain> = self.contract.grains.iter().map(|grain| (*grain).into()).collect();
        let codes = || column.codes.as_ref().and_then(|name| self.context.codes.get(name));
        match column.kind {
            ColumnType::Text => true,
            ColumnType::Code => codes().is_some_and(|codes| codes.resolve(&line.text).is_ok()),
            ColumnType::Region => self.context.regions.resolve(&line.text, None, None).is_ok(),
            ColumnType::Period => Period::parse(&line.text, &grains).is_ok(),
            ColumnType::Date => date::parse_date(&line.text).is_ok(),
            _ => false,
        }
    }

    /// Whether lines may say what a column holds: nobody else says it for certain.
    fn is_open(&self, index: usize) -> bool {
        !matches!(self.supplied[index], Some(Supplied::Constant(_) | Supplied::Request(_)))
    }

    /// Whether the line stands in the column's own cells.
    fn is_cell_of(&self, index: usize, line: &Line) -> bool {
        self.source[index].is_some_and(|source| line.columns.contains(&source))
    }

    fn keys(&self) -> impl Iterator<Item = usize> {
        let columns = self.contract.columns.keys().enumerate();
        let keys = columns.filter(move |(_, name)| self.contract.key.contains(name));
        keys.map(|(index, _)| index)
            .filter(move |&index| self.source[index].is_none() && self.is_open(index))
    }

    /// A label of a key column with its value.
    fn labelled(&self, line: &Line) -> Option<Saying> {
        let (label, value) = line.pair.as_ref()?;
        let index = self.vocabulary.column(label)?;
        if !self.keys().any(|key| key == index) {
            return None;
        }
        let (name, column) = self.contract.columns.get_index(index)?;
        if !matches!(column.kind, ColumnType::Text | ColumnType::Code | ColumnType::Region) {
            return None;
        }
        let grains = self.contract.grains.iter().map(|grain| (*grain).into()).collect();
        let reader = ColumnReader::new(index, name, column, true, grains, self.context);
        let read = reader.read_constant(value, self.context.as_of, self.context);
        Some(match read {
            Ok(_) => value_of(index, value, value),
            Err(_) => Saying::Unclear(index),
        })
    }

    /// `Kabupaten Sleman`, where no column says the region.
    fn region(&self, line: &Line) -> Option<Saying> {
        let mut columns = self.contract.columns.values();
        let index = columns.position(|column| column.kind == ColumnType::Region)?;
        if self.source[index].is_some() || !self.is_open(index) || line.columns.len() > 1 {
            return None;
        }
        let mut words = line.text.split_whitespace();
        let first = text::normal(words.next()?);
        let next = text::normal(words.next()?);
        if !REGION_WORDS.contains(&first.as_str()) || NO_NAMES.contains(&next.as_str()) {
            return None;
        }
        let own = self.context.speaker.own_region();
        let name = line.text.trim_matches([',', '.', ':', '(', ')']);
        match self.context.regions.resolve(name, None, Some(self.context.as_of)) {
            // The province of the region that sends.
            Ok(code) if own.is_some_and(|own| own.starts_with(&format!("{code}."))) => Some(Saying::Heading),
            Ok(code) => Some(value_of(index, name, code)),
            Err(_) if self.may_be_name(line) => None,
            Err(_) => Some(Saying::Unclear(index)),
        }
    }

    /// Whether a statement is one about regions.
    pub fn is_of_region(&self, said: Said) -> bool {
        matches!(said, Said::Column(index) if self.contract.columns[index].kind == ColumnType::Region)
    }

    /// Whether a text may mean a region: it has a word for one, or ends with the name of one: `III. KOTA SERANGG`, `SERANG`.
    pub fn may_be_region(&self, text: &str) -> bool {
        let normal = text::normal(text);
        let words: Vec<&str> = normal.split(' ').collect();
        let resolves = |name: &str| {
            self.context
                .regions
                .resolve(name, None, Some(self.context.as_of))
                .is_ok()
        };
        let is_name = |name: &str| {
            ["Kabupaten", "Kota"]
                .iter()
                .any(|class| resolves(&format!("{class} {name}")))
        };
        words.iter().any(|word| REGION_WORDS.contains(word))
            || (0..words.len()).any(|at| is_name(&words[at..].join(" ")))
    }

    /// Whether the line stands in a column of names, where it may be one of them.
    fn may_be_name(&self, line: &Line) -> bool {
        let columns = self.contract.columns.values().zip(&self.source);
        let mut names = columns.filter(|(column, _)| column.kind == ColumnType::Text);
        names.any(|(_, source)| source.is_some_and(|source| line.columns.contains(&source)))
    }

    /// A name or a code of a key column that the sheet does not have, without a label.
    fn name(&self, line: &Line) -> Option<Saying> {
        if line.columns.len() > 1 {
            return None;
        }
        let normal = text::normal(&line.text);
        for index in self.keys() {
            let (name, column) = self.contract.columns.get_index(index)?;
            match column.kind {
                ColumnType::Code => {
                    let reader = ColumnReader::new(index, name, column, true, Vec::new(), self.context);
                    if reader.exact_code(Cell::Text(&line.text), self.context).is_some() {
                        return Some(value_of(index, &line.text, &line.text));
                    }
                }
                ColumnType::Text if question::begins_as_name_of(column, &normal) => {
                    return Some(Saying::Unclear(index));
                }
                _ => {}
            }
        }
        let first = normal.split(' ').next()?;
        let is_part = PARTS.contains(&first) && normal.len() > first.len();
        // A key that is taken to be that of the whole would be that of the part.
        let mut whole = self.keys().filter(|&index| {
            let is_text = self.contract.columns[index].kind == ColumnType::Text;
            is_text && matches!(self.supplied[index], Some(Supplied::Default(_)))
        });
        is_part.then(|| match (self.are_told_apart(), whole.next()) {
            (true, None) => Saying::Heading,
            (true, Some(index)) => Saying::Unclear(index),
            (false, _) => Saying::Parts(line.text.clone()),
        })
    }

    /// Whether the rows have a key of their own besides region and period.
    fn are_told_apart(&self) -> bool {
        let columns = self.contract.columns.iter().zip(&self.source);
        let mut own = columns.filter(|((name, column), source)| {
            let is_period = self.contract.period.as_ref() == Some(*name);
            self.contract.key.contains(*name) && !is_period && column.kind != ColumnType::Region && source.is_some()
        });
        own.next().is_some()
    }
}

fn value_of(index: usize, text: &str, meaning: &str) -> Saying {
    Saying::Value(Value {
        said: Said::Column(index),
        text: text.to_string(),
        meaning: meaning.to_string(),
    })
}

/// Whether the one lies in the other.
pub(super) fn within(one: &Period, other: &Period) -> bool {
    other.contains(one.start()) && other.contains(one.end())
}

/// Fewest filled cells of a row that is none of the lines between, whatever it holds.
const ROW_CELLS: usize = 3;

/// Whether a row is one of the table's if it is no line: it says something in a column of figures (`nihil`).
pub(super) fn may_be_row(block: &Block, row: usize, figures: &[usize]) -> bool {
    figures.iter().any(|&column| !is_blank(block.cell(row, column))) || is_row(block, row, figures)
}

/// Whether a row is one of the table's: it has a figure in one of these columns, or many cells.
pub(super) fn is_row(block: &Block, row: usize, figures: &[usize]) -> bool {
    let is_figure = |cell: Cell<'_>| match cell {
        // `Pasar : Baru` may reach into such a column.
        Cell::Text(text) => text.bytes().any(|byte| byte.is_ascii_digit()),
        cell => !is_blank(cell),
    };
    let has_figure = figures.iter().any(|&column| is_figure(block.cell(row, column)));
    let cells = || block.row(row).iter().filter(|&&raw| tables::is_filled(block.view(raw)));
    has_figure || cells().take(ROW_CELLS).count() == ROW_CELLS
}

/// A table in which lines may supply columns that the sheet does not have.
pub(super) struct Table<'t> {
    pub contract: &'t Contract,
    pub context: &'t Context,
    pub vocabulary: &'t Vocabulary,
    pub titles: &'t [String],
    /// Its first rows, of which `from` on are data.
    pub top: &'t Block,
    pub from: usize,
    /// Sheet columns of figures.
    pub figures: &'t [usize],
}

impl Table<'_> {
    /// Lets lines supply columns of `map`, and adds theirs to the headers.
    pub fn apply(&self, headers: &mut Vec<String>, map: &mut ColumnMap) -> Lines {
        let contract = self.contract;
        let period = contract
            .period
            .as_ref()
            .and_then(|name| contract.columns.get_index_of(name));
        let of_period = period.and_then(|index| map.source[index]);
        let mut lines = Lines {
            width: headers.len(),
            year: title::year(self.titles),
            month: title::month_or_day(self.titles),
            own: period.and_then(|index| match &map.supplied[index] {
                Some(Supplied::Title(own)) => Some(*own),
                _ => None,
            }),
            takes_year: !matches!(map.year, Some(YearFrom::Column(_)))
                && of_period
                    .and_then(|source| headers.get(source))
                    .is_some_and(|header| is_part_of_year(header)),
            ..Lines::default()
        };
        let (said, above) = self.said(&lines, map);
        for said in said {
            let column = lines.width + lines.said.len();
            match said {
                Said::Column(index) => {
                    let (name, contract_column) = (&contract.columns.keys()[index], &contract.columns[index]);
                    map.source[index] = Some(column);
                    map.missing.retain(|missing| missing != name);
                    headers.push(contract_column.title.id.clone());
                    if !above.contains(&said) {
                        map.supplied[index] = None;
                    }
                }
                Said::Year => {
                    map.year = Some(YearFrom::Column(column));
                    headers.push("Tahun".to_string());
                }
            }
            lines.said.push(said);
        }
        lines
    }

    /// What lines above rows say that nothing else says so, and of which of it rows stand above the first such line.
    fn said(&self, lines: &Lines, map: &ColumnMap) -> (Vec<Said>, Vec<Said>) {
        let reader = LineReader {
            contract: self.contract,
            context: self.context,
            vocabulary: self.vocabulary,
            source: map.source.clone(),
            supplied: &map.supplied,
            lines,
        };
        let is_open = |said: Said| match said {
            Said::Column(index) => map.source[index].is_none(),
            Said::Year => true,
        };
        let (mut said, mut above) = (Vec::new(), Vec::new());
        let mut waiting: Vec<Value> = Vec::new();
        let mut known: Vec<Said> = Vec::new();
        let mut has_rows = false;
        for row in self.from..self.top.rows() {
            let saying = match is_row(self.top, row, self.figures) {
                true => None,
                false => line(self.top, row).and_then(|line| reader.says(&line)),
            };
            match saying {
                Some(Saying::Value(value)) => {
                    if !known.contains(&value.said) {
                        known.push(value.said);
                        above.extend(has_rows.then_some(value.said));
                    }
                    waiting.push(value);
                }
                None if may_be_row(self.top, row, self.figures) => {
                    has_rows = true;
                    for value in waiting.drain(..) {
                        if !said.contains(&value.said) && is_open(value.said) && !reader.is_supplied(&value) {
                            said.push(value.said);
                        }
                    }
                }
                _ => {}
            }
        }
        (said, above)
    }
}

impl Lines {
    /// Whether lines supply a sheet column.
    pub(super) fn is_said(&self, column: usize) -> bool {
        (self.width..self.width + self.said.len()).contains(&column)
    }

    /// How many of their columns stand before a sheet column.
    pub(super) fn behind(&self, column: usize) -> usize {
        if column < self.width { 0 } else { self.said.len() }
    }
}

impl LineReader<'_> {
    /// Whether the sheet says the same of all rows.
    pub fn is_supplied(&self, value: &Value) -> bool {
        let supplied = match value.said {
            Said::Year => return self.lines.year.is_some_and(|year| year.to_string() == value.meaning),
            Said::Column(index) => &self.supplied[index],
        };
        match supplied {
            Some(Supplied::Title(period)) => period.to_string() == value.meaning,
            Some(Supplied::Sender(text) | Supplied::Label(text) | Supplied::Default(text)) => *text == value.meaning,
            _ => false,
        }
    }
}

/// Whether a header is that of parts of a year.
fn is_part_of_year(header: &str) -> bool {
    headers::PARTS.contains(&text::header(header).as_str())
}
