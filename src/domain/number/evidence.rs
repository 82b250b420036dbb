//! What a column's texts say about its number style.

use super::{Proof, Style, strip};

/// Counts of what the texts of one column prove. Evidence of parts of a column adds up by [`Evidence::merge`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Texts that are a number only in the Indonesian style: `1.234,56`, `12,5`, `1.234.567`.
    pub indonesian: u64,
    /// Texts that are a number only in the English style: `1,234.56`, `12.50`, `0.125`.
    pub english: u64,
    /// Texts that are a number in both styles, with different values: `1.234`.
    pub ambiguous: u64,
    /// Of these, in a column of amounts, those whose three digits are thousands in the Indonesian style: `15.500` …
    pub indonesian_thousands: u64,
    /// … and in the English one: `140,000`.
    pub english_thousands: u64,
}

/// How sure a decision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// At least one text proves the style and none the other; or no text has a separator, so that nothing depends
    /// on it.
    Proven,
    /// Separators occur and none proves a style; the default was taken.
    Ambiguous,
    /// Both styles are proven; the one with more proofs was taken, and cells in the other will be refused.
    Contradictory,
}

impl Evidence {
    /// Takes one cell's text into account. Texts that are no number in either style prove nothing.
    pub fn observe(&mut self, text: &str) {
        // Without a separator (ASCII, or a space of several bytes) a text cannot prove anything.
        if !text.bytes().any(|byte| byte == b'.' || byte == b',') {
            return;
        }
        let Ok(written) = strip(text) else {
            return;
        };
        match (written.point(Style::Id), written.point(Style::En)) {
            (Ok(_), Err(_)) => self.indonesian += 1,
            (Err(_), Ok(_)) => self.english += 1,
            // `Rp. 5,-` has its separators outside the digits.
            (Ok(_), Ok(_)) => self.ambiguous += u64::from(written.body.contains(['.', ','])),
            (Err(_), Err(_)) => {}
        }
    }

    /// As [`Evidence::observe`], in a column of amounts: nobody writes a price to a thousandth, so three digits behind
    /// the one separator are thousands.
    pub fn observe_amount(&mut self, text: &str) {
        let before = self.ambiguous;
        self.observe(text);
        if self.ambiguous > before
            && let Ok(written) = strip(text)
        {
            let is_indonesian = written.body.contains(Style::Id.group() as char);
            self.add_thousands(if is_indonesian { Style::Id } else { Style::En });
        }
    }

    fn add_thousands(&mut self, style: Style) {
        match style {
            Style::Id => self.indonesian_thousands += 1,
            Style::En => self.english_thousands += 1,
        }
    }

    /// Takes a cell into account that [`super::plain`] read.
    pub fn add(&mut self, proof: Proof) {
        match proof {
            Proof::None => {}
            Proof::Only(Style::Id) => self.indonesian += 1,
            Proof::Only(Style::En) => self.english += 1,
            Proof::Ambiguous => self.ambiguous += 1,
            Proof::Thousands(style) => {
                self.ambiguous += 1;
                self.add_thousands(style);
            }
        }
    }

    /// Adds the evidence of another part of the same column.
    pub fn merge(&mut self, other: &Evidence) {
        self.indonesian += other.indonesian;
        self.english += other.english;
        self.ambiguous += other.ambiguous;
        self.indonesian_thousands += other.indonesian_thousands;
        self.english_thousands += other.english_thousands;
    }

    /// The column's style; `default` where nothing is proven or both are proven equally often.
    pub fn decide(&self, default: Style) -> (Style, Certainty) {
        // Thousands alone tell the style, but the sender hears how they were read.
        let is_assumed = self.indonesian == 0 && self.english == 0 && self.ambiguous > 0;
        let certainty = if is_assumed {
            Certainty::Ambiguous
        } else {
            Certainty::Proven
        };
        let indonesian = self.indonesian + self.indonesian_thousands;
        let english = self.english + self.english_thousands;
        match (indonesian, english) {
            (0, 0) => (default, certainty),
            (_, 0) => (Style::Id, certainty),
            (0, _) => (Style::En, certainty),
            (indonesian, english) => {
                let style = match indonesian.cmp(&english) {
                    std::cmp::Ordering::Greater => Style::Id,
                    std::cmp::Ordering::Less => Style::En,
                    std::cmp::Ordering::Equal => default,
                };
                (style, Certainty::Contradictory)
            }
        }
    }
}
