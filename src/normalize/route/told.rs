//! What the sender of a sheet is told of how it was read, or why it was not.

use crate::config::Column;
use crate::domain::text;
use crate::finding::{Finding, Place, column_letters};
use crate::normalize::candidate::Candidate;
use crate::normalize::headers::{Supplied, YearFrom};
use crate::normalize::inexact::Inexact;
use crate::normalize::route::numbers_rows;
use crate::normalize::undeclared::Undeclared;
use crate::normalize::{Context, personal, title, units};

/// Why a title that names a time does not give the period of a table that nothing else is missing in.
pub(super) fn title_not_used(nearest: &Candidate, place: &Place) -> Option<Finding> {
    let period = nearest.contract.period.as_ref()?;
    let is_missing = nearest.layout.columns.missing.contains(period) && nearest.fits_but_for_titles();
    let (title, why) = title::unused(&nearest.titles, &nearest.contract).filter(|_| is_missing)?;
    let names = nearest.contract.titles(std::slice::from_ref(period));
    let finding = Finding::of("title-not-used").with_both("column", &names);
    Some(finding.with_both("why", &why).value(title).at(place.clone()))
}

/// The texts of the row that looked most like a header. Where no text is any contract's, it is no header but may be
/// anybody's data, and is not repeated.
pub(super) fn seen_headers(nearest: &Candidate) -> Vec<String> {
    let matched = nearest.layout.columns.matched;
    // A list of persons without headers: what is taken for one is the first of them, and none of it may be quoted.
    let is_value = |text: &String| {
        let text = text.trim();
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number || crate::domain::date::parse_date(text).is_ok()
    };
    if matched == 0 || (matched == 1 && nearest.layout.headers.iter().any(is_value)) {
        return Vec::new();
    }
    let texts = nearest.layout.headers.iter().filter(|text| !text.trim().is_empty());
    texts.map(|text| personal::header(text)).collect()
}

/// The columns of a sheet that have the same header, for the contract column `name`, each with the headers above it:
/// `C (Baru / L), E (Lama / L)`.
pub(super) fn doubled(table: &Candidate, name: &str) -> String {
    let layout = &table.layout;
    let index = table.contract.columns.get_index_of(name);
    let Some(source) = index.and_then(|index| layout.columns.source[index]) else {
        return String::new();
    };
    let form = |column: usize| text::header(&layout.headers[column]);
    let same = (0..layout.headers.len()).filter(|&column| form(column) == form(source));
    if let Some(form) = &layout.form {
        let letters = form
            .columns
            .first()
            .map_or_else(String::new, |&column| column_letters(column as u32));
        let cells = same.filter_map(|label| Some(format!("{letters}{}", form.rows.get(label)?)));
        return cells.collect::<Vec<_>>().join(", ");
    }
    let said = |column: usize| {
        let column = layout.sheet_column(column).unwrap_or(column);
        let mut above: Vec<&str> = layout
            .header_rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|text| text.trim())
            .collect();
        above.retain(|text| !text.is_empty());
        above.dedup();
        let letters = column_letters(column as u32);
        match above.is_empty() {
            true => letters,
            false => format!("{letters} ({})", personal::header(&above.join(" / "))),
        }
    };
    same.map(said).collect::<Vec<_>>().join(", ")
}

/// What the sender should know about how the sheet was read. Programs that send records are not told of every
/// field that is not used.
pub(super) fn notes(chosen: &Candidate, place: &Place, undeclared: &[Undeclared], context: &Context) -> Vec<Finding> {
    let mut notes = Vec::new();
    let Some(row) = chosen.layout.header_row else {
        return notes;
    };
    let place = Place {
        row: Some(row),
        ..place.clone()
    };
    let map = &chosen.layout.columns;
    let finding = |one: &Inexact| one.finding(&chosen.contract, &chosen.layout, &place);
    notes.extend(map.inexact.iter().map(finding));
    // Of columns that look personal more is said; that rows are numbered is no news.
    let unknown = map.unknown.iter().filter(|text| !numbers_rows(text));
    let unknown = unknown.map(|text| personal::header(text));
    let unknown: Vec<String> = unknown
        .filter(|header| undeclared.iter().all(|found| found.header != *header))
        .collect();
    if !unknown.is_empty() {
        let note = Finding::of("columns-not-used").with("columns", unknown.join(", "));
        notes.push(note.of_headers(&unknown).at(place.clone()));
    }
    if let Some(crosstab) = &chosen.layout.crosstab
        && let Some((_, column)) = chosen.contract.columns.get_index(crosstab.along)
    {
        let values: Vec<&str> = crosstab.values().collect();
        if !values.is_empty() {
            let note = Finding::of("columns-turned").with("values", values.join(", "));
            notes.push(note.with_both("column", &column.title).at(place.clone()));
        }
        let to_come: Vec<&str> = crosstab.to_come(context.as_of).collect();
        if !to_come.is_empty() {
            let note = Finding::of("columns-to-come").with("values", to_come.join(", "));
            let note = note.with_day("as_of", context.as_of.to_string());
            notes.push(note.at(place.clone()));
        }
    }
    notes.extend(units::told(&chosen.contract, context, map, &place));
    if let Some(power) = map.power_by_title {
        let factor = format!("1{}", ".000".repeat(power as usize / 3));
        notes.push(Finding::of("unit-by-title").with("factor", factor).at(place.clone()));
    }
    if let Some(YearFrom::Title(year)) = map.year
        && let Some(name) = &chosen.contract.period
        && let Some(column) = chosen.contract.columns.get(name)
    {
        let note = Finding::of("year-by-title").with_both("column", &column.title);
        notes.push(note.value(year.to_string()).at(place.clone()));
    }
    notes.extend(supplied(chosen, &place, context));
    notes
}

/// Columns that the sheet does not have, and what says their value.
fn supplied(chosen: &Candidate, place: &Place, context: &Context) -> Vec<Finding> {
    let columns = chosen.contract.columns.iter().zip(&chosen.layout.columns.supplied);
    let note = |((name, column), supplied): ((&String, &Column), &Option<Supplied>)| {
        let said = |note: Finding, value: &str| note.with_both("value", &context.said(column, value)).value(value);
        let note = match supplied.as_ref()? {
            Supplied::Title(period) => {
                let note = Finding::of("supplied-by-title").with_day("value", period.to_string());
                note.value(period.to_string())
            }
            Supplied::Label(value) => said(Finding::of("supplied-by-title"), value),
            Supplied::Sender(region) => said(Finding::of("supplied-by-sender"), region),
            Supplied::Default(value) => said(Finding::of("supplied-by-default"), value),
            Supplied::Constant(_) | Supplied::Request(_) | Supplied::Header(_) => return None,
        };
        let place = Place {
            column: Some(name.clone()),
            ..place.clone()
        };
        Some(note.with_both("column", &column.title).at(place))
    };
    columns.filter_map(note).collect()
}
