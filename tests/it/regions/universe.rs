//! Who is counted, when, and at which level.

use super::*;
use crate::released::{data_package, parquet_rows, text};

/// The register of the second half of 2024: 143,863,392 men and 141,110,251 women.
#[test]
fn trap_12_the_registrys_population_is_of_the_end_of_2024() {
    let installation = installation(&[]);
    installation.night(0);
    let sums = installation.query("SELECT sum(population_total) AS people FROM regions WHERE level = 'province'");
    assert_eq!(sums, json!([{"people": 143_863_392 + 141_110_251}]));
    let package = data_package(&installation.current());
    let resources = package["resources"].as_array().unwrap();
    let regions = resources.iter().find(|resource| resource["name"] == "regions").unwrap();
    let fields = regions["schema"]["fields"].as_array().unwrap();
    let people = fields.iter().find(|field| field["name"] == "population_total").unwrap();
    assert!(
        people["title"].as_str().unwrap().contains("31 December 2024"),
        "{people:#}"
    );
}

/// 552 regions are on the map, 546 govern themselves: the six areas of Jakarta owe no report and are in no index.
#[test]
fn trap_13_not_every_region_governs_itself() {
    let installation = installation(&[]);
    installation.drop(
        "31",
        "tanpa",
        "a.csv",
        population(&[("31.71", "2024-S2", 2001), ("31", "2024-S2", 2002)]),
    );
    installation.night(0);
    let release = installation.current();
    let regions = parquet_rows(&release.join("regions.parquet"));
    let own = regions.iter().filter(|row| row["autonomous"].to_string() == "true");
    assert_eq!((regions.len(), own.count()), (552, 546));
    let levels =
        installation.query("SELECT level, count(*) AS n FROM regions WHERE autonomous GROUP BY level ORDER BY level");
    assert_eq!(
        levels,
        json!([{"level": "city", "n": 93}, {"level": "province", "n": 38}, {"level": "regency", "n": 415}])
    );
    let areas = ["31.01", "31.71", "31.72", "31.73", "31.74", "31.75"];
    let expected = parquet_rows(&release.join("quality/timeliness.parquet"));
    assert!(expected.iter().any(|row| text(row, "region_code") == "31"));
    assert!(
        expected
            .iter()
            .all(|row| !areas.contains(&text(row, "region_code").as_str()))
    );
    let measured = |code: &str| {
        let sql = format!(
            "SELECT count(*) AS n FROM indicators JOIN metadata USING (indicator_id) \
             WHERE universe = 'autonomous' AND region_code = '{code}'"
        );
        installation.query(&sql)[0]["n"].as_u64().unwrap()
    };
    assert!(measured("31") > 0);
    assert_eq!(areas.map(measured), [0; 6]);
    // On maps and in figures about people they are.
    let ratio =
        installation.query("SELECT value FROM indicators WHERE indicator_id = 'sex_ratio' AND region_code = '31.71'");
    assert_eq!(ratio, json!([{"value": 200.1}]));
}

/// Summed over all its rows the registry has twice the nation: 569,947,286.
#[test]
fn trap_14_levels_are_never_summed_together() {
    let installation = installation(&[]);
    installation.connector("harga", &connector("commodity_price", None));
    let prices = [
        ("32.04", 12_000),
        ("32.71", 15_000),
        ("32.73", 9000),
        ("32", 60_000),
        ("33", 60_000),
        ("34", 60_000),
    ];
    let lines = prices
        .map(|(region, price)| format!("{region};2025-09-01;Beras Premium;{price}\n"))
        .concat();
    installation.drop(
        "31",
        "harga",
        "h.csv",
        format!("Kode Wilayah;Tanggal;Komoditas;Harga\n{lines}"),
    );
    let rows = [
        ("32", "2024-S2", 9000),
        ("32.73", "2024-S2", 2000),
        ("32.04", "2024-S2", 3000),
    ];
    installation.drop("31", "tanpa", "a.csv", population(&rows));
    installation.night(0);
    let people = installation.query(
        "SELECT sum(population_total) AS both, sum(population_total) FILTER (WHERE level = 'province') AS provinces, \
         sum(population_total) FILTER (WHERE level <> 'province') AS regencies FROM regions",
    );
    assert_eq!(
        people,
        json!([{"both": 569_947_286, "provinces": 284_973_643, "regencies": 284_973_643}])
    );
    let coverage = installation.query(
        "SELECT level, expected, reported FROM coverage WHERE dataset = 'population' AND period = '2024-S2' ORDER BY level",
    );
    assert_eq!(
        coverage,
        json!([
            {"level": "city", "expected": 93, "reported": 1},
            {"level": "province", "expected": 38, "reported": 1},
            {"level": "regency", "expected": 415, "reported": 1},
        ])
    );
    // The median of regencies and cities is 12,000, of provinces 60,000; of both it would be 37,500.
    let levels = installation.query(
        "SELECT region_code, value FROM indicators WHERE indicator_id = 'price_level' AND period = '2025-09' AND value IS NOT NULL ORDER BY 1",
    );
    let level = |region: &str, value: f64| json!({"region_code": region, "value": value});
    assert_eq!(
        levels,
        json!([
            level("32", 1.0),
            level("32.04", 1.0),
            level("32.71", 1.25),
            level("32.73", 0.75),
            level("33", 1.0),
            level("34", 1.0),
        ])
    );
    // What makes up a region's borders is of its own level, but for provinces that were summed from all their regencies.
    let mixed = installation.query(
        "SELECT count(*) AS n FROM region_borders WHERE borders = 'common' AND length(region_code) <> length(part_code)",
    );
    assert_eq!(mixed, json!([{"n": 0}]));
}
