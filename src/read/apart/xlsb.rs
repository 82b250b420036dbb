//! How the cells of an XLSB workbook look (MS-XLSB): number formats, results of formulas that are errors, ranges over several
//! rows.

use super::compound::{u16_at, u32_at};
use super::looks::{Look, SheetLooks};
use crate::format::sealed;
use crate::read::Epoch;
use crate::read::besides::{Archive, part, relations};
use crate::read::shown::Shows;
use std::collections::HashMap;
use std::io::{BufReader, Read};
use std::path::Path;
use zip::ZipArchive;

/// The looks of each sheet, in the order of the workbook. What cannot be read looks like nothing.
pub(super) fn looks(path: &Path) -> Option<Vec<SheetLooks>> {
    let mut archive = ZipArchive::new(BufReader::new(sealed::open(path).ok()?)).ok()?;
    let book = bytes(&mut archive, "xl/workbook.bin")?;
    let parts = relations(&mut archive, "xl", "xl/_rels/workbook.bin.rels");
    let shows = bytes(&mut archive, "xl/styles.bin").map_or_else(Vec::new, |styles| shows(&styles));
    let properties = Records(&book).find(|(kind, _)| *kind == 0x0099);
    let epoch = match properties.and_then(|(_, data)| u32_at(data, 0)) {
        Some(flags) if flags & 1 == 1 => Epoch::Year1904,
        _ => Epoch::Year1900,
    };
    let mut sheets = Vec::new();
    for (_, data) in Records(&book).filter(|(kind, _)| *kind == 0x009C) {
        // A sheet without a part of its own has no id.
        let Some(id) = text_at(data, 8) else { continue };
        let part = parts.get(&id).and_then(|(_, part)| bytes(&mut archive, part));
        let looks = part.map_or_else(SheetLooks::default, |part| sheet(&part, &shows));
        sheets.push(looks.counted_from(Some(epoch)));
    }
    Some(sheets)
}

fn bytes(archive: &mut Archive, name: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    part(archive, name)?.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// What each style shows.
fn shows(styles: &[u8]) -> Vec<Shows> {
    let mut formats = HashMap::new();
    let mut shows = Vec::new();
    let mut in_cells = false;
    for (kind, data) in Records(styles) {
        match kind {
            0x002C => {
                if let (Some(format), Some(code)) = (u16_at(data, 0), text_at(data, 2)) {
                    formats.insert(format, Shows::of(&code));
                }
            }
            0x0269 => in_cells = true,
            0x026A => in_cells = false,
            0x002F if in_cells => {
                let format = u16_at(data, 2).unwrap_or(0);
                shows.push(formats.get(&format).copied().unwrap_or(Shows::builtin(format)));
            }
            _ => {}
        }
    }
    shows
}

fn sheet(part: &[u8], shows: &[Shows]) -> SheetLooks {
    let mut looks = SheetLooks::default();
    let mut row = 0;
    for (kind, data) in Records(part) {
        match kind {
            0x0000 => {
                row = u32_at(data, 0).unwrap_or(row);
                if data.get(11).is_some_and(|flags| flags & 0x10 != 0) {
                    looks.hide(row, row);
                }
            }
            // RK, number, number of a formula: column, then the style in three bytes.
            0x0002 | 0x0005 | 0x0009 => {
                if let (Some(column), Some(style)) = (u32_at(data, 0), u32_at(data, 4)) {
                    let shows = shows.get((style & 0x00FF_FFFF) as usize);
                    looks.note(
                        (row, column),
                        (row, column),
                        Look::Shows(*shows.unwrap_or(&Shows::Number)),
                    );
                }
            }
            0x000B => {
                if let (Some(column), Some(code)) = (u32_at(data, 0), data.get(8)) {
                    looks.note((row, column), (row, column), Look::Error(error(*code).to_string()));
                }
            }
            0x00B0 => {
                let corners = [0, 4, 8, 12].map(|at| u32_at(data, at).unwrap_or(0));
                let [first_row, last_row, first_column, last_column] = corners;
                looks.merge([first_row, first_column, last_row, last_column]);
            }
            _ => {}
        }
    }
    looks
}

fn error(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}

/// A text with its length before it.
fn text_at(data: &[u8], at: usize) -> Option<String> {
    let length = u32_at(data, at)? as usize;
    let text = data.get(at + 4..)?.get(..length.checked_mul(2)?)?;
    let units: Vec<u16> = text
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    Some(String::from_utf16_lossy(&units))
}

/// Kind and data of each record, until the bytes end. Kind and length are written seven bits a byte.
struct Records<'b>(&'b [u8]);

impl Records<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }
}

impl<'b> Iterator for Records<'b> {
    type Item = (u16, &'b [u8]);

    fn next(&mut self) -> Option<(u16, &'b [u8])> {
        let mut kind = u16::from(self.byte()?);
        if kind & 0x80 != 0 {
            kind = (kind & 0x7F) | (u16::from(self.byte()? & 0x7F) << 7);
        }
        let mut length = 0;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?;
            length |= usize::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let data = self.0.get(..length)?;
        self.0 = &self.0[length..];
        Some((kind, data))
    }
}
