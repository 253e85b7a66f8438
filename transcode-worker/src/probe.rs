//! Probes a file in a child process with limits of time, memory and output.

use std::{path::Path, process::Command, time::Duration};

use prost::Message as _;
use proto::transcode::v1::MediaProbe;

use crate::{Error, Result, child};

/// Limit of the child's output in bytes; a real probe has far fewer.
const MAX_OUTPUT_BYTES: usize = 1 << 20;

/// Address space of the child in MiB. A picture of 8K takes 200, the libraries themselves as much.
pub(crate) const MEMORY_MIB: u64 = 2048;

/// A file to probe.
#[derive(Debug, Clone)]
pub struct ProbeRequest {
    /// Path, or URL of the worker's loopback listener.
    pub place: String,
    /// Name of the file in errors.
    pub shown: String,
    /// All bytes of the file are there.
    pub is_complete: bool,
}

/// Probes a file by `program`, which is transcode-worker.
pub(crate) fn in_child(program: &Path, request: &ProbeRequest, limit: Duration) -> Result<MediaProbe> {
    let mut command = Command::new(program);
    command.args(["probe-child", "--shown", &request.shown]);
    if !request.is_complete {
        command.arg("--incomplete");
    }
    command.args(["--", &request.place]);
    let output = child::run(&mut command, limit, MAX_OUTPUT_BYTES)
        .map_err(|problem| Error::ProbeFailed(format!("the probe of {} {problem}", request.shown)))?;
    match output.code {
        0 => MediaProbe::decode(output.stdout.as_slice()).map_err(|error| {
            Error::ProbeFailed(format!("the probe of {} cannot be read: {error}", request.shown))
        }),
        code => Err(Error::from_child(code, String::from_utf8_lossy(&output.stderr).trim())),
    }
}
