//! Doubts about a sheet as a whole, which its sender must settle before it can count.

use super::headers::{ColumnMap, Supplied};
use super::places::is_blank;
use super::{Context, title};
use crate::config::{Column, ColumnType, Contract};
use crate::domain::date::{self, Order};
use crate::domain::{money, text};
use crate::finding::Finding;
use crate::read::{Block, Cell, Epoch};
use chrono::Datelike;

/// A table, as it would be read.
pub(super) struct Table<'t> {
    pub contract: &'t Contract,
    pub context: &'t Context,
    pub map: &'t ColumnMap,
    /// What stands above the header, and the sheet's name.
    pub titles: &'t [String],
    /// Headers of a crosstab that are written as days but are none.
    pub no_days: &'t [String],
    /// The first rows, of which `from` on are data. Of a crosstab they are not turned.
    pub top: &'t Block,
    pub from: usize,
    pub is_crosstab: bool,
}

/// The first doubt.
pub(super) fn of(table: &Table<'_>) -> Option<Finding> {
    if let Some(header) = table.no_days.first() {
        return Some(Finding::of("header-no-day").value(header));
    }
    let cells = || match table.is_crosstab {
        true => None,
        false => table.swapped_dates().or_else(|| table.lost_thousands()),
    };
    table
        .parts()
        .or_else(|| table.key_in_title())
        .or_else(|| table.other_region())
        .or_else(|| table.unit_in_title())
        .or_else(|| table.unit_below())
        .or_else(cells)
}

/// Headers of the parts of a region, in normal form.
const PARTS: [&str; 7] = [
    "kecamatan",
    "nama kecamatan",
    "desa",
    "kelurahan",
    "desa kelurahan",
    "distrik",
    "puskesmas",
];

/// Most words of a name in a title.
const NAME_WORDS: usize = 4;

/// Words behind a header in a title that name none of its values.
const NO_NAMES: [&str; 43] = [
    "bulan",
    "tahun",
    "tanggal",
    "triwulan",
    "semester",
    "minggu",
    "periode",
    "hari",
    "per",
    "menurut",
    "dan",
    "atau",
    "di",
    "ke",
    "dari",
    "pada",
    "untuk",
    "yang",
    "dengan",
    "se",
    "seluruh",
    "semua",
    "setiap",
    "kota",
    "kabupaten",
    "kab",
    "provinsi",
    "daerah",
    "tradisional",
    "modern",
    "rakyat",
    "induk",
    "utama",
    "murah",
    "swasta",
    "pemerintah",
    "negeri",
    "nasional",
    "masing",
    "belum",
    "tersedia",
    "terkait",
    "setempat",
];

/// Words with which names of regions begin, in normal form.
const REGION_WORDS: [&str; 4] = ["kabupaten", "kab", "kota", "provinsi"];

/// Fewest figures with decimals that make a column of counts doubtful.
const FRACTIONS: usize = 3;

