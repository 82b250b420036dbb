//! What of a contract its model was built with, and which changes of it the model does not satisfy.
//!
//! A looser contract (a synonym or a grain more, a wider range, a rule less, an optional column more) needs no
//! rebuild. Anything else must raise `version`. Texts, table rules, gates and coverage are not part of the shape:
//! they never decide what a row is.

use super::{ColumnType, Contract, Converts, Grain, Locale, Partition, Pii, WriteMode};
use crate::finding::Severity;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What matters of a contract for the rows of its model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    key: Vec<String>,
    period: Option<String>,
    grains: Vec<Grain>,
    partition: Partition,
    write: WriteMode,
    authority: Vec<String>,
    columns: IndexMap<String, ColumnShape>,
    /// Conditions that refuse a row, by code.
    rules: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ColumnShape {
    kind: ColumnType,
    unit: Option<String>,
    required: bool,
    default: Option<String>,
    range: Option<(f64, f64)>,
    between: Option<(String, String)>,
    codes: Option<String>,
    scale: Option<i8>,
    synonyms: Vec<String>,
    missing: Vec<String>,
    locale: Locale,
    pii: Option<Pii>,
    system: Option<String>,
    max_length: Option<usize>,
    #[serde(default)]
    converts: Option<Converts>,
}

/// Longest text unless the contract says otherwise, in characters.
const DEFAULT_LENGTH: usize = 500;

impl Shape {
    pub fn of(contract: &Contract) -> Shape {
        let columns = contract.columns.iter().map(|(name, column)| {
            let shape = ColumnShape {
                kind: column.kind,
                unit: column.unit.clone(),
                required: column.required,
                default: column.default.clone(),
                range: column.range,
                between: column.between.clone(),
                codes: column.codes.clone(),
                scale: column.scale,
                synonyms: column.synonyms.clone(),
                missing: column.missing.clone(),
                locale: column.locale,
                pii: column.pii,
                system: column.system.clone(),
                max_length: column.max_length,
                converts: column.converts.clone(),
            };
            (name.clone(), shape)
        });
        let refusing = contract.rules.iter().filter(|rule| rule.severity == Severity::Error);
        Shape {
            key: contract.key.clone(),
            period: contract.period.clone(),
            grains: contract.grains.clone(),
            partition: contract.partition,
            write: contract.write,
            authority: contract.authority.clone(),
            columns: columns.collect(),
            rules: refusing.map(|rule| (rule.code.clone(), rule.check.clone())).collect(),
        }
    }

    /// The form that the catalog keeps.
    pub fn to_json(&self) -> String {
        // Names, numbers and lists only: nothing in a shape can fail to serialise.
        serde_json::to_string(self).expect("a shape has no value that JSON lacks")
    }

    /// Reads the kept form; none where another program version kept something else.
    pub fn from_json(text: &str) -> Option<Shape> {
        serde_json::from_str(text).ok()
    }

    /// What rows of a model built with `self` may not satisfy in `new`; empty where nothing.
    pub fn broken_by(&self, new: &Shape) -> Vec<String> {
        let mut broken = Vec::new();
        let mut tell = |is_broken: bool, what: &str| {
            if is_broken {
                broken.push(what.to_string());
            }
        };
        tell(self.key != new.key, "key");
        tell(self.period != new.period, "period");
        tell(lacks(&new.grains, &self.grains), "grains");
        tell(self.partition != new.partition, "partition");
        tell(self.write != new.write, "write");
        tell(self.authority != new.authority, "authority");
        for (name, column) in &self.columns {
            match new.columns.get(name) {
                None => tell(true, &format!("columns.{name}")),
                Some(now) => {
                    for what in column.broken_by(now) {
                        tell(true, &format!("columns.{name}.{what}"));
                    }
                }
            }
        }
        for (name, column) in new.columns.iter().filter(|(name, _)| !self.columns.contains_key(*name)) {
            // Older rows read as null; so would not a value that an absent column stands for.
            tell(column.required || column.default.is_some(), &format!("columns.{name}"));
        }
        // Whether another condition is looser only its author knows: a new one is stricter for sure.
        for code in new.rules.keys().filter(|code| !self.rules.contains_key(*code)) {
            tell(true, &format!("rules.{code}"));
        }
        broken
    }
}

impl ColumnShape {
    fn broken_by(&self, new: &ColumnShape) -> Vec<&'static str> {
        let length = |column: &ColumnShape| column.max_length.unwrap_or(DEFAULT_LENGTH);
        let checks = [
            (self.kind != new.kind, "type"),
            (self.unit != new.unit, "unit"),
            (new.required && !self.required, "required"),
            (self.default != new.default, "default"),
            (is_narrower(self.range, new.range), "range"),
            (is_other_span(&self.between, &new.between), "between"),
            (self.codes != new.codes, "codes"),
            (self.scale != new.scale, "scale"),
            (lacks(&new.synonyms, &self.synonyms), "synonyms"),
            (
                lacks(&new.missing, &self.missing) || lacks(&self.missing, &new.missing),
                "missing",
            ),
            (self.locale != new.locale, "locale"),
            (self.pii != new.pii, "pii"),
            (self.system != new.system, "system"),
            (length(new) < length(self), "max_length"),
            // Without it, rows in other units were refused or kept as they were: what it says of these is looser.
            (self.converts.is_some() && self.converts != new.converts, "converts"),
        ];
        let broken = checks.into_iter().filter(|(is_broken, _)| *is_broken);
        broken.map(|(_, what)| what).collect()
    }
}

