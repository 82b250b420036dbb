use super::*;
use proptest::prelude::*;

fn parse(bytes: &[u8]) -> FormatResult<Vec<String>> {
    let mut reader = XmlReader::new(bytes, 1 << 16)?;
    let mut events = Vec::new();
    loop {
        let event = reader.next_event()?;
        let shown = format!("{event:?}");
        let attributes = matches!(event, XmlEvent::Start(_));
        if event == XmlEvent::End {
            return Ok(events);
        }
        events.push(if attributes {
            format!("{shown}{:?}", reader.attributes())
        } else {
            shown
        });
    }
}

fn refused(text: &str) -> (String, Option<u32>) {
    let error = parse(text.as_bytes()).unwrap_err();
    (error.code.clone(), error.place.line)
}

#[test]
fn elements_attributes_and_text() {
    let events = parse(b"<?xml version='1.0'?>\n<n:a xmlns:n='u' n:k='1 &amp; 2'> x <!-- c -->y<b/></n:a>\n").unwrap();
    assert_eq!(
        events,
        [
            "Start(\"a\")[(\"k\", \"1 & 2\")]",
            "Text(\"x y\")",
            "Start(\"b\")[]",
            "ElementEnd",
            "ElementEnd"
        ]
    );
}

#[test]
fn what_is_not_well_formed_is_refused_with_its_line() {
    assert_eq!(refused("<a>\n<b>\n</a>"), ("xml-invalid".to_string(), Some(3)));
    assert_eq!(refused("<a>\n<b>"), ("xml-cut-off".to_string(), Some(2)));
    assert_eq!(refused("<a>\n<b"), ("xml-cut-off".to_string(), Some(2)));
    assert_eq!(refused("<a></a><b></b>").0, "xml-invalid");
    assert_eq!(refused("<a></a>text").0, "xml-invalid");
    assert_eq!(refused("text<a></a>").0, "xml-invalid");
    assert_eq!(refused("</a>").0, "xml-invalid");
    assert_eq!(refused("<a b='1' b='2'/>").0, "xml-invalid");
    assert_eq!(refused("<a>& x</a>").0, "xml-invalid");
    assert_eq!(refused("").0, "xml-cut-off");
}

#[test]
fn entities_and_depth_are_bounded() {
    assert_eq!(refused("<!DOCTYPE a><a/>").0, "xml-declares-entities");
    assert_eq!(refused("<a>&euro;</a>").0, "xml-entity-unknown");
    assert_eq!(refused("<a b='&euro;'/>").0, "xml-entity-unknown");
    assert_eq!(refused("<a>&#0;</a>").0, "xml-entity-unknown");
    assert_eq!(refused(&"<a>".repeat(DEPTH_LIMIT + 1)).0, "xml-too-deep");
    assert_eq!(
        refused(&format!("<a>{}</a>", "<![CDATA[xxxxxxxx]]>".repeat(10_000))).0,
        "xml-value-too-long"
    );
    assert_eq!(
        refused(&format!("<a><!--{}--></a>", "x".repeat(1 << 17))).0,
        "xml-value-too-long"
    );
    assert_eq!(
        refused("<?xml version='1.0' encoding='klingon'?><a/>").0,
        "xml-encoding-unknown"
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in proptest::collection::vec(prop_oneof![
            4 => proptest::sample::select(b"<>/ab='\"&;#x!-[]?CDATA \n".to_vec()),
            1 => any::<u8>(),
        ], 0..80),
    ) {
        let answer = parse(&[b"<a>".as_slice(), &bytes].concat());
        if let Ok(events) = answer {
            let starts = events.iter().filter(|event| event.starts_with("Start")).count();
            prop_assert_eq!(starts, events.iter().filter(|event| *event == "ElementEnd").count());
        }
    }
}
