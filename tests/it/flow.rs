//! What becomes of a submission, from the drop folder to the release: the promises that senders and the ministry
//! rely on, seen through the command line.

mod corrections;
mod determinism;
mod files;
mod held;
mod history;
mod late;
mod merging;
mod published;
mod quality;
mod reading;
mod rebuild;
mod replay;
mod turned;
mod versions;
mod withdrawn;

use crate::support::{AS_OF, Installation, files_below, read_json, read_text};
use lumbung::catalog::Catalog;
use serde_json::{Value, json};

/// A population file of two regions of Jawa Barat: `men` is the figure of Kota Bandung.
fn population(men: u32) -> String {
    format!(
        "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n\
         32.73;2024-S2;{men};500;{}\n\
         32.04;2024-S2;900;1000;1900\n",
        men + 500
    )
}

/// Figures of the model of [`population`].
fn figures(installation: &Installation) -> Vec<String> {
    installation.model_lines("population", &["region_code", "male", "female", "total", "_submission"])
}

/// A price list of Kota Bandung: one commodity, a day a price.
fn prices(prices: &[&str]) -> String {
    let mut text = String::from("Tanggal;Komoditas;Harga\n");
    for (index, price) in prices.iter().enumerate() {
        let day = chrono::NaiveDate::from_ymd_opt(2025, 9, 1).unwrap() + chrono::Days::new(index as u64);
        text.push_str(&format!("{day};Beras Premium;{price}\n"));
    }
    text
}

/// Codes of a receipt's findings.
fn codes(receipt: &Value) -> Vec<&str> {
    let findings = receipt["findings"].as_array().expect("findings");
    findings
        .iter()
        .map(|finding| finding["code"].as_str().expect("a code"))
        .collect()
}

/// The finding with a code.
#[track_caller]
fn finding<'r>(receipt: &'r Value, code: &str) -> &'r Value {
    let findings = receipt["findings"].as_array().expect("findings");
    let found = findings.iter().find(|finding| finding["code"] == code);
    found.unwrap_or_else(|| panic!("no finding {code} in {receipt:#}"))
}

/// Read, accepted, quarantined, repeated, not observed, ignored.
fn rows(of: &Value) -> [u64; 6] {
    let rows = &of["rows"];
    ["read", "accepted", "quarantined", "repeated", "not_observed", "ignored"]
        .map(|name| rows[name].as_u64().unwrap_or_else(|| panic!("{name} in {of:#}")))
}

#[test]
fn a_file_becomes_figures_and_a_receipt() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.drop("32", "dukcapil-file", "penduduk.csv", population(600));
    let report = installation.night(0);

    assert_eq!(report["as_of"], AS_OF);
    assert_eq!(report["release"]["id"], "2025-11-30-001");
    assert_eq!(report["indicators"]["failed"], json!([]));
    assert_eq!(report["submissions"][0]["status"], "accepted");
    assert_eq!(
        figures(&installation),
        ["32.04 900 1000 1900 1", "32.73 600 500 1100 1"]
    );

    let receipt = installation.receipt(1);
    assert_eq!(rows(&receipt), [2, 2, 0, 0, 0, 1]);
    assert_eq!(
        (
            &receipt["status"],
            &receipt["dataset"],
            &receipt["region"],
            &receipt["file"],
            &receipt["findings_total"]
        ),
        (
            &json!("accepted"),
            &json!("population"),
            &json!("32"),
            &json!("penduduk.csv"),
            &json!(0)
        )
    );

    // 100 × 600 / 500; and 1,100 people on the 166.593 km² of the registry.
    let answer = installation.query(
        "SELECT indicator_id, period, value, numerator, denominator, status FROM indicators \
         WHERE region_code = '32.73' AND period = '2024-S2' AND indicator_id IN ('sex_ratio', 'population_density') ORDER BY indicator_id",
    );
    let (density, ratio) = (&answer[0], &answer[1]);
    assert!(
        (density["value"].as_f64().unwrap() - 1100.0 / 166.593).abs() < 1e-9,
        "{density}"
    );
    assert_eq!(ratio["indicator_id"], "sex_ratio");
    assert_eq!(ratio["period"], "2024-S2");
    assert_eq!(
        [&ratio["value"], &ratio["numerator"], &ratio["denominator"]].map(|v| v.as_f64().unwrap()),
        [120.0, 600.0, 500.0]
    );

    // The release is that of the run, whole, and the one in force.
    assert!(installation.current().ends_with("releases/2025-11-30-001"));
    let verified = installation.lumbung(&["release", "verify", "--json"]).expect(0).json();
    assert_eq!(verified["whole"], true);
}

