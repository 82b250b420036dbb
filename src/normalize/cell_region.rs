//! A region cell: by code in a declared system or by name, never a guess.

use super::Context;
use super::cell::shown;
use crate::config::Column;
use crate::domain::region::{Naming, RegionError};
use crate::finding::Finding;
use crate::read::Cell;
use chrono::NaiveDate;

/// The Kemendagri code of the region that a cell of a column names, valid on the day `on`.
pub(super) fn region(cell: Cell<'_>, column: &Column, on: NaiveDate, context: &Context) -> Result<String, Finding> {
    resolved(cell, column, on, context).map_err(|error| said(error, &shown(cell), context))
}

/// The sender's own region, where a cell has a code of it that was no longer valid on the day, and what its sender is told:
/// nobody else can be meant.
pub(super) fn own_successor(
    cell: Cell<'_>,
    column: &Column,
    on: NaiveDate,
    context: &Context,
) -> Option<(String, Finding)> {
    let Err(RegionError::Retired { successor, .. }) = resolved(cell, column, on, context) else {
        return None;
    };
    let code = successor.filter(|code| context.speaker.own_region() == Some(code))?;
    let name = context.regions.get(&code).map_or(code.as_str(), |region| &region.name);
    let note = Finding::of("region-own-old-code").with("region", format!("{name} ({code})"));
    Some((code.clone(), note.value(shown(cell))))
}

fn resolved(cell: Cell<'_>, column: &Column, on: NaiveDate, context: &Context) -> Result<String, RegionError> {
    let regions = &context.regions;
    // A code without its dot is read only in the system that the *connector* declares (design §8), one with its dot in
    // that of the contract.
    let connector = context
        .connector
        .as_ref()
        .and_then(|connector| connector.regions.as_ref());
    let bare = connector.and_then(|naming| regions.system(&naming.system));
    let dotted = column.system.as_ref().and_then(|system| regions.system(system));
    let naming = Naming {
        dotted: dotted.as_ref(),
        bare: bare.as_ref(),
    };
    let found = match cell {
        Cell::Text(text) | Cell::Literal(text) => regions.resolve_in(text, naming, Some(on)),
        Cell::Integer(value) => regions.resolve_number_in(value as f64, naming, Some(on)),
        Cell::Float(value) => regions.resolve_number_in(value, naming, Some(on)),
        _ => return Err(RegionError::Unknown),
    };
    found.map(|code| code.to_string())
}

/// Why a text or code leads to no region, in words.
pub(super) fn said(error: RegionError, written: &str, context: &Context) -> Finding {
    let name = |code: &String| match context.regions.get(code) {
        Some(region) => format!("{} ({code})", region.name),
        None => code.clone(),
    };
    match error {
        RegionError::BareCode => Finding::of("region-code-undeclared").value(written),
        RegionError::LostZero(code) => Finding::of("region-code-lost-zero")
            .with("code", name(&code))
            .value(written),
        RegionError::Ambiguous(codes) => {
            let names: Vec<String> = codes.iter().map(name).collect();
            Finding::of("region-ambiguous")
                .with("candidates", names.join(", "))
                .value(written)
        }
        RegionError::Unmapped => Finding::of("region-unmapped").value(written),
        RegionError::Retired { successor, .. } => {
            let successor = successor.as_ref().map_or("…".to_string(), name);
            Finding::of("region-retired")
                .with("successor", successor)
                .value(written)
        }
        RegionError::NotYet { .. } => Finding::of("region-not-yet").value(written),
        RegionError::Unknown => Finding::of("region-unknown").value(written),
    }
}
