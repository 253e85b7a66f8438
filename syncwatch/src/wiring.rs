//! The only file that names every service: it builds, links and migrates them, and checks their settings.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use axum::Router;
use gateway::DataPlane;
use pg::Config as PostgresConfig;
use rpc::{RemoteKeys, Service, ServiceAddresses, Verifier};
use runtime::{Check, Clock, Mistakes, Process, Section, Settings};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

/// `store.folder` of the default settings. `up` replaces it by a folder in its data folder.
pub(crate) const DEFAULT_STORE_FOLDER: &str = "data/blobs";

/// Every service of this process.
pub(crate) struct System {
    /// The router of the HTTP listener.
    pub(crate) front: Router,
    /// The services of the loopback gRPC listener.
    pub(crate) services: Vec<Service>,
    /// Routes of the admin listener besides health and metrics.
    pub(crate) admin: Router,
    /// Pools to close after the services have ended and before the database stops.
    pub(crate) pools: Vec<PgPool>,
}

/// Builds every service into this process and links them by direct calls.
#[expect(clippy::too_many_lines, reason = "one story: what each service depends on")]
pub(crate) async fn build(process: &mut Process) -> anyhow::Result<System> {
    let settings = process.settings.clone();
    let postgres: PostgresConfig = settings.checked()?;
    let token = settings.checked::<rpc::Config>()?.service_token()?;
    let clock = Clock::system();
    let state = state::open(&settings).await?;
    let (buckets, log) = (state.limits.clone(), state.log.clone());
    let (auth_pool, room_pool, sync_pool, media_pool) = tokio::try_join!(
        pg::open(&postgres, "auth-svc", &auth_svc::MIGRATIONS),
        pg::open(&postgres, "room-svc", &room_svc::MIGRATIONS),
        pg::open(&postgres, "sync-svc", &sync_svc::MIGRATIONS),
        pg::open(&postgres, "media-svc", &media_svc::MIGRATIONS),
    )?;
    let pools = vec![auth_pool.clone(), room_pool.clone(), sync_pool.clone(), media_pool.clone()];
    let pool = room_pool.clone();
    process.health.add("postgres", move || pg::ping(pool.clone()));

    let tasks = &mut process.tasks;
    let auth = auth_svc::build(
        &settings.checked()?,
        auth_svc::Deps { pool: auth_pool, clock: clock.clone(), token: token.clone() },
        tasks,
    )?;
    let verifier = Verifier::new(RemoteKeys(auth.local()));
    let room = room_svc::build(
        &settings.checked()?,
        room_svc::Deps {
            pool: room_pool,
            sections: room_svc::Sections::load(&settings)?,
            keys: state.keys.clone(),
            clock: clock.clone(),
            verifier: verifier.clone(),
            token: token.clone(),
        },
        tasks,
    )?;
    let sync = sync_svc::build(
        &settings.checked()?,
        sync_svc::Deps {
            pool: sync_pool,
            state,
            clock: clock.clone(),
            verifier: verifier.clone(),
            token: token.clone(),
            room: room.local(),
        },
        tasks,
    )?;
    let media_config = settings.checked()?;
    let media_deps = media_svc::Deps {
        pool: media_pool,
        room: room.local(),
        blobs: media_svc::open_blobs(&settings.checked()?).await?,
        renditions: settings.checked()?,
        uploads: settings.checked()?,
        clock: clock.clone(),
        verifier: verifier.clone(),
        token: token.clone(),
    };
    let blobs = media_deps.blobs.clone();
    let media_svc::Built { service: media, uploads } = media_svc::build(&media_config, media_deps, tasks)?;
    let as_service = media.local().as_service(&token);
    let data_plane = media_svc::data_plane(&media_config, blobs.clone(), clock.clone(), as_service)?;
    let worker = transcode_worker::build(
        &settings.checked()?,
        transcode_worker::Deps { media: media.local(), blobs, clock: clock.clone(), token: token.clone() },
        tasks,
    )?;
    let voice = voice_svc::build(
        &settings.checked()?,
        voice_svc::Deps {
            log,
            clock: clock.clone(),
            verifier: verifier.clone(),
            token: token.clone(),
            room: room.local(),
            sync: sync.local(),
            health: process.health.clone(),
            address: String::new(),
        },
        tasks,
    )?;
    let front = gateway::build(
        &settings.checked()?,
        gateway::Deps {
            contract: gateway::Contract::product()?,
            services: BTreeMap::from([
                ("syncwatch.auth.v1", auth.local()),
                ("syncwatch.room.v1", room.local()),
                ("syncwatch.sync.v1", sync.local()),
                ("syncwatch.media.v1", media.local()),
                ("syncwatch.voice.v1", voice.local()),
            ]),
            token,
            verifier,
            clock,
            data_plane: DataPlane::Local(data_plane.merge(uploads)),
            health: process.health.clone(),
            limits: gateway::LimitsConfig::load(&settings)?,
            websocket: settings.checked()?,
            buckets,
        },
        tasks,
    )?;
    Ok(System { front, services: vec![auth, room, sync, media, voice], admin: worker.router(), pools })
}

