//! `lumbung release`: what was published, and whether it is whole.

use super::{Failure, Session, print, status};
use crate::publish;
use crate::run::DataDirectory;
use std::path::PathBuf;

/// What `lumbung release` takes.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List releases
    #[command(after_help = "The one in force is marked with *.\n\nExamples:\n  lumbung release list")]
    List,
    /// Show what changed in a release
    #[command(after_help = "Examples:\n  lumbung release show\n  lumbung release show 2025-11-30-001")]
    Show {
        /// Release; the one in force unless set
        id: Option<String>,
    },
    /// Hash every file of a release and compare
    #[command(after_help = "Exit code: 0 whole, 1 not whole.\n\nExamples:\n  lumbung release verify")]
    Verify {
        /// Release; the one in force unless set
        id: Option<String>,
    },
}

pub(super) fn release(session: &Session, command: Command) -> Result<i32, Failure> {
    let data = DataDirectory::new(&session.place.data);
    match command {
        Command::List => list(session, &data),
        Command::Show { id } => {
            let (id, path) = find(&data, id)?;
            let changes = std::fs::read_to_string(path.join("CHANGES.md"))
                .map_err(|error| Failure::new(format!("{}: {error}", path.join("CHANGES.md").display())))?;
            if session.json {
                session.print_json(&serde_json::json!({ "id": id, "path": path, "changes": changes }))?;
            } else {
                print(&changes)?;
            }
            Ok(0)
        }
        Command::Verify { id } => {
            let (id, path) = find(&data, id)?;
            verify(session, &id, &path)
        }
    }
}

fn list(session: &Session, data: &DataDirectory) -> Result<i32, Failure> {
    let catalog = status::open(session)?;
    let all = publish::list(data, &catalog).map_err(|error| Failure::new(error.to_string()))?;
    if session.json {
        session.print_json(&all)?;
        return Ok(0);
    }
    let mut text = String::new();
    for release in &all {
        let mark = if release.is_current { '*' } else { ' ' };
        text.push_str(&format!(
            "{mark} {}  {}  lumbung {}\n",
            release.release.id, release.release.created_at, release.release.program
        ));
    }
    if all.is_empty() {
        text.push_str(session.say("Belum ada rilis.\n", "There is no release yet.\n"));
    }
    print(&text).map(|()| 0)
}

/// Id and folder of a release; the one in force unless named.
pub(super) fn find(data: &DataDirectory, id: Option<String>) -> Result<(String, PathBuf), Failure> {
    let hint = "`lumbung release list` lists them";
    match id {
        None => publish::current(data)
            .ok_or_else(|| Failure::new("there is no release in force").hint("`lumbung run` makes one")),
        Some(id) => {
            let is_name = !id.is_empty() && id.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
            let path = data.releases().join(&id);
            if is_name && path.is_dir() {
                Ok((id, path))
            } else {
                Err(Failure::usage(format!("there is no release \"{id}\"")).hint(hint))
            }
        }
    }
}

fn verify(session: &Session, id: &str, path: &std::path::Path) -> Result<i32, Failure> {
    match publish::verify(path) {
        Ok(verified) => {
            if session.json {
                let value =
                    serde_json::json!({ "id": id, "whole": true, "files": verified.files, "bytes": verified.bytes });
                session.print_json(&value)?;
            } else {
                let whole = session.say("utuh", "whole");
                print(&format!(
                    "{id}: {whole}, {} files, {} bytes\n",
                    verified.files, verified.bytes
                ))?;
            }
            Ok(0)
        }
        Err(faults) => {
            if session.json {
                session.print_json(&serde_json::json!({ "id": id, "whole": false, "faults": faults }))?;
                return Ok(1);
            }
            Err(
                Failure::new(format!("release {id} is not whole\n{}", faults.join("\n")))
                    .hint("restore the release from a backup; the next run makes a new one"),
            )
        }
    }
}
