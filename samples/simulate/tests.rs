//! The systems as a client sees them, over real sockets.

use super::*;
use serde_json::{Value, json};
use std::io::Write;
use std::net::TcpStream;

fn records() -> Records {
    let activity =
        |day: u32| json!({"kode_daerah": "32.73", "layanan": "perizinan", "tanggal": format!("2025-11-{day:02}")});
    let labour = |number: usize| json!({"kode": "32.73", "periode": format!("{number}"), "usia_kerja": 10});
    Records {
        population: (0..450)
            .map(|number| json!({"KODE_KAB": format!("{number}"), "JUMLAH": number}))
            .collect(),
        labour: (0..250).map(labour).collect(),
        prices: vec![json!({"date": "2025-11-16", "id": 27, "name": "Beras Premium", "today": 14_700})],
        commitments: (0..120)
            .map(|number| json!({"kode_daerah": "32.73", "target": number}))
            .collect(),
        activity: (1..=30).map(activity).collect(),
        innovations: (1..=7)
            .map(|number| json!({"id": number, "judul": "A & B", "layanan": Value::Null}))
            .collect(),
    }
}

async fn start(system: System, orders: &[&str]) -> u16 {
    let mut all = Orders::default();
    for order in orders {
        all.add(order).expect("an order");
    }
    let server = http::Server {
        system,
        records: Arc::new(records()),
        orders: Arc::new(all),
        token: "rahasia".to_owned(),
    };
    http::listen(server).await.expect("a port")
}

/// Status line and headers, and the body.
async fn get(port: u16, target: &str, header: &str) -> (String, String) {
    let request = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n");
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("connected");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        (head.to_owned(), body.to_owned())
    })
    .await
    .expect("no panic")
}

