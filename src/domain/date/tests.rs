use super::*;
use proptest::prelude::*;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[test]
fn every_notation_of_one_day() {
    for text in [
        "2024-08-12",
        "2024-8-12",
        "2024/08/12",
        "2024.08.12",
        "12/08/2024",
        "12/8/2024",
        "12-8-2024",
        "12-08-2024",
        "12.08.2024",
        "12 08 2024",
        "12/08/24",
        "12.8.24",
        "20240812",
        "12 Agustus 2024",
        "12 AGUSTUS 2024",
        "12 Agt 2024",
        "12 Agu 2024",
        "12 Ags. 2024",
        "12-Agt-24",
        "12-Aug-2024",
        "12 Aug 2024",
        "12Agt2024",
        "Aug 12, 2024",
        "August 12 2024",
        "Agustus 12, 2024",
        "2024 Agustus 12",
        "2024-Aug-12",
        "Senin, 12 Agustus 2024",
        "senin 12/08/2024",
        "Monday, 12 August 2024",
        "tgl. 12 Agustus 2024",
        "Per 12 Agustus 2024",
        "  12/08/2024\u{a0}",
        "12 / 08 / 2024",
        "12 - 08 - 2024",
        "12\u{a0}Agustus\u{a0}2024",
        "2024-08-12T00:00:00",
        "2024-08-12 07:30",
        "2024-08-12T07:30:59.123Z",
        "2024-08-12T07:30:59+07:00",
        "2024-08-12T07:30:59-0700",
        "2024-08-12 7:30 PM",
        "12/08/2024 07.30",
        "12/08/2024 07.30.15",
        "12/08/2024 7:30",
        "12 Agustus 2024, 07:30 WIB",
        "12 Agustus 2024 pukul 07.30 WITA",
        "12 Agustus 2024 jam 07:30",
    ] {
        assert_eq!(parse_date(text), Ok(day(2024, 8, 12)), "{text}");
    }
}

#[test]
fn month_names() {
    for (month, names) in [
        (1, "Januari Jan January"),
        (2, "Februari Pebruari Feb Peb February Febuari"),
        (3, "Maret Mar Mrt March"),
        (4, "April Apr"),
        (5, "Mei May"),
        (6, "Juni Jun June"),
        (7, "Juli Jul July"),
        (8, "Agustus Agt Agu Ags Agst Aug August"),
        (9, "September Sep Sept"),
        (10, "Oktober Okt Oct October"),
        (11, "November Nopember Nov Nop"),
        (12, "Desember Des Dec December"),
    ] {
        for name in names.split(' ') {
            assert_eq!(parse_date(&format!("3 {name} 2024")), Ok(day(2024, month, 3)), "{name}");
        }
    }
    assert_eq!(parse_date("Jum'at, 2 Agustus 2024"), Ok(day(2024, 8, 2)));
    assert_eq!(parse_date("Jumat 2 Agustus 2024"), Ok(day(2024, 8, 2)));
}

#[test]
fn two_digit_years() {
    assert_eq!(parse_date("12-Agt-69"), Ok(day(2069, 8, 12)));
    assert_eq!(parse_date("12-Agt-70"), Ok(day(1970, 8, 12)));
    assert_eq!(parse_date("1/2/00"), Ok(day(2000, 2, 1)));
}

#[test]
fn the_day_comes_first() {
    assert_eq!(parse_date("01/02/2024"), Ok(day(2024, 2, 1)));
    for text in ["08/25/2024", "8/25/2024", "08-25-24", "12.31.2024"] {
        assert_eq!(parse_date(text), Err(DateError::MonthFirst), "{text}");
    }
}

#[test]
fn impossible_days_and_years() {
    for text in [
        "31/02/2024",
        "29/02/2023",
        "00/08/2024",
        "32/08/2024",
        "12/00/2024",
        "25/13/2024",
        "2024-13-01",
        "31 Juni 2024",
        "20240231",
    ] {
        assert_eq!(parse_date(text), Err(DateError::NoSuchDay), "{text}");
    }
    assert_eq!(parse_date("29/02/2024"), Ok(day(2024, 2, 29)));
    assert_eq!(parse_date("12/08/0202"), Err(DateError::YearOutOfRange(202)));
    assert_eq!(parse_date("0000-00-00"), Err(DateError::YearOutOfRange(0)));
    assert_eq!(parse_date("2101-01-01"), Err(DateError::YearOutOfRange(2101)));
    assert_eq!(parse_date("1899-12-31"), Err(DateError::YearOutOfRange(1899)));
    assert_eq!(parse_date("1900-01-01"), Ok(day(1900, 1, 1)));
    assert_eq!(parse_date("2100-12-31"), Ok(day(2100, 12, 31)));
}

