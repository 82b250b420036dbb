//! Many small files: daily prices of every region, each file as an officer drops it.

use crate::facts::{Commodity, Facts, Region};
use crate::random::Random;
use crate::set::last_day;
use crate::write::{Delimited, Rows, Style, Value};
use chrono::Days;
use clap::Args;
use std::io;
use std::path::{Path, PathBuf};

/// How many files, and where to.
#[derive(Debug, Args)]
pub struct Request {
    /// How many files; the regions take turns.
    #[arg(long, default_value_t = 552)]
    files: usize,
    /// Rows a file.
    #[arg(long, default_value_t = 200)]
    rows: usize,
    /// Equal seeds give equal files.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder that gets a folder a region.
    #[arg(long)]
    out: PathBuf,
}

/// Writes `OUT/<region>/prices-<n>.csv`; a region's further files speak of earlier days, so every key stands once.
pub fn generate(facts: &Facts, request: &Request) -> Result<String, String> {
    let commodities = facts.commodities();
    for number in 0..request.files {
        let region = &facts.regions[number % facts.regions.len()];
        let round = number / facts.regions.len();
        let folder = request.out.join(&region.code);
        let path = folder.join(format!("prices-{}.csv", round + 1));
        std::fs::create_dir_all(&folder)
            .and_then(|()| write(&path, region, &commodities, round, request))
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(format!("{} files in {}", request.files, request.out.display()))
}

fn write(
    path: &Path,
    region: &Region,
    commodities: &[Commodity<'_>],
    round: usize,
    request: &Request,
) -> io::Result<()> {
    let headers = ["Kode Wilayah", "Tanggal", "Komoditas", "Satuan", "Harga"];
    let mut writer = Delimited::create(path, &headers, b';', Style::Id)?;
    let mut random = Random::of(request.seed, &format!("{} {round}", region.code));
    let days = request.rows.div_ceil(commodities.len());
    for row in 0..request.rows {
        let commodity = &commodities[row % commodities.len()];
        let day = last_day() - Days::new((round * days + row / commodities.len()) as u64);
        let fifties = (commodity.rupiah as f64 * random.real(0.9, 1.1) / 50.0).round() as i64;
        writer.row(&[
            Value::text(&region.written),
            Value::Date(day),
            Value::text(commodity.name),
            Value::text(commodity.unit),
            Value::Decimal(fifties * 5_000),
        ])?;
    }
    Box::new(writer).finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::tests::facts;
    use std::collections::HashSet;

    #[test]
    fn every_region_gets_files_and_no_key_stands_twice() {
        let folder = tempfile::tempdir().expect("a folder");
        let request = Request {
            files: 600,
            rows: 50,
            seed: 1,
            out: folder.path().to_owned(),
        };
        generate(&facts(), &request).expect("files");
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 552);
        let first = facts().regions[0].code.clone();
        let mut keys = HashSet::new();
        for file in ["prices-1.csv", "prices-2.csv"] {
            let text = std::fs::read_to_string(folder.path().join(&first).join(file)).expect("text");
            for line in text.lines().skip(1) {
                let fields: Vec<&str> = line.split(';').take(3).collect();
                assert!(keys.insert(fields.join("|")), "{line}");
            }
        }
        assert_eq!(keys.len(), 100);
    }
}
