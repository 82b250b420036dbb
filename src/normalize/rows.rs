//! Rows that are no data: blank, total, footnote and numbering rows, and the foot of a table.

mod whole;

pub(super) use whole::{Whole, is_all, summed, whole};

use crate::domain::{date, text};
use crate::read::{Block, Cell};

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowKind {
    Data,
    Blank,
    /// Sums of other rows: used as a check, not as data.
    Total,
    /// Sources, remarks, signatures, means of other rows.
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
    "subjumlah",
    "grand total",
    "jml",
    "total keseluruhan",
];

/// First words of rows of means, in normal form.
const MEANS: [&str; 4] = ["rata rata", "rerata", "rataan", "average"];

/// First words of footnotes and signatures, in normal form.
const FOOTNOTES: [&str; 13] = [
    "hal",
    "halaman",
    "page",
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

/// Further first words of what stands below a table, in normal form: whoever answers for it, and how.
const SIGNATURES: [&str; 25] = [
    "menyetujui",
    "kepala",
    "plt",
    "plh",
    "pj",
    "a n",
    "sekretaris",
    "bupati",
    "wali kota",
    "walikota",
    "gubernur",
    "camat",
    "direktur",
    "ketua",
    "petugas",
    "pembuat",
    "dibuat oleh",
    "penanggung jawab",
    "hormat kami",
    "ttd",
    "tertanda",
    "nip",
    "nrp",
    "demikian",
    "dicetak",
];

/// Most cells of a row below a table: two or three sign side by side.
const MOST_SIGNATURES: usize = 3;

/// From here on a number is that of a civil servant (18 digits), who signs.
const STAFF_NUMBER: f64 = 1e14;

/// First row of the block's foot, or the number of its rows: what stands below a table for its readers, from a remark, or
/// the place and date of a signature, to the end. The names of those who sign are no data and must be kept nowhere. `used`
/// is the number of columns that the contract reads.
pub(super) fn foot(block: &Block, from: usize, used: usize) -> usize {
    let mut first = block.rows();
    if used <= 2 {
        return first;
    }
    let most = (used / 2).min(MOST_SIGNATURES);
    for row in (from..block.rows()).rev() {
        let mut texts = 0;
        let mut begins = true;
        for &raw in block.row(row) {
            match block.view(raw) {
                Cell::Empty => {}
                Cell::Text(text) if text.trim().is_empty() => {}
                Cell::Text(text) if !text::is_figure(text) => {
                    texts += 1;
                    begins &= begins_foot(text);
                }
                Cell::Integer(number) if number.unsigned_abs() >= STAFF_NUMBER as u64 => {}
                Cell::Float(number) if number >= STAFF_NUMBER => {}
                // A figure: the table's last row, or a total.
                _ => return first,
            }
        }
        if texts > most {
            return first;
        }
        if begins && texts > 0 {
            first = row;
        }
    }
    first
}

/// Whether a text is a remark about a table or a page, and no title: `Sumber: …`, `Halaman 2`, `*) angka sementara`.
pub(super) fn is_remark(text: &str) -> bool {
    starts_with_word(&text::normal(text), &FOOTNOTES) || is_note(text)
}

fn begins_foot(text: &str) -> bool {
    let normal = text::normal(text);
    let leads = |words: &[&str]| starts_with_word(&normal, words);
    leads(&FOOTNOTES) || leads(&SIGNATURES) || is_note(text) || is_place_and_date(text)
}

/// `Bandung, 3 November 2026`, `Bandung,      November 2026`.
fn is_place_and_date(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_place = |words: &[&str]| {
        let letters = |word: &&str| {
            word.chars()
                .all(|letter| letter.is_alphabetic() || ".,".contains(letter))
        };
        !words.is_empty() && words.iter().all(letters)
    };
    let (place, day) = words.split_at(words.len().saturating_sub(3));
    if is_place(place) && date::parse_date(&day.join(" ")).is_ok() {
        return true;
    }
    text.split_once(',').is_some_and(|(place, day)| {
        is_place(&place.split_whitespace().collect::<Vec<_>>())
            && day.split_whitespace().last().is_some_and(text::is_year)
    })
}

/// Tells what a row is. `used` are the sheet columns that the contract reads.
pub(super) fn classify(block: &Block, row: usize, used: &[usize]) -> RowKind {
    let mut filled = 0;
    let mut first: Option<Cell<'_>> = None;
    for &raw in block.row(row) {
        let cell = block.view(raw);
        let is_blank = match cell {
            // What is merged over several rows says nothing of this one.
            Cell::Empty | Cell::Spread(_) => true,
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
    let is_note = is_note(lead);
    if lead.len() > 200
        || !(is_note || lead.starts_with(|letter: char| letter.is_alphabetic() || "*(\u{a0} ".contains(letter)))
    {
        return RowKind::Data;
    }
    let normal = text::normal(lead);
    if (starts_with_word(&normal, &TOTALS) || ends_as_total(lead)) && leads_no_text_column(block, row, used) {
        return RowKind::Total;
    }
    if starts_with_word(&normal, &MEANS) && leads_no_text_column(block, row, used) {
        return RowKind::Footnote;
    }
    let is_remark = starts_with_word(&normal, &FOOTNOTES) || is_note;
    let has_figure = block.row(row).iter().any(|&raw| match block.view(raw) {
        Cell::Text(text) => text::is_figure(text),
        Cell::Empty => false,
        _ => true,
    });
    if is_remark && filled <= 2 && used.len() > 2 && !has_figure {
        RowKind::Footnote
    } else {
        RowKind::Data
    }
}

/// `*) angka sementara`, `1) angka sementara`, `r) angka diperbaiki`.
fn is_note(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('*') || matches!(text.as_bytes(), [mark, b')', b' ', ..] if mark.is_ascii_alphanumeric())
}

/// Whether a header or label names a sum.
pub(super) fn is_total(text: &str) -> bool {
    TOTALS.contains(&text::normal(text).as_str())
}

/// `Kota Bandung (jumlah)`.
fn ends_as_total(lead: &str) -> bool {
    text::bracket(lead).is_some_and(|(_, inside, after)| after.trim().is_empty() && is_total(inside))
}

/// Whether a row that begins with this text may be a total, a footnote or a numbering.
pub(super) fn is_label(lead: &str) -> bool {
    let normal = text::normal(lead);
    lead.trim_start().starts_with('(')
        || is_note(lead)
        || starts_with_word(&normal, &TOTALS)
        || ends_as_total(lead)
        || starts_with_word(&normal, &MEANS)
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
pub(super) fn leads_no_text_column(block: &Block, row: usize, used: &[usize]) -> bool {
    let texts = used
        .iter()
        .filter(|&&column| matches!(block.cell(row, column), Cell::Text(text) if is_word(text)))
        .count();
    texts <= 1
}

/// A text with letters, but `Rp 3.500.000` and `12 kg` are figures.
fn is_word(text: &str) -> bool {
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
    letters > 3 || (letters > 0 && !text.bytes().any(|byte| byte.is_ascii_digit()))
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

    fn kind(cells: &[&str]) -> RowKind {
        let used: Vec<usize> = (0..cells.len()).collect();
        classify(&Block::of_rows(1, &[cells]), 0, &used)
    }

    #[test]
    fn tells_rows_apart() {
        assert_eq!(kind(&["32.73", "Kota Bandung", "10"]), RowKind::Data);
        assert_eq!(kind(&["", " ", ""]), RowKind::Blank);
        assert_eq!(kind(&["Jumlah", "", "10", "20"]), RowKind::Total);
        assert_eq!(kind(&["TOTAL Provinsi", "", "10", "20"]), RowKind::Total);
        assert_eq!(kind(&["", "Jumlah", "10", "20"]), RowKind::Total);
        assert_eq!(kind(&["Kota Bandung (jumlah)", "10", "20"]), RowKind::Total);
        assert_eq!(kind(&["Subjumlah", "", "10", "20"]), RowKind::Total);
        assert_eq!(kind(&["Sumber: Dinas Dukcapil", "", "", ""]), RowKind::Footnote);
        assert_eq!(kind(&["*) angka sementara", "", "", ""]), RowKind::Footnote);
        assert_eq!(kind(&["Jumlah", "", "15", "14", "Rp 3.500.000"]), RowKind::Total);
        assert_eq!(kind(&["", "Rata-rata", "", "134", "129,5"]), RowKind::Footnote);
        assert_eq!(kind(&["1) angka sementara", "", "", ""]), RowKind::Footnote);
        assert_eq!(kind(&["r) angka diperbaiki", "", "", ""]), RowKind::Footnote);
        assert_eq!(kind(&["1) Beras Medium", "15.000", ""]), RowKind::Data);
        assert_eq!(kind(&["*Minyak Goreng", "16000", ""]), RowKind::Data);
        assert_eq!(kind(&["(1)", "(2)", "(3)"]), RowKind::Numbering);
        assert_eq!(kind(&["1", "2", "3"]), RowKind::Data);
        assert_eq!(kind(&["Totalitas Layanan", "applied", "3"]), RowKind::Data);
        assert_eq!(kind(&["Total Football untuk Desa", "penerapan", "3"]), RowKind::Data);
        assert_eq!(kind(&["Sumberjo", "1", "3", "4"]), RowKind::Data);
    }

    fn foot_of(rows: &[&[&str]]) -> usize {
        foot(&Block::of_rows(1, rows), 0, 6)
    }

    #[test]
    fn a_foot_goes_from_place_and_date_to_the_end() {
        let data: &[&str] = &["32.73", "2025", "10", "20", "30", "5"];
        let blank: &[&str] = &["", "", "", "", "", ""];
        for begin in [
            "Bandung, 3 November 2026",
            "Bandung,      November 2026",
            "Mengetahui,",
            "Plt. Kepala Dinas Pendidikan",
            "a.n. Bupati Sleman",
            "Sumber: Dinas Dukcapil",
            "*) angka sementara",
        ] {
            let rows = [
                data,
                blank,
                &["", "", "", begin],
                &["", "Sekretaris Dinas", "", "Kepala Dinas"],
                blank,
                &["", "", "", "Drs. H. Contoh Nama, M.Pd."],
                &["", "", "", "19680101 199503 1 001"],
                &["197001011990031001"],
            ];
            assert_eq!(foot_of(&rows), 2, "{begin}");
        }
    }

    #[test]
    fn what_is_no_foot_is_left_to_be_read() {
        let data: &[&str] = &["32.73", "2025", "10", "20", "30", "5"];
        // Below the signature stands data again; a sparse row without such a beginning may be data with gaps.
        assert_eq!(foot_of(&[data, &["Mengetahui,"], data]), 3);
        assert_eq!(foot_of(&[data, &["Kota Bandung", "Antrean daring"]]), 2);
        assert_eq!(foot_of(&[data, &["Kota Bandung", "2025", "12"], &["Mengetahui"]]), 2);
        assert_eq!(foot_of(&[data, &["Sumber", "a", "b", "c"]]), 2);
        assert_eq!(
            foot_of(&[data, &["INV-C", "Camat Menyapa", "Uji coba"], &["INV-D", "Sapa Guru"]]),
            3
        );
    }
}
