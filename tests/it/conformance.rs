//! What every kind of source must do, asked of each in the same words. A new kind adds a [`Subject`] here.

use crate::simulated::Simulated;
use chrono::NaiveDate;
use lumbung::config::{Connector, Installation};
use lumbung::connector::{Delivery, FetchRequest, SliceFailure, open};
use lumbung::domain::region::Registry;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// Values that must never be seen outside a request.
const TOKEN: &str = "T0k3n-7f3a";
const PASSWORD: &str = "sandi-91c4";

/// What the source is made to do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    /// Every slice is as it should be.
    Good,
    /// One more slice is asked for or sent, and it cannot be had.
    OneBad,
}

/// A kind of source under test: makes a connector file's text in `home`, and what must come of it.
struct Subject {
    name: &'static str,
    prepare: fn(&Path, Case) -> Prepared,
}

struct Prepared {
    connector: String,
    /// Region → bytes of its parts, of the slices that are good.
    expected: BTreeMap<String, Vec<Vec<u8>>>,
    /// Serves as long as it lives.
    _server: Option<Simulated>,
}

const SUBJECTS: [Subject; 2] = [
    Subject {
        name: "drop",
        prepare: prepare_drop,
    },
    Subject {
        name: "http",
        prepare: prepare_http,
    },
];

fn prepare_drop(home: &Path, case: Case) -> Prepared {
    let mut expected = BTreeMap::new();
    for region in ["11.01", "32.04", "32.73"] {
        let content = format!("kode;nilai\n{region};1.234,5\n");
        put(&home.join("drop").join(region).join("subject/laporan.csv"), &content);
        expected.insert(region.to_string(), vec![content.into_bytes()]);
    }
    if case == Case::OneBad {
        let too_long = "x".repeat((1 << 20) + 1);
        put(&home.join("drop/33.74/subject/laporan.csv"), &too_long);
    }
    let connector = "title = { id = \"a\", en = \"a\" }\nkind = \"drop\"\ndrop = { settle = \"0s\" }".to_string();
    Prepared {
        connector,
        expected,
        _server: None,
    }
}

