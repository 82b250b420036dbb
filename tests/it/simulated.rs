//! A small HTTP server for tests, on a loopback port of its own.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// A running server. It ends when it is dropped.
pub struct Simulated {
    address: SocketAddr,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Simulated {
    /// Starts a server. `answer` gives status and body for a path with its query.
    pub fn start(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> Simulated {
        Simulated::slowly(Duration::ZERO, answer)
    }

    /// Starts a server that waits in the middle of every body.
    pub fn slowly(pause: Duration, answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> Simulated {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let ends = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&ends);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if flag.load(Ordering::SeqCst) {
                    return;
                }
                // A client that goes away early is no fault of the server.
                let _ = serve(stream.unwrap(), pause, &answer);
            }
        });
        Simulated {
            address,
            ends,
            thread: Some(thread),
        }
    }

    /// Host and port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Simulated {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        // Wakes the server, so that it sees the flag.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(mut stream: TcpStream, pause: Duration, answer: &impl Fn(&str) -> (u16, String)) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let (status, body) = answer(first.split(' ').nth(1).unwrap_or_default());
    let mut middle = body.len() / 2;
    while !body.is_char_boundary(middle) {
        middle -= 1;
    }
    let (first, rest) = body.split_at(middle);
    write!(
        stream,
        "HTTP/1.1 {status} Status\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{first}",
        body.len()
    )?;
    if !pause.is_zero() {
        std::thread::sleep(pause);
    }
    stream.write_all(rest.as_bytes())
}
