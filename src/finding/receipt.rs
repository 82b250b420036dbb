//! A receipt: what became of a submission, for its sender.
//!
//! The JSON form is version 1 and is read by other programs, so its keys, their order and their meaning are
//! fixed: every key of [`Receipt`] and [`ReceiptFinding`] is always there (null where it does not apply), except
//! `datasets`, `part`, `quality`, `reason` and `reissued_at`, which are left out where they say nothing. The page
//! ([`Receipt::to_html`]) and the terminal form ([`Receipt::to_text`]) are made from the same value, so the three never
//! disagree.
//!
//! A receipt whose counts do not add up cannot be made: [`Receipt::new`] refuses it.

mod groups;
mod html;
mod label;
mod quality;
mod rows;
mod tally;
mod text;
mod titles;
mod words;

pub use super::said::Language;
pub use quality::Quality;
pub use rows::{Rows, UnbalancedRows};
pub use tally::{FindingTally, Room};
pub use titles::Titles;

use super::{Bilingual, Finding, Severity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the JSON form that this program writes.
pub const RECEIPT_VERSION: u32 = 1;

/// Findings that a receipt lists. All are counted, and kept in the submission's `findings.parquet`.
pub const LISTED_FINDINGS: usize = 1_000;

/// What became of one submission, or of one dataset in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Version of this form: 1.
    pub receipt: u32,
    /// Sequence number of the submission; null for a dry run, which keeps nothing.
    pub submission: Option<i64>,
    /// Name of the file as it was sent; null for a pull.
    pub file: Option<String>,
    /// Connector by which it came; null for a dry run that names none.
    pub connector: Option<String>,
    /// Dataset it was read as; null for a workbook with several (see `datasets`) and for one that fits none.
    pub dataset: Option<String>,
    /// Kemendagri code of the region that sent it or was asked; null where the source speaks for many.
    pub region: Option<String>,
    /// When it was received, RFC 3339 with offset; null for a dry run.
    pub received_at: Option<String>,
    /// When it was issued anew, RFC 3339: its rows were read again after a contract or a code was mended. Left out
    /// in a first receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reissued_at: Option<String>,
    /// What became of it, from best to worst in the order of the list.
    pub status: Status,
    /// Why the ministry accepted or refused it while it was held, or withdrew it. Left out where nobody decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where every row went.
    pub rows: Rows,
    /// The first 1,000 findings: errors first, then warnings, then notes, each in order of place.
    pub findings: Vec<ReceiptFinding>,
    /// How many findings there are, listed or not.
    pub findings_total: u64,
    /// How good what the sender sends is, by the release in force when the receipt was issued; left out where that
    /// release knows nothing of the region and dataset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
    /// One receipt a dataset, where a workbook holds several; then `dataset` above is null, `rows` and
    /// `findings_total` are the sums, `status` is the worst and `findings` is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datasets: Option<Vec<Receipt>>,
}

/// What became of a submission. Ordered from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Byte for byte the latest submission of the same connector, region and window: nothing was read again.
    Duplicate,
    /// No row was quarantined.
    Accepted,
    /// Some rows were quarantined, the others count.
    AcceptedInPart,
    /// Over a gate, or a question is open: nothing was merged, the ministry decides.
    Held,
    /// Nothing could be read, or no row passed.
    Refused,
    /// Taken back by a person: what counted of it has left the model, or leaves it with the next run.
    Withdrawn,
}

impl Status {
    /// The word in the JSON form.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Duplicate => "duplicate",
            Status::Accepted => "accepted",
            Status::AcceptedInPart => "accepted_in_part",
            Status::Held => "held",
            Status::Refused => "refused",
            Status::Withdrawn => "withdrawn",
        }
    }

    /// The status whose [`Status::as_str`] is `word`.
    pub fn from_word(word: &str) -> Option<Status> {
        [
            Status::Duplicate,
            Status::Accepted,
            Status::AcceptedInPart,
            Status::Held,
            Status::Refused,
            Status::Withdrawn,
        ]
        .into_iter()
        .find(|status| status.as_str() == word)
    }
}

/// One finding as a receipt lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptFinding {
    /// Stable code, in kebab-case.
    pub code: String,
    pub severity: Severity,
    /// Ordinal of the response body or sheet within the submission; left out for the first (0).
    #[serde(default, skip_serializing_if = "is_first_part")]
    pub part: i32,
    /// Sheet name, in workbooks.
    pub sheet: Option<String>,
    /// Address such as `C14`; in text files the letters count the columns and the number is the physical line.
    pub cell: Option<String>,
    /// Sheet row, physical line of a text file, or number of the record; from 1.
    pub row: Option<u32>,
    /// Physical line, in text files only; from 1.
    pub line: Option<u32>,
    /// The dataset's column, or the header or field as sent where it is none.
    pub column: Option<String>,
    /// The value as sent, shortened; masked where it may be personal.
    pub value: Option<String>,
    /// What is wrong or odd.
    pub message: Bilingual,
    /// How to mend it.
    pub hint: Option<Bilingual>,
}

