//! What is wrong with a configuration is found by `check`, with file, line and hint, before anything runs.

use super::*;
use crate::support::read_text;
use serde_json::Value;

/// Changes one text of one file of a configuration that is right, and gives what `check` says about it.
#[track_caller]
fn problem(file: &str, from: &str, to: &str) -> Value {
    let installation = installation();
    installation.own_pipelines();
    let path = installation.config().join(file);
    let text = read_text(&path);
    assert!(text.contains(from), "{file} has {from}");
    std::fs::write(&path, text.replacen(from, to, 1)).expect("written");
    let said = installation.lumbung(&["check", "--json"]).expect(2);
    let problems = said.json()["problems"].clone();
    assert_eq!(problems.as_array().map(Vec::len), Some(1), "{file}: {problems:#}");
    problems[0].clone()
}

#[test]
fn every_mistake_has_its_file_its_line_and_a_hint() {
    let labour = "pipelines/datasets/labour.toml";
    let people = "pipelines/datasets/population.toml";
    let ratio = "pipelines/indicators/sex_ratio.sql";
    let cases = [
        ("lumbung.toml", "settle", "setle", "setle"),
        (
            "lumbung.toml",
            "settle = \"0s\"",
            "nightly = \"61 1 * * *\"",
            "61 1 * * *",
        ),
        ("connectors/dukcapil-file.toml", "scope", "skope", "skope"),
        (
            "connectors/dukcapil-file.toml",
            "scope =",
            "schedule = \"setiap malam\"\nscope =",
            "setiap malam",
        ),
        (
            "connectors/dukcapil-file.toml",
            "kind = \"drop\"",
            "kind = \"drop\"\n[drop]\nsettle = \"lama\"\n[x]",
            "x",
        ),
        (labour, "required", "requird", "requird"),
        (people, "male + female = total", "male + femal = total", "femal"),
        (
            people,
            "male + female = total",
            "male + + = total",
            "population-total-differs",
        ),
        (people, "male + female = total", "total > random()", "random"),
        (people, "JOIN history h ON", "JOIN histori h ON", "histori"),
        (people, "WHERE place = 1 AND", "WHERE now() IS NOT NULL AND", "now"),
        (ratio, "SELECT", "SELEKT", "SELEKT"),
        (ratio, "NULLIF(female", "NULLIF(femail", "femail"),
        (ratio, "SELECT", "SELECT random() AS x,", "random"),
    ];
    let mut said = String::new();
    for (file, from, to, expected) in cases {
        let problem = problem(file, from, to);
        let text = |key: &str| problem[key].as_str().unwrap_or_default().to_string();
        assert_eq!(text("file"), file, "{problem:#}");
        assert!(problem["line"].as_u64() > Some(0), "{to}: {problem:#}");
        assert!(text("message").contains(expected), "{to}: {problem:#}");
        assert!(!text("hint").is_empty(), "{to}: {problem:#}");
        said.push_str(&format!(
            "{}:{}: {}\n  hint: {}\n",
            text("file"),
            problem["line"],
            text("message"),
            text("hint")
        ));
    }
    insta::assert_snapshot!("configuration_mistakes", said);
}

/// An HTTP source that says neither for whom it speaks nor where a token comes from.
const PULL: &str = "title = { id = \"a\", en = \"a\" }\nkind = \"http\"\ndataset = \"population\"\nscope = \"all\"\n\
                    [http]\nurl = \"${ALAMAT_YANG_TIDAK_ADA}/a\"\nrecords = \"/a\"\n\
                    [http.auth]\nheader = \"X\"\ntoken_env = \"TOKEN_YANG_TIDAK_ADA\"\n";

#[test]
fn a_source_without_scope_is_a_configuration_error() {
    let installation = installation();
    installation.connector("tarikan", &PULL.replace("scope = \"all\"\n", ""));
    let problems = installation.lumbung(&["check", "--json"]).expect(2).json()["problems"].clone();
    let first = &problems[0];
    assert_eq!(
        (first["file"].as_str(), first["line"].as_u64()),
        (Some("connectors/tarikan.toml"), Some(2))
    );
    assert!(
        first["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("scope = \"all\"")),
        "{first}"
    );
    let said = installation.lumbung(&["run", "--as-of", AS_OF]).expect(2);
    assert!(said.stderr.contains("connectors/tarikan.toml:2"), "{}", said.stderr);
    assert!(!installation.data().join("catalog.db").exists(), "nothing has run");
}

#[test]
fn what_is_unset_is_found_by_check_and_stops_its_own_source_only() {
    let installation = installation();
    installation.connector("tarikan", PULL);
    let problems = installation.lumbung(&["check", "--json"]).expect(2).json()["problems"].clone();
    let named: Vec<(Option<&str>, Option<u64>)> = problems
        .as_array()
        .expect("a list")
        .iter()
        .map(|problem| (problem["file"].as_str(), problem["line"].as_u64()))
        .collect();
    assert_eq!(
        named,
        [
            (Some("connectors/tarikan.toml"), Some(6)),
            (Some("connectors/tarikan.toml"), Some(10))
        ]
    );
    assert!(
        problems
            .as_array()
            .expect("a list")
            .iter()
            .all(|problem| problem["hint"].is_string())
    );
    installation.drop(
        "32",
        DUKCAPIL.0,
        "penduduk.csv",
        format!("{PEOPLE}32.73;2024-S2;600;500;1100\n"),
    );
    let report = installation.merge_only(3);
    let failed: Vec<&Value> = report["sources"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|source| {
            source["failures"]
                .as_array()
                .is_some_and(|failures| !failures.is_empty())
        })
        .map(|source| &source["connector"])
        .collect();
    assert_eq!(failed, ["tarikan"]);
    assert_eq!(report["submissions"][0]["status"], "accepted");
}
