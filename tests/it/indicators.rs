//! Every indicator of `pipelines/indicators/` on figures worked out by hand.
//!
//! `tests/indicators/<id>.toml` holds small input tables, an as-of date and the rows to come out, with the
//! arithmetic in comments. Rows that are not listed must be `missing`. From the same cases three more things are
//! tested of each file's `reads`: rows outside it move nothing, and each table in it is really read.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::array::{BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, Float64Type, Int64Type, Schema, SchemaRef};
use chrono::{Days, NaiveDate};
use lumbung::compute::{self, Indicator, Relation, Window};
use lumbung::config;
use lumbung::domain::period::{Grain, Period};
use lumbung::table::Session;
use lumbung::table::reference::regions_schema;
use lumbung::table::schema::model_schema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Columns of the tables that indicators read, with the kind of each: text, date, count, measure, money, truth.
const TABLES: [(&str, &str); 9] = [
    (
        "population",
        "region_code:text period:text period_start:date period_end:date male:count female:count total:count \
         households:count _submission:count _part:small _row:small _column:small",
    ),
    (
        "labour",
        "region_code:text period:text period_start:date period_end:date working_age:count labour_force:count \
         employed:count unemployed:count _submission:count _part:small _row:small _column:small",
    ),
    (
        "commodity_price",
        "region_code:text price_level:text market:text commodity_code:text date:date price:money unit:text \
         _submission:count _part:small _row:small _column:small",
    ),
    (
        "commitment",
        "region_code:text service:text signed_on:date target_date:date target:count _submission:count _part:small \
         _row:small _column:small",
    ),
    (
        "service_activity",
        "region_code:text service:text date:date transactions:count operators:count _submission:count _part:small \
         _row:small _column:small",
    ),
    (
        "innovation_report",
        "region_code:text innovation_id:text title:text stage:text service:text started_on:date \
         evidence_count:count inventor_nik:text _submission:count _part:small _row:small _column:small",
    ),
    (
        "regions",
        "region_code:text bps_code:text name:text level:text province_code:text province_name:text \
         population_total:count area_km2:measure autonomous:truth valid_from:date valid_to:date",
    ),
    (
        "expected",
        "dataset:text region_code:text period:text period_start:date period_end:date due_on:date \
         received_on:date",
    ),
    (
        "submissions",
        "submission:count dataset:text connector:text region_code:text received_on:date status:text rows_read:count \
         rows_accepted:count rows_quarantined:count",
    ),
];

/// Numbers that say which row it is, not how much of something.
const NOT_MEASURES: [&str; 5] = ["submission", "_submission", "_part", "_row", "_column"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    as_of: NaiveDate,
    /// CSV text by table.
    tables: BTreeMap<String, String>,
    expect: Vec<Figure>,
}

/// A row to come out. A number that is not written is null.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Figure {
    region: String,
    period: String,
    value: Option<f64>,
    numerator: Option<f64>,
    denominator: Option<f64>,
    n_rows: Option<i64>,
    #[serde(default = "ok")]
    status: String,
}

fn ok() -> String {
    "ok".to_string()
}

/// One input row: its cells by column, blank ones left out.
type Cells = BTreeMap<String, String>;
/// The input tables of a case by name.
type Tables = BTreeMap<String, Vec<Cells>>;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn indicators() -> Vec<Indicator> {
    compute::load(&root().join("pipelines/indicators")).unwrap_or_else(|problems| {
        panic!(
            "{}",
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        )
    })
}

fn case(id: &str) -> (Case, Tables) {
    let folder = root().join("tests/indicators");
    let path = folder.join(format!("{id}.toml"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let case: Case = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut tables = Tables::new();
    tables.insert(
        "regions".to_string(),
        rows(&std::fs::read_to_string(folder.join("regions.csv")).unwrap(), "regions"),
    );
    for (name, text) in &case.tables {
        tables.insert(name.clone(), rows(text, name));
    }
    (case, tables)
}

/// CSV text (no quotes needed in the cases) to rows. Periods get their first and last day.
fn rows(text: &str, table: &str) -> Vec<Cells> {
    let columns = columns(table);
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a table has a header").split(',').collect();
    let unknown = header
        .iter()
        .find(|name| !columns.iter().any(|(column, _)| column == *name));
    assert_eq!(unknown, None, "unknown column of {table}");
    let mut rows = Vec::new();
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells.len(), header.len(), "{table}: {line}");
        let filled = header.iter().zip(&cells).filter(|(_, cell)| !cell.is_empty());
        let mut row: Cells = filled
            .map(|(name, cell)| (name.to_string(), cell.to_string()))
            .collect();
        if let Some(period) = row.get("period").map(|text| Period::parse(text, &Grain::ALL).unwrap()) {
            row.insert("period_start".to_string(), period.start().to_string());
            row.insert("period_end".to_string(), period.end().to_string());
        }
        rows.push(row);
    }
    rows
}

