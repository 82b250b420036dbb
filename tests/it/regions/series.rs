//! Series in the borders of their own time, of today, and in common ones, by figures worked out by hand.
//!
//! Papua (91) was divided on 2022-07-25; Merauke, Boven Digoel, Mappi and Asmat became Papua Selatan (93).

use super::*;

/// The regencies of what is Papua Selatan, under their codes before and after.
const SOUTH: [(&str, &str); 4] = [
    ("91.01", "93.01"),
    ("91.16", "93.02"),
    ("91.17", "93.03"),
    ("91.18", "93.04"),
];

/// A release with figures of 2021 and 2024, in people of whom a thousand each are women.
fn published() -> Installation {
    let installation = Installation::with(&[
        ("angkatan-kerja", &connector("labour", None)),
        ("penduduk", &connector("population", None)),
    ]);
    let mut rows: Vec<(&str, &str, i64)> = vec![
        ("PAPUA", "2021", 900_000),
        ("PAPUA", "2024", 400_000),
        ("Papua Selatan", "2024", 110_000),
        ("Papua Tengah", "2024", 220_000),
        ("Papua Pegunungan", "2024", 330_000),
    ];
    // 10, 20, 30 and 40 thousand men in 2021, a thousand more each in 2024.
    for (number, (before, after)) in (1..).zip(SOUTH) {
        rows.push((before, "2021", 10_000 * number));
        rows.push((after, "2024", 10_000 * number + 1000));
    }
    // Of Papua Tengah one regency reported in 2021: a sum of some is no sum.
    rows.push(("91.04", "2021", 50_000));
    installation.drop("31", "penduduk", "a.csv", population(&rows));
    // Unemployed 10, 20, 30, 40 of 100, 200, 300 and 400 thousand and another 100 in Asmat.
    let labour = "Kode Wilayah;Periode;Usia kerja;Angkatan kerja;Bekerja;Pengangguran\n\
        91.01;2021;150000;100000;90000;10000\n91.16;2021;300000;200000;180000;20000\n\
        91.17;2021;450000;300000;270000;30000\n91.18;2021;600000;400000;300000;100000\n";
    installation.drop("31", "angkatan-kerja", "a.csv", labour);
    installation.night(0);
    installation
}

#[test]
fn a_series_in_own_time_breaks_where_the_code_changed() {
    let installation = published();
    let series = installation.query(
        "SELECT region_code, period, male FROM population WHERE region_code IN ('91.01', '93.01', '93') ORDER BY period, region_code",
    );
    assert_eq!(
        series,
        json!([
            {"region_code": "91.01", "period": "2021", "male": 10_000},
            {"region_code": "93", "period": "2024", "male": 110_000},
            {"region_code": "93.01", "period": "2024", "male": 11_000},
        ])
    );
    let codes = installation.query(
        "SELECT region_code, bps_code, name, province_name, CAST(valid_to AS VARCHAR) AS valid_to, region_today \
         FROM region_codes WHERE region_today = '93.01' ORDER BY region_code",
    );
    assert_eq!(
        codes,
        json!([
            {"region_code": "91.01", "bps_code": "9401", "name": "Kabupaten Merauke", "province_name": "Papua",
             "valid_to": "2022-07-25", "region_today": "93.01"},
            {"region_code": "93.01", "bps_code": null, "name": "Kabupaten Merauke", "province_name": "Papua Selatan",
             "valid_to": null, "region_today": "93.01"},
        ])
    );
}

/// Papua Selatan in 2021: 10 + 20 + 30 + 40 = 100 thousand men. Papua's 900 thousand are given to nobody; Papua Tengah has
/// no figure, for seven of its eight regencies sent none.
#[test]
fn in_the_borders_of_today_regions_are_followed_and_provinces_summed() {
    let installation = published();
    let today = installation.query(
        "SELECT region_code, period, male, total FROM population_today WHERE region_code IN ('91', '93', '93.01', '94') \
         ORDER BY region_code, period",
    );
    let row = |code: &str, period: &str, male: i64, women: i64| json!({"region_code": code, "period": period, "male": male, "total": male + women});
    assert_eq!(
        today,
        json!([
            row("91", "2024", 400_000, 1000),
            row("93", "2021", 100_000, 4000),
            row("93", "2024", 110_000, 1000),
            row("93.01", "2021", 10_000, 1000),
            row("93.01", "2024", 11_000, 1000),
            row("94", "2024", 220_000, 1000),
        ])
    );
    let retired = installation.query(
        "SELECT count(*) AS n FROM population_today JOIN region_codes USING (region_code) WHERE valid_to IS NOT NULL",
    );
    assert_eq!(retired, json!([{"n": 0}]));
}

