//! Supervises the programs of `up --split`. A program that ends by itself starts again after a pause that grows
//! ([`OnFailure::Restart`]). All programs end with this process, also when it is killed.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, anyhow};
use nix::sys::signal::Signal;
use parking_lot::{Mutex, MutexGuard};
use runtime::{Child, OnFailure, Tasks, child::tied};

/// SIGTERM, then SIGKILL a little after the program's own hard stop.
const STOP: [(Signal, Duration); 1] = [(Signal::SIGTERM, Duration::from_secs(12))];

/// Programs in the order in which they start. They stop in reverse order, so that none calls one that has stopped.
#[derive(Default)]
pub(crate) struct Supervisor(Vec<Arc<Program>>);

struct Program {
    name: &'static str,
    path: PathBuf,
    arguments: Vec<String>,
    folder: PathBuf,
    child: Mutex<Option<Arc<Child>>>,
}

impl Supervisor {
    /// Starts a program in a folder.
    pub(crate) fn start(
        &mut self,
        name: &'static str,
        path: &Path,
        arguments: &[&str],
        folder: &Path,
    ) -> anyhow::Result<()> {
        let program = Arc::new(Program {
            name,
            path: path.to_owned(),
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            folder: folder.to_owned(),
            child: Mutex::default(),
        });
        program.spawn()?;
        self.0.push(program);
        Ok(())
    }

    /// Waits until one of them ends, which is a failure while they start.
    pub(crate) async fn first_to_end(&self) -> anyhow::Error {
        let ends = self.0.iter().map(|program| Box::pin(program.ended()));
        futures::future::select_all(ends).await.0
    }

    /// Restarts each of them from now on when it ends.
    pub(crate) fn keep(&self, tasks: &mut Tasks) {
        for program in &self.0 {
            let program = program.clone();
            tasks.spawn(program.name, OnFailure::Restart, move |shutdown| {
                let program = program.clone();
                async move {
                    if program.child().as_ref().is_none_or(|child| child.status().is_some()) {
                        program.spawn()?;
                    }
                    tokio::select! {
                        why = program.ended() => Err(why),
                        () = shutdown.soft() => Ok(()),
                    }
                }
            });
        }
    }

    /// Stops them one after the other.
    pub(crate) async fn stop(&self) {
        for program in self.0.iter().rev() {
            let child = program.child().take();
            if let Some(child) = child {
                child.stop(&STOP).await;
            }
        }
    }
}

impl Program {
    fn child(&self) -> MutexGuard<'_, Option<Arc<Child>>> {
        self.child.lock()
    }

    fn spawn(&self) -> anyhow::Result<()> {
        use std::{os::unix::process::CommandExt as _, process::Stdio};
        // SIGKILL when this process ends: its next start needs the ports at once, and nothing that was
        // acknowledged is lost.
        let mut command = tied(&self.path, Signal::SIGKILL, None);
        // Ctrl-C in the terminal must reach this process only, which stops them in order.
        command
            .args(&self.arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .process_group(0);
        let child = Child::spawn(command).with_context(|| format!("cannot start {}", self.name))?;
        *self.child() = Some(Arc::new(child));
        Ok(())
    }

    async fn ended(&self) -> anyhow::Error {
        let child = self.child().clone();
        let Some(child) = child else { return anyhow!("{} does not run", self.name) };
        let status = child.ended().await;
        anyhow!("{} ended by itself: {status}", self.name)
    }
}
