//! Players that run out of data, and the room that stops for them.

use std::collections::HashSet;

use proto::sync::v1::{HoldReason, PlaybackChange, PlayerState, Seat};

use super::{
    hold::hold,
    people::{Await, awaited},
    waiting::has_to_wait,
};
use crate::playback::{
    draft::Draft,
    model::{
        position_us,
        seat::{has_item, state_of},
    },
};

/// A player that runs out of data again and again holds the room once in this time at most.
const STALL_DWELL_US: i64 = 10_000_000;

/// Whether the room may stop for this player: it has run out of data, took part before, and did not hold the room lately.
pub(in crate::playback) fn may_hold_up(draft: &Draft, seat: &Seat) -> bool {
    let playback = &draft.room.playback;
    let session = seat.session.as_ref();
    session.is_some_and(|session| {
        state_of(session) == PlayerState::Stalled && has_item(session, &playback.item_id)
    }) && has_to_wait(draft, 0, 1)
        && playback.playing
        && playback.hold.is_none()
        && seat.settled
        && held_up_long_ago(draft, seat)
}

/// Stops the room where it is, if its policy says so for as many as have run out of data.
pub(in crate::playback) fn stop_for_stalled(draft: &mut Draft) {
    let lately = draft.room.seats.iter().filter(|seat| !held_up_long_ago(draft, &seat.seat));
    let lately: HashSet<_> = lately.map(|seat| seat.session().id.as_str()).collect();
    let mut stalled = awaited(draft, &draft.room.playback.item_id, Await::Stalled);
    stalled.retain(|id| !lately.contains(id.as_str()));
    if stalled.is_empty() {
        return;
    }
    draft.room.playback.anchor_media_us = position_us(&draft.room.playback, draft.now_us);
    hold(draft, PlaybackChange::Hold, HoldReason::Stalled, &stalled);
    let now_us = draft.now_us;
    draft.change_seats(|seat| seat.awaited, |seat| seat.held_up_at_us = now_us);
}

fn held_up_long_ago(draft: &Draft, seat: &Seat) -> bool {
    seat.held_up_at_us == 0 || draft.now_us.saturating_sub(seat.held_up_at_us) >= STALL_DWELL_US
}
