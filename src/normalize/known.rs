//! What a lane remembers: the same few texts come again and again, so each is resolved once.

use super::Context;
use super::cell_region;
use crate::config::Column;
use crate::domain::personal;
use crate::domain::region::Level;
use crate::domain::text;
use crate::normalize::rows;
use ahash::AHashMap;
use chrono::NaiveDate;

/// Texts that are remembered for one column: far more than any reference table has spellings.
const LIMIT: usize = 100_000;

/// A region's code and what depends on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownRegion {
    pub code: u32,
    pub level: Level,
    /// The sender may report about it.
    pub is_allowed: bool,
}

/// Remembered texts and what they stand for.
#[derive(Debug, Default)]
pub(super) struct Known {
    texts: Vec<Box<str>>,
    positions: AHashMap<Box<str>, u32>,
    /// Days between which regions are resolved alike.
    borders: Vec<NaiveDate>,
    /// As written → region, by stretch between two borders.
    regions: Vec<AHashMap<Box<str>, KnownRegion>>,
    /// As written → code, by contract column.
    codes: Vec<AHashMap<Box<str>, u32>>,
    /// Whether a name beside a code is that region's, by stretch and code.
    agreements: AHashMap<(usize, u32), AHashMap<Box<str>, bool>>,
    /// First texts of rows that make no total or footnote of them.
    leads: AHashMap<Box<str>, bool>,
}

impl Known {
    pub(super) fn new(context: &Context, columns: usize) -> Known {
        let borders = context.regions.days_of_change();
        Known {
            regions: vec![AHashMap::new(); borders.len() + 1],
            borders,
            codes: vec![AHashMap::new(); columns],
            ..Known::default()
        }
    }

    pub(super) fn text(&self, position: u32) -> &str {
        &self.texts[position as usize]
    }

    /// Remembers a text; gives its position.
    pub(super) fn remember(&mut self, text: &str) -> u32 {
        if let Some(&position) = self.positions.get(text) {
            return position;
        }
        let position = self.texts.len() as u32;
        self.texts.push(text.into());
        self.positions.insert(text.into(), position);
        position
    }

    /// The stretch of days, between two changes of the registry, in which a day lies.
    pub(super) fn stretch(&self, on: NaiveDate) -> usize {
        self.borders.partition_point(|border| *border <= on)
    }

    /// The region that a text names on a day of the stretch; none where a careful reading must say why not.
    pub(super) fn region(
        &mut self,
        written: &str,
        column: &Column,
        stretch: usize,
        on: NaiveDate,
        context: &Context,
    ) -> Option<KnownRegion> {
        if let Some(found) = self.regions[stretch].get(written) {
            return Some(*found);
        }
        let code = cell_region::region(crate::read::Cell::Text(written), column, on, context).ok()?;
        let found = KnownRegion {
            code: self.remember(&code),
            level: context.regions.get(&code).map_or(Level::Regency, |region| region.level),
            is_allowed: context.speaker.may_report(&code, &context.regions),
        };
        if self.regions[stretch].len() < LIMIT {
            self.regions[stretch].insert(written.into(), found);
        }
        Some(found)
    }

    /// The code that a text of a column stands for, resolved by `resolve` the first time.
    pub(super) fn code(
        &mut self,
        column: usize,
        written: &str,
        resolve: impl FnOnce() -> Option<String>,
    ) -> Option<u32> {
        if let Some(&code) = self.codes[column].get(written) {
            return Some(code);
        }
        let code = resolve()?;
        let position = self.remember(&code);
        if self.codes[column].len() < LIMIT {
            self.codes[column].insert(written.into(), position);
        }
        Some(position)
    }

    /// Whether a name agrees with a code beside it, where that was asked before.
    pub(super) fn agreement(&self, name: &str, code: u32, stretch: usize) -> Option<bool> {
        self.agreements.get(&(stretch, code))?.get(name).copied()
    }

    pub(super) fn note_agreement(&mut self, name: &str, code: u32, stretch: usize, agrees: bool) {
        if self.agreements.len() < LIMIT {
            let names = self.agreements.entry((stretch, code)).or_default();
            names.insert(name.into(), agrees);
        }
    }

    /// Whether a row that begins with this text is data whatever else it holds.
    pub(super) fn leads_data(&mut self, lead: &str) -> bool {
        if lead.len() > 1 && lead.as_bytes()[0].is_ascii_digit() {
            return true;
        }
        if let Some(&harmless) = self.leads.get(lead) {
            return harmless;
        }
        let harmless = lead.starts_with(char::is_alphabetic) && !rows::is_label(lead);
        if self.leads.len() < LIMIT && lead.len() <= 200 {
            self.leads.insert(lead.into(), harmless);
        }
        harmless
    }
}

/// Whether a text may be taken as it stands: printable ASCII that holds nothing personal, not too long, not a missing
/// marker, nothing to trim. Anything else needs the careful reader.
pub(super) fn is_plain_text(written: &str, limit: usize, missing: &[String]) -> bool {
    let bytes = written.as_bytes();
    let printable = |byte: &u8| (0x20..0x7f).contains(byte);
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return false;
    };
    first.is_ascii_graphic()
        && last.is_ascii_graphic()
        && bytes.len() <= limit
        && bytes.iter().all(printable)
        && !text::is_missing(written, missing)
        && personal::held(written).is_none()
}
