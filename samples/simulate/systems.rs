//! What each system answers.

use crate::http::{Answer, Request};
use crate::misbehave::Kind;
use crate::pages::{by_number, by_offset};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::path::Path;

/// The simulated systems. Each has a port of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Population, Esri JSON, by offset.
    Dukcapil,
    /// Labour, XML, by page.
    Ketenagakerjaan,
    /// Food prices, JSON, one request a city.
    PanelHarga,
    /// Service activity by next link, commitments by page, JSON.
    PujaIndah,
    /// Innovations, XML, by offset.
    Inovasi,
    /// Food prices of another panel, which has none.
    Pihps,
}

impl System {
    /// Every system.
    pub const ALL: [System; 6] = [
        System::Dukcapil,
        System::Ketenagakerjaan,
        System::PanelHarga,
        System::PujaIndah,
        System::Inovasi,
        System::Pihps,
    ];

    /// The name that an order uses.
    pub fn name(self) -> &'static str {
        match self {
            System::Dukcapil => "dukcapil",
            System::Ketenagakerjaan => "ketenagakerjaan",
            System::PanelHarga => "panel-harga",
            System::PujaIndah => "puja-indah",
            System::Inovasi => "inovasi",
            System::Pihps => "pihps",
        }
    }

    /// The environment variable that tells a connector its address.
    pub fn variable(self) -> String {
        format!("{}_URL", self.name().to_uppercase().replace('-', "_"))
    }

    /// The right answer, or one whose pages misbehave.
    pub fn answer(self, records: &Records, token: &str, request: &Request, kind: Option<Kind>) -> Answer {
        match self {
            System::Dukcapil => population(&records.population, request, kind),
            System::Ketenagakerjaan => labour(&records.labour, token, request, kind),
            System::PanelHarga => prices(&records.prices, request),
            System::PujaIndah => puja_indah(records, token, request, kind),
            System::Inovasi => innovations(&records.innovations, token, request, kind),
            System::Pihps => Answer::json(&json!({"data": []})),
        }
    }

    /// How the system says in words that something is wrong, with status 200.
    pub fn error_as_200(self) -> Answer {
        const MESSAGE: &str = "Sistem sedang dipelihara";
        match self {
            System::Dukcapil => esri_error(499, "Token Required"),
            System::Ketenagakerjaan => Answer::xml(format!("<respon><galat>{MESSAGE}</galat></respon>")),
            System::Inovasi => Answer::xml(format!("<galat>{MESSAGE}</galat>")),
            System::PanelHarga | System::PujaIndah | System::Pihps => {
                Answer::json(&json!({"status": "error", "message": MESSAGE}))
            }
        }
    }
}

/// What the systems know, as `generate demo` wrote it.
#[derive(Debug, Default)]
pub struct Records {
    pub population: Vec<Value>,
    pub labour: Vec<Value>,
    pub prices: Vec<Value>,
    pub commitments: Vec<Value>,
    pub activity: Vec<Value>,
    pub innovations: Vec<Value>,
}

impl Records {
    /// Reads one file a system; the error names the file and line.
    pub fn read(folder: &Path) -> Result<Records, String> {
        let read = |name: &str| -> Result<Vec<Value>, String> {
            let path = folder.join(format!("{name}.jsonl"));
            let text = std::fs::read_to_string(&path)
                .map_err(|error| format!("cannot read {}: {error} (made by `generate demo`)", path.display()))?;
            let parse = |(number, line): (usize, &str)| {
                serde_json::from_str(line).map_err(|error| format!("{}:{}: {error}", path.display(), number + 1))
            };
            text.lines().enumerate().map(parse).collect()
        };
        Ok(Records {
            population: read("dukcapil")?,
            labour: read("ketenagakerjaan")?,
            prices: read("panel-harga")?,
            commitments: read("puja-indah-komitmen")?,
            activity: read("puja-indah-aktivitas")?,
            innovations: read("inovasi")?,
        })
    }
}

fn esri_error(code: u16, message: &str) -> Answer {
    Answer::json(&json!({"error": {"code": code, "message": message, "details": []}}))
}

/// Esri JSON. The server gives 200 records at most, whatever is asked for, and mentions that there are more only
/// when there are.
fn population(records: &[Value], request: &Request, kind: Option<Kind>) -> Answer {
    const PATH: &str = "/arcgis/rest/services/AGR_VISUAL_KAB_FIX/MapServer/0/query";
    if request.path != PATH || request.query("where").is_none() {
        return esri_error(400, "Invalid URL");
    }
    if request.query("f") != Some("json") {
        return Answer::html();
    }
    let limit = request.number("resultRecordCount", 200).min(200);
    let numbered: Vec<(usize, &Value)> = records.iter().enumerate().collect();
    let page = by_offset(&numbered, request.number("resultOffset", 0), limit, kind);
    let features: Vec<Value> = page
        .items
        .iter()
        .map(|(position, record)| {
            let mut attributes = json!({"OBJECTID": position + 1});
            if let (Some(attributes), Some(fields)) = (attributes.as_object_mut(), record.as_object()) {
                attributes.extend(fields.clone());
            }
            json!({"attributes": attributes})
        })
        .collect();
    let mut answer = json!({"displayFieldName": "NAMA_KAB", "features": features});
    if page.next.is_some() {
        answer["exceededTransferLimit"] = Value::Bool(true);
    }
    Answer::json(&answer)
}

