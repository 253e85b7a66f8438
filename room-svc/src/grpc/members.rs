//! Members, access and tickets.

use proto::room::v1::{self as wire, AccessState, member_service_server::MemberService};
use tonic::Request;

use super::{Grpc, Reply, caller, network, person, reply};
use crate::{
    app::{JoinOutcome, Started},
    domain::{RoomKey, Ticket, timestamp},
    error::Error,
};

#[tonic::async_trait]
impl MemberService for Grpc {
    async fn join_room(&self, request: Request<wire::JoinRoomRequest>) -> Reply<wire::JoinRoomResponse> {
        let (caller, network) = (caller(&request)?, network(&request));
        reply(match self.0.join_room(&caller, request.get_ref(), network).await? {
            JoinOutcome::Joined(joined) => {
                let ticket = joined.ticket.map(|(ticket, until)| (ticket.into_text(), timestamp(until)));
                let (ticket, ticket_expires_at) = ticket.unzip();
                wire::JoinRoomResponse {
                    room: Some(joined.room.into()),
                    member: Some(joined.member.into()),
                    ticket: ticket.unwrap_or_default(),
                    ticket_expires_at,
                    state: AccessState::Enter.into(),
                    ..Default::default()
                }
            }
            JoinOutcome::Missing { room, state, request } => wire::JoinRoomResponse {
                room: Some((*room).into()),
                state: state.into(),
                retry_after_ms: poll_after(state),
                request: request.map(Into::into),
                ..Default::default()
            },
        })
    }

    async fn get_join_state(
        &self,
        request: Request<wire::GetJoinStateRequest>,
    ) -> Reply<wire::GetJoinStateResponse> {
        let (caller, network) = (caller(&request)?, network(&request));
        let (room, state) = self.0.join_state(&caller, request.get_ref(), network).await?;
        let capacity = room.settings.max_participants;
        let response = wire::GetJoinStateResponse { room: Some(room.into()), ..Default::default() };
        reply(match state {
            Ok((state, request)) => wire::GetJoinStateResponse {
                state: state.into(),
                retry_after_ms: poll_after(state),
                request: request.map(Into::into),
                ..response
            },
            Err(Error::KeptOut(bar)) => wire::GetJoinStateResponse {
                state: if bar.is_ban { AccessState::Banned } else { AccessState::Cooldown }.into(),
                until: bar.until.map(timestamp),
                by_name: bar.by_name,
                note: bar.note,
                ..response
            },
            Err(Error::JoinDeclined { by, until }) => wire::GetJoinStateResponse {
                state: AccessState::Declined.into(),
                until: Some(timestamp(until)),
                by_name: by,
                ..response
            },
            Err(Error::GuestsNotAllowed) => {
                wire::GetJoinStateResponse { state: AccessState::SignIn.into(), ..response }
            }
            Err(Error::RoomClosed) => {
                wire::GetJoinStateResponse { state: AccessState::Closed.into(), ..response }
            }
            Err(Error::RoomFull(_)) => {
                wire::GetJoinStateResponse { state: AccessState::Full.into(), capacity, ..response }
            }
            Err(error) => return Err(error.into()),
        })
    }

    async fn start_room_password_proof(
        &self,
        request: Request<wire::StartRoomPasswordProofRequest>,
    ) -> Reply<wire::StartRoomPasswordProofResponse> {
        let (caller, network, request) = (caller(&request)?, network(&request), request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let started = self.0.start_password_proof(&caller, &room, &request.start, network).await?;
        reply(wire::StartRoomPasswordProofResponse {
            key_stretching: Some(stretching(&started)),
            proof_id: started.id,
            response: started.response,
        })
    }

    async fn start_room_password(
        &self,
        request: Request<wire::StartRoomPasswordRequest>,
    ) -> Reply<wire::StartRoomPasswordResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let started = self.0.start_room_password(&caller, &room, &request.start).await?;
        reply(wire::StartRoomPasswordResponse {
            key_stretching: Some(stretching(&started)),
            registration_id: started.id,
            response: started.response,
        })
    }

    async fn set_room_password(
        &self,
        request: Request<wire::SetRoomPasswordRequest>,
    ) -> Reply<wire::SetRoomPasswordResponse> {
        let (caller, network, request) = (caller(&request)?, network(&request), request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let room = self.0.set_room_password(&caller, &room, &request, network).await?;
        reply(wire::SetRoomPasswordResponse { room: Some(room.into()) })
    }

    async fn cancel_join_request(
        &self,
        request: Request<wire::CancelJoinRequestRequest>,
    ) -> Reply<wire::CancelJoinRequestResponse> {
        let caller = caller(&request)?;
        self.0.cancel_join_request(&caller, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::CancelJoinRequestResponse {})
    }

    async fn list_join_requests(
        &self,
        request: Request<wire::ListJoinRequestsRequest>,
    ) -> Reply<wire::ListJoinRequestsResponse> {
        let caller = caller(&request)?;
        let requests = self.0.list_join_requests(&caller, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::ListJoinRequestsResponse { requests: requests.into_iter().map(Into::into).collect() })
    }

    async fn decide_join_request(
        &self,
        request: Request<wire::DecideJoinRequestRequest>,
    ) -> Reply<wire::DecideJoinRequestResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let of = person(&request.subject_id, "subject_id")?;
        self.0.decide_join_request(&caller, &RoomKey::parse(&request.room)?, of, &request).await?;
        reply(wire::DecideJoinRequestResponse {})
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

/// How many milliseconds a person who waits should let pass before the next look.
fn poll_after(state: AccessState) -> i32 {
    if state == AccessState::Pending { 3000 } else { 0 }
}

fn stretching(started: &Started) -> wire::RoomKeyStretching {
    let passwords::Stretching { iterations, memory_kib, parallelism } = started.stretching;
    wire::RoomKeyStretching { iterations, memory_kib, parallelism }
}
