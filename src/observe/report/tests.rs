use super::*;
use std::collections::BTreeMap;

fn both(id: &str, en: &str) -> Bilingual {
    Bilingual {
        id: id.to_string(),
        en: en.to_string(),
    }
}

fn rows(accepted: u64, quarantined: u64, repeated: u64) -> Rows {
    Rows {
        read: accepted + quarantined + repeated,
        accepted,
        quarantined,
        repeated,
        not_observed: 0,
        ignored: 2,
    }
}

fn submission(number: i64, connector: &str, status: Status, datasets: Vec<(&str, Rows)>) -> SubmissionReport {
    SubmissionReport {
        submission: number,
        connector: connector.to_string(),
        region: Some("32.73".to_string()),
        file: (connector == "laporan-daerah").then(|| format!("laporan-{number}.xlsx")),
        status,
        findings: datasets.iter().map(|(_, rows)| rows.quarantined).sum(),
        datasets: datasets
            .into_iter()
            .map(|(dataset, rows)| DatasetReport {
                dataset: dataset.to_string(),
                status,
                rows,
            })
            .collect(),
        seconds: SubmissionSeconds {
            land: 0.01,
            read: 0.1,
            stage: 0.2,
        },
    }
}

fn failure(region: Option<&str>) -> FailureReport {
    FailureReport {
        region: region.map(str::to_string),
        window: Some("2025-11-23..2025-11-30".to_string()),
        code: "answer-not-expected".to_string(),
        message: both(
            "Sistem menjawab dengan halaman HTML.",
            "The system answered with an HTML page.",
        ),
        hint: Some(both("Tanyakan kepada pengelola sistem.", "Ask who runs the system.")),
    }
}

fn undecided(submission: i64, acceptable: bool) -> UndecidedReport {
    UndecidedReport {
        submission,
        connector: "harga-pasar".to_string(),
        region: Some("32.73".to_string()),
        file: Some("harga.csv".to_string()),
        since: "2025-11-02".to_string(),
        acceptable,
    }
}

/// A night on which something of every sort happened.
fn busy_night() -> RunReport {
    RunReport {
        run: 12,
        as_of: NaiveDate::from_ymd_opt(2025, 11, 30).unwrap(),
        started_at: "2025-11-30T01:00:03+07:00".to_string(),
        seconds: 252.4,
        sources: vec![
            SourceReport {
                connector: "dukcapil-api".to_string(),
                deliveries: 1,
                parts: 14,
                bytes: 1_204_331,
                seconds: 61.2,
                failures: vec![
                    failure(Some("32.73")),
                    failure(Some("32.74")),
                    failure(Some("32.75")),
                    failure(Some("32.76")),
                ],
                ..SourceReport::default()
            },
            SourceReport {
                connector: "laporan-daerah".to_string(),
                deliveries: 4,
                duplicates: 1,
                parts: 4,
                bytes: 812,
                seconds: 0.42,
                ..SourceReport::default()
            },
        ],
        submissions: vec![
            submission(
                17,
                "dukcapil-api",
                Status::Accepted,
                vec![("population", rows(12_549, 3, 0))],
            ),
            submission(
                18,
                "laporan-daerah",
                Status::AcceptedInPart,
                vec![("population", rows(27, 2, 1)), ("labour", rows(4, 0, 0))],
            ),
            submission(19, "laporan-daerah", Status::Held, vec![("labour", rows(60, 40, 0))]),
            submission(20, "laporan-daerah", Status::Refused, vec![]),
            submission(21, "laporan-daerah", Status::Refused, vec![("labour", rows(0, 3, 0))]),
        ],
        merged: vec![MergeReport {
            dataset: "population".to_string(),
            submissions: 2,
            withdrawn: 1,
            partitions: 1,
            seconds: 0.31,
        }],
        waiting: Vec::new(),
        undecided: vec![undecided(7, true), undecided(11, false)],
        without_pseudonyms: vec!["innovation_report".to_string()],
        strays: vec![FailureReport {
            window: None,
            message: both(
                "Berkas drop/32.73/a.csv tidak dibaca.",
                "The file drop/32.73/a.csv is not read.",
            ),
            ..failure(Some("32.73"))
        }],
        unsettled: 2,
        indicators: IndicatorsReport {
            computed: 23,
            unchanged: 9,
            failed: vec![IndicatorFailure {
                indicator: "sex_ratio".to_string(),
                message: "column `femal` does not exist".to_string(),
            }],
        },
        release: ReleaseReport {
            id: Some("2025-11-30-1".to_string()),
            unchanged: false,
            changed: [
                "datasets/labour/2025.parquet",
                "datasets/poverty/empty.parquet",
                "datasets/population/2024.parquet",
                "datasets/population/2025.parquet",
                "indicators/indicators.parquet",
                "indicators/metadata.parquet",
                "regions.parquet",
            ]
            .map(str::to_string)
            .to_vec(),
        },
        exit_code: 3,
    }
}

