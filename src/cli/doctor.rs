//! `lumbung doctor`: the surroundings of a run, looked at one by one.

use super::{Failure, Session, print};
use crate::catalog::{Catalog, RunRow};
use crate::config::{self, Configuration};
use crate::run::{DataDirectory, RunError, inspect, keys, strays};
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
enum Health {
    Ok,
    /// Works, and somebody should know.
    Warn,
    /// A run would fail, or leave something out.
    Fail,
}

/// One thing looked at, with a sentence and how to mend it.
#[derive(Debug, serde::Serialize)]
struct Examined {
    subject: &'static str,
    health: Health,
    message: String,
    hint: Option<String>,
}

impl Examined {
    fn new(subject: &'static str, health: Health, message: impl Into<String>) -> Examined {
        Examined {
            subject,
            health,
            message: message.into(),
            hint: None,
        }
    }

    fn ok(subject: &'static str, message: impl Into<String>) -> Examined {
        Examined::new(subject, Health::Ok, message)
    }

    fn warn(subject: &'static str, message: impl Into<String>) -> Examined {
        Examined::new(subject, Health::Warn, message)
    }

    fn fail(subject: &'static str, message: impl Into<String>) -> Examined {
        Examined::new(subject, Health::Fail, message)
    }

    fn hint(mut self, hint: impl Into<String>) -> Examined {
        self.hint = Some(hint.into());
        self
    }
}

/// Free space below which a run may not end, in bytes, and below which somebody should know.
const SPACE_NEEDED: u64 = 512 << 20;
const SPACE_WANTED: u64 = 5 << 30;

pub(super) fn doctor(session: &Session) -> Result<i32, Failure> {
    let data = DataDirectory::new(&session.place.data);
    let configuration = config::load(&session.place.config);
    let mut all = vec![configured(session, &configuration)];
    all.push(writable(session, data.root()));
    all.push(space(session, data.root()));
    let (examined, last_run) = cataloged(session, data.root());
    all.push(examined);
    all.extend(clock(session, configuration.as_ref().ok(), last_run.as_ref()));
    all.push(lease(session, last_run.as_ref()));
    if let Ok(configuration) = &configuration {
        all.extend(contact(session, configuration));
        all.extend(folders(session, configuration, &data)?);
        all.extend(secrets(session, configuration));
        all.extend(stale_pseudonyms(session, configuration, &data));
        all.push(landed(session, configuration, &data));
    }
    let is_well = all.iter().all(|examined| examined.health != Health::Fail);
    if session.json {
        session.print_json(&serde_json::json!({ "well": is_well, "checks": all }))?;
    } else {
        print(&text(&all))?;
    }
    Ok(if is_well { 0 } else { 3 })
}

fn text(all: &[Examined]) -> String {
    let mut text = String::new();
    for examined in all {
        let health = match examined.health {
            Health::Ok => "ok",
            Health::Warn => "warn",
            Health::Fail => "fail",
        };
        text.push_str(&format!("{health:<4}  {:<13} {}\n", examined.subject, examined.message));
        if let Some(hint) = &examined.hint {
            text.push_str(&format!("{:<20}hint: {hint}\n", ""));
        }
    }
    text
}

fn configured(session: &Session, configuration: &Result<Configuration, Vec<config::Problem>>) -> Examined {
    let place = session.place.config.display();
    match configuration {
        Ok(configuration) => {
            let (connectors, datasets) = (configuration.connectors.len(), configuration.contracts.len());
            let what = session.say("konektor", "connectors");
            let of = session.say("kumpulan data", "datasets");
            Examined::ok(
                "configuration",
                format!("{place}: {connectors} {what}, {datasets} {of}"),
            )
        }
        Err(problems) => {
            let what = session.say("masalah dalam konfigurasi", "problem(s) in the configuration");
            Examined::fail("configuration", format!("{place}: {} {what}", problems.len())).hint("lumbung check")
        }
    }
}

/// Whether receipts say whom senders ask.
fn contact(session: &Session, configuration: &Configuration) -> Option<Examined> {
    let (message, hint) = inspect::without_contact(configuration)?;
    let examined = Examined::warn("contact", session.language.of(&message));
    Some(match hint {
        Some(hint) => examined.hint(session.language.of(&hint)),
        None => examined,
    })
}

/// The directory itself, or the nearest one above it that exists.
fn standing(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    absolute
        .ancestors()
        .find(|path| path.exists())
        .map_or_else(|| PathBuf::from("/"), Path::to_path_buf)
}

/// Whether a file can be written into the data directory, or the directory be made. Leaves nothing behind.
fn writable(session: &Session, data: &Path) -> Examined {
    let folder = standing(data);
    match tempfile::tempfile_in(&folder) {
        Err(error) => {
            let hint = session.say(
                "beri hak tulis kepada pengguna yang menjalankan lumbung",
                "let lumbung's user write there",
            );
            Examined::fail("data", format!("{}: {error}", folder.display())).hint(hint)
        }
        Ok(_) if data.is_dir() => Examined::ok(
            "data",
            format!("{}: {}", data.display(), session.say("dapat ditulis", "can be written")),
        ),
        Ok(_) => {
            let message = session.say(
                "belum ada; proses pertama membuatnya",
                "does not exist yet; the first run makes it",
            );
            Examined::warn("data", format!("{}: {message}", data.display())).hint(session.say(
                "bila folder lain yang dimaksud, sebut dengan --data",
                "name another one with --data",
            ))
        }
    }
}

