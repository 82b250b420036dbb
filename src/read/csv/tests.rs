use super::*;
use crate::read::{Cell, ReadOptions};
use proptest::prelude::*;
use std::io::Write;

type Grid = Vec<Vec<Option<String>>>;

/// What a reading gave: rows with their lines; an unquoted empty cell is none.
type Reading = Vec<(u32, Vec<Option<String>>)>;

fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn read_document(document: &mut CsvDocument) -> Result<Reading, ReadError> {
    let mut rows = Vec::new();
    let mut blocks = document.blocks(0)?;
    while let Some(block) = blocks.next_block()? {
        assert!(block.numbers_are_lines);
        for row in 0..block.rows() {
            let cells = block.row(row).iter().map(|&cell| match block.view(cell) {
                Cell::Empty => None,
                Cell::Text(text) => Some(text.to_string()),
                other => panic!("{other:?}"),
            });
            rows.push((block.row_numbers[row], cells.collect()));
        }
    }
    assert!(blocks.next_block()?.is_none(), "an end stays an end");
    Ok(rows)
}

fn read_with(bytes: &[u8], limits: &Limits, chunk: usize) -> Result<Reading, ReadError> {
    let file = file(bytes);
    let mut document = CsvDocument::open(file.path(), limits)?;
    document.chunk = chunk;
    read_document(&mut document)
}

fn read(bytes: &[u8]) -> Reading {
    read_with(bytes, &Limits::default(), CHUNK_BYTES).unwrap()
}

fn refused(bytes: &[u8], limits: &Limits) -> Finding {
    let large = read_with(bytes, limits, CHUNK_BYTES).unwrap_err();
    let small = read_with(bytes, limits, 3).unwrap_err();
    assert_eq!(large.0, small.0, "the size of the pieces must not matter");
    *large.0
}

fn cells(values: &[&str]) -> Vec<Option<String>> {
    values
        .iter()
        .map(|value| (!value.is_empty()).then(|| value.to_string()))
        .collect()
}

#[test]
fn ragged_rows_blank_lines_and_all_line_ends_are_kept() {
    let rows = read(b"a;b;c\n1;2\r\n\r3;4;5;6\n\n;;\n;x");
    assert_eq!(
        rows,
        [
            (1, cells(&["a", "b", "c"])),
            (2, cells(&["1", "2"])),
            (3, vec![]),
            (4, cells(&["3", "4", "5", "6"])),
            (5, vec![]),
            (6, cells(&["", "", ""])),
            (7, cells(&["", "x"])),
        ]
    );
}

#[test]
fn quotes_line_breaks_and_their_lines() {
    let rows = read(b"a;b\n\"x\ny\r\nz\";\"say \"\"ya\"\"\"\n\"\";p\"q\"\n\"tail\" end;\"a;\"\"b\"c\"d\n1;2\n");
    assert_eq!(rows[1], (2, cells(&["x\ny\r\nz", "say \"ya\""])));
    assert_eq!(rows[2], (5, vec![Some(String::new()), Some("p\"q\"".to_string())]));
    assert_eq!(rows[3], (6, cells(&["tail end", "a;\"bc\"d"])));
    assert_eq!(rows[4].0, 7);
}

#[test]
fn formulas_that_guard_a_text_are_taken_off() {
    let rows = read(b"=\"0021\";\"=\"\"0022\"\"\";=\"a\"&\"b\";=1+1\n");
    assert_eq!(rows[0].1, cells(&["0021", "0022", "=\"a\"&\"b\"", "=1+1"]));
}

#[test]
fn nothing_is_trimmed() {
    assert_eq!(read(b" a ; \"b\"\n")[0].1, cells(&[" a ", " \"b\""]));
}

#[test]
fn the_delimiter_line_is_honoured_and_counted() {
    assert_eq!(
        read(b"sep=,\r\na;b,c\n1,2\n"),
        [(2, cells(&["a;b", "c"])), (3, cells(&["1", "2"]))]
    );
    assert_eq!(read(b"sep=;"), []);
}

