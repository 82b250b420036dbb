//! Number styles, settled by column evidence and never cell by cell.

use crate::config::{Contract, Locale};
use crate::domain::number::{Certainty, Evidence, Proof, Style};

/// The style in which each contract column's text numbers are read, by column index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Styles {
    pub by_column: Vec<Style>,
}

impl Styles {
    /// The contract's locales: what is assumed before there is evidence.
    pub fn declared(contract: &Contract) -> Styles {
        let by_column = contract
            .columns
            .values()
            .map(|column| match column.locale {
                Locale::Id => Style::Id,
                Locale::En => Style::En,
            })
            .collect();
        Styles { by_column }
    }
}

/// Evidence of all columns of a submission.
#[derive(Debug, Clone)]
pub(super) struct Witness {
    evidence: Vec<Evidence>,
}

impl Witness {
    pub(super) fn new(columns: usize) -> Witness {
        Witness {
            evidence: vec![Evidence::default(); columns],
        }
    }

    pub(super) fn observe(&mut self, column: usize, text: &str) {
        self.evidence[column].observe(text);
    }

    /// As [`Witness::observe`], of a cell that was read as a plain number.
    pub(super) fn add(&mut self, column: usize, proof: Proof) {
        self.evidence[column].add(proof);
    }

    pub(super) fn merge(&mut self, other: &Witness) {
        for (evidence, more) in self.evidence.iter_mut().zip(&other.evidence) {
            evidence.merge(more);
        }
    }

    /// What the evidence proves, and the columns (by index) where it leaves the declared style standing only
    /// because nothing speaks against it.
    pub(super) fn decide(&self, declared: &Styles) -> (Styles, Vec<usize>) {
        let mut ambiguous = Vec::new();
        let mut by_column = Vec::with_capacity(self.evidence.len());
        for (index, evidence) in self.evidence.iter().enumerate() {
            let (style, certainty) = evidence.decide(declared.by_column[index]);
            if certainty == Certainty::Ambiguous {
                ambiguous.push(index);
            }
            by_column.push(style);
        }
        (Styles { by_column }, ambiguous)
    }
}
