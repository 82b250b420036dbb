//! `kind = "http"`: paged interfaces that answer in JSON or XML.
//!
//! A slice is a region × window. Its pages are fetched one after the other, each written to the spool and hashed
//! while it streams; only a slice that came whole is handed over. What to distrust:
//!
//! - `settings`: the connector file in types, with variables and tokens filled in;
//! - `slice`: which regions and windows are asked for;
//! - `exchange`: one request: rate, redirections, limits, retries;
//! - `answer`: whether an answer with status 200 is data at all;
//! - `paging`: which page comes next, and whether the pull is whole;
//! - `trouble`: what failed, and whether to ask again;
//! - `redact`: secrets, kept out of everything that is shown or stored.

mod answer;
mod exchange;
mod paging;
mod redact;
mod settings;
mod slice;
mod trouble;

#[cfg(test)]
mod paging_tests;
#[cfg(test)]
mod test_server;
#[cfg(test)]
mod tests;

use super::spool::PartsInFlight;
use super::{Delivery, FetchRequest, Handover, SliceFailure, Source};
use crate::config::Connector;
use crate::finding::Finding;
use exchange::{Ask, Exchange};
use futures::future::BoxFuture;
use paging::{PageFacts, Pager, Step};
use reqwest::Url;
use settings::Settings;
use slice::{Slice, address, slices};
use std::io;
use std::sync::Arc;
use trouble::{Failed, Health};

/// A paged HTTP interface.
pub struct HttpSource {
    settings: Arc<Settings>,
    exchange: Exchange,
}

impl HttpSource {
    /// Reads the connector's `[http]` table, its variables and its token. An error says what is unset or wrong.
    /// Nothing is sent.
    pub fn new(connector: &Connector) -> Result<HttpSource, Finding> {
        let settings = Arc::new(Settings::of(connector)?);
        let exchange = Exchange::new(&settings)?;
        Ok(HttpSource { settings, exchange })
    }

    async fn fetch_all(&self, request: &FetchRequest, handover: Handover<'_>) -> io::Result<()> {
        let slices = match slices(&self.settings, request) {
            Ok(slices) => slices,
            Err(finding) => {
                return handover(Err(SliceFailure {
                    region: None,
                    window: String::new(),
                    finding,
                }));
            }
        };
        let mut health = Health::default();
        for slice in slices {
            let failure = |finding: Finding| SliceFailure {
                region: slice.region.clone(),
                window: slice.window_text(),
                finding,
            };
            if health.is_down() {
                handover(Err(failure(Finding::of("source-given-up"))))?;
                continue;
            }
            match self.pull(&slice, request, health.retries(self.settings.retries)).await {
                Ok(delivery) => {
                    health.succeeded();
                    handover(Ok(delivery))?;
                }
                Err(Failed::Source(trouble)) => {
                    health.failed(trouble.class);
                    handover(Err(failure(*trouble.finding)))?;
                }
                Err(Failed::Disk(error)) => return Err(error),
            }
        }
        Ok(())
    }

    /// Fetches all pages of a slice.
    async fn pull(&self, slice: &Slice, request: &FetchRequest, retries: usize) -> Result<Delivery, Failed> {
        let mut parts = PartsInFlight::default();
        let mut notes = Vec::new();
        let ids: Vec<Option<&str>> = if slice.ids.is_empty() {
            vec![None]
        } else {
            slice.ids.iter().map(|id| Some(id.as_str())).collect()
        };
        for id in ids {
            let first = address(&self.settings, id, slice.window, request.as_of).map_err(Failed::last)?;
            notes.extend(self.pull_pages(first, request, retries, &mut parts).await?);
        }
        Ok(Delivery {
            region: slice.region.clone(),
            window: slice.window_text(),
            parts: parts.complete(),
            origin: None,
            cursor: slice.window.map(|window| window.to),
            notes,
        })
    }

    /// Fetches the pages that begin at `first`, adds them to `parts` and gives the notes.
    async fn pull_pages(
        &self,
        first: Url,
        request: &FetchRequest,
        retries: usize,
        parts: &mut PartsInFlight,
    ) -> Result<Vec<Finding>, Failed> {
        let limits = &request.installation.limits;
        let settings = &self.settings;
        let mut pager = Pager::new(
            settings.paging.as_ref(),
            &settings.redactor,
            settings.token_parameter.as_ref(),
            limits.pages,
        );
        let pointers = pager.pointers();
        let mut current = pager.first(first);
        loop {
            let ask = Ask {
                settings,
                address: &current,
                pointers: &pointers,
                spool: &request.spool,
                limit: settings.max_bytes.unwrap_or(limits.part_bytes).min(limits.part_bytes),
                retries,
            };
            let page = self.exchange.page(&ask).await?;
            let sha256 = page.part.sha256.clone();
            parts.push(page.part);
            let facts = PageFacts {
                address: &current,
                sha256: &sha256,
                records: page.facts.records,
                values: &page.facts.values,
            };
            match pager.next(&facts).map_err(Failed::last)? {
                Step::Next(next) => current = next,
                Step::Whole => return Ok(pager.notes()),
                Step::WholeWithoutThis => {
                    parts.discard_last();
                    return Ok(pager.notes());
                }
            }
        }
    }
}

impl Source for HttpSource {
    fn fetch<'a>(&'a self, request: &'a FetchRequest, handover: Handover<'a>) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(self.fetch_all(request, handover))
    }
}
