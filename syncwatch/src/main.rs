//! The `syncwatch` command: every service in one process, and the tools to run them.

mod commands;
mod data_dir;
mod database;
mod ports;
mod redis;
mod say;
mod secrets;
mod split;
mod supervisor;
mod up;
mod welcome;
mod wiring;

use std::{io::Write as _, process::ExitCode};

use clap::Parser as _;

// Many small, short-lived allocations from many threads: frames, messages, JSON.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == "tied") {
        eprintln!("syncwatch: {}", runtime::child::become_tied(arguments));
        return ExitCode::FAILURE;
    }
    runtime::log_panics();
    match commands::Arguments::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "syncwatch: {error:#}");
            ExitCode::FAILURE
        }
    }
}
