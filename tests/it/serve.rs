//! `lumbung serve`: what was missed is caught up once, two never work at a time, and it stops when told.

use crate::support::Installation;
use lumbung::catalog::Catalog;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

/// A running `lumbung serve`. It is killed when it is dropped.
struct Serving(Child);

impl Serving {
    fn start(installation: &Installation) -> Serving {
        let child = Command::new(env!("CARGO_BIN_EXE_lumbung"))
            .arg("--config")
            .arg(installation.config())
            .arg("--data")
            .arg(installation.data())
            .args(["serve", "--tick", "1s"])
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        Serving(child)
    }

    /// Sends SIGTERM and gives the exit code.
    fn stop(mut self) -> i32 {
        let pid = self.0.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .expect("kill runs")
                .success()
        );
        self.0
            .wait()
            .expect("an end")
            .code()
            .expect("an exit code, not a signal")
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until something is there.
#[track_caller]
fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "{what} did not come");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_missed_night_is_caught_up_once() {
    let installation = Installation::with_own(&["dukcapil-file"]);
    let serving = Serving::start(&installation);
    let data = installation.data();
    let schedule = wait_for("the schedule", || {
        let exists = data.join("catalog.db").exists();
        let due = exists.then(|| Catalog::open(&data).ok()?.due_times().ok()).flatten()?;
        due.first().map(|(name, _)| name.clone())
    });
    assert_eq!(serving.stop(), 0);
    let catalog = Catalog::open(&data).expect("a catalog");
    assert_eq!(catalog.runs(10).expect("runs").len(), 0, "nothing was due yet");

    // Three nights pass while nothing runs.
    let missed = chrono::Utc::now() - chrono::Days::new(3);
    catalog.advance(&schedule, missed).expect("set");
    let text = "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n32.73;2024-S2;600;500;1100\n";
    installation.drop("32", "dukcapil-file", "penduduk.csv", text);
    let serving = Serving::start(&installation);
    wait_for("the run's end", || {
        catalog
            .runs(1)
            .expect("runs")
            .pop()
            .filter(|run| run.ended_at.is_some())
    });
    let next = wait_for("the next moment", || {
        let (_, next) = catalog.due_times().expect("due times").into_iter().next()?;
        let next = chrono::DateTime::parse_from_rfc3339(&next).expect("a moment");
        (next > chrono::Utc::now()).then_some(next)
    });
    assert!(
        next <= chrono::Utc::now() + chrono::Days::new(1),
        "the next night: {next}"
    );

    // While it serves, another one is turned away, and says why.
    let second = installation.lumbung(&["serve", "--tick", "1s"]).expect(1);
    assert!(second.stderr.contains("hint:"), "{}", second.stderr);

    // Several ticks later it has still run once.
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(catalog.runs(10).expect("runs").len(), 1);
    assert_eq!(serving.stop(), 0);
    assert_eq!(installation.receipt(1)["status"], "accepted");
    assert!(installation.current().join("index.html").exists());
}
