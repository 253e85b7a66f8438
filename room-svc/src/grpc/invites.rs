//! Invites.

use proto::room::v1::{self as wire, invite_service_server::InviteService};
use tonic::Request;

use super::{Grpc, Reply, caller, network, reply};
use crate::domain::{RoomKey, timestamp};

#[tonic::async_trait]
impl InviteService for Grpc {
    async fn create_invite(
        &self,
        request: Request<wire::CreateInviteRequest>,
    ) -> Reply<wire::CreateInviteResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let invite = self.0.create_invite(&caller, &RoomKey::parse(&request.room)?, &request).await?;
        reply(wire::CreateInviteResponse { invite: Some(invite.into()) })
    }

    async fn list_invites(
        &self,
        request: Request<wire::ListInvitesRequest>,
    ) -> Reply<wire::ListInvitesResponse> {
        let caller = caller(&request)?;
        let invites = self.0.list_invites(&caller, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::ListInvitesResponse { invites: invites.into_iter().map(Into::into).collect() })
    }

    async fn get_invite(&self, request: Request<wire::GetInviteRequest>) -> Reply<wire::GetInviteResponse> {
        let (invite, room) = self.0.get_invite(&request.get_ref().code, network(&request)).await?;
        reply(wire::GetInviteResponse {
            room_id: room.id.to_string(),
            room_code: room.code,
            room_name: room.settings.name,
            invited_by: invite.created_by_name,
            expires_at: Some(timestamp(invite.expires_at)),
        })
    }

    async fn revoke_invite(
        &self,
        request: Request<wire::RevokeInviteRequest>,
    ) -> Reply<wire::RevokeInviteResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        self.0.revoke_invite(&caller, &RoomKey::parse(&request.room)?, &request.code).await?;
        reply(wire::RevokeInviteResponse {})
    }

    async fn list_invite_uses(
        &self,
        request: Request<wire::ListInviteUsesRequest>,
    ) -> Reply<wire::ListInviteUsesResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let uses = self.0.list_invite_uses(&caller, &RoomKey::parse(&request.room)?, &request.code).await?;
        reply(wire::ListInviteUsesResponse { uses: uses.into_iter().map(Into::into).collect() })
    }
}
