//! Cron lines to moments, and the moments that have come.

use super::JobKind;
use crate::catalog::{Catalog, CatalogError};
use crate::config::{self, Configuration};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

/// When something is done: a cron line in a zone.
#[derive(Debug, Clone)]
pub struct Schedule {
    pub kind: JobKind,
    line: String,
    cron: croner::Cron,
    zone: Tz,
}

/// Why there is no such schedule. Checked configuration has none of these but the last.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ScheduleError {
    #[error("{schedule}: {message}")]
    Cron { schedule: String, message: String },
    #[error(
        "{schedule}: \"{zone}\" is not an IANA time zone\nhint: for example Asia/Jakarta, Asia/Makassar or Asia/Jayapura"
    )]
    Zone { schedule: String, zone: String },
    #[error("{schedule}: \"{line}\" never comes\nhint: look at the day and the month")]
    Never { schedule: String, line: String },
}

impl Schedule {
    /// A schedule from a cron line of five fields and an IANA zone.
    pub fn new(kind: JobKind, line: &str, zone: &str) -> Result<Schedule, ScheduleError> {
        let schedule = kind.name();
        let Ok(zone) = zone.parse::<Tz>() else {
            return Err(ScheduleError::Zone {
                schedule,
                zone: zone.to_string(),
            });
        };
        let cron = match config::cron(line) {
            Ok(cron) => cron,
            Err(message) => return Err(ScheduleError::Cron { schedule, message }),
        };
        let built = Schedule {
            kind,
            line: line.trim().to_string(),
            cron,
            zone,
        };
        if built.next(Utc::now()) == never() {
            return Err(ScheduleError::Never {
                schedule,
                line: built.line,
            });
        }
        Ok(built)
    }

    /// Its name in the catalog and in logs.
    pub fn name(&self) -> String {
        self.kind.name()
    }

    /// What the catalog compares to see that a schedule was changed: the same line in another zone is another.
    fn identity(&self) -> String {
        format!("{} {}", self.line, self.zone)
    }

    /// The first moment after `after`. Where the zone's clocks skip the hour, it is the hour after the gap.
    pub fn next(&self, after: DateTime<Utc>) -> DateTime<Utc> {
        let local = after.with_timezone(&self.zone);
        self.cron
            .find_next_occurrence(&local, false)
            .map_or_else(|_| never(), |moment| moment.with_timezone(&Utc))
    }
}

/// Later than every moment that the catalog's text form sorts rightly.
fn never() -> DateTime<Utc> {
    let last = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX);
    last.and_time(chrono::NaiveTime::MIN).and_utc()
}

/// The schedules of a configuration: connectors by name, the nightly job last, so that it publishes what the
/// others merged where several are due at once.
pub fn schedules(configuration: &Configuration) -> Result<Vec<Schedule>, ScheduleError> {
    let installation = &configuration.installation;
    let mut all = Vec::new();
    let mut nightly = Vec::new();
    for (name, connector) in &configuration.connectors {
        match &connector.schedule {
            Some(line) => {
                let zone = connector.zone.as_ref().unwrap_or(&installation.zone);
                all.push(Schedule::new(JobKind::Connector(name.clone()), line, zone)?);
            }
            None => nightly.push(name.clone()),
        }
    }
    // Naming all is naming none: a connector that is added meanwhile is then pulled too.
    if all.is_empty() {
        nightly.clear();
    }
    all.push(Schedule::new(
        JobKind::Nightly { connectors: nightly },
        &installation.nightly,
        &installation.zone,
    )?);
    Ok(all)
}

