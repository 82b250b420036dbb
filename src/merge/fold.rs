//! One partition: old rows and staged rows to the rows that stand (Polars).

use super::scopes::{self, Scope};
use super::{MergeError, Role, Staged, Target};
use crate::config::{Contract, Partition, WriteMode};
use crate::table::{Excluded, schema};
use chrono::{Months, NaiveDate};
use polars::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Sequence of the submission that a row comes with; 0 for rows of the model.
const ORDER: &str = "_order";
/// Place of the row's connector in `authority`; smaller is more trusted.
const RANK: &str = "_rank";
/// Row number of the folded frame.
pub(super) const INDEX: &str = "_index";

/// A folded partition.
pub(super) struct Folded {
    /// The rows that stand, sorted by key; none where nothing changed.
    pub scratch: Option<tempfile::TempPath>,
    /// Rows that lost to a more trusted source with other values, by submission.
    pub disagreements: BTreeMap<i64, u64>,
}

fn failed(what: &str) -> impl FnOnce(PolarsError) -> MergeError {
    let what = what.to_string();
    move |source| MergeError::Polars { what, source }
}

/// An Int64 constant: a bare literal takes the smallest type that holds it.
pub(super) fn number(value: i64) -> Expr {
    lit(value).cast(DataType::Int64)
}

fn scan(path: &Path) -> Result<LazyFrame, MergeError> {
    let name = path.display().to_string();
    LazyFrame::scan_parquet(PlRefPath::new(&name), ScanArgsParquet::default()).map_err(failed(&name))
}

/// The rows of a staged file that count.
fn scan_staged(path: &Path) -> Result<LazyFrame, MergeError> {
    let excluded = Excluded::of(path)?;
    let frame = scan(path)?;
    if excluded.positions().is_empty() {
        return Ok(frame);
    }
    let positions = Column::new(INDEX.into(), excluded.positions());
    let positions = DataFrame::new_infer_height(vec![positions]).map_err(failed("excluded rows"))?;
    let by = [col(INDEX)];
    let counting =
        frame
            .with_row_index(INDEX, None)
            .join(positions.lazy(), by.clone(), by, JoinArgs::new(JoinType::Anti));
    Ok(counting.drop(cols([INDEX])))
}

/// Columns added since a file was written read as null.
fn filled_up(contract: &Contract, mut frame: LazyFrame, path: &Path) -> Result<LazyFrame, MergeError> {
    let there = frame.collect_schema().map_err(failed(&path.display().to_string()))?;
    let model = schema::model_schema(contract);
    let absent = model.fields().iter().filter(|field| there.get(field.name()).is_none());
    let nulls: Vec<Expr> = absent
        .map(|field| lit(NULL).cast(type_of(field.data_type())).alias(field.name().as_str()))
        .collect();
    Ok(if nulls.is_empty() {
        frame
    } else {
        frame.with_columns(nulls)
    })
}

/// The Polars type of an Arrow type of `table::schema::model_schema`.
fn type_of(arrow: &arrow::datatypes::DataType) -> DataType {
    use arrow::datatypes::DataType as Arrow;
    match arrow {
        Arrow::Decimal128(precision, scale) => DataType::Decimal(usize::from(*precision), *scale as usize),
        Arrow::Int64 => DataType::Int64,
        Arrow::Int32 => DataType::Int32,
        Arrow::Float64 => DataType::Float64,
        Arrow::Date32 => DataType::Date,
        _ => DataType::String,
    }
}

/// The rows of a partition: its first day and the first one behind it, compared as dates, so that a reader can pass over
/// row groups. None where the dataset is one partition.
fn is_in(contract: &Contract, partition: &str) -> Option<Expr> {
    let date = schema::partition_date(contract)?;
    let (first, next) = bounds(contract.partition, partition)?;
    let day = |date: NaiveDate| lit(crate::table::reference::days(date)).cast(DataType::Date);
    Some(col(date).gt_eq(day(first)).and(col(date).lt(day(next))))
}

