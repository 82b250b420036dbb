//! A contract: what the rows of a dataset mean (`pipelines/datasets/<name>.toml`).

use crate::finding::{Bilingual, Severity};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

/// What the rows of one dataset mean. The file's name is the dataset's name.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Set from the file name.
    #[serde(skip)]
    pub name: String,
    /// What the dataset is called.
    pub title: Bilingual,
    /// What one row is, what the figures count, and where they come from.
    pub description: Bilingual,
    /// Raised by any change that older rows do not satisfy; then `lumbung rebuild` replays raw.
    pub version: u32,
    /// Columns that identify a row. No part may be null.
    pub key: Vec<String>,
    /// The column that says when: a `period` or a `date` column. None for datasets without a time.
    #[serde(default)]
    pub period: Option<String>,
    /// Grains a `period` column takes. A date column is always `day`.
    #[serde(default)]
    pub grains: Vec<Grain>,
    /// How the model is cut into files.
    #[serde(default)]
    pub partition: Partition,
    /// How a submission meets the model.
    #[serde(default)]
    pub write: WriteMode,
    /// Connectors from most to least trusted. A connector not listed comes after all that are.
    #[serde(default)]
    pub authority: Vec<String>,
    /// Days that landed bytes are kept in `raw/`; those of the installation unless set.
    #[serde(default)]
    pub raw_days: Option<u32>,
    /// Words of titles by which the figures below are others than this dataset's, beside those of
    /// `pipelines/reference/title_words.csv`. A table with such a title is held until its sender has said what it is.
    #[serde(default)]
    pub other_titles: Vec<OtherTitles>,
    /// Columns in the order in which they are written.
    pub columns: IndexMap<String, Column>,
    /// Conditions that every row must meet.
    #[serde(default)]
    pub rules: Vec<RowRule>,
    /// Queries that return offending rows of a whole submission.
    #[serde(default)]
    pub table_rules: Vec<TableRule>,
    #[serde(default)]
    pub gates: Gates,
    /// Which regions are expected to report, and by when.
    #[serde(default)]
    pub coverage: Option<Coverage>,
    /// A row as an officer fills it in, by column: stands above the header of the template and is never data.
    /// A figure as `1234.5`, a date as `2025-08-17`, a code by its name.
    #[serde(default)]
    pub example: IndexMap<String, String>,
}

impl Contract {
    /// The columns that a sender is asked for, by name: all but those whose values are left where they are.
    pub fn asked(&self) -> impl Iterator<Item = (&String, &Column)> {
        self.columns.iter().filter(|(_, column)| column.pii != Some(Pii::Drop))
    }

    /// The column of the key that names a region.
    pub fn key_region(&self) -> Option<&str> {
        let is_region = |name: &&String| {
            let column = self.columns.get(*name);
            column.is_some_and(|column| column.kind == ColumnType::Region)
        };
        self.key.iter().find(is_region).map(String::as_str)
    }

    /// The titles of some columns, in both languages, for sentences.
    pub fn titles(&self, names: &[String]) -> Bilingual {
        let titles = |of: fn(&Bilingual) -> &String| {
            let titles = names
                .iter()
                .map(|name| self.columns.get(name).map_or(name, |column| of(&column.title)));
            titles.map(String::as_str).collect::<Vec<_>>().join(", ")
        };
        Bilingual {
            id: titles(|title| &title.id),
            en: titles(|title| &title.en),
        }
    }
}

/// Length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Grain {
    Day,
    Month,
    Quarter,
    Semester,
    Year,
}

impl From<Grain> for crate::domain::period::Grain {
    fn from(grain: Grain) -> crate::domain::period::Grain {
        use crate::domain::period::Grain as Length;
        match grain {
            Grain::Day => Length::Day,
            Grain::Month => Length::Month,
            Grain::Quarter => Length::Quarter,
            Grain::Semester => Length::Semester,
            Grain::Year => Length::Year,
        }
    }
}

/// How the model is cut into files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Partition {
    /// By year of the period column, which is then part of the key.
    Year,
    /// By month of the period column, which is then part of the key.
    Month,
    /// One file; a `replace` scope is the region.
    #[default]
    All,
}

