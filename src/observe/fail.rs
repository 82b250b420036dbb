//! Fail points: named moments at which a test has the program die as `kill -9` would.
//!
//! They exist in builds with debug assertions only. `LUMBUNG_FAIL_AT=merge.commit.before` ends the process with
//! SIGKILL when it passes that point, `LUMBUNG_FAIL_AT=table.rename.after:3` when it passes it the third time.
//! Nothing unwinds, nothing is flushed, no file is tidied away.

/// Every fail point, in the order in which a night passes them. A test compares it with the source.
pub const FAIL_POINTS: &[&str] = &[
    // Bytes in flight.
    "spool.write.half",
    "spool.sync.before",
    "spool.sync.after",
    // Landing.
    "land.raw.before",
    "land.raw.after",
    "land.register.before",
    "land.register.after",
    "land.number.before",
    "land.number.after",
    "land.processed.before",
    "land.processed.half",
    "land.processed.after",
    // Reading and checking.
    "stage.emptied",
    "stage.rows.before",
    "stage.rows.after",
    "stage.findings.before",
    "stage.findings.after",
    "stage.summary.after",
    "receipt.write.before",
    "receipt.copy.before",
    "receipt.copy.half",
    "receipt.copy.after",
    "stage.outcome.before",
    "stage.outcome.after",
    // Every table, staged, merged or published.
    "table.sync.before",
    "table.rename.before",
    "table.rename.after",
    // Merging.
    "merge.scratch.before",
    "merge.scratch.after",
    "merge.file.before",
    "merge.file.after",
    "merge.told.before",
    "merge.told.after",
    "merge.commit.before",
    "merge.commit.after",
    "merge.sweep.half",
    "merge.sweep.after",
    "hold.before",
    "hold.after",
    "receipt.due.after",
    "receipt.renewed",
    "receipt.settled",
    // Computing and publishing.
    "compute.before",
    "compute.after",
    "publish.tables.half",
    "publish.tables.after",
    "publish.verify.after",
    "publish.seal.before",
    "publish.seal.after",
    "publish.switch.half",
    "publish.switch.after",
    "publish.record.after",
    "run.end.before",
    "run.end.after",
    // Decisions of people.
    "decide.before",
    "decide.after",
    "withdraw.before",
    "withdraw.after",
];

/// Dies here if the environment says so. A call does nothing in builds without debug assertions.
#[inline]
pub fn fail_point(name: &str) {
    #[cfg(debug_assertions)]
    debug::pass(name);
    #[cfg(not(debug_assertions))]
    let _ = name;
}

#[cfg(debug_assertions)]
mod debug {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// The variable that names a point, and the pass after a colon.
    const VARIABLE: &str = "LUMBUNG_FAIL_AT";

    struct Chosen {
        name: String,
        /// Passes before the one that kills.
        left: AtomicU64,
    }

    pub(super) fn pass(name: &str) {
        static CHOSEN: OnceLock<Option<Chosen>> = OnceLock::new();
        let chosen = CHOSEN.get_or_init(|| std::env::var(VARIABLE).ok().map(|text| parse(&text)));
        if let Some(chosen) = chosen.as_ref().filter(|chosen| chosen.name == name)
            && chosen.left.fetch_sub(1, Ordering::SeqCst) == 1
        {
            die();
        }
    }

    fn parse(text: &str) -> Chosen {
        let (name, passes) = match text.split_once(':') {
            Some((name, passes)) => (name, passes.parse().ok()),
            None => (text, Some(1)),
        };
        let passes = passes.filter(|passes| *passes > 0 && super::FAIL_POINTS.contains(&name));
        Chosen {
            name: name.to_string(),
            left: AtomicU64::new(passes.unwrap_or_else(|| panic!("{VARIABLE}={text} names no fail point"))),
        }
    }

    /// Ends the process from outside, as an operator or the kernel would.
    fn die() -> ! {
        // The shell is a child, so its parent is this process.
        let killed = std::process::Command::new("/bin/sh")
            .args(["-c", "kill -KILL $PPID"])
            .status();
        // Not reached where the signal came: that it did not is a fault of the surroundings, told by another signal.
        eprintln!("fail point: the process could not be killed: {killed:?}");
        std::process::abort()
    }
}
