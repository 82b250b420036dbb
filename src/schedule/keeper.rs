//! The loop that runs what is due, one job after another.

use super::{Schedule, tick};
use crate::catalog::{Catalog, CatalogError, LeaseError};
use crate::schedule::JobKind;
use chrono::Utc;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_cron_scheduler::{JobScheduler, JobSchedulerError};

/// Does the work of a moment and gives its exit code. [`CONFIGURATION`] leaves the moment due; every other code
/// is an end, good or bad.
pub type Job = Arc<dyn Fn(JobKind) -> BoxFuture<'static, i32> + Send + Sync>;

/// Reads the configuration and gives its schedules, or what is wrong with it.
pub type Planner = Arc<dyn Fn() -> Result<Vec<Schedule>, String> + Send + Sync>;

/// The exit code that means: the configuration is wrong, nothing was tried.
pub const CONFIGURATION: i32 = 2;

/// Exit code of a job that panicked.
const FAILED: i32 = 1;

/// How often the loop looks.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Between two looks into the catalog; at least a second, which is what the ticking library counts in.
    pub tick: Duration,
    /// After how long the configuration is read again where nothing was due, and after how long a schedule is
    /// tried again whose configuration was wrong (doubled each time, up to [`LONGEST_WAIT`]).
    pub replan: Duration,
}

/// A job may find its configuration wrong only after it has asked the sources: it must not ask them every minute.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

impl Default for Options {
    fn default() -> Options {
        Options {
            tick: Duration::from_secs(5),
            replan: Duration::from_secs(60),
        }
    }
}

/// Why serving did not begin.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("the configuration is wrong:\n{0}")]
    Configuration(String),
    #[error("{0}\nhint: one `lumbung serve` at a time works on a data directory")]
    Lease(#[from] LeaseError),
    #[error("the clock tick cannot be started: {0}")]
    Tick(#[from] JobSchedulerError),
}

impl ServeError {
    /// 2 for a wrong configuration, else 1.
    pub fn exit_code(&self) -> i32 {
        match self {
            ServeError::Configuration(_) => CONFIGURATION,
            ServeError::Lease(_) | ServeError::Tick(_) => FAILED,
        }
    }
}

/// Runs what is due until `stop` is there. Gives the name of the schedule whose job was dropped by the stop, if
/// one ran. Its lease `run` is then kept: work that the drop did not reach may go on until the process ends, and
/// with the process the lease falls.
pub async fn serve(
    catalog: &Catalog,
    planner: Planner,
    job: Job,
    options: Options,
    stop: impl Future<Output = ()>,
) -> Result<Option<String>, ServeError> {
    let schedules = planner().map_err(ServeError::Configuration)?;
    catalog.take_lease("serve")?;
    let pulse = Arc::new(Notify::new());
    let mut ticker = start_ticker(options.tick, Arc::clone(&pulse)).await?;
    let mut keeper = Keeper::new(catalog, planner, job, options, schedules);
    tokio::select! {
        biased;
        () = stop => {}
        () = keeper.keep(&pulse) => {}
    }
    if let Err(error) = ticker.shutdown().await {
        tracing::debug!(%error, "the clock tick did not stop cleanly");
    }
    let dropped = keeper.running.take();
    if dropped.is_none()
        && let Err(error) = catalog.release_lease("serve")
    {
        tracing::debug!(%error, "the lease could not be given back; it ends with this process");
    }
    Ok(dropped)
}

/// Starts the library's repeated job. It may drop or bunch its activations: a [`Notify`] keeps at most one.
async fn start_ticker(tick: Duration, pulse: Arc<Notify>) -> Result<JobScheduler, JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    let beat = tokio_cron_scheduler::Job::new_repeated(tick.max(Duration::from_secs(1)), move |_, _| {
        pulse.notify_one();
    })?;
    scheduler.add(beat).await?;
    scheduler.start().await?;
    Ok(scheduler)
}

struct Keeper<'a> {
    catalog: &'a Catalog,
    planner: Planner,
    job: Job,
    options: Options,
    schedules: Vec<Schedule>,
    planned_at: Instant,
    /// Schedules that are due but wait, because their configuration was wrong; until when.
    waiting: BTreeMap<String, Instant>,
    /// How long each schedule waited last, whose job found its configuration wrong.
    waited: BTreeMap<String, Duration>,
    /// The schedule whose job runs now.
    running: Option<String>,
    /// Complaints that were logged and still hold: each is said once, not at every tick.
    said: BTreeSet<String>,
}

