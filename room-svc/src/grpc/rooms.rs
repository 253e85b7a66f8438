//! Rooms: settings and ownership.

use proto::room::v1::{self as wire, room_service_server::RoomService};
use rpc::Context;
use tonic::Request;

use super::{Grpc, Reply, reply};
use crate::domain::RoomKey;

#[tonic::async_trait]
impl RoomService for Grpc {
    async fn create_room(
        &self,
        request: Request<wire::CreateRoomRequest>,
    ) -> Reply<wire::CreateRoomResponse> {
        let context = Context::of(&request);
        let room = self.0.create_room(context.identity()?, request.get_ref()).await?;
        reply(wire::CreateRoomResponse { room: Some(room.into()) })
    }

    async fn get_room(&self, request: Request<wire::GetRoomRequest>) -> Reply<wire::GetRoomResponse> {
        let room = self.0.get_room(&RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::GetRoomResponse { room: Some(room.into()) })
    }

    async fn get_invite_preview(
        &self,
        request: Request<wire::GetInvitePreviewRequest>,
    ) -> Reply<wire::GetInvitePreviewResponse> {
        let preview = match RoomKey::parse(&request.get_ref().room) {
            Ok(room) => self.0.get_invite_preview(&room).await?,
            // What cannot be a room is answered like one that is not there.
            Err(_) => None,
        };
        reply(preview.map_or_else(wire::GetInvitePreviewResponse::default, |preview| {
            wire::GetInvitePreviewResponse {
                room_name: preview.room_name,
                item_title: preview.item_title.unwrap_or_default(),
            }
        }))
    }

    async fn list_rooms(&self, request: Request<wire::ListRoomsRequest>) -> Reply<wire::ListRoomsResponse> {
        let request = request.into_inner();
        let (rooms, next_page_token) = self.0.list_rooms(request.page_size, &request.page_token).await?;
        reply(wire::ListRoomsResponse { rooms: rooms.into_iter().map(Into::into).collect(), next_page_token })
    }

    async fn update_room(
        &self,
        request: Request<wire::UpdateRoomRequest>,
    ) -> Reply<wire::UpdateRoomResponse> {
        let (context, request) = (Context::of(&request), request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let room = self.0.update_room(context.identity()?, &room, &request.name, request.policy).await?;
        reply(wire::UpdateRoomResponse { room: Some(room.into()) })
    }

    async fn delete_room(
        &self,
        request: Request<wire::DeleteRoomRequest>,
    ) -> Reply<wire::DeleteRoomResponse> {
        let context = Context::of(&request);
        self.0.delete_room(context.identity()?, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::DeleteRoomResponse {})
    }

    async fn transfer_room(
        &self,
        request: Request<wire::TransferRoomRequest>,
    ) -> Reply<wire::TransferRoomResponse> {
        let (context, request) = (Context::of(&request), request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let room = self.0.transfer_room(context.identity()?, &room, &request.subject_id).await?;
        reply(wire::TransferRoomResponse { room: Some(room.into()) })
    }

    async fn reclaim_room(
        &self,
        request: Request<wire::ReclaimRoomRequest>,
    ) -> Reply<wire::ReclaimRoomResponse> {
        let context = Context::of(&request);
        let room =
            self.0.reclaim_room(context.identity()?, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::ReclaimRoomResponse { room: Some(room.into()) })
    }

    async fn hand_over_room(
        &self,
        request: Request<wire::HandOverRoomRequest>,
    ) -> Reply<wire::HandOverRoomResponse> {
        let request = request.into_inner();
        let room = RoomKey::parse(&request.room_id)?;
        let room = self.0.hand_over_room(&room, &request.owner_id, &request.candidate_ids).await?;
        reply(wire::HandOverRoomResponse { room: Some(room.into()) })
    }
}
