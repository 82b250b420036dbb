//! `lumbung quarantine`: refused rows and why.

use super::{Failure, Session, print, row_place, status};
use crate::catalog::{Catalog, Submission};
use crate::finding::Bilingual;
use crate::run::DataDirectory;
use crate::run::ask::{self, Refused};
use crate::run::replay::{self, Reason};

/// What `lumbung quarantine` takes.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List refused rows, latest submission first
    #[command(
        after_help = "A row that was refused before with the same values stands with its first submission only.

Examples:
  lumbung quarantine list --dataset commodity_price --limit 20
  lumbung quarantine list --region 32.73
  lumbung quarantine list --submission 41 --json"
    )]
    List {
        /// Only this dataset
        #[arg(long, value_name = "NAME")]
        dataset: Option<String>,
        /// Only what this region sent
        #[arg(long, value_name = "CODE")]
        region: Option<String>,
        /// Only this submission
        #[arg(long, value_name = "NUMBER")]
        submission: Option<i64>,
        /// At most this many
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Show the refused rows of a submission with their values, personal ones masked
    #[command(after_help = "Examples:\n  lumbung quarantine show 41\n  lumbung quarantine show 41 8")]
    Show {
        /// Number of the submission
        submission: i64,
        /// Only this row
        row: Option<i32>,
    },
    /// Read refused rows again, after a contract, a synonym or a code was mended
    #[command(
        after_help = "What passes now counts under its old number: the next run merges it, and what came later keeps \
the last word. Receipts are issued again. A submission of which a row that counts would no longer count stays as it is; \
`lumbung rebuild` replays all of a dataset.

Exit code: 0 done; 3 a submission is held now, or stays as it is for another reason than that nothing passes.

Examples:
  lumbung quarantine replay
  lumbung quarantine replay commodity_price
  lumbung quarantine replay --submission 41 --json"
    )]
    Replay {
        /// Only this dataset
        dataset: Option<String>,
        /// Only this submission
        #[arg(long, value_name = "NUMBER")]
        submission: Option<i64>,
    },
}

pub(super) async fn quarantine(session: &Session, command: Command) -> Result<i32, Failure> {
    let catalog = status::open(session)?;
    match command {
        Command::List {
            dataset,
            region,
            submission,
            limit,
        } => {
            let wanted = Wanted {
                dataset,
                region,
                submission,
            };
            list(session, &catalog, &wanted, limit)
        }
        Command::Show { submission, row } => show(session, &catalog, submission, row),
        Command::Replay { dataset, submission } => {
            drop(catalog);
            replay_refused(session, &replay::Wanted { dataset, submission }).await
        }
    }
}

async fn replay_refused(session: &Session, wanted: &replay::Wanted) -> Result<i32, Failure> {
    let replayed = replay::replay(&session.place, wanted, &session.progress).await?;
    if session.json {
        session.print_json(&replayed)?;
    } else {
        print(&replay_text(session, &replayed))?;
    }
    let needs_a_look = |one: &replay::One| {
        let stays = one
            .reason
            .is_some_and(|reason| !matches!(reason, Reason::Unchanged | Reason::Decided));
        stays || (one.reissued && one.status == "held")
    };
    Ok(if replayed.submissions.iter().any(needs_a_look) {
        3
    } else {
        0
    })
}

fn replay_text(session: &Session, replayed: &replay::Replayed) -> String {
    if replayed.submissions.is_empty() {
        return session
            .say("Tidak ada baris yang ditolak.\n", "No row was refused.\n")
            .to_string();
    }
    let mut text = String::new();
    for one in &replayed.submissions {
        let source = one.file.as_deref().unwrap_or(&one.connector);
        let what = match one.reason {
            Some(reason) => session.language.of(&why(reason)).to_string(),
            None => {
                let (now, still) = (
                    session.say("lolos", "pass now"),
                    session.say("tetap ditolak", "still refused"),
                );
                let each = one
                    .datasets
                    .iter()
                    .map(|part| format!("{}: {} {now}, {} {still}", part.dataset, part.passes, part.quarantined));
                format!("{} ({})", each.collect::<Vec<_>>().join("; "), one.status)
            }
        };
        text.push_str(&format!("{:>5}  {:<6} {source}: {what}\n", one.submission, one.region));
    }
    if replayed.submissions.iter().any(|one| one.reissued) {
        text.push_str(session.say(
            "Proses berikutnya menggabungkannya: lumbung run\n",
            "The next run merges them: lumbung run\n",
        ));
    }
    text
}

/// Why a submission stays as it was.
fn why(reason: Reason) -> Bilingual {
    let (id, en) = match reason {
        Reason::Unchanged => ("belum ada yang lolos", "nothing more passes"),
        Reason::TakesBack => (
            "tetap seperti semula: baris yang sudah dihitung akan gugur (lumbung rebuild membaca semuanya ulang)",
            "stays as it was: a row that counts would not (lumbung rebuild replays everything)",
        ),
        Reason::Held => (
            "tetap seperti semula: sekarang akan ditahan",
            "stays as it was: it would be held now",
        ),
        Reason::Decided => (
            "ditolak atau ditarik kementerian",
            "refused or withdrawn by the ministry",
        ),
        Reason::Waits => (
            "kumpulan datanya menunggu lumbung rebuild",
            "its dataset waits for lumbung rebuild",
        ),
        Reason::ConnectorGone => ("konektornya tidak ada lagi", "its connector is gone"),
    };
    Bilingual {
        id: id.to_string(),
        en: en.to_string(),
    }
}

