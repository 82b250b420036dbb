//! A submission judged anew from raw, beside what stands.
//!
//! A new judgment is staged in `again/<sequence>/`, one catalog transaction makes it count, and then its files are
//! put in place. Killed before the transaction, it is swept; killed after it, the next one who holds the lease puts
//! the files in place.

use super::stage::outcome_row;
use super::{Run, RunError, judge::Verdict, receipts};
use crate::catalog::{OutcomeRow, PlaceRow, Record, Submission};
use crate::check::{CheckError, Digest, Outcome};
use crate::finding::receipt::{Receipt, Status};
use crate::table::{TableError, excluded, reader, schema};
use arrow::array::{Array, AsArray, Int32Array, RecordBatch};
use arrow::datatypes::Int32Type;
use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Name of a receipt in `again/<sequence>/`.
const RECEIPT: &str = "receipt.json";

/// Where the findings of a submission are staged that no dataset fits.
pub(super) const UNKNOWN: &str = "unknown";

/// How the rows of a submission fare in a dataset, against how they fared before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// The same rows are refused.
    Same,
    /// Some that were refused pass now, and all that counted still do.
    More(u64),
    Otherwise,
}

/// The record of a judgment, without its quarantine.
pub(super) fn recorded(
    submission: &Submission,
    status: &str,
    outcomes: Vec<OutcomeRow>,
    places: Vec<PlaceRow>,
) -> Record {
    Record {
        id: submission.id,
        sequence: submission.sequence.unwrap_or_default(),
        status: status.to_string(),
        outcomes,
        places,
        digests: Vec::new(),
        judged: Vec::new(),
        restaged: false,
    }
}

/// The places of a verdict, as the catalog keeps them.
pub(super) fn places(verdict: &Verdict) -> Vec<PlaceRow> {
    let row = |(part, sheet): &(usize, Option<String>)| PlaceRow {
        part: *part as i32,
        sheet: sheet.clone(),
    };
    verdict.places.iter().map(row).collect()
}

/// By dataset, the digests of the rows that enter quarantine. Takes them out of the verdict.
pub(super) fn digests(verdict: &mut Verdict) -> Vec<(String, Vec<Digest>)> {
    let of = |outcome: &mut Outcome| (outcome.dataset.clone(), std::mem::take(&mut outcome.digests));
    verdict.outcomes.iter_mut().map(of).collect()
}

/// Lets a person's decision stand over a new judgment.
pub(super) fn decide(outcome: &mut Outcome, decision: Option<&str>) {
    match decision {
        Some("refused") => outcome.status = Status::Refused,
        Some("withdrawn") => outcome.status = Status::Withdrawn,
        Some("accepted") if outcome.status == Status::Held => outcome.status = outcome.rows.status(false),
        _ => {}
    }
}

impl Run {
    /// The rows of outcomes for the catalog; those of datasets that wait for a rebuild are held. What a person decided
    /// on a submission that is judged again stands.
    pub(super) fn outcome_rows(&self, sequence: i64, verdict: &mut Verdict) -> Result<Vec<OutcomeRow>, RunError> {
        let before = self.catalog.outcomes(sequence)?;
        let mut rows = Vec::new();
        for outcome in &mut verdict.outcomes {
            let stood = before.iter().find(|row| row.dataset == outcome.dataset);
            let decision = stood.and_then(|row| row.decision.clone());
            decide(outcome, decision.as_deref());
            let finding = self.waiting.get(&outcome.dataset);
            if let Some(finding) = finding {
                if !matches!(outcome.status, Status::Refused | Status::Withdrawn) {
                    outcome.status = Status::Held;
                }
                outcome.findings.push(finding);
            }
            rows.push(OutcomeRow {
                decision,
                waits: finding.is_some(),
                ..outcome_row(outcome)
            });
        }
        Ok(rows)
    }