#[test]
fn what_is_no_date() {
    for text in [
        "Agustus 2024",
        "2024",
        "12/08",
        "12 Agustus",
        "12-Agt",
        "12-08/2024",
        "12//08/2024",
        "12/08/202",
        "12/08/20240",
        "-12/08/2024",
        "12/08/2024-",
        "12 Agustua 2024",
        "besok",
        "45516",
        "45516.5",
        "2024-08-12T25:00",
        "2024-08-12 07:60",
        "2024-08-12 07:30 XYZ",
        "2024-08-12 7",
        "07:30",
        "12 Agustus 2024 12 Agustus 2024",
        "１２/08/2024",
        "12,08,2024",
        "12 Agustus 2024 07:3",
        "1.2.3",
        "2024-08-12T07:30+7:0000",
        ":",
        "T:",
        "12/08/2024 pukul",
    ] {
        assert_eq!(parse_date(text), Err(DateError::NotADate), "{text}");
    }
    assert_eq!(parse_date("  "), Err(DateError::Empty));
}

#[test]
fn serials_of_both_epochs() {
    let march = day(2026, 3, 3);
    assert_eq!(to_serial(march), 46_084.0);
    assert_eq!(from_serial(46_084.0, false), Ok(march));
    assert_eq!(from_serial(1.0, false), Ok(day(1900, 1, 1)));
    assert_eq!(from_serial(59.0, false), Ok(day(1900, 2, 28)));
    for (serial, day) in [
        (1.0, day(1900, 1, 1)),
        (59.0, day(1900, 2, 28)),
        (61.0, day(1900, 3, 1)),
    ] {
        assert_eq!(to_serial(day), serial, "{day}");
    }
    assert_eq!(from_serial(60.0, false), Err(DateError::NoSuchDay));
    assert_eq!(from_serial(61.0, false), Ok(day(1900, 3, 1)));
    assert_eq!(from_serial(45516.75, false), Ok(day(2024, 8, 12)));
    assert_eq!(from_serial(45516.0 - 1462.0, true), Ok(day(2024, 8, 12)));
    assert_eq!(from_serial(0.0, true), Ok(day(1904, 1, 1)));
    for serial in [0.5, -1.0, f64::NAN, f64::INFINITY, 1e9] {
        assert_eq!(from_serial(serial, false), Err(DateError::NotADate), "{serial}");
    }
    assert_eq!(from_serial(99_999.0, false), Err(DateError::YearOutOfRange(2173)));
}

proptest! {
    #[test]
    fn dates_read_back(days in 0_u64..73_414) {
        let date = day(1900, 1, 1) + Days::new(days);
        for format in ["%Y-%m-%d", "%d/%m/%Y", "%-d-%-m-%Y", "%d.%m.%Y", "%Y%m%d", "%-d %B %Y", "%b %-d, %Y",
            "%A, %d %B %Y", "%Y-%m-%dT%H:%M:%S"] {
            let text = date.and_hms_opt(7, 30, 0).unwrap().format(format).to_string();
            prop_assert_eq!(parse_date(&text), Ok(date), "{}", text);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,24}", near in "[0-9/. :TAgtJn,'-]{0,20}", serial in any::<f64>()) {
        for text in [text, near] {
            if let Ok(date) = parse_date(&text) {
                prop_assert!(YEARS.contains(&chrono::Datelike::year(&date)));
            }
        }
        let _ = from_serial(serial, true);
        let _ = from_serial(serial, false);
    }
}

#[test]
fn some_dates_show_their_order() {
    for (text, shown) in [
        ("25/08/2024", Some(Order::DayFirst)),
        ("08/25/2024", Some(Order::MonthFirst)),
        (" 3-11-24 ", Some(Order::Either)),
        ("05/05/2024", None),
        ("2024-08-25", None),
        ("25 Agustus 2024", None),
        ("25/08", None),
        ("", None),
    ] {
        assert_eq!(order(text), shown, "{text}");
    }
}
