//! Uniqueness of keys within a submission, in bounded memory.
//!
//! Of every accepted row a hash of its key, a hash of its values and its ordinal are kept: in memory up to
//! [`MEMORY_ROWS`], then in shard files that are sorted one by one. Same key and same values is *repeated* (the
//! first row stays); same key and different values refuses *all* of them, never one at random.

use super::CheckError;
use arrow::array::{Array, RecordBatch};
use arrow::row::{RowConverter, SortField};
use std::collections::BTreeSet;
use std::fs::File;
use std::hash::{BuildHasher, Hasher};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Rows whose hashes are held in memory.
const MEMORY_ROWS: usize = 1 << 20;
/// Files that the rest is spread over, by key.
const SHARDS: usize = 64;
/// Bytes of one entry in a shard file: key 16, values 8, ordinal 4.
const ENTRY_BYTES: usize = 28;

/// 128 bits of the key (two rows of different keys meet once in 10^24 submissions of 10 M rows), 64 of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    key: u128,
    ordinal: u32,
    values: u64,
}

/// Ordinals (among the accepted rows, from 0) that must not enter the model.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Exclusions {
    /// Rows that say again what an earlier row said.
    pub repeated: BTreeSet<u32>,
    /// Rows whose key has other values elsewhere, and the row it disagrees with.
    pub conflicting: BTreeSet<u32>,
}

impl Exclusions {
    pub(super) fn is_empty(&self) -> bool {
        self.repeated.is_empty() && self.conflicting.is_empty()
    }
}

/// Collects keys.
pub(super) struct Uniqueness {
    keys: Vec<usize>,
    values: Vec<usize>,
    converters: Option<(RowConverter, RowConverter)>,
    hashers: [ahash::RandomState; 3],
    entries: Vec<Entry>,
    shards: Vec<BufWriter<File>>,
    folder: PathBuf,
    next: u32,
    limit: usize,
}

impl Uniqueness {
    /// `keys` and `values` are column indexes of the batches to come; shard files go to `folder`.
    pub(super) fn new(keys: Vec<usize>, values: Vec<usize>, folder: &Path) -> Uniqueness {
        // Fixed seeds: a submission judged twice is judged alike.
        let hashers = [1, 2, 3].map(|seed| ahash::RandomState::with_seeds(seed, 2, 3, 4));
        Uniqueness {
            keys,
            values,
            converters: None,
            hashers,
            entries: Vec::new(),
            shards: Vec::new(),
            folder: folder.to_path_buf(),
            next: 0,
            limit: MEMORY_ROWS,
        }
    }

    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), CheckError> {
        let arrow_error = |source| crate::table::TableError::Arrow {
            path: "keys".to_string(),
            source,
        };
        let pick = |columns: &[usize]| {
            columns
                .iter()
                .map(|&index| batch.column(index).clone())
                .collect::<Vec<_>>()
        };
        let (keys, values) = (pick(&self.keys), pick(&self.values));
        if self.converters.is_none() {
            let converter = |columns: &[arrow::array::ArrayRef]| {
                RowConverter::new(
                    columns
                        .iter()
                        .map(|column| SortField::new(column.data_type().clone()))
                        .collect(),
                )
            };
            let pair = (
                converter(&keys).map_err(arrow_error)?,
                converter(&values).map_err(arrow_error)?,
            );
            self.converters = Some(pair);
        }
        let Some((key_converter, value_converter)) = &self.converters else {
            return Ok(());
        };
        let key_rows = key_converter.convert_columns(&keys).map_err(arrow_error)?;
        let value_rows = value_converter.convert_columns(&values).map_err(arrow_error)?;
        for row in 0..batch.num_rows() {
            let key = key_rows.row(row);
            let high = self.hash(0, key.as_ref());
            let low = self.hash(1, key.as_ref());
            let values = self.hash(2, value_rows.row(row).as_ref());
            self.entries.push(Entry {
                key: u128::from(high) << 64 | u128::from(low),
                ordinal: self.next,
                values,
            });
            self.next += 1;
        }
        if self.entries.len() > self.limit {
            self.spill()
        } else {
            Ok(())
        }
    }

    fn hash(&self, which: usize, bytes: &[u8]) -> u64 {
        let mut hasher = self.hashers[which].build_hasher();
        hasher.write(bytes);
        hasher.finish()
    }

    fn shard_path(&self, shard: usize) -> PathBuf {
        self.folder.join(format!(".keys-{shard:02}"))
    }

    fn io(&self, source: std::io::Error) -> CheckError {
        CheckError::Io {
            path: self.folder.display().to_string(),
            source,
        }
    }

    fn spill(&mut self) -> Result<(), CheckError> {
        if self.shards.is_empty() {
            for shard in 0..SHARDS {
                let file = File::create(self.shard_path(shard)).map_err(|error| self.io(error))?;
                self.shards.push(BufWriter::with_capacity(64 * 1024, file));
            }
        }
        for entry in std::mem::take(&mut self.entries) {
            let mut bytes = [0; ENTRY_BYTES];
            bytes[..16].copy_from_slice(&entry.key.to_le_bytes());
            bytes[16..24].copy_from_slice(&entry.values.to_le_bytes());
            bytes[24..].copy_from_slice(&entry.ordinal.to_le_bytes());
            let shard = (entry.key % SHARDS as u128) as usize;
            self.shards[shard].write_all(&bytes).map_err(|error| self.io(error))?;
        }
        Ok(())
    }

    /// Judges all keys.
    pub(super) fn finish(mut self) -> Result<Exclusions, CheckError> {
        let mut exclusions = Exclusions::default();
        if self.shards.is_empty() {
            judge(&mut self.entries, &mut exclusions);
            return Ok(exclusions);
        }
        self.spill()?;
        for mut shard in std::mem::take(&mut self.shards) {
            shard.flush().map_err(|error| self.io(error))?;
        }
        for shard in 0..SHARDS {
            let path = self.shard_path(shard);
            let mut entries = read_shard(&path).map_err(|error| self.io(error))?;
            judge(&mut entries, &mut exclusions);
            std::fs::remove_file(&path).map_err(|error| self.io(error))?;
        }
        Ok(exclusions)
    }
}

