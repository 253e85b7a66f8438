//! Reads the events of room-svc. An event that fails is not acknowledged and is delivered again; a stream that ends is
//! opened again.

use std::sync::Arc;

use futures::StreamExt as _;
use ids::EventId;
use proto::room::v1::{
    AcknowledgeEventsRequest, StreamEventsRequest, room_event_service_client::RoomEventServiceClient,
};
use rpc::Context;
use runtime::{OnFailure, Shutdown, Tasks};

use crate::app::{App, RecentEvents};

/// Events in one acknowledgement.
const BATCH: usize = 64;

pub(crate) fn spawn(tasks: &mut Tasks, app: Arc<App>) {
    let reader_id = format!("sync-svc-{}", EventId::new());
    tasks.spawn("room events", OnFailure::Restart, move |shutdown| {
        read(app.clone(), reader_id.clone(), shutdown)
    });
}

async fn read(app: Arc<App>, reader_id: String, shutdown: Shutdown) -> anyhow::Result<()> {
    let mut recent = RecentEvents::default();
    let mut soft = std::pin::pin!(shutdown.soft());
    let mut client = RoomEventServiceClient::new(app.room.clone());
    let stream = tokio::select! {
        stream = client.stream_events(Context::background().request(StreamEventsRequest { reader_id, group: String::new() })) => stream?.into_inner(),
        () = &mut soft => return Ok(()),
    };
    let mut batches = stream.ready_chunks(BATCH);
    loop {
        let batch = tokio::select! {
            batch = batches.next() => batch,
            () = &mut soft => return Ok(()),
        };
        let Some(batch) = batch else { anyhow::bail!("room-svc ended the stream of events") };
        let (mut done, mut broken) = (Vec::new(), None);
        for response in batch {
            let event = match response {
                Ok(response) => response.event.unwrap_or_default(),
                Err(status) => {
                    broken = Some(status);
                    break;
                }
            };
            let id = event.id.clone();
            match app.room_event(&mut recent, event).await {
                Ok(()) => done.push(id),
                Err(error) => {
                    tracing::warn!(%error, event = id, "cannot handle an event of a room; it will be delivered again");
                }
            }
        }
        if !done.is_empty() {
            client
                .acknowledge_events(
                    Context::background()
                        .request(AcknowledgeEventsRequest { event_ids: done, group: String::new() }),
                )
                .await?;
        }
        if let Some(status) = broken {
            return Err(status.into());
        }
    }
}
