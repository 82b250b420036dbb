//! One request and its answer: sent politely, received within bounds, tried again where that may help.

use super::answer::{self, Facts, HEAD_BYTES};
use super::paging::on_same_host;
use super::settings::Settings;
use super::trouble::{Class, Failed, Trouble, retry_after};
use crate::connector::{PartWriter, SpooledPart};
use crate::finding::Finding;
use backon::{ExponentialBuilder, Retryable};
use chrono::Utc;
use governor::DefaultDirectRateLimiter;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use std::error::Error;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Redirections that one request may take.
const REDIRECTS: usize = 5;

/// Time for a connection, where the time for the whole answer is not shorter.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// The line to a source.
pub(super) struct Exchange {
    client: Client,
    rate: Option<DefaultDirectRateLimiter>,
    /// The wait before the second attempt; it doubles from there.
    pub(super) first_wait: Duration,
}

/// A request.
pub(super) struct Ask<'a> {
    pub settings: &'a Arc<Settings>,
    pub address: &'a Url,
    pub pointers: &'a [&'a str],
    pub spool: &'a Path,
    /// Largest answer, in bytes.
    pub limit: u64,
    /// Attempts after the first.
    pub retries: usize,
}

/// An answer that holds data.
pub(super) struct Page {
    pub part: SpooledPart,
    pub facts: Facts,
}

impl Exchange {
    /// Opens a line with the settings' limits. Nothing is sent yet.
    pub(super) fn new(settings: &Settings) -> Result<Exchange, Finding> {
        // An error says that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            let builder = Client::builder()
                .user_agent(concat!("Lumbung/", env!("CARGO_PKG_VERSION")))
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .timeout(settings.timeout)
                .connect_timeout(settings.timeout.min(CONNECT_TIMEOUT));
            if settings.is_loopback() {
                builder.no_proxy()
            } else {
                builder
            }
        };
        // A machine without certificates can still ask sources that use none.
        let plain = settings.url.starts_with("http:");
        let client = builder().build().or_else(|error| match plain {
            true => builder().tls_certs_only(std::iter::empty()).build(),
            false => Err(error),
        });
        let client = client.map_err(|error| Finding::of("client-unusable").with("reason", reason(error, settings)))?;
        let rate = settings.rate.map(DefaultDirectRateLimiter::direct);
        Ok(Exchange {
            client,
            rate,
            first_wait: Duration::from_millis(500),
        })
    }

    /// Asks until there is an answer, or no sense in asking on.
    pub(super) async fn page(&self, ask: &Ask<'_>) -> Result<Page, Failed> {
        let waits = ExponentialBuilder::default()
            .with_min_delay(self.first_wait)
            .with_max_delay(Duration::from_secs(30))
            .with_factor(2.0)
            .with_jitter()
            .with_max_times(ask.retries);
        (|| self.attempt(ask))
            .retry(waits)
            .when(Failed::is_transient)
            .adjust(|failed, wait| wait.map(|wait| failed.wait().unwrap_or(wait)))
            .notify(|failed, wait| {
                if let Failed::Source(trouble) = failed {
                    tracing::info!(
                        code = trouble.finding.code,
                        wait_ms = wait.as_millis(),
                        "request is repeated"
                    );
                }
            })
            .await
    }

    async fn attempt(&self, ask: &Ask<'_>) -> Result<Page, Failed> {
        let response = self.send(ask).await?;
        let mut writer = PartWriter::create(ask.spool, ask.limit)?;
        let head = receive(response, &mut writer, ask).await?;
        let settings = Arc::clone(ask.settings);
        let pointers: Vec<String> = ask.pointers.iter().map(|pointer| pointer.to_string()).collect();
        let address = ask.address.clone();
        // Parsing and syncing block; the runtime's few threads serve all sources.
        let page = tokio::task::spawn_blocking(move || {
            let shown = settings.redactor.url(&address);
            let pointers: Vec<&str> = pointers.iter().map(String::as_str).collect();
            let facts = answer::look(writer.complete()?, &head, &settings, &pointers, &shown)?;
            let part = writer.finish(shown, settings.redactor.parameters(&address))?;
            Ok(Page { part, facts })
        });
        page.await.map_err(io::Error::other)?
    }

    /// Sends the request and follows redirections on the same host.
    async fn send(&self, ask: &Ask<'_>) -> Result<Response, Failed> {
        let mut address = ask.address.clone();
        for _ in 0..=REDIRECTS {
            if let Some(rate) = &self.rate {
                rate.until_ready().await;
            }
            let mut request = self.client.get(address.clone()).headers(ask.settings.headers.clone());
            if let Some((user, password)) = &ask.settings.basic {
                request = request.basic_auth(user, Some(password));
            }
            let response = request.send().await.map_err(|error| broken(error, ask))?;
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let status = response.status();
            if !status.is_redirection() || location.is_none() {
                let is_whole = matches!(status, StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION);
                return if is_whole {
                    Ok(response)
                } else {
                    Err(refusal(response, ask).await)
                };
            }
            let target = location.and_then(|location| address.join(location).ok());
            address = target
                .and_then(|target| on_same_host(&address, target))
                .ok_or_else(|| {
                    let shown = ask.settings.redactor.text(location.unwrap_or_default());
                    Failed::last(
                        Finding::of("redirect-elsewhere")
                            .with("url", ask.settings.redactor.url(ask.address))
                            .value(shown),
                    )
                })?;
        }
        Err(Failed::last(about(Finding::of("redirects-endless"), ask)))
    }
}

