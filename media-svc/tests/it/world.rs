//! A media-svc with what it needs around it.

use axum::Router;
use media_svc::{Config, Deps, build, data_plane, generate_link_secret, open_blobs};
use proto::{
    common::v1::Reason,
    media::v1::{CheckSourceRequest, CheckSourceResponse, media_service_client::MediaServiceClient},
};
use rpc::RpcChannel;
use runtime::{Clock, Settings, Shutdown, Tasks};
use serde_json::{Value, json};
use testkit::{TestKeys, service_token};

use crate::room::Room;

/// 2025-11-24 16:00 UTC.
pub(crate) const START_US: i64 = 1_764_000_000_000_000;

pub(crate) struct World {
    pub(crate) room: Room,
    pub(crate) clock: Clock,
    pub(crate) client: MediaServiceClient<RpcChannel>,
    pub(crate) data_plane: Router,
    pub(crate) blob_dir: tempfile::TempDir,
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

    /// One that measures what is added, as long as its tasks are there.
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
        let (room, clock) = (Room::new(), Clock::manual(START_US));
        let deps = Deps {
            room: room.service().local(),
            blobs: open_blobs(&config).await.unwrap(),
            clock: clock.clone(),
            verifier: TestKeys::verifier(),
            token: service_token(),
        };
        let data_plane = data_plane(&config, &deps).unwrap();
        let service = build(&config, deps, tasks).unwrap();
        let client = MediaServiceClient::new(service.local().as_service(&service_token()));
        Self { room, clock, client, data_plane, blob_dir }
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
