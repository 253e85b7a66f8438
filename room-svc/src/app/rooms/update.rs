//! Changes a room's settings.

use proto::room::v1::{Permission, UpdateRoomRequest, room_event::Kind};

use crate::{
    app::App,
    domain::{Caller, Room, RoomKey, updated},
    error::{Error, Result},
    store::{members, rooms},
};

impl App {
    /// Changes the settings that the request's mask names. Without a difference nothing happens. Only the owner changes
    /// who gets the room next: anyone else who manages settings could take the room over.
    pub(crate) async fn update_room(
        &self,
        caller: &Caller,
        room: &RoomKey,
        request: &UpdateRoomRequest,
    ) -> Result<Room> {
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::ManageSettings)?;
        let old = unit.room().clone();
        let new = updated(&old, request)?;
        if !new.policy.hands_over_like(&old.policy) && old.owner_id != caller.id {
            return Err(Error::NotTheOwner);
        }
        if new.policy.has_delegate() {
            let delegate = match new.policy.delegate() {
                Some(delegate) => members::standing(unit.db(), &old.id.into(), delegate).await?.1,
                None => None,
            };
            if delegate.is_none() {
                return Err(Error::Field {
                    field: "policy.delegate_id",
                    what: "must be a member of this room, or empty",
                });
            }
        }
        if (&new.name, &new.policy) == (&old.name, &old.policy) {
            return Ok(old);
        }
        rooms::save(&mut unit, &new).await?;
        unit.commit(Kind::RoomUpdated(new.clone().into())).await?;
        Ok(new)
    }
}
