//! Closes and reopens rooms.

use proto::room::v1::{CloseReason, Permission, RoomClosed, RoomDeleted, room_event::Kind};

use crate::{
    app::{App, unit::Unit},
    domain::{Caller, Closed, Lifetimes, Room, RoomKey, Settings},
    error::Result,
    store::{expiry, rooms},
};

impl App {
    /// Closes a room for everyone. Succeeds for a closed one.
    pub(crate) async fn close_room(&self, caller: &Caller, room: &RoomKey) -> Result<Room> {
        let unit = self.open(room, caller).await?;
        unit.need(Permission::ManageSettings)?;
        if unit.room().closed.is_some() {
            return Ok(unit.room().clone());
        }
        close(unit, CloseReason::ByHost, &self.sections.lifetimes()).await
    }

    /// Opens a closed room. An end that has passed is removed. Succeeds for an open one.
    pub(crate) async fn reopen_room(&self, caller: &Caller, room: &RoomKey) -> Result<Room> {
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::ManageSettings)?;
        let room = unit.room().clone();
        if room.closed.is_none() {
            return Ok(room);
        }
        let now = unit.now();
        let ends_at = room.settings.ends_at.filter(|at| *at > now);
        let reopened = Room { closed: None, settings: Settings { ends_at, ..room.settings.clone() }, ..room };
        rooms::save(&mut unit, &reopened).await?;
        expiry::restart(unit.db(), reopened.id, now).await?;
        expiry::reschedule(unit.db(), &[reopened.id], &self.sections.lifetimes()).await?;
        let reopened = rooms::get(unit.db(), &reopened.id.into()).await?;
        unit.commit(Kind::RoomUpdated(reopened.clone().into())).await?;
        Ok(reopened)
    }

    /// Closes rooms that have expired, and deletes those of guests that are closed for long enough. Safe on several replicas
    /// at once: each room is held by one.
    pub(crate) async fn end_expired_rooms(&self) -> Result<()> {
        while let Some(mut unit) = self.open_expired().await? {
            let room = unit.room().clone();
            if room.closed.is_some() {
                tracing::info!(room_id = %room.id, "deleting a room of a guest that ended");
                rooms::delete(&mut unit).await?;
                unit.commit(Kind::RoomDeleted(RoomDeleted {})).await?;
                continue;
            }
            let has_ended = room.settings.ends_at.is_some_and(|at| at <= unit.now());
            let reason = if has_ended { CloseReason::EndTime } else { CloseReason::Idle };
            tracing::info!(room_id = %room.id, ?reason, "closing a room that expired");
            close(unit, reason, &self.sections.lifetimes()).await?;
        }
        Ok(())
    }
}

async fn close(mut unit: Unit<'_>, reason: CloseReason, lifetimes: &Lifetimes) -> Result<Room> {
    let closed = Some(Closed { at: unit.now(), reason });
    let room = Room { closed, ..unit.room().clone() };
    rooms::save(&mut unit, &room).await?;
    expiry::reschedule(unit.db(), &[room.id], lifetimes).await?;
    let room = rooms::get(unit.db(), &room.id.into()).await?;
    unit.tell(Kind::RoomUpdated(room.clone().into())).await?;
    unit.commit(Kind::RoomClosed(RoomClosed { reason: reason.into() })).await?;
    Ok(room)
}
