//! What a part is, told from its bytes.

use super::apart::ApartDocument;
use super::csv::CsvDocument;
use super::json::JsonDocument;
use super::xlsx::{XlsxDocument, check_size};
use super::xml::XmlDocument;
use super::{Document, Format, ReadError, ReadOptions};
use crate::finding::{Finding, Place};
use crate::format::{Opened, open_file, read_some, unreadable};
use memchr::memmem;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use zip::ZipArchive;

/// Bytes looked at to tell formats apart.
const HEAD_BYTES: usize = 16 << 10;

/// First bytes of what officers send by mistake, and what it is (the same word in both languages).
const NOT_DATA: [(&[u8], &str); 10] = [
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "PNG"),
    (b"\xFF\xD8\xFF", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"RIFF", "RIFF/WebP"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3", "SQLite"),
];

/// First bytes of archives.
const ARCHIVES: [(&[u8], &str); 5] = [
    (b"\x1F\x8B", "GZIP"),
    (b"Rar!", "RAR"),
    (b"7z\xBC\xAF", "7-Zip"),
    (b"BZh", "BZIP2"),
    (b"\xFD7zXZ", "XZ"),
];

/// Opens a part. `path` is where its bytes are, `name` what its sender calls it (for messages, and for nothing
/// else). An error says what the part is instead, or why it cannot be read.
pub fn open(path: &Path, name: &str, options: &ReadOptions) -> Result<Box<dyn Document>, ReadError> {
    let head = read_head(path)?;
    let kind = tell(path, name, &head)?;
    let limits = &options.limits;
    let records = options.records.as_deref();
    Ok(match kind {
        Kind::Workbook => Box::new(XlsxDocument::open(path, name, limits)?),
        Kind::Apart(format) => {
            if format != Format::Xls {
                check_size(path, name, limits.unpacked_bytes)?;
            }
            Box::new(ApartDocument::open(path, name, format, limits)?)
        }
        Kind::Json => Box::new(JsonDocument::open(path, records, limits)?),
        Kind::Xml => Box::new(XmlDocument::open(path, records, limits)?),
        Kind::Text if records.is_some() => return Err(Finding::of("records-expected").into()),
        Kind::Text => Box::new(CsvDocument::open(path, limits)?),
    })
}

/// A file with more than a few control characters, and more than one in so many bytes, is no text.
const FEW_CONTROLS: usize = 8;
const TEXT_PER_CONTROL: usize = 20;

enum Kind {
    Workbook,
    /// A workbook that is parsed whole.
    Apart(Format),
    Json,
    Xml,
    Text,
}

fn read_head(path: &Path) -> Result<Vec<u8>, ReadError> {
    let mut file = open_file(path)?;
    let mut head = vec![0; HEAD_BYTES];
    let mut length = 0;
    while length < head.len() {
        let count = read_some(&mut file, &mut head[length..])?;
        if count == 0 {
            break;
        }
        length += count;
    }
    head.truncate(length);
    Ok(head)
}

fn tell(path: &Path, name: &str, head: &[u8]) -> Result<Kind, ReadError> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return tell_archive(path, name);
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return compound_file(path, name);
    }
    // A header may begin with letters such as `PAR1`; where it does, no control characters follow.
    let binary = head.iter().any(|byte| matches!(byte, 0..=8 | 14..=31));
    let starts =
        |signature: &[u8]| head.starts_with(signature) && (binary || signature == b"%PDF" || signature == b"{\\rtf");
    if let Some((_, kind)) = NOT_DATA.iter().find(|(signature, _)| starts(signature)) {
        return Err(Finding::of("file-not-data")
            .with("file", name)
            .with("kind", *kind)
            .into());
    }
    if let Some((_, kind)) = ARCHIVES.iter().find(|(signature, _)| starts(signature)) {
        return Err(Finding::of("archive-not-workbook")
            .with("file", name)
            .with("kind", *kind)
            .into());
    }
    tell_text(path, name, head)
}

fn tell_text(path: &Path, name: &str, head: &[u8]) -> Result<Kind, ReadError> {
    let wide = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    let narrow = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    // Wide text is looked at by its low bytes alone: markup is ASCII in any encoding.
    let text: Vec<u8> = if wide {
        head[2..].iter().copied().filter(|&byte| byte != 0).collect()
    } else {
        narrow.to_vec()
    };
    let text = text.trim_ascii_start();
    if text.is_empty() && is_blank(path)? {
        return Err(Finding::of("file-empty").with("file", name).into());
    }
    if text.starts_with(b"<") {
        return tell_markup(name, text);
    }
    // Text has hardly any control characters: a file full of them is none, whatever its name says.
    let controls = head.iter().filter(|byte| matches!(byte, 0..=8 | 14..=31 | 127)).count();
    if !wide && controls > FEW_CONTROLS && controls * TEXT_PER_CONTROL > head.len() {
        return Err(Finding::of("file-unrecognised").with("file", name).into());
    }
    if let (false, Some(at)) = (wide, memchr::memchr(0, head)) {
        let line = memchr::memchr_iter(b'\n', &head[..at]).count() as u32 + 1;
        let place = Place {
            line: Some(line),
            ..Place::default()
        };
        return Err(Finding::of("file-has-nul")
            .with("line", line.to_string())
            .at(place)
            .into());
    }
    Ok(if looks_like_json(text) { Kind::Json } else { Kind::Text })
}

