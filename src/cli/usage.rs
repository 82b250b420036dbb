//! Wrong usage and the verbs' descriptions in Bahasa Indonesia: clap itself speaks English only.

use super::{Failure, Speech};
use crate::finding::receipt::Language;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, ValueEnum};

/// The language that a command line asks for, found before it is parsed; none where it says nothing.
pub(super) fn asked(arguments: &[String]) -> Option<Language> {
    let mut given = None;
    for (index, argument) in arguments.iter().enumerate() {
        let value = match argument.as_str() {
            "--" => break,
            "--lang" => arguments.get(index + 1).map(String::as_str),
            other => other.strip_prefix("--lang="),
        };
        given = value.map(str::to_string).or(given);
    }
    let given = given.or_else(|| std::env::var("LUMBUNG_LANG").ok())?;
    Some(match Speech::from_str(&given, false).ok()? {
        Speech::Id => Language::Id,
        Speech::En => Language::En,
    })
}

/// What clap says of a wrong command line, in Bahasa Indonesia; none where it shows help, or has more to say than this.
pub(super) fn wrong(error: &clap::Error) -> Option<Failure> {
    let one = |kind: ContextKind| match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) if !texts.is_empty() => Some(texts.join(", ")),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        _ => None,
    };
    let argument = || one(ContextKind::InvalidArg);
    let message = match error.kind() {
        ErrorKind::InvalidSubcommand => format!("tidak ada perintah \"{}\"", one(ContextKind::InvalidSubcommand)?),
        ErrorKind::UnknownArgument => format!("\"{}\" tidak dikenal di sini", argument()?),
        ErrorKind::MissingRequiredArgument => format!("belum disebut: {}", argument()?),
        ErrorKind::ArgumentConflict => {
            format!(
                "{} tidak dapat dipakai bersama {}",
                argument()?,
                one(ContextKind::PriorArg)?
            )
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => match one(ContextKind::InvalidValue) {
            Some(value) if !value.is_empty() => format!("\"{value}\" bukan isi untuk {}", argument()?),
            _ => format!("{} memerlukan isi", argument()?),
        },
        _ => return None,
    };
    let mut failure = Failure::usage(message);
    let suggested = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ];
    if let Some(suggested) = suggested.into_iter().find_map(one) {
        failure = failure.hint(format!("mungkin maksudnya {suggested}"));
    }
    if let Some(known) = one(ContextKind::ValidValue) {
        failure = failure.hint(format!("pilihannya: {known}"));
    }
    Some(failure.hint("`lumbung --lang id --help` menyebut semua perintah; `lumbung PERINTAH --help` isinya"))
}

/// What each verb does, and the verbs below it.
const VERBS: [(&str, &str); 20] = [
    ("run", "Tarik, baca, gabungkan, hitung dan terbitkan: pekerjaan malam"),
    ("serve", "Jalankan yang jatuh tempo menurut jadwal, sampai dihentikan"),
    (
        "check",
        "Periksa konfigurasi, atau nilai satu berkas tanpa menyimpan apa pun",
    ),
    (
        "preview",
        "Tunjukkan bagaimana Lumbung melihat sebuah berkas, atau apa yang akan diminta konektor",
    ),
    ("template", "Buat lembar kerja yang diisi petugas"),
    ("plan", "Sebutkan apa yang akan dilakukan proses berikutnya"),
    ("doctor", "Periksa lingkungan: folder, ruang, katalog, token"),
    (
        "status",
        "Tunjukkan laporan proses terakhir, yang jatuh tempo dan yang menunggu keputusan",
    ),
    ("init", "Buat direktori konfigurasi sebagai awal"),
    ("schema", "Cetak atau tulis JSON Schema dan acuan"),
    ("query", "Tanyai sebuah rilis dengan SQL"),
    ("submission", "Daftar, tunjukkan, terima, tolak atau tarik kiriman"),
    ("quarantine", "Daftar, tunjukkan atau baca ulang baris yang ditolak"),
    ("learn", "Usulkan sinonim dari tulisan pengirim, dan terima usulnya"),
    (
        "history",
        "Tunjukkan kiriman mana menyebut apa tentang sebuah kunci, dan kapan",
    ),
    ("rebuild", "Baca ulang semua kiriman sebuah data ke model baru"),
    ("release", "Daftar, tunjukkan atau verifikasi rilis"),
    ("completions", "Cetak pelengkap perintah untuk shell"),
    ("read-workbook", ""),
    ("cells", ""),
];

/// The command line with the descriptions of its verbs in Bahasa Indonesia.
pub(super) fn in_indonesian(command: Command) -> Command {
    VERBS
        .iter()
        .filter(|(_, about)| !about.is_empty())
        .fold(command, |command, (verb, about)| {
            command.mut_subcommand(*verb, |verb| verb.about(*about))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_verb_is_described_in_bahasa_indonesia() {
        let command = super::super::Cli::command();
        let verbs: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        let described: Vec<&str> = VERBS.iter().map(|(verb, _)| *verb).collect();
        for verb in &verbs {
            assert!(described.contains(verb), "{verb}");
        }
        assert_eq!(verbs.len(), described.len());
    }

    #[test]
    fn the_language_is_found_before_the_command_line_is_parsed() {
        let asked = |line: &str| asked(&line.split(' ').map(str::to_string).collect::<Vec<_>>());
        assert_eq!(asked("lumbung --lang id --help"), Some(Language::Id));
        assert_eq!(asked("lumbung status --lang=en"), Some(Language::En));
        assert_eq!(asked("lumbung status --lang=en --lang id"), Some(Language::Id));
        assert_eq!(asked("lumbung query -- --lang=en"), None);
        assert_eq!(asked("lumbung --lang jv"), None);
    }
}
