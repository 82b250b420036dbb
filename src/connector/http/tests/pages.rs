//! Page after page, and pulls that are not whole.

use super::*;

#[tokio::test]
async fn pages_are_the_parts_of_one_delivery() {
    let outcome = fetched(&format!("query = {{ kota = \"a b\" }}\n{PAGES}"), |asked| {
        let number = number(asked, "page");
        ok(&page(number * 2, if number < 3 { 2 } else { 0 }, ""))
    })
    .await;
    assert_eq!(
        outcome.targets,
        [
            "/list?kota=a+b&page=1",
            "/list?kota=a+b&page=2",
            "/list?kota=a+b&page=3"
        ]
    );
    assert_eq!(outcome.bodies, [[page(2, 2, ""), page(4, 2, "")]]);
    let part = &outcome.deliveries[0].parts[1];
    assert_eq!(part.request.get("page").map(String::as_str), Some("2"));
    assert!(part.name.ends_with("/list?kota=a+b&page=2"), "{}", part.name);
    assert_eq!(
        (outcome.deliveries[0].window.as_str(), outcome.deliveries[0].cursor),
        ("", None)
    );
}

#[tokio::test]
async fn an_answer_without_records_is_a_delivery_too() {
    let outcome = fetched(PAGES, |_| ok("{\"items\":[]}")).await;
    assert_eq!(outcome.bodies, [["{\"items\":[]}"]]);
}

#[tokio::test]
async fn a_page_size_that_changes_loses_nothing_with_offsets() {
    let outcome = fetched(TOTAL, |asked| {
        let skip = number(asked, "skip");
        let size = if skip == 0 { 4 } else { 3 };
        ok(&page(skip, size.min(10 - skip), ",\"total\":10"))
    })
    .await;
    assert_eq!(outcome.targets, ["/list?skip=0", "/list?skip=4", "/list?skip=7"]);
    assert_eq!(outcome.bodies[0].len(), 3);
    assert_eq!(outcome.deliveries[0].notes[0].code, "page-size-changed");
}

#[tokio::test]
async fn pulls_that_are_not_whole_fail_and_leave_nothing() {
    let growing = fetched(PAGES, |asked| ok(&page(0, number(asked, "page") * 2, ""))).await;
    assert_eq!(growing.codes, ["page-size-grew"]);
    let repeated = fetched(PAGES, |_| ok(&page(0, 2, ""))).await;
    assert_eq!(repeated.codes, ["page-repeated"]);
    let endless = fetched(&PAGES.replace(" }", ", max_pages = 3 }"), |asked| {
        ok(&page(number(asked, "page"), 2, ""))
    })
    .await;
    assert_eq!(
        (endless.codes, endless.targets.len()),
        (vec!["too-many-pages".to_string()], 3)
    );
    let lying = fetched(TOTAL, |asked| {
        let skip = number(asked, "skip");
        ok(&page(skip, if skip < 4 { 2 } else { 0 }, ",\"total\":10"))
    })
    .await;
    assert_eq!(lying.codes, ["records-fewer-than-total"]);
    let elsewhere = fetched(NEXT, |_| ok(&page(0, 2, ",\"next\":\"http://localhost:1/\""))).await;
    assert_eq!(elsewhere.codes, ["next-link-elsewhere"]);
    // An error that comes in the middle must not pass for the end.
    let broken = fetched(PAGES, |asked| {
        if number(asked, "page") == 2 {
            ok("{\"error\":\"busy\"}")
        } else {
            ok(&page(0, 2, ""))
        }
    })
    .await;
    assert_eq!(broken.codes, ["records-place-missing"]);
    for outcome in [
        growing.bodies,
        repeated.bodies,
        endless.bodies,
        lying.bodies,
        elsewhere.bodies,
        broken.bodies,
    ] {
        assert!(outcome.is_empty());
    }
}

#[tokio::test]
async fn equal_answers_have_equal_hashes() {
    let answer = |_: &Asked| ok("{\"items\":[1]}");
    let (first, second) = (fetched("", answer).await, fetched("", answer).await);
    assert_eq!(
        first.deliveries[0].parts[0].sha256,
        second.deliveries[0].parts[0].sha256
    );
}

#[tokio::test]
async fn xml_is_read_too() {
    let server = Server::start(|asked| {
        let number = number(asked, "page");
        let rows = if number < 3 {
            format!("<row>{number}</row>")
        } else {
            String::new()
        };
        reply(
            "200 OK",
            "Content-Type: text/xml\r\n",
            format!("<r><pages>2</pages><rows>{rows}</rows></r>").as_bytes(),
        )
    })
    .await;
    let text = format!(
        "title = {{ id = \"a\", en = \"a\" }}\nkind = \"http\"\n[http]\nurl = \"{}\"\nrecords = \"/r/rows/row\"\nformat = \"xml\"\n\
         paging = {{ kind = \"page\", param = \"page\", total_pages = \"/r/pages\" }}",
        server.url("/")
    );
    let source = HttpSource::new(&toml::from_str(&text).unwrap()).unwrap();
    let home = tempfile::tempdir().unwrap();
    let outcome = fetch_from(&server, source, &request(home.path())).await;
    assert_eq!((outcome.bodies[0].len(), outcome.targets.len()), (2, 2));
}

#[tokio::test]
async fn a_rate_spaces_requests_evenly() {
    let start = Instant::now();
    let outcome = fetched(&format!("rate = \"20/s\"\n{PAGES}"), |asked| {
        let number = number(asked, "page");
        ok(&page(number, if number < 5 { 1 } else { 0 }, ""))
    })
    .await;
    assert_eq!(outcome.targets.len(), 5);
    assert!(
        start.elapsed() >= Duration::from_millis(4 * 50 - 10),
        "{:?}",
        start.elapsed()
    );
}
