//! Merging: staged submissions into the model, by key, one partition at a time.
//!
//! All submissions of a dataset that wait are folded in their order in one pass over each partition they touch;
//! other partitions are not opened. Of a key's rows, old and new, the winner is the one that a merge submission
//! by submission would leave:
//!
//! - the most trusted source first (`authority`), and differing values of two sources are told;
//! - then the latest submission, except that a row equal to the one before it leaves that one as it is,
//!   `_submission` included;
//! - a fully accepted, non-empty submission of a `replace` dataset ends the rows of its scopes that it leaves out.
//!
//! Where a submission was withdrawn, the partitions that its rows fall into are folded from nothing: what it had
//! replaced or ended is not in the model any more, and comes back from the staged files of the others.
//!
//! Polars folds and sorts; `table` writes the file. A partition's file is new under a name of its own, and the
//! catalog's transaction makes all of them the model at once: killed before it, the next run merges again.

mod fold;
mod scopes;
#[cfg(test)]
mod tests;

use crate::catalog::{Catalog, CatalogError, MergeCommit, PartitionFile};
use crate::config::{Contract, Partition};
use crate::observe::fail_point;
use crate::table::{TableError, reader, schema, writer};
use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Why a merge failed; nothing of it counts then.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("{what}: {source}")]
    Polars {
        what: String,
        source: polars::error::PolarsError,
    },
    #[error("{path}: {source}")]
    Io { path: String, source: std::io::Error },
    #[error("partition {dataset}/{partition} would hold {rows} rows, more than limits.partition_rows = {limit}")]
    TooLarge {
        dataset: String,
        partition: String,
        rows: u64,
        limit: u64,
    },
}

/// One staged submission to merge.
#[derive(Debug, Clone)]
pub struct Staged {
    pub sequence: i64,
    pub connector: String,
    pub rows: PathBuf,
    /// No row was refused: only then may it end rows (`replace`).
    pub is_complete: bool,
    pub role: Role,
}

/// Why a submission takes part in a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It waits to be merged.
    New,
    /// Merged before, and folded again because an older one comes late or leaves: its rows leave the model and come
    /// anew.
    Again,
    /// Withdrawn: its rows leave, and what they had replaced comes back. All others that were merged are folded again
    /// beside it.
    Withdrawn,
}

/// The files of a model, by partition.
pub type Files = BTreeMap<String, PartitionFile>;

/// What a merge did.
#[derive(Debug, Default, Clone)]
pub struct Merged {
    /// Partitions written anew.
    pub partitions: Vec<String>,
    /// Rows of the winning and losing source where two sources disagree, by losing submission.
    pub disagreements: BTreeMap<i64, u64>,
}

/// Where a dataset's model is and how large it may get.
pub struct Target<'t> {
    pub contract: &'t Contract,
    /// `model/<dataset>`.
    pub folder: &'t Path,
    pub partition_rows: u64,
    /// The connector of every submission whose rows are in the model, for `authority`.
    pub connector_of: &'t dyn Fn(i64) -> Result<Option<String>, CatalogError>,
    /// Whether a submission's rows are illustrative, not real: a file that holds such rows says so.
    pub is_illustrative: &'t dyn Fn(i64) -> Result<bool, CatalogError>,
}

/// Merges all waiting submissions of a dataset and commits.
pub fn merge(catalog: &Catalog, target: &Target<'_>, staged: &[Staged]) -> Result<Merged, MergeError> {
    prepare(catalog, target, staged)?.commit(catalog, target)
}

/// A merge whose files are written and not yet true.
#[derive(Debug, Default)]
pub struct Prepared {
    commit: MergeCommit,
    /// What it will have done.
    pub merged: Merged,
}

impl Prepared {
    /// Makes it true, and sweeps what it replaced.
    pub fn commit(self, catalog: &Catalog, target: &Target<'_>) -> Result<Merged, MergeError> {
        if self.commit.sequences.is_empty() {
            return Ok(self.merged);
        }
        fail_point("merge.commit.before");
        catalog.commit_merge(&target.contract.name, &self.commit)?;
        fail_point("merge.commit.after");
        sweep(catalog, target)?;
        fail_point("merge.sweep.after");
        Ok(self.merged)
    }
}

/// Folds all waiting submissions of a dataset and writes the partitions that change.
pub fn prepare(catalog: &Catalog, target: &Target<'_>, staged: &[Staged]) -> Result<Prepared, MergeError> {
    if staged.is_empty() {
        return Ok(Prepared::default());
    }
    let existing: Files = catalog
        .partitions(&target.contract.name)?
        .into_iter()
        .map(|file| (file.partition.clone(), file))
        .collect();
    let (merged, commit) = fold_onto(target, &existing, staged)?;
    Ok(Prepared { commit, merged })
}

/// Folds submissions, in their order, onto a model's files. The new files stand beside the old ones; which count is
/// for the caller to say.
pub fn fold_onto(
    target: &Target<'_>,
    existing: &Files,
    staged: &[Staged],
) -> Result<(Merged, MergeCommit), MergeError> {
    let mut commit = MergeCommit {
        sequences: staged.iter().map(|one| one.sequence).collect(),
        ..MergeCommit::default()
    };
    let mut merged = Merged::default();
    for partition in touched(target.contract, existing, staged)? {
        let old = existing.get(&partition);
        let path = old.map(|file| target.folder.join(&partition).join(&file.file));
        fail_point("merge.scratch.before");
        let folded = fold::fold(target, &partition, path.as_deref(), staged)?;
        for (sequence, rows) in &folded.disagreements {
            *merged.disagreements.entry(*sequence).or_default() += rows;
        }
        let Some(scratch) = folded.scratch else { continue };
        fail_point("merge.scratch.after");
        merged.partitions.push(partition.clone());
        match keep(target, &partition, &scratch)? {
            Some(file) => commit.written.push(file),
            None => commit.emptied.push(partition),
        }
    }
    Ok((merged, commit))
}