const QUERY: &str = "/arcgis/rest/services/AGR_VISUAL_KAB_FIX/MapServer/0/query?where=1%3D1&f=json";
const KEY: &str = "X-API-Key: rahasia\r\n";
const BEARER: &str = "Authorization: Bearer rahasia\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn population_comes_by_offset_until_there_is_no_more() {
    let port = start(System::Dukcapil, &[]).await;
    let mut codes = Vec::new();
    for pages in 1.. {
        let (_, body) = get(
            port,
            &format!("{QUERY}&resultOffset={}&resultRecordCount=1000", codes.len()),
            "",
        )
        .await;
        let answer: Value = serde_json::from_str(&body).expect("JSON");
        let features = answer["features"].as_array().expect("features");
        codes.extend(
            features
                .iter()
                .map(|feature| feature["attributes"]["KODE_KAB"].to_string()),
        );
        if answer.get("exceededTransferLimit").is_none() {
            assert_eq!(pages, 3);
            break;
        }
    }
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), 450);
    let (head, body) = get(port, "/elsewhere", "").await;
    assert!(head.starts_with("HTTP/1.1 200 ") && body.contains("\"code\":400"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_asked_for() {
    let labour = start(System::Ketenagakerjaan, &[]).await;
    assert!(
        get(labour, "/api/angkatan-kerja", "")
            .await
            .0
            .starts_with("HTTP/1.1 401 ")
    );
    let (head, body) = get(labour, "/api/angkatan-kerja?page=3", KEY).await;
    assert!(head.starts_with("HTTP/1.1 200 "));
    assert!(body.contains("<halaman>3</halaman><jumlah_halaman>3</jumlah_halaman>"));
    assert_eq!(body.matches("<data><kode>32.73</kode>").count(), 50);
    let puja_indah = start(System::PujaIndah, &[]).await;
    assert!(
        get(puja_indah, "/api/komitmen?token=salah", "")
            .await
            .0
            .starts_with("HTTP/1.1 401 ")
    );
    let (_, body) = get(puja_indah, "/api/komitmen?token=rahasia&page=2", "").await;
    let answer: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(answer["meta"]["total_pages"], 2);
    assert_eq!(answer["data"].as_array().map(Vec::len), Some(20));
    let innovations = start(System::Inovasi, &[]).await;
    assert!(
        get(innovations, "/inovasi.xml", "")
            .await
            .0
            .starts_with("HTTP/1.1 401 ")
    );
    let (_, body) = get(innovations, "/inovasi.xml?offset=5&limit=5", KEY).await;
    assert!(body.contains("<inovasi total=\"7\">") && body.contains("<judul>A &amp; B</judul>"));
    assert!(body.contains("<layanan></layanan>"));
    assert_eq!(body.matches("<item id=").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn activity_is_cut_to_the_days_asked_for_and_names_the_next_page() {
    let port = start(System::PujaIndah, &[]).await;
    let mut target = "/api/aktivitas?dari=2025-11-05&sampai=2025-11-20&per_halaman=7".to_owned();
    let mut days = Vec::new();
    loop {
        let (_, body) = get(port, &target, BEARER).await;
        let answer: Value = serde_json::from_str(&body).expect("JSON");
        let items = answer["data"]["items"].as_array().expect("items");
        days.extend(
            items
                .iter()
                .filter_map(|item| item["tanggal"].as_str().map(str::to_owned)),
        );
        match answer["data"]["next"].as_str() {
            Some(next) => target = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(days.len(), 16);
    assert_eq!((days[0].as_str(), days[15].as_str()), ("2025-11-05", "2025-11-20"));
    assert!(get(port, "/api/aktivitas", BEARER).await.0.starts_with("HTTP/1.1 422 "));
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_are_those_of_the_city_asked_for() {
    let port = start(System::PanelHarga, &[]).await;
    let (_, body) = get(
        port,
        "/api/front/harga-pangan-informasi?level_harga_id=3&city_id=179",
        "",
    )
    .await;
    let (_, later) = get(
        port,
        "/api/front/harga-pangan-informasi?level_harga_id=3&date=2025-11-30&city_id=179",
        "",
    )
    .await;
    assert!(body.contains("\"id\":27,\"name\":\"Beras Premium\",\"today\":14700") && !body.contains("16\",\"id"));
    assert!(
        later.contains("Beras Premium") && later.contains("\"today\":0"),
        "nothing was reported that day"
    );
    let (_, body) = get(port, "/api/front/harga-pangan-informasi?level_harga_id=3&city_id=1", "").await;
    assert!(body.contains("\"data\":[]"));
    let pihps = start(System::Pihps, &[]).await;
    assert_eq!(get(pihps, "/anything", "").await.1, "{\"data\":[]}");
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_followed_as_often_as_said() {
    let port = start(System::Dukcapil, &["dukcapil=429:2", "dukcapil=500", "inovasi=html"]).await;
    let mut heads = Vec::new();
    for _ in 0..4 {
        heads.push(get(port, QUERY, "").await.0);
    }
    assert!(heads[0].starts_with("HTTP/1.1 429 ") && heads[0].contains("Retry-After: 1"));
    assert!(heads[1].starts_with("HTTP/1.1 429 "));
    assert!(heads[2].starts_with("HTTP/1.1 500 "));
    assert!(heads[3].starts_with("HTTP/1.1 200 "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_may_order_its_own_misbehaviour() {
    let port = start(System::Dukcapil, &[]).await;
    let ask = async |order: &str| get(port, &format!("{QUERY}&_misbehave={order}"), "").await;
    let (head, body) = ask("cut").await;
    let announced: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "))
        .and_then(|length| length.parse().ok())
        .expect("a length");
    assert_eq!(body.len(), announced / 2);
    let (_, whole) = ask("cut").await;
    assert_eq!(whole.len(), announced);
    assert!(ask("error200").await.1.contains("\"code\":499"));
    assert!(ask("html").await.1.starts_with("<!DOCTYPE html>"));
    assert!(
        ask("redirect")
            .await
            .0
            .contains("Location: http://lain.example.invalid/")
    );
    let repeated = |offset: usize| format!("repeat&resultOffset={offset}");
    assert_eq!(ask(&repeated(0)).await.1, ask(&repeated(200)).await.1);
    assert!(
        ask("endless&resultOffset=100000")
            .await
            .1
            .contains("\"exceededTransferLimit\":true")
    );
    let (_, second) = ask("pagesize&resultOffset=200").await;
    assert_eq!(second.matches("OBJECTID").count(), 100);
    let (_, moved) = ask("moving&resultOffset=200").await;
    assert!(
        moved.contains("\"OBJECTID\":200,"),
        "the last row of the first page comes again"
    );
    let before = std::time::Instant::now();
    ask("slow:1").await;
    assert!(before.elapsed() >= Duration::from_secs(1));
}

#[test]
fn orders_that_make_no_sense_are_refused() {
    let mut orders = Orders::default();
    assert!(orders.add("dukcapil").is_err());
    assert!(orders.add("entah=429").is_err());
    assert!(orders.add("dukcapil=entah").is_err());
    assert!(orders.add("dukcapil=429:x").is_err());
    assert!(orders.add("puja-indah=cut:2").is_ok());
}

#[test]
fn variables_are_named_after_systems() {
    let variables: Vec<String> = System::ALL.into_iter().map(System::variable).collect();
    let expected = [
        "DUKCAPIL_URL",
        "KETENAGAKERJAAN_URL",
        "PANEL_HARGA_URL",
        "PUJA_INDAH_URL",
        "INOVASI_URL",
        "PIHPS_URL",
    ];
    assert_eq!(variables, expected);
}