/// Whether `all` lacks something of `some`.
fn lacks<T: PartialEq>(all: &[T], some: &[T]) -> bool {
    some.iter().any(|one| !all.contains(one))
}

fn is_narrower(old: Option<(f64, f64)>, new: Option<(f64, f64)>) -> bool {
    match (old, new) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(old), Some(new)) => new.0 > old.0 || new.1 < old.1,
    }
}

/// Dates compare as they are written (ISO); `as-of` moves, so it is only equal to itself.
fn is_other_span(old: &Option<(String, String)>, new: &Option<(String, String)>) -> bool {
    let is_day = |text: &str| text.parse::<chrono::NaiveDate>().is_ok();
    match (old, new) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(old), Some(new)) => {
            let starts_later = new.0 != old.0 && !(is_day(&old.0) && is_day(&new.0) && new.0 < old.0);
            let ends_earlier = new.1 != old.1 && !(is_day(&old.1) && is_day(&new.1) && new.1 > old.1);
            starts_later || ends_earlier
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
        title = { id = "Uji", en = "Test" }
        description = { id = "Uji", en = "Test" }
        version = 1
        key = ["region", "date"]
        period = "date"
        partition = "year"
        [columns.region]
        type = "region"
        title = { id = "Daerah", en = "Region" }
        [columns.date]
        type = "date"
        between = ["2015-01-01", "as-of"]
        title = { id = "Tanggal", en = "Date" }
        [columns.price]
        type = "money"
        range = [10, 100]
        synonyms = ["harga"]
        title = { id = "Harga", en = "Price" }
        [[rules]]
        code = "price-odd"
        severity = "error"
        check = "price > 0"
        message = { id = "a", en = "a" }
    "#;

    fn shape(text: &str) -> Shape {
        Shape::of(&toml::from_str(text).unwrap())
    }

    fn changed(from: &str, to: &str) -> Vec<String> {
        assert!(TEXT.contains(from), "{from}");
        shape(TEXT).broken_by(&shape(&TEXT.replace(from, to)))
    }

    #[test]
    fn what_older_rows_satisfy_is_not_broken() {
        for (from, to) in [
            ("range = [10, 100]", "range = [5, 200]"),
            ("range = [10, 100]", ""),
            (r#"["harga"]"#, r#"["harga", "harga (rp)"]"#),
            (r#"en = "Price""#, r#"en = "The price""#),
            ("2015-01-01", "2010-01-01"),
            (r#"severity = "error""#, r#"severity = "note""#),
            ("price > 0", "price > -1"),
            (
                "[[rules]]",
                "[columns.note]\ntype = \"text\"\ntitle = { id = \"a\", en = \"a\" }\n[[rules]]",
            ),
        ] {
            assert_eq!(changed(from, to), Vec::<String>::new(), "{from} → {to}");
        }
    }

    #[test]
    fn what_older_rows_may_not_satisfy_is_named() {
        for (from, to, what) in [
            (r#"["region", "date"]"#, r#"["date"]"#, "key"),
            (r#"partition = "year""#, r#"partition = "month""#, "partition"),
            (
                r#"partition = "year""#,
                "partition = \"year\"\nwrite = \"replace\"",
                "write",
            ),
            (r#""money""#, r#""count""#, "columns.price.type"),
            ("[10, 100]", "[10, 99]", "columns.price.range"),
            (
                "range = [10, 100]",
                "range = [10, 100]\nscale = 3",
                "columns.price.scale",
            ),
            (
                "range = [10, 100]",
                "range = [10, 100]\nrequired = true",
                "columns.price.required",
            ),
            (
                "range = [10, 100]",
                "range = [10, 100]\nunit = \"IDR\"",
                "columns.price.unit",
            ),
            (r#"synonyms = ["harga"]"#, "", "columns.price.synonyms"),
            ("2015-01-01", "2016-01-01", "columns.date.between"),
            ("as-of", "2030-12-31", "columns.date.between"),
            ("[columns.price]", "[columns.cost]", "columns.price"),
            (r#"code = "price-odd""#, r#"code = "price-high""#, "rules.price-high"),
            (
                "[[rules]]",
                "[columns.note]\ntype = \"text\"\nrequired = true\ntitle = { id = \"a\", en = \"a\" }\n[[rules]]",
                "columns.note",
            ),
        ] {
            assert_eq!(changed(from, to), [what], "{from} → {to}");
        }
    }

    #[test]
    fn the_kept_form_reads_back() {
        let shape = shape(TEXT);
        assert_eq!(Shape::from_json(&shape.to_json()), Some(shape));
        assert_eq!(Shape::from_json("{}"), None);
    }
}
