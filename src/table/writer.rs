//! The one writer of Parquet files.

use super::{TableError, reader};
use arrow::array::RecordBatch;
use arrow::compute::BatchCoalescer;
use arrow::datatypes::{DataType, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::{FileMetaData, KeyValue, ParquetMetaData, RowGroupMetaData};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows of a row group: what analysts' engines prune by.
pub const ROW_GROUP_ROWS: usize = 128 * 1024;
/// How the names of files begin that are being written.
pub(crate) const TEMPORARY: &str = ".writing-";
/// Rows handed to the encoder at once. Fixed, so that page borders do not depend on how rows arrived.
const BATCH_ROWS: usize = 8 * 1024;

/// A complete, durable file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    pub path: PathBuf,
    pub rows: u64,
    pub bytes: u64,
    /// Lower-case hex; empty for files that are not hashed.
    pub sha256: String,
}

/// What is known beforehand of the columns of a file that is written cheaply.
#[derive(Debug, Clone, Copy, Default)]
pub struct Passing<'p> {
    /// Dates whose bounds a reader may use to pass over row groups.
    pub days: &'p [&'p str],
    /// Texts that hardly ever come twice, so that a dictionary of them is in vain.
    pub distinct: &'p [&'p str],
}

/// Writes one file beside its final place and moves it there when it is complete. Dropped before
/// [`TableWriter::finish`], it leaves nothing.
pub struct TableWriter {
    writer: ArrowWriter<HashingFile>,
    coalescer: BatchCoalescer,
    temporary: tempfile::TempPath,
    path: PathBuf,
    schema: SchemaRef,
    rows: u64,
}

/// The rows of a file that is not complete.
pub struct SoFar {
    path: PathBuf,
    /// None without rows.
    metadata: Option<ArrowReaderMetadata>,
}

impl SoFar {
    /// The rows at these positions, which ascend, in batches.
    pub fn selected(
        &self,
        positions: &[u32],
    ) -> Result<impl Iterator<Item = Result<RecordBatch, TableError>>, TableError> {
        let metadata = self.metadata.clone().filter(|_| !positions.is_empty());
        let batches = metadata.map(|metadata| reader::selected(&self.path, metadata, positions));
        Ok(batches.transpose()?.into_iter().flatten())
    }
}

impl TableWriter {
    /// `metadata` are key-value pairs of the file (dataset, contract version, …).
    pub fn create(path: &Path, schema: SchemaRef, metadata: &[(String, String)]) -> Result<TableWriter, TableError> {
        let properties = properties(3)
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_key_value_metadata(Some(
                metadata
                    .iter()
                    .map(|(key, value)| KeyValue::new(key.clone(), value.clone()))
                    .collect(),
            ));
        TableWriter::open(path, schema, properties, Some(Sha256::new()))
    }

    /// For files that only this program reads, once or twice: cheap to write, not hashed.
    pub fn create_passing(path: &Path, schema: SchemaRef, passing: &Passing<'_>) -> Result<TableWriter, TableError> {
        let mut properties = properties(1).set_statistics_enabled(EnabledStatistics::None);
        for day in passing.days {
            properties = properties.set_column_statistics_enabled(ColumnPath::from(*day), EnabledStatistics::Chunk);
        }
        // Numbers are packed by their differences, which takes a third of the time of looking each up in a dictionary.
        for number in schema.fields().iter().filter(|field| is_whole(field.data_type())) {
            let path = ColumnPath::from(number.name().as_str());
            properties = properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        }
        for text in passing.distinct {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(*text), false);
        }
        TableWriter::open(path, schema, properties, None)
    }

    fn open(
        path: &Path,
        schema: SchemaRef,
        properties: WriterPropertiesBuilder,
        hash: Option<Sha256>,
    ) -> Result<TableWriter, TableError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(|error| TableError::io(folder, error))?;
        let temporary = tempfile::Builder::new()
            .prefix(TEMPORARY)
            .tempfile_in(folder)
            .map_err(|error| TableError::io(path, error))?;
        let (file, temporary) = temporary.into_parts();
        let sink = HashingFile { file, hash, bytes: 0 };
        let writer = ArrowWriter::try_new(sink, schema.clone(), Some(properties.build()))
            .map_err(|error| TableError::parquet(path, error))?;
        let coalescer = BatchCoalescer::new(schema.clone(), BATCH_ROWS);
        Ok(TableWriter {
            writer,
            coalescer,
            temporary,
            path: path.to_path_buf(),
            schema,
            rows: 0,
        })
    }

    /// Appends rows of the writer's schema.
    pub fn write(&mut self, batch: RecordBatch) -> Result<(), TableError> {
        self.rows += batch.num_rows() as u64;
        self.coalescer
            .push_batch(batch)
            .map_err(|error| TableError::arrow(&self.path, error))?;
        self.drain()
    }

    /// Adds a key-value pair that is only known once the rows are.
    pub fn annotate(&mut self, key: &str, value: &str) {
        self.writer
            .append_key_value_metadata(KeyValue::new(key.to_string(), value.to_string()));
    }

    fn drain(&mut self) -> Result<(), TableError> {
        while let Some(batch) = self.coalescer.next_completed_batch() {
            self.writer
                .write(&batch)
                .map_err(|error| TableError::parquet(&self.path, error))?;
        }
        Ok(())
    }

    /// Writes out what was taken so far, for [`SoFar`] to read. More may follow.
    pub fn so_far(&mut self) -> Result<SoFar, TableError> {
        self.coalescer
            .finish_buffered_batch()
            .map_err(|error| TableError::arrow(&self.path, error))?;
        self.drain()?;
        let wrong = |error| TableError::parquet(&self.path, error);
        self.writer.flush().map_err(wrong)?;
        self.writer.sync().map_err(|error| TableError::io(&self.path, error))?;
        let groups = self.writer.flushed_row_groups().to_vec();
        let metadata = match groups.first().map(RowGroupMetaData::schema_descr_ptr) {
            Some(columns) => {
                let file = FileMetaData::new(2, self.rows as i64, None, None, columns, None);
                let options = ArrowReaderOptions::new().with_schema(self.schema.clone());
                let metadata = Arc::new(ParquetMetaData::new(file, groups));
                Some(ArrowReaderMetadata::try_new(metadata, options).map_err(wrong)?)
            }
            None => None,
        };
        Ok(SoFar {
            path: self.temporary.to_path_buf(),
            metadata,
        })
    }

    /// Makes the file durable and moves it to its place.
    pub fn finish(self) -> Result<WrittenFile, TableError> {
        let written = self.close(File::sync_all)?;
        sync_folder(&written.path)?;
        Ok(written)
    }

    /// Moves the file to its place, whole but not yet durable: the caller makes many files durable at once.
    pub fn finish_unsynced(self) -> Result<WrittenFile, TableError> {
        self.close(|_| Ok(()))
    }

    fn close(mut self, sync: impl FnOnce(&File) -> std::io::Result<()>) -> Result<WrittenFile, TableError> {
        self.coalescer
            .finish_buffered_batch()
            .map_err(|error| TableError::arrow(&self.path, error))?;
        self.drain()?;
        let sink = self
            .writer
            .into_inner()
            .map_err(|error| TableError::parquet(&self.path, error))?;
        crate::observe::fail_point("table.sync.before");
        sync(&sink.file).map_err(|error| TableError::io(&self.path, error))?;
        set_readable(&sink.file).map_err(|error| TableError::io(&self.path, error))?;
        crate::observe::fail_point("table.rename.before");
        self.temporary
            .persist(&self.path)
            .map_err(|error| TableError::io(&self.path, error.error))?;
        crate::observe::fail_point("table.rename.after");
        let sha256 = sink.hash.map(|hash| hex(&hash.finalize())).unwrap_or_default();
        Ok(WrittenFile {
            path: self.path,
            rows: self.rows,
            bytes: sink.bytes,
            sha256,
        })
    }
}

