//! Reference tables as text: comma-separated with quotes (RFC 4180), UTF-8, `#` at the start of a line for remarks.
//!
//! Small files of our own, read whole. What senders deliver is read elsewhere.

use std::path::Path;

/// A reference table: its header and its rows, each with the line on which it starts.
#[derive(Debug)]
pub(crate) struct Table {
    file: String,
    /// Remarks above the header, without `#`.
    remarks: Vec<String>,
    pub header: Vec<String>,
    pub rows: Vec<Row>,
}

/// One row: as many fields as the header has.
#[derive(Debug)]
pub(crate) struct Row {
    pub line: usize,
    pub fields: Vec<String>,
}

impl Table {
    /// Reads the table at `path`. Errors are sentences that begin with the file and, where known, the line.
    pub fn read(path: &Path) -> Result<Table, String> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| format!("{file}: cannot be read: {error}"))?;
        Table::parse(file, &text)
    }

    fn parse(file: String, text: &str) -> Result<Table, String> {
        let mut rows = records(text)
            .map_err(|(line, sentence)| format!("{file}:{line}: {sentence}"))?
            .into_iter();
        let Some(header) = rows.next() else {
            return Err(format!("{file}: has no header"));
        };
        let width = header.fields.len();
        let rows: Vec<Row> = rows.collect();
        if let Some(row) = rows.iter().find(|row| row.fields.len() != width) {
            let (line, found) = (row.line, row.fields.len());
            return Err(format!(
                "{file}:{line}: has {found} fields where the header has {width}"
            ));
        }
        let header = header.fields.iter().map(|name| name.trim().to_string()).collect();
        let remarks = text.lines().map_while(|line| line.strip_prefix('#'));
        let remarks = remarks.map(|remark| remark.trim().to_string()).collect();
        Ok(Table {
            file,
            remarks,
            header,
            rows,
        })
    }

    /// What stands behind `key:` in a remark above the header; blank where there is no such remark.
    pub fn said(&self, key: &str) -> &str {
        let said = |remark: &'_ String| {
            remark
                .strip_prefix(key)
                .and_then(|rest| rest.strip_prefix(':'))
                .is_some()
        };
        let remark = self.remarks.iter().find(|remark| said(remark));
        remark.map_or("", |remark| remark[key.len() + 1..].trim())
    }

    /// Position of a column that must be there.
    pub fn column(&self, name: &str) -> Result<usize, String> {
        let position = self.header.iter().position(|header| header == name);
        position.ok_or_else(|| format!("{}: has no column \"{name}\"", self.file))
    }

    /// A sentence about one row of this file.
    pub fn complaint(&self, row: &Row, sentence: impl std::fmt::Display) -> String {
        format!("{}:{}: {sentence}", self.file, row.line)
    }
}

impl Row {
    /// The field at `column` without blanks around it.
    pub fn get(&self, column: usize) -> &str {
        self.fields.get(column).map_or("", |field| field.trim())
    }

    /// As [`Row::get`], none when blank.
    pub fn optional(&self, column: usize) -> Option<&str> {
        Some(self.get(column)).filter(|field| !field.is_empty())
    }
}

/// Splits text into records; blank lines and remarks are left out.
fn records(text: &str) -> Result<Vec<Row>, (usize, String)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rows = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while !rest.is_empty() {
        let first = rest.split('\n').next().unwrap_or(rest);
        if first.starts_with('#') || first.trim().is_empty() {
            rest = rest.get(first.len() + 1..).unwrap_or("");
            line += 1;
            continue;
        }
        let (fields, length) = record(rest).map_err(|sentence| (line, sentence))?;
        rows.push(Row { line, fields });
        line += memchr::memchr_iter(b'\n', &rest.as_bytes()[..length]).count();
        rest = &rest[length..];
    }
    Ok(rows)
}

/// The fields of the record at the start of `text`, and how many bytes it takes with its line end.
fn record(text: &str) -> Result<(Vec<String>, usize), String> {
    let bytes = text.as_bytes();
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        let (field, end) = if bytes.get(at) == Some(&b'"') {
            quoted(text, at)?
        } else {
            plain(text, at)
        };
        fields.push(field);
        match bytes.get(end) {
            Some(b',') => at = end + 1,
            Some(b'\r') if bytes.get(end + 1) == Some(&b'\n') => return Ok((fields, end + 2)),
            Some(b'\n') => return Ok((fields, end + 1)),
            None => return Ok((fields, end)),
            Some(_) => return Err("something stands between a closing quote and the next comma".to_string()),
        }
    }
}

fn plain(text: &str, start: usize) -> (String, usize) {
    let rest = &text[start..];
    let length = memchr::memchr2(b',', b'\n', rest.as_bytes()).unwrap_or(rest.len());
    let field = &rest[..length];
    let ends_line = !rest[length..].starts_with(',');
    let field = if ends_line {
        field.strip_suffix('\r').unwrap_or(field)
    } else {
        field
    };
    (field.to_string(), start + field.len())
}

fn quoted(text: &str, start: usize) -> Result<(String, usize), String> {
    let mut field = String::new();
    let mut at = start + 1;
    loop {
        let Some(length) = memchr::memchr(b'"', &text.as_bytes()[at..]) else {
            return Err("a quote is opened and not closed".to_string());
        };
        field.push_str(&text[at..at + length]);
        at += length + 1;
        if text.as_bytes().get(at) != Some(&b'"') {
            return Ok((field, at));
        }
        field.push('"');
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<Table, String> {
        Table::parse("t.csv".to_string(), text)
    }

    #[test]
    fn quotes_remarks_and_line_ends() {
        let table = table("\u{feff}# source: x\r\na,b\r\n\r\n1,\"x, \"\"y\"\"\nz\"\r\n# note\n2,\n").unwrap();
        assert_eq!(table.header, ["a", "b"]);
        assert_eq!(table.rows[0].fields, ["1", "x, \"y\"\nz"]);
        assert_eq!(table.rows[0].line, 4);
        assert_eq!(table.rows[1].fields, ["2", ""]);
        assert_eq!(table.rows[1].line, 7);
        assert_eq!(table.rows[1].optional(1), None);
        assert_eq!(table.column("b"), Ok(1));
        assert_eq!(table.column("c"), Err("t.csv: has no column \"c\"".to_string()));
    }

    #[test]
    fn mistakes_name_file_and_line() {
        assert_eq!(table("").unwrap_err(), "t.csv: has no header");
        assert_eq!(
            table("a,b\n1\n").unwrap_err(),
            "t.csv:2: has 1 fields where the header has 2"
        );
        assert_eq!(
            table("a\n\"x\n").unwrap_err(),
            "t.csv:2: a quote is opened and not closed"
        );
        assert!(
            table("a\n\"x\"y\n")
                .unwrap_err()
                .starts_with("t.csv:2: something stands")
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a,\"\r\n#é ]{0,40}") {
            if let Ok(table) = table(&text) {
                proptest::prop_assert!(!table.header.is_empty());
            }
        }

        #[test]
        fn a_written_field_reads_back(field in "[^\r]{0,30}") {
            let written = format!("h\n\"{}\"\n", field.replace('"', "\"\""));
            let table = table(&written).unwrap();
            proptest::prop_assert_eq!(&table.rows[0].fields[0], &field);
        }
    }
}
