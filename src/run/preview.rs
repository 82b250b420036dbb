//! What a file looks like to Lumbung. Nothing is judged and nothing is kept.

use super::judge;
use crate::config::{Configuration, Connector, Contract};
use crate::domain::date::from_serial;
use crate::domain::personal::{MASK, is_of_numbers, is_of_persons, masked, shown as personal_shown};
use crate::finding::{Finding, Severity};
use crate::normalize::{
    Context, Layout, LeftOut, RoutedSheet, RunnerUp, Speaker, Supplied, TableRows, YearFrom, in_sheet, route, runner_up,
};
use crate::read::{self, Block, Cell, Document, Epoch, Format, ReadError};
use std::path::Path;
use std::sync::Arc;

/// What a file holds, as it would be read.
#[derive(Debug, serde::Serialize)]
pub struct FilePreview {
    pub file: String,
    /// What its bytes were found to be; none where it cannot be read.
    pub format: Option<Format>,
    pub sheets: Vec<SheetPreview>,
    /// What stands in the way, and what was found out about the file as a whole.
    #[serde(serialize_with = "findings")]
    pub findings: Vec<Finding>,
}

/// One sheet; a file without sheets has one without a name.
#[derive(Debug, serde::Serialize)]
pub struct SheetPreview {
    pub name: Option<String>,
    /// The dataset whose contract it fits.
    pub dataset: Option<String>,
    /// The nearest contract where it fits none, and what that one misses.
    pub nearest: Option<String>,
    pub missing: Vec<String>,
    /// Sheet row of the header, from 1; none for records.
    pub header_row: Option<u32>,
    /// The next best header; none where no other row has a text that the contract knows.
    pub runner_up: Option<RunnerUp>,
    pub columns: Vec<ColumnPreview>,
    /// Headers that no column of the contract claims.
    pub left_out: Vec<String>,
    /// Headings of `rows`: the contract's columns, or the sheet's own headers where it fits none.
    pub headings: Vec<String>,
    /// The first rows below the header, as the cells hold them: nothing is parsed or judged. Personal columns are
    /// masked.
    pub rows: Vec<Vec<String>>,
}

/// Where a contract column's values come from.
#[derive(Debug, serde::Serialize)]
pub struct ColumnPreview {
    pub column: String,
    /// Header of the sheet column, and its letter; records have fields and no letters.
    pub header: Option<String>,
    pub letter: Option<String>,
    /// What supplies it where the sheet has no column for it.
    pub supplied: Option<Supply>,
    pub required: bool,
}

/// What supplies a column that a sheet does not have.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "by", content = "value")]
pub enum Supply {
    Constant(String),
    Request(String),
    Title(String),
    Sender,
    Header(String),
    Default(String),
}

/// What a format is called.
pub fn format_name(format: Format) -> &'static str {
    match format {
        Format::Csv => "CSV",
        Format::Xlsx => "XLSX",
        Format::Xls => "XLS",
        Format::Xlsb => "XLSB",
        Format::Ods => "ODS",
        Format::Json => "JSON",
        Format::Xml => "XML",
    }
}

/// Longest cell shown, in characters.
const CELL_LENGTH: usize = 40;

/// Findings as a receipt shows them, without their places.
fn findings<S: serde::Serializer>(findings: &[Finding], serializer: S) -> Result<S::Ok, S::Error> {
    let shown = |finding: &Finding| {
        serde_json::json!({
            "code": finding.code, "severity": finding.severity, "sheet": finding.place.sheet,
            "message": finding.message(), "hint": finding.hint(),
        })
    };
    serializer.collect_seq(findings.iter().map(shown))
}

