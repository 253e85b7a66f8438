//! The commands of the program.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, Subcommand};
use prost::Message as _;
use proto::transcode::v1::MediaProbe;

use crate::{
    Error, Result, file, limited,
    packets::Wanted,
    probe::{self, ProbeRequest},
    report,
};

/// The functions of the program that call libav. They run in child processes only.
pub struct Libav {
    /// Examines a file.
    pub probe: fn(&ProbeRequest) -> Result<MediaProbe>,
    /// Writes packets of a file at a path or URL.
    pub packets: fn(&str, &Wanted, &mut dyn Write) -> Result<()>,
}

/// Probes, copies and encodes media files. Without a command: the service, which takes its tasks from media-svc.
#[derive(Parser)]
#[command(name = "transcode-worker", version, about)]
struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// File with the settings of the service. `SYNCWATCH_…` variables win over it.
    #[arg(long, value_name = "FILE", env = "SYNCWATCH_CONFIG")]
    config: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Action {
    /// Runs the service, as without a command.
    Serve,
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
        /// Path or loopback URL of the file.
        place: String,
        /// Name of the file in errors.
        #[arg(long)]
        shown: String,
        /// Bytes of the file are still being sent.
        #[arg(long)]
        incomplete: bool,
    },
    /// Writes packets of a file to standard output.
    #[command(hide = true)]
    PacketsChild {
        /// Loopback URL of the file.
        place: String,
        #[arg(long)]
        demuxer: String,
        #[arg(long = "stream")]
        streams: Vec<usize>,
        #[arg(long, allow_negative_numbers = true)]
        from_us: Option<i64>,
        #[arg(long, allow_negative_numbers = true)]
        until_us: i64,
    },
    /// Replaces itself by another program, with limits.
    #[command(hide = true)]
    Limited {
        #[arg(long)]
        nice: i32,
        /// Processors that it may use.
        #[arg(long)]
        processors: usize,
        /// Most address space in MiB.
        #[arg(long)]
        memory_mib: u64,
        /// The program and its arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        program: Vec<std::ffi::OsString>,
    },
}

/// Runs the program. Returns its exit code.
pub fn run(libav: &Libav) -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.action {
        None | Some(Action::Serve) => {
            return runtime::run_with_file("transcode-worker", arguments.config.as_deref(), crate::serve);
        }
        Some(Action::Probe { file, json, time_limit }) => probe(&file, Duration::from_secs(time_limit))
            .and_then(|probe| print(report::render(&probe, json)?.as_bytes())),
        Some(Action::ProbeChild { place, shown, incomplete }) => {
            let request = ProbeRequest { place, shown, is_complete: !incomplete };
            let probed = limited::memory(probe::MEMORY_MIB).and_then(|()| (libav.probe)(&request));
            return child_outcome(probed.and_then(|probe| print(&probe.encode_to_vec())));
        }
        Some(Action::PacketsChild { place, demuxer, streams, from_us, until_us }) => {
            let wanted = Wanted { demuxer, streams, from_us, until_us };
            let mut out = std::io::BufWriter::with_capacity(256 * 1024, std::io::stdout().lock());
            return child_outcome((libav.packets)(&place, &wanted, &mut out));
        }
        Some(Action::Limited { nice, processors, memory_mib, program }) => {
            let limits = limited::Limits { nice, processors, memory_mib };
            return child_outcome(Err(limited::become_limited(&limits, &program)));
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
    let shown = path.display().to_string();
    let request = ProbeRequest { place: shown.clone(), shown, is_complete: true };
    probe::in_child(&program, &request, limit)
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
