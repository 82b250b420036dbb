//! What is due, and who runs it.
//!
//! Whether something is due is a row in the catalog (the next moment of each schedule), so it outlives restarts
//! and clock changes; the ticking library only says when to look. The promises:
//!
//! - **A missed night is caught up once**, however many moments were missed: a schedule moves past *now*, not to
//!   its next moment.
//! - **Nothing overlaps**: jobs run one after another under the lease `run`, which `lumbung run` takes too; and
//!   one `serve` a data directory, by the lease `serve`.
//! - **A crash leaves the moment due**: a schedule moves on only after its job has ended, well or badly.
//! - **A wrong configuration leaves the moment due**: it is logged and tried again, and the last good schedules
//!   stay in force.
//! - **A stop does not wait.** The job in hand is dropped where it stands, as by `kill -9`: every stage is safe
//!   against that, the moment stays due and the next start goes on from what had landed.
//!
//! A connector with a `schedule` of its own is pulled, read and merged at its moments, without a release; the
//! nightly job pulls the other connectors (all, where every one has its own schedule) and publishes everything
//! that was merged since the last release. So analysts see one release a night, whatever came in by day.
//!
//! No stage is known here: the work comes in as a [`Job`].

mod due;
mod keeper;

pub use due::{Schedule, ScheduleError, schedules, tick};
pub use keeper::{CONFIGURATION, Job, Options, Planner, ServeError, serve};

/// What there is to do at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobKind {
    /// Pull these connectors (all, where none is named) and publish.
    Nightly { connectors: Vec<String> },
    /// Pull, read and merge this connector; publish nothing.
    Connector(String),
}

impl JobKind {
    /// Its name in the catalog and in logs: `nightly`, or `connector:<name>`.
    pub fn name(&self) -> String {
        match self {
            JobKind::Nightly { .. } => "nightly".to_string(),
            JobKind::Connector(connector) => format!("connector:{connector}"),
        }
    }
}
