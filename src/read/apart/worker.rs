//! The processes that read workbooks. One is kept for the next workbook: to start one takes longer than to read a small
//! workbook. One that has died, ran late or kept much memory is replaced.

use super::word;
use crate::format::sealed;
use crate::read::Format;
use std::io::{self, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Those that wait for a workbook. They end by themselves with this process, whose end closes what they read from.
static IDLE: Mutex<Vec<Worker>> = Mutex::new(Vec::new());

/// A process that reads one workbook after the other. Dropped, it is ended.
pub(super) struct Worker {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    megabytes: u64,
    /// Whether it has read a workbook before.
    pub is_used: bool,
}

impl Worker {
    /// One that waits, or a new one, which may take so much memory.
    pub fn take(megabytes: u64) -> io::Result<Worker> {
        let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
        match idle.iter().position(|worker| worker.megabytes == megabytes) {
            Some(position) => Ok(idle.swap_remove(position)),
            None => {
                drop(idle);
                Worker::start(megabytes)
            }
        }
    }

    /// Keeps it for the next workbook.
    pub fn keep(mut self) {
        self.is_used = true;
        IDLE.lock().unwrap_or_else(PoisonError::into_inner).push(self);
    }

    fn start(megabytes: u64) -> io::Result<Worker> {
        tracing::debug!(megabytes, "a reader of workbooks starts");
        let mut child = Command::new(std::env::current_exe()?)
            .args(["read-workbook", &megabytes.to_string()])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        // Both are piped above, and taken only here.
        let questions = child.stdin.take().expect("a piped input");
        let answers = BufReader::new(child.stdout.take().expect("a piped output"));
        Ok(Worker {
            child,
            questions,
            answers,
            megabytes,
            is_used: false,
        })
    }

    /// Has it read a workbook. Gives what `read` makes of its answer, and whether it was ended because its time was over.
    pub fn ask<T>(
        &mut self,
        format: Format,
        path: &Path,
        time: Duration,
        read: impl FnOnce(&mut BufReader<ChildStdout>) -> T,
    ) -> (T, bool) {
        let Worker {
            child,
            questions,
            answers,
            ..
        } = self;
        let (done, ended) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            let watch = scope.spawn(move || {
                let is_late = ended.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
                if is_late {
                    end(child);
                }
                is_late
            });
            // One that has ended takes no question, and gives no answer: that is seen below.
            if let Err(error) = question(questions, format, path) {
                tracing::debug!(%error, "a reader of workbooks has ended");
            }
            let read = read(answers);
            drop(done);
            // The thread above does not panic.
            (read, watch.join().unwrap_or(false))
        })
    }
}

/// Kind, a blank, path, and a zero byte, which no path has. Of an encrypted file, the kind has the keys behind it, each
/// after a colon.
fn question(questions: &mut ChildStdin, format: Format, path: &Path) -> io::Result<()> {
    let keys = if sealed::is_sealed(path) {
        sealed::opening()
    } else {
        Vec::new()
    };
    let path = path.as_os_str().as_encoded_bytes();
    let keys: String = keys.iter().map(|key| format!(":{}", key.to_hex())).collect();
    let whole = [word(format).as_bytes(), keys.as_bytes(), b" ", path, b"\0"].concat();
    questions.write_all(&whole)
}

/// A process that has ended by itself cannot be ended: both ways it is gone then.
fn end(child: &mut Child) {
    if let Err(error) = child.kill().and_then(|()| child.wait()) {
        tracing::warn!(%error, "a reader of workbooks cannot be stopped");
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}