/// A brace or bracket alone may also begin a line of a CSV file (`[Data];…`): what follows decides.
fn looks_like_json(text: &[u8]) -> bool {
    let Some((&first, rest)) = text.split_first() else {
        return false;
    };
    let next = rest.trim_ascii_start().first().copied();
    match first {
        b'{' => matches!(next, Some(b'"' | b'}') | None),
        b'[' => matches!(next, Some(b'{' | b'[' | b']' | b'"' | b'-' | b'0'..=b'9') | None) || is_word(rest),
        _ => false,
    }
}

fn is_word(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    [b"true".as_slice(), b"false", b"null"]
        .iter()
        .any(|word| text.starts_with(word))
}

fn tell_markup(name: &str, text: &[u8]) -> Result<Kind, ReadError> {
    let lower = text[..text.len().min(2048)].to_ascii_lowercase();
    if memmem::find(&lower, b"urn:schemas-microsoft-com:office:spreadsheet").is_some() {
        let kind = "XML Spreadsheet 2003";
        return Err(Finding::of("spreadsheet-format-unsupported")
            .with("file", name)
            .with("kind", kind)
            .into());
    }
    let html = [
        b"<!doctype html".as_slice(),
        b"<html",
        b"<head",
        b"<body",
        b"<table",
        b"<script",
        b"<meta",
        b"<div",
    ];
    // A page may begin with comments or an XML declaration, so the mark may come later.
    let is_html = html.iter().any(|mark| lower.starts_with(mark))
        || memmem::find(&lower, b"<html").is_some()
        || memmem::find(&lower, b"<!doctype html").is_some();
    if is_html {
        return Err(Finding::of("file-is-html").with("file", name).into());
    }
    Ok(Kind::Xml)
}

/// Whether a file holds nothing but blanks and byte order marks.
fn is_blank(path: &Path) -> Result<bool, ReadError> {
    let mut file = open_file(path)?;
    let mut buffer = vec![0; HEAD_BYTES];
    loop {
        let count = read_some(&mut file, &mut buffer)?;
        if count == 0 {
            return Ok(true);
        }
        let blank = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0 | 0xEF | 0xBB | 0xBF | 0xFE | 0xFF);
        if !buffer[..count].iter().all(blank) {
            return Ok(false);
        }
    }
}

/// What a compound file is: a workbook locked with a password, an old Excel workbook, or something else of those days.
fn compound_file(path: &Path, name: &str) -> Result<Kind, ReadError> {
    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }
    let mut file = open_file(path)?;
    let holds = |file: &mut Opened, mark: &[u8]| contains(file, mark).map_err(|error| ReadError(unreadable(&error)));
    if holds(&mut file, &wide("EncryptedPackage"))? {
        return Err(Finding::of("workbook-protected").with("file", name).into());
    }
    let names = ["Workbook", "WORKBOOK", "Book"].map(wide);
    for name in &names {
        if holds(&mut file, name)? {
            return Ok(Kind::Apart(Format::Xls));
        }
    }
    let finding = Finding::of("file-not-data").with("kind", "Microsoft Office 97–2003");
    Err(finding.with("file", name).into())
}

/// Whether a file holds some bytes, searched piece by piece.
fn contains(file: &mut Opened, mark: &[u8]) -> std::io::Result<bool> {
    file.seek(SeekFrom::Start(0))?;
    let finder = memmem::Finder::new(mark);
    let mut window = Vec::new();
    loop {
        let keep = window.len().min(mark.len() - 1);
        window.drain(..window.len() - keep);
        let count = file.by_ref().take(1 << 20).read_to_end(&mut window)?;
        if finder.find(&window).is_some() {
            return Ok(true);
        }
        if count == 0 {
            return Ok(false);
        }
    }
}

/// What a ZIP archive holds.
fn tell_archive(path: &Path, name: &str) -> Result<Kind, ReadError> {
    let archive = ZipArchive::new(BufReader::new(open_file(path)?));
    let mut archive = archive.map_err(|error| {
        ReadError::from(
            Finding::of("workbook-damaged")
                .with("file", name)
                .with("reason", error.to_string()),
        )
    })?;
    let has = |archive: &ZipArchive<_>, wanted: &dyn Fn(&str) -> bool| {
        archive
            .file_names()
            .any(|name| name.is_ok_and(|name| wanted(&name.replace('\\', "/").to_ascii_lowercase())))
    };
    if has(&archive, &|entry| entry == "xl/workbook.bin") {
        return Ok(Kind::Apart(Format::Xlsb));
    }
    // A program may put the workbook elsewhere than Excel does.
    let is_workbook = |entry: &str| {
        entry.trim_start_matches('/').starts_with("xl/") || entry.rsplit('/').next() == Some("workbook.xml")
    };
    if has(&archive, &is_workbook) {
        return Ok(Kind::Workbook);
    }
    let mut kind = String::new();
    if let Ok(entry) = archive.by_name("mimetype") {
        // A declared kind that cannot be read is none.
        let read = entry.take(100).read_to_string(&mut kind);
        kind.truncate(if read.is_ok() { kind.len() } else { 0 });
    }
    if kind.contains("opendocument.spreadsheet") {
        return Ok(Kind::Apart(Format::Ods));
    }
    let other = if has(&archive, &|entry| entry.starts_with("word/")) {
        Finding::of("file-not-data").with("kind", "Microsoft Word")
    } else if has(&archive, &|entry| entry.starts_with("ppt/")) {
        Finding::of("file-not-data").with("kind", "Microsoft PowerPoint")
    } else if kind.contains("opendocument") {
        Finding::of("file-not-data").with("kind", "OpenDocument")
    } else {
        Finding::of("archive-not-workbook").with("kind", "ZIP")
    };
    Err(other.with("file", name).into())
}

#[cfg(test)]
#[path = "open_tests.rs"]
pub(super) mod tests;
