//! What was received: encrypted where a key is configured, and removed when its time is over.

use crate::support::{AS_OF, Installation, cells, files_below, workbook};
use crate::workbooks::ods;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

const HEADERS: [&str; 4] = ["Kode Inovasi", "Judul", "Tahapan", "Jumlah Bukti"];
const SETTINGS: &str = "settle = \"0s\"\n[keys]\npseudonym = \"LUMBUNG_PSEUDONYM_KEY\"\n";
const WITH_KEY: &str = "settle = \"0s\"\n[keys]\npseudonym = \"LUMBUNG_PSEUDONYM_KEY\"\nraw = \"LUMBUNG_RAW_KEY\"\n";

/// One innovation in each format that is read.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let row = |code: &'static str| [code, "Antrean daring", "Penerapan", "3"];
    let text = |code| format!("{}\n{}\n", HEADERS.join(";"), row(code).join(";"));
    let book = vec![
        HEADERS.map(crate::support::Cell::from).to_vec(),
        cells!["B", "Antrean daring", "Penerapan", 3],
    ];
    let record: Vec<String> = HEADERS
        .iter()
        .zip(row("D"))
        .map(|(name, value)| format!("{name:?}:{value:?}"))
        .collect();
    let record = record.join(",");
    let xml: String = HEADERS
        .iter()
        .zip(row("E"))
        .map(|(name, value)| format!("<{0}>{value}</{0}>", name.replace(' ', "_")))
        .collect();
    // More than one piece.
    let many: String = (0..3_000)
        .map(|number| row("F").join(";").replacen('F', &format!("F{number}"), 1) + "\n")
        .collect();
    vec![
        ("a.csv", text("A").into_bytes()),
        ("b.xlsx", workbook(&[("Inovasi", book)])),
        ("c.ods", ods(&[&HEADERS, &row("C")])),
        ("d.json", format!("[{{{record}}}]").into_bytes()),
        (
            "e.xml",
            format!(
                "<data><baris>{xml}</baris><baris>{}</baris></data>",
                xml.replacen(">E<", ">E2<", 1)
            )
            .into_bytes(),
        ),
        ("f.csv", format!("{}\n{many}", HEADERS.join(";")).into_bytes()),
    ]
}

fn connector() -> String {
    "title = { id = \"a\", en = \"a\" }\nkind = \"drop\"\ndataset = \"innovation_report\"\nscope = \"own\"\n"
        .to_string()
}

fn installation() -> Installation {
    Installation::with(&[("laporan-daerah", &connector())])
}

fn drop_all(installation: &Installation) {
    // `replace`: what a later file leaves out would vanish, so each comes from a region of its own.
    let regions = ["32.73", "32.04", "32.71", "32.72", "32.74", "32.75"];
    for (region, (name, bytes)) in regions.into_iter().zip(files()) {
        installation.drop(region, "laporan-daerah", name, bytes);
    }
}

fn rows(installation: &Installation) -> Vec<String> {
    installation.model_lines(
        "innovation_report",
        &["region_code", "innovation_id", "title", "evidence_count"],
    )
}

fn landed(installation: &Installation) -> Vec<String> {
    files_below(&installation.data().join("raw"))
}

#[test]
fn landed_bytes_of_every_format_are_encrypted_and_read_as_if_they_were_not() {
    let plain = installation();
    drop_all(&plain);
    plain.merge_only(0);
    assert_eq!(rows(&plain).len(), 3_006, "{:?}", rows(&plain).first());

    let sealed = installation().environment("LUMBUNG_RAW_KEY", "kunci-mentah");
    sealed.settings(WITH_KEY);
    drop_all(&sealed);
    sealed.merge_only(0);
    assert_eq!(rows(&sealed), rows(&plain));
    let files = landed(&sealed);
    assert_eq!(files.len(), 6);
    for file in files {
        assert!(file.ends_with(".sealed"), "{file}");
        let bytes = fs::read(sealed.data().join("raw").join(&file)).expect("bytes");
        for text in ["Antrean daring", "Penerapan", "Kode", "PK\u{3}\u{4}"] {
            let found = memchr::memmem::find(&bytes, text.as_bytes());
            assert!(found.is_none(), "{text} in {file}");
        }
    }
    sealed.lumbung(&["rebuild", "innovation_report"]).expect(0);
    assert_eq!(rows(&sealed), rows(&plain));
    let doctor = sealed.lumbung(&["--lang", "en", "doctor"]).stdout;
    assert!(doctor.contains("can be opened, kept encrypted"), "{doctor}");
}

