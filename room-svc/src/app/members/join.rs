//! Joins a room.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use proto::room::v1::{self as wire, Role, room_event::Kind};

use crate::{
    app::App,
    domain::{Caller, Member, Room, RoomKey, Ticket, Traces},
    error::{Error, Result},
    store::{bars, members, seats, standings},
};

/// A seat that lasts for this long yet need not be kept again.
const SEAT_LASTS: TimeDelta = TimeDelta::seconds(10);

/// What a person gets who has joined.
pub(crate) struct Joined {
    pub(crate) room: Room,
    pub(crate) member: Member,
    /// A ticket for the room's WebSocket and when it expires. `None` when the store of tickets does not answer: the
    /// person is a member all the same.
    pub(crate) ticket: Option<(Ticket, DateTime<Utc>)>,
}

impl App {
    /// Makes the caller a member and creates a ticket.
    pub(crate) async fn join_room(
        &self,
        caller: &Caller,
        room: &RoomKey,
        device: &str,
        network: Option<IpAddr>,
    ) -> Result<Joined> {
        let (room, member) = self.become_member(caller, room, device, network).await?;
        let ticket = self.issue_ticket(caller, room.id).await.inspect_err(|error| {
            tracing::warn!(%error, room_id = %room.id, "cannot create a ticket for a person who joined");
        });
        Ok(Joined { room, member, ticket: ticket.ok() })
    }

    /// A member stays one, under the name of the present token.
    async fn become_member(
        &self,
        caller: &Caller,
        room: &RoomKey,
        device: &str,
        network: Option<IpAddr>,
    ) -> Result<(Room, Member)> {
        let mut unit = self.open(room, caller).await?;
        let (room, member) = (unit.room().clone(), unit.member().ok().cloned());
        room.must_be_open()?;
        let joining = caller.as_member(unit.now());
        let (now, traces) = (unit.now(), Traces::new(room.id, device, network));
        let announce: fn(wire::Member) -> Kind = match member {
            Some(member) if member.display_name == joining.display_name => {
                seats::claim(&mut unit, &room, caller.id, self.sections.rooms.seat_grace()).await?;
                unit.commit_told().await?;
                return Ok((room, member));
            }
            Some(_) => {
                members::rename(&mut unit, &joining).await?;
                Kind::MemberChanged
            }
            None if !self.sections.rooms.enabled => return Err(Error::RoomsOff),
            None => {
                // An owner who has left may always come back, guest or not.
                if room.owner_id != caller.id {
                    if let Some(bar) = bars::of(unit.db(), room.id, caller.id, &traces, now).await? {
                        return Err(Error::KeptOut(Box::new(bar)));
                    }
                    if joining.role == Role::Guest && room.settings.guests_forbidden {
                        return Err(Error::GuestsNotAllowed);
                    }
                }
                members::insert(&mut unit, &joining).await?;
                standings::trace(&mut unit, caller.id, &traces).await?;
                Kind::MemberJoined
            }
        };
        seats::claim(&mut unit, &room, caller.id, self.sections.rooms.seat_grace()).await?;
        let (room, member) = members::standing(unit.db(), &room.id.into(), caller.id).await?;
        let member = member.ok_or(Error::NotAMember)?;
        unit.commit(announce(member.clone().into())).await?;
        Ok((room, member))
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