/// Which refused rows are listed; all where nothing is said.
struct Wanted {
    dataset: Option<String>,
    region: Option<String>,
    submission: Option<i64>,
}

/// A refused row, and where its sender finds it.
#[derive(Debug, serde::Serialize)]
struct Listed {
    #[serde(flatten)]
    refused: Refused,
    connector: String,
    region: String,
    file: Option<String>,
    sheet: Option<String>,
}

/// At most `limit` refused rows of a submission that count, by dataset.
fn refused(
    session: &Session,
    catalog: &Catalog,
    submission: &Submission,
    limit: usize,
    keep: impl Fn(&Refused) -> bool,
) -> Result<Vec<Listed>, Failure> {
    let data = DataDirectory::new(&session.place.data);
    let sequence = submission.sequence.unwrap_or_default();
    let mut rows = Vec::new();
    for outcome in catalog
        .outcomes(sequence)?
        .into_iter()
        .filter(|outcome| outcome.quarantined > 0)
    {
        let left = limit.saturating_sub(rows.len());
        rows.extend(ask::quarantined(&data, sequence, &outcome.dataset, left, &keep)?);
    }
    rows.truncate(limit);
    let places = catalog.places(sequence)?;
    let sheet = |part: i32| places.get(usize::try_from(part).ok()?)?.sheet.clone();
    let listed = rows.into_iter().map(|refused| Listed {
        connector: submission.connector.clone(),
        region: submission.region.clone(),
        file: submission.file.clone(),
        sheet: sheet(refused.part),
        refused,
    });
    Ok(listed.collect())
}

fn list(session: &Session, catalog: &Catalog, wanted: &Wanted, limit: usize) -> Result<i32, Failure> {
    let submissions = match wanted.submission {
        Some(sequence) => vec![find(catalog, sequence)?],
        None => catalog.submissions(1_000_000)?,
    };
    let is_wanted = |row: &Refused| {
        let is_of_dataset = wanted.dataset.as_ref().is_none_or(|dataset| row.dataset == *dataset);
        is_of_dataset && (!row.known || wanted.submission.is_some())
    };
    let mut rows = Vec::new();
    for submission in submissions {
        if rows.len() >= limit {
            break;
        }
        // Nobody need mend what was withdrawn.
        let is_open = wanted.submission.is_some() || submission.status.as_deref() != Some("withdrawn");
        if is_open && wanted.region.as_ref().is_none_or(|region| submission.region == *region) {
            rows.extend(refused(session, catalog, &submission, limit - rows.len(), is_wanted)?);
        }
    }
    if session.json {
        session.print_json(&rows)?;
        return Ok(0);
    }
    if rows.is_empty() {
        return print(session.say("Tidak ada baris yang ditolak.\n", "No row was refused.\n")).map(|()| 0);
    }
    let mut text = String::new();
    for row in &rows {
        text.push_str(&line(session, row));
    }
    print(&text).map(|()| 0)
}

/// `   41  32.73  labour             laporan.xlsx [Tenaga kerja] baris 8: … [number-invalid]`; where the row was made from
/// one of several columns, `laporan.xlsx 'Tenaga kerja'!F8`.
fn line(session: &Session, listed: &Listed) -> String {
    let row = &listed.refused;
    let reason = session.language.of(&row.reason);
    let source = listed.file.as_deref().unwrap_or(&listed.connector);
    let place = row_place(session, source, listed.sheet.as_deref(), row.row, row.cell.as_deref());
    format!(
        "{:>5}  {:<6} {:<18} {place}: {reason} [{}]\n",
        row.submission,
        listed.region,
        row.dataset,
        row.codes.join(", ")
    )
}

fn find(catalog: &Catalog, sequence: i64) -> Result<Submission, Failure> {
    catalog.submission(sequence)?.ok_or_else(|| {
        Failure::usage(format!("there is no submission {sequence}")).hint("`lumbung submission list` lists them")
    })
}

fn show(session: &Session, catalog: &Catalog, sequence: i64, row: Option<i32>) -> Result<i32, Failure> {
    let submission = find(catalog, sequence)?;
    let is_wanted = |one: &Refused| row.is_none() || one.row == row;
    let rows = refused(session, catalog, &submission, usize::MAX, is_wanted)?;
    if session.json {
        session.print_json(&rows)?;
        return Ok(0);
    }
    if rows.is_empty() {
        let none = session.say("Tidak ada baris yang ditolak.\n", "No row was refused.\n");
        return print(none).map(|()| 0);
    }
    let mut text = String::new();
    for one in &rows {
        text.push_str(&line(session, one));
        if let Some(values) = one.refused.values.as_object() {
            for (column, value) in values {
                text.push_str(&format!("         {column} = {}\n", value.as_str().unwrap_or_default()));
            }
        }
    }
    print(&text).map(|()| 0)
}
