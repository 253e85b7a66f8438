//! Background tasks. Each states what its failure means for the process.

use axum::Router;
use tokio::{net::TcpListener, task::JoinSet, time::Instant};

use crate::{Shutdown, backoff::Backoff};

/// What the failure of a task means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// The task starts again, after a pause that grows to half a minute.
    Restart,
    /// The process cannot work without the task, so it stops.
    StopProcess,
}

/// The background tasks of a process.
pub struct Tasks {
    shutdown: Shutdown,
    running: JoinSet<()>,
}

impl Tasks {
    /// No tasks yet.
    pub fn new(shutdown: Shutdown) -> Self {
        Self { shutdown, running: JoinSet::new() }
    }

    /// Starts a task. `run` is called again at each restart. Its future must end soon after the soft stop begins.
    pub fn spawn<F, Fut>(&mut self, name: &'static str, on_failure: OnFailure, mut run: F)
    where
        F: FnMut(Shutdown) -> Fut + Send + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let shutdown = self.shutdown.clone();
        self.running.spawn(async move {
            let mut backoff = Backoff::default();
            loop {
                let started = Instant::now();
                let Err(error) = run(shutdown.clone()).await else { return };
                if shutdown.has_begun() {
                    return;
                }
                let error = format!("{error:#}");
                if on_failure == OnFailure::StopProcess {
                    tracing::error!(
                        task = name,
                        error,
                        "a task failed that the process cannot do without; stopping"
                    );
                    return shutdown.begin();
                }
                let pause = backoff.after(started.elapsed());
                tracing::warn!(
                    task = name,
                    error,
                    retry_in_ms = pause.as_millis(),
                    "a task failed and starts again"
                );
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = shutdown.soft() => return,
                }
            }
        });
    }

    /// Serves a router on a listener until the soft stop. Requests under way end first.
    pub fn serve_http(
        &mut self,
        name: &'static str,
        listener: TcpListener,
        router: Router,
    ) -> anyhow::Result<()> {
        let listener = listener.into_std()?;
        self.spawn(name, OnFailure::Restart, move |shutdown| {
            let (router, listener) = (router.clone(), listener.try_clone());
            async move {
                let listener = TcpListener::from_std(listener?)?;
                Ok(axum::serve(listener, router).with_graceful_shutdown(shutdown.soft()).await?)
            }
        });
        Ok(())
    }

    /// Waits until all tasks have ended, and drops those that still run at the hard stop.
    pub async fn finish(mut self) {
        let hard = self.shutdown.hard();
        tokio::select! {
            () = async { while self.running.join_next().await.is_some() {} } => {}
            () = hard => self.running.shutdown().await,
        }
    }
}
