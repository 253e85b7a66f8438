#![doc = include_str!("../README.md")]

mod child;
mod error;
mod file;
mod probe;
mod report;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Duration,
};

use clap::{Parser, Subcommand};
use prost::Message as _;
use proto::transcode::v1::MediaProbe;

use crate::error::{Error, Result};

/// Limit of the child's output in bytes; a real probe has far fewer.
const MAX_OUTPUT_BYTES: usize = 1 << 20;

/// Reads media files with libav.
#[derive(Parser)]
#[command(name = "transcode-worker", version, about)]
struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Prints what a media file is: container, duration, bit rate, streams.
    Probe {
        /// The file.
        file: PathBuf,
        #[arg(
            long,
            help = "Print JSON instead of a table: a syncwatch.transcode.v1.MediaProbe in ProtoJSON"
        )]
        json: bool,
        /// Time limit in seconds.
        #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
        time_limit: u64,
    },
    /// The part of `probe` that touches libav; writes an encoded `MediaProbe`.
    #[command(hide = true)]
    ProbeChild {
        /// The file, as `probe` resolved it.
        file: PathBuf,
    },
}

/// Runs the program. Returns its exit code.
pub fn run() -> ExitCode {
    let outcome = match Arguments::parse().action {
        Action::Probe { file, json, time_limit } => probe(&file, Duration::from_secs(time_limit))
            .and_then(|probe| print(report::render(&probe, json)?.as_bytes())),
        Action::ProbeChild { file } => {
            return child_outcome(probe::probe(&file).and_then(|probe| print(&probe.encode_to_vec())));
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("transcode-worker: {error}");
            error.exit_code().into()
        }
    }
}

/// Probes a file in a child process.
fn probe(path: &Path, limit: Duration) -> Result<MediaProbe> {
    let path = file::readable(path)?;
    let program = std::env::current_exe().map_err(|error| {
        Error::ProbeFailed(format!("cannot find this program to start it again: {error}"))
    })?;
    let mut command = Command::new(program);
    command.arg("probe-child").arg("--").arg(&path);
    let output = child::run(&mut command, limit, MAX_OUTPUT_BYTES)
        .map_err(|problem| Error::ProbeFailed(format!("the probe of {} {problem}", path.display())))?;
    match output.code {
        0 => MediaProbe::decode(output.stdout.as_slice()).map_err(|error| {
            Error::ProbeFailed(format!("the probe of {} cannot be read: {error}", path.display()))
        }),
        code => Err(Error::from_child(code, String::from_utf8_lossy(&output.stderr).trim())),
    }
}

/// The child prints its bare error; the parent prefixes the program's name.
fn child_outcome(outcome: Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            error.exit_code().into()
        }
    }
}

fn print(bytes: &[u8]) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(bytes)
        .and_then(|()| stdout.flush())
        .map_err(|error| Error::ProbeFailed(format!("cannot write to standard output: {error}")))
}