/// Streams a folded partition into its final file. None where no row is left.
fn keep(target: &Target<'_>, partition: &str, scratch: &Path) -> Result<Option<PartitionFile>, MergeError> {
    let model = schema::model_schema(target.contract);
    let folder = target.folder.join(partition);
    let metadata = [
        ("lumbung.dataset".to_string(), target.contract.name.clone()),
        (
            "lumbung.contract_version".to_string(),
            target.contract.version.to_string(),
        ),
        ("lumbung.partition".to_string(), partition.to_string()),
    ];
    let mut writer = writer::TableWriter::create(&folder.join(".merged.parquet"), model.clone(), &metadata)?;
    let mut submissions = BTreeSet::new();
    for batch in reader::batches(scratch)? {
        let batch = reader::conform(&batch?, &model, scratch)?;
        if let Some(column) = batch.column_by_name(schema::SUBMISSION) {
            submissions.extend(column.as_primitive::<Int64Type>().values().iter().copied());
        }
        writer.write(batch)?;
    }
    let mut illustrative = false;
    for sequence in submissions {
        illustrative |= (target.is_illustrative)(sequence)?;
    }
    writer.annotate("lumbung.illustrative", &illustrative.to_string());
    let written = writer.finish()?;
    if written.rows == 0 {
        std::fs::remove_file(&written.path).map_err(|source| io(&written.path, source))?;
        return Ok(None);
    }
    // Named by content: merging again after a kill gives the same name.
    let name = format!("{}.parquet", &written.sha256[..16]);
    let target_path = folder.join(&name);
    fail_point("merge.file.before");
    std::fs::rename(&written.path, &target_path).map_err(|source| io(&target_path, source))?;
    fail_point("merge.file.after");
    writer::sync_folder(&target_path)?;
    Ok(Some(PartitionFile {
        partition: partition.to_string(),
        file: name,
        rows: written.rows,
        sha256: written.sha256,
    }))
}

fn io(path: &Path, source: std::io::Error) -> MergeError {
    MergeError::Io {
        path: path.display().to_string(),
        source,
    }
}

/// Numbers of the new submissions that reach into the partition that a merge would make too large; none where the
/// error is another.
pub fn crossing(contract: &Contract, staged: &[Staged], error: &MergeError) -> Result<Vec<i64>, MergeError> {
    let MergeError::TooLarge { partition, .. } = error else {
        return Ok(Vec::new());
    };
    let mut crossing = Vec::new();
    for one in staged.iter().filter(|one| one.role == Role::New) {
        if fold::partitions_of(contract, &one.rows)?.contains(partition) {
            crossing.push(one.sequence);
        }
    }
    Ok(crossing)
}

/// Partitions that the rows of new and withdrawn submissions fall into: a scope that a `replace` says lies in one of
/// them. What is only folded again changes no other. All partitions where a withdrawn one's rows were removed.
fn touched(contract: &Contract, existing: &Files, staged: &[Staged]) -> Result<BTreeSet<String>, MergeError> {
    if contract.partition == Partition::All {
        return Ok(BTreeSet::from(["all".to_string()]));
    }
    let mut partitions = BTreeSet::new();
    for one in staged.iter().filter(|one| one.role != Role::Again) {
        if one.role == Role::Withdrawn && !one.rows.exists() {
            partitions.extend(existing.keys().cloned());
        } else {
            partitions.extend(fold::partitions_of(contract, &one.rows)?);
        }
    }
    Ok(partitions)
}

/// Groups of submissions, in their order, of at most so many staged rows unless one alone has more.
fn bounded(staged: &[Staged], rows: u64) -> Result<Vec<&[Staged]>, MergeError> {
    let mut groups = Vec::new();
    let (mut first, mut sum) = (0, 0);
    for (index, one) in staged.iter().enumerate() {
        let (_, own) = reader::describe(&one.rows)?;
        if sum + own > rows && index > first {
            groups.push(&staged[first..index]);
            (first, sum) = (index, 0);
        }
        sum += own;
    }
    if first < staged.len() {
        groups.push(&staged[first..]);
    }
    Ok(groups)
}

/// Removes files that the catalog does not know: those that were replaced, and those of a killed merge. A
/// release keeps its own links to them.
pub fn sweep(catalog: &Catalog, target: &Target<'_>) -> Result<(), MergeError> {
    let known: BTreeSet<PathBuf> = catalog
        .partitions(&target.contract.name)?
        .into_iter()
        .map(|file| target.folder.join(&file.partition).join(&file.file))
        .collect();
    if !target.folder.exists() {
        return Ok(());
    }
    for partition in std::fs::read_dir(target.folder).map_err(|source| io(target.folder, source))? {
        let partition = partition.map_err(|source| io(target.folder, source))?.path();
        if !partition.is_dir() {
            // A scratch file of a merge that was killed.
            std::fs::remove_file(&partition).map_err(|source| io(&partition, source))?;
            continue;
        }
        for file in std::fs::read_dir(&partition).map_err(|source| io(&partition, source))? {
            let path = file.map_err(|source| io(&partition, source))?.path();
            if !known.contains(&path) {
                std::fs::remove_file(&path).map_err(|source| io(&path, source))?;
                fail_point("merge.sweep.half");
            }
        }
    }
    Ok(())
}