#[test]
fn encodings() {
    let text = "nama;nilai\nMalin Kundang – “é”;1\n";
    let expected = cells(&["Malin Kundang – “é”", "1"]);
    let wide = |unit: fn(u16) -> [u8; 2], mark: &[u8]| {
        let mut bytes = mark.to_vec();
        bytes.extend(text.encode_utf16().flat_map(unit));
        bytes
    };
    let marked = [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat();
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let utf16_le = wide(u16::to_le_bytes, b"\xFF\xFE");
    let utf16_be = wide(u16::to_be_bytes, b"\xFE\xFF");
    for (bytes, noted) in [
        (text.as_bytes(), false),
        (&marked, false),
        (&windows, true),
        (&utf16_le, false),
        (&utf16_be, false),
    ] {
        let file = file(bytes);
        let mut document = CsvDocument::open(file.path(), &Limits::default()).unwrap();
        let notes: Vec<&str> = document.notes().iter().map(|note| note.code.as_str()).collect();
        assert_eq!(notes, if noted { vec!["text-encoding-guessed"] } else { vec![] });
        let rows = read_document(&mut document).unwrap();
        assert_eq!(rows[0].1, cells(&["nama", "nilai"]));
        assert_eq!(rows[1].1, expected);
    }
}

#[test]
fn a_character_across_the_pieces_of_the_survey_is_whole() {
    let mut text = "a;b\n".repeat((1 << 20) / 4 - 1);
    text.push_str("aa;");
    text.push_str("é;x\n");
    let file = file(text.as_bytes());
    assert!(
        CsvDocument::open(file.path(), &Limits::default())
            .unwrap()
            .notes()
            .is_empty()
    );
}

#[test]
fn an_unclosed_quotation_mark_names_the_line_that_opens_it() {
    let finding = refused(b"a;b\n\"x\ny\";\"never\nclosed\n1;2\n", &Limits::default());
    assert_eq!(
        (finding.code.as_str(), finding.place.line),
        ("csv-quote-unclosed", Some(3))
    );
    let limits = Limits {
        line_bytes: 20,
        ..Limits::default()
    };
    let finding = refused(&[b"a;b\n1;\"".as_slice(), &b"x\n".repeat(50)].concat(), &limits);
    assert_eq!(
        (finding.code.as_str(), finding.place.line),
        ("csv-quote-unclosed", Some(2))
    );
}

#[test]
fn limits_are_findings_with_a_line() {
    let limits = Limits {
        line_bytes: 20,
        columns: 3,
        ..Limits::default()
    };
    let finding = refused(b"a;b\n1;2\n1234567890;1234567890\n", &limits);
    assert_eq!(
        (finding.code.as_str(), finding.place.line),
        ("record-too-long", Some(3))
    );
    let finding = refused(&[b"a;b\n".as_slice(), &[b'x'; 100]].concat(), &limits);
    assert_eq!(
        (finding.code.as_str(), finding.place.line),
        ("record-too-long", Some(2))
    );
    let finding = refused(b"a;b;c\n1;2;3\n1;2;3;4\n", &limits);
    assert_eq!(
        (finding.code.as_str(), finding.place.line),
        ("too-many-columns", Some(3))
    );
    let finding = refused(b"a;b\n1;\0\n", &limits);
    assert_eq!((finding.code.as_str(), finding.place.line), ("file-has-nul", Some(2)));
}

#[test]
fn blocks_are_bounded_and_lines_go_on() {
    let text = "1;\"x\ny\"\n".repeat(20_000);
    let file = file(text.as_bytes());
    let mut document = CsvDocument::open(file.path(), &Limits::default()).unwrap();
    let mut blocks = document.blocks(0).unwrap();
    let mut rows = 0;
    while let Some(block) = blocks.next_block().unwrap() {
        assert!(block.rows() <= crate::read::BLOCK_ROWS);
        for &line in &block.row_numbers {
            assert_eq!(line, rows * 2 + 1);
            rows += 1;
        }
    }
    assert_eq!(rows, 20_000);
}

/// The fixtures folder `name`; none, said aloud, where the fixtures are absent and not required.
fn fixtures(name: &str) -> Option<PathBuf> {
    crate::read::open::tests::fixtures(name)
}

#[test]
fn csv_spectrum_is_read_as_its_json_says() {
    let Some(folder) = fixtures("csv-spectrum") else { return };
    let mut files = 0;
    for entry in std::fs::read_dir(folder.join("csvs")).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_string();
        let mut document = CsvDocument::open(&path, &Limits::default()).unwrap();
        let rows = read_document(&mut document).unwrap();
        files += 1;
        if stem == "location_coordinates" {
            // Its expectation tells of another row. What matters: the inch mark inside a field is text.
            assert_eq!(rows[1].1.len(), 4);
            assert!(rows[1].1[1].as_ref().unwrap().ends_with("17.9\"W"));
            continue;
        }
        let json = std::fs::read_to_string(folder.join("json").join(format!("{stem}.json"))).unwrap();
        let expected: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(&json).unwrap();
        let header: Vec<String> = rows[0].1.iter().map(|cell| cell.clone().unwrap_or_default()).collect();
        let read: Vec<serde_json::Map<String, serde_json::Value>> = rows[1..]
            .iter()
            .map(|(_, row)| {
                let value = |cell: &Option<String>| serde_json::Value::from(cell.clone().unwrap_or_default());
                header.iter().cloned().zip(row.iter().map(value)).collect()
            })
            .collect();
        // One of the expectations was written with Windows line ends in its file, not in its values.
        let same = |text: String| text.replace("\\r\\n", "\\n");
        assert_eq!(
            same(serde_json::to_string(&read).unwrap()),
            same(serde_json::to_string(&expected).unwrap()),
            "{stem}"
        );
    }
    assert!(files >= 12, "{files} files");
}

