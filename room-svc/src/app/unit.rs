//! The unit of work: the only way in which a use case changes a room.

use std::ops::{Deref, DerefMut};

use ids::RoomCode;
use outbox::Outbox;
use proto::room::v1::{Permission, RoomEvent, room_event::Kind};

use super::{App, chat::tell_in_chat};
use crate::{
    domain::{Caller, Member, Room, RoomKey, Settings},
    error::{Error, Result},
    store::{RoomTx, members, rooms},
};

/// One change of one room, in a transaction that holds the room's lock. It ends with [`Unit::commit`], which takes the
/// event that announces the change and wakes the readers of events: a change without the lock, the event or the wake-up
/// cannot be written. Dropped without a commit, it changes nothing.
pub(crate) struct Unit<'a> {
    tx: RoomTx,
    outbox: &'a Outbox,
    room: Room,
    member: Option<Member>,
}

impl App {
    /// Opens a room for a change by a person, who need not be a member. Fails for a room that they do not find.
    pub(super) async fn open(&self, room: &RoomKey, caller: &Caller) -> Result<Unit<'_>> {
        self.open_invited(room, caller, None).await
    }

    /// As [`App::open`], for a person who may have an invite.
    pub(super) async fn open_invited(
        &self,
        room: &RoomKey,
        caller: &Caller,
        invite: Option<&str>,
    ) -> Result<Unit<'_>> {
        let mut unit = self.open_unfound(room, caller).await?;
        if unit.member.is_none() {
            let (found, now) = (unit.room.clone(), unit.now());
            Self::must_find(unit.db(), (room, &found), caller, invite, now).await?;
        }
        Ok(unit)
    }

    /// As [`App::open`], for a person who need not find the room, because they have its secret.
    pub(super) async fn open_unfound(&self, room: &RoomKey, caller: &Caller) -> Result<Unit<'_>> {
        let mut tx =
            RoomTx::open(&self.pool, room, Some((caller.id, caller.name().to_owned())), self.clock.now())
                .await?;
        let id = tx.room_id();
        let (room, member) = members::standing(tx.db(), &id.into(), caller.id).await?;
        caller.admitted_to(id)?;
        Ok(Unit { tx, outbox: &self.outbox, room, member })
    }

    /// Opens a room for a change by another service.
    pub(super) async fn open_for_service(&self, room: &RoomKey) -> Result<Unit<'_>> {
        let mut tx = RoomTx::open(&self.pool, room, None, self.clock.now()).await?;
        let id = tx.room_id();
        let room = rooms::get(tx.db(), &id.into()).await?;
        Ok(Unit { tx, outbox: &self.outbox, room, member: None })
    }

    /// Opens a room that has expired, if there is one that nobody else has open.
    pub(super) async fn open_expired(&self) -> Result<Option<Unit<'_>>> {
        let Some(mut tx) = RoomTx::open_expired(&self.pool, self.clock.now()).await? else { return Ok(None) };
        let id = tx.room_id();
        let room = rooms::get(tx.db(), &id.into()).await?;
        Ok(Some(Unit { tx, outbox: &self.outbox, room, member: None }))
    }

    /// Opens a new room, without members. `None` when the code, or the request of this person, is already used.
    pub(super) async fn open_new(
        &self,
        settings: &Settings,
        code: &RoomCode,
        owner: &Caller,
        request_id: Option<&str>,
    ) -> Result<Option<Unit<'_>>> {
        let created = RoomTx::create(
            &self.pool,
            code,
            settings,
            (owner.id, owner.name()),
            request_id,
            self.clock.now(),
        )
        .await?;
        Ok(created.map(|(tx, room)| Unit { tx, outbox: &self.outbox, room, member: None }))
    }
}

impl Unit<'_> {
    /// The room before the change.
    pub(super) fn room(&self) -> &Room {
        &self.room
    }

    /// The caller as a member. Fails for everyone else.
    pub(super) fn member(&self) -> Result<&Member> {
        self.member.as_ref().ok_or(Error::NotAMember)
    }

    /// The caller, if they are a member with this permission.
    pub(super) fn need(&self, permission: Permission) -> Result<&Member> {
        let member = self.member()?;
        member.need_at(permission, self.now())?;
        Ok(member)
    }

    /// Announces one of several parts of the change; [`Unit::commit`] announces the last.
    pub(super) async fn tell(&mut self, kind: Kind) -> Result<()> {
        self.announce(RoomEvent { kind: Some(kind), ..RoomEvent::default() }).await
    }

    /// Adds an event to the outbox, and what it means to people to the chat.
    async fn announce(&mut self, event: RoomEvent) -> Result<()> {
        self.tx.tell(event.clone()).await?;
        match tell_in_chat(&mut self.tx, &event, self.member.as_ref()).await? {
            Some(kind) => self.tx.tell(RoomEvent { kind: Some(kind), ..RoomEvent::default() }).await,
            None => Ok(()),
        }
    }

    /// Commits with the events that were announced so far: none where nobody needs to know, such as of a seat.
    pub(super) async fn commit_told(self) -> Result<()> {
        self.tx.commit().await?;
        self.outbox.committed();
        Ok(())
    }

    /// Announces the change, commits it and wakes the readers of events.
    pub(super) async fn commit(self, kind: Kind) -> Result<()> {
        self.commit_event(RoomEvent { kind: Some(kind), ..RoomEvent::default() }).await
    }

    /// As [`Unit::commit`], with an event that says more than what changed. Its ids are filled in.
    pub(super) async fn commit_event(mut self, event: RoomEvent) -> Result<()> {
        self.announce(event).await?;
        self.tx.commit().await?;
        self.outbox.committed();
        Ok(())
    }
}

impl Deref for Unit<'_> {
    type Target = RoomTx;

    fn deref(&self) -> &RoomTx {
        &self.tx
    }
}

impl DerefMut for Unit<'_> {
    fn deref_mut(&mut self) -> &mut RoomTx {
        &mut self.tx
    }
}
