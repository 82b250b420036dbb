//! The Parquet files of a release, but for those about its quality.

use super::layout::{Building, existing};
use super::{Publication, PublishError, facts, quality};
use crate::compute::{metadata_schema, rows_schema};
use crate::table::{borders, reference};
use arrow::datatypes::SchemaRef;

/// A table that is not a dataset.
pub struct Table {
    /// Path in the release.
    pub path: &'static str,
    pub title_id: &'static str,
    pub title_en: &'static str,
    /// Columns that identify a row; none where rows have no identity.
    pub key: &'static [&'static str],
    pub schema: fn() -> SchemaRef,
}

pub const REGIONS: Table = Table {
    path: "regions.parquet",
    title_id: "Daerah",
    title_en: "Regions",
    key: &["region_code"],
    schema: reference::regions_schema,
};
pub const CODES: Table = Table {
    path: "reference/codes.parquet",
    title_id: "Daftar kode: komoditas, layanan, satuan, dan lainnya",
    title_en: "Lists of codes: commodities, services, units and others",
    key: &["list", "code"],
    schema: reference::code_lists_schema,
};
pub const REGION_CODES: Table = Table {
    path: "reference/region_codes.parquet",
    title_id: "Kode wilayah dari masa ke masa",
    title_en: "Region codes through time",
    key: &["region_code"],
    schema: borders::codes_schema,
};
pub const REGION_BORDERS: Table = Table {
    path: "reference/region_borders.parquet",
    title_id: "Kode yang membentuk suatu wilayah",
    title_en: "Codes that make up a region's borders",
    key: &["borders", "region_code", "first_day", "part_code"],
    schema: borders::schema,
};
pub const REGION_CHANGES: Table = Table {
    path: "reference/region_changes.parquet",
    title_id: "Pemekaran, perubahan kode, dan perubahan nama wilayah",
    title_en: "Splits, recodes and renames of regions",
    key: &["change_kind", "old_code", "new_code", "effective_date"],
    schema: borders::changes_schema,
};
pub const REGION_IDS: Table = Table {
    path: "reference/region_ids.parquet",
    title_id: "Kode wilayah di sistem lain",
    title_en: "Region ids of other systems",
    key: &["system", "source_id"],
    schema: borders::ids_schema,
};
pub const SUBMISSIONS: Table = Table {
    path: "submissions.parquet",
    title_id: "Kiriman",
    title_en: "Submissions",
    key: &["submission", "part", "dataset"],
    schema: facts::submissions_schema,
};
pub const INDICATORS: Table = Table {
    path: "indicators/indicators.parquet",
    title_id: "Indikator",
    title_en: "Indicators",
    key: &["indicator_id", "region_code", "period"],
    schema: rows_schema,
};
pub const INDICATORS_TODAY: Table = Table {
    path: "indicators/indicators_today.parquet",
    title_id: "Indikator menurut wilayah sekarang",
    title_en: "Indicators in the borders of today",
    key: &["indicator_id", "region_code", "period"],
    schema: rows_schema,
};
pub const METADATA: Table = Table {
    path: "indicators/metadata.parquet",
    title_id: "Definisi indikator",
    title_en: "Definitions of the indicators",
    key: &["indicator_id"],
    schema: metadata_schema,
};
pub const COVERAGE: Table = Table {
    path: "quality/coverage.parquet",
    title_id: "Cakupan pelaporan",
    title_en: "Coverage of reporting",
    key: &["dataset", "period", "level"],
    schema: quality::coverage_schema,
};
pub const TIMELINESS: Table = Table {
    path: "quality/timeliness.parquet",
    title_id: "Ketepatan waktu pelaporan",
    title_en: "Timeliness of reporting",
    key: &["dataset", "region_code", "period"],
    schema: quality::timeliness_schema,
};
pub const QUALITY: Table = Table {
    path: "quality/quality.parquet",
    title_id: "Mutu data menurut daerah",
    title_en: "Quality of the data by region",
    key: &["dataset", "region_code"],
    schema: facts::quality_schema,
};
pub const FINDINGS: Table = Table {
    path: "quality/findings.parquet",
    title_id: "Temuan",
    title_en: "Findings",
    key: &[],
    schema: facts::findings_schema,
};

