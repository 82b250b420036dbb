//! Fetching: all sources at once, each delivery landed as soon as it is complete.

use super::RunError;
use crate::catalog::{Catalog, Landed};
use crate::config::{Configuration, Connector};
use crate::connector::{self, Delivery, FetchRequest, SliceFailure};
use crate::finding::Finding;
use crate::land::{self, DataDirectory};
use crate::observe::{FailureReport, Progress, SourceReport, Stage};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use tokio::task::JoinSet;

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
        let mut handover = |slice: Result<Delivery, SliceFailure>| match slice {
            Ok(delivery) => match self.land(delivery, &mut report, &mut seconds) {
                Ok(()) => Ok(()),
                Err(error) => {
                    let reason = std::io::Error::other(error.to_string());
                    stopped = Some(error);
                    Err(reason)
                }
            },
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
        ended.map_err(|source| RunError::Io {
            path: self.data.spool().display().to_string(),
            source,
        })?;
        report.seconds = start.elapsed().as_secs_f64();
        Ok((report, seconds))
    }

    fn land(
        &self,
        delivery: Delivery,
        report: &mut SourceReport,
        seconds: &mut BTreeMap<(String, String), f64>,
    ) -> Result<(), RunError> {
        let start = Instant::now();
        let parts = delivery.parts.len() as u64;
        let bytes: u64 = delivery.parts.iter().map(|part| part.size).sum();
        let file = delivery
            .origin
            .as_ref()
            .map(|origin| origin.name.clone())
            .unwrap_or_default();
        let landed = land::land(
            &self.data,
            &self.catalog,
            &self.connector,
            &self.contracts,
            self.as_of,
            delivery,
        )?;
        seconds.insert((self.connector.name.clone(), file), start.elapsed().as_secs_f64());
        if landed == Landed::New {
            report.deliveries += 1;
            report.parts += parts;
            report.bytes += bytes;
        }
        Ok(())
    }
}

pub(super) fn failure(region: Option<String>, window: Option<String>, finding: &Finding) -> FailureReport {
    FailureReport {
        region,
        window,
        code: finding.code.clone(),
        message: finding.message.clone(),
        hint: finding.hint.clone(),
    }
}
