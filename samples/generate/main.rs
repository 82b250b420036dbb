//! Makes sample data: what the demonstration drops and pulls, and sets of any size. Equal seeds give equal files.
//!
//! Population and the prices of Kota Bandung are real (see `samples/README.md`); all else is illustrative.

mod demo;
mod facts;
mod files;
mod model;
mod random;
mod set;
mod write;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Parser)]
#[command(name = "generate", about = "Makes sample data; equal seeds give equal files")]
struct Arguments {
    /// The folder that holds `pipelines/` and `samples/`.
    #[arg(long, global = true, default_value = ".")]
    root: PathBuf,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// What the demonstration needs: drop folders, and the records that the simulated systems serve.
    Demo {
        /// The folder to write `drop/` and `simulated/` into.
        #[arg(long)]
        out: PathBuf,
        #[arg(long, default_value_t = 2018)]
        seed: u64,
    },
    /// Small price files of all 552 regions, as officers drop them.
    Files(files::Request),
    /// One dataset in any size, clean or with a share of rows spoilt in known ways.
    Set(set::Request),
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(message) => {
            println!("{message}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<String, String> {
    let facts = facts::Facts::load(&arguments.root)?;
    match &arguments.what {
        What::Demo { out, seed } => {
            let written = demo::generate(&facts, out, *seed)?;
            Ok(format!(
                "{} files and {} records in {}",
                written.files,
                written.records,
                out.display()
            ))
        }
        What::Files(request) => files::generate(&facts, request),
        What::Set(request) => {
            if !(0.0..=1.0).contains(&request.bad_share) {
                return Err("--bad-share is a share from 0 to 1".to_owned());
            }
            if !(0.0..=1.0).contains(&request.doubled_share) {
                return Err("--doubled-share is a share from 0 to 1".to_owned());
            }
            let written = set::generate(&facts, request)?;
            let asked = request.corrections.unwrap_or(request.rows);
            let fewer = if written.rows < asked {
                " (all that the key admits)"
            } else {
                ""
            };
            Ok(format!(
                "{} rows{fewer}, {} of them spoilt, {} a second time, in {}",
                written.rows,
                written.spoilt,
                written.doubled,
                request.out.display()
            ))
        }
    }
}
