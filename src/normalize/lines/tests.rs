//! What lines say, for datasets of days and of months.

use super::*;
use crate::config::Configuration;
use crate::normalize::speaker::Speaker;
use chrono::NaiveDate;
use std::path::Path;
use std::sync::LazyLock;

static CONFIGURATION: LazyLock<Configuration> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate::config::load(root).unwrap_or_else(|problems| panic!("{problems:?}"))
});

/// What a line of these cells says below a title, in a table of just figures and names.
fn says(dataset: &str, title: &str, cells: &[&str]) -> String {
    let contract = CONFIGURATION.contracts[dataset].clone();
    let context = Context {
        contracts: vec![contract.clone()],
        connector: None,
        regions: CONFIGURATION.regions.clone(),
        codes: CONFIGURATION.codes.clone(),
        abbreviations: CONFIGURATION.abbreviations.clone(),
        title_words: CONFIGURATION.title_words.clone(),
        speaker: Speaker::Region {
            code: "34".to_string(),
            with_regencies: true,
        },
        as_of: NaiveDate::from_ymd_opt(2026, 11, 30).unwrap(),
        pseudonym_key: None,
        sequence: 1,
    };
    let vocabulary = Vocabulary::new(&contract, &context, Default::default());
    let headers: Vec<String> = vec!["Komoditas".to_string(), "Satuan".to_string(), "Harga".to_string()];
    let titles = vec![title.to_string()];
    let map = headers::map(&contract, &context, &vocabulary, &headers, &titles, true);
    let period = contract
        .period
        .as_ref()
        .and_then(|name| contract.columns.get_index_of(name));
    let lines = Lines {
        width: headers.len(),
        year: title::year(&titles),
        month: title::month_or_day(&titles),
        own: period.and_then(|index| match &map.supplied[index] {
            Some(Supplied::Title(own)) => Some(*own),
            _ => None,
        }),
        ..Lines::default()
    };
    let reader = LineReader {
        contract: &contract,
        context: &context,
        vocabulary: &vocabulary,
        source: map.source.clone(),
        supplied: &map.supplied,
        lines: &lines,
    };
    let block = Block::of_rows(1, &[cells]);
    match line(&block, 0).and_then(|line| reader.says(&line)) {
        None => "-".to_string(),
        Some(Saying::Value(value)) => value.meaning,
        Some(Saying::Time(period)) => format!("time {period}"),
        Some(Saying::Unclear(_)) => "unclear".to_string(),
        Some(Saying::Parts(_)) => "parts".to_string(),
        Some(Saying::Heading) => "heading".to_string(),
    }
}

#[test]
fn days_between_rows_are_read_or_asked_about() {
    let of = |cells: &[&str]| says("commodity_price", "HARGA TANGGAL 10 NOVEMBER 2026", cells);
    for text in [
        "Tanggal 11 November 2026",
        "Tgl. 11/11/2026",
        "TANGGAL : 11 NOVEMBER 2026",
        "Hari/Tanggal: Rabu, 11 November 2026",
        "Harga tanggal 11 November 2026",
        "(11 November 2026)",
        "B. 11 November 2026",
        "11 November",
        "Tanggal 11",
        "Rabu, 11 Nov 2026",
    ] {
        assert_eq!(of(&[text]), "2026-11-11", "{text}");
    }
    assert_eq!(of(&["Tanggal", ":", "11 November 2026"]), "2026-11-11");
    assert_eq!(of(&["Tanggal", "", "11"]), "2026-11-11");
    // A month above the day of the title repeats it; another month does not say which day.
    assert_eq!(of(&["Bulan November 2026"]), "time 2026-11");
    for text in [
        "Minggu II",
        "Minggu ke-2 November 2026",
        "Kamis",
        "Bulan lalu",
        "Tanggal 31",
        "Pantauan ulang 12 November 2026",
    ] {
        assert_eq!(of(&[text]), "unclear", "{text}");
    }
    for text in [
        "Beras",
        "Sumber: dinas, 11 November 2026",
        "Jumlah",
        "Dicetak 12 November 2026",
        "12",
        "Minyakita 1 liter",
    ] {
        assert_eq!(of(&[text]), "-", "{text}");
    }
}

#[test]
fn months_between_rows_take_the_year_of_the_title() {
    let of = |text: &str| says("public_order", "PELANGGARAN TAHUN 2026", &[text]);
    assert_eq!(of("JANUARI"), "2026-01");
    assert_eq!(of("Bulan : Februari"), "2026-02");
    assert_eq!(of("Desember 2025"), "2025-12");
    assert_eq!(of("Tahun 2026"), "time 2026");
    assert_eq!(of("Triwulan I"), "time 2026-Q1");
    for text in [
        "Kumulatif Januari - Oktober",
        "s.d. Oktober",
        "Januari s/d Maret",
        "Januari-Maret 2026",
        "Kumulatif Oktober 2026",
        "1 - 10 November 2026",
    ] {
        assert_eq!(of(text), "unclear", "{text}");
        assert_eq!(says("tourism", "KUNJUNGAN TAHUN 2026", &[text]), "unclear", "{text}");
    }
    let without = |text: &str| says("public_order", "PELANGGARAN 2025/2026", &[text]);
    assert_eq!(without("Bulan Februari"), "unclear");
    assert_eq!(without("Februari 2026"), "2026-02");
}

#[test]
fn names_between_rows_need_a_label() {
    let of = |cells: &[&str]| says("commodity_price", "HARGA TANGGAL 10 NOVEMBER 2026", cells);
    assert_eq!(of(&["Pasar : Kosambi"]), "Kosambi");
    assert_eq!(of(&["Pasar", "Kosambi"]), "Kosambi");
    assert_eq!(of(&["Pasar Kosambi"]), "unclear");
    assert_eq!(of(&["Kabupaten Sleman"]), "34.04");
    assert_eq!(of(&["Kab. Bantul"]), "34.02");
    assert_eq!(of(&["Kota Antahberantah"]), "unclear");
    assert_eq!(of(&["Kota dan kabupaten"]), "-");
    assert_eq!(of(&["Kecamatan Depok"]), "unclear");
    let title = "DATA SISWA SEMESTER GANJIL 2026/2027";
    assert_eq!(
        says("enrolment", title, &["Kecamatan Depok"]),
        "parts",
        "no column tells its rows apart"
    );
}
