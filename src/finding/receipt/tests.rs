use super::*;
use crate::finding::{Place, Sentences};
use proptest::prelude::*;

fn bilingual(id: &str, en: &str) -> Bilingual {
    Bilingual {
        id: id.to_string(),
        en: en.to_string(),
    }
}

fn place(sheet: Option<&str>, row: u32, column_index: u32, column: &str) -> Place {
    Place {
        sheet: sheet.map(str::to_string),
        row: Some(row),
        column_index: Some(column_index),
        column: Some(column.to_string()),
        ..Place::default()
    }
}

fn not_a_number(at: Place, value: &str) -> Finding {
    Finding::declared(
        "number-invalid",
        Severity::Error,
        &Sentences::shared(
            bilingual(
                "Nilai \"{value}\" pada kolom {column} bukan angka.",
                "\"{value}\" in {column} is not a number.",
            ),
            Some(bilingual(
                "Tulis angka saja, misalnya 1.234.",
                "Write only the number, for example 1.234.",
            )),
        ),
    )
    .value(value)
    .at(at)
}

fn note(text: &str) -> Finding {
    Finding::declared(
        "column-unknown",
        Severity::Note,
        &Sentences::shared(bilingual(text, text), None),
    )
}

fn subject(dataset: &str) -> Subject {
    Subject {
        submission: Some(17),
        file: Some("penduduk \"final\" <2>.xlsx".to_string()),
        connector: Some("dukcapil-file".to_string()),
        dataset: Some(dataset.to_string()),
        region: Some("32.73".to_string()),
        received_at: Some("2025-11-30T01:15:02+07:00".to_string()),
    }
}

fn titles() -> Titles {
    let mut titles = Titles::default();
    titles.regions.insert("32.73".to_string(), "Kota Bandung".to_string());
    titles.connectors.insert(
        "dukcapil-file".to_string(),
        bilingual("Dinas Dukcapil", "Civil registry"),
    );
    titles
        .datasets
        .insert("population".to_string(), bilingual("Penduduk", "Population"));
    let columns = [("male", "Laki-laki", "Male"), ("female", "Perempuan", "Female")];
    let columns = columns.map(|(name, id, en)| (name.to_string(), bilingual(id, en)));
    titles
        .columns
        .insert("population".to_string(), columns.into_iter().collect());
    titles.zone = chrono_tz::Asia::Jakarta;
    titles
}

fn in_part() -> Receipt {
    let rows = Rows {
        read: 1_625,
        accepted: 1_320,
        quarantined: 2,
        repeated: 4,
        not_observed: 299,
        ignored: 5,
    };
    let findings = [
        note("Kolom \"Keterangan\" tidak dipakai."),
        not_a_number(place(Some("Sheet1"), 14, 2, "male"), "<b>dua puluh</b>"),
        not_a_number(place(Some("Sheet1"), 15, 26, "female"), "12\u{1b}[31m\u{202e}34"),
    ];
    Receipt::new(
        subject("population"),
        rows.status(false),
        rows,
        findings.iter().collect(),
    )
    .unwrap()
}

fn workbook() -> Receipt {
    let labour = Rows {
        read: 2,
        accepted: 0,
        quarantined: 2,
        ..Rows::default()
    };
    let finding = not_a_number(place(Some("Tenaga Kerja"), 3, 1, "employed"), "banyak");
    let refused = Receipt::new(
        subject("labour"),
        labour.status(false),
        labour,
        [&finding].into_iter().collect(),
    );
    let population = Rows {
        read: 10,
        accepted: 10,
        ignored: 1,
        ..Rows::default()
    };
    let accepted = Receipt::new(
        subject("population"),
        population.status(false),
        population,
        FindingTally::default(),
    );
    Receipt::of_datasets(vec![accepted.unwrap(), refused.unwrap()]).unwrap()
}

#[test]
fn json_is_version_one() {
    insta::assert_snapshot!(in_part().to_json());
}

