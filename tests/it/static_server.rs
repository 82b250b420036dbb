//! A static file server for tests: one directory on a free port of this machine, with or without
//! HTTP Range, remembering what it was asked.

use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request head longer than this is cut off: no test sends one.
const LARGEST_HEAD: usize = 16 * 1024;

/// How a server behaves.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// Whether `Range: bytes=…` is honoured with 206; otherwise the whole file is sent with 200.
    pub ranges: bool,
    /// Paths below the directory that are answered with 404 as if they were not there.
    pub hidden: Vec<String>,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            ranges: true,
            hidden: Vec::new(),
        }
    }
}

/// One answered request: the path below the directory and the status sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    pub path: String,
    pub status: u16,
}

/// A running server; it stops when dropped.
pub struct StaticServer {
    address: String,
    answered: Arc<Mutex<Vec<Answered>>>,
    task: JoinHandle<()>,
}

impl StaticServer {
    /// Serves `directory` on a free port of 127.0.0.1.
    pub async fn start(directory: &Path, behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port on 127.0.0.1");
        let port = listener.local_addr().expect("a bound port").port();
        let answered = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&answered);
        let directory = directory.to_path_buf();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (directory, behaviour, log) = (directory.clone(), behaviour.clone(), Arc::clone(&log));
                // A browser that goes away in the middle of an answer is no failure of the test.
                tokio::spawn(async move {
                    let _ = answer(stream, &directory, &behaviour, &log).await;
                });
            }
        });
        Self {
            address: format!("http://127.0.0.1:{port}/"),
            answered,
            task,
        }
    }

    /// The address of the directory, with its final slash.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What was answered so far, in order.
    pub fn answered(&self) -> Vec<Answered> {
        self.answered.lock().expect("no poisoned log").clone()
    }
}

impl Drop for StaticServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The parts of a request that matter here.
struct Request {
    head_only: bool,
    path: String,
    range: Option<String>,
}

async fn answer(
    mut stream: TcpStream,
    directory: &Path,
    behaviour: &Behaviour,
    log: &Mutex<Vec<Answered>>,
) -> std::io::Result<()> {
    let Some(request) = read_request(&mut stream).await? else {
        return Ok(());
    };
    let content = match file_of(directory, &request.path, behaviour) {
        Some(file) => tokio::fs::read(file).await.ok(),
        None => None,
    };
    let (status, headers, body) = match content {
        None => (404, String::new(), b"not found".to_vec()),
        Some(content) => respond(content, &request, behaviour),
    };
    log.lock().expect("no poisoned log").push(Answered {
        path: request.path.clone(),
        status,
    });
    let head = format!(
        "HTTP/1.1 {status} -\r\nContent-Type: {}\r\nContent-Length: {}\r\n{headers}Connection: close\r\n\r\n",
        media_type(&request.path),
        body.len(),
    );
    stream.write_all(head.as_bytes()).await?;
    if !request.head_only {
        stream.write_all(&body).await?;
    }
    stream.shutdown().await
}

async fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<Request>> {
    let mut head = Vec::new();
    let mut block = [0_u8; 1024];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        let count = stream.read(&mut block).await?;
        if count == 0 || head.len() > LARGEST_HEAD {
            return Ok(None);
        }
        head.extend_from_slice(&block[..count]);
    }
    let head = String::from_utf8_lossy(&head);
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Ok(None);
    };
    let path = target.split('?').next().unwrap_or_default().trim_start_matches('/');
    let range = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("range").then(|| value.trim().to_owned())
    });
    Ok(Some(Request {
        head_only: method == "HEAD",
        path: if path.is_empty() { "index.html" } else { path }.to_owned(),
        range,
    }))
}

/// The file for a path, unless it is hidden or would leave the directory.
fn file_of(directory: &Path, path: &str, behaviour: &Behaviour) -> Option<PathBuf> {
    let relative = Path::new(path);
    let inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
    let shown = !behaviour.hidden.iter().any(|hidden| hidden == path);
    (inside && shown).then(|| directory.join(relative))
}

/// Status, further headers and body for a file that exists.
fn respond(content: Vec<u8>, request: &Request, behaviour: &Behaviour) -> (u16, String, Vec<u8>) {
    if !behaviour.ranges {
        return (200, String::new(), content);
    }
    let accepts = "Accept-Ranges: bytes\r\n".to_owned();
    let Some(range) = &request.range else {
        return (200, accepts, content);
    };
    let size = content.len();
    match byte_range(range, size) {
        None => (416, format!("Content-Range: bytes */{size}\r\n"), Vec::new()),
        Some((first, last)) => (
            206,
            format!("{accepts}Content-Range: bytes {first}-{last}/{size}\r\n"),
            content[first..=last].to_vec(),
        ),
    }
}

/// First and last byte of `bytes=first-last`, `bytes=first-` or `bytes=-count` within `size` bytes.
fn byte_range(range: &str, size: usize) -> Option<(usize, usize)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let end = size.checked_sub(1)?;
    let (first, last) = match (first, last) {
        ("", count) => (size.saturating_sub(count.parse().ok()?), end),
        (first, "") => (first.parse().ok()?, end),
        (first, last) => (first.parse().ok()?, last.parse::<usize>().ok()?.min(end)),
    };
    (first <= last).then_some((first, last))
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

#[test]
fn byte_ranges_are_read_as_http_means_them() {
    assert_eq!(byte_range("bytes=0-0", 10), Some((0, 0)));
    assert_eq!(byte_range("bytes=4-", 10), Some((4, 9)));
    assert_eq!(byte_range("bytes=4-99", 10), Some((4, 9)));
    assert_eq!(byte_range("bytes=-3", 10), Some((7, 9)));
    assert_eq!(byte_range("bytes=-30", 10), Some((0, 9)));
    assert_eq!(byte_range("bytes=10-", 10), None);
    assert_eq!(byte_range("bytes=0-", 0), None);
    assert_eq!(byte_range("rows=0-1", 10), None);
}
