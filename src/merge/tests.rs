//! Merges over small models, against what a merge submission by submission must leave.

use super::*;
use crate::config::Contract;
use crate::table::{schema, writer};
use arrow::array::{Array, Date32Array, Int32Array, Int64Array, RecordBatch, StringArray, new_null_array};
use arrow::datatypes::DataType;
use proptest::prelude::*;
use std::sync::Arc;

/// `region`, `item`, `date`, `amount`: cut by month, or one partition with `replace`.
fn contract(write: &str, authority: &str) -> Contract {
    let (partition, key) = match write {
        "replace" => ("all", r#"["region", "item"]"#),
        _ => ("month", r#"["region", "item", "date"]"#),
    };
    let period = if write == "replace" { "" } else { "period = \"date\"" };
    let text = format!(
        r#"
        title = {{ id = "Uji", en = "Test" }}
        description = {{ id = "Uji", en = "Test" }}
        version = 1
        key = {key}
        {period}
        partition = "{partition}"
        write = "{write}"
        authority = {authority}
        [columns.region]
        type = "region"
        system = "kemendagri"
        required = true
        title = {{ id = "Daerah", en = "Region" }}
        [columns.item]
        type = "text"
        required = true
        title = {{ id = "Butir", en = "Item" }}
        [columns.date]
        type = "date"
        required = true
        title = {{ id = "Tanggal", en = "Date" }}
        [columns.amount]
        type = "count"
        title = {{ id = "Jumlah", en = "Amount" }}
        "#
    );
    let mut contract: Contract = toml::from_str(&text).unwrap();
    contract.name = "test".to_string();
    contract
}

/// Region, item, amount and submission of a model's row.
type ModelRow = (String, String, Option<i64>, i64);

/// Region, item, day since 2025-01-01, amount.
type Row = (&'static str, &'static str, i32, Option<i64>);

struct Bench {
    folder: tempfile::TempDir,
    catalog: Catalog,
    contract: Contract,
    /// Connector of each submission.
    connectors: BTreeMap<i64, String>,
}

impl Bench {
    fn new(contract: Contract) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path()).unwrap();
        Bench {
            folder,
            catalog,
            contract,
            connectors: BTreeMap::new(),
        }
    }

    fn staged(&mut self, sequence: i64, connector: &str, is_complete: bool, rows: &[Row]) -> Staged {
        const FIRST_DAY: i32 = 20_089;
        let model = schema::model_schema(&self.contract);
        let batch = RecordBatch::try_new(
            model.clone(),
            vec![
                Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.0))),
                Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.1))),
                Arc::new(Date32Array::from_iter_values(rows.iter().map(|row| FIRST_DAY + row.2))),
                Arc::new(Int64Array::from_iter(rows.iter().map(|row| row.3))),
                Arc::new(Int64Array::from_value(sequence, rows.len())),
                Arc::new(Int32Array::from_value(0, rows.len())),
                Arc::new(Int32Array::from_iter_values(0..rows.len() as i32)),
                new_null_array(&DataType::Int32, rows.len()),
            ],
        )
        .unwrap();
        let path = self.folder.path().join(format!("staged-{sequence}.parquet"));
        writer::write_all(&path, model, &[], &[batch]).unwrap();
        self.connectors.insert(sequence, connector.to_string());
        Staged {
            sequence,
            connector: connector.to_string(),
            rows: path,
            is_complete,
            role: Role::New,
        }
    }

    fn merge(&self, staged: &[Staged]) -> Merged {
        let target = Target {
            contract: &self.contract,
            folder: &self.folder.path().join("model"),
            partition_rows: 1_000,
            connector_of: &|sequence| Ok(self.connectors.get(&sequence).cloned()),
            is_illustrative: &|_| Ok(false),
        };
        merge(&self.catalog, &target, staged).unwrap()
    }

    /// Region, item, amount and submission of every row of the model, and the files' hashes.
    fn model(&self) -> (Vec<ModelRow>, Vec<String>) {
        let mut rows = Vec::new();
        let mut hashes = Vec::new();
        for file in self.catalog.partitions("test").unwrap() {
            hashes.push(file.sha256.clone());
            let path = self.folder.path().join("model").join(&file.partition).join(&file.file);
            for batch in reader::read_all(&path).unwrap() {
                let text = |name: &str| {
                    batch
                        .column_by_name(name)
                        .unwrap()
                        .as_any()
                        .downcast_ref::<StringArray>()
                        .unwrap()
                        .clone()
                };
                let number = |name: &str| {
                    batch
                        .column_by_name(name)
                        .unwrap()
                        .as_any()
                        .downcast_ref::<Int64Array>()
                        .unwrap()
                        .clone()
                };
                let (regions, items) = (text("region"), text("item"));
                let (amounts, submissions) = (number("amount"), number(schema::SUBMISSION));
                for row in 0..batch.num_rows() {
                    let amount = amounts.is_valid(row).then(|| amounts.value(row));
                    rows.push((
                        regions.value(row).into(),
                        items.value(row).into(),
                        amount,
                        submissions.value(row),
                    ));
                }
            }
        }
        (rows, hashes)
    }
}

