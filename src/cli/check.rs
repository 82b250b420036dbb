//! `lumbung check`: the configuration, or one file.

use super::{Failure, Session, print};
use crate::config::{self, Configuration};
use crate::finding::receipt::{Language, Status};
use crate::run::dry_run::{As, dry_run};
use crate::run::{self, DataDirectory, inspect, keys, receipts, strays, versions};
use chrono::NaiveDate;
use std::path::PathBuf;

/// What `lumbung check` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Without FILE: exit code 0 right, 2 problems or unset variables.
With FILE: prints its receipt and keeps nothing; exit code 0 accepted without an error, 3 otherwise.

Examples:
  lumbung check
  lumbung check penduduk.xlsx --connector dukcapil-file --region 32
  lumbung check harga.csv --dataset commodity_price --region 32.73 --json")]
pub struct Arguments {
    /// File to judge
    file: Option<PathBuf>,
    /// Judge as this connector does
    #[arg(long, value_name = "NAME", requires = "file", conflicts_with = "dataset")]
    connector: Option<String>,
    /// Judge as this dataset; a connector may be stricter
    #[arg(long, value_name = "NAME", requires = "file")]
    dataset: Option<String>,
    /// Sender, as Kemendagri code
    #[arg(long, value_name = "CODE", requires = "file")]
    region: Option<String>,
    /// Date the file is judged on; today unless set
    #[arg(long, value_name = "DATE", requires = "file")]
    as_of: Option<NaiveDate>,
}

pub(super) async fn check(session: &Session, arguments: Arguments) -> Result<i32, Failure> {
    let configuration = config::load(&session.place.config);
    match &arguments.file {
        None => configuration_problems(session, configuration).await,
        Some(file) => {
            let configuration = configuration.map_err(run::RunError::Configuration)?;
            check_file(session, configuration, file.clone(), arguments).await
        }
    }
}

async fn configuration_problems(
    session: &Session,
    configuration: Result<Configuration, Vec<config::Problem>>,
) -> Result<i32, Failure> {
    let (mut rebuild, mut warnings) = (Vec::new(), Vec::new());
    let (problems, counts) = match configuration {
        Err(problems) => (problems, None),
        Ok(configuration) => {
            let mut problems = inspect::sql_problems(&configuration).await?;
            problems.extend(inspect::unset_problems(&configuration));
            let (weak, unset): (Vec<_>, Vec<_>) = keys::key_troubles(&configuration)
                .into_iter()
                .partition(|trouble| trouble.weakness.is_some());
            problems.extend(
                unset
                    .iter()
                    .map(|trouble| inspect::key_problem(&configuration, trouble)),
            );
            warnings.extend(
                weak.into_iter()
                    .map(|trouble| (trouble.message(), Some(trouble.hint()))),
            );
            warnings.extend(inspect::without_contact(&configuration));
            let (strays, _) = strays::strays(&configuration, &DataDirectory::new(&session.place.data))?;
            let unread = strays
                .into_iter()
                .map(|stray| (stray.finding.message(), stray.finding.hint()));
            warnings.extend(unread);
            // Contracts against the models that they have here, if any.
            if session.place.data.join("catalog.db").exists() {
                let found = versions::compare(&super::status::open(session)?, &configuration)?;
                problems.extend(found.problems);
                rebuild = found.rebuild;
            }
            (
                problems,
                Some((configuration.connectors.len(), configuration.contracts.len())),
            )
        }
    };
    if session.json {
        let warnings: Vec<_> = warnings
            .iter()
            .map(|(message, hint)| serde_json::json!({ "message": message, "hint": hint }))
            .collect();
        session.print_json(&serde_json::json!({ "problems": problems, "rebuild": rebuild, "warnings": warnings }))?;
        return Ok(if problems.is_empty() { 0 } else { 2 });
    }
    if !problems.is_empty() {
        return Err(Failure::configuration(&problems));
    }
    let (connectors, datasets) = counts.unwrap_or_default();
    let mut text = match session.language {
        Language::Id => format!("Konfigurasi benar: {connectors} konektor, {datasets} kumpulan data\n"),
        Language::En => format!("The configuration is right: {connectors} connectors, {datasets} datasets\n"),
    };
    for (message, hint) in &warnings {
        let word = session.say("perhatian", "warning");
        text.push_str(&format!("{word}: {}\n", session.language.of(message)));
        if let Some(hint) = hint {
            text.push_str(&format!("  hint: {}\n", session.language.of(hint)));
        }
    }
    for dataset in rebuild {
        let waits = session.say(
            "kontraknya berversi baru; datanya menunggu",
            "its contract has a new version; its model waits for",
        );
        text.push_str(&format!("{dataset}: {waits} `lumbung rebuild {dataset}`\n"));
    }
    print(&text).map(|()| 0)
}

