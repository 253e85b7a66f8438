//! A media-svc with what it needs around it.

use std::time::Duration;

use axum::Router;
use ids::{AssetId, WorkerId};
use media_svc::{Config, Deps, MIGRATIONS, build, data_plane, generate_link_secret, open_blobs};
use prost::Message as _;
use proto::{
    common::v1::Reason,
    media::v1::{
        CheckSourceRequest, CheckSourceResponse, media_service_client::MediaServiceClient,
        subtitle_service_client::SubtitleServiceClient,
    },
    room::v1::Source,
};
use rpc::RpcChannel;
use runtime::{Clock, Settings, Shutdown, Tasks};
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Postgres, TestKeys, service_token};

use crate::room::Room;

/// 2025-11-24 16:00 UTC.
pub(crate) const START_US: i64 = 1_764_000_000_000_000;

/// How long a worker has a job without a heartbeat.
pub(crate) const LEASE: Duration = Duration::from_mins(1);

pub(crate) struct World {
    pub(crate) room: Room,
    pub(crate) clock: Clock,
    pub(crate) client: MediaServiceClient<RpcChannel>,
    pub(crate) subtitles: SubtitleServiceClient<RpcChannel>,
    pub(crate) data_plane: Router,
    pub(crate) blob_dir: tempfile::TempDir,
    pub(crate) pool: PgPool,
    _postgres: Postgres,
}

impl World {
    /// One whose links may lead to 127.0.0.1, where the tests' hosts are.
    pub(crate) async fn start() -> Self {
        Self::with(json!({"allow_private_networks": ["127.0.0.1"]})).await
    }

    /// One with these settings in `[media]`.
    pub(crate) async fn with(media: Value) -> Self {
        Self::build(media, &mut Tasks::new(Shutdown::default())).await
    }

    /// One that runs jobs and tells room-svc, as long as its tasks are there.
    pub(crate) async fn measuring() -> (Self, Tasks) {
        let mut tasks = Tasks::new(Shutdown::default());
        (Self::build(json!({"allow_private_networks": ["127.0.0.1"]}), &mut tasks).await, tasks)
    }

    async fn build(mut media: Value, tasks: &mut Tasks) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let blob_dir = tempfile::tempdir().unwrap();
        // No test asks a service; those about titles name a stand-in.
        if media.get("oembed_base_url").is_none() {
            media["oembed"] = false.into();
        }
        media["blob_dir"] = blob_dir.path().to_str().into();
        media["link_secret"] = generate_link_secret().into();
        let config: Config = Settings::load(&[], json!({"media": media})).unwrap().section("media").unwrap();
        let postgres = Postgres::start().await.unwrap();
        let pool = postgres.pool("media-svc", &MIGRATIONS).await.unwrap();
        let (room, clock) = (Room::new(), Clock::manual(START_US));
        let deps = Deps {
            pool: pool.clone(),
            room: room.service().local(),
            blobs: open_blobs(&config).await.unwrap(),
            clock: clock.clone(),
            verifier: TestKeys::verifier(),
            token: service_token(),
        };
        let data_plane = data_plane(&config, deps.blobs.clone(), clock.clone()).unwrap();
        let service = build(&config, deps, tasks).unwrap();
        let channel = service.local().as_service(&service_token());
        let client = MediaServiceClient::new(channel.clone());
        let subtitles = SubtitleServiceClient::new(channel);
        Self { room, clock, client, subtitles, data_plane, blob_dir, pool, _postgres: postgres }
    }

    /// Puts an asset with a job into the database, on lease to `worker` for a minute where one is named.
    pub(crate) async fn queue(&self, name: &str, source: &Source, worker: Option<WorkerId>) {
        let asset =
            "INSERT INTO media.assets (id, source, format, audio_only, no_jumps, live, state, created_at)
             VALUES ($1, $2, 0, false, false, false, 1, $3)";
        let (id, now) = (asset_of(name).uuid(), self.clock.now());
        let query = sqlx::query(asset).bind(id).bind(name.as_bytes()).bind(now);
        query.execute(&self.pool).await.unwrap();
        let job = "INSERT INTO media.jobs (id, kind, asset_id, payload, priority, run_after, created_at, attempts, leased_by, leased_until)
             VALUES ($1, 'measure', $1, $2, 0, $3, $3, $4, $5, $6)";
        let attempts = i16::from(worker.is_some());
        let until = worker.map(|_| now + LEASE);
        let query = sqlx::query(job).bind(id).bind(source.encode_to_vec()).bind(now).bind(attempts);
        query.bind(worker.map(WorkerId::uuid)).bind(until).execute(&self.pool).await.unwrap();
    }

    pub(crate) async fn check(&self, url: impl Into<String>) -> rpc::Result<CheckSourceResponse> {
        self.check_for(url, "").await
    }

    /// Checks a link for a page of this origin.
    pub(crate) async fn check_for(
        &self,
        url: impl Into<String>,
        page_origin: &str,
    ) -> rpc::Result<CheckSourceResponse> {
        let request = CheckSourceRequest { url: url.into(), page_origin: page_origin.into() };
        let request = testkit::guest("Ada").request(request);
        Ok(self.client.clone().check_source(request).await?.into_inner())
    }

    /// Checks a link that is refused: why, and in which words.
    pub(crate) async fn refused(&self, url: impl Into<String>) -> (Reason, String) {
        let status = self.check(url).await.unwrap_err();
        (rpc::reason_of(&status).unwrap(), status.message().to_owned())
    }
}

/// Why a call was refused.
pub(crate) fn refusal<T: std::fmt::Debug>(result: rpc::Result<T>) -> Reason {
    rpc::reason_of(&result.unwrap_err()).unwrap()
}

/// The asset that [`World::queue`] makes of a name.
pub(crate) fn asset_of(name: &str) -> AssetId {
    let bytes: Vec<u8> = name.bytes().chain(std::iter::repeat(0)).take(16).collect();
    AssetId::from(uuid::Uuid::from_slice(&bytes).unwrap())
}
