//! Figures whose unit stands in the row or in their header, brought to the units in which the contract keeps them.

use super::Context;
use super::cell::{Value, plain};
use super::columns::{TextRef, Values};
use super::headers::{ColumnMap, Supplied};
use super::lane::{Given, Lane};
use super::marks::RowUnit;
use super::plan::SheetPlan;
use super::route::Layout;
use super::title;
use super::usual::Draft;
use crate::config::{ColumnType, Contract};
use crate::domain::code::{CodeEntry, CodeTable};
use crate::domain::text;
use crate::domain::unit::{self, Ratio};
use crate::finding::{Bilingual, Finding, Place};
use crate::read::Block;
use chrono::NaiveDate;

/// A column of figures that is converted, by contract index; see [`crate::config::Converts`].
#[derive(Debug, Clone)]
pub(super) struct Conversion {
    pub figure: usize,
    /// The column that names the unit.
    pub by: usize,
    /// The column that names the thing.
    of: Option<usize>,
    to: Vec<String>,
    per_unit: bool,
}

impl Conversion {
    /// All of a contract.
    pub(super) fn all(contract: &Contract) -> Vec<Conversion> {
        let columns = contract.columns.values().enumerate();
        columns
            .filter_map(|(figure, column)| {
                let converts = column.converts.as_ref()?;
                Some(Conversion {
                    figure,
                    by: contract.columns.get_index_of(&converts.by)?,
                    of: converts
                        .of
                        .as_ref()
                        .and_then(|name| contract.columns.get_index_of(name)),
                    to: converts.to.clone(),
                    per_unit: converts.per_unit,
                })
            })
            .collect()
    }

    fn keeps(&self, unit: &str) -> bool {
        self.to.iter().any(|to| to == unit)
    }

    /// What figures in a unit are multiplied by, and the unit that they are in then.
    fn ratio(&self, unit: &str, units: &CodeTable, thing: Option<&CodeEntry>) -> Option<(String, Ratio)> {
        let (to, ratio) = unit::converted(unit, &self.to, units, thing)?;
        let ratio = if self.per_unit { ratio.inverse() } else { ratio };
        Some((to.to_string(), ratio))
    }

    /// What is told of a header that names another unit than those in which figures are kept.
    pub(super) fn told_of_header(&self, unit: &str, units: &CodeTable) -> Option<Finding> {
        let (to, ratio) = self.ratio(unit, units, None).filter(|_| !self.keeps(unit))?;
        let finding = Finding::of("unit-by-header").with_figure("factor", ratio.text());
        Some(
            finding
                .with_both("from", &name(unit, units))
                .with_both("to", &name(&to, units)),
        )
    }
}

/// Words of a header's bracket that are no unit of a quantity.
const OTHER_WORDS: [&str; 24] = [
    "rp", "rupiah", "idr", "per", "ribu", "ribuan", "rb", "000", "juta", "jutaan", "jt", "miliar", "milyar",
    "miliaran", "milyaran", "triliun", "thousand", "million", "billion", "dalam", "dlm", "satuan", "in", "sat",
];

/// The unit that a header names in brackets or behind its name: `Harga (Rp/ons)`, `Stok (ribu ton)`, `Harga Rp/kg`.
pub(super) fn of_header(header: &str, units: &CodeTable) -> Option<String> {
    in_header(header).find_map(|unit| units.resolve(&other_words(unit).join(" ")).ok().map(str::to_string))
}

/// Words of a unit besides those of money and powers of ten.
fn other_words(unit: &str) -> Vec<String> {
    let normal = text::normal(unit);
    let words = normal.split(' ').filter(|word| !OTHER_WORDS.contains(word));
    words.map(str::to_string).collect()
}

/// Most words of a unit in a title.
const TITLE_WORDS: usize = 3;

