//! `lumbung rebuild`: a model replayed from raw.

use super::{Failure, Session, print, status};
use crate::finding::receipt::Language;
use crate::run::rebuild::{self, Report};

/// What `lumbung rebuild` takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Replays every submission of the dataset from raw/, in the order of their numbers, with the contract \
in force. Do this after raising a contract's version; with the contract unchanged it leaves the same files. The old \
model counts until the new one is whole: stopped in the middle, call it again. It does not publish: `lumbung run` does.

Examples:
  lumbung rebuild population
  lumbung --config /etc/lumbung --data /srv/lumbung rebuild labour --json"
)]
pub struct Arguments {
    /// Name of the dataset
    dataset: String,
}

pub(super) async fn rebuild(session: &Session, arguments: Arguments) -> Result<i32, Failure> {
    // Never makes a data directory.
    drop(status::open(session)?);
    let report = rebuild::rebuild(&session.place, &arguments.dataset, &session.progress).await?;
    if session.json {
        session.print_json(&report)?;
    } else {
        print(&text(session, &report))?;
    }
    Ok(if report.held.is_empty() { 0 } else { 3 })
}

fn text(session: &Session, report: &Report) -> String {
    let Report {
        dataset,
        version,
        submissions,
        rows,
        partitions,
        ..
    } = report;
    let mut lines = vec![match session.language {
        Language::Id => format!(
            "{dataset}: {submissions} kiriman dibaca ulang dengan kontrak versi {version}; \
             {rows} baris dalam {partitions} berkas"
        ),
        Language::En => format!(
            "{dataset}: {submissions} submissions replayed with contract version {version}; \
             {rows} rows in {partitions} files"
        ),
    }];
    let numbers = |of: &[i64]| of.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    if report.unchanged {
        let same = session.say("Datanya sama seperti sebelumnya.", "The model is the same as before.");
        lines.push(same.to_string());
    }
    if !report.reissued.is_empty() {
        let anew = session.say("Tanda terima diterbitkan ulang", "Receipts issued again");
        lines.push(format!("{anew}: {}", numbers(&report.reissued)));
    }
    if !report.held.is_empty() {
        let held = session.say("Sekarang ditahan", "Held now");
        lines.push(format!("{held}: {} (lumbung submission show N)", numbers(&report.held)));
    }
    if report.waiting > 0 {
        let waited = session.say(
            "kiriman yang menunggu dibaca pada proses berikutnya",
            "waiting submissions are read by the next run",
        );
        lines.push(format!("{} {waited}", report.waiting));
    }
    let next = session.say(
        "Belum diterbitkan. Berikutnya: lumbung run",
        "Not published yet. Next: lumbung run",
    );
    lines.push(next.to_string());
    lines.join("\n") + "\n"
}
