//! Members, access and tickets.

use proto::room::v1::{self as wire, member_service_server::MemberService};
use rpc::Context;
use tonic::Request;

use super::{Grpc, Reply, caller, person, reply};
use crate::domain::{RoomKey, Ticket, timestamp};

#[tonic::async_trait]
impl MemberService for Grpc {
    async fn join_room(&self, request: Request<wire::JoinRoomRequest>) -> Reply<wire::JoinRoomResponse> {
        let caller = caller(&request)?;
        let network = Context::of(&request).address.map(rpc::network);
        let request = request.into_inner();
        let room = RoomKey::parse(&request.room)?;
        let joined = self.0.join_room(&caller, &room, &request.device_id, network).await?;
        let (ticket, ticket_expires_at) =
            joined.ticket.map(|(ticket, expires_at)| (ticket.into_text(), timestamp(expires_at))).unzip();
        reply(wire::JoinRoomResponse {
            room: Some(joined.room.into()),
            member: Some(joined.member.into()),
            ticket: ticket.unwrap_or_default(),
            ticket_expires_at,
        })
    }

    async fn leave_room(&self, request: Request<wire::LeaveRoomRequest>) -> Reply<wire::LeaveRoomResponse> {
        let caller = caller(&request)?;
        self.0.leave_room(&caller, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::LeaveRoomResponse {})
    }

    async fn list_members(
        &self,
        request: Request<wire::ListMembersRequest>,
    ) -> Reply<wire::ListMembersResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let (members, next_page_token) = self.0.list_members(&caller, &room, &request).await?;
        reply(wire::ListMembersResponse {
            members: members.into_iter().map(Into::into).collect(),
            next_page_token,
        })
    }

    async fn get_member(&self, request: Request<wire::GetMemberRequest>) -> Reply<wire::GetMemberResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let of = person(&request.subject_id, "subject_id")?;
        let access = self.0.get_member(&caller, &RoomKey::parse(&request.room)?, of).await?;
        let wire::GetAccessResponse { member, permissions, .. } = access.into();
        reply(wire::GetMemberResponse { member, permissions })
    }

    async fn update_member(
        &self,
        request: Request<wire::UpdateMemberRequest>,
    ) -> Reply<wire::UpdateMemberResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let of = person(&request.subject_id, "subject_id")?;
        let member = self.0.update_member(&caller, &RoomKey::parse(&request.room)?, of, &request).await?;
        reply(wire::UpdateMemberResponse { member: Some(member.into()) })
    }

    async fn kick_member(
        &self,
        request: Request<wire::KickMemberRequest>,
    ) -> Reply<wire::KickMemberResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let of = person(&request.subject_id, "subject_id")?;
        let until = self.0.kick_member(&caller, &RoomKey::parse(&request.room)?, of, &request).await?;
        reply(wire::KickMemberResponse { until: Some(timestamp(until)) })
    }

    async fn ban_member(&self, request: Request<wire::BanMemberRequest>) -> Reply<wire::BanMemberResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let of = person(&request.subject_id, "subject_id")?;
        let ban = self.0.ban_member(&caller, &RoomKey::parse(&request.room)?, of, &request).await?;
        reply(wire::BanMemberResponse { ban: Some(ban.into()) })
    }

    async fn list_bans(&self, request: Request<wire::ListBansRequest>) -> Reply<wire::ListBansResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let (bans, next_page_token) = self.0.list_bans(&caller, &room, &request).await?;
        reply(wire::ListBansResponse { bans: bans.into_iter().map(Into::into).collect(), next_page_token })
    }

    async fn unban(&self, request: Request<wire::UnbanRequest>) -> Reply<wire::UnbanResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let of = person(&request.subject_id, "subject_id")?;
        self.0.unban(&caller, &RoomKey::parse(&request.room)?, of).await?;
        reply(wire::UnbanResponse {})
    }

    async fn get_access(&self, request: Request<wire::GetAccessRequest>) -> Reply<wire::GetAccessResponse> {
        let caller = caller(&request)?;
        let access = self.0.get_access(&caller, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(access.into())
    }

    async fn create_ticket(
        &self,
        request: Request<wire::CreateTicketRequest>,
    ) -> Reply<wire::CreateTicketResponse> {
        let caller = caller(&request)?;
        let room = RoomKey::parse(&request.get_ref().room)?;
        let (ticket, expires_at) = self.0.create_ticket(&caller, &room).await?;
        reply(wire::CreateTicketResponse {
            ticket: ticket.into_text(),
            expires_at: Some(timestamp(expires_at)),
        })
    }

    async fn redeem_ticket(
        &self,
        request: Request<wire::RedeemTicketRequest>,
    ) -> Reply<wire::RedeemTicketResponse> {
        let request = request.into_inner();
        let (identity, access) =
            self.0.redeem_ticket(&RoomKey::parse(&request.room)?, &Ticket::from_text(request.ticket)).await?;
        reply(wire::RedeemTicketResponse { identity: Some(identity), access: Some(access.into()) })
    }
}
