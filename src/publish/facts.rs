//! What a release, and the SQL of the night, is made of.
//!
//! [`Facts::load`] gathers it once, from catalog, configuration, model and staged files. Indicators, queries and the
//! release all see these and nothing else, so a figure and the table beside it cannot disagree. Nothing follows a
//! clock: the only date of receipt that tables know is the as-of date of the run that landed a submission.
//!
//! - `expected`: which reports the declared coverage asks for; `reports`: which have come, and when
//! - `findings`: the staged findings as one file; `quality`: how good what each region sends is
//! - `submissions`: the places that rows, refused rows and findings refer to
//! - `schemas`: what these tables hold

mod borders;
mod expected;
mod findings;
mod quality;
mod reports;
mod schemas;
mod submissions;

pub use borders::RegionTables;
pub use quality::quality_schema;
pub use schemas::{expected_schema, file_metadata, findings_schema, submissions_schema};

use super::{PublishError, io_error};
use crate::catalog::Catalog;
use crate::config::{Configuration, Contract};
use crate::domain::code::CodeTable;
use crate::land::DataDirectory;
use crate::table::session::block_on;
use crate::table::{Session, SqlError, WrittenFile, reader, reference, schema, writer};
use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::writer::StreamWriter;
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Prefix of the folder that holds the facts' files; it ends with the process that uses it.
const SCRATCH: &str = ".facts-";

/// One file of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFile {
    pub partition: String,
    pub path: PathBuf,
    pub rows: u64,
    /// Lower-case hex.
    pub sha256: String,
}

/// The model of one dataset.
#[derive(Debug, Clone)]
pub struct Model {
    pub contract: Arc<Contract>,
    /// Of its table: the contract's, or while the model waits for a rebuild what its files hold.
    pub schema: SchemaRef,
    /// Version of the contract that it was built with.
    pub version: u32,
    /// By partition; none where nothing has been merged yet.
    pub files: Vec<ModelFile>,
}

/// What is known on the as-of date, besides the figures themselves.
#[derive(Debug)]
pub struct Facts {
    /// Every contract's model, by name.
    pub models: Vec<Model>,
    /// Rows of [`reference::regions_schema`].
    pub regions: RecordBatch,
    /// Regions through time.
    pub registry: RegionTables,
    /// Reference tables by name: `services`, `commodities`, …
    pub codes: Arc<BTreeMap<String, CodeTable>>,
    /// A file of [`submissions_schema`].
    pub submissions: WrittenFile,
    /// A file of [`findings_schema`].
    pub findings: WrittenFile,
    /// Rows of [`expected_schema`].
    pub expected: RecordBatch,
    /// Rows of [`quality_schema`].
    pub quality: Vec<RecordBatch>,
    /// Datasets with rows that are illustrative, not real.
    pub illustrative: BTreeSet<String>,
    /// Connectors of the listed submissions.
    pub connectors: BTreeSet<String>,
    /// Holds the files; they go when the facts go.
    pub scratch: tempfile::TempDir,
}

/// Where facts come from.
#[derive(Clone, Copy)]
struct Sources<'s> {
    data: &'s DataDirectory,
    catalog: &'s Catalog,
    configuration: &'s Configuration,
    as_of: NaiveDate,
}

impl Facts {
    /// Gathers the facts after merging, on a thread that may block.
    ///
    /// The files it writes live in the data directory, so that a release can link to them, and go when the facts go.
    pub async fn load(
        data: &DataDirectory,
        catalog: &Catalog,
        configuration: &Configuration,
        as_of: NaiveDate,
    ) -> Result<Facts, PublishError> {
        let (data, catalog, configuration) = (data.clone(), catalog.clone(), configuration.clone());
        let gather = move || {
            Facts::gather(&Sources {
                data: &data,
                catalog: &catalog,
                configuration: &configuration,
                as_of,
            })
        };
        let ended = tokio::task::spawn_blocking(gather).await;
        ended.unwrap_or_else(|error| {
            Err(PublishError::Content {
                path: "facts".to_string(),
                reason: format!("stopped in the middle: {error}"),
            })
        })
    }

    fn gather(sources: &Sources<'_>) -> Result<Facts, PublishError> {
        let scratch = scratch(&sources.data.published())?;
        let models = models(sources)?;
        let session = Session::new(sources.configuration.installation.limits.query_memory_mb).map_err(sql("facts"))?;
        let origins = origins(&session, &models)?;
        let illustrative = illustrative(sources.catalog, &origins)?;
        let is_illustrative = !illustrative.is_empty();
        let mut referred: BTreeSet<i64> = origins.into_values().flatten().collect();
        referred.extend(sources.catalog.withdrawn()?);
        let path = scratch.path().join("findings.parquet");
        let findings = findings::write(sources, &path, is_illustrative, &mut referred)?;
        let path = scratch.path().join("submissions.parquet");
        let (submissions, connectors) = submissions::write(sources, &path, is_illustrative, &referred)?;
        let signatures = expected::signatures(&models)?;
        let receipts = reports::receipts(&session, sources.configuration, &submissions)?;
        let expected = expected::reports(sources.configuration, &signatures, &receipts, sources.as_of)?;
        let quality = quality::rows(sources, &expected, &submissions, &findings)?;
        Ok(Facts {
            models,
            regions: reference::regions(&sources.configuration.regions),
            registry: RegionTables::of(&sources.configuration.regions),
            codes: sources.configuration.codes.clone(),
            submissions,
            findings,
            expected,
            quality,
            illustrative,
            connectors,
            scratch,
        })
    }