fn row(region: &str, item: &str, amount: i64, submission: i64) -> ModelRow {
    (region.to_string(), item.to_string(), Some(amount), submission)
}

#[test]
fn a_correction_that_returns_ends_at_the_first_value_and_equal_rows_keep_their_submission() {
    let mut bench = Bench::new(contract("upsert", "[]"));
    let first = bench.staged(1, "a", true, &[("11", "x", 0, Some(5)), ("11", "y", 0, Some(1))]);
    bench.merge(&[first]);
    let second = bench.staged(2, "a", true, &[("11", "x", 0, Some(7)), ("11", "y", 0, Some(1))]);
    bench.merge(&[second]);
    assert_eq!(bench.model().0, [row("11", "x", 7, 2), row("11", "y", 1, 1)]);
    let third = bench.staged(3, "a", true, &[("11", "x", 0, Some(5))]);
    bench.merge(&[third]);
    assert_eq!(bench.model().0, [row("11", "x", 5, 3), row("11", "y", 1, 1)]);
}

#[test]
fn only_touched_partitions_are_written_and_merging_again_changes_nothing() {
    let mut bench = Bench::new(contract("upsert", "[]"));
    let first = bench.staged(
        1,
        "a",
        true,
        &[("11", "x", 0, Some(5)), ("11", "x", 40, Some(6)), ("11", "x", 70, None)],
    );
    assert_eq!(
        bench.merge(std::slice::from_ref(&first)).partitions,
        ["2025-01", "2025-02", "2025-03"]
    );
    let before = bench.model();
    assert!(
        bench.merge(&[first]).partitions.is_empty(),
        "the same submission again changes nothing"
    );
    assert_eq!(bench.model(), before);
    let second = bench.staged(2, "a", true, &[("11", "x", 41, Some(6))]);
    assert_eq!(bench.merge(&[second]).partitions, ["2025-02"]);
    assert_eq!(bench.model().0.len(), 4);
}

#[test]
fn replace_ends_rows_of_its_scopes_only_and_only_when_complete() {
    let mut bench = Bench::new(contract("replace", "[]"));
    let all = [
        ("11", "x", 0, Some(1)),
        ("11", "y", 0, Some(2)),
        ("12", "x", 0, Some(3)),
    ];
    let first = bench.staged(1, "a", true, &all);
    bench.merge(&[first]);
    let in_part = bench.staged(2, "a", false, &[("11", "x", 0, Some(1))]);
    bench.merge(&[in_part]);
    assert_eq!(bench.model().0.len(), 3, "a submission with a refused row ends nothing");
    let complete = bench.staged(3, "a", true, &[("11", "x", 0, Some(1))]);
    bench.merge(&[complete]);
    assert_eq!(bench.model().0, [row("11", "x", 1, 1), row("12", "x", 3, 1)]);
    let empty = bench.staged(4, "a", true, &[]);
    bench.merge(&[empty]);
    assert_eq!(bench.model().0.len(), 2, "an empty submission ends nothing");
}

