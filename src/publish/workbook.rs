//! `indicators.xlsx`: a sheet for each theme, regions × indicators, the latest 13 periods of each indicator.
//!
//! Equal figures give equal bytes: the workbook's creation time is the as-of date and nothing in it follows a clock.

use super::figures::{self, Definition, Figure};
use super::layout::Building;
use super::{Publication, PublishError};
use crate::compute::Theme;
use crate::compute::indicator::Word;
use crate::domain::period::Period;
use crate::domain::region::Registry;
use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet};
use std::collections::{BTreeMap, BTreeSet};

/// Path in the release.
pub const NAME: &str = "indicators.xlsx";
/// Periods shown of each indicator.
const PERIODS: usize = 13;
/// Rows of a sheet, its header included.
const SHEET_ROWS: usize = 1_048_576;
/// Columns before the figures.
const FIXED: [(&str, f64); 4] = [
    ("Kode wilayah\nRegion code", 9.0),
    ("Daerah\nRegion", 30.0),
    ("Tingkat\nLevel", 11.0),
    ("Periode\nPeriod", 10.0),
];

/// The indicators of a theme, in their order, by region and period.
type Sheet = BTreeMap<(String, Period), Vec<Option<Shown>>>;
/// One row of a sheet.
type Line = ((String, Period), Vec<Option<Shown>>);

/// A figure as it is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Shown {
    value: f64,
    /// Its status is `ok`.
    is_sure: bool,
}

/// What the workbook shows.
struct Content<'c> {
    as_of: NaiveDate,
    illustrative: &'c BTreeSet<String>,
    definitions: &'c [Definition],
    regions: &'c Registry,
}

/// Writes the workbook.
pub fn write(building: &mut Building, publication: &Publication<'_>) -> Result<(), PublishError> {
    let definitions = figures::definitions(&publication.indicators.metadata)?;
    let content = Content {
        as_of: publication.as_of,
        illustrative: &publication.facts.illustrative,
        definitions: &definitions,
        regions: &publication.configuration.regions,
    };
    let mut rows = Vec::new();
    for batch in &publication.indicators.rows {
        rows.extend(figures::figures(batch)?);
    }
    building.file(NAME, &content.to_bytes(&rows, SHEET_ROWS)?)
}