/// Looks at a file: which sheets it has, which contract each fits, how its columns map, and its first rows.
///
/// `contracts` are those it may fit; `connector` gives its mappings. A file that cannot be read gives a preview with
/// the reason as its finding.
pub fn file(
    configuration: &Configuration,
    path: &Path,
    contracts: Vec<Arc<Contract>>,
    connector: Option<Arc<Connector>>,
    rows: usize,
) -> FilePreview {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let options = judge::options(connector.as_deref(), &configuration.installation.limits);
    let mut preview = FilePreview {
        file: name.clone(),
        format: None,
        sheets: Vec::new(),
        findings: Vec::new(),
    };
    let document = match read::open(path, &name, &options) {
        Ok(document) => document,
        Err(ReadError(finding)) => {
            preview.findings.push(*finding);
            return preview;
        }
    };
    preview.format = Some(document.format());
    preview.findings.extend(document.notes().to_vec());
    // Nobody has sent this file yet. A sender without a code stands for whoever will: sheets without a region column
    // fit then, and no row is judged here.
    let speaker = match &connector {
        Some(connector) => judge::speaker(connector, ""),
        None => Speaker::Region {
            code: String::new(),
            with_regencies: false,
        },
    };
    let context = Context {
        contracts,
        connector,
        regions: configuration.regions.clone(),
        codes: configuration.codes.clone(),
        abbreviations: configuration.abbreviations.clone(),
        title_words: configuration.title_words.clone(),
        speaker,
        as_of: super::today(configuration),
        pseudonym_key: None,
        sequence: 0,
    };
    if let Err(ReadError(finding)) = sheets(document, &context, rows, &mut preview) {
        preview.findings.push(*finding);
    }
    preview
}

fn sheets(
    document: Box<dyn Document>,
    context: &Context,
    rows: usize,
    preview: &mut FilePreview,
) -> Result<(), ReadError> {
    let mut documents = vec![document];
    let routing = route(&mut documents, context)?;
    preview.findings.extend(
        routing
            .findings
            .into_iter()
            .filter(|finding| finding.severity > Severity::Note),
    );
    if routing.routed.is_empty() && routing.left_out.is_empty() && !routing.asked {
        preview.findings.push(Finding::of("no-rows"));
    }
    preview.findings.extend(judge::sheet_notes(&routing.routed, &documents));
    let mut shown: Vec<(usize, SheetPreview)> = Vec::new();
    for sheet in &routing.routed {
        let top = first_rows(documents[sheet.part].as_mut(), sheet.sheet, Some(&sheet.layout), rows)?;
        let runner_up = match documents[sheet.part].blocks(sheet.sheet)?.next_block()? {
            Some(block) => runner_up(&block, &sheet.layout, &sheet.contract, context),
            None => None,
        };
        let preview = SheetPreview {
            runner_up,
            ..routed(sheet, &top)
        };
        shown.push((sheet.sheet, preview));
    }
    for sheet in &routing.left_out {
        let top = first_rows(documents[sheet.part].as_mut(), sheet.sheet, None, rows)?;
        shown.push((sheet.sheet, left_out(sheet, &top)));
    }
    shown.sort_by_key(|(position, _)| *position);
    preview.sheets = shown.into_iter().map(|(_, sheet)| sheet).collect();
    Ok(())
}

/// The rows of the first block, below the header where one was found and turned where they are a crosstab's; at most `rows`.
fn first_rows(
    document: &mut dyn Document,
    sheet: usize,
    layout: Option<&Layout>,
    rows: usize,
) -> Result<Vec<Vec<String>>, ReadError> {
    let mut blocks = document.blocks(sheet)?;
    let Some(block) = blocks.next_block()? else {
        return Ok(Vec::new());
    };
    let (block, skip) = match layout {
        Some(layout) => TableRows::new(layout).next(block, layout),
        None => (block, 0),
    };
    let mut shown: Vec<Vec<String>> = (skip..block.rows()).take(rows).map(|row| texts(&block, row)).collect();
    // No contract says what is personal here: where something is, every text may be.
    if layout.is_none() && !in_sheet(&block).is_empty() {
        let values = shown.iter_mut().flatten();
        let texts = values.filter(|text| text.contains(char::is_alphabetic));
        texts
            .filter(|text| !is_of_persons(text) && !is_of_numbers(text))
            .for_each(|text| *text = MASK.to_string());
    }
    Ok(shown)
}

fn texts(block: &Block, row: usize) -> Vec<String> {
    block.row(row).iter().map(|&raw| shown(block.view(raw))).collect()
}

