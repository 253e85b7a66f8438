//! Whether a server of an earlier run still holds the data folder: never two on one folder, and no wait for one that
//! is long gone.

use std::{
    fs, io,
    os::{linux::fs::MetadataExt as _, unix::fs::MetadataExt as _},
    path::Path,
    time::Duration,
};

use anyhow::{Context as _, bail};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::folders::Folders;

const POLL: Duration = Duration::from_millis(20);

/// How long a server may take to end. It may be writing a checkpoint to a slow disk.
const END_TIMEOUT: Duration = Duration::from_mins(2);

/// No process has this number: Linux stops at 4,194,304.
const NO_PROCESS: &str = "2147483647";

/// Ends a server that an earlier run left behind and waits until it has. A lock file that names another process is made
/// harmless.
pub(super) async fn wait_for_end(folders: &Folders) -> anyhow::Result<()> {
    let lock = folders.data_file("postmaster.pid");
    let Some(text) = read(&lock)? else { return Ok(()) };
    let pid = text.lines().next().and_then(|line| line.trim().parse().ok()).unwrap_or(0);
    if !is_postgres_of(pid, folders) {
        return disarm(folders, &lock, &text);
    }
    tracing::warn!(pid, folder = %folders, "a database server of an earlier run still ends; waiting for it");
    let _ = kill(Pid::from_raw(pid), Signal::SIGINT);
    let mut waited = Duration::ZERO;
    while is_postgres_of(pid, folders) {
        if waited >= END_TIMEOUT {
            bail!("the database server {pid} of an earlier run does not end; end it with: kill -QUIT {pid}");
        }
        tokio::time::sleep(POLL).await;
        waited += POLL;
    }
    Ok(())
}

/// PostgreSQL takes the lock file for good when *any* process has the number that stands in it, and after a container
/// was killed that may be a thread of ours. So the number is replaced by one that nobody has. The rest stays, because
/// it names the shared memory by which PostgreSQL recognises processes that are left of the old server.
fn disarm(folders: &Folders, lock: &Path, text: &str) -> anyhow::Result<()> {
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    fs::write(lock, format!("{NO_PROCESS}\n{rest}"))
        .with_context(|| format!("cannot write {}", lock.display()))?;
    for name in [".s.PGSQL.5432", ".s.PGSQL.5432.lock"] {
        let _ = fs::remove_file(folders.sockets().join(name));
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

/// Whether the process is a server that works in this folder. A number alone says nothing: it may have been given to
/// another process, or to a thread.
fn is_postgres_of(pid: i32, folders: &Folders) -> bool {
    let process = Path::new("/proc").join(pid.to_string());
    let is_process = fs::read_to_string(process.join("status")).is_ok_and(|status| {
        // A zombie has ended.
        status.lines().any(|line| line.strip_prefix("Tgid:").is_some_and(|id| id.trim() == pid.to_string()))
            && !status.lines().any(|line| line.starts_with("State:") && line.contains('Z'))
    });
    let folder = |path: &Path| fs::metadata(path).ok().map(|found| (found.st_dev(), found.ino()));
    is_process && folder(&process.join("cwd")).is_some_and(|cwd| Some(cwd) == folder(&folders.data_file("")))
}

/// Waits up to a second for something that is about to happen, where nothing can be awaited.
#[expect(
    clippy::disallowed_methods,
    reason = "a drop cannot await; it ends a server of a test, or a failed start"
)]
pub(super) fn wait_briefly(done: impl Fn() -> bool) {
    for _ in 0..200 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
