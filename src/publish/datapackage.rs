//! `datapackage.json`: what each file of the release is (Frictionless Data Package, version 1).
//!
//! One resource a file, so that each has its size and hash; `lumbung:table` and `lumbung:partition` say which files
//! belong together. Titles are in Bahasa Indonesia and English, parted by a stroke, and by language in
//! `lumbung:title`.

use super::columns::column_title;
use super::layout::{Building, Entry};
use super::tables::{self, CODES, TABLES, Table};
use super::{PROGRAM, Publication, PublishError, Release, workbook};
use crate::config::{Column, Contract};
use crate::domain::code::CodeTable;
use crate::finding::Bilingual;
use crate::table::reference;
use arrow::datatypes::{DataType, Field, Schema};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const PARQUET: &str = "application/vnd.apache.parquet";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Writes the description of all tables and the workbook.
pub fn write(
    building: &mut Building,
    publication: &Publication<'_>,
    release: &Release<'_>,
) -> Result<(), PublishError> {
    let described = building
        .entries()
        .iter()
        .filter_map(|(path, entry)| resource(path, entry, publication));
    let package = package(publication, release, described.collect());
    building.file("datapackage.json", &pretty(&package))
}

/// JSON as people read it, with a line end.
pub fn pretty(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

fn package(publication: &Publication<'_>, release: &Release<'_>, resources: Vec<Value>) -> Value {
    let illustrative: Vec<&String> = publication.facts.illustrative.iter().collect();
    let title = both(
        "Inovasi daerah dan layanan Puja Indah",
        "Regional innovation and Puja Indah services",
    );
    let description = both(
        "Data daerah dalam satu model, indikator kinerja inovasi, dan mutu pelaporannya. Bukan Indeks Inovasi Daerah \
         resmi.",
        "What regions report in one model, the innovation-performance indicators, and the quality of reporting. Not \
         the official Indeks Inovasi Daerah.",
    );
    json!({
        "profile": "data-package",
        "name": "lumbung",
        "id": release.id,
        "version": release.id,
        "title": joined(&title),
        "description": joined(&description),
        "lumbung:title": title,
        "lumbung:description": description,
        "lumbung:release": release.id,
        "lumbung:as_of": publication.as_of.to_string(),
        "lumbung:program": PROGRAM,
        "lumbung:illustrative": !illustrative.is_empty(),
        "lumbung:illustrative_datasets": illustrative,
        "licenses": [{
            "name": "notspecified",
            "title": "Tidak ditetapkan; hak tetap pada sumber data / Not specified; rights stay with the sources",
        }],
        "sources": sources(publication),
        "resources": resources,
    })
}

/// The source systems that the listed submissions came from.
fn sources(publication: &Publication<'_>) -> Vec<Value> {
    let source = |name: &String| {
        let title = publication
            .configuration
            .connectors
            .get(name)
            .map(|connector| joined(&connector.title));
        json!({ "title": title.unwrap_or_else(|| name.clone()), "lumbung:connector": name })
    };
    publication.facts.connectors.iter().map(source).collect()
}

/// A file's description; none for files that are neither table nor workbook.
fn resource(path: &str, entry: &Entry, publication: &Publication<'_>) -> Option<Value> {
    if path == workbook::NAME {
        let title = both("Indikator, 13 periode terakhir", "Indicators, latest 13 periods");
        let illustrative = !publication.facts.illustrative.is_empty();
        return Some(Value::Object(base(path, entry, &title, illustrative, ("xlsx", XLSX))));
    }
    if let Some((dataset, partition)) = tables::dataset_of(path) {
        return dataset_resource(path, entry, publication, dataset, partition);
    }
    let table = TABLES.iter().find(|table| table.path == path)?;
    Some(table_resource(entry, publication, table))
}

fn base(path: &str, entry: &Entry, title: &Bilingual, illustrative: bool, format: (&str, &str)) -> Map<String, Value> {
    let name = path.strip_suffix(".parquet").unwrap_or(path);
    let fields = [
        ("name", json!(name)),
        ("path", json!(path)),
        ("title", json!(joined(title))),
        ("lumbung:title", json!(title)),
        ("format", json!(format.0)),
        ("mediatype", json!(format.1)),
        ("bytes", json!(entry.bytes)),
        ("hash", json!(format!("sha256:{}", entry.sha256))),
        ("lumbung:illustrative", json!(illustrative)),
    ];
    fields
        .into_iter()
        .map(|(key, value)| (key.to_string(), value))
        .collect()
}

fn table_resource(entry: &Entry, publication: &Publication<'_>, table: &Table) -> Value {
    let title = both(table.title_id, table.title_en);
    let illustrative = tables::is_illustrative(table, publication.facts);
    let mut resource = base(table.path, entry, &title, illustrative, ("parquet", PARQUET));
    let name = table.path.trim_end_matches(".parquet");
    resource.insert("lumbung:table".to_string(), json!(name));
    resource.insert("lumbung:rows".to_string(), json!(entry.rows));
    let schema = match table.path == CODES.path {
        true => reference::code_lists(&publication.facts.codes).schema(),
        false => (table.schema)(),
    };
    let fields: Vec<Value> = schema.fields().iter().map(|field| described(field, None)).collect();
    resource.insert("schema".to_string(), table_schema(fields, table.key));
    Value::Object(resource)
}

fn dataset_resource(
    path: &str,
    entry: &Entry,
    publication: &Publication<'_>,
    dataset: &str,
    partition: Option<&str>,
) -> Option<Value> {
    let contract = publication.configuration.contracts.get(dataset)?;
    let title = match partition {
        Some("all") => contract.title.clone(),
        Some(partition) => both(
            &format!("{}, {partition}", contract.title.id),
            &format!("{}, {partition}", contract.title.en),
        ),
        None => both(
            &format!("{}: belum ada data", contract.title.id),
            &format!("{}: no data yet", contract.title.en),
        ),
    };
    let illustrative = publication.facts.illustrative.contains(dataset);
    let mut resource = base(path, entry, &title, illustrative, ("parquet", PARQUET));
    resource.insert("description".to_string(), json!(joined(&contract.description)));
    resource.insert("lumbung:description".to_string(), json!(contract.description));
    resource.insert("lumbung:table".to_string(), json!(dataset));
    if let Some(partition) = partition {
        resource.insert("lumbung:partition".to_string(), json!(partition));
    }
    let model = publication
        .facts
        .models
        .iter()
        .find(|model| model.contract.name == dataset)?;
    resource.insert("lumbung:contract_version".to_string(), json!(model.version));
    resource.insert("lumbung:rows".to_string(), json!(entry.rows));
    resource.insert(
        "schema".to_string(),
        contract_schema(contract, &model.schema, &publication.facts.codes),
    );
    Some(Value::Object(resource))
}

fn contract_schema(contract: &Contract, model: &Schema, codes: &BTreeMap<String, CodeTable>) -> Value {
    let fields = model.fields().iter().map(|field| {
        let column = contract.columns.get(field.name());
        let mut described = described(field, column);
        if let Some(list) = column.and_then(|column| column.codes.as_deref()) {
            described["lumbung:codes"] = list_of_codes(list, codes);
        }
        described
    });
    table_schema(fields.collect(), &contract.key)
}

/// Where the list stands whose codes a column holds: the rows of a resource that have this `list`.
///
/// Not as `foreignKeys` of Data Package: those refer to a field of a resource, and a code is only unique in its list.
fn list_of_codes(list: &str, codes: &BTreeMap<String, CodeTable>) -> Value {
    let mut told = json!({
        "list": list,
        "resource": CODES.path.trim_end_matches(".parquet"),
        "path": CODES.path,
        "field": "code",
        "where": { "list": list },
    });
    if let Some(table) = codes.get(list) {
        let title = both(&table.title_id, &table.title_en);
        told["title"] = json!(joined(&title));
        told["lumbung:title"] = json!(title);
    }
    told
}

fn table_schema(fields: Vec<Value>, key: &[impl AsRef<str>]) -> Value {
    let mut schema = Map::from_iter([("fields".to_string(), Value::Array(fields))]);
    if !key.is_empty() {
        let key: Vec<&str> = key.iter().map(AsRef::as_ref).collect();
        schema.insert("primaryKey".to_string(), json!(key));
    }
    Value::Object(schema)
}

/// A field with title, description and unit, from the contract where it has the column.
fn described(field: &Field, column: Option<&Column>) -> Value {
    let mut described = Map::from_iter([
        ("name".to_string(), json!(field.name())),
        ("type".to_string(), json!(field_type(field.data_type()))),
    ]);
    let title = match column {
        Some(column) => column.title.clone(),
        // Further columns of a list of codes are named by whoever wrote it.
        None => column_title(field.name())
            .map_or_else(|| both(field.name(), field.name()), |title| both(title.id, title.en)),
    };
    described.insert("title".to_string(), json!(joined(&title)));
    described.insert("lumbung:title".to_string(), json!(title));
    if let Some(description) = column.and_then(|column| column.description.as_ref()) {
        described.insert("description".to_string(), json!(joined(description)));
        described.insert("lumbung:description".to_string(), json!(description));
    }
    if let Some(unit) = column.and_then(|column| column.unit.as_ref()) {
        described.insert("unit".to_string(), json!(unit));
    }
    if !field.is_nullable() {
        described.insert("constraints".to_string(), json!({ "required": true }));
    }
    Value::Object(described)
}

/// The Frictionless type of an Arrow type.
fn field_type(kind: &DataType) -> &'static str {
    match kind {
        DataType::Boolean => "boolean",
        DataType::Date32 => "date",
        DataType::Float64 | DataType::Decimal128(..) => "number",
        kind if kind.is_integer() => "integer",
        _ => "string",
    }
}

fn both(id: &str, en: &str) -> Bilingual {
    Bilingual {
        id: id.to_string(),
        en: en.to_string(),
    }
}

fn joined(text: &Bilingual) -> String {
    format!("{} / {}", text.id.trim(), text.en.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_say_type_title_and_what_is_required() {
        let schema = reference::regions_schema();
        let fields: Vec<Value> = schema.fields().iter().map(|field| described(field, None)).collect();
        let of = |name: &str| fields.iter().find(|field| field["name"] == name).unwrap();
        assert_eq!(
            of("region_code")["title"],
            "Kode wilayah Kemendagri / Kemendagri region code"
        );
        assert_eq!(of("region_code")["constraints"]["required"], true);
        assert_eq!(of("bps_code").get("constraints"), None);
        let types = [
            "region_code",
            "population_total",
            "area_km2",
            "autonomous",
            "valid_from",
        ];
        assert_eq!(
            types.map(|name| of(name)["type"].as_str().unwrap()),
            ["string", "integer", "number", "boolean", "date"]
        );
        assert_eq!(field_type(&DataType::Decimal128(18, 2)), "number");
    }
}
