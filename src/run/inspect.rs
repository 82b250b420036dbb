//! `check` without a file: what the configuration says that no run has tried yet.

use super::RunError;
use crate::compute::statement;
use crate::config::{Configuration, Connector, Problem, unset_variables};
use crate::finding::Bilingual;
use crate::publish::facts;
use crate::table::{Session, reference, schema};
use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::ScalarValue;

/// Memory for planning queries over empty tables, in MiB.
const PLAN_MEMORY_MB: usize = 64;

/// How SQL that does not plan is mended.
const SQL_HINT: &str = "the columns that it may name are those of the contract; no now(), random() or other function that \
                        answers differently on another day";

/// Problems of SQL: row rules, table rules and indicators that do not plan against the contracts.
pub async fn sql_problems(configuration: &Configuration) -> Result<Vec<Problem>, RunError> {
    let session = Session::new(PLAN_MEMORY_MB)?;
    let mut problems = rule_problems(configuration, &session).await?;
    problems.extend(indicator_problems(configuration, &session).await?);
    Ok(problems)
}

/// Problems of row rules and table rules; makes each dataset an empty table of the session.
async fn rule_problems(configuration: &Configuration, session: &Session) -> Result<Vec<Problem>, RunError> {
    let mut problems = Vec::new();
    for contract in configuration.contracts.values() {
        let model = schema::model_schema(contract);
        session.register_batches(&contract.name, model.clone(), Vec::new())?;
        let file = format!("pipelines/datasets/{}.toml", contract.name);
        let at = |code: &str, message: String| problem(configuration, &file, &format!("\"{code}\""), message);
        for rule in &contract.rules {
            if let Err(error) = rule_type(session, &rule.check, &model) {
                problems.push(at(&rule.code, format!("rule `{}`: {error}", rule.code)));
            }
        }
        let tables = Session::new(PLAN_MEMORY_MB)?;
        tables.register_batches("submission", model.clone(), Vec::new())?;
        tables.register_batches("history", model, Vec::new())?;
        for rule in &contract.table_rules {
            if let Err(error) = table_rule(&tables, &rule.sql).await {
                problems.push(at(&rule.code, format!("table rule `{}`: {error}", rule.code)));
            }
        }
    }
    Ok(problems)
}

/// A rule must judge a row alike on every day.
fn is_steady(sql: &str) -> Result<(), String> {
    let faults = statement::tables_read(sql).err().unwrap_or_default();
    faults.into_iter().next().map_or(Ok(()), |fault| Err(fault.message))
}

/// A table rule must plan, and say which rows it means.
async fn table_rule(tables: &Session, sql: &str) -> Result<(), String> {
    is_steady(sql)?;
    let (answer, _) = tables
        .sql_with_schema(sql, &[])
        .await
        .map_err(|error| error.to_string())?;
    let has = |name: &str| answer.field_with_name(name).is_ok();
    let needed = [schema::PART, schema::ROW];
    if let Some(name) = needed.into_iter().find(|name| !has(name)) {
        return Err(format!(
            "does not give {name}: select _part, _row and _column of submission"
        ));
    }
    let of_other = ["other_part", "other_row"];
    if let Some(name) = of_other.into_iter().find(|name| has("other") && !has(name)) {
        return Err(format!(
            "gives other without {name}: select _part and _row of the other row too"
        ));
    }
    let places = needed
        .into_iter()
        .chain(of_other)
        .chain([schema::COLUMN, "other_column"]);
    for field in places.filter_map(|name| answer.field_with_name(name).ok()) {
        if *field.data_type() != DataType::Int32 {
            let (name, kind) = (field.name(), field.data_type());
            return Err(format!("gives {name} as {kind}, not as it stands in submission"));
        }
    }
    Ok(())
}