async fn check_file(
    session: &Session,
    configuration: Configuration,
    file: PathBuf,
    arguments: Arguments,
) -> Result<i32, Failure> {
    let region = arguments.region.clone().ok_or_else(|| {
        Failure::usage(session.say("berkas dinilai untuk satu pengirim", "a file is judged for a sender")).hint(
            session.say(
                "tambahkan --region KODE, misalnya --region 32.73",
                "add --region CODE, for example --region 32.73",
            ),
        )
    })?;
    if configuration.regions.get(&region).is_none() {
        return Err(unknown_region(session, &configuration, &region));
    }
    let as_whom = as_whom(session, &configuration, &arguments)?;
    if !file.is_file() {
        let message = session.say("tidak ada berkas itu", "no such file");
        let hint = session.say("periksa letak dan namanya", "look at the path and the name");
        return Err(Failure::usage(format!("{}: {message}", file.display())).hint(hint));
    }
    let as_of = arguments.as_of.unwrap_or_else(|| run::today(&configuration));
    let data = DataDirectory::new(&session.place.data);
    let judged = configuration.clone();
    let receipt = tokio::task::spawn_blocking(move || dry_run(&judged, &data, &file, &region, &as_whom, as_of))
        .await
        .map_err(|error| Failure::new(format!("internal error: {error}")))??;
    if session.json {
        print(&receipt.to_json())?;
    } else {
        print(&receipt.to_text(session.language, &receipts::titles(&configuration)))?;
    }
    Ok(if receipt.status == Status::Accepted && !receipt.has_errors() {
        0
    } else {
        3
    })
}

fn as_whom(session: &Session, configuration: &Configuration, arguments: &Arguments) -> Result<As, Failure> {
    let unknown = |what: &str, name: &str, known: String| {
        let hint = format!("{}: {known}", session.say("salah satu dari", "one of"));
        Failure::usage(format!("{what} \"{name}\"")).hint(hint)
    };
    match (&arguments.connector, &arguments.dataset) {
        (Some(name), _) => match configuration.connectors.get(name) {
            Some(connector) => Ok(As::Connector(connector.clone())),
            None => Err(unknown(
                session.say("tidak ada konektor", "there is no connector"),
                name,
                names(configuration.connectors.keys()),
            )),
        },
        (None, Some(name)) if configuration.contracts.contains_key(name) => Ok(As::Dataset(name.clone())),
        (None, Some(name)) => Err(unknown(
            session.say("tidak ada kumpulan data", "there is no dataset"),
            name,
            names(configuration.contracts.keys()),
        )),
        (None, None) => Err(
            Failure::usage(session.say("sebutkan berkas ini berisi apa", "say what the file is")).hint(session.say(
                "tambahkan --connector NAMA atau --dataset NAMA",
                "add --connector NAME or --dataset NAME",
            )),
        ),
    }
}

/// A sender is named by code; a name, or a code that has changed, is met with the code it stands for.
fn unknown_region(session: &Session, configuration: &Configuration, text: &str) -> Failure {
    let meant: Vec<String> = configuration
        .regions
        .meant(text)
        .iter()
        .map(|region| format!("{} ({})", region.code, region.name))
        .collect();
    let hint = match meant.is_empty() {
        false => format!(
            "{} {}?",
            session.say("mungkin maksudnya", "did you mean"),
            meant.join(session.say(" atau ", " or "))
        ),
        true => session
            .say(
                "tulis kode Kemendagri dengan titiknya, misalnya 32.73",
                "write a Kemendagri code with its point, for example 32.73",
            )
            .to_string(),
    };
    let none = session.say("tidak ada daerah", "there is no region");
    Failure::usage(format!("{none} \"{text}\"")).hint(hint)
}

fn names<'n>(names: impl Iterator<Item = &'n String>) -> String {
    names.cloned().collect::<Vec<_>>().join(", ")
}
