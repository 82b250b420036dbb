//! The command line: help, exit codes, what goes to which stream, and one JSON document where it is asked for.

use crate::support::{AS_OF, Installation, Said, lumbung, root};
use serde_json::Value;

/// Every verb, with the verbs below it.
const VERBS: [&[&str]; 27] = [
    &["run"],
    &["serve"],
    &["check"],
    &["preview"],
    &["template"],
    &["plan"],
    &["doctor"],
    &["status"],
    &["init"],
    &["schema"],
    &["query"],
    &["submission", "list"],
    &["submission", "show"],
    &["submission", "accept"],
    &["submission", "refuse"],
    &["submission", "withdraw"],
    &["quarantine", "list"],
    &["quarantine", "show"],
    &["quarantine", "replay"],
    &["learn"],
    &["history"],
    &["rebuild"],
    &["release", "list"],
    &["release", "show"],
    &["release", "verify"],
    &["completions"],
    &[],
];

/// Runs the program where nothing is installed.
fn bare(arguments: &[&str]) -> Said {
    let nowhere = tempfile::tempdir().expect("a folder");
    lumbung(arguments, &[], nowhere.path())
}

/// An installation after one night, in which a row was refused.
fn after_a_night() -> Installation {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let text = "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n\
                32.73;2024-S2;600;500;1100\n32.04;2024-S2;900;1000;1901\n";
    installation.drop("32", "dukcapil-file", "penduduk.csv", text);
    installation.drop("33", "dukcapil-file", "surat.csv", "Perihal;Kepada\nUndangan;Kepala\n");
    installation.night(3);
    installation
}

#[test]
fn every_verb_explains_itself_with_examples() {
    for verb in VERBS {
        let mut arguments = verb.to_vec();
        arguments.push("--help");
        let said = bare(&arguments).expect(0);
        assert!(
            said.stdout.contains("Examples:"),
            "{verb:?} has examples:\n{}",
            said.stdout
        );
        assert!(said.stdout.contains("Usage: lumbung"), "{verb:?}");
        assert_eq!(said.stderr, "", "{verb:?}");
    }
}

#[test]
fn the_verbs_of_this_test_are_all_verbs() {
    let help = bare(&["--help"]).expect(0).stdout;
    let listed: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| *word != "help")
        .collect();
    for verb in &listed {
        assert!(
            VERBS.iter().any(|known| known.first() == Some(verb)),
            "{verb} has no test"
        );
    }
    assert!(listed.contains(&"run") && listed.contains(&"release"), "{help}");
}

#[test]
fn the_top_level_help_is_as_it_was() {
    insta::assert_snapshot!("help", bare(&["--help"]).expect(0).stdout);
}

#[test]
fn wrong_usage_ends_with_two() {
    let wrong: [&[&str]; 10] = [
        &["jalan"],
        &["run", "--as-of", "30-11-2025"],
        &["run", "--tanggal", "2025-11-30"],
        &["submission", "accept", "1"],
        &["submission", "list", "--status", "lost"],
        &["query"],
        &["query", "SELECT 1", "--format", "parquet"],
        &["status", "--lang", "jv"],
        &["-v", "-q", "status"],
        &[],
    ];
    let installation = after_a_night();
    for arguments in wrong {
        let said = installation.lumbung(arguments).expect(2);
        assert_eq!(said.stdout, "", "{arguments:?}");
        assert_ne!(said.stderr, "", "{arguments:?}");
    }
}

#[test]
fn a_directory_that_is_no_configuration_ends_with_two_and_a_hint() {
    for verb in [&["run"][..], &["check"], &["plan"]] {
        let said = bare(verb).expect(2);
        assert!(
            said.stderr.contains("lumbung.toml") && said.stderr.contains("lumbung init"),
            "{verb:?}: {}",
            said.stderr
        );
        assert_eq!(said.stdout, "");
    }
}

#[test]
fn before_the_first_run_verbs_say_so() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    for verb in [
        &["status"][..],
        &["submission", "list"],
        &["quarantine", "list"],
        &["release", "list"],
    ] {
        let said = installation.lumbung(verb).expect(1);
        assert!(
            said.stderr.contains("error:") && said.stderr.contains("hint:"),
            "{verb:?}: {}",
            said.stderr
        );
    }
    assert!(
        installation
            .lumbung(&["query", "SELECT 1"])
            .expect(1)
            .stderr
            .contains("hint:")
    );
    assert!(!installation.data().exists(), "asking makes nothing");
    let plan = installation.lumbung(&["plan"]).expect(0).stdout;
    assert!(plan.contains("dukcapil-file"), "{plan}");
}

