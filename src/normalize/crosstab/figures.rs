//! The sheet columns of a crosstab that have figures, and what each header says of them.

use super::find::{Doubt, Look};
use super::said::{Said, Time, count_days, said};
use crate::config::ColumnType;
use crate::domain::number::Style;
use crate::domain::text;
use crate::finding::Finding;
use crate::normalize::cell::{ColumnReader, Value};
use crate::normalize::layout;
use crate::normalize::rows::is_total;
use crate::read::Cell;
use chrono::{Datelike, NaiveDate};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The contract column that a sheet column has figures of, with the value that its header names.
#[derive(Debug)]
pub(super) struct Figure {
    pub column: usize,
    pub value: String,
    /// None where the header names nothing but the value.
    pub measure: Option<usize>,
    /// The value is a day that its month does not have.
    pub is_no_day: bool,
}

/// A figure that is the sum of parts beside it, by sheet column: `Jml` beside `L` and `P`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sum {
    pub column: usize,
    pub parts: Vec<usize>,
}

/// All of a header.
pub(super) struct Figures {
    pub figures: Vec<Figure>,
    pub sums: Vec<Sum>,
    /// The year of the titles was needed.
    pub by_year: bool,
}

/// What the last row of a header says of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Share {
    Whole,
    Part,
    Sum,
}

/// Headers of the parts by sex, and of their sum, in normal form.
const SEXES: [&str; 9] = ["l", "p", "lk", "pr", "laki laki", "laki", "perempuan", "pria", "wanita"];
const BOTH_SEXES: [&str; 3] = ["l p", "laki laki perempuan", "jumlah l p"];

fn share(header: &str) -> Share {
    // Two words at most.
    const LONGEST: usize = 60;
    if header.len() > LONGEST {
        return Share::Whole;
    }
    let normal = text::header(header);
    match normal.as_str() {
        sum if is_total(sum) || BOTH_SEXES.contains(&sum) => Share::Sum,
        part if SEXES.contains(&part) => Share::Part,
        _ => Share::Whole,
    }
}

/// Whether a header names a part by sex or a sum, and not of what.
pub(in crate::normalize) fn is_share(header: &str) -> bool {
    share(header) != Share::Whole
}

/// How many years back a number without the format of a day is taken for one.
const RECENT_YEARS: i32 = 2;

