//! The registry: all regions, and what is known about each.

use super::{CodeSystem, Level, Region};
use std::collections::{BTreeMap, HashMap};

/// What happened to a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// The old region goes on, the new one was a part of it.
    Split,
    /// Several old regions became one new one.
    Merge,
    /// The same region under a new code.
    Recode,
    /// The same code under a new name.
    Rename,
}

impl ChangeKind {
    /// `split`, `merge`, `recode`, `rename`.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeKind::Split => "split",
            ChangeKind::Merge => "merge",
            ChangeKind::Recode => "recode",
            ChangeKind::Rename => "rename",
        }
    }
}

/// One line of `region_changes.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub old_code: String,
    pub new_code: String,
    pub old_name: String,
    pub new_name: String,
    pub kind: ChangeKind,
    /// As the file says it: a day, or only a year for some renames.
    pub effective_date: String,
    /// Where the date comes from.
    pub basis: String,
}

/// One id of a source and the region it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapEntry {
    /// The source's id, as text.
    pub id: String,
    /// Kemendagri code.
    pub code: String,
}

/// All regions of today and of the past, and the ways that lead to them.
#[derive(Debug, Clone)]
pub struct Registry {
    /// Regions of today in the order of `regions.csv`, then codes of the past.
    pub(super) regions: Vec<Region>,
    /// How many of `regions` are of today.
    pub(super) current: usize,
    /// What came before and after each of `regions`.
    pub(super) succession: Vec<Succession>,
    pub(super) kemendagri: Digits,
    pub(super) bps: Digits,
    pub(super) bps_2020: Digits,
    /// Stem of a name → who bears it, with which kind.
    pub(super) names: HashMap<String, Vec<Bearer>>,
    pub(super) maps: BTreeMap<String, RegionMap>,
    pub(super) changes: Vec<Change>,
}

/// Positions in `regions`.
#[derive(Debug, Clone, Default)]
pub(super) struct Succession {
    /// Under which codes the same region stood right before.
    pub direct: Vec<usize>,
    /// The codes of all regions that this one continues, the latest first.
    pub predecessors: Vec<String>,
    /// The region it was split from.
    pub parent: Option<usize>,
    /// The days on which another region was split from it.
    pub splits: Vec<chrono::NaiveDate>,
    /// What a code of the past became.
    pub successor: Option<usize>,
}

/// Who bears a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bearer {
    pub kind: Level,
    /// Position in `regions`.
    pub region: usize,
}

/// Four digits (a province has `00` as its last two) → position in `regions`.
#[derive(Debug, Clone)]
pub(super) struct Digits(Vec<u16>);

impl Digits {
    const NOBODY: u16 = u16::MAX;

    pub fn new() -> Digits {
        Digits(vec![Digits::NOBODY; 10_000])
    }

    pub fn get(&self, digits: u16) -> Option<usize> {
        self.0
            .get(usize::from(digits))
            .filter(|&&region| region != Digits::NOBODY)
            .map(|&region| usize::from(region))
    }

    /// False when the digits are taken, or out of bounds.
    pub fn set(&mut self, digits: u16, region: usize) -> bool {
        match (self.0.get_mut(usize::from(digits)), u16::try_from(region)) {
            (Some(slot), Ok(region)) if *slot == Digits::NOBODY && region != Digits::NOBODY => {
                *slot = region;
                true
            }
            _ => false,
        }
    }
}

/// The ids of one source.
#[derive(Debug, Clone, Default)]
pub(super) struct RegionMap {
    /// Confirmed ids in the order of the file.
    pub confirmed: Vec<MapEntry>,
    /// Every id → position in `regions`, none for an id that is not confirmed.
    pub ids: HashMap<String, Option<usize>>,
}

