//! What the release in force says of the quality of what regions send, for their receipts.

use super::{Run, RunError};
use crate::finding::receipt::{Quality, Receipt};
use crate::publish;
use crate::table::{TableError, reader};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use std::collections::HashMap;

/// By dataset and region.
#[derive(Debug, Default)]
pub(super) struct Qualities(HashMap<(String, String), Quality>);

impl Qualities {
    /// Adds to each dataset of a receipt what is known of its sender.
    pub(super) fn tell(&self, receipt: &mut Receipt) {
        let Some(datasets) = &mut receipt.datasets else {
            return self.tell_one(receipt);
        };
        datasets.iter_mut().for_each(|part| self.tell_one(part));
    }

    fn tell_one(&self, receipt: &mut Receipt) {
        if let (Some(dataset), Some(region)) = (&receipt.dataset, &receipt.region) {
            receipt.quality = self.0.get(&(dataset.clone(), region.clone())).cloned();
        }
    }

    fn take(&mut self, release: &str, batch: &RecordBatch) -> Option<()> {
        let text = |name: &str| batch.column_by_name(name)?.as_string_opt::<i32>();
        let (datasets, regions) = (text("dataset")?, text("region_code")?);
        let number = |name: &str, row: usize| {
            let column = batch.column_by_name(name)?.as_primitive_opt::<Int64Type>()?;
            column.is_valid(row).then(|| column.value(row) as u64)
        };
        for row in 0..batch.num_rows() {
            let quality = Quality {
                release: release.to_string(),
                reports_due: number("reports_due", row)?,
                reports_received: number("reports_received", row)?,
                reports_on_time: number("reports_on_time", row)?,
                rows_read: number("rows_read", row)?,
                rows_valid: number("rows_valid", row)?,
                rows_accepted: number("rows_accepted", row)?,
                rows_unusual: number("rows_unusual", row),
                submissions: number("submissions", row)?,
                revisions: number("revisions", row)?,
            };
            let key = (datasets.value(row).to_string(), regions.value(row).to_string());
            self.0.insert(key, quality);
        }
        Some(())
    }
}

impl Run {
    /// Reads the table of the release in force; nothing where there is none, or it is of an older program.
    pub(super) fn qualities(&self) -> Result<Qualities, RunError> {
        let mut qualities = Qualities::default();
        let Some((release, root)) = publish::current(&self.data) else {
            return Ok(qualities);
        };
        let path = root.join("quality/quality.parquet");
        if !path.is_file() {
            return Ok(qualities);
        }
        let wrong = |error: TableError| RunError::Internal(error.to_string());
        for batch in reader::batches(&path).map_err(wrong)? {
            if qualities.take(&release, &batch.map_err(wrong)?).is_none() {
                tracing::warn!(release, "its table of quality has other columns");
            }
        }
        Ok(qualities)
    }
}
