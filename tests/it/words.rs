//! What people read: an officer's receipt and an operator's report speak the reader's language, and no machine's.

use crate::support::{Installation, read_text};
use serde_json::Value;

/// A price list, judged at night: the page beside the file, cut into its two languages, and the receipt.
fn price_list(installation: &Installation, text: &str) -> ([String; 2], Value) {
    installation.drop("32.73", "harga-pasar", "harga.csv", text);
    installation.lumbung(&["run", "--as-of", "2025-11-30", "--no-publish", "--json"]);
    let folder = installation.folder("32.73", "harga-pasar").join("processed");
    let page = read_text(&folder.join("1_harga.csv.receipt.html"));
    let (id, en) = page.split_once("<article lang=\"en\"").expect("two languages");
    ([id.to_string(), en.to_string()], installation.receipt(1))
}

/// The sentences of a code's first finding: message and hint in Bahasa Indonesia, message in English.
fn said(receipt: &Value, code: &str) -> [String; 3] {
    let all = receipt["findings"].as_array().expect("findings");
    let finding = all.iter().find(|finding| finding["code"] == code);
    let finding = finding.unwrap_or_else(|| panic!("{code} in {receipt:#}"));
    [("message", "id"), ("hint", "id"), ("message", "en")]
        .map(|(key, language)| finding[key][language].as_str().unwrap_or_default().to_string())
}

#[test]
fn titles_names_figures_and_days_are_said_as_an_officer_knows_them() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let (pages, receipt) = price_list(
        &installation,
        "HARGA 12 NOVEMBER 2025\nKomoditas;Harga\nBawang Merah;32.500\nBawang Putih;5\nGaram;12.500.000\nBawang Merah;33.000\n",
    );
    let [message, _, english] = said(&receipt, "supplied-by-default");
    assert_eq!(message, "Kolom Tingkat harga tidak ada; dipakai nilai baku: Konsumen.");
    assert_eq!(
        english,
        "There is no column Price level; the default is used: Consumer."
    );
    let [message, _, english] = said(&receipt, "supplied-by-title");
    assert_eq!(
        message,
        "Kolom Tanggal tidak ada; diambil dari judul: 12 November 2025."
    );
    assert_eq!(english, "There is no column Date; the title gives 12 November 2025.");
    let [message, ..] = said(&receipt, "supplied-by-sender");
    assert!(
        message.ends_with("tentang daerah pengirim, Kota Bandung (32.73)."),
        "{message}"
    );
    let [message, _, english] = said(&receipt, "out-of-range");
    assert!(
        message.ends_with("di luar batas wajar 100 sampai 10.000.000."),
        "{message}"
    );
    assert!(english.ends_with("the plausible range 100 to 10,000,000."), "{english}");
    let [message, ..] = said(&receipt, "key-conflict");
    assert_eq!(
        message,
        "Kunci yang sama (Kota Bandung (32.73), Konsumen, (tidak diisi), Bawang Merah, 12 November 2025) muncul lebih dari \
         sekali dengan nilai yang berbeda."
    );
    // Programs read what the machine calls it.
    let all = receipt["findings"].as_array().expect("findings");
    assert!(
        all.iter()
            .any(|finding| finding["column"] == "price_level" && finding["value"] == "consumer")
    );
    for page in &pages {
        for word in [
            "region_code",
            "price_level",
            "commodity_code",
            "consumer",
            "2025-11-12",
            "lumbung template",
        ] {
            assert!(!page.contains(word), "{word} in {page}");
        }
    }
    assert!(pages[0].contains("<span>Tingkat harga</span>"), "{}", pages[0]);
    assert!(pages[1].contains("<span>Price level</span>"), "{}", pages[1]);
}

#[test]
fn times_are_those_of_the_installations_zone_and_its_contact_is_named() {
    let installation = Installation::with_own(&["harga-pasar"]);
    installation.settings("settle = \"0s\"\nzone = \"Asia/Makassar\"\ncontact = \"Pengelola, lumbung@contoh.go.id\"\n");
    let (pages, receipt) = price_list(
        &installation,
        "Komoditas;Tanggal;Harga\nBawang Merah;12/11/2025;32.500\n",
    );
    assert!(
        pages[0].contains(" WITA</dd>") && !pages[0].contains("UTC"),
        "{}",
        pages[0]
    );
    let contact = "<dt>Pertanyaan dan templat</dt><dd>Pengelola, lumbung@contoh.go.id</dd>";
    assert!(pages[0].contains(contact), "{}", pages[0]);
    assert!(
        receipt["received_at"].as_str().expect("a time").ends_with('Z'),
        "{receipt}"
    );
    let report = installation.lumbung(&["status"]).expect(0).stdout;
    let heading: Vec<&str> = report.lines().take(2).collect();
    assert!(
        heading[0].ends_with("per tanggal 30 November 2025") && heading[1].contains(" WITA, "),
        "{report}"
    );
}