fn bounds(partition: Partition, name: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (first, months) = match partition {
        Partition::Year => (format!("{name}-01-01"), 12),
        Partition::Month => (format!("{name}-01"), 1),
        Partition::All => return None,
    };
    let first: NaiveDate = first.parse().ok()?;
    Some((first, first.checked_add_months(Months::new(months))?))
}

/// Partitions that a staged submission's rows fall into.
pub(super) fn partitions_of(contract: &Contract, rows: &Path) -> Result<Vec<String>, MergeError> {
    let format = match contract.partition {
        Partition::Year => "%Y",
        Partition::Month => "%Y-%m",
        Partition::All => return Ok(vec!["all".to_string()]),
    };
    let Some(date) = schema::partition_date(contract) else {
        return Ok(vec!["all".to_string()]);
    };
    let what = rows.display().to_string();
    // The few days first, then their names.
    let frame = scan_staged(rows)?
        .select([col(date)])
        .unique(None, UniqueKeepStrategy::Any)
        .select([col(date).dt().strftime(format).alias("partition")])
        .unique(None, UniqueKeepStrategy::Any)
        .sort(["partition"], SortMultipleOptions::default())
        .collect()
        .map_err(failed(&what))?;
    let column = frame.column("partition").map_err(failed(&what))?;
    let texts = column.str().map_err(failed(&what))?;
    Ok(texts.iter().flatten().map(str::to_string).collect())
}

/// Folds one partition.
///
/// Usually all submissions at once. Where a `replace` dataset has trusted sources, one after the other: whether a
/// row ends depends on who said it last, and that in turn on what ended before. Where one was withdrawn, in groups
/// that fit into memory: of many nights, there may be many.
pub(super) fn fold(
    target: &Target<'_>,
    partition: &str,
    old: Option<&Path>,
    staged: &[Staged],
) -> Result<Folded, MergeError> {
    let contract = target.contract;
    let what = format!("merge of {}/{partition}", contract.name);
    let one_by_one = contract.write == WriteMode::Replace && !contract.authority.is_empty();
    let is_withdrawal = staged.iter().any(|one| one.role == Role::Withdrawn);
    // What is folded again leaves first, so that the rows are those that stood before the late one. Of a row that a
    // later submission took away nothing is missed: whoever took it away is folded again too. What a withdrawn one took
    // away stands nowhere but in the staged files: then everything leaves, and comes anew without it.
    let late = match staged.first() {
        Some(_) if is_withdrawal => Some(0),
        first => first
            .map(|one| one.sequence)
            .filter(|_| staged.iter().any(|one| one.role == Role::Again)),
    };
    let mut state = match old {
        Some(path) => Some(old_rows(target, path, late)?),
        None => None,
    };
    let folded: Vec<Staged> = staged
        .iter()
        .filter(|one| one.role != Role::Withdrawn)
        .cloned()
        .collect();
    let groups: Vec<&[Staged]> = match (one_by_one, is_withdrawal) {
        (true, _) => folded.chunks(1).collect(),
        (false, true) => super::bounded(&folded, target.partition_rows / 2)?,
        (false, false) => vec![folded.as_slice()],
    };
    let mut disagreements = BTreeMap::new();
    let mut changed = late.is_some();
    let settles = groups.len() > 1;
    for group in groups {
        let fresh = fresh_rows(contract, partition, group)?;
        check_size(target, partition, state.as_ref(), &fresh, group)?;
        let scopes = scopes::of(contract, is_in(contract, partition), group)?;
        let (after, overruled) = step(contract, state.as_ref(), fresh, scopes.as_ref()).map_err(failed(&what))?;
        for (sequence, rows) in overruled {
            *disagreements.entry(sequence).or_default() += rows;
        }
        if let Some(after) = after {
            changed = true;
            // The next step asks these rows several times: they are settled first.
            state = Some(match settles {
                true => after.collect().map_err(failed(&what))?.lazy(),
                false => after,
            });
        }
    }
    let scratch = match state {
        Some(state) if changed => Some(write(contract, state, target.folder).map_err(failed(&what))?),
        _ => None,
    };
    Ok(Folded { scratch, disagreements })
}

