//! Regions: who they are, what they are called, and how the codes of different systems lead to them.
//!
//! The registry knows the regions of today, the codes that were valid before, and the numbers that other systems
//! give. Every fact is stored under the Kemendagri code that was valid in its own period. Nothing is guessed: a code
//! without a declared system, a name that fits two regions or a code that lost its last zero is an error that says
//! so.

mod borders;
#[cfg(test)]
mod borders_tests;
mod load;
mod name;
mod registry;
mod resolve;
#[cfg(test)]
mod tests;

pub use borders::Pieces;
pub use registry::{Change, ChangeKind, MapEntry, Registry};
pub use resolve::Naming;

use chrono::NaiveDate;
use std::fmt;
use std::str::FromStr;

/// What kind of region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Province,
    /// Kabupaten.
    Regency,
    /// Kota.
    City,
}

impl Level {
    /// `province`, `regency`, `city`.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Province => "province",
            Level::Regency => "regency",
            Level::City => "city",
        }
    }

    /// The kind that the digits of a code say: `32` is a province, `32.01` to `32.69` are regencies, `32.71` to
    /// `32.99` cities. The rule holds in the systems of Kemendagri and BPS alike.
    fn of_digits(digits: u16) -> Level {
        match digits % 100 {
            0 => Level::Province,
            1..=70 => Level::Regency,
            _ => Level::City,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Level, String> {
        let levels = [Level::Province, Level::Regency, Level::City];
        let found = levels.into_iter().find(|level| level.as_str() == text);
        found.ok_or_else(|| format!("\"{text}\" is not a level: province, regency or city"))
    }
}

/// One region under one code.
#[derive(Debug, Clone, PartialEq)]
pub struct Region {
    /// Kemendagri code: `32` or `32.73`.
    pub code: String,
    /// Code of BPS today; none for the regions that it renumbered and that nobody has matched yet.
    pub bps_code: Option<String>,
    /// Code of BPS in July 2020, in the borders of today's region.
    pub bps_code_2020: Option<String>,
    pub name: String,
    pub level: Level,
    /// Kemendagri code of its province; its own for a province.
    pub province_code: String,
    pub province_name: String,
    pub capital: Option<String>,
    /// People in civil registration on 31 December 2024; none for a code of the past.
    pub population_total: Option<i64>,
    /// Square kilometres; none for a code of the past.
    pub area_km2: Option<f64>,
    /// First day of the code; none where it was valid before the oldest edition held.
    pub valid_from: Option<NaiveDate>,
    /// First day on which the code was no longer valid; none for a code of today.
    pub valid_to: Option<NaiveDate>,
    /// Whether it governs itself. The six administrative areas of Jakarta do not.
    pub autonomous: bool,
}

/// Whose numbers the codes are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CodeSystem {
    Kemendagri,
    /// Badan Pusat Statistik.
    Bps,
    /// A table `pipelines/reference/region_maps/<name>.csv` of one source's own ids.
    Map(String),
}

impl CodeSystem {
    /// The name by which contracts and connectors declare it.
    pub fn name(&self) -> &str {
        match self {
            CodeSystem::Kemendagri => "kemendagri",
            CodeSystem::Bps => "bps",
            CodeSystem::Map(name) => name,
        }
    }
}

/// Why a text or a number leads to no region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    #[error("no region has this code or name")]
    Unknown,
    /// The name fits these codes; a prefix (Kabupaten, Kota, Provinsi) or the province would decide.
    #[error("fits several regions: {}", .0.join(", "))]
    Ambiguous(Vec<String>),
    /// A code without its dot where no code system is declared: BPS 1103 is Aceh Selatan, Kemendagri 11.03 is Aceh
    /// Timur.
    #[error("a code without a declared code system")]
    BareCode,
    /// A code that became a number and lost its last zero (`32.1` for `32.10`), with the code it probably was.
    #[error("a code that lost its last zero")]
    LostZero(String),
    /// An id that the declared system does not lead anywhere yet: not confirmed in its map, or one of the BPS codes
    /// that nobody has matched.
    #[error("an id that is not matched to a region")]
    Unmapped,
    /// The code was given up before that date; `successor` took its place.
    #[error("{code} is no longer valid")]
    Retired { code: String, successor: Option<String> },
    /// The code came later than that date; `predecessor` was valid then.
    #[error("{code} was not yet valid")]
    NotYet { code: String, predecessor: Option<String> },
}