#[test]
fn a_night_without_news_makes_no_release() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.drop("32", "dukcapil-file", "penduduk.csv", population(600));
    installation.night(0);
    let before = read_text(&installation.current().join("CHECKSUMS"));

    let report = installation.night(0);
    assert_eq!(
        report["release"],
        json!({"id": "2025-11-30-001", "unchanged": true, "changed": []})
    );
    assert_eq!(report["submissions"], json!([]));
    assert_eq!(report["merged"], json!([]));
    let releases = installation.lumbung(&["release", "list", "--json"]).expect(0).json();
    assert_eq!(releases.as_array().unwrap().len(), 1);
    assert_eq!(read_text(&installation.current().join("CHECKSUMS")), before);
    let told = installation.lumbung(&["status"]).expect(0).stdout;
    assert!(told.contains("tidak ada perubahan"), "{told}");
}

#[test]
fn rows_of_another_region_are_kept_out() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let text = "Kode Wilayah;Tanggal;Komoditas;Harga\n\
                32.73;2025-11-03;Beras Premium;15000\n\
                32.04;2025-11-03;Beras Premium;14000\n\
                Kota Bandung;2025-11-04;Beras Premium;15100\n";
    installation.drop("32.73", "harga-pasar", "harga.csv", text);
    installation.merge_only(0);

    let receipt = installation.receipt(1);
    assert_eq!(
        (&receipt["status"], rows(&receipt)),
        (&json!("accepted_in_part"), [3, 2, 1, 0, 0, 1])
    );
    let finding = finding(&receipt, "region-not-yours");
    assert_eq!(
        (
            &finding["severity"],
            &finding["cell"],
            &finding["line"],
            &finding["column"]
        ),
        (&json!("error"), &json!("A3"), &json!(3), &json!("region_code"))
    );
    assert!(
        finding["message"]["id"].as_str().unwrap().contains("Kota Bandung"),
        "{finding}"
    );
    let lines = installation.model_lines("commodity_price", &["region_code", "date", "price"]);
    assert_eq!(lines, ["32.73 2025-11-03 15000.00", "32.73 2025-11-04 15100.00"]);
}

#[test]
fn a_province_speaks_for_its_regencies_only_where_its_connector_says_so() {
    let own = "title = { id = \"a\", en = \"a\" }\nkind = \"drop\"\ndataset = \"population\"\n";
    let province = format!("{own}scope = \"province\"\n");
    let installation = Installation::with(&[("milik", own), ("provinsi", &province)]);
    installation.drop("32", "milik", "a.csv", population(600));
    installation.drop("32", "provinsi", "a.csv", population(600));
    // Jawa Tengah never speaks for Jawa Barat.
    installation.drop("33", "provinsi", "a.csv", population(700));
    installation.merge_only(3);
    let statuses = [1, 2, 3].map(|sequence| installation.receipt(sequence)["status"].clone());
    assert_eq!(statuses, [json!("refused"), json!("accepted"), json!("refused")]);
    assert_eq!(
        figures(&installation),
        ["32.04 900 1000 1900 2", "32.73 600 500 1100 2"]
    );
}

/// Promise I2: the same figures in the receipt, the catalog and the run report, and they add up.
#[test]
fn every_row_is_in_one_place_and_all_say_the_same() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let text = "Tanggal;Komoditas;Harga\n\
                2025-11-03;Beras Premium;15000\n\
                2025-11-03;Beras Premium;15000\n\
                2025-11-04;Beras Premium;\n\
                2025-11-05;Beras Premium;abc\n\
                2025-11-06;Beras Premium;0\n\
                2025-11-07;Gula Pasir;17500\n\
                ;;\n";
    installation.drop("32.73", "harga-pasar", "harga.csv", text);
    let report = installation.merge_only(0);
    let receipt = installation.receipt(1);
    // Accepted: 15000 and 17500. Not observed: the blank and the 0, which means "not reported" in this connector.
    assert_eq!(rows(&receipt), [6, 2, 1, 1, 2, 2]);
    let told = &report["submissions"][0]["datasets"][0];
    assert_eq!(
        (&told["dataset"], &told["rows"]),
        (&json!("commodity_price"), &receipt["rows"])
    );

    let catalog = Catalog::open(&installation.data()).expect("a catalog");
    let outcomes = catalog.outcomes(1).expect("outcomes");
    let one = &outcomes[0];
    let kept = [
        one.read,
        one.accepted,
        one.quarantined,
        one.repeated,
        one.not_observed,
        one.ignored,
    ];
    assert_eq!(kept, rows(&receipt));
    let listed = installation.lumbung(&["submission", "list", "--json"]).expect(0).json();
    assert_eq!(
        (&listed[0]["sequence"], &listed[0]["status"]),
        (&json!(1), &receipt["status"])
    );
    assert_eq!(
        installation
            .lumbung(&["submission", "show", "1", "--json"])
            .expect(0)
            .json(),
        receipt
    );
    assert_eq!(installation.model("commodity_price").len(), 2);
    let quarantine = installation.lumbung(&["quarantine", "list", "--json"]).expect(0).json();
    assert_eq!(quarantine.as_array().unwrap().len(), 1);
}