/// Migrates the schema of every service.
pub(crate) async fn migrate(settings: &Settings) -> anyhow::Result<()> {
    let postgres: PostgresConfig = settings.checked()?;
    anyhow::ensure!(
        postgres.names_a_server(),
        "postgres.url and postgres.host are empty; name the database, for example with SYNCWATCH_POSTGRES__URL"
    );
    for (service, migrations) in [
        ("auth-svc", &auth_svc::MIGRATIONS),
        ("room-svc", &room_svc::MIGRATIONS),
        ("sync-svc", &sync_svc::MIGRATIONS),
        ("media-svc", &media_svc::MIGRATIONS),
    ] {
        pg::open(&postgres, service, migrations).await?.close().await;
    }
    Ok(())
}

/// Section `[up]` of the settings.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct UpConfig {
    grpc_listen: SocketAddr,
    postgres_bin_dir: PathBuf,
}

impl Section for UpConfig {
    const NAME: &'static str = "up";

    fn validate(&self, check: &mut Check) {
        if !self.postgres_bin_dir.as_os_str().is_empty() && !self.postgres_bin_dir.is_absolute() {
            check.fault("postgres_bin_dir", "must be a whole path, such as \"/usr/lib/postgresql/18/bin\"");
        }
    }
}

/// Reads the settings. Fails with a list of every mistake.
pub(crate) fn load(files: &[&Path], flags: impl Serialize, strict: bool) -> anyhow::Result<Settings> {
    let (settings, mut mistakes) = Settings::read(files, flags)?;
    mistakes.extend(validate(&settings, strict));
    mistakes.into_result()?;
    Ok(settings)
}

/// Reads every section as its service does and returns every mistake. `strict` also refuses what is unsafe in
/// production.
fn validate(settings: &Settings, strict: bool) -> Mistakes {
    let mut mistakes = Mistakes::default();
    let gateway = settings.check::<gateway::Config>(strict, &mut mistakes);
    let up = settings.check::<UpConfig>(strict, &mut mistakes);
    settings.check::<auth_svc::Config>(strict, &mut mistakes);
    settings.check::<room_svc::Config>(strict, &mut mistakes);
    room_svc::Sections::check(settings, strict, &mut mistakes);
    settings.check::<sync_svc::Config>(strict, &mut mistakes);
    let media = settings.check::<media_svc::Config>(strict, &mut mistakes);
    settings.check::<media_svc::RenditionsConfig>(strict, &mut mistakes);
    settings.check::<media_svc::UploadsConfig>(strict, &mut mistakes);
    settings.check::<media_svc::StoreConfig>(strict, &mut mistakes);
    settings.check::<transcode_worker::Config>(strict, &mut mistakes);
    settings.check::<voice_svc::Config>(strict, &mut mistakes);
    let services = settings.check::<ServiceAddresses>(strict, &mut mistakes);
    let rpc = settings.check::<rpc::Config>(strict, &mut mistakes);
    settings.check::<PostgresConfig>(strict, &mut mistakes);
    let redis = settings.check::<state::Config>(strict, &mut mistakes);
    settings.check::<runtime::TelemetryConfig>(strict, &mut mistakes);
    settings.check::<runtime::storage::StorageConfig>(strict, &mut mistakes);
    gateway::LimitsConfig::check(settings, strict, &mut mistakes);
    settings.check::<gateway::WebSocketConfig>(strict, &mut mistakes);

    // Rules that concern several sections.
    if let (Some(gateway), Some(up)) = (gateway, up) {
        let of_gateway = [gateway.listen.to_string(), gateway.admin_listen.to_string()];
        if up.grpc_listen.port() != 0 && of_gateway.contains(&up.grpc_listen.to_string()) {
            mistakes.add("up.grpc_listen", "is the same address as one of the gateway");
        }
    }
    if strict
        && let (Some(media), Some(rpc)) = (media, rpc)
        && !rpc.token.is_empty()
        && rpc.token == media.link_secret
    {
        mistakes.add("rpc.token", "is the same secret as media.link_secret; make one for each");
    }
    if strict
        && let (Some(services), Some(redis)) = (services, redis)
        && services.replicas != 1
        && !redis.names_a_server()
    {
        mistakes.add(
            "redis.url",
            "is empty, and so is redis.host; several replicas need Redis, since each would keep the rooms to itself; \
             where each service runs once, set services.replicas = 1",
        );
    }
    mistakes
}

#[cfg(test)]
mod tests;
