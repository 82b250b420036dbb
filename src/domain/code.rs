//! Reference tables of codes (`pipelines/reference/<codes>.csv`): services, commodities, units, stages.

use super::csv::Table;
use super::near::slips;
use super::text::normal;
use std::collections::{BTreeMap, HashMap};
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

/// What a text may mean that stands for no code; nearest first, then in the order of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Near<'t> {
    /// It is one of these but for typing errors.
    Slips(Vec<&'t CodeEntry>),
    /// It has words of these, or letters. Good to ask about, not to read it so.
    Others(Vec<&'t CodeEntry>),
}

/// Longest text that is held against all entries, in bytes.
const LONGEST: usize = 100;

/// A reference table, ready to resolve what officers write.
#[derive(Debug, Clone)]
pub struct CodeTable {
    /// What the list is of, in Bahasa Indonesia and English; blank where its file does not say so.
    pub title_id: String,
    pub title_en: String,
    entries: Vec<CodeEntry>,
    /// Normal form of code, names and synonyms → positions in `entries`.
    index: HashMap<String, Vec<usize>>,
}

impl CodeTable {
    /// Reads a CSV file with the columns `code`, `name_id`, `name_en` and `synonyms` (set apart by `|`), and any
    /// others. Remarks `# title.id: …` and `# title.en: …` at its top say what the list is of. The error is a sentence that names file and line.
    pub fn load(path: &Path) -> Result<CodeTable, String> {
        let table = Table::read(path)?;
        let required = ["code", "name_id", "name_en", "synonyms"];
        let [code, name_id, name_en, synonyms] = required.map(|name| table.column(name));
        let (code, name_id, name_en, synonyms) = (code?, name_id?, name_en?, synonyms?);
        let mut loaded = CodeTable {
            title_id: table.said("title.id").to_string(),
            title_en: table.said("title.en").to_string(),
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

    /// What a text may mean that stands for no code.
    pub fn near(&self, text: &str) -> Near<'_> {
        let written = normal(text);
        if written.is_empty() || written.len() > LONGEST {
            return Near::Others(Vec::new());
        }
        let mistyped = self.nearest(|name| slips(&written, name));
        if !mistyped.is_empty() {
            return Near::Slips(mistyped);
        }
        let has_words = |some: &str, all: &str| {
            let has = |word: &str| all.split(' ').any(|other| slips(word, other).is_some());
            some.split(' ').all(has)
        };
        let shares = |name: &str| {
            let is_word = name.chars().filter(|letter| letter.is_alphabetic()).count() > 3;
            (has_words(&written, name) || (is_word && has_words(name, &written))).then_some(0)
        };
        let sharing = self.nearest(shares);
        if !sharing.is_empty() {
            return Near::Others(sharing);
        }
        let most = written.chars().count() / 3;
        let letters = |name: &str| Some(strsim::osa_distance(&written, name)).filter(|distance| *distance <= most);
        let similar = self.nearest(letters);
        Near::Others(similar)
    }

    /// The entries to one of whose names `distance` gives one, nearest first.
    fn nearest(&self, distance: impl Fn(&str) -> Option<usize>) -> Vec<&CodeEntry> {
        let mut found: BTreeMap<usize, usize> = BTreeMap::new();
        for (name, positions) in &self.index {
            let Some(far) = distance(name) else { continue };
            for &position in positions {
                let least = found.entry(position).or_insert(far);
                *least = far.min(*least);
            }
        }
        let mut found: Vec<(usize, usize)> = found.into_iter().map(|(position, far)| (far, position)).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, position)| &self.entries[position]).collect()
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

    const SERVICES: &str = "# title.id: Layanan\n# services\ncode,name_id,name_en,synonyms,unit\n\
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
        assert_eq!((table.title_id.as_str(), table.title_en.as_str()), ("Layanan", ""));
    }

    #[test]
    fn what_a_text_may_mean() {
        let table = CodeTable::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/reference/commodities.csv"));
        let table = table.unwrap();
        let codes = |entries: &[&CodeEntry]| entries.iter().map(|entry| entry.code.clone()).collect::<Vec<_>>();
        let slips = |text: &str| match table.near(text) {
            Near::Slips(entries) => codes(&entries),
            Near::Others(entries) => panic!("{text}: {:?}", codes(&entries)),
        };
        let others = |text: &str| match table.near(text) {
            Near::Slips(entries) => panic!("{text}: {:?}", codes(&entries)),
            Near::Others(entries) => codes(&entries),
        };
        assert_eq!(slips("Bawang Mearh"), ["shallot"]);
        assert_eq!(slips("minyakitta"), ["cooking-oil-minyakita"]);
        assert_eq!(others("Cabe Rawit"), ["chili-bird-red", "chili-bird-green"]);
        assert_eq!(others("Bawang Merah Brebes"), ["shallot"]);
        assert_eq!(slips("Brmabang"), ["shallot"]);
        for text in ["semen", "", "x", &"beras ".repeat(40)] {
            assert_eq!(others(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn every_word_of_the_real_tables_means_one_code() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/reference");
        let names = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let tables: Vec<String> = names
            .filter(|name| name.ends_with(".csv") && !name.starts_with("region"))
            .filter(|name| name != "abbreviations.csv" && name != "title_words.csv")
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
