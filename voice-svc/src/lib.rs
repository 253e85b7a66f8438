#![doc = include_str!("../README.md")]

mod app;
mod config;
mod domain;
mod error;
mod grpc;
mod tasks;

use std::sync::Arc;

use proto::voice::v1::voice_service_server::VoiceServiceServer;
use rpc::{RpcChannel, Service, ServiceParts, ServiceProcess, ServiceToken, Verifier};
use runtime::{Clock, Health, Process, Tasks};
use state::RoomLog;

pub use config::Config;

/// Dependencies of the service.
pub struct Deps {
    /// Where the voice chats are kept.
    pub log: Arc<dyn RoomLog>,
    /// The time.
    pub clock: Clock,
    /// Verifies access tokens.
    pub verifier: Verifier,
    /// Authenticates services of the installation to each other.
    pub token: ServiceToken,
    /// To room-svc.
    pub room: RpcChannel,
    /// To sync-svc.
    pub sync: RpcChannel,
    /// Shows whether the TURN servers answer, and whether the media server runs.
    pub health: Health,
    /// URL by which other replicas reach this one; empty: there are none.
    pub address: String,
}

/// Wires the service; its background work runs in `tasks`.
pub fn build(config: &Config, deps: Deps, tasks: &mut Tasks) -> anyhow::Result<Service> {
    runtime::ensure_valid(config)?;
    let app = app::App::new(config, &deps)?;
    tasks::spawn(tasks, &app, &deps.health);
    ServiceParts::default().add(VoiceServiceServer::new(grpc::Grpc(app))).guard(deps.verifier, deps.token)
}

/// The service as a process of its own, until it is asked to stop.
pub async fn serve(process: Process) -> anyhow::Result<()> {
    let mut own = ServiceProcess::<Config>::start(process).await?;
    let address = own.config.peer_url()?;
    let deps = Deps {
        address,
        log: state::start(&own.process).await?.log,
        clock: Clock::system(),
        verifier: own.links.verifier()?,
        token: own.links.token.clone(),
        room: own.links.room()?,
        sync: own.links.sync()?,
        health: own.process.health.clone(),
    };
    let service = build(&own.config, deps, &mut own.process.tasks)?;
    own.serve(service).await
}
