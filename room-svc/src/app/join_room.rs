//! Joins a room.

use chrono::{DateTime, Utc};
use proto::{
    common::v1::Identity,
    room::v1::{Role, room_event::Kind},
};

use super::App;
use crate::{
    domain::{Member, Room, RoomKey, Ticket, admits, joining_role},
    error::{Error, Result},
    store::{members, outbox, rooms},
};

/// What somebody has who has joined.
pub(crate) struct Joined {
    pub(crate) room: Room,
    pub(crate) member: Member,
    /// Spares them the way to ask for it. It may be missing: they are a member all the same.
    pub(crate) ticket: Option<(Ticket, DateTime<Utc>)>,
}

impl App {
    /// Makes the caller a member, and gives them what opens the room's WebSocket.
    pub(crate) async fn join_room(&self, caller: &Identity, room: &RoomKey) -> Result<Joined> {
        let (room, member) = self.become_member(caller, room).await?;
        let ticket = self.issue_ticket(caller, room.id).await.inspect_err(|error| {
            tracing::warn!(%error, room_id = %room.id, "cannot make a ticket for someone who joined");
        });
        Ok(Joined { room, member, ticket: ticket.ok() })
    }

    /// Who is one already stays as they are, under the name that they have now.
    async fn become_member(&self, caller: &Identity, room: &RoomKey) -> Result<(Room, Member)> {
        let now = self.clock.now();
        let mut tx = pg::begin(&self.pool).await?;
        let id = rooms::lock(&mut tx, room).await?;
        let (room, member) = members::standing(&mut *tx, &id.into(), &caller.subject_id).await?;
        admits(id, caller)?;
        let role = joining_role(caller);
        match member {
            Some(member) if member.display_name == caller.display_name => return Ok((room, member)),
            Some(_) => members::rename(&mut tx, id, &caller.subject_id, &caller.display_name).await?,
            // The owner of a room that they have left may always come back to it, guest or not.
            None if role == Role::Guest && room.guests_forbidden && room.owner_id != caller.subject_id => {
                return Err(Error::GuestsNotAllowed);
            }
            None if room.member_count >= room.max_members => return Err(Error::RoomFull(room.max_members)),
            None => members::insert(&mut tx, id, &caller.subject_id, &caller.display_name, role, now).await?,
        }
        let (room, member) = members::standing(&mut *tx, &id.into(), &caller.subject_id).await?;
        let member = member.ok_or(Error::NotAMember)?;
        outbox::append(&mut tx, id, Kind::MemberJoined(member.clone().into()), now).await?;
        self.commit(tx).await?;
        Ok((room, member))
    }
}
