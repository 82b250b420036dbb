//! Drop folders as they look in practice.

use super::*;
use crate::connector::testing::{collect, request};
use std::fs;
use std::time::SystemTime;

/// Writes a file that is `age` seconds old.
fn put(path: PathBuf, content: &str, age: u64) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, content).unwrap();
    let time = SystemTime::now() - Duration::from_secs(age);
    fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(time)
        .unwrap();
}

fn folders(table: &str) -> DropFolders {
    let text = format!("title = {{ id = \"a\", en = \"a\" }}\nkind = \"drop\"\n{table}");
    let mut connector: Connector = toml::from_str(&text).unwrap();
    connector.name = "harga".to_string();
    DropFolders::new(&connector).unwrap()
}

#[tokio::test]
async fn delivers_settled_files_in_order() {
    let home = tempfile::tempdir().unwrap();
    let request = request(home.path());
    let drop = &request.drop;
    put(drop.join("32.73/harga/b.csv"), "b", 100);
    put(drop.join("32.73/harga/a.csv"), "a", 100);
    put(drop.join("32.73/harga/z.csv"), "z", 200);
    put(drop.join("32.04/harga/c.csv"), "c", 50);
    put(drop.join("32.73/harga/fresh.csv"), "still coming", 0);
    put(drop.join("32.73/other/d.csv"), "d", 100);
    for ignored in [
        "x.part",
        "~$x.xlsx",
        ".x.csv",
        "x.csv.done",
        "x.csv.receipt.json",
        "processed/1_x.csv",
    ] {
        put(drop.join("32.73/harga").join(ignored), "x", 100);
    }
    let (deliveries, failures) = collect(&folders("drop = { settle = \"30s\" }"), &request).await;
    let names: Vec<String> = deliveries
        .iter()
        .map(|delivery| format!("{} {}", delivery.region.as_deref().unwrap(), delivery.parts[0].name))
        .collect();
    // Same age to the second, not to the nanosecond: b was written first, so it is a little older.
    assert_eq!(names, ["32.04 c.csv", "32.73 z.csv", "32.73 b.csv", "32.73 a.csv"]);
    assert!(failures.is_empty(), "{failures:?}");
    let origin = deliveries[0].origin.as_ref().unwrap();
    assert_eq!(
        (origin.path.clone(), deliveries[0].window.as_str()),
        (drop.join("32.04/harga/c.csv"), "")
    );
    assert!(origin.path.exists(), "a source leaves the file where it is");
}

#[tokio::test]
async fn a_marker_says_that_a_file_is_complete() {
    let home = tempfile::tempdir().unwrap();
    let request = request(home.path());
    put(request.drop.join("32.73/harga/a.csv"), "a", 0);
    put(request.drop.join("32.73/harga/b.csv"), "b", 9_999);
    put(done_marker(&request.drop.join("32.73/harga/a.csv")), "", 0);
    let (deliveries, _) = collect(&folders("drop = { done_marker = true }"), &request).await;
    assert_eq!(
        deliveries
            .iter()
            .map(|delivery| delivery.parts[0].name.as_str())
            .collect::<Vec<_>>(),
        ["a.csv"]
    );
}

#[tokio::test]
async fn says_what_cannot_be_taken_and_takes_the_rest() {
    let home = tempfile::tempdir().unwrap();
    let mut request = request(home.path());
    let mut installation = (*request.installation).clone();
    installation.limits.part_bytes = 3;
    request.installation = std::sync::Arc::new(installation);
    put(request.drop.join("99.99/harga/a.csv"), "a", 100);
    put(request.drop.join("88.88/other/a.csv"), "a", 100);
    put(request.drop.join("32.73/harga/big.csv"), "four", 100);
    put(request.drop.join("32.73/harga/good.csv"), "abc", 50);
    let (deliveries, failures) = collect(&folders(""), &request).await;
    assert_eq!(deliveries.len(), 1);
    assert_eq!(
        deliveries[0].parts[0].sha256,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    let said: Vec<(&str, Option<&str>)> = failures
        .iter()
        .map(|failure| (failure.finding.code.as_str(), failure.region.as_deref()))
        .collect();
    assert_eq!(said, [("drop-file-too-large", Some("32.73"))]);
    assert!(request.drop.join("32.73/harga/big.csv").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn links_are_never_followed() {
    let home = tempfile::tempdir().unwrap();
    let request = request(home.path());
    put(request.drop.join("32.04/harga/mine.csv"), "a", 100);
    fs::create_dir_all(request.drop.join("32.73")).unwrap();
    fs::create_dir_all(request.drop.join("11.01/harga")).unwrap();
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(request.drop.join(target), request.drop.join(name)).unwrap();
    };
    link("32.04/harga", "32.73/harga");
    link("32.04/harga/mine.csv", "11.01/harga/theirs.csv");
    link("32.04", "11.02");
    let (deliveries, failures) = collect(&folders(""), &request).await;
    assert_eq!(
        deliveries
            .iter()
            .map(|delivery| delivery.region.as_deref())
            .collect::<Vec<_>>(),
        [Some("32.04")]
    );
    assert!(failures.is_empty(), "{failures:?}");
}

#[test]
fn a_wrong_settle_time_is_said_at_once() {
    let mut connector: Connector =
        toml::from_str("title = { id = \"a\", en = \"a\" }\nkind = \"drop\"\ndrop = { settle = \"soon\" }").unwrap();
    connector.name = "harga".to_string();
    assert_eq!(DropFolders::new(&connector).err().unwrap().code, "duration-invalid");
}
