//! `check` without a file: what the configuration says that no run has tried yet.

use super::RunError;
use crate::config::{Configuration, Connector, Problem, unset_variables};
use crate::publish::facts;
use crate::table::{Session, reference, schema};
use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;

/// Memory for planning queries over empty tables, in MiB.
const PLAN_MEMORY_MB: usize = 64;

/// Problems of SQL: row rules, table rules and indicators that do not plan against the contracts.
pub async fn sql_problems(configuration: &Configuration) -> Result<Vec<Problem>, RunError> {
    let mut problems = Vec::new();
    let session = Session::new(PLAN_MEMORY_MB)?;
    for contract in configuration.contracts.values() {
        let model = schema::model_schema(contract);
        session.register_batches(&contract.name, model.clone(), Vec::new())?;
        let file = format!("pipelines/datasets/{}.toml", contract.name);
        for rule in &contract.rules {
            if let Err(error) = rule_type(&session, &rule.check, &model) {
                problems.push(problem(
                    configuration,
                    &file,
                    &rule.check,
                    format!("rule `{}`: {error}", rule.code),
                ));
            }
        }
        let tables = Session::new(PLAN_MEMORY_MB)?;
        tables.register_batches("submission", model.clone(), Vec::new())?;
        tables.register_batches("history", model, Vec::new())?;
        for rule in &contract.table_rules {
            if let Err(error) = tables.sql(&rule.sql, &[]).await {
                let message = format!("table rule `{}`: {error}", rule.code);
                problems.push(problem(configuration, &file, &rule.code, message));
            }
        }
    }
    problems.extend(indicator_problems(configuration, &session).await?);
    Ok(problems)
}

/// A row rule must be a condition.
fn rule_type(session: &Session, check: &str, model: &arrow::datatypes::SchemaRef) -> Result<(), String> {
    let expression = session.compile(check, model).map_err(|error| error.to_string())?;
    match expression.data_type(model) {
        Ok(DataType::Boolean | DataType::Null) => Ok(()),
        Ok(other) => Err(format!("gives {other}, not true or false")),
        Err(error) => Err(error.to_string()),
    }
}

async fn indicator_problems(configuration: &Configuration, session: &Session) -> Result<Vec<Problem>, RunError> {
    let indicators = match crate::compute::load(&configuration.indicator_directory()) {
        Ok(indicators) => indicators,
        Err(problems) => return Ok(problems),
    };
    session.register_batches("regions", reference::regions_schema(), Vec::new())?;
    session.register_batches("expected", facts::expected_schema(), Vec::new())?;
    session.register_batches("submissions", facts::submissions_schema(), Vec::new())?;
    session.register_batches("findings", facts::findings_schema(), Vec::new())?;
    for name in configuration.codes.keys() {
        session.register_batches(name, reference::codes_schema(), Vec::new())?;
    }
    let as_of = [("as_of", ScalarValue::Date32(Some(0)))];
    let mut problems = Vec::new();
    for indicator in indicators {
        if let Err(error) = session.sql(&indicator.sql, &as_of).await {
            let file = format!("pipelines/indicators/{}.sql", indicator.id);
            problems.push(problem(configuration, &file, "SELECT", error.to_string()));
        }
    }
    Ok(problems)
}

/// A problem at the first line of a file that contains `mark`.
fn problem(configuration: &Configuration, file: &str, mark: &str, message: String) -> Problem {
    let text = std::fs::read_to_string(configuration.directory.join(file)).unwrap_or_default();
    let line = text
        .lines()
        .position(|line| line.contains(mark))
        .map_or(0, |index| index + 1);
    Problem {
        file: file.to_string(),
        line,
        message,
        hint: None,
    }
}

/// Variables and secrets that a connector needs and that are unset.
pub fn unset(connector: &Connector) -> Vec<String> {
    let Some(http) = &connector.http else { return Vec::new() };
    let mut texts: Vec<&str> = vec![&http.url, &http.records];
    texts.extend(http.query.values().map(String::as_str));
    texts.extend(http.headers.values().map(String::as_str));
    texts.extend(http.rate.as_deref());
    texts.extend(http.timeout.as_deref());
    texts.extend(http.cursor.as_ref().map(|cursor| cursor.start.as_str()));
    let auth = http.auth.as_ref();
    texts.extend(auth.and_then(|auth| auth.token_file.as_deref()));
    let mut names: Vec<String> = texts.into_iter().flat_map(unset_variables).collect();
    if let Some(name) = auth.and_then(|auth| auth.token_env.as_ref()) {
        let is_set = std::env::var(name).is_ok_and(|value| !value.trim().is_empty());
        names.extend((!is_set).then(|| name.clone()));
    }
    names.sort();
    names.dedup();
    names
}

/// [`unset`] of all connectors, as problems.
pub fn unset_problems(configuration: &Configuration) -> Vec<Problem> {
    let mut problems = Vec::new();
    for connector in configuration.connectors.values() {
        for name in unset(connector) {
            let file = format!("connectors/{}.toml", connector.name);
            let message = format!("variable {name} is not set: this source cannot be asked");
            let mut problem = problem(configuration, &file, &name, message);
            problem.hint = Some(format!(
                "set {name} in the environment of `lumbung run` and `lumbung serve`"
            ));
            problems.push(problem);
        }
    }
    problems
}