impl Registry {
    /// The days on which some region's code began or ended to be valid, or its borders changed, sorted. Between two of them
    /// [`Registry::resolve`] gives the same answer for every day.
    pub fn days_of_change(&self) -> Vec<chrono::NaiveDate> {
        let days = self
            .regions
            .iter()
            .flat_map(|region| [region.valid_from, region.valid_to]);
        let splits = self.succession.iter().flat_map(|succession| &succession.splits);
        let mut days: Vec<_> = days.flatten().chain(splits.copied()).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The region under a code of today or of the past.
    pub fn get(&self, code: &str) -> Option<&Region> {
        self.position(code).map(|position| &self.regions[position])
    }

    pub(super) fn position(&self, code: &str) -> Option<usize> {
        let position = self.kemendagri.get(code_digits(code)?)?;
        (self.regions[position].code == code).then_some(position)
    }

    /// The regions of today, in the order of `regions.csv`.
    pub fn all(&self) -> &[Region] {
        &self.regions[..self.current]
    }

    /// The codes of the past, each with the day on which it ended.
    pub fn retired(&self) -> &[Region] {
        &self.regions[self.current..]
    }

    /// The regions of today that govern themselves: who can sign, report and be measured.
    pub fn autonomous(&self) -> impl Iterator<Item = &Region> {
        self.all().iter().filter(|region| region.autonomous)
    }

    /// Splits, merges, recodes and renames, in the order of `region_changes.csv`.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The code system of a name: `kemendagri`, `bps`, or a map that exists.
    pub fn system(&self, name: &str) -> Option<CodeSystem> {
        match name {
            "kemendagri" => Some(CodeSystem::Kemendagri),
            "bps" => Some(CodeSystem::Bps),
            _ => self.maps.contains_key(name).then(|| CodeSystem::Map(name.to_string())),
        }
    }

    /// Names of all code systems: `kemendagri`, `bps` and every map.
    pub fn systems(&self) -> Vec<String> {
        let own = ["kemendagri", "bps"].map(str::to_string);
        own.into_iter().chain(self.maps.keys().cloned()).collect()
    }

    /// The region of today that a code of the past became; a region of today is its own.
    pub fn today_of(&self, code: &str) -> Option<&Region> {
        self.position(code).map(|position| &self.regions[self.today(position)])
    }

    /// The BPS code of a region while it had this Kemendagri code; none where it is not known.
    pub fn bps_of(&self, code: &str) -> Option<&str> {
        let region = self.get(code)?;
        let Some(end) = region.valid_to else {
            return region.bps_code.as_deref();
        };
        // The list of BPS that is held is of that day.
        let listed = chrono::NaiveDate::from_ymd_opt(2020, 7, 1)?;
        let was_valid = listed < end && region.valid_from.is_none_or(|from| from <= listed);
        self.today_of(code)?.bps_code_2020.as_deref().filter(|_| was_valid)
    }

    /// The ids of a system that lead to a region, in order: the confirmed ones of a map; for Kemendagri and BPS the
    /// codes of all regions, without dots.
    pub fn map_entries(&self, system: &CodeSystem) -> Vec<MapEntry> {
        let of_all = |id: fn(&Region) -> Option<String>| {
            let entry = |region: &Region| {
                Some(MapEntry {
                    id: id(region)?,
                    code: region.code.clone(),
                })
            };
            self.all().iter().filter_map(entry).collect()
        };
        match system {
            CodeSystem::Kemendagri => of_all(|region| Some(region.code.replace('.', ""))),
            CodeSystem::Bps => of_all(|region| region.bps_code.clone()),
            CodeSystem::Map(name) => self.maps.get(name).map(|map| map.confirmed.clone()).unwrap_or_default(),
        }
    }

    /// The codes of the past that a region continues (recoded or merged into it), the latest first. A region that
    /// was split off does not continue the one that it left.
    pub fn predecessors(&self, code: &str) -> &[String] {
        self.position(code)
            .map_or(&[], |position| &self.succession[position].predecessors)
    }

    /// Whether a regency or city belongs to a province: under that code then, or under the code it has today.
    pub fn is_regency_of(&self, province: &str, code: &str) -> bool {
        let Some(position) = self.position(code) else {
            return false;
        };
        let belongs = |region: &Region| region.level != Level::Province && region.province_code == province;
        belongs(&self.regions[position]) || belongs(&self.regions[self.today(position)])
    }

    /// The region of today that a code of the past became; a region of today is its own.
    pub(super) fn today(&self, mut position: usize) -> usize {
        // Loading refuses circles.
        while let Some(successor) = self.succession[position].successor {
            position = successor;
        }
        position
    }
}

/// The four digits of a Kemendagri code as it is written: `32` → 3200, `32.73` → 3273.
pub(super) fn code_digits(code: &str) -> Option<u16> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
    match *code.as_bytes() {
        [a, b] => Some(digit(a)? * 1000 + digit(b)? * 100),
        [a, b, b'.', c, d] => Some(digit(a)? * 1000 + digit(b)? * 100 + digit(c)? * 10 + digit(d)?),
        _ => None,
    }
}
