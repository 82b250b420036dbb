use super::*;
use crate::read::Cell;
use crate::read::open::tests::{file, fixtures};
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Formula, Workbook};
use std::io::Write;

fn open(bytes: &[u8], limits: &Limits) -> Result<XlsxDocument, ReadError> {
    let file = file(bytes);
    XlsxDocument::open(file.path(), "data.xlsx", limits)
}

fn show(cell: Cell<'_>) -> String {
    match cell {
        Cell::Empty => "-".to_string(),
        Cell::Text(text) => format!("'{text}'"),
        Cell::Integer(value) => format!("i{value}"),
        Cell::Percent(value) => format!("{value} %"),
        Cell::Float(value) => format!("f{value}"),
        Cell::Bool(value) => value.to_string(),
        Cell::Date { serial, epoch } => format!("{epoch:?}+{serial}"),
        Cell::Error(text) => text.to_string(),
        Cell::Literal(text) => format!("={text}"),
        Cell::Spread(text) => format!("/{text}/"),
        Cell::Uncalculated => "?".to_string(),
    }
}

fn rows(document: &mut XlsxDocument, sheet: usize) -> Result<Vec<(u32, String)>, ReadError> {
    let mut blocks = document.blocks(sheet)?;
    let mut rows = Vec::new();
    while let Some(block) = blocks.next_block()? {
        for row in 0..block.rows() {
            let cells: Vec<String> = block.row(row).iter().map(|&cell| show(block.view(cell))).collect();
            rows.push((block.row_numbers[row], cells.join(" ")));
        }
    }
    Ok(rows)
}

fn sample() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let date = CellFormat::new().set_num_format("dd/mm/yyyy");
    let sheet = workbook.add_worksheet().set_name("Harga Pangan").unwrap();
    sheet.write(1, 1, "Kode").unwrap();
    sheet.write(1, 2, "Nilai").unwrap();
    sheet.write(4, 1, "01.234").unwrap();
    sheet.write(4, 2, 1.234).unwrap();
    sheet.write(4, 3, 12_500.0).unwrap();
    sheet.write(4, 4, true).unwrap();
    sheet
        .write_with_format(4, 5, ExcelDateTime::from_ymd(2024, 8, 12).unwrap(), &date)
        .unwrap();
    sheet
        .write_formula(4, 6, Formula::new("=1/0").set_result("#DIV/0!"))
        .unwrap();
    sheet.write_blank(4, 9, &date).unwrap();
    sheet.write_blank(7, 9, &date).unwrap();
    sheet.write(5, 0, 9_007_199_254_740_993.0_f64 * 4.0).unwrap();
    workbook
        .add_worksheet()
        .set_name("Rahasia")
        .unwrap()
        .set_hidden(true)
        .write(0, 0, "x")
        .unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn cells_are_typed_and_rows_are_those_of_the_sheet() {
    let mut document = open(&sample(), &Limits::default()).unwrap();
    let sheets: Vec<(Option<&str>, bool)> = document
        .sheets()
        .iter()
        .map(|sheet| (sheet.name.as_deref(), sheet.hidden))
        .collect();
    assert_eq!(sheets, [(Some("Harga Pangan"), false), (Some("Rahasia"), true)]);
    let expected = [
        (2, "- 'Kode' 'Nilai'".to_string()),
        (5, "- '01.234' f1.234 i12500 true Year1900+45516 #DIV/0!".to_string()),
        (6, "f36028797018963970".to_string()),
    ];
    assert_eq!(rows(&mut document, 0).unwrap(), expected);
    assert_eq!(rows(&mut document, 0).unwrap(), expected, "a sheet can be read again");
    assert_eq!(rows(&mut document, 1).unwrap(), [(1, "'x'".to_string())]);
}

#[test]
fn many_rows_come_in_bounded_blocks() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for row in 0..20_000 {
        sheet.write(row, 0, row).unwrap();
        sheet.write(row, 1, format!("nama {row}")).unwrap();
    }
    let mut document = open(&workbook.save_to_buffer().unwrap(), &Limits::default()).unwrap();
    let mut blocks = document.blocks(0).unwrap();
    let mut next = 0;
    while let Some(block) = blocks.next_block().unwrap() {
        assert!(block.rows() <= crate::read::BLOCK_ROWS);
        for row in 0..block.rows() {
            assert_eq!(block.row_numbers[row], next + 1);
            assert_eq!(block.cell(row, 0), Cell::Integer(i64::from(next)));
            next += 1;
        }
    }
    assert_eq!(next, 20_000);
}

