//! Delimited text, streamed: ten million rows need no more memory than one.

use super::{Place, Rows, Style, Value};
use chrono::{Datelike, NaiveDate};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes delimited text.
pub struct Delimited {
    out: BufWriter<File>,
    delimiter: u8,
    style: Style,
    record: Vec<u8>,
    lines: u64,
}

impl Delimited {
    /// Makes the file and writes the header.
    pub fn create(path: &Path, headers: &[&str], delimiter: u8, style: Style) -> io::Result<Delimited> {
        let out = BufWriter::with_capacity(1 << 20, File::create(path)?);
        let mut writer = Delimited {
            out,
            delimiter,
            style,
            record: Vec::with_capacity(256),
            lines: 0,
        };
        let header: Vec<Value<'_>> = headers.iter().map(|header| Value::text(*header)).collect();
        writer.row(&header)?;
        Ok(writer)
    }
}

impl Rows for Delimited {
    fn row(&mut self, values: &[Value<'_>]) -> io::Result<Place> {
        self.record.clear();
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.record.push(self.delimiter);
            }
            let start = self.record.len();
            push_value(&mut self.record, value, self.style);
            quote_where_needed(&mut self.record, start, self.delimiter);
        }
        self.record.push(b'\n');
        self.out.write_all(&self.record)?;
        self.lines += 1;
        Ok(Place {
            sheet: String::new(),
            line: Some(self.lines),
        })
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}

/// Puts the field that begins at `start` into quotes when it holds the delimiter, a quote or a line break.
fn quote_where_needed(record: &mut Vec<u8>, start: usize, delimiter: u8) {
    let special = |byte: &u8| *byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r');
    if !record[start..].iter().any(special) {
        return;
    }
    let field = record.split_off(start);
    record.push(b'"');
    for byte in field {
        if byte == b'"' {
            record.push(b'"');
        }
        record.push(byte);
    }
    record.push(b'"');
}

/// Appends a value in the notation of `style`, unquoted.
pub fn push_value(record: &mut Vec<u8>, value: &Value<'_>, style: Style) {
    match value {
        Value::Empty => {}
        Value::Text(text) => record.extend_from_slice(text.as_bytes()),
        Value::Integer(number) => push_number(record, *number, style),
        Value::Decimal(hundredths) => push_hundredths(record, *hundredths, style),
        Value::Date(date) => push_date(record, *date, style),
        Value::Period(period) => record.extend_from_slice(period.write(style).as_bytes()),
    }
}

fn push_hundredths(record: &mut Vec<u8>, hundredths: i64, style: Style) {
    if hundredths < 0 {
        record.push(b'-');
    }
    let absolute = hundredths.abs();
    push_number(record, absolute / 100, style);
    let rest = absolute % 100;
    if rest != 0 {
        record.push(if style == Style::Id { b',' } else { b'.' });
        push_two_digits(record, rest as u32);
    }
}

fn push_number(record: &mut Vec<u8>, number: i64, style: Style) {
    let separator = match style {
        Style::Id => Some(b'.'),
        Style::En => Some(b','),
        Style::Plain => None,
    };
    let mut digits = [0u8; 28];
    let mut position = digits.len();
    let mut rest = number.unsigned_abs();
    let mut written = 0;
    while rest > 0 || written == 0 {
        if let Some(separator) = separator.filter(|_| written > 0 && written % 3 == 0) {
            position -= 1;
            digits[position] = separator;
        }
        position -= 1;
        digits[position] = b'0' + (rest % 10) as u8;
        rest /= 10;
        written += 1;
    }
    if number < 0 {
        position -= 1;
        digits[position] = b'-';
    }
    record.extend_from_slice(&digits[position..]);
}

fn push_date(record: &mut Vec<u8>, date: NaiveDate, style: Style) {
    let year = date.year().unsigned_abs();
    if style == Style::Id {
        push_two_digits(record, date.day());
        record.push(b'/');
        push_two_digits(record, date.month());
        record.push(b'/');
    }
    push_two_digits(record, year / 100);
    push_two_digits(record, year % 100);
    if style != Style::Id {
        record.push(b'-');
        push_two_digits(record, date.month());
        record.push(b'-');
        push_two_digits(record, date.day());
    }
}

fn push_two_digits(record: &mut Vec<u8>, number: u32) {
    record.push(b'0' + (number / 10 % 10) as u8);
    record.push(b'0' + (number % 10) as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &Value<'_>, style: Style) -> String {
        let mut record = Vec::new();
        push_value(&mut record, value, style);
        String::from_utf8(record).expect("ASCII")
    }

    #[test]
    fn numbers_and_dates_follow_the_style() {
        assert_eq!(written(&Value::Integer(1_234_567), Style::Id), "1.234.567");
        assert_eq!(written(&Value::Integer(-1_234), Style::En), "-1,234");
        assert_eq!(written(&Value::Integer(0), Style::Id), "0");
        assert_eq!(
            written(&Value::Integer(i64::MIN), Style::Id),
            "-9.223.372.036.854.775.808"
        );
        assert_eq!(written(&Value::Decimal(1_550_005), Style::Id), "15.500,05");
        assert_eq!(written(&Value::Decimal(-50), Style::Plain), "-0.50");
        assert_eq!(written(&Value::Decimal(1_550_000), Style::Plain), "15500");
        let date = NaiveDate::from_ymd_opt(2025, 8, 2).expect("a date");
        assert_eq!(written(&Value::Date(date), Style::Id), "02/08/2025");
        assert_eq!(written(&Value::Date(date), Style::Plain), "2025-08-02");
    }

    #[test]
    fn fields_with_delimiters_are_quoted() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        let mut writer = Delimited::create(&path, &["a", "b"], b',', Style::En).expect("a file");
        let place = writer
            .row(&[Value::Integer(1_234), Value::text("say \"ya\"")])
            .expect("a row");
        assert_eq!(place.line, Some(2));
        Box::new(writer).finish().expect("flushed");
        let text = std::fs::read_to_string(&path).expect("text");
        assert_eq!(text, "a,b\n\"1,234\",\"say \"\"ya\"\"\"\n");
    }
}
