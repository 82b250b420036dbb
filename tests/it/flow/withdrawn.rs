//! Submissions that are taken back.

use super::{figures, population, prices};
use crate::support::{Installation, files_below, read_text};
use serde_json::json;

const WITHDRAW: [&str; 5] = ["submission", "withdraw", "2", "--reason", "tahun keliru"];

/// Hashes of a release's files, without what tells of itself.
fn tables(installation: &Installation) -> Vec<(String, Vec<u8>)> {
    let root = installation.current();
    let names = files_below(&root).into_iter().filter(|name| name.ends_with(".parquet"));
    names
        .map(|name| {
            let bytes = std::fs::read(root.join(&name)).expect("readable");
            (name, bytes)
        })
        .collect()
}

#[test]
fn what_a_withdrawn_submission_replaced_comes_back() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.drop("32", "dukcapil-file", "penduduk.csv", population(600));
    installation.night(0);
    let before = tables(&installation);
    // The correction has a refused row too: its finding goes with it.
    let text = format!("{}32.05;2024-S2;satu;2;3\n", population(650));
    installation.drop("32", "dukcapil-file", "koreksi.csv", &text);
    installation.night(0);
    assert_eq!(
        figures(&installation),
        ["32.04 900 1000 1900 1", "32.73 650 500 1150 2"]
    );

    installation.lumbung(&["submission", "withdraw", "2"]).expect(2);
    let said = installation.lumbung(&WITHDRAW).expect(0).stdout;
    assert!(said.contains("proses berikutnya"), "{said}");
    let receipt = installation.receipt(2);
    assert_eq!(
        (&receipt["status"], &receipt["reason"], &receipt["rows"]["accepted"]),
        (&json!("withdrawn"), &json!("tahun keliru"), &json!(2))
    );
    let page = installation
        .folder("32", "dukcapil-file")
        .join("processed/2_koreksi.csv.receipt.html");
    let page = read_text(&page);
    assert!(
        page.contains("Ditarik kembali") && page.contains("tahun keliru"),
        "{page}"
    );
    let plan = installation.lumbung(&["plan", "--json"]).expect(0).json();
    assert_eq!(plan["unmerged"], json!([["population", [2]]]));

    installation.night(0);
    assert_eq!(
        figures(&installation),
        ["32.04 900 1000 1900 1", "32.73 600 500 1100 1"]
    );
    // As if it had never been sent: no table of the release knows it, but the one that tells what became of submissions.
    let after = tables(&installation);
    let names = |tables: &[(String, Vec<u8>)]| tables.iter().map(|table| table.0.clone()).collect::<Vec<_>>();
    assert_eq!(names(&before), names(&after));
    for (one, other) in before
        .iter()
        .zip(&after)
        .filter(|(one, _)| one.0 != "submissions.parquet")
    {
        assert_eq!(one, other, "{}", one.0);
    }
    let states = installation.query("SELECT submission, status FROM submissions ORDER BY 1");
    assert_eq!(
        states,
        json!([{ "submission": 1, "status": "accepted" }, { "submission": 2, "status": "withdrawn" }])
    );
    let changes = read_text(&installation.current().join("CHANGES.md"));
    assert!(changes.contains("| population | 2 | 2 | 2024 |"), "{changes}");
    let listed = installation.lumbung(&["quarantine", "list", "--json"]).expect(0).json();
    assert_eq!(listed, json!([]), "nobody need mend it");
    // Its bytes are kept (promise I1).
    assert_eq!(files_below(&installation.data().join("raw")).len(), 2);

    // Again: it is withdrawn once, and the next night has nothing to do.
    let again = installation.lumbung(&WITHDRAW).expect(0).stdout;
    assert!(again.contains("sudah ditarik"), "{again}");
    assert_eq!(installation.night(0)["release"]["unchanged"], true);
}

