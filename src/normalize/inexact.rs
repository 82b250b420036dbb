//! Mistyped headers: what a header may be that fits no column exactly. Never taken without a finding.

use super::headers::Vocabulary;
use super::route::Layout;
use super::{Context, personal};
use crate::config::Contract;
use crate::domain::code::CodeError;
use crate::domain::period::{Grain, Period};
use crate::finding::{Finding, Place};
use std::collections::BTreeMap;

/// A header that was taken for that of a column although it is not written so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inexact {
    /// Index of the contract's column.
    pub column: usize,
    /// The sheet column, from 0.
    pub position: usize,
    /// The header as it is written.
    pub header: String,
}

impl Inexact {
    /// What the sender is told. `place` is that of the header's row.
    pub(super) fn finding(&self, contract: &Contract, layout: &Layout, place: &Place) -> Finding {
        let name = contract.columns.get_index(self.column);
        let place = Place {
            // The labels of a form stand below each other.
            row: match &layout.form {
                Some(form) => form.rows.get(self.position).copied(),
                None => place.row,
            },
            column_index: layout.form.is_none().then_some(self.position as u32),
            column: name.map(|(name, _)| name.clone()),
            ..place.clone()
        };
        let finding = Finding::of("header-inexact").value(personal::header(&self.header));
        match name {
            Some((_, column)) => finding.with_both("title", &column.title).at(place),
            None => finding.at(place),
        }
    }
}

/// The headers among `strangers` (sheet columns whose header is no column's) that are mistyped: each is near to one column
/// and no other, and no other is as near to that column.
pub(super) fn claims(
    contract: &Contract,
    context: &Context,
    vocabulary: &Vocabulary,
    headers: &[String],
    strangers: &[usize],
) -> Vec<Inexact> {
    // For each column, the nearest headers.
    let mut nearest: BTreeMap<usize, (usize, Vec<usize>)> = BTreeMap::new();
    for &position in strangers {
        let near = vocabulary.near(&headers[position]);
        let Some((&column, &slips)) = near.first_key_value().filter(|_| near.len() == 1) else {
            continue;
        };
        if is_value(&headers[position], contract, context) {
            continue;
        }
        let (least, positions) = nearest.entry(column).or_insert((slips, Vec::new()));
        if slips < *least {
            *least = slips;
            positions.clear();
        }
        if slips == *least {
            positions.push(position);
        }
    }
    nearest
        .into_iter()
        .filter_map(|(column, (_, positions))| match positions[..] {
            [position] => Some(Inexact {
                column,
                position,
                header: headers[position].trim().to_string(),
            }),
            _ => None,
        })
        .collect()
}