    /// Judges a submission anew into `again/`, looking back at these files of models.
    pub(super) fn judge_beside(
        &self,
        submission: &Submission,
        history: &dyn Fn(&str) -> Result<Vec<PathBuf>, CheckError>,
    ) -> Result<Verdict, RunError> {
        let sequence = submission.sequence.unwrap_or_default();
        let Some(connector) = self.configuration.connectors.get(&submission.connector) else {
            return Err(RunError::ConnectorGone {
                submission: sequence,
                connector: submission.connector.clone(),
            });
        };
        // A part that is gone must not pass for one that cannot be read.
        for part in self.catalog.parts(submission.id)? {
            if !self.data.raw(&part.sha256).exists() {
                return Err(RunError::RawGone {
                    submission: sequence,
                    sha256: part.sha256,
                });
            }
        }
        let folder = self.data.again_of(sequence);
        remove(&folder)?;
        self.judge(submission, connector, &|dataset| folder.join(dataset), history)
    }

    /// How a submission's rows fare in a dataset now, by the files in `again/`.
    pub(super) fn fate(&self, sequence: i64, before: &OutcomeRow, now: &Outcome) -> Result<Fate, RunError> {
        let old = self.data.staged(sequence, &before.dataset);
        let new = self.data.again_of(sequence).join(&now.dataset);
        // An older program's files do not tell the rows of one row of a sheet apart.
        let is_told = has_columns(&old)? && has_columns(&new)?;
        let (refused, still) = (refused(&old, is_told)?, refused(&new, is_told)?);
        if before.read != now.rows.read || still.iter().any(|(place, count)| refused.get(place) < Some(count)) {
            return Ok(Fate::Otherwise);
        }
        if refused == still {
            let is_same = before.accepted == now.rows.accepted && before.not_observed == now.rows.not_observed;
            return Ok(if is_same { Fate::Same } else { Fate::Otherwise });
        }
        let keeps = now.rows.not_observed >= before.not_observed && now.rows.accepted >= before.accepted;
        let keeps = keeps && keeps_rows(&old.join("rows.parquet"), &new.join("rows.parquet"))?;
        let passes = before.quarantined.saturating_sub(now.rows.quarantined);
        Ok(if keeps { Fate::More(passes) } else { Fate::Otherwise })
    }

