//! What went wrong, for the person at the terminal.

use crate::catalog::{CatalogError, LeaseError};
use crate::config::Problem;
use crate::finding::Bilingual;
use crate::finding::receipt::Language;
use crate::run::{Doing, RunError};
use std::io::Write;
use std::process::ExitCode;

/// A sentence that says what and where, hints that say how to mend it, and the exit code. In both languages, for it is made
/// where the one asked for is not known.
#[derive(Debug)]
pub struct Failure {
    message: Bilingual,
    hints: Vec<Bilingual>,
    code: i32,
}

fn both(id: impl Into<String>, en: impl Into<String>) -> Bilingual {
    Bilingual {
        id: id.into(),
        en: en.into(),
    }
}

/// A text that is the same in both languages.
fn same(text: impl Into<String>) -> Bilingual {
    let text = text.into();
    both(text.clone(), text)
}

impl Failure {
    /// Exit code 1.
    pub fn new(message: impl Into<String>) -> Failure {
        Failure::said(same(message))
    }

    /// Exit code 1.
    pub fn said(message: Bilingual) -> Failure {
        Failure {
            message,
            hints: Vec::new(),
            code: 1,
        }
    }

    /// Exit code 2: usage or configuration.
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure::new(message).code(2)
    }

    /// The reader of standard output has gone away: nothing is wrong.
    pub(super) fn quiet() -> Failure {
        Failure::new("").code(0)
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hints.push(same(hint));
        self
    }

    pub(super) fn hint_both(mut self, id: impl Into<String>, en: impl Into<String>) -> Failure {
        self.hints.push(both(id, en));
        self
    }

    pub fn code(mut self, code: i32) -> Failure {
        self.code = code;
        self
    }

    /// Every problem of a configuration, exit code 2.
    pub fn configuration(problems: &[Problem]) -> Failure {
        let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
        let (count, lines) = (problems.len(), lines.join("\n"));
        Failure::said(both(
            format!("ada {count} masalah dalam konfigurasi\n{lines}"),
            format!("the configuration has {count} problem(s)\n{lines}"),
        ))
        .code(2)
    }

    /// Prints to standard error and gives the exit code.
    pub(super) fn report(self, language: Language) -> ExitCode {
        let mut text = String::new();
        let message = language.of(&self.message);
        if !message.is_empty() {
            text.push_str(&format!("error: {message}\n"));
        }
        if !self.hints.is_empty() {
            text.push('\n');
            text.extend(self.hints.iter().map(|hint| format!("hint: {}\n", language.of(hint))));
        }
        say(&text);
        ExitCode::from(self.code as u8)
    }
}

/// Writes to standard error. A reader that has gone away misses it; the exit code says the same.
pub(super) fn say(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Failure {
        if let RunError::Configuration(problems) = &error {
            return Failure::configuration(problems);
        }
        let failure = Failure::said(both(in_indonesian(&error), error.to_string()));
        match &error {
            RunError::NothingToAccept(_) => failure.hint_both(
                "tolak saja, dan minta pengirimnya mengirim ulang berkas tanpa keraguan yang disebut tanda terimanya",
                "refuse it, and have the sender send the file again without the doubt that its receipt names",
            ),
            RunError::NoConnector(_) => failure
                .code(2)
                .hint_both("`lumbung plan` menyebut konektornya", "`lumbung plan` lists the connectors"),
            RunError::NoDataset(_) => failure.code(2).hint_both(
                "setiap kumpulan data adalah satu berkas di pipelines/datasets/, tanpa .toml",
                "datasets are the files in pipelines/datasets/, without .toml",
            ),
            RunError::NoSubmission(_) => failure.code(2).hint_both(
                "`lumbung submission list` menyebut semuanya",
                "`lumbung submission list` lists them",
            ),
            RunError::WaitsForRebuild { dataset, .. } => failure.hint_both(
                format!("`lumbung rebuild {dataset}`; proses berikutnya lalu membacanya"),
                format!("`lumbung rebuild {dataset}`; the next run then reads it"),
            ),
            RunError::NotRaised { dataset, .. } => failure.code(2).hint_both(
                format!("naikkan `version` di pipelines/datasets/{dataset}.toml, atau batalkan perubahannya"),
                format!("raise `version` in pipelines/datasets/{dataset}.toml, or take the change back"),
            ),
            RunError::ConnectorGone { connector, .. } => failure.hint_both(
                format!("kembalikan connectors/{connector}.toml; sampai itu model lama yang berlaku"),
                format!("put connectors/{connector}.toml back; the old model counts until then"),
            ),
            RunError::RawGone { .. } => failure.hint_both(
                "pulihkan raw/ dari cadangan, bila masa simpannya belum habis; sampai itu model lama yang berlaku",
                "restore raw/ from a backup, if their retention had not ended; the old model counts until then",
            ),
            RunError::RowsGone { submissions, .. } => rows_gone(failure, submissions),
            RunError::RawKeyUnset(name) => failure.code(2).hint_both(
                format!("isi {name} di lingkungan lumbung, atau keluarkan dari [keys] di lumbung.toml"),
                format!("set {name} in the environment of lumbung, or take it out of [keys] in lumbung.toml"),
            ),
            RunError::RawLocked { .. } => failure.hint_both(
                "isi variabel yang disebut keys.raw, atau salah satu keys.raw_previous, dengan kunci yang dipakai saat berkas \
                 diterima",
                "give the key that they were encrypted with in the variable that keys.raw names, or one of \
                 keys.raw_previous",
            ),
            RunError::Lease(_) => failure.hint_both(
                "tunggu sampai selesai; kunci milik proses yang sudah mati diambil alih dengan sendirinya",
                "wait until it has ended; a lease of a process that has died is taken over by itself",
            ),
            RunError::DiskFull { folder, .. } => failure.hint_both(
                format!(
                    "kosongkan ruang di sistem berkas {folder}, atau perbesar, lalu jalankan lagi; `lumbung doctor` menyebut \
                     sisanya"
                ),
                format!(
                    "make room on the file system of {folder}, or give it more, and run again; `lumbung doctor` says how \
                     much is left"
                ),
            ),
            _ => failure,
        }
    }
}

