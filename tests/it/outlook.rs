//! `lumbung plan`, `preview` and `doctor`: what will happen, and whether it can. None of them changes anything.

use crate::support::{Installation, cells, files_below, workbook};
use serde_json::{Value, json};

const FILE: &str = "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n32.73;2024-S2;600;500;1100\n";

/// The entry of a list whose `key` is `value`.
#[track_caller]
fn entry<'v>(list: &'v Value, key: &str, value: &str) -> &'v Value {
    let found = list
        .as_array()
        .expect("a list")
        .iter()
        .find(|entry| entry[key] == value);
    found.unwrap_or_else(|| panic!("no {key} = {value} in {list:#}"))
}

#[test]
fn the_plan_names_sources_files_and_what_waits() {
    let installation = Installation::with_own(&["dukcapil-file", "harga-pasar", "panel-harga", "puja-indah-aktivitas"]);
    installation.settings("settle = \"30m\"\n");
    installation.drop("32", "dukcapil-file", "lama.csv", FILE);
    let fresh = installation.drop("33", "dukcapil-file", "baru.csv", FILE);
    let file = std::fs::File::options().write(true).open(&fresh).expect("opened");
    file.set_modified(std::time::SystemTime::now()).expect("a time");
    let plan = installation.lumbung(&["plan", "--json"]).expect(0).json();
    let ready = |name: &str| entry(&plan["files"], "file", name)["ready"].clone();
    assert_eq!((ready("lama.csv"), ready("baru.csv")), (json!(true), json!(false)));
    let unset = &entry(&plan["connectors"], "connector", "puja-indah-aktivitas")["unset"];
    assert_eq!(unset, &json!(["PUJA_INDAH_TOKEN", "PUJA_INDAH_URL"]));
    let panel = entry(&plan["connectors"], "connector", "panel-harga");
    assert_eq!(panel["schedule"], "15 20 * * *");
    // 20.15 in Jakarta.
    assert!(panel["next"].as_str().unwrap().ends_with("T13:15:00Z"), "{panel}");
    assert!(
        plan["nightly"].as_str().unwrap().ends_with("T18:00:00Z"),
        "01.00 in Jakarta"
    );

    installation
        .lumbung(&[
            "run",
            "--as-of",
            "2025-11-30",
            "--connector",
            "dukcapil-file",
            "--no-publish",
        ])
        .expect(0);
    let bad: String = (1..=12)
        .map(|day| format!("2025-09-{day:02};Beras Premium;abc\n"))
        .collect();
    let list = format!("Tanggal;Komoditas;Harga\n{bad}2025-10-01;Beras Premium;15000\n");
    installation.drop("32.73", "harga-pasar", "harga.csv", list);
    installation
        .lumbung(&[
            "run",
            "--as-of",
            "2025-11-30",
            "--connector",
            "harga-pasar",
            "--no-publish",
        ])
        .expect(3);
    let plan = installation.lumbung(&["plan", "--json"]).expect(0).json();
    assert_eq!(plan["held"].as_array().unwrap().len(), 1);
    assert_eq!(plan["files"].as_array().unwrap().len(), 1, "the fresh one still waits");
    let told = installation.lumbung(&["plan"]).expect(0).stdout;
    assert!(told.contains("baru.csv") && !told.contains("lama.csv"), "{told}");
}

