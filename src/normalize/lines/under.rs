//! Rows under lines between them: each gets what the line above it says, in the columns that lines supply.

use super::{Line, LineReader, Lines, Said, Saying, Value, is_row, line, may_be_row, within};
use crate::domain::date;
use crate::domain::period::{Grain, Period};
use crate::finding::{Bilingual, Finding, Place};
use crate::normalize::headers::Vocabulary;
use crate::normalize::lane::Lane;
use crate::normalize::places::is_blank;
use crate::normalize::plan::SheetPlan;
use crate::normalize::rows::{RowKind, classify};
use crate::read::{Block, Cell, Epoch, RawCell};
use std::rc::Rc;

/// What the lines above the next row say.
#[derive(Default)]
pub(in crate::normalize) struct UnderLines {
    sections: Sections,
    /// A time above rows that have their own, and which of the sections it is.
    time: Option<(Period, usize)>,
    /// Sheet columns in which lines about regions stand.
    of_regions: Vec<usize>,
    /// What no row may stand below, and the column that it is about.
    doubt: Option<(Option<usize>, Finding)>,
}

/// All that lines have said, in their order.
#[derive(Default)]
struct Sections {
    all: Vec<Section>,
    /// The last of each kind of statement: a table may have a line above every row.
    last: Vec<(Said, usize)>,
}

impl Sections {
    /// Adds one, and gives its position.
    fn begin(&mut self, value: Value, place: Place) -> usize {
        let position = self.all.len();
        match self.last.iter_mut().find(|(said, _)| *said == value.said) {
            Some((_, last)) => *last = position,
            None => self.last.push((value.said, position)),
        }
        self.all.push(Section { value, place, rows: 0 });
        position
    }

    /// Where the last line about a column is.
    fn last(&self, said: Said) -> Option<usize> {
        let last = self.last.iter().find(|(known, _)| *known == said);
        last.map(|(_, position)| *position)
    }
}

/// Rows under one line.
struct Section {
    value: Value,
    place: Place,
    rows: u64,
}

/// What becomes of a row.
enum Change {
    None,
    /// It was a line: nothing of it is data.
    Blank,
    /// Cells behind the sheet's own, and a cell among these.
    Cells(Vec<Option<String>>, Option<(usize, String)>),
}

impl UnderLines {
    /// Gives the rows of a block, from `from` on, what the lines above them say, and takes the lines out.
    ///
    /// # Errors
    /// Rows stand below a line that is about them and cannot be read, or that says another time than they do.
    pub fn next(&mut self, block: Block, from: usize, plan: &SheetPlan<'_>, lane: &Lane<'_>) -> Result<Block, Finding> {
        let Some(said) = &plan.layout.lines else {
            return Ok(block);
        };
        let figures = plan.layout.figures(&lane.contract);
        let is_line = |row: usize| !is_row(&block, row, &figures) && line(&block, row).is_some();
        if said.said.is_empty() && !self.is_active() && !(from..block.rows()).any(is_line) {
            return Ok(block);
        }
        let vocabulary = Vocabulary::new(&lane.contract, lane.context, Rc::default());
        let sheet = Sheet {
            plan,
            lines: said,
            reader: LineReader {
                contract: &lane.contract,
                context: lane.context,
                vocabulary: &vocabulary,
                source: plan.layout.sheet_sources(),
                supplied: &plan.layout.columns.supplied,
                lines: said,
            },
            used: plan.layout.sheet_columns(),
        };
        let mut changes: Vec<Change> = Vec::with_capacity(block.rows());
        changes.resize_with(from, || Change::None);
        for row in from..block.rows() {
            let change = match is_row(&block, row, &figures) {
                true => Change::None,
                false => self.line(&sheet, &block, row),
            };
            changes.push(match change {
                Change::None if may_be_row(&block, row, &figures) => self.row(&sheet, &block, row)?,
                change => change,
            });
        }
        Ok(sheet.changed(&block, &changes))
    }

    /// Whether a line stands where the lines of regions do, and may be one of them.
    fn stands_as_region(&self, sheet: &Sheet<'_>, line: &Line) -> bool {
        let is_there = line.columns.iter().all(|column| self.of_regions.contains(column));
        is_there && sheet.reader.may_be_region(&line.text)
    }

    fn is_active(&self) -> bool {
        !self.sections.all.is_empty() || self.time.is_some() || self.doubt.is_some()
    }

