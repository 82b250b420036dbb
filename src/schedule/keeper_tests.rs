use super::*;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A catalog in which every schedule given has been due since 2020.
fn overdue(folder: &Path, schedules: &[Schedule]) -> Catalog {
    let catalog = Catalog::open(folder).unwrap();
    tick(&catalog, schedules, "2020-01-01T00:00:00Z".parse().unwrap()).unwrap();
    catalog
}

fn yearly(name: &str) -> Schedule {
    Schedule::new(JobKind::Connector(name.to_string()), "0 1 1 1 *", "Asia/Jakarta").unwrap()
}

fn planner(schedules: &[Schedule]) -> Planner {
    let schedules = schedules.to_vec();
    Arc::new(move || Ok(schedules.clone()))
}

fn often() -> Options {
    Options {
        tick: Duration::from_secs(1),
        replan: Duration::from_millis(100),
    }
}

fn is_due(catalog: &Catalog, schedules: &[Schedule]) -> bool {
    !tick(catalog, schedules, Utc::now()).unwrap().is_empty()
}

/// A job that notes what it was asked, and the names it noted.
fn noting(code: i32) -> (Job, Arc<Mutex<Vec<String>>>) {
    let noted = Arc::new(Mutex::new(Vec::new()));
    let inside = Arc::clone(&noted);
    let job: Job = Arc::new(move |kind| {
        inside.lock().unwrap().push(kind.name());
        async move { code }.boxed()
    });
    (job, noted)
}

async fn after(seconds: f64) {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
}

#[tokio::test]
async fn what_was_missed_runs_once_and_moves_on() {
    let folder = tempfile::tempdir().unwrap();
    let all = [yearly("a"), yearly("b")];
    let catalog = overdue(folder.path(), &all);
    let (job, noted) = noting(3);
    let dropped = serve(&catalog, planner(&all), job, often(), after(2.3)).await.unwrap();
    assert_eq!(dropped, None);
    assert_eq!(*noted.lock().unwrap(), ["connector:a", "connector:b"]);
    assert!(!is_due(&catalog, &all), "a job that ended with 3 has ended");
}

#[tokio::test]
async fn the_tick_finds_what_becomes_due_while_serving() {
    let folder = tempfile::tempdir().unwrap();
    let all = [yearly("a")];
    let catalog = Catalog::open(folder.path()).unwrap();
    let (job, noted) = noting(0);
    // So long between plans that only the tick can wake the loop.
    let options = Options {
        tick: Duration::from_secs(1),
        replan: Duration::from_secs(600),
    };
    let becomes_due = async {
        after(0.3).await;
        catalog
            .advance("connector:a", "2020-01-01T00:00:00Z".parse().unwrap())
            .unwrap();
        after(4.0).await;
    };
    serve(&catalog, planner(&all), job, options, becomes_due).await.unwrap();
    assert_eq!(*noted.lock().unwrap(), ["connector:a"]);
}

#[tokio::test]
async fn jobs_never_overlap() {
    let folder = tempfile::tempdir().unwrap();
    let all = [yearly("a"), yearly("b"), yearly("c")];
    let catalog = overdue(folder.path(), &all);
    let (now, most, done) = (
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicUsize::new(0)),
    );
    let (now_inside, most_inside, done_inside) = (Arc::clone(&now), Arc::clone(&most), Arc::clone(&done));
    let job: Job = Arc::new(move |_| {
        let (now, most, done) = (
            Arc::clone(&now_inside),
            Arc::clone(&most_inside),
            Arc::clone(&done_inside),
        );
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // Longer than a tick.
            after(1.2).await;
            now.fetch_sub(1, Ordering::SeqCst);
            done.fetch_add(1, Ordering::SeqCst);
            0
        }
        .boxed()
    });
    serve(&catalog, planner(&all), job, often(), after(4.5)).await.unwrap();
    assert_eq!((done.load(Ordering::SeqCst), most.load(Ordering::SeqCst)), (3, 1));
}

#[tokio::test]
async fn nothing_runs_while_another_process_holds_the_lease() {
    let folder = tempfile::tempdir().unwrap();
    let all = [yearly("a")];
    let catalog = overdue(folder.path(), &all);
    let parent = std::os::unix::process::parent_id();
    let stat = std::fs::read_to_string(format!("/proc/{parent}/stat")).unwrap();
    let started = stat
        .rsplit_once(')')
        .unwrap()
        .1
        .split_whitespace()
        .nth(19)
        .unwrap()
        .to_string();
    let beside = rusqlite::Connection::open(folder.path().join("catalog.db")).unwrap();
    let lease = "INSERT INTO leases (name, holder, taken_at) VALUES (?1, ?2, '2025-11-30T01:00:00Z')";
    beside.execute(lease, ["run", &format!("{parent}:{started}")]).unwrap();

    let (job, noted) = noting(0);
    serve(&catalog, planner(&all), job, often(), after(1.5)).await.unwrap();
    assert!(noted.lock().unwrap().is_empty());
    assert!(is_due(&catalog, &all));

    beside
        .execute(lease, ["serve", &format!("{parent}:{started}")])
        .unwrap();
    let (job, _) = noting(0);
    let refused = serve(&catalog, planner(&all), job, often(), after(0.1))
        .await
        .unwrap_err();
    assert_eq!(refused.exit_code(), 1);
    assert!(refused.to_string().contains(&parent.to_string()), "{refused}");
}

