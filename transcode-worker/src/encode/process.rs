//! Runs ffmpeg or a reader of packets as a child, and ends it when it takes too long, too much memory, or makes no progress.

use std::{
    collections::VecDeque,
    io::{BufRead as _, BufReader},
    os::unix::process::ExitStatusExt as _,
    path::PathBuf,
    process::{ChildStdout, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use nix::sys::signal::Signal;
use parking_lot::Mutex;
use runtime::Child;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    failure::Failure,
    usage::{self, Children},
};

/// How often memory is looked at, and progress.
const MEMORY_EVERY: Duration = Duration::from_secs(5);
const PROGRESS_EVERY: Duration = Duration::from_secs(10);
/// Time between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(10);

/// How long the last lines of a child that has ended are waited for.
const LAST_LINES: Duration = Duration::from_secs(1);
/// Lines of standard error that are kept.
const MAX_LINES: usize = 100;
/// Longest line that is kept, in bytes.
const MAX_LINE: usize = 1000;

/// The programs of the worker, and their limits.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    /// transcode-worker.
    pub(crate) worker: PathBuf,
    pub(crate) ffmpeg: PathBuf,
    pub(crate) limits: Limits,
    /// Ends every child.
    pub(crate) stop: CancellationToken,
    pub(crate) children: Children,
}

/// Limits of a child.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// 0 to 19.
    pub(crate) nice: i32,
    pub(crate) memory_mib: u64,
    /// In all.
    pub(crate) timeout: Duration,
    /// Without progress.
    pub(crate) stall: Duration,
}

/// What a child has done so far; only more counts as progress.
#[derive(Debug, Default)]
pub(crate) struct Progress(AtomicI64);

impl Progress {
    pub(crate) fn reached(&self, value: i64) {
        self.0.fetch_max(value, Ordering::Relaxed);
    }

    pub(crate) fn add(&self, value: i64) {
        self.0.fetch_add(value, Ordering::Relaxed);
    }

