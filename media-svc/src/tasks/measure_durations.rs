//! Finds out how long items are: room-svc leases those of which nobody knows, and is told what comes of it. What fails
//! is not told, and comes again when its lease ends, three times in all.

use std::{sync::Arc, time::Duration};

use futures::StreamExt as _;
use proto::room::v1::{
    Item, ItemDuration, LeaseUnmeasuredItemsRequest, RecordDurationsRequest,
    playlist_service_client::PlaylistServiceClient,
};
use rpc::{Context, RpcChannel};
use runtime::{OnFailure, Shutdown, Tasks};
use tokio::sync::Notify;

use crate::app::Measurer;

/// Items that are leased, and measured, at the same time.
const AT_ONCE: u8 = 8;
/// Twice as long as one item may take.
const LEASE: Duration = Duration::from_mins(1);
/// After work: when the leases of what failed, here or elsewhere, have ended.
const FIRST_PAUSE: Duration = Duration::from_secs(65);
/// At rest.
const LONGEST_PAUSE: Duration = Duration::from_mins(15);

/// What the task works with.
#[derive(Clone)]
pub(crate) struct Measuring {
    /// As this service, for nobody.
    pub(crate) room: RpcChannel,
    pub(crate) measurer: Measurer,
    /// Something was added here.
    pub(crate) added: Arc<Notify>,
}

/// Starts it. While it fails, playlists show no lengths and work all the same, so it is started again.
pub(crate) fn spawn(tasks: &mut Tasks, measuring: Measuring) {
    tasks.spawn("measure durations", OnFailure::Restart, move |shutdown| {
        let measuring = measuring.clone();
        async move { measuring.run(shutdown).await }
    });
}

impl Measuring {
    async fn run(&self, shutdown: Shutdown) -> anyhow::Result<()> {
        let mut pause = FIRST_PAUSE;
        loop {
            let worked = tokio::select! {
                worked = self.measure_all() => worked?,
                () = shutdown.soft() => return Ok(()),
            };
            pause = if worked { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
            tokio::select! {
                () = self.added.notified() => {}
                () = tokio::time::sleep(pause) => {}
                () = shutdown.soft() => return Ok(()),
            }
        }
    }

    /// Measures until nothing is left; tells whether there was anything. It ends: an item is leased three times.
    async fn measure_all(&self) -> anyhow::Result<bool> {
        let mut worked = false;
        loop {
            let lease_seconds = i32::try_from(LEASE.as_secs())?;
            let lease = LeaseUnmeasuredItemsRequest { count: AT_ONCE.into(), lease_seconds };
            let reply = self.playlist().lease_unmeasured_items(Context::background().request(lease)).await;
            let items = reply.map_err(|status| told(&status, "lease items to measure"))?.into_inner().items;
            if items.is_empty() {
                return Ok(worked);
            }
            worked = true;
            let mut measured =
                futures::stream::iter(items).map(|item| self.measure(item)).buffer_unordered(AT_ONCE.into());
            while let Some(duration) = measured.next().await {
                let Some(duration) = duration else { continue };
                // One by one: a host that is slow should not keep the others' lengths from the room.
                let record = RecordDurationsRequest { durations: vec![duration] };
                let recorded = self.playlist().record_durations(Context::background().request(record)).await;
                recorded.map_err(|status| told(&status, "record a length"))?;
            }
        }
    }

    async fn measure(&self, item: Item) -> Option<ItemDuration> {
        let source = item.source.unwrap_or_default();
        let (outcome, duration_us) = match self.measurer.measure(&source).await {
            Ok(Some(duration_us)) => ("measured", Some(duration_us)),
            Ok(None) => ("cannot_be_told", Some(0)),
            Err(error) => {
                tracing::debug!(item = item.id, %error, "cannot find out how long an item is");
                ("failed", None)
            }
        };
        metrics::counter!("syncwatch_media_durations_total", "outcome" => outcome).increment(1);
        duration_us.map(|duration_us| ItemDuration { item_id: item.id, duration_us })
    }

    fn playlist(&self) -> PlaylistServiceClient<RpcChannel> {
        PlaylistServiceClient::new(self.room.clone())
    }
}

fn told(status: &tonic::Status, attempt: &str) -> anyhow::Error {
    anyhow::anyhow!("room-svc does not {attempt}: {}", status.message())
}
