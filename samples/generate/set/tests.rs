//! Sets: as many rows as asked for, distinct keys, the same for the same seed, spoilt where the truth says.

use super::*;
use crate::facts::tests::facts;
use std::collections::HashSet;

fn request(dataset: Dataset, rows: u64, folder: &Path) -> Request {
    Request {
        dataset,
        rows,
        seed: 11,
        format: Format::Csv,
        bad_share: 0.0,
        delimiter: b';',
        style: Style::Plain,
        out: folder.join("set.csv"),
        truth: None,
    }
}

/// Generates and reads back, without the header.
fn lines(request: &Request) -> Vec<String> {
    generate(&facts(), request).expect("a set");
    let text = std::fs::read_to_string(&request.out).expect("text");
    text.lines().skip(1).map(str::to_owned).collect()
}

/// The key columns of a line.
fn key(dataset: Dataset, line: &str) -> String {
    let fields: Vec<&str> = line.split(';').collect();
    let columns: &[usize] = match dataset {
        Dataset::Population => &[0, 2],
        Dataset::CommodityPrice | Dataset::ServiceActivity => &[0, 1, 2],
        Dataset::Labour | Dataset::Commitment | Dataset::InnovationReport => &[0, 1],
    };
    columns
        .iter()
        .map(|column| fields[*column])
        .collect::<Vec<_>>()
        .join("|")
}

#[test]
fn every_dataset_gives_distinct_keys_as_many_as_the_key_admits() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases = [
        (Dataset::Population, 40_000, 16_452..16_453),
        (Dataset::Labour, 100_000, 100_000..100_001),
        (Dataset::CommodityPrice, 100_000, 100_000..100_001),
        (Dataset::Commitment, 100_000, 3_822..3_823),
        (Dataset::ServiceActivity, 100_000, 100_000..100_001),
        (Dataset::InnovationReport, 100_000, 100_000..100_001),
    ];
    for (dataset, rows, expected) in cases {
        let lines = lines(&request(dataset, rows, folder.path()));
        assert!(expected.contains(&lines.len()), "{dataset:?}: {}", lines.len());
        let keys: HashSet<String> = lines.iter().map(|line| key(dataset, line)).collect();
        assert_eq!(keys.len(), lines.len(), "{dataset:?}");
        let columns = dataset.headers().len();
        assert!(
            lines.iter().all(|line| line.split(';').count() == columns),
            "{dataset:?}"
        );
    }
}

#[test]
fn equal_seeds_give_equal_files_and_others_do_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut request = request(Dataset::CommodityPrice, 500, folder.path());
    let first = lines(&request);
    assert_eq!(first, lines(&request));
    request.seed = 12;
    assert_ne!(first, lines(&request));
    request.rows = 0;
    assert!(lines(&request).is_empty());
}

#[test]
fn the_truth_names_exactly_the_rows_that_differ() {
    let folder = tempfile::tempdir().expect("a folder");
    for dataset in [
        Dataset::Population,
        Dataset::Labour,
        Dataset::CommodityPrice,
        Dataset::InnovationReport,
    ] {
        let mut request = request(dataset, 5_000, folder.path());
        request.style = Style::Id;
        let clean = lines(&request);
        request.bad_share = 0.05;
        request.truth = Some(folder.path().join("truth.csv"));
        let spoilt = lines(&request);
        let truth = std::fs::read_to_string(folder.path().join("truth.csv")).expect("text");
        let named: Vec<usize> = truth
            .lines()
            .skip(1)
            .map(|line| line.split(',').next().expect("a row").parse().expect("a number"))
            .collect();
        let differ: Vec<usize> = (0..clean.len())
            .filter(|row| clean[*row] != spoilt[*row])
            .map(|row| row + 1)
            .collect();
        assert_eq!(named, differ, "{dataset:?}");
        assert!((150..=350).contains(&named.len()), "{dataset:?}: {}", named.len());
    }
}

#[test]
fn every_format_holds_the_same_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut request = request(Dataset::Labour, 700, folder.path());
    for format in [Format::Csv, Format::Xlsx, Format::Json, Format::Xml] {
        request.format = format;
        let written = generate(&facts(), &request).expect("a set");
        assert_eq!(written, Written { rows: 700, spoilt: 0 });
        let bytes = std::fs::read(&request.out).expect("bytes");
        match format {
            Format::Csv => assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), 701),
            Format::Xlsx => assert!(bytes.starts_with(b"PK")),
            Format::Json => {
                let document: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
                assert_eq!(document["data"].as_array().map(Vec::len), Some(700));
            }
            Format::Xml => {
                let text = String::from_utf8(bytes).expect("UTF-8");
                assert_eq!(text.matches("<baris>").count(), 700);
            }
        }
    }
}
