//! `lumbung history`: every submission that said something of a key, in order, and what became of it.
//!
//! What was said stands in the staged files, which outlive the model's rows; what holds stands in the model. A row in
//! quarantine is found where its key was written as it is asked for, or by the region's name.

use super::{DataDirectory, RunError, ask};
use crate::catalog::{Catalog, OutcomeRow, Submission};
use crate::config::{ColumnType, Configuration, Contract};
use crate::table::{Session, SqlError, TableError, excluded, reader, schema};
use arrow::array::{Array, AsArray, BooleanArray, RecordBatch, Scalar, StringArray};
use arrow::compute::{and, cast, filter_record_batch, kernels::cmp::eq};
use arrow::datatypes::{DataType, Float64Type, Int32Type, Int64Type};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What was said of a key.
#[derive(Debug, Serialize)]
pub struct History {
    pub dataset: String,
    /// The key's columns with their values, as stored.
    pub key: Map<String, Value>,
    /// What the model says now; null where it has no such row.
    pub holds: Option<Holds>,
    /// In the order of submissions.
    pub said: Vec<Said>,
}

/// The model's row of a key.
#[derive(Debug, Serialize)]
pub struct Holds {
    pub submission: i64,
    pub values: Map<String, Value>,
}

/// What one submission said of a key.
#[derive(Debug, Serialize)]
pub struct Said {
    pub submission: i64,
    pub received_at: String,
    /// The as-of date of the run that landed it.
    pub received_on: String,
    pub connector: String,
    /// The sender; null where the source speaks for many.
    pub region: Option<String>,
    pub state: State,
    /// The submission that the state refers to.
    pub by: Option<i64>,
    /// Why the row is in quarantine.
    pub codes: Vec<String>,
    pub file: String,
    pub sheet: Option<String>,
    /// Sheet row, line or number of the record.
    pub row: Option<i32>,
    /// Column of the sheet, from 1, and address of the cell, where the row was made from one of several columns.
    pub column: Option<i32>,
    pub cell: Option<String>,
    /// All columns that are neither of the key nor personal; of a row in quarantine those that were sent, as sent.
    pub values: Map<String, Value>,
}

/// What became of what a submission said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is the model's row.
    Holds,
    /// It says what the row before it says, which stays.
    Repeats,
    /// A later one says otherwise.
    Superseded,
    /// A more trusted source says it.
    Overruled,
    /// A later complete submission of its region and period leaves it out.
    Ended,
    /// The next run merges it.
    Waits,
    Held,
    Refused,
    Withdrawn,
    /// The row was refused.
    Quarantined,
}

/// A key: its columns, in the contract's order, with their values as stored.
pub type Key = Vec<(String, String)>;

/// Reads `column=value` pairs. A column with a default may be left out. The error says what is wrong in one sentence.
pub fn key_of(configuration: &Configuration, contract: &Contract, pairs: &[String]) -> Result<Key, String> {
    let mut given: Vec<(&str, &str)> = Vec::new();
    for pair in pairs {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| format!("\"{pair}\" is no column=value"))?;
        let (name, value) = (name.trim(), value.trim());
        if !contract.key.iter().any(|column| column == name) {
            return Err(format!("{name} is not in the key of {}", contract.name));
        }
        if given.iter().any(|(known, _)| *known == name) {
            return Err(format!("{name} is given twice"));
        }
        given.push((name, value));
    }
    let mut key = Key::new();
    for name in &contract.key {
        let column = contract.columns.get(name);
        let stated = given.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
        let value = stated.or_else(|| column.and_then(|column| column.default.as_deref()));
        let value = value.ok_or_else(|| format!("the key is not whole: {name} is missing"))?;
        let kind = column.map(|column| column.kind);
        key.push((name.clone(), stored(configuration, kind, name, value)?));
    }
    Ok(key)
}

