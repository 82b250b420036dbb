//! A kill between a change of the catalog and the receipt that tells of it.

use super::{Ground, Site};
use crate::released::parquet_rows;
use crate::support::{AS_OF, read_json};
use std::time::Duration;

const NIGHT: [&str; 4] = ["run", "--as-of", AS_OF, "--json"];

fn codes(receipt: &serde_json::Value) -> Vec<String> {
    let findings = receipt["findings"].as_array().expect("findings");
    findings.iter().map(|finding| finding["code"].to_string()).collect()
}

fn receipt(ground: &Ground, sequence: i64) -> serde_json::Value {
    read_json(&ground.data.join(format!("receipts/{sequence}.json")))
}

#[test]
fn what_merging_finds_is_told_by_receipt_catalog_and_release_whenever_it_was_killed() {
    let site = Site::new(Duration::ZERO);
    let start = site.ground();
    for point in ["merge.commit.after", "hold.after"] {
        let ground = start.copy();
        assert_eq!(site.killed_at(&ground.data, point, &NIGHT), Ok(()), "{point}");
        site.lumbung(&ground.data, &NIGHT);
        // 4 is the pull of the service, which the file of the province overrules; 7 and 8 cross the limit.
        for (sequence, code, status) in [
            (4, "sources-disagree", "accepted"),
            (7, "partition-too-large", "held"),
            (8, "partition-too-large", "held"),
        ] {
            let receipt = receipt(&ground, sequence);
            assert_eq!(receipt["status"], status, "{point}: {receipt:#}");
            assert!(codes(&receipt).contains(&format!("\"{code}\"")), "{point}: {receipt:#}");
            let total: i64 = ground
                .catalog()
                .query_row(
                    "SELECT sum(findings) FROM outcomes WHERE sequence = ?1",
                    [sequence],
                    |row| row.get(0),
                )
                .expect("a sum");
            assert_eq!(
                receipt["findings_total"], total,
                "{point}: the catalog counts as the receipt"
            );
            let told = parquet_rows(&ground.data.join("published/current/quality/findings.parquet"));
            let is_told = told.iter().any(|row| {
                row["code"].to_string() == format!("\"{code}\"")
                    && row["submission"].to_string() == sequence.to_string()
            });
            assert!(is_told, "{point}: the release tells {code} of {sequence}");
        }
    }
}

#[test]
fn status_tells_a_night_that_was_stopped_from_one_that_goes_on() {
    let site = Site::new(Duration::ZERO);
    let ground = site.ground();
    let before = site.lumbung(&ground.data, &["status", "--json"]).expect(0).json();
    assert_eq!((&before["running"], &before["stopped"]), (&false.into(), &false.into()));
    assert_eq!(site.killed_at(&ground.data, "merge.commit.before", &NIGHT), Ok(()));
    let told = site.lumbung(&ground.data, &["status", "--json"]).expect(0).json();
    assert_eq!((&told["running"], &told["stopped"]), (&false.into(), &true.into()));
    assert_eq!(told["report"], before["report"], "the last report that there is");
    let text = site.lumbung(&ground.data, &["status", "--lang", "en"]).expect(0).stdout;
    assert!(
        text.contains("Run 2, begun at ") && text.contains("the next run continues it"),
        "{text}"
    );
    let text = site.lumbung(&ground.data, &["status"]).expect(0).stdout;
    assert!(
        text.contains("terhenti sebelum selesai") && text.contains("Laporan jalan 1"),
        "{text}"
    );
    // Whether something is held was found by the night that was killed.
    site.night(&ground.data, AS_OF, 3);
    let told = site.lumbung(&ground.data, &["status", "--json"]).expect(0).json();
    assert_eq!((&told["stopped"], &told["report"]["run"]), (&false.into(), &3.into()));
}
