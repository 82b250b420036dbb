//! Names of regions as they are written.

use super::*;

/// Every name, sent under a period of its own, must come to stand under its code.
#[track_caller]
pub fn lead_to(names: &[(&str, &str)]) {
    let installation = installation(&[]);
    let periods: Vec<String> = (0..names.len())
        .map(|at| format!("{}-S{}", 2016 + at / 2, at % 2 + 1))
        .collect();
    let with_period = names.iter().zip(&periods).zip(2001..);
    let rows: Vec<(&str, &str, i64)> = with_period
        .map(|((name, period), men)| (name.0, period.as_str(), men))
        .collect();
    installation.drop("31", "tanpa", "a.csv", population(&rows));
    installation.merge_only(0);
    let read: BTreeMap<String, String> = installation
        .model("population")
        .iter()
        .map(|row| (row.text("male"), row.text("region_code")))
        .collect();
    for (name, _, men) in rows {
        let code = names.iter().find(|(written, _)| *written == name).unwrap().1;
        assert_eq!(read.get(&men.to_string()).map(String::as_str), Some(code), "{name}");
    }
}

/// The month by which each edition of the registry was in force, before the next change of codes.
const EDITIONS: [(&str, &str); 6] = [
    ("2015", "2015-12"),
    ("2017", "2017-12"),
    ("2019", "2019-12"),
    ("2021", "2021-12"),
    ("2022", "2022-11"),
    ("2025", "2025-07"),
];

/// Edition, code and name of each row of the six editions.
fn editions() -> Option<Vec<[String; 3]>> {
    let history = std::fs::read_to_string(fixture("reference/regions_history.csv")?).unwrap();
    let row = |line: &str| {
        // Only the regulation may hold a comma.
        let mut fields = line.rsplitn(3, ',').map(str::to_string);
        let [name, code, rest] = [(); 3].map(|()| fields.next().unwrap());
        [rest[..4].to_string(), code, name]
    };
    Some(history.lines().skip(1).map(row).collect())
}

/// All 3,295 names of six editions, as printed, in a file of the edition's time: each stands for the code that it had in
/// it. Only the provinces that bear the name of a city or regency are asked about.
#[test]
fn every_name_of_six_editions_stands_for_its_code_of_then() {
    let Some(editions) = editions() else { return };
    assert_eq!(editions.len(), 3295);
    let installation = Installation::with(&[("tanpa", &connector("labour", None))]);
    let header = "Kabupaten/Kota;Periode;Usia kerja;Angkatan kerja;Bekerja;Pengangguran\n";
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    for (number, [edition, _, name]) in editions.iter().enumerate() {
        let period = EDITIONS.iter().find(|(year, _)| year == edition).unwrap().1;
        let file = files.entry(edition).or_insert_with(|| header.to_string());
        let employed = 89_000 + number;
        file.push_str(&format!("{name};{period};150000;{};{employed};1000\n", employed + 1000));
    }
    for (edition, text) in files {
        installation.drop("31", "tanpa", &format!("{edition}.csv"), text);
    }
    installation.merge_only(0);
    let read: BTreeMap<String, String> = installation
        .model("labour")
        .iter()
        .map(|row| (row.text("employed"), row.text("region_code")))
        .collect();
    let mut asked = Vec::new();
    for (number, [edition, code, name]) in editions.iter().enumerate() {
        match read.get(&(89_000 + number).to_string()) {
            Some(found) => assert_eq!(found, code, "{name} in {edition}"),
            None => asked.push(name.to_uppercase()),
        }
    }
    asked.sort();
    let twins: Vec<&str> = ["BENGKULU", "GORONTALO", "JAMBI"]
        .into_iter()
        .flat_map(|name| [name; 6])
        .collect();
    assert_eq!(asked, twins);
    let refused: u64 = (1..=6)
        .map(|number| {
            region_findings(&installation.receipt(number))["region-ambiguous"]
                .as_u64()
                .unwrap()
        })
        .sum();
    assert_eq!(refused, 18);
}

/// The same without fixtures: the spellings that the repository keeps, and every name of its registry.
#[test]
fn every_spelling_that_is_kept_leads_to_one_region_of_today() {
    let registry = registry();
    let names = std::fs::read_to_string(root().join("pipelines/reference/region_names.csv")).unwrap();
    let mut count = 0;
    for line in names.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let mut fields = line.splitn(3, ',');
        let [code, name] = [(); 2].map(|()| fields.next().unwrap());
        assert_eq!(registry.resolve(name, None, None), Ok(code), "{name}");
        count += 1;
    }
    assert!(count > 1000, "{count}");
}
