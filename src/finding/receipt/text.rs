//! A receipt for a terminal.

use super::label::Label;
use super::words::{self, visible};
use super::{Language, Receipt, Titles, groups};
use crate::finding::said::number;
use std::fmt::Write;

/// Longest line, in characters.
const WIDTH: usize = 96;

/// Before the sentences of a finding.
const INDENT: &str = "    ";

/// The whole text, in one language.
pub(super) fn page(receipt: &Receipt, language: Language, titles: &Titles) -> String {
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    let _ = write_page(&mut text, receipt, language, titles);
    text
}

fn write_page(text: &mut String, receipt: &Receipt, language: Language, titles: &Titles) -> std::fmt::Result {
    let title = if receipt.submission.is_some() {
        Label::Receipt
    } else {
        Label::DryRun
    };
    writeln!(text, "{}: {}", title.text(language), words::verdict(receipt, language))?;
    writeln!(text)?;
    let facts = words::facts(receipt, titles, language);
    let width = facts.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    for (label, value) in facts {
        writeln!(text, "  {label:width$}  {value}")?;
    }
    writeln!(text)?;
    let paragraph = |sentences: &str| words::wrapped(sentences, WIDTH, "");
    writeln!(text, "{}", paragraph(&words::account(receipt, language)))?;
    let what_now = format!(
        "{}: {}",
        Label::WhatNow.text(language),
        words::what_now(receipt, language)
    );
    writeln!(text, "{}", paragraph(&what_now))?;
    if let Some(sentence) = words::dry_run(receipt, language) {
        writeln!(text, "{}", paragraph(sentence))?;
    }
    write_counts(text, receipt, language)?;
    let several = receipt.datasets.is_some();
    for part in receipt.parts() {
        if several {
            let dataset = words::dataset(part, titles, language).unwrap_or_default();
            writeln!(text, "\n{dataset}: {}", words::headline(part.status, language))?;
            write_counts(text, part, language)?;
        }
        write_quality(text, part, language)?;
        write_findings(text, part, titles, language)?;
    }
    Ok(())
}

/// One count a line; those that are zero and say nothing are left out.
fn write_counts(text: &mut String, receipt: &Receipt, language: Language) -> std::fmt::Result {
    let counts = words::counts(receipt, language);
    let shown: Vec<(String, &str)> = counts
        .iter()
        .enumerate()
        .filter(|(index, (count, _))| *index < 3 || *count > 0)
        .map(|(_, &(count, label))| (number(count, language), label))
        .collect();
    let width = shown.iter().map(|(count, _)| count.len()).max().unwrap_or(0);
    writeln!(text)?;
    for (count, label) in shown {
        writeln!(text, "  {count:>width$}  {label}")?;
    }
    Ok(())
}

fn write_quality(text: &mut String, receipt: &Receipt, language: Language) -> std::fmt::Result {
    let Some(quality) = &receipt.quality else { return Ok(()) };
    let lines = quality.lines(language);
    let width = lines.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    writeln!(
        text,
        "\n{} {}",
        Label::Quality.text(language),
        visible(&quality.release)
    )?;
    for (label, sentence) in lines {
        writeln!(text, "  {label:width$}  {sentence}")?;
    }
    Ok(())
}

fn write_findings(text: &mut String, receipt: &Receipt, titles: &Titles, language: Language) -> std::fmt::Result {
    if receipt.findings.is_empty() {
        return Ok(());
    }
    let total = number(receipt.findings_total, language);
    writeln!(text, "\n{} ({total})", Label::Findings.text(language))?;
    for group in groups::of(&receipt.findings) {
        let finding = group.first;
        let severity = words::severity(finding.severity, language);
        let mut place = group.spots(language);
        if let Some(sheet) = &finding.sheet {
            place = format!("{}!{place}", visible(sheet));
        }
        if let Some(column) = group.column(receipt.dataset.as_deref(), titles, language) {
            place = format!("{place}, {} {column}", Label::Column.text(language));
        }
        writeln!(text, "\n  {severity}  {place}  [{}]", visible(&finding.code))?;
        let sentence = |text: &str| words::wrapped(&visible(text), WIDTH - INDENT.len(), INDENT);
        writeln!(text, "{INDENT}{}", sentence(language.of(&finding.message)))?;
        if let Some(hint) = &finding.hint {
            let hint = format!("{}: {}", Label::Hint.text(language).to_lowercase(), language.of(hint));
            writeln!(text, "{INDENT}{}", sentence(&hint))?;
        }
    }
    if let Some(sentence) = words::more_findings(receipt, language) {
        writeln!(text, "\n{sentence}")?;
    }
    Ok(())
}
