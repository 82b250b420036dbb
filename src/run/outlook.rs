//! What the next run would find and ask for. Nothing is sent, nothing is moved.

use super::RunError;
use crate::catalog::Catalog;
use crate::config::{Configuration, Connector, Http, Kind, duration, expand};
use crate::connector::drop as drop_folder;
use crate::land::DataDirectory;
use chrono::{Days, NaiveDate};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A file in a drop folder that no run has taken yet.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct WaitingFile {
    pub connector: String,
    /// Name of the region's folder.
    pub region: String,
    pub file: String,
    pub bytes: u64,
    /// Whether a run would take it now; else it has not settled, or its `.done` marker is missing.
    pub ready: bool,
}

/// What a source would be asked for first.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Question {
    /// The address with its query. Variables that are set, and so may be secret, stand in it by name.
    pub address: String,
    /// Query parameter or part of the address that takes one value after the other, and how many there are.
    pub each: Vec<(String, usize)>,
    /// First and last day asked for, both included.
    pub window: Option<(NaiveDate, NaiveDate)>,
}

/// Files in the drop folders of a connector, by region and name. A connector that does not read drop folders has
/// none.
pub fn waiting_files(
    configuration: &Configuration,
    data: &DataDirectory,
    connector: &Connector,
) -> Result<Vec<WaitingFile>, RunError> {
    if connector.kind != Kind::Drop {
        return Ok(Vec::new());
    }
    let drop = connector.drop.clone().unwrap_or_default();
    let settle = drop.settle.as_ref().unwrap_or(&configuration.installation.settle);
    // A time that cannot be read, for a variable in it is unset, lets no file count.
    let settle = expand(settle)
        .ok()
        .and_then(|text| duration(&text).ok())
        .unwrap_or(Duration::MAX);
    let mut found = Vec::new();
    for region in names(&data.drop())? {
        let folder = data.drop().join(&region).join(&connector.name);
        for file in names(&folder)?
            .into_iter()
            .filter(|name| !drop_folder::is_ignored(name))
        {
            let path = folder.join(&file);
            let Some(metadata) = path.symlink_metadata().ok().filter(std::fs::Metadata::is_file) else {
                continue;
            };
            let ready = if drop.done_marker {
                drop_folder::done_marker(&path).is_file()
            } else {
                drop_folder::has_settled(&metadata, settle, SystemTime::now())
            };
            found.push(WaitingFile {
                connector: connector.name.clone(),
                region: region.clone(),
                file,
                bytes: metadata.len(),
                ready,
            });
        }
    }
    Ok(found)
}

