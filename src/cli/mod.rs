//! The command line: one file a verb.
//!
//! Verbs call `run` and read the catalog and releases; they import no stage. Data goes to standard output,
//! everything else to standard error; `--json` prints exactly one JSON document. Exit codes: 0 done; 1 failed;
//! 2 usage or configuration; 3 done, and somebody must look.

mod check;
mod doctor;
mod failure;
mod history;
mod init;
mod learn;
mod plan;
mod preview;
mod quarantine;
mod query;
mod rebuild;
mod release;
mod run;
mod schema;
mod serve;
mod status;
mod submission;
mod template;
mod usage;

pub use failure::Failure;

use crate::finding::receipt::Language;
use crate::observe::{self, LogFormat, Progress};
use crate::run::Place;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Stack of the runtime's threads: the SQL planner recurses deeply, most of all without optimisation.
const STACK_BYTES: usize = 16 << 20;

/// Regional data in, one Parquet model, nightly indicators out.
#[derive(Debug, Parser)]
#[command(name = "lumbung", version, about, propagate_version = true, after_help = EXAMPLES)]
pub struct Cli {
    /// Configuration directory: lumbung.toml, connectors/, pipelines/
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    config: PathBuf,
    /// Data directory: drop/, raw/, model/, published/, catalog.db
    #[arg(long, global = true, value_name = "DIR", default_value = "var")]
    data: PathBuf,
    /// Print one JSON document
    #[arg(long, global = true)]
    json: bool,
    /// Language of what is printed
    #[arg(long, global = true, value_enum, default_value_t = Speech::Id, env = "LUMBUNG_LANG")]
    lang: Speech,
    /// Say more on standard error; twice: everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// Say only errors on standard error
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Form of log lines
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    log: LogFormat,
    #[command(subcommand)]
    command: Command,
}

/// A language, as the command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Speech {
    /// Bahasa Indonesia
    Id,
    /// English
    En,
}

const EXAMPLES: &str = "Examples:
  lumbung check                                     is the configuration right?
  lumbung run --as-of 2025-11-30                    the nightly job
  lumbung check data.xlsx --connector dukcapil-file --region 32
  lumbung query \"SELECT * FROM indicators LIMIT 5\"";

const SERVE_EXAMPLES: &str =
    "Connectors with a schedule of their own are pulled, read and merged at their moments; the \
nightly job pulls the others and publishes. A night that was missed is caught up once. SIGTERM stops at once; the next \
start goes on from there.

Examples:
  lumbung serve
  lumbung --config /etc/lumbung --data /srv/lumbung serve -v --log json";

#[derive(Debug, Subcommand)]
enum Command {
    /// Pull, read, merge, compute and publish: the nightly job
    Run(run::Arguments),
    /// Run what is due, by the schedules, until stopped
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(serve::Arguments),
    /// Check the configuration, or judge one file without keeping anything
    Check(check::Arguments),
    /// Show what a file looks like to Lumbung, or what a connector would ask for
    Preview(preview::Arguments),
    /// Make the spreadsheet that an officer fills in
    Template(template::Arguments),
    /// Say what the next run would do
    #[command(after_help = "Asks no source, reads no file, writes nothing.

Examples:
  lumbung plan
  lumbung plan --json")]
    Plan,
    /// Look at the surroundings: folders, space, catalog, tokens
    #[command(
        after_help = "Exit code: 0 well, warnings included; 3 a run would fail or leave something out.

Examples:
  lumbung doctor
  lumbung --config /etc/lumbung --data /srv/lumbung doctor --json"
    )]
    Doctor,
    /// Show the last run's report, what is due and what waits for a person
    #[command(after_help = "Examples:
  lumbung status
  lumbung status --lang en
  lumbung status --json")]
    Status,
    /// Make a configuration directory to start from
    Init(init::Arguments),
    /// Print or write the JSON Schemas and the reference
    #[command(after_help = "Examples:
  lumbung schema
  lumbung schema --out docs/reference
  lumbung schema --out docs/reference --check")]
    Schema(schema::Arguments),
    /// Ask a release in SQL
    Query(query::Arguments),
    /// List, show, accept, refuse or withdraw submissions
    #[command(subcommand)]
    Submission(submission::Command),
    /// List, show or replay refused rows
    #[command(subcommand)]
    Quarantine(quarantine::Command),
    /// Propose synonyms from what senders write, and accept them
    Learn(learn::Arguments),
    /// Show which submissions said what of a key, and when
    History(history::Arguments),
    /// Replay a dataset's submissions from raw into a new model
    Rebuild(rebuild::Arguments),
    /// List, show or verify releases
    #[command(subcommand)]
    Release(release::Command),
    /// Parse the workbooks asked for on standard input whole and print their cells: what other verbs call for XLS, XLSB
    /// and ODS
    #[command(hide = true)]
    ReadWorkbook {
        /// Memory that this process may take, in MiB
        megabytes: u64,
    },
    /// Print every cell of a file as it is read, for comparing with other readers
    #[command(hide = true)]
    Cells { path: PathBuf },
    /// Print completions for a shell
    #[command(after_help = "Examples:
  lumbung completions bash > /etc/bash_completion.d/lumbung
  lumbung completions zsh > _lumbung")]
    Completions {
        /// Shell to complete for
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
}

/// What every verb is given.
pub(crate) struct Session {
    pub place: Place,
    pub json: bool,
    pub language: Language,
    pub progress: Progress,
}

impl Session {
    /// A sentence in the language asked for.
    pub(crate) fn say<'t>(&self, id: &'t str, en: &'t str) -> &'t str {
        if self.language == Language::Id { id } else { en }
    }

