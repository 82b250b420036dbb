//! What only a query can tell of a submission: the offending rows of table rules, and rows of closed periods.

use super::checker::place;
use super::late::{self, Closed};
use super::teller::Teller;
use super::{CheckError, Past};
use crate::config::{Contract, TableRule};
use crate::finding::{Finding, Sentences};
use crate::table::{Session, SqlError, schema};
use arrow::array::{Array, Int32Array, RecordBatch};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use std::path::Path;

/// What table rules may look at.
pub(super) struct Submission<'s> {
    /// The staged rows …
    pub rows: &'s Path,
    /// … and the places of those that do not count.
    pub excluded: Vec<RecordBatch>,
    pub past: Past<'s>,
}

/// Where rows stand in a submission, and their keys: several rows of a crosstab stand in one row of the sheet.
pub(super) fn places_of(batch: &RecordBatch, contract: &Contract) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let is_place = |index: &usize| {
        let name = schema.field(*index).name();
        let is_provenance = schema::PROVENANCE.contains(&name.as_str()) && name != schema::SUBMISSION;
        is_provenance || contract.key.contains(name)
    };
    let columns: Vec<usize> = (0..schema.fields().len()).filter(is_place).collect();
    batch.project(&columns)
}

/// Registers `submission`: the staged rows that count.
async fn register_submission(
    session: &Session,
    model: SchemaRef,
    rows: &Path,
    excluded: Vec<RecordBatch>,
) -> Result<(), SqlError> {
    let files = [rows.to_path_buf()];
    let Some(first) = excluded.first() else {
        return session.register_files("submission", model, &files).await;
    };
    session.register_files("_staged", model, &files).await?;
    let places = first.schema();
    let equal = places
        .fields()
        .iter()
        .map(|field| format!("s.\"{0}\" = e.\"{0}\"", field.name()));
    let equal = equal.collect::<Vec<_>>().join(" AND ");
    session.register_batches("_excluded", places.clone(), excluded)?;
    let counting = format!("SELECT s.* FROM _staged s LEFT ANTI JOIN _excluded e ON {equal}");
    session.register_view("submission", &counting).await
}

/// Runs a contract's table rules over the staged rows (`submission`) and the current model (`history`), and looks for
/// rows of closed periods.
pub(super) fn run(
    contract: &Contract,
    submission: Submission<'_>,
    teller: &Teller,
) -> Result<Vec<Finding>, CheckError> {
    let closed = Closed::of(contract, submission.past.published);
    if contract.table_rules.is_empty() && closed.is_none() {
        return Ok(Vec::new());
    }
    let ask = async {
        let model = schema::model_schema(contract);
        let session = Session::new(submission.past.memory_mb).map_err(|source| failed("table rules", source))?;
        register_submission(&session, model.clone(), submission.rows, submission.excluded)
            .await
            .map_err(|source| failed("submission", source))?;
        session
            .register_files("history", model, submission.past.history)
            .await
            .map_err(|source| failed("history", source))?;
        let mut findings = Vec::new();
        for rule in &contract.table_rules {
            let what = format!("table rule `{}` of {}", rule.code, contract.name);
            let answer = session
                .sql(&rule.sql, &[])
                .await
                .map_err(|source| failed(&what, source))?;
            for batch in &answer {
                findings.extend(offending(rule, batch, teller).map_err(|source| failed(&what, source))?);
            }
        }
        if let Some(closed) = closed {
            findings.extend(late::found(&session, contract, closed).await?);
        }
        Ok(findings)
    };
    crate::table::session::block_on(ask)
}

fn failed(what: &str, source: SqlError) -> CheckError {
    CheckError::Sql {
        what: what.to_string(),
        source,
    }
}

fn offending(rule: &TableRule, batch: &RecordBatch, teller: &Teller) -> Result<Vec<Finding>, SqlError> {
    let numbers = |name: &str| {
        batch
            .column_by_name(name)
            .and_then(|column| column.as_any().downcast_ref::<Int32Array>())
            .ok_or_else(|| SqlError(format!("does not give {name}")))
    };
    let (parts, rows) = (numbers(schema::PART)?, numbers(schema::ROW)?);
    let values = match batch.column_by_name("value") {
        Some(column) => Some(
            ArrayFormatter::try_new(column, &FormatOptions::default()).map_err(|error| SqlError(error.to_string()))?,
        ),
        None => None,
    };
    let sentences = Sentences::shared(rule.message.clone(), rule.hint.clone());
    let mut findings = Vec::new();
    for index in 0..batch.num_rows() {
        let part = if parts.is_valid(index) { parts.value(index) } else { 0 };
        let row = rows.is_valid(index).then(|| rows.value(index) as u32);
        let place = place(teller.places(), part, row, rule.column.as_deref());
        let finding = Finding::declared(&rule.code, rule.severity, &sentences);
        findings.push(match &values {
            Some(values) => {
                let value = values.value(index).to_string();
                let finding = match &rule.column {
                    Some(column) => finding.with_both("value", &teller.said(column, &value)),
                    None => finding,
                };
                finding.value(value).at(place)
            }
            None => finding.at(place),
        });
    }
    Ok(findings)
}
