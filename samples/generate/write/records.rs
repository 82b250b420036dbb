//! Records as JSON and XML, streamed. Field names are the headers in lower case with underscores.

use super::{Place, Rows, Style, Value, push_value};
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// A header as a field name: `Kode Wilayah` is `kode_wilayah`.
fn field_name(header: &str) -> String {
    header
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() {
                letter.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect()
}

/// Text as it stands between XML tags or in an attribute.
fn escape_xml(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"']) {
        return Cow::Borrowed(text);
    }
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    Cow::Owned(escaped)
}

/// Writes `{"data":[{…},…]}`, one record a line.
pub struct Json {
    out: BufWriter<File>,
    fields: Vec<String>,
    record: Vec<u8>,
    rows: u64,
}

impl Json {
    /// Makes the file and opens the list.
    pub fn create(path: &Path, headers: &[&str]) -> io::Result<Json> {
        let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
        out.write_all(b"{\"data\":[\n")?;
        let fields = headers
            .iter()
            .map(|header| format!("\"{}\":", field_name(header)))
            .collect();
        Ok(Json {
            out,
            fields,
            record: Vec::new(),
            rows: 0,
        })
    }
}

impl Rows for Json {
    fn row(&mut self, values: &[Value<'_>]) -> io::Result<Place> {
        self.record.clear();
        if self.rows > 0 {
            self.record.extend_from_slice(b",\n");
        }
        for (index, (field, value)) in self.fields.iter().zip(values).enumerate() {
            self.record.push(if index == 0 { b'{' } else { b',' });
            self.record.extend_from_slice(field.as_bytes());
            match value {
                Value::Empty => self.record.extend_from_slice(b"null"),
                Value::Integer(_) | Value::Decimal(_) => push_value(&mut self.record, value, Style::Plain),
                Value::Text(text) => serde_json::to_writer(&mut self.record, text.as_ref())?,
                Value::Date(_) | Value::Period(_) => {
                    self.record.push(b'"');
                    push_value(&mut self.record, value, Style::Plain);
                    self.record.push(b'"');
                }
            }
        }
        self.record.push(b'}');
        self.rows += 1;
        self.out.write_all(&self.record)?;
        Ok(Place::default())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()
    }
}

/// Writes `<data><baris>…</baris>…</data>`, one record a line.
pub struct Xml {
    out: BufWriter<File>,
    fields: Vec<String>,
    record: Vec<u8>,
}

impl Xml {
    /// Makes the file and opens the root element.
    pub fn create(path: &Path, headers: &[&str]) -> io::Result<Xml> {
        let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
        out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<data>\n")?;
        Ok(Xml {
            out,
            fields: headers.iter().map(|header| field_name(header)).collect(),
            record: Vec::new(),
        })
    }
}

impl Rows for Xml {
    fn row(&mut self, values: &[Value<'_>]) -> io::Result<Place> {
        self.record.clear();
        self.record.extend_from_slice(b"<baris>");
        for (field, value) in self.fields.iter().zip(values) {
            write!(self.record, "<{field}>")?;
            match value {
                Value::Text(text) => self.record.extend_from_slice(escape_xml(text).as_bytes()),
                other => push_value(&mut self.record, other, Style::Plain),
            }
            write!(self.record, "</{field}>")?;
        }
        self.record.extend_from_slice(b"</baris>\n");
        self.out.write_all(&self.record)?;
        Ok(Place::default())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.write_all(b"</data>\n")?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: [&str; 3] = ["Kode Wilayah", "Laki-laki", "Judul"];

    fn row() -> [Value<'static>; 3] {
        [Value::text("32.10"), Value::Decimal(1_250), Value::text("\"A\" & <B>")]
    }

    #[test]
    fn json_keeps_numbers_as_numbers() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");
        let mut writer = Json::create(&path, &HEADERS).expect("a file");
        writer.row(&row()).expect("a row");
        writer
            .row(&[Value::Empty, Value::Integer(1_234), Value::text("x")])
            .expect("a row");
        Box::new(writer).finish().expect("flushed");
        let text = std::fs::read_to_string(&path).expect("text");
        let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(document["data"][0]["kode_wilayah"], "32.10");
        assert_eq!(document["data"][0]["judul"], "\"A\" & <B>");
        assert_eq!(document["data"][0]["laki_laki"].as_f64(), Some(12.5));
        assert_eq!(document["data"][1]["laki_laki"].as_i64(), Some(1_234));
        assert!(document["data"][1]["kode_wilayah"].is_null());
    }

    #[test]
    fn xml_escapes_text() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.xml");
        let mut writer = Xml::create(&path, &HEADERS).expect("a file");
        writer.row(&row()).expect("a row");
        Box::new(writer).finish().expect("flushed");
        let text = std::fs::read_to_string(&path).expect("text");
        assert!(text.contains("<kode_wilayah>32.10</kode_wilayah><laki_laki>12.50</laki_laki>"));
        assert!(text.contains("<judul>&quot;A&quot; &amp; &lt;B&gt;</judul>"));
        assert!(text.ends_with("</baris>\n</data>\n"));
    }
}
