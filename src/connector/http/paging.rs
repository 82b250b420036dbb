//! Page after page: which address comes next, when a pull is whole, and when it cannot be trusted.
//!
//! A pull that may have lost rows is a failure and never a short delivery: a slice that is not whole must not
//! replace data. So an end before the promised total, a page that grows between two numbered pages (rows between
//! them were skipped), a page that comes twice and a link to another host all fail the slice.

use super::redact::Redactor;
use crate::config::Paging;
use crate::finding::Finding;
use reqwest::Url;
use std::collections::BTreeSet;

/// Leads through the pages of one pull.
pub(super) struct Pager<'a> {
    paging: Option<&'a Paging>,
    redactor: &'a Redactor,
    /// Parameter and value of a token that every address carries.
    token: Option<&'a (String, String)>,
    max_pages: u64,
    pages: u64,
    records: u64,
    previous: Option<PreviousPage>,
    /// The last total or page count that the source named.
    promised: Option<u64>,
    visited: BTreeSet<String>,
    notes: Vec<Finding>,
}

struct PreviousPage {
    records: u64,
    sha256: String,
    /// This page is smaller than the one before it.
    shrank: bool,
}

/// What a page says about paging.
pub(super) struct PageFacts<'a> {
    pub address: &'a Url,
    pub sha256: &'a str,
    pub records: u64,
    /// The values at [`Pager::pointers`], in their order.
    pub values: &'a [Option<String>],
}

/// What to do after a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Ask for another page.
    Next(Url),
    /// The pull is whole.
    Whole,
    /// The pull is whole, and this page only marked its end.
    WholeWithoutThis,
}