fn columns(table: &str) -> Vec<(&'static str, &'static str)> {
    let (_, text) = TABLES
        .iter()
        .find(|(name, _)| *name == table)
        .unwrap_or_else(|| panic!("unknown table {table}"));
    text.split_whitespace()
        .map(|column| column.split_once(':').unwrap())
        .collect()
}

fn batch(table: &str, rows: &[Cells]) -> (SchemaRef, RecordBatch) {
    let mut fields = Vec::new();
    let mut arrays: Vec<Arc<dyn Array>> = Vec::new();
    for (name, kind) in columns(table) {
        let cells: Vec<Option<&str>> = rows.iter().map(|row| row.get(name).map(String::as_str)).collect();
        let array = array(kind, &cells);
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let schema: SchemaRef = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), arrays).unwrap();
    (schema, batch)
}

fn array(kind: &str, cells: &[Option<&str>]) -> Arc<dyn Array> {
    fn parsed<T: std::str::FromStr<Err: std::fmt::Debug>>(cells: &[Option<&str>]) -> Vec<Option<T>> {
        cells
            .iter()
            .map(|cell| cell.map(|text| text.parse().unwrap()))
            .collect()
    }
    match kind {
        "text" => Arc::new(StringArray::from(cells.to_vec())),
        "count" => Arc::new(Int64Array::from(parsed::<i64>(cells))),
        "small" => Arc::new(Int32Array::from(parsed::<i32>(cells))),
        "measure" => Arc::new(Float64Array::from(parsed::<f64>(cells))),
        "truth" => Arc::new(BooleanArray::from(parsed::<bool>(cells))),
        "date" => {
            let dates = parsed::<NaiveDate>(cells).into_iter();
            Arc::new(Date32Array::from(dates.map(|date| date.map(days)).collect::<Vec<_>>()))
        }
        "money" => {
            let cents = cells
                .iter()
                .map(|cell| cell.map(|text| text.replace('.', "").parse::<i128>().unwrap()));
            let array = Decimal128Array::from(cents.collect::<Vec<_>>());
            Arc::new(array.with_precision_and_scale(18, 2).unwrap())
        }
        other => panic!("unknown kind {other}"),
    }
}

fn days(date: NaiveDate) -> i32 {
    date.signed_duration_since(NaiveDate::default()).num_days() as i32
}

/// Runs one indicator over the tables; tables that are not given are empty.
async fn answer(indicator: &Indicator, tables: &Tables, as_of: NaiveDate) -> Vec<Figure> {
    let session = Session::new(256).unwrap();
    for (table, _) in TABLES {
        let (schema, batch) = batch(table, tables.get(table).map(Vec::as_slice).unwrap_or_default());
        session.register_batches(table, schema, vec![batch]).unwrap();
    }
    let one = std::slice::from_ref(indicator);
    let found = compute::compute(&session, one, as_of, &BTreeSet::new(), &Arc::default())
        .await
        .unwrap();
    assert_eq!(found.failures, [], "{}", indicator.id);
    let figures: Vec<Figure> = found.rows.iter().flat_map(|batch| figures(batch, indicator)).collect();
    let order = |figure: &Figure| (figure.period.clone(), figure.region.clone());
    assert!(figures.is_sorted_by_key(order), "{} is not sorted", indicator.id);
    figures
}

