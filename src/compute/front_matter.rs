//! Indicator files: front matter in comments, and the checks that need no data.
//!
//! ```sql
//! -- title.id: Tingkat pengangguran terbuka
//! -- title.en: Open unemployment rate
//! -- method.id: 100 × penganggur ÷ angkatan kerja,
//! --   pada periode yang sama.
//! SELECT …
//! ```
//!
//! The comment lines at the top are the front matter, one `key: value` a line; a line that is indented further
//! goes on with the value before it. It ends at the first line that is no comment. Every key is known, none
//! stands twice, and `reads` names exactly the tables that the SELECT reads.

use super::indicator::{Expects, Indicator, IndicatorGrain, Read, Window, Word};
use super::statement;
use crate::config::Problem;
use crate::domain::period::Grain;
use crate::finding::Bilingual;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// Folder of the indicator files below the configuration directory, for problems.
const FOLDER: &str = "pipelines/indicators";

/// Keys of the front matter; all but `expects` must be there.
const KEYS: [&str; 15] = [
    "title.id",
    "title.en",
    "theme",
    "unit",
    "better",
    "grain",
    "universe",
    "expects",
    "datasets",
    "reads",
    "method.id",
    "method.en",
    "source",
    "owner",
    "decimals",
];

/// Tables that SQL sees besides the datasets. `reads` names them, `datasets` does not; but it does name `expected`, which
/// stands for every dataset that declares coverage.
const OTHER_TABLES: [&str; 9] = [
    "regions",
    "region_codes",
    "region_borders",
    "region_changes",
    "region_ids",
    "submissions",
    "findings",
    "services",
    "commodities",
];

/// Reads every `*.sql` of a folder, sorted by id.
///
/// # Errors
/// Every problem found, with the file below the configuration directory, its line and a hint.
pub fn load(directory: &Path) -> Result<Vec<Indicator>, Vec<Problem>> {
    let entries = std::fs::read_dir(directory).map_err(|error| {
        vec![Problem {
            file: FOLDER.to_string(),
            line: 0,
            message: format!("cannot be read: {error}"),
            hint: Some("an indicator is a file <id>.sql in this folder".to_string()),
        }]
    })?;
    let mut files: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    let mut indicators = Vec::new();
    let mut problems = Vec::new();
    for path in files {
        let id = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        match std::fs::read_to_string(&path) {
            Ok(text) => match parse(&id, &text) {
                Ok(indicator) => indicators.push(indicator),
                Err(found) => problems.extend(found),
            },
            Err(error) => problems.push(Problem {
                file: format!("{FOLDER}/{id}.sql"),
                line: 0,
                message: format!("cannot be read: {error}"),
                hint: Some("the file must be readable UTF-8 text".to_string()),
            }),
        }
    }
    if problems.is_empty() {
        Ok(indicators)
    } else {
        Err(problems)
    }
}

/// One indicator file's text to the indicator `id`, or every problem in it.
pub fn parse(id: &str, text: &str) -> Result<Indicator, Vec<Problem>> {
    let mut reader = Reader {
        file: format!("{FOLDER}/{id}.sql"),
        values: BTreeMap::new(),
        problems: Vec::new(),
    };
    if !is_id(id) {
        reader.problem(
            0,
            format!("\"{id}\" is no indicator id"),
            "name the file in lower case with underscores",
        );
    }
    reader.front_matter(text);
    let indicator = reader.indicator(id, text);
    match indicator {
        Some(indicator) if reader.problems.is_empty() => Ok(indicator),
        _ => Err(reader.problems),
    }
}

