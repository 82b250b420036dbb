//! `lumbung init`: a configuration directory that is right from the first minute.

use crate::support::{files_below, lumbung, root};
use std::fs;

#[test]
fn what_init_writes_is_right() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = lumbung(&["init", "config", "--json"], &[], folder.path())
        .expect(0)
        .json();
    let config = folder.path().join("config");
    let listed: Vec<&str> = made["files"]
        .as_array()
        .expect("files")
        .iter()
        .filter_map(|name| name.as_str())
        .collect();
    assert_eq!(
        listed,
        files_below(&config),
        "what it says it wrote is what stands there"
    );
    for name in files_below(&root().join("pipelines")) {
        let own = fs::read(root().join("pipelines").join(&name)).expect("a file");
        assert_eq!(fs::read(config.join("pipelines").join(&name)).ok(), Some(own), "{name}");
    }
    let key = [("LUMBUNG_PSEUDONYM_KEY", "kunci-uji-coba")];
    lumbung(&["--config", "config", "check"], &key, folder.path()).expect(0);
    let plan = lumbung(&["--config", "config", "plan", "--json"], &key, folder.path())
        .expect(0)
        .json();
    for source in plan["connectors"].as_array().expect("connectors") {
        assert_eq!(source["unset"], serde_json::json!([]), "{source}");
    }
    assert!(!folder.path().join("var").exists(), "looking makes no data directory");
}

#[test]
fn init_overwrites_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("notes.txt"), "ours").expect("written");
    let refused = lumbung(&["init", "."], &[], folder.path()).expect(2);
    assert!(refused.stderr.contains("is not empty"), "{}", refused.stderr);
    assert!(refused.stderr.contains("hint:"), "{}", refused.stderr);
    assert_eq!(files_below(folder.path()), ["notes.txt"]);
    let refused = lumbung(&["init", "notes.txt"], &[], folder.path()).expect(2);
    assert!(refused.stderr.contains("notes.txt"), "{}", refused.stderr);
}
