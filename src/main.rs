//! Parse, call, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    share_arenas();
    lumbung::cli::main()
}

/// The GNU allocator gives nearly every thread an arena of its own, and keeps in each what once was needed there. With few
/// arenas peak memory falls by a tenth to a quarter. Four: with two, both threads that read a large file sometimes share one
/// and wait for each other, which costs half as much time again where many rows are bad.
#[cfg(target_env = "gnu")]
fn share_arenas() {
    const ARENAS: i32 = 4;
    // SAFETY: mallopt takes two numbers and no pointer, and changes only how the allocator behaves. No other thread
    // runs yet, which is what its manual asks for. A refusal (0) leaves the allocator as it was.
    unsafe { libc::mallopt(libc::M_ARENA_MAX, ARENAS) };
}

#[cfg(not(target_env = "gnu"))]
fn share_arenas() {}
