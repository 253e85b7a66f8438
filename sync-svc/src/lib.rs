#![doc = include_str!("../README.md")]

mod app;
mod config;
mod error;
mod grpc;
mod playback;
mod store;
mod tasks;

use proto::sync::v1::{
    delivery_service_server::DeliveryServiceServer, playback_service_server::PlaybackServiceServer,
    presence_service_server::PresenceServiceServer, reaction_service_server::ReactionServiceServer,
};
use rpc::{RpcChannel, Service, ServiceParts, ServiceProcess, ServiceToken, Verifier};
use runtime::{Clock, Process, Tasks};
use sqlx::PgPool;
use state::State;

pub use config::Config;

const NAME: &str = "sync-svc";

/// The schema `sync`.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// What the service needs.
pub struct Deps {
    /// Connections under the service's own role, with its schema up to date.
    pub pool: PgPool,
    /// The logs of rooms, the leases, the shared clock.
    pub state: State,
    /// The cluster clock. Where the state has a shared clock, the service makes this one follow it.
    pub clock: Clock,
    /// Verifies access tokens.
    pub verifier: Verifier,
    /// Authenticates services of the installation to each other.
    pub token: ServiceToken,
    /// To room-svc.
    pub room: RpcChannel,
}

/// Wires the service; its background work runs in `tasks`.
pub fn build(config: &Config, deps: Deps, tasks: &mut Tasks) -> anyhow::Result<Service> {
    runtime::ensure_valid(config)?;
    let app = app::App::new(config, deps.pool, deps.state, deps.clock, &deps.room, &deps.token);
    tasks::spawn(tasks, &app);
    let grpc = grpc::Grpc(app);
    ServiceParts::default()
        .add(PlaybackServiceServer::new(grpc.clone()))
        .add(PresenceServiceServer::new(grpc.clone()))
        .add(ReactionServiceServer::new(grpc.clone()))
        .add(DeliveryServiceServer::new(grpc))
        .guard(deps.verifier, deps.token)
}

/// The service as a process of its own, until it is asked to stop.
pub async fn serve(process: Process) -> anyhow::Result<()> {
    let mut own = ServiceProcess::<Config>::start(process).await?;
    let pool = pg::start(&own.process, NAME, &MIGRATIONS).await?;
    let state = state::start(&own.process).await?;
    let clock = Clock::system();
    if let Some(shared) = &state.clock {
        // Nobody has read the clock yet, so it may still jump.
        let mut follower = app::ClockFollower::new(clock.clone());
        follower.measure(&**shared).await?;
        follower.jump();
    }
    let deps = Deps {
        pool,
        state,
        clock,
        verifier: own.links.verifier()?,
        token: own.links.token.clone(),
        room: own.links.room()?,
    };
    let service = build(&own.config, deps, &mut own.process.tasks)?;
    own.serve(service).await
}
