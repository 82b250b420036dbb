//! Doubts about a sheet as a whole, which its sender must settle before it can count.

use super::headers::{ColumnMap, Supplied};
use crate::config::{Column, ColumnType, Contract};
use crate::domain::text;
use crate::finding::Finding;

/// The first such doubt. `no_days` are headers of a crosstab that are written as days but are none.
pub(super) fn of(contract: &Contract, map: &ColumnMap, no_days: &[String]) -> Option<Finding> {
    if let Some(header) = no_days.first() {
        return Some(Finding::of("header-no-day").value(header));
    }
    // Rows by district or village, of a dataset that has one row a region: none of them is the region's figure.
    let part = map
        .unknown
        .iter()
        .find(|header| PARTS.contains(&text::header(header).as_str()))?;
    let columns = contract.columns.iter().enumerate();
    let is_told_apart = |(index, (name, column)): (usize, (&String, &Column))| {
        let is_period = contract.period.as_ref() == Some(name);
        contract.key.contains(name) && !is_period && (column.kind != ColumnType::Region && map.source[index].is_some())
    };
    let by_sender = map
        .supplied
        .iter()
        .any(|supplied| matches!(supplied, Some(Supplied::Sender(_))));
    (by_sender && !columns.into_iter().any(is_told_apart))
        .then(|| Finding::of("rows-of-parts").with("column", part.trim()))
}

/// Headers of the parts of a region, in normal form.
const PARTS: [&str; 7] = [
    "kecamatan",
    "nama kecamatan",
    "desa",
    "kelurahan",
    "desa kelurahan",
    "distrik",
    "puskesmas",
];
