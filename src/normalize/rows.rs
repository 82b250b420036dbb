//! Rows that are no data: blank, total, footnote and numbering rows.

use crate::domain::text;
use crate::read::{Block, Cell};

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowKind {
    Data,
    Blank,
    /// Sums or means of other rows: used as a check, not as data.
    Total,
    /// Sources, remarks, signatures.
    Footnote,
    /// `(1) (2) (3)` under a header.
    Numbering,
}

/// First words of total rows, in normal form.
const TOTALS: [&str; 9] = [
    "jumlah",
    "total",
    "sub total",
    "subtotal",
    "sub jumlah",
    "grand total",
    "rata rata",
    "jml",
    "total keseluruhan",
];

/// First words of footnotes and signatures, in normal form.
const FOOTNOTES: [&str; 10] = [
    "sumber",
    "catatan",
    "keterangan",
    "ket",
    "source",
    "note",
    "notes",
    "mengetahui",
    "kepala dinas",
    "diolah",
];

/// Tells what a row is. `used` are the sheet columns that the contract reads.
pub(super) fn classify(block: &Block, row: usize, used: &[usize]) -> RowKind {
    let mut filled = 0;
    let mut first: Option<Cell<'_>> = None;
    for &raw in block.row(row) {
        let cell = block.view(raw);
        let is_blank = match cell {
            Cell::Empty => true,
            Cell::Text(text) => text.trim().is_empty(),
            _ => false,
        };
        if !is_blank {
            filled += 1;
            first.get_or_insert(cell);
        }
    }
    let Some(first) = first else { return RowKind::Blank };
    if filled > 1 && is_numbering(block, row) {
        return RowKind::Numbering;
    }
    let Cell::Text(lead) = first else { return RowKind::Data };
    // Only short texts can be such words; the normal form costs an allocation.
    if lead.len() > 200 || !lead.starts_with(|letter: char| letter.is_alphabetic() || "*(\u{a0} ".contains(letter)) {
        return RowKind::Data;
    }
    let normal = text::normal(lead);
    if starts_with_word(&normal, &TOTALS) && leads_no_text_column(block, row, used) {
        return RowKind::Total;
    }
    let is_remark = starts_with_word(&normal, &FOOTNOTES) || lead.trim_start().starts_with('*');
    if is_remark && filled <= 2 && used.len() > 2 {
        RowKind::Footnote
    } else {
        RowKind::Data
    }
}

/// Whether a row that begins with this text may be a total, a footnote or a numbering.
pub(super) fn is_label(lead: &str) -> bool {
    let normal = text::normal(lead);
    lead.trim_start().starts_with(['*', '('])
        || starts_with_word(&normal, &TOTALS)
        || starts_with_word(&normal, &FOOTNOTES)
}

fn starts_with_word(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        text.strip_prefix(word)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    })
}

/// A total row has numbers, blanks and its own label: an innovation whose title begins with "Total" has other
/// texts beside it.
fn leads_no_text_column(block: &Block, row: usize, used: &[usize]) -> bool {
    let texts = used
        .iter()
        .filter(|&&column| matches!(block.cell(row, column), Cell::Text(text) if text.chars().any(char::is_alphabetic)))
        .count();
    texts <= 1
}

/// `(1)`, `(2)`, … or `1`, `2`, … counting the columns.
fn is_numbering(block: &Block, row: usize) -> bool {
    let mut expected = 1;
    for &raw in block.row(row) {
        let number = match block.view(raw) {
            Cell::Empty => continue,
            Cell::Text(text) => match text.trim().strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
                Some(inside) => inside.trim().parse::<i64>().ok(),
                None => None,
            },
            _ => None,
        };
        if number != Some(expected) {
            return false;
        }
        expected += 1;
    }
    expected > 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::RawCell;

    fn block(cells: &[&str]) -> Block {
        let mut block = Block::default();
        for cell in cells {
            let raw = match cell.parse::<i64>() {
                _ if cell.is_empty() => RawCell::Empty,
                Ok(number) => RawCell::Integer(number),
                Err(_) => RawCell::Text(block.push_text(cell)),
            };
            block.cells.push(raw);
        }
        block.end_row(1);
        block
    }

    fn kind(cells: &[&str]) -> RowKind {
        let used: Vec<usize> = (0..cells.len()).collect();
        classify(&block(cells), 0, &used)
    }

    #[test]
    fn tells_rows_apart() {
        assert_eq!(kind(&["32.73", "Kota Bandung", "10"]), RowKind::Data);
        assert_eq!(kind(&["", " ", ""]), RowKind::Blank);
        assert_eq!(kind(&["Jumlah", "", "10", "20"]), RowKind::Total);
        assert_eq!(kind(&["TOTAL Provinsi", "", "10", "20"]), RowKind::Total);
        assert_eq!(kind(&["", "Jumlah", "10", "20"]), RowKind::Total);
        assert_eq!(kind(&["Sumber: Dinas Dukcapil", "", "", ""]), RowKind::Footnote);
        assert_eq!(kind(&["*) angka sementara", "", "", ""]), RowKind::Footnote);
        assert_eq!(kind(&["(1)", "(2)", "(3)"]), RowKind::Numbering);
        assert_eq!(kind(&["1", "2", "3"]), RowKind::Data);
        assert_eq!(kind(&["Totalitas Layanan", "applied", "3"]), RowKind::Data);
        assert_eq!(kind(&["Total Football untuk Desa", "penerapan", "3"]), RowKind::Data);
        assert_eq!(kind(&["Sumberjo", "1", "3", "4"]), RowKind::Data);
    }
}
