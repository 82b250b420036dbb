//! A JSON Schema as Markdown: one table an object, in the order of the types.

use super::{cell, heading};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;

/// How the described file is written: it decides what a place inside is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    Toml,
    Json,
}

/// What a page is about.
pub(super) struct Subject {
    /// File name without extension.
    pub name: String,
    pub title: &'static str,
    pub intro: &'static str,
    pub notation: Notation,
}

/// The page of a schema.
pub(super) fn page(schema: &Value, subject: &Subject) -> String {
    let definitions = schema
        .get("$defs")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let mut writer = Writer {
        definitions,
        notation: subject.notation,
        named: BTreeMap::new(),
        waiting: VecDeque::new(),
        text: heading(subject.title),
    };
    writer.line(&format!("\n{}\n", subject.intro));
    if let Some(description) = schema.get("description").and_then(Value::as_str) {
        writer.line(&format!("{description}\n"));
    }
    writer.line(&format!(
        "JSON Schema: [{0}.schema.json]({0}.schema.json)\n",
        subject.name
    ));
    writer.object("", schema);
    while let Some((path, definition)) = writer.waiting.pop_front() {
        writer.section(&path, &definition);
    }
    writer.text
}

struct Writer {
    definitions: Map<String, Value>,
    notation: Notation,
    /// Section in which a definition is told, by its reference.
    named: BTreeMap<String, String>,
    /// Sections still to be written: path and definition.
    waiting: VecDeque<(String, Value)>,
    text: String,
}

/// How often the value of a key holds the object that is described.
#[derive(Clone, Copy)]
enum Holds {
    One,
    List,
    Named,
}

impl Writer {
    /// Adds a line. Writing into a `String` cannot fail.
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    fn section(&mut self, path: &str, definition: &Value) {
        self.line(&format!("\n## `{path}`\n"));
        if let Some(description) = definition.get("description").and_then(Value::as_str) {
            self.line(&format!("{}\n", cell(description)));
        }
        let inner = path.trim_matches(['[', ']']);
        match definition.get("oneOf").and_then(Value::as_array) {
            Some(variants) => {
                for variant in variants.clone() {
                    self.variant(inner, &variant);
                }
            }
            None => self.object(inner, definition),
        }
    }

    /// One kind of a tagged table: named by its tag, which needs no row of its own.
    fn variant(&mut self, path: &str, variant: &Value) {
        let mut variant = variant.clone();
        let tag = properties(&variant)
            .iter()
            .find_map(|(key, schema)| Some((key.clone(), schema.get("const")?.clone())));
        if let Some((key, value)) = tag {
            self.line(&format!("**`{key} = {value}`**\n"));
            if let Some(properties) = variant.get_mut("properties").and_then(Value::as_object_mut) {
                properties.shift_remove(&key);
            }
        }
        if let Some(description) = variant.get("description").and_then(Value::as_str) {
            self.line(&format!("{}\n", cell(description)));
        }
        self.object(path, &variant);
        self.line("");
    }

    fn object(&mut self, path: &str, schema: &Value) {
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        let required: Vec<&str> = required.filter_map(Value::as_str).collect();
        let third = if self.notation == Notation::Toml {
            "unless set"
        } else {
            "null or left out"
        };
        self.line(&format!("| key | holds | {third} | meaning |"));
        self.line("|---|---|---|---|");
        for (key, property) in properties(schema) {
            let below = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            let holds = self.kind(&below, &property, Holds::One);
            let third = match (self.notation, required.contains(&key.as_str())) {
                (Notation::Toml, true) => "**required**".to_string(),
                (Notation::Toml, false) => unset(&property),
                (Notation::Json, true) => "never".to_string(),
                (Notation::Json, false) => "may be".to_string(),
            };
            let meaning = cell(&self.meaning(&property));
            self.line(&format!("| `{key}` | {} | {third} | {meaning} |", cell(&holds)));
        }
    }

    /// The description of a property, or of what it refers to; for a choice also what each choice means.
    fn meaning(&self, property: &Value) -> String {
        let target = self.target(property);
        // What two languages are is said by the kind; what the text says only the property can know.
        let general = target.get("description").filter(|_| !is_bilingual(property));
        let own = property.get("description").or(general);
        let mut meaning = own.and_then(Value::as_str).unwrap_or_default().to_string();
        for (value, description) in choices(target) {
            if let Some(description) = description {
                let _ = write!(meaning, " `{value}`: {description}");
            }
        }
        meaning
    }

    /// What a property refers to, without the `null` of an optional one.
    fn target<'s>(&'s self, property: &'s Value) -> &'s Value {
        let inner = without_null(property);
        match reference(inner) {
            Some(name) => self.definitions.get(name).unwrap_or(inner),
            None => inner,
        }
    }

