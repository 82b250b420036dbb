//! `lumbung plan`: what the next run would do.

use super::{Failure, Session, print, status};
use crate::catalog::{Catalog, State, Submission};
use crate::config::{self, Configuration, Kind};
use crate::run::outlook::{WaitingFile, waiting_files};
use crate::run::{DataDirectory, RunError, inspect};
use crate::schedule::{self, JobKind, Schedule};
use chrono::{DateTime, SecondsFormat, Utc};

/// What stands before the next run.
#[derive(Debug, serde::Serialize)]
struct Plan {
    connectors: Vec<Source>,
    /// Next moment of the nightly job, as `lumbung serve` keeps it.
    nightly: Option<String>,
    files: Vec<WaitingFile>,
    /// Submissions that have landed and were not judged, by number; a number comes with the run.
    unjudged: Vec<Submission>,
    /// Datasets with submissions that are judged and not merged.
    unmerged: Vec<(String, Vec<i64>)>,
    held: Vec<Submission>,
}

/// A connector in the plan.
#[derive(Debug, serde::Serialize)]
struct Source {
    connector: String,
    kind: Kind,
    datasets: Vec<String>,
    /// Its own cron line; without one it is pulled with the nightly job.
    schedule: Option<String>,
    next: Option<String>,
    /// Variables without which it cannot be asked.
    unset: Vec<String>,
}

pub(super) fn plan(session: &Session) -> Result<i32, Failure> {
    let configuration = config::load(&session.place.config).map_err(RunError::Configuration)?;
    // Looking must not make a data directory.
    let catalog = if session.place.data.join("catalog.db").exists() {
        Some(status::open(session)?)
    } else {
        None
    };
    let plan = outlook(session, &configuration, catalog.as_ref())?;
    if session.json {
        session.print_json(&plan)?;
    } else {
        print(&text(session, &configuration, &plan))?;
    }
    Ok(0)
}

fn outlook(session: &Session, configuration: &Configuration, catalog: Option<&Catalog>) -> Result<Plan, Failure> {
    let data = DataDirectory::new(&session.place.data);
    let schedules = schedule::schedules(configuration).map_err(|error| Failure::usage(error.to_string()))?;
    let kept = catalog.map(Catalog::due_times).transpose()?.unwrap_or_default();
    let mut plan = Plan {
        connectors: Vec::new(),
        nightly: schedules
            .iter()
            .find(|one| matches!(one.kind, JobKind::Nightly { .. }))
            .map(|one| next(one, &kept)),
        files: Vec::new(),
        unjudged: Vec::new(),
        unmerged: Vec::new(),
        held: Vec::new(),
    };
    for (name, connector) in &configuration.connectors {
        let own = schedules
            .iter()
            .find(|one| one.kind == JobKind::Connector(name.clone()));
        plan.connectors.push(Source {
            connector: name.clone(),
            kind: connector.kind,
            datasets: connector.dataset_names().into_iter().map(str::to_string).collect(),
            schedule: connector.schedule.clone(),
            next: own.map(|one| next(one, &kept)).or_else(|| plan.nightly.clone()),
            unset: inspect::unset(connector),
        });
        plan.files.extend(waiting_files(configuration, &data, connector)?);
    }
    if let Some(catalog) = catalog {
        for state in [State::Landed, State::Numbered] {
            plan.unjudged.extend(catalog.in_state(state)?);
        }
        for name in configuration.contracts.keys() {
            let sequences = catalog.unmerged(name)?;
            plan.unmerged
                .extend((!sequences.is_empty()).then(|| (name.clone(), sequences)));
        }
        plan.held = catalog.held()?;
    }
    Ok(plan)
}

/// The moment that the catalog keeps, where `lumbung serve` has planned it; else the first one from now.
fn next(schedule: &Schedule, kept: &[(String, String)]) -> String {
    let name = schedule.name();
    match kept.iter().find(|(known, _)| *known == name) {
        Some((_, moment)) => moment.clone(),
        None => schedule.next(Utc::now()).to_rfc3339_opts(SecondsFormat::Secs, true),
    }
}

/// A moment in the installation's zone, to the minute.
fn local(configuration: &Configuration, moment: &str) -> String {
    let zone: chrono_tz::Tz = configuration
        .installation
        .zone
        .parse()
        .unwrap_or(chrono_tz::Asia::Jakarta);
    match moment.parse::<DateTime<Utc>>() {
        Ok(moment) => moment.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string(),
        Err(_) => moment.to_string(),
    }
}

fn text(session: &Session, configuration: &Configuration, plan: &Plan) -> String {
    let mut text = String::new();
    let head = |id, en| format!("{}\n", session.say(id, en));
    text.push_str(&head("Sumber", "Sources"));
    for source in &plan.connectors {
        let next = source
            .next
            .as_deref()
            .map(|moment| local(configuration, moment))
            .unwrap_or_default();
        let line = format!(
            "  {:<24} {:<5} {next:<22} {}",
            source.connector,
            kind(source.kind),
            source.datasets.join(", ")
        );
        text.push_str(line.trim_end());
        text.push('\n');
        if !source.unset.is_empty() {
            let unset = session.say("tidak dapat ditanya, belum diisi", "cannot be asked, not set");
            text.push_str(&format!("  {:<24} {unset}: {}\n", "", source.unset.join(", ")));
        }
    }
    if let Some(moment) = &plan.nightly {
        let nightly = session.say("Proses malam berikutnya", "Next nightly job");
        text.push_str(&format!("{nightly}: {}\n", local(configuration, moment)));
    }
    text.push_str(&head("\nBerkas yang menunggu", "\nFiles waiting"));
    for file in &plan.files {
        let state = if file.ready {
            ""
        } else {
            session.say(" (belum tenang)", " (not settled yet)")
        };
        text.push_str(&format!(
            "  {}/{}/{}  {} B{state}\n",
            file.region, file.connector, file.file, file.bytes
        ));
    }
    if plan.files.is_empty() {
        text.push_str(&head("  tidak ada", "  none"));
    }
    text.push_str(&submissions(session, plan));
    text
}

fn submissions(session: &Session, plan: &Plan) -> String {
    let mut text = String::new();
    for submission in &plan.unjudged {
        let waits = session.say("menunggu diperiksa", "waits to be judged");
        text.push_str(&format!("{waits}: {}\n", named(submission)));
    }
    for (dataset, sequences) in &plan.unmerged {
        let numbers: Vec<String> = sequences.iter().map(i64::to_string).collect();
        let waits = session.say("menunggu digabungkan", "waits to be merged");
        text.push_str(&format!("{waits}: {dataset} ({})\n", numbers.join(", ")));
    }
    for submission in &plan.held {
        let sequence = submission.sequence.unwrap_or_default();
        let held = session.say("ditahan, menunggu keputusan", "held, waits for a decision");
        text.push_str(&format!(
            "{held}: {} (lumbung submission show {sequence})\n",
            named(submission)
        ));
    }
    if text.is_empty() { text } else { format!("\n{text}") }
}

fn named(submission: &Submission) -> String {
    let number = submission
        .sequence
        .map(|sequence| format!("{sequence} "))
        .unwrap_or_default();
    let file = submission.file.as_deref().unwrap_or(&submission.window);
    let words = [submission.connector.as_str(), submission.region.as_str(), file];
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    format!("{number}{}", words.join(" "))
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Drop => "drop",
        Kind::Http => "http",
    }
}
