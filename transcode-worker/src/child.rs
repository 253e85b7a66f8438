//! Runs an untrusted child process with limits of time and output.

use std::{
    fmt,
    io::Read,
    os::unix::process::ExitStatusExt as _,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// Result of a child that exited by itself.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

/// Why a child has no result. The text continues "the probe of FILE".
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    NotStarted(String),
    TooSlow(Duration),
    TooMuch(usize),
    Crashed(i32),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted(error) => write!(f, "could not be started: {error}"),
            Self::TooSlow(limit) => write!(f, "took longer than {} s and was ended", limit.as_secs_f64()),
            Self::TooMuch(limit) => write!(f, "gave more than {limit} bytes and was ended"),
            Self::Crashed(signal) => {
                write!(f, "crashed (signal {signal}); the file may be damaged on purpose")
            }
        }
    }
}

/// Kills the child when dropped.
struct Guarded(Child);

impl Drop for Guarded {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a command until it exits, or kills it at a limit.
pub(crate) fn run(command: &mut Command, limit: Duration, max_bytes: usize) -> Result<Output, Problem> {
    let not_started = |error: std::io::Error| Problem::NotStarted(error.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Guarded(command.spawn().map_err(not_started)?);
    let (Some(stdout), Some(stderr)) = (child.0.stdout.take(), child.0.stderr.take()) else {
        return Err(Problem::NotStarted("it has no pipes".to_owned()));
    };
    let (send, ended) = mpsc::channel();
    thread::spawn(move || {
        let stderr = thread::spawn(move || read(stderr, max_bytes));
        let stdout = read(stdout, max_bytes);
        // The receiver is gone after a timeout.
        let _ = send.send((stdout, stderr.join().unwrap_or_default()));
    });
    let (stdout, stderr) = ended.recv_timeout(limit).map_err(|_| Problem::TooSlow(limit))?;
    if stdout.len() > max_bytes || stderr.len() > max_bytes {
        return Err(Problem::TooMuch(max_bytes));
    }
    // Both pipes are closed, so the child has exited or is about to.
    let status = child.0.wait().map_err(not_started)?;
    match (status.code(), status.signal()) {
        (Some(code), _) => Ok(Output { code, stdout, stderr }),
        (None, signal) => Err(Problem::Crashed(signal.unwrap_or_default())),
    }
}

/// Reads one byte more than the limit, which shows that there was more.
fn read(pipe: impl Read, max_bytes: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A broken pipe leaves the bytes before it; the exit status tells the rest.
    let _ = pipe.take(max_bytes as u64 + 1).read_to_end(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    fn shell(script: &str, limit: Duration) -> Result<Output, Problem> {
        run(Command::new("sh").args(["-c", script]), limit, 1000)
    }

    #[test]
    fn the_output_of_a_child_is_returned() {
        let output = shell("echo out; echo err >&2; exit 3", LONG).unwrap();
        assert_eq!(
            (output.code, output.stdout.as_slice(), output.stderr.as_slice()),
            (3, &b"out\n"[..], &b"err\n"[..])
        );
    }

    #[test]
    fn a_crash_is_reported() {
        assert_eq!(shell("kill -SEGV $$", LONG).unwrap_err(), Problem::Crashed(11));
    }

    #[test]
    fn a_hanging_child_is_killed() {
        let limit = Duration::from_millis(50);
        assert_eq!(
            run(Command::new("tail").args(["-f", "/dev/null"]), limit, 1000).unwrap_err(),
            Problem::TooSlow(limit)
        );
    }

    #[test]
    fn a_child_with_endless_output_is_killed() {
        assert_eq!(run(&mut Command::new("yes"), LONG, 1000).unwrap_err(), Problem::TooMuch(1000));
        assert_eq!(
            run(Command::new("sh").args(["-c", "exec yes >&2"]), LONG, 1000).unwrap_err(),
            Problem::TooMuch(1000)
        );
    }

    #[test]
    fn a_missing_program_is_reported() {
        assert!(matches!(
            run(&mut Command::new("/no/such/program"), LONG, 1000),
            Err(Problem::NotStarted(_))
        ));
    }
}
