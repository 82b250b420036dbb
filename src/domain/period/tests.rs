use super::*;
use proptest::prelude::*;

fn canonical(text: &str) -> Result<String, PeriodError> {
    Period::parse(text, &Grain::ALL).map(|period| period.to_string())
}

#[test]
fn what_officers_write() {
    for (text, expected) in [
        ("2024", "2024"),
        ("Tahun 2024", "2024"),
        ("Th. 2024", "2024"),
        ("2024-S2", "2024-S2"),
        ("Semester II 2024", "2024-S2"),
        ("SEMESTER II TAHUN 2024", "2024-S2"),
        ("Sem. 1/2024", "2024-S1"),
        ("Smt I-2024", "2024-S1"),
        ("S2 2024", "2024-S2"),
        ("2024 Semester 2", "2024-S2"),
        ("2024-Q1", "2024-Q1"),
        ("2024Q1", "2024-Q1"),
        ("Q1'24", "2024-Q1"),
        ("TW I 2024", "2024-Q1"),
        ("TW. IV / 2024", "2024-Q4"),
        ("TWIII 2024", "2024-Q3"),
        ("TW3 2024", "2024-Q3"),
        ("Triwulan 3 2024", "2024-Q3"),
        ("Triwulan ke-3 Tahun 2024", "2024-Q3"),
        ("Kuartal II 2024", "2024-Q2"),
        ("2024-08", "2024-08"),
        ("2024/8", "2024-08"),
        ("08/2024", "2024-08"),
        ("8-2024", "2024-08"),
        ("202408", "2024-08"),
        ("Agt-24", "2024-08"),
        ("Ags'24", "2024-08"),
        ("Agustus 2024", "2024-08"),
        ("Bulan Agustus Tahun 2024", "2024-08"),
        ("2024 Agustus", "2024-08"),
        ("Februari 2024", "2024-02"),
        ("Pebruari 2024", "2024-02"),
        ("2024-08-12", "2024-08-12"),
        ("12 Agustus 2024", "2024-08-12"),
        ("Senin, 12 Agustus 2024", "2024-08-12"),
        ("20240812", "2024-08-12"),
        ("12-Agt-24", "2024-08-12"),
    ] {
        assert_eq!(canonical(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn a_date_means_the_finest_period_around_it() {
    let grains = [Grain::Year, Grain::Semester];
    for text in [
        "31 Desember 2024",
        "2024-12-31",
        "Per 31 Desember 2024",
        "31/12/2024",
        "20241231",
    ] {
        assert_eq!(
            Period::parse(text, &grains).map(|period| period.to_string()).as_deref(),
            Ok("2024-S2"),
            "{text}"
        );
    }
    let quarter = Period::parse("1 April 2024", &[Grain::Quarter, Grain::Year]).unwrap();
    assert_eq!(
        (quarter.to_string().as_str(), quarter.grain()),
        ("2024-Q2", Grain::Quarter)
    );
    assert_eq!(Period::parse("1 April 2024", &[]), Err(PeriodError::NotAPeriod));
}

#[test]
fn only_the_grains_asked_for() {
    let grains = [Grain::Semester, Grain::Year];
    assert_eq!(
        Period::parse("Desember 2024", &grains),
        Err(PeriodError::WrongGrain(Grain::Month))
    );
    assert_eq!(
        Period::parse("TW I 2024", &grains),
        Err(PeriodError::WrongGrain(Grain::Quarter))
    );
    assert_eq!(
        Period::parse("2024", &[Grain::Day]),
        Err(PeriodError::WrongGrain(Grain::Year))
    );
}

#[test]
fn what_is_no_period() {
    for text in [
        "08/24",
        "2024/2025",
        "12-Agt",
        "Agustus",
        "III 2024",
        "TW 2024",
        "semester",
        "24",
        "2024.5",
        "-2024",
        "1.2.3",
        "Semester 1",
        "1,2024",
        "TW 12 2024",
        "X 2024",
        "２０２４",
    ] {
        assert_eq!(canonical(text), Err(PeriodError::NotAPeriod), "{text}");
    }
    assert_eq!(canonical(" "), Err(PeriodError::Empty));
    for text in [
        "2024-13",
        "13/2024",
        "TW 5 2024",
        "Semester 3 2024",
        "TW 0 2024",
        "202400",
        "31/02/2024",
    ] {
        assert_eq!(canonical(text), Err(PeriodError::Date(DateError::NoSuchDay)), "{text}");
    }
    assert_eq!(canonical("08/25/2024"), Err(PeriodError::Date(DateError::MonthFirst)));
    assert_eq!(canonical("0024"), Err(PeriodError::Date(DateError::YearOutOfRange(24))));
    assert_eq!(
        canonical("Agustus 2224"),
        Err(PeriodError::Date(DateError::YearOutOfRange(2224)))
    );
}

#[test]
fn numbers_of_cells() {
    let read = |number| Period::from_number(number, &Grain::ALL).map(|period| period.to_string());
    assert_eq!(read(2024.0).as_deref(), Ok("2024"));
    assert_eq!(read(202_408.0).as_deref(), Ok("2024-08"));
    assert_eq!(read(20_240_812.0).as_deref(), Ok("2024-08-12"));
    for number in [2024.5, 24.0, -2024.0, 1e9, f64::NAN, f64::INFINITY, 45_516.0] {
        assert_eq!(read(number), Err(PeriodError::NotAPeriod), "{number}");
    }
}

#[test]
fn bounds_and_neighbours() {
    let bounds = |text: &str| {
        let period: Period = text.parse().unwrap();
        let (next, previous) = (period.next().to_string(), period.previous().to_string());
        format!("{} {} {previous} {next}", period.start(), period.end())
    };
    assert_eq!(bounds("2024"), "2024-01-01 2024-12-31 2023 2025");
    assert_eq!(bounds("2024-S2"), "2024-07-01 2024-12-31 2024-S1 2025-S1");
    assert_eq!(bounds("2024-Q1"), "2024-01-01 2024-03-31 2023-Q4 2024-Q2");
    assert_eq!(bounds("2024-02"), "2024-02-01 2024-02-29 2024-01 2024-03");
    assert_eq!(bounds("2024-02-29"), "2024-02-29 2024-02-29 2024-02-28 2024-03-01");
}

#[test]
fn canonical_reading_is_strict() {
    for text in ["Agustus 2024", "2024-8", " 2024", "2024q1", "31/12/2024"] {
        assert!(text.parse::<Period>().is_err(), "{text}");
    }
    assert_eq!("semester".parse(), Ok(Grain::Semester));
    assert!("Semester".parse::<Grain>().is_err());
    assert!(Grain::Day < Grain::Month && Grain::Semester < Grain::Year);
}

proptest! {
    #[test]
    fn periods_read_back(days in 0_u64..73_414, grain in 0_usize..5) {
        let date = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + Days::new(days);
        let period = Period::containing(Grain::ALL[grain], date);
        prop_assert_eq!(period.to_string().parse(), Ok(period));
        prop_assert!(period.contains(date) && !period.next().contains(date) && !period.previous().contains(date));
        prop_assert_eq!(period.next().previous(), period);
        prop_assert_eq!(period.end().succ_opt(), Some(period.next().start()));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,24}", near in "[0-9/. TWSemQIVAgtJn'-]{0,16}", number in any::<f64>()) {
        for text in [text, near] {
            if let Ok(period) = Period::parse(&text, &Grain::ALL) {
                prop_assert!((1900..=2100).contains(&period.start().year()));
            }
        }
        let _ = Period::from_number(number, &Grain::ALL);
    }
}

#[test]
fn halves_of_school_years() {
    let read = |text: &str| Period::parse(text, &Grain::ALL).map(|period| period.to_string());
    for text in [
        "Ganjil 2026/2027",
        "2026/2027 Ganjil",
        "Semester Ganjil 2026/2027",
        "Semester Gasal Tahun Ajaran 2026/2027",
        "TA 2026/2027 Ganjil",
        "Ganjil 2026-2027",
    ] {
        assert_eq!(read(text).as_deref(), Ok("2026-S2"), "{text}");
    }
    assert_eq!(read("Semester Genap 2026/2027").as_deref(), Ok("2027-S1"));
    // A school year is no calendar year, and years that do not follow each other are none.
    for text in [
        "2026/2027",
        "Ganjil 2026/2028",
        "Ganjil 2026 2027",
        "Ganjil Genap 2026/2027",
    ] {
        assert!(read(text).is_err(), "{text}");
    }
}
