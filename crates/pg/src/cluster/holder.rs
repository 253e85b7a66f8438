//! Detects a server of an earlier run that still uses the data folder, so that two never run on one folder, and nobody
//! waits for a server that has ended.

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

/// No process has this pid: Linux stops at 4,194,304.
const NO_PROCESS: &str = "2147483647";

/// Stops a server that an earlier run left behind, and waits for its end. Neutralises a lock file that names another
/// process.
pub(super) async fn wait_for_end(folders: &Folders) -> anyhow::Result<()> {
    let lock = folders.data_file("postmaster.pid");
    let Some(text) = read(&lock)? else { return Ok(()) };
    let pid = text.lines().next().and_then(|line| line.trim().parse().ok()).unwrap_or(0);
    if !is_postgres_of(pid, folders) {
        return disarm(folders, &lock, &text);
    }
    tracing::warn!(pid, folder = %folders, "waiting for a database server of an earlier run to end");
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

/// PostgreSQL believes the lock file when *any* process has its pid, and after a container was killed that may be a
/// thread of this process. So this replaces the pid by one that no process has. The rest of the file stays: it names the
/// shared memory by which PostgreSQL recognises leftover processes of the old server.
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

/// Whether the process is a server that works in this folder. The pid alone proves nothing: another
/// process or a thread may have it by now.
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

/// Waits up to a second for a condition, in code that cannot await.
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
