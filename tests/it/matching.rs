//! Headers, codes and units as people type them: what is near is read with a finding or asked for, never guessed without
//! a word.

use crate::support::{Installation, findings_by_code};
use serde_json::{Value, json};

/// The findings of a code in a receipt.
fn findings<'r>(receipt: &'r Value, code: &str) -> Vec<&'r Value> {
    let all = receipt["findings"].as_array().expect("findings");
    all.iter().filter(|finding| finding["code"] == code).collect()
}

/// The receipt of one price list.
fn price_list(installation: &Installation, text: &str) -> Value {
    installation.drop("32.73", "harga-pasar", "harga.csv", text);
    installation.lumbung(&["run", "--as-of", "2025-11-30", "--no-publish", "--json"]);
    installation.receipt(1)
}

#[test]
fn a_mistyped_header_is_read_and_told_with_its_cell() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let receipt = price_list(
        &installation,
        "Komoditas;Tangal;Hraga;Catatan\nBawang Merah;12/11/2025;32.500;-\nBawang Putih;12/11/2025;41.000;-\n",
    );
    assert_eq!(receipt["rows"]["accepted"], 2, "{receipt}");
    let told = findings(&receipt, "header-inexact");
    assert_eq!(told.len(), 2, "{receipt}");
    assert_eq!(told[0]["severity"], "warning");
    assert_eq!((&told[0]["cell"], &told[0]["value"]), (&json!("B1"), &json!("Tangal")));
    let message = "Judul kolom \"Tangal\" tidak dikenal persis; kolom ini dibaca sebagai \"Tanggal\".";
    assert_eq!(told[0]["message"]["id"], message);
    assert_eq!((&told[1]["cell"], &told[1]["value"]), (&json!("C1"), &json!("Hraga")));
    assert_eq!(
        installation.model_lines("commodity_price", &["commodity_code", "date", "price"]),
        ["garlic 2025-11-12 41000.00", "shallot 2025-11-12 32500.00"]
    );
}

#[test]
fn a_mistyped_commodity_is_refused_with_what_it_may_mean_and_a_mistyped_unit_is_read_and_told() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let receipt = price_list(
        &installation,
        "Komoditas;Tanggal;Harga;Satuan\nBawang Merah;12/11/2025;32.500;kilogrm\nBawang Mearh;12/11/2025;32.600;kg\n\
         Cabe Rawit;12/11/2025;50.000;kg\nSemen;12/11/2025;1.000;kg\n",
    );
    let rows = &receipt["rows"];
    assert_eq!(
        (&rows["accepted"], &rows["quarantined"]),
        (&json!(1), &json!(3)),
        "{receipt}"
    );
    let hints: Vec<(&str, &str)> = findings(&receipt, "code-unknown")
        .iter()
        .map(|finding| {
            let text = |language: &str| finding["hint"][language].as_str().expect("a hint");
            (finding["cell"].as_str().expect("a cell"), text("id"))
        })
        .collect();
    let list = "Pakai salah satu nama dari daftar pilihan kolom \"Komoditas\" pada templat (klik selnya, lalu panahnya); templat \
         dapat diminta kepada pengelola Lumbung.";
    assert_eq!(
        hints,
        [
            ("A3", format!("Maksud Anda Bawang Merah? {list}").as_str()),
            (
                "A4",
                format!("Maksud Anda Cabai Rawit Merah atau Cabai Rawit Hijau? {list}").as_str()
            ),
            ("A5", list),
        ]
    );
    let told = findings(&receipt, "code-inexact");
    assert_eq!(told.len(), 1, "{receipt}");
    assert_eq!(
        (&told[0]["cell"], &told[0]["severity"]),
        (&json!("D2"), &json!("warning"))
    );
    let message = "\"kilogrm\" pada kolom Satuan tidak ada dalam daftar; dibaca sebagai Kilogram.";
    assert_eq!(told[0]["message"]["id"], message);
    assert_eq!(
        installation.model_lines("commodity_price", &["commodity_code", "unit", "price"]),
        ["shallot kg 32500.00"]
    );
}