/// How a submission meets the model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WriteMode {
    /// By key, the later submission wins; nothing vanishes.
    #[default]
    Upsert,
    /// As `upsert`, and rows that a fully accepted submission leaves out vanish inside the scopes
    /// (region × period) it names.
    Replace,
}

/// One column.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What the column holds.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// What the column is called.
    pub title: Bilingual,
    /// What the figure counts, where the title does not say it.
    #[serde(default)]
    pub description: Option<Bilingual>,
    /// Unit of a figure: `people`, `IDR`, `percent`, …
    #[serde(default)]
    pub unit: Option<String>,
    /// A row without a value is refused (a row without any measure is `not_observed` instead).
    #[serde(default)]
    pub required: bool,
    /// Value of an absent column, and in a key column of a missing marker.
    #[serde(default)]
    pub default: Option<String>,
    /// Smallest and largest value, both allowed. Numbers only.
    #[serde(default)]
    pub range: Option<(f64, f64)>,
    /// Earliest and latest date, both allowed; `as-of` is the run's as-of date. Dates only.
    #[serde(default)]
    pub between: Option<(String, String)>,
    /// Name of the reference table (`pipelines/reference/<codes>.csv`) of a `code` column.
    #[serde(default)]
    pub codes: Option<String>,
    /// Digits after the point of a `decimal` or `money` column. 2 unless set.
    #[serde(default)]
    pub scale: Option<i8>,
    /// Headers that officers write for this column, compared in normal form.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// Values that mean "nothing reported", besides the usual markers.
    #[serde(default)]
    pub missing: Vec<String>,
    /// How text is read while a column shows no evidence of its own: `id` (1.234,56) or `en` (1,234.56).
    #[serde(default)]
    pub locale: Locale,
    /// What becomes of personal data. Without it the column is not personal.
    #[serde(default)]
    pub pii: Option<Pii>,
    /// A text column may hold telephone numbers and e-mail addresses: those of offices, never of persons.
    #[serde(default)]
    pub contacts: bool,
    /// Declared code system of the dotted codes in a `region` column.
    #[serde(default)]
    pub system: Option<String>,
    /// How figures whose rows name their units are brought to some of them. Figures only.
    #[serde(default)]
    pub converts: Option<Converts>,
    /// The figure of a region is the sum of its parts': a province's that of its regencies and cities. Only such columns
    /// have figures in other borders than those of their own time. Counts, money and decimals; never a rate or a price.
    #[serde(default)]
    pub additive: bool,
    /// Key columns over whose values the figure stays the same by its meaning, as the target of a year does over its months:
    /// where such values stand in the headers, it may stand once beside them; beside times, where all are of one year.
    /// Figures only.
    #[serde(default)]
    pub repeats: Vec<String>,
    /// Month of the year, 1 to 12, of which the figures of a year are: `Maret 2025`, of a survey taken each March, then names
    /// the year 2025. Periods of a year only.
    #[serde(default)]
    pub reference_month: Option<u32>,
    /// Longest text, in characters. 500 unless set.
    #[serde(default)]
    pub max_length: Option<usize>,
}

/// How figures whose rows name their units are brought to some of them, by the factors of the table of units.
#[derive(Debug, Clone, PartialEq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Converts {
    /// The code column that names each row's unit. Without it in the sheet, the unit in the figure's header counts.
    pub by: String,
    /// Codes of the units in which figures are kept. One in another unit becomes one in the first of these that measures
    /// the same.
    pub to: Vec<String>,
    /// The figure is for one unit, as a price is: then it is divided by what a quantity is multiplied by.
    #[serde(default)]
    pub per_unit: bool,
    /// The code column that names the thing, whose table may say what one unit of it holds (column `contains`, such as
    /// `bunch=0.25 kg`).
    #[serde(default)]
    pub of: Option<String>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// A region, by code in the declared system or by name. Written as Kemendagri code.
    Region,
    /// A period of one of the contract's grains.
    Period,
    Date,
    /// Rupiah; a unit in the header such as `ribu` scales it.
    Money,
    Decimal,
    /// A whole number of things.
    Count,
    /// A rate, an area: a floating-point figure.
    Measure,
    /// A code of a reference table, by code, name or synonym.
    Code,
    Text,
    /// A population number (NIK): checked, then pseudonymised. Needs `pii`.
    Nik,
}

