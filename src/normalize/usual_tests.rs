//! Both ways over the same rows come to the same: that is what lets a row go either way.

use super::super::Event;
use super::super::headers::{self, Vocabulary};
use super::super::route::{Layout, RoutedSheet};
use super::super::speaker::Speaker;
use super::super::style::{Styles, Witness};
use super::*;
use crate::config::{Configuration, Contract};
use crate::domain::number::Style;
use crate::normalize::Context;
use proptest::prelude::*;
use std::path::Path;
use std::sync::{Arc, LazyLock};

static CONFIGURATION: LazyLock<Configuration> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate::config::load(root).unwrap_or_else(|problems| panic!("{problems:?}"))
});

/// What officers write into cells of any column.
const ODD: [&str; 39] = [
    "",
    " ",
    "-",
    "n/a",
    "0",
    "1",
    "(1)",
    "12.500",
    "12.500,50",
    "12,5",
    "12.50",
    "1.2.3",
    "12,500",
    "-5",
    "Rp 12.500,-",
    "(1.234)",
    "1e5",
    "nan",
    "１２",
    "999999999999999999999",
    "31/02/2025",
    "08/25/2025",
    "12 Agustus 2025",
    "2025-S1",
    "Semester II 2024",
    "32.73",
    "3273",
    "32.1",
    "Kota Bandung",
    "Bandung",
    "Jumlah",
    "Sumber: BPS",
    "*) angka sementara",
    "warga 3273 0155 0580 0001",
    "140,000",
    "7,65432E+06",
    "13.500 (naik)",
    "Rp. 48.000,-/kg",
    "46338",
];

/// What fits a column of this kind.
fn fitting(kind: ColumnType) -> &'static [&'static str] {
    match kind {
        ColumnType::Region => &["32.73", "32.04", "32", "KOTA BANDUNG", "Kab. Bogor", "91.01"],
        ColumnType::Period => &["2024", "2024-S2", "Semester I 2025", "2025-08", "2025-Q1"],
        ColumnType::Date => &["2025-08-29", "29/08/2025", "01-09-2025", "20250901"],
        ColumnType::Money | ColumnType::Decimal => &["12500", "12.500", "12.500,50", "1500"],
        ColumnType::Count => &["12", "1.234", "1200000", "0"],
        ColumnType::Measure => &["5,4", "5", "12,25", "0,5"],
        // See `choice`.
        ColumnType::Code => &[],
        ColumnType::Text | ColumnType::Nik => &["Pasar Baru", "Layanan 24 jam", "é", "  spasi ", "a\tb"],
    }
}

fn cell() -> impl Strategy<Value = (bool, usize)> {
    (prop::bool::weighted(0.85), 0_usize..ODD.len())
}

/// A text for a column: one that fits, or any.
fn choice(column: &crate::config::Column, fits: bool, pick: usize) -> String {
    if fits && let Some(table) = column.codes.as_ref().and_then(|name| CONFIGURATION.codes.get(name)) {
        let entries: Vec<_> = table.entries().iter().collect();
        return entries[pick % entries.len()].name_id.clone();
    }
    let choices = match fitting(column.kind) {
        choices if fits && !choices.is_empty() => choices,
        _ => &ODD,
    };
    choices[pick % choices.len()].to_string()
}

/// A contract's own sheet with these cells, and a column that nobody reads.
fn block(contract: &Contract, cells: &[Vec<(bool, usize)>]) -> Block {
    let mut block = Block {
        numbers_are_lines: true,
        ..Block::default()
    };
    for (row, picks) in cells.iter().enumerate() {
        for (column, (fits, pick)) in contract.columns.values().zip(picks) {
            let written = choice(column, *fits, *pick);
            // Some sheets hold numbers as numbers.
            let raw = match written.parse::<i64>() {
                Ok(number) if pick % 3 == 0 => RawCell::Integer(number),
                _ if written.is_empty() => RawCell::Empty,
                _ => RawCell::Text(block.push_text(&written)),
            };
            block.cells.push(raw);
        }
        if picks[0].1 == 7 {
            let more = block.push_text("lebih");
            block.cells.push(RawCell::Text(more));
        }
        block.end_row(row as u32 + 2);
    }
    block
}

