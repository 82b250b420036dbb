//! The workbook: a sheet to fill in and a sheet that explains it.
//!
//! Only the first sheet has cells. The explanation is text in boxes and in the notes of the headers, so that a filled
//! template holds nothing that would be read as data or left out with a remark. The lists to choose from stand in
//! hidden rows between title and header, where a reader finds titles and no data: a list that is written into the
//! validation itself ends at 255 characters, and may hold no comma. There stands the example row too: below the header
//! it would be data unless a reader knew how to tell, also after somebody has filled in half of it.

use crate::config::{Column, ColumnType, Contract, Grain};
use crate::domain::code::CodeTable;
use crate::domain::text;
use crate::finding::said;
use chrono::NaiveDate;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Formula, Note, Shape, ShapeFont, Workbook, Worksheet, XlsxError,
};
use std::collections::BTreeMap;

/// Rows that formats and lists reach down to, header and titles included.
const LAST_ROW: u32 = 20_000;
/// Longest message beside a cell that a spreadsheet takes, in characters, and longest heading over it.
const MESSAGE_LENGTH: usize = 255;
const HEADING_LENGTH: usize = 32;

/// The template of a contract, as the bytes of an XLSX file.
pub(super) fn bytes(contract: &Contract, codes: &BTreeMap<String, CodeTable>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Data")?;
    let lists = write_lists(sheet, contract, codes)?;
    let header_row = write_example(sheet, contract, lists.len() as u32 + 1)?;
    sheet.write_string_with_format(0, 0, title(contract), &Format::new().set_bold().set_font_size(14))?;
    for (index, (name, column)) in (0..).zip(contract.asked()) {
        let is_required = column.required || contract.key.contains(name) && column.default.is_none();
        sheet.write_string_with_format(header_row, index, header(column), &header_format(is_required))?;
        sheet.insert_note(header_row, index, &note(contract, column, is_required))?;
        sheet.set_column_width(index, width(column))?;
        sheet.set_column_format(index, &cell_format(column))?;
        let validation = validation(contract, column, lists.get(name))?;
        sheet.add_data_validation(header_row + 1, index, LAST_ROW, index, &validation)?;
    }
    sheet.set_row_height(header_row, 32)?;
    sheet.set_freeze_panes(header_row + 1, 0)?;
    let guide = workbook.add_worksheet();
    guide.set_name("Petunjuk")?;
    guide.set_screen_gridlines(false);
    for (column, text) in [(0, indonesian(contract)), (9, english(contract))] {
        guide.insert_shape(0, column, &text_box(&text))?;
    }
    workbook.save_to_buffer()
}

fn title(contract: &Contract) -> String {
    format!("{} / {}", contract.title.id, contract.title.en)
}

/// Writes the names of each code column's table into a hidden row of its own and gives, by column, the range.
fn write_lists(
    sheet: &mut Worksheet,
    contract: &Contract,
    codes: &BTreeMap<String, CodeTable>,
) -> Result<BTreeMap<String, String>, XlsxError> {
    let mut lists = BTreeMap::new();
    for (name, column) in contract.asked() {
        let Some(table) = column.codes.as_ref().and_then(|table| codes.get(table)) else {
            continue;
        };
        if table.entries().is_empty() {
            continue;
        }
        let row = lists.len() as u32 + 1;
        for (position, entry) in table.entries().iter().enumerate() {
            sheet.write_string(row, position as u16, &entry.name_id)?;
        }
        sheet.set_row_hidden(row)?;
        let last = rust_xlsxwriter::utility::column_number_to_name(table.entries().len() as u16 - 1);
        lists.insert(name.clone(), format!("=$A${line}:${last}${line}", line = row + 1));
    }
    Ok(lists)
}