#[test]
fn a_preview_shows_how_a_file_is_understood_and_keeps_numbers_of_people_back() {
    let installation = Installation::with_own(&["dukcapil-file", "laporan-daerah"]);
    let nik = "3273014105800001";
    let book = workbook(&[
        (
            "Data",
            vec![
                cells!["Laporan inovasi", "Judul"],
                cells![
                    "Kode Inovasi",
                    "Judul",
                    "Tahapan",
                    "Jumlah Bukti",
                    "NIK",
                    "Inovator",
                    "Warna"
                ],
                cells!["A", "Antrean daring", "Uji coba", 2, nik, "Siti Rahayu", "biru"],
            ],
        ),
        ("Lain", vec![cells!["Nama", "Telepon"], cells!["Dinas", "022"]]),
    ]);
    let path = installation.home().join("laporan.xlsx");
    std::fs::write(&path, book).expect("written");
    let path = path.to_str().expect("UTF-8");
    // The second sheet fits nothing, which somebody should look at.
    let preview = installation.lumbung(&["preview", path, "--json"]).expect(3).json();
    let sheet = entry(&preview["sheets"], "name", "Data");
    assert_eq!(
        (&sheet["dataset"], &sheet["header_row"]),
        (&json!("innovation_report"), &json!(2))
    );
    assert_eq!(
        entry(&sheet["columns"], "column", "evidence_count")["header"],
        "Jumlah Bukti"
    );
    assert_eq!(sheet["left_out"], json!(["Warna"]));
    let runner_up = &sheet["runner_up"];
    assert_eq!(
        (&runner_up["next_row"], &runner_up["next_known"]),
        (&json!(1), &json!(1))
    );
    assert!(runner_up["known"].as_u64() >= Some(4), "{runner_up}");
    assert_eq!(entry(&preview["sheets"], "name", "Lain")["dataset"], Value::Null);
    for arguments in [&["preview", path][..], &["preview", path, "--json"]] {
        let said = installation.lumbung(arguments).expect(3).stdout;
        assert!(said.contains("Antrean daring"), "{said}");
        assert!(
            !said.contains(nik) && !said.contains("Rahayu"),
            "personal values are masked: {said}"
        );
    }
    assert!(!installation.data().exists());
}

#[test]
fn a_preview_of_a_source_asks_nothing_and_shows_no_token() {
    let installation = Installation::with_own(&["puja-indah-komitmen"])
        .environment("PUJA_INDAH_URL", "http://127.0.0.1:9/dasar")
        .environment("PUJA_INDAH_TOKEN", "rahasia-91c4");
    for arguments in [
        &["preview", "puja-indah-komitmen"][..],
        &["preview", "puja-indah-komitmen", "--json"],
    ] {
        let said = installation.lumbung(arguments).expect(0).stdout;
        // The variable and not its value, which may hold a password.
        assert!(said.contains("${PUJA_INDAH_URL}/api/komitmen?"), "{said}");
        assert!(
            said.contains("ariab") && said.contains("PUJA_INDAH_URL"),
            "it is told what that is: {said}"
        );
        assert!(!said.contains("127.0.0.1"), "{said}");
        assert!(!said.contains("rahasia-91c4"), "{said}");
    }
    let said = installation.lumbung(&["preview", "puja-indah"]).expect(2);
    assert!(said.stderr.contains("puja-indah-komitmen"), "{}", said.stderr);
}

#[test]
fn the_doctor_finds_what_is_wrong_and_what_is_well() {
    let well = Installation::with_own(&["dukcapil-file"]);
    well.drop("32", "dukcapil-file", "a.csv", FILE);
    let told = well.lumbung(&["doctor", "--json"]).expect(0).json();
    assert_eq!(told["well"], true, "{told:#}");
    let subjects = ["configuration", "data", "space", "catalog", "clock", "lease", "drop"];
    for subject in subjects {
        assert_eq!(entry(&told["checks"], "subject", subject)["health"], "ok", "{told:#}");
    }
    let ill = Installation::with_own(&["dukcapil-file", "puja-indah-komitmen"]);
    ill.drop("99.99", "dukcapil-file", "a.csv", FILE);
    ill.drop("32", "tak-dikenal", "a.csv", FILE);
    let before = files_below(&ill.data());
    let told = ill.lumbung(&["doctor", "--json"]).expect(3).json();
    let checks = told["checks"].as_array().expect("a list").iter();
    let failed: Vec<String> = checks
        .filter(|check| check["health"] == "fail")
        .map(ToString::to_string)
        .collect();
    for place in ["drop/99.99", "drop/32/tak-dikenal", "PUJA_INDAH_TOKEN"] {
        assert!(failed.iter().any(|check| check.contains(place)), "{place}: {failed:#?}");
    }
    assert_eq!(files_below(&ill.data()), before, "looking changes nothing");
}
