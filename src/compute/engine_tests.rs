//! Tests of the engine, on a made-up dataset and a registry of four regions.

use super::*;
use crate::compute::front_matter;
use arrow::array::{ArrayRef, Date32Array};
use arrow::datatypes::{Field, Schema};

const AS_OF: (i32, u32, u32) = (2025, 11, 15);

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(AS_OF.0, AS_OF.1, AS_OF.2).unwrap()
}

fn day(year: i32, month: u32, day: u32) -> i32 {
    days(NaiveDate::from_ymd_opt(year, month, day).unwrap())
}

fn register(session: &Session, name: &str, columns: Vec<(&str, ArrayRef)>) {
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, array)| Field::new(*name, array.data_type().clone(), true))
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let batch = RecordBatch::try_new(schema.clone(), arrays).unwrap();
    session.register_batches(name, schema, vec![batch]).unwrap();
}

fn text(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

/// `labour` with one figure a row; Jakarta Pusat (31.71) does not govern itself, 93 exists from 2026 on.
fn session(rows: &[(&str, &str, Option<f64>)]) -> Session {
    let session = Session::new(64).unwrap();
    let none: Date32Array = vec![None; 4].into();
    let from: Date32Array = vec![None, None, None, Some(day(2026, 1, 1))].into();
    register(
        &session,
        "regions",
        vec![
            ("region_code", text(&["31.71", "32", "32.73", "93"])),
            (
                "autonomous",
                Arc::new(BooleanArray::from(vec![false, true, true, true])),
            ),
            ("valid_from", Arc::new(from)),
            ("valid_to", Arc::new(none)),
        ],
    );
    register(
        &session,
        "expected",
        vec![
            ("dataset", text(&["labour", "labour", "labour", "population"])),
            ("region_code", text(&["32", "32.73", "32.73", "32"])),
            ("period", text(&["2024", "2024", "2025", "2024"])),
            (
                "due_on",
                Arc::new(Date32Array::from(vec![
                    day(2025, 3, 1),
                    day(2025, 3, 1),
                    day(2026, 3, 1),
                    day(2025, 1, 1),
                ])),
            ),
        ],
    );
    register(
        &session,
        "labour",
        vec![
            ("region_code", text(&rows.iter().map(|row| row.0).collect::<Vec<_>>())),
            ("period", text(&rows.iter().map(|row| row.1).collect::<Vec<_>>())),
            (
                "employed",
                Arc::new(Float64Array::from(rows.iter().map(|row| row.2).collect::<Vec<_>>())),
            ),
        ],
    );
    session
}

const PLAIN: &str = "SELECT region_code, period, employed AS value, NULL AS numerator, 2 AS denominator FROM labour";

fn indicator(id: &str, grain: &str, universe: &str, expects: &str, select: &str) -> Indicator {
    let text = format!(
        "-- title.id: a\n-- title.en: a\n-- theme: labour\n-- unit: people\n-- better: higher\n-- grain: {grain}\n\
         -- universe: {universe}\n-- expects: {expects}\n-- datasets: labour\n-- reads: labour (same region)\n\
         -- method.id: a\n-- method.en: a\n-- source: a\n-- owner: a\n-- decimals: 0\n{select}\n"
    );
    front_matter::parse(id, &text).unwrap()
}

fn yearly(select: &str) -> Indicator {
    indicator("yearly", "year, semester", "autonomous", "labour", select)
}

async fn run_on(session: &Session, indicators: &[Indicator], as_of: NaiveDate, kept: Kept) -> Indicators {
    let illustrative = BTreeSet::from(["labour".to_string()]);
    compute(session, indicators, as_of, &illustrative, &Arc::new(kept))
        .await
        .unwrap()
}

async fn run(session: &Session, indicators: &[Indicator]) -> Indicators {
    run_on(session, indicators, as_of(), Kept::default()).await
}

/// `region period value status` of every row.
fn lines(indicators: &Indicators) -> Vec<String> {
    let mut lines = Vec::new();
    for batch in &indicators.rows {
        let text = |name: &str| batch.column_by_name(name).unwrap().as_string::<i32>().clone();
        let (regions, periods, statuses) = (text("region_code"), text("period"), text("status"));
        let values = batch
            .column_by_name("value")
            .unwrap()
            .as_primitive::<Float64Type>()
            .clone();
        for index in 0..batch.num_rows() {
            let value = if values.is_valid(index) {
                values.value(index).to_string()
            } else {
                "-".to_string()
            };
            lines.push(format!(
                "{} {} {value} {}",
                regions.value(index),
                periods.value(index),
                statuses.value(index)
            ));
        }
    }
    lines
}

async fn failure(rows: &[(&str, &str, Option<f64>)], indicator: Indicator) -> String {
    let found = run(&session(rows), &[indicator]).await;
    assert!(found.rows.is_empty());
    found.failures.into_iter().next().expect("the indicator fails").1
}

#[tokio::test]
async fn completes_from_coverage_and_marks_what_has_not_ended() {
    let session = session(&[
        ("32.73", "2025", Some(5.0)),
        ("32", "2025-S1", Some(4.0)),
        ("32.73", "2024", None),
        ("32.73", "2026", Some(9.0)),
        ("31.71", "2024", Some(7.0)),
        ("91.09", "2021", Some(1.0)),
    ]);
    let found = run(&session, &[yearly(PLAIN)]).await;
    assert_eq!(found.failures, []);
    assert_eq!(found.rows[0].schema(), output::rows_schema());
    let expected = [
        "91.09 2021 1 ok",
        "32 2024 - missing",
        "32.73 2024 - missing",
        "32.73 2025 5 provisional",
        "32 2025-S1 4 ok",
    ];
    assert_eq!(lines(&found), expected);
}

#[tokio::test]
async fn figures_about_the_as_of_date_fill_the_universe_of_that_day() {
    let select = PLAIN.replace(
        "period,",
        "substr(CAST(CAST($as_of AS DATE) AS VARCHAR), 1, 7) AS period,",
    );
    let session = session(&[
        ("32.73", "2024", Some(0.0)),
        ("31.71", "2024", Some(1.0)),
        ("93", "2024", Some(1.0)),
    ]);
    let autonomous = indicator("a", "as-of", "autonomous", "universe", &select);
    let all = indicator("b", "as-of", "all", "universe", &select);
    let found = run(&session, &[autonomous, all]).await;
    assert_eq!(found.failures, []);
    let expected = [
        "32 2025-11 - missing",
        "32.73 2025-11 0 ok",
        "31.71 2025-11 1 ok",
        "32 2025-11 - missing",
        "32.73 2025-11 0 ok",
    ];
    assert_eq!(lines(&found), expected);
}

#[tokio::test]
async fn one_failing_indicator_stops_no_other() {
    let session = session(&[("32", "2024", Some(1.0))]);
    let broken = indicator(
        "broken",
        "year",
        "all",
        "labour",
        &PLAIN.replace("employed", "employees"),
    );
    let found = run(&session, &[broken, yearly(PLAIN)]).await;
    assert_eq!(found.failures.len(), 1);
    assert_eq!(found.failures[0].0, "broken");
    assert!(found.failures[0].1.contains("employees"), "{}", found.failures[0].1);
    assert_eq!(lines(&found), ["32 2024 1 ok", "32.73 2024 - missing"]);
    assert_eq!(found.metadata.num_rows(), 2);
    assert_eq!(found.metadata.schema(), output::metadata_schema());
    let illustrative = found.metadata.column_by_name("illustrative").unwrap().as_boolean();
    assert!(illustrative.value(0));
}

#[tokio::test]
async fn refuses_what_cannot_be_a_figure() {
    let one = [("32", "2024", Some(1.0))];
    assert!(
        failure(&[one[0], one[0]], yearly(PLAIN))
            .await
            .contains("two rows for region 32 and period 2024")
    );
    assert!(
        failure(&[("32", "2024", Some(f64::NAN))], yearly(PLAIN))
            .await
            .contains("not finite")
    );
    let divided = PLAIN.replace("2 AS denominator", "1.0 / (employed - 1.0) AS denominator");
    assert!(
        failure(&one, yearly(&divided))
            .await
            .contains("the denominator of region 32")
    );
    assert!(
        failure(&[("ID", "2024", Some(1.0))], yearly(PLAIN))
            .await
            .contains("no region of the registry")
    );
    assert!(
        failure(&[("32", "2024-08", Some(1.0))], yearly(PLAIN))
            .await
            .contains("no period of the grain")
    );
    assert!(
        failure(&[("32", "TW I 2024", Some(1.0))], yearly(PLAIN))
            .await
            .contains("no period of the grain")
    );
    let month = indicator("a", "as-of", "all", "universe", PLAIN);
    assert!(
        failure(&[("32", "2025-10", Some(1.0))], month)
            .await
            .contains("not the as-of month 2025-11")
    );
}

#[tokio::test]
async fn refuses_wrong_columns() {
    let one = [("32", "2024", Some(1.0))];
    let without = PLAIN.replace(", NULL AS numerator", "");
    assert!(
        failure(&one, yearly(&without))
            .await
            .contains("does not give the column numerator")
    );
    let more = PLAIN.replace("2 AS denominator", "2 AS denominator, 1 AS extra");
    assert!(failure(&one, yearly(&more)).await.contains("gives the column extra"));
    let wrong = PLAIN.replace("employed AS value", "'1' AS value");
    assert!(
        failure(&one, yearly(&wrong))
            .await
            .contains("gives the column value as Utf8")
    );
    let nowhere = PLAIN.replace("region_code,", "NULL AS region_code,");
    assert!(
        failure(&one, yearly(&nowhere))
            .await
            .contains("without a region or a period")
    );
}

#[tokio::test]
async fn a_select_may_give_a_status() {
    let rows = [("32", "2024", Some(1.0)), ("32.73", "2024", None)];
    let with =
        |status: &str| yearly(&PLAIN.replace("2 AS denominator", &format!("2 AS denominator, {status} AS status")));
    let found = run(&session(&rows), &[with("'incomplete'")]).await;
    assert_eq!(lines(&found), ["32 2024 1 incomplete", "32.73 2024 - missing"]);
    let found = run(&session(&rows[1..]), &[with("'withheld'")]).await;
    assert_eq!(lines(&found), ["32 2024 - missing", "32.73 2024 - withheld"]);
    assert!(failure(&rows, with("'fine'")).await.contains("\"fine\" is no status"));
    assert!(
        failure(&rows, with("'missing'"))
            .await
            .contains("marked missing and has a value")
    );
    assert!(
        failure(&rows, with("'withheld'"))
            .await
            .contains("marked withheld and has a value")
    );
}

/// Tables of the tests, and what they hold.
fn contents(labour: &str) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("labour".to_string(), labour.to_string()),
        ("regions".to_string(), "r".to_string()),
    ])
}

