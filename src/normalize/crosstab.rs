//! Crosstabs: tables in whose header stand the values of one of the contract's columns (months, years, commodities), a
//! sheet column or a group of them each. Every row of the sheet becomes a row for each value.

use super::Context;
use super::cell::{ColumnReader, Value};
use super::headers::{self, ColumnMap, Vocabulary, YearFrom};
use super::layout::Header;
use super::rows::{RowKind, classify, foot, is_total};
use crate::config::{ColumnType, Contract};
use crate::domain::date::{self, DateError};
use crate::domain::money;
use crate::domain::number::Style;
use crate::read::{Block, Cell, RawCell};

/// How a crosstab is turned.
#[derive(Debug, Clone, PartialEq)]
pub struct Crosstab {
    /// Contract column whose values stand in the header.
    pub along: usize,
    /// The values as they are read, each with the sheet columns of its figures, in the order of `measures`.
    values: Vec<(String, Vec<Option<usize>>)>,
    /// Contract columns of the figures.
    measures: Vec<usize>,
    /// Sheet columns that stand at the beginning of a turned row. The value follows, and then the figures.
    own: Vec<usize>,
    /// Number of the sheet's columns.
    width: usize,
}

/// A header read as that of a crosstab.
pub(super) struct Turned {
    pub crosstab: Crosstab,
    pub columns: ColumnMap,
    /// Texts by column of the turned rows.
    pub headers: Vec<String>,
    /// Headers that are written as days but are none: their figures would be lost.
    pub no_days: Vec<String>,
}

/// The contract column that a sheet column has figures of, with the value that its header names.
struct Figure {
    column: usize,
    value: String,
    /// None where the header names nothing but the value.
    measure: Option<usize>,
}

/// Reads a header as that of a crosstab: where a column that the contract asks for is missing, and two or more headers name
/// values of it. None where that leaves a doubt about which figures stand below.
pub(super) fn find(
    contract: &Contract,
    context: &Context,
    vocabulary: &Vocabulary,
    header: &Header,
    titles: &[String],
    plain: &ColumnMap,
) -> Option<Turned> {
    let is_value = |kind: ColumnType| matches!(kind, ColumnType::Period | ColumnType::Date | ColumnType::Code);
    let columns = contract.columns.iter().enumerate();
    let missing = columns.filter(|(_, (name, column))| plain.missing.contains(name) && is_value(column.kind));
    missing
        .filter_map(|(along, _)| along_one(contract, context, vocabulary, header, titles, along))
        .next()
}

