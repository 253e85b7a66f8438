//! Events of rooms, for other services.

use futures::{StreamExt as _, stream::BoxStream};
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
        let wire::StreamEventsRequest { reader_id, group } = request.into_inner();
        let events = self.0.stream_events(reader_id, &group)?;
        let responses = ReceiverStream::new(events).map(|event| {
            let event = event.map_err(Error::from)?.0;
            Ok(wire::StreamEventsResponse { event: Some(event) })
        });
        reply(responses.boxed())
    }

    async fn acknowledge_events(
        &self,
        request: Request<wire::AcknowledgeEventsRequest>,
    ) -> Reply<wire::AcknowledgeEventsResponse> {
        let wire::AcknowledgeEventsRequest { event_ids, group } = request.into_inner();
        let ids = event_ids.iter().map(|id| id.parse());
        let ids = ids.collect::<Result<Vec<EventId>, _>>();
        let ids = ids
            .map_err(|_| Error::Field { field: "event_ids", what: "must be ids of the form `event_…`" })?;
        self.0.acknowledge_events(&ids, &group).await?;
        reply(wire::AcknowledgeEventsResponse {})
    }
}
