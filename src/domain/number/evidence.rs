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

    /// Takes a cell into account that [`super::plain`] read.
    pub fn add(&mut self, proof: Proof) {
        match proof {
            Proof::None => {}
            Proof::Only(Style::Id) => self.indonesian += 1,
            Proof::Only(Style::En) => self.english += 1,
            Proof::Ambiguous => self.ambiguous += 1,
        }
    }

    /// Adds the evidence of another part of the same column.
    pub fn merge(&mut self, other: &Evidence) {
        self.indonesian += other.indonesian;
        self.english += other.english;
        self.ambiguous += other.ambiguous;
    }

    /// The column's style; `default` where nothing is proven or both are proven equally often.
    pub fn decide(&self, default: Style) -> (Style, Certainty) {
        match (self.indonesian, self.english) {
            (0, 0) if self.ambiguous > 0 => (default, Certainty::Ambiguous),
            (0, 0) => (default, Certainty::Proven),
            (_, 0) => (Style::Id, Certainty::Proven),
            (0, _) => (Style::En, Certainty::Proven),
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
