//! The traps of region codes and names, on the real registry; mistakes in its files, on small ones.

use super::*;
use std::path::Path;
use std::sync::LazyLock;

pub(super) static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/reference");
    Registry::load(&folder).unwrap_or_else(|error| panic!("{error}"))
});

fn day(text: &str) -> Option<NaiveDate> {
    Some(text.parse().unwrap())
}

fn today(text: &str) -> Result<&'static str, RegionError> {
    REGISTRY.resolve(text, None, None)
}

fn ambiguous(codes: &[&str]) -> Result<&'static str, RegionError> {
    Err(RegionError::Ambiguous(
        codes.iter().map(|code| code.to_string()).collect(),
    ))
}

fn lost(likely: &str) -> Result<&'static str, RegionError> {
    Err(RegionError::LostZero(likely.to_string()))
}

#[test]
fn the_universe() {
    let count = |level| REGISTRY.all().iter().filter(|region| region.level == level).count();
    assert_eq!(
        (count(Level::Province), count(Level::Regency), count(Level::City)),
        (38, 416, 98)
    );
    assert_eq!(REGISTRY.autonomous().count(), 546);
    let others: Vec<&str> = REGISTRY
        .all()
        .iter()
        .filter(|region| !region.autonomous)
        .map(|region| region.code.as_str())
        .collect();
    assert_eq!(others, ["31.01", "31.71", "31.72", "31.73", "31.74", "31.75"]);
    assert_eq!(
        REGISTRY.all().iter().filter(|region| region.bps_code.is_none()).count(),
        30
    );
    assert_eq!(REGISTRY.retired().len(), 31);
    assert_eq!(REGISTRY.changes().len(), 44);
}

#[test]
fn every_code_and_every_full_name_leads_home() {
    for region in REGISTRY.all() {
        let dotted = REGISTRY.resolve(&region.code, Some(&CodeSystem::Kemendagri), None);
        assert_eq!(dotted, Ok(region.code.as_str()));
        let bare = region.code.replace('.', "");
        assert_eq!(
            REGISTRY.resolve(&bare, Some(&CodeSystem::Kemendagri), None),
            Ok(region.code.as_str())
        );
        if let Some(bps) = &region.bps_code {
            assert_eq!(
                REGISTRY.resolve(bps, Some(&CodeSystem::Bps), None),
                Ok(region.code.as_str())
            );
        }
        let full = match region.level {
            Level::Province => format!("Provinsi {}", region.name),
            _ => region.name.clone(),
        };
        for text in [
            full.clone(),
            full.to_uppercase(),
            full.replace("Kabupaten ", "KAB. "),
            full.replace(' ', "  "),
        ] {
            assert_eq!(today(&text), Ok(region.code.as_str()), "{text}");
        }
        if region.level != Level::Province {
            let with_province = format!("{}, {}", region.name, region.province_name);
            assert_eq!(today(&with_province), Ok(region.code.as_str()), "{with_province}");
        }
    }
}

#[test]
fn a_bare_code_needs_a_declared_system() {
    assert_eq!(today("1103"), Err(RegionError::BareCode));
    assert_eq!(today("3273"), Err(RegionError::BareCode));
    assert_eq!(REGISTRY.resolve("1103", Some(&CodeSystem::Bps), None), Ok("11.01"));
    assert_eq!(
        REGISTRY.resolve("1103", Some(&CodeSystem::Kemendagri), None),
        Ok("11.03")
    );
    assert_eq!(REGISTRY.resolve("3171", Some(&CodeSystem::Bps), None), Ok("31.74"));
    assert_eq!(
        REGISTRY.resolve("3171", Some(&CodeSystem::Kemendagri), None),
        Ok("31.71")
    );
    // A dot is the contract's system, whatever the connector says.
    assert_eq!(REGISTRY.resolve("11.03", Some(&CodeSystem::Bps), None), Ok("11.03"));
    let naming = Naming {
        dotted: Some(&CodeSystem::Bps),
        bare: None,
    };
    assert_eq!(REGISTRY.resolve_in("11.03", naming, None), Ok("11.01"));
    assert_eq!(REGISTRY.resolve("3200", Some(&CodeSystem::Bps), None), Ok("32"));
    assert_eq!(
        REGISTRY.resolve("320", Some(&CodeSystem::Bps), None),
        Err(RegionError::Unknown)
    );
}