    /// Takes what a line says.
    fn line(&mut self, sheet: &Sheet<'_>, block: &Block, row: usize) -> Change {
        let Some(line) = line(block, row) else {
            return Change::None;
        };
        let place = sheet.plan.place(block, row);
        let Some(saying) = sheet.reader.says(&line) else {
            // Where lines say whose the rows are, one that cannot be read ends what the last has said: so does a name alone
            // where lines of regions stand.
            let is_region = self.stands_as_region(sheet, &line);
            if !self.sections.all.is_empty() && (is_region || !sheet.reader.is_value(&line)) {
                let column = sheet.lines.said.iter().find_map(|said| match said {
                    Said::Column(index) => Some(*index),
                    Said::Year => None,
                });
                let title = sheet.title(column.or(sheet.time()).unwrap_or_default());
                let finding = Finding::of("line-not-read")
                    .with_both("column", &title)
                    .value(line.text.as_str());
                self.doubt = Some((column.filter(|_| is_region), finding.at(place)));
            }
            return Change::None;
        };
        let unclear = |index: usize| {
            let title = sheet.title(index);
            let finding = Finding::of("line-not-read")
                .with_both("column", &title)
                .value(line.text.as_str());
            Some((Some(index), finding.at(place.clone())))
        };
        match saying {
            Saying::Value(value) => match value.said {
                said if sheet.lines.said.contains(&said) => {
                    if sheet.reader.is_of_region(said) {
                        let is_new = |column: &&usize| !self.of_regions.contains(column);
                        let new: Vec<usize> = line.columns.iter().filter(is_new).copied().collect();
                        self.of_regions.extend(new);
                    }
                    self.begin(value, place);
                }
                Said::Column(index) if sheet.reader.source[index].is_some() => {
                    self.at_time(sheet, index, &value.text, place)
                }
                _ if sheet.reader.is_supplied(&value) => self.settle(value.said),
                Said::Column(index) => self.doubt = unclear(index),
                Said::Year => self.doubt = unclear(sheet.time().unwrap_or_default()),
            },
            Saying::Time(period) => match sheet.time() {
                Some(index) if sheet.reader.source[index].is_some() => {
                    self.at_time(sheet, index, &period.to_string(), place);
                }
                Some(index) => {
                    let now = self
                        .said(Said::Column(index))
                        .and_then(|text| Period::parse(text, &Grain::ALL).ok());
                    if !now.or(sheet.lines.own).is_some_and(|own| within(&own, &period)) {
                        self.doubt = unclear(index);
                    }
                }
                None => {}
            },
            Saying::Unclear(index) => self.doubt = unclear(index),
            Saying::Parts(part) => {
                self.doubt = Some((None, Finding::of("rows-of-parts").with("column", part).at(place)));
            }
            Saying::Heading => {}
        }
        Change::Blank
    }

    /// Rows below are about another value.
    fn begin(&mut self, value: Value, place: Place) {
        self.settle(value.said);
        self.sections.begin(value, place);
    }

    /// A column is said for certain again.
    fn settle(&mut self, said: Said) {
        let is_same =
            |about: &Option<usize>| about.is_some_and(|index| said == Said::Column(index) || said == Said::Year);
        if self.doubt.as_ref().is_some_and(|(about, _)| is_same(about)) {
            self.doubt = None;
        }
    }

    /// A time above rows that have a column for it.
    fn at_time(&mut self, sheet: &Sheet<'_>, index: usize, text: &str, place: Place) {
        self.settle(Said::Column(index));
        let Ok(period) = Period::parse(text, &Grain::ALL) else {
            return;
        };
        if let Some(crosstab) = &sheet.plan.layout.crosstab
            && crosstab.along == index
        {
            let is_other = |value: &str| Period::parse(value, &Grain::ALL).is_ok_and(|value| !within(&value, &period));
            if let Some(other) = crosstab.values().find(|value| is_other(value)) {
                self.doubt = Some((Some(index), sheet.contradiction(index, text, other, place)));
            }
            return;
        }
        let value = Value {
            said: Said::Column(index),
            text: period.to_string(),
            meaning: period.to_string(),
        };
        self.time = Some((period, self.sections.begin(value, place)));
    }

    /// What the last line about a column says.
    fn said(&self, said: Said) -> Option<&str> {
        let position = self.sections.last(said)?;
        Some(self.sections.all[position].value.text.as_str())
    }

    /// Gives a row what the lines above it say.
    fn row(&mut self, sheet: &Sheet<'_>, block: &Block, row: usize) -> Result<Change, Finding> {
        let plan = sheet.plan;
        let is_active = self.is_active() || !sheet.lines.said.is_empty();
        if !is_active || classify(block, row, &sheet.used) != RowKind::Data {
            return Ok(Change::None);
        }
        if let Some((_, doubt)) = &self.doubt {
            return Err(doubt.clone());
        }
        let mut behind = Vec::with_capacity(sheet.lines.said.len());
        for &said in &sheet.lines.said {
            behind.push(match (self.sections.last(said), said) {
                (Some(position), _) => {
                    let section = &mut self.sections.all[position];
                    section.rows += 1;
                    Some(section.value.text.clone())
                }
                (None, Said::Column(index)) => plan.supplied(index),
                (None, Said::Year) => sheet.lines.year.map(|year| year.to_string()),
            });
        }
        let own = match (self.time, sheet.time()) {
            (Some((period, section)), Some(index)) => {
                let section = &mut self.sections.all[section];
                let own = sheet.own_time(block, row, index, &period, &section.place)?;
                section.rows += u64::from(own.is_some());
                own
            }
            _ => None,
        };
        Ok(Change::Cells(behind, own))
    }

