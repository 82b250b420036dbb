use super::*;
use std::sync::atomic::{AtomicBool, Ordering};

struct Place {
    _folder: tempfile::TempDir,
    data: DataDirectory,
    catalog: Catalog,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDirectory::new(folder.path());
    let catalog = Catalog::open(folder.path()).unwrap();
    std::fs::create_dir_all(data.releases()).unwrap();
    Place {
        _folder: folder,
        data,
        catalog,
    }
}

impl Place {
    fn make(&self, id: &str) {
        std::fs::create_dir(self.data.releases().join(id)).unwrap();
        std::fs::write(self.data.releases().join(id).join("id"), id).unwrap();
    }

    fn release(&self, id: &str) {
        self.make(id);
        switch(&self.data, id).unwrap();
        self.catalog.record_release(id, parse(id).unwrap().0).unwrap();
    }

    fn in_force(&self) -> Option<String> {
        current(&self.data).map(|(id, _)| id)
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn ids_count_within_an_as_of_date_and_are_never_given_twice() {
    let place = place();
    let next = |date: &str| next_id(&place.data, &place.catalog, day(date)).unwrap();
    assert_eq!(next("2025-11-30"), "2025-11-30-001");
    place.release("2025-11-30-001");
    place.make("2025-11-30-009");
    place.make("2025-11-30-notes");
    assert_eq!(next("2025-11-30"), "2025-11-30-010");
    assert_eq!(next("2025-12-01"), "2025-12-01-001");
    place
        .catalog
        .record_release("2025-12-01-999", day("2025-12-01"))
        .unwrap();
    assert_eq!(
        next("2025-12-01"),
        "2025-12-01-1000",
        "a release that was removed keeps its number"
    );
}

#[test]
fn a_reader_never_sees_nothing_while_releases_are_switched() {
    let place = place();
    place.release("2025-11-30-001");
    place.make("2025-11-30-002");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let (mut reads, mut seen) = (0_u32, BTreeSet::new());
            while !done.load(Ordering::Relaxed) || reads == 0 {
                let (id, path) = current(&place.data).expect("a release in force");
                assert_eq!(std::fs::read_to_string(path.join("id")).unwrap(), id);
                let through_link = std::fs::read_to_string(place.data.current().join("id")).unwrap();
                assert!(parse(&through_link).is_some());
                seen.insert(id);
                reads += 1;
            }
            seen
        });
        for turn in 0..2_000 {
            switch(
                &place.data,
                if turn % 2 == 0 {
                    "2025-11-30-002"
                } else {
                    "2025-11-30-001"
                },
            )
            .unwrap();
        }
        done.store(true, Ordering::Relaxed);
        assert!(!reader.join().unwrap().is_empty());
    });
}

#[test]
fn a_kill_before_the_switch_is_made_good() {
    let place = place();
    place.make("2025-11-30-001");
    std::fs::create_dir(place.data.releases().join(".building-1")).unwrap();
    std::os::unix::fs::symlink("releases/x", place.data.published().join(".current-1")).unwrap();
    recover(&place.data, &place.catalog).unwrap();
    assert_eq!(place.in_force().as_deref(), Some("2025-11-30-001"));
    assert_eq!(place.catalog.releases().unwrap().len(), 1);
    let left: Vec<_> = std::fs::read_dir(place.data.releases()).unwrap().collect();
    assert_eq!(left.len(), 1);
    assert!(!place.data.published().join(".current-1").is_symlink());

    place.make("2025-11-30-002");
    recover(&place.data, &place.catalog).unwrap();
    assert_eq!(place.in_force().as_deref(), Some("2025-11-30-002"));
}

#[test]
fn a_kill_before_the_record_is_made_good() {
    let place = place();
    place.release("2025-11-30-001");
    place.make("2025-11-30-002");
    switch(&place.data, "2025-11-30-002").unwrap();
    recover(&place.data, &place.catalog).unwrap();
    assert_eq!(place.in_force().as_deref(), Some("2025-11-30-002"));
    assert_eq!(place.catalog.releases().unwrap()[0].id, "2025-11-30-002");
}

#[test]
fn a_new_catalog_over_old_releases_moves_nothing() {
    let place = place();
    for id in ["2025-11-28-001", "2025-11-29-001", "2025-11-30-001"] {
        place.make(id);
    }
    switch(&place.data, "2025-11-29-001").unwrap();
    for _ in 0..2 {
        recover(&place.data, &place.catalog).unwrap();
        assert_eq!(place.in_force().as_deref(), Some("2025-11-29-001"));
    }
}

#[test]
fn the_list_begins_with_the_latest_and_leaves_out_what_is_gone() {
    let place = place();
    for id in ["2025-11-29-001", "2025-11-30-001", "2025-11-30-002", "2025-11-30-003"] {
        place.release(id);
    }
    switch(&place.data, "2025-11-30-001").unwrap();
    std::fs::remove_dir_all(place.data.releases().join("2025-11-30-002")).unwrap();
    let listed = list(&place.data, &place.catalog).unwrap();
    let shown: Vec<_> = listed
        .iter()
        .map(|one| (one.release.id.as_str(), one.is_current))
        .collect();
    assert_eq!(
        shown,
        [
            ("2025-11-30-003", false),
            ("2025-11-30-001", true),
            ("2025-11-29-001", false)
        ]
    );
}
