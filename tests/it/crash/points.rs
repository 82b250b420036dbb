//! Killed at every fail point of the program, then run again undisturbed.

use super::{Ground, Site, same};
use crate::support::{AS_OF, read_text, root};
use lumbung::observe::FAIL_POINTS;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

/// Points that a person's decision passes, and no night.
const OF_DECISIONS: [&str; 4] = ["decide.before", "decide.after", "withdraw.before", "withdraw.after"];
/// Points that every decision passes with its receipt.
const OF_RECEIPTS: [&str; 6] = [
    "receipt.due.after",
    "receipt.write.before",
    "receipt.copy.before",
    "receipt.copy.half",
    "receipt.renewed",
    "receipt.settled",
];

/// Which passes of a point kill: a table is staged the first time, then merged, and at last published.
fn passes(point: &str) -> &'static [u32] {
    match point.split('.').next() {
        Some("table") => &[1, 24, 30],
        _ => &[1],
    }
}

#[test]
fn a_night_killed_at_any_point_ends_as_if_it_had_not_been() {
    let site = Site::new(Duration::ZERO);
    let start = site.ground();
    let undisturbed = start.copy();
    site.night(&undisturbed.data, AS_OF, 3);
    undisturbed.is_tidy("a night");
    let expected = undisturbed.content();
    let held = expected["catalog outcomes"].matches("held").count();
    assert_eq!(held, 2, "both price lists cross the limit");
    assert!(
        expected["receipts/4.json"].contains("sources-disagree"),
        "{}",
        expected["receipts/4.json"]
    );

    let rounds: Vec<String> = FAIL_POINTS
        .iter()
        .filter(|point| !OF_DECISIONS.contains(point))
        .flat_map(|point| passes(point).iter().map(move |pass| format!("{point}:{pass}")))
        .collect();
    in_parallel(rounds, |point| {
        let ground = start.copy();
        let night = ["run", "--as-of", AS_OF, "--json"];
        let killed = site.killed_at(&ground.data, point, &night);
        assert_eq!(killed, Ok(()), "the night passes {point}");
        let again = site.lumbung(&ground.data, &night);
        assert!([0, 3].contains(&again.code), "after {point}: {}", again.stderr);
        ground.is_tidy(point);
        same(&ground.content(), &expected, point);
    });
}

#[test]
fn a_decision_killed_at_any_point_is_made_or_not_and_the_receipt_says_which() {
    let site = Site::new(Duration::ZERO);
    let start = site.ground();
    site.night(&start.data, AS_OF, 3);
    let decide = |ground: &Ground| {
        let arguments = ["submission", "accept", "7", "--reason", "surat 12/2025"];
        site.lumbung(&ground.data, &arguments).code
    };
    let undisturbed = start.copy();
    assert_eq!(decide(&undisturbed), 0);
    site.night(&undisturbed.data, AS_OF, 3);
    let expected = undisturbed.content();
    assert!(expected["catalog outcomes"].contains("accepted"));
    let points = ["decide.before", "decide.after"].into_iter().chain(OF_RECEIPTS);
    in_parallel(points.map(str::to_string).collect(), |point| {
        let ground = start.copy();
        let arguments = ["submission", "accept", "7", "--reason", "surat 12/2025"];
        assert_eq!(site.killed_at(&ground.data, point, &arguments), Ok(()), "{point}");
        // Whoever decided looks again: the decision was made, or it is made now.
        let again = decide(&ground);
        let is_made = ["decide.before", "receipt.due.after"].contains(&point);
        assert_eq!(again, if is_made { 0 } else { 1 }, "{point}");
        site.night(&ground.data, AS_OF, 3);
        ground.is_tidy(point);
        same(&ground.content(), &expected, point);
    });
}

#[test]
fn a_withdrawal_killed_at_any_point_is_made_or_not_and_the_rows_leave_with_the_next_night() {
    let site = Site::new(Duration::ZERO);
    let start = site.ground();
    site.night(&start.data, AS_OF, 3);
    // 6 is the corrected workbook of the province, whose rows replaced those of the file before it.
    let withdraw = ["submission", "withdraw", "6", "--reason", "angka keliru"];
    let night = ["run", "--as-of", AS_OF, "--json"];
    let undisturbed = start.copy();
    site.lumbung(&undisturbed.data, &withdraw).expect(0);
    let decided = undisturbed.copy();
    site.night(&undisturbed.data, AS_OF, 3);
    let expected = undisturbed.content();
    assert!(
        expected["receipts/6.json"].contains("angka keliru"),
        "{}",
        expected["receipts/6.json"]
    );
    assert_ne!(expected["catalog partitions"], start.content()["catalog partitions"]);
    let points = ["withdraw.before", "withdraw.after"].into_iter().chain(OF_RECEIPTS);
    in_parallel(points.map(str::to_string).collect(), |point| {
        let ground = start.copy();
        assert_eq!(site.killed_at(&ground.data, point, &withdraw), Ok(()), "{point}");
        // Whoever decided does it again: it is made once.
        site.lumbung(&ground.data, &withdraw).expect(0);
        site.night(&ground.data, AS_OF, 3);
        ground.is_tidy(point);
        same(&ground.content(), &expected, point);
    });
    let merging = FAIL_POINTS
        .iter()
        .filter(|point| point.starts_with("merge.") && !point.starts_with("merge.told"));
    in_parallel(merging.map(|point| point.to_string()).collect(), |point| {
        let ground = decided.copy();
        assert_eq!(site.killed_at(&ground.data, point, &night), Ok(()), "{point}");
        site.night(&ground.data, AS_OF, 3);
        ground.is_tidy(point);
        same(&ground.content(), &expected, point);
    });
}

/// Does all of it on two threads; the first failure is the test's.
fn in_parallel(work: Vec<String>, one: impl Fn(&str) + Sync) {
    let left = Mutex::new(work);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let next = left.lock().expect("no poisoned list").pop();
                    let Some(next) = next else { return };
                    one(&next);
                }
            });
        }
    });
}

#[test]
fn the_list_and_the_source_name_the_same_points() {
    let mut named = BTreeSet::new();
    collect(&root().join("src"), &mut named);
    let listed: BTreeSet<String> = FAIL_POINTS.iter().map(|point| point.to_string()).collect();
    assert_eq!(listed.len(), FAIL_POINTS.len(), "each is listed once");
    assert_eq!(named, listed);
}

fn collect(folder: &Path, named: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, named);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = read_text(&path);
            let calls = text.split("fail_point(\"").skip(1);
            named.extend(
                calls
                    .filter_map(|rest| rest.split_once('"'))
                    .map(|(name, _)| name.to_string()),
            );
        }
    }
}