/// Whether Parquet stores values of this type as whole numbers.
fn is_whole(kind: &DataType) -> bool {
    match kind {
        DataType::Int32 | DataType::Int64 | DataType::Date32 => true,
        DataType::Decimal128(precision, _) => *precision <= 18,
        _ => false,
    }
}

fn properties(level: i32) -> WriterPropertiesBuilder {
    // 1 and 3 are levels of zstd.
    let level = ZstdLevel::try_new(level).unwrap_or_default();
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_created_by(concat!("lumbung ", env!("CARGO_PKG_VERSION")).to_string())
}

/// Writes all batches into one file.
pub fn write_all(
    path: &Path,
    schema: SchemaRef,
    metadata: &[(String, String)],
    batches: &[RecordBatch],
) -> Result<WrittenFile, TableError> {
    let mut writer = TableWriter::create(path, schema, metadata)?;
    for batch in batches {
        writer.write(batch.clone())?;
    }
    writer.finish()
}

/// Temporary files are private to their owner; analysts must be able to read what is published.
fn set_readable(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

/// Makes a rename in a file's folder durable.
pub(crate) fn sync_folder(path: &Path) -> Result<(), TableError> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| TableError::io(folder, error))
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file that knows the hash of what was written to it.
struct HashingFile {
    file: File,
    hash: Option<Sha256>,
    bytes: u64,
}

impl Write for HashingFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        if let Some(hash) = &mut self.hash {
            hash.update(&bytes[..written]);
        }
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Int64Array, StringArray};
    use arrow::datatypes::{Field, Schema};

    fn rows(from: i64, to: i64) -> RecordBatch {
        let schema = Schema::new(vec![
            Field::new("number", DataType::Int64, false),
            Field::new("text", DataType::Utf8, false),
        ]);
        let numbers = Int64Array::from_iter_values(from..to);
        let texts = StringArray::from_iter_values((from..to).map(|number| format!("text {}", number % 97)));
        RecordBatch::try_new(Arc::new(schema), vec![Arc::new(numbers), Arc::new(texts)]).unwrap()
    }

    #[test]
    fn equal_rows_give_equal_bytes_however_they_arrive() {
        let folder = tempfile::tempdir().unwrap();
        let whole = rows(0, 300_000);
        let one = write_all(&folder.path().join("one.parquet"), whole.schema(), &[], &[whole]).unwrap();
        let pieces: Vec<RecordBatch> = (0..300).map(|piece| rows(piece * 1_000, (piece + 1) * 1_000)).collect();
        let many = write_all(&folder.path().join("many.parquet"), pieces[0].schema(), &[], &pieces).unwrap();
        assert_eq!(one.sha256, many.sha256);
        assert_eq!(one.rows, 300_000);
        let read = std::fs::read(&one.path).unwrap();
        assert_eq!(hex(&Sha256::digest(&read)), one.sha256);
        assert_eq!(read.len() as u64, one.bytes);
    }

    #[test]
    fn an_unfinished_file_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let batch = rows(0, 10);
        let mut writer = TableWriter::create(&folder.path().join("a.parquet"), batch.schema(), &[]).unwrap();
        writer.write(batch).unwrap();
        drop(writer);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
