//! The door of a room: joins it, or tells what is still missing.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use proto::room::v1::{
    AccessState, GetJoinStateRequest, InvitesChanged, JoinRequestsChanged, JoinRoomRequest, PasswordProof,
    room_event::Kind,
};

use super::door::{Brought, Door, door};
use crate::{
    app::{App, unit::Unit},
    domain::{
        Caller, JoinDecision, JoinRequest, Member, Room, RoomKey, Ticket, Traces, at_door, invite_code,
    },
    error::{Error, Result},
    store::{invites, join_requests, members, seats, standings},
};

/// A seat that lasts for this long yet need not be kept again.
const SEAT_LASTS: TimeDelta = TimeDelta::seconds(10);
/// People who wait to be let into one room at most.
const MOST_WAITING: i64 = 100;

/// What a person gets who has joined.
pub(crate) struct Joined {
    pub(crate) room: Room,
    pub(crate) member: Member,
    /// A ticket for the room's WebSocket and when it expires. `None` when the store of tickets does not answer: the
    /// person is a member all the same.
    pub(crate) ticket: Option<(Ticket, DateTime<Utc>)>,
}

/// What became of a join.
pub(crate) enum JoinOutcome {
    Joined(Box<Joined>),
    /// What the person has to bring, and their request where one waits.
    Missing {
        room: Box<Room>,
        state: AccessState,
        request: Option<JoinRequest>,
    },
}

impl App {
    /// Makes the caller a member and creates a ticket, or says what is missing. Counts what is refused.
    pub(crate) async fn join_room(
        &self,
        caller: &Caller,
        request: &JoinRoomRequest,
        network: Option<IpAddr>,
    ) -> Result<JoinOutcome> {
        let entry = self.enter(caller, request, network).await;
        match &entry {
            Err(Error::RoomNotFound(code) | Error::InviteNotFound(code)) => {
                self.guard.wrong_code(network, code).await;
                self.guard.refused_join(network).await;
            }
            Err(error) if error.is_refusal() => self.guard.refused_join(network).await,
            _ => {}
        }
        entry
    }

    async fn enter(
        &self,
        caller: &Caller,
        request: &JoinRoomRequest,
        network: Option<IpAddr>,
    ) -> Result<JoinOutcome> {
        let key = RoomKey::parse(&request.room)?;
        // A member is let in whatever others of the network do; nobody else learns more than the block.
        let (room, member) = match members::standing(&self.pool, &key, caller.id).await {
            Err(error @ Error::RoomNotFound(_)) => {
                self.guard.check_code(network, &request.room).await?;
                return Err(error);
            }
            found => found?,
        };
        caller.admitted_to(room.id)?;
        let mut brought = Brought::default();
        if member.is_none() && room.owner_id != caller.id {
            self.guard.check_joins(network, &room.code).await?;
            let invite = Some(invite_code(&request.invite)).filter(|code| !code.is_empty());
            if matches!(key, RoomKey::Code(_)) || invite.is_some() {
                self.guard.check_code(network, &request.room).await?;
            }
            self.must_find_now((&key, &room), caller, invite.as_deref()).await?;
            let proof: Option<&PasswordProof> = request.password_proof.as_ref();
            brought = Brought {
                traces: Traces::new(room.id, &request.device_id, network),
                password: self.prove_password(&room, &request.password, proof, network).await?,
                invite,
            };
        }
        let message = request.application.as_ref().map(|application| application.message.trim());
        self.pass(caller, &key, &brought, message).await
    }

    /// Decides with the room's lock held, so that the last seat and the last use of an invite are given once.
    async fn pass(
        &self,
        caller: &Caller,
        key: &RoomKey,
        brought: &Brought,
        message: Option<&str>,
    ) -> Result<JoinOutcome> {
        let mut unit = self.open_invited(key, caller, brought.invite.as_deref()).await?;
        let (room, now) = (unit.room().clone(), unit.now());
        room.must_be_open()?;
        let joining = caller.as_member(now);
        if let Ok(member) = unit.member().cloned() {
            seats::claim(&mut unit, &room, caller.id, self.sections.rooms.seat_grace()).await?;
            if member.display_name == joining.display_name {
                unit.commit_told().await?;
                return self.with_ticket(caller, room, member).await;
            }
            members::rename(&mut unit, &joining).await?;
            let member = Member { display_name: joining.display_name, ..member };
            unit.commit(Kind::MemberChanged(member.clone().into())).await?;
            return self.with_ticket(caller, room, member).await;
        }
        let invite = match door(unit.db(), (key, &room), caller, brought, now).await? {
            Door::Open(invite) => invite,
            Door::Missing(AccessState::RequestApproval, _) if message.is_some() => {
                let request = JoinRequest {
                    subject_id: caller.id,
                    display_name: joining.display_name,
                    message: message.unwrap_or_default().to_owned(),
                    requested_at: now,
                    decision: JoinDecision::Waits,
                };
                ask(unit, &request).await?;
                let room = Box::new(at_door(room));
                return Ok(JoinOutcome::Missing {
                    room,
                    state: AccessState::Pending,
                    request: Some(request),
                });
            }
            Door::Missing(state, request) => {
                return Ok(JoinOutcome::Missing { room: Box::new(at_door(room)), state, request });
            }
        };
        if !self.sections.rooms.enabled {
            return Err(Error::RoomsOff);
        }
        members::insert(&mut unit, &joining).await?;
        standings::trace(&mut unit, caller.id, &brought.traces).await?;
        seats::claim(&mut unit, &room, caller.id, self.sections.rooms.seat_grace()).await?;
        if let Some(invite) = invite {
            invites::take_one(&mut unit, &invite.code, &joining).await?;
            unit.tell(Kind::InvitesChanged(InvitesChanged {})).await?;
        }
        if join_requests::remove(&mut unit, caller.id).await? {
            unit.tell(Kind::JoinRequestsChanged(JoinRequestsChanged {})).await?;
        }
        let (room, member) = members::standing(unit.db(), &room.id.into(), caller.id).await?;
        let member = member.ok_or(Error::NotAMember)?;
        unit.commit(Kind::MemberJoined(member.clone().into())).await?;
        self.with_ticket(caller, room, member).await
    }

