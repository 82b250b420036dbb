//! `lumbung learn`: spellings that no list knows, and what they may be synonyms of.

use super::{Failure, Session, print, status};
use crate::run::learn::{self, Accepted, LearnError, Proposal};

/// What `lumbung learn` takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Headers and values that were read with a doubt, and values that are in no list, each with how often it \
came and the line that would make it a synonym. Nothing is changed until one is accepted; then the contract or the reference \
table is written, and `lumbung quarantine replay` takes the rows that pass now.

Examples:
  lumbung learn
  lumbung learn --json
  lumbung learn --accept 1
  lumbung learn --accept \"Cabe Rawit\" --as chili-bird-red"
)]
pub struct Arguments {
    /// Write this proposal, by its number or its spelling, into the configuration
    #[arg(long, value_name = "NUMBER|SPELLING")]
    accept: Option<String>,
    /// The code or column that it means, where that is not clear
    #[arg(long = "as", value_name = "CODE|COLUMN", requires = "accept")]
    meant: Option<String>,
}

pub(super) fn learn(session: &Session, arguments: &Arguments) -> Result<i32, Failure> {
    // Never makes a data directory.
    drop(status::open(session)?);
    if let Some(which) = &arguments.accept {
        let accepted = learn::accept(&session.place, which, arguments.meant.as_deref())?;
        match session.json {
            true => session.print_json(&accepted)?,
            false => print(&accepted_text(session, &accepted))?,
        }
        return Ok(0);
    }
    let proposals = learn::proposals(&session.place)?;
    if session.json {
        session.print_json(&proposals)?;
        return Ok(0);
    }
    if proposals.is_empty() {
        let none = session.say(
            "Tidak ada ejaan yang belum dikenal.\n",
            "There is no spelling that is not known.\n",
        );
        return print(none).map(|()| 0);
    }
    let text: String = proposals.iter().map(|proposal| text(session, proposal)).collect();
    print(&text).map(|()| 0)
}

fn text(session: &Session, proposal: &Proposal) -> String {
    let Proposal {
        number,
        written,
        dataset,
        column,
        times,
        example,
        ..
    } = proposal;
    let connectors: Vec<&str> = proposal.connectors.iter().map(String::as_str).collect();
    let column = column.as_ref().map(|column| format!(".{column}")).unwrap_or_default();
    let what = match proposal.codes {
        Some(_) => session.say("nilai", "value"),
        None => session.say("judul kolom", "header"),
    };
    let place = session.say("contoh: kiriman", "such as submission");
    let mut text = format!(
        "{number:>3}  {what} \"{written}\" ({dataset}{column}), {times}×, {}; {place} {example}\n",
        connectors.join(", ")
    );
    text.push_str(&doubts(session, proposal));
    text.push_str(&match (&proposal.line, &proposal.meant[..]) {
        (Some(line), [meant]) => format!(
            "     {} {meant}:\n     {line}\n     lumbung learn --accept {number}\n",
            proposal.file
        ),
        (_, meant) => {
            let codes = match meant.is_empty() {
                true if proposal.codes.is_none() => session.say("KOLOM", "COLUMN").to_string(),
                true => session.say("KODE", "CODE").to_string(),
                false => meant.join("|"),
            };
            format!("     {}: lumbung learn --accept {number} --as {codes}\n", proposal.file)
        }
    });
    text
}

/// How near it comes to what is known, and what speaks against it.
fn doubts(session: &Session, proposal: &Proposal) -> String {
    let mut text = String::new();
    if let Some(near) = &proposal.nearest {
        let nearest = session.say("paling mirip", "most like");
        text.push_str(&format!(
            "     {nearest}: {} \"{}\" ({} %)\n",
            near.code, near.name, near.score
        ));
    }
    let warning = session.say("perhatian", "warning");
    if !proposal.elsewhere.is_empty() {
        let known = session.say("juga kata dalam daftar lain", "also a word of other lists");
        text.push_str(&format!("     {warning}: {known}: {}\n", proposal.elsewhere.join(", ")));
    }
    if proposal.remarked {
        let said = session.say(
            "disebut dalam catatan di awal berkas itu, biasanya karena dapat berarti dua hal",
            "is spoken of in the remarks at the top of that file, mostly for it may mean two things",
        );
        text.push_str(&format!("     {warning}: {said}\n"));
    }
    text
}

fn accepted_text(session: &Session, accepted: &Accepted) -> String {
    let Accepted { written, meant, file } = accepted;
    let next = session.say(
        "Baris yang kini lolos diambil dengan: lumbung quarantine replay",
        "Take the rows that pass now: lumbung quarantine replay",
    );
    format!("{file}: {meant} ← \"{written}\"\n{next}\n")
}

impl From<LearnError> for Failure {
    fn from(error: LearnError) -> Failure {
        let text = error.to_string();
        match error {
            LearnError::Run(error) => error.into(),
            LearnError::NoProposal(_) => Failure::usage(text).hint("`lumbung learn` lists them"),
            LearnError::NotNamed { .. } => Failure::usage(text).hint("say which with --as CODE"),
            LearnError::NoCode { .. } => {
                Failure::usage(text).hint("codes stand in pipelines/reference/, columns in pipelines/datasets/")
            }
            LearnError::NotWritten { .. } => {
                Failure::new(text).hint("nothing was changed; mend what it says, or write the synonym by hand")
            }
        }
    }
}
