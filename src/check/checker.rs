//! The checker: takes normalized rows, keeps what may enter.

use super::look::{Look, Looks, Seen};
use super::outcome::{Digest, Outcome, Summary, SummaryPlace};
use super::staging::{FindingsWriter, QuarantineWriter, rendering};
use super::uniqueness::{Exclusions, Uniqueness};
use super::{CheckError, table_rules};
use crate::config::{Contract, Pii, WriteMode};
use crate::finding::receipt::{FindingTally, Rows};
use crate::finding::{Finding, Place, Severity};
use crate::normalize::{Counts, RefusedRow, RowSink};
use crate::observe::fail_point;
use crate::table::{TableError, TableWriter, WrittenFile, reader, schema};
use arrow::array::{Array, BooleanArray, Int32Array, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How addresses of one place are made.
#[derive(Debug, Clone, Default)]
pub struct PlaceInfo {
    pub sheet: Option<String>,
    pub numbers_are_lines: bool,
    /// Sheet column of each contract column, from 0; empty for records.
    pub columns: BTreeMap<String, u32>,
    pub header_row: Option<u32>,
    /// Header or field of each contract column.
    pub headers: indexmap::IndexMap<String, String>,
}

/// Whether a refused row (by digest) is in quarantine already.
pub type IsKnown<'k> = Box<dyn Fn(&Digest) -> Result<bool, CheckError> + 'k>;

/// Checks one submission in one dataset.
pub struct Checker<'k> {
    contract: Arc<Contract>,
    folder: PathBuf,
    sequence: i64,
    look: Arc<Look>,
    /// Taken by `finish`.
    uniqueness: Option<Uniqueness>,
    rows: Option<TableWriter>,
    quarantine: QuarantineWriter,
    findings: FindingsWriter,
    tally: FindingTally,
    places: BTreeMap<i32, PlaceInfo>,
    refused: u64,
    /// Rules that did not run.
    failed_rules: BTreeSet<String>,
    digests: Vec<Digest>,
    /// Tells a sender's rows from another's with the same values.
    slice: String,
    is_known: IsKnown<'k>,
}

