//! Figures and what is known about them, row by row: for the workbook and the list of changes.

use super::PublishError;
use crate::table::TableError;
use arrow::array::{Array, BooleanArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};

/// A row of `indicators.parquet`.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub indicator: String,
    pub period: String,
    pub region: String,
    pub value: Option<f64>,
    pub unit: String,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    pub n_rows: Option<i64>,
    pub status: String,
}

impl Figure {
    /// Where it stands; tables of figures are sorted by it.
    pub fn key(&self) -> (&str, &str, &str) {
        (&self.indicator, &self.period, &self.region)
    }
}

/// A row of `metadata.parquet`, as far as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    pub id: String,
    pub title_id: String,
    pub title_en: String,
    pub theme: String,
    pub unit: String,
    pub grain: String,
    pub method_id: String,
    pub method_en: String,
    pub source: String,
    pub owner: String,
    pub illustrative: bool,
    pub decimals: usize,
}

/// A column in its type; tables of this program have it, those of another may not.
pub fn column<'b, T: 'static>(batch: &'b RecordBatch, name: &str) -> Result<&'b T, PublishError> {
    batch
        .column_by_name(name)
        .and_then(|column| column.as_any().downcast_ref::<T>())
        .ok_or_else(|| PublishError::Content {
            path: name.to_string(),
            reason: "is not a column of the expected type".to_string(),
        })
}

/// The figures of a batch, in order.
pub fn figures(batch: &RecordBatch) -> Result<Vec<Figure>, PublishError> {
    let text = |name: &str| column::<StringArray>(batch, name);
    let number = |name: &str| column::<Float64Array>(batch, name);
    let [indicators, periods, regions, units, statuses] = [
        text("indicator_id")?,
        text("period")?,
        text("region_code")?,
        text("unit")?,
        text("status")?,
    ];
    let [values, numerators, denominators] = [number("value")?, number("numerator")?, number("denominator")?];
    let n_rows = column::<Int64Array>(batch, "n_rows")?;
    let optional = |array: &Float64Array, row: usize| array.is_valid(row).then(|| array.value(row));
    let figure = |row: usize| Figure {
        indicator: indicators.value(row).to_string(),
        period: periods.value(row).to_string(),
        region: regions.value(row).to_string(),
        value: optional(values, row),
        unit: units.value(row).to_string(),
        numerator: optional(numerators, row),
        denominator: optional(denominators, row),
        n_rows: n_rows.is_valid(row).then(|| n_rows.value(row)),
        status: statuses.value(row).to_string(),
    };
    Ok((0..batch.num_rows()).map(figure).collect())
}

/// The figures of batches one after the other, one batch in memory at a time.
pub fn stream(
    batches: impl Iterator<Item = Result<RecordBatch, TableError>>,
) -> impl Iterator<Item = Result<Figure, PublishError>> {
    batches.flat_map(
        |batch| match batch.map_err(PublishError::from).and_then(|batch| figures(&batch)) {
            Ok(found) => found.into_iter().map(Ok).collect::<Vec<_>>(),
            Err(error) => vec![Err(error)],
        },
    )
}

/// The definitions of a metadata batch, in order.
pub fn definitions(batch: &RecordBatch) -> Result<Vec<Definition>, PublishError> {
    let text = |name: &str| column::<StringArray>(batch, name);
    let [ids, titles_id, titles_en, themes, units, grains] = [
        text("indicator_id")?,
        text("title_id")?,
        text("title_en")?,
        text("theme")?,
        text("unit")?,
        text("grain")?,
    ];
    let [methods_id, methods_en, sources, owners] =
        [text("method_id")?, text("method_en")?, text("source")?, text("owner")?];
    let illustrative = column::<BooleanArray>(batch, "illustrative")?;
    let decimals = column::<Int32Array>(batch, "decimals")?;
    let definition = |row: usize| Definition {
        id: ids.value(row).to_string(),
        title_id: titles_id.value(row).to_string(),
        title_en: titles_en.value(row).to_string(),
        theme: themes.value(row).to_string(),
        unit: units.value(row).to_string(),
        grain: grains.value(row).to_string(),
        method_id: methods_id.value(row).to_string(),
        method_en: methods_en.value(row).to_string(),
        source: sources.value(row).to_string(),
        owner: owners.value(row).to_string(),
        illustrative: illustrative.value(row),
        decimals: usize::try_from(decimals.value(row)).unwrap_or_default(),
    };
    Ok((0..batch.num_rows()).map(definition).collect())
}
