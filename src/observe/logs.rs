//! Log lines on standard error: lowercase sentences with fields, as text or one JSON object a line.

use super::progress;
use std::io::{self, IsTerminal, Write};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

/// Variable that says what is logged, such as `info` or `lumbung=debug,reqwest=info`. It goes before verbosity.
const VARIABLE: &str = "LUMBUNG_LOG";

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people: one line an event, in colour on a terminal.
    #[default]
    Text,
    /// For collectors: one JSON object an event.
    Json,
}

/// Starts logging to standard error for the whole process.
///
/// `verbosity` counts from warnings: -1 errors, 0 warnings, 1 what happens, 2 why, 3 and above everything; other
/// crates are heard from their warnings on. `LUMBUNG_LOG`, where it is set, decides instead. The error is a
/// sentence: the variable cannot be understood, or logging was started before.
pub fn init(format: LogFormat, verbosity: i8) -> Result<(), String> {
    let filter = filter(std::env::var(VARIABLE).ok().as_deref(), verbosity)?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_timer(LocalTime)
        .with_writer(BesideBars);
    let started = match format {
        LogFormat::Text => lines.with_ansi(colours()).with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_ansi(false).try_init(),
    };
    started.map_err(|error| format!("logging was started before: {error}"))
}

/// What is logged, from the variable's text or from the verbosity.
fn filter(variable: Option<&str>, verbosity: i8) -> Result<EnvFilter, String> {
    if let Some(text) = variable.filter(|text| !text.trim().is_empty()) {
        return EnvFilter::builder().parse(text).map_err(|error| {
            format!("{VARIABLE} is \"{text}\": {error}\nhint: write a level (error, warn, info, debug, trace) or target=level")
        });
    }
    let (own, others) = match verbosity {
        i8::MIN..=-1 => (LevelFilter::ERROR, LevelFilter::ERROR),
        0 => (LevelFilter::WARN, LevelFilter::WARN),
        1 => (LevelFilter::INFO, LevelFilter::WARN),
        2 => (LevelFilter::DEBUG, LevelFilter::WARN),
        3..=i8::MAX => (LevelFilter::TRACE, LevelFilter::DEBUG),
    };
    EnvFilter::builder()
        .parse(format!("{others},lumbung={own}"))
        .map_err(|error| error.to_string())
}

/// Colours only where a person looks and has not declined them (<https://no-color.org>).
fn colours() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// The operator's wall clock, with its offset so that lines of several machines can be compared.
struct LocalTime;

impl FormatTime for LocalTime {
    fn format_time(&self, writer: &mut Writer<'_>) -> std::fmt::Result {
        write!(writer, "{}", chrono::Local::now().format("%Y-%m-%dT%H:%M:%S%:z"))
    }
}

/// Standard error, with progress bars taken away while a line is written: else each would tear the other.
struct BesideBars;

impl<'a> MakeWriter<'a> for BesideBars {
    type Writer = BesideBars;

    fn make_writer(&'a self) -> BesideBars {
        BesideBars
    }
}

impl Write for BesideBars {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        progress::without_bars(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbosity_speaks_of_this_program_first() {
        let text = |verbosity| filter(None, verbosity).unwrap().to_string();
        assert!(text(0).contains("lumbung=warn"), "{}", text(0));
        assert!(
            text(1).contains("lumbung=info") && text(1).contains("warn"),
            "{}",
            text(1)
        );
        assert!(text(9).contains("lumbung=trace"), "{}", text(9));
        assert!(text(-3).contains("lumbung=error"), "{}", text(-3));
    }

    #[test]
    fn the_variable_goes_before_verbosity() {
        assert_eq!(filter(Some("lumbung=debug"), 0).unwrap().to_string(), "lumbung=debug");
        assert!(filter(Some("  "), 1).unwrap().to_string().contains("lumbung=info"));
    }

    #[test]
    fn a_variable_that_says_nothing_known_is_refused_with_a_hint() {
        let refused = filter(Some("lumbung=loud"), 0).unwrap_err();
        assert!(
            refused.contains("LUMBUNG_LOG") && refused.contains("hint:"),
            "{refused}"
        );
    }
}
