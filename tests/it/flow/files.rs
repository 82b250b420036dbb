//! When a dropped file counts, and how a workbook with several datasets is taken apart.

use super::{finding, population, rows};
use crate::support::{Installation, cells, workbook};
use serde_json::json;
use std::fs;
use std::time::SystemTime;

#[test]
fn a_file_that_may_still_be_written_is_left_alone() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.settings("settle = \"30m\"\n");
    let fresh = installation.drop("32", "dukcapil-file", "baru.csv", population(600));
    let file = fs::File::options().write(true).open(&fresh).expect("opened");
    file.set_modified(SystemTime::now()).expect("a time");
    installation.drop("32", "dukcapil-file", "lama.csv", population(700));
    for name in [
        "unggah.csv.part",
        "~$kunci.xlsx",
        ".tersembunyi.csv",
        "a.tmp",
        "a.filepart",
    ] {
        installation.drop("32", "dukcapil-file", name, population(800));
    }
    let report = installation.merge_only(0);
    assert_eq!(report["unsettled"], 1);
    let status = installation.lumbung(&["status"]).expect(0).stdout;
    assert!(status.contains("1 berkas masih ditulis"), "{status}");
    assert!(fresh.exists());
    assert_eq!(installation.receipt(1)["file"], "lama.csv");
    assert!(!installation.data().join("receipts/2.json").exists());
    assert_eq!(super::figures(&installation)[1], "32.73 700 500 1200 1");
}

#[test]
fn a_marker_can_say_that_a_file_is_complete() {
    let text = "title = { id = \"a\", en = \"a\" }\nkind = \"drop\"\ndataset = \"population\"\nscope = \"province\"\n\
                [drop]\ndone_marker = true\n";
    let installation = Installation::with(&[("bertanda", text)]);
    let path = installation.drop("32", "bertanda", "penduduk.csv", population(600));
    installation.merge_only(0);
    assert!(path.exists(), "without its marker it waits, however old");
    installation.drop("32", "bertanda", "penduduk.csv.done", "");
    installation.merge_only(0);
    assert!(!path.exists());
    assert_eq!(installation.receipt(1)["status"], "accepted");
    let left: Vec<String> = crate::support::files_below(&installation.folder("32", "bertanda"))
        .into_iter()
        .filter(|name| !name.starts_with("processed/"))
        .collect();
    assert_eq!(left, Vec::<String>::new(), "the marker goes with its file");
}

#[test]
fn what_stands_where_nobody_reads_it_is_told_every_night() {
    let installation = Installation::with_own(&["dukcapil-file", "harga-pasar"]);
    installation.drop("32", "dukcapil-file", "a.csv", population(600));
    installation.drop("32", "dukcapil", "b.csv", population(600));
    installation.drop("32", "dukcapil-file/2025", "c.csv", population(600));
    let drop = installation.data().join("drop");
    fs::write(drop.join("d.csv"), "x").expect("written");
    fs::write(drop.join("32/e.csv"), "x").expect("written");
    // Taken by an earlier run, or not sent yet: nobody waits for it.
    fs::create_dir_all(drop.join("32/lama/processed")).expect("a folder");
    fs::write(drop.join("32/lama/processed/1_f.csv"), "x").expect("written");
    for night in 0..2 {
        let report = installation.merge_only(3);
        let strays = report["strays"].as_array().expect("a list");
        let told: Vec<(&str, &str)> = strays
            .iter()
            .map(|stray| {
                (
                    stray["code"].as_str().expect("a code"),
                    stray["message"]["en"].as_str().expect("a text"),
                )
            })
            .collect();
        assert_eq!(told.len(), 4, "night {night}: {told:?}");
        for (code, place) in [
            ("unknown-connector-folder", "drop/32/dukcapil,"),
            ("drop-folder-nested", "drop/32/dukcapil-file/2025 "),
            ("drop-file-astray", "drop/32/e.csv "),
            ("drop-file-astray", "drop/d.csv "),
        ] {
            assert!(
                told.iter().any(|(one, text)| *one == code && text.contains(place)),
                "{code}: {told:?}"
            );
        }
    }
    assert_eq!(installation.receipt(1)["status"], "accepted", "the others are read");
    let status = installation.lumbung(&["status", "--lang", "en"]).expect(0).stdout;
    assert!(
        status.contains("Not read:") && status.contains("dukcapil-file, harga-pasar"),
        "{status}"
    );
    let doctor = installation.lumbung(&["doctor"]).expect(3).stdout;
    assert!(
        doctor.contains("drop/32/lama"),
        "an empty one is told there only: {doctor}"
    );
}

