//! What came with status 200: is it the data that was asked for?
//!
//! Interfaces answer `200 OK` with an error text, a maintenance page or a bot check. Such an answer must never
//! count as "no records", since then the slice would be complete and its cursor would move.

use super::settings::Settings;
use super::trouble::{Class, Failed};
use crate::config::ErrorMark;
use crate::finding::{Bilingual, Finding};
use crate::format::json::{Found, JsonReader};
use crate::format::{FormatKind, FormatResult, TEXT_LIMIT, open_file, peek, pointer_segments};
use std::path::Path;

/// Bytes of an answer that are looked at to tell a web page from data.
pub(super) const HEAD_BYTES: usize = 4_096;

/// Texts of bot checks, in lower case.
const CHALLENGES: [&str; 6] = [
    "just a moment...",
    "cf-challenge",
    "challenge-platform",
    "g-recaptcha",
    "h-captcha",
    "checking your browser",
];

/// What an answer says to the connector.
pub(super) struct Facts {
    pub records: u64,
    /// The values at the paging pointers, in their order.
    pub values: Vec<Option<String>>,
}

/// Reads an answer once. `pointers` are those of paging, `shown` is its address without secrets.
pub(super) fn look(
    path: &Path,
    head: &[u8],
    settings: &Settings,
    pointers: &[&str],
    shown: &str,
) -> Result<Facts, Failed> {
    let kind = kind_of(head, settings.format, shown)?;
    let mut wanted: Vec<&str> = pointers.to_vec();
    for mark in &settings.errors {
        wanted.push(&mark.at);
        wanted.push(mark.message.as_deref().unwrap_or(&mark.at));
    }
    let mut seen =
        peek(path, kind, &wanted, Some(&settings.records)).map_err(|detail| malformed(&detail, settings, shown))?;
    let marked = seen.values.split_off(pointers.len());
    for (mark, values) in settings.errors.iter().zip(marked.chunks(2)) {
        if says_error(mark, values[0].as_deref()) {
            let said = values[1].as_deref().or(values[0].as_deref()).unwrap_or_default();
            let finding = Finding::of("answer-says-error")
                .with("url", shown)
                .value(settings.redactor.text(said));
            return Err(Failed::last(finding));
        }
    }
    if seen.records == 0
        && !has_place_for_records(path, kind, &settings.records)
            .map_err(|detail| malformed(&detail, settings, shown))?
    {
        return Err(Failed::last(
            Finding::of("records-place-missing")
                .with("url", shown)
                .with("records", &settings.records),
        ));
    }
    Ok(Facts {
        records: seen.records,
        values: seen.values,
    })
}

/// True where the head of an answer is that of a bot check.
pub(super) fn is_challenge(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head).to_lowercase();
    CHALLENGES.iter().any(|mark| text.contains(mark))
}

/// Tells the format from the first byte, unless the connector declares it; a web page is neither.
fn kind_of(head: &[u8], declared: Option<FormatKind>, shown: &str) -> Result<FormatKind, Failed> {
    let text = String::from_utf8_lossy(head).to_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.is_empty() {
        return Err(Failed::of(
            Class::CutOff,
            Finding::of("answer-empty").with("url", shown),
        ));
    }
    if is_web_page(text) {
        let finding = if is_challenge(head) {
            Finding::of("answer-is-challenge")
        } else {
            Finding::of("answer-is-web-page")
        };
        return Err(Failed::last(finding.with("url", shown)));
    }
    let looks_like_xml = text.starts_with('<');
    Ok(declared.unwrap_or(if looks_like_xml {
        FormatKind::Xml
    } else {
        FormatKind::Json
    }))
}

fn is_web_page(text: &str) -> bool {
    let starts = |text: &str| text.starts_with("<!doctype html") || text.starts_with("<html");
    let has_prologue = text.starts_with("<?xml") || text.starts_with("<!--");
    starts(text) || (has_prologue && (text.contains("<!doctype html") || text.contains("<html")))
}

/// An answer that broke off is asked for again; one that is wrong in itself is not.
fn malformed(detail: &Finding, settings: &Settings, shown: &str) -> Failed {
    let class = if matches!(detail.code.as_str(), "json-cut-off" | "xml-cut-off") {
        Class::CutOff
    } else {
        Class::Final
    };
    let said = detail.message();
    let reason = Bilingual {
        id: settings.redactor.text(&said.id),
        en: settings.redactor.text(&said.en),
    };
    let finding = Finding::of("answer-malformed").with("url", shown);
    Failed::of(class, finding.with_both("reason", &reason).at(detail.place.clone()))
}

fn says_error(mark: &ErrorMark, value: Option<&str>) -> bool {
    let is = |list: &[String]| value.is_some_and(|value| list.iter().any(|item| item == value));
    match (mark.is.is_empty(), mark.is_not.is_empty()) {
        (true, true) => value.is_some_and(|value| !value.is_empty()),
        (false, true) => is(&mark.is),
        // An answer that lacks the mark of success is no success.
        (true, false) => !is(&mark.is_not),
        (false, false) => is(&mark.is) || !is(&mark.is_not),
    }
}

