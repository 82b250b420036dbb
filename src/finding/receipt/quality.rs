//! How good what a sender sends is, as its receipts say it.

use super::Language;
use crate::finding::said::number;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A row of the release's `quality/quality.parquet`: counts of the region's reports, rows and submissions in the
/// dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quality {
    /// The release that counted.
    pub release: String,
    /// Reports of the region that were due by the day of the release.
    pub reports_due: u64,
    /// Of those: how many have come.
    pub reports_received: u64,
    /// Of those: how many came by their due date.
    pub reports_on_time: u64,
    /// Rows read from all that the region sent and did not take back.
    pub rows_read: u64,
    /// Of those: how many were not quarantined.
    pub rows_valid: u64,
    /// Rows that were accepted.
    pub rows_accepted: u64,
    /// Rows out of line with earlier figures; null where the dataset does not compare.
    pub rows_unusual: Option<u64>,
    /// Submissions of the region that were judged and not taken back.
    pub submissions: u64,
    /// Submissions that changed closed periods.
    pub revisions: u64,
}

impl Quality {
    /// Label and sentence of everything that can be said.
    pub(super) fn lines(&self, language: Language) -> Vec<(&'static str, String)> {
        let mut lines = Vec::new();
        let mut line = |labels: (&'static str, &'static str), part: u64, whole: u64, sentence: (&str, &str)| {
            if whole == 0 {
                return;
            }
            let (label, sentence) = match language {
                Language::Id => (labels.0, sentence.0),
                Language::En => (labels.1, sentence.1),
            };
            // All is said of all alone, and nothing of none alone.
            let share = match (part * 100 + whole / 2) / whole {
                0 if part > 0 => 1,
                100 if part < whole => 99,
                share => share,
            };
            let share = number(share, language);
            let (part, whole) = (number(part, language), number(whole, language));
            let text = sentence.replace("{part}", &part).replace("{whole}", &whole);
            lines.push((label, format!("{text} ({share} %)")));
        };
        line(
            ("Kelengkapan", "Completeness"),
            self.reports_received,
            self.reports_due,
            (
                "{part} dari {whole} laporan yang jatuh tempo diterima",
                "{part} of {whole} reports that were due have come",
            ),
        );
        line(
            ("Ketepatan waktu", "Timeliness"),
            self.reports_on_time,
            self.reports_due,
            ("{part} dari {whole} tepat waktu", "{part} of {whole} in time"),
        );
        line(
            ("Kesahihan", "Validity"),
            self.rows_valid,
            self.rows_read,
            (
                "{part} dari {whole} baris yang dibaca tidak salah",
                "{part} of {whole} rows read had no error",
            ),
        );
        if let Some(unusual) = self.rows_unusual {
            line(
                ("Konsistensi", "Consistency"),
                self.rows_accepted.saturating_sub(unusual),
                self.rows_accepted,
                (
                    "{part} dari {whole} baris sejalan dengan angka sebelumnya",
                    "{part} of {whole} rows are in line with earlier figures",
                ),
            );
        }
        line(
            ("Koreksi", "Corrections"),
            self.revisions,
            self.submissions,
            (
                "{part} dari {whole} kiriman mengubah periode yang sudah ditutup",
                "{part} of {whole} submissions changed a closed period",
            ),
        );
        lines
    }
}
