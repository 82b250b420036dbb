//! Tests of the front matter.

use super::*;
use crate::compute::indicator::{Better, Relation, Theme, Universe};
use proptest::prelude::*;

const GOOD: &str = "\
-- title.id: Tingkat pengangguran terbuka
-- title.en: Open unemployment rate
-- theme: labour
-- unit: percent
-- better: lower
-- grain: semester, year
-- universe: all
-- expects: labour
-- datasets: labour
-- reads: labour (same region, same period); regions (same province)
-- method.id: 100 × penganggur ÷ angkatan kerja,
--   pada periode yang sama.
-- method.en: 100 × unemployed ÷ labour force: same period
-- source: Sakernas, BPS
-- owner: Direktorat Jenderal
-- decimals: 2
-- 
-- decimals may be followed by a free line only below the front matter
SELECT l.region_code FROM labour l JOIN regions r ON r.region_code = l.region_code
";

fn good() -> String {
    GOOD.replace(
        "-- \n-- decimals may be followed by a free line only below the front matter\n",
        "",
    )
}

fn problems(text: &str) -> Vec<(usize, String)> {
    parse("x", text)
        .unwrap_err()
        .into_iter()
        .map(|problem| (problem.line, problem.message))
        .collect()
}

#[test]
fn reads_every_key() {
    let indicator = parse("open_unemployment_rate", &good()).unwrap();
    assert_eq!(indicator.id, "open_unemployment_rate");
    assert_eq!(indicator.title.en, "Open unemployment rate");
    assert_eq!((indicator.theme, indicator.better), (Theme::Labour, Better::Lower));
    assert_eq!(indicator.grain.text(), "semester, year");
    assert_eq!(indicator.universe, Universe::All);
    assert_eq!(indicator.expects, Some(Expects::Coverage("labour".to_string())));
    assert_eq!(
        indicator.method.id,
        "100 × penganggur ÷ angkatan kerja, pada periode yang sama."
    );
    assert_eq!(indicator.method.en, "100 × unemployed ÷ labour force: same period");
    assert_eq!(indicator.reads[1].relation, Relation::SameProvince);
    assert_eq!(
        indicator.reads_text(),
        "labour (same region, same period); regions (same province)"
    );
    assert_eq!(indicator.decimals, 2);
    assert_eq!(indicator.sql_sha256.len(), 64);
}

#[test]
fn a_problem_has_file_line_and_hint() {
    let found = parse("x", &good().replace("-- unit:", "-- units:")).unwrap_err();
    assert_eq!(found[0].file, "pipelines/indicators/x.sql");
    assert_eq!((found[0].line, found[0].message.as_str()), (4, "unknown key `units`"));
    assert!(found[0].hint.as_deref().unwrap().contains("unit, better"));
    assert_eq!((found[1].line, found[1].message.as_str()), (1, "key `unit` is missing"));
}

#[test]
fn a_free_line_in_the_front_matter_is_refused() {
    assert_eq!(problems(GOOD)[0].0, 18);
}

#[test]
fn wrong_values_are_named_with_what_is_allowed() {
    let cases = [
        ("theme: labour", "theme: work", 3),
        ("better: lower", "better: down", 5),
        ("grain: semester, year", "grain: semester, decade", 6),
        ("universe: all", "universe: provinces", 7),
        ("expects: labour", "expects: population", 8),
        ("expects: labour", "expects: universe", 8),
        ("datasets: labour", "datasets: labour, regions", 9),
        ("(same region, same period)", "(same region, next period)", 10),
        ("(same region, same period)", "(any)", 10),
        ("labour (same region, same period)", "labour", 10),
        ("source: Sakernas, BPS", "source:", 14),
        ("decimals: 2", "decimals: two", 16),
        ("decimals: 2", "decimals: 2\n-- unit: percent", 17),
    ];
    for (right, wrong, line) in cases {
        let text = good().replacen(right, wrong, 1);
        assert_ne!(text, good(), "{right}");
        assert_eq!(problems(&text)[0].0, line, "{wrong}");
    }
}

#[test]
fn reads_and_datasets_agree_with_the_select() {
    let fewer = good().replace("; regions (same province)", "");
    assert_eq!(
        problems(&fewer),
        [(10, "the SELECT reads regions, `reads` does not name it".to_string())]
    );
    let more = good().replace("datasets: labour", "datasets: labour, population");
    assert_eq!(
        problems(&more),
        [(9, "the SELECT does not read the dataset population".to_string())]
    );
    let other = good().replace("FROM labour l", "FROM population l");
    let messages: Vec<String> = problems(&other).into_iter().map(|(_, message)| message).collect();
    assert_eq!(messages.len(), 4, "{messages:?}");
}

#[test]
fn the_sql_is_checked_too() {
    let text = good().replace("SELECT l.region_code", "SELECT l.region_code, now()");
    assert_eq!(problems(&text)[0].0, 17);
}

#[test]
fn file_names_are_ids() {
    assert!(parse("Open-Rate", &good()).is_err());
    assert!(parse("open_rate_90d", &good()).is_ok());
}

#[test]
fn the_indicators_of_this_repository_load() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/indicators");
    let indicators = load(&folder).unwrap_or_else(|problems| {
        panic!(
            "{}",
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        )
    });
    assert!(indicators.len() >= 18, "{} indicators", indicators.len());
    assert!(indicators.is_sorted_by(|left, right| left.id < right.id));
}

proptest! {
    #[test]
    fn no_front_matter_makes_it_panic(text in "(-- ?( ?[a-z.]{0,9}:?[ ;,()a-z0-9-]{0,20})?\n){0,8}\\PC{0,40}") {
        let _ = parse("x", &text);
    }

    #[test]
    fn reads_survive_being_written_and_read(table in "[a-z][a-z_]{0,10}", relation in 0usize..3, windows in proptest::collection::vec(0usize..5, 0..3)) {
        let written = Read {
            table,
            relation: Relation::WORDS[relation].1,
            windows: windows.into_iter().map(|index| Window::WORDS[index].1).collect(),
        };
        prop_assert_eq!(read(&written.to_string()), Ok(written));
    }
}
