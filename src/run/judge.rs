//! One submission judged: read, normalized, checked, staged. The same for a night's submission and for
//! `check FILE`, which stages into a folder that is thrown away.

use crate::check::{CheckError, Checker, Digest, Looks, Outcome, Past, PlaceInfo};
use crate::config::{Configuration, Connector, Contract, Kind, Limits};
use crate::domain::period::Period;
use crate::domain::personal::masked;
use crate::finding::receipt::{FindingTally, Rows, Status};
use crate::finding::{Bilingual, Finding, Place, Severity, said};
use crate::normalize::{
    Context, LeftOut, NormalizeError, Normalizer, PseudonymKey, RoutedSheet, Routing, RowSink, Speaker, Styles, route,
};
use crate::read::{self, Document, ReadClock, ReadError, ReadOptions, SheetKind};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One part to judge.
#[derive(Debug, Clone)]
pub struct PartInput {
    pub path: PathBuf,
    pub name: String,
    /// Query parameters of the request that gave it.
    pub request: BTreeMap<String, String>,
}

/// What a submission is judged with.
pub struct Case<'c> {
    pub context: Context,
    pub parts: Vec<PartInput>,
    pub options: ReadOptions,
    /// Findings made while fetching.
    pub notes: Vec<Finding>,
    /// A dropped file, whose sender is told of every column and for whom an empty one is an error.
    pub is_file: bool,
    /// Where each dataset is staged.
    pub staged: &'c dyn Fn(&str) -> PathBuf,
    /// Files of each dataset's current model.
    pub history: &'c dyn Fn(&str) -> Result<Vec<PathBuf>, CheckError>,
    /// The day that the last release before it spoke about.
    pub published: Option<NaiveDate>,
    /// Whether a refused row (dataset, digest) is in quarantine already.
    pub is_known: &'c dyn Fn(&str, &Digest) -> Result<bool, CheckError>,
    /// The rules of the contracts, compiled.
    pub looks: &'c Looks,
    /// Names the sender: connector and region.
    pub slice: String,
    pub memory_mb: usize,
}

/// What became of a submission.
#[derive(Debug)]
pub struct Verdict {
    /// One a dataset, in the order of the connector's list; never empty.
    pub outcomes: Vec<Outcome>,
    /// Part index and sheet name of every place.
    pub places: Vec<(usize, Option<String>)>,
    /// How long readers took.
    pub read_seconds: f64,
}

/// Judges a submission. An error is never about its content.
pub fn judge(case: &Case<'_>) -> Result<Verdict, CheckError> {
    let clock = ReadClock::default();
    let verdict = judged(case, &clock)?;
    Ok(Verdict {
        read_seconds: clock.seconds(),
        ..verdict
    })
}

fn judged(case: &Case<'_>, clock: &ReadClock) -> Result<Verdict, CheckError> {
    let mut documents: Vec<Box<dyn Document>> = Vec::new();
    for (index, part) in case.parts.iter().enumerate() {
        match clock.time(|| read::open(&part.path, &part.name, &case.options)) {
            Ok(document) => documents.push(clock.watch(document)),
            Err(ReadError(finding)) => return unreadable(case, *finding, index as i32, Vec::new(), 0),
        }
    }
    let mut routing = match route(&mut documents, &case.context) {
        Ok(routing) => routing,
        Err(ReadError(finding)) => return unreadable(case, *finding, 0, Vec::new(), 0),
    };
    let ignored = match count_left_out(&routing.left_out, &mut documents) {
        Ok(ignored) => ignored,
        Err(ReadError(finding)) => return unreadable(case, *finding, 0, routing.places, 0),
    };
    // A program that sends one answer in another form has changed: half of a pull must not pass for the whole.
    let is_broken_pull = !case.is_file && !routing.is_whole();
    // What its sender must settle first concerns the whole file: one sheet of it must not pass for all.
    if routing.routed.is_empty() || is_broken_pull || routing.asked {
        return nothing_routed(case, routing, ignored);
    }
    routing.findings.extend(sheet_notes(&routing.routed, &documents));
    let mut common: Vec<Finding> = case.notes.clone();
    common.extend(documents.iter().flat_map(|document| document.notes().to_vec()));
    common.extend(routing.left_out.iter().map(|sheet| left_out_note(case, sheet)));
    let mut outcomes = Vec::new();
    for contract in &case.context.contracts {
        let sheets: Vec<&RoutedSheet> = routing
            .routed
            .iter()
            .filter(|sheet| sheet.contract.name == contract.name)
            .collect();
        if sheets.is_empty() {
            continue;
        }
        // What concerns the submission as a whole is told once, with its first dataset.
        let first = outcomes.is_empty();
        let told = std::mem::take(&mut common);
        let findings = told.into_iter().chain(of_sheets(&routing.findings, &sheets)).collect();
        let extra = if first { ignored } else { 0 };
        match dataset(case, contract, &sheets, &mut documents, findings, extra, &routing) {
            Ok(outcome) => outcomes.push(outcome),
            Err(NormalizeError::Sink(error)) => return Err(error),
            // A part that breaks off refuses the whole submission: nothing half done.
            Err(NormalizeError::Read(ReadError(finding))) => {
                for done in &outcomes {
                    remove(&(case.staged)(&done.dataset))?;
                }
                remove(&(case.staged)(&contract.name))?;
                let place = finding.place.part;
                return unreadable(case, *finding, place, routing.places, ignored);
            }
        }
    }
    Ok(Verdict {
        outcomes,
        places: routing.places,
        read_seconds: 0.0,
    })
}

