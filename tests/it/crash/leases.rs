//! Two at once, and the leases of processes that are dead.

use super::{Ground, Running, Site, same};
use crate::support::AS_OF;
use lumbung::catalog::Catalog;
use std::process::Stdio;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A night that has begun and goes on for a while.
fn begun(site: &Site, ground: &Ground) -> Running {
    let mut command = site.command(&ground.data, &["run", "--as-of", AS_OF], &[]);
    let running = Running(command.stdout(Stdio::null()).spawn().expect("the program starts"));
    let catalog = Catalog::open(&ground.data).expect("a catalog");
    wait_for("the night's begin", || {
        (catalog.runs(1).expect("runs")[0].id == 2).then_some(())
    });
    running
}

#[test]
fn of_two_nights_at_once_one_says_who_is_at_work_and_nothing_is_done_twice() {
    let site = Site::new(Duration::from_millis(700));
    let ground = site.ground();
    let undisturbed = ground.copy();
    site.night(&undisturbed.data, AS_OF, 3);
    let mut first = begun(&site, &ground);
    let pid = first.0.id().to_string();
    let second = site
        .lumbung(&ground.data, &["--lang", "en", "run", "--as-of", AS_OF])
        .expect(1);
    assert!(
        second.stderr.contains(&format!("process {pid} holds \"run\"")),
        "{}",
        second.stderr
    );
    assert!(
        second.stderr.contains("hint: wait until it has ended"),
        "{}",
        second.stderr
    );
    let decision = ["submission", "refuse", "1", "--reason", "keliru"];
    let decision = site.lumbung(&ground.data, &decision).expect(1);
    assert!(decision.stderr.contains(&pid), "{}", decision.stderr);
    let status = site.lumbung(&ground.data, &["status", "--json"]).expect(0).json();
    assert_eq!((&status["running"], &status["stopped"]), (&true.into(), &false.into()));
    let text = site.lumbung(&ground.data, &["status", "--lang", "en"]).expect(0).stdout;
    assert!(text.contains("Run 2 is running since"), "{text}");
    assert_eq!(first.0.wait().expect("an end").code(), Some(3));
    same(
        &ground.content(),
        &undisturbed.content(),
        "a second night at the same time",
    );
}

#[test]
fn a_lease_of_a_dead_process_is_taken_over_and_of_a_living_one_kept() {
    let site = Site::new(Duration::ZERO);
    let ground = site.ground();
    let night = ["run", "--as-of", AS_OF, "--no-publish"];
    assert_eq!(site.killed_at(&ground.data, "land.number.before", &night), Ok(()));
    let holder: String = ground
        .catalog()
        .query_row("SELECT holder FROM leases WHERE name = 'run'", [], |row| row.get(0))
        .expect("the lease of the killed night");
    let hold = |holder: &str| {
        let changed = ground.catalog().execute(
            "INSERT INTO leases (name, holder, taken_at) VALUES ('run', ?1, 'then') \
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder",
            [holder],
        );
        assert_eq!(changed.expect("written"), 1);
    };
    let (_, started) = holder.split_once(':').expect("process and start");
    let me = std::process::id();
    // Its number belongs to a living process now, which started at another time.
    hold(&format!("{me}:{started}"));
    site.lumbung(&ground.data, &night).expect(3);
    // That process itself, as the program would write it.
    let stat = std::fs::read_to_string(format!("/proc/{me}/stat")).expect("a process");
    let start = stat
        .rsplit_once(')')
        .expect("a name")
        .1
        .split_whitespace()
        .nth(19)
        .expect("a start");
    hold(&format!("{me}:{start}"));
    let refused = site
        .lumbung(&ground.data, &[&["--lang", "en"], &night[..]].concat())
        .expect(1);
    assert!(
        refused.stderr.contains(&format!("process {me} holds")),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_night_of_serve_waits_for_one_that_was_started_by_hand() {
    let site = Site::new(Duration::from_millis(1500));
    let ground = site.ground();
    let catalog = Catalog::open(&ground.data).expect("a catalog");
    let serve = || {
        let mut command = site.command(&ground.data, &["serve", "--tick", "1s", "-v"], &[]);
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        Running(command.spawn().expect("the program starts"))
    };
    let serving = serve();
    let schedule = wait_for("the schedule", || Some(catalog.due_times().ok()?.first()?.0.clone()));
    drop(serving);
    let mut by_hand = begun(&site, &ground);
    catalog
        .advance(&schedule, chrono::Utc::now() - chrono::Days::new(1))
        .expect("set");
    // The lease `serve` of the killed one is taken over.
    let serving = serve();
    assert_eq!(by_hand.0.wait().expect("an end").code(), Some(3));
    let runs = wait_for("the night of serve", || {
        let runs = catalog.runs(5).expect("runs");
        (runs.len() == 3 && runs[0].ended_at.is_some()).then_some(runs)
    });
    drop(serving);
    let ended = runs[1].ended_at.as_ref().expect("an end");
    assert!(runs[0].started_at >= *ended, "{} before {ended}", runs[0].started_at);
    assert_eq!((runs[0].exit_code, runs[1].exit_code), (Some(3), Some(3)));
}
