//! What is asked for: regions and windows of time.

use super::paging::set_parameter;
use super::settings::Settings;
use crate::connector::FetchRequest;
use crate::finding::Finding;
use chrono::{Days, NaiveDate};
use reqwest::Url;

/// One delivery's worth of requests.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slice {
    /// Kemendagri code, where one region is asked for or speaks.
    pub region: Option<String>,
    /// The source's own ids of that region, each a series of requests; empty where none is named.
    pub ids: Vec<String>,
    pub window: Option<Window>,
}

/// A part of time, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Slice {
    /// `from..to`, or nothing.
    pub(super) fn window_text(&self) -> String {
        self.window
            .map(|window| format!("{}..{}", window.from, window.to))
            .unwrap_or_default()
    }
}

/// All slices of a fetch, in the order of the map. A slice whose window would end before it starts, because the
/// as-of date lies before what was read already, is left out: there is nothing to ask.
pub(super) fn slices(settings: &Settings, request: &FetchRequest) -> Result<Vec<Slice>, Finding> {
    let mut slices: Vec<Slice> = Vec::new();
    for (region, id) in asked(settings, request)? {
        // Several ids of one region are one slice, since a slice is a region's part of time.
        if let Some(slice) = slices.iter_mut().find(|slice| slice.region == region) {
            slice.ids.extend(id);
            continue;
        }
        let last = request.cursors.get(region.as_deref().unwrap_or_default()).copied();
        let Ok(window) = window(settings, last, request.as_of) else {
            continue;
        };
        slices.push(Slice {
            region,
            ids: id.into_iter().collect(),
            window,
        });
    }
    Ok(slices)
}

/// A region as Kemendagri code, and what the source calls it.
type Asked = (Option<String>, Option<String>);

/// What is asked for, in the map's order.
fn asked(settings: &Settings, request: &FetchRequest) -> Result<Vec<Asked>, Finding> {
    if settings.each.is_empty() {
        return Ok(vec![(settings.region.clone(), None)]);
    }
    let name = settings.system.as_deref().unwrap_or_default();
    let entries = request
        .regions
        .system(name)
        .map(|system| request.regions.map_entries(&system))
        .unwrap_or_default();
    let pairs: Vec<Asked> = entries
        .into_iter()
        .filter(|entry| settings.region.as_ref().is_none_or(|region| *region == entry.code))
        .map(|entry| (Some(entry.code), Some(entry.id)))
        .collect();
    if pairs.is_empty() {
        Err(Finding::of("region-map-empty").with("system", name))
    } else {
        Ok(pairs)
    }
}

/// There is nothing to ask for.
struct NothingNew;

fn window(settings: &Settings, last: Option<NaiveDate>, as_of: NaiveDate) -> Result<Option<Window>, NothingNew> {
    let Some(cursor) = &settings.cursor else {
        return Ok(None);
    };
    let overlapping = last.and_then(|end| end.checked_sub_days(Days::new(u64::from(cursor.overlap_days))));
    let from = overlapping.map_or(cursor.start, |from| from.max(cursor.start));
    if from > as_of || last.is_some_and(|last| last > as_of) {
        tracing::info!(%from, %as_of, "nothing to ask: the as-of date lies before what was read already");
        return Err(NothingNew);
    }
    Ok(Some(Window { from, to: as_of }))
}

/// The address of a slice's first request, for one of its ids.
pub(super) fn address(
    settings: &Settings,
    id: Option<&str>,
    window: Option<Window>,
    as_of: NaiveDate,
) -> Result<Url, Finding> {
    let fill = |text: &str| {
        let mut text = text.replace("{as_of}", &as_of.to_string());
        if let Some(window) = window {
            text = text
                .replace("{from}", &window.from.to_string())
                .replace("{to}", &window.to.to_string());
        }
        text
    };
    let mut base = fill(&settings.url);
    let mut in_query = Vec::new();
    for parameter in &settings.each {
        let mark = format!("{{{parameter}}}");
        let Some(id) = id else { continue };
        if base.contains(&mark) {
            base = base.replace(&mark, &segment(id));
        } else {
            in_query.push((parameter.as_str(), id));
        }
    }
    let mut url = Url::parse(&base).map_err(|_| Finding::of("address-invalid"))?;
    for (name, value) in &settings.query {
        set_parameter(&mut url, name, &fill(value));
    }
    for (name, value) in in_query {
        set_parameter(&mut url, name, value);
    }
    if let Some((name, token)) = &settings.token_parameter {
        set_parameter(&mut url, name, token);
    }
    Ok(url)
}

/// An id as a segment of a path, where it must not become two segments.
fn segment(id: &str) -> String {
    let mut encoded = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte as char),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
