//! Findings that say the same, told once with the places where it is so.

use super::label::Label;
use super::words::visible;
use super::{Language, ReceiptFinding, Severity, Titles};
use crate::finding::said::number;
use std::collections::{BTreeMap, BTreeSet};

/// Places, and values, that are told one by one; the others are counted.
const PLACES: usize = 10;
const VALUES: usize = 3;

/// Findings of one sheet and column with the same sentences.
pub(super) struct Group<'r> {
    /// The first of them.
    pub first: &'r ReceiptFinding,
    all: Vec<&'r ReceiptFinding>,
}

/// The groups, in the order of their first findings.
pub(super) fn of<'r>(findings: impl IntoIterator<Item = &'r ReceiptFinding>) -> Vec<Group<'r>> {
    let mut groups: Vec<Group<'r>> = Vec::new();
    let mut known = BTreeMap::new();
    for finding in findings {
        let hint = finding.hint.as_ref().map(|hint| hint.id.as_str());
        let says = (finding.severity, &finding.code, &finding.message.id, hint);
        let position = *known
            .entry((says, &finding.sheet, &finding.column))
            .or_insert(groups.len());
        match groups.get_mut(position) {
            Some(group) => group.all.push(finding),
            None => groups.push(Group {
                first: finding,
                all: vec![finding],
            }),
        }
    }
    groups
}

impl Group<'_> {
    /// `C14, C15 dan 290 tempat lain`
    pub(super) fn spots(&self, language: Language) -> String {
        // Several rows of a crosstab stand in one row of the sheet: its place is told once.
        let mut seen = BTreeSet::new();
        let at = |finding: &&ReceiptFinding| (finding.part, finding.cell.clone(), finding.row);
        let places: Vec<&ReceiptFinding> = self.all.iter().copied().filter(|one| seen.insert(at(one))).collect();
        let spots = places.iter().take(PLACES).map(|finding| spot(finding, language));
        let mut spots = spots.collect::<Vec<_>>().join(", ");
        if places.len() > PLACES {
            let more = number((places.len() - PLACES) as u64, language);
            spots.push_str(&match language {
                Language::Id => format!(" dan {more} tempat lain"),
                Language::En => format!(" and {more} more"),
            });
        }
        spots
    }

    /// The column as its sender knows it; the machine's name where there is no title.
    pub(super) fn column(&self, dataset: Option<&str>, titles: &Titles, language: Language) -> Option<String> {
        let name = self.first.column.as_deref()?;
        let title = titles.column(dataset, name).map(|title| language.of(title));
        Some(visible(title.unwrap_or(name)))
    }

    /// What the sender wrote in these places, each once. A note about no cell, and what is said of a whole sheet, are about
    /// nothing that was written in one; a key is of several cells, and told in the sentence.
    pub(super) fn values(&self) -> Vec<String> {
        if self.first.code == "key-conflict" {
            return Vec::new();
        }
        let is_row = |finding: &ReceiptFinding| finding.row.is_some() && finding.severity != Severity::Note;
        let is_written = |finding: &&&ReceiptFinding| finding.cell.is_some() || is_row(finding);
        let mut values: Vec<String> = Vec::new();
        for value in self
            .all
            .iter()
            .filter(is_written)
            .filter_map(|finding| finding.value.as_deref())
        {
            let value = visible(value);
            if values.contains(&value) {
                continue;
            }
            if values.len() == VALUES {
                values.push("…".to_string());
                break;
            }
            values.push(value);
        }
        values
    }
}

/// Where a finding points, without its sheet: `C14`, `baris 14`, `halaman 3, baris 14`, or the whole of it.
fn spot(finding: &ReceiptFinding, language: Language) -> String {
    let (page, row) = (language.pick("halaman", "page"), language.pick("baris", "row"));
    let at = match (&finding.cell, finding.row) {
        (Some(cell), _) => Some(visible(cell)),
        (None, Some(number)) => Some(format!("{row} {number}")),
        (None, None) => None,
    };
    let beyond_first_page = finding.part > 0 && finding.sheet.is_none();
    match (beyond_first_page, at) {
        (true, Some(at)) => format!("{page} {}, {at}", i64::from(finding.part) + 1),
        (true, None) => format!("{page} {}", i64::from(finding.part) + 1),
        (false, Some(at)) => at,
        (false, None) if finding.sheet.is_some() => Label::WholeSheet.text(language).to_string(),
        (false, None) => Label::WholeFile.text(language).to_string(),
    }
}