#[test]
fn odd_files_of_other_projects_are_read_or_refused_with_a_finding() {
    let Some(folder) = fixtures("csvkit") else { return };
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if let Ok(mut document) = crate::read::open(&path, &name, &ReadOptions::default()) {
            for sheet in 0..document.sheets().len() {
                let mut blocks = document.blocks(sheet).unwrap();
                while let Ok(Some(block)) = blocks.next_block() {
                    read += block.rows();
                }
            }
        }
    }
    assert!(read > 500, "{read} rows");
}

/// Characters that are hard on a splitter, and some that are not.
fn field() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        1 => Just(None),
        4 => proptest::collection::vec(
            proptest::sample::select(vec!["a", "Ω", "é", "12", " ", "\"", ";", ",", "\t", "|", "\n", "\r", "\r\n", "."]),
            0..6
        )
        .prop_map(|parts| Some(parts.concat())),
    ]
}

fn grid() -> impl Strategy<Value = Grid> {
    proptest::collection::vec(proptest::collection::vec(field(), 1..6), 1..12)
}

/// Writes a grid; fields that need quotation marks get them, others as `quote_all` says.
fn write_grid(grid: &Grid, delimiter: char, line_end: &str, quote_all: bool, last_line_end: bool) -> String {
    let mut text = format!("sep={delimiter}{line_end}");
    for (index, row) in grid.iter().enumerate() {
        let fields: Vec<String> = row
            .iter()
            .map(|field| match field {
                None => String::new(),
                Some(value) => {
                    let needed = value.is_empty()
                        || value.starts_with('"')
                        || value.contains([delimiter, '\n', '\r'])
                        || (value.contains('"') && quote_all);
                    let quoted = || format!("\"{}\"", value.replace('"', "\"\""));
                    if needed || quote_all { quoted() } else { value.clone() }
                }
            })
            .collect();
        text.push_str(&fields.join(&delimiter.to_string()));
        if last_line_end || index + 1 < grid.len() {
            text.push_str(line_end);
        }
    }
    text
}

fn expected(grid: &Grid, last_line_end: bool) -> Grid {
    // A single empty cell is written as a line without a byte: a record without cells, and at the very end none.
    let mut rows: Grid = grid
        .iter()
        .map(|row| if row == &[None] { vec![] } else { row.clone() })
        .collect();
    if !last_line_end && rows.last().is_some_and(Vec::is_empty) {
        rows.pop();
    }
    rows
}

proptest! {
    #[test]
    fn a_written_grid_is_read_back(
        grid in grid(),
        delimiter in proptest::sample::select(vec![';', ',', '\t', '|']),
        line_end in proptest::sample::select(vec!["\n", "\r\n", "\r"]),
        quote_all: bool,
        last_line_end: bool,
        chunk in 1_usize..40,
    ) {
        let text = write_grid(&grid, delimiter, line_end, quote_all, last_line_end);
        let whole = read(text.as_bytes());
        let values: Grid = whole.iter().map(|(_, row)| row.clone()).collect();
        prop_assert_eq!(values, expected(&grid, last_line_end), "{:?}", text);
        let pieces = read_with(text.as_bytes(), &Limits::default(), chunk).unwrap();
        prop_assert_eq!(whole, pieces, "pieces of {} bytes of {:?}", chunk, text);
    }

    #[test]
    fn any_bytes_are_read_or_refused_and_pieces_do_not_matter(
        bytes in proptest::collection::vec(prop_oneof![
            3 => proptest::sample::select(b";,\"\"\n\r\t|a1 ".to_vec()),
            1 => any::<u8>(),
        ], 0..200),
        chunk in 1_usize..30,
    ) {
        let whole = read_with(&bytes, &Limits::default(), CHUNK_BYTES);
        let pieces = read_with(&bytes, &Limits::default(), chunk);
        match (whole, pieces) {
            (Ok(whole), Ok(pieces)) => prop_assert_eq!(whole, pieces),
            (Err(whole), Err(pieces)) => prop_assert_eq!(whole.0.code, pieces.0.code),
            (whole, pieces) => prop_assert!(false, "{:?} against {:?}", whole, pieces),
        }
    }

    #[test]
    fn marks_are_those_that_a_simple_search_finds(
        bytes in proptest::collection::vec(prop_oneof![
            proptest::sample::select(b";\"\n\r:<!\x0B\x0C\x8A\xBB#".to_vec()), any::<u8>()
        ], 0..100),
    ) {
        let expected: Vec<usize> =
            (0..bytes.len()).filter(|&at| matches!(bytes[at], b';' | b'"' | b'\n' | b'\r')).collect();
        prop_assert_eq!(split::all_marks(&bytes, b';'), expected);
    }
}
