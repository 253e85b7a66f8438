#![doc = include_str!("../README.md")]

mod app;
mod config;
mod domain;
mod error;
mod film;
mod grpc;
mod http;
mod origin;
mod renditions;
mod store;
mod tasks;
mod uploads_config;

use std::sync::Arc;

use axum::Router;
use blob::{Access, Blobs};
use edge::Signer;
use fetch::Reach;
use ids::WorkerId;
use media_edge::DataPlane;
use outbox::Outbox;
use proto::media::v1::{
    delivery_service_server::DeliveryServiceServer, media_admin_service_server::MediaAdminServiceServer,
    media_service_server::MediaServiceServer, subtitle_service_server::SubtitleServiceServer,
    upload_service_server::UploadServiceServer,
};
use proto::transcode::v1::transcode_service_server::TranscodeServiceServer;
use rpc::{Links, RpcChannel, Service, ServiceParts, ServiceProcess, ServiceToken, Verifier};
use runtime::{Clock, Health, Process, Tasks};
use sqlx::PgPool;
use tokio::sync::Notify;

pub use blob::Config as StoreConfig;
pub use config::Config;
pub use edge::generate_secret as generate_link_secret;
pub use renditions::RenditionsConfig;
pub use uploads_config::UploadsConfig;

use crate::tasks::tell_room::TellRoom;

const NAME: &str = "media-svc";

/// The schema `media`.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// The service, wired.
pub struct Built {
    /// Its RPCs.
    pub service: Service,
    /// Uploads over plain HTTP, to be served beside the data plane.
    pub uploads: Router,
}

/// What the service works with.
pub struct Deps {
    /// Connections under the service's own role, with its schema up to date.
    pub pool: PgPool,
    /// room-svc: permissions and playlists.
    pub room: RpcChannel,
    /// Where media bytes are, as [`open_blobs`] gives it.
    pub blobs: Blobs,
    /// Section `[renditions]` of the settings.
    pub renditions: RenditionsConfig,
    /// Section `[uploads]` of the settings.
    pub uploads: UploadsConfig,
    /// Ends leases, and decides what has expired.
    pub clock: Clock,
    /// Verifies callers.
    pub verifier: Verifier,
    /// The secret that the services of the installation share.
    pub token: ServiceToken,
}

/// Opens the object store that the settings name, and puts the film that comes with the product into it.
pub async fn open_blobs(config: &StoreConfig) -> anyhow::Result<Blobs> {
    let blobs = config.open(Access::ReadWrite).await?;
    film::install(&blobs).await?;
    Ok(blobs)
}

/// Wires the service; its background work runs in `tasks`.
pub fn build(config: &Config, deps: Deps, tasks: &mut Tasks) -> anyhow::Result<Built> {
    runtime::ensure_valid(config)?;
    let Deps { pool, room, blobs, renditions, uploads, clock, verifier, token } = deps;
    runtime::ensure_valid(&renditions)?;
    runtime::ensure_valid(&uploads)?;
    let rules = renditions.rules(uploads.max_duration());
    let room = room.as_service(&token);
    let origin = origin::Origin::new(Reach::new(&config.allow_private_networks)?, config.source_timeout())?;
    let outbox = Outbox::new(&store::outbox::TABLE, pool.clone(), clock.clone(), tasks);
    let queue = app::transcode::Queue::default();
    let parts = app::uploads::Parts {
        pool: pool.clone(),
        outbox: outbox.clone(),
        clock: clock.clone(),
        blobs: blobs.clone(),
        room: room.clone(),
        queue: queue.clone(),
    };
    let uploads = Arc::new(app::uploads::Uploads::new(uploads, parts));
    tasks::look_after_uploads::spawn(tasks, &uploads);
    let added = Arc::new(Notify::new());
    let worker = app::Worker {
        id: WorkerId::new(),
        pool: pool.clone(),
        outbox: outbox.clone(),
        clock: clock.clone(),
        measurer: app::Measurer {
            origin: origin.clone(),
            blobs: blobs.clone(),
            film: media_edge::film::key()?,
        },
    };
    tasks::run_jobs::spawn(tasks, worker, added.clone());
    let tell_room =
        TellRoom { room: room.clone(), pool: pool.clone(), outbox: outbox.clone(), uploads: uploads.clone() };
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
        blobs,
        rules,
        queue,
        uploads: uploads.clone(),
    };
    let routes = http::router(http::Http { uploads, verifier: verifier.clone() });
    let app = Arc::new(app);
    tasks::tend_queue::spawn(tasks, &app);
    let grpc = grpc::Grpc(app);
    let service = ServiceParts::default()
        .add(MediaServiceServer::new(grpc.clone()))
        .add(SubtitleServiceServer::new(grpc.clone()))
        .add(UploadServiceServer::new(grpc.clone()))
        .add(DeliveryServiceServer::new(grpc.clone()))
        .add(MediaAdminServiceServer::new(grpc.clone()))
        .add(TranscodeServiceServer::new(grpc))
        .guard(verifier, token)?;
    Ok(Built { service, uploads: routes })
}