fn rows_gone(failure: Failure, submissions: &[i64]) -> Failure {
    let numbers = crate::run::numbers(submissions, " ");
    failure
        .hint_both(
            "pulihkan staged/ atau raw/ dari cadangan, atau kembalikan konektornya; lalu ulangi",
            "restore staged/ or raw/ from a backup, or put their connector back; then say it again",
        )
        .hint_both(
            format!(
                "atau, bila isinya juga tidak perlu dihitung, tarik semuanya sekaligus: `lumbung submission withdraw \
                 {numbers} … --reason …`"
            ),
            format!(
                "or, where what they said need not count either, withdraw them too, all in one: `lumbung submission \
                 withdraw {numbers} … --reason …`"
            ),
        )
}

/// What was being done, in Bahasa Indonesia.
fn stage(doing: Doing) -> &'static str {
    match doing {
        Doing::Catalog => "menulis ke katalog",
        Doing::Landing => "menyimpan yang datang",
        Doing::Judging => "menilai kiriman",
        Doing::Merging => "menggabungkan",
        Doing::Publishing => "menerbitkan",
        Doing::Recording => "mencatat laporan",
        Doing::Deciding => "mencatat keputusan",
    }
}

/// What an error says, in Bahasa Indonesia; what the system or a library says of it stays as it is.
fn in_indonesian(error: &RunError) -> String {
    match error {
        RunError::NothingToAccept(sequence) => {
            format!("kiriman {sequence} tidak punya baris yang dapat diterima: masih ada pertanyaan tentangnya")
        }
        RunError::NoConnector(name) => format!("tidak ada konektor \"{name}\""),
        RunError::NoDataset(name) => format!("tidak ada kumpulan data \"{name}\""),
        RunError::NoSubmission(sequence) => format!("tidak ada kiriman {sequence}"),
        RunError::WaitsForRebuild { submission, dataset } => {
            format!("kiriman {submission} menunggu sampai model {dataset} dibangun ulang")
        }
        RunError::NotRaised { dataset, what } => {
            format!("kontrak {dataset} berubah ({what}), tetapi versinya tidak")
        }
        RunError::ConnectorGone { submission, connector } => {
            format!("kiriman {submission} datang lewat konektor {connector}, yang sudah tidak ada")
        }
        RunError::RawKeyUnset(name) => {
            format!("[keys] menyebut variabel {name} untuk berkas yang diterima, tetapi variabel itu belum diisi")
        }
        RunError::RawLocked {
            submission,
            sha256,
            reason,
        } => format!("kiriman {submission}: isinya {sha256} di raw/ tidak dapat dibuka: {reason}"),
        RunError::RawGone { submission, sha256 } => {
            format!("kiriman {submission}: isinya {sha256} tidak ada lagi di raw/")
        }
        RunError::RowsGone { dataset, submissions } => format!(
            "tidak ada yang diubah: model {dataset} harus disusun ulang, dan baris kiriman {} tidak dapat diperoleh lagi: \
             tidak ada di staged/, dan berkasnya tidak ada di raw/, tidak terbaca, atau tanpa konektor",
            crate::run::numbers(submissions, ", ")
        ),
        RunError::Lease(LeaseError::Held { pid, since, .. }) => {
            format!("proses {pid} sedang memakai data ini sejak {since}")
        }
        RunError::DiskFull { doing, reason, .. } => format!("disk penuh ketika {}: {reason}", stage(*doing)),
        other => other.to_string(),
    }
}

impl From<CatalogError> for Failure {
    fn from(error: CatalogError) -> Failure {
        Failure::new(error.to_string())
    }
}
