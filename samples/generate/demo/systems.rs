//! What the simulated systems know: the real population and prices of Kota Bandung, and, illustrative,
//! labour figures, commitments, service activity and innovations. One JSON object a line, one file a system.

use super::{as_of, first_day};
use crate::facts::{Facts, Region};
use crate::model::{self, Labour, SERVICES, STAGES, Usage};
use crate::random::Random;
use crate::write::month_name;
use chrono::{Datelike, Days, NaiveDate};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// How many regions committed themselves at the launch.
const COMMITTED: usize = 50;
/// How many of these are provinces.
const PROVINCES: usize = 4;
/// Regions that are among them whatever the seed.
const ALWAYS: [&str; 2] = ["32.73", "33.74"];

/// The records of each system.
#[derive(Debug, Default)]
pub struct Systems {
    pub population: Vec<Value>,
    pub labour: Vec<Value>,
    pub prices: Vec<Value>,
    pub commitments: Vec<Value>,
    pub activity: Vec<Value>,
    pub innovations: Vec<Value>,
}

impl Systems {
    /// Draws all records; the error names a region that the facts lack.
    pub fn draw(facts: &Facts, seed: u64) -> Result<Systems, String> {
        let committed = committed_regions(facts, seed)?;
        let mut systems = Systems {
            population: population(facts),
            labour: labour(facts, seed),
            prices: prices(facts),
            ..Systems::default()
        };
        for region in &committed {
            draw_services(region, seed, &mut systems);
        }
        systems.activity.sort_by(|left, right| day_of(left).cmp(day_of(right)));
        systems.innovations = innovations(facts, &committed, seed);
        Ok(systems)
    }

    /// Writes one file a system and says how many records there are.
    pub fn write(&self, folder: &Path) -> io::Result<usize> {
        fs::create_dir_all(folder)?;
        let files = [
            ("dukcapil", &self.population),
            ("ketenagakerjaan", &self.labour),
            ("panel-harga", &self.prices),
            ("puja-indah-komitmen", &self.commitments),
            ("puja-indah-aktivitas", &self.activity),
            ("inovasi", &self.innovations),
        ];
        for (name, records) in files {
            let mut out = BufWriter::new(File::create(folder.join(format!("{name}.jsonl")))?);
            for record in records {
                serde_json::to_writer(&mut out, record)?;
                out.write_all(b"\n")?;
            }
            out.flush()?;
        }
        Ok(files.iter().map(|(_, records)| records.len()).sum())
    }
}

fn day_of(record: &Value) -> &str {
    record["tanggal"].as_str().unwrap_or_default()
}

/// Regencies and cities older than the launch, at most two a province, and a few provinces.
fn committed_regions(facts: &Facts, seed: u64) -> Result<Vec<&Region>, String> {
    let mut chosen: Vec<&Region> = Vec::with_capacity(COMMITTED);
    for code in ALWAYS {
        chosen.push(facts.region(code)?);
    }
    let mut candidates: Vec<&Region> = facts
        .regions
        .iter()
        .filter(|region| region.autonomous && region.valid_from.is_none())
        .collect();
    Random::of(seed, "committed").shuffle(&mut candidates);
    for candidate in candidates {
        let province = candidate.is_province();
        let alike = |region: &&&Region| {
            region.is_province() == province && (province || region.province_code == candidate.province_code)
        };
        let limit = if province { PROVINCES } else { 2 };
        let known = chosen.iter().any(|region| region.code == candidate.code);
        if !known && chosen.len() < COMMITTED && chosen.iter().filter(alike).count() < limit {
            chosen.push(candidate);
        }
    }
    chosen.sort_by(|left, right| left.code.cmp(&right.code));
    Ok(chosen)
}

/// The real figures of regencies and cities, under codes without dots as that system has them.
fn population(facts: &Facts) -> Vec<Value> {
    let regencies = facts.regions.iter().filter(|region| !region.is_province());
    regencies
        .map(|region| {
            json!({
                "KODE_KAB": region.code.replace('.', ""), "NAMA_KAB": region.name, "PERIODE": "2024-S2",
                "PRIA": region.male, "WANITA": region.female, "JUMLAH": region.total,
            })
        })
        .collect()
}

/// August of 2024 and 2025, a province as the sum of its regencies and cities.
fn labour(facts: &Facts, seed: u64) -> Vec<Value> {
    let mut records = Vec::new();
    for year in [2024, 2025] {
        for province in facts.provinces() {
            let mut random = Random::of(seed, &format!("labour {year} {}", province.code));
            let regencies: Vec<(&Region, Labour)> = facts
                .regencies_of(&province.code)
                .map(|region| (region, Labour::draw(seed, region, f64::from(2024 - year), &mut random)))
                .collect();
            let sum = regencies
                .iter()
                .fold(Labour::default(), |sum, (_, labour)| sum.plus(*labour));
            records.push(labour_record(province, year, sum));
            let reporting = regencies.iter().filter(|(region, _)| region.autonomous);
            records.extend(reporting.map(|(region, labour)| labour_record(region, year, *labour)));
        }
    }
    records
}

