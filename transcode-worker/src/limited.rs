//! Limits that a process sets for itself before it touches a file of a stranger.

use std::{ffi::OsString, io, os::unix::process::CommandExt as _, process::Command};

use rustix::process::{Resource, Rlimit, Signal, nice, set_parent_process_death_signal, setrlimit};

use crate::{Error, Result};

/// Limits the address space.
pub(crate) fn memory(mib: u64) -> Result<()> {
    let bytes = Some(mib.saturating_mul(1 << 20));
    setrlimit(Resource::As, Rlimit { current: bytes, maximum: bytes })
        .map_err(|error| Error::ProbeFailed(format!("cannot limit the memory to {mib} MiB: {error}")))
}

/// Replaces this process by a program. Returns only with an error.
///
/// The program ends with the thread that started it, also when the worker is killed.
pub(crate) fn become_limited(niceness: i32, memory_mib: u64, program: &[OsString]) -> Error {
    let limit = || -> io::Result<()> {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        if niceness > 0 {
            nice(niceness)?;
        }
        Ok(())
    };
    if let Err(error) = limit() {
        return Error::ProbeFailed(format!("cannot lower the priority of a program: {error}"));
    }
    if let Err(error) = memory(memory_mib) {
        return error;
    }
    let Some((name, arguments)) = program.split_first() else {
        return Error::ProbeFailed("no program was named".to_owned());
    };
    let error = Command::new(name).args(arguments).exec();
    Error::Unreadable(format!("cannot run {}: {error}", name.display()))
}
