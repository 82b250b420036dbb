//! Parquet back to batches.

use super::TableError;
use super::excluded::runs;
use super::schema::{COLUMN, PROVENANCE, ROW, SUBMISSION};
use arrow::array::{RecordBatch, new_null_array};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
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
/// from, or with it where they tell that.
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
                let is_value = !PROVENANCE.contains(&field.name().as_str());
                let end = fields.iter().position(|known| is_value && known.name() == SUBMISSION);
                fields.insert(end.unwrap_or(fields.len()), field.clone());
            }
        }
    }
    // Files from before a row told its sheet column: in all of them it is null.
    if fields.iter().any(|field| field.name() == ROW) && fields.iter().all(|field| field.name() != COLUMN) {
        fields.push(Arc::new(Field::new(COLUMN, DataType::Int32, true)));
    }
    Ok(Arc::new(Schema::new_with_metadata(fields, metadata)))
}

/// Casts a batch to a schema: other engines write other string and integer widths, and columns that were added since a
/// file was written, which may be null, are null.
pub fn conform(batch: &RecordBatch, schema: &SchemaRef, path: &Path) -> Result<RecordBatch, TableError> {
    let wrap = |source| TableError::arrow(path, source);
    let mut columns = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        columns.push(match batch.schema().index_of(field.name()) {
            Ok(index) => arrow::compute::cast(batch.column(index), field.data_type()).map_err(wrap)?,
            Err(_) if field.is_nullable() => new_null_array(field.data_type(), batch.num_rows()),
            Err(error) => return Err(wrap(error)),
        });
    }
    RecordBatch::try_new(schema.clone(), columns).map_err(wrap)
}

#[cfg(test)]
mod tests {
    use super::super::{schema, writer};
    use super::*;
    use arrow::array::{Array, ArrayRef, Int64Array};

    fn batch(names: &[&str]) -> RecordBatch {
        let fields = names.iter().map(|name| Field::new(*name, DataType::Int64, true));
        let columns = names.iter().map(|_| Arc::new(Int64Array::from(vec![7])) as ArrayRef);
        RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), columns.collect()).unwrap()
    }

    #[test]
    fn columns_that_a_file_lacks_stand_where_they_belong() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, names: &[&str]| {
            let path = folder.path().join(name);
            let batch = batch(names);
            writer::write_all(&path, batch.schema(), &[], &[batch]).unwrap();
            path
        };
        let new = write("new.parquet", &["a", "b", schema::SUBMISSION, schema::COLUMN]);
        let old = write("old.parquet", &["a", schema::SUBMISSION]);
        let whole = schema_of(&[new, old.clone()]).unwrap();
        let names: Vec<&str> = whole.fields().iter().map(|field| field.name().as_str()).collect();
        assert_eq!(names, ["a", "b", schema::SUBMISSION, schema::COLUMN]);
        let read = read_all(&old).unwrap().remove(0);
        let conformed = conform(&read, &whole, &old).unwrap();
        let nulls: Vec<usize> = conformed.columns().iter().map(|column| column.null_count()).collect();
        assert_eq!(nulls, [0, 1, 0, 1]);
        // Rows from before these told their sheet column: a question may ask for it all the same.
        let older = write("older.parquet", &["a", schema::SUBMISSION, schema::PART, schema::ROW]);
        let whole = schema_of(&[older]).unwrap();
        assert_eq!(whole.fields().last().unwrap().name(), schema::COLUMN);
        let required = Arc::new(Schema::new(vec![Field::new("c", DataType::Int64, false)]));
        assert!(conform(&read, &required, &old).is_err());
    }
}
