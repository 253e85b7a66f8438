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
    presence_service_server::PresenceServiceServer,
};
use rpc::{RemoteKeys, RpcChannel, Service, ServiceAddresses, ServiceParts, ServiceToken, Verifier};
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
        .add(DeliveryServiceServer::new(grpc))
        .guard(deps.verifier, deps.token)
}

/// The service as a process of its own, until it is asked to stop.
pub async fn serve(mut process: Process) -> anyhow::Result<()> {
    let config: Config = process.settings.checked()?;
    let postgres: pg::Config = process.settings.checked()?;
    let redis: state::Config = process.settings.checked()?;
    let token = process.settings.checked::<rpc::Config>()?.service_token()?;
    let services: ServiceAddresses = process.settings.checked()?;
    let auth = RpcChannel::remote(&services.auth)?;
    let room = RpcChannel::remote(&services.room)?;
    let listener = runtime::bind(config.grpc_listen, "sync.grpc_listen").await?;
    process.serve_admin(runtime::bind(config.admin_listen, "sync.admin_listen").await?)?;

    let pool = pg::open(&postgres, NAME, &MIGRATIONS).await?;
    let checked = pool.clone();
    process.health.add("postgres", move || pg::ping(checked.clone()));
    let state = state::connect(redis.url()?.expose()).await?;
    let clock = Clock::system();
    if let Some(shared) = state.clock.clone() {
        // Nobody has read the clock yet, so it may still jump.
        let mut follower = app::ClockFollower::new(clock.clone());
        follower.measure(&*shared).await?;
        follower.jump();
        process.health.add("redis", move || {
            let shared = shared.clone();
            async move { Ok(shared.time_us().await.map(|_| ())?) }
        });
    }

    let deps = Deps { pool, state, clock, verifier: Verifier::new(RemoteKeys(auth)), token, room };
    let service = build(&config, deps, &mut process.tasks)?;
    tracing::info!(grpc = %config.grpc_listen, admin = %config.admin_listen, "serving");
    Service::serve_all(&[service], listener, process.shutdown.soft()).await?;
    process.finish().await;
    Ok(())
}