impl<'k> Checker<'k> {
    /// Stages into `folder`, which is emptied. `slice` names the sender (connector and region).
    pub fn new(
        contract: Arc<Contract>,
        sequence: i64,
        folder: &Path,
        slice: &str,
        places: BTreeMap<i32, PlaceInfo>,
        looks: &Looks,
        is_known: IsKnown<'k>,
    ) -> Result<Checker<'k>, CheckError> {
        let io = |source| CheckError::Io {
            path: folder.display().to_string(),
            source,
        };
        if folder.exists() {
            std::fs::remove_dir_all(folder).map_err(io)?;
        }
        fail_point("stage.emptied");
        std::fs::create_dir_all(folder).map_err(io)?;
        let model = schema::model_schema(&contract);
        let look = looks.of(&contract, &model);
        let mut checker = Checker {
            look: look.clone(),
            uniqueness: Some(Uniqueness::new(folder)),
            rows: Some(rows_writer(&folder.join("rows.parquet"), &contract)?),
            quarantine: QuarantineWriter::create(folder, sequence)?,
            findings: FindingsWriter::create(folder, sequence)?,
            tally: FindingTally::default(),
            refused: 0,
            failed_rules: BTreeSet::new(),
            digests: Vec::new(),
            folder: folder.to_path_buf(),
            slice: slice.to_string(),
            contract,
            sequence,
            places,
            is_known,
        };
        for (code, reason) in &look.unusable {
            checker.rule_failed(code, reason)?;
        }
        Ok(checker)
    }

    /// Tells of the rows that break rules; refuses those that may not enter.
    fn tell_broken(&mut self, seen: &Seen) -> Result<(), CheckError> {
        for (code, reason) in &seen.failed {
            self.rule_failed(code, reason)?;
        }
        let look = self.look.clone();
        for (&row, rules) in &seen.broken {
            let mut findings = Vec::with_capacity(rules.len());
            for &position in rules {
                let (rule, column) = look.rule(position);
                let finding = Finding::declared(&rule.code, rule.severity, rule.message.clone(), rule.hint.clone());
                let place = self.place(&seen.batch, row, column);
                findings.push(match column.and_then(|column| self.shown(&seen.batch, row, column)) {
                    Some(value) => finding.value(value).at(place),
                    None => finding.at(place),
                });
            }
            if look.refuses(rules) {
                self.refuse_typed(&seen.batch, row, findings)?;
            } else {
                for finding in findings {
                    self.record(&finding, false)?;
                }
            }
        }
        Ok(())
    }

    /// A rule that does not run on these rows says nothing about them: a person must look. Told once a rule.
    fn rule_failed(&mut self, code: &str, reason: &str) -> Result<(), CheckError> {
        if self.failed_rules.insert(code.to_string()) {
            let finding = Finding::of("rule-failed").with("rule", code).with("reason", reason);
            self.record(&finding, false)?;
        }
        Ok(())
    }

    fn arrow(&self, source: arrow::error::ArrowError) -> CheckError {
        CheckError::Table(TableError::Arrow {
            path: self.folder.display().to_string(),
            source,
        })
    }

    /// Place of a typed row.
    fn place(&self, batch: &RecordBatch, row: usize, column: Option<&str>) -> Place {
        let number = |name: &str| {
            batch
                .column_by_name(name)
                .and_then(|array| array.as_any().downcast_ref::<Int32Array>())
                .map(|a| a.value(row))
        };
        let part = number(schema::PART).unwrap_or_default();
        let line = number(schema::ROW).map(|row| row as u32);
        let info = self.places.get(&part);
        Place {
            part,
            sheet: info.and_then(|info| info.sheet.clone()),
            row: line,
            column_index: column.and_then(|column| info.and_then(|info| info.columns.get(column).copied())),
            line: line.filter(|_| info.is_some_and(|info| info.numbers_are_lines)),
            column: column.map(str::to_string),
        }
    }

    /// A typed value as text; none for nulls and personal columns.
    fn shown(&self, batch: &RecordBatch, row: usize, column: &str) -> Option<String> {
        if self
            .contract
            .columns
            .get(column)
            .is_some_and(|column| column.pii == Some(Pii::Drop))
        {
            return None;
        }
        let array = batch.column_by_name(column)?;
        if array.is_null(row) {
            return None;
        }
        Some(
            ArrayFormatter::try_new(array, &FormatOptions::default())
                .ok()?
                .value(row)
                .to_string(),
        )
    }

    fn refuse_typed(&mut self, batch: &RecordBatch, row: usize, findings: Vec<Finding>) -> Result<(), CheckError> {
        let place = self.place(batch, row, None);
        let contract = self.contract.clone();
        let values = contract
            .columns
            .keys()
            .filter_map(|name| Some((name.clone(), self.shown(batch, row, name)?)))
            .collect();
        self.refuse(RefusedRow {
            place,
            findings,
            values,
        })
    }

    fn record(&mut self, finding: &Finding, known: bool) -> Result<(), CheckError> {
        self.tally.push(finding);
        self.findings.push(finding, known)
    }

    /// Rewrites `rows.parquet` without the excluded rows, which become findings.
    fn exclude(&mut self, rows: &WrittenFile, exclusions: &Exclusions) -> Result<WrittenFile, CheckError> {
        let kept = self.folder.join("rows.parquet");
        let mut writer = rows_writer(&kept, &self.contract)?;
        let mut ordinal = 0;
        for batch in reader::batches(&rows.path)? {
            let batch = batch?;
            let mut keep = Vec::with_capacity(batch.num_rows());
            for row in 0..batch.num_rows() {
                let conflicting = exclusions.is_conflicting(ordinal);
                keep.push(!conflicting && !exclusions.is_repeated(ordinal));
                if conflicting {
                    let column = self.contract.key.last().cloned();
                    let place = self.place(&batch, row, column.as_deref());
                    let key: Vec<String> = self
                        .contract
                        .key
                        .iter()
                        .filter_map(|name| self.shown(&batch, row, name))
                        .collect();
                    let finding =
                        Finding::of("key-conflict").with_both("key", &self.contract.titles(&self.contract.key));
                    self.refuse_typed(&batch, row, vec![finding.value(key.join(", ")).at(place)])?;
                }
                ordinal += 1;
            }
            let filtered =
                filter_record_batch(&batch, &BooleanArray::from(keep)).map_err(|source| self.arrow(source))?;
            writer.write(filtered)?;
        }
        Ok(writer.finish_unsynced()?)
    }

    /// Ends the submission: uniqueness, table rules, gate, files. `asked` holds it whatever its rows; `whole` is
    /// false where a sheet or an answer of it was left out.
    pub fn finish(
        mut self,
        counts: Counts,
        history: &[PathBuf],
        memory_mb: usize,
        asked: bool,
        whole: bool,
    ) -> Result<Outcome, CheckError> {
        let (Some(uniqueness), Some(rows)) = (self.uniqueness.take(), self.rows.take()) else {
            return Err(CheckError::Lookup("a checker is finished once".to_string()));
        };
        fail_point("stage.rows.before");
        let mut rows = rows.finish_unsynced()?;
        fail_point("stage.rows.after");
        let exclusions = uniqueness.finish(&self.look.keys, &rows.path)?;
        if !exclusions.is_empty() {
            rows = self.exclude(&rows, &exclusions)?;
        }
        let found = match table_rules::run(&self.contract, &rows.path, history, memory_mb, &self.places) {
            Ok(found) => found,
            Err(error @ CheckError::Sql { .. }) => {
                self.rule_failed("table rules", &error.to_string())?;
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        let mut held =
            asked || !self.failed_rules.is_empty() || found.iter().any(|finding| finding.severity == Severity::Error);
        for finding in &found {
            self.record(finding, false)?;
        }
        let counted = Rows {
            read: counts.read,
            accepted: rows.rows,
            quarantined: self.refused,
            repeated: exclusions.repeated_rows,
            not_observed: counts.not_observed,
            ignored: counts.ignored,
        };
        counted.check()?;
        let complete = whole && !asked && counted.quarantined == 0 && counted.not_observed == 0;
        if self.contract.write == WriteMode::Replace && counted.accepted > 0 && !complete {
            self.record(&Finding::of("replace-incomplete"), false)?;
        }
        held |= self.over_gate(&counted)?;
        let status = counted.status(held);
        let Checker {
            quarantine,
            findings,
            contract,
            folder,
            places,
            sequence,
            tally,
            digests,
            ..
        } = self;
        fail_point("stage.findings.before");
        quarantine.finish()?;
        findings.finish()?;
        fail_point("stage.findings.after");
        write_summary(&contract, &folder, status.as_str(), counted, &places)?;
        fail_point("stage.summary.after");
        tracing::debug!(
            sequence,
            dataset = contract.name,
            status = status.as_str(),
            "submission checked"
        );
        Ok(Outcome {
            dataset: contract.name.clone(),
            status,
            rows: counted,
            findings: tally,
            complete,
            digests,
        })
    }

    /// The gate: too large a share refused, of enough rows to mean something.
    fn over_gate(&mut self, rows: &Rows) -> Result<bool, CheckError> {
        let gates = &self.contract.gates;
        let share = rows.quarantined as f64 / rows.read.max(1) as f64;
        let over = share > gates.refused_share && rows.quarantined >= gates.refused_rows;
        if over && rows.accepted > 0 {
            let finding = Finding::of("gate-refused-share")
                .with("share", format!("{:.0}", share * 100.0))
                .with("limit", format!("{:.0}", gates.refused_share * 100.0));
            self.record(&finding, false)?;
        }
        Ok(over)
    }
}

impl RowSink for Checker<'_> {
    type Error = CheckError;

    type Seen = Result<Seen, CheckError>;

    fn look(&self) -> Arc<dyn Fn(RecordBatch) -> Self::Seen + Send + Sync> {
        let look = self.look.clone();
        Arc::new(move |batch| look.at(batch))
    }

    fn accept(&mut self, seen: Self::Seen) -> Result<(), CheckError> {
        let seen = seen?;
        self.tell_broken(&seen)?;
        if let (Some(uniqueness), Some(writer)) = (&mut self.uniqueness, &mut self.rows) {
            uniqueness.add(&seen.hashes)?;
            writer.write(seen.kept)?;
        }
        Ok(())
    }

    fn refuse(&mut self, row: RefusedRow) -> Result<(), CheckError> {
        let codes: Vec<&str> = row.findings.iter().map(|finding| finding.code.as_str()).collect();
        let codes = codes.join(",");
        let values = rendering(&row.values).map_err(|error| CheckError::Lookup(error.to_string()))?;
        let mut digest = Sha256::new();
        for text in [&self.slice, "\n", &codes, "\n", &values] {
            digest.update(text.as_bytes());
        }
        let digest = digest.finalize();
        // The first 16 of 32 bytes.
        let digest: Digest = std::array::from_fn(|index| digest[index]);
        let known = (self.is_known)(&digest)?;
        self.refused += 1;
        self.quarantine.push(&row, &codes, &values, known)?;
        for finding in &row.findings {
            self.record(finding, known)?;
        }
        if !known {
            self.digests.push(digest);
        }
        Ok(())
    }

    fn note(&mut self, finding: Finding) -> Result<(), CheckError> {
        self.record(&finding, false)
    }
}