#[test]
fn a_rebuild_and_a_replay_keep_it_out() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.drop("32", "dukcapil-file", "a.csv", population(600));
    installation.drop("32", "dukcapil-file", "b.csv", population(650));
    installation.merge_only(0);
    installation.lumbung(&WITHDRAW).expect(0);
    // Rebuilt before a night has taken it out.
    let report = installation
        .lumbung(&["rebuild", "population", "--json"])
        .expect(0)
        .json();
    assert_eq!((&report["unchanged"], &report["reissued"]), (&json!(false), &json!([])));
    assert_eq!(figures(&installation)[1], "32.73 600 500 1100 1");
    let replayed = installation
        .lumbung(&["quarantine", "replay", "--submission", "2", "--json"])
        .expect(0)
        .json();
    assert_eq!(replayed["submissions"][0]["reason"], "decided");
    installation.merge_only(0);
    assert_eq!(figures(&installation)[1], "32.73 600 500 1100 1");
    assert_eq!(installation.receipt(2)["status"], "withdrawn");
}

#[test]
fn the_same_file_sent_again_is_a_new_submission() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.drop("32", "dukcapil-file", "a.csv", population(600));
    installation.drop("32", "dukcapil-file", "b.csv", population(650));
    installation.drop("32", "dukcapil-file", "b.csv", population(650));
    installation.merge_only(0);
    installation.drop("32", "dukcapil-file", "b.csv", population(650));
    installation.merge_only(0);
    assert_eq!(installation.receipt(3)["status"], "duplicate");
    let duplicate = installation
        .lumbung(&["submission", "withdraw", "3", "--reason", "keliru"])
        .expect(1);
    assert!(
        duplicate.stderr.contains("submission withdraw 2"),
        "{}",
        duplicate.stderr
    );
    installation.lumbung(&WITHDRAW).expect(0);
    installation.drop("32", "dukcapil-file", "b.csv", population(650));
    installation.drop("32", "dukcapil-file", "c.csv", population(650));
    installation.merge_only(0);
    assert_eq!(installation.receipt(4)["status"], "accepted");
    assert_eq!(installation.receipt(5)["status"], "duplicate", "of the new one");
    assert_eq!(figures(&installation)[1], "32.73 650 500 1150 4");
}

#[test]
fn what_came_later_keeps_the_last_word() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    for (men, end) in [(600, ""), (650, ""), (650, "\n"), (700, "")] {
        // The third says what the second says, in other bytes: its rows stay the second's.
        installation.drop("32", "dukcapil-file", "penduduk.csv", population(men) + end);
        installation.merge_only(0);
    }
    let withdraw = |sequence: &str| {
        installation
            .lumbung(&["submission", "withdraw", sequence, "--reason", "keliru"])
            .expect(0);
        installation.merge_only(0);
        figures(&installation)
    };
    assert_eq!(withdraw("2")[1], "32.73 700 500 1200 4");
    assert_eq!(withdraw("4")[1], "32.73 650 500 1150 3");
    assert_eq!(withdraw("3")[1], "32.73 600 500 1100 1");
    assert_eq!(withdraw("1"), Vec::<String>::new(), "nobody says anything any more");
}

#[test]
fn what_is_held_can_be_withdrawn_and_what_is_refused_need_not_be() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let bad = ["15000"; 28].into_iter().chain(["abc"; 12]).collect::<Vec<_>>();
    installation.drop("32.73", "harga-pasar", "a.csv", prices(&bad));
    installation.drop("32.73", "harga-pasar", "b.csv", prices(&["abc"]));
    installation.merge_only(3);
    let said = installation
        .lumbung(&["submission", "withdraw", "1", "--reason", "keliru", "--lang", "en"])
        .expect(0)
        .stdout;
    assert!(said.contains("no row of it is in the model"), "{said}");
    let accepted = installation
        .lumbung(&["submission", "accept", "1", "--reason", "ya", "--lang", "en"])
        .expect(1);
    assert!(accepted.stderr.contains("it is withdrawn"), "{}", accepted.stderr);
    let refused = installation
        .lumbung(&["submission", "withdraw", "2", "--reason", "keliru", "--lang", "en"])
        .expect(1);
    assert!(
        refused.stderr.contains("nothing is to be withdrawn"),
        "{}",
        refused.stderr
    );
    installation
        .lumbung(&["submission", "withdraw", "9", "--reason", "keliru"])
        .expect(2);
    installation.merge_only(0);
    assert_eq!(installation.model("commodity_price").len(), 0);
    // Its refused rows enter quarantine again with whoever sends them again.
    let listed = || installation.lumbung(&["quarantine", "list", "--json"]).expect(0).json();
    assert_eq!(listed().as_array().expect("rows").len(), 1, "that of the second file");
    installation.drop("32.73", "harga-pasar", "a.csv", prices(&bad));
    installation.merge_only(3);
    assert_eq!(installation.receipt(3)["status"], "held");
    assert_eq!(listed().as_array().expect("rows").len(), 13);
}

