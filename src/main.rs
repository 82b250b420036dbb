//! Parse, call, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    share_arenas();
    lumbung::cli::main()
}

/// The GNU allocator gives nearly every thread an arena of its own, and keeps in each what once was needed there. Two
/// arenas shared by all threads are as fast where few threads allocate at a time, and peak memory falls by a sixth to a
/// third.
#[cfg(target_env = "gnu")]
fn share_arenas() {
    const ARENAS: i32 = 2;
    // SAFETY: mallopt takes two numbers and no pointer, and changes only how the allocator behaves. No other thread
    // runs yet, which is what its manual asks for. A refusal (0) leaves the allocator as it was.
    unsafe { libc::mallopt(libc::M_ARENA_MAX, ARENAS) };
}

#[cfg(not(target_env = "gnu"))]
fn share_arenas() {}