/// Arguments, and what their JSON document must be.
type Expected = (&'static [&'static str], fn(&Value) -> bool);

#[test]
fn json_is_one_document_on_standard_output() {
    let installation = after_a_night();
    let verbs: [Expected; 13] = [
        (&["run", "--as-of", AS_OF], |value| {
            value["release"]["unchanged"] == true
        }),
        (&["status"], |value| value["release"] == "2025-11-30-001"),
        (&["submission", "list"], |value| {
            value.as_array().is_some_and(|all| all.len() == 2)
        }),
        (&["submission", "show", "1"], |value| value["receipt"] == 1),
        (&["quarantine", "list"], |value| {
            value[0]["codes"][0] == "population-total-differs"
        }),
        (&["quarantine", "show", "1"], |value| {
            value[0]["values"]["total"] == "1901"
        }),
        (&["release", "list"], |value| {
            value.as_array().is_some_and(|all| all.len() == 1)
        }),
        (&["release", "show"], |value| value["id"] == "2025-11-30-001"),
        (&["release", "verify"], |value| value["whole"] == true),
        (&["query", "SELECT count(*) AS n FROM population"], |value| {
            value[0]["n"] == 1
        }),
        (&["plan"], Value::is_object),
        (&["doctor"], |value| value.is_object() || value.is_array()),
        (&["check"], |value| value["problems"] == serde_json::json!([])),
    ];
    for (verb, is_right) in verbs {
        let mut arguments = verb.to_vec();
        arguments.push("--json");
        let said = installation.lumbung(&arguments);
        let value = said.json();
        assert!(is_right(&value), "{verb:?}: {value:#}");
    }
}

#[test]
fn answers_of_queries_come_in_four_forms() {
    let installation = after_a_night();
    let sql = "SELECT region_code, total FROM population ORDER BY region_code";
    let table = installation.lumbung(&["query", sql]).expect(0).stdout;
    assert!(
        table.contains("| region_code | total |") && table.contains("| 32.73       | 1100  |"),
        "{table}"
    );
    let csv = installation
        .lumbung(&["query", "--format", "csv", sql])
        .expect(0)
        .stdout;
    assert_eq!(csv, "region_code,total\n32.73,1100\n");
    let json = installation
        .lumbung(&["query", "--format", "json", sql])
        .expect(0)
        .json();
    assert_eq!(json, serde_json::json!([{"region_code": "32.73", "total": 1100}]));
    let out = installation.home().join("out.parquet");
    let path = out.to_str().expect("UTF-8");
    installation
        .lumbung(&["query", "--format", "parquet", "--out", path, sql])
        .expect(0);
    assert_eq!(crate::released::parquet_rows(&out).len(), 1);
    let empty = installation
        .lumbung(&["query", "--format", "csv", "SELECT * FROM labour"])
        .expect(0)
        .stdout;
    assert!(empty.starts_with("region_code,period,"), "{empty}");
}

#[test]
fn a_question_that_fails_names_the_tables() {
    let installation = after_a_night();
    for sql in ["SELECT * FROM penduduk", "SELEC", "SELECT nothing FROM population"] {
        let said = installation.lumbung(&["query", sql]).expect(2);
        let hint = said
            .stderr
            .split("hint:")
            .nth(1)
            .unwrap_or_else(|| panic!("{}", said.stderr));
        for table in ["population", "indicators", "regions", "submissions", "coverage"] {
            assert!(hint.contains(table), "{table}: {hint}");
        }
        assert_eq!(said.stdout, "");
    }
    // Nothing may be written by a question.
    let target = installation.home().join("copied");
    for sql in [
        "DROP TABLE population".to_owned(),
        format!("COPY (SELECT 1) TO '{}' STORED AS PARQUET", target.display()),
        "CREATE TABLE t AS SELECT 1".to_owned(),
        "INSERT INTO population SELECT * FROM population".to_owned(),
    ] {
        let said = installation.lumbung(&["query", &sql]);
        assert_ne!(said.code, 0, "{sql}: {}", said.stdout);
    }
    assert!(!target.exists());
    let verified = installation.lumbung(&["release", "verify", "--json"]).expect(0).json();
    assert_eq!(verified["whole"], true);
}

