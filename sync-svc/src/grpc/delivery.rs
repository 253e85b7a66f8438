//! The streams of rooms to gateways.

use std::pin::Pin;

use futures::{Stream, TryStreamExt as _};
use prost::Message as _;
use proto::room::v1::RoomEvent;
use proto::sync::v1::{
    AnnounceRequest, AnnounceResponse, SubscribeRequest, SubscribeResponse, TellRequest, TellResponse,
    delivery_service_server::DeliveryService,
};
use tonic::{Request, Response, Status};

use super::{Grpc, Reply, room};
use crate::error::Error;

#[tonic::async_trait]
impl DeliveryService for Grpc {
    type SubscribeStream = Pin<Box<dyn Stream<Item = Result<SubscribeResponse, Status>> + Send>>;

    async fn subscribe(&self, request: Request<SubscribeRequest>) -> Reply<Self::SubscribeStream> {
        let request = request.get_ref();
        let after_seq = u64::try_from(request.after_seq)
            .map_err(|_| Error::Field { field: "after_seq", what: "must not be negative".to_owned() })?;
        let stream = self.0.subscribe(room(&request.room_id)?, after_seq).await?;
        Ok(Response::new(Box::pin(stream.map_err(Status::from))))
    }

    async fn tell(&self, request: Request<TellRequest>) -> Reply<TellResponse> {
        let request = request.into_inner();
        self.0.tell(room(&request.room_id)?, request.aside.unwrap_or_default()).await?;
        Ok(Response::new(TellResponse {}))
    }

    async fn announce(&self, request: Request<AnnounceRequest>) -> Reply<AnnounceResponse> {
        let event = RoomEvent::decode(request.into_inner().event.as_slice())
            .map_err(|error| Error::Field { field: "event", what: error.to_string() })?;
        room(&event.room_id)?;
        self.0.announce(event).await?;
        Ok(Response::new(AnnounceResponse {}))
    }
}
