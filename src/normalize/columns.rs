//! The typed values of one block, column by column, and the Arrow batch that they become.

use super::cell::Value;
use super::known::Known;
use crate::config::{Column, ColumnType, Contract};
use crate::domain::period::{Grain, Period};
use crate::table::reference::days;
use crate::table::schema::{self, DEFAULT_SCALE, PRECISION};
use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array, RecordBatch,
    StringArray, new_null_array,
};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, SchemaRef};
use chrono::NaiveDate;
use std::collections::HashMap;
use std::sync::Arc;

/// Where a text stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum TextRef {
    #[default]
    Null,
    /// In the block's text.
    Block { start: u32, length: u32 },
    /// Among the lane's remembered texts.
    Known(u32),
    /// Among the texts that belong to these columns.
    Own(u32),
}

/// One value for each row. What stands at rows that are not kept has no meaning.
#[derive(Debug)]
pub(super) enum Values {
    /// The column is not in the sheet: one value for all rows.
    Same(Value<'static>),
    Text(Vec<TextRef>),
    Integer(Vec<i64>),
    Float(Vec<f64>),
    Scaled(Vec<i128>),
    Date(Vec<i32>),
    Period(Vec<Period>),
}

/// A contract column over one block.
#[derive(Debug)]
pub(super) struct Filled {
    pub values: Values,
    /// False where the value is null. Not asked for `Same` and `Text`, which know themselves.
    pub valid: Vec<bool>,
}

impl Filled {
    /// Room for `rows` values of a contract column, all null.
    pub(super) fn of(column: &Column, rows: usize) -> Filled {
        let values = match column.kind {
            _ if column.pii.is_some() => Values::Text(vec![TextRef::Null; rows]),
            ColumnType::Money | ColumnType::Decimal => Values::Scaled(vec![0; rows]),
            ColumnType::Count => Values::Integer(vec![0; rows]),
            ColumnType::Measure => Values::Float(vec![0.0; rows]),
            ColumnType::Date => Values::Date(vec![0; rows]),
            ColumnType::Period => Values::Period(vec![no_period(); rows]),
            ColumnType::Region | ColumnType::Code | ColumnType::Text | ColumnType::Nik => {
                Values::Text(vec![TextRef::Null; rows])
            }
        };
        Filled {
            values,
            valid: vec![false; rows],
        }
    }

    pub(super) fn same(value: Value<'static>) -> Filled {
        Filled {
            values: Values::Same(value),
            valid: Vec::new(),
        }
    }

    pub(super) fn is_null(&self, row: usize) -> bool {
        match &self.values {
            Values::Same(value) => *value == Value::Null,
            Values::Text(texts) => matches!(texts[row], TextRef::Null),
            _ => !self.valid[row],
        }
    }

    /// Sets a value that a cell reader gave. `ColumnReader::read` gives the kind of value that its column holds.
    pub(super) fn set(&mut self, row: usize, value: &Value<'_>, own: &mut Vec<String>) {
        let mut is_valid = true;
        match (&mut self.values, value) {
            (Values::Text(texts), Value::Text(text)) => {
                texts[row] = TextRef::Own(own.len() as u32);
                own.push(text.to_string());
            }
            (Values::Integer(numbers), Value::Integer(number)) => numbers[row] = *number,
            (Values::Float(numbers), Value::Float(number)) => numbers[row] = *number,
            (Values::Scaled(numbers), Value::Scaled(number)) => numbers[row] = *number,
            (Values::Date(dates), Value::Date(date)) => dates[row] = days(*date),
            (Values::Period(periods), Value::Period(period)) => periods[row] = *period,
            // One value for all rows: set once for all.
            (Values::Same(_), _) => return,
            (Values::Text(texts), _) => texts[row] = TextRef::Null,
            _ => is_valid = false,
        }
        self.valid[row] = is_valid;
    }
}

/// What all batches of one lane have in common.
pub(super) struct Assembler {
    schema: SchemaRef,
    /// Contract index and column of every written column.
    written: Vec<(usize, Column)>,
    submission: i64,
    /// Arrays of one value, the longest made so far.
    repeated: HashMap<(usize, String), ArrayRef>,
}

/// What one block's rows are made into a batch from.
pub(super) struct Rows<'b> {
    pub columns: &'b [Filled],
    pub own: &'b [String],
    /// Text of the block.
    pub text: &'b str,
    pub keep: &'b [bool],
    pub part: i32,
    /// Sheet row, line or record of each row.
    pub numbers: &'b [u32],
    /// Sheet column of each row, from 1; empty where rows were not turned.
    pub turned: &'b [Option<i32>],
}

