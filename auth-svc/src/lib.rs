#![doc = include_str!("../README.md")]

mod app;
mod config;
mod domain;
mod error;
mod grpc;
mod store;
mod tasks;

use passwords::OpaqueServer;
use proto::auth::v1::auth_service_server::AuthServiceServer;
use rpc::{Service, ServiceParts, ServiceProcess, ServiceToken, Verifier};
use runtime::{Clock, Process, Tasks};
use sqlx::PgPool;

pub use config::Config;

use crate::domain::{KeyRing, opaque_server};

const NAME: &str = "auth-svc";

/// The schema `auth`.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// What the service works with.
pub struct Deps {
    /// Connections under the service's own role, with its schema up to date.
    pub pool: PgPool,
    /// Decides what has expired.
    pub clock: Clock,
    /// By which services of the installation know each other.
    pub token: ServiceToken,
}

/// The secrets that an installation makes once and keeps, as the settings take them.
pub struct Secrets {
    /// For `auth.opaque_setup`.
    pub opaque_setup: String,
    /// For `auth.signing_keys`.
    pub signing_key: String,
}

/// Makes new secrets. Records made under one `opaque_setup` are of no use under another.
pub fn generate_secrets() -> Secrets {
    Secrets { opaque_setup: OpaqueServer::generate(), signing_key: KeyRing::generate_seed() }
}

/// Wires the service; its background work runs in `tasks`.
pub fn build(config: &Config, deps: Deps, tasks: &mut Tasks) -> anyhow::Result<Service> {
    runtime::ensure_valid(config)?;
    let keys = KeyRing::new(&config.signing_keys)?;
    let opaque = opaque_server(&config.opaque_setup)?;
    tasks::fill_skeletons::spawn(tasks, deps.pool.clone());
    tasks::forget_expired::spawn(tasks, deps.pool.clone(), deps.clock.clone());
    let verifier = Verifier::new(keys.clone());
    let app = app::App::new(deps.pool, deps.clock, opaque, keys, config.lifetimes());
    ServiceParts::default().add(AuthServiceServer::new(grpc::Grpc::new(app))).guard(verifier, deps.token)
}

/// The service as a process of its own, until it is asked to stop.
pub async fn serve(process: Process) -> anyhow::Result<()> {
    let mut own = ServiceProcess::<Config>::start(process).await?;
    let deps = Deps {
        pool: pg::start(&own.process, NAME, &MIGRATIONS).await?,
        clock: Clock::system(),
        token: own.links.token.clone(),
    };
    let service = build(&own.config, deps, &mut own.process.tasks)?;
    own.serve(service).await
}
