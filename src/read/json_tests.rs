use super::*;
use crate::read::Cell;
use crate::read::open::tests::file;
use proptest::prelude::*;

/// Fields, and rows as text: strings in quotes, numbers bare (literal ones behind `=`), empty cells as `-`.
type Reading = (Vec<String>, Vec<String>);

fn read_with(text: &str, records: Option<&str>, limits: &Limits) -> Result<Reading, ReadError> {
    let file = file(text.as_bytes());
    let mut document = JsonDocument::open(file.path(), records, limits)?;
    let mut blocks = document.blocks(0)?;
    let mut rows = Vec::new();
    while let Some(block) = blocks.next_block()? {
        for row in 0..block.rows() {
            let cells: Vec<String> = block.row(row).iter().map(|&cell| show(block.view(cell))).collect();
            assert_eq!(block.row_numbers[row] as usize, rows.len() + 1);
            rows.push(cells.join(" "));
        }
    }
    Ok((blocks.fields().to_vec(), rows))
}

fn show(cell: Cell<'_>) -> String {
    match cell {
        Cell::Empty => "-".to_string(),
        Cell::Text(text) => format!("'{text}'"),
        Cell::Literal(text) => format!("={text}"),
        Cell::Integer(value) => value.to_string(),
        Cell::Bool(value) => value.to_string(),
        other => panic!("{other:?}"),
    }
}

fn read(text: &str, records: Option<&str>) -> Reading {
    read_with(text, records, &Limits::default()).unwrap()
}

fn refused(text: &str, records: Option<&str>) -> Finding {
    *read_with(text, records, &Limits::default()).unwrap_err().0
}

#[test]
fn values_keep_their_kind_and_every_digit() {
    let (fields, rows) = read(
        r#"[{"a":"1.234","b":1.234,"c":9223372036854775807,"d":9223372036854775808,"e":true,"f":null,"g":-0,"h":1e2}]"#,
        None,
    );
    assert_eq!(fields, ["a", "b", "c", "d", "e", "f", "g", "h"]);
    assert_eq!(
        rows,
        ["'1.234' =1.234 9223372036854775807 =9223372036854775808 true - =-0 =1e2"]
    );
}