impl Assembler {
    pub(super) fn new(contract: &Contract, submission: i64) -> Assembler {
        let names: Vec<&String> = schema::written_columns(contract).map(|(name, _)| name).collect();
        let written = contract.columns.iter().enumerate();
        Assembler {
            schema: schema::model_schema(contract),
            written: written
                .filter(|(_, (name, _))| names.contains(name))
                .map(|(index, (_, column))| (index, column.clone()))
                .collect(),
            submission,
            repeated: HashMap::new(),
        }
    }

    /// The kept rows as a batch of the contract's schema; none where no row is kept.
    pub(super) fn batch(&mut self, rows: &Rows<'_>, known: &Known) -> Option<RecordBatch> {
        let length = rows.keep.len();
        let kept = rows.keep.iter().filter(|keep| **keep).count();
        if kept == 0 {
            return None;
        }
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.schema.fields().len());
        for (index, column) in std::mem::take(&mut self.written) {
            self.arrays(index, &column, rows, known, &mut arrays);
            self.written.push((index, column));
        }
        arrays.push(Arc::new(Int64Array::from_value(self.submission, length)));
        arrays.push(Arc::new(Int32Array::from_value(rows.part, length)));
        let number = |row: &u32| i32::try_from(*row).unwrap_or(i32::MAX);
        arrays.push(Arc::new(Int32Array::from_iter_values(rows.numbers.iter().map(number))));
        arrays.push(match rows.turned {
            [] => new_null_array(&DataType::Int32, length),
            turned => Arc::new(Int32Array::from(turned.to_vec())),
        });
        // The arrays follow `model_schema`. A key that is null is written as an empty value in rows that are not kept;
        // kept rows have all parts of their key.
        let batch = RecordBatch::try_new(self.schema.clone(), arrays).expect("arrays follow model_schema");
        if kept == length {
            return Some(batch);
        }
        // The mask has the batch's length.
        Some(filter_record_batch(&batch, &BooleanArray::from(rows.keep.to_vec())).expect("a mask of equal length"))
    }

    fn arrays(&mut self, index: usize, column: &Column, rows: &Rows<'_>, known: &Known, out: &mut Vec<ArrayRef>) {
        let filled = &rows.columns[index];
        let nulls = || nulls(&filled.valid, rows.keep);
        match &filled.values {
            Values::Same(value) => self.same(index, column, value, rows.keep.len(), out),
            Values::Text(texts) => out.push(Arc::new(strings(texts, rows, known))),
            Values::Integer(numbers) => out.push(Arc::new(Int64Array::new(numbers.clone().into(), nulls()))),
            Values::Float(numbers) => out.push(Arc::new(Float64Array::new(numbers.clone().into(), nulls()))),
            Values::Scaled(numbers) => {
                let array = Decimal128Array::new(numbers.clone().into(), nulls());
                out.push(Arc::new(decimal(array, column)));
            }
            Values::Date(dates) => out.push(Arc::new(Date32Array::new(dates.clone().into(), nulls()))),
            Values::Period(periods) => {
                let day = |pick: fn(&Period) -> NaiveDate| {
                    let days: Vec<i32> = periods.iter().map(|period| days(pick(period))).collect();
                    Date32Array::new(days.into(), nulls())
                };
                let (starts, ends) = (day(Period::start), day(Period::end));
                out.push(Arc::new(period_names(periods, &filled.valid, rows.keep)));
                out.push(Arc::new(starts));
                out.push(Arc::new(ends));
            }
        }
    }

    /// One value for all rows. Texts are kept and cut to length: building them anew costs more than all else.
    fn same(&mut self, index: usize, column: &Column, value: &Value<'static>, length: usize, out: &mut Vec<ArrayRef>) {
        if let Value::Text(text) = value {
            let key = (index, text.to_string());
            let array = self.repeated.entry(key).or_insert_with(|| repeated(text, length));
            if array.len() < length {
                *array = repeated(text, length);
            }
            out.push(array.slice(0, length));
            return;
        }
        let mut filled = Filled::of(column, length);
        for row in 0..length {
            filled.set(row, value, &mut Vec::new());
        }
        let keep = vec![true; length];
        let rows = Rows {
            columns: std::slice::from_ref(&filled),
            own: &[],
            text: "",
            keep: &keep,
            part: 0,
            numbers: &[],
            turned: &[],
        };
        self.arrays(0, column, &rows, &Known::default(), out);
    }
}

