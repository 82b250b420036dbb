//! What the readers see in a file, cell by cell: for comparing them with the readers of others.

use super::apart::{Line, RowLine, SheetLine, value};
use super::{ReadError, ReadOptions, open};
use std::io::{self, Write};
use std::path::Path;

/// Writes the cells of a file of any format, in the lines of [`apart`](super::apart), or the code of the finding that
/// refuses it: `{"refused": "workbook-damaged"}`.
///
/// # Errors
/// Where nobody reads what is written.
pub fn write_cells(path: &Path, output: &mut impl Write) -> io::Result<()> {
    match cells(path, output) {
        Err(Trouble::Read(ReadError(finding))) => {
            serde_json::to_writer(&mut *output, &serde_json::json!({"refused": finding.code}))?;
            output.write_all(b"\n")
        }
        Err(Trouble::Write(error)) => Err(error),
        Ok(()) => output.flush(),
    }
}

enum Trouble {
    Read(ReadError),
    Write(io::Error),
}

impl From<ReadError> for Trouble {
    fn from(error: ReadError) -> Trouble {
        Trouble::Read(error)
    }
}

fn cells(path: &Path, output: &mut impl Write) -> Result<(), Trouble> {
    let mut say = |line: &Line| -> Result<(), Trouble> {
        let text = serde_json::to_string(line).map_err(|error| Trouble::Write(error.into()))?;
        writeln!(output, "{text}").map_err(Trouble::Write)
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut document = open(path, &name, &ReadOptions::default())?;
    let sheets = document.sheets().iter().map(|sheet| SheetLine {
        name: sheet.name.clone().unwrap_or_default(),
        hidden: sheet.hidden,
        merged: Vec::new(),
        epoch: None,
    });
    let sheets: Vec<SheetLine> = sheets.collect();
    let count = sheets.len();
    say(&Line::Sheets(sheets))?;
    for sheet in 0..count {
        let mut blocks = document.blocks(sheet)?;
        while let Some(block) = blocks.next_block()? {
            for row in 0..block.rows() {
                let cells = block.row(row).iter().map(|&raw| value(block.view(raw)));
                say(&Line::Row(RowLine {
                    sheet,
                    row: block.row_numbers[row],
                    cells: cells.collect(),
                    hidden: false,
                }))?;
            }
        }
    }
    say(&Line::End { again: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_told_as_they_are_read_and_a_refusal_by_its_code() {
        let folder = tempfile::tempdir().unwrap();
        let told = |name: &str, content: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            let mut output = Vec::new();
            write_cells(&path, &mut output).unwrap();
            String::from_utf8(output).unwrap()
        };
        let csv = told("a.csv", "Kode;Nilai\n01;\"1,5\"\n");
        let row = |number: u32, cells: &str| format!("{{\"row\":{{\"sheet\":0,\"row\":{number},\"cells\":{cells}}}}}");
        assert_eq!(
            csv.lines().skip(1).collect::<Vec<_>>(),
            [
                row(1, "[\"Kode\",\"Nilai\"]").as_str(),
                row(2, "[\"01\",\"1,5\"]").as_str(),
                "{\"end\":{\"again\":false}}"
            ]
        );
        assert_eq!(told("a.pdf", "%PDF-1.7"), "{\"refused\":\"file-not-data\"}\n");
    }
}
