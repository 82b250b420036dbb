//! How a delimited text is written: its encoding and its delimiter.

use super::super::ReadError;
use crate::finding::Finding;
use crate::format::{Opened, Utf8Reader, open_file, read_some, unreadable};
use encoding_rs::Encoding;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Decoded bytes looked at to find the delimiter.
const SAMPLE_BYTES: u64 = 64 << 10;

/// Bytes checked at a time.
const CHUNK_BYTES: usize = 1 << 20;

/// Delimiters, in the order in which they are preferred where nothing else decides.
const DELIMITERS: [u8; 4] = [b';', b'\t', b'|', b','];

/// How a delimited text is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Dialect {
    /// None for UTF-8.
    encoding: Option<&'static Encoding>,
    mark_bytes: u64,
    pub delimiter: u8,
    /// Decoded bytes of a first line `sep=;`, which is not data.
    pub first_line_bytes: u64,
}

impl Dialect {
    /// The text of a file, as UTF-8 and without its byte order mark.
    pub fn decode(&self, mut file: Opened) -> io::Result<Utf8Reader<Opened>> {
        file.seek(SeekFrom::Start(self.mark_bytes))?;
        Ok(Utf8Reader::new(file, self.encoding))
    }
}

/// Finds out how a file is written, and what its sender should know about that.
pub(super) fn detect(path: &Path) -> Result<(Dialect, Vec<Finding>), ReadError> {
    let mut notes = Vec::new();
    let (encoding, mark_bytes) = detect_encoding(path)?;
    if encoding == Some(encoding_rs::WINDOWS_1252) {
        notes.push(Finding::of("text-encoding-guessed"));
    }
    let mut dialect = Dialect {
        encoding,
        mark_bytes,
        delimiter: DELIMITERS[0],
        first_line_bytes: 0,
    };
    let mut sample = Vec::new();
    let text = dialect.decode(open_file(path)?).map_err(|error| unreadable(&error))?;
    text.take(SAMPLE_BYTES)
        .read_to_end(&mut sample)
        .map_err(|error| unreadable(&error))?;
    if let Some((delimiter, length)) = declared_delimiter(&sample) {
        dialect.delimiter = delimiter;
        dialect.first_line_bytes = length;
        return Ok((dialect, notes));
    }
    let whole = (sample.len() as u64) < SAMPLE_BYTES;
    let guess = guess_delimiter(&sample, whole);
    dialect.delimiter = guess.delimiter;
    if guess.unclear {
        let shown = if guess.delimiter == b'\t' {
            "tab".to_string()
        } else {
            format!("\"{}\"", guess.delimiter as char)
        };
        notes.push(Finding::of("csv-delimiter-unclear").with("delimiter", shown));
    }
    Ok((dialect, notes))
}

/// A byte order mark decides; else valid UTF-8 is UTF-8; else it is what Excel writes on Windows here.
fn detect_encoding(path: &Path) -> Result<(Option<&'static Encoding>, u64), ReadError> {
    let mut file = open_file(path)?;
    let mut buffer = vec![0; CHUNK_BYTES];
    let mut kept = 0;
    let mut first = true;
    loop {
        let count = read_some(&mut file, &mut buffer[kept..])?;
        let bytes = &buffer[..kept + count];
        if first && let Some((encoding, mark)) = Encoding::for_bom(bytes) {
            return Ok(((encoding != encoding_rs::UTF_8).then_some(encoding), mark as u64));
        }
        first = false;
        let (valid, broken) = match std::str::from_utf8(bytes) {
            Ok(_) => (bytes.len(), false),
            // A character that goes on in the next piece is no error yet.
            Err(error) => (error.valid_up_to(), error.error_len().is_some() || count == 0),
        };
        if broken {
            return Ok((Some(encoding_rs::WINDOWS_1252), 0));
        }
        if count == 0 {
            return Ok((None, 0));
        }
        let length = bytes.len();
        buffer.copy_within(valid..length, 0);
        kept = length - valid;
    }
}

