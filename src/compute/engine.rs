//! Asking an indicator's SELECT, checking what comes back and completing it.

use super::Indicators;
use super::indicator::{Expects, Indicator, IndicatorGrain, Universe, Word};
use super::kept::Kept;
use super::output::{self, Row, Status};
use crate::domain::period::Period;
use crate::table::reference::days;
use crate::table::{Session, SqlError};
use arrow::array::{Array, AsArray, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, SchemaRef};
use chrono::NaiveDate;
use datafusion::common::ScalarValue;
use futures::StreamExt;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Indicators asked at the same time, at most: they share the session's memory.
const MOST_AT_ONCE: usize = 4;

/// Columns that every SELECT gives, and the two that it may give.
const REQUIRED: [&str; 5] = ["region_code", "period", "value", "numerator", "denominator"];
const OPTIONAL: [&str; 2] = ["n_rows", "status"];

/// What every indicator of a run is judged by.
struct World {
    as_of: NaiveDate,
    /// The month of the as-of date, `2025-11`.
    month: String,
    /// Every region of the registry, and whether it is in the universe `autonomous`.
    regions: HashMap<String, RegionFacts>,
    /// Region and period of the reports that have fallen due, by dataset.
    expected: BTreeMap<String, Vec<(String, String)>>,
}

#[derive(Clone, Copy)]
struct RegionFacts {
    autonomous: bool,
    /// The code is in force on the as-of date.
    valid: bool,
}

/// Computes all indicators as of a date.
///
/// `session` holds the datasets, `regions`, `expected`, `submissions`, `findings` and the reference tables;
/// `indicators` come sorted by id, as [`super::load`] gives them; `illustrative` names the tables whose figures
/// are illustrative; `kept` has the answers of earlier nights. An indicator that fails is reported in `failures` and stops no other.
///
/// # Errors
/// Only where `regions` or `expected` cannot be read: then nothing can be judged.
pub async fn compute(
    session: &Session,
    indicators: &[Indicator],
    as_of: NaiveDate,
    illustrative: &BTreeSet<String>,
    kept: &Arc<Kept>,
) -> Result<Indicators, SqlError> {
    let world = Arc::new(World::load(session, as_of).await?);
    kept.sweep(indicators);
    let at_once = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(MOST_AT_ONCE);
    // Tasks start only when the stream takes them, and give their answers in the order of the indicators.
    let mut answers = futures::stream::iter(indicators.iter().cloned().map(|indicator| {
        let (session, world, kept) = (session.clone(), world.clone(), kept.clone());
        let task = tokio::spawn(async move { one(&session, &indicator, &world, &kept).await });
        async move {
            task.await
                .unwrap_or_else(|error| Err(format!("stopped in the middle: {error}")))
        }
    }))
    .buffered(at_once);
    let mut rows = Vec::new();
    let mut failures = Vec::new();
    let mut kept_answers = 0;
    for indicator in indicators {
        match answers.next().await {
            Some(Ok((found, was_kept))) => {
                rows.extend(output::rows(indicator, &found));
                kept_answers += usize::from(was_kept);
            }
            Some(Err(reason)) => failures.push((indicator.id.clone(), reason)),
            // The stream has one answer an indicator.
            None => break,
        }
    }
    Ok(Indicators {
        rows_today: rows.clone(),
        rows,
        metadata: output::metadata(indicators, illustrative),
        failures,
        kept: kept_answers,
    })
}

/// All rows of one indicator, sorted by period and region, and whether its answer was kept; the error is a sentence.
async fn one(session: &Session, indicator: &Indicator, world: &World, kept: &Kept) -> Result<(Vec<Row>, bool), String> {
    let (batches, was_kept) = answer(session, indicator, world.as_of, kept)
        .await
        .map_err(|error| error.to_string())?;
    let mut found: BTreeMap<(String, String), Row> = BTreeMap::new();
    for batch in &batches {
        let columns = Columns::of(batch)?;
        for index in 0..batch.num_rows() {
            let row = columns.row(index)?;
            let Some(row) = judge(row, indicator, world)? else {
                continue;
            };
            match found.entry((row.period.clone(), row.region_code.clone())) {
                Entry::Vacant(free) => free.insert(row),
                Entry::Occupied(_) => {
                    return Err(format!(
                        "gives two rows for region {} and period {}",
                        row.region_code, row.period
                    ));
                }
            };
        }
    }
    for (region_code, period) in world.expected_of(indicator) {
        let key = (period.clone(), region_code.clone());
        found.entry(key).or_insert_with(|| Row {
            region_code,
            period,
            value: None,
            numerator: None,
            denominator: None,
            n_rows: None,
            status: Status::Missing,
        });
    }
    Ok((found.into_values().collect(), was_kept))
}

