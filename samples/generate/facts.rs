//! The real figures that everything generated stands on: the regions, their population, and the food prices of
//! Kota Bandung.

use chrono::NaiveDate;
use std::collections::HashMap;
use std::path::Path;

/// A province, regency or city, with its population of 31 December 2024.
#[derive(Debug, Clone)]
pub struct Region {
    /// Kemendagri code, `32` or `32.73`.
    pub code: String,
    pub name: String,
    /// How a file writes the region: its code, but by name the provinces of Papua, whose two digits are another
    /// province's number at BPS and are refused where no code system is declared.
    pub written: String,
    pub province_code: String,
    /// `false` for the administrative areas of Jakarta, which neither sign nor report.
    pub autonomous: bool,
    /// Since when the code stands; `None`: since before 2015.
    pub valid_from: Option<NaiveDate>,
    pub male: i64,
    pub female: i64,
    pub total: i64,
}

impl Region {
    /// Whether this is a province and not a regency or city.
    pub fn is_province(&self) -> bool {
        self.code.len() == 2
    }

    /// Whether the code stands on `date`.
    pub fn stands_on(&self, date: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= date)
    }
}

/// One reported price; 0 means that none was reported.
#[derive(Debug, Clone)]
pub struct Price {
    pub date: NaiveDate,
    pub source_id: String,
    pub commodity: String,
    pub unit: String,
    pub rupiah: i64,
    pub previous: i64,
    pub previous_on: NaiveDate,
}

/// A commodity with a price that its prices may be drawn around.
#[derive(Debug, Clone, Copy)]
pub struct Commodity<'a> {
    pub name: &'a str,
    pub unit: &'a str,
    pub rupiah: i64,
}

/// All facts, in the order of their files.
#[derive(Debug)]
pub struct Facts {
    pub regions: Vec<Region>,
    pub prices: Vec<Price>,
}

impl Facts {
    /// Reads the facts below `root`, the folder that holds `pipelines/` and `samples/`. The error names the file.
    pub fn load(root: &Path) -> Result<Facts, String> {
        let reference = Table::read(&root.join("pipelines/reference/regions.csv"))?;
        let population = Table::read(&root.join("samples/facts/population-2024-12.csv"))?;
        let prices = Table::read(&root.join("samples/facts/prices-kota-bandung-2025.csv"))?;
        Ok(Facts {
            regions: regions(&reference, &population)?,
            prices: price_rows(&prices)?,
        })
    }

    /// The region of a code that the samples name themselves.
    pub fn region(&self, code: &str) -> Result<&Region, String> {
        self.regions
            .iter()
            .find(|region| region.code == code)
            .ok_or_else(|| format!("no region {code} in the facts"))
    }

    /// The 38 provinces.
    pub fn provinces(&self) -> impl Iterator<Item = &Region> {
        self.regions.iter().filter(|region| region.is_province())
    }

    /// The regencies and cities of a province.
    pub fn regencies_of(&self, province: &str) -> impl Iterator<Item = &Region> {
        self.regions
            .iter()
            .filter(move |region| !region.is_province() && region.province_code == province)
    }

    /// The commodities for which a price was ever reported, with the last one.
    pub fn commodities(&self) -> Vec<Commodity<'_>> {
        let mut commodities: Vec<Commodity<'_>> = Vec::new();
        for price in self.prices.iter().filter(|price| price.rupiah > 0) {
            match commodities
                .iter_mut()
                .find(|commodity| commodity.name == price.commodity)
            {
                Some(known) => known.rupiah = price.rupiah,
                None => commodities.push(Commodity {
                    name: &price.commodity,
                    unit: &price.unit,
                    rupiah: price.rupiah,
                }),
            }
        }
        commodities
    }
}