#[tokio::test]
async fn a_configuration_that_breaks_leaves_the_moment_due_and_stops_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let all = [yearly("a"), yearly("b")];
    let catalog = overdue(folder.path(), &all);
    let asked = Arc::new(Mutex::new(Vec::new()));
    let inside = Arc::clone(&asked);
    // The job of `a` finds the configuration wrong.
    let job: Job = Arc::new(move |kind| {
        inside.lock().unwrap().push(kind.name());
        let code = if kind.name() == "connector:a" { CONFIGURATION } else { 0 };
        async move { code }.boxed()
    });
    let options = Options {
        tick: Duration::from_secs(1),
        replan: Duration::from_secs(600),
    };
    serve(&catalog, planner(&all), job, options, after(2.3)).await.unwrap();
    assert_eq!(
        *asked.lock().unwrap(),
        ["connector:a", "connector:b"],
        "a waits, b goes on"
    );
    assert!(is_due(&catalog, &all[..1]) && !is_due(&catalog, &all[1..]));
}

#[tokio::test]
async fn a_job_whose_configuration_stays_wrong_is_tried_ever_more_seldom() {
    let folder = tempfile::tempdir().unwrap();
    let all = [yearly("a")];
    let catalog = overdue(folder.path(), &all);
    let (job, noted) = noting(CONFIGURATION);
    let planner = planner(&all);
    let mut keeper = Keeper::new(&catalog, planner, job, often(), all.to_vec());
    let mut waits = Vec::new();
    for _ in 0..3 {
        keeper.waiting.clear();
        keeper.round().await.unwrap();
        waits.push(keeper.waited["connector:a"].as_millis());
    }
    assert_eq!(waits, [100, 200, 400]);
    assert_eq!(noted.lock().unwrap().len(), 3);
    assert!(is_due(&catalog, &all));
}

#[tokio::test]
async fn a_plan_that_cannot_be_read_makes_what_is_due_wait_until_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let all = [yearly("a")];
    let catalog = overdue(folder.path(), &all);
    let reads = Arc::new(AtomicUsize::new(0));
    let schedules = all.to_vec();
    // Good at the start, wrong twice, then good again.
    let planner: Planner = Arc::new(move || match reads.fetch_add(1, Ordering::SeqCst) {
        1 | 2 => Err("connectors/a.toml:3: unknown field `shedule`".to_string()),
        _ => Ok(schedules.clone()),
    });
    let (job, noted) = noting(0);
    let waits = async {
        after(0.5).await;
        assert!(noted.lock().unwrap().is_empty());
        assert!(is_due(&catalog, &all));
        after(3.5).await;
    };
    serve(&catalog, planner, job, often(), waits).await.unwrap();
    assert_eq!(*noted.lock().unwrap(), ["connector:a"]);
}

#[tokio::test]
async fn serving_does_not_begin_with_a_wrong_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(folder.path()).unwrap();
    let (job, _) = noting(0);
    let planner: Planner = Arc::new(|| Err("lumbung.toml: not found".to_string()));
    let refused = serve(&catalog, planner, job, often(), after(0.1)).await.unwrap_err();
    assert_eq!(refused.exit_code(), 2);
    assert!(refused.to_string().contains("lumbung.toml"), "{refused}");
}

#[tokio::test]
async fn a_job_that_panics_has_failed_and_the_next_one_runs() {
    let folder = tempfile::tempdir().unwrap();
    let all = [yearly("a"), yearly("b")];
    let catalog = overdue(folder.path(), &all);
    let (inner, noted) = noting(0);
    let job: Job = Arc::new(move |kind| {
        if kind.name() == "connector:a" {
            return async { panic!("a fault in a stage") }.boxed();
        }
        inner(kind)
    });
    // Telling the fault may take long on a busy machine: the stop waits for the other job.
    let seen = noted.clone();
    let stop = async move {
        for _ in 0..600 {
            if !seen.lock().unwrap().is_empty() {
                break;
            }
            after(0.05).await;
        }
        after(0.5).await;
    };
    serve(&catalog, planner(&all), job, often(), stop).await.unwrap();
    assert_eq!(*noted.lock().unwrap(), ["connector:b"]);
    assert!(!is_due(&catalog, &all));
}

#[tokio::test]
async fn a_stop_drops_the_job_and_leaves_its_moment_due() {
    let folder = tempfile::tempdir().unwrap();
    let all = [yearly("a")];
    let catalog = overdue(folder.path(), &all);
    let job: Job = Arc::new(|_| async { std::future::pending().await }.boxed());
    let begun = Instant::now();
    let dropped = serve(&catalog, planner(&all), job, often(), after(0.4)).await.unwrap();
    assert_eq!(dropped.as_deref(), Some("connector:a"));
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert!(is_due(&catalog, &all));
    // The next start goes on.
    let (job, noted) = noting(0);
    serve(&catalog, planner(&all), job, often(), after(0.4)).await.unwrap();
    assert_eq!(*noted.lock().unwrap(), ["connector:a"]);
}
