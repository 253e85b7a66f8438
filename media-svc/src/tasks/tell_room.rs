//! Tells room-svc the lengths of assets, and how far uploads are, from the outbox. A call that fails is repeated when its event is delivered again.

use std::sync::Arc;

use anyhow::Context as _;
use outbox::Outbox;
use proto::room::v1::{UpdateAssetRequest, playlist_service_client::PlaylistServiceClient};
use rpc::{Context, RpcChannel};
use runtime::{OnFailure, Shutdown, Tasks};
use sqlx::PgPool;

use crate::{
    app::uploads::Uploads,
    store::{
        assets,
        outbox::{AssetChanged, ROOM},
    },
};

/// What the task works with.
#[derive(Clone)]
pub(crate) struct TellRoom {
    /// As this service, for nobody.
    pub(crate) room: RpcChannel,
    pub(crate) pool: PgPool,
    pub(crate) outbox: Outbox,
    pub(crate) uploads: Arc<Uploads>,
}

/// Starts it. While it fails, playlists show no new lengths and work all the same, so it is started again.
pub(crate) fn spawn(tasks: &mut Tasks, task: TellRoom) {
    tasks.spawn("tell room-svc of assets", OnFailure::Restart, move |shutdown| {
        let task = task.clone();
        async move { task.run(shutdown).await }
    });
}

impl TellRoom {
    async fn run(&self, shutdown: Shutdown) -> anyhow::Result<()> {
        let mut events = self.outbox.stream::<AssetChanged>(ROOM, "media-svc".to_owned());
        loop {
            let event = tokio::select! {
                event = events.recv() => event,
                () = shutdown.soft() => return Ok(()),
            };
            let Some(event) = event else { return Ok(()) };
            let event = event.context("cannot read the outbox of assets")?;
            match self.tell(&event).await {
                Ok(()) => self.outbox.acknowledge(ROOM, &[event.event]).await?,
                Err(error) => {
                    let error = format!("{error:#}");
                    tracing::warn!(asset = %event.asset, error, "cannot tell room-svc of an asset; it is told again");
                }
            }
        }
    }

    /// Reads the asset now: a late delivery of an old event must not bring back an old length.
    async fn tell(&self, event: &AssetChanged) -> anyhow::Result<()> {
        let asset = assets::get(&self.pool, event.asset).await.context("cannot read an asset")?;
        let Some(asset) = asset else { return Ok(()) };
        let preparation = self.uploads.preparation(asset.id).await.context("cannot read an upload")?;
        let request = UpdateAssetRequest {
            asset_id: asset.id.to_string(),
            duration_us: asset.duration_us,
            preparation,
        };
        let told = PlaylistServiceClient::new(self.room.clone())
            .update_asset(Context::background().request(request))
            .await;
        told.map_err(|status| anyhow::anyhow!("room-svc does not take what changed: {}", status.message()))?;
        Ok(())
    }
}
