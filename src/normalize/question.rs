//! Doubts about a sheet as a whole, which its sender must settle before it can count.

mod cells;

use super::headers::{ColumnMap, Supplied};
use super::places::is_blank;
use super::{Context, title};
use crate::config::{Column, ColumnType, Contract};
use crate::domain::period::{Grain, Period};
use crate::domain::{money, text};
use crate::finding::Finding;
use crate::read::{Block, Cell};

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
    /// The sheet column that numbers the rows.
    pub numbering: Option<usize>,
}

/// The first doubt.
pub(super) fn of(table: &Table<'_>) -> Option<Finding> {
    if let Some(header) = table.no_days.first() {
        return Some(Finding::of("header-no-day").value(header));
    }
    let cells = || match table.is_crosstab {
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
        .or_else(|| table.key_in_title())
        .or_else(|| table.other_region())
        .or_else(|| table.period_in_title())
        .or_else(|| table.unit_in_title())
        .or_else(|| table.unit_below())
        .or_else(cells)
}

/// Headers of the parts of a region, in normal form.
pub(super) const PARTS: [&str; 7] = [
    "kecamatan",
    "nama kecamatan",
    "desa",
    "kelurahan",
    "desa kelurahan",
    "distrik",
    "puskesmas",
];

/// Headers of what divides people or an office, in normal form.
const DIVISIONS: [&str; 10] = [
    "jenis kelamin",
    "kelamin",
    "kewarganegaraan",
    "kelompok umur",
    "golongan umur",
    "uptd",
    "upt",
    "unit kerja",
    "wilayah kerja",
    "cabang",
];

/// Most words of a name in a title.
const NAME_WORDS: usize = 4;

/// Words behind a header in a title that name none of its values.
pub(super) const NO_NAMES: [&str; 58] = [
    "tgl",
    "harian",
    "mingguan",
    "bulanan",
    "tahunan",
    "bahan",
    "barang",
    "sembako",
    "pangan",
    "komoditas",
    "kebutuhan",
    "pokok",
    "strategis",
    "wilayah",
    "pemantauan",
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
pub(super) const REGION_WORDS: [&str; 4] = ["kabupaten", "kab", "kota", "provinsi"];

/// Words behind a power of ten that say that people are counted.
const PEOPLE: [&str; 5] = ["jiwa", "orang", "org", "people", "persons"];

/// Words with which the line of an address begins, or that stand in none but one, in normal form.
const ADDRESS: [&str; 8] = ["jl", "jln", "jalan", "alamat", "telp", "telepon", "kode pos", "fax"];

/// Whether a title is the address in a letterhead.
fn is_address(title: &str) -> bool {
    let padded = format!(" {} ", text::normal(title));
    ADDRESS.iter().any(|word| padded.contains(&format!(" {word} ")))
}

/// The headers of a column, in normal form.
fn headers_of(column: &Column) -> impl Iterator<Item = String> {
    let headers = column.synonyms.iter().chain([&column.title.id]);
    headers
        .map(|header| text::normal(header))
        .filter(|header| !header.is_empty())
}

/// Whether a text begins with a name.
fn is_name(text: &str) -> bool {
    let next = text.split(' ').find(|word| !word.is_empty());
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

    /// Rows by district, village or sex, of a dataset that has one row a region, or one a region and kind: none of them is the
    /// region's figure. So too where a key that would tell them apart is taken to be that of the whole.
    fn parts(&self) -> Option<Finding> {
        let is_of = |headers: &[&str]| {
            let mut unknown = self.map.unknown.iter();
            unknown.find(|header| headers.contains(&text::header(header).as_str()))
        };
        let supplied = &self.map.supplied;
        let is_sender = |supplied: &Option<Supplied>| matches!(supplied, Some(Supplied::Sender(_)));
        if !supplied.iter().any(is_sender) {
            return None;
        }
        let told_apart = self.columns().filter(|(index, name, column)| {
            let is_period = self.contract.period.as_ref() == Some(*name);
            let is_read = self.map.source[*index].is_some() && column.kind != ColumnType::Region;
            self.contract.key.contains(*name) && !is_period && is_read
        });
        let kinds: Vec<ColumnType> = told_apart.map(|(_, _, column)| column.kind).collect();
        // A kind does not tell districts apart.
        let by_kind = !kinds.is_empty();
        let by_name = kinds.iter().any(|kind| *kind != ColumnType::Code);
        let part = is_of(&PARTS);
        let default = self.defaults().next();
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
        self.columns()
            .find_map(|(index, _, column)| match self.map.supplied[index] {
                Some(Supplied::Title(period)) if period.start() > self.context.as_of => {
                    let finding = Finding::of("period-in-future").with_both("column", &column.title);
                    let finding = finding.with_day("as_of", self.context.as_of.to_string());
                    Some(finding.with_day("value", period.to_string()).value(period.to_string()))
                }
                _ => None,
            })
    }

    /// A title that names a part (`PASAR KOSAMBI`, `KECAMATAN ANDIR`) of which the table has no column, so that its rows would
    /// be those of the whole.
    fn key_in_title(&self) -> Option<Finding> {
        for (column, default) in self.defaults() {
            for title in self.titles {
                let normal = text::normal(title);
                if normal.starts_with("sumber") || is_address(title) {
                    continue;
                }
                let named = match column.kind {
                    ColumnType::Code => self.code_in(column, &normal, default),
                    _ => self.is_name_of(column, &normal),
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

    /// Whether a title has one of a column's headers with a name behind it: `HARGA DI PASAR KOSAMBI`, not `HARGA PASAR PER
    /// BULAN` and not `PASAR TRADISIONAL`.
    fn is_name_of(&self, column: &Column, title: &str) -> bool {
        let padded = format!(" {title} ");
        headers_of(column).any(|header| {
            let header = format!(" {header} ");
            let mut behind = padded.split(header.as_str()).skip(1);
            behind.any(is_name)
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

    /// A title that names another region than the sender, of whom the rows would be. Of several names the one nearest to the
    /// table counts: above stands who wrote it. An address names none.
    fn other_region(&self) -> Option<Finding> {
        let supplied = self.map.supplied.iter().find_map(|supplied| match supplied {
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
        let source = self.map.source[index].filter(|_| !self.is_crosstab && self.map.year.is_none())?;
        let named = title::period(self.titles, self.contract)?;
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

    /// A title that gives figures in thousands, or counts as percentages, where no header does.
    fn unit_in_title(&self) -> Option<Finding> {
        let is_read = |kind: ColumnType| {
            let read = move |(index, _, column): &(usize, &String, &Column)| {
                column.kind == kind && self.map.source[*index].is_some()
            };
            self.columns().filter(read)
        };
        let is_plain = |(index, ..): (usize, &String, &Column)| self.map.power[index] == 0;
        let has = |kind: ColumnType| is_read(kind).next().is_some() && is_read(kind).all(is_plain);
        let (has_counts, has_money) = (has(ColumnType::Count), has(ColumnType::Money));
        let has_percent = self
            .columns()
            .any(|(index, _, column)| column.unit.as_deref() == Some("percent") && self.map.source[index].is_some());
        let is_other = |unit: &&str| {
            let scale = money::header_scale(unit).filter(|scale| !scale.rupiah && scale.power > 0);
            // A title that says thousands and not of what may mean money too.
            let may_be_money = has_money && text::normal(unit).split(' ').all(|word| !PEOPLE.contains(&word));
            let is_percent = has_counts && !has_percent && text::says_percent(unit);
            (scale.is_some() && (has_counts || may_be_money)) || is_percent
        };
        let units = self.titles.iter().flat_map(|title| title::units(title));
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
}