    /// Prints one JSON document.
    pub(crate) fn print_json(&self, value: &impl serde::Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value).map_err(|error| Failure::new(error.to_string()))?;
        print(&(text + "\n"))
    }
}

/// Writes to standard output. A reader that has gone away ends the program quietly.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(Failure::quiet()),
        Err(error) => Err(Failure::new(format!("standard output: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Where a row stands, as its sender finds it: `laporan.xlsx [Tenaga kerja] baris 8`; where it was made from one of several
/// columns, the cell as a spreadsheet's name box takes it: `laporan.xlsx 'Tenaga kerja'!F8`.
fn row_place(session: &Session, file: &str, sheet: Option<&str>, row: Option<i32>, cell: Option<&str>) -> String {
    match (sheet, row, cell) {
        (Some(sheet), _, Some(cell)) if sheet.chars().all(|one| one.is_alphanumeric() || one == '_') => {
            format!("{file} {sheet}!{cell}")
        }
        (Some(sheet), _, Some(cell)) => format!("{file} '{}'!{cell}", sheet.replace('\'', "''")),
        (None, _, Some(cell)) => format!("{file} {cell}"),
        (sheet, row, None) => {
            let sheet = sheet.map(|sheet| format!(" [{sheet}]")).unwrap_or_default();
            let row = row.map(|row| format!(" {} {row}", session.say("baris", "row")));
            format!("{file}{sheet}{}", row.unwrap_or_default())
        }
    }
}

/// Does what the hidden verbs say, which print cells and need no configuration; none for any other verb.
fn write_cells(command: &Command) -> Option<std::io::Result<()>> {
    match command {
        Command::ReadWorkbook { megabytes } => Some(crate::run::read_workbooks(*megabytes)),
        Command::Cells { path } => {
            let mut output = std::io::BufWriter::new(std::io::stdout().lock());
            Some(crate::run::write_cells(path, &mut output))
        }
        _ => None,
    }
}

/// Parses the command line, does what it says and gives the exit code.
pub fn main() -> ExitCode {
    observe::keep_quiet_about_values();
    let arguments = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    let asked = usage::asked(&arguments.collect::<Vec<_>>());
    let command = match asked {
        Some(Language::Id) => usage::in_indonesian(Cli::command()),
        _ => Cli::command(),
    };
    let parsed = command
        .try_get_matches()
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            if asked != Some(Language::En)
                && let Some(failure) = usage::wrong(&error)
            {
                return failure.report(Language::Id);
            }
            // Help and version go to standard output with 0, wrong usage to standard error with 2.
            let code = error.exit_code();
            return match error.print() {
                Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
                _ => ExitCode::from(code as u8),
            };
        }
    };
    let language = match cli.lang {
        Speech::Id => Language::Id,
        Speech::En => Language::En,
    };
    if let Some(written) = write_cells(&cli.command) {
        return match written {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => Failure::new(error.to_string()).report(language),
        };
    }
    let verbosity = if cli.quiet { -1 } else { cli.verbose as i8 };
    if let Err(message) = observe::init(cli.log, verbosity) {
        return Failure::usage(message).report(language);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK_BYTES)
        .build();
    match runtime {
        Ok(runtime) => match runtime.block_on(dispatch(cli, language)) {
            Ok(code) => ExitCode::from(code as u8),
            Err(failure) => failure.report(language),
        },
        Err(error) => Failure::new(format!("threads cannot be started: {error}")).report(language),
    }
}

async fn dispatch(cli: Cli, language: Language) -> Result<i32, Failure> {
    let session = Session {
        place: Place {
            config: cli.config,
            data: cli.data,
        },
        json: cli.json,
        language,
        progress: Progress::new(language, cli.json),
    };
    // Work runs on the runtime's own threads, which have deep stacks; the main thread's is the system's.
    let work = async move {
        match cli.command {
            Command::Run(arguments) => run::run(&session, arguments).await,
            Command::Serve(arguments) => serve::serve(&session.place, &arguments, &session.progress)
                .await
                .map_err(|error| Failure::new(error.to_string()).code(error.exit_code())),
            Command::Check(arguments) => check::check(&session, arguments).await,
            Command::Preview(arguments) => preview::preview(&session, arguments).await,
            Command::Template(arguments) => template::template(&session, &arguments),
            Command::Plan => plan::plan(&session),
            Command::Doctor => doctor::doctor(&session),
            Command::Status => status::status(&session),
            Command::Init(arguments) => init::init(&session, &arguments),
            Command::Schema(arguments) => {
                schema::schema(&arguments, Cli::command()).map_err(|error| Failure::new(error.to_string()))
            }
            Command::Query(arguments) => query::query(&session, arguments).await,
            Command::Submission(command) => submission::submission(&session, command),
            Command::Quarantine(command) => quarantine::quarantine(&session, command).await,
            Command::Learn(arguments) => learn::learn(&session, &arguments),
            Command::History(arguments) => history::history(&session, arguments).await,
            Command::Rebuild(arguments) => rebuild::rebuild(&session, arguments).await,
            Command::Release(command) => release::release(&session, command),
            // Done before there was a runtime.
            Command::ReadWorkbook { .. } | Command::Cells { .. } => Ok(0),
            Command::Completions { shell } => {
                let mut text = Vec::new();
                clap_complete::generate(shell, &mut Cli::command(), "lumbung", &mut text);
                print(&String::from_utf8_lossy(&text)).map(|()| 0)
            }
        }
    };
    tokio::spawn(work)
        .await
        // What a panic said may hold a value; where it was has been told.
        .map_err(|_| Failure::new("internal error: the program ended in the middle of its work"))?
}