fn quiet_night() -> RunReport {
    let mut report = busy_night();
    report.sources.remove(0);
    report.sources[0].deliveries = 0;
    report.submissions.clear();
    report.merged.clear();
    report.undecided.clear();
    report.strays.clear();
    report.without_pseudonyms.clear();
    report.unsettled = 0;
    report.indicators.failed.clear();
    report.release = ReleaseReport {
        id: Some("2025-11-29-1".to_string()),
        unchanged: true,
        changed: vec![],
    };
    report.seconds = 1.26;
    report.exit_code = 0;
    report
}

fn titles() -> Titles {
    Titles {
        regions: BTreeMap::from([("32.73".to_string(), "Kota Bandung".to_string())]),
        ..Titles::default()
    }
}

#[test]
fn a_busy_night_reads_in_bahasa_indonesia() {
    insta::assert_snapshot!(busy_night().to_text(Language::Id, &titles()));
}

#[test]
fn a_busy_night_reads_in_english() {
    insta::assert_snapshot!(busy_night().to_text(Language::En, &titles()));
}

#[test]
fn a_quiet_night_is_short() {
    let text = quiet_night().to_text(Language::Id, &Titles::default());
    assert!(!text.contains("Perlu tindakan"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn totals_count_every_submission_once() {
    let totals = busy_night().totals();
    assert_eq!(
        (totals.accepted, totals.accepted_in_part, totals.held, totals.refused),
        (1, 1, 1, 2)
    );
    assert_eq!((totals.duplicates, totals.failures), (1, 4));
    assert_eq!(totals.rows.read, 12_552 + 30 + 4 + 100 + 3);
    assert_eq!(totals.rows.check(), Ok(()));
}

#[test]
fn rows_that_were_lost_are_noticed() {
    let mut report = busy_night();
    assert_eq!(report.check(), Ok(()));
    report.submissions[1].datasets[1].rows.read += 1;
    assert!(report.check().is_err());
}

#[test]
fn a_person_is_asked_for_only_when_needed() {
    assert!(busy_night().needs_a_person());
    assert!(!quiet_night().needs_a_person());
    let mut only_quarantine = quiet_night();
    only_quarantine.submissions = vec![submission(
        1,
        "x",
        Status::AcceptedInPart,
        vec![("labour", rows(9, 1, 0))],
    )];
    assert!(
        !only_quarantine.needs_a_person(),
        "quarantined rows that have a receipt are normal business"
    );
    let mut waits = quiet_night();
    waits.undecided.push(undecided(7, true));
    assert!(waits.needs_a_person(), "a decision of an earlier night is still due");
    let mut writes = quiet_night();
    writes.unsettled = 3;
    assert!(!writes.needs_a_person(), "the next night takes them");
    let text = writes.to_text(Language::En, &Titles::default());
    assert!(text.contains("3 files are still being written"), "{text}");
}

#[test]
fn many_of_a_sort_are_counted_not_listed() {
    let mut report = quiet_night();
    report.submissions = (1..=25)
        .map(|number| submission(number, "x", Status::Held, vec![("labour", rows(1, 1, 0))]))
        .collect();
    let text = report.to_text(Language::En, &Titles::default());
    assert_eq!(text.matches("  Held: ").count(), 10);
    assert!(text.contains("and 15 more: lumbung submission list"), "{text}");
}

#[test]
fn the_json_form_reads_back() {
    let report = busy_night();
    assert_eq!(RunReport::from_json(&report.to_json()), Ok(report));
    assert!(RunReport::from_json("{}").unwrap_err().contains("not a run report"));
}