/// XML pages of 100, with `X-API-Key`.
fn labour(records: &[Value], token: &str, request: &Request, kind: Option<Kind>) -> Answer {
    if request.path != "/api/angkatan-kerja" {
        return Answer::not_found();
    }
    if request.header("x-api-key") != Some(token) {
        return Answer::xml("<respon><galat>Kunci API tidak berlaku</galat></respon>".to_owned()).status(401);
    }
    let page = by_number(records, request.number("page", 1), 100, kind);
    let mut body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<respon><halaman>{}</halaman><jumlah_halaman>{}</jumlah_halaman>\n\
         <baris>\n",
        page.page, page.pages
    );
    const FIELDS: [&str; 6] = [
        "kode",
        "periode",
        "usia_kerja",
        "angkatan_kerja",
        "bekerja",
        "pengangguran",
    ];
    for record in &page.items {
        body.push_str("<data>");
        push_fields(&mut body, record, &FIELDS);
        body.push_str("</data>\n");
    }
    body.push_str("</baris></respon>\n");
    Answer::xml(body)
}

/// Consumer prices of Kota Bandung (city 179) on the day asked for, the last one unless said. On a day without a
/// report every price is 0, as the panel has it before anything is entered. Of any other place there is nothing,
/// which is no error.
fn prices(records: &[Value], request: &Request) -> Answer {
    if request.path != "/api/front/harga-pangan-informasi" {
        return Answer::not_found();
    }
    let (city, level) = (request.query("city_id"), request.query("level_harga_id"));
    let last = records.last().and_then(|record| record["date"].as_str());
    let day = request.query("date").or(last);
    let of = |day: Option<&str>| -> Vec<Value> {
        records
            .iter()
            .filter(|record| record["date"].as_str() == day)
            .map(without_date)
            .collect()
    };
    let mut data = Vec::new();
    if (city, level) == (Some("179"), Some("3")) {
        data = of(day);
        if data.is_empty() {
            data = of(last).into_iter().map(unreported).collect();
        }
    }
    Answer::json(&json!({
        "status": "success", "message": "", "data": data,
        "request_data": {"city_id": city, "level_harga_id": level, "date": day},
    }))
}

/// The panel's answers carry no date of their own.
fn without_date(record: &Value) -> Value {
    let mut record = record.clone();
    if let Some(fields) = record.as_object_mut() {
        fields.shift_remove("date");
    }
    record
}

fn unreported(mut record: Value) -> Value {
    record["today"] = Value::from(0);
    record["yesterday"] = Value::from(0);
    record["yesterday_date"] = Value::Null;
    record
}

fn puja_indah(records: &Records, token: &str, request: &Request, kind: Option<Kind>) -> Answer {
    match request.path.as_str() {
        "/api/aktivitas" if request.header("authorization") == Some(&format!("Bearer {token}")) => {
            activity(&records.activity, request, kind)
        }
        "/api/komitmen" if request.query("token") == Some(token) => commitments(&records.commitments, request, kind),
        "/api/aktivitas" | "/api/komitmen" => {
            Answer::json(&json!({"status": "error", "message": "Token tidak berlaku"})).status(401)
        }
        _ => Answer::not_found(),
    }
}

/// The days asked for, in pages that name the next one.
fn activity(records: &[Value], request: &Request, kind: Option<Kind>) -> Answer {
    let (Some(from), Some(to)) = (request.query("dari"), request.query("sampai")) else {
        return Answer::json(&json!({"status": "error", "message": "dari dan sampai wajib diisi"})).status(422);
    };
    // Dates of one form compare as text.
    let asked: Vec<&Value> = records
        .iter()
        .filter(|record| record["tanggal"].as_str().is_some_and(|day| from <= day && day <= to))
        .collect();
    let limit = request.number("per_halaman", 1_000).min(5_000);
    let page = by_offset(&asked, request.number("kursor", 0), limit, kind);
    let order = request
        .query("_misbehave")
        .map(|order| format!("&_misbehave={order}"))
        .unwrap_or_default();
    let next = page
        .next
        .map(|next| format!("/api/aktivitas?dari={from}&sampai={to}&per_halaman={limit}&kursor={next}{order}"));
    Answer::json(&json!({"status": "ok", "data": {"items": page.items, "next": next}}))
}

fn commitments(records: &[Value], request: &Request, kind: Option<Kind>) -> Answer {
    let page = by_number(records, request.number("page", 1), 100, kind);
    let meta = json!({"page": page.page, "total_pages": page.pages});
    Answer::json(&json!({"status": "ok", "meta": meta, "data": page.items}))
}

/// XML by offset, with `X-API-Key`.
fn innovations(records: &[Value], token: &str, request: &Request, kind: Option<Kind>) -> Answer {
    if request.path != "/inovasi.xml" {
        return Answer::not_found();
    }
    if request.header("x-api-key") != Some(token) {
        return Answer::xml("<galat>Token tidak berlaku</galat>".to_owned()).status(401);
    }
    let limit = request.number("limit", 100).min(500);
    let page = by_offset(records, request.number("offset", 0), limit, kind);
    let mut body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<inovasi total=\"{}\">\n",
        page.total
    );
    const FIELDS: [&str; 7] = ["daerah", "kode", "judul", "tahapan", "layanan", "mulai", "bukti"];
    for record in &page.items {
        body.push_str(&format!("<item id=\"{}\">", record["id"]));
        push_fields(&mut body, record, &FIELDS);
        body.push_str("</item>\n");
    }
    body.push_str("</inovasi>\n");
    Answer::xml(body)
}

/// Each field as an element.
fn push_fields(body: &mut String, record: &Value, fields: &[&str]) {
    for field in fields {
        let text = match &record[*field] {
            Value::String(text) => Cow::Borrowed(text.as_str()),
            Value::Null => Cow::Borrowed(""),
            other => Cow::Owned(other.to_string()),
        };
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        body.push_str(&format!("<{field}>{text}</{field}>"));
    }
}
