//! The morning report: the terminal form of a run report, read in a minute.
//!
//! What a person must do comes before the details, with the command that does it.

mod figures;

use super::{FailureReport, Language, RunReport, SourceReport, SubmissionReport, Totals};
use crate::finding::receipt::{Rows, Status, Titles};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Things to do that are listed of each sort; the others are counted.
const LISTED: usize = 10;

/// The whole report.
pub(super) fn page(report: &RunReport, language: Language, titles: &Titles) -> String {
    let page = Page {
        report,
        language,
        titles,
        totals: report.totals(),
    };
    let mut text = String::new();
    page.heading(&mut text);
    page.to_do(&mut text);
    page.sources(&mut text);
    page.submissions(&mut text);
    page.results(&mut text);
    text
}

struct Page<'a> {
    report: &'a RunReport,
    language: Language,
    titles: &'a Titles,
    totals: Totals,
}

/// Adds one line. Writing into a `String` cannot fail.
fn line(text: &mut String, content: impl std::fmt::Display) {
    let _ = writeln!(text, "{content}");
}

impl Page<'_> {
    fn word<'w>(&self, id: &'w str, en: &'w str) -> &'w str {
        if self.language == Language::Id { id } else { en }
    }

    /// `32.73 Kota Bandung`, or the code alone.
    fn region(&self, code: &str) -> String {
        match self.titles.regions.get(code) {
            Some(name) => format!("{code} {name}"),
            None => code.to_string(),
        }
    }

    fn heading(&self, text: &mut String) {
        let report = self.report;
        let run = self.word("Laporan jalan", "Report of run");
        let about = self.word("per tanggal", "as of");
        line(text, format_args!("{run} {}, {about} {}", report.run, report.as_of));
        let started = self.word("Mulai", "Started");
        let took = self.word("lama", "took");
        let end = self.ending();
        let duration = self.duration(report.seconds);
        line(
            text,
            format_args!("{started} {}, {took} {duration}. {end}", report.started_at),
        );
    }

    fn ending(&self) -> &'static str {
        let (id, en) = match self.report.exit_code {
            0 => ("Selesai, tidak ada yang perlu ditindaklanjuti.", "Done, nothing to do."),
            1 => ("GAGAL: tidak ada yang diterbitkan.", "FAILED: nothing was published."),
            2 => ("GAGAL: konfigurasi salah.", "FAILED: the configuration is wrong."),
            _ => (
                "Selesai, tetapi ada yang perlu ditindaklanjuti.",
                "Done, but somebody must look.",
            ),
        };
        if self.language == Language::Id { id } else { en }
    }

    /// What a person must do now, by sort, the most pressing first.
    fn to_do(&self, text: &mut String) {
        if !self.report.needs_a_person() {
            return;
        }
        line(text, "");
        line(text, self.word("Perlu tindakan", "To do"));
        for source in &self.report.sources {
            self.failed_source(text, source);
        }
        for dataset in &self.report.waiting {
            let waits = self.word("Menunggu dibangun ulang", "Waits for a rebuild");
            line(text, format_args!("  {waits}: {dataset}"));
            line(text, format_args!("    lumbung rebuild {dataset}"));
        }
        self.failed_indicators(text);
        self.decisions(text, Status::Held);
        self.decisions(text, Status::Refused);
    }

    fn failed_source(&self, text: &mut String, source: &SourceReport) {
        if source.failures.is_empty() {
            return;
        }
        let failed = self.word("Sumber gagal", "Source failed");
        line(text, format_args!("  {failed}: {}", source.connector));
        // One cause often fails hundreds of regions: it is said once, with the regions it met.
        for (message, failures) in by_message(&source.failures, self.language) {
            line(text, format_args!("    {}{message}", self.slices(&failures)));
            if let Some(hint) = failures.iter().find_map(|failure| failure.hint.as_ref()) {
                line(
                    text,
                    format_args!("      {}: {}", self.word("saran", "hint"), self.language.of(hint)),
                );
            }
        }
        let again = self.word("Setelah diperbaiki", "When it is mended");
        line(
            text,
            format_args!("    {again}: lumbung run --connector {}", source.connector),
        );
    }

    /// `32.73 Kota Bandung, 2025-11: `, or `514 daerah atau rentang (32.73, 32.74, …): `.
    fn slices(&self, failures: &[&FailureReport]) -> String {
        let name = |failure: &FailureReport| {
            let region = failure.region.as_deref().map(|code| self.region(code));
            let parts: Vec<String> = region.into_iter().chain(failure.window.clone()).collect();
            parts.join(", ")
        };
        match failures {
            [one] if name(one).is_empty() => String::new(),
            [one] => format!("{}: ", name(one)),
            many => {
                let names: Vec<String> = many
                    .iter()
                    .map(|failure| name(failure))
                    .filter(|name| !name.is_empty())
                    .collect();
                let shown = names.iter().take(3).cloned().collect::<Vec<_>>().join("; ");
                let more = if names.len() > 3 { "; …" } else { "" };
                let count = self.number(many.len() as u64);
                format!("{count} {} ({shown}{more}): ", self.word("permintaan", "requests"))
            }
        }
    }

    fn failed_indicators(&self, text: &mut String) {
        for failure in self.report.indicators.failed.iter().take(LISTED) {
            let failed = self.word("Indikator gagal", "Indicator failed");
            line(
                text,
                format_args!("  {failed}: {}: {}", failure.indicator, failure.message),
            );
            let (mend, then) = (self.word("Perbaiki", "Mend"), self.word("lalu", "then"));
            let file = format!("pipelines/indicators/{}.sql", failure.indicator);
            line(
                text,
                format_args!("    {mend} {file}, {then}: lumbung check, lumbung run"),
            );
        }
        self.and_more(text, self.report.indicators.failed.len(), "lumbung --json status");
    }

    /// Submissions with a status that a person must decide on or answer.
    fn decisions(&self, text: &mut String, status: Status) {
        let met: Vec<&SubmissionReport> = self
            .report
            .submissions
            .iter()
            .filter(|submission| submission.status == status)
            .collect();
        for submission in met.iter().take(LISTED) {
            let (title, advice) = match status {
                Status::Held => (
                    self.word("Ditahan", "Held"),
                    format!(
                        "lumbung submission show {0}; {1} accept {0} {2} refuse {0}",
                        submission.submission,
                        self.word("lalu", "then"),
                        self.word("atau", "or")
                    ),
                ),
                _ => (
                    self.word("Ditolak", "Refused"),
                    format!(
                        "{}: lumbung submission show {}",
                        self.word(
                            "Pengirim punya tanda terima; lihat juga",
                            "The sender has a receipt; see also"
                        ),
                        submission.submission
                    ),
                ),
            };
            line(text, format_args!("  {title}: {}", self.described(submission)));
            line(text, format_args!("    {advice}"));
        }
        self.and_more(text, met.len(), "lumbung submission list");
    }

    fn and_more(&self, text: &mut String, all: usize, command: &str) {
        if all > LISTED {
            let more = self.number((all - LISTED) as u64);
            line(
                text,
                format_args!(
                    "  {} {more} {}: {command}",
                    self.word("dan", "and"),
                    self.word("lagi", "more")
                ),
            );
        }
    }

    fn described(&self, submission: &SubmissionReport) -> String {
        let mut parts = vec![submission.connector.clone()];
        parts.extend(submission.region.as_deref().map(|code| self.region(code)));
        parts.extend(submission.file.clone());
        let rows = submission.rows();
        let what = if rows.read == 0 {
            self.word("tidak terbaca", "could not be read").to_string()
        } else {
            let of = self.word("dari", "of");
            let out = self.word("baris ditolak", "rows refused");
            format!(
                "{} {of} {} {out}",
                self.number(rows.quarantined),
                self.number(rows.read)
            )
        };
        let number = self.word("kiriman", "submission");
        format!("{number} {} ({}): {what}", submission.submission, parts.join(", "))
    }

    /// One line a source, also where nothing came: silence must be seen.
    fn sources(&self, text: &mut String) {
        if self.report.sources.is_empty() {
            return;
        }
        line(text, "");
        let headers = match self.language {
            Language::Id => ["Sumber", "baru", "sama", "bagian", "ukuran", "lama", "gagal"],
            Language::En => ["Source", "new", "same", "parts", "size", "time", "failed"],
        };
        let mut rows = vec![headers.map(str::to_string)];
        for source in &self.report.sources {
            rows.push([
                source.connector.clone(),
                self.number(source.deliveries),
                self.number(source.duplicates),
                self.number(source.parts),
                self.size(source.bytes),
                self.duration(source.seconds),
                self.number(source.failures.len() as u64),
            ]);
        }
        columns(text, &rows);
    }

    fn submissions(&self, text: &mut String) {
        let Totals {
            accepted,
            accepted_in_part,
            held,
            refused,
            duplicates,
            ..
        } = self.totals;
        line(text, "");
        if self.report.submissions.is_empty() {
            let same = self.number(duplicates);
            let nothing = self.word("Kiriman: tidak ada yang baru", "Submissions: nothing new");
            line(
                text,
                format_args!(
                    "{nothing}, {same} {}.",
                    self.word("sama dengan sebelumnya", "as before")
                ),
            );
            return;
        }
        let counts = [
            (accepted, self.word("diterima", "accepted")),
            (accepted_in_part, self.word("diterima sebagian", "accepted in part")),
            (held, self.word("ditahan", "held")),
            (refused, self.word("ditolak", "refused")),
            (duplicates, self.word("sama dengan sebelumnya", "as before")),
        ];
        let counts = counts
            .map(|(count, word)| format!("{} {word}", self.number(count)))
            .join(", ");
        line(text, format_args!("{}: {counts}.", self.word("Kiriman", "Submissions")));
        self.by_dataset(text);
    }

    fn by_dataset(&self, text: &mut String) {
        let mut sums: BTreeMap<&str, Rows> = BTreeMap::new();
        for part in self
            .report
            .submissions
            .iter()
            .flat_map(|submission| &submission.datasets)
        {
            *sums.entry(&part.dataset).or_default() += part.rows;
        }
        if sums.is_empty() {
            return;
        }
        line(text, "");
        let headers = match self.language {
            Language::Id => [
                "Baris",
                "dibaca",
                "lolos",
                "dikarantina",
                "berulang",
                "tanpa angka",
                "diabaikan",
            ],
            Language::En => [
                "Rows",
                "read",
                "passed",
                "quarantined",
                "repeated",
                "not observed",
                "ignored",
            ],
        };
        let mut rows = vec![headers.map(str::to_string)];
        let mut put = |name: &str, sum: Rows| {
            let counts = [
                sum.read,
                sum.accepted,
                sum.quarantined,
                sum.repeated,
                sum.not_observed,
                sum.ignored,
            ];
            let [read, accepted, quarantined, repeated, not_observed, ignored] = counts.map(|count| self.number(count));
            rows.push([
                name.to_string(),
                read,
                accepted,
                quarantined,
                repeated,
                not_observed,
                ignored,
            ]);
        };
        for (dataset, sum) in &sums {
            put(dataset, *sum);
        }
        if sums.len() > 1 {
            put(self.word("jumlah", "total"), self.totals.rows);
        }
        columns(text, &rows);
    }

    /// What came out of it.
    fn results(&self, text: &mut String) {
        line(text, "");
        for merge in &self.report.merged {
            let merged = self.word("Digabung", "Merged");
            let from = self.count(merge.submissions, "kiriman", "submission");
            let written = self.count(merge.partitions, "partisi", "partition");
            let time = self.duration(merge.seconds);
            line(
                text,
                format_args!("{merged}: {}, {from}, {written}, {time}", merge.dataset),
            );
        }
        let indicators = &self.report.indicators;
        let (computed, failed) = (
            self.number(indicators.computed),
            self.number(indicators.failed.len() as u64),
        );
        let (done, not_done) = (self.word("dihitung", "computed"), self.word("gagal", "failed"));
        let unchanged = match indicators.unchanged {
            0 => String::new(),
            unchanged => format!(
                " ({} {})",
                self.number(unchanged),
                self.word("di antaranya tidak berubah", "of them unchanged")
            ),
        };
        line(
            text,
            format_args!(
                "{}: {computed} {done}{unchanged}, {failed} {not_done}",
                self.word("Indikator", "Indicators")
            ),
        );
        line(
            text,
            format_args!("{}: {}", self.word("Rilis", "Release"), self.released()),
        );
    }

    fn released(&self) -> String {
        let release = &self.report.release;
        match &release.id {
            Some(id) if release.unchanged => {
                let same = self.word("tidak ada perubahan, tetap", "nothing changed, still");
                format!("{same} {id}")
            }
            Some(id) if release.changed.is_empty() => id.clone(),
            Some(id) => format!(
                "{id}; {}: {}",
                self.word("berubah", "changed"),
                release.changed.join(", ")
            ),
            None => self.word("tidak diterbitkan", "not published").to_string(),
        }
    }
}

/// Failures with the same sentence, in the order in which each was first met.
fn by_message(failures: &[FailureReport], language: Language) -> Vec<(&str, Vec<&FailureReport>)> {
    let mut groups: Vec<(&str, Vec<&FailureReport>)> = Vec::new();
    for failure in failures {
        let message = language.of(&failure.message);
        match groups.iter_mut().find(|(known, _)| *known == message) {
            Some((_, group)) => group.push(failure),
            None => groups.push((message, vec![failure])),
        }
    }
    groups
}

/// Writes a table: the first column to the left, the others to the right.
fn columns<const N: usize>(text: &mut String, rows: &[[String; N]]) {
    let widths: [usize; N] = std::array::from_fn(|column| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or_default()
    });
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(column, (cell, width))| {
                if column == 0 {
                    format!("{cell:<width$}")
                } else {
                    format!("{cell:>width$}")
                }
            })
            .collect();
        line(text, cells.join("  "));
    }
}
