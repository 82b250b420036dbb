//! The right rows of each dataset, in the order of their keys.

use crate::facts::{Facts, Region};
use crate::model::{self, Labour, SERVICES, STAGES, Usage};
use crate::random::Random;
use crate::write::{Period, Value};
use chrono::{Days, NaiveDate};
use std::io;

/// The six datasets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Dataset {
    Population,
    Labour,
    CommodityPrice,
    Commitment,
    ServiceActivity,
    InnovationReport,
}

impl Dataset {
    /// The headers as officers write them.
    pub fn headers(self) -> &'static [&'static str] {
        match self {
            Dataset::Population => &[
                "Kode Wilayah",
                "Kabupaten/Kota",
                "Periode",
                "Laki-laki",
                "Perempuan",
                "Jumlah",
            ],
            Dataset::Labour => &[
                "Kode Wilayah",
                "Periode",
                "Penduduk Usia Kerja",
                "Angkatan Kerja",
                "Bekerja",
                "Pengangguran",
            ],
            Dataset::CommodityPrice => &["Kode Wilayah", "Tanggal", "Komoditas", "Satuan", "Harga"],
            Dataset::Commitment => &[
                "Kode Wilayah",
                "Layanan",
                "Tanggal Tanda Tangan",
                "Tanggal Target",
                "Target",
            ],
            Dataset::ServiceActivity => &["Kode Wilayah", "Layanan", "Tanggal", "Transaksi", "Operator"],
            Dataset::InnovationReport => &[
                "Kode Wilayah",
                "Kode Inovasi",
                "Judul",
                "Tahapan",
                "Layanan",
                "Mulai",
                "Jumlah Bukti",
            ],
        }
    }
}

/// Takes a row; may change it, but must leave it as it was.
pub type Take<'t, 'a> = &'t mut dyn FnMut(&mut [Value<'a>]) -> io::Result<()>;

/// The last day that a set speaks of.
pub fn last_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 11, 30).unwrap_or_default()
}

/// The first year whose codes all stand in the registry's history.
const FIRST_YEAR: i32 = 2015;

/// Gives up to `limit` rows with distinct keys to `take`.
pub fn each<'a>(dataset: Dataset, facts: &'a Facts, limit: u64, seed: u64, take: Take<'_, 'a>) -> io::Result<()> {
    let mut left = limit;
    let mut counted = |values: &mut [Value<'a>]| {
        left -= 1;
        take(values)?;
        Ok(left > 0)
    };
    if limit == 0 {
        return Ok(());
    }
    let reporting: Vec<&Region> = facts.regions.iter().filter(|region| region.autonomous).collect();
    match dataset {
        Dataset::Population => population(facts, seed, &mut counted),
        Dataset::Labour => labour(&reporting, seed, &mut counted),
        Dataset::CommodityPrice => prices(facts, limit, seed, &mut counted),
        Dataset::Commitment => commitments(&reporting, seed, &mut counted),
        Dataset::ServiceActivity => activity(&reporting, limit, seed, &mut counted),
        Dataset::InnovationReport => innovations(&reporting, seed, &mut counted),
    }
}

/// Takes a row and says whether there may be another.
type Counted<'t, 'a> = &'t mut dyn FnMut(&mut [Value<'a>]) -> io::Result<bool>;

/// All periods from 2015 that ended before the last day: longest first, latest first.
fn periods(with_parts_of_semesters: bool) -> Vec<Period> {
    let years = || (FIRST_YEAR..=2025).rev();
    let mut periods: Vec<Period> = years().map(Period::Year).collect();
    periods.extend(years().flat_map(|year| [2, 1].map(|part| Period::Semester(year, part))));
    if with_parts_of_semesters {
        periods.extend(years().flat_map(|year| [4, 3, 2, 1].map(|part| Period::Quarter(year, part))));
        periods.extend(years().flat_map(|year| (1..=12).rev().map(move |part| Period::Month(year, part))));
    }
    periods.retain(|period| period.end() <= last_day());
    periods
}

/// Years between a period's end and the end of 2024, when the real population was counted.
fn years_before_2024(period: Period) -> f64 {
    let counted = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap_or_default();
    (counted - period.end()).num_days() as f64 / 365.25
}