#[test]
fn a_short_list_is_told_whole() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let receipt = price_list(
        &installation,
        "Komoditas;Tanggal;Harga;Tingkat harga\nBawang Merah;12/11/2025;32.500;konsumen\nBawang Putih;12/11/2025;32.600;gudang\n",
    );
    let told = findings(&receipt, "code-unknown");
    let hint = told[0]["hint"]["id"].as_str().expect("a hint");
    assert!(hint.starts_with("Yang ada dalam daftar: Produsen, "), "{hint}");
}

#[test]
fn decimals_with_a_point_under_a_header_in_thousands_are_read() {
    let installation = Installation::with_own(&["sakernas-file"]);
    let header = "Kode Wilayah;Periode;Penduduk Usia Kerja (ribu orang);Angkatan Kerja (ribu orang);Bekerja (ribu orang);Pengangguran (ribu orang)";
    let text =
        format!("{header}\n32.73;2024-08;2000.5;1300.5;1200.25;100.25\n32.71;2024-08;900.5;600.5;550.25;50.25\n");
    installation.drop("32", "sakernas-file", "sakernas.csv", text);
    installation.lumbung(&["run", "--as-of", "2025-11-30", "--no-publish", "--json"]);
    let receipt = installation.receipt(1);
    assert_eq!(receipt["rows"]["accepted"], 2, "{receipt}");
    assert_eq!(
        installation.model_lines("labour", &["region_code", "labour_force"]),
        ["32.71 600500", "32.73 1300500"]
    );
}

#[test]
fn a_file_that_fits_as_it_is_written_is_not_taken_for_another_dataset() {
    let connector = crate::support::own_connector("laporan-daerah").replace("\"labour\"", "\"labour\", \"population\"");
    let installation = Installation::with(&[("laporan-daerah", &connector)]);
    let text = "Kode Wilayah;Periode;Laki-laki;Permpuan;Jumlah Penduduk;Kepala Keluraga\n\
                32.73;2024-S2;1300000;1290000;2590000;800000\n";
    installation.drop("32.73", "laporan-daerah", "penduduk.csv", text);
    installation.merge_only(0);
    let receipt = installation.receipt(1);
    assert_eq!(receipt["status"], "accepted", "{receipt}");
    assert_eq!(findings_by_code(&receipt)["header-inexact"], 2, "{receipt}");
    assert_eq!(
        installation.model_lines("population", &["region_code", "female", "households"]),
        ["32.73 1290000 800000"]
    );
}

#[test]
fn prices_by_other_units_are_converted_and_told_and_a_bunch_is_refused() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let receipt = price_list(
        &installation,
        "Komoditas;Tanggal;Harga;Satuan\nBawang Merah;12/11/2025;3.250;ons\nBawang Putih;12/11/2025;4.100.055;kuintal\n\
         Beras Premium;12/11/2025;15.000;kg\nBeras Medium;12/11/2025;13.500.000;ton\nCabai Rawit Merah;12/11/2025;5.000;ikat\n\
         Minyakita;12/11/2025;16;ml\n",
    );
    assert_eq!(
        (&receipt["rows"]["accepted"], &receipt["rows"]["quarantined"]),
        (&json!(5), &json!(1)),
        "{receipt}"
    );
    assert_eq!(
        installation.model_lines("commodity_price", &["commodity_code", "price", "unit"]),
        [
            "cooking-oil-minyakita 16000.00 liter",
            "garlic 41000.55 kg",
            "rice-medium 13500.00 kg",
            "rice-premium 15000.00 kg",
            "shallot 32500.00 kg",
        ]
    );
    let told = findings(&receipt, "unit-converted");
    assert_eq!(told.len(), 4, "{receipt}");
    assert_eq!((&told[0]["cell"], &told[0]["severity"]), (&json!("C2"), &json!("note")));
    let message = "Angka pada kolom Harga dalam satuan Ons (100 gram); disimpan sebagai 32.500 dalam satuan Kilogram.";
    assert_eq!(told[0]["message"]["id"], message);
    let refused = findings(&receipt, "unit-not-convertible");
    assert_eq!(refused.len(), 1, "{receipt}");
    assert_eq!(refused[0]["cell"], "D6");
    let message = "Satuan Ikat pada kolom Satuan tidak punya padanan tetap dalam Kilogram, Liter.";
    assert_eq!(refused[0]["message"]["id"], message);
    let hint = refused[0]["hint"]["id"].as_str().expect("a hint");
    assert!(
        hint.contains("Kilogram, Liter, Mililiter, Ons (100 gram), Gram, Kuintal, Ton."),
        "{hint}"
    );
}

