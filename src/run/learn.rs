//! `lumbung learn`: spellings that senders use and no list knows, as lines that a person may accept. Nothing is applied by
//! itself; what is accepted is written into the contract or the reference table, whose other lines stay as they are.

mod doubt;
mod edit;

pub use doubt::Nearest;

use super::again::UNKNOWN;
use super::{Place, RunError};
use crate::catalog::{Catalog, Submission};
use crate::config::{self, Configuration, Contract};
use crate::domain::code::{CodeEntry, CodeError, Near};
use crate::domain::text;
use crate::finding;
use crate::land::DataDirectory;
use crate::table::reader;
use arrow::array::{Array, AsArray, RecordBatch};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A spelling, how often it came, and what it may be a synonym of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// From 1: what may mean something first, then the most frequent.
    pub number: usize,
    /// As it was written first.
    pub written: String,
    pub dataset: String,
    /// Where it stands, or what it was taken for; none of a header that is not used.
    pub column: Option<String>,
    /// The reference table, where it is a value of a code column; else it is a header.
    pub codes: Option<String>,
    pub times: u64,
    pub connectors: BTreeSet<String>,
    /// The latest place where it stands.
    pub example: String,
    /// Codes that it may mean, nearest first; for a header, the column that it was taken for. One alone is accepted without
    /// being named.
    pub meant: Vec<String>,
    /// The nearest spelling that is known.
    pub nearest: Option<Nearest>,
    /// Other lists in which it is a name, or an ordinary word of one: it may mean something else there.
    pub elsewhere: Vec<String>,
    /// The list's own remarks speak of it, mostly as of a word that may mean two things.
    pub remarked: bool,
    /// The file that accepting it changes, and the line as it then stands there.
    pub file: String,
    pub line: Option<String>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Accepted {
    pub written: String,
    pub meant: String,
    pub file: String,
}

/// Why a proposal cannot be accepted.
#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("there is no proposal \"{0}\"")]
    NoProposal(String),
    #[error("it is not clear what \"{written}\" means: {}", told(.meant))]
    NotNamed { written: String, meant: Vec<String> },
    #[error("\"{code}\" is no code or column of {codes}")]
    NoCode { code: String, codes: String },
    #[error("{file} is not written: {reason}")]
    NotWritten { file: String, reason: String },
}

fn told(meant: &[String]) -> String {
    match meant.is_empty() {
        true => "nothing comes near".to_string(),
        false => meant.join(", "),
    }
}

/// Longest spelling that is proposed, in bytes: a longer text is a remark, not a name.
const LONGEST: usize = 80;

/// What a spelling is grouped by: dataset (of a header), column or table, and normal form.
type Key = (String, String, String);

/// All proposals.
pub fn proposals(place: &Place) -> Result<Vec<Proposal>, RunError> {
    let configuration = config::load(&place.config).map_err(RunError::Configuration)?;
    let catalog = Catalog::open(&place.data)?;
    let data = DataDirectory::new(&place.data);
    let mut found: BTreeMap<Key, Proposal> = BTreeMap::new();
    for submission in catalog.submissions(1_000_000)? {
        let sequence = submission.sequence.unwrap_or_default();
        for outcome in catalog.outcomes(sequence)? {
            let folder = match outcome.dataset.as_str() {
                "" => UNKNOWN,
                dataset => dataset,
            };
            let path = data.staged(sequence, folder).join("findings.parquet");
            if path.exists() {
                collect(&path, &configuration, &outcome.dataset, &submission, &mut found)?;
            }
        }
    }
    let mut proposals: Vec<Proposal> = found.into_values().collect();
    // The order of the keys is kept among equals.
    proposals.sort_by_key(|proposal| (proposal.meant.is_empty(), std::cmp::Reverse(proposal.times)));
    for (index, proposal) in proposals.iter_mut().enumerate() {
        proposal.number = index + 1;
        proposal.elsewhere = doubt::elsewhere(&proposal.written, proposal.codes.as_deref(), &configuration);
        proposal.remarked = doubt::is_remarked(proposal, &place.config);
        proposal.line = match &proposal.meant[..] {
            [meant] => edit::line(&place.config.join(&proposal.file), proposal, meant),
            _ => None,
        };
    }
    Ok(proposals)
}

fn collect(
    path: &Path,
    configuration: &Configuration,
    dataset: &str,
    submission: &Submission,
    found: &mut BTreeMap<Key, Proposal>,
) -> Result<(), RunError> {
    let wrong = |error: crate::table::TableError| RunError::Internal(error.to_string());
    for batch in reader::batches(path).map_err(wrong)? {
        let batch = batch.map_err(wrong)?;
        for row in 0..batch.num_rows() {
            let new = of_finding(&batch, row, configuration, dataset, &submission.connector);
            for (key, mut proposal) in new.into_iter().flatten() {
                match found.get_mut(&key) {
                    Some(known) => {
                        known.times += 1;
                        known.connectors.insert(submission.connector.clone());
                    }
                    None => {
                        proposal.connectors.insert(submission.connector.clone());
                        proposal.example = example(&batch, row, submission);
                        found.insert(key, proposal);
                    }
                }
            }
        }
    }
    Ok(())
}

