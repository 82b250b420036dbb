//! Bad input: whatever comes, the sender is told what, where and how to mend it, every row is in one place, nothing
//! panics, and the exit code is that of design §10.
//!
//! - `files`: what is no table, or no table of this dataset; `cells`: figures, keys and regions
//! - `fixtures`: odd files of other projects; `records`: JSON and XML; `nights`: the run goes on and nothing is lost; `configuration`: found before a run
//! - sources over HTTP are in `pull` and beside the connector

mod cells;
mod configuration;
mod files;
mod fixtures;
mod nights;
mod records;

use crate::support::{AS_OF, Installation, root};
use lumbung::config;
use lumbung::finding::Severity;
use lumbung::finding::receipt::{Language, Receipt, Status, Titles};
use std::path::PathBuf;
use std::sync::OnceLock;

/// Header of a population file.
const PEOPLE: &str = "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n";

/// Header of a price list.
const PRICES: &str = "Tanggal;Komoditas;Satuan;Harga\n";

/// Who sends, and by which connector.
type Sender = (&'static str, &'static str);

const DUKCAPIL: Sender = ("dukcapil-file", "32");
const TRADE: Sender = ("harga-pasar", "32.73");
const REPORT: Sender = ("laporan-daerah", "32.73");

/// An installation with the connectors of [`Sender`]s.
fn installation() -> Installation {
    Installation::with_own(&[DUKCAPIL.0, TRADE.0, REPORT.0])
}

/// Names for receipts, as the program takes them from the configuration.
fn titles() -> &'static Titles {
    static TITLES: OnceLock<Titles> = OnceLock::new();
    TITLES.get_or_init(|| {
        let configuration = config::load(&root()).expect("the repository's own configuration");
        lumbung::run::receipts::titles(&configuration)
    })
}

/// `lumbung check` of these bytes. Promise I2 holds, nothing panicked, and the exit code says whether an error was
/// found.
#[track_caller]
fn check(installation: &Installation, name: &str, bytes: impl AsRef<[u8]>, sender: Sender) -> Receipt {
    let folder = installation.home().join("kiriman");
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("written");
    let file = path.to_str().expect("UTF-8");
    let said = installation.lumbung(&[
        "check",
        file,
        "--as-of",
        AS_OF,
        "--connector",
        sender.0,
        "--region",
        sender.1,
        "--json",
    ]);
    assert!(!said.stderr.contains("panicked"), "{name}: {}", said.stderr);
    let receipt = Receipt::from_json(&said.stdout).unwrap_or_else(|error| panic!("{name}: {error}\n{}", said.stderr));
    receipt.rows.check().unwrap_or_else(|error| panic!("{name}: {error}"));
    let is_clean = receipt.status == Status::Accepted && !receipt.has_errors();
    assert_eq!(said.code, if is_clean { 0 } else { 3 }, "{name}: {}", said.stderr);
    for finding in receipt.parts().iter().flat_map(|part| &part.findings) {
        let texts = [Some(&finding.message), finding.hint.as_ref()];
        for text in texts.into_iter().flatten() {
            let is_filled = |text: &str| !text.is_empty() && !text.contains('{');
            assert!(is_filled(&text.id) && is_filled(&text.en), "{name}: {text:?}");
        }
        let needs_hint = finding.severity == Severity::Error;
        assert!(
            !needs_hint || finding.hint.is_some(),
            "{name}: no hint for {}",
            finding.code
        );
    }
    receipt
}

/// Codes and places of the errors and warnings, in order.
fn told(receipt: &Receipt) -> Vec<String> {
    let parts = receipt.parts().iter().flat_map(|part| &part.findings);
    parts
        .filter(|finding| finding.severity != Severity::Note)
        .map(|finding| match (&finding.cell, finding.line.or(finding.row)) {
            (Some(cell), _) => format!("{} {cell}", finding.code),
            (None, Some(line)) => format!("{} {line}", finding.code),
            (None, None) => finding.code.clone(),
        })
        .collect()
}

/// Read, accepted, quarantined, repeated, not observed.
fn counts(receipt: &Receipt) -> [u64; 5] {
    let rows = &receipt.rows;
    [
        rows.read,
        rows.accepted,
        rows.quarantined,
        rows.repeated,
        rows.not_observed,
    ]
}

/// What the sender reads in Bahasa Indonesia, below the head that all receipts share.
fn sentences(name: &str, receipt: &Receipt) -> String {
    let text = receipt.to_text(Language::Id, titles());
    let start = text.find("\nTemuan").map_or(text.len(), |at| at + 1);
    let first = text.lines().next().unwrap_or_default();
    format!("── {name}\n{first}\n{}\n", &text[start..])
}

/// A folder of the fixtures; none, said aloud, where they are absent and not required.
pub fn fixtures(name: &str) -> Option<PathBuf> {
    let data = std::env::var_os("LUMBUNG_FIXTURES").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    let folder = data.join("fixtures").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    let shown = folder.display();
    assert!(
        std::env::var_os("LUMBUNG_REQUIRE_FIXTURES").is_none(),
        "{shown} is missing"
    );
    eprintln!("SKIPPED: {shown} is missing; LUMBUNG_FIXTURES says where the fixtures are");
    None
}
