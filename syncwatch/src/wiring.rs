//! The only file that names every service: how they are built, linked, migrated and checked.

use axum::Router;
use gateway::DataPlane;
use pg::Config as PostgresConfig;
use rpc::{RemoteKeys, Service, ServiceToken, Verifier};
use runtime::{Clock, Process, Secret, Settings};
use sqlx::PgPool;

/// `media.blob_dir` of the default settings; `up` puts it into its data folder unless it was set.
pub(crate) const DEFAULT_BLOB_DIR: &str = "data/blobs";

/// Every service of this process, and the front that links them.
pub(crate) struct System {
    /// What the HTTP listener serves.
    pub(crate) front: Router,
    /// What the loopback gRPC listener serves.
    pub(crate) services: Vec<Service>,
    /// To be closed when everything has ended, before the database stops.
    pub(crate) pools: Vec<PgPool>,
}

/// Builds every service into this process and links them by direct calls.
pub(crate) async fn build(process: &mut Process) -> anyhow::Result<System> {
    let settings = process.settings.clone();
    let postgres: PostgresConfig = settings.section("postgres")?;
    let token = ServiceToken::new(settings.section::<Secret>("rpc.token")?.expose())?;
    let clock = Clock::system();
    let state = state::connect(&settings.section::<String>("redis.url")?).await?;
    let buckets = state.limits.clone();
    let (auth_pool, room_pool, sync_pool) = tokio::try_join!(
        pg::open(&postgres, "auth-svc", &auth_svc::MIGRATIONS),
        pg::open(&postgres, "room-svc", &room_svc::MIGRATIONS),
        pg::open(&postgres, "sync-svc", &sync_svc::MIGRATIONS),
    )?;
    let pools = vec![auth_pool.clone(), room_pool.clone(), sync_pool.clone()];
    let pool = room_pool.clone();
    process.health.add("postgres", move || pg::ping(pool.clone()));

    let tasks = &mut process.tasks;
    let auth = auth_svc::build(
        &settings.section("auth")?,
        auth_svc::Deps { pool: auth_pool, clock: clock.clone(), token: token.clone() },
        tasks,
    )?;
    let verifier = Verifier::new(RemoteKeys(auth.local()));
    let room = room_svc::build(
        &settings.section("room")?,
        room_svc::Deps {
            pool: room_pool,
            keys: state.keys.clone(),
            clock: clock.clone(),
            verifier: verifier.clone(),
            token: token.clone(),
        },
        tasks,
    )?;
    let sync = sync_svc::build(
        &settings.section("sync")?,
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
    let media_config = settings.section("media")?;
    let media_deps = media_svc::Deps {
        room: room.local(),
        blobs: media_svc::open_blobs(&media_config).await?,
        clock: clock.clone(),
        verifier: verifier.clone(),
        token: token.clone(),
    };
    let data_plane = media_svc::data_plane(&media_config, &media_deps)?;
    let media = media_svc::build(&media_config, media_deps, tasks)?;
    let front = gateway::build(
        &settings.section("gateway")?,
        gateway::Deps {
            auth: auth.local(),
            room: room.local(),
            sync: sync.local(),
            media: media.local(),
            token,
            verifier,
            clock,
            data_plane: DataPlane::Local(data_plane),
            health: process.health.clone(),
            limits: gateway::LimitsConfig::load(&settings)?,
            buckets,
        },
        tasks,
    )?;
    Ok(System { front, services: vec![auth, room, sync, media], pools })
}

/// Brings every service's schema up to date.
pub(crate) async fn migrate(settings: &Settings) -> anyhow::Result<()> {
    let postgres: PostgresConfig = settings.section("postgres")?;
    anyhow::ensure!(
        !postgres.url.is_empty(),
        "postgres.url is empty; name the database, for example with SYNCWATCH_POSTGRES__URL"
    );
    for (service, migrations) in [
        ("auth-svc", &auth_svc::MIGRATIONS),
        ("room-svc", &room_svc::MIGRATIONS),
        ("sync-svc", &sync_svc::MIGRATIONS),
    ] {
        pg::open(&postgres, service, migrations).await?.close().await;
    }
    Ok(())
}

/// Reads every section as its service would. `strict` also refuses what would only do for a trial.
pub(crate) fn validate(settings: &Settings, strict: bool) -> anyhow::Result<()> {
    settings.section::<auth_svc::Config>("auth")?;
    settings.section::<room_svc::Config>("room")?;
    settings.section::<sync_svc::Config>("sync")?;
    settings.section::<media_svc::Config>("media")?;
    settings.section::<gateway::Config>("gateway")?;
    gateway::LimitsConfig::load(settings)?;
    settings.section::<runtime::TelemetryConfig>("log")?;
    settings.section::<runtime::storage::StorageConfig>("storage")?.validate()?;
    let postgres: PostgresConfig = settings.section("postgres")?;
    if strict {
        let mut missing = Vec::new();
        for key in ["auth.opaque_setup", "media.link_secret", "rpc.token"] {
            if settings.section::<Secret>(key)?.is_empty() {
                missing.push(format!("{key} is empty: set it, best from a file by its …_FILE variable"));
            }
        }
        if settings.section::<Vec<Secret>>("auth.signing_keys")?.is_empty() {
            missing.push("auth.signing_keys is empty: nobody could get a token".to_owned());
        }
        if postgres.url.is_empty() {
            missing.push("postgres.url is empty: only `syncwatch up` brings a database along".to_owned());
        }
        if settings.section::<String>("gateway.public_url")?.is_empty() {
            missing.push(
                "gateway.public_url is empty: links and cookies would trust what each request says"
                    .to_owned(),
            );
        }
        anyhow::ensure!(
            missing.is_empty(),
            "the settings are not fit for production:\n  {}",
            missing.join("\n  ")
        );
    }
    Ok(())
}
