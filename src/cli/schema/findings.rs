//! Every finding code with its severity and sentences.

use super::{cell, heading};
use crate::finding::entries;
use std::fmt::Write;

/// The page: what stands in receipts, in both languages.
pub(super) fn page() -> String {
    let mut page = heading("Findings");
    page.push_str(
        "\nWhat a receipt may say. Codes are stable. `{name}` is filled in. An **error** keeps its row (or, where no \
         row is named, the submission or request) out; a **warning** and a **note** keep nothing out. Rules of a \
         contract have codes of their own, which stand in the contract.\n",
    );
    for (code, entry) in entries() {
        // Writing into a `String` cannot fail.
        let _ = write!(page, "\n## `{code}`\n\n{}\n\n", entry.severity.as_str());
        let hint = entry.hint.as_ref();
        let _ = writeln!(
            page,
            "- **id** {}{}",
            cell(&entry.id),
            hinted(hint.map(|hint| hint.id.as_str()))
        );
        let _ = writeln!(
            page,
            "- **en** {}{}",
            cell(&entry.en),
            hinted(hint.map(|hint| hint.en.as_str()))
        );
    }
    page
}

fn hinted(hint: Option<&str>) -> String {
    hint.map(|hint| format!(" *{}*", cell(hint))).unwrap_or_default()
}