    /// What was said of rows.
    pub fn notes(&self, plan: &SheetPlan<'_>) -> Vec<Finding> {
        let sections = self.sections.all.iter().filter(|section| section.rows > 0);
        let note = |section: &Section| {
            let title = match section.value.said {
                Said::Column(index) => plan.sheet.contract.columns[index].title.clone(),
                Said::Year => Bilingual {
                    id: "Tahun".to_string(),
                    en: "Year".to_string(),
                },
            };
            let note = Finding::of("said-by-line").with_both("column", &title);
            let note = note.with("rows", section.rows.to_string());
            note.value(section.value.text.as_str()).at(section.place.clone())
        };
        sections.map(note).collect()
    }
}

/// A sheet whose lines are read.
struct Sheet<'s> {
    plan: &'s SheetPlan<'s>,
    lines: &'s Lines,
    reader: LineReader<'s>,
    /// Sheet columns that the contract reads.
    used: Vec<usize>,
}

impl Sheet<'_> {
    /// The contract column of the period or date.
    fn time(&self) -> Option<usize> {
        let contract = self.reader.contract;
        contract
            .period
            .as_ref()
            .and_then(|name| contract.columns.get_index_of(name))
    }

    fn title(&self, index: usize) -> Bilingual {
        self.reader.contract.columns[index].title.clone()
    }

    fn contradiction(&self, index: usize, said: &str, other: &str, place: Place) -> Finding {
        let finding = Finding::of("line-contradicts").with_both("column", &self.title(index));
        finding.with("other", other).value(said).at(place)
    }

    /// The cell of a row's own time: what the line says where it is blank, as it is where it agrees.
    fn own_time(
        &self,
        block: &Block,
        row: usize,
        index: usize,
        period: &Period,
        place: &Place,
    ) -> Result<Option<(usize, String)>, Finding> {
        let Some(source) = self.reader.source[index].filter(|&source| source < self.lines.width) else {
            return Ok(None);
        };
        let cell = block.cell(row, source);
        if is_blank(cell) {
            return Ok(Some((source, period.to_string())));
        }
        let parse = |text: &str| Period::parse(text, &Grain::ALL).ok();
        let own = match cell {
            Cell::Date { serial, epoch } => date::from_serial(serial, epoch == Epoch::Year1904)
                .ok()
                .map(|day| Period::containing(Grain::Day, day)),
            Cell::Text(text) => parse(text).or_else(|| parse(&format!("{text} {}", period.start().format("%Y")))),
            Cell::Integer(number) => parse(&number.to_string()),
            _ => None,
        };
        match own {
            Some(own) if !within(&own, period) && !within(period, &own) => {
                Err(self.contradiction(index, &period.to_string(), &own.to_string(), place.clone()))
            }
            _ => Ok(None),
        }
    }

    /// The block with its rows changed.
    fn changed(&self, block: &Block, changes: &[Change]) -> Block {
        let width = self.lines.width;
        let mut changed = Block {
            text: block.text.clone(),
            numbers_are_lines: block.numbers_are_lines,
            epoch: block.epoch,
            ..Block::default()
        };
        for (row, change) in changes.iter().enumerate() {
            let cells = block.row(row);
            match change {
                Change::Blank => {}
                Change::Cells(behind, own) => {
                    let start = changed.cells.len();
                    changed.cells.extend(cells.iter().take(width));
                    if let Some((column, text)) = own {
                        let cell = RawCell::Text(changed.push_text(text));
                        if changed.cells.len() <= start + column {
                            changed.cells.resize(start + column + 1, RawCell::Empty);
                        }
                        changed.cells[start + column] = cell;
                    }
                    if !behind.is_empty() {
                        changed.cells.resize(start + width, RawCell::Empty);
                    }
                    for text in behind {
                        let cell = text.as_ref().map(|text| RawCell::Text(changed.push_text(text)));
                        changed.cells.push(cell.unwrap_or(RawCell::Empty));
                    }
                    changed.cells.extend(cells.iter().skip(width));
                }
                Change::None => {
                    changed.cells.extend(cells.iter().take(width));
                    let beyond = cells.iter().skip(width);
                    if beyond.len() > 0 {
                        changed
                            .cells
                            .extend(std::iter::repeat_n(RawCell::Empty, self.lines.said.len()));
                        changed.cells.extend(beyond);
                    }
                }
            }
            changed.end_row(block.row_numbers[row]);
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_each_kind_is_known_without_a_search() {
        let mut sections = Sections::default();
        let value = |said: Said, text: &str| Value {
            said,
            text: text.to_string(),
            meaning: text.to_string(),
        };
        sections.begin(value(Said::Year, "2026"), Place::default());
        for market in 0..40_000 {
            sections.begin(value(Said::Column(3), &market.to_string()), Place::default());
        }
        assert_eq!(sections.last, [(Said::Year, 0), (Said::Column(3), 40_000)]);
        assert_eq!(sections.last(Said::Column(4)), None);
    }
}
