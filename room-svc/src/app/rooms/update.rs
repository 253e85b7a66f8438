//! Changes a room's settings.

use std::collections::HashSet;

use ids::SubjectId;
use proto::room::v1::{Permission, UpdateRoomRequest, room_event::Kind};

use crate::{
    app::{App, permissions::preset, unit::Unit},
    domain::{Caller, Policy, Room, RoomKey},
    error::{Error, Result},
    store::{expiry, members, rooms},
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
        let settings = old.settings.changed(request, &self.sections.rooms.defaults(), unit.now())?;
        if settings == old.settings {
            return Ok(old);
        }
        if !settings.policy.hands_over_like(&old.settings.policy) {
            if old.owner_id != caller.id {
                return Err(Error::NotTheOwner);
            }
            delegates_are_members(&mut unit, &settings.policy).await?;
        }
        if settings.playback_control != old.settings.playback_control {
            if old.owner_id != caller.id {
                return Err(Error::NotTheOwner);
            }
            preset::apply(&mut unit, settings.playback_control).await?;
        }
        let new = Room { settings, ..old };
        rooms::save(&mut unit, &new).await?;
        expiry::reschedule(unit.db(), &[new.id], &self.sections.lifetimes()).await?;
        let new = Room { expires_at: rooms::get(unit.db(), &new.id.into()).await?.expires_at, ..new };
        unit.commit(Kind::RoomUpdated(new.clone().into())).await?;
        Ok(new)
    }
}

async fn delegates_are_members(unit: &mut Unit<'_>, policy: &Policy) -> Result<()> {
    let no_member =
        Error::Field { field: "policy.delegate_ids", what: "must be ids of members of this room" };
    let Ok(named) = policy.delegates().map(str::parse).collect::<Result<Vec<SubjectId>, _>>() else {
        return Err(no_member);
    };
    let room = unit.room_id();
    let members: HashSet<_> = members::among(unit.db(), room, &named).await?.into_iter().collect();
    if named.iter().all(|delegate| members.contains(delegate)) { Ok(()) } else { Err(no_member) }
}