#[test]
fn fields_grow_and_keep_their_columns() {
    let (fields, rows) = read(r#"[{"a":1},{"b":2,"a":3},{},{"c":4}]"#, Some(""));
    assert_eq!(fields, ["a", "b", "c"]);
    assert_eq!(rows, ["1", "3 2", "", "- - 4"]);
}

#[test]
fn nested_objects_flatten_and_arrays_stay_json() {
    let (fields, rows) = read(
        r#"{"features":[{"attributes":{"KODE":"3273","n":{"x":1}},"tags":[1,{"a":"q\"\n","b":[]},null,[true]],"z":2}]}"#,
        Some("/features"),
    );
    assert_eq!(fields, ["attributes.KODE", "attributes.n.x", "tags", "z"]);
    assert_eq!(rows, [r#"'3273' 1 '[1,{"a":"q\"\u000a","b":[]},null,[true]]' 2"#]);
}

#[test]
fn records_are_found_by_pointer() {
    assert_eq!(read(r#"[{"page":1},[{"a":1},{"a":2}]]"#, Some("/1")).1, ["1", "2"]);
    assert_eq!(read(r#"{"data":[{"page":1},[{"a":1}]]}"#, Some("/data/1")).1, ["1"]);
    assert_eq!(
        read(r#"{"x":{"data":[9]},"a/b":{"~":[{"v":1}]}}"#, Some("/a~1b/~0")).1,
        ["1"]
    );
    assert_eq!(read(r#"{"data":[]}"#, Some("/data")).1, Vec::<String>::new());
    assert_eq!(read(r#"{"data":null}"#, Some("/data")).1, Vec::<String>::new());
    assert_eq!(
        read(r#"{"a":7,"b":"x"}"#, Some("")).1,
        ["7 'x'"],
        "declared to be the record"
    );
    assert_eq!(refused(r#"{"error":"no"}"#, Some("/data")).code, "records-path-missing");
    assert_eq!(refused(r#"{"data":[1]}"#, Some("/data/4")).code, "records-path-missing");
    assert_eq!(refused(r#"{"data":{"a":1}}"#, Some("/data")).code, "records-not-a-list");
}

#[test]
fn records_are_found_without_a_pointer() {
    assert_eq!(
        read(
            r#"{"total":2,"codes":[1,2],"rows":[{"a":1}],"meta":{"l":[{"b":1}]}}"#,
            None
        )
        .1,
        ["1"]
    );
    assert_eq!(read(r#"{"rows":[]}"#, None).1, Vec::<String>::new());
    assert_eq!(refused(r#"{"a":[{"x":1}],"b":[{"x":1}]}"#, None).value.unwrap(), "a, b");
    assert_eq!(refused(r#"{"a":{"b":1}}"#, None).code, "records-not-found");
    assert_eq!(read("{\"a\":1}\n", None).1, ["1"], "a file of one record");
    assert_eq!(refused("7", None).code, "records-not-found");
}

#[test]
fn one_object_a_line() {
    let text = "{\"a\":1}\n{\"a\":2,\"b\":[{\"c\":1}]}\r\n\n{\"a\":3}\n";
    assert_eq!(read(text, None).1, ["1", "2 '[{\"c\":1}]'", "3"]);
    assert_eq!(read(text, Some("")).1.len(), 3);
    assert_eq!(refused("{\"a\":1}\n{\"a\":2\n", None).code, "json-cut-off");
    assert_eq!(refused("{\"a\":1}\n{\"a\":2} {\"a\":3}\n", None).code, "json-invalid");
}

#[test]
fn what_readers_disagree_about_is_refused_with_its_place() {
    let finding = refused(r#"[{"a":1},{"a":1,"b":2,"a":3}]"#, None);
    assert_eq!(finding.code, "record-field-repeated");
    assert_eq!(
        (finding.place.row, finding.place.column.as_deref()),
        (Some(2), Some("a"))
    );
    assert_eq!(
        refused(r#"[{"a":{"b":1},"a":{"c":1}}]"#, None).code,
        "record-field-repeated"
    );
    assert_eq!(
        refused(r#"[{"a":{"b":1},"a.b":2}]"#, None).code,
        "record-field-repeated"
    );
    assert_eq!(refused(r#"[{"a":1}, 2]"#, None).place.row, Some(2));
}

#[test]
fn a_document_that_is_cut_off_behind_its_records_is_refused() {
    assert_eq!(
        refused(r#"{"data":[{"a":1}],"total":"#, Some("/data")).code,
        "json-cut-off"
    );
    assert_eq!(refused(r#"{"data":[{"a":1}]}}"#, Some("/data")).code, "json-invalid");
    assert_eq!(refused(r#"{"data":null"#, Some("/data")).code, "json-cut-off");
}

#[test]
fn limits_are_findings() {
    let limits = Limits {
        line_bytes: 30,
        columns: 2,
        ..Limits::default()
    };
    let code = |text: &str| read_with(text, Some(""), &limits).unwrap_err().0.code;
    assert_eq!(code(r#"[{"a":1,"b":2,"c":3}]"#), "too-many-columns");
    assert_eq!(code(r#"[{"a":{},"b":{},"c":{},"d":{},"e":{}}]"#), "too-many-columns");
    assert_eq!(
        code(r#"[{"a":"0123456789012345","b":"0123456789012345"}]"#),
        "record-too-long"
    );
    assert_eq!(
        code(r#"[{"a":[11111,11111,11111,11111,11111,11111]}]"#),
        "record-too-long"
    );
    assert_eq!(
        code(r#"[{"a":"0123456789012345678901234567890123456789"}]"#),
        "json-value-too-long"
    );
}

#[test]
fn many_records_come_in_bounded_blocks() {
    let text = format!("[{}]", vec![r#"{"a":1}"#; 20_000].join(",\n"));
    assert_eq!(read(&text, None).1.len(), 20_000);
}

proptest! {
    #[test]
    fn texts_come_back_as_they_were(values in proptest::collection::vec(".{0,20}", 1..6)) {
        let records: Vec<serde_json::Value> = values.iter().map(|value| serde_json::json!({"a": value, "l": [value]})).collect();
        let (_, rows) = read(&serde_json::to_string(&records).unwrap(), Some(""));
        let file = file(serde_json::to_string(&records).unwrap().as_bytes());
        let mut document = JsonDocument::open(file.path(), Some(""), &Limits::default()).unwrap();
        let mut blocks = document.blocks(0).unwrap();
        let block = blocks.next_block().unwrap().unwrap();
        prop_assert_eq!(rows.len(), values.len());
        for (row, value) in values.iter().enumerate() {
            prop_assert_eq!(block.cell(row, 0), Cell::Text(value));
            let Cell::Text(list) = block.cell(row, 1) else { panic!("a list is text") };
            prop_assert_eq!(serde_json::from_str::<Vec<String>>(list).unwrap(), vec![value.clone()]);
        }
    }
}
