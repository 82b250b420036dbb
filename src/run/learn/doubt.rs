//! What speaks for a proposal and what against it: the nearest spelling that is known, and lists in which the same word
//! means something else.

use super::Proposal;
use crate::config::{Configuration, Contract};
use crate::domain::code::{CodeEntry, CodeTable};
use crate::domain::text;
use serde::Serialize;
use std::path::Path;

/// The spelling that comes nearest among those that are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Nearest {
    /// The code, or the column.
    pub code: String,
    /// Its spelling.
    pub name: String,
    /// How alike the two are, in percent of the longer one's letters.
    pub score: u8,
}

/// What is less alike than this is not told.
const LEAST: u8 = 50;

/// Most places in which a word is known otherwise that are told.
const TOLD: usize = 3;

/// Names of an entry, the code not among them.
fn names(entry: &CodeEntry) -> impl Iterator<Item = &String> {
    [&entry.name_id, &entry.name_en].into_iter().chain(&entry.synonyms)
}

/// How alike two spellings are, in percent of the longer one's letters.
fn score(written: &str, name: &str) -> u8 {
    let longer = written.chars().count().max(name.chars().count()).max(1);
    let far = strsim::osa_distance(written, name).min(longer);
    // At most 100.
    (100 * (longer - far) / longer) as u8
}

fn nearest<'n>(form: &str, known: impl Iterator<Item = (&'n String, &'n String)>) -> Option<Nearest> {
    let scored = known.map(|(code, name)| (score(form, &text::normal(name)), code, name));
    // Of equals the first, which is the thing's own name.
    let best = scored.reduce(|best, other| if other.0 > best.0 { other } else { best })?;
    let (score, code, name) = best;
    (score >= LEAST).then(|| Nearest {
        code: code.clone(),
        name: name.clone(),
        score,
    })
}

/// The nearest code of a list.
pub(super) fn nearest_code(written: &str, table: &CodeTable) -> Option<Nearest> {
    let known = table.entries().iter();
    nearest(
        &text::normal(written),
        known.flat_map(|entry| names(entry).map(move |name| (&entry.code, name))),
    )
}

/// The nearest column of a contract, abbreviations written out.
pub(super) fn nearest_column(written: &str, contract: &Contract, configuration: &Configuration) -> Option<Nearest> {
    let form = text::header(written);
    let form = configuration.abbreviations.written_out(&form).unwrap_or(form);
    let columns = contract.columns.iter();
    let known = columns.flat_map(|(column, declared)| {
        let names = [&declared.title.id, &declared.title.en].into_iter();
        names.chain(&declared.synonyms).map(move |name| (column, name))
    });
    nearest(&form, known)
}

/// Where else a spelling is a name, or a word of one: `report_statuses (Diterima)`.
pub(super) fn elsewhere(written: &str, own: Option<&str>, configuration: &Configuration) -> Vec<String> {
    let form = text::normal(written);
    let is_word = |name: &String| text::normal(name).split(' ').any(|word| word == form);
    let mut told = Vec::new();
    for (list, table) in configuration
        .codes
        .iter()
        .filter(|(list, _)| own != Some(list.as_str()))
    {
        let named = table.resolve(written).ok().and_then(|code| table.get(code));
        let mut entries = table.entries().iter();
        let entry = named.or_else(|| entries.find(|entry| names(entry).any(is_word)));
        told.extend(entry.map(|entry| format!("{list} ({})", entry.name_id)));
    }
    told.truncate(TOLD);
    told
}

/// Whether the remarks of the list itself speak of the spelling: mostly that it may mean two things.
pub(super) fn is_remarked(proposal: &Proposal, configuration: &Path) -> bool {
    let Ok(file) = std::fs::read_to_string(configuration.join(&proposal.file)) else {
        return false;
    };
    let written = proposal.written.to_lowercase();
    let mut remarks = file.lines().filter_map(|line| line.strip_prefix('#'));
    remarks.any(|remark| {
        let remark = remark.to_lowercase();
        remark.contains(&format!("\"{written}\"")) || remark.contains(&format!(" {written},"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn configuration() -> Configuration {
        crate::config::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    #[test]
    fn the_nearest_spelling_has_a_score() {
        let configuration = configuration();
        let near = nearest_code("Cabe Rawit Mrah", &configuration.codes["commodities"]).unwrap();
        assert_eq!((near.code.as_str(), near.score), ("chili-bird-red", 93));
        let column =
            |written: &str| nearest_column(written, &configuration.contracts["commodity_price"], &configuration);
        let near = column("Tangal").unwrap();
        assert_eq!(
            (near.code.as_str(), near.name.as_str(), near.score),
            ("date", "Tanggal", 85)
        );
        assert_eq!(column("Tgl Survei Lapangan").unwrap().name, "tanggal survei");
        assert_eq!(nearest_code("Semen", &configuration.codes["commodities"]), None);
    }

    #[test]
    fn ordinary_words_of_other_lists_are_told() {
        let configuration = configuration();
        let told = elsewhere("Diterima", Some("application_statuses"), &configuration);
        assert!(told.iter().any(|one| one.starts_with("report_statuses (")), "{told:?}");
        let told = elsewhere("Rumah", None, &configuration);
        assert!(!told.is_empty() && told.len() <= TOLD, "{told:?}");
        assert!(elsewhere("Cabe Rawit Mrah", Some("commodities"), &configuration).is_empty());
    }

    #[test]
    fn what_a_list_says_of_itself_is_read() {
        let proposal = |written: &str| Proposal {
            number: 1,
            written: written.to_string(),
            dataset: "licence_application".to_string(),
            column: None,
            codes: Some("application_statuses".to_string()),
            times: 1,
            connectors: Default::default(),
            example: String::new(),
            meant: Vec::new(),
            nearest: None,
            elsewhere: Vec::new(),
            remarked: false,
            file: "pipelines/reference/application_statuses.csv".to_string(),
            line: None,
        };
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        assert!(is_remarked(&proposal("Diterima"), &root));
        assert!(!is_remarked(&proposal("Diproses di dinas"), &root));
    }
}
