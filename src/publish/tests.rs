//! Publishing over a small data directory: from catalog, model and staged files to releases.

use super::*;
use crate::catalog::{Landing, MergeCommit, OutcomeRow, PartRow, PartitionFile, PlaceRow, Record, State};
use crate::table::{Session, reader, reference, schema, writer};
use arrow::array::{ArrayRef, AsArray, BooleanArray, Date32Array, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::sync::Arc;

/// A configuration directory over the repository's pipelines, and an empty data directory.
struct World {
    _folder: tempfile::TempDir,
    configuration: Configuration,
    data: DataDirectory,
    catalog: Catalog,
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The columns that a test cares about, nulls and zeros in the others.
fn batch_of(schema: &SchemaRef, rows: usize, set: &[(&str, ArrayRef)]) -> RecordBatch {
    let column = |field: &Arc<Field>| -> ArrayRef {
        if let Some((_, array)) = set.iter().find(|(name, _)| name == field.name()) {
            return array.clone();
        }
        match field.data_type() {
            _ if field.is_nullable() => arrow::array::new_null_array(field.data_type(), rows),
            DataType::Int32 => Arc::new(Int32Array::from(vec![0; rows])),
            DataType::Int64 => Arc::new(Int64Array::from(vec![0; rows])),
            DataType::Utf8 => Arc::new(StringArray::from(vec!["x"; rows])),
            other => panic!("{} is {other}", field.name()),
        }
    };
    RecordBatch::try_new(schema.clone(), schema.fields().iter().map(column).collect()).unwrap()
}

/// As findings are staged: under the names of rows, without dataset and sender, and `known`.
fn staged_schema() -> SchemaRef {
    let published = facts::findings_schema();
    let mut fields: Vec<Field> = Vec::new();
    for field in published.fields() {
        match field.name().as_str() {
            "dataset" | "region_code" => {}
            "submission" | "part" | "row" => {
                fields.push(field.as_ref().clone().with_name(format!("_{}", field.name())))
            }
            _ => fields.push(field.as_ref().clone()),
        }
    }
    fields.push(Field::new("known", DataType::Boolean, false));
    Arc::new(Schema::new(fields))
}

fn texts(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

impl World {
    fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("config");
        std::fs::create_dir(&directory).unwrap();
        std::fs::write(directory.join("lumbung.toml"), "").unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["pipelines", "connectors"] {
            std::os::unix::fs::symlink(root.join(name), directory.join(name)).unwrap();
        }
        let configuration = crate::config::load(&directory).unwrap();
        let data = DataDirectory::new(&folder.path().join("data"));
        let catalog = Catalog::open(data.root()).unwrap();
        World {
            _folder: folder,
            configuration,
            data,
            catalog,
        }
    }

    /// Registers a submission of `population` with one row of a region for the second half of 2024, merged; and a
    /// refused row that is new, or was in quarantine before.
    fn submit(&self, region: &str, received_on: &str, known: bool) -> i64 {
        let landing = Landing {
            connector: "dukcapil-file".to_string(),
            region: region.to_string(),
            window: String::new(),
            versions: "population@1".to_string(),
            parts_hash: format!("{region}{received_on}"),
            file: Some("penduduk.xlsx".to_string()),
            origin: None,
            modified: 0,
            received_on: date(received_on),
            cursor: None,
            illustrative: region == "32.73",
            notes: "[]".to_string(),
            parts: vec![PartRow {
                sha256: "a".repeat(64),
                name: "part".to_string(),
                size: 1,
                request: BTreeMap::new(),
            }],
        };
        self.catalog.land(&[landing]).unwrap();
        self.catalog.number().unwrap();
        let submission = self.catalog.in_state(State::Numbered).unwrap().pop().unwrap();
        let sequence = submission.sequence.unwrap();
        self.stage(sequence, known);
        let outcome = OutcomeRow {
            dataset: "population".to_string(),
            status: "accepted_in_part".to_string(),
            read: 2,
            accepted: 1,
            quarantined: 1,
            repeated: 0,
            not_observed: 0,
            ignored: 3,
            findings: 1,
            merged: false,
            complete: true,
            decision: None,
            waits: false,
        };
        let places = [("Cover", 0), ("Data", 0)].map(|(sheet, part)| PlaceRow {
            part,
            sheet: Some(sheet.to_string()),
        });
        self.catalog
            .record_outcome(&Record {
                id: submission.id,
                sequence,
                status: "accepted_in_part".to_string(),
                outcomes: vec![outcome],
                places: places.to_vec(),
                digests: Vec::new(),
                judged: Vec::new(),
                restaged: false,
            })
            .unwrap();
        sequence
    }

    /// Findings, quarantine and summary of a submission: sheet 1 is the data, and has the refused row.
    fn stage(&self, sequence: i64, known: bool) {
        let folder = self.data.staged(sequence, "population");
        let known: ArrayRef = Arc::new(BooleanArray::from(vec![known]));
        let number: ArrayRef = Arc::new(Int64Array::from(vec![sequence]));
        let part: ArrayRef = Arc::new(Int32Array::from(vec![1]));
        let set = [
            ("known", known),
            ("_submission", number),
            ("_part", part),
            ("code", texts(&["number-invalid"])),
        ];
        for name in ["findings", "quarantine"] {
            let path = folder.join(format!("{name}.parquet"));
            writer::write_all(&path, staged_schema(), &[], &[batch_of(&staged_schema(), 1, &set)]).unwrap();
        }
        let summary = r#"{"dataset": "population", "places": [{"part": 1, "sheet": "Data"}]}"#;
        std::fs::write(folder.join("summary.json"), summary).unwrap();
    }

    /// Makes these rows the model's partition: region, total, submission.
    fn merge(&self, partition: &str, rows: &[(&str, i64, i64)]) {
        let contract = &self.configuration.contracts["population"];
        let schema = schema::model_schema(contract);
        let count = |get: fn(&(&str, i64, i64)) -> i64| -> ArrayRef {
            Arc::new(Int64Array::from_iter_values(rows.iter().map(get)))
        };
        let day =
            |text: &str| -> ArrayRef { Arc::new(Date32Array::from(vec![reference::days(date(text)); rows.len()])) };
        let regions: Vec<&str> = rows.iter().map(|row| row.0).collect();
        let set = [
            ("region_code", texts(&regions)),
            ("period", texts(&vec![format!("{partition}-S2").as_str(); rows.len()])),
            ("period_start", day(&format!("{partition}-07-01"))),
            ("period_end", day(&format!("{partition}-12-31"))),
            ("male", count(|row| row.1 / 2)),
            ("female", count(|row| row.1 - row.1 / 2)),
            ("total", count(|row| row.1)),
            ("_submission", count(|row| row.2)),
        ];
        let folder = self.data.model("population").join(partition);
        let written = writer::write_all(
            &folder.join("new.parquet"),
            schema.clone(),
            &[],
            &[batch_of(&schema, rows.len(), &set)],
        )
        .unwrap();
        let name = format!("{}.parquet", &written.sha256[..16]);
        std::fs::rename(&written.path, folder.join(&name)).unwrap();
        let file = PartitionFile {
            partition: partition.to_string(),
            file: name,
            rows: written.rows,
            sha256: written.sha256,
        };
        let commit = MergeCommit {
            written: vec![file],
            emptied: Vec::new(),
            sequences: rows.iter().map(|row| row.2).collect(),
        };
        self.catalog.commit_merge("population", &commit).unwrap();
    }

    async fn publish(&self, as_of: &str) -> Published {
        let facts = Facts::load(&self.data, &self.catalog, &self.configuration, date(as_of))
            .await
            .unwrap();
        let session = Session::new(256).unwrap();
        facts.register(&session).await.unwrap();
        let indicators: Vec<_> = crate::compute::load(&self.configuration.indicator_directory())
            .unwrap()
            .into_iter()
            .filter(|one| ["sex_ratio", "reporting_completeness", "reporting_timeliness"].contains(&one.id.as_str()))
            .collect();
        let kept = Arc::new(crate::compute::Kept::new(
            &self.data.answers(),
            facts.contents().unwrap(),
        ));
        let computed = crate::compute::compute(&session, &indicators, date(as_of), &facts.illustrative_tables(), &kept)
            .await
            .unwrap();
        assert!(computed.failures.is_empty(), "{:?}", computed.failures);
        let run = self.catalog.begin_run(date(as_of)).unwrap();
        publish(&Publication {
            data: &self.data,
            catalog: &self.catalog,
            configuration: &self.configuration,
            as_of: date(as_of),
            run,
            facts: &facts,
            indicators: &computed,
        })
        .unwrap()
    }

    /// Names in `published/` and `published/releases/`.
    fn published_names(&self) -> Vec<String> {
        let names = |folder: PathBuf| -> Vec<String> {
            let listed = std::fs::read_dir(folder).unwrap();
            listed
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect()
        };
        let mut all = [names(self.data.published()), names(self.data.releases())].concat();
        all.sort();
        all
    }
}

fn rows_in(path: &Path) -> Vec<RecordBatch> {
    reader::read_all(path).unwrap()
}

fn text_column(path: &Path, name: &str) -> Vec<Option<String>> {
    let batches = rows_in(path);
    let column = |batch: &RecordBatch| {
        let array = batch.column_by_name(name).unwrap().as_string::<i32>().clone();
        array.iter().map(|text| text.map(str::to_string)).collect::<Vec<_>>()
    };
    batches.iter().flat_map(column).collect()
}

fn inode(path: PathBuf) -> u64 {
    std::fs::metadata(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .ino()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_whole_and_the_same_night_again_makes_none() {
    let world = World::new();
    let first = world.submit("32.73", "2025-02-10", false);
    world.merge("2024", &[("32.73", 2_500_001, first)]);
    let published = world.publish("2025-11-30").await;
    assert_eq!(published.id.as_deref(), Some("2025-11-30-001"));
    assert!(!published.unchanged);
    assert_eq!(published.path, world.data.releases().join("2025-11-30-001"));
    assert_eq!(
        current(&world.data),
        Some(("2025-11-30-001".to_string(), published.path.clone()))
    );
    let verified = verify(&published.path).unwrap();
    assert!(verified.files > 15 && verified.bytes > 10_000, "{verified:?}");
    for (path, mode) in [
        ("", 0o755),
        ("datasets/labour", 0o755),
        ("CHECKSUMS", 0o644),
        ("regions.parquet", 0o644),
    ] {
        let found = std::fs::metadata(published.path.join(path))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(found & 0o777, mode, "{path}");
    }

    let again = world.publish("2025-11-30").await;
    assert!(
        again.unchanged && again.changed_tables.is_empty(),
        "{:?}",
        again.changed_tables
    );
    assert_eq!(again.id, published.id);
    assert_eq!(world.published_names(), ["2025-11-30-001", "current", "releases"]);
    assert_eq!(list(&world.data, &world.catalog).unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_change_is_linked_and_what_did_is_told() {
    let world = World::new();
    let first = world.submit("32.73", "2025-02-10", false);
    world.merge("2024", &[("32.73", 2_500_001, first)]);
    let old = world.publish("2025-11-30").await;
    let second = world.submit("32.01", "2025-12-01", true);
    world.merge("2023", &[("32.01", 5_000_000, second)]);
    let new = world.publish("2025-12-01").await;
    assert_eq!(new.id.as_deref(), Some("2025-12-01-001"));
    for table in [
        "datasets/population/2023.parquet",
        "indicators/indicators.parquet",
        "submissions.parquet",
    ] {
        assert!(
            new.changed_tables.iter().any(|changed| changed == table),
            "{table}: {:?}",
            new.changed_tables
        );
    }
    for path in [
        "datasets/population/2024.parquet",
        "regions.parquet",
        "index.html",
        "datasets/labour/empty.parquet",
    ] {
        assert_eq!(inode(old.path.join(path)), inode(new.path.join(path)), "{path}");
    }
    let model = &world.catalog.partitions("population").unwrap()[0];
    let model = world.data.model("population").join(&model.partition).join(&model.file);
    assert_eq!(inode(model), inode(new.path.join("datasets/population/2023.parquet")));
    verify(&old.path).unwrap();
    verify(&new.path).unwrap();
    let changes = std::fs::read_to_string(new.path.join("CHANGES.md")).unwrap();
    for words in [
        "Dibandingkan dengan / Compared with: 2025-11-30-001",
        "Ilustratif, bukan data nyata / Illustrative, not real data**: population",
        "| population | 2 | 1 | 2023 |",
        "| labour | 0 | 0 |  |",
        "| sex_ratio |",
    ] {
        assert!(changes.contains(words), "{words} is not in:\n{changes}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn places_and_findings_are_those_that_something_refers_to() {
    let world = World::new();
    let merged = world.submit("32.73", "2025-02-10", false);
    let old_news = world.submit("32.01", "2025-02-11", true);
    let refused = world.submit("32.02", "2025-03-05", false);
    world.merge("2024", &[("32.73", 2_500_001, merged)]);
    let published = world.publish("2025-11-30").await;
    let submissions = published.path.join("submissions.parquet");
    let batches = rows_in(&submissions);
    let numbers: Vec<i64> = batches
        .iter()
        .flat_map(|batch| {
            batch
                .column_by_name("submission")
                .unwrap()
                .as_primitive::<Int64Type>()
                .values()
                .to_vec()
        })
        .collect();
    assert_eq!(numbers, [merged, merged, refused, refused]);
    assert!(!numbers.contains(&old_news), "nothing refers to it");
    let sheets: Vec<_> = text_column(&submissions, "sheet").into_iter().flatten().collect();
    assert_eq!(sheets, ["Cover", "Data", "Cover", "Data"]);
    let findings = published.path.join("quality/findings.parquet");
    let senders: Vec<_> = text_column(&findings, "region_code").into_iter().flatten().collect();
    assert_eq!(senders, ["32.73", "32.02"]);
    let package: serde_json::Value =
        serde_json::from_slice(&std::fs::read(published.path.join("datapackage.json")).unwrap()).unwrap();
    assert_eq!(
        package["lumbung:illustrative_datasets"],
        serde_json::json!(["population"])
    );
    assert_eq!(package["sources"][0]["lumbung:connector"], "dukcapil-file");
}

#[tokio::test(flavor = "multi_thread")]
async fn expected_reports_are_judged_and_counted() {
    let world = World::new();
    // Due on 1 March 2025, 60 days after the end of the second semester of 2024.
    let early = world.submit("32.73", "2025-03-01", false);
    let late = world.submit("32.01", "2025-03-05", false);
    world.merge("2024", &[("32.01", 5_000_000, late), ("32.73", 2_500_001, early)]);
    let published = world.publish("2025-06-29").await;
    let timeliness = published.path.join("quality/timeliness.parquet");
    let column = |name: &str| text_column(&timeliness, name).into_iter().flatten().collect::<Vec<_>>();
    let (datasets, regions, periods, statuses) = (
        column("dataset"),
        column("region_code"),
        column("period"),
        column("status"),
    );
    let status = |region: &str| {
        let row = (0..datasets.len())
            .find(|&row| datasets[row] == "population" && regions[row] == region)
            .unwrap();
        assert_eq!(periods[row], "2024-S2");
        statuses[row].as_str()
    };
    assert_eq!(
        [status("32.73"), status("32.01"), status("32.02")],
        ["on_time", "late", "missing"]
    );
    assert!(
        !regions.iter().any(|region| region == "31.71"),
        "no report is expected of an administrative area"
    );
    assert!(
        !datasets.iter().any(|dataset| dataset == "service_activity"),
        "nobody signed a commitment"
    );
    let population = datasets.iter().filter(|dataset| *dataset == "population").count();
    assert_eq!(population, 546, "every autonomous region, one semester");

    let coverage = world.publish("2025-06-30").await.path.join("quality/coverage.parquet");
    assert_levels_are_counted_apart(&coverage);
}

/// One regency reported late, one city in time.
fn assert_levels_are_counted_apart(coverage: &Path) {
    let batch = &rows_in(coverage)[0];
    let of = |name: &str| {
        batch
            .column_by_name(name)
            .unwrap()
            .as_primitive::<Int64Type>()
            .values()
            .to_vec()
    };
    let keys: Vec<_> = ["dataset", "period", "level"]
        .map(|name| text_column(coverage, name))
        .into_iter()
        .collect();
    let row = |period: &str, level: &str| {
        let wanted = ["population", period, level];
        (0..batch.num_rows()).find(|&row| (0..3).all(|key| keys[key][row].as_deref() == Some(wanted[key])))
    };
    let regencies = row("2024-S2", "regency").unwrap();
    assert_eq!(
        (
            of("expected")[regencies],
            of("reported")[regencies],
            of("on_time")[regencies]
        ),
        (415, 1, 0)
    );
    let cities = row("2024-S2", "city").unwrap();
    assert_eq!(
        (of("expected")[cities], of("reported")[cities], of("on_time")[cities]),
        (93, 1, 1)
    );
    assert!(
        row("2025-S1", "regency").is_some(),
        "a period is expected once its last day has come"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_can_be_asked_by_itself() {
    let world = World::new();
    let first = world.submit("32.73", "2025-02-10", false);
    world.merge("2024", &[("32.73", 2_500_001, first)]);
    let published = world.publish("2025-11-30").await;
    let session = Session::new(256).unwrap();
    register_release(&session, &published.path, &world.configuration)
        .await
        .unwrap();
    let question = "SELECT count(*) AS n FROM population p JOIN regions r USING (region_code) \
                    JOIN indicators i USING (region_code) JOIN metadata m USING (indicator_id) \
                    WHERE i.status = 'ok' AND m.indicator_id = 'sex_ratio' AND r.name LIKE '%Bandung%'";
    let answer = session.sql(question, &[]).await.unwrap();
    assert_eq!(answer[0].column(0).as_primitive::<Int64Type>().value(0), 1);
    for table in [
        "labour",
        "submissions",
        "findings",
        "coverage",
        "timeliness",
        "quality",
        "services",
    ] {
        session
            .sql(&format!("SELECT * FROM {table} LIMIT 1"), &[])
            .await
            .unwrap();
    }
}