impl Content<'_> {
    /// The file's bytes. `rows` are sorted by indicator; a sheet that would be longer than `sheet_rows` goes on in the
    /// next one.
    fn to_bytes(&self, rows: &[Figure], sheet_rows: usize) -> Result<Vec<u8>, PublishError> {
        let mut workbook = Workbook::new();
        let date = self.as_of;
        // Months and days of a calendar date fit.
        let created = ExcelDateTime::from_ymd(date.year() as u16, date.month() as u8, date.day() as u8)?;
        let title = format!("Lumbung: indikator {date}");
        workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&created));
        self.read_me(workbook.add_worksheet())?;
        for (_, theme) in Theme::WORDS {
            let definitions: Vec<&Definition> = self
                .definitions
                .iter()
                .filter(|definition| definition.theme == theme.word())
                .collect();
            if definitions.is_empty() {
                continue;
            }
            let sheet: Vec<Line> = pivot(&definitions, rows)?.into_iter().collect();
            let mut pieces: Vec<&[Line]> = sheet.chunks(sheet_rows.saturating_sub(1).max(1)).collect();
            if pieces.is_empty() {
                // Indicators without figures still have their columns.
                pieces.push(&[]);
            }
            for (piece, rows) in pieces.into_iter().enumerate() {
                let worksheet = workbook.add_worksheet();
                let name = sheet_name(*theme);
                worksheet.set_name(if piece == 0 {
                    name.to_string()
                } else {
                    format!("{name} ({})", piece + 1)
                })?;
                self.theme(worksheet, &definitions, rows)?;
            }
        }
        Ok(workbook.save_to_buffer()?)
    }

    fn theme(&self, sheet: &mut Worksheet, definitions: &[&Definition], rows: &[Line]) -> Result<(), PublishError> {
        let header = header_format();
        sheet.set_row_height(0, 62)?;
        for (column, (text, width)) in (0_u16..).zip(FIXED) {
            sheet.write_string_with_format(0, column, text, &header)?;
            sheet.set_column_width(column, width)?;
        }
        let mut formats = Vec::new();
        for (column, definition) in (FIXED.len() as u16..).zip(definitions) {
            let text = column_header(definition);
            let marked = if definition.illustrative {
                header.clone().set_background_color(ILLUSTRATIVE)
            } else {
                header.clone()
            };
            sheet.write_string_with_format(0, column, text, &marked)?;
            sheet.set_column_width(column, 20)?;
            let plain = Format::new().set_num_format(number_format(definition.decimals));
            formats.push((plain.clone(), plain.set_italic().set_font_color(Color::RGB(0x7a_7a_7a))));
        }
        for (line, ((code, period), values)) in (1_u32..).zip(rows) {
            let region = self.regions.get(code);
            sheet.write_string(line, 0, code)?;
            sheet.write_string(line, 1, region.map_or("", |region| region.name.as_str()))?;
            sheet.write_string(line, 2, region.map_or("", |region| level_name(region.level.as_str())))?;
            sheet.write_string(line, 3, period.to_string())?;
            for ((column, value), (sure, unsure)) in (FIXED.len() as u16..).zip(values).zip(&formats) {
                // What is missing stays blank: never a zero.
                if let Some(shown) = value {
                    sheet.write_number_with_format(
                        line,
                        column,
                        shown.value,
                        if shown.is_sure { sure } else { unsure },
                    )?;
                }
            }
        }
        sheet.set_freeze_panes(1, FIXED.len() as u16)?;
        let last_column = (FIXED.len() + definitions.len() - 1) as u16;
        sheet.autofilter(0, 0, rows.len().max(1) as u32, last_column)?;
        Ok(())
    }

    /// The first sheet: what the file is, how to read it, and every definition.
    fn read_me(&self, sheet: &mut Worksheet) -> Result<(), PublishError> {
        sheet.set_name("Baca dulu - Read me")?;
        let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        let title = Format::new().set_bold().set_font_size(14);
        sheet
            .set_column_width(0, 34)?
            .set_column_width(1, 60)?
            .set_column_width(2, 60)?;
        for column in 3..8 {
            sheet.set_column_width(column, 22)?;
        }
        sheet.write_string_with_format(0, 0, "Indikator daerah / Regional indicators", &title)?;
        let mut line = 1;
        for [name, id, en] in self.notices() {
            let format = if name == ILLUSTRATIVE_NAME {
                wrapped.clone().set_background_color(ILLUSTRATIVE)
            } else {
                wrapped.clone()
            };
            for (column, text) in (0_u16..).zip([name.as_str(), id.as_str(), en.as_str()]) {
                sheet.write_string_with_format(line, column, text, &format)?;
            }
            line += 1;
        }
        line += 1;
        let header = header_format();
        let heads = [
            "Indikator / Indicator",
            "Cara hitung",
            "Method",
            "Satuan / Unit",
            "Periode / Period",
            "Sumber / Source",
            "Penanggung jawab / Owner",
            "Ilustratif / Illustrative",
        ];
        for (column, text) in (0_u16..).zip(heads) {
            sheet.write_string_with_format(line, column, text, &header)?;
        }
        for definition in self.definitions {
            line += 1;
            let name = format!("{}\n{}\n{}", definition.title_id, definition.title_en, definition.id);
            let illustrative = if definition.illustrative {
                "ya / yes"
            } else {
                "tidak / no"
            };
            let texts = [
                name.as_str(),
                &definition.method_id,
                &definition.method_en,
                &definition.unit,
                &definition.grain,
                &definition.source,
                &definition.owner,
                illustrative,
            ];
            for (column, text) in (0_u16..).zip(texts) {
                sheet.write_string_with_format(line, column, text, &wrapped)?;
            }
        }
        Ok(())
    }

    /// What a reader must know: name, and the sentence in both languages.
    fn notices(&self) -> Vec<[String; 3]> {
        let mut notices = vec![
            [
                "Tanggal acuan / As-of date".to_string(),
                self.as_of.to_string(),
                self.as_of.to_string(),
            ],
            [
                "Isi / Content".to_string(),
                format!(
                    "Satu lembar untuk setiap tema: daerah × indikator, {PERIODS} periode terakhir setiap indikator."
                ),
                format!(
                    "One sheet for each theme: regions × indicators, the latest {PERIODS} periods of each indicator."
                ),
            ],
            [
                "Bukan indeks resmi / Not the official index".to_string(),
                "Angka di sini bukan Indeks Inovasi Daerah resmi.".to_string(),
                "These figures are not the official Indeks Inovasi Daerah.".to_string(),
            ],
            [
                "Sel kosong / Blank cells".to_string(),
                "Tidak ada data. Sel kosong bukan nol.".to_string(),
                "No data. A blank cell is not a zero.".to_string(),
            ],
            [
                "Angka miring / Figures in italics".to_string(),
                "Angka sementara atau tidak lengkap; statusnya ada di indicators.parquet.".to_string(),
                "Provisional or incomplete; the status stands in indicators.parquet.".to_string(),
            ],
            [
                "Tingkat daerah / Levels".to_string(),
                "Jangan menjumlahkan provinsi dengan kabupaten/kota: penduduknya terhitung dua kali.".to_string(),
                "Never add provinces to regencies and cities: their people would count twice.".to_string(),
            ],
        ];
        if !self.illustrative.is_empty() {
            let names: Vec<&str> = self.illustrative.iter().map(String::as_str).collect();
            let names = names.join(", ");
            notices.push([
                ILLUSTRATIVE_NAME.to_string(),
                format!("Data contoh, bukan data nyata: {names}. Kolom indikator yang memakainya diberi warna."),
                format!("Sample data, not real: {names}. Columns of indicators that use them are coloured."),
            ]);
        }
        notices
    }
}

