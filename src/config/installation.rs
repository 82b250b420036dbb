//! The installation: `lumbung.toml`.

use schemars::JsonSchema;
use serde::Deserialize;

/// What differs between installations and belongs to no source or dataset.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Installation {
    /// IANA zone of schedules, of "today" and of the times that people read.
    pub zone: String,
    /// Cron line of the nightly job, used by `serve`.
    pub nightly: String,
    /// How long a dropped file must be unchanged before it counts.
    pub settle: String,
    /// Whom senders ask for a template, or about a receipt: every receipt names it. Such as an address and a telephone
    /// number of an office, never of a person.
    pub contact: Option<String>,
    pub limits: Limits,
    pub retention: Retention,
    pub keys: Keys,
}

impl Default for Installation {
    fn default() -> Installation {
        Installation {
            zone: "Asia/Jakarta".to_string(),
            nightly: "0 1 * * *".to_string(),
            settle: "30s".to_string(),
            contact: None,
            limits: Limits::default(),
            retention: Retention::default(),
            keys: Keys::default(),
        }
    }
}

/// Bounds on what one input may cost. Crossing one is a finding, never a crash.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Largest part (file or response body), in bytes.
    pub part_bytes: u64,
    /// Largest content of an archive such as XLSX once unpacked, in bytes.
    pub unpacked_bytes: u64,
    /// Longest line or record of a text format, in bytes.
    pub line_bytes: usize,
    /// Most columns of a sheet.
    pub columns: usize,
    /// Memory of the process that parses a workbook whole (XLS, XLSB, ODS), in MiB.
    pub workbook_memory_mb: u64,
    /// Longest time that it may take, in seconds.
    pub workbook_seconds: u64,
    /// Most rows of a model partition held in memory while it is merged.
    pub partition_rows: u64,
    /// Most pages of one pull.
    pub pages: u64,
    /// Sources pulled at the same time.
    pub sources: usize,
    /// Memory for SQL, in MiB.
    pub query_memory_mb: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            part_bytes: 2 << 30,
            unpacked_bytes: 4 << 30,
            line_bytes: 8 << 20,
            columns: 2_000,
            workbook_memory_mb: 512,
            workbook_seconds: 30,
            partition_rows: 20_000_000,
            pages: 10_000,
            sources: 8,
            query_memory_mb: 1_024,
        }
    }
}

/// How long what was received is kept. What was made of it stays, receipts too.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Days after which a file in `processed/` is removed, counted from the as-of date of the run that landed it; 0: at
    /// the end of that run. Kept for good unless set.
    pub processed_days: Option<u32>,
    /// Days after which landed bytes are removed from `raw/`, once nothing waits for them. Kept for good unless set;
    /// a contract's `raw_days` goes before. What is removed can be neither replayed nor rebuilt.
    pub raw_days: Option<u32>,
}

/// Keys by reference: the name of an environment variable, never a key.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// Variable that holds the key of pseudonyms (HMAC-SHA-256).
    pub pseudonym: Option<String>,
    /// Variable that holds the key with which landed bytes are encrypted in `raw/` (AES-256-GCM). Bytes that landed
    /// before it was set stay readable as they are.
    pub raw: Option<String>,
    /// Variables that hold earlier keys of `raw`: what was encrypted with them stays readable. `lumbung doctor` says how
    /// many files still need them.
    pub raw_previous: Vec<String>,
}