fn population<'a>(facts: &'a Facts, seed: u64, take: Counted<'_, 'a>) -> io::Result<()> {
    let mut random = Random::of(seed, "population");
    for period in periods(false) {
        let years = years_before_2024(period);
        for region in facts.regions.iter().filter(|region| region.stands_on(period.end())) {
            let growth = (1.0 - (0.011 * years)) * random.real(0.9995, 1.0005);
            let male = (region.male as f64 * growth).round() as i64;
            let female = (region.female as f64 * growth).round() as i64;
            let more = take(&mut [
                Value::text(&region.written),
                Value::text(&region.name),
                Value::Period(period),
                Value::Integer(male),
                Value::Integer(female),
                Value::Integer(male + female),
            ])?;
            if !more {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn labour<'a>(reporting: &[&'a Region], seed: u64, take: Counted<'_, 'a>) -> io::Result<()> {
    let mut random = Random::of(seed, "labour");
    for period in periods(true) {
        let years = years_before_2024(period);
        for region in reporting.iter().filter(|region| region.stands_on(period.end())) {
            let labour = Labour::draw(seed, region, years, &mut random);
            let more = take(&mut [
                Value::text(&region.written),
                Value::Period(period),
                Value::Integer(labour.working_age),
                Value::Integer(labour.labour_force),
                Value::Integer(labour.employed),
                Value::Integer(labour.unemployed),
            ])?;
            if !more {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn commitments<'a>(reporting: &[&'a Region], seed: u64, take: Counted<'_, 'a>) -> io::Result<()> {
    let mut random = Random::of(seed, "commitment");
    for region in reporting {
        let first = region
            .valid_from
            .map_or(model::launch(), |from| from.max(model::launch()));
        for service in SERVICES {
            let signed_on = first + Days::new(random.below(700));
            let target_date = signed_on + Days::new(180 + random.below(1_200));
            let monthly = (Usage::draw(seed, region, service).daily * 22.0 * random.real(0.8, 1.5)).round() as i64;
            let signed = !random.chance(0.1);
            let more = take(&mut [
                Value::text(&region.written),
                Value::text(service),
                if signed { Value::Date(signed_on) } else { Value::Empty },
                Value::Date(target_date),
                Value::Integer(monthly.max(1)),
            ])?;
            if !more {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The days that together hold `limit` rows, of which a day has `on(day)`, up to the last day and not before
/// `first`.
fn days(limit: u64, first: NaiveDate, on: impl Fn(NaiveDate) -> u64) -> impl Iterator<Item = NaiveDate> {
    let mut begin = last_day();
    let mut rows = on(begin);
    while rows < limit && begin > first {
        begin = begin.pred_opt().unwrap_or(first);
        rows += on(begin);
    }
    begin.iter_days().take_while(|day| *day <= last_day())
}

fn activity<'a>(reporting: &[&'a Region], limit: u64, seed: u64, take: Counted<'_, 'a>) -> io::Result<()> {
    let mut random = Random::of(seed, "activity");
    let services = SERVICES.len() as u64;
    let usages: Vec<Vec<Usage>> = reporting
        .iter()
        .map(|region| {
            SERVICES
                .iter()
                .map(|service| Usage::draw(seed, region, service))
                .collect()
        })
        .collect();
    let on = |day| reporting.iter().filter(|region| region.stands_on(day)).count() as u64 * services;
    for day in days(limit, model::launch(), on) {
        for (region, usages) in reporting
            .iter()
            .zip(&usages)
            .filter(|(region, _)| region.stands_on(day))
        {
            for (service, usage) in SERVICES.iter().zip(usages) {
                let (transactions, operators) = usage.on(day, &mut random);
                let more = take(&mut [
                    Value::text(&region.written),
                    Value::text(*service),
                    Value::Date(day),
                    Value::Integer(transactions),
                    Value::Integer(operators),
                ])?;
                if !more {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

fn prices<'a>(facts: &'a Facts, limit: u64, seed: u64, take: Counted<'_, 'a>) -> io::Result<()> {
    let mut random = Random::of(seed, "prices");
    let commodities = facts.commodities();
    let regions: Vec<&Region> = facts
        .regions
        .iter()
        .filter(|region| region.autonomous && !region.is_province())
        .collect();
    let levels: Vec<Vec<f64>> = regions
        .iter()
        .map(|region| {
            commodities
                .iter()
                .map(|_| regional_level(seed, region, &mut random))
                .collect()
        })
        .collect();
    let first = NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1).unwrap_or_default();
    let on = |day| regions.iter().filter(|region| region.stands_on(day)).count() as u64 * commodities.len() as u64;
    for day in days(limit, first, on) {
        for (region, levels) in regions.iter().zip(&levels).filter(|(region, _)| region.stands_on(day)) {
            for (commodity, level) in commodities.iter().zip(levels) {
                let more = take(&mut [
                    Value::text(&region.written),
                    Value::Date(day),
                    Value::text(commodity.name),
                    Value::text(commodity.unit),
                    Value::Decimal(price(commodity.rupiah, *level, &mut random)),
                ])?;
                if !more {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// How a region's price of a commodity stands to that of Kota Bandung: dearer in the east.
fn regional_level(seed: u64, region: &Region, random: &mut Random) -> f64 {
    let east = if region.code.as_str() >= "81" { 1.25 } else { 1.0 };
    east * Random::of(seed, &region.code).real(0.92, 1.12) * random.real(0.95, 1.05)
}

/// A price in hundredths of a rupiah: mostly whole fifties, one in ten an average with cents, so that the notation of a
/// column of prices is beyond doubt even where many of its cells are spoilt.
fn price(rupiah: i64, level: f64, random: &mut Random) -> i64 {
    let exact = rupiah as f64 * level * random.real(0.97, 1.03);
    if random.chance(0.1) {
        (exact * 100.0).round() as i64
    } else {
        (exact / 50.0).round() as i64 * 5_000
    }
}

fn innovations<'a>(reporting: &[&'a Region], seed: u64, take: Counted<'_, 'a>) -> io::Result<()> {
    let mut random = Random::of(seed, "innovations");
    for number in 1_u64.. {
        for region in reporting {
            let first = region
                .valid_from
                .map_or(model::launch(), |from| from.max(model::launch()));
            let days = (last_day() - first).num_days().unsigned_abs();
            let service = random.below(SERVICES.len() as u64 * 2) as usize;
            let more = take(&mut [
                Value::text(&region.written),
                Value::text(format!("INV-{}-{number:05}", region.code.replace('.', ""))),
                Value::text(model::innovation_title(&mut random, region)),
                Value::text(STAGES[random.below(3) as usize]),
                SERVICES
                    .get(service)
                    .map_or(Value::Empty, |service| Value::text(*service)),
                Value::Date(first + Days::new(random.below(days))),
                Value::Integer(random.between(0, 9)),
            ])?;
            if !more {
                return Ok(());
            }
        }
    }
    Ok(())
}
