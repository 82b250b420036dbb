//! Doubts about a sheet as a whole, which its sender must settle before it can count.

mod cells;
mod figures;
mod words;

pub(super) use words::{NO_NAMES, PARTS, REGION_WORDS};

use super::crosstab::says_something;
use super::headers::Supplied;
use super::places::is_blank;
use super::route::Layout;
use super::{Context, title, units};
use crate::config::{Column, ColumnType, Contract};
use crate::domain::period::{Grain, Period};
use crate::domain::{money, text};
use crate::finding::Finding;
use crate::read::{Block, Cell};
use words::{ADDRESS, AUTHORS, CLASSES, DIVISIONS, IN_CHARGE, LETTERS, NAME_WORDS, NAMING, PEOPLE};

/// Most cells of a row that is a title: a label and what it says.
const TITLE_CELLS: usize = 2;

/// A table, as it would be read.
pub(super) struct Table<'t> {
    pub contract: &'t Contract,
    pub context: &'t Context,
    pub layout: &'t Layout,
    /// What stands above the header …
    pub above: &'t [String],
    /// … and the sheet's name.
    pub titles: &'t [String],
    /// Headers of a crosstab that are written as days but are none.
    pub no_days: &'t [String],
    /// The first rows. Of a crosstab they are not turned.
    pub top: &'t Block,
}

/// The first doubt. A table without rows, such as the sheet of a month to come, raises none.
pub(super) fn of(table: &Table<'_>) -> Option<Finding> {
    let is_filled = |row: usize| table.top.row(row).iter().any(|&raw| !is_blank(table.top.view(raw)));
    if !(table.layout.skip_rows..table.top.rows()).any(is_filled) {
        return None;
    }
    if let Some(header) = table.no_days.first() {
        return Some(Finding::of("header-no-day").value(header));
    }
    let cells = || match table.is_turned() {
        true => None,
        false => table
            .blank_names()
            .or_else(|| table.names_of_all())
            .or_else(|| table.groups_with_figures())
            .or_else(|| table.row_numbers_as_key())
            .or_else(|| table.swapped_dates())
            .or_else(|| table.lost_thousands()),
    };
    table
        .parts()
        .or_else(|| table.not_begun())
        .or_else(|| table.other_figures())
        .or_else(|| table.other_measure())
        .or_else(|| table.key_in_title())
        .or_else(|| table.other_region())
        .or_else(|| table.period_in_title())
        .or_else(|| table.unit_in_title())
        .or_else(|| table.unit_below())
        .or_else(|| table.several_units())
        .or_else(cells)
}

/// The time to come for which a sheet was prepared that has no figures yet.
pub(super) fn to_come(table: &Table<'_>) -> Option<Period> {
    // The figures of a form stand in its rows.
    let (_, period) = table.time_to_come().filter(|_| table.layout.form.is_none())?;
    // A target is set before its time.
    let figures = table
        .columns()
        .filter(|(_, _, column)| column.kind.is_measure() && column.repeats.is_empty());
    let figures: Vec<usize> = match &table.layout.crosstab {
        Some(crosstab) => crosstab.figure_columns(),
        None => figures
            .filter_map(|(index, ..)| table.layout.columns.source[index])
            .collect(),
    };
    let says_something = |row: usize| {
        figures
            .iter()
            .any(|&column| says_something(table.top.cell(row, column)))
    };
    let mut rows = table.layout.skip_rows..table.top.rows();
    (!figures.is_empty() && !rows.any(says_something)).then_some(period)
}

/// Whether a title is the address in a letterhead.
fn is_address(title: &str) -> bool {
    let normal = text::normal(title);
    let padded = format!(" {normal} ");
    // Roads are what an office of public works reports of, and `rawat jalan` is a visit.
    normal.starts_with("jalan ") || ADDRESS.iter().any(|word| padded.contains(&format!(" {word} ")))
}

