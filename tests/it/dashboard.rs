//! The page of a release in a real browser: what it shows is compared with the release's Parquet,
//! read here by another reader than the page's.

use std::collections::BTreeMap;
use std::path::Path;

use parquet::record::Field;
use serde_json::{Value, json};

use crate::browser::{Browser, is_waived};
use crate::released::{Expected, Row, as_of, data_package, expectations, parquet_rows, text};
use crate::static_server::{Behaviour, StaticServer};

const STATE: &str = "return document.documentElement.dataset.state";
const ENTER: &str = "\u{e007}";

/// Every row of the table: region code, and for each column the raw value and the text shown.
const ROWS: &str = r##"
    return [...document.querySelectorAll("#league-table tbody tr")].map((row) => ({
        region: row.dataset.region,
        cells: Object.fromEntries([...row.children].map((cell) => [cell.dataset.column, {
            value: cell.dataset.value,
            missing: cell.querySelector(".missing")?.title ?? null,
            text: cell.textContent,
        }])),
    }))
"##;

async fn rows(browser: &Browser) -> Vec<Value> {
    let rows = browser.run(ROWS).await;
    rows.as_array().expect("a list of rows").clone()
}

fn codes(rows: &[Value]) -> Vec<String> {
    rows.iter()
        .map(|row| row["region"].as_str().expect("a region code").to_owned())
        .collect()
}

/// The unrounded value behind a cell.
fn raw(row: &Value, column: &str) -> Option<f64> {
    let value = row["cells"][column]["value"]
        .as_str()
        .unwrap_or_else(|| panic!("{column} has a raw value in {row}"));
    (!value.is_empty()).then(|| value.parse().expect("a number"))
}

/// Asserts that the page shows the figures of the release for this row, and no zero for a gap.
fn assert_figures(row: &Value, expected: &Expected) {
    let columns = [
        ("active", expected.value("services_active_share")),
        ("live", expected.value("services_committed_live_share")),
        ("transactions", expected.value("transactions_per_1000")),
        ("innovations", expected.innovations()),
        ("days", expected.value("days_since_last_input")),
    ];
    for (column, value) in columns {
        assert_eq!(raw(row, column), value, "{column} of {row}");
        let cell = &row["cells"][column];
        let shown = cell["text"].as_str().expect("text");
        assert_eq!(value.is_none(), shown.starts_with('—'), "{column}: {cell}");
        if value.is_none() {
            assert_eq!(cell["missing"], "tidak ada data", "{column}: {cell}");
        }
    }
}

async fn the_table_shows_the_release(browser: &Browser, release: &Path) {
    let expected = expectations(release);
    let committed: Vec<&String> = expected
        .iter()
        .filter(|(_, region)| region.is_district() && region.is_committed())
        .map(|(code, _)| code)
        .collect();
    assert!(!committed.is_empty(), "the release has committed regions");

    let shown = rows(browser).await;
    let mut shown_codes = codes(&shown);
    shown_codes.sort();
    assert_eq!(shown_codes.iter().collect::<Vec<_>>(), committed);

    let shares: Vec<f64> = committed
        .iter()
        .filter_map(|code| expected[*code].value("services_active_share"))
        .collect();
    let mut last_rank = 0.0;
    for row in &shown {
        let region = &expected[row["region"].as_str().expect("a region code")];
        assert_figures(row, region);
        let share = region.value("services_active_share");
        let rank = share.map(|share| 1.0 + shares.iter().filter(|other| **other > share).count() as f64);
        assert_eq!(raw(row, "rank"), rank, "equal shares share a rank: {row}");
        if let Some(rank) = rank {
            assert!(rank >= last_rank, "the best come first: {row}");
            last_rank = rank;
        }
    }
}