#[test]
fn limits_are_findings_with_their_place() {
    let limits = Limits {
        columns: 3,
        ..Limits::default()
    };
    let finding = rows(&mut open(&sample(), &limits).unwrap(), 0).unwrap_err().0;
    assert_eq!(finding.code, "too-many-columns");
    assert_eq!(
        (finding.place.sheet.as_deref(), finding.place.cell().as_deref()),
        (Some("Harga Pangan"), Some("D5"))
    );
    let limits = Limits {
        unpacked_bytes: 2_000,
        ..Limits::default()
    };
    assert_eq!(open(&sample(), &limits).err().unwrap().0.code, "archive-too-large");
}

#[test]
fn sizes_that_lie_do_not_help_a_bomb() {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer
        .start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default())
        .unwrap();
    writer.write_all(&vec![b' '; 3 << 20]).unwrap();
    let mut bytes = writer.finish().unwrap().into_inner();
    let size = (3_u32 << 20).to_le_bytes();
    let at: Vec<usize> = memchr::memmem::find_iter(&bytes, &size).collect();
    assert!(!at.is_empty());
    for at in at {
        bytes[at..at + 4].copy_from_slice(&9_u32.to_le_bytes());
    }
    let limits = Limits {
        unpacked_bytes: 1 << 20,
        ..Limits::default()
    };
    let code = open(&bytes, &limits).err().unwrap().0.code;
    assert!(code == "archive-too-large" || code == "workbook-damaged", "{code}");
}

#[test]
fn a_cut_off_workbook_is_refused_wherever_it_is_cut() {
    let whole = sample();
    for share in 1..20 {
        let cut = &whole[..whole.len() * share / 20];
        match open(cut, &Limits::default()) {
            Err(error) => assert_eq!(error.0.code, "workbook-damaged"),
            Ok(_) => panic!("cut to {share}/20 and opened"),
        }
    }
}

#[test]
fn a_damaged_workbook_never_stops_the_program() {
    let whole = sample();
    for at in (0..whole.len()).step_by(13) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        if let Ok(mut document) = open(&damaged, &Limits::default()) {
            for sheet in 0..document.sheets().len() {
                // Whether a change in a comment or a value is noticed is not the point.
                let read = rows(&mut document, sheet);
                assert!(read.is_ok() || read.is_err_and(|error| error.0.code == "workbook-damaged"));
            }
        }
    }
}

#[test]
fn both_date_systems_and_odd_workbooks_of_others() {
    let Some(folder) = fixtures("calamine") else { return };
    let read = |name: &str| {
        let mut document = XlsxDocument::open(&folder.join(name), name, &Limits::default())?;
        rows(&mut document, 0)
    };
    assert!(
        read("date.xlsx").unwrap()[0].1.starts_with("Year1900+44197"),
        "{:?}",
        read("date.xlsx")
    );
    assert!(
        read("date_1904.xlsx").unwrap()[0].1.starts_with("Year1904+42735"),
        "{:?}",
        read("date_1904.xlsx")
    );
    let days = read("date_iso.xlsx").unwrap();
    let days: Vec<&str> = days.iter().take(3).map(|(_, row)| row.as_str()).collect();
    assert_eq!(days, ["Year1900+44197", "Year1900+44197", "'10:10:10'"]);
    let mut opened = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "xlsx") {
            let options = crate::read::ReadOptions::default();
            if let Ok(mut document) = crate::read::open(&path, "x.xlsx", &options) {
                opened += 1;
                for sheet in 0..document.sheets().len() {
                    if let Ok(mut blocks) = document.blocks(sheet) {
                        while let Ok(Some(block)) = blocks.next_block() {
                            assert!(block.rows() > 0);
                        }
                    }
                }
            }
        }
    }
    assert!(opened > 40, "{opened} workbooks");
}

#[test]
fn a_large_workbook_is_looked_through_where_it_says_anything_besides_its_values() {
    // Digits that hardly pack: over 4 MiB.
    let mut seed = 7_u64;
    let mut digits = || {
        let mut text = String::new();
        while text.len() < 6_000 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            text.push_str(&format!("{:x}", seed >> 8));
        }
        text
    };
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for row in 0..1_600 {
        sheet.write(row, 1, digits()).unwrap();
    }
    sheet
        .merge_range(1_000, 0, 1_002, 0, "Gudang", &CellFormat::new())
        .unwrap();
    sheet.set_row_hidden(1_500).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    assert!(bytes.len() > 4 << 20, "{}", bytes.len());
    let file = file(&bytes);
    let mut document = XlsxDocument::open(file.path(), "data.xlsx", &Limits::default()).unwrap();
    let rows = rows(&mut document, 0).unwrap();
    let named: Vec<u32> = rows
        .iter()
        .filter(|(_, row)| row.starts_with("'Gudang'"))
        .map(|(row, _)| *row)
        .collect();
    assert_eq!(named, [1_001, 1_002, 1_003]);
    assert_eq!(document.sheet_notes(0, 1).len(), 1, "the hidden row is told");
}
