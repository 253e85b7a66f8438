//! Runs ffmpeg or a reader of packets as a child, and ends it at a limit.

use std::{
    collections::VecDeque,
    io::{BufRead as _, BufReader},
    os::unix::process::ExitStatusExt as _,
    path::PathBuf,
    process::{ChildStdout, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use nix::sys::signal::Signal;
use parking_lot::Mutex;
use runtime::Child;
use tokio_util::sync::CancellationToken;

use super::watchdog::{self, Limits, Progress};
use crate::{
    failure::Failure,
    usage::{Children, Counted},
};

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

/// A running child. Killed when it is dropped.
pub(crate) struct Running {
    child: Child,
    name: &'static str,
    limits: Limits,
    stop: CancellationToken,
    progress: Arc<Progress>,
    log: Arc<Log>,
    counted: Counted,
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
        let (nice, processors) = (self.limits.nice.to_string(), self.limits.processors.to_string());
        command.args([
            "limited",
            "--nice",
            &nice,
            "--processors",
            &processors,
            "--memory-mib",
            &memory_mib,
            "--",
        ]);
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
        Ok(Running { child, name, limits, stop, progress, log, counted })
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
            why = watchdog::limit(self.name, &self.counted, self.limits, &self.progress) => {
                tracing::warn!(program = self.name, pid = self.child.id(), why, "ending a program");
                Failure::timed_out(format!("{} {why}", self.name))
            }
            () = self.stop.cancelled() => Failure::released("the worker is stopping"),
        };
        self.child.stop(&[(Signal::SIGTERM, self.limits.grace)]).await;
        Err(failure.with_log(&self.log()))
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
