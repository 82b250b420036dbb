//! The civil-registration population of December 2024, one file a province: 35 workbooks and three CSV files in the
//! Indonesian notation, one of which states a wrong total.

use super::{Folders, slug};
use crate::facts::{Facts, Region};
use crate::set::Dataset;
use crate::write::{Delimited, Period, Rows, Style, Value, Workbook};
use std::io;

/// Provinces that send CSV.
const AS_TEXT: [&str; 3] = ["34", "36", "51"];
/// The regency whose file states a total that is not the sum.
const WRONG_TOTAL: &str = "34.04";
const PERIOD: Period = Period::Semester(2024, 2);

/// Writes the 38 files.
pub fn write(facts: &Facts, folders: &mut Folders) -> io::Result<()> {
    for province in facts.provinces() {
        let as_text = AS_TEXT.contains(&province.code.as_str());
        let name = format!(
            "penduduk-2024-s2-{}.{}",
            slug(&province.name),
            if as_text { "csv" } else { "xlsx" }
        );
        let path = folders.file(&province.code, "dukcapil-file", &name)?;
        let office = format!(
            "DINAS KEPENDUDUKAN DAN PENCATATAN SIPIL PROVINSI {}",
            province.name.to_uppercase()
        );
        let titles = [office.as_str(), "Semester II 2024"];
        let headers = Dataset::Population.headers();
        let mut rows: Box<dyn Rows> = if as_text {
            // The titles are records of their own, as long as the others, as a spreadsheet saves them.
            let [first, second] = titles.map(|title| [title, "", "", "", "", ""]);
            let mut text = Delimited::create(&path, &first, b';', Style::Id)?;
            text.row(&second.map(Value::text))?;
            text.row(&headers.iter().map(|header| Value::text(*header)).collect::<Vec<_>>())?;
            Box::new(text)
        } else {
            let mut workbook = Workbook::create(&path, headers)?;
            workbook.begin_sheet("Penduduk", &titles, headers)?;
            Box::new(workbook)
        };
        write_rows(rows.as_mut(), facts, province)?;
        rows.finish()?;
    }
    Ok(())
}

fn write_rows(rows: &mut dyn Rows, facts: &Facts, province: &Region) -> io::Result<()> {
    rows.row(&row(province, &province.written, &province.name, Some(PERIOD)))?;
    for regency in facts.regencies_of(&province.code) {
        let mut values = row(regency, &regency.code, &regency.name, Some(PERIOD));
        if regency.code == WRONG_TOTAL {
            values[5] = Value::Integer(regency.total + 1_000);
        }
        rows.row(&values)?;
    }
    // The regencies together are the province; its own row stands above and is not added once more.
    rows.row(&row(province, "Jumlah", "", None)).map(|_| ())
}

fn row<'a>(region: &Region, code: &'a str, name: &'a str, period: Option<Period>) -> [Value<'a>; 6] {
    [
        Value::text(code),
        if name.is_empty() {
            Value::Empty
        } else {
            Value::text(name)
        },
        period.map_or(Value::Empty, Value::Period),
        Value::Integer(region.male),
        Value::Integer(region.female),
        Value::Integer(region.total),
    ]
}