async fn the_head_names_the_release(browser: &Browser, release: &Path) {
    let package = data_package(release);
    let facts = browser.run("return document.getElementById('facts').textContent").await;
    let facts = facts.as_str().expect("text");
    let id = package["id"].as_str().or(package["version"].as_str());
    assert!(facts.contains(id.expect("a release id")), "{facts}");
    let as_of = as_of(release);
    assert!(facts.contains(&as_of[..4]), "{facts} names the year of {as_of}");

    let metadata = parquet_rows(&release.join("indicators/metadata.parquet"));
    let illustrative = metadata.iter().any(|row| row["illustrative"] == Field::Bool(true));
    browser
        .wait_until(
            "return !document.getElementById('illustrative').hidden",
            &json!(illustrative),
        )
        .await;
    let notices = browser
        .run("return document.querySelector('.masthead').textContent")
        .await;
    let notices = notices.as_str().expect("text");
    assert!(notices.contains("bukan Indeks Inovasi Daerah resmi"), "{notices}");

    let defined = browser
        .run("return document.querySelectorAll('.definition').length")
        .await;
    assert_eq!(defined, json!(metadata.len()), "each indicator has its definition");
    let listed = browser
        .run("return [...document.querySelectorAll('.file-table a')].map((a) => a.getAttribute('href'))")
        .await;
    for path in ["indicators/indicators.parquet", "regions.parquet", "datapackage.json"] {
        assert!(listed.as_array().expect("a list").contains(&json!(path)), "{listed}");
    }
}

/// A count as Indonesian text groups it.
fn grouped(count: i64) -> String {
    let digits = count.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).expect("digits"))
        .collect();
    groups.join(".")
}

async fn coverage_agrees_with_the_release(browser: &Browser, release: &Path) {
    let count = |row: &Row, column: &str| match &row[column] {
        Field::Long(count) => *count,
        other => panic!("{column} is {other}, not a count"),
    };
    let mut coverage = parquet_rows(&release.join("quality/coverage.parquet"));
    coverage.retain(|row| count(row, "expected") > 0);
    assert!(!coverage.is_empty(), "the release expects reports");
    let mut latest: BTreeMap<String, String> = BTreeMap::new();
    for row in &coverage {
        let period = latest.entry(text(row, "dataset")).or_default();
        *period = text(row, "period").max(period.clone());
    }
    for row in &coverage {
        let (dataset, period, level) = (text(row, "dataset"), text(row, "period"), text(row, "level"));
        if period != latest[&dataset] {
            continue;
        }
        let script = format!(
            "return document.querySelector('[data-dataset={dataset}] > table \
             [data-level={level}] [data-column=reported]')?.textContent"
        );
        let shown = browser.run(&script).await;
        let (reported, expected) = (grouped(count(row, "reported")), grouped(count(row, "expected")));
        let wanted = format!("{reported} dari {expected}");
        assert_eq!(shown, wanted, "{dataset}, {level}, {period}");
    }
}

/// Asserts the direction that the header says, and that the rows follow it with gaps at the end.
async fn assert_sorted(browser: &Browser, column: &str, direction: &str) {
    let header = format!("return document.querySelector('th[data-column={column}]').ariaSort");
    browser.wait_until(&header, &json!(direction)).await;
    let sorted = "return document.querySelectorAll('th[aria-sort]:not([aria-sort=none])').length";
    assert_eq!(browser.run(sorted).await, json!(1), "one column says that it sorts");

    let values: Vec<Option<f64>> = rows(browser).await.iter().map(|row| raw(row, column)).collect();
    let known: Vec<f64> = values.iter().copied().flatten().collect();
    let in_order = known.windows(2).all(|pair| match direction {
        "ascending" => pair[0] <= pair[1],
        _ => pair[0] >= pair[1],
    });
    assert!(in_order, "{column} {direction}: {values:?}");
    let gaps_last = values[known.len()..].iter().all(Option::is_none);
    assert!(gaps_last, "gaps come last: {values:?}");
}

async fn headers_sort(browser: &Browser) {
    let header = |column: &str| format!("th[data-column={column}] button");
    browser.click(&header("transactions")).await;
    assert_sorted(browser, "transactions", "descending").await;
    browser.click(&header("transactions")).await;
    assert_sorted(browser, "transactions", "ascending").await;
    browser.click(&header("innovations")).await;
    assert_sorted(browser, "innovations", "descending").await;
    // By keyboard, twice: the header that is drawn anew keeps the focus.
    browser.type_into(&header("days"), ENTER).await;
    assert_sorted(browser, "days", "ascending").await;
    let focused = "return document.activeElement.closest('th')?.dataset.column";
    assert_eq!(browser.run(focused).await, "days");
    browser.type_into(&header("days"), ENTER).await;
    assert_sorted(browser, "days", "descending").await;
    browser.click(&header("rank")).await;
    assert_sorted(browser, "rank", "ascending").await;
}

