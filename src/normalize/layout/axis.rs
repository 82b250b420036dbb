//! Rows of a header in which numbers or days stand: `1 2 3 …` below `Tanggal`, months that are date cells.
//!
//! Column numbers (`1 2 3 4` below every header) and figures are none.

use crate::domain::{axis, date, text};
use crate::read::{Block, Cell, Epoch};
use chrono::{Datelike, NaiveDate};

/// Fewest cells of an axis.
const FEWEST: usize = 2;

/// Numbers that stand for the days from 1982 to 2064 where no format says so.
const SERIALS: std::ops::RangeInclusive<i64> = 30_000..=60_000;

/// Whether a row is the lower row of a header in which parts of the calendar stand: days that ascend, or under a word for
/// what they count numbers that do. Every other cell is blank or a text without digits.
pub(super) fn is_axis(block: &Block, row: usize) -> bool {
    let (mut days, mut numbers) = (Vec::new(), Vec::new());
    for (column, &raw) in block.row(row).iter().enumerate() {
        match block.view(raw) {
            Cell::Empty => {}
            Cell::Date { serial, epoch } => match date::from_serial(serial, epoch == Epoch::Year1904) {
                Ok(day) => days.push(day),
                Err(_) => return false,
            },
            Cell::Integer(number) => numbers.push((column, number)),
            Cell::Float(number) if number.fract() == 0.0 => numbers.push((column, number as i64)),
            Cell::Text(text) => {
                let text = text.trim();
                match text.parse() {
                    Ok(number) => numbers.push((column, number)),
                    Err(_) if text.bytes().any(|byte| byte.is_ascii_digit()) => return false,
                    Err(_) => {}
                }
            }
            _ => return false,
        }
    }
    match (days.len(), numbers.len()) {
        (FEWEST.., 0) => days.is_sorted_by(|one, next| one < next),
        (0, FEWEST..) => are_numbered(block, row, &numbers) || serials(&numbers, block.epoch).is_some(),
        _ => false,
    }
}

/// Fewest numbers that count something below a word for it.
const FEWEST_COUNTED: usize = 3;

/// Most of what is counted from another number than 1: months of a year, classes of a school.
const MOST_COUNTED: i64 = 13;

/// Most days of a month.
const DAYS: i64 = 31;

/// Whether numbers count 1, 2, 3 … below one word for what they count, or several times so below several. Below a word for
/// days they may begin with any and leave some out, unless the row has a name where a header stands above: then they may be
/// figures.
fn are_numbered(block: &Block, row: usize, numbers: &[(usize, i64)]) -> bool {
    let Some(above) = row.checked_sub(1) else { return false };
    let group = |column: usize| match block.cell(above, column) {
        Cell::Text(text) => text.trim().to_string(),
        _ => String::new(),
    };
    let says_what = |text: &str| axis::unit(text).is_some() || axis::is_month(text);
    let is_name = |column: usize| match block.cell(row, column) {
        Cell::Text(text) => {
            !text::is_figure(text) && ![String::new(), text.trim().to_string()].contains(&group(column))
        }
        _ => false,
    };
    let has_name = (0..block.row(row).len()).any(is_name);
    // Below one word that no calendar knows: `Kelas` above `1 2 3 4 5 6`, which may be values, and can be no figures.
    let first = numbers.first().map_or(0, |(_, number)| *number);
    let last = first + numbers.len() as i64 - 1;
    let may_begin = first == 1 || (first > 1 && last <= MOST_COUNTED);
    let is_count = !has_name
        && may_begin
        && numbers.len() >= FEWEST_COUNTED
        && numbers[1..].iter().all(|(column, _)| group(*column).is_empty())
        && group(numbers[0].0).contains(char::is_alphabetic)
        && numbers
            .iter()
            .map(|(_, number)| *number)
            .eq(first..first + numbers.len() as i64)
        && numbers.windows(2).all(|two| two[0].0 + 1 == two[1].0);
    if is_count {
        return true;
    }
    let is_day = |number: i64| !has_name && (1..=DAYS).contains(&number);
    let mut last: Option<(usize, i64)> = None;
    let mut are_days = false;
    for &(column, number) in numbers {
        let begins = !group(column).is_empty();
        if begins {
            are_days = axis::unit(&group(column)) == Some(axis::Unit::Day);
        }
        let next = |last: i64| last + 1 == number || (are_days && is_day(number) && last < number);
        let follows = !begins && last.is_some_and(|(before, last)| before + 1 == column && next(last));
        let may_begin = number == 1 || (are_days && is_day(number));
        let is_first = begins && may_begin && says_what(&group(column));
        if !follows && !is_first {
            return false;
        }
        last = Some((column, number));
    }
    // One number below each word is a row of column numbers.
    numbers.iter().filter(|(column, _)| group(*column).is_empty()).count() > 0
}

