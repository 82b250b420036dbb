//! A connector: a source system and how it is reached (`connectors/<name>.toml`).
//!
//! Every text value may hold `${NAME}` or `${NAME:-default}`, filled from the environment when the connector is
//! used, so a file carries neither secrets nor addresses of one installation.

use crate::finding::Bilingual;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

/// One source system. The file's name is the connector's name.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Connector {
    /// Set from the file name.
    #[serde(skip)]
    pub name: String,
    /// What the source is called in receipts and reports.
    pub title: Bilingual,
    /// Whom to tell of what the source sends wrongly, such as an office's address: the report of a night names it where rows
    /// that were pulled were refused.
    #[serde(default)]
    pub contact: Option<String>,
    /// How the source is reached: `drop` reads drop folders, `http` asks a paged interface.
    pub kind: Kind,
    /// The dataset this source delivers …
    #[serde(default)]
    pub dataset: Option<String>,
    /// … or, for drop folders, the datasets among which sheets are routed by their headers.
    #[serde(default)]
    pub datasets: Vec<String>,
    /// Cron line (minute hour day month weekday) in `zone`; without it the connector runs with the nightly job.
    #[serde(default)]
    pub schedule: Option<String>,
    /// IANA zone of `schedule`; the installation's zone unless set.
    #[serde(default)]
    pub zone: Option<String>,
    /// Whom this source may speak for: `all`, or, for a drop connector, `own` (default) or `province` (a
    /// province also for its regencies and cities). A drop connector may say `all` only where nobody but the
    /// ministry can write into its folders.
    #[serde(default)]
    pub scope: Option<Scope>,
    /// The one region this source speaks for, as Kemendagri code.
    #[serde(default)]
    pub region: Option<String>,
    /// How this source names regions.
    #[serde(default)]
    pub regions: Option<RegionNaming>,
    /// `true` marks everything from this source as illustrative, not real, in every output that uses it.
    #[serde(default)]
    pub illustrative: Option<String>,
    /// Set for `kind = "http"`.
    #[serde(default)]
    pub http: Option<Http>,
    /// May be set for `kind = "drop"`.
    #[serde(default)]
    pub drop: Option<Drop>,
    /// Contract column = header or field of this source, where the contract's synonyms do not suffice.
    #[serde(default)]
    pub columns: IndexMap<String, String>,
    /// Contract column = a value for every row. For `region` and `date` columns in the usual notations.
    #[serde(default)]
    pub constants: IndexMap<String, String>,
    /// Contract column = query parameter of the request whose answer holds the row.
    #[serde(default)]
    pub from_request: IndexMap<String, String>,
    /// Contract column = values that mean "not reported" in this source.
    #[serde(default)]
    pub missing: IndexMap<String, Vec<String>>,
    /// Where the table stands in files whose layout is not found by itself, for a dataset or for one region of it.
    #[serde(default)]
    pub layouts: Vec<PinnedLayout>,
}

/// Where the table of a dataset stands in the files of a source.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PinnedLayout {
    /// The dataset.
    pub dataset: String,
    /// The one region whose files are meant, as Kemendagri code; all unless set.
    #[serde(default)]
    pub region: Option<String>,
    /// Name of the sheet; every other sheet is left out.
    #[serde(default)]
    pub sheet: Option<String>,
    /// First and last sheet row of the header, from 1.
    #[serde(default)]
    pub header_rows: Option<(u32, u32)>,
}

impl Connector {
    /// The pinned layout of a dataset in the files of a region: its own before that of all.
    pub fn layout(&self, dataset: &str, region: Option<&str>) -> Option<&PinnedLayout> {
        let of_dataset = || self.layouts.iter().filter(|layout| layout.dataset == dataset);
        let own = of_dataset().find(|layout| region.is_some() && layout.region.as_deref() == region);
        own.or_else(|| of_dataset().find(|layout| layout.region.is_none()))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Drop,
    Http,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    All,
    Own,
    Province,
}

/// How a source names regions.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionNaming {
    /// `kemendagri`, `bps`, or the name of a map `pipelines/reference/region_maps/<system>.csv`.
    pub system: String,
}

/// Drop folders `drop/<region>/<connector>/`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Drop {
    /// How long a file must be unchanged before it counts, such as `30s`; the installation's unless set.
    pub settle: Option<String>,
    /// A file counts only once `<file>.done` stands beside it.
    pub done_marker: bool,
}