fn regions(reference: &Table, population: &Table) -> Result<Vec<Region>, String> {
    let mut people: HashMap<&str, [i64; 3]> = HashMap::new();
    for line in 0..population.rows.len() {
        let figures = [
            population.integer(line, "male")?,
            population.integer(line, "female")?,
            population.integer(line, "total")?,
        ];
        people.insert(population.text(line, "region_code")?, figures);
    }
    let mut regions = Vec::with_capacity(reference.rows.len());
    for line in 0..reference.rows.len() {
        let code = reference.text(line, "code")?;
        let [male, female, total] = *people
            .get(code)
            .ok_or_else(|| format!("no population for region {code}"))?;
        let valid_from = match reference.text(line, "valid_from")? {
            "" => None,
            _ => Some(reference.date(line, "valid_from")?),
        };
        let name = reference.text(line, "name")?;
        let doubtful = code.len() == 2 && reference.text(line, "bps_code")? != code;
        regions.push(Region {
            code: code.to_owned(),
            name: name.to_owned(),
            written: if doubtful { name } else { code }.to_owned(),
            province_code: reference.text(line, "province_code")?.to_owned(),
            autonomous: reference.text(line, "autonomous")? == "true",
            valid_from,
            male,
            female,
            total,
        });
    }
    Ok(regions)
}

fn price_rows(table: &Table) -> Result<Vec<Price>, String> {
    (0..table.rows.len())
        .map(|line| {
            Ok(Price {
                date: table.date(line, "date")?,
                source_id: table.text(line, "source_id")?.to_owned(),
                commodity: table.text(line, "commodity")?.to_owned(),
                unit: table.text(line, "unit")?.to_owned(),
                rupiah: table.integer(line, "price")?,
                previous: table.integer(line, "previous_price")?,
                previous_on: table.date(line, "previous_on")?,
            })
        })
        .collect()
}

/// A small comma-separated file with `#` comment lines over its header.
struct Table {
    name: String,
    columns: HashMap<String, usize>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(path: &Path) -> Result<Table, String> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {name}: {error}"))?;
        let mut records = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
            .map(split_record);
        let header = records.next().ok_or_else(|| format!("{name} is empty"))?;
        let columns = header
            .into_iter()
            .enumerate()
            .map(|(index, column)| (column, index))
            .collect();
        Ok(Table {
            name,
            columns,
            rows: records.collect(),
        })
    }

    fn text(&self, row: usize, column: &str) -> Result<&str, String> {
        let index = self
            .columns
            .get(column)
            .ok_or_else(|| format!("{} has no column {column}", self.name))?;
        let cell = self.rows[row].get(*index);
        cell.map(String::as_str)
            .ok_or_else(|| format!("{}: row {} has no {column}", self.name, row + 1))
    }

    fn integer(&self, row: usize, column: &str) -> Result<i64, String> {
        let text = self.text(row, column)?;
        text.parse()
            .map_err(|_| format!("{}: row {}: {column} is not a number: {text}", self.name, row + 1))
    }

    fn date(&self, row: usize, column: &str) -> Result<NaiveDate, String> {
        let text = self.text(row, column)?;
        text.parse()
            .map_err(|_| format!("{}: row {}: {column} is not a date: {text}", self.name, row + 1))
    }
}

fn split_record(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => {
                if let Some(field) = fields.last_mut() {
                    field.push(other);
                }
            }
        }
    }
    fields
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// The facts of the repository; tests run in its root.
    pub fn facts() -> Facts {
        Facts::load(Path::new(".")).expect("the repository holds its facts")
    }

    #[test]
    fn regions_and_population_agree() {
        let facts = facts();
        assert_eq!(facts.regions.len(), 552);
        assert_eq!(facts.regions.iter().filter(|region| region.autonomous).count(), 546);
        assert_eq!(
            facts
                .regions
                .iter()
                .filter(|region| region.written != region.code)
                .count(),
            6
        );
        assert!(
            facts
                .regions
                .iter()
                .all(|region| region.male + region.female == region.total)
        );
        let provinces: i64 = facts.provinces().map(|region| region.total).sum();
        assert_eq!(provinces, 284_973_643);
        for province in facts.provinces() {
            let regencies: i64 = facts.regencies_of(&province.code).map(|region| region.total).sum();
            assert_eq!(regencies, province.total, "{}", province.name);
        }
    }

    #[test]
    fn prices_are_the_real_ones() {
        let facts = facts();
        assert_eq!(facts.prices.len(), 1_625);
        assert_eq!(facts.prices.iter().filter(|price| price.rupiah == 0).count(), 299);
        assert_eq!(facts.commodities().len(), 21);
        assert_eq!(
            facts.region("32.73").expect("Kota Bandung is a region").name,
            "Kota Bandung"
        );
    }

    #[test]
    fn quoted_fields_keep_their_commas() {
        assert_eq!(split_record("a,\"b, c\",d"), ["a", "b, c", "d"]);
    }
}
