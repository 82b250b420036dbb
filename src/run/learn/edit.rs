//! One synonym more in the text of a contract or of a reference table; every other byte stays.

use super::Proposal;
use std::ops::Range;
use std::path::Path;

/// The line that holds a proposal once it is accepted; none where it cannot be written.
pub(super) fn line(path: &Path, proposal: &Proposal, meant: &str) -> Option<String> {
    let before = std::fs::read_to_string(path).ok()?;
    let after = with_synonym(&before, proposal, meant).ok()??;
    let old: Vec<&str> = before.lines().collect();
    let new = after
        .lines()
        .enumerate()
        .find(|(index, line)| old.get(*index) != Some(line));
    new.map(|(_, line)| line.trim().to_string())
}

/// The text with the proposal's spelling as a synonym of `meant`; none where that is not there.
pub(super) fn with_synonym(text: &str, proposal: &Proposal, meant: &str) -> Result<Option<String>, String> {
    match proposal.codes {
        Some(_) => in_table(text, meant, &proposal.written),
        None => in_contract(text, meant, &proposal.written),
    }
}

/// Where the synonyms of a contract's columns stand.
#[derive(serde::Deserialize)]
struct Contract {
    columns: std::collections::BTreeMap<String, Column>,
}

#[derive(serde::Deserialize)]
struct Column {
    #[serde(default)]
    synonyms: Option<toml::Spanned<Vec<String>>>,
}

fn in_contract(text: &str, column: &str, written: &str) -> Result<Option<String>, String> {
    let parse = |text: &str| toml::from_str::<Contract>(text).map_err(|error| error.message().to_string());
    let contract = parse(text)?;
    let Some(found) = contract.columns.get(column) else {
        return Ok(None);
    };
    let quoted = toml::Value::String(written.to_string()).to_string();
    let after = match &found.synonyms {
        Some(list) => {
            let Range { start, end } = list.span();
            // Up to the bracket that closes the list, and what stands before it.
            let inside = text[start..end]
                .strip_suffix(']')
                .unwrap_or(&text[start..end])
                .trim_end();
            let comma = if inside.ends_with(['[', ',']) { "" } else { "," };
            let blank = if inside.ends_with('[') { "" } else { " " };
            let at = start + inside.len();
            format!("{}{comma}{blank}{quoted}{}", &text[..at], &text[at..])
        }
        None => {
            let header = format!("[columns.{column}]\n");
            let at = text
                .find(&header)
                .ok_or("write the synonym by hand: its column is not a table of its own")?;
            let at = at + header.len();
            format!("{}synonyms = [{quoted}]\n{}", &text[..at], &text[at..])
        }
    };
    let is_there = parse(&after)?.columns.get(column).is_some_and(|column| {
        let list = column.synonyms.as_ref();
        list.is_some_and(|list| list.get_ref().iter().any(|synonym| synonym == written))
    });
    match is_there {
        true => Ok(Some(after)),
        // A remark behind the last synonym swallowed it.
        false => Err("write the synonym by hand: a remark stands at the end of the list".to_string()),
    }
}

fn in_table(text: &str, code: &str, written: &str) -> Result<Option<String>, String> {
    if written.contains(['|', '"', '\n', '\r']) {
        return Err("write the synonym by hand: it holds a mark that parts synonyms or quotes them".to_string());
    }
    let mut columns: Option<(usize, usize)> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let (begin, bare) = (start, line.trim_end_matches(['\n', '\r']));
        start += line.len();
        if bare.starts_with('#') || bare.trim().is_empty() {
            continue;
        }
        let fields = fields(bare);
        let field = |index: usize| {
            fields
                .get(index)
                .map_or("", |range| bare[range.clone()].trim().trim_matches('"'))
        };
        let Some((code_at, synonyms_at)) = columns else {
            let position = |name: &str| (0..fields.len()).find(|&index| field(index) == name);
            columns = position("code").zip(position("synonyms"));
            if columns.is_none() {
                return Err("it has no columns code and synonyms".to_string());
            }
            continue;
        };
        if field(code_at) != code {
            continue;
        }
        let range = fields
            .get(synonyms_at)
            .cloned()
            .ok_or("the line of the code is too short")?;
        let known = field(synonyms_at);
        let synonyms = if known.is_empty() {
            written.to_string()
        } else {
            format!("{known}|{written}")
        };
        let is_quoted = synonyms.contains(',') || bare[range.clone()].starts_with('"');
        let synonyms = if is_quoted { format!("\"{synonyms}\"") } else { synonyms };
        let (before, after) = (&text[..begin + range.start], &text[begin + range.end..]);
        return Ok(Some(format!("{before}{synonyms}{after}")));
    }
    Ok(None)
}

/// Where the fields of a line of a table are, quotes included.
fn fields(line: &str) -> Vec<Range<usize>> {
    let (mut found, mut begin, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                found.push(begin..at);
                begin = at + 1;
            }
            _ => {}
        }
    }
    found.push(begin..line.len());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_keeps_every_other_byte() {
        let text = "# kinds\r\ncode,name_id,synonyms,unit\r\na,\"A, or so\",x|y,kg\nb,B,,kg\nc,C,\"u, v\",kg";
        let with = |code: &str, written: &str| in_table(text, code, written);
        assert_eq!(with("a", "z").unwrap().unwrap(), text.replace("x|y", "x|y|z"));
        assert_eq!(with("a", "z, z").unwrap().unwrap(), text.replace("x|y", "\"x|y|z, z\""));
        assert_eq!(with("b", "z").unwrap().unwrap(), text.replace("B,,", "B,z,"));
        assert_eq!(with("c", "z").unwrap().unwrap(), text.replace("\"u, v\"", "\"u, v|z\""));
        assert_eq!(with("d", "z").unwrap(), None);
        assert!(with("a", "z|w").is_err() && with("a", "\"z").is_err());
        assert!(in_table("a,b\n", "a", "z").is_err());
    }

    #[test]
    fn a_contract_keeps_its_remarks() {
        let text = "# one\n[columns.price]\ntype = \"money\" # two\nsynonyms = [\n  \"harga\", \"cost\",\n]\n[columns.unit]\n\
                    type = \"code\"\n[columns.date]\nsynonyms = [\"tgl\"]\n[columns.none]\nsynonyms = [ ]\n";
        let with = |column: &str| in_contract(text, column, "hrg \"x\"").unwrap().unwrap();
        assert_eq!(with("price"), text.replace("\"cost\",", "\"cost\", 'hrg \"x\"'"));
        assert_eq!(
            with("unit"),
            text.replace("[columns.unit]\n", "[columns.unit]\nsynonyms = ['hrg \"x\"']\n")
        );
        assert_eq!(with("date"), text.replace("\"tgl\"", "\"tgl\", 'hrg \"x\"'"));
        assert_eq!(with("none"), text.replace("[ ]", "['hrg \"x\"' ]"));
        assert_eq!(in_contract(text, "region", "x").unwrap(), None);
        let remark = "[columns.a]\nsynonyms = [\n  \"b\" # c\n]\n";
        assert!(in_contract(remark, "a", "x").is_err());
    }
}