    /// Reads the rows of a merged submission again from raw: those that stood in `staged/` are removable. Where the
    /// contract lets more of them pass by now, that is a replay. False where they cannot be had as they were.
    pub(super) fn rows_from_raw(&self, sequence: i64, dataset: &str) -> Result<bool, RunError> {
        let Some(submission) = self.catalog.submission(sequence)? else {
            return Ok(false);
        };
        let verdict = match self.judge_beside(&submission, &|dataset| self.history(dataset)) {
            Ok(verdict) => verdict,
            // Not a failure of the night: the dataset waits for a person.
            Err(error @ (RunError::ConnectorGone { .. } | RunError::RawGone { .. } | RunError::RawLocked { .. })) => {
                tracing::error!(sequence, dataset, %error, "its rows cannot be read again");
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        let outcomes = self.catalog.outcomes(sequence)?;
        let before = outcomes.iter().find(|outcome| outcome.dataset == dataset);
        let now = verdict.outcomes.iter().find(|outcome| outcome.dataset == dataset);
        let fate = match (before, now) {
            (Some(before), Some(now)) => self.fate(sequence, before, now)?,
            _ => Fate::Otherwise,
        };
        let again = self.data.again_of(sequence);
        if fate == Fate::Same {
            let target = self.data.staged(sequence, dataset);
            std::fs::create_dir_all(&target).map_err(io(&target))?;
            let rows = target.join("rows.parquet");
            std::fs::rename(again.join(dataset).join("rows.parquet"), &rows).map_err(io(&rows))?;
        }
        remove(&again)?;
        let is_whole = match fate {
            Fate::Same => true,
            Fate::More(_) => self.replay_one(&submission)?.reissued,
            Fate::Otherwise => false,
        };
        if !is_whole {
            tracing::warn!(sequence, dataset, "its rows cannot be read again as they were");
        }
        Ok(is_whole)
    }

    /// Puts the receipt of a new judgment into `again/`. `is_anew` says which datasets it is about; of the others
    /// the stored receipt stays.
    pub(super) fn reissue(
        &self,
        submission: &Submission,
        fresh: Receipt,
        is_anew: &dyn Fn(&str) -> bool,
    ) -> Result<Status, RunError> {
        let sequence = submission.sequence.unwrap_or_default();
        let name = |part: &Receipt| part.dataset.clone().unwrap_or_default();
        let at = Some(crate::catalog::now());
        let mut anew: Vec<Receipt> = fresh
            .parts()
            .iter()
            .filter(|part| is_anew(&name(part)))
            .cloned()
            .collect();
        anew.iter_mut().for_each(|part| part.reissued_at = at.clone());
        // In the order of the stored one; what is new in it comes last.
        let mut parts = Vec::new();
        if let Some(stored) = receipts::read(&self.data, sequence)? {
            for part in stored.parts() {
                match anew.iter().position(|one| name(one) == name(part)) {
                    Some(index) => parts.push(Receipt {
                        reason: part.reason.clone(),
                        quality: part.quality.clone(),
                        ..anew.remove(index)
                    }),
                    None if !is_anew(&name(part)) => parts.push(part.clone()),
                    None => {}
                }
            }
        }
        parts.extend(anew);
        let mut receipt =
            Receipt::of_datasets(parts).ok_or_else(|| RunError::Internal("a receipt without a dataset".to_string()))?;
        receipt.reissued_at = at;
        let path = self.data.again_of(sequence).join(RECEIPT);
        receipts::write_whole(&path, receipt.to_json().as_bytes())?;
        Ok(receipt.status)
    }

    /// Puts the files of new judgments in place, and sweeps what never came to count.
    pub(super) fn put_in_place(&self) -> Result<(), RunError> {
        for sequence in self.catalog.restaged()? {
            let folder = self.data.again_of(sequence);
            if folder.exists() {
                self.put_one(sequence, &folder)?;
            }
            self.sync()?;
            self.catalog.in_place(sequence)?;
        }
        remove(&self.data.again())
    }

    fn put_one(&self, sequence: i64, folder: &Path) -> Result<(), RunError> {
        for entry in std::fs::read_dir(folder).map_err(io(folder))? {
            let source = entry.map_err(io(folder))?.path();
            let Some(name) = source.file_name().filter(|_| source.is_dir()) else {
                continue;
            };
            let target = self.data.staged(sequence, &name.to_string_lossy());
            remove(&target)?;
            let parent = target.parent().unwrap_or(Path::new("."));
            std::fs::create_dir_all(parent).map_err(io(parent))?;
            std::fs::rename(&source, &target).map_err(io(&target))?;
        }
        // What fitted no dataset may fit one now.
        if self
            .catalog
            .outcomes(sequence)?
            .iter()
            .all(|outcome| !outcome.dataset.is_empty())
        {
            remove(&self.data.staged(sequence, UNKNOWN))?;
        }
        // The receipt last: while it stands in `again/`, it is not given out.
        let path = folder.join(RECEIPT);
        if path.exists()
            && let Some(submission) = self.catalog.submission(sequence)?
        {
            let text = std::fs::read_to_string(&path).map_err(io(&path))?;
            let receipt = Receipt::from_json(&text).map_err(RunError::Internal)?;
            receipts::write(&self.data, &self.configuration, &submission, &receipt)?;
        }
        remove(folder)
    }
}

/// Whether the refused rows of a folder say in which column of a sheet's row they stand.
fn has_columns(folder: &Path) -> Result<bool, RunError> {
    let path = folder.join("quarantine.parquet");
    if !path.exists() {
        return Ok(true);
    }
    let (schema, _) = reader::describe(&path).map_err(table)?;
    Ok(schema.index_of(schema::COLUMN).is_ok())
}

/// `_part`, `_row` and `_column`.
type Spot = (i32, Option<i32>, Option<i32>);

/// Places of the refused rows, with how many stand at each: without columns, those of one row of a sheet share theirs.
fn refused(folder: &Path, with_columns: bool) -> Result<BTreeMap<Spot, u64>, RunError> {
    let mut places = BTreeMap::new();
    let path = folder.join("quarantine.parquet");
    if !path.exists() {
        return Ok(places);
    }
    for batch in reader::batches(&path).map_err(table)? {
        let batch = batch.map_err(table)?;
        let numbers = |name: &str| {
            let column = batch.column_by_name(name)?.as_primitive_opt::<Int32Type>()?;
            Some(column.clone())
        };
        let (Some(parts), Some(rows)) = (numbers(schema::PART), numbers(schema::ROW)) else {
            return Err(RunError::Internal(format!("{}: no places", path.display())));
        };
        let columns = numbers(schema::COLUMN).filter(|_| with_columns);
        let at = |array: &Int32Array, index: usize| array.is_valid(index).then(|| array.value(index));
        for index in 0..batch.num_rows() {
            let column = columns.as_ref().and_then(|columns| at(columns, index));
            *places
                .entry((parts.value(index), at(&rows, index), column))
                .or_default() += 1;
        }
    }
    Ok(places)
}

/// Whether every row of `old` has one with the same values in `new`, as far as both have a column. By hash: a
/// collision would let a changed value pass, once in 2^64. True where the old rows were removed.
fn keeps_rows(old: &Path, new: &Path) -> Result<bool, RunError> {
    if !old.exists() {
        return Ok(true);
    }
    let (before, _) = reader::describe(old).map_err(table)?;
    let (now, _) = reader::describe(new).map_err(table)?;
    let common = before.fields().iter().map(|field| field.name().clone());
    let common: Vec<String> = common
        .filter(|name| now.index_of(name).is_ok() && !schema::PROVENANCE.contains(&name.as_str()))
        .collect();
    let mut known = HashSet::new();
    for batch in excluded::counting(new).map_err(table)? {
        known.extend(hashes(&batch.map_err(table)?, &common)?);
    }
    for batch in excluded::counting(old).map_err(table)? {
        if hashes(&batch.map_err(table)?, &common)?
            .iter()
            .any(|hash| !known.contains(hash))
        {
            return Ok(false);
        }
    }
    Ok(true)
}

fn hashes(batch: &RecordBatch, names: &[String]) -> Result<Vec<u64>, RunError> {
    let wrong = |error: arrow::error::ArrowError| RunError::Internal(error.to_string());
    let columns: Vec<_> = names
        .iter()
        .filter_map(|name| batch.column_by_name(name).cloned())
        .collect();
    let fields = columns
        .iter()
        .map(|column| arrow::row::SortField::new(column.data_type().clone()));
    let converter = arrow::row::RowConverter::new(fields.collect()).map_err(wrong)?;
    let rows = converter.convert_columns(&columns).map_err(wrong)?;
    let hash = |row: arrow::row::Row<'_>| {
        let mut hasher = DefaultHasher::new();
        row.as_ref().hash(&mut hasher);
        hasher.finish()
    };
    Ok(rows.iter().map(hash).collect())
}

pub(super) fn table(error: TableError) -> RunError {
    RunError::Check(CheckError::Table(error))
}

pub(super) fn io(path: &Path) -> impl Fn(std::io::Error) -> RunError + '_ {
    move |source| RunError::Io {
        path: path.display().to_string(),
        source,
    }
}

/// Removes a folder, if it is there.
pub(super) fn remove(folder: &Path) -> Result<(), RunError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io(folder)(error)),
        _ => Ok(()),
    }
}

/// Whether two files are equal, byte for byte.
pub(super) fn same_bytes(one: &Path, other: &Path) -> std::io::Result<bool> {
    use std::io::{BufRead, BufReader};
    let open = |path: &Path| std::fs::File::open(path).map(|file| BufReader::with_capacity(1 << 16, file));
    let (mut one, mut other) = (open(one)?, open(other)?);
    loop {
        let (left, right) = (one.fill_buf()?, other.fill_buf()?);
        let common = left.len().min(right.len());
        if common == 0 {
            return Ok(left.is_empty() && right.is_empty());
        }
        if left[..common] != right[..common] {
            return Ok(false);
        }
        one.consume(common);
        other.consume(common);
    }
}