async fn search_narrows(browser: &Browser) {
    let before = rows(browser).await;
    let wanted = before.last().expect("a row");
    let name = wanted["cells"]["region"]["text"].as_str().expect("a name");
    let rank = raw(wanted, "rank");
    browser.type_into("#search", &name.to_uppercase()).await;
    browser
        .wait_until(
            "return document.getElementById('search').value.length",
            &json!(name.len()),
        )
        .await;
    let found = rows(browser).await;
    assert!(
        codes(&found).contains(&codes(&before)[before.len() - 1]),
        "{name} is found"
    );
    assert!(found.len() < before.len(), "the search leaves others out");
    let same = found
        .iter()
        .find(|row| row["region"] == wanted["region"])
        .expect("the region");
    assert_eq!(raw(same, "rank"), rank, "a search does not change ranks");

    browser.type_into("#search", " zzzz").await;
    browser
        .wait_until(
            "return document.querySelectorAll('#league-table tbody tr').length",
            &json!(0),
        )
        .await;
    let said = browser.run("return document.getElementById('count').textContent").await;
    assert!(said.as_str().expect("text").contains("Tidak ada daerah"), "{said}");
    browser
        .run("const box = document.getElementById('search'); box.value = ''; box.dispatchEvent(new Event('input'))")
        .await;
    assert_eq!(
        codes(&rows(browser).await),
        codes(&before),
        "an empty search shows all again"
    );
}

async fn choose_level(browser: &Browser, level: &str) -> Vec<Value> {
    let script = format!(
        "const list = document.getElementById('level'); list.value = '{level}'; \
         list.dispatchEvent(new Event('change')); return list.value"
    );
    assert_eq!(browser.run(&script).await, level);
    rows(browser).await
}

async fn levels_are_kept_apart(browser: &Browser, release: &Path) {
    let expected = expectations(release);
    browser.click("#committed").await;
    for (choice, levels) in [
        ("districts", vec!["regency", "city"]),
        ("regency", vec!["regency"]),
        ("city", vec!["city"]),
        ("province", vec!["province"]),
    ] {
        let shown = choose_level(browser, choice).await;
        let mut shown_codes = codes(&shown);
        shown_codes.sort();
        let wanted: Vec<String> = expected
            .iter()
            .filter(|(_, region)| levels.contains(&region.level.as_str()))
            .map(|(code, _)| code.clone())
            .collect();
        assert_eq!(shown_codes, wanted, "{choice}");
        for row in &shown {
            assert_figures(row, &expected[row["region"].as_str().expect("a region code")]);
        }
    }
    let address = browser.run("return location.hash").await;
    let address = address.as_str().expect("text");
    assert!(
        address.contains("level=province") && address.contains("committed=0"),
        "{address}"
    );
    choose_level(browser, "districts").await;
    browser.click("#committed").await;
    assert_eq!(browser.run("return location.hash").await, "", "defaults leave no trace");
}

async fn the_language_switches(browser: &Browser) {
    let language = "return document.documentElement.lang";
    let heading = "return document.querySelector('h1').textContent";
    assert_eq!(browser.run(language).await, "id");
    assert_eq!(browser.run(heading).await, "Kinerja inovasi daerah");
    let before = codes(&rows(browser).await);

    browser.click("[data-language=en]").await;
    assert_eq!(browser.run(language).await, "en");
    assert_eq!(browser.run(heading).await, "Regional innovation performance");
    assert_eq!(
        codes(&rows(browser).await),
        before,
        "the order does not depend on the language"
    );

    browser.reload().await;
    browser.wait_until(STATE, &json!("ready")).await;
    assert_eq!(browser.run(language).await, "en", "the address remembers the language");
    let notices = browser
        .run("return document.querySelector('.masthead').textContent")
        .await;
    assert!(
        notices.as_str().expect("text").contains("not the official"),
        "{notices}"
    );
    browser.click("[data-language=id]").await;
    assert_eq!(browser.run(language).await, "id");
}

async fn a_narrow_page_fits(browser: &Browser) {
    browser.resize(360, 800).await;
    for language in ["id", "en"] {
        browser.click(&format!("[data-language={language}]")).await;
        let over = "const page = document.documentElement; return page.scrollWidth - page.clientWidth";
        assert_eq!(
            browser.run(over).await,
            json!(0),
            "nothing runs over the edge in {language}"
        );
    }
    let labels = browser
        .run("return getComputedStyle(document.querySelector('tbody td[data-column=days]'), '::before').content")
        .await;
    assert!(labels.as_str().expect("text").contains("Days since input"), "{labels}");
    browser.click("[data-language=id]").await;
    browser.resize(1280, 900).await;
}

