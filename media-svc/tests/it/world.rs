//! A media-svc with what it needs around it.

use std::time::Duration;

use axum::Router;
use blob::Blobs;
use ids::{AssetId, WorkerId};
use media_svc::{
    Built, Config, Deps, MIGRATIONS, RenditionsConfig, UploadsConfig, build, data_plane,
    generate_link_secret, open_blobs,
};
use prost::Message as _;
use proto::{
    common::v1::Reason,
    media::v1::{
        CheckSourceRequest, CheckSourceResponse, media_service_client::MediaServiceClient,
        subtitle_service_client::SubtitleServiceClient, upload_service_client::UploadServiceClient,
    },
    room::v1::Source,
};
use rpc::RpcChannel;
use runtime::{Clock, Settings, Shutdown, Tasks};
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{Postgres, service_token, tokens};

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
    /// To every service of media-svc, with the service token.
    pub(crate) channel: RpcChannel,
    pub(crate) uploads: UploadServiceClient<RpcChannel>,
    pub(crate) data_plane: Router,
    pub(crate) blob_dir: tempfile::TempDir,
    pub(crate) link_secret: String,
    pub(crate) pool: PgPool,
    pub(crate) blobs: Blobs,
    config: Config,
    uploads_config: UploadsConfig,
    renditions: RenditionsConfig,
    _postgres: Postgres,
}

impl World {
    /// One whose links may lead to 127.0.0.1, where the tests' hosts are.
    pub(crate) async fn start() -> Self {
        Self::with(json!({"allow_private_networks": ["127.0.0.1"]})).await
    }

    /// One with these settings in `[media]`.
    pub(crate) async fn with(media: Value) -> Self {
        Self::build(media, json!({}), &mut Tasks::new(Shutdown::default())).await
    }

    /// One that runs jobs and tells room-svc, as long as its tasks are there.
    pub(crate) async fn measuring() -> (Self, Tasks) {
        let mut tasks = Tasks::new(Shutdown::default());
        (Self::build(json!({"allow_private_networks": ["127.0.0.1"]}), json!({}), &mut tasks).await, tasks)
    }

    /// One with these settings in `[uploads]`, with background work.
    pub(crate) async fn uploading(uploads: Value) -> (Self, Tasks) {
        let mut tasks = Tasks::new(Shutdown::default());
        (Self::build(json!({}), uploads, &mut tasks).await, tasks)
    }

    /// Another replica on the same database and store, without background work: its routes.
    pub(crate) fn replica(&self) -> Router {
        self.replica_in(&mut Tasks::new(Shutdown::default()))
    }

    /// The same with background work, as long as its tasks are there.
    pub(crate) fn replica_in(&self, tasks: &mut Tasks) -> Router {
        self.wire(tasks).uploads
    }

    fn wire(&self, tasks: &mut Tasks) -> Built {
        let deps = Deps {
            pool: self.pool.clone(),
            room: self.room.service().local(),
            blobs: self.blobs.clone(),
            renditions: self.renditions.clone(),
            uploads: self.uploads_config.clone(),
            clock: self.clock.clone(),
            verifier: tokens::verifier(),
            token: service_token(),
        };
        build(&self.config, deps, tasks).unwrap()
    }

    async fn build(mut media: Value, mut uploads: Value, tasks: &mut Tasks) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let blob_dir = tempfile::tempdir().unwrap();
        // No test asks a service; those about titles name a stand-in.
        if media.get("oembed_base_url").is_none() {
            media["oembed"] = false.into();
        }
        let link_secret = generate_link_secret();
        media["link_secret"] = link_secret.clone().into();
        // Most tests are about other limits.
        if uploads.get("per_hour").is_none() {
            uploads["per_hour"] = 1000.into();
        }
        // One layer more would only repeat what the others show.
        let renditions = json!({"even_loudness": false});
        let store = json!({"folder": blob_dir.path()});
        let settings = json!({"media": media, "uploads": uploads, "renditions": renditions, "store": store});
        let settings = Settings::load(&[], settings).unwrap();
        let config: Config = settings.section("media").unwrap();
        let postgres = Postgres::start().await.unwrap();
        let pool = postgres.pool("media-svc", &MIGRATIONS).await.unwrap();
        let blobs = open_blobs(&settings.checked().unwrap()).await.unwrap();
        // Until the service is wired nobody calls through these.
        let nobody = RpcChannel::remote("http://127.0.0.1:1").unwrap();
        let mut world = Self {
            room: Room::new(),
            clock: Clock::manual(START_US),
            client: MediaServiceClient::new(nobody.clone()),
            subtitles: SubtitleServiceClient::new(nobody.clone()),
            uploads: UploadServiceClient::new(nobody.clone()),
            channel: nobody,
            data_plane: Router::new(),
            blob_dir,
            link_secret,
            pool,
            blobs,
            config,
            uploads_config: settings.section("uploads").unwrap(),
            renditions: settings.section("renditions").unwrap(),
            _postgres: postgres,
        };
        let Built { service, uploads } = world.wire(tasks);
        let channel = service.local().as_service(&service_token());
        let films = data_plane(&world.config, world.blobs.clone(), world.clock.clone(), channel.clone());
        world.data_plane = films.unwrap().merge(uploads);
        world.client = MediaServiceClient::new(channel.clone());
        world.subtitles = SubtitleServiceClient::new(channel.clone());
        world.uploads = UploadServiceClient::new(channel.clone());
        world.channel = channel;
        world
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
