//! Who is there, and how their players are doing.

use proto::sync::v1::{HoldReason, PlaybackChange, PlayerState, PlayerStatus, Seat, Session};

use super::{
    MOST_SESSIONS, Rejection,
    hold::is_ready,
    motion::{position_us, state_of},
    room::Taken,
    turn::Turn,
};

/// A room that nobody watched for longer stands where it was left.
const LEFT_AFTER_US: i64 = 15_000_000;
/// A player that keeps running out of data may not hold the room up more often than this.
const STALL_DWELL_US: i64 = 10_000_000;

impl Turn {
    /// Whoever comes changes nothing for those who are there.
    pub(super) fn join(&mut self, session: &Session) -> Result<(), Rejection> {
        self.stand_where_left();
        let seat = Seat { session: Some(session.clone()), ..Seat::default() };
        match self.find(&session.id) {
            Some((index, _)) => self.room.seats[index] = Taken::new(seat),
            None if self.room.seats.len() >= MOST_SESSIONS => return Err(Rejection::TooManySessions),
            None => self.room.seats.push(Taken::new(seat)),
        }
        self.room.empty_since_us = 0;
        self.changed = true;
        self.tell_upserted(session);
        // A session that comes again over a new connection may have been one that was waited for.
        self.look_at_hold();
        Ok(())
    }

    /// Nothing ran while nobody watched, so the first who comes finds the film where the last one left it.
    fn stand_where_left(&mut self) {
        let (playback, left_us) = (&self.room.playback, self.room.empty_since_us);
        if self.room.seats.is_empty()
            && playback.playing
            && self.now_us.saturating_sub(left_us) > LEFT_AFTER_US
        {
            self.anchor_here(left_us);
            self.end_hold();
            self.room.playback.playing = false;
            self.emit(PlaybackChange::Pause, self.now_us);
        }
    }

    pub(super) fn leave(&mut self, session_id: &str) {
        self.remove(|session| session.id == session_id);
    }

    pub(super) fn gateways_gone(&mut self, gateways: &[String]) {
        if !gateways.is_empty() {
            self.remove(|session| gateways.contains(&session.gateway_id));
        }
    }

    pub(super) fn everyone_leaves(&mut self) {
        self.remove(|_| true);
    }

    fn remove(&mut self, gone: impl Fn(&Session) -> bool) {
        let (gone, stay): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.room.seats).into_iter().partition(|taken| gone(taken.session()));
        self.room.seats = stay;
        if gone.is_empty() {
            return;
        }
        self.changed = true;
        for taken in &gone {
            self.tell_removed(&taken.session().id);
        }
        if self.room.seats.is_empty() {
            self.room.empty_since_us = self.now_us;
        }
        self.look_at_hold();
    }

    pub(super) fn report(&mut self, session_id: &str, status: &PlayerStatus) -> Result<(), Rejection> {
        let (index, before) = self.find(session_id).ok_or(Rejection::UnknownSession)?;
        let mut seat = before.seat.clone();
        if let Some(session) = &mut seat.session {
            session.status = Some(status.clone());
        }
        if status.item_id == self.room.playback.item_id && is_ready(status.state()) {
            seat.settled = true;
        }
        seat.awaited = seat.awaited && !self.is_waited_out(&seat);
        let stalls = self.may_hold_up(&seat);
        if stalls {
            seat.held_up_at_us = self.now_us;
        }
        let session = seat.session.clone().unwrap_or_default();
        self.tell_upserted(&session);
        if seat.settled == before.seat.settled
            && seat.awaited == before.seat.awaited
            && !stalls
            && !matters(before.session(), status)
        {
            return Ok(());
        }
        self.room.seats[index] = Taken::new(seat);
        self.changed = true;
        if stalls {
            self.room.playback.anchor_media_us = position_us(&self.room.playback, self.now_us);
            self.hold(PlaybackChange::Hold, HoldReason::Stalled, &[session.id]);
        } else {
            self.look_at_hold();
        }
        Ok(())
    }

    /// Whether this player's lack of data stops the room: it took part before, and did not do so lately.
    fn may_hold_up(&self, seat: &Seat) -> bool {
        let playback = &self.room.playback;
        let status = seat.session.as_ref().and_then(|session| session.status.as_ref());
        status.is_some_and(|status| {
            status.state() == PlayerState::Stalled && status.item_id == playback.item_id
        }) && self.params.hold_limit_us > 0
            && playback.playing
            && playback.hold.is_none()
            && seat.settled
            && (seat.held_up_at_us == 0 || self.now_us.saturating_sub(seat.held_up_at_us) >= STALL_DWELL_US)
    }
}

/// Whether a report changes what a rule looks at. What does not is told to the others and not kept: a room of many
/// gets hundreds of reports a second.
fn matters(before: &Session, status: &PlayerStatus) -> bool {
    let Some(old) = &before.status else { return true };
    let slower_ms = (old.delay_ms - status.delay_ms).abs();
    state_of(before) != status.state()
        || old.item_id != status.item_id
        || slower_ms > (old.delay_ms * 0.25).max(20.0)
}
