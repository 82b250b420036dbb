//! Parquet back to batches.

use super::TableError;
use super::excluded::runs;
use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema, SchemaRef};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder, RowSelection, RowSelector};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The batches of one file, in order.
pub struct Batches {
    reader: parquet::arrow::arrow_reader::ParquetRecordBatchReader,
    path: PathBuf,
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.reader
            .next()
            .map(|batch| batch.map_err(|error| TableError::arrow(&self.path, error)))
    }
}

fn open(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, TableError> {
    let file = File::open(path).map_err(|error| TableError::io(path, error))?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| TableError::parquet(path, error))
}

/// Reads 8,192 rows at a time.
fn reading(builder: ParquetRecordBatchReaderBuilder<File>, path: &Path) -> Result<Batches, TableError> {
    let reader = builder
        .with_batch_size(8_192)
        .build()
        .map_err(|error| TableError::parquet(path, error))?;
    Ok(Batches {
        reader,
        path: path.to_path_buf(),
    })
}

/// Opens a file for reading, 8,192 rows at a time.
pub fn batches(path: &Path) -> Result<Batches, TableError> {
    reading(open(path)?, path)
}

/// What a file's metadata say under a key, and its number of rows.
pub fn annotation(path: &Path, key: &str) -> Result<(Option<String>, u64), TableError> {
    let builder = open(path)?;
    let metadata = builder.metadata().file_metadata();
    let pairs = metadata.key_value_metadata().map_or(&[][..], Vec::as_slice);
    let pair = pairs.iter().find(|pair| pair.key == key);
    Ok((pair.and_then(|pair| pair.value.clone()), metadata.num_rows() as u64))
}

/// The rows at these positions, which ascend, of a file that is described by `metadata`.
pub(super) fn selected(path: &Path, metadata: ArrowReaderMetadata, positions: &[u32]) -> Result<Batches, TableError> {
    let file = File::open(path).map_err(|error| TableError::io(path, error))?;
    let selectors: Vec<RowSelector> = runs(positions)
        .flat_map(|(left, length)| [RowSelector::skip(left as usize), RowSelector::select(length as usize)])
        .collect();
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
    reading(builder.with_row_selection(RowSelection::from(selectors)), path)
}

/// All rows of a small file.
pub fn read_all(path: &Path) -> Result<Vec<RecordBatch>, TableError> {
    batches(path)?.collect()
}

/// Schema and number of rows of a file.
pub fn describe(path: &Path) -> Result<(SchemaRef, u64), TableError> {
    let builder = open(path)?;
    let rows = builder.metadata().file_metadata().num_rows() as u64;
    Ok((builder.schema().clone(), rows))
}

/// One schema for files of a table: the last one's, and the columns that only others have before where its rows came
/// from.
pub fn schema_of(files: &[PathBuf]) -> Result<SchemaRef, TableError> {
    let mut fields: Vec<Arc<Field>> = Vec::new();
    let mut metadata = Default::default();
    for path in files.iter().rev() {
        let (schema, _) = describe(path)?;
        if fields.is_empty() {
            metadata = schema.metadata().clone();
            fields = schema.fields().iter().cloned().collect();
            continue;
        }
        for field in schema.fields() {
            if fields.iter().all(|known| known.name() != field.name()) {
                let end = fields
                    .iter()
                    .position(|known| known.name() == super::schema::SUBMISSION);
                fields.insert(end.unwrap_or(fields.len()), field.clone());
            }
        }
    }
    Ok(Arc::new(Schema::new_with_metadata(fields, metadata)))
}

/// Casts a batch to a schema with the same columns: other engines write other string and integer widths.
pub fn conform(batch: &RecordBatch, schema: &SchemaRef, path: &Path) -> Result<RecordBatch, TableError> {
    let wrap = |source| TableError::arrow(path, source);
    let mut columns = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let index = batch.schema().index_of(field.name()).map_err(wrap)?;
        columns.push(arrow::compute::cast(batch.column(index), field.data_type()).map_err(wrap)?);
    }
    RecordBatch::try_new(schema.clone(), columns).map_err(wrap)
}