#[test]
fn json_of_a_workbook_sums_and_takes_the_worst_status() {
    let receipt = workbook();
    assert_eq!(receipt.status, Status::Refused);
    assert_eq!(
        (receipt.rows.read, receipt.rows.accepted, receipt.rows.ignored),
        (12, 10, 1)
    );
    assert_eq!(
        (receipt.findings_total, receipt.findings.len(), &receipt.dataset),
        (1, 0, &None)
    );
    assert!(receipt.has_errors());
    insta::assert_snapshot!(receipt.to_json());
}

#[test]
fn page_of_a_receipt() {
    insta::assert_snapshot!(
        in_part()
            .to_html(&titles())
            .replace(include_str!("page.css"), "/* page.css */\n")
    );
}

#[test]
fn page_of_a_workbook() {
    insta::assert_snapshot!(
        workbook()
            .to_html(&titles())
            .replace(include_str!("page.css"), "/* page.css */\n")
    );
}

#[test]
fn text_in_both_languages() {
    insta::assert_snapshot!(in_part().to_text(Language::Id, &titles()));
    insta::assert_snapshot!(workbook().to_text(Language::En, &Titles::default()));
}

#[test]
fn a_sender_is_told_how_good_its_data_are() {
    let quality = Quality {
        release: "2025-11-29-001".to_string(),
        reports_due: 8,
        reports_received: 6,
        reports_on_time: 5,
        rows_read: 1_625,
        rows_valid: 1_623,
        rows_accepted: 0,
        rows_unusual: Some(0),
        submissions: 3,
        revisions: 1,
    };
    let receipt = Receipt {
        quality: Some(quality),
        findings: Vec::new(),
        findings_total: 0,
        ..in_part()
    };
    assert_eq!(Receipt::from_json(&receipt.to_json()).unwrap(), receipt);
    insta::assert_snapshot!(receipt.to_text(Language::Id, &titles()));
    insta::assert_snapshot!(receipt.to_text(Language::En, &titles()));
    let page = receipt.to_html(&titles());
    assert!(
        page.contains("<dt>Kelengkapan</dt><dd>6 dari 8 laporan yang jatuh tempo diterima (75 %)</dd>"),
        "{page}"
    );
}

#[test]
fn what_was_withdrawn_says_why() {
    let receipt = Receipt {
        status: Status::Withdrawn,
        reason: Some("dikirim untuk tahun yang keliru".to_string()),
        findings: Vec::new(),
        findings_total: 0,
        ..in_part()
    };
    insta::assert_snapshot!(receipt.to_text(Language::Id, &titles()));
    insta::assert_snapshot!(receipt.to_text(Language::En, &titles()));
}

#[test]
fn a_dry_run_without_connector_says_that_a_connector_may_be_stricter() {
    let rows = Rows {
        read: 3,
        accepted: 3,
        ..Rows::default()
    };
    let mut receipt = Receipt::new(Subject::default(), Status::Accepted, rows, FindingTally::default()).unwrap();
    let unwrapped = |receipt: &Receipt, language| receipt.to_text(language, &Titles::default()).replace('\n', " ");
    assert!(unwrapped(&receipt, Language::Id).contains("bisa lebih ketat"));
    assert!(unwrapped(&receipt, Language::En).contains("may be stricter"));
    receipt.connector = Some("dukcapil-file".to_string());
    assert!(!unwrapped(&receipt, Language::En).contains("stricter"));
    assert!(unwrapped(&receipt, Language::En).contains("nothing was kept"));
}

#[test]
fn a_workbook_with_an_accepted_dataset_never_says_that_nothing_counted() {
    let receipt = workbook();
    assert_eq!(receipt.status, Status::Refused);
    let text = receipt.to_text(Language::En, &titles());
    assert!(text.contains("Of 12 rows read, 10 counted"), "{text}");
    assert!(!text.contains("Nothing was counted"), "{text}");
}

