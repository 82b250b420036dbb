//! The process that parses workbooks whole, and says what is in them.

use super::looks::{Look, RowLooks, SheetLooks};
use super::{DATE, ERROR, Line, PERCENT, RowLine, SHOWN, SheetLine, UNCALCULATED, ods, xls, xlsb};
use crate::format::{Opened, sealed};
use crate::read::shown::Shows;
use calamine::{
    Data, ExcelDateTime, Ods, OdsError, Range, Reader, SheetType, SheetVisible, Xls, XlsError, XlsOptions, Xlsb,
    XlsbError,
};
use serde_json::{Value, json};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::os::unix::ffi::OsStrExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Code page of UTF-16.
const UTF_16: u16 = 1200;

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
        // The keys of an encrypted file come with the question: neither arguments nor environment are secret.
        let (kind, keys) = split_at(kind, b':');
        let keys = keys
            .split(|byte| *byte == b':')
            .filter_map(|key| std::str::from_utf8(key).ok());
        sealed::use_keys(sealed::RawKeys {
            current: None,
            previous: keys.filter_map(sealed::RawKey::from_hex).collect(),
        });
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
    // What a damaged file makes the library do is told; nothing of it is used again.
    let read = AssertUnwindSafe(|| book(kind, path, output));
    let said = catch_unwind(read).unwrap_or_else(|_| Err(damaged("unexpected structure")));
    match said {
        Ok(()) => Ok(()),
        Err(Trouble::Write(error)) => Err(error),
        Err(Trouble::Book(line)) => say(output, &line),
    }
}

fn book(kind: &[u8], path: &Path, output: &mut impl Write) -> Result<(), Trouble> {
    let source = BufReader::new(sealed::open(path).map_err(Trouble::Write)?);
    match kind {
        b"xls" => {
            let head = xls::head(path);
            if head.is_locked {
                return Err(Trouble::Book(Line::Protected));
            }
            let mut options = XlsOptions::default();
            options.force_codepage = head.is_unicode.then_some(UTF_16);
            let book = Xls::new_with_options(source, options).map_err(of_xls)?;
            all(looks_of_xls(&book, path), book, of_xls, output)
        }
        b"xlsb" => Xlsb::new(source)
            .map_err(of_xlsb)
            .and_then(|book| all(xlsb::looks(path).unwrap_or_default(), book, of_xlsb, output)),
        _ => Ods::new(source)
            .map_err(of_ods)
            .and_then(|book| all(ods::looks(path).unwrap_or_default(), book, of_ods, output)),
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

fn of_xls(error: XlsError) -> Trouble {
    match error {
        XlsError::Password => Trouble::Book(Line::Protected),
        other => damaged(other),
    }
}

fn of_xlsb(error: XlsbError) -> Trouble {
    match error {
        XlsbError::Password => Trouble::Book(Line::Protected),
        other => damaged(other),
    }
}

fn of_ods(error: OdsError) -> Trouble {
    match error {
        OdsError::Password => Trouble::Book(Line::Protected),
        other => damaged(other),
    }
}

fn say(output: &mut impl Write, line: &Line) -> io::Result<()> {
    serde_json::to_writer(&mut *output, line)?;
    output.write_all(b"\n")
}

/// The looks of an XLS workbook's sheets, with the ranges that the library knows.
fn looks_of_xls(book: &Xls<BufReader<Opened>>, path: &Path) -> Vec<SheetLooks> {
    let mut looks = xls::looks(path).unwrap_or_default();
    looks.resize_with(book.sheets_metadata().len(), SheetLooks::default);
    for (position, looks) in looks.iter_mut().enumerate() {
        for range in book.merge_cells_by_sheet_id(position).unwrap_or_default() {
            looks.merge([range.start.0, range.start.1, range.end.0, range.end.1]);
        }
    }
    looks
}

/// `looks` are those of all sheets of the workbook, in its order.
fn all<R: Reader<BufReader<Opened>>>(
    mut looks: Vec<SheetLooks>,
    mut book: R,
    trouble: impl Fn(R::Error) -> Trouble,
    output: &mut impl Write,
) -> Result<(), Trouble> {
    let metadata = book.sheets_metadata().to_vec();
    looks.resize_with(metadata.len(), SheetLooks::default);
    let sheets: Vec<_> = metadata
        .into_iter()
        .zip(looks)
        .filter(|(sheet, _)| sheet.typ == SheetType::WorkSheet)
        .collect();
    let said = sheets.iter().map(|(sheet, looks)| SheetLine {
        name: sheet.name.clone(),
        hidden: sheet.visible != SheetVisible::Visible,
        merged: looks.merged.clone(),
        epoch: looks.epoch,
    });
    say(output, &Line::Sheets(said.collect())).map_err(Trouble::Write)?;
    for (position, (sheet, looks)) in sheets.iter().enumerate() {
        let range = book.worksheet_range(&sheet.name).map_err(&trouble)?;
        rows(position, &range, looks, output).map_err(Trouble::Write)?;
    }
    Ok(())
}

fn rows(sheet: usize, range: &Range<Data>, looks: &SheetLooks, output: &mut impl Write) -> io::Result<()> {
    let valued = range.start().zip(range.end());
    let ends = [valued.map(|(first, last)| (first.0, last.0)), looks.ends()];
    let ends = ends.into_iter().flatten();
    let Some((first, last)) = ends.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1))) else {
        return Ok(());
    };
    for row in first..=last {
        let hidden = looks.is_hidden(row);
        let looks = looks.row(row);
        let width = match valued {
            Some((first, last)) if (first.0..=last.0).contains(&row) => last.1 + 1,
            _ => 0,
        };
        let width = width.max(looks.map_or(0, RowLooks::width));
        let value = |column: u32| {
            let value = range.get_value((row, column)).unwrap_or(&Data::Empty);
            cell(value, looks.and_then(|looks| looks.at(column)))
        };
        let mut cells: Vec<Value> = (0..width).map(value).collect();
        let filled = cells.iter().rposition(|cell| !cell.is_null());
        let Some(filled) = filled else { continue };
        cells.truncate(filled + 1);
        let line = RowLine {
            sheet,
            row: row + 1,
            cells,
            hidden,
        };
        say(output, &Line::Row(line))?;
    }
    Ok(())
}

/// A value as it looks.
fn cell(value: &Data, look: Option<&Look>) -> Value {
    let number = match value {
        Data::Int(number) => Some(*number as f64),
        Data::Float(number) if number.is_finite() => Some(*number),
        _ => None,
    };
    match (look, number) {
        (Some(Look::Error(error)), _) => json!([ERROR, error]),
        (Some(Look::Uncalculated), None) => json!([UNCALCULATED]),
        (Some(Look::Code(text)), Some(_)) => json!([SHOWN, text]),
        (Some(Look::Shows(Shows::Percent)), Some(number)) => json!([PERCENT, number]),
        (Some(Look::Shows(shows)), Some(number)) => match shows.text(number) {
            Some(text) => json!([SHOWN, text]),
            None => plain(value),
        },
        _ => plain(value),
    }
}

fn plain(value: &Data) -> Value {
    match value {
        Data::Empty => Value::Null,
        // A formula that gives an empty text counts as empty too.
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