/// Whether a header is a value, as in a crosstab: a month, or a code of one of the contract's lists. `Maret` is no `Market`.
fn is_value(header: &str, contract: &Contract, context: &Context) -> bool {
    let lists = contract.columns.values().filter_map(|column| column.codes.as_ref());
    let mut lists = lists.filter_map(|name| context.codes.get(name));
    lists.any(|list| !matches!(list.resolve(header.trim()), Err(CodeError::Unknown)))
        || Period::parse(header, &Grain::ALL).is_ok()
        || Period::parse(&format!("{} 2024", header.trim()), &Grain::ALL).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::Speaker;
    use super::super::headers::map;
    use super::*;
    use std::sync::LazyLock;

    static CONFIGURATION: LazyLock<crate::config::Configuration> = LazyLock::new(|| {
        crate::config::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the repository's configuration")
    });

    fn context() -> Context {
        Context {
            contracts: Vec::new(),
            connector: None,
            regions: CONFIGURATION.regions.clone(),
            codes: CONFIGURATION.codes.clone(),
            abbreviations: CONFIGURATION.abbreviations.clone(),
            title_words: CONFIGURATION.title_words.clone(),
            speaker: Speaker::Everyone,
            as_of: chrono::NaiveDate::from_ymd_opt(2025, 11, 30).unwrap(),
            pseudonym_key: None,
            sequence: 1,
        }
    }

    /// Column → header, of those that were taken inexactly; and what is not used.
    fn taken(dataset: &str, headers: &[&str]) -> (Vec<(String, String)>, Vec<String>) {
        let (context, contract) = (context(), &CONFIGURATION.contracts[dataset]);
        let vocabulary = Vocabulary::new(contract, &context, Default::default());
        let headers: Vec<String> = headers.iter().map(|text| (*text).to_string()).collect();
        let map = map(contract, &context, &vocabulary, &headers, &[], true);
        let name = |index: usize| contract.columns.get_index(index).unwrap().0.clone();
        let inexact = map.inexact.iter().map(|one| (name(one.column), one.header.clone()));
        (inexact.collect(), map.unknown)
    }

    #[test]
    fn a_mistyped_header_is_that_of_the_one_column_that_it_is_near_to() {
        let headers = ["Kode Wilaya", "Komoditsa", "Tangal", "Hraga Rata-Rata (Rp)", "Catatan"];
        let (taken, unknown) = taken("commodity_price", &headers);
        let expected = [
            ("region_code", "Kode Wilaya"),
            ("commodity_code", "Komoditsa"),
            ("date", "Tangal"),
            ("price", "Hraga Rata-Rata (Rp)"),
        ];
        assert_eq!(
            taken,
            expected.map(|(column, header)| (column.to_string(), header.to_string()))
        );
        assert_eq!(unknown, ["Catatan"]);
    }

    #[test]
    fn abbreviations_are_exact() {
        let headers = ["Kab./Kota", "Smt", "Jlh Pddk L", "Jlh. Pddk. Pr", "Tot. Pddk", "Jlh KK"];
        assert_eq!(taken("population", &headers), (Vec::new(), Vec::new()));
    }

    #[test]
    fn what_may_be_another_thing_is_left() {
        for (dataset, header) in [
            ("commodity_price", "Harga Kemarin"),
            ("commodity_price", "Harga Dasar"),
            ("commodity_price", "Maret"),
            ("commodity_price", "Selisih"),
            ("commodity_price", "Beras Premium"),
            ("commodity_stock", "Stok Awal"),
            ("commodity_stock", "Stok Masuk"),
            ("population", "Rumah Tangga"),
            ("population", "Jumlah X"),
        ] {
            assert_eq!(
                taken(dataset, &[header]),
                (Vec::new(), vec![header.to_string()]),
                "{header}"
            );
        }
    }

    #[test]
    fn two_headers_that_are_as_near_are_both_left() {
        let (near, unknown) = taken("commodity_price", &["Tangal", "Tangagl", "Komoditas"]);
        assert!(near.is_empty());
        assert_eq!(unknown, ["Tangal", "Tangagl"]);
        // An exact header goes first.
        let (near, unknown) = taken("commodity_price", &["Tangal", "Tanggal", "Komoditas"]);
        assert!(near.is_empty());
        assert_eq!(unknown, ["Tangal"]);
    }

    #[test]
    fn no_header_of_a_contract_is_a_typing_error_of_another_column() {
        let mut near = Vec::new();
        for contract in CONFIGURATION.contracts.values() {
            let context = context();
            let vocabulary = Vocabulary::new(contract, &context, Default::default());
            for (name, column) in &contract.columns {
                let titles = [name, &column.title.id, &column.title.en];
                for header in titles.into_iter().chain(&column.synonyms) {
                    let index = contract.columns.get_index_of(name).unwrap();
                    let others = vocabulary.near(header).into_keys().filter(|other| *other != index);
                    near.extend(others.map(|other| {
                        let other = contract.columns.get_index(other).unwrap().0;
                        format!("{}: {header} of {name} is near {other}", contract.name)
                    }));
                }
            }
        }
        assert!(near.is_empty(), "{}", near.join("\n"));
    }
}
