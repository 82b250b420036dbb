//! What only a query can tell of a submission: the offending rows of table rules, and rows of closed periods.

use super::checker::place;
use super::late::{self, Closed};
use super::teller::Teller;
use super::{CheckError, Past};
use crate::config::{Contract, TableRule};
use crate::finding::{Bilingual, Finding, Sentences};
use crate::table::{Session, SqlError, schema};
use arrow::array::{Array, AsArray, Int32Array, RecordBatch, StringArray};
use arrow::datatypes::{Int32Type, SchemaRef};
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

/// Where rows stand in a submission.
const PLACE: [&str; 3] = [schema::PART, schema::ROW, schema::COLUMN];

/// Where the rows of a batch stand.
pub(super) fn places_of(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let columns: Vec<usize> = PLACE.iter().flat_map(|name| schema.index_of(name)).collect();
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
    session.register_batches("_excluded", first.schema(), excluded)?;
    let counting = "SELECT s.* FROM _staged s LEFT ANTI JOIN _excluded e \
                    ON s._part = e._part AND s._row = e._row AND (s._column IS NOT DISTINCT FROM e._column)";
    session.register_view("submission", counting).await
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
    let given = |name: &str| numbers(batch, name).ok_or_else(|| SqlError(format!("does not give {name}")));
    let (parts, rows) = (given(schema::PART)?, given(schema::ROW)?);
    // A rule that does not say the column points at the whole row of the sheet.
    let columns = numbers(batch, schema::COLUMN);
    let values = match batch.column_by_name("value") {
        Some(column) => Some(
            ArrayFormatter::try_new(column, &FormatOptions::default()).map_err(|error| SqlError(error.to_string()))?,
        ),
        None => None,
    };
    let other = Other::of(rule, batch)?;
    let sentences = Sentences::shared(rule.message.clone(), rule.hint.clone());
    let mut findings = Vec::new();
    for index in 0..batch.num_rows() {
        let part = at(parts, index).unwrap_or_default();
        let turned = columns.and_then(|columns| at(columns, index));
        let place = place(teller.places(), (part, at(rows, index), turned), rule.column.as_deref());
        let mut finding = Finding::declared(&rule.code, rule.severity, &sentences);
        if let Some(other) = &other {
            finding = other.fill(index, finding, teller);
        }
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

/// A column of whole numbers of 32 bits; none where there is no such column.
fn numbers<'b>(batch: &'b RecordBatch, name: &str) -> Option<&'b Int32Array> {
    batch.column_by_name(name)?.as_primitive_opt::<Int32Type>()
}

/// A number; none where it is null.
fn at(array: &Int32Array, index: usize) -> Option<i32> {
    array.is_valid(index).then(|| array.value(index))
}

/// What a rule says of the other place that a row does not agree with.
struct Other<'b> {
    text: &'b StringArray,
    part: &'b Int32Array,
    row: &'b Int32Array,
    /// The column of the sheet, where the rule says it.
    turned: Option<&'b Int32Array>,
    column: Option<&'b str>,
}

impl<'b> Other<'b> {
    /// None where the rule speaks of no other place.
    fn of(rule: &'b TableRule, batch: &'b RecordBatch) -> Result<Option<Other<'b>>, SqlError> {
        let Some(text) = batch.column_by_name("other") else {
            return Ok(None);
        };
        let given = |name: &str| {
            let wrong = || SqlError(format!("gives `other` without {name}, a whole number of 32 bits"));
            numbers(batch, name).ok_or_else(wrong)
        };
        let text = text.as_any().downcast_ref();
        Ok(Some(Other {
            text: text.ok_or_else(|| SqlError("gives an `other` that is no text".to_string()))?,
            part: given("other_part")?,
            row: given("other_row")?,
            turned: numbers(batch, "other_column"),
            column: rule.column.as_deref(),
        }))
    }

    fn fill(&self, index: usize, finding: Finding, teller: &Teller) -> Finding {
        let text = if self.text.is_valid(index) {
            self.text.value(index)
        } else {
            ""
        };
        let finding = finding.with("other", text);
        let Some(row) = at(self.row, index) else {
            let earlier = Bilingual {
                id: "dalam data yang diterima sebelumnya".to_string(),
                en: "in data received earlier".to_string(),
            };
            return finding.with_both("where", &earlier);
        };
        let turned = self.turned.and_then(|turned| at(turned, index));
        let part = at(self.part, index).unwrap_or_default();
        let place = place(teller.places(), (part, Some(row), turned), self.column);
        let at = |word: &str| {
            let at = place.cell().unwrap_or_else(|| format!("{word} {row}"));
            match &place.sheet {
                Some(sheet) => format!("{sheet}!{at}"),
                None => at,
            }
        };
        let both = Bilingual {
            id: format!("di {}", at("baris")),
            en: format!("at {}", at("row")),
        };
        finding.with_both("where", &both)
    }
}
