//! `lumbung submission`: what was delivered, and decisions on what is held.

use super::{Failure, Session, print, status};
use crate::catalog::{Catalog, Submission};
use crate::finding::receipt::{Language, Status};
use crate::run::{self, DataDirectory, Withdrawal, receipts};

/// What `lumbung submission` takes.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List submissions, latest first
    #[command(after_help = "Examples:\n  lumbung submission list --status held")]
    List {
        /// Only this status: accepted, accepted_in_part, held, refused, withdrawn, duplicate
        #[arg(long, value_name = "STATUS")]
        status: Option<String>,
        /// Only this connector
        #[arg(long, value_name = "NAME")]
        connector: Option<String>,
        /// At most this many
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Show a submission's receipt
    #[command(after_help = "Examples:\n  lumbung submission show 41\n  lumbung submission show 41 --json")]
    Show {
        /// Number of the submission
        sequence: i64,
    },
    /// Let a held submission into the model; the next run merges it
    #[command(after_help = "Examples:\n  lumbung submission accept 41 --reason \"confirmed by letter 12/2025\"")]
    Accept {
        /// Number of the submission
        sequence: i64,
        /// Why: for the audit and the receipt
        #[arg(long)]
        reason: String,
    },
    /// Refuse a held submission
    #[command(after_help = "Examples:\n  lumbung submission refuse 41 --reason \"wrong year\"")]
    Refuse {
        /// Number of the submission
        sequence: i64,
        /// Why: for the audit and the receipt
        #[arg(long)]
        reason: String,
    },
    /// Take submissions back; the next run takes their rows out of the model
    #[command(
        after_help = "The model becomes what it would be had the submission never come: what its rows replaced comes \
back. Its bytes and its receipt stay. The same file sent again is a new submission; a source that is pulled may send it \
again the next night. Where rows of others that would have to come back can not be had any more, nothing is changed.

Examples:
  lumbung submission withdraw 41 --reason \"sent for the wrong year\""
    )]
    Withdraw {
        /// Numbers of the submissions
        #[arg(required = true, value_name = "SEQUENCE")]
        sequences: Vec<i64>,
        /// Why: for the audit and the receipt
        #[arg(long)]
        reason: String,
    },
}

pub(super) fn submission(session: &Session, command: Command) -> Result<i32, Failure> {
    let catalog = status::open(session)?;
    match command {
        Command::List {
            status,
            connector,
            limit,
        } => list(session, &catalog, status, connector, limit),
        Command::Show { sequence } => show(session, &catalog, sequence),
        Command::Accept { sequence, reason } => decide(session, &catalog, sequence, true, &reason),
        Command::Refuse { sequence, reason } => decide(session, &catalog, sequence, false, &reason),
        Command::Withdraw { sequences, reason } => withdraw(session, &catalog, &sequences, &reason),
    }
}

