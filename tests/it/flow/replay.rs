//! Refused rows read again, after what refused them was mended.

use super::{codes, figures, finding, prices, rows};
use crate::support::{Installation, files_below, read_json};
use lumbung::catalog::Catalog;
use serde_json::{Value, json};

/// Replays everything; what it says.
#[track_caller]
fn replay(installation: &Installation, code: i32) -> Value {
    installation
        .lumbung(&["quarantine", "replay", "--json"])
        .expect(code)
        .json()
}

fn prices_kept(installation: &Installation) -> Vec<String> {
    installation.model_lines("commodity_price", &["date", "price", "_submission"])
}

const NARROW: &str = "range = [100, 10_000_000]";
const WIDE: &str = "range = [10, 10_000_000]";

#[test]
fn what_passes_now_counts_under_its_old_number() {
    let installation = Installation::with_own(&["harga-pasar"]);
    installation.drop("32.73", "harga-pasar", "a.csv", prices(&["15000", "50", "60", "abc"]));
    installation.merge_only(0);
    // A newer list has the price of the second day.
    let newer = "Tanggal;Komoditas;Harga\n2025-09-02;Beras Premium;15200\n";
    installation.drop("32.73", "harga-pasar", "b.csv", newer);
    installation.merge_only(0);
    assert_eq!(rows(&installation.receipt(1)), [4, 1, 3, 0, 0, 1]);
    let nothing = replay(&installation, 0);
    assert_eq!(
        (
            &nothing["submissions"][0]["reissued"],
            &nothing["submissions"][0]["reason"]
        ),
        (&json!(false), &json!("unchanged"))
    );
    assert!(installation.receipt(1).get("reissued_at").is_none());

    installation.change_contract("commodity_price", NARROW, WIDE);
    let said = installation
        .lumbung(&[
            "quarantine",
            "replay",
            "commodity_price",
            "--submission",
            "1",
            "--lang",
            "en",
        ])
        .expect(0)
        .stdout;
    assert!(said.contains("commodity_price: 2 pass now, 1 still refused"), "{said}");
    let receipt = installation.receipt(1);
    assert_eq!(
        (&receipt["status"], rows(&receipt)),
        (&json!("accepted_in_part"), [4, 3, 1, 0, 0, 1])
    );
    assert_eq!(
        codes(&receipt).iter().filter(|code| **code == "out-of-range").count(),
        0
    );
    assert!(receipt["reissued_at"].is_string());
    let beside = installation
        .folder("32.73", "harga-pasar")
        .join("processed/1_a.csv.receipt.json");
    assert_eq!(read_json(&beside), receipt);
    let listed = installation.lumbung(&["quarantine", "list", "--json"]).expect(0).json();
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed:#}");
    assert_eq!(listed[0]["row"], 5);
    let outcome = Catalog::open(&installation.data())
        .unwrap()
        .outcomes(1)
        .unwrap()
        .remove(0);
    assert_eq!((outcome.accepted, outcome.quarantined, outcome.merged), (3, 1, false));
    assert!(!installation.data().join("again").exists());

    // The next run folds it in; the newer list keeps the last word.
    assert_eq!(prices_kept(&installation).len(), 2);
    installation.merge_only(0);
    let kept = ["2025-09-01 15000.00 1", "2025-09-02 15200.00 2", "2025-09-03 60.00 1"];
    assert_eq!(prices_kept(&installation), kept);
    // Nothing is left to pass, and a rebuild says the same.
    assert_eq!(replay(&installation, 0)["submissions"][0]["reason"], "unchanged");
    let rebuilt = installation
        .lumbung(&["rebuild", "commodity_price", "--json"])
        .expect(0)
        .json();
    assert_eq!(
        (&rebuilt["unchanged"], &rebuilt["reissued"]),
        (&json!(true), &json!([]))
    );
}

