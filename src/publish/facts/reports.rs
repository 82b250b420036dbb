//! Which reports have come, and when.

use crate::config::{ColumnType, Configuration, Contract};
use crate::domain::period::Period;
use crate::publish::facts::submissions_schema;
use crate::publish::{PublishError, figures};
use crate::table::reference::date_of;
use crate::table::session::block_on;
use crate::table::{Session, WrittenFile};
use arrow::array::{Date32Array, StringArray};
use std::collections::HashMap;

/// Dates of receipt (days since 1970) by dataset, region and period. A report has come when the model holds at least
/// one row of the region inside the period; its date is that of the earliest submission that still holds such a row.
pub type Receipts = HashMap<String, HashMap<(String, String), i32>>;

/// Asks the models, which are tables of the session already.
pub fn receipts(
    session: &Session,
    configuration: &Configuration,
    submissions: &WrittenFile,
) -> Result<Receipts, PublishError> {
    let files = std::slice::from_ref(&submissions.path);
    block_on(session.register_files("submissions", submissions_schema(), files)).map_err(|source| {
        PublishError::Sql {
            what: "table submissions".to_string(),
            source,
        }
    })?;
    let mut receipts = Receipts::new();
    for contract in configuration
        .contracts
        .values()
        .filter(|contract| contract.coverage.is_some())
    {
        receipts.insert(contract.name.clone(), received(session, contract)?);
    }
    Ok(receipts)
}

/// Which reports of a dataset have come, and when.
fn received(session: &Session, contract: &Contract) -> Result<HashMap<(String, String), i32>, PublishError> {
    let mut reports = HashMap::new();
    let (Some(coverage), Some(question)) = (&contract.coverage, question(contract)) else {
        return Ok(reports);
    };
    let failed = |source| PublishError::Sql {
        what: format!("reports of {}", contract.name),
        source,
    };
    let grain = coverage.grain.into();
    for batch in block_on(session.sql(&question, &[])).map_err(failed)? {
        let regions = figures::column::<StringArray>(&batch, "region_code")?;
        let [firsts, lasts, dates] = [
            figures::column::<Date32Array>(&batch, "first")?,
            figures::column::<Date32Array>(&batch, "last")?,
            figures::column::<Date32Array>(&batch, "received_on")?,
        ];
        for row in 0..batch.num_rows() {
            let period = Period::containing(grain, date_of(firsts.value(row)));
            // A figure of a whole year is no report of one of its months.
            if !period.contains(date_of(lasts.value(row))) {
                continue;
            }
            let key = (regions.value(row).to_string(), period.to_string());
            let earliest = reports.entry(key).or_insert(i32::MAX);
            *earliest = dates.value(row).min(*earliest);
        }
    }
    Ok(reports)
}

/// Asks for the earliest receipt of each region and period of the model; none for a dataset without region or time.
fn question(contract: &Contract) -> Option<String> {
    let region = contract.key_region()?;
    let period = contract.period.as_ref()?;
    let (first, last) = match contract.columns.get(period)?.kind {
        ColumnType::Period => ("period_start", "period_end"),
        _ => (period.as_str(), period.as_str()),
    };
    Some(format!(
        "SELECT m.\"{region}\" AS region_code, m.\"{first}\" AS first, m.\"{last}\" AS last, \
         min(s.received_on) AS received_on FROM \"{}\" m \
         JOIN (SELECT submission, min(received_on) AS received_on FROM submissions GROUP BY submission) s \
         ON s.submission = m._submission GROUP BY m.\"{region}\", m.\"{first}\", m.\"{last}\"",
        contract.name
    ))
}