#[test]
fn every_status_says_what_to_do_in_both_languages() {
    for status in [
        Status::Duplicate,
        Status::Accepted,
        Status::AcceptedInPart,
        Status::Held,
        Status::Refused,
        Status::Withdrawn,
    ] {
        assert_eq!(Status::from_word(status.as_str()), Some(status));
        assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        let receipt = Receipt::new(subject("population"), status, Rows::default(), FindingTally::default()).unwrap();
        let (id, en) = (
            receipt.to_text(Language::Id, &titles()),
            receipt.to_text(Language::En, &titles()),
        );
        assert!(
            id.contains("Apa yang perlu dilakukan: ") && en.contains("What to do now: "),
            "{id}{en}"
        );
        assert!(
            id.contains("Kota Bandung (32.73)") && id.contains("30 November 2025, 01.15 WIB"),
            "{id}"
        );
        let html = receipt.to_html(&titles());
        let (first, second) = (html.find("lang=\"id\" id=\"id\""), html.find("lang=\"en\" id=\"en\""));
        assert!(first.is_some() && first < second, "Bahasa Indonesia comes first");
    }
}

#[test]
fn the_worst_status_is_a_refusal() {
    let order = [
        Status::Duplicate,
        Status::Accepted,
        Status::AcceptedInPart,
        Status::Held,
        Status::Refused,
    ];
    assert!(order.is_sorted());
}

#[test]
fn counts_decide_the_status() {
    let rows = |accepted, quarantined, not_observed| Rows {
        read: accepted + quarantined + not_observed,
        accepted,
        quarantined,
        not_observed,
        ..Rows::default()
    };
    assert_eq!(rows(5, 0, 0).status(false), Status::Accepted);
    assert_eq!(rows(0, 0, 5).status(false), Status::Accepted);
    assert_eq!(rows(5, 1, 0).status(false), Status::AcceptedInPart);
    assert_eq!(rows(5, 9, 0).status(true), Status::Held);
    assert_eq!(rows(0, 9, 2).status(true), Status::Refused);
}

#[test]
fn rows_that_do_not_add_up_make_no_receipt() {
    let rows = Rows {
        read: 10,
        accepted: 8,
        quarantined: 1,
        ignored: 1,
        ..Rows::default()
    };
    let error = Receipt::new(subject("population"), Status::Accepted, rows, FindingTally::default()).unwrap_err();
    assert_eq!(error, UnbalancedRows(rows));
    assert!(error.to_string().contains("10 rows were read"), "{error}");
    let overflow = Rows {
        read: 1,
        accepted: u64::MAX,
        quarantined: 2,
        ..Rows::default()
    };
    assert!(overflow.check().is_err());
}

#[test]
fn a_thousand_notes_never_hide_an_error() {
    let mut tally = FindingTally::default();
    for _ in 0..2_500 {
        tally.push(&note("Catatan."));
    }
    tally.push(&not_a_number(place(None, 2_502, 0, "male"), "x"));
    assert_eq!((tally.total(), tally.errors()), (2_501, 1));
    let receipt = Receipt::new(subject("population"), Status::Held, Rows::default(), tally).unwrap();
    assert_eq!(
        (receipt.findings.len(), receipt.findings_total),
        (LISTED_FINDINGS, 2_501)
    );
    assert_eq!(receipt.findings[0].severity, Severity::Error);
    assert!(
        receipt
            .to_html(&titles())
            .contains("Ditampilkan 1.000 dari 2.501 temuan")
    );
}

#[test]
fn a_text_file_is_addressed_by_physical_line() {
    let at = Place {
        line: Some(9),
        ..place(None, 7, 27, "price")
    };
    let finding = ReceiptFinding::from(&not_a_number(at, "x"));
    assert_eq!(
        (finding.cell.as_deref(), finding.row, finding.line),
        (Some("AB9"), Some(7), Some(9))
    );
    let sheet = ReceiptFinding::from(&not_a_number(place(Some("Data"), 14, 2, "price"), "x"));
    assert_eq!(
        (sheet.cell.as_deref(), sheet.row, sheet.line),
        (Some("C14"), Some(14), None)
    );
}