    async fn with_ticket(&self, caller: &Caller, room: Room, member: Member) -> Result<JoinOutcome> {
        let ticket = self.issue_ticket(caller, room.id).await.inspect_err(|error| {
            tracing::warn!(%error, room_id = %room.id, "cannot create a ticket for a person who joined");
        });
        Ok(JoinOutcome::Joined(Box::new(Joined { room, member, ticket: ticket.ok() })))
    }

    /// What the caller meets at the door. Changes nothing, and counts a wrong code.
    pub(crate) async fn join_state(
        &self,
        caller: &Caller,
        request: &GetJoinStateRequest,
        network: Option<IpAddr>,
    ) -> Result<(Room, Result<(AccessState, Option<JoinRequest>)>)> {
        let met = self.met_at_door(caller, request, network).await;
        if let Err(Error::RoomNotFound(code) | Error::InviteNotFound(code))
        | Ok((_, Err(Error::InviteNotFound(code)))) = &met
        {
            self.guard.wrong_code(network, code).await;
        }
        met
    }

    async fn met_at_door(
        &self,
        caller: &Caller,
        request: &GetJoinStateRequest,
        network: Option<IpAddr>,
    ) -> Result<(Room, Result<(AccessState, Option<JoinRequest>)>)> {
        let key = RoomKey::parse(&request.room)?;
        let invite = Some(invite_code(&request.invite)).filter(|code| !code.is_empty());
        if invite.is_some() {
            self.guard.check_code(network, &request.room).await?;
        }
        let (room, member) = match members::standing(&self.pool, &key, caller.id).await {
            Err(error @ Error::RoomNotFound(_)) => {
                self.guard.check_code(network, &request.room).await?;
                return Err(error);
            }
            found => found?,
        };
        caller.admitted_to(room.id)?;
        let now = self.clock.now();
        let mut tx = self.snapshot().await?;
        if member.is_none() {
            Self::must_find(&mut tx, (&key, &room), caller, invite.as_deref(), now).await?;
        }
        if let Err(closed) = room.must_be_open() {
            return Ok((at_door(room), Err(closed)));
        }
        if member.is_some() || room.owner_id == caller.id {
            return Ok((room, Ok((AccessState::Enter, None))));
        }
        let traces = Traces::new(room.id, &request.device_id, network);
        let brought = Brought { traces, invite, ..Brought::default() };
        let met = door(&mut tx, (&key, &room), caller, &brought, now).await;
        let has_seat = seats::is_free(&mut *tx, &room, caller.id, now).await?;
        tx.commit().await?;
        let state = match met {
            Ok(Door::Open(_)) if !has_seat => Err(Error::RoomFull(room.settings.max_participants)),
            Ok(Door::Open(_)) => Ok((AccessState::Join, None)),
            Ok(Door::Missing(state, request)) => Ok((state, request)),
            Err(error) if error.is_refusal() => Err(error),
            Err(error) => return Err(error),
        };
        Ok((at_door(room), state))
    }

    /// Keeps a seat for a member who is about to connect. Fails when all seats are taken by now, and for a closed room.
    pub(super) async fn keep_seat(&self, caller: &Caller, room: &Room) -> Result<()> {
        room.must_be_open()?;
        if seats::is_taken(&self.pool, room.id, caller.id, self.clock.now() + SEAT_LASTS).await? {
            return Ok(());
        }
        let mut unit = self.open(&room.id.into(), caller).await?;
        let room = unit.room().clone();
        seats::claim(&mut unit, &room, caller.id, self.sections.rooms.seat_grace()).await?;
        unit.commit_told().await
    }
}

/// Adds a request that waits, and commits.
async fn ask(mut unit: Unit<'_>, request: &JoinRequest) -> Result<()> {
    let id = unit.room_id();
    let waiting = join_requests::waiting(unit.db(), id, MOST_WAITING).await?;
    if waiting.len() >= usize::try_from(MOST_WAITING).unwrap_or(usize::MAX) {
        return Err(Error::ListFull { list: "people who wait", max: MOST_WAITING });
    }
    join_requests::insert(&mut unit, request).await?;
    unit.commit(Kind::JoinRequestsChanged(JoinRequestsChanged {})).await
}
