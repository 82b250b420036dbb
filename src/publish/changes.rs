//! `CHANGES.md`: what moved since the release before, in both languages.

use super::figures::{Figure, stream};
use super::layout::{Building, rows_of};
use super::revisions::{self, Revisions};
use super::tables::{INDICATORS, dataset_of};
use super::{PROGRAM, Publication, PublishError, Release};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Path in the release.
const NAME: &str = "CHANGES.md";
/// Partitions of a dataset named one by one.
const NAMED_PARTITIONS: usize = 12;

/// What moved in one dataset.
#[derive(Debug, Default, PartialEq, Eq)]
struct DatasetChange {
    rows: u64,
    /// None where the release before had no such dataset.
    rows_before: Option<u64>,
    /// Partitions that are new, differ or are gone.
    partitions: Vec<String>,
}

/// How many figures of one indicator moved.
#[derive(Debug, Default, PartialEq, Eq)]
struct IndicatorChange {
    changed: u64,
    added: u64,
    removed: u64,
}

/// Compares with the release in force and writes the list.
pub fn write(
    building: &mut Building,
    publication: &Publication<'_>,
    release: &Release<'_>,
) -> Result<(), PublishError> {
    let text = render(
        publication,
        release,
        building.previous_program(),
        &datasets(building),
        &indicators(building, publication)?,
        &revisions::since(building, publication)?,
    );
    building.file(NAME, text.as_bytes())
}

fn datasets(building: &Building) -> BTreeMap<String, DatasetChange> {
    let mut changes: BTreeMap<String, DatasetChange> = BTreeMap::new();
    for (path, entry) in building.entries() {
        if let Some((dataset, _)) = dataset_of(path) {
            changes.entry(dataset.to_string()).or_default().rows += entry.rows.unwrap_or_default();
        }
    }
    let before = building
        .previous_package()
        .and_then(|package| package["resources"].as_array());
    for resource in before.into_iter().flatten() {
        let Some((dataset, _)) = resource["path"].as_str().and_then(dataset_of) else {
            continue;
        };
        let rows = resource["lumbung:rows"].as_u64().unwrap_or_default();
        *changes
            .entry(dataset.to_string())
            .or_default()
            .rows_before
            .get_or_insert(0) += rows;
    }
    for path in building.changed_tables() {
        if let Some((dataset, Some(partition))) = dataset_of(&path) {
            changes
                .entry(dataset.to_string())
                .or_default()
                .partitions
                .push(partition.to_string());
        }
    }
    changes
}

fn indicators(
    building: &Building,
    publication: &Publication<'_>,
) -> Result<BTreeMap<String, IndicatorChange>, PublishError> {
    let before = match building.previous_root() {
        Some(root) => rows_of(root, INDICATORS.path)?,
        None => None,
    };
    let Some(before) = before else {
        return Ok(BTreeMap::new());
    };
    let now = publication.indicators.rows.iter().map(|batch| Ok(batch.clone()));
    compare(stream(before), stream(now))
}

/// Walks two sorted tables of figures side by side.
fn compare(
    before: impl Iterator<Item = Result<Figure, PublishError>>,
    now: impl Iterator<Item = Result<Figure, PublishError>>,
) -> Result<BTreeMap<String, IndicatorChange>, PublishError> {
    let mut changes: BTreeMap<String, IndicatorChange> = BTreeMap::new();
    let (mut before, mut now) = (before.fuse(), now.fuse());
    let (mut old, mut new) = (before.next().transpose()?, now.next().transpose()?);
    loop {
        let order = match (&old, &new) {
            (None, None) => return Ok(changes),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => old.key().cmp(&new.key()),
        };
        // One of them is there: both missing was answered above.
        let indicator = old.as_ref().filter(|_| order != Ordering::Greater).or(new.as_ref());
        let name = indicator.map(|figure| figure.indicator.clone()).unwrap_or_default();
        match order {
            Ordering::Less => changes.entry(name).or_default().removed += 1,
            Ordering::Greater => changes.entry(name).or_default().added += 1,
            Ordering::Equal if old != new => changes.entry(name).or_default().changed += 1,
            Ordering::Equal => {}
        }
        if order != Ordering::Greater {
            old = before.next().transpose()?;
        }
        if order != Ordering::Less {
            new = now.next().transpose()?;
        }
    }
}

