//! Delivery of room events to other services.

use futures::{Stream, StreamExt as _};
use ids::EventId;
use proto::room::v1::RoomEvent;
use tokio_stream::wrappers::ReceiverStream;

use super::App;
use crate::{
    error::{Error, Result},
    store::outbox::{StoredEvent, TABLE},
};

impl App {
    /// Streams the events of a reader group to one of its readers.
    pub(crate) fn stream_events(
        &self,
        group: &str,
        reader_id: String,
    ) -> Result<impl Stream<Item = Result<RoomEvent>> + use<>> {
        let events = self.outbox.stream::<StoredEvent>(reader_group(group)?, reader_id);
        Ok(ReceiverStream::new(events).map(|event| {
            let StoredEvent(event) = event?;
            Ok(event)
        }))
    }

    /// Ends the delivery of events to a reader group.
    pub(crate) async fn acknowledge_events(&self, group: &str, event_ids: &[String]) -> Result<()> {
        let ids = event_ids.iter().map(|id| Ok(id.parse::<EventId>()?.uuid()));
        let ids = ids.collect::<std::result::Result<Vec<_>, ids::ParseError>>();
        let ids = ids
            .map_err(|_| Error::Field { field: "event_ids", what: "must be ids of the form `event_…`" })?;
        Ok(self.outbox.acknowledge(reader_group(group)?, &ids).await?)
    }
}

fn reader_group(name: &str) -> Result<&'static str> {
    TABLE.group(name).ok_or(Error::Field { field: "group", what: "is not a reader group of room-svc" })
}
