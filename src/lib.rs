//! Lumbung: many regional sources in, one Parquet model, nightly indicators out.
//!
//! The crate's map; ARCHITECTURE.md tells the way of a row. Stages are one-way: each imports the words
//! (`domain`, `config`, `table`, `finding`, `format`, `observe`) and the types of the stage before it, never a
//! later one.

// Words that every stage may use.
pub mod config;
pub mod domain;
pub mod finding;
pub mod format;
pub mod observe;
pub mod table;

// Stages, in the order of a row's way.
pub mod check;
pub mod compute;
pub mod connector;
pub mod land;
pub mod merge;
pub mod normalize;
pub mod publish;
pub mod read;

// What happened, and who runs it.
pub mod catalog;
pub mod run;
pub mod schedule;

pub mod cli;
