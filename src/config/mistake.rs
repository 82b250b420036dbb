//! Mistakes in a TOML file in words of ours: what the parser says speaks of types of the program.

use strsim::osa_distance;

/// What is expected where something else stands: how the parser calls it, what people call it, and how it is written.
const EXPECTED: [(&str, &str, &str); 12] = [
    (
        "struct Bilingual",
        "a text in both languages",
        "{ id = \"Harga\", en = \"Price\" }",
    ),
    ("a string", "a text", "\"…\", in quotes"),
    ("string or map", "a word or a table", "\"all\""),
    ("a sequence", "a list", "[\"harga\", \"harga rata-rata\"]"),
    ("a map", "a table", "{ price = \"harga\" }"),
    ("a boolean", "true or false", "true"),
    ("a tuple of size 2", "two values", "[0, 100]"),
    ("struct Column", "a column", "[columns.price] with type and title below"),
    (
        "struct RowRule",
        "a rule",
        "[[rules]] with code, severity, check and message below",
    ),
    (
        "struct TableRule",
        "a rule over a table",
        "[[table_rules]] with code, severity, sql and message below",
    ),
    ("f64", "a number", "0.25"),
    ("f32", "a number", "0.25"),
];

/// How keys that must be there are written.
const KEYS: [(&str, &str); 14] = [
    (
        "title",
        "title = { id = \"Harga komoditas\", en = \"Commodity prices\" }",
    ),
    (
        "description",
        "description = { id = \"Satu baris adalah …\", en = \"One row is …\" }",
    ),
    (
        "message",
        "message = { id = \"Harga harus lebih dari nol.\", en = \"A price must be above zero.\" }",
    ),
    ("id", "a text needs both languages: { id = \"Harga\", en = \"Price\" }"),
    ("en", "a text needs both languages: { id = \"Harga\", en = \"Price\" }"),
    ("version", "version = 1"),
    ("key", "key = [\"region_code\", \"period\"]"),
    ("columns", "[columns.price] with type and title below"),
    (
        "type",
        "type = \"count\", \"money\", \"code\", \"region\", \"period\" or another type",
    ),
    ("kind", "kind = \"drop\" or kind = \"http\""),
    ("code", "code = \"price-below-zero\""),
    ("severity", "severity = \"error\", \"warning\" or \"note\""),
    ("check", "check = \"price > 0\""),
    ("url", "url = \"https://api.example.go.id/harga\""),
];

/// What the parser says as message and hint.
pub(super) fn said(message: &str) -> (String, Option<String>) {
    if let Some(key) = message.strip_prefix("missing field ") {
        let key = key.trim_matches('`');
        let example = KEYS.iter().find(|(known, _)| *known == key);
        let hint = example.map(|(_, example)| format!("for example: {example}"));
        return (format!("`{key}` is missing"), hint);
    }
    let Some((what, expected)) = message.split_once(", expected ") else {
        return (message.to_string(), None);
    };
    for start in ["invalid type: ", "invalid value: ", "invalid length "] {
        if let Some(found) = what.strip_prefix(start) {
            return misplaced(found, expected, start == "invalid length ");
        }
    }
    let wrong = what.split('`').nth(1).unwrap_or_default();
    let names: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let hint = match nearest(wrong, names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("expected {expected}"),
    };
    (what.to_string(), Some(hint))
}

/// Something stands where something else belongs.
fn misplaced(found: &str, expected: &str, is_length: bool) -> (String, Option<String>) {
    let whole = ["u8", "u16", "u32", "u64", "usize", "i8", "i16", "i32", "i64", "isize"];
    let known = EXPECTED.iter().find(|(parser, ..)| *parser == expected);
    let (belongs, example) = match known {
        Some((_, people, example)) => ((*people).to_string(), Some((*example).to_string())),
        None if whole.contains(&expected) => ("a whole number in bounds".to_string(), Some("5".to_string())),
        None => match expected.strip_prefix("struct ") {
            Some(_) => ("a table with keys of its own".to_string(), None),
            None => (expected.to_string(), None),
        },
    };
    let found = match is_length {
        true => format!("{found} value(s)"),
        false => thing(found),
    };
    (
        format!("{found} stands where {belongs} belongs"),
        example.map(|example| format!("write for example {example}")),
    )
}

