//! Who is there, and how their players are doing.

use std::collections::HashSet;

use proto::sync::v1::{PlaybackChange, PlayerState, PlayerStatus, Seat, Session};

use super::{MOST_SESSIONS, Rejection, Room, hold::is_ready, people::person, room::Taken, turn::Turn};

/// A room that nobody watched for longer stands where it was left.
const LEFT_AFTER_US: i64 = 15_000_000;

impl Room {
    /// How many people are there, however many devices they have.
    pub(crate) fn people(&self) -> usize {
        self.seats.iter().map(|taken| person(taken.session())).collect::<HashSet<_>>().len()
    }
}

impl Turn {
    /// Whoever comes changes nothing for those who are there.
    pub(super) fn join(&mut self, session: &Session) -> Result<(), Rejection> {
        self.stand_where_left();
        let joined_at_us = self.came_us(session);
        let seat = Seat { session: Some(session.clone()), joined_at_us, ..Seat::default() };
        match self.find(&session.id) {
            Some((index, _)) => self.room.seats[index] = Taken::new(seat),
            None if self.room.seats.len() >= MOST_SESSIONS => return Err(Rejection::TooManySessions),
            None => self.room.seats.push(Taken::new(seat)),
        }
        self.room.empty_since_us = 0;
        self.changed = true;
        self.tell_upserted(session);
        self.look_for_owner();
        // A session that comes again over a new connection may have been one that was waited for.
        self.look_at_hold();
        Ok(())
    }

    /// Someone with a connection was there before this one came.
    fn came_us(&self, session: &Session) -> i64 {
        let theirs = self.room.seats.iter().filter(|taken| person(taken.session()) == person(session));
        theirs.map(|taken| taken.seat.joined_at_us).min().unwrap_or(self.now_us)
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

    pub(super) fn leave(&mut self, session_id: &str, silent_us: i64) {
        self.remove(|session| session.id == session_id, silent_us);
    }

    pub(super) fn gateways_gone(&mut self, gateways: &[String]) {
        if !gateways.is_empty() {
            self.remove(|session| gateways.contains(&session.gateway_id), 0);
        }
    }

    pub(super) fn everyone_leaves(&mut self) {
        self.remove(|_| true, 0);
    }

    fn remove(&mut self, gone: impl Fn(&Session) -> bool, silent_us: i64) {
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
        self.miss_owner(&gone, self.now_us - silent_us.max(0));
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
        let session = seat.session.clone().unwrap_or_default();
        if others_see(before.session(), status) {
            self.tell_upserted(&session);
        }
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
            self.stop_for_stalled();
        } else {
            self.look_at_hold();
        }
        Ok(())
    }
}

/// Whether a report changes what a rule looks at. What does not is not kept: a room of many gets hundreds of reports a
/// second.
fn matters(before: &Session, status: &PlayerStatus) -> bool {
    let Some(old) = &before.status else { return true };
    let slower_ms = (old.delay_ms - status.delay_ms).abs();
    others_see(before, status)
        || old.prepared_item_id != status.prepared_item_id
        || slower_ms > (old.delay_ms * 0.25).max(20.0)
}

/// Whether a report changes what everyone is shown. A player that is kept in step is corrected now and then; who wants
/// to see that follows the reports themselves.
fn others_see(before: &Session, status: &PlayerStatus) -> bool {
    let Some(old) = &before.status else { return true };
    shown(old.state()) != shown(status.state())
        || old.item_id != status.item_id
        || old.excused != status.excused
}

fn shown(state: PlayerState) -> PlayerState {
    if state == PlayerState::Adjusting { PlayerState::InSync } else { state }
}
