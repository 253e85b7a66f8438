//! The end of an item: when it comes, and the change to the item that follows.

use proto::sync::v1::{HoldReason, PlaybackChange, RoomPhase};

use super::{
    auto_start::auto_start_us,
    hold::{begin_motion, end_hold, lead_us},
    item::{self, put_on, switch},
    people::{Await, awaited},
    skip::{end_vote, is_skip_due},
};
use crate::playback::{
    draft::Draft,
    model::{Item, Room, motion::end_us},
};

/// The item that follows is announced at least this long before the end of the current one.
const SHORTEST_ANNOUNCEMENT_US: i64 = 500_000;

/// After a seek to the end the room stays there this long, so that the seek can be undone.
const AFTER_SEEK_US: i64 = 2_000_000;

/// When time alone changes the room next, as far as can be told.
pub(crate) fn wake_us(room: &Room) -> Option<i64> {
    if is_skip_due(room) {
        // At once.
        return Some(0);
    }
    match &room.playback.hold {
        Some(hold) => Some(hold.until_us),
        None => way_to_end(room).map(|(announce_us, _)| announce_us).or_else(|| auto_start_us(room)),
    }
}

/// As [`wake_us`], for a caller that has just looked: an item that could not be announced ahead follows at the end.
pub(crate) fn wake_again_us(room: &Room, now_us: i64) -> Option<i64> {
    if is_skip_due(room) {
        return Some(now_us);
    }
    let end_us = way_to_end(room).map(|(_, end_us)| end_us);
    wake_us(room).filter(|at_us| now_us < *at_us || room.playback.hold.is_some()).or(end_us)
}

/// Whether the item is about to end or has ended, so that the room has to know what follows.
pub(crate) fn nears_end(room: &Room, now_us: i64) -> bool {
    way_to_end(room).is_some_and(|(announce_us, _)| announce_us <= now_us)
}

/// Whether the room stands at the end because nothing followed, so that it goes on with an item that comes later. Not in a
/// room that stops at the end of items, that waits for its owner, or that is empty.
pub(crate) fn wants_more(room: &Room) -> bool {
    room.phase() == RoomPhase::Ended && !room.policy.stop_at_end && !room.seats.is_empty()
}

/// When the item that follows may be announced, and when the current one ends. An empty room goes nowhere.
pub(in crate::playback) fn way_to_end(room: &Room) -> Option<(i64, i64)> {
    let end_us = end_us(&room.playback).filter(|_| !room.seats.is_empty())?;
    let end_us = end_us.max(room.seeked_at_us.saturating_add(AFTER_SEEK_US));
    Some((end_us - lead_us(room).max(SHORTEST_ANNOUNCEMENT_US), end_us))
}

/// Leaves the item `from` for `next`, which followed it when the playlist was read.
pub(in crate::playback) fn advance(draft: &mut Draft, from: &str, next: Option<&Item>) {
    let Some((announce_us, end_us)) = way_to_end(&draft.room) else { return };
    // Race: another replica was first, or someone chose another item.
    if draft.room.playback.item_id != from || draft.now_us < announce_us {
        return;
    }
    let at_end = draft.now_us >= end_us;
    match next.filter(|_| !draft.room.policy.stop_at_end) {
        Some(next) if next.id == from && at_end => play_again(draft, next),
        // Its players have it already, so there is nothing to announce.
        Some(next) if next.id == from => {}
        // Sessions that joined during the old item still hold nobody up: `switch`, not `choose`.
        Some(next) if at_end => switch(draft, next, true),
        // Players prepare the beginning of an item. One that starts elsewhere is loaded at the end of the current one.
        Some(next) if next.sound_start_us() == 0 && awaited(draft, &next.id, Await::All).is_empty() => {
            // Players play the old item until then, and the next from then on, without a gap.
            put_on(draft, next, true, end_us);
            draft.emit(PlaybackChange::Item, end_us);
        }
        None if at_end => stop_at_end(draft),
        _ => {}
    }
}

/// A room that stands at the end of the item `from` goes on, as it would have if `next` had been there in time.
pub(in crate::playback) fn follow(draft: &mut Draft, from: &str, next: &Item) {
    if wants_more(&draft.room) && draft.room.playback.item_id == from {
        switch(draft, next, true);
    }
}

fn stop_at_end(draft: &mut Draft) {
    let playback = &mut draft.room.playback;
    playback.playing = false;
    (playback.anchor_media_us, playback.anchor_server_us) = (playback.duration_us, draft.now_us);
    draft.emit(PlaybackChange::End, draft.now_us);
}

/// Plays the item from its start again. Its players have it, so for them this is a seek.
fn play_again(draft: &mut Draft, item: &Item) {
    end_vote(draft);
    // The room may know the length of its item better than the playlist did when it was read.
    let duration_us =
        Some(draft.room.playback.duration_us).filter(|known| *known > 0).unwrap_or(item.duration_us);
    draft.room.playback.anchor_media_us = Item { duration_us, ..item.clone() }.sound_start_us();
    draft.room.playback.next_item_id.clone_from(&item.next_id);
    begin_motion(draft, PlaybackChange::Seek, HoldReason::Seek, Await::ThoseWithItem);
}

/// Leaves the item `from` for `next` when enough people have voted to skip it. Without another item the room stands at the
/// end of this one.
pub(in crate::playback) fn skip(draft: &mut Draft, from: &str, next: Option<&Item>) {
    // Race: another replica was first, or someone withdrew the vote.
    if draft.room.playback.item_id != from || !is_skip_due(&draft.room) {
        return;
    }
    let playing = draft.room.playback.playing;
    match next {
        Some(next) => item::choose(draft, next, playing),
        None if draft.room.playback.duration_us > 0 => {
            end_hold(draft);
            end_vote(draft);
            stop_at_end(draft);
        }
        None => item::remove(draft),
    }
}

/// Another item follows the current one `from` than before; empty: none does.
pub(in crate::playback) fn set_next(draft: &mut Draft, from: &str, next_id: &str) {
    let playback = &mut draft.room.playback;
    if playback.item_id == from && playback.next_item_id != next_id {
        next_id.clone_into(&mut playback.next_item_id);
        draft.emit(PlaybackChange::NextItem, draft.now_us);
    }
}