    /// Makes the facts tables of a session: each dataset, `regions`, its tables through time, the reference tables, `submissions`,
    /// `findings` and `expected`.
    pub async fn register(&self, session: &Session) -> Result<(), SqlError> {
        for (name, table) in self.codes.iter() {
            let codes = reference::codes(table);
            session.register_batches(name, codes.schema(), vec![codes])?;
        }
        for model in &self.models {
            register_model(session, model, &model.contract.name).await?;
        }
        self.registry.register(session)?;
        session.register_batches("regions", reference::regions_schema(), vec![self.regions.clone()])?;
        session.register_batches("expected", expected_schema(), vec![self.expected.clone()])?;
        let submissions = std::slice::from_ref(&self.submissions.path);
        session
            .register_files("submissions", submissions_schema(), submissions)
            .await?;
        session
            .register_files("findings", findings_schema(), std::slice::from_ref(&self.findings.path))
            .await
    }

    /// Tables with rows that are illustrative: datasets, and `expected` where one of those that declare coverage is.
    pub fn illustrative_tables(&self) -> BTreeSet<String> {
        let covered = |model: &&Model| model.contract.coverage.is_some();
        let mut covered = self.models.iter().filter(covered);
        let mut tables = self.illustrative.clone();
        if covered.any(|model| tables.contains(&model.contract.name)) {
            tables.insert("expected".to_string());
        }
        tables
    }

    /// A hash of what each table of [`Facts::register`] holds, by name.
    pub fn contents(&self) -> Result<BTreeMap<String, String>, SqlError> {
        let mut contents = BTreeMap::from([
            ("submissions".to_string(), self.submissions.sha256.clone()),
            ("findings".to_string(), self.findings.sha256.clone()),
        ]);
        let codes = self
            .codes
            .iter()
            .map(|(name, table)| (name.clone(), reference::codes(table)));
        let others = [("regions", &self.regions), ("expected", &self.expected)];
        let others = others.into_iter().chain(self.registry.tables());
        let others = others.map(|(name, batch)| (name.to_string(), batch.clone()));
        for (name, batch) in codes.chain(others) {
            let hash = content(&batch).map_err(|error| SqlError(format!("table {name}: {error}")))?;
            contents.insert(name, hash);
        }
        contents.extend(
            self.models
                .iter()
                .map(|model| (model.contract.name.clone(), content_of(model))),
        );
        Ok(contents)
    }
}

/// Hash of a table in memory.
fn content(batch: &RecordBatch) -> Result<String, ArrowError> {
    let mut stream = StreamWriter::try_new(Vec::new(), &batch.schema())?;
    stream.write(batch)?;
    Ok(writer::hex(&Sha256::digest(stream.into_inner()?)))
}

/// Hash of a dataset's model: its columns, and its files.
fn content_of(model: &Model) -> String {
    let mut hash = Sha256::new();
    for field in model.schema.fields() {
        hash.update(format!("{} {}\n", field.name(), field.data_type()));
    }
    for file in &model.files {
        hash.update(format!("{} {}\n", file.partition, file.sha256));
    }
    writer::hex(&hash.finalize())
}

/// Makes one dataset's model a table of a session under a name, empty where there is no file yet.
async fn register_model(session: &Session, model: &Model, name: &str) -> Result<(), SqlError> {
    let files: Vec<PathBuf> = model.files.iter().map(|file| file.path.clone()).collect();
    session.register_files(name, model.schema.clone(), &files).await
}

