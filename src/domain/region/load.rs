//! Reading the registry from `pipelines/reference/`.

use super::name::Name;
use super::registry::{Bearer, Change, ChangeKind, Digits, MapEntry, RegionMap, Registry, Succession, code_digits};
use super::{Level, Region};
use crate::domain::csv::{Row, Table};
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::str::FromStr;

impl Registry {
    /// Reads `regions.csv`, `region_changes.csv`, `region_names.csv` and `region_maps/*.csv` of a folder. The error is
    /// a sentence that names file and line.
    pub fn load(reference_dir: &Path) -> Result<Registry, String> {
        let mut registry = Registry {
            regions: Vec::new(),
            current: 0,
            succession: Vec::new(),
            kemendagri: Digits::new(),
            bps: Digits::new(),
            bps_2020: Digits::new(),
            names: HashMap::new(),
            maps: BTreeMap::new(),
            changes: Vec::new(),
        };
        registry.read_regions(&Table::read(&reference_dir.join("regions.csv"))?)?;
        registry.read_changes(&Table::read(&reference_dir.join("region_changes.csv"))?)?;
        registry.read_names(&Table::read(&reference_dir.join("region_names.csv"))?)?;
        registry.read_maps(&reference_dir.join("region_maps"))?;
        Ok(registry)
    }

    fn read_regions(&mut self, table: &Table) -> Result<(), String> {
        let columns = RegionColumns::of(table)?;
        for row in &table.rows {
            let complain = |sentence: String| table.complaint(row, sentence);
            let region = columns.region(row).map_err(complain)?;
            self.add(region).map_err(complain)?;
        }
        self.current = self.regions.len();
        for (row, region) in table.rows.iter().zip(&self.regions) {
            let province = self.position(&region.province_code);
            if province.is_none_or(|province| self.regions[province].level != Level::Province) {
                return Err(table.complaint(row, format!("{} is no province here", region.province_code)));
            }
        }
        Ok(())
    }

    fn add(&mut self, region: Region) -> Result<usize, String> {
        let position = self.regions.len();
        let Some(digits) = code_digits(&region.code) else {
            return Err(format!("\"{}\" is not a code such as 32 or 32.73", region.code));
        };
        if Level::of_digits(digits) != region.level {
            return Err(format!("{} cannot be a {} by its digits", region.code, region.level));
        }
        if !self.kemendagri.set(digits, position) {
            return Err(format!("the code {} stands there a second time", region.code));
        }
        for (codes, code) in [
            (&mut self.bps, &region.bps_code),
            (&mut self.bps_2020, &region.bps_code_2020),
        ] {
            let Some(code) = code else {
                continue;
            };
            let Some(digits) = bare_digits(code) else {
                return Err(format!("\"{code}\" is not a BPS code such as 32 or 3273"));
            };
            if !codes.set(digits, position) {
                return Err(format!("the BPS code {code} stands there a second time"));
            }
        }
        self.name(&region.name, region.level, position);
        self.regions.push(region);
        self.succession.push(Succession::default());
        Ok(position)
    }

    /// Makes a name lead to a region; without a prefix of its own it has the region's kind.
    fn name(&mut self, name: &str, level: Level, region: usize) {
        let name = Name::of(name);
        let bearer = Bearer {
            kind: name.kind.unwrap_or(level),
            region,
        };
        let bearers = self.names.entry(name.stem).or_default();
        if !bearers.contains(&bearer) {
            bearers.push(bearer);
        }
    }

    fn read_changes(&mut self, table: &Table) -> Result<(), String> {
        let names = [
            "old_code",
            "new_code",
            "old_name",
            "new_name",
            "change_kind",
            "effective_date",
            "basis",
        ];
        let mut columns = [0; 7];
        for (column, name) in columns.iter_mut().zip(names) {
            *column = table.column(name)?;
        }
        let mut dated = Vec::new();
        for row in &table.rows {
            let complain = |sentence: String| table.complaint(row, sentence);
            let [old_code, new_code, old_name, new_name, kind, effective_date, basis] =
                columns.map(|column| row.get(column).to_string());
            let kind = kind_of(&kind).map_err(complain)?;
            if kind != ChangeKind::Rename {
                dated.push((row, date(&effective_date).map_err(complain)?, self.changes.len()));
            }
            self.changes.push(Change {
                old_code,
                new_code,
                old_name,
                new_name,
                kind,
                effective_date,
                basis,
            });
        }
        for (row, _, change) in &dated {
            self.retire(*change)
                .map_err(|sentence| table.complaint(row, sentence))?;
        }
        for (row, day, change) in &dated {
            self.link(*change, *day)
                .map_err(|sentence| table.complaint(row, sentence))?;
        }
        self.settle()
            .map_err(|sentence| format!("{}: {sentence}", "region_changes.csv"))
    }