impl Table<'_> {
    fn columns(&self) -> impl Iterator<Item = (usize, &String, &Column)> {
        let columns = self.contract.columns.iter().enumerate();
        columns.map(|(index, (name, column))| (index, name, column))
    }

    fn defaults(&self) -> impl Iterator<Item = (&Column, &String)> {
        let keys = self.columns().filter(|(_, name, _)| self.contract.key.contains(name));
        keys.filter_map(|(index, _, column)| match &self.map.supplied[index] {
            Some(Supplied::Default(value)) => Some((column, value)),
            _ => None,
        })
    }

    /// Rows by district or village, of a dataset that has one row a region: none of them is the region's figure. So too
    /// where a key that would tell them apart is taken to be that of the whole.
    fn parts(&self) -> Option<Finding> {
        let unknown = &self.map.unknown;
        let part = unknown
            .iter()
            .find(|header| PARTS.contains(&text::header(header).as_str()))?;
        let is_told_apart = |(index, name, column): (usize, &String, &Column)| {
            let is_period = self.contract.period.as_ref() == Some(name);
            self.contract.key.contains(name)
                && !is_period
                && (column.kind != ColumnType::Region && self.map.source[index].is_some())
        };
        let supplied = &self.map.supplied;
        let by_sender = supplied
            .iter()
            .any(|supplied| matches!(supplied, Some(Supplied::Sender(_))));
        if !by_sender {
            return None;
        }
        if !self.columns().any(is_told_apart) {
            return Some(Finding::of("rows-of-parts").with("column", part.trim()));
        }
        let (column, default) = self.defaults().next()?;
        let finding = Finding::of("part-not-read").with_both("column", &column.title);
        Some(finding.with("read", default).value(part.trim()))
    }

    /// A title that names a part (`PASAR KOSAMBI`, `KECAMATAN ANDIR`) of which the table has no column, so that its rows would
    /// be those of the whole.
    fn key_in_title(&self) -> Option<Finding> {
        for (column, default) in self.defaults() {
            for title in self.titles {
                let normal = text::normal(title);
                if normal.starts_with("sumber") {
                    continue;
                }
                let named = match column.kind {
                    ColumnType::Code => self.code_in(column, &normal, default),
                    _ => self.is_name_of(column, &normal),
                };
                if named {
                    let finding = Finding::of("key-in-title").with_both("column", &column.title);
                    return Some(finding.with("read", default).value(title.trim()));
                }
            }
        }
        None
    }

    /// Whether a title has one of a column's headers with a name behind it: `HARGA DI PASAR KOSAMBI`, not `HARGA PASAR PER
    /// BULAN` and not `PASAR TRADISIONAL`.
    fn is_name_of(&self, column: &Column, title: &str) -> bool {
        let headers = column
            .synonyms
            .iter()
            .chain([&column.title.id])
            .map(|header| text::normal(header));
        let padded = format!(" {title} ");
        let mut headers = headers.filter(|header| !header.is_empty());
        headers.any(|header| {
            let header = format!(" {header} ");
            let mut behind = padded.split(header.as_str()).skip(1);
            behind.any(|rest| {
                let next = rest.split(' ').find(|word| !word.is_empty());
                next.is_some_and(|word| !NO_NAMES.contains(&word) && word.chars().all(char::is_alphabetic))
            })
        })
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

    /// A title that names another region than the sender, of whom the rows would be.
    fn other_region(&self) -> Option<Finding> {
        let supplied = self.map.supplied.iter().find_map(|supplied| match supplied {
            Some(Supplied::Sender(code)) if !code.is_empty() => Some(code),
            _ => None,
        })?;
        let regions = &self.context.regions;
        let mut other = None;
        for title in self.titles {
            let words: Vec<&str> = title.split_whitespace().collect();
            for start in 0..words.len() {
                if !REGION_WORDS.contains(&text::normal(words[start]).as_str()) {
                    continue;
                }
                let ends = (start + 2..=words.len().min(start + NAME_WORDS + 2)).rev();
                let mut named = ends.map(|end| words[start..end].join(" "));
                let found = named.find_map(|name| {
                    let name = name.trim_matches([',', '.', ':', '(', ')']).to_string();
                    let code = regions.resolve(&name, None, Some(self.context.as_of)).ok()?;
                    Some((name.clone(), code.to_string()))
                });
                match found {
                    Some((_, code)) if code == *supplied => return None,
                    Some((_, code)) if supplied.starts_with(&format!("{code}.")) => {}
                    Some((name, _)) => other = other.or(Some(name)),
                    None => {}
                }
            }
        }
        let own = regions
            .get(supplied)
            .map_or(supplied.as_str(), |region| region.name.as_str());
        other.map(|name| Finding::of("title-names-other-region").with("own", own).value(name))
    }

    /// A title that gives counts in thousands, or as percentages, where no header does.
    fn unit_in_title(&self) -> Option<Finding> {
        let is_count = |(index, _, column): &(usize, &String, &Column)| {
            column.kind == ColumnType::Count && self.map.source[*index].is_some()
        };
        let mut counts = self.columns().filter(is_count).peekable();
        counts.peek()?;
        if counts.any(|(index, ..)| self.map.power[index] > 0) {
            return None;
        }
        let has_percent = self
            .columns()
            .any(|(index, _, column)| column.unit.as_deref() == Some("percent") && self.map.source[index].is_some());
        let units = self.titles.iter().flat_map(|title| title::units(title));
        let is_other = |unit: &&str| {
            let scale = money::header_scale(unit);
            scale.is_some_and(|scale| !scale.rupiah && scale.power > 0) || (!has_percent && text::says_percent(unit))
        };
        let mut units = units.filter(is_other);
        units.next().map(|unit| Finding::of("unit-in-title").value(unit.trim()))
    }

    /// A remark below the table that gives its money in thousands or millions, where nothing above does.
    fn unit_below(&self) -> Option<Finding> {
        let is_money = |(index, _, column): (usize, &String, &Column)| {
            let is_read = self.map.source[index].is_some() && self.map.power[index] == 0;
            column.kind == ColumnType::Money && is_read
        };
        if !self.columns().any(is_money) {
            return None;
        }
        for row in self.from..self.top.rows() {
            let mut texts = self.top.row(row).iter().map(|&raw| self.top.view(raw));
            let mut filled = texts.by_ref().filter(|cell| !is_blank(*cell));
            let (Some(Cell::Text(remark)), None) = (filled.next(), filled.next()) else {
                continue;
            };
            let scales = title::units(remark).into_iter().filter_map(money::header_scale);
            if scales.into_iter().any(|scale| scale.rupiah && scale.power > 0) {
                return Some(Finding::of("unit-in-title").value(remark.trim()));
            }
        }
        None
    }

    fn cells(&self, column: usize) -> impl Iterator<Item = Cell<'_>> {
        (self.from..self.top.rows()).map(move |row| self.top.cell(row, column))
    }

    /// Days of which a spreadsheet in another language made dates with month and day exchanged, where it could: the others
    /// stayed texts (`13/11/2026`).
    fn swapped_dates(&self) -> Option<Finding> {
        for (index, _, column) in self.columns().filter(|(_, _, column)| column.kind == ColumnType::Date) {
            let Some(source) = self.map.source[index] else { continue };
            let (mut texts, mut dates) = (0, 0);
            let mut first = None;
            for cell in self.cells(source) {
                match cell {
                    Cell::Text(text) => match date::order(text) {
                        Some(Order::DayFirst) => texts += 1,
                        Some(_) => return None,
                        None => {}
                    },
                    Cell::Date { serial, epoch } => {
                        let day = date::from_serial(serial, epoch == Epoch::Year1904).ok()?;
                        if day.day() > 12 || day.day() == day.month() {
                            return None;
                        }
                        dates += 1;
                        first = first.or(Some(day));
                    }
                    _ => {}
                }
            }
            if let Some(day) = first.filter(|_| texts > 0 && dates > 1) {
                let finding = Finding::of("dates-may-be-swapped").with_both("column", &column.title);
                return Some(finding.value(day.to_string()));
            }
        }
        None
    }

    /// Counts most of which have decimals: thousands whose separator a spreadsheet in another language took for a point.
    fn lost_thousands(&self) -> Option<Finding> {
        for (index, _, column) in self.columns().filter(|(_, _, column)| column.kind == ColumnType::Count) {
            let Some(source) = self.map.source[index].filter(|_| self.map.power[index] == 0) else {
                continue;
            };
            let mut first = None;
            let (mut fractions, mut whole) = (0, 0);
            for cell in self.cells(source) {
                match cell {
                    Cell::Float(value) if value.fract() != 0.0 => {
                        fractions += 1;
                        first = first.or(Some(value));
                    }
                    Cell::Integer(_) | Cell::Float(_) => whole += 1,
                    _ => {}
                }
            }
            if let Some(value) = first.filter(|_| fractions >= FRACTIONS && fractions > whole) {
                let finding = Finding::of("counts-with-decimals").with_both("column", &column.title);
                return Some(finding.value(super::cell::plain(value)));
            }
        }
        None
    }
}