/// A cell as it stands in the file, cut to what a terminal holds. Digits that may be a population number are masked
/// in every column, for one that no contract names may be personal too.
fn shown(cell: Cell<'_>) -> String {
    let text = match cell {
        Cell::Empty => String::new(),
        Cell::Uncalculated => "?".to_string(),
        Cell::Text(text) | Cell::Literal(text) | Cell::Error(text) | Cell::Spread(text) => {
            text.trim().replace(['\n', '\r', '\t'], " ")
        }
        Cell::Integer(number) => number.to_string(),
        Cell::Float(number) => number.to_string(),
        Cell::Percent(_) => crate::normalize::shown(cell).into_owned(),
        Cell::Bool(value) => value.to_string(),
        Cell::Date { serial, epoch } => {
            from_serial(serial, epoch == Epoch::Year1904).map_or_else(|_| serial.to_string(), |date| date.to_string())
        }
    };
    let longest = text
        .split(|character: char| !character.is_ascii_digit())
        .map(str::len)
        .max();
    if longest.is_some_and(|digits| digits >= 15) {
        return MASK.to_string();
    }
    let text = personal_shown(&text).into_owned();
    if text.chars().count() <= CELL_LENGTH {
        return text;
    }
    text.chars().take(CELL_LENGTH - 1).chain(std::iter::once('…')).collect()
}

fn routed(sheet: &RoutedSheet, top: &[Vec<String>]) -> SheetPreview {
    let map = &sheet.layout.columns;
    let mut columns = Vec::new();
    let mut used = Vec::new();
    for (index, (name, column)) in sheet.contract.columns.iter().enumerate() {
        let source = map.source[index];
        let header = source.and_then(|source| sheet.layout.headers.get(source));
        let along = sheet
            .layout
            .crosstab
            .as_ref()
            .filter(|crosstab| crosstab.along == index);
        columns.push(ColumnPreview {
            column: name.clone(),
            header: match along {
                Some(crosstab) => Some(crosstab.values().collect::<Vec<_>>().join(", ")),
                None => header.map(|header| with_year(&masked(header.trim()), sheet, name)),
            },
            letter: source
                .and_then(|source| sheet.layout.sheet_column(source))
                .filter(|_| sheet.layout.header_row.is_some())
                .map(|column| crate::finding::column_letters(column as u32)),
            supplied: map.supplied[index].as_ref().map(supply),
            required: column.required,
        });
        used.extend(source.map(|source| (name.clone(), source, column.pii.is_some())));
    }
    let row = |cells: &Vec<String>| {
        let cell = |(_, source, is_personal): &(String, usize, bool)| match cells.get(*source) {
            Some(text) if *is_personal && !text.is_empty() => MASK.to_string(),
            Some(text) => text.clone(),
            None => String::new(),
        };
        used.iter().map(cell).collect()
    };
    SheetPreview {
        name: sheet.name.clone(),
        dataset: Some(sheet.contract.name.clone()),
        nearest: None,
        missing: Vec::new(),
        header_row: sheet.layout.header_row,
        runner_up: None,
        columns,
        left_out: map.unknown.iter().map(|header| masked(header).into_owned()).collect(),
        rows: top.iter().map(row).collect(),
        headings: used.into_iter().map(|(name, _, _)| name).collect(),
    }
}

/// A header, and where the year of its months comes from.
fn with_year(header: &str, sheet: &RoutedSheet, column: &str) -> String {
    let year = sheet
        .layout
        .columns
        .year
        .filter(|_| sheet.contract.period.as_deref() == Some(column));
    match year {
        Some(YearFrom::Column(year)) => format!("{header} + {}", sheet.layout.headers[year].trim()),
        Some(YearFrom::Title(year)) => format!("{header} + {year}"),
        None => header.to_string(),
    }
}

fn left_out(sheet: &LeftOut, top: &[Vec<String>]) -> SheetPreview {
    let width = top.iter().map(Vec::len).max().unwrap_or_default();
    let row = |cells: &Vec<String>| {
        (0..width)
            .map(|index| cells.get(index).cloned().unwrap_or_default())
            .collect()
    };
    SheetPreview {
        name: sheet.name.clone(),
        dataset: None,
        nearest: Some(sheet.nearest.clone()),
        missing: sheet.missing.clone(),
        header_row: None,
        runner_up: None,
        columns: Vec::new(),
        left_out: sheet.headers.clone(),
        rows: top.iter().map(row).collect(),
        headings: (0..width as u32).map(crate::finding::column_letters).collect(),
    }
}