#[test]
fn a_finding_on_a_later_page_says_which() {
    let at = Place {
        part: 2,
        row: Some(5),
        ..Place::default()
    };
    let rows = Rows {
        read: 1,
        quarantined: 1,
        ..Rows::default()
    };
    let tally = [&not_a_number(at, "x")].into_iter().collect();
    let receipt = Receipt::new(subject("population"), Status::Refused, rows, tally).unwrap();
    assert!(receipt.to_text(Language::Id, &titles()).contains("halaman 3, baris 5"));
    assert!(receipt.to_json().contains("\"part\": 2"));
}

#[test]
fn json_fits_its_schema_and_strangers_are_refused() {
    let schema = serde_json::to_value(schemars::schema_for!(Receipt)).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for receipt in [in_part(), workbook()] {
        assert!(validator.is_valid(&serde_json::to_value(&receipt).unwrap()));
        assert_eq!(Receipt::from_json(&receipt.to_json()).unwrap(), receipt);
    }
    assert!(!validator.is_valid(&serde_json::json!({ "receipt": 1 })));
    let newer = in_part().to_json().replacen("\"receipt\": 1", "\"receipt\": 2", 1);
    assert!(Receipt::from_json(&newer).unwrap_err().contains("version 2"));
    assert!(Receipt::from_json("{}").is_err());
}

#[test]
fn the_documented_example_is_a_receipt() {
    let document = include_str!("../../../docs/receipt.md");
    let example = document
        .split("```json\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let receipt = Receipt::from_json(example).unwrap();
    let written: serde_json::Value = serde_json::from_str(example).unwrap();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&receipt.to_json()).unwrap(),
        written
    );
    receipt.rows.check().unwrap();
}

proptest! {
    #[test]
    fn no_text_of_a_sender_reaches_the_page_or_the_screen_raw(
        value in "\\PC{0,20}|[<>&\"'\\x00-\\x1f\\x7f-\\x{9f}\\x{202e}]{1,20}",
    ) {
        let rows = Rows { read: 1, quarantined: 1, ..Rows::default() };
        let finding = not_a_number(place(Some(&value), 1, 0, &value), &value);
        let mut about = subject("population");
        about.file = Some(value.clone());
        let receipt = Receipt::new(about, Status::Refused, rows, [&finding].into_iter().collect()).unwrap();
        let html = receipt.to_html(&titles());
        let plain = Receipt::new(subject("population"), Status::Refused, rows, [
            &not_a_number(place(Some("a"), 1, 0, "a"), "a")].into_iter().collect()).unwrap().to_html(&titles());
        prop_assert_eq!(html.matches('<').count(), plain.matches('<').count());
        prop_assert_eq!(html.matches('>').count(), plain.matches('>').count());
        prop_assert_eq!(html.matches('"').count(), plain.matches('"').count());
        let unsafe_characters = |text: &str| text.chars().any(|it| (it.is_control() && it != '\n') || it == '\u{202e}');
        prop_assert!(!unsafe_characters(&html));
        prop_assert!(!unsafe_characters(&receipt.to_text(Language::Id, &titles())));
        prop_assert_eq!(Receipt::from_json(&receipt.to_json()).unwrap(), receipt);
    }

    #[test]
    fn numbers_are_grouped_by_three(value in any::<u64>()) {
        let id = crate::finding::said::number(value, Language::Id);
        prop_assert_eq!(id.replace('.', ""), value.to_string());
        prop_assert!(id.split('.').skip(1).all(|group| group.len() == 3));
        prop_assert_eq!(crate::finding::said::number(value, Language::En).replace(',', "."), id);
    }
}

#[test]
fn a_place_is_told_once_for_all_rows_that_stand_in_it() {
    let rows = Rows {
        read: 4,
        quarantined: 4,
        ..Rows::default()
    };
    let at = |row| not_a_number(place(Some("Sheet1"), row, 2, "male"), "x");
    let findings = [at(10), at(10), at(10), at(11)];
    let tally: FindingTally = findings.iter().collect();
    let receipt = Receipt::new(subject("population"), Status::Refused, rows, tally).unwrap();
    let text = receipt.to_text(Language::Id, &titles());
    assert!(text.contains("Sheet1!C10, C11, kolom"), "{text}");
}
