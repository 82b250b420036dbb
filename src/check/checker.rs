//! The checker: takes normalized rows, keeps what may enter.

use super::look::{Look, Looks, Seen};
use super::outcome::{Digest, Outcome, Summary, SummaryPlace};
use super::staging::{findings_writer, quarantine_writer};
use super::teller::{Teller, Told};
use super::uniqueness::Uniqueness;
use super::{CheckError, late, table_rules};
use crate::config::{Contract, Names, WriteMode};
use crate::finding::receipt::{FindingTally, Rows};
use crate::finding::{Finding, Place, Severity};
use crate::normalize::{Context, Counts, LookAt, RowSink};
use crate::observe::fail_point;
use crate::table::{Excluded, Passing, TableError, TableWriter, schema};
use arrow::array::RecordBatch;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Findings without rows that are written at once.
const LOOSE_FINDINGS: usize = 4_096;

/// How addresses of one place are made.
#[derive(Debug, Clone, Default)]
pub struct PlaceInfo {
    pub sheet: Option<String>,
    pub numbers_are_lines: bool,
    /// Sheet column of each contract column, from 0; empty for records.
    pub columns: BTreeMap<String, u32>,
    pub header_row: Option<u32>,
    /// Where the table's header holds values: by the column of its turned rows, from 1, the sheet column of each contract
    /// column, from 0.
    pub turned: BTreeMap<i32, BTreeMap<String, u32>>,
    /// Sheet row of each contract column where they stand below each other; else empty.
    pub rows: BTreeMap<String, u32>,
    /// Header or field of each contract column.
    pub headers: indexmap::IndexMap<String, String>,
}

/// Where a row says that it stands: `_part`, `_row`, `_column`.
pub(super) type Spot = (i32, Option<i32>, Option<i32>);

/// The place of a row that was read, and of its cell in a contract column.
pub(super) fn place(places: &BTreeMap<i32, PlaceInfo>, (part, row, turned): Spot, column: Option<&str>) -> Place {
    let row = row.map(|row| row as u32);
    let mut place = Place {
        part,
        row,
        turned,
        column: column.map(str::to_string),
        ..Place::default()
    };
    let Some(info) = places.get(&part) else { return place };
    place.sheet = info.sheet.clone();
    if let Some(column) = column {
        let of_value = turned.and_then(|turned| info.turned.get(&turned));
        let index = info.columns.get(column).or_else(|| of_value?.get(column));
        place.column_index = index.copied();
        place.row = row.and(info.rows.get(column).copied()).or(row);
    }
    place.line = place.row.filter(|_| info.numbers_are_lines);
    place
}

/// What was there before a submission.
#[derive(Debug, Clone, Copy)]
pub struct Past<'p> {
    /// Files of the dataset's current model.
    pub history: &'p [PathBuf],
    /// The day that the last release before it spoke about.
    pub published: Option<NaiveDate>,
    /// Memory for looking back.
    pub memory_mb: usize,
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
    quarantine: TableWriter,
    findings: TableWriter,
    tally: FindingTally,
    teller: Arc<Teller>,
    /// Findings that did not come with rows.
    loose: Told,
    refused: u64,
    /// Rules that did not run.
    failed_rules: BTreeSet<String>,
    digests: Vec<Digest>,
    is_known: IsKnown<'k>,
}

