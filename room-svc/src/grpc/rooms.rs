//! Rooms: settings and ownership.

use ids::SubjectId;
use proto::room::v1::{self as wire, room_service_server::RoomService};
use tonic::Request;

use super::{Grpc, Reply, anyone, caller, network, reply, room};
use crate::{domain::RoomKey, error::Error};

#[tonic::async_trait]
impl RoomService for Grpc {
    async fn create_room(
        &self,
        request: Request<wire::CreateRoomRequest>,
    ) -> Reply<wire::CreateRoomResponse> {
        let (caller, network) = (caller(&request)?, network(&request));
        let room = self.0.create_room(&caller, request.get_ref(), network).await?;
        reply(wire::CreateRoomResponse { room: Some(room.into()) })
    }

    async fn get_room(&self, request: Request<wire::GetRoomRequest>) -> Reply<wire::GetRoomResponse> {
        let caller = anyone(&request)?;
        let found = self.0.find_room(caller.as_ref(), request.get_ref(), network(&request)).await?;
        reply(found.into())
    }

    async fn read_room(&self, request: Request<wire::ReadRoomRequest>) -> Reply<wire::ReadRoomResponse> {
        let room = self.0.read_room(room(&request.get_ref().room_id)?).await?;
        reply(wire::ReadRoomResponse { room: Some(room.into()) })
    }

    async fn get_invite_preview(
        &self,
        request: Request<wire::GetInvitePreviewRequest>,
    ) -> Reply<wire::GetInvitePreviewResponse> {
        let preview = match RoomKey::parse(&request.get_ref().room) {
            Ok(room) => self.0.get_invite_preview(&room).await?,
            // An invalid name is answered like a room that does not exist.
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
        let caller = anyone(&request)?;
        let page = self.0.list_rooms(caller.as_ref(), request.get_ref()).await?;
        reply(wire::ListRoomsResponse {
            rooms: page.rooms.into_iter().map(Into::into).collect(),
            next_page_token: page.next,
            total_size: page.total,
        })
    }

    async fn update_room(
        &self,
        request: Request<wire::UpdateRoomRequest>,
    ) -> Reply<wire::UpdateRoomResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let room = self.0.update_room(&caller, &room, &request).await?;
        reply(wire::UpdateRoomResponse { room: Some(room.into()) })
    }

    async fn close_room(&self, request: Request<wire::CloseRoomRequest>) -> Reply<wire::CloseRoomResponse> {
        let caller = caller(&request)?;
        let room = self.0.close_room(&caller, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::CloseRoomResponse { room: Some(room.into()) })
    }

    async fn reopen_room(
        &self,
        request: Request<wire::ReopenRoomRequest>,
    ) -> Reply<wire::ReopenRoomResponse> {
        let caller = caller(&request)?;
        let room = self.0.reopen_room(&caller, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::ReopenRoomResponse { room: Some(room.into()) })
    }

    async fn delete_room(
        &self,
        request: Request<wire::DeleteRoomRequest>,
    ) -> Reply<wire::DeleteRoomResponse> {
        let caller = caller(&request)?;
        self.0.delete_room(&caller, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::DeleteRoomResponse {})
    }

    async fn transfer_room(
        &self,
        request: Request<wire::TransferRoomRequest>,
    ) -> Reply<wire::TransferRoomResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let room = self.0.transfer_room(&caller, &room, &request.subject_id).await?;
        reply(wire::TransferRoomResponse { room: Some(room.into()) })
    }

    async fn reclaim_room(
        &self,
        request: Request<wire::ReclaimRoomRequest>,
    ) -> Reply<wire::ReclaimRoomResponse> {
        let caller = caller(&request)?;
        let room = self.0.reclaim_room(&caller, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::ReclaimRoomResponse { room: Some(room.into()) })
    }

    async fn create_recovery(
        &self,
        request: Request<wire::CreateRecoveryRequest>,
    ) -> Reply<wire::CreateRecoveryResponse> {
        let caller = caller(&request)?;
        let secret = self.0.create_recovery(&caller, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::CreateRecoveryResponse { secret })
    }

    async fn recover_room(
        &self,
        request: Request<wire::RecoverRoomRequest>,
    ) -> Reply<wire::RecoverRoomResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = self.0.recover_room(&caller, &RoomKey::parse(&request.room)?, &request.secret).await?;
        reply(wire::RecoverRoomResponse { room: Some(room.into()) })
    }

    async fn hand_over_room(
        &self,
        request: Request<wire::HandOverRoomRequest>,
    ) -> Reply<wire::HandOverRoomResponse> {
        let request = request.into_inner();
        let room = RoomKey::parse(&request.room_id)?;
        let owner = subject(&request.owner_id, "owner_id")?;
        let candidates = request.candidate_ids.iter().map(|id| subject(id, "candidate_ids"));
        let candidates: Vec<_> = candidates.collect::<Result<_, _>>()?;
        let room = self.0.hand_over_room(&room, owner, &candidates).await?;
        reply(wire::HandOverRoomResponse { room: Some(room.into()) })
    }
}

fn subject(text: &str, field: &'static str) -> Result<SubjectId, Error> {
    text.parse()
        .map_err(|_| Error::Field { field, what: "must be an id of the form `user_…` or `guest_…`" })
}
