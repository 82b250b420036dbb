//! The whole source against a server that misbehaves.

mod faults;
mod pages;
mod slices;

use super::test_server::{Asked, Reply, Server, gzip, ok, raw, reply};
use super::*;
use crate::connector::testing::{collect, request, strays};
use std::time::{Duration, Instant};

const PAGES: &str = "paging = { kind = \"page\", param = \"page\" }";
const TOTAL: &str = "paging = { kind = \"offset\", param = \"skip\", total = \"/total\" }";
const NEXT: &str = "paging = { kind = \"next\", link = \"/next\" }";

/// A source with a short wait between attempts, so that tests are quick.
fn source(url: &str, lines: &str) -> HttpSource {
    let text = format!(
        "title = {{ id = \"a\", en = \"a\" }}\nkind = \"http\"\nscope = \"all\"\nregions = {{ system = \"ids\" }}\n\
         [http]\nurl = \"{url}\"\nrecords = \"/items\"\nretries = 2\ntimeout = \"3s\"\n{lines}"
    );
    let connector: Connector = toml::from_str(&text).unwrap();
    let mut source = HttpSource::new(&connector).unwrap();
    source.exchange.first_wait = Duration::from_millis(5);
    source
}

/// An answer that is not the data.
type Fault = fn() -> Reply;

/// Everything that one fetch gave, in comparable form.
#[derive(Debug)]
struct Outcome {
    /// For each delivery the contents of its parts.
    bodies: Vec<Vec<String>>,
    deliveries: Vec<Delivery>,
    codes: Vec<String>,
    failures: Vec<SliceFailure>,
    targets: Vec<String>,
}

async fn fetched(lines: &str, answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Outcome {
    let server = Server::start(answer).await;
    let home = tempfile::tempdir().unwrap();
    fetch_from(&server, source(&server.url("/list"), lines), &request(home.path())).await
}

async fn fetch_from(server: &Server, source: HttpSource, request: &FetchRequest) -> Outcome {
    let (deliveries, failures) = collect(&source, request).await;
    assert_eq!(
        strays(request, &deliveries),
        0,
        "nothing but deliveries may stay in the spool"
    );
    // Reads a part and takes it away, as `land` does.
    let content = |part: &crate::connector::SpooledPart| {
        let content = std::fs::read_to_string(&part.path).unwrap();
        std::fs::remove_file(&part.path).unwrap();
        content
    };
    Outcome {
        bodies: deliveries
            .iter()
            .map(|delivery| delivery.parts.iter().map(content).collect())
            .collect(),
        codes: failures.iter().map(|failure| failure.finding.code.clone()).collect(),
        deliveries,
        failures,
        targets: server.targets(),
    }
}

/// A page of `count` records that begins at `first`.
fn page(first: usize, count: usize, more: &str) -> String {
    let items: Vec<String> = (first..first + count).map(|id| format!("{{\"id\":{id}}}")).collect();
    format!("{{\"items\":[{}]{more}}}", items.join(","))
}

/// The value of a query parameter, or 0.
fn number(asked: &Asked, name: &str) -> usize {
    let url = Url::parse(&format!("http://host{}", asked.target)).unwrap();
    url.query_pairs()
        .find(|(key, _)| key == name)
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0)
}