fn space(session: &Session, data: &Path) -> Examined {
    match fs4::available_space(standing(data)) {
        Err(error) => Examined::warn("space", format!("{}: {error}", data.display())),
        Ok(free) => {
            let message = format!("{} MiB {}", free >> 20, session.say("kosong", "free"));
            let hint = session.say(
                "kosongkan ruang: raw/ dan rilis lama terus bertambah",
                "make room: raw/ and old releases keep growing",
            );
            match free {
                ..SPACE_NEEDED => Examined::fail("space", message).hint(hint),
                SPACE_NEEDED..SPACE_WANTED => Examined::warn("space", message).hint(hint),
                _ => Examined::ok("space", message),
            }
        }
    }
}

/// Opens a catalog that exists; never makes one.
fn cataloged(session: &Session, data: &Path) -> (Examined, Option<RunRow>) {
    let path = data.join("catalog.db");
    if !path.exists() {
        let message = session.say(
            "belum ada; belum pernah ada proses di sini",
            "none yet: nothing has run here",
        );
        return (Examined::ok("catalog", message), None);
    }
    let runs = Catalog::open(data).and_then(|catalog| catalog.runs(1));
    match runs {
        Ok(mut runs) => {
            let last = runs.pop();
            let when = last.as_ref().map_or("—", |run| run.started_at.as_str());
            let message = format!(
                "{}, {} {when}",
                path.display(),
                session.say("proses terakhir", "last run")
            );
            (Examined::ok("catalog", message), last)
        }
        Err(error) => {
            let hint = session.say(
                "pulihkan dari cadangan, atau perbarui lumbung",
                "restore a backup, or update lumbung",
            );
            (Examined::fail("catalog", error.to_string()).hint(hint), None)
        }
    }
}

