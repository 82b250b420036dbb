//! Uniqueness of keys within a submission, in bounded memory.
//!
//! Of every accepted row a 64-bit hash of its key is kept: in memory up to [`MEMORY_ROWS`], then in shard files that are
//! sorted one by one. Hashes that occur once belong to keys that occur once, which is all that most submissions need.
//! The rows of the others are read again from the staged file and told apart by 128 bits of their key: same key and
//! same values is *repeated* (the first row stays); same key and different values refuses *all* of them, never one
//! at random.

use super::CheckError;
use crate::config::Contract;
use crate::table::{reader, schema};
use ahash::{AHashMap, AHashSet};
use arrow::array::{ArrayRef, BooleanBufferBuilder, RecordBatch};
use arrow::datatypes::SchemaRef;
use datafusion::common::hash_utils::{RandomState, create_hashes};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Hashes that are held in memory.
const MEMORY_ROWS: usize = 1 << 21;
/// Files that the rest is spread over, by hash.
const SHARDS: usize = 64;
/// Hashes that occur more than once and are looked into in one reading of the rows.
const SUSPECTS: usize = 1 << 20;

/// Hashes keys and values of rows. Seeds are fixed: a submission judged twice is judged alike.
pub(super) struct KeyHasher {
    keys: Vec<usize>,
    values: Vec<usize>,
}

impl KeyHasher {
    pub(super) fn new(contract: &Contract, model: &SchemaRef) -> KeyHasher {
        let is_value = |field: &usize| !schema::PROVENANCE.contains(&model.field(*field).name().as_str());
        KeyHasher {
            keys: contract
                .key
                .iter()
                .filter_map(|name| model.index_of(name).ok())
                .collect(),
            values: (0..model.fields().len()).filter(is_value).collect(),
        }
    }

    /// A hash of each row's key.
    pub(super) fn keys(&self, batch: &RecordBatch) -> Result<Vec<u64>, CheckError> {
        hashes(batch, &self.keys, 1)
    }

    /// A second hash of each row's key: with the first, two keys of 10 M rows meet once in 10^24 submissions.
    fn more(&self, batch: &RecordBatch) -> Result<Vec<u64>, CheckError> {
        hashes(batch, &self.keys, 2)
    }

    fn values(&self, batch: &RecordBatch) -> Result<Vec<u64>, CheckError> {
        hashes(batch, &self.values, 3)
    }
}

fn hashes(batch: &RecordBatch, columns: &[usize], seed: u64) -> Result<Vec<u64>, CheckError> {
    let mut hashes = vec![0; batch.num_rows()];
    let arrays: Vec<&ArrayRef> = columns.iter().map(|&column| batch.column(column)).collect();
    create_hashes(arrays, &RandomState::with_seed(seed), &mut hashes).map_err(|error| CheckError::Sql {
        what: "keys".to_string(),
        source: error.into(),
    })?;
    Ok(hashes)
}

/// Rows (by ordinal among the accepted ones, from 0) that must not enter the model.
#[derive(Debug)]
pub(super) struct Exclusions {
    repeated: BooleanBufferBuilder,
    conflicting: BooleanBufferBuilder,
    pub repeated_rows: u64,
    pub conflicting_rows: u64,
}

impl Exclusions {
    fn none(rows: usize) -> Exclusions {
        let zeros = || {
            let mut bits = BooleanBufferBuilder::new(rows);
            bits.append_n(rows, false);
            bits
        };
        Exclusions {
            repeated: zeros(),
            conflicting: zeros(),
            repeated_rows: 0,
            conflicting_rows: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.repeated_rows + self.conflicting_rows == 0
    }

    /// The row says again what an earlier row said.
    pub(super) fn is_repeated(&self, ordinal: usize) -> bool {
        self.repeated.get_bit(ordinal)
    }

    /// The row's key has other values elsewhere.
    pub(super) fn is_conflicting(&self, ordinal: usize) -> bool {
        self.conflicting.get_bit(ordinal)
    }
}

/// Collects keys.
pub(super) struct Uniqueness {
    hashes: Vec<u64>,
    shards: Vec<BufWriter<File>>,
    folder: PathBuf,
    rows: usize,
    limit: usize,
}

impl Uniqueness {
    /// Shard files go to `folder`.
    pub(super) fn new(folder: &Path) -> Uniqueness {
        Uniqueness {
            hashes: Vec::new(),
            shards: Vec::new(),
            folder: folder.to_path_buf(),
            rows: 0,
            limit: MEMORY_ROWS,
        }
    }

    /// Adds the key hashes of the next rows.
    pub(super) fn add(&mut self, hashes: &[u64]) -> Result<(), CheckError> {
        self.hashes.extend_from_slice(hashes);
        self.rows += hashes.len();
        if self.hashes.len() > self.limit {
            self.spill()
        } else {
            Ok(())
        }
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
        let mut hashes = std::mem::take(&mut self.hashes);
        for hash in hashes.drain(..) {
            let shard = (hash >> 32) as usize % SHARDS;
            let written = self.shards[shard].write_all(&hash.to_le_bytes());
            written.map_err(|error| self.io(error))?;
        }
        self.hashes = hashes;
        Ok(())
    }