fn render(
    publication: &Publication<'_>,
    release: &Release<'_>,
    program_before: Option<&str>,
    datasets: &BTreeMap<String, DatasetChange>,
    indicators: &BTreeMap<String, IndicatorChange>,
    revisions: &Revisions,
) -> String {
    let mut text = format!("# {}: perubahan / changes\n\n", release.id);
    let as_of = publication.as_of;
    let mut say = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    say(&format!("- Tanggal acuan / As-of date: {as_of}"));
    say(&match release.previous {
        Some(previous) => format!("- Dibandingkan dengan / Compared with: {previous}"),
        None => "- Terbitan pertama / First release".to_string(),
    });
    if let Some(before) = program_before.filter(|before| *before != PROGRAM) {
        say(&format!("- Versi program / Program version: {before} → {PROGRAM}"));
    }
    say("- Bukan Indeks Inovasi Daerah resmi / Not the official Indeks Inovasi Daerah");
    let facts = publication.facts;
    if !facts.illustrative.is_empty() {
        let names: Vec<&str> = facts.illustrative.iter().map(String::as_str).collect();
        let names = names.join(", ");
        say(&format!(
            "- **Ilustratif, bukan data nyata / Illustrative, not real data**: {names}"
        ));
    }
    text.push_str("\n## Dataset / Datasets\n\n");
    text.push_str("| dataset | baris / rows | sebelumnya / before | partisi yang berubah / partitions changed |\n");
    text.push_str("|---|--:|--:|---|\n");
    for (name, change) in datasets {
        let before = change.rows_before.map_or("–".to_string(), |rows| rows.to_string());
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "| {name} | {} | {before} | {} |",
            change.rows,
            partitions(&change.partitions)
        );
    }
    text.push_str(&render_revisions(revisions));
    if release.previous.is_some() {
        text.push_str(&render_indicators(indicators));
    }
    for (indicator, reason) in &publication.indicators.failures {
        let _ = writeln!(
            text,
            "\n- **{indicator}**: tidak dapat dihitung / could not be computed: {reason}"
        );
    }
    text
}

/// Late data for closed periods, by dataset and submission.
fn render_revisions(revisions: &Revisions) -> String {
    if revisions.is_empty() {
        return String::new();
    }
    let mut text = "\n## Revisi periode yang sudah ditutup / Revisions of closed periods\n\n\
                    | dataset | kiriman / submission | periode / periods |\n|---|--:|---|\n"
        .to_string();
    for ((dataset, submission), periods) in revisions {
        let _ = writeln!(text, "| {dataset} | {submission} | {periods} |");
    }
    text
}

fn render_indicators(indicators: &BTreeMap<String, IndicatorChange>) -> String {
    let mut text = "\n## Indikator / Indicators\n\n".to_string();
    if indicators.is_empty() {
        text.push_str("Tidak ada angka yang berubah. / No figure changed.\n");
        return text;
    }
    text.push_str(
        "| indikator / indicator | berubah / changed | baru / added | hilang / removed |\n|---|--:|--:|--:|\n",
    );
    for (
        name,
        IndicatorChange {
            changed,
            added,
            removed,
        },
    ) in indicators
    {
        let _ = writeln!(text, "| {name} | {changed} | {added} | {removed} |");
    }
    text
}

fn partitions(names: &[String]) -> String {
    if names.len() <= NAMED_PARTITIONS {
        return names.join(", ");
    }
    let (first, rest) = names.split_at(NAMED_PARTITIONS);
    format!("{} … (+{})", first.join(", "), rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(indicator: &str, region: &str, value: f64) -> Result<Figure, PublishError> {
        Ok(Figure {
            indicator: indicator.to_string(),
            period: "2025-11".to_string(),
            region: region.to_string(),
            value: Some(value),
            unit: "percent".to_string(),
            numerator: None,
            denominator: None,
            n_rows: None,
            status: "ok".to_string(),
        })
    }

    #[test]
    fn figures_are_changed_added_or_removed() {
        let before = vec![figure("a", "11", 1.0), figure("a", "12", 2.0), figure("b", "11", 3.0)];
        let now = vec![
            figure("a", "11", 1.0),
            figure("a", "12", 2.5),
            figure("a", "13", 2.0),
            figure("c", "11", 3.0),
        ];
        let changes = compare(before.into_iter(), now.into_iter()).unwrap();
        let of = |changed, added, removed| IndicatorChange {
            changed,
            added,
            removed,
        };
        let expected = [("a", of(1, 1, 0)), ("b", of(0, 0, 1)), ("c", of(0, 1, 0))];
        assert_eq!(
            changes,
            BTreeMap::from(expected.map(|(name, change)| (name.to_string(), change)))
        );
    }

    #[test]
    fn equal_figures_are_no_change() {
        let rows = || vec![figure("a", "11", 1.0), figure("b", "11", 2.0)].into_iter();
        assert!(compare(rows(), rows()).unwrap().is_empty());
    }

    #[test]
    fn long_lists_of_partitions_are_cut() {
        let names: Vec<String> = (0..15).map(|number| format!("p{number}")).collect();
        assert!(partitions(&names).ends_with("p11 … (+3)"));
        assert_eq!(partitions(&names[..2]), "p0, p1");
    }
}
