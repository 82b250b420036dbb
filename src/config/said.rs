//! Values of a column as people say them.

use super::{Column, ColumnType};
use crate::domain::code::CodeTable;
use crate::domain::personal;
use crate::domain::region::Registry;
use crate::finding::{Bilingual, said};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a key says where nothing was given.
const NOTHING: &str = "-";

impl Column {
    /// A value of this column as a table has it (`consumer`, `32.73`, `2026-S2`, `1234.50`), as people say it: the name of
    /// a code or a region, a day or a period by name, a figure with the marks of the language. What may be personal in
    /// figures and texts is masked.
    pub fn said(&self, text: &str, codes: &BTreeMap<String, CodeTable>, regions: &Registry) -> Bilingual {
        let shown = personal::shown(text);
        let named = match self.kind {
            ColumnType::Code => {
                let table = self.codes.as_ref().and_then(|name| codes.get(name));
                let entry = table.and_then(|table| table.get(table.resolve(text).unwrap_or(text)));
                entry.map(|entry| both(&entry.name_id, &entry.name_en))
            }
            ColumnType::Region => regions.get(text).map(|region| {
                let name = format!("{} ({})", region.name, region.code);
                both(&name, &name)
            }),
            ColumnType::Date | ColumnType::Period => Some(said::canonical(text)),
            ColumnType::Money | ColumnType::Decimal | ColumnType::Count | ColumnType::Measure => {
                (shown == text).then(|| said::figure(bare(text)))
            }
            ColumnType::Text | ColumnType::Nik => (text == NOTHING).then(|| both("(tidak diisi)", "(not given)")),
        };
        named.unwrap_or_else(|| both(&shown, &shown))
    }
}

/// The lists by which values are said.
#[derive(Clone)]
pub struct Names {
    pub codes: Arc<BTreeMap<String, CodeTable>>,
    pub regions: Arc<Registry>,
}

impl Names {
    /// A value of a column as people say it; see [`Column::said`].
    pub fn said(&self, column: &Column, text: &str) -> Bilingual {
        column.said(text, &self.codes, &self.regions)
    }
}

fn both(id: &str, en: &str) -> Bilingual {
    Bilingual {
        id: id.to_string(),
        en: en.to_string(),
    }
}

/// A number without the zeros that its scale writes behind it.
fn bare(number: &str) -> &str {
    match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.'),
        false => number,
    }
}
