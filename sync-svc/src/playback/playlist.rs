//! What changes of the playlist, and the end of a room, mean for the playback.

use proto::sync::v1::{HoldReason, PlaybackChange};

use super::{
    Chosen,
    advance::wants_more,
    motion::{last_position_us, sound_duration_us, start_us},
    people::Await,
    turn::Turn,
};

impl Turn {
    /// Takes an item from its start. Everyone who is there has to load it, so everyone counts.
    pub(super) fn choose(&mut self, item: &Chosen, playing: bool) {
        self.change_seats(|seat| !seat.settled, |seat| seat.settled = true);
        self.switch(item, playing);
    }

    /// Takes an item from its start, now.
    pub(super) fn switch(&mut self, item: &Chosen, playing: bool) {
        self.put_on(item, playing, self.now_us);
        if playing {
            self.begin_motion(PlaybackChange::Item, HoldReason::NewItem, Await::All);
        } else {
            self.emit(PlaybackChange::Item, self.now_us);
        }
    }

    /// Makes an item the room's, at its start.
    pub(super) fn put_on(&mut self, item: &Chosen, playing: bool, anchor_server_us: i64) {
        self.end_hold();
        let playback = &mut self.room.playback;
        playback.item_id.clone_from(&item.item_id);
        playback.duration_us = sound_duration_us(item.duration_us);
        playback.undo = None;
        playback.anchor_media_us = start_us(item);
        playback.anchor_server_us = anchor_server_us;
        playback.playing = playing;
        self.room.seeked_at_us = 0;
    }

    /// The first item is on at once, standing at its start. A room that came to the end of its playlist goes on, as it
    /// would have if the item had been there in time.
    pub(super) fn item_added(&mut self, item: &Chosen, after: Option<&str>) {
        if self.room.playback.item_id.is_empty() {
            self.choose(item, false);
        } else if wants_more(&self.room) && after == Some(&self.room.playback.item_id) {
            self.switch(item, true);
        }
    }

    pub(super) fn item_removed(&mut self, item_id: &str, next: Option<&Chosen>) {
        if self.room.playback.item_id != item_id {
            return;
        }
        match next {
            Some(next) => self.choose(next, self.room.playback.playing),
            None => self.stop(),
        }
    }

    /// The length of an item became known.
    pub(super) fn item_measured(&mut self, item: &Chosen) {
        let duration_us = sound_duration_us(item.duration_us);
        let playback = &mut self.room.playback;
        if playback.item_id != item.item_id || duration_us == 0 || playback.duration_us == duration_us {
            return;
        }
        playback.duration_us = duration_us;
        playback.anchor_media_us = playback.anchor_media_us.min(last_position_us(playback));
        self.emit(PlaybackChange::Duration, self.now_us);
    }

    pub(super) fn room_deleted(&mut self) {
        // Before they leave, or their leaving would start what waits for them.
        self.end_hold();
        self.everyone_leaves();
        self.stop();
    }
}