impl<'k> Checker<'k> {
    /// Stages into `folder`, which is emptied. `slice` names the sender (connector and region).
    pub fn new(
        contract: Arc<Contract>,
        context: &Context,
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
        let sequence = context.sequence;
        let names = Names {
            codes: context.codes.clone(),
            regions: context.regions.clone(),
        };
        if folder.exists() {
            std::fs::remove_dir_all(folder).map_err(io)?;
        }
        fail_point("stage.emptied");
        std::fs::create_dir_all(folder).map_err(io)?;
        let model = schema::model_schema(&contract);
        let look = looks.of(&contract, &model);
        let tally = FindingTally::default();
        let mut checker = Checker {
            look: look.clone(),
            uniqueness: Some(Uniqueness::new(folder)),
            rows: Some(rows_writer(&folder.join("rows.parquet"), &contract)?),
            quarantine: quarantine_writer(folder)?,
            findings: findings_writer(folder)?,
            loose: Told::with_room(tally.room()),
            tally,
            teller: Arc::new(Teller::new(contract.clone(), names, slice, places)),
            refused: 0,
            failed_rules: BTreeSet::new(),
            digests: Vec::new(),
            folder: folder.to_path_buf(),
            contract,
            sequence,
            is_known,
        };
        for (code, reason) in &look.unusable {
            checker.rule_failed(code, reason)?;
        }
        Ok(checker)
    }

    /// A rule that does not run on these rows says nothing about them: a person must look. Told once a rule.
    fn rule_failed(&mut self, code: &str, reason: &str) -> Result<(), CheckError> {
        if self.failed_rules.insert(code.to_string()) {
            let finding = Finding::of("rule-failed").with("rule", code).with("reason", reason);
            self.record(&finding)?;
        }
        Ok(())
    }

    /// Takes a finding that refuses no row.
    fn record(&mut self, finding: &Finding) -> Result<(), CheckError> {
        self.loose.note(finding);
        if self.loose.about.len() < LOOSE_FINDINGS {
            return Ok(());
        }
        self.take_loose()
    }

    fn take_loose(&mut self) -> Result<(), CheckError> {
        let loose = std::mem::replace(&mut self.loose, Told::with_room(self.tally.room()));
        self.write(loose)
    }

    /// Takes what was told of rows, behind what was recorded before it.
    fn take(&mut self, told: Told) -> Result<(), CheckError> {
        self.take_loose()?;
        self.write(told)
    }

    /// Writes what was told, and counts it.
    fn write(&mut self, told: Told) -> Result<(), CheckError> {
        self.refused += told.digests.len() as u64;
        let known = told.digests.iter().map(|digest| (self.is_known)(digest));
        let known: Vec<bool> = known.collect::<Result<_, CheckError>>()?;
        let of_finding = |about: &Option<u32>| about.is_some_and(|row| known[row as usize]);
        let of_findings: Vec<bool> = told.about.iter().map(of_finding).collect();
        let new = told.digests.iter().zip(&known).filter(|(_, known)| !**known);
        self.digests.extend(new.map(|(digest, _)| *digest));
        if !of_findings.is_empty() {
            self.findings.write(told.findings.finish(self.sequence, of_findings)?)?;
        }
        if !known.is_empty() {
            self.quarantine.write(told.quarantine.finish(self.sequence, known)?)?;
        }
        self.tally.merge(told.tally);
        self.teller.leave_room(self.tally.room());
        Ok(())
    }

    /// Marks excluded rows in `rows.parquet`; those that conflict become findings. Gives their places.
    fn exclude(
        &mut self,
        rows: &mut TableWriter,
        excluded: &Excluded,
        conflicting: &[u32],
    ) -> Result<Vec<RecordBatch>, CheckError> {
        if excluded.positions().is_empty() {
            return Ok(Vec::new());
        }
        let mut conflicting = conflicting.iter().peekable();
        let mut positions = excluded.positions().iter();
        let mut places = Vec::new();
        for batch in rows.so_far()?.selected(excluded.positions())? {
            let batch = batch?;
            let mut told = self.teller.begin();
            for (row, position) in (0..batch.num_rows()).zip(positions.by_ref()) {
                if conflicting.next_if_eq(&position).is_some() {
                    self.teller.refuse_conflicting(&mut told, &batch, row);
                }
            }
            self.take(told)?;
            places.push(table_rules::places_of(&batch).map_err(|source| TableError::arrow(&self.folder, source))?);
        }
        let (key, list) = excluded.annotation();
        rows.annotate(key, &list);
        Ok(places)
    }