/// What stands where there is no period.
fn no_period() -> Period {
    Period::containing(Grain::Day, NaiveDate::default())
}

fn repeated(text: &str, length: usize) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, length)))
}

fn decimal(array: Decimal128Array, column: &Column) -> Decimal128Array {
    // `validate` keeps scales within the precision.
    array
        .with_precision_and_scale(PRECISION, column.scale.unwrap_or(DEFAULT_SCALE))
        .expect("a scale within the precision")
}

/// Nulls of a column. Rows that are not kept count as not null, since their keys may be.
fn nulls(valid: &[bool], keep: &[bool]) -> Option<NullBuffer> {
    let is_null = |(valid, keep): (&bool, &bool)| !*valid && *keep;
    valid
        .iter()
        .zip(keep)
        .any(is_null)
        .then(|| valid.iter().zip(keep).map(|both| !is_null(both)).collect())
}

fn strings(texts: &[TextRef], rows: &Rows<'_>, known: &Known) -> StringArray {
    let mut offsets: Vec<i32> = Vec::with_capacity(texts.len() + 1);
    let mut bytes: Vec<u8> = Vec::with_capacity(texts.len() * 8);
    let mut has_null = false;
    offsets.push(0);
    for (row, text) in texts.iter().enumerate() {
        match *text {
            TextRef::Null => has_null |= rows.keep[row],
            TextRef::Block { start, length } => {
                bytes.extend_from_slice(&rows.text.as_bytes()[start as usize..(start + length) as usize]);
            }
            TextRef::Known(index) => bytes.extend_from_slice(known.text(index).as_bytes()),
            TextRef::Own(index) => bytes.extend_from_slice(rows.own[index as usize].as_bytes()),
        }
        // A block has at most some MiB of text.
        offsets.push(bytes.len() as i32);
    }
    let nulls = has_null.then(|| {
        let is_there = |(text, keep): (&TextRef, &bool)| !(matches!(text, TextRef::Null) && *keep);
        texts.iter().zip(rows.keep).map(is_there).collect::<NullBuffer>()
    });
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    // Every piece is a whole `str`: slices of the block at cell borders, remembered texts.
    StringArray::try_new(offsets, Buffer::from_vec(bytes), nulls).expect("whole texts one behind the other")
}

/// Names of periods. The same few come in runs, so each is written out once a run.
fn period_names(periods: &[Period], valid: &[bool], keep: &[bool]) -> StringArray {
    let mut last: Option<(Period, String)> = None;
    let mut names = arrow::array::StringBuilder::with_capacity(periods.len(), periods.len() * 8);
    for (row, period) in periods.iter().enumerate() {
        if !valid[row] && keep[row] {
            names.append_null();
            continue;
        }
        match &last {
            Some((same, name)) if same == period => names.append_value(name),
            _ => {
                let name = period.to_string();
                names.append_value(&name);
                last = Some((*period, name));
            }
        }
    }
    names.finish()
}