/// What the SELECT answers, and whether that was kept.
async fn answer(
    session: &Session,
    indicator: &Indicator,
    as_of: NaiveDate,
    kept: &Kept,
) -> Result<(Vec<RecordBatch>, bool), SqlError> {
    let Some(inputs) = kept.inputs(session, indicator, as_of).await? else {
        return Ok((ask(session, &indicator.sql, as_of).await?.1, false));
    };
    if let Some(batches) = kept.take(&indicator.id, &inputs) {
        return Ok((batches, true));
    }
    let (schema, batches) = ask(session, &indicator.sql, as_of).await?;
    kept.put(&indicator.id, &inputs, &schema, &batches);
    Ok((batches, false))
}

async fn ask(session: &Session, sql: &str, as_of: NaiveDate) -> Result<(SchemaRef, Vec<RecordBatch>), SqlError> {
    let (schema, batches) = session.sql_with_schema(sql, &[("as_of", date_value(as_of))]).await?;
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    for name in REQUIRED {
        if !names.contains(&name) {
            return Err(SqlError(format!(
                "does not give the column {name}; it gives {}",
                names.join(", ")
            )));
        }
    }
    for name in &names {
        if !REQUIRED.contains(name) && !OPTIONAL.contains(name) {
            let known = [&REQUIRED[..], &OPTIONAL[..]].concat().join(", ");
            return Err(SqlError(format!("gives the column {name}, which is none of {known}")));
        }
    }
    Ok((schema, batches))
}

fn date_value(date: NaiveDate) -> ScalarValue {
    ScalarValue::Date32(Some(days(date)))
}

/// Sets the row's status, or leaves it out (`None`) where the indicator does not speak about it.
fn judge(mut row: Row, indicator: &Indicator, world: &World) -> Result<Option<Row>, String> {
    let place = || format!("region {} and period {}", row.region_code, row.period);
    for (name, number) in [
        ("value", row.value),
        ("numerator", row.numerator),
        ("denominator", row.denominator),
    ] {
        if number.is_some_and(|number| !number.is_finite()) {
            return Err(format!("the {name} of {} is not finite", place()));
        }
    }
    if row.status == Status::Missing && row.value.is_some() {
        return Err(format!("{} is marked missing and has a value", place()));
    }
    if row.status == Status::Withheld && row.value.is_some() {
        return Err(format!("{} is marked withheld and has a value", place()));
    }
    if !world.speaks_about(&row.region_code, indicator)? {
        return Ok(None);
    }
    match &indicator.grain {
        IndicatorGrain::AsOf if row.period == world.month => {}
        IndicatorGrain::AsOf => {
            return Err(format!("{} is not the as-of month {}", place(), world.month));
        }
        IndicatorGrain::Periods(grains) => {
            let period: Option<Period> = row.period.parse().ok();
            let period = period.filter(|period| grains.contains(&period.grain()));
            let Some(period) = period else {
                return Err(format!(
                    "\"{}\" is no period of the grain {}",
                    row.period,
                    indicator.grain.text()
                ));
            };
            if period.start() > world.as_of {
                return Ok(None);
            }
            if period.end() > world.as_of && row.status == Status::Ok {
                row.status = Status::Provisional;
            }
        }
    }
    if row.value.is_none() && row.status != Status::Withheld {
        row.status = Status::Missing;
    }
    Ok(Some(row))
}

impl World {
    async fn load(session: &Session, as_of: NaiveDate) -> Result<World, SqlError> {
        let parameters = [("as_of", date_value(as_of))];
        let mut regions = HashMap::new();
        for batch in session
            .sql("SELECT region_code, autonomous, valid_from, valid_to FROM regions", &[])
            .await?
        {
            let codes = text_column(&batch, "region_code").map_err(SqlError)?;
            let autonomous = typed::<BooleanArray>(&batch, "autonomous", DataType::Boolean).map_err(SqlError)?;
            let date = |name: &str| column(&batch, name, DataType::Date32).map_err(SqlError);
            let (from, to) = (date("valid_from")?, date("valid_to")?);
            let (from, to) = (from.as_primitive::<Date32Type>(), to.as_primitive::<Date32Type>());
            let today = days(as_of);
            for index in 0..batch.num_rows() {
                let begun = from.is_null(index) || from.value(index) <= today;
                let ended = to.is_valid(index) && to.value(index) < today;
                let facts = RegionFacts {
                    autonomous: autonomous.value(index),
                    valid: begun && !ended,
                };
                regions.insert(codes.value(index).to_string(), facts);
            }
        }
        let mut expected: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        let due = "SELECT dataset, region_code, period FROM expected WHERE due_on <= CAST($as_of AS DATE)";
        for batch in session.sql(due, &parameters).await? {
            let text = |name: &str| text_column(&batch, name).map_err(SqlError);
            let (datasets, codes, periods) = (text("dataset")?, text("region_code")?, text("period")?);
            for index in 0..batch.num_rows() {
                let pair = (codes.value(index).to_string(), periods.value(index).to_string());
                expected
                    .entry(datasets.value(index).to_string())
                    .or_default()
                    .push(pair);
            }
        }
        Ok(World {
            as_of,
            month: as_of.format("%Y-%m").to_string(),
            regions,
            expected,
        })
    }