#[test]
fn a_processed_file_has_its_receipts_beside_it() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let dropped = installation.drop(
        "32",
        "dukcapil-file",
        "penduduk.csv",
        population(600).replace("900", "1"),
    );
    installation.merge_only(0);
    assert!(!dropped.exists());
    let folder = installation.folder("32", "dukcapil-file");
    assert_eq!(
        files_below(&folder),
        [
            "processed/1_penduduk.csv",
            "processed/1_penduduk.csv.receipt.html",
            "processed/1_penduduk.csv.receipt.json"
        ]
    );
    let processed = folder.join("processed/1_penduduk.csv");
    assert_eq!(read_text(&processed), population(600).replace("900", "1"));
    let beside = read_json(&folder.join("processed/1_penduduk.csv.receipt.json"));
    assert_eq!(beside, installation.receipt(1));
    assert_eq!(beside["status"], "accepted_in_part");

    let page = read_text(&folder.join("processed/1_penduduk.csv.receipt.html"));
    let (indonesian, english) = (page.find("Diterima sebagian"), page.find("Accepted in part"));
    assert!(
        indonesian.is_some() && indonesian < english,
        "Bahasa Indonesia first, English below"
    );
    assert!(page.contains("C3"), "the cell of the wrong figure");
    // The bytes that were landed are kept under their hash.
    let raw = files_below(&installation.data().join("raw"));
    assert_eq!(raw.len(), 1);
    assert_eq!(
        read_text(&installation.data().join("raw").join(&raw[0])),
        read_text(&processed)
    );
}

#[test]
fn refused_rows_can_be_looked_at_and_numbers_of_people_are_masked() {
    let installation = Installation::with_own(&["laporan-daerah"]);
    let nik = "3273014105800001";
    let text = format!(
        "Kode Inovasi;Judul;Tahapan;Jumlah Bukti;Inovator;NIK\n\
         INV-1;Antrean {nik} daring;Penerapan;dua;Siti Rahayu;{nik}\n\
         INV-2;Pasar digital;Uji coba;2;Budi Santoso;{nik}\n"
    );
    installation.drop("32.73", "laporan-daerah", "inovasi.csv", &text);
    installation.night(0);

    let listed = installation.lumbung(&["quarantine", "list"]).expect(0).stdout;
    assert!(
        listed.contains("number-invalid") && listed.contains("baris 2"),
        "{listed}"
    );
    assert!(
        listed.contains("bukan angka"),
        "the reason in Bahasa Indonesia: {listed}"
    );
    let shown = installation
        .lumbung(&["quarantine", "show", "1", "2", "--lang", "en"])
        .expect(0)
        .stdout;
    assert!(
        shown.contains("evidence_count = dua") && shown.contains("is not a number"),
        "{shown}"
    );
    // What stands beside a number may be a name.
    assert!(shown.contains("title = ***"), "{shown}");
    assert!(!shown.contains(nik) && !shown.contains("Rahayu"), "{shown}");
    let none = installation
        .lumbung(&["quarantine", "show", "1", "3", "--json"])
        .expect(0)
        .json();
    assert_eq!(none, json!([]));

    // Promise I8: nothing personal anywhere but in the bytes that were sent.
    let model = installation.model("innovation_report");
    assert_eq!(model.len(), 1);
    assert_eq!(model[0].text("inventor_nik").len(), 8 + 1 + 64, "a pseudonym");
    assert!(!model[0].0.contains_key("inventor"));
    for name in files_below(&installation.data()) {
        if name.starts_with("raw/") || name.ends_with("_inovasi.csv") {
            continue;
        }
        let bytes = std::fs::read(installation.data().join(&name)).expect("readable");
        for secret in [nik, "Santoso", "Rahayu"] {
            assert!(
                !bytes.windows(secret.len()).any(|window| window == secret.as_bytes()),
                "{secret} in {name}"
            );
        }
    }
}
