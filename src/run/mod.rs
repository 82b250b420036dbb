//! The run: from pulling to release. The only place that sees every stage.
//!
//! [`run`] holds the lease `run`, so two never overlap, and goes: sweep what a killed run left; fetch and land;
//! number; move dropped files; judge every numbered submission in order; merge each dataset; compute; publish.
//! Each step's result is true only once the catalog says so, and each begins with what the last one left: a run
//! killed anywhere is continued by the next (promise I4).

pub mod ask;
pub mod dry_run;
pub mod history;
pub mod inspect;
pub mod judge;
pub mod keys;
pub mod learn;
pub mod outlook;
pub mod preview;
pub mod rebuild;
pub mod receipts;
pub mod replay;
pub mod strays;
pub mod versions;

mod again;
mod decision;
mod disk_full;
mod fetch;
mod figures;
mod quality;
mod stage;
mod unchanged;
mod unread;

use crate::catalog::{Catalog, CatalogError, LeaseError};
use crate::check::{CheckError, Looks};
use crate::config::{Configuration, Connector, Problem};
use crate::finding::Finding;
use crate::finding::receipt::{Status, UnbalancedRows};
pub use crate::land::DataDirectory;
use crate::land::LandError;
use crate::merge::MergeError;
use crate::observe::fail_point;
use crate::observe::{
    IndicatorFailure, IndicatorsReport, Progress, ReleaseReport, RunReport, SourceReport, Stage, SubmissionReport,
};
use crate::publish;
pub use crate::read::{read_workbooks, write_cells};
use crate::table::SqlError;
use chrono::NaiveDate;
pub use decision::{Withdrawal, decide, withdraw};
pub use disk_full::Doing;
use disk_full::during;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// Where an installation is.
#[derive(Debug, Clone)]
pub struct Place {
    /// The configuration directory, read only.
    pub config: PathBuf,
    /// The data directory.
    pub data: PathBuf,
}

/// What a run is asked to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// Only these connectors; all where empty.
    pub connectors: Vec<String>,
    /// The date the run speaks about; today in the installation's zone unless set.
    pub as_of: Option<NaiveDate>,
    /// Compute and publish after merging.
    pub publish: bool,
}

