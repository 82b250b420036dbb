//! Whether a release is whole.

use super::checksums;
use crate::table::{reader, writer};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

/// What was found to be whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    /// Files of CHECKSUMS.
    pub files: usize,
    /// Their size.
    pub bytes: u64,
}

/// Hashes every listed file of a release and looks for missing, extra and miscounted ones. The error has a line for
/// each file that is not as it should be.
pub fn verify(path: &Path) -> Result<Verified, Vec<String>> {
    let mut problems = structure(path).err().unwrap_or_default();
    let mut bytes = 0;
    let listed = checksums::read(path).unwrap_or_default();
    for (name, expected) in &listed {
        match hash(&path.join(name)) {
            Ok((found, size)) => {
                bytes += size;
                if found != *expected {
                    problems.push(format!("{name}: its content is not what was published"));
                }
            }
            // `structure` has told that it is missing.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => problems.push(format!("{name}: {error}")),
        }
    }
    if problems.is_empty() {
        Ok(Verified {
            files: listed.len(),
            bytes,
        })
    } else {
        Err(problems)
    }
}

/// As [`verify`], without hashing: the files are those of CHECKSUMS, and the tables have the rows that
/// `datapackage.json` says.
pub fn structure(path: &Path) -> Result<(), Vec<String>> {
    let listed = match checksums::read(path) {
        Ok(listed) => listed,
        Err(error) => return Err(vec![format!("{}: {error}", checksums::NAME)]),
    };
    let mut problems = Vec::new();
    let mut found = BTreeSet::new();
    if let Err(error) = collect(path, "", &mut found) {
        return Err(vec![error]);
    }
    for name in [checksums::NAME, checksums::RUN] {
        if !found.remove(name) {
            problems.push(format!("{name}: missing"));
        }
    }
    problems.extend(
        listed
            .keys()
            .filter(|name| !found.contains(*name))
            .map(|name| format!("{name}: missing")),
    );
    let extra = found.iter().filter(|name| !listed.contains_key(*name));
    problems.extend(extra.map(|name| format!("{name}: not part of the release")));
    match declared_rows(path) {
        Ok(declared) => problems.extend(miscounted(path, &found, &declared)),
        Err(error) => problems.push(format!("datapackage.json: {error}")),
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Paths of all files below a folder, `/` between names.
fn collect(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        // A link would not be followed: what it leads to is not part of the release.
        if entry.file_type().map_err(failed)?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), found)?;
        } else {
            found.insert(name);
        }
    }
    Ok(())
}

/// Rows by path, as `datapackage.json` says.
fn declared_rows(path: &Path) -> Result<BTreeMap<String, u64>, String> {
    let text = std::fs::read(path.join("datapackage.json")).map_err(|error| error.to_string())?;
    let package: serde_json::Value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    let resources = package["resources"].as_array().ok_or("has no resources")?;
    let counted = |resource: &serde_json::Value| {
        Some((
            resource["path"].as_str()?.to_string(),
            resource["lumbung:rows"].as_u64()?,
        ))
    };
    Ok(resources.iter().filter_map(counted).collect())
}

fn miscounted(path: &Path, found: &BTreeSet<String>, declared: &BTreeMap<String, u64>) -> Vec<String> {
    let mut problems = Vec::new();
    for name in found.iter().filter(|name| name.ends_with(".parquet")) {
        match (reader::describe(&path.join(name)), declared.get(name)) {
            (Ok((_, rows)), Some(declared)) if rows == *declared => {}
            (Ok((_, rows)), Some(declared)) => problems.push(format!("{name}: has {rows} rows instead of {declared}")),
            (Ok(_), None) => problems.push(format!("{name}: datapackage.json does not describe it")),
            (Err(error), _) => problems.push(format!("{name}: cannot be read: {error}")),
        }
    }
    problems
}

/// Hash and size of a file.
fn hash(path: &Path) -> std::io::Result<(String, u64)> {
    let mut hash = Sha256::new();
    let size = std::io::copy(&mut File::open(path)?, &mut hash)?;
    Ok((writer::hex(&hash.finalize()), size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    /// A small release: one table of no rows and one other file.
    fn release() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let schema = crate::table::reference::code_lists_schema();
        writer::write_all(&path.join("data/codes.parquet"), schema, &[], &[]).unwrap();
        std::fs::write(path.join("page.html"), "<p>").unwrap();
        let package = r#"{"resources": [{"path": "data/codes.parquet", "lumbung:rows": 0}]}"#;
        std::fs::write(path.join("datapackage.json"), package).unwrap();
        let mut list = String::new();
        for name in ["data/codes.parquet", "datapackage.json", "page.html"] {
            writeln!(list, "{}  {name}", hash(&path.join(name)).unwrap().0).unwrap();
        }
        std::fs::write(path.join("CHECKSUMS"), list).unwrap();
        std::fs::write(path.join("run.json"), "{}").unwrap();
        folder
    }

    #[test]
    fn a_whole_release_is_whole() {
        let release = release();
        let verified = verify(release.path()).unwrap();
        assert_eq!(verified.files, 3);
        assert!(verified.bytes > 100);
    }

    #[test]
    fn every_kind_of_damage_is_told_with_its_file() {
        type Damage = fn(&Path) -> std::io::Result<()>;
        let damages: [(Damage, &str); 6] = [
            (
                |path| std::fs::write(path.join("page.html"), "<q>"),
                "page.html: its content",
            ),
            (
                |path| std::fs::remove_file(path.join("page.html")),
                "page.html: missing",
            ),
            (|path| std::fs::remove_file(path.join("run.json")), "run.json: missing"),
            (
                |path| std::fs::write(path.join("data/more.csv"), ""),
                "data/more.csv: not part of the release",
            ),
            (
                |path| std::fs::write(path.join("data/codes.parquet"), "x"),
                "data/codes.parquet: cannot be read",
            ),
            (|path| std::fs::remove_file(path.join("CHECKSUMS")), "CHECKSUMS: "),
        ];
        for (damage, told) in damages {
            let release = release();
            damage(release.path()).unwrap();
            let problems = verify(release.path()).unwrap_err();
            assert!(
                problems.iter().any(|problem| problem.starts_with(told)),
                "{told}: {problems:?}"
            );
        }
    }

    #[test]
    fn rows_must_be_those_declared() {
        let release = release();
        let package = r#"{"resources": [{"path": "data/codes.parquet", "lumbung:rows": 3}]}"#;
        std::fs::write(release.path().join("datapackage.json"), package).unwrap();
        assert_eq!(
            structure(release.path()).unwrap_err(),
            ["data/codes.parquet: has 0 rows instead of 3"]
        );
    }
}