#[test]
fn nothing_is_withdrawn_that_could_not_leave_the_model_any_more() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    for men in [600, 650, 700] {
        installation.drop("32", "dukcapil-file", "penduduk.csv", population(men));
        installation.merge_only(0);
    }
    // Of the first neither staged rows nor bytes are left: its rows cannot come back.
    let bytes: Vec<String> = files_below(&installation.data().join("raw"));
    let first = bytes
        .iter()
        .find(|name| read_text(&installation.data().join("raw").join(name)) == population(600));
    std::fs::remove_file(installation.data().join("raw").join(first.expect("landed"))).expect("removed");
    let staged = |sequence: i64| {
        installation
            .data()
            .join(format!("staged/{sequence}/population/rows.parquet"))
    };
    std::fs::remove_file(staged(1)).expect("removed");
    let said = installation
        .lumbung(&[&["--lang", "en"], &WITHDRAW[..]].concat())
        .expect(1);
    for piece in [
        "nothing was changed",
        "population",
        "submission 1 ",
        "raw/",
        "backup",
        "submission withdraw 1 …",
    ] {
        assert!(said.stderr.contains(piece), "{piece}: {}", said.stderr);
    }
    assert_eq!(installation.receipt(2)["status"], "accepted");
    let plan = installation.lumbung(&["plan", "--json"]).expect(0).json();
    assert_eq!(plan["unmerged"], json!([]));

    // Bytes alone are enough: the second's rows are read again from them.
    std::fs::remove_file(staged(2)).expect("removed");
    let both = ["submission", "withdraw", "1", "3", "--reason", "keliru"];
    let said = installation.lumbung(&both).expect(0).stdout;
    assert_eq!(said.lines().count(), 2, "{said}");
    assert_eq!(installation.merge_only(0)["waiting"], json!([]));
    assert_eq!(figures(&installation)[1], "32.73 650 500 1150 2");
}

#[test]
fn nothing_is_let_in_late_where_what_came_later_could_not_keep_the_last_word() {
    let installation = Installation::with_own(&["harga-pasar"]);
    let bad = ["15000"; 28].into_iter().chain(["abc"; 12]).collect::<Vec<_>>();
    installation.drop("32.73", "harga-pasar", "a.csv", prices(&bad));
    installation.merge_only(3);
    installation.drop("32.73", "harga-pasar", "b.csv", prices(&["16000"]));
    installation.merge_only(3);
    let (raw, rows) = (installation.data().join("raw"), "staged/2/commodity_price/rows.parquet");
    std::fs::rename(installation.data().join(rows), installation.home().join("rows")).expect("moved");
    let b = files_below(&raw)
        .into_iter()
        .find(|name| read_text(&raw.join(name)) == prices(&["16000"]));
    std::fs::remove_file(raw.join(b.expect("landed"))).expect("removed");
    let accept = || installation.lumbung(&["submission", "accept", "1", "--reason", "ya", "--lang", "en"]);
    let said = accept().expect(1);
    assert!(said.stderr.contains("submission 2 "), "{}", said.stderr);
    assert_eq!(installation.receipt(1)["status"], "held");
    // From a backup.
    std::fs::rename(installation.home().join("rows"), installation.data().join(rows)).expect("moved");
    accept().expect(0);
    assert_eq!(installation.merge_only(0)["waiting"], json!([]));
}