    /// Enters the old code of a recode or merge as a code of the past; what it is follows when all are entered.
    fn retire(&mut self, change: usize) -> Result<(), String> {
        let change = &self.changes[change];
        if change.kind == ChangeKind::Split || self.position(&change.old_code).is_some_and(|old| old >= self.current) {
            return Ok(());
        }
        let code = change.old_code.clone();
        if self.position(&code).is_some() {
            return Err(format!("{code} is given up here and stands in regions.csv too"));
        }
        let Some(digits) = code_digits(&code) else {
            return Err(format!("\"{code}\" is not a code such as 32 or 32.73"));
        };
        let position = self.regions.len();
        self.kemendagri.set(digits, position);
        self.succession.push(Succession::default());
        self.regions.push(Region {
            province_code: code[..2].to_string(),
            province_name: String::new(),
            name: change.old_name.clone(),
            level: Level::of_digits(digits),
            code,
            bps_code: None,
            bps_code_2020: None,
            capital: None,
            population_total: None,
            area_km2: None,
            valid_from: None,
            valid_to: None,
            autonomous: true,
        });
        Ok(())
    }

    fn link(&mut self, change: usize, day: NaiveDate) -> Result<(), String> {
        let change = &self.changes[change];
        let known = |code: &str| {
            self.position(code)
                .ok_or_else(|| format!("{code} is no region of regions.csv"))
        };
        let (old, new) = (known(&change.old_code)?, known(&change.new_code)?);
        self.regions[new].valid_from.get_or_insert(day);
        if change.kind == ChangeKind::Split {
            self.succession[new].parent = Some(old);
            self.succession[old].splits.push(day);
            return Ok(());
        }
        self.regions[old].valid_to = Some(day);
        self.succession[old].successor = Some(new);
        self.succession[new].direct.push(old);
        Ok(())
    }

    /// Gives the codes of the past their names and every region the list of those it continues.
    fn settle(&mut self) -> Result<(), String> {
        for position in self.current..self.regions.len() {
            let mut today = position;
            let mut steps = 0;
            while let Some(successor) = self.succession[today].successor {
                (today, steps) = (successor, steps + 1);
                if steps > self.changes.len() {
                    return Err(format!("{} becomes itself again", self.regions[position].code));
                }
                let code = self.regions[position].code.clone();
                self.succession[successor].predecessors.push(code);
            }
            let (name, autonomous) = (self.regions[today].name.clone(), self.regions[today].autonomous);
            let province = self.position(&self.regions[position].province_code);
            let province_name = province
                .map(|province| self.regions[province].name.clone())
                .unwrap_or_default();
            let region = &mut self.regions[position];
            let same = region.name.is_empty() || Name::of(&region.name).stem == Name::of(&name).stem;
            if same {
                region.name = name;
            }
            (region.autonomous, region.province_name) = (autonomous, province_name);
        }
        self.order_predecessors();
        Ok(())
    }

    fn order_predecessors(&mut self) {
        for position in 0..self.regions.len() {
            let mut codes = std::mem::take(&mut self.succession[position].predecessors);
            codes.sort_by_key(|code| {
                let ended = self.get(code).and_then(|region| region.valid_to);
                (std::cmp::Reverse(ended), code.clone())
            });
            self.succession[position].predecessors = codes;
        }
    }

    fn read_names(&mut self, table: &Table) -> Result<(), String> {
        let (code, name) = (table.column("code")?, table.column("name")?);
        for row in &table.rows {
            let Some(position) = self.position(row.get(code)) else {
                return Err(table.complaint(row, format!("{} is no region of regions.csv", row.get(code))));
            };
            // A name leads to the region of today; the date of the row decides which code that is.
            let position = self.today(position);
            self.name(row.get(name), self.regions[position].level, position);
        }
        Ok(())
    }

