//! Regions through time and through code systems. Every trap that is known of region codes and names has a test with its
//! number; the numbers are those of the registry's own description of them. Here are those of codes and names; `maps`
//! has the ids of other systems, `universe` who is counted, `spellings` the names of six editions, `series` the rest.

use crate::support::{Installation, cells, findings_by_code, root, workbook};
use lumbung::domain::region::{CodeSystem, Level, RegionError, Registry};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

mod maps;
mod series;
mod spellings;
mod universe;

/// A drop connector of the ministry's own: it may speak for all regions, and says how it names them.
fn connector(dataset: &str, system: Option<&str>) -> String {
    let regions = system.map_or(String::new(), |system| {
        format!("regions = {{ system = \"{system}\" }}\n")
    });
    format!(
        "title = {{ id = \"Uji\", en = \"Test\" }}\nkind = \"drop\"\ndataset = \"{dataset}\"\nscope = \"all\"\n{regions}"
    )
}

/// An installation with a population connector for each system: `bps`, `kemendagri`, …, and `tanpa` that names none.
fn installation(systems: &[&str]) -> Installation {
    let named = |system: &&str| (system.to_string(), connector("population", Some(system)));
    let mut texts: Vec<(String, String)> = systems.iter().map(named).collect();
    texts.push(("tanpa".to_string(), connector("population", None)));
    let all: Vec<(&str, &str)> = texts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    Installation::with(&all)
}

/// A population file: region, period and men; there are a thousand women everywhere.
fn population(rows: &[(&str, &str, i64)]) -> String {
    let line = |(region, period, men): &(&str, &str, i64)| format!("{region};{period};{men};1000;{}\n", men + 1000);
    let lines: String = rows.iter().map(line).collect();
    format!("Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n{lines}")
}

/// A row of a population sheet whose code is a number.
fn numbered(code: f64, men: i64) -> Vec<crate::support::Cell> {
    cells![code, "2024", men, 1000, men + 1000]
}

/// The header of a population sheet.
fn header() -> Vec<crate::support::Cell> {
    cells!["Kode Wilayah", "Periode", "Laki-laki", "Perempuan", "Jumlah"]
}

/// How often each finding about a region stands in a receipt.
fn region_findings(receipt: &Value) -> Value {
    let mut counts = findings_by_code(receipt);
    let all = counts.as_object_mut().expect("an object");
    all.retain(|code, _| code.starts_with("region-"));
    counts
}

/// Region and men of the model's rows.
fn counted(installation: &Installation) -> Vec<String> {
    installation.model_lines("population", &["region_code", "male"])
}

/// The repository's own registry.
fn registry() -> Registry {
    Registry::load(&root().join("pipelines/reference")).unwrap_or_else(|error| panic!("{error}"))
}

/// A file of the fixtures; none, with a word, where they are not there and need not be.
fn fixture(name: &str) -> Option<PathBuf> {
    let data = std::env::var_os("LUMBUNG_FIXTURES").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    let path = data.join(name);
    if path.exists() {
        return Some(path);
    }
    let shown = path.display();
    assert!(
        std::env::var_os("LUMBUNG_REQUIRE_FIXTURES").is_none(),
        "{shown} is missing"
    );
    eprintln!("SKIPPED: {shown} is missing; LUMBUNG_FIXTURES says where the fixtures are");
    None
}

/// BPS 1103 is Aceh Selatan, Kemendagri 11.03 is Aceh Timur.
#[test]
fn trap_01_a_bare_code_is_nobodys_until_its_system_is_declared() {
    let installation = installation(&["bps", "kemendagri"]);
    for (connector, men) in [("bps", 2001), ("kemendagri", 2002), ("tanpa", 2003)] {
        installation.drop("31", connector, "a.csv", population(&[("1103", "2024-S2", men)]));
    }
    installation.merge_only(3);
    assert_eq!(counted(&installation), ["11.01 2001", "11.03 2002"]);
    assert_eq!(
        region_findings(&installation.receipt(3)),
        json!({"region-code-undeclared": 1})
    );

    let registry = registry();
    let is_taken = |bps: &str, code: &str| {
        let found = registry.resolve(bps, Some(&CodeSystem::Kemendagri), None);
        found.is_ok_and(|found| found != code)
    };
    let regencies = registry.all().iter().filter(|region| region.level != Level::Province);
    let taken = regencies.filter(|region| region.bps_code.as_ref().is_some_and(|bps| is_taken(bps, &region.code)));
    assert_eq!(
        taken.count(),
        158,
        "BPS codes that are another region's Kemendagri code"
    );
}

