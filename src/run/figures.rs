//! The night's figures: in the borders of their own time, and in those of today.

use super::{Run, RunError};
use crate::compute::{self, Indicator, Indicators, Kept};
use crate::publish::Facts;
use crate::table::Session;
use std::sync::Arc;

impl Run {
    /// Asks every indicator over the model; and once more, over the datasets in the borders of today, those that read a
    /// dataset with rows from before a change of codes or borders.
    pub(super) async fn figures(&self, facts: &Facts, indicators: &[Indicator]) -> Result<Indicators, RunError> {
        let memory = self.configuration.installation.limits.query_memory_mb;
        let illustrative = facts.illustrative_tables();
        let session = Session::new(memory)?;
        facts.register(&session).await?;
        let kept = Arc::new(Kept::new(&self.data.answers(), facts.contents()?));
        let mut computed = compute::compute(&session, indicators, self.as_of, &illustrative, &kept).await?;
        let session = Session::new(memory)?;
        let moved = facts.register_today(&session).await?;
        let is_asked = |indicator: &&Indicator| {
            indicator.reads.iter().any(|read| moved.contains(&read.table))
                && computed.failures.iter().all(|(failed, _)| *failed != indicator.id)
        };
        let asked: Vec<Indicator> = indicators.iter().filter(is_asked).cloned().collect();
        if !asked.is_empty() {
            let kept = Arc::default();
            let today = compute::compute(&session, &asked, self.as_of, &illustrative, &kept).await?;
            computed.take_today(&asked, today);
        }
        Ok(computed)
    }
}