/// The zone, and whether the clock runs backwards: what a run wrote must lie in the past.
fn clock(session: &Session, configuration: Option<&Configuration>, last: Option<&RunRow>) -> Vec<Examined> {
    let mut all = Vec::new();
    let now = Utc::now();
    if let Some(zone) = configuration.and_then(|known| known.installation.zone.parse::<chrono_tz::Tz>().ok()) {
        all.push(Examined::ok(
            "clock",
            format!("{} ({zone})", now.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z")),
        ));
    }
    let started = last.and_then(|run| run.started_at.parse::<DateTime<Utc>>().ok());
    if started.is_some_and(|started| started > now) {
        let message = session.say(
            "jam mesin lebih awal daripada proses terakhir",
            "the clock is behind the last run",
        );
        all.push(Examined::fail("clock", message).hint(session.say("setel jam (NTP)", "set the clock (NTP)")));
    }
    all
}

fn lease(session: &Session, last: Option<&RunRow>) -> Examined {
    match last.filter(|run| run.ended_at.is_none()) {
        None => Examined::ok(
            "lease",
            session.say("tidak ada proses yang berjalan", "no run is going on"),
        ),
        Some(run) => {
            let going = session.say(
                "sedang berjalan, atau terhenti di tengah",
                "is going on, or was stopped in the middle",
            );
            Examined::warn("lease", format!("run {} ({}) {going}", run.id, run.started_at)).hint(session.say(
                "tunggu; bila terhenti, proses berikutnya melanjutkannya",
                "wait; if it was stopped, the next run goes on from there",
            ))
        }
    }
}

/// Files and folders below `drop/` in which nobody would look.
fn folders(session: &Session, configuration: &Configuration, data: &DataDirectory) -> Result<Vec<Examined>, RunError> {
    let (strays, known) = strays::strays(configuration, data)?;
    let folders = session.say("folder kiriman yang dikenal", "known drop folders");
    let mut all = vec![Examined::ok("drop", format!("{known} {folders}"))];
    all.extend(strays.into_iter().map(|stray| {
        let examined = Examined::fail("drop", session.language.of(&stray.finding.message()));
        match stray.finding.hint() {
            Some(hint) => examined.hint(session.language.of(&hint)),
            None => examined,
        }
    }));
    Ok(all)
}

/// Variables that connectors need, and the key of pseudonyms.
fn secrets(session: &Session, configuration: &Configuration) -> Vec<Examined> {
    let mut all = Vec::new();
    for connector in configuration.connectors.values() {
        let unset = inspect::unset(connector);
        if !unset.is_empty() {
            let message = session.say("tidak dapat ditanya, belum diisi", "cannot be asked, not set");
            all.push(
                Examined::fail(
                    "variables",
                    format!("{}: {message}: {}", connector.name, unset.join(", ")),
                )
                .hint(session.say(
                    "isi variabelnya pada lingkungan lumbung run dan lumbung serve",
                    "set them in the environment of lumbung run and lumbung serve",
                )),
            );
        }
    }
    if all.is_empty() {
        all.push(Examined::ok(
            "variables",
            session.say("semua sudah diisi", "all are set"),
        ));
    }
    for trouble in keys::key_troubles(configuration) {
        let message = session.language.of(&trouble.message()).to_string();
        let hint = session.language.of(&trouble.hint()).to_string();
        let examined = match (&trouble.weakness, trouble.setting) {
            // A run would not start.
            (None, "raw" | "raw_previous") => Examined::fail("keys", message),
            _ => Examined::warn("keys", message),
        };
        all.push(examined.hint(hint));
    }
    let mut contracts = configuration.contracts.values();
    if contracts.any(|contract| !keys::pseudonyms(contract).is_empty()) {
        all.push(pseudonym_key(session, configuration));
    }
    all
}

fn pseudonym_key(session: &Session, configuration: &Configuration) -> Examined {
    let name = configuration.installation.keys.pseudonym.as_deref();
    match name.filter(|name| keys::secret(name).is_some()) {
        Some(name) => Examined::ok("pseudonyms", format!("{name} {}", session.say("sudah diisi", "is set"))),
        None => Examined::warn(
            "pseudonyms",
            session.say(
                "kolom NIK dikosongkan tanpa kunci, sampai kunci diisi dan datanya dibangun ulang",
                "columns with a NIK are left empty without a key, until one is set and their dataset is rebuilt",
            ),
        )
        .hint(session.say(
            "isi keys.pseudonym di lumbung.toml dan variabelnya (openssl rand -hex 32)",
            "set keys.pseudonym in lumbung.toml and its variable (openssl rand -hex 32)",
        )),
    }
}

/// Landed files that are tried.
const TRIED: usize = 1_000;

/// Whether landed bytes can be opened.
fn landed(session: &Session, configuration: &Configuration, data: &DataDirectory) -> Examined {
    let state = keys::use_raw_key(configuration).and_then(|()| keys::raw_state(configuration, data, TRIED));
    match state {
        Err(error) => Examined::fail("raw", error.to_string()),
        Ok(keys::RawState {
            trouble: Some(trouble), ..
        }) => Examined::fail("raw", trouble).hint(session.say(
            "isi variabel yang disebut keys.raw atau keys.raw_previous dengan kunci yang dipakai saat berkas diterima",
            "give the key that they were encrypted with in the variable that keys.raw names, or one of keys.raw_previous",
        )),
        Ok(keys::RawState { by_previous, .. }) => {
            let said = match configuration.installation.keys.raw {
                Some(_) => session.say("dapat dibuka, disimpan terenkripsi", "can be opened, kept encrypted"),
                None => session.say("dapat dibuka", "can be opened"),
            };
            let previous = session.say(
                "berkas masih memerlukan kunci di keys.raw_previous",
                "files still need a key of keys.raw_previous",
            );
            match configuration.installation.keys.raw_previous.is_empty() {
                true => Examined::ok("raw", said),
                false => Examined::ok("raw", format!("{said}; {by_previous} {previous}")),
            }
        }
    }
}

/// Datasets whose pseudonyms another key made. A catalog that cannot be read has been told.
fn stale_pseudonyms(session: &Session, configuration: &Configuration, data: &DataDirectory) -> Vec<Examined> {
    if !data.root().join("catalog.db").exists() {
        return Vec::new();
    }
    let found = Catalog::open(data.root())
        .map_err(RunError::from)
        .and_then(|catalog| keys::stale_pseudonyms(configuration, data, &catalog));
    let said = |stale: keys::Stale| {
        let kinds = [
            (
                stale.rows,
                session.say(
                    "baris memakai nama samaran dari kunci lain",
                    "rows have pseudonyms of another key",
                ),
            ),
            (
                stale.blank,
                session.say(
                    "baris tanpa nama samaran, karena dibaca sebelum kunci diisi",
                    "rows have no pseudonym, for they were read before a key was set",
                ),
            ),
        ];
        let kinds = kinds.into_iter().filter(|(rows, _)| *rows > 0);
        let kinds: Vec<String> = kinds.map(|(rows, what)| format!("{rows} {what}")).collect();
        Examined::warn("pseudonyms", format!("{}: {}", stale.dataset, kinds.join("; ")))
            .hint(format!("lumbung rebuild {}", stale.dataset))
    };
    match found {
        Ok(found) => found.into_iter().map(said).collect(),
        Err(error) => vec![Examined::fail("pseudonyms", error.to_string())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_folder_that_stands_is_found() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(standing(&folder.path().join("a/b/c")), folder.path());
        assert_eq!(standing(folder.path()), folder.path());
    }

    #[test]
    fn every_line_says_how_it_stands_and_how_to_mend_it() {
        let all = [
            Examined::ok("data", "var: can be written"),
            Examined::fail("catalog", "is newer").hint("update lumbung"),
        ];
        let lines = text(&all);
        assert!(
            lines.starts_with("ok    data          var: can be written\nfail  catalog       is newer\n"),
            "{lines}"
        );
        assert!(lines.contains("hint: update lumbung"), "{lines}");
    }
}