    fn get(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A running child. Killed when it is dropped.
pub(crate) struct Running {
    child: Child,
    name: &'static str,
    limits: Limits,
    stop: CancellationToken,
    progress: Arc<Progress>,
    log: Arc<Log>,
    _counted: usage::Counted,
}

impl Programs {
    /// Starts ffmpeg; its progress is read from its standard output.
    pub(crate) fn ffmpeg(&self, arguments: &[String]) -> Result<Running, Failure> {
        let mut command = self.limited();
        command.arg(&self.ffmpeg).args(arguments);
        let mut running = self.start("ffmpeg", command)?;
        if let Some(stdout) = running.child.take_stdout() {
            let progress = running.progress.clone();
            read_in_thread("ffmpeg progress", move || read_progress(stdout, &progress))?;
        }
        Ok(running)
    }

    /// Starts transcode-worker itself. The caller reads its standard output.
    pub(crate) fn worker(&self, arguments: &[String]) -> Result<(Running, ChildStdout), Failure> {
        let mut command = self.limited();
        command.arg(&self.worker).args(arguments);
        let mut running = self.start("packets", command)?;
        let stdout = running.child.take_stdout().ok_or_else(|| Failure::passing("a child has no output"))?;
        Ok((running, stdout))
    }

    fn limited(&self) -> Command {
        let mut command = Command::new(&self.worker);
        // The memory that is used is watched; the address space, which is larger, only stops what the watch is too slow for.
        let memory_mib = self.limits.memory_mib.saturating_mul(4).to_string();
        command.args(["limited", "--nice", &self.limits.nice.to_string(), "--memory-mib", &memory_mib, "--"]);
        command
    }

    fn start(&self, name: &'static str, mut command: Command) -> Result<Running, Failure> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = Child::spawn(command)
            .map_err(|error| Failure::passing(format!("cannot start {}: {error}", self.worker.display())))?;
        let log = Arc::new(Log::default());
        if let Some(stderr) = child.take_stderr() {
            let log = log.clone();
            read_in_thread("child log", move || log.read(stderr))?;
        }
        let counted = self.children.count(child.id());
        let progress = Arc::default();
        let (limits, stop) = (self.limits, self.stop.clone());
        Ok(Running { child, name, limits, stop, progress, log, _counted: counted })
    }
}

fn read_in_thread(name: &str, read: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    // The thread ends with the child's pipe.
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(read)
        .map(|_| ())
        .map_err(|error| Failure::passing(format!("cannot start a thread: {error}")))
}

impl Running {
    pub(crate) fn progress(&self) -> Arc<Progress> {
        self.progress.clone()
    }

    /// The end of what it wrote to standard error.
    pub(crate) fn log(&self) -> String {
        self.log.text()
    }

    /// Waits until the child has ended well. Ends it at a limit.
    pub(crate) async fn finish(&self) -> Result<(), Failure> {
        match self.ended().await? {
            0 => Ok(()),
            code => {
                let message = format!("{} ended with code {code}", self.name);
                Err(Failure::passing(message).with_log(&self.log()))
            }
        }
    }

    /// Waits until the child has ended; returns its exit code. Ends it at a limit.
    pub(crate) async fn ended(&self) -> Result<i32, Failure> {
        let failure = tokio::select! {
            status = self.child.ended() => {
                // What it wrote last may still be in the pipe.
                let _ = tokio::time::timeout(LAST_LINES, self.log.closed.cancelled()).await;
                return status.code().ok_or_else(|| {
                    let signal = status.signal().unwrap_or_default();
                    let message = format!("{} crashed (signal {signal}); the file may be damaged", self.name);
                    Failure::passing(message).with_log(&self.log())
                });
            }
            why = self.limit() => {
                tracing::warn!(program = self.name, pid = self.child.id(), why, "ending a program");
                Failure::timed_out(format!("{} {why}", self.name))
            }
            () = self.stop.cancelled() => Failure::released("the worker is stopping"),
        };
        self.child.stop(&[(Signal::SIGTERM, GRACE)]).await;
        Err(failure.with_log(&self.log()))
    }

    /// Returns why the child has to end.
    async fn limit(&self) -> String {
        let started = Instant::now();
        let (mut reached, mut since) = (self.progress.get(), started);
        let mut memory = tokio::time::interval(MEMORY_EVERY.min(self.limits.stall));
        let mut progress = tokio::time::interval(PROGRESS_EVERY.min(self.limits.stall));
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(started + self.limits.timeout) => {
                    return format!("took longer than {} minutes", self.limits.timeout.as_secs() / 60);
                }
                _ = memory.tick() => {
                    let used_mib = usage::memory_mib(self.child.id());
                    if used_mib > self.limits.memory_mib {
                        return format!("used {used_mib} MiB of memory; {} are allowed", self.limits.memory_mib);
                    }
                }
                _ = progress.tick() => {
                    let now = self.progress.get();
                    if now > reached {
                        (reached, since) = (now, Instant::now());
                    } else if since.elapsed() >= self.limits.stall {
                        return format!("made no progress for {} s", self.limits.stall.as_secs());
                    }
                }
            }
        }
    }
}

/// Lines such as `out_time_us=1500000` and `frame=37`.
fn read_progress(stdout: ChildStdout, progress: &Progress) {
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        if let Some(value) = line.strip_prefix("total_size=").or_else(|| line.strip_prefix("out_time_us="))
            && let Ok(value) = value.trim().parse()
        {
            progress.reached(value);
        }
    }
}

/// The last lines of a program's log.
#[derive(Debug, Default)]
struct Log {
    lines: Mutex<VecDeque<String>>,
    closed: CancellationToken,
}

impl Log {
    fn read(&self, stderr: std::process::ChildStderr) {
        let mut from = BufReader::new(stderr);
        let mut line = Vec::new();
        while let Ok(1..) = std::io::Read::take(&mut from, MAX_LINE as u64).read_until(b'\n', &mut line) {
            let mut lines = self.lines.lock();
            lines.push_back(String::from_utf8_lossy(&line).trim_end().to_owned());
            if lines.len() > MAX_LINES {
                lines.pop_front();
            }
            line.clear();
        }
        self.closed.cancel();
    }

    fn text(&self) -> String {
        self.lines.lock().iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}
