//! `quality/quality.parquet`: how good what each region sends is, by dataset.
//!
//! Every ratio stands beside what it was divided by, and all follow from tables of the same release: reports from
//! `timeliness`, rows from `submissions`, unusual rows and revisions from `findings`. What a province sends for its
//! regencies is the province's: reports count for the region that they are about, rows for the one that sent them.

use super::{Sources, expected_schema, findings_schema, sql, submissions_schema};
use crate::config::Configuration;
use crate::publish::PublishError;
use crate::table::session::block_on;
use crate::table::{Session, WrittenFile, reader};
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::path::Path;
use std::sync::Arc;

/// Schema of `quality`: a row for each dataset and region of which reports are due, or that sent something. A ratio is
/// from 0 to 1, and none where nothing can be divided:
///
/// - `completeness` = `reports_received` ÷ `reports_due`; `timeliness` = `reports_on_time` ÷ `reports_due`, as the
///   indicators of reporting count them;
/// - `validity` = `rows_valid` ÷ `rows_read`, where every row that was not quarantined is valid;
/// - `consistency` = 1 − `rows_unusual` ÷ `rows_accepted`, where a row is unusual that a table rule which looks back at
///   the region's own figures points at; none where the contract has no such rule;
/// - `revisions` of `submissions` changed closed periods.
pub fn quality_schema() -> SchemaRef {
    let count = |name: &str, nullable| Field::new(name, DataType::Int64, nullable);
    let ratio = |name: &str| Field::new(name, DataType::Float64, true);
    Arc::new(Schema::new(vec![
        Field::new("dataset", DataType::Utf8, false),
        Field::new("region_code", DataType::Utf8, false),
        count("reports_due", false),
        count("reports_received", false),
        count("reports_on_time", false),
        ratio("completeness"),
        ratio("timeliness"),
        count("rows_read", false),
        count("rows_valid", false),
        ratio("validity"),
        count("rows_accepted", false),
        count("rows_unusual", true),
        ratio("consistency"),
        count("submissions", false),
        count("revisions", false),
    ]))
}

/// Sorted by dataset and region. Submissions that are listed count once, whatever their places.
const QUESTION: &str = "
WITH due AS (
  SELECT dataset, region_code, count(*) AS reports_due, count(received_on) AS reports_received,
         sum(CASE WHEN received_on <= due_on THEN 1 ELSE 0 END) AS reports_on_time
  FROM expected WHERE due_on <= DATE '{as_of}' GROUP BY dataset, region_code
), listed AS (
  SELECT dataset, region_code, submission, status, rows_read, rows_accepted, rows_quarantined
  FROM submissions WHERE dataset <> '' AND region_code IS NOT NULL AND status <> 'withdrawn' AND rows_read IS NOT NULL
), sent AS (
  SELECT dataset, region_code, count(*) AS submissions, sum(rows_read) AS rows_read,
         sum(rows_read - rows_quarantined) AS rows_valid, sum(rows_accepted) AS rows_accepted
  FROM listed GROUP BY dataset, region_code
), unusual AS (
  SELECT dataset, region_code, count(*) AS rows_unusual FROM (
    SELECT DISTINCT f.dataset, f.region_code, f.submission, f.part, f.\"row\"
    FROM findings f JOIN looking_back l ON l.dataset = f.dataset AND l.code = f.code
  ) GROUP BY dataset, region_code
), revised AS (
  SELECT f.dataset, f.region_code, count(DISTINCT f.submission) AS revisions
  FROM findings f JOIN listed s ON s.submission = f.submission AND s.dataset = f.dataset
  WHERE f.code = 'closed-period-revised' AND s.status IN ('accepted', 'accepted_in_part')
  GROUP BY f.dataset, f.region_code
), either AS (
  SELECT dataset, region_code FROM due UNION SELECT dataset, region_code FROM sent
), counted AS (
  SELECT e.dataset, e.region_code, coalesce(d.reports_due, 0) AS reports_due,
         coalesce(d.reports_received, 0) AS reports_received, coalesce(d.reports_on_time, 0) AS reports_on_time,
         coalesce(s.rows_read, 0) AS rows_read, coalesce(s.rows_valid, 0) AS rows_valid,
         coalesce(s.rows_accepted, 0) AS rows_accepted,
         CASE WHEN w.dataset IS NOT NULL THEN coalesce(u.rows_unusual, 0) END AS rows_unusual,
         coalesce(s.submissions, 0) AS submissions, coalesce(r.revisions, 0) AS revisions
  FROM either e
  LEFT JOIN (SELECT DISTINCT dataset FROM looking_back) w ON w.dataset = e.dataset
  LEFT JOIN due d ON d.dataset = e.dataset AND d.region_code = e.region_code
  LEFT JOIN sent s ON s.dataset = e.dataset AND s.region_code = e.region_code
  LEFT JOIN unusual u ON u.dataset = e.dataset AND u.region_code = e.region_code
  LEFT JOIN revised r ON r.dataset = e.dataset AND r.region_code = e.region_code
)
SELECT dataset, region_code, reports_due, reports_received, reports_on_time,
       CAST(reports_received AS DOUBLE) / nullif(reports_due, 0) AS completeness,
       CAST(reports_on_time AS DOUBLE) / nullif(reports_due, 0) AS timeliness,
       rows_read, rows_valid, CAST(rows_valid AS DOUBLE) / nullif(rows_read, 0) AS validity,
       rows_accepted, rows_unusual,
       1 - CAST(rows_unusual AS DOUBLE) / nullif(rows_accepted, 0) AS consistency,
       submissions, revisions
FROM counted ORDER BY dataset, region_code";

/// Counts it: `expected` are the reports, `submissions` and `findings` files of the release.
pub(super) fn rows(
    sources: &Sources<'_>,
    expected: &RecordBatch,
    submissions: &WrittenFile,
    findings: &WrittenFile,
) -> Result<Vec<RecordBatch>, PublishError> {
    let question = QUESTION.replace("{as_of}", &sources.as_of.to_string());
    let ask = async {
        let session = Session::new(sources.configuration.installation.limits.query_memory_mb)?;
        session.register_batches("expected", expected_schema(), vec![expected.clone()])?;
        for (name, schema, file) in [
            ("submissions", submissions_schema(), submissions),
            ("findings", findings_schema(), findings),
        ] {
            session
                .register_files(name, schema, std::slice::from_ref(&file.path))
                .await?;
        }
        let rules = looking_back(sources.configuration);
        session.register_batches("looking_back", rules.schema(), vec![rules])?;
        session.sql(&question, &[]).await
    };
    let schema = quality_schema();
    let batches = block_on(ask).map_err(sql("quality"))?;
    let conformed = batches
        .iter()
        .map(|batch| reader::conform(batch, &schema, Path::new("quality/quality.parquet")));
    Ok(conformed.collect::<Result<_, _>>()?)
}

/// Dataset and code of every table rule that looks back at the model.
fn looking_back(configuration: &Configuration) -> RecordBatch {
    let rules = configuration.contracts.values().flat_map(|contract| {
        let rules = contract.table_rules.iter().filter(|rule| rule.sql.contains("history"));
        rules.map(move |rule| (contract.name.as_str(), rule.code.as_str()))
    });
    let (datasets, codes): (Vec<&str>, Vec<&str>) = rules.unzip();
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    let schema = Arc::new(Schema::new(vec![text("dataset"), text("code")]));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(datasets)),
        Arc::new(StringArray::from(codes)),
    ];
    // Two columns of one length: built from the same pairs.
    RecordBatch::try_new(schema, columns).expect("columns follow the schema")
}