/// A row rule must be a condition, and one that runs: some functions pass until they are given rows.
fn rule_type(session: &Session, check: &str, model: &SchemaRef) -> Result<(), String> {
    is_steady(&format!("SELECT ({check})"))?;
    let expression = session.compile(check, model).map_err(|error| error.to_string())?;
    match expression.data_type(model) {
        Ok(DataType::Boolean | DataType::Null) => {
            let none = RecordBatch::new_empty(model.clone());
            expression.evaluate(&none).map(drop).map_err(|error| error.to_string())
        }
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
    facts::RegionTables::of(&configuration.regions).register(session)?;
    session.register_batches("expected", facts::expected_schema(), Vec::new())?;
    session.register_batches("submissions", facts::submissions_schema(), Vec::new())?;
    session.register_batches("findings", facts::findings_schema(), Vec::new())?;
    for (name, table) in configuration.codes.iter() {
        session.register_batches(name, reference::codes(table).schema(), Vec::new())?;
    }
    let as_of = [("as_of", ScalarValue::Date32(Some(0)))];
    let mut problems = Vec::new();
    for indicator in indicators {
        let planned = session.sql_with_schema(&indicator.sql, &as_of).await;
        let checked = planned
            .map_err(|error| error.to_string())
            .and_then(|(answer, _)| figures(&answer));
        if let Err(message) = checked {
            let file = format!("pipelines/indicators/{}.sql", indicator.id);
            problems.push(problem(configuration, &file, "SELECT", message));
        }
    }
    Ok(problems)
}

/// What every indicator must give.
fn figures(answer: &SchemaRef) -> Result<(), String> {
    for name in ["region_code", "period", "value", "numerator", "denominator"] {
        let kind = answer
            .field_with_name(name)
            .map_err(|_| format!("does not give the column {name}"))?
            .data_type();
        let is_text = matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
        let fits = if matches!(name, "region_code" | "period") {
            is_text
        } else {
            kind.is_numeric()
        };
        if !fits && *kind != DataType::Null {
            return Err(format!("gives the column {name} as {kind}"));
        }
    }
    Ok(())
}

/// A problem at the first line of a file, comments left out, that contains `mark`.
fn problem(configuration: &Configuration, file: &str, mark: &str, message: String) -> Problem {
    let text = std::fs::read_to_string(configuration.directory.join(file)).unwrap_or_default();
    let line = text
        .lines()
        .position(|line| line.contains(mark) && !line.starts_with(['#', '-']))
        .map_or(0, |index| index + 1);
    let (message, hint) = in_our_words(&message);
    Problem {
        file: file.to_string(),
        line,
        message,
        hint: Some(hint),
    }
}

/// What the SQL engine says, without its own kinds of errors; the nearest column that it names is the hint.
fn in_our_words(message: &str) -> (String, String) {
    let plain = message
        .replace("Schema error: ", "")
        .replace("Error during planning: ", "");
    let Some((what, rest)) = plain.split_once(" Did you mean '") else {
        return (plain, SQL_HINT.to_string());
    };
    match rest.split_once("'?") {
        Some((name, _)) => (
            what.trim_end_matches('.').to_string(),
            format!("did you mean `{name}`?"),
        ),
        None => (plain, SQL_HINT.to_string()),
    }
}

/// Variables and secrets that a connector needs and that are unset.
pub fn unset(connector: &Connector) -> Vec<String> {
    let settle = connector.drop.as_ref().and_then(|drop| drop.settle.as_deref());
    let Some(http) = &connector.http else {
        return settle.map(unset_variables).unwrap_or_default();
    };
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

/// That nobody is named whom senders can ask.
pub fn without_contact(configuration: &Configuration) -> Option<(Bilingual, Option<Bilingual>)> {
    let contact = configuration.installation.contact.as_deref().unwrap_or_default();
    if !contact.trim().is_empty() {
        return None;
    }
    let message = Bilingual {
        id: "contact di lumbung.toml kosong: tanda terima tidak menyebut kepada siapa pengirim bertanya atau meminta templat"
            .to_string(),
        en: "contact in lumbung.toml is blank: receipts do not say whom senders ask, or where they get a template"
            .to_string(),
    };
    let hint = Bilingual {
        id: "misalnya contact = \"Pengelola Lumbung, Dinas Kominfo\", dengan surel atau telepon kantor".to_string(),
        en: "for example contact = \"Those who run Lumbung, Dinas Kominfo\", with an address or a telephone number of the office".to_string(),
    };
    Some((message, Some(hint)))
}

/// A key whose variable is not set, as a problem.
pub fn key_problem(configuration: &Configuration, trouble: &super::keys::KeyTrouble) -> Problem {
    let mut problem = problem(configuration, "lumbung.toml", &trouble.variable, trouble.message().en);
    problem.hint = Some(trouble.hint().en);
    problem
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn configuration() -> Configuration {
        crate::config::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    /// What is wrong with population when its first row rule, or its first table rule, is another.
    async fn messages(check: Option<&str>, sql: Option<&str>) -> Vec<String> {
        let mut configuration = configuration();
        let mut contract = configuration.contracts["population"].as_ref().clone();
        if let Some(check) = check {
            contract.rules[0].check = check.to_string();
        }
        if let Some(sql) = sql {
            contract.table_rules[0].sql = sql.to_string();
        }
        configuration
            .contracts
            .insert("population".to_string(), contract.into());
        let session = Session::new(PLAN_MEMORY_MB).unwrap();
        let problems = rule_problems(&configuration, &session).await.unwrap();
        problems.into_iter().map(|problem| problem.message).collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn our_own_sql_plans_against_the_contracts() {
        assert_eq!(sql_problems(&configuration()).await.unwrap(), []);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn rules_that_cannot_judge_are_told() {
        for (check, expected) in [
            ("male + 1", "not true or false"),
            ("men > 0", "men"),
            ("total > random()", "random gives another answer"),
        ] {
            let found = messages(Some(check), None).await;
            assert_eq!(found.len(), 1, "{check}: {found:?}");
            assert!(found[0].contains(expected), "{check}: {found:?}");
        }
        for (sql, expected) in [
            ("SELECT region_code FROM submission", "does not give _part"),
            (
                "SELECT _part, CAST(_row AS TEXT) AS _row FROM submission",
                "gives _row as",
            ),
            ("SELECT _part, _row, 'C' AS _column FROM submission", "gives _column as"),
            (
                "SELECT _part, _row, 'x' AS other FROM submission",
                "gives other without other_part",
            ),
            (
                "SELECT _part, _row, 'x' AS other, _part AS other_part, _row AS other_row, 1 AS other_column FROM submission",
                "gives other_column as Int64",
            ),
            ("SELECT _part, _row FROM elsewhere", "elsewhere"),
            (
                "SELECT _part, _row FROM submission WHERE period_end > now()",
                "now gives another answer",
            ),
        ] {
            let found = messages(None, Some(sql)).await;
            assert_eq!(found.len(), 1, "{sql}: {found:?}");
            assert!(found[0].contains(expected), "{sql}: {found:?}");
        }
    }
}
