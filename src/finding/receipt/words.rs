//! The words of a receipt's readable forms, shared by the page and the terminal.

use super::label::Label;
use super::{Language, Receipt, Rows, Status, Titles};
use crate::finding::Severity;
use crate::finding::said::{self, number};

fn rows_of(value: u64, language: Language) -> String {
    said::count(value, "baris", ["row", "rows"], language)
}

/// Text of a sender made harmless for a terminal and a page: what controls a screen or turns the direction of
/// writing becomes a visible sign.
pub(super) fn visible(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + character as u32).unwrap_or('\u{fffd}'),
            '\u{7f}' => '\u{2421}',
            '\u{80}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                '\u{fffd}'
            }
            other => other,
        })
        .collect()
}

/// The word for a severity.
pub(super) fn severity(severity: Severity, language: Language) -> &'static str {
    match (severity, language) {
        (Severity::Error, Language::Id) => "Kesalahan",
        (Severity::Error, Language::En) => "Error",
        (Severity::Warning, Language::Id) => "Peringatan",
        (Severity::Warning, Language::En) => "Warning",
        (Severity::Note, Language::Id) => "Catatan",
        (Severity::Note, Language::En) => "Note",
    }
}

/// The status as a headline.
pub(super) fn headline(status: Status, language: Language) -> &'static str {
    match (status, language) {
        (Status::Accepted, Language::Id) => "Diterima seluruhnya",
        (Status::Accepted, Language::En) => "Accepted in full",
        (Status::AcceptedInPart, Language::Id) => "Diterima sebagian",
        (Status::AcceptedInPart, Language::En) => "Accepted in part",
        (Status::Held, Language::Id) => "Menunggu keputusan kementerian",
        (Status::Held, Language::En) => "Held for the ministry to decide",
        (Status::Refused, Language::Id) => "Ditolak",
        (Status::Refused, Language::En) => "Refused",
        (Status::Withdrawn, Language::Id) => "Ditarik kembali",
        (Status::Withdrawn, Language::En) => "Withdrawn",
        (Status::Duplicate, Language::Id) => "Sudah diterima sebelumnya",
        (Status::Duplicate, Language::En) => "Already received",
    }
}

/// True where the datasets of a workbook fared so differently that no one status tells what became of it.
fn differs(receipt: &Receipt) -> bool {
    receipt.status >= Status::Held && receipt.parts().iter().any(|part| part.status != receipt.status)
}

/// The status as a headline; for a workbook whose datasets fared differently, that.
pub(super) fn verdict(receipt: &Receipt, language: Language) -> &'static str {
    match (differs(receipt), language) {
        (false, _) => headline(receipt.status, language),
        (true, Language::Id) => "Hasilnya berbeda menurut jenis data",
        (true, Language::En) => "The datasets fared differently",
    }
}

/// What was counted and what was not, as sentences.
pub(super) fn account(receipt: &Receipt, language: Language) -> String {
    let mut sentences = match language {
        _ if differs(receipt) => vec![account_of_parts(receipt, language)],
        Language::Id => vec![account_id(receipt)],
        Language::En => vec![account_en(receipt)],
    };
    sentences.extend(aside(&receipt.rows, language));
    sentences.join(" ")
}

/// The rows that entered the model, over the datasets of a workbook; the others wait or are out.
fn account_of_parts(receipt: &Receipt, language: Language) -> String {
    let entered = |part: &&Receipt| part.status < Status::Held;
    let counted: u64 = receipt
        .parts()
        .iter()
        .filter(entered)
        .map(|part| part.rows.accepted)
        .sum();
    let counted = number(counted, language);
    let read = rows_of(receipt.rows.read, language);
    let dry_run = receipt.submission.is_none();
    match language {
        Language::Id => {
            let verb = if dry_run { "akan dihitung" } else { "dihitung" };
            format!(
                "Setiap jenis data dinilai sendiri. Dari {read} yang dibaca, {counted} {verb}; rinciannya di bawah."
            )
        }
        Language::En => {
            let verb = if dry_run { "would count" } else { "counted" };
            format!("Each dataset was judged by itself. Of {read} read, {counted} {verb}; see below for each.")
        }
    }
}

