//! The start at the start time of the room, where its host chose that. It needs somebody who is there and an item, and waits a
//! while for both.

use proto::sync::v1::{HoldReason, PlaybackChange, RoomPhase};

use super::{hold::begin_motion, people::Await};
use crate::playback::{draft::Draft, model::Room};

/// How long after the start time a room still starts by itself.
const LATEST_US: i64 = 600_000_000;

/// When the room starts by itself, as it is now. Only a paused item starts: a room that waits for its owner, or that stands at
/// the end of its last item, is left alone.
pub(super) fn auto_start_us(room: &Room) -> Option<i64> {
    let can_start = !room.seats.is_empty() && room.phase() == RoomPhase::Paused;
    armed_us(room).filter(|_| can_start)
}

/// The start time that is not over yet.
fn armed_us(room: &Room) -> Option<i64> {
    let at_us = room.auto_start_at_us;
    (at_us != 0 && at_us != room.auto_start_over_us).then_some(at_us)
}

/// Starts when the start time has come. It counts once: people who watch by then have started, and a room that somebody pauses
/// afterwards stays paused.
pub(in crate::playback) fn expire_auto_start(draft: &mut Draft) {
    let Some(at_us) = armed_us(&draft.room).filter(|at_us| *at_us <= draft.now_us) else { return };
    let is_missed = draft.now_us > at_us.saturating_add(LATEST_US);
    let starts = !is_missed && auto_start_us(&draft.room).is_some();
    let has_started = !draft.room.seats.is_empty()
        && matches!(draft.room.phase(), RoomPhase::Playing | RoomPhase::Waiting | RoomPhase::Ended);
    if !(starts || is_missed || has_started) {
        return;
    }
    draft.room.auto_start_over_us = at_us;
    draft.changed = true;
    if starts {
        begin_motion(draft, PlaybackChange::Play, HoldReason::NewItem, Await::Unready);
    }
}