fn is_id(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

struct Reader {
    file: String,
    /// Line and value of each key.
    values: BTreeMap<&'static str, (usize, String)>,
    problems: Vec<Problem>,
}

impl Reader {
    fn problem(&mut self, line: usize, message: String, hint: impl Into<String>) {
        self.problems.push(Problem {
            file: self.file.clone(),
            line,
            message,
            hint: Some(hint.into()),
        });
    }

    fn front_matter(&mut self, text: &str) {
        let mut current: Option<&'static str> = None;
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let Some(comment) = line.strip_prefix("--") else { break };
            let more = comment.starts_with("  ");
            let comment = comment.trim();
            match (more, current) {
                _ if comment.is_empty() => current = None,
                (true, Some(key)) => {
                    if let Some((_, value)) = self.values.get_mut(key) {
                        value.push(' ');
                        value.push_str(comment);
                    }
                }
                _ => current = self.key_line(index + 1, comment),
            }
        }
    }

    /// Takes one `key: value`; gives the key, so that the next line can go on with it.
    fn key_line(&mut self, line: usize, comment: &str) -> Option<&'static str> {
        let Some((name, value)) = comment.split_once(':') else {
            self.problem(
                line,
                format!("\"{comment}\" is no `key: value`"),
                "indent the line by two more spaces if it goes on with the line before; other comments belong below \
                 the front matter",
            );
            return None;
        };
        let name = name.trim();
        let Some(key) = KEYS.into_iter().find(|key| *key == name) else {
            self.problem(
                line,
                format!("unknown key `{name}`"),
                format!("the keys are {}", KEYS.join(", ")),
            );
            return None;
        };
        if let Some((first, _)) = self.values.get(key) {
            let first = *first;
            self.problem(
                line,
                format!("key `{key}` stands twice"),
                format!("it stands on line {first} already"),
            );
            return None;
        }
        self.values.insert(key, (line, value.trim().to_string()));
        Some(key)
    }

    /// Line and value of a key that must be there.
    fn required(&mut self, key: &'static str) -> Option<(usize, String)> {
        match self.values.get(key) {
            Some((line, value)) if value.is_empty() => {
                let line = *line;
                self.problem(
                    line,
                    format!("key `{key}` is empty"),
                    "write its value behind the colon",
                );
                None
            }
            Some(found) => Some(found.clone()),
            None => {
                self.problem(
                    1,
                    format!("key `{key}` is missing"),
                    format!("add a line `-- {key}: …` at the top"),
                );
                None
            }
        }
    }

    fn text(&mut self, key: &'static str) -> Option<String> {
        self.required(key).map(|(_, value)| value)
    }

    fn bilingual(&mut self, id_key: &'static str, en_key: &'static str) -> Option<Bilingual> {
        let (id, en) = (self.text(id_key), self.text(en_key));
        Some(Bilingual { id: id?, en: en? })
    }

    /// A key whose value is one word of a list.
    fn word<T: Word>(&mut self, key: &'static str) -> Option<T> {
        let (line, value) = self.required(key)?;
        T::from_word(&value)
            .map_err(|words| self.not_a_word(line, key, &value, &words))
            .ok()
    }

    fn not_a_word(&mut self, line: usize, key: &str, value: &str, words: &str) {
        self.problem(
            line,
            format!("\"{value}\" is no value of `{key}`"),
            format!("one of: {words}"),
        );
    }

    fn grain(&mut self) -> Option<IndicatorGrain> {
        let (line, value) = self.required("grain")?;
        if value == "as-of" {
            return Some(IndicatorGrain::AsOf);
        }
        let grains: Option<Vec<Grain>> = value.split(',').map(|word| word.trim().parse().ok()).collect();
        if grains.is_none() {
            let words = Grain::ALL.map(Grain::as_str).join(", ");
            self.not_a_word(line, "grain", &value, &format!("as-of, or some of {words}"));
        }
        grains.map(IndicatorGrain::Periods)
    }

    fn datasets(&mut self) -> Option<Vec<String>> {
        let (line, value) = self.required("datasets")?;
        let names: Vec<String> = value.split(',').map(|name| name.trim().to_string()).collect();
        for name in &names {
            if !is_id(name) || OTHER_TABLES.contains(&name.as_str()) {
                self.problem(
                    line,
                    format!("\"{name}\" is no dataset"),
                    "name datasets, with commas between them",
                );
            }
        }
        Some(names)
    }

    fn reads(&mut self) -> Option<Vec<Read>> {
        let (line, value) = self.required("reads")?;
        let mut reads = Vec::new();
        for entry in value.split(';').map(str::trim).filter(|entry| !entry.is_empty()) {
            match read(entry) {
                Ok(one) => reads.push(one),
                Err(hint) => self.problem(line, format!("\"{entry}\" is no value of `reads`"), hint),
            }
        }
        Some(reads)
    }

    fn decimals(&mut self) -> Option<u8> {
        let (line, value) = self.required("decimals")?;
        match value.parse() {
            Ok(digits) if digits <= 9 => Some(digits),
            _ => {
                self.problem(
                    line,
                    format!("\"{value}\" is no value of `decimals`"),
                    "a whole number from 0 to 9",
                );
                None
            }
        }
    }

    fn indicator(&mut self, id: &str, text: &str) -> Option<Indicator> {
        let title = self.bilingual("title.id", "title.en");
        let method = self.bilingual("method.id", "method.en");
        let (theme, better, universe) = (self.word("theme"), self.word("better"), self.word("universe"));
        let (unit, source, owner) = (self.text("unit"), self.text("source"), self.text("owner"));
        let (grain, decimals) = (self.grain(), self.decimals());
        let (datasets, reads) = (self.datasets(), self.reads());
        let expects = self.expects(grain.as_ref(), datasets.as_deref());
        match statement::tables_read(text) {
            Ok(tables) => self.compare_reads(&tables, datasets.as_deref(), reads.as_deref()),
            Err(faults) => {
                for fault in faults {
                    self.problem(fault.line, fault.message, fault.hint);
                }
            }
        }
        Some(Indicator {
            id: id.to_string(),
            title: title?,
            theme: theme?,
            unit: unit?,
            better: better?,
            grain: grain?,
            universe: universe?,
            expects,
            datasets: datasets?,
            reads: reads?,
            method: method?,
            source: source?,
            owner: owner?,
            decimals: decimals?,
            sql: text.to_string(),
            sql_sha256: Sha256::digest(text.as_bytes())
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        })
    }

    fn expects(&mut self, grain: Option<&IndicatorGrain>, datasets: Option<&[String]>) -> Option<Expects> {
        let (line, value) = self.values.get("expects").cloned()?;
        let as_of = grain? == &IndicatorGrain::AsOf;
        match (value.as_str(), as_of) {
            ("universe", true) => Some(Expects::Universe),
            (dataset, false) if datasets?.iter().any(|name| name == dataset) => {
                Some(Expects::Coverage(dataset.to_string()))
            }
            (_, true) => {
                self.not_a_word(line, "expects", &value, "universe (the grain is as-of)");
                None
            }
            (_, false) => {
                self.not_a_word(line, "expects", &value, &datasets?.join(", "));
                None
            }
        }
    }

    /// `reads` = the tables of the SELECT = `datasets` and registry tables.
    fn compare_reads(
        &mut self,
        tables: &std::collections::BTreeSet<String>,
        datasets: Option<&[String]>,
        reads: Option<&[Read]>,
    ) {
        let (Some(datasets), Some(reads)) = (datasets, reads) else {
            return;
        };
        let line_of = |key: &str| self.values.get(key).map_or(1, |(line, _)| *line);
        let (reads_line, datasets_line) = (line_of("reads"), line_of("datasets"));
        for table in tables
            .iter()
            .filter(|table| !reads.iter().any(|read| read.table == **table))
        {
            self.problem(
                reads_line,
                format!("the SELECT reads {table}, `reads` does not name it"),
                format!("add `{table} (same region, …)`"),
            );
        }
        for read in reads.iter().filter(|read| !tables.contains(&read.table)) {
            let table = &read.table;
            self.problem(
                reads_line,
                format!("the SELECT does not read {table}"),
                "take it out of `reads`",
            );
        }
        for dataset in datasets.iter().filter(|dataset| !tables.contains(*dataset)) {
            let message = format!("the SELECT does not read the dataset {dataset}");
            self.problem(datasets_line, message, "take it out of `datasets`");
        }
        let undeclared = tables.iter().filter(|table| !OTHER_TABLES.contains(&table.as_str()));
        for table in undeclared.filter(|table| !datasets.contains(table)) {
            let message = format!("the SELECT reads the dataset {table}, `datasets` does not name it");
            self.problem(datasets_line, message, "add it to `datasets`");
        }
    }
}

/// `labour (same region, same period)`; the error is a hint.
fn read(entry: &str) -> Result<Read, String> {
    let shape = "written as `table (same region, same period)`".to_string();
    let (table, rest) = entry.split_once('(').ok_or_else(|| shape.clone())?;
    let inside = rest.trim_end().strip_suffix(')').ok_or_else(|| shape.clone())?;
    let table = table.trim();
    if !is_id(table) {
        return Err(shape);
    }
    let mut words = inside.split(',').map(str::trim);
    let relation = Word::from_word(words.next().unwrap_or_default())
        .map_err(|known| format!("the first word in brackets is the regions whose rows count: {known}"))?;
    let windows: Result<Vec<Window>, String> = words.map(Window::from_word).collect();
    let windows = windows.map_err(|known| format!("a window is one of: {known}; none means any time"))?;
    Ok(Read {
        table: table.to_string(),
        relation,
        windows,
    })
}

#[cfg(test)]
#[path = "front_matter_tests.rs"]
mod tests;