/// Writes the contract's example from `row` on, a line that says what it is and the row itself; gives the row after.
fn write_example(sheet: &mut Worksheet, contract: &Contract, row: u32) -> Result<u32, XlsxError> {
    if contract.example.is_empty() {
        return Ok(row);
    }
    let grey = Color::RGB(0x6B7C76);
    let line = "Contoh isian. Tulis data Anda di bawah judul kolom. / An example. Write your data below the headers.";
    sheet.write_string_with_format(row, 0, line, &Format::new().set_font_color(grey))?;
    for (index, (name, column)) in (0..).zip(contract.asked()) {
        let Some(value) = contract.example.get(name) else {
            continue;
        };
        let format = cell_format(column).set_italic().set_font_color(grey);
        // Figures and dates are known to be such: the configuration has been checked.
        match value.parse::<f64>() {
            Ok(number) if column.kind.is_measure() => {
                sheet.write_number_with_format(row + 1, index, number, &format)?
            }
            _ if column.kind == ColumnType::Date => {
                let date = ExcelDateTime::parse_from_str(value)?;
                sheet.write_datetime_with_format(row + 1, index, date, &format)?
            }
            _ => sheet.write_string_with_format(row + 1, index, value, &format)?,
        };
    }
    Ok(row + 2)
}

/// The header as officers read it: the title, with the unit in brackets where the reader leaves it out again.
fn header(column: &Column) -> String {
    let title = &column.title.id;
    let with_unit = unit(column).map(|unit| format!("{title} ({unit})"));
    with_unit
        .filter(|header| text::header(header) == text::header(title))
        .unwrap_or_else(|| title.clone())
}

/// A unit in Bahasa Indonesia. Rupiah stand in the titles already.
fn unit(column: &Column) -> Option<String> {
    let unit = column.unit.as_deref()?;
    ["people", "families", "percent"]
        .contains(&unit)
        .then(|| said::unit(unit).id)
}

fn header_format(is_required: bool) -> Format {
    let colour = if is_required { 0x1F5C4A } else { 0x6B7C76 };
    Format::new()
        .set_bold()
        .set_font_color(Color::White)
        .set_background_color(Color::RGB(colour))
        .set_border(FormatBorder::Thin)
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
}

/// Text where a spreadsheet would take a code for a number (32.10) or a period for a date (2024-08).
fn cell_format(column: &Column) -> Format {
    let format = Format::new();
    match column.kind {
        ColumnType::Date => format.set_num_format("yyyy-mm-dd"),
        ColumnType::Count => format.set_num_format("#,##0"),
        ColumnType::Money | ColumnType::Decimal | ColumnType::Measure => format.set_num_format("#,##0.##"),
        _ => format.set_num_format("@"),
    }
}

fn width(column: &Column) -> f64 {
    match column.kind {
        ColumnType::Text => 32.0,
        ColumnType::Code => 26.0,
        _ => 18.0,
    }
}

fn note(contract: &Contract, column: &Column, is_required: bool) -> Note {
    let (id, en) = if is_required {
        ("Wajib diisi.", "Required.")
    } else {
        ("Boleh kosong.", "May be blank.")
    };
    let text = format!("{} {id}\n\n{} {en}", explained(column, true), explained(column, false));
    // Room for about 45 characters a line.
    let lines = text.chars().count() as u32 / 45 + 4;
    Note::new(text)
        .set_author(contract.title.id.as_str())
        .add_author_prefix(false)
        .set_width(300)
        .set_height(lines * 16)
}

/// What stands in a column and how it is written, in one language.
fn explained(column: &Column, is_indonesian: bool) -> String {
    let pick = |words: &crate::finding::Bilingual| {
        if is_indonesian {
            words.id.clone()
        } else {
            words.en.clone()
        }
    };
    let mut sentences: Vec<String> = column.description.as_ref().map(pick).into_iter().collect();
    let how = match column.kind {
        ColumnType::Date => Some(("Contoh: 2025-08-17.", "Example: 2025-08-17.")),
        ColumnType::Count => Some(("Bilangan bulat.", "A whole number.")),
        ColumnType::Code => Some(("Pilih dari daftar.", "Choose from the list.")),
        _ => None,
    };
    sentences.extend(how.map(|(id, en)| (if is_indonesian { id } else { en }).to_string()));
    sentences.join(" ")
}

fn short(text: &str, length: usize) -> String {
    text.chars().take(length).collect()
}