    /// Whether a region has figures in an indicator. Figures about the as-of date are those of regions that exist
    /// on it; a figure of a past period may stand under a code that the registry no longer lists.
    fn speaks_about(&self, region: &str, indicator: &Indicator) -> Result<bool, String> {
        let as_of = indicator.grain == IndicatorGrain::AsOf;
        match self.regions.get(region) {
            Some(facts) if as_of => Ok(facts.in_universe(indicator.universe)),
            Some(facts) => Ok(indicator.universe == Universe::All || facts.autonomous),
            None if !as_of && is_region_code(region) => Ok(true),
            None => Err(format!("\"{region}\" is no region of the registry")),
        }
    }

    /// Region and period of every figure that must be there.
    fn expected_of(&self, indicator: &Indicator) -> Vec<(String, String)> {
        match &indicator.expects {
            None => Vec::new(),
            Some(Expects::Universe) => {
                let members = self
                    .regions
                    .iter()
                    .filter(|(_, facts)| facts.in_universe(indicator.universe));
                members
                    .map(|(region, _)| (region.clone(), self.month.clone()))
                    .collect()
            }
            Some(Expects::Coverage(dataset)) => {
                let pairs = self.expected.get(dataset).map(Vec::as_slice).unwrap_or_default();
                pairs
                    .iter()
                    .filter(|(region, _)| self.speaks_about(region, indicator) == Ok(true))
                    .cloned()
                    .collect()
            }
        }
    }
}

impl RegionFacts {
    fn in_universe(self, universe: Universe) -> bool {
        self.valid && (universe == Universe::All || self.autonomous)
    }
}

/// `32`, `32.73`.
fn is_region_code(text: &str) -> bool {
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        Some((province, regency)) => digits(province) && digits(regency),
        None => digits(text),
    }
}

/// One batch's columns in the types of the output.
struct Columns {
    region_code: StringArray,
    period: StringArray,
    value: Float64Array,
    numerator: Float64Array,
    denominator: Float64Array,
    n_rows: Option<Int64Array>,
    status: Option<StringArray>,
}

impl Columns {
    fn of(batch: &RecordBatch) -> Result<Columns, String> {
        let number = |name: &str| -> Result<Float64Array, String> {
            Ok(column(batch, name, DataType::Float64)?
                .as_primitive::<Float64Type>()
                .clone())
        };
        let n_rows = match batch.column_by_name("n_rows") {
            Some(_) => Some(
                column(batch, "n_rows", DataType::Int64)?
                    .as_primitive::<Int64Type>()
                    .clone(),
            ),
            None => None,
        };
        let status = match batch.column_by_name("status") {
            Some(_) => Some(text_column(batch, "status")?),
            None => None,
        };
        Ok(Columns {
            region_code: text_column(batch, "region_code")?,
            period: text_column(batch, "period")?,
            value: number("value")?,
            numerator: number("numerator")?,
            denominator: number("denominator")?,
            n_rows,
            status,
        })
    }

    fn row(&self, index: usize) -> Result<Row, String> {
        if self.region_code.is_null(index) || self.period.is_null(index) {
            return Err("gives a row without a region or a period".to_string());
        }
        let number = |column: &Float64Array| column.is_valid(index).then(|| column.value(index));
        let status = match &self.status {
            Some(column) if column.is_valid(index) => Status::from_word(column.value(index))
                .map_err(|words| format!("\"{}\" is no status; one of: {words}", column.value(index)))?,
            _ => Status::Ok,
        };
        Ok(Row {
            region_code: self.region_code.value(index).to_string(),
            period: self.period.value(index).to_string(),
            value: number(&self.value),
            numerator: number(&self.numerator),
            denominator: number(&self.denominator),
            n_rows: self
                .n_rows
                .as_ref()
                .and_then(|column| column.is_valid(index).then(|| column.value(index))),
            status,
        })
    }
}

/// A column in another type of the same kind: any number as float, any text as text. A text that holds a number
/// stays a text, so a SELECT that gives one is told.
fn column(batch: &RecordBatch, name: &str, wanted: DataType) -> Result<Arc<dyn Array>, String> {
    let found = batch
        .column_by_name(name)
        .ok_or_else(|| format!("does not give the column {name}"))?;
    let kind = found.data_type();
    let fits = match wanted {
        DataType::Float64 => kind.is_numeric(),
        DataType::Int64 => kind.is_integer(),
        DataType::Utf8 => matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View),
        _ => *kind == wanted,
    };
    if !fits && *kind != DataType::Null {
        return Err(format!("gives the column {name} as {kind}, not as {wanted}"));
    }
    cast(found, &wanted).map_err(|error| format!("column {name}: {error}"))
}

fn typed<T: Clone + 'static>(batch: &RecordBatch, name: &str, wanted: DataType) -> Result<T, String> {
    let array = column(batch, name, wanted)?;
    array
        .as_any()
        .downcast_ref::<T>()
        .cloned()
        .ok_or_else(|| format!("column {name} has an unexpected type"))
}

fn text_column(batch: &RecordBatch, name: &str) -> Result<StringArray, String> {
    typed::<StringArray>(batch, name, DataType::Utf8)
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
