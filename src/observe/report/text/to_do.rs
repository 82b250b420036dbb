//! What a person has to do, each with the command that does it.

use super::{Page, line};
use crate::finding::receipt::Status;
use crate::observe::report::{FailureReport, Language, SourceReport, SubmissionReport};

/// Things to do that are listed of each sort; the others are counted.
const LISTED: usize = 10;

impl Page<'_> {
    /// What a person must do now, by sort, the most pressing first.
    pub(super) fn to_do(&self, text: &mut String) {
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
        for dataset in &self.report.without_pseudonyms {
            let blank = self.word(
                "Nama samaran dikosongkan, karena keys.pseudonym tidak memberi kunci",
                "Pseudonyms are blank, for keys.pseudonym gives no key",
            );
            let then = self.word("setelah kuncinya diisi", "once it is set");
            line(text, format_args!("  {blank}: {dataset}"));
            line(text, format_args!("    {then}: lumbung rebuild {dataset}"));
        }
        self.failed_indicators(text);
        self.strays(text);
        self.undecided(text);
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

    /// Files that nobody reads where they stand.
    fn strays(&self, text: &mut String) {
        for stray in self.report.strays.iter().take(LISTED) {
            let unread = self.word("Tidak dibaca", "Not read");
            line(text, format_args!("  {unread}: {}", self.language.of(&stray.message)));
            if let Some(hint) = &stray.hint {
                let word = self.word("saran", "hint");
                line(text, format_args!("    {word}: {}", self.language.of(hint)));
            }
        }
        self.and_more(text, self.report.strays.len(), "lumbung doctor");
    }

    /// What an earlier run held and nobody has decided on.
    fn undecided(&self, text: &mut String) {
        for one in self.report.undecided.iter().take(LISTED) {
            let region = one.region.as_deref().map(|code| self.region(code));
            let from: Vec<String> = [one.connector.clone()]
                .into_iter()
                .chain(region)
                .chain(one.file.clone())
                .collect();
            let (waits, number) = (
                self.word("Menunggu keputusan sejak", "Waits for a decision since"),
                self.word("kiriman", "submission"),
            );
            let (since, from) = (&one.since, from.join(", "));
            line(
                text,
                format_args!("  {waits} {since}: {number} {} ({from})", one.submission),
            );
            let advice = match one.acceptable {
                true => self.accept_or_refuse(one.submission),
                false => self.sent_again(one.submission),
            };
            line(text, format_args!("    {advice}"));
        }
        self.and_more(
            text,
            self.report.undecided.len(),
            "lumbung submission list --status held",
        );
    }

    /// For a submission about which a question is open: nothing of it could be let in.
    fn sent_again(&self, submission: i64) -> String {
        format!(
            "lumbung submission show {submission}; {}; {} lumbung submission refuse {submission} --reason \"…\"",
            self.word("pengirim perlu mengirim ulang", "its sender has to send it again"),
            self.word("atau", "or")
        )
    }

    /// Pulled sources of which rows were refused: nobody but their owners can mend them, and no receipt reaches those.
    pub(in crate::observe::report) fn sources_to_tell(&self, text: &mut String) {
        let refused = |submission: &&SubmissionReport| submission.file.is_none() && submission.rows().quarantined > 0;
        let met: Vec<&SubmissionReport> = self.report.submissions.iter().filter(refused).collect();
        if met.is_empty() {
            return;
        }
        line(text, "");
        line(
            text,
            self.word(
                "Perlu diberitahukan kepada pemilik sumber",
                "To tell the owners of sources",
            ),
        );
        for submission in met.iter().take(LISTED) {
            line(text, format_args!("  {}", self.described(submission)));
            let source = self.report.sources.iter();
            let mut source = source.filter(|source| source.connector == submission.connector);
            let contact = source.find_map(|source| source.contact.as_deref());
            let tell = match contact {
                Some(contact) => format!("{} {contact}", self.word("beri tahu", "tell")),
                None => format!(
                    "{} contact {} connectors/{}.toml",
                    self.word("beri tahu pemilik sumbernya, dan isi", "tell its owner, and set"),
                    self.word("di", "in"),
                    submission.connector
                ),
            };
            let number = submission.submission;
            let which = self.word("baris dan sebabnya", "the rows and why");
            line(
                text,
                format_args!("    {tell}; {which}: lumbung submission show {number}"),
            );
        }
        self.and_more(text, met.len(), "lumbung submission list");
    }

    fn accept_or_refuse(&self, submission: i64) -> String {
        format!(
            "lumbung submission show {submission}; {} lumbung submission accept|refuse {submission} --reason \"…\"",
            self.word("lalu", "then")
        )
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
                    match submission.rows().accepted {
                        0 => self.sent_again(submission.submission),
                        _ => self.accept_or_refuse(submission.submission),
                    },
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
        let what = if rows.read == 0 && submission.status == Status::Held {
            self.word("ada pertanyaan kepada pengirimnya", "there is a question to its sender")
                .to_string()
        } else if rows.read == 0 {
            self.word("tidak terbaca", "could not be read").to_string()
        } else {
            let of = self.word("dari", "of");
            let out = self.word("ditolak", "refused");
            let read = self.count(rows.read, "baris", ["row", "rows"]);
            format!("{} {of} {read} {out}", self.number(rows.quarantined))
        };
        let number = self.word("kiriman", "submission");
        format!("{number} {} ({}): {what}", submission.submission, parts.join(", "))
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