#[test]
fn province_numbers_differ_in_papua_only() {
    assert_eq!(today("32"), Ok("32"));
    for bare in ["91", "92", "93", "94", "95", "96", "97"] {
        assert_eq!(today(bare), Err(RegionError::BareCode), "{bare}");
    }
    assert_eq!(REGISTRY.resolve("91", Some(&CodeSystem::Bps), None), Ok("92"));
    assert_eq!(REGISTRY.resolve("94", Some(&CodeSystem::Bps), None), Ok("91"));
    assert_eq!(REGISTRY.resolve("94", Some(&CodeSystem::Kemendagri), None), Ok("94"));
    assert_eq!(
        REGISTRY.resolve("97", Some(&CodeSystem::Bps), None),
        Err(RegionError::Unmapped)
    );
}

#[test]
fn lost_zeros() {
    assert_eq!(today("32.1"), lost("32.10"));
    assert_eq!(today("31.0"), lost("31"));
    assert_eq!(today("31.9"), Err(RegionError::Unknown));
    assert_eq!(today("32.10"), Ok("32.10"));
    assert_eq!(REGISTRY.resolve_number(32.1, None, None), lost("32.10"));
    assert_eq!(REGISTRY.resolve_number(32.73, None, None), Ok("32.73"));
    assert_eq!(REGISTRY.resolve_number(32.735, None, None), Err(RegionError::Unknown));
    assert_eq!(REGISTRY.resolve_number(3273.0, None, None), Err(RegionError::BareCode));
    assert_eq!(
        REGISTRY.resolve_number(3273.0, Some(&CodeSystem::Bps), None),
        Ok("32.73")
    );
    for number in [f64::NAN, f64::INFINITY, -32.73, 1e12, 123.4] {
        assert!(REGISTRY.resolve_number(number, None, None).is_err(), "{number}");
    }
}

#[test]
fn a_name_that_fits_two_is_a_question() {
    assert_eq!(today("Bandung"), ambiguous(&["32.04", "32.73"]));
    assert_eq!(today("KAB. BANDUNG"), Ok("32.04"));
    assert_eq!(today("Kota Bandung"), Ok("32.73"));
    assert_eq!(today("Bandung (Kota)"), Ok("32.73"));
    assert_eq!(today("Bandung, Kab."), Ok("32.04"));
    assert_eq!(today("Banjar"), ambiguous(&["32.79", "63.03"]));
    assert_eq!(today("Banjar, Jawa Barat"), Ok("32.79"));
    assert_eq!(today("Kab. Banjar"), Ok("63.03"));
    assert_eq!(today("Gorontalo"), ambiguous(&["75", "75.01", "75.71"]));
    assert_eq!(today("Gorontalo, Gorontalo"), ambiguous(&["75.01", "75.71"]));
    assert_eq!(today("Prov. Gorontalo"), Ok("75"));
    assert_eq!(today("Jambi"), ambiguous(&["15", "15.71"]));
    assert_eq!(today("Bengkulu"), ambiguous(&["17", "17.71"]));
    assert_eq!(today("Bandung, Jawa Barat"), ambiguous(&["32.04", "32.73"]));
    assert_eq!(today("Kab/Kota Bandung"), Err(RegionError::Unknown));
}

#[test]
fn names_with_their_province_or_code() {
    for text in [
        "Kota Bandung, Jawa Barat",
        "Kota Bandung (Jabar)",
        "Jawa Barat - Kota Bandung",
        "KOTA BANDUNG / PROV. JAWA BARAT",
        "32.73 Kota Bandung",
        "3273 - KOTA BANDUNG",
        "Pemerintah Kota Bandung",
        "'32.73",
        " 32.73\u{a0}",
    ] {
        assert_eq!(today(text), Ok("32.73"), "{text}");
    }
    assert_eq!(today("Kota Bandung, Jawa Timur"), Err(RegionError::Unknown));
    assert_eq!(today("1101 Kab. Aceh Timur"), Err(RegionError::Unknown));
    assert_eq!(today("1103 Kab. Aceh Selatan"), Ok("11.01"));
}