/// The delimiter that a first line such as `sep=;` declares, and the length of that line.
fn declared_delimiter(sample: &[u8]) -> Option<(u8, u64)> {
    let end = memchr::memchr2(b'\n', b'\r', sample).unwrap_or(sample.len());
    let line = &sample[..end];
    let line = line
        .strip_prefix(b"\"")
        .and_then(|inner| inner.strip_suffix(b"\""))
        .unwrap_or(line);
    let (word, delimiter) = line.split_at_checked(4)?;
    if !word.eq_ignore_ascii_case(b"sep=") {
        return None;
    }
    let [delimiter] = *delimiter else { return None };
    if !delimiter.is_ascii() || delimiter.is_ascii_alphanumeric() || delimiter == b'"' {
        return None;
    }
    let line_end = if sample[end..].starts_with(b"\r\n") {
        2
    } else {
        usize::from(end < sample.len())
    };
    Some((delimiter, (end + line_end) as u64))
}

/// A guess at the delimiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Guess {
    delimiter: u8,
    unclear: bool,
}

/// How well a delimiter fits the sample.
#[derive(Debug, Clone, Copy)]
struct Score {
    delimiter: u8,
    /// Share of the records that have the most frequent number of fields, where that is more than one; else 0.
    share: f64,
    fields: usize,
    /// Commas of which each stands between two digits, as a decimal sign does.
    like_decimals: bool,
    /// The first record, which is most likely to be the header, has that number of fields too.
    first_fits: bool,
}

impl Score {
    /// A delimiter that divides the header like the rows is worth more than one that is common in texts.
    fn rank(&self) -> f64 {
        self.share + if self.first_fits { 0.25 } else { 0.0 }
    }
}

/// The delimiter under which most records have the same number of fields. `whole`: the sample is the whole text,
/// so its last record is complete.
fn guess_delimiter(sample: &[u8], whole: bool) -> Guess {
    let scores: Vec<Score> = DELIMITERS
        .iter()
        .map(|&delimiter| score(sample, whole, delimiter))
        .collect();
    // Decimal commas may be as regular as a delimiter. They count only where nothing else divides the records,
    // and the first record is divided as well.
    let other = scores.iter().any(|score| score.share > 0.0 && !score.like_decimals);
    let usable = |score: &&Score| score.share > 0.0 && (!score.like_decimals || (!other && score.first_fits));
    let mut best: Option<&Score> = None;
    for score in scores.iter().filter(usable) {
        let better = best.is_none_or(|best| {
            let close = (score.rank() - best.rank()).abs() < 0.1;
            if close {
                score.fields > best.fields
            } else {
                score.rank() > best.rank()
            }
        });
        if better {
            best = Some(score);
        }
    }
    match best {
        Some(score) => Guess {
            delimiter: score.delimiter,
            unclear: score.share < 0.5,
        },
        // A single column.
        None => Guess {
            delimiter: DELIMITERS[0],
            unclear: false,
        },
    }
}

fn score(sample: &[u8], whole: bool, delimiter: u8) -> Score {
    let (counts, between_digits) = count_fields(sample, whole, delimiter);
    let mut frequencies = std::collections::BTreeMap::new();
    for &count in &counts {
        *frequencies.entry(count).or_insert(0_usize) += 1;
    }
    // Of equally frequent numbers of fields the larger counts.
    let most = frequencies
        .iter()
        .filter(|(fields, _)| **fields > 1)
        .max_by_key(|(fields, times)| (**times, **fields));
    let Some((&fields, &times)) = most else {
        return Score {
            delimiter,
            share: 0.0,
            fields: 1,
            like_decimals: false,
            first_fits: false,
        };
    };
    Score {
        delimiter,
        share: times as f64 / counts.len() as f64,
        fields,
        like_decimals: delimiter == b',' && between_digits,
        first_fits: counts.first() == Some(&fields),
    }
}

