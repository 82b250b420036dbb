//! A server that misbehaves as it is told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request as it came.
pub(super) struct Asked {
    /// Path and query.
    pub target: String,
    /// All header lines, in lower case.
    pub headers: String,
    /// How many requests for this target came before.
    pub before: usize,
}

/// Bytes to answer with, after a pause; the connection is closed after them.
pub(super) struct Reply {
    pub pause: Duration,
    pub bytes: Vec<u8>,
}

/// A running server. It ends when it is dropped.
pub(super) struct Server {
    pub address: SocketAddr,
    targets: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts a server that answers each request as `answer` says.
    pub(super) async fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let targets = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&targets);
        let answer = Arc::new(answer);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&answer), Arc::clone(&seen)));
            }
        });
        Server { address, targets, task }
    }

    /// An address on this server.
    pub(super) fn url(&self, target: &str) -> String {
        format!("http://{}{target}", self.address)
    }

    /// All targets that were asked for, in order.
    pub(super) fn targets(&self) -> Vec<String> {
        self.targets.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, answer: Arc<impl Fn(&Asked) -> Reply>, seen: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    let text = String::from_utf8(head).unwrap();
    let target = text.split(' ').nth(1).unwrap().to_string();
    let before = {
        let mut seen = seen.lock().unwrap();
        seen.push(target.clone());
        seen.iter().filter(|other| **other == target).count() - 1
    };
    let reply = answer(&Asked {
        target,
        headers: text.to_lowercase(),
        before,
    });
    tokio::time::sleep(reply.pause).await;
    // The client may have gone away, as it should after a timeout or past a limit.
    let _ = stream.write_all(&reply.bytes).await;
    let _ = stream.shutdown().await;
}

/// An answer with a status line, headers (each ending in a line break) and a body of the right length.
pub(super) fn reply(status: &str, headers: &str, body: &[u8]) -> Reply {
    raw(
        &format!(
            "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
            body.len()
        ),
        body,
    )
}

/// Data, as it should be.
pub(super) fn ok(body: &str) -> Reply {
    reply("200 OK", "Content-Type: application/json\r\n", body.as_bytes())
}

/// Any bytes.
pub(super) fn raw(head: &str, body: &[u8]) -> Reply {
    Reply {
        pause: Duration::ZERO,
        bytes: [head.as_bytes(), body].concat(),
    }
}

/// The bytes as gzip, in one stored block.
pub(super) fn gzip(body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(body);
    let mut crc = u32::MAX;
    for &byte in body {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    out.extend((!crc).to_le_bytes());
    out.extend(u32::from(length).to_le_bytes());
    out
}
