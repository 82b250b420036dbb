//! How long reading takes, apart from what is done with the rows.

use super::{Block, Blocks, Document, Format, ReadError, Sheet};
use crate::finding::Finding;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Adds up the time that readers take. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct ReadClock {
    nanoseconds: Arc<AtomicU64>,
}

impl ReadClock {
    /// What `read` gives; its time is added.
    pub fn time<T>(&self, read: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let result = read();
        let spent = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(spent, Ordering::Relaxed);
        result
    }

    /// The time so far, in seconds.
    pub fn seconds(&self) -> f64 {
        Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed)).as_secs_f64()
    }

    /// A document whose reading is added too.
    pub fn watch(&self, document: Box<dyn Document>) -> Box<dyn Document> {
        Box::new(Timed {
            document,
            clock: self.clone(),
        })
    }
}

struct Timed {
    document: Box<dyn Document>,
    clock: ReadClock,
}

impl Document for Timed {
    fn format(&self) -> Format {
        self.document.format()
    }

    fn sheets(&self) -> &[Sheet] {
        self.document.sheets()
    }

    fn notes(&self) -> &[Finding] {
        self.document.notes()
    }

    fn sheet_notes(&self, sheet: usize, header: u32) -> Vec<Finding> {
        self.document.sheet_notes(sheet, header)
    }

    fn blocks(&mut self, sheet: usize) -> Result<Box<dyn Blocks + '_>, ReadError> {
        let clock = self.clock.clone();
        let blocks = self.clock.time(|| self.document.blocks(sheet))?;
        Ok(Box::new(TimedBlocks { blocks, clock }))
    }
}

struct TimedBlocks<'d> {
    blocks: Box<dyn Blocks + 'd>,
    clock: ReadClock,
}

impl Blocks for TimedBlocks<'_> {
    fn next_block(&mut self) -> Result<Option<Block>, ReadError> {
        self.clock.time(|| self.blocks.next_block())
    }

    fn fields(&self) -> &[String] {
        self.blocks.fields()
    }
}
