//! Rows of a staged file that do not count: their keys come twice, which is only known when all rows are written.
//!
//! The file says so itself, in its metadata: a list of positions costs nothing, writing ten million rows anew does.

use super::{TableError, reader};
use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::error::ArrowError;
use std::path::Path;

/// Key of the list in a file's metadata.
const KEY: &str = "lumbung.excluded";

/// Positions of rows, from 0, in ascending order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excluded(Vec<u32>);

impl Excluded {
    /// `positions` ascend.
    pub fn new(positions: Vec<u32>) -> Excluded {
        Excluded(positions)
    }

    /// What a file says of itself.
    pub fn of(path: &Path) -> Result<Excluded, TableError> {
        match reader::annotation(path, KEY)? {
            (Some(text), rows) => Excluded::parse(&text, rows).ok_or_else(|| TableError::Damaged {
                path: path.display().to_string(),
                what: KEY.to_string(),
            }),
            (None, _) => Ok(Excluded::default()),
        }
    }

    pub fn positions(&self) -> &[u32] {
        &self.0
    }

    /// The pair of the file's metadata.
    pub fn annotation(&self) -> (&'static str, String) {
        (KEY, self.text())
    }

    /// Its runs: `12+1 0+3`.
    fn text(&self) -> String {
        let runs = runs(&self.0).map(|(left, length)| format!("{left}+{length}"));
        runs.collect::<Vec<_>>().join(" ")
    }

    /// The list of a file with so many rows.
    fn parse(text: &str, rows: u64) -> Option<Excluded> {
        let mut positions = Vec::new();
        let mut next = 0_u32;
        for run in text.split_ascii_whitespace() {
            let (left, length) = run.split_once('+')?;
            let first = next.checked_add(left.parse().ok()?)?;
            next = first.checked_add(length.parse().ok()?)?;
            if u64::from(next) > rows {
                return None;
            }
            positions.extend(first..next);
        }
        Some(Excluded(positions))
    }

    /// The rows of a batch that count; `first` is the position of its first row.
    fn kept(&self, batch: RecordBatch, first: usize, path: &Path) -> Result<RecordBatch, TableError> {
        let behind = |position: usize| self.0.partition_point(|excluded| (*excluded as usize) < position);
        let within = &self.0[behind(first)..behind(first + batch.num_rows())];
        if within.is_empty() {
            return Ok(batch);
        }
        let rows = within.iter().map(|position| *position as usize - first);
        without(&batch, rows).map_err(|error| TableError::arrow(path, error))
    }
}

/// Runs of ascending positions, each as the rows left since the one before and its length.
pub(super) fn runs(positions: &[u32]) -> impl Iterator<Item = (u32, u32)> + '_ {
    let mut next = 0;
    let runs = positions.chunk_by(|left, right| left + 1 == *right);
    runs.map(move |run| {
        let left = run[0] - next;
        next = run[0] + run.len() as u32;
        (left, run.len() as u32)
    })
}

/// A batch without some of its rows.
pub fn without(batch: &RecordBatch, rows: impl Iterator<Item = usize>) -> Result<RecordBatch, ArrowError> {
    let mut keep = vec![true; batch.num_rows()];
    rows.for_each(|row| keep[row] = false);
    filter_record_batch(batch, &BooleanArray::from(keep))
}

/// The rows of a staged file that count, in order.
pub fn counting(path: &Path) -> Result<impl Iterator<Item = Result<RecordBatch, TableError>>, TableError> {
    let excluded = Excluded::of(path)?;
    let name = path.to_path_buf();
    let mut first = 0;
    Ok(reader::batches(path)?.map(move |batch| {
        let batch = batch?;
        let rows = batch.num_rows();
        let kept = excluded.kept(batch, first, &name);
        first += rows;
        kept
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Passing, TableWriter};
    use arrow::array::{AsArray, Int32Array};
    use arrow::datatypes::{DataType, Field, Int32Type, Schema};
    use proptest::prelude::*;
    use std::sync::Arc;

    #[test]
    fn a_file_says_which_of_its_rows_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.parquet");
        let schema = Arc::new(Schema::new(vec![Field::new("_row", DataType::Int32, false)]));
        let numbers = Arc::new(Int32Array::from_iter_values(0..20_000));
        let batch = RecordBatch::try_new(schema.clone(), vec![numbers]).unwrap();
        let mut writer = TableWriter::create_passing(&path, schema, &Passing::default()).unwrap();
        writer.write(batch).unwrap();
        let so_far = writer.so_far().unwrap();
        let selected: Vec<RecordBatch> = so_far.selected(&[3, 9_000]).unwrap().collect::<Result<_, _>>().unwrap();
        let values = |batches: &[RecordBatch]| -> Vec<i32> {
            let columns = batches.iter().map(|batch| batch.column(0).as_primitive::<Int32Type>());
            columns.flat_map(|column| column.values().to_vec()).collect()
        };
        assert_eq!(values(&selected), [3, 9_000]);
        let excluded = Excluded::new(vec![0, 8_191, 8_192, 19_999]);
        assert_eq!(excluded.annotation().1, "0+1 8190+2 11806+1");
        let (key, text) = excluded.annotation();
        writer.annotate(key, &text);
        writer.finish_unsynced().unwrap();
        assert_eq!(Excluded::of(&path).unwrap(), excluded);
        let rows: Vec<RecordBatch> = counting(&path).unwrap().collect::<Result<_, _>>().unwrap();
        let expected: Vec<i32> = (0..20_000)
            .filter(|row| ![0, 8_191, 8_192, 19_999].contains(row))
            .collect();
        assert_eq!(values(&rows), expected);
    }

    proptest! {
        #[test]
        fn positions_are_read_as_they_were_written(positions in proptest::collection::btree_set(0_u32..100_000, 0..200)) {
            let excluded = Excluded::new(positions.into_iter().collect());
            prop_assert_eq!(Excluded::parse(&excluded.text(), 100_000), Some(excluded));
        }

        #[test]
        fn other_texts_are_refused(text in "[0-9+ x]{0,30}") {
            if let Some(excluded) = Excluded::parse(&text, 1_000) {
                prop_assert!(excluded.positions().is_sorted() && excluded.positions().len() <= 1_000);
            }
        }
    }
}