#[test]
fn spellings() {
    for (text, code) in [
        ("Padang Sidempuan", "12.77"),
        ("Kota Padangsidimpuan", "12.77"),
        ("KAB. TOBA SAMOSIR", "12.12"),
        ("Mahakam Hulu", "64.11"),
        ("Kab. Pahuwato", "75.04"),
        ("Siau Tagulandang Biaro", "71.09"),
        ("Kepulauan Siau Tagulandang Biaro", "71.09"),
        ("Pangkajene Kepulauan", "73.10"),
        ("Pangkajene Dan Kepulauan", "73.10"),
        ("Kepulauan Seribu", "31.01"),
        ("Adm. Kep. Seribu", "31.01"),
        ("KAB. ADM. KEP. SERIBU", "31.01"),
        ("Kota Administrasi Jakarta Utara ", "31.72"),
        ("Jakarta Utara", "31.72"),
        ("KAB. FAK FAK", "92.03"),
        ("Kab Timor Tengah Selatan", "53.02"),
        ("Toli Toli", "72.04"),
        ("Kota Baru", "63.02"),
        ("KAB. KOTA BARU", "63.02"),
        ("Kotawaringin Barat", "62.01"),
        ("Lima Puluh Kota", "13.07"),
        ("KOTA PEMATANG SIANTAR", "12.72"),
        ("P A P U A", "91"),
        ("Daerah Istimewa Yogyakarta", "34"),
        ("DI Yogyakarta", "34"),
        ("D.I. Yogyakarta", "34"),
        ("DIY", "34"),
        ("DAERAH ISTIMEWA", "34"),
        ("DKI Jakarta", "31"),
        ("Daerah Khusus Jakarta", "31"),
        ("Jabar", "32"),
        ("kepri", "21"),
    ] {
        assert_eq!(today(text), Ok(code), "{text}");
    }
    for text in [
        "Papua Barat Oaya",
        "Atlantis",
        "Kota",
        "Kab.",
        "Provinsi",
        ".",
        "32.",
        ".73",
        "3.273",
        "32..7",
        "99.99",
        "00.00",
    ] {
        assert_eq!(today(text), Err(RegionError::Unknown), "{text}");
    }
}

#[test]
fn codes_move() {
    let merauke_2021 = REGISTRY.resolve("91.01", None, day("2021-12-31"));
    assert_eq!(merauke_2021, Ok("91.01"));
    let retired = || {
        Err(RegionError::Retired {
            code: "91.01".into(),
            successor: Some("93.01".into()),
        })
    };
    assert_eq!(REGISTRY.resolve("91.01", None, day("2024-12-31")), retired());
    assert_eq!(REGISTRY.resolve("91.01", None, day("2022-07-25")), retired());
    assert_eq!(REGISTRY.resolve("91.01", None, None), retired());
    assert_eq!(REGISTRY.resolve("91.01", None, day("2022-07-24")), Ok("91.01"));
    let early = Err(RegionError::NotYet {
        code: "93.01".into(),
        predecessor: Some("91.01".into()),
    });
    assert_eq!(REGISTRY.resolve("93.01", None, day("2021-12-31")), early);
    assert_eq!(REGISTRY.resolve("93.01", None, day("2022-12-31")), Ok("93.01"));
    let early = Err(RegionError::NotYet {
        code: "93".into(),
        predecessor: Some("91".into()),
    });
    assert_eq!(REGISTRY.resolve("Papua Selatan", None, day("2021-12-31")), early);
    // A name is the region, under the code of its day.
    assert_eq!(REGISTRY.resolve("Kab. Merauke", None, day("2021-12-31")), Ok("91.01"));
    assert_eq!(REGISTRY.resolve("Kab. Merauke", None, day("2024-12-31")), Ok("93.01"));
    assert_eq!(REGISTRY.resolve("Kota Sorong", None, day("2022-06-30")), Ok("92.71"));
    assert_eq!(REGISTRY.resolve("Kota Tarakan", None, day("2011-12-31")), Ok("64.73"));
    assert_eq!(REGISTRY.resolve("Kota Tarakan", None, day("2015-12-31")), Ok("65.71"));
}

#[test]
fn bps_numbers_before_and_after_papua() {
    let merauke = REGISTRY
        .get("93.01")
        .and_then(|region| region.bps_code_2020.clone())
        .unwrap();
    assert_eq!(
        REGISTRY.resolve(&merauke, Some(&CodeSystem::Bps), day("2021-12-31")),
        Ok("91.01")
    );
    assert_eq!(
        REGISTRY.resolve(&merauke, Some(&CodeSystem::Bps), day("2024-12-31")),
        Err(RegionError::Unmapped)
    );
    assert_eq!(
        REGISTRY.resolve(&merauke, Some(&CodeSystem::Bps), None),
        Err(RegionError::Unmapped)
    );
    assert_eq!(
        REGISTRY.resolve("1199", Some(&CodeSystem::Bps), None),
        Err(RegionError::Unknown)
    );
}

