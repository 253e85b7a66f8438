//! Child processes that end when this process ends, also when it is killed.

use std::{
    ffi::OsString,
    io::{self, Error},
    os::unix::process::{CommandExt as _, parent_id},
    path::Path,
    process::{ChildStderr, ChildStdout, Command, ExitStatus},
    sync::{
        Arc,
        mpsc::{Receiver, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use nix::{
    sys::{
        prctl,
        signal::{Signal, kill},
        wait::{Id, WaitPidFlag, waitid},
    },
    unistd::{Gid, Pid, Uid, setgroups, setresgid, setresuid},
};
use parking_lot::Mutex;
use tokio::sync::watch;

/// How long a program may take to end after SIGKILL.
const KILL_GRACE: Duration = Duration::from_secs(2);

/// A running program. Killed when it is dropped.
pub struct Child {
    pid: Pid,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    ended: watch::Receiver<Option<ExitStatus>>,
    // Locked while the process is reaped, so that no signal reaches a later process with the same id.
    reaped: Arc<Mutex<bool>>,
    thread: Option<JoinHandle<()>>,
}

impl Child {
    /// Starts a program.
    ///
    /// A thread of its own starts it and lives as long as the program: Linux sends the signal of [`tied`] when the
    /// *thread* that forked ends, and the threads of a pool come and go.
    pub fn spawn(mut command: Command) -> io::Result<Self> {
        let (started_tx, started) = sync_channel(1);
        let (ended_tx, ended) = watch::channel(None);
        let reaped = Arc::new(Mutex::new(false));
        let flag = reaped.clone();
        let thread = std::thread::Builder::new().name("child".to_owned()).spawn(move || {
            let mut child = match command.spawn() {
                Ok(child) => child,
                Err(error) => return drop(started_tx.send(Err(error))),
            };
            let pid = Pid::from_raw(i32::try_from(child.id()).unwrap_or_default());
            let _ = started_tx.send(Ok((pid, child.stdout.take(), child.stderr.take())));
            while waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) == Err(nix::Error::EINTR)
            {
            }
            let mut reaped = flag.lock();
            let status = child.wait().unwrap_or_default();
            *reaped = true;
            ended_tx.send_replace(Some(status));
        })?;
        let (pid, stdout, stderr) = outcome(&started)?;
        Ok(Self { pid, stdout, stderr, ended, reaped, thread: Some(thread) })
    }

    /// Its process id.
    pub fn id(&self) -> i32 {
        self.pid.as_raw()
    }

    /// Its standard output, if the command pipes it and nobody has taken it yet.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.stdout.take()
    }

    /// Its standard error, if the command pipes it and nobody has taken it yet.
    pub fn take_stderr(&mut self) -> Option<ChildStderr> {
        self.stderr.take()
    }

    /// Its exit status, if it has ended.
    pub fn status(&self) -> Option<ExitStatus> {
        *self.ended.borrow()
    }

    /// Waits until it has ended.
    pub async fn ended(&self) -> ExitStatus {
        let mut ended = self.ended.clone();
        ended.wait_for(Option::is_some).await.ok().and_then(|status| *status).unwrap_or_default()
    }

    /// Sends a signal, unless it has ended.
    pub fn signal(&self, signal: Signal) {
        let reaped = self.reaped.lock();
        if !*reaped {
            let _ = kill(self.pid, signal);
        }
    }

    /// Sends each signal in turn and waits for the time beside it, then sends SIGKILL.
    pub async fn stop(&self, steps: &[(Signal, Duration)]) {
        for (signal, grace) in steps.iter().chain([&(Signal::SIGKILL, KILL_GRACE)]) {
            self.signal(*signal);
            if tokio::time::timeout(*grace, self.ended()).await.is_ok() {
                return;
            }
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.signal(Signal::SIGKILL);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn outcome<T>(started: &Receiver<io::Result<T>>) -> io::Result<T> {
    started.recv().unwrap_or_else(|_| Err(Error::other("the thread that starts programs ended")))
}

/// The user and the group that a program runs as.
pub type User = (u32, u32);

/// A command that runs `program` so that it gets `signal` when this process ends, even by SIGKILL. It starts this program again as
/// `PROGRAM tied …`, which passes its arguments to [`become_tied`]. To be started by [`Child::spawn`] only.
pub fn tied(program: &Path, signal: Signal, user: Option<User>) -> Command {
    // This name leads to the running program even after an upgrade has replaced its file.
    let mut command = Command::new("/proc/self/exe");
    command.arg("tied").arg(std::process::id().to_string()).arg(signal.as_str());
    command.arg(user.map_or_else(|| "-".to_owned(), |(user, group)| format!("{user}:{group}")));
    command.arg(program);
    command
}

/// Replaces this process by the program that [`tied`] names. Returns only with an error.
///
/// The user changes first, because a change of user clears the signal. The program is still found by the first user, because
/// the second one may not be allowed to run `/proc/self/exe`.
pub fn become_tied(arguments: impl IntoIterator<Item = OsString>) -> Error {
    let mut arguments = arguments.into_iter();
    let mut next = || arguments.next().unwrap_or_default();
    let (parent, signal, user, program) = (next(), next(), next(), next());
    let tie = || -> io::Result<()> {
        let invalid = || Error::new(io::ErrorKind::InvalidInput, "`tied` is for syncwatch's own use");
        let parent: u32 = parent.to_string_lossy().parse().map_err(|_| invalid())?;
        let signal: Signal = signal.to_string_lossy().parse()?;
        if let Some((user, group)) = user.to_string_lossy().split_once(':') {
            let (user, group): (u32, u32) =
                (user.parse().map_err(|_| invalid())?, group.parse().map_err(|_| invalid())?);
            let (user, group) = (Uid::from_raw(user), Gid::from_raw(group));
            setgroups(&[group])?;
            setresgid(group, group, group)?;
            setresuid(user, user, user)?;
        }
        prctl::set_pdeathsig(signal)?;
        // The parent may have ended before the line above.
        if parent_id() != parent {
            return Err(Error::other("the program that started this one has ended"));
        }
        Ok(())
    };
    match tie() {
        Ok(()) => Command::new(program).args(arguments).exec(),
        Err(error) => error,
    }
}
