//! Players that ran out of data, and the room that stops for them.

use std::collections::HashSet;

use proto::sync::v1::{HoldReason, PlaybackChange, PlayerState, Seat};

use super::{
    motion::{position_us, state_of},
    people::Await,
    turn::Turn,
};

/// A player that keeps running out of data may not hold the room up more often than this.
const STALL_DWELL_US: i64 = 10_000_000;

impl Turn {
    /// Whether this player's lack of data may stop the room: it took part before, and did not do so lately.
    pub(super) fn may_hold_up(&self, seat: &Seat) -> bool {
        let playback = &self.room.playback;
        let session = seat.session.as_ref();
        session.is_some_and(|session| {
            state_of(session) == PlayerState::Stalled
                && session.status.as_ref().is_some_and(|status| status.item_id == playback.item_id)
        }) && self.has_to_wait(0, 1)
            && playback.playing
            && playback.hold.is_none()
            && seat.settled
            && self.held_up_long_ago(seat)
    }

    /// Stops where the room is, if the policy says so for as many as are stalled.
    pub(super) fn stop_for_stalled(&mut self) {
        let lately = self.room.seats.iter().filter(|taken| !self.held_up_long_ago(&taken.seat));
        let lately: HashSet<_> = lately.map(|taken| taken.session().id.as_str()).collect();
        let mut stalled = self.awaited(&self.room.playback.item_id, Await::Stalled);
        stalled.retain(|id| !lately.contains(id.as_str()));
        if stalled.is_empty() {
            return;
        }
        self.room.playback.anchor_media_us = position_us(&self.room.playback, self.now_us);
        self.hold(PlaybackChange::Hold, HoldReason::Stalled, &stalled);
        let now_us = self.now_us;
        self.change_seats(|seat| seat.awaited, |seat| seat.held_up_at_us = now_us);
    }

    fn held_up_long_ago(&self, seat: &Seat) -> bool {
        seat.held_up_at_us == 0 || self.now_us.saturating_sub(seat.held_up_at_us) >= STALL_DWELL_US
    }
}
