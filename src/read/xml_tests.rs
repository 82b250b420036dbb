use super::*;
use crate::read::Cell;
use crate::read::open::tests::{file, fixtures};

/// Fields, and rows with `-` for an empty cell.
type Reading = (Vec<String>, Vec<String>);

fn read_with(bytes: &[u8], records: Option<&str>, limits: &Limits) -> Result<Reading, ReadError> {
    let file = file(bytes);
    let mut document = XmlDocument::open(file.path(), records, limits)?;
    let mut blocks = document.blocks(0)?;
    let mut rows = Vec::new();
    while let Some(block) = blocks.next_block()? {
        for row in 0..block.rows() {
            let show = |cell: Cell<'_>| match cell {
                Cell::Empty => "-".to_string(),
                Cell::Text(text) => text.to_string(),
                other => panic!("{other:?}"),
            };
            let cells: Vec<String> = block.row(row).iter().map(|&cell| show(block.view(cell))).collect();
            assert_eq!(block.row_numbers[row] as usize, rows.len() + 1);
            rows.push(cells.join("|"));
        }
    }
    Ok((blocks.fields().to_vec(), rows))
}

fn read(text: &str, records: Option<&str>) -> Reading {
    read_with(text.as_bytes(), records, &Limits::default()).unwrap()
}

fn refused(text: &str, records: Option<&str>) -> String {
    read_with(text.as_bytes(), records, &Limits::default())
        .unwrap_err()
        .0
        .code
}

#[test]
fn children_attributes_and_nesting_become_fields() {
    let (fields, rows) = read(
        "<response><meta><total>2</total></meta><rows>\
         <row id='7'><a> 1 </a><b unit=\"kg\">2</b><c><d>3</d></c><e/></row>\
         <row><a>4</a></row></rows></response>",
        Some("/response/rows/row"),
    );
    assert_eq!(fields, ["@id", "a", "b.@unit", "b", "c.d", "e"]);
    assert_eq!(rows, ["7|1|kg|2|3|-", "-|4"]);
}

#[test]
fn repeated_children_are_numbered() {
    let (fields, rows) = read(
        "<r><x><t>1</t><t>2</t><u><v>3</v></u><u><v>4</v></u><t>5</t></x></r>",
        Some("/r/x"),
    );
    assert_eq!(fields, ["t", "t.2", "u.v", "u.2.v", "t.3"]);
    assert_eq!(rows, ["1|2|3|4|5"]);
}

#[test]
fn text_is_joined_and_decoded() {
    let text = "<r xmlns:n='urn:x' xmlns='urn:y'><n:x><n:a>1 &lt;<!-- no --> 2 &#x41;&#66;<![CDATA[ <b>&amp; ]]></n:a>\
                <b q='a&quot;b'>x<i>y</i>z</b></n:x></r>";
    let (fields, rows) = read(text, Some("/r/x"));
    assert_eq!(fields, ["a", "b.@q", "b.i", "b"]);
    assert_eq!(rows, ["1 < 2 AB <b>&amp;|a\"b|y|x z"]);
    assert_eq!(
        read("<r><x>1</x><x>2</x></r>", None),
        (vec!["text".to_string()], vec!["1".to_string(), "2".to_string()])
    );
}

#[test]
fn records_are_found_without_a_path() {
    assert_eq!(
        read(
            "<r><m><t>2</t></m><rows><row><a>1</a></row><row><a>2</a></row></rows></r>",
            None
        )
        .1,
        ["1", "2"]
    );
    assert_eq!(read("<rows><row><a>1</a></row></rows>", None).1, ["1"]);
    assert_eq!(refused("<r>text</r>", None), "records-not-found");
}

#[test]
fn one_record_of_attributes_is_found_as_two_are() {
    for text in ["<d><r a='1'/></d>", "<d><r a='1'/><r a='1'/></d>"] {
        assert_eq!(read(text, None).1.len(), text.matches("<r").count(), "{text}");
    }
}

#[test]
fn an_empty_list_is_no_error_and_a_wrong_path_is() {
    assert_eq!(read("<r><rows/></r>", Some("/r/rows/row")).1, Vec::<String>::new());
    assert_eq!(
        refused("<error>no</error>", Some("/r/rows/row")),
        "records-path-missing"
    );
    assert_eq!(
        read(
            "<r><row><rows><row>1</row></rows></row><rows><row>2</row></rows></r>",
            Some("/r/rows/row")
        )
        .1,
        ["2"]
    );
}

#[test]
fn encodings_are_those_that_the_document_names() {
    let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><r><x><a>\xE9</a></x></r>";
    assert_eq!(read_with(latin, Some("/r/x"), &Limits::default()).unwrap().1, ["é"]);
    let wide: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(
            "<?xml version='1.0' encoding='UTF-16'?><r><x><a>é</a></x></r>"
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    assert_eq!(read_with(&wide, Some("/r/x"), &Limits::default()).unwrap().1, ["é"]);
    let broken = read_with(b"<r><x><a>\xE9</a></x></r>", Some("/r/x"), &Limits::default());
    assert_eq!(broken.unwrap_err().0.code, "text-encoding-invalid");
}

#[test]
fn limits_are_findings() {
    let limits = Limits {
        line_bytes: 40,
        columns: 2,
        ..Limits::default()
    };
    let code = |text: String| read_with(text.as_bytes(), Some("/r/x"), &limits).unwrap_err().0.code;
    assert_eq!(
        code("<r><x><a>1</a><b>1</b><c>1</c></x></r>".to_string()),
        "too-many-columns"
    );
    assert_eq!(
        code(format!("<r><x><a>{0}</a><b>{0}</b></x></r>", "0".repeat(30))),
        "record-too-long"
    );
    assert_eq!(
        code(format!("<r><x><a>{}</a></x></r>", "0".repeat(50))),
        "xml-value-too-long"
    );
    assert_eq!(
        code(format!("<r><x><a q='{}'/></x></r>", "0".repeat(50))),
        "record-too-long"
    );
    let dull: String = "<i/>".repeat(5_000);
    assert_eq!(code(format!("<r><x>{dull}</x></r>")), "too-many-columns");
}

#[test]
fn attacks_are_refused() {
    let Some(folder) = fixtures("defusedxml") else { return };
    let code = |name: &str| {
        let mut document = match XmlDocument::open(&folder.join(name), Some("/root/element"), &Limits::default()) {
            Ok(document) => document,
            Err(error) => return error.0.code,
        };
        let mut blocks = match document.blocks(0) {
            Ok(blocks) => blocks,
            Err(error) => return error.0.code,
        };
        loop {
            match blocks.next_block() {
                Ok(Some(_)) => {}
                Ok(None) => return "read".to_string(),
                Err(error) => return error.0.code,
            }
        }
    };
    for name in [
        "xmlbomb.xml",
        "xmlbomb2.xml",
        "quadratic.xml",
        "cyclic.xml",
        "dtd.xml",
        "dtd_element.xml",
        "external.xml",
        "external_file.xml",
    ] {
        assert_eq!(code(name), "xml-declares-entities", "{name}");
    }
    assert_eq!(code("simple.xml"), "read");
    assert_eq!(code("simple-ns.xml"), "read");
}