    /// Reads one map for each CSV file in a folder; without the folder there are no maps.
    fn read_maps(&mut self, folder: &Path) -> Result<(), String> {
        if !folder.is_dir() {
            return Ok(());
        }
        let unreadable = |error| format!("{}: cannot be read: {error}", folder.display());
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let name = path.file_stem().and_then(|stem| stem.to_str());
            if let Some(name) = name.filter(|_| path.extension().is_some_and(|extension| extension == "csv")) {
                let map = self.read_map(&Table::read(&path)?)?;
                self.maps.insert(name.to_string(), map);
            }
        }
        Ok(())
    }

    fn read_map(&self, table: &Table) -> Result<RegionMap, String> {
        let (id, code) = (table.column("source_id")?, table.column("code")?);
        let confirmed = table.column("confirmed")?;
        let mut map = RegionMap::default();
        for row in &table.rows {
            let complain = |sentence: String| table.complaint(row, sentence);
            let source_id = row.get(id).to_string();
            let region = if truth(row.get(confirmed)).map_err(complain)? {
                let unknown = || complain(format!("{} is no region of regions.csv", row.get(code)));
                let position = self.position(row.get(code)).ok_or_else(unknown)?;
                map.confirmed.push(MapEntry {
                    id: source_id.clone(),
                    code: self.regions[position].code.clone(),
                });
                Some(position)
            } else {
                None
            };
            if source_id.is_empty() || map.ids.insert(source_id, region).is_some() {
                return Err(complain("the id is blank or stands there a second time".to_string()));
            }
        }
        Ok(map)
    }
}

/// Where the columns of `regions.csv` stand.
struct RegionColumns([usize; 13]);

impl RegionColumns {
    fn of(table: &Table) -> Result<RegionColumns, String> {
        const NAMES: [&str; 13] = [
            "code",
            "bps_code",
            "bps_code_2020",
            "name",
            "level",
            "province_code",
            "province_name",
            "capital",
            "population_total",
            "area_km2",
            "valid_from",
            "valid_to",
            "autonomous",
        ];
        let mut columns = [0; 13];
        for (column, name) in columns.iter_mut().zip(NAMES) {
            *column = table.column(name)?;
        }
        Ok(RegionColumns(columns))
    }

    fn region(&self, row: &Row) -> Result<Region, String> {
        let [
            code,
            bps,
            bps_2020,
            name,
            level,
            province,
            province_name,
            capital,
            people,
            area,
            from,
            to,
            autonomous,
        ] = self.0.map(|column| row.optional(column));
        let text = |field: Option<&str>| field.map(str::to_string);
        let required = |field: Option<&str>, column: &str| text(field).ok_or_else(|| format!("{column} is blank"));
        Ok(Region {
            code: required(code, "code")?,
            bps_code: text(bps),
            bps_code_2020: text(bps_2020),
            name: required(name, "name")?,
            level: required(level, "level")?.parse()?,
            province_code: required(province, "province_code")?,
            province_name: required(province_name, "province_name")?,
            capital: text(capital),
            population_total: people.map(number).transpose()?,
            area_km2: area.map(number).transpose()?,
            valid_from: from.map(date).transpose()?,
            valid_to: to.map(date).transpose()?,
            autonomous: truth(autonomous.unwrap_or(""))?,
        })
    }
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("\"{text}\" is not a number"))
}

fn date(text: &str) -> Result<NaiveDate, String> {
    text.parse()
        .map_err(|_| format!("\"{text}\" is not a date such as 2022-07-25"))
}

fn truth(text: &str) -> Result<bool, String> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("\"{text}\" is neither true nor false")),
    }
}

fn kind_of(text: &str) -> Result<ChangeKind, String> {
    match text {
        "split" => Ok(ChangeKind::Split),
        "merge" => Ok(ChangeKind::Merge),
        "recode" => Ok(ChangeKind::Recode),
        "rename" => Ok(ChangeKind::Rename),
        _ => Err(format!("\"{text}\" is not a change: split, merge, recode or rename")),
    }
}

/// `32` → 3200, `3273` → 3273.
fn bare_digits(code: &str) -> Option<u16> {
    let value: u16 = code.parse().ok()?;
    match code.len() {
        2 => Some(value * 100),
        4 => Some(value),
        _ => None,
    }
}
