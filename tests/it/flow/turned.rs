//! Rows that were made from the columns of a sheet: each is told by its cell, in every table and by every command.

use super::{codes, rows};
use crate::released::parquet_rows;
use crate::support::{Installation, files_below, root};
use arrow::array::RecordBatch;
use lumbung::catalog::{Catalog, MergeCommit};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::WriterProperties;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::path::Path;

/// Some columns of a staged file, joined by blanks.
fn staged(installation: &Installation, name: &str, columns: &[&str]) -> Vec<String> {
    let path = installation.data().join("staged/1/civil_registration").join(name);
    let line = |row: &crate::released::Row| {
        let texts = columns.iter().map(|column| row[*column].to_string());
        texts.collect::<Vec<_>>().join(" ")
    };
    parquet_rows(&path).iter().map(line).collect()
}

fn history(installation: &Installation, more: &[&str]) -> String {
    let key = ["district=Coblong", "period=2026-02", "event=birth", "region_code=32.73"];
    let mut all = vec!["history", "civil_registration"];
    all.extend(key);
    all.extend(more);
    installation.lumbung(&all).expect(0).stdout
}

#[test]
fn every_table_and_command_names_the_cell() {
    let installation = Installation::with_own(&["dukcapil-layanan"]);
    // A figure that is none in E4, and two for one month in C5 and C6.
    let sample = std::fs::read(root().join("samples/officers/months-with-wrong-cells.xlsx")).expect("a sample");
    installation.drop("32.73", "dukcapil-layanan", "lahir.xlsx", sample);
    installation.night_of("2026-11-25", 0);
    let receipt = installation.receipt(1);
    assert_eq!(rows(&receipt)[..5], [9, 4, 3, 2, 0], "{receipt:#}");

    let columns = ["district", "period", "reported", "_row", "_column"];
    assert_eq!(
        installation.model_lines("civil_registration", &columns),
        [
            "Cicendo 2026-02 40 5 4",
            "Cicendo 2026-03 50 5 5",
            "Coblong 2026-01 60 4 3",
            "Coblong 2026-02 30 4 4",
        ]
    );
    let refused = staged(&installation, "quarantine.parquet", &["codes", "_row", "_column"]);
    assert_eq!(
        refused,
        ["\"number-invalid\" 4 5", "\"key-conflict\" 5 3", "\"key-conflict\" 6 3"]
    );
    let told = staged(&installation, "findings.parquet", &["code", "cell", "_row", "_column"]);
    assert!(told.contains(&"\"number-invalid\" \"E4\" 4 5".to_string()), "{told:?}");
    assert!(told.contains(&"\"key-conflict\" \"C6\" 6 3".to_string()), "{told:?}");
    let released = "SELECT \"column_number\", cell FROM findings WHERE cell IS NOT NULL ORDER BY cell";
    let cells = [(3, "C5"), (3, "C6"), (5, "E4")];
    let cells = cells.map(|(column, cell)| json!({"column_number": column, "cell": cell}));
    assert_eq!(installation.query(released), json!(cells));

    let listed = installation.lumbung(&["quarantine", "list", "--json"]).expect(0).json();
    assert_eq!((&listed[0]["cell"], &listed[0]["column"]), (&json!("E4"), &json!(5)));
    let listed = installation.lumbung(&["quarantine", "list"]).expect(0).stdout;
    assert!(listed.contains("lahir.xlsx 'Data Rekap'!E4: "), "{listed}");
    let said: Value = serde_json::from_str(&history(&installation, &["--json"])).unwrap();
    let said = &said["said"][0];
    assert_eq!(
        (&said["row"], &said["column"], &said["cell"]),
        (&json!(4), &json!(4), &json!("D4"))
    );
    let told = history(&installation, &[]);
    assert!(told.contains("lahir.xlsx 'Data Rekap'!D4\n"), "{told}");
}

/// Of December 2024 the model holds 60. January and March are more than five times that; February is not.
#[test]
fn a_table_rule_looks_at_each_of_the_rows_of_a_sheets_row() {
    let installation = Installation::with_own(&["dukcapil-layanan"]);
    let table = |year: &str, months: &str, figures: &str| {
        format!("PELAPORAN TAHUN {year};;;;\nKecamatan;Jenis Peristiwa;{months}\nCoblong;Kelahiran;{figures}\n")
    };
    for text in [
        table("2024", "November;Desember", "55;60"),
        table("2025", "Januari;Februari;Maret", "400;70;500"),
    ] {
        installation.drop("32.73", "dukcapil-layanan", "lahir.csv", text);
        installation.merge_only(0);
    }
    let receipt = installation.receipt(2);
    let findings = receipt["findings"].as_array().expect("findings").iter();
    let jumps = findings.filter(|finding| finding["code"] == "reports-jump");
    let cells: Vec<&Value> = jumps.map(|finding| &finding["cell"]).collect();
    assert_eq!(cells, [&json!("C3"), &json!("E3")], "{:?}", codes(&receipt));
}

#[test]
fn a_rule_names_the_cell_of_a_table_on_its_side() {
    let installation = Installation::with_own(&["dukcapil-layanan"]);
    let text = "Jenis Peristiwa;Kelahiran;Kematian\nBulan;2025-01;2025-01\nDilaporkan;10;5\nAkta Terbit;10;99\n";
    installation.drop("32.73", "dukcapil-layanan", "sisi.csv", text);
    installation.merge_only(0);
    let receipt = installation.receipt(1);
    assert_eq!(rows(&receipt)[..5], [2, 1, 1, 0, 0], "{receipt:#}");
    let wrong = super::finding(&receipt, "certificates-above-reported");
    assert_eq!((&wrong["cell"], &wrong["row"]), (&json!("C4"), &json!(4)));
    let columns = ["event", "_row", "_column"];
    assert_eq!(installation.model_lines("civil_registration", &columns), ["birth 1 2"]);
}

