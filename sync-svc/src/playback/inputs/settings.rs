//! Changes of the room's policy and owner.

use crate::playback::{
    draft::Draft,
    model::RoomSettings,
    rules::{hold::settle_hold, owner::set_owner, skip},
};

/// Takes over the settings. An answer is stale, and is ignored, when the room no longer has the settings that it had before
/// the question (`instead_of`), or is empty by now and may be deleted.
pub(in crate::playback) fn change(
    draft: &mut Draft,
    settings: &RoomSettings,
    instead_of: Option<&RoomSettings>,
) {
    let before = draft.room.settings();
    let is_stale = instead_of.is_some_and(|asked| *asked != before || draft.room.seats.is_empty());
    if *settings == before || is_stale {
        return;
    }
    draft.changed = true;
    draft.room.policy.clone_from(&settings.policy);
    set_owner(draft, &settings.owner_id);
    draft.room.queue = settings.queue;
    draft.room.auto_start_at_us = settings.auto_start_at_us;
    skip::recount(draft);
    // The room may now wait for fewer people.
    settle_hold(draft);
}
