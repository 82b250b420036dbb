//! The crate's shape: stages are one-way, files stay readable, and the README speaks of what exists.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Words that every module may use.
const WORDS: [&str; 6] = ["domain", "config", "table", "finding", "format", "observe"];

/// What each module may import besides the words: the types of the stage before, and for some the catalog.
fn allowed() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let rows: [(&str, &[&str]); 17] = [
        ("domain", &[]),
        ("config", &[]),
        ("finding", &[]),
        ("format", &[]),
        ("observe", &[]),
        ("table", &[]),
        ("connector", &[]),
        ("catalog", &[]),
        ("land", &["connector", "catalog"]),
        ("read", &[]),
        ("normalize", &["read"]),
        ("check", &["normalize"]),
        ("merge", &["check", "catalog"]),
        ("compute", &["merge"]),
        ("publish", &["compute", "catalog", "land"]),
        ("schedule", &["run", "catalog", "publish"]),
        ("cli", &["run", "catalog", "publish", "schedule"]),
    ];
    rows.into_iter()
        .map(|(name, may)| (name, may.iter().copied().collect()))
        .collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Modules named by `crate::<module>` paths outside comments.
fn named(text: &str) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut modules = BTreeSet::new();
    for piece in code.split("crate::").skip(1) {
        if let Some(group) = piece.strip_prefix('{') {
            let inside = group.split(';').next().unwrap_or_default();
            for word in inside.split([',', '{', '}', '\n', ' ']).filter(|word| !word.is_empty()) {
                modules.insert(word.split("::").next().unwrap_or_default().to_string());
            }
        } else {
            modules.insert(
                piece
                    .chars()
                    .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                    .collect(),
            );
        }
    }
    modules
}

#[test]
fn stages_are_one_way() {
    let allowed = allowed();
    let all: BTreeSet<&str> = allowed.keys().copied().chain(["run", "web"]).collect();
    let mut wrong = Vec::new();
    for (module, may) in &allowed {
        // The words themselves stand on each other in this order.
        let folder = root().join("src").join(module);
        assert!(folder.is_dir(), "src/{module}/ exists");
        for file in sources(&folder) {
            let text = std::fs::read_to_string(&file).unwrap();
            for name in named(&text) {
                let is_word = WORDS.contains(&name.as_str()) || name == *module;
                if all.contains(name.as_str()) && !is_word && !may.contains(name.as_str()) {
                    wrong.push(format!("{}: {module} must not know {name}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_country_s_words_know_nothing_of_the_crate() {
    for file in sources(&root().join("src/domain")) {
        let text = std::fs::read_to_string(&file).unwrap();
        let others: Vec<String> = named(&text).into_iter().filter(|name| name != "domain").collect();
        assert!(others.is_empty(), "{}: {others:?}", file.display());
    }
}

#[test]
fn parquet_is_written_in_one_place() {
    for file in sources(&root().join("src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        if text.contains("ArrowWriter") {
            assert!(
                file.ends_with("src/table/writer.rs"),
                "{} writes Parquet",
                file.display()
            );
        }
    }
}

#[test]
fn files_stay_readable() {
    let long: Vec<String> = sources(&root().join("src"))
        .into_iter()
        .filter_map(|file| {
            let lines = std::fs::read_to_string(&file).unwrap().lines().count();
            (lines > 600).then(|| format!("{}: {lines} lines", file.display()))
        })
        .collect();
    assert!(long.is_empty(), "split these: {long:?}");
}

#[test]
fn the_readme_names_commands_that_exist() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let makefile = std::fs::read_to_string(root().join("Makefile")).unwrap();
    let mut checked = 0;
    for piece in readme.split("make ").skip(1) {
        let target: String = piece
            .chars()
            .take_while(|letter| letter.is_ascii_lowercase() || *letter == '-')
            .collect();
        let before_is_code = !target.is_empty() && piece[target.len()..].starts_with(['`', '\n', ' ', ')']);
        if before_is_code && ["demo", "test", "bench", "lint", "docs", "fmt"].contains(&target.as_str()) {
            assert!(makefile.contains(&format!("\n{target}:")), "make {target}");
            checked += 1;
        }
    }
    assert!(checked >= 2, "README names make demo and make test");
    for piece in readme.split("`lumbung ").skip(1) {
        let verb: String = piece.chars().take_while(|letter| letter.is_ascii_lowercase()).collect();
        if verb.is_empty() || verb == "help" {
            continue;
        }
        let help = std::process::Command::new(env!("CARGO_BIN_EXE_lumbung"))
            .args([&verb, "--help"])
            .output()
            .unwrap();
        assert!(
            help.status.success(),
            "lumbung {verb} --help: {}",
            String::from_utf8_lossy(&help.stderr)
        );
        checked += 1;
    }
    assert!(checked >= 8, "README names the verbs");
}