fn account_id(receipt: &Receipt) -> String {
    let rows = &receipt.rows;
    let verb = if receipt.submission.is_none() {
        "akan dihitung"
    } else {
        "dihitung"
    };
    let [read, wrong] = [rows.read, rows.quarantined].map(|count| rows_of(count, Language::Id));
    let [read_count, accepted] = [rows.read, rows.accepted].map(|count| number(count, Language::Id));
    match receipt.status {
        Status::Duplicate => "Isinya sama persis dengan kiriman terakhir, jadi tidak dihitung untuk kedua kali.".into(),
        Status::Accepted if rows.read == 0 => "Kiriman terbaca, tetapi tidak berisi baris data.".into(),
        Status::Accepted => format!("Tidak ada baris yang ditahan. Dari {read} yang dibaca, {accepted} {verb}."),
        Status::AcceptedInPart => {
            format!("Dari {read} yang dibaca, {accepted} {verb}. {wrong} salah dan tidak dihitung.")
        }
        Status::Held if rows.read == 0 => "Belum ada yang dihitung: ada pertanyaan yang perlu dijawab dahulu.".into(),
        Status::Held => format!(
            "Belum ada yang dihitung. Dari {read} yang dibaca, {accepted} lolos pemeriksaan dan {wrong} salah. \
             Baris yang lolos baru dihitung bila kementerian menyetujui."
        ),
        Status::Refused if rows.read == 0 => "Tidak ada data yang dapat dibaca, jadi tidak ada yang dihitung.".into(),
        Status::Refused => format!("Tidak ada yang dihitung. {wrong} dari {read_count} yang dibaca salah."),
        Status::Withdrawn => format!(
            "Kiriman ini ditarik dan tidak dihitung lagi. Dari {read} yang dibaca, {accepted} lolos pemeriksaan; yang \
             digantikannya berlaku kembali."
        ),
    }
}

fn account_en(receipt: &Receipt) -> String {
    let rows = &receipt.rows;
    let (verb, not) = if receipt.submission.is_none() {
        ("would count", "would not")
    } else {
        ("counted", "did not")
    };
    let [read, wrong] = [rows.read, rows.quarantined].map(|count| rows_of(count, Language::En));
    let [read_count, accepted] = [rows.read, rows.accepted].map(|count| number(count, Language::En));
    match receipt.status {
        Status::Duplicate => {
            "It is byte for byte the same as the latest submission, so it was not counted twice.".into()
        }
        Status::Accepted if rows.read == 0 => "It could be read, but holds no row of data.".into(),
        Status::Accepted => format!("No row was kept out. Of {read} read, {accepted} {verb}."),
        Status::AcceptedInPart => format!("Of {read} read, {accepted} {verb}. {wrong} with errors {not}."),
        Status::Held if rows.read == 0 => "Nothing has been counted yet: a question is to be answered first.".into(),
        Status::Held => format!(
            "Nothing has been counted yet. Of {read} read, {accepted} passed the checks and {wrong} did not. \
             The rows that passed count only when the ministry agrees."
        ),
        Status::Refused if rows.read == 0 => "No data could be read, so nothing was counted.".into(),
        Status::Refused => format!("Nothing was counted. {wrong} of {read_count} read had errors."),
        Status::Withdrawn => format!(
            "This submission was withdrawn and does not count any more. Of {read} read, {accepted} passed the checks; \
             what they had replaced holds again."
        ),
    }
}

/// Sentences on rows that are neither counted nor wrong.
fn aside(rows: &Rows, language: Language) -> Vec<String> {
    let mut sentences = Vec::new();
    if rows.repeated > 0 {
        let repeated = rows_of(rows.repeated, language);
        sentences.push(match language {
            Language::Id => format!("{repeated} mengulang baris lain dengan isi yang sama; cukup dihitung sekali."),
            Language::En => format!("{repeated} repeat another row with the same values; once is enough."),
        });
    }
    if rows.not_observed > 0 {
        let blank = rows_of(rows.not_observed, language);
        sentences.push(match language {
            Language::Id => format!("{blank} tidak berisi angka; dicatat sebagai belum dilaporkan, bukan sebagai nol."),
            Language::En => format!("{blank} without figures; noted as not reported, not as zero."),
        });
    }
    sentences
}

