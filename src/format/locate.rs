//! Where the records of an answer are, when nobody says so.

use super::json::{JsonEvent, JsonReader};
use super::xml::{XmlEvent, XmlReader};
use super::{FormatResult, TEXT_LIMIT, open_file};
use crate::finding::Finding;
use indexmap::IndexMap;
use std::path::Path;

/// Different element paths that are counted while looking for records.
const PATHS_LIMIT: usize = 10_000;

/// Segments of a JSON pointer (`/data/items/0`, with `~1` for `/` and `~0` for `~`) or of an element path
/// (`/response/rows/row`). Empty for the whole document.
pub fn pointer_segments(pointer: &str) -> Vec<String> {
    let trimmed = pointer.strip_prefix('/').unwrap_or(pointer);
    if trimmed.is_empty() {
        return Vec::new();
    }
    trimmed
        .split('/')
        .map(|segment| segment.replace("~1", "/").replace("~0", "~"))
        .collect()
}

/// Looks through a JSON document for its records, in one pass: the document itself where it is an array, or the
/// only array of objects that is a member of the document; where all arrays are empty, the only array. Gives the
/// segments of the pointer to it.
pub fn json_records(path: &Path) -> FormatResult<Vec<String>> {
    let mut reader = JsonReader::new(open_file(path)?, TEXT_LIMIT);
    match reader.next_event()? {
        JsonEvent::ArrayStart => return Ok(Vec::new()),
        JsonEvent::ObjectStart => {}
        _ => return Err(Box::new(Finding::of("records-not-found"))),
    }
    let mut filled = Vec::new();
    let mut empty = Vec::new();
    while let JsonEvent::Key(name) = reader.next_event()? {
        let name = name.to_string();
        let depth = reader.depth();
        if reader.next_event()? == JsonEvent::ArrayStart {
            match reader.next_event()? {
                JsonEvent::ObjectStart => filled.push(name),
                JsonEvent::ArrayEnd => empty.push(name),
                _ => {}
            }
        }
        while reader.depth() > depth {
            reader.next_event()?;
        }
    }
    reader.finish()?;
    let mut candidates = if filled.is_empty() { empty } else { filled };
    match candidates.len() {
        0 => Err(Box::new(Finding::of("records-not-found"))),
        1 => Ok(vec![candidates.remove(0)]),
        _ => Err(Box::new(Finding::of("records-ambiguous").value(candidates.join(", ")))),
    }
}

/// Looks through an XML document for its records, in one pass: the element nearest to the root that is repeated
/// under its path, of several the most frequent. Where nothing is repeated, the only path of elements with
/// children or attributes right below the root. Gives the segments of the path.
pub fn xml_records(path: &Path) -> FormatResult<Vec<String>> {
    let mut reader = XmlReader::new(open_file(path)?, TEXT_LIMIT)?;
    let mut stack: Vec<String> = Vec::new();
    let mut counts: IndexMap<Vec<String>, u64> = IndexMap::new();
    let mut with_attributes: Vec<Vec<String>> = Vec::new();
    loop {
        match reader.next_event()? {
            XmlEvent::Start(name) => {
                stack.push(name.to_string());
                if let Some(count) = counts.get_mut(&stack) {
                    *count += 1;
                } else if counts.len() < PATHS_LIMIT {
                    counts.insert(stack.clone(), 1);
                    if stack.len() == 2 && !reader.attributes().is_empty() {
                        with_attributes.push(stack.clone());
                    }
                }
            }
            XmlEvent::ElementEnd => {
                stack.pop();
            }
            XmlEvent::Text(_) => {}
            XmlEvent::End => break,
        }
    }
    let repeated = counts
        .iter()
        .filter(|(path, count)| path.len() > 1 && **count > 1)
        .min_by_key(|(path, count)| (path.len(), std::cmp::Reverse(**count)));
    if let Some((path, _)) = repeated {
        return Ok(path.clone());
    }
    let has_children = |path: &Vec<String>| counts.keys().any(|other| other.len() == 3 && other.starts_with(path));
    let mut with_children = counts
        .keys()
        .filter(|path| path.len() == 2 && (has_children(path) || with_attributes.contains(path)));
    match (with_children.next(), with_children.next()) {
        (Some(path), None) => Ok(path.clone()),
        _ => Err(Box::new(Finding::of("records-not-found"))),
    }
}
