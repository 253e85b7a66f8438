//! The programs that `up --split` starts: each runs again when it ends by itself, after a pause that grows
//! ([`OnFailure::Restart`]); all end with this process, however it ends.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, anyhow};
use nix::sys::signal::Signal;
use runtime::{Child, OnFailure, Tasks, child::tied};

/// How a program is asked to end; a little longer than its own grace.
const STOP: [(Signal, Duration); 1] = [(Signal::SIGTERM, Duration::from_secs(12))];

/// Programs in the order they started; they stop in the opposite one, so that nothing calls what has gone.
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

    /// Waits until one of them ends, which as they start is a reason to give up.
    pub(crate) async fn first_to_end(&self) -> anyhow::Error {
        let ends = self.0.iter().map(|program| Box::pin(program.ended()));
        futures::future::select_all(ends).await.0
    }

    /// From now on each is started again when it ends.
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

    /// Ends them, one after the other.
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
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spawn(&self) -> anyhow::Result<()> {
        use std::{os::unix::process::CommandExt as _, process::Stdio};
        // Killed and not asked when we are gone: whoever starts us again needs the port at once, and nothing that was
        // acknowledged is lost by it.
        let mut command = tied(&self.path, Signal::SIGKILL, None);
        // Ctrl-C in the terminal is for us; we stop them in order.
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
