//! A room as the rules see it: plain data and functions over it.

pub(super) mod motion;
mod room;
pub(super) mod seat;

use proto::{
    room::v1::{PlaybackPolicy, QueuePolicy},
    sync::v1::PlaybackState,
};

pub(crate) use motion::position_us;
pub(crate) use room::Room;
pub(crate) use seat::{EncodedSeat, person};

/// The settings of an installation that rules of playback use.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_field_names, reason = "they end with their unit")]
pub(crate) struct Params {
    /// How long a start waits for players in a room whose policy does not say, in microseconds; 0: not at all.
    pub(crate) hold_limit_us: i64,
    /// How long an owner may be absent before the room acts on it, in microseconds.
    pub(crate) owner_away_us: i64,
    /// A gateway without a heartbeat for this long has lost its sessions, in microseconds.
    pub(crate) disconnect_us: i64,
}

/// An item of the playlist, as far as playback goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) id: String,
    /// Length in microseconds; 0: unknown.
    pub(crate) duration_us: i64,
    /// Where playback starts, in microseconds.
    pub(crate) start_us: i64,
    /// What plays after it; empty: nothing, or not known.
    pub(crate) next_id: String,
}

/// What room-svc says of a room, as far as playback goes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RoomSettings {
    pub(crate) policy: PlaybackPolicy,
    pub(crate) owner_id: String,
    pub(crate) queue: QueuePolicy,
    /// When a paused item starts by itself, in microseconds; 0: never.
    pub(crate) auto_start_at_us: i64,
}

impl Item {
    /// The length as it is stored.
    pub(super) fn sound_duration_us(&self) -> i64 {
        motion::sound_duration_us(self.duration_us)
    }

    /// Where the item starts. A start at its end or beyond would end it at once and counts as 0.
    pub(super) fn sound_start_us(&self) -> i64 {
        let last_us = if self.duration_us > 0 { self.duration_us - 1 } else { motion::LAST_POSITION_US };
        if (0..=last_us).contains(&self.start_us) { self.start_us } else { 0 }
    }
}

/// Whether the room has reached the end of its item and stands there.
pub(super) fn stands_at_end(state: &PlaybackState) -> bool {
    !state.playing && state.duration_us > 0 && state.anchor_media_us >= state.duration_us
}
