//! Events of rooms, for other services.

use futures::{StreamExt as _, stream::BoxStream};
use proto::room::v1::{self as wire, room_event_service_server::RoomEventService};
use tonic::{Request, Status};

use super::{Grpc, Reply, reply};

#[tonic::async_trait]
impl RoomEventService for Grpc {
    type StreamEventsStream = BoxStream<'static, Result<wire::StreamEventsResponse, Status>>;

    async fn stream_events(
        &self,
        request: Request<wire::StreamEventsRequest>,
    ) -> Reply<Self::StreamEventsStream> {
        let wire::StreamEventsRequest { reader_id, group } = request.into_inner();
        let events = self.0.stream_events(&group, reader_id)?;
        reply(events.map(|event| Ok(wire::StreamEventsResponse { event: Some(event?) })).boxed())
    }

    async fn acknowledge_events(
        &self,
        request: Request<wire::AcknowledgeEventsRequest>,
    ) -> Reply<wire::AcknowledgeEventsResponse> {
        let wire::AcknowledgeEventsRequest { event_ids, group } = request.into_inner();
        self.0.acknowledge_events(&group, &event_ids).await?;
        reply(wire::AcknowledgeEventsResponse {})
    }
}
