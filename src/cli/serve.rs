//! `lumbung serve`: the nightly job and the connectors' own schedules, without a cron beside it.

use crate::catalog::{Catalog, CatalogError};
use crate::config;
use crate::observe::Progress;
use crate::run;
use crate::schedule::{self, Job, JobKind, Planner, ServeError};
use futures::FutureExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What `lumbung serve` takes.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Time between two looks at what is due, at least one second
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = config::duration)]
    pub tick: Duration,
}

/// Why serving did not begin.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error("signals cannot be heard: {0}")]
    Signal(#[from] std::io::Error),
}

impl Error {
    /// 2 for a wrong configuration, else 1.
    pub fn exit_code(&self) -> i32 {
        match self {
            Error::Serve(error) => error.exit_code(),
            Error::Catalog(_) | Error::Signal(_) => 1,
        }
    }
}

/// Runs what is due until SIGTERM or SIGINT, then gives exit code 0.
///
/// A stop does not wait for the job in hand: every stage bears being killed, the moment stays due, and the next
/// start goes on. The process then ends here, because blocking work that it does not wait for must not outlive
/// the lease that it holds.
pub async fn serve(place: &run::Place, arguments: &Arguments, progress: &Progress) -> Result<i32, Error> {
    let catalog = Catalog::open(&place.data)?;
    let stop = stop_signal()?;
    let options = schedule::Options {
        tick: arguments.tick,
        ..schedule::Options::default()
    };
    tracing::info!(config = %place.config.display(), data = %place.data.display(), "serving begins");
    let dropped = schedule::serve(&catalog, planner(&place.config), job(place, progress), options, stop).await?;
    if let Some(schedule) = dropped {
        tracing::warn!(schedule, "stopped while a job ran; its moment stays due");
        std::process::exit(0);
    }
    tracing::info!("serving ends");
    Ok(0)
}

/// Ends at the first SIGTERM or SIGINT.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Reads the configuration directory anew at every call.
fn planner(directory: &Path) -> Planner {
    let directory = directory.to_path_buf();
    Arc::new(move || {
        let configuration = config::load(&directory)
            .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
        schedule::schedules(&configuration).map_err(|error| error.to_string())
    })
}

/// A run of what is due; `run` reads the configuration itself, so it sees what the planner just saw.
fn job(place: &run::Place, progress: &Progress) -> Job {
    let (place, progress) = (place.clone(), progress.clone());
    Arc::new(move |kind| {
        let (place, progress) = (place.clone(), progress.clone());
        async move {
            match run::run(&place, &options(kind), &progress).await {
                Ok(report) => report.exit_code,
                Err(run::RunError::Configuration(problems)) => {
                    for problem in problems {
                        tracing::error!(%problem, "the configuration is wrong");
                    }
                    schedule::CONFIGURATION
                }
                Err(error) => {
                    tracing::error!(%error, "run failed");
                    1
                }
            }
        }
        .boxed()
    })
}

/// The nightly job publishes; a connector at its own hour only pulls, reads and merges.
fn options(kind: JobKind) -> run::Options {
    match kind {
        JobKind::Nightly { connectors } => run::Options {
            connectors,
            as_of: None,
            publish: true,
        },
        JobKind::Connector(connector) => run::Options {
            connectors: vec![connector],
            as_of: None,
            publish: false,
        },
    }
}
