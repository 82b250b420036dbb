//! Progress bars: one a stage, on a terminal only.

use crate::finding::receipt::Language;
use indicatif::{MultiProgress, ProgressBar, ProgressFinish, ProgressStyle};
use std::io::{self, IsTerminal};
use std::sync::LazyLock;
use std::time::Duration;

/// All bars of the process, so that log lines can be written between them.
static BARS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Runs `work` while no bar is on the screen.
pub(super) fn without_bars<T>(work: impl FnOnce() -> T) -> T {
    BARS.suspend(work)
}

/// A part of a run that has a bar, in the order of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Sources that deliver.
    Fetch,
    /// Submissions that are read and checked.
    Check,
    /// Datasets that are merged.
    Merge,
    /// Indicators that are computed.
    Compute,
    /// Steps of a release.
    Publish,
}

impl Stage {
    /// Its word, padded by the bar's template.
    fn label(self, language: Language) -> &'static str {
        let (id, en) = match self {
            Stage::Fetch => ("sumber", "sources"),
            Stage::Check => ("periksa", "check"),
            Stage::Merge => ("gabung", "merge"),
            Stage::Compute => ("indikator", "indicators"),
            Stage::Publish => ("rilis", "release"),
        };
        if language == Language::Id { id } else { en }
    }
}

/// Where a run shows how far it is. Clones show on the same screen; hidden, every call is an empty one.
#[derive(Debug, Clone)]
pub struct Progress {
    shown: Option<Language>,
}

impl Progress {
    /// Shows bars in `language` where standard error is a terminal and no JSON document (`json`) was asked for.
    pub fn new(language: Language, json: bool) -> Progress {
        Progress {
            shown: (!json && io::stderr().is_terminal()).then_some(language),
        }
    }

    /// Shows nothing.
    pub fn hidden() -> Progress {
        Progress { shown: None }
    }

    /// Starts the bar of a stage with `total` steps.
    pub fn stage(&self, stage: Stage, total: u64) -> Bar {
        let Some(language) = self.shown else { return Bar(None) };
        let bar = ProgressBar::new(total)
            .with_style(style())
            .with_prefix(stage.label(language))
            .with_finish(ProgressFinish::Abandon);
        let bar = BARS.add(bar);
        bar.enable_steady_tick(Duration::from_millis(200));
        Bar(Some(bar))
    }
}

const TEMPLATE: &str = "{prefix:>10} {bar:24} {pos:>5}/{len:<5} {elapsed:>4} {wide_msg}";

fn style() -> ProgressStyle {
    // The template is a constant that a test parses; the plain bar is a fallback that is never needed.
    ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// The bar of one stage. Clones are the same bar; it stays on the screen as it stood when the last is dropped.
#[derive(Debug, Clone)]
pub struct Bar(Option<ProgressBar>);

impl Bar {
    /// Says what is being worked on: a connector, a file, an indicator. No personal values, no secrets.
    pub fn item(&self, name: impl AsRef<str>) {
        if let Some(bar) = &self.0 {
            bar.set_message(name.as_ref().to_string());
        }
    }

    /// Counts steps that are done.
    pub fn advance(&self, steps: u64) {
        if let Some(bar) = &self.0 {
            bar.inc(steps);
        }
    }

    /// Raises the number of steps, where more turn up on the way.
    pub fn more(&self, steps: u64) {
        if let Some(bar) = &self.0 {
            bar.inc_length(steps);
        }
    }

    /// Ends the bar where it stands and leaves it on the screen.
    pub fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.set_message("");
            bar.abandon();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_progress_takes_every_call_and_shows_nothing() {
        let bar = Progress::hidden().stage(Stage::Fetch, 3);
        bar.item("dukcapil-api");
        bar.more(1);
        bar.advance(4);
        bar.finish();
        assert!(bar.0.is_none());
    }

    #[test]
    fn a_json_document_hides_the_bars() {
        assert!(Progress::new(Language::Id, true).shown.is_none());
    }

    #[test]
    fn bars_count_and_their_clones_are_the_same_bar() {
        let bar = Progress {
            shown: Some(Language::En),
        }
        .stage(Stage::Check, 2);
        let clone = bar.clone();
        clone.more(1);
        clone.advance(2);
        let inner = bar.0.as_ref().unwrap();
        assert_eq!(
            (inner.position(), inner.length(), inner.prefix()),
            (2, Some(3), "check".to_string())
        );
        bar.finish();
        assert!(inner.is_finished());
        assert_eq!(inner.position(), 2, "a bar that ends early must not claim the rest");
    }

    #[test]
    fn the_template_is_understood() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }
}
