#![doc = include_str!("../README.md")]

mod app;
mod config;
mod domain;
mod error;
mod film;
mod grpc;
mod http;
mod origin;
mod tasks;

use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use blob::{Blobs, FsStore};
use proto::media::v1::media_service_server::MediaServiceServer;
use rpc::{RemoteKeys, RpcChannel, Service, ServiceAddresses, ServiceParts, ServiceToken, Verifier};
use runtime::{Clock, OnFailure, Process, Tasks};
use tokio::{net::TcpListener, sync::Notify};

pub use config::Config;

use crate::{
    domain::{Reach, Signer},
    tasks::measure_durations::Measuring,
};

/// What the service works with.
pub struct Deps {
    /// room-svc: who may do what, and the playlists.
    pub room: RpcChannel,
    /// Where media bytes are, as [`open_blobs`] gives it.
    pub blobs: Blobs,
    /// Decides what has expired.
    pub clock: Clock,
    /// Tells who calls.
    pub verifier: Verifier,
    /// By which services of the installation know each other.
    pub token: ServiceToken,
}

/// A new secret for `media.link_secret`.
pub fn generate_link_secret() -> String {
    domain::generate_secret()
}

/// Opens the object store that the settings name, and puts the film that comes with the product into it.
pub async fn open_blobs(config: &Config) -> anyhow::Result<Blobs> {
    let store = FsStore::open(&config.blob_dir).await.with_context(|| {
        format!(
            "cannot keep media in {}; choose another folder with media.blob_dir",
            config.blob_dir.display()
        )
    })?;
    let blobs: Blobs = Arc::new(store);
    film::install(&blobs).await?;
    Ok(blobs)
}

/// Wires the service; its background work runs in `tasks`.
pub fn build(config: &Config, deps: Deps, tasks: &mut Tasks) -> anyhow::Result<Service> {
    runtime::ensure_valid(config)?;
    let room = deps.room.as_service(&deps.token);
    let origin = origin::Origin::new(Reach::new(&config.allow_private_networks)?, config.source_timeout())?;
    let added = Arc::new(Notify::new());
    let measurer = app::Measurer { origin: origin.clone(), blobs: deps.blobs, film: film::key()? };
    let measuring = Measuring { room: room.clone(), measurer, added: added.clone() };
    tasks::measure_durations::spawn(tasks, measuring);
    let app = app::App {
        room,
        origin,
        added,
        signer: Signer::new(&config.link_secret)?,
        clock: deps.clock,
        link_lifetime: config.link_lifetime(),
        oembed: config.oembed(),
    };
    ServiceParts::default().add(MediaServiceServer::new(grpc::Grpc(app))).guard(deps.verifier, deps.token)
}

/// The data plane: `/media/…` over plain HTTP.
pub fn data_plane(config: &Config, deps: &Deps) -> anyhow::Result<Router> {
    Ok(http::router(http::DataPlane {
        blobs: deps.blobs.clone(),
        signer: Signer::new(&config.link_secret)?,
        clock: deps.clock.clone(),
        film: film::key()?,
    }))
}

/// The service as a process of its own, until it is asked to stop.
pub async fn serve(mut process: Process) -> anyhow::Result<()> {
    let config: Config = process.settings.checked()?;
    let token = process.settings.checked::<rpc::Config>()?.service_token()?;
    let services: ServiceAddresses = process.settings.checked()?;
    let auth = RpcChannel::remote(&services.auth)?;
    let room = RpcChannel::remote(&services.room)?;
    let grpc = runtime::bind(config.grpc_listen, "media.grpc_listen").await?;
    let http = runtime::bind(config.http_listen, "media.http_listen").await?;
    process.serve_admin(runtime::bind(config.admin_listen, "media.admin_listen").await?)?;

    let blobs = open_blobs(&config).await?;
    let (checked, film) = (blobs.clone(), film::key()?);
    process.health.add("object store", move || {
        let (blobs, film) = (checked.clone(), film.clone());
        async move { Ok(blobs.head(&film).await.map(|_| ())?) }
    });
    let deps = Deps { room, blobs, clock: Clock::system(), verifier: Verifier::new(RemoteKeys(auth)), token };
    serve_data_plane(&mut process.tasks, data_plane(&config, &deps)?, http)?;
    let service = build(&config, deps, &mut process.tasks)?;
    tracing::info!(grpc = %config.grpc_listen, http = %config.http_listen, admin = %config.admin_listen, "serving");
    Service::serve_all(&[service], grpc, process.shutdown.soft()).await?;
    process.finish().await;
    Ok(())
}

fn serve_data_plane(tasks: &mut Tasks, router: Router, listener: TcpListener) -> anyhow::Result<()> {
    let listener = listener.into_std()?;
    tasks.spawn("data plane", OnFailure::Restart, move |shutdown| {
        let (router, listener) = (router.clone(), listener.try_clone());
        async move {
            Ok(axum::serve(TcpListener::from_std(listener?)?, router)
                .with_graceful_shutdown(shutdown.soft())
                .await?)
        }
    });
    Ok(())
}
