//! The sentences of `messages/*.toml`, parsed once.

use super::{Bilingual, Severity};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The sentences of one code: one table of `messages/*.toml`. `{name}` in them is filled in by the finding.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub severity: Severity,
    pub id: String,
    pub en: String,
    pub hint: Option<Bilingual>,
}

/// One file an area: who makes the findings writes their sentences.
const AREAS: [&str; 5] = [
    include_str!("messages/connector.toml"),
    include_str!("messages/read.toml"),
    include_str!("messages/normalize.toml"),
    include_str!("messages/check.toml"),
    include_str!("messages/run.toml"),
];

static CATALOGUE: LazyLock<BTreeMap<String, Entry>> = LazyLock::new(|| {
    let mut all = BTreeMap::new();
    for area in AREAS {
        // Compiled in, and parsed by the tests below: it cannot fail at a user's desk.
        let entries: BTreeMap<String, Entry> = toml::from_str(area).expect("messages are compiled in and tested");
        for (code, entry) in entries {
            let twice = all.insert(code, entry);
            debug_assert!(twice.is_none(), "a code has one entry");
        }
    }
    all
});

/// The sentences of a code. A code without an entry is a programming error that the test below catches.
pub(super) fn entry(code: &str) -> &'static Entry {
    CATALOGUE
        .get(code)
        .unwrap_or_else(|| panic!("finding code {code} has no entry in messages/*.toml"))
}

/// All codes with their sentences, in order of code.
pub fn entries() -> impl Iterator<Item = (&'static str, &'static Entry)> {
    CATALOGUE.iter().map(|(code, entry)| (code.as_str(), entry))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn rust_sources(directory: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                rust_sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn every_code_in_the_source_has_sentences_and_every_sentence_is_used() {
        let mut sources = Vec::new();
        rust_sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
        let mark = ["Finding::", "of(\""].concat();
        let mut used = std::collections::BTreeSet::new();
        for source in &sources {
            for piece in source.split(&mark).skip(1) {
                used.insert(piece.split('"').next().unwrap().to_string());
            }
        }
        let known: std::collections::BTreeSet<String> = entries().map(|(code, _)| code.to_string()).collect();
        assert_eq!(
            used, known,
            "codes used in src/ (left) and sentences in messages/*.toml (right) differ"
        );
    }

    #[test]
    fn both_languages_name_the_same_placeholders() {
        fn marks(text: &str) -> std::collections::BTreeSet<&str> {
            text.split('{')
                .skip(1)
                .filter_map(|piece| piece.split(['}', '|']).next())
                .collect()
        }
        for (code, entry) in entries() {
            assert_eq!(marks(&entry.id), marks(&entry.en), "{code}");
            if let Some(hint) = &entry.hint {
                assert_eq!(marks(&hint.id), marks(&hint.en), "{code} hint");
            }
        }
    }
}
