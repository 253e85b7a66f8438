//! Subtitles and further audio of items.

use proto::room::v1::{self as wire, track_service_server::TrackService};
use tonic::Request;

use super::{Grpc, Reply, caller, item, reply};
use crate::domain::RoomKey;

#[tonic::async_trait]
impl TrackService for Grpc {
    async fn attach_track(
        &self,
        request: Request<wire::AttachTrackRequest>,
    ) -> Reply<wire::AttachTrackResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let (room, item) = (RoomKey::parse(&request.room)?, item(&request.item_id)?);
        let track = self.0.attach_track(&caller, &room, item, request.track.unwrap_or_default()).await?;
        reply(wire::AttachTrackResponse { track: Some(track) })
    }

    async fn remove_track(
        &self,
        request: Request<wire::RemoveTrackRequest>,
    ) -> Reply<wire::RemoveTrackResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let (room, item) = (RoomKey::parse(&request.room)?, item(&request.item_id)?);
        self.0.remove_track(&caller, &room, item, &request.track_id).await?;
        reply(wire::RemoveTrackResponse {})
    }
}