/// Why a run failed. Nothing is published then, and the next run continues.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("the configuration has {} problem(s)", .0.len())]
    Configuration(Vec<Problem>),
    #[error("submission {0} has no rows that could be let in: a question about it is open")]
    NothingToAccept(i64),
    #[error("there is no connector \"{0}\"")]
    NoConnector(String),
    #[error("there is no dataset \"{0}\"")]
    NoDataset(String),
    #[error("there is no submission {0}")]
    NoSubmission(i64),
    #[error("submission {submission} waits until the model of {dataset} is rebuilt")]
    WaitsForRebuild { submission: i64, dataset: String },
    #[error("the contract of {dataset} changed ({what}), but not its version")]
    NotRaised { dataset: String, what: String },
    #[error("submission {submission} came by connector {connector}, which is gone")]
    ConnectorGone { submission: i64, connector: String },
    #[error("[keys] names the variable {0} for landed bytes, which is not set")]
    RawKeyUnset(String),
    #[error("submission {submission}: its bytes {sha256} in raw/ cannot be opened: {reason}")]
    RawLocked {
        submission: i64,
        sha256: String,
        reason: String,
    },
    #[error("submission {submission}: its bytes {sha256} are gone from raw/")]
    RawGone { submission: i64, sha256: String },
    #[error(
        "nothing was changed: the model of {dataset} would have to be folded again, and the rows of submission {} can \
         not be had any more: they are not in staged/, and their bytes not in raw/, not readable or of no connector",
        numbers(.submissions, ", ")
    )]
    RowsGone { dataset: String, submissions: Vec<i64> },
    #[error(transparent)]
    Lease(#[from] LeaseError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Land(#[from] LandError),
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error(transparent)]
    Merge(#[from] MergeError),
    #[error("{0}")]
    Sql(#[from] SqlError),
    #[error(transparent)]
    Publish(#[from] publish::PublishError),
    #[error(transparent)]
    Unbalanced(#[from] UnbalancedRows),
    #[error("{path}: {source}")]
    Io { path: String, source: std::io::Error },
    /// The operator must make room; `folder` is the data directory.
    #[error("the disk is full while {doing}: {reason}")]
    DiskFull {
        doing: Doing,
        reason: String,
        folder: String,
    },
    #[error("internal error: {0}")]
    Internal(String),
}

/// Numbers, joined.
pub(crate) fn numbers(numbers: &[i64], between: &str) -> String {
    let texts: Vec<String> = numbers.iter().map(i64::to_string).collect();
    texts.join(between)
}

/// Name of the lease that a run holds.
pub const LEASE: &str = "run";

/// Runs the nightly job, or a part of it.
pub async fn run(place: &Place, options: &Options, progress: &Progress) -> Result<RunReport, RunError> {
    let configuration = crate::config::load(&place.config).map_err(RunError::Configuration)?;
    let connectors = chosen(&configuration, &options.connectors)?;
    let as_of = options.as_of.unwrap_or_else(|| today(&configuration));
    let data = DataDirectory::new(&place.data);
    let open = || -> Result<Catalog, RunError> {
        let catalog = Catalog::open(data.root())?;
        catalog.take_lease(LEASE)?;
        Ok(catalog)
    };
    let catalog = open().map_err(during(Doing::Catalog, &place.data))?;
    let run = Run::new(configuration, data, catalog.clone(), as_of, progress.clone());
    let result = match run {
        Ok(run) => run.all(&connectors, options.publish).await,
        Err(error) => Err(error),
    };
    let released = catalog.release_lease(LEASE);
    // What stopped the run says more than a lease that could not be given back, which falls with the process.
    let report = result.map_err(during(Doing::Catalog, &place.data))?;
    released.map_err(|error| during(Doing::Catalog, &place.data)(error.into()))?;
    Ok(report)
}

fn chosen(configuration: &Configuration, names: &[String]) -> Result<Vec<Arc<Connector>>, RunError> {
    if names.is_empty() {
        return Ok(configuration.connectors.values().cloned().collect());
    }
    let find = |name: &String| {
        configuration
            .connectors
            .get(name)
            .cloned()
            .ok_or_else(|| RunError::NoConnector(name.clone()))
    };
    names.iter().map(find).collect()
}

/// Today in the installation's zone.
pub fn today(configuration: &Configuration) -> NaiveDate {
    // `config::load` refuses a zone that does not parse.
    let zone: chrono_tz::Tz = configuration
        .installation
        .zone
        .parse()
        .unwrap_or(chrono_tz::Asia::Jakarta);
    chrono::Utc::now().with_timezone(&zone).date_naive()
}

struct Run {
    configuration: Configuration,
    data: DataDirectory,
    catalog: Catalog,
    as_of: NaiveDate,
    progress: Progress,
    looks: Looks,
    /// Datasets whose model waits for a rebuild, and what is said to their senders.
    waiting: BTreeMap<String, Finding>,
}

impl Run {
    /// Begins to work under the lease: what a killed replay or rebuild left is put in place or swept.
    fn new(
        configuration: Configuration,
        data: DataDirectory,
        catalog: Catalog,
        as_of: NaiveDate,
        progress: Progress,
    ) -> Result<Run, RunError> {
        keys::use_raw_key(&configuration)?;
        let waiting = versions::settle(&catalog, &configuration)?;
        let run = Run {
            configuration,
            data,
            catalog,
            as_of,
            progress,
            looks: Looks::default(),
            waiting,
        };
        run.put_in_place()?;
        Ok(run)
    }

    async fn all(self, connectors: &[Arc<Connector>], publish: bool) -> Result<RunReport, RunError> {
        let start = Instant::now();
        let started_at = crate::catalog::now();
        let id = self.catalog.begin_run(self.as_of)?;
        tracing::info!(run = id, as_of = %self.as_of, connectors = connectors.len(), "run started");
        let mut report = RunReport {
            run: id,
            as_of: self.as_of,
            started_at,
            seconds: 0.0,
            sources: Vec::new(),
            submissions: Vec::new(),
            merged: Vec::new(),
            waiting: self.waiting.keys().cloned().collect(),
            undecided: Vec::new(),
            without_pseudonyms: Vec::new(),
            strays: Vec::new(),
            unsettled: 0,
            indicators: IndicatorsReport::default(),
            release: ReleaseReport::default(),
            exit_code: 1,
        };
        let run = Arc::new(self);
        let result = run.clone().steps(connectors, publish, &mut report).await;
        report.seconds = start.elapsed().as_secs_f64();
        report.exit_code = match (&result, report.needs_a_person()) {
            (Err(_), _) => 1,
            // Somebody must look (design §10).
            (Ok(()), true) => 3,
            (Ok(()), false) => 0,
        };
        // The report names no value that was sent; it always serializes.
        let text = serde_json::to_string(&report).map_err(|error| RunError::Internal(error.to_string()))?;
        fail_point("run.end.before");
        let ended = run.catalog.end_run(id, i64::from(report.exit_code), &text);
        fail_point("run.end.after");
        // What stopped the run says more than a report that could not be kept.
        result?;
        ended.map_err(|error| during(Doing::Recording, run.data.root())(error.into()))?;
        tracing::info!(
            run = id,
            exit_code = report.exit_code,
            seconds = report.seconds,
            "run ended"
        );
        Ok(report)
    }

    async fn steps(
        self: Arc<Self>,
        connectors: &[Arc<Connector>],
        publish: bool,
        report: &mut RunReport,
    ) -> Result<(), RunError> {
        let root = self.data.root().to_path_buf();
        let seconds = self
            .land(connectors, report)
            .await
            .map_err(during(Doing::Landing, &root))?;
        let run = self.clone();
        let (staged, gone) = blocking(move || run.stage_all(&seconds))
            .await
            .map_err(during(Doing::Judging, &root))?;
        for connector in gone {
            let finding = Finding::of("connector-gone").with("connector", &connector);
            fail(&mut report.sources, &connector, None, &finding);
        }
        count_duplicates(&mut report.sources, &staged);
        report.submissions = staged;
        let run = self.clone();
        let merged = blocking(move || run.merge_all())
            .await
            .map_err(during(Doing::Merging, &root))?;
        report.merged = merged.reports;
        report.waiting.extend(merged.stuck);
        for submission in &mut report.submissions {
            if merged.held.contains(&submission.submission) {
                submission.status = Status::Held;
            }
        }
        report.undecided = self.undecided(report)?;
        report.without_pseudonyms = self.without_pseudonyms(report);
        if publish {
            let published = self.clone().publish(report).await;
            published.map_err(during(Doing::Publishing, &root))?;
        }
        crate::land::end_retention(&self.data, &self.catalog, &self.configuration, self.as_of)?;
        Ok(())
    }

    /// Fetches, lands, numbers and moves dropped files; gives how long landing took by connector and file.
    async fn land(
        &self,
        connectors: &[Arc<Connector>],
        report: &mut RunReport,
    ) -> Result<BTreeMap<(String, String), f64>, RunError> {
        crate::land::sweep_spool(&self.data)?;
        // A run or a decision killed in the middle may have left receipts behind the catalog.
        receipts::settle(&self.data, &self.catalog, &self.configuration)?;
        // A run killed after numbering left files standing that must not come in again.
        self.move_processed()?;
        let fetched = fetch::fetch(
            &self.configuration,
            &self.data,
            &self.catalog,
            connectors,
            self.as_of,
            &self.progress,
        )
        .await?;
        report.sources = fetched.sources;
        fail_point("land.number.before");
        self.catalog.number()?;
        fail_point("land.number.after");
        for (connector, region, finding) in self.move_processed()? {
            fail(&mut report.sources, &connector, Some(region), &finding);
        }
        self.left_standing(connectors, report)?;
        Ok(fetched.land_seconds)
    }

    /// Makes durable what was written to the data directory.
    fn sync(&self) -> Result<(), RunError> {
        self.data.sync().map_err(again::io(self.data.root()))
    }

    /// Indicators over the model, and the release.
    async fn publish(self: Arc<Self>, report: &mut RunReport) -> Result<(), RunError> {
        let indicators =
            crate::compute::load(&self.configuration.indicator_directory()).map_err(RunError::Configuration)?;
        let inputs = self.inputs()?;
        if let Some(id) = self.release_of(&inputs)? {
            report.indicators = IndicatorsReport {
                computed: indicators.len() as u64,
                unchanged: indicators.len() as u64,
                failed: Vec::new(),
            };
            report.release = ReleaseReport {
                id: Some(id),
                unchanged: true,
                changed: Vec::new(),
            };
            return Ok(());
        }
        let bar = self.progress.stage(Stage::Compute, 1);
        fail_point("compute.before");
        let facts = publish::Facts::load(&self.data, &self.catalog, &self.configuration, self.as_of).await?;
        let computed = self.figures(&facts, &indicators).await?;
        fail_point("compute.after");
        bar.advance(1);
        bar.finish();
        report.indicators = IndicatorsReport {
            computed: (indicators.len() - computed.failures.len()) as u64,
            unchanged: computed.kept as u64,
            failed: computed
                .failures
                .iter()
                .map(|(indicator, message)| IndicatorFailure {
                    indicator: indicator.clone(),
                    message: message.clone(),
                })
                .collect(),
        };
        let bar = self.progress.stage(Stage::Publish, 1);
        let (run, number) = (self.clone(), report.run);
        let published = blocking(move || {
            let publication = publish::Publication {
                data: &run.data,
                catalog: &run.catalog,
                configuration: &run.configuration,
                as_of: run.as_of,
                run: number,
                facts: &facts,
                indicators: &computed,
            };
            Ok(publish::publish(&publication)?)
        })
        .await?;
        bar.advance(1);
        bar.finish();
        // An indicator that failed is tried again the next time.
        if let Some(id) = published.id.as_ref().filter(|_| report.indicators.failed.is_empty())
            && let Err(error) = self.catalog.record_inputs(id, &inputs)
        {
            // The release stands; only the next night does its work once more.
            tracing::warn!(%error, "what the release was made from cannot be noted");
        }
        report.release = ReleaseReport {
            id: published.id,
            unchanged: published.unchanged,
            changed: published.changed_tables,
        };
        Ok(())
    }
}

/// Runs work that blocks (files, SQLite, Polars) beside the runtime.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RunError> + Send + 'static,
) -> Result<T, RunError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| RunError::Internal(error.to_string()))?
}

/// Notes a failure with its source, which need not have been asked this time.
fn fail(sources: &mut Vec<SourceReport>, connector: &str, region: Option<String>, finding: &Finding) {
    tracing::warn!(connector, code = finding.code, "needs a look");
    let position = sources.iter().position(|source| source.connector == connector);
    let position = position.unwrap_or_else(|| {
        sources.push(SourceReport {
            connector: connector.to_string(),
            ..SourceReport::default()
        });
        sources.len() - 1
    });
    sources[position].failures.push(fetch::failure(region, None, finding));
}

fn count_duplicates(sources: &mut [SourceReport], submissions: &[SubmissionReport]) {
    for source in sources {
        let same = submissions
            .iter()
            .filter(|submission| submission.connector == source.connector && submission.status == Status::Duplicate);
        source.duplicates = same.count() as u64;
        source.deliveries = source.deliveries.saturating_sub(source.duplicates);
    }
}
