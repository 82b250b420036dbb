//! A look into an answer: some values and the number of records, in one pass.

use super::json::{JsonEvent, JsonReader};
use super::xml::{XmlEvent, XmlReader};
use super::{FormatResult, TEXT_LIMIT, json_records, open_file, pointer_segments, xml_records};
use std::path::Path;

/// Which of the two formats an answer is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatKind {
    Json,
    Xml,
}

/// What a look into an answer found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peek {
    /// One for each pointer asked for: the first scalar there as text (`true`, `12.50`, the string itself); none
    /// where there is nothing, `null`, or something that is not a scalar. An empty string is a value in JSON,
    /// none in XML.
    pub values: Vec<Option<String>>,
    /// Records at the records path.
    pub records: u64,
}

/// Reads an answer once, whole, in bounded memory.
///
/// `pointers` are JSON pointers (`/meta/total`) or element paths from the root (`/response/meta/total`, with
/// `/response/@total` for an attribute). `records` is where the records are: the array in JSON, the record
/// element in XML; without it they are looked for as [`json_records`] and [`xml_records`] do, and none found is
/// no error. An object at the JSON records path counts as one record only under the empty pointer. An answer
/// that is cut off or not well-formed is an error.
pub fn peek(path: &Path, kind: FormatKind, pointers: &[&str], records: Option<&str>) -> FormatResult<Peek> {
    let pointers: Vec<Vec<String>> = pointers.iter().map(|pointer| pointer_segments(pointer)).collect();
    let records = match (records, kind) {
        (Some(records), _) => Some(pointer_segments(records)),
        (None, FormatKind::Json) => json_records(path).ok(),
        (None, FormatKind::Xml) => xml_records(path).ok(),
    };
    let peek = Peek {
        values: vec![None; pointers.len()],
        records: 0,
    };
    let mut look = Look {
        pointers,
        records,
        stack: Vec::new(),
        peek,
    };
    match kind {
        FormatKind::Json => look.json(path)?,
        FormatKind::Xml => look.xml(path)?,
    }
    Ok(look.peek)
}

/// One name or index of the way from the root to where the parser is.
enum Step {
    Name(String),
    Index(u64),
}

impl Step {
    fn is(&self, segment: &str) -> bool {
        match self {
            Step::Name(name) => name == segment,
            Step::Index(index) => segment.parse() == Ok(*index),
        }
    }
}

struct Look {
    pointers: Vec<Vec<String>>,
    records: Option<Vec<String>>,
    stack: Vec<Step>,
    peek: Peek,
}

/// Whether the way `stack` is the one that `segments` name.
fn leads(stack: &[Step], segments: &[String]) -> bool {
    stack.len() == segments.len() && stack.iter().zip(segments).all(|(step, segment)| step.is(segment))
}

impl Look {
    fn json(&mut self, path: &Path) -> FormatResult<()> {
        // Documents line by line are records, too.
        let mut reader = JsonReader::lines(open_file(path)?, TEXT_LIMIT);
        // Whether each open container is an array.
        let mut arrays: Vec<bool> = Vec::new();
        loop {
            let event = reader.next_event()?;
            if event == JsonEvent::End {
                return Ok(());
            }
            if let JsonEvent::Key(name) = event {
                // An object always has the name of its current member on the stack; see `ObjectStart`.
                if let Some(step) = self.stack.last_mut() {
                    *step = Step::Name(name.to_string());
                }
                continue;
            }
            if matches!(event, JsonEvent::ArrayEnd | JsonEvent::ObjectEnd) {
                self.stack.pop();
                arrays.pop();
                continue;
            }
            self.json_value(event, &mut arrays);
        }
    }

    fn json_value(&mut self, event: JsonEvent<'_>, arrays: &mut Vec<bool>) {
        if arrays.last() == Some(&true) {
            if self.at_records_element() {
                self.peek.records += 1;
            }
            if let Some(Step::Index(index)) = self.stack.last_mut() {
                *index = index.wrapping_add(1);
            }
        }
        match event {
            JsonEvent::ArrayStart => {
                // Counted up at each element: the first makes it 0.
                self.stack.push(Step::Index(u64::MAX));
                arrays.push(true);
            }
            JsonEvent::ObjectStart => {
                if self.stack.is_empty() && self.records.as_ref().is_some_and(Vec::is_empty) {
                    self.peek.records += 1;
                }
                self.stack.push(Step::Name(String::new()));
                arrays.push(false);
            }
            JsonEvent::Text(text) | JsonEvent::Number(text) => self.take(text),
            JsonEvent::Bool(value) => self.take(if value { "true" } else { "false" }),
            _ => {}
        }
    }

