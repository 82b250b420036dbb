use super::*;
use proptest::prelude::*;
use std::path::PathBuf;

fn parse(bytes: &[u8]) -> FormatResult<Vec<String>> {
    events(JsonReader::new(bytes, 1 << 20))
}

fn events<R: Read>(mut reader: JsonReader<R>) -> FormatResult<Vec<String>> {
    let mut events = Vec::new();
    loop {
        match reader.next_event()? {
            JsonEvent::End => return Ok(events),
            event => events.push(format!("{event:?}")),
        }
    }
}

/// Gives one byte at a time.
struct Trickle<'a>(&'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let Some((first, rest)) = self.0.split_first() else {
            return Ok(0);
        };
        out[0] = *first;
        self.0 = rest;
        Ok(1)
    }
}

#[test]
fn the_suite_of_what_must_and_must_not_be_accepted() {
    let root = std::env::var_os("LUMBUNG_FIXTURES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let folder = root.join("fixtures/json-test-suite/test_parsing");
    if !folder.is_dir() {
        assert!(
            std::env::var_os("LUMBUNG_REQUIRE_FIXTURES").is_none(),
            "{} is missing",
            folder.display()
        );
        eprintln!(
            "SKIPPED: {} is missing; LUMBUNG_FIXTURES says where the fixtures are",
            folder.display()
        );
        return;
    }
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let answer = parse(&bytes);
        match &name[..2] {
            "y_" => assert!(answer.is_ok(), "{name}: {}", answer.unwrap_err()),
            "n_" => assert!(answer.is_err(), "{name}"),
            _ => {}
        }
        let slow = events(JsonReader::new(Trickle(&bytes), 1 << 20));
        assert_eq!(answer.is_ok(), slow.is_ok(), "{name}");
        files += 1;
    }
    assert!(files > 300, "{files} files");
}

#[test]
fn strings_are_decoded() {
    let read = parse(r#"["a\u0041\uD83D\uDE00\n\/é"]"#.as_bytes()).unwrap();
    assert_eq!(read[1], format!("{:?}", JsonEvent::Text("aA😀\n/é")));
}

#[test]
fn errors_have_their_place() {
    let error = parse(b"{\n  \"a\": 1,\n  \"b\": x\n}").unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.place.line, error.value.as_deref()),
        ("json-invalid", Some(3), Some("x"))
    );
    assert!(error.message().en.contains("position 8"), "{}", error.message().en);
    assert_eq!(parse(b"[1, 2").unwrap_err().code, "json-cut-off");
    assert_eq!(parse(b"[01]").unwrap_err().code, "json-number-invalid");
    assert_eq!(parse(b"[\"\xFF\"]").unwrap_err().code, "json-text-invalid");
    assert_eq!(parse(br#"["\uD800"]"#).unwrap_err().code, "json-text-invalid");
    assert_eq!(
        parse("[".repeat(DEPTH_LIMIT + 1).as_bytes()).unwrap_err().code,
        "json-too-deep"
    );
    let error = events(JsonReader::new(b"[\"0123456789\"]".as_slice(), 5)).unwrap_err();
    assert_eq!(error.code, "json-value-too-long");
}

#[test]
fn further_documents_need_lines_of_their_own() {
    let lines = |text: &str| events(JsonReader::lines(text.as_bytes(), 100)).map(|events| events.len());
    assert_eq!(lines("1\n2\r\n\n[3]").unwrap(), 5);
    assert!(lines("1 2").is_err());
    assert!(lines("1\n2 3").is_err());
    assert!(parse(b"1\n2").is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in proptest::collection::vec(prop_oneof![
            4 => proptest::sample::select(b"{}[]\",:0123456789.-eE+\\untrfalse \n".to_vec()),
            1 => any::<u8>(),
        ], 0..80),
    ) {
        let answer = parse(&bytes);
        prop_assert_eq!(&answer, &events(JsonReader::new(Trickle(&bytes), 1 << 20)));
        if std::str::from_utf8(&bytes).is_ok() && !bytes.starts_with(b"\xEF\xBB\xBF") {
            prop_assert_eq!(answer.is_ok(), serde_json::from_slice::<serde_json::Value>(&bytes).is_ok());
        }
    }
}
