#![doc = include_str!("../README.md")]

mod app;
mod config;
mod domain;
mod error;
mod film;
mod grpc;
mod origin;
mod store;
mod tasks;

use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use blob::{Blobs, FsStore};
use edge::Signer;
use fetch::Reach;
use ids::WorkerId;
use media_edge::DataPlane;
use outbox::Outbox;
use proto::media::v1::{
    media_service_server::MediaServiceServer, subtitle_service_server::SubtitleServiceServer,
};
use rpc::{RpcChannel, Service, ServiceParts, ServiceProcess, ServiceToken, Verifier};
use runtime::{Clock, Health, Process, Tasks};
use sqlx::PgPool;
use tokio::sync::Notify;

pub use config::Config;
pub use edge::generate_secret as generate_link_secret;

use crate::tasks::tell_room::TellRoom;

const NAME: &str = "media-svc";

/// The schema `media`.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// What the service works with.
pub struct Deps {
    /// Connections under the service's own role, with its schema up to date.
    pub pool: PgPool,
    /// room-svc: permissions and playlists.
    pub room: RpcChannel,
    /// Where media bytes are, as [`open_blobs`] gives it.
    pub blobs: Blobs,
    /// Ends leases, and decides what has expired.
    pub clock: Clock,
    /// Verifies callers.
    pub verifier: Verifier,
    /// The secret that the services of the installation share.
    pub token: ServiceToken,
}

/// Opens the object store that the settings name, and puts the film that comes with the product into it.
pub async fn open_blobs(config: &Config) -> anyhow::Result<Blobs> {
    let blobs = open_store(config).await?;
    film::install(&blobs).await?;
    Ok(blobs)
}

async fn open_store(config: &Config) -> anyhow::Result<Blobs> {
    let store = FsStore::open(&config.blob_dir).await.with_context(|| {
        format!(
            "cannot keep media in {}; choose another folder with media.blob_dir",
            config.blob_dir.display()
        )
    })?;
    Ok(Arc::new(store))
}

/// Wires the service; its background work runs in `tasks`.
pub fn build(config: &Config, deps: Deps, tasks: &mut Tasks) -> anyhow::Result<Service> {
    runtime::ensure_valid(config)?;
    let Deps { pool, room, blobs, clock, verifier, token } = deps;
    let room = room.as_service(&token);
    let origin = origin::Origin::new(Reach::new(&config.allow_private_networks)?, config.source_timeout())?;
    let outbox = Outbox::new(&store::outbox::TABLE, pool.clone(), clock.clone(), tasks);
    let added = Arc::new(Notify::new());
    let worker = app::Worker {
        id: WorkerId::new(),
        pool: pool.clone(),
        outbox: outbox.clone(),
        clock: clock.clone(),
        measurer: app::Measurer { origin: origin.clone(), blobs, film: media_edge::film::key()? },
    };
    tasks::run_jobs::spawn(tasks, worker, added.clone());
    let tell_room = TellRoom { room: room.clone(), pool: pool.clone(), outbox: outbox.clone() };
    tasks::tell_room::spawn(tasks, tell_room);
    let app = app::App {
        room,
        pool,
        outbox,
        origin,
        signer: Signer::new(&config.link_secret)?,
        clock,
        link_lifetime: config.link_lifetime(),
        oembed: config.oembed(),
        added,
    };
    let grpc = grpc::Grpc(Arc::new(app));
    ServiceParts::default()
        .add(MediaServiceServer::new(grpc.clone()))
        .add(SubtitleServiceServer::new(grpc))
        .guard(verifier, token)
}

/// The data plane: `/media/…` over plain HTTP.
pub fn data_plane(config: &Config, blobs: Blobs, clock: Clock) -> anyhow::Result<Router> {
    media_edge::router(DataPlane { blobs, signer: Signer::new(&config.link_secret)?, clock })
}

/// The service as a process of its own, until it is asked to stop.
pub async fn serve(process: Process) -> anyhow::Result<()> {
    let mut own = ServiceProcess::<Config>::start(process).await?;
    let http = runtime::bind(own.config.http_listen, "media.http_listen").await?;
    let pool = pg::start(&own.process, NAME, &MIGRATIONS).await?;
    let (blobs, clock) = (open_blobs(&own.config).await?, Clock::system());
    watch_store(&own.process.health, &blobs)?;
    let router = data_plane(&own.config, blobs.clone(), clock.clone())?;
    media_edge::serve(&mut own.process.tasks, router, http)?;
    let deps = Deps {
        pool,
        room: own.links.room()?,
        blobs,
        clock,
        verifier: own.links.verifier()?,
        token: own.links.token.clone(),
    };
    let service = build(&own.config, deps, &mut own.process.tasks)?;
    own.serve(service).await
}

/// The data plane alone as a process of its own, until it is asked to stop. It needs the link secret and the object store.
pub async fn serve_edge(mut process: Process) -> anyhow::Result<()> {
    let config: Config = process.settings.checked()?;
    let http = runtime::bind(config.http_listen, "media.http_listen").await?;
    process.serve_admin(runtime::bind(config.admin_listen, "media.admin_listen").await?)?;
    // media-svc installs the film; until then this process is not ready.
    let blobs = open_store(&config).await?;
    watch_store(&process.health, &blobs)?;
    media_edge::serve(&mut process.tasks, data_plane(&config, blobs, Clock::system())?, http)?;
    tracing::info!(http = %config.http_listen, admin = %config.admin_listen, "serving");
    process.shutdown.soft().await;
    process.finish().await;
    Ok(())
}

fn watch_store(health: &Health, blobs: &Blobs) -> anyhow::Result<()> {
    let (blobs, film) = (blobs.clone(), media_edge::film::key()?);
    health.add("object store", move || {
        let (blobs, film) = (blobs.clone(), film.clone());
        async move { Ok(blobs.head(&film).await.map(|_| ())?) }
    });
    Ok(())
}
