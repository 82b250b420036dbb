//! Fixed labels of a receipt's readable forms.

use super::Language;

/// Fixed labels, in both languages.
#[derive(Debug, Clone, Copy)]
pub(super) enum Label {
    Receipt,
    DryRun,
    Submission,
    File,
    Source,
    Dataset,
    SeveralDatasets,
    Region,
    ReceivedAt,
    ReissuedAt,
    Reason,
    Contact,
    Read,
    Counted,
    WouldCount,
    Quarantined,
    Repeated,
    NotObserved,
    Ignored,
    WhatNow,
    Quality,
    Findings,
    NoFindings,
    Severity,
    Place,
    Column,
    Value,
    Problem,
    Hint,
    WholeFile,
    WholeSheet,
    Sheet,
    OtherLanguage,
}

impl Label {
    pub(super) fn text(self, language: Language) -> &'static str {
        let (id, en) = match self {
            Label::Receipt => ("Tanda terima", "Receipt"),
            Label::DryRun => ("Uji coba", "Dry run"),
            Label::Submission => ("Nomor kiriman", "Submission"),
            Label::File => ("Berkas", "File"),
            Label::Source => ("Sumber", "Source"),
            Label::Dataset => ("Jenis data", "Dataset"),
            Label::SeveralDatasets => ("beberapa, lihat di bawah", "several, see below"),
            Label::Region => ("Daerah", "Region"),
            Label::ReceivedAt => ("Diterima", "Received"),
            Label::ReissuedAt => ("Dibaca ulang", "Read again"),
            Label::Reason => ("Alasan kementerian", "The ministry's reason"),
            Label::Contact => ("Pertanyaan dan templat", "Questions and templates"),
            Label::Read => ("dibaca", "read"),
            Label::Counted => ("dihitung", "counted"),
            Label::WouldCount => ("lolos pemeriksaan", "passed the checks"),
            Label::Quarantined => ("ditahan karena salah", "kept out as wrong"),
            Label::Repeated => ("berulang, isi sama", "repeated, same values"),
            Label::NotObserved => ("tanpa angka", "without figures"),
            Label::Ignored => ("bukan baris data", "not data rows"),
            Label::WhatNow => ("Apa yang perlu dilakukan", "What to do now"),
            Label::Quality => (
                "Mutu data Anda sampai terbitan",
                "The quality of your data up to release",
            ),
            Label::Findings => ("Temuan", "Findings"),
            Label::NoFindings => ("Tidak ada temuan.", "Nothing was found wrong."),
            Label::Severity => ("Tingkat", "Severity"),
            Label::Place => ("Letak", "Place"),
            Label::Column => ("kolom", "column"),
            Label::Value => ("Isi", "Value"),
            Label::Problem => ("Masalah dan cara memperbaiki", "Problem and how to mend it"),
            Label::Hint => ("Saran", "Hint"),
            Label::WholeFile => ("seluruh kiriman", "whole submission"),
            Label::WholeSheet => ("seluruh lembar", "whole sheet"),
            Label::Sheet => ("Lembar", "Sheet"),
            Label::OtherLanguage => ("English below", "Bahasa Indonesia di atas"),
        };
        language.pick(id, en)
    }
}