fn read_shard(path: &Path) -> std::io::Result<Vec<Entry>> {
    let file = File::open(path)?;
    let count = file.metadata()?.len() as usize / ENTRY_BYTES;
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut entries = Vec::with_capacity(count);
    let mut bytes = [0; ENTRY_BYTES];
    for _ in 0..count {
        reader.read_exact(&mut bytes)?;
        let (key, rest) = bytes.split_at(16);
        let (values, ordinal) = rest.split_at(8);
        // The slices have the lengths that they are split at.
        entries.push(Entry {
            key: u128::from_le_bytes(key.try_into().expect("16 bytes")),
            values: u64::from_le_bytes(values.try_into().expect("8 bytes")),
            ordinal: u32::from_le_bytes(ordinal.try_into().expect("4 bytes")),
        });
    }
    Ok(entries)
}

fn judge(entries: &mut [Entry], exclusions: &mut Exclusions) {
    entries.sort_unstable();
    for group in entries
        .chunk_by(|left, right| left.key == right.key)
        .filter(|group| group.len() > 1)
    {
        if group.iter().all(|entry| entry.values == group[0].values) {
            exclusions.repeated.extend(group[1..].iter().map(|entry| entry.ordinal));
        } else {
            exclusions.conflicting.extend(group.iter().map(|entry| entry.ordinal));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Int64Array, StringArray};
    use arrow::datatypes::{DataType, Field, Schema};
    use std::sync::Arc;

    fn batch(rows: &[(&str, i64)]) -> RecordBatch {
        let fields = vec![
            Field::new("key", DataType::Utf8, false),
            Field::new("value", DataType::Int64, false),
        ];
        let keys = StringArray::from_iter_values(rows.iter().map(|row| row.0));
        let values = Int64Array::from_iter_values(rows.iter().map(|row| row.1));
        RecordBatch::try_new(Arc::new(Schema::new(fields)), vec![Arc::new(keys), Arc::new(values)]).unwrap()
    }

    fn exclusions(limit: usize) -> Exclusions {
        let folder = tempfile::tempdir().unwrap();
        let mut uniqueness = Uniqueness::new(vec![0], vec![1], folder.path());
        uniqueness.limit = limit;
        uniqueness
            .add(&batch(&[("a", 1), ("b", 1), ("a", 1), ("c", 1)]))
            .unwrap();
        uniqueness
            .add(&batch(&[("b", 2), ("d", 1), ("b", 1), ("a", 1)]))
            .unwrap();
        let exclusions = uniqueness.finish().unwrap();
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            0,
            "shard files are swept"
        );
        exclusions
    }

    #[test]
    fn repeated_rows_leave_one_and_conflicting_ones_none() {
        let found = exclusions(MEMORY_ROWS);
        assert_eq!(found.repeated, BTreeSet::from([2, 7]));
        assert_eq!(found.conflicting, BTreeSet::from([1, 4, 6]));
        assert_eq!(exclusions(2), found, "spilled to shards");
    }
}
