//! Number styles and the order of dates, settled by column evidence and never cell by cell.

use super::route::{Layout, RoutedSheet};
use crate::config::{ColumnType, Contract, Locale};
use crate::domain::date::{self, Order};
use crate::domain::number::{Certainty, Evidence, Proof, Style};
use crate::read::{Block, Cell};

/// The style in which each contract column's text numbers are read, and its dates, by column index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Styles {
    pub by_column: Vec<Style>,
    /// Dates in this column have the month first where they show their order, and never the day: then those that do not
    /// show it are refused too.
    pub month_first: Vec<bool>,
}

impl Styles {
    /// The contract's locales: what is assumed before there is evidence.
    pub fn declared(contract: &Contract) -> Styles {
        let by_column: Vec<Style> = contract
            .columns
            .values()
            .map(|column| match column.locale {
                Locale::Id => Style::Id,
                Locale::En => Style::En,
            })
            .collect();
        Styles {
            month_first: vec![false; by_column.len()],
            by_column,
        }
    }

    /// What the first blocks of the sheets prove, else the contract's locales: what reading begins with. Where later
    /// blocks prove something else, the sheets are read again.
    pub fn begun_with(contract: &Contract, sheets: &[&RoutedSheet]) -> Styles {
        let mut witness = Witness::new(contract.columns.len());
        for sheet in sheets {
            witness.merge(&sheet.witness);
        }
        witness.decide(&Styles::declared(contract)).0
    }
}

/// Evidence of all columns of a submission.
#[derive(Debug, Clone)]
pub(super) struct Witness {
    evidence: Vec<Evidence>,
    /// Whether dates were seen with the day first, and with the month first.
    orders: Vec<(bool, bool)>,
}

impl Witness {
    pub(super) fn new(columns: usize) -> Witness {
        Witness {
            evidence: vec![Evidence::default(); columns],
            orders: vec![(false, false); columns],
        }
    }

    /// Evidence of the rows of a block that are data.
    pub(super) fn of(contract: &Contract, layout: &Layout, block: &Block) -> Witness {
        let mut witness = Witness::new(contract.columns.len());
        for (index, column) in contract.columns.values().enumerate() {
            let is_date = column.kind == ColumnType::Date;
            let Some(source) = layout.columns.source[index].filter(|_| is_date || column.kind.is_measure()) else {
                continue;
            };
            for row in layout.skip_rows..block.rows() {
                match block.cell(row, source) {
                    Cell::Text(text) if is_date => witness.observe_date(index, text),
                    Cell::Text(text) => witness.observe(index, column.kind, layout.columns.power[index], text),
                    _ => {}
                }
            }
        }
        witness
    }

    /// Takes a cell of a column of figures into account. `power` is the power of ten that its header gives.
    pub(super) fn observe(&mut self, column: usize, kind: ColumnType, power: u32, text: &str) {
        let evidence = &mut self.evidence[column];
        match (kind, text.contains('.'), text.contains(',')) {
            // A count has no decimals, so its one kind of mark sets thousands apart; one in thousands has.
            (ColumnType::Count, true, false) if power == 0 => evidence.observe(&format!("{},0", text.trim())),
            (ColumnType::Count, false, true) if power == 0 => evidence.observe(&format!("{}.0", text.trim())),
            (ColumnType::Money, ..) if power == 0 => evidence.observe_amount(text),
            _ => evidence.observe(text),
        }
    }

    /// Takes a cell of a column of dates into account.
    pub(super) fn observe_date(&mut self, column: usize, text: &str) {
        let (day_first, month_first) = &mut self.orders[column];
        match date::order(text) {
            Some(Order::DayFirst) => *day_first = true,
            Some(Order::MonthFirst) => *month_first = true,
            Some(Order::Either) | None => {}
        }
    }

    /// As [`Witness::observe`], of a cell that was read as a plain number.
    pub(super) fn add(&mut self, column: usize, proof: Proof) {
        self.evidence[column].add(proof);
    }

    pub(super) fn merge(&mut self, other: &Witness) {
        for (evidence, more) in self.evidence.iter_mut().zip(&other.evidence) {
            evidence.merge(more);
        }
        for (order, more) in self.orders.iter_mut().zip(&other.orders) {
            order.0 |= more.0;
            order.1 |= more.1;
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
        let month_first = self.orders.iter().map(|(day, month)| *month && !*day).collect();
        (Styles { by_column, month_first }, ambiguous)
    }
}