#[test]
fn the_same_problem_in_many_cells_is_told_once_with_the_first_places() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let mut text = "Komoditas;Tanggal;Harga\nBawang Putih;12/11/2025;40.000\n".to_string();
    for day in 1..=12 {
        text.push_str(&format!("Bawang Merah;{day}/11/2025;mahal\n"));
    }
    let (pages, receipt) = price_list(&installation, &text);
    assert_eq!(receipt["rows"]["quarantined"], 12);
    let places = "C3, C4, C5, C6, C7, C8, C9, C10, C11, C12 dan 2 tempat lain<span>Harga (Rp)</span>";
    assert!(pages[0].contains(places), "{}", pages[0]);
    assert_eq!(pages[0].matches("number-invalid").count(), 1);
    let text = installation
        .lumbung(&["submission", "show", "1", "--lang", "en"])
        .expect(0)
        .stdout;
    assert!(
        text.contains("C11, C12 and 2 more, column Price (IDR)  [number-invalid]"),
        "{text}"
    );
    // What is wrong stands before what was only noted.
    let (wrong, noted) = (text.find("[number-invalid]"), text.find("[supplied-by-default]"));
    assert!(wrong < noted, "{text}");
}

#[test]
fn a_table_that_fits_nothing_is_told_what_was_seen_and_where_a_template_is() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let (_, receipt) = price_list(
        &installation,
        "Komoditas;Kualitas;Asal\nBawang Merah;baik;Brebes\nBawang Putih;baik;impor\n",
    );
    assert_eq!(receipt["status"], "refused");
    let [message, hint, english] = said(&receipt, "columns-missing");
    assert_eq!(
        message,
        "Tabel ini paling mirip data \"Harga komoditas\" (1 dari 7 kolomnya dikenali), tetapi kolom yang diperlukan tidak \
         ditemukan: Tanggal, Harga (Rp). Judul kolom yang terbaca: Komoditas, Kualitas, Asal."
    );
    assert!(english.contains("(1 of its 7 columns are known)"), "{english}");
    assert!(
        hint.contains("templat \"Harga komoditas\"") && !hint.contains("lumbung template"),
        "{hint}"
    );
}

#[test]
fn a_file_without_any_known_header_is_told_what_can_be_sent() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let (_, receipt) = price_list(&installation, "Yth. Kepala Dinas;Perihal\nBapak;Undangan\n");
    let [message, hint, _] = said(&receipt, "header-not-known");
    assert!(
        message.starts_with("Tidak ada baris judul kolom yang dikenali. Yang dapat dikirim ke sini: Harga komoditas"),
        "{message}"
    );
    // The row may be anybody's data.
    assert!(!message.contains("Kepala Dinas"), "{message}");
    assert!(hint.contains("templat"), "{hint}");
}

#[test]
fn a_percentage_among_people_names_the_unit_in_the_readers_language() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let text =
        "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n32.73;2024-S2;85%;500;1100\n32.04;2024-S2;600;500;1100\n";
    installation.drop("32", "dukcapil-file", "penduduk.csv", text);
    installation.merge_only(0);
    let receipt = installation.receipt(1);
    let [_, hint, _] = said(&receipt, "percent-in-other-unit");
    assert_eq!(hint, "Tulis angkanya sendiri dalam satuan orang.");
}

/// The receipt of a file that is only looked at.
fn checked(installation: &Installation, name: &str, bytes: &[u8], connector: &str) -> Value {
    let path = installation.home().join(name);
    std::fs::write(&path, bytes).expect("written");
    let path = path.to_str().expect("UTF-8");
    let arguments = [
        "check",
        path,
        "--connector",
        connector,
        "--region",
        "32.73",
        "--as-of",
        "2026-11-25",
        "--json",
    ];
    installation.lumbung(&arguments).json()
}

#[test]
fn another_spelling_is_told_with_the_spelling_and_its_place() {
    let installation = Installation::with_own(&["dinas-pariwisata"]);
    let text = "Nama Objek Wisata;Bulan;Wisnus;Wisman\nKebun Binatang;2026-01;10;1\nTaman Sari;2026-01;20;2\n\
                KEBUN BINATANG;2026-02;11;1\nKebun Binatang;2026-03;12;1\n";
    let receipt = checked(&installation, "wisata.csv", text.as_bytes(), "dinas-pariwisata");
    let findings = receipt["findings"].as_array().expect("findings");
    let told: Vec<[&str; 2]> = findings
        .iter()
        .filter(|finding| finding["code"] == "attraction-name-varies")
        .map(|finding| [&finding["cell"], &finding["message"]["id"]].map(|text| text.as_str().unwrap_or_default()))
        .collect();
    let upper = "\"Kebun Binatang\" juga ditulis \"KEBUN BINATANG\" (di A4), dan terhitung sebagai dua tempat.";
    let lower = "\"KEBUN BINATANG\" juga ditulis \"Kebun Binatang\" (di A2), dan terhitung sebagai dua tempat.";
    assert_eq!(told, [["A2", upper], ["A4", lower], ["A5", upper]]);
}