/// Writes `rows.parquet`, which is merged once and can be made again from raw.
fn rows_writer(path: &Path, contract: &Contract) -> Result<TableWriter, TableError> {
    let days: Vec<&str> = schema::partition_date(contract).into_iter().collect();
    TableWriter::create_passing(path, schema::model_schema(contract), &days)
}

fn write_summary(
    contract: &Contract,
    folder: &Path,
    status: &'static str,
    rows: Rows,
    places: &BTreeMap<i32, PlaceInfo>,
) -> Result<(), CheckError> {
    let places = places
        .iter()
        .map(|(part, info)| SummaryPlace {
            part: *part,
            sheet: info.sheet.clone(),
            header_row: info.header_row,
            columns: info.headers.clone(),
        })
        .collect();
    let summary = Summary {
        dataset: contract.name.clone(),
        version: contract.version,
        status,
        rows,
        places,
    };
    let path = folder.join("summary.json");
    let io = |source| CheckError::Io {
        path: path.display().to_string(),
        source,
    };
    let text = serde_json::to_string_pretty(&summary).map_err(|error| io(error.into()))?;
    let mut file = std::fs::File::create(&path).map_err(io)?;
    file.write_all(text.as_bytes()).map_err(io)?;
    file.sync_all().map_err(io)
}