fn list(
    session: &Session,
    catalog: &Catalog,
    status: Option<String>,
    connector: Option<String>,
    limit: usize,
) -> Result<i32, Failure> {
    if let Some(word) = status.as_ref().filter(|word| Status::from_word(word).is_none()) {
        let none = session.say("tidak ada status", "there is no status");
        let known = "accepted, accepted_in_part, held, refused, withdrawn, duplicate";
        let hint = format!("{}: {known}", session.say("salah satu dari", "one of"));
        return Err(Failure::usage(format!("{none} \"{word}\"")).hint(hint));
    }
    let matches = |submission: &Submission| {
        status
            .as_ref()
            .is_none_or(|status| submission.status.as_ref() == Some(status))
            && connector
                .as_ref()
                .is_none_or(|connector| submission.connector == *connector)
    };
    let all: Vec<Submission> = catalog
        .submissions(1_000_000)?
        .into_iter()
        .filter(matches)
        .take(limit)
        .collect();
    if session.json {
        session.print_json(&all)?;
        return Ok(0);
    }
    let mut text = format!(
        "{:>6}  {:<22} {:<6} {:<17} {}\n",
        "no",
        session.say("konektor", "connector"),
        session.say("daerah", "region"),
        "status",
        session.say("berkas", "file")
    );
    for one in &all {
        let name = one.file.as_deref().unwrap_or(&one.window);
        let status = one.status.as_deref().unwrap_or("—");
        let line = format!(
            "{:>6}  {:<22} {:<6} {status:<17} {name}",
            one.sequence.unwrap_or_default(),
            one.connector,
            one.region
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    print(&text).map(|()| 0)
}

fn find(catalog: &Catalog, sequence: i64) -> Result<Submission, Failure> {
    let found = catalog.submission(sequence)?;
    found.ok_or_else(|| Failure::from(run::RunError::NoSubmission(sequence)))
}

fn show(session: &Session, catalog: &Catalog, sequence: i64) -> Result<i32, Failure> {
    find(catalog, sequence)?;
    let data = DataDirectory::new(&session.place.data);
    let receipt = receipts::read(&data, sequence)?.ok_or_else(|| {
        let none = session.say("belum punya tanda terima", "has no receipt yet");
        let hint = session.say("proses berikutnya menilainya", "the next run judges it");
        Failure::new(format!("{} {sequence} {none}", session.say("kiriman", "submission"))).hint(hint)
    })?;
    if session.json {
        print(&receipt.to_json())?;
    } else {
        let configuration = crate::config::load(&session.place.config).map_err(run::RunError::Configuration)?;
        print(&receipt.to_text(session.language, &receipts::titles(&configuration)))?;
    }
    Ok(0)
}

fn decide(session: &Session, catalog: &Catalog, sequence: i64, accept: bool, reason: &str) -> Result<i32, Failure> {
    needs_reason(session, reason)?;
    let submission = find(catalog, sequence)?;
    let configuration = crate::config::load(&session.place.config).map_err(run::RunError::Configuration)?;
    let data = DataDirectory::new(&session.place.data);
    if !run::decide(&data, catalog, &configuration, &submission, accept, reason)? {
        let status = submission.status.as_deref();
        let status = status.unwrap_or(session.say("belum dinilai", "not judged yet"));
        let message = match session.language {
            Language::Id => format!("kiriman {sequence} tidak sedang ditahan: statusnya {status}"),
            Language::En => format!("submission {sequence} is not held: it is {status}"),
        };
        return Err(Failure::new(message).hint(session.say(
            "`lumbung submission list --status held` menyebut yang ditahan",
            "`lumbung submission list --status held` lists those that are",
        )));
    }
    if session.json {
        session.print_json(&find(catalog, sequence)?)?;
        return Ok(0);
    }
    let said = if accept {
        session.say(
            "diterima; digabungkan pada proses berikutnya",
            "accepted; the next run merges it",
        )
    } else {
        session.say("ditolak", "refused")
    };
    print(&format!("{sequence}: {said}\n")).map(|()| 0)
}

fn needs_reason(session: &Session, reason: &str) -> Result<(), Failure> {
    if reason.trim().is_empty() {
        let message = session.say("keputusan memerlukan alasan", "a decision needs a reason");
        return Err(Failure::usage(message).hint(session.say("sebutkan dengan --reason", "give it with --reason")));
    }
    Ok(())
}

fn withdraw(session: &Session, catalog: &Catalog, sequences: &[i64], reason: &str) -> Result<i32, Failure> {
    needs_reason(session, reason)?;
    for sequence in sequences {
        find(catalog, *sequence)?;
    }
    let configuration = crate::config::load(&session.place.config).map_err(run::RunError::Configuration)?;
    let data = DataDirectory::new(&session.place.data);
    let became = run::withdraw(&data, catalog, &configuration, sequences, reason)?;
    let mut text = String::new();
    let mut failure = None;
    for (sequence, withdrawal) in sequences.iter().zip(became) {
        match said(session, *sequence, withdrawal) {
            Ok(said) => text.push_str(&format!("{sequence}: {said}\n")),
            Err(one) => failure = failure.or(Some(one)),
        }
    }
    if session.json && failure.is_none() {
        let all: Result<Vec<Submission>, Failure> = sequences.iter().map(|sequence| find(catalog, *sequence)).collect();
        session.print_json(&all?)?;
    } else if !session.json {
        print(&text)?;
    }
    failure.map_or(Ok(0), Err)
}

/// What is said of a withdrawal that holds, or why there is none.
fn said(session: &Session, sequence: i64, withdrawal: Withdrawal) -> Result<&'static str, Failure> {
    match withdrawal {
        Withdrawal::Done { in_model: true } => Ok(session.say(
            "ditarik; proses berikutnya mengeluarkan barisnya dari model",
            "withdrawn; the next run takes its rows out of the model",
        )),
        Withdrawal::Done { in_model: false } => Ok(session.say(
            "ditarik; tidak ada barisnya di dalam model",
            "withdrawn; no row of it is in the model",
        )),
        Withdrawal::Already => Ok(session.say("sudah ditarik sebelumnya", "was withdrawn before")),
        Withdrawal::Nothing => {
            let message = match session.language {
                Language::Id => format!("tidak ada isi kiriman {sequence} di dalam model: kiriman itu ditolak"),
                Language::En => format!("nothing of submission {sequence} is in the model: it was refused"),
            };
            Err(Failure::new(message).hint(session.say("tidak ada yang perlu ditarik", "nothing is to be withdrawn")))
        }
        Withdrawal::DuplicateOf(original) => {
            let message = match session.language {
                Language::Id => {
                    format!("kiriman {sequence} tidak punya baris sendiri: isinya sama dengan kiriman {original}")
                }
                Language::En => {
                    format!("submission {sequence} has no rows of its own: it is a duplicate of {original}")
                }
            };
            let does = session.say("menarik baris itu", "takes those back");
            Err(Failure::new(message).hint(format!("`lumbung submission withdraw {original}` {does}")))
        }
        Withdrawal::NotJudged => {
            let message = match session.language {
                Language::Id => format!("kiriman {sequence} belum dinilai"),
                Language::En => format!("submission {sequence} is not judged yet"),
            };
            Err(Failure::new(message).hint(session.say(
                "proses berikutnya menilainya; tarik sesudah itu",
                "the next run judges it; withdraw it then",
            )))
        }
    }
}