/// The rows after some submissions (none where nothing changes), and how many of each lost to a trusted source.
fn step(
    contract: &Contract,
    old: Option<&LazyFrame>,
    fresh: LazyFrame,
    scopes: Option<&Scope>,
) -> PolarsResult<(Option<LazyFrame>, BTreeMap<i64, u64>)> {
    let key: Vec<Expr> = contract.key.iter().map(|name| col(name.as_str())).collect();
    let affected = match old {
        None => fresh,
        Some(old) => {
            let keys = fresh.clone().select(key.clone());
            let mut parts = vec![
                old.clone()
                    .join(keys.clone(), &key, &key, JoinArgs::new(JoinType::Semi)),
            ];
            if let Some(scopes) = scopes {
                let others = old.clone().join(keys, &key, &key, JoinArgs::new(JoinType::Anti));
                let by = scopes.columns();
                parts.push(others.join(scopes.frame.clone().lazy(), &by, &by, JoinArgs::new(JoinType::Semi)));
            }
            parts.push(fresh);
            together(parts)?
        }
    };
    let mut order: Vec<PlSmallStr> = contract.key.iter().map(|name| name.as_str().into()).collect();
    order.push(ORDER.into());
    let affected = affected
        .sort(order, SortMultipleOptions::default().with_maintain_order(true))
        .with_row_index(INDEX, None)
        .collect()?;
    let (trusted, overruled) = by_authority(contract, affected.clone(), &key)?;
    let winners = winners(contract, trusted, scopes)?;
    if !changes(&affected, &winners)? {
        return Ok((None, overruled));
    }
    let untouched = old.map(|old| {
        let affected = affected.clone().lazy().select(key.clone());
        old.clone().join(affected, &key, &key, JoinArgs::new(JoinType::Anti))
    });
    let model = schema::model_schema(contract);
    let mut kept: Vec<Expr> = model.fields().iter().map(|field| col(field.name().as_str())).collect();
    kept.push(col(RANK));
    let after = together(untouched.into_iter().chain([winners.lazy()]).collect())?
        .select(kept)
        .with_columns([number(0).alias(ORDER)]);
    Ok((Some(after), overruled))
}

/// Concatenates frames that may lack columns added since.
fn together(frames: Vec<LazyFrame>) -> PolarsResult<LazyFrame> {
    concat_lf_diagonal(frames, UnionArgs::default())
}

fn rank(contract: &Contract, connector: &str) -> i64 {
    let position = contract.authority.iter().position(|name| name == connector);
    position.unwrap_or(contract.authority.len()) as i64
}

fn fresh_rows(contract: &Contract, partition: &str, staged: &[Staged]) -> Result<LazyFrame, MergeError> {
    let mut frames = Vec::new();
    for one in staged {
        let mut frame = filled_up(contract, scan_staged(&one.rows)?, &one.rows)?;
        if let Some(is_in) = is_in(contract, partition) {
            frame = frame.filter(is_in);
        }
        frames.push(frame.with_columns([
            number(one.sequence).alias(ORDER),
            number(rank(contract, &one.connector)).alias(RANK),
        ]));
    }
    together(frames).map_err(failed("staged rows"))
}

/// The model's rows before `late`, if one comes late, with the rank of the source that each came from.
fn old_rows(target: &Target<'_>, path: &Path, late: Option<i64>) -> Result<LazyFrame, MergeError> {
    let what = path.display().to_string();
    let mut frame = filled_up(target.contract, scan(path)?, path)?.with_columns([number(0).alias(ORDER)]);
    if let Some(late) = late {
        frame = frame.filter(col(schema::SUBMISSION).lt(number(late)));
    }
    if target.contract.authority.is_empty() {
        return Ok(frame.with_columns([number(rank(target.contract, "")).alias(RANK)]));
    }
    let submissions = scan(path)?
        .select([col(schema::SUBMISSION)])
        .unique(None, UniqueKeepStrategy::Any)
        .collect()
        .map_err(failed(&what))?;
    let column = submissions
        .column(schema::SUBMISSION)
        .and_then(|column| column.i64().cloned())
        .map_err(failed(&what))?;
    let mut numbers = Vec::new();
    let mut ranks = Vec::new();
    for sequence in column.iter().flatten() {
        let connector = (target.connector_of)(sequence)?.unwrap_or_default();
        numbers.push(sequence);
        ranks.push(rank(target.contract, &connector));
    }
    let known = DataFrame::new_infer_height(vec![
        Column::new(schema::SUBMISSION.into(), numbers),
        Column::new(RANK.into(), ranks),
    ])
    .map_err(failed(&what))?;
    let by = [col(schema::SUBMISSION)];
    Ok(frame.join(known.lazy(), by.clone(), by, JoinArgs::new(JoinType::Left)))
}