/// A paged HTTP interface.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Address, without query parameters.
    pub url: String,
    /// Query parameters of every request. `{as_of}` is the as-of date, `{from}` and `{to}` the cursor window.
    #[serde(default)]
    pub query: IndexMap<String, String>,
    /// Headers of every request, besides that of `auth`.
    #[serde(default)]
    pub headers: IndexMap<String, String>,
    /// One series of requests for each value: parameter = `regions` asks for each id that the connector's map
    /// confirms. Each value is a submission of its own.
    #[serde(default)]
    pub each: IndexMap<String, String>,
    /// Where the records are: a JSON pointer (`/data/items`) or, in XML, the path of the record element
    /// (`/response/rows/row`).
    pub records: String,
    /// How answers are written; seen from the answer unless set.
    #[serde(default)]
    pub format: Option<HttpFormat>,
    #[serde(default)]
    pub paging: Option<Paging>,
    #[serde(default)]
    pub auth: Option<Auth>,
    #[serde(default)]
    pub cursor: Option<Cursor>,
    /// How an error looks that comes with status 200.
    #[serde(default)]
    pub errors: Vec<ErrorMark>,
    /// Requests a unit of time, such as `5/s` or `100/m`.
    #[serde(default)]
    pub rate: Option<String>,
    /// Time for one answer, such as `30s`.
    #[serde(default)]
    pub timeout: Option<String>,
    /// Attempts after the first. 4 unless set.
    #[serde(default)]
    pub retries: Option<usize>,
    /// Largest answer, in bytes; the installation's `part_bytes` unless set.
    #[serde(default)]
    pub max_bytes: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HttpFormat {
    Json,
    Xml,
}

/// How the next page is asked for. Every kind stops at `max_pages` with a finding.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Paging {
    /// `?page=1`, `?page=2`, … until `total_pages`, or until a page without records.
    Page {
        /// Name of the page parameter.
        param: String,
        /// Number of the first page. 1 unless set.
        #[serde(default)]
        first: Option<u64>,
        /// Where the answer says how many pages there are.
        #[serde(default)]
        total_pages: Option<String>,
        /// Most pages of one pull; the installation's `pages` unless set.
        #[serde(default)]
        max_pages: Option<u64>,
    },
    /// `?offset=0`, `?offset=<records so far>`, … until `total` records, `more` is false, or a page without
    /// records. The offset counts the records that came, not those that were asked for.
    Offset {
        /// Name of the offset parameter.
        param: String,
        /// Parameter that asks for a page size, and that size.
        #[serde(default)]
        limit_param: Option<String>,
        /// The page size that `limit_param` asks for.
        #[serde(default)]
        limit: Option<u64>,
        /// Where the answer says how many records there are.
        #[serde(default)]
        total: Option<String>,
        /// Where the answer says whether there are more (`exceededTransferLimit`).
        #[serde(default)]
        more: Option<String>,
        /// Most pages of one pull; the installation's `pages` unless set.
        #[serde(default)]
        max_pages: Option<u64>,
    },
    /// The answer names the next address; it must be on the same host.
    Next {
        /// Where the answer names the next address.
        link: String,
        /// Most pages of one pull; the installation's `pages` unless set.
        #[serde(default)]
        max_pages: Option<u64>,
    },
}

/// A token, sent as a header or a query parameter; read from the environment or a file, never written here.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Header that carries the token …
    #[serde(default)]
    pub header: Option<String>,
    /// … or query parameter.
    #[serde(default)]
    pub query: Option<String>,
    /// Text before the token, such as `Bearer `.
    #[serde(default)]
    pub prefix: Option<String>,
    /// Environment variable that holds the token …
    #[serde(default)]
    pub token_env: Option<String>,
    /// … or file that holds it.
    #[serde(default)]
    pub token_file: Option<String>,
}

/// Asking only for what is new. `{from}` and `{to}` in `query` are the window.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// First date asked for when nothing has been pulled yet, `YYYY-MM-DD`.
    pub start: String,
    /// Days before the last window's end that are read again. 7 unless set.
    #[serde(default)]
    pub overlap_days: Option<u32>,
}

/// An answer with status 200 is an error when the value at `at` equals one of `is`, or differs from all of
/// `is_not`; with neither, when there is any value.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ErrorMark {
    /// JSON pointer or XML path.
    pub at: String,
    /// Values that are an error.
    #[serde(default)]
    pub is: Vec<String>,
    /// Values that are none; every other is an error.
    #[serde(default)]
    pub is_not: Vec<String>,
    /// Where the answer explains itself.
    #[serde(default)]
    pub message: Option<String>,
}
