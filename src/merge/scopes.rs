//! Scopes of a `replace`: what a fully accepted, non-empty submission says completely.

use super::fold::{INDEX, number};
use super::{MergeError, Staged};
use crate::config::{Contract, Partition, WriteMode};
use polars::prelude::*;

/// The first submission after a row that says the row's scope again.
pub(super) const NEXT_END: &str = "_next_end";
const REPLACES: &str = "_replaces";
const REPLACES_RANK: &str = "_replaces_rank";

/// The scopes (region × period) that submissions say completely.
pub(super) struct Scope {
    names: Vec<String>,
    /// Scope columns, `_replaces` (the submission) and `_replaces_rank`.
    pub frame: DataFrame,
}

impl Scope {
    pub(super) fn columns(&self) -> Vec<Expr> {
        self.names.iter().map(|name| col(name.as_str())).collect()
    }
}

/// Columns that make a scope: the region, and the period where the dataset is cut by it.
fn columns(contract: &Contract) -> Vec<String> {
    let mut names: Vec<String> = contract.key_region().map(str::to_string).into_iter().collect();
    if contract.partition != Partition::All {
        names.extend(contract.period.clone());
    }
    names
}

/// Scopes of a partition, whose rows are those that are `is_in` it; none where nothing is replaced.
pub(super) fn of(contract: &Contract, is_in: Option<Expr>, staged: &[Staged]) -> Result<Option<Scope>, MergeError> {
    if contract.write != WriteMode::Replace {
        return Ok(None);
    }
    let names = columns(contract);
    let mut frames = Vec::new();
    for one in staged.iter().filter(|one| one.is_complete) {
        let what = one.rows.display().to_string();
        let fail = |source| MergeError::Polars {
            what: what.clone(),
            source,
        };
        let mut frame = LazyFrame::scan_parquet(PlRefPath::new(&what), ScanArgsParquet::default()).map_err(fail)?;
        if let Some(is_in) = &is_in {
            frame = frame.filter(is_in.clone());
        }
        let rank = contract.authority.iter().position(|name| *name == one.connector);
        let rank = rank.unwrap_or(contract.authority.len()) as i64;
        frames.push(
            frame
                .select(names.iter().map(|name| col(name.as_str())).collect::<Vec<_>>())
                .unique(None, UniqueKeepStrategy::Any)
                .with_columns([number(one.sequence).alias(REPLACES), number(rank).alias(REPLACES_RANK)]),
        );
    }
    if frames.is_empty() {
        return Ok(None);
    }
    let fail = |source| MergeError::Polars {
        what: format!("scopes of {}", contract.name),
        source,
    };
    let frame = concat(frames, UnionArgs::default())
        .and_then(|frame| frame.collect())
        .map_err(fail)?;
    Ok((frame.height() > 0).then_some(Scope { names, frame }))
}

/// Adds to every row the first later submission that says its scope completely and is trusted at least as much.
pub(super) fn next_end(rows: DataFrame, scope: &Scope, order: &str, rank: &str) -> PolarsResult<LazyFrame> {
    let by = scope.columns();
    let ends = rows
        .clone()
        .lazy()
        .join(scope.frame.clone().lazy(), &by, &by, JoinArgs::new(JoinType::Inner))
        .filter(col(REPLACES).gt(col(order)).and(col(REPLACES_RANK).lt_eq(col(rank))))
        .group_by([col(INDEX)])
        .agg([col(REPLACES).min().alias(NEXT_END)]);
    let index = [col(INDEX)];
    let joined = rows
        .lazy()
        .join(ends, index.clone(), index, JoinArgs::new(JoinType::Left));
    Ok(joined.sort([INDEX], SortMultipleOptions::default()))
}