/// With a dot too a code is read in the system that the contract declares, as text and as a number.
#[test]
fn trap_01_the_contract_says_whose_a_dotted_code_is() {
    let installation = installation(&[]);
    installation.change_contract("population", "system = \"kemendagri\"", "system = \"bps\"");
    installation.drop("31", "tanpa", "a.csv", population(&[("11.03", "2024", 2001)]));
    // BPS 1107 is Aceh Barat, 11.05; Kemendagri 11.07 would be Pidie.
    let sheet = vec![header(), numbered(11.07, 2002)];
    installation.drop("31", "tanpa", "b.xlsx", workbook(&[("Data", sheet)]));
    installation.merge_only(0);
    assert_eq!(counted(&installation), ["11.01 2001", "11.05 2002"]);

    installation.change_contract("population", "system = \"bps\"", "system = \"bpss\"");
    let said = installation.lumbung(&["check", "--json"]).expect(2).json();
    assert_eq!(
        said["problems"][0]["message"],
        "code system \"bpss\" of `region_code` is not known"
    );
}

/// Jawa Barat never shows trap 1: its codes are the same in both systems, and still need one declared.
#[test]
fn trap_02_codes_that_are_the_same_in_both_systems_are_refused_too() {
    let installation = installation(&[]);
    let rows = [("3273", "2024-S2", 2001), ("3204", "2024-S2", 2002)];
    installation.drop("32", "tanpa", "a.csv", population(&rows));
    installation.merge_only(3);
    assert_eq!(
        region_findings(&installation.receipt(1)),
        json!({"region-code-undeclared": 2})
    );

    let registry = registry();
    let mut differ: BTreeMap<&str, bool> = BTreeMap::new();
    for region in registry.all().iter().filter(|region| region.level != Level::Province) {
        let same = region.bps_code_2020.as_ref() == Some(&region.code.replace('.', ""));
        *differ.entry(&region.province_code).or_default() |= !same;
    }
    differ.retain(|_, differ| !*differ);
    let same: Vec<&str> = differ.into_keys().collect();
    assert_eq!(same, ["17", "32", "33", "34", "35", "36", "51", "52", "63"]);
}

/// BPS 91 is Papua Barat and 94 Papua; Kemendagri 91 is Papua, 92 Papua Barat, 94 Papua Tengah.
#[test]
fn trap_03_the_provinces_of_papua_have_other_numbers_at_bps() {
    let installation = installation(&["bps", "kemendagri"]);
    installation.drop(
        "31",
        "bps",
        "a.csv",
        population(&[("91", "2020", 2001), ("94", "2020", 2002)]),
    );
    let rows = [("91", "2024", 2003), ("94", "2024", 2004)];
    installation.drop("31", "kemendagri", "a.csv", population(&rows));
    installation.drop(
        "31",
        "tanpa",
        "a.csv",
        population(&[("91", "2023", 2005), ("32", "2023", 2006)]),
    );
    installation.merge_only(0);
    assert_eq!(
        counted(&installation),
        ["91 2002", "92 2001", "32 2006", "91 2003", "94 2004"]
    );
    assert_eq!(
        region_findings(&installation.receipt(3)),
        json!({"region-code-undeclared": 1})
    );
}

/// 32.10 that a spreadsheet took for a number is 32.1.
#[test]
fn trap_04_a_code_that_lost_its_zero_is_asked_about() {
    let installation = installation(&[]);
    let rows = [("32.1", "2024-S2", 2001), ("32.10", "2024-S2", 2002)];
    installation.drop("31", "tanpa", "a.csv", population(&rows));
    let sheet = vec![header(), numbered(32.1, 2003), numbered(32.73, 2004)];
    installation.drop("31", "tanpa", "b.xlsx", workbook(&[("Data", sheet)]));
    installation.merge_only(0);
    assert_eq!(counted(&installation), ["32.10 2002", "32.73 2004"]);
    for number in [1, 2] {
        let receipt = installation.receipt(number);
        assert_eq!(region_findings(&receipt)["region-code-lost-zero"], 1, "{receipt:#}");
        assert!(receipt.to_string().contains("Majalengka"), "{receipt:#}");
    }

    let registry = registry();
    let is_regency = |code: &str| code.len() == 5 && code.ends_with('0');
    let mut count = 0;
    for region in registry.all().iter().filter(|region| is_regency(&region.code)) {
        let lost = Err(RegionError::LostZero(region.code.clone()));
        assert_eq!(registry.resolve(&region.code[..4], None, None), lost);
        assert_eq!(registry.resolve_number(region.code.parse().unwrap(), None, None), lost);
        count += 1;
    }
    assert_eq!(count, 23);
}

