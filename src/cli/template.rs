//! `lumbung template`: the spreadsheet that an officer fills in.

mod workbook;

use super::{Failure, Session, print};
use crate::config::{self, Configuration};
use crate::run::RunError;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// What `lumbung template` takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The workbook has one sheet to fill in, whose headers, lists and formats follow the contract, and a \
sheet that explains each column in Bahasa Indonesia and English. Filled in, it is read as it is.

Examples:
  lumbung template population
  lumbung template commodity_price --out harga-pasar.xlsx
  lumbung template labour --out - > ketenagakerjaan.xlsx"
)]
pub struct Arguments {
    /// Dataset to report
    #[arg(value_name = "DATASET")]
    dataset: String,
    /// File to write, `-` for standard output; <DATASET>.xlsx unless set
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn template(session: &Session, arguments: &Arguments) -> Result<i32, Failure> {
    let configuration = config::load(&session.place.config).map_err(RunError::Configuration)?;
    let contract = configuration
        .contracts
        .get(&arguments.dataset)
        .ok_or_else(|| unknown(&configuration, arguments))?;
    let bytes = workbook::bytes(contract, &configuration.codes)
        .map_err(|error| Failure::new(format!("the template of {} cannot be made: {error}", contract.name)))?;
    let path = arguments
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{}.xlsx", contract.name)));
    if path.as_os_str() == "-" {
        return to_standard_output(session, &bytes);
    }
    to_new_file(&path, &bytes)?;
    if session.json {
        let value = serde_json::json!({ "dataset": contract.name, "version": contract.version, "file": path });
        session.print_json(&value)?;
    } else {
        print(&format!("{}\n", path.display()))?;
    }
    Ok(0)
}

fn unknown(configuration: &Configuration, arguments: &Arguments) -> Failure {
    let names: Vec<&str> = configuration.contracts.keys().map(String::as_str).collect();
    Failure::usage(format!("there is no dataset \"{}\"", arguments.dataset))
        .hint(format!("one of: {}", names.join(", ")))
}

/// Never writes over a file: it may be one that somebody has filled in.
fn to_new_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let fail = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::usage(format!("{} exists already", path.display()))
            .hint("name another file with --out; nothing is overwritten"),
        _ => {
            Failure::new(format!("{}: {error}", path.display())).hint("name a file in a folder that exists with --out")
        }
    };
    let mut file = std::fs::File::create_new(path).map_err(fail)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(fail)
}

fn to_standard_output(session: &Session, bytes: &[u8]) -> Result<i32, Failure> {
    if session.json {
        return Err(
            Failure::usage("--out - writes the workbook itself, not JSON").hint("leave out --json, or name a file")
        );
    }
    let mut output = std::io::stdout().lock();
    match output.write_all(bytes).and_then(|()| output.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::quiet()),
        Err(error) => Err(Failure::new(format!("standard output: {error}"))),
        Ok(()) => Ok(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_exists_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xlsx");
        to_new_file(&path, b"one").unwrap();
        assert!(to_new_file(&path, b"two").is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
    }
}
