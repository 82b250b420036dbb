//! As much of HTTP/1.1 as a simulated system needs: one request a connection, answered whole or, on order, not.

use crate::misbehave::{Kind, Orders};
use crate::systems::{Records, System};
use serde_json::Value;
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Longest request head that is read.
const HEAD_BYTES: usize = 16 * 1024;

/// One system on its port.
pub struct Server {
    pub system: System,
    pub records: Arc<Records>,
    pub orders: Arc<Orders>,
    pub token: String,
}

/// Serves in the background and gives the port.
pub async fn listen(server: Server) -> io::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    let server = Arc::new(server);
    tokio::spawn(async move {
        loop {
            // A connection that breaks is the client's affair and ends only itself.
            let Ok((stream, _)) = listener.accept().await else {
                continue;
            };
            let server = server.clone();
            tokio::spawn(async move { server.serve(stream).await.ok() });
        }
    });
    Ok(port)
}

impl Server {
    async fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        let Some(request) = read_request(&mut stream).await? else {
            return Ok(());
        };
        let kind = self.orders.next(self.system, &request);
        let right = || self.system.answer(&self.records, &self.token, &request, kind);
        let answer = match kind {
            Some(Kind::Slow(seconds)) => {
                tokio::time::sleep(Duration::from_secs(u64::from(seconds))).await;
                right()
            }
            Some(Kind::TooMany) => Answer::text(429, "terlalu banyak permintaan").with("Retry-After", "1"),
            Some(Kind::Broken) => Answer::text(500, "galat"),
            Some(Kind::ErrorAs200) => self.system.error_as_200(),
            Some(Kind::Html) => Answer::html(),
            Some(Kind::Redirect) => Answer::text(302, "").with("Location", "http://lain.example.invalid/masuk"),
            Some(Kind::Cut) => {
                let answer = right();
                stream.write_all(answer.head().as_bytes()).await?;
                stream.write_all(&answer.body[..answer.body.len() / 2]).await?;
                return stream.shutdown().await;
            }
            Some(Kind::PageSize | Kind::Moving | Kind::Repeat | Kind::Endless) | None => right(),
        };
        stream.write_all(answer.head().as_bytes()).await?;
        stream.write_all(&answer.body).await?;
        stream.shutdown().await
    }
}

/// A request without its body, which no system reads.
#[derive(Debug, Default)]
pub struct Request {
    /// Path and query as they came.
    pub target: String,
    pub path: String,
    query: Vec<(String, String)>,
    headers: HashMap<String, String>,
}

impl Request {
    /// The first value of a query parameter, decoded.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A query parameter as a number; `default` when it is absent or none.
    pub fn number(&self, name: &str, default: usize) -> usize {
        self.query(name).and_then(|text| text.parse().ok()).unwrap_or(default)
    }

    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The request in a head; `None` when it is not HTTP.
    pub fn parse(head: &str) -> Option<Request> {
        let mut lines = head.split("\r\n");
        let target = lines.next()?.split(' ').nth(1)?.to_owned();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let query = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(key, value)| (decode(key), decode(value)))
            .collect();
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        Some(Request {
            path: decode(path),
            query,
            headers,
            target,
        })
    }
}

async fn read_request(stream: &mut TcpStream) -> io::Result<Option<Request>> {
    let mut head = Vec::new();
    let mut block = [0; 2048];
    while !head.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        let count = stream.read(&mut block).await?;
        if count == 0 || head.len() > HEAD_BYTES {
            return Ok(None);
        }
        head.extend_from_slice(&block[..count]);
    }
    Ok(Request::parse(&String::from_utf8_lossy(&head)))
}

/// `%20` and `+` are blanks.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut position = 0;
    while position < bytes.len() {
        let escaped = text
            .get(position + 1..position + 3)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (bytes[position], escaped) {
            (b'%', Some(byte)) => {
                decoded.push(byte);
                position += 2;
            }
            (b'+', _) => decoded.push(b' '),
            (byte, _) => decoded.push(byte),
        }
        position += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// An answer. Its bytes do not depend on the port or the time, so equal questions have equal answers.
#[derive(Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(&'static str, &'static str)>,
    pub body: Vec<u8>,
}

impl Answer {
    fn new(status: u16, content_type: &'static str, body: String) -> Answer {
        Answer {
            status,
            headers: vec![("Content-Type", content_type)],
            body: body.into_bytes(),
        }
    }

    /// JSON with status 200.
    pub fn json(value: &Value) -> Answer {
        Answer::new(200, "application/json; charset=utf-8", value.to_string())
    }

    /// XML with status 200.
    pub fn xml(body: String) -> Answer {
        Answer::new(200, "application/xml; charset=utf-8", body)
    }

    /// A page that asks a person to wait, with status 200, as firewalls send it.
    pub fn html() -> Answer {
        let page = "<!DOCTYPE html>\n<html><head><title>Mohon tunggu</title></head>\n\
                    <body><p>Memeriksa peramban Anda&hellip;</p></body></html>\n";
        Answer::new(200, "text/html; charset=utf-8", page.to_owned())
    }

    /// 404.
    pub fn not_found() -> Answer {
        Answer::text(404, "tidak ada")
    }

    fn text(status: u16, text: &str) -> Answer {
        Answer::new(status, "text/plain; charset=utf-8", text.to_owned())
    }

    /// The same with another status.
    pub fn status(mut self, status: u16) -> Answer {
        self.status = status;
        self
    }

    fn with(mut self, name: &'static str, value: &'static str) -> Answer {
        self.headers.push((name, value));
        self
    }

    fn head(&self) -> String {
        let reason = match self.status {
            200 => "OK",
            302 => "Found",
            401 => "Unauthorized",
            404 => "Not Found",
            422 => "Unprocessable Content",
            429 => "Too Many Requests",
            _ => "Internal Server Error",
        };
        let mut head = format!("HTTP/1.1 {} {reason}\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!(
            "Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.body.len()
        ));
        head
    }
}