/// Reads a table by ranges and whole, and gives both lengths.
async fn read_both_ways(browser: &Browser, bytes: u64) -> Value {
    let script = format!(
        "const {{ readTable }} = await import('./assets/data.js'); \
         const read = (limit) => readTable('indicators/indicators.parquet', {bytes}, {{}}, limit); \
         const [ranges, whole] = [await read(0), await read(Infinity)]; \
         return [ranges.length, whole.length, JSON.stringify(ranges) === JSON.stringify(whole)]"
    );
    browser.run(&format!("return (async () => {{ {script} }})()")).await
}

async fn ranges_are_used_where_they_exist(browser: &Browser, release: &Path, server: &StaticServer) {
    let file = release.join("indicators/indicators.parquet");
    let bytes = std::fs::metadata(&file).expect("a file").len();
    let count = parquet_rows(&file).len();
    let wanted = json!([count, count, true]);
    assert_eq!(read_both_ways(browser, bytes).await, wanted);
    let by_range = |server: &StaticServer| {
        let answered = server.answered();
        answered
            .iter()
            .any(|answer| answer.status == 206 && answer.path.ends_with("indicators.parquet"))
    };
    assert!(by_range(server), "large files are read by ranges");

    let behaviour = Behaviour {
        ranges: false,
        ..Behaviour::default()
    };
    let plain = StaticServer::start(release, behaviour).await;
    browser.open(plain.address()).await;
    browser.wait_until(STATE, &json!("ready")).await;
    assert_eq!(read_both_ways(browser, bytes).await, wanted, "without ranges too");
    assert!(!by_range(&plain));
}

async fn failures_are_said_in_both_languages(browser: &Browser, release: &Path) {
    let behaviour = Behaviour {
        hidden: vec!["regions.parquet".to_owned()],
        ..Behaviour::default()
    };
    let broken = StaticServer::start(release, behaviour).await;
    let message = "return document.getElementById('message').textContent";
    browser.open(broken.address()).await;
    browser.wait_until(STATE, &json!("error")).await;
    let said = browser.run(message).await;
    let said = said.as_str().expect("text");
    assert!(
        said.contains("Berkas regions.parquet") && said.contains("The file regions.parquet"),
        "{said}"
    );

    let behaviour = Behaviour {
        hidden: vec!["quality/coverage.parquet".to_owned()],
        ..Behaviour::default()
    };
    let partial = StaticServer::start(release, behaviour).await;
    browser.open(partial.address()).await;
    browser.wait_until(STATE, &json!("ready")).await;
    assert!(!rows(browser).await.is_empty(), "the table does not need the coverage");
    let said = browser
        .run("return document.querySelector('#coverage [role=alert]').textContent")
        .await;
    assert!(
        said.as_str().expect("text").contains("quality/coverage.parquet"),
        "{said}"
    );

    browser.open(&format!("file://{}/index.html", release.display())).await;
    browser.wait_until(STATE, &json!("error")).await;
    let said = browser.run(message).await;
    let said = said.as_str().expect("text");
    assert!(
        said.contains("dibuka langsung sebagai berkas") && said.contains("opened directly as a file"),
        "{said}"
    );
}

/// One test, because one released directory and one browser cost far more than all the steps.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_of_a_release_works_in_a_browser() {
    if is_waived() {
        eprintln!("skipped: LUMBUNG_WITHOUT_BROWSER=1, so the page was not opened in any browser");
        return;
    }
    let release = crate::support::demo_release()
        .canonicalize()
        .expect("a released directory");
    let server = StaticServer::start(&release, Behaviour::default()).await;
    let browser = Browser::start().await;
    browser.resize(1280, 900).await;
    browser.open(server.address()).await;
    browser.wait_until(STATE, &json!("ready")).await;

    the_head_names_the_release(&browser, &release).await;
    the_table_shows_the_release(&browser, &release).await;
    coverage_agrees_with_the_release(&browser, &release).await;
    headers_sort(&browser).await;
    search_narrows(&browser).await;
    levels_are_kept_apart(&browser, &release).await;
    the_language_switches(&browser).await;
    a_narrow_page_fits(&browser).await;
    ranges_are_used_where_they_exist(&browser, &release, &server).await;
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
    let missing: Vec<_> = server
        .answered()
        .into_iter()
        .filter(|answer| answer.status >= 400)
        .collect();
    assert_eq!(missing, [], "the page asks for nothing that a release lacks");

    failures_are_said_in_both_languages(&browser, &release).await;
}
