//! Starts that wait: until the players that matter are ready, or the limit is over.

use std::collections::HashSet;

use proto::sync::v1::{Hold, HoldReason, PlaybackChange, PlayerState, Seat};

use super::{
    motion::{delay_ms, is_excused, lead_us, state_of},
    people::Await,
    turn::Turn,
};

/// Names that a hold lists at most; the presence of each member tells the rest.
const MOST_LISTED: usize = 100;
/// While so few are waited for, everyone is told of each that is ready.
const FEW: usize = 16;
/// A report that was sent before its sender knew of the hold says nothing about it; after this it must know.
const HEARD_AFTER_US: i64 = 500_000;

impl Turn {
    /// Starts the motion from the anchor: after the lead, or when the players that matter are ready.
    pub(super) fn begin_motion(&mut self, change: PlaybackChange, reason: HoldReason, whom: Await) {
        self.room.playback.playing = true;
        let awaited = self.awaited(&self.room.playback.item_id, whom);
        if awaited.is_empty() {
            return self.start(change);
        }
        self.hold(change, reason, &awaited);
    }

    /// Holds the motion at the anchor until these are ready.
    pub(super) fn hold(&mut self, change: PlaybackChange, reason: HoldReason, awaited: &[String]) {
        let until_us = self.now_us + self.hold_limit_us();
        let listed = awaited.iter().take(MOST_LISTED).cloned().collect();
        let hold =
            Hold { reason: reason.into(), since_us: self.now_us, until_us, waiting_session_ids: listed };
        let now_us = self.now_us;
        // Who computes a position without minding the hold stands still as long as it may last.
        self.room.playback.anchor_server_us = until_us + lead_us(&self.room);
        self.room.playback.hold = Some(hold);
        let awaited: HashSet<_> = awaited.iter().map(String::as_str).collect();
        let is_awaited =
            |seat: &Seat| seat.session.as_ref().is_some_and(|session| awaited.contains(session.id.as_str()));
        self.change_seats(|seat| seat.awaited != is_awaited(seat), |seat| seat.awaited = !seat.awaited);
        self.emit(change, now_us);
    }

    /// Moves from the anchor after the lead.
    fn start(&mut self, change: PlaybackChange) {
        self.end_hold();
        let start_us = self.now_us + lead_us(&self.room);
        self.room.playback.anchor_server_us = start_us;
        self.emit(change, start_us);
    }

    /// Waits no longer; what then is up to the caller.
    pub(super) fn end_hold(&mut self) {
        if self.room.playback.hold.take().is_some() {
            self.change_seats(|seat| seat.awaited, |seat| seat.awaited = false);
        }
    }

    pub(super) fn expire_hold(&mut self) {
        if self.room.playback.hold.as_ref().is_some_and(|hold| hold.until_us <= self.now_us) {
            self.start(PlaybackChange::Release);
        }
    }

    /// Begins when enough are ready, and tells of who is still waited for.
    pub(super) fn look_at_hold(&mut self) {
        let Some(hold) = &self.room.playback.hold else { return };
        let listed = hold.waiting_session_ids.len();
        let (ready, unready) = self.forget_other_devices();
        if !self.has_to_wait(ready, unready) {
            return self.start(PlaybackChange::Release);
        }
        let waiting: Vec<_> = self.room.seats.iter().filter(|taken| taken.seat.awaited).collect();
        // In a large room telling of each would be one long list for each member.
        if waiting.len() < listed && (waiting.len() <= FEW || waiting.len() * 2 <= listed) {
            let ids = waiting.iter().map(|taken| taken.session().id.clone()).collect();
            if let Some(hold) = &mut self.room.playback.hold {
                hold.waiting_session_ids = ids;
            }
            self.emit(PlaybackChange::Hold, self.now_us);
        }
    }

    /// Whether a hold that waits for this seat need not any more, after what its player says.
    pub(super) fn is_waited_out(&self, seat: &Seat) -> bool {
        let (Some(hold), Some(session)) = (&self.room.playback.hold, &seat.session) else { return true };
        if is_excused(session) {
            return true;
        }
        if session.status.as_ref().is_none_or(|status| status.item_id != self.room.playback.item_id) {
            return false;
        }
        match state_of(session) {
            PlayerState::Ready | PlayerState::Blocked | PlayerState::Failed => true,
            PlayerState::InSync | PlayerState::Adjusting => {
                #[expect(clippy::cast_possible_truncation, reason = "the contract bounds delays to a minute")]
                let round_trip_us = (2000.0 * delay_ms(session)) as i64;
                self.now_us.saturating_sub(hold.since_us + HEARD_AFTER_US) >= round_trip_us
            }
            PlayerState::Unspecified | PlayerState::Loading | PlayerState::Stalled => false,
        }
    }
}

/// Whether a player in this state could start at once.
pub(super) fn is_ready(state: PlayerState) -> bool {
    matches!(state, PlayerState::Ready | PlayerState::InSync | PlayerState::Adjusting)
}
