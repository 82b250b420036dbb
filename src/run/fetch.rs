//! Fetching: all sources at once, each delivery landed as soon as it is complete.

use super::{Run, RunError};
use crate::catalog::{Catalog, Landed};
use crate::config::{Configuration, Connector};
use crate::connector::{self, Delivery, FetchRequest, SliceFailure};
use crate::finding::Finding;
use crate::land::{self, DataDirectory, LandError};
use crate::observe::{FailureReport, Progress, SourceReport, Stage};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use tokio::task::JoinSet;

/// Files that are landed together.
const TOGETHER: usize = 64;

/// What fetching gave: a report a source, and how long landing took by file.
pub struct Fetched {
    pub sources: Vec<SourceReport>,
    /// Seconds of landing by connector and file name.
    pub land_seconds: BTreeMap<(String, String), f64>,
}

/// Fetches from the given connectors and lands what comes. A source that fails is reported; the others go on.
pub async fn fetch(
    configuration: &Configuration,
    data: &DataDirectory,
    catalog: &Catalog,
    connectors: &[Arc<Connector>],
    as_of: NaiveDate,
    progress: &Progress,
) -> Result<Fetched, RunError> {
    let bar = progress.stage(Stage::Fetch, connectors.len() as u64);
    let permits = Arc::new(tokio::sync::Semaphore::new(
        configuration.installation.limits.sources.max(1),
    ));
    let mut tasks = JoinSet::new();
    for connector in connectors {
        let request = FetchRequest {
            as_of,
            cursors: catalog.cursors(&connector.name)?,
            spool: data.spool(),
            drop: data.drop(),
            installation: configuration.installation.clone(),
            regions: configuration.regions.clone(),
        };
        let worker = Worker {
            connector: connector.clone(),
            contracts: configuration.contracts_of(connector),
            data: data.clone(),
            catalog: catalog.clone(),
            as_of,
        };
        let permits = permits.clone();
        tasks.spawn(async move {
            // The semaphore is never closed.
            let _permit = permits.acquire_owned().await;
            worker.work(request).await
        });
    }
    let mut fetched = Fetched {
        sources: Vec::new(),
        land_seconds: BTreeMap::new(),
    };
    while let Some(done) = tasks.join_next().await {
        let (source, seconds) = done.map_err(|error| RunError::Internal(error.to_string()))??;
        bar.item(&source.connector);
        bar.advance(1);
        fetched.sources.push(source);
        fetched.land_seconds.extend(seconds);
    }
    fetched
        .sources
        .sort_by(|left, right| left.connector.cmp(&right.connector));
    bar.finish();
    Ok(fetched)
}

impl Run {
    /// Moves dropped files to `processed/`; gives those that cannot be moved.
    pub(super) fn move_processed(&self) -> Result<Vec<(String, String, Finding)>, RunError> {
        let failed = crate::land::move_processed(&self.data, &self.catalog)?;
        let told = failed.into_iter().map(|(submission, error)| {
            let file = submission.file.unwrap_or_default();
            let reason = match error {
                LandError::Io { source, .. } => source.to_string(),
                other => other.to_string(),
            };
            let finding = Finding::of("processed-not-moved")
                .with("file", file)
                .with("reason", reason);
            (submission.connector, submission.region, finding)
        });
        Ok(told.collect())
    }
}

struct Worker {
    connector: Arc<Connector>,
    contracts: Vec<Arc<crate::config::Contract>>,
    data: DataDirectory,
    catalog: Catalog,
    as_of: NaiveDate,
}

type Worked = (SourceReport, BTreeMap<(String, String), f64>);

impl Worker {
    async fn work(self, request: FetchRequest) -> Result<Worked, RunError> {
        let start = Instant::now();
        let mut report = SourceReport {
            connector: self.connector.name.clone(),
            contact: self.connector.contact.clone(),
            ..SourceReport::default()
        };
        let mut seconds = BTreeMap::new();
        let source = match connector::open(&self.connector) {
            Ok(source) => source,
            Err(finding) => {
                report.failures.push(failure(None, None, &finding));
                return Ok((report, seconds));
            }
        };
        let mut stopped: Option<RunError> = None;
        let mut pending = Vec::new();
        let mut handover = |slice: Result<Delivery, SliceFailure>| match slice {
            Ok(delivery) => {
                // A file can be copied again; what a source said may not be said again.
                let is_file = delivery.origin.is_some();
                pending.push(delivery);
                if is_file && pending.len() < TOGETHER {
                    return Ok(());
                }
                self.land(std::mem::take(&mut pending), &mut report, &mut seconds)
                    .map_err(|error| {
                        let reason = std::io::Error::other(error.to_string());
                        stopped = Some(error);
                        reason
                    })
            }
            Err(failed) => {
                tracing::warn!(
                    connector = self.connector.name,
                    code = failed.finding.code,
                    "source slice failed"
                );
                let window = (!failed.window.is_empty()).then_some(failed.window);
                report.failures.push(failure(failed.region, window, &failed.finding));
                Ok(())
            }
        };
        let ended = source.fetch(&request, &mut handover).await;
        if let Some(error) = stopped {
            return Err(error);
        }
        self.land(pending, &mut report, &mut seconds)?;
        ended.map_err(|source| RunError::Io {
            path: self.data.spool().display().to_string(),
            source,
        })?;
        report.seconds = start.elapsed().as_secs_f64();
        Ok((report, seconds))
    }

    /// Lands deliveries together; each is said to have taken an equal share of the time.
    fn land(
        &self,
        deliveries: Vec<Delivery>,
        report: &mut SourceReport,
        seconds: &mut BTreeMap<(String, String), f64>,
    ) -> Result<(), RunError> {
        if deliveries.is_empty() {
            return Ok(());
        }
        let start = Instant::now();
        let said = |delivery: &Delivery| {
            let file = delivery.origin.as_ref().map(|origin| origin.name.clone());
            let bytes: u64 = delivery.parts.iter().map(|part| part.size).sum();
            (file.unwrap_or_default(), delivery.parts.len() as u64, bytes)
        };
        let said: Vec<_> = deliveries.iter().map(said).collect();
        let (connector, contracts) = (&self.connector, &self.contracts);
        let landed = land::land(&self.data, &self.catalog, connector, contracts, self.as_of, deliveries)?;
        let share = start.elapsed().as_secs_f64() / said.len() as f64;
        for ((file, parts, bytes), landed) in said.into_iter().zip(landed) {
            seconds.insert((self.connector.name.clone(), file), share);
            if landed == Landed::New {
                report.deliveries += 1;
                report.parts += parts;
                report.bytes += bytes;
            }
        }
        Ok(())
    }
}

pub(super) fn failure(region: Option<String>, window: Option<String>, finding: &Finding) -> FailureReport {
    FailureReport {
        region,
        window,
        code: finding.code.clone(),
        message: finding.message(),
        hint: finding.hint(),
    }
}
