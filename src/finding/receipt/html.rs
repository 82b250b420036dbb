//! A receipt as a page for its sender: Bahasa Indonesia first, English below.
//!
//! One file that loads nothing (its own policy forbids it), so it can be mailed, printed and kept.

use super::groups::{self, Group};
use super::label::Label;
use super::words::{self, visible};
use super::{Language, Receipt, ReceiptFinding, Status, Titles};
use crate::finding::said::number;
use std::fmt::{self, Write};

const STYLE: &str = include_str!("page.css");

/// The whole page.
pub(super) fn page(receipt: &Receipt, titles: &Titles) -> String {
    let mut html = String::new();
    // Writing to a `String` cannot fail.
    let _ = write_page(&mut html, receipt, titles);
    html
}

/// Text that stands for itself in HTML, in an element as in a quoted attribute.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => formatter.write_str("&amp;")?,
                '<' => formatter.write_str("&lt;")?,
                '>' => formatter.write_str("&gt;")?,
                '"' => formatter.write_str("&quot;")?,
                '\'' => formatter.write_str("&#39;")?,
                other => formatter.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// Text that came from a sender or a source: made visible, then escaped.
fn foreign(text: &str) -> String {
    Escaped(&visible(text)).to_string()
}

fn heading(receipt: &Receipt, language: Language) -> String {
    match receipt.submission {
        Some(number) => format!("{} {number}", Label::Receipt.text(language)),
        None => Label::DryRun.text(language).to_string(),
    }
}

fn write_page(html: &mut String, receipt: &Receipt, titles: &Titles) -> fmt::Result {
    let title = format!(
        "{}: {}",
        heading(receipt, Language::Id),
        words::verdict(receipt, Language::Id)
    );
    html.write_str("<!doctype html>\n<html lang=\"id\">\n<head>\n<meta charset=\"utf-8\">\n")?;
    html.write_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")?;
    html.write_str("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")?;
    html.write_str("style-src 'unsafe-inline'\">\n")?;
    writeln!(
        html,
        "<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>",
        Escaped(&title)
    )?;
    for language in [Language::Id, Language::En] {
        write_article(html, receipt, titles, language)?;
    }
    writeln!(html, "<footer>Lumbung</footer>\n</body>\n</html>")
}

fn write_article(html: &mut String, receipt: &Receipt, titles: &Titles, language: Language) -> fmt::Result {
    let (code, other) = match language {
        Language::Id => ("id", "en"),
        Language::En => ("en", "id"),
    };
    let jump = Label::OtherLanguage.text(language);
    writeln!(html, "<article lang=\"{code}\" id=\"{code}\">")?;
    writeln!(
        html,
        "<div class=\"top\"><p class=\"brand\">Lumbung</p><a href=\"#{other}\">{jump}</a></div>"
    )?;
    writeln!(html, "<h1>{}</h1>", Escaped(&heading(receipt, language)))?;
    writeln!(html, "<section class=\"verdict {}\">", receipt.status.as_str())?;
    writeln!(html, "<h2>{}</h2>", words::verdict(receipt, language))?;
    writeln!(html, "<p>{}</p>", Escaped(&words::account(receipt, language)))?;
    writeln!(html, "<h3>{}</h3>", Label::WhatNow.text(language))?;
    writeln!(
        html,
        "<p>{}</p>\n</section>",
        Escaped(words::what_now(receipt, language))
    )?;
    if let Some(sentence) = words::dry_run(receipt, language) {
        writeln!(html, "<p class=\"dry\">{}</p>", Escaped(sentence))?;
    }
    html.write_str("<dl class=\"facts\">\n")?;
    for (label, value) in words::facts(receipt, titles, language) {
        writeln!(html, "<dt>{label}</dt><dd>{}</dd>", Escaped(&value))?;
    }
    html.write_str("</dl>\n")?;
    write_counts(html, receipt, language)?;
    let several = receipt.datasets.is_some();
    for part in receipt.parts() {
        if several {
            let dataset = words::dataset(part, titles, language).unwrap_or_default();
            writeln!(html, "<h2>{}</h2>", Escaped(&dataset))?;
            let (status, headline) = (part.status.as_str(), words::headline(part.status, language));
            writeln!(html, "<p class=\"status {status}\">{headline}</p>")?;
            write_counts(html, part, language)?;
        }
        write_quality(html, part, language)?;
        write_findings(html, part, titles, language, several)?;
    }
    writeln!(html, "</article>")
}