/// Lists and bounds warn and do not forbid: other spellings and "-" for a figure that is missing are read too.
fn validation(contract: &Contract, column: &Column, list: Option<&String>) -> Result<DataValidation, XlsxError> {
    let validation = match (column.kind, list) {
        (_, Some(range)) => DataValidation::new().allow_list_formula(Formula::new(range)),
        (ColumnType::Count, None) => match column.range {
            Some((low, high)) if low >= f64::from(i32::MIN) && high <= f64::from(i32::MAX) => {
                DataValidation::new().allow_whole_number(DataValidationRule::Between(low as i32, high as i32))
            }
            _ => DataValidation::new().allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(0)),
        },
        (ColumnType::Money | ColumnType::Decimal | ColumnType::Measure, None) => match column.range {
            Some((low, high)) => DataValidation::new().allow_decimal_number(DataValidationRule::Between(low, high)),
            None => DataValidation::new(),
        },
        (ColumnType::Date, None) => dates(column)?,
        (ColumnType::Nik, None) => DataValidation::new().allow_text_length(DataValidationRule::EqualTo(16)),
        (ColumnType::Text, None) => {
            let longest = column.max_length.unwrap_or(500) as u32;
            DataValidation::new().allow_text_length(DataValidationRule::LessThanOrEqualTo(longest))
        }
        (ColumnType::Region | ColumnType::Period | ColumnType::Code, None) => DataValidation::new(),
    };
    let explained = match column.kind {
        ColumnType::Period => format!("{} {}", explained(column, true), grains(contract, true)),
        _ => explained(column, true),
    };
    validation
        .set_input_title(short(&column.title.id, HEADING_LENGTH))?
        .set_input_message(short(&explained, MESSAGE_LENGTH))?
        .set_error_style(DataValidationErrorStyle::Warning)
        .set_error_title(short(&column.title.id, HEADING_LENGTH))?
        .set_error_message(short(&format!("Periksa isian ini. {explained}"), MESSAGE_LENGTH))
}

/// From the first date allowed on; an upper bound only where it is a date, for "as-of" is another day each night.
fn dates(column: &Column) -> Result<DataValidation, XlsxError> {
    let moment = |text: &str| {
        let date: NaiveDate = text.parse().ok()?;
        ExcelDateTime::parse_from_str(&date.to_string()).ok()
    };
    let Some((first, last)) = &column.between else {
        return Ok(DataValidation::new());
    };
    Ok(match (moment(first), moment(last)) {
        (Some(first), Some(last)) => DataValidation::new().allow_date(DataValidationRule::Between(first, last)),
        (Some(first), None) => DataValidation::new().allow_date(DataValidationRule::GreaterThanOrEqualTo(first)),
        _ => DataValidation::new(),
    })
}

/// How long the periods may be, with an example of each.
fn grains(contract: &Contract, is_indonesian: bool) -> String {
    let words = contract.grains.iter().map(|grain| match (grain, is_indonesian) {
        (Grain::Day, true) => "hari 2025-08-17",
        (Grain::Day, false) => "day 2025-08-17",
        (Grain::Month, true) => "bulan 2025-08",
        (Grain::Month, false) => "month 2025-08",
        (Grain::Quarter, true) => "triwulan 2025-Q3",
        (Grain::Quarter, false) => "quarter 2025-Q3",
        (Grain::Semester, true) => "semester 2025-S1",
        (Grain::Semester, false) => "semester 2025-S1",
        (Grain::Year, true) => "tahun 2025",
        (Grain::Year, false) => "year 2025",
    });
    let words: Vec<&str> = words.collect();
    format!(
        "{} {}.",
        if is_indonesian { "Contoh:" } else { "Examples:" },
        words.join(", ")
    )
}

fn indonesian(contract: &Contract) -> String {
    let mut text = format!(
        "{}\n\n{}\n\nIsi lembar \"Data\", satu baris untuk setiap {}, di bawah judul kolom; di atasnya ada contoh. \
         Jangan ubah judul kolom. Kolom berwarna gelap wajib diisi. Angka yang tidak ada dikosongkan, bukan ditulis 0. Simpan berkas ini, lalu kirimkan.\n",
        contract.title.id,
        contract.description.id.trim(),
        key(contract, true)
    );
    for (name, column) in contract.asked() {
        text.push_str(&explanation(contract, name, column, true));
    }
    text
}

fn english(contract: &Contract) -> String {
    let mut text = format!(
        "{}\n\n{}\n\nFill in the sheet \"Data\", one row for each {}, below the headers; above them stands an example. \
         Do not change the headers. Dark columns must be filled. Leave a figure that you do not have blank, do not write 0. Save this file and send it.\n",
        contract.title.en,
        contract.description.en.trim(),
        key(contract, false)
    );
    for (name, column) in contract.asked() {
        text.push_str(&explanation(contract, name, column, false));
    }
    text
}

