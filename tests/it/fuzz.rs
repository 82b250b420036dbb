//! A mutating fuzzer in the test binary: each target takes any bytes and must neither panic nor take long, and what
//! it gives must hold up (two readings agree, a figure written anew is the same figure).
//!
//! `make test` runs a fixed number of inputs from a fixed seed; `make fuzz SECONDS=60` runs each target for that
//! time from a fresh seed, which is printed. An input that fails is kept, and the message says where and under which
//! seed: put it into `tests/fuzz/<target>/`, where every file is an input of its own (a line, for parsers) that is
//! tried as it is before it is changed.
//!
//! - `mutate`: seeded changes of bytes; `readers`, `parsers`: the targets

mod mutate;
mod parsers;
mod readers;

use crate::support::root;
use mutate::{Random, mutated};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime};

/// Longest that one input may take. Far above what any needs, even unoptimised and on a busy machine.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// Longest input that is made, in bytes.
const LENGTH_LIMIT: usize = 16 << 10;

/// Changes an input in a way of its own.
type Change = fn(&[u8], &mut Random) -> Vec<u8>;

/// What is fuzzed.
struct Target {
    /// Name of its folder in `tests/fuzz/`.
    name: &'static str,
    /// Each line of a corpus file is an input, rather than each file.
    by_line: bool,
    /// Further folders of inputs among the fixtures, and how their files' names end.
    fixtures: &'static [(&'static str, &'static str)],
    /// Pieces that mutations insert.
    words: &'static [&'static str],
    /// Inputs of `make test`.
    inputs: usize,
    /// Changes an input knowing its format; plain bytes are changed otherwise.
    change: Option<Change>,
    /// Tries one input; panics where a promise is broken.
    run: fn(&[u8]),
}

/// How long, and from which seed.
struct Plan {
    seed: u64,
    end: Option<Instant>,
}

fn plan() -> Plan {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .map(|text| text.parse::<u64>().expect("a number"))
    };
    let seconds = number("LUMBUNG_FUZZ_SECONDS");
    let fresh = || {
        SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(1, |since| since.as_nanos() as u64)
    };
    let seed = number("LUMBUNG_FUZZ_SEED").unwrap_or_else(|| if seconds.is_some() { fresh() } else { 0x1b });
    Plan {
        seed,
        end: seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds)),
    }
}

/// The inputs that a target begins with.
fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let mut inputs = Vec::new();
    let mut files = |folder: PathBuf, ends: &str| {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.is_file() && path.to_string_lossy().ends_with(ends))
            .collect();
        paths.sort();
        for path in paths {
            let bytes = std::fs::read(&path).expect("readable");
            if target.by_line {
                inputs.extend(bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec));
            } else if bytes.len() <= LENGTH_LIMIT {
                inputs.push(bytes);
            }
        }
    };
    files(root().join("tests/fuzz").join(target.name), "");
    for (name, ends) in target.fixtures {
        if let Some(folder) = crate::bad_input::fixtures(name) {
            files(folder, ends);
        }
    }
    inputs
}

/// Runs a target as the plan says.
fn fuzz(target: &'static Target) {
    let plan = plan();
    let inputs = corpus(target);
    assert!(inputs.len() >= 3, "{} has a corpus", target.name);
    let (to_worker, work) = mpsc::channel::<Vec<u8>>();
    let (to_here, answers) = mpsc::channel::<Result<(), String>>();
    // The worker is left behind where an input hangs: the failed test ends the process.
    std::thread::spawn(move || {
        while let Ok(input) = work.recv() {
            let answer = catch_unwind(AssertUnwindSafe(|| (target.run)(&input))).map_err(|panic| {
                let text = panic.downcast_ref::<String>().cloned();
                text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()))
                    .unwrap_or_default()
            });
            if to_here.send(answer).is_err() {
                return;
            }
        }
    });
    let attempt = |input: &[u8], number: usize| {
        to_worker.send(input.to_vec()).expect("the worker lives");
        let fault = match answers.recv_timeout(TIME_LIMIT) {
            Ok(Ok(())) => return,
            Ok(Err(message)) => message,
            Err(RecvTimeoutError::Timeout) => format!("takes longer than {TIME_LIMIT:?}"),
            Err(RecvTimeoutError::Disconnected) => "the worker died".to_string(),
        };
        let kept =
            PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{}-{}-{number}", target.name, plan.seed));
        std::fs::write(&kept, input).expect("written");
        let shown = String::from_utf8_lossy(&input[..input.len().min(200)]).into_owned();
        panic!(
            "{}: {fault}\ninput {number} of LUMBUNG_FUZZ_SEED={}: {shown:?}\nkept in {}",
            target.name,
            plan.seed,
            kept.display()
        );
    };
    for (number, input) in inputs.iter().enumerate() {
        attempt(input, number);
    }
    let mut random = Random::new(plan.seed);
    let mut tried = 0;
    while plan.end.map_or(tried < target.inputs, |end| Instant::now() < end) {
        let input = mutated(&inputs, target, &mut random);
        attempt(&input, inputs.len() + tried);
        tried += 1;
    }
    eprintln!("{}: {tried} inputs from seed {}", target.name, plan.seed);
}