#[test]
fn the_more_trusted_source_wins_whenever_it_comes_and_disagreement_is_told() {
    let mut bench = Bench::new(contract("upsert", r#"["officer", "api"]"#));
    let api = bench.staged(1, "api", true, &[("11", "x", 0, Some(5)), ("11", "y", 0, Some(5))]);
    bench.merge(&[api]);
    let officer = bench.staged(2, "officer", true, &[("11", "x", 0, Some(6))]);
    assert_eq!(bench.merge(&[officer]).disagreements, BTreeMap::from([(2, 1)]));
    let nightly = bench.staged(3, "api", true, &[("11", "x", 0, Some(5)), ("11", "y", 0, Some(8))]);
    assert_eq!(bench.merge(&[nightly]).disagreements, BTreeMap::from([(3, 1)]));
    assert_eq!(bench.model().0, [row("11", "x", 6, 2), row("11", "y", 8, 3)]);
}

#[test]
fn a_row_that_a_trusted_list_ended_can_come_back_from_a_less_trusted_one_in_the_same_night() {
    let mut bench = Bench::new(contract("replace", r#"["aa", "zz"]"#));
    let both = [("11", "x", 0, Some(1)), ("11", "y", 0, Some(2))];
    let night = [
        bench.staged(1, "aa", true, &both),
        bench.staged(2, "aa", true, &both[1..]),
        bench.staged(3, "zz", true, &both),
    ];
    bench.merge(&night);
    assert_eq!(bench.model().0, [row("11", "x", 1, 3), row("11", "y", 2, 1)]);
}

#[test]
fn a_partition_over_its_limit_is_refused_whole() {
    let mut bench = Bench::new(contract("upsert", "[]"));
    let staged = bench.staged(1, "a", true, &[("11", "x", 0, Some(5)), ("11", "y", 0, Some(5))]);
    let target = Target {
        contract: &bench.contract,
        folder: &bench.folder.path().join("model"),
        partition_rows: 1,
        connector_of: &|_| Ok(None),
        is_illustrative: &|_| Ok(false),
    };
    let refused = merge(&bench.catalog, &target, &[staged]).unwrap_err().to_string();
    assert!(refused.contains("limits.partition_rows"), "{refused}");
    assert!(bench.model().0.is_empty());
}

const REGIONS: [&str; 2] = ["11", "12"];
const ITEMS: [&str; 2] = ["x", "y"];

/// Submissions of unique keys: for each (region, item) an amount or nothing.
fn submissions() -> impl Strategy<Value = Vec<(bool, bool, [Option<i64>; 4])>> {
    let amount = || proptest::option::of(0_i64..3);
    proptest::collection::vec(
        (any::<bool>(), any::<bool>(), [amount(), amount(), amount(), amount()]),
        1..6,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Folding many submissions at once leaves the bytes that merging them one by one leaves.
    #[test]
    fn batches_and_single_merges_agree(
        plan in submissions(),
        replace in any::<bool>(),
        trusted in any::<bool>(),
        split in 0_usize..6,
    ) {
        let write = if replace { "replace" } else { "upsert" };
        let authority = if trusted { r#"["a", "b"]"# } else { "[]" };
        let mut single = Bench::new(contract(write, authority));
        let mut batch = Bench::new(contract(write, authority));
        let mut waiting = Vec::new();
        for (index, (is_complete, is_trusted, amounts)) in plan.iter().enumerate() {
            let sequence = index as i64 + 1;
            let connector = if *is_trusted { "a" } else { "b" };
            let rows: Vec<Row> = amounts
                .iter()
                .enumerate()
                .filter_map(|(spot, amount)| amount.map(|amount| (REGIONS[spot / 2], ITEMS[spot % 2], 0, Some(amount))))
                .collect();
            let one = single.staged(sequence, connector, *is_complete, &rows);
            single.merge(&[one]);
            waiting.push(batch.staged(sequence, connector, *is_complete, &rows));
            if index == split {
                batch.merge(&waiting);
                waiting.clear();
            }
        }
        batch.merge(&waiting);
        prop_assert_eq!(single.model(), batch.model());
    }

    /// A submission that is let in late, with those after it folded again, leaves the bytes of one that came in time.
    #[test]
    fn a_late_submission_leaves_what_it_would_have_left_in_time(
        plan in submissions(),
        replace in any::<bool>(),
        trusted in any::<bool>(),
        late in 0_usize..6,
    ) {
        let write = if replace { "replace" } else { "upsert" };
        let authority = if trusted { r#"["a", "b"]"# } else { "[]" };
        let mut timely = Bench::new(contract(write, authority));
        let mut belated = Bench::new(contract(write, authority));
        let late = late % plan.len();
        let mut after = Vec::new();
        for (index, (is_complete, is_trusted, amounts)) in plan.iter().enumerate() {
            let sequence = index as i64 + 1;
            let connector = if *is_trusted { "a" } else { "b" };
            let rows: Vec<Row> = amounts
                .iter()
                .enumerate()
                .filter_map(|(spot, amount)| amount.map(|amount| (REGIONS[spot / 2], ITEMS[spot % 2], 0, Some(amount))))
                .collect();
            let one = timely.staged(sequence, connector, *is_complete, &rows);
            timely.merge(&[one]);
            let one = belated.staged(sequence, connector, *is_complete, &rows);
            if index != late {
                belated.merge(std::slice::from_ref(&one));
            }
            if index >= late {
                let role = if index > late { Role::Again } else { Role::New };
                after.push(Staged { role, ..one });
            }
        }
        // Without a row the late one has no partition to touch, and changes nothing.
        belated.merge(&after);
        prop_assert_eq!(timely.model(), belated.model());
    }

    /// A submission that is withdrawn leaves the bytes of a model that it never entered.
    #[test]
    fn a_withdrawn_submission_leaves_no_trace(
        plan in submissions(),
        replace in any::<bool>(),
        trusted in any::<bool>(),
        withdrawn in 0_usize..6,
        rows_are_there in any::<bool>(),
    ) {
        let write = if replace { "replace" } else { "upsert" };
        let authority = if trusted { r#"["a", "b"]"# } else { "[]" };
        let mut without = Bench::new(contract(write, authority));
        let mut with = Bench::new(contract(write, authority));
        let withdrawn = withdrawn % plan.len();
        let mut all = Vec::new();
        for (index, (is_complete, is_trusted, amounts)) in plan.iter().enumerate() {
            let sequence = index as i64 + 1;
            let connector = if *is_trusted { "a" } else { "b" };
            let rows: Vec<Row> = amounts
                .iter()
                .enumerate()
                .filter_map(|(spot, amount)| amount.map(|amount| (REGIONS[spot / 2], ITEMS[spot % 2], 0, Some(amount))))
                .collect();
            let one = without.staged(sequence, connector, *is_complete, &rows);
            if index != withdrawn {
                without.merge(&[one]);
            }
            let one = with.staged(sequence, connector, *is_complete, &rows);
            with.merge(std::slice::from_ref(&one));
            let role = if index == withdrawn { Role::Withdrawn } else { Role::Again };
            all.push(Staged { role, ..one });
        }
        if !rows_are_there {
            std::fs::remove_file(&all[withdrawn].rows).unwrap();
        }
        with.merge(&all);
        prop_assert_eq!(without.model(), with.model());
    }
}
