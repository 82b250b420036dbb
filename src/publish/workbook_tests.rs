use super::*;
use calamine::{Data, Reader, Xlsx};
use std::io::Cursor;
use std::path::Path;

fn definition(id: &str, theme: &str, illustrative: bool) -> Definition {
    Definition {
        id: id.to_string(),
        title_id: format!("Judul {id}"),
        title_en: format!("Title {id}"),
        theme: theme.to_string(),
        unit: "percent".to_string(),
        grain: "month".to_string(),
        method_id: "cara".to_string(),
        method_en: "method".to_string(),
        source: "sumber".to_string(),
        owner: "direktorat".to_string(),
        illustrative,
        decimals: 1,
    }
}

fn figure(indicator: &str, region: &str, period: &str, value: Option<f64>) -> Figure {
    Figure {
        indicator: indicator.to_string(),
        period: period.to_string(),
        region: region.to_string(),
        value,
        unit: "percent".to_string(),
        numerator: None,
        denominator: None,
        n_rows: None,
        status: if value.is_some() { "ok" } else { "missing" }.to_string(),
    }
}

/// Sixteen months of one indicator, one month of another.
fn figures() -> Vec<Figure> {
    let months = (1..=12)
        .map(|month| format!("2024-{month:02}"))
        .chain((1..=4).map(|month| format!("2025-{month:02}")));
    let mut rows: Vec<Figure> = months
        .flat_map(|month| {
            [
                figure("level", "32.73", &month, Some(1.25)),
                figure("level", "11.01", &month, None),
            ]
        })
        .collect();
    rows.push(figure("spread", "32.73", "2025-04", Some(0.0)));
    rows
}

fn bytes(rows: &[Figure], sheet_rows: usize) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let regions = Registry::load(&root.join("pipelines/reference")).unwrap();
    let definitions = [definition("level", "price", false), definition("spread", "price", true)];
    let illustrative = BTreeSet::from(["labour".to_string()]);
    let content = Content {
        as_of: NaiveDate::from_ymd_opt(2025, 11, 30).unwrap(),
        illustrative: &illustrative,
        definitions: &definitions,
        regions: &regions,
    };
    content.to_bytes(rows, sheet_rows).unwrap()
}

#[test]
fn equal_figures_give_equal_bytes() {
    let first = bytes(&figures(), SHEET_ROWS);
    // Times in a ZIP have a step of two seconds.
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    assert!(first == bytes(&figures(), SHEET_ROWS));
}

#[test]
fn a_sheet_has_regions_by_indicators_and_the_latest_periods() {
    let mut workbook = Xlsx::new(Cursor::new(bytes(&figures(), SHEET_ROWS))).unwrap();
    assert_eq!(workbook.sheet_names(), ["Baca dulu - Read me", "Harga - Price"]);
    let sheet = workbook.worksheet_range("Harga - Price").unwrap();
    let header: Vec<String> = sheet.rows().next().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(header[..4], FIXED.map(|(text, _)| text.to_string()));
    assert_eq!(header[4], "Judul level\nTitle level\n(percent)");
    assert_eq!(
        header[5],
        "Judul spread\nTitle spread\n(percent)\nilustratif / illustrative"
    );
    let rows: Vec<&[Data]> = sheet.rows().skip(1).collect();
    assert_eq!(rows.len(), 2 * PERIODS);
    let text = |row: usize, column: usize| rows[row][column].to_string();
    assert_eq!(
        [text(0, 0), text(0, 1), text(0, 2), text(0, 3)],
        ["11.01", "Kabupaten Aceh Selatan", "kabupaten", "2024-04"]
    );
    assert_eq!(rows[0][4], Data::Empty, "what is missing stays blank");
    assert_eq!(text(25, 3), "2025-04");
    assert_eq!(
        (rows[25][4].clone(), rows[25][5].clone()),
        (Data::Float(1.25), Data::Float(0.0))
    );
    let read_me = workbook.worksheet_range("Baca dulu - Read me").unwrap();
    let all: String = read_me.cells().map(|(_, _, cell)| format!("{cell}\n")).collect();
    for words in [
        "2025-11-30",
        "bukan Indeks Inovasi Daerah resmi",
        "bukan data nyata: labour",
        "Judul spread",
    ] {
        assert!(all.contains(words), "{words}");
    }
}

#[test]
fn a_sheet_that_is_full_goes_on_in_the_next() {
    let mut workbook = Xlsx::new(Cursor::new(bytes(&figures(), 11))).unwrap();
    let names = workbook.sheet_names();
    assert_eq!(names[1..], ["Harga - Price", "Harga - Price (2)", "Harga - Price (3)"]);
    let mut rows = Vec::new();
    for name in &names[1..] {
        let sheet = workbook.worksheet_range(name).unwrap();
        assert!(sheet.height() <= 11);
        rows.extend(sheet.rows().skip(1).map(|row| (row[0].to_string(), row[3].to_string())));
    }
    assert_eq!(rows.len(), 2 * PERIODS);
    assert!(rows.is_sorted());
}

#[test]
fn an_indicator_without_figures_keeps_its_column() {
    let mut workbook = Xlsx::new(Cursor::new(bytes(&[], SHEET_ROWS))).unwrap();
    let sheet = workbook.worksheet_range("Harga - Price").unwrap();
    assert_eq!((sheet.height(), sheet.width()), (1, 6));
}
