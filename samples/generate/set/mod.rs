//! Sets of any size: one of the six datasets, distinct keys, clean or with a share of rows spoilt in known ways.

mod faults;
mod rows;
mod variants;

pub use rows::{Dataset, last_day};

use crate::facts::Facts;
use crate::random::Random;
use crate::write::{Delimited, Format, Json, Place, Rows, Style, Value, Workbook, Xml};
use clap::Args;
use faults::Fault;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use variants::{Corrections, Doubles};

/// What to generate and where to.
#[derive(Debug, Args)]
pub struct Request {
    /// Which dataset the rows are of.
    #[arg(long, value_enum)]
    pub dataset: Dataset,
    /// How many rows; fewer come when the key admits fewer.
    #[arg(long)]
    pub rows: u64,
    /// Equal seeds give equal files.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[arg(long, value_enum, default_value = "csv")]
    pub format: Format,
    /// Share of rows that are spoilt, such as 0.01.
    #[arg(long, default_value_t = 0.0)]
    pub bad_share: f64,
    /// Prices only: share of rows that come a second time at the end of the set, every other one with another price, so
    /// that neither row may be taken.
    #[arg(long, default_value_t = 0.0)]
    pub doubled_share: f64,
    /// Prices only: instead of the set, this many of its latest rows, each with another price: what corrects the set.
    #[arg(long)]
    pub corrections: Option<u64>,
    /// Prices only: a further column, `Pasar`, with this name in every row.
    #[arg(long)]
    pub market: Option<String>,
    /// Further columns that officers keep for themselves and no dataset has.
    #[arg(long, default_value_t = 0)]
    pub own_columns: usize,
    /// XLSX only: a border and a number format for every cell.
    #[arg(long)]
    pub styled: bool,
    /// Field delimiter of CSV.
    #[arg(long, default_value = ";", value_parser = delimiter)]
    pub delimiter: u8,
    /// How CSV writes numbers, dates and periods.
    #[arg(long, value_enum, default_value = "plain")]
    pub style: Style,
    /// The file to write.
    #[arg(long)]
    pub out: PathBuf,
    /// A CSV to write the spoilt rows to: which, where, how, and the family of finding to expect.
    #[arg(long)]
    pub truth: Option<PathBuf>,
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text {
        "\\t" | "tab" => Ok(b'\t'),
        _ if text.len() == 1 => Ok(text.as_bytes()[0]),
        _ => Err("a delimiter is one character, or tab".to_owned()),
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    pub rows: u64,
    pub spoilt: u64,
    /// Rows that came a second time, all behind the others.
    pub doubled: u64,
}

/// Writes the set and says how many rows it has and how many of them are spoilt.
pub fn generate(facts: &Facts, request: &Request) -> Result<Written, String> {
    let for_prices = request.market.is_some() || request.corrections.is_some() || request.doubled_share > 0.0;
    if for_prices && request.dataset != Dataset::CommodityPrice {
        return Err("--market, --corrections and --doubled-share are for prices only".to_owned());
    }
    let failed = |path: &Path, error: io::Error| format!("cannot write {}: {error}", path.display());
    let mut truth = match &request.truth {
        Some(path) => Some(Truth::create(path).map_err(|error| failed(path, error))?),
        None => None,
    };
    let written = write_rows(facts, request, truth.as_mut()).map_err(|error| failed(&request.out, error))?;
    if let (Some(truth), Some(path)) = (truth, &request.truth) {
        truth.finish().map_err(|error| failed(path, error))?;
    }
    Ok(written)
}

fn write_rows(facts: &Facts, request: &Request, mut truth: Option<&mut Truth>) -> io::Result<Written> {
    let dataset = request.dataset;
    let mut out = Output::open(request)?;
    // Spoiling has its own stream: the right rows of a spoilt set equal those of the clean one.
    let mut chance = Random::of(request.seed, "faults");
    let faults = faults::of(dataset, request.format, request.style);
    let mut corrections = request.corrections.map(|count| Corrections::new(count, request.rows));
    let mut doubles = Doubles::new(request.doubled_share, request.seed);
    let mut written = Written::default();
    rows::each(dataset, facts, request.rows, request.seed, &mut |values| {
        if let Some(corrections) = &mut corrections {
            let Some(corrected) = corrections.take(values)? else {
                return Ok(());
            };
            written.rows += 1;
            return out.row(&corrected).map(|_| ());
        }
        written.rows += 1;
        if request.bad_share <= 0.0 || !chance.chance(request.bad_share) {
            doubles.consider(values);
            return out.row(values).map(|_| ());
        }
        written.spoilt += 1;
        let fault = &faults[chance.below(faults.len() as u64) as usize];
        let kept = values[fault.column].clone();
        let spoilt = fault.spoil(&kept);
        values[fault.column] = spoilt.clone();
        let place = out.row(values)?;
        values[fault.column] = kept;
        match truth.as_deref_mut() {
            Some(truth) => truth.note(written.rows, &place, dataset.headers()[fault.column], fault, &spoilt),
            None => Ok(()),
        }
    })?;
    for row in doubles.rows()? {
        out.row(&row)?;
        written.doubled += 1;
    }
    out.finish()?;
    Ok(written)
}

/// The file of a set, with the columns that no row decides.
struct Output {
    rows: Box<dyn Rows>,
    market: Option<Value<'static>>,
    own_columns: usize,
    written: i64,
}

/// What officers note beside their data.
fn own_header(column: usize) -> String {
    let what = ["Petugas", "Harga Kemarin", "Tanggal Input", "Keterangan"][column % 4];
    format!("{what} {}", column / 4 + 1)
}

/// It differs from row to row, as such notes do, and repeats itself.
fn own_value(column: usize, row: i64) -> Value<'static> {
    match column % 4 {
        0 => Value::text(format!("Petugas {}", row % 40 + 1)),
        1 => Value::Decimal(1_000_000 + row % 977 * 5_000),
        2 => Value::Date(last_day() - chrono::Days::new(row as u64 % 60)),
        _ if row % 3 == 0 => Value::Empty,
        _ => Value::text(format!("Sudah diperiksa, lembar {}", row % 500)),
    }
}

