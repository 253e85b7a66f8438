//! Streams events to their readers, and forgets those that were acknowledged.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use ids::EventId;
use proto::room::v1::RoomEvent;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::App;
use crate::{
    error::Result,
    store::outbox::{self, Lease, Leased},
};

/// How long a reader has to acknowledge an event before it comes again.
const LEASE: TimeDelta = TimeDelta::seconds(10);

/// How many events a reader may have unacknowledged; the rest is for others, or for later.
const WINDOW: i64 = 128;

/// A look at the outbox without being woken: a net below the notifications, and the way in which leases are found to
/// have ended.
const POLL: Duration = Duration::from_secs(1);

/// Events on their way to a reader. The stream ends when the service stops.
pub(crate) type Events = mpsc::Receiver<Result<RoomEvent>>;

impl App {
    /// Streams events to a reader until it goes.
    pub(crate) fn stream_events(self: &Arc<Self>, reader_id: String) -> Events {
        let (events, receiver) = mpsc::channel(16);
        let app = Arc::clone(self);
        tokio::spawn(async move {
            // Of this stream, not of the reader: one that comes back must not be taken for its former self.
            let stream = EventId::new().uuid();
            // Held until the events are given back: the service does not stop before, for then there is no database.
            let end = app.wake.watch();
            tracing::debug!(reader_id, %stream, "a reader of events came");
            if let Err(error) = app.feed(stream, &events).await {
                tokio::select! {
                    () = end.closed() => {}
                    _ = events.send(Err(error)) => {}
                }
            }
            if let Err(error) = outbox::release(&app.pool, stream).await {
                tracing::warn!(%error, reader_id, "cannot release the events of a reader that has gone; they come again when their lease ends");
            }
            app.wake.committed();
            drop(end);
            tracing::debug!(reader_id, %stream, "a reader of events went");
        });
        receiver
    }

    /// Forgets events.
    pub(crate) async fn acknowledge_events(&self, events: &[EventId]) -> Result<()> {
        outbox::acknowledge(&self.pool, events).await?;
        self.wake.acknowledged();
        Ok(())
    }

    /// Until the reader goes or the service stops.
    async fn feed(&self, stream: Uuid, reader: &mpsc::Sender<Result<RoomEvent>>) -> Result<()> {
        let (mut watch, end) = (self.wake.watch(), self.wake.watch());
        let unreadable_events = metrics::counter!("syncwatch_room_events_unreadable_total");
        // A counter that begins with its first event has not grown by it, and nobody would be alerted.
        unreadable_events.increment(0);
        loop {
            watch.look();
            let lease = Lease { stream, length: LEASE, window: WINDOW };
            let Leased { events, unreadable, window_full } =
                outbox::lease(&self.pool, lease, self.clock.now()).await?;
            for event in &unreadable {
                unreadable_events.increment(1);
                tracing::error!(
                    position = event.position,
                    room = %event.room,
                    why = event.why,
                    "an event in room.outbox cannot be read and was put aside; nobody is told of it"
                );
            }
            for (event, age) in events {
                metrics::histogram!("syncwatch_room_event_age_seconds").record(age.as_seconds_f64());
                tokio::select! {
                    biased;
                    () = end.closed() => return Ok(()),
                    sent = reader.send(Ok(event)) => if sent.is_err() { return Ok(()) },
                }
            }
            if !unreadable.is_empty() {
                // They took places in the window that others can have now.
                continue;
            }
            tokio::select! {
                biased;
                () = end.closed() => return Ok(()),
                () = reader.closed() => return Ok(()),
                () = watch.news(window_full) => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }
}
