//! What is wrong with a configuration is found by `check`, with file, line and hint, before anything runs.

use super::*;
use crate::support::read_text;
use serde_json::Value;

/// A change of one text of one file, and what `check` must say about it.
type Mistake = (&'static str, &'static str, &'static str, &'static str);

const OFFICE: &str = "connectors/dukcapil-file.toml";
const LABOUR: &str = "pipelines/datasets/labour.toml";
const TOURISM: &str = "pipelines/datasets/tourism.toml";
const POPULATION: &str = "pipelines/datasets/population.toml";
const POVERTY: &str = "pipelines/datasets/poverty.toml";

/// Each group is found together: what cannot be read, what contradicts itself, both in different files, SQL that is no SELECT or asks the
/// clock, SQL that does not fit the tables.
const MISTAKES: [&[Mistake]; 5] = [
    &[
        ("lumbung.toml", "settle", "setle", "setle"),
        (OFFICE, "scope", "skope", "skope"),
        (LABOUR, "required", "requird", "requird"),
    ],
    &[
        (
            "lumbung.toml",
            "settle = \"0s\"",
            "nightly = \"61 1 * * *\"",
            "61 1 * * *",
        ),
        (
            OFFICE,
            "scope =",
            "schedule = \"setiap malam\"\nscope =",
            "setiap malam",
        ),
    ],
    &[
        (
            "lumbung.toml",
            "settle = \"0s\"",
            "settle = 0",
            "stands where a text belongs",
        ),
        (
            OFFICE,
            "dataset = \"population\"",
            "dataset = \"populaton\"",
            "did you mean `population`?",
        ),
        (
            LABOUR,
            "key = [\"region_code\"",
            "key = [\"regon_code\"",
            "did you mean `region_code`?",
        ),
        (
            TOURISM,
            "codes = \"attraction_kinds\"",
            "codes = \"atraction_kinds\"",
            "did you mean `attraction_kinds`?",
        ),
        (
            TOURISM,
            "words = [\"tamu hotel\"",
            "words = [\"\", \"tamu hotel\"",
            "other_titles",
        ),
        (
            POVERTY,
            "reference_month = 3",
            "reference_month = 13",
            "reference_month 13",
        ),
        (
            POVERTY,
            "meaning = { id = \"satu jenis kelamin saja\"",
            "meaning = { id = \" \"",
            "does not say what its words mean",
        ),
        (
            TOURISM,
            "column = \"total\"",
            "column = \"totall\"",
            "did you mean `total`?",
        ),
    ],
    &[
        (
            POPULATION,
            "male + female = total",
            "male + + = total",
            "population-total-differs",
        ),
        (POPULATION, "\"male <= 2 * female AND", "\"random() < 2 AND", "random"),
        (POPULATION, "WHERE place = 1 AND", "WHERE now() IS NOT NULL AND", "now"),
        ("pipelines/indicators/sex_ratio.sql", "SELECT", "SELEKT", "sex_ratio"),
        (
            "pipelines/indicators/population_density.sql",
            "SELECT",
            "SELECT random() AS x,",
            "random",
        ),
    ],
    &[
        (POPULATION, "households <= total", "households <= totl", "totl"),
        (POPULATION, "JOIN history h ON", "JOIN histori h ON", "histori"),
        (
            "pipelines/indicators/sex_ratio.sql",
            "NULLIF(female",
            "NULLIF(femail",
            "femail",
        ),
    ],
];

#[test]
fn every_mistake_has_its_file_its_line_and_a_hint() {
    let mut said = String::new();
    for mistakes in MISTAKES {
        let installation = installation();
        installation.own_pipelines();
        for (file, from, to, _) in mistakes {
            let path = installation.config().join(file);
            let text = read_text(&path);
            assert!(text.contains(from), "{file} has {from}");
            std::fs::write(&path, text.replacen(from, to, 1)).expect("written");
        }
        let told = installation.lumbung(&["check", "--json"]).expect(2).json();
        let problems = told["problems"].as_array().expect("a list");
        assert_eq!(problems.len(), mistakes.len(), "{told:#}");
        for (file, _, to, expected) in mistakes {
            let is_meant = |problem: &&Value| problem["file"] == *file && problem.to_string().contains(expected);
            let problem = problems.iter().find(is_meant);
            let problem = problem.unwrap_or_else(|| panic!("nothing about {to} in {told:#}"));
            assert!(problem["line"].as_u64() > Some(0), "{to}: {problem:#}");
            assert!(
                problem["hint"].as_str().is_some_and(|hint| !hint.is_empty()),
                "{to}: {problem:#}"
            );
        }
        for problem in problems {
            let text = |key: &str| problem[key].as_str().unwrap_or_default();
            let place = format!("{}:{}", text("file"), problem["line"]);
            said.push_str(&format!("{place}: {}\n  hint: {}\n", text("message"), text("hint")));
        }
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
        format!("{}32.73;2024-S2;600;500;1100\n", super::PEOPLE),
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
