//! Limits that a process sets for itself before it touches a file of a stranger.

use std::{ffi::OsString, io, os::unix::process::CommandExt as _, process::Command};

use rustix::{
    process::{Resource, Rlimit, Signal, nice, set_parent_process_death_signal, setrlimit},
    thread::{CpuSet, sched_getaffinity, sched_setaffinity},
};

use crate::{Error, Result};

/// Limits the address space.
pub(crate) fn memory(mib: u64) -> Result<()> {
    let bytes = Some(mib.saturating_mul(1 << 20));
    setrlimit(Resource::As, Rlimit { current: bytes, maximum: bytes })
        .map_err(|error| Error::ProbeFailed(format!("cannot limit the memory to {mib} MiB: {error}")))
}

/// Keeps this process on the first of the processors that it may use. ffmpeg's own `-threads` limits each decoder, filter and
/// encoder alone, and a cgroup needs rights that a service rarely has. As all encoders share the same processors, the others are
/// always left to the services.
fn processors(count: usize) -> io::Result<()> {
    let allowed = sched_getaffinity(None)?;
    let mut kept = CpuSet::new();
    (0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu)).take(count).for_each(|cpu| kept.set(cpu));
    Ok(sched_setaffinity(None, &kept)?)
}

/// Limits of a program.
pub(crate) struct Limits {
    pub(crate) nice: i32,
    pub(crate) processors: usize,
    /// Address space.
    pub(crate) memory_mib: u64,
}

/// Replaces this process by a program. Returns only with an error.
///
/// The program ends with the thread that started it, also when the worker is killed.
pub(crate) fn become_limited(limits: &Limits, program: &[OsString]) -> Error {
    let lower = || -> io::Result<()> {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        if limits.nice > 0 {
            nice(limits.nice)?;
        }
        processors(limits.processors)
    };
    if let Err(error) = lower() {
        return Error::ProbeFailed(format!("cannot lower the priority of a program: {error}"));
    }
    if let Err(error) = memory(limits.memory_mib) {
        return error;
    }
    let Some((name, arguments)) = program.split_first() else {
        return Error::ProbeFailed("no program was named".to_owned());
    };
    let error = Command::new(name).args(arguments).exec();
    Error::Unreadable(format!("cannot run {}: {error}", name.display()))
}
