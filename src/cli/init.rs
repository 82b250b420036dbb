//! `lumbung init`: a configuration directory to start from.

use super::{Failure, Session, print};
use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

/// What `lumbung init` takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Writes lumbung.toml, the contracts, indicators and reference tables of pipelines/, and \
connectors to start from: two drop folders and one public source. Nothing that stands there is overwritten: the \
directory must be empty or new.

Examples:
  lumbung init config
  lumbung --config config check"
)]
pub struct Arguments {
    /// Directory to make; empty if it exists
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

/// Contracts, indicators and reference tables, as this program was built with.
#[derive(rust_embed::RustEmbed)]
#[folder = "pipelines/"]
struct Pipelines;

/// Files outside `pipelines/`: the installation, and connectors that need no token.
const FILES: [(&str, &str); 4] = [
    ("lumbung.toml", include_str!("../../lumbung.toml")),
    (
        "connectors/dukcapil-file.toml",
        include_str!("../../connectors/dukcapil-file.toml"),
    ),
    (
        "connectors/laporan-daerah.toml",
        include_str!("../../connectors/laporan-daerah.toml"),
    ),
    (
        "connectors/panel-harga.toml",
        include_str!("../../connectors/panel-harga.toml"),
    ),
];

pub(super) fn init(session: &Session, arguments: &Arguments) -> Result<i32, Failure> {
    let directory = &arguments.directory;
    let fail = |path: &Path, error: &io::Error| Failure::new(format!("{}: {error}", path.display()));
    match is_free(directory) {
        Ok(true) => {}
        Ok(false) => {
            return Err(Failure::usage(format!("{} is not empty", directory.display()))
                .hint("name a new directory; `lumbung init` overwrites nothing"));
        }
        Err(error) => {
            return Err(fail(directory, &error)
                .code(2)
                .hint("name a directory that is new or empty"));
        }
    }
    let mut written = Vec::new();
    for (name, content) in files() {
        let path = directory.join(&name);
        write(&path, &content).map_err(|error| {
            fail(&path, &error).hint("remove what was written before you try again: the directory must be empty")
        })?;
        written.push(name);
    }
    if session.json {
        session.print_json(&serde_json::json!({ "directory": directory, "files": written }))?;
        return Ok(0);
    }
    print(&next_steps(session, directory, written.len())).map(|()| 0)
}

/// Whether nothing stands in the way: the directory is new or empty.
fn is_free(directory: &Path) -> io::Result<bool> {
    match std::fs::read_dir(directory) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Every file with its path below the directory, in order of the path.
fn files() -> Vec<(String, Cow<'static, [u8]>)> {
    let mut all: Vec<(String, Cow<'static, [u8]>)> = FILES
        .iter()
        .map(|(name, text)| ((*name).to_string(), Cow::Borrowed(text.as_bytes())))
        .collect();
    for name in Pipelines::iter().filter(|name| !name.split('/').any(|part| part.starts_with('.'))) {
        // A name that was just listed is there.
        if let Some(file) = Pipelines::get(&name) {
            all.push((format!("pipelines/{name}"), file.data));
        }
    }
    all.sort_by(|left, right| left.0.cmp(&right.0));
    all
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(path, content)
}

fn next_steps(session: &Session, directory: &Path, files: usize) -> String {
    let shown = directory.display();
    let (made, next) = (
        session.say("berkas ditulis", "files written"),
        session.say("Langkah berikutnya", "Next"),
    );
    format!(
        "{shown}: {files} {made}\n\n{next}:\n  lumbung --config {shown} check\n  lumbung --config {shown} doctor\n  \
         lumbung --config {shown} template population\n  lumbung --config {shown} run\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_loads_without_a_problem() {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files() {
            write(&folder.path().join(name), &content).unwrap();
        }
        let configuration = match crate::config::load(folder.path()) {
            Ok(configuration) => configuration,
            Err(problems) => panic!("{problems:?}"),
        };
        assert_eq!(configuration.connectors.len(), FILES.len() - 1);
        assert_eq!(configuration.contracts.len(), 28);
        assert_eq!(configuration.regions.all().len(), 552);
    }

    #[test]
    fn the_commented_installation_says_what_holds_without_it() {
        let written: crate::config::Installation = toml::from_str(FILES[0].1).unwrap();
        let assumed = crate::config::Installation::default();
        assert_eq!(format!("{:?}", written.limits), format!("{:?}", assumed.limits));
        assert_eq!(
            (&written.zone, &written.nightly, &written.settle),
            (&assumed.zone, &assumed.nightly, &assumed.settle)
        );
        assert_eq!(written.keys.pseudonym.as_deref(), Some("LUMBUNG_PSEUDONYM_KEY"));
    }

    #[test]
    fn only_a_new_or_empty_directory_is_free() {
        let folder = tempfile::tempdir().unwrap();
        assert!(is_free(folder.path()).unwrap());
        assert!(is_free(&folder.path().join("new")).unwrap());
        std::fs::write(folder.path().join(".hidden"), "").unwrap();
        assert!(!is_free(folder.path()).unwrap());
        assert!(is_free(&folder.path().join(".hidden")).is_err());
    }
}
