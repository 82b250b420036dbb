//! Sources that are asked over HTTP, against a server of the test's own.

use crate::simulated::Simulated;
use crate::support::{AS_OF, Installation, files_below, own_connector};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const TOKEN: &str = "T0k3n-rahasia-91c4";

/// A paged interface with a window of days.
const ACTIVITY: &str = r#"
title = { id = "Aktivitas", en = "Activity" }
kind = "http"
dataset = "service_activity"
scope = "all"
regions = { system = "kemendagri" }

[http]
url = "${SOURCE_URL}/aktivitas"
query = { dari = "{from}", sampai = "{to}" }
records = "/data/items"
retries = 0

[http.paging]
kind = "page"
param = "page"
total_pages = "/data/pages"

[http.auth]
header = "Authorization"
prefix = "Bearer "
token_env = "SOURCE_TOKEN"

[http.cursor]
start = "2025-11-01"
overlap_days = 14

[[http.errors]]
at = "/status"
is_not = ["ok"]
message = "/message"
"#;

/// A list that always comes whole, in XML, with the token in the address.
const INNOVATIONS: &str = r#"
title = { id = "Inovasi", en = "Innovations" }
kind = "http"
dataset = "innovation_report"
scope = "all"
regions = { system = "kemendagri" }

[http]
url = "${SOURCE_URL}/inovasi.xml"
records = "/inovasi/item"
retries = 0

[http.paging]
kind = "offset"
param = "offset"
limit_param = "limit"
limit = 2
total = "/inovasi/@total"

[http.auth]
query = "kunci"
token_env = "SOURCE_TOKEN"
"#;

/// What was asked: paths with their queries, in order.
type Asked = Arc<Mutex<Vec<String>>>;

