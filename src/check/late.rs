//! Rows about closed periods: their reports were due, and a release has published them since.
//!
//! A row that the model holds already with the same values says nothing new and is not counted: sources that are
//! pulled send their last days again every night.

use super::CheckError;
use crate::config::{ColumnType, Contract, Late};
use crate::domain::period::{Grain, Period};
use crate::finding::{Bilingual, Finding, Severity, said};
use crate::table::reference::date_of;
use crate::table::{Session, SqlError, schema};
use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Int64Type};
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

/// Code of the finding.
const CODE: &str = "closed-period-revised";
/// Periods named one by one.
const NAMED: usize = 6;

/// The closed periods of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Closed {
    /// First day of the first period that reports are expected for.
    from: NaiveDate,
    /// First day of the first period that is not closed.
    until: NaiveDate,
    grain: Grain,
}

impl Closed {
    /// The periods that were closed when a release spoke about the day `published`: due before it. None where the
    /// contract expects no reports, or none of them was due.
    pub(super) fn of(contract: &Contract, published: Option<NaiveDate>) -> Option<Closed> {
        let coverage = contract.coverage.as_ref()?;
        let grain = Grain::from(coverage.grain);
        // A coverage that does not parse fails where reports are expected.
        let from = Period::parse(&coverage.from, &[grain]).ok()?.start();
        let day = published?.checked_sub_days(Days::new(coverage.due_days.into()))?;
        let until = Period::containing(grain, day).start();
        (from < until).then_some(Closed { from, until, grain })
    }
}

/// Whether these findings of a dataset hold its submission for a person to decide.
pub(super) fn holds(contract: &Contract, findings: &[Finding]) -> bool {
    let is_held = contract
        .coverage
        .as_ref()
        .is_some_and(|coverage| coverage.late == Late::Hold);
    is_held && findings.iter().any(|finding| finding.code == CODE)
}

/// Asks which rows of `submission` say something new of closed periods; both it and `history` are tables of the
/// session.
pub(super) async fn found(
    session: &Session,
    contract: &Contract,
    closed: Closed,
) -> Result<Option<Finding>, CheckError> {
    let Some(question) = question(contract, closed) else {
        return Ok(None);
    };
    let answer = session.sql(&question, &[]).await;
    let answer = answer.map_err(|source| CheckError::Sql {
        what: format!("rows of closed periods in {}", contract.name),
        source,
    })?;
    let mut periods: BTreeMap<Period, i64> = BTreeMap::new();
    for batch in &answer {
        count(batch, closed.grain, &mut periods).map_err(|source| CheckError::Sql {
            what: format!("rows of closed periods in {}", contract.name),
            source,
        })?;
    }
    Ok((!periods.is_empty()).then(|| tell(contract, &periods)))
}

fn count(batch: &RecordBatch, grain: Grain, periods: &mut BTreeMap<Period, i64>) -> Result<(), SqlError> {
    let days = batch.column(0).as_primitive_opt::<Date32Type>();
    let rows = batch.column(1).as_primitive_opt::<Int64Type>();
    let (Some(days), Some(rows)) = (days, rows) else {
        return Err(SqlError("does not give days and counts".to_string()));
    };
    for (day, rows) in days.values().iter().zip(rows.values()) {
        *periods.entry(Period::containing(grain, date_of(*day))).or_default() += rows;
    }
    Ok(())
}

fn tell(contract: &Contract, periods: &BTreeMap<Period, i64>) -> Finding {
    let mut named: Vec<String> = periods.keys().take(NAMED).map(Period::to_string).collect();
    let mut told: Vec<Bilingual> = periods.keys().take(NAMED).map(|period| said::period(*period)).collect();
    if periods.len() > NAMED {
        let more = format!("… (+{})", periods.len() - NAMED);
        told.push(Bilingual {
            id: more.clone(),
            en: more.clone(),
        });
        named.push(more);
    }
    let finding = Finding::of("closed-period-revised")
        .with_figure("rows", periods.values().sum::<i64>().to_string())
        .with_both("periods", &said::list(told))
        .value(named.join(", "));
    match contract.coverage.as_ref().map(|coverage| coverage.late) {
        Some(Late::Hold) => finding.severity(Severity::Warning),
        _ => finding,
    }
}

/// Counts by last day the rows of closed periods that the model does not hold with the same values.
fn question(contract: &Contract, closed: Closed) -> Option<String> {
    let period = contract.period.as_ref()?;
    let day = match contract.columns.get(period)?.kind {
        ColumnType::Period => "period_end",
        _ => period.as_str(),
    };
    let range = format!(
        "\"{day}\" >= DATE '{}' AND \"{day}\" < DATE '{}'",
        closed.from, closed.until
    );
    let model = schema::model_schema(contract);
    let names = model.fields().iter().map(|field| field.name());
    let equal: Vec<String> = names
        .filter(|name| !schema::PROVENANCE.contains(&name.as_str()))
        .map(|name| match contract.key.contains(name) {
            true => format!("s.\"{name}\" = h.\"{name}\""),
            // In brackets: else what follows is read as a part of its right side.
            false => format!("(s.\"{name}\" IS NOT DISTINCT FROM h.\"{name}\")"),
        })
        .collect();
    Some(format!(
        "SELECT s.\"{day}\" AS day, count(*) AS row_count FROM (SELECT * FROM submission WHERE {range}) s \
         LEFT ANTI JOIN (SELECT * FROM history WHERE {range}) h ON {} GROUP BY s.\"{day}\"",
        equal.join(" AND ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Contract, Grain as Length};

    fn contract(grain: &str, due_days: u32) -> Contract {
        let text = include_str!("../../pipelines/datasets/population.toml");
        let mut contract: Contract = toml::from_str(text).unwrap();
        let coverage = contract.coverage.as_mut().unwrap();
        coverage.due_days = due_days;
        coverage.grain = if grain == "month" {
            Length::Month
        } else {
            Length::Semester
        };
        coverage.from = if grain == "month" { "2024-11" } else { "2024-S2" }.to_string();
        contract
    }

    fn closed(contract: &Contract, published: &str) -> Option<(String, String)> {
        let closed = Closed::of(contract, Some(published.parse().unwrap()))?;
        Some((closed.from.to_string(), closed.until.to_string()))
    }

    #[test]
    fn a_period_is_closed_once_a_release_speaks_of_a_day_after_it_was_due() {
        // The second half of 2024 is due on 1 March 2025, sixty days after its end.
        let semester = contract("semester", 60);
        assert_eq!(closed(&semester, "2025-03-01"), None);
        let from = "2024-07-01".to_string();
        assert_eq!(closed(&semester, "2025-03-02"), Some((from, "2025-01-01".to_string())));
        assert_eq!(Closed::of(&semester, None), None);
        // November is due on 15 December, December on 15 January.
        let month = contract("month", 15);
        assert_eq!(closed(&month, "2024-12-15"), None);
        let of = |until: &str| Some(("2024-11-01".to_string(), until.to_string()));
        assert_eq!(closed(&month, "2024-12-16"), of("2024-12-01"));
        assert_eq!(closed(&month, "2025-01-15"), of("2024-12-01"));
        assert_eq!(closed(&month, "2025-01-16"), of("2025-01-01"));
    }
}