/// A price list of some days of October and November 2025.
fn prices(commodity: &str, prices: &str) -> String {
    format!("HARGA;;;;;\nKomoditas;Satuan;30 Okt 2025;31 Okt 2025;1 Nov 2025;2 Nov 2025\n{commodity};kg;{prices}\n")
}

/// Makes a data directory what a program without `_column` left.
fn make_older(installation: &Installation) {
    let data = installation.data();
    for folder in ["model", "staged"] {
        let names = files_below(&data.join(folder)).into_iter();
        for name in names.filter(|name| name.ends_with(".parquet")) {
            without_column(&data.join(folder).join(name));
        }
    }
    let catalog = Catalog::open(&data).expect("a catalog");
    let mut written = catalog.partitions("commodity_price").expect("partitions");
    for file in &mut written {
        let folder = data.join("model/commodity_price").join(&file.partition);
        let path = folder.join(&file.file);
        let bytes = std::fs::read(&path).expect("readable");
        file.sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        file.file = format!("{}.parquet", &file.sha256[..16]);
        std::fs::rename(path, folder.join(&file.file)).expect("renamed");
    }
    let commit = MergeCommit {
        written,
        ..MergeCommit::default()
    };
    catalog.commit_merge("commodity_price", &commit).expect("written");
}

fn without_column(path: &Path) {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).expect("opened")).expect("Parquet");
    let pairs = reader.metadata().file_metadata().key_value_metadata().cloned();
    let pairs = pairs.unwrap_or_default().into_iter();
    let properties = WriterProperties::builder()
        .set_key_value_metadata(Some(pairs.filter(|pair| pair.key != "ARROW:schema").collect()))
        .build();
    let kept: Vec<usize> = (0..reader.schema().fields().len())
        .filter(|index| reader.schema().field(*index).name() != "_column")
        .collect();
    assert_eq!(kept.len() + 1, reader.schema().fields().len(), "{}", path.display());
    let schema = reader.schema().project(&kept).expect("columns");
    let batches: Vec<RecordBatch> = reader
        .build()
        .expect("rows")
        .map(|batch| batch.expect("a batch"))
        .collect();
    // A new file: a release keeps its link to the old one.
    std::fs::remove_file(path).expect("removed");
    let file = File::create(path).expect("created");
    let mut writer = ArrowWriter::try_new(file, schema.into(), Some(properties)).expect("a writer");
    for batch in batches {
        writer.write(&batch.project(&kept).expect("columns")).expect("written");
    }
    writer.close().expect("written");
}

#[test]
fn what_an_older_program_left_goes_on() {
    let installation = Installation::with_own(&["harga-pasar"]);
    installation.drop(
        "32.73",
        "harga-pasar",
        "a.csv",
        prices("Bawang Merah", "32000;32000;32000;32000"),
    );
    installation.merge_only(0);
    installation.drop("32.73", "harga-pasar", "b.csv", prices("Gula Pasir", ";;50;abc"));
    installation.night(3);
    make_older(&installation);

    let key = [
        "history",
        "commodity_price",
        "region_code=32.73",
        "commodity_code=shallot",
        "date=2025-11-01",
    ];
    let said = installation.lumbung(&[&key[..], &["--json"]].concat()).expect(0).json();
    assert_eq!(
        (&said["said"][0]["row"], &said["said"][0]["cell"]),
        (&json!(3), &Value::Null)
    );
    let listed = installation
        .lumbung(&["quarantine", "list", "--submission", "2"])
        .expect(0)
        .stdout;
    assert!(listed.contains("b.csv baris 3: "), "{listed}");
    let report = installation.night(0);
    assert!(report["waiting"].as_array().is_none_or(Vec::is_empty), "{report:#}");

    // What is read again is told by its cell; what lies in files that did not change is not.
    installation.change_contract(
        "commodity_price",
        "range = [100, 10_000_000]",
        "range = [10, 10_000_000]",
    );
    let replayed = installation
        .lumbung(&["quarantine", "replay", "--json"])
        .expect(0)
        .json();
    assert_eq!(replayed["submissions"][0]["reissued"], true, "{replayed:#}");
    installation.night(0);
    let columns = ["commodity_code", "date", "_column"];
    let mut rows: Vec<String> = installation
        .query("SELECT commodity_code, date, _column FROM commodity_price")
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| columns.map(|column| row[column].to_string()).join(" "))
        .collect();
    rows.sort();
    assert_eq!(
        rows,
        [
            "\"shallot\" \"2025-10-30\" null",
            "\"shallot\" \"2025-10-31\" null",
            "\"shallot\" \"2025-11-01\" null",
            "\"shallot\" \"2025-11-02\" null",
            "\"sugar\" \"2025-11-01\" 5",
        ]
    );
    installation.lumbung(&["release", "verify"]).expect(0);
    installation.lumbung(&["rebuild", "commodity_price"]).expect(0);
    let columns = ["commodity_code", "date", "_column"];
    assert_eq!(
        installation.model_lines("commodity_price", &columns)[..2],
        ["shallot 2025-10-30 3", "shallot 2025-10-31 4"]
    );
}
