//! The program. Everything it does is in the library.

use std::process::ExitCode;

/// A run is many small requests, and a seventh of its time went into the system's malloc.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    authspec::cli::main()
}