#[test]
fn a_file_whose_header_nobody_knew_is_read_whole() {
    let installation = Installation::with_own(&["dukcapil-file", "laporan-daerah"]);
    let text = "Kode Wilayah;Periode;Cowok;Perempuan;Jumlah\n32.73;2024-S2;600;500;1100\n";
    installation.drop("32", "dukcapil-file", "a.csv", text);
    // A workbook's connector knows several datasets: this fits none of them.
    let other = "Nomor Urut Gagasan;Perihal;Tahap Kini;Jumlah Bukti\nA;Antrean;Uji coba;1\n";
    installation.drop("32.73", "laporan-daerah", "b.csv", other);
    installation.merge_only(3);
    assert_eq!(installation.receipt(1)["status"], "refused");
    assert_eq!(installation.receipt(2)["status"], "refused");

    installation.change_contract(
        "population",
        "synonyms = [\n  \"L\",",
        "synonyms = [\n  \"cowok\", \"L\",",
    );
    let replayed = replay(&installation, 0);
    let first = &replayed["submissions"][0];
    assert_eq!(
        first["datasets"],
        json!([{ "dataset": "population", "passes": 1, "quarantined": 0 }])
    );
    assert_eq!(replayed["submissions"][1]["reason"], "unchanged");
    assert_eq!(rows(&installation.receipt(1)), [1, 1, 0, 0, 0, 1]);

    let path = "pipelines/datasets/innovation_report.toml";
    let contract = crate::support::read_text(&installation.config().join(path));
    let header = |title: &str| format!("title = {{ id = \"{title}\"");
    assert!(contract.contains(&header("Kode inovasi")), "{contract}");
    for (title, synonym) in [
        ("Kode inovasi", "nomor urut gagasan"),
        ("Judul", "perihal"),
        ("Tahapan", "tahap kini"),
    ] {
        let start = contract.find(&header(title)).expect("the column");
        let synonyms = contract[start..]
            .find("synonyms = [")
            .map(|at| &contract[start..start + at + 12]);
        let synonyms = synonyms.expect("its synonyms");
        installation.change_contract("innovation_report", synonyms, &format!("{synonyms}\"{synonym}\", "));
    }
    let replayed = replay(&installation, 0);
    assert_eq!(
        (
            &replayed["submissions"][0]["submission"],
            &replayed["submissions"][0]["status"]
        ),
        (&json!(2), &json!("accepted")),
        "{replayed:#}"
    );
    installation.merge_only(0);
    assert_eq!(figures(&installation), ["32.73 600 500 1100 1"]);
    assert_eq!(installation.model_lines("innovation_report", &["innovation_id"]), ["A"]);
    // What was staged while nothing fitted is gone with it.
    let staged = files_below(&installation.data().join("staged/2"));
    assert!(
        staged.iter().all(|file| file.starts_with("innovation_report/")),
        "{staged:?}"
    );
}

#[test]
fn a_list_that_has_become_complete_ends_what_it_leaves_out() {
    let installation = Installation::with_own(&["laporan-daerah"]);
    let list = |of: &[(&str, &str)]| {
        let rows = of
            .iter()
            .map(|(number, evidence)| format!("{number};Judul {number};Uji coba;{evidence}\n"));
        format!("Kode Inovasi;Judul;Tahapan;Jumlah Bukti\n{}", rows.collect::<String>())
    };
    let send = |of: &[(&str, &str)]| {
        installation.drop("32.73", "laporan-daerah", "inovasi.csv", list(of));
        installation.merge_only(0);
    };
    let kept = || installation.model_lines("innovation_report", &["innovation_id", "evidence_count", "_submission"]);
    send(&[("A", "1"), ("B", "1"), ("C", "1")]);
    // The second list leaves B out, but one of its rows is refused.
    send(&[("A", "2"), ("C", "5000")]);
    send(&[("A", "2"), ("C", "3"), ("D", "5000")]);
    assert_eq!(kept(), ["A 2 2", "B 1 1", "C 3 3"]);
    assert_eq!(
        finding(&installation.receipt(2), "replace-incomplete")["severity"],
        "note"
    );

    installation.change_contract("innovation_report", "range = [0, 1_000]", "range = [0, 10_000]");
    // Only the second one: it is complete now and ends B; the third is later and says nothing completely.
    installation
        .lumbung(&["quarantine", "replay", "--submission", "2"])
        .expect(0);
    assert!(!codes(&installation.receipt(2)).contains(&"replace-incomplete"));
    installation.merge_only(0);
    assert_eq!(kept(), ["A 2 2", "C 3 3"]);
    replay(&installation, 0);
    installation.merge_only(0);
    assert_eq!(kept(), ["A 2 2", "C 3 3", "D 5000 3"]);
}

#[test]
fn a_replay_takes_nothing_back() {
    let installation = Installation::with_own(&["harga-pasar"]);
    // Mended, the second row would contradict the first, and neither could count.
    let text = "Tanggal;Komoditas;Harga\n2025-09-01;Beras Premium;15000\n2025-09-01;Beras Premium;50\n";
    installation.drop("32.73", "harga-pasar", "a.csv", text);
    installation.merge_only(0);
    let before = installation.receipt(1);
    installation.change_contract("commodity_price", NARROW, WIDE);
    let replayed = replay(&installation, 3);
    assert_eq!(replayed["submissions"][0]["reason"], "takes_back");
    assert_eq!(installation.receipt(1), before);
    installation.merge_only(0);
    assert_eq!(prices_kept(&installation), ["2025-09-01 15000.00 1"]);
    // A rebuild judges by the contract as it is: never one of the two at random.
    installation.lumbung(&["rebuild", "commodity_price"]).expect(0);
    assert_eq!(prices_kept(&installation), Vec::<String>::new());
    assert_eq!(installation.receipt(1)["status"], "refused");
}
