//! Configuration: strict text files to types.
//!
//! [`load`] reads a whole configuration directory (`lumbung.toml`, `connectors/`, `pipelines/`) and gives either
//! the [`Configuration`] or every problem it found, each with file, line and hint. Nothing here
//! writes to it. Environment variables are filled in only when a connector is used ([`expand`]), so a missing one
//! stops its own connector and nothing else.

mod connector;
mod contract;
mod installation;
mod load;
mod mistake;
mod reserved;
mod said;
mod shape;
mod text;
mod title_words;
mod units;
mod validate;

pub use connector::*;
pub use contract::*;
pub use installation::*;
pub use load::{Configuration, Problem, load};
pub use reserved::is_reserved;
pub use said::Names;
pub use shape::Shape;
pub use text::{cron, duration, expand, expand_with, unset_variables};