/// The schedules whose moment has come at `now`, in the order given. A schedule that the catalog does not know,
/// or knew with another line or zone, gets its next moment; one that is due stays due until it is advanced.
pub fn tick<'a>(
    catalog: &Catalog,
    schedules: &'a [Schedule],
    now: DateTime<Utc>,
) -> Result<Vec<&'a Schedule>, CatalogError> {
    let named: Vec<(String, String)> = schedules
        .iter()
        .map(|schedule| (schedule.name(), schedule.identity()))
        .collect();
    let find = |name: &str| schedules.iter().find(|schedule| schedule.name() == name);
    let next = |name: &str, after: DateTime<Utc>| find(name).map_or_else(never, |schedule| schedule.next(after));
    let due = catalog.due(&named, now, next)?;
    forget_a_wrong_clock(catalog, schedules, now)?;
    Ok(schedules
        .iter()
        .filter(|schedule| due.contains(&schedule.name()))
        .collect())
}

/// A clock that was far ahead, and was put right, leaves moments years away that nobody would wait for. One that
/// lies beyond the second next was written by such a clock, and is planned anew. The second next itself is left:
/// after a clock that was put back a little, it says that the next moment was already served.
fn forget_a_wrong_clock(catalog: &Catalog, schedules: &[Schedule], now: DateTime<Utc>) -> Result<(), CatalogError> {
    for (name, next_at) in catalog.due_times()? {
        let Some(schedule) = schedules.iter().find(|schedule| schedule.name() == name) else {
            continue;
        };
        let Ok(planned) = DateTime::parse_from_rfc3339(&next_at) else {
            continue;
        };
        let first = schedule.next(now);
        if planned.with_timezone(&Utc) > schedule.next(first) {
            catalog.advance(&name, first)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn connector(name: &str, line: &str, zone: &str) -> Schedule {
        Schedule::new(JobKind::Connector(name.to_string()), line, zone).unwrap()
    }

    fn nightly(line: &str) -> Schedule {
        Schedule::new(JobKind::Nightly { connectors: Vec::new() }, line, "Asia/Jakarta").unwrap()
    }

    fn names(due: Vec<&Schedule>) -> Vec<String> {
        due.into_iter().map(Schedule::name).collect()
    }

    fn planned(catalog: &Catalog, name: &str) -> String {
        catalog
            .due_times()
            .unwrap()
            .into_iter()
            .find(|(found, _)| found == name)
            .unwrap()
            .1
    }

    #[test]
    fn one_line_in_two_zones_comes_at_two_moments() {
        let now = at("2025-11-30T12:00:00Z");
        assert_eq!(
            connector("a", "0 1 * * *", "Asia/Jakarta").next(now),
            at("2025-11-30T18:00:00Z")
        );
        assert_eq!(
            connector("b", "0 1 * * *", "Asia/Jayapura").next(now),
            at("2025-11-30T16:00:00Z")
        );
    }

    #[test]
    fn the_next_moment_is_after_the_one_given() {
        let schedule = nightly("0 1 * * *");
        let first = schedule.next(at("2025-11-30T17:59:59Z"));
        assert_eq!(first, at("2025-11-30T18:00:00Z"));
        assert_eq!(schedule.next(first), at("2025-12-01T18:00:00Z"));
    }

    #[test]
    fn a_zone_with_summer_time_keeps_its_wall_clock() {
        let schedule = connector("a", "30 2 * * *", "Europe/Amsterdam");
        assert_eq!(schedule.next(at("2025-03-28T12:00:00Z")), at("2025-03-29T01:30:00Z"));
        // On the thirtieth of March 2025 the clocks went from two to three.
        assert_eq!(schedule.next(at("2025-03-29T12:00:00Z")), at("2025-03-30T01:00:00Z"));
        assert_eq!(schedule.next(at("2025-03-30T12:00:00Z")), at("2025-03-31T00:30:00Z"));
        // On the twenty-sixth of October there were two of that moment: it comes once.
        let once = schedule.next(at("2025-10-25T12:00:00Z"));
        assert_eq!(once, at("2025-10-26T00:30:00Z"));
        assert_eq!(schedule.next(once), at("2025-10-27T01:30:00Z"));
    }

    #[test]
    fn what_is_not_a_schedule_is_refused() {
        let new = |line, zone| {
            Schedule::new(JobKind::Connector("a".to_string()), line, zone)
                .unwrap_err()
                .to_string()
        };
        assert!(
            new("0 1 * * *", "Asia/Bandung").contains("IANA"),
            "{}",
            new("0 1 * * *", "Asia/Bandung")
        );
        assert!(new("every night", "Asia/Jakarta").contains("connector:a"));
        assert!(new("0 0 31 2 *", "Asia/Jakarta").contains("never comes"));
    }

    #[test]
    fn missed_nights_are_due_once_also_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let all = [nightly("0 1 * * *")];
        {
            let catalog = Catalog::open(folder.path()).unwrap();
            assert!(tick(&catalog, &all, at("2025-11-25T00:00:00Z")).unwrap().is_empty());
        }
        let catalog = Catalog::open(folder.path()).unwrap();
        let late = at("2025-11-30T05:00:00Z");
        assert_eq!(names(tick(&catalog, &all, late).unwrap()), ["nightly"]);
        assert_eq!(
            names(tick(&catalog, &all, late).unwrap()),
            ["nightly"],
            "due until it is advanced"
        );
        catalog.advance("nightly", all[0].next(late)).unwrap();
        assert!(tick(&catalog, &all, at("2025-11-30T17:59:59Z")).unwrap().is_empty());
        assert_eq!(
            names(tick(&catalog, &all, at("2025-11-30T18:00:00Z")).unwrap()),
            ["nightly"]
        );
    }

    #[test]
    fn a_changed_line_or_zone_is_planned_anew() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path()).unwrap();
        let now = at("2025-11-30T12:00:00Z");
        tick(&catalog, &[connector("a", "0 1 * * *", "Asia/Jakarta")], now).unwrap();
        assert_eq!(planned(&catalog, "connector:a"), "2025-11-30T18:00:00Z");
        tick(&catalog, &[connector("a", "0 1 * * *", "Asia/Jayapura")], now).unwrap();
        assert_eq!(planned(&catalog, "connector:a"), "2025-11-30T16:00:00Z");
        tick(&catalog, &[connector("a", "30 20 * * *", "Asia/Jayapura")], now).unwrap();
        assert_eq!(planned(&catalog, "connector:a"), "2025-12-01T11:30:00Z");
    }

    #[test]
    fn a_clock_put_back_neither_repeats_a_night_nor_waits_for_years() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path()).unwrap();
        let all = [nightly("0 1 * * *")];
        let before = at("2025-11-30T17:00:00Z");
        tick(&catalog, &all, before).unwrap();
        let night = at("2025-11-30T18:00:30Z");
        assert_eq!(names(tick(&catalog, &all, night).unwrap()), ["nightly"]);
        catalog.advance("nightly", all[0].next(night)).unwrap();
        // Half an hour back: the night was served already.
        assert!(tick(&catalog, &all, at("2025-11-30T17:30:00Z")).unwrap().is_empty());
        assert!(tick(&catalog, &all, at("2025-11-30T18:05:00Z")).unwrap().is_empty());
        // A clock that said 2031, and was put right.
        catalog.advance("nightly", at("2031-01-01T18:00:00Z")).unwrap();
        assert!(tick(&catalog, &all, at("2025-12-01T12:00:00Z")).unwrap().is_empty());
        assert_eq!(
            names(tick(&catalog, &all, at("2025-12-01T18:00:00Z")).unwrap()),
            ["nightly"]
        );
    }

    #[test]
    fn the_nightly_job_comes_last_of_what_is_due_together() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path()).unwrap();
        let all = [connector("z", "0 1 * * *", "Asia/Jakarta"), nightly("0 1 * * *")];
        tick(&catalog, &all, at("2025-11-30T00:00:00Z")).unwrap();
        assert_eq!(
            names(tick(&catalog, &all, at("2025-12-02T00:00:00Z")).unwrap()),
            ["connector:z", "nightly"]
        );
    }
}