#[test]
fn submissions_are_listed_as_they_were() {
    let installation = after_a_night();
    insta::assert_snapshot!(
        "submission_list",
        installation.lumbung(&["submission", "list"]).expect(0).stdout
    );
    insta::assert_snapshot!(
        "submission_list_of_one_status",
        installation
            .lumbung(&["submission", "list", "--status", "refused"])
            .expect(0)
            .stdout
    );
}

#[test]
fn the_language_is_chosen_by_option_or_variable() {
    let installation = after_a_night();
    assert!(
        installation
            .lumbung(&["submission", "show", "1"])
            .expect(0)
            .stdout
            .contains("Diterima sebagian")
    );
    let english = installation
        .lumbung(&["submission", "show", "1", "--lang", "en"])
        .expect(0)
        .stdout;
    assert!(
        english.contains("Accepted in part") && !english.contains("Diterima"),
        "{english}"
    );
    let installation = installation.environment("LUMBUNG_LANG", "en");
    assert!(
        installation
            .lumbung(&["submission", "show", "1"])
            .expect(0)
            .stdout
            .contains("Accepted in part")
    );
}

#[test]
fn numbers_that_do_not_exist_are_said_with_a_hint() {
    let installation = after_a_night();
    let wrong: [&[&str]; 5] = [
        &["submission", "show", "99"],
        &["submission", "accept", "99", "--reason", "a"],
        &["quarantine", "show", "99"],
        &["release", "show", "2001-01-01-001"],
        &["release", "verify", "../releases"],
    ];
    for arguments in wrong {
        let said = installation.lumbung(arguments).expect(2);
        assert!(said.stderr.contains("hint:"), "{arguments:?}: {}", said.stderr);
    }
}

#[test]
fn only_the_named_connector_runs() {
    let installation = Installation::with_own(&["dukcapil-file", "harga-pasar"]);
    installation.drop(
        "32.73",
        "harga-pasar",
        "harga.csv",
        "Tanggal;Komoditas;Harga\n2025-11-03;Beras Premium;15000\n",
    );
    let said = installation.lumbung(&[
        "run",
        "--as-of",
        AS_OF,
        "--connector",
        "dukcapil-file",
        "--no-publish",
        "--json",
    ]);
    let report = said.expect(0).json();
    assert_eq!(report["sources"].as_array().unwrap().len(), 1);
    assert_eq!(report["submissions"], serde_json::json!([]));
    assert_eq!(report["release"]["id"], Value::Null);
    let said = installation.lumbung(&["run", "--connector", "dukcapil"]).expect(2);
    assert!(said.stderr.contains("hint:"), "{}", said.stderr);
}

#[test]
fn completions_name_the_verbs() {
    for (shell, mark) in [
        ("bash", "_lumbung"),
        ("zsh", "#compdef lumbung"),
        ("fish", "complete -c lumbung"),
    ] {
        let said = bare(&["completions", shell]).expect(0);
        assert!(
            said.stdout.contains(mark) && said.stdout.contains("quarantine"),
            "{shell}"
        );
    }
}

#[test]
fn logs_can_be_json_lines_on_standard_error() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let said = installation
        .lumbung(&["-v", "--log", "json", "run", "--as-of", AS_OF, "--json"])
        .expect(0);
    let lines: Vec<Value> = said
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    assert!(!lines.is_empty());
    said.json();
}

#[test]
fn the_reference_is_that_of_the_program() {
    let said = lumbung(&["schema", "--out", "docs/reference", "--check"], &[], &root());
    assert_eq!(
        said.code, 0,
        "run `lumbung schema --out docs/reference`:\n{}",
        said.stderr
    );
}

#[test]
fn the_repositorys_own_configuration_is_right() {
    let environment = [
        ("INOVASI_URL", "http://127.0.0.1:9"),
        ("INOVASI_TOKEN", "a"),
        ("KETENAGAKERJAAN_URL", "http://127.0.0.1:9"),
        ("KETENAGAKERJAAN_TOKEN", "a"),
        ("PUJA_INDAH_URL", "http://127.0.0.1:9"),
        ("PUJA_INDAH_TOKEN", "a"),
        (
            "LUMBUNG_PSEUDONYM_KEY",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ),
    ];
    let said = lumbung(&["check"], &environment, &root()).expect(0).stdout;
    // Whom senders ask is for each installation to say.
    let mut warnings = said.lines().filter(|line| line.starts_with("perhatian"));
    assert!(warnings.all(|line| line.contains("contact")), "{said}");
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_program_quietly() {
    // Far more than a pipe holds, and nobody reads it.
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_lumbung"))
        .arg("schema")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