impl<'a> Keeper<'a> {
    fn new(catalog: &'a Catalog, planner: Planner, job: Job, options: Options, schedules: Vec<Schedule>) -> Keeper<'a> {
        Keeper {
            catalog,
            planner,
            job,
            options,
            schedules,
            planned_at: Instant::now(),
            waiting: BTreeMap::new(),
            waited: BTreeMap::new(),
            running: None,
            said: BTreeSet::new(),
        }
    }

    /// Looks, works, waits; for ever.
    async fn keep(&mut self, pulse: &Notify) {
        // The tick follows the wall clock, and falls silent while that is put back; this wait does not.
        let longest = self.options.replan.max(self.options.tick);
        loop {
            if let Err(error) = self.round().await {
                self.complain("catalog", &error.to_string());
            }
            let _ = tokio::time::timeout(longest, pulse.notified()).await;
        }
    }

    /// Runs everything that is due now.
    async fn round(&mut self) -> Result<(), CatalogError> {
        if self.planned_at.elapsed() >= self.options.replan {
            self.plan().await;
        }
        while self.next_due()?.is_some() {
            // The configuration may have changed since it was read, and what is due with it.
            if !self.plan().await {
                break;
            }
            let Some(schedule) = self.next_due()? else { break };
            if !self.serve_one(schedule).await? {
                break;
            }
        }
        Ok(())
    }

    /// The first schedule that is due and not waiting.
    fn next_due(&mut self) -> Result<Option<Schedule>, CatalogError> {
        let now = Instant::now();
        self.waiting.retain(|_, until| *until > now);
        let due = tick(self.catalog, &self.schedules, Utc::now())?;
        self.said.remove("catalog");
        Ok(due
            .into_iter()
            .find(|schedule| !self.waiting.contains_key(&schedule.name()))
            .cloned())
    }

    /// Reads the configuration. A wrong one is logged, makes what is due wait, and the schedules before stay.
    async fn plan(&mut self) -> bool {
        let planner = Arc::clone(&self.planner);
        let read = tokio::task::spawn_blocking(move || planner()).await;
        self.planned_at = Instant::now();
        let wrong = match read {
            Ok(Ok(schedules)) => {
                self.schedules = schedules;
                self.said.retain(|said| !said.starts_with("configuration"));
                return true;
            }
            Ok(Err(message)) => message,
            Err(error) => error.to_string(),
        };
        self.complain("configuration", &wrong);
        let until = Instant::now() + self.options.replan;
        for schedule in &self.schedules {
            self.waiting.insert(schedule.name(), until);
        }
        false
    }

    /// Runs one job under the lease; false where another process holds it.
    async fn serve_one(&mut self, schedule: Schedule) -> Result<bool, CatalogError> {
        let name = schedule.name();
        match self.catalog.take_lease("run") {
            Ok(()) => {
                self.said.retain(|said| !said.starts_with("lease"));
            }
            Err(LeaseError::Held { pid, since, .. }) => {
                self.complain(
                    "lease",
                    &format!("process {pid} runs since {since}; {name} waits for it"),
                );
                return Ok(false);
            }
            Err(LeaseError::Catalog(error)) => return Err(error),
        }
        tracing::info!(schedule = name, "job begins");
        let begun = Instant::now();
        self.running = Some(name.clone());
        let exit_code = AssertUnwindSafe((self.job)(schedule.kind.clone()))
            .catch_unwind()
            .await
            .unwrap_or(FAILED);
        self.running = None;
        let seconds = begun.elapsed().as_secs();
        let ended = if exit_code == CONFIGURATION {
            let last = self.waited.get(&name);
            let wait = last.map_or(self.options.replan, |last| (*last * 2).min(LONGEST_WAIT));
            self.waiting.insert(name.clone(), Instant::now() + wait);
            self.waited.insert(name.clone(), wait);
            let again_in = wait.as_secs();
            tracing::error!(
                schedule = name,
                exit_code,
                again_in,
                "the configuration is wrong, the moment stays due"
            );
            Ok(())
        } else {
            self.waited.remove(&name);
            let next = schedule.next(Utc::now());
            tracing::info!(schedule = name, exit_code, seconds, %next, "job ended");
            // Were this lost the job would run twice, which merges nothing twice.
            self.catalog.advance(&name, next)
        };
        self.catalog.release_lease("run")?;
        ended.map(|()| true)
    }

    /// Logs a complaint unless the same one was logged and still holds.
    fn complain(&mut self, about: &str, text: &str) {
        let complaint = format!("{about}: {text}");
        if !self.said.contains(&complaint) {
            tracing::warn!("{complaint}");
            self.said.retain(|said| !said.starts_with(about));
            self.said.insert(complaint);
        }
    }
}

#[cfg(test)]
#[path = "keeper_tests.rs"]
mod tests;