/// The data plane: `/media/…` over plain HTTP. `media` is this service, called with the service token.
pub fn data_plane(config: &Config, blobs: Blobs, clock: Clock, media: RpcChannel) -> anyhow::Result<Router> {
    media_edge::router(DataPlane { blobs, signer: Signer::new(&config.link_secret)?, clock, media })
}

/// The service as a process of its own, until it is asked to stop.
pub async fn serve(process: Process) -> anyhow::Result<()> {
    let mut own = ServiceProcess::<Config>::start(process).await?;
    let http = runtime::bind(own.config.http_listen, "media.http_listen").await?;
    let pool = pg::start(&own.process, NAME, &MIGRATIONS).await?;
    let (blobs, clock) = (open_blobs(&own.process.settings.checked()?).await?, Clock::system());
    watch_store(&own.process.health, &blobs)?;
    let deps = Deps {
        pool,
        room: own.links.room()?,
        blobs: blobs.clone(),
        renditions: own.process.settings.checked()?,
        uploads: own.process.settings.checked()?,
        clock: clock.clone(),
        verifier: own.links.verifier()?,
        token: own.links.token.clone(),
    };
    let Built { service, uploads } = build(&own.config, deps, &mut own.process.tasks)?;
    let media = service.local().as_service(&own.links.token);
    let data_plane = data_plane(&own.config, blobs, clock, media)?;
    media_edge::serve(&mut own.process.tasks, data_plane.merge(uploads), http)?;
    own.serve(service).await
}

/// The data plane alone as a process of its own, until it is asked to stop. It needs the link secret and the object store, and
/// asks media-svc for segments that are not there yet.
pub async fn serve_edge(mut process: Process) -> anyhow::Result<()> {
    let config: Config = process.settings.checked()?;
    let links = Links::load(&process.settings)?;
    let http = runtime::bind(config.http_listen, "media.http_listen").await?;
    process.serve_admin(runtime::bind(config.admin_listen, "media.admin_listen").await?)?;
    // media-svc installs the film; until then this process is not ready.
    let blobs = process.settings.checked::<StoreConfig>()?.open(Access::Read).await?;
    watch_store(&process.health, &blobs)?;
    let media = links.media()?.as_service(&links.token);
    media_edge::serve(&mut process.tasks, data_plane(&config, blobs, Clock::system(), media)?, http)?;
    tracing::info!(http = %config.http_listen, admin = %config.admin_listen, "serving");
    let stop = process.shutdown.soft();
    process.serve(async { Ok(stop.await) }).await
}

fn watch_store(health: &Health, blobs: &Blobs) -> anyhow::Result<()> {
    let (blobs, film) = (blobs.clone(), media_edge::film::key()?);
    health.add("object store", move || {
        let (blobs, film) = (blobs.clone(), film.clone());
        async move { Ok(blobs.head(&film).await.map(|_| ())?) }
    });
    Ok(())
}