#[test]
fn codes_of_the_past_are_regions() {
    let merauke = REGISTRY.get("91.01").unwrap();
    assert_eq!(
        (merauke.name.as_str(), merauke.level),
        ("Kabupaten Merauke", Level::Regency)
    );
    assert_eq!((merauke.valid_to, merauke.population_total), (day("2022-07-25"), None));
    assert_eq!(
        REGISTRY.get("64.73").map(|region| region.name.as_str()),
        Some("Kota Tarakan")
    );
    assert_eq!(REGISTRY.predecessors("93.01"), ["91.01"]);
    assert!(REGISTRY.predecessors("93").is_empty() && REGISTRY.predecessors("none").is_empty());
}

#[test]
fn provinces_and_their_regencies() {
    assert!(REGISTRY.is_regency_of("32", "32.73"));
    assert!(!REGISTRY.is_regency_of("33", "32.73") && !REGISTRY.is_regency_of("32", "32"));
    assert!(REGISTRY.is_regency_of("91", "91.01") && REGISTRY.is_regency_of("93", "91.01"));
}

#[test]
fn ids_of_sources() {
    let panel = REGISTRY.system("panel-harga").unwrap();
    assert_eq!(REGISTRY.resolve("179", Some(&panel), None), Ok("32.73"));
    assert_eq!(REGISTRY.resolve_number(179.0, Some(&panel), None), Ok("32.73"));
    assert_eq!(REGISTRY.resolve("3273", Some(&panel), None), Err(RegionError::Unmapped));
    assert_eq!(REGISTRY.resolve("32.04", Some(&panel), None), Ok("32.04"));
    assert_eq!(REGISTRY.resolve("Kota Bogor", Some(&panel), None), Ok("32.71"));
    assert_eq!(
        REGISTRY.map_entries(&panel),
        [MapEntry {
            id: "179".into(),
            code: "32.73".into()
        }]
    );
    let pihps = REGISTRY.system("pihps").unwrap();
    assert_eq!(REGISTRY.resolve("16", Some(&pihps), None), Ok("35"));
    assert_eq!(REGISTRY.map_entries(&CodeSystem::Kemendagri).len(), 552);
    assert_eq!(REGISTRY.map_entries(&CodeSystem::Bps).len(), 522);
    assert_eq!(REGISTRY.system("bps"), Some(CodeSystem::Bps));
    assert_eq!(REGISTRY.system("unheard-of"), None);
}

pub(super) const REGIONS: &str = "code,bps_code,bps_code_2020,name,level,province_code,province_name,capital,\
    population_total,area_km2,valid_from,valid_to,autonomous\n\
    32,32,32,Jawa Barat,province,32,Jawa Barat,Bandung,5,1.5,,,true\n\
    32.73,3273,3273,Kota Bandung,city,32,Jawa Barat,,5,1.5,,,true\n";
pub(super) const CHANGES: &str = "old_code,new_code,old_name,new_name,change_kind,effective_date,basis\n";
const NAMES: &str = "code,name,source\n";
const MAP: &str = "source_id,source_name,code,confirmed\n";

/// Loads a small registry; the error without the folder's name.
pub(super) fn load(regions: &str, changes: &str, names: &str, map: &str) -> Result<Registry, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("region_maps")).unwrap();
    for (file, text) in [
        ("regions.csv", regions),
        ("region_changes.csv", changes),
        ("region_names.csv", names),
        ("region_maps/m.csv", map),
    ] {
        std::fs::write(folder.path().join(file), text).unwrap();
    }
    Registry::load(folder.path()).map_err(|error| error.replace(&format!("{}/", folder.path().display()), ""))
}