fn text_of(batch: &RecordBatch, name: &str, row: usize) -> Option<String> {
    let column = batch.column_by_name(name)?.as_string_opt::<i32>()?;
    column.is_valid(row).then(|| column.value(row).to_string())
}

/// The proposals that a finding gives rise to: none where it is about no spelling, or all are known by now.
fn of_finding(
    batch: &RecordBatch,
    row: usize,
    configuration: &Configuration,
    dataset: &str,
    connector: &str,
) -> Option<Vec<(Key, Proposal)>> {
    let (column, value) = (text_of(batch, "column", row), text_of(batch, "value", row));
    let code = text_of(batch, "code", row)?;
    if matches!(code.as_str(), "columns-not-used" | "columns-missing") {
        let value = value?;
        let headers: Vec<&str> = finding::headers(&value).collect();
        let contract = match configuration.contracts.get(dataset) {
            Some(contract) => contract.clone(),
            None => nearest(configuration, connector, &headers)?,
        };
        let proposals = headers
            .iter()
            .filter_map(|header| of_header(configuration, &contract, header, None));
        return Some(proposals.collect());
    }
    let contract = configuration.contracts.get(dataset)?;
    Some(match code.as_str() {
        "header-inexact" => of_header(configuration, contract, &value?, Some(&column?))
            .into_iter()
            .collect(),
        "code-unknown" | "code-inexact" => of_value(configuration, contract, &column?, &value?)
            .into_iter()
            .collect(),
        _ => Vec::new(),
    })
}

/// Of the contracts that a connector delivers, the one that knows most headers of a sheet that fits none.
fn nearest(configuration: &Configuration, connector: &str, headers: &[&str]) -> Option<Arc<Contract>> {
    let connector = configuration.connectors.get(connector)?;
    let known = |contract: &Arc<Contract>| {
        let known = headers.iter().filter(|header| is_name(configuration, contract, header));
        known.count()
    };
    let contracts = configuration.contracts_of(connector).into_iter();
    contracts.max_by_key(known).filter(|contract| known(contract) > 0)
}

/// Whether a header is a name of one of the contract's columns, abbreviations written out.
fn is_name(configuration: &Configuration, contract: &Contract, header: &str) -> bool {
    let form = text::header(header);
    let written_out = configuration.abbreviations.written_out(&form);
    contract.columns.iter().any(|(name, column)| {
        let names = [name, &column.title.id, &column.title.en];
        let mut names = names.into_iter().chain(&column.synonyms).map(|name| text::header(name));
        names.any(|name| name == form || Some(&name) == written_out.as_ref())
    })
}

/// Letters that a spelling has at least: fewer are a number of rows or an abbreviation that may mean anything.
const LETTERS: usize = 3;

/// What officers call the numbers of their rows.
const NUMBERING: [&str; 6] = ["nomor", "no urut", "nomor urut", "no baris", "nomor baris", "urut"];

/// Whether a spelling may be proposed: it is a word, it is short, and nothing in it was cut off or masked.
fn is_shown(written: &str) -> bool {
    let letters = written.chars().filter(|letter| letter.is_alphabetic()).count();
    let is_whole = !written.contains("***") && !written.ends_with('…');
    letters >= LETTERS && written.len() <= LONGEST && is_whole && !NUMBERING.contains(&text::normal(written).as_str())
}

/// The proposal of a header that is known to no column; `column` is the one that it was taken for.
fn of_header(
    configuration: &Configuration,
    contract: &Contract,
    written: &str,
    column: Option<&str>,
) -> Option<(Key, Proposal)> {
    let form = text::header(written);
    if !is_shown(written) || is_name(configuration, contract, written) {
        return None;
    }
    let proposal = Proposal {
        number: 0,
        written: written.trim().to_string(),
        dataset: contract.name.clone(),
        column: column.map(str::to_string),
        codes: None,
        times: 1,
        connectors: BTreeSet::new(),
        example: String::new(),
        meant: column.map(str::to_string).into_iter().collect(),
        nearest: doubt::nearest_column(written, contract, configuration),
        elsewhere: Vec::new(),
        remarked: false,
        file: format!("pipelines/datasets/{}.toml", contract.name),
        line: None,
    };
    Some(((contract.name.clone(), String::new(), form), proposal))
}

