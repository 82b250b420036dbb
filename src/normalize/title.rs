//! What stands above a header: titles that say the period of a whole sheet.

use crate::config::Contract;
use crate::domain::period::{Grain, Period};
use crate::read::{Block, Cell};

/// Most words of a title that together may name a period (`Triwulan III Tahun 2024`).
const WINDOW: usize = 4;

/// The texts of the rows above the header.
pub(super) fn titles(block: &Block, header_row: usize) -> Vec<String> {
    let mut found = Vec::new();
    for row in 0..header_row {
        for &raw in block.row(row) {
            if let Cell::Text(text) = block.view(raw) {
                found.push(text.trim().to_string());
            }
        }
    }
    found
}

/// The one period that the titles name, in one of the contract's grains. Two different ones give none: then
/// the title does not say it.
pub(super) fn period(titles: &[String], contract: &Contract) -> Option<Period> {
    let grains: Vec<Grain> = contract.grains.iter().map(|grain| (*grain).into()).collect();
    let mut finest: Option<Period> = None;
    for title in titles {
        let Some(found) = period_in(title, &grains) else {
            continue;
        };
        match &finest {
            Some(known) if *known != found => return None,
            _ => finest = Some(found),
        }
    }
    finest
}

/// The period that the longest run of words names.
fn period_in(title: &str, grains: &[Grain]) -> Option<Period> {
    let words: Vec<&str> = title
        .split(|character: char| character.is_whitespace() || character == ',')
        .collect();
    for length in (1..=WINDOW.min(words.len())).rev() {
        for start in 0..=words.len() - length {
            let phrase = words[start..start + length].join(" ");
            if phrase.bytes().any(|byte| byte.is_ascii_digit())
                && let Ok(period) = Period::parse(phrase.trim_matches(['(', ')', '.', ':', ' ']), grains)
            {
                return Some(period);
            }
        }
    }
    None
}
