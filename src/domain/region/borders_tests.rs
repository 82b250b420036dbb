//! Which codes make up a region's borders, on the real registry and on small ones.

use super::tests::{CHANGES, REGIONS, REGISTRY, load};
use super::{CodeSystem, Pieces, Registry};

/// Stretches as text: `2012-11-16 to 2022-07-25: 91.01 91.16`.
fn told(all: &[Pieces<'_>], code: &str) -> Vec<String> {
    let day = |day: Option<chrono::NaiveDate>| day.map_or("ever".to_string(), |day| day.to_string());
    let pieces = all.iter().filter(|pieces| pieces.code == code);
    let told = pieces.map(|one| format!("{} to {}: {}", day(one.from), day(one.to), one.codes.join(" ")));
    told.collect()
}

fn today(code: &str) -> Vec<String> {
    told(&REGISTRY.in_borders_of_today(), code)
}

fn common(code: &str) -> Vec<String> {
    told(&REGISTRY.in_common_borders(), code)
}

#[test]
fn a_recoded_region_is_followed() {
    assert_eq!(
        today("93.01"),
        ["ever to 2022-07-25: 91.01", "2022-07-25 to ever: 93.01"]
    );
    assert_eq!(
        today("65.71"),
        ["ever to 2012-11-16: 64.73", "2012-11-16 to ever: 65.71"]
    );
    assert_eq!(today("32.73"), ["ever to ever: 32.73"]);
    assert!(today("91.01").is_empty(), "a code of the past is not asked for");
}

#[test]
fn a_province_of_old_is_the_sum_of_its_regencies_and_never_a_share_of_the_whole() {
    assert_eq!(
        today("93"),
        ["ever to 2022-07-25: 91.01 91.16 91.17 91.18", "2022-07-25 to ever: 93"]
    );
    // What remained of Papua: nine regencies and cities that kept their codes.
    assert_eq!(
        today("91"),
        [
            "ever to 2022-07-25: 91.03 91.05 91.06 91.10 91.11 91.15 91.19 91.20 91.71",
            "2022-07-25 to ever: 91"
        ]
    );
    assert_eq!(
        today("96"),
        [
            "ever to 2022-12-08: 92.01 92.04 92.05 92.09 92.10 92.71",
            "2022-12-08 to ever: 96"
        ]
    );
}

#[test]
fn the_parts_make_up_the_whole_again() {
    assert_eq!(
        common("91"),
        ["ever to 2022-07-25: 91", "2022-07-25 to ever: 91 93 94 95"]
    );
    assert_eq!(common("92"), ["ever to 2022-12-08: 92", "2022-12-08 to ever: 92 96"]);
    assert_eq!(common("64"), ["ever to 2012-11-16: 64", "2012-11-16 to ever: 64 65"]);
    assert!(common("93").is_empty() && common("65").is_empty());
    assert_eq!(common("93.01"), today("93.01"));
    assert_eq!(common("32"), ["ever to ever: 32"]);
}

/// On every day each code of that day stands in exactly one region, of its own level.
#[test]
fn common_borders_take_every_code_of_every_day_once() {
    let days = ["2010-01-01", "2015-12-31", "2022-07-25", "2022-12-08", "2025-11-30"];
    let common = REGISTRY.in_common_borders();
    for (day, count) in days.iter().zip([33 + 514, 34 + 514, 37 + 514, 38 + 514, 38 + 514]) {
        let day = day.parse().unwrap();
        let holds = |one: &&Pieces<'_>| one.from.is_none_or(|from| from <= day) && one.to.is_none_or(|to| day < to);
        let mut codes: Vec<&str> = common.iter().filter(holds).flat_map(|one| one.codes.clone()).collect();
        codes.sort_unstable();
        assert_eq!(codes.len(), count, "{day}");
        codes.dedup();
        assert_eq!(codes.len(), count, "{day}: a code twice");
        for one in common.iter().filter(holds) {
            assert!(one.codes.iter().all(|code| code.len() == one.code.len()), "{one:?}");
            assert!(
                one.codes
                    .iter()
                    .all(|code| REGISTRY.resolve(code, Some(&CodeSystem::Kemendagri), Some(day)) == Ok(code)),
                "{one:?}"
            );
        }
    }
}

fn small(regions: &str, changes: &str) -> Registry {
    load(
        &format!("{REGIONS}{regions}"),
        &format!("{CHANGES}{changes}"),
        "code,name,source\n",
        "source_id,source_name,code,confirmed\n",
    )
    .unwrap()
}

#[test]
fn a_regency_that_was_split_is_not_divided_and_a_merged_one_is_the_sum() {
    let registry = small(
        "32.74,,,Kota Y,city,32,Jawa Barat,,,,,,true\n32.75,,,Kota Z,city,32,Jawa Barat,,,,,,true\n",
        "32.73,32.74,Kota Bandung,Kota Y,split,2020-01-01,x\n\
         32.76,32.75,Kota P,Kota Z,merge,2010-01-01,x\n32.77,32.75,Kota Q,Kota Z,merge,2010-01-01,x\n",
    );
    let (today, common) = (registry.in_borders_of_today(), registry.in_common_borders());
    assert_eq!(told(&today, "32.73"), ["2020-01-01 to ever: 32.73"]);
    assert_eq!(told(&today, "32.74"), ["2020-01-01 to ever: 32.74"]);
    assert_eq!(
        told(&common, "32.73"),
        ["ever to 2020-01-01: 32.73", "2020-01-01 to ever: 32.73 32.74"]
    );
    let merged = ["ever to 2010-01-01: 32.76 32.77", "2010-01-01 to ever: 32.75"];
    assert_eq!(told(&today, "32.75"), merged);
    assert_eq!(told(&common, "32.75"), merged);
    // The province's own borders never changed, so its own figure stands.
    assert_eq!(told(&today, "32"), ["ever to ever: 32"]);
}

#[test]
fn a_province_with_a_regency_of_unknown_past_is_not_summed() {
    let registry = small(
        "33,,,P,province,33,P,,,,,,true\n33.01,,,Q,regency,33,P,,,,,,true\n33.02,,,R,regency,33,P,,,,,,true\n",
        "32,33,Jawa Barat,P,split,2020-01-01,x\n32.01,33.01,Q,Q,recode,2020-01-01,x\n\
         33.01,33.02,Q,R,split,2020-01-01,x\n",
    );
    assert_eq!(
        told(&registry.in_borders_of_today(), "33"),
        ["2020-01-01 to ever: 33"],
        "33.02 was part of another regency"
    );
}