fn is_first_part(part: &i32) -> bool {
    *part == 0
}

impl From<&Finding> for ReceiptFinding {
    fn from(finding: &Finding) -> ReceiptFinding {
        let place = &finding.place;
        ReceiptFinding {
            code: finding.code.clone(),
            severity: finding.severity,
            part: place.part,
            sheet: place.sheet.clone(),
            cell: place.cell(),
            row: place.row.or(place.line),
            line: place.line,
            column: place.column.clone(),
            value: finding.value.clone(),
            message: finding.message(),
            hint: finding.hint(),
        }
    }
}

/// What a receipt is about; each field as in [`Receipt`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    pub submission: Option<i64>,
    pub file: Option<String>,
    pub connector: Option<String>,
    pub dataset: Option<String>,
    pub region: Option<String>,
    pub received_at: Option<String>,
}

impl Receipt {
    /// The receipt of a submission with one dataset, or with none. Refused where the counts do not add up.
    pub fn new(
        subject: Subject,
        status: Status,
        rows: Rows,
        findings: FindingTally,
    ) -> Result<Receipt, UnbalancedRows> {
        rows.check()?;
        let findings_total = findings.total();
        Ok(Receipt {
            receipt: RECEIPT_VERSION,
            submission: subject.submission,
            file: subject.file,
            connector: subject.connector,
            dataset: subject.dataset,
            region: subject.region,
            received_at: subject.received_at,
            reissued_at: None,
            status,
            reason: None,
            rows,
            findings: findings.listed(),
            findings_total,
            quality: None,
            datasets: None,
        })
    }

    /// The receipt of a workbook from those of its datasets. A single one is returned as it is; of none there
    /// is no receipt.
    pub fn of_datasets(mut datasets: Vec<Receipt>) -> Option<Receipt> {
        if datasets.len() < 2 {
            return datasets.pop();
        }
        let status = datasets.iter().map(|receipt| receipt.status).max()?;
        let mut rows = Rows::default();
        for receipt in &datasets {
            rows += receipt.rows;
        }
        let first = datasets.first()?;
        Some(Receipt {
            receipt: RECEIPT_VERSION,
            submission: first.submission,
            file: first.file.clone(),
            connector: first.connector.clone(),
            dataset: None,
            region: first.region.clone(),
            received_at: first.received_at.clone(),
            reissued_at: datasets.iter().filter_map(|receipt| receipt.reissued_at.clone()).max(),
            status,
            reason: datasets.iter().find_map(|receipt| receipt.reason.clone()),
            rows,
            findings: Vec::new(),
            findings_total: datasets.iter().map(|receipt| receipt.findings_total).sum(),
            quality: None,
            datasets: Some(datasets),
        })
    }

    /// The receipts of single datasets: itself, or those inside.
    pub fn parts(&self) -> &[Receipt] {
        self.datasets.as_deref().unwrap_or(std::slice::from_ref(self))
    }

    /// Puts `findings` in the place of all listed ones with these codes, behind those that are as grave; `total` is
    /// the number of findings then.
    pub fn tell(&mut self, codes: &[&str], findings: &[Finding], total: u64) {
        self.findings.retain(|known| !codes.contains(&known.code.as_str()));
        for finding in findings {
            let place = self
                .findings
                .partition_point(|known| known.severity >= finding.severity);
            self.findings.insert(place, ReceiptFinding::from(finding));
        }
        self.findings.truncate(LISTED_FINDINGS);
        self.findings_total = total;
    }

    /// True where a listed finding is an error. Errors are listed first, so none is missed.
    pub fn has_errors(&self) -> bool {
        self.parts()
            .iter()
            .flat_map(|part| &part.findings)
            .any(|finding| finding.severity == Severity::Error)
    }

    /// The JSON form, indented, with a line break at its end. Equal receipts give equal bytes.
    pub fn to_json(&self) -> String {
        // Strings, numbers and lists only, and no map: nothing in a receipt can fail to serialise.
        let mut json = serde_json::to_string_pretty(self).expect("a receipt has no value that JSON lacks");
        json.push('\n');
        json
    }

    /// Reads the JSON form back. The error says what is unknown, missing or of another version.
    pub fn from_json(json: &str) -> Result<Receipt, String> {
        let receipt: Receipt = serde_json::from_str(json).map_err(|error| format!("not a receipt: {error}"))?;
        if receipt.receipt != RECEIPT_VERSION {
            let version = receipt.receipt;
            return Err(format!(
                "this receipt has version {version}; this program reads version {RECEIPT_VERSION}"
            ));
        }
        Ok(receipt)
    }

    /// A page of its own for the sender: Bahasa Indonesia, English below. It loads nothing and prints well.
    pub fn to_html(&self, titles: &Titles) -> String {
        html::page(self, titles)
    }

    /// The form for a terminal, in one language, without colours. Ends with a line break.
    pub fn to_text(&self, language: Language, titles: &Titles) -> String {
        text::page(self, language, titles)
    }
}

#[cfg(test)]
mod tests;