#[test]
fn a_kill_while_bytes_come_in_leaves_none_of_them_unencrypted() {
    let sealed = installation();
    sealed.settings(WITH_KEY);
    sealed.drop("32.73", "laporan-daerah", "f.csv", &files()[5].1);
    let data = sealed.data();
    let killed = Command::new(env!("CARGO_BIN_EXE_lumbung"))
        .arg("--config")
        .arg(sealed.config())
        .arg("--data")
        .arg(&data)
        .args(["run", "--as-of", AS_OF])
        .env_clear()
        .env("LUMBUNG_RAW_KEY", "kunci-mentah")
        .env("LUMBUNG_FAIL_AT", "land.raw.before")
        .output()
        .expect("the program starts");
    assert_eq!(killed.status.signal(), Some(9));
    let spool = files_below(&data.join("raw"));
    assert_eq!(spool.len(), 1, "{spool:?}");
    let bytes = fs::read(data.join("raw").join(&spool[0])).expect("bytes");
    assert!(memchr::memmem::find(&bytes, b"Antrean").is_none());
}

#[test]
fn a_missing_or_other_key_is_said_and_bytes_of_the_time_before_it_stay_readable() {
    let before = installation();
    before.drop("32.73", "laporan-daerah", "a.csv", &files()[0].1);
    before.merge_only(0);
    before.settings(WITH_KEY);
    let said = before.lumbung(&["run", "--as-of", "2025-11-30"]).expect(2);
    assert!(said.stderr.contains("LUMBUNG_RAW_KEY"), "{}", said.stderr);

    let after = before.environment("LUMBUNG_RAW_KEY", "kunci-mentah");
    after.drop("32.04", "laporan-daerah", "b.xlsx", &files()[1].1);
    after.merge_only(0);
    let endings: Vec<bool> = landed(&after).iter().map(|file| file.ends_with(".sealed")).collect();
    assert_eq!(endings.iter().filter(|sealed| **sealed).count(), 1, "{endings:?}");
    after.lumbung(&["rebuild", "innovation_report"]).expect(0);
    assert_eq!(rows(&after).len(), 2);

    let other = after.environment("LUMBUNG_RAW_KEY", "kunci-lain");
    let said = other.lumbung(&["rebuild", "innovation_report"]).expect(1);
    assert!(said.stderr.contains("cannot be decrypted"), "{}", said.stderr);
    assert_eq!(rows(&other).len(), 2, "the old model stands");
    let doctor = other.lumbung(&["doctor"]).expect(3).stdout;
    assert!(doctor.contains("cannot be decrypted"), "{doctor}");
    other.settings(SETTINGS);
    let said = other.lumbung(&["rebuild", "innovation_report"]).expect(1);
    assert!(said.stderr.contains("keys.raw gives no key"), "{}", said.stderr);
}

#[test]
fn after_a_change_of_keys_old_bytes_open_with_the_old_one_and_new_ones_get_the_new_one() {
    let old = installation().environment("LUMBUNG_RAW_KEY", "kunci-mentah");
    old.settings(WITH_KEY);
    old.drop("32.73", "laporan-daerah", "a.csv", &files()[0].1);
    old.drop("32.04", "laporan-daerah", "c.ods", &files()[2].1);
    old.merge_only(0);
    let named = format!("{WITH_KEY}raw_previous = [\"LUMBUNG_RAW_KEY_OLD\"]\n");
    old.settings(&named);
    let new = old.environment("LUMBUNG_RAW_KEY", "kunci-baru");
    let said = new.lumbung(&["run", "--as-of", AS_OF]).expect(2);
    assert!(said.stderr.contains("LUMBUNG_RAW_KEY_OLD"), "{}", said.stderr);
    let both = new.environment("LUMBUNG_RAW_KEY_OLD", "kunci-mentah");
    let doctor = |installation: &Installation| installation.lumbung(&["--lang", "en", "doctor"]).stdout;
    assert!(
        doctor(&both).contains("2 files still need a key of keys.raw_previous"),
        "{}",
        doctor(&both)
    );
    both.drop("32.71", "laporan-daerah", "b.xlsx", &files()[1].1);
    both.drop("32.72", "laporan-daerah", "f.csv", &files()[5].1);
    both.merge_only(0);
    let all = rows(&both);
    assert_eq!(all.len(), 3_003);
    // Everything is read again: text and workbooks, here and in the process of its own.
    both.lumbung(&["rebuild", "innovation_report"]).expect(0);
    assert_eq!(rows(&both), all);
    assert!(doctor(&both).contains("2 files still need"), "{}", doctor(&both));
    // Without the old key only what it encrypted is out of reach.
    both.settings(WITH_KEY);
    let said = both
        .lumbung(&["--lang", "en", "rebuild", "innovation_report"])
        .expect(1);
    assert!(said.stderr.contains("submission 1"), "{}", said.stderr);
}