#[test]
fn a_folder_of_no_region_is_told_with_the_name_that_it_should_have() {
    let installation = Installation::with_own(&["dukcapil-file", "harga-pasar"]);
    installation.drop("99.99", "dukcapil-file", "penduduk.csv", population(600));
    installation.drop("3273", "dukcapil-file", "penduduk.csv", population(600));
    installation.drop("kota_cimahi", "dukcapil", "penduduk.csv", population(600));
    installation.drop("32", "dukcapil-file", "penduduk.csv", population(600));
    let report = installation.merge_only(3);
    for source in report["sources"].as_array().expect("a list") {
        assert_eq!(source["failures"], json!([]), "no source failed");
    }
    let strays = report["strays"].as_array().expect("a list");
    assert_eq!(strays.len(), 3, "each is told once: {strays:?}");
    assert!(strays.iter().all(|stray| stray["code"] == "unknown-region-folder"));
    assert_eq!(installation.receipt(1)["status"], "accepted");
    let renamed = "Ganti namanya menjadi drop/32.73 (Kota Bandung).";
    for verb in ["status", "doctor", "check"] {
        let said = installation.lumbung(&[verb]).stdout;
        assert!(
            said.contains(renamed) && said.contains("drop/32.77 (Kota Cimahi)"),
            "{verb}: {said}"
        );
        assert!(said.contains("drop/99.99\" bukan kode daerah"), "{verb}: {said}");
    }
}

#[test]
fn the_sheets_of_a_workbook_go_where_their_headers_say() {
    let installation = Installation::with_own(&["laporan-daerah"]);
    let book = workbook(&[
        (
            "Lembar1",
            vec![
                cells!["Laporan bulanan"],
                cells!["Kode Wilayah", "Layanan", "Tanggal", "Transaksi", "Operator"],
                cells!["32.73", "Perizinan", "3 November 2025", 40, 2],
                cells!["32.73", "Kesehatan", "03/11/2025", "1.250", 3],
                cells!["32.04", "Kesehatan", "03/11/2025", 10, 3],
            ],
        ),
        (
            "Lembar2",
            vec![
                cells!["Kode Inovasi", "Judul", "Tahapan", "Jumlah Bukti"],
                cells!["A", "Antrean daring", "Uji coba", 2],
            ],
        ),
        (
            "Lembar3",
            vec![
                cells!["Periode", "Usia Kerja", "Angkatan Kerja", "Bekerja", "Pengangguran"],
                cells!["2025-08", 150_000, 100_000, 90_000, 10_000],
            ],
        ),
        (
            "Lembar4",
            vec![
                cells!["Layanan", "Tanggal Tanda Tangan", "Tanggal Target", "Target"],
                cells!["Perizinan", "7 Desember 2018", "30/06/2025", 500],
            ],
        ),
        ("Catatan", vec![cells!["Nama", "Nomor telepon"], cells!["Dinas", "022"]]),
    ]);
    installation.drop("32.73", "laporan-daerah", "laporan.xlsx", book);
    let report = installation.merge_only(0);

    let receipt = installation.receipt(1);
    assert_eq!((&receipt["dataset"], &receipt["findings"]), (&json!(null), &json!([])));
    assert_eq!(receipt["status"], "accepted_in_part", "the worst of its datasets");
    let parts = receipt["datasets"].as_array().expect("a receipt a dataset");
    let found: Vec<(&str, &str, [u64; 6])> = parts
        .iter()
        .map(|part| {
            (
                part["dataset"].as_str().unwrap(),
                part["status"].as_str().unwrap(),
                rows(part),
            )
        })
        .collect();
    let ignored: u64 = found.iter().map(|(.., rows)| rows[5]).sum();
    let short: Vec<(&str, &str, [u64; 3])> = found
        .iter()
        .map(|(dataset, status, rows)| (*dataset, *status, [rows[0], rows[1], rows[2]]))
        .collect();
    assert_eq!(
        short,
        [
            ("labour", "accepted", [1, 1, 0]),
            ("service_activity", "accepted_in_part", [3, 2, 1]),
            ("innovation_report", "accepted", [1, 1, 0]),
            ("commitment", "accepted", [1, 1, 0]),
        ]
    );
    assert_eq!(&rows(&receipt)[..3], [6, 5, 1]);
    // One title, four headers, and the two rows of the sheet that fits nothing.
    assert_eq!((ignored, rows(&receipt)[5]), (7, 7));
    let total: u64 = parts.iter().map(|part| part["findings_total"].as_u64().unwrap()).sum();
    assert_eq!(receipt["findings_total"], total);
    assert_eq!(report["submissions"][0]["datasets"].as_array().unwrap().len(), 4);

    let told = finding(&parts[1], "region-not-yours");
    assert_eq!(
        (&told["sheet"], &told["cell"], &told["row"]),
        (&json!("Lembar1"), &json!("A5"), &json!(5))
    );
    let left_out = finding(&parts[0], "sheet-left-out");
    assert_eq!(left_out["sheet"], "Catatan");

    let activity = installation.model_lines("service_activity", &["service", "date", "transactions", "operators"]);
    assert_eq!(activity, ["health 2025-11-03 1250 3", "licensing 2025-11-03 40 2"]);
    let commitment = installation.model_lines(
        "commitment",
        &["region_code", "service", "signed_on", "target_date", "target"],
    );
    assert_eq!(commitment, ["32.73 licensing 2018-12-07 2025-06-30 500"]);
    assert_eq!(
        installation.model_lines("labour", &["period", "period_start", "period_end"]),
        ["2025-08 2025-08-01 2025-08-31"]
    );
    // Where each row came from: the ordinal of its sheet and its row.
    assert_eq!(
        installation.model_lines("service_activity", &["_part", "_row"]),
        ["0 4", "0 3"]
    );
    assert_eq!(
        installation.model_lines("innovation_report", &["_part", "_row"]),
        ["1 2"]
    );
}
