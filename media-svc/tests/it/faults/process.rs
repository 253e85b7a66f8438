//! A program that can be killed and started again.

use std::{
    fs::{File, OpenOptions},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, ensure};
use parking_lot::Mutex;
use tokio::net::TcpStream;

/// A program with its settings.
pub(super) struct Process {
    program: PathBuf,
    config: PathBuf,
    log: PathBuf,
    /// Addresses where it takes connections when it is ready.
    listens: Vec<String>,
    child: Mutex<Option<Child>>,
}

impl Process {
    /// Writes its settings and starts it.
    pub(super) async fn start(
        program: PathBuf,
        name: &str,
        dir: &Path,
        config: &str,
        listens: Vec<String>,
    ) -> anyhow::Result<Self> {
        let file = dir.join(format!("{name}.toml"));
        std::fs::write(&file, config)?;
        let log = dir.join(format!("{name}.log"));
        let process = Self { program, config: file, log, listens, child: Mutex::default() };
        process.spawn()?;
        ensure!(process.is_up().await, "{name} ended: {}", process.tail());
        Ok(process)
    }

    /// Kills it, as a power cut does.
    pub(super) fn kill(&self) {
        if let Some(mut child) = self.child.lock().take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Starts it unless it runs, and waits until it takes connections. One that ends by itself is started again, since what it
    /// needs may be down too.
    pub(super) async fn revive(&self) -> anyhow::Result<()> {
        loop {
            self.spawn()?;
            if self.is_up().await {
                return Ok(());
            }
        }
    }

    /// Waits until it takes connections. False: it ended before.
    async fn is_up(&self) -> bool {
        for address in &self.listens {
            while TcpStream::connect(address).await.is_err() {
                if !self.runs() {
                    return false;
                }
                tokio::task::yield_now().await;
            }
        }
        true
    }

    fn spawn(&self) -> anyhow::Result<()> {
        if self.runs() {
            return Ok(());
        }
        let log: File = OpenOptions::new().create(true).append(true).open(&self.log)?;
        let mut command = Command::new(&self.program);
        command.arg("--config").arg(&self.config).stdin(Stdio::null());
        command.stdout(log.try_clone()?).stderr(log);
        let child = command.spawn().with_context(|| format!("cannot run {}", self.program.display()))?;
        *self.child.lock() = Some(child);
        Ok(())
    }

    fn runs(&self) -> bool {
        self.child.lock().as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Its process id, while it runs.
    pub(super) fn pid(&self) -> Option<u32> {
        self.child.lock().as_ref().map(Child::id)
    }

    /// The last lines that it wrote.
    pub(super) fn tail(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
