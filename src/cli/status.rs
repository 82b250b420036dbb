//! `lumbung status`: the last run's report, what is due, what waits for a person.

use super::{Failure, Session, print};
use crate::catalog::Catalog;
use crate::finding::receipt::{Language, Titles};
use crate::finding::said;
use crate::observe::RunReport;
use crate::publish;
use crate::run::{DataDirectory, LEASE, receipts};

pub(super) fn status(session: &Session) -> Result<i32, Failure> {
    let data = DataDirectory::new(&session.place.data);
    let catalog = open(session)?;
    let last = catalog.runs(1)?.pop();
    let unfinished = last.as_ref().filter(|run| run.ended_at.is_none());
    let is_running = unfinished.is_some() && catalog.is_lease_held(LEASE)?;
    let report = catalog.last_report()?;
    let report = report.as_deref().map(RunReport::from_json).transpose();
    let report = report.map_err(Failure::new)?;
    let held = catalog.held()?;
    let current = publish::current(&data).map(|(id, _)| id);
    if session.json {
        // Nothing waits for a person, by the last report and by what is held now.
        let is_well = held.is_empty() && report.as_ref().is_none_or(|report| report.exit_code == 0);
        let value = serde_json::json!({
            "well": is_well, "run": last, "running": is_running, "stopped": unfinished.is_some() && !is_running, "report": report, "held": held, "release": current, "due": catalog.due_times()?,
        });
        session.print_json(&value)?;
        return Ok(0);
    }
    let titles =
        crate::config::load(&session.place.config).map_or_else(|_| Titles::default(), |c| receipts::titles(&c));
    let mut text = match &report {
        Some(report) => report.to_text(session.language, &titles),
        None => session
            .say("Belum ada laporan.\n", "There is no report yet.\n")
            .to_string(),
    };
    if let Some(run) = unfinished {
        let (id, start) = (run.id, said::moment(&run.started_at, titles.zone, session.language));
        let note = match (session.language, is_running) {
            (Language::Id, true) => format!("Jalan {id} sedang berlangsung sejak {start}."),
            (Language::En, true) => format!("Run {id} is running since {start}."),
            (Language::Id, false) => format!(
                "Jalan {id}, mulai {start}, terhenti sebelum selesai; tidak ada yang hilang, jalan berikutnya melanjutkannya."
            ),
            (Language::En, false) => format!(
                "Run {id}, begun at {start}, stopped before its end; nothing is lost, the next run continues it."
            ),
        };
        text.push_str(&format!("\n{note}\n"));
    }
    text.push_str(&format!(
        "\n{} {}\n",
        session.say("Rilis yang berlaku:", "Release in force:"),
        current.as_deref().unwrap_or("—")
    ));
    for submission in held {
        let sequence = submission.sequence.unwrap_or_default();
        let waits = session.say("ditahan", "held");
        text.push_str(&format!(
            "{waits}: {sequence} {} {} {} (lumbung submission show {sequence})\n",
            submission.connector,
            session.say("sejak", "since"),
            submission.received_on
        ));
    }
    for (name, next) in catalog.due_times()? {
        let next = said::moment(&next, titles.zone, session.language);
        text.push_str(&format!("{} {name}: {next}\n", session.say("Jadwal", "Due")));
    }
    print(&text).map(|()| 0)
}

/// Opens the catalog of an installation that has run before; never makes one.
pub(super) fn open(session: &Session) -> Result<Catalog, Failure> {
    let path = session.place.data.join("catalog.db");
    if !path.exists() {
        return Err(Failure::new(format!(
            "{} has no catalog: nothing has run here yet",
            session.place.data.display()
        ))
        .hint("`lumbung run` makes it; or name the data directory with --data"));
    }
    Ok(Catalog::open(&session.place.data)?)
}