    /// Ends the submission: uniqueness, table rules, gate, files. `asked` holds it whatever its rows; `whole` is
    /// false where a sheet or an answer of it was left out.
    pub fn finish(mut self, counts: Counts, past: Past<'_>, asked: bool, whole: bool) -> Result<Outcome, CheckError> {
        let (Some(uniqueness), Some(mut rows)) = (self.uniqueness.take(), self.rows.take()) else {
            return Err(CheckError::Lookup("a checker is finished once".to_string()));
        };
        fail_point("stage.rows.before");
        let exclusions = uniqueness.finish(&self.look.keys, &mut rows)?;
        let excluded = Excluded::new(exclusions.positions());
        let places = self.exclude(&mut rows, &excluded, &exclusions.conflicting)?;
        let rows = rows.finish_unsynced()?;
        fail_point("stage.rows.after");
        let submission = table_rules::Submission {
            rows: &rows.path,
            excluded: places,
            past,
        };
        let found = match table_rules::run(&self.contract, submission, &self.teller) {
            Ok(found) => found,
            Err(error @ CheckError::Sql { .. }) => {
                self.rule_failed("table rules", &error.to_string())?;
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        let mut held = asked || !self.failed_rules.is_empty() || late::holds(&self.contract, &found);
        held |= found.iter().any(|finding| finding.severity == Severity::Error);
        for finding in &found {
            self.record(finding)?;
        }
        let counted = Rows {
            read: counts.read,
            accepted: rows.rows - excluded.positions().len() as u64,
            quarantined: self.refused,
            repeated: exclusions.repeated.len() as u64,
            not_observed: counts.not_observed,
            ignored: counts.ignored,
        };
        counted.check()?;
        let complete = whole && !asked && counted.quarantined == 0 && counted.not_observed == 0;
        if self.contract.write == WriteMode::Replace && counted.accepted > 0 && !complete {
            self.record(&Finding::of("replace-incomplete"))?;
        }
        held |= self.over_gate(&counted)?;
        let status = counted.status(held);
        self.take_loose()?;
        let Checker {
            quarantine,
            findings,
            contract,
            folder,
            teller,
            sequence,
            tally,
            digests,
            ..
        } = self;
        fail_point("stage.findings.before");
        quarantine.finish_unsynced()?;
        findings.finish_unsynced()?;
        fail_point("stage.findings.after");
        write_summary(&contract, &folder, status.as_str(), counted, teller.places())?;
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
            self.record(&finding)?;
        }
        Ok(over)
    }
}

impl RowSink for Checker<'_> {
    type Error = CheckError;

    type Seen = Result<Seen, CheckError>;

    fn look(&self) -> LookAt<Self::Seen> {
        let (look, teller) = (self.look.clone(), self.teller.clone());
        Arc::new(move |rows, events| look.at(&teller, rows, events))
    }

    fn accept(&mut self, seen: Self::Seen) -> Result<(), CheckError> {
        let seen = seen?;
        self.take(seen.told)?;
        for (code, reason) in &seen.failed {
            self.rule_failed(code, reason)?;
        }
        if let (Some(uniqueness), Some(writer), Some(kept)) = (&mut self.uniqueness, &mut self.rows, seen.kept) {
            uniqueness.add(&seen.hashes)?;
            writer.write(kept)?;
        }
        Ok(())
    }

    fn note(&mut self, finding: Finding) -> Result<(), CheckError> {
        self.record(&finding)
    }
}

/// Writes `rows.parquet`, which is merged once and can be made again from raw.
fn rows_writer(path: &Path, contract: &Contract) -> Result<TableWriter, TableError> {
    let days: Vec<&str> = schema::partition_date(contract).into_iter().collect();
    let passing = Passing {
        days: &days,
        ..Passing::default()
    };
    TableWriter::create_passing(path, schema::model_schema(contract), &passing)
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
