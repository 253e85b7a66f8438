//! One process, from its arguments to its exit code.

use std::{
    ffi::OsString,
    future::Future,
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use axum::Router;
use tokio::net::TcpListener;

use crate::{
    Health, Listen, Listeners, OnFailure, Phase, Settings, Shutdown, Tasks, Telemetry, TelemetryConfig,
    admin, log_panics, open_files,
};

/// What every process has: settings, shutdown, tasks, health and telemetry.
pub struct Process {
    /// All settings.
    pub settings: Settings,
    /// Tells when to stop.
    pub shutdown: Shutdown,
    /// Background tasks.
    pub tasks: Tasks,
    /// Checks of its dependencies.
    pub health: Health,
    telemetry: Telemetry,
}

impl Process {
    /// Sets up the process within a running tokio runtime.
    pub fn start(name: &str, settings: Settings) -> anyhow::Result<Self> {
        // The one TLS implementation of the process. A second start in one process finds it installed, which is no error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let telemetry = Telemetry::start(&settings.checked::<TelemetryConfig>()?, name)?;
        open_files::raise_limit();
        let shutdown = Shutdown::default();
        shutdown.begin_on_signals()?;
        let health = Health::new(Phase::Starting);
        tokio::spawn({
            let (health, stop) = (health.clone(), shutdown.soft());
            async move {
                stop.await;
                health.stops();
            }
        });
        Ok(Self { settings, tasks: Tasks::new(shutdown.clone()), shutdown, health, telemetry })
    }

    /// Says that everything is there that the process needs, and serves. `serving` ends by itself at the soft stop, after the calls
    /// that are under way; the hard stop ends it at the latest.
    pub async fn serving(&self, serving: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
        self.health.serves();
        tokio::select! {
            outcome = serving => outcome,
            () = self.shutdown.hard() => Ok(()),
        }
    }

    /// The same, until the background tasks have ended, too.
    pub async fn serve(self, serving: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
        let outcome = self.serving(serving).await;
        self.finish().await;
        outcome
    }

    /// Serves health and metrics on the admin listener.
    pub fn serve_admin(&mut self, listener: TcpListener) -> anyhow::Result<()> {
        self.serve_admin_with(listener, Router::new())
    }

    /// The same with routes of the service's own beside them.
    pub fn serve_admin_with(&mut self, listener: TcpListener, more: Router) -> anyhow::Result<()> {
        let router = admin::router(&self.health, self.telemetry.metrics.clone()).merge(more);
        self.tasks.serve_http("admin listener", listener, router)?;
        let upkeep = self.telemetry.metrics.clone();
        self.tasks.spawn("metrics upkeep", OnFailure::Restart, move |shutdown| {
            let upkeep = upkeep.clone();
            async move {
                let mut every = tokio::time::interval(std::time::Duration::from_secs(5));
                loop {
                    tokio::select! {
                        _ = every.tick() => upkeep.run_upkeep(),
                        () = shutdown.soft() => return Ok(()),
                    }
                }
            }
        });
        Ok(())
    }

    /// Waits until the background tasks have ended.
    pub async fn finish(self) {
        self.tasks.finish().await;
    }
}

/// Binds a listener. The error names the setting by which a taken port can be changed.
pub async fn bind(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| match address.port() {
        0 => format!("cannot listen on {address}"),
        port => format!("cannot listen on {address}; if another program has port {port}, end it or choose another with {setting}"),
    })
}

/// The same for a place that may stand for several addresses.
pub fn listen(place: &Listen, setting: &str) -> anyhow::Result<Listeners> {
    place.bind().with_context(|| match place.port() {
        0 => format!("cannot listen on {place}"),
        port => format!("cannot listen on {place}; if another program has port {port}, end it or choose another with {setting}"),
    })
}

/// Runs a service as a process of its own: `NAME [--config FILE]`.
pub fn run<F, Fut>(name: &str, serve: F) -> ExitCode
where
    F: FnOnce(Process) -> Fut,
    Fut: Future<Output = anyhow::Result<()>>,
{
    run_with(name, std::env::args_os().skip(1), serve)
}

/// Runs one role of a service as a process of its own: `NAME ROLE [--config FILE]`.
pub fn run_role<F, Fut>(name: &str, serve: F) -> ExitCode
where
    F: FnOnce(Process) -> Fut,
    Fut: Future<Output = anyhow::Result<()>>,
{
    run_with(name, std::env::args_os().skip(2), serve)
}

fn run_with<F, Fut>(name: &str, arguments: impl Iterator<Item = OsString>, serve: F) -> ExitCode
where
    F: FnOnce(Process) -> Fut,
    Fut: Future<Output = anyhow::Result<()>>,
{
    match config_argument(arguments) {
        Ok(file) => run_with_file(name, file.as_deref(), serve),
        Err(error) => failed(name, &error),
    }
}

/// Runs a service as a process of its own that has read its arguments by itself.
pub fn run_with_file<F, Fut>(name: &str, file: Option<&Path>, serve: F) -> ExitCode
where
    F: FnOnce(Process) -> Fut,
    Fut: Future<Output = anyhow::Result<()>>,
{
    log_panics();
    let outcome = Settings::load(file.as_slice(), serde_json::json!({})).and_then(|settings| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let outcome = runtime.block_on(async {
            let process = Process::start(name, settings)?;
            let stopped = stopped_at_start(process.health.clone(), process.shutdown.soft());
            tokio::select! {
                outcome = serve(process) => outcome,
                () = stopped => Ok(()),
            }
        });
        // A thread may still wait for an address or a disk that does not answer.
        runtime.shutdown_background();
        outcome
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(name, &error),
    }
}

/// Returns when the process is asked to stop before it serves: then nothing is under way that has to end.
async fn stopped_at_start(health: Health, stop: impl Future<Output = ()>) {
    stop.await;
    if health.phase() != Phase::Starting {
        std::future::pending().await
    }
}

fn failed(name: &str, error: &anyhow::Error) -> ExitCode {
    // Standard error may be closed, which must not cause a panic.
    let _ = writeln!(std::io::stderr(), "{name}: {error:#}");
    ExitCode::FAILURE
}

fn config_argument(mut arguments: impl Iterator<Item = OsString>) -> anyhow::Result<Option<PathBuf>> {
    match (arguments.next(), arguments.next(), arguments.next()) {
        (None, ..) => Ok(std::env::var_os("SYNCWATCH_CONFIG").map(PathBuf::from)),
        (Some(flag), Some(file), None) if flag == "--config" => Ok(Some(file.into())),
        _ => anyhow::bail!(
            "usage: [--config FILE]; all other settings are in the file or in SYNCWATCH_… variables"
        ),
    }
}
