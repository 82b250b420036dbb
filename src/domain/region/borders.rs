//! The same ground through time: what a region's figure was made of before its code or its borders changed.
//!
//! A recode or a merge leads on to the region of today. A split does not lead down: no figure of the whole can be given
//! to a part of it. It leads up: the parts make up the whole again, and a province the sum of its regencies and cities,
//! which change provinces whole.

use super::{ChangeKind, Level, Registry};
use chrono::NaiveDate;

/// A region in certain borders, and the codes whose figures make it up on some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pieces<'r> {
    /// Kemendagri code of the region that is asked for.
    pub code: &'r str,
    /// First day; none: since ever.
    pub from: Option<NaiveDate>,
    /// The day on which this ended; none: it holds today.
    pub to: Option<NaiveDate>,
    /// The codes, valid on all of these days: together they have exactly the region's borders, and no two share ground.
    pub codes: Vec<&'r str>,
}

impl Registry {
    /// Every region of today in the borders it has today. On days on which nothing is known to make up these borders
    /// (a regency that was part of another) it has no pieces and does not stand here.
    pub fn in_borders_of_today(&self) -> Vec<Pieces<'_>> {
        let pieces = |region: usize| self.through_time(region, |day| self.made_of(region, day));
        (0..self.current).flat_map(pieces).collect()
    }

    /// Every region in the widest borders that it shared with the regions it was parted from or joined to: the only
    /// ones in which a series is comparable over all time. A region that was never parted has its own.
    pub fn in_common_borders(&self) -> Vec<Pieces<'_>> {
        let group = self.groups();
        let mut pieces = Vec::new();
        for whole in 0..self.current {
            let members: Vec<usize> = (0..self.regions.len()).filter(|&one| group[one] == whole).collect();
            let valid_on = |day| {
                let members = members.iter().copied();
                let valid: Vec<usize> = members.filter(|&one| self.is_valid(one, day)).collect();
                (!valid.is_empty()).then_some(valid)
            };
            if !members.is_empty() {
                pieces.extend(self.through_time(whole, valid_on));
            }
        }
        pieces
    }

    /// The stretches of days in which `codes_on` gives the same answer.
    fn through_time(
        &self,
        region: usize,
        codes_on: impl Fn(Option<NaiveDate>) -> Option<Vec<usize>>,
    ) -> Vec<Pieces<'_>> {
        let days = self.days_of_change();
        let mut stretches: Vec<Pieces<'_>> = Vec::new();
        for (index, from) in std::iter::once(None).chain(days.iter().copied().map(Some)).enumerate() {
            let to = days.get(index).copied();
            let Some(codes) = codes_on(from) else { continue };
            let mut codes: Vec<&str> = codes.into_iter().map(|one| self.regions[one].code.as_str()).collect();
            codes.sort_unstable();
            match stretches.last_mut() {
                Some(last) if last.to == from && last.codes == codes => last.to = to,
                _ => stretches.push(Pieces {
                    code: &self.regions[region].code,
                    from,
                    to,
                    codes,
                }),
            }
        }
        stretches
    }

    /// The codes that made up a region's present borders on a day (none: before all changes). A province without any is
    /// the sum of its regencies and cities, where all of those have them.
    fn made_of(&self, region: usize, day: Option<NaiveDate>) -> Option<Vec<usize>> {
        let own = self.continued(region, day);
        if own.is_some() || self.regions[region].level != Level::Province {
            return own;
        }
        let province = &self.regions[region].code;
        let is_here = |&one: &usize| self.regions[one].level != Level::Province;
        let regencies = (0..self.current).filter(|&one| self.regions[one].province_code == *province);
        let parts: Vec<Vec<usize>> = regencies
            .filter(is_here)
            .map(|regency| self.continued(regency, day))
            .collect::<Option<_>>()?;
        (!parts.is_empty()).then(|| parts.concat())
    }

    /// The codes that a region continues on a day: its own, or those that were recoded or merged into it. None where it
    /// was part of another, or another was still part of it.
    fn continued(&self, region: usize, day: Option<NaiveDate>) -> Option<Vec<usize>> {
        let succession = &self.succession[region];
        let is_before = |change: &NaiveDate| day.is_none_or(|day| day < *change);
        if succession.splits.iter().any(is_before) {
            return None;
        }
        if !self.regions[region].valid_from.as_ref().is_some_and(is_before) {
            return Some(vec![region]);
        }
        let before: Vec<Vec<usize>> = succession
            .direct
            .iter()
            .map(|&before| self.continued(before, day))
            .collect::<Option<_>>()?;
        (!before.is_empty()).then(|| before.concat())
    }

    fn is_valid(&self, region: usize, day: Option<NaiveDate>) -> bool {
        let region = &self.regions[region];
        let is_before = |change: &NaiveDate| day.is_none_or(|day| day < *change);
        !region.valid_from.as_ref().is_some_and(is_before) && region.valid_to.as_ref().is_none_or(is_before)
    }

    /// For each region the one of today that stands for all that it was ever joined with: the one from which the others
    /// were split.
    fn groups(&self) -> Vec<usize> {
        let mut group: Vec<usize> = (0..self.regions.len()).collect();
        let root = |group: &[usize], mut one: usize| {
            while group[one] != one {
                one = group[one];
            }
            one
        };
        let of = |kinds: [ChangeKind; 2]| self.changes.iter().filter(move |change| kinds.contains(&change.kind));
        // Codes first, so that what is split is a region of today.
        let moved = of([ChangeKind::Recode, ChangeKind::Merge]);
        for change in moved.chain(of([ChangeKind::Split; 2])) {
            if let (Some(old), Some(new)) = (self.position(&change.old_code), self.position(&change.new_code)) {
                let (old, new) = (root(&group, old), root(&group, new));
                // A code of today stands for codes of the past, and what was split for its parts.
                let stands = if old < self.current { old } else { new };
                (group[old], group[new]) = (stands, stands);
            }
        }
        (0..group.len()).map(|one| root(&group, one)).collect()
    }
}
