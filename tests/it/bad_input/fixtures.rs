//! Files that other projects keep because programs stumble over them.

use super::*;
use lumbung::read::{self, ReadOptions};
use std::path::Path;

/// All cells of a file, a row a text; or the code of the finding that refuses it.
fn cells(path: &Path) -> Result<Vec<String>, String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut document = read::open(path, &name, &ReadOptions::default()).map_err(|error| error.0.code)?;
    let mut rows = Vec::new();
    for sheet in 0..document.sheets().len() {
        let mut blocks = document.blocks(sheet).map_err(|error| error.0.code)?;
        while let Some(block) = blocks.next_block().map_err(|error| error.0.code)? {
            for row in 0..block.rows() {
                let shown = |&raw| match block.view(raw) {
                    read::Cell::Empty => String::new(),
                    read::Cell::Text(text) => text.to_string(),
                    other => format!("{other:?}"),
                };
                rows.push(block.row(row).iter().map(shown).collect::<Vec<_>>().join("|"));
            }
        }
    }
    Ok(rows)
}

/// csvkit's examples, read as their names and csvkit's own tests say, but for a NUL byte, which csvkit takes and
/// which is damage here.
#[test]
fn examples_of_csvkit_are_read_as_they_are_meant() {
    let Some(folder) = fixtures("csvkit") else { return };
    let read: [(&str, &[&str]); 14] = [
        (
            "bad.csv",
            &[
                "column_a|column_b|column_c",
                "1|27||I'm too long!",
                "|I'm too short!",
                "0|mixed types.... uh oh|17",
            ],
        ),
        ("mac_newlines.csv", &["a|b|c", "1|2|3", "Once upon\ra time|5|6"]),
        ("optional_quote_characters.csv", &["a|b|c", "1|2|3"]),
        ("sniff_limit.csv", &["a|b|c", "1|2|3"]),
        ("dummy.tsv", &["a|b|c", "1|2|3"]),
        ("dummy_col_shuffled_ragged.csv", &["b|c|a|d", "2|3|1|4"]),
        ("test_extra_header.csv", &["a|b|c|d", "1|2|3"]),
        ("test_empty_columns_long_row.csv", &["a|b|c", "|||"]),
        ("test_locale.csv", &["a|b|c", "1,7|200.000.000|"]),
        ("test_latin1.csv", &["a|b|c", "1|2|3", "4|5|©"]),
        ("test_utf8.csv", &["foo|bar|baz", "1|2|3", "4|5|ʤ"]),
        ("test_utf8_bom.csv", &["foo|bar|baz", "1|2|3", "4|5|ʤ"]),
        ("test_utf16_big.csv", &["a|b|c", "1|2|3", "4|5|ʤ"]),
        ("test_utf16_little.csv", &["a|b|c", "1|2|3", "4|5|ʤ"]),
    ];
    for (name, rows) in read {
        let expected: Vec<String> = rows.iter().map(|row| row.to_string()).collect();
        assert_eq!(cells(&folder.join(name)), Ok(expected), "{name}");
    }
    let refused = [
        ("empty.csv", "file-empty"),
        ("null_byte.csv", "file-has-nul"),
        ("dummy.csv.gz", "archive-not-workbook"),
        ("dummy.csv.bz2", "archive-not-workbook"),
        ("testdbf.dbf", "file-unrecognised"),
    ];
    for (name, code) in refused {
        assert_eq!(cells(&folder.join(name)), Err(code.to_string()), "{name}");
    }
}
