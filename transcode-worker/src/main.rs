//! The `transcode-worker` program.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match transcode_worker::Arguments::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("transcode-worker: {error:#}");
            ExitCode::FAILURE
        }
    }
}