#[test]
fn a_unit_in_the_header_counts_for_all_rows_below_it() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let receipt = price_list(
        &installation,
        "Komoditas;Tanggal;Harga (Rp ribu/kuintal)\nBawang Merah;12/11/2025;3.250,5\nBawang Putih;12/11/2025;4.100,0\n",
    );
    assert_eq!(receipt["rows"]["accepted"], 2, "{receipt}");
    assert_eq!(
        installation.model_lines("commodity_price", &["commodity_code", "price", "unit"]),
        ["garlic 41000.00 kg", "shallot 32505.00 kg"]
    );
    let told = findings(&receipt, "unit-by-header");
    assert_eq!(told.len(), 1, "{receipt}");
    let message =
        "Judul kolom Harga (Rp) menyatakan satuan Kuintal; angkanya dikalikan 0,01 dan disimpan dalam satuan Kilogram.";
    assert_eq!(told[0]["message"]["id"], message);
    assert_eq!(findings_by_code(&receipt)["unit-converted"], Value::Null);
}

#[test]
fn a_unit_in_the_header_stands_for_a_required_column_and_for_blank_cells() {
    let installation = Installation::with_own(&["stok-pangan"]);
    let stock = |name: &str, text: &str| installation.drop("32.73", "stok-pangan", name, text);
    stock("a.csv", "Komoditas;Tanggal;Stok (ton)\nBeras Premium;12/11/2025;12,5\n");
    stock(
        "b.csv",
        "Komoditas;Tanggal;Stok (ton);Satuan\nBeras Medium;12/11/2025;3;\nGula Pasir;12/11/2025;250;ons\n",
    );
    installation.lumbung(&["run", "--as-of", "2025-11-30", "--no-publish", "--json"]);
    assert_eq!(
        installation.receipt(1)["rows"]["accepted"],
        1,
        "{}",
        installation.receipt(1)
    );
    assert_eq!(
        installation.receipt(2)["rows"]["accepted"],
        2,
        "{}",
        installation.receipt(2)
    );
    assert_eq!(
        installation.model_lines("commodity_stock", &["commodity_code", "stock", "unit"]),
        [
            "rice-medium 3.000 tonne",
            "rice-premium 12.500 tonne",
            "sugar 25.000 kg"
        ]
    );
}

#[test]
fn what_a_commodity_declares_of_a_unit_is_used_and_an_unknown_unit_is_told_with_the_known_ones() {
    let installation = Installation::with_own(&["harga-pasar"]);
    installation.own_pipelines();
    let path = installation.config().join("pipelines/reference/commodities.csv");
    let text = crate::support::read_text(&path);
    let text = text.replace("code,name_id,name_en,", "code,contains,name_id,name_en,");
    let lines = text.lines().map(|line| match line.split_once(',') {
        Some(("chili-bird-red", rest)) => format!("chili-bird-red,bunch=0.25 kg,{rest}\n"),
        Some((code, rest)) if !line.starts_with('#') && code != "code" => format!("{code},,{rest}\n"),
        _ => format!("{line}\n"),
    });
    std::fs::write(&path, lines.collect::<String>()).expect("written");
    let receipt = price_list(
        &installation,
        "Komoditas;Tanggal;Harga;Satuan\nCabai Rawit Merah;12/11/2025;12.500;ikat\nBawang Merah;12/11/2025;12.500;ikat\n\
         Bawang Putih;12/11/2025;40.000;genggam\n",
    );
    assert_eq!(
        installation.model_lines("commodity_price", &["commodity_code", "price", "unit"]),
        ["chili-bird-red 50000.00 kg"],
        "{receipt}"
    );
    assert_eq!(findings(&receipt, "unit-not-convertible")[0]["cell"], "D3");
    let unknown = findings(&receipt, "code-unknown")[0]["hint"]["id"]
        .as_str()
        .expect("a hint");
    assert!(
        unknown.starts_with("Satuan yang dapat dihitung: Kilogram, Liter, Mililiter, Ons"),
        "{unknown}"
    );
}