/// Every table that is not a dataset.
pub const TABLES: [Table; 14] = [
    REGIONS,
    CODES,
    REGION_CODES,
    REGION_BORDERS,
    REGION_CHANGES,
    REGION_IDS,
    SUBMISSIONS,
    INDICATORS,
    INDICATORS_TODAY,
    METADATA,
    COVERAGE,
    TIMELINESS,
    QUALITY,
    FINDINGS,
];

/// Name of the file of a dataset without rows: it keeps `datasets/<name>/*.parquet` readable.
const EMPTY: &str = "empty";

/// Whether a table shows illustrative figures.
pub fn is_illustrative(table: &Table, facts: &facts::Facts) -> bool {
    let is_reference = table.path == REGIONS.path || table.path.starts_with("reference/");
    !is_reference && !facts.illustrative.is_empty()
}

/// Key-value pairs of a table's file. No date among them: equal rows are equal bytes.
pub fn file_metadata(table: &Table, facts: &facts::Facts) -> Vec<(String, String)> {
    let name = table.path.trim_end_matches(".parquet").to_string();
    facts::file_metadata(&name, is_illustrative(table, facts))
}

/// Writes or links them.
pub fn write(building: &mut Building, publication: &Publication<'_>) -> Result<(), PublishError> {
    let Publication { facts, indicators, .. } = publication;
    for model in &facts.models {
        write_dataset(building, facts, model)?;
    }
    let metadata = |table: &Table| file_metadata(table, facts);
    for (table, batch) in [
        (REGIONS, &facts.regions),
        (REGION_CODES, &facts.registry.codes),
        (REGION_BORDERS, &facts.registry.borders),
        (REGION_CHANGES, &facts.registry.changes),
        (REGION_IDS, &facts.registry.ids),
    ] {
        building.table(
            table.path,
            (table.schema)(),
            &metadata(&table),
            std::slice::from_ref(batch),
        )?;
    }
    // Its further columns are those of the configuration's tables.
    let codes = reference::code_lists(&facts.codes);
    building.table(
        CODES.path,
        codes.schema(),
        &metadata(&CODES),
        std::slice::from_ref(&codes),
    )?;
    building.adopt(SUBMISSIONS.path, &facts.submissions)?;
    for (table, rows) in [
        (INDICATORS, &indicators.rows),
        (INDICATORS_TODAY, &indicators.rows_today),
    ] {
        building.table(table.path, (table.schema)(), &metadata(&table), rows)?;
    }
    let definitions = std::slice::from_ref(&indicators.metadata);
    building.table(METADATA.path, (METADATA.schema)(), &metadata(&METADATA), definitions)?;
    building.adopt(FINDINGS.path, &facts.findings)
}

fn write_dataset(building: &mut Building, facts: &facts::Facts, model: &facts::Model) -> Result<(), PublishError> {
    let name = &model.contract.name;
    for file in &model.files {
        let source = existing(&file.path, file.rows, &file.sha256)?;
        building.adopt(&dataset_path(name, &file.partition), &source)?;
    }
    if model.files.is_empty() {
        let metadata = facts::file_metadata(&format!("datasets/{name}"), facts.illustrative.contains(name));
        building.table(&dataset_path(name, EMPTY), model.schema.clone(), &metadata, &[])?;
    }
    Ok(())
}

fn dataset_path(dataset: &str, partition: &str) -> String {
    format!("datasets/{dataset}/{partition}.parquet")
}

/// Dataset and partition of a path in the release; no partition for the file of a dataset without rows.
pub fn dataset_of(path: &str) -> Option<(&str, Option<&str>)> {
    let (dataset, file) = path.strip_prefix("datasets/")?.split_once('/')?;
    let partition = file.strip_suffix(".parquet")?;
    Some((dataset, (partition != EMPTY).then_some(partition)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_back_to_their_dataset() {
        assert_eq!(
            dataset_of(&dataset_path("labour", "2024")),
            Some(("labour", Some("2024")))
        );
        assert_eq!(dataset_of(&dataset_path("labour", EMPTY)), Some(("labour", None)));
        assert_eq!(dataset_of("quality/findings.parquet"), None);
    }

    #[test]
    fn keys_are_columns() {
        for table in TABLES {
            let schema = (table.schema)();
            for column in table.key {
                assert!(schema.index_of(column).is_ok(), "{column} of {}", table.path);
            }
        }
    }
}