/// The titles of the key's columns.
fn key(contract: &Contract, is_indonesian: bool) -> String {
    let titles: Vec<String> = contract
        .key
        .iter()
        .filter_map(|name| contract.columns.get(name))
        .map(|column| {
            if is_indonesian {
                column.title.id.to_lowercase()
            } else {
                column.title.en.to_lowercase()
            }
        })
        .collect();
    titles.join(" × ")
}

fn explanation(contract: &Contract, name: &str, column: &Column, is_indonesian: bool) -> String {
    let is_required = column.required || contract.key.iter().any(|key| key == name) && column.default.is_none();
    let duty = match (is_required, is_indonesian) {
        (true, true) => " (wajib)",
        (true, false) => " (required)",
        (false, _) => "",
    };
    let (shown, other) = if is_indonesian {
        (header(column), String::new())
    } else {
        (header(column), format!(" = {}", column.title.en))
    };
    let grains = if column.kind == ColumnType::Period {
        grains(contract, is_indonesian)
    } else {
        String::new()
    };
    let line = format!("\n{shown}{other}{duty}: {} {grains}", explained(column, is_indonesian));
    line.trim_end().to_string()
}

/// A box of text as wide as eight columns and as high as its lines.
fn text_box(text: &str) -> Shape {
    let lines: usize = text.lines().map(|line| line.chars().count() / 78 + 1).sum();
    Shape::textbox()
        .set_text(text)
        .set_width(560)
        .set_height(lines as u32 * 19 + 40)
        .set_font(&ShapeFont::new().set_size(10))
        .set_alt_text(short(text, MESSAGE_LENGTH))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::path::Path;

    fn configuration() -> crate::config::Configuration {
        crate::config::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn entry(bytes: &[u8], name: &str) -> String {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn every_contract_has_a_template_whose_headers_its_reader_knows() {
        let configuration = configuration();
        for contract in configuration.contracts.values() {
            let bytes = bytes(contract, &configuration.codes).unwrap();
            let texts = entry(&bytes, "xl/sharedStrings.xml");
            for (_, column) in contract.asked() {
                let header = header(column);
                assert!(
                    texts.contains(&format!("<t>{header}</t>")),
                    "{}: {header}",
                    contract.name
                );
                assert_eq!(text::header(&header), text::header(&column.title.id));
            }
            assert!(
                !entry(&bytes, "xl/worksheets/sheet2.xml").contains("<row"),
                "the guide has no cells"
            );
        }
    }

    #[test]
    fn what_is_never_kept_is_not_asked_for() {
        let configuration = configuration();
        let contract = &configuration.contracts["application"];
        let texts = entry(&bytes(contract, &configuration.codes).unwrap(), "xl/sharedStrings.xml");
        let dropped = contract
            .columns
            .values()
            .filter(|column| column.pii == Some(crate::config::Pii::Drop));
        let titles: Vec<&str> = dropped.map(|column| column.title.id.as_str()).collect();
        assert_eq!(titles.len(), 4);
        for title in titles {
            assert!(!texts.contains(&format!("<t>{title}</t>")), "{title}");
        }
    }

    #[test]
    fn lists_stand_in_hidden_rows_above_the_header() {
        let configuration = configuration();
        let contract = &configuration.contracts["commodity_price"];
        let sheet = entry(
            &bytes(contract, &configuration.codes).unwrap(),
            "xl/worksheets/sheet1.xml",
        );
        assert_eq!(sheet.matches("hidden=\"1\"").count(), 3);
        let last = rust_xlsxwriter::utility::column_number_to_name(
            configuration.codes["commodities"].entries().len() as u16 - 1,
        );
        assert!(
            sheet.contains(&format!("<formula1>$A$3:${last}$3</formula1>")),
            "{sheet}"
        );
    }

    #[test]
    fn what_a_list_offers_is_read_as_one_code() {
        let configuration = configuration();
        for (name, table) in configuration.codes.iter() {
            for entry in table.entries() {
                assert_eq!(
                    table.resolve(&entry.name_id),
                    Ok(entry.code.as_str()),
                    "{name}: {}",
                    entry.name_id
                );
            }
        }
    }

    #[test]
    fn messages_beside_cells_are_cut_to_what_spreadsheets_take() {
        assert_eq!(short("Kepala keluarga", 6), "Kepala");
        assert_eq!(short("é", 6), "é");
    }
}