fn labour_record(region: &Region, year: i32, labour: Labour) -> Value {
    json!({
        "kode": region.code, "periode": year.to_string(), "usia_kerja": labour.working_age,
        "angkatan_kerja": labour.labour_force, "bekerja": labour.employed, "pengangguran": labour.unemployed,
    })
}

/// The real prices of every day for which there are some.
fn prices(facts: &Facts) -> Vec<Value> {
    facts
        .prices
        .iter()
        .map(|price| {
            json!({
                "date": price.date.to_string(), "id": price.source_id.parse::<u64>().unwrap_or_default(),
                "name": price.commodity, "satuan": price.unit, "today": price.rupiah, "yesterday": price.previous,
                "yesterday_date": price.previous_on.format("%d/%m/%Y").to_string(),
            })
        })
        .collect()
}

/// The commitments of one region and what became of them: some services never went live, some regions stopped
/// entering data.
fn draw_services(region: &Region, seed: u64, systems: &mut Systems) {
    let mut random = Random::of(seed, &format!("services {}", region.code));
    let always = ALWAYS.contains(&region.code.as_str());
    let mut services = SERVICES;
    random.shuffle(&mut services);
    let committed = if always {
        SERVICES.len()
    } else {
        random.between(3, 7) as usize
    };
    let keenness = if always { 0.85 } else { random.real(0.25, 1.0) };
    // One region in five stopped at some day of the window, some before it began.
    let stopped = !always && random.chance(0.2);
    let window = (as_of() - first_day()).num_days();
    let last = if stopped {
        first_day() + Days::new(random.below(70))
    } else {
        as_of()
    };
    for service in services.into_iter().take(committed) {
        let usage = Usage::draw(seed, region, service);
        systems
            .commitments
            .push(commitment(region, service, &usage, &mut random));
        if !random.chance(keenness) {
            continue;
        }
        let begins = if random.chance(0.75) {
            0
        } else {
            random.below(window.unsigned_abs())
        };
        let days = (first_day() + Days::new(begins))
            .iter_days()
            .take_while(|day| *day <= last);
        for day in days {
            let (transactions, operators) = usage.on(day, &mut random);
            // A day without a transaction is often not entered at all.
            if transactions > 0 || random.chance(0.4) {
                systems.activity.push(json!({
                    "kode_daerah": region.code, "layanan": service, "tanggal": day.to_string(),
                    "transaksi": transactions, "operator": operators,
                }));
            }
        }
    }
}

fn commitment(region: &Region, service: &str, usage: &Usage, random: &mut Random) -> Value {
    let delay = if random.chance(0.7) { 0 } else { random.below(500) };
    let signed_on = model::launch() + Days::new(delay);
    let target_date = signed_on + Days::new(180 + random.below(2_200));
    let signed = !random.chance(0.06);
    json!({
        "kode_daerah": region.code, "layanan": service,
        "tanggal_tanda_tangan": if signed { Value::from(signed_on.to_string()) } else { Value::Null },
        "tanggal_target": target_date.to_string(),
        "target": ((usage.daily * 22.0 * random.real(0.7, 1.4)).round() as i64).max(5),
    })
}

/// Innovations of the committed regions and of a third of the others.
fn innovations(facts: &Facts, committed: &[&Region], seed: u64) -> Vec<Value> {
    let mut records = Vec::new();
    for region in facts.regions.iter().filter(|region| region.autonomous) {
        let mut random = Random::of(seed, &format!("innovations {}", region.code));
        let is_committed = committed.iter().any(|other| other.code == region.code);
        if !is_committed && !random.chance(0.33) {
            continue;
        }
        for number in 1..=random.between(1, if is_committed { 12 } else { 6 }) {
            let code = format!("{}-{number:02}", region.code.replace('.', ""));
            let first = region.valid_from.unwrap_or_else(model::launch);
            let started = first + Days::new(random.below((as_of() - first).num_days().unsigned_abs()));
            let service = SERVICES.get(random.below(10) as usize).copied().unwrap_or_default();
            records.push(json!({
                "id": records.len() + 1, "daerah": region.code, "kode": format!("INV-{code}"),
                "judul": model::innovation_title(&mut random, region),
                "tahapan": STAGES[random.below(3) as usize], "layanan": service,
                "mulai": indonesian(started), "bukti": random.between(0, 8),
            }));
        }
    }
    records
}

/// `12 Agustus 2024`.
pub fn indonesian(date: NaiveDate) -> String {
    format!("{} {} {}", date.day(), month_name(date.month()), date.year())
}
