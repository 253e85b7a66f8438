//! What changes of the playlist, and the end of a room, mean for the playback.

use proto::sync::v1::{HoldReason, PlaybackChange};

use super::{hold::Await, turn::Turn};

impl Turn {
    /// Takes an item from its start. Everyone who is there has to load it, so everyone counts.
    pub(super) fn choose(&mut self, item_id: String, playing: bool) {
        self.end_hold();
        let playback = &mut self.room.playback;
        playback.item_id = item_id;
        (playback.anchor_media_us, playback.anchor_server_us) = (0, self.now_us);
        playback.playing = playing;
        self.change_seats(|seat| !seat.settled, |seat| seat.settled = true);
        if playing {
            self.begin_motion(PlaybackChange::Item, HoldReason::NewItem, Await::All);
        } else {
            self.emit(PlaybackChange::Item, self.now_us);
        }
    }

    /// The first item is on at once, standing at its start.
    pub(super) fn item_added(&mut self, item_id: &str) {
        if self.room.playback.item_id.is_empty() {
            self.choose(item_id.to_owned(), false);
        }
    }

    pub(super) fn item_removed(&mut self, item_id: &str, next: Option<&str>) {
        if self.room.playback.item_id != item_id {
            return;
        }
        match next {
            Some(next) => self.choose(next.to_owned(), self.room.playback.playing),
            None => self.stop(),
        }
    }

    pub(super) fn room_deleted(&mut self) {
        // Before they leave, or their leaving would start what waits for them.
        self.end_hold();
        self.everyone_leaves();
        self.stop();
    }
}