impl Look<'_> {
    /// The sheet columns that have figures of a value each of the column `along`.
    pub(super) fn figures(&self, along: usize, time: Time) -> Result<Figures, Doubt> {
        let (name, column) = self.contract.columns.get_index(along).ok_or(Doubt::None)?;
        let grains: Vec<_> = self.contract.grains.iter().map(|grain| (*grain).into()).collect();
        let is_key = self.contract.key.contains(name);
        let reader = ColumnReader::new(along, name, column, is_key, grains, self.context);
        let is_time = matches!(column.kind, ColumnType::Period | ColumnType::Date);
        let paths = match is_time {
            true => self.dated_paths(time.year),
            false => Cow::Borrowed(&self.header.paths[..]),
        };
        let by_days = is_time && count_days(&paths);
        let mut found = Found::default();
        for (position, path) in paths.iter().enumerate() {
            let named = match column.kind {
                ColumnType::Text => self.name_in(path, along),
                _ => said(self, path, &reader, time, by_days).map_err(Doubt::Asked)?,
            };
            if let Some(named) = named {
                self.take(&mut found, position, named, along, &reader);
            }
        }
        if is_time {
            self.doubt_of_days(&found.figures, column.kind, time.year)?;
        }
        found.settle()
    }

    /// Paths in which numbers that can only be days are written as such.
    fn dated_paths(&self, year: Option<i32>) -> Cow<'_, [Vec<String>]> {
        let paths = &self.header.paths;
        let lowest = |path: &Vec<String>| path.iter().rposition(|text| !text.is_empty());
        let texts: Vec<&str> = paths
            .iter()
            .map(|path| lowest(path).map_or("", |row| path[row].as_str()))
            .collect();
        let now = self.context.as_of.year();
        let is_likely = |day: NaiveDate| match year {
            Some(year) => day.year() == year,
            None => (now - RECENT_YEARS..=now).contains(&day.year()),
        };
        let days = layout::serials_of(&texts, self.epoch).unwrap_or_default();
        if days.is_empty() || !days.iter().all(|(_, day)| is_likely(*day)) {
            return Cow::Borrowed(paths);
        }
        let mut dated = paths.clone();
        for (column, day) in days {
            let row = lowest(&dated[column]).unwrap_or_default();
            dated[column][row] = day.to_string();
        }
        Cow::Owned(dated)
    }

    /// The name below the header of a column of texts, or that begins with it: `Pasar` above `Kosambi`, `Pasar Kosambi`.
    fn name_in(&self, path: &[String], along: usize) -> Option<Said> {
        if let Some(value) = self.below(path, along) {
            return Some(Said {
                value,
                ..Said::default()
            });
        }
        let begins = |text: &&String| {
            let first = text
                .split_whitespace()
                .next()
                .filter(|first| first.len() < text.trim().len());
            let is_name = first.is_some_and(|first| self.vocabulary.column(first) == Some(along));
            is_name && self.vocabulary.column(text).is_none() && !self.is_code(text)
        };
        let position = path.iter().position(|text| begins(&text))?;
        let others = path
            .iter()
            .enumerate()
            .filter(|(row, text)| *row != position && **text != path[position]);
        Some(Said {
            value: path[position].trim().to_string(),
            rest: others
                .map(|(_, text)| text.clone())
                .filter(|text| !text.is_empty())
                .collect(),
            ..Said::default()
        })
    }

    /// Whether a text is a code of any list of the key: `Pasar Modern` is a level of prices, and no market.
    fn is_code(&self, text: &str) -> bool {
        let lists = self
            .contract
            .key
            .iter()
            .filter_map(|name| self.contract.columns[name].codes.as_ref());
        let mut tables = lists.filter_map(|name| self.context.codes.get(name));
        tables.any(|table| table.resolve(text).is_ok())
    }

    fn take(&self, found: &mut Found, column: usize, mut said: Said, along: usize, reader: &ColumnReader) {
        let mut share_of = Share::Whole;
        let rest = |said: &Said| said.rest.join(" ");
        if self.vocabulary.column(&rest(&said)).is_none()
            && let Some(last) = said.rest.last()
            && self.vocabulary.measure(last, self.contract).is_none()
        {
            share_of = share(last);
            if share_of != Share::Whole {
                said.rest.pop();
            }
        }
        let measure = match rest(&said).as_str() {
            "" => None,
            rest if self.vocabulary.column(rest) == Some(along) => None,
            rest => match self.vocabulary.measure(rest, self.contract) {
                Some(measure) => Some(measure),
                None => return,
            },
        };
        found.by_year |= said.by_year;
        // Two ways of writing one day or month are one value.
        let typed = self.typed(&said, reader);
        let value = found.values.entry(typed.clone()).or_insert(said.value).clone();
        let figure = Figure {
            column,
            value,
            measure,
            is_no_day: said.is_no_day,
        };
        match share_of {
            Share::Whole => found.figures.push(figure),
            share => found.shares.push((share, figure)),
        }
    }

    fn typed(&self, said: &Said, reader: &ColumnReader) -> String {
        match reader.read(Cell::Text(&said.value), Style::Id, 0, self.context.as_of, self.context) {
            Ok(Value::Period(period)) => period.to_string(),
            Ok(Value::Date(day)) => day.to_string(),
            Ok(Value::Text(text)) => text.into_owned(),
            _ => said.value.clone(),
        }
    }

    /// Days in a header may be meant as months, or have another year than the title says: a spreadsheet shows neither.
    fn doubt_of_days(&self, figures: &[Figure], kind: ColumnType, year: Option<i32>) -> Result<(), Doubt> {
        let days: Vec<NaiveDate> = figures
            .iter()
            .filter(|figure| figure.value.len() == 10)
            .filter_map(|figure| figure.value.parse().ok())
            .collect();
        if days.len() < 2 || days.len() < figures.len() {
            return Ok(());
        }
        let first = days[0].to_string();
        if let Some(year) = year.filter(|year| days.iter().all(|day| day.year() != *year)) {
            let finding = Finding::of("header-times-differ").with("above", year.to_string());
            return Err(Doubt::Asked(Box::new(finding.value(first))));
        }
        if kind == ColumnType::Date && days.iter().all(|day| day.day() == 1) {
            let finding = Finding::of("header-days-or-months").value(first);
            return Err(Doubt::Asked(Box::new(finding)));
        }
        Ok(())
    }
}

/// What was found so far.
#[derive(Default)]
struct Found {
    figures: Vec<Figure>,
    /// Parts of figures, and their sums.
    shares: Vec<(Share, Figure)>,
    /// Values as they were first written.
    values: BTreeMap<String, String>,
    by_year: bool,
}

impl Found {
    /// A sum stands for its parts. Parts without a sum are asked about; a sum without parts may be one of anything.
    fn settle(self) -> Result<Figures, Doubt> {
        let mut figures = self.figures;
        let mut sums: Vec<Sum> = Vec::new();
        let (parts, whole): (Vec<_>, Vec<_>) = self.shares.into_iter().partition(|(share, _)| *share == Share::Part);
        for (_, figure) in whole {
            let is_part = |(_, part): &&(Share, Figure)| part.value == figure.value && part.measure == figure.measure;
            let parts: Vec<usize> = parts.iter().filter(is_part).map(|(_, part)| part.column).collect();
            if parts.is_empty() {
                continue;
            }
            sums.push(Sum {
                column: figure.column,
                parts,
            });
            figures.push(figure);
        }
        let is_summed = |column: usize| sums.iter().any(|sum| sum.parts.contains(&column));
        if let Some((_, part)) = parts.iter().find(|(_, part)| !is_summed(part.column)) {
            let finding = Finding::of("parts-without-sum").value(&part.value);
            return Err(Doubt::Asked(Box::new(finding)));
        }
        figures.sort_by_key(|figure| figure.column);
        Ok(Figures {
            figures,
            sums,
            by_year: self.by_year,
        })
    }
}
