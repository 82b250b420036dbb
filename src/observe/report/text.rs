//! The morning report: the terminal form of a run report, read in a minute.
//!
//! What a person must do comes before the details, with the command that does it.

mod figures;
mod to_do;

use super::{Language, RunReport, Totals};
use crate::finding::receipt::{Rows, Titles};
use crate::finding::said;
use std::collections::BTreeMap;
use std::fmt::Write;

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
    page.sources_to_tell(&mut text);
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
        let day = said::day(report.as_of);
        line(
            text,
            format_args!("{run} {}, {about} {}", report.run, self.language.of(&day)),
        );
        let started = self.word("Mulai", "Started");
        let took = self.word("lama", "took");
        let end = self.ending();
        let duration = self.duration(report.seconds);
        let moment = said::moment(&report.started_at, self.titles.zone, self.language);
        line(text, format_args!("{started} {moment}, {took} {duration}. {end}"));
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
        if self.report.unsettled > 0 {
            let files = self.count(self.report.unsettled, "berkas", ["file", "files"]);
            let written = self.word(
                "masih ditulis atau menunggu penanda .done; jalan berikutnya mengambilnya",
                "are still being written or wait for their .done marker; the next run takes them",
            );
            line(text, format_args!("{files} {written}."));
        }
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
            let came = self.count(merge.submissions, "kiriman", ["submission", "submissions"]);
            let left = self.count(
                merge.withdrawn,
                "kiriman ditarik",
                ["submission withdrawn", "submissions withdrawn"],
            );
            let from = match (merge.submissions, merge.withdrawn) {
                (_, 0) => came,
                (0, _) => left,
                _ => format!("{came}, {left}"),
            };
            let written = self.count(merge.partitions, "partisi", ["partition", "partitions"]);
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
                "{id}; {}:{}",
                self.word("berubah", "changed"),
                changed(&release.changed)
            ),
            None => self.word("tidak diterbitkan", "not published").to_string(),
        }
    }
}

/// Most partitions of a dataset that are named.
const PARTITIONS: usize = 12;

/// Tables that changed, a line for each folder: a dataset with its partitions. One without rows has nothing to tell.
fn changed(paths: &[String]) -> String {
    let mut folders: Vec<(&str, Vec<&str>)> = Vec::new();
    for path in paths {
        let name = path.strip_suffix(".parquet").unwrap_or(path);
        let (folder, table) = name.rsplit_once('/').unwrap_or((name, ""));
        if folder.starts_with("datasets/") && table == "empty" {
            continue;
        }
        match folders.last_mut().filter(|(known, _)| *known == folder) {
            Some((_, tables)) => tables.push(table),
            None => folders.push((folder, vec![table])),
        }
    }
    let mut lines = String::new();
    for (folder, tables) in folders {
        lines.push_str(&format!("\n  {folder}"));
        let (named, more) = tables.split_at(tables.len().min(PARTITIONS));
        if !named.concat().is_empty() {
            lines.push_str(&format!(": {}", named.join(", ")));
        }
        if !more.is_empty() {
            lines.push_str(&format!(" … (+{})", more.len()));
        }
    }
    lines
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