impl<'a> Pager<'a> {
    /// `max_pages` is the installation's bound; the connector may set a lower one. `token` is a parameter that a
    /// next link must carry even where the source leaves it out.
    pub(super) fn new(
        paging: Option<&'a Paging>,
        redactor: &'a Redactor,
        token: Option<&'a (String, String)>,
        max_pages: u64,
    ) -> Pager<'a> {
        let own = paging.and_then(|paging| match paging {
            Paging::Page { max_pages, .. } | Paging::Offset { max_pages, .. } | Paging::Next { max_pages, .. } => {
                *max_pages
            }
        });
        Pager {
            paging,
            redactor,
            token,
            max_pages: own.unwrap_or(max_pages).min(max_pages),
            pages: 0,
            records: 0,
            previous: None,
            promised: None,
            visited: BTreeSet::new(),
            notes: Vec::new(),
        }
    }

    /// The values that [`Pager::next`] needs from each page.
    pub(super) fn pointers(&self) -> Vec<&'a str> {
        match self.paging {
            None => Vec::new(),
            Some(Paging::Page { total_pages, .. }) => total_pages.iter().map(String::as_str).collect(),
            Some(Paging::Offset { total, more, .. }) => total.iter().chain(more).map(String::as_str).collect(),
            Some(Paging::Next { link, .. }) => vec![link.as_str()],
        }
    }

    /// The first page's address.
    pub(super) fn first(&self, mut address: Url) -> Url {
        match self.paging {
            None | Some(Paging::Next { .. }) => {}
            Some(Paging::Page { param, first, .. }) => {
                set_parameter(&mut address, param, &first.unwrap_or(1).to_string())
            }
            Some(Paging::Offset {
                param,
                limit_param,
                limit,
                ..
            }) => {
                set_parameter(&mut address, param, "0");
                if let (Some(limit_param), Some(limit)) = (limit_param, limit) {
                    set_parameter(&mut address, limit_param, &limit.to_string());
                }
            }
        }
        address
    }

    /// Judges a page and says what comes next. An error fails the slice.
    pub(super) fn next(&mut self, page: &PageFacts<'_>) -> Result<Step, Finding> {
        self.pages += 1;
        self.visited.insert(page.address.to_string());
        let Some(paging) = self.paging else {
            return Ok(Step::Whole);
        };
        if page.records > 0
            && self
                .previous
                .as_ref()
                .is_some_and(|previous| previous.sha256 == page.sha256)
        {
            return Err(Finding::of("page-repeated").with("page", self.pages.to_string()));
        }
        self.records += page.records;
        let step = match paging {
            Paging::Page {
                param,
                first,
                total_pages,
                ..
            } => {
                self.refuse_growth(page)?;
                self.next_number(page, param, first.unwrap_or(1), total_pages.as_deref())?
            }
            Paging::Offset { param, total, more, .. } => {
                self.note_shrinking(page);
                self.next_offset(page, param, total.as_deref(), more.as_deref())?
            }
            Paging::Next { .. } => self.next_link(page)?,
        };
        if matches!(step, Step::Next(_)) && self.pages >= self.max_pages {
            return Err(Finding::of("too-many-pages").with("limit", self.max_pages.to_string()));
        }
        self.remember(page);
        Ok(step)
    }

    /// Oddities for the receipt, once the pull is whole.
    pub(super) fn notes(self) -> Vec<Finding> {
        self.notes
    }

    fn remember(&mut self, page: &PageFacts<'_>) {
        let shrank = self
            .previous
            .as_ref()
            .is_some_and(|previous| page.records < previous.records);
        self.previous = Some(PreviousPage {
            records: page.records,
            sha256: page.sha256.to_string(),
            shrank,
        });
    }

    /// Between numbered pages a larger page means that the rows between the two sizes were never sent.
    fn refuse_growth(&mut self, page: &PageFacts<'_>) -> Result<(), Finding> {
        match &self.previous {
            Some(previous) if page.records > previous.records => Err(Finding::of("page-size-grew")
                .with("page", self.pages.to_string())
                .with("before", previous.records.to_string())
                .with("after", page.records.to_string())),
            _ => {
                self.note_shrinking(page);
                Ok(())
            }
        }
    }

    /// A small page is odd only where another follows it.
    fn note_shrinking(&mut self, page: &PageFacts<'_>) {
        let shrank = self.previous.as_ref().is_some_and(|previous| previous.shrank);
        if shrank && page.records > 0 && !self.notes.iter().any(|note| note.code == "page-size-changed") {
            self.notes
                .push(Finding::of("page-size-changed").with("page", (self.pages - 1).to_string()));
        }
    }

    fn next_number(
        &mut self,
        page: &PageFacts<'_>,
        param: &str,
        first: u64,
        total_pages: Option<&str>,
    ) -> Result<Step, Finding> {
        if let Some(at) = total_pages {
            self.hear_promise(at, page.values.first())?;
        }
        if page.records == 0 {
            return match self.promised {
                Some(promised) if self.pages < promised => {
                    Err(fewer(Finding::of("pages-missing"), self.pages, promised))
                }
                _ => Ok(self.end_mark()),
            };
        }
        if self.promised.is_some_and(|promised| self.pages >= promised) {
            return Ok(Step::Whole);
        }
        Ok(self.following(page, param, first + self.pages))
    }

    fn next_offset(
        &mut self,
        page: &PageFacts<'_>,
        param: &str,
        total: Option<&str>,
        more: Option<&str>,
    ) -> Result<Step, Finding> {
        let mut values = page.values.iter();
        if let Some(at) = total {
            self.hear_promise(at, values.next())?;
        }
        // Interfaces leave the mark out on the last page, so an absent one means no.
        let more = more.map(|_| values.next().and_then(Option::as_deref).is_some_and(is_true));
        let short = self.promised.filter(|&promised| self.records < promised);
        let ended = page.records == 0 || more == Some(false);
        match (ended, short) {
            (true, Some(promised)) => Err(fewer(Finding::of("records-fewer-than-total"), self.records, promised)),
            (true, None) if page.records == 0 && more == Some(true) => Err(Finding::of("more-without-records")),
            (true, None) if page.records == 0 => Ok(self.end_mark()),
            (true, None) => Ok(Step::Whole),
            (false, None) if self.promised.is_some() => Ok(Step::Whole),
            (false, _) => Ok(self.following(page, param, self.records)),
        }
    }

    fn next_link(&mut self, page: &PageFacts<'_>) -> Result<Step, Finding> {
        let Some(link) = page
            .values
            .first()
            .and_then(Option::as_deref)
            .map(str::trim)
            .filter(|link| !link.is_empty())
        else {
            return Ok(if page.records == 0 {
                self.end_mark()
            } else {
                Step::Whole
            });
        };
        let joined = page
            .address
            .join(link)
            .map_err(|_| Finding::of("next-link-invalid").value(self.redactor.text(link)))?;
        let Some(mut next) = on_same_host(page.address, joined) else {
            return Err(Finding::of("next-link-elsewhere").value(self.redactor.text(link)));
        };
        if let Some((name, token)) = self.token {
            set_parameter(&mut next, name, token);
        }
        if self.visited.contains(next.as_str()) {
            return Err(Finding::of("page-repeated").with("page", (self.pages + 1).to_string()));
        }
        Ok(Step::Next(next))
    }

    /// Takes in a total or page count. It must be named once; a later page may leave it out.
    fn hear_promise(&mut self, at: &str, value: Option<&Option<String>>) -> Result<(), Finding> {
        let value = value
            .and_then(Option::as_deref)
            .map(str::trim)
            .filter(|text| !text.is_empty());
        let Some(text) = value else {
            return match self.promised {
                Some(_) => Ok(()),
                None => Err(Finding::of("paging-value-missing").with("at", at)),
            };
        };
        let promised: u64 = text.parse().map_err(|_| {
            Finding::of("paging-value-invalid")
                .with("at", at)
                .value(self.redactor.text(text))
        })?;
        if let Some(before) = self.promised.replace(promised)
            && before != promised
            && !self.notes.iter().any(|note| note.code == "total-changed")
        {
            let note = Finding::of("total-changed");
            self.notes.push(
                note.with("before", before.to_string())
                    .with("after", promised.to_string()),
            );
        }
        Ok(())
    }

    fn following(&self, page: &PageFacts<'_>, param: &str, value: u64) -> Step {
        let mut next = page.address.clone();
        set_parameter(&mut next, param, &value.to_string());
        Step::Next(next)
    }

    /// A page without records ends a pull. It counts as content only where nothing else came.
    fn end_mark(&self) -> Step {
        if self.pages == 1 {
            Step::Whole
        } else {
            Step::WholeWithoutThis
        }
    }
}