/// The four provinces of 2024 make up the Papua of 2021: 400 + 110 + 220 + 330 = 1,060 thousand.
#[test]
fn in_common_borders_the_parts_are_summed_back() {
    let installation = published();
    let common = installation
        .query("SELECT region_code, period, male FROM population_common WHERE length(region_code) = 2 ORDER BY period");
    assert_eq!(
        common,
        json!([
            {"region_code": "91", "period": "2021", "male": 900_000},
            {"region_code": "91", "period": "2024", "male": 1_060_000},
        ])
    );
    // The same by hand, for tools that have the Parquet files only.
    let by_hand = installation.query(
        "SELECT b.region_code, p.period, sum(p.male) AS male \
         FROM population p JOIN region_borders b ON b.part_code = p.region_code AND p.period_end BETWEEN b.first_day AND b.last_day \
         WHERE b.borders = 'common' AND length(b.region_code) = 2 \
         GROUP BY b.region_code, p.period, b.parts HAVING count(*) = b.parts ORDER BY p.period",
    );
    assert_eq!(by_hand, common);
}

/// Unemployed in Papua Selatan in 2021: 10 + 20 + 30 + 100 = 160 of 1,000 thousand, 16 %. The sum of the four rates would be
/// 55 %, their mean 13.75 %.
#[test]
fn a_rate_in_the_borders_of_today_is_computed_from_sums_and_never_summed() {
    let installation = published();
    let rate = |table: &str, code: &str| {
        let sql = format!(
            "SELECT value, numerator, denominator FROM {table} \
             WHERE indicator_id = 'open_unemployment_rate' AND period = '2021' AND region_code = '{code}'"
        );
        installation.query(&sql)
    };
    assert_eq!(
        rate("indicators_today", "93"),
        json!([{"value": 16.0, "numerator": 160_000.0, "denominator": 1_000_000.0}])
    );
    let asmat = json!([{"value": 25.0, "numerator": 100_000.0, "denominator": 400_000.0}]);
    assert_eq!(rate("indicators", "91.18"), asmat);
    assert_eq!(rate("indicators_today", "93.04"), asmat);
    assert_eq!(rate("indicators_today", "91.18"), json!([]));
    assert_eq!(rate("indicators", "93"), json!([]));

    // What no change concerns is the same in both.
    let of_2024 = |table: &str| {
        installation.query(&format!(
            "SELECT * FROM {table} WHERE period = '2024' ORDER BY indicator_id, region_code"
        ))
    };
    assert_eq!(of_2024("indicators_today"), of_2024("indicators"));
}

/// A figure that the contract does not declare additive is left out of sums, whatever its type.
#[test]
fn only_additive_columns_are_summed() {
    let installation = Installation::with(&[("kemiskinan", &connector("poverty", None))]);
    let header = "Kode Wilayah;Tahun;Penduduk miskin;Garis kemiskinan;P0 (%)\n";
    let lines: String = SOUTH
        .map(|(before, _)| format!("{before};2021;5000;500000;20\n"))
        .concat();
    installation.drop("31", "kemiskinan", "a.csv", format!("{header}{lines}"));
    installation.night(0);
    let south = installation.query("SELECT poor, poverty_line, p0 FROM poverty_today WHERE region_code = '93'");
    assert_eq!(south, json!([{"poor": 20_000, "poverty_line": null, "p0": null}]));

    installation.change_contract("poverty", "type = \"money\"", "type = \"money\"\nadditive = true");
    let south = installation
        .query("SELECT poor, CAST(poverty_line AS BIGINT) AS line FROM poverty_today WHERE region_code = '93'");
    assert_eq!(
        south,
        json!([{"poor": 20_000, "line": 2_000_000}]),
        "the key has an effect"
    );

    installation.change_contract("poverty", "type = \"measure\"", "type = \"measure\"\nadditive = true");
    let said = installation.lumbung(&["check", "--json"]).expect(2).json();
    let message = said["problems"][0]["message"].as_str().unwrap_or_default();
    assert!(
        message.contains("is additive but is no count, money or decimal"),
        "{said:#}"
    );
}
