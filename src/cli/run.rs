//! `lumbung run`: the nightly job.

use super::{Failure, Session, print};
use crate::run::{self, Doing, Options, RunError, receipts};
use chrono::NaiveDate;

/// What `lumbung run` takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit code: 0 done; 1 failed, nothing published; 2 configuration; 3 done, and a source, a \
submission or an indicator needs a look.

Examples:
  lumbung run
  lumbung run --connector panel-harga --no-publish
  lumbung run --as-of 2025-11-30 --json"
)]
pub struct Arguments {
    /// Only this connector; may be given several times
    #[arg(long, value_name = "NAME")]
    connector: Vec<String>,
    /// Date the run speaks about; today unless set
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
    /// Pull, read and merge only
    #[arg(long)]
    no_publish: bool,
}

pub(super) async fn run(session: &Session, arguments: Arguments) -> Result<i32, Failure> {
    let options = Options {
        connectors: arguments.connector,
        as_of: arguments.as_of,
        publish: !arguments.no_publish,
    };
    let report = run::run(&session.place, &options, &session.progress)
        .await
        .map_err(stopped)?;
    if session.json {
        session.print_json(&report)?;
    } else {
        let configuration = crate::config::load(&session.place.config).map_err(RunError::Configuration)?;
        print(&report.to_text(session.language, &receipts::titles(&configuration)))?;
    }
    Ok(report.exit_code)
}

/// A run that stopped in the middle has published nothing, and needs nobody to clean up after it. One that stopped at
/// its very end has done its work.
fn stopped(error: RunError) -> Failure {
    match error {
        RunError::Configuration(_) | RunError::NoConnector(_) | RunError::Lease(_) => error.into(),
        RunError::DiskFull {
            doing: Doing::Recording,
            ..
        } => Failure::from(error).hint_both(
            "pekerjaannya selesai; hanya laporannya yang tidak dapat disimpan",
            "the work is done; only the report of this run could not be kept",
        ),
        other => Failure::from(other).hint_both(
            "tidak ada yang diterbitkan; proses berikutnya melanjutkan dari sini",
            "nothing was published; the next run continues where this one stopped",
        ),
    }
}