#[test]
fn a_short_list_is_told_whole_and_a_long_one_where_it_stands() {
    let installation = Installation::with_own(&["dinas-pariwisata", "harga-pasar"]);
    let text = "Nama Objek Wisata;Jenis Wisata;Bulan;Wisnus;Wisman\nTaman Sari;Wisata buatann antariksa;2026-01;20;2\n";
    let receipt = checked(&installation, "wisata.csv", text.as_bytes(), "dinas-pariwisata");
    let [_, hint, _] = said(&receipt, "code-unknown");
    assert!(hint.contains("Yang ada dalam daftar: Wisata alam"), "{hint}");
    let text = "Komoditas;Tanggal;Harga\nSemen;12/11/2026;40.000\n";
    let receipt = checked(&installation, "harga.csv", text.as_bytes(), "harga-pasar");
    let [_, hint, _] = said(&receipt, "code-unknown");
    assert!(
        hint.starts_with("Pakai salah satu nama dari daftar pilihan kolom \"Komoditas\""),
        "{hint}"
    );
}

#[test]
fn what_is_no_table_is_told_to_a_person() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let mut state = 7_u32;
    let random: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(5_000)
    .collect();
    let receipt = checked(&installation, "harga.xlsx", &random, "harga-pasar");
    let [message, hint, _] = said(&receipt, "file-unrecognised");
    assert!(
        message.starts_with("Berkas harga.xlsx tidak dikenali sebagai Excel, CSV"),
        "{message}"
    );
    assert!(
        !message.contains("NUL") && hint.contains("simpan ulang sebagai XLSX"),
        "{hint}"
    );
    // A list of persons is not to be completed, but left out.
    let people = "Nama;NIK;Telepon\nSiti;3273014105800001;081234567890\nBudi;3273015505800001;081234567891\n";
    let receipt = checked(&installation, "orang.csv", people.as_bytes(), "harga-pasar");
    assert_eq!(receipt["status"], "refused");
    let [message, hint, english] = said(&receipt, "sheet-of-persons");
    assert!(message.contains("tidak ada isinya yang masuk ke data"), "{message}");
    assert!(english.contains("nothing of it enters the data"), "{english}");
    assert!(hint.contains("Yang dapat dikirim ke sini: Harga komoditas"), "{hint}");
    assert!(!receipt.to_string().contains("3273014105800001") && !receipt.to_string().contains("Siti"));
}

#[test]
fn errors_are_told_in_the_language_that_is_asked_for() {
    let installation = Installation::with_own(&["harga-pasar"]);
    price_list(
        &installation,
        "Komoditas;Tanggal;Harga\nBawang Putih;12/11/2025;40.000\n",
    );
    let file = installation.home().join("harga.csv");
    std::fs::write(&file, "x").expect("written");
    let file = file.to_str().expect("UTF-8");
    let cases: [(&[&str], &str, &str); 8] = [
        (
            &["check", file],
            "dinilai untuk satu pengirim",
            "is judged for a sender",
        ),
        (
            &["check", file, "--region", "3273"],
            "mungkin maksudnya 32.73 (Kota Bandung)?",
            "did you mean 32.73",
        ),
        (
            &["check", file, "--region", "32.73", "--connector", "harga"],
            "tidak ada konektor \"harga\"",
            "there is no connector",
        ),
        (
            &["submission", "list", "--status", "lost"],
            "tidak ada status",
            "there is no status",
        ),
        (
            &["submission", "show", "9"],
            "tidak ada kiriman 9",
            "there is no submission 9",
        ),
        (
            &["submission", "accept", "1", "--reason", "x"],
            "tidak sedang ditahan",
            "is not held",
        ),
        (
            &["submission", "refuse", "1", "--reason", " "],
            "memerlukan alasan",
            "needs a reason",
        ),
        (
            &["submission", "withdraw", "9", "--reason", "x"],
            "`lumbung submission list` menyebut semuanya",
            "lists them",
        ),
    ];
    for (arguments, id, en) in cases {
        for (language, expected) in [("id", id), ("en", en)] {
            let said = installation
                .lumbung(&[&["--lang", language], arguments].concat())
                .stderr;
            assert!(said.contains(expected), "{arguments:?} {language}: {said}");
        }
    }
    let list = installation
        .lumbung(&["--lang", "id", "submission", "list"])
        .expect(0)
        .stdout;
    assert!(list.contains("konektor") && list.contains("berkas"), "{list}");
}

#[test]
fn nobody_to_ask_is_told_to_the_operator() {
    let installation = Installation::with_own(&["harga-pasar"]);
    for verb in ["check", "doctor"] {
        let said = installation.lumbung(&[verb]).expect(0).stdout;
        assert!(said.contains("contact di lumbung.toml kosong"), "{verb}: {said}");
    }
    installation.settings("settle = \"0s\"\ncontact = \"lumbung@contoh.go.id\"\n");
    for verb in ["check", "doctor"] {
        let said = installation.lumbung(&[verb]).stdout;
        assert!(!said.contains("contact di lumbung.toml"), "{verb}: {said}");
    }
}
