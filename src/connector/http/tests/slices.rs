//! Regions, windows and secrets.

use super::*;

#[tokio::test]
async fn each_region_of_the_map_is_a_slice_and_one_failure_stops_no_other() {
    let server = Server::start(|asked| {
        if asked.target.contains("=42") {
            reply("404 Not Found", "", b"")
        } else {
            ok("{\"items\":[1]}")
        }
    })
    .await;
    let home = tempfile::tempdir().unwrap();
    let outcome = fetch_from(
        &server,
        source(&server.url("/list"), "each = { city_id = \"regions\" }"),
        &request(home.path()),
    )
    .await;
    let mut targets = outcome.targets;
    targets.sort();
    assert_eq!(targets, ["/list?city_id=179", "/list?city_id=180", "/list?city_id=42"]);
    assert_eq!(outcome.deliveries.len(), 1);
    assert_eq!(outcome.deliveries[0].region.as_deref(), Some("32.73"));
    let ids: Vec<&str> = outcome.deliveries[0]
        .parts
        .iter()
        .map(|part| part.request["city_id"].as_str())
        .collect();
    assert_eq!(ids, ["179", "180"], "two ids of one region are parts of one slice");
    assert_eq!(outcome.failures[0].region.as_deref(), Some("32.04"));
}

#[tokio::test]
async fn an_id_may_stand_in_the_path() {
    let server = Server::start(|_| ok("{\"items\":[1]}")).await;
    let home = tempfile::tempdir().unwrap();
    let source = source(&server.url("/kota/{id}/harga"), "each = { id = \"regions\" }");
    let outcome = fetch_from(&server, source, &request(home.path())).await;
    assert!(
        outcome.targets.contains(&"/kota/42/harga".to_string()),
        "{:?}",
        outcome.targets
    );
}

#[tokio::test]
async fn the_window_overlaps_what_was_read() {
    let server = Server::start(|_| ok("{\"items\":[1]}")).await;
    let home = tempfile::tempdir().unwrap();
    let mut request = request(home.path());
    let make = || {
        let cursor =
            "query = { dari = \"{from}\", sampai = \"{to}\" }\ncursor = { start = \"2025-01-01\", overlap_days = 3 }";
        source(&server.url("/list"), cursor)
    };
    let first = fetch_from(&server, make(), &request).await;
    assert_eq!(first.deliveries[0].window, "2025-01-01..2025-11-30");
    assert_eq!(first.deliveries[0].cursor, Some(request.as_of));
    request
        .cursors
        .insert(String::new(), chrono::NaiveDate::from_ymd_opt(2025, 11, 20).unwrap());
    let second = fetch_from(&server, make(), &request).await;
    assert_eq!(second.deliveries[0].window, "2025-11-17..2025-11-30");
    assert_eq!(server.targets()[1], "/list?dari=2025-11-17&sampai=2025-11-30");
    request
        .cursors
        .insert(String::new(), chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap());
    let third = fetch_from(&server, make(), &request).await;
    assert!(
        third.deliveries.is_empty() && third.failures.is_empty(),
        "nothing is new before the cursor"
    );
}

#[tokio::test]
async fn next_links_keep_the_token_and_show_none() {
    let token = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(token.path(), "rahasia-123\n").unwrap();
    let auth = format!(
        "auth = {{ query = \"sandi\", token_file = \"{}\" }}",
        token.path().display()
    );
    let outcome = fetched(&format!("{NEXT}\n{auth}"), |asked| {
        if !asked.target.contains("sandi=rahasia-123") {
            return reply("401 Unauthorized", "", b"");
        }
        ok(&if asked.target.contains("c=2") {
            page(2, 2, "")
        } else {
            page(0, 2, ",\"next\":\"/list?c=2\"")
        })
    })
    .await;
    assert_eq!(
        outcome.bodies,
        [[page(0, 2, ",\"next\":\"/list?c=2\""), page(2, 2, "")]]
    );
    let shown = format!("{:?}", outcome.deliveries);
    assert!(!shown.contains("rahasia") && shown.contains("***"), "{shown}");
    assert!(!outcome.deliveries[0].parts[1].request.contains_key("sandi"));
}

#[tokio::test]
async fn a_header_token_and_user_are_sent_and_never_shown() {
    let token = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(token.path(), "T0K3N").unwrap();
    let server = Server::start(|asked| {
        let has = |line: &str| asked.headers.contains(line);
        if has("x-api-key: t0k3n") && has("authorization: basic") {
            ok("{\"items\":[1]}")
        } else {
            reply("401 Unauthorized", "", b"")
        }
    })
    .await;
    let auth = format!(
        "auth = {{ header = \"X-Api-Key\", token_file = \"{}\" }}",
        token.path().display()
    );
    let home = tempfile::tempdir().unwrap();
    let url = format!("http://budi:sandi99@{}/T0K3N/list", server.address);
    let outcome = fetch_from(&server, source(&url, &auth), &request(home.path())).await;
    let shown = format!("{:?}", outcome.deliveries);
    assert_eq!(outcome.bodies.len(), 1, "{:?}", outcome.failures);
    assert!(
        !shown.contains("T0K3N") && !shown.contains("sandi99") && !shown.contains("budi"),
        "{shown}"
    );
}
