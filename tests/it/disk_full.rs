//! A full disk at every stage of a night: it is said where and how to mend, nothing is half done, and the next night
//! with room ends as one that never met it.
//!
//! The data directory is a small file system in memory of its own, in a mount namespace that a child process holds
//! open. Where the surroundings allow none, these tests fail: the promise is then not proved.

use crate::crash::{Ground, Site, copy_state, same};
use crate::support::{AS_OF, Said};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const MEGABYTE: u64 = 1 << 20;

/// A file system of a given size. It goes with the process that holds it.
struct SmallDisk {
    holder: Child,
    /// Its root as it is seen from outside.
    root: PathBuf,
    place: TempDir,
}

impl SmallDisk {
    fn new(megabytes: u64) -> SmallDisk {
        let place = tempfile::tempdir().expect("a folder");
        let script = format!(
            "mount -t tmpfs -o size={megabytes}m lumbung {0} && echo ready && read end",
            place.path().display()
        );
        let mut holder = Command::new("unshare")
            .args(["--mount", "--map-root-user", "sh", "-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("these tests need `unshare` (util-linux) to make a small disk");
        let mut said = String::new();
        let output = holder.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut said).expect("an answer");
        assert_eq!(
            said.trim(),
            "ready",
            "a small disk cannot be made here, so what a full one does is not proved: this needs user and mount \
             namespaces (`unshare --mount --map-root-user`) with tmpfs"
        );
        let root = PathBuf::from(format!("/proc/{}/root{}", holder.id(), place.path().display()));
        SmallDisk { holder, root, place }
    }

    /// Puts the state of a ground onto it, in place of what was there.
    fn take(&self, ground: &Ground) {
        let data = self.root.join("data");
        if data.exists() {
            fs::remove_dir_all(&data).expect("removed");
        }
        copy_state(&ground.data, &data);
    }

    /// The state that is on it, elsewhere.
    fn state(&self) -> Ground {
        let copy = Ground::empty();
        copy_state(&self.root.join("data"), &copy.data);
        copy
    }

    /// The nightly job, seen from inside: for others the data directory is not where it is for it.
    fn night(&self, site: &Site, more: &[&str]) -> Said {
        let data = self.place.path().join("data");
        let arguments = [&["run", "--as-of", AS_OF, "--json"], more].concat();
        let night = site.command(&data, &arguments, &[]);
        let output = Command::new("nsenter")
            .args(["--user", "--mount", "--preserve-credentials", "--target"])
            .arg(self.holder.id().to_string())
            .arg("--")
            .arg(night.get_program())
            .args(night.get_args())
            .env_clear()
            .envs(night.get_envs().filter_map(|(name, value)| Some((name, value?))))
            .stdin(Stdio::null())
            .output()
            .expect("these tests need `nsenter` (util-linux)");
        Said {
            code: output.status.code().expect("an exit code"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Fills it but for so many bytes.
    fn fill(&self, free: u64) {
        let path = self.root.join("ballast");
        let mut ballast = File::create(&path).expect("a file");
        let block = vec![0; 64 << 10];
        let mut size = 0;
        loop {
            match ballast.write(&block) {
                Ok(0) => break,
                Ok(count) => size += count as u64,
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => panic!("{error}"),
            }
        }
        assert!(size > free, "the disk is large enough");
        ballast.set_len(size - free).expect("cut");
    }

    fn make_room(&self) {
        match fs::remove_file(self.root.join("ballast")) {
            Err(error) if error.kind() != ErrorKind::NotFound => panic!("{error}"),
            _ => {}
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // With the last process in its namespace the file system goes.
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// Where a night met the full disk, in the order of a night; the last is that it did not.
const STAGES: [&str; 7] = [
    "writing to the catalog",
    "landing what came",
    "judging submissions",
    "merging",
    "publishing",
    "recording what the run did",
    "nothing",
];
/// Index of the last but one: everything is done but the report. It takes a page or two, which need not be met.
const RECORDING: usize = STAGES.len() - 2;
/// Index of the last: there was room enough.
const PLENTY: usize = STAGES.len() - 1;
/// What a file of a byte takes.
const PAGE: u64 = 4096;

/// A night with so many bytes left on the disk; the stage that met its end.
fn night(site: &Site, disk: &SmallDisk, free: u64) -> usize {
    disk.fill(free);
    let said = disk.night(site, &["--lang", "en"]);
    if [0, 3].contains(&said.code) {
        return PLENTY;
    }
    let told = format!("{free} bytes left: {}", said.stderr);
    assert_eq!(said.code, 1, "{told}");
    assert_eq!(said.stdout, "", "{told}");
    let stage = STAGES.iter().position(|stage| {
        said.stderr
            .contains(&format!("error: the disk is full while {stage}: "))
    });
    assert!(said.stderr.contains("hint: make room on the file system of "), "{told}");
    let stage = stage.unwrap_or_else(|| panic!("no stage: {told}"));
    let is_published = said.stderr.contains("hint: the work is done");
    assert_eq!(is_published, stage == RECORDING, "{told}");
    assert_eq!(
        !is_published,
        said.stderr.contains("hint: nothing was published"),
        "{told}"
    );
    stage
}

#[test]
fn a_full_disk_stops_a_night_at_any_stage_and_the_next_one_ends_it() {
    let site = Site::new(Duration::ZERO);
    let start = site.ground();
    let undisturbed = start.copy();
    site.night(&undisturbed.data, AS_OF, 3);
    let expected = undisturbed.content();
    let disk = SmallDisk::new(64);

    // How much room brings a night how far is sought between none and plenty: of a whole night, and of one that has only
    // to publish, since publishing alone takes less than what comes before it.
    let mut proved = BTreeSet::new();
    for is_merged in [false, true] {
        let mut met: BTreeMap<u64, usize> = BTreeMap::new();
        let mut next = vec![16 * MEGABYTE, 0];
        while let Some(free) = next.pop() {
            disk.take(&start);
            if is_merged {
                assert_eq!(disk.night(&site, &["--no-publish"]).code, 3);
            }
            let stage = night(&site, &disk, free);
            disk.make_room();
            if stage < PLENTY && proved.insert(stage) {
                proves(&site, &disk, stage, &expected);
            }
            met.insert(free, stage);
            if next.is_empty() {
                next.extend(between(&met, &proved));
            }
        }
    }
    let missed: Vec<&str> = (0..RECORDING)
        .filter(|stage| !proved.contains(stage))
        .map(|stage| STAGES[stage])
        .collect();
    assert!(missed.is_empty(), "every stage met it, but {missed:?}");
}

/// With room again the next night ends as an undisturbed one.
fn proves(site: &Site, disk: &SmallDisk, stage: usize, expected: &BTreeMap<String, String>) {
    let before = fs::read_link(disk.root.join("data/published/current")).expect("a release");
    let is_old = before == Path::new("releases/2025-11-29-001");
    assert_eq!(
        is_old,
        stage != RECORDING,
        "while {}: {}",
        STAGES[stage],
        before.display()
    );
    let again = disk.night(site, &[]);
    assert!(
        [0, 3].contains(&again.code),
        "after {}: {}",
        STAGES[stage],
        again.stderr
    );
    let ground = disk.state();
    ground.is_tidy(STAGES[stage]);
    same(&ground.content(), expected, STAGES[stage]);
}

/// A size between two whose nights met the full disk with a stage between them that none met so far.
fn between(met: &BTreeMap<u64, usize>, proved: &BTreeSet<usize>) -> Option<u64> {
    let pairs = met.iter().zip(met.iter().skip(1));
    let mut gaps = pairs.filter(|((less, early), (more, late))| {
        let is_missed = (**early + 1..RECORDING.min(**late)).any(|stage| !proved.contains(&stage));
        is_missed && **more - **less > PAGE
    });
    let ((less, _), (more, _)) = gaps.next()?;
    Some((less + (more - less) / 2) / PAGE * PAGE).filter(|middle| middle > less)
}