/// Fields of each record that is not blank, and whether every delimiter outside quotation marks stands between
/// digits. Byte by byte: the sample is small.
fn count_fields(sample: &[u8], whole: bool, delimiter: u8) -> (Vec<usize>, bool) {
    let mut counts = Vec::new();
    let mut between_digits = true;
    let (mut fields, mut blank) = (1, true);
    let (mut field_start, mut quoted_field, mut in_quotes) = (true, false, false);
    for (at, &byte) in sample.iter().enumerate() {
        if in_quotes {
            in_quotes = byte != b'"';
        } else if byte == b'"' && (field_start || quoted_field && sample[at - 1] == b'"') {
            // A doubled mark closes and opens again, which comes to the same.
            (in_quotes, quoted_field, field_start, blank) = (true, true, false, false);
        } else if byte == delimiter {
            fields += 1;
            (field_start, quoted_field) = (true, false);
            let digit = |at: Option<usize>| at.and_then(|at| sample.get(at)).is_some_and(u8::is_ascii_digit);
            between_digits &= digit(at.checked_sub(1)) && digit(Some(at + 1));
        } else if matches!(byte, b'\n' | b'\r') {
            if !(blank && fields == 1) {
                counts.push(fields);
            }
            (fields, blank, field_start, quoted_field) = (1, true, true, false);
        } else {
            field_start = false;
            blank &= byte.is_ascii_whitespace();
        }
    }
    // The last record of a part of the text may be cut off.
    if (whole || counts.is_empty()) && !(blank && fields == 1) {
        counts.push(fields);
    }
    (counts, between_digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(text: &str) -> char {
        guess_delimiter(text.as_bytes(), true).delimiter as char
    }

    #[test]
    fn the_usual_delimiters() {
        assert_eq!(guess("kode;nama;nilai\n32.73;Bandung;5\n"), ';');
        assert_eq!(guess("kode,nama,nilai\n32.73,Bandung,5\n"), ',');
        assert_eq!(guess("kode\tnama\n32.73\tBandung, Kota\n"), '\t');
        assert_eq!(guess("kode|nama\r\n32.73|a;b\r\n33.74|c\r\n"), '|');
    }

    #[test]
    fn decimal_commas_do_not_confuse() {
        assert_eq!(guess("nama;harga\nberas;12,5\ngula;13,25\n"), ';');
        assert_eq!(guess("a;1,5;2,5\nb;3,5;4,5\n"), ';');
        assert_eq!(guess("1,5;2,5\n3,5;4,5\n"), ';');
        assert_eq!(guess("1,5;2,5;3,5;4,5"), ';');
        assert_ne!(guess("nilai\n1,5\n2,5\n3,25\n"), ',', "one column of decimals");
        assert_eq!(guess("1,2,3\n4,5,6\n"), ',', "numbers alone, divided by commas");
        assert_eq!(guess("kota;jumlah\nA;1,234,567\nB;2,345,678\n"), ';');
    }

    #[test]
    fn commas_in_texts_do_not_confuse() {
        let rows: String = (0..200)
            .map(|row| format!("Jalan {row}, Kota, Provinsi;{row}\n"))
            .collect();
        assert_eq!(guess(&format!("alamat;nilai\n{rows}")), ';');
        assert_eq!(guess("kode,nama\n1,\"a;b;c\"\n2,\"d;e;f\"\n"), ',');
        assert_eq!(
            guess("kode,ukuran\n1,5\"\"\n2,7\"\"\n"),
            ',',
            "inches are no quotation marks"
        );
    }

    #[test]
    fn title_rows_and_blank_lines_do_not_confuse() {
        assert_eq!(
            guess("Laporan Harga, Kota Bandung, 2025\n\n\nKode;Nama;Harga\n1;a;2\n2;b;3\n3;c;4\n"),
            ';'
        );
        assert_eq!(guess("Judul\n;;;\n1;a;2\n2;b;3\n"), ';');
    }

    #[test]
    fn a_guess_that_few_records_support_is_unclear() {
        assert!(guess_delimiter(b"a\nb\nc\nd;e\nf\n", true).unclear);
        assert!(!guess_delimiter(b"a;b\n1;2\n", true).unclear);
        assert!(!guess_delimiter(b"satu kolom\na\nb\n", true).unclear);
    }

    #[test]
    fn the_first_line_may_declare_it() {
        assert_eq!(declared_delimiter(b"sep=;\r\na;b"), Some((b';', 7)));
        assert_eq!(declared_delimiter(b"SEP=\t\na"), Some((b'\t', 6)));
        assert_eq!(declared_delimiter(b"\"sep=|\"\ra"), Some((b'|', 8)));
        assert_eq!(declared_delimiter(b"sep=,"), Some((b',', 5)));
        assert_eq!(declared_delimiter(b"sep=a\n"), None);
        assert_eq!(declared_delimiter(b"sep=;;\n"), None);
        assert_eq!(declared_delimiter(b"separator;x\n"), None);
    }
}
