//! Findings that come after checking: what merging finds is told beside what checking found.
//!
//! A submission's `findings.parquet` is replaced whole, so a killed amendment is made again and never half there.

use super::CheckError;
use super::staging::{findings_batch, findings_schema, findings_writer};
use crate::finding::{Bilingual, Finding, Severity};
use crate::table::writer::TEMPORARY;
use crate::table::{TableError, reader};
use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use std::path::Path;

/// Puts `findings` in the place of all staged findings with these codes.
pub fn amend(folder: &Path, submission: i64, codes: &[&str], findings: &[Finding]) -> Result<(), CheckError> {
    sweep(folder)?;
    let path = folder.join("findings.parquet");
    let mut kept = Vec::new();
    let mut is_changed = !findings.is_empty();
    if path.is_file() {
        for batch in reader::batches(&path)? {
            let batch = batch?;
            let mask = has_code(&batch, codes, &path)?;
            is_changed |= mask.true_count() > 0;
            let rest: BooleanArray = mask.iter().map(|has| has.map(|has| !has)).collect();
            let rest = filter_record_batch(&batch, &rest).map_err(|source| TableError::arrow(&path, source))?;
            kept.push(reader::conform(&rest, &findings_schema(), &path)?);
        }
    }
    if !is_changed {
        return Ok(());
    }
    let mut writer = findings_writer(folder)?;
    for batch in kept {
        writer.write(batch)?;
    }
    writer.write(findings_batch(submission, findings)?)?;
    writer.finish_unsynced()?;
    Ok(())
}

/// Removes what an amendment left that was killed.
fn sweep(folder: &Path) -> Result<(), CheckError> {
    let io = |source| CheckError::Io {
        path: folder.display().to_string(),
        source,
    };
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            std::fs::remove_file(entry.path()).map_err(io)?;
        }
    }
    Ok(())
}

/// The staged findings with these codes, without their places, and how many findings there are in all.
pub fn amended(folder: &Path, codes: &[&str]) -> Result<(Vec<Finding>, u64), CheckError> {
    let path = folder.join("findings.parquet");
    let mut found = Vec::new();
    let mut total = 0;
    if !path.is_file() {
        return Ok((found, total));
    }
    for batch in reader::batches(&path)? {
        let batch = batch?;
        total += batch.num_rows() as u64;
        let mask = has_code(&batch, codes, &path)?;
        let chosen = filter_record_batch(&batch, &mask).map_err(|source| TableError::arrow(&path, source))?;
        for row in 0..chosen.num_rows() {
            let text = |column| text(&chosen, row, column, &path);
            let severity = match text("severity")?.as_deref() {
                Some("error") => Severity::Error,
                Some("warning") => Severity::Warning,
                _ => Severity::Note,
            };
            let both = |id: Option<String>, en: Option<String>| Some(Bilingual { id: id?, en: en? });
            let message = both(text("message_id")?, text("message_en")?).unwrap_or_default();
            let hint = both(text("hint_id")?, text("hint_en")?);
            let code = text("code")?.unwrap_or_default();
            found.push(Finding::said(&code, severity, message, hint));
        }
    }
    Ok((found, total))
}

fn has_code(batch: &RecordBatch, codes: &[&str], path: &Path) -> Result<BooleanArray, CheckError> {
    let has = |row| Ok(text(batch, row, "code", path)?.is_some_and(|code| codes.contains(&code.as_str())));
    (0..batch.num_rows())
        .map(has)
        .collect::<Result<Vec<bool>, CheckError>>()
        .map(BooleanArray::from)
}

/// A text of a staged finding; none for a null.
fn text(batch: &RecordBatch, row: usize, column: &str, path: &Path) -> Result<Option<String>, CheckError> {
    let array = batch
        .column_by_name(column)
        .and_then(|array| array.as_string_opt::<i32>())
        .ok_or_else(|| CheckError::Lookup(format!("{}: has no column {column}", path.display())))?;
    Ok((!array.is_null(row)).then(|| array.value(row).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::stage_findings;
    use crate::table::writer;

    #[test]
    fn amends_once_however_often_it_is_tried() {
        let folder = tempfile::tempdir().unwrap();
        let checked = Finding::of("no-rows");
        stage_findings(folder.path(), 7, std::slice::from_ref(&checked)).unwrap();
        let codes = ["sources-disagree"];
        let disagree = |rows: &str| Finding::of("sources-disagree").with_figure("rows", rows);
        for rows in ["3", "4", "4"] {
            amend(folder.path(), 7, &codes, &[disagree(rows)]).unwrap();
            assert_eq!(amended(folder.path(), &codes).unwrap(), (vec![disagree(rows)], 2));
        }
        amend(folder.path(), 7, &codes, &[]).unwrap();
        assert_eq!(amended(folder.path(), &codes).unwrap(), (Vec::new(), 1));
        let (rest, _) = amended(folder.path(), &["no-rows"]).unwrap();
        assert_eq!(rest, [checked], "what checking found stays");
    }

    #[test]
    fn findings_that_an_older_program_staged_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        stage_findings(folder.path(), 7, &[Finding::of("no-rows")]).unwrap();
        let path = folder.path().join("findings.parquet");
        let mut batch = reader::read_all(&path).unwrap().remove(0);
        batch.remove_column(batch.schema().index_of("_column").unwrap());
        writer::write_all(&path, batch.schema(), &[], &[batch]).unwrap();
        let codes = ["sources-disagree"];
        amend(folder.path(), 7, &codes, &[Finding::of("sources-disagree")]).unwrap();
        let (schema, rows) = reader::describe(&path).unwrap();
        assert_eq!((schema.as_ref(), rows), (findings_schema().as_ref(), 2));
    }

    #[test]
    fn a_submission_without_staged_findings_has_none() {
        let folder = tempfile::tempdir().unwrap();
        amend(folder.path(), 7, &["sources-disagree"], &[]).unwrap();
        assert_eq!(amended(folder.path(), &["sources-disagree"]).unwrap(), (Vec::new(), 0));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