    /// Whether the innermost open container is the array of records.
    fn at_records_element(&self) -> bool {
        let Some((_, around)) = self.stack.split_last() else {
            return false;
        };
        self.records.as_ref().is_some_and(|records| leads(around, records))
    }

    fn take(&mut self, text: &str) {
        for (pointer, value) in self.pointers.iter().zip(&mut self.peek.values) {
            if value.is_none() && leads(&self.stack, pointer) {
                *value = Some(text.to_string());
            }
        }
    }

    fn xml(&mut self, path: &Path) -> FormatResult<()> {
        let mut reader = XmlReader::new(open_file(path)?, TEXT_LIMIT)?;
        loop {
            match reader.next_event()? {
                XmlEvent::Start(name) => {
                    self.stack.push(Step::Name(name.to_string()));
                    if self.records.as_ref().is_some_and(|records| leads(&self.stack, records)) {
                        self.peek.records += 1;
                    }
                    for (name, value) in reader.attributes() {
                        self.stack.push(Step::Name(format!("@{name}")));
                        self.take(value);
                        self.stack.pop();
                    }
                }
                XmlEvent::Text(text) => self.take(text),
                XmlEvent::ElementEnd => {
                    self.stack.pop();
                }
                XmlEvent::End => return Ok(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn look(kind: FormatKind, text: &str, pointers: &[&str], records: Option<&str>) -> FormatResult<Peek> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        peek(file.path(), kind, pointers, records)
    }

    fn values(peek: &Peek) -> Vec<&str> {
        peek.values
            .iter()
            .map(|value| value.as_deref().unwrap_or("-"))
            .collect()
    }

    #[test]
    fn json_values_and_records() {
        let text = r#"{"status":"ok","meta":{"total":12.50,"more":true,"next":null,"empty":""},
            "data":[{"meta":{"total":9},"l":[{},{}]},{"a":1}],"list":[[1],["x",{"y":"z"}]],"error":{"code":499}}"#;
        let pointers = [
            "/status",
            "/meta/total",
            "/meta/more",
            "/meta/next",
            "/meta",
            "/list/1/0",
            "/list/1/1/y",
            "/error/code",
            "/meta/empty",
        ];
        let found = look(FormatKind::Json, text, &pointers, Some("/data")).unwrap();
        assert_eq!(values(&found), ["ok", "12.50", "true", "-", "-", "x", "z", "499", ""]);
        assert_eq!(found.records, 2);
        assert_eq!(look(FormatKind::Json, text, &[], Some("/data/0/l")).unwrap().records, 2);
        assert_eq!(look(FormatKind::Json, text, &[], Some("/list/0")).unwrap().records, 1);
        assert_eq!(look(FormatKind::Json, text, &[], Some("/nowhere")).unwrap().records, 0);
        assert_eq!(look(FormatKind::Json, text, &[], None).unwrap().records, 2);
    }

    #[test]
    fn json_documents_as_a_whole() {
        assert_eq!(
            look(FormatKind::Json, "[{},{},[{}],4]", &["/3"], Some("")).unwrap(),
            Peek {
                values: vec![Some("4".to_string())],
                records: 4
            }
        );
        assert_eq!(look(FormatKind::Json, "[]", &[], None).unwrap().records, 0);
        assert_eq!(
            look(FormatKind::Json, "{\"a\":1}\n{\"a\":2}", &["/a"], Some("")).unwrap(),
            Peek {
                values: vec![Some("1".to_string())],
                records: 2
            }
        );
        assert_eq!(
            look(FormatKind::Json, "{\"data\":[1", &[], Some("/data"))
                .unwrap_err()
                .code,
            "json-cut-off"
        );
        assert_eq!(
            look(FormatKind::Json, "<html>", &[], Some("/data")).unwrap_err().code,
            "json-invalid"
        );
    }

    #[test]
    fn xml_values_and_records() {
        let text =
            "<r code='0'><meta><total> 3 </total><none/></meta><rows><row><total>9</total></row><row/></rows></r>";
        let found = look(
            FormatKind::Xml,
            text,
            &["/r/@code", "/r/meta/total", "/r/meta/none", "/r/rows"],
            Some("/r/rows/row"),
        )
        .unwrap();
        assert_eq!(values(&found), ["0", "3", "-", "-"]);
        assert_eq!(found.records, 2);
        assert_eq!(look(FormatKind::Xml, text, &[], None).unwrap().records, 2);
        assert_eq!(
            look(FormatKind::Xml, "<r><rows>", &[], Some("/r/rows/row"))
                .unwrap_err()
                .code,
            "xml-cut-off"
        );
    }
}
