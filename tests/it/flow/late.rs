//! Data that come after their period was closed.

use super::{codes, figures, finding, population};
use crate::support::{Installation, read_text};
use serde_json::json;

/// The second half of 2024 is due on 1 March 2025.
const LAST_DAY: &str = "2025-03-01";
const DAY_AFTER: &str = "2025-03-02";

#[test]
fn late_data_count_and_are_told_as_a_revision() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.drop("32", "dukcapil-file", "a.csv", population(600));
    installation.night_of(LAST_DAY, 0);
    // The release before speaks about the last day: nothing is closed yet.
    installation.drop("32", "dukcapil-file", "b.csv", population(610));
    installation.night_of(DAY_AFTER, 0);
    for sequence in [1, 2] {
        assert_eq!(codes(&installation.receipt(sequence)), Vec::<&str>::new());
    }
    let changes = || read_text(&installation.current().join("CHANGES.md"));
    assert!(!changes().contains("Revisi"), "{}", changes());

    // Now it is. One row of two says something new.
    installation.drop("32", "dukcapil-file", "c.csv", population(650));
    installation.night_of("2025-03-03", 0);
    let receipt = installation.receipt(3);
    let told = finding(&receipt, "closed-period-revised");
    assert_eq!(
        (&receipt["status"], &told["severity"], &told["value"]),
        (&json!("accepted"), &json!("note"), &json!("2024-S2"))
    );
    let sentence = told["message"]["en"].as_str().expect("a sentence");
    assert!(sentence.starts_with("1 row adds to or changes"), "{sentence}");
    assert_eq!(figures(&installation)[1], "32.73 650 500 1150 3");
    assert!(changes().contains("| population | 3 | 2024-S2 |"), "{}", changes());
    // Said once: the next release has other news.
    let text = population(650).replace("2024-S2", "2025-S1");
    installation.drop("32", "dukcapil-file", "d.csv", &text);
    installation.night_of("2025-07-01", 0);
    assert!(!changes().contains("Revisi"), "{}", changes());
    // What the model holds already is no revision, and what was never expected is not closed.
    installation.drop("32", "dukcapil-file", "e.csv", population(650) + "\n");
    installation.drop(
        "32",
        "dukcapil-file",
        "f.csv",
        population(640).replace("2024-S2", "2023-S2"),
    );
    installation.night_of("2025-07-02", 0);
    for sequence in [5, 6] {
        assert_eq!(codes(&installation.receipt(sequence)), Vec::<&str>::new());
    }
}

#[test]
fn where_the_contract_says_so_late_data_wait_for_a_decision() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    installation.change_contract("population", "due_days = 60", "due_days = 60\nlate = \"hold\"");
    installation.drop("32", "dukcapil-file", "a.csv", population(600));
    installation.night_of(DAY_AFTER, 0);
    installation.drop("32", "dukcapil-file", "b.csv", population(650));
    let report = installation.night_of("2025-03-03", 3);
    assert_eq!(report["submissions"][0]["status"], "held");
    let receipt = installation.receipt(2);
    assert_eq!(
        (
            &receipt["status"],
            &finding(&receipt, "closed-period-revised")["severity"]
        ),
        (&json!("held"), &json!("warning"))
    );
    assert_eq!(figures(&installation)[1], "32.73 600 500 1100 1");
    // What says nothing new is not held.
    installation.drop("32", "dukcapil-file", "c.csv", population(600) + "\n");
    installation.night_of("2025-03-03", 3);
    assert_eq!(installation.receipt(3)["status"], "accepted");
    installation
        .lumbung(&["submission", "accept", "2", "--reason", "surat 3/2025"])
        .expect(0);
    installation.night_of("2025-03-04", 0);
    // The later submission has the last word: it repeats the first, after the one that was let in.
    assert_eq!(figures(&installation)[1], "32.73 600 500 1100 3");
    assert_eq!(installation.receipt(2)["reason"], "surat 3/2025");
    let changes = read_text(&installation.current().join("CHANGES.md"));
    assert!(changes.contains("| population | 2 | 2024-S2 |"), "{changes}");
}