#[tokio::test]
async fn an_answer_is_kept_until_what_it_follows_from_changes() {
    let folder = tempfile::tempdir().unwrap();
    let kept = |labour: &str| Kept::new(folder.path(), contents(labour));
    let select = "SELECT region_code, period, employed AS value, employed AS numerator, 1 AS denominator FROM labour";
    let indicators = [yearly(select)];
    let old = session(&[("32", "2024", Some(5.0)), ("32.73", "2026", Some(7.0))]);
    let first = run_on(&old, &indicators, as_of(), kept("a")).await;
    assert_eq!(first.kept, 0);
    let again = run_on(&old, &indicators, as_of(), kept("a")).await;
    assert_eq!((again.kept, lines(&again)), (1, lines(&first)));

    // The answer is the same on another day; what is said about it is judged anew.
    let later = NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
    let next = run_on(&old, &indicators, later, kept("a")).await;
    assert_eq!(next.kept, 1);
    assert!(
        lines(&next).contains(&"32.73 2026 7 provisional".to_string()),
        "{:?}",
        lines(&next)
    );

    // Another content, another text: asked anew.
    let new = session(&[("32", "2024", Some(6.0))]);
    let changed = run_on(&new, &indicators, as_of(), kept("b")).await;
    assert_eq!(changed.kept, 0);
    assert!(
        lines(&changed).contains(&"32 2024 6 ok".to_string()),
        "{:?}",
        lines(&changed)
    );
    let other = [yearly(&format!("{select} WHERE employed > 0"))];
    assert_eq!(run_on(&new, &other, as_of(), kept("b")).await.kept, 0);
    assert_eq!(run_on(&new, &other, as_of(), kept("b")).await.kept, 1);

    // A damaged file, and one that a kill left.
    let file = folder.path().join("yearly.parquet");
    std::fs::write(&file, "PAR1").unwrap();
    std::fs::write(folder.path().join(".writing-x"), "").unwrap();
    assert_eq!(run_on(&new, &other, as_of(), kept("b")).await.kept, 0);
    assert_eq!(run_on(&new, &other, as_of(), kept("b")).await.kept, 1);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn an_answer_about_the_as_of_date_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let select = "SELECT region_code, period, 1 AS value, 1 AS numerator, 1 AS denominator FROM labour \
                  WHERE period < CAST($as_of AS VARCHAR)";
    let indicators = [yearly(select)];
    let session = session(&[("32", "2024", Some(5.0))]);
    for _ in 0..2 {
        let kept = Kept::new(folder.path(), contents("a"));
        assert_eq!(run_on(&session, &indicators, as_of(), kept).await.kept, 0);
    }
}

#[tokio::test]
async fn a_bound_that_rows_cross_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let select = "SELECT region_code, '2024' AS period, count(*) AS value, 1 AS numerator, 1 AS denominator FROM labour \
                  WHERE reported <= CAST($as_of AS DATE) GROUP BY region_code";
    let indicators = [yearly(select)];
    let session = session(&[]);
    session.deregister("labour").unwrap();
    let reported = Date32Array::from(vec![day(2025, 11, 1), day(2025, 11, 20)]);
    register(
        &session,
        "labour",
        vec![("region_code", text(&["32", "32"])), ("reported", Arc::new(reported))],
    );
    for (date, count, kept) in [(15, 1, 0), (19, 1, 0), (20, 2, 0), (21, 2, 1), (19, 1, 0)] {
        let as_of = NaiveDate::from_ymd_opt(2025, 11, date).unwrap();
        let found = run_on(&session, &indicators, as_of, Kept::new(folder.path(), contents("a"))).await;
        assert_eq!(found.kept, kept, "{as_of}");
        let told = format!("32 2024 {count} ok");
        assert!(lines(&found).contains(&told), "{as_of}: {:?}", lines(&found));
    }
}
