//! Plausible figures for what is not published freely. Everything from here is illustrative: it says nothing about
//! the region whose name it bears.

use crate::facts::Region;
use crate::random::Random;
use chrono::{Datelike, NaiveDate, Weekday};

/// The seven services of Puja Indah, as regions call them.
pub const SERVICES: [&str; 7] = [
    "perizinan",
    "kesehatan",
    "pendidikan",
    "tenaga kerja",
    "komoditas",
    "aspirasi",
    "update data kependudukan",
];

/// The stages of an innovation, as regions call them.
pub const STAGES: [&str; 3] = ["Inisiatif", "Uji Coba", "Penerapan"];

/// The day on which the first commitments were signed.
pub fn launch() -> NaiveDate {
    NaiveDate::from_ymd_opt(2018, 12, 7).unwrap_or_default()
}

/// The labour market of one region in one period, in persons.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Labour {
    pub working_age: i64,
    pub labour_force: i64,
    pub employed: i64,
    pub unemployed: i64,
}

impl Labour {
    /// A labour market around the region's own level. `years` are the years before the end of 2024, negative after
    /// it.
    pub fn draw(seed: u64, region: &Region, years: f64, random: &mut Random) -> Labour {
        let mut level = Random::of(seed, &region.code);
        let adults = level.real(0.69, 0.77);
        let participation = level.real(0.62, 0.76) + random.real(-0.006, 0.006);
        let unemployment = level.real(0.018, 0.085) * random.real(0.93, 1.07);
        let working_age = (region.total as f64 * adults * (1.0 - 0.012 * years)).round().max(10.0) as i64;
        let labour_force = (working_age as f64 * participation).round() as i64;
        let unemployed = (labour_force as f64 * unemployment).round() as i64;
        Labour {
            working_age,
            labour_force,
            employed: labour_force - unemployed,
            unemployed,
        }
    }

    /// Both together, as a province is of its regencies.
    pub fn plus(self, other: Labour) -> Labour {
        Labour {
            working_age: self.working_age + other.working_age,
            labour_force: self.labour_force + other.labour_force,
            employed: self.employed + other.employed,
            unemployed: self.unemployed + other.unemployed,
        }
    }
}

/// How much one service is used in one region.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// Transactions of a working day.
    pub daily: f64,
    pub operators: i64,
}

impl Usage {
    /// The usage of a service, from half a transaction to eight in a month per 1,000 people.
    pub fn draw(seed: u64, region: &Region, service: &str) -> Usage {
        let mut random = Random::of(seed, &format!("{} {service}", region.code));
        let rate = 0.5 * (16.0_f64).powf(random.share());
        let people = region.total.min(3_000_000) as f64;
        let daily = (rate * people / 1000.0 / 22.0).max(0.4);
        let operators = (1.0 + daily / random.real(15.0, 60.0)).round() as i64;
        Usage {
            daily,
            operators: operators.clamp(1, 60),
        }
    }

    /// Transactions and operators of one day; few on weekends.
    pub fn on(&self, date: NaiveDate, random: &mut Random) -> (i64, i64) {
        let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        let expected = self.daily * if weekend { 0.12 } else { 1.0 } * random.real(0.7, 1.3);
        // A share of one is a transaction on some days, not a rounded nothing on all.
        let transactions = expected.floor() as i64 + i64::from(random.chance(expected.fract()));
        let present = if weekend {
            (self.operators + 2) / 3
        } else {
            self.operators
        };
        (transactions, present)
    }
}

/// Title of an innovation, made of words that many regions use.
pub fn innovation_title(random: &mut Random, region: &Region) -> String {
    const NAMES: [&str; 12] = [
        "SIGAP",
        "SAPA WARGA",
        "JEMPOL",
        "LUMBUNG PINTAR",
        "KLIK SEHAT",
        "PASAR DARING",
        "RUMAH DATA",
        "SIAP KERJA",
        "SEKOLAH TANGGUH",
        "LAPOR CEPAT",
        "PETA USAHA",
        "KADO LAHIR",
    ];
    const SUBJECTS: [&str; 10] = [
        "Pelayanan Perizinan Satu Hari",
        "Antrean Puskesmas Daring",
        "Pendaftaran Sekolah Terpadu",
        "Bursa Kerja Desa",
        "Pantauan Harga Pasar",
        "Pengaduan Warga Terpadu",
        "Akta Kelahiran di Rumah Sakit",
        "Pendataan Usaha Mikro",
        "Pengelolaan Sampah Kelurahan",
        "Pencegahan Tengkes",
    ];
    let name = NAMES[random.below(NAMES.len() as u64) as usize];
    let subject = SUBJECTS[random.below(SUBJECTS.len() as u64) as usize];
    format!("{name}: {subject} {}", region.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::tests::facts;

    #[test]
    fn a_labour_market_adds_up() {
        let facts = facts();
        let mut random = Random::new(1);
        for region in &facts.regions {
            let labour = Labour::draw(5, region, 3.0, &mut random);
            assert_eq!(labour.employed + labour.unemployed, labour.labour_force);
            assert!(labour.labour_force < labour.working_age && labour.working_age < region.total);
            assert!(labour.unemployed > 0);
        }
    }

    #[test]
    fn weekends_are_quiet() {
        let facts = facts();
        let usage = Usage::draw(1, facts.region("32.73").expect("Kota Bandung"), SERVICES[0]);
        let mut random = Random::new(1);
        let mut total = |day: u32| {
            let date = NaiveDate::from_ymd_opt(2025, 11, day).expect("a date");
            (0..50).map(|_| usage.on(date, &mut random).0).sum::<i64>()
        };
        assert!(total(8) * 3 < total(10));
    }
}
