//! Uniqueness of keys within a submission, in bounded memory.
//!
//! Of every accepted row a 64-bit hash of its key is kept with its position: in memory up to [`MEMORY_ROWS`], then in shard
//! files that are sorted one by one. Hashes that occur once belong to keys that occur once, which is all that most
//! submissions need. The rows of the others, and only those, are read again from the staged file and told apart by 128
//! bits of their key: same key and same values is *repeated* (the first row stays); same key and different values refuses
//! *all* of them, never one at random.

use super::CheckError;
use crate::config::Contract;
use crate::table::{SoFar, TableWriter, schema};
use ahash::AHashMap;
use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::SchemaRef;
use datafusion::common::hash_utils::{RandomState, create_hashes};
use rayon::prelude::*;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Hashes that are held in memory.
const MEMORY_ROWS: usize = 1 << 20;
/// Files that the rest is spread over, by hash.
const SHARDS: usize = 64;
/// Shards that are sorted at once.
const AT_ONCE: usize = 8;
/// Rows whose hash occurs more than once that are looked into in one reading.
const SUSPECTS: usize = 1 << 20;

/// The hash of a row's key, and the row's position among the accepted ones.
type Hashed = (u64, u32);

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

/// Rows that must not enter the model, by position among the accepted ones, in ascending order.
#[derive(Debug, Default)]
pub(super) struct Exclusions {
    /// The row says again what an earlier row said.
    pub repeated: Vec<u32>,
    /// The row's key has other values elsewhere.
    pub conflicting: Vec<u32>,
}

impl Exclusions {
    /// All of them.
    pub(super) fn positions(&self) -> Vec<u32> {
        let mut positions = [self.repeated.as_slice(), &self.conflicting].concat();
        positions.sort_unstable();
        positions
    }
}

/// Collects keys.
pub(super) struct Uniqueness {
    hashes: Vec<Hashed>,
    shards: Vec<BufWriter<File>>,
    folder: PathBuf,
    rows: u32,
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
        // A file's rows are numbered by 32 bits.
        self.hashes.extend(hashes.iter().copied().zip(self.rows..));
        self.rows += hashes.len() as u32;
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
        for (hash, position) in hashes.drain(..) {
            let shard = (hash >> 32) as usize % SHARDS;
            let mut bytes = [0; RECORD];
            bytes[..8].copy_from_slice(&hash.to_le_bytes());
            bytes[8..].copy_from_slice(&position.to_le_bytes());
            let written = self.shards[shard].write_all(&bytes);
            written.map_err(|error| self.io(error))?;
        }
        self.hashes = hashes;
        Ok(())
    }

    /// Judges all keys. `rows` is the file that the accepted rows were written to.
    pub(super) fn finish(mut self, hasher: &KeyHasher, rows: &mut TableWriter) -> Result<Exclusions, CheckError> {
        let mut exclusions = Exclusions::default();
        if self.shards.is_empty() {
            judge(hasher, rows, repeated(&mut self.hashes), &mut exclusions)?;
            return Ok(exclusions);
        }
        self.spill()?;
        self.hashes = Vec::new();
        for mut shard in std::mem::take(&mut self.shards) {
            shard.flush().map_err(|error| self.io(error))?;
        }
        let mut suspects = Vec::new();
        for from in (0..SHARDS).step_by(AT_ONCE) {
            let of_shard = |shard| -> std::io::Result<Vec<Hashed>> {
                let path = self.shard_path(shard);
                let mut hashes = read_shard(&path)?;
                std::fs::remove_file(&path)?;
                Ok(repeated(&mut hashes))
            };
            let found: std::io::Result<Vec<_>> = (from..from + AT_ONCE).into_par_iter().map(of_shard).collect();
            suspects.extend(found.map_err(|error| self.io(error))?.into_iter().flatten());
            if suspects.len() >= SUSPECTS {
                judge(hasher, rows, std::mem::take(&mut suspects), &mut exclusions)?;
            }
        }
        judge(hasher, rows, suspects, &mut exclusions)?;
        exclusions.repeated.sort_unstable();
        exclusions.conflicting.sort_unstable();
        Ok(exclusions)
    }
}

/// Bytes of a row in a shard: hash and position.
const RECORD: usize = 12;

fn read_shard(path: &Path) -> std::io::Result<Vec<Hashed>> {
    let file = File::open(path)?;
    let mut hashes = Vec::with_capacity(file.metadata()?.len() as usize / RECORD);
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let (mut hash, mut position) = ([0; 8], [0; 4]);
    for _ in 0..hashes.capacity() {
        reader.read_exact(&mut hash)?;
        reader.read_exact(&mut position)?;
        hashes.push((u64::from_le_bytes(hash), u32::from_le_bytes(position)));
    }
    Ok(hashes)
}

/// Rows whose hash occurs more than once.
fn repeated(hashes: &mut [Hashed]) -> Vec<Hashed> {
    hashes.sort_unstable();
    let groups = hashes.chunk_by(|left, right| left.0 == right.0);
    let several = groups.filter(|group| group.len() > 1);
    several.flatten().copied().collect()
}

/// What is known of a key that occurs more than once.
struct Occurrences {
    values: u64,
    differ: bool,
    kept: bool,
}

/// Reads the suspects again and tells them apart.
fn judge(
    hasher: &KeyHasher,
    rows: &mut TableWriter,
    mut suspects: Vec<Hashed>,
    exclusions: &mut Exclusions,
) -> Result<(), CheckError> {
    if suspects.is_empty() {
        return Ok(());
    }
    suspects.sort_unstable_by_key(|(_, position)| *position);
    let positions: Vec<u32> = suspects.iter().map(|(_, position)| *position).collect();
    let so_far: SoFar = rows.so_far()?;
    let mut found: AHashMap<(u64, u64), Occurrences> = AHashMap::new();
    // Of each suspect, the second hash of its key.
    let mut seconds = Vec::with_capacity(suspects.len());
    for batch in so_far.selected(&positions)? {
        let batch = batch?;
        for (second, values) in hasher.more(&batch)?.into_iter().zip(hasher.values(&batch)?) {
            let (first, _) = suspects[seconds.len()];
            let occurrences = found.entry((first, second)).or_insert(Occurrences {
                values,
                differ: false,
                kept: false,
            });
            occurrences.differ |= occurrences.values != values;
            seconds.push(second);
        }
    }
    for ((first, position), second) in suspects.into_iter().zip(seconds) {
        match found.get_mut(&(first, second)) {
            Some(occurrences) if occurrences.differ => exclusions.conflicting.push(position),
            Some(occurrences) if occurrences.kept => exclusions.repeated.push(position),
            Some(occurrences) => occurrences.kept = true,
            None => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Passing;
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

    fn exclusions(limit: usize) -> (Vec<u32>, Vec<u32>) {
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
        let file = folder.path().join("rows.parquet");
        let mut rows = TableWriter::create_passing(&file, batches[0].schema(), &Passing::default()).unwrap();
        for batch in batches {
            uniqueness.add(&hasher.keys(&batch).unwrap()).unwrap();
            rows.write(batch).unwrap();
        }
        let exclusions = uniqueness.finish(&hasher, &mut rows).unwrap();
        rows.finish_unsynced().unwrap();
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 1, "shard files are swept");
        (exclusions.repeated, exclusions.conflicting)
    }

    #[test]
    fn repeated_rows_leave_one_and_conflicting_ones_none() {
        let expected = (vec![2, 7], vec![1, 4, 6]);
        assert_eq!(exclusions(MEMORY_ROWS), expected);
        assert_eq!(exclusions(2), expected, "spilled to shards");
    }
}
