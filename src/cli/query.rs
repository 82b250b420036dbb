//! `lumbung query`: a release in SQL.

use super::failure::say;
use super::{Failure, Session, print, release};
use crate::config;
use crate::run::{DataDirectory, RunError, ask};
use std::path::PathBuf;

/// What `lumbung query` takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Tables: every dataset (in today's borders as <dataset>_today, in common ones as <dataset>_common), \
regions, region_codes, region_borders, region_changes, region_ids, submissions, indicators, indicators_today, metadata, coverage, timeliness, \
quality, findings, and the reference tables. A release is only read. Long texts are cut in a table; csv, json and parquet have them whole.

Exit code: 0; 1 there is no release; 2 the SQL is wrong.

Examples:
  lumbung query \"SELECT period, count(*) FROM labour GROUP BY period\"
  lumbung query --format csv \"SELECT * FROM indicators WHERE indicator_id = 'price_level'\"
  lumbung query --format parquet --out prices.parquet \"SELECT * FROM commodity_price\""
)]
pub struct Arguments {
    /// One SELECT
    sql: String,
    /// Form of the answer; json with --json
    #[arg(long, value_enum)]
    format: Option<ask::Form>,
    /// Release; the one in force unless set
    #[arg(long, value_name = "ID")]
    release: Option<String>,
    /// File to write instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) async fn query(session: &Session, arguments: Arguments) -> Result<i32, Failure> {
    let form = match arguments.format {
        Some(form) if session.json && form != ask::Form::Json => {
            return Err(Failure::usage("--json and --format ask for two forms").hint("leave one of them out"));
        }
        Some(form) => form,
        None if session.json => ask::Form::Json,
        None => ask::Form::Table,
    };
    if form == ask::Form::Parquet && arguments.out.is_none() {
        return Err(Failure::usage("Parquet is no text").hint("name a file with --out"));
    }
    let data = DataDirectory::new(&session.place.data);
    let (_, path) = release::find(&data, arguments.release)?;
    let configuration = config::load(&session.place.config).map_err(RunError::Configuration)?;
    let answer = ask::ask(&configuration, &path, &arguments.sql).await;
    let (schema, batches) = answer.map_err(|error| match error {
        ask::AskError::Statement { source, tables } => {
            Failure::usage(source.to_string()).hint(format!("tables: {}", tables.join(", ")))
        }
        other => Failure::new(other.to_string()),
    })?;
    let Some(out) = arguments.out else {
        return print(&ask::text(&schema, &batches, form)?).map(|()| 0);
    };
    if form == ask::Form::Parquet {
        ask::write_parquet(&out, &schema, &batches)?;
    } else {
        let text = ask::text(&schema, &batches, form)?;
        std::fs::write(&out, text).map_err(|error| Failure::new(format!("{}: {error}", out.display())))?;
    }
    let rows: usize = batches.iter().map(arrow::array::RecordBatch::num_rows).sum();
    if session.json {
        session.print_json(&serde_json::json!({ "file": out, "rows": rows }))?;
    } else {
        say(&format!("{}: {rows} {}\n", out.display(), session.say("baris", "rows")));
    }
    Ok(0)
}
