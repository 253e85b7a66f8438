//! Where a room stands, in a word.

use proto::sync::v1::RoomPhase;

use super::{Room, motion::stands_at_end};

pub(super) fn phase(room: &Room) -> RoomPhase {
    let playback = &room.playback;
    if playback.item_id.is_empty() {
        RoomPhase::Created
    } else if playback.hold.is_some() {
        RoomPhase::Waiting
    } else if playback.playing {
        RoomPhase::Playing
    } else if room.owner_is_away {
        RoomPhase::OwnerAway
    } else if stands_at_end(playback) {
        RoomPhase::Ended
    } else {
        RoomPhase::Paused
    }
}