/// A value of the key as the model stores it.
fn stored(configuration: &Configuration, kind: Option<ColumnType>, name: &str, value: &str) -> Result<String, String> {
    match kind {
        Some(ColumnType::Region) => {
            let regions = &configuration.regions;
            if regions.get(value).is_some() {
                return Ok(value.to_string());
            }
            let all = regions.all().iter().chain(regions.retired());
            let called: Vec<&str> = all
                .filter(|region| region.name.eq_ignore_ascii_case(value))
                .map(|region| region.code.as_str())
                .collect();
            match called.as_slice() {
                [code] => Ok(code.to_string()),
                [] => Err(format!("no region has the code or the full name \"{value}\"")),
                several => Err(format!(
                    "{} regions are called \"{value}\": {}",
                    several.len(),
                    several.join(", ")
                )),
            }
        }
        Some(ColumnType::Date) => match value.parse::<chrono::NaiveDate>() {
            Ok(date) => Ok(date.to_string()),
            Err(_) => Err(format!("{name} is a date, written 2025-11-30, and not \"{value}\"")),
        },
        _ => Ok(value.to_string()),
    }
}

/// Asks what was said of a key.
pub async fn history(
    configuration: &Configuration,
    data: &DataDirectory,
    catalog: &Catalog,
    contract: &Contract,
    key: &Key,
) -> Result<History, RunError> {
    let mut asked = Asked {
        configuration,
        data,
        catalog,
        contract,
        key,
        said: Vec::new(),
    };
    let mut judged = Vec::new();
    for sequence in catalog.judged(Some(&contract.name))? {
        let outcomes = catalog.outcomes(sequence)?;
        let outcome = outcomes.into_iter().find(|outcome| outcome.dataset == contract.name);
        if let (Some(outcome), Some(submission)) = (outcome, catalog.submission(sequence)?) {
            judged.push((submission, outcome));
        }
    }
    let with_rows = asked.with_rows(&judged).await?;
    for (submission, outcome) in &judged {
        if submission
            .sequence
            .is_some_and(|sequence| with_rows.contains(&sequence))
        {
            asked.staged(submission, outcome)?;
        }
        if outcome.quarantined > 0 {
            asked.quarantined(submission, outcome)?;
        }
    }
    let holds = asked.holds().await?;
    let mut said = asked.said;
    stand(contract, &mut said, holds.as_ref().map(|holds| holds.submission));
    let pairs = key
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.clone())));
    Ok(History {
        dataset: contract.name.clone(),
        key: pairs.collect(),
        holds,
        said,
    })
}

struct Asked<'a> {
    configuration: &'a Configuration,
    data: &'a DataDirectory,
    catalog: &'a Catalog,
    contract: &'a Contract,
    key: &'a Key,
    said: Vec<Said>,
}

