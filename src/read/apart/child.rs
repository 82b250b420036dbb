//! The process that parses workbooks whole, and says what is in them.

use super::{DATE, ERROR, Line, RowLine, SheetLine};
use crate::format::{Opened, sealed};
use calamine::{
    Data, ExcelDateTime, Ods, OdsError, Range, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsb, XlsbError,
};
use serde_json::{Value, json};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// A process that nobody asks for so long ends.
const IDLE_MILLISECONDS: i32 = 60_000;

/// Share of its memory that a process may have kept from earlier workbooks and still take another.
const KEPT_SHARE: u64 = 16;

/// Reads the workbooks that standard input asks for and writes their lines to standard output, until there is no more
/// input or one has left too much memory in use. The process may take `megabytes` of memory.
///
/// # Errors
/// Where the limit cannot be set, or nobody reads what is written. What is wrong with a workbook is one of the lines.
pub fn read_workbooks(megabytes: u64) -> io::Result<()> {
    let limit = megabytes << 20;
    limit_memory(limit)?;
    let at_start = memory();
    let mut input = io::stdin().lock();
    let mut output = BufWriter::new(io::stdout().lock());
    let mut question = Vec::new();
    while is_asked() && input.read_until(0, &mut question)? > 0 {
        let asked = question.strip_suffix(&[0]).unwrap_or(&question);
        let (kind, path) = split_at(asked, b' ');
        let path = Path::new(std::ffi::OsStr::from_bytes(path));
        // The key of an encrypted file comes with the question: neither arguments nor environment are secret.
        let (kind, key) = split_at(kind, b':');
        sealed::use_key(std::str::from_utf8(key).ok().and_then(sealed::RawKey::from_hex));
        read_workbook(kind, path, &mut output)?;
        let kept = memory().zip(at_start).map(|(now, before)| now.saturating_sub(before));
        let again = kept.is_some_and(|kept| kept <= limit / KEPT_SHARE);
        say(&mut output, &Line::End { again })?;
        output.flush()?;
        if !again {
            break;
        }
        question.clear();
    }
    Ok(())
}

/// What stands before the first such byte, and behind it.
fn split_at(text: &[u8], byte: u8) -> (&[u8], &[u8]) {
    let at = text.iter().position(|other| *other == byte).unwrap_or(text.len());
    (&text[..at], text.get(at + 1..).unwrap_or_default())
}

/// Waits until there is input, or its end. Not for ever: whoever starts processes may run for months.
fn is_asked() -> bool {
    let mut input = libc::pollfd {
        fd: libc::STDIN_FILENO,
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: the pointer is to one value, as the count says, that lives until the call has ended.
    unsafe { libc::poll(&raw mut input, 1, IDLE_MILLISECONDS) > 0 }
}

/// Bytes that count towards the limit of memory; none where the system does not say.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmData:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes << 10)
}

/// Reads a workbook and writes its lines but the last. `kind` is `xls`, `xlsb` or `ods`.
fn read_workbook(kind: &[u8], path: &Path, output: &mut impl Write) -> io::Result<()> {
    let source = BufReader::new(sealed::open(path)?);
    let said = match kind {
        b"xls" => Xls::new(source).map_err(xls).and_then(|book| all(book, xls, output)),
        b"xlsb" => Xlsb::new(source).map_err(xlsb).and_then(|book| all(book, xlsb, output)),
        _ => Ods::new(source).map_err(ods).and_then(|book| all(book, ods, output)),
    };
    match said {
        Ok(()) => Ok(()),
        Err(Trouble::Write(error)) => Err(error),
        Err(Trouble::Book(line)) => say(output, &line),
    }
}

/// Lets this process take so many bytes for its data. An allocation beyond that fails, which ends the process.
fn limit_memory(bytes: u64) -> io::Result<()> {
    let limit = libc::rlimit {
        rlim_cur: bytes,
        rlim_max: bytes,
    };
    // SAFETY: the pointer is to a value that lives until the call has ended; the call keeps nothing of it.
    match unsafe { libc::setrlimit(libc::RLIMIT_DATA, &limit) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Why the reading ended early.
enum Trouble {
    Book(Line),
    Write(io::Error),
}

fn damaged(error: impl std::fmt::Display) -> Trouble {
    Trouble::Book(Line::Damaged(error.to_string()))
}

fn xls(error: XlsError) -> Trouble {
    match error {
        XlsError::Password => Trouble::Book(Line::Protected),
        other => damaged(other),
    }
}

fn xlsb(error: XlsbError) -> Trouble {
    match error {
        XlsbError::Password => Trouble::Book(Line::Protected),
        other => damaged(other),
    }
}

fn ods(error: OdsError) -> Trouble {
    match error {
        OdsError::Password => Trouble::Book(Line::Protected),
        other => damaged(other),
    }
}

fn say(output: &mut impl Write, line: &Line) -> io::Result<()> {
    serde_json::to_writer(&mut *output, line)?;
    output.write_all(b"\n")
}

fn all<R: Reader<BufReader<Opened>>>(
    mut book: R,
    trouble: impl Fn(R::Error) -> Trouble,
    output: &mut impl Write,
) -> Result<(), Trouble> {
    let sheets: Vec<SheetLine> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| SheetLine {
            name: sheet.name.clone(),
            hidden: sheet.visible != SheetVisible::Visible,
        })
        .collect();
    let names: Vec<String> = sheets.iter().map(|sheet| sheet.name.clone()).collect();
    say(output, &Line::Sheets(sheets)).map_err(Trouble::Write)?;
    for (position, name) in names.iter().enumerate() {
        let range = book.worksheet_range(name).map_err(&trouble)?;
        rows(position, &range, output).map_err(Trouble::Write)?;
    }
    Ok(())
}

fn rows(sheet: usize, range: &Range<Data>, output: &mut impl Write) -> io::Result<()> {
    let Some((first_row, first_column)) = range.start() else {
        return Ok(());
    };
    for (number, row) in (first_row + 1..).zip(range.rows()) {
        let Some(last) = row.iter().rposition(|cell| !is_empty(cell)) else {
            continue;
        };
        let before = std::iter::repeat_n(Value::Null, first_column as usize);
        let line = RowLine {
            sheet,
            row: number,
            cells: before.chain(row[..=last].iter().map(cell)).collect(),
        };
        say(output, &Line::Row(line))?;
    }
    Ok(())
}

/// A formula that gives an empty text counts as empty too.
fn is_empty(cell: &Data) -> bool {
    match cell {
        Data::Empty => true,
        Data::String(text) => text.is_empty(),
        _ => false,
    }
}

fn cell(cell: &Data) -> Value {
    match cell {
        Data::Empty => Value::Null,
        Data::String(text) if text.is_empty() => Value::Null,
        Data::String(text) | Data::DurationIso(text) => json!(text),
        Data::Int(number) => json!(number),
        Data::Float(number) if number.is_finite() => json!(number),
        Data::Float(_) => json!([ERROR, "#NUM!"]),
        Data::Bool(value) => json!(value),
        Data::DateTime(date) if date.is_datetime() => json!([DATE, day(date)]),
        Data::DateTime(duration) => json!(duration.as_f64()),
        // Midnight is a day without a time.
        Data::DateTimeIso(text) => json!([DATE, text.split('T').next()]),
        Data::Error(error) => json!([ERROR, error.to_string()]),
    }
}

/// The day of a date, whichever day its workbook counts from.
fn day(date: &ExcelDateTime) -> String {
    let (year, month, day, ..) = date.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}
