//! What the types cannot say: references between files, and rules of design §4 and §7.

mod connector;
mod contract;

use super::*;
use std::path::{Path, PathBuf};

pub(super) use connector::connector;
pub(super) use contract::{contract, systems};

/// Finds the line of a key in its file, for messages.
pub(super) struct Sources {
    directory: PathBuf,
}

impl Sources {
    pub(super) fn new(directory: &Path) -> Sources {
        Sources {
            directory: directory.to_path_buf(),
        }
    }

    /// A problem at the first line of `file` that contains `mark`.
    fn at(&self, file: &str, mark: &str, message: String, hint: &str) -> Problem {
        let text = std::fs::read_to_string(self.directory.join(file)).unwrap_or_default();
        let line = text
            .lines()
            .position(|line| !mark.is_empty() && line.contains(mark))
            .map_or(0, |index| index + 1);
        let hint = (!hint.is_empty()).then(|| hint.to_string());
        Problem {
            file: file.to_string(),
            line,
            message,
            hint,
        }
    }
}

pub(super) fn installation(installation: &Installation, sources: &Sources) -> Vec<Problem> {
    let mut problems = Vec::new();
    let file = "lumbung.toml";
    if installation.zone.parse::<chrono_tz::Tz>().is_err() {
        let message = format!("zone \"{}\" is not an IANA time zone", installation.zone);
        problems.push(sources.at(
            file,
            "zone",
            message,
            "for example Asia/Jakarta, Asia/Makassar or Asia/Jayapura",
        ));
    }
    if let Err(message) = cron(&installation.nightly) {
        problems.push(sources.at(file, "nightly", message, "for example `0 1 * * *`: every night at one"));
    }
    if let Err(message) = duration(&installation.settle) {
        problems.push(sources.at(file, "settle", message, ""));
    }
    problems
}

/// What a code system can be.
const SYSTEM_HINT: &str = "use kemendagri, bps, or the name of a file in pipelines/reference/region_maps/";