/// What a title says beside who says it: all of it, what stands behind `DINAS PARIWISATA:`, or nothing, of a letterhead and the
/// lines of a letter.
fn said(title: &str) -> Option<&str> {
    let normal = text::normal(title);
    let is_first = |word: &&str| {
        let behind = normal.strip_prefix(*word);
        behind.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    if is_address(title) || LETTERS.iter().any(is_first) {
        return None;
    }
    match AUTHORS.iter().any(is_first) {
        true => title.split_once(':').map(|(_, said)| said),
        false => Some(title),
    }
}

/// A title without where an office stands: `KANTOR DINAS PERDAGANGAN, KEC. ANDIR`.
fn without_seat(title: &str) -> &str {
    let is_office = text::normal(title).starts_with("kantor ");
    title
        .split_once(',')
        .filter(|_| is_office)
        .map_or(title, |(office, _)| office)
}

/// The headers of a column, in normal form, also without what says that it is a name or a number.
pub(super) fn headers_of(column: &Column) -> impl Iterator<Item = String> {
    let headers = column.synonyms.iter().chain([&column.title.id]);
    let both = headers.flat_map(|header| {
        let header = text::normal(header);
        let bare = header
            .split_once(' ')
            .filter(|(first, _)| NAMING.contains(first))
            .map(|(_, bare)| bare.to_string());
        [Some(header), bare]
    });
    both.flatten().filter(|header| !header.is_empty())
}

/// Whether a text begins with a name.
fn is_name(text: &str) -> bool {
    let mut words = text.split(' ').filter(|word| !word.is_empty());
    let next = words.find(|word| !CLASSES.contains(word));
    let is_month = |word: &str| Period::parse(&format!("{word} 2000"), &[Grain::Month]).is_ok();
    next.is_some_and(|word| !NO_NAMES.contains(&word) && word.chars().all(char::is_alphabetic) && !is_month(word))
}

/// Whether a text, in normal form, is one of a column's headers with a name behind it: `pasar kosambi`.
pub(super) fn begins_as_name_of(column: &Column, text: &str) -> bool {
    headers_of(column).any(|header| {
        let behind = text.strip_prefix(header.as_str());
        behind.is_some_and(|behind| behind.starts_with(' ') && is_name(behind))
    })
}

/// Whether a title, in normal form, has one of a column's headers with a name behind it: `HARGA DI PASAR KOSAMBI`, not `HARGA PASAR PER
/// BULAN`, `PASAR TRADISIONAL` or `Kepala Pasar: Asep`.
pub(super) fn names_one_of(column: &Column, title: &str) -> bool {
    let padded = format!(" {title} ");
    headers_of(column).any(|header| {
        let header = format!(" {header} ");
        let mut found = padded.match_indices(header.as_str());
        found.any(|(at, _)| {
            let is_charge = IN_CHARGE.iter().any(|word| padded[..at].ends_with(&format!(" {word}")));
            !is_charge && is_name(&padded[at + header.len()..])
        })
    })
}

impl Table<'_> {
    /// Whether its rows are none of the sheet's.
    fn is_turned(&self) -> bool {
        self.layout.crosstab.is_some() || self.layout.form.is_some()
    }

    fn columns(&self) -> impl Iterator<Item = (usize, &String, &Column)> {
        let columns = self.contract.columns.iter().enumerate();
        columns.map(|(index, (name, column))| (index, name, column))
    }

    fn defaults(&self) -> impl Iterator<Item = (&Column, &String)> {
        let keys = self.columns().filter(|(_, name, _)| self.contract.key.contains(name));
        keys.filter_map(|(index, _, column)| match &self.layout.columns.supplied[index] {
            Some(Supplied::Default(value)) => Some((column, value)),
            _ => None,
        })
    }

    /// Rows by district, village or sex, of a dataset that has one row a region, or one a region and kind: none of them is the
    /// region's figure. So too where a key that would tell them apart is taken to be that of the whole.
    fn parts(&self) -> Option<Finding> {
        let is_of = |headers: &[&str]| {
            let mut unknown = self.layout.columns.unknown.iter();
            unknown.find(|header| headers.contains(&text::header(header).as_str()))
        };
        let supplied = &self.layout.columns.supplied;
        let is_sender = |supplied: &Option<Supplied>| matches!(supplied, Some(Supplied::Sender(_)));
        if !supplied.iter().any(is_sender) {
            return None;
        }
        let told_apart = self.columns().filter(|(index, name, column)| {
            let is_period = self.contract.period.as_ref() == Some(*name);
            let is_read = self.layout.columns.source[*index].is_some() && column.kind != ColumnType::Region;
            self.contract.key.contains(*name) && !is_period && is_read
        });
        let kinds: Vec<ColumnType> = told_apart.map(|(_, _, column)| column.kind).collect();
        // A kind does not tell districts apart.
        let by_kind = !kinds.is_empty();
        let by_name = kinds.iter().any(|kind| *kind != ColumnType::Code);
        let part = is_of(&PARTS);
        // A kind that is left out does not stand for a place.
        let default = self.defaults().find(|(column, _)| column.kind != ColumnType::Code);
        match (part, default) {
            (Some(part), Some((column, default))) if by_kind => {
                let finding = Finding::of("part-not-read").with_both("column", &column.title);
                Some(finding.with("read", default).value(part.trim()))
            }
            _ if by_name => None,
            (Some(part), _) => Some(Finding::of("rows-of-parts").with("column", part.trim())),
            (None, _) => is_of(&DIVISIONS).map(|part| Finding::of("rows-of-parts").with("column", part.trim())),
        }
    }

    /// A title whose period has not begun: a typing error, or a plan.
    fn not_begun(&self) -> Option<Finding> {
        let (column, period) = self.time_to_come()?;
        let finding = Finding::of("period-in-future").with_both("column", &column.title);
        let finding = finding.with_day("as_of", self.context.as_of.to_string());
        Some(finding.with_day("value", period.to_string()).value(period.to_string()))
    }

    /// The time that a title says, where it has not begun, and the column that asks for it.
    fn time_to_come(&self) -> Option<(&Column, Period)> {
        self.columns()
            .find_map(|(index, _, column)| match self.layout.columns.supplied[index] {
                Some(Supplied::Title(period)) if period.start() > self.context.as_of => Some((column, period)),
                _ => None,
            })
    }

    /// A title that names a part (`PASAR KOSAMBI`, `KECAMATAN ANDIR`) of which the table has no column, so that its rows would
    /// be those of the whole.
    fn key_in_title(&self) -> Option<Finding> {
        for (column, default) in self.defaults() {
            for title in self.titles {
                let normal = text::normal(without_seat(title));
                if normal.starts_with("sumber") || is_address(title) {
                    continue;
                }
                let named = match column.kind {
                    ColumnType::Code => self.code_in(column, &normal, default),
                    _ => names_one_of(column, &normal),
                };
                if named {
                    let finding = Finding::of("key-in-title").with_both("column", &column.title);
                    let read = self.context.said(column, default);
                    return Some(finding.with_both("read", &read).value(title.trim()));
                }
            }
        }
        None
    }

    /// Whether a title names a code of the column's list that is not the default.
    fn code_in(&self, column: &Column, title: &str, default: &str) -> bool {
        let Some(table) = column.codes.as_ref().and_then(|name| self.context.codes.get(name)) else {
            return false;
        };
        let words: Vec<&str> = title.split(' ').collect();
        let mut phrases = (1..=NAME_WORDS).flat_map(|length| words.windows(length));
        let default = table.resolve(default).unwrap_or(default);
        phrases.any(|phrase| table.resolve(&phrase.join(" ")).is_ok_and(|code| code != default))
    }

    /// A title that names another region than the sender, of whom the rows would be. Of several names the one nearest to the
    /// table counts: above stands who wrote it. An address names none.
    fn other_region(&self) -> Option<Finding> {
        let supplied = self
            .layout
            .columns
            .supplied
            .iter()
            .find_map(|supplied| match supplied {
                Some(Supplied::Sender(code)) if !code.is_empty() => Some(code),
                _ => None,
            })?;
        let is_of_sender = |code: &str| code == supplied || supplied.starts_with(&format!("{code}."));
        let titles = self.titles.iter().filter(|title| !is_address(title));
        let named = titles.flat_map(|title| self.regions_in(title));
        let (name, code) = named.last()?;
        if is_of_sender(&code) {
            return None;
        }
        let own = self.context.regions.get(supplied);
        let own = own.map_or(supplied.as_str(), |region| region.name.as_str());
        Some(Finding::of("title-names-other-region").with("own", own).value(name))
    }

    /// Names and codes of the regions that a title names.
    fn regions_in(&self, title: &str) -> Vec<(String, String)> {
        let words: Vec<&str> = title.split_whitespace().collect();
        let begins = |start: &usize| REGION_WORDS.contains(&text::normal(words[*start]).as_str());
        let named = (0..words.len()).filter(begins).filter_map(|start| {
            let mut ends = (start + 2..=words.len().min(start + NAME_WORDS + 2)).rev();
            ends.find_map(|end| {
                let name = words[start..end].join(" ");
                let name = name.trim_matches([',', '.', ':', '(', ')']);
                let code = self
                    .context
                    .regions
                    .resolve(name, None, Some(self.context.as_of))
                    .ok()?;
                Some((name.to_string(), code.to_string()))
            })
        });
        named.collect()
    }

    /// A title that says which part of a year the rows are of, where their column gives the year alone.
    fn period_in_title(&self) -> Option<Finding> {
        let (index, _, column) = self.columns().find(|(_, name, column)| {
            self.contract.period.as_ref() == Some(name) && column.kind == ColumnType::Period
        })?;
        let source =
            self.layout.columns.source[index].filter(|_| !self.is_turned() && self.layout.columns.year.is_none())?;
        let named = title::period(self.titles, self.contract, false)?;
        let mut found = self.cells(source).filter_map(|cell| match cell {
            Cell::Text(text) => Period::parse(text, &Grain::ALL).ok(),
            Cell::Integer(number) => Period::from_number(number as f64, &Grain::ALL).ok(),
            Cell::Float(number) => Period::from_number(number, &Grain::ALL).ok(),
            _ => None,
        });
        let year = found
            .next()
            .filter(|year| year.grain() == Grain::Year && named.grain() != Grain::Year)?;
        let is_all = year.contains(named.start()) && found.all(|other| other == year);
        let finding = Finding::of("period-in-title").with_both("column", &column.title);
        is_all.then(|| finding.with("read", year.to_string()).value(named.to_string()))
    }

    /// A title that gives figures in thousands, or counts as percentages, where no header does. Money in thousands is read.
    fn unit_in_title(&self) -> Option<Finding> {
        let unit = self.unread_unit(self.titles.iter().map(String::as_str), false)?;
        Some(Finding::of("unit-in-title").value(unit.trim()))
    }

    /// The first unit in these texts in which the figures may be, and are not read. `with_money`: that of money is not, either.
    fn unread_unit<'t>(&self, texts: impl IntoIterator<Item = &'t str>, with_money: bool) -> Option<&'t str> {
        let is_read = |kind: ColumnType| {
            let read = move |(index, _, column): &(usize, &String, &Column)| {
                column.kind == kind && self.layout.columns.source[*index].is_some()
            };
            self.columns().filter(read)
        };
        let is_plain = |(index, ..): (usize, &String, &Column)| self.layout.columns.power[index] == 0;
        let has = |kind: ColumnType| is_read(kind).next().is_some() && is_read(kind).all(is_plain);
        let (has_counts, has_money) = (has(ColumnType::Count), has(ColumnType::Money));
        let has_percent = self.columns().any(|(index, _, column)| {
            column.unit.as_deref() == Some("percent") && self.layout.columns.source[index].is_some()
        });
        let has_plain_money = is_read(ColumnType::Money).any(is_plain);
        let is_other = |unit: &&str| {
            let scale = money::header_scale(unit).filter(|scale| scale.power > 0);
            if scale.is_some_and(|scale| scale.rupiah) {
                return with_money && has_plain_money;
            }
            // A title that says thousands and not of what may mean money too.
            let may_be_money = has_money && text::normal(unit).split(' ').all(|word| !PEOPLE.contains(&word));
            // A remark below may explain a column of shares that nobody asks for.
            let is_percent = !with_money && has_counts && !has_percent && text::says_percent(unit);
            (scale.is_some() && (has_counts || may_be_money)) || is_percent
        };
        texts.into_iter().flat_map(title::units).find(is_other)
    }

    /// A header or a title that names two units of figures whose rows name none.
    fn several_units(&self) -> Option<Finding> {
        let (figure, text) = units::several(self.contract, self.context, self.layout, self.titles)?;
        let title = &self.contract.columns[figure].title;
        Some(Finding::of("several-units").with_both("column", title).value(text))
    }

    /// A remark below the table that gives its figures in thousands or millions, where nothing above does.
    fn unit_below(&self) -> Option<Finding> {
        for row in self.layout.skip_rows..self.top.rows() {
            let mut texts = self.top.row(row).iter().map(|&raw| self.top.view(raw));
            let mut filled = texts.by_ref().filter(|cell| !is_blank(*cell));
            let (Some(Cell::Text(remark)), None) = (filled.next(), filled.next()) else {
                continue;
            };
            if let Some(unit) = self.unread_unit([remark], true) {
                return Some(Finding::of("unit-in-title").value(unit.trim()));
            }
        }
        None
    }
}
