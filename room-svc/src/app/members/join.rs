//! The door of a room: joins it, or tells what is still missing.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use proto::room::v1::{
    AccessState, InvitesChanged, JoinRequestsChanged, JoinRoomRequest, PasswordProof, Role, room_event::Kind,
};
use sqlx::PgConnection;

use crate::{
    app::{App, unit::Unit},
    domain::{
        Caller, Invite, JoinDecision, JoinRequest, Member, Room, RoomKey, RoomPassword, Ticket, Traces,
        invite_code,
    },
    error::{Error, Result},
    store::{bars, invites, join_requests, members, passwords, seats, standings},
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

/// What a person brings to the door.
#[derive(Default)]
struct Brought {
    traces: Traces,
    /// The record that their password opened.
    password: Option<RoomPassword>,
    /// The code of an invite.
    invite: Option<String>,
}

/// What a person meets at the door of a room that they are no member of.
enum Door {
    Open(Option<Invite>),
    Missing(AccessState, Option<JoinRequest>),
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
                self.guard.check_code(network).await?;
                return Err(error);
            }
            found => found?,
        };
        caller.admitted_to(room.id)?;
        let mut brought = Brought::default();
        if member.is_none() && room.owner_id != caller.id {
            self.guard.check_joins(network).await?;
            if matches!(key, RoomKey::Code(_)) {
                self.guard.check_code(network).await?;
            }
            let proof: Option<&PasswordProof> = request.password_proof.as_ref();
            brought = Brought {
                traces: Traces::new(room.id, &request.device_id, network),
                password: self.prove_password(room.id, &request.password, proof, network).await?,
                invite: Some(invite_code(&request.invite)).filter(|code| !code.is_empty()),
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
        let mut unit = self.open(key, caller).await?;
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
        let invite = match door(unit.db(), &room, caller, brought, now).await? {
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
                let room = Box::new(room);
                return Ok(JoinOutcome::Missing {
                    room,
                    state: AccessState::Pending,
                    request: Some(request),
                });
            }
            Door::Missing(state, request) => {
                return Ok(JoinOutcome::Missing { room: Box::new(room), state, request });
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
        room: &str,
        device: &str,
        network: Option<IpAddr>,
    ) -> Result<(Room, Result<(AccessState, Option<JoinRequest>)>)> {
        let key = RoomKey::parse(room)?;
        let (room, member) = match members::standing(&self.pool, &key, caller.id).await {
            Err(error @ Error::RoomNotFound(_)) => {
                self.guard.check_code(network).await?;
                self.guard.wrong_code(network, room).await;
                return Err(error);
            }
            found => found?,
        };
        caller.admitted_to(room.id)?;
        if let Err(closed) = room.must_be_open() {
            return Ok((room, Err(closed)));
        }
        if member.is_some() || room.owner_id == caller.id {
            return Ok((room, Ok((AccessState::Enter, None))));
        }
        let brought = Brought { traces: Traces::new(room.id, device, network), ..Brought::default() };
        let now = self.clock.now();
        let mut tx = self.snapshot().await?;
        let met = door(&mut tx, &room, caller, &brought, now).await;
        let has_seat = seats::is_free(&mut *tx, &room, caller.id, now).await?;
        tx.commit().await?;
        let state = match met {
            Ok(Door::Open(_)) if !has_seat => Err(Error::RoomFull(room.settings.max_participants)),
            Ok(Door::Open(_)) => Ok((AccessState::Join, None)),
            Ok(Door::Missing(state, request)) => Ok((state, request)),
            Err(error) if error.is_refusal() => Err(error),
            Err(error) => return Err(error),
        };
        Ok((room, state))
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

/// The one order of what stands between a person and a room. An owner who has left may always come back.
async fn door(
    db: &mut PgConnection,
    room: &Room,
    caller: &Caller,
    brought: &Brought,
    now: DateTime<Utc>,
) -> Result<Door> {
    room.must_be_open()?;
    if room.owner_id == caller.id {
        return Ok(Door::Open(None));
    }
    if let Some(bar) = bars::of(&mut *db, room.id, caller.id, &brought.traces, now).await? {
        return Err(Error::KeptOut(Box::new(bar)));
    }
    if caller.as_member(now).role == Role::Guest && room.settings.guests_forbidden {
        return Err(Error::GuestsNotAllowed);
    }
    let invite = match &brought.invite {
        Some(code) => {
            let found = invites::get(&mut *db, code).await?.filter(|invite| invite.room == room.id);
            let invite = found.ok_or_else(|| Error::InviteNotFound(code.clone()))?;
            invite.usable(now)?;
            Some(invite)
        }
        None => None,
    };
    let request = join_requests::of(&mut *db, room.id, caller.id).await?;
    match request.as_ref().map(|request| &request.decision) {
        // They gave the password when they asked.
        Some(JoinDecision::Approved) => return Ok(Door::Open(invite)),
        Some(JoinDecision::Declined { by_name, until }) if invite.is_none() && now < *until => {
            return Err(Error::JoinDeclined { by: by_name.clone(), until: *until });
        }
        Some(JoinDecision::Waits) if invite.as_ref().is_none_or(|invite| !invite.skips_approval) => {
            return Ok(Door::Missing(AccessState::Pending, request));
        }
        _ => {}
    }
    // A password that was changed since it was proved is none.
    if invite.is_none() {
        let password = passwords::get(&mut *db, room.id).await?;
        if password.is_some() && password != brought.password {
            return Ok(Door::Missing(AccessState::Password, None));
        }
    }
    if room.asks_approval() && invite.as_ref().is_none_or(|invite| !invite.skips_approval) {
        return Ok(Door::Missing(AccessState::RequestApproval, None));
    }
    Ok(Door::Open(invite))
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