/// Bandung is a Kabupaten and a Kota; Banjar a Kota of one province and a Kabupaten of another.
#[test]
fn trap_05_twins_without_their_kind_are_asked_about() {
    let installation = installation(&[]);
    let rows = [
        ("Bandung", "2024-S2", 2001),
        ("Kota Bandung", "2024-S2", 2002),
        ("KAB. BANDUNG", "2024-S2", 2003),
        ("Banjar", "2024-S2", 2004),
        ("Gorontalo", "2024-S2", 2005),
    ];
    installation.drop("31", "tanpa", "a.csv", population(&rows));
    installation.merge_only(0);
    assert_eq!(counted(&installation), ["32.04 2003", "32.73 2002"]);
    let receipt = installation.receipt(1);
    assert_eq!(region_findings(&receipt)["region-ambiguous"], 3);
    let told = receipt.to_string();
    for code in ["32.04", "32.73", "32.79", "63.03", "75.01", "75.71"] {
        assert!(told.contains(code), "{code} is a candidate: {told}");
    }

    let registry = registry();
    let mut bearers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for region in registry.all().iter().filter(|region| region.level != Level::Province) {
        let (_, stem) = region.name.split_once(' ').unwrap();
        let stem = stem.trim_start_matches("Administrasi ").to_string();
        bearers.entry(stem).or_default().push(region.code.clone());
    }
    bearers.retain(|_, codes| codes.len() > 1);
    assert_eq!(bearers.len(), 26);
    for (stem, codes) in bearers {
        let Err(RegionError::Ambiguous(candidates)) = registry.resolve(&stem, None, None) else {
            panic!("{stem} is guessed");
        };
        assert!(
            codes.iter().all(|code| candidates.contains(code)),
            "{stem}: {candidates:?}"
        );
    }
}

/// Names of the same region in different lists and releases.
#[test]
fn trap_06_spellings_and_prefixes_lead_to_one_region() {
    spellings::lead_to(&[
        ("Kota Padangsidimpuan", "12.77"),
        ("Padang Sidempuan", "12.77"),
        ("Kab. Mahakam Ulu", "64.11"),
        ("Mahakam Hulu", "64.11"),
        ("KAB. PAHUWATO", "75.04"),
        ("Pohuwato", "75.04"),
        ("Kep. Siau Tagulandang Biaro", "71.09"),
        ("Siau Tagulandang Biaro", "71.09"),
        ("Pangkajene Kepulauan", "73.10"),
        ("Pangkajene Dan Kepulauan", "73.10"),
        ("Adm. Kep. Seribu", "31.01"),
        ("KAB. ADM. KEP. SERIBU", "31.01"),
        ("Kabupaten Administrasi Kepulauan Seribu", "31.01"),
        ("Kab Timor Tengah Selatan", "53.02"),
        ("Kabupaten  Timor  Tengah Selatan", "53.02"),
        ("Kota Administrasi Jakarta Utara ", "31.72"),
        ("FAK FAK", "92.03"),
        ("Fakfak", "92.03"),
    ]);
    // A scanning error is no spelling.
    assert_eq!(
        registry().resolve("Papua Barat Oaya", None, None),
        Err(RegionError::Unknown)
    );
}

#[test]
fn trap_07_provinces_have_more_names_than_one() {
    spellings::lead_to(&[
        ("Daerah Istimewa Yogyakarta", "34"),
        ("DI Yogyakarta", "34"),
        ("DAERAH ISTIMEWA", "34"),
        ("DKI Jakarta", "31"),
        ("Daerah Khusus Ibukota Jakarta", "31"),
        ("Daerah Khusus Jakarta", "31"),
        ("P A P U A", "91"),
    ]);
}

/// 01 to 69 is a Kabupaten, 71 to 99 a Kota, in both systems; a registry that says otherwise is refused.
#[test]
fn trap_08_the_digits_of_a_code_say_its_kind() {
    let kind = |digits: &str| match digits.parse::<u8>().unwrap() {
        1..=69 => Level::Regency,
        71..=99 => Level::City,
        other => panic!("{other} is neither"),
    };
    let registry = registry();
    let mut compared = 0;
    for region in registry.all().iter().filter(|region| region.level != Level::Province) {
        let bps = region.bps_code_2020.as_ref().expect("the list of 2020 has them all");
        let kinds = [kind(&region.code[3..]), kind(&bps[2..])];
        assert_eq!(kinds, [region.level; 2], "{}", region.name);
        compared += 1;
    }
    assert_eq!(compared, 514);

    let installation = installation(&[]);
    installation.own_pipelines();
    let path = installation.config().join("pipelines/reference/regions.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("Kota Bandung,city", "Kota Bandung,regency")).unwrap();
    let said = installation.lumbung(&["check", "--json"]).expect(2).json();
    let message = said["problems"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("32.73 cannot be a regency by its digits"), "{said:#}");
}

/// Merauke was 91.01 until 2022-07-25 and is 93.01 since: a code stands for its own time, a name for the region.
#[test]
fn trap_09_codes_move_and_facts_stand_under_the_code_of_their_period() {
    let installation = installation(&[]);
    let rows = [
        ("91.01", "2021", 2001),
        ("91.01", "2023", 2002),
        ("93.01", "2020", 2003),
        ("93.01", "2024", 2004),
        ("Kab. Merauke", "2019", 2005),
        ("Kab. Merauke", "2022-S1", 2006),
        ("Kab. Merauke", "2022-S2", 2007),
        ("Papua Selatan", "2021", 2008),
    ];
    installation.drop("31", "tanpa", "a.csv", population(&rows));
    installation.merge_only(0);
    assert_eq!(
        counted(&installation),
        ["91.01 2005", "91.01 2001", "91.01 2006", "93.01 2007", "93.01 2004"]
    );
    assert_eq!(
        region_findings(&installation.receipt(1)),
        json!({"region-retired": 1, "region-not-yet": 2})
    );
}
