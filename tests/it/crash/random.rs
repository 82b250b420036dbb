//! Killed at random moments, over and over: in the middle of a page, of a file, of a partition, of a release.

use super::{Ground, Running, Site, same};
use crate::support::{AS_OF, read_text};
use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Long enough for kills to fall into a page that is half received.
const PAUSE: Duration = Duration::from_millis(60);

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable)
        .ok()
        .filter(|text| !text.is_empty())
        .map(|text| {
            text.parse()
                .unwrap_or_else(|_| panic!("{variable}={text} is not a number"))
        })
}

/// Random numbers from a seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end.max(1)
    }
}

/// A report of which the sender has copied one half and not yet its marker.
const REPORT: &str = "drop/32.73/laporan-daerah/lagi.csv";

fn half_copied(ground: &Ground) -> Vec<u8> {
    let path = ground.data.join(REPORT);
    let whole = fs::read(&path).expect("a file");
    fs::write(&path, &whole[..whole.len() / 2]).expect("written");
    fs::remove_file(ground.data.join(format!("{REPORT}.done"))).expect("removed");
    whole
}

/// How often nights were killed, and when: in tenths of an undisturbed night.
struct Kills {
    left: AtomicU64,
    moments: Mutex<[u64; 10]>,
}

#[test]
fn nights_killed_at_random_moments_end_as_if_they_had_not_been() {
    let runs = number("LUMBUNG_CRASH_RUNS").unwrap_or(50);
    let seed = number("LUMBUNG_CRASH_SEED").unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.expect("a clock after 1970").subsec_nanos().into()
    });
    println!("seed {seed}: {runs} kills (LUMBUNG_CRASH_SEED={seed} begins with the same moments)");
    let site = Site::new(PAUSE);
    let start = site.ground();
    let whole = half_copied(&start);
    let undisturbed = start.copy();
    let begun = Instant::now();
    site.night(&undisturbed.data, AS_OF, 3);
    let length = begun.elapsed();
    let expected = undisturbed.content();

    let kills = Kills {
        left: AtomicU64::new(runs),
        moments: Mutex::new([0; 10]),
    };
    let last = Mutex::new(None);
    std::thread::scope(|scope| {
        for thread in 0..2 {
            let (site, start, expected, kills, last) = (&site, &start, &expected, &kills, &last);
            scope.spawn(move || {
                let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(thread) | 1);
                while kills.left.load(Ordering::SeqCst) > 0 {
                    let ground = start.copy();
                    round(site, &ground, length, &mut random, kills, expected, seed);
                    *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(ground);
                }
            });
        }
    });
    let moments = kills.moments.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("kills by tenth of a night of {} ms: {moments:?}", length.as_millis());
    assert_eq!(moments.iter().sum::<u64>(), runs);
    if runs >= 50 {
        let thirds = [&moments[..3], &moments[3..6], &moments[6..]].map(|part| part.iter().sum::<u64>());
        assert!(
            thirds.iter().all(|kills| *kills > 0),
            "spread over the whole night: {moments:?}"
        );
    }

    // The half copied file was left alone all the while, and counts once it is whole.
    let ground = last
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
        .expect("a round");
    fs::write(ground.data.join(REPORT), whole).expect("written");
    fs::write(ground.data.join(format!("{REPORT}.done")), "").expect("written");
    site.night(&ground.data, AS_OF, 3);
    assert!(!ground.data.join(REPORT).exists(), "it was taken");
    let findings = read_text(&ground.data.join("published/current/CHECKSUMS"));
    assert!(findings.contains("datasets/innovation_report/"), "{findings}");
    ground.is_tidy("the last night");
}

/// One night, killed until a run is faster than the kill, or until there were enough kills.
fn round(
    site: &Site,
    ground: &Ground,
    length: Duration,
    random: &mut Random,
    kills: &Kills,
    expected: &BTreeMap<String, String>,
    seed: u64,
) {
    let arguments = ["run", "--as-of", AS_OF, "--json"];
    let mut moments = Vec::new();
    loop {
        let is_last = kills
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
            .is_err();
        let what = || format!("seed {seed}, killed after {moments:?} ms");
        if is_last {
            let said = site.lumbung(&ground.data, &arguments);
            assert!([0, 3].contains(&said.code), "{}: {}", what(), said.stderr);
            break;
        }
        let millis = random.below(length.as_millis() as u64);
        let mut running = Running(
            site.command(&ground.data, &arguments, &[])
                .spawn()
                .expect("the program starts"),
        );
        std::thread::sleep(Duration::from_millis(millis));
        if let Some(ended) = running.0.try_wait().expect("a state") {
            // Faster than the kill, which is not counted.
            kills.left.fetch_add(1, Ordering::SeqCst);
            assert!([Some(0), Some(3)].contains(&ended.code()), "{}: {ended}", what());
            break;
        }
        drop(running);
        moments.push(millis);
        let tenth = (millis as u128 * 10 / length.as_millis().max(1)).min(9) as usize;
        kills.moments.lock().unwrap_or_else(PoisonError::into_inner)[tenth] += 1;
    }
    let what = format!("seed {seed}, killed after {moments:?} ms");
    ground.is_tidy(&what);
    same(&ground.content(), expected, &what);
}