/// The balance: read, then where the rows went, then what stands outside it.
fn write_counts(html: &mut String, receipt: &Receipt, language: Language) -> fmt::Result {
    if receipt.status == Status::Duplicate && receipt.rows.read == 0 {
        return Ok(());
    }
    html.write_str("<dl class=\"counts\">\n")?;
    for (index, (count, label)) in words::counts(receipt, language).into_iter().enumerate() {
        let class = match (index, count) {
            (2, 1..) => " class=\"wrong\"",
            (5, _) => " class=\"outside\"",
            _ => "",
        };
        writeln!(
            html,
            "<div{class}><dt>{label}</dt><dd>{}</dd></div>",
            number(count, language)
        )?;
    }
    html.write_str("</dl>\n")
}

fn write_quality(html: &mut String, receipt: &Receipt, language: Language) -> fmt::Result {
    let Some(quality) = &receipt.quality else { return Ok(()) };
    let title = Label::Quality.text(language);
    writeln!(
        html,
        "<h2>{title} {}</h2>\n<dl class=\"facts\">",
        foreign(&quality.release)
    )?;
    for (label, sentence) in quality.lines(language) {
        writeln!(html, "<dt>{label}</dt><dd>{}</dd>", Escaped(&sentence))?;
    }
    html.write_str("</dl>\n")
}

fn write_findings(
    html: &mut String,
    receipt: &Receipt,
    titles: &Titles,
    language: Language,
    nested: bool,
) -> fmt::Result {
    if !nested {
        writeln!(html, "<h2>{}</h2>", Label::Findings.text(language))?;
    }
    if receipt.findings_total == 0 {
        return writeln!(html, "<p>{}</p>", Label::NoFindings.text(language));
    }
    if let Some(sentence) = words::more_findings(receipt, language) {
        writeln!(html, "<p>{}</p>", Escaped(&sentence))?;
    }
    for (sheet, findings) in by_sheet(&receipt.findings) {
        if let Some(sheet) = sheet {
            writeln!(html, "<h3>{} {}</h3>", Label::Sheet.text(language), foreign(sheet))?;
        }
        let groups = groups::of(findings);
        write_table(html, &groups, receipt.dataset.as_deref(), titles, language)?;
    }
    Ok(())
}

/// The findings of each sheet, sheets in order of first mention, findings in the order of the receipt.
fn by_sheet(findings: &[ReceiptFinding]) -> Vec<(Option<&str>, Vec<&ReceiptFinding>)> {
    let mut groups: Vec<(Option<&str>, Vec<&ReceiptFinding>)> = Vec::new();
    for finding in findings {
        let sheet = finding.sheet.as_deref();
        match groups.iter_mut().find(|(name, _)| *name == sheet) {
            Some((_, group)) => group.push(finding),
            None => groups.push((sheet, vec![finding])),
        }
    }
    groups
}

fn write_table(
    html: &mut String,
    groups: &[Group<'_>],
    dataset: Option<&str>,
    titles: &Titles,
    language: Language,
) -> fmt::Result {
    html.write_str("<table>\n<thead><tr>")?;
    for label in [Label::Place, Label::Severity, Label::Value, Label::Problem] {
        write!(html, "<th scope=\"col\">{}</th>", label.text(language))?;
    }
    html.write_str("</tr></thead>\n<tbody>\n")?;
    for group in groups {
        let finding = group.first;
        let spots = group.spots(language);
        write!(html, "<tr><td class=\"place\">{}", Escaped(&spots))?;
        if let Some(column) = group.column(dataset, titles, language) {
            write!(html, "<span>{}</span>", Escaped(&column))?;
        }
        let (class, word) = (finding.severity.as_str(), words::severity(finding.severity, language));
        write!(
            html,
            "</td><td class=\"severity {class}\">{word}</td><td class=\"value\">"
        )?;
        for (index, value) in group.values().iter().enumerate() {
            let between = if index > 0 { "<br>" } else { "" };
            write!(html, "{between}<bdi>{}</bdi>", Escaped(value))?;
        }
        write!(html, "</td><td>{}", foreign(language.of(&finding.message)))?;
        if let Some(hint) = &finding.hint {
            write!(html, "<p class=\"hint\">{}</p>", foreign(language.of(hint)))?;
        }
        writeln!(html, "<div class=\"code\">{}</div></td></tr>", foreign(&finding.code))?;
    }
    html.write_str("</tbody>\n</table>\n")
}
