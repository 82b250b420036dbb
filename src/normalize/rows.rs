//! Rows that are no data: blank, total, footnote and numbering rows, and the foot of a table.

use crate::domain::{axis, date, text};
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

/// What a row is of that names no part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    Sum,
    Mean,
    /// The table at another time, or what it is held against; what it adds up is not known.
    Beside,
}

/// Whether a name is that of all parts: `Semua`, `Seluruh Pasar`.
pub(super) fn is_all(name: &str) -> bool {
    let mut words = name.split_whitespace();
    let first = words.next().map(str::to_lowercase);
    first.is_some_and(|word| word == "semua" || word == "seluruh") && words.nth(1).is_none()
}

/// What a name in a column of parts is that names none of them: the sender's own region, `Jumlah`, `Rata-rata Kota`, `Bulan
/// lalu`, `Target 2026`. `own` is the region's name.
pub(super) fn whole(name: &str, own: Option<&str>) -> Option<Whole> {
    let name = name.trim();
    let begins = |word: &str| {
        let head = name.get(..word.len()).filter(|head| head.eq_ignore_ascii_case(word));
        head.is_some() && !name[word.len()..].starts_with(char::is_alphanumeric)
    };
    let is_extreme = || {
        ["tertinggi", "terendah"]
            .iter()
            .any(|word| name.eq_ignore_ascii_case(word))
    };
    if ["rata-rata", "rata rata", "rata2", "rerata"].into_iter().any(begins) || is_extreme() {
        return Some(Whole::Mean);
    }
    if BESIDE.into_iter().any(begins) || is_of_time_passed(name) || stands_beside(name) {
        return Some(Whole::Beside);
    }
    let is_sum = ["jumlah", "total", "grand total"]
        .iter()
        .any(|word| name.eq_ignore_ascii_case(word));
    // `Total Kab. Ngawi`, but `Total Persada` is a name.
    let is_own = |name: &str| {
        let class = |own: &str| {
            own.split(' ')
                .next()
                .is_some_and(|class| name.eq_ignore_ascii_case(class))
        };
        own.is_some_and(|own| name.eq_ignore_ascii_case(own) || class(own) || is_short_for(name, own))
    };
    let words = ["jumlah ", "total "];
    let of_sum = || {
        let mut heads = words.iter().filter_map(|word| Some((name.get(..word.len())?, *word)));
        heads.any(|(head, word)| head.eq_ignore_ascii_case(word) && is_own(name[word.len()..].trim()))
    };
    (is_sum || is_own(name) || of_sum()).then_some(Whole::Sum)
}

/// What a name says to be added up: `Stok` of `Total Stok`, which may be a name too.
pub(super) fn summed(name: &str) -> Option<&str> {
    let (first, rest) = name.trim().split_once(' ')?;
    ["jumlah", "total", "jml"]
        .iter()
        .any(|word| first.eq_ignore_ascii_case(word))
        .then_some(rest)
}

/// Whether a name is that of a region with its class shortened: `Kab. Ngawi`.
fn is_short_for(name: &str, own: &str) -> bool {
    let (Some((class, rest)), Some((whole, own))) = (name.split_once([' ', '.']), own.split_once(' ')) else {
        return false;
    };
    let begins = |head: &str| head.eq_ignore_ascii_case(class);
    let rest = rest.trim_start_matches(['.', ' ']);
    rest.eq_ignore_ascii_case(own) && class.len() > 2 && whole.get(..class.len()).is_some_and(begins)
}

/// Whether a name ends with a time as seen from the table's: `Stok bulan lalu`, `Kunjungan s.d. bulan ini`.
fn is_of_time_passed(name: &str) -> bool {
    const LONGEST: usize = 60;
    let mut words = name.split_whitespace().rev();
    let last = words.next().unwrap_or_default();
    name.len() <= LONGEST
        && PASSED.iter().any(|word| last.eq_ignore_ascii_case(word))
        && words.next().is_some_and(|time| {
            ["bulan", "bln", "tahun", "thn", "minggu", "periode"]
                .iter()
                .any(|word| time.eq_ignore_ascii_case(word))
        })
}

/// First words of rows that are of another time, are carried from one page to the next, or give prices that were set.
const BESIDE: [&str; 16] = [
    "kumulatif s.d.",
    "kumulatif s/d",
    "kumulatif sampai",
    "s.d.",
    "s/d",
    "pindahan",
    "kemarin",
    "het",
    "hap",
    "hpp",
    "harga acuan",
    "harga eceran",
    "harga tertinggi",
    "harga terendah",
    "provinsi",
    "prov.",
];

/// First words of rows below a table that are held against it, and are no part of it.
const COMPARED: [&str; 19] = [
    "target",
    "kebutuhan",
    "sisa",
    "selisih",
    "pertumbuhan",
    "persentase",
    "prosentase",
    "persen",
    "realisasi",
    "capaian",
    "kenaikan",
    "penurunan",
    "naik",
    "perubahan",
    "deviasi",
    "yoy",
    "mtm",
    "ytd",
    "growth",
];

