//! Events of rooms, for the reader groups of other services.

use ids::EventId;
use outbox::Events;

use super::App;
use crate::{
    error::{Error, Result},
    store::outbox::{StoredEvent, TABLE},
};

impl App {
    /// Streams the events of a group to a reader until the receiver is dropped.
    pub(crate) fn stream_events(&self, reader_id: String, group: &str) -> Result<Events<StoredEvent>> {
        Ok(self.outbox.stream(reader_group(group)?, reader_id))
    }

    /// Deletes events of a group, which it has dealt with.
    pub(crate) async fn acknowledge_events(&self, events: &[EventId], group: &str) -> Result<()> {
        let ids: Vec<_> = events.iter().map(|id| id.uuid()).collect();
        Ok(self.outbox.acknowledge(reader_group(group)?, &ids).await?)
    }
}

fn reader_group(name: &str) -> Result<&'static str> {
    TABLE.group(name).ok_or(Error::Field { field: "group", what: "is not a reader group of room-svc" })
}
