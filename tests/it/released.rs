//! A released directory as a second reader sees it: the truth that tests compare with.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;

/// One row by column name.
pub type Row = BTreeMap<String, Field>;

/// All rows of a Parquet file, by column name.
pub fn parquet_rows(file: &Path) -> Vec<Row> {
    let opened = File::open(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let reader = SerializedFileReader::new(opened).expect("a Parquet file");
    let rows = reader.get_row_iter(None).expect("rows");
    rows.map(|row| row.expect("a readable row").into_columns().into_iter().collect())
        .collect()
}

/// The text in a column that has no gaps.
pub fn text(row: &Row, column: &str) -> String {
    match &row[column] {
        Field::Str(text) => text.clone(),
        other => panic!("{column} is {other}, not text"),
    }
}

/// The number in a column, or none.
fn number(row: &Row, column: &str) -> Option<f64> {
    match &row[column] {
        Field::Double(number) => Some(*number),
        Field::Null => None,
        other => panic!("{column} is {other}, not a number"),
    }
}

/// The date in a column as ISO text, or none.
fn date(row: &Row, column: &str) -> Option<String> {
    match &row[column] {
        Field::Null => None,
        Field::Str(date) => Some(date.clone()),
        date => Some(date.to_string()),
    }
}

/// The data package of a release.
pub fn data_package(release: &Path) -> Value {
    let package = std::fs::read(release.join("datapackage.json")).expect("a data package");
    serde_json::from_slice(&package).expect("a data package in JSON")
}

/// The as-of date of a release as ISO text.
pub fn as_of(release: &Path) -> String {
    let package = data_package(release);
    package["lumbung:as_of"].as_str().expect("an as-of date").to_owned()
}

/// What the release says about one region.
#[derive(Debug, Default)]
pub struct Expected {
    pub level: String,
    /// Value and denominator by indicator.
    figures: BTreeMap<String, (Option<f64>, Option<f64>)>,
}

impl Expected {
    /// The latest value of an indicator.
    pub fn value(&self, indicator: &str) -> Option<f64> {
        self.figures.get(indicator).and_then(|(value, _)| *value)
    }

    /// Whether the region committed to any service.
    pub fn is_committed(&self) -> bool {
        let denominator = self.figures.get("services_active_share").and_then(|(_, of)| *of);
        denominator.is_some_and(|committed| committed > 0.0)
    }

    /// Whether the region is ranked among regencies and cities.
    pub fn is_district(&self) -> bool {
        self.level == "regency" || self.level == "city"
    }

    /// The sum of the stages that have a figure.
    pub fn innovations(&self) -> Option<f64> {
        let stages = ["innovations_initiative", "innovations_trial", "innovations_applied"];
        stages
            .iter()
            .filter_map(|stage| self.value(stage))
            .reduce(|sum, count| sum + count)
    }
}

/// Self-governing regions with the as-of figures of the release.
pub fn expectations(release: &Path) -> BTreeMap<String, Expected> {
    let mut regions = BTreeMap::new();
    let as_of = as_of(release);
    for row in parquet_rows(&release.join("regions.parquet")) {
        let begun = date(&row, "valid_from").is_none_or(|first| first <= as_of);
        let ended = date(&row, "valid_to").is_some_and(|last| last < as_of);
        if row["autonomous"] == Field::Bool(true) && begun && !ended {
            let expected = Expected {
                level: text(&row, "level"),
                ..Expected::default()
            };
            regions.insert(text(&row, "region_code"), expected);
        }
    }
    let rows = parquet_rows(&release.join("indicators/indicators.parquet"));
    let mut latest: BTreeMap<String, String> = BTreeMap::new();
    for row in &rows {
        let period = latest.entry(text(row, "indicator_id")).or_default();
        *period = text(row, "period").max(period.clone());
    }
    for row in &rows {
        let indicator = text(row, "indicator_id");
        if text(row, "period") != latest[&indicator] {
            continue;
        }
        if let Some(region) = regions.get_mut(&text(row, "region_code")) {
            let figure = (number(row, "value"), number(row, "denominator"));
            region.figures.insert(indicator, figure);
        }
    }
    regions
}
