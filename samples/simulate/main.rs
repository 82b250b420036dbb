//! The regional systems that the demonstration pulls from, simulated on loopback ports. They page, ask for tokens
//! and, when told to, misbehave as real ones do. Not part of the product.
//!
//! Prints `NAME_URL=http://127.0.0.1:PORT` for each system and serves until its standard input closes, it is told
//! to terminate, or its time is over.

mod http;
mod misbehave;
mod pages;
mod systems;

use clap::Parser;
use misbehave::Orders;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use systems::{Records, System};
use tokio::signal::unix::{SignalKind, signal};

#[derive(Debug, Parser)]
#[command(name = "simulate", about = "Serves simulated regional systems on 127.0.0.1")]
struct Arguments {
    /// The folder `simulated` that `generate demo` wrote.
    #[arg(long)]
    records: PathBuf,
    /// The token that every system that asks for one takes.
    #[arg(long, default_value = "token-contoh")]
    token: String,
    /// A system and how it misbehaves, such as `dukcapil=429:2`. Kinds: slow (seconds), 429, 500, cut, error200 and
    /// html (so many times, once unless said), redirect, pagesize, moving, repeat, endless (always).
    #[arg(long = "misbehave", value_name = "SYSTEM=KIND[:N]")]
    misbehave: Vec<String>,
    /// Also write the addresses to this file, once all systems listen.
    #[arg(long)]
    env_file: Option<PathBuf>,
    /// Stop after so many seconds.
    #[arg(long)]
    seconds: Option<u64>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let records = Arc::new(Records::read(&arguments.records)?);
    let mut orders = Orders::default();
    for order in &arguments.misbehave {
        orders.add(order)?;
    }
    let orders = Arc::new(orders);
    let mut lines = String::new();
    for system in System::ALL {
        let server = http::Server {
            system,
            records: records.clone(),
            orders: orders.clone(),
            token: arguments.token.clone(),
        };
        let port = http::listen(server)
            .await
            .map_err(|error| format!("cannot listen on 127.0.0.1: {error}"))?;
        lines.push_str(&format!("{}=http://127.0.0.1:{port}\n", system.variable()));
    }
    print!("{lines}");
    if let Some(path) = &arguments.env_file {
        write_whole(path, &lines).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    wait_for_end(arguments.seconds)
        .await
        .map_err(|error| format!("cannot wait for signals: {error}"))
}

/// Writes beside and renames, so that whoever waits for the file never reads a half.
fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    std::fs::write(&beside, text)?;
    std::fs::rename(beside, path)
}

async fn wait_for_end(seconds: Option<u64>) -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (closed, input_closed) = tokio::sync::oneshot::channel();
    // A thread of its own: a blocked read of standard input must not hold up the end of the program.
    std::thread::spawn(move || {
        let mut rest = [0; 256];
        while std::io::stdin().read(&mut rest).is_ok_and(|bytes| bytes > 0) {}
        closed.send(()).ok();
    });
    let time_over = async {
        match seconds {
            Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = input_closed => {}
        () = time_over => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests;