/// What the sender does now, as sentences.
pub(super) fn what_now(receipt: &Receipt, language: Language) -> &'static str {
    let status = if differs(receipt) {
        Status::AcceptedInPart
    } else {
        receipt.status
    };
    let warned = receipt
        .parts()
        .iter()
        .flat_map(|part| &part.findings)
        .any(|it| it.severity > Severity::Note);
    // Without a row that could be let in, the ministry has nothing to decide.
    let asked = receipt.rows.read == 0;
    match (status, language) {
        (Status::Duplicate, Language::Id) => {
            "Tidak ada, jika memang tidak ada perubahan. Jika ada, periksa apakah berkas yang benar yang terkirim."
        }
        (Status::Duplicate, Language::En) => {
            "Nothing, if nothing has changed. If something has, see whether the right file was sent."
        }
        (Status::Accepted, Language::Id) if warned => {
            "Baca peringatan di bawah. Jika angkanya memang benar, tidak ada yang perlu dilakukan; jika keliru, \
             perbaiki dan kirim lagi."
        }
        (Status::Accepted, Language::En) if warned => {
            "Read the warnings below. If the figures are right, nothing is to be done; if not, correct them and \
             send again."
        }
        (Status::Accepted, Language::Id) => "Tidak ada. Terima kasih.",
        (Status::Accepted, Language::En) => "Nothing. Thank you.",
        (Status::AcceptedInPart, Language::Id) => {
            "Perbaiki yang ditandai Kesalahan, lalu kirim lagi berkas yang lengkap. Baris yang sudah dihitung \
             tidak akan dihitung dua kali."
        }
        (Status::AcceptedInPart, Language::En) => {
            "Correct what is marked Error, then send the complete file again. Rows that counted already are not \
             counted twice."
        }
        (Status::Held, Language::Id) if asked => {
            "Tidak perlu menunggu: jawab pertanyaan di bawah dengan memperbaiki berkas, lalu kirim lagi berkas yang lengkap."
        }
        (Status::Held, Language::En) if asked => {
            "There is no need to wait: answer the question below by mending the file, and send the complete file again."
        }
        (Status::Held, Language::Id) => {
            "Jika ada kesalahan di bawah ini, perbaiki dan kirim lagi berkas yang lengkap; itu lebih cepat daripada \
             menunggu. Jika semua angka sudah benar, tunggu keputusan kementerian."
        }
        (Status::Held, Language::En) => {
            "If there are errors below, correct them and send the complete file again; that is quicker than waiting. \
             If every figure is right, wait for the ministry's decision."
        }
        (Status::Withdrawn, Language::Id) => {
            "Baca alasannya. Jika datanya masih perlu dilaporkan, kirim berkas yang benar; berkas yang sama pun dibaca \
             sebagai kiriman baru."
        }
        (Status::Withdrawn, Language::En) => {
            "Read the reason. If the data are still to be reported, send the right file; even the same file is read as \
             a new submission."
        }
        (Status::Refused, Language::Id) => {
            "Perbaiki kesalahan di bawah ini, lalu kirim lagi berkas yang lengkap. Data yang diterima dari kiriman \
             sebelumnya tidak berubah."
        }
        (Status::Refused, Language::En) => {
            "Correct the errors below, then send the complete file again. What was accepted from earlier submissions \
             stays as it was."
        }
    }
}

