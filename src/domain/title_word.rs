//! Words of titles by which the figures below are none of a dataset's (`pipelines/reference/title_words.csv`): `RENCANA`,
//! `KUMULATIF`.

use super::csv::Table;
use super::text::normal;
use std::path::Path;

/// Words that mean the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleWord {
    pub words: Vec<String>,
    /// What figures with such a title are, in Bahasa Indonesia.
    pub meaning_id: String,
    /// The same in English.
    pub meaning_en: String,
}

/// Those that mean it in every dataset, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct TitleWords(Vec<TitleWord>);

impl TitleWords {
    /// Reads a CSV file with the columns `words` (parted by `|`), `meaning_id` and `meaning_en`. Without the file no word means
    /// anything. The error is a sentence that names file and line.
    pub fn load(path: &Path) -> Result<TitleWords, String> {
        if !path.exists() {
            return Ok(TitleWords::default());
        }
        let table = Table::read(path)?;
        let words = table.column("words")?;
        let (id, en) = (table.column("meaning_id")?, table.column("meaning_en")?);
        let mut all = Vec::new();
        for row in &table.rows {
            let found = TitleWord {
                words: row.get(words).split('|').map(str::to_string).collect(),
                meaning_id: row.get(id).to_string(),
                meaning_en: row.get(en).to_string(),
            };
            let is_blank = found.words.iter().any(|word| normal(word).is_empty());
            if is_blank || found.meaning_id.is_empty() || found.meaning_en.is_empty() {
                return Err(table.complaint(row, "must have words, and what they mean in both languages"));
            }
            all.push(found);
        }
        Ok(TitleWords(all))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &TitleWord> {
        self.0.iter()
    }
}

/// The first of these words, in normal form, that stands in a title in normal form. `is_known` tells which say nothing new.
pub fn in_title(words: &[String], title: &str, is_known: impl Fn(&str) -> bool) -> Option<String> {
    let padded = format!(" {title} ");
    let mut words = words.iter().map(|word| normal(word));
    words.find(|word| padded.contains(&format!(" {word} ")) && !is_known(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<TitleWords, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("title_words.csv");
        std::fs::write(&path, text).unwrap();
        TitleWords::load(&path).map_err(|error| error.replace(&path.display().to_string(), "title_words.csv"))
    }

    #[test]
    fn a_word_counts_where_nothing_else_says_it() {
        let all = load("words,meaning_id,meaning_en\nrencana|anggaran-kas,rencana,a plan\n").unwrap();
        let words = &all.iter().next().unwrap().words;
        let found = |title: &str, known: &str| in_title(words, title, |word| word == known);
        assert_eq!(found("rencana penerimaan 2026", "").as_deref(), Some("rencana"));
        assert_eq!(found("anggaran kas", "").as_deref(), Some("anggaran kas"));
        assert_eq!(found("perencanaan pembangunan", ""), None);
        assert_eq!(found("rencana dan realisasi", "rencana"), None);
    }

    #[test]
    fn a_line_must_say_what_its_words_mean() {
        for line in ["rencana,,", "rencana|,rencana,a plan", ",rencana,a plan"] {
            let error = load(&format!("words,meaning_id,meaning_en\n{line}\n")).unwrap_err();
            assert!(
                error.contains("title_words.csv") && error.contains("both languages"),
                "{error}"
            );
        }
    }
}