/// Names in a folder, sorted; none where it does not exist.
pub fn names(folder: &Path) -> Result<Vec<String>, RunError> {
    let fail = |source| RunError::Io {
        path: folder.display().to_string(),
        source,
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error)
            if matches!(
                error.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(Vec::new());
        }
        Err(error) => return Err(fail(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry.map_err(fail)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// What an `http` connector would ask for; none for other kinds. The cursor is read from the catalog where there is
/// one.
pub fn question(
    configuration: &Configuration,
    connector: &Connector,
    catalog: Option<&Catalog>,
    as_of: NaiveDate,
) -> Result<Option<Question>, RunError> {
    let Some(http) = &connector.http else { return Ok(None) };
    let window = window(connector, http, catalog, as_of)?;
    let mut address = without_secrets(&http.url);
    let mut query: Vec<(String, String)> = http
        .query
        .iter()
        .map(|(name, value)| (name.clone(), without_secrets(value)))
        .collect();
    let mut each = Vec::new();
    for parameter in http.each.keys() {
        let mark = format!("{{{parameter}}}");
        if !address.contains(&mark) {
            query.push((parameter.clone(), mark));
        }
        each.push((parameter.clone(), ids(configuration, connector)));
    }
    if let Some(parameter) = http.auth.as_ref().and_then(|auth| auth.query.as_ref()) {
        query.push((parameter.clone(), "***".to_string()));
    }
    let pairs: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if !pairs.is_empty() {
        address = format!("{address}?{}", pairs.join("&"));
    }
    address = address.replace("{as_of}", &as_of.to_string());
    if let Some((from, to)) = window {
        address = address
            .replace("{from}", &from.to_string())
            .replace("{to}", &to.to_string());
    }
    Ok(Some(Question { address, each, window }))
}

/// How many ids the connector's map confirms.
fn ids(configuration: &Configuration, connector: &Connector) -> usize {
    let regions = &configuration.regions;
    let system = connector
        .regions
        .as_ref()
        .and_then(|naming| regions.system(&naming.system));
    let entries = system.map(|system| regions.map_entries(&system)).unwrap_or_default();
    entries
        .iter()
        .filter(|entry| connector.region.as_ref().is_none_or(|region| *region == entry.code))
        .count()
}

/// From the earliest day that a slice would read again to the as-of date.
fn window(
    connector: &Connector,
    http: &Http,
    catalog: Option<&Catalog>,
    as_of: NaiveDate,
) -> Result<Option<(NaiveDate, NaiveDate)>, RunError> {
    /// Days read again unless the connector says otherwise.
    const OVERLAP_DAYS: u32 = 7;
    let Some(cursor) = &http.cursor else { return Ok(None) };
    // `config::load` refuses a start that is no date.
    let Ok(start) = cursor.start.parse::<NaiveDate>() else {
        return Ok(None);
    };
    let cursors = catalog
        .map(|catalog| catalog.cursors(&connector.name))
        .transpose()?
        .unwrap_or_default();
    let overlap = Days::new(u64::from(cursor.overlap_days.unwrap_or(OVERLAP_DAYS)));
    let again = cursors.values().min().and_then(|last| last.checked_sub_days(overlap));
    Ok(Some((again.map_or(start, |from| from.max(start)), as_of)))
}

/// A text of a connector file with the defaults of its variables filled in. A variable that is set stays a name, for
/// it may hold a secret.
pub fn without_secrets(text: &str) -> String {
    let is_set = |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty());
    let shown = crate::config::expand_with(text, |name, default| {
        Some(match default.filter(|_| !is_set(name)) {
            Some(default) => default.to_string(),
            None => format!("${{{name}}}"),
        })
    });
    // Every variable has an answer, so that there is no error.
    shown.unwrap_or_default()
}

/// Names of the variables that stand in a text as [`without_secrets`] gives it.
pub fn variables(shown: &str) -> impl Iterator<Item = &str> {
    let after = shown.split("${").skip(1);
    after.filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configuration() -> Configuration {
        crate::config::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    #[test]
    fn a_variable_that_is_set_is_shown_by_name_only() {
        // PATH is set wherever tests run.
        assert_eq!(without_secrets("a ${PATH} b"), "a ${PATH} b");
        assert_eq!(without_secrets("a ${PATH:-x} b"), "a ${PATH} b");
        assert_eq!(without_secrets("${LUMBUNG_NO_A:-https://a.id}/b"), "https://a.id/b");
        assert_eq!(without_secrets("${LUMBUNG_NO_A}/${open"), "${LUMBUNG_NO_A}/${open");
        assert_eq!(variables("${A}/${B}?c=${open").collect::<Vec<_>>(), ["A", "B"]);
    }

    #[test]
    fn says_what_is_asked_for_first() {
        let configuration = configuration();
        let as_of: NaiveDate = "2025-11-30".parse().unwrap();
        let ask = |name: &str| question(&configuration, &configuration.connectors[name], None, as_of).unwrap();
        let prices = ask("panel-harga").unwrap();
        assert!(
            prices
                .address
                .ends_with("?level_harga_id=3&date=2025-11-30&city_id={city_id}"),
            "{}",
            prices.address
        );
        assert_eq!(prices.each, [("city_id".to_string(), 1)], "one id is confirmed");
        let activity = ask("puja-indah-aktivitas").unwrap();
        assert_eq!(activity.window, Some(("2025-01-01".parse().unwrap(), as_of)));
        assert!(
            activity.address.contains("dari=2025-01-01&sampai=2025-11-30"),
            "{}",
            activity.address
        );
        assert!(ask("puja-indah-komitmen").unwrap().address.ends_with("token=***"));
        assert_eq!(ask("harga-pasar"), None);
    }

    #[test]
    fn lists_what_stands_in_the_drop_folders() {
        let configuration = configuration();
        let folder = tempfile::tempdir().unwrap();
        let data = DataDirectory::new(folder.path());
        let connector = &configuration.connectors["harga-pasar"];
        assert!(waiting_files(&configuration, &data, connector).unwrap().is_empty());
        let drop = data.drop().join("32.73/harga-pasar");
        std::fs::create_dir_all(drop.join("processed")).unwrap();
        for name in [
            "b.csv",
            "a.csv",
            ".c.csv",
            "~$d.xlsx",
            "e.csv.part",
            "a.csv.receipt.json",
        ] {
            std::fs::write(drop.join(name), "x").unwrap();
        }
        let long_ago = SystemTime::now() - Duration::from_secs(3_600);
        std::fs::File::options()
            .append(true)
            .open(drop.join("b.csv"))
            .unwrap()
            .set_modified(long_ago)
            .unwrap();
        let found = waiting_files(&configuration, &data, connector).unwrap();
        let told: Vec<_> = found
            .iter()
            .map(|file| (file.region.as_str(), file.file.as_str(), file.ready))
            .collect();
        assert_eq!(told, [("32.73", "a.csv", false), ("32.73", "b.csv", true)]);
    }
}
