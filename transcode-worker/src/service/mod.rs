//! The service: takes tasks from media-svc, one for each free slot, and does them.

mod health;
mod lease;
mod objects;
mod queue;
mod work;

use std::sync::Arc;

use axum::Router;
use blob::Blobs;
use rpc::{Links, RpcChannel, ServiceToken};
use runtime::{Clock, Health, OnFailure, Process, Tasks};
use tokio_util::sync::CancellationToken;

use crate::{
    Config,
    calls::Calls,
    encode::{command::Options, process::Programs},
    original::Listener,
};

use self::health::State;

/// What the worker works with.
pub struct Deps {
    /// media-svc, which has the queue.
    pub media: RpcChannel,
    /// Where originals are read and segments are written.
    pub blobs: Blobs,
    /// Says when the last task ended.
    pub clock: Clock,
    /// The secret that the services of the installation share.
    pub token: ServiceToken,
}

/// A worker whose tasks run in the background.
#[derive(Clone)]
pub struct Worker(Arc<State>);

impl Worker {
    /// `/health/transcoder`.
    pub fn router(&self) -> Router {
        health::router(self.0.clone())
    }

    /// Makes readiness depend on the programs that the worker needs.
    pub fn watch(&self, health: &Health) {
        let state = self.0.clone();
        health.add("ffmpeg", move || {
            let tools = state.tools();
            async move { tools.map_err(anyhow::Error::msg) }
        });
    }
}

/// What every task works with.
struct Context {
    name: String,
    calls: Calls,
    blobs: Blobs,
    listener: Listener,
    programs: Programs,
    options: Options,
    state: Arc<State>,
}

/// Starts the worker; it takes tasks until the process stops.
pub fn build(config: &Config, deps: Deps, tasks: &mut Tasks) -> anyhow::Result<Worker> {
    runtime::ensure_valid(config)?;
    let programs = Programs {
        worker: config.worker_program(),
        ffmpeg: config.ffmpeg.clone(),
        limits: config.limits(),
        stop: CancellationToken::new(),
        children: crate::usage::Children::default(),
    };
    let state = Arc::new(State::new(config.max_jobs, deps.clock));
    let context = Arc::new(Context {
        name: name(),
        calls: Calls::new(&deps.media, &deps.token),
        blobs: deps.blobs,
        listener: Listener::start(tasks)?,
        programs: programs.clone(),
        options: config.options(),
        state: state.clone(),
    });
    health::spawn(tasks, state.clone(), programs);
    if config.max_jobs > 0 {
        tasks.spawn("transcoding", OnFailure::Restart, move |shutdown| queue::run(context.clone(), shutdown));
    }
    Ok(Worker(state))
}

/// Host and process.
fn name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host: String = host.trim().chars().take(100).collect();
    format!("{}/{}", if host.is_empty() { "worker" } else { &host }, std::process::id())
}

/// The worker as a process of its own, until it is asked to stop.
pub async fn serve(mut process: Process) -> anyhow::Result<()> {
    let config: Config = process.settings.checked()?;
    let store: blob::Config = process.settings.checked()?;
    let links = Links::load(&process.settings)?;
    let admin = runtime::bind(config.admin_listen, "transcode.admin_listen").await?;
    let blobs = store.open(blob::Access::ReadWrite).await?;
    let deps = Deps { media: links.media()?, blobs, clock: Clock::system(), token: links.token.clone() };
    let worker = build(&config, deps, &mut process.tasks)?;
    worker.watch(&process.health);
    tracing::info!(admin = %admin.local_addr()?, "serving");
    process.serve_admin_with(admin, worker.router())?;
    let stop = process.shutdown.soft();
    process.serve(async { Ok(stop.await) }).await
}