    /// Judges all keys. `rows` is the file that the accepted rows were written to.
    pub(super) fn finish(mut self, hasher: &KeyHasher, rows: &Path) -> Result<Exclusions, CheckError> {
        let mut exclusions = Exclusions::none(self.rows);
        if self.shards.is_empty() {
            let suspects = repeated(&mut self.hashes).collect();
            judge(hasher, rows, &suspects, &mut exclusions)?;
            return Ok(exclusions);
        }
        self.spill()?;
        self.hashes = Vec::new();
        for mut shard in std::mem::take(&mut self.shards) {
            shard.flush().map_err(|error| self.io(error))?;
        }
        let mut suspects = AHashSet::new();
        for shard in 0..SHARDS {
            let path = self.shard_path(shard);
            let mut hashes = read_shard(&path).map_err(|error| self.io(error))?;
            std::fs::remove_file(&path).map_err(|error| self.io(error))?;
            suspects.extend(repeated(&mut hashes));
            if suspects.len() >= SUSPECTS {
                judge(hasher, rows, &suspects, &mut exclusions)?;
                suspects.clear();
            }
        }
        judge(hasher, rows, &suspects, &mut exclusions)?;
        Ok(exclusions)
    }
}

fn read_shard(path: &Path) -> std::io::Result<Vec<u64>> {
    let file = File::open(path)?;
    let mut hashes = Vec::with_capacity(file.metadata()?.len() as usize / 8);
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut bytes = [0; 8];
    for _ in 0..hashes.capacity() {
        reader.read_exact(&mut bytes)?;
        hashes.push(u64::from_le_bytes(bytes));
    }
    Ok(hashes)
}

/// Hashes that occur more than once.
fn repeated(hashes: &mut [u64]) -> impl Iterator<Item = u64> {
    hashes.sort_unstable();
    let groups = hashes.chunk_by(|left, right| left == right);
    groups.filter(|group| group.len() > 1).map(|group| group[0])
}

/// What is known of a key that occurs more than once.
struct Occurrences {
    values: u64,
    differ: bool,
    kept: bool,
}

/// Reads the rows again and tells those with a suspect hash apart.
fn judge(
    hasher: &KeyHasher,
    rows: &Path,
    suspects: &AHashSet<u64>,
    exclusions: &mut Exclusions,
) -> Result<(), CheckError> {
    if suspects.is_empty() {
        return Ok(());
    }
    let mut found: AHashMap<(u64, u64), Occurrences> = AHashMap::new();
    each_suspect(hasher, rows, suspects, |_, key, values| {
        let occurrences = found.entry(key).or_insert(Occurrences {
            values,
            differ: false,
            kept: false,
        });
        occurrences.differ |= occurrences.values != values;
    })?;
    each_suspect(hasher, rows, suspects, |ordinal, key, _| match found.get_mut(&key) {
        Some(occurrences) if occurrences.differ => {
            exclusions.conflicting.set_bit(ordinal, true);
            exclusions.conflicting_rows += 1;
        }
        Some(occurrences) if occurrences.kept => {
            exclusions.repeated.set_bit(ordinal, true);
            exclusions.repeated_rows += 1;
        }
        Some(occurrences) => occurrences.kept = true,
        None => {}
    })
}

fn each_suspect(
    hasher: &KeyHasher,
    rows: &Path,
    suspects: &AHashSet<u64>,
    mut take: impl FnMut(usize, (u64, u64), u64),
) -> Result<(), CheckError> {
    let mut first = 0;
    for batch in reader::batches(rows)? {
        let batch: RecordBatch = batch?;
        let hashes = hasher.keys(&batch)?;
        if hashes.iter().any(|hash| suspects.contains(hash)) {
            let (more, values) = (hasher.more(&batch)?, hasher.values(&batch)?);
            for (row, hash) in hashes.iter().enumerate().filter(|(_, hash)| suspects.contains(hash)) {
                take(first + row, (*hash, more[row]), values[row]);
            }
        }
        first += batch.num_rows();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::writer::write_all;
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

    fn exclusions(limit: usize) -> (Vec<usize>, Vec<usize>) {
        let folder = tempfile::tempdir().unwrap();
        let hasher = KeyHasher {
            keys: vec![0],
            values: vec![0, 1],
        };
        let mut uniqueness = Uniqueness::new(folder.path());
        uniqueness.limit = limit;
        let batches = [
            batch(&[("a", 1), ("b", 1), ("a", 1), ("c", 1)]),
            batch(&[("b", 2), ("d", 1), ("b", 1), ("a", 1)]),
        ];
        for batch in &batches {
            uniqueness.add(&hasher.keys(batch).unwrap()).unwrap();
        }
        let file = folder.path().join("rows.parquet");
        write_all(&file, batches[0].schema(), &[], &batches).unwrap();
        let exclusions = uniqueness.finish(&hasher, &file).unwrap();
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 1, "shard files are swept");
        let repeated: Vec<usize> = (0..8).filter(|row| exclusions.is_repeated(*row)).collect();
        let conflicting: Vec<usize> = (0..8).filter(|row| exclusions.is_conflicting(*row)).collect();
        assert_eq!(exclusions.repeated_rows, repeated.len() as u64);
        assert_eq!(exclusions.conflicting_rows, conflicting.len() as u64);
        (repeated, conflicting)
    }

    #[test]
    fn repeated_rows_leave_one_and_conflicting_ones_none() {
        let expected = (vec![2, 7], vec![1, 4, 6]);
        assert_eq!(exclusions(MEMORY_ROWS), expected);
        assert_eq!(exclusions(2), expected, "spilled to shards");
    }
}