/// The unit that a title names, also with more words behind it: `(Rp/ons)`, `Satuan: Rp/kg`, `dalam rupiah per ons menurut
/// pasar`, `HARGA PER KARUNG`.
fn of_title(title: &str, units: &CodeTable) -> Option<String> {
    let whole = Some(title).filter(|title| text::is_unit(title));
    let lower = title.to_ascii_lowercase();
    let per = lower.match_indices(" per ").map(|(at, _)| &title[at..]);
    let mut found = title::units(title)
        .into_iter()
        .chain(whole)
        .chain(per)
        .filter_map(|unit| {
            let words = other_words(unit);
            let lengths = (1..=words.len().min(TITLE_WORDS)).rev();
            let mut phrases = lengths.map(|length| words[..length].join(" "));
            phrases.find_map(|phrase| units.resolve(&phrase).ok().map(str::to_string))
        });
    found.next()
}

/// Whether a text says more than one unit of a quantity: `kg dan liter`, `ton/kuintal`.
fn says_several(text: &str, units: &CodeTable) -> bool {
    let words = other_words(text);
    let mut found: Vec<&str> = Vec::new();
    let mut rest = &words[..];
    while let [first, behind @ ..] = rest {
        let lengths = (1..=rest.len().min(TITLE_WORDS)).rev();
        let unit = lengths
            .filter_map(|length| Some((units.resolve(&rest[..length].join(" ")).ok()?, length)))
            .next();
        match unit {
            Some((unit, length)) => {
                found.push(unit);
                rest = &rest[length..];
            }
            None if JOINING.contains(&first.as_str()) => rest = behind,
            None => break,
        }
    }
    found.dedup();
    found.len() > 1
}

/// Words between two units.
const JOINING: [&str; 5] = ["dan", "atau", "serta", "and", "or"];

/// The header or title that says more than one unit of figures whose rows name none, and the column of these.
pub(super) fn several<'t>(
    contract: &Contract,
    context: &Context,
    layout: &'t Layout,
    titles: &'t [String],
) -> Option<(usize, &'t str)> {
    Conversion::all(contract).iter().find_map(|conversion| {
        let columns = &layout.columns;
        let source = columns.source[conversion.figure]?;
        let is_known = columns.source[conversion.by].is_some()
            || matches!(
                columns.supplied[conversion.by],
                Some(Supplied::Constant(_) | Supplied::Request(_))
            );
        let codes = contract.columns[conversion.by].codes.as_ref();
        let units = codes.and_then(|codes| context.codes.get(codes)).filter(|_| !is_known)?;
        let of_title = |title: &'t String| {
            let units = title::units(title).into_iter().chain(in_header(title));
            units.map(move |unit| (title, unit))
        };
        let header = layout.headers.get(source);
        let of_header = header
            .into_iter()
            .flat_map(|header| in_header(header).map(move |unit| (header, unit)));
        let mut said = of_header.chain(titles.iter().flat_map(of_title));
        let (text, _) = said.find(|(_, unit)| says_several(unit, units))?;
        Some((conversion.figure, text.trim()))
    })
}

/// What a header says in brackets, and behind its name.
fn in_header(header: &str) -> impl Iterator<Item = &str> {
    let mut rest = header;
    let brackets = std::iter::from_fn(move || {
        let (_, inside, after) = text::bracket(rest)?;
        rest = after;
        Some(inside)
    });
    brackets.chain(text::unit_behind(header).map(|(_, behind)| behind))
}

/// Name of a unit in both languages.
fn name(code: &str, units: &CodeTable) -> Bilingual {
    let entry = units.get(code);
    Bilingual {
        id: entry.map_or(code, |entry| &entry.name_id).to_string(),
        en: entry.map_or(code, |entry| &entry.name_en).to_string(),
    }
}

fn names<'n>(codes: impl Iterator<Item = &'n str>, units: &CodeTable) -> Bilingual {
    let (mut id, mut en) = (Vec::new(), Vec::new());
    for name in codes.map(|code| name(code, units)) {
        id.push(name.id);
        en.push(name.en);
    }
    Bilingual {
        id: id.join(", "),
        en: en.join(", "),
    }
}

