//! What went wrong, for the person at the terminal.

use crate::catalog::CatalogError;
use crate::config::Problem;
use crate::run::RunError;
use std::io::Write;
use std::process::ExitCode;

/// A sentence that says what and where, hints that say how to mend it, and the exit code.
#[derive(Debug)]
pub struct Failure {
    message: String,
    hints: Vec<String>,
    code: i32,
}

impl Failure {
    /// Exit code 1.
    pub fn new(message: impl Into<String>) -> Failure {
        Failure {
            message: message.into(),
            hints: Vec::new(),
            code: 1,
        }
    }

    /// Exit code 2: usage or configuration.
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure::new(message).code(2)
    }

    /// The reader of standard output has gone away: nothing is wrong.
    pub(super) fn quiet() -> Failure {
        Failure {
            message: String::new(),
            hints: Vec::new(),
            code: 0,
        }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hints.push(hint.into());
        self
    }

    pub fn code(mut self, code: i32) -> Failure {
        self.code = code;
        self
    }

    /// Every problem of a configuration, exit code 2.
    pub fn configuration(problems: &[Problem]) -> Failure {
        let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
        Failure::usage(format!(
            "the configuration has {} problem(s)\n{}",
            problems.len(),
            lines.join("\n")
        ))
    }

    /// Prints to standard error and gives the exit code.
    pub(super) fn report(self) -> ExitCode {
        let mut text = String::new();
        if !self.message.is_empty() {
            text.push_str(&format!("error: {}\n", self.message));
        }
        if !self.hints.is_empty() {
            text.push('\n');
            text.extend(self.hints.iter().map(|hint| format!("hint: {hint}\n")));
        }
        say(&text);
        ExitCode::from(self.code as u8)
    }
}

/// Writes to standard error. A reader that has gone away misses it; the exit code says the same.
pub(super) fn say(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Failure {
        match &error {
            RunError::Configuration(problems) => Failure::configuration(problems),
            RunError::NothingToAccept(_) => Failure::new(error.to_string())
                .hint("refuse it, and have the sender send the file again without the doubt that its receipt names"),
            RunError::NoConnector(_) => Failure::usage(error.to_string()).hint("`lumbung plan` lists the connectors"),
            RunError::NoDataset(_) => {
                Failure::usage(error.to_string()).hint("datasets are the files in pipelines/datasets/, without .toml")
            }
            RunError::NoSubmission(_) => Failure::usage(error.to_string()).hint("`lumbung submission list` lists them"),
            RunError::WaitsForRebuild { dataset, .. } => {
                Failure::new(error.to_string()).hint(format!("`lumbung rebuild {dataset}`; the next run then reads it"))
            }
            RunError::NotRaised { dataset, .. } => Failure::usage(error.to_string()).hint(format!(
                "raise `version` in pipelines/datasets/{dataset}.toml, or take the change back"
            )),
            RunError::ConnectorGone { connector, .. } => Failure::new(error.to_string()).hint(format!(
                "put connectors/{connector}.toml back; the old model counts until then"
            )),
            RunError::RawGone { .. } => Failure::new(error.to_string()).hint(
                "restore raw/ from a backup, if their retention had not ended; the old model counts until then",
            ),
            RunError::RowsGone { submissions, .. } => Failure::new(error.to_string())
                .hint("restore staged/ or raw/ from a backup, or put their connector back; then say it again")
                .hint(format!(
                    "or, where what they said need not count either, withdraw them too, all in one: `lumbung submission \
                     withdraw {} … --reason …`",
                    crate::run::numbers(submissions, " ")
                )),
            RunError::RawKeyUnset(name) => Failure::usage(error.to_string()).hint(format!(
                "set {name} in the environment of lumbung, or take it out of [keys] in lumbung.toml"
            )),
            RunError::RawLocked { .. } => Failure::new(error.to_string())
                .hint("give the key that they were encrypted with in the variable that keys.raw names, or one of keys.raw_previous"),
            RunError::Lease(_) => Failure::new(error.to_string())
                .hint("wait until it has ended; a lease of a process that has died is taken over by itself"),
            RunError::DiskFull { folder, .. } => Failure::new(error.to_string()).hint(format!(
                "make room on the file system of {folder}, or give it more, and run again; `lumbung doctor` says how much is left"
            )),
            _ => Failure::new(error.to_string()),
        }
    }
}

impl From<CatalogError> for Failure {
    fn from(error: CatalogError) -> Failure {
        Failure::new(error.to_string())
    }
}
