//! Compute: the model to indicators, by SQL.
//!
//! An indicator is one `.sql` file of `pipelines/indicators/`: front matter in comments and one SELECT. This
//! stage reads those files ([`load`]), asks each SELECT of the tables of a [`Session`] and emits one long table
//! ([`compute`]). It decides nothing about what a figure means; that stands in the SQL. What it adds is the same
//! for all of them:
//!
//! - the **universe**: a region that an indicator does not speak about is left out, whatever the SQL returned;
//! - **time**: figures about the as-of date have its month as period and only that one; a period that begins
//!   after the as-of date is left out, one that has not ended is `provisional`;
//! - **what is missing**: a region that should have a figure and has none gets a row with status `missing` and no
//!   value. Never a zero;
//! - **trust**: a figure twice for one region and period, one that is not finite, a code that is no region's
//!   fail the indicator, and no other.
//!
//! - [`indicator`]: what an indicator is.
//! - [`front_matter`]: `.sql` files to indicators, or every problem in them with file and line.
//! - [`statement`]: what a SELECT may say, and which tables it reads.
//! - [`engine`]: asking, checking and completing; [`kept`]: answers that outlive the night.
//! - [`output`]: the published tables.

pub mod engine;
pub mod front_matter;
pub mod indicator;
pub mod kept;
pub mod output;
pub mod statement;

pub use engine::compute;
pub use front_matter::load;
pub use indicator::{Better, Expects, Indicator, IndicatorGrain, Read, Relation, Theme, Universe, Window};
pub use kept::Kept;
pub use output::{metadata_schema, rows_schema};

use arrow::array::{AsArray, RecordBatch};

/// What a night's computing gives.
#[derive(Debug, Clone)]
pub struct Indicators {
    /// Batches of [`rows_schema`], sorted by indicator, period, region over all of them.
    pub rows: Vec<RecordBatch>,
    /// The same figures over datasets in the borders of today; those of `rows` where that makes no difference.
    pub rows_today: Vec<RecordBatch>,
    /// One row an indicator, failed ones included, sorted by id; [`metadata_schema`].
    pub metadata: RecordBatch,
    /// Indicators that could not be computed, with the reason in words; they have no rows.
    pub failures: Vec<(String, String)>,
    /// How many of the others did not have to be asked.
    pub kept: usize,
}

impl Indicators {
    /// Takes what some of the indicators gave over datasets in the borders of today.
    pub fn take_today(&mut self, asked: &[Indicator], today: Indicators) {
        // A batch has rows of one indicator, and at least one.
        let id = |batch: &RecordBatch| batch.column(0).as_string::<i32>().value(0).to_string();
        self.rows_today
            .retain(|batch| asked.iter().all(|indicator| indicator.id != id(batch)));
        self.rows_today.extend(today.rows);
        self.rows_today.sort_by_key(id);
        let failures = today.failures.into_iter();
        self.failures
            .extend(failures.map(|(id, reason)| (id, format!("in the borders of today: {reason}"))));
        self.failures.sort();
    }
}