/// A session with the tables of a release: each dataset, `regions`, the reference tables, `submissions`,
/// `findings`, `indicators`, `metadata`, `coverage`, `timeliness` and `quality`; and each dataset in other borders.
pub async fn register_release(
    session: &Session,
    release: &Path,
    configuration: &Configuration,
) -> Result<(), PublishError> {
    for (name, table) in configuration.codes.iter() {
        let codes = reference::codes(table);
        session
            .register_batches(name, codes.schema(), vec![codes])
            .map_err(sql(name))?;
    }
    let mut tables = vec![("regions".to_string(), vec![release.join("regions.parquet")])];
    tables.push(("submissions".to_string(), vec![release.join("submissions.parquet")]));
    for (folder, names) in [
        ("indicators", &["indicators", "indicators_today", "metadata"][..]),
        ("quality", &["coverage", "timeliness", "quality", "findings"]),
        (
            "reference",
            &[
                "codes",
                "region_codes",
                "region_borders",
                "region_changes",
                "region_ids",
            ],
        ),
    ] {
        let path = |name: &&str| (name.to_string(), release.join(folder).join(format!("{name}.parquet")));
        // A release may be older than a table.
        let there = names.iter().map(path).filter(|(_, path)| path.exists());
        tables.extend(there.map(|(name, path)| (name, vec![path])));
    }
    let datasets = release.join("datasets");
    for folder in entries(&datasets)? {
        let name = folder
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        tables.push((name, entries(&folder)?));
    }
    let mut schemas = BTreeMap::new();
    for (name, files) in &tables {
        // The files say what they hold: a release may be older than the contracts.
        if files.is_empty() {
            continue;
        }
        let schema = reader::schema_of(files)?;
        session
            .register_files(name, schema.clone(), files)
            .await
            .map_err(sql(name))?;
        schemas.insert(name.clone(), schema);
    }
    borders::register_views(session, configuration, &schemas).await
}

/// Names the table in a failed question.
fn sql(table: &str) -> impl FnOnce(SqlError) -> PublishError + use<> {
    let what = format!("table {table}");
    move |source| PublishError::Sql { what, source }
}

/// Paths in a folder, sorted.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, PublishError> {
    let listed = std::fs::read_dir(folder).map_err(io_error(folder))?;
    let mut paths: Vec<PathBuf> = listed
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(io_error(folder))?;
    paths.sort();
    Ok(paths)
}

/// A folder of this process's own. Those of processes that are gone are removed.
fn scratch(published: &Path) -> Result<tempfile::TempDir, PublishError> {
    std::fs::create_dir_all(published).map_err(io_error(published))?;
    for path in entries(published)? {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let Some(process) = name.strip_prefix(SCRATCH).and_then(|rest| rest.split('-').next()) else {
            continue;
        };
        if !Path::new("/proc").join(process).exists() {
            std::fs::remove_dir_all(&path).map_err(io_error(&path))?;
        }
    }
    let prefix = format!("{SCRATCH}{}-", std::process::id());
    tempfile::Builder::new()
        .prefix(&prefix)
        .tempdir_in(published)
        .map_err(io_error(published))
}

/// Every contract's files, by the catalog.
fn models(sources: &Sources<'_>) -> Result<Vec<Model>, PublishError> {
    let mut models = Vec::new();
    for (name, contract) in &sources.configuration.contracts {
        let folder = sources.data.model(name);
        let files = sources.catalog.partitions(name)?.into_iter().map(|file| ModelFile {
            path: folder.join(&file.partition).join(&file.file),
            partition: file.partition,
            rows: file.rows,
            sha256: file.sha256,
        });
        let files: Vec<ModelFile> = files.collect();
        let built = sources.catalog.built_with(name)?;
        let waiting = built.filter(|built| built.waiting && !files.is_empty());
        let paths: Vec<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
        models.push(Model {
            contract: contract.clone(),
            schema: match &waiting {
                Some(_) => reader::schema_of(&paths)?,
                None => schema::model_schema(contract),
            },
            version: waiting.map_or(contract.version, |built| built.version),
            files,
        });
    }
    Ok(models)
}

/// Makes the models tables of a session, and gives the numbers of the submissions that their rows came with, by
/// dataset.
fn origins(session: &Session, models: &[Model]) -> Result<BTreeMap<String, BTreeSet<i64>>, PublishError> {
    let mut origins = BTreeMap::new();
    for model in models {
        let name = &model.contract.name;
        let question = format!(
            "SELECT DISTINCT \"{}\" AS submission FROM \"{name}\"",
            schema::SUBMISSION
        );
        let ask = async {
            register_model(session, model, name).await?;
            session.sql(&question, &[]).await
        };
        let batches = block_on(ask).map_err(sql(name))?;
        let numbers = batches
            .iter()
            .filter_map(|batch| batch.column(0).as_primitive_opt::<Int64Type>());
        origins.insert(
            name.clone(),
            numbers.flat_map(|array| array.values().to_vec()).collect(),
        );
    }
    Ok(origins)
}

/// Datasets with rows from a source that says its figures are illustrative.
fn illustrative(
    catalog: &Catalog,
    origins: &BTreeMap<String, BTreeSet<i64>>,
) -> Result<BTreeSet<String>, PublishError> {
    let mut illustrative = BTreeSet::new();
    for (dataset, numbers) in origins {
        for number in numbers {
            if catalog
                .submission(*number)?
                .is_some_and(|submission| submission.illustrative)
            {
                illustrative.insert(dataset.clone());
                break;
            }
        }
    }
    Ok(illustrative)
}