impl<'c> Lane<'c> {
    /// The table of the units of a conversion.
    fn units_of(&self, conversion: &Conversion) -> Option<&'c CodeTable> {
        let codes = self.readers[conversion.by].column.codes.as_ref()?;
        self.context.codes.get(codes)
    }

    /// Reads the figures that are converted, after all else of a row.
    pub(super) fn convert<'b>(
        &mut self,
        plan: &SheetPlan<'_>,
        block: &'b Block,
        row: usize,
        values: &mut [Value<'b>],
        on: NaiveDate,
        findings: &mut Vec<Finding>,
    ) {
        for conversion in self.conversions.clone().iter() {
            let by_header = plan.layout.columns.unit_by_header.as_ref();
            let unit = match &values[conversion.by] {
                Value::Text(unit) => Some(unit.to_string()),
                _ => by_header
                    .filter(|(by, _)| *by == conversion.by)
                    .map(|(_, unit)| unit.clone()),
            };
            let mut given = Given {
                on,
                ratio: Ratio::ONE,
                unit: None,
            };
            if let (Some(unit), Some(units)) = (unit, self.units_of(conversion)) {
                given.unit = Some(RowUnit { code: &unit, units });
                let mut to = unit.clone();
                if !conversion.keeps(&unit) {
                    let thing = self.thing_of(conversion, values);
                    let Some(found) = conversion.ratio(&unit, units, thing) else {
                        findings.push(self.not_convertible(plan, block, row, conversion, &unit, units));
                        continue;
                    };
                    (to, given.ratio) = found;
                }
                values[conversion.by] = Value::Text(to.clone().into());
                values[conversion.figure] = self.value(plan, block, row, conversion.figure, given, findings);
                let is_told = given.ratio != Ratio::ONE && plan.layout.columns.source[conversion.by].is_some();
                if let Some(read) = self
                    .figure_text(conversion.figure, &values[conversion.figure])
                    .filter(|_| is_told)
                {
                    let place = self.place_of(plan, block, row, conversion.figure);
                    let note = Finding::of("unit-converted").with_figure("read", read);
                    let note = note
                        .with_both("from", &name(&unit, units))
                        .with_both("to", &name(&to, units));
                    findings.push(note.with("column", self.label(plan, conversion.figure)).at(place));
                }
                continue;
            }
            values[conversion.figure] = self.value(plan, block, row, conversion.figure, given, findings);
        }
    }

    /// What a row is about, where its table says what a unit of it holds.
    fn thing_of(&self, conversion: &Conversion, values: &[Value<'_>]) -> Option<&'c CodeEntry> {
        let of = conversion.of?;
        let Value::Text(code) = &values[of] else { return None };
        self.context
            .codes
            .get(self.readers[of].column.codes.as_ref()?)?
            .get(code)
    }

    fn not_convertible(
        &self,
        plan: &SheetPlan<'_>,
        block: &Block,
        row: usize,
        conversion: &Conversion,
        unit: &str,
        units: &CodeTable,
    ) -> Finding {
        let known = units.entries().iter().map(|entry| entry.code.as_str());
        let known = known.filter(|code| conversion.keeps(code) || conversion.ratio(code, units, None).is_some());
        let index = match plan.layout.columns.source[conversion.by] {
            Some(_) => conversion.by,
            None => conversion.figure,
        };
        Finding::of("unit-not-convertible")
            .value(name(unit, units).id)
            .with_both("unit", &name(unit, units))
            .with_both("to", &names(conversion.to.iter().map(String::as_str), units))
            .with_both("known", &names(known, units))
            .with("column", self.label(plan, index))
            .at(self.place_of(plan, block, row, index))
    }

    /// A figure as a person reads it; none where there is none.
    fn figure_text(&self, index: usize, value: &Value<'_>) -> Option<String> {
        match value {
            Value::Integer(number) => Some(number.to_string()),
            Value::Float(number) => Some(plain(*number)),
            Value::Scaled(number) => Some(plain(*number as f64 / 10_f64.powi(self.readers[index].scale as i32))),
            _ => None,
        }
    }

    /// Whether a column's one value is a unit from which figures are converted.
    pub(super) fn is_converted(&self, plan: &SheetPlan<'_>, index: usize) -> bool {
        let unit = match &plan.constants[index] {
            Some(Value::Text(unit)) if plan.layout.columns.source[index].is_none() => unit,
            _ => return false,
        };
        self.conversions
            .iter()
            .any(|conversion| conversion.by == index && !conversion.keeps(unit))
    }

    /// Rows whose figures must be converted are read one by one.
    pub(super) fn doubt_units(&self, plan: &SheetPlan<'_>, draft: &mut Draft<'_>) {
        for conversion in self.conversions.iter() {
            let all = self.is_converted(plan, conversion.by);
            let Values::Text(texts) = &draft.columns[conversion.by].values else {
                continue;
            };
            for row in draft.rows() {
                let is_kept = match texts[row] {
                    TextRef::Null => plan.layout.columns.unit_by_header.is_none(),
                    TextRef::Known(position) => conversion.keeps(self.known.text(position)),
                    _ => false,
                };
                draft.doubt[row] |= all || !is_kept;
            }
        }
    }
}

/// What is told of the unit that a header names, where no column does.
pub(super) fn told(contract: &Contract, context: &Context, map: &ColumnMap, place: &Place) -> Vec<Finding> {
    let Some((by, unit)) = map.unit_by_header.as_ref() else {
        return Vec::new();
    };
    let column = &contract.columns[*by];
    let units = column.codes.as_ref().and_then(|codes| context.codes.get(codes));
    let (Some(units), Some(Supplied::Header(_) | Supplied::Label(_))) = (units, &map.supplied[*by]) else {
        return Vec::new();
    };
    let at = |index: usize| Place {
        column: contract.columns.get_index(index).map(|(name, _)| name.clone()),
        ..place.clone()
    };
    let supplied = Finding::of("supplied-by-header").with_both("column", &column.title);
    let supplied = supplied.with_both("value", &name(unit, units));
    let mut told = vec![supplied.value(&name(unit, units).id).at(at(*by))];
    // What a title supplies is told with all else that it does.
    told.retain(|_| matches!(map.supplied[*by], Some(Supplied::Header(_))));
    for conversion in Conversion::all(contract)
        .iter()
        .filter(|conversion| conversion.by == *by)
    {
        let title = &contract.columns[conversion.figure].title;
        let note = conversion.told_of_header(unit, units);
        told.extend(note.map(|note| note.with_both("column", title).at(at(conversion.figure))));
    }
    told
}

/// The unit that the header of a converted figure names, with the column that units stand in; none where two say
/// different ones.
pub(super) fn by_header<'h>(
    contract: &Contract,
    context: &Context,
    header_of: impl Fn(usize) -> Option<&'h str>,
) -> Option<(usize, String)> {
    let mut found: Option<(usize, String)> = None;
    for conversion in Conversion::all(contract) {
        let column = &contract.columns[conversion.by];
        debug_assert_eq!(column.kind, ColumnType::Code, "`validate` made sure of it");
        let units = column.codes.as_ref().and_then(|codes| context.codes.get(codes));
        let unit = header_of(conversion.figure)
            .zip(units)
            .and_then(|(header, units)| of_header(header, units));
        let Some(unit) = unit.map(|unit| (conversion.by, unit)) else {
            continue;
        };
        match &found {
            Some(other) if *other != unit => return None,
            _ => found = Some(unit),
        }
    }
    found
}

/// Lets the one unit that the titles name be that of figures whose headers name none.
pub(super) fn by_title(contract: &Contract, context: &Context, titles: &[String], map: &mut ColumnMap) {
    if map.unit_by_header.is_some() {
        return;
    }
    for conversion in Conversion::all(contract) {
        let codes = contract.columns[conversion.by].codes.as_ref();
        let Some(units) = codes.and_then(|codes| context.codes.get(codes)) else {
            continue;
        };
        let mut named: Vec<String> = titles.iter().filter_map(|title| of_title(title, units)).collect();
        named.sort_unstable();
        named.dedup();
        let [unit] = &named[..] else { continue };
        if map.source[conversion.figure].is_none() {
            continue;
        }
        let supplied = &mut map.supplied[conversion.by];
        if map.source[conversion.by].is_none() && matches!(supplied, None | Some(Supplied::Default(_))) {
            *supplied = Some(Supplied::Label(name(unit, units).id));
            map.unit_by_header = Some((conversion.by, unit.clone()));
            map.missing
                .retain(|name| contract.columns.get_index_of(name) != Some(conversion.by));
        }
    }
}