/// Refuses a partition that new rows would make too large. What is only folded again was let in before.
fn check_size(
    target: &Target<'_>,
    partition: &str,
    old: Option<&LazyFrame>,
    fresh: &LazyFrame,
    group: &[Staged],
) -> Result<(), MergeError> {
    if group.iter().all(|one| one.role != Role::New) {
        return Ok(());
    }
    let mut rows = 0;
    for frame in old.into_iter().chain([fresh]) {
        let counted = frame
            .clone()
            .select([col(ORDER)])
            .collect()
            .map_err(failed("counting rows"))?;
        rows += counted.height() as u64;
    }
    if rows > target.partition_rows {
        return Err(MergeError::TooLarge {
            dataset: target.contract.name.clone(),
            partition: partition.to_string(),
            rows,
            limit: target.partition_rows,
        });
    }
    Ok(())
}

/// Columns whose values make two rows of a key equal.
fn value_columns(contract: &Contract) -> Vec<String> {
    let model = schema::model_schema(contract);
    let names = model.fields().iter().map(|field| field.name().clone());
    names
        .filter(|name| !schema::PROVENANCE.contains(&name.as_str()) && !contract.key.contains(name))
        .collect()
}

/// True where any value differs from the same column of `other`.
fn differs(contract: &Contract, other: impl Fn(&str) -> PolarsResult<Expr>) -> PolarsResult<Expr> {
    let mut any = lit(false);
    for name in value_columns(contract) {
        any = any.or(col(name.as_str()).neq_missing(other(&name)?));
    }
    Ok(any)
}

/// Keeps the rows of the most trusted source of each key, and counts who was overruled with other values.
fn by_authority(
    contract: &Contract,
    affected: DataFrame,
    key: &[Expr],
) -> PolarsResult<(DataFrame, BTreeMap<i64, u64>)> {
    if contract.authority.is_empty() {
        return Ok((affected, BTreeMap::new()));
    }
    // Nobody is overruled among equals.
    let ranks = affected.column(RANK)?.i64()?;
    if ranks.min() == ranks.max() {
        return Ok((affected, BTreeMap::new()));
    }
    let best = col(RANK).min().over(key)?;
    let trusted = affected.clone().lazy().filter(col(RANK).eq(best.clone())).collect()?;
    let overruled = affected.lazy().filter(col(RANK).gt(best));
    let last = last_of_key(contract, trusted.clone().lazy());
    let mut disagreements = BTreeMap::new();
    let winner_order = format!("{ORDER}_winner");
    let differing = overruled
        .join(
            last,
            key,
            key,
            JoinArgs::new(JoinType::Inner).with_suffix(Some("_winner".into())),
        )
        .filter(differs(contract, |name| Ok(col(format!("{name}_winner"))))?)
        // Told once: in the night in which either side came.
        .filter(col(ORDER).gt(lit(0)).or(col(winner_order.clone()).gt(lit(0))))
        .select([when(col(ORDER).gt(col(winner_order.clone())))
            .then(col(ORDER))
            .otherwise(col(winner_order))
            .alias(ORDER)])
        .collect()?;
    for sequence in differing.column(ORDER)?.i64()?.iter().flatten() {
        *disagreements.entry(sequence).or_default() += 1;
    }
    Ok((trusted, disagreements))
}

