//! From an item to the next, when it was played to its end.

use proto::sync::v1::{PlaybackChange, RoomPhase};

use super::{
    Chosen, Room,
    motion::{end_us, lead_us, start_us},
    people::Await,
    phase::phase,
    turn::Turn,
};

/// The next item is announced at least so long before the end of the one that is on.
const SHORTEST_ANNOUNCEMENT_US: i64 = 500_000;

/// Who jumps to the end can take it back before something else is on.
const AFTER_JUMP_US: i64 = 2_000_000;

/// When time alone may change the room next, as far as that can be told.
pub(crate) fn wake_us(room: &Room) -> Option<i64> {
    match &room.playback.hold {
        Some(hold) => Some(hold.until_us),
        None => way_to_end(room).map(|(announce_us, _)| announce_us),
    }
}

/// As [`wake_us`], for who has just looked: what could not be announced waits for the end, unless something happens.
pub(crate) fn wake_again_us(room: &Room, now_us: i64) -> Option<i64> {
    let end_us = way_to_end(room).map(|(_, end_us)| end_us);
    wake_us(room).filter(|at_us| now_us < *at_us || room.playback.hold.is_some()).or(end_us)
}

/// Whether the item nears its end or has reached it, so that the room wants to know what follows.
pub(crate) fn nears_end(room: &Room, now_us: i64) -> bool {
    way_to_end(room).is_some_and(|(announce_us, _)| announce_us <= now_us)
}

/// Whether the room stands at the end for want of an item that follows, so that it goes on with one that comes. Not where
/// it decided to stop there, nor while it stands for its owner or nobody is in it.
pub(crate) fn wants_more(room: &Room) -> bool {
    phase(room) == RoomPhase::Ended && !room.policy.stop_at_end && !room.seats.is_empty()
}

/// When what follows may be announced, and when the room leaves the item. A room with nobody in it goes nowhere.
pub(super) fn way_to_end(room: &Room) -> Option<(i64, i64)> {
    let end_us = end_us(&room.playback).filter(|_| !room.seats.is_empty())?;
    let end_us = end_us.max(room.seeked_at_us.saturating_add(AFTER_JUMP_US));
    Some((end_us - lead_us(room).max(SHORTEST_ANNOUNCEMENT_US), end_us))
}

impl Turn {
    /// `from` is the item that `next` comes after, as they were when the playlist was read.
    pub(super) fn advance(&mut self, from: &str, next: Option<&Chosen>) {
        let Some((announce_us, end_us)) = way_to_end(&self.room) else { return };
        // Another replica may have done it, or someone chose something else.
        if self.room.playback.item_id != from || self.now_us < announce_us {
            return;
        }
        let at_end = self.now_us >= end_us;
        match next.filter(|_| !self.room.policy.stop_at_end) {
            // Who came in the meantime holds nobody up, so nobody is settled by this.
            Some(next) if at_end => self.switch(next, true),
            // Players make the beginning of an item ready, so one with a start of its own is loaded when its time has come.
            Some(next) if start_us(next) == 0 && self.awaited(&next.item_id, Await::All).is_empty() => {
                // They play the old item until then, and the next from then on, without a gap.
                self.put_on(next, true, end_us);
                self.emit(PlaybackChange::Item, end_us);
            }
            None if at_end => self.end(),
            _ => {}
        }
    }

    fn end(&mut self) {
        let playback = &mut self.room.playback;
        playback.playing = false;
        (playback.anchor_media_us, playback.anchor_server_us) = (playback.duration_us, self.now_us);
        self.emit(PlaybackChange::End, self.now_us);
    }
}
