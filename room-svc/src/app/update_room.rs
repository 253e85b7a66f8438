//! Changes a room's settings.

use proto::{
    common::v1::Identity,
    room::v1::{Permission, PlaybackPolicy, room_event::Kind},
};

use super::{App, get_access::access};
use crate::{
    domain::{Policy, Room, RoomKey},
    error::{Error, Result},
    store::{members, outbox, rooms},
};

impl App {
    /// Changes what is given: the policy as a whole, the name unless it is empty. Where it is so already, nothing
    /// happens. To whom the room goes is the owner's to decide, or whoever else manages settings could take it.
    pub(crate) async fn update_room(
        &self,
        caller: &Identity,
        room: &RoomKey,
        name: &str,
        policy: Option<PlaybackPolicy>,
    ) -> Result<Room> {
        let mut tx = pg::begin(&self.pool).await?;
        let id = rooms::lock(&mut tx, room).await?;
        let access = access(&mut *tx, caller, &id.into()).await?;
        access.need(Permission::ManageSettings)?;
        let old = access.room;
        let mut new = old.clone();
        if !name.trim().is_empty() {
            name.trim().clone_into(&mut new.name);
        }
        if let Some(policy) = policy {
            new.policy = Policy::from(policy);
        }
        if !new.policy.hands_over_like(&old.policy) && old.owner_id != caller.subject_id {
            return Err(Error::NotTheOwner);
        }
        if let Some(delegate) = new.policy.delegate()
            && members::standing(&mut *tx, &id.into(), delegate).await?.1.is_none()
        {
            return Err(Error::Field {
                field: "policy.delegate_id",
                what: "must be a member of this room, or empty",
            });
        }
        if (&new.name, &new.policy) == (&old.name, &old.policy) {
            return Ok(old);
        }
        rooms::save(&mut tx, &new).await?;
        outbox::append(&mut tx, id, Kind::RoomUpdated(new.clone().into()), self.clock.now()).await?;
        self.commit(tx).await?;
        Ok(new)
    }
}
