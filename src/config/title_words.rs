//! Words of titles by which the figures below are none of a dataset's: those that mean it in every dataset
//! (`pipelines/reference/title_words.csv`: `RENCANA`, `KUMULATIF`), and how they are found.

use super::OtherTitles;
use crate::domain::csv::Table;
use crate::domain::text::normal;
use crate::finding::Bilingual;
use std::path::Path;

/// Reads a CSV file with the columns `words` (parted by `|`), `meaning_id` and `meaning_en`, in its order. Without the file no
/// word means anything in every dataset. The error is a sentence that names file and line.
pub(super) fn load(path: &Path) -> Result<Vec<OtherTitles>, String> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let table = Table::read(path)?;
    let words = table.column("words")?;
    let (id, en) = (table.column("meaning_id")?, table.column("meaning_en")?);
    let mut all = Vec::new();
    for row in &table.rows {
        let found = OtherTitles {
            words: row.get(words).split('|').map(str::to_string).collect(),
            meaning: Bilingual {
                id: row.get(id).to_string(),
                en: row.get(en).to_string(),
            },
            unless: Vec::new(),
        };
        if !found.has_words() || !found.has_meaning() {
            return Err(table.complaint(row, "must have words, and what they mean in both languages"));
        }
        all.push(found);
    }
    Ok(all)
}

impl OtherTitles {
    /// Whether it has words, and none of them is blank.
    pub(super) fn has_words(&self) -> bool {
        let mut all = self.words.iter().chain(&self.unless);
        !self.words.is_empty() && all.all(|word| !normal(word).is_empty())
    }

    /// Whether it says what they mean, in both languages.
    pub(super) fn has_meaning(&self) -> bool {
        !self.meaning.id.trim().is_empty() && !self.meaning.en.trim().is_empty()
    }

    /// The first of the words, in normal form, that stands in a title in normal form. `is_known` tells which say nothing new.
    pub fn in_title(&self, title: &str, is_known: impl Fn(&str) -> bool) -> Option<String> {
        let padded = format!(" {title} ");
        let is_there = |word: &str| padded.contains(&format!(" {word} "));
        if self.unless.iter().any(|word| is_there(&normal(word))) {
            return None;
        }
        let mut words = self.words.iter().map(|word| normal(word));
        words.find(|word| is_there(word) && !is_known(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(text: &str) -> Result<Vec<OtherTitles>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("title_words.csv");
        std::fs::write(&path, text).unwrap();
        load(&path).map_err(|error| error.replace(&path.display().to_string(), "title_words.csv"))
    }

    #[test]
    fn a_word_counts_where_nothing_else_says_it() {
        let all = loaded("words,meaning_id,meaning_en\nrencana|anggaran-kas,rencana,a plan\n").unwrap();
        let found = |title: &str, known: &str| all[0].in_title(title, |word| word == known);
        assert_eq!(found("rencana penerimaan 2026", "").as_deref(), Some("rencana"));
        assert_eq!(found("anggaran kas", "").as_deref(), Some("anggaran kas"));
        assert_eq!(found("perencanaan pembangunan", ""), None);
        assert_eq!(found("rencana dan realisasi", "rencana"), None);
        let unless = OtherTitles {
            unless: vec!["Realisasi".to_string()],
            ..all[0].clone()
        };
        assert_eq!(unless.in_title("rencana dan realisasi", |_| false), None);
        assert!(unless.in_title("rencana", |_| false).is_some());
    }

    #[test]
    fn a_line_must_say_what_its_words_mean() {
        for line in ["rencana,,", "rencana|,rencana,a plan", ",rencana,a plan"] {
            let error = loaded(&format!("words,meaning_id,meaning_en\n{line}\n")).unwrap_err();
            assert!(
                error.contains("title_words.csv") && error.contains("both languages"),
                "{error}"
            );
        }
    }
}