/// For a dry run: that nothing is kept, and, without a connector, that one may be stricter.
pub(super) fn dry_run(receipt: &Receipt, language: Language) -> Option<&'static str> {
    if receipt.submission.is_some() {
        return None;
    }
    Some(match (&receipt.connector, language) {
        (Some(_), Language::Id) => "Ini uji coba: tidak ada yang disimpan.",
        (Some(_), Language::En) => "This is a dry run: nothing was kept.",
        (None, Language::Id) => {
            "Ini uji coba: tidak ada yang disimpan. Tanpa nama konektor, pemeriksaan ini memakai aturan umum; \
             konektor tempat berkas ini dikirim bisa lebih ketat, misalnya soal daerah mana yang boleh dilaporkan."
        }
        (None, Language::En) => {
            "This is a dry run: nothing was kept. Without a connector it follows the general rules; the connector \
             that the file is sent to may be stricter, for example on which regions it may report."
        }
    })
}

/// That more findings exist than are listed, where that is so.
pub(super) fn more_findings(receipt: &Receipt, language: Language) -> Option<String> {
    let listed = receipt.findings.len() as u64;
    (receipt.findings_total > listed).then(|| {
        let (listed, total) = (number(listed, language), number(receipt.findings_total, language));
        match language {
            Language::Id => format!("Ditampilkan {listed} dari {total} temuan, mulai dari kesalahan."),
            Language::En => format!("{listed} of {total} findings are shown, errors first."),
        }
    })
}

/// The counts in the order of the balance: each with its label; `read` first, `ignored` last.
pub(super) fn counts(receipt: &Receipt, language: Language) -> [(u64, &'static str); 6] {
    let rows = &receipt.rows;
    let counted = match receipt.status {
        Status::Held | Status::Refused | Status::Withdrawn => Label::WouldCount,
        _ if receipt.submission.is_none() => Label::WouldCount,
        _ => Label::Counted,
    };
    [
        (rows.read, Label::Read.text(language)),
        (rows.accepted, counted.text(language)),
        (rows.quarantined, Label::Quarantined.text(language)),
        (rows.repeated, Label::Repeated.text(language)),
        (rows.not_observed, Label::NotObserved.text(language)),
        (rows.ignored, Label::Ignored.text(language)),
    ]
}

/// Text broken between words so that no line is longer than `width` characters, where words allow; every line
/// after the first starts with `indent`.
pub(super) fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let mut lines = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            lines.push('\n');
            lines.push_str(indent);
            column = indent.len();
        } else if column > 0 {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += length;
    }
    lines
}

/// What the receipt is about: label and value, only what is known.
pub(super) fn facts(receipt: &Receipt, titles: &Titles, language: Language) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let mut fact = |label: Label, value: Option<String>| {
        if let Some(value) = value {
            facts.push((label.text(language), value));
        }
    };
    fact(Label::Submission, receipt.submission.map(|number| number.to_string()));
    fact(Label::File, receipt.file.as_deref().map(visible));
    fact(
        Label::Region,
        receipt
            .region
            .as_deref()
            .map(|code| named(code, titles.regions.get(code))),
    );
    fact(
        Label::Dataset,
        match &receipt.datasets {
            Some(_) => Some(Label::SeveralDatasets.text(language).to_string()),
            None => dataset(receipt, titles, language),
        },
    );
    let connector = receipt.connector.as_deref();
    fact(
        Label::Source,
        connector.map(|name| named(name, titles.connectors.get(name).map(|it| language.of(it)))),
    );
    fact(
        Label::ReceivedAt,
        receipt
            .received_at
            .as_deref()
            .map(|text| said::moment(text, titles.zone, language)),
    );
    fact(
        Label::ReissuedAt,
        receipt
            .reissued_at
            .as_deref()
            .map(|text| said::moment(text, titles.zone, language)),
    );
    fact(Label::Reason, receipt.reason.as_deref().map(visible));
    fact(Label::Contact, titles.contact.as_deref().map(visible));
    facts
}

/// The dataset's title and name.
pub(super) fn dataset(receipt: &Receipt, titles: &Titles, language: Language) -> Option<String> {
    let name = receipt.dataset.as_deref()?;
    Some(named(name, titles.datasets.get(name).map(|title| language.of(title))))
}

/// `Kota Bandung (32.73)`, or the code alone.
fn named(code: &str, name: Option<impl AsRef<str>>) -> String {
    match name {
        Some(name) => format!("{} ({})", visible(name.as_ref()), visible(code)),
        None => visible(code),
    }
}