impl Output {
    fn open(request: &Request) -> io::Result<Output> {
        let mut headers = request.dataset.headers().to_vec();
        let market = request.market.clone().map(Value::text);
        headers.extend(market.as_ref().map(|_| "Pasar"));
        let own_headers: Vec<String> = (0..request.own_columns).map(own_header).collect();
        headers.extend(own_headers.iter().map(String::as_str));
        let path = &request.out;
        let rows: Box<dyn Rows> = match request.format {
            Format::Csv => Box::new(Delimited::create(path, &headers, request.delimiter, request.style)?),
            Format::Xlsx => Box::new(Workbook::create(path, &headers)?.with_styles(request.styled)),
            Format::Json => Box::new(Json::create(path, &headers)?),
            Format::Xml => Box::new(Xml::create(path, &headers)?),
        };
        Ok(Output {
            rows,
            market,
            own_columns: request.own_columns,
            written: 0,
        })
    }

    fn row(&mut self, values: &[Value<'_>]) -> io::Result<Place> {
        if self.market.is_none() && self.own_columns == 0 {
            return self.rows.row(values);
        }
        let own = (0..self.own_columns).map(|column| own_value(column, self.written));
        let values: Vec<Value<'_>> = values.iter().cloned().chain(self.market.clone()).chain(own).collect();
        self.written += 1;
        self.rows.row(&values)
    }

    fn finish(self) -> io::Result<()> {
        self.rows.finish()
    }
}

/// The list of spoilt rows: `row` counts the data rows from 1, `sheet` and `line` are where the format has them.
struct Truth {
    out: BufWriter<File>,
}

impl Truth {
    fn create(path: &Path) -> io::Result<Truth> {
        let mut out = BufWriter::new(File::create(path)?);
        out.write_all(b"row,sheet,line,column,family,value\n")?;
        Ok(Truth { out })
    }

    fn note(&mut self, row: u64, place: &Place, column: &str, fault: &Fault, value: &Value<'_>) -> io::Result<()> {
        let line = place.line.map(|line| line.to_string()).unwrap_or_default();
        let mut text = Vec::new();
        crate::write::push_value(&mut text, value, Style::Plain);
        let text = String::from_utf8_lossy(&text);
        writeln!(
            self.out,
            "{row},{},{line},{column},{},{text}",
            place.sheet, fault.family
        )
    }

    fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests;
