//! `lumbung history`: which submissions said what of a key, and when.

use super::{Failure, Session, print, row_place, status};
use crate::config::{self, Contract};
use crate::run::history::{self, History, Said, State};
use crate::run::{DataDirectory, RunError};
use serde_json::{Map, Value};

/// What `lumbung history` takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Every submission that said something of the key, in order, with what it said, where it stood and what \
became of it: whether it holds, which later one superseded it, or that it waits, was held, refused or withdrawn. A row \
in quarantine is found where its key was written as it is asked for. Personal columns are not shown.

Examples:
  lumbung history population region_code=32.73 period=2024-S2
  lumbung history population \"region_code=Kota Bandung\" period=2024-S2 --json"
)]
pub struct Arguments {
    /// Name of the dataset
    dataset: String,
    /// The key as column=value pairs; a column with a default may be left out
    #[arg(required = true, value_name = "COLUMN=VALUE")]
    key: Vec<String>,
}

pub(super) async fn history(session: &Session, arguments: Arguments) -> Result<i32, Failure> {
    let configuration = config::load(&session.place.config).map_err(RunError::Configuration)?;
    let Some(contract) = configuration.contracts.get(&arguments.dataset) else {
        return Err(RunError::NoDataset(arguments.dataset).into());
    };
    let key = history::key_of(&configuration, contract, &arguments.key).map_err(|message| {
        let columns = contract.key.iter().map(|name| match contract.columns.get(name) {
            Some(config::Column {
                default: Some(default), ..
            }) => format!("{name} ({default} unless given)"),
            _ => name.clone(),
        });
        let columns: Vec<String> = columns.collect();
        Failure::usage(message).hint(format!(
            "the key of {} is {}; write each as column=value",
            contract.name,
            columns.join(", ")
        ))
    })?;
    let catalog = status::open(session)?;
    let data = DataDirectory::new(&session.place.data);
    let told = history::history(&configuration, &data, &catalog, contract, &key).await?;
    if session.json {
        session.print_json(&told)?;
        return Ok(0);
    }
    print(&text(session, contract, &told)).map(|()| 0)
}

fn text(session: &Session, contract: &Contract, told: &History) -> String {
    let pairs = |values: &Map<String, Value>| pairs(session, contract, values);
    let title = session.language.of(&contract.title);
    let mut text = format!("{title} ({})\n{}\n\n", told.dataset, pairs(&told.key));
    let number = session.say("kiriman", "submission");
    match &told.holds {
        Some(holds) => text.push_str(&format!(
            "{}: {} ({number} {})\n",
            session.say("Berlaku", "Holds"),
            pairs(&holds.values),
            holds.submission
        )),
        None => text.push_str(session.say("Model tidak memuat baris ini.\n", "The model has no such row.\n")),
    }
    if told.said.is_empty() {
        text.push_str(session.say(
            "Tidak ada kiriman yang menyebutnya.\n",
            "No submission said anything of it.\n",
        ));
    }
    for said in &told.said {
        text.push_str(&entry(session, said, &pairs(&said.values)));
    }
    text
}

/// One submission: number, date, what became of it, who sent it and where it stood, then what it said.
fn entry(session: &Session, said: &Said, values: &str) -> String {
    let sender = match &said.region {
        Some(region) => format!("{} {region}", said.connector),
        None => said.connector.clone(),
    };
    let place = row_place(
        session,
        &said.file,
        said.sheet.as_deref(),
        said.row,
        said.cell.as_deref(),
    );
    let state = state(session, said);
    let first = format!("{:>6}  {}  {state}", said.submission, said.received_on);
    let mut text = format!("\n{first}\n        {sender}, {place}\n");
    if !values.is_empty() {
        text.push_str(&format!("        {values}\n"));
    }
    text
}

fn state(session: &Session, said: &Said) -> String {
    let (id, en) = match said.state {
        State::Holds => ("berlaku", "holds"),
        State::Repeats => ("mengulang kiriman", "repeats submission"),
        State::Superseded => ("digantikan oleh kiriman", "superseded by submission"),
        State::Overruled => (
            "kalah dari sumber yang lebih dipercaya, kiriman",
            "overruled by a more trusted source, submission",
        ),
        State::Ended => (
            "diakhiri oleh kiriman lengkap sesudahnya",
            "ended by a later complete submission",
        ),
        State::Waits => ("menunggu digabungkan", "waits to be merged"),
        State::Held => ("menunggu keputusan", "held"),
        State::Refused => ("ditolak", "refused"),
        State::Withdrawn => ("ditarik kembali", "withdrawn"),
        State::Quarantined => ("dalam karantina", "in quarantine"),
    };
    let mut text = session.say(id, en).to_string();
    if let Some(by) = said.by {
        text.push_str(&format!(" {by}"));
    }
    if !said.codes.is_empty() {
        text.push_str(&format!(" [{}]", said.codes.join(", ")));
    }
    text
}

/// `Laki-laki (male) = 700, Perempuan (female) = —`
fn pairs(session: &Session, contract: &Contract, values: &Map<String, Value>) -> String {
    let one = |(name, value): (&String, &Value)| {
        let value = match value {
            Value::Null => "—".to_string(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match contract.columns.get(name) {
            Some(column) => format!("{} ({name}) = {value}", session.language.of(&column.title)),
            None => format!("{name} = {value}"),
        }
    };
    values.iter().map(one).collect::<Vec<_>>().join(", ")
}
