//! `lumbung schema`: JSON Schemas and the reference, made from the types so that neither can be out of date.

mod commands;
mod findings;
mod types;

use super::failure::say;
use crate::config::{Connector, Contract, Installation};
use crate::finding::receipt::Receipt;
use schemars::schema_for;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What `lumbung schema` takes.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Arguments {
    /// Directory for the reference (Markdown) and the JSON Schemas; without it the schemas are printed as one
    /// JSON document
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write nothing, and end with 1 where a file in --out is missing or differs
    #[arg(long, requires = "out")]
    pub check: bool,
}

/// Why the reference could not be written or compared.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}")]
pub struct SchemaError {
    path: String,
    source: std::io::Error,
}

/// Prints, writes or compares. `command` is the whole command line, for `cli.md`. Gives the exit code: 1 where
/// `--check` found a difference, whose files are then named on standard error.
pub fn schema(arguments: &Arguments, command: clap::Command) -> Result<i32, SchemaError> {
    let Some(directory) = &arguments.out else {
        let all: serde_json::Map<String, Value> = schemas()
            .into_iter()
            .map(|(name, schema)| (name.to_string(), schema))
            .collect();
        return to_standard_output(&pretty(&Value::Object(all))).map(|()| 0);
    };
    let documents = documents(command);
    if !arguments.check {
        write(directory, &documents)?;
        return Ok(0);
    }
    let differing = differing(directory, &documents)?;
    for name in &differing {
        say(&format!(
            "{} differs from the program\n",
            directory.join(name).display()
        ));
    }
    if !differing.is_empty() {
        say(&format!("hint: lumbung schema --out {}\n", directory.display()));
    }
    Ok(i32::from(!differing.is_empty()))
}

/// Prints; a reader that has gone away has seen enough.
fn to_standard_output(text: &str) -> Result<(), SchemaError> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(source) if source.kind() != std::io::ErrorKind::BrokenPipe => Err(SchemaError {
            path: "standard output".to_string(),
            source,
        }),
        _ => Ok(()),
    }
}

/// The JSON Schemas by name.
fn schemas() -> [(&'static str, Value); 4] {
    [
        ("contract", schema_for!(Contract).to_value()),
        ("connector", schema_for!(Connector).to_value()),
        ("installation", schema_for!(Installation).to_value()),
        ("receipt", schema_for!(Receipt).to_value()),
    ]
}

/// Every file of the reference: name and content.
fn documents(command: clap::Command) -> BTreeMap<String, String> {
    let mut documents = BTreeMap::new();
    for (name, schema) in schemas() {
        documents.insert(format!("{name}.schema.json"), pretty(&schema));
        documents.insert(format!("{name}.md"), types::page(&schema, &subject(name)));
    }
    documents.insert("findings.md".to_string(), findings::page());
    documents.insert("cli.md".to_string(), commands::page(command));
    documents
}

/// What stands above the tables of a page.
fn subject(name: &str) -> types::Subject {
    let (title, intro, notation) = match name {
        "contract" => (
            "Contract",
            "`pipelines/datasets/<name>.toml`. An unknown key is an error. Adding a dataset: CONTRIBUTING.md.",
            types::Notation::Toml,
        ),
        "connector" => (
            "Connector",
            "`connectors/<name>.toml`. An unknown key is an error. Text values may hold `${NAME}` or \
             `${NAME:-default}`, filled from the environment when the connector is used.",
            types::Notation::Toml,
        ),
        "installation" => (
            "Installation",
            "`lumbung.toml` in the configuration directory. An unknown key is an error.",
            types::Notation::Toml,
        ),
        _ => (
            "Receipt",
            "`receipts/<number>.json` in the data directory, version 1. How to read one: \
             [docs/receipt.md](../receipt.md).",
            types::Notation::Json,
        ),
    };
    types::Subject {
        name: name.to_string(),
        title,
        intro,
        notation,
    }
}

fn pretty(value: &Value) -> String {
    // A JSON value is what serde_json writes: it cannot fail on one.
    let mut text = serde_json::to_string_pretty(value).expect("a JSON value can be written");
    text.push('\n');
    text
}

fn write(directory: &Path, documents: &BTreeMap<String, String>) -> Result<(), SchemaError> {
    let wrap = |path: &Path| {
        let path = path.display().to_string();
        move |source| SchemaError { path, source }
    };
    std::fs::create_dir_all(directory).map_err(wrap(directory))?;
    for (name, content) in documents {
        let path = directory.join(name);
        std::fs::write(&path, content).map_err(wrap(&path))?;
    }
    Ok(())
}

/// Names of the files that are missing or differ.
fn differing<'a>(directory: &Path, documents: &'a BTreeMap<String, String>) -> Result<Vec<&'a str>, SchemaError> {
    let mut names = Vec::new();
    for (name, content) in documents {
        let path = directory.join(name);
        match std::fs::read_to_string(&path) {
            Ok(found) if found == *content => {}
            Ok(_) => names.push(name.as_str()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => names.push(name.as_str()),
            Err(source) => {
                return Err(SchemaError {
                    path: path.display().to_string(),
                    source,
                });
            }
        }
    }
    Ok(names)
}

/// The start of every page, so that nobody mends the copy.
fn heading(title: &str) -> String {
    format!("# {title}\n\n<!-- Made by `lumbung schema --out docs/reference`. Change the source, not this page. -->\n")
}

/// Text as a cell of a Markdown table: one line, bars escaped.
fn cell(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
}

#[cfg(test)]
mod tests;