fn prepare_http(home: &Path, case: Case) -> Prepared {
    let (first, second) = (r#"{"data":[{"id":1},{"id":2}]}"#, r#"{"data":[{"id":3}]}"#);
    let server = Simulated::start(move |target| {
        if !target.contains(TOKEN) {
            return (401, String::new());
        }
        let bad = case == Case::OneBad && target.contains("wilayah=2&");
        let page = if target.contains("page=1") {
            first
        } else if target.contains("page=2") {
            second
        } else {
            r#"{"data":[]}"#
        };
        if bad {
            (404, String::new())
        } else {
            (200, page.to_string())
        }
    });
    let token = home.join("token");
    std::fs::write(&token, TOKEN).unwrap();
    let connector = format!(
        "title = {{ id = \"a\", en = \"a\" }}\nkind = \"http\"\nscope = \"all\"\nregions = {{ system = \"pihps\" }}\n\
         [http]\nurl = \"http://petugas:{PASSWORD}@{}/harga\"\nrecords = \"/data\"\nretries = 0\n\
         each = {{ wilayah = \"regions\" }}\npaging = {{ kind = \"page\", param = \"page\" }}\n\
         auth = {{ query = \"kunci\", token_file = \"{}\" }}",
        server.address(),
        token.display()
    );
    let regions = registry();
    let system = regions.system("pihps").unwrap();
    let entries = regions.map_entries(&system);
    assert!(entries.len() >= 3 && entries.iter().any(|entry| entry.id == "2"));
    let good = entries
        .into_iter()
        .filter(|entry| case == Case::Good || entry.id != "2");
    let parts = || vec![first.as_bytes().to_vec(), second.as_bytes().to_vec()];
    Prepared {
        connector,
        expected: good.map(|entry| (entry.code, parts())).collect(),
        _server: Some(server),
    }
}

fn put(path: &Path, content: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
}

fn registry() -> Registry {
    Registry::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/reference")).unwrap()
}

/// Everything that a fetch gave.
#[derive(Debug, Default)]
struct Outcome {
    deliveries: Vec<Delivery>,
    failures: Vec<SliceFailure>,
}

impl Outcome {
    /// Region → sha256 of its parts.
    fn hashes(&self) -> BTreeMap<String, Vec<String>> {
        let hashes = |delivery: &Delivery| delivery.parts.iter().map(|part| part.sha256.clone()).collect();
        self.deliveries
            .iter()
            .map(|delivery| (delivery.region.clone().unwrap(), hashes(delivery)))
            .collect()
    }

    /// Everything that a person or a log may get to see of it.
    fn shown(&self) -> String {
        let sentences: Vec<String> = self
            .failures
            .iter()
            .map(|failure| failure.finding.to_string())
            .collect();
        format!("{self:?} {sentences:?}")
    }
}

/// Fetches; the handover refuses everything after `room` outcomes.
fn fetch(home: &Path, connector: &str, part_bytes: u64, room: usize) -> (std::io::Result<()>, Outcome) {
    let mut connector: Connector = toml::from_str(connector).unwrap();
    connector.name = "subject".to_string();
    let source = open(&connector).unwrap();
    let mut installation = Installation::default();
    installation.limits.part_bytes = part_bytes;
    std::fs::create_dir_all(home.join("spool")).unwrap();
    let request = FetchRequest {
        as_of: NaiveDate::from_ymd_opt(2025, 11, 30).unwrap(),
        cursors: BTreeMap::new(),
        spool: home.join("spool"),
        drop: home.join("drop"),
        installation: Arc::new(installation),
        regions: Arc::new(registry()),
    };
    let mut outcome = Outcome::default();
    let mut handover = |given: Result<Delivery, SliceFailure>| {
        if outcome.deliveries.len() + outcome.failures.len() == room {
            return Err(std::io::Error::other("no room"));
        }
        match given {
            Ok(delivery) => outcome.deliveries.push(delivery),
            Err(failure) => outcome.failures.push(failure),
        }
        Ok(())
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let result = runtime.block_on(source.fetch(&request, &mut handover));
    (result, outcome)
}

fn spooled(home: &Path) -> usize {
    std::fs::read_dir(home.join("spool")).unwrap().count()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn delivers_every_slice_whole_and_twice_the_same() {
    for subject in SUBJECTS {
        let home = tempfile::tempdir().unwrap();
        let prepared = (subject.prepare)(home.path(), Case::Good);
        let (result, outcome) = fetch(home.path(), &prepared.connector, 1 << 20, usize::MAX);
        result.unwrap();
        assert!(outcome.failures.is_empty(), "{}: {:?}", subject.name, outcome.failures);
        let expected: BTreeMap<String, Vec<String>> = prepared
            .expected
            .iter()
            .map(|(region, parts)| (region.clone(), parts.iter().map(|part| sha256(part)).collect()))
            .collect();
        assert_eq!(outcome.hashes(), expected, "{}", subject.name);
        let mut paths = BTreeSet::new();
        for part in outcome.deliveries.iter().flat_map(|delivery| &delivery.parts) {
            let bytes = std::fs::read(&part.path).unwrap();
            assert_eq!(
                (sha256(&bytes), bytes.len() as u64),
                (part.sha256.clone(), part.size),
                "{}",
                subject.name
            );
            assert!(part.path.starts_with(home.path().join("spool")) && paths.insert(&part.path));
        }
        assert_eq!(
            spooled(home.path()),
            paths.len(),
            "{}: nothing else is in the spool",
            subject.name
        );

        let (result, again) = fetch(home.path(), &prepared.connector, 1 << 20, usize::MAX);
        result.unwrap();
        assert_eq!(again.hashes(), outcome.hashes(), "{}", subject.name);
    }
}

#[test]
fn a_slice_that_fails_stops_no_other() {
    for subject in SUBJECTS {
        let home = tempfile::tempdir().unwrap();
        let prepared = (subject.prepare)(home.path(), Case::OneBad);
        let (result, outcome) = fetch(home.path(), &prepared.connector, 1 << 20, usize::MAX);
        result.unwrap();
        assert_eq!(outcome.failures.len(), 1, "{}: {:?}", subject.name, outcome.failures);
        let regions: Vec<&String> = prepared.expected.keys().collect();
        assert_eq!(outcome.hashes().keys().collect::<Vec<_>>(), regions, "{}", subject.name);
        let parts: usize = prepared.expected.values().map(Vec::len).sum();
        assert_eq!(
            spooled(home.path()),
            parts,
            "{}: the failed slice leaves nothing",
            subject.name
        );
    }
}

#[test]
fn past_the_limit_there_is_a_finding_and_no_part() {
    for subject in SUBJECTS {
        let home = tempfile::tempdir().unwrap();
        let prepared = (subject.prepare)(home.path(), Case::Good);
        // The second page is smaller than the first one, so a limit between them must not give half a slice.
        let (result, outcome) = fetch(home.path(), &prepared.connector, 22, usize::MAX);
        result.unwrap();
        assert!(outcome.deliveries.is_empty(), "{}", subject.name);
        assert_eq!(outcome.failures.len(), prepared.expected.len(), "{}", subject.name);
        for failure in &outcome.failures {
            assert!(
                failure.finding.code.ends_with("too-large"),
                "{}: {failure:?}",
                subject.name
            );
        }
        assert_eq!(spooled(home.path()), 0, "{}", subject.name);
    }
}

#[test]
fn a_handover_that_fails_ends_the_fetch() {
    for subject in SUBJECTS {
        let home = tempfile::tempdir().unwrap();
        let prepared = (subject.prepare)(home.path(), Case::Good);
        let (result, outcome) = fetch(home.path(), &prepared.connector, 1 << 20, 1);
        assert_eq!(result.unwrap_err().to_string(), "no room", "{}", subject.name);
        assert_eq!(outcome.deliveries.len(), 1, "{}", subject.name);
    }
}

#[test]
fn no_secret_is_shown() {
    for subject in SUBJECTS {
        for case in [Case::Good, Case::OneBad] {
            for part_bytes in [1 << 20, 22] {
                let home = tempfile::tempdir().unwrap();
                let prepared = (subject.prepare)(home.path(), case);
                let (_, outcome) = fetch(home.path(), &prepared.connector, part_bytes, usize::MAX);
                let shown = outcome.shown();
                assert!(
                    !shown.contains(TOKEN) && !shown.contains(PASSWORD),
                    "{}: {shown}",
                    subject.name
                );
            }
        }
    }
}

#[test]
fn a_connector_that_cannot_work_says_why_and_shows_no_secret() {
    for (lines, code) in [
        ("kind = \"drop\"\ndrop = { settle = \"soon\" }", "duration-invalid"),
        (
            "kind = \"http\"\n[http]\nurl = \"${LUMBUNG_TEST_UNSET}\"\nrecords = \"\"",
            "variable-unset",
        ),
        (
            "kind = \"http\"\n[http]\nurl = \"http://a:sandi-91c4@[/\"\nrecords = \"\"",
            "address-invalid",
        ),
    ] {
        let connector: Connector = toml::from_str(&format!("title = {{ id = \"a\", en = \"a\" }}\n{lines}")).unwrap();
        let finding = open(&connector).err().unwrap();
        assert_eq!(finding.code, code);
        assert!(!format!("{finding:?}").contains(PASSWORD));
    }
}
