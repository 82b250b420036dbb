//! Servers that fail, for a moment or for good.

use super::*;

#[tokio::test]
async fn a_passing_fault_is_waited_out() {
    let faults: [(&str, Fault); 5] = [
        ("500", || reply("500 Internal Server Error", "", b"")),
        ("cut off by length", || {
            raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", b"{\"items\":[")
        }),
        ("cut off in a chunk", || {
            raw(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                b"20\r\n{\"items\":[",
            )
        }),
        ("cut off without length", || {
            raw("HTTP/1.0 200 OK\r\n\r\n", b"{\"items\":[")
        }),
        ("no answer", || raw("", b"")),
    ];
    for (name, fault) in faults {
        let outcome = fetched("", move |asked| {
            if asked.before < 2 {
                fault()
            } else {
                ok("{\"items\":[1]}")
            }
        })
        .await;
        assert_eq!(outcome.bodies, [["{\"items\":[1]}"]], "{name}: {:?}", outcome.failures);
        assert_eq!(outcome.targets.len(), 3, "{name}");
    }
}

#[tokio::test]
async fn retry_after_is_honoured() {
    let start = Instant::now();
    let outcome = fetched("", |asked| match asked.before {
        0 => reply("429 Too Many Requests", "Retry-After: 1\r\n", b""),
        _ => ok("{\"items\":[1]}"),
    })
    .await;
    assert_eq!((outcome.bodies.len(), outcome.targets.len()), (1, 2));
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_lasting_fault_fails_after_all_attempts() {
    let busy = fetched("", |_| reply("503 Service Unavailable", "", b"")).await;
    assert_eq!((busy.codes[0].as_str(), busy.targets.len()), ("source-busy", 3));
}

#[tokio::test]
async fn what_asking_again_cannot_mend_is_asked_once() {
    let faults: [(&str, Fault); 9] = [
        ("access-refused", || reply("403 Forbidden", "", b"")),
        ("answer-status", || reply("404 Not Found", "", b"")),
        ("answer-status", || raw("HTTP/1.1 204 No Content\r\n\r\n", b"")),
        ("answer-is-web-page", || {
            reply(
                "200 OK",
                "Content-Type: text/html\r\n",
                b"<!DOCTYPE html><p>Pemeliharaan",
            )
        }),
        ("answer-is-challenge", || {
            reply(
                "503 Service Unavailable",
                "Content-Type: text/html\r\n",
                b"<title>Just a moment...",
            )
        }),
        ("answer-malformed", || ok("{\"items\":[1}")),
        ("answer-encoding-unknown", || {
            reply("200 OK", "Content-Encoding: br\r\n", b"x")
        }),
        ("redirect-elsewhere", || {
            reply("302 Found", "Location: http://localhost:1/x\r\n", b"")
        }),
        ("answer-says-error", || {
            ok("{\"status\":\"error\",\"message\":\"kuota habis\",\"items\":[]}")
        }),
    ];
    for (code, fault) in faults {
        let errors = "errors = [{ at = \"/status\", is = [\"error\"], message = \"/message\" }]";
        let outcome = fetched(errors, move |_| fault()).await;
        assert_eq!((outcome.codes, outcome.targets.len()), (vec![code.to_string()], 1));
    }
}

#[tokio::test]
async fn redirections_on_the_same_host_are_followed() {
    let outcome = fetched("", |asked| match asked.target.as_str() {
        "/list" => reply("301 Moved Permanently", "Location: /new?x=1\r\n", b""),
        _ => ok("{\"items\":[1]}"),
    })
    .await;
    assert_eq!(
        (outcome.bodies.len(), outcome.targets),
        (1, vec!["/list".to_string(), "/new?x=1".to_string()])
    );
    let endless = fetched("", |_| reply("302 Found", "Location: /list\r\n", b"")).await;
    assert_eq!(
        (endless.codes, endless.targets.len()),
        (vec!["redirects-endless".to_string()], 6)
    );
}

#[tokio::test]
async fn compressed_answers_are_stored_decoded_and_bounded() {
    let body = page(0, 30, "");
    let packed = gzip(body.as_bytes());
    let answer = move |_: &Asked| reply("200 OK", "Content-Encoding: gzip\r\n", &packed);
    let outcome = fetched("", answer.clone()).await;
    assert_eq!(outcome.bodies, [[body.clone()]]);
    assert_eq!(outcome.deliveries[0].parts[0].size, body.len() as u64);
    let bounded = fetched(&format!("max_bytes = {}", body.len() - 1), answer).await;
    assert_eq!(bounded.codes, ["answer-too-large"]);
    let chunked = fetched("max_bytes = 20", |_| {
        raw(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"15\r\n{\"items\":[1111111111]\r\n1\r\n}\r\n0\r\n\r\n",
        )
    })
    .await;
    assert_eq!(chunked.codes, ["answer-too-large"]);
}

#[tokio::test]
async fn an_answer_in_time_or_not_at_all() {
    let server = Server::start(|_| Reply {
        pause: Duration::from_secs(5),
        ..ok("{\"items\":[1]}")
    })
    .await;
    let home = tempfile::tempdir().unwrap();
    let text = format!(
        "title = {{ id = \"a\", en = \"a\" }}\nkind = \"http\"\n[http]\nurl = \"{}\"\nrecords = \"/items\"\nretries = 0\ntimeout = \"100ms\"",
        server.url("/")
    );
    let source = HttpSource::new(&toml::from_str(&text).unwrap()).unwrap();
    let outcome = fetch_from(&server, source, &request(home.path())).await;
    assert_eq!(outcome.codes, ["answer-timeout"]);
}

#[tokio::test]
async fn a_host_that_is_down_is_given_up() {
    // A port that was free a moment ago.
    let address = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let home = tempfile::tempdir().unwrap();
    let request = request(home.path());
    let map: String = (1..=5)
        .map(|id| format!("{id},x,{},true\n", ["11", "11.01", "32", "32.04", "32.73"][id - 1]))
        .collect();
    std::fs::write(
        home.path().join("reference/region_maps/ids.csv"),
        format!("source_id,source_name,code,confirmed\n{map}"),
    )
    .unwrap();
    let regions = crate::domain::region::Registry::load(&home.path().join("reference")).unwrap();
    let request = FetchRequest {
        regions: Arc::new(regions),
        ..request
    };
    let source = source(
        &format!("http://budi:sandi99@{address}/list?key=k3y"),
        "each = { id = \"regions\" }",
    );
    let (deliveries, failures) = collect(&source, &request).await;
    assert!(deliveries.is_empty());
    let codes: Vec<&str> = failures.iter().map(|failure| failure.finding.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "source-unreachable",
            "source-unreachable",
            "source-unreachable",
            "source-given-up",
            "source-given-up"
        ]
    );
    let shown = format!("{failures:?} {}", failures[0].finding);
    assert!(!shown.contains("sandi99") && !shown.contains("k3y"), "{shown}");
}
