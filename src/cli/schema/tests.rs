use super::*;
use clap::Arg;

fn command() -> clap::Command {
    let json = Arg::new("json")
        .long("json")
        .global(true)
        .action(clap::ArgAction::SetTrue)
        .help("One JSON document");
    let data = Arg::new("data")
        .long("data")
        .global(true)
        .env("LUMBUNG_DATA")
        .default_value("var")
        .help("Data | place");
    let connector = Arg::new("connector")
        .long("connector")
        .short('c')
        .value_name("NAME")
        .help("Only this one");
    let run = clap::Command::new("run")
        .about("The nightly job")
        .arg(connector)
        .after_help("Examples:\n  lumbung run");
    clap::Command::new("lumbung")
        .about("Lumbung")
        .arg(json)
        .arg(data)
        .subcommand(run)
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every TOML file of a folder as JSON.
fn files(folder: &str) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root().join(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path.display().to_string(), toml::from_str(&text).unwrap()));
        }
    }
    assert!(!found.is_empty(), "{folder} holds no TOML file");
    found
}

fn validator(name: &str) -> jsonschema::Validator {
    let schema = schemas().into_iter().find(|(found, _)| *found == name).unwrap().1;
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn the_schemas_accept_the_files_in_the_repository_and_refuse_an_unknown_key() {
    for (schema, folder) in [("connector", "connectors"), ("contract", "pipelines/datasets")] {
        let validator = validator(schema);
        for (path, mut value) in files(folder) {
            let wrong: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(wrong.is_empty(), "{path}: {wrong:?}");
            value["shedule"] = Value::Null;
            assert!(!validator.is_valid(&value), "{path} with an unknown key");
        }
    }
}

#[test]
fn every_key_of_a_type_has_a_row_and_every_table_a_section() {
    let all = documents(command());
    let contract = &all["contract.md"];
    assert!(
        contract.contains("| `version` | whole number | **required** |"),
        "{contract}"
    );
    assert!(
        contract.contains("## `[columns.<name>]`") && contract.contains("## `[[rules]]`"),
        "{contract}"
    );
    assert!(contract.contains("| `refused_share` | number | `0.25` |"), "{contract}");
    assert!(
        contract.contains("`upsert`: By key, the later submission wins"),
        "{contract}"
    );
    let connector = &all["connector.md"];
    assert!(
        connector.contains("## `[http.paging]`") && connector.contains("**`kind = \"offset\"`**"),
        "{connector}"
    );
    let receipt = &all["receipt.md"];
    assert!(
        receipt.contains("## `findings[]`") && receipt.contains("| `file` | text | may be |"),
        "{receipt}"
    );
    assert!(
        receipt.contains("| `datasets` | list of the same form as the whole | may be |"),
        "{receipt}"
    );
    assert!(
        all["installation.md"].contains("`\"Asia/Jakarta\"`"),
        "{}",
        all["installation.md"]
    );
}

#[test]
fn no_key_is_left_without_a_meaning() {
    for (name, text) in documents(command()) {
        if !name.ends_with(".md") {
            continue;
        }
        let empty: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("| `") && line.ends_with("|  |"))
            .collect();
        assert!(
            empty.is_empty(),
            "{name}: say in the type's comment what these mean: {empty:#?}"
        );
    }
}

#[test]
fn every_finding_is_told_in_both_languages() {
    let page = findings::page();
    let codes = crate::finding::entries().count();
    assert!(codes > 10);
    assert_eq!(page.matches("\n## `").count(), codes);
    assert_eq!(
        (page.matches("- **id** ").count(), page.matches("- **en** ").count()),
        (codes, codes)
    );
}

#[test]
fn the_command_line_tells_options_once_and_does_not_depend_on_the_environment() {
    let page = commands::page(command());
    assert!(page.contains("## `lumbung run`"), "{page}");
    assert!(
        page.contains("| `-c`, `--connector <NAME>` | Only this one |"),
        "{page}"
    );
    assert_eq!(page.matches("`--json`").count(), 1, "{page}");
    assert!(
        page.contains("Data \\| place Default: `var`. Environment: `LUMBUNG_DATA`."),
        "{page}"
    );
    assert!(page.contains("```text\nExamples:\n  lumbung run\n```"), "{page}");
}

#[test]
fn a_check_names_what_differs_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = Some(folder.path().join("reference"));
    let check = Arguments {
        out: out.clone(),
        check: true,
    };
    assert_eq!(schema(&check, command()).unwrap(), 1);
    assert!(!folder.path().join("reference").exists());
    assert_eq!(schema(&Arguments { out, check: false }, command()).unwrap(), 0);
    assert_eq!(schema(&check, command()).unwrap(), 0);
    let changed = folder.path().join("reference/contract.md");
    std::fs::write(&changed, "changed by hand").unwrap();
    let all = documents(command());
    assert_eq!(
        differing(&folder.path().join("reference"), &all).unwrap(),
        ["contract.md"]
    );
    assert_eq!(schema(&check, command()).unwrap(), 1);
    assert_eq!(std::fs::read_to_string(&changed).unwrap(), "changed by hand");
}