fn fewer(finding: Finding, received: u64, promised: u64) -> Finding {
    finding
        .with("received", received.to_string())
        .with("promised", promised.to_string())
}

fn is_true(text: &str) -> bool {
    matches!(
        text.trim().to_ascii_lowercase().as_str(),
        "true" | "1" | "yes" | "y" | "ya"
    )
}

/// Sets a query parameter, in the place it had, or at the end.
pub(super) fn set_parameter(address: &mut Url, name: &str, value: &str) {
    let pairs: Vec<(String, String)> = address
        .query_pairs()
        .map(|(key, old)| (key.into_owned(), old.into_owned()))
        .collect();
    let mut query = address.query_pairs_mut();
    query.clear();
    let mut set = false;
    for (key, old) in &pairs {
        if key != name {
            query.append_pair(key, old);
        } else if !set {
            query.append_pair(name, value);
            set = true;
        }
    }
    if !set {
        query.append_pair(name, value);
    }
}

/// `target` where it leads to the same host and port as `base`, else none. A server behind a TLS proxy often names
/// itself with `http`; such an address is asked with `https`, so that a token never travels in the open.
pub(super) fn on_same_host(base: &Url, mut target: Url) -> Option<Url> {
    if base.scheme() == "https" && target.scheme() == "http" && target.port().is_none() {
        target.set_scheme("https").ok()?;
    }
    let upgraded =
        base.scheme() == "http" && target.scheme() == "https" && base.port().is_none() && target.port().is_none();
    let same_port = target.scheme() == base.scheme() && target.port_or_known_default() == base.port_or_known_default();
    if target.host() != base.host() || !(same_port || upgraded) {
        return None;
    }
    // The user is sent from the settings, never from an address that a server gave.
    target.set_username("").and_then(|()| target.set_password(None)).ok()?;
    Some(target)
}
