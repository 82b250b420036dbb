//! The sentences of a finding, put together when somebody reads them: of a million bad rows a receipt tells a thousand.

use super::catalogue::Entry;
use super::said::{self, Language};
use super::{Bilingual, Finding};
use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

/// A message and its hint, with `{name}` where a finding fills something in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentences {
    pub message: Bilingual,
    pub hint: Option<Bilingual>,
}

impl Sentences {
    /// Sentences that many findings say.
    pub fn shared(message: Bilingual, hint: Option<Bilingual>) -> Arc<Sentences> {
        Arc::new(Sentences { message, hint })
    }
}

/// Where a finding's sentences stand.
#[derive(Debug, Clone)]
pub(super) enum Words {
    Catalogue(&'static Entry),
    Declared(Arc<Sentences>),
    /// Filled in before: braces in it are the sender's.
    Said(Arc<Sentences>),
}

/// What stands for a `{name}`.
#[derive(Debug, Clone)]
pub(super) enum Fill {
    Same(String),
    Both(Bilingual),
    /// A number written plainly.
    Figure(String),
    /// A day or a period in its canonical form.
    Day(String),
}

impl Fill {
    fn text(&self, language: Language) -> Cow<'_, str> {
        let owned = |both: Bilingual| match language {
            Language::Id => Cow::Owned(both.id),
            Language::En => Cow::Owned(both.en),
        };
        match self {
            Fill::Same(text) => Cow::Borrowed(text),
            Fill::Both(both) => Cow::Borrowed(language.of(both)),
            Fill::Figure(plain) => owned(said::figure(plain)),
            Fill::Day(canonical) => owned(said::canonical(canonical)),
        }
    }
}

/// One of the texts of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sentence {
    MessageId,
    MessageEn,
    HintId,
    HintEn,
}

impl Sentence {
    fn language(self) -> Language {
        match self {
            Sentence::MessageId | Sentence::HintId => Language::Id,
            Sentence::MessageEn | Sentence::HintEn => Language::En,
        }
    }
}

impl Words {
    fn sentence(&self, which: Sentence) -> Option<&str> {
        let (id, en, hint) = match self {
            Words::Catalogue(entry) => (&entry.id, &entry.en, entry.hint.as_ref()),
            Words::Declared(sentences) | Words::Said(sentences) => {
                (&sentences.message.id, &sentences.message.en, sentences.hint.as_ref())
            }
        };
        match which {
            Sentence::MessageId => Some(id),
            Sentence::MessageEn => Some(en),
            Sentence::HintId => hint.map(|hint| hint.id.as_str()),
            Sentence::HintEn => hint.map(|hint| hint.en.as_str()),
        }
    }
}

impl Finding {
    /// Writes one of its texts; false where it has no hint.
    pub fn say(&self, which: Sentence, out: &mut impl Write) -> Result<bool, std::fmt::Error> {
        let Some(mut rest) = self.words.sentence(which) else {
            return Ok(false);
        };
        if !matches!(self.words, Words::Said(_)) {
            while let Some((before, after)) = rest.split_once('{') {
                let Some((name, after)) = after.split_once('}') else {
                    break;
                };
                out.write_str(before)?;
                // `{rows|row|rows}`: the word that goes with the number.
                let (name, forms) = name
                    .split_once('|')
                    .map_or((name, None), |(name, rest)| (name, rest.split_once('|')));
                match (self.filling(name, which.language()), forms) {
                    (Some(text), Some((one, many))) => out.write_str(if text == "1" { one } else { many })?,
                    (Some(text), None) => out.write_str(&text)?,
                    // Nothing was given for it: it shows, so that the gap is seen.
                    (None, _) => write!(out, "{{{name}}}")?,
                }
                rest = after;
            }
        }
        out.write_str(rest)?;
        Ok(true)
    }

    fn filling(&self, name: &str, language: Language) -> Option<Cow<'_, str>> {
        let given = self.fills.iter().find(|(known, _)| *known == name);
        match (given, name) {
            (Some((_, fill)), _) => Some(fill.text(language)),
            (None, "value") => self.value.as_deref().map(Cow::Borrowed),
            (None, "column") => self.place.column.as_deref().map(Cow::Borrowed),
            (None, _) => None,
        }
    }

    fn said_as(&self, id: Sentence, en: Sentence) -> Option<Bilingual> {
        let text = |which| {
            let mut text = String::new();
            // A string takes whatever is written to it.
            let is_there = self.say(which, &mut text).unwrap_or(false);
            is_there.then_some(text)
        };
        Some(Bilingual {
            id: text(id)?,
            en: text(en)?,
        })
    }

    /// What is wrong or odd.
    pub fn message(&self) -> Bilingual {
        // Every finding has a message.
        self.said_as(Sentence::MessageId, Sentence::MessageEn)
            .unwrap_or_default()
    }

    /// How to mend it.
    pub fn hint(&self) -> Option<Bilingual> {
        self.said_as(Sentence::HintId, Sentence::HintEn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Place, Severity};

    fn both(text: &str) -> Bilingual {
        Bilingual {
            id: text.to_string(),
            en: format!("en {text}"),
        }
    }

    #[test]
    fn fills_each_place_once_and_never_what_a_sender_wrote() {
        let place = Place {
            column: Some("price".to_string()),
            ..Place::default()
        };
        let finding = Finding::declared(
            "x",
            Severity::Error,
            &Sentences::shared(both("{value}, {column}, {more}, {none}"), None),
        );
        let finding = finding.with("more", "{value}").value("{column}").at(place);
        assert_eq!(finding.message().id, "{column}, price, {value}, {none}");
        assert_eq!(finding.message().en, "en {column}, price, {value}, {none}");
        assert_eq!(finding.hint(), None);
        let said = Finding::said("x", Severity::Error, finding.message(), finding.hint());
        assert_eq!(said.clone().with("none", "1").value("2").message(), finding.message());
    }

    #[test]
    fn what_is_given_by_name_goes_before_value_and_column() {
        let title = both("Harga");
        let finding = Finding::declared(
            "x",
            Severity::Note,
            &Sentences::shared(both("{value} {column}"), Some(both("{column}"))),
        );
        let finding = finding.with_both("column", &title).value("12");
        assert_eq!(
            finding.message(),
            Bilingual {
                id: "12 Harga".into(),
                en: "en 12 en Harga".into()
            }
        );
        assert_eq!(
            finding.hint(),
            Some(Bilingual {
                id: "Harga".into(),
                en: "en en Harga".into()
            })
        );
    }

    #[test]
    fn figures_days_and_numbers_of_things_are_said_in_each_language() {
        let rows = |rows: &str| {
            let sentences = Bilingual {
                id: "{rows} baris pada {day}".to_string(),
                en: "{rows} {rows|row has|rows have} {day}".to_string(),
            };
            let finding = Finding::declared("x", Severity::Note, &Sentences::shared(sentences, None));
            finding
                .with_figure("rows", rows)
                .with_day("day", "2026-11-02")
                .message()
        };
        assert_eq!(rows("1").id, "1 baris pada 2 November 2026");
        assert_eq!(rows("1").en, "1 row has 2 November 2026");
        assert_eq!(rows("1234").id, "1.234 baris pada 2 November 2026");
        assert_eq!(rows("1234").en, "1,234 rows have 2 November 2026");
    }

    #[test]
    fn an_open_brace_is_a_brace() {
        let finding = Finding::declared("x", Severity::Note, &Sentences::shared(both("a { b"), None));
        assert_eq!(finding.message().id, "a { b");
    }
}
