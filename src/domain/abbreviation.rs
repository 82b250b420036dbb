//! Abbreviations of headers (`pipelines/reference/abbreviations.csv`): `Jml` is `jumlah`, `Thn` is `tahun`.

use super::csv::Table;
use super::text::normal;
use std::collections::HashMap;
use std::path::Path;

/// Words that stand for others, in normal form.
#[derive(Debug, Clone, Default)]
pub struct Abbreviations(HashMap<String, String>);

impl Abbreviations {
    /// Reads a CSV file with the columns `short` and `words`; several short forms of the same words are parted by `|`.
    /// Without the file nothing is abbreviated. The error is a sentence that names file and line.
    pub fn load(path: &Path) -> Result<Abbreviations, String> {
        let mut all = HashMap::new();
        if !path.exists() {
            return Ok(Abbreviations(all));
        }
        let table = Table::read(path)?;
        let (short, words) = (table.column("short")?, table.column("words")?);
        for row in &table.rows {
            let words = normal(row.get(words));
            for one in row.get(short).split('|') {
                let one = normal(one);
                if one.is_empty() || one.contains(' ') || words.is_empty() {
                    return Err(table.complaint(
                        row,
                        "must have short forms of one word, and the words that they stand for",
                    ));
                }
                if all.insert(one.clone(), words.clone()).is_some() {
                    return Err(table.complaint(row, format!("\"{one}\" stands there a second time")));
                }
            }
        }
        Ok(Abbreviations(all))
    }

    /// A normal form with its abbreviations written out; none where it has none.
    pub fn written_out(&self, form: &str) -> Option<String> {
        if !form.split(' ').any(|word| self.0.contains_key(word)) {
            return None;
        }
        let words = form
            .split(' ')
            .map(|word| self.0.get(word).map_or(word, String::as_str));
        Some(words.collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Abbreviations, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abbreviations.csv");
        std::fs::write(&path, text).unwrap();
        Abbreviations::load(&path).map_err(|error| error.replace(&path.display().to_string(), "abbreviations.csv"))
    }

    #[test]
    fn words_are_written_out() {
        let all = load("short,words\njml|jlh,jumlah\nkab,kabupaten\nL,laki-laki\n").unwrap();
        assert_eq!(all.written_out("jlh l").as_deref(), Some("jumlah laki laki"));
        assert_eq!(all.written_out("kab kota").as_deref(), Some("kabupaten kota"));
        assert_eq!(all.written_out("kabut"), None);
    }

    #[test]
    fn mistakes_name_the_line() {
        assert_eq!(
            load("short,words\njml,jumlah\njlh|jml,jumlah\n").err().as_deref(),
            Some("abbreviations.csv:3: \"jml\" stands there a second time")
        );
        assert!(load("short,words\nj m l,jumlah\n").is_err());
        assert!(load("short,words\njml,\n").is_err());
        assert!(load("short\njml\n").is_err());
    }

    #[test]
    fn an_installation_may_have_none() {
        let none = Abbreviations::load(Path::new("does/not/exist.csv")).unwrap();
        assert_eq!(none.written_out("jml"), None);
    }
}
