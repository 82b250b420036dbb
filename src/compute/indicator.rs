//! What an indicator is.

use crate::domain::period::Grain;
use crate::finding::Bilingual;

/// One figure per region and period: an `.sql` file of `pipelines/indicators/`.
#[derive(Debug, Clone)]
pub struct Indicator {
    /// The file's name without `.sql`.
    pub id: String,
    pub title: Bilingual,
    pub theme: Theme,
    /// Unit of the value, in English: `percent`, `services`, `people per km2`.
    pub unit: String,
    pub better: Better,
    pub grain: IndicatorGrain,
    pub universe: Universe,
    /// Which region × period pairs must have a value; without it nothing is ever `missing`.
    pub expects: Option<Expects>,
    /// Datasets that the figures come from, in the order of the file.
    pub datasets: Vec<String>,
    /// Source rows that may move a figure.
    pub reads: Vec<Read>,
    pub method: Bilingual,
    /// Where the source figures come from.
    pub source: String,
    /// The directorate that answers for the figure.
    pub owner: String,
    /// Digits after the point that pages show. The published value is not rounded.
    pub decimals: u8,
    /// The whole text of the file.
    pub sql: String,
    /// SHA-256 of the file in lower-case hexadecimal.
    pub sql_sha256: String,
}

/// What an indicator is about; a sheet of the published workbook each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    Innovation,
    Reporting,
    Labour,
    Population,
    Price,
}

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    Higher,
    Lower,
    Neutral,
}

/// What the `period` of a figure is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndicatorGrain {
    /// The month of the as-of date, and only that one.
    AsOf,
    /// Periods of these lengths.
    Periods(Vec<Grain>),
}

/// Which regions have figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Universe {
    /// Regions that govern themselves.
    Autonomous,
    /// Every region of the registry.
    All,
}

/// Which region × period pairs must have a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expects {
    /// Every region of the universe, in the as-of month.
    Universe,
    /// The pairs of a dataset's declared coverage that have fallen due.
    Coverage(String),
}

/// Rows of one table that may move the figure of a region and period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    pub table: String,
    pub relation: Relation,
    /// Empty: rows of any time.
    pub windows: Vec<Window>,
}

/// Which regions' rows move a region's figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    SameRegion,
    SameProvince,
    AllRegions,
}

/// Rows of which time move a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Inside the figure's period.
    SamePeriod,
    /// Inside the period of the same length just before it.
    PreviousPeriod,
    /// After the as-of date minus so many days, and not after the as-of date.
    LastDays(u32),
    /// Not after the as-of date.
    UpToAsOf,
}

/// A type that front matter and metadata spell as one word of a short list.
pub trait Word: Sized + Copy + PartialEq + 'static {
    /// Every value with its word.
    const WORDS: &'static [(&'static str, Self)];

    /// The value of a word; the error lists the words there are.
    fn from_word(text: &str) -> Result<Self, String> {
        match Self::WORDS.iter().find(|(word, _)| *word == text) {
            Some((_, value)) => Ok(*value),
            None => Err(Self::WORDS.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ")),
        }
    }

    /// The word of a value.
    fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, value)| *value == self)
            .map_or("", |(word, _)| word)
    }
}

impl Word for Theme {
    const WORDS: &'static [(&'static str, Theme)] = &[
        ("innovation", Theme::Innovation),
        ("reporting", Theme::Reporting),
        ("labour", Theme::Labour),
        ("population", Theme::Population),
        ("price", Theme::Price),
    ];
}

impl Word for Better {
    const WORDS: &'static [(&'static str, Better)] = &[
        ("higher", Better::Higher),
        ("lower", Better::Lower),
        ("neutral", Better::Neutral),
    ];
}

impl Word for Universe {
    const WORDS: &'static [(&'static str, Universe)] = &[("autonomous", Universe::Autonomous), ("all", Universe::All)];
}

impl Word for Relation {
    const WORDS: &'static [(&'static str, Relation)] = &[
        ("same region", Relation::SameRegion),
        ("same province", Relation::SameProvince),
        ("all regions", Relation::AllRegions),
    ];
}

impl Word for Window {
    const WORDS: &'static [(&'static str, Window)] = &[
        ("same period", Window::SamePeriod),
        ("previous period", Window::PreviousPeriod),
        ("last 90 days", Window::LastDays(90)),
        ("last 30 days", Window::LastDays(30)),
        ("up to as-of", Window::UpToAsOf),
    ];
}

impl IndicatorGrain {
    /// As front matter writes it: `as-of`, or `semester, year`.
    pub fn text(&self) -> String {
        match self {
            IndicatorGrain::AsOf => "as-of".to_string(),
            IndicatorGrain::Periods(grains) => grains.iter().map(|grain| grain.as_str()).collect::<Vec<_>>().join(", "),
        }
    }
}

impl std::fmt::Display for Read {
    /// As front matter writes it: `labour (same region, same period)`.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} ({}", self.table, self.relation.word())?;
        for window in &self.windows {
            write!(formatter, ", {}", window.word())?;
        }
        formatter.write_str(")")
    }
}

impl Indicator {
    /// The `reads` of the front matter in one form: `labour (same region, same period); regions (same region)`.
    pub fn reads_text(&self) -> String {
        self.reads.iter().map(Read::to_string).collect::<Vec<_>>().join("; ")
    }
}
