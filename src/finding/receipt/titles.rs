//! Names for the codes in what people read.

use super::super::Bilingual;
use std::collections::BTreeMap;

/// Names for the codes in a receipt and a report, for their readable forms, and the zone of their times; a code without a
/// name is shown as it is.
#[derive(Debug, Clone)]
pub struct Titles {
    /// Region code → name, such as `32.73` → `Kota Bandung`.
    pub regions: BTreeMap<String, String>,
    /// Connector → title.
    pub connectors: BTreeMap<String, Bilingual>,
    /// Dataset → title.
    pub datasets: BTreeMap<String, Bilingual>,
    /// Dataset → column → title.
    pub columns: BTreeMap<String, BTreeMap<String, Bilingual>>,
    /// By whose clocks times are told.
    pub zone: chrono_tz::Tz,
    /// Whom senders ask.
    pub contact: Option<String>,
}

impl Default for Titles {
    fn default() -> Titles {
        Titles {
            regions: BTreeMap::new(),
            connectors: BTreeMap::new(),
            datasets: BTreeMap::new(),
            columns: BTreeMap::new(),
            zone: chrono_tz::Asia::Jakarta,
            contact: None,
        }
    }
}

impl Titles {
    /// The title of a column; where the dataset is not known, the one that all datasets give it. None for what is no
    /// column, such as a header as it was written.
    pub fn column(&self, dataset: Option<&str>, column: &str) -> Option<&Bilingual> {
        if let Some(dataset) = dataset {
            return self.columns.get(dataset)?.get(column);
        }
        let mut titles = self.columns.values().filter_map(|columns| columns.get(column));
        let first = titles.next()?;
        titles.all(|title| title == first).then_some(first)
    }
}
