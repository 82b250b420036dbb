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
        doubled_share: 0.0,
        corrections: None,
        market: None,
        own_columns: 0,
        styled: false,
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
        let expected = Written {
            rows: 700,
            ..Written::default()
        };
        assert_eq!(written, expected);
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

#[test]
fn doubled_rows_come_again_at_the_end_in_turns_with_another_price() {
    let folder = tempfile::tempdir().expect("a folder");
    let dataset = Dataset::CommodityPrice;
    let mut request = request(dataset, 3_000, folder.path());
    let clean = lines(&request);
    request.doubled_share = 0.02;
    let lines = lines(&request);
    assert_eq!(lines[..3_000], clean[..]);
    let second = &lines[3_000..];
    assert!((30..=100).contains(&second.len()), "{}", second.len());
    let price = |line: &str| -> f64 { line.rsplit(';').next().expect("a price").parse().expect("a number") };
    for (number, line) in second.iter().enumerate() {
        let first = clean.iter().find(|first| key(dataset, first) == key(dataset, line));
        let first = first.expect("the first row of this key");
        assert_eq!(price(line) - price(first), if number % 2 == 0 { 0.0 } else { 50.0 });
    }
}

#[test]
fn corrections_have_keys_of_the_latest_rows_and_other_prices() {
    let folder = tempfile::tempdir().expect("a folder");
    let dataset = Dataset::CommodityPrice;
    let mut request = request(dataset, 3_000, folder.path());
    let set = lines(&request);
    request.corrections = Some(200);
    let corrections = lines(&request);
    assert_eq!(corrections.len(), 200);
    let latest: HashSet<String> = set[3_000 - 200 * 7..].iter().map(|line| key(dataset, line)).collect();
    assert!(corrections.iter().all(|line| latest.contains(&key(dataset, line))));
    assert!(corrections.iter().all(|line| !set.contains(line)));
    let keys: HashSet<String> = corrections.iter().map(|line| key(dataset, line)).collect();
    assert_eq!(keys.len(), 200);
}

#[test]
fn a_market_is_a_column_of_prices_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut request = request(Dataset::CommodityPrice, 50, folder.path());
    request.market = Some("Pasar Baru".to_owned());
    assert!(lines(&request).iter().all(|line| line.ends_with(";Pasar Baru")));
    request.dataset = Dataset::Labour;
    assert!(generate(&facts(), &request).is_err());
}

#[test]
fn own_columns_stand_behind_those_of_the_dataset() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut request = request(Dataset::CommodityPrice, 3, folder.path());
    request.own_columns = 5;
    let lines = lines(&request);
    assert!(
        lines[0].ends_with(";Petugas 1;10000;2025-11-30;;Petugas 1"),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].ends_with(";Sudah diperiksa, lembar 1;Petugas 2"),
        "{}",
        lines[1]
    );
}

#[test]
fn styles_change_how_a_workbook_looks() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut request = request(Dataset::CommodityPrice, 3, folder.path());
    request.format = Format::Xlsx;
    generate(&facts(), &request).expect("a set");
    let plain = std::fs::read(&request.out).expect("bytes");
    request.styled = true;
    generate(&facts(), &request).expect("a set");
    assert!(std::fs::read(&request.out).expect("bytes").len() > plain.len());
}
