//! What titles say, and what they do not.

use super::*;

fn titles(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_string()).collect()
}

#[test]
fn a_year_is_that_of_the_titles_if_there_is_one() {
    assert_eq!(year(&titles(&["LAPORAN TAHUN 2026", "Kota Bandung 2026"])), Some(2026));
    assert_eq!(
        year(&titles(&["LAPORAN TAHUN 2026", "dicetak 3 Januari 2027"])),
        Some(2026)
    );
    assert_eq!(year(&titles(&["LAPORAN 2025/2026"])), None);
    assert_eq!(year(&titles(&["Perda 1234"])), None);
}

#[test]
fn a_day_and_a_unit_may_stand_in_a_title() {
    let of = |texts: &[&str]| day(&titles(texts)).map(|day| day.to_string());
    assert_eq!(
        of(&["Hari/Tanggal: Selasa, 10 November 2026"]).as_deref(),
        Some("2026-11-10")
    );
    assert_eq!(
        of(&["10 November 2026", "dicetak 11 November 2026"]).as_deref(),
        Some("2026-11-10")
    );
    assert_eq!(of(&["10 November 2026", "11 November 2026"]), None);
    assert_eq!(of(&["November 2026"]), None);
    assert_eq!(of(&["TANGGAL 10 - 12 NOVEMBER 2026"]), None);
    assert_eq!(of(&["10-12 November 2026"]), None);
    let power = |text: &str| money_power(&titles(&[text]));
    assert_eq!(power("(dalam jutaan rupiah)"), Some(6));
    assert_eq!(power("Satuan: Rp ribu"), Some(3));
    assert_eq!(power("REALISASI PAJAK 2026 (juta rupiah)"), Some(6));
    let both = ["(dalam rupiah)", "(dalam juta rupiah)"];
    assert_eq!(money_power(&titles(&both)), None, "the nearest title decides");
    for text in [
        "KUNJUNGAN (ribu orang) DAN PENDAPATAN (rupiah)",
        "Bantuan Rp 5 juta",
        "dalam rupiah",
        "dalam ribuan jiwa",
    ] {
        assert_eq!(power(text), None, "{text}");
    }
}

#[test]
fn a_month_may_stand_in_a_title_of_days() {
    let of = |texts: &[&str], year| month(&titles(texts), year).map(|month| month.to_string());
    for text in [
        "HARGA HARIAN BULAN NOVEMBER 2026",
        "TANGGAL 1 S.D. 30 NOVEMBER 2026",
        "Tanggal 1 - 30 November 2026",
    ] {
        assert_eq!(of(&[text], None).as_deref(), Some("2026-11"), "{text}");
    }
    assert_eq!(
        of(&["HARGA TAHUN 2026", "November"], Some(2026)).as_deref(),
        Some("2026-11")
    );
    assert_eq!(
        of(&["November 2026", "Bandung, 2 Desember 2026"], None).as_deref(),
        Some("2026-11")
    );
    for texts in [
        &["Bandung, 2 Desember 2026"] as &[&str],
        &["Oktober s.d. November 2026"],
        &["30 Oktober s.d. 5 November 2026"],
        &["Oktober 2026", "November 2026"],
        &["November"],
        &["Tahun 2026"],
    ] {
        assert_eq!(of(texts, None), None, "{texts:?}");
    }
}

#[test]
fn a_title_of_several_months_names_none() {
    let contract = crate::config::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR")))
        .map(|configuration| configuration.contracts["civil_registration"].clone())
        .unwrap();
    let of = |texts: &[&str]| period(&titles(texts), &contract, false).map(|period| period.to_string());
    assert_eq!(of(&["LAPORAN BULAN OKTOBER 2026"]).as_deref(), Some("2026-10"));
    assert_eq!(of(&["SISWA SD OKTOBER 2026"]).as_deref(), Some("2026-10"));
    assert_eq!(
        of(&["BULAN OKTOBER 2026", "Dicetak 10 November 2026"]).as_deref(),
        Some("2026-10")
    );
    for title in [
        "LAPORAN JANUARI S.D. OKTOBER 2026",
        "Januari s/d Oktober 2026",
        "Januari sampai Maret 2026",
    ] {
        assert_eq!(of(&[title]), None, "{title}");
    }
}

#[test]
fn a_title_says_the_time_of_its_rows_or_none() {
    let contracts = crate::config::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let of = |dataset: &str, texts: &[&str]| {
        let contract = &contracts.contracts[dataset];
        period(&titles(texts), contract, false).map(|period| period.to_string())
    };
    // By semester or year.
    for (texts, expected) in [
        (&["SEMESTER II TAHUN 2025"] as &[&str], Some("2025-S2")),
        (&["TAHUN 2025", "SEMESTER II 2025"], Some("2025-S2")),
        (&["KEADAAN 31 OKTOBER 2025"], Some("2025-S2")),
        (&["DATA 31 DESEMBER 2025"], Some("2025-S2")),
        (&["Population as of December 31, 2025"], Some("2025-S2")),
        (&["TAHUN ANGGARAN 2025"], Some("2025")),
        (&["TAHUN 2025", "Semarang, 5 Januari 2026"], Some("2025")),
        (&["PENDATAAN TAHUN 2026 ATAS KONDISI TAHUN 2025"], Some("2025")),
        (&["(Permendagri Nomor 3 Tahun 2021)", "TAHUN 2025"], Some("2025")),
        (&["TRIWULAN III TAHUN 2026"], None),
        (&["BULAN SEPTEMBER 2026"], None),
        (&["TAHUN 2026", "BULAN SEPTEMBER 2026"], None),
        (&["BULAN SEPTEMBER KOTA SEMARANG TAHUN 2026"], None),
        (&["SEMESTER I DAN SEMESTER II TAHUN 2025"], None),
        (&["TAHUN 2024 DAN 2025"], None),
        (&["Perda Nomor 10 Tahun 2023"], None),
        (&["(PP No.11 Tahun 2021)"], None),
    ] {
        assert_eq!(of("population", texts).as_deref(), expected, "{texts:?}");
    }
    // By month.
    for (texts, expected) in [
        (
            &["BULAN OKTOBER 2026", "Perda Nomor 10 Tahun 2023"] as &[&str],
            Some("2026-10"),
        ),
        (&["LAPORAN TAHUN 2026", "BULAN OKTOBER TAHUN 2026"], Some("2026-10")),
        (&["SEPTEMBER DAN OKTOBER 2026"], None),
        (&["SEPTEMBER - OKTOBER 2026"], None),
        (&["Surat Nomor 500/1/2026 tanggal 5 November 2026"], None),
        (
            &["Nomor: 472/1234/2026 tanggal 5 November 2026", "BULAN OKTOBER 2026"],
            Some("2026-10"),
        ),
        (&["BULAN OKTOBER", "TAHUN 2026"], Some("2026-10")),
        (&["Laporan per 5 November 2026 (bulan Oktober 2026)"], Some("2026-10")),
        (&["BULAN OKTOBER 2026", "Diperbarui 5 November 2026"], Some("2026-10")),
        (&["Pelayanan kumulatif Oktober 2026"], None),
    ] {
        assert_eq!(of("civil_registration", texts).as_deref(), expected, "{texts:?}");
    }
    let letter = ["Lampiran Surat Nomor 500.2/123/2026 tanggal 5 November 2026"];
    assert_eq!(day(&titles(&letter)), None);
    assert_eq!(day(&titles(&["Tanggal 10 dan 11 November 2026"])), None);
    assert_eq!(year(&titles(&["Tahun 2026", "(Perwal No. 4 Tahun 2020)"])), Some(2026));
}