fn supply(supplied: &Supplied) -> Supply {
    match supplied {
        Supplied::Constant(value) => Supply::Constant(value.clone()),
        Supplied::Request(parameter) => Supply::Request(parameter.clone()),
        Supplied::Title(period) => Supply::Title(period.to_string()),
        Supplied::Label(value) => Supply::Title(value.clone()),
        Supplied::Sender(_) => Supply::Sender,
        Supplied::Default(value) => Supply::Default(value.clone()),
        Supplied::Header(unit) => Supply::Header(unit.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(name: &str, content: &str, dataset: Option<&str>) -> FilePreview {
        let configuration = crate::config::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let contracts = match dataset {
            Some(dataset) => vec![configuration.contracts[dataset].clone()],
            None => configuration.contracts.values().cloned().collect(),
        };
        file(&configuration, &path, contracts, None, 2)
    }

    #[test]
    fn says_which_dataset_a_file_fits_and_how_its_columns_map() {
        let text = "Daftar harga;;;\nKomoditas;Tanggal;Harga (Rp);Selisih\nBeras Premium;2025-11-20;15.500;1\n";
        let preview = look("harga.csv", text, None);
        let sheet = &preview.sheets[0];
        assert_eq!(sheet.dataset.as_deref(), Some("commodity_price"));
        assert_eq!(sheet.header_row, Some(2));
        assert_eq!(sheet.left_out, ["Selisih"]);
        let supplied = |name: &str| {
            let column = sheet.columns.iter().find(|column| column.column == name).unwrap();
            (column.header.as_deref(), column.supplied.clone())
        };
        assert_eq!(supplied("price"), (Some("Harga (Rp)"), None));
        assert_eq!(supplied("region_code"), (None, Some(Supply::Sender)));
        assert_eq!(supplied("market"), (None, Some(Supply::Default("-".to_string()))));
        assert_eq!(sheet.headings, ["commodity_code", "date", "price"]);
        assert_eq!(
            sheet.rows,
            [["Beras Premium", "2025-11-20", "15.500"]],
            "nothing is parsed"
        );
    }

    #[test]
    fn turns_a_crosstab_and_says_which_headers_are_values() {
        let text = "LAPORAN TAHUN 2026;;;\nKecamatan;Peristiwa;Januari;Februari\nCoblong;Kelahiran;5;6\n";
        let preview = look("lahir.csv", text, Some("civil_registration"));
        let sheet = &preview.sheets[0];
        let period = sheet.columns.iter().find(|column| column.column == "period").unwrap();
        assert_eq!(period.header.as_deref(), Some("Januari 2026, Februari 2026"));
        assert_eq!(sheet.headings, ["district", "period", "event", "reported"]);
        let rows = [
            ["Coblong", "Januari 2026", "Kelahiran", "5"],
            ["Coblong", "Februari 2026", "Kelahiran", "6"],
        ];
        assert_eq!(sheet.rows, rows);
    }

    #[test]
    fn shows_no_personal_value() {
        let text = "Kode inovasi;Judul;Tahapan;Inovator;NIK;Lain\nA-1;Antrean;Uji coba;Siti;3273014508900001;x\n";
        let shown = look("inovasi.csv", text, Some("innovation_report"));
        assert_eq!(shown.sheets[0].dataset.as_deref(), Some("innovation_report"));
        let json = serde_json::to_string(&shown).unwrap();
        assert!(json.contains("Antrean"), "{json}");
        assert!(!json.contains("Siti") && !json.contains("3273014508900001"), "{json}");
        let other = look("lain.csv", "a;b\n3273014508900001;y\n", Some("innovation_report"));
        assert_eq!(other.sheets[0].dataset, None);
        let json = serde_json::to_string(&other).unwrap();
        assert!(json.contains("***") && !json.contains("3273014508900001"), "{json}");
    }

    #[test]
    fn says_why_a_file_cannot_be_read() {
        let preview = look("surat.pdf", "%PDF-1.7", None);
        assert_eq!(preview.findings[0].code, "file-not-data");
        assert!(preview.sheets.is_empty() && preview.format.is_none());
    }
}