/// Words for times as seen from that of the table, in normal form.
const PASSED: [&str; 3] = ["ini", "lalu", "sebelumnya"];

/// Most words of a name that says what the table is held against, and with which year: `Target Kunjungan Wisatawan 2026`.
const COMPARED_WORDS: usize = 5;

/// Whether a name in a column of parts says what the row compares the table with, or another time: `Target 2026`,
/// `Selisih`, `% Capaian`, `Pertumbuhan (%)`, `Okt 2025`. A name with any other word and no year is that of a part.
fn stands_beside(name: &str) -> bool {
    // A few words at most; most names are told from these by their first one.
    const LONGEST: usize = 60;
    let name = name.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    let begins = |word: &&str| {
        let head = name.get(..word.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(word))
    };
    let is_time =
        |word: &str| axis::is_month(word) || ["tahun", "thn", "bulan", "bln", "tanggal", "tgl"].contains(&word);
    let mut words = name.split_whitespace();
    let first = words.next().unwrap_or_default();
    let last = words.next_back().unwrap_or_default();
    let has_digit = name.bytes().any(|byte| byte.is_ascii_digit());
    let may_be_time = has_digit || PASSED.iter().any(|word| last.eq_ignore_ascii_case(word));
    let is_compared = COMPARED.iter().any(begins);
    if name.len() > LONGEST || !(is_compared || (may_be_time && is_time(&first.to_lowercase()))) {
        return false;
    }
    let normal = text::normal(name);
    let is_of_time = |word: &str| is_time(word) || text::is_year(word) || PASSED.contains(&word);
    let is_link =
        |word: &str| ["s", "d", "sd", "dan", "dari", "terhadap", "rp", "turun", "per", "hari"].contains(&word);
    let is_day = |word: &str| word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_other = |word: &str| !is_of_time(word) && !is_day(word) && !is_link(word) && !COMPARED.contains(&word);
    // A month or the word `Tahun` alone may be a name.
    let names_day = ["tgl ", "tanggal "].iter().any(|word| normal.starts_with(word)) && normal.split(' ').any(is_day);
    let is_whole_time = names_day || normal.split(' ').any(|word| is_of_time(word) && !is_time(word));
    let is_dated = COMPARED.contains(&normal.split(' ').next().unwrap_or_default())
        && normal.split(' ').any(text::is_year)
        && normal.split(' ').count() <= COMPARED_WORDS;
    is_dated || (!normal.split(' ').any(is_other) && (is_compared || is_whole_time))
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

    #[test]
    fn names_of_the_whole_are_no_parts() {
        let of = |name| whole(name, Some("Kota Bandung"));
        assert_eq!(of("KOTA BANDUNG"), Some(Whole::Sum));
        assert_eq!(of(" Total "), Some(Whole::Sum));
        assert_eq!(of("Rata-rata Kota"), Some(Whole::Mean));
        assert_eq!(of("Tertinggi"), Some(Whole::Mean));
        assert_eq!(of("Jumlah Kota Bandung"), Some(Whole::Sum));
        assert_eq!(whole("Total Kab. Ngawi", Some("Kabupaten Ngawi")), Some(Whole::Sum));
        assert_eq!(whole("Total Kab. Ngawi", Some("Kota Ngawi")), None);
        assert_eq!(of("Kota"), Some(Whole::Sum));
        assert_eq!(summed("Total Stok"), Some("Stok"));
        for name in [
            "Kota Bandung Barat",
            "Total Persada",
            "Pasar Jumlah",
            "Rata",
            "",
            "Ratarata",
        ] {
            assert_eq!(of(name), None, "{name}");
        }
    }

    #[test]
    fn what_is_held_against_a_table_is_no_part_of_it() {
        for name in [
            "Target 2026",
            "Selisih",
            "Pertumbuhan (%)",
            "Persentase",
            "Realisasi 2025",
            "Okt 2025",
            "Tahun 2025",
            "Capaian Target (%)",
            "Realisasi s.d. Okt 2025",
            "naik/turun",
            "Target Kunjungan 2026",
            "Sisa Target",
            "% Capaian",
            "YoY (%)",
            "Bulan lalu",
            "Stok bulan lalu",
            "Kunjungan s.d. bulan lalu",
            "Kebutuhan per hari",
            "Pindahan",
            "HET",
            "Tgl 11 November",
            "Provinsi Jawa Tengah",
            "Harga tertinggi",
            "Minggu lalu",
        ] {
            assert_eq!(whole(name, None), Some(Whole::Beside), "{name}");
        }
        for name in [
            "Target Indah",
            "Pantai Selisih",
            "Oktober",
            "Mei",
            "Tahun Baru",
            "Bulan",
            "Taman 2025",
            "2025",
            "Targetan",
            "Kec. Realisasi",
            "Target Kunjungan",
            "Sisaan 2026",
            "",
        ] {
            assert_eq!(whole(name, None), None, "{name}");
        }
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