/// What the sheets that are read say about themselves.
pub(super) fn sheet_notes(sheets: &[RoutedSheet], documents: &[Box<dyn Document>]) -> Vec<Finding> {
    let of_sheet = |sheet: &RoutedSheet| {
        let place = Place {
            part: sheet.place,
            sheet: sheet.name.clone(),
            ..Place::default()
        };
        let notes = documents[sheet.part].sheet_notes(sheet.sheet, sheet.layout.header_row.unwrap_or(0));
        notes.into_iter().map(move |note| note.at(place.clone()))
    };
    sheets.iter().flat_map(of_sheet).collect()
}

fn of_sheets(findings: &[Finding], sheets: &[&RoutedSheet]) -> Vec<Finding> {
    findings
        .iter()
        .filter(|finding| sheets.iter().any(|sheet| sheet.place == finding.place.part))
        .cloned()
        .collect()
}

fn remove(folder: &Path) -> Result<(), CheckError> {
    if !folder.exists() {
        return Ok(());
    }
    std::fs::remove_dir_all(folder).map_err(|source| CheckError::Io {
        path: folder.display().to_string(),
        source,
    })
}

/// Rows of the sheets that fit no contract: ignored, but told.
fn count_left_out(left_out: &[LeftOut], documents: &mut [Box<dyn Document>]) -> Result<u64, ReadError> {
    let mut rows = 0;
    let mut seen = BTreeSet::new();
    for sheet in left_out {
        if !seen.insert((sheet.part, sheet.sheet)) {
            continue;
        }
        let mut blocks = documents[sheet.part].blocks(sheet.sheet)?;
        while let Some(block) = blocks.next_block()? {
            rows += block.rows() as u64;
        }
    }
    Ok(rows)
}

/// A sheet left out: a note for a cover, a warning for one that is nearly a table of the nearest dataset.
fn left_out_note(case: &Case<'_>, sheet: &LeftOut) -> Finding {
    let place = Place {
        part: sheet.place,
        sheet: sheet.name.clone(),
        ..Place::default()
    };
    if sheet.is_hidden {
        return Finding::of("sheet-hidden").at(place);
    }
    if let Some(period) = sheet.to_come {
        return to_come(case, period).at(place);
    }
    if is_of_persons(sheet) {
        return of_persons(case).at(place);
    }
    about_nearest(case, Finding::of("sheet-left-out"), sheet)
        .severity(if sheet.is_near() {
            Severity::Warning
        } else {
            Severity::Note
        })
        .at(place)
}

/// A list of persons that is no table of any contract: its sender is not to complete it, but to leave it out.
fn is_of_persons(sheet: &LeftOut) -> bool {
    sheet.is_personal && !sheet.is_near()
}

fn of_persons(case: &Case<'_>) -> Finding {
    Finding::of("sheet-of-persons").with_both("titles", &known_titles(case))
}

/// Fills the nearest dataset and the columns that it lacks, as people call them.
fn about_nearest(case: &Case<'_>, finding: Finding, sheet: &LeftOut) -> Finding {
    let finding = finding.with("dataset", &sheet.nearest);
    let mut contracts = case.context.contracts.iter();
    match contracts.find(|contract| contract.name == sheet.nearest) {
        Some(contract) => finding
            .with_figure("matched", sheet.matched.to_string())
            .with_figure("columns", contract.asked().count().to_string())
            .with_both("title", &contract.title)
            .with_both("missing", &contract.titles(&sheet.missing)),
        None => finding
            .with("title", &sheet.nearest)
            .with("missing", sheet.missing.join(", ")),
    }
}

