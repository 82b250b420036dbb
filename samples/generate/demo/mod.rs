//! What the demonstration runs on: files in drop folders as regions send them, good ones and messy ones, and the
//! records that the simulated systems serve.

mod messy;
mod population;
mod prices;
mod systems;

use crate::facts::Facts;
use chrono::NaiveDate;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Files in drop folders.
    pub files: usize,
    /// Records for the simulated systems.
    pub records: usize,
}

/// The as-of date of the demonstration.
pub fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 11, 30).unwrap_or_default()
}

/// The first day of service activity.
pub fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 9, 1).unwrap_or_default()
}

/// Writes `drop/` and `simulated/` into `out`.
pub fn generate(facts: &Facts, out: &Path, seed: u64) -> Result<Written, String> {
    let systems = systems::Systems::draw(facts, seed)?;
    let mut folders = Folders {
        root: out.join("drop"),
        files: Vec::new(),
    };
    let failed = |error: io::Error| format!("cannot write into {}: {error}", out.display());
    population::write(facts, &mut folders).map_err(failed)?;
    prices::write(facts, &mut folders).map_err(failed)?;
    messy::write(facts, &systems, &mut folders)?;
    folders.date().map_err(failed)?;
    let records = systems.write(&out.join("simulated")).map_err(failed)?;
    Ok(Written {
        files: folders.files.len(),
        records,
    })
}

/// The drop folders, and the files written there in order.
pub struct Folders {
    root: PathBuf,
    files: Vec<PathBuf>,
}

impl Folders {
    /// The path of a file that a region drops for a connector; its folder is made.
    pub fn file(&mut self, region: &str, connector: &str, name: &str) -> io::Result<PathBuf> {
        let folder = self.root.join(region).join(connector);
        fs::create_dir_all(&folder)?;
        let path = folder.join(name);
        self.files.push(path.clone());
        Ok(path)
    }

    /// Gives the files times in the order of writing, an hour ago, so that their submissions are numbered alike in
    /// every demonstration and all of them have settled.
    fn date(&self) -> io::Result<()> {
        let begin = SystemTime::now() - Duration::from_secs(3_600);
        for (position, path) in self.files.iter().enumerate() {
            let time = begin + Duration::from_secs(position as u64);
            File::options().append(true).open(path)?.set_modified(time)?;
        }
        Ok(())
    }
}

/// A name as part of a file name: `Daerah Istimewa Yogyakarta` is `daerah-istimewa-yogyakarta`.
pub fn slug(name: &str) -> String {
    name.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests;