fn along_one(
    contract: &Contract,
    context: &Context,
    vocabulary: &Vocabulary,
    header: &Header,
    titles: &[String],
    along: usize,
) -> Option<Turned> {
    let (name, column) = contract.columns.get_index(along)?;
    let grains: Vec<_> = contract.grains.iter().map(|grain| (*grain).into()).collect();
    let reader = ColumnReader::new(along, name, column, contract.key.contains(name), grains, context);
    let year = (column.kind == ColumnType::Period)
        .then(|| super::title::year(titles))
        .flatten();
    let mut by_title = false;
    let mut figures = Vec::new();
    for (position, path) in header.paths.iter().enumerate() {
        let Some((value, rest, needs_year)) = value_of(path, &reader, context, year) else {
            continue;
        };
        let measure = match rest.as_str() {
            "" => None,
            rest => match vocabulary.measure(rest, contract) {
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
    // The other columns are read as ever; but beside values alone, a total is the sum of its row.
    let mut texts = header.texts.clone();
    let mut totals = Vec::new();
    if figures.iter().any(|figure| figure.measure.is_none()) {
        totals.extend((0..texts.len()).filter(|&column| is_total(&texts[column])));
    }
    for column in figures.iter().map(|figure| figure.column).chain(totals.iter().copied()) {
        texts[column].clear();
    }
    let mut columns = headers::map(contract, context, vocabulary, &texts, titles, true);
    let missing: Vec<usize> = columns
        .missing
        .iter()
        .filter_map(|name| contract.columns.get_index_of(name))
        .collect();
    let is_measure = |index: &usize| contract.columns[*index].kind.is_measure();
    let alone = match &missing
        .iter()
        .copied()
        .filter(|index| *index != along)
        .collect::<Vec<_>>()[..]
    {
        [only] if is_measure(only) => Some(*only),
        _ => None,
    };
    let mut crosstab = crosstab(along, &figures, alone)?;
    let mut found = vec![along];
    found.extend(&crosstab.measures);
    if missing.iter().any(|index| !found.contains(index)) {
        return None;
    }
    crosstab.width = texts.len();
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
    for (position, &index) in crosstab.measures.iter().enumerate() {
        let column = crosstab.values.iter().find_map(|(_, cells)| cells[position]);
        let power = headers::header_power(column.map(|column| header.texts[column].as_str()));
        let says_none = column.is_some_and(|column| money::header_scale(&header.texts[column]).is_none());
        let by_title = super::title::money_power(titles)
            .filter(|_| says_none && contract.columns[index].kind == ColumnType::Money);
        columns.power[index] = by_title.unwrap_or(power);
        columns.power_by_title = columns.power_by_title.or(by_title);
    }
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
    Some(Turned {
        no_days: columns.unknown.iter().filter(is_no_day).cloned().collect(),
        crosstab,
        columns,
        headers: texts,
    })
}

/// Puts the figures of one value together. None with fewer than two values, where a figure stands twice, or where nothing
/// says which figure a column has.
fn crosstab(along: usize, figures: &[Figure], alone: Option<usize>) -> Option<Crosstab> {
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

impl Crosstab {
    /// The values that stand in the header, as they are read.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(|(value, _)| value.as_str())
    }

    /// Makes turned rows begin with just the sheet columns that are read, and gives their headers.
    fn narrow(&mut self, columns: &mut ColumnMap, texts: &[String]) -> Vec<String> {
        let mut own: Vec<usize> = columns.source.iter().flatten().copied().collect();
        own.extend(&columns.also_regions);
        if let Some(YearFrom::Column(year)) = columns.year {
            own.push(year);
        }
        own.sort_unstable();
        own.dedup();
        let place = |column: usize| own.binary_search(&column).unwrap_or_default();
        for source in columns.source.iter_mut().flatten() {
            *source = place(*source);
        }
        for column in &mut columns.also_regions {
            *column = place(*column);
        }
        if let Some(YearFrom::Column(year)) = &mut columns.year {
            *year = place(*year);
        }
        let headers = own.iter().map(|&column| texts[column].clone()).collect();
        self.own = own;
        headers
    }

    /// Sheet column of a turned row's column that is the same for all values.
    pub(super) fn own(&self, column: usize) -> Option<usize> {
        self.own.get(column).copied()
    }

    /// Sheet column of the cell that stands in `column` of a turned row of the value `value`.
    pub(super) fn origin(&self, value: usize, column: usize) -> usize {
        if let Some(&own) = self.own.get(column) {
            return own;
        }
        let cells = self
            .values
            .get(value)
            .map(|(_, cells)| cells.as_slice())
            .unwrap_or_default();
        let position = column - self.own.len();
        match position.checked_sub(1) {
            // Beyond the figures stand the cells that no header is above.
            Some(figure) if figure >= cells.len() => self.width + figure - cells.len(),
            Some(figure) if cells[figure].is_some() => cells[figure].unwrap_or_default(),
            _ => cells.iter().flatten().next().copied().unwrap_or_default(),
        }
    }

    /// Turns a block's rows from `from` on. Totals, remarks and blank rows are left out; their number comes second.
    pub fn turn(&self, block: &Block, from: usize) -> (Block, u64) {
        let figures = self.values.iter().flat_map(|(_, cells)| cells.iter().flatten());
        let mut used: Vec<usize> = self.own.iter().chain(figures).copied().collect();
        used.sort_unstable();
        let until = foot(block, from, used.len());
        let mut turned = Block {
            text: block.text.clone(),
            numbers_are_lines: block.numbers_are_lines,
            ..Block::default()
        };
        let values: Vec<RawCell> = self
            .values
            .iter()
            .map(|(value, _)| RawCell::Text(turned.push_text(value)))
            .collect();
        let mut left = (block.rows() - until) as u64;
        for row in from..until {
            if classify(block, row, &used) != RowKind::Data {
                left += 1;
                continue;
            }
            let cells = block.row(row);
            let cell = |column: usize| cells.get(column).copied().unwrap_or(RawCell::Empty);
            let beyond = cells.get(self.width..).unwrap_or_default();
            for (position, (_, figures)) in self.values.iter().enumerate() {
                turned.cells.extend(self.own.iter().map(|&column| cell(column)));
                turned.cells.push(values[position]);
                turned
                    .cells
                    .extend(figures.iter().map(|figure| figure.map_or(RawCell::Empty, cell)));
                turned.cells.extend(beyond);
                turned.turned.push(position as u32);
                turned.end_row(block.row_numbers[row]);
            }
        }
        (turned, left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(column: usize, value: &str, measure: Option<usize>) -> Figure {
        Figure {
            column,
            value: value.to_string(),
            measure,
        }
    }

    #[test]
    fn figures_of_one_value_stand_together() {
        let figures = [
            figure(1, "2024", Some(7)),
            figure(2, "2025", Some(7)),
            figure(3, "2024", Some(8)),
            figure(4, "2025", Some(8)),
        ];
        let found = crosstab(0, &figures, None).unwrap();
        assert_eq!(found.measures, [7, 8]);
        let expected = [("2024", [Some(1), Some(3)]), ("2025", [Some(2), Some(4)])];
        let expected = expected.map(|(value, cells)| (value.to_string(), cells.to_vec()));
        assert_eq!(found.values, expected);
        // A column of the sheet, the value, its two figures, and what stands beyond.
        let found = Crosstab {
            own: vec![0],
            width: 5,
            ..found
        };
        assert_eq!([0, 1, 2, 3, 4].map(|column| found.origin(1, column)), [0, 2, 2, 4, 5]);
    }

    #[test]
    fn a_doubt_is_no_crosstab() {
        // Nothing says what stands below; one value alone; one figure of a value twice.
        assert_eq!(crosstab(0, &[figure(1, "a", None), figure(2, "b", None)], None), None);
        assert_eq!(crosstab(0, &[figure(1, "a", None)], Some(7)), None);
        let twice = [figure(1, "a", None), figure(2, "b", None), figure(3, "a", None)];
        assert_eq!(crosstab(0, &twice, Some(7)), None);
    }

    #[test]
    fn a_row_becomes_a_row_for_each_value() {
        let rows: [&[&str]; 3] = [
            &["Coblong", "5", "6"],
            &["Jumlah", "5", "6"],
            &["Sumber: dinas", "", ""],
        ];
        let block = Block::of_rows(4, &rows);
        let figures = [figure(1, "2024", None), figure(2, "2025", None)];
        let crosstab = Crosstab {
            own: vec![0],
            width: 3,
            ..crosstab(1, &figures, Some(2)).unwrap()
        };
        let (turned, left) = crosstab.turn(&block, 0);
        assert_eq!((turned.rows(), left), (2, 2));
        let cells: Vec<_> = (0..2)
            .map(|row| [0, 1, 2].map(|column| turned.cell(row, column)))
            .collect();
        let name = Cell::Text("Coblong");
        assert_eq!(cells[0], [name, Cell::Text("2024"), Cell::Integer(5)]);
        assert_eq!(cells[1], [name, Cell::Text("2025"), Cell::Integer(6)]);
        assert_eq!((turned.row_numbers, turned.turned), (vec![4, 4], vec![0, 1]));
    }
}