/// Reads one dataset's sheets, a second time where their evidence proves other number styles.
fn dataset(
    case: &Case<'_>,
    contract: &Arc<Contract>,
    sheets: &[&RoutedSheet],
    documents: &mut [Box<dyn Document>],
    notes: Vec<Finding>,
    ignored: u64,
    routing: &Routing,
) -> Result<Outcome, NormalizeError<CheckError>> {
    let mut styles = Styles::begun_with(contract, sheets);
    let mut is_last = false;
    loop {
        let places = sheets
            .iter()
            .map(|sheet| (sheet.place, place_info(sheet, documents)))
            .collect();
        let folder = (case.staged)(&contract.name);
        let known = |digest: &Digest| (case.is_known)(&contract.name, digest);
        let mut checker = Checker::new(
            contract.clone(),
            &case.context,
            &folder,
            &case.slice,
            places,
            case.looks,
            Box::new(known),
        )
        .map_err(NormalizeError::Sink)?;
        for note in &notes {
            checker.note(note.clone()).map_err(NormalizeError::Sink)?;
        }
        let mut normalizer = Normalizer::new(contract.clone(), &case.context, &styles);
        for sheet in sheets {
            let request = &case.parts[sheet.part].request;
            normalizer.sheet(sheet, documents[sheet.part].as_mut(), request, &mut checker)?;
        }
        let (mut counts, proven) = normalizer.finish(&mut checker).map_err(NormalizeError::Sink)?;
        counts.ignored += ignored;
        match proven {
            Some(proven) if !is_last => {
                styles = proven;
                is_last = true;
                continue;
            }
            _ => {}
        }
        if counts.read == 0 && case.is_file {
            checker.note(Finding::of("no-rows")).map_err(NormalizeError::Sink)?;
        }
        let history = (case.history)(&contract.name).map_err(NormalizeError::Sink)?;
        let past = Past {
            history: &history,
            published: case.published,
            memory_mb: case.memory_mb,
        };
        let mut outcome = checker
            .finish(counts, past, routing.asked, routing.is_whole())
            .map_err(NormalizeError::Sink)?;
        if counts.read == 0 && case.is_file {
            outcome.status = Status::Refused;
        }
        return Ok(outcome);
    }
}

fn place_info(sheet: &RoutedSheet, documents: &[Box<dyn Document>]) -> PlaceInfo {
    let document = &documents[sheet.part];
    let is_grid = document.sheets()[sheet.sheet].kind == SheetKind::Grid;
    let mut info = PlaceInfo {
        sheet: sheet.name.clone(),
        numbers_are_lines: document.format() == read::Format::Csv,
        header_row: sheet.layout.header_row,
        ..PlaceInfo::default()
    };
    for (index, name) in sheet.contract.columns.keys().enumerate() {
        let Some(source) = sheet.layout.columns.source[index] else {
            continue;
        };
        if let Some(column) = sheet.layout.sheet_column(source).filter(|_| is_grid) {
            info.columns.insert(name.clone(), column as u32);
        }
        if let Some(row) = sheet.layout.form.as_ref().and_then(|form| form.rows.get(source)) {
            info.rows.insert(name.clone(), *row);
        }
        let header = sheet.layout.headers.get(source).cloned().unwrap_or_default();
        info.headers.insert(name.clone(), masked(header.trim()).into_owned());
    }
    if let Some(crosstab) = sheet.layout.crosstab.as_ref().filter(|_| is_grid) {
        let name = |index: usize| sheet.contract.columns.get_index(index).map(|(name, _)| name.clone());
        for (first, measure, column) in crosstab.figures() {
            let of_value = info.turned.entry(first as i32 + 1).or_default();
            // The value itself stands above its figures, of which the first is shown.
            of_value.extend(name(crosstab.along).map(|along| (along, first as u32)));
            of_value.extend(name(measure).map(|measure| (measure, column as u32)));
        }
    }
    info
}

/// A submission of which nothing could be read.
fn unreadable(
    case: &Case<'_>,
    finding: Finding,
    part: i32,
    places: Vec<(usize, Option<String>)>,
    ignored: u64,
) -> Result<Verdict, CheckError> {
    let mut findings = case.notes.clone();
    let place = Place {
        part,
        ..finding.place.clone()
    };
    findings.push(finding.at(place));
    let places = if places.is_empty() {
        (0..case.parts.len()).map(|part| (part, None)).collect()
    } else {
        places
    };
    refused(case, findings, places, ignored, Status::Refused)
}

/// Most datasets that a sender is told by name.
const NAMED: usize = 12;