/// The days that whole numbers stand for as a spreadsheet counts them, where there can be no doubt: each the day after the
/// one before, or all first days of months one after the other.
pub(in crate::normalize) fn serials(numbers: &[(usize, i64)], epoch: Option<Epoch>) -> Option<Vec<(usize, NaiveDate)>> {
    let epoch = epoch?;
    if numbers.len() < FEWEST {
        return None;
    }
    let day = |&(column, number): &(usize, i64)| {
        let number = Some(number).filter(|number| SERIALS.contains(number))?;
        let day = date::from_serial(number as f64, epoch == Epoch::Year1904).ok()?;
        Some((column, day))
    };
    let days: Vec<(usize, NaiveDate)> = numbers.iter().map(day).collect::<Option<_>>()?;
    let all = |follows: fn(NaiveDate, NaiveDate) -> bool| days.windows(2).all(|two| follows(two[0].1, two[1].1));
    let by_day = all(|one, next| one.succ_opt() == Some(next));
    let by_month = all(|one, next| {
        let months = |day: NaiveDate| day.year() * 12 + day.month0() as i32;
        one.day() == 1 && next.day() == 1 && months(one) + 1 == months(next)
    });
    // Two prices may be one apart.
    let is_enough = by_month || days.len() > FEWEST;
    (is_enough && (by_day || by_month)).then_some(days)
}

/// The same of the texts of a header.
pub(in crate::normalize) fn serials_of(texts: &[&str], epoch: Option<Epoch>) -> Option<Vec<(usize, NaiveDate)>> {
    let numbers = texts.iter().enumerate();
    let numbers: Vec<(usize, i64)> = numbers
        .filter(|(_, text)| text.len() == 5 && text::is_figure(text))
        .filter_map(|(column, text)| Some((column, text.parse().ok()?)))
        .collect();
    serials(&numbers, epoch)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(rows: &[&[&str]]) -> bool {
        is_axis(&Block::of_rows(1, rows), rows.len() - 1)
    }

    #[test]
    fn numbers_below_what_they_count_are_an_axis() {
        assert!(is(&[&["No", "Komoditas", "Tanggal", "", ""], &["", "", "1", "2", "3"]]));
        assert!(is(&[&["", "", "Tanggal", "", ""], &["No", "Komoditas", "1", "2", "3"]]));
        assert!(is(&[&["No", "Sekolah", "Kelas", "", ""], &["", "", "1", "2", "3"]]));
        assert!(is(&[
            &["No", "Pelanggaran", "Bulan", "", ""],
            &["", "", "8", "9", "10"]
        ]));
        // Days that were worked on.
        assert!(is(&[&["", "", "Tanggal", ""], &["No", "Komoditas", "2", "3"]]));
        assert!(is(&[&["Komoditas", "Tgl", "", ""], &["", "2", "9", "31"]]));
        assert!(is(&[&["Objek", "Bulan", "", "Jumlah"], &["", "1", "2", ""]]));
        // Two months, each with its days.
        assert!(is(&[
            &["Komoditas", "Oktober 2026", "", "November 2026", ""],
            &["", "1", "2", "1", "2"]
        ]));
    }

    #[test]
    fn column_numbers_and_data_are_none() {
        for rows in [
            [["No", "Komoditas", "Harga", "Tanggal"], ["1", "2", "3", "4"]],
            [["Tanggal", "Komoditas", "Harga", "Stok"], ["1", "2", "3", "4"]],
            [["Bulan", "Tanggal", "Hari", "Minggu"], ["1", "2", "3", "4"]],
            [["No", "Komoditas", "Tanggal", ""], ["1", "Beras", "1", "2"]],
            [["", "", "Tanggal", ""], ["No", "Komoditas", "3", "2"]],
            [["", "", "Bulan", ""], ["No", "Komoditas", "2", "3"]],
            [["", "Komoditas", "Tanggal", ""], ["", "Beras", "2", "3"]],
            [["No", "Komoditas", "Harga", ""], ["", "", "1", "2"]],
            [
                ["Komoditas", "Pasar A", "Pasar B", "Pasar C"],
                ["Beras", "46023", "46024", "46026"],
            ],
            [["Komoditas", "Pasar A", "Pasar B", ""], ["Beras", "46025", "46026", ""]],
        ] {
            let rows: Vec<&[&str]> = rows.iter().map(|row| row.as_slice()).collect();
            assert!(!is(&rows), "{rows:?}");
        }
    }

    #[test]
    fn bare_serials_are_days_where_they_can_be_nothing_else() {
        let of = |texts: &[&str]| serials_of(texts, Some(Epoch::Year1900)).map(|days| days.len());
        assert_eq!(of(&["Komoditas", "46023", "46054", "46082"]), Some(3));
        assert_eq!(of(&["46327", "46328", "46329"]), Some(3));
        assert_eq!(of(&["46327", "46328"]), None);
        assert_eq!(of(&["46023", "46082"]), None);
        assert_eq!(of(&["46023", "46055"]), None);
        assert_eq!(serials_of(&["46023", "46054"], None), None);
    }
}
