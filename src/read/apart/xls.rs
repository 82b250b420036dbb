//! How the cells of an XLS workbook look (MS-XLS; BIFF5 and BIFF8): its number formats.

use super::compound::{stream, u16_at, u32_at};
use super::looks::{Look, SheetLooks};
use crate::format::sealed;
use crate::read::Epoch;
use crate::read::shown::Shows;
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

/// Version of the format since Excel 97.
const BIFF8: u16 = 0x0600;

/// What a workbook says before its sheets.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// It is locked with a password.
    pub is_locked: bool,
    /// Its texts are Unicode, whatever code page it names.
    pub is_unicode: bool,
}

/// Reads it; what cannot be read says nothing.
pub(super) fn head(path: &Path) -> Head {
    let book = bytes(path).and_then(|file| stream(&file, &["Workbook", "Book"]));
    let mut head = Head::default();
    for (kind, data) in Records(&book.unwrap_or_default()) {
        match kind {
            0x0809 => head.is_unicode = u16_at(data, 0) == Some(BIFF8),
            0x002F => head.is_locked = true,
            0x000A => break,
            _ => {}
        }
    }
    head
}

/// The looks of each sheet, in the order of the workbook. What cannot be read looks like nothing. `merged` are added by
/// the caller, whose library knows them.
pub(super) fn looks(path: &Path) -> Option<Vec<SheetLooks>> {
    looks_in(&bytes(path)?)
}

/// The whole file, which the library reads whole too.
fn bytes(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    sealed::open(path).ok()?.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn looks_in(file: &[u8]) -> Option<Vec<SheetLooks>> {
    let book = stream(file, &["Workbook", "Book"])?;
    let mut sheets = Vec::new();
    let mut formats = HashMap::new();
    let mut styles = Vec::new();
    let mut is_biff8 = false;
    let mut epoch = Epoch::Year1900;
    for (kind, data) in Records(&book) {
        match kind {
            0x0809 => is_biff8 = u16_at(data, 0)? == BIFF8,
            0x041E => {
                let code = format_code(data, is_biff8).unwrap_or_default();
                formats.insert(u16_at(data, 0)?, Shows::of(&code));
            }
            0x00E0 => styles.push(u16_at(data, 2)?),
            0x0022 if u16_at(data, 0)? == 1 => epoch = Epoch::Year1904,
            0x0085 => sheets.push(u32_at(data, 0)? as usize),
            0x000A => break,
            _ => {}
        }
    }
    let shows: Vec<Shows> = styles
        .into_iter()
        .map(|format| formats.get(&format).copied().unwrap_or(Shows::builtin(format)))
        .collect();
    let sheet = |start| sheet(&book, start, &shows).counted_from(Some(epoch));
    Some(sheets.into_iter().map(sheet).collect())
}

fn sheet(book: &[u8], start: usize, shows: &[Shows]) -> SheetLooks {
    let mut looks = SheetLooks::default();
    // Charts within the sheet are streams of their own, with cells of their own.
    let mut depth = 0;
    for (kind, data) in Records(book.get(start..).unwrap_or_default()) {
        match kind {
            0x0809 => depth += 1,
            0x000A if depth <= 1 => break,
            0x000A => depth -= 1,
            _ if depth > 1 => {}
            // A row, with its flags.
            0x0208 => {
                if let (Some(row), Some(flags)) = (u16_at(data, 0), u16_at(data, 12))
                    && flags & 0x20 != 0
                {
                    looks.hide(u32::from(row), u32::from(row));
                }
            }
            // Number, RK, formula: row, column, style.
            0x0203 | 0x027E | 0x0006 => note(&mut looks, data, 2, 4, 0, shows),
            // Several RKs of a row: row, first column, then style and number of each.
            0x00BD => {
                (0..data.len().saturating_sub(6) / 6).for_each(|at| note(&mut looks, data, 2, 4 + 6 * at, at, shows))
            }
            _ => {}
        }
    }
    looks
}

fn note(looks: &mut SheetLooks, data: &[u8], column: usize, style: usize, right: usize, shows: &[Shows]) {
    let (Some(row), Some(column), Some(style)) = (u16_at(data, 0), u16_at(data, column), u16_at(data, style)) else {
        return;
    };
    let cell = (u32::from(row), u32::from(column) + right as u32);
    if let Some(&shows) = shows.get(usize::from(style)) {
        looks.note(cell, cell, Look::Shows(shows));
    }
}

fn format_code(data: &[u8], is_biff8: bool) -> Option<String> {
    if !is_biff8 {
        let length = usize::from(*data.get(2)?);
        return Some(data.get(3..3 + length)?.iter().map(|&byte| char::from(byte)).collect());
    }
    let length = usize::from(u16_at(data, 2)?);
    let is_wide = data.get(4)? & 1 == 1;
    let text = data.get(5..)?;
    Some(match is_wide {
        true => {
            let units: Vec<u16> = text
                .chunks_exact(2)
                .take(length)
                .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
                .collect();
            String::from_utf16_lossy(&units)
        }
        false => text.iter().take(length).map(|&byte| char::from(byte)).collect(),
    })
}

/// Kind and data of each record, until the bytes end.
struct Records<'b>(&'b [u8]);

impl<'b> Iterator for Records<'b> {
    type Item = (u16, &'b [u8]);

    fn next(&mut self) -> Option<(u16, &'b [u8])> {
        let kind = u16_at(self.0, 0)?;
        let length = usize::from(u16_at(self.0, 2)?);
        let data = self.0.get(4..4 + length)?;
        self.0 = &self.0[4 + length..];
        Some((kind, data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workbook of the samples: percentages in columns E to G.
    fn sample() -> Vec<u8> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        std::fs::read(root.join("samples/officers/percent-formats-xls.xls")).unwrap()
    }

    #[test]
    fn percentages_are_seen_by_their_format() {
        let looks = looks_in(&sample()).unwrap();
        let row = looks[0].row(1).unwrap();
        let seen: Vec<bool> = (0..8)
            .map(|column| row.at(column) == Some(&Look::Shows(Shows::Percent)))
            .collect();
        assert_eq!(seen, [false, false, false, false, true, true, true, false]);
        assert!(looks[0].row(0).is_none(), "the header has no numbers");
    }

    #[test]
    fn a_damaged_workbook_stops_nothing() {
        let whole = sample();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x55;
            let _ = looks_in(&damaged);
            if at % 64 == 0 {
                let _ = looks_in(&whole[..at]);
            }
        }
        // A chain of sectors in a circle: every sector is followed by the first.
        let mut circle = whole;
        circle[512..].fill(0);
        assert!(looks_in(&circle).is_none());
    }
}
