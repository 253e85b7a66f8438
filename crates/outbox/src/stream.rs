//! Streams events to readers.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::{
    Event, Outbox, Result,
    table::{Lease, Leased},
};

/// Time that a reader has to acknowledge an event before the event is delivered again.
const LEASE: TimeDelta = TimeDelta::seconds(10);

/// Events that a reader may have unacknowledged; the rest waits, or goes to other readers.
const WINDOW: i64 = 128;

/// Polling interval without a wake-up: a safety net below the notifications, and how expired leases are found.
const POLL: Duration = Duration::from_secs(1);

/// Events that are read ahead of a slow reader.
const READ_AHEAD: usize = 16;

/// Events on their way to a reader. The stream ends when the service stops.
pub type Events<E> = mpsc::Receiver<Result<E>>;

impl Outbox {
    /// Streams the events of a group to a reader until the receiver is dropped. `reader_id` names it in logs.
    #[expect(clippy::disallowed_methods, reason = "the id of a stream means nothing beyond its lease")]
    pub fn stream<E: Event>(&self, group: &str, reader_id: String) -> Events<E> {
        let (events, receiver) = mpsc::channel(READ_AHEAD);
        let (outbox, group) = (self.clone(), group.to_owned());
        tokio::spawn(async move {
            // Of this stream, not of the reader: a reader that reconnects must not be taken for its former self.
            let stream = Uuid::new_v4();
            // Held until the events are released: the service does not stop before, for then there is no database.
            let end = outbox.wake.watch();
            tracing::debug!(reader_id, %stream, "a reader of events connected");
            if let Err(error) = outbox.feed(stream, &group, &events).await {
                tokio::select! {
                    () = end.closed() => {}
                    _ = events.send(Err(error)) => {}
                }
            }
            if let Err(error) = outbox.table.release(&outbox.pool, stream).await {
                tracing::warn!(%error, reader_id, "cannot release the events of a disconnected reader; they are delivered again when their lease ends");
            }
            outbox.wake.committed();
            drop(end);
            tracing::debug!(reader_id, %stream, "a reader of events disconnected");
        });
        receiver
    }

    /// Feeds a reader until it goes or the service stops.
    async fn feed<E: Event>(
        &self,
        stream: Uuid,
        group: &str,
        reader: &mpsc::Sender<Result<E>>,
    ) -> Result<()> {
        let (mut watch, end) = (self.wake.watch(), self.wake.watch());
        let Series { unreadable: unreadable_events, age: event_age } = &*self.series;
        loop {
            watch.look();
            let lease = Lease { stream, group, length: LEASE, window: WINDOW };
            let Leased { events, unreadable, window_full } =
                self.table.lease(&self.pool, lease, self.clock.now()).await?;
            for event in &unreadable {
                unreadable_events.increment(1);
                tracing::error!(
                    outbox = self.table.schema,
                    position = event.position,
                    key = %event.key,
                    why = event.why,
                    "an event in the outbox cannot be read and was put aside; nobody is told of it"
                );
            }
            for (event, age) in events {
                event_age.record(age.as_seconds_f64());
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

/// Metrics, by the schema's name.
pub(crate) struct Series {
    unreadable: metrics::Counter,
    age: metrics::Histogram,
}

impl Series {
    pub(crate) fn of(schema: &str) -> Arc<Self> {
        let unreadable = metrics::counter!(format!("syncwatch_{schema}_events_unreadable_total"));
        // A counter that begins with its first event has not grown by it, and would alert nobody.
        unreadable.increment(0);
        Arc::new(Self {
            unreadable,
            age: metrics::histogram!(format!("syncwatch_{schema}_event_age_seconds")),
        })
    }
}
