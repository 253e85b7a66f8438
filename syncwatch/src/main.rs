//! The `syncwatch` command: every service in one process, and the tools to run them.

mod commands;
mod data_dir;
mod say;
mod secrets;
mod split;
mod up;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

// Many small, short-lived allocations from many threads: frames, messages, JSON.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match commands::Arguments::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("syncwatch: {error:#}");
            ExitCode::FAILURE
        }
    }
}