/// True where an answer without records at least has the list that would hold them: an empty array or `null` in
/// JSON, the element around the records in XML.
fn has_place_for_records(path: &Path, kind: FormatKind, records: &str) -> FormatResult<bool> {
    match kind {
        FormatKind::Json => {
            let found = JsonReader::lines(open_file(path)?, TEXT_LIMIT).seek(&pointer_segments(records))?;
            Ok(matches!(found, Found::Array | Found::Null))
        }
        FormatKind::Xml => {
            let Some((around, _)) = records
                .trim_end_matches('/')
                .rsplit_once('/')
                .filter(|(around, _)| !around.is_empty())
            else {
                return Ok(false);
            };
            Ok(peek(path, kind, &[], Some(around))?.records > 0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Connector;

    /// Number of records and values, or code and whether asking again may help.
    type Looked = Result<(u64, Vec<Option<String>>), (String, bool)>;

    fn looked(http: &str, body: &str) -> Looked {
        let text =
            format!("title = {{ id = \"a\", en = \"a\" }}\nkind = \"http\"\n[http]\nurl = \"http://a.id\"\n{http}");
        let connector: Connector = toml::from_str(&text).unwrap();
        let settings = Settings::of(&connector).ok().unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), body).unwrap();
        let head = &body.as_bytes()[..body.len().min(HEAD_BYTES)];
        match look(file.path(), head, &settings, &["/n"], "http://a.id/") {
            Ok(facts) => Ok((facts.records, facts.values)),
            Err(Failed::Source(trouble)) => Err((trouble.finding.code.clone(), trouble.class == Class::CutOff)),
            Err(Failed::Disk(error)) => panic!("{error}"),
        }
    }

    fn code(http: &str, body: &str) -> String {
        looked(http, body).err().map(|(code, _)| code).unwrap_or_default()
    }

    const ITEMS: &str = "records = \"/items\"";

    #[test]
    fn counts_records_and_gives_values() {
        assert_eq!(
            looked(ITEMS, "{\"n\": 7, \"items\": [{}, {}]}").unwrap(),
            (2, vec![Some("7".to_string())])
        );
        assert_eq!(looked(ITEMS, "{\"items\": []}").unwrap(), (0, vec![None]));
        assert_eq!(looked(ITEMS, "{\"items\": null}").unwrap(), (0, vec![None]));
        assert_eq!(looked("records = \"\"", "[]").unwrap(), (0, vec![None]));
        let rows = "records = \"/r/rows/row\"";
        assert_eq!(
            looked(rows, "<r><rows><row/><row/></rows></r>").unwrap(),
            (2, vec![None])
        );
        assert_eq!(looked(rows, "<r><rows/></r>").unwrap(), (0, vec![None]));
    }

    #[test]
    fn an_answer_of_another_shape_is_not_an_empty_answer() {
        assert_eq!(code(ITEMS, "{\"error\": \"busy\"}"), "records-place-missing");
        assert_eq!(code(ITEMS, "{\"items\": {}}"), "records-place-missing");
        assert_eq!(
            code("records = \"/r/rows/row\"", "<error>busy</error>"),
            "records-place-missing"
        );
        assert_eq!(code(ITEMS, "   "), "answer-empty");
    }

    #[test]
    fn tells_web_pages_from_data() {
        assert_eq!(
            code(ITEMS, "\u{feff} <!DOCTYPE html><html></html>"),
            "answer-is-web-page"
        );
        assert_eq!(
            code(
                "records = \"/a\"\nformat = \"xml\"",
                "<?xml version=\"1.0\"?><!DOCTYPE html><html/>"
            ),
            "answer-is-web-page"
        );
        assert_eq!(
            code(ITEMS, "<html><title>Just a moment...</title></html>"),
            "answer-is-challenge"
        );
        assert_eq!(code("records = \"/a\"\nformat = \"json\"", "<a/>"), "answer-malformed");
    }

    #[test]
    fn an_answer_that_breaks_off_is_asked_for_again() {
        assert_eq!(
            looked(ITEMS, "{\"items\": [{}"),
            Err(("answer-malformed".to_string(), true))
        );
        assert_eq!(
            looked(ITEMS, "{\"items\": [{]"),
            Err(("answer-malformed".to_string(), false))
        );
        assert_eq!(
            looked("records = \"/r\"", "<r><a>"),
            Err(("answer-malformed".to_string(), true))
        );
    }

    #[test]
    fn knows_errors_that_come_as_200() {
        let mark = |line: &str| format!("{ITEMS}\nerrors = [{{ at = \"/status\", {line} }}]");
        let body = |status: &str| format!("{{\"status\": {status}, \"items\": [], \"message\": \"rusak\"}}");
        let failed = "answer-says-error";
        assert_eq!(code(&mark("is = [\"error\", \"0\"]"), &body("0")), failed);
        assert_eq!(code(&mark("is = [\"error\"]"), &body("\"ok\"")), "");
        assert_eq!(code(&mark("is_not = [\"ok\"]"), &body("\"ok\"")), "");
        assert_eq!(code(&mark("is_not = [\"ok\"]"), "{\"items\": []}"), failed);
        assert_eq!(code(&mark("message = \"/message\""), &body("\"x\"")), failed);
        assert_eq!(code(&mark("message = \"/message\""), "{\"items\": []}"), "");
    }
}