impl Column {
    /// Whether the totals below its figures are their sums: counts, and what is declared to add up. Figures that are
    /// converted are not all in one unit.
    pub fn adds_up(&self) -> bool {
        (self.kind == ColumnType::Count || self.additive) && self.converts.is_none()
    }
}

impl ColumnType {
    /// Types whose figures can be sums at all: a rate never is.
    pub fn may_be_additive(self) -> bool {
        matches!(self, ColumnType::Money | ColumnType::Decimal | ColumnType::Count)
    }

    /// Types whose blank cells mean "not observed" when a row has nothing else.
    pub fn is_measure(self) -> bool {
        matches!(
            self,
            ColumnType::Money | ColumnType::Decimal | ColumnType::Count | ColumnType::Measure
        )
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    #[default]
    Id,
    En,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Pii {
    /// Left where it is: not read, not written, not shown.
    Drop,
    /// Written as HMAC-SHA-256 under the installation's key.
    Pseudonym,
}

/// Words of titles that mean the same.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OtherTitles {
    /// The words, written as in a title; case and punctuation do not matter. One that a header of the table has too says
    /// nothing new.
    pub words: Vec<String>,
    /// What the figures are then, as it is told to the sender.
    pub meaning: Bilingual,
    /// Words beside which they mean nothing: a title of `PERKOTAAN DAN PERDESAAN` is one of the whole.
    #[serde(default)]
    pub unless: Vec<String>,
}

/// A condition that every row must meet: a boolean SQL expression over the columns; NULL passes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowRule {
    /// Finding code of the rule, in kebab-case.
    pub code: String,
    /// `error` quarantines the row.
    pub severity: Severity,
    /// The condition.
    pub check: String,
    /// The column pointed at; the first one that `check` names unless set.
    #[serde(default)]
    pub column: Option<String>,
    /// The sentence of the finding; `{value}` is the value seen.
    pub message: Bilingual,
    /// How to mend it.
    #[serde(default)]
    pub hint: Option<Bilingual>,
}

/// A SELECT that returns offending rows. Sees `submission` (its accepted rows) and `history` (the current
/// model). Gives `_part`, `_row` and `_column` of the rows it points at; `_column` tells apart the rows that were made from one
/// row of a sheet, and without it the row of the sheet is pointed at. It may give `value`, filled into `{value}`, and a text
/// `other`, filled into `{other}`, with `other_part`, `other_row` and `other_column`, the place filled into `{where}`: null is
/// what was received earlier.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableRule {
    /// Finding code of the rule, in kebab-case.
    pub code: String,
    /// `error` holds the submission, for a table rule cannot say which row is wrong.
    pub severity: Severity,
    /// The query.
    pub sql: String,
    /// The column that a finding points at.
    #[serde(default)]
    pub column: Option<String>,
    /// The sentence of the finding.
    pub message: Bilingual,
    /// How to mend it.
    #[serde(default)]
    pub hint: Option<Bilingual>,
}

/// When a submission is held for a person to look at.
#[derive(Debug, Clone, Deserialize, serde::Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Gates {
    /// Held when more than this share of the rows read is refused …
    pub refused_share: f64,
    /// … and at least this many.
    pub refused_rows: u64,
}

impl Default for Gates {
    fn default() -> Gates {
        Gates {
            refused_share: 0.25,
            refused_rows: 10,
        }
    }
}

/// Who is expected to report, for completeness and timeliness.
#[derive(Debug, Clone, Deserialize, serde::Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// Who is expected.
    pub regions: CoverageRegions,
    /// How often.
    pub grain: Grain,
    /// First expected period, such as `2024` or `2025-01`.
    pub from: String,
    /// Days after a period's end by which its report is due.
    pub due_days: u32,
    /// What becomes of rows that say something new of a closed period. A period is closed once its reports were due
    /// and a release speaks about a later day.
    #[serde(default)]
    pub late: Late,
}

/// What becomes of late rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Late {
    /// They count, and the submission and `CHANGES.md` say that they revise what was published.
    #[default]
    Accept,
    /// The submission is held for the ministry to accept or refuse.
    Hold,
}

/// Which regions are expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CoverageRegions {
    /// The 546 regions that govern themselves.
    Autonomous,
    Provinces,
    /// Regencies and cities that govern themselves.
    Regencies,
    /// Regions that signed a Puja Indah commitment.
    Committed,
}
