//! Changes of the playlist, and the end of the room.

use proto::sync::v1::PlaybackChange;

use super::presence;
use crate::playback::{
    draft::Draft,
    model::{Item, motion::last_position_us},
    rules::{hold::end_hold, item},
};

/// The first item of a room becomes the current one, paused at its start.
pub(in crate::playback) fn added(draft: &mut Draft, item: &Item) {
    if draft.room.playback.item_id.is_empty() {
        item::choose(draft, item, false);
    }
}

/// When the current item is removed, the one that follows takes its place, playing or paused as before.
pub(in crate::playback) fn removed(draft: &mut Draft, item_id: &str, next: Option<&Item>) {
    if draft.room.playback.item_id != item_id {
        return;
    }
    let playing = draft.room.playback.playing;
    match next {
        Some(next) => item::choose(draft, next, playing),
        None => item::remove(draft),
    }
}

/// The length of the current item became known. It replaces one that players reported.
pub(in crate::playback) fn measured(draft: &mut Draft, item: &Item) {
    let duration_us = item.sound_duration_us();
    let playback = &mut draft.room.playback;
    if playback.item_id != item.id || duration_us == 0 {
        return;
    }
    draft.changed |= std::mem::take(&mut draft.room.duration_is_reported);
    if playback.duration_us == duration_us {
        return;
    }
    playback.duration_us = duration_us;
    playback.anchor_media_us = playback.anchor_media_us.min(last_position_us(playback));
    draft.emit(PlaybackChange::Duration, draft.now_us);
}

/// Removes the item and all sessions.
pub(in crate::playback) fn room_deleted(draft: &mut Draft) {
    // Before the sessions leave: their leaving would start what waits for them.
    end_hold(draft);
    presence::all_leave(draft);
    item::remove(draft);
}

/// Sends all sessions out and pauses where the item is, so that a reopened room goes on from there.
pub(in crate::playback) fn room_closed(draft: &mut Draft) {
    end_hold(draft);
    if draft.room.playback.playing {
        draft.anchor_at(draft.now_us);
        draft.room.playback.playing = false;
        draft.emit(PlaybackChange::Pause, draft.now_us);
    }
    presence::all_leave(draft);
}