impl Asked<'_> {
    /// Submissions with staged rows of the key: asked in SQL, which passes over files and row groups by their bounds.
    async fn with_rows(&self, judged: &[(Submission, OutcomeRow)]) -> Result<BTreeSet<i64>, RunError> {
        let files: Vec<PathBuf> = judged
            .iter()
            .filter_map(|(submission, _)| Some(self.rows_of(submission.sequence?)))
            .filter(|path| path.exists())
            .collect();
        let question = format!(
            "SELECT DISTINCT \"{}\" FROM said WHERE {}",
            schema::SUBMISSION,
            self.condition()
        );
        let mut found = BTreeSet::new();
        for batch in self.rows("said", &files, &question).await? {
            found.extend(batch.column(0).as_primitive::<Int64Type>().values());
        }
        Ok(found)
    }

    /// The model's row.
    async fn holds(&self) -> Result<Option<Holds>, RunError> {
        let folder = self.data.model(&self.contract.name);
        let files = self.catalog.partitions(&self.contract.name)?.into_iter();
        let files: Vec<PathBuf> = files.map(|file| folder.join(file.partition).join(file.file)).collect();
        let question = format!("SELECT * FROM model WHERE {}", self.condition());
        let batches = self.rows("model", &files, &question).await?;
        let Some(batch) = batches.iter().find(|batch| batch.num_rows() > 0) else {
            return Ok(None);
        };
        Ok(Some(Holds {
            submission: number_at::<Int64Type>(batch, schema::SUBMISSION, 0).unwrap_or_default(),
            values: self.values(batch, 0)?,
        }))
    }

    async fn rows(&self, table: &str, files: &[PathBuf], question: &str) -> Result<Vec<RecordBatch>, RunError> {
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let session = Session::new(self.configuration.installation.limits.query_memory_mb)?;
        let schema = reader::schema_of(files).map_err(wrong)?;
        session.register_files(table, schema, files).await?;
        Ok(session.sql(question, &[]).await?)
    }

    /// The key as a condition of SQL.
    fn condition(&self) -> String {
        let one = |(name, value): &(String, String)| {
            let value = value.replace('\'', "''");
            match self.contract.columns.get(name).map(|column| column.kind) {
                Some(ColumnType::Date) => format!("\"{name}\" = DATE '{value}'"),
                Some(kind) if kind.is_measure() => format!("CAST(\"{name}\" AS VARCHAR) = '{value}'"),
                _ => format!("\"{name}\" = '{value}'"),
            }
        };
        self.key.iter().map(one).collect::<Vec<_>>().join(" AND ")
    }

    fn rows_of(&self, sequence: i64) -> PathBuf {
        self.data.staged(sequence, &self.contract.name).join("rows.parquet")
    }

    /// Rows of the key that passed the checks.
    fn staged(&mut self, submission: &Submission, outcome: &OutcomeRow) -> Result<(), RunError> {
        let path = self.rows_of(submission.sequence.unwrap_or_default());
        for batch in excluded::counting(&path).map_err(wrong)? {
            let batch = self.matching(&batch.map_err(wrong)?, &path)?;
            for row in 0..batch.num_rows() {
                let state = match outcome.status.as_str() {
                    "withdrawn" => State::Withdrawn,
                    "held" => State::Held,
                    "refused" => State::Refused,
                    _ if !outcome.merged => State::Waits,
                    // Until it is known what came after it.
                    _ => State::Holds,
                };
                let number = |name: &str| number_at::<Int32Type>(&batch, name, row);
                let part = number(schema::PART).unwrap_or_default();
                let spot = (part, number(schema::ROW), number(schema::COLUMN));
                let values = self.values(&batch, row)?;
                self.push(submission, state, spot, Vec::new(), values)?;
            }
        }
        Ok(())
    }

    fn matching(&self, batch: &RecordBatch, path: &Path) -> Result<RecordBatch, RunError> {
        let failed = |error: arrow::error::ArrowError| RunError::Internal(format!("{}: {error}", path.display()));
        let mut mask = BooleanArray::from(vec![true; batch.num_rows()]);
        for (name, value) in self.key {
            let column = batch.column_by_name(name);
            let column = column.ok_or_else(|| RunError::Internal(format!("{}: no {name}", path.display())))?;
            let texts = cast(column, &DataType::Utf8).map_err(failed)?;
            let wanted = Scalar::new(StringArray::from(vec![value.as_str()]));
            mask = and(&mask, &eq(&texts, &wanted).map_err(failed)?).map_err(failed)?;
        }
        filter_record_batch(batch, &mask).map_err(failed)
    }

    /// Refused rows whose key was written as it is asked for.
    fn quarantined(&mut self, submission: &Submission, outcome: &OutcomeRow) -> Result<(), RunError> {
        let sequence = submission.sequence.unwrap_or_default();
        let is_asked =
            |refused: &ask::Refused| self.key.iter().all(|(name, value)| self.was_sent(refused, name, value));
        let rows = ask::quarantined(self.data, sequence, &self.contract.name, usize::MAX, is_asked)?;
        for refused in rows {
            let state = match outcome.status.as_str() {
                "withdrawn" => State::Withdrawn,
                _ => State::Quarantined,
            };
            let mut values = Map::new();
            for name in self.shown() {
                if let Some(value) = refused.values.get(name) {
                    values.insert(name.clone(), value.clone());
                }
            }
            let spot = (refused.part, refused.row, refused.column);
            self.push(submission, state, spot, refused.codes, values)?;
        }
        Ok(())
    }

    fn was_sent(&self, refused: &ask::Refused, name: &str, value: &str) -> bool {
        let column = self.contract.columns.get(name);
        let Some(sent) = refused.values.get(name).and_then(Value::as_str).map(str::trim) else {
            return column.and_then(|column| column.default.as_deref()) == Some(value);
        };
        let is_region = self.contract.key_region() == Some(name);
        let region = is_region.then(|| self.configuration.regions.get(value)).flatten();
        sent.eq_ignore_ascii_case(value) || region.is_some_and(|region| region.name.eq_ignore_ascii_case(sent))
    }

    /// Columns that are neither of the key nor personal.
    fn shown(&self) -> impl Iterator<Item = &String> {
        let columns = self.contract.columns.iter();
        columns
            .filter(|(name, column)| column.pii.is_none() && !self.contract.key.contains(name))
            .map(|(name, _)| name)
    }

    fn values(&self, batch: &RecordBatch, row: usize) -> Result<Map<String, Value>, RunError> {
        let mut values = Map::new();
        for name in self.shown() {
            if let Some(column) = batch.column_by_name(name) {
                values.insert(name.clone(), value(column, row)?);
            }
        }
        Ok(values)
    }

    fn push(
        &mut self,
        submission: &Submission,
        state: State,
        (part, row, column): (i32, Option<i32>, Option<i32>),
        codes: Vec<String>,
        values: Map<String, Value>,
    ) -> Result<(), RunError> {
        let sequence = submission.sequence.unwrap_or_default();
        let at = |index: i32| usize::try_from(index).ok();
        let places = self.catalog.places(sequence)?;
        let place = at(part).and_then(|index| places.get(index));
        let parts = self.catalog.parts(submission.id)?;
        let raw = at(place.map_or(part, |place| place.part)).and_then(|index| parts.get(index));
        let name = submission.file.clone().or_else(|| raw.map(|raw| raw.name.clone()));
        self.said.push(Said {
            submission: sequence,
            received_at: submission.received_at.clone(),
            received_on: submission.received_on.clone(),
            connector: submission.connector.clone(),
            region: Some(submission.region.clone()).filter(|region| !region.is_empty()),
            state,
            by: None,
            codes,
            file: name.unwrap_or_default(),
            sheet: place.and_then(|place| place.sheet.clone()),
            row,
            column,
            cell: ask::cell(row, column),
            values,
        });
        Ok(())
    }
}

