//! The current item: changing it, and removing it.

use proto::sync::v1::{HoldReason, PlaybackChange};

use super::{
    hold::{begin_motion, end_hold, forget_ends},
    people::Await,
    skip::end_vote,
};
use crate::playback::{draft::Draft, model::Item};

/// Changes to an item by someone's decision. Everyone who is present has to load it, so everyone counts.
pub(in crate::playback) fn choose(draft: &mut Draft, item: &Item, playing: bool) {
    draft.change_seats(|seat| !seat.settled, |seat| seat.settled = true);
    switch(draft, item, playing);
}

/// Changes to an item now, at its start.
pub(in crate::playback) fn switch(draft: &mut Draft, item: &Item, playing: bool) {
    let now_us = draft.now_us;
    put_on(draft, item, playing, now_us);
    if playing {
        begin_motion(draft, PlaybackChange::Item, HoldReason::NewItem, Await::All);
    } else {
        draft.emit(PlaybackChange::Item, draft.now_us);
    }
}

/// Makes an item the current one from a time on, at its start.
pub(super) fn put_on(draft: &mut Draft, item: &Item, playing: bool, anchor_server_us: i64) {
    end_hold(draft);
    forget_ends(draft);
    end_vote(draft);
    let playback = &mut draft.room.playback;
    playback.item_id.clone_from(&item.id);
    playback.duration_us = item.sound_duration_us();
    playback.next_item_id.clone_from(&item.next_id);
    playback.undo = None;
    playback.anchor_media_us = item.sound_start_us();
    playback.anchor_server_us = anchor_server_us;
    playback.playing = playing;
    draft.room.seeked_at_us = 0;
    draft.room.duration_is_reported = false;
}

/// Removes the current item.
pub(in crate::playback) fn remove(draft: &mut Draft) {
    end_hold(draft);
    end_vote(draft);
    let playback = &mut draft.room.playback;
    (playback.playing, playback.rate) = (false, 1.0);
    (playback.anchor_media_us, playback.anchor_server_us) = (0, draft.now_us);
    playback.item_id.clear();
    playback.next_item_id.clear();
    (playback.duration_us, playback.undo) = (0, None);
    draft.room.duration_is_reported = false;
    draft.emit(PlaybackChange::Stop, draft.now_us);
}
