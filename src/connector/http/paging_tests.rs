//! Paging on made-up pages.

use super::paging::{PageFacts, Pager, Step, on_same_host, set_parameter};
use super::redact::Redactor;
use crate::config::Paging;
use reqwest::Url;

/// How a pull ended.
type End = Result<(Step, Vec<String>), String>;

/// Plays a source: `answer(address)` gives records and values. The result is the addresses asked for, and how it
/// ended: `Ok((whole, notes))` or the code of the finding.
fn play(
    paging: &str,
    max_pages: u64,
    answer: impl Fn(&Url, usize) -> (u64, Vec<Option<&'static str>>),
) -> (Vec<String>, End) {
    let paging: Paging = toml::from_str(paging).unwrap();
    let redactor = Redactor::new(&[], &[]);
    let mut pager = Pager::new(Some(&paging), &redactor, None, max_pages);
    let mut address = pager.first(Url::parse("http://a.id/list?x=1").unwrap());
    let mut asked = Vec::new();
    loop {
        let (records, values) = answer(&address, asked.len());
        asked.push(address.as_str().trim_start_matches("http://a.id/list?x=1").to_string());
        let values: Vec<Option<String>> = values.into_iter().map(|value| value.map(str::to_string)).collect();
        assert_eq!(values.len(), pager.pointers().len());
        let sha256 = asked.len().to_string();
        match pager.next(&PageFacts {
            address: &address,
            sha256: &sha256,
            records,
            values: &values,
        }) {
            Ok(Step::Next(next)) => address = next,
            Ok(step) => {
                return (
                    asked,
                    Ok((step, pager.notes().into_iter().map(|note| note.code).collect())),
                );
            }
            Err(finding) => return (asked, Err(finding.code)),
        }
    }
}

fn sizes(sizes: &'static [u64]) -> impl Fn(&Url, usize) -> (u64, Vec<Option<&'static str>>) {
    move |_, page| (sizes[page], Vec::new())
}

const PAGE: &str = "kind = \"page\"\nparam = \"page\"";
const OFFSET: &str = "kind = \"offset\"\nparam = \"skip\"";

#[test]
fn numbered_pages_end_with_a_page_without_records() {
    let (asked, end) = play(PAGE, 10, sizes(&[5, 5, 2, 0]));
    assert_eq!(asked, ["&page=1", "&page=2", "&page=3", "&page=4"]);
    assert_eq!(end, Ok((Step::WholeWithoutThis, vec![])));
    let (asked, end) = play(&format!("{PAGE}\nfirst = 0"), 10, sizes(&[0]));
    assert_eq!(
        (asked.len(), asked[0].as_str(), end),
        (1, "&page=0", Ok((Step::Whole, vec![])))
    );
}

#[test]
fn numbered_pages_end_with_the_promised_count() {
    let paging = format!("{PAGE}\ntotal_pages = \"/pages\"");
    let (asked, end) = play(&paging, 10, |_, _| (5, vec![Some("2")]));
    assert_eq!((asked.len(), end), (2, Ok((Step::Whole, vec![]))));
    let (_, end) = play(&paging, 10, |_, page| ([5, 0][page], vec![Some("3")]));
    assert_eq!(end, Err("pages-missing".to_string()));
    let (_, end) = play(&paging, 10, |_, _| (5, vec![None]));
    assert_eq!(end, Err("paging-value-missing".to_string()));
    let (_, end) = play(&paging, 10, |_, _| (5, vec![Some("many")]));
    assert_eq!(end, Err("paging-value-invalid".to_string()));
    // A count that grows while we read is followed, and noted.
    let (asked, end) = play(&paging, 10, |_, page| (5, vec![Some(["2", "3", "3"][page])]));
    assert_eq!(
        (asked.len(), end),
        (3, Ok((Step::Whole, vec!["total-changed".to_string()])))
    );
}

#[test]
fn a_numbered_page_that_grows_fails_and_one_that_shrinks_is_noted() {
    assert_eq!(play(PAGE, 10, sizes(&[5, 10, 0])).1, Err("page-size-grew".to_string()));
    assert_eq!(
        play(PAGE, 10, sizes(&[5, 3, 3, 1, 0])).1,
        Ok((Step::WholeWithoutThis, vec!["page-size-changed".to_string()]))
    );
}

#[test]
fn offsets_count_what_came() {
    let paging = format!("{OFFSET}\nlimit_param = \"take\"\nlimit = 100\ntotal = \"/total\"");
    let (asked, end) = play(&paging, 10, |_, page| ([100, 40, 60][page], vec![Some("200")]));
    assert_eq!(asked, ["&skip=0&take=100", "&skip=100&take=100", "&skip=140&take=100"]);
    assert_eq!(end, Ok((Step::Whole, vec!["page-size-changed".to_string()])));
    let (_, end) = play(&paging, 10, |_, page| ([100, 0][page], vec![Some("200")]));
    assert_eq!(end, Err("records-fewer-than-total".to_string()));
}

#[test]
fn offsets_follow_the_mark_for_more() {
    let paging = format!("{OFFSET}\nmore = \"/more\"");
    let (asked, end) = play(&paging, 10, |_, page| (3, vec![[Some("true"), None][page]]));
    assert_eq!((asked.len(), end), (2, Ok((Step::Whole, vec![]))));
    let (_, end) = play(&paging, 10, |_, page| ([3, 0][page], vec![Some("true")]));
    assert_eq!(end, Err("more-without-records".to_string()));
    let both = format!("{OFFSET}\ntotal = \"/total\"\nmore = \"/more\"");
    let (_, end) = play(&both, 10, |_, _| (3, vec![Some("10"), Some("false")]));
    assert_eq!(end, Err("records-fewer-than-total".to_string()));
}

#[test]
fn links_are_followed_on_the_same_host_only() {
    let paging = "kind = \"next\"\nlink = \"/next\"";
    let (asked, end) = play(paging, 10, |_, page| {
        (
            3,
            vec![[Some("?x=1&c=b"), Some("http://a.id/list?x=1&c=c"), Some(" ")][page]],
        )
    });
    assert_eq!(asked, ["", "&c=b", "&c=c"]);
    assert_eq!(end, Ok((Step::Whole, vec![])));
    let (_, end) = play(paging, 10, |_, _| (3, vec![Some("http://b.id/")]));
    assert_eq!(end, Err("next-link-elsewhere".to_string()));
    let (_, end) = play(paging, 10, |_, page| (3, vec![Some(["?x=2", "?x=1"][page])]));
    assert_eq!(end, Err("page-repeated".to_string()));
    let (_, end) = play(paging, 10, |_, _| (3, vec![Some("http://[")]));
    assert_eq!(end, Err("next-link-invalid".to_string()));
}

#[test]
fn endless_pages_end_with_a_finding() {
    assert_eq!(
        play(PAGE, 7, |_, _| (5, vec![])),
        (
            (1..=7).map(|page| format!("&page={page}")).collect(),
            Err("too-many-pages".to_string())
        )
    );
    assert_eq!(
        play(&format!("{PAGE}\nmax_pages = 3"), 7, |_, _| (5, vec![])).0.len(),
        3
    );
}

#[test]
fn knows_the_same_host() {
    let same = |base: &str, target: &str| {
        on_same_host(&Url::parse(base).unwrap(), Url::parse(target).unwrap()).map(|url| url.to_string())
    };
    assert_eq!(
        same("https://a.id/", "http://a.id/x"),
        Some("https://a.id/x".to_string())
    );
    assert_eq!(
        same("http://a.id/", "https://a.id/x"),
        Some("https://a.id/x".to_string())
    );
    assert_eq!(
        same("https://a.id/", "https://u:p@a.id/x"),
        Some("https://a.id/x".to_string())
    );
    assert_eq!(same("https://a.id/", "https://a.id:444/x"), None);
    assert_eq!(same("https://a.id/", "https://a.id.evil.id/x"), None);
    assert_eq!(same("http://127.0.0.1:80/", "http://localhost:80/"), None);
    assert_eq!(same("https://a.id/", "http://a.id:8080/x"), None);
}

#[test]
fn a_parameter_keeps_its_place() {
    let mut url = Url::parse("http://a.id/?a=1&page=1&b=2&page=9").unwrap();
    set_parameter(&mut url, "page", "2");
    assert_eq!(url.as_str(), "http://a.id/?a=1&page=2&b=2");
}
