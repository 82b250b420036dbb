//! Publishing over a small data directory: from catalog, model and staged files to releases.

mod world;

use super::*;
use crate::table::Session;
use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use std::os::unix::fs::PermissionsExt;
use world::{World, inode, rows_in, text_column};

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_whole_and_the_same_night_again_makes_none() {
    let world = World::new();
    let first = world.submit("32.73", "2025-02-10", false);
    world.merge("2024", &[("32.73", 2_500_001, first)]);
    let published = world.publish("2025-11-30").await;
    assert_eq!(published.id.as_deref(), Some("2025-11-30-001"));
    assert!(!published.unchanged);
    assert_eq!(published.path, world.data.releases().join("2025-11-30-001"));
    assert_eq!(
        current(&world.data),
        Some(("2025-11-30-001".to_string(), published.path.clone()))
    );
    let verified = verify(&published.path).unwrap();
    assert!(verified.files > 15 && verified.bytes > 10_000, "{verified:?}");
    for (path, mode) in [
        ("", 0o755),
        ("datasets/labour", 0o755),
        ("CHECKSUMS", 0o644),
        ("regions.parquet", 0o644),
    ] {
        let found = std::fs::metadata(published.path.join(path))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(found & 0o777, mode, "{path}");
    }

    let again = world.publish("2025-11-30").await;
    assert!(
        again.unchanged && again.changed_tables.is_empty(),
        "{:?}",
        again.changed_tables
    );
    assert_eq!(again.id, published.id);
    assert_eq!(world.published_names(), ["2025-11-30-001", "current", "releases"]);
    assert_eq!(list(&world.data, &world.catalog).unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_change_is_linked_and_what_did_is_told() {
    let world = World::new();
    let first = world.submit("32.73", "2025-02-10", false);
    world.merge("2024", &[("32.73", 2_500_001, first)]);
    let old = world.publish("2025-11-30").await;
    let second = world.submit("32.01", "2025-12-01", true);
    world.merge("2023", &[("32.01", 5_000_000, second)]);
    let new = world.publish("2025-12-01").await;
    assert_eq!(new.id.as_deref(), Some("2025-12-01-001"));
    for table in [
        "datasets/population/2023.parquet",
        "indicators/indicators.parquet",
        "submissions.parquet",
    ] {
        assert!(
            new.changed_tables.iter().any(|changed| changed == table),
            "{table}: {:?}",
            new.changed_tables
        );
    }
    for path in [
        "datasets/population/2024.parquet",
        "regions.parquet",
        "index.html",
        "datasets/labour/empty.parquet",
    ] {
        assert_eq!(inode(old.path.join(path)), inode(new.path.join(path)), "{path}");
    }
    let model = &world.catalog.partitions("population").unwrap()[0];
    let model = world.data.model("population").join(&model.partition).join(&model.file);
    assert_eq!(inode(model), inode(new.path.join("datasets/population/2023.parquet")));
    verify(&old.path).unwrap();
    verify(&new.path).unwrap();
    let changes = std::fs::read_to_string(new.path.join("CHANGES.md")).unwrap();
    for words in [
        "Dibandingkan dengan / Compared with: 2025-11-30-001",
        "Ilustratif, bukan data nyata / Illustrative, not real data**: population",
        "| population | 2 | 1 | 2023 |",
        "| labour | 0 | 0 |  |",
        "| sex_ratio |",
    ] {
        assert!(changes.contains(words), "{words} is not in:\n{changes}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn places_and_findings_are_those_that_something_refers_to() {
    let world = World::new();
    let merged = world.submit("32.73", "2025-02-10", false);
    let old_news = world.submit("32.01", "2025-02-11", true);
    let refused = world.submit("32.02", "2025-03-05", false);
    world.merge("2024", &[("32.73", 2_500_001, merged)]);
    let published = world.publish("2025-11-30").await;
    let submissions = published.path.join("submissions.parquet");
    let batches = rows_in(&submissions);
    let numbers: Vec<i64> = batches
        .iter()
        .flat_map(|batch| {
            batch
                .column_by_name("submission")
                .unwrap()
                .as_primitive::<Int64Type>()
                .values()
                .to_vec()
        })
        .collect();
    assert_eq!(numbers, [merged, merged, refused, refused]);
    assert!(!numbers.contains(&old_news), "nothing refers to it");
    let sheets: Vec<_> = text_column(&submissions, "sheet").into_iter().flatten().collect();
    assert_eq!(sheets, ["Cover", "Data", "Cover", "Data"]);
    let findings = published.path.join("quality/findings.parquet");
    let senders: Vec<_> = text_column(&findings, "region_code").into_iter().flatten().collect();
    assert_eq!(senders, ["32.73", "32.02"]);
    let package: serde_json::Value =
        serde_json::from_slice(&std::fs::read(published.path.join("datapackage.json")).unwrap()).unwrap();
    assert_eq!(
        package["lumbung:illustrative_datasets"],
        serde_json::json!(["population"])
    );
    assert_eq!(package["sources"][0]["lumbung:connector"], "dukcapil-file");
}

#[tokio::test(flavor = "multi_thread")]
async fn expected_reports_are_judged_and_counted() {
    let world = World::new();
    // Due on 1 March 2025, 60 days after the end of the second semester of 2024.
    let early = world.submit("32.73", "2025-03-01", false);
    let late = world.submit("32.01", "2025-03-05", false);
    world.merge("2024", &[("32.01", 5_000_000, late), ("32.73", 2_500_001, early)]);
    let published = world.publish("2025-06-29").await;
    let timeliness = published.path.join("quality/timeliness.parquet");
    let column = |name: &str| text_column(&timeliness, name).into_iter().flatten().collect::<Vec<_>>();
    let (datasets, regions, periods, statuses) = (
        column("dataset"),
        column("region_code"),
        column("period"),
        column("status"),
    );
    let status = |region: &str| {
        let row = (0..datasets.len())
            .find(|&row| datasets[row] == "population" && regions[row] == region)
            .unwrap();
        assert_eq!(periods[row], "2024-S2");
        statuses[row].as_str()
    };
    assert_eq!(
        [status("32.73"), status("32.01"), status("32.02")],
        ["on_time", "late", "missing"]
    );
    assert!(
        !regions.iter().any(|region| region == "31.71"),
        "no report is expected of an administrative area"
    );
    assert!(
        !datasets.iter().any(|dataset| dataset == "service_activity"),
        "nobody signed a commitment"
    );
    let population = datasets.iter().filter(|dataset| *dataset == "population").count();
    assert_eq!(population, 546, "every autonomous region, one semester");

    let coverage = world.publish("2025-06-30").await.path.join("quality/coverage.parquet");
    assert_levels_are_counted_apart(&coverage);
}

/// One regency reported late, one city in time.
fn assert_levels_are_counted_apart(coverage: &Path) {
    let batch = &rows_in(coverage)[0];
    let of = |name: &str| {
        batch
            .column_by_name(name)
            .unwrap()
            .as_primitive::<Int64Type>()
            .values()
            .to_vec()
    };
    let keys: Vec<_> = ["dataset", "period", "level"]
        .map(|name| text_column(coverage, name))
        .into_iter()
        .collect();
    let row = |period: &str, level: &str| {
        let wanted = ["population", period, level];
        (0..batch.num_rows()).find(|&row| (0..3).all(|key| keys[key][row].as_deref() == Some(wanted[key])))
    };
    let regencies = row("2024-S2", "regency").unwrap();
    assert_eq!(
        (
            of("expected")[regencies],
            of("reported")[regencies],
            of("on_time")[regencies]
        ),
        (415, 1, 0)
    );
    let cities = row("2024-S2", "city").unwrap();
    assert_eq!(
        (of("expected")[cities], of("reported")[cities], of("on_time")[cities]),
        (93, 1, 1)
    );
    assert!(
        row("2025-S1", "regency").is_some(),
        "a period is expected once its last day has come"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_can_be_asked_by_itself() {
    let world = World::new();
    let first = world.submit("32.73", "2025-02-10", false);
    world.merge("2024", &[("32.73", 2_500_001, first)]);
    let published = world.publish("2025-11-30").await;
    let session = Session::new(256).unwrap();
    register_release(&session, &published.path, &world.configuration)
        .await
        .unwrap();
    let question = "SELECT count(*) AS n FROM population p JOIN regions r USING (region_code) \
                    JOIN indicators i USING (region_code) JOIN metadata m USING (indicator_id) \
                    WHERE i.status = 'ok' AND m.indicator_id = 'sex_ratio' AND r.name LIKE '%Bandung%'";
    let answer = session.sql(question, &[]).await.unwrap();
    assert_eq!(answer[0].column(0).as_primitive::<Int64Type>().value(0), 1);
    for table in [
        "labour",
        "submissions",
        "findings",
        "coverage",
        "timeliness",
        "quality",
        "services",
    ] {
        session
            .sql(&format!("SELECT * FROM {table} LIMIT 1"), &[])
            .await
            .unwrap();
    }
}