#[test]
fn spellings_are_proposed_and_accepted_by_a_person_and_a_replay_takes_their_rows() {
    let installation = Installation::with_own(&["harga-pasar"]);
    installation.own_pipelines();
    let list = |day: u32| {
        format!(
            "Komoditas;Tangal;Harga;Petugas\nBawang Merah;{day}/11/2025;30.000;Siti\nCabe Rawit Mrah;{day}/11/2025;61.000;Siti\n\
             Semen;{day}/11/2025;61.500;Siti\n3273015501900001;{day}/11/2025;61.500;Siti\n"
        )
    };
    for day in [10, 11, 12] {
        installation.drop("32.73", "harga-pasar", &format!("h{day}.csv"), list(day));
    }
    installation.merge_only(0);
    assert_eq!(installation.model("commodity_price").len(), 3);
    let said = installation.lumbung(&["learn"]).expect(0).stdout;
    assert_eq!(
        said.lines().take(8).collect::<Vec<_>>().join("\n"),
        "  1  nilai \"Cabe Rawit Mrah\" (commodity_price.commodity_code), 3×, harga-pasar; contoh: kiriman 3, h12.csv A3\n     \
         paling mirip: chili-bird-red \"cabe rawit merah\" (93 %)\n     \
         pipelines/reference/commodities.csv chili-bird-red:\n     \
         chili-bird-red,Cabai Rawit Merah,Red bird's eye chillies,kg,vegetables,\
         cabe rawit merah|rawit merah|cabai rawit setan|Cabe Rawit Mrah\n     \
         lumbung learn --accept 1\n  \
         2  judul kolom \"Tangal\" (commodity_price.date), 3×, harga-pasar; contoh: kiriman 3, h12.csv B1\n     \
         paling mirip: date \"Tanggal\" (85 %)\n     \
         pipelines/datasets/commodity_price.toml date:"
    );
    let rest: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("--as") || line.contains('×'))
        .skip(2)
        .collect();
    assert_eq!(
        rest,
        [
            "  3  nilai \"Semen\" (commodity_price.commodity_code), 3×, harga-pasar; contoh: kiriman 3, h12.csv A4",
            "     pipelines/reference/commodities.csv: lumbung learn --accept 3 --as KODE",
            "  4  judul kolom \"Petugas\" (commodity_price), 3×, harga-pasar; contoh: kiriman 3, h12.csv",
            "     pipelines/datasets/commodity_price.toml: lumbung learn --accept 4 --as KOLOM",
        ]
    );
    assert!(!said.contains("3273015501900001") && !said.contains("Siti"), "{said}");
    // Nothing is applied by itself.
    let commodities = installation.config().join("pipelines/reference/commodities.csv");
    assert!(!crate::support::read_text(&commodities).contains("Mrah"));
    let vague = installation.lumbung(&["learn", "--accept", "3"]).expect(2);
    assert!(vague.stderr.contains("--as CODE"), "{}", vague.stderr);
    let wrong = installation
        .lumbung(&["learn", "--accept", "3", "--as", "cement"])
        .expect(2);
    assert!(
        wrong.stderr.contains("\"cement\" is no code or column of commodities"),
        "{}",
        wrong.stderr
    );
    installation.lumbung(&["learn", "--accept", "9"]).expect(2);
    let header = installation.lumbung(&["learn", "--accept", "Tangal"]).expect(0);
    assert!(header.stdout.contains("commodity_price.toml"), "{}", header.stdout);
    let contract = installation.config().join("pipelines/datasets/commodity_price.toml");
    assert!(crate::support::read_text(&contract).contains("\"hari/tanggal\", \"Tangal\"]"));
    let accepted = installation
        .lumbung(&["learn", "--accept", "1", "--json"])
        .expect(0)
        .json();
    assert_eq!(accepted["meant"], "chili-bird-red");
    let remarks = |text: &str| {
        text.lines()
            .filter(|line| line.starts_with('#'))
            .map(str::to_string)
            .collect::<Vec<_>>()
    };
    let own = crate::support::read_text(&crate::support::root().join("pipelines/reference/commodities.csv"));
    assert_eq!(remarks(&crate::support::read_text(&commodities)), remarks(&own));
    installation.lumbung(&["quarantine", "replay"]).expect(0);
    installation.merge_only(0);
    let rows = installation.model_lines("commodity_price", &["commodity_code", "date", "price"]);
    assert_eq!(
        rows.iter().filter(|row| row.starts_with("chili-bird-red")).count(),
        3,
        "{rows:?}"
    );
    let left = installation.lumbung(&["learn", "--json"]).expect(0).json();
    let left: Vec<&str> = left
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["written"].as_str())
        .collect();
    assert_eq!(left, ["Semen", "Petugas"]);
}

