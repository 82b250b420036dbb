//! `CHECKSUMS`: the sha256 of every file but `run.json` and itself, as `sha256sum -c` reads it.

use super::PublishError;
use super::layout::Building;
use std::collections::BTreeMap;
use std::path::Path;

/// Name of the list.
pub const NAME: &str = "CHECKSUMS";
/// Speaks about the run, with clock times, and so differs between equal releases.
pub const RUN: &str = "run.json";

/// Writes the list, sorted by path.
pub fn write(building: &Building) -> Result<(), PublishError> {
    let lines = building
        .entries()
        .iter()
        .map(|(path, entry)| format!("{}  {path}\n", entry.sha256));
    building.unlisted(NAME, lines.collect::<String>().as_bytes())
}

/// The list of a release: hash by path. The error says which line is wrong.
pub fn read(root: &Path) -> Result<BTreeMap<String, String>, String> {
    let text = std::fs::read_to_string(root.join(NAME)).map_err(|error| error.to_string())?;
    parse(&text)
}

fn parse(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut checksums = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let wrong = |reason: &str| format!("line {}: {reason}", index + 1);
        let (hash, path) = line
            .split_once("  ")
            .ok_or_else(|| wrong("not a hash, two blanks and a path"))?;
        if hash.len() != 64 || !hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(wrong("not a sha256 in lower-case hexadecimal"));
        }
        let is_inside = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if !is_inside {
            return Err(wrong("a path that does not stay inside the release"));
        }
        if checksums.insert(path.to_string(), hash.to_string()).is_some() {
            return Err(wrong("the path stands in the list twice"));
        }
    }
    Ok(checksums)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn reads_what_sha256sum_reads() {
        let list = parse(&format!("{HASH}  a/b c.parquet\n{HASH}  d\n")).unwrap();
        assert_eq!(list.keys().collect::<Vec<_>>(), ["a/b c.parquet", "d"]);
        assert_eq!(list["d"], HASH);
    }

    #[test]
    fn refuses_what_could_mislead() {
        let refused = |text: &str| parse(text).unwrap_err();
        assert!(refused("abc  d\n").contains("line 1: not a sha256"));
        assert!(refused(&format!("{HASH} d\n")).contains("line 1"));
        assert!(refused(&format!("{HASH}  d\n{HASH}  d\n")).contains("line 2: the path stands"));
        for path in ["../d", "/etc/d", "a//b", "a/./b", ""] {
            assert!(
                refused(&format!("{HASH}  {path}\n")).contains("inside the release"),
                "{path}"
            );
        }
    }
}