const ILLUSTRATIVE_NAME: &str = "ILUSTRATIF / ILLUSTRATIVE";
const ILLUSTRATIVE: Color = Color::RGB(0xfc_e8_b2);

/// The latest periods of each indicator, by region and period.
fn pivot(definitions: &[&Definition], rows: &[Figure]) -> Result<Sheet, PublishError> {
    let column_of: BTreeMap<&str, usize> = definitions
        .iter()
        .enumerate()
        .map(|(column, definition)| (definition.id.as_str(), column))
        .collect();
    let mut periods: Vec<BTreeSet<Period>> = vec![BTreeSet::new(); definitions.len()];
    let mut found = Vec::new();
    for figure in rows {
        let Some(column) = column_of.get(figure.indicator.as_str()) else {
            continue;
        };
        let period: Period = figure.period.parse().map_err(|_| PublishError::Content {
            path: figure.indicator.clone(),
            reason: format!("\"{}\" is no period", figure.period),
        })?;
        periods[*column].insert(period);
        if periods[*column].len() > PERIODS {
            periods[*column].pop_first();
        }
        found.push((*column, period, figure));
    }
    let mut sheet = Sheet::new();
    for (column, period, figure) in found
        .into_iter()
        .filter(|(column, period, _)| periods[*column].contains(period))
    {
        let values = sheet
            .entry((figure.region.clone(), period))
            .or_insert_with(|| vec![None; definitions.len()]);
        values[column] = figure.value.map(|value| Shown {
            value,
            is_sure: figure.status == "ok",
        });
    }
    Ok(sheet)
}

fn header_format() -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_border_bottom(FormatBorder::Thin)
}

fn column_header(definition: &Definition) -> String {
    let mark = if definition.illustrative {
        "\nilustratif / illustrative"
    } else {
        ""
    };
    format!(
        "{}\n{}\n({}){mark}",
        definition.title_id, definition.title_en, definition.unit
    )
}

fn number_format(decimals: usize) -> String {
    match decimals {
        0 => "#,##0".to_string(),
        _ => format!("#,##0.{}", "0".repeat(decimals)),
    }
}

fn level_name(level: &str) -> &'static str {
    match level {
        "province" => "provinsi",
        "regency" => "kabupaten",
        _ => "kota",
    }
}

/// Sheet names admit neither a stroke nor more than 31 characters.
fn sheet_name(theme: Theme) -> &'static str {
    match theme {
        Theme::Innovation => "Inovasi - Innovation",
        Theme::Reporting => "Pelaporan - Reporting",
        Theme::Labour => "Tenaga kerja - Labour",
        Theme::Population => "Penduduk - Population",
        Theme::Price => "Harga - Price",
    }
}

#[cfg(test)]
#[path = "workbook_tests.rs"]
mod tests;