#[test]
fn mistakes_in_the_files_name_file_and_line() {
    assert!(load(REGIONS, CHANGES, NAMES, MAP).is_ok());
    let mistake = |regions: &str, changes: &str, names: &str, map: &str| {
        let error = load(
            &format!("{REGIONS}{regions}"),
            &format!("{CHANGES}{changes}"),
            &format!("{NAMES}{names}"),
            &format!("{MAP}{map}"),
        );
        error.unwrap_err()
    };
    for (row, expected) in [
        (
            "32.73,,,X,city,32,Y,,,,,,true\n",
            "regions.csv:4: the code 32.73 stands there a second time",
        ),
        (
            "32.74,3273,,X,city,32,Y,,,,,,true\n",
            "regions.csv:4: the BPS code 3273 stands there a second time",
        ),
        (
            "32.74,,,X,regency,32,Y,,,,,,true\n",
            "regions.csv:4: 32.74 cannot be a regency by its digits",
        ),
        (
            "3274,,,X,city,32,Y,,,,,,true\n",
            "regions.csv:4: \"3274\" is not a code such as 32 or 32.73",
        ),
        (
            "33.74,,,X,city,33,Y,,,,,,true\n",
            "regions.csv:4: 33 is no province here",
        ),
        (
            "32.74,,,X,city,32,Y,,,,,,yes\n",
            "regions.csv:4: \"yes\" is neither true nor false",
        ),
        (
            "32.74,,,X,city,32,Y,,,\"1,5\",,,true\n",
            "regions.csv:4: \"1,5\" is not a number",
        ),
        ("32.74,,,,city,32,Y,,,,,,true\n", "regions.csv:4: name is blank"),
    ] {
        assert_eq!(mistake(row, "", "", ""), expected);
    }
    for (row, expected) in [
        (
            "32.73,32.74,,,recode,2022-01-01,x\n",
            "region_changes.csv:2: 32.73 is given up here and stands in regions.csv too",
        ),
        (
            "32.70,32.79,,,recode,2022-01-01,x\n",
            "region_changes.csv:2: 32.79 is no region of regions.csv",
        ),
        (
            "32.70,32.73,,,recode,2022,x\n",
            "region_changes.csv:2: \"2022\" is not a date such as 2022-07-25",
        ),
        (
            "32.70,32.73,,,moved,2022-01-01,x\n",
            "region_changes.csv:2: \"moved\" is not a change: split, merge, recode or rename",
        ),
        (
            "32.70,32.72,,,recode,2022-01-01,x\n32.72,32.70,,,recode,2023-01-01,x\n",
            "region_changes.csv: 32.70 becomes itself again",
        ),
    ] {
        assert_eq!(mistake("", row, "", ""), expected);
    }
    assert_eq!(
        mistake("", "", "32.99,X,y\n", ""),
        "region_names.csv:2: 32.99 is no region of regions.csv"
    );
    assert_eq!(
        mistake("", "", "", "1,X,32.99,true\n"),
        "region_maps/m.csv:2: 32.99 is no region of regions.csv"
    );
    let twice = mistake("", "", "", "1,X,32.73,true\n1,X,32,true\n");
    assert_eq!(
        twice,
        "region_maps/m.csv:3: the id is blank or stands there a second time"
    );
}

#[test]
fn an_unconfirmed_id_leads_nowhere() {
    let registry = load(
        REGIONS,
        CHANGES,
        NAMES,
        "source_id,source_name,code,confirmed\n7,Kota X,,false\n",
    )
    .unwrap();
    let map = registry.system("m").unwrap();
    assert_eq!(registry.resolve("7", Some(&map), None), Err(RegionError::Unmapped));
    assert!(registry.map_entries(&map).is_empty());
}

#[test]
fn a_chain_of_codes_is_followed() {
    let changes = format!(
        "{CHANGES}32.71,32.72,Kota X,Kota Y,recode,2010-01-01,x\n\
        32.72,32.73,Kota Y,Kota Bandung,recode,2020-01-01,x\n"
    );
    let registry = load(REGIONS, &changes, NAMES, MAP).unwrap();
    assert_eq!(registry.predecessors("32.73"), ["32.72", "32.71"]);
    assert_eq!(registry.resolve("Kota Bandung", None, day("2005-12-31")), Ok("32.71"));
    assert_eq!(registry.resolve("Kota Bandung", None, day("2015-12-31")), Ok("32.72"));
    let retired = RegionError::Retired {
        code: "32.71".into(),
        successor: Some("32.73".into()),
    };
    assert_eq!(registry.resolve("32.71", None, day("2024-12-31")), Err(retired));
}

proptest::proptest! {
    #[test]
    fn any_text_is_resolved_or_refused(text in ".{0,24}", near in "[0-9.,()'/ KabkotPrvBdung-]{0,16}", number in proptest::num::f64::ANY) {
        for text in [text, near] {
            for system in [None, Some(&CodeSystem::Bps), Some(&CodeSystem::Kemendagri)] {
                if let Ok(code) = REGISTRY.resolve(&text, system, day("2021-12-31")) {
                    proptest::prop_assert!(REGISTRY.get(code).is_some());
                }
            }
        }
        let _ = REGISTRY.resolve_number(number, None, None);
    }
}