/// Streams a body into the spool and gives its first bytes.
async fn receive(mut response: Response, writer: &mut PartWriter, ask: &Ask<'_>) -> Result<Vec<u8>, Failed> {
    // The client decodes what it asked for and takes the header away; what is left is unknown to it.
    if let Some(encoding) = response
        .headers()
        .get(CONTENT_ENCODING)
        .filter(|encoding| *encoding != "identity")
    {
        let name = ask
            .settings
            .redactor
            .text(&String::from_utf8_lossy(encoding.as_bytes()));
        return Err(Failed::last(
            about(Finding::of("answer-encoding-unknown"), ask).value(name),
        ));
    }
    let too_large =
        || Failed::last(about(Finding::of("answer-too-large"), ask).with("limit", crate::finding::size(ask.limit)));
    if response.content_length().is_some_and(|length| length > ask.limit) {
        return Err(too_large());
    }
    let mut head = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(error, ask))? {
        let missing = HEAD_BYTES - head.len();
        head.extend_from_slice(&chunk[..chunk.len().min(missing)]);
        if !writer.write(&chunk)? {
            return Err(too_large());
        }
    }
    Ok(head)
}

/// What a status other than 200 means.
async fn refusal(mut response: Response, ask: &Ask<'_>) -> Failed {
    let status = response.status();
    let wait = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| retry_after(value, Utc::now()));
    let is_page = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page
        && let Ok(Some(head)) = response.chunk().await
        && answer::is_challenge(&head[..head.len().min(HEAD_BYTES)])
    {
        return Failed::last(about(Finding::of("answer-is-challenge"), ask));
    }
    let with_status = |finding: Finding| finding.with("status", status.as_u16().to_string());
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        let finding = Box::new(with_status(about(Finding::of("source-busy"), ask)));
        return Failed::Source(Trouble {
            finding,
            class: Class::Busy,
            wait,
        });
    }
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Failed::last(with_status(about(Finding::of("access-refused"), ask)))
        }
        _ => Failed::last(with_status(about(Finding::of("answer-status"), ask))),
    }
}

/// What a transport error means.
fn broken(error: reqwest::Error, ask: &Ask<'_>) -> Failed {
    let (class, finding) = if error.is_timeout() && !error.is_connect() {
        (
            Class::Slow,
            about(Finding::of("answer-timeout"), ask).with("seconds", ask.settings.timeout.as_secs_f64().to_string()),
        )
    } else if error.is_body() || error.is_decode() {
        (Class::CutOff, about(Finding::of("answer-cut-off"), ask))
    } else {
        (Class::Unreachable, about(Finding::of("source-unreachable"), ask))
    };
    Failed::of(class, finding.with("reason", reason(error, ask.settings)))
}

/// The innermost cause, which is the one that helps; without the address, which may hold a token.
fn reason(error: reqwest::Error, settings: &Settings) -> String {
    let error = error.without_url();
    let mut cause: &dyn Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    settings.redactor.text(&cause.to_string())
}

/// Names the address, without secrets.
fn about(finding: Finding, ask: &Ask<'_>) -> Finding {
    finding.with("url", ask.settings.redactor.url(ask.address))
}
