//! `lumbung quarantine`: refused rows and why.

use super::{Failure, Session, print, status};
use crate::catalog::Catalog;
use crate::run::DataDirectory;
use crate::run::ask::{self, Refused};

/// What `lumbung quarantine` takes.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List refused rows, latest submission first
    #[command(after_help = "Examples:\n  lumbung quarantine list --dataset commodity_price --limit 20")]
    List {
        /// Only this dataset
        #[arg(long, value_name = "NAME")]
        dataset: Option<String>,
        /// Only what this region sent
        #[arg(long, value_name = "CODE")]
        region: Option<String>,
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
}

pub(super) fn quarantine(session: &Session, command: Command) -> Result<i32, Failure> {
    let catalog = status::open(session)?;
    match command {
        Command::List { dataset, region, limit } => list(session, &catalog, dataset, region, limit),
        Command::Show { submission, row } => show(session, &catalog, submission, row),
    }
}

/// Refused rows of a submission, by dataset.
fn refused(session: &Session, catalog: &Catalog, sequence: i64) -> Result<Vec<Refused>, Failure> {
    let data = DataDirectory::new(&session.place.data);
    let mut rows = Vec::new();
    for outcome in catalog
        .outcomes(sequence)?
        .into_iter()
        .filter(|outcome| outcome.quarantined > 0)
    {
        rows.extend(ask::quarantined(&data, sequence, &outcome.dataset)?);
    }
    Ok(rows)
}

fn list(
    session: &Session,
    catalog: &Catalog,
    dataset: Option<String>,
    region: Option<String>,
    limit: usize,
) -> Result<i32, Failure> {
    let mut rows = Vec::new();
    for submission in catalog.submissions(1_000_000)? {
        if rows.len() >= limit {
            break;
        }
        if region.as_ref().is_some_and(|region| submission.region != *region) {
            continue;
        }
        let of_dataset = |row: &Refused| dataset.as_ref().is_none_or(|dataset| row.dataset == *dataset);
        let sequence = submission.sequence.unwrap_or_default();
        rows.extend(refused(session, catalog, sequence)?.into_iter().filter(of_dataset));
    }
    rows.truncate(limit);
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

fn line(session: &Session, row: &Refused) -> String {
    let place = row.row.map_or("—".to_string(), |number| number.to_string());
    let reason = session.language.of(&row.reason);
    let number = session.say("baris", "row");
    format!(
        "{:>5}  {:<18} {number} {place}: {reason} [{}]\n",
        row.submission,
        row.dataset,
        row.codes.join(", ")
    )
}

fn show(session: &Session, catalog: &Catalog, sequence: i64, row: Option<i32>) -> Result<i32, Failure> {
    if catalog.submission(sequence)?.is_none() {
        return Err(
            Failure::usage(format!("there is no submission {sequence}")).hint("`lumbung submission list` lists them")
        );
    }
    let mut rows = refused(session, catalog, sequence)?;
    rows.retain(|one| row.is_none() || one.row == row);
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
        if let Some(values) = one.values.as_object() {
            for (column, value) in values {
                text.push_str(&format!("         {column} = {}\n", value.as_str().unwrap_or_default()));
            }
        }
    }
    print(&text).map(|()| 0)
}
