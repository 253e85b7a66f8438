//! Who controls the playback: a preset over the roles.

use proto::room::v1::{PlaybackControl, Role, RolesChanged, room_event::Kind};

use crate::{
    app::unit::Unit,
    domain::{PLAYBACK, Permissions, Roles, Room, RoomRole},
    error::Result,
    store::{roles, rooms, standings},
};

/// Makes the roles of the room as the preset says, and announces them. The caller stores the setting.
pub(in crate::app) async fn apply(unit: &mut Unit<'_>, control: PlaybackControl) -> Result<()> {
    let id = unit.room_id();
    let all = Roles::of_stored(roles::list(unit.db(), id).await?);
    for role in all.iter() {
        let is_taken = match control {
            PlaybackControl::Unspecified | PlaybackControl::Everyone => false,
            PlaybackControl::Selected => !role.is_custom() && role.base != Role::Moderator,
            PlaybackControl::OwnerOnly => !role.is_custom(),
        };
        let mut changes = role.changes;
        // Custom roles keep what makes them special, except that OWNER_ONLY takes what they add.
        if !role.is_custom() || control == PlaybackControl::OwnerOnly {
            changes.added = changes.added.without(PLAYBACK);
        }
        if !role.is_custom() {
            changes.removed = changes.removed.without(PLAYBACK);
        }
        if is_taken {
            changes.removed = changes.removed | PLAYBACK;
        }
        if changes != role.changes {
            roles::save(unit, &RoomRole { changes, ..role.clone() }).await?;
        }
    }
    if control == PlaybackControl::OwnerOnly {
        standings::take_from_all(unit, PLAYBACK).await?;
    }
    unit.tell(Kind::RolesChanged(RolesChanged {})).await
}

/// Playback that somebody gains or a role loses makes the preset SELECTED: the room says what is so.
pub(in crate::app) async fn reconsider(
    unit: &mut Unit<'_>,
    gained: Permissions,
    lost: Permissions,
) -> Result<()> {
    let touches = |set: Permissions| set & PLAYBACK != Permissions::NONE;
    let room = unit.room().clone();
    let is_past = match room.settings.playback_control {
        PlaybackControl::OwnerOnly => touches(gained),
        PlaybackControl::Everyone => touches(lost),
        PlaybackControl::Unspecified | PlaybackControl::Selected => false,
    };
    if !is_past {
        return Ok(());
    }
    let mut new: Room = room;
    new.settings.playback_control = PlaybackControl::Selected;
    rooms::save(unit, &new).await?;
    unit.tell(Kind::RoomUpdated(new.into())).await
}