/// True where the row `by` places before (after, where negative) has the same key. Frames are sorted by key and order, so
/// neighbours are compared: a window over each key costs many times as much.
fn same_key(contract: &Contract, by: i64) -> Expr {
    let mut same = lit(true);
    for name in &contract.key {
        let name = col(name.as_str());
        same = same.and(name.clone().eq(name.shift(lit(by))));
    }
    same.fill_null(lit(false))
}

/// Last row of each key.
fn last_of_key(contract: &Contract, sorted: LazyFrame) -> LazyFrame {
    sorted.filter(same_key(contract, -1).not())
}

/// The row of each key that stands after all submissions, if any. `rows` are sorted by key and order.
fn winners(contract: &Contract, rows: DataFrame, scopes: Option<&Scope>) -> PolarsResult<DataFrame> {
    // The keys of one submission differ, so each row stands for its own.
    let orders = rows.column(ORDER)?.i64()?;
    if orders.min() == orders.max() && orders.min() > Some(0) {
        return Ok(rows);
    }
    let with_ends = match scopes {
        Some(scopes) => scopes::next_end(rows, scopes, ORDER, RANK)?,
        None => rows
            .lazy()
            .with_columns([lit(NULL).cast(DataType::Int64).alias(scopes::NEXT_END)]),
    };
    let none = lit(NULL).cast(DataType::Int64);
    let next = when(same_key(contract, -1))
        .then(col(ORDER).shift(lit(-1)))
        .otherwise(none);
    let ends = col(scopes::NEXT_END)
        .is_not_null()
        .and(next.clone().is_null().or(col(scopes::NEXT_END).lt(next)));
    let follows = same_key(contract, 1);
    let changed = differs(contract, |name| Ok(col(name).shift(lit(1))))?;
    let ended_before = col("_ends").shift(lit(1)).fill_null(lit(false));
    // Whether the last row of its key ends, carried back to all rows of the key.
    let ends_last = when(same_key(contract, -1).not()).then(col("_ends"));
    let ends_last = ends_last.otherwise(lit(NULL).cast(DataType::Boolean));
    let standing = with_ends
        .with_columns([ends.alias("_ends")])
        .with_columns([
            follows.not().or(changed).or(ended_before).alias("_new"),
            ends_last
                .fill_null_with_strategy(FillNullStrategy::Backward(None))
                .alias("_ends_last"),
        ])
        .filter(col("_ends_last").not())
        .filter(col("_new"));
    last_of_key(contract, standing).collect()
}

/// Whether the winners differ from the affected rows that the model has already.
fn changes(affected: &DataFrame, winners: &DataFrame) -> PolarsResult<bool> {
    let old = |frame: &DataFrame| -> PolarsResult<usize> {
        Ok(frame
            .column(ORDER)?
            .i64()?
            .iter()
            .filter(|order| *order == Some(0))
            .count())
    };
    Ok(old(winners)? != winners.height() || old(affected)? != winners.height())
}

/// Sorts by key and sinks into a scratch file, with the model's columns only.
fn write(contract: &Contract, rows: LazyFrame, folder: &Path) -> PolarsResult<tempfile::TempPath> {
    std::fs::create_dir_all(folder)?;
    let scratch = tempfile::Builder::new()
        .prefix(".scratch-")
        .suffix(".parquet")
        .tempfile_in(folder)?
        .into_temp_path();
    let model = schema::model_schema(contract);
    let columns: Vec<Expr> = model.fields().iter().map(|field| col(field.name().as_str())).collect();
    let key: Vec<PlSmallStr> = contract.key.iter().map(|name| name.as_str().into()).collect();
    let options = ParquetWriteOptions {
        compression: ParquetCompression::Uncompressed,
        ..Default::default()
    };
    let place = SinkDestination::File {
        target: SinkTarget::Path(PlRefPath::new(scratch.display().to_string())),
    };
    rows.sort(key, SortMultipleOptions::default())
        .select(columns)
        .sink(
            place,
            FileWriteFormat::Parquet(Arc::new(options)),
            UnifiedSinkArgs::default(),
        )?
        .collect_with_engine(Engine::Streaming)?;
    Ok(scratch)
}
