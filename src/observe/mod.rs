//! What a person sees of a run while it goes and after it: log lines, progress bars, the run report.
//!
//! - `crash`: what is said when the program fails, without values
//! - `fail`: moments at which tests have the program die
//! - `logs`: structured lines on standard error, as text or JSON
//! - `progress`: bars on a terminal, nothing elsewhere
//! - `report`: what a run did, as the catalog keeps it and `status` shows it
//!
//! Nothing here decides anything: a run with bars hidden and logs silenced does the same work.

mod crash;
mod fail;
mod logs;
mod progress;
mod report;

pub use crash::keep_quiet_about_values;
pub use fail::{FAIL_POINTS, fail_point};
pub use logs::{LogFormat, init};
pub use progress::{Bar, Progress, Stage};
pub use report::*;