/// Says of everything that was let in what became of it: the most trusted source first, then the latest, and who says
/// the same again leaves the row as it is.
fn stand(contract: &Contract, said: &mut [Said], holds: Option<i64>) {
    let rank = |one: &Said| contract.authority.iter().position(|name| *name == one.connector);
    let rank = |one: &Said| rank(one).unwrap_or(contract.authority.len());
    let let_in: Vec<usize> = (0..said.len())
        .filter(|index| said[*index].state == State::Holds)
        .collect();
    let Some(best) = let_in.iter().map(|index| rank(&said[*index])).min() else {
        return;
    };
    let (trusted, others): (Vec<usize>, Vec<usize>) = let_in.iter().partition(|index| rank(&said[**index]) == best);
    for index in others {
        said[index].state = State::Overruled;
        said[index].by = trusted.last().map(|last| said[*last].submission);
    }
    let mut standing: Option<usize> = None;
    for index in trusted {
        let Some(before) = standing else {
            standing = Some(index);
            continue;
        };
        // The model's row may be a repeated one, where what it repeats had ended in between.
        let is_model = Some(said[index].submission) == holds;
        if said[before].values == said[index].values && !is_model {
            said[index].state = State::Repeats;
            said[index].by = Some(said[before].submission);
        } else {
            said[before].state = State::Superseded;
            said[before].by = Some(said[index].submission);
            standing = Some(index);
        }
    }
    if let Some(last) = standing.filter(|last| Some(said[*last].submission) != holds) {
        said[last].state = State::Ended;
    }
}

fn number_at<T: arrow::datatypes::ArrowPrimitiveType>(
    batch: &RecordBatch,
    name: &str,
    row: usize,
) -> Option<T::Native> {
    let column = batch.column_by_name(name)?.as_primitive_opt::<T>()?;
    column.is_valid(row).then(|| column.value(row))
}

/// A cell as JSON: whole and floating-point numbers as numbers, decimals, dates and texts as texts.
fn value(column: &dyn Array, row: usize) -> Result<Value, RunError> {
    if column.is_null(row) {
        return Ok(Value::Null);
    }
    Ok(match column.data_type() {
        DataType::Int64 => Value::from(column.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => Value::from(column.as_primitive::<Float64Type>().value(row)),
        _ => {
            let text = arrow::util::display::array_value_to_string(column, row);
            Value::from(text.map_err(|error| RunError::Sql(SqlError(error.to_string())))?)
        }
    })
}

fn wrong(error: TableError) -> RunError {
    RunError::Internal(error.to_string())
}