/// What the parser calls by a type, as people call it.
fn thing(found: &str) -> String {
    let (kind, value) = found.split_once(' ').unwrap_or((found, ""));
    let value = value.trim_matches('`');
    match kind {
        "string" => format!("the text {value}"),
        "integer" => format!("the number {value}"),
        "boolean" => format!("the word {value}"),
        "floating" => format!(
            "the number {}",
            value.trim_start_matches("point").trim_matches([' ', '`'])
        ),
        "sequence" => "a list".to_string(),
        "map" => "a table".to_string(),
        _ => found.to_string(),
    }
}

/// The known name that a wrong one is but for a typing error or two; none where none is near.
pub(super) fn nearest<'n>(wrong: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let far = |name: &&str| osa_distance(&wrong.to_lowercase(), &name.to_lowercase());
    let most = (wrong.chars().count() / 3).clamp(1, 3);
    let nearest = known.into_iter().min_by_key(far)?;
    (far(&nearest) <= most).then_some(nearest)
}

/// A hint that names the nearest known name, or all of them where they are few.
pub(super) fn did_you_mean<'n>(wrong: &str, known: impl IntoIterator<Item = &'n str> + Clone) -> String {
    /// Most names that are listed.
    const LISTED: usize = 30;
    if let Some(name) = nearest(wrong, known.clone()) {
        return format!("did you mean `{name}`?");
    }
    let names: Vec<&str> = known.into_iter().take(LISTED + 1).collect();
    match names.len() {
        1..=LISTED => format!("one of: {}", names.join(", ")),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_met_with_the_nearest_known_one() {
        let (message, hint) = said("unknown field `shedule`, expected one of `schedule`, `zone`");
        assert_eq!(message, "unknown field `shedule`");
        assert_eq!(hint.as_deref(), Some("did you mean `schedule`?"));
        let (_, hint) = said("unknown field `xyz`, expected `schedule` or `zone`");
        assert_eq!(hint.as_deref(), Some("expected `schedule` or `zone`"));
    }

    #[test]
    fn what_stands_in_the_wrong_place_is_told_without_types_of_the_program() {
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code)]
        struct File {
            title: crate::finding::Bilingual,
            version: u32,
            #[serde(default)]
            range: Option<(f64, f64)>,
            #[serde(default)]
            synonyms: Vec<String>,
        }
        for (text, message, hint) in [
            (
                "title = \"Harga\"\nversion = 1",
                "the text \"Harga\" stands where a text in both languages belongs",
                "write for example { id = \"Harga\", en = \"Price\" }",
            ),
            (
                "title = { id = \"a\" }\nversion = 1",
                "`en` is missing",
                "for example: a text needs both languages: { id = \"Harga\", en = \"Price\" }",
            ),
            (
                "title = { id = \"a\", en = \"b\" }\nversion = \"1\"",
                "the text \"1\" stands where a whole number in bounds belongs",
                "write for example 5",
            ),
            (
                "title = { id = \"a\", en = \"b\" }\nversion = 1\nrange = [1.0]",
                "1 value(s) stands where two values belongs",
                "write for example [0, 100]",
            ),
            (
                "title = { id = \"a\", en = \"b\" }\nversion = 1\nsynonyms = \"harga\"",
                "the text \"harga\" stands where a list belongs",
                "write for example [\"harga\", \"harga rata-rata\"]",
            ),
            (
                "title = { id = \"a\", en = \"b\" }",
                "`version` is missing",
                "for example: version = 1",
            ),
        ] {
            let error = toml::from_str::<File>(text).unwrap_err();
            let (told, how) = said(error.message());
            assert_eq!(
                (told.as_str(), how.as_deref()),
                (message, Some(hint)),
                "{text}: {}",
                error.message()
            );
        }
    }

    #[test]
    fn names_are_met_with_the_nearest() {
        let known = ["commodity_price", "commodity_stock", "labour"];
        assert_eq!(did_you_mean("comodity_price", known), "did you mean `commodity_price`?");
        assert_eq!(did_you_mean("labor", known), "did you mean `labour`?");
        assert_eq!(
            did_you_mean("x", known),
            "one of: commodity_price, commodity_stock, labour"
        );
        assert_eq!(did_you_mean("x", []), "");
    }
}
