//! Events of rooms, for other services.

use futures::{Stream, StreamExt as _, stream::BoxStream};
use ids::EventId;
use proto::room::v1::{self as wire, room_event_service_server::RoomEventService};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Status};

use super::{Grpc, Reply, reply};
use crate::error::Error;

#[tonic::async_trait]
impl RoomEventService for Grpc {
    type StreamEventsStream = BoxStream<'static, Result<wire::StreamEventsResponse, Status>>;

    async fn stream_events(
        &self,
        request: Request<wire::StreamEventsRequest>,
    ) -> Reply<Self::StreamEventsStream> {
        let events = self.0.stream_events(request.into_inner().reader_id);
        reply(responses(ReceiverStream::new(events)).boxed())
    }

    async fn acknowledge_events(
        &self,
        request: Request<wire::AcknowledgeEventsRequest>,
    ) -> Reply<wire::AcknowledgeEventsResponse> {
        let ids = request.into_inner().event_ids;
        let ids = ids.iter().map(|id| id.parse()).collect::<Result<Vec<EventId>, _>>();
        let ids = ids
            .map_err(|_| Error::Field { field: "event_ids", what: "must be ids of the form `event_…`" })?;
        self.0.acknowledge_events(&ids).await?;
        reply(wire::AcknowledgeEventsResponse {})
    }
}

fn responses(
    events: impl Stream<Item = Result<wire::RoomEvent, Error>>,
) -> impl Stream<Item = Result<wire::StreamEventsResponse, Status>> {
    events.map(|event| Ok(wire::StreamEventsResponse { event: Some(event?) }))
}