    /// What a value is, in words; an object is queued for a section of its own.
    fn kind(&mut self, path: &str, schema: &Value, holds: Holds) -> String {
        let schema = without_null(schema).clone();
        if schema.get("$ref").and_then(Value::as_str) == Some("#") {
            return "the same form as the whole".to_string();
        }
        if let Some(name) = reference(&schema) {
            return self.referred(path, name, holds);
        }
        let choices = choices(&schema);
        if !choices.is_empty() {
            let values: Vec<String> = choices.iter().map(|(value, _)| format!("`{value}`")).collect();
            return values.join(", ");
        }
        match type_name(&schema) {
            "array" => match (schema.get("prefixItems").and_then(Value::as_array), schema.get("items")) {
                (Some(items), _) => {
                    let items: Vec<String> = items.iter().map(|item| self.kind(path, item, Holds::One)).collect();
                    format!("[{}]", items.join(", "))
                }
                (None, Some(items)) => format!("list of {}", self.kind(path, items, Holds::List)),
                (None, None) => "list".to_string(),
            },
            "object" => match schema.get("additionalProperties").filter(|values| values.is_object()) {
                Some(values) => format!("name = {}", self.kind(path, values, Holds::Named)),
                None => "table".to_string(),
            },
            "integer" => "whole number".to_string(),
            "number" => "number".to_string(),
            "boolean" => "`true`, `false`".to_string(),
            "string" => "text".to_string(),
            _ => "anything".to_string(),
        }
    }

    fn referred(&mut self, path: &str, name: &str, holds: Holds) -> String {
        if name == BILINGUAL {
            return "text in both languages: `{ id, en }`".to_string();
        }
        let definition = self.definitions.get(name).cloned().unwrap_or_default();
        if type_name(&definition) != "object" && !is_tagged(&definition) {
            return self.kind(path, &definition, holds);
        }
        if let Some(section) = self.named.get(name) {
            return format!("as `{section}`");
        }
        let section = match (self.notation, holds) {
            (Notation::Toml, Holds::One) => format!("[{path}]"),
            (Notation::Toml, Holds::List) => format!("[[{path}]]"),
            (Notation::Toml, Holds::Named) => format!("[{path}.<name>]"),
            (Notation::Json, Holds::One) => path.to_string(),
            (Notation::Json, Holds::List) => format!("{path}[]"),
            (Notation::Json, Holds::Named) => format!("{path}.<name>"),
        };
        self.named.insert(name.to_string(), section.clone());
        self.waiting.push_back((section.clone(), definition));
        let what = if self.notation == Notation::Toml {
            "table"
        } else {
            "object"
        };
        format!("{what} `{section}`")
    }
}

/// The definition of a text in both languages: shown in a row, never as a section.
const BILINGUAL: &str = "Bilingual";

fn is_bilingual(property: &Value) -> bool {
    reference(without_null(property)) == Some(BILINGUAL)
}

fn properties(schema: &Value) -> Map<String, Value> {
    schema
        .get("properties")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}

/// The name of the definition that a schema refers to.
fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

/// The one alternative that is not `null`, where there is exactly one.
fn without_null(schema: &Value) -> &Value {
    let alternatives = schema.get("anyOf").and_then(Value::as_array);
    let Some(alternatives) = alternatives else {
        return schema;
    };
    let mut others = alternatives
        .iter()
        .filter(|alternative| type_name(alternative) != "null");
    match (others.next(), others.next()) {
        (Some(one), None) => one,
        _ => schema,
    }
}

/// The type that is not `null`; empty where the schema names none.
fn type_name(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(Value::as_str)
            .find(|name| *name != "null")
            .unwrap_or_default(),
        _ => "",
    }
}

/// The values of a choice of texts, with what each means where that is said.
fn choices(schema: &Value) -> Vec<(&str, Option<&str>)> {
    let alternatives = schema.get("oneOf").and_then(Value::as_array);
    let parts: Vec<&Value> = alternatives.map_or_else(|| vec![schema], |parts| parts.iter().collect());
    let mut found = Vec::new();
    for part in parts {
        let description = alternatives
            .and_then(|_| part.get("description"))
            .and_then(Value::as_str);
        let several = part.get("enum").and_then(Value::as_array).into_iter().flatten();
        let values = several.chain(part.get("const")).filter_map(Value::as_str);
        found.extend(values.map(|value| (value, description)));
    }
    found
}

/// True for alternatives that are tables of their own.
fn is_tagged(schema: &Value) -> bool {
    let alternatives = schema.get("oneOf").and_then(Value::as_array);
    alternatives.is_some_and(|parts| parts.iter().all(|part| type_name(part) == "object"))
}

/// What holds where a key is left out.
fn unset(property: &Value) -> String {
    match property.get("default") {
        None | Some(Value::Null | Value::Object(_)) => "–".to_string(),
        Some(Value::Array(values)) if values.is_empty() => "–".to_string(),
        Some(value) => format!("`{value}`"),
    }
}