fn figures(batch: &RecordBatch, indicator: &Indicator) -> Vec<Figure> {
    assert_eq!(batch.schema(), compute::rows_schema());
    let text = |name: &str| batch.column_by_name(name).unwrap().as_string::<i32>().clone();
    let number = |name: &str| {
        batch
            .column_by_name(name)
            .unwrap()
            .as_primitive::<Float64Type>()
            .clone()
    };
    let (region, period, status) = (text("region_code"), text("period"), text("status"));
    let (value, numerator, denominator) = (number("value"), number("numerator"), number("denominator"));
    let n_rows = batch
        .column_by_name("n_rows")
        .unwrap()
        .as_primitive::<Int64Type>()
        .clone();
    assert!(text("indicator_id").iter().all(|id| id == Some(indicator.id.as_str())));
    assert!(text("unit").iter().all(|unit| unit == Some(indicator.unit.as_str())));
    let some = |array: &Float64Array, index: usize| array.is_valid(index).then(|| array.value(index));
    (0..batch.num_rows())
        .map(|index| Figure {
            region: region.value(index).to_string(),
            period: period.value(index).to_string(),
            value: some(&value, index),
            numerator: some(&numerator, index),
            denominator: some(&denominator, index),
            n_rows: n_rows.is_valid(index).then(|| n_rows.value(index)),
            status: status.value(index).to_string(),
        })
        .collect()
}

fn close(left: Option<f64>, right: Option<f64>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => (left - right).abs() <= 1e-9 * left.abs().max(right.abs()).max(1.0),
        (left, right) => left == right,
    }
}

fn same(left: &Figure, right: &Figure) -> bool {
    close(left.value, right.value)
        && close(left.numerator, right.numerator)
        && close(left.denominator, right.denominator)
        && (left.n_rows, &left.status) == (right.n_rows, &right.status)
}

fn find<'a>(figures: &'a [Figure], region: &str, period: &str) -> Option<&'a Figure> {
    figures
        .iter()
        .find(|figure| figure.region == region && figure.period == period)
}