/// What may be sent this way; nothing where that is too much to list.
fn known_titles(case: &Case<'_>) -> Bilingual {
    let contracts = &case.context.contracts;
    if contracts.len() > NAMED {
        return Bilingual {
            id: "salah satu data yang dikumpulkan".to_string(),
            en: "any dataset that is collected".to_string(),
        };
    }
    said::list(contracts.iter().map(|contract| {
        let required = contract.columns.iter().filter(|(_, column)| column.required);
        let names: Vec<String> = required.map(|(name, _)| name.clone()).collect();
        let (title, needs) = (&contract.title, contract.titles(&names));
        match contracts.len() {
            1 => Bilingual {
                id: format!("{}, dengan kolom {}", title.id, needs.id),
                en: format!("{}, with the columns {}", title.en, needs.en),
            },
            _ => title.clone(),
        }
    }))
}

/// A sheet prepared for a time to come.
fn to_come(case: &Case<'_>, period: Period) -> Finding {
    let finding = Finding::of("sheet-to-come").with_day("as_of", case.context.as_of.to_string());
    finding.with_day("value", period.to_string()).value(period.to_string())
}

/// No sheet fits any contract, or a person must say which.
fn nothing_routed(case: &Case<'_>, routing: Routing, ignored: u64) -> Result<Verdict, CheckError> {
    let mut findings = case.notes.clone();
    findings.extend(routing.findings);
    for sheet in &routing.left_out {
        let place = Place {
            part: sheet.place,
            sheet: sheet.name.clone(),
            ..Place::default()
        };
        let finding = match (sheet.headers.is_empty(), sheet.to_come) {
            _ if is_of_persons(sheet) => of_persons(case).severity(Severity::Error),
            (_, Some(period)) => to_come(case, period).severity(Severity::Error),
            (true, None) => Finding::of("header-not-known").with_both("titles", &known_titles(case)),
            (false, None) => about_nearest(case, Finding::of("columns-missing"), sheet)
                .with("seen", sheet.headers.join(", "))
                .of_headers(&sheet.headers),
        };
        findings.push(finding.at(place));
    }
    if routing.left_out.is_empty() && !routing.asked {
        findings.push(Finding::of("no-rows"));
    }
    let status = if routing.asked { Status::Held } else { Status::Refused };
    refused(case, findings, routing.places, ignored, status)
}

fn refused(
    case: &Case<'_>,
    findings: Vec<Finding>,
    places: Vec<(usize, Option<String>)>,
    ignored: u64,
    status: Status,
) -> Result<Verdict, CheckError> {
    let dataset = match case.context.contracts.as_slice() {
        [only] => only.name.clone(),
        _ => String::new(),
    };
    let name = if dataset.is_empty() { "unknown" } else { &dataset };
    crate::check::stage_findings(&(case.staged)(name), case.context.sequence, &findings)?;
    let tally: FindingTally = findings.iter().collect();
    let rows = Rows {
        ignored,
        ..Rows::default()
    };
    Ok(Verdict {
        outcomes: vec![Outcome {
            dataset,
            status,
            rows,
            findings: tally,
            complete: false,
            digests: Vec::new(),
        }],
        places,
        read_seconds: 0.0,
    })
}

/// Who a connector's submission may speak for.
pub fn speaker(connector: &Connector, region: &str) -> Speaker {
    use crate::config::Scope;
    match (&connector.region, connector.scope) {
        (Some(code), _) => Speaker::Region {
            code: code.clone(),
            with_regencies: false,
        },
        (None, Some(Scope::All)) => Speaker::Everyone,
        (None, scope) => Speaker::Region {
            code: region.to_string(),
            with_regencies: scope == Some(Scope::Province),
        },
    }
}

/// How a connector's parts are read.
pub fn options(connector: Option<&Connector>, limits: &Limits) -> ReadOptions {
    let records = connector
        .and_then(|connector| connector.http.as_ref())
        .and_then(|http| crate::config::expand(&http.records).ok());
    ReadOptions {
        records,
        limits: limits.clone(),
    }
}

/// The context of a connector's submission.
pub fn context(
    configuration: &Configuration,
    connector: &Arc<Connector>,
    region: &str,
    as_of: NaiveDate,
    sequence: i64,
) -> Context {
    Context {
        contracts: configuration.contracts_of(connector),
        speaker: speaker(connector, region),
        connector: Some(connector.clone()),
        regions: configuration.regions.clone(),
        codes: configuration.codes.clone(),
        abbreviations: configuration.abbreviations.clone(),
        title_words: configuration.title_words.clone(),
        as_of,
        pseudonym_key: pseudonym_key(configuration),
        sequence,
    }
}

/// The installation's key of pseudonyms, from the variable that it names.
pub fn pseudonym_key(configuration: &Configuration) -> Option<PseudonymKey> {
    let name = configuration.installation.keys.pseudonym.as_ref()?;
    super::keys::secret(name).map(|key| PseudonymKey::new(key.into_bytes()))
}

/// Whether a connector takes files that people drop.
pub fn is_file(connector: &Connector) -> bool {
    connector.kind == Kind::Drop
}