#[test]
fn headers_of_a_refused_sheet_and_words_of_other_lists_are_learnt_with_a_warning() {
    let installation = Installation::with_own(&["harga-pasar", "dinas-perizinan"]);
    installation.own_pipelines();
    let text = "No Urut;Komoditas;Tgl Survei Lapangan;Harga;Ab\n1;Bawang Merah;10/11/2025;30.000;x\n";
    installation.drop("32.73", "harga-pasar", "harga.csv", text);
    installation.merge_only(3);
    assert_eq!(installation.receipt(1)["status"], "refused");
    let told = installation.lumbung(&["learn", "--json"]).expect(0).json();
    let written: Vec<&str> = told
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["written"].as_str())
        .collect();
    assert_eq!(
        written,
        ["Tgl Survei Lapangan"],
        "no numbering, nothing short, nothing that is known"
    );
    let one = &told[0];
    assert_eq!(
        one["dataset"], "commodity_price",
        "of the contract that knows most of the headers"
    );
    assert_eq!((&one["nearest"]["code"], &one["times"]), (&json!("date"), &json!(1)));
    installation
        .lumbung(&["learn", "--accept", "Tgl Survei Lapangan", "--as", "date"])
        .expect(0);
    installation.drop("32.73", "harga-pasar", "lagi.csv", text.replace("30.000", "31.000"));
    installation.merge_only(0);
    assert_eq!(installation.receipt(2)["rows"]["accepted"], 1);
}

#[test]
fn a_word_that_means_two_things_is_proposed_with_a_warning() {
    let installation = Installation::with_own(&["dinas-perizinan"]);
    let text = "Nomor Permohonan;Jenis Izin;Tanggal Diterima;Status\nA-1;PBG;1/11/2025;Diterima\n\
                A-2;PBG;1/11/2025;Diproses\n";
    installation.drop("32.73", "dinas-perizinan", "izin.csv", text);
    installation.lumbung(&["run", "--as-of", "2025-11-30", "--no-publish"]);
    let told = installation.lumbung(&["learn"]).expect(0).stdout;
    assert!(told.contains("\"Diterima\" (licence_application.status), 1×"), "{told}");
    assert!(
        told.contains("perhatian: disebut dalam catatan di awal berkas itu"),
        "{told}"
    );
    assert!(told.contains("perhatian: juga kata dalam daftar lain: "), "{told}");
    assert!(told.contains("paling mirip: "), "{told}");
}

#[test]
fn a_code_list_may_be_named_after_regions() {
    let installation = Installation::with_own(&["laporan-daerah"]);
    installation.change_contract("innovation_report", "codes = \"stages\"", "codes = \"region_stages\"");
    let reference = installation.config().join("pipelines/reference");
    installation.lumbung(&["check"]).expect(2);
    std::fs::copy(reference.join("stages.csv"), reference.join("region_stages.csv")).expect("copied");
    installation.lumbung(&["check"]).expect(0);
}

#[test]
fn a_figure_repeats_over_columns_of_the_key_only() {
    let installation = Installation::with_own(&["bapenda"]);
    installation.lumbung(&["check"]).expect(0);
    installation.change_contract("regional_tax", "repeats = [\"period\"]", "repeats = [\"realised\"]");
    let said = installation.lumbung(&["check", "--json"]).expect(2).json();
    let message = said["problems"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("which is no column of the key"), "{said:#}");
}