#[test]
fn there_is_a_case_for_every_indicator_and_no_other() {
    let known: BTreeSet<String> = indicators().into_iter().map(|indicator| indicator.id).collect();
    assert!(known.len() >= 18);
    let files = std::fs::read_dir(root().join("tests/indicators"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let tomls = files.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    let cases: BTreeSet<String> = tomls.map(|path| stem(&path)).collect();
    assert_eq!(known, cases);
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

#[test]
fn the_cases_use_the_columns_of_the_contracts() {
    let configuration = config::load(&root()).unwrap_or_else(|problems| {
        panic!(
            "{}",
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        )
    });
    let shape = |schema: &Schema| -> Vec<(String, DataType)> {
        schema
            .fields()
            .iter()
            .map(|field| (field.name().clone(), field.data_type().clone()))
            .collect()
    };
    let mut datasets = 0;
    for (name, _) in TABLES {
        if let Some(contract) = configuration.contracts.get(name) {
            assert_eq!(shape(&batch(name, &[]).0), shape(&model_schema(contract)), "{name}");
            datasets += 1;
        }
    }
    assert_eq!(datasets, 6);
    assert_eq!(shape(&batch("regions", &[]).0), shape(&regions_schema()));
}

#[tokio::test]
async fn every_indicator_gives_what_was_worked_out_by_hand() {
    for indicator in indicators() {
        let (case, tables) = case(&indicator.id);
        let found = answer(&indicator, &tables, case.as_of).await;
        for expected in &case.expect {
            let figure = find(&found, &expected.region, &expected.period)
                .unwrap_or_else(|| panic!("{}: no row for {expected:?}; found {found:?}", indicator.id));
            assert!(
                same(figure, expected),
                "{}:\nexpected {expected:?}\nfound    {figure:?}",
                indicator.id
            );
        }
        for figure in &found {
            if find(&case.expect, &figure.region, &figure.period).is_none() {
                assert_eq!(
                    (figure.value, figure.status.as_str()),
                    (None, "missing"),
                    "{}: {figure:?}",
                    indicator.id
                );
            }
        }
        assert!(
            case.expect.iter().any(|figure| figure.value.is_some()),
            "{} has no figure",
            indicator.id
        );
    }
}

#[tokio::test]
async fn rows_outside_reads_move_no_figure() {
    let mut moved_away = 0;
    for indicator in indicators() {
        let (case, tables) = case(&indicator.id);
        for target in case.expect.iter().filter(|figure| figure.value.is_some()) {
            let provinces = provinces(&tables);
            let outside = |table: &str, row: &Cells| !inside(&indicator, table, row, target, case.as_of, &provinces);
            let mut multiplied = tables.clone();
            let mut dropped = tables.clone();
            for (name, rows) in tables.iter().filter(|(name, _)| is_read(&indicator, name)) {
                let many = multiplied.get_mut(name).unwrap();
                many.iter_mut()
                    .filter(|row| outside(name, row))
                    .for_each(|row| multiply(name, row));
                dropped.get_mut(name).unwrap().retain(|row| !outside(name, row));
                moved_away += rows.iter().filter(|row| outside(name, row)).count();
            }
            for (how, changed) in [("multiplied", multiplied), ("dropped", dropped)] {
                let found = answer(&indicator, &changed, case.as_of).await;
                let figure = find(&found, &target.region, &target.period);
                assert!(
                    figure.is_some_and(|figure| same(figure, target)),
                    "{}: rows outside `reads: {}` were {how}\nexpected {target:?}\nfound    {figure:?}",
                    indicator.id,
                    indicator.reads_text(),
                );
            }
        }
    }
    assert!(moved_away > 100, "the cases hold rows outside: {moved_away}");
}

#[tokio::test]
async fn every_table_in_reads_is_read() {
    for indicator in indicators() {
        let (case, tables) = case(&indicator.id);
        let before = answer(&indicator, &tables, case.as_of).await;
        for read in &indicator.reads {
            let mut moved = false;
            for index in 0..tables.get(&read.table).map_or(0, Vec::len) {
                let mut changed = tables.clone();
                changed.get_mut(&read.table).unwrap().remove(index);
                let after = answer(&indicator, &changed, case.as_of).await;
                if after.len() != before.len() || !after.iter().zip(&before).all(|(left, right)| same(left, right)) {
                    moved = true;
                    break;
                }
            }
            assert!(moved, "{} does not read {}", indicator.id, read.table);
        }
    }
}

fn is_read(indicator: &Indicator, table: &str) -> bool {
    indicator.reads.iter().any(|read| read.table == table)
}

fn provinces(tables: &Tables) -> BTreeMap<String, String> {
    tables["regions"]
        .iter()
        .map(|row| (row["region_code"].clone(), row["province_code"].clone()))
        .collect()
}

/// Whether `reads` lets a row move the figure of the target.
fn inside(
    indicator: &Indicator,
    table: &str,
    row: &Cells,
    target: &Figure,
    as_of: NaiveDate,
    provinces: &BTreeMap<String, String>,
) -> bool {
    indicator.reads.iter().filter(|read| read.table == table).any(|read| {
        let region = row.get("region_code");
        let near = match read.relation {
            Relation::AllRegions => true,
            Relation::SameRegion => region == Some(&target.region),
            Relation::SameProvince => {
                region.is_some_and(|region| provinces.get(region) == provinces.get(&target.region))
            }
        };
        let in_time = |window: &Window| in_window(*window, row, target, as_of);
        near && (read.windows.is_empty() || read.windows.iter().any(in_time))
    })
}

fn in_window(window: Window, row: &Cells, target: &Figure, as_of: NaiveDate) -> bool {
    let date = |name: &str| row.get(name).map(|text| text.parse::<NaiveDate>().unwrap());
    let last = ["due_on", "received_on", "date", "period_end"]
        .into_iter()
        .find_map(date)
        .expect("a row has a time");
    let period = Period::parse(&target.period, &Grain::ALL).unwrap();
    let within = |period: Period| match row.get("period") {
        Some(text) => *text == period.to_string(),
        None => period.contains(last),
    };
    match window {
        Window::SamePeriod => within(period),
        Window::PreviousPeriod => within(period.previous()),
        Window::UpToAsOf => last <= as_of,
        Window::LastDays(days) => last <= as_of && last > as_of - Days::new(u64::from(days)),
    }
}

/// Multiplies the measures of a row by seven.
fn multiply(table: &str, row: &mut Cells) {
    for (name, kind) in columns(table)
        .into_iter()
        .filter(|(name, _)| !NOT_MEASURES.contains(name))
    {
        let Some(cell) = row.get_mut(name) else { continue };
        match kind {
            "count" => *cell = (cell.parse::<i64>().unwrap() * 7).to_string(),
            "measure" => *cell = (cell.parse::<f64>().unwrap() * 7.0).to_string(),
            "money" => *cell = format!("{:.2}", cell.parse::<f64>().unwrap() * 7.0),
            _ => {}
        }
    }
}