/// The proposal of a value that its column's table does not have.
fn of_value(
    configuration: &Configuration,
    contract: &Contract,
    column: &str,
    written: &str,
) -> Option<(Key, Proposal)> {
    let declared = contract.columns.get(column).filter(|column| column.pii.is_none())?;
    let codes = declared.codes.clone()?;
    let table = configuration.codes.get(&codes)?;
    if !is_shown(written) || table.resolve(written) != Err(CodeError::Unknown) {
        return None;
    }
    // A word of another column has slipped into this one, or its header is wrong: it is no spelling of a code.
    let mut others = contract.columns.values().filter_map(|other| other.codes.as_ref());
    let is_known = |list: &String| {
        configuration
            .codes
            .get(list)
            .is_some_and(|list| list.resolve(written).is_ok())
    };
    if others.any(is_known) || is_name(configuration, contract, written) {
        return None;
    }
    let near = match table.near(written) {
        Near::Slips(near) => near,
        // What only looks alike is not even asked about.
        Near::Others(near) => near.into_iter().filter(|entry| shares_word(entry, written)).collect(),
    };
    let proposal = Proposal {
        number: 0,
        written: written.trim().to_string(),
        dataset: contract.name.clone(),
        column: Some(column.to_string()),
        codes: Some(codes.clone()),
        times: 1,
        connectors: BTreeSet::new(),
        example: String::new(),
        meant: near.into_iter().map(|entry: &CodeEntry| entry.code.clone()).collect(),
        nearest: doubt::nearest_code(written, table),
        elsewhere: Vec::new(),
        remarked: false,
        file: format!("pipelines/reference/{codes}.csv"),
        line: None,
    };
    Some(((String::new(), codes, text::normal(written)), proposal))
}

/// Whether a name of an entry has a word of a text.
fn shares_word(entry: &CodeEntry, written: &str) -> bool {
    let written = text::normal(written);
    let names = [&entry.name_id, &entry.name_en].into_iter().chain(&entry.synonyms);
    let mut names = names.map(|name| text::normal(name));
    names.any(|name| {
        let mut words = name.split(' ').filter(|word| word.len() >= LETTERS);
        words.any(|word| written.split(' ').any(|other| other == word))
    })
}

/// `41, harga.xlsx [Harga] C14`
fn example(batch: &RecordBatch, row: usize, submission: &Submission) -> String {
    let sequence = submission.sequence.unwrap_or_default();
    let source = submission.file.as_deref().unwrap_or(&submission.connector);
    let sheet = text_of(batch, "sheet", row)
        .map(|sheet| format!(" [{sheet}]"))
        .unwrap_or_default();
    let cell = text_of(batch, "cell", row)
        .map(|cell| format!(" {cell}"))
        .unwrap_or_default();
    format!("{sequence}, {source}{sheet}{cell}")
}

/// Accepts a proposal, by its number or its spelling: writes it where it belongs, as a synonym of `meant` or of the one
/// thing that it may mean. The file is put back where the configuration would have a problem then.
pub fn accept(place: &Place, which: &str, meant: Option<&str>) -> Result<Accepted, LearnError> {
    let proposals = proposals(place)?;
    let is_it = |proposal: &&Proposal| proposal.number.to_string() == which || proposal.written == which;
    let proposal = proposals.iter().find(is_it);
    let proposal = proposal.ok_or_else(|| LearnError::NoProposal(which.to_string()))?;
    let meant = match (meant, &proposal.meant[..]) {
        (Some(meant), _) => meant.to_string(),
        (None, [one]) => one.clone(),
        (None, several) => {
            return Err(LearnError::NotNamed {
                written: proposal.written.clone(),
                meant: several.to_vec(),
            });
        }
    };
    let path = place.config.join(&proposal.file);
    let not_written = |reason: String| LearnError::NotWritten {
        file: proposal.file.clone(),
        reason,
    };
    let before = std::fs::read_to_string(&path).map_err(|error| not_written(error.to_string()))?;
    let no_code = || LearnError::NoCode {
        code: meant.clone(),
        codes: proposal.codes.clone().unwrap_or_else(|| proposal.dataset.clone()),
    };
    let after = edit::with_synonym(&before, proposal, &meant)
        .map_err(not_written)?
        .ok_or_else(no_code)?;
    write(&path, &after).map_err(|error| not_written(error.to_string()))?;
    if let Err(problems) = config::load(&place.config) {
        write(&path, &before).map_err(|error| not_written(error.to_string()))?;
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        return Err(not_written(told.join("; ")));
    }
    Ok(Accepted {
        written: proposal.written.clone(),
        meant,
        file: proposal.file.clone(),
    })
}

/// Puts a text in the place of a file, whole or not at all.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let beside: PathBuf = path.with_extension("writing");
    std::fs::write(&beside, text)?;
    std::fs::set_permissions(&beside, std::fs::metadata(path)?.permissions())?;
    std::fs::rename(&beside, path)
}
