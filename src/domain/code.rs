//! Reference tables of codes (`pipelines/reference/<codes>.csv`): services, commodities, units, stages.

use super::csv::Table;
use super::text::normal;
use std::collections::HashMap;
use std::path::Path;

/// One code of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeEntry {
    pub code: String,
    /// Name in Bahasa Indonesia.
    pub name_id: String,
    /// Name in English.
    pub name_en: String,
    /// Other spellings, as officers write them.
    pub synonyms: Vec<String>,
    /// The table's other columns, as (header, value) in the order of the file.
    pub extra: Vec<(String, String)>,
}

/// Why a text is no code of a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    #[error("not in the table")]
    Unknown,
    /// It stands for more than one code; these, in the order of the table.
    #[error("stands for more than one code: {}", .0.join(", "))]
    Ambiguous(Vec<String>),
}

/// A reference table, ready to resolve what officers write.
#[derive(Debug, Clone)]
pub struct CodeTable {
    entries: Vec<CodeEntry>,
    /// Normal form of code, names and synonyms → positions in `entries`.
    index: HashMap<String, Vec<usize>>,
}

impl CodeTable {
    /// Reads a CSV file with the columns `code`, `name_id`, `name_en` and `synonyms` (set apart by `|`), and any
    /// others. The error is a sentence that names file and line.
    pub fn load(path: &Path) -> Result<CodeTable, String> {
        let table = Table::read(path)?;
        let required = ["code", "name_id", "name_en", "synonyms"];
        let [code, name_id, name_en, synonyms] = required.map(|name| table.column(name));
        let (code, name_id, name_en, synonyms) = (code?, name_id?, name_en?, synonyms?);
        let mut loaded = CodeTable {
            entries: Vec::new(),
            index: HashMap::new(),
        };
        for row in &table.rows {
            if row.get(code).is_empty() {
                return Err(table.complaint(row, "has no code"));
            }
            if loaded.get(row.get(code)).is_some() {
                return Err(table.complaint(
                    row,
                    format!("the code \"{}\" stands there a second time", row.get(code)),
                ));
            }
            let synonyms = row
                .get(synonyms)
                .split('|')
                .map(str::trim)
                .filter(|synonym| !synonym.is_empty());
            let others = table
                .header
                .iter()
                .enumerate()
                .filter(|(_, name)| !required.contains(&name.as_str()));
            loaded.add(CodeEntry {
                code: row.get(code).to_string(),
                name_id: row.get(name_id).to_string(),
                name_en: row.get(name_en).to_string(),
                synonyms: synonyms.map(str::to_string).collect(),
                extra: others
                    .map(|(column, name)| (name.clone(), row.get(column).to_string()))
                    .collect(),
            });
        }
        Ok(loaded)
    }

    fn add(&mut self, entry: CodeEntry) {
        let position = self.entries.len();
        let names = [&entry.code, &entry.name_id, &entry.name_en];
        for name in names.into_iter().chain(&entry.synonyms) {
            let key = normal(name);
            if key.is_empty() {
                continue;
            }
            let positions = self.index.entry(key).or_default();
            if !positions.contains(&position) {
                positions.push(position);
            }
        }
        self.entries.push(entry);
    }

    /// The code that a text stands for: the code itself, a name or a synonym, compared in normal form. The code as
    /// it is written in the table goes before everything else.
    pub fn resolve(&self, text: &str) -> Result<&str, CodeError> {
        // A text that is a key already is its own normal form.
        let known = self.index.get(text).or_else(|| self.index.get(&normal(text)));
        let positions = known.ok_or(CodeError::Unknown)?;
        let code = |position: &usize| self.entries[*position].code.as_str();
        match positions.as_slice() {
            [position] => Ok(code(position)),
            several => match several.iter().find(|position| code(position) == text) {
                Some(position) => Ok(code(position)),
                None => Err(CodeError::Ambiguous(
                    several.iter().map(|position| code(position).to_string()).collect(),
                )),
            },
        }
    }

    /// The entry of a code.
    pub fn get(&self, code: &str) -> Option<&CodeEntry> {
        let positions = self.index.get(&normal(code))?;
        positions
            .iter()
            .map(|position| &self.entries[*position])
            .find(|entry| entry.code == code)
    }

    /// All entries in the order of the file.
    pub fn entries(&self) -> &[CodeEntry] {
        &self.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<CodeTable, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("codes.csv");
        std::fs::write(&path, text).unwrap();
        CodeTable::load(&path).map_err(|error| error.replace(&path.display().to_string(), "codes.csv"))
    }

    const SERVICES: &str = "# services\ncode,name_id,name_en,synonyms,unit\n\
        licensing,Perizinan,Licensing,izin|perijinan|PTSP,permit\n\
        labour-market,Tenaga Kerja,Labour,naker | disnaker|umum,person\n\
        general,Umum,General,,\n";

    #[test]
    fn codes_names_and_synonyms() {
        let table = load(SERVICES).unwrap();
        for (text, code) in [
            ("licensing", "licensing"),
            (" PERIZINAN ", "licensing"),
            ("Ptsp", "licensing"),
            ("Tenaga  Kerja", "labour-market"),
            ("labour_market", "labour-market"),
            ("disnaker", "labour-market"),
            ("general", "general"),
        ] {
            assert_eq!(table.resolve(text), Ok(code), "{text}");
        }
        assert_eq!(table.resolve("kesehatan"), Err(CodeError::Unknown));
        assert_eq!(table.resolve(""), Err(CodeError::Unknown));
        let both = vec!["labour-market".to_string(), "general".to_string()];
        assert_eq!(table.resolve("UMUM"), Err(CodeError::Ambiguous(both)));
        assert_eq!(table.entries()[1].synonyms, ["naker", "disnaker", "umum"]);
        assert_eq!(
            table.get("licensing").unwrap().extra,
            [("unit".to_string(), "permit".to_string())]
        );
        assert!(table.get("perizinan").is_none());
    }

    #[test]
    fn every_word_of_the_real_tables_means_one_code() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/reference");
        let names = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let tables: Vec<String> = names
            .filter(|name| name.ends_with(".csv") && !name.starts_with("region") && name != "abbreviations.csv")
            .collect();
        assert!(tables.len() > 30);
        for file in tables {
            let table = CodeTable::load(&folder.join(&file)).unwrap();
            assert!(!table.entries().is_empty(), "{file}");
            for entry in table.entries() {
                let names = [&entry.code, &entry.name_id, &entry.name_en];
                for name in names.into_iter().chain(&entry.synonyms) {
                    assert_eq!(table.resolve(name), Ok(entry.code.as_str()), "{file}: {name}");
                }
            }
        }
    }

    #[test]
    fn mistakes_name_file_and_line() {
        let twice = "code,name_id,name_en,synonyms\na,A,A,\na,B,B,\n";
        assert_eq!(
            load(twice).unwrap_err(),
            "codes.csv:3: the code \"a\" stands there a second time"
        );
        assert_eq!(
            load("code,name_id,name_en,synonyms\n,A,A,\n").unwrap_err(),
            "codes.csv:2: has no code"
        );
        assert_eq!(
            load("code,name_id,name_en\n").unwrap_err(),
            "codes.csv: has no column \"synonyms\""
        );
        assert!(
            CodeTable::load(Path::new("does/not/exist.csv"))
                .unwrap_err()
                .contains("cannot be read")
        );
    }
}