/// A server that writes down what it is asked.
fn serve(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> (Simulated, Asked) {
    let asked: Asked = Arc::default();
    let written = Arc::clone(&asked);
    let server = Simulated::start(move |path| {
        written.lock().unwrap().push(path.to_owned());
        answer(path)
    });
    (server, asked)
}

fn take(asked: &Asked) -> Vec<String> {
    std::mem::take(&mut *asked.lock().unwrap())
}

/// An installation with one connector, whose server is at `address`.
fn installation(name: &str, connector: &str, address: &str) -> Installation {
    Installation::with(&[(name, connector)])
        .environment("SOURCE_URL", address)
        .environment("SOURCE_TOKEN", TOKEN)
}

fn address(server: &Simulated) -> String {
    format!("http://{}", server.address())
}

/// Parameters of an address.
fn parameters(path: &str) -> BTreeMap<&str, &str> {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    query.split('&').filter_map(|pair| pair.split_once('=')).collect()
}

/// A page of activity: region, day and transactions of one service.
fn activity(pages: usize, rows: &[(&str, &str, u32)]) -> (u16, String) {
    let items: Vec<Value> = rows
        .iter()
        .map(|(region, day, count)| {
            json!({"region": region, "service": "Perizinan", "date": day, "transactions": count, "operators": 2})
        })
        .collect();
    (
        200,
        json!({"status": "ok", "data": {"pages": pages, "items": items}}).to_string(),
    )
}

#[test]
fn pages_are_parts_of_one_submission_and_the_window_moves_with_an_overlap() {
    let (server, asked) = serve(|path| {
        let asked = parameters(path);
        match (asked["sampai"], asked["page"]) {
            ("2025-11-20", "1") => activity(2, &[("32.73", "2025-11-10", 40), ("33.74", "2025-11-10", 50)]),
            ("2025-11-20", _) => activity(2, &[("32.73", "2025-11-20", 41)]),
            // Kota Bandung corrected the 10th, and the 25th is new.
            (_, _) => activity(
                1,
                &[
                    ("32.73", "2025-11-10", 45),
                    ("33.74", "2025-11-10", 50),
                    ("32.73", "2025-11-25", 42),
                ],
            ),
        }
    });
    let installation = installation("aktivitas", ACTIVITY, &address(&server));
    let report = installation.night_of("2025-11-20", 0);
    assert_eq!(
        take(&asked),
        ["1", "2"].map(|page| format!("/aktivitas?dari=2025-11-01&sampai=2025-11-20&page={page}"))
    );
    assert_eq!(
        (&report["sources"][0]["deliveries"], &report["sources"][0]["parts"]),
        (&json!(1), &json!(2))
    );
    let receipt = installation.receipt(1);
    assert_eq!(
        (&receipt["status"], &receipt["rows"]["read"], &receipt["file"]),
        (&json!("accepted"), &json!(3), &Value::Null)
    );
    assert_eq!(
        (&receipt["region"], &receipt["connector"]),
        (&Value::Null, &json!("aktivitas"))
    );
    let columns = ["region_code", "date", "transactions", "_submission", "_part", "_row"];
    let first = [
        "32.73 2025-11-10 40 1 0 1",
        "32.73 2025-11-20 41 1 1 1",
        "33.74 2025-11-10 50 1 0 2",
    ];
    assert_eq!(installation.model_lines("service_activity", &columns), first);

    installation.night_of(AS_OF, 0);
    assert_eq!(
        take(&asked),
        ["/aktivitas?dari=2025-11-06&sampai=2025-11-30&page=1"],
        "fourteen days before the last window's end"
    );
    let second = [
        "32.73 2025-11-10 45 2 0 1",
        "32.73 2025-11-20 41 1 1 1",
        "32.73 2025-11-25 42 2 0 3",
        "33.74 2025-11-10 50 1 0 2",
    ];
    assert_eq!(
        installation.model_lines("service_activity", &columns),
        second,
        "what did not change is left as it is"
    );
}

/// Promise I6.
#[test]
fn a_pull_that_failed_is_asked_again_from_where_it_stood() {
    let answers: Arc<Mutex<&str>> = Arc::new(Mutex::new("good"));
    let mode = Arc::clone(&answers);
    let (server, asked) = serve(move |path| match (*mode.lock().unwrap(), parameters(path)["page"]) {
        ("broken", "2") => (500, "{}".to_owned()),
        ("error as 200", _) => (
            200,
            json!({"status": "fail", "message": "basis data sibuk"}).to_string(),
        ),
        ("web page", _) => (200, "<!doctype html><title>Masuk</title>".to_owned()),
        ("cut off", _) => (
            200,
            r#"{"status": "ok", "data": {"pages": 1, "items": [{"region""#.to_owned(),
        ),
        ("refused", _) => (403, "{}".to_owned()),
        (_, page) => activity(
            2,
            &[("32.73", if page == "1" { "2025-11-10" } else { "2025-11-11" }, 40)],
        ),
    });
    let installation = installation("aktivitas", ACTIVITY, &address(&server));
    installation.night_of("2025-11-20", 0);
    take(&asked);
    for (fault, code) in [
        ("broken", "source-busy"),
        ("error as 200", "answer-says-error"),
        ("web page", "answer-is-web-page"),
        ("cut off", "answer-malformed"),
        ("refused", "access-refused"),
    ] {
        *answers.lock().unwrap() = fault;
        let run = ["run", "--as-of", "2025-11-25", "--no-publish", "--json"];
        let report = installation.lumbung(&run).expect(3).json();
        let failure = &report["sources"][0]["failures"][0];
        assert_eq!(failure["window"], "2025-11-06..2025-11-25", "{fault}");
        assert_eq!(failure["code"], code, "{fault}: {failure}");
        assert_eq!(report["submissions"], json!([]), "{fault}: half a pull is none");
        assert_eq!(installation.model("service_activity").len(), 2, "{fault}");
        take(&asked);
    }
    *answers.lock().unwrap() = "good";
    installation.night_of("2025-11-26", 0);
    assert!(
        take(&asked)[0].contains("dari=2025-11-06&sampai=2025-11-26"),
        "from where the last good pull ended"
    );
}

#[test]
fn an_answer_that_did_not_change_is_a_duplicate() {
    let (server, _) = serve(|path| match parameters(path)["offset"] {
        "0" => (200, page(&[("A", "1"), ("B", "2")])),
        _ => (200, page(&[("C", "")])),
    });
    let installation = installation("inovasi", INNOVATIONS, &address(&server));
    installation.night(0);
    let columns = [
        "region_code",
        "innovation_id",
        "stage",
        "started_on",
        "evidence_count",
        "_part",
        "_row",
    ];
    // C has no evidence count, which is not required: it is still an innovation, and its evidence is not zero.
    let expected = [
        "32.73 A trial 2024-08-12 1 0 1",
        "32.73 B trial 2024-08-12 2 0 2",
        "32.73 C trial 2024-08-12  1 1",
    ];
    assert_eq!(installation.model_lines("innovation_report", &columns), expected);
    assert_eq!(installation.receipt(1)["rows"]["not_observed"], 0);

    let report = installation.night(0);
    assert_eq!(
        (&report["sources"][0]["duplicates"], &report["sources"][0]["deliveries"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(report["release"]["unchanged"], true);
    assert_eq!(installation.receipt(2)["status"], "duplicate");
}

/// A page of three innovations in all: number and evidence.
fn page(of: &[(&str, &str)]) -> String {
    let mut text = String::from("<?xml version=\"1.0\"?>\n<inovasi total=\"3\">");
    for (number, evidence) in of {
        text.push_str(&format!(
            "<item><daerah>3273</daerah><kode_registrasi>{number}</kode_registrasi><judul>Judul &amp; {number}</judul>\
             <tahapan>Uji coba</tahapan><mulai>12 Agustus 2024</mulai><bukti>{evidence}</bukti></item>"
        ));
    }
    text + "</inovasi>"
}

/// Promise I9.
#[test]
fn a_token_is_sent_and_never_seen() {
    let is_broken = Arc::new(Mutex::new(false));
    let mode = Arc::clone(&is_broken);
    let (server, asked) = serve(move |path| {
        if *mode.lock().unwrap() {
            // A source that repeats the token in its answer.
            return (
                401,
                format!("{{\"message\": \"token {TOKEN} salah\", \"asked\": \"{path}\"}}"),
            );
        }
        match path.split('?').next().unwrap() {
            "/aktivitas" => activity(1, &[("32.73", "2025-11-10", 40)]),
            _ => (200, page(&[("A", "1"), ("B", "2"), ("C", "3")])),
        }
    });
    let installation = Installation::with(&[("aktivitas", ACTIVITY), ("inovasi", INNOVATIONS)])
        .environment("SOURCE_URL", &address(&server))
        .environment("SOURCE_TOKEN", TOKEN);
    let mut said = vec![
        installation
            .lumbung(&["-vv", "run", "--as-of", "2025-11-20", "--json"])
            .expect(0),
    ];
    assert!(
        take(&asked).iter().any(|path| path.contains(&format!("kunci={TOKEN}"))),
        "the token was sent"
    );
    *is_broken.lock().unwrap() = true;
    said.push(installation.lumbung(&["-vv", "run", "--as-of", AS_OF]).expect(3));
    for verb in [
        &["status"][..],
        &["status", "--json"],
        &["plan"],
        &["doctor"],
        &["preview", "inovasi"],
    ] {
        said.push(installation.lumbung(verb));
    }
    for said in said {
        assert!(!said.stdout.contains(TOKEN), "{}", said.stdout);
        assert!(!said.stderr.contains(TOKEN), "{}", said.stderr);
    }
    for name in files_below(&installation.data()) {
        let bytes = std::fs::read(installation.data().join(&name)).expect("readable");
        assert!(
            !bytes.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes()),
            "the token is in {name}"
        );
    }
}

/// Promise I7.
#[test]
fn a_source_that_is_down_never_stops_the_others() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", free.local_addr().expect("an address"));
    drop(free);
    let installation = installation("aktivitas", ACTIVITY, &address);
    installation.connector("dukcapil-file", &own_connector("dukcapil-file"));
    installation.connector("inovasi", &INNOVATIONS.replace("SOURCE_TOKEN", "TOKEN_YANG_TIDAK_ADA"));
    let text = "Kode Wilayah;Periode;Laki-laki;Perempuan;Jumlah\n32.73;2024-S2;600;500;1100\n";
    installation.drop("32", "dukcapil-file", "penduduk.csv", text);
    let report = installation.night(3);
    let failures: BTreeMap<&str, &str> = report["sources"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|source| Some((source["connector"].as_str()?, source["failures"][0]["code"].as_str()?)))
        .collect();
    assert_eq!(failures.get("inovasi"), Some(&"token-unset"));
    assert!(
        failures.contains_key("aktivitas") && failures.len() == 2,
        "{failures:?}"
    );
    assert_eq!(report["release"]["id"], "2025-11-30-001", "what came is published");
    assert_eq!(installation.model("population").len(), 1);
    let told = installation.lumbung(&["status", "--lang", "id"]).expect(0).stdout;
    assert!(told.contains("aktivitas") && told.contains("inovasi"), "{told}");
}

#[test]
fn each_region_is_a_submission_of_its_own() {
    let (server, asked) = serve(|path| match parameters(path)["kota"] {
        "7" => (
            200,
            json!({"rows": [{"name": "Beras Premium", "today": 15_000}, {"name": "Gula Pasir", "today": 0}]})
                .to_string(),
        ),
        "8" => (500, "{}".to_owned()),
        _ => (200, json!({"rows": []}).to_string()),
    });
    let connector = r#"
title = { id = "Harga", en = "Prices" }
kind = "http"
dataset = "commodity_price"
scope = "all"
regions = { system = "uji" }
[http]
url = "${SOURCE_URL}/harga"
query = { tanggal = "{as_of}" }
each = { kota = "regions" }
records = "/rows"
retries = 0
[columns]
commodity_code = "name"
price = "today"
[from_request]
region_code = "kota"
date = "tanggal"
[constants]
unit = "kg"
[missing]
price = ["0"]
"#;
    let installation = installation("harga", connector, &address(&server));
    installation.own_pipelines();
    let map = "source_id,source_name,code,confirmed\n7,Bandung,32.73,true\n8,Semarang,33.74,true\n\
               9,Yogya,34.71,true\n10,Entah,32.04,false\n";
    std::fs::write(
        installation.config().join("pipelines/reference/region_maps/uji.csv"),
        map,
    )
    .expect("written");
    let report = installation.night(3);
    let mut paths = take(&asked);
    paths.sort();
    assert_eq!(
        paths,
        ["7", "8", "9"].map(|city| format!("/harga?tanggal=2025-11-30&kota={city}")),
        "confirmed ones only"
    );
    let source = &report["sources"][0];
    assert_eq!(
        (&source["deliveries"], &source["failures"][0]["region"]),
        (&json!(2), &json!("33.74"))
    );
    let receipts = [1, 2].map(|sequence| installation.receipt(sequence));
    assert_eq!(
        receipts.each_ref().map(|receipt| receipt["region"].clone()),
        [json!("32.73"), json!("34.71")]
    );
    assert_eq!(receipts[0]["rows"]["not_observed"], 1);
    assert_eq!(
        (&receipts[1]["status"], &receipts[1]["rows"]["read"]),
        (&json!("accepted"), &json!(0)),
        "[] is an answer"
    );
    let lines = installation.model_lines(
        "commodity_price",
        &["region_code", "date", "commodity_code", "price", "market"],
    );
    assert_eq!(lines.len(), 1);
    assert!(
        lines[0].starts_with("32.73 2025-11-30 ") && lines[0].ends_with(" 15000.00 -"),
        "{lines:?}"
    );
}

#[test]
fn the_next_page_is_where_the_answer_says_and_never_elsewhere() {
    let (server, asked) = serve(|path| {
        let item = |day: &str| json!({"region": "32.73", "service": "Perizinan", "date": day, "transactions": 1, "operators": 1});
        let body = match path {
            "/aktivitas" => json!({"items": [item("2025-11-01")], "next": "/aktivitas/lanjut?c=2"}),
            "/aktivitas/lanjut?c=2" => json!({"items": [item("2025-11-02")], "next": null}),
            _ => json!({"items": [item("2025-11-03")], "next": "http://contoh.invalid/curi"}),
        };
        (200, body.to_string())
    });
    let connector = |path: &str| {
        format!(
            "title = {{ id = \"a\", en = \"a\" }}\nkind = \"http\"\ndataset = \"service_activity\"\nscope = \"all\"\n\
             regions = {{ system = \"kemendagri\" }}\n[http]\nurl = \"${{SOURCE_URL}}{path}\"\nrecords = \"/items\"\n\
             retries = 0\n[http.paging]\nkind = \"next\"\nlink = \"/next\"\n"
        )
    };
    let installation = installation("baik", &connector("/aktivitas"), &address(&server));
    installation.connector("jahat", &connector("/lain"));
    let report = installation.merge_only(3);
    assert_eq!(report["sources"][1]["failures"][0]["code"], "next-link-elsewhere");
    assert_eq!(
        installation.model_lines("service_activity", &["date"]),
        ["2025-11-01", "2025-11-02"]
    );
    assert_eq!(take(&asked).len(), 3);
}

#[test]
fn an_empty_list_withdraws_nothing() {
    let is_empty = Arc::new(Mutex::new(false));
    let mode = Arc::clone(&is_empty);
    let (server, _) = serve(move |path| match (*mode.lock().unwrap(), parameters(path)["offset"]) {
        (true, _) => (200, "<inovasi total=\"0\"></inovasi>".to_owned()),
        (false, "0") => (200, page(&[("A", "1"), ("B", "2")])),
        (false, _) => (200, page(&[("C", "3")])),
    });
    let installation = installation("inovasi", INNOVATIONS, &address(&server));
    installation.merge_only(0);
    *is_empty.lock().unwrap() = true;
    let report = installation.merge_only(0);
    assert_eq!(report["submissions"][0]["status"], "accepted");
    assert_eq!(installation.receipt(2)["rows"]["read"], 0);
    assert_eq!(installation.model("innovation_report").len(), 3);
}