fn context(contract: &Arc<Contract>, speaker: Speaker) -> Context {
    Context {
        contracts: vec![contract.clone()],
        connector: None,
        regions: CONFIGURATION.regions.clone(),
        codes: CONFIGURATION.codes.clone(),
        abbreviations: CONFIGURATION.abbreviations.clone(),
        title_words: CONFIGURATION.title_words.clone(),
        speaker,
        as_of: NaiveDate::from_ymd_opt(2025, 11, 30).unwrap(),
        pseudonym_key: None,
        sequence: 7,
    }
}

/// The contract's own columns in its order, below a header.
fn sheet(contract: &Arc<Contract>, context: &Context) -> RoutedSheet {
    let headers: Vec<String> = contract
        .columns
        .values()
        .map(|column| column.title.id.clone())
        .collect();
    let columns = headers::map(
        contract,
        context,
        &Vocabulary::new(contract, context, Default::default()),
        &headers,
        &[],
        true,
    );
    RoutedSheet {
        holds_personal: false,
        part: 0,
        sheet: 0,
        place: 0,
        name: None,
        contract: contract.clone(),
        witness: Witness::new(contract.columns.len()),
        layout: Layout {
            area: Default::default(),
            form: None,
            skip_rows: 0,
            header_row: Some(1),
            columns,
            crosstab: None,
            headers,
            header_rows: Vec::new(),
            lines: None,
        },
    }
}

fn plan(sheet: &RoutedSheet) -> SheetPlan<'_> {
    SheetPlan {
        used: sheet.layout.columns.source.iter().flatten().copied().collect(),
        constants: vec![None; sheet.contract.columns.len()],
        layout: sheet.layout.clone(),
        sheet,
    }
}

/// Everything that can be seen of a block that was read one way.
fn seen(contract: &Arc<Contract>, context: &Context, style: Style, block: &Block, carefully: bool) -> String {
    let sheet = sheet(contract, context);
    let plan = plan(&sheet);
    let styles = Styles {
        by_column: vec![style; contract.columns.len()],
        ..Styles::declared(contract)
    };
    let mut lane = Lane::new(contract, context, styles);
    let draft = if carefully {
        lane.doubtful_draft(&plan, block, 0)
    } else {
        lane.draft(&plan, block, 0)
    };
    let harvest = lane.harvest(&plan, draft);
    let mut told = format!("{:?}\n{:?}\n", harvest.counts, lane.witness);
    for event in harvest.events {
        told += &match event {
            Event::Refused(row) => format!("refused {row:?}\n"),
            Event::Note(finding) => format!("note {finding:?}\n"),
        };
    }
    told += &format!("{:?}\n", harvest.tally.findings());
    if let Some(rows) = harvest.rows {
        told += &arrow::util::pretty::pretty_format_batches(&[rows]).unwrap().to_string();
    }
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn the_fast_way_and_the_careful_way_agree(
        dataset in 0_usize..6,
        cells in prop::collection::vec(prop::collection::vec(cell(), 24), 1..40),
        english: bool,
        narrow: bool,
    ) {
        let contract = CONFIGURATION.contracts.values().nth(dataset).unwrap();
        let speaker = if narrow {
            Speaker::Region { code: "32".to_string(), with_regencies: true }
        } else {
            Speaker::Everyone
        };
        let context = context(contract, speaker);
        prop_assume!(contract.columns.len() <= 24);
        let block = block(contract, &cells);
        let style = if english { Style::En } else { Style::Id };
        let fast = seen(contract, &context, style, &block, false);
        let careful = seen(contract, &context, style, &block, true);
        prop_assert_eq!(fast, careful);
    }
}

#[test]
fn plain_rows_are_in_no_doubt() {
    let contract = &CONFIGURATION.contracts["commodity_price"];
    let context = context(contract, Speaker::Everyone);
    let mut block = Block::default();
    for row in 0..50 {
        for written in [
            "32.73",
            "consumer",
            "-",
            "Beras Premium",
            "29/08/2025",
            "12.500,50",
            "kg",
        ] {
            let span = block.push_text(written);
            block.cells.push(RawCell::Text(span));
        }
        block.end_row(row + 2);
    }
    let sheet = sheet(contract, &context);
    let mut lane = Lane::new(contract, &context, Styles::declared(contract));
    let draft = lane.draft(&plan(&sheet), &block, 0);
    assert_eq!(draft.doubt, vec![false; 50]);
    let harvest = lane.harvest(&plan(&sheet), draft);
    assert_eq!((harvest.counts.accepted, harvest.rows.unwrap().num_rows()), (50, 50));
}