/// Names below `processed/` of the one sender.
fn processed(installation: &Installation) -> Vec<String> {
    files_below(&installation.folder("32.73", "laporan-daerah").join("processed"))
}

#[test]
fn a_processed_file_is_removed_when_its_time_is_over_and_its_receipt_stays() {
    let receipts = ["1_a.csv.receipt.html", "1_a.csv.receipt.json"];
    let at_once = installation();
    at_once.settings(&format!("{SETTINGS}[retention]\nprocessed_days = 0\n"));
    at_once.drop("32.73", "laporan-daerah", "a.csv", &files()[0].1);
    at_once.merge_only(0);
    assert_eq!(processed(&at_once), receipts);
    assert_eq!((landed(&at_once).len(), rows(&at_once).len()), (1, 1));

    let later = installation();
    later.settings(&format!("{SETTINGS}[retention]\nprocessed_days = 30\n"));
    later.drop("32.73", "laporan-daerah", "a.csv", &files()[0].1);
    later.night_of("2025-11-30", 0);
    // What a person put there is nobody's to remove.
    let own = later.folder("32.73", "laporan-daerah").join("processed/1_catatan.txt");
    fs::write(&own, "x").expect("written");
    later.night_of("2025-12-29", 0);
    assert_eq!(processed(&later).len(), 4);
    later.night_of("2025-12-30", 0);
    assert_eq!(processed(&later), [receipts[0], receipts[1], "1_catatan.txt"]);
}

#[test]
fn landed_bytes_are_removed_when_their_time_is_over_and_nothing_waits_for_them() {
    let installation = installation();
    installation.settings(&format!("{SETTINGS}[retention]\nraw_days = 60\n"));
    installation.drop("32.73", "laporan-daerah", "a.csv", &files()[0].1);
    // Held: a question is open.
    let bad: String = (0..12).map(|number| format!("G{number};Judul;entah;1\n")).collect();
    let held = format!("{}\nG;Judul;Penerapan;1\n{bad}", HEADERS.join(";"));
    installation.drop("32.04", "laporan-daerah", "g.csv", held);
    let report = installation.night_of("2025-11-30", 3);
    assert_eq!(report["submissions"][0]["status"], "held", "{report:#}");
    installation.night_of("2026-01-28", 3);
    assert_eq!(landed(&installation).len(), 2);
    installation.night_of("2026-01-29", 3);
    assert_eq!(landed(&installation).len(), 1, "the held one's stay");
    assert_eq!(rows(&installation).len(), 1);
    assert_eq!(installation.receipt(2)["status"], "accepted");
    let said = installation
        .lumbung(&["--lang", "en", "rebuild", "innovation_report"])
        .expect(1);
    assert!(said.stderr.contains("are gone from raw/"), "{}", said.stderr);
    assert_eq!(rows(&installation).len(), 1);
}

#[test]
fn a_contract_says_how_long_its_own_bytes_are_kept() {
    let installation = installation();
    installation.settings(&format!("{SETTINGS}[retention]\nraw_days = 1\n"));
    installation.change_contract(
        "innovation_report",
        "partition = \"all\"",
        "partition = \"all\"\nraw_days = 10",
    );
    installation.drop("32.73", "laporan-daerah", "a.csv", &files()[0].1);
    installation.night_of("2025-11-30", 0);
    installation.night_of("2025-12-09", 0);
    assert_eq!(landed(&installation).len(), 1);
    installation.night_of("2025-12-10", 0);
    assert_eq!(landed(&installation), [""; 0]);
}
