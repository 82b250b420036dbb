//! A small data directory that can be published.

use crate::catalog::{Catalog, Landing, MergeCommit, OutcomeRow, PartRow, PartitionFile, PlaceRow, Record, State};
use crate::config::Configuration;
use crate::land::DataDirectory;
use crate::publish::{Facts, Publication, Published, facts, publish};
use crate::table::{Session, reader, reference, schema, writer};
use arrow::array::{ArrayRef, AsArray, BooleanArray, Date32Array, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A configuration directory over the repository's pipelines, and an empty data directory.
pub struct World {
    _folder: tempfile::TempDir,
    pub configuration: Configuration,
    pub data: DataDirectory,
    pub catalog: Catalog,
}

pub fn date(text: &str) -> NaiveDate {
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
            "column_number" => fields.push(field.as_ref().clone().with_name("_column")),
            "submission" | "part" | "row" => {
                fields.push(field.as_ref().clone().with_name(format!("_{}", field.name())))
            }
            "column_name" => fields.push(field.as_ref().clone().with_name("column")),
            _ => fields.push(field.as_ref().clone()),
        }
    }
    fields.push(Field::new("known", DataType::Boolean, false));
    Arc::new(Schema::new(fields))
}

pub fn texts(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

impl World {
    pub fn new() -> World {
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
    pub fn submit(&self, region: &str, received_on: &str, known: bool) -> i64 {
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
    pub fn stage(&self, sequence: i64, known: bool) {
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
    pub fn merge(&self, partition: &str, rows: &[(&str, i64, i64)]) {
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

    pub async fn publish(&self, as_of: &str) -> Published {
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
    pub fn published_names(&self) -> Vec<String> {
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

pub fn rows_in(path: &Path) -> Vec<RecordBatch> {
    reader::read_all(path).unwrap()
}

pub fn text_column(path: &Path, name: &str) -> Vec<Option<String>> {
    let batches = rows_in(path);
    let column = |batch: &RecordBatch| {
        let array = batch.column_by_name(name).unwrap().as_string::<i32>().clone();
        array.iter().map(|text| text.map(str::to_string)).collect::<Vec<_>>()
    };
    batches.iter().flat_map(column).collect()
}

pub fn inode(path: PathBuf) -> u64 {
    std::fs::metadata(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .ino()
}
